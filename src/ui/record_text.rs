//! What a record of the register is called and said to be in a line, from its fields. Identity numbers come masked:
//! [`reveal`] is the one way to the whole.

use crate::codes;
use crate::domain::Uid;
use crate::project::{OfParcel, Project, Record};
use crate::register::{Field, FieldKind, Kind, Target, Value, mask};
use crate::text::{Lang, Text, format};

/// Whether a field holds the number of somebody's paper: shown masked until asked for.
pub fn is_number(kind: Kind, field: &str) -> bool {
    matches!(
        (kind, field),
        (Kind::Party, "personal_code") | (Kind::IdentityDocument, "number")
    )
}

/// A value shown whole that is masked in lists. Every reveal in the window goes through here, with who it is about.
pub fn reveal(_about: (Kind, Uid), _field: &str, value: &str) -> String {
    value.to_owned()
}

/// A value as a person types and reads it: numbers the Vietnamese way, codes by name.
pub fn shown(field: &Field, value: &Value, lang: Lang) -> String {
    match field.kind {
        FieldKind::Area | FieldKind::PersonalMoney => field.shown(value, Lang::Vi),
        _ => field.shown(value, lang),
    }
}

/// A field of a record, shown; of a reference nothing.
pub fn said(record: &Record, name: &str, lang: Lang) -> String {
    match (record.kind.field(name), record.get(name)) {
        (_, Value::Named(_)) | (None, _) => String::new(),
        (Some(field), value) if is_number(record.kind, name) && *value != Value::Empty => {
            mask(&shown(field, value, lang))
        }
        (Some(field), value) => shown(field, value, lang),
    }
}

fn first(record: &Record, names: &[&str], lang: Lang) -> String {
    let mut all = names.iter().map(|n| said(record, n, lang));
    all.find(|s| !s.is_empty()).unwrap_or_default()
}

/// What a record is called: a name, a serial, a number. Personal.
pub fn name(record: &Record, lang: Lang) -> String {
    let named = match record.kind {
        Kind::Party => first(record, &["name"], lang),
        Kind::Certificate => first(record, &["serial", "book_number", "archive_number", "code"], lang),
        Kind::LandUseRow => {
            let area = area(record, "area", lang);
            join(&[said(record, "code", lang), area], " · ")
        }
        Kind::Asset => join(&[said(record, "kind", lang), said(record, "name", lang)], " "),
        Kind::Dossier => first(record, &["code"], lang),
        Kind::Mortgage | Kind::Restriction | Kind::Hold | Kind::Right | Kind::IdentityDocument => {
            first(record, &["kind"], lang)
        }
        _ => String::new(),
    };
    match named.is_empty() {
        true => format!("{} {}", record.kind.title().get(lang), short(record.uid)),
        false => named,
    }
}

fn short(uid: Uid) -> String {
    let all = uid.to_string();
    all[all.len().saturating_sub(6)..].to_owned()
}

fn area(record: &Record, field: &str, lang: Lang) -> String {
    match record.get(field) {
        Value::Real(m2) => format::area(*m2, lang),
        _ => String::new(),
    }
}

fn join(parts: &[String], between: &str) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|p| !p.is_empty())
        .collect();
    parts.join(between)
}

fn of(what: Text, value: String, lang: Lang) -> String {
    match value.is_empty() {
        true => value,
        false => format!("{} {value}", what.get(lang)),
    }
}

const BORN: Text = Text::new("sinh", "born");
const SHARE: Text = Text::new("phần", "share");
const NUMBER: Text = Text::new("số", "no.");
const ISSUED: Text = Text::new("cấp", "issued");
const FROM: Text = Text::new("từ", "from");
const TO: Text = Text::new("đến", "to");
const COMMON: Text = Text::new("sử dụng chung", "in common");
const BOOK: Text = Text::new("vào sổ", "register no.");
const ENDED: Text = Text::new("Hết hiệu lực", "Ended");

/// What is said of a record below its name. `all`: where the records it names are found.
pub fn details(record: &Record, all: Option<&OfParcel>, lang: Lang) -> String {
    let s = |name: &str| said(record, name, lang);
    let person = |field: &str| {
        all.and_then(|a| a.party(record, field))
            .map(|p| name(p, lang))
            .unwrap_or_default()
    };
    let paper = || {
        all.and_then(|a| a.paper(record))
            .map(|p| name(p, lang))
            .unwrap_or_default()
    };
    let common = match record.get("shared") {
        Value::Flag(true) => COMMON.get(lang).to_owned(),
        _ => String::new(),
    };
    let parts = match record.kind {
        Kind::Party => vec![
            s("kind"),
            of(BORN, s("birth"), lang),
            s("personal_code"),
            s("address"),
        ],
        Kind::IdentityDocument => vec![s("number"), s("issued_on"), s("issuer")],
        Kind::LandUseRow => vec![land_use(record, lang), s("term"), s("origin"), common],
        Kind::Certificate => vec![
            s("kind"),
            of(BOOK, s("book_number"), lang),
            of(ISSUED, s("issued_on"), lang),
        ],
        Kind::Right => vec![
            s("kind"),
            of(SHARE, s("share"), lang),
            common,
            s("term"),
            s("origin"),
            paper(),
        ],
        Kind::Mortgage => vec![
            person("mortgagee"),
            of(NUMBER, s("number"), lang),
            of(FROM, s("registered_on"), lang),
            paper(),
        ],
        Kind::Restriction => vec![
            s("content"),
            of(NUMBER, s("document_number"), lang),
            s("document_on"),
            area(record, "area", lang),
        ],
        Kind::Hold => vec![
            person("party"),
            of(NUMBER, s("document_number"), lang),
            of(FROM, s("from_on"), lang),
            of(TO, s("to_on"), lang),
        ],
        Kind::Asset => vec![
            s("house_kind"),
            s("structure"),
            area(record, "area_footprint", lang),
            s("term"),
        ],
        _ => vec![],
    };
    join(&parts, " · ")
}

fn land_use(record: &Record, lang: Lang) -> String {
    let code = said(record, "code", lang);
    let item = codes::land_use(&code).map(|(_, item)| match lang {
        Lang::Vi => item.vi.clone(),
        Lang::En => item.en.clone(),
    });
    item.unwrap_or_default()
}

/// How a record stands: "Hết hiệu lực 01/03/2026 · Lịch sử", or its status where that says something.
pub fn state(record: &Record, lang: Lang) -> String {
    let list = record.kind.status_list();
    let status = record.status.as_deref().unwrap_or_default();
    let status = match status {
        "HIEN_HANH" | "KHONG_RO" => String::new(),
        code => codes::code_title(list, code, lang).to_owned(),
    };
    if !record.has_ended() {
        return status;
    }
    let on = record
        .ended_on
        .as_deref()
        .and_then(|d| d.parse().ok())
        .map(format::date);
    let ended = format!("{} {}", ENDED.get(lang), on.unwrap_or_default());
    join(&[ended.trim().to_owned(), status], " · ")
}

/// What a reference is called, looked up.
pub fn referred(project: &Project, target: Target, key: &str, lang: Lang) -> String {
    let Ok(uid) = key.parse::<Uid>() else {
        return key.to_owned();
    };
    match target {
        Target::Parcel => parcel(project, uid, lang),
        Target::Record(kind) => project
            .register_record(kind, uid)
            .map_or_else(|_| key.to_owned(), |r| name(&r, lang)),
    }
}

/// "Tờ 12 · Thửa 45", in force or not.
pub fn parcel(project: &Project, uid: Uid, lang: Lang) -> String {
    let numbers = match project.coverage().by_uid(uid) {
        Some(p) => Some((p.sheet.to_string(), p.number.to_string())),
        None => project
            .fid_of(uid)
            .ok()
            .flatten()
            .and_then(|fid| project.record(fid).ok())
            .map(|r| (r.sheet, r.number)),
    };
    match (numbers, lang) {
        (None, _) => uid.to_string(),
        (Some((sheet, number)), Lang::Vi) => format!("Tờ {sheet} · Thửa {number}"),
        (Some((sheet, number)), Lang::En) => format!("Sheet {sheet} · Parcel {number}"),
    }
}
