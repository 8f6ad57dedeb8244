//! A parcel with everything on it is cut and joined again; what became of it is told in text.

use crate::edit::testing::{File, child, cut, shape};
use crate::edit::{ChildFields, Numbering, Records, UseArea};
use crate::topology::Plan;

#[test]
fn a_split_and_its_undo() {
    let mut f = File::new();
    let before = f.dump();
    let op = f.write(&cut(), &Records::default()).unwrap();
    assert_eq!(
        f.tell(),
        [
            "8 LICH_SU 200.02 200.3 ONT+CLN [ONT 60.1 Lâu dài, CLN 140.2 2063] right LICH_SU 1/2 60.1 on ONT 60.1 mortgage LICH_SU house document",
            "9a HIEN_HANH - 99.9 CLN [CLN 99.9 2063] right HIEN_HANH 1/2 restriction HIEN_HANH",
            "3 HIEN_HANH - - - []",
            "10 HIEN_HANH 70.0 70.1 ONT+CLN [ONT 21.0 Lâu dài, CLN 49.1 2063] right HIEN_HANH 1/2 21.0 on ONT 21.0 mortgage HIEN_HANH of 1 from 8 TAM_TINH",
            "11 HIEN_HANH 130.0 130.2 ONT+CLN [ONT 39.1 Lâu dài, CLN 91.1 2063] right HIEN_HANH 1/2 39.1 on ONT 39.1 mortgage HIEN_HANH of 1 from 8 TAM_TINH",
        ]
    );
    assert_eq!(
        f.ask(
            "SELECT DISTINCT old_sheet||'/'||old_number||' '||address FROM parcel WHERE number IN ('10','11')"
        ),
        ["7/70 Thôn Thử"]
    );
    assert_eq!(
        f.ask("SELECT ended_on FROM \"right\" WHERE status='LICH_SU'"),
        ["2026-03-03"]
    );
    assert_eq!(f.coverage().len(), 4);
    // The parcel's shape is kept with its version.
    assert_eq!(f.ask("SELECT hex(geom) FROM parcel_version").len(), 1);
    f.undo(op);
    assert_eq!(f.dump(), before);
}

#[test]
fn a_merge_sums_what_is_known() {
    let mut f = File::new();
    let before = f.dump();
    let plan = Plan {
        created: vec![child(
            "0 0, 20000 0, 20000 10000, 10000 10000, 10000 20000, 0 20000",
            &[1, 2],
        )],
        retired: vec![1, 2],
        ..Plan::default()
    };
    let op = f.write(&plan, &Records::default()).unwrap();
    assert_eq!(
        f.tell()[3],
        "10 HIEN_HANH 300.0 300.2 ONT+CLN [ONT 60.1 Lâu dài, CLN 240.1 2063] right HIEN_HANH 1/2 60.1 on ONT 60.1 right HIEN_HANH 1/2 \
         mortgage HIEN_HANH of 1 restriction HIEN_HANH house from 8+9a TAM_TINH"
    );
    f.undo(op);
    assert_eq!(f.dump(), before);
    let keep = Records {
        numbers: Numbering::Keep(2),
        ..Records::default()
    };
    f.write(&plan, &keep).unwrap();
    assert!(f.tell()[3].starts_with("9a HIEN_HANH"));
}

#[test]
fn a_clerk_corrects() {
    let mut f = File::new();
    let given = |text: &str| -> ChildFields { serde_json::from_str(text).unwrap() };
    let mut records = Records {
        children: vec![
            given(
                r#"{"fields":{"number":"8a","area_legal":80},"land_uses":[{"code":"ONT","area":60.1},{"code":"HNK","area":null}]}"#,
            ),
            given(r#"{"fields":{"land_use":"CLN","address":null}}"#),
        ],
        ..Records::default()
    };
    f.write(&cut(), &records).unwrap();
    let told = f.tell();
    assert_eq!(
        told[3],
        "8a HIEN_HANH 70.0 80.0 ONT+HNK [ONT 60.1 Lâu dài, HNK - -] right HIEN_HANH 1/2 21.0 on ONT 60.1 mortgage HIEN_HANH of 1 from 8 TAM_TINH"
    );
    assert!(
        told[4].starts_with("10 HIEN_HANH 130.0 130.2 CLN [CLN 91.1 2063]"),
        "{}",
        told[4]
    );
    let mut refused = |change: &dyn Fn(&mut ChildFields)| {
        change(&mut records.children[0]);
        let mut f = File::new();
        let before = f.dump();
        let e = f.write(&cut(), &records).unwrap_err();
        assert_eq!(f.dump(), before);
        (e.failure.code(), e.failure.at_field().map(str::to_owned))
    };
    let number = Some("number".to_owned());
    assert_eq!(
        refused(&|c| c.fields.number = Some(Some("9a".into()))),
        ("DUPLICATE_KEY", number.clone())
    );
    assert_eq!(
        refused(&|c| c.fields.number = Some(Some("8".into()))),
        ("NUMBER_USED", number)
    );
    let uses = |code: &str, area| {
        Some(vec![UseArea {
            code: code.into(),
            area: Some(area),
        }])
    };
    assert_eq!(
        refused(&|c| (c.fields.number, c.land_uses) = (None, uses("ONT", -1.0))),
        ("BAD_AREA", Some("land_uses".into()))
    );
    assert_eq!(
        refused(&|c| c.land_uses = uses("ont", 1.0)),
        ("BAD_LAND_USE", Some("land_use".into()))
    );
}

#[test]
fn numbers_are_never_given_twice() {
    let mut f = File::new();
    f.write(&cut(), &Records::default()).unwrap();
    // 10 and 11 go again; a later one is 12 all the same. A renumbered parcel's old number counts too.
    let plan = Plan {
        created: vec![child("0 0, 10000 0, 10000 20000, 0 20000", &[4, 5])],
        retired: vec![4, 5],
        ..Plan::default()
    };
    f.write(&plan, &Records::default()).unwrap();
    assert!(
        f.tell()[5].starts_with("12 HIEN_HANH 200.0 200.3 ONT+CLN [ONT 60.1 Lâu dài, CLN 140.2 2063]"),
        "{}",
        f.tell()[5]
    );
    let strip = Plan {
        created: vec![
            child("0 -5000, 1000 -5000, 1000 0, 0 0", &[]),
            child("1000 -5000, 2000 -5000, 2000 0, 1000 0", &[]),
        ],
        ..Plan::default()
    };
    let new_land = |sheet: &str| Records {
        children: vec![
            serde_json::from_str(&format!(
                r#"{{"commune":"25747","fields":{{"sheet":"{sheet}"}}}}"#
            ))
            .unwrap();
            2
        ],
        ..Records::default()
    };
    assert_eq!(
        f.write(&strip, &Records::default()).unwrap_err().failure.code(),
        "MISSING_FIELD"
    );
    f.write(&strip, &new_land("1")).unwrap();
    f.write(&strip, &new_land("2")).unwrap();
    f.write(&strip, &new_land("")).unwrap();
    let numbers = f.ask("SELECT sheet||'/'||number FROM parcel WHERE fid>6 ORDER BY fid");
    assert_eq!(numbers, ["1/13", "1/14", "2/1", "2/2", "/", "/"]);
    assert_eq!(f.ask("SELECT number FROM sheet ORDER BY number"), ["1", "2"]);
}

#[test]
fn a_parent_may_stay() {
    let mut f = File::new();
    let plan = Plan {
        changed: vec![(1, shape("0 0, 10000 0, 10000 15000, 0 15000"))],
        created: vec![child("0 15000, 10000 15000, 10000 20000, 0 20000", &[1])],
        ..Plan::default()
    };
    f.write(&plan, &Records::default()).unwrap();
    let told = f.tell();
    assert_eq!(
        told[0],
        "8 HIEN_HANH 150.0 150.2 ONT+CLN [ONT 45.1 Lâu dài, CLN 105.1 2063] right HIEN_HANH 1/2 45.1 on ONT 45.1 mortgage HIEN_HANH house document"
    );
    assert_eq!(
        told[3],
        "10 HIEN_HANH 50.0 50.1 ONT+CLN [ONT 15.0 Lâu dài, CLN 35.1 2063] right HIEN_HANH 1/2 15.0 on ONT 15.0 mortgage HIEN_HANH of 1 from 8 TAM_TINH"
    );
}

#[test]
fn a_measured_area_follows_only_where_it_agreed() {
    let mut f = File::new();
    f.sql("UPDATE parcel SET area_measured=180.5 WHERE fid=2");
    let plan = Plan {
        changed: vec![
            (1, shape("0 0, 11000 0, 11000 20000, 0 20000")),
            (2, shape("11000 0, 20000 0, 20000 10000, 11000 10000")),
        ],
        ..Plan::default()
    };
    f.write(&plan, &Records::default()).unwrap();
    assert_eq!(
        f.ask("SELECT CAST(area_measured AS TEXT) FROM parcel WHERE fid<3"),
        ["220.0", "180.5"]
    );
}

#[test]
fn a_hold_blocks_who_changes_not_who_receives() {
    let through = "
      INSERT INTO hold(uid, kind, document_number, from_on, to_on, parcel, certificate, party, blocks_change, status) VALUES ";
    for (row, code) in [
        (
            "('h', 'TOA_AN', '12/QĐ', '2026-01-05', NULL, 1, NULL, NULL, 1, 'HIEN_HANH')",
            "PARCEL_ON_HOLD",
        ),
        (
            "('h', 'THI_HANH_AN', NULL, NULL, NULL, NULL, 1, NULL, 1, 'HIEN_HANH')",
            "PARCEL_ON_HOLD",
        ),
        (
            "('h', 'THI_HANH_AN', NULL, NULL, NULL, NULL, NULL, 1, 1, 'HIEN_HANH')",
            "PARCEL_ON_HOLD",
        ),
        (
            "('h', 'TRANH_CHAP', '3', '2026-03-03', '2026-03-03', 1, NULL, NULL, 0, 'HIEN_HANH')",
            "PARCEL_IN_DISPUTE",
        ),
        (
            "('h', 'TOA_AN', NULL, NULL, NULL, 1, NULL, NULL, 0, 'HIEN_HANH')",
            "",
        ),
        (
            "('h', 'TOA_AN', NULL, NULL, NULL, 1, NULL, NULL, 1, 'LICH_SU')",
            "",
        ),
        (
            "('h', 'TOA_AN', NULL, NULL, '2026-03-02', 1, NULL, NULL, 1, 'HIEN_HANH')",
            "",
        ),
        (
            "('h', 'TOA_AN', NULL, '2026-03-04', NULL, 1, NULL, NULL, 1, 'HIEN_HANH')",
            "",
        ),
        (
            "('h', 'TOA_AN', NULL, NULL, NULL, 3, NULL, NULL, 1, 'HIEN_HANH')",
            "",
        ),
    ] {
        let mut f = File::new();
        f.sql(&format!("{through}{row}"));
        let before = f.dump();
        let mut plan = cut();
        plan.changed = vec![(3, shape("0 -5000, 20000 -5000, 20000 0, 10000 0, 5000 0, 0 0"))];
        match f.write(&plan, &Records::default()) {
            Ok(_) => assert_eq!("", code, "{row}"),
            Err(e) => {
                assert_eq!(e.failure.code(), code, "{row}");
                assert!(e.failure.message().vi.contains("25747/1/8"));
                assert_eq!(f.dump(), before);
            }
        }
    }
}
