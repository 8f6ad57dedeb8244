//! The natural key of each record: what a person would call it by. Not unique in dirty data, never personal.

use rusqlite::{Connection, OptionalExtension};

use super::super::error::Result;
use super::super::tables::quoted;

/// Columns whose text mentions records by uid: `parcels` of a decision, `land_use_rows` of an earlier version,
/// `attributes` of a proposal, `what` of a proposed edit.
pub const MENTIONS: [&str; 4] = ["parcels", "land_use_rows", "attributes", "what"];

/// SQL for the natural key of the row `alias` of `table`.
pub fn of(table: &str, alias: &str) -> String {
    key(table, alias, 0)
}

/// SQL for the natural key of the row of `table` whose fid is `fid`; NULL when there is none.
pub fn through(table: &str, fid: &str, depth: usize) -> String {
    let alias = format!("k{depth}");
    let key = key(table, &alias, depth + 1);
    format!(
        "(SELECT {key} FROM {} {alias} WHERE {alias}.fid={fid})",
        quoted(table)
    )
}

fn key(table: &str, a: &str, depth: usize) -> String {
    let to = |table: &str, column: &str| {
        format!("coalesce({},'')", through(table, &format!("{a}.{column}"), depth))
    };
    let has = |column: &str| format!("coalesce({a}.{column},'')");
    let parcel = || to("parcel", "parcel");
    match table {
        "commune" => has("code"),
        "sheet" => format!("{a}.commune||'/'||{a}.number"),
        "parcel" => format!("{a}.commune||'/'||{a}.sheet||'/'||{a}.number"),
        "parcel_version" => format!("{}||'@'||{a}.version", parcel()),
        "parcel_proposal" => format!(
            "{}||'#'||{a}.role||'#'||{}||'/'||{}||'/'||{}",
            to("dossier", "dossier"),
            has("commune"),
            has("sheet"),
            has("number")
        ),
        "survey_point" => has("label"),
        "asset" | "mortgage" | "restriction" | "hold" => format!("{}||'#'||{a}.kind", parcel()),
        "allowed_gap" => has("commune"),
        "land_use_row" => format!("{}||'#'||{a}.position", parcel()),
        "party" => format!(
            "coalesce((SELECT min({}) FROM \"right\" r{depth} WHERE r{depth}.party={a}.fid),'')",
            through("parcel", &format!("r{depth}.parcel"), depth)
        ),
        "party_member" => format!("{}||'#'||{a}.position", to("party", "party")),
        "identity_document" => format!("{}||'#'||{a}.kind", to("party", "party")),
        "certificate" => format!("coalesce({a}.serial,{a}.book_number,'')"),
        "right" => format!("{}||'#'||{a}.kind", parcel()),
        "dossier" => has("code"),
        "dossier_event" => format!("{}||'#'||{a}.fid", to("dossier", "dossier")),
        "proposed_edit" => format!("{}||'#'||{a}.fid", to("dossier", "dossier")),
        "change_entry" => format!(
            "{}||'#'||{a}.kind||'#'||{}",
            to("dossier", "dossier"),
            has("number")
        ),
        "change_entry_item" => format!(
            "{}||'#'||{a}.direction||'#'||{}",
            to("change_entry", "change_entry"),
            parcel()
        ),
        "document" => has("sha256"),
        "parcel_lineage" => format!("{}||'>'||{}", to("parcel", "parent"), to("parcel", "child")),
        "certificate_lineage" => format!(
            "{}||'>'||{}",
            to("certificate", "parent"),
            to("certificate", "child")
        ),
        "source_file" => format!("{a}.file||'#'||{}", has("layer")),
        "source_record" => format!("{}||'#'||{a}.record", to("source_file", "source_file")),
        "quarantine" => to("source_record", "source_record"),
        "staff" => has("login"),
        "decision" => has("code"),
        // A table a later version adds: sorted by uid alone until it has its line here.
        _ => "''".to_owned(),
    }
}

/// `text` with each uid in it replaced by the natural key of the parcel it means, or by `-`.
pub fn without_uids(conn: &Connection, text: &str) -> Result<String> {
    let mut stmt = conn.prepare_cached(&format!(
        "SELECT {} FROM parcel t WHERE t.uid=?1",
        of("parcel", "t")
    ))?;
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = find_uid(rest) {
        let uid = &rest[start..start + UID];
        let key: Option<String> = stmt.query_row([uid], |r| r.get(0)).optional()?;
        out += &rest[..start];
        out += key.as_deref().unwrap_or("-");
        rest = &rest[start + UID..];
    }
    Ok(out + rest)
}

/// Length of a uid in print.
const UID: usize = 36;

fn find_uid(text: &str) -> Option<usize> {
    let is_uid = |at: &usize| {
        text.get(*at..*at + UID)
            .is_some_and(|s| s.parse::<crate::domain::Uid>().is_ok())
    };
    (0..text.len().saturating_sub(UID - 1)).find(is_uid)
}
