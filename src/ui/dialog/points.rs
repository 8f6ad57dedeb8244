//! Import of survey points: one file, how it is read, what comes of it; then one operation.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{ComboBox, Grid, RichText, ScrollArea, Ui};
use egui_material_icons::icons as i;

use super::import::files::choice_of;
use super::new::field;
use super::{Cx, Flow, form_row, frame, hint};
use crate::crs;
use crate::domain::{Failure, PointDraft, SurveyPoint};
use crate::import::points::{PointField, PointFile, PointPlan, PointReport, Separator, decimal_label};
use crate::text::encoding::Encoding;
use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::pick::{Filter, Kind, PathField};
use crate::ui::theme::{L, M, S, bold, tokens};
use crate::ui::widgets::{self, Tone};
use crate::ui::work::Work;
use crate::validate;

/// Points and findings shown in the preview.
const SHOWN: usize = 8;
const FOUND: usize = 6;

const FILES: &[Filter] = &[(
    Text::new("Sổ đo (CSV, TXT)", "Field books (CSV, TXT)"),
    &["csv", "txt", "asc", "pts", "xyz", "dat"],
)];
const TITLE: Text = Text::new("Nhập điểm đo", "Import survey points");
const FILE: Text = Text::new("Tệp điểm đo", "File of survey points");
const FILE_HINT: Text = Text::new(
    "CSV hoặc TXT xuất từ máy toàn đạc, GNSS",
    "CSV or TXT from a total station or GNSS",
);
const SURVEY: Text = Text::new("Tên đợt đo", "Name of the survey");
const SURVEY_HINT: Text = Text::new("Bỏ trống: tên tệp", "Empty: the file's name");
const DATE: Text = Text::new("Ngày đo", "Date");
const DATE_HINT: Text = Text::new("31/12/2026", "31/12/2026");
const ACCURACY: Text = Text::new("Độ chính xác (m)", "Accuracy (m)");
const ACCURACY_HINT: Text = Text::new("0,05", "0.05");
const WGS84: u32 = 4326;
const SYSTEM: Text = Text::new("Hệ tọa độ của tệp", "Coordinates of the file");
const OWN_SYSTEM: Text = Text::new("Như tệp huyện", "As the district file");
const LATITUDES: Text = Text::new(
    "WGS84: X vĩ độ, Y kinh độ (độ)",
    "WGS84: X latitude, Y longitude (degrees)",
);
const ENCODING: Text = Text::new("Bảng mã", "Encoding");
const SEPARATOR: Text = Text::new("Dấu ngăn cột", "Separator");
const DECIMAL: Text = Text::new("Dấu thập phân", "Decimal sign");
const HEADER: Text = Text::new("Dòng đầu là tiêu đề", "First line names the columns");
const COLUMNS: Text = Text::new("Cột của tệp", "Columns of the file");
const NO_COLUMN: Text = Text::new("(không có)", "(none)");
const PREVIEW: Text = Text::new("Xem trước", "Preview");
const IMPORT: Text = Text::new("Nhập điểm", "Import points");
const BAD_DATE: Text = Text::new("Ngày viết như 31/12/2026.", "Write the date as 31/12/2026.");
const BAD_ACCURACY: Text = Text::new(
    "Số mét lớn hơn 0, ví dụ 0,05.",
    "Metres above 0, for example 0.05.",
);

/// What is to be read: a file, or a file read before by another plan.
#[derive(Clone, Debug)]
pub enum PointSource {
    Path(PathBuf),
    Read(Arc<PointFile>, PointPlan),
}

/// A job that reads points for the preview.
#[derive(Clone, Debug)]
pub struct PointsJob {
    /// Answers to older questions are dropped.
    pub serial: u64,
    pub source: PointSource,
    pub survey: Option<String>,
    /// yyyy-MM-dd.
    pub surveyed_on: Option<String>,
    /// m.
    pub accuracy: Option<f64>,
    /// Coordinate system of the file where it is another than the district's.
    pub from_epsg: Option<u32>,
    /// `None`: what reads best.
    pub encoding: Option<Encoding>,
}

/// What came of it.
pub struct PointsRead {
    pub serial: u64,
    pub file: Arc<PointFile>,
    pub plan: PointPlan,
    pub draft: Result<(Arc<PointDraft>, PointReport), Failure>,
}

pub struct PointsDialog {
    path: PathField,
    survey: String,
    date: String,
    accuracy: String,
    from_epsg: Option<u32>,
    encoding: Option<Encoding>,
    serial: u64,
    /// The person changed something: read again.
    stale: bool,
    failure: Option<Failure>,
    read: Option<PointsRead>,
    fresh: bool,
}

impl Default for PointsDialog {
    fn default() -> Self {
        Self {
            path: PathField::new(Kind::OpenFile, FILES),
            survey: String::new(),
            date: String::new(),
            accuracy: String::new(),
            from_epsg: None,
            encoding: None,
            serial: 0,
            stale: false,
            failure: None,
            read: None,
            fresh: true,
        }
    }
}

impl PointsDialog {
    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let lang = cx.lang;
        let mut state = (self, false);
        let flow = frame(
            (cx.ctx, lang),
            TITLE.get(lang),
            [860.0, 660.0],
            &mut state,
            |ui, (this, _)| this.body(ui, lang),
            |ui, (this, import)| {
                let ready = this.ready().is_some();
                *import = widgets::primary(ui, ready, Some(i::ICON_ADD_LOCATION), IMPORT.get(lang));
                match ui.button(super::CANCEL.get(lang)).clicked() {
                    true => Flow::Close,
                    false => Flow::Stay,
                }
            },
        );
        let (this, import) = state;
        this.ask(cx);
        match this.ready().filter(|_| import) {
            Some(draft) => {
                cx.out.push(Action::Work(Work::CommitPoints(draft)));
                Flow::Close
            }
            None => flow,
        }
    }

    /// What a job read.
    pub fn read(&mut self, result: Result<PointsRead, Failure>) {
        match result {
            Ok(read) if read.serial == self.serial => {
                self.failure = None;
                self.read = Some(read);
            }
            Ok(_) => (),
            Err(failure) => {
                self.failure = Some(failure);
                self.read = None;
            }
        }
    }

    /// The draft, when it is that of what stands in the fields.
    fn ready(&self) -> Option<Arc<PointDraft>> {
        let read = self
            .read
            .as_ref()
            .filter(|r| r.serial == self.serial && !self.stale)?;
        let (draft, _) = read.draft.as_ref().ok()?;
        (!draft.is_empty() && self.day().is_ok() && self.metres().is_ok()).then(|| draft.clone())
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        let source = match &self.read {
            Some(r)
                if self.path.path().as_ref() == Some(&r.file.path)
                    && self.encoding.is_none_or(|e| e == r.file.encoding) =>
            {
                PointSource::Read(r.file.clone(), r.plan.clone())
            }
            _ => match self.path.path().filter(|p| p.is_file()) {
                Some(path) => PointSource::Path(path),
                None => return self.read = None,
            },
        };
        self.serial += 1;
        let survey = Some(self.survey.trim()).filter(|s| !s.is_empty());
        cx.out.push(Action::Work(Work::Points(PointsJob {
            serial: self.serial,
            source,
            survey: survey.map(str::to_owned),
            surveyed_on: self.day().unwrap_or_default(),
            accuracy: self.metres().unwrap_or_default(),
            from_epsg: self.from_epsg,
            encoding: self.encoding,
        })));
    }

    /// dd/MM/yyyy as yyyy-MM-dd.
    fn day(&self) -> Result<Option<String>, Text> {
        let typed = self.date.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let date = jiff::civil::Date::strptime("%d/%m/%Y", typed).or_else(|_| typed.parse());
        date.map(|d: jiff::civil::Date| Some(d.to_string()))
            .map_err(|_| BAD_DATE)
    }

    fn metres(&self) -> Result<Option<f64>, Text> {
        let typed = self.accuracy.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let value = format::parse_number(typed, Lang::Vi)
            .ok()
            .filter(|m| *m > 0.0 && *m < 1000.0);
        value.map(Some).ok_or(BAD_ACCURACY)
    }

    fn body(&mut self, ui: &mut Ui, lang: Lang) {
        let fresh = std::mem::take(&mut self.fresh);
        form_row(ui, FILE.get(lang), |ui| {
            self.stale |= self.path.ui(ui, lang, FILE.get(lang), FILE_HINT.get(lang), fresh);
        });
        ui.horizontal_top(|ui| self.facts(ui, lang));
        if let Some(failure) = &self.failure {
            widgets::note(ui, Tone::Error, &failure.describe(lang));
        }
        if self.read.is_none() {
            return;
        }
        ui.add_space(S);
        self.systems(ui, lang);
        self.how(ui, lang);
        ui.add_space(M);
        self.columns(ui, lang);
        if let Some(read) = &self.read {
            result(ui, read, lang);
        }
    }

    fn facts(&mut self, ui: &mut Ui, lang: Lang) {
        let (day, metres) = (self.day().err(), self.metres().err());
        let all = [
            (SURVEY, SURVEY_HINT, &mut self.survey, 380.0, None),
            (DATE, DATE_HINT, &mut self.date, 150.0, day),
            (ACCURACY, ACCURACY_HINT, &mut self.accuracy, 150.0, metres),
        ];
        let mut changed = false;
        for (caption, example, text, width, wrong) in all {
            ui.vertical(|ui| {
                ui.set_width(width + L);
                ui.label(RichText::new(caption.get(lang)).text_style(bold()));
                changed |= field(ui, text, caption.get(lang), example.get(lang), width).changed();
                if let Some(wrong) = wrong {
                    ui.label(RichText::new(wrong.get(lang)).small().color(tokens(ui).error));
                }
            });
        }
        self.stale |= changed;
    }

    /// Coordinate system and encoding.
    fn systems(&mut self, ui: &mut Ui, lang: Lang) {
        let Some(read) = &self.read else { return };
        let used = read.file.encoding;
        let (from, encoding) = (self.from_epsg, self.encoding);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = L;
            ui.label(SYSTEM.get(lang));
            let combo = ComboBox::from_id_salt("points crs")
                .width(290.0)
                .truncate()
                .selected_text(system(self.from_epsg, lang));
            let zones = crs::zones().iter().map(|z| Some(z.epsg));
            let r = combo.show_ui(ui, |ui| {
                for epsg in [None, Some(WGS84)].into_iter().chain(zones) {
                    ui.selectable_value(&mut self.from_epsg, epsg, system(epsg, lang));
                }
            });
            widgets::named(r.response, egui::accesskit::Role::ComboBox, SYSTEM.get(lang));
            ui.label(ENCODING.get(lang));
            let name = |e: Option<Encoding>| e.unwrap_or(used).label().get(lang);
            let combo = ComboBox::from_id_salt("points encoding")
                .width(250.0)
                .truncate()
                .selected_text(name(self.encoding));
            let r = combo.show_ui(ui, |ui| {
                for e in Encoding::ALL {
                    ui.selectable_value(&mut self.encoding, Some(e), e.label().get(lang));
                }
            });
            widgets::named(r.response, egui::accesskit::Role::ComboBox, ENCODING.get(lang));
        });
        self.stale |= from != self.from_epsg || encoding != self.encoding;
    }

    /// Separator, decimal sign, heading: when they change, columns are proposed anew.
    fn how(&mut self, ui: &mut Ui, lang: Lang) {
        let Some(read) = &mut self.read else { return };
        let plan = &mut read.plan;
        let mut changed = false;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = L;
            ui.label(SEPARATOR.get(lang));
            let all = Separator::ALL;
            let name = (SEPARATOR.get(lang), 150.0);
            changed |= choice_of(ui, name, &mut plan.separator, &all, |s| s.label().get(lang));
            ui.label(DECIMAL.get(lang));
            let name = (DECIMAL.get(lang), 150.0);
            changed |= choice_of(ui, name, &mut plan.decimal, &[',', '.'], |d| {
                decimal_label(d, lang)
            });
            changed |= ui.checkbox(&mut plan.header, HEADER.get(lang)).changed();
        });
        if changed {
            *plan = plan.again(&read.file);
            self.stale = true;
        }
    }

    fn columns(&mut self, ui: &mut Ui, lang: Lang) {
        let Some(read) = &mut self.read else { return };
        widgets::section(ui, COLUMNS.get(lang));
        let plan = &mut read.plan;
        let mut changed = false;
        ui.horizontal(|ui| {
            for f in PointField::ALL {
                ui.vertical(|ui| {
                    ui.set_width(126.0);
                    ui.label(
                        RichText::new(f.label().get(lang))
                            .small()
                            .color(tokens(ui).text_weak),
                    );
                    changed |= column(ui, plan, f, lang);
                });
            }
        });
        self.stale |= changed;
    }
}

/// A coordinate system by name.
fn system(epsg: Option<u32>, lang: Lang) -> String {
    match epsg {
        None => OWN_SYSTEM.get(lang).to_owned(),
        Some(WGS84) => LATITUDES.get(lang).to_owned(),
        Some(epsg) => crs::zone(epsg).map_or_else(
            || format!("EPSG:{epsg}"),
            |z| format!("VN-2000 {} · EPSG:{epsg}", z.meridian_text()),
        ),
    }
}

/// Which column holds a field.
fn column(ui: &mut Ui, plan: &mut PointPlan, f: PointField, lang: Lang) -> bool {
    let now = plan.columns.get(&f).copied();
    let name = |c: Option<usize>| {
        c.and_then(|i| plan.names.get(i))
            .map_or_else(|| NO_COLUMN.get(lang).to_owned(), Clone::clone)
    };
    let mut chosen = now;
    let combo = ComboBox::from_id_salt(("point column", f.name()))
        .width(118.0)
        .truncate()
        .selected_text(name(now));
    let r = combo.show_ui(ui, |ui| {
        for c in std::iter::once(None).chain((0..plan.names.len()).map(Some)) {
            ui.selectable_value(&mut chosen, c, name(c));
        }
    });
    widgets::named(r.response, egui::accesskit::Role::ComboBox, f.label().get(lang));
    if chosen == now {
        return false;
    }
    match chosen {
        Some(c) => {
            plan.columns.retain(|_, other| *other != c);
            plan.columns.insert(f, c);
        }
        None => drop(plan.columns.remove(&f)),
    }
    true
}

/// What comes of it: counts, findings, the first points.
fn result(ui: &mut Ui, read: &PointsRead, lang: Lang) {
    let (draft, report) = match &read.draft {
        Ok(done) => done,
        Err(failure) => {
            ui.add_space(M);
            return widgets::note(ui, Tone::Error, &failure.describe(lang));
        }
    };
    ui.add_space(M);
    let tone = if report.quarantined > 0 {
        Tone::Warning
    } else {
        Tone::Ok
    };
    widgets::note(ui, tone, &counts(report, lang));
    for f in draft.findings.iter().take(FOUND) {
        hint(ui, &format!("• {}", validate::message(f).get(lang)));
    }
    let more = draft.findings.len().saturating_sub(FOUND);
    if more > 0 {
        hint(
            ui,
            crate::msg!("… và {more} lưu ý nữa", "… and {more} more").get(lang),
        );
    }
    widgets::section(ui, PREVIEW.get(lang));
    ScrollArea::horizontal()
        .id_salt("points preview")
        .show(ui, |ui| preview(ui, &draft.points, lang));
}

fn counts(r: &PointReport, lang: Lang) -> String {
    let n = |n: u64| format::count(n, lang);
    let (imported, skipped, aside, records) = (n(r.imported), n(r.skipped), n(r.quarantined), n(r.records));
    crate::msg!(
        "{records} dòng: nhập {imported} điểm, bỏ qua {skipped} điểm đã có, để riêng {aside} dòng lỗi",
        "{records} lines: {imported} points to import, {skipped} there already, {aside} faulty lines kept aside"
    )
    .get(lang)
    .to_owned()
}

fn preview(ui: &mut Ui, points: &[SurveyPoint], lang: Lang) {
    Grid::new("points")
        .num_columns(6)
        .striped(true)
        .spacing([18.0, 3.0])
        .show(ui, |ui| {
            for f in PointField::ALL {
                ui.label(
                    RichText::new(f.label().get(lang))
                        .small()
                        .color(tokens(ui).text_weak),
                );
            }
            ui.end_row();
            for p in points.iter().take(SHOWN) {
                let metres = |v: Option<f64>| v.map(|v| format::number(v, 3, lang)).unwrap_or_default();
                let cells = [
                    p.label.clone(),
                    format::coordinate(p.at.n, lang),
                    format::coordinate(p.at.e, lang),
                    metres(p.height),
                    crate::ui::panel::survey::code(p, lang),
                    metres(p.accuracy),
                ];
                cells.into_iter().for_each(|c| drop(ui.label(c)));
                ui.end_row();
            }
        });
}
