//! The register record by record: entered, changed, ended, merged, taken back; refused with a reason; masked.

use std::path::Path;

use diachinh::edit::{AddRecord, ChangeRecord, Edit, EndRecord, MergeParties, parse};
use diachinh::project::{Project, Undo};
use diachinh::register::Kind;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::district::{District, act, content};
use crate::operating::edit;
use crate::support::{diachinh, run};

/// `KIND ACT FILE ARGS…`: exit code and answer.
fn record(path: &Path, kind: &str, what: &str, args: &[&str]) -> (i32, Value) {
    let mut c = diachinh();
    c.args([kind, what]).arg(path).args(args);
    let (code, answer, _) = run(&mut c);
    (code, answer)
}

/// Adds a record; its uid.
#[track_caller]
fn add(path: &Path, kind: &str, fields: &[&str]) -> String {
    let (code, answer) = record(path, kind, "add", fields);
    assert_eq!(code, 0, "{kind} {fields:?}: {answer}");
    answer["records"][0]["uid"].as_str().unwrap().to_owned()
}

#[track_caller]
fn refused(path: &Path, kind: &str, what: &str, args: &[&str]) -> String {
    let (code, answer) = record(path, kind, what, args);
    assert_eq!(code, 2, "{answer}");
    let error = &answer["error"];
    format!(
        "{} {}",
        error["code"].as_str().unwrap_or_default(),
        error["field"].as_str().unwrap_or_default()
    )
}

fn person(path: &Path, name: &str, more: &[&str]) -> String {
    let name = format!("name={name}");
    let mut fields = vec!["kind=CA_NHAN", &name];
    fields.extend(more);
    add(path, "party", &fields)
}

#[test]
fn a_household_its_right_certificate_and_mortgage() {
    let d = District::new(2);
    let p = &d.path;
    let before = content(p);
    let house = add(p, "party", &["kind=hộ gia đình", "name=Hộ Trần Thử"]);
    let head = person(
        p,
        "Trần Thử",
        &["birth=01031985", "gender=nam", "phone=0900000001"],
    );
    let of = |uid: &str| format!("party={uid}");
    add(
        p,
        "party-member",
        &[
            &of(&house),
            &format!("member={head}"),
            "role=CHU_HO",
            "position=1",
        ],
    );
    let paper = add(
        p,
        "identity-document",
        &[
            &of(&head),
            "kind=CCCD",
            "number=025 985 000 001",
            "issued_on=10/05/2022",
        ],
    );
    let certificate = add(
        p,
        "certificate",
        &[
            "kind=11",
            "serial=cx123456",
            "issued_on=2/3/2015",
            "status=DANG_HIEU_LUC",
        ],
    );
    let on = format!("certificate={certificate}");
    let right = add(
        p,
        "right",
        &[
            &of(&house),
            "parcel=25747/1/3",
            &on,
            "share=1/1",
            "origin=CNQ-CTT",
        ],
    );
    let mortgage = add(
        p,
        "mortgage",
        &["kind=THE_CHAP", "parcel=25747/1/3", &on, "amount=1.250.000.000"],
    );

    // Masked unless asked; codes, days and fractions as they are kept.
    let (_, shown) = record(p, "party", "show", &[&head]);
    let fields = &shown["fields"];
    assert_eq!(
        (&fields["name"], &fields["phone"]),
        (&json!("T•••••"), &json!("•••••001"))
    );
    assert!(!fields["birth"].as_str().unwrap().contains("1985"));
    let (_, shown) = record(p, "identity-document", "show", &[&paper]);
    assert_eq!(shown["fields"]["number"], "025•••••0001");
    let (_, shown) = record(p, "identity-document", "show", &[&paper, "--personal"]);
    assert_eq!(shown["fields"]["number"], "025985000001");
    let (_, list) = record(p, "right", "list", &["--by", "parcel=25747/1/3"]);
    let mine: Vec<&Value> = list
        .as_array()
        .unwrap()
        .iter()
        .filter(|r| r["uid"] == right.as_str())
        .collect();
    assert_eq!(
        (&mine[0]["fields"]["share"], &mine[0]["fields"]["kind"]),
        (&json!("1"), &json!("SU_DUNG"))
    );

    // Order of ending: what is used cannot end.
    let why = ["--reason", "xóa đăng ký"];
    let end = |kind: &str, uid: &str| refused(p, kind, "end", &[uid, why[0], why[1]]);
    assert_eq!(end("party", &house), "RECORD_IN_USE uid");
    assert_eq!(end("certificate", &certificate), "RECORD_IN_USE uid");
    assert_eq!(end("dossier", &house), "RECORD_HAS_NO_END kind");
    let (code, answer) = record(
        p,
        "mortgage",
        "end",
        &[&mortgage, why[0], why[1], "--on", "05/06/2026"],
    );
    assert_eq!(code, 0, "{answer}");
    let (_, shown) = record(p, "mortgage", "show", &[&mortgage]);
    assert_eq!(
        (&shown["status"], &shown["ended_on"]),
        (&json!("DA_XOA"), &json!("2026-06-05"))
    );
    assert_eq!(end("mortgage", &mortgage), "RECORD_ENDED uid");
    assert_eq!(
        refused(p, "mortgage", "set", &[&mortgage, "number=17"]),
        "RECORD_ENDED uid"
    );

    // Nothing personal in the journal beside the sealed values.
    let raw = d.raw();
    let said: String = raw
        .query_row(
            "SELECT group_concat(what||label_vi||label_en) FROM operation",
            [],
            |r| r.get(0),
        )
        .unwrap();
    for personal in ["Trần", "025985000001", "0900000001", "1985", "1250000000"] {
        assert!(!said.contains(personal), "{personal} in {said}");
    }
    assert!(said.contains("CX123456") || said.contains("cx123456"));

    // And back, to the byte.
    let (code, answer, _) = run(diachinh().arg("undo").arg(p).arg("8"));
    assert_eq!(code, 0, "{answer}");
    assert_eq!(content(p), before);
}

#[test]
fn what_does_not_fit_is_refused_by_its_field_and_changes_nothing() {
    let d = District::new(1);
    let p = &d.path;
    let someone = person(p, "Người Thử", &[]);
    let of = format!("party={someone}");
    let right = add(p, "right", &[&of, "parcel=25747/1/1", "share=2/3"]);
    let before = content(p);
    let other = "0199aaaa-0000-7000-8000-000000000001";
    for (kind, what, args, expected) in [
        ("party", "add", vec!["kind=CA_NHAN"], "MISSING_FIELD name"),
        ("party", "add", vec!["kind=AI", "name=A"], "BAD_VALUE kind"),
        ("party", "add", vec!["kind=CA_NHAN", "nam=A"], "UNKNOWN_FIELD nam"),
        ("party", "add", vec!["kind"], "USAGE "),
        ("party", "set", vec![&someone, "name="], "MISSING_FIELD name"),
        (
            "party",
            "set",
            vec![&someone, "kind=CA_NHAN"],
            "NOTHING_CHANGED fields",
        ),
        ("party", "set", vec![other, "name=B"], "NO_RECORD_OF_KIND uid"),
        ("party", "show", vec![other], "NO_RECORD_OF_KIND uid"),
        ("party", "show", vec!["ai"], "USAGE "),
        (
            "party",
            "end",
            vec![&someone, "--reason", " "],
            "BAD_REASON reason",
        ),
        ("party", "list", vec!["--by", "boss=1"], "UNKNOWN_FIELD boss"),
        ("party", "list", vec!["--by", "name=Người"], "BAD_VALUE name"),
        (
            "identity-document",
            "add",
            vec![&of, "kind=CCCD", "number=25985000001"],
            "BAD_VALUE number",
        ),
        ("right", "add", vec![&of, "parcel=25747/1/77"], "NO_PARCEL parcel"),
        ("right", "add", vec![&of, "parcel=?"], "BAD_VALUE parcel"),
        (
            "right",
            "add",
            vec!["party=0199aaaa-0000-7000-8000-000000000001", "parcel=25747/1/1"],
            "NO_RECORD_OF_KIND party",
        ),
        (
            "right",
            "add",
            vec![&of, "parcel=25747/1/1", "share=1/2"],
            "SHARES_EXCEED share",
        ),
        ("right", "set", vec![&right, "share=4/3"], "BAD_VALUE share"),
        (
            "right",
            "end",
            vec![&right, "--reason", "thử", "--status", "HIEN_HANH"],
            "BAD_VALUE status",
        ),
        ("certificate", "add", vec!["serial=CX 12345"], "BAD_VALUE serial"),
        (
            "land-use-row",
            "add",
            vec!["parcel=25747/1/1", "position=3", "code=ZZZ"],
            "BAD_VALUE code",
        ),
    ] {
        assert_eq!(refused(p, kind, what, &args), expected, "{kind} {what} {args:?}");
    }
    assert_eq!(content(p), before);
}

#[test]
fn shares_add_up_to_the_whole_and_no_further() {
    let d = District::new(1);
    let p = &d.path;
    let (a, b) = (person(p, "Người Một", &[]), person(p, "Người Hai", &[]));
    let right = |of: &str, share: &str| add(p, "right", &[&format!("party={of}"), "parcel=25747/1/1", share]);
    let first = right(&a, "share=1/3");
    right(&b, "share=2/3");
    let more = [
        &format!("party={a}") as &str,
        "parcel=25747/1/1",
        "share=1/1000000",
    ];
    assert_eq!(refused(p, "right", "add", &more), "SHARES_EXCEED share");
    assert_eq!(
        record(p, "right", "end", &[&first, "--reason", "chuyển nhượng"]).0,
        0
    );
    right(&a, "share=1/3");
}

#[test]
fn land_use_rows_carry_the_label_and_keep_the_earlier_state() {
    let d = District::new(1);
    let p = &d.path;
    let row = add(
        p,
        "land-use-row",
        &["parcel=25747/1/1", "position=3", "code=nts", "area=10,5"],
    );
    let label = || {
        d.raw()
            .query_row("SELECT land_use||'@'||version FROM parcel", [], |r| {
                r.get::<_, String>(0)
            })
            .unwrap()
    };
    assert_eq!(label(), "ONT+CLN+NTS@2");
    assert_eq!(record(p, "land-use-row", "set", &[&row, "code=HNK"]).0, 0);
    assert_eq!(label(), "ONT+CLN+HNK@3");
    assert_eq!(
        refused(p, "land-use-row", "set", &[&row, "parcel="]),
        "MISSING_FIELD parcel"
    );
    let (_, shown) = record(p, "land-use-row", "show", &[&row]);
    assert_eq!(shown["fields"]["list_version"], "2024");
    run(diachinh().arg("undo").arg(p).arg("2"));
    assert_eq!(label(), "ONT+CLN@1");
}

#[test]
fn a_card_is_scanned_into_a_person_with_papers() {
    let d = District::new(1);
    let p = &d.path;
    let card = "025993000001|993000001|Trần Thị Thử Nghiệm|05041993|Nữ|Thôn Thử|10052022";
    let (code, answer) = record(p, "party", "scan", &[card]);
    assert_eq!(code, 0, "{answer}");
    let kinds: Vec<&str> = answer["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["party", "identity_document", "identity_document"]);
    let uid = answer["records"][0]["uid"].as_str().unwrap();
    let (_, papers) = record(
        p,
        "identity-document",
        "list",
        &["--by", &format!("party={uid}"), "--personal"],
    );
    let numbers: Vec<&Value> = papers
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["fields"]["number"])
        .collect();
    assert_eq!(numbers, [&json!("025993000001"), &json!("993000001")]);
    let before = content(p);
    assert_eq!(refused(p, "party", "scan", &["025993000001|x"]), "BAD_QR qr");
    assert_eq!(content(p), before);
}

#[test]
fn duplicates_are_found_and_merged_with_what_each_knows() {
    let d = District::new(2);
    let p = &d.path;
    let card = person(
        p,
        "Trần Thị Thử",
        &["birth=1993-04-05", "personal_code=025993000001"],
    );
    let old = person(p, "TRAN THI THU", &["birth=1993", "address=Thôn Thử"]);
    let third = person(p, "Bà Trần T. Thử", &["birth=1993", "phone=0900000002"]);
    let stranger = person(
        p,
        "Trần Thị Thử",
        &["birth=1993-04-05", "personal_code=025993000002"],
    );
    add(
        p,
        "identity-document",
        &[&format!("party={old}"), "kind=CMND", "number=993000001"],
    );
    add(
        p,
        "identity-document",
        &[&format!("party={third}"), "kind=CMND", "number=993.000.001"],
    );
    let right = add(p, "right", &[&format!("party={old}"), "parcel=25747/1/2"]);

    let (code, groups) = record(p, "party", "duplicates", &[]);
    assert_eq!(code, 1);
    assert_eq!(groups.as_array().unwrap().len(), 1, "{groups}");
    let reasons = groups[0]["reasons"].as_array().unwrap();
    assert_eq!(reasons, &[json!("number"), json!("name_year")]);

    let before = content(p);
    assert_eq!(
        refused_line(
            p,
            &[json!({"op": "merge_parties", "keep": card, "others": [stranger]})]
        ),
        "CANNOT_MERGE personal_code"
    );
    assert_eq!(
        refused_line(
            p,
            &[json!({"op": "merge_parties", "keep": card, "others": [card]})]
        ),
        "CANNOT_MERGE others"
    );
    assert_eq!(content(p), before);

    let (code, answer) = record(p, "party", "merge", &[&card, &old, &third]);
    assert_eq!(code, 0, "{answer}");
    let (_, kept) = record(p, "party", "show", &[&card, "--personal"]);
    assert_eq!(
        (
            &kept["fields"]["birth"],
            &kept["fields"]["address"],
            &kept["fields"]["phone"]
        ),
        (&json!("1993-04-05"), &json!("Thôn Thử"), &json!("0900000002"))
    );
    let (_, gone) = record(p, "party", "show", &[&old]);
    assert_eq!(
        (&gone["status"], &gone["merged_into"], &gone["ended_on"]),
        (&json!("DA_GOP"), &json!(card), &json!("2026-11-23"))
    );
    let (_, right) = record(p, "right", "show", &[&right]);
    assert_eq!(right["fields"]["party"], json!(card));
    // The same paper twice: one stays in force.
    let papers = record(
        p,
        "identity-document",
        "list",
        &["--by", &format!("party={card}")],
    )
    .1;
    assert_eq!(papers.as_array().unwrap().len(), 1);
    let papers = record(
        p,
        "identity-document",
        "list",
        &["--all", "--by", &format!("party={card}")],
    )
    .1;
    assert_eq!(papers.as_array().unwrap().len(), 2);
    assert_eq!(refused(p, "party", "set", &[&old, "phone=1"]), "RECORD_ENDED uid");
    assert_eq!(
        refused(p, "right", "add", &[&format!("party={old}"), "parcel=25747/1/1"]),
        "RECORD_ENDED party"
    );

    run(diachinh().arg("undo").arg(p));
    assert_eq!(content(p), before);
}

fn refused_line(p: &Path, lines: &[Value]) -> String {
    let (code, answers) = edit(p, lines);
    assert_eq!(code, 2, "{answers:?}");
    let error = &answers[0]["error"];
    format!(
        "{} {}",
        error["code"].as_str().unwrap(),
        error["field"].as_str().unwrap_or_default()
    )
}

#[test]
fn in_operation_what_is_registered_belongs_to_a_dossier() {
    let d = District::new(1);
    let p = &d.path;
    let someone = person(p, "Người Thử", &[]);
    run(diachinh().arg("mode").arg(p).arg("operating"));
    // People and papers may come before there is a dossier; rights may not.
    let other = person(p, "Người Hai", &[]);
    let of = format!("party={someone}");
    let right = [&of as &str, "parcel=25747/1/1"];
    assert_eq!(refused(p, "right", "add", &right), "DOSSIER_NEEDED dossier");
    assert_eq!(
        refused(p, "party", "set", &[&other, "phone=1"]),
        "DOSSIER_NEEDED dossier"
    );
    let line = json!({"op": "add_record", "kind": "right", "fields": {"party": someone, "parcel": "25747/1/1"}, "dossier": "H1"});
    assert_eq!(refused_line(p, std::slice::from_ref(&line)), "NO_DOSSIER dossier");
    add(p, "dossier", &["code=H1", "kind=CN", "commune=25747"]);
    assert_eq!(
        refused(p, "dossier", "add", &["code=H1", "kind=CN"]),
        "RECORD_EXISTS code"
    );
    let (code, answers) = edit(p, &[line]);
    assert_eq!(code, 0, "{answers:?}");
    assert_eq!(answers[0]["records"][0]["kind"], "right");
    let dossier: i64 = d
        .raw()
        .query_row(
            "SELECT d.fid FROM operation o JOIN dossier d ON d.fid=o.dossier ORDER BY o.id DESC LIMIT 1",
            [],
            |r| r.get(0),
        )
        .unwrap();
    assert_eq!(dossier, 1);
}

#[test]
fn a_gesture_refers_to_what_it_makes_and_is_one_operation() {
    let d = District::new(1);
    let mut p = d.open();
    let uid = "0199aaaa-0000-7000-8000-000000000001";
    let lines = [
        json!({"op": "add_record", "kind": "party", "uid": uid, "fields": {"kind": "CA_NHAN", "name": "Người Thử"}}),
        json!({"op": "add_record", "kind": "right", "fields": {"party": uid, "parcel": "25747/1/1"}}),
    ];
    let edits: Vec<Edit> = lines.iter().map(|l| parse(&l.to_string()).unwrap()).collect();
    let before = content(&d.path);
    let done = p.apply_all(&edits, &act(5)).unwrap();
    assert_eq!(done[0].records[0].uid.to_string(), uid);
    assert_eq!(done[1].about.len(), 1);
    let again = p.apply(&edits[0], &act(6)).unwrap_err();
    assert_eq!(
        (again.failure.code(), again.failure.at_field()),
        ("RECORD_EXISTS", Some("uid"))
    );
    p.undo(Undo::Last, &act(7)).unwrap();
    assert_eq!(content(&d.path), before);
    for (line, code) in [
        (
            json!({"op": "add_record", "kind": "secret", "fields": {}}),
            "UNKNOWN_KIND",
        ),
        (
            json!({"op": "change_record", "kind": "party", "uid": uid, "fields": {"name": "A"}}),
            "NO_RECORD_OF_KIND",
        ),
    ] {
        let edit = parse(&line.to_string()).unwrap();
        assert_eq!(p.apply(&edit, &act(8)).unwrap_err().failure.code(), code);
    }
    for (line, code) in [
        (r#"{"op":"add_record","kind":"party"}"#, "MISSING_KEY"),
        (
            r#"{"op":"add_record","kind":"party","fields":{},"name":"A"}"#,
            "UNKNOWN_KEY",
        ),
        (
            r#"{"op":"end_record","kind":"party","uid":"x","reason":"y"}"#,
            "BAD_VALUE",
        ),
        (r#"{"op":"merge_parties","keep":"x","others":[]}"#, "BAD_VALUE"),
    ] {
        assert_eq!(parse(line).unwrap_err().code(), code, "{line}");
    }
    // What is printed of an edit for a log shows no values.
    assert!(!format!("{:?}", edits[0]).contains("Người"));
}

/// Uids of what a test made, by kind.
#[derive(Default)]
struct Made(Vec<(Kind, diachinh::domain::Uid)>);

impl Made {
    fn some(&self, kind: Kind, pick: usize) -> Option<diachinh::domain::Uid> {
        let all: Vec<_> = self.0.iter().filter(|(k, _)| *k == kind).collect();
        (!all.is_empty()).then(|| all[pick % all.len()].1)
    }
}

fn random(step: (u8, usize, usize), made: &Made) -> Option<Edit> {
    let (what, a, b) = step;
    let add = |kind: Kind, fields: Value| {
        let fields = fields.as_object().unwrap().clone().into_iter().collect();
        Some(Edit::AddRecord(AddRecord {
            kind: kind.name().into(),
            uid: None,
            fields,
        }))
    };
    let party = |n| made.some(Kind::Party, n).map(|u| u.to_string());
    let crop = ["NTS", "HNK"][b % 2];
    let name = ["Trần Thử", "Lê Thử", "Phạm Thử"][b % 3];
    match what % 10 {
        0 | 1 => add(
            Kind::Party,
            json!({"kind": "CA_NHAN", "name": name, "birth": 1950 + (b % 50)}),
        ),
        2 => add(
            Kind::Certificate,
            json!({"serial": format!("CX {:06}", b % 1_000_000)}),
        ),
        3 => add(
            Kind::Right,
            json!({"party": party(a)?, "parcel": format!("25747/1/{}", 1 + b % 4), "share": format!("1/{}", 1 + a % 5)}),
        ),
        4 => add(
            Kind::IdentityDocument,
            json!({"party": party(a)?, "kind": "CMND", "number": format!("{:09}", b % 4)}),
        ),
        5 => add(
            Kind::LandUseRow,
            json!({"parcel": format!("25747/1/{}", 1 + a % 4), "position": 1 + b % 9, "code": crop}),
        ),
        6 => Some(Edit::ChangeRecord(ChangeRecord {
            kind: "party".into(),
            uid: made.some(Kind::Party, a)?,
            fields: [("phone".to_owned(), json!(b.to_string()))].into_iter().collect(),
        })),
        7 | 8 => {
            let kind = [Kind::Right, Kind::Party, Kind::IdentityDocument][b % 3];
            Some(Edit::EndRecord(EndRecord {
                kind: kind.name().into(),
                uid: made.some(kind, a)?,
                on: None,
                status: None,
                reason: "thử".into(),
            }))
        }
        _ => Some(Edit::MergeParties(MergeParties {
            keep: made.some(Kind::Party, a)?,
            others: vec![made.some(Kind::Party, b)?],
        })),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any edits of the register, then as many undos: every table as it was, to the byte. Redone: as it was before the undo.
    #[test]
    fn undo_gives_back_every_byte(steps in prop::collection::vec((0_u8..10, 0_usize..100, 0_usize..1000), 1..25)) {
        let d = District::new(2);
        let mut p: Project = d.open();
        let before = content(&d.path);
        let (mut made, mut done) = (Made::default(), 0_u32);
        for step in steps {
            let Some(edit) = random(step, &made) else { continue };
            let then = content(&d.path);
            match p.apply(&edit, &act(10)) {
                Ok(effects) => {
                    done += 1;
                    made.0.extend(effects.records.iter().filter(|r| r.created).map(|r| (r.kind, r.uid)));
                }
                Err(_) => prop_assert_eq!(content(&d.path), then),
            }
        }
        let after = content(&d.path);
        for _ in 0..done {
            p.undo(Undo::Last, &act(20)).unwrap();
        }
        prop_assert_eq!(&content(&d.path), &before);
        for _ in 0..done {
            p.redo(&act(30)).unwrap();
        }
        prop_assert_eq!(content(&d.path), after);
    }
}
