//! The district file: what it refuses, what survives, what other programs see.

use std::path::Path;
use std::process::Command;

use diachinh::domain::Failure;
use diachinh::edit::{Edit, parse};
use diachinh::job::Progress;
use diachinh::project::{LogFilter, NewProject, Project};
use diachinh::store::{Reader, Writer, connection, journal, schema};

use crate::district::{District, EPSG, act, content};

fn set_number(number: u32, to: u32) -> Edit {
    parse(&format!(
        r#"{{"op":"set","parcel":"25747/1/{number}","fields":{{"number":{to}}}}}"#
    ))
    .unwrap()
}

#[test]
fn a_new_file_is_refused_over_an_old_one_and_holds_its_communes() {
    let d = District::new(1);
    let new = NewProject {
        epsg: EPSG,
        name: "x".into(),
        communes: vec![],
        province: None,
    };
    assert_eq!(
        Project::create(&d.path, &new, &act(0)).err().unwrap().code(),
        "FILE_EXISTS"
    );
    let wrong = NewProject { epsg: 4326, ..new };
    let other = d.dir.path().join("b.gpkg");
    assert_eq!(
        Project::create(&other, &wrong, &act(0)).err().unwrap().code(),
        "UNKNOWN_CRS"
    );
    assert!(!other.exists());
    let info = d.open().info().unwrap();
    assert_eq!(
        (info.schema, info.epsg, info.mode.as_str()),
        (schema::SCHEMA, EPSG, "building")
    );
    assert_eq!(info.communes[0].name.as_deref(), Some("Xã Thử"));
    assert_eq!(info.communes[0].parcels, 1);
    assert_eq!(info.area_m2, 100.0);
    assert_eq!(info.operations, 2);
}

#[test]
fn both_durability_pragmas_hold_on_a_writing_connection() {
    let d = District::new(1);
    let writer = Writer::open(&d.path, &act(3)).unwrap();
    let conn = writer.conn();
    assert_eq!(
        conn.pragma_query_value(None, "journal_mode", |r| r.get::<_, String>(0))
            .unwrap(),
        "wal"
    );
    assert_eq!(
        conn.pragma_query_value(None, "synchronous", |r| r.get::<_, i64>(0))
            .unwrap(),
        2
    );
    assert_eq!(
        conn.pragma_query_value(None, "secure_delete", |r| r.get::<_, i64>(0))
            .unwrap(),
        1
    );
    assert_eq!(
        conn.pragma_query_value(None, "foreign_keys", |r| r.get::<_, i64>(0))
            .unwrap(),
        1
    );
    conn.pragma_update(None, "synchronous", "NORMAL").unwrap();
    assert_eq!(
        Failure::from(connection::assert_durable(conn).unwrap_err()).code(),
        "NOT_DURABLE"
    );
}

#[test]
fn another_program_is_refused_with_our_sentence() {
    let d = District::new(2);
    let before = content(&d.path);
    // As the sqlite3 program: no functions of ours. Attribute tables, decisions and the journal itself.
    for sql in [
        "UPDATE party SET kind='X'",
        "DELETE FROM \"right\"",
        "INSERT INTO decision(uid, code, parcels, reason, decided_by, decided_at) VALUES ('u','C','','r','d','t')",
        "UPDATE operation SET actor='x'",
        "DELETE FROM operation",
        "UPDATE change SET before=1",
        "DELETE FROM change",
        "INSERT INTO change(op, tbl, row, act) VALUES (1, 'parcel', 1, 'insert')",
    ] {
        let e = d.raw().execute(sql, []).unwrap_err().to_string();
        assert!(e.contains("diachinh:"), "{sql}: {e}");
    }
    // As QGIS: with the ST_ functions.
    let writer = Writer::open(&d.path, &act(3)).unwrap();
    for sql in [
        "UPDATE parcel SET number='9'",
        "DELETE FROM parcel",
        "UPDATE commune SET name='x'",
    ] {
        let failure = diachinh::store::error::failure(&writer.conn().execute(sql, []).unwrap_err());
        assert_eq!(failure.code(), "OUTSIDE_OPERATION", "{sql}");
        assert!(
            failure.message().vi.contains("Địa Chính") && failure.message().en.contains("inside diachinh")
        );
    }
    drop(writer);
    assert_eq!(content(&d.path), before);
}

#[test]
fn an_altered_trigger_is_noticed_and_the_file_is_only_shown() {
    let d = District::new(1);
    for sql in [
        "DROP TRIGGER journal_party_update",
        "DROP TRIGGER rtree_parcel_geom_update1",
        "ALTER TABLE parcel ADD COLUMN mine TEXT",
    ] {
        let copy = d.dir.path().join("copy.gpkg");
        std::fs::copy(&d.path, &copy).unwrap();
        let raw = rusqlite::Connection::open(&copy).unwrap();
        raw.execute_batch(sql).unwrap();
        drop(raw);
        let mut p = Project::open(&copy, &act(3), &Progress::none()).unwrap();
        assert_eq!(p.read_only().unwrap().code(), "TRIGGERS_ALTERED", "{sql}");
        assert!(p.read_only().unwrap().remedy_text().is_some());
        assert_eq!(
            p.apply(&set_number(1, 7), &act(3)).unwrap_err().failure.code(),
            "READ_ONLY"
        );
        assert_eq!(p.coverage().len(), 1);
        p.close().unwrap();
    }
}

#[test]
fn a_newer_file_is_only_shown() {
    let d = District::new(1);
    d.raw()
        .execute("UPDATE setting SET value='99' WHERE key='schema'", [])
        .unwrap();
    let mut p = d.open();
    assert_eq!(p.read_only().unwrap().code(), "NEWER_SCHEMA");
    let e = p.apply(&set_number(1, 7), &act(3)).unwrap_err().failure;
    assert_eq!(e.code(), "READ_ONLY");
    assert!(e.message().en.contains("newer version"));
    assert_eq!(p.record(1).unwrap().holders[0].name, "Nguyễn Văn Thử 0");
}

#[test]
fn what_is_no_district_file_is_said_to_be_none() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    std::fs::write(at("empty.gpkg"), b"").unwrap();
    std::fs::write(
        at("text.gpkg"),
        b"this is no database at all, only a line of text that is longer than a header",
    )
    .unwrap();
    rusqlite::Connection::open(at("other.gpkg"))
        .unwrap()
        .execute_batch("CREATE TABLE setting(a)")
        .unwrap();
    for name in ["empty.gpkg", "text.gpkg", "other.gpkg"] {
        let before = std::fs::read(at(name)).unwrap();
        let e = Project::open(&at(name), &act(0), &Progress::none())
            .err()
            .unwrap();
        assert_eq!(e.code(), "NOT_A_DISTRICT", "{name}");
        assert_eq!(std::fs::read(at(name)).unwrap(), before, "{name} was changed");
    }
    assert_eq!(
        Project::open(&at("none.gpkg"), &act(0), &Progress::none())
            .err()
            .unwrap()
            .code(),
        "FILE_NOT_FOUND"
    );
}

#[test]
fn a_full_disk_leaves_no_half_operation() {
    let d = District::new(3);
    let before = content(&d.path);
    let mut p = d.open();
    let head = p.info().unwrap().head;
    let writer = p.detach_writer().unwrap();
    let pages: i64 = writer
        .conn()
        .pragma_query_value(None, "page_count", |r| r.get(0))
        .unwrap();
    writer
        .conn()
        .pragma_update(None, "max_page_count", pages)
        .unwrap();
    p.attach_writer(writer).unwrap();
    let mut refused = None;
    for i in 0..400 {
        let long = "đ".repeat(240);
        let line = format!(
            r#"{{"op":"set","parcel":"25747/1/{}","fields":{{"address":"{long}{i}"}}}}"#,
            i % 9 + 1
        );
        if let Err(e) = p.apply(&parse(&line).unwrap(), &act(4)) {
            refused = Some((e.failure.code(), i));
            break;
        }
    }
    let (code, done) = refused.expect("the disk filled up");
    assert_eq!(code, "DISK_FULL");
    let ops = p.info().unwrap().operations;
    assert_eq!(ops, 2 + done);
    for _ in 0..done {
        // Undo needs room too: on a bigger disk.
        let writer = p.detach_writer().unwrap();
        writer
            .conn()
            .pragma_update(None, "max_page_count", pages + 10_000)
            .unwrap();
        p.attach_writer(writer).unwrap();
        p.undo(diachinh::project::Undo::Last, &act(5)).unwrap();
    }
    p.close().unwrap();
    assert_eq!(content(&d.path), before);
    let reader = Reader::open(&d.path).unwrap();
    assert!(head.is_some());
    journal::verify_chain(reader.conn(), 0).unwrap();
}

#[test]
fn a_file_marked_read_only_is_shown_and_untouched() {
    let d = District::new(2);
    let before = std::fs::read(&d.path).unwrap();
    let mut perms = std::fs::metadata(&d.path).unwrap().permissions();
    perms.set_readonly(true);
    std::fs::set_permissions(&d.path, perms).unwrap();
    let mut p = d.open();
    // Root may write everything; then there is nothing to show here.
    if std::fs::File::options().append(true).open(&d.path).is_err() {
        assert!(p.read_only().is_some());
        assert_eq!(
            p.apply(&set_number(1, 9), &act(3)).unwrap_err().failure.code(),
            "READ_ONLY"
        );
    }
    let mut q = Project::open_read_only(&d.path, &Progress::none()).unwrap();
    assert_eq!(
        q.apply(&set_number(1, 9), &act(3)).unwrap_err().failure.code(),
        "READ_ONLY"
    );
    assert!(q.detach_writer().is_err());
    assert_eq!((p.coverage().len(), q.coverage().len()), (4, 4));
    assert_eq!(q.log(&LogFilter::default()).unwrap().len(), 2);
    p.close().unwrap();
    q.close().unwrap();
    assert_eq!(std::fs::read(&d.path).unwrap(), before);
}

#[test]
fn a_clock_set_back_changes_no_order_and_is_noted() {
    let d = District::new(2);
    let mut p = d.open();
    p.apply(&set_number(1, 11), &act(60)).unwrap();
    p.apply(&set_number(2, 12), &act(-600)).unwrap();
    p.apply(&set_number(3, 13), &act(-599)).unwrap();
    let log = p.log(&LogFilter::default()).unwrap();
    let ids: Vec<i64> = log.iter().map(|o| o.op).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5]);
    assert_eq!(
        log.iter().map(|o| o.clock_back).collect::<Vec<_>>(),
        [false, false, false, true, false]
    );
    // The newest by number is undone first, whatever the clock said.
    assert_eq!(
        p.undo(diachinh::project::Undo::Last, &act(-700))
            .unwrap()
            .label
            .en,
        format!("Undo: {}", log[4].label.en)
    );
    p.close().unwrap();
    let reader = Reader::open(&d.path).unwrap();
    journal::verify_chain(reader.conn(), 0).unwrap();
}

#[test]
fn the_chain_shows_a_change_behind_our_back() {
    let d = District::new(1);
    let mut p = d.open();
    p.apply(&set_number(1, 5), &act(3)).unwrap();
    p.close().unwrap();
    journal::verify_chain(Reader::open(&d.path).unwrap().conn(), 0).unwrap();
    let raw = d.raw();
    raw.execute_batch(
        "DROP TRIGGER journal_operation_sealed; UPDATE operation SET actor='người khác' WHERE id=2",
    )
    .unwrap();
    drop(raw);
    let e = journal::verify_chain(Reader::open(&d.path).unwrap().conn(), 0).unwrap_err();
    let e = Failure::from(e);
    assert_eq!(e.code(), "JOURNAL_BROKEN");
    assert!(e.message().en.contains("operation 2"));
}

#[test]
fn everything_is_in_one_file_after_closing() {
    let d = District::new(2);
    let mut p = d.open();
    p.apply(&set_number(1, 21), &act(3)).unwrap();
    p.close().unwrap();
    let names: Vec<_> = std::fs::read_dir(d.dir.path())
        .unwrap()
        .map(|f| f.unwrap().file_name())
        .collect();
    let sides: Vec<_> = names
        .iter()
        .filter(|n| n.to_string_lossy().contains("-wal"))
        .collect();
    assert!(sides.is_empty(), "{names:?}");
    let copy = d.dir.path().join("copy.gpkg");
    std::fs::copy(&d.path, &copy).unwrap();
    assert_eq!(content(&copy), content(&d.path));
}

#[test]
fn ogrinfo_prints_no_warning() {
    let d = District::new(2);
    let mut p = d.open();
    p.apply(&set_number(1, 21), &act(3)).unwrap();
    p.close().unwrap();
    for args in [
        vec!["-ro", "-al"],
        vec!["-ro", "-so", "-al"],
        vec![
            "-ro", "-so", "-spat", "500000", "2300000", "500005", "2300005", "PATH", "parcel",
        ],
    ] {
        let mut cmd = Command::new("ogrinfo");
        let mut named = false;
        for a in &args {
            named |= *a == "PATH";
            cmd.arg(if *a == "PATH" {
                d.path.as_os_str()
            } else {
                a.as_ref()
            });
        }
        if !named {
            cmd.arg(&d.path);
        }
        let Ok(out) = cmd.output() else {
            println!("SKIPPED: ogrinfo is not installed");
            return;
        };
        let (text, err) = (
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr),
        );
        assert!(out.status.success() && err.is_empty(), "{args:?}: {err}");
        assert!(!text.contains("Warning") && !text.contains("ERROR"), "{text}");
        if named {
            assert!(
                text.contains("Feature Count: 1") && text.contains("VN-2000"),
                "{text}"
            );
        }
    }
}

/// A file of each schema there ever was, as SQL text: opens, is brought up to date, and keeps what it held.
#[test]
fn every_older_schema_opens() {
    const SCHEMAS: &[(i64, &str)] = &[(1, include_str!("../fixtures/schema-1.sql"))];
    for &(schema, sql) in SCHEMAS {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("old.gpkg");
        let conn = rusqlite::Connection::open(&path).unwrap();
        conn.execute_batch(&format!(
            "PRAGMA application_id={}; PRAGMA user_version=10300;",
            connection::APPLICATION_ID
        ))
        .unwrap();
        conn.execute_batch(sql).unwrap();
        conn.close().unwrap();
        assert_eq!(
            connection::schema_number(Reader::open(&path).unwrap().conn()).unwrap(),
            schema
        );
        let mut p = Project::open(&path, &act(9), &Progress::none()).unwrap();
        assert!(p.read_only().is_none(), "{:?}", p.read_only());
        assert_eq!(p.info().unwrap().schema, schema::SCHEMA);
        let r = p.record(1).unwrap();
        assert_eq!(
            (r.number.as_str(), r.holders[0].name.as_str(), r.land_uses.len()),
            ("5", "Nguyễn Văn Thử 0", 2)
        );
        p.apply(&set_number(5, 8), &act(10)).unwrap();
        p.undo(diachinh::project::Undo::Last, &act(11)).unwrap();
        remembers_findings(&mut p);
        p.close().unwrap();
        journal::verify_chain(Reader::open(&path).unwrap().conn(), 0).unwrap();
        // Brought up to date it is built as a new one is.
        let new = District::new(1);
        let (old, new) = (built(&path), built(&new.path));
        let lacks: Vec<_> = new.difference(&old).collect();
        let more: Vec<_> = old.difference(&new).collect();
        assert!(
            lacks.is_empty() && more.is_empty(),
            "lacks {lacks:#?}, has besides {more:#?}"
        );
    }
}

/// The tables of findings and decisions of an older file work as those of a new one.
fn remembers_findings(p: &mut Project) {
    use diachinh::domain::FindingState;
    use diachinh::edit::AcceptFinding;
    use diachinh::validate::{Options, may_be_accepted};
    let area = r#"{"op":"set","parcel":"25747/1/5","fields":{"area_measured":50}}"#;
    p.apply(&parse(area).unwrap(), &act(12)).unwrap();
    p.validate(&Options::default(), &act(12), &Progress::none())
        .unwrap();
    let all = p.findings().unwrap();
    let found = all.iter().find(|t| may_be_accepted(&t.finding)).unwrap().clone();
    let accept = AcceptFinding::new(&found.finding, "Chờ bổ sung", None);
    p.apply(&Edit::AcceptFinding(accept), &act(13)).unwrap();
    let state = |p: &Project| p.findings().unwrap().get(found.id).unwrap().state;
    assert_eq!(state(p), FindingState::Accepted);
    p.undo(diachinh::project::Undo::Last, &act(14)).unwrap();
    assert_eq!(state(p), FindingState::Open);
    assert_eq!(p.finding_history(found.id).unwrap().len(), 2);
}

/// Every column, index and trigger, by name.
fn built(path: &Path) -> std::collections::BTreeSet<String> {
    let conn = rusqlite::Connection::open(path).unwrap();
    let names = |sql: &str| -> Vec<String> {
        let mut stmt = conn.prepare(sql).unwrap();
        let all = stmt.query_map([], |r| r.get(0)).unwrap();
        all.map(Result::unwrap).collect()
    };
    let mut all: std::collections::BTreeSet<String> = names(
        "SELECT m.name || '.' || c.name || ' ' || c.type FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type='table' AND m.name NOT LIKE '%_rowid'",
    )
    .into_iter()
    .collect();
    all.extend(names(
        "SELECT type || ' ' || name FROM sqlite_schema WHERE type IN ('index','trigger')",
    ));
    all
}
