//! The corner points of the parcel, X (north) then Y (east) as in every Vietnamese table; typing
//! another value moves the point, for every parcel that uses it.

use std::collections::BTreeMap;

use egui::{RichText, Ui};

use crate::domain::{Failure, ParcelRecord, Pt};
use crate::edit::Edit;
use crate::msg;
use crate::text::{Lang, Msg, Text, format};
use crate::ui::action::Action;
use crate::ui::look::Look;
use crate::ui::theme::{S, tokens};
use crate::ui::widgets::{self, Field, FieldStyle};

/// Parcels with more points show only the first so many.
const MOST: usize = 400;

const TITLE: Text = Text::new("Tọa độ đỉnh thửa (m)", "Corner points (m)");
const X: Text = Text::new("X (bắc)", "X (north)");
const Y: Text = Text::new("Y (đông)", "Y (east)");

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Axis {
    X,
    Y,
}

#[derive(Default)]
pub struct Vertices {
    /// Only the fields that hold something typed.
    fields: BTreeMap<(usize, Axis), Field>,
    sent: Option<((usize, Axis), String)>,
}

impl Vertices {
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    pub fn refused(&mut self, failure: &Failure) -> bool {
        let Some((at, text)) = self.sent.take() else {
            return false;
        };
        self.fields
            .entry(at)
            .or_default()
            .refuse(text, failure.message().clone());
        true
    }

    pub fn ui(&mut self, ui: &mut Ui, r: &ParcelRecord, look: &Look<'_>, out: &mut Vec<Action>) {
        self.sent = None;
        let Some(polygon) = &r.polygon else { return };
        widgets::section(ui, TITLE.get(look.lang));
        ui.horizontal(|ui| {
            ui.add_space(34.0);
            let half = (ui.available_width() - 12.0) / 2.0;
            for name in [X, Y] {
                let caption = RichText::new(name.get(look.lang))
                    .small()
                    .color(tokens(ui).text_weak);
                ui.add_sized([half, 16.0], egui::Label::new(caption));
            }
        });
        ui.spacing_mut().item_spacing.y = S;
        let mut number = 0;
        for ring in &polygon.rings {
            for p in ring {
                number += 1;
                if number <= MOST {
                    self.row(ui, number, *p, look, out);
                }
            }
            ui.add_space(S);
        }
    }

    fn row(&mut self, ui: &mut Ui, number: usize, p: Pt, look: &Look<'_>, out: &mut Vec<Action>) {
        ui.horizontal_top(|ui| {
            let weak = RichText::new(number.to_string()).color(tokens(ui).text_weak);
            ui.add_sized([26.0, 26.0], egui::Label::new(weak));
            let half = (ui.available_width() - 12.0) / 2.0;
            for axis in [Axis::X, Axis::Y] {
                let mm = if axis == Axis::X { p.n } else { p.e };
                let shown = format::coordinate(mm, look.lang);
                let name = caption(axis, number, look.lang);
                let style = FieldStyle {
                    lang: look.lang,
                    caption: &name,
                    hint: "",
                    enabled: look.editable(),
                    right: true,
                };
                ui.vertical(|ui| {
                    ui.set_width(half);
                    let mut field = self.fields.remove(&(number, axis)).unwrap_or_default();
                    let done = field.ui(ui, &style, &shown);
                    if let Some(typed) = done {
                        self.commit(&mut field, number, axis, typed, p, look.lang, out);
                    }
                    if field.is_dirty() || field.error.is_some() {
                        self.fields.insert((number, axis), field);
                    }
                });
            }
        });
    }

    #[allow(clippy::too_many_arguments)] // one place, all of it is needed
    fn commit(
        &mut self,
        field: &mut Field,
        number: usize,
        axis: Axis,
        typed: String,
        p: Pt,
        lang: Lang,
        out: &mut Vec<Action>,
    ) {
        match read(&typed, lang) {
            Err(why) => field.refuse(typed, why),
            Ok(mm) => {
                let to = if axis == Axis::X {
                    Pt::new(p.e, mm)
                } else {
                    Pt::new(mm, p.n)
                };
                if to != p {
                    self.sent = Some(((number, axis), typed));
                    out.push(Action::Apply(vec![Edit::MovePoint { from: p, to }]));
                }
            }
        }
    }
}

fn caption(axis: Axis, number: usize, lang: Lang) -> String {
    match (axis, lang) {
        (Axis::X, Lang::Vi) => format!("X đỉnh {number}"),
        (Axis::Y, Lang::Vi) => format!("Y đỉnh {number}"),
        (Axis::X, Lang::En) => format!("X of point {number}"),
        (Axis::Y, Lang::En) => format!("Y of point {number}"),
    }
}

/// Metres as typed, to the millimetre.
fn read(typed: &str, lang: Lang) -> Result<i64, Msg> {
    let metres = format::parse_number(typed, lang).map_err(|f| f.message().clone())?;
    let mm = (metres * 1000.0).round();
    if mm.abs() > crate::domain::MAX_COORDINATE as f64 {
        return Err(msg!("Tọa độ quá lớn.", "The coordinate is too large."));
    }
    Ok(mm as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coordinate_is_read_to_the_millimetre() {
        assert_eq!(read("1191500,250", Lang::Vi), Ok(1_191_500_250));
        assert_eq!(read("1.191.500,2504", Lang::Vi), Ok(1_191_500_250));
        assert_eq!(read("1191500.25", Lang::En), Ok(1_191_500_250));
        assert!(read("x", Lang::Vi).is_err());
        assert!(read("999999999999999", Lang::Vi).is_err());
    }
}
