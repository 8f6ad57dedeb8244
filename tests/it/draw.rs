//! Drawing on the map of the real window: typed coordinates, held directions, snapping, measuring.

use diachinh::domain::Pt;
use diachinh::ui::ToolKind;
use egui::{Key, Modifiers, Pos2};
use egui_kittest::kittest::Queryable;

use crate::ui::{CTRL, Window};

const PLAIN: Modifiers = Modifiers::NONE;
const ENTRY: &str = "Nhập tọa độ hoặc khoảng cách";

/// The sample with the measuring tool in hand, near a parcel.
fn measuring(size: [f32; 2], settings: &str, painted: bool) -> (Window, Pt) {
    let mut w = Window::sample_with(size, settings, painted);
    let fid = w.find();
    let parcel = w.project().coverage().get(fid).unwrap().clone();
    w.key(CTRL, Key::J);
    w.settle();
    w.key(PLAIN, Key::D);
    w.settle();
    assert_eq!(w.app().tool(), ToolKind::Measure);
    (w, parcel.polygon.shell()[0])
}

/// Types into whatever has the focus, letter by letter.
fn keys(w: &mut Window, text: &str) {
    for c in text.chars() {
        w.text(&c.to_string());
    }
}

fn on_map(w: &Window, p: Pt) -> Pos2 {
    w.app().on_screen(p).unwrap()
}

#[test]
fn a_line_is_measured_with_the_keyboard_alone() {
    let (mut w, _) = measuring([1366.0, 768.0], "{}", false);
    // The map has the focus: the first digit goes to the field.
    keys(&mut w, "587000,12 2325000,5");
    assert_eq!(w.value(ENTRY), "587000,12 2325000,5");
    assert!(
        w.says("X = 2325000,500 · Y = 587000,120 (đã đổi thứ tự)"),
        "what was understood is shown: {}",
        w.texts()
    );
    w.key(PLAIN, Key::Enter);
    w.settle();
    for typed in ["@12,5<90", "@10 0", "20,25<270"] {
        keys(&mut w, typed);
        w.key(PLAIN, Key::Enter);
        w.settle();
    }
    assert!(
        w.says("42,75 m"),
        "the total is shown while drawing: {}",
        w.texts()
    );
    // Backspace in the empty field takes one point back.
    w.key(PLAIN, Key::Backspace);
    w.settle();
    assert!(w.says("22,50 m") && !w.says("42,75 m"), "{}", w.texts());
    w.key(PLAIN, Key::Enter);
    w.settle();
    assert!(w.says("Diện tích") && w.says("62,5 m²"), "{}", w.texts());
    w.key(PLAIN, Key::Escape);
    w.key(PLAIN, Key::Escape);
    w.settle();
    assert!(!w.says("62,5 m²"), "Esc puts the result away");
}

#[test]
fn what_is_typed_wrong_is_told_at_the_field_and_stays() {
    let (mut w, _) = measuring([1366.0, 768.0], "{}", false);
    for (typed, reason) in [
        ("@3 4", "Chưa có điểm đầu"),
        ("1<45°75'", "không phải là góc"),
        ("@12,5,3", "Không hiểu"),
    ] {
        w.type_into(ENTRY, typed);
        w.key(PLAIN, Key::Enter);
        w.settle();
        assert!(w.says(reason), "{typed}: {}", w.texts());
    }
    assert_eq!(w.value(ENTRY), "@12,5,3", "what was typed is not lost");
}

#[test]
fn clicks_snap_to_points_of_the_map_and_ctrl_lets_go() {
    let (mut w, corner) = measuring([1366.0, 768.0], "{}", false);
    let at = on_map(&w, corner);
    w.click_at(at + egui::vec2(4.0, 3.0));
    keys(&mut w, "<0");
    w.key(PLAIN, Key::Enter);
    w.settle();
    assert!(w.says("Khóa góc: 0°00′00″"));
    keys(&mut w, "5");
    w.key(PLAIN, Key::Enter);
    w.settle();
    w.key(PLAIN, Key::Enter);
    w.settle();
    // Exactly north of the exact corner.
    assert!(w.says("5,00 m") && w.says("0°00′00″"), "{}", w.texts());
    w.click("Xóa số đo");
}

#[test]
fn snapping_is_chosen_by_kind_and_kept() {
    let (mut w, _) = measuring([1366.0, 768.0], "{}", false);
    w.click("Bắt điểm");
    for name in [
        "Điểm đo",
        "Đỉnh thửa",
        "Giao điểm",
        "Trung điểm",
        "Chân vuông góc",
        "Trên cạnh",
        "Kéo dài cạnh",
    ] {
        assert!(w.says(name), "{name}");
    }
    w.h.get_by_role_and_label(egui::accesskit::Role::CheckBox, "Kéo dài cạnh")
        .click();
    w.settle();
    assert!(w.settings().contains("\"side\"") && !w.settings().contains("extension"));
}

#[test]
fn pictures_of_drawing() {
    if std::env::var_os("DIACHINH_SHOTS").is_none() {
        return;
    }
    for (theme, settings) in [("light", "{}"), ("dark", r#"{"theme":"dark"}"#)] {
        let (mut w, corner) = measuring([1366.0, 768.0], settings, true);
        let at = on_map(&w, corner);
        w.click_at(at);
        w.click_at(at + egui::vec2(120.0, 40.0));
        w.click_at(at + egui::vec2(90.0, 130.0));
        w.h.hover_at(at + egui::vec2(2.0, 2.0));
        w.settle();
        w.shot(&format!("draw-{theme}"));
        keys(&mut w, "@12,5<45");
        w.settle();
        w.shot(&format!("draw-typed-{theme}"));
        w.key(PLAIN, Key::Enter);
        w.key(PLAIN, Key::Enter);
        w.settle();
        w.shot(&format!("measured-{theme}"));
    }
}
