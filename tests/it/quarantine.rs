//! Records the import could not place: the worklist, repair, placing, setting aside, re-import, and the way back.

use std::path::{Path, PathBuf};

use diachinh::domain::*;
use diachinh::edit::{Edit, PlaceRecord};
use diachinh::import::{self, Existing, Multipart, Options, Plan};
use diachinh::job::Progress;
use diachinh::project::{DumpOptions, Mode, NewProject, Project, Undo};
use diachinh::validate::import_messages;
use serde_json::{Value, json};

use crate::bulk::act;
use crate::drafts::seal;
use crate::support::{diachinh, ok, run};

const COMMUNE: &str = "25747";
const E: f64 = 603_500.0;
const N: f64 = 1_191_500.0;

type Rings = Vec<Vec<[f64; 2]>>;

fn create(dir: &Path, name: &str) -> Project {
    let new = NewProject {
        epsg: 9210,
        name: "Huyện Thử".into(),
        communes: vec![(COMMUNE.into(), "Xã Thử".into())],
        province: None,
    };
    Project::create(&dir.join(name), &new, &act()).unwrap()
}

fn dump(p: &Project, no_uid: bool) -> String {
    let mut out = Vec::new();
    let options = DumpOptions {
        personal: true,
        no_uid,
    };
    p.dump(options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn list(p: &Project) -> Vec<QuarantinedRecord> {
    p.quarantined(&QuarantineFilter::default()).unwrap()
}

/// A square of 10 m, `i` steps of 20 m to the east.
fn square(i: usize) -> Rings {
    let e = E + 20.0 * i as f64;
    vec![vec![
        [e, N],
        [e + 10.0, N],
        [e + 10.0, N + 10.0],
        [e, N + 10.0],
        [e, N],
    ]]
}

/// The same with two points exchanged: a bow-tie.
fn bow_tie(i: usize) -> Rings {
    let mut rings = square(i);
    rings[0].swap(2, 3);
    rings
}

// ---------------------------------------------------------------- WKB by hand

fn wkb_polygon(rings: &Rings) -> Vec<u8> {
    let mut out = vec![1];
    out.extend(3u32.to_le_bytes());
    out.extend((rings.len() as u32).to_le_bytes());
    for ring in rings {
        out.extend((ring.len() as u32).to_le_bytes());
        out.extend(ring.iter().flatten().flat_map(|v| v.to_le_bytes()));
    }
    out
}

fn wkb_multi(polygons: &[Rings]) -> Vec<u8> {
    let mut out = vec![1];
    out.extend(6u32.to_le_bytes());
    out.extend((polygons.len() as u32).to_le_bytes());
    polygons.iter().for_each(|p| out.extend(wkb_polygon(p)));
    out
}

fn wkb_line(points: &[[f64; 2]]) -> Vec<u8> {
    let mut out = vec![1];
    out.extend(2u32.to_le_bytes());
    out.extend((points.len() as u32).to_le_bytes());
    out.extend(points.iter().flatten().flat_map(|v| v.to_le_bytes()));
    out
}

fn parcel(record: u64, number: &str) -> DraftParcel {
    DraftParcel {
        uid: Uid::fresh(),
        action: DraftAction::Insert,
        file: 0,
        record,
        commune: COMMUNE.into(),
        sheet: "12".into(),
        number: number.into(),
        old_sheet: Some("3".into()),
        old_number: None,
        area_measured: Some(100.0),
        area_legal: Some(99.5),
        land_use: Some("ONT+CLN".into()),
        address: Some("Thôn Tưởng Tượng".into()),
        parcel_code: None,
        is_parcel: true,
        owner: Some("Nguyễn Văn Mẫu".into()),
        owner_address: None,
        user_type: Some("GDC".into()),
        extra: [("GHICHU".to_owned(), "không có thật".to_owned())]
            .into_iter()
            .collect(),
        polygon: Polygon::default(),
    }
}

/// A file whose only record is refused for `code`.
fn refused(code: &'static str, wkb: Vec<u8>) -> Draft {
    let point = code.starts_with("POINT_");
    let reading = Reading {
        epsg: 9210,
        swap_xy: false,
        shift: [0.0; 2],
    };
    seal(Draft {
        files: vec![DraftFile {
            file: "xa.shp".into(),
            sha256: "7".repeat(64),
            records: 1,
            reading: (!point).then_some(reading),
            ..DraftFile::default()
        }],
        quarantined: vec![Quarantined {
            uid: Uid::fresh(),
            file: 0,
            record: 1,
            code,
            wkb,
            attributes: vec![
                ("TENCHU".into(), "Nguyễn Văn Mẫu".into()),
                ("SHTHUA".into(), "45".into()),
            ],
            parcel: (!point).then(|| Box::new(parcel(1, "45"))),
        }],
        ..Draft::default()
    })
}

/// Every reason the importer can give, with an original as it keeps it and the repairs that are found.
fn reasons() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let line = &square(0)[0];
    let mut nan = square(0);
    nan[0].insert(2, [f64::NAN, N]);
    let outside = vec![square(0)[0].clone(), square(3)[0].clone()];
    let flat = vec![
        square(0)[0].clone(),
        vec![[E + 2.0, N + 2.0], [E + 4.0, N + 4.0], [E + 2.0, N + 2.0]],
    ];
    let swapped: Rings = square(0)
        .iter()
        .map(|r| r.iter().map(|[x, y]| [*y, *x]).collect())
        .collect();
    let far: Rings = swapped
        .iter()
        .map(|r| r.iter().map(|[x, y]| [*x * 1e6, *y * 1e6]).collect())
        .collect();
    let none = Vec::new;
    vec![
        ("IMPORT_NO_GEOMETRY", none(), ""),
        (
            "IMPORT_TOO_FEW_POINTS",
            wkb_polygon(&vec![vec![[E, N], [E + 5.0, N + 5.0], [E, N]]]),
            "",
        ),
        (
            "IMPORT_SELF_INTERSECTION",
            wkb_polygon(&bow_tie(0)),
            "uncross cut largest",
        ),
        ("IMPORT_TOO_FEW_POINTS", wkb_polygon(&flat), "tidy"),
        ("IMPORT_RINGS", wkb_polygon(&outside), "cut regroup"),
        ("IMPORT_COORDINATE", wkb_polygon(&far), ""),
        ("IMPORT_COORDINATE", wkb_polygon(&swapped), "as_it_is"),
        (
            "IMPORT_MULTIPART",
            wkb_multi(&[square(0), square(2)]),
            "split largest",
        ),
        ("SHP_TRUNCATED", none(), ""),
        ("SHP_RECORD_LOST", none(), ""),
        ("SHP_RECORD_LENGTH", none(), ""),
        ("SHP_SHAPE_TYPE", none(), ""),
        ("SHP_RECORD_COUNTS", none(), ""),
        ("SHP_RECORD_PARTS", none(), ""),
        ("SHP_RECORD_RINGS", wkb_polygon(&square(0)), "as_it_is"),
        ("SHP_RECORD_COORDINATE", wkb_polygon(&nan), "as_it_is"),
        ("SOURCE_GEOMETRY", wkb_polygon(&square(0))[..20].to_vec(), ""),
        ("SOURCE_COORDINATE", wkb_polygon(&nan), "as_it_is"),
        ("SOURCE_SHAPE_TYPE", wkb_line(&line[..4]), "close"),
        ("POINT_LINE_SHORT", none(), ""),
        ("POINT_LINE_NUMBER", none(), ""),
        ("POINT_LINE_RANGE", none(), ""),
    ]
}

#[test]
fn the_table_has_every_reason_there_is() {
    let mut known: Vec<&str> = import_messages::MESSAGES
        .iter()
        .filter(|m| ["Bản ghi bị cách ly", "Dòng không phải điểm đo"].contains(&m.title.vi))
        .map(|m| m.code)
        .collect();
    known.sort_unstable();
    let mut tested: Vec<&str> = reasons().iter().map(|r| r.0).collect();
    tested.sort_unstable();
    tested.dedup();
    assert_eq!(known, tested);
}

#[test]
fn every_reason_is_listed_repaired_placed_set_aside_and_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let drawn = Polygon {
        rings: vec![vec![
            Pt::new(603_500_000, 1_191_500_000),
            Pt::new(603_510_000, 1_191_500_000),
            Pt::new(603_510_000, 1_191_512_000),
        ]],
    };
    for (i, (code, wkb, methods)) in reasons().into_iter().enumerate() {
        let mut p = create(dir.path(), &format!("{i}.gpkg"));
        p.import(&refused(code, wkb), &act(), &Progress::none()).unwrap();
        let records = list(&p);
        assert_eq!(records.len(), 1, "{code}");
        let r = &records[0];
        assert_eq!((r.code.as_str(), &r.state), (code, &RecordState::Waiting));
        let name: RecordRef = "xa.shp#1".parse().unwrap();
        let detail = p.quarantined_record(&name).unwrap();
        let repairs = p.repairs(&detail);
        let found: Vec<&str> = repairs.iter().map(|r| r.method.name()).collect();
        assert_eq!(found.join(" "), methods, "{code}");
        let before = dump(&p, false);
        // By each of its repairs, and by drawing.
        let mut ways: Vec<Vec<Polygon>> = repairs.into_iter().map(|r| r.polygons).collect();
        ways.push(vec![drawn.clone()]);
        for polygons in ways {
            let edit = Edit::PlaceRecord(PlaceRecord::with(name.clone(), &polygons));
            if r.is_point() {
                let refused = p.apply(&edit, &act()).unwrap_err();
                assert_eq!(refused.failure.code(), "RECORD_IS_POINT");
                continue;
            }
            let done = p.apply(&edit, &act()).unwrap();
            assert_eq!(done.created.len(), polygons.len(), "{code}");
            assert_placed(&p, &polygons);
            let again = p.apply(&edit, &act()).unwrap_err();
            assert_eq!(again.failure.code(), "RECORD_DECIDED");
            let placed = dump(&p, false);
            p.undo(Undo::Last, &act()).unwrap();
            assert_eq!(dump(&p, false), before, "{code}: undo");
            p.redo(&act()).unwrap();
            assert_eq!(dump(&p, false), placed, "{code}: redo");
            p.undo(Undo::Last, &act()).unwrap();
            assert_eq!(dump(&p, false), before, "{code}: undo again");
        }
        let aside = Edit::SetRecordAside {
            record: name.clone(),
            reason: "  trùng với thửa 45 ".into(),
        };
        p.apply(&aside, &act()).unwrap();
        assert!(
            matches!(&list(&p)[0].state, RecordState::Aside { reason, .. } if reason == "trùng với thửa 45")
        );
        p.undo(Undo::Last, &act()).unwrap();
        assert_eq!(dump(&p, false), before, "{code}: aside undone");
        p.apply(&aside, &act()).unwrap();
        p.apply(&Edit::TakeRecordBack { record: name.clone() }, &act())
            .unwrap();
        assert_eq!(list(&p)[0].state, RecordState::Waiting);
        let refused = p
            .apply(&Edit::TakeRecordBack { record: name }, &act())
            .unwrap_err();
        assert_eq!(refused.failure.code(), "RECORD_NOT_ASIDE");
    }
}

/// The parcel is what the import would have made of the record.
fn assert_placed(p: &Project, polygons: &[Polygon]) {
    let RecordState::Placed {
        reference,
        parcel: uid,
        ..
    } = &list(p)[0].state
    else {
        panic!("not placed");
    };
    assert_eq!(reference, "25747/12/45");
    let fid = p.resolve(&ParcelRef::Uid(*uid)).unwrap();
    for polygon in polygons {
        let same = |q: &&Parcel| q.polygon.area2() == polygon.area2();
        assert!(p.coverage().iter().any(|q| same(&q)));
    }
    let r = p.record(fid).unwrap();
    let says = parcel(1, "45");
    assert_eq!((r.old_sheet, r.address), (says.old_sheet, says.address));
    assert_eq!(
        (r.area_measured, r.area_legal, r.land_use),
        (says.area_measured, says.area_legal, says.land_use)
    );
    let codes: Vec<&str> = r.land_uses.iter().map(|l| l.code.as_str()).collect();
    assert_eq!(codes, ["ONT", "CLN"]);
    assert_eq!(Some(&r.holders[0].name), says.owner.as_ref());
}

// ---------------------------------------------------------------- files

fn feature(geometry: Value, number: &str) -> Value {
    let mut feature = json!({"type": "Feature", "properties": {
        "MAXA": COMMUNE, "SHBANDO": "12", "SHTHUA": number, "KHLOAIDAT": "ONT", "DIENTICH": 100.5,
        "TENCHU": "Trần Thị Thử Nghiệm", "DIACHI": "Thôn Hư Cấu", "GHICHU": format!("ghi chú {number}")}});
    feature["geometry"] = geometry;
    feature
}

fn polygon(rings: &Rings) -> Value {
    json!({"type": "Polygon", "coordinates": rings})
}

fn write(dir: &Path, name: &str, features: &[Value]) -> PathBuf {
    let path = dir.join(name);
    let document = json!({"type": "FeatureCollection", "features": features,
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::9210"}}});
    std::fs::write(&path, document.to_string()).unwrap();
    path
}

/// Imports as the window does; gives what each file became: (records, imported, updated, skipped, quarantined), and how many
/// records of earlier imports were resolved.
fn import(p: &mut Project, path: &Path, duplicates: import::Duplicates) -> ([u64; 5], u64) {
    let inspection = import::inspect(&[path.to_owned()], &Progress::none()).unwrap();
    let options = Options {
        project_epsg: 9210,
        extent: Options::extent_of(p.coverage()),
        crs: Some(9210),
        multipart: Multipart::Quarantine,
        duplicates,
        ..Options::default()
    };
    let plan = Plan::propose(&inspection, &options).unwrap();
    let existing = Existing::of(p.coverage(), p.source_hashes().unwrap());
    let drafted = import::draft(&inspection, &plan, &existing, &Progress::none()).unwrap();
    let done = p.import(&drafted.draft, &act(), &Progress::none()).unwrap();
    let f = &drafted.files[0];
    (
        [f.records, f.imported, f.updated, f.skipped, f.quarantined],
        done.resolved,
    )
}

/// records = imported + updated + skipped + quarantined, read from the file, placed ones counted as quarantined.
fn assert_sums(p: &Project) {
    let conn = rusqlite::Connection::open(p.path()).unwrap();
    let sql = "SELECT f.records, f.skipped, \
        (SELECT count(*) FROM source_record r WHERE r.source_file=f.fid AND r.quarantine IS NOT NULL), \
        (SELECT count(DISTINCT r.record) FROM source_record r WHERE r.source_file=f.fid AND r.quarantine IS NULL \
           AND NOT EXISTS (SELECT 1 FROM source_record q WHERE q.source_file=f.fid AND q.record=r.record AND q.quarantine IS NOT NULL)) \
        FROM source_file f";
    let mut stmt = conn.prepare(sql).unwrap();
    let rows = stmt.query_map([], |r| Ok([r.get::<_, i64>(0)?, r.get(1)?, r.get(2)?, r.get(3)?]));
    for row in rows.unwrap() {
        let [records, skipped, quarantined, imported] = row.unwrap();
        assert_eq!(records, skipped + quarantined + imported);
    }
    let states: Vec<String> = list(p).iter().map(|r| r.state.name().to_owned()).collect();
    let total: i64 = conn
        .query_row(
            "SELECT count(*) FROM source_record WHERE quarantine IS NOT NULL",
            [],
            |r| r.get(0),
        )
        .unwrap();
    assert_eq!(total as usize, states.len());
}

use import::Duplicates::{Skip, Update};

#[test]
fn a_placed_record_is_the_parcel_the_import_would_have_made() {
    let dir = tempfile::tempdir().unwrap();
    let whole = |first| vec![feature(polygon(&first), "1"), feature(polygon(&square(1)), "2")];
    let bad = write(dir.path(), "xa.geojson", &whole(bow_tie(0)));
    let good = write(dir.path(), "good.geojson", &whole(square(0)));
    let mut a = create(dir.path(), "a.gpkg");
    assert_eq!(import(&mut a, &bad, Skip), ([2, 1, 0, 0, 1], 0));
    let name: RecordRef = "xa.geojson#1".parse().unwrap();
    let detail = a.quarantined_record(&name).unwrap();
    let repair = &a.repairs(&detail)[0];
    assert_eq!(repair.method.name(), "uncross");
    a.apply(
        &Edit::PlaceRecord(PlaceRecord::with(name, &repair.polygons)),
        &act(),
    )
    .unwrap();
    assert_sums(&a);
    let mut b = create(dir.path(), "b.gpkg");
    import(&mut b, &good, Skip);
    // The repaired ring begins at another point.
    let turned = |text: String| -> Vec<String> {
        text.lines()
            .map(|l| match l.split_once("geom=((") {
                Some((before, ring)) => {
                    let mut points: Vec<&str> = ring.trim_end_matches("))").split(',').collect();
                    points.sort_unstable();
                    format!("{before}{}", points.join(","))
                }
                None => l.to_owned(),
            })
            .collect()
    };
    assert_eq!(turned(dump(&a, true)), turned(dump(&b, true)));
}

#[test]
fn a_corrected_file_resolves_its_records_in_the_same_operation() {
    let dir = tempfile::tempdir().unwrap();
    let nobody = |geometry| {
        let mut f = feature(geometry, "");
        f["properties"]["KHLOAIDAT"] = "DGT".into();
        f
    };
    let files = |a, b, c, d| {
        vec![
            feature(polygon(&square(9)), "1"),
            feature(a, "2"),
            feature(b, "3"),
            nobody(c),
            feature(d, "5"),
        ]
    };
    let first = write(
        dir.path(),
        "xa.geojson",
        &files(
            polygon(&bow_tie(1)),
            polygon(&bow_tie(2)),
            polygon(&bow_tie(3)),
            polygon(&bow_tie(4)),
        ),
    );
    let mut p = create(dir.path(), "a.gpkg");
    assert_eq!(import(&mut p, &first, Skip), ([5, 1, 0, 0, 4], 0));
    // Somebody drew parcel 5 meanwhile, and set nothing aside.
    let draw = json!({"op": "add_parcel", "commune": COMMUNE, "sheet": 12, "number": 5, "rings": square(4)});
    p.apply(&diachinh::edit::parse(&draw.to_string()).unwrap(), &act())
        .unwrap();
    let before = dump(&p, false);
    // Corrected: 2 and the road; 3 is still bad; 5 is there by now.
    let again = write(
        dir.path(),
        "xa.geojson",
        &files(
            polygon(&square(1)),
            polygon(&bow_tie(2)),
            polygon(&square(3)),
            polygon(&square(4)),
        ),
    );
    assert_eq!(import(&mut p, &again, Skip), ([5, 2, 0, 2, 1], 2));
    let states: Vec<(u64, String)> = list(&p)
        .iter()
        .map(|r| (r.record, r.state.name().to_owned()))
        .collect();
    let state = |n: u64, s: &str| (n, s.to_owned());
    assert_eq!(
        states,
        [
            state(2, "placed"),
            state(3, "replaced"),
            state(4, "placed"),
            state(5, "waiting"),
            state(3, "waiting")
        ]
    );
    assert_sums(&p);
    p.undo(Undo::Last, &act()).unwrap();
    assert_eq!(dump(&p, false), before);
    p.redo(&act()).unwrap();
    assert_eq!(list(&p)[0].state.name(), "placed");
    p.undo(Undo::Last, &act()).unwrap();
    // Updating what is there resolves 5 too.
    assert_eq!(import(&mut p, &again, Update), ([5, 2, 2, 0, 1], 3));
    assert_sums(&p);
}

#[test]
fn a_record_can_be_a_parcel_that_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let mut p = create(dir.path(), "a.gpkg");
    let file = write(
        dir.path(),
        "xa.geojson",
        &[feature(Value::Null, "7"), feature(polygon(&square(0)), "")],
    );
    assert_eq!(import(&mut p, &file, Skip).0, [2, 1, 0, 0, 1]);
    let there = p.coverage().iter().next().unwrap().uid;
    let before = dump(&p, false);
    let line = json!({"op": "place_record", "record": "xa.geojson#1", "parcel": there.to_string()});
    let done = p
        .apply(&diachinh::edit::parse(&line.to_string()).unwrap(), &act())
        .unwrap();
    assert_eq!((done.created.len(), done.changed.len()), (0, 1));
    let r = p.record(p.coverage().by_uid(there).unwrap().fid).unwrap();
    assert_eq!((r.sheet.as_str(), r.number.as_str()), ("12", "7"));
    assert_eq!(list(&p)[0].state.name(), "placed");
    p.undo(Undo::Last, &act()).unwrap();
    assert_eq!(dump(&p, false), before);
}

#[test]
fn placing_asks_what_an_import_asks() {
    let dir = tempfile::tempdir().unwrap();
    let mut p = create(dir.path(), "a.gpkg");
    let file = write(
        dir.path(),
        "xa.geojson",
        &[feature(Value::Null, "7"), feature(polygon(&square(0)), "8")],
    );
    import(&mut p, &file, Skip);
    let mut apply = |line: Value| {
        let edit = diachinh::edit::parse(&line.to_string()).map_err(|f| f.code())?;
        p.apply(&edit, &act()).map_err(|e| e.failure.code())
    };
    let place = |rings: &Rings| json!({"op": "place_record", "record": "xa.geojson#1", "polygons": [rings]});
    assert_eq!(apply(place(&bow_tie(5))).unwrap_err(), "SHAPE_INVALID");
    assert_eq!(
        apply(json!({"op": "place_record", "record": "xa.geojson#1"})).unwrap_err(),
        "BAD_VALUE"
    );
    assert_eq!(
        apply(json!({"op": "place_record", "record": "xa.geojson", "polygons": []})).unwrap_err(),
        "BAD_VALUE"
    );
    assert_eq!(
        apply(json!({"op": "place_record", "record": "xa.geojson#9", "polygons": [square(5)]})).unwrap_err(),
        "NO_RECORD"
    );
    assert_eq!(
        apply(json!({"op": "set_record_aside", "record": "xa.geojson#1", "reason": " "})).unwrap_err(),
        "REASON_MISSING"
    );
    let mut odd = place(&square(5));
    odd["commune"] = "abc".into();
    assert_eq!(apply(odd).unwrap_err(), "BAD_COMMUNE");
    let mut dossier = place(&square(5));
    dossier["dossier"] = "X".into();
    assert_eq!(apply(dossier).unwrap_err(), "UNKNOWN_KEY");
    // Over a parcel that is there: told, not refused. Corrected by the clerk.
    let mut over = place(&square(0));
    over["fields"] = json!({"number": 9, "land_use": "LUC"});
    let done = apply(over).unwrap();
    assert_eq!(done.parcels[0].reference, "25747/12/9");
    let detail = p.quarantined_record(&"xa.geojson#1".parse().unwrap()).unwrap();
    assert!(!detail.record.is_waiting());
    let shape = p.coverage().by_uid(done.created[0]).unwrap().polygon.clone();
    let said = p.consequences(&detail.record, &[shape]);
    let codes: Vec<&str> = said.iter().map(|f| f.code).collect();
    assert!(
        !codes.is_empty() && codes.iter().all(|c| *c == "DUPLICATE_SHAPE"),
        "{codes:?}"
    );
    // The import cannot go while a later act builds on its record.
    let op = list(&p)[0].import;
    let held = p.undo(Undo::Op(op), &act()).unwrap_err();
    assert_eq!(held.failure.code(), "CHANGED_SINCE");
    p.undo(Undo::Last, &act()).unwrap();
    p.undo(Undo::Op(op), &act()).unwrap();
    assert!(list(&p).is_empty());
}

#[test]
fn in_operation_records_are_decided_but_not_placed() {
    let dir = tempfile::tempdir().unwrap();
    let mut p = create(dir.path(), "a.gpkg");
    let file = write(
        dir.path(),
        "xa.geojson",
        &[feature(Value::Null, "7"), feature(polygon(&square(0)), "8")],
    );
    import(&mut p, &file, Skip);
    p.set_mode(Mode::Operating, &act()).unwrap();
    let line = json!({"op": "place_record", "record": "xa.geojson#1", "polygons": [square(5)]});
    let refused = p
        .apply(&diachinh::edit::parse(&line.to_string()).unwrap(), &act())
        .unwrap_err();
    assert_eq!(refused.failure.code(), "OPERATING");
    let aside = Edit::SetRecordAside {
        record: "xa.geojson#1".parse().unwrap(),
        reason: "lập hồ sơ riêng".into(),
    };
    p.apply(&aside, &act()).unwrap();
    assert_eq!(list(&p)[0].state.name(), "aside");
}

#[test]
fn decisions_pass_through_dump_and_load() {
    let dir = tempfile::tempdir().unwrap();
    let mut p = create(dir.path(), "a.gpkg");
    let file = write(
        dir.path(),
        "xa.geojson",
        &[feature(polygon(&bow_tie(0)), "7"), feature(Value::Null, "8")],
    );
    import(&mut p, &file, Skip);
    let name: RecordRef = "xa.geojson#1".parse().unwrap();
    let repair = p.repairs(&p.quarantined_record(&name).unwrap()).remove(0);
    p.apply(
        &Edit::PlaceRecord(PlaceRecord::with(name, &repair.polygons)),
        &act(),
    )
    .unwrap();
    let text = dump(&p, false);
    let copy = dir.path().join("b.gpkg");
    Project::load(&copy, &text, &act(), &Progress::none()).unwrap();
    let q = Project::open(&copy, &act(), &Progress::none()).unwrap();
    assert_eq!(dump(&q, false), text);
    let states: Vec<&str> = list(&q).iter().map(|r| r.state.name()).collect();
    assert_eq!(states, ["placed", "waiting"]);
    assert_eq!(q.record_attributes(list(&q)[1].id).unwrap().unwrap().number, "8");
    // Nothing personal without being asked.
    let mut out = Vec::new();
    q.dump(DumpOptions::default(), &mut out).unwrap();
    assert!(!String::from_utf8(out).unwrap().contains("Thử Nghiệm"));
}

// ---------------------------------------------------------------- command line

#[test]
fn the_command_lists_shows_exports_and_places() {
    let dir = tempfile::tempdir().unwrap();
    let district = dir.path().join("h.gpkg");
    create(dir.path(), "h.gpkg").close().unwrap();
    let features = [
        feature(polygon(&bow_tie(0)), "1"),
        feature(polygon(&square(1)), "2"),
        feature(Value::Null, "3"),
    ];
    let file = write(dir.path(), "xa.geojson", &features);
    let import = ok(
        diachinh()
            .arg("import")
            .args([&district, &file])
            .args(["--crs", "EPSG:9210"]),
        &[1],
    );
    assert_eq!(
        (
            import["files"][0]["quarantined"].clone(),
            import["resolved"].clone()
        ),
        (json!(2), json!(0))
    );
    let quarantine = |args: &[&str]| {
        let (code, answer, err) = run(diachinh().arg("quarantine").arg(&district).args(args));
        assert!(err.is_empty(), "{err}");
        (code, answer)
    };
    let (code, all) = quarantine(&[]);
    assert_eq!((code, all.as_array().unwrap().len()), (1, 2));
    assert_eq!(
        (
            all[0]["record"].as_str(),
            all[0]["code"].as_str(),
            all[0]["ref"].as_str(),
            all[0]["state"].as_str()
        ),
        (
            Some("xa.geojson#1"),
            Some("IMPORT_SELF_INTERSECTION"),
            Some("25747/12/1"),
            Some("waiting")
        )
    );
    assert_eq!(all[0]["bbox"], json!([E, N, E + 10.0, N + 10.0]));
    assert_eq!(
        quarantine(&["--reason", "IMPORT_NO_GEOMETRY"])
            .1
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(quarantine(&["--file", "other.shp"]), (0, json!([])));
    let (code, one) = quarantine(&["xa.geojson#1"]);
    assert_eq!(code, 0);
    assert_eq!(one["geometry"]["type"], "Polygon");
    assert!(
        one["wkt"]
            .as_str()
            .unwrap()
            .starts_with("POLYGON ((603500 1191500, ")
    );
    assert_eq!(one["faults"][0]["at"], json!([E + 5.0, N + 5.0]));
    assert!(one["columns"].as_array().unwrap().contains(&json!("TENCHU")));
    assert!(one.get("values").is_none() && !one.to_string().contains("Thử Nghiệm"));
    let (_, personal) = quarantine(&["xa.geojson#1", "--personal"]);
    assert_eq!(personal["values"]["TENCHU"], "Trần Thị Thử Nghiệm");
    let by_id = one["id"].to_string();
    assert_eq!(quarantine(&[&by_id]).1["uid"], one["uid"]);
    assert_eq!(quarantine(&["nichts"]).0, 2);

    // Repaired elsewhere: what was written is what the import reads again.
    for (flag, name) in [("--geojson", "out.geojson"), ("--gpkg", "out.gpkg")] {
        let out = dir.path().join(name);
        let path = out.to_str().unwrap();
        quarantine(&[flag, path]);
        let (code, answer) = quarantine(&[flag, path]);
        assert_eq!(
            (code, answer["error"]["code"].as_str()),
            (2, Some("EXPORT_EXISTS"))
        );
        let layers = diachinh::formats::open(&out, None).unwrap();
        assert_eq!(layers[0].records, 2);
        let names: Vec<&str> = layers[0].fields.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["TEP", "BANGHI", "LYDO", "XAID", "SHBANDO", "SHTHUA"]);
    }
    let out = dir.path().join("personal.geojson");
    quarantine(&["--geojson", out.to_str().unwrap(), "--personal"]);
    assert!(std::fs::read_to_string(&out).unwrap().contains("Thử Nghiệm"));

    // The edit that was proposed is a line of a script.
    let script = dir.path().join("s.jsonl");
    std::fs::write(&script, one["repairs"][0]["edit"].to_string()).unwrap();
    let done = ok(
        diachinh().arg("edit").arg(&district).arg("--script").arg(&script),
        &[0],
    );
    assert_eq!(done["created"].as_array().unwrap().len(), 1);
    std::fs::write(
        &script,
        json!({"op": "set_record_aside", "record": "xa.geojson#3", "reason": "không có ranh"}).to_string(),
    )
    .unwrap();
    ok(
        diachinh().arg("edit").arg(&district).arg("--script").arg(&script),
        &[0],
    );
    let (code, all) = quarantine(&[]);
    assert_eq!(code, 0);
    assert_eq!(
        (all[0]["parcel"]["ref"].as_str(), all[1]["aside"].as_str()),
        (Some("25747/12/1"), Some("không có ranh"))
    );
    let log = ok(diachinh().arg("log").arg(&district), &[0]);
    assert!(!log.to_string().contains("Thử Nghiệm"));
    assert!(log.to_string().contains("place_record"));
}
