//! What survives a crash besides the register.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use diachinh::domain::Pt;
use diachinh::edit::{Edit, parse, to_json};
use diachinh::project::Project;
use serde_json::{Value, json};

use crate::district::{COMMUNE, District, act, content, corner};
use crate::support::{diachinh, ok, run};

/// A gesture of so many moves, there and back, that a kill meets it.
fn script(path: &Path, name: &str) {
    let (here, there) = (corner(1, 1), Pt::new(corner(1, 1).e + 500, corner(1, 1).n));
    let there_and_back =
        [(here, there), (there, here)].map(|(from, to)| to_json(&Edit::MovePoint { from, to }));
    fs::write(path.join(name), vec![there_and_back.join("\n"); 1000].join("\n")).unwrap();
}

fn beside(path: &Path, end: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn killed_in(d: &District, script: &Path) {
    let marker = beside(&d.path, ".intent");
    // Whole: a kill between making the file and filling it comes before the operation begins.
    let written = || {
        let whole = fs::read(&marker).is_ok_and(|text| text.ends_with(b"}"));
        fs::metadata(&marker)
            .and_then(|m| m.modified())
            .ok()
            .filter(|_| whole)
    };
    let last = written();
    let mut child = diachinh()
        .arg("edit")
        .arg(&d.path)
        .args(["--atomic", "--script"])
        .arg(script)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while written().is_none() || written() == last {
        assert!(child.try_wait().unwrap().is_none(), "it ended without a marker");
        std::thread::sleep(Duration::from_micros(200));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(marker.exists(), "killed too late");
}

#[test]
fn an_operation_that_killed_the_program_twice_is_not_tried_again() {
    let d = District::new(3);
    script(d.dir.path(), "s.jsonl");
    let script = d.dir.path().join("s.jsonl");
    let before = content(&d.path);
    killed_in(&d, &script);
    killed_in(&d, &script);
    let mut edit = diachinh();
    edit.arg("edit")
        .arg(&d.path)
        .args(["--atomic", "--script"])
        .arg(&script);
    let (code, answer, _) = run(&mut edit);
    assert_eq!((code, &answer["error"]["code"]), (2, &json!("CRASHED_TWICE")));
    assert!(
        answer["error"]["message"].as_str().unwrap().contains('2'),
        "{answer}"
    );
    assert_eq!(content(&d.path), before);
    // Everything else goes on, and a person may let it be tried again.
    let mut p = d.open();
    let names: Vec<String> = p.crashed_twice().iter().map(|c| c.kind.clone()).collect();
    assert_eq!(names, ["gesture"]);
    let set = format!(r#"{{"op":"set","parcel":"{COMMUNE}/1/1","fields":{{"address":"Xóm Thử"}}}}"#);
    p.apply(&parse(&set).unwrap(), &act(5)).unwrap();
    p.try_again();
    assert!(p.crashed_twice().is_empty());
    p.close().unwrap();
    ok(&mut edit, &[0]);
    assert!(!beside(&d.path, ".intent").exists() && !beside(&d.path, ".crashes").exists());
}

#[test]
fn an_unfinished_drawing_is_there_at_the_next_start() {
    let d = District::new(2);
    let p = d.open();
    assert_eq!(p.load_draft(), None);
    let state = json!({"tool": "split", "points": [[500_000_000, 2_300_000_000_i64]], "typed": "12,5"});
    p.save_draft(&Value::Null, act(3).at).unwrap();
    p.save_draft(&state, act(4).at).unwrap();
    drop(p);
    let p = d.open();
    let draft = p.load_draft().unwrap();
    assert_eq!((draft.state, draft.at, draft.op), (state, act(4).at, 2));
    let looking = Project::open_read_only(&d.path, &diachinh::job::Progress::none()).unwrap();
    assert!(looking.load_draft().is_some());
    looking.save_draft(&Value::Null, act(5).at).unwrap();
    assert_ne!(p.load_draft().unwrap().state, Value::Null);
    p.clear_draft();
    assert_eq!(p.load_draft(), None);
    fs::write(beside(&d.path, ".drawing"), "{").unwrap();
    assert_eq!(p.load_draft(), None);
}
