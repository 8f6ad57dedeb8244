//! The table of the parcels a split, merge or carve creates: number to be, area, land-use rows as shared out.
//! What the clerk types overrides what would be given by itself.

use egui::{Frame, Grid, RichText, ScrollArea, TextEdit, Ui};

use super::frame::Values;
use super::plan_view::tint;
use super::preview::Shown;
use crate::edit::{self, ChildFields, Edit, Fields, UseArea};
use crate::text::{Lang, Text, format, terms};
use crate::topology::Plan;
use crate::ui::look::Look;
use crate::ui::theme::{self, tokens};
use crate::ui::widgets;

const AREA: Text = Text::new("Diện tích (m²)", "Area (m²)");
const SUM: Text = Text::new("Cộng", "Sum");
const HELP: Text = Text::new(
    "Chữ nhạt là giá trị tự có: số kế tiếp của tờ, loại đất của thửa cũ chia theo diện tích. Gõ vào để sửa; nhiều loại: ONT 60; CLN 35,5",
    "In grey what comes by itself: the next number of the sheet, land use of the parents by area. Type to correct; several: ONT 60; CLN 35.5",
);

/// Width of a number, and of all that stands beside the land use, points.
const NUMBER: f32 = 56.0;
const BESIDE: f32 = 192.0;
/// Most rows a draft is searched for.
const MOST: usize = 1_000;
/// Room for so many points of rows, then it scrolls.
const MOST_HIGH: f32 = 240.0;

/// What was typed of one child.
#[derive(Clone, Debug, Default, PartialEq)]
struct Row {
    number: String,
    land_use: String,
}

impl Row {
    /// Its cells by the names a draft keeps them under.
    fn cells(&mut self) -> [(&'static str, &mut String); 2] {
        [("number", &mut self.number), ("land use", &mut self.land_use)]
    }
}

#[derive(Clone, Debug, Default)]
pub struct Children {
    rows: Vec<Row>,
    /// Areas of the last plan, m².
    areas: Vec<f64>,
    /// The first cell takes the cursor.
    focus: bool,
}

impl Children {
    /// What was typed, up to the last row with something in it.
    pub fn given(&self, lang: Lang) -> Vec<ChildFields> {
        let rows = self.rows.iter().zip(&self.areas);
        let mut all: Vec<ChildFields> = rows.map(|(r, area)| fields(r, *area, lang)).collect();
        while all.last() == Some(&ChildFields::default()) {
            all.pop();
        }
        all
    }

    /// Forgets what was typed; false when nothing was.
    pub fn clear(&mut self) -> bool {
        let had = self.rows.iter().any(|r| *r != Row::default());
        self.rows.clear();
        had
    }

    /// Puts the cursor into the first cell as soon as the table is shown.
    pub fn focus(&mut self) {
        self.focus = true;
    }

    /// What was typed, for a draft.
    pub fn keep(&mut self, values: &mut Values) {
        for (n, row) in self.rows.iter_mut().enumerate() {
            for (name, text) in row.cells() {
                if !text.is_empty() {
                    values.insert(cell(n, name), text.clone());
                }
            }
        }
    }

    /// Takes what a draft has kept.
    pub fn restore(&mut self, values: &mut Values) {
        for n in 0..MOST {
            let mut row = Row::default();
            for (name, text) in row.cells() {
                *text = values.remove(&cell(n, name)).unwrap_or_default();
            }
            if row != Row::default() {
                self.rows.resize(self.rows.len().max(n + 1), Row::default());
                self.rows[n] = row;
            }
        }
    }

    /// The table with its title and help.
    pub fn ui(&mut self, ui: &mut Ui, title: Text, shown: &Shown, look: &Look<'_>) {
        let created = &shown.plan.created;
        self.areas = created.iter().map(|c| c.polygon.area_m2()).collect();
        self.rows.resize(created.len(), Row::default());
        ui.label(RichText::new(title.get(look.lang)).text_style(theme::bold()));
        ScrollArea::vertical()
            .id_salt("children")
            .max_height(MOST_HIGH)
            .show(ui, |ui| self.table(ui, shown, look));
        if let Some(warned) = shown.warned(look.lang) {
            let t = tokens(ui);
            Frame::new()
                .fill(t.warning_soft)
                .corner_radius(4)
                .inner_margin(6)
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    let text = RichText::new(warned).size(13.0).color(t.warning);
                    ui.add(egui::Label::new(text).wrap());
                });
        }
        let help = RichText::new(HELP.get(look.lang))
            .small()
            .color(tokens(ui).text_weak);
        ui.add(egui::Label::new(help).wrap());
    }

    fn table(&mut self, ui: &mut Ui, shown: &Shown, look: &Look<'_>) {
        let lang = look.lang;
        let weak = tokens(ui).text_weak;
        // The table must not push the panel wider.
        let uses_width = (ui.available_width() - BESIDE).clamp(90.0, 240.0);
        let head = |ui: &mut Ui, t: Text| drop(ui.label(RichText::new(t.get(lang)).small().color(weak)));
        Grid::new("children")
            .num_columns(4)
            .spacing([8.0, 4.0])
            .show(ui, |ui| {
                ui.label("");
                head(ui, terms::PARCEL_NUMBER);
                head(ui, AREA);
                head(ui, terms::LAND_USE);
                ui.end_row();
                for (n, (row, area)) in self.rows.iter_mut().zip(&self.areas).enumerate() {
                    widgets::swatch(ui, tint(n));
                    let next = shown
                        .lines
                        .get(n)
                        .map(|l| l.number().to_owned())
                        .unwrap_or_default();
                    let r = field(
                        ui,
                        &mut row.number,
                        &next,
                        NUMBER,
                        &name(terms::PARCEL_NUMBER, n, lang),
                    );
                    if std::mem::take(&mut self.focus) {
                        r.request_focus();
                    }
                    ui.label(format::number(*area, 1, lang));
                    let uses = shown.uses.get(n).map_or("", String::as_str);
                    field(
                        ui,
                        &mut row.land_use,
                        uses,
                        uses_width,
                        &name(terms::LAND_USE, n, lang),
                    );
                    ui.end_row();
                }
                ui.label("");
                head(ui, SUM);
                let sum = format::number(self.areas.iter().sum(), 1, lang);
                ui.label(RichText::new(sum).text_style(theme::bold()));
                ui.end_row();
            });
    }
}

/// Land use of each created parcel where nothing is typed; none for edits without a table.
pub fn expected(edit: &Edit, plan: &Plan, look: &Look<'_>) -> Vec<String> {
    let strips = match edit {
        Edit::Split(_) | Edit::Merge(_) => 0,
        Edit::Carve(e) => e.strips(look.coverage).unwrap_or(0),
        _ => return Vec::new(),
    };
    let strip = match edit {
        Edit::Carve(e) => e.fields.land_use.clone().flatten(),
        _ => None,
    };
    let of = |fid: i64| {
        let rows = look.project.record(fid).map(|r| r.land_uses).unwrap_or_default();
        let one = |r: crate::domain::LandUseRow| UseArea {
            code: r.code,
            area: r.area,
        };
        rows.into_iter().map(one).collect()
    };
    let all = edit::expected_uses(look.coverage, plan, of);
    let shared = all
        .iter()
        .zip(&plan.created)
        .map(|(rows, shape)| match rows.as_slice() {
            // Parents without rows pass their label on.
            [] => {
                let parents = shape.parents.iter().filter_map(|f| look.coverage.get(*f));
                let labels: std::collections::BTreeSet<&str> = parents.map(|p| &*p.land_use).collect();
                labels.into_iter().collect::<Vec<_>>().join("+")
            }
            [one] => one.code.clone(),
            many => many
                .iter()
                .map(|u| use_text(u, look.lang))
                .collect::<Vec<_>>()
                .join("; "),
        });
    let strip_or = |(n, text): (usize, String)| strip.clone().filter(|_| n < strips).unwrap_or(text);
    shared.enumerate().map(strip_or).collect()
}

/// "ONT 60", as it is typed.
fn use_text(u: &UseArea, lang: Lang) -> String {
    match u.area {
        Some(area) => {
            let plain = format!("{}", (area * 10.0).round() / 10.0);
            let area = if lang == Lang::Vi {
                plain.replace('.', ",")
            } else {
                plain
            };
            format!("{} {area}", u.code)
        }
        None => u.code.clone(),
    }
}

/// "Số thửa 2": the accessible name of a cell.
fn name(what: Text, n: usize, lang: Lang) -> String {
    format!("{} {}", what.get(lang), n + 1)
}

/// The name of a cell in a draft.
fn cell(n: usize, name: &str) -> String {
    format!("child {} {name}", n + 1)
}

fn field(ui: &mut Ui, text: &mut String, hint: &str, width: f32, name: &str) -> egui::Response {
    let weak = tokens(ui).text_weak;
    let edit = TextEdit::singleline(text)
        .id_salt(name)
        .hint_text(RichText::new(hint).color(weak));
    // A grid would squeeze it to the width of its heading.
    let r = ui.add_sized([width, ui.spacing().interact_size.y], edit);
    let name = name.to_owned();
    ui.ctx().accesskit_node_builder(r.id, |n| n.set_label(name));
    r
}

fn fields(row: &Row, area: f64, lang: Lang) -> ChildFields {
    let number = row.number.trim();
    ChildFields {
        fields: Fields {
            number: (!number.is_empty()).then(|| Some(number.to_owned())),
            ..Fields::default()
        },
        land_uses: uses(&row.land_use, area, lang),
        ..ChildFields::default()
    }
}

/// "ONT", "ONT 60; CLN 35,5", "ONT+CLN": codes with their areas; a single code takes all of it.
fn uses(typed: &str, area: f64, lang: Lang) -> Option<Vec<UseArea>> {
    let parts: Vec<&str> = typed
        .split([';', '+'])
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .collect();
    if parts.is_empty() {
        return None;
    }
    let one = parts.len() == 1;
    let part = |p: &&str| {
        let (code, rest) = p.split_once(' ').unwrap_or((p, ""));
        let whole = one.then(|| (area * 10.0).round() / 10.0);
        UseArea {
            code: code.to_uppercase(),
            area: format::parse_number(rest, lang).ok().or(whole),
        }
    };
    Some(parts.iter().map(part).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_keeps_what_was_typed() {
        let mut typed = Children {
            rows: vec![Row::default(); 3],
            ..Children::default()
        };
        typed.rows[0].number = "9001".to_owned();
        typed.rows[2].land_use = "ONT 60; CLN 35,5".to_owned();
        let mut values = Values::from([("Areas (m²)".to_owned(), "120; *".to_owned())]);
        typed.keep(&mut values);
        let mut again = Children::default();
        again.restore(&mut values);
        assert_eq!(again.rows, typed.rows);
        assert_eq!(values.len(), 1, "the rest is for the fields of the bar");
    }

    #[test]
    fn land_uses_are_read_as_typed() {
        let of = |s: &str| {
            let uses = uses(s, 95.54, Lang::Vi).unwrap_or_default();
            let one = |u: UseArea| format!("{} {:?}", u.code, u.area);
            uses.into_iter().map(one).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(of(""), "");
        assert_eq!(of("ont"), "ONT Some(95.5)");
        assert_eq!(of("ONT 60; CLN 35,5"), "ONT Some(60.0), CLN Some(35.5)");
        assert_eq!(of("ONT+CLN"), "ONT None, CLN None");
    }
}
