//! Right: one record in quarantine. Why it is there, the ways to make it a parcel with what each would do, the source row.

use std::sync::Arc;

use egui::{RichText, ScrollArea, TextEdit, Ui};
use egui_material_icons::icons as i;

use super::quarantine::state_sentence;
use crate::domain::{DraftParcel, Failure, Finding, ParcelRef, QuarantinedRecord, RecordRef, RecordState};
use crate::edit::{Edit, PlaceRecord};
use crate::import::Repair;
use crate::project::{Mode, RecordDetail};
use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::look::Look;
use crate::ui::map_record::ShownRecord;
use crate::ui::theme::{M, S, tokens};
use crate::ui::widgets::{self, Tone};
use crate::validate::{self, quarantine_reason};

const CLOSE: Text = Text::new("Đóng bản ghi", "Close the record");
const PREVIOUS: Text = Text::new("Bản ghi trước", "Previous record");
const NEXT: Text = Text::new("Bản ghi sau", "Next record");
const FAULTS: Text = Text::new("Vị trí sai", "What is wrong");
const REPAIRS: Text = Text::new("Cách sửa", "Ways to repair");
const NO_REPAIR: Text = Text::new(
    "Không có cách sửa tự động: hãy vẽ ranh bằng tay, hoặc nhập lại tệp đã sửa.",
    "Nothing can be proposed: draw the boundary, or import the corrected file.",
);
const PLACE: Text = Text::new("Đặt vào bản đồ", "Place in the map");
const DRAW: Text = Text::new("Vẽ bằng tay", "Draw by hand");
const IS_PARCEL: Text = Text::new("Là thửa đang chọn", "It is the selected parcel");
const AGAIN: Text = Text::new("Nhập lại tệp đã sửa", "Import the corrected file");
const ASIDE: Text = Text::new("Để riêng", "Set aside");
const BACK: Text = Text::new("Đưa trở lại danh sách chờ", "Take back to those that wait");
const SHOW: Text = Text::new("Xem thửa", "Show the parcel");
const WHY: Text = Text::new("Lý do để riêng", "Reason to set it aside");
const WHY_HINT: Text = Text::new("ví dụ: trùng với thửa 45", "for example: the same as parcel 45");
const ROW: Text = Text::new("Dữ liệu trong tệp", "The row of the file");
const NO_ROW: Text = Text::new("Bản ghi không có thuộc tính.", "The record has no attributes.");
const OPERATING: Text = Text::new(
    "Cơ sở dữ liệu đang vận hành: không đặt bản ghi từ tệp. Lập thửa trong hồ sơ, rồi để riêng bản ghi này.",
    "The district is in operation: records of files are not placed. Make the parcel in a dossier, then set this record aside.",
);
const CLEAR: Text = Text::new("Không chồng lấn thửa nào.", "It overlaps no parcel.");
const DROPPED: Text = Text::new(
    "điểm không có tọa độ được bỏ",
    "points without coordinates left out",
);

/// What was read of the record shown.
struct Read {
    id: i64,
    revision: u64,
    detail: RecordDetail,
    repairs: Vec<Repair>,
    /// What the rules would say of each.
    said: Vec<Vec<Finding>>,
    values: Vec<(String, String)>,
    attributes: Option<DraftParcel>,
    /// The record in edits: by its name where that is enough.
    name: RecordRef,
    operating: bool,
}

#[derive(Default)]
pub struct Card {
    read: Option<Result<Box<Read>, (i64, u64, Failure)>>,
    /// Which repair is looked at.
    chosen: usize,
    reason: String,
}

impl Card {
    fn load(&mut self, r: &QuarantinedRecord, look: &Look<'_>) {
        let known = match &self.read {
            Some(Ok(read)) => Some((read.id, read.revision)),
            Some(Err((id, revision, _))) => Some((*id, *revision)),
            None => None,
        };
        if known == Some((r.id, look.revision)) {
            return;
        }
        if known.is_none_or(|(id, _)| id != r.id) {
            (self.chosen, self.reason) = (0, String::new());
        }
        let read = read(r, look).map(Box::new);
        self.read = Some(read.map_err(|f| (r.id, look.revision, f)));
    }

    fn good(&self) -> Option<&Read> {
        self.read.as_ref()?.as_ref().ok().map(|b| &**b)
    }

    /// What the map shows of it.
    pub fn shown(&mut self, r: &QuarantinedRecord, look: &Look<'_>) -> Option<Arc<ShownRecord>> {
        self.load(r, look);
        let read = self.good()?;
        let repair = read.repairs.get(self.chosen).filter(|_| r.is_waiting());
        Some(Arc::new(ShownRecord {
            sketch: read.detail.sketch.clone(),
            preview: repair.map(|r| r.polygons.clone()).unwrap_or_default(),
            elsewhere: repair.is_some_and(|r| r.reading.is_some()),
        }))
    }

    pub fn ui(
        &mut self,
        ui: &mut Ui,
        r: &QuarantinedRecord,
        look: &Look<'_>,
        out: &mut Vec<Action>,
    ) -> Option<Asked> {
        let lang = look.lang;
        self.load(r, look);
        let asked = header(ui, r, lang);
        let Self { read, chosen, reason } = self;
        let read = match read {
            Some(Ok(read)) => read,
            Some(Err((.., failure))) => {
                widgets::note(ui, Tone::Error, &failure.describe(lang));
                return asked;
            }
            None => return asked,
        };
        ui.separator();
        let body = ScrollArea::vertical()
            .id_salt("record card")
            .auto_shrink([false, false]);
        body.show(ui, |ui| {
            if r.is_waiting() {
                faults(ui, read, lang);
                if !r.is_point() {
                    repairs(ui, read, chosen, look, out);
                }
                other_ways(ui, r, read, reason, look, out);
            } else {
                decided(ui, r, look, out);
            }
            row(ui, read, lang);
        });
        asked
    }
}

/// What its header asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The panel is about the selected parcel again.
    Close,
    /// Another record of the list.
    Step(i64),
}

fn read(r: &QuarantinedRecord, look: &Look<'_>) -> Result<Read, Failure> {
    let project = look.project;
    let detail = project.quarantined_record(&RecordRef::Uid(r.uid))?;
    let repairs = if r.is_waiting() {
        project.repairs(&detail)
    } else {
        Vec::new()
    };
    let said = repairs
        .iter()
        .map(|p| project.consequences(r, &p.polygons))
        .collect();
    let by_name = RecordRef::Name {
        file: r.file.clone(),
        record: r.record,
    };
    let is_enough = project
        .quarantined_record(&by_name)
        .is_ok_and(|d| d.record.uid == r.uid);
    Ok(Read {
        id: r.id,
        revision: look.revision,
        detail,
        repairs,
        said,
        values: project.record_values(r.id)?,
        attributes: project.record_attributes(r.id)?,
        name: if is_enough { by_name } else { RecordRef::Uid(r.uid) },
        operating: project.mode()? == Mode::Operating,
    })
}

fn header(ui: &mut Ui, r: &QuarantinedRecord, lang: Lang) -> Option<Asked> {
    let mut asked = None;
    let n = format::count(r.record, lang);
    let title = match lang {
        Lang::Vi => format!("Bản ghi {n}"),
        Lang::En => format!("Record {n}"),
    };
    ui.horizontal(|ui| {
        widgets::at_right(ui, |ui| {
            for (glyph, name, what) in [
                (i::ICON_CLOSE, CLOSE, Asked::Close),
                (i::ICON_ARROW_DOWNWARD, NEXT, Asked::Step(1)),
                (i::ICON_ARROW_UPWARD, PREVIOUS, Asked::Step(-1)),
            ] {
                if widgets::icon_button(ui, glyph, name.get(lang)) {
                    asked = Some(what);
                }
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.add(egui::Label::new(RichText::new(title).heading()).truncate());
            });
        });
    });
    let reference = r.reference();
    let from = match reference.is_empty() {
        true => r.file.clone(),
        false => format!("{} · {reference}", r.file),
    };
    let weak = tokens(ui).text_weak;
    ui.add(egui::Label::new(RichText::new(from).color(weak)).wrap());
    ui.add(egui::Label::new(quarantine_reason(&r.code).get(lang)).wrap());
    asked
}

fn faults(ui: &mut Ui, read: &Read, lang: Lang) {
    if read.detail.sketch.marks.is_empty() {
        return;
    }
    const MOST: usize = 4;
    widgets::section(ui, FAULTS.get(lang));
    for mark in read.detail.sketch.marks.iter().take(MOST) {
        let place = format!(
            "X {} · Y {}",
            format::coordinate(mark.at.n, lang),
            format::coordinate(mark.at.e, lang)
        );
        let text = format!("{} ({place})", mark.kind.text().get(lang));
        ui.add(egui::Label::new(text).wrap());
    }
    let more = read.detail.sketch.marks.len().saturating_sub(MOST);
    if more > 0 {
        let n = format::count(more as u64, lang);
        let text = match lang {
            Lang::Vi => format!("và {n} chỗ nữa"),
            Lang::En => format!("and {n} more"),
        };
        ui.label(RichText::new(text).color(tokens(ui).text_weak));
    }
}

fn repairs(ui: &mut Ui, read: &Read, chosen: &mut usize, look: &Look<'_>, out: &mut Vec<Action>) {
    let lang = look.lang;
    widgets::section(ui, REPAIRS.get(lang));
    if read.operating {
        return widgets::note(ui, Tone::Warning, OPERATING.get(lang));
    }
    if read.repairs.is_empty() {
        ui.add(egui::Label::new(RichText::new(NO_REPAIR.get(lang)).color(tokens(ui).text_weak)).wrap());
        return;
    }
    for (n, repair) in read.repairs.iter().enumerate() {
        ui.radio_value(chosen, n, described(repair, lang));
    }
    *chosen = (*chosen).min(read.repairs.len() - 1);
    let repair = &read.repairs[*chosen];
    ui.add_space(S);
    if let Some(why) = &repair.reading {
        widgets::note(ui, Tone::Info, why.get(lang));
        ui.add_space(S);
    }
    said(ui, &read.said[*chosen], lang);
    ui.add_space(S);
    let can = Command::ToolAddParcel.check(look.have).is_ok();
    if widgets::primary(ui, can, Some(i::ICON_ADD_LOCATION_ALT), PLACE.get(lang)) {
        let place = PlaceRecord::with(read.name.clone(), &repair.polygons);
        out.push(Action::Apply(vec![Edit::PlaceRecord(place)]));
    }
}

/// "Gỡ chỗ tự cắt · 2 thửa · 120,5 m²".
fn described(r: &Repair, lang: Lang) -> String {
    let mut text = r.method.text().get(lang).to_owned();
    let n = format::count(r.polygons.len() as u64, lang);
    if r.polygons.len() > 1 {
        text += &match lang {
            Lang::Vi => format!(" · {n} thửa"),
            Lang::En => format!(" · {n} parcels"),
        };
    }
    let area: f64 = r.polygons.iter().map(|p| p.area_m2()).sum();
    text += &format!(" · {}", format::area(area, lang));
    if r.dropped > 0 {
        text += &format!(
            " · {} {}",
            format::count(r.dropped as u64, lang),
            DROPPED.get(lang)
        );
    }
    text
}

fn said(ui: &mut Ui, findings: &[Finding], lang: Lang) {
    const MOST: usize = 3;
    if findings.is_empty() {
        ui.horizontal(|ui| {
            ui.label(widgets::icon(Tone::Ok.glyph()).color(tokens(ui).ok));
            ui.label(CLEAR.get(lang));
        });
        return;
    }
    let mut lines: Vec<String> = findings
        .iter()
        .take(MOST)
        .map(|f| validate::message(f).get(lang).to_owned())
        .collect();
    if findings.len() > MOST {
        lines.push("…".to_owned());
    }
    widgets::note(ui, Tone::Warning, &lines.join("\n"));
}

/// Drawing, importing again, setting aside.
fn other_ways(
    ui: &mut Ui,
    r: &QuarantinedRecord,
    read: &Read,
    reason: &mut String,
    look: &Look<'_>,
    out: &mut Vec<Action>,
) {
    let lang = look.lang;
    let can = Command::ToolAddParcel.check(look.have).is_ok();
    ui.add_space(M);
    ui.horizontal_wrapped(|ui| {
        if !r.is_point() && widgets::button(ui, can && !read.operating, i::ICON_DRAW, DRAW.get(lang)) {
            out.push(Action::DrawRecord(Box::new(ForRecord {
                name: read.name.clone(),
                commune: r.commune.clone(),
                sheet: r.sheet.clone(),
                number: r.number.clone(),
                land_use: read
                    .attributes
                    .as_ref()
                    .and_then(|p| p.land_use.clone())
                    .unwrap_or_default(),
            })));
        }
        let selected = look.selection.main().and_then(|f| look.project.coverage().get(f));
        if let Some(p) = selected.filter(|_| !r.is_point() && look.selection.fids().len() == 1) {
            let name = format!("{} {}/{}", IS_PARCEL.get(lang), p.sheet, p.number);
            if widgets::button(ui, can && !read.operating, i::ICON_LINK, &name) {
                out.push(Action::Apply(vec![Edit::PlaceRecord(PlaceRecord {
                    parcel: Some(ParcelRef::Uid(p.uid)),
                    ..PlaceRecord::with(read.name.clone(), &[])
                })]));
            }
        }
        let import = Command::Import.check(look.have).is_ok();
        if widgets::button(ui, import, i::ICON_FILE_DOWNLOAD, AGAIN.get(lang)) {
            let points = if r.is_point() {
                Command::ImportPoints
            } else {
                Command::Import
            };
            out.push(Action::Run(points));
        }
    });
    ui.add_space(S);
    ui.label(
        RichText::new(WHY.get(lang))
            .size(13.0)
            .color(tokens(ui).text_weak),
    );
    ui.horizontal(|ui| {
        let hint = RichText::new(WHY_HINT.get(lang)).color(tokens(ui).text_weak);
        let room = (ui.available_width() - 104.0).max(80.0);
        let edit = ui.add(TextEdit::singleline(reason).desired_width(room).hint_text(hint));
        ui.ctx()
            .accesskit_node_builder(edit.id, |n| n.set_label(WHY.get(lang)));
        let entered = edit.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        let ready = can && !reason.trim().is_empty();
        if widgets::button(ui, ready, i::ICON_INVENTORY_2, ASIDE.get(lang)) || entered && ready {
            out.push(Action::Apply(vec![Edit::SetRecordAside {
                record: read.name.clone(),
                reason: reason.trim().to_owned(),
            }]));
        }
    });
}

fn decided(ui: &mut Ui, r: &QuarantinedRecord, look: &Look<'_>, out: &mut Vec<Action>) {
    let lang = look.lang;
    let (tone, op) = match &r.state {
        RecordState::Placed { op, .. } => (Tone::Ok, *op),
        RecordState::Replaced { op, .. } | RecordState::Aside { op, .. } => (Tone::Info, *op),
        RecordState::Waiting => return,
    };
    let by = match lang {
        Lang::Vi => format!("{} (thao tác số {op})", state_sentence(r, lang)),
        Lang::En => format!("{} (operation {op})", state_sentence(r, lang)),
    };
    widgets::note(ui, tone, &by);
    ui.add_space(S);
    match &r.state {
        RecordState::Placed { parcel, .. } => {
            let fid = look.project.fid_of(*parcel).ok().flatten();
            if widgets::button(ui, fid.is_some(), i::ICON_CENTER_FOCUS_STRONG, SHOW.get(lang)) {
                out.extend(fid.map(Action::Show));
            }
        }
        _ => {
            let can = Command::ToolAddParcel.check(look.have).is_ok();
            if widgets::button(ui, can, i::ICON_UNDO, BACK.get(lang)) {
                out.push(Action::Apply(vec![Edit::TakeRecordBack {
                    record: RecordRef::Uid(r.uid),
                }]));
            }
        }
    }
}

/// The source row: column and value.
fn row(ui: &mut Ui, read: &Read, lang: Lang) {
    ui.add_space(S);
    widgets::section(ui, ROW.get(lang));
    if read.values.is_empty() {
        ui.label(RichText::new(NO_ROW.get(lang)).color(tokens(ui).text_weak));
    }
    for (column, value) in &read.values {
        widgets::fact(ui, 118.0, column, value);
    }
}

/// A record whose boundary is to be drawn, and what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct ForRecord {
    pub name: RecordRef,
    pub commune: String,
    pub sheet: String,
    pub number: String,
    pub land_use: String,
}
