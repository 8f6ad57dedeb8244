//! Export: the sync package (with the list of what forbids sending, and the rehearsal's verdict), and
//! map files for other programs.

use egui::{RichText, Ui};
use egui_material_icons::icons as i;

use super::import::files::choice;
use super::verify::report;
use super::{CANCEL, Cx, DONE, Flow, form_row, frame, hint};
use crate::domain::{Failure, Finding};
use crate::export::package::Package;
use crate::formats::write::OutputFormat;
use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::pick::{Kind, PathField};
use crate::ui::theme::{M, S, tokens};
use crate::ui::widgets::{self, Tone};
use crate::ui::work::{PackageJob, Packaged, Work};
use crate::validate;

/// Blocking findings listed; the rest is counted.
const MOST: usize = 200;

const TITLE: Text = Text::new("Xuất gói đồng bộ", "Export sync packages");
const FOLDER: Text = Text::new("Ghi các gói vào thư mục", "Write the packages into the folder");
const FOLDER_HINT: Text = Text::new("Mỗi xã một tệp .zip", "One .zip per commune");
const COMMUNES: Text = Text::new("Các xã", "Communes");
const DRAFT: Text = Text::new(
    "Vẫn ghi khi còn lỗi (gói được đánh dấu là bản nháp)",
    "Write despite errors (marked as draft)",
);
const EXPORT: Text = Text::new("Kiểm tra và xuất gói", "Check and export");
const WHAT: Text = Text::new(
    "Toàn bộ thửa được kiểm tra trước. Sau khi ghi, mỗi gói được mở lại và so với tệp huyện.",
    "All parcels are checked first. Once written, each package is opened again and compared with the district file.",
);
const BLOCKED: Text = Text::new(
    "Chưa ghi gì: còn lỗi không được phép gửi. Sửa các lỗi dưới đây, hoặc xuất bản nháp.",
    "Nothing was written: some errors forbid sending. Repair the ones below, or export a draft.",
);
const BUSY: Text = Text::new("Đang kiểm tra và ghi…", "Checking and writing…");

/// Exporting sync packages.
pub struct PackageDialog {
    folder: PathField,
    fresh: bool,
    /// Codes left out.
    without: Vec<String>,
    allow: bool,
    busy: bool,
    result: Option<Result<Packaged, Failure>>,
}

impl Default for PackageDialog {
    fn default() -> Self {
        Self {
            folder: PathField::new(Kind::Folder, &[]),
            fresh: true,
            without: Vec::new(),
            allow: false,
            busy: false,
            result: None,
        }
    }
}

impl PackageDialog {
    pub fn done(&mut self, result: Result<Packaged, Failure>) {
        self.busy = false;
        self.result = Some(result);
    }

    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let Some(project) = cx.project else {
            return Flow::Close;
        };
        let lang = cx.lang;
        let communes: Vec<(String, String)> = project
            .communes()
            .unwrap_or_default()
            .into_iter()
            .filter(|c| c.parcels > 0)
            .map(|c| (c.code.clone(), c.name.unwrap_or(c.code)))
            .collect();
        let mut state = (self, Vec::new());
        let flow = frame(
            (cx.ctx, lang),
            TITLE.get(lang),
            [760.0, 620.0],
            &mut state,
            |ui, (this, _)| this.body(ui, &communes, lang),
            |ui, (this, out)| this.buttons(ui, &communes, lang, out),
        );
        cx.out.extend(state.1);
        flow
    }

    fn body(&mut self, ui: &mut Ui, communes: &[(String, String)], lang: Lang) {
        hint(ui, WHAT.get(lang));
        ui.add_space(M);
        let fresh = std::mem::take(&mut self.fresh);
        form_row(ui, FOLDER.get(lang), |ui| {
            self.folder
                .ui(ui, lang, FOLDER.get(lang), FOLDER_HINT.get(lang), fresh);
        });
        form_row(ui, COMMUNES.get(lang), |ui| {
            for (code, name) in communes {
                let mut on = !self.without.contains(code);
                if ui.checkbox(&mut on, format!("{name} ({code})")).changed() {
                    self.without.retain(|c| c != code);
                    if !on {
                        self.without.push(code.clone());
                    }
                }
            }
        });
        ui.checkbox(&mut self.allow, DRAFT.get(lang));
        ui.add_space(M);
        match &self.result {
            Some(Err(failure)) => widgets::note(ui, Tone::Error, &failure.describe(lang)),
            Some(Ok(Packaged::Blocked(findings))) => blocked(ui, findings, lang),
            Some(Ok(Packaged::Written(all))) => {
                for (package, check) in all {
                    written(ui, package, lang);
                    report(ui, check, lang);
                    ui.add_space(M);
                }
            }
            None => (),
        }
    }

    fn buttons(
        &mut self,
        ui: &mut Ui,
        communes: &[(String, String)],
        lang: Lang,
        out: &mut Vec<Action>,
    ) -> Flow {
        let chosen: Vec<String> = communes
            .iter()
            .map(|(c, _)| c.clone())
            .filter(|c| !self.without.contains(c))
            .collect();
        let folder = self.folder.path();
        let ready = !self.busy && folder.is_some() && !chosen.is_empty();
        if widgets::primary(ui, ready, Some(i::ICON_PACKAGE_2), EXPORT.get(lang))
            && let Some(dir) = folder
        {
            self.busy = true;
            self.result = None;
            out.push(Action::Work(Work::Package(PackageJob {
                dir,
                communes: chosen,
                allow_findings: self.allow,
            })));
        }
        let text = if self.result.is_some() { DONE } else { CANCEL };
        let closed = ui.button(text.get(lang)).clicked();
        if self.busy {
            ui.weak(BUSY.get(lang));
        }
        if closed { Flow::Close } else { Flow::Stay }
    }
}

fn blocked(ui: &mut Ui, findings: &[Finding], lang: Lang) {
    widgets::note(ui, Tone::Warning, BLOCKED.get(lang));
    ui.add_space(S);
    for f in findings.iter().take(MOST) {
        let text = format!("{} — {}", f.refs.join(", "), validate::message(f).get(lang));
        ui.add(egui::Label::new(RichText::new(text).color(tokens(ui).text)).wrap());
    }
    if findings.len() > MOST {
        let more = format::count((findings.len() - MOST) as u64, lang);
        hint(
            ui,
            &if lang == Lang::Vi {
                format!("… và {more} lỗi nữa")
            } else {
                format!("… and {more} more")
            },
        );
    }
}

fn written(ui: &mut Ui, p: &Package, lang: Lang) {
    let n = format::count(p.parcels, lang);
    let kb = format::count(p.bytes.div_ceil(1024), lang);
    let draft = if p.draft {
        if lang == Lang::Vi {
            " · bản nháp"
        } else {
            " · draft"
        }
    } else {
        ""
    };
    let unit = if lang == Lang::Vi { "thửa" } else { "parcels" };
    let text = format!("{} · {n} {unit} · {kb} KB{draft}", p.path.display());
    ui.add(egui::Label::new(RichText::new(text).text_style(crate::ui::theme::bold())).wrap());
}

// ------------------------------------------------------------------ map files

const FILE_TITLE: Text = Text::new("Xuất tệp bản đồ", "Export a map file");
const FORMAT: Text = Text::new("Định dạng", "Format");
const PATH: Text = Text::new("Ghi vào tệp", "Write to file");
const PATH_HINT: Text = Text::new(
    "Đường dẫn tệp; đuôi tệp được thêm nếu thiếu",
    "Path; the extension is added if missing",
);
const OVERWRITE: Text = Text::new("Ghi đè tệp đã có", "Overwrite an existing file");
const WGS84: Text = Text::new(
    "Kinh độ, vĩ độ WGS84 thay cho VN-2000",
    "WGS84 longitude and latitude instead of VN-2000",
);
const PERSONAL: Text = Text::new(
    "Tệp chứa tên người sử dụng đất: chỉ đưa cho người được phép xem.",
    "The file contains names of land users: give it only to people allowed to see them.",
);
const WRITE: Text = Text::new("Ghi tệp", "Write");

/// Exporting parcels for another program.
pub struct FileDialog {
    path: PathField,
    fresh: bool,
    format: OutputFormat,
    overwrite: bool,
    wgs84: bool,
}

impl Default for FileDialog {
    fn default() -> Self {
        Self {
            path: PathField::new(Kind::SaveFile, &[]),
            fresh: true,
            format: OutputFormat::Gpkg,
            overwrite: false,
            wgs84: false,
        }
    }
}

const FORMATS: [(OutputFormat, Text, &str); 6] = [
    (
        OutputFormat::Gpkg,
        Text::new("GeoPackage (.gpkg)", "GeoPackage (.gpkg)"),
        "gpkg",
    ),
    (
        OutputFormat::Shp,
        Text::new("Shapefile (.shp)", "Shapefile (.shp)"),
        "shp",
    ),
    (
        OutputFormat::GeoJson,
        Text::new("GeoJSON (.geojson)", "GeoJSON (.geojson)"),
        "geojson",
    ),
    (
        OutputFormat::FlatGeobuf,
        Text::new("FlatGeobuf (.fgb)", "FlatGeobuf (.fgb)"),
        "fgb",
    ),
    (
        OutputFormat::Tab,
        Text::new("MapInfo TAB (.tab)", "MapInfo TAB (.tab)"),
        "tab",
    ),
    (
        OutputFormat::Csv,
        Text::new("Bảng CSV, không có hình (.csv)", "CSV table (.csv)"),
        "csv",
    ),
];

impl FileDialog {
    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let lang = cx.lang;
        let mut state = (self, None);
        let flow = frame(
            (cx.ctx, lang),
            FILE_TITLE.get(lang),
            [620.0, 420.0],
            &mut state,
            |ui, (this, _)| this.body(ui, lang),
            |ui, (this, work)| {
                let ready = this.work();
                if widgets::primary(ui, ready.is_some(), Some(i::ICON_FILE_UPLOAD), WRITE.get(lang)) {
                    *work = ready;
                }
                if ui.button(CANCEL.get(lang)).clicked() {
                    Flow::Close
                } else {
                    Flow::Stay
                }
            },
        );
        match state.1 {
            Some(work) => {
                cx.out.push(Action::Work(work));
                Flow::Close
            }
            None => flow,
        }
    }

    fn body(&mut self, ui: &mut Ui, lang: Lang) {
        form_row(ui, FORMAT.get(lang), |ui| {
            let all = FORMATS.map(|(f, ..)| f);
            let name = |f: OutputFormat| {
                FORMATS
                    .iter()
                    .find(|(g, ..)| *g == f)
                    .map_or("", |(_, t, _)| t.get(lang))
            };
            choice(ui, FORMAT.get(lang), &mut self.format, &all, name);
        });
        let fresh = std::mem::take(&mut self.fresh);
        form_row(ui, PATH.get(lang), |ui| {
            self.path.ui(ui, lang, PATH.get(lang), PATH_HINT.get(lang), fresh);
        });
        ui.checkbox(&mut self.overwrite, OVERWRITE.get(lang));
        ui.checkbox(&mut self.wgs84, WGS84.get(lang));
        ui.add_space(M);
        widgets::note(ui, Tone::Info, PERSONAL.get(lang));
    }

    fn work(&self) -> Option<Work> {
        let mut path = self.path.path()?;
        if path.extension().is_none() {
            let (_, _, extension) = FORMATS.iter().find(|(f, ..)| *f == self.format)?;
            path.set_extension(extension);
        }
        let (format, overwrite, wgs84) = (self.format, self.overwrite, self.wgs84);
        Some(Work::File {
            path,
            format,
            overwrite,
            wgs84,
        })
    }
}
