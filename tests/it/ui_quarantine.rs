//! The worklist of records in quarantine in the window, by accessible names and by keyboard.
//!
//! `DIACHINH_SHOTS=DIR cargo test --release --test it ui_quarantine` writes its pictures.

use std::path::Path;

use diachinh::domain::{Act, QuarantineFilter, QuarantinedRecord};
use diachinh::import::{self, Existing, Multipart, Options, Plan};
use diachinh::job::Progress;
use diachinh::project::{NewProject, Project};
use diachinh::ui::{Setup, ToolKind};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use serde_json::{Value, json};

use crate::ui::{CTRL, Window};

const NONE: Modifiers = Modifiers::NONE;
const E: f64 = 603_500.0;
const N: f64 = 1_191_500.0;

type Ring = Vec<[f64; 2]>;

/// Parcel `i` of a row of plots 12 m wide and 25 m deep that share sides.
fn plot(i: usize) -> Ring {
    let e = E + 12.0 * i as f64;
    vec![[e, N], [e + 12.0, N], [e + 12.0, N + 25.0], [e, N + 25.0], [e, N]]
}

fn feature(geometry: Value, number: usize) -> Value {
    let mut feature = json!({"type": "Feature", "properties": {
        "MAXA": "25747", "SHBANDO": "12", "SHTHUA": number, "KHLOAIDAT": "ONT", "DIENTICH": 300.0,
        "TENCHU": "Trần Thị Thử Nghiệm", "DIACHI": "Thôn Hư Cấu, xã Bịa", "GHICHU": "đo năm 1998"}});
    feature["geometry"] = geometry;
    feature
}

fn polygon(ring: &Ring) -> Value {
    json!({"type": "Polygon", "coordinates": [ring]})
}

/// Twelve plots; 3 is a bow-tie, 6 has no shape, 9 is in two parts, 11 was typed with axes exchanged.
fn features(corrected: bool) -> Vec<Value> {
    let of = |i: usize| match i {
        3 if !corrected => {
            let mut ring = plot(i);
            ring.swap(2, 3);
            polygon(&ring)
        }
        6 if !corrected => Value::Null,
        9 if !corrected => {
            let far: Ring = plot(i).iter().map(|[e, n]| [*e, n + 40.0]).collect();
            json!({"type": "MultiPolygon", "coordinates": [[plot(i)], [far]]})
        }
        _ => polygon(&plot(i)),
    };
    (1..=12).map(|i| feature(of(i), i)).collect()
}

fn write(dir: &Path, name: &str, features: &[Value]) -> std::path::PathBuf {
    let path = dir.join(name);
    let document = json!({"type": "FeatureCollection", "features": features,
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::9210"}}});
    std::fs::write(&path, document.to_string()).unwrap();
    path
}

/// A window with a district into which such a file was imported.
fn window(dir: &Path, theme: &str, filled: bool) -> Window {
    window_of(dir, theme, filled.then(|| features(false)))
}

fn window_of(dir: &Path, theme: &str, features: Option<Vec<Value>>) -> Window {
    let path = dir.join("huyen.gpkg");
    let act = Act::new("Lan Thử", jiff::Timestamp::from_second(1_795_000_000).unwrap());
    let new = NewProject {
        epsg: 9210,
        name: "Huyện Thử".into(),
        communes: vec![("25747".into(), "Xã Thử".into())],
        province: None,
    };
    let mut p = Project::create(&path, &new, &act).unwrap();
    if let Some(features) = features {
        let file = write(dir, "DC_25747.geojson", &features);
        let inspection = import::inspect(&[file], &Progress::none()).unwrap();
        let options = Options {
            project_epsg: 9210,
            crs: Some(9210),
            multipart: Multipart::Quarantine,
            ..Options::default()
        };
        let plan = Plan::propose(&inspection, &options).unwrap();
        let drafted = import::draft(&inspection, &plan, &Existing::default(), &Progress::none()).unwrap();
        p.import(&drafted.draft, &act, &Progress::none()).unwrap();
    }
    p.close().unwrap();
    let setup = Setup {
        open: Some(path),
        ..Setup::default()
    };
    let painted = std::env::var_os("DIACHINH_SHOTS").is_some();
    let settings = format!("{{\"theme\":\"{theme}\"}}");
    let mut w = Window::with(setup, [1366.0, 768.0], &settings, painted);
    w.settle();
    w
}

impl Window {
    fn records(&self) -> Vec<QuarantinedRecord> {
        self.project().quarantined(&QuarantineFilter::default()).unwrap()
    }

    /// Stands on the first record, by keyboard.
    fn first(&mut self) {
        self.h
            .get_by_role_and_label(Role::Table, "Bảng bản ghi cách ly")
            .focus();
        self.h.run_steps(2);
        self.key(NONE, Key::ArrowDown);
        self.settle();
    }

    fn states(&self) -> String {
        let states = self.records().into_iter().map(|r| r.state.name().to_owned());
        states.collect::<Vec<_>>().join(" ")
    }

    fn is_tab(&self, name: &str) -> bool {
        self.h.query_by_role_and_label(Role::Tab, name).is_some()
    }
}

#[test]
fn records_are_repaired_drawn_and_set_aside_in_the_window() {
    let dir = tempfile::tempdir().unwrap();
    let mut w = window(dir.path(), "light", true);
    assert!(w.is_tab("Cách ly (3)"), "{}", w.texts());
    w.key(CTRL | Modifiers::SHIFT, Key::Q);
    w.settle();
    assert!(
        w.says("Đường ranh tự cắt, tự chạm") && w.says("Nhiều vùng rời nhau"),
        "{}",
        w.texts()
    );
    let before = w.app().scale();
    w.first();
    assert!(w.says("DC_25747.geojson · 25747/12/3"), "{}", w.texts());
    assert!(w.app().scale() < before, "the map went there");
    assert!(
        w.says("Trần Thị Thử Nghiệm") && w.says("đo năm 1998"),
        "the row of the file stands beside"
    );
    assert!(w.says("Không chồng lấn thửa nào."), "{}", w.texts());
    w.shot("cach-ly-tu-cat");
    w.click("Đặt vào bản đồ");
    assert_eq!(w.states(), "placed waiting waiting");
    assert!(w.is_tab("Cách ly (2)"));
    // It goes on to the next that waits: no shape, so it is drawn.
    assert!(w.says("DC_25747.geojson · 25747/12/6"), "{}", w.texts());
    assert!(w.says("hãy vẽ ranh bằng tay"));
    w.shot("cach-ly-khong-hinh");
    w.click("Vẽ bằng tay");
    assert_eq!(w.app().tool(), ToolKind::AddParcel);
    assert_eq!(
        (w.value("Tờ"), w.value("Số thửa"), w.value("Loại đất")),
        ("12".into(), "6".into(), "ONT".into())
    );
    let typed: Vec<String> = plot(6)[..4]
        .iter()
        .map(|[e, n]| format!("{n:.3} {e:.3}").replace('.', ","))
        .collect();
    w.type_into("Đường bao", &typed.join("; "));
    w.settle();
    w.key(NONE, Key::Enter);
    w.settle();
    assert_eq!(w.states(), "placed placed waiting", "{}", w.texts());
    let drawn = w.records().remove(1);
    let key = "25747/12/6".parse().unwrap();
    let fid = w.project().resolve(&key).unwrap();
    assert_eq!(
        w.project().record(fid).unwrap().holders[0].name,
        "Trần Thị Thử Nghiệm"
    );
    assert_eq!(drawn.reference(), "25747/12/6");
    w.key(NONE, Key::Escape);
    w.key(NONE, Key::Escape);
    w.settle();
    // The next one is set aside, with its reason.
    assert!(w.says("DC_25747.geojson · 25747/12/9"), "{}", w.texts());
    w.type_into("Lý do để riêng", "chờ đo lại");
    w.settle();
    w.click("Để riêng");
    assert_eq!(w.states(), "placed placed aside");
    assert!(
        w.is_tab("Cách ly") && w.says("để riêng: chờ đo lại"),
        "{}",
        w.texts()
    );
    w.click("Đưa trở lại danh sách chờ");
    assert_eq!(w.states(), "placed placed waiting");
    // Everything is taken back one by one.
    for states in [
        "placed placed aside",
        "placed placed waiting",
        "placed waiting waiting",
        "waiting waiting waiting",
    ] {
        w.key(CTRL, Key::Z);
        w.settle();
        assert_eq!(w.states(), states);
    }
}

#[test]
fn the_list_is_walked_and_filtered_by_keyboard_and_follows_a_new_import() {
    let dir = tempfile::tempdir().unwrap();
    let mut w = window(dir.path(), "dark", true);
    w.key(CTRL | Modifiers::SHIFT, Key::Q);
    w.settle();
    w.first();
    for (number, next) in [(3, "Bản ghi sau"), (6, "Bản ghi sau"), (9, "")] {
        assert!(
            w.says(&format!("DC_25747.geojson · 25747/12/{number}")),
            "{}",
            w.texts()
        );
        if !next.is_empty() {
            w.click(next);
        }
    }
    assert!(w.says("Tách mỗi vùng thành một thửa · 2 thửa"), "{}", w.texts());
    w.shot("cach-ly-nhieu-vung-toi");
    w.type_into("Lọc bản ghi cách ly", "12/6");
    w.settle();
    assert!(!w.says("Đường ranh tự cắt, tự chạm"), "filtered: {}", w.texts());
    w.type_into("Lọc bản ghi cách ly", "không có");
    w.settle();
    assert!(w.says("Không có bản ghi nào khớp"));
    w.type_into("Lọc bản ghi cách ly", "");
    w.key(CTRL, Key::A);
    w.key(NONE, Key::Delete);
    w.settle();
    // The corrected file.
    let file = write(dir.path(), "sua_25747.geojson", &features(true));
    w.click("Nhập lại tệp đã sửa");
    w.type_into("Tệp hoặc thư mục", &file.display().to_string());
    w.settle();
    w.click("Tiếp tục");
    w.click("Tiếp tục");
    w.click("Ghi vào tệp huyện");
    assert_eq!(w.states(), "placed placed placed", "{}", w.texts());
    assert!(
        w.says("3 bản ghi cách ly trước đây đã vào bản đồ"),
        "{}",
        w.texts()
    );
    assert!(w.is_tab("Cách ly"));
}

#[test]
fn a_record_is_entered_with_the_selected_parcel() {
    let dir = tempfile::tempdir().unwrap();
    let mut w = window(dir.path(), "light", true);
    w.key(CTRL, Key::F);
    w.text("12/5");
    w.settle();
    w.key(NONE, Key::Enter);
    w.settle();
    let shape = w
        .project()
        .coverage()
        .get(w.app().selected()[0])
        .unwrap()
        .polygon
        .clone();
    w.key(CTRL | Modifiers::SHIFT, Key::Q);
    w.settle();
    w.first();
    w.click("Bản ghi sau");
    w.shot("cach-ly-thua-dang-chon");
    w.click("Là thửa đang chọn 12/5");
    assert_eq!(w.states(), "waiting placed waiting", "{}", w.texts());
    let fid = w.project().resolve(&"25747/12/6".parse().unwrap()).unwrap();
    assert_eq!(
        w.project().coverage().get(fid).unwrap().polygon,
        shape,
        "it keeps its shape"
    );
    w.key(CTRL, Key::Z);
    w.settle();
    assert_eq!(w.states(), "waiting waiting waiting");
}

#[test]
fn an_empty_worklist_says_what_it_is_for() {
    let dir = tempfile::tempdir().unwrap();
    let mut w = window(dir.path(), "light", false);
    w.key(CTRL | Modifiers::SHIFT, Key::Q);
    w.settle();
    assert!(w.says("Không có bản ghi cách ly"));
    w.shot("cach-ly-trong");
    let mut w = window(tempfile::tempdir().unwrap().path(), "dark", true);
    w.key(CTRL | Modifiers::SHIFT, Key::Q);
    w.settle();
    w.first();
    w.shot("cach-ly-tu-cat-toi");
    w.click("Đóng bản ghi");
    assert!(w.says("Chưa chọn thửa nào"));
}

/// Frames of the worklist: nothing in them grows with the records that are not to be seen.
#[test]
fn a_frame_of_a_long_worklist_costs_what_one_of_a_short_one_does() {
    let dir = tempfile::tempdir().unwrap();
    let frame = |n: usize| {
        let folder = dir.path().join(n.to_string());
        std::fs::create_dir(&folder).unwrap();
        let bow = |i: usize| {
            let mut ring = plot(i);
            ring.swap(2, 3);
            feature(polygon(&ring), i)
        };
        let all = std::iter::once(feature(polygon(&plot(n + 1)), n + 1)).chain((1..=n).map(bow));
        let mut w = window_of(&folder, "light", Some(all.collect()));
        w.key(CTRL | Modifiers::SHIFT, Key::Q);
        w.settle();
        w.first();
        assert_eq!(w.records().len(), n);
        let one = |w: &mut Window| {
            let start = std::time::Instant::now();
            w.h.step();
            start.elapsed()
        };
        let mut all: Vec<_> = (0..40).map(|_| one(&mut w)).collect();
        all.sort_unstable();
        println!(
            "worklist of {n}: a frame in {:?}, at the most {:?}",
            all[20], all[39]
        );
        all[0]
    };
    let (short, long) = (frame(50), frame(5_000));
    assert!(long < 2 * short, "{short:?} {long:?}");
}
