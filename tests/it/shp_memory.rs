//! Memory while reading shapefiles, measured in a process of its own: a district of 115 000 parcels
//! is read a window at a time, and hostile counts allocate nothing.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use diachinh::formats::shp::{DbfField, DbfValue, ShpWriter};
use diachinh::formats::{self, SourceGeometry};

const PARCELS: u64 = 115_000;

/// Nine points a parcel, as districts have on average.
fn district(path: &Path, parcels: u64) {
    let fields = [
        DbfField::number("SHBANDO", 6, 0),
        DbfField::number("SHTHUA", 6, 0),
        DbfField::text("TENCHU", 50),
        DbfField::text("DIACHI", 50),
        DbfField::text("KHLOAIDAT", 10),
        DbfField::number("DIENTICH", 12, 1),
    ];
    let mut w = ShpWriter::create(path, &fields, 0).unwrap();
    for i in 0..parcels {
        let (e, n) = (
            600_000.0 + (i % 400) as f64 * 12.0,
            1_190_000.0 + (i / 400) as f64 * 12.0,
        );
        let ring = [
            [0., 0.],
            [0., 5.],
            [0., 10.],
            [5., 10.],
            [10., 10.],
            [10., 5.],
            [10., 0.],
            [5., 0.],
        ];
        let ring = ring.map(|[x, y]| [e + x, n + y]).to_vec();
        let text = |s: &str| DbfValue::Bytes(s.as_bytes().to_vec());
        let number = |x: u64| DbfValue::Int(x as i64);
        let row = [
            number(i / 300),
            number(i % 300),
            text("NguyÔn V¨n ThÝ Dô"),
            text("Êp Thö NghiÖm"),
            text("ONT+CLN"),
            DbfValue::Real(100.0),
        ];
        w.push(&[ring], &row).unwrap();
    }
    w.finish().unwrap();
}

fn status(key: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|l| l.starts_with(key)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// The child: reads the file named in the environment; prints records, bad ones, bytes and time.
#[test]
fn child_reads_a_file() {
    let Some(path) = std::env::var_os("DIACHINH_READ") else {
        return;
    };
    let before = status("VmRSS");
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let start = Instant::now();
    let layer = match formats::open(Path::new(&path), None) {
        Ok(mut layers) => layers.remove(0),
        Err(failure) => panic!("{failure}"),
    };
    let opened = start.elapsed();
    let start = Instant::now();
    let (mut records, mut bad, mut points) = (0u64, 0u64, 0);
    layer
        .read(0..u64::MAX, &mut |r| {
            records += 1;
            match r.geometry {
                SourceGeometry::Polygon(shape) => points += shape.point_count(),
                SourceGeometry::Bad { .. } => bad += 1,
                SourceGeometry::Null => {}
            }
            Ok(())
        })
        .unwrap();
    let nanos = start.elapsed().as_nanos() as u64 / records.max(1);
    let bytes = status("VmHWM").saturating_sub(before);
    println!(
        "<<<{records} {bad} {bytes} {nanos} {} {points}>>>",
        opened.as_micros()
    );
}

/// Records, bad ones and bytes of memory.
fn read_in_child(path: &Path) -> (u64, u64, u64) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([
        "shp_memory::child_reads_a_file",
        "--exact",
        "--nocapture",
        "--test-threads=1",
    ]);
    let output = command.env("DIACHINH_READ", path).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let Some((_, rest)) = text.split_once("<<<") else {
        panic!("{text}")
    };
    let numbers: Vec<u64> = rest
        .split(">>>")
        .next()
        .unwrap()
        .split(' ')
        .map(|n| n.parse().unwrap())
        .collect();
    println!("{numbers:?}: records, bad, bytes, ns per record, µs to open, points");
    (numbers[0], numbers[1], numbers[2])
}

const MIB: u64 = 1 << 20;

#[test]
fn a_district_is_read_a_window_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("huyen.shp");
    district(&path, PARCELS);
    let (records, bad, bytes) = read_in_child(&path);
    assert_eq!((records, bad), (PARCELS, 0));
    assert!(
        bytes < 16 * MIB,
        "{bytes} bytes for a file of {}",
        fs::metadata(&path).unwrap().len()
    );
}

#[test]
fn counts_of_a_billion_allocate_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("xa.shp");
    district(&path, 100);
    let billion = 1_000_000_000u32;
    let mut all = fs::read(&path).unwrap();
    let record = 8 + 48 + 9 * 16;
    for i in 0..100 {
        let at = 100 + i * record;
        let (field, bytes) = match i % 4 {
            0 => (at + 4, billion.to_be_bytes()),
            1 => (at + 8 + 36, billion.to_le_bytes()),
            2 => (at + 8 + 40, billion.to_le_bytes()),
            _ => (at + 8 + 44, u32::MAX.to_le_bytes()),
        };
        all[field..field + 4].copy_from_slice(&bytes);
    }
    fs::write(&path, all).unwrap();
    let dbf = path.with_extension("dbf");
    let mut table = fs::read(&dbf).unwrap();
    table[4..8].copy_from_slice(&billion.to_le_bytes());
    fs::write(&dbf, table).unwrap();
    let (records, bad, bytes) = read_in_child(&path);
    assert_eq!((records, bad), (100, 100));
    assert!(bytes < 16 * MIB, "{bytes} bytes");
}
