//! The register of the parcel shown: each record a line that opens its form; ended ones grey, with their day.

use egui::accesskit::Role;
use egui::{Button, Ui};
use egui_material_icons::{MaterialIcon, icons as i};

use crate::domain::ParcelRecord;
use crate::project::{OfParcel, Record};
use crate::register::{Kind, Share, Value};
use crate::text::{Lang, Text};
use crate::ui::action::Action;
use crate::ui::form::Ask;
use crate::ui::look::Look;
use crate::ui::record_text;
use crate::ui::theme::{S, tokens};
use crate::ui::widgets::{self, Tone};

/// A heading with its records.
struct Section {
    kind: Kind,
    title: Text,
    glyph: MaterialIcon,
}

const PEOPLE: Section = Section {
    kind: Kind::Party,
    title: Text::new("Người sử dụng, chủ sở hữu", "Holders"),
    glyph: i::ICON_PERSON,
};
const RIGHTS: Section = Section {
    kind: Kind::Right,
    title: Text::new("Quyền", "Rights"),
    glyph: i::ICON_KEY,
};
const PAPERS: Section = Section {
    kind: Kind::Certificate,
    title: Text::new("Giấy chứng nhận", "Certificates"),
    glyph: i::ICON_WORKSPACE_PREMIUM,
};
const USES: Section = Section {
    kind: Kind::LandUseRow,
    title: Text::new("Mục đích sử dụng đất", "Land uses"),
    glyph: i::ICON_GRASS,
};
const ASSETS: Section = Section {
    kind: Kind::Asset,
    title: Text::new("Tài sản gắn liền với đất", "Assets"),
    glyph: i::ICON_HOME,
};
const RESTRICTIONS: Section = Section {
    kind: Kind::Restriction,
    title: Text::new("Hạn chế quyền", "Restrictions"),
    glyph: i::ICON_REMOVE_CIRCLE,
};
const MORTGAGES: Section = Section {
    kind: Kind::Mortgage,
    title: Text::new("Thế chấp, giao dịch bảo đảm", "Mortgages"),
    glyph: i::ICON_ACCOUNT_BALANCE,
};
const HOLDS: Section = Section {
    kind: Kind::Hold,
    title: Text::new("Ngăn chặn, tranh chấp", "Holds, disputes"),
    glyph: i::ICON_GAVEL,
};

const ADD: Text = Text::new("Thêm", "Add");
const NONE: Text = Text::new("Chưa có.", "None yet.");
const ALL_OF: Text = Text::new("Mọi thửa của người này", "All parcels of this holder");

/// Who holds the parcel, and by which rights.
pub fn holders(ui: &mut Ui, all: &OfParcel, r: &ParcelRecord, look: &Look<'_>, out: &mut Vec<Action>) {
    let people: Vec<&Record> = holders_of(all);
    section(ui, &PEOPLE, &people, all, r, look, out);
    section(ui, &RIGHTS, &refs(&all.rights), all, r, look, out);
    shares(ui, all, look.lang);
}

pub fn certificates(ui: &mut Ui, all: &OfParcel, r: &ParcelRecord, look: &Look<'_>, out: &mut Vec<Action>) {
    section(ui, &PAPERS, &refs(&all.certificates), all, r, look, out);
}

pub fn land_uses(ui: &mut Ui, all: &OfParcel, r: &ParcelRecord, look: &Look<'_>, out: &mut Vec<Action>) {
    section(ui, &USES, &refs(&all.land_uses), all, r, look, out);
}

pub fn assets(ui: &mut Ui, all: &OfParcel, r: &ParcelRecord, look: &Look<'_>, out: &mut Vec<Action>) {
    section(ui, &ASSETS, &refs(&all.assets), all, r, look, out);
}

pub fn limits(ui: &mut Ui, all: &OfParcel, r: &ParcelRecord, look: &Look<'_>, out: &mut Vec<Action>) {
    section(ui, &MORTGAGES, &refs(&all.mortgages), all, r, look, out);
    section(ui, &RESTRICTIONS, &refs(&all.restrictions), all, r, look, out);
    section(ui, &HOLDS, &refs(&all.holds), all, r, look, out);
}

/// Those in force first, each part oldest first.
fn refs(all: &[Record]) -> Vec<&Record> {
    let mut all: Vec<&Record> = all.iter().collect();
    all.sort_by_key(|r| r.has_ended());
    all
}

/// The parties of rights, those of rights in force first.
fn holders_of(all: &OfParcel) -> Vec<&Record> {
    let mut out: Vec<&Record> = Vec::new();
    for right in refs(&all.rights) {
        if let Some(party) = all.party(right, "party")
            && out.iter().all(|p| p.uid != party.uid)
        {
            out.push(party);
        }
    }
    out
}

/// Whether a party still holds a right here.
fn holds(all: &OfParcel, party: &Record) -> bool {
    let mut own = all
        .rights
        .iter()
        .filter(|r| all.party(r, "party").is_some_and(|p| p.uid == party.uid));
    own.any(|r| !r.has_ended())
}

fn section(
    ui: &mut Ui,
    of: &Section,
    records: &[&Record],
    all: &OfParcel,
    r: &ParcelRecord,
    look: &Look<'_>,
    out: &mut Vec<Action>,
) {
    let lang = look.lang;
    ui.horizontal(|ui| {
        widgets::section(ui, of.title.get(lang));
        widgets::at_right(ui, |ui| {
            let spoken = format!("{} {}", ADD.get(lang), of.kind.title().get(lang));
            let button = Button::new((widgets::icon(i::ICON_ADD), ADD.get(lang))).small();
            let r2 = ui.add_enabled(look.editable(), button);
            if widgets::named(r2, Role::Button, &spoken)
                .on_hover_text(spoken.as_str())
                .clicked()
            {
                out.push(Action::Form(match of.kind {
                    Kind::Party => Ask::NewHolder { parcel: r.fid },
                    kind => Ask::New {
                        kind,
                        parcel: Some(r.fid),
                    },
                }));
            }
        });
    });
    if records.is_empty() {
        ui.weak(NONE.get(lang));
    }
    for record in records {
        line(ui, of, record, all, r, look, out);
    }
    ui.add_space(S);
}

fn line(
    ui: &mut Ui,
    of: &Section,
    record: &Record,
    all: &OfParcel,
    r: &ParcelRecord,
    look: &Look<'_>,
    out: &mut Vec<Action>,
) {
    let (lang, t) = (look.lang, tokens(ui));
    let ended = record.has_ended() || record.kind == Kind::Party && !holds(all, record);
    let name = match (record.kind, all.party(record, "party")) {
        (Kind::Right, Some(party)) => record_text::name(party, lang),
        _ => record_text::name(record, lang),
    };
    let state = record_text::state(record, lang);
    let mut details = record_text::details(record, Some(all), lang);
    if !state.is_empty() {
        details = if details.is_empty() {
            state
        } else {
            format!("{state} · {details}")
        };
    }
    let main = if ended { t.text_weak } else { t.text };
    let font = |s: egui::TextStyle| s.resolve(ui.style());
    let format = |font_id, color| egui::TextFormat {
        font_id,
        color,
        ..Default::default()
    };
    let mut job = egui::text::LayoutJob::default();
    job.append(&name, 0.0, format(font(egui::TextStyle::Body), main));
    if !details.is_empty() {
        job.append("\n", 0.0, format(font(egui::TextStyle::Small), t.text_weak));
        job.append(&details, 0.0, format(font(egui::TextStyle::Small), t.text_weak));
    }
    let zoom = record.kind == Kind::Party;
    let width = ui.available_width() - if zoom { 40.0 } else { 0.0 };
    job.wrap.max_width = width - 40.0;
    ui.horizontal(|ui| {
        let button = Button::new((widgets::icon(of.glyph).color(t.text_weak), job, widgets::grow()))
            .frame_when_inactive(false)
            .min_size(egui::vec2(width, 28.0));
        let spoken = format!("{}: {name}", of.kind.title().get(lang));
        if widgets::named(ui.add(button), Role::Button, &spoken).clicked() {
            out.push(Action::Form(Ask::Open {
                kind: record.kind,
                uid: record.uid,
                parcel: Some(r.fid),
            }));
        }
        if zoom {
            let spoken = format!("{}: {name}", ALL_OF.get(lang));
            let r2 = ui.add(Button::new(widgets::icon(i::ICON_TRAVEL_EXPLORE)).frame_when_inactive(false));
            if widgets::named(r2, Role::Button, &spoken)
                .on_hover_text(ALL_OF.get(lang))
                .clicked()
            {
                out.push(Action::ShowParcelsOf(Kind::Party, record.uid));
            }
        }
    });
}

/// Shares that do not make up the whole are told.
fn shares(ui: &mut Ui, all: &OfParcel, lang: Lang) {
    let live = all
        .rights
        .iter()
        .filter(|r| !r.has_ended() && *r.get("asset") == Value::Empty);
    let shares: Vec<Share> = live
        .filter_map(|r| match r.get("share") {
            Value::Share(s) => Some(*s),
            _ => None,
        })
        .collect();
    let rows: std::collections::BTreeSet<String> = all
        .rights
        .iter()
        .filter(|r| !r.has_ended())
        .filter_map(|r| match r.get("land_use_row") {
            Value::Named(uid) => Some(uid.clone()),
            _ => None,
        })
        .collect();
    // Shares of several rows are added up row by row; the rules tell of those.
    if shares.is_empty() || rows.len() > 1 {
        return;
    }
    match Share::sum(shares) {
        Some((n, d)) if n == d => (),
        sum => {
            let sum = sum.map_or("?".to_owned(), |(n, d)| format!("{n}/{d}"));
            let text = match lang {
                Lang::Vi => format!("Tổng các phần quyền là {sum}, chưa bằng 1."),
                Lang::En => format!("The shares add up to {sum}, not to 1."),
            };
            widgets::note(ui, Tone::Warning, &text);
        }
    }
}
