//! What the fields of one record must say together, checked on entry. What is only doubtful is told by the rules of
//! `validate` and never stops a clerk.

use super::{Field, FieldKind, Kind, Value, bad, identity};
use crate::codes;
use crate::domain::Failure;
use crate::msg;
use crate::text::Msg;

/// All values of a record as it would stand.
pub struct Draft<'a> {
    pub kind: Kind,
    /// In the order of the fields of its kind.
    pub values: &'a [Value],
}

impl Draft<'_> {
    fn get(&self, name: &str) -> &Value {
        let at = self.kind.fields().iter().position(|f| f.name == name);
        at.and_then(|i| self.values.get(i)).unwrap_or(&Value::Empty)
    }

    fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Value::Text(t) => Some(t),
            _ => None,
        }
    }

    fn has(&self, name: &str) -> bool {
        *self.get(name) != Value::Empty
    }
}

/// Checks a record as it would stand; the failure names the field.
pub fn check(draft: &Draft<'_>) -> Result<(), Failure> {
    let fields = draft.kind.fields().iter();
    if let Some(field) = fields.filter(|f| f.required).find(|f| !draft.has(f.name)) {
        return Err(missing(field));
    }
    match draft.kind {
        Kind::Party => party(draft),
        Kind::PartyMember => member(draft),
        Kind::IdentityDocument => document_of_identity(draft),
        Kind::LandUseRow => origin(draft),
        Kind::Certificate => certificate(draft),
        Kind::Right => one_of(draft, &["parcel", "asset"]).and_then(|()| origin(draft)),
        Kind::Mortgage => {
            one_of(draft, &["parcel", "certificate"]).and_then(|()| ordered(draft, "from_on", "to_on"))
        }
        Kind::Hold => one_of(draft, &["parcel", "certificate", "party"])
            .and_then(|()| ordered(draft, "from_on", "to_on")),
        Kind::Asset => one_of(draft, &["parcel", "commune"]),
        Kind::Dossier => ordered(draft, "received_on", "due_on").and_then(|()| papers(draft)),
        Kind::ChangeEntryItem => one_of(draft, &["parcel", "certificate", "party"]),
        Kind::Restriction | Kind::Document | Kind::ChangeEntry => Ok(()),
    }
}

fn missing(field: &Field) -> Failure {
    let (vi, en) = (field.title.vi, field.title.en);
    Failure::new(
        "MISSING_FIELD",
        msg!("Phải ghi “{vi}”.", "\"{en}\" must be given."),
    )
    .field(field.name)
}

/// Something the record is about must be named.
fn one_of(draft: &Draft<'_>, names: &[&str]) -> Result<(), Failure> {
    if names.iter().any(|n| draft.has(n)) {
        return Ok(());
    }
    let fields: Vec<&Field> = names.iter().filter_map(|n| draft.kind.field(n)).collect();
    let vi = fields.iter().map(|f| f.title.vi).collect::<Vec<_>>().join(", ");
    let en = fields.iter().map(|f| f.title.en).collect::<Vec<_>>().join(", ");
    Err(Failure::new(
        "MISSING_FIELD",
        msg!(
            "Phải ghi ít nhất một trong: {vi}.",
            "At least one of these must be given: {en}."
        ),
    )
    .field(names[0]))
}

/// A day may not lie before another.
fn ordered(draft: &Draft<'_>, first: &str, second: &str) -> Result<(), Failure> {
    match (draft.text(first), draft.text(second)) {
        (Some(a), Some(b)) if b < a => Err(bad(
            second,
            msg!(
                "Ngày này không được trước ngày bắt đầu.",
                "This day may not lie before the first one."
            ),
        )),
        _ => Ok(()),
    }
}

fn party(draft: &Draft<'_>) -> Result<(), Failure> {
    if draft
        .text("personal_code")
        .is_some_and(|n| identity::check("CCCD", n).is_err())
    {
        return Err(bad("personal_code", cccd_message()));
    }
    if draft.text("tax_code").is_some_and(|t| !identity::is_tax_code(t)) {
        return Err(bad(
            "tax_code",
            msg!(
                "Mã số thuế phải có 10 chữ số (hoặc 10-3) đúng chữ số kiểm tra, hoặc 12 chữ số của cá nhân.",
                "A tax code has 10 digits (or 10-3) with a right check digit, or the 12 digits of a person."
            ),
        ));
    }
    if let (Some(birth), Some(death)) = (draft.text("birth"), draft.text("death")) {
        let known = birth.len().min(death.len());
        if death.get(..known) < birth.get(..known) {
            return Err(bad(
                "death",
                msg!(
                    "Ngày mất không được trước ngày sinh.",
                    "Nobody dies before being born."
                ),
            ));
        }
    }
    Ok(())
}

fn member(draft: &Draft<'_>) -> Result<(), Failure> {
    match draft.get("party") == draft.get("member") {
        false => Ok(()),
        true => Err(bad(
            "member",
            msg!(
                "Không thể là thành viên của chính mình.",
                "Nobody is a member of themselves."
            ),
        )),
    }
}

fn cccd_message() -> Msg {
    msg!(
        "Số định danh, CCCD phải có đúng 12 chữ số.",
        "A personal number or CCCD has exactly 12 digits."
    )
}

fn document_of_identity(draft: &Draft<'_>) -> Result<(), Failure> {
    let (Some(kind), Some(number)) = (draft.text("kind"), draft.text("number")) else {
        return Ok(());
    };
    let failure = |message| bad("number", message);
    Err(match identity::check(kind, number) {
        Ok(()) => return Ok(()),
        Err(identity::Fault::Cccd) => failure(cccd_message()),
        Err(identity::Fault::LeadingZero) => failure(cccd_message()).remedy(msg!(
            "Số có 11 chữ số: bảng tính thường làm mất số 0 ở đầu; thêm 0 rồi đối chiếu với giấy tờ.",
            "It has 11 digits: spreadsheets lose the leading zero; put 0 before it and compare with the paper."
        )),
        Err(identity::Fault::Cmnd) => failure(msg!("Số CMND phải có 9 chữ số (một số thẻ 2012–2015 có 12).", "A CMND has 9 digits (some of 2012-2015 have 12).")),
        Err(identity::Fault::Passport) => failure(msg!("Số hộ chiếu gồm 6 đến 12 chữ cái không dấu và chữ số.", "A passport number is 6 to 12 letters and digits.")),
    })
}

/// Papers received: codes of the list with a space between.
fn papers(draft: &Draft<'_>) -> Result<(), Failure> {
    let mut all = draft.text("papers").unwrap_or_default().split_whitespace();
    match all.find(|p| codes::code("document_kind", p).is_none()) {
        None => Ok(()),
        Some(code) => Err(bad(
            "papers",
            msg!(
                "Không có loại giấy tờ {code} trong danh mục.",
                "There is no kind of paper {code} in the list."
            ),
        )),
    }
}

fn origin(draft: &Draft<'_>) -> Result<(), Failure> {
    match draft.text("origin") {
        Some(code) if !codes::is_origin(code) => Err(bad(
            "origin",
            msg!(
                "Mã nguồn gốc không có trong danh mục.",
                "The code of origin is not in the list."
            ),
        )
        .remedy(msg!(
            "Ví dụ CNQ-CTT, DG-KTT; nhận chuyển quyền: CN-CNQ-CTT.",
            "For example CNQ-CTT, DG-KTT; when acquired: CN-CNQ-CTT."
        ))),
        _ => Ok(()),
    }
}

/// Letters and digits of the serial of a form (domain.md §3.7, §4.3); papers of older kinds have any number.
fn form_of(kind: &str) -> Option<(usize, usize)> {
    match kind {
        "2" => Some((1, 6)),
        "1" | "6" | "11" => Some((2, 6)),
        "97" | "98" => Some((2, 8)),
        _ => None,
    }
}

fn certificate(draft: &Draft<'_>) -> Result<(), Failure> {
    if let Some(serial) = draft.text("serial").filter(|s| !codes::is_pseudo_serial(s)) {
        let found = codes::serial_parts(serial).map(|(l, d)| (l.chars().count(), d.len()));
        let kind = draft.text("kind");
        let wanted = kind.and_then(form_of);
        let fits = match (kind, wanted) {
            (None, _) => found.is_some(),
            (Some(_), None) => true,
            (Some(_), Some(form)) => found == Some(form),
        };
        if !fits {
            return Err(serial_of(wanted));
        }
    }
    if !draft.has("serial") && !draft.has("book_number") && draft.text("status") != Some("DU_THAO") {
        return Err(Failure::new(
            "MISSING_FIELD",
            msg!(
                "Giấy chứng nhận phải có số phát hành hoặc số vào sổ.",
                "A certificate has a serial or a register number."
            ),
        )
        .field("serial"));
    }
    Ok(())
}

fn serial_of(form: Option<(usize, usize)>) -> Failure {
    let (vi, en) = match form {
        Some((l, d)) => (
            format!("{l} chữ cái và {d} chữ số"),
            format!("{l} letter(s) and {d} digits"),
        ),
        None => (
            "1–2 chữ cái và 6 chữ số, hoặc 2 chữ cái và 8 chữ số".to_owned(),
            "1-2 letters and 6 digits, or 2 letters and 8 digits".to_owned(),
        ),
    };
    bad(
        "serial",
        msg!(
            "Số phát hành của mẫu giấy này gồm {vi}.",
            "The serial of this form has {en}."
        ),
    )
    .remedy(msg!(
        "Đối chiếu với giấy; giấy loại cũ thì chọn đúng loại giấy.",
        "Compare with the paper; for an older kind of paper choose its kind."
    ))
}

/// Numbers are kept without the spaces people group digits with.
pub fn tidy(kind: Kind, values: &mut [Value]) {
    let at = |name: &str| kind.fields().iter().position(|f| f.name == name);
    let paper = match (kind, at("kind")) {
        (Kind::IdentityDocument, Some(i)) => match &values[i] {
            Value::Text(t) => t.clone(),
            _ => return,
        },
        (Kind::Party, _) => "CCCD".to_owned(),
        _ => return,
    };
    for name in ["number", "personal_code"] {
        if let Some(Value::Text(t)) = at(name).and_then(|i| values.get_mut(i)) {
            *t = identity::tidy(&paper, t);
        }
    }
}

/// What a field holds when nobody says: as the table has it.
pub fn default(kind: Kind, field: &Field) -> Option<Value> {
    let text = |t: &str| Some(Value::Text(t.to_owned()));
    match (kind, field.name) {
        (Kind::Right, "kind") => text("SU_DUNG"),
        (Kind::Certificate, "status") => text("KHONG_RO"),
        (Kind::Hold, _) if field.kind == FieldKind::Flag => Some(Value::Flag(true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn said(kind: Kind, fields: &Json) -> String {
        let mut values = Vec::new();
        for field in kind.fields() {
            let given = fields.get(field.name).unwrap_or(&Json::Null);
            values.push(field.read(given).unwrap_or_else(|f| panic!("{f}")));
        }
        for name in fields.as_object().unwrap().keys() {
            assert!(kind.field(name).is_some(), "{name}");
        }
        tidy(kind, &mut values);
        match check(&Draft {
            kind,
            values: &values,
        }) {
            Ok(()) => "ok".to_owned(),
            Err(f) => format!("{} {}", f.code(), f.at_field().unwrap_or_default()),
        }
    }

    #[test]
    fn each_rule_passes_and_fails() {
        use Kind::{
            Asset, Certificate, ChangeEntryItem, Dossier, Hold, IdentityDocument, LandUseRow, Mortgage,
            Party, PartyMember, Right,
        };
        let person = |more: Json| {
            let mut all = json!({"kind": "CA_NHAN", "name": "Người Thử"});
            all.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            all
        };
        let paper = |kind: &str, number: &str| json!({"party": "x", "kind": kind, "number": number});
        let serial = |kind: Json, serial: &str| json!({"kind": kind, "serial": serial});
        for (kind, fields, expected) in [
            (Party, person(json!({})), "ok"),
            (Party, json!({"kind": "CA_NHAN"}), "MISSING_FIELD name"),
            (Party, person(json!({"personal_code": "025 993 000 001"})), "ok"),
            (
                Party,
                person(json!({"personal_code": "025993"})),
                "BAD_VALUE personal_code",
            ),
            (Party, person(json!({"tax_code": "1234567893"})), "ok"),
            (
                Party,
                person(json!({"tax_code": "1234567890"})),
                "BAD_VALUE tax_code",
            ),
            (
                Party,
                person(json!({"birth": "1985", "death": "01/03/1985"})),
                "ok",
            ),
            (
                Party,
                person(json!({"birth": "02/03/1985", "death": "01/03/1985"})),
                "BAD_VALUE death",
            ),
            (
                PartyMember,
                json!({"party": "a", "member": "b", "role": "CHU_HO", "position": 1}),
                "ok",
            ),
            (
                PartyMember,
                json!({"party": "a", "member": "a", "role": "CHU_HO", "position": 1}),
                "BAD_VALUE member",
            ),
            (IdentityDocument, paper("CCCD", "025993000001"), "ok"),
            (IdentityDocument, paper("CCCD", "25993000001"), "BAD_VALUE number"),
            (IdentityDocument, paper("CMND", "993.000.001"), "ok"),
            (IdentityDocument, paper("CMND", "99300001"), "BAD_VALUE number"),
            (IdentityDocument, paper("HC", "B9930001"), "ok"),
            (IdentityDocument, paper("HC", "?"), "BAD_VALUE number"),
            (
                LandUseRow,
                json!({"parcel": "x", "position": 1, "code": "ODT", "origin": "CN-CNQ-CTT"}),
                "ok",
            ),
            (
                LandUseRow,
                json!({"parcel": "x", "position": 1, "code": "ODT", "origin": "QQ"}),
                "BAD_VALUE origin",
            ),
            (Certificate, serial(json!(null), "CX 123456"), "ok"),
            (Certificate, serial(json!(null), "0312/QSDĐ"), "BAD_VALUE serial"),
            (Certificate, serial(json!(18), "0312/QSDĐ"), "ok"),
            (Certificate, serial(json!(98), "AA 01234567"), "ok"),
            (Certificate, serial(json!(98), "CX 123456"), "BAD_VALUE serial"),
            (Certificate, serial(json!(2), "K 123456"), "ok"),
            (Certificate, serial(json!(1), "K 123456"), "BAD_VALUE serial"),
            (Certificate, serial(json!(98), "CHUACOGIAY_25747_12_45"), "ok"),
            (Certificate, json!({}), "MISSING_FIELD serial"),
            (Certificate, json!({"status": "DU_THAO"}), "ok"),
            (
                Right,
                json!({"kind": "SU_DUNG", "party": "a", "parcel": "x"}),
                "ok",
            ),
            (
                Right,
                json!({"kind": "SU_DUNG", "party": "a"}),
                "MISSING_FIELD parcel",
            ),
            (
                Mortgage,
                json!({"kind": "THE_CHAP", "parcel": "x", "from_on": "01/01/2026", "to_on": "01/01/2027"}),
                "ok",
            ),
            (
                Mortgage,
                json!({"kind": "THE_CHAP", "parcel": "x", "from_on": "01/01/2026", "to_on": "31/12/2025"}),
                "BAD_VALUE to_on",
            ),
            (Mortgage, json!({"kind": "THE_CHAP"}), "MISSING_FIELD parcel"),
            (Hold, json!({"kind": "TOA_AN", "party": "a"}), "ok"),
            (Hold, json!({"kind": "TOA_AN"}), "MISSING_FIELD parcel"),
            (Asset, json!({"kind": "NHA", "commune": "25747"}), "ok"),
            (Asset, json!({"kind": "NHA"}), "MISSING_FIELD parcel"),
            (
                Dossier,
                json!({"code": "H", "kind": "CN", "received_on": "01/01/2026", "due_on": "01/01/2026"}),
                "ok",
            ),
            (
                Dossier,
                json!({"code": "H", "kind": "CN", "received_on": "02/01/2026", "due_on": "01/01/2026"}),
                "BAD_VALUE due_on",
            ),
            (
                ChangeEntryItem,
                json!({"change_entry": "x", "direction": "in", "party": "a"}),
                "ok",
            ),
            (
                ChangeEntryItem,
                json!({"change_entry": "x", "direction": "in"}),
                "MISSING_FIELD parcel",
            ),
        ] {
            assert_eq!(said(kind, &fields), expected, "{} {fields}", kind.name());
        }
    }
}
