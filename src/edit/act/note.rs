//! The sentence for the certificate, by kind of change: `assets/codes/change_notes.json`. It is a text of the register, in
//! Vietnamese whatever the language of the window, and holds names: sealed wherever it is kept.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Done, Run, text};
use crate::edit::EditError;
use crate::register::{Kind, Share, day, identity};
use crate::store::records::{self, Of, Record, References};
use crate::text::format;

#[derive(Deserialize)]
struct File {
    notes: BTreeMap<String, String>,
}

static FILE: LazyLock<File> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../assets/codes/change_notes.json"))
        .expect("assets/codes/change_notes.json is checked by a test")
});

/// The sentence of a code, with its places.
pub(super) fn template(code: &str) -> Option<&'static str> {
    FILE.notes.get(code).map(String::as_str)
}

/// The sentence of an act.
pub(super) fn of(run: &Run<'_>, done: &Done) -> Result<String, EditError> {
    let mut note = template(run.kind.code).unwrap_or("{dossier}").to_owned();
    let dossier = run.at.dossier.as_ref().map(|d| d.dossier.code.clone());
    if dossier.is_none() {
        // While the district is being built an act is entered after its paper, which has its own number.
        note = note.replace(", theo hồ sơ số {dossier}", "");
    }
    let part = run
        .act
        .part
        .as_deref()
        .filter(|p| Share::parse(p) != Some(Share::WHOLE));
    let old = done
        .old_papers
        .first()
        .map(|c| serial(run, *c))
        .transpose()?
        .flatten();
    let mut words = vec![
        ("dossier", dossier.unwrap_or_default()),
        ("day", day(&run.day).map_or_else(|| run.day.clone(), format::date)),
        (
            "part",
            part.map_or(String::new(), |p| format!(" {p} quyền sử dụng đất")),
        ),
        ("old", old.unwrap_or_else(|| "…".to_owned())),
        ("to", receivers(run, done)?),
    ];
    words.extend(done.words.iter().cloned());
    for (place, word) in words {
        note = note.replace(&format!("{{{place}}}"), &word);
    }
    Ok(note)
}

fn serial(run: &Run<'_>, certificate: i64) -> Result<Option<String>, EditError> {
    let record = records::read(run.at.op, Kind::Certificate, certificate, References::Rows)?;
    Ok(record.and_then(|r| Some(text(r.get("serial")).or(text(r.get("book_number")))?.to_owned())))
}

/// "ông A, sinh năm 1980, CCCD số … (1/3) và bà B … (2/3)".
fn receivers(run: &Run<'_>, done: &Done) -> Result<String, EditError> {
    let mut all = Vec::new();
    for (party, share) in &done.took {
        let mut said = described(run, *party)?.unwrap_or_else(|| "…".to_owned());
        if let Some(s) = share.filter(|s| *s != Share::WHOLE) {
            said += &format!(" ({s})");
        }
        all.push(said);
    }
    let last = all.pop().unwrap_or_else(|| "…".to_owned());
    Ok(if all.is_empty() {
        last
    } else {
        format!("{} và {last}", all.join(", "))
    })
}

fn read(run: &Run<'_>, party: i64) -> Result<Option<Record>, EditError> {
    Ok(records::read(run.at.op, Kind::Party, party, References::Rows)?)
}

/// The name of a party as it is registered.
pub(super) fn name(run: &Run<'_>, party: i64) -> Result<Option<String>, EditError> {
    Ok(read(run, party)?.and_then(|r| text(r.get("name")).map(str::to_owned)))
}

/// A party as papers name it: with form of address, year of birth and number.
fn described(run: &Run<'_>, party: i64) -> Result<Option<String>, EditError> {
    let Some(r) = read(run, party)? else {
        return Ok(None);
    };
    let Some(name) = text(r.get("name")) else {
        return Ok(None);
    };
    let mut out = match (text(r.get("kind")), text(r.get("gender"))) {
        (Some("CA_NHAN"), Some("Nam")) => format!("ông {name}"),
        (Some("CA_NHAN"), Some("Nữ")) => format!("bà {name}"),
        (Some("CA_NHAN"), _) => format!("ông (bà) {name}"),
        (Some("HO_GIA_DINH"), _) if !name.to_lowercase().starts_with("hộ") => format!("hộ {name}"),
        _ => name.to_owned(),
    };
    let born = text(r.get("birth")).and_then(|b| b.get(..4));
    if let Some(year) = born.filter(|y| y.bytes().all(|b| b.is_ascii_digit())) {
        out += &format!(", sinh năm {year}");
    }
    if let Some((paper, number)) = paper(run, &r)? {
        out += &format!(", {paper} số {number}");
    }
    Ok(Some(out))
}

/// The number a person is known by: the citizen's card first.
fn paper(run: &Run<'_>, r: &Record) -> Result<Option<(String, String)>, EditError> {
    if let Some(number) = text(r.get("personal_code")) {
        return Ok(Some(("CCCD".to_owned(), number.to_owned())));
    }
    let Some(field) = Kind::IdentityDocument.field("party") else {
        return Ok(None);
    };
    let of = Of::Field(field, r.fid);
    let all = records::list(run.at.op, Kind::IdentityDocument, of, References::Rows, None)?;
    let live = all.iter().filter(|p| !p.has_ended());
    let best = live.max_by_key(|p| text(p.get("kind")) == Some("CCCD"));
    Ok(best.and_then(|p| {
        let (kind, number) = (text(p.get("kind"))?, text(p.get("number"))?);
        Some((kind.to_owned(), identity::tidy(kind, number)))
    }))
}
