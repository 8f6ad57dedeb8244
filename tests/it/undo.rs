//! Undo and redo of imports, undo of one operation alone, and going back to a point of the history.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use diachinh::domain::{DraftAction, Failure};
use diachinh::job::Progress;
use diachinh::project::{Edit, Project, Turn, Undo};
use proptest::prelude::*;
use rusqlite::Connection;

use crate::bulk::{act, assert_sound, commit, create, take_back, taking_back, text};
use crate::district::{District, content, corner};
use crate::drafts::{draft, seal};
use diachinh::store::Writer;

fn one<T: rusqlite::types::FromSql>(conn: &Connection, sql: &str) -> T {
    conn.query_row(sql, [], |r| r.get(0)).unwrap()
}

fn set(number: &str, fields: &str) -> Edit {
    let json = format!(r#"{{"op":"set","parcel":"25747/1/{number}","fields":{fields}}}"#);
    diachinh::edit::parse(&json).unwrap()
}

#[test]
fn an_import_comes_and_goes_byte_for_byte_and_its_rows_are_kept_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    commit(&mut writer, &draft(50, "a.shp")).unwrap();
    let before = text(&path, true, false);
    // More than one blob, and a share of the R*Tree that is packed anew as well as one that goes row by row.
    for count in [5000, 5] {
        let import = commit(&mut writer, &draft(count, "b.shp")).unwrap().op;
        let after = text(&path, true, false);
        let changes: i64 = one(writer.conn(), "SELECT count(*) FROM change");
        let mut kept = Vec::new();
        for _ in 0..3 {
            let undo = take_back(&mut writer, import);
            assert_sound(writer.conn());
            assert_eq!(text(&path, true, false), before);
            kept.push(one::<i64>(writer.conn(), "SELECT count(*) FROM removed_rows"));
            take_back(&mut writer, undo);
            assert_sound(writer.conn());
            assert_eq!(text(&path, true, false), after);
        }
        assert!(kept.iter().all(|k| *k == kept[0]), "{kept:?}");
        let more: i64 = one::<i64>(writer.conn(), "SELECT count(*) FROM change") - changes;
        assert!(more < 200, "{more} rows in the journal");
        take_back(&mut writer, import);
    }
}

#[test]
fn an_import_that_updated_parcels_comes_and_goes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    let first = commit(&mut writer, &draft(50, "a.shp")).unwrap().first_fid;
    let before = text(&path, true, false);
    let mut again = draft(160, "a.shp");
    for (i, p) in again.parcels.iter_mut().enumerate().take(50) {
        p.action = DraftAction::Update(first + i as i64);
        p.owner = Some(format!("Lê Thị Mới {i}"));
        p.address = Some("ấp Khác".into());
    }
    let second = commit(&mut writer, &seal(again)).unwrap().op;
    let after = text(&path, true, false);
    for _ in 0..2 {
        let undo = take_back(&mut writer, second);
        assert_sound(writer.conn());
        assert_eq!(text(&path, true, false), before);
        take_back(&mut writer, undo);
        assert_sound(writer.conn());
        assert_eq!(text(&path, true, false), after);
    }
}

#[test]
fn an_import_with_later_edits_is_refused_until_they_are_undone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    let empty = text(&path, true, false);
    let import = commit(&mut writer, &draft(60, "a.shp")).unwrap().op;
    drop(writer);
    let mut p = Project::open(&path, &act(), &Progress::none()).unwrap();
    let imported = text(&path, true, false);
    let edit = p
        .apply(&set("5", r#"{"land_use":"LUC","number":77}"#), &act())
        .unwrap()
        .op;
    let edited = text(&path, true, false);
    let e = p.undo(Undo::Op(import), &act()).unwrap_err().failure;
    assert_eq!(e.code(), "CHANGED_SINCE");
    assert!(e.message().vi.contains(&format!("số {edit}")), "{e}");
    assert_eq!(text(&path, true, false), edited, "refused: nothing changed");
    p.undo(Undo::Last, &act()).unwrap();
    assert_eq!(text(&path, true, false), imported);
    let gone = p.undo(Undo::Last, &act()).unwrap();
    assert_eq!((gone.retired.len(), p.coverage().len()), (60, 0));
    assert!(gone.area_before > 0.0 && gone.area_after == 0.0);
    assert_eq!(text(&path, true, false), empty);
    // The edit cannot come back before its parcel.
    let undo_of_edit = edit + 1;
    let e = p.undo(Undo::Op(undo_of_edit), &act()).unwrap_err().failure;
    assert_eq!(e.code(), "CHANGED_SINCE");
    assert_eq!(text(&path, true, false), empty);
    let back = p.redo(&act()).unwrap();
    assert_eq!((back.created.len(), p.coverage().len()), (60, 60));
    assert_eq!(text(&path, true, false), imported);
    p.redo(&act()).unwrap();
    assert_eq!(text(&path, true, false), edited);
    let fresh = Project::open_read_only(&path, &Progress::none()).unwrap();
    for q in fresh.coverage().iter() {
        assert_eq!(p.coverage().get(q.fid), Some(q));
    }
    assert_sound(&Connection::open(&path).unwrap());
}

#[test]
fn an_import_whose_sheets_a_later_one_uses_stays_until_that_is_undone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    let first = commit(&mut writer, &draft(60, "a.shp")).unwrap().op;
    let second = commit(&mut writer, &draft(61, "b.shp")).unwrap().op;
    let before = text(&path, true, false);
    let refused = Failure::from(
        writer
            .take_back(&taking_back(first), &act(), &Progress::none())
            .unwrap_err(),
    );
    assert_eq!(refused.code(), "CHANGED_SINCE");
    assert!(
        refused.message().vi.contains(&format!("số {second}")),
        "{refused}"
    );
    assert_eq!(text(&path, true, false), before);
    assert_sound(writer.conn());
    assert_eq!(one::<i64>(writer.conn(), "PRAGMA foreign_keys"), 1);
    take_back(&mut writer, second);
    take_back(&mut writer, first);
    assert_eq!(one::<i64>(writer.conn(), "SELECT count(*) FROM sheet"), 0);
}

#[test]
fn an_import_whose_place_is_taken_does_not_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    let first = commit(&mut writer, &draft(60, "a.shp")).unwrap().op;
    let undo = take_back(&mut writer, first);
    // The same sheets again, as other rows.
    let second = commit(&mut writer, &draft(61, "b.shp")).unwrap().op;
    let before = text(&path, true, false);
    let refused = Failure::from(
        writer
            .take_back(&taking_back(undo), &act(), &Progress::none())
            .unwrap_err(),
    );
    assert_eq!(refused.code(), "CHANGED_SINCE");
    assert!(
        refused.message().vi.contains(&format!("số {second}")),
        "{refused}"
    );
    assert_eq!(text(&path, true, false), before);
    assert_sound(writer.conn());
}

#[test]
fn a_refusal_lists_what_builds_on_what_newest_first() {
    let d = District::new(2);
    let mut p = d.open();
    let a = p.apply(&set("1", r#"{"address":"A"}"#), &act()).unwrap().op;
    // One gesture ties parcel 2 to parcel 1.
    let both = [set("1", r#"{"address":"B"}"#), set("2", r#"{"address":"B"}"#)];
    let b = p.apply_all(&both, &act()).unwrap()[0].op;
    let c = p.apply(&set("2", r#"{"address":"C"}"#), &act()).unwrap().op;
    let other = p.apply(&set("3", r#"{"address":"D"}"#), &act()).unwrap().op;
    let e = p.undo(Undo::Op(a), &act()).unwrap_err().failure;
    assert_eq!(e.code(), "CHANGED_SINCE");
    let remedy = &e.remedy_text().unwrap().en;
    assert!(remedy.contains(&format!("{c}, {b}")), "{remedy}");
    assert!(!e.message().en.contains(&format!(" {other} (")), "{e}");
    // In that order it works, and the one nothing builds on never was in the way.
    for op in [c, b, a] {
        p.undo(Undo::Op(op), &act()).unwrap();
    }
    assert_eq!(p.record(3).unwrap().address.as_deref(), Some("D"));
    p.undo(Undo::Op(other), &act()).unwrap();
    assert_eq!(
        p.undo(Undo::Op(99), &act()).unwrap_err().failure.code(),
        "NO_OPERATION"
    );
}

#[test]
fn a_row_that_refers_to_what_an_operation_made_is_in_its_way() {
    let d = District::new(2);
    let mut writer = Writer::open(&d.path, &act()).unwrap();
    let mut run = |sql: &str| {
        let new = diachinh::store::journal::NewOperation {
            kind: "set",
            what: "{}".into(),
            label: diachinh::text::Msg::new("Thử", "Test"),
            undoes: None,
        };
        let op = writer.begin(&act(), &new).unwrap();
        op.execute_batch(sql).unwrap();
        let id = op.id();
        op.commit().unwrap();
        id
    };
    let party =
        run("INSERT INTO party(uid, kind) VALUES ('019a0000-0000-7000-8000-000000000001', 'CA_NHAN')");
    let right = run(
        "INSERT INTO \"right\"(uid, party, parcel) SELECT '019a0000-0000-7000-8000-000000000002', max(fid), 1 FROM party",
    );
    drop(writer);
    let mut p = d.open();
    let before = content(&d.path);
    let e = p.undo(Undo::Op(party), &act()).unwrap_err().failure;
    assert_eq!(e.code(), "CHANGED_SINCE");
    assert!(e.message().vi.contains(&format!("số {right}")), "{e}");
    assert_eq!(content(&d.path), before);
    p.undo(Undo::Op(right), &act()).unwrap();
    p.undo(Undo::Op(party), &act()).unwrap();
    // And back: the right not before its holder.
    let e = p.undo(Undo::Op(right + 1), &act()).unwrap_err().failure;
    assert_eq!(e.code(), "CHANGED_SINCE");
    p.redo(&act()).unwrap();
    p.redo(&act()).unwrap();
    assert_eq!(content(&d.path), before);
}

#[test]
fn one_can_go_to_any_point_of_the_history() {
    let d = District::new(2);
    let mut p = d.open();
    let mut states = vec![content(&d.path)];
    let mut ops = vec![2];
    for n in 1..5 {
        let edit = set("1", &format!(r#"{{"address":"Ngõ {n}"}}"#));
        ops.push(p.apply(&edit, &act()).unwrap().op);
        states.push(content(&d.path));
    }
    let mut go = |to: usize| {
        let steps = p.steps(Turn::To(ops[to])).unwrap();
        assert!(!p.is_long(&steps).unwrap());
        let turned = p.take_back(&steps, &act(), &Progress::none()).unwrap();
        assert!(turned.stopped.is_none());
        assert_eq!(turned.effects.len(), steps.len());
        assert_eq!(content(&d.path), states[to], "at {to}");
    };
    for to in [1, 3, 0, 4, 2] {
        go(to);
    }
    let here = p.log(&Default::default()).unwrap();
    let leads = |op: i64| p.leads_to(here.iter().find(|o| o.op == op).unwrap());
    assert!(leads(1) && leads(ops[4]) && leads(ops[0]) && !leads(ops[2]));
    assert_eq!(p.steps(Turn::To(ops[2])).unwrap_err().code(), "NO_WAY_BACK");
    // A new act ends the ways forward.
    p.apply(&set("2", r#"{"address":"khác"}"#), &act()).unwrap();
    assert_eq!(p.steps(Turn::To(ops[4])).unwrap_err().code(), "NO_WAY_BACK");
    // The beginning: nothing is in force but the file itself.
    let steps = p.steps(Turn::To(1)).unwrap();
    p.take_back(&steps, &act(), &Progress::none()).unwrap();
    assert!(p.coverage().is_empty() && p.steps(Turn::Undo(Undo::Last)).is_err());
}

#[test]
fn cancelled_or_without_room_an_undo_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    commit(&mut writer, &draft(100, "a.shp")).unwrap();
    let import = commit(&mut writer, &draft(6000, "b.shp")).unwrap().op;
    let before = text(&path, true, false);
    // Cancelled at every report there is.
    let calls = Arc::new(AtomicU64::new(0));
    let mut cancelled = 0;
    for at in 0.. {
        calls.store(0, Relaxed);
        let (counted, cell) = (calls.clone(), Arc::new(std::sync::OnceLock::<Progress>::new()));
        let watched = cell.clone();
        let progress = Progress::new(move || {
            if counted.fetch_add(1, Relaxed) == at {
                watched.get().unwrap().cancel();
            }
        });
        cell.set(progress.clone()).ok().unwrap();
        match writer.take_back(&taking_back(import), &act(), &progress) {
            Ok(undo) => {
                take_back(&mut writer, undo);
                break;
            }
            Err(e) => assert_eq!(Failure::from(e).code(), "CANCELLED"),
        }
        assert_eq!(text(&path, true, false), before);
        assert_eq!(one::<i64>(writer.conn(), "PRAGMA foreign_keys"), 1);
        cancelled += 1;
    }
    assert!(cancelled > 8, "{cancelled} reports");
    assert_sound(writer.conn());
    // SQLite says "full" here as it does when the disk is.
    let import = commit(&mut writer, &draft(6001, "c.shp")).unwrap().op;
    let before = text(&path, true, false);
    let pages: i64 = one(writer.conn(), "PRAGMA page_count");
    one::<i64>(writer.conn(), &format!("PRAGMA max_page_count={pages}"));
    let full = writer.take_back(&taking_back(import), &act(), &Progress::none());
    assert_eq!(full.map_err(Failure::from).unwrap_err().code(), "DISK_FULL");
    assert_eq!(text(&path, true, false), before);
    one::<i64>(writer.conn(), "PRAGMA max_page_count=1073741823");
    assert_sound(writer.conn());
}

#[test]
fn kept_rows_that_were_tampered_with_do_not_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    let import = commit(&mut writer, &draft(100, "a.shp")).unwrap().op;
    let undo = take_back(&mut writer, import);
    let refused = writer
        .conn()
        .execute("UPDATE removed_rows SET content=x'00'", [])
        .unwrap_err();
    assert!(refused.to_string().contains("nhật ký"), "{refused}");
    let before = text(&path, true, false);
    writer
        .conn()
        .execute_batch(
            "DROP TRIGGER journal_removed_sealed; \
             UPDATE removed_rows SET content=substr(content, 1, length(content)-1) WHERE tbl='party'",
        )
        .unwrap();
    let e = writer
        .take_back(&taking_back(undo), &act(), &Progress::none())
        .unwrap_err();
    assert_eq!(Failure::from(e).code(), "JOURNAL_BROKEN");
    assert_eq!(text(&path, true, false), before);
    drop(writer);
    assert_eq!(
        Failure::from(Writer::open(&path, &act()).err().unwrap()).code(),
        "TRIGGERS_ALTERED"
    );
}

/// One thing somebody does to a district.
#[derive(Clone, Debug)]
enum Deed {
    Import(usize),
    Set(u32, u32),
    Move(i64, i64),
    Undo,
    Redo,
    /// Takes back the operation at this place of the history.
    Only(usize),
    To(usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        1 => (1usize..40).prop_map(Deed::Import),
        3 => (1u32..10, 0u32..5).prop_map(|(n, a)| Deed::Set(n, a)),
        1 => (-900i64..900, -900i64..900).prop_map(|(e, n)| Deed::Move(e, n)),
        2 => Just(Deed::Undo),
        2 => Just(Deed::Redo),
        2 => any::<usize>().prop_map(Deed::Only),
        1 => any::<usize>().prop_map(Deed::To),
    ]
}

fn carry_out(p: &mut Project, deed: &Deed) -> bool {
    let ops: Vec<i64> = p.log(&Default::default()).unwrap().iter().map(|o| o.op).collect();
    match deed {
        Deed::Import(n) => p.import(&draft(*n, "x.shp"), &act(), &Progress::none()).is_ok(),
        Deed::Set(n, a) => p
            .apply(
                &set(&n.to_string(), &format!(r#"{{"address":"Ngõ {a}"}}"#)),
                &act(),
            )
            .is_ok(),
        Deed::Move(de, dn) => {
            let from = corner(1, 1);
            let to = diachinh::domain::Pt::new(from.e + de, from.n + dn);
            p.apply(&Edit::MovePoint { from, to }, &act()).is_ok()
        }
        Deed::Undo => p.undo(Undo::Last, &act()).is_ok(),
        Deed::Redo => p.redo(&act()).is_ok(),
        Deed::Only(at) => p.undo(Undo::Op(ops[at % ops.len()]), &act()).is_ok(),
        Deed::To(at) => match p.steps(Turn::To(ops[at % ops.len()])) {
            Ok(steps) => p
                .take_back(&steps, &act(), &Progress::none())
                .unwrap()
                .stopped
                .is_none(),
            Err(_) => false,
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]
    /// Whatever is done: a refusal leaves no trace, what is taken back can be put back byte for byte, the map agrees with
    /// the file, and all can be undone to the beginning.
    #[test]
    fn any_history_holds_together(deeds in prop::collection::vec(deed(), 1..16)) {
        let d = District::new(3);
        let start = {
            let mut p = d.open();
            p.undo(Undo::Last, &act()).unwrap();
            let start = content(&d.path);
            p.redo(&act()).unwrap();
            p.close().unwrap();
            start
        };
        let mut p = d.open();
        for deed in &deeds {
            let before = content(&d.path);
            let head = p.log(&Default::default()).unwrap().len();
            if !carry_out(&mut p, deed) {
                if p.log(&Default::default()).unwrap().len() == head {
                    prop_assert_eq!(&content(&d.path), &before, "refused {:?}", deed);
                }
            } else if let Deed::Undo | Deed::Redo | Deed::Only(_) = deed {
                let after = content(&d.path);
                let last = p.log(&Default::default()).unwrap().last().unwrap().op;
                p.undo(Undo::Op(last), &act()).unwrap();
                prop_assert_eq!(&content(&d.path), &before, "back from {:?}", deed);
                let again = p.log(&Default::default()).unwrap().last().unwrap().clone();
                p.undo(Undo::Op(again.op), &act()).unwrap();
                prop_assert_eq!(&content(&d.path), &after, "again {:?}", deed);
            }
            let fresh = Project::open_read_only(&d.path, &Progress::none()).unwrap();
            prop_assert_eq!(fresh.coverage().len(), p.coverage().len());
            prop_assert!(fresh.coverage().iter().all(|q| p.coverage().get(q.fid) == Some(q)));
        }
        assert_sound(&d.raw_checked());
        while p.undo(Undo::Last, &act()).is_ok() {}
        prop_assert_eq!(content(&d.path), start);
        prop_assert!(p.coverage().is_empty());
        assert_sound(&d.raw_checked());
    }
}

impl District {
    /// A connection with our functions and foreign keys, to check the file with.
    fn raw_checked(&self) -> Connection {
        diachinh::store::connection::read(&self.path).unwrap()
    }
}
