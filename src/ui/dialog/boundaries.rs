//! Import of boundaries of communes or frames of sheets: a file, a layer, the key columns; what matches is shown, then one
//! operation.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{ComboBox, RichText, ScrollArea, Ui};
use egui_material_icons::icons as i;

use super::import::crs;
use super::import::files::choice_of;
use super::{Cx, Flow, form_row, frame, hint};
use crate::domain::{BoundaryDraft, BoundaryKind, BoundaryState, Failure, NewBoundary, Severity, Territory};
use crate::import::boundaries::{BoundaryReport, plan, read};
use crate::import::{CrsPlan, Field, Mapping, Options, inspect};
use crate::job::Progress;
use crate::text::{Lang, Text, format, terms};
use crate::topology::Coverage;
use crate::ui::action::Action;
use crate::ui::pick::{Filter, Kind, PathField};
use crate::ui::theme::{L, M, S, bold, tokens};
use crate::ui::widgets::{self, Tone};
use crate::ui::work::Work;
use crate::validate;

/// Findings shown in the preview.
const FOUND: usize = 4;

const FILES: &[Filter] = &[
    (
        Text::new("Tệp bản đồ", "Map files"),
        &["shp", "gpkg", "tab", "mif", "geojson", "json", "fgb"],
    ),
    (Text::new("Mọi tệp", "All files"), &["*"]),
];
const TITLE: Text = Text::new("Nhập địa giới xã, khung tờ", "Import boundaries");
const ABOUT: Text = Text::new(
    "Ranh giới dùng để kiểm tra thửa nằm ngoài xã, ngoài tờ bản đồ. Thửa đất không bị thay đổi.",
    "Boundaries are what parcels outside their commune or sheet are found by. No parcel is changed.",
);
const FILE: Text = Text::new("Tệp ranh giới", "File of boundaries");
const FILE_HINT: Text = Text::new(
    "SHP, GPKG, TAB, GeoJSON…; có thể kéo thả vào đây",
    "SHP, GPKG, TAB, GeoJSON…; can be dropped here",
);
const WHAT: Text = Text::new("Ranh giới của", "Boundaries of");
const LAYER: Text = Text::new("Lớp", "Layer");
const COMMUNE_COLUMN: Text = Text::new("Cột mã xã", "Column of the commune code");
const SHEET_COLUMN: Text = Text::new("Cột số tờ", "Column of the sheet number");
const NO_COLUMN: Text = Text::new("(chưa rõ)", "(not known)");
const IMPORT: Text = Text::new("Ghi ranh giới", "Enter the boundaries");
const NEW: Text = Text::new("Mới", "New");
const REPLACED: Text = Text::new("Thay thế", "Replaced");
const UNCHANGED: Text = Text::new("Không đổi", "Unchanged");

/// A file to be read for the preview.
#[derive(Clone, Debug)]
pub struct BoundaryJob {
    /// Answers to older questions are dropped.
    pub serial: u64,
    pub path: PathBuf,
    /// `None`: the first.
    pub layer: Option<String>,
    pub kind: BoundaryKind,
    pub map: Vec<(Field, String)>,
    pub crs: Option<u32>,
    pub reproject: bool,
}

/// What came of it.
pub struct BoundaryRead {
    serial: u64,
    layers: Vec<String>,
    layer: Option<String>,
    columns: Vec<String>,
    mapping: Mapping,
    crs: Option<CrsPlan>,
    draft: Result<(Arc<BoundaryDraft>, Vec<BoundaryReport>), Failure>,
}

/// Looks at the file and reads the layer. Fails where the file cannot be opened at all.
pub fn read_boundaries(
    job: BoundaryJob,
    epsg: u32,
    coverage: &Coverage,
    progress: &Progress,
) -> Result<BoundaryRead, Failure> {
    let mut inspection = inspect(std::slice::from_ref(&job.path), progress)?;
    let all = inspection.layers.iter().filter_map(|l| l.source.layer.clone());
    let layers: Vec<String> = all.collect();
    let layer = job
        .layer
        .filter(|l| layers.contains(l))
        .or(layers.first().cloned());
    inspection.layers.retain(|l| l.source.layer == layer);
    let fields = inspection.layers.iter().flat_map(|l| l.fields());
    let columns: Vec<String> = fields.map(|f| f.name.clone()).collect();
    let known = |(_, column): &(Field, String)| columns.contains(column);
    let options = Options {
        project_epsg: epsg,
        extent: Options::extent_of(coverage),
        crs: job.crs,
        reproject: job.reproject,
        map: job.map.into_iter().filter(known).collect(),
        ..Options::default()
    };
    let plan = plan(&inspection, job.kind, &options, coverage);
    let first = plan.as_ref().ok().and_then(|p| p.layers.first());
    let (mapping, crs) = first.map(|p| (p.mapping.clone(), p.crs.clone())).unzip();
    let draft = plan.and_then(|p| read(&inspection, &p, job.kind, coverage, progress));
    Ok(BoundaryRead {
        serial: job.serial,
        layers,
        layer,
        columns,
        mapping: mapping.unwrap_or_default(),
        crs,
        draft: draft.map(|(draft, reports)| (Arc::new(draft), reports)),
    })
}

pub struct BoundaryDialog {
    path: PathField,
    kind: BoundaryKind,
    layer: Option<String>,
    map: Vec<(Field, String)>,
    crs: Option<u32>,
    reproject: bool,
    serial: u64,
    /// The person changed something: read again.
    stale: bool,
    failure: Option<Failure>,
    read: Option<BoundaryRead>,
    fresh: bool,
}

impl Default for BoundaryDialog {
    fn default() -> Self {
        Self {
            path: PathField::new(Kind::OpenFile, FILES),
            kind: BoundaryKind::Commune,
            layer: None,
            map: Vec::new(),
            crs: None,
            reproject: false,
            serial: 0,
            stale: false,
            failure: None,
            read: None,
            fresh: true,
        }
    }
}

impl BoundaryDialog {
    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let Some(project) = cx.project else {
            return Flow::Close;
        };
        let (lang, territory) = (cx.lang, project.coverage().territory().clone());
        self.dropped(cx.ctx);
        let mut state = (self, false);
        let flow = frame(
            (cx.ctx, lang),
            TITLE.get(lang),
            [820.0, 640.0],
            &mut state,
            |ui, (this, _)| this.body(ui, &territory, lang),
            |ui, (this, import)| {
                let ready = this.ready().is_some();
                *import = widgets::primary(ui, ready, Some(i::ICON_PUBLIC), IMPORT.get(lang));
                match ui.button(super::CANCEL.get(lang)).clicked() {
                    true => Flow::Close,
                    false => Flow::Stay,
                }
            },
        );
        let (this, import) = state;
        this.ask(cx.out);
        match this.ready().filter(|_| import) {
            Some(draft) => {
                cx.out.push(Action::Work(Work::CommitBoundaries(draft)));
                Flow::Close
            }
            None => flow,
        }
    }

    /// What a job read.
    pub fn read(&mut self, serial: u64, result: Result<BoundaryRead, Failure>) {
        if serial != self.serial {
            return;
        }
        (self.read, self.failure) = match result {
            Ok(read) => (Some(read), None),
            Err(failure) => (None, Some(failure)),
        };
    }

    /// A file dropped on the dialog is the one that is meant.
    fn dropped(&mut self, ctx: &egui::Context) {
        let dropped = ctx.input(|i| i.raw.dropped_files.first().map(|f| f.path().to_owned()));
        if let Some(path) = dropped {
            self.path.text = path.display().to_string();
            self.stale = true;
        }
    }

    /// The draft, when it is that of what stands in the fields and writes something.
    fn ready(&self) -> Option<Arc<BoundaryDraft>> {
        let read = self
            .read
            .as_ref()
            .filter(|r| r.serial == self.serial && !self.stale)?;
        let (draft, _) = read.draft.as_ref().ok()?;
        (!draft.is_empty()).then(|| draft.clone())
    }

    fn ask(&mut self, out: &mut Vec<Action>) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        self.serial += 1;
        let Some(path) = self.path.path().filter(|p| p.exists()) else {
            (self.read, self.failure) = (None, None);
            return;
        };
        out.push(Action::Work(Work::Boundaries(BoundaryJob {
            serial: self.serial,
            path,
            layer: self.layer.clone(),
            kind: self.kind,
            map: self.map.clone(),
            crs: self.crs,
            reproject: self.reproject,
        })));
    }

    fn body(&mut self, ui: &mut Ui, territory: &Territory, lang: Lang) {
        hint(ui, ABOUT.get(lang));
        ui.add_space(M);
        let fresh = std::mem::take(&mut self.fresh);
        form_row(ui, FILE.get(lang), |ui| {
            self.stale |= self.path.ui(ui, lang, FILE.get(lang), FILE_HINT.get(lang), fresh);
        });
        ui.horizontal_top(|ui| self.choices(ui, lang));
        if let Some(failure) = &self.failure {
            widgets::note(ui, Tone::Error, &failure.describe(lang));
        }
        let Some(read) = &self.read else { return };
        let told = read.crs.as_ref().filter(|c| !c.explanation.get(lang).is_empty());
        if let Some(crs) = told {
            ui.add_space(S);
            let tone = if crs.certain { Tone::Info } else { Tone::Warning };
            widgets::note(ui, tone, crs.explanation.get(lang));
        }
        if told.is_some() || self.crs.is_some() {
            ui.add_space(S);
            self.stale |= crs::choice(ui, &mut self.crs, &mut self.reproject, lang);
        }
        ui.add_space(M);
        match &read.draft {
            Ok((draft, reports)) => preview(ui, draft, reports, territory, lang),
            Err(failure) => widgets::note(ui, Tone::Error, &failure.describe(lang)),
        }
    }

    /// Kind, layer, key columns.
    fn choices(&mut self, ui: &mut Ui, lang: Lang) {
        ui.spacing_mut().item_spacing.x = L;
        captioned(ui, WHAT, lang, |ui| {
            let name = (WHAT.get(lang), 150.0);
            self.stale |= choice_of(ui, name, &mut self.kind, &BoundaryKind::ALL, |k| {
                kind(k).get(lang)
            });
        });
        let Some(read) = &self.read else { return };
        if read.layers.len() > 1 {
            captioned(ui, LAYER, lang, |ui| {
                let now = read.layer.as_deref().unwrap_or_default();
                if let Some(chosen) = one_of(ui, LAYER, now, &read.layers, lang) {
                    (self.layer, self.stale) = (Some(chosen), true);
                }
            });
        }
        let sheet = self.kind == BoundaryKind::Sheet;
        let keys = [(Field::Commune, COMMUNE_COLUMN), (Field::Sheet, SHEET_COLUMN)];
        for (field, caption) in keys.into_iter().take(1 + usize::from(sheet)) {
            captioned(ui, caption, lang, |ui| {
                let now = read
                    .mapping
                    .get(&field)
                    .map_or(NO_COLUMN.get(lang), String::as_str);
                if let Some(chosen) = one_of(ui, caption, now, &read.columns, lang) {
                    self.map.retain(|(f, c)| *f != field && *c != chosen);
                    self.map.push((field, chosen));
                    self.stale = true;
                }
            });
        }
    }
}

fn kind(kind: BoundaryKind) -> Text {
    match kind {
        BoundaryKind::Commune => terms::COMMUNE,
        BoundaryKind::Sheet => Text::new("Tờ bản đồ", "Map sheet"),
    }
}

fn captioned(ui: &mut Ui, caption: Text, lang: Lang, add: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.set_width(180.0);
        ui.label(RichText::new(caption.get(lang)).text_style(bold()));
        add(ui);
    });
}

/// A drop-down of names; the one chosen anew.
fn one_of(ui: &mut Ui, name: Text, now: &str, all: &[String], lang: Lang) -> Option<String> {
    let mut chosen = None;
    let combo = ComboBox::from_id_salt(("boundary", name.vi))
        .width(160.0)
        .truncate()
        .selected_text(now);
    let r = combo.show_ui(ui, |ui| {
        for one in all {
            if ui.selectable_label(one == now, one).clicked() && one != now {
                chosen = Some(one.clone());
            }
        }
    });
    widgets::named(r.response, egui::accesskit::Role::ComboBox, name.get(lang));
    chosen
}

/// What comes of it: counts, findings, the boundaries.
fn preview(ui: &mut Ui, draft: &BoundaryDraft, reports: &[BoundaryReport], of: &Territory, lang: Lang) {
    let grave = draft.findings.iter().any(|f| f.severity >= Severity::Warning);
    let tone = match (grave, draft.is_empty()) {
        (true, _) => Tone::Warning,
        (false, true) => Tone::Info,
        (false, false) => Tone::Ok,
    };
    widgets::note(ui, tone, &counts(reports, lang));
    for f in draft.findings.iter().take(FOUND) {
        hint(ui, &format!("• {}", validate::message(f).get(lang)));
    }
    if let Some(more) = draft.findings.len().checked_sub(FOUND).filter(|n| *n > 0) {
        hint(
            ui,
            crate::msg!("và {more} điều khác", "and {more} more").get(lang),
        );
    }
    if draft.boundaries.is_empty() {
        return;
    }
    ui.add_space(S);
    let heads: [Text; 6] = [
        kind(draft.kind),
        Text::new("Kết quả", "Result"),
        Text::new("Diện tích", "Area"),
        Text::new("Diện tích cũ", "Area before"),
        Text::new("Số thửa", "Parcels"),
        Text::new("Bản ghi", "Record"),
    ];
    ui.horizontal(|ui| cells(ui, heads.map(|h| (h.get(lang).to_owned(), true))));
    ui.separator();
    let height = ui.text_style_height(&egui::TextStyle::Body) + S;
    ScrollArea::vertical()
        .id_salt("boundaries")
        .max_height(ui.available_height().max(140.0))
        .auto_shrink([false, true])
        .show_rows(ui, height, draft.boundaries.len(), |ui, rows| {
            for b in &draft.boundaries[rows] {
                ui.horizontal(|ui| cells(ui, row(b, of, lang).map(|t| (t, false))));
            }
        });
}

const WIDTHS: [f32; 6] = [240.0, 90.0, 130.0, 130.0, 70.0, 60.0];

fn cells(ui: &mut Ui, row: [(String, bool); 6]) {
    for (n, ((text, head), width)) in row.into_iter().zip(WIDTHS).enumerate() {
        let text = RichText::new(text);
        let text = if head {
            text.small().color(tokens(ui).text_weak)
        } else {
            text
        };
        let align = if n < 2 { egui::Align::Min } else { egui::Align::Max };
        let layout = egui::Layout::left_to_right(egui::Align::Center)
            .with_main_align(align)
            .with_main_justify(true);
        let size = egui::vec2(width, ui.text_style_height(&egui::TextStyle::Body));
        ui.allocate_ui_with_layout(size, layout, |ui| {
            ui.add(egui::Label::new(text).truncate().halign(align));
        });
    }
}

fn row(b: &NewBoundary, of: &Territory, lang: Lang) -> [String; 6] {
    let name = of.communes.get(&b.commune).map(|c| c.name.as_str());
    let name = name.filter(|n| *n != b.commune).unwrap_or_default();
    let what = match &b.sheet {
        None => format!("{} {name}", b.commune),
        Some(sheet) => format!("{} / {sheet}", b.commune),
    };
    let state = match b.state {
        BoundaryState::New => NEW,
        BoundaryState::Replaced => REPLACED,
        BoundaryState::Unchanged => UNCHANGED,
    };
    [
        what.trim_end().to_owned(),
        state.get(lang).to_owned(),
        format::area(b.polygon.area_m2(), lang),
        b.area_before.map_or_else(String::new, |a| format::area(a, lang)),
        format::count(b.parcels, lang),
        format::count(b.record, lang),
    ]
}

fn counts(reports: &[BoundaryReport], lang: Lang) -> String {
    let sum = |of: fn(&BoundaryReport) -> u64| format::count(reports.iter().map(of).sum(), lang);
    let (all, new, replaced) = (sum(|r| r.records), sum(|r| r.imported), sum(|r| r.replaced));
    let (same, skipped, refused) = (sum(|r| r.unchanged), sum(|r| r.skipped), sum(|r| r.refused));
    crate::msg!(
        "{all} bản ghi: {new} mới, {replaced} thay thế, {same} không đổi, {skipped} bỏ qua, {refused} không ghi được.",
        "{all} records: {new} new, {replaced} replaced, {same} unchanged, {skipped} skipped, {refused} refused."
    )
    .get(lang)
    .to_owned()
}
