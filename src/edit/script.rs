//! Edits as lines of JSON (cli.md): reading with a message for every mistake, writing.

use serde_json::Value;

use super::Edit;
use crate::domain::Failure;
use crate::msg;

/// The operations there are; others are refused by name.
const OPS: &[&str] = &[
    "set",
    "move_point",
    "move_points",
    "insert_point",
    "remove_point",
    "merge_points",
    "split",
    "merge",
    "retire",
    "add_parcel",
    "carve",
    "fill_gap",
    "resolve_overlap",
    "open_dossier",
    "advance_dossier",
    "approve",
    "revert",
    "reshape",
    "align",
    "match_edge",
    "match_points",
    "repair_ring",
    "split_gap",
    "split_overlap",
    "place_record",
    "set_record_aside",
    "take_record_back",
    "accept_finding",
    "withdraw_acceptance",
    "allow_gap",
    "disallow_gap",
    "add_record",
    "change_record",
    "end_record",
    "merge_parties",
    "register_change",
    "recode",
];
/// Those that change no boundary, or come from files: "dossier" is not for them, or a key of their own.
const NO_BOUNDARY: &[&str] = &[
    "set",
    "open_dossier",
    "advance_dossier",
    "approve",
    "revert",
    "place_record",
    "set_record_aside",
    "take_record_back",
    "accept_finding",
    "withdraw_acceptance",
    "allow_gap",
    "disallow_gap",
    "recode",
];

/// One line of an edit script. Unknown operations and keys are errors, never ignored.
pub fn parse(line: &str) -> Result<Edit, Failure> {
    let mut value: Value = serde_json::from_str(line).map_err(|e| {
        Failure::new(
            "BAD_JSON",
            msg!(
                "Dòng lệnh không phải JSON hợp lệ: {e}.",
                "The line is not valid JSON: {e}."
            ),
        )
    })?;
    let op = value
        .get("op")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if !OPS.contains(&op.as_str()) {
        let known = OPS.join(", ");
        return Err(Failure::new(
            "UNKNOWN_OP",
            msg!(
                "Không có lệnh \"{op}\"; có: {known}.",
                "There is no operation \"{op}\"; there are: {known}."
            ),
        )
        .field("op"));
    }
    let dossier = match value.as_object_mut() {
        Some(keys) if !NO_BOUNDARY.contains(&op.as_str()) => keys.remove("dossier"),
        _ => None,
    };
    let edit: Edit = serde_json::from_value(value).map_err(|e| refusal(&e.to_string()))?;
    match dossier {
        None | Some(Value::Null) => Ok(edit),
        Some(Value::String(code)) => Ok(edit.within(code)),
        Some(_) => Err(refusal("`dossier`: the code of a dossier is a text")),
    }
}

/// The edit as one line of JSON.
pub fn to_json(edit: &Edit) -> String {
    match edit {
        Edit::Within { .. } => to_value(edit).to_string(),
        plain => serde_json::to_string(plain).unwrap_or_default(),
    }
}

/// The edit as the journal keeps it: without personal values.
pub fn to_journal(edit: &Edit) -> Value {
    let redacted = match edit {
        Edit::AddRecord(e) => Edit::AddRecord(e.redacted()),
        Edit::ChangeRecord(e) => Edit::ChangeRecord(e.redacted()),
        Edit::RegisterChange(e) => Edit::RegisterChange(Box::new(e.redacted())),
        Edit::Within { dossier, edit } if edit.is_of_register() => {
            let mut value = to_journal(edit);
            if let Some(keys) = value.as_object_mut() {
                keys.insert("dossier".to_owned(), Value::String(dossier.clone()));
            }
            return value;
        }
        other => return to_value(other),
    };
    to_value(&redacted)
}

/// The same as a JSON value.
pub fn to_value(edit: &Edit) -> Value {
    match edit {
        Edit::Within { dossier, edit } => {
            let mut value = to_value(edit);
            if let Some(keys) = value.as_object_mut() {
                keys.insert("dossier".to_owned(), Value::String(dossier.clone()));
            }
            value
        }
        plain => serde_json::to_value(plain).unwrap_or_default(),
    }
}

/// serde's sentence, told in our words with a code of ours.
fn refusal(text: &str) -> Failure {
    let mut names = text.split('`').skip(1).step_by(2);
    let first = names.next().unwrap_or_default();
    let others = names.collect::<Vec<_>>().join(", ");
    let failure = if text.starts_with("unknown field") {
        let message = msg!(
            "Lệnh này không có khóa \"{first}\"; có: {others}.",
            "This operation has no key \"{first}\"; it has: {others}."
        );
        Failure::new("UNKNOWN_KEY", message)
    } else if text.starts_with("missing field") {
        let message = msg!(
            "Lệnh thiếu khóa \"{first}\".",
            "The operation lacks the key \"{first}\"."
        );
        Failure::new("MISSING_KEY", message)
    } else {
        let message = msg!(
            "Lệnh có giá trị không đúng kiểu (chi tiết kỹ thuật: {text}).",
            "A value of the operation does not have the agreed form: {text}."
        );
        Failure::new("BAD_VALUE", message)
    };
    if first.is_empty() {
        failure
    } else {
        failure.field(first)
    }
}

/// A parcel reference as text.
pub mod reference {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::domain::ParcelRef;

    pub fn serialize<S: Serializer>(r: &ParcelRef, s: S) -> Result<S::Ok, S::Error> {
        match r {
            ParcelRef::Uid(uid) => s.collect_str(uid),
            ParcelRef::Key(key) => s.collect_str(key),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<ParcelRef, D::Error> {
        let text = String::deserialize(d)?;
        text.parse().map_err(|()| {
            de::Error::custom(format!(
                "`parcel`: \"{text}\" is neither a uid nor COMMUNE/SHEET/NUMBER"
            ))
        })
    }
}

/// A point as [E, N] in metres with at most three decimals.
pub mod metres {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    use crate::domain::Pt;

    pub fn serialize<S: Serializer>(p: &Pt, s: S) -> Result<S::Ok, S::Error> {
        <[f64; 2]>::from(p.metres()).serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Pt, D::Error> {
        let [e, n] = <[f64; 2]>::deserialize(d)?;
        let p = Pt::from_metres(e, n)
            .ok_or_else(|| de::Error::custom(format!("[{e}, {n}] is no point in metres")))?;
        let off = |metres: f64, mm: i64| (metres * 1000.0 - mm as f64).abs() > 1e-3;
        if off(e, p.e) || off(n, p.n) {
            return Err(de::Error::custom(format!(
                "[{e}, {n}] has more than three decimals"
            )));
        }
        Ok(p)
    }
}

/// A parcel reference, or none.
pub mod maybe_reference {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::domain::ParcelRef;

    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Reference(#[serde(with = "super::reference")] ParcelRef);

    pub fn serialize<S: Serializer>(r: &Option<ParcelRef>, s: S) -> Result<S::Ok, S::Error> {
        match r {
            Some(r) => super::reference::serialize(r, s),
            None => s.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<ParcelRef>, D::Error> {
        Ok(Option::<Reference>::deserialize(d)?.map(|r| r.0))
    }
}

/// A point as in [`metres`], or none.
pub mod maybe_metres {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::domain::Pt;

    pub fn serialize<S: Serializer>(p: &Option<Pt>, s: S) -> Result<S::Ok, S::Error> {
        match p {
            Some(p) => super::metres::serialize(p, s),
            None => s.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Pt>, D::Error> {
        Ok(Option::<super::Metres>::deserialize(d)?.map(|m| m.0))
    }
}

/// Points as in [`metres`], one after the other.
pub mod line {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::domain::Pt;

    pub fn serialize<S: Serializer>(points: &[Pt], s: S) -> Result<S::Ok, S::Error> {
        let all: Vec<super::Metres> = points.iter().map(|p| super::Metres(*p)).collect();
        all.serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Pt>, D::Error> {
        let all = Vec::<super::Metres>::deserialize(d)?;
        Ok(all.into_iter().map(|m| m.0).collect())
    }
}

/// Points as in [`line`], or none.
pub mod maybe_line {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::domain::Pt;

    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Line(#[serde(with = "super::line")] Vec<Pt>);

    pub fn serialize<S: Serializer>(points: &Option<Vec<Pt>>, s: S) -> Result<S::Ok, S::Error> {
        match points {
            Some(points) => super::line::serialize(points, s),
            None => s.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Vec<Pt>>, D::Error> {
        Ok(Option::<Line>::deserialize(d)?.map(|l| l.0))
    }
}

/// For keys that are left out when they say nothing.
pub fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A tolerance in metres as mm, more than 0 and at most 10 m.
pub fn millimetres(metres: f64) -> Result<i64, Failure> {
    let mm = (metres * 1000.0).round();
    if (1.0..=10_000.0).contains(&mm) {
        return Ok(mm as i64);
    }
    let message = msg!(
        "Dung sai phải từ 0,001 m đến 10 m.",
        "The tolerance must be between 0.001 m and 10 m."
    );
    Err(Failure::new("BAD_VALUE", message).field("tolerance"))
}

/// Pairs [from, to] of points.
pub mod moves {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Metres;
    use crate::domain::Pt;

    pub fn serialize<S: Serializer>(moves: &[(Pt, Pt)], s: S) -> Result<S::Ok, S::Error> {
        let all: Vec<(Metres, Metres)> = moves.iter().map(|(a, b)| (Metres(*a), Metres(*b))).collect();
        all.serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<(Pt, Pt)>, D::Error> {
        let all = Vec::<(Metres, Metres)>::deserialize(d)?;
        Ok(all.into_iter().map(|(a, b)| (a.0, b.0)).collect())
    }
}

/// A point as in [`metres`] inside lists.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
struct Metres(#[serde(with = "metres")] crate::domain::Pt);

#[cfg(test)]
mod tests {
    use super::*;

    fn code(line: &str) -> &'static str {
        parse(line).unwrap_err().code()
    }

    #[test]
    fn lines_of_the_contract_are_read_and_written_back() {
        for line in [
            r#"{"op":"set","parcel":"25747/12/45","fields":{"sheet":"12","number":"45","area_legal":120.5,"land_use":"ODT","address":null}}"#,
            r#"{"op":"move_point","from":[500000.0,2300000.001],"to":[500000.123,2300000.0]}"#,
            r#"{"op":"move_points","points":[[500000.0,2300000.0],[500001.0,2300000.0]],"by":[0.5,-0.25]}"#,
            r#"{"op":"split","parcel":"25747/12/45","by":{"areas":[120.0,95.5,"rest"],"parallel_to":[[500000.0,2300000.0],[500010.0,2300000.0]]},"children":[{"fields":{"number":"90"}}]}"#,
            r#"{"op":"split","parcel":"25747/12/45","by":{"equal":3,"equal_by":"frontage","side":[[500000.0,2300000.0],[500010.0,2300000.0]],"direction":12.5}}"#,
            r#"{"op":"move_points","moves":[[[500000.0,2300000.0],[500001.0,2300000.0]]]}"#,
            r#"{"op":"insert_point","parcel":"25747/12/45","at":[500000.0,2300000.0]}"#,
            r#"{"op":"reshape","parcel":"25747/12/45","start":[1.0,2.0],"end":[3.0,4.0],"line":[[2.0,5.0]]}"#,
            r#"{"op":"reshape","start":[1.0,2.0],"end":[3.0,4.0],"line":[],"way":"ring"}"#,
            r#"{"op":"reshape","start":[1.0,2.0],"end":[3.0,4.0],"arc":{"through":[2.0,5.0],"scale":500}}"#,
            r#"{"op":"align","parcel":"25747/12/45","start":[1.0,2.0],"end":[3.0,4.0],"to":[[1.0,2.0],[3.0,4.0]],"tolerance":0.5}"#,
            r#"{"op":"align","start":[1.0,2.0],"end":[3.0,4.0],"points":[[1.0,2.0]],"tolerance":0.05,"way":"ring"}"#,
            r#"{"op":"match_edge","a":{"commune":"25747","sheet":"1"},"b":{"commune":"25747","sheet":"2"},"tolerance":0.1,"move":"both"}"#,
            r#"{"op":"match_edge","a":{"commune":"25747"},"b":{"commune":"25750"},"tolerance":0.1,"move":"a","fixed":[[1.0,2.0]]}"#,
            r#"{"op":"remove_point","at":[500000.0,2300000.0]}"#,
            r#"{"op":"merge_points","points":[[500000.0,2300000.0],[500001.0,2300000.0]],"to":[500000.0,2300000.0]}"#,
            r#"{"op":"merge","parcels":["25747/12/45","25747/12/46"]}"#,
            r#"{"op":"merge","parcels":["25747/12/45","25747/12/46"],"keep_number":"25747/12/46"}"#,
            r#"{"op":"retire","parcel":"25747/12/45","reason":"nhập trùng"}"#,
            r#"{"op":"add_parcel","commune":"25747","sheet":"12","number":"99","rings":[[[0.0,0.0],[10.0,0.0],[10.0,10.001]]],"fields":{"land_use":"ODT"}}"#,
            r#"{"op":"carve","parcels":["25747/12/45"],"ring":[[0.0,0.0],[10.0,0.0],[10.0,10.0]],"fields":{}}"#,
            r#"{"op":"carve","parcels":["25747/12/45"],"line":[[0.0,0.0],[10.0,0.0]],"width":4.5,"fields":{"land_use":"DGT","is_parcel":false}}"#,
            r#"{"op":"fill_gap","at":[1.5,2.0],"into":"25747/12/45"}"#,
            r#"{"op":"fill_gap","at":[1.5,2.0],"as":{"commune":"25747","sheet":"12","fields":{"land_use":"DGT"}}}"#,
            r#"{"op":"resolve_overlap","parcels":["25747/12/45","25747/12/46"],"from":"25747/12/45"}"#,
            r#"{"op":"match_points","parcels":["25747/12/45","25747/12/46"],"near":[[1.0,2.0],[3.0,4.0]],"tolerance":0.01}"#,
            r#"{"op":"match_points","parcels":["25747/12/45","25747/12/46"],"near":[[1.0,2.0],[3.0,4.0]],"tolerance":0.2,"yields":["25747/12/46"],"fixed":[[1.0,2.0]]}"#,
            r#"{"op":"repair_ring","parcel":"25747/12/45","how":"uncross"}"#,
            r#"{"op":"split_gap","at":[1.5,2.0]}"#,
            r#"{"op":"split_overlap","parcels":["25747/12/45","25747/12/46"]}"#,
            r#"{"op":"place_record","record":"xa.shp#12","polygons":[[[[0.0,0.0],[10.0,0.0],[10.0,10.001]]]]}"#,
            r#"{"op":"place_record","record":"xa.shp#12","parcel":"25747/12/45","commune":"25747","fields":{"number":"7"}}"#,
            r#"{"op":"set_record_aside","record":"xa.shp#12","reason":"trùng với thửa 45"}"#,
            r#"{"op":"take_record_back","record":"xa.shp#12"}"#,
            r#"{"op":"accept_finding","code":"PARCEL_GAP","parcels":["25747/12/45","25747/12/46"],"at":[1.5,2.0],"reason":"mương","until":"2027-12-31"}"#,
            r#"{"op":"accept_finding","code":"RING_INVALID","parcels":["25747/12/45"],"mark":"spike","reason":"chờ đo lại"}"#,
            r#"{"op":"withdraw_acceptance","code":"AREA_MISMATCH","parcels":["25747/12/45"]}"#,
            r#"{"op":"allow_gap","at":[1.5,2.0],"reason":"đường thôn"}"#,
            r#"{"op":"allow_gap","at":[1.5,2.0],"reason":"đường thôn","until":"2027-12-31"}"#,
            r#"{"op":"disallow_gap","at":[1.5,2.0]}"#,
        ] {
            assert_eq!(to_json(&parse(line).unwrap()), line);
        }
        let int = parse(r#"{"op":"set","parcel":"25747/12/45","fields":{"sheet":12,"number":45}}"#).unwrap();
        let text =
            parse(r#"{"op":"set","parcel":"25747/12/45","fields":{"sheet":"12","number":"45"}}"#).unwrap();
        assert_eq!(int, text);
    }

    #[test]
    fn mistakes_have_a_code() {
        assert_eq!(code("{"), "BAD_JSON");
        assert_eq!(code(r#"{"op":"explode"}"#), "UNKNOWN_OP");
        assert_eq!(code(r#"[1]"#), "UNKNOWN_OP");
        assert_eq!(
            code(r#"{"op":"set","parcel":"1/2/3","fields":{"colour":1}}"#),
            "UNKNOWN_KEY"
        );
        assert_eq!(
            code(r#"{"op":"set","parcel":"1/2/3","fields":{},"more":1}"#),
            "UNKNOWN_KEY"
        );
        assert_eq!(code(r#"{"op":"set","parcel":"12","fields":{}}"#), "BAD_VALUE");
        assert_eq!(
            code(r#"{"op":"set","parcel":"1/2/3","fields":{"sheet":1.5}}"#),
            "BAD_VALUE"
        );
        assert_eq!(code(r#"{"op":"move_point","from":[1,2]}"#), "MISSING_KEY");
        assert_eq!(code(r#"{"op":"merge_points","to":[1,2]}"#), "MISSING_KEY");
        assert_eq!(
            code(r#"{"op":"remove_point","at":[1,2],"more":1}"#),
            "UNKNOWN_KEY"
        );
        assert_eq!(
            code(r#"{"op":"merge_points","points":[[1,2,3]],"to":[1,2]}"#),
            "BAD_VALUE"
        );
        assert_eq!(
            code(r#"{"op":"move_point","from":[1,2],"to":[1.0005,2]}"#),
            "BAD_VALUE"
        );
        assert_eq!(
            code(r#"{"op":"move_point","from":[1,2],"to":[1e300,2]}"#),
            "BAD_VALUE"
        );
    }
}
