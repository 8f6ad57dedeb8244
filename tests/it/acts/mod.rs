//! Acts of registration from intake to approval. A scenario is data: what is there, what the clerk enters. What comes of
//! it is text beside this file: the lines of the dump that went and came, and the sentences on the certificates.
//! `DIACHINH_BLESS=1` writes the texts anew; then read them.

mod blocks;
mod machine;
mod recode;
mod scenarios;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use diachinh::edit::{Edit, Effects, parse};
use diachinh::project::{DumpOptions, EditError, Mode, Project, Undo};
use diachinh::register::{Kind, Value};
use serde_json::{Value as Json, json};

use crate::district::{District, act, content};

/// Papers that are enough for every procedure.
pub const ALL_PAPERS: &str = "DKTD DDK GCN HDCQ GTLQ QD BVDS DKTC HDTHC DKXTC VBTK TBM BA HDBDG CTNT GT";

/// A district of nine parcels with people and certificates in it: parcels 1 to 3 stand on certificates gcn1 to gcn3.
pub struct Town {
    d: District,
    pub p: Project,
    names: BTreeMap<String, String>,
    minute: i64,
}

const PEOPLE: &str = r#"
{"op":"add_record","kind":"party","uid":"$mua","fields":{"kind":"CA_NHAN","name":"Trần Thị Thử Mua","gender":"Nữ","birth":"1985","personal_code":"025985000011","address":"Xóm Đặt Ra"}}
{"op":"add_record","kind":"party","uid":"$con1","fields":{"kind":"CA_NHAN","name":"Nguyễn Văn Thử Cả","gender":"Nam","birth":"2001"}}
{"op":"add_record","kind":"party","uid":"$con2","fields":{"kind":"CA_NHAN","name":"Nguyễn Thị Thử Út","gender":"Nữ","birth":"2003"}}
{"op":"add_record","kind":"party","uid":"$ho","fields":{"kind":"HO_GIA_DINH","name":"Lê Văn Thử Hộ"}}
{"op":"add_record","kind":"party_member","fields":{"party":"$ho","member":"$con1","role":"CHU_HO","position":1}}
{"op":"add_record","kind":"party_member","fields":{"party":"$ho","member":"$con2","role":"THANH_VIEN","position":2}}
{"op":"add_record","kind":"party","uid":"$bank","fields":{"kind":"TO_CHUC","name":"Ngân hàng Thử Nghiệm, chi nhánh Đặt Ra"}}
{"op":"add_record","kind":"party","uid":"$quy","fields":{"kind":"TO_CHUC","name":"Trung tâm Phát triển quỹ đất Thử"}}
{"op":"add_record","kind":"certificate","uid":"$gcn1","fields":{"kind":"11","serial":"CX 000001","issued_on":"02/03/2015","status":"DANG_HIEU_LUC"}}
{"op":"add_record","kind":"certificate","uid":"$gcn2","fields":{"kind":"11","serial":"CX 000002","issued_on":"02/03/2015","status":"DANG_HIEU_LUC"}}
{"op":"add_record","kind":"certificate","uid":"$gcn3","fields":{"kind":"11","serial":"CX 000003","issued_on":"02/03/2015","status":"DANG_HIEU_LUC"}}
{"op":"change_record","kind":"right","uid":"$right1","fields":{"certificate":"$gcn1","share":"1","origin":"CNQ-CTT"}}
{"op":"change_record","kind":"right","uid":"$right2","fields":{"certificate":"$gcn2","share":"1","origin":"TA-CNQ-CTT"}}
{"op":"change_record","kind":"right","uid":"$right3","fields":{"certificate":"$gcn3","share":"1"}}
"#;

impl Town {
    pub fn new() -> Self {
        let d = District::new(3);
        let p = d.open();
        let mut names = BTreeMap::new();
        for i in 1..=9 {
            let parcel = format!("25747/1/{i}");
            let right = &p
                .register_records(Kind::Right, Some(("parcel", &parcel)), false, 9)
                .unwrap()[0];
            names.insert(format!("right{i}"), right.uid.to_string());
            if let Value::Named(owner) = right.get("party") {
                names.insert(format!("owner{i}"), owner.clone());
            }
        }
        let mut town = Self {
            d,
            p,
            names,
            minute: 3,
        };
        town.apply(PEOPLE).unwrap();
        town
    }

    pub fn path(&self) -> &Path {
        &self.d.path
    }

    pub fn operating(&mut self) {
        let at = self.now();
        self.p.set_mode(Mode::Operating, &at).unwrap();
    }

    fn now(&mut self) -> diachinh::domain::Act {
        self.minute += 1;
        act(self.minute)
    }

    /// Some minutes later: days, in minutes.
    pub fn days_later(&mut self, days: i64) {
        self.minute += days * 24 * 60;
    }

    /// `$name` is the uid of that name, made where it is first met.
    fn named(&mut self, line: &str) -> String {
        let mut out = String::new();
        let mut rest = line;
        while let Some(at) = rest.find('$') {
            out += &rest[..at];
            rest = &rest[at + 1..];
            let end = rest
                .find(|c: char| !c.is_ascii_alphanumeric())
                .unwrap_or(rest.len());
            let n = self.names.len();
            let fresh = || format!("0199aaaa-0000-7000-8000-{:012x}", n + 1);
            out += self.names.entry(rest[..end].to_owned()).or_insert_with(fresh);
            rest = &rest[end..];
        }
        out + rest
    }

    fn edit(&mut self, line: &str, dossier: Option<&str>) -> Edit {
        let mut value: Json =
            serde_json::from_str(&self.named(line)).unwrap_or_else(|e| panic!("{e}: {line}"));
        if let Some(code) = dossier {
            value["dossier"] = code.into();
        }
        parse(&value.to_string()).unwrap_or_else(|e| panic!("{e}: {line}"))
    }

    /// One operation.
    pub fn one(&mut self, line: &str, dossier: Option<&str>) -> Result<Effects, EditError> {
        let edit = self.edit(line, dossier);
        let at = self.now();
        self.p.apply(&edit, &at)
    }

    /// One operation each line; stops at the first that is refused.
    pub fn apply(&mut self, lines: &str) -> Result<usize, EditError> {
        self.each(lines, None)
    }

    fn each(&mut self, lines: &str, dossier: Option<&str>) -> Result<usize, EditError> {
        let lines = lines.lines().map(str::trim).filter(|l| !l.is_empty());
        let mut n = 0;
        for line in lines {
            self.one(line, dossier)?;
            n += 1;
        }
        Ok(n)
    }

    pub fn receive(&mut self, code: &str, kind: &str, papers: &str) {
        let papers: Vec<&str> = papers.split_whitespace().collect();
        let line =
            json!({"op": "open_dossier", "code": code, "kind": kind, "commune": "25747", "papers": papers});
        self.one(&line.to_string(), None).unwrap();
    }

    pub fn state(&self, code: &str) -> String {
        let all = self.p.dossiers().unwrap();
        all.into_iter().find(|d| d.code == code).unwrap().state
    }

    pub fn advance(&mut self, code: &str, more: Json) -> Result<Effects, EditError> {
        let mut line = json!({"op": "advance_dossier", "dossier": code});
        let Json::Object(more) = more else {
            panic!("{more}")
        };
        line.as_object_mut().unwrap().extend(more);
        self.one(&line.to_string(), None)
    }

    pub fn approve(&mut self, code: &str) -> Result<Effects, EditError> {
        self.one(&json!({"op": "approve", "dossier": code}).to_string(), None)
    }

    pub fn undo(&mut self) -> Result<(), EditError> {
        let at = self.now();
        self.p.undo(Undo::Last, &at).map(drop)
    }

    /// Every value of the register.
    pub fn content(&self) -> String {
        content(self.path())
    }

    /// What is in force, without what dossiers intend.
    fn in_force(&self) -> String {
        let own = ["dossier", "dossier_event", "proposed_edit", "parcel_proposal"];
        let all = self.content();
        let of = |l: &&str| !own.contains(&l.split('|').next().unwrap());
        all.lines().filter(of).collect::<Vec<_>>().join("\n")
    }

    pub fn dump(&self) -> Vec<String> {
        let mut out = Vec::new();
        let options = DumpOptions {
            personal: false,
            no_uid: true,
        };
        self.p.dump(options, &mut out).unwrap();
        String::from_utf8(out)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect()
    }

    /// The sentences of registered changes and certificates.
    pub fn sentences(&self) -> String {
        let mut out = String::new();
        for (kind, field, name) in [
            (Kind::ChangeEntry, "content", "kind"),
            (Kind::Certificate, "notes", "serial"),
        ] {
            for r in self.p.register_records(kind, None, true, 99).unwrap() {
                if let (Value::Text(said), Value::Text(name)) = (r.get(field), r.get(name)) {
                    writeln!(out, "{name}: {}", said.replace('\n', " | ")).unwrap();
                }
            }
        }
        out
    }
}

pub fn code<T>(done: Result<T, EditError>) -> String {
    match done {
        Ok(_) => "ok".to_owned(),
        Err(e) => format!(
            "{} {}",
            e.failure.code(),
            e.failure.at_field().unwrap_or_default()
        )
        .trim()
        .to_owned(),
    }
}

/// A scenario: what is there before, and what is entered in the dossier.
pub struct Scenario {
    pub name: &'static str,
    pub kind: &'static str,
    pub setup: &'static str,
    pub lines: &'static str,
    /// The same can be entered directly while the district is being built.
    pub direct: bool,
}

/// Plays a scenario; compares what came of it with its text.
#[track_caller]
pub fn play(s: &Scenario) {
    let mut t = Town::new();
    t.apply(s.setup).unwrap_or_else(|e| panic!("{}: {e:?}", s.name));
    if s.direct {
        let before = t.content();
        let n = t.apply(s.lines).unwrap_or_else(|e| panic!("{}: {e:?}", s.name));
        assert_ne!(t.content(), before);
        (0..n).for_each(|_| t.undo().unwrap());
        assert_eq!(t.content(), before, "{}: undone directly", s.name);
    }
    t.operating();
    let (before, in_force, dump) = (t.content(), t.in_force(), t.dump());
    t.receive("H1", s.kind, ALL_PAPERS);
    let mut done = 1 + t
        .each(s.lines, Some("H1"))
        .unwrap_or_else(|e| panic!("{}: {e:?}", s.name));
    while t.state("H1") != "KY_SO" {
        t.advance("H1", json!({}))
            .unwrap_or_else(|e| panic!("{}: {e:?}", s.name));
        done += 1;
        assert!(done < 40, "{}: no way to the end", s.name);
    }
    assert_eq!(
        t.in_force(),
        in_force,
        "{}: nothing is in force before the approval",
        s.name
    );
    let proposed = t.content();
    (0..done).for_each(|_| t.undo().unwrap());
    assert_eq!(t.content(), before, "{}: undone", s.name);
    for _ in 0..done {
        let at = t.now();
        t.p.redo(&at).unwrap();
    }
    assert_eq!(t.content(), proposed, "{}: done again", s.name);
    t.approve("H1").unwrap_or_else(|e| panic!("{}: {e:?}", s.name));
    assert_eq!(code(t.undo()), "FINAL");
    assert_eq!(t.state("H1"), "CAP_NHAT_CSDL");
    let after = t.dump();
    let mut told = String::new();
    for (sign, list, other) in [("-", &dump, &after), ("+", &after, &dump)] {
        let steps = |l: &&String| l.starts_with("dossier_event ");
        for line in list.iter().filter(|l| !other.contains(l) && !steps(l)) {
            writeln!(told, "{sign} {line}").unwrap();
        }
    }
    writeln!(told, "\n{}", t.sentences().trim_end()).unwrap();
    compare(s.name, &told);
}

fn compare(name: &str, told: &str) {
    let path: PathBuf = [
        env!("CARGO_MANIFEST_DIR"),
        "tests/it/acts",
        &format!("{name}.txt"),
    ]
    .iter()
    .collect();
    if std::env::var_os("DIACHINH_BLESS").is_some() {
        std::fs::write(&path, told).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(told, expected, "{name}");
}
