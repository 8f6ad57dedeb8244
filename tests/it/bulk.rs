//! Committing an import: what is written, what is rolled back, what undo takes back.

use std::path::Path;

use diachinh::domain::*;
use diachinh::job::Progress;
use diachinh::store::bulk::{self, Committed};
use diachinh::store::{NewDistrict, Reader, TakeBack, Writer, dump, journal, schema};
use rusqlite::Connection;

use crate::drafts::{draft, seal};

pub fn act() -> Act {
    Act::new("Lan Thử", jiff::Timestamp::from_second(1_795_000_000).unwrap())
}

pub fn create(path: &Path) -> Writer {
    let district = NewDistrict {
        epsg: 9210,
        name: "Huyện Thử",
        communes: &[("25747".into(), "Xã Thử".into())],
        province: None,
        what: "{}".into(),
        label: diachinh::text::Msg::new("Tạo", "Create"),
    };
    Writer::create(path, &district, &act())
        .map_err(Failure::from)
        .unwrap()
}

pub fn commit(writer: &mut Writer, draft: &Draft) -> Result<Committed, Failure> {
    let srs = writer.srs();
    bulk::commit(writer.conn_mut(), draft, srs, &act(), &Progress::none()).map_err(Failure::from)
}

/// Takes an operation back; gives the number of the undo.
pub fn take_back(writer: &mut Writer, target: i64) -> i64 {
    writer
        .take_back(&taking_back(target), &act(), &Progress::none())
        .map_err(Failure::from)
        .unwrap()
}

pub fn taking_back(target: i64) -> TakeBack {
    TakeBack {
        target,
        kind: "undo",
        label: Default::default(),
    }
}

pub fn text(path: &Path, personal: bool, no_uid: bool) -> String {
    let reader = Reader::open(path).map_err(Failure::from).unwrap();
    let mut out = Vec::new();
    dump::dump(
        reader.conn(),
        9210,
        dump::DumpOptions { personal, no_uid },
        &mut out,
    )
    .map_err(Failure::from)
    .unwrap();
    String::from_utf8(out).unwrap()
}

fn one<T: rusqlite::types::FromSql>(conn: &Connection, sql: &str) -> T {
    conn.query_row(sql, [], |r| r.get(0))
        .unwrap_or_else(|e| panic!("{sql}: {e}"))
}

/// What must hold of any file, whatever was done to it.
pub fn assert_sound(conn: &Connection) {
    assert_eq!(one::<String>(conn, "PRAGMA integrity_check"), "ok");
    assert_eq!(
        one::<String>(conn, "SELECT rtreecheck('rtree_parcel_geom')"),
        "ok"
    );
    assert_eq!(
        one::<i64>(conn, "SELECT count(*) FROM pragma_foreign_key_check"),
        0
    );
    assert_eq!(
        one::<i64>(conn, "SELECT count(*) FROM rtree_parcel_geom"),
        one::<i64>(conn, "SELECT count(*) FROM parcel WHERE geom IS NOT NULL")
    );
    schema::check_triggers(conn).map_err(Failure::from).unwrap();
    journal::verify_chain(conn, 1).map_err(Failure::from).unwrap();
}

#[test]
fn everything_of_the_draft_is_in_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    let draft = draft(1000, "xa.shp");
    let done = commit(&mut writer, &draft).unwrap();
    assert_eq!(
        (done.inserted, done.quarantined, done.updated.len()),
        (1000, 1, 0)
    );
    let conn = writer.conn();
    assert_sound(conn);
    let reader = Reader::open(&path).map_err(Failure::from).unwrap();
    for (i, p) in draft.parcels.iter().enumerate() {
        let r = reader
            .record(done.first_fid + i as i64)
            .map_err(Failure::from)
            .unwrap();
        assert_eq!(
            (r.uid, &r.commune, &r.sheet, &r.number),
            (p.uid, &p.commune, &p.sheet, &p.number)
        );
        assert_eq!(
            (r.old_sheet, r.old_number),
            (p.old_sheet.clone(), p.old_number.clone())
        );
        assert_eq!(
            (r.area_measured, r.area_legal, r.is_parcel),
            (p.area_measured, p.area_legal, p.is_parcel)
        );
        assert_eq!(
            (r.land_use, r.address, r.polygon.as_ref()),
            (p.land_use.clone(), p.address.clone(), Some(&p.polygon))
        );
        let codes: Vec<_> = r
            .land_uses
            .iter()
            .map(|l| (l.code.as_str(), l.list_version.as_deref(), l.area))
            .collect();
        let whole = p.area_legal.or(p.area_measured);
        match p.land_use.as_deref() {
            Some("ONT+CLN") => assert_eq!(codes, [("ONT", Some("2024"), None), ("CLN", Some("2024"), None)]),
            Some("LUC") => assert_eq!(codes, [("LUC", codes[0].1, whole)]),
            Some("XYZ") => assert_eq!(codes, [("XYZ", None, whole)]),
            _ => assert_eq!(codes, []),
        }
        let holders: Vec<_> = r
            .holders
            .iter()
            .map(|h| (Some(h.name.clone()), h.address.clone(), h.user_type.clone()))
            .collect();
        let expected = p
            .owner
            .is_some()
            .then(|| (p.owner.clone(), p.owner_address.clone(), p.user_type.clone()));
        assert_eq!(holders, expected.into_iter().collect::<Vec<_>>());
    }
    assert_eq!(
        one::<i64>(
            conn,
            "SELECT count(*) FROM source_record WHERE parcel IS NOT NULL"
        ),
        1000
    );
    let kept: (String, Vec<u8>) = conn
        .query_row(
            "SELECT quarantine, wkb FROM source_record WHERE parcel IS NULL",
            [],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )
        .unwrap();
    assert_eq!(kept, ("RING_TOO_SHORT".into(), vec![1, 3, 0, 0, 0]));
    assert_eq!(
        one::<i64>(conn, "SELECT count(*) FROM sheet WHERE commune='25747'"),
        17
    );
    assert_eq!(
        one::<f64>(conn, "SELECT max_x FROM gpkg_contents WHERE table_name='parcel'"),
        573_000.0
    );
}

#[test]
fn the_journal_has_one_row_a_table_with_the_hash_of_its_rows() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = create(&dir.path().join("h.gpkg"));
    let done = commit(&mut writer, &draft(300, "xa.shp")).unwrap();
    let conn = writer.conn();
    let rows: Vec<(String, i64, i64, i64, String)> = conn
        .prepare("SELECT tbl, row, row_to, rows, sha256 FROM change WHERE op=?1 AND act='bulk' ORDER BY tbl")
        .unwrap()
        .query_map([done.op], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))
        })
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let tables: Vec<_> = rows.iter().map(|r| r.0.as_str()).collect();
    assert_eq!(
        tables,
        [
            "land_use_row",
            "parcel",
            "party",
            "quarantine",
            "right",
            "sheet",
            "source_file",
            "source_record"
        ]
    );
    assert_eq!(
        one::<i64>(conn, "SELECT count(*) FROM change WHERE act<>'bulk' AND op>1"),
        0
    );
    for (table, from, to, count, sha) in rows {
        let stored = bulk::hash_of_rows(conn, &table, from, to)
            .map_err(Failure::from)
            .unwrap();
        assert_eq!(stored, (count, sha), "{table}");
    }
}

#[test]
fn appending_and_undoing_leave_what_was_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    commit(&mut writer, &draft(700, "a.shp")).unwrap();
    let before = text(&path, true, false);
    for count in [900, 20] {
        let done = commit(&mut writer, &draft(count, "b.shp")).unwrap();
        assert_sound(writer.conn());
        take_back(&mut writer, done.op);
        assert_sound(writer.conn());
        assert_eq!(text(&path, true, false), before);
    }
}

#[test]
fn updates_keep_the_state_before_and_can_be_undone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    let first = draft(50, "a.shp");
    let done = commit(&mut writer, &first).unwrap();
    let before = text(&path, true, false);
    let mut again = draft(60, "a.shp");
    for (i, p) in again.parcels.iter_mut().enumerate().take(50) {
        p.action = DraftAction::Update(done.first_fid + i as i64);
    }
    again.parcels[1].owner = Some("Lê Thị Mới".into());
    again.parcels[1].land_use = Some("ODT".into());
    again.parcels[1].polygon.rings.truncate(1);
    let again = seal(again);
    let second = commit(&mut writer, &again).unwrap();
    assert_eq!((second.inserted, second.updated.len()), (10, 50));
    assert_sound(writer.conn());
    let reader = Reader::open(&path).map_err(Failure::from).unwrap();
    let r = reader.record(done.first_fid + 1).map_err(Failure::from).unwrap();
    assert_eq!((r.version, r.uid, r.holders.len()), (2, first.parcels[1].uid, 1));
    assert_eq!(
        (
            r.holders[0].name.as_str(),
            r.land_uses.len(),
            r.land_uses[0].code.as_str()
        ),
        ("Lê Thị Mới", 1, "ODT")
    );
    let versions: i64 = one(writer.conn(), "SELECT count(*) FROM parcel_version");
    assert_eq!(versions, 1, "what did not change has no new version");
    take_back(&mut writer, second.op);
    assert_eq!(text(&path, true, false), before);
}

#[test]
fn a_changed_stale_or_cancelled_draft_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    commit(&mut writer, &draft(100, "a.shp")).unwrap();
    let before = text(&path, true, false);

    let mut changed = draft(10, "b.shp");
    changed.parcels[3].number = "999".into();
    assert_eq!(commit(&mut writer, &changed).unwrap_err().code(), "DRAFT_CHANGED");

    let mut stale = draft(10, "b.shp");
    stale.parcels[3].action = DraftAction::Update(4711);
    assert_eq!(
        commit(&mut writer, &seal(stale)).unwrap_err().code(),
        "DRAFT_STALE"
    );

    let mut twice = draft(5000, "b.shp");
    twice.parcels[4000].uid = twice.parcels[0].uid;
    let srs = writer.srs();
    commit(&mut writer, &seal(twice)).unwrap_err();

    let big = draft(20_000, "b.shp");
    let seen = std::sync::Arc::new(std::sync::OnceLock::<Progress>::new());
    let theirs = seen.clone();
    let progress = Progress::new(move || {
        if let Some(p) = theirs.get()
            && p.snapshot().done > 8000
        {
            p.cancel();
        }
    });
    seen.set(progress.clone()).ok().unwrap();
    let stopped = bulk::commit(writer.conn_mut(), &big, srs, &act(), &progress)
        .map_err(Failure::from)
        .unwrap_err();
    assert_eq!(stopped.code(), "CANCELLED");

    assert_eq!(text(&path, true, false), before);
    assert_sound(writer.conn());
    assert_eq!(one::<i64>(writer.conn(), "PRAGMA foreign_keys"), 1);
    commit(&mut writer, &big).unwrap();
    assert_sound(writer.conn());
}

#[test]
fn a_full_disk_rolls_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    commit(&mut writer, &draft(100, "a.shp")).unwrap();
    let before = text(&path, true, false);
    // SQLite says "full" here as it does when the disk is.
    let pages: i64 = one(writer.conn(), "PRAGMA page_count");
    one::<i64>(writer.conn(), &format!("PRAGMA max_page_count={}", pages + 200));
    assert_eq!(
        commit(&mut writer, &draft(5000, "b.shp")).unwrap_err().code(),
        "DISK_FULL"
    );
    assert_eq!(text(&path, true, false), before);
    one::<i64>(writer.conn(), "PRAGMA max_page_count=1073741823");
    assert_sound(writer.conn());
    commit(&mut writer, &draft(5000, "b.shp")).unwrap();
}
