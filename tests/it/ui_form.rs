//! Forms of the register in the window, by keyboard alone: what is typed is registered, taken back, kept, found again.
//!
//! `DIACHINH_SHOTS=folder` writes pictures; with `DIACHINH_THEME=dark` dark ones.

use diachinh::domain::Uid;
use diachinh::project::{DumpOptions, Record};
use diachinh::register::{Kind, Value};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use crate::ui::{CTRL, Window};

const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

impl Window {
    fn dump(&self) -> String {
        let mut out = Vec::new();
        let options = DumpOptions {
            personal: true,
            no_uid: false,
        };
        self.project().dump(options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// Types into the field with the cursor and goes on with Enter.
    fn line(&mut self, text: &str) {
        if !text.is_empty() {
            self.text(text);
        }
        self.key(NONE, Key::Enter);
        self.h.run_steps(2);
    }

    fn save(&mut self) {
        self.key(CTRL, Key::Enter);
        self.settle();
    }

    fn uid(&self, fid: i64) -> Uid {
        self.parcel(fid).uid
    }

    fn rights(&self, fid: i64) -> Vec<Record> {
        self.project().of_parcel(self.uid(fid)).unwrap().rights
    }

    fn tab(&mut self, name: &str) {
        self.h.get_by_role_and_label(Role::Tab, name).click();
        self.settle();
    }
}

fn text(record: &Record, field: &str) -> String {
    match record.get(field) {
        Value::Text(t) | Value::Named(t) => t.clone(),
        _ => String::new(),
    }
}

#[test]
fn a_holder_a_right_and_a_paper_by_keyboard_alone_and_taken_back() {
    let mut w = Window::editing();
    let fid = w.find();
    let before = w.dump();
    let had = w.rights(fid).len();
    w.key(CTRL_SHIFT, Key::T);
    w.settle();
    assert!(w.says("Thêm quyền"), "{}", w.texts());
    // The kind of right stands there by default; the holder is not in the register: Enter on the last line enters one.
    w.text("Lý Thử Bàn Phím");
    w.settle();
    w.shot("bieu-mau-quyen");
    w.key(NONE, Key::Enter);
    w.settle();
    assert_eq!(w.value("Họ tên / tên"), "Lý Thử Bàn Phím", "{}", w.texts());
    w.line("ca nh");
    assert_eq!(w.value("Loại"), "Cá nhân");
    w.line("");
    w.line("01031985");
    assert_eq!(w.value("Ngày sinh"), "01/03/1985");
    w.shot("bieu-mau-nguoi");
    w.save();
    assert!(w.says("Thêm quyền"), "back in the right: {}", w.texts());
    assert_eq!(w.value("Người sử dụng"), "Lý Thử Bàn Phím");
    w.type_into("Phần quyền", "2/6");
    w.line("");
    assert_eq!(w.value("Phần quyền"), "1/3");
    w.save();
    assert!(w.h.query_by_label("Lưu").is_none(), "{}", w.texts());
    let rights = w.rights(fid);
    assert_eq!(rights.len(), had + 1);
    let right = rights.last().unwrap();
    let party: Uid = text(right, "party").parse().unwrap();
    let person = w.project().register_record(Kind::Party, party).unwrap();
    assert_eq!(
        (text(&person, "name").as_str(), text(&person, "birth").as_str()),
        ("Lý Thử Bàn Phím", "1985-03-01")
    );
    w.key(CTRL_SHIFT, Key::G);
    w.settle();
    w.type_into("Loại giấy", "98");
    w.line("");
    w.line("aa 01234567");
    assert_eq!(w.value("Số phát hành"), "AA 01234567");
    w.shot("bieu-mau-giay");
    w.save();
    let right = w.rights(fid).into_iter().find(|r| r.uid == right.uid).unwrap();
    let paper: Uid = text(&right, "certificate").parse().unwrap();
    let paper = w.project().register_record(Kind::Certificate, paper).unwrap();
    assert_eq!(text(&paper, "serial"), "AA 01234567");
    w.tab("Giấy chứng nhận");
    assert!(w.says("AA 01234567"), "{}", w.texts());
    w.shot("muc-giay");
    w.tab("Người sử dụng");
    assert!(w.says("Lý Thử Bàn Phím"));
    w.shot("muc-nguoi");
    for _ in 0..3 {
        w.undo();
    }
    assert_eq!(w.dump(), before, "undone to the byte");
}

#[test]
fn errors_stand_at_their_field_and_the_cursor_goes_there() {
    let mut w = Window::editing();
    w.find();
    let before = w.operations();
    w.key(CTRL_SHIFT, Key::N);
    w.settle();
    assert!(w.says("Thêm quyền  ›  Thêm người sử dụng"), "{}", w.texts());
    w.save();
    assert!(w.says("Phải ghi trường này."), "{}", w.texts());
    assert!(w.field("Loại").is_focused(), "the first field in error");
    w.line("ca nhan");
    w.line("Lý Thử Sai Số");
    w.line("31021985");
    assert!(w.says("Không phải ngày hay năm"), "{}", w.texts());
    w.type_into("Số định danh cá nhân", "12345");
    w.shot("bieu-mau-loi");
    w.save();
    assert!(
        w.says("đúng 12 chữ số") && w.says("Không phải ngày"),
        "both at once: {}",
        w.texts()
    );
    assert!(w.field("Ngày sinh").is_focused());
    assert_eq!(w.value("Ngày sinh"), "31021985", "what was typed stays");
    w.type_into("Ngày sinh", "1985");
    w.save();
    assert!(w.says("đúng 12 chữ số"), "{}", w.texts());
    assert!(w.field("Số định danh cá nhân").is_focused());
    assert_eq!(w.operations(), before, "nothing is written");
    // Shift+Tab goes back, Esc asks before it drops what was typed.
    w.key(SHIFT, Key::Tab);
    w.settle();
    assert!(w.field("Giới tính").is_focused(), "{}", w.texts());
    w.key(NONE, Key::Escape);
    w.settle();
    assert!(w.says("Bỏ những gì đã nhập?"));
    w.key(NONE, Key::Escape);
    w.settle();
    assert!(
        !w.says("Thêm người sử dụng") && w.says("Thêm quyền"),
        "{}",
        w.texts()
    );
    w.key(NONE, Key::Escape);
    w.settle();
    assert!(w.h.query_by_label("Lưu").is_none() && !w.app().selected().is_empty());
}

#[test]
fn an_unsaved_form_survives_a_crash_sealed() {
    let mut w = Window::editing();
    w.find();
    w.key(CTRL_SHIFT, Key::N);
    w.settle();
    w.line("ho gia dinh");
    w.line("Hộ Bà Thử Dở Dang");
    w.settle();
    let left = format!("{}.form", w.project().path().display());
    let bytes = std::fs::read(&left).unwrap();
    // The codec of the personal values: its byte stands before.
    assert_eq!(bytes[0], 0);
    let (mut after, _folder) = w.crash();
    assert!(after.says("Còn biểu mẫu chưa lưu"), "{}", after.texts());
    after.shot("bieu-mau-do");
    after.click("Nhập tiếp");
    assert_eq!(
        after.value("Họ tên / tên"),
        "Hộ Bà Thử Dở Dang",
        "{}",
        after.texts()
    );
    assert_eq!(after.value("Loại"), "Hộ gia đình");
    after.save();
    assert_eq!(
        after.value("Người sử dụng"),
        "Hộ Bà Thử Dở Dang",
        "{}",
        after.texts()
    );
    after.key(NONE, Key::Escape);
    after.settle();
    after.key(NONE, Key::Escape);
    after.settle();
    let gone = format!("{}.form", after.project().path().display());
    assert!(!std::path::Path::new(&gone).exists(), "dropped by the person");
}
