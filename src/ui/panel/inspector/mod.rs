//! Right: everything about the selected parcel, in tabs. Details are edited where they stand.

mod details;
mod family;
mod holders;
mod register;
mod vertices;

use egui::{RichText, ScrollArea, Ui};
use egui_material_icons::icons as i;

use super::history;
use crate::domain::{Failure, ParcelRecord};
use crate::project::{Lineage, LogFilter, OfParcel, OperationSummary, When};
use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::look::Look;
use crate::ui::theme::{self, M, S, tokens};
use crate::ui::viewing::Viewing;
use crate::ui::widgets::{self, Tone};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Parcel,
    Holders,
    Certificates,
    Assets,
    Limits,
    Scans,
    Changes,
    History,
}

impl Tab {
    const ALL: [Self; 8] = [
        Self::Parcel,
        Self::Holders,
        Self::Certificates,
        Self::Assets,
        Self::Limits,
        Self::Scans,
        Self::Changes,
        Self::History,
    ];

    fn text(self) -> Text {
        match self {
            Self::Parcel => Text::new("Thửa đất", "Parcel"),
            Self::Holders => Text::new("Người sử dụng", "Land users"),
            Self::Certificates => Text::new("Giấy chứng nhận", "Certificates"),
            Self::Assets => Text::new("Tài sản", "Assets"),
            Self::Limits => Text::new("Hạn chế, ngăn chặn", "Limits"),
            Self::Changes => Text::new("Biến động", "Changes"),
            Self::Scans => Text::new("Giấy tờ", "Scans"),
            Self::History => Text::new("Lịch sử", "History"),
        }
    }
}

const NOTHING: Text = Text::new("Chưa chọn thửa nào", "No parcel selected");
const NOTHING_BODY: Text = Text::new(
    "Bấm một thửa trên bản đồ hoặc trong bảng, hoặc tìm bằng Ctrl+F.",
    "Click a parcel on the map or in the table, or find one with Ctrl+F.",
);
const STREET: Text = Text::new("Đất không tạo thành thửa", "Land that is no parcel");

/// What was read of the parcel shown, until the data change.
struct Read {
    fid: i64,
    revision: u64,
    record: Result<Box<ParcelRecord>, Failure>,
    /// Its register, as it is now; none of a parcel that is no longer there.
    register: OfParcel,
    /// Read when its tab is first opened.
    log: Option<Vec<OperationSummary>>,
    /// The same.
    lineage: Option<Lineage>,
}

#[derive(Default)]
pub struct Inspector {
    tab: Tab,
    read: Option<Read>,
    details: details::Details,
    vertices: vertices::Vertices,
}

impl Inspector {
    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let Some(fid) = look.selection.main() else {
            widgets::empty(
                ui,
                i::ICON_NEAR_ME,
                NOTHING.get(look.lang),
                NOTHING_BODY.get(look.lang),
            );
            return;
        };
        if fid < 0 {
            return proposed(ui, fid, look);
        }
        self.load(fid, look);
        let Some(read) = &mut self.read else { return };
        let record = match &read.record {
            Ok(record) => record,
            Err(failure) => return widgets::note(ui, Tone::Error, &failure.describe(look.lang)),
        };
        header(ui, record, look);
        if look.scene.is_past() {
            as_of(ui, look);
        }
        ui.add_space(S);
        let tabs = Tab::ALL.map(|t| (t, t.text().get(look.lang).to_owned()));
        self.tab = widgets::tabs(ui, &tabs, self.tab).unwrap_or(self.tab);
        ui.separator();
        let body = ScrollArea::vertical()
            .id_salt(("inspector", self.tab as u8))
            .auto_shrink([false, false]);
        body.show(ui, |ui| match self.tab {
            Tab::Parcel => {
                self.details.ui(ui, record, look, out);
                if !look.scene.is_past() {
                    register::land_uses(ui, &read.register, record, look, out);
                }
                self.vertices.ui(ui, record, look, out);
            }
            Tab::Holders => {
                if look.scene.is_past() {
                    widgets::note(ui, Tone::Info, NAMES_OF_TODAY.get(look.lang));
                    ui.add_space(S);
                }
                match look.scene.is_past() {
                    true => holders::ui(ui, record, look.lang),
                    false => register::holders(ui, &read.register, record, look, out),
                }
            }
            Tab::Certificates | Tab::Assets | Tab::Limits => {
                if look.scene.is_past() {
                    widgets::note(ui, Tone::Info, OF_TODAY.get(look.lang));
                }
                let show = match self.tab {
                    Tab::Certificates => register::certificates,
                    Tab::Assets => register::assets,
                    _ => register::limits,
                };
                show(ui, &read.register, record, look, out);
            }
            Tab::Changes | Tab::Scans => later(ui, self.tab, look.lang),
            Tab::History => {
                let filter = LogFilter {
                    parcel: Some(fid),
                    limit: Some(200),
                    ..Default::default()
                };
                let log = read
                    .log
                    .get_or_insert_with(|| look.project.log(&filter).unwrap_or_default());
                let lineage = read
                    .lineage
                    .get_or_insert_with(|| look.project.lineage(fid).unwrap_or_default());
                family::ui(ui, lineage, fid, look, out);
                history::list(ui, log, look, out);
            }
        });
    }

    /// A change that came from here was refused: say why at the field.
    pub fn refused(&mut self, failure: &Failure) -> bool {
        self.details.refused(failure) || self.vertices.refused(failure)
    }

    fn load(&mut self, fid: i64, look: &Look<'_>) {
        let old = self.read.as_ref().map(|r| (r.fid, r.revision));
        if old == Some((fid, look.revision)) {
            return;
        }
        if old.is_none_or(|(f, _)| f != fid) {
            self.details.reset();
            self.vertices.reset();
        }
        let record = match look.scene.viewing {
            Viewing::Past(op) => look.project.record_at(fid, When::Op(op)),
            _ => look.project.record(fid),
        };
        let register = match &record {
            Ok(record) => look.project.of_parcel(record.uid).unwrap_or_default(),
            Err(_) => OfParcel::default(),
        };
        self.read = Some(Read {
            fid,
            revision: look.revision,
            register,
            record: record.map(Box::new),
            log: None,
            lineage: None,
        });
    }
}

/// Says that nothing here is of today.
fn as_of(ui: &mut Ui, look: &Look<'_>) {
    let Some(at) = look.scene.moment() else { return };
    let at = format::date_time(at);
    let text = match look.lang {
        Lang::Vi => format!("Như tại ngày {at}; chỉ để xem."),
        Lang::En => format!("As of {at}; only to look at."),
    };
    widgets::note(ui, Tone::Warning, &text);
}

const NAMES_OF_TODAY: Text = Text::new(
    "Ai có quyền là theo thời điểm đang xem; tên, địa chỉ và mã đối tượng là của hôm nay.",
    "Who held rights is of the moment shown; names, addresses and user codes are of today.",
);

const OF_TODAY: Text = Text::new(
    "Danh sách này là của hôm nay, không phải của thời điểm đang xem.",
    "This list is of today, not of the moment shown.",
);

/// A parcel to come, of the dossier in hand.
fn proposed(ui: &mut Ui, fid: i64, look: &Look<'_>) {
    let Some(p) = look.coverage.get(fid) else { return };
    let title = match look.lang {
        Lang::Vi => format!("Tờ {} · Thửa {}", dash(&p.sheet), dash(&p.number)),
        Lang::En => format!("Sheet {} · Parcel {}", dash(&p.sheet), dash(&p.number)),
    };
    ui.label(RichText::new(title).heading());
    widgets::note(ui, Tone::Info, PROPOSED.get(look.lang));
    ui.add_space(S);
    widgets::fact(
        ui,
        120.0,
        crate::text::terms::LAND_USE.get(look.lang),
        &p.land_use,
    );
    let area = format::area(p.polygon.area_m2(), look.lang);
    widgets::fact(ui, 120.0, crate::text::terms::AREA_MEASURED.get(look.lang), &area);
}

const PROPOSED: Text = Text::new(
    "Thửa đề xuất của hồ sơ đang làm; có hiệu lực khi hồ sơ được phê duyệt.",
    "Proposed by the dossier in hand; in force when it is approved.",
);

fn header(ui: &mut Ui, r: &ParcelRecord, look: &Look<'_>) {
    let t = tokens(ui);
    let title = match look.lang {
        Lang::Vi => format!("Tờ {} · Thửa {}", dash(&r.sheet), dash(&r.number)),
        Lang::En => format!("Sheet {} · Parcel {}", dash(&r.sheet), dash(&r.number)),
    };
    ui.horizontal(|ui| {
        ui.label(RichText::new(title).heading());
        if let Some(code) = r.land_use.as_deref().filter(|c| !c.is_empty()) {
            let chip = egui::Frame::new()
                .fill(t.accent_soft)
                .corner_radius(9)
                .inner_margin(egui::Margin::symmetric(8, 1));
            chip.show(ui, |ui| {
                ui.label(RichText::new(code).small().color(t.on_accent_soft))
            });
        }
    });
    let commune = look.commune(&r.commune);
    let n = look.selection.fids().len();
    ui.horizontal_wrapped(|ui| {
        ui.weak(commune);
        if !r.is_parcel {
            ui.label(RichText::new(STREET.get(look.lang)).color(t.warning));
        }
        if n > 1 {
            ui.label(RichText::new(many(n, look)).color(t.accent));
        }
    });
    ui.add_space(M / 2.0);
}

fn many(n: usize, look: &Look<'_>) -> String {
    let area: f64 = look
        .selection
        .fids()
        .iter()
        .filter_map(|f| look.coverage.get(*f))
        .map(|p| p.polygon.area_m2())
        .sum();
    let (n, area) = (format::count(n as u64, look.lang), format::area(area, look.lang));
    match look.lang {
        Lang::Vi => format!("{n} thửa được chọn, {area}"),
        Lang::En => format!("{n} parcels selected, {area}"),
    }
}

fn dash(s: &str) -> &str {
    if s.is_empty() { "—" } else { s }
}

/// Tabs whose content comes with a later version: say so.
fn later(ui: &mut Ui, tab: Tab, lang: Lang) {
    let (glyph, title, body) = match tab {
        Tab::Changes => (
            i::ICON_SWAP_HORIZ,
            Text::new("Chưa có đăng ký biến động", "No registered changes yet"),
            Text::new(
                "Phiên bản này chưa đăng ký biến động. Mọi thao tác sửa thửa có ở thẻ Lịch sử.",
                "This version does not yet register changes. Every edit of the parcel is under History.",
            ),
        ),
        _ => (
            i::ICON_DOCUMENT_SCANNER,
            Text::new("Chưa có hồ sơ quét", "No scans yet"),
            Text::new(
                "Phiên bản này chưa gắn hồ sơ quét vào thửa đất.",
                "This version does not yet attach scans to parcels.",
            ),
        ),
    };
    widgets::empty(ui, glyph, title.get(lang), body.get(lang));
    ui.add_space(theme::L);
}
