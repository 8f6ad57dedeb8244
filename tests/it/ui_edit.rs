//! The boundary tools in the window: each by keyboard alone and by pointer, through accessible names.
//!
//! `DIACHINH_SHOTS=folder` writes a picture of each step.

use diachinh::domain::{Parcel, Pt};
use diachinh::ui::ToolKind;
use egui::{Key, Modifiers};

use crate::ui::{CTRL, Window};

const NONE: Modifiers = Modifiers::NONE;

impl Window {
    /// A window whose steps are painted when pictures are asked for.
    fn editing() -> Self {
        Self::editing_in("light")
    }

    fn editing_in(theme: &str) -> Self {
        let painted = std::env::var_os("DIACHINH_SHOTS").is_some();
        let settings = format!("{{\"theme\":\"{theme}\"}}");
        Self::sample_with([1366.0, 768.0], &settings, painted)
    }

    fn parcel(&self, fid: i64) -> Parcel {
        self.project().coverage().get(fid).expect("in force").clone()
    }

    /// Tab until this field has the focus would be long; F2 puts the cursor into the tool's first one.
    fn fields(&mut self, values: &[&str]) {
        self.key(NONE, Key::F2);
        for (n, value) in values.iter().enumerate() {
            if n > 0 {
                self.key(NONE, Key::Tab);
            }
            self.key(CTRL, Key::A);
            self.text(value);
        }
    }

    fn enter(&mut self) {
        self.key(NONE, Key::Enter);
        self.settle();
    }

    fn undo(&mut self) {
        self.key(CTRL, Key::Z);
        self.settle();
    }

    fn operations(&self) -> u64 {
        self.project().info().unwrap().operations
    }
}

/// "1191500,250 586320,125" as a person types it.
fn typed(p: Pt) -> String {
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
