//! The dump as text: readable, complete, the same after a round trip; hostile text is told by its line.

use std::path::Path;

use diachinh::domain::*;
use diachinh::job::Progress;
use diachinh::store::{Reader, load};
use proptest::prelude::*;

use crate::bulk::{act, assert_sound, commit, create, text};
use crate::drafts::{draft, seal};

fn load_text(path: &Path, dump: &str) -> Result<(), Failure> {
    load::load(path, dump, &act(), &Progress::none()).map_err(Failure::from)
}

/// Loads `dump` and gives the dump of what came out.
fn round_trip(dump: &str, personal: bool) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    load_text(&path, dump).unwrap();
    assert_eq!(
        std::fs::read_dir(dir.path()).unwrap().count(),
        1,
        "one file, no side files"
    );
    assert_sound(Reader::open(&path).map_err(Failure::from).unwrap().conn());
    text(&path, personal, false)
}

#[test]
fn a_dump_reads_like_the_register() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    let mut draft = draft(2, "a.shp");
    draft.parcels[1].address = Some("dòng 1\nsố \"2\"\u{2028}".into());
    commit(&mut writer, &seal(draft)).unwrap();
    assert_eq!(
        text(&path, true, true),
        r#"diachinh-dump 1 EPSG:9210
commune 25747 code="25747" name="Xã Thử"
land_use_row 25747/1/1#1 parcel=25747/1/1 position=1 code="ONT" list_version="2024"
land_use_row 25747/1/1#2 parcel=25747/1/1 position=2 code="CLN" list_version="2024"
land_use_row 25747/1/2#1 parcel=25747/1/2 position=1 code="LUC" list_version="2024" area=699.9
parcel 25747/1/1 geom=((570000000 1160000000,570030000 1160000000,570030000 1160030000,570000000 1160030000)) commune="25747" sheet="1" number="1" old_sheet="TĐ 12-2019" old_number="0, một phần" area_legal=699.5 land_use="ONT+CLN" address="ấp Bịa Đặt 0" is_parcel=1 status="HIEN_HANH" version=1
parcel 25747/1/2 geom=((570030000 1160000000,570060000 1160000000,570060000 1160030000,570030000 1160030000),(570039000 1160009000,570039000 1160021000,570051000 1160021000,570051000 1160009000)) commune="25747" sheet="1" number="2" area_measured=699.9 land_use="LUC" address="dòng 1\nsố \"2\"\u2028" is_parcel=1 status="HIEN_HANH" version=1
party 25747/1/2 kind="KHONG_RO" name_p="Nguyễn Văn Thử 1" address_p="tổ 9, ấp Không Có" status="HIEN_HANH"
right 25747/1/2#SU_DUNG kind="SU_DUNG" party=25747/1/2 parcel=25747/1/2 status="HIEN_HANH"
sheet 25747/1 commune="25747" number="1"
"#
    );
    let plain = text(&path, false, false);
    assert!(
        !plain.contains("Nguyễn Văn Thử") && !plain.contains("_p="),
        "{plain}"
    );
    let mut uids = plain
        .lines()
        .skip(1)
        .map(|l| l.split(' ').nth(2).unwrap().parse::<Uid>());
    assert!(uids.all(|u| u.is_ok()), "{plain}");
}

#[test]
fn imports_of_the_same_data_compare_equal_without_uids() {
    let dir = tempfile::tempdir().unwrap();
    let dumps: Vec<_> = ["a.shp", "b.tab"]
        .iter()
        .map(|file| {
            let path = dir.path().join(file).with_extension("gpkg");
            commit(&mut create(&path), &draft(500, file)).unwrap();
            text(&path, true, true)
        })
        .collect();
    assert_eq!(dumps[0], dumps[1]);
    assert!(!dumps[0].contains("a.shp"));
}

#[test]
fn loading_a_dump_gives_the_same_dump() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    let first = draft(800, "a.shp");
    let done = commit(&mut writer, &first).unwrap();
    let mut again = draft(30, "b.shp");
    for (i, p) in again.parcels.iter_mut().enumerate() {
        p.action = DraftAction::Update(done.first_fid + i as i64);
        p.number = format!("{}a", p.number);
        p.polygon = first.parcels[i + 1].polygon.clone();
    }
    commit(&mut writer, &seal(again)).unwrap();
    for personal in [true, false] {
        let dump = text(&path, personal, false);
        assert!(dump.contains("\nparcel_version "));
        assert_eq!(round_trip(&dump, personal), dump);
    }
}

#[test]
fn records_may_be_written_by_hand_without_uids() {
    let dump = "diachinh-dump 1 EPSG:9210\n\
        right x party=p1 parcel=25747/1/1\n\
        party p1 kind=\"CA_NHAN\" name_p=\"Lê Thử\"\n\
        parcel 25747/1/1 commune=\"25747\" sheet=\"1\" number=\"1\" geom=((0 0,1000 0,0 1000))\n";
    let out = round_trip(dump, true);
    let without: Vec<String> = out
        .lines()
        .map(|l| {
            l.split(' ')
                .filter(|w| w.parse::<Uid>().is_err())
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    assert_eq!(
        without[1..3],
        [
            r#"parcel 25747/1/1 geom=((0 0,1000 0,0 1000)) commune="25747" sheet="1" number="1" is_parcel=1 status="HIEN_HANH" version=1"#,
            r#"party 25747/1/1 kind="CA_NHAN" name_p="Lê Thử" status="HIEN_HANH""#,
        ]
    );
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let uid = "01900000-0000-7000-8000-000000000001";
    let cases = [
        ("", 1, "first line"),
        ("diachinh-dump 2 EPSG:9210\n", 1, "first line"),
        ("diachinh-dump 1 EPSG:99999999999\n", 1, "first line"),
        ("H\nnonsense\n", 2, "no table"),
        ("H\nsetting x value=\"1\"\n", 2, "no table"),
        ("H\n\nparcel x foo=1\n", 3, "expected"),
        ("H\nparcel x op=1\n", 2, "expected"),
        ("H\nparcel x commune=\"1\n", 2, "quoted text"),
        ("H\nparcel x commune=\"1\"sheet=\"2\"\n", 2, "space"),
        ("H\nparcel x commune=\"1\" commune=\"1\"\n", 2, "twice"),
        ("H\nparcel x commune=x'00'\n", 2, "wrong kind"),
        ("H\nparcel x commune=\"1\" area_legal=12m2\n", 2, "not a number"),
        ("H\nparcel x commune=\"1\" area_legal=0x10\n", 2, "not a number"),
        ("H\nparcel x commune=\"1\" geom=((0 0,1 0\n", 2, "not a geometry"),
        (
            "H\nparcel x commune=\"1\" geom=((0 0,1 0,99999999999999999999 1))\n",
            2,
            "not a geometry",
        ),
        ("H\nparcel x commune=\"1\" geom=x'4750zz'\n", 2, "hex"),
        ("H\nparcel x sheet=\"1\"\n", 2, "does not take"),
        ("H\nparcel x commune=\"1\" status=\"?\"\n", 2, "does not take"),
        (
            "H\nland_use_row x parcel=1/1/1 position=1 code=\"A\"\n",
            2,
            "no record",
        ),
        (
            "H\nparcel k commune=\"1\"\nparcel k commune=\"1\"\nland_use_row x parcel=k position=1 code=\"A\"\n",
            4,
            "several records",
        ),
        (
            "H\nparcel k U commune=\"1\"\nparcel k U commune=\"1\"\n",
            3,
            "another line",
        ),
        ("H\nparcel\n", 2, "key"),
    ];
    for (dump, line, part) in cases {
        let dump = dump
            .replace("H\n", "diachinh-dump 1 EPSG:9210\n")
            .replace('U', uid);
        let dir = tempfile::tempdir().unwrap();
        let f = load_text(&dir.path().join("h.gpkg"), &dump).unwrap_err();
        assert_eq!((f.code(), f.at_record()), ("BAD_DUMP", Some(line)), "{dump}\n{f}");
        assert!(f.message().en.contains(part), "{dump}\n{f}");
        assert_eq!(
            std::fs::read_dir(dir.path()).unwrap().count(),
            0,
            "nothing is made"
        );
    }
    assert_eq!(load::decode(b"a\nb\xff").unwrap_err().at_record(), Some(2));
}

#[test]
fn an_existing_file_is_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    drop(create(&path));
    assert_eq!(
        load_text(&path, "diachinh-dump 1 EPSG:9210\n")
            .unwrap_err()
            .code(),
        "FILE_EXISTS"
    );
}

/// Texts with everything that could break a line.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "\\PC{0,8}",
        "[\\x00-\\x20\"\\\\=' ()\u{85}\u{2028}\u{feff}ấ]{0,10}"
    ]
}

fn any_polygon() -> impl Strategy<Value = Polygon> {
    let point =
        (-MAX_COORDINATE..=MAX_COORDINATE, -MAX_COORDINATE..=MAX_COORDINATE).prop_map(|(e, n)| Pt::new(e, n));
    prop::collection::vec(prop::collection::vec(point, 1..5), 1..4).prop_map(|rings| Polygon { rings })
}

fn any_area() -> impl Strategy<Value = Option<f64>> {
    prop::option::of(any::<f64>().prop_filter("SQLite keeps no NaN", |x| !x.is_nan()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_register_survives_the_round_trip(
        rows in prop::collection::vec((any_text(), any_text(), any_text(), any_text(), any_area(), any_polygon()), 1..6),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("h.gpkg");
        let mut draft = draft(rows.len(), "a b\n.shp");
        for (p, (sheet, number, address, owner, area, polygon)) in draft.parcels.iter_mut().zip(rows) {
            (p.sheet, p.number, p.address, p.owner) = (sheet.clone(), number, Some(address.clone()), Some(owner));
            (p.area_legal, p.land_use, p.polygon) = (area, Some(sheet), polygon);
            p.extra = [(address, p.number.clone())].into_iter().collect();
        }
        commit(&mut create(&path), &seal(draft)).unwrap();
        for personal in [true, false] {
            let dump = text(&path, personal, false);
            prop_assert_eq!(&round_trip(&dump, personal), &dump);
        }
    }

    #[test]
    fn no_text_brings_it_down(lines in prop::collection::vec("(parcel|party|right|x) \\PC{0,30}", 0..4)) {
        let dir = tempfile::tempdir().unwrap();
        let dump = format!("diachinh-dump 1 EPSG:9210\n{}", lines.join("\n"));
        let path = dir.path().join("h.gpkg");
        let done = load_text(&path, &dump);
        prop_assert_eq!(done.is_ok(), path.exists());
    }
}
