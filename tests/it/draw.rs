//! Drawing on the map of the real window: typed coordinates, held directions, snapping, measuring.

use diachinh::domain::Pt;
use diachinh::ui::ToolKind;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, Pos2};
use egui_kittest::kittest::{NodeT, Queryable};

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
fn clicks_snap_to_points_of_the_map_and_not_while_ctrl_is_held() {
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
    // Ctrl held: the click means the place itself.
    w.h.event(Event::ModifiersChanged(CTRL));
    w.click_at(at + egui::vec2(4.0, 3.0));
    w.h.event(Event::ModifiersChanged(PLAIN));
    let metres = |mm: i64| mm as f64 / 1000.0;
    keys(&mut w, &format!("{} {}", metres(corner.n), metres(corner.e)));
    w.key(PLAIN, Key::Enter);
    w.key(PLAIN, Key::Enter);
    w.settle();
    assert!(w.says("Kết quả đo") && !w.says("0,00 m"), "{}", w.texts());
}

#[test]
fn directions_are_taken_from_sides_and_lines_are_copied_at_a_distance() {
    let (mut w, corner) = measuring([1366.0, 768.0], "{}", false);
    let fid = w.app().selected()[0];
    let shell = w.project().coverage().get(fid).unwrap().polygon.shell().to_vec();
    let (a, b) = (shell[0], shell[1]);
    let azimuth = |a: Pt, b: Pt| {
        ((b.e - a.e) as f64)
            .atan2((b.n - a.n) as f64)
            .to_degrees()
            .rem_euclid(360.0)
    };
    let middle = on_map(&w, a).lerp(on_map(&w, b), 0.4);
    let metres = |mm: i64| mm as f64 / 1000.0;
    keys(&mut w, &format!("{} {}", metres(corner.n), metres(corner.e)));
    w.key(PLAIN, Key::Enter);
    w.settle();
    for (name, turn) in [("Song song với một cạnh", 0.0), ("Vuông góc với một cạnh", 90.0)] {
        w.click(name);
        assert!(w.says("Bấm vào cạnh làm chuẩn"));
        w.click_at(middle);
        w.settle();
        let degree = (azimuth(a, b) + turn).rem_euclid(180.0).floor();
        let held = [degree, degree + 180.0].map(|d| format!("Khóa góc: {d}°"));
        assert!(held.iter().any(|h| w.says(h)), "{held:?}: {}", w.texts());
    }
    w.click("Khóa góc");
    keys(&mut w, "@20 0");
    w.key(PLAIN, Key::Enter);
    w.settle();
    w.click("Sao chép cách đều");
    keys(&mut w, "3,5");
    w.key(PLAIN, Key::Enter);
    w.settle();
    w.key(PLAIN, Key::Enter);
    w.settle();
    assert!(
        w.says("20,00 m") && w.says("0°00′00″"),
        "the copy is as long: {}",
        w.texts()
    );
    // Right angles: Shift or the button.
    w.click("Luôn vẽ góc vuông");
    assert!(w.says("Luôn vẽ góc vuông"));
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

/// A command through the palette.
fn command(w: &mut Window, name: &str) {
    w.key(CTRL, Key::K);
    w.text(name);
    w.settle();
    w.key(PLAIN, Key::Enter);
    w.settle();
}

/// A small field book around a point of the map, one line of it broken.
fn field_book(folder: &std::path::Path, p: Pt) -> std::path::PathBuf {
    let metres = |mm: i64| format!("{},{:03}", mm / 1000, mm % 1000);
    let line = |n: i64, de: i64, dn: i64, code: &str| {
        format!("Đ{n};{};{};5,12;{code}\n", metres(p.n + dn), metres(p.e + de))
    };
    let text = [
        "Tên điểm;X(m);Y(m);H;Mã\n".to_owned(),
        line(1, 3_000, 2_000, "R"),
        line(2, 9_000, -4_000, "MG"),
        line(3, 15_000, 1_500, "NHA"),
        "Đ4;hỏng;587000,000;5;R\n".to_owned(),
    ];
    let path = folder.join("so-do.csv");
    std::fs::write(&path, text.concat()).unwrap();
    path
}

fn import_points(w: &mut Window, path: &std::path::Path) {
    command(w, "nhap diem do");
    w.type_into("Tệp điểm đo", path.to_str().unwrap());
    w.settle();
}

#[test]
fn survey_points_are_imported_with_a_preview_listed_snapped_to_and_undone() {
    let (mut w, corner) = measuring([1366.0, 768.0], "{}", false);
    let folder = tempfile::tempdir().unwrap();
    let path = field_book(folder.path(), corner);
    import_points(&mut w, &path);
    assert!(
        w.says("4 dòng: nhập 3 điểm") && w.says("dòng 5: x = “hỏng”"),
        "{}",
        w.texts()
    );
    w.type_into("Tên đợt đo", "Đo chỉnh lý");
    w.type_into("Ngày đo", "31/02/2026");
    w.settle();
    assert!(w.says("Ngày viết như 31/12/2026"));
    w.type_into("Ngày đo", "15/03/2026");
    w.type_into("Độ chính xác (m)", "0,05");
    w.settle();
    w.click("Nhập điểm");
    assert!(w.says("Điểm đo (3)") && w.says("Đo chỉnh lý"), "{}", w.texts());
    let point = w.project().survey().points[0].clone();
    assert_eq!(
        (point.accuracy, point.surveyed_on.as_deref()),
        (Some(0.05), Some("2026-03-15"))
    );
    // Snapped to: the line measured from it begins exactly there.
    assert_eq!(w.app().tool(), ToolKind::Measure);
    let at = on_map(&w, point.at);
    w.click_at(at + egui::vec2(3.0, -3.0));
    keys(
        &mut w,
        &format!(
            "{} {}",
            (point.at.n + 5_000) as f64 / 1000.0,
            point.at.e as f64 / 1000.0
        ),
    );
    w.key(PLAIN, Key::Enter);
    w.settle();
    w.key(PLAIN, Key::Enter);
    w.settle();
    assert!(w.says("0°00′00″") && w.says("5,00 m"), "{}", w.texts());
    w.key(PLAIN, Key::Escape);
    w.key(PLAIN, Key::Escape);
    w.key(CTRL, Key::Z);
    w.settle();
    assert!(
        w.project().survey().points.is_empty() && w.says("Chưa có điểm đo"),
        "{}",
        w.texts()
    );
}

fn enter_traverse(w: &mut Window, start: Pt) {
    command(w, "nhap duong chuyen");
    let metres = |mm: i64| mm as f64 / 1000.0;
    w.type_into(
        "Điểm đầu (X Y)",
        &format!("{} {}", metres(start.n), metres(start.e)),
    );
    for (n, (angle, distance)) in [("0", "20"), ("90", "15,02"), ("180", "19,99"), ("270", "15")]
        .into_iter()
        .enumerate()
    {
        if n == 3 {
            w.click("Thêm cạnh");
        }
        w.type_into(&format!("Phương vị {}", n + 1), angle);
        w.type_into(&format!("Dài (m) {}", n + 1), distance);
    }
    w.settle();
}

#[test]
fn a_traverse_is_closed_adjusted_and_becomes_the_drawing() {
    let (mut w, start) = measuring([1366.0, 768.0], "{}", false);
    enter_traverse(&mut w, start);
    assert!(w.says("fs = 0,022 m trên 70,010 m = 1 : 3.131"), "{}", w.texts());
    w.type_into("Cho phép 1 :", "5000");
    w.settle();
    assert!(w.says("cho phép 1 : 5.000"));
    w.type_into("Phương vị 2", "90-75");
    w.settle();
    assert!(w.says("không phải là góc"), "{}", w.texts());
    w.type_into("Phương vị 2", "90");
    w.settle();
    w.click("Đưa vào bản vẽ");
    w.key(PLAIN, Key::Enter);
    w.settle();
    // Four legs, and the loop closes exactly.
    assert!(
        w.says("Kết quả đo") && w.says("Diện tích") && w.says("300,"),
        "{}",
        w.texts()
    );
}

/// A loop measured by angles from a sight back in azimuth 45°, with a closing angle that is `closing`.
fn enter_angles(w: &mut Window, start: Pt, closing: &str) {
    let metres = |mm: i64| (mm as f64 / 1000.0).to_string().replace('.', ",");
    let start = format!("{} {}", metres(start.n), metres(start.e));
    w.type_into("Điểm đầu (X Y)", &start);
    w.h.get_by_role_and_label(Role::ComboBox, "Hướng đo theo").click();
    w.h.run_steps(3);
    let entry =
        w.h.get_all_by_role_and_label(Role::Button, "Góc bằng từ hướng ngược");
    entry.last().expect("the entry").click();
    w.settle();
    w.type_into("Hướng ngược: điểm X Y hoặc phương vị", "45");
    w.click("Thêm cạnh");
    let legs = [("45", "20"), ("90", "15,02"), ("90", "19,99"), ("90", "15")];
    for (n, (angle, distance)) in legs.into_iter().enumerate() {
        w.type_into(&format!("Góc {}", n + 1), angle);
        w.type_into(&format!("Dài (m) {}", n + 1), distance);
    }
    w.type_into("Góc khép (không bắt buộc)", closing);
    w.settle();
}

#[test]
fn a_closing_sight_checks_the_angles_of_a_traverse() {
    let painted = std::env::var_os("DIACHINH_SHOTS").is_some();
    for (theme, settings) in [("light", "{}"), ("dark", r#"{"theme":"dark"}"#)] {
        let (mut w, start) = measuring([1366.0, 768.0], settings, painted);
        command(&mut w, "nhap duong chuyen");
        w.shot(&format!("duong-chuyen-trong-{theme}"));
        enter_angles(&mut w, start, "45-0-20");
        assert!(w.says("fβ = +20″ trên 5 góc"), "{}", w.texts());
        assert!(w.says("mỗi góc hiệu chỉnh −4,0″"), "{}", w.texts());
        w.shot(&format!("duong-chuyen-goc-{theme}"));
        w.type_into("Góc khép (không bắt buộc)", "45-10-0");
        w.settle();
        assert!(w.says("fβ = +600″"), "{}", w.texts());
        w.shot(&format!("duong-chuyen-vuot-{theme}"));
        w.type_into("Góc khép (không bắt buộc)", "45-75");
        w.settle();
        assert!(w.says("không phải là góc"), "{}", w.texts());
        assert!(w.button("Đưa vào bản vẽ").accesskit_node().is_disabled());
        w.shot(&format!("duong-chuyen-sai-{theme}"));
    }
}

#[test]
fn pictures_of_survey_points_and_traverse() {
    if std::env::var_os("DIACHINH_SHOTS").is_none() {
        return;
    }
    for (theme, settings) in [("light", "{}"), ("dark", r#"{"theme":"dark"}"#)] {
        let (mut w, corner) = measuring([1366.0, 768.0], settings, true);
        let folder = tempfile::tempdir().unwrap();
        let path = field_book(folder.path(), corner);
        import_points(&mut w, &path);
        w.shot(&format!("points-dialog-{theme}"));
        w.click("Nhập điểm");
        w.shot(&format!("points-{theme}"));
        let at = on_map(&w, corner);
        w.click_at(at);
        w.click_at(at + egui::vec2(60.0, 30.0));
        w.h.hover_at(at + egui::vec2(30.0, 80.0));
        w.settle();
        w.shot(&format!("drawing-{theme}"));
        enter_traverse(&mut w, corner);
        w.shot(&format!("traverse-{theme}"));
    }
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
