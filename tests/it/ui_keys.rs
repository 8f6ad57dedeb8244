//! Each boundary tool from its key to the entry in the journal without a mouse, and Esc out of each with nothing done.

use diachinh::domain::{Parcel, Pt};
use diachinh::edit::{Edit, MatchEdge};
use diachinh::project::OperationSummary;
use diachinh::topology::match_edge::{Area, Mover};
use diachinh::topology::polylabel;
use diachinh::ui::ToolKind;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::ui::{CTRL, Window};
use crate::ui_edit::{TOOLS, longest, typed};

const NONE: Modifiers = Modifiers::NONE;

/// What the keyboard does in one field.
enum Put {
    /// Text typed over what stands there.
    Text(&'static str, String),
    /// An entry of a choice, gone to with the arrows.
    Entry(&'static str, &'static str),
}

use Put::{Entry, Text};

fn text(name: &'static str, value: impl Into<String>) -> Put {
    Text(name, value.into())
}

/// One tool put to use.
struct Case {
    tool: ToolKind,
    /// Its name as it is typed into the palette, without marks.
    called: &'static str,
    puts: Vec<Put>,
    /// The kind its operation has in the journal.
    kind: &'static str,
}

impl Window {
    /// Tab until the field has the focus.
    fn tab_to(&mut self, name: &str) {
        for _ in 0..80 {
            if self.focused().as_deref() == Some(name) {
                return;
            }
            self.key(NONE, Key::Tab);
        }
        panic!("Tab never reaches {name}: {}", self.texts());
    }

    fn put(&mut self, put: &Put) {
        match put {
            Text(name, value) => {
                self.tab_to(name);
                self.key(CTRL, Key::A);
                self.text(value);
            }
            Entry(name, entry) => {
                self.tab_to(name);
                for key in [Key::ArrowUp, Key::ArrowDown] {
                    for _ in 0..40 {
                        if self.chosen(name) == *entry {
                            break;
                        }
                        self.key(NONE, key);
                    }
                }
                assert_eq!(self.chosen(name), *entry, "{name}");
            }
        }
    }

    fn chosen(&self, combo: &str) -> String {
        let found = self.h.get_by_role_and_label(Role::ComboBox, combo);
        found.accesskit_node().value().unwrap_or_default()
    }

    fn last(&self) -> OperationSummary {
        let all = self.project().log(&Default::default()).unwrap();
        all.last().expect("an operation").clone()
    }

    /// The parcels in force.
    fn register(&self) -> Vec<Parcel> {
        let mut all: Vec<Parcel> = self.project().coverage().iter().cloned().collect();
        all.sort_by_key(|p| p.fid);
        all
    }

    /// Takes the tool in hand by its key, or by the palette.
    fn take(&mut self, case: &Case, by_palette: bool) {
        let key = TOOLS.iter().find(|(_, k)| *k == case.tool).and_then(|(k, _)| *k);
        match key.filter(|_| !by_palette) {
            Some(key) => self.key(NONE, key),
            None => {
                self.key(CTRL, Key::K);
                self.text(case.called);
                self.key(NONE, Key::Enter);
            }
        }
        self.settle();
        assert_eq!(self.app().tool(), case.tool, "{}", case.called);
        self.key(NONE, Key::F2);
    }

    /// Fills the tool's fields; the button to write is then ready.
    fn fill(&mut self, case: &Case) {
        for put in &case.puts {
            self.put(put);
        }
        self.settle();
        let apply = self.button("Áp dụng").accesskit_node();
        assert!(
            !apply.is_disabled(),
            "{}: no preview: {}",
            case.called,
            self.texts()
        );
    }

    /// The selection is given up and made anew, so that each case starts from the same parcel.
    fn again(&mut self, fid: i64) {
        for _ in 0..6 {
            self.key(NONE, Key::Escape);
        }
        self.settle();
        assert_eq!(self.app().tool(), ToolKind::Select);
        if self.app().selected() != [fid] {
            assert_eq!(self.find(), fid);
        }
    }

    /// Written with Enter and taken back; then filled again and left with Esc.
    fn run(&mut self, case: &Case, fid: i64) {
        let (before, count) = (self.register(), self.operations());
        self.again(fid);
        self.take(case, false);
        self.fill(case);
        self.key(NONE, Key::Enter);
        self.settle();
        let last = self.last();
        assert_eq!(self.operations(), count + 1, "{}: {}", case.called, self.texts());
        assert_eq!(last.kind, case.kind, "{}", case.called);
        assert!(self.says("đã ghi"), "{}: acknowledged", case.called);
        assert_ne!(self.register(), before, "{}: something has changed", case.called);
        self.undo();
        assert_eq!(self.register(), before, "{}: taken back", case.called);
        // Esc out of it, from the last field on.
        self.again(fid);
        self.take(case, true);
        self.fill(case);
        for _ in 0..12 {
            self.key(NONE, Key::Escape);
            if self.app().tool() == ToolKind::Select {
                break;
            }
        }
        self.settle();
        assert_eq!(
            self.app().tool(),
            ToolKind::Select,
            "{}: Esc leaves it",
            case.called
        );
        assert_eq!(self.operations(), count + 2, "{}: nothing written", case.called);
        assert_eq!(self.register(), before, "{}", case.called);
        let draft = self.project().load_draft();
        assert!(draft.is_none(), "{}: nothing is left of it", case.called);
    }
}

fn case(tool: ToolKind, called: &'static str, kind: &'static str, puts: Vec<Put>) -> Case {
    Case {
        tool,
        called,
        puts,
        kind,
    }
}

/// Tools for points and lines of the boundary of a parcel.
fn of_points(p: &Parcel) -> Vec<Case> {
    let (a, b) = longest(p);
    let shell = p.polygon.shell();
    let (from, to) = (shell[a - 1], shell[b - 1]);
    let middle = Pt::new((from.e + to.e) / 2 + 300, (from.n + to.n) / 2 + 200);
    let near = |p: Pt| Pt::new(p.e + 40, p.n + 30);
    let ends = || [text("Từ", a.to_string()), text("Đến", b.to_string())];
    let onto = format!("{}; {}", typed(near(from)), typed(near(to)));
    let with = |rest: Vec<Put>| ends().into_iter().chain(rest).collect::<Vec<_>>();
    vec![
        case(
            ToolKind::MovePoint,
            "doi dinh ranh gioi",
            "move_point",
            vec![text("Đỉnh", "1"), text("Đến", "@0,05 0,02")],
        ),
        case(
            ToolKind::InsertPoint,
            "them dinh ranh gioi",
            "insert_point",
            vec![text("Vị trí", "1-2 5")],
        ),
        case(
            ToolKind::MovePoints,
            "doi nhieu dinh",
            "move_points",
            vec![text("Các đỉnh", "1; 2"), text("Dời", "@0,03 0,01")],
        ),
        case(
            ToolKind::Reshape,
            "ve lai ranh chung",
            "reshape",
            with(vec![
                text("Qua các điểm", typed(middle)),
                Entry("Thay đoạn", "ngắn hơn"),
            ]),
        ),
        case(
            ToolKind::Curve,
            "ranh cong",
            "reshape",
            with(vec![
                text("Qua", typed(middle)),
                text("Tỷ lệ bản đồ 1:", "1000"),
                Entry("Thay đoạn", "ngắn hơn"),
            ]),
        ),
        case(
            ToolKind::Align,
            "nan ranh theo duong",
            "align",
            with(vec![
                Entry("Theo", "đường"),
                text("Các điểm đích", onto.clone()),
                text("Dung sai (m)", "0,3"),
            ]),
        ),
        case(
            ToolKind::Align,
            "nan ranh theo duong",
            "align",
            with(vec![Entry("Theo", "từng điểm đo"), text("Các điểm đích", onto)]),
        ),
    ]
}

#[test]
fn points_and_lines_are_edited_by_keys_alone() {
    let mut w = Window::editing();
    let fid = w.find();
    for case in of_points(&w.parcel(fid)) {
        w.run(&case, fid);
    }
    // Two points beside each other, to be made one, and one of them to go.
    w.again(fid);
    w.key(NONE, Key::I);
    w.fields(&["1-2 0,05"]);
    w.enter();
    for case in [
        case(
            ToolKind::MergePoints,
            "gop dinh",
            "merge_points",
            vec![text("Các đỉnh", "1; 2"), text("Về", "1")],
        ),
        case(
            ToolKind::RemovePoint,
            "xoa dinh ranh gioi",
            "remove_point",
            vec![text("Đỉnh", "2")],
        ),
    ] {
        w.run(&case, fid);
    }
}

/// Ways of splitting a parcel, each with the table of its children.
fn of_splits(p: &Parcel) -> Vec<Case> {
    let (a, b) = longest(p);
    let shell = p.polygon.shell();
    let (from, to) = (shell[a - 1], shell[b - 1]);
    let middle = Pt::new((from.e + to.e) / 2, (from.n + to.n) / 2);
    let pole = polylabel::pole(&p.polygon, 100.0).unwrap().at;
    let at = |k: f64| {
        let at = |from: i64, to: i64| from + ((to - from) as f64 * k) as i64;
        Pt::new(at(middle.e, pole.e), at(middle.n, pole.n))
    };
    let line = format!("{}; {}", typed(at(-0.5)), typed(at(3.0)));
    let side = || text("Cạnh", format!("{a}-{b}"));
    let ways: [Vec<Put>; 7] = [
        vec![Entry("Cách tách", "theo đường vẽ"), text("Đường tách", line)],
        vec![
            Entry("Cách tách", "theo diện tích"),
            text("Diện tích (m²)", "300; còn lại"),
            Entry("Hướng cắt", "song song cạnh"),
            side(),
        ],
        vec![
            Entry("Cách tách", "theo diện tích"),
            text("Diện tích (m²)", "300; 95,5; còn lại"),
            Entry("Hướng cắt", "theo phương vị"),
            text("Phương vị (°)", "45°30'"),
        ],
        vec![
            Entry("Cách tách", "theo diện tích"),
            text("Diện tích (m²)", "300; còn lại"),
            Entry("Hướng cắt", "qua một điểm"),
            text("Điểm", a.to_string()),
        ],
        vec![
            Entry("Cách tách", "chia đều diện tích"),
            text("Số phần", "3"),
            Entry("Hướng cắt", "song song cạnh"),
        ],
        vec![
            Entry("Cách tách", "chia đều mặt tiền"),
            text("Số phần", "2"),
            side(),
        ],
        vec![
            Entry("Cách tách", "cách một cạnh"),
            text("Cách (m)", "5,5"),
            side(),
        ],
    ];
    let one = |puts| case(ToolKind::Split, "tach thua", "split", puts);
    ways.into_iter().map(one).collect()
}

#[test]
fn a_parcel_is_split_in_every_way_by_keys_alone() {
    let mut w = Window::editing();
    let fid = w.find();
    for case in of_splits(&w.parcel(fid)) {
        w.run(&case, fid);
    }
}

#[test]
fn the_table_of_children_is_filled_by_keys_alone() {
    let mut w = Window::editing();
    let fid = w.find();
    let split = of_splits(&w.parcel(fid)).remove(1);
    w.take(&split, false);
    w.fill(&split);
    // F2 goes to the first field, and from there into the table.
    w.key(NONE, Key::F2);
    w.h.run_steps(3);
    assert_eq!(w.focused().as_deref(), Some("Số thửa 1"), "{}", w.texts());
    w.text("9001");
    w.put(&text("Loại đất 2", "ONT 100; CLN 33,3"));
    w.key(NONE, Key::F2);
    w.h.run_steps(3);
    assert_eq!(w.focused().as_deref(), Some("Thửa"), "and back");
    w.enter();
    let made: Vec<Parcel> = w.app().selected().iter().map(|f| w.parcel(*f)).collect();
    assert_eq!(w.last().kind, "split", "{}", w.texts());
    assert!(made.iter().any(|p| &*p.number == "9001"), "{}", w.texts());
    assert!(made.iter().any(|p| &*p.land_use == "ONT+CLN"), "{made:?}");
    // Merged again, one keeps its number.
    let names: Vec<String> = made.iter().map(|p| format!("{}/{}", p.sheet, p.number)).collect();
    for _ in 0..4 {
        w.key(NONE, Key::Escape);
    }
    w.settle();
    let merge = case(
        ToolKind::Merge,
        "hop thua",
        "merge",
        vec![text("Các thửa", names.join("; "))],
    );
    let before = w.register();
    w.take(&merge, true);
    w.fill(&merge);
    w.tab_to("Số thửa");
    w.key(NONE, Key::ArrowDown);
    w.settle();
    // Enter on a choice writes, as in a field.
    w.enter();
    assert_eq!(w.last().kind, "merge", "{}", w.texts());
    let made = w.parcel(w.app().selected()[0]);
    assert!(names.contains(&format!("{}/{}", made.sheet, made.number)));
    w.undo();
    assert_eq!(w.register(), before);
    w.take(&merge, false);
    w.fill(&merge);
    for _ in 0..6 {
        w.key(NONE, Key::Escape);
    }
    w.settle();
    assert_eq!((w.app().tool(), w.register()), (ToolKind::Select, before));
}

#[test]
fn land_is_cut_retired_filled_and_drawn_by_keys_alone() {
    let mut w = Window::editing();
    let fid = w.find();
    let p = w.parcel(fid);
    let (a, b) = longest(&p);
    let shell = p.polygon.shell();
    let (from, to) = (shell[a - 1], shell[b - 1]);
    let pole = polylabel::pole(&p.polygon, 100.0).unwrap().at;
    let along = |k: i64| Pt::new(pole.e + (to.e - from.e) * k, pole.n + (to.n - from.n) * k);
    let name = format!("{}/{}", p.sheet, p.number);
    let inner = |p: &Pt| typed(Pt::new((p.e + pole.e) / 2, (p.n + pole.n) / 2));
    let outline: Vec<String> = shell.iter().map(inner).collect();
    let cases = [
        case(
            ToolKind::Carve,
            "cat dai dat",
            "carve",
            vec![
                text("Từ các thửa", name.clone()),
                Entry("Theo", "tim đường"),
                text("Rộng (m)", "2,5"),
                text("Các điểm", format!("{}; {}", typed(along(-2)), typed(along(2)))),
                text("Loại đất", "DTL"),
            ],
        ),
        case(
            ToolKind::Carve,
            "cat dai dat",
            "carve",
            vec![
                text("Từ các thửa", name.clone()),
                Entry("Theo", "đường bao"),
                text("Các điểm", outline.join("; ")),
            ],
        ),
        case(
            ToolKind::Retire,
            "dua thua vao lich su",
            "retire",
            vec![text("Thửa", name), text("Lý do", "thu hồi (thử)")],
        ),
    ];
    for case in &cases {
        w.run(case, fid);
    }
    // Where it was is a gap now.
    w.again(fid);
    w.take(&cases[2], false);
    w.fill(&cases[2]);
    w.enter();
    let commune: &'static str = w.commune(&p).leak();
    let sheet = p.sheet.to_string();
    for case in [
        case(
            ToolKind::FillGap,
            "lap khe ho",
            "fill_gap",
            vec![text("Vị trí", typed(pole))],
        ),
        case(
            ToolKind::FillGap,
            "lap khe ho",
            "fill_gap",
            vec![
                text("Vị trí", typed(pole)),
                Entry("Giao cho", "lập thửa mới"),
                Entry("Xã", commune),
                text("Tờ", sheet.clone()),
                text("Loại đất", "ONT"),
            ],
        ),
        case(
            ToolKind::AddParcel,
            "lap thua moi",
            "add_parcel",
            vec![
                text("Đường bao", outline.join("; ")),
                Entry("Xã", commune),
                text("Tờ", sheet),
                text("Số thửa", "9009"),
                text("Loại đất", "CLN"),
            ],
        ),
    ] {
        let left = w.app().selected().first().copied();
        w.settle();
        let any = left.unwrap_or_else(|| w.find());
        w.run(&case, any);
    }
}

#[test]
fn an_overlap_and_a_sheet_edge_are_mended_by_keys_alone() {
    let mut w = Window::editing();
    let fid = w.find();
    w.key(NONE, Key::F5);
    w.settle();
    let all = w.project().findings().expect("they are checked");
    let overlap = all.iter().find(|f| f.code == "PARCEL_OVERLAP");
    let refs = overlap.expect("the sample has overlaps").refs.join("; ");
    let (_, second) = refs.split_once("; ").expect("two parcels");
    let gives_way: &'static str = second.split_once('/').unwrap().1.to_owned().leak();
    let overlap = case(
        ToolKind::Overlap,
        "go phan chong lan",
        "resolve_overlap",
        vec![text("Hai thửa", refs.clone()), Entry("Thửa nhường", gives_way)],
    );
    w.run(&overlap, fid);
    let (a, b, tolerance, mover) = w.edge();
    let edge = case(
        ToolKind::MatchEdge,
        "tiep bien hai to ban do",
        "match_edge",
        vec![
            text("Tờ A", a),
            text("Tờ B", b),
            text("Dung sai (m)", tolerance),
            Entry("Dời", mover),
        ],
    );
    w.run(&edge, fid);
}

impl Window {
    /// Two sheets whose common edge can be matched: "commune/sheet" of both, tolerance, what moves.
    fn edge(&self) -> (String, String, String, &'static str) {
        let coverage = self.project().coverage().clone();
        let sheets: std::collections::BTreeSet<_> = coverage
            .iter()
            .filter(|p| !p.sheet.is_empty())
            .map(|p| (p.commune.to_string(), p.sheet.to_string()))
            .collect();
        let area = |s: &(String, String)| Area {
            commune: s.0.clone(),
            sheet: Some(s.1.clone()),
        };
        let ways = [
            (Mover::B, "tờ B theo tờ A"),
            (Mover::A, "tờ A theo tờ B"),
            (Mover::Both, "cả hai, mỗi bên một nửa"),
        ];
        for a in &sheets {
            for b in sheets.iter().filter(|b| *b > a) {
                for (tolerance, shown) in [(0.5, "0,5"), (0.1, "0,1"), (2.0, "2")] {
                    for (mover, name) in ways {
                        let edit = Edit::MatchEdge(MatchEdge {
                            a: area(a),
                            b: area(b),
                            tolerance,
                            mover,
                            fixed: Vec::new(),
                            skip: false,
                        });
                        if edit.plan(&coverage).is_ok() {
                            let of = |s: &(String, String)| format!("{}/{}", s.0, s.1);
                            return (of(a), of(b), shown.to_owned(), name);
                        }
                    }
                }
            }
        }
        panic!("no edge of the sample can be matched")
    }
}

/// What the clerk has put into the table of children outlives a crash.
#[test]
fn the_table_of_children_is_kept_in_a_draft() {
    let mut w = Window::editing();
    let fid = w.find();
    let split = of_splits(&w.parcel(fid)).remove(1);
    w.take(&split, false);
    w.fill(&split);
    w.put(&text("Số thửa 1", "9001"));
    w.put(&text("Loại đất 2", "ONT 100; CLN 33,3"));
    w.settle();
    let (mut after, _folder) = w.crash();
    assert!(after.says("Còn số liệu nhập dở"), "{}", after.texts());
    after.tab_to_button("Làm tiếp");
    after.key(NONE, Key::Enter);
    after.settle();
    assert_eq!(after.value("Số thửa 1"), "9001", "{}", after.texts());
    assert_eq!(after.value("Loại đất 2"), "ONT 100; CLN 33,3");
    assert_eq!(after.value("Số thửa 2"), "");
    // It is a draft still: a second crash loses nothing either.
    let (mut again, _folder) = after.crash();
    again.click("Làm tiếp");
    assert_eq!(again.value("Loại đất 2"), "ONT 100; CLN 33,3");
    again.shot("nhap-do-bang-con");
    again.put(&text("Cạnh", ""));
    again.settle();
    again.enter();
    let numbers: Vec<String> = again
        .app()
        .selected()
        .iter()
        .map(|f| again.parcel(*f).number.to_string())
        .collect();
    assert!(numbers.contains(&"9001".to_owned()), "{}", again.texts());
    assert!(again.project().load_draft().is_none(), "done with");
}

impl Window {
    fn tab_to_button(&mut self, name: &str) {
        for _ in 0..80 {
            if self.button(name).is_focused() {
                return;
            }
            self.key(NONE, Key::Tab);
        }
        panic!("Tab never reaches {name}");
    }
}
