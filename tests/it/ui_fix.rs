//! Repairs in the window, by keyboard alone: one finding with before and after, many with a summary, one undo.
//!
//! `DIACHINH_SHOTS=folder` writes pictures of each step.

use diachinh::validate::{self, Options};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use crate::ui::{CTRL, Window};

const NONE: Modifiers = Modifiers::NONE;

fn window(theme: &str) -> Window {
    let painted = std::env::var_os("DIACHINH_SHOTS").is_some();
    let settings = format!("{{\"theme\":\"{theme}\"}}");
    Window::sample_with([1366.0, 768.0], &settings, painted)
}

impl Window {
    /// Checks the data and walks to the first finding of a rule.
    fn stand_on(&mut self, code: &str) {
        if self.app().finding().is_none() {
            self.key(NONE, Key::F5);
            self.settle();
        }
        for _ in 0..2000 {
            if self.app().finding().is_some_and(|f| f.code == code) {
                return self.settle();
            }
            self.key(NONE, Key::F8);
        }
        panic!("no finding of {code}");
    }

    fn count(&self, code: &str) -> usize {
        let options = Options {
            rules: vec![code.to_owned()],
            ..Options::default()
        };
        validate::run(
            self.project().coverage(),
            &options,
            &diachinh::job::Progress::none(),
        )
        .unwrap()
        .len()
    }
}

#[test]
fn one_finding_is_fixed_with_f9_and_enter() {
    let mut w = window("light");
    for code in ["PARCEL_OVERLAP", "PARCEL_GAP", "RING_INVALID"] {
        w.stand_on(code);
        let before = w.count(code);
        w.key(NONE, Key::F9);
        w.settle();
        assert!(w.says("Cách sửa"), "{code}: {}", w.texts());
        w.shot(&format!("sua-{}", code.to_lowercase()));
        w.key(NONE, Key::Enter);
        w.settle();
        assert_eq!(w.count(code), before - 1, "{code}: {}", w.texts());
        w.key(CTRL, Key::Z);
        w.settle();
        assert_eq!(w.count(code), before);
        w.key(NONE, Key::Escape);
        w.key(NONE, Key::Escape);
    }
    // What only a person can decide is explained.
    w.stand_on("DUPLICATE_NUMBER");
    let operations = w.project().info().unwrap().operations;
    w.key(NONE, Key::F9);
    w.settle();
    assert!(w.says("không tự đánh số lại"), "{}", w.texts());
    w.shot("sua-bang-tay");
    w.key(NONE, Key::Enter);
    w.settle();
    assert_eq!(w.project().info().unwrap().operations, operations);
}

#[test]
fn a_batch_is_tried_shown_entered_and_taken_back() {
    let mut w = window("light");
    w.stand_on("RING_INVALID");
    let before = w.count("RING_INVALID");
    w.key(Modifiers::SHIFT, Key::F9);
    w.settle();
    assert!(w.says("Chỉ những cách chắc chắn"), "{}", w.texts());
    w.click("Thử");
    assert!(w.says("Sửa được"), "{}", w.texts());
    w.shot("hang-loat");
    // Some may be for a person to decide.
    let fixed = (1..=before).rev().find(|n| w.says(&format!("Sửa {n} lỗi")));
    let fixed = fixed.unwrap_or_else(|| panic!("{}", w.texts()));
    w.click(&format!("Sửa {fixed} lỗi"));
    assert_eq!(w.count("RING_INVALID"), before - fixed, "{}", w.texts());
    w.settle();
    w.key(CTRL, Key::Z);
    w.settle();
    assert_eq!(w.count("RING_INVALID"), before);
}

/// A gap is allowed with F9, a reason and Enter, listed where the findings are, and withdrawn there; without a reason Enter
/// does nothing.
#[test]
fn a_gap_is_allowed_with_a_reason_listed_and_withdrawn() {
    for (theme, tag) in [("light", "sang"), ("dark", "toi")] {
        let mut w = window(theme);
        w.stand_on("PARCEL_GAP");
        let before = w.count("PARCEL_GAP");
        w.key(NONE, Key::F9);
        w.settle();
        w.choose("Cách sửa", "Công nhận là đường, mương…");
        assert!(w.says("Gõ lý do rồi Enter"), "{}", w.texts());
        let operations = w.project().info().unwrap().operations;
        w.key(NONE, Key::Enter);
        w.settle();
        assert_eq!(w.project().info().unwrap().operations, operations);
        w.shot(&format!("cong-nhan-{tag}"));
        w.type_into("Lý do", "Mương nội đồng");
        w.settle();
        w.click("Áp dụng");
        w.settle();
        assert_eq!(w.count("PARCEL_GAP"), before - 1, "{}", w.texts());
        w.choose("Trạng thái", "Khoảng hở được công nhận");
        assert!(
            w.says("Mương nội đồng") && w.says("không thời hạn"),
            "{}",
            w.texts()
        );
        w.h.get_by_label("Bảng khoảng hở được công nhận").focus();
        w.h.run_steps(2);
        w.key(NONE, Key::ArrowDown);
        w.settle();
        w.shot(&format!("khoang-ho-{tag}"));
        w.click("Thôi công nhận");
        w.settle();
        assert_eq!(w.count("PARCEL_GAP"), before);
        assert!(w.says("Chưa công nhận khoảng hở nào"), "{}", w.texts());
        w.key(CTRL, Key::Z);
        w.settle();
        assert_eq!(w.count("PARCEL_GAP"), before - 1);
    }
}

/// Only for looking at.
#[test]
fn pictures_of_repairs() {
    if std::env::var_os("DIACHINH_SHOTS").is_none() {
        return;
    }
    for (theme, tag) in [("light", "sang"), ("dark", "toi")] {
        let mut w = window(theme);
        for code in ["PARCEL_OVERLAP", "PARCEL_GAP"] {
            w.stand_on(code);
            w.key(NONE, Key::F9);
            w.settle();
            w.shot(&format!("sua-{}-{tag}", code.to_lowercase()));
            w.key(NONE, Key::Escape);
        }
        w.key(Modifiers::SHIFT, Key::F9);
        w.settle();
        w.click("Thử");
        w.shot(&format!("hang-loat-{tag}"));
        w.key(NONE, Key::Escape);
    }
}
