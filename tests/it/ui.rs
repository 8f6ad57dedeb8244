//! The window, driven through its accessible names as a person or a screen reader would. Every run of
//! the harness fails on a widget without a name and on a letter no font can draw.
//!
//! `DIACHINH_SHOTS=docs/images cargo test --release --test it ui::pictures` writes the pictures of the
//! README.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use diachinh::domain::{Act, Pt};
use diachinh::project::Project;
use diachinh::ui::{App, Setup, ToolKind};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, Pos2, Vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, Node};

pub const CTRL: Modifiers = Modifiers::COMMAND;
/// The window in a test.
pub struct Window {
    pub h: Harness<'static, Option<App>>,
    folder: tempfile::TempDir,
    /// Where its own copy of the sample lies.
    _sample: Option<tempfile::TempDir>,
}

/// The sample district, made once through the window's own code.
fn sample() -> &'static Path {
    static SAMPLE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    &SAMPLE
        .get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let setup = Setup {
                sample: Some(folder.path().into()),
                ..Setup::default()
            };
            let mut w = Window::with(setup, [1366.0, 768.0], "{}", false);
            w.button("Mở dữ liệu mẫu").click();
            w.settle();
            let project = w
                .app()
                .project()
                .unwrap_or_else(|| panic!("the sample did not open: {}", w.texts()));
            let path = project.path().to_owned();
            w.key(CTRL, Key::W);
            w.settle();
            (folder, path)
        })
        .1
}

impl Window {
    pub fn with(setup: Setup, size: [f32; 2], settings: &str, painted: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config");
        std::fs::create_dir_all(&config).unwrap();
        std::fs::write(config.join("settings.json"), settings).unwrap();
        let setup = Setup {
            config: Some(config),
            ..setup
        };
        let builder = Harness::builder()
            .with_size(Vec2::from(size))
            .with_max_steps(40)
            .with_render_cursor(false)
            .with_context_setup(App::install);
        let builder = if painted { builder.wgpu() } else { builder };
        let h = builder.build_ui_state(
            move |ui, app: &mut Option<App>| {
                let app = app.get_or_insert_with(|| App::new(ui.ctx(), setup.clone()));
                app.tick(ui.ctx());
                // The harness leaves a margin around its own ui; a window has none.
                let all = ui.ctx().content_rect();
                let mut window = ui.new_child(egui::UiBuilder::new().max_rect(all));
                window.set_clip_rect(all);
                app.show(&mut window);
            },
            None,
        );
        Self {
            h,
            folder,
            _sample: None,
        }
    }

    /// A window with its own copy of the sample open.
    pub fn sample() -> Self {
        Self::sample_with([1366.0, 768.0], "{}", false)
    }

    pub fn sample_with(size: [f32; 2], settings: &str, painted: bool) -> Self {
        Self::prepared(size, settings, painted, |_| ())
    }

    /// The sample, with something done to its file before it is opened.
    pub fn prepared(size: [f32; 2], settings: &str, painted: bool, prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("huyen-mau.gpkg");
        std::fs::copy(sample(), &path).unwrap();
        prepare(&path);
        let setup = Setup {
            open: Some(path),
            ..Setup::default()
        };
        let mut w = Self::with(setup, size, settings, painted);
        w._sample = Some(folder);
        w.settle();
        assert!(w.app().project().is_some(), "the copy of the sample opens");
        w
    }

    pub fn app(&self) -> &App {
        self.h.state().as_ref().expect("made in the first frame")
    }

    pub fn project(&self) -> &Project {
        self.app().project().expect("a project is open")
    }

    /// Steps until nothing is going on, then checks that every widget has a name.
    pub fn settle(&mut self) {
        let end = Instant::now() + Duration::from_secs(60);
        self.h.run_steps(3);
        while !self.app().is_idle() {
            assert!(Instant::now() < end, "still busy after a minute");
            std::thread::sleep(Duration::from_millis(4));
            self.h.step();
        }
        self.h.run_steps(3);
        self.h.run_ok();
        self.h.check_accessibility();
    }

    pub fn button<'a>(&'a self, name: &'a str) -> Node<'a> {
        self.h.get_by_role_and_label(Role::Button, name)
    }

    pub fn click(&mut self, name: &str) {
        self.button(name).click();
        self.settle();
    }

    /// The settings file as last written.
    pub fn settings(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("config/settings.json")).unwrap()
    }

    pub fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.h.key_press_modifiers(modifiers, key);
        self.h.run_steps(2);
    }

    pub fn text(&mut self, text: &str) {
        self.h.event(Event::Text(text.into()));
        self.h.run_steps(2);
    }

    pub fn field<'a>(&'a self, name: &'a str) -> Node<'a> {
        self.h.get_by_role_and_label(Role::TextInput, name)
    }

    /// Replaces what stands in a field, without leaving it.
    pub fn type_into(&mut self, name: &str, text: &str) {
        self.field(name).focus();
        self.h.run_steps(2);
        self.key(CTRL, Key::A);
        self.text(text);
    }

    pub fn value(&self, name: &str) -> String {
        self.field(name).value().unwrap_or_default()
    }

    /// Whether a text with this in it is to be seen.
    pub fn says(&self, part: &str) -> bool {
        let has = |n: &Node<'_>| {
            let node = n.accesskit_node();
            node.value().is_some_and(|v| v.contains(part)) || node.label().is_some_and(|l| l.contains(part))
        };
        self.h.root().children_recursive().any(|n| has(&n))
    }

    /// Everything that is to be read in the window, for the message of a failed test.
    pub fn texts(&self) -> String {
        let text = |n: Node<'_>| n.accesskit_node().value().or(n.accesskit_node().label());
        self.h
            .root()
            .children_recursive()
            .filter_map(text)
            .collect::<Vec<_>>()
            .join(" | ")
    }

    pub fn drag(&mut self, from: Pos2, to: Pos2) {
        self.h.hover_at(from);
        self.h.step();
        self.h.drag_at(from);
        self.h.run_steps(2);
        for k in [0.3, 0.7, 1.0] {
            self.h.hover_at(from + (to - from) * k);
            self.h.run_steps(2);
        }
        self.h.drop_at(to);
        self.h.run_steps(2);
    }

    pub fn click_at(&mut self, at: Pos2) {
        self.h.hover_at(at);
        self.h.step();
        self.h.drag_at(at);
        self.h.step();
        self.h.drop_at(at);
        self.h.run_steps(3);
    }

    /// A parcel whose "sheet/number" is nowhere else, found through the search box; its fid.
    pub fn find(&mut self) -> i64 {
        let coverage = self.project().coverage().clone();
        let alone = |key: &str| {
            coverage
                .iter()
                .filter(|p| format!("{}/{}", p.sheet, p.number) == key)
                .count()
                == 1
        };
        let parcel = coverage
            .iter()
            .find(|p| p.is_parcel && p.area_legal.is_some() && alone(&format!("{}/{}", p.sheet, p.number)))
            .expect("the sample has such a parcel")
            .clone();
        self.key(CTRL, Key::F);
        self.text(&format!("{}/{}", parcel.sheet, parcel.number));
        self.settle();
        self.key(Modifiers::NONE, Key::Enter);
        self.settle();
        assert_eq!(self.app().selected(), [parcel.fid]);
        // The box is cleared, so that the layers are there again.
        self.click("Xóa ô tìm kiếm");
        parcel.fid
    }

    pub fn shot(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("DIACHINH_SHOTS") else {
            return;
        };
        std::fs::create_dir_all(&folder).unwrap();
        // The map's pictures are made on threads.
        let end = Instant::now() + Duration::from_secs(30);
        self.h.run_steps(2);
        while !self.app().map_is_complete() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
            self.h.step();
        }
        self.h.run_steps(2);
        let picture = self.h.render().unwrap();
        picture
            .save(Path::new(&folder).join(format!("{name}.png")))
            .unwrap();
    }
}

#[test]
fn the_start_page_opens_the_sample_and_remembers_it() {
    let mut w = Window::sample();
    assert!(w.says("Thửa đất ("), "the table of parcels is there");
    w.key(CTRL, Key::W);
    w.settle();
    assert!(w.app().project().is_none() && w.says("Tệp gần đây"));
    w.click("huyen-mau");
    assert!(w.app().project().is_some(), "opened from the recent files");
}

#[test]
fn search_selects_and_shows_the_parcel_everywhere() {
    let mut w = Window::sample();
    let before = w.app().scale();
    let fid = w.find();
    let parcel = w.project().coverage().get(fid).unwrap().clone();
    assert!(
        w.says(&format!("Tờ {} · Thửa {}", parcel.sheet, parcel.number)),
        "the inspector shows it"
    );
    assert_eq!(w.value("Số thửa"), &*parcel.number);
    assert!(w.app().scale() < before, "the map went there");
    w.key(CTRL, Key::F);
    w.text("không ai tên như thế này");
    w.settle();
    assert!(w.says("Không tìm thấy"));
}

#[test]
fn an_area_is_edited_with_a_comma_and_taken_back() {
    let mut w = Window::sample();
    let fid = w.find();
    let name = "Diện tích pháp lý";
    let before = w.project().record(fid).unwrap().area_legal;
    w.type_into(name, "1.234,5");
    assert_eq!(
        w.project().record(fid).unwrap().area_legal,
        before,
        "nothing is written while typing"
    );
    w.key(Modifiers::NONE, Key::Enter);
    w.settle();
    assert_eq!(w.project().record(fid).unwrap().area_legal, Some(1234.5));
    assert_eq!(w.value(name), "1.234,5");
    assert!(w.says("đã ghi"), "the status bar says so");
    w.key(CTRL, Key::Z);
    w.settle();
    assert_eq!(w.project().record(fid).unwrap().area_legal, before);
    w.key(CTRL, Key::Y);
    w.settle();
    assert_eq!(w.project().record(fid).unwrap().area_legal, Some(1234.5));
}

#[test]
fn bad_input_is_refused_at_its_field_and_esc_takes_it_back() {
    let mut w = Window::sample();
    let fid = w.find();
    let before = w.project().record(fid).unwrap();
    let name = "Diện tích đo đạc";
    let shown = w.value(name);
    for (bad, reason) in [("mười hai", "không phải là số"), ("-5", "lớn hơn 0")] {
        w.type_into(name, bad);
        w.key(Modifiers::NONE, Key::Enter);
        w.settle();
        assert!(w.says(reason), "{bad}: the reason stands there");
        assert_eq!(w.value(name), bad, "what was typed is not lost");
        assert_eq!(w.project().record(fid).unwrap(), before, "nothing was written");
    }
    w.field(name).focus();
    w.h.run_steps(2);
    w.key(Modifiers::NONE, Key::Escape);
    w.settle();
    assert_eq!(w.value(name), shown);
    w.type_into("Số thửa", "");
    w.key(CTRL, Key::A);
    w.key(Modifiers::NONE, Key::Backspace);
    w.key(Modifiers::NONE, Key::Enter);
    w.settle();
    assert!(w.says("Không được để trống"));
}

#[test]
fn unikey_bursts_are_text_and_single_letters_are_no_shortcuts_while_typing() {
    let mut w = Window::sample();
    let fid = w.find();
    w.type_into("Địa chỉ", "");
    w.key(CTRL, Key::A);
    let back = || Event::Key {
        key: Key::Backspace,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    // "vieetj" as UniKey sends it, all in one frame, with the letters' keys as the system reports them.
    let letter = |s: &str, key| {
        let key = Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        [key, Event::Text(s.into())]
    };
    let mut burst: Vec<Event> = Vec::new();
    burst.extend(letter("v", Key::V));
    burst.extend(letter("i", Key::I));
    burst.extend(letter("e", Key::E));
    burst.extend([back(), Event::Text("ê".into())]);
    burst.extend(letter("m", Key::M));
    burst.extend([back(), back(), Event::Text("ệ".into())]);
    burst.extend(letter("t", Key::T));
    w.h.input_mut().events.extend(burst);
    w.h.run_steps(2);
    assert_eq!(w.value("Địa chỉ"), "việt");
    assert_eq!(w.app().tool(), ToolKind::Select, "v, h and m were text");
    // Decomposed letters are composed when the field is left, not before.
    w.text(" a\u{309}");
    assert_eq!(w.value("Địa chỉ"), "việt a\u{309}");
    w.key(Modifiers::NONE, Key::Enter);
    w.settle();
    assert_eq!(
        w.project().record(fid).unwrap().address.as_deref(),
        Some("việt ả")
    );
}

#[test]
fn the_language_switches_at_run_time_and_is_kept() {
    let mut w = Window::sample();
    assert!(w.says("Tìm lệnh") && !w.says("Find a command"));
    w.key(CTRL | Modifiers::SHIFT, Key::L);
    w.settle();
    assert!(w.says("Find a command") && w.says("Colour parcels"));
    let label = |w: &Window, text: &str| w.h.query_all_by_label(text).count();
    assert!(label(&w, "File") > 0 && label(&w, "Tệp") == 0);
    w.key(CTRL | Modifiers::SHIFT, Key::L);
    w.settle();
    assert!(label(&w, "Tệp") > 0);
}

#[test]
fn the_palette_finds_commands_without_marks() {
    let mut w = Window::sample();
    w.key(CTRL, Key::K);
    w.text("doi dinh");
    w.settle();
    assert!(w.says("Dời đỉnh ranh giới"));
    w.key(Modifiers::NONE, Key::Enter);
    w.settle();
    assert_eq!(w.app().tool(), ToolKind::MovePoint);
    w.key(Modifiers::NONE, Key::V);
    assert_eq!(w.app().tool(), ToolKind::Select, "a single letter chooses a tool");
}

#[test]
fn a_boundary_point_is_dragged_for_all_its_parcels_and_refused_where_it_would_cross() {
    let mut w = Window::sample();
    let fid = w.find();
    w.key(Modifiers::NONE, Key::M);
    let coverage = w.project().coverage().clone();
    let parcel = coverage.get(fid).unwrap().clone();
    let from = parcel
        .polygon
        .points()
        .find(|p| coverage.users_of(*p).len() > 1)
        .expect("a shared point");
    let users = coverage.users_of(from);
    let at = w.app().on_screen(from).unwrap();
    w.drag(at, at + Vec2::new(3.0, 2.0));
    w.settle();
    let after = w.project().coverage().clone();
    assert!(after.users_of(from).is_empty(), "nobody uses the old place");
    let moved = after
        .get(fid)
        .unwrap()
        .polygon
        .points()
        .find(|p| !parcel.polygon.points().any(|q| q == *p));
    assert_eq!(
        after.users_of(moved.expect("one point moved")),
        users,
        "all of them use the new one"
    );
    w.key(CTRL, Key::Z);
    w.settle();
    assert_eq!(w.project().coverage().users_of(from), users);
    // Beyond the far side the parcel would cross itself and its neighbours.
    let middle = w.app().on_screen(parcel.bbox.centre()).unwrap();
    let operations = w.project().info().unwrap().operations;
    w.drag(at, at + (middle - at) * 2.6);
    w.settle();
    assert_eq!(
        w.project().info().unwrap().operations,
        operations,
        "refused: nothing was written"
    );
    assert!(w.says("Không thể"), "and the reason is there: {}", w.texts());
    assert_eq!(w.project().coverage().users_of(from), users);
}

#[test]
fn a_click_on_the_map_selects_and_escape_clears() {
    let mut w = Window::sample();
    let fid = w.find();
    let b = w.project().coverage().get(fid).unwrap().bbox;
    w.key(Modifiers::NONE, Key::Escape);
    w.settle();
    assert!(w.app().selected().is_empty());
    let pole = diachinh::topology::polylabel::pole(&w.project().coverage().get(fid).unwrap().polygon, 100.0);
    let at = w.app().on_screen(pole.expect("it has an inside").at).unwrap();
    w.click_at(at);
    w.settle();
    assert_eq!(w.app().selected(), [fid]);
    // A dragged box takes all it touches.
    let corner = |p: Pt| w.app().on_screen(p).unwrap();
    let (a, c) = (
        corner(b.min) - Vec2::new(6.0, -6.0),
        corner(b.max) + Vec2::new(6.0, -6.0),
    );
    w.drag(a, c);
    w.settle();
    assert!(w.app().selected().len() > 1 && w.app().selected().contains(&fid));
}

#[test]
fn the_import_wizard_shows_what_it_will_write_and_writes_that() {
    let files = sample().parent().unwrap().join("tep-nguon");
    let mut shapes: Vec<PathBuf> = std::fs::read_dir(files)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "shp"))
        .collect();
    shapes.sort();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("moi.gpkg");
    let act = Act::new("can-bo-mau", "2026-11-23T00:00:00Z".parse().unwrap());
    let new = diachinh::project::NewProject {
        epsg: 9210,
        name: "Huyện Thử".into(),
        communes: vec![],
        province: None,
    };
    Project::create(&path, &new, &act).unwrap().close().unwrap();
    let mut w = Window::with(
        Setup {
            open: Some(path),
            ..Setup::default()
        },
        [1366.0, 768.0],
        "{}",
        false,
    );
    w.settle();
    assert!(
        w.says("Tệp này chưa có thửa đất"),
        "the empty map says what to do"
    );
    w.key(CTRL, Key::I);
    w.type_into("Tệp hoặc thư mục", &shapes[0].display().to_string());
    w.click("Tiếp tục");
    assert!(w.says("Ánh xạ cột"), "the second step");
    for tab in ["Bảng mã", "Hệ tọa độ", "Xem dữ liệu", "Ánh xạ cột"] {
        w.h.get_by_role_and_label(Role::Tab, tab).click();
        w.settle();
    }
    w.click("Tiếp tục");
    assert!(w.says("Nhập mới"), "the third step");
    assert!(
        w.project().coverage().is_empty(),
        "nothing is written before the last step"
    );
    w.click("Ghi vào tệp huyện");
    assert!(w.project().coverage().len() > 100);
    assert!(w.says("Kiểm tra xong"), "the rules run over what was imported");
    let parcels = w.project().coverage().len();
    w.key(CTRL, Key::Z);
    w.settle();
    assert!(
        w.project().coverage().is_empty(),
        "the whole import is one operation"
    );
    w.key(CTRL, Key::Y);
    w.settle();
    assert_eq!(w.project().coverage().len(), parcels);
}

#[test]
fn files_that_cannot_be_read_are_explained_in_the_wizard() {
    let mut w = Window::sample();
    w.key(CTRL, Key::I);
    w.type_into("Tệp hoặc thư mục", "/khong/co/tep.shp");
    w.click("Tiếp tục");
    assert!(w.says("tep.shp"), "the failure names the file");
    assert!(w.says("1. Chọn tệp"), "and the wizard stays");
    w.click("Hủy bỏ");
    assert!(!w.says("1. Chọn tệp"));
}

#[test]
fn a_new_district_is_made_from_the_dialog() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huyện mới.gpkg");
    let mut w = Window::with(Setup::default(), [1366.0, 768.0], "{}", false);
    w.key(CTRL, Key::N);
    w.type_into("Tên địa bàn", "Huyện Tưởng Tượng");
    w.type_into("Ghi vào tệp", &path.display().to_string());
    w.type_into("Lọc theo tỉnh", "ho chi minh");
    w.h.get_by_role_and_label(Role::ComboBox, "Kinh tuyến trục VN-2000")
        .click();
    w.h.run_steps(3);
    let zone =
        w.h.get_all_by_role(Role::Button)
            .rfind(|n| n.accesskit_node().label().is_some_and(|l| l.contains("105°45′")));
    zone.expect("the zone of the province").click();
    w.settle();
    w.click("Tạo tệp");
    assert_eq!(
        (w.project().name(), w.project().epsg()),
        ("Huyện Tưởng Tượng", 9210)
    );
    assert_eq!(w.project().path(), path);
}

#[test]
fn history_takes_an_older_operation_back() {
    let mut w = Window::sample();
    let fid = w.find();
    let before = w.project().record(fid).unwrap().address;
    w.type_into("Địa chỉ", "Thôn Bịa Đặt");
    w.key(Modifiers::NONE, Key::Enter);
    w.settle();
    let op = w.project().can_undo().unwrap().op;
    w.key(CTRL | Modifiers::SHIFT, Key::H);
    w.settle();
    w.click(&format!("Hoàn tác thao tác số {op}"));
    assert_eq!(w.project().record(fid).unwrap().address, before);
    let all = w.project().log(&Default::default()).unwrap();
    assert!(
        all.iter().any(|o| o.undoes == Some(op)),
        "undo is an operation of its own"
    );
}

/// Changes the address of the parcel in the inspector; gives the operation.
fn readdress(w: &mut Window, to: &str) -> i64 {
    w.type_into("Địa chỉ", to);
    w.key(Modifiers::NONE, Key::Enter);
    w.settle();
    w.project().can_undo().unwrap().op
}

#[test]
fn history_undoes_one_alone_or_says_what_builds_on_it_and_goes_anywhere() {
    let painted = std::env::var_os("DIACHINH_SHOTS").is_some();
    let mut w = Window::sample_with([1366.0, 1000.0], "{\"bottom_height\":450}", painted);
    let fid = w.find();
    let address = |w: &Window| w.project().record(fid).unwrap().address;
    let before = address(&w);
    let first = readdress(&mut w, "Thôn Một");
    let second = readdress(&mut w, "Thôn Hai");
    w.key(CTRL | Modifiers::SHIFT, Key::H);
    w.settle();
    w.click(&format!("Hoàn tác thao tác số {first}"));
    assert!(
        w.says("dựa vào nó") && w.says(&format!("số {second} (")),
        "{}",
        w.texts()
    );
    assert_eq!(address(&w).as_deref(), Some("Thôn Hai"));
    w.shot("nhat-ky");
    w.click(&format!("Về thao tác số {first}"));
    assert_eq!(address(&w).as_deref(), Some("Thôn Một"));
    w.click("Về thao tác số 2");
    assert_eq!(address(&w), before);
    w.click(&format!("Về thao tác số {second}"));
    assert_eq!(address(&w).as_deref(), Some("Thôn Hai"));
    assert!(
        w.h.query_by_role_and_label(Role::Button, &format!("Về thao tác số {second}"))
            .is_none(),
        "one is there already"
    );
    w.key(CTRL, Key::Z);
    w.settle();
    w.click(&format!("Làm lại thao tác số {second}"));
    assert_eq!(address(&w).as_deref(), Some("Thôn Hai"));
}

#[test]
fn undoing_an_import_is_a_job_that_can_be_cancelled() {
    let painted = std::env::var_os("DIACHINH_SHOTS").is_some();
    let mut w = Window::sample_with([1366.0, 768.0], "{}", painted);
    let parcels = w.project().coverage().len();
    let path = w.project().path().to_owned();
    w.key(CTRL | Modifiers::SHIFT, Key::H);
    w.settle();
    // While another program writes, the job waits for it.
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    w.button("Về thao tác số 1").click();
    w.h.run_steps(4);
    assert!(!w.app().is_idle(), "it runs");
    assert!(
        w.button("Về thao tác số 1").accesskit_node().is_disabled(),
        "no second one meanwhile"
    );
    w.h.get_by_role_and_label(Role::Tab, "Công việc (1)").click();
    w.h.run_steps(4);
    assert!(w.says("Trở về thao tác số 1"), "{}", w.texts());
    w.shot("hoan-tac-nhap");
    w.button("Hủy").click();
    w.h.run_steps(4);
    other.execute_batch("ROLLBACK").unwrap();
    w.settle();
    assert_eq!(w.project().coverage().len(), parcels);
    assert!(w.says("Đã hủy"), "{}", w.texts());
    w.key(CTRL | Modifiers::SHIFT, Key::H);
    w.settle();
    w.click("Về thao tác số 1");
    assert!(w.project().coverage().is_empty());
    w.click("Về thao tác số 2");
    assert_eq!(w.project().coverage().len(), parcels);
    assert!(w.find() > 0, "and found again");
}

#[test]
fn the_table_filters_without_marks_sorts_and_keeps_in_step() {
    let mut w = Window::sample();
    w.type_into("Lọc bảng thửa đất", "luc");
    w.settle();
    let n = w
        .project()
        .coverage()
        .iter()
        .filter(|p| p.land_use.to_lowercase().contains("luc"))
        .count();
    assert!(
        n > 0
            && w.says(&format!(
                "{} trên",
                diachinh::text::format::count(n as u64, diachinh::text::Lang::Vi)
            ))
    );
    w.type_into("Lọc bảng thửa đất", "zzz");
    w.settle();
    assert!(w.says("Không có thửa nào khớp"));
    w.key(CTRL, Key::A);
    w.key(Modifiers::NONE, Key::Backspace);
    w.settle();
    w.h.get_by_role_and_label(Role::ColumnHeader, "Diện tích đo đạc")
        .click();
    w.settle();
    w.h.get_by_role_and_label(Role::Table, "Bảng thửa đất").focus();
    w.h.run_steps(2);
    w.key(Modifiers::NONE, Key::ArrowDown);
    w.settle();
    let first = w.app().selected()[0];
    let least = w
        .project()
        .coverage()
        .iter()
        .map(|p| p.area_measured.unwrap_or(-1.0))
        .fold(f64::MAX, f64::min);
    assert_eq!(
        w.project()
            .coverage()
            .get(first)
            .unwrap()
            .area_measured
            .unwrap_or(-1.0),
        least
    );
}

#[test]
fn opening_what_is_no_district_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hong.gpkg");
    std::fs::write(&path, b"not a database").unwrap();
    let mut w = Window::with(
        Setup {
            open: Some(path),
            ..Setup::default()
        },
        [1366.0, 768.0],
        "{}",
        false,
    );
    w.settle();
    assert!(w.app().project().is_none());
    assert!(w.says("hong.gpkg"), "the message names the file");
    assert!(w.says("Bắt đầu"), "and the start page is still there");
}

#[test]
fn a_package_with_errors_is_blocked_then_written_as_a_draft_and_verified() {
    let mut w = Window::sample();
    let out = w.folder.path().join("gói tin");
    w.key(CTRL, Key::E);
    w.type_into("Ghi các gói vào thư mục", &out.display().to_string());
    // One commune is enough here.
    let communes = w.project().communes().unwrap();
    for c in communes.iter().filter(|c| c.parcels > 0).skip(1) {
        let name = format!("{} ({})", c.name.as_deref().unwrap_or(&c.code), c.code);
        w.h.get_by_role_and_label(Role::CheckBox, &name).click();
        w.h.run_steps(2);
    }
    w.click("Kiểm tra và xuất gói");
    assert!(w.says("Chưa ghi gì"), "the sample has errors: {}", w.texts());
    assert!(!out.exists() || std::fs::read_dir(&out).unwrap().next().is_none());
    w.h.get_by_role_and_label(
        Role::CheckBox,
        "Vẫn ghi khi còn lỗi (gói được đánh dấu là bản nháp)",
    )
    .click();
    w.settle();
    w.click("Kiểm tra và xuất gói");
    assert!(w.says("Đây là bản nháp"), "{}", w.texts());
    assert!(w.says("Mã băm các tệp"), "the rehearsal is shown check by check");
    let mut zips: Vec<PathBuf> = std::fs::read_dir(&out)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    zips.retain(|p| p.extension().is_some_and(|e| e == "zip"));
    assert_eq!(zips.len(), 1, "one package of the one commune");
    w.click("Đóng");
    w.key(CTRL, Key::K);
    w.text("kiem tra mot goi");
    w.key(Modifiers::NONE, Key::Enter);
    w.settle();
    w.type_into("Tệp gói (.zip)", &zips[0].display().to_string());
    w.h.get_all_by_role_and_label(Role::Button, "Kiểm tra")
        .last()
        .unwrap()
        .click();
    w.settle();
    assert!(w.says("Gói đúng và đủ"), "{}", w.texts());
}

#[test]
fn f8_walks_through_the_findings() {
    let mut w = Window::sample();
    w.key(Modifiers::NONE, Key::F5);
    w.settle();
    assert!(w.says("Kiểm tra xong"));
    w.key(Modifiers::NONE, Key::F8);
    w.settle();
    let first = w.app().selected().to_vec();
    assert!(!first.is_empty(), "the parcels of the first finding are selected");
    let close = w.app().scale();
    w.key(Modifiers::NONE, Key::F8);
    w.settle();
    w.key(Modifiers::SHIFT, Key::F8);
    w.settle();
    assert_eq!(w.app().selected(), first, "Shift+F8 goes back");
    assert_eq!(w.app().scale(), close);
}

/// Every tab, choice and field below the map stays below the map: nothing pushes its panel under the one at the right.
#[test]
fn the_panel_below_is_never_wider_than_the_map() {
    for width in [1366.0, 1100.0] {
        let mut w = Window::sample_with([width, 768.0], "{}", false);
        w.key(Modifiers::NONE, Key::F5);
        w.settle();
        for lang in ["vi", "en"] {
            let tabs =
                w.h.get_all_by_role(Role::Tab)
                    .map(|n| n.rect())
                    .collect::<Vec<_>>();
            let map = w.h.get_by_role(Role::Canvas).rect();
            let below: Vec<Pos2> = tabs
                .iter()
                .filter(|r| r.min.y > map.max.y && r.min.x < map.max.x)
                .map(|r| r.center())
                .collect();
            assert_eq!(below.len(), 6, "{lang}");
            for at in below {
                w.click_at(at);
                w.settle();
                let map = w.h.get_by_role(Role::Canvas).rect();
                for role in [Role::TextInput, Role::ComboBox, Role::Tab] {
                    for n in w.h.get_all_by_role(role) {
                        let r = n.rect();
                        let left_of = r.min.x >= map.min.x && r.min.x < map.max.x;
                        let above = r.max.y > 732.0 || r.min.y < map.max.y;
                        let name = n.accesskit_node().label();
                        assert!(
                            above || !left_of || r.max.x <= map.max.x + 0.5,
                            "{width} {lang}: {name:?} reaches {} of {}",
                            r.max.x,
                            map.max.x
                        );
                    }
                }
            }
            w.key(CTRL | Modifiers::SHIFT, Key::L);
            w.settle();
        }
    }
}

/// Writes the pictures of the README; without the variable it only walks through the screens.
#[test]
fn pictures() {
    let painted = std::env::var_os("DIACHINH_SHOTS").is_some();
    for (size, theme, tag) in [
        ([1366.0, 768.0], "light", "1366-sang"),
        ([1366.0, 768.0], "dark", "1366-toi"),
        ([1920.0, 1080.0], "light", "1920-sang"),
        ([1920.0, 1080.0], "dark", "1920-toi"),
    ] {
        if !painted && size[0] > 1400.0 {
            continue;
        }
        let settings = format!("{{\"theme\":\"{theme}\"}}");
        let mut w = Window::sample_with(size, &settings, painted);
        w.shot(&format!("huyen-{tag}"));
        w.find();
        w.shot(&format!("thua-{tag}"));
        w.key(CTRL, Key::K);
        w.text("kiem tra");
        w.shot(&format!("lenh-{tag}"));
        w.key(Modifiers::NONE, Key::Escape);
        w.key(CTRL, Key::I);
        w.settle();
        w.shot(&format!("nhap-{tag}"));
        w.key(Modifiers::NONE, Key::Escape);
        w.key(Modifiers::NONE, Key::F5);
        w.settle();
        w.key(Modifiers::NONE, Key::F8);
        w.settle();
        w.shot(&format!("loi-{tag}"));
        w.key(CTRL, Key::I);
        let files = sample().parent().unwrap().join("tep-nguon");
        w.type_into("Tệp hoặc thư mục", &files.display().to_string());
        w.click("Tiếp tục");
        w.shot(&format!("anh-xa-{tag}"));
        w.h.get_by_role_and_label(Role::Tab, "Bảng mã").click();
        w.settle();
        w.shot(&format!("bang-ma-{tag}"));
    }
}
