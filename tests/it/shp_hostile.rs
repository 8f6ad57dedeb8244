//! Shapefiles as they come from failing disks and careless programs: a message that names the
//! record, never a panic, never memory by a count the file does not hold.

use std::fs;
use std::path::{Path, PathBuf};

use diachinh::domain::Failure;
use diachinh::formats::shp::{DbfField, DbfValue, ShpWriter};
use diachinh::formats::{self, SourceGeometry, SourceLayer, Value};
use diachinh::text::Lang;
use proptest::prelude::*;

const RECORDS: u64 = 5;

fn square(i: u64) -> Vec<[f64; 2]> {
    let (e, n) = (500_000.0 + 20.0 * i as f64, 1_190_000.0);
    vec![[e, n], [e, n + 10.0], [e + 10.0, n + 10.0], [e + 10.0, n], [e, n]]
}

/// Five squares, the third with a hole, in `folder/thua.shp`.
fn good(folder: &Path) -> PathBuf {
    let path = folder.join("thua.shp");
    let fields = [
        DbfField::number("SHTHUA", 6, 0),
        DbfField::text("TENCHU", 20),
        DbfField::number("DIENTICH", 10, 1),
    ];
    let mut w = ShpWriter::create(&path, &fields, 0).unwrap();
    for i in 0..RECORDS {
        let mut rings = vec![square(i)];
        if i == 2 {
            let [e, n] = square(i)[0];
            rings.push(vec![
                [e + 2., n + 2.],
                [e + 4., n + 2.],
                [e + 4., n + 4.],
                [e + 2., n + 2.],
            ]);
        }
        let name = DbfValue::Bytes(format!("Nguy\u{ea}n {i}").chars().map(|c| c as u8).collect());
        w.push(
            &rings,
            &[DbfValue::Int(i as i64 + 1), name, DbfValue::Real(100.0)],
        )
        .unwrap();
    }
    w.finish().unwrap();
    path
}

/// One word per record: "poly", "null", or the code of what is wrong; "-" marks a row without attributes, "*" a deleted one.
fn summary(path: &Path) -> Result<String, Failure> {
    let layers = formats::open(path, None)?;
    let mut out = Vec::new();
    for layer in &layers {
        let mut line = Vec::new();
        read_all(layer, &mut line)?;
        let findings: Vec<_> = layer.findings.iter().map(|f| f.code).collect();
        out.push(format!("{} | {}", line.join(" "), findings.join(" ")));
    }
    Ok(out.join("\n"))
}

fn read_all(layer: &SourceLayer, line: &mut Vec<String>) -> Result<(), Failure> {
    layer.read(0..u64::MAX, &mut |r| {
        assert_eq!(r.values.len(), layer.fields.len());
        assert_eq!(r.number, line.len() as u64 + 1);
        let mut word = match &r.geometry {
            SourceGeometry::Null => "null".to_owned(),
            SourceGeometry::Polygon(shape) => {
                assert!(shape.points().iter().flatten().all(|v| v.is_finite()) && !shape.is_empty());
                "poly".to_owned()
            }
            SourceGeometry::Bad { failure, .. } => {
                assert_eq!(failure.at_record(), Some(r.number));
                assert!(failure.at_file().is_some());
                failure.code().to_owned()
            }
        };
        if let Some(why) = r.no_attributes {
            assert_eq!(why.at_record(), Some(r.number));
            word.push('-');
        }
        if r.deleted {
            word.push('*');
        }
        line.push(word);
        Ok(())
    })
}

/// Makes a good set, lets `harm` at it, and reads it.
fn harmed(harm: impl FnOnce(&Path)) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = good(dir.path());
    harm(&path);
    match summary(&path) {
        Ok(s) => s.trim().to_owned(),
        Err(failure) => {
            assert!(failure.at_file().is_some(), "{failure}");
            assert!(!failure.describe(Lang::Vi).is_empty());
            format!("! {}", failure.code())
        }
    }
}

fn patch(path: &Path, at: usize, bytes: &[u8]) {
    let mut all = fs::read(path).unwrap();
    all[at..at + bytes.len()].copy_from_slice(bytes);
    fs::write(path, all).unwrap();
}

fn cut(path: &Path, keep: usize) {
    let all = fs::read(path).unwrap();
    fs::write(path, &all[..keep]).unwrap();
}

/// Bytes of a record of one ring of 5 points with its header.
const SQUARE: usize = 8 + 48 + 80;

#[test]
fn a_good_file_reads_without_findings() {
    assert_eq!(harmed(|_| ()), "poly poly poly poly poly |");
}

#[test]
fn missing_companions_are_worked_around_and_noted() {
    let drop = |ext: &'static str| harmed(move |p| fs::remove_file(p.with_extension(ext)).unwrap());
    assert_eq!(drop("shx"), "poly poly poly poly poly | SHP_INDEX_MISSING");
    assert_eq!(drop("dbf"), "poly poly poly poly poly | DBF_MISSING");
    assert_eq!(drop("shp"), "! SOURCE_NOT_FOUND");
    let renamed = harmed(|p| {
        fs::rename(p.with_extension("dbf"), p.with_file_name("THUA.DBF")).unwrap();
        fs::rename(p.with_extension("shx"), p.with_file_name("Thua.SHX")).unwrap();
    });
    assert_eq!(renamed, "poly poly poly poly poly |");
}

#[test]
fn empty_files_and_wrong_magic() {
    assert_eq!(harmed(|p| cut(p, 0)), "! SHP_EMPTY");
    assert_eq!(harmed(|p| cut(p, 50)), "! SHP_TRUNCATED");
    assert_eq!(
        harmed(|p| cut(p, 100)),
        "SHP_TRUNCATED SHP_RECORD_LOST SHP_RECORD_LOST SHP_RECORD_LOST SHP_RECORD_LOST | SHP_INDEX_DAMAGED SHP_LENGTH"
    );
    assert_eq!(harmed(|p| patch(p, 0, b"PK\x03\x04")), "! SHP_BAD_MAGIC");
    assert_eq!(harmed(|p| patch(p, 32, &3u32.to_le_bytes())), "! SHP_SHAPE_TYPE");
    assert_eq!(
        harmed(|p| cut(&p.with_extension("shx"), 0)),
        "poly poly poly poly poly | SHP_INDEX_DAMAGED"
    );
    assert_eq!(
        harmed(|p| cut(&p.with_extension("dbf"), 0)),
        "poly poly poly poly poly | DBF_EMPTY"
    );
    assert_eq!(
        harmed(|p| patch(&p.with_extension("dbf"), 0, b"\xFF\xFF")),
        "poly poly poly poly poly | DBF_UNREADABLE"
    );
}

#[test]
fn a_cut_in_the_middle_of_a_record_names_that_record() {
    for shx in [true, false] {
        let text = harmed(|p| {
            cut(p, 100 + SQUARE + 60);
            if !shx {
                fs::remove_file(p.with_extension("shx")).unwrap();
            }
        });
        let lost = "SHP_RECORD_LOST";
        let index = if shx {
            "SHP_INDEX_DAMAGED"
        } else {
            "SHP_INDEX_MISSING"
        };
        let dbf = if shx { "" } else { " DBF_LONGER" };
        assert_eq!(
            text,
            format!("poly SHP_TRUNCATED {lost} {lost} {lost} | {index} SHP_LENGTH{dbf}")
        );
    }
}

#[test]
fn counts_of_a_billion_cost_nothing() {
    let billion = 1_000_000_000u32;
    let first = 100 + 8;
    for (at, bytes, expected) in [
        (
            first + 36,
            billion.to_le_bytes(),
            "SHP_RECORD_COUNTS poly poly poly poly |",
        ),
        (
            first + 40,
            billion.to_le_bytes(),
            "SHP_RECORD_COUNTS poly poly poly poly |",
        ),
        (
            first + 44,
            billion.to_le_bytes(),
            "SHP_RECORD_PARTS poly poly poly poly |",
        ),
        (
            100 + 4,
            billion.to_be_bytes(),
            "SHP_TRUNCATED poly poly poly poly |",
        ),
        (24, billion.to_be_bytes(), "poly poly poly poly poly | SHP_LENGTH"),
    ] {
        assert_eq!(harmed(|p| patch(p, at, &bytes)), expected, "at {at}");
    }
    let shx = |at, bytes: [u8; 4]| harmed(move |p| patch(&p.with_extension("shx"), at, &bytes));
    assert_eq!(shx(24, billion.to_be_bytes()), "poly poly poly poly poly |");
    assert_eq!(
        shx(100, billion.to_be_bytes()),
        "poly poly poly poly poly | SHP_INDEX_DAMAGED"
    );
    let dbf = harmed(|p| patch(&p.with_extension("dbf"), 4, &billion.to_le_bytes()));
    assert_eq!(dbf, "poly poly poly poly poly | DBF_TRUNCATED");
}

#[test]
fn coordinates_that_are_no_numbers_are_kept_as_wkb() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let at = 100 + 8 + 48 + 16;
        assert_eq!(
            harmed(|p| patch(p, at, &bad.to_le_bytes())),
            "SHP_RECORD_COORDINATE poly poly poly poly |"
        );
    }
    let dir = tempfile::tempdir().unwrap();
    let path = good(dir.path());
    patch(&path, 100 + 8 + 48, &f64::NAN.to_le_bytes());
    let layer = formats::open(&path, None).unwrap().remove(0);
    layer
        .read(0..1, &mut |r| {
            assert_eq!(r.geometry.wkb().len(), 9 + 4 + 5 * 16);
            Ok(())
        })
        .unwrap();
}

#[test]
fn field_counts_that_are_off() {
    let dbf = |harm: &dyn Fn(&Path)| harmed(|p| harm(&p.with_extension("dbf")));
    // The descriptor of the second field becomes wider than the row.
    assert_eq!(
        dbf(&|p| patch(p, 32 + 32 + 16, &[200])),
        "poly poly poly poly poly | DBF_FIELDS"
    );
    // The row becomes shorter than its fields.
    assert_eq!(
        dbf(&|p| patch(p, 10, &20u16.to_le_bytes())),
        "poly poly poly poly poly | DBF_FIELDS"
    );
    assert_eq!(
        dbf(&|p| patch(p, 10, &0u16.to_le_bytes())),
        "poly poly poly poly poly | DBF_UNREADABLE"
    );
    assert_eq!(
        dbf(&|p| patch(p, 8, &9999u16.to_le_bytes())),
        "poly poly poly poly poly | DBF_UNREADABLE"
    );
    // No terminator, no field.
    assert_eq!(
        dbf(&|p| patch(p, 32, &[0x0D])),
        "poly poly poly poly poly | DBF_UNREADABLE"
    );
}

#[test]
fn tables_longer_or_shorter_than_the_geometry() {
    let row = 1 + 6 + 20 + 10;
    let head = 33 + 3 * 32;
    let shorter = harmed(|p| cut(&p.with_extension("dbf"), head + 3 * row + 5));
    assert_eq!(shorter, "poly poly poly poly- poly- | DBF_TRUNCATED DBF_SHORTER");
    let stated = harmed(|p| patch(&p.with_extension("dbf"), 4, &3u32.to_le_bytes()));
    assert_eq!(
        stated, "poly poly poly poly poly |",
        "the rows are there although the header does not say so"
    );
    let longer = harmed(|p| {
        let dbf = p.with_extension("dbf");
        let mut all = fs::read(&dbf).unwrap();
        all.truncate(head + 5 * row);
        all.extend_from_within(head..head + 2 * row);
        fs::write(&dbf, all).unwrap();
        patch(&dbf, 4, &7u32.to_le_bytes());
    });
    assert_eq!(
        longer,
        "poly poly poly poly poly SHP_RECORD_LOST SHP_RECORD_LOST | DBF_LONGER"
    );
    let deleted = harmed(|p| patch(&p.with_extension("dbf"), head + row, b"*"));
    assert_eq!(deleted, "poly poly* poly poly poly |");
}

#[test]
fn records_of_other_types_and_gaps() {
    let typed = |code: u32| harmed(move |p| patch(p, 108, &code.to_le_bytes()));
    assert_eq!(typed(0), "null poly poly poly poly |");
    assert_eq!(typed(3), "SHP_SHAPE_TYPE poly poly poly poly |");
    assert_eq!(typed(99), "SHP_SHAPE_TYPE poly poly poly poly |");
    let trailing = harmed(|p| {
        let mut all = fs::read(p).unwrap();
        all.extend([7; 33]);
        fs::write(p, all).unwrap();
    });
    assert_eq!(trailing, "poly poly poly poly poly | SHP_TRAILING");
    // A program moved record 2 to the end and left its old place as rubbish: the index knows.
    let moved = harmed(|p| {
        let mut all = fs::read(p).unwrap();
        let second = all[100 + SQUARE..100 + 2 * SQUARE].to_vec();
        all[100 + SQUARE..100 + 2 * SQUARE].fill(0xEE);
        let at = all.len() as u32 / 2;
        all.extend(second);
        let words = (all.len() / 2) as u32;
        all[24..28].copy_from_slice(&words.to_be_bytes());
        fs::write(p, all).unwrap();
        patch(&p.with_extension("shx"), 108, &at.to_be_bytes());
    });
    assert_eq!(moved, "poly poly poly poly poly |");
}

#[test]
fn text_stays_raw_and_numbers_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = good(dir.path());
    let head = 33 + 3 * 32;
    patch(&path.with_extension("dbf"), head + 1, b"  12,5");
    patch(&path.with_extension("dbf"), head + 1 + 26, b"**********");
    let layer = formats::open(&path, None).unwrap().remove(0);
    let mut seen = Vec::new();
    layer
        .read(0..2, &mut |r| {
            seen.push(
                r.values
                    .iter()
                    .map(|v| format!("{v:?}"))
                    .collect::<Vec<_>>()
                    .join(" "),
            );
            Ok(())
        })
        .unwrap();
    let name = |i: u8| {
        format!(
            "{:?}",
            Value::Bytes(&[b'N', b'g', b'u', b'y', 0xEA, b'n', b' ', b'0' + i])
        )
    };
    assert_eq!(
        seen[0],
        format!("{:?} {} {:?}", Value::Bytes(b"  12,5"), name(0), Value::Null)
    );
    assert_eq!(seen[1], format!("Int(2) {} Real(100.0)", name(1)));
}

#[test]
fn a_file_changed_after_opening_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = good(dir.path());
    let layer = formats::open(&path, None).unwrap().remove(0);
    cut(&path, 300);
    let failure = layer.read(0..5, &mut |_| Ok(())).unwrap_err();
    assert_eq!(failure.code(), "SOURCE_CHANGED");
}

#[test]
fn threads_read_ranges_of_one_layer() {
    let dir = tempfile::tempdir().unwrap();
    let layer = formats::open(&good(dir.path()), None).unwrap().remove(0);
    let count = |range: std::ops::Range<u64>| {
        let mut n = 0;
        layer
            .read(range, &mut |_| {
                n += 1;
                Ok(())
            })
            .map(|()| n)
    };
    let (a, b) = std::thread::scope(|s| {
        let a = s.spawn(|| count(0..2));
        let b = s.spawn(|| count(2..99));
        (a.join().unwrap(), b.join().unwrap())
    });
    assert_eq!((a.unwrap(), b.unwrap()), (2, 3));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Bit rot anywhere in the set: everything is read or refused by name, and no record disappears
    /// unless the file says that it has fewer.
    #[test]
    fn bit_rot_never_panics(which in 0usize..3, flips in prop::collection::vec((0.0f64..1.0, 0u8..8), 1..6), keep in 0.0f64..2.0) {
        let text = harmed(|p| {
            let file = p.with_extension(["shp", "shx", "dbf"][which]);
            let mut all = fs::read(&file).unwrap();
            for &(at, bit) in &flips {
                let at = (at * all.len() as f64) as usize;
                all[at] ^= 1 << bit;
            }
            if keep < 1.0 {
                all.truncate((keep * all.len() as f64) as usize);
            }
            fs::write(&file, all).unwrap();
        });
        let records = text.split('|').next().unwrap().split_whitespace().count();
        prop_assert!(text.starts_with('!') || records >= RECORDS as usize, "{text}");
    }
}
