//! The details of a parcel as a form: each value checked at its field when the person leaves it.

use egui::Ui;
use serde_json::{Value, json};

use crate::codes;
use crate::domain::{Failure, ParcelRecord};
use crate::edit::Edit;
use crate::msg;
use crate::text::{Lang, Msg, Text, format, terms};
use crate::ui::action::Action;
use crate::ui::look::Look;
use crate::ui::theme::S;
use crate::ui::tool::signed;
use crate::ui::widgets::{self, Field, FieldStyle};

/// Width of the captions, points.
const CAPTION: f32 = 124.0;

/// A field one can type into: key in an edit script, caption, what stands in it.
struct Input {
    key: &'static str,
    name: Text,
    kind: Kind,
    value: fn(&ParcelRecord, Lang) -> String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// May not be left blank.
    Needed,
    Text,
    /// m², more than nothing.
    Area,
}

const INPUTS: [Input; 8] = [
    Input {
        key: "sheet",
        name: terms::SHEET_NUMBER,
        kind: Kind::Needed,
        value: |r, _| r.sheet.clone(),
    },
    Input {
        key: "number",
        name: terms::PARCEL_NUMBER,
        kind: Kind::Needed,
        value: |r, _| r.number.clone(),
    },
    Input {
        key: "land_use",
        name: terms::LAND_USE,
        kind: Kind::Text,
        value: |r, _| text(&r.land_use),
    },
    Input {
        key: "area_measured",
        name: terms::AREA_MEASURED,
        kind: Kind::Area,
        value: |r, l| area(r.area_measured, l),
    },
    Input {
        key: "area_legal",
        name: terms::AREA_LEGAL,
        kind: Kind::Area,
        value: |r, l| area(r.area_legal, l),
    },
    Input {
        key: "address",
        name: terms::ADDRESS,
        kind: Kind::Text,
        value: |r, _| text(&r.address),
    },
    Input {
        key: "old_sheet",
        name: OLD_SHEET,
        kind: Kind::Text,
        value: |r, _| text(&r.old_sheet),
    },
    Input {
        key: "old_number",
        name: OLD_NUMBER,
        kind: Kind::Text,
        value: |r, _| text(&r.old_number),
    },
];

const OLD_SHEET: Text = Text::new("Số tờ cũ", "Old sheet no.");
const OLD_NUMBER: Text = Text::new("Số thửa cũ", "Old parcel no.");
const COMPUTED: Text = Text::new("Theo tọa độ", "By coordinates");
const PERIMETER: Text = Text::new("Chu vi", "Perimeter");
const CODE: Text = Text::new("Mã định danh", "Parcel code");
const SURVEY: Text = Text::new("Nguồn hình thể", "Source of shape");
const MEANING: Text = Text::new("Nghĩa của mã", "Meaning");

fn text(s: &Option<String>) -> String {
    s.clone().unwrap_or_default()
}

/// As the field shows it: up to two decimals, no unit, blanks for nothing.
fn area(a: Option<f64>, lang: Lang) -> String {
    let Some(a) = a else { return String::new() };
    let decimals = if (a * 10.0 - (a * 10.0).round()).abs() < 1e-6 {
        1
    } else {
        2
    };
    format::number(a, decimals, lang)
}

#[derive(Default)]
pub struct Details {
    fields: [Field; INPUTS.len()],
    /// The field whose change is on its way, and its text.
    sent: Option<(usize, String)>,
}

impl Details {
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// The change on its way was refused.
    pub fn refused(&mut self, failure: &Failure) -> bool {
        let Some((n, text)) = self.sent.take() else {
            return false;
        };
        let mut why = failure.message().clone();
        if let Some(r) = failure.remedy_text() {
            why = Msg::new(format!("{} {}", why.vi, r.vi), format!("{} {}", why.en, r.en));
        }
        self.fields[n].refuse(text, why);
        true
    }

    pub fn ui(&mut self, ui: &mut Ui, r: &ParcelRecord, look: &Look<'_>, out: &mut Vec<Action>) {
        // What was sent in the last frame has been carried out by now, or refused.
        self.sent = None;
        let lang = look.lang;
        for (n, input) in INPUTS.iter().enumerate() {
            let value = (input.value)(r, lang);
            let name = input.name.get(lang);
            let style = FieldStyle {
                lang,
                caption: name,
                hint: if input.kind == Kind::Area { "m²" } else { "" },
                enabled: look.editable(),
                right: input.kind == Kind::Area,
            };
            let done = widgets::captioned(ui, CAPTION, name, |ui| self.fields[n].ui(ui, &style, &value));
            if let Some(typed) = done {
                self.commit(n, input, typed, r, lang, out);
            }
            match input.key {
                "land_use" => meaning(ui, r, lang),
                "area_measured" => computed(ui, r, lang),
                _ => (),
            }
        }
        facts(ui, r, lang);
    }

    fn commit(
        &mut self,
        n: usize,
        input: &Input,
        typed: String,
        r: &ParcelRecord,
        lang: Lang,
        out: &mut Vec<Action>,
    ) {
        match read(input.kind, &typed, lang) {
            Err(why) => self.fields[n].refuse(typed, why),
            Ok(value) => match set(r, input.key, &value) {
                Ok(edit) => {
                    self.sent = Some((n, typed));
                    out.push(Action::Apply(vec![edit]));
                }
                Err(why) => self.fields[n].refuse(typed, why),
            },
        }
    }
}

/// The typed text as the value of an edit.
fn read(kind: Kind, typed: &str, lang: Lang) -> Result<Value, Msg> {
    match kind {
        Kind::Needed if typed.is_empty() => Err(msg!("Không được để trống.", "It may not be blank.")),
        _ if typed.is_empty() => Ok(Value::Null),
        Kind::Needed | Kind::Text => Ok(json!(typed)),
        Kind::Area => match format::parse_number(typed, lang) {
            Ok(m2) if m2 > 0.0 && m2 < 1e12 => Ok(json!(m2)),
            Ok(_) => Err(msg!("Diện tích phải lớn hơn 0.", "The area must be more than 0.")),
            Err(f) => {
                let r = f.remedy_text().cloned().unwrap_or_default();
                Err(Msg::new(
                    format!("{} {}", f.message().vi, r.vi),
                    format!("{} {}", f.message().en, r.en),
                ))
            }
        },
    }
}

/// The edit, in the words of the edit script (cli.md).
fn set(r: &ParcelRecord, key: &str, value: &Value) -> Result<Edit, Msg> {
    let edit = json!({ "op": "set", "parcel": r.uid.to_string(), "fields": { key: value } });
    serde_json::from_value(edit)
        .map_err(|e| msg!("Giá trị không dùng được: {e}.", "The value cannot be used: {e}."))
}

fn meaning(ui: &mut Ui, r: &ParcelRecord, lang: Lang) {
    let label = r.land_use.as_deref().unwrap_or_default();
    let names: Vec<&str> = codes::land_use_codes(label)
        .filter_map(codes::land_use)
        .map(|(_, item)| {
            if lang == Lang::Vi {
                item.vi.as_str()
            } else {
                item.en.as_str()
            }
        })
        .collect();
    if !names.is_empty() {
        widgets::fact(ui, CAPTION, MEANING.get(lang), &names.join(" + "));
    }
}

/// The area the coordinates give, and how far the register is from it.
fn computed(ui: &mut Ui, r: &ParcelRecord, lang: Lang) {
    let Some(polygon) = &r.polygon else { return };
    let own = polygon.area_m2();
    let delta = r.area_measured.map(|m| m - own).filter(|d| d.abs() >= 0.05);
    let text = match delta {
        Some(d) => format!("{} ({})", format::area(own, lang), signed(d, lang)),
        None => format::area(own, lang),
    };
    widgets::fact(ui, CAPTION, COMPUTED.get(lang), &text);
}

fn facts(ui: &mut Ui, r: &ParcelRecord, lang: Lang) {
    ui.add_space(S);
    if let Some(polygon) = &r.polygon {
        let metres: f64 = polygon.sides().map(|(a, b)| a.dist(b)).sum::<f64>() / 1000.0;
        widgets::fact(ui, CAPTION, PERIMETER.get(lang), &format::length(metres, lang));
    }
    widgets::fact(
        ui,
        CAPTION,
        CODE.get(lang),
        r.parcel_code.as_deref().unwrap_or_default(),
    );
    widgets::fact(
        ui,
        CAPTION,
        SURVEY.get(lang),
        r.survey.as_deref().unwrap_or_default(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_read_with_a_decimal_comma_and_refused_with_a_reason() {
        assert_eq!(read(Kind::Area, "1.234,5", Lang::Vi), Ok(json!(1234.5)));
        assert_eq!(read(Kind::Area, "", Lang::Vi), Ok(Value::Null));
        assert!(
            read(Kind::Area, "-3", Lang::Vi)
                .unwrap_err()
                .vi
                .contains("lớn hơn 0")
        );
        assert!(
            read(Kind::Area, "mười", Lang::Vi)
                .unwrap_err()
                .vi
                .contains("mười")
        );
        assert!(read(Kind::Needed, "", Lang::Vi).is_err());
        assert_eq!(area(Some(120.5), Lang::Vi), "120,5");
        assert_eq!(area(Some(1234.56), Lang::Vi), "1.234,56");
    }
}
