//! Hostile shapefiles through the whole program, in little memory: a message that names the place, no
//! panic, and the district file as it was (or with the good records only).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::support::{diachinh, new_district, ok, root};

/// Address space over what the program itself maps at start, plus the input: the bar.
const ALLOWANCE: u64 = 200 << 20;

/// The least address space in which the program starts and opens an empty district.
fn baseline() -> u64 {
    // `info` of a fresh file touches SQLite and the mirror but reads no input.
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("b.gpkg");
    new_district(&file);
    // From above: with far too little even a thread cannot be had, and the program may hang instead of failing.
    let starts =
        |mib: &u64| super::support::run(&mut under(mib << 20, diachinh().arg("info").arg(&file))).0 == 0;
    let least = (1..=40).map(|i| 1000 - 25 * i).take_while(starts).last();
    least.expect("the program starts in 975 MiB of address space") << 20
}

/// `command` under `ulimit -v`, with one malloc arena and two worker threads.
fn under(bytes: u64, command: &Command) -> Command {
    let mut sh = Command::new("bash");
    sh.arg("-c")
        .arg(format!("ulimit -v {}; exec timeout 20 \"$@\"", bytes / 1024))
        .arg("bash");
    sh.arg(command.get_program()).args(command.get_args());
    sh.env("MALLOC_ARENA_MAX", "1").env("RAYON_NUM_THREADS", "2");
    sh
}

fn limited(bytes: u64, command: &Command) -> (i32, Value) {
    let (code, json, stderr) = super::support::run(&mut under(bytes, command));
    assert!(!stderr.contains("panicked"), "panic: {stderr}");
    (code, json)
}

fn copy_set(to: &Path) -> PathBuf {
    let from = root().join("sample-data/tcvn3");
    let mut shp = None;
    for entry in fs::read_dir(&from).expect("sample-data/tcvn3") {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        fs::copy(&path, &target).unwrap();
        if target.extension().is_some_and(|e| e.eq_ignore_ascii_case("shp")) {
            shp = Some(target);
        }
    }
    shp.expect("a .shp in sample-data/tcvn3")
}

type Damage = fn(&Path);

fn patch(path: &Path, f: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    f(&mut bytes);
    fs::write(path, bytes).unwrap();
}

const CASES: &[(&str, Damage)] = &[
    ("no shx", |shp| {
        fs::remove_file(shp.with_extension("shx")).unwrap()
    }),
    ("no dbf", |shp| {
        fs::remove_file(shp.with_extension("dbf")).unwrap()
    }),
    ("cut in mid record", |shp| {
        patch(shp, |b| b.truncate(b.len() / 2 + 13))
    }),
    ("zero bytes shp", |shp| fs::write(shp, b"").unwrap()),
    ("zero bytes dbf", |shp| {
        fs::write(shp.with_extension("dbf"), b"").unwrap()
    }),
    ("zero bytes shx", |shp| {
        fs::write(shp.with_extension("shx"), b"").unwrap()
    }),
    ("wrong magic", |shp| {
        patch(shp, |b| b[0..4].copy_from_slice(b"%PDF"))
    }),
    ("10^9 points in the first record", |shp| {
        patch(shp, |b| {
            b[148..152].copy_from_slice(&1_000_000_000i32.to_le_bytes())
        })
    }),
    ("10^9 parts in the first record", |shp| {
        patch(shp, |b| {
            b[144..148].copy_from_slice(&1_000_000_000i32.to_le_bytes())
        })
    }),
    ("negative part count", |shp| {
        patch(shp, |b| b[144..148].copy_from_slice(&(-5i32).to_le_bytes()))
    }),
    ("record length of 10^9 words", |shp| {
        patch(shp, |b| {
            b[104..108].copy_from_slice(&1_000_000_000i32.to_be_bytes())
        })
    }),
    ("not a number", |shp| {
        patch(shp, |b| b[156..164].copy_from_slice(&f64::NAN.to_le_bytes()))
    }),
    ("10^9 rows in the dbf", |shp| {
        patch(&shp.with_extension("dbf"), |b| {
            b[4..8].copy_from_slice(&1_000_000_000u32.to_le_bytes())
        })
    }),
    ("dbf header length off", |shp| {
        patch(&shp.with_extension("dbf"), |b| {
            b[8..10].copy_from_slice(&[0xff, 0xff])
        })
    }),
    ("dbf row length off", |shp| {
        patch(&shp.with_extension("dbf"), |b| b[10..12].copy_from_slice(&[3, 0]))
    }),
    ("dbf cut", |shp| {
        patch(&shp.with_extension("dbf"), |b| b.truncate(b.len() / 3))
    }),
    ("shx points outside", |shp| {
        patch(&shp.with_extension("shx"), |b| {
            b[100..104].copy_from_slice(&i32::MAX.to_be_bytes())
        })
    }),
];

#[test]
fn hostile_shapefiles_give_a_message_and_need_little_memory() {
    let base = baseline();
    for (name, damage) in CASES {
        let dir = tempfile::tempdir().unwrap();
        let shp = copy_set(dir.path());
        damage(&shp);
        let file = dir.path().join("d.gpkg");
        new_district(&file);
        let input: u64 = fs::read_dir(dir.path())
            .unwrap()
            .map(|e| e.unwrap().metadata().unwrap().len())
            .sum();
        let import = {
            let mut c = diachinh();
            c.arg("import")
                .arg(&file)
                .arg(&shp)
                .args(["--crs", "EPSG:9210", "--encoding", "tcvn3"]);
            c
        };
        let (code, json) = limited(base + ALLOWANCE + input, &import);
        match code {
            2 => {
                let error = &json["error"];
                assert!(
                    error["code"].as_str().is_some_and(|c| !c.is_empty()),
                    "{name}: {json}"
                );
                assert!(
                    error["message"].as_str().is_some_and(|m| m.len() > 10),
                    "{name}: {json}"
                );
                let info = ok(diachinh().arg("info").arg(&file), &[0]);
                assert_eq!(info["counts"]["parcel"], 0, "{name}: exit 2 changed the file");
            }
            0 | 1 => {
                for f in json["files"].as_array().expect("files") {
                    let n = |k: &str| f[k].as_u64().expect("count");
                    assert_eq!(
                        n("records"),
                        n("imported") + n("updated") + n("skipped") + n("quarantined"),
                        "{name}: {json}"
                    );
                }
                let quarantined = json["files"][0]["quarantined"].as_u64().unwrap();
                let named = json["findings"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|f| !f["source"].is_null());
                assert!(
                    quarantined == 0 || named,
                    "{name}: quarantined without naming the record: {json}"
                );
            }
            _ => panic!("{name}: exit {code}: {json}"),
        }
    }
}
