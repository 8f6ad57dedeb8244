//! Editing, undo and redo through the one way in.

use diachinh::domain::{ParcelRef, Pt, Status};
use diachinh::edit::{Edit, parse};
use diachinh::job::Progress;
use diachinh::project::{DumpOptions, LogFilter, Project, Undo};
use diachinh::validate;
use proptest::prelude::*;

use crate::district::{District, act, content, corner};

fn set(number: &str, fields: &str) -> Edit {
    parse(&format!(
        r#"{{"op":"set","parcel":"25747/1/{number}","fields":{fields}}}"#
    ))
    .unwrap()
}

fn fid(p: &Project, reference: &str) -> i64 {
    p.resolve(&reference.parse::<ParcelRef>().unwrap()).unwrap()
}

#[test]
fn set_changes_what_was_asked_and_keeps_the_superseded_state() {
    let d = District::new(2);
    let mut p = d.open();
    let before = p.record(fid(&p, "25747/1/2")).unwrap();
    let effects = p
        .apply(&set("2", r#"{"sheet":7,"number":"12a","area_legal":99.5,"land_use":"ODT","address":null,"old_number":" 45 "}"#), &act(5))
        .unwrap();
    assert_eq!(effects.changed, [before.uid]);
    assert_eq!(
        (effects.created.len(), effects.retired.len(), effects.points_moved),
        (0, 0, 0)
    );
    assert_eq!((effects.area_before, effects.area_after), (100.0, 100.0));
    let r = p.record(fid(&p, "25747/7/12a")).unwrap();
    assert_eq!((r.uid, r.version, r.status), (before.uid, 2, Status::InForce));
    assert_eq!(
        (
            r.area_legal,
            r.land_use.as_deref(),
            r.address,
            r.old_number.as_deref()
        ),
        (Some(99.5), Some("ODT"), None, Some("45"))
    );
    // The first row is given the new code and keeps area and term, the second goes.
    assert_eq!(r.land_uses.len(), 1);
    assert_eq!(
        (
            r.land_uses[0].uid,
            r.land_uses[0].code.as_str(),
            r.land_uses[0].area
        ),
        (before.land_uses[0].uid, "ODT", Some(50.05))
    );
    let (version, number, uses): (i64, String, String) = d
        .raw()
        .query_row(
            "SELECT version, number, land_use_rows FROM parcel_version WHERE parcel=?1",
            [r.fid],
            |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
        )
        .unwrap();
    assert_eq!((version, number.as_str()), (1, "2"));
    assert!(uses.contains("CLN"));
    assert_eq!(p.coverage().get(r.fid).unwrap().reference(), "25747/7/12a");
}

#[test]
fn what_cannot_be_is_refused_at_its_field_and_nothing_happens() {
    let d = District::new(2);
    let before = content(&d.path);
    let mut p = d.open();
    for (fields, code, field) in [
        (r#"{"number":3}"#, "DUPLICATE_KEY", "number"),
        (r#"{"number":"1/2"}"#, "BAD_CHARACTER", "number"),
        (r#"{"number":0}"#, "BAD_NUMBER", "number"),
        (r#"{"sheet":"123456789012345678901"}"#, "TOO_LONG", "sheet"),
        (r#"{"address":"a\u0007b"}"#, "BAD_CHARACTER", "address"),
        (r#"{"area_legal":-1}"#, "BAD_AREA", "area_legal"),
        (r#"{"area_measured":1e12}"#, "BAD_AREA", "area_measured"),
        (r#"{"land_use":"odt"}"#, "BAD_LAND_USE", "land_use"),
        (r#"{"land_use":"+"}"#, "BAD_LAND_USE", "land_use"),
    ] {
        let e = p.apply(&set("2", fields), &act(5)).unwrap_err();
        assert_eq!(
            (e.failure.code(), e.failure.at_field()),
            (code, Some(field)),
            "{fields}"
        );
    }
    let e = p.apply(&set("2", r#"{"number":3}"#), &act(5)).unwrap_err();
    assert_eq!(e.findings[0].refs, ["25747/1/3", "25747/1/3"]);
    assert_eq!(
        p.apply(&set("99", "{}"), &act(5)).unwrap_err().failure.code(),
        "NO_PARCEL"
    );
    // A code in no list is well-formed: accepted, and left to the rules.
    p.rehearse(&[set("2", r#"{"land_use":"XYZ"}"#)], &act(5)).unwrap();
    assert_eq!(p.info().unwrap().operations, 2);
    p.close().unwrap();
    assert_eq!(content(&d.path), before);
}

#[test]
fn two_parcels_of_one_number_need_a_uid() {
    let d = District::new(2);
    let mut p = d.open();
    // As dirty data has it: written below the edits that refuse it.
    let mut writer = p.detach_writer().unwrap();
    let new = diachinh::store::journal::NewOperation {
        kind: "import",
        what: "{}".into(),
        label: Default::default(),
        undoes: None,
    };
    let op = writer.begin(&act(3), &new).unwrap();
    op.execute("UPDATE parcel SET number='1' WHERE number='2'", [])
        .unwrap();
    op.commit().unwrap();
    let news = p.attach_writer(writer).unwrap();
    assert_eq!(news.len(), 1);
    let e = p
        .apply(&set("1", r#"{"number":8}"#), &act(5))
        .unwrap_err()
        .failure;
    assert_eq!(e.code(), "AMBIGUOUS_PARCEL");
    let uid = p.coverage().get(2).unwrap().uid;
    assert!(e.message().en.contains(&uid.to_string()));
    let by_uid = parse(&format!(
        r#"{{"op":"set","parcel":"{uid}","fields":{{"number":8}}}}"#
    ))
    .unwrap();
    p.apply(&by_uid, &act(6)).unwrap();
    assert_eq!(fid(&p, "25747/1/8"), 2);
}

#[test]
fn a_point_moves_in_every_parcel_that_uses_it() {
    let d = District::new(2);
    let mut p = d.open();
    let (from, to) = (corner(1, 1), Pt::new(corner(1, 1).e + 250, corner(1, 1).n - 1));
    let effects = p.apply(&Edit::MovePoint { from, to }, &act(5)).unwrap();
    assert_eq!(
        (
            effects.changed.len(),
            effects.points_moved,
            effects.points_inserted
        ),
        (4, 1, 0)
    );
    assert_eq!((effects.area_before, effects.area_after), (400.0, 400.0));
    assert_eq!(p.coverage().users_of(to).len(), 4);
    assert!(p.coverage().users_of(from).is_empty());
    assert_eq!(
        p.record(1).unwrap().polygon.unwrap(),
        p.coverage().get(1).unwrap().polygon
    );
    assert_eq!(
        p.apply(&Edit::MovePoint { from, to }, &act(5))
            .unwrap_err()
            .failure
            .code(),
        "NO_POINT"
    );
    let inside: i64 = d
        .raw()
        .query_row("SELECT count(*) FROM rtree_parcel_geom WHERE maxx >= 500010.2 AND minx <= 500010.2 AND miny <= 2300009.0", [], |r| r.get(0))
        .unwrap();
    assert_eq!(inside, 2, "the R-tree followed");
}

#[test]
fn a_point_is_not_moved_where_it_makes_a_fault() {
    let d = District::new(2);
    let before = content(&d.path);
    let mut p = d.open();
    // A corner of the outline pulled across its own parcel and into the next one.
    let far = Pt::new(corner(1, 0).e + 3000, corner(1, 0).n + 2000);
    let e = p
        .apply(
            &Edit::MovePoint {
                from: corner(0, 0),
                to: far,
            },
            &act(5),
        )
        .unwrap_err();
    assert_eq!(e.failure.code(), "WOULD_MAKE_FAULT");
    assert!(!e.findings.is_empty());
    let taken = p
        .apply(
            &Edit::MovePoint {
                from: corner(0, 0),
                to: corner(1, 0),
            },
            &act(5),
        )
        .unwrap_err();
    assert_eq!(taken.failure.code(), "POINT_TAKEN");
    p.close().unwrap();
    assert_eq!(content(&d.path), before);
}

#[test]
fn a_gesture_is_all_or_nothing() {
    let d = District::new(2);
    let before = content(&d.path);
    let mut p = d.open();
    let shift = Edit::MovePoint {
        from: corner(0, 0),
        to: Pt::new(corner(0, 0).e - 5, corner(0, 0).n),
    };
    let edits = [
        shift.clone(),
        set("1", r#"{"number":50}"#),
        set("2", r#"{"number":50}"#),
    ];
    let e = p.apply_all(&edits, &act(5)).unwrap_err();
    assert_eq!(e.failure.code(), "DUPLICATE_KEY");
    assert_eq!(
        p.coverage().users_of(corner(0, 0)).len(),
        1,
        "the map went back too"
    );
    assert_eq!(p.coverage().get(1).unwrap().number.as_ref(), "1");
    assert_eq!(content(&d.path), before);
    // Numbers handed on inside one gesture: each edit sees the one before.
    let edits = [
        set("1", r#"{"number":50}"#),
        set("2", r#"{"number":1}"#),
        set("50", r#"{"number":2}"#),
        shift,
    ];
    let effects = p.apply_all(&edits, &act(5)).unwrap();
    assert_eq!(effects.iter().map(|e| e.op).collect::<Vec<_>>(), [3, 3, 3, 3]);
    assert_eq!(effects[0].changed, effects[2].changed);
    assert_eq!(p.record(1).unwrap().version, 2, "one operation, one version");
    p.undo(Undo::Last, &act(6)).unwrap();
    p.close().unwrap();
    assert_eq!(content(&d.path), before);
}

#[test]
fn a_rehearsal_tells_and_changes_nothing() {
    let d = District::new(2);
    let before = content(&d.path);
    let mut p = d.open();
    let effects = p
        .rehearse(
            &[set("1", r#"{"number":50}"#), set("50", r#"{"sheet":3}"#)],
            &act(5),
        )
        .unwrap();
    assert_eq!(effects.len(), 2);
    assert_eq!(p.coverage().get(1).unwrap().reference(), "25747/1/1");
    assert_eq!(p.info().unwrap().operations, 2);
    p.close().unwrap();
    assert_eq!(content(&d.path), before);
}

#[test]
fn undo_is_refused_by_the_name_of_the_later_operation() {
    let d = District::new(2);
    let mut p = d.open();
    let a = p
        .apply(&set("1", r#"{"address":"A","area_legal":1}"#), &act(5))
        .unwrap()
        .op;
    let b = p.apply(&set("1", r#"{"address":"B"}"#), &act(6)).unwrap().op;
    let c = p.apply(&set("2", r#"{"address":"C"}"#), &act(7)).unwrap().op;
    let e = p.undo(Undo::Op(a), &act(8)).unwrap_err().failure;
    assert_eq!(e.code(), "CHANGED_SINCE");
    assert!(e.message().vi.contains(&format!("số {b}")), "{e}");
    // Another parcel's operation stands in nobody's way.
    p.undo(Undo::Op(b), &act(9)).unwrap();
    p.undo(Undo::Op(a), &act(10)).unwrap();
    assert_eq!(p.record(1).unwrap().address.as_deref(), Some("Thôn Thử"));
    assert_eq!(
        p.undo(Undo::Op(a), &act(11)).unwrap_err().failure.code(),
        "ALREADY_UNDONE"
    );
    assert_eq!(
        p.undo(Undo::Op(1), &act(11)).unwrap_err().failure.code(),
        "NOT_UNDOABLE"
    );
    assert_eq!(
        p.undo(Undo::Op(77), &act(11)).unwrap_err().failure.code(),
        "NO_OPERATION"
    );
    let log = p.log(&LogFilter::default()).unwrap();
    let undone: Vec<_> = log.iter().map(|o| (o.op, o.undoes, o.undone_by)).collect();
    assert_eq!(
        undone[2..],
        [
            (a, None, Some(7)),
            (b, None, Some(6)),
            (c, None, None),
            (6, Some(b), None),
            (7, Some(a), None)
        ]
    );
    assert_eq!(
        p.log(&LogFilter {
            parcel: Some(2),
            ..LogFilter::default()
        })
        .unwrap()
        .iter()
        .map(|o| o.op)
        .collect::<Vec<_>>(),
        [2, c]
    );
}

#[test]
fn undo_and_redo_survive_closing_but_ctrl_z_is_only_mine() {
    let d = District::new(2);
    let start = content(&d.path);
    let mut p = d.open();
    assert!(p.can_undo().is_none(), "the import came before this session");
    p.apply(&set("1", r#"{"address":"A"}"#), &act(5)).unwrap();
    p.apply(&set("1", r#"{"address":"B"}"#), &act(6)).unwrap();
    assert_eq!(p.can_undo().unwrap().op, 4);
    let end = content(&d.path);
    p.close().unwrap();
    let mut p = d.open();
    assert!(p.can_undo().is_none());
    p.undo(Undo::Last, &act(7)).unwrap();
    assert_eq!(p.can_redo().unwrap().undoes, Some(4));
    p.close().unwrap();
    let mut p = d.open();
    assert!(p.can_redo().is_none());
    p.undo(Undo::Last, &act(8)).unwrap();
    assert_eq!(content(&d.path), start);
    p.redo(&act(9)).unwrap();
    p.close().unwrap();
    let mut p = d.open();
    p.redo(&act(10)).unwrap();
    assert_eq!(content(&d.path), end);
    assert_eq!(p.redo(&act(11)).unwrap_err().failure.code(), "NOTHING_TO_REDO");
    // Undo of what was redone, from the panel by the number of the redo.
    let redo = p.log(&LogFilter::default()).unwrap().last().unwrap().op;
    p.undo(Undo::Op(redo), &act(12)).unwrap();
    assert_eq!(p.record(1).unwrap().address.as_deref(), Some("A"));
    p.redo(&act(13)).unwrap();
    assert_eq!(content(&d.path), end);
    p.undo(Undo::Last, &act(14)).unwrap();
    p.apply(&set("2", r#"{"address":"mới"}"#), &act(15)).unwrap();
    assert!(p.can_redo().is_none(), "a new act ends redo");
}

#[test]
fn an_import_is_taken_back_and_done_again() {
    let d = District::new(3);
    let full = content(&d.path);
    let mut p = d.open();
    p.apply(&set("5", r#"{"land_use":"LUC","number":77}"#), &act(5))
        .unwrap();
    let e = p.undo(Undo::Op(2), &act(6)).unwrap_err().failure;
    assert_eq!(e.code(), "CHANGED_SINCE");
    p.undo(Undo::Last, &act(7)).unwrap();
    let effects = p.undo(Undo::Last, &act(8)).unwrap();
    assert_eq!((effects.retired.len(), p.coverage().len()), (9, 0));
    p.close().unwrap();
    let mut p = Project::open(&d.path, &act(9), &Progress::none()).unwrap();
    assert!(p.coverage().is_empty());
    let effects = p.redo(&act(10)).unwrap();
    assert_eq!((effects.created.len(), p.coverage().len()), (9, 9));
    p.close().unwrap();
    assert_eq!(content(&d.path), full);
}

#[test]
fn without_its_writer_a_project_reads_and_refuses() {
    let d = District::new(2);
    let mut p = d.open();
    let writer = p.detach_writer().unwrap();
    assert_eq!(p.record(1).unwrap().number, "1");
    assert_eq!(
        p.apply(&set("1", r#"{"number":9}"#), &act(5))
            .unwrap_err()
            .failure
            .code(),
        "WRITER_BUSY"
    );
    assert!(p.attach_writer(writer).unwrap().is_empty());
    p.apply(&set("1", r#"{"number":9}"#), &act(5)).unwrap();
}

#[test]
fn findings_are_kept_up_with_every_edit() {
    let d = District::new(3);
    let mut p = d.open();
    assert!(p.findings().is_none());
    let all = validate::Options::default();
    p.validate(&all, &act(4), &Progress::none()).unwrap();
    let now = |p: &Project| {
        p.findings()
            .unwrap()
            .iter()
            .map(|t| t.finding.clone())
            .collect::<Vec<_>>()
    };
    let start = now(&p);
    let codes = |p: &Project| now(p).iter().map(|f| f.code).collect::<Vec<_>>();
    p.apply(&set("5", r#"{"land_use":"XYZ","area_legal":5000}"#), &act(5))
        .unwrap();
    let kept = codes(&p);
    assert!(
        kept.contains(&"LAND_USE_UNKNOWN") && kept.len() > start.len(),
        "{kept:?}"
    );
    assert_eq!(now(&p), p.check(&all, &Progress::none()).unwrap());
    // A run on another thread's snapshot counts also when something changed since: that is followed.
    let snapshot = p.coverage().clone();
    let found = p.check(&all, &Progress::none()).unwrap();
    assert!(
        p.set_findings(found.clone(), snapshot.revision(), &act(5))
            .unwrap()
    );
    p.undo(Undo::Last, &act(6)).unwrap();
    assert_eq!(now(&p), start);
    assert!(p.set_findings(found, snapshot.revision(), &act(7)).unwrap());
    assert_eq!(now(&p), start);
}

/// The register as `dump --personal` writes it.
fn dumped(p: &Project) -> String {
    let mut out = Vec::new();
    p.dump(
        DumpOptions {
            personal: true,
            no_uid: false,
        },
        &mut out,
    )
    .unwrap();
    String::from_utf8(out).unwrap()
}

/// One random edit on the 3 × 3 district; many are refused, which must leave no trace either.
fn any_edit() -> impl Strategy<Value = Edit> {
    let number = 1u32..14;
    let field = prop_oneof![
        (1u32..14).prop_map(|n| format!(r#"{{"number":{n}}}"#)),
        (0.1f64..1e6).prop_map(|a| format!(r#"{{"area_legal":{a}}}"#)),
        "[A-Zđêễơ ]{0,12}".prop_map(|t| format!(r#"{{"address":"{t}"}}"#)),
        prop::sample::select(vec!["ODT", "ONT+CLN", "LUC", "XYZ", "ONT+CLN+NTS"])
            .prop_map(|l| format!(r#"{{"land_use":"{l}"}}"#)),
        Just(r#"{"land_use":null,"address":null,"area_measured":0.1}"#.to_owned()),
        any::<bool>().prop_map(|b| format!(r#"{{"is_parcel":{b}}}"#)),
    ];
    let set = (number, field).prop_map(|(n, f)| set(&n.to_string(), &f));
    let step = -900i64..900;
    let shift = (0i64..4, 0i64..4, step.clone(), step).prop_map(|(c, r, de, dn)| {
        let from = corner(c, r);
        Edit::MovePoint {
            from,
            to: Pt::new(from.e + de, from.n + dn),
        }
    });
    prop_oneof![3 => set, 2 => shift]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]
    #[test]
    fn any_edits_then_undo_all_then_redo_all(edits in prop::collection::vec(any_edit(), 1..14)) {
        let d = District::new(3);
        let mut states = vec![content(&d.path)];
        let mut p = d.open();
        for edit in &edits {
            let before = p.coverage().clone();
            match p.apply(edit, &act(5)) {
                Ok(_) => states.push(content(&d.path)),
                Err(_) => {
                    prop_assert_eq!(&content(&d.path), states.last().unwrap());
                    prop_assert!(before.iter().all(|q| p.coverage().get(q.fid) == Some(q)));
                }
            }
        }
        let done = states.len() - 1;
        let dump = dumped(&p);
        for i in (0..done).rev() {
            p.undo(Undo::Last, &act(6)).unwrap();
            prop_assert_eq!(&content(&d.path), &states[i]);
        }
        p.close().unwrap();
        let mut p = d.open();
        for state in &states[1..] {
            p.redo(&act(7)).unwrap();
            prop_assert_eq!(&content(&d.path), state);
        }
        prop_assert_eq!(dumped(&p), dump);
        for q in p.coverage().iter() {
            prop_assert_eq!(&p.record(q.fid).unwrap().polygon.unwrap(), &q.polygon);
        }
        diachinh::store::journal::verify_chain(p.reader().unwrap().conn(), 0).unwrap();
    }
}

#[test]
fn search_finds_numbers_names_and_what_changed_since() {
    let d = District::new(4);
    let mut p = d.open();
    p.warm_search();
    let refs = |p: &Project, text: &str| {
        p.search(text, 50)
            .unwrap()
            .into_iter()
            .map(|h| (h.kind.name(), h.reference, h.score))
            .collect::<Vec<_>>()
    };
    for text in ["1/12", "tờ 1 thửa 12", "THUA 12 TO 1", "25747/1/12", "thửa 12"] {
        assert_eq!(
            refs(&p, text),
            [("parcel", "25747/1/12".to_owned(), 100)],
            "{text}"
        );
    }
    let hits = p.search("nguyen van thu 3", 5).unwrap();
    assert_eq!(
        (hits[0].label.as_str(), hits[0].reference.as_str(), hits[0].fid),
        ("Nguyễn Văn Thử 3", "25747/1/4", Some(4))
    );
    assert_eq!(refs(&p, "nguyễn thử").len(), 16);
    assert_eq!(p.search("nguyen", 3).unwrap().len(), 3);
    assert_eq!(refs(&p, "thon thu").len(), 16);
    assert!(refs(&p, "").is_empty() && refs(&p, "không có").is_empty());
    p.apply(
        &set(
            "12",
            r#"{"number":"12b","old_sheet":"3","old_number":"7","address":"Ngõ Đá Mới"}"#,
        ),
        &act(5),
    )
    .unwrap();
    assert_eq!(refs(&p, "3/7"), [("parcel", "25747/1/12b".to_owned(), 90)]);
    assert_eq!(refs(&p, "1/12B"), [("parcel", "25747/1/12b".to_owned(), 100)]);
    assert_eq!(refs(&p, "da moi"), [("parcel", "25747/1/12b".to_owned(), 85)]);
    assert_eq!(refs(&p, "thon thu").len(), 15);
    p.undo(Undo::Last, &act(6)).unwrap();
    assert!(refs(&p, "da moi").is_empty());
    assert_eq!(refs(&p, "thon thu").len(), 16);
}

#[test]
fn the_second_to_open_only_reads() {
    let d = District::new(1);
    let first = d.open();
    let mut second = Project::open(&d.path, &act(9), &Progress::none()).unwrap();
    let reason = second.read_only().unwrap();
    assert_eq!(reason.code(), "LOCKED");
    assert!(reason.message().vi.contains("thử nghiệm"));
    assert_eq!(
        second
            .apply(&set("1", r#"{"number":3}"#), &act(9))
            .unwrap_err()
            .failure
            .code(),
        "READ_ONLY"
    );
    assert_eq!(second.search("1/1", 9).unwrap().len(), 1);
    drop(second);
    first.close().unwrap();
    assert!(d.open().read_only().is_none());
}
