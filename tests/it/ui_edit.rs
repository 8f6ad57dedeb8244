//! The boundary tools in the window: each by keyboard alone and by pointer, through accessible names.
//!
//! `DIACHINH_SHOTS=folder` writes a picture of each step; with `DIACHINH_THEME=dark` a dark one.

use diachinh::domain::{Parcel, Pt};
use diachinh::ui::ToolKind;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::ui::{CTRL, Window};

const NONE: Modifiers = Modifiers::NONE;

impl Window {
    /// A window whose steps are painted when pictures are asked for.
    pub fn editing() -> Self {
        let theme = std::env::var("DIACHINH_THEME");
        Self::editing_in(theme.as_deref().unwrap_or("light"))
    }

    pub fn editing_in(theme: &str) -> Self {
        let painted = std::env::var_os("DIACHINH_SHOTS").is_some();
        let settings = format!("{{\"theme\":\"{theme}\"}}");
        Self::sample_with([1366.0, 768.0], &settings, painted)
    }

    pub fn parcel(&self, fid: i64) -> Parcel {
        self.project().coverage().get(fid).expect("in force").clone()
    }

    /// Tab until this field has the focus would be long; F2 puts the cursor into the tool's first one.
    pub fn fields(&mut self, values: &[&str]) {
        self.key(NONE, Key::F2);
        for (n, value) in values.iter().enumerate() {
            if n > 0 {
                self.key(NONE, Key::Tab);
            }
            self.key(CTRL, Key::A);
            self.text(value);
        }
    }

    /// Chooses an entry of a combo box of the bar.
    pub fn choose(&mut self, combo: &str, entry: &str) {
        self.h.get_by_role_and_label(Role::ComboBox, combo).click();
        self.h.run_steps(3);
        // A long list is scrolled to the entry first.
        self.last_button(entry).scroll_to_me();
        self.h.run_steps(3);
        self.last_button(entry).click();
        self.settle();
    }

    pub fn tick(&mut self, name: &str) {
        self.h.get_by_role_and_label(Role::CheckBox, name).scroll_to_me();
        self.h.run_steps(3);
        self.h.get_by_role_and_label(Role::CheckBox, name).click();
        self.settle();
    }

    fn last_button<'a>(&'a self, name: &'a str) -> Node<'a> {
        let all = self.h.get_all_by_role_and_label(Role::Button, name);
        all.last().expect("a button of the name")
    }

    pub fn commune(&self, p: &Parcel) -> String {
        let all = self.project().communes().unwrap();
        let found = all.into_iter().find(|c| c.code == *p.commune);
        found.and_then(|c| c.name).expect("a named commune")
    }

    pub fn enter(&mut self) {
        self.key(NONE, Key::Enter);
        self.settle();
    }

    pub fn undo(&mut self) {
        self.key(CTRL, Key::Z);
        self.settle();
    }

    pub fn operations(&self) -> u64 {
        self.project().info().unwrap().operations
    }

    /// The program dies here; a copy of what lies on the disk is opened.
    pub fn crash(&self) -> (Self, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("sau-su-co.gpkg");
        let with = |p: &std::path::Path, suffix: &str| format!("{}{suffix}", p.display());
        for suffix in ["", "-wal", ".drawing", ".form"] {
            let from = with(self.project().path(), suffix);
            if std::path::Path::new(&from).exists() {
                std::fs::copy(from, with(&copy, suffix)).unwrap();
            }
        }
        let setup = diachinh::ui::Setup {
            open: Some(copy),
            ..Default::default()
        };
        let painted = std::env::var_os("DIACHINH_SHOTS").is_some();
        let mut after = Window::with(setup, [1366.0, 768.0], "{}", painted);
        after.settle();
        (after, folder)
    }
}

/// "1191500,250 586320,125" as a person types it.
pub fn typed(p: Pt) -> String {
    let one = |mm: i64| format!("{:.3}", mm as f64 / 1000.0).replace('.', ",");
    format!("{} {}", one(p.n), one(p.e))
}

#[test]
fn a_point_is_moved_by_its_number_and_an_offset() {
    let mut w = Window::editing();
    let fid = w.find();
    let from = w.parcel(fid).polygon.points().next().unwrap();
    let users = w.project().coverage().users_of(from);
    w.key(NONE, Key::M);
    w.fields(&["1", "@0,05 0,02"]);
    w.settle();
    w.shot("doi-dinh-go");
    w.enter();
    let to = Pt::new(from.e + 20, from.n + 50);
    assert_eq!(w.project().coverage().users_of(to), users, "{}", w.texts());
    assert_eq!(w.app().tool(), ToolKind::MovePoint, "the tool stays in hand");
    w.undo();
    assert_eq!(w.project().coverage().users_of(from), users);
    let before = w.operations();
    w.fields(&["1", "999"]);
    w.enter();
    assert_eq!(w.operations(), before, "what is not understood is not done");
    w.key(NONE, Key::Escape);
    w.key(NONE, Key::Escape);
    w.key(NONE, Key::Escape);
    assert_eq!(
        w.app().tool(),
        ToolKind::Select,
        "Esc drops step by step, then the tool"
    );
    assert_eq!(w.app().selected(), [fid], "the selection stays");
}

#[test]
fn points_are_inserted_removed_merged_and_moved_by_keyboard() {
    let mut w = Window::editing();
    let fid = w.find();
    let count = |w: &Window| w.parcel(fid).polygon.point_count();
    let before = w.parcel(fid).polygon;
    let n = count(&w);
    w.key(NONE, Key::I);
    w.fields(&["1-2 5"]);
    w.settle();
    w.shot("them-dinh");
    w.enter();
    assert_eq!(count(&w), n + 1, "{}", w.texts());
    w.key(NONE, Key::X);
    w.fields(&["2"]);
    w.settle();
    w.shot("xoa-dinh");
    w.enter();
    assert_eq!(
        w.parcel(fid).polygon.area_m2(),
        before.area_m2(),
        "the same again: {}",
        w.texts()
    );
    w.key(NONE, Key::I);
    w.fields(&["1-2 0,05"]);
    w.enter();
    w.key(NONE, Key::J);
    w.fields(&["1; 2"]);
    w.settle();
    w.shot("gop-dinh");
    w.enter();
    assert_eq!(count(&w), n, "{}", w.texts());
    w.key(NONE, Key::B);
    w.fields(&["1; 2", "@0,03 0,01"]);
    w.settle();
    w.shot("doi-nhieu-dinh");
    w.enter();
    let moved = w.parcel(fid).polygon;
    assert!(w.says("dời 2 đỉnh"), "the strip says so: {}", w.texts());
    assert_ne!(moved, before);
    for _ in 0..5 {
        w.undo();
    }
    assert_eq!(w.parcel(fid).polygon, before);
}

#[test]
fn points_are_inserted_and_removed_by_pointer() {
    let mut w = Window::editing();
    let fid = w.find();
    let before = w.parcel(fid).polygon;
    let (a, b) = before.sides().max_by_key(|(a, b)| a.dist2(*b)).unwrap();
    w.key(NONE, Key::I);
    let at = w
        .app()
        .on_screen(Pt::new((a.e + b.e) / 2, (a.n + b.n) / 2))
        .unwrap();
    w.click_at(at);
    w.settle();
    let after = w.parcel(fid).polygon;
    assert_eq!(after.point_count(), before.point_count() + 1, "{}", w.texts());
    let new = after
        .points()
        .find(|p| !before.points().any(|q| q == *p))
        .unwrap();
    w.key(NONE, Key::X);
    let at = w.app().on_screen(new).unwrap();
    w.click_at(at);
    w.settle();
    assert_eq!(
        w.parcel(fid).polygon.point_count(),
        before.point_count(),
        "{}",
        w.texts()
    );
    assert!(w.says("đã ghi"), "acknowledged once it is on the disk");
}

/// Numbers (from 1) of the ends of the longest side of a parcel.
pub fn longest(p: &Parcel) -> (usize, usize) {
    let points: Vec<Pt> = p.polygon.shell().to_vec();
    let n = points.len();
    let at = (0..n)
        .max_by_key(|i| points[*i].dist2(points[(i + 1) % n]))
        .unwrap();
    (at + 1, (at + 1) % n + 1)
}

#[test]
fn a_parcel_is_split_into_three_by_areas_and_merged_back() {
    let mut w = Window::editing();
    let fid = w.find();
    let before = w.parcel(fid);
    w.key(NONE, Key::T);
    w.settle();
    w.choose("Cách tách", "theo diện tích");
    w.fields(&[""]);
    w.type_into("Diện tích (m²)", "300; 350,5; còn lại");
    w.settle();
    assert!(w.says("còn"), "the live remainder: {}", w.texts());
    assert!(
        w.says("Các thửa sau khi tách"),
        "the table of children: {}",
        w.texts()
    );
    w.type_into("Loại đất 2", "ont");
    w.settle();
    w.shot("tach-dien-tich");
    w.field("Diện tích (m²)").focus();
    w.h.run_steps(2);
    w.enter();
    let coverage = w.project().coverage().clone();
    assert!(
        coverage.get(fid).is_none(),
        "the parent is historic: {}",
        w.texts()
    );
    let inside: Vec<Parcel> = coverage
        .window(&before.bbox)
        .into_iter()
        .filter_map(|f| coverage.get(f))
        .filter(|p| p.fid > fid && before.bbox.contains(p.bbox.min) && before.bbox.contains(p.bbox.max))
        .filter(|p| p.sheet == before.sheet && p.commune == before.commune)
        .cloned()
        .collect();
    let mut children: Vec<&Parcel> = inside.iter().collect();
    children.sort_by_key(|p| std::cmp::Reverse(p.fid));
    children.truncate(3);
    let mut areas: Vec<f64> = children.iter().map(|p| p.polygon.area_m2()).collect();
    areas.sort_by(f64::total_cmp);
    assert!(
        (areas[0] - 300.0).abs() < 0.06 && (areas[1] - 350.5).abs() < 0.06,
        "{areas:?}"
    );
    assert!(
        children.iter().any(|p| &*p.land_use == "ONT"),
        "as the clerk said"
    );
    w.shot("tach-xong");
    // Merged again by keyboard: numbers typed with ";".
    let names: Vec<String> = children
        .iter()
        .map(|p| format!("{}/{}", p.sheet, p.number))
        .collect();
    w.key(NONE, Key::Escape);
    w.key(NONE, Key::G);
    w.fields(&[&names.join("; ")]);
    w.settle();
    w.shot("hop-thua");
    w.enter();
    let after = w.project().coverage().clone();
    assert!(
        children.iter().all(|p| after.get(p.fid).is_none()),
        "{}",
        w.texts()
    );
    w.undo();
    w.undo();
    assert_eq!(w.parcel(fid).polygon, before.polygon);
}

#[test]
fn a_parcel_is_split_by_a_line_drawn_across_it() {
    let mut w = Window::editing();
    let fid = w.find();
    let parcel = w.parcel(fid);
    w.key(NONE, Key::T);
    w.settle();
    let (a, b) = longest(&parcel);
    let shell = parcel.polygon.shell();
    let (a, b) = (shell[a - 1], shell[b - 1]);
    let middle = Pt::new((a.e + b.e) / 2, (a.n + b.n) / 2);
    let pole = diachinh::topology::polylabel::pole(&parcel.polygon, 100.0)
        .unwrap()
        .at;
    let out = |k: f64| {
        let at = |from: i64, to: i64| from + ((to - from) as f64 * k) as i64;
        Pt::new(at(middle.e, pole.e), at(middle.n, pole.n))
    };
    for p in [out(-0.5), out(3.0)] {
        let at = w.app().on_screen(p).unwrap();
        w.click_at(at);
    }
    w.settle();
    w.shot("tach-duong-ve");
    w.enter();
    assert!(
        w.says("Xem") || w.says("Sửa số thửa"),
        "the line is finished: {}",
        w.texts()
    );
    w.enter();
    assert!(w.project().coverage().get(fid).is_none(), "{}", w.texts());
    w.undo();
    assert!(w.project().coverage().get(fid).is_some());
}

#[test]
fn boundaries_are_redrawn_curved_and_aligned_by_keyboard() {
    let mut w = Window::editing();
    let fid = w.find();
    let before = w.parcel(fid);
    let (a, b) = longest(&before);
    let shell = before.polygon.shell();
    let (p, q) = (shell[a - 1], shell[b - 1]);
    let middle = Pt::new((p.e + q.e) / 2 + 300, (p.n + q.n) / 2 + 200);
    w.key(NONE, Key::R);
    w.fields(&[&a.to_string(), &b.to_string(), &typed(middle)]);
    w.settle();
    w.shot("ve-lai-ranh");
    w.enter();
    let after = w.parcel(fid).polygon;
    assert!(after.points().any(|x| x == middle), "{}", w.texts());
    let users = w.project().coverage().users_of(middle).len();
    assert!(users >= 1);
    w.undo();
    w.key(NONE, Key::U);
    w.fields(&[&a.to_string(), &b.to_string(), &typed(middle)]);
    w.settle();
    w.shot("ranh-cong");
    w.enter();
    assert!(
        w.parcel(fid).polygon.point_count() > before.polygon.point_count(),
        "{}",
        w.texts()
    );
    w.undo();
    assert_eq!(w.parcel(fid).polygon, before.polygon);
    w.key(NONE, Key::A);
    let (p2, q2) = (Pt::new(p.e + 40, p.n + 30), Pt::new(q.e + 40, q.n + 30));
    w.fields(&[&a.to_string(), &b.to_string()]);
    w.type_into("Các điểm đích", &format!("{}; {}", typed(p2), typed(q2)));
    w.settle();
    w.shot("nan-ranh");
    w.enter();
    assert_ne!(w.parcel(fid).polygon, before.polygon, "{}", w.texts());
}

#[test]
fn an_overlap_of_a_finding_is_taken_from_one_of_the_two() {
    let mut w = Window::editing();
    w.key(NONE, Key::F5);
    w.settle();
    let overlaps = |w: &Window| {
        let all = diachinh::validate::run(
            w.project().coverage(),
            &Default::default(),
            &diachinh::job::Progress::none(),
        );
        all.unwrap()
            .into_iter()
            .filter(|f| f.code == "PARCEL_OVERLAP")
            .collect::<Vec<_>>()
    };
    let before = overlaps(&w);
    let first = before.first().expect("the sample has overlaps").clone();
    let refs: Vec<&str> = first.refs.iter().map(String::as_str).collect();
    w.key(NONE, Key::O);
    w.fields(&[&refs.join("; ")]);
    w.settle();
    w.shot("go-chong-lan");
    w.enter();
    assert_eq!(overlaps(&w).len(), before.len() - 1, "{}", w.texts());
    w.shot("go-chong-lan-xong");
}

#[test]
fn strips_new_parcels_and_retiring_by_keyboard() {
    let mut w = Window::editing();
    let fid = w.find();
    let parcel = w.parcel(fid);
    let (a, b) = longest(&parcel);
    let shell = parcel.polygon.shell();
    let (p, q) = (shell[a - 1], shell[b - 1]);
    let pole = diachinh::topology::polylabel::pole(&parcel.polygon, 100.0)
        .unwrap()
        .at;
    let along = |k: i64| Pt::new(pole.e + (q.e - p.e) * k, pole.n + (q.n - p.n) * k);
    w.key(NONE, Key::C);
    w.settle();
    w.type_into("Rộng (m)", "2,5");
    w.type_into("Các điểm", &format!("{}; {}", typed(along(-2)), typed(along(2))));
    w.settle();
    w.shot("cat-dai");
    w.enter();
    assert!(w.says("đã ghi"), "{}", w.texts());
    assert_ne!(
        w.project().coverage().get(fid).map(|p| p.polygon.clone()),
        Some(parcel.polygon.clone()),
        "{}",
        w.texts()
    );
    w.undo();
    assert_eq!(w.parcel(fid).polygon, parcel.polygon);
    w.key(NONE, Key::Escape);
    w.key(NONE, Key::Escape);
    w.key(CTRL, Key::K);
    w.text("dua thua vao lich su");
    w.key(NONE, Key::Enter);
    w.settle();
    w.type_into("Thửa", &format!("{}/{}", parcel.sheet, parcel.number));
    w.type_into("Lý do", "thu hồi theo Quyết định số 1 (thử)");
    w.settle();
    w.shot("vao-lich-su");
    w.enter();
    assert!(w.project().coverage().get(fid).is_none(), "{}", w.texts());
    // The land is drawn again as a new parcel, its outline typed.
    let inner = |p: &Pt| Pt::new((p.e + pole.e) / 2, (p.n + pole.n) / 2);
    let outline: Vec<String> = shell.iter().map(|p| typed(inner(p))).collect();
    w.key(NONE, Key::N);
    w.settle();
    w.type_into("Tờ", &parcel.sheet);
    w.choose("Xã", &w.commune(&parcel));
    w.type_into("Đường bao", &outline.join("; "));
    w.settle();
    w.shot("lap-thua");
    w.enter();
    let there = w.project().coverage().at(pole);
    assert!(there.iter().any(|f| *f > fid), "{}", w.texts());
}

impl Window {
    /// Splits the selected parcel in two by areas, with the keyboard.
    fn split_in_two(&mut self) {
        self.key(NONE, Key::T);
        self.settle();
        self.choose("Cách tách", "theo diện tích");
        self.type_into("Diện tích (m²)", "300; còn lại");
        self.settle();
        self.enter();
        self.key(NONE, Key::Escape);
        self.settle();
    }
}

#[test]
fn edits_inside_a_dossier_are_proposals_until_approved() {
    let mut w = Window::editing();
    let fid = w.find();
    w.key(CTRL | Modifiers::SHIFT, Key::D);
    w.settle();
    w.type_into("Mã hồ sơ", "HS-01");
    w.choose("Loại biến động", "TN · Tách gộp thửa");
    w.click("Tiếp nhận");
    w.click("Đưa vào vận hành");
    w.shot("ho-so");
    w.click("Làm hồ sơ này HS-01");
    assert!(w.says("Đang làm hồ sơ HS-01: 0 đề xuất"), "{}", w.texts());
    w.split_in_two();
    assert!(
        w.says("Đang làm hồ sơ HS-01: 3 đề xuất") || w.says("Đang làm hồ sơ HS-01: 5 đề xuất"),
        "{}",
        w.texts()
    );
    assert!(
        w.project().coverage().get(fid).is_some(),
        "nothing in force has changed"
    );
    w.shot("ho-so-de-xuat");
    // Put away, the proposal is drawn over what is in force, and nothing can be edited outside a dossier.
    w.click("Cất hồ sơ");
    w.shot("ho-so-cat-di");
    let before = w.operations();
    w.key(NONE, Key::M);
    w.type_into("Đỉnh", "1");
    w.type_into("Đến", "@0,01 0");
    w.enter();
    assert_eq!(
        w.operations(),
        before,
        "refused in a district in operation: {}",
        w.texts()
    );
    w.key(CTRL | Modifiers::SHIFT, Key::D);
    w.settle();
    w.click("Phê duyệt HS-01");
    assert!(
        w.project().coverage().get(fid).is_some() && w.says("HS-01 còn thiếu"),
        "papers are missing: {}",
        w.texts()
    );
    w.h.get_by_label("Giấy tờ đã nhận (0)").click();
    w.settle();
    for paper in [
        "Đơn đăng ký thay đổi",
        "Giấy chứng nhận (bản quét)",
        "Bản vẽ / bản đồ đo vẽ",
    ] {
        w.tick(paper);
    }
    w.shot("ho-so-giay-to");
    w.click("Phê duyệt HS-01");
    assert!(
        w.project().coverage().get(fid).is_none(),
        "approved: {}",
        w.texts()
    );
}

#[test]
fn the_life_of_a_parcel_leads_to_the_map_as_it_was() {
    let mut w = Window::editing();
    let fid = w.find();
    let parcel = w.parcel(fid);
    w.split_in_two();
    w.h.get_by_role_and_label(Role::Tab, "Lịch sử").click();
    w.settle();
    assert!(w.says("Dòng đời thửa đất"), "{}", w.texts());
    w.shot("dong-doi");
    let name = format!("{}/{}, ", parcel.sheet, parcel.number);
    let node =
        w.h.get_all_by_role(Role::Button)
            .find(|n| n.accesskit_node().label().is_some_and(|l| l.starts_with(&name)));
    node.expect("the parent is in the graph").click();
    w.settle();
    assert!(w.says("chỉ để xem"), "{}", w.texts());
    assert_eq!(w.app().selected(), [fid], "the historic parcel on its map");
    w.h.get_by_role_and_label(Role::Tab, "Thửa đất").click();
    w.settle();
    assert!(w.says("Như tại ngày"), "the record is of then: {}", w.texts());
    w.h.get_by_role_and_label(Role::Tab, "Người sử dụng").click();
    w.settle();
    assert!(
        w.says("tên, địa chỉ và mã đối tượng là của hôm nay"),
        "{}",
        w.texts()
    );
    assert!(!w.says("Chưa có người sử dụng đất"), "who held the rights then");
    w.h.get_by_role_and_label(Role::Tab, "Thửa đất").click();
    w.settle();
    w.shot("thoi-diem");
    w.key(NONE, Key::M);
    assert_eq!(w.app().tool(), ToolKind::Select, "no editing of the past");
    w.click("Về hiện tại");
    assert!(!w.says("chỉ để xem"));
    // A historic number is found, marked as such.
    w.key(CTRL, Key::F);
    w.text(&format!("{}/{}", parcel.sheet, parcel.number));
    w.settle();
    assert!(w.says("(lịch sử)"), "{}", w.texts());
}

#[test]
fn an_unfinished_drawing_is_offered_after_a_crash() {
    let mut w = Window::editing();
    let fid = w.find();
    let parcel = w.parcel(fid);
    w.key(NONE, Key::R);
    w.settle();
    let points: Vec<Pt> = parcel.polygon.points().take(2).collect();
    for p in &points {
        let at = w.app().on_screen(*p).unwrap();
        w.click_at(at);
    }
    let (mut w, _folder) = w.crash();
    assert!(w.says("Còn nét vẽ dở"), "{}", w.texts());
    w.shot("ve-do");
    w.click("Vẽ tiếp");
    assert_eq!(w.app().tool(), ToolKind::Reshape);
    assert_eq!(w.app().selected(), [fid]);
    w.key(NONE, Key::Backspace);
    w.key(NONE, Key::Backspace);
    w.settle();
    assert!(!w.says("Còn nét vẽ dở"));
}

#[test]
fn a_gap_is_given_to_a_neighbour_and_edges_are_matched() {
    let mut w = Window::editing();
    let fid = w.find();
    let parcel = w.parcel(fid);
    // A hole between parcels: one goes out of force, what is left is a gap.
    w.key(CTRL, Key::K);
    w.text("dua thua vao lich su");
    w.key(NONE, Key::Enter);
    w.settle();
    w.type_into("Lý do", "thử");
    w.settle();
    w.enter();
    assert!(w.project().coverage().get(fid).is_none());
    let inside = diachinh::topology::polylabel::pole(&parcel.polygon, 100.0)
        .unwrap()
        .at;
    let before: f64 = w.project().coverage().iter().map(|p| p.polygon.area_m2()).sum();
    w.key(NONE, Key::F);
    w.fields(&[&typed(inside)]);
    w.settle();
    w.shot("lap-khe");
    w.enter();
    let after: f64 = w.project().coverage().iter().map(|p| p.polygon.area_m2()).sum();
    assert!(
        (after - before - parcel.polygon.area_m2()).abs() < 1.0,
        "{}",
        w.texts()
    );
    w.undo();
    w.undo();
    // The edge of two sheets: what is found is said, whatever it is.
    let coverage = w.project().coverage().clone();
    let sheets: std::collections::BTreeSet<_> = coverage
        .iter()
        .map(|p| (p.commune.clone(), p.sheet.clone()))
        .collect();
    let of_commune: Vec<_> = sheets
        .iter()
        .filter(|(c, s)| *c == parcel.commune && !s.is_empty())
        .collect();
    let (a, b) = (of_commune[0], of_commune[1]);
    w.key(NONE, Key::E);
    w.fields(&[&format!("{}/{}", a.0, a.1), &format!("{}/{}", b.0, b.1)]);
    w.settle();
    w.shot("tiep-bien");
    assert!(w.says("cặp,"), "{}", w.texts());
}

#[test]
fn a_past_record_is_never_that_of_today() {
    let mut w = Window::editing();
    let fid = w.find();
    let old = w.project().record(fid).unwrap().address.unwrap_or_default();
    w.type_into("Địa chỉ", "ấp Mới 77");
    w.enter();
    assert_eq!(w.value("Địa chỉ"), "ấp Mới 77");
    w.key(CTRL.plus(Modifiers::SHIFT), Key::M);
    w.settle();
    assert_eq!(w.value("Địa chỉ"), "ấp Mới 77", "the newest moment first");
    w.h.get_by_role_and_label(Role::Slider, "Thời điểm").focus();
    w.h.run_steps(2);
    w.key(NONE, Key::ArrowLeft);
    w.settle();
    assert_eq!(w.value("Địa chỉ"), old, "{}", w.texts());
    assert!(w.says("Như tại ngày"), "{}", w.texts());
    w.shot("qua-khu");
    w.click("Về hiện tại");
    assert_eq!(w.value("Địa chỉ"), "ấp Mới 77");
}

#[test]
fn a_merged_parcel_and_a_strip_have_tables_the_clerk_corrects() {
    let mut w = Window::editing();
    let fid = w.find();
    let parcel = w.parcel(fid);
    w.split_in_two();
    let halves: Vec<Parcel> = w.app().selected().iter().map(|f| w.parcel(*f)).collect();
    let names: Vec<String> = halves
        .iter()
        .map(|p| format!("{}/{}", p.sheet, p.number))
        .collect();
    w.key(NONE, Key::G);
    w.fields(&[&names.join("; ")]);
    w.settle();
    assert!(w.says("Thửa sau khi hợp"), "{}", w.texts());
    w.type_into("Số thửa 1", "9001");
    w.type_into("Loại đất 1", "ONT 100; CLN 33,3");
    w.settle();
    w.shot("hop-bang");
    // Enter leaves the cell, Enter writes.
    w.enter();
    w.enter();
    let made = w.parcel(w.app().selected()[0]);
    let record = w.project().record(made.fid).unwrap();
    let uses: Vec<String> = record
        .land_uses
        .iter()
        .map(|u| format!("{} {:?}", u.code, u.area))
        .collect();
    assert_eq!(
        (&*made.number, uses),
        ("9001", vec!["ONT Some(100.0)".into(), "CLN Some(33.3)".into()]),
        "{}",
        w.texts()
    );
    // A strip cut off it: its number and use are in the table, the use as in the bar.
    let (a, b) = longest(&made);
    let shell = made.polygon.shell();
    let (p, q) = (shell[a - 1], shell[b - 1]);
    let pole = diachinh::topology::polylabel::pole(&made.polygon, 100.0)
        .unwrap()
        .at;
    let along = |k: i64| Pt::new(pole.e + (q.e - p.e) * k, pole.n + (q.n - p.n) * k);
    w.key(NONE, Key::C);
    w.settle();
    w.type_into("Rộng (m)", "2");
    w.type_into("Các điểm", &format!("{}; {}", typed(along(-2)), typed(along(2))));
    w.settle();
    assert!(w.says("Dải cắt ra và phần tách ra"), "{}", w.texts());
    w.type_into("Số thửa 1", "9002");
    w.settle();
    w.shot("cat-dai-bang");
    w.enter();
    w.enter();
    let strip = w
        .project()
        .coverage()
        .iter()
        .find(|p| &*p.number == "9002")
        .cloned();
    let strip = strip.unwrap_or_else(|| panic!("{}", w.texts()));
    assert_eq!(&*strip.land_use, "DGT", "the use of the bar holds for the strip");
    for _ in 0..3 {
        w.undo();
    }
    assert_eq!(w.parcel(fid).polygon, parcel.polygon);
}

/// The boundary tools, by key; the one without a key by the palette.
pub const TOOLS: [(Option<Key>, ToolKind); 16] = [
    (Some(Key::M), ToolKind::MovePoint),
    (Some(Key::I), ToolKind::InsertPoint),
    (Some(Key::X), ToolKind::RemovePoint),
    (Some(Key::J), ToolKind::MergePoints),
    (Some(Key::B), ToolKind::MovePoints),
    (Some(Key::R), ToolKind::Reshape),
    (Some(Key::A), ToolKind::Align),
    (Some(Key::U), ToolKind::Curve),
    (Some(Key::T), ToolKind::Split),
    (Some(Key::G), ToolKind::Merge),
    (Some(Key::C), ToolKind::Carve),
    (Some(Key::F), ToolKind::FillGap),
    (Some(Key::O), ToolKind::Overlap),
    (Some(Key::N), ToolKind::AddParcel),
    (None, ToolKind::Retire),
    (Some(Key::E), ToolKind::MatchEdge),
];

impl Window {
    /// Fields and choices of the tool's bar: what lies in its second row, by name.
    pub fn bar_fields(&self) -> std::collections::BTreeSet<String> {
        let row = 108.0..144.0;
        let all = [Role::TextInput, Role::ComboBox].map(|role| {
            let found = self.h.get_all_by_role(role);
            let inside = found.filter(|n| row.contains(&n.rect().center().y));
            inside
                .filter_map(|n| n.accesskit_node().label())
                .collect::<Vec<String>>()
        });
        all.concat().into_iter().collect()
    }

    pub fn focused(&self) -> Option<String> {
        let all = [Role::TextInput, Role::ComboBox].map(|role| {
            let focused = self.h.query_all_by_role(role).find(|n| n.is_focused());
            focused.and_then(|n| n.accesskit_node().label())
        });
        all.into_iter().flatten().next()
    }
}

/// Taken by a key, F2 puts the cursor into its first field, Tab goes through all of them and on to the button.
#[test]
fn every_field_of_every_tool_is_reached_without_a_mouse() {
    let mut w = Window::editing();
    w.find();
    for (key, kind) in TOOLS {
        match key {
            Some(key) => w.key(NONE, key),
            None => {
                w.key(CTRL, Key::K);
                w.text("dua thua vao lich su");
                w.key(NONE, Key::Enter);
            }
        }
        w.settle();
        assert_eq!(w.app().tool(), kind);
        w.key(NONE, Key::F2);
        let wanted = w.bar_fields();
        assert!(!wanted.is_empty(), "{kind:?} has no field");
        let mut reached = std::collections::BTreeSet::new();
        for _ in 0..wanted.len() {
            reached.extend(w.focused());
            w.key(NONE, Key::Tab);
        }
        assert_eq!(reached, wanted, "{kind:?}: Tab goes through its fields in a row");
        for _ in 0..4 {
            w.key(NONE, Key::Escape);
        }
        w.settle();
        assert_eq!(w.app().tool(), ToolKind::Select, "{kind:?}: Esc leaves it");
        if w.app().selected().is_empty() {
            w.find();
        }
    }
}

#[test]
fn typed_values_are_offered_after_a_crash() {
    let mut w = Window::editing();
    let fid = w.find();
    w.key(NONE, Key::T);
    w.settle();
    assert!(
        !w.crash().0.says("dở từ"),
        "a tool in hand alone is nothing unfinished"
    );
    w.choose("Cách tách", "theo diện tích");
    w.type_into("Diện tích (m²)", "120; 95,5; còn lại");
    w.settle();
    let (mut after, _folder) = w.crash();
    assert!(after.says("Còn số liệu nhập dở"), "{}", after.texts());
    after.shot("so-lieu-do");
    after.click("Làm tiếp");
    after.settle();
    assert_eq!(after.app().tool(), ToolKind::Split);
    assert_eq!(after.app().selected(), [fid]);
    assert_eq!(after.value("Diện tích (m²)"), "120; 95,5; còn lại");
    assert!(
        after.says("tạo 3 thửa"),
        "and the plan is there: {}",
        after.texts()
    );
}

/// Says of every commune which province it is in.
fn in_thanh_hoa(path: &std::path::Path) {
    let act = diachinh::domain::Act::new("mẫu", "2026-11-23T00:00:00Z".parse().unwrap());
    let mut writer = diachinh::store::Writer::open(path, &act).unwrap();
    let new = diachinh::store::journal::NewOperation {
        kind: "import",
        what: "{}".into(),
        label: Default::default(),
        undoes: None,
    };
    let op = writer.begin(&act, &new).unwrap();
    op.execute("UPDATE commune SET province='38'", []).unwrap();
    op.commit().unwrap();
}

/// A part smaller than the province allows is told before and after, and may be written.
#[test]
fn a_part_below_the_minimum_is_warned_of() {
    for theme in ["light", "dark"] {
        let painted = std::env::var_os("DIACHINH_SHOTS").is_some();
        let settings = format!("{{\"theme\":\"{theme}\"}}");
        let mut w = Window::prepared([1366.0, 768.0], &settings, painted, in_thanh_hoa);
        let fid = w.find();
        let parcels = w.project().coverage().len();
        w.key(NONE, Key::T);
        w.settle();
        w.choose("Cách tách", "theo diện tích");
        w.type_into("Diện tích (m²)", "31,5; còn lại");
        w.settle();
        w.type_into("Loại đất 1", "odt");
        w.settle();
        let warning = "nhỏ hơn diện tích tối thiểu được tách 40,0 m²";
        assert!(w.says(warning), "{}", w.texts());
        w.shot(&format!("tach-nho-{theme}"));
        w.field("Diện tích (m²)").focus();
        w.h.run_steps(2);
        w.enter();
        w.settle();
        assert_eq!(w.project().coverage().len(), parcels + 1, "told, not refused");
        assert!(w.project().coverage().get(fid).is_none());
        assert!(w.says(warning) && w.says("đối chiếu"), "{}", w.texts());
        w.shot(&format!("tach-nho-xong-{theme}"));
    }
}

/// Two sheets whose common edge does not fit: the pairs are listed with their residuals, a click goes there.
#[test]
fn residuals_of_an_edge_are_listed_and_shown() {
    for theme in ["light", "dark"] {
        let mut w = Window::editing_in(theme);
        let coverage = w.project().coverage().clone();
        let mut found = None;
        let sheets: std::collections::BTreeSet<_> = coverage
            .iter()
            .map(|p| (p.commune.clone(), p.sheet.clone()))
            .collect();
        let area = |s: &(std::sync::Arc<str>, std::sync::Arc<str>)| diachinh::topology::match_edge::Area {
            commune: s.0.to_string(),
            sheet: Some(s.1.to_string()),
        };
        for a in &sheets {
            for b in sheets
                .iter()
                .filter(|b| *b > a && !b.1.is_empty() && !a.1.is_empty())
            {
                let none = std::collections::BTreeSet::new();
                let edge = diachinh::topology::match_edge::pairs(&coverage, &area(a), &area(b), 500, &none);
                if edge.is_ok_and(|e| e.pairs.len() + e.hanging.len() > 0) {
                    found = Some((a.clone(), b.clone()));
                }
            }
        }
        let (a, b) = found.expect("the sample has an edge that does not fit");
        w.key(NONE, Key::E);
        w.fields(&[&format!("{}/{}", a.0, a.1), &format!("{}/{}", b.0, b.1)]);
        w.settle();
        assert!(w.says("Chênh lệch tại biên"), "{}", w.texts());
        let scale = w.app().scale().unwrap();
        let first =
            w.h.get_all_by_role(Role::Button)
                .find(|n| n.accesskit_node().label().is_some_and(|l| l.starts_with("1. ")));
        first.expect("a line of the list").click();
        w.settle();
        assert!(w.app().scale().unwrap() <= scale, "the map goes there");
        w.shot(&format!("tiep-bien-{theme}"));
        w.choose("Cặp sinh lỗi", "để lại");
        w.settle();
        w.shot(&format!("tiep-bien-de-lai-{theme}"));
    }
}

#[test]
fn the_page_of_keys_lists_the_boundary_tools() {
    let mut w = Window::editing();
    w.key(NONE, Key::F1);
    w.settle();
    w.shot("phim-tat");
    for name in [
        "Dời đỉnh ranh giới",
        "Tách thửa",
        "Hợp thửa",
        "Tiếp biên hai tờ bản đồ",
        "Nhập số liệu cho công cụ",
    ] {
        assert!(w.says(name), "{name}: {}", w.texts());
    }
}
