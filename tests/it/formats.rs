//! Files in and out: our shapefile reader against GDAL's, every format written and read back,
//! legacy text through MapInfo, curves, folders.

use std::fs;
use std::path::{Path, PathBuf};

use diachinh::domain::{Failure, Polygon, Pt};
use diachinh::formats::shp::{DbfField, DbfValue, ShpWriter};
use diachinh::formats::write::{Cell, Column, ColumnKind, OutputFormat, Table, write};
use diachinh::formats::{self, SourceGeometry, SourceLayer, TextKind, Value};
use gdal::vector::LayerAccess;

fn ring(e: i64, n: i64, w: i64) -> Vec<Pt> {
    [(0, 0), (w, 0), (w, w), (0, w)]
        .map(|(x, y)| Pt::new(e + x, n + y))
        .to_vec()
}

fn hole(e: i64, n: i64, w: i64) -> Vec<Pt> {
    let mut hole = ring(e, n, w);
    hole.reverse();
    hole
}

/// A square, a square with two holes, a concave one, a sliver.
fn polygons() -> Vec<Polygon> {
    let (e, n) = (603_500_123, 1_191_500_456);
    let concave = [
        (0, 0),
        (20_000, 0),
        (20_000, 20_000),
        (10_000, 7_777),
        (0, 20_000),
    ];
    let sliver = [(0, 0), (90_000, 1), (90_000, 13)];
    vec![
        Polygon {
            rings: vec![ring(e, n, 10_000)],
        },
        Polygon {
            rings: vec![
                ring(e + 20_000, n, 10_000),
                hole(e + 21_000, n + 1_000, 2_000),
                hole(e + 25_000, n + 5_000, 1_500),
            ],
        },
        Polygon {
            rings: vec![concave.map(|(x, y)| Pt::new(e + x, n + 40_000 + y)).to_vec()],
        },
        Polygon {
            rings: vec![sliver.map(|(x, y)| Pt::new(e + x, n + 90_000 + y)).to_vec()],
        },
    ]
}

fn columns() -> Vec<Column> {
    let column = |name: &str, kind| Column {
        name: name.to_owned(),
        kind,
    };
    vec![
        column("SHTHUA", ColumnKind::Integer),
        column("TENCHU", ColumnKind::Text { width: 12 }),
        column("DIENTICH", ColumnKind::Real { decimals: 1 }),
    ]
}

fn rows() -> Vec<Result<(Polygon, Vec<Cell>), Failure>> {
    let names = ["Ễnh Ương", "", "Một tên rất là dài", "Sáo"];
    let row = |(i, p): (usize, Polygon)| {
        let name = if names[i].is_empty() {
            Cell::Null
        } else {
            Cell::Text(names[i].to_owned())
        };
        Ok((p, vec![Cell::Int(i as i64 + 1), name, Cell::Real(i as f64 + 0.5)]))
    };
    polygons().into_iter().enumerate().map(row).collect()
}

fn write_to(format: OutputFormat, path: &Path, wgs84: bool) -> Result<formats::write::Written, Failure> {
    let columns = columns();
    let at = "2026-11-23T08:00:00Z".parse().unwrap();
    let table = Table {
        layer: "thua",
        columns: &columns,
        epsg: 9210,
        wgs84,
        at,
    };
    write(format, path, &table, false, &mut rows().into_iter())
}

fn value_text(v: &Value<'_>) -> String {
    match v {
        Value::Bytes(b) => String::from_utf8_lossy(b).into_owned(),
        Value::Text(s) => (*s).to_owned(),
        other => format!("{other:?}"),
    }
}

/// One line per record: attributes, then points per ring and the area in mm² as exact digits.
fn lines(layer: &SourceLayer) -> Vec<String> {
    let mut out = Vec::new();
    layer
        .read(0..layer.records, &mut |r| {
            let values: Vec<_> = r.values.iter().map(value_text).collect();
            let shape = match &r.geometry {
                SourceGeometry::Polygon(shape) => shape
                    .to_vec()
                    .iter()
                    .map(|p| polygon_text(p))
                    .collect::<Vec<_>>()
                    .join("+"),
                SourceGeometry::Null => "null".to_owned(),
                SourceGeometry::Bad { failure, .. } => failure.code().to_owned(),
            };
            out.push(format!("{} {} {shape}", r.number, values.join("|")));
            Ok(())
        })
        .unwrap();
    out
}

fn polygon_text(rings: &[Vec<[f64; 2]>]) -> String {
    let ring = |r: &Vec<[f64; 2]>| {
        let mut points: Vec<Pt> = r.iter().map(|p| Pt::from_metres(p[0], p[1]).unwrap()).collect();
        assert_eq!(points.first(), points.last(), "rings are closed in files");
        points.pop();
        format!("{}:{}", points.len(), diachinh::domain::ring_area2(&points).abs())
    };
    rings.iter().map(ring).collect::<Vec<_>>().join(",")
}

const EXPECTED: [&str; 4] = [
    "1 Int(1)|Ễnh Ương|Real(0.5) 4:200000000",
    "2 Int(2)|Null|Real(1.5) 4:200000000,4:8000000,4:4500000",
    "3 Int(3)|Một tên rất là dài|Real(2.5) 5:555540000",
    "4 Int(4)|Sáo|Real(3.5) 3:1080000",
];

#[test]
fn what_is_written_is_read_back_in_every_format() {
    let dir = tempfile::tempdir().unwrap();
    for (format, name, is_cut) in [
        (OutputFormat::Gpkg, "a.gpkg", false),
        (OutputFormat::GeoJson, "a.geojson", false),
        (OutputFormat::FlatGeobuf, "a.fgb", false),
        (OutputFormat::Shp, "a.shp", true),
        (OutputFormat::Tab, "a.tab", true),
    ] {
        let path = dir.path().join(name);
        let written = write_to(format, &path, false).unwrap();
        assert_eq!(
            (written.features, written.findings.len()),
            (4, usize::from(is_cut)),
            "{name}"
        );
        let layers = formats::open(&path, None).unwrap();
        assert_eq!(layers.len(), 1, "{name}");
        let layer = &layers[0];
        // Twelve bytes of UTF-8.
        let expected = EXPECTED.map(|l| {
            if is_cut {
                l.replace("Một tên rất là dài", "Một tên r")
            } else {
                l.to_owned()
            }
        });
        let mut read = lines(layer);
        if format == OutputFormat::FlatGeobuf {
            // Its index sorts the features along a curve.
            read.sort_by_key(|l| l.split_once(' ').unwrap().1.to_owned());
            read = read
                .iter()
                .enumerate()
                .map(|(i, l)| format!("{} {}", i + 1, l.split_once(' ').unwrap().1))
                .collect();
        }
        assert_eq!(read, expected, "{name}");
        let declared = layer.declared_crs.as_ref().unwrap();
        assert_eq!(
            declared.kind(),
            diachinh::crs::DeclaredKind::Zone(9210),
            "{name}: {declared:?}"
        );
        assert_eq!(layer.sha256.len(), 64);
        assert!(layer.findings.is_empty(), "{name}: {:?}", layer.findings);
    }
}

#[test]
fn the_same_rows_give_the_same_bytes_and_nothing_is_replaced_unasked() {
    let dir = tempfile::tempdir().unwrap();
    for (format, extension) in [
        (OutputFormat::Gpkg, "gpkg"),
        (OutputFormat::GeoJson, "geojson"),
        (OutputFormat::FlatGeobuf, "fgb"),
        (OutputFormat::Shp, "shp"),
        (OutputFormat::Csv, "csv"),
    ] {
        let (a, b) = (
            dir.path().join("a").with_extension(extension),
            dir.path().join("b").with_extension(extension),
        );
        write_to(format, &a, false).unwrap();
        write_to(format, &b, false).unwrap();
        assert!(
            fs::read(&a).unwrap() == fs::read(&b).unwrap(),
            "{extension} differs"
        );
        assert_eq!(write_to(format, &a, false).unwrap_err().code(), "EXPORT_EXISTS");
    }
    let left: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .filter(|e| e.as_ref().unwrap().path().is_dir())
        .collect();
    assert!(left.is_empty(), "no scratch folder is left");
    let csv = fs::read_to_string(dir.path().join("a.csv")).unwrap();
    assert_eq!(csv.lines().nth(1), Some("1,Ễnh Ương,0.5"));
    assert_eq!(
        fs::read_to_string(dir.path().join("a.prj")).unwrap(),
        diachinh::crs::wkt_prj(9210).unwrap()
    );
    assert_eq!(fs::read_to_string(dir.path().join("a.cpg")).unwrap(), "UTF-8");
}

#[test]
fn geojson_states_its_system_unless_wgs84_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let (zone, wgs84) = (dir.path().join("z.geojson"), dir.path().join("w.geojson"));
    write_to(OutputFormat::GeoJson, &zone, false).unwrap();
    write_to(OutputFormat::GeoJson, &wgs84, true).unwrap();
    assert!(
        fs::read_to_string(&zone)
            .unwrap()
            .contains("urn:ogc:def:crs:EPSG::9210")
    );
    let text = fs::read_to_string(&wgs84).unwrap();
    assert!(!text.contains("\"crs\""));
    let layer = formats::open(&wgs84, None).unwrap().remove(0);
    layer
        .read(0..1, &mut |r| {
            let SourceGeometry::Polygon(shape) = r.geometry else {
                panic!()
            };
            let [lon, lat] = shape.points()[0];
            assert!(
                (lon - 106.69817).abs() < 1e-4 && (lat - 10.77291).abs() < 1e-4,
                "{lon} {lat}"
            );
            Ok(())
        })
        .unwrap();
}

/// Six records with holes, parts, nulls and text of every byte a TCVN3 name may have.
fn legacy(dir: &Path) -> PathBuf {
    let path = dir.join("TCVN3.shp");
    let fields = [
        DbfField::number("ID", 9, 0),
        DbfField::text("TEN", 30),
        DbfField::number("DT", 12, 2),
    ];
    let mut w = ShpWriter::create(&path, &fields, 0x57).unwrap();
    w.sidecar("prj", diachinh::crs::wkt_prj(9210).unwrap().as_bytes())
        .unwrap();
    for i in 0..6u8 {
        let (e, n) = (600_000.0 + f64::from(i) * 50.0, 1_190_000.0);
        let square = |x: f64, y: f64, s: f64| vec![[x, y], [x, y + s], [x + s, y + s], [x + s, y]];
        let mut hole = square(e + 5.0, n + 5.0, 3.0);
        hole.reverse();
        let rings = match i {
            0 | 1 => vec![square(e, n, 20.0)],
            2 => vec![square(e, n, 20.0), hole],
            3 => vec![square(e, n, 20.0), hole, square(e + 25.0, n, 9.0)],
            4 => vec![],
            _ => vec![square(e + 5.5, n + 5.5, 1.0), square(e + 30.0, n, 20.0)],
        };
        let name: Vec<u8> = (0..26).map(|b| 0x80 + 20 * i + b).collect();
        w.push(
            &rings,
            &[
                DbfValue::Int(i64::from(i)),
                DbfValue::Bytes(name),
                DbfValue::Real(400.25),
            ],
        )
        .unwrap();
    }
    w.finish().unwrap();
    path
}

#[test]
fn our_shapefile_reader_agrees_with_gdal() {
    let dir = tempfile::tempdir().unwrap();
    let path = legacy(dir.path());
    let ours = lines(&formats::open(&path, None).unwrap()[0]);
    let options = gdal::DatasetOptions {
        open_options: Some(&["ENCODING=ISO-8859-1"]),
        ..Default::default()
    };
    let dataset = gdal::Dataset::open_ex(&path, options).unwrap();
    let mut layer = dataset.layer(0).unwrap();
    assert_eq!(layer.feature_count(), ours.len() as u64);
    for (feature, ours) in layer.features().zip(&ours) {
        let id = feature.field_as_integer64(0).unwrap().unwrap();
        let name = feature.field_as_string(1).unwrap().unwrap();
        let bytes: Vec<u8> = name.chars().map(|c| c as u8).collect();
        let area = feature.field_as_double(2).unwrap().unwrap();
        let geometry = feature.geometry_by_index(0).ok();
        let shape = geometry.map_or("null".to_owned(), |g| {
            gdal_polygons(g)
                .iter()
                .map(|p| polygon_text(p))
                .collect::<Vec<_>>()
                .join("+")
        });
        let text = format!(
            "{} Int({id})|{}|Real({area}) {shape}",
            id + 1,
            String::from_utf8_lossy(&bytes)
        );
        assert_eq!(*ours, text);
    }
}

fn gdal_polygons(g: &gdal::vector::Geometry) -> Vec<Vec<Vec<[f64; 2]>>> {
    let parts = g.geometry_count();
    if g.geometry_name() == "MULTIPOLYGON" {
        return (0..parts)
            .flat_map(|i| gdal_polygons(&g.get_geometry(i)))
            .collect();
    }
    let ring = |i| {
        let mut points = Vec::new();
        g.get_geometry(i).get_points(&mut points);
        points.iter().map(|p| [p.0, p.1]).collect()
    };
    vec![(0..parts).map(ring).collect()]
}

#[test]
fn every_byte_of_a_mapinfo_text_survives() {
    let dir = tempfile::tempdir().unwrap();
    let mid: Vec<u8> = (0xA0..=0xFEu8).collect();
    let low: Vec<u8> = (0x80..=0x9F).collect();
    for charset in ["WindowsVietnamese", "Neutral", "WindowsLatin1", ""] {
        let line = if charset.is_empty() {
            String::new()
        } else {
            format!("Charset \"{charset}\"\n")
        };
        let head = format!(
            "Version 300\n{line}Delimiter \",\"\nCoordSys Earth Projection 8, 104, \"m\", 105.75, 0, 0.9999, 500000, 0\n\
             Columns 2\n  SOTHUA Integer\n  TENCHU Char(120)\nData\n\n\
             Region 1\n  4\n600000 1190000\n600010 1190000\n600010 1190010\n600000 1190000\n\
             Region 1\n  4\n600020 1190000\n600030 1190000\n600030 1190010\n600020 1190000\n"
        );
        fs::write(dir.path().join("a.mif"), head).unwrap();
        let body = [b"12,\"", mid.as_slice(), b"\"\n13,\"", low.as_slice(), b"\"\n"].concat();
        fs::write(dir.path().join("a.mid"), body).unwrap();
        let layer = formats::open(&dir.path().join("a.mif"), None).unwrap().remove(0);
        let cpg = (!charset.is_empty()).then(|| charset.to_owned());
        assert_eq!(layer.text, TextKind::Bytes { cpg, ldid: None });
        let mut seen = Vec::new();
        layer
            .read(0..9, &mut |r| {
                let Value::Bytes(b) = r.values[1] else {
                    panic!("{:?}", r.values)
                };
                assert!(matches!(r.geometry, SourceGeometry::Polygon(_)));
                seen.push(b.to_vec());
                Ok(())
            })
            .unwrap();
        assert_eq!(seen, [mid.clone(), low.clone()], "{charset}");
    }
}

#[test]
fn curves_become_chords_and_other_shapes_are_reported() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("c.geojson");
    let text = r#"{"type":"FeatureCollection","features":[
      {"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[1,2]}},
      {"type":"Feature","properties":{"a":2},"geometry":null},
      {"type":"Feature","properties":{"a":3},"geometry":{"type":"Polygon","coordinates":[[[0,0,5],[1,0,5],[1,1,5],[0,0,5]]]}},
      {"type":"Feature","properties":{"a":4},"geometry":{"type":"Polygon","coordinates":[]}}]}"#;
    fs::write(&path, text).unwrap();
    let layer = formats::open(&path, None).unwrap().remove(0);
    assert_eq!(
        lines(&layer),
        [
            "1 Int(1) SOURCE_SHAPE_TYPE",
            "2 Int(2) null",
            "3 Int(3) 3:1000000",
            "4 Int(4) null"
        ]
    );
    layer
        .read(0..1, &mut |r| {
            let SourceGeometry::Bad { failure, wkb } = r.geometry else {
                panic!()
            };
            assert_eq!(
                (failure.at_record(), wkb.len()),
                (Some(1), 21),
                "the original is kept"
            );
            Ok(())
        })
        .unwrap();
    let mut third = Vec::new();
    layer
        .read(2..3, &mut |r| {
            third.push(r.number);
            Ok(())
        })
        .unwrap();
    assert_eq!(third, [3]);
}

#[test]
fn layers_and_folders() {
    let dir = tempfile::tempdir().unwrap();
    let sub = dir.path().join("b");
    fs::create_dir(&sub).unwrap();
    write_to(OutputFormat::Gpkg, &sub.join("x.gpkg"), false).unwrap();
    legacy(dir.path());
    fs::write(dir.path().join("README.txt"), "x").unwrap();
    let names = |path: &Path, layer| -> Result<Vec<String>, Failure> {
        let layers = formats::open(path, layer)?;
        Ok(layers
            .iter()
            .map(|l| format!("{}#{}", l.file_name(), l.layer.as_deref().unwrap_or("")))
            .collect())
    };
    assert_eq!(names(dir.path(), None).unwrap(), ["TCVN3.shp#", "x.gpkg#thua"]);
    assert_eq!(names(&sub.join("x.gpkg#thua"), None).unwrap(), ["x.gpkg#thua"]);
    let code = |path: &Path, layer| names(path, layer).unwrap_err().code();
    assert_eq!(code(&sub.join("x.gpkg#nha"), None), "SOURCE_NO_LAYER");
    assert_eq!(code(&sub.join("x.gpkg"), Some("nha")), "SOURCE_NO_LAYER");
    assert_eq!(code(&dir.path().join("README.txt"), None), "SOURCE_KIND");
    assert_eq!(code(&dir.path().join("none.shp"), None), "SOURCE_NOT_FOUND");
    fs::write(dir.path().join("bad.gpkg"), b"SQLite format 3\0 not really").unwrap();
    assert_eq!(code(&dir.path().join("bad.gpkg"), None), "SOURCE_UNREADABLE");
    assert_eq!(
        code(dir.path(), None),
        "SOURCE_UNREADABLE",
        "an unreadable file of a folder is not left out unseen"
    );
    let before: Vec<_> = fs::read_dir(&sub)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(
        before.len(),
        1,
        "reading leaves nothing beside the file: {before:?}"
    );
}
