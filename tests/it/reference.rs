//! Reference layers: files of others of every kind, read onto the lattice; in the window added, snapped to,
//! aligned to, kept in the settings, missed calmly.

use std::path::{Path, PathBuf};

use diachinh::domain::Pt;
use diachinh::import::Options;
use diachinh::import::reference::{MOST_POINTS, Outcome, Read, read};
use diachinh::job::Progress;
use diachinh::ui::ToolKind;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use crate::ui::{CTRL, Window};

const NONE: Modifiers = Modifiers::NONE;

/// A district in 9210 whose parcels lie around 1,190,000 N, 590,000 E.
fn options() -> Options {
    Options {
        project_epsg: 9210,
        extent: Some([589_000.0, 1_189_000.0, 591_000.0, 1_191_000.0]),
        ..Options::default()
    }
}

fn file(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

fn taken(path: &Path, options: &Options) -> Read {
    match read(path, options, &Progress::none()) {
        Ok(Outcome::Read(read)) => read,
        other => panic!("{}: {other:?}", path.display()),
    }
}

fn geojson(crs: &str, geometries: &[&str]) -> String {
    let feature = |g: &&str| format!(r#"{{"type":"Feature","properties":{{}},"geometry":{g}}}"#);
    let features: Vec<String> = geometries.iter().map(feature).collect();
    format!(
        r#"{{"type":"FeatureCollection",{crs}"features":[{}]}}"#,
        features.join(",")
    )
}

const IN_9210: &str = r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::9210"}},"#;

/// A line shapefile with its index, without attributes.
fn line_shp(folder: &Path, points: &[[f64; 2]]) -> PathBuf {
    let n = points.len() as i32;
    let bounds = |axis: usize| {
        let all = points.iter().map(move |p| p[axis]);
        (all.clone().fold(f64::MAX, f64::min), all.fold(f64::MIN, f64::max))
    };
    let ((x0, x1), (y0, y1)) = (bounds(0), bounds(1));
    let bbox: Vec<u8> = [x0, y0, x1, y1].iter().flat_map(|v| v.to_le_bytes()).collect();
    let mut content = [3i32.to_le_bytes().to_vec(), bbox.clone()].concat();
    content.extend([1i32, n, 0].iter().flat_map(|v| v.to_le_bytes()));
    content.extend(points.iter().flatten().flat_map(|v| v.to_le_bytes()));
    let head = |words: i32| {
        let mut h = vec![0u8; 100];
        h[..4].copy_from_slice(&9994i32.to_be_bytes());
        h[24..28].copy_from_slice(&words.to_be_bytes());
        h[28..32].copy_from_slice(&1000i32.to_le_bytes());
        h[32..36].copy_from_slice(&3i32.to_le_bytes());
        h[36..68].copy_from_slice(&bbox);
        h
    };
    let words = content.len() as i32 / 2;
    let record = [1i32.to_be_bytes().to_vec(), words.to_be_bytes().to_vec(), content].concat();
    let index = [50i32.to_be_bytes(), words.to_be_bytes()].concat();
    file(folder, "tim.shx", [head(54), index].concat());
    file(folder, "tim.shp", [head(50 + 4 + words), record].concat())
}

#[test]
fn lines_points_and_outlines_of_every_kind_come_onto_the_lattice() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let json = geojson(
        IN_9210,
        &[
            r#"{"type":"LineString","coordinates":[[590000,1190000],[590010.0004,1190000],[590020,1190005]]}"#,
            r#"{"type":"Polygon","coordinates":[[[590000,1190000],[590010,1190000],[590010,1190010],[590000,1190000]]]}"#,
            r#"{"type":"MultiPoint","coordinates":[[590001,1190001],[590002,1190002]]}"#,
        ],
    );
    let r = taken(&file(dir, "qh.geojson", json), &options()).reference;
    assert_eq!((r.len(), r.point_count()), (4, 9));
    assert_eq!(r.line(0)[1], Pt::new(590_010_000, 1_190_000_000));
    assert_eq!((r.record(1), r.record(2), r.record(3)), (2, 3, 3));

    let shp = line_shp(dir, &[[590_000.0, 1_190_000.0], [590_050.0, 1_190_000.5]]);
    let read = taken(&shp, &options());
    assert_eq!(read.reference.line(0)[1], Pt::new(590_050_000, 1_190_000_500));
    assert!(
        read.systems[0].declared.is_none() && read.systems[0].plan.certain,
        "it lies where the parcels lie"
    );
    assert_eq!(
        taken(&dir.join("tim.shx"), &options()).reference.len(),
        1,
        "whichever file was picked"
    );

    let dxf = "0\nSECTION\n2\nENTITIES\n0\nLINE\n8\n0\n10\n590000\n20\n1190000\n11\n590020\n21\n1190010\n0\nPOINT\n8\n0\n10\n590005\n20\n1190005\n0\nENDSEC\n0\nEOF\n";
    let r = taken(&file(dir, "ve.dxf", dxf), &options()).reference;
    assert_eq!(
        (r.len(), r.line(1)),
        (2, &[Pt::new(590_005_000, 1_190_005_000)][..])
    );

    let csv = "Ten,X,Y\nA1,1190000.5,590000.25\nA2,1190010,590010\nhong,,\n";
    let read = taken(&file(dir, "diem.csv", csv), &options());
    assert_eq!((read.reference.len(), read.bad), (2, 1));
    assert_eq!(
        read.reference.line(0),
        [Pt::new(590_000_250, 1_190_000_500)],
        "X is north"
    );
}

#[test]
fn nothing_is_transformed_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let line = r#"{"type":"LineString","coordinates":[[106.2,10.76],[106.3,10.77]]}"#;
    let path = file(folder.path(), "wgs84.geojson", geojson("", &[line]));
    let Ok(Outcome::Asks(q)) = read(&path, &options(), &Progress::none()) else {
        panic!("degrees are not taken for metres")
    };
    assert_eq!(q.plan.epsg, 4326);
    let allowed = Options {
        reproject: true,
        ..options()
    };
    let r = taken(&path, &allowed).reference;
    let want = diachinh::crs::from_wgs84(9210, 10.76, 106.2).unwrap();
    assert_eq!(r.line(0)[0], want);
    let unknown = Options {
        crs: Some(1234),
        ..options()
    };
    assert_eq!(
        read(&path, &unknown, &Progress::none()).unwrap_err().code(),
        "CRS_UNKNOWN"
    );
}

#[test]
fn what_cannot_be_a_layer_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let code = |path: &Path| {
        read(path, &options(), &Progress::none())
            .unwrap_err()
            .code()
            .to_owned()
    };
    assert_eq!(code(&dir.join("khong-co.shp")), "SOURCE_NOT_FOUND");
    assert_eq!(code(&file(dir, "anh.jpg", "x")), "SOURCE_KIND");
    assert_eq!(
        code(&file(dir, "hong.dxf", "khong phai dxf")),
        "SOURCE_UNREADABLE"
    );
    assert_eq!(
        code(&file(dir, "hong.geojson", "{\"type\":")),
        "SOURCE_UNREADABLE"
    );
    assert_eq!(code(&file(dir, "cut.shp", vec![0u8; 60])), "SOURCE_UNREADABLE");
    assert_eq!(
        code(&file(dir, "rong.geojson", geojson(IN_9210, &[]))),
        "REFERENCE_EMPTY"
    );
    let one = ",[590001,1190000],[590000,1190000]".repeat(25_000);
    let line = format!("{{\"type\":\"LineString\",\"coordinates\":[{}]}}", &one[1..]);
    let lines = vec![line.as_str(); MOST_POINTS / 50_000 + 1];
    let path = file(dir, "lon.geojson", geojson(IN_9210, &lines));
    assert_eq!(code(&path), "REFERENCE_TOO_LARGE");
    let cancelled = Progress::none();
    cancelled.cancel();
    let small = file(
        dir,
        "nho.geojson",
        geojson(IN_9210, &[r#"{"type":"Point","coordinates":[590001,1190001]}"#]),
    );
    assert_eq!(
        read(&small, &options(), &cancelled).unwrap_err().code(),
        "CANCELLED"
    );
}

// ---------------------------------------------------------------- in the window

/// A line along the longest side of a parcel, 0.2 m off it, as a file.
fn beside(w: &Window, fid: i64, folder: &Path) -> (PathBuf, [Pt; 2]) {
    let p = w.project().coverage().get(fid).unwrap().clone();
    let (a, b) = p.polygon.sides().max_by_key(|(a, b)| a.dist2(*b)).unwrap();
    let k = 200.0 / a.dist(b);
    let (de, dn) = ((-(b.n - a.n)) as f64 * k, (b.e - a.e) as f64 * k);
    let off = |p: Pt| [(p.e as f64 + de) / 1000.0, (p.n as f64 + dn) / 1000.0];
    let ([ax, ay], [bx, by]) = (off(a), off(b));
    let line = format!(r#"{{"type":"LineString","coordinates":[[{ax},{ay}],[{bx},{by}]]}}"#);
    let epsg = w.project().epsg();
    let crs = IN_9210.replace("9210", &epsg.to_string());
    (file(folder, "ranh-qh.geojson", geojson(&crs, &[&line])), [a, b])
}

fn add(w: &mut Window, path: &Path) {
    w.key(CTRL, Key::L);
    w.settle();
    w.type_into("Tệp", &path.display().to_string());
    w.settle();
}

fn painted(theme: &str) -> Window {
    let painted = std::env::var_os("DIACHINH_SHOTS").is_some();
    Window::sample_with([1366.0, 768.0], &format!("{{\"theme\":\"{theme}\"}}"), painted)
}

#[test]
fn a_layer_is_added_snapped_to_aligned_to_and_kept() {
    for theme in ["light", "dark"] {
        flow(theme);
    }
}

fn flow(theme: &str) {
    let mut w = painted(theme);
    let fid = w.find();
    w.key(CTRL, Key::J);
    w.settle();
    let folder = tempfile::tempdir().unwrap();
    let (path, [a, b]) = beside(&w, fid, folder.path());
    add(&mut w, &path);
    w.shot(&format!("tham-chieu-them-{theme}"));
    assert!(w.says("Đã đọc 1 đường"), "{}", w.texts());
    w.click("Thêm lớp");
    assert!(w.says("ranh-qh"), "{}", w.texts());
    w.shot(&format!("tham-chieu-tren-ban-do-{theme}"));
    assert!(
        w.settings().contains("ranh-qh.geojson"),
        "kept in the settings: {}",
        w.settings()
    );
    // Snapped to, with the layer's name on the map.
    w.key(NONE, Key::D);
    w.settle();
    let [from, to] = [a, b].map(|p| w.app().on_screen(p).unwrap());
    w.h.hover_at(from + (to - from) * 0.4);
    w.h.run_steps(3);
    w.shot(&format!("tham-chieu-bat-diem-{theme}"));
    w.key(NONE, Key::V);
    w.settle();
    // Aligned to by keyboard: the ends by their numbers, the nearest line is taken.
    let points: Vec<Pt> = w
        .project()
        .coverage()
        .get(fid)
        .unwrap()
        .polygon
        .points()
        .collect();
    let number = |p: Pt| (points.iter().position(|q| *q == p).unwrap() + 1).to_string();
    w.key(NONE, Key::A);
    w.settle();
    w.type_into("Từ", &number(a));
    w.type_into("Đến", &number(b));
    w.h.get_by_role_and_label(Role::ComboBox, "Theo").focus();
    w.h.run_steps(2);
    w.key(NONE, Key::ArrowDown);
    w.key(NONE, Key::ArrowDown);
    w.settle();
    assert!(w.says("ranh-qh · bản ghi 1"), "{}", w.texts());
    w.shot(&format!("tham-chieu-nan-ranh-{theme}"));
    w.click("Áp dụng");
    assert_eq!(w.app().tool(), ToolKind::Align);
    let after = w.project().coverage().get(fid).unwrap().polygon.clone();
    assert!(
        !after.points().any(|p| p == a || p == b),
        "both ends went to the line: {}",
        w.texts()
    );
    let near = |p: Pt| after.points().any(|q| (q.dist(p) - 200.0).abs() < 2.0);
    assert!(near(a) && near(b));
    w.key(CTRL, Key::Z);
    w.settle();
    // Off, renamed, away.
    w.h.get_by_role_and_label(Role::CheckBox, "ranh-qh").click();
    w.settle();
    assert!(w.settings().contains("\"on\": false"), "{}", w.settings());
    option(&mut w, "ranh-qh", "Đổi tên");
    w.type_into("Tên lớp tham chiếu", "Chỉ giới đường");
    w.key(NONE, Key::Enter);
    w.settle();
    assert!(w.says("Chỉ giới đường") && w.settings().contains("Chỉ giới đường"));
    option(&mut w, "Chỉ giới đường", "Bỏ khỏi danh sách");
    assert!(
        !w.says("Chỉ giới đường") && !w.settings().contains("ranh-qh"),
        "{}",
        w.texts()
    );
}

fn option(w: &mut Window, layer: &str, entry: &str) {
    w.click(&format!("Tùy chọn lớp {layer}"));
    w.click(entry);
}

#[test]
fn layers_come_back_with_the_project_and_a_missing_file_is_told_calmly() {
    let mut w = painted("light");
    let fid = w.find();
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = beside(&w, fid, folder.path());
    for _ in 0..2 {
        add(&mut w, &path);
        w.click("Thêm lớp");
    }
    let district = w.project().path().to_owned();
    w.key(CTRL, Key::W);
    w.settle();
    std::fs::remove_file(&path).unwrap();
    w.button(district.file_stem().unwrap().to_str().unwrap()).click();
    w.settle();
    assert!(w.says("không thấy tệp; lớp vẫn được giữ"), "{}", w.texts());
    w.shot("tham-chieu-mat-tep");
    assert!(w.settings().contains("ranh-qh.geojson"), "and stays in the list");
}

#[test]
fn degrees_ask_before_anything_is_transformed() {
    let mut w = painted("light");
    let fid = w.find();
    let corner = w.project().coverage().get(fid).unwrap().polygon.shell()[0];
    let (lat, lon) = diachinh::crs::to_wgs84(w.project().epsg() as u32, corner).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let line = format!(
        r#"{{"type":"LineString","coordinates":[[{lon},{lat}],[{},{lat}]]}}"#,
        lon + 0.001
    );
    let path = file(folder.path(), "gps.geojson", geojson("", &[&line]));
    add(&mut w, &path);
    assert!(w.says("cho phép chuyển tọa độ nếu khác hệ"), "{}", w.texts());
    w.shot("tham-chieu-hoi-he-toa-do");
    w.h.get_by_role_and_label(Role::CheckBox, "Cho phép chuyển tọa độ sang hệ của tệp huyện")
        .click();
    w.settle();
    assert!(w.says("Đã đọc 1 đường"), "{}", w.texts());
    w.click("Thêm lớp");
    assert!(w.settings().contains("\"reproject\": true"), "{}", w.settings());
}
