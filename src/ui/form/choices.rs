//! What can be chosen in a field: by code or by name, without marks, whole or in parts.

use crate::codes;
use crate::domain::Uid;
use crate::project::{HitKind, OfParcel};
use crate::register::{Field, FieldKind, Kind, Target};
use crate::text::fold::fold;
use crate::text::{Lang, Text};
use crate::ui::look::Look;
use crate::ui::record_text;

/// One line of the list.
#[derive(Clone)]
pub struct Choice {
    /// Code or uid; what will be typed for words.
    pub key: String,
    /// What then stands in the field.
    pub shown: String,
    pub label: String,
    pub detail: String,
    /// A record that is still to be entered.
    pub new: Option<Kind>,
}

/// Longest list.
const MOST: usize = 60;
/// Longest list of what was found in the register.
const FOUND: usize = 12;

const ADD: Text = Text::new("Thêm mới", "Add new");
const TERMS: [&str; 2] = ["Lâu dài", "Đến ngày "];

/// Where the form stands: what is at hand is offered first.
pub struct Near<'a> {
    pub register: Option<&'a OfParcel>,
    /// An ended status is asked for.
    pub ending: bool,
}

/// Whether a field has a list.
pub fn has_list(field: &Field) -> bool {
    is_suggested(field)
        || matches!(
            field.kind,
            FieldKind::Code(_)
                | FieldKind::PersonalCode(_)
                | FieldKind::LandUse
                | FieldKind::Commune
                | FieldKind::Ref(_)
        )
}

/// Words with a list of usual ones: anything else may be typed.
pub fn is_suggested(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Text { .. }) && matches!(field.name, "origin" | "term")
}

/// The list of a field for what has been typed.
pub fn of(field: &Field, typed: &str, near: &Near<'_>, look: &Look<'_>) -> Vec<Choice> {
    let query = fold(typed.trim());
    match field.kind {
        FieldKind::Code(list) | FieldKind::PersonalCode(list) => {
            ranked(of_list(list, near.ending, look.lang), &query)
        }
        FieldKind::LandUse => ranked(land_uses(look.lang), &query),
        FieldKind::Commune => ranked(communes(look), &query),
        FieldKind::Ref(Target::Parcel) => parcels(&query, look),
        FieldKind::Ref(Target::Record(kind)) => records(kind, typed.trim(), near, look),
        _ if field.name == "term" => ranked(TERMS.iter().map(|t| word(t, "")).collect(), &query),
        _ if field.name == "origin" => {
            let all = codes::code_lists("origin").flat_map(|l| &l.items);
            ranked(all.map(|i| word(&i.code, i.title(look.lang))).collect(), &query)
        }
        _ => Vec::new(),
    }
}

fn word(text: &str, detail: &str) -> Choice {
    Choice {
        key: text.to_owned(),
        shown: text.to_owned(),
        label: text.trim().to_owned(),
        detail: detail.to_owned(),
        new: None,
    }
}

fn of_list(list: &str, ended: bool, lang: Lang) -> Vec<Choice> {
    let mut out: Vec<Choice> = Vec::new();
    for item in codes::code_lists(list).flat_map(|l| &l.items) {
        if (ended && item.group != "ended") || out.iter().any(|c| c.key == item.code) {
            continue;
        }
        out.push(Choice {
            key: item.code.clone(),
            shown: item.title(lang).to_owned(),
            label: item.title(lang).to_owned(),
            detail: item.code.clone(),
            new: None,
        });
    }
    out
}

fn land_uses(lang: Lang) -> Vec<Choice> {
    let mut out: Vec<Choice> = Vec::new();
    for item in codes::land_use_lists().iter().rev().flat_map(|l| &l.items) {
        if out.iter().all(|c| c.key != item.code) {
            let name = match lang {
                Lang::Vi => &item.vi,
                Lang::En => &item.en,
            };
            out.push(word(&item.code, name));
        }
    }
    out
}

fn communes(look: &Look<'_>) -> Vec<Choice> {
    look.communes
        .iter()
        .map(|(code, name)| word(code, name))
        .collect()
}

/// How well a line fits: its code, the beginning of its name, of one of its words, any part.
fn rank(choice: &Choice, query: &str) -> Option<u8> {
    let (key, label, detail) = (fold(&choice.key), fold(&choice.label), fold(&choice.detail));
    let text = format!("{label} {detail}");
    let initials = |text: &str| {
        text.split(|c: char| !c.is_alphanumeric())
            .filter_map(|w| w.chars().next())
            .collect::<String>()
    };
    Some(match () {
        () if query.is_empty() => 0,
        () if key == query || label == query => 1,
        () if key.starts_with(query) => 2,
        () if label.starts_with(query) => 3,
        () if text.split_whitespace().any(|w| w.starts_with(query)) => 4,
        () if text.contains(query) => 5,
        () if query.split_whitespace().all(|w| text.contains(w)) => 6,
        () if initials(&label).starts_with(query) => 7,
        () => return None,
    })
}

fn ranked(all: Vec<Choice>, query: &str) -> Vec<Choice> {
    let mut ranked: Vec<(u8, Choice)> = all
        .into_iter()
        .filter_map(|c| rank(&c, query).map(|r| (r, c)))
        .collect();
    ranked.sort_by_key(|(r, _)| *r);
    ranked.truncate(MOST);
    ranked.into_iter().map(|(_, c)| c).collect()
}

fn parcels(query: &str, look: &Look<'_>) -> Vec<Choice> {
    let hits = look.project.search_of(Some(HitKind::Parcel), query, FOUND);
    let hits = hits.unwrap_or_default().into_iter().filter(|h| !h.historic);
    hits.map(|h| Choice {
        shown: record_text::parcel(look.project, h.uid, look.lang),
        key: h.uid.to_string(),
        label: h.reference,
        detail: h.label,
        new: None,
    })
    .collect()
}

/// Records: those of the parcel first, then what is found by name, number or serial; at the end a new one.
fn records(kind: Kind, typed: &str, near: &Near<'_>, look: &Look<'_>) -> Vec<Choice> {
    let at_hand = at_hand(kind, near, look);
    let mut out = ranked(at_hand, &fold(typed));
    let found = match kind {
        Kind::Party => Some(HitKind::Party),
        Kind::Certificate => Some(HitKind::Certificate),
        Kind::Dossier => Some(HitKind::Dossier),
        _ => None,
    };
    if let (Some(hits), false) = (found, typed.is_empty()) {
        let hits = look.project.search_of(Some(hits), typed, FOUND * 2);
        for hit in hits.unwrap_or_default() {
            if out.len() < FOUND && out.iter().all(|c| c.key != hit.uid.to_string()) {
                out.extend(record(kind, hit.uid, look));
            }
        }
    }
    let can_be_new = [Kind::Party, Kind::Certificate, Kind::Asset, Kind::LandUseRow].contains(&kind);
    if can_be_new && !near.ending {
        out.push(new(kind, typed, look.lang));
    }
    out
}

fn new(kind: Kind, typed: &str, lang: Lang) -> Choice {
    let what = kind.title().get(lang);
    let label = match typed.is_empty() {
        true => format!("{} {what}…", ADD.get(lang)),
        false => format!("{} {what} “{typed}”…", ADD.get(lang)),
    };
    Choice {
        key: typed.to_owned(),
        shown: typed.to_owned(),
        label,
        detail: String::new(),
        new: Some(kind),
    }
}

fn at_hand(kind: Kind, near: &Near<'_>, look: &Look<'_>) -> Vec<Choice> {
    let Some(all) = near.register else {
        return Vec::new();
    };
    let records: Vec<_> = match kind {
        Kind::Party => all.parties.values().collect(),
        Kind::Certificate => all.certificates.iter().collect(),
        Kind::LandUseRow => all.land_uses.iter().collect(),
        Kind::Asset => all.assets.iter().collect(),
        Kind::Mortgage => all.mortgages.iter().collect(),
        _ => Vec::new(),
    };
    let live = records.into_iter().filter(|r| !r.has_ended());
    live.map(|r| line(r, look.lang)).collect()
}

fn record(kind: Kind, uid: Uid, look: &Look<'_>) -> Option<Choice> {
    let record = look.project.register_record(kind, uid).ok()?;
    (!record.has_ended()).then(|| line(&record, look.lang))
}

fn line(record: &crate::project::Record, lang: Lang) -> Choice {
    let name = record_text::name(record, lang);
    Choice {
        key: record.uid.to_string(),
        shown: name.clone(),
        label: name,
        detail: record_text::details(record, None, lang),
        new: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_by_code_name_part_and_initials() {
        let first = |list: &str, typed: &str| {
            ranked(of_list(list, false, Lang::Vi), &fold(typed))
                .first()
                .map(|c| c.key.clone())
                .unwrap_or_default()
        };
        assert_eq!(first("party_kind", "ho"), "HO_GIA_DINH");
        assert_eq!(first("party_kind", "vc"), "VO_CHONG");
        assert_eq!(first("party_kind", "CA NHÂN"), "CA_NHAN");
        assert_eq!(first("certificate_kind", "98"), "98");
        assert_eq!(first("gender", "nu"), "Nữ");
        assert_eq!(first("party_kind", "zzz"), "");
        let ended = of_list("status", true, Lang::Vi);
        assert!(!ended.is_empty() && ended.iter().all(|c| c.key != "HIEN_HANH"));
    }
}
