//! The dashboard of readiness, driven through its accessible names.
//!
//! `DIACHINH_SHOTS=folder cargo test --release --test it ui_readiness` writes pictures of it.

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::ui::{CTRL, Window};

const CTRL_SHIFT: Modifiers = CTRL.plus(Modifiers::SHIFT);

fn painted() -> bool {
    std::env::var_os("DIACHINH_SHOTS").is_some()
}

fn open(w: &mut Window) {
    w.key(CTRL_SHIFT, Key::R);
    w.settle();
    w.settle();
    assert!(w.says("Vướng mắc, ít công nhất trước"), "{}", w.texts());
}

/// The number of a card.
fn card(w: &Window, name: &str) -> u64 {
    let start = format!("{name}: ");
    let label = w.h.root().children_recursive().find_map(|n| {
        let node = n.accesskit_node();
        let text = node.label().or(node.value())?;
        text.strip_prefix(&start).map(str::to_owned)
    });
    let label = label.unwrap_or_else(|| panic!("no card {name}: {}", w.texts()));
    label
        .replace('.', "")
        .parse()
        .unwrap_or_else(|_| panic!("{label}"))
}

#[test]
fn cards_add_up_follow_an_edit_and_lead_to_their_parcels() {
    let mut w = Window::sample();
    open(&mut w);
    let all = card(&w, "Tổng số thửa");
    let groups = ["Nhóm 1", "Nhóm 2", "Nhóm 3", "Chưa phân loại"].map(|g| card(&w, g));
    assert_eq!(groups.iter().sum::<u64>(), all);
    let lacking = w
        .project()
        .readiness(&[], None, &diachinh::job::Progress::none())
        .unwrap();
    let total = lacking.total(&[]);
    assert_eq!(u64::from(total.parcels), all);
    assert_eq!(
        u64::from(total.reason(diachinh::readiness::Reason::NoScan)),
        card(&w, "Thiếu hồ sơ quét")
    );
    // A card leads to its parcels: the table holds them and nothing else.
    let name = format!(
        "Chưa nhập: {}",
        diachinh::text::format::count(card(&w, "Chưa nhập"), diachinh::text::Lang::Vi)
    );
    let open_count = card(&w, "Chưa nhập");
    w.click(&name);
    assert!(!w.says("Vướng mắc, ít công nhất trước"));
    let n = diachinh::text::format::count(open_count, diachinh::text::Lang::Vi);
    assert!(w.says(&format!("{n} trên ")), "{}", w.texts());
    w.click("Bỏ lọc, xem mọi thửa: Chưa nhập");
    assert!(!w.says(&format!("{n} trên ")));
    w.shot("san-sang-loc");
}

/// What findings tell of leads to their list, with nothing else in it, until the person lets go of that.
#[test]
fn topology_errors_lead_to_their_findings() {
    for (theme, tag) in [("light", "sang"), ("dark", "toi")] {
        let mut w = Window::sample_with([1366.0, 768.0], &format!("{{\"theme\":\"{theme}\"}}"), painted());
        open(&mut w);
        let n = card(&w, "Lỗi topology");
        assert!(n > 0);
        let count = diachinh::text::format::count(n, diachinh::text::Lang::Vi);
        w.click(&format!("Lỗi topology: {count}"));
        w.settle();
        assert!(w.says("Bỏ lọc, xem mọi lỗi: Lỗi topology"), "{}", w.texts());
        let rules = [
            "RING_INVALID",
            "PARCEL_OVERLAP",
            "PARCEL_GAP",
            "SHEET_EDGE",
            "COORDINATE_WINDOW",
        ];
        for _ in 0..12 {
            w.key(Modifiers::NONE, Key::F8);
            w.settle();
            let code = w.app().finding().unwrap().code;
            assert!(rules.contains(&code), "{code}");
        }
        w.shot(&format!("san-sang-loi-{tag}"));
        w.click("Bỏ lọc, xem mọi lỗi: Lỗi topology");
        assert!(!w.says("Bỏ lọc, xem mọi lỗi: Lỗi topology"));
    }
}

#[test]
fn an_edit_is_counted_at_once() {
    let mut w = Window::sample();
    open(&mut w);
    let before = card(&w, "Thiếu CCCD");
    let count = |w: &Window| {
        let readiness = w
            .project()
            .readiness(&[], None, &diachinh::job::Progress::none())
            .unwrap();
        readiness
            .total(&[])
            .reason(diachinh::readiness::Reason::NoAddress)
    };
    let lacking = count(&w);
    w.key(CTRL_SHIFT, Key::R);
    w.settle();
    w.find();
    let had = w.value("Địa chỉ");
    let to = if had.is_empty() { "Thôn Thử" } else { "" };
    w.type_into("Địa chỉ", to);
    if to.is_empty() {
        w.key(Modifiers::NONE, Key::Backspace);
    }
    w.key(Modifiers::NONE, Key::Enter);
    w.settle();
    let now = count(&w);
    assert_eq!(now.abs_diff(lacking), 1);
    open(&mut w);
    assert_eq!(card(&w, "Thiếu CCCD"), before);
    assert!(w.says("Biểu đồ 21 ngày: 1 thửa đã xử lý"), "{}", w.texts());
    w.key(CTRL, Key::Z);
    w.settle();
    assert!(
        !w.says("Biểu đồ 21 ngày: 1 thửa đã xử lý"),
        "what is undone does not count"
    );
}

#[test]
fn by_keyboard_alone_from_the_commune_to_the_map() {
    let mut w = Window::sample();
    open(&mut w);
    w.h.get_by_label("Bảng tiến độ").focus();
    w.h.run_steps(2);
    w.key(Modifiers::NONE, Key::ArrowDown);
    w.settle();
    assert!(!w.says("Toàn huyện"), "the first commune is what it is about");
    let part = card(&w, "Tổng số thửa");
    assert!(part > 0 && part < 5000);
    w.key(Modifiers::NONE, Key::Enter);
    w.settle();
    assert!(
        w.says("Theo nhóm sẵn sàng"),
        "the map is coloured by group: {}",
        w.texts()
    );
    w.shot("san-sang-ban-do");
}

#[test]
fn the_target_is_kept_and_the_table_exported() {
    let mut w = Window::sample();
    open(&mut w);
    w.type_into("Chỉ tiêu mỗi người/ngày", "40");
    w.key(Modifiers::NONE, Key::Enter);
    w.settle();
    assert_eq!(w.project().campaign().unwrap().target, Some(40));
    let folder = tempfile::tempdir().unwrap();
    w.click("Xuất Excel/CSV…");
    w.type_into(
        "Ghi vào tệp",
        &folder.path().join("tien-do").display().to_string(),
    );
    w.settle();
    w.click("Ghi tệp");
    w.settle();
    let bytes = std::fs::read(folder.path().join("tien-do.xlsx")).unwrap();
    assert!(bytes.starts_with(b"PK"));
}

#[test]
fn pictures() {
    for (theme, tag) in [("light", "sang"), ("dark", "toi")] {
        let settings = format!("{{\"theme\":\"{theme}\"}}");
        let mut w = Window::sample_with([1366.0, 768.0], &settings, painted());
        w.find();
        w.type_into("Địa chỉ", "Thôn Thử Nghiệm");
        w.key(Modifiers::NONE, Key::Enter);
        w.settle();
        open(&mut w);
        w.shot(&format!("san-sang-{tag}"));
        w.click("Xem trên bản đồ");
        w.settle();
        w.shot(&format!("san-sang-ban-do-{tag}"));
        for _ in 0..6 {
            w.key(CTRL, Key::ArrowUp);
        }
        w.settle();
        w.shot(&format!("san-sang-gan-{tag}"));
    }
}
