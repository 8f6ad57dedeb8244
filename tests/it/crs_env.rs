//! Other programs' PROJ and GDAL files must not change a digit: this binary runs itself with
//! `PROJ_DATA`, `PROJ_LIB`, `GDAL_DATA`, a `proj.db` and a `proj.ini` in the way.

use std::path::Path;
use std::process::Command;

use diachinh::crs;
use diachinh::domain::{Polygon, Pt};
use diachinh::formats;
use diachinh::formats::write::{Cell, Column, ColumnKind, OutputFormat, Table, write};

/// Digits of transforms, of files written and of files read.
fn digits() -> String {
    let mut out = Vec::new();
    for zone in crs::zones() {
        let p = Pt::new(512_345_678, 1_234_567_891);
        out.push(format!("{:?}", crs::to_wgs84(zone.epsg, p).unwrap()));
        out.push(format!(
            "{:?}",
            crs::transform(zone.epsg, 9210, [612_345.678, 1_234_567.891]).unwrap()
        ));
    }
    let dir = tempfile::tempdir().unwrap();
    let columns = [Column {
        name: "A".to_owned(),
        kind: ColumnKind::Integer,
    }];
    let at = "2026-11-23T08:00:00Z".parse().unwrap();
    let square = [(0, 0), (9_999, 0), (9_999, 9_999), (0, 9_999)];
    let ring = square
        .map(|(e, n)| Pt::new(600_000_000 + e, 1_190_000_000 + n))
        .to_vec();
    for (format, name, wgs84) in [
        (OutputFormat::GeoJson, "w.geojson", true),
        (OutputFormat::GeoJson, "z.geojson", false),
        (OutputFormat::Gpkg, "z.gpkg", false),
        (OutputFormat::FlatGeobuf, "z.fgb", false),
        (OutputFormat::Shp, "z.shp", false),
        (OutputFormat::Tab, "z.tab", false),
    ] {
        let path = dir.path().join(name);
        let table = Table {
            layer: "a",
            columns: &columns,
            epsg: 9210,
            wgs84,
            at,
        };
        let row = Ok((
            Polygon {
                rings: vec![ring.clone()],
            },
            vec![Cell::Int(7)],
        ));
        write(format, &path, &table, false, &mut [row].into_iter()).unwrap();
        let layer = formats::open(&path, None).unwrap().remove(0);
        let kind = layer.declared_crs.as_ref().map(crs::DeclaredCrs::kind);
        // FlatGeobuf repeats a description out of proj.db in its header: no digit, but other bytes.
        // GDAL pads the field names of a .dat with whatever its stack holds: other bytes in every run.
        let hash = if matches!(format, OutputFormat::FlatGeobuf | OutputFormat::Tab) {
            ""
        } else {
            &layer.sha256
        };
        out.push(format!("{name} {hash} {kind:?}"));
        layer
            .read(0..9, &mut |r| {
                out.push(format!("{:?}", r.geometry.wkb()));
                Ok(())
            })
            .unwrap();
    }
    out.join("\n")
}

/// The child: prints between marks when asked to.
#[test]
fn child_prints_its_digits() {
    if std::env::var_os("DIACHINH_PRINT_DIGITS").is_some() {
        println!("<<<{}>>>", digits());
    }
}

fn child(cwd: &Path, env: &[(&str, &Path)]) -> (String, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([
        "crs_env::child_prints_its_digits",
        "--exact",
        "--nocapture",
        "--test-threads=1",
    ]);
    command.current_dir(cwd).env("DIACHINH_PRINT_DIGITS", "1");
    for (key, value) in env {
        command.env(key, value);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let digits = text.split_once("<<<").and_then(|(_, t)| t.split_once(">>>"));
    let digits = digits
        .unwrap_or_else(|| panic!("child failed: {text} {errors}"))
        .0;
    (digits.to_owned(), errors)
}

#[test]
fn files_of_other_programs_change_no_digit() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    std::fs::write(folder.join("proj.db"), b"not a database").unwrap();
    let ini =
        "[general]\ntmerc_default_algo = evenden_snyder\nnetwork = on\ncdn_endpoint = http://127.0.0.1:9\n";
    std::fs::write(folder.join("proj.ini"), ini).unwrap();
    for name in ["header.dxf", "gdalvrt.xsd", "ogrvrt.xsd", "gdal_datum.csv"] {
        std::fs::write(folder.join(name), b"rubbish").unwrap();
    }
    let expected = digits();
    let hostile = [
        ("PROJ_DATA", folder),
        ("PROJ_LIB", folder),
        ("GDAL_DATA", folder),
        ("GDAL_DRIVER_PATH", folder),
    ];
    for env in [&hostile[..], &[]] {
        let (seen, errors) = child(folder, env);
        for (seen, expected) in seen.lines().zip(expected.lines()) {
            assert_eq!(seen, expected, "with {env:?}");
        }
        assert_eq!(seen.len(), expected.len());
        assert!(
            !errors.contains("ERROR") && !errors.contains("Warning"),
            "nothing is printed: {errors}"
        );
    }
}
