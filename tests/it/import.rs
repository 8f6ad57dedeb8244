//! Files → draft: encodings, mapping, geometry, quarantine, re-import, coordinate systems, on files
//! made for the test. People and places are invented.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diachinh::crs;
use diachinh::domain::{Draft, DraftAction, DraftParcel, DraftPiece, Failure, Parcel, Severity, Uid};
use diachinh::formats::shp::{DbfField, DbfValue, ShpWriter};
use diachinh::import::{
    self, Drafted, Duplicates, Existing, Field, FileReport, Inspection, Multipart, Options, Plan,
};
use diachinh::job::Progress;
use diachinh::text::doctor::Source;
use diachinh::text::encoding::{Encoding, encode};
use diachinh::topology::Coverage;
use diachinh::validate::import_messages;
use proptest::prelude::*;

/// Zone of the tests: VN-2000 105°45′, TP.HCM.
const EPSG: u32 = 9210;
const E: f64 = 603_500.0;
const N: f64 = 1_191_500.0;

type Rings = Vec<Vec<[f64; 2]>>;

/// A shapefile under construction with gCadas columns.
struct File {
    folder: tempfile::TempDir,
    name: &'static str,
    encoding: Encoding,
    cpg: Option<&'static str>,
    prj: Option<String>,
    ldid: u8,
    records: Vec<(Rings, Vec<DbfValue>)>,
}

const PEOPLE: [(&str, &str); 8] = [
    ("Nguyễn Văn Mẫu", "Thôn Tưởng Tượng, xã Bịa"),
    ("Trần Thị Thử Nghiệm", "Số 12, đường Không Có Thật"),
    ("Lê Hoàng Giả Định", "Thôn Hư Cấu"),
    ("Hộ ông Phạm Đức Ví Dụ", "Khu phố Bịa Đặt"),
    ("Đặng Ngọc Tưởng", "Tổ 5, ấp Tưởng Tượng"),
    ("Bà Huỳnh Thị Quỳnh", "Hẻm 7, đường Giả Định"),
    ("Vũ Mạnh Khuê", "Xóm Thử Nghiệm"),
    ("Bùi Thị Nghĩa", "Khu Ví Dụ"),
];

/// Square `i` of a row of 10 m squares that share sides, clockwise as shapefiles want.
fn square(i: usize) -> Rings {
    let e = E + 10.0 * i as f64;
    vec![vec![
        [e, N],
        [e, N + 10.0],
        [e + 10.0, N + 10.0],
        [e + 10.0, N],
        [e, N],
    ]]
}

impl File {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            name: "DC_25747.shp",
            encoding: Encoding::Utf8,
            cpg: None,
            prj: crs::wkt_prj(EPSG),
            ldid: 0,
            records: Vec::new(),
        }
    }

    fn of_people(encoding: Encoding) -> Self {
        let mut file = Self {
            encoding,
            ..Self::new()
        };
        for (i, (name, address)) in PEOPLE.iter().enumerate() {
            file.add(square(i), i + 1, name, address);
        }
        file
    }

    fn add(&mut self, rings: Rings, number: usize, name: &str, address: &str) {
        let text = |s: &str| DbfValue::Bytes(encode(s, self.encoding).unwrap());
        let values = vec![
            DbfValue::Bytes(b"25747".to_vec()),
            DbfValue::Int(12),
            DbfValue::Real(number as f64),
            DbfValue::Real(100.0),
            DbfValue::Bytes(b"ODT".to_vec()),
            text(name),
            text(address),
            DbfValue::Bytes(format!("G{number}").into_bytes()),
        ];
        self.records.push((rings, values));
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join(self.name)
    }

    fn write(&self) -> PathBuf {
        let fields = [
            DbfField::text("XAID", 10),
            DbfField::number("SHBANDO", 6, 0),
            DbfField::number("SHTHUA", 10, 1),
            DbfField::number("DIENTICH", 12, 2),
            DbfField::text("KHLOAIDAT", 10),
            DbfField::text("TENCHU", if self.encoding == Encoding::Utf8 { 50 } else { 150 }),
            DbfField::text("DIACHI", 200),
            DbfField::text("GHICHU", 20),
        ];
        let mut writer = ShpWriter::create(&self.path(), &fields, self.ldid).unwrap();
        for (rings, values) in &self.records {
            writer.push(rings, values).unwrap();
        }
        if let Some(cpg) = self.cpg {
            writer.sidecar("cpg", cpg.as_bytes()).unwrap();
        }
        if let Some(prj) = &self.prj {
            writer.sidecar("prj", prj.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        self.path()
    }
}

fn options() -> Options {
    Options {
        project_epsg: EPSG,
        ..Options::default()
    }
}

fn inspect(path: &Path) -> Inspection {
    import::inspect(&[path.to_owned()], &Progress::none()).unwrap()
}

fn run_with(path: &Path, options: &Options, existing: &Existing) -> Result<Drafted, Failure> {
    let inspection = inspect(path);
    let plan = Plan::propose(&inspection, options)?;
    import::draft(&inspection, &plan, existing, &Progress::none())
}

fn run(path: &Path) -> Drafted {
    run_with(path, &options(), &Existing::default()).unwrap()
}

fn codes(d: &Drafted) -> Vec<&'static str> {
    d.draft.findings.iter().map(|f| f.code).collect()
}

fn sums(r: &FileReport) -> [u64; 5] {
    [r.records, r.imported, r.updated, r.skipped, r.quarantined]
}

fn existing_of(d: &Drafted, sources: bool) -> Existing {
    let parcel = |(p, fid): (&DraftParcel, i64)| Parcel {
        fid,
        uid: Uid::fresh(),
        commune: Arc::from(p.commune.as_str()),
        sheet: Arc::from(p.sheet.as_str()),
        number: Arc::from(p.number.as_str()),
        land_use: Arc::from(""),
        area_measured: None,
        area_legal: None,
        is_parcel: p.is_parcel,
        bbox: p.polygon.bbox(),
        polygon: p.polygon.clone(),
    };
    let coverage = Coverage::build(d.draft.parcels.iter().zip(1..).map(parcel).collect());
    let hashes = d.draft.files.iter().map(|f| f.sha256.clone()).filter(|_| sources);
    Existing::of(&coverage, hashes)
}

#[test]
fn every_encoding_gives_the_same_draft() {
    let expected = run(&File::of_people(Encoding::Utf8).write());
    for (parcel, (name, address)) in expected.draft.parcels.iter().zip(PEOPLE) {
        assert_eq!(
            (parcel.owner.as_deref(), parcel.address.as_deref()),
            (Some(name), Some(address))
        );
    }
    for encoding in [
        Encoding::Utf8Nfd,
        Encoding::Utf8Double,
        Encoding::Tcvn3,
        Encoding::Vni,
        Encoding::Viscii,
        Encoding::Cp1258,
        Encoding::Tcvn3InUtf8,
        Encoding::VniInUtf8,
    ] {
        let got = run(&File::of_people(encoding).write());
        let column = &got.files[0].encoding["TENCHU"];
        assert_eq!((column.name, column.source), (encoding.name(), "scored"));
        assert!(column.score > 0.8, "{encoding} {}", column.score);
        for (a, b) in expected.draft.parcels.iter().zip(&got.draft.parcels) {
            assert_eq!(
                (&a.owner, &a.address, &a.extra),
                (&b.owner, &b.address, &b.extra),
                "{encoding}"
            );
        }
    }
}

#[test]
fn the_cpg_is_believed_when_it_reads_well_and_contradicted_when_not() {
    let right = run(&File {
        cpg: Some("UTF-8"),
        ..File::of_people(Encoding::Utf8)
    }
    .write());
    assert_eq!(right.files[0].encoding["TENCHU"].source, "cpg");
    let wrong = run(&File {
        cpg: Some("UTF-8"),
        ldid: 0x57,
        ..File::of_people(Encoding::Tcvn3)
    }
    .write());
    assert_eq!(
        (
            wrong.files[0].encoding["TENCHU"].name,
            wrong.files[0].encoding["TENCHU"].source
        ),
        ("TCVN3", "scored")
    );
    assert!(codes(&wrong).contains(&"IMPORT_ENCODING_DECLARED"));
    assert!(!codes(&right).contains(&"IMPORT_ENCODING_DECLARED"));
}

#[test]
fn an_undecided_encoding_refuses_with_the_proposal_unless_forced() {
    let mut file = File {
        encoding: Encoding::Tcvn3,
        ..File::new()
    };
    file.add(square(0), 1, "Hà", "");
    let path = file.write();
    let failure = run_with(&path, &options(), &Existing::default()).unwrap_err();
    assert_eq!(
        (failure.code(), failure.at_field()),
        ("ENCODING_UNDECIDED", Some("TENCHU"))
    );
    assert!(failure.remedy_text().unwrap().vi.contains("TCVN3"));
    let forced = Options {
        encoding: Some(Encoding::Tcvn3),
        ..options()
    };
    let drafted = run_with(&path, &forced, &Existing::default()).unwrap();
    assert_eq!(drafted.draft.parcels[0].owner.as_deref(), Some("Hà"));
    assert_eq!(drafted.files[0].encoding["TENCHU"].source, "forced");
}

#[test]
fn a_name_cut_in_a_character_is_kept_and_flagged() {
    let mut file = File::of_people(Encoding::Utf8);
    let long = "Bà Nguyễn Thị Mẫu và chồng là ông Thử Nghiệm";
    let cut = long.as_bytes()[..50].to_vec();
    assert!(
        std::str::from_utf8(&cut).is_err(),
        "the test wants a cut within a character"
    );
    file.records[3].1[5] = DbfValue::Bytes(cut);
    let d = run(&file.write());
    let f = d
        .draft
        .findings
        .iter()
        .find(|f| f.code == "IMPORT_TEXT_TRUNCATED")
        .unwrap();
    let source = f.source.as_ref().unwrap();
    assert_eq!(
        (source.record, source.field.as_deref()),
        (Some(4), Some("TENCHU"))
    );
    let owner = d.draft.parcels[3].owner.as_deref().unwrap();
    assert!(owner.len() >= 47 && long.starts_with(owner));
    assert!(codes(&d).contains(&"IMPORT_TEXT_FULL"));
}

#[test]
fn columns_are_mapped_cleaned_and_the_rest_kept() {
    let d = run(&File::of_people(Encoding::Utf8).write());
    let p = &d.draft.parcels[2];
    assert_eq!(
        (p.commune.as_str(), p.sheet.as_str(), p.number.as_str()),
        ("25747", "12", "3")
    );
    assert_eq!(
        (p.area_measured, p.land_use.as_deref(), p.is_parcel),
        (Some(100.0), Some("ODT"), true)
    );
    assert_eq!(p.extra.json(), Some(r#"[["GHICHU","G3"]]"#));
    assert_eq!(d.files[0].mapping[&Field::Owner], "TENCHU");

    let chosen = Options {
        map: vec![(Field::OldNumber, "ghichu".into())],
        ..options()
    };
    let d = run_with(
        &File::of_people(Encoding::Utf8).write(),
        &chosen,
        &Existing::default(),
    )
    .unwrap();
    assert_eq!(
        (
            d.draft.parcels[2].old_number.as_deref(),
            d.draft.parcels[2].extra.pairs().len()
        ),
        (Some("G3"), 0)
    );

    let missing = Options {
        map: vec![(Field::Owner, "KHONGCO".into())],
        ..options()
    };
    let file = File::of_people(Encoding::Utf8);
    assert_eq!(
        Plan::propose(&inspect(&file.write()), &missing)
            .unwrap_err()
            .code(),
        "NO_SUCH_COLUMN"
    );
}

#[test]
fn the_commune_comes_from_the_column_then_the_option_then_the_name() {
    let mut file = File::of_people(Encoding::Utf8);
    file.records[0].1[0] = DbfValue::Bytes(b"7954".to_vec());
    file.records[1].1[0] = DbfValue::Null;
    file.records[2].1[0] = DbfValue::Bytes("xã Bịa".as_bytes().to_vec());
    let path = file.write();
    let d = run(&path);
    let communes: Vec<&str> = d.draft.parcels.iter().map(|p| p.commune.as_str()).collect();
    assert_eq!(communes[..4], ["07954", "25747", "25747", "25747"]);
    assert!(
        d.draft.parcels[2]
            .extra
            .pairs()
            .contains(&("XAID".into(), "xã Bịa".into()))
    );
    assert!(codes(&d).contains(&"IMPORT_COMMUNE_DIFFERS"));

    let d = run_with(
        &path,
        &Options {
            commune: Some("25750".into()),
            ..options()
        },
        &Existing::default(),
    )
    .unwrap();
    assert_eq!(d.draft.parcels[1].commune, "25750");

    let bad = Options {
        commune: Some("abc".into()),
        ..options()
    };
    assert_eq!(
        run_with(&path, &bad, &Existing::default()).unwrap_err().code(),
        "BAD_COMMUNE"
    );

    let nameless = File {
        name: "thua.shp",
        ..File::of_people(Encoding::Utf8)
    };
    let unmapped = Options {
        map: vec![(Field::Commune, String::new())],
        ..options()
    };
    let failure = run_with(&nameless.write(), &unmapped, &Existing::default()).unwrap_err();
    assert_eq!(failure.code(), "COMMUNE_UNDECIDED");
}

#[test]
fn bad_records_are_quarantined_with_their_original_and_stop_nothing() {
    let mut file = File::of_people(Encoding::Utf8);
    let bow_tie = vec![vec![
        [E, N],
        [E + 9.0, N + 9.0],
        [E + 9.0, N],
        [E, N + 8.0],
        [E, N],
    ]];
    let nan = vec![vec![[E, N], [f64::NAN, N], [E + 1.0, N + 1.0], [E, N]]];
    let flat = vec![vec![[E, N], [E + 5.0, N], [E, N]]];
    file.add(bow_tie, 20, "", "");
    file.add(nan, 21, "", "");
    file.add(flat, 22, "", "");
    file.add(Vec::new(), 23, "", "");
    file.add(square(9), 24, "", "");
    let d = run(&file.write());
    assert_eq!(sums(&d.files[0]), [13, 9, 0, 0, 4]);
    let q: Vec<(u64, &str, bool)> = d
        .draft
        .quarantined
        .iter()
        .map(|q| (q.record, q.code, q.wkb.is_empty()))
        .collect();
    assert_eq!(
        q,
        [
            (9, "IMPORT_SELF_INTERSECTION", false),
            (10, "SHP_RECORD_COORDINATE", false),
            (11, "IMPORT_TOO_FEW_POINTS", false),
            (12, "IMPORT_NO_GEOMETRY", true)
        ]
    );
    assert!(
        d.draft.quarantined[0]
            .attributes
            .contains(&("SHTHUA".into(), "20".into()))
    );
    for (record, code, _) in q {
        let finding = d.draft.findings.iter().find(|f| f.code == code).unwrap();
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(finding.source.as_ref().unwrap().record, Some(record));
    }
    let crossing = d
        .draft
        .findings
        .iter()
        .find(|f| f.code == "IMPORT_SELF_INTERSECTION")
        .unwrap();
    assert!(
        crossing.at.is_some_and(|p| (p.e - 603_504_235).abs() < 1000),
        "{:?}",
        crossing.at
    );
    assert_eq!(d.draft.parcels.last().unwrap().number, "24");
}

#[test]
fn holes_stay_holes_however_the_rings_run() {
    let outer = vec![[E, N], [E + 20.0, N], [E + 20.0, N + 20.0], [E, N + 20.0], [E, N]];
    let hole = vec![
        [E + 5.0, N + 5.0],
        [E + 9.0, N + 5.0],
        [E + 9.0, N + 9.0],
        [E + 5.0, N + 5.0],
    ];
    let reversed = |r: &Vec<[f64; 2]>| r.iter().rev().copied().collect::<Vec<_>>();
    let mut areas = Vec::new();
    for rings in [
        vec![outer.clone(), hole.clone()],
        vec![hole.clone(), outer.clone()],
        vec![reversed(&outer), hole.clone()],
        vec![outer.clone(), reversed(&hole)],
    ] {
        let mut file = File::new();
        file.add(rings, 1, "", "");
        let d = run(&file.write());
        assert_eq!(d.draft.parcels.len(), 1);
        areas.push((
            d.draft.parcels[0].polygon.rings.len(),
            d.draft.parcels[0].polygon.area2(),
        ));
    }
    assert!(
        areas.iter().all(|a| *a == (2, 2 * (400_000_000 - 8_000_000))),
        "{areas:?}"
    );
}

#[test]
fn multipart_records_are_split_or_quarantined() {
    let mut file = File::of_people(Encoding::Utf8);
    let two = [square(20), square(30)].concat();
    file.add(two, 50, "Hồ Văn Đôi", "");
    let path = file.write();
    let d = run(&path);
    assert_eq!(sums(&d.files[0]), [9, 9, 0, 0, 0]);
    let parts: Vec<&DraftParcel> = d.draft.parcels.iter().filter(|p| p.number == "50").collect();
    assert_eq!(parts.len(), 2);
    assert!(parts[0].uid != parts[1].uid && parts.iter().all(|p| p.owner.as_deref() == Some("Hồ Văn Đôi")));
    assert!(codes(&d).contains(&"IMPORT_MULTIPART_SPLIT"));

    let quarantine = Options {
        multipart: Multipart::Quarantine,
        ..options()
    };
    let d = run_with(&path, &quarantine, &Existing::default()).unwrap();
    assert_eq!(sums(&d.files[0]), [9, 8, 0, 0, 1]);
    assert_eq!(d.draft.quarantined[0].code, "IMPORT_MULTIPART");
}

#[test]
fn rounding_closing_and_duplicates_are_reported() {
    let mut file = File::new();
    let e = E + 0.0004;
    file.add(
        vec![vec![
            [e, N],
            [e, N + 10.0],
            [e, N + 10.0],
            [E + 10.0, N + 10.0],
            [E + 10.0, N],
            [e, N],
        ]],
        1,
        "",
        "",
    );
    let d = run(&file.write());
    assert_eq!(
        (d.files[0].max_shift_mm, d.files[0].removed_duplicate_points),
        (0.4, 1)
    );
    assert_eq!(d.draft.parcels[0].polygon.point_count(), 4);
}

#[test]
fn near_points_are_reported_and_moved_only_by_choice() {
    let mut file = File::of_people(Encoding::Utf8);
    file.records[1].0[0][0][0] += 0.003;
    file.records[1].0[0][4][0] += 0.003;
    let path = file.write();
    let d = run(&path);
    let near = d
        .draft
        .findings
        .iter()
        .find(|f| f.code == "IMPORT_NEAR_POINTS")
        .unwrap();
    assert_eq!((near.amount, near.value("largest_mm")), (Some(1.0), "3.0"));
    let corner = |d: &Drafted| d.draft.parcels[1].polygon.points().map(|p| p.e).min().unwrap();
    assert_eq!(corner(&d), 603_510_000);
    assert!(d.draft.parcels[1].polygon.points().any(|p| p.e == 603_510_003));

    let snapped = run_with(
        &path,
        &Options {
            snap_mm: 5,
            ..options()
        },
        &Existing::default(),
    )
    .unwrap();
    assert!(codes(&snapped).contains(&"IMPORT_SNAPPED"));
    assert!(
        !snapped
            .draft
            .parcels
            .iter()
            .flat_map(|p| p.polygon.points())
            .any(|p| p.e == 603_510_003)
    );
    let tight = run_with(
        &path,
        &Options {
            snap_mm: 2,
            ..options()
        },
        &Existing::default(),
    )
    .unwrap();
    assert!(!codes(&tight).contains(&"IMPORT_SNAPPED"));
    assert_ne!(snapped.draft.hash, d.draft.hash);
}

#[test]
fn a_file_imported_before_is_recognised() {
    let file = File::of_people(Encoding::Utf8);
    let path = file.write();
    let first = run(&path);
    let again = existing_of(&first, true);
    let d = run_with(&path, &options(), &again).unwrap();
    assert_eq!(sums(&d.files[0]), [8, 0, 0, 8, 0]);
    assert!(d.draft.parcels.is_empty() && codes(&d).contains(&"IMPORT_FILE_AGAIN"));

    let keep = Options {
        duplicates: Duplicates::Keep,
        ..options()
    };
    assert_eq!(
        sums(&run_with(&path, &keep, &again).unwrap().files[0]),
        [8, 8, 0, 0, 0]
    );
    let update = Options {
        duplicates: Duplicates::Update,
        ..options()
    };
    let d = run_with(&path, &update, &again).unwrap();
    assert_eq!(sums(&d.files[0]), [8, 0, 8, 0, 0]);
    assert!(
        d.draft
            .parcels
            .iter()
            .zip(1..)
            .all(|(p, fid)| p.action == DraftAction::Update(fid))
    );
}

#[test]
fn known_parcels_in_another_file_are_recognised_by_their_number() {
    let first = run(&File::of_people(Encoding::Utf8).write());
    let known = existing_of(&first, false);
    let mut file = File::of_people(Encoding::Tcvn3);
    file.add(square(12), 99, "Lý Thị Mới", "");
    file.add(square(13), 1, "Lý Thị Trùng", "");
    let path = file.write();
    let d = run_with(&path, &options(), &known).unwrap();
    assert_eq!(sums(&d.files[0]), [10, 1, 0, 9, 0]);
    assert_eq!(d.draft.parcels[0].number, "99");
    let update = Options {
        duplicates: Duplicates::Update,
        ..options()
    };
    // The second record of number 1 must not overwrite the first.
    assert_eq!(
        sums(&run_with(&path, &update, &known).unwrap().files[0]),
        [10, 2, 8, 0, 0]
    );
}

#[test]
fn roads_without_a_number_are_recognised_by_their_shape() {
    let mut file = File::new();
    file.add(square(0), 1, "", "");
    file.records[0].1[2] = DbfValue::Null;
    file.records[0].1[4] = DbfValue::Bytes(b"DGT".to_vec());
    let path = file.write();
    let first = run(&path);
    assert!(!first.draft.parcels[0].is_parcel);
    let d = run_with(&path, &options(), &existing_of(&first, false)).unwrap();
    assert_eq!(sums(&d.files[0]), [1, 0, 0, 1, 0]);
}

#[test]
fn the_same_files_give_the_same_fingerprint() {
    let file = File::of_people(Encoding::Vni);
    let path = file.write();
    let (a, b) = (run(&path), run(&path));
    assert_eq!(a.draft.hash, b.draft.hash);
    assert_eq!(a.draft.hash, a.draft.content_hash());
    let mut changed = b.draft;
    changed.parcels[0].polygon.rings[0][0].e += 1;
    assert_ne!(a.draft.hash, changed.content_hash());
}

#[test]
fn a_draft_in_pieces_is_the_same_draft() {
    let dir = tempfile::tempdir().unwrap();
    let sample = diachinh::sample::Options {
        dir: dir.path().into(),
        parcels: 9500,
        seed: 3,
        dirty: Some(0.02),
    };
    let written = diachinh::sample::generate(&sample, &Progress::none()).unwrap();
    let shapes: Vec<_> = written
        .files
        .into_iter()
        .filter(|f| f.extension().is_some_and(|e| e == "shp"))
        .collect();
    let inspection = import::inspect(&shapes, &Progress::none()).unwrap();
    for snap_mm in [0, 3] {
        let options = Options {
            crs: Some(EPSG),
            snap_mm,
            ..options()
        };
        let plan = Plan::propose(&inspection, &options).unwrap();
        let none = Existing::default();
        let whole = import::draft(&inspection, &plan, &none, &Progress::none()).unwrap();
        let (mut parcels, mut rest, mut pieces) = (Vec::new(), Draft::default(), 0);
        let told = import::stream(&inspection, &plan, &none, &Progress::none(), &mut |piece| {
            pieces += 1;
            match piece {
                DraftPiece::Parcels(more) => parcels.extend(more),
                DraftPiece::Rest(last) => rest = last,
            }
            Ok(())
        })
        .unwrap();
        assert!(snap_mm > 0 || pieces > 2, "{pieces} pieces");
        assert_eq!(told.files, whole.files);
        assert_eq!(told.draft.findings, whole.draft.findings);
        assert!(!rest.quarantined.is_empty() && told.draft.parcels.is_empty());
        rest.parcels = parcels;
        assert_eq!(
            (rest.hash, rest.content_hash()),
            (whole.draft.hash, whole.draft.hash)
        );
    }
    let plan = Plan::propose(
        &inspection,
        &Options {
            crs: Some(EPSG),
            ..options()
        },
    )
    .unwrap();
    let full = || Failure::new("DISK_FULL", diachinh::text::Text::new("đầy", "full"));
    let refused = import::stream(
        &inspection,
        &plan,
        &Existing::default(),
        &Progress::none(),
        &mut |_| Err(full()),
    );
    assert_eq!(refused.unwrap_err().code(), "DISK_FULL");
}

#[test]
fn the_report_has_exactly_the_keys_of_the_contract() {
    let d = run(&File::of_people(Encoding::Tcvn3).write());
    let json = serde_json::to_value(&d.files[0]).unwrap();
    let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys.join(" "),
        "file layer sha256 records imported updated skipped quarantined encoding crs max_shift_mm \
         removed_duplicate_points mapping"
    );
    assert_eq!(json["mapping"]["so_to"], "SHBANDO");
    assert_eq!(json["encoding"]["TENCHU"]["source"], "scored");
    assert_eq!(json["crs"]["used"], "EPSG:9210");
    assert_eq!(json["file"], "DC_25747.shp");
}

#[test]
fn the_preview_follows_the_choice_of_encoding() {
    let file = File::of_people(Encoding::Vni);
    let inspection = inspect(&file.write());
    let mut plan = Plan::propose(&inspection, &options()).unwrap();
    let layer = &inspection.layers[0];
    assert_eq!(layer.preview(&plan.layers[0])[0].1[5], "Nguyễn Văn Mẫu");
    for column in &mut plan.layers[0].columns {
        (column.encoding, column.source) = (Encoding::Cp1252, Source::Forced);
    }
    assert_eq!(layer.preview(&plan.layers[0])[0].1[5], "Nguyeãn Vaên Maãu");
    assert_eq!(
        layer.columns[5].worst[0].readings.len(),
        layer.columns[5].candidates.len()
    );
}

#[test]
fn every_finding_of_an_import_has_its_sentence() {
    let mut file = File::of_people(Encoding::Utf8);
    file.add(Vec::new(), 30, "", "");
    file.add([square(40), square(50)].concat(), 31, "", "");
    file.records[0].1[3] = DbfValue::Null;
    file.records[2].1[3] = DbfValue::Bytes(b"#REF!".to_vec());
    let d = run(&file.write());
    assert!(codes(&d).contains(&"IMPORT_NUMBER_UNREADABLE"));
    for f in &d.draft.findings {
        let m = import_messages::message(f).unwrap_or_else(|| panic!("no sentence for {}", f.code));
        assert!(
            !m.vi.contains('{') && !m.en.contains('{') && m.vi.len() > 20,
            "{}",
            m.en
        );
    }
}

#[test]
fn cancelling_gives_nothing() {
    let file = File::of_people(Encoding::Utf8);
    let inspection = inspect(&file.write());
    let plan = Plan::propose(&inspection, &options()).unwrap();
    let progress = Progress::none();
    progress.cancel();
    let failure = import::draft(&inspection, &plan, &Existing::default(), &progress).unwrap_err();
    assert_eq!(failure.code(), "CANCELLED");
}

/// Records of all kinds, good and bad.
fn any_record() -> impl Strategy<Value = (u8, usize)> {
    (0u8..7, 1usize..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn every_record_is_accounted_for(
        records in prop::collection::vec(any_record(), 1..30),
        mode in 0..3usize,
        split: bool,
    ) {
        let first = run(&File::of_people(Encoding::Utf8).write());
        let mut file = File::new();
        for (i, (kind, number)) in records.iter().enumerate() {
            let rings = match kind {
                0 => Vec::new(),
                1 => vec![vec![[E, N], [E + 9.0, N + 9.0], [E + 9.0, N], [E, N + 8.0], [E, N]]],
                2 => [square(2 * i), square(2 * i + 200)].concat(),
                3 => vec![vec![[f64::INFINITY, N], [E, N], [E, E], [E, N]]],
                _ => square(i),
            };
            file.add(rings, *number, "", "");
        }
        let duplicates = [Duplicates::Skip, Duplicates::Update, Duplicates::Keep][mode];
        let multipart = if split { Multipart::Split } else { Multipart::Quarantine };
        let options = Options { duplicates, multipart, ..options() };
        let d = run_with(&file.write(), &options, &existing_of(&first, false)).unwrap();
        let [total, imported, updated, skipped, quarantined] = sums(&d.files[0]);
        prop_assert_eq!(total, records.len() as u64);
        prop_assert_eq!(total, imported + updated + skipped + quarantined);
        prop_assert_eq!(quarantined, d.draft.quarantined.len() as u64);
        let distinct: std::collections::BTreeSet<u64> = d.draft.parcels.iter().map(|p| p.record).collect();
        prop_assert_eq!(distinct.len() as u64, imported + updated);
        prop_assert!(d.draft.parcels.windows(2).all(|w| w[0].record <= w[1].record));
    }
}

/// Where the district lies.
fn at_home() -> Options {
    Options {
        extent: Some([E - 2000.0, N - 2000.0, E + 2000.0, N + 2000.0]),
        ..options()
    }
}

/// The eight squares with every point put through `f`.
fn placed(prj: Option<u32>, f: impl Fn([f64; 2]) -> [f64; 2]) -> File {
    let mut file = File::of_people(Encoding::Utf8);
    file.prj = prj.and_then(crs::wkt_prj);
    for (rings, _) in &mut file.records {
        rings.iter_mut().flatten().for_each(|p| *p = f(*p));
    }
    file
}

fn undecided(path: &Path, options: &Options) -> Failure {
    let failure = run_with(path, options, &Existing::default()).unwrap_err();
    assert_eq!(failure.code(), "CRS_UNDECIDED");
    assert!(failure.remedy_text().is_some() && !failure.message().vi.is_empty());
    failure
}

/// The verdict of the only file, after checking that it came to lie at home to the millimetre.
fn verdict_at_home(path: &Path, options: &Options) -> (String, String) {
    let d = run_with(path, options, &Existing::default()).unwrap();
    assert_eq!(sums(&d.files[0]), [8, 8, 0, 0, 0]);
    for (i, p) in d.draft.parcels.iter().enumerate() {
        let box_ = p.polygon.bbox();
        let (e, n) = (603_500_000 + 10_000 * i as i64, 1_191_500_000);
        assert!(
            (box_.min.e - e).abs() <= 1 && (box_.min.n - n).abs() <= 1,
            "{i}: {:?}",
            box_.min
        );
    }
    let crs = &d.files[0].crs;
    assert_eq!(codes(&d).contains(&"IMPORT_CRS"), crs.verdict != "MATCH");
    (crs.verdict.clone(), crs.used.clone())
}

fn pair(a: &str, b: &str) -> (String, String) {
    (a.to_owned(), b.to_owned())
}

#[test]
fn a_file_that_declares_the_districts_system_is_taken_as_it_is() {
    let file = placed(Some(EPSG), |p| p);
    assert_eq!(
        verdict_at_home(&file.write(), &options()),
        pair("MATCH", "EPSG:9210")
    );
}

#[test]
fn a_missing_prj_is_asked_for_unless_the_place_decides() {
    let file = placed(None, |p| p);
    let path = file.write();
    let failure = undecided(&path, &options());
    assert!(failure.remedy_text().unwrap().en.contains("--crs EPSG:9210"));
    let chosen = Options {
        crs: Some(EPSG),
        ..options()
    };
    assert_eq!(verdict_at_home(&path, &chosen), pair("MISSING_PRJ", "EPSG:9210"));
    assert_eq!(
        verdict_at_home(&path, &at_home()),
        pair("MISSING_PRJ", "EPSG:9210")
    );
    let unknown = Options {
        crs: Some(3857),
        ..options()
    };
    let failure = run_with(&path, &unknown, &Existing::default()).unwrap_err();
    assert_eq!(failure.code(), "CRS_UNKNOWN");
}

#[test]
fn a_wrong_meridian_is_declared_anew_and_nothing_moves() {
    let file = placed(Some(5897), |p| p);
    assert_eq!(
        verdict_at_home(&file.write(), &at_home()),
        pair("WRONG_MERIDIAN", "EPSG:9210")
    );
}

#[test]
fn another_zone_is_transformed_only_by_choice() {
    let file = placed(Some(5897), |p| crs::transform(EPSG, 5897, p).unwrap());
    let path = file.write();
    let failure = undecided(&path, &at_home());
    assert!(
        failure
            .remedy_text()
            .unwrap()
            .en
            .contains("--crs EPSG:5897 --reproject")
    );
    let allowed = Options {
        reproject: true,
        ..at_home()
    };
    assert_eq!(verdict_at_home(&path, &allowed), pair("OTHER_ZONE", "EPSG:5897"));
}

#[test]
fn swapped_axes_are_put_right_by_choice() {
    let file = placed(Some(EPSG), |[x, y]| [y, x]);
    let path = file.write();
    undecided(&path, &options());
    let chosen = Options {
        crs: Some(EPSG),
        ..options()
    };
    assert_eq!(verdict_at_home(&path, &chosen), pair("SWAPPED_XY", "EPSG:9210"));
}

#[test]
fn degrees_are_transformed_by_choice_and_never_taken_for_metres() {
    let file = placed(None, |p| crs::transform(EPSG, crs::WGS84, p).unwrap());
    let path = file.write();
    undecided(&path, &at_home());
    undecided(
        &path,
        &Options {
            crs: Some(EPSG),
            ..at_home()
        },
    );
    let chosen = Options {
        crs: Some(crs::WGS84),
        reproject: true,
        ..at_home()
    };
    assert_eq!(verdict_at_home(&path, &chosen), pair("MISSING_PRJ", "EPSG:4326"));
}

#[test]
fn files_that_are_sure_place_those_that_are_not() {
    let sure = File::of_people(Encoding::Utf8);
    let unsure = File {
        name: "DC_25750.shp",
        ..placed(None, |p| p)
    };
    let paths = [sure.write(), unsure.write()];
    let inspection = import::inspect(&paths, &Progress::none()).unwrap();
    let plan = Plan::propose(&inspection, &options()).unwrap();
    let d = import::draft(&inspection, &plan, &Existing::default(), &Progress::none()).unwrap();
    assert_eq!(
        (d.files[0].crs.verdict.as_str(), d.files[1].crs.verdict.as_str()),
        ("MATCH", "MISSING_PRJ")
    );
    assert_eq!(d.files[1].crs.used, "EPSG:9210");
}

/// (record, what TENCHU is expected to read) of the marked rows.
fn marked(folder: &Path) -> Vec<(u64, String)> {
    let text = std::fs::read_to_string(folder.join("truth.jsonl")).unwrap();
    let lines = text
        .lines()
        .map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap());
    lines
        .filter(|v| v["file"].as_str().unwrap().starts_with("thua_25756"))
        .filter_map(|v| Some((v["record"].as_u64().unwrap(), v["expected"].as_str()?.to_owned())))
        .collect()
}

/// All attributes of a parcel but the name of its holder.
fn content(p: &DraftParcel) -> impl PartialEq + std::fmt::Debug {
    let areas = (p.area_measured, p.area_legal);
    let place = (
        p.commune.clone(),
        p.sheet.clone(),
        p.number.clone(),
        p.old_number.clone(),
        p.is_parcel,
    );
    (
        place,
        areas,
        p.land_use.clone(),
        p.address.clone(),
        p.user_type.clone(),
        p.extra.pairs(),
    )
}

/// Whether the same points stand in the same order, at most `mm` apart in each axis.
fn same_shape(a: &DraftParcel, b: &DraftParcel, mm: i64) -> bool {
    let counts = |p: &DraftParcel| p.polygon.rings.iter().map(Vec::len).collect::<Vec<_>>();
    let near = |(p, q): (diachinh::domain::Pt, diachinh::domain::Pt)| {
        (p.e - q.e).abs() <= mm && (p.n - q.n).abs() <= mm
    };
    counts(a) == counts(b) && a.polygon.points().zip(b.polygon.points()).all(near)
}

#[test]
fn the_committed_commune_reads_the_same_in_every_form() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    let expected = run(&sample.join("utf8/thua_25756.shp"));
    let own = marked(&sample.join("utf8"));
    for (form, encoding) in [
        ("tcvn3/thua_25756.shp", Some("TCVN3")),
        ("vni/thua_25756.shp", Some("VNI")),
        ("nfd/thua_25756.shp", Some("UTF-8-NFD")),
        ("tab/thua_25756.tab", None),
        ("gpkg/thua_25756.gpkg", None),
    ] {
        let path = sample.join(form);
        let got = run(&path);
        if let Some(encoding) = encoding {
            assert_eq!(got.files[0].encoding["TENCHU"].name, encoding);
        }
        assert_eq!(sums(&got.files[0]), sums(&expected.files[0]), "{form}");
        let marked = marked(path.parent().unwrap());
        for (a, b) in expected.draft.parcels.iter().zip(&got.draft.parcels) {
            assert_eq!(content(a), content(b), "{form} {}", b.record);
            // MapInfo keeps whole steps of a grid of its own: up to 1 mm off.
            let tolerance = i64::from(form.ends_with(".tab"));
            assert!(same_shape(a, b, tolerance), "{form} {}", b.record);
            match marked.iter().find(|(record, _)| *record == b.record) {
                Some((_, name)) => assert_eq!(b.owner.as_ref(), Some(name), "{form} {}", b.record),
                None if own.iter().any(|(record, _)| *record == a.record) => {}
                None => assert_eq!(a.owner, b.owner, "{form} {}", b.record),
            }
        }
    }
}
