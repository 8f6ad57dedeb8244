//! A commune that becomes part of another: one act with its table of comparison, taken back to the byte.

use serde_json::json;

use super::{Town, code};
use crate::operating::command;
use crate::support::{diachinh, run};

#[test]
fn a_merged_commune_gets_new_codes_and_back() {
    let mut t = Town::new();
    t.operating();
    let before = t.content();
    let line = r#"{"op":"recode","decision":"NQ 1656/2025","on":"2025-07-01","rules":[{"commune":"25747","to":"25750","name":"Xã Mới","sheet_add":100}],"parcels":[{"parcel":"25747/1/9","number":"900"}]}"#;
    let done = t.one(line, None).unwrap();
    assert_eq!((done.changed.len(), done.created.len()), (9, 0));
    let table = t.p.compared(done.op).unwrap();
    let said: Vec<String> = table
        .iter()
        .map(|c| format!("{} {}", c.before.join("/"), c.after.join("/")))
        .collect();
    assert_eq!(
        (said.len(), said[0].as_str(), said[8].as_str()),
        (9, "25747/1/1 25750/101/1", "25747/1/9 25750/101/900")
    );
    // Every old address still finds its parcel.
    for i in 1..=9 {
        let old = format!("25747/1/{i}");
        let hits = t.p.search(&old, 5).unwrap();
        assert!(hits.iter().any(|h| h.uid == table[i - 1].uid), "{old}: {hits:?}");
        assert!(t.p.resolve(&old.parse().unwrap()).is_ok(), "{old}");
    }
    let dump = t.dump().join("\n");
    for there in [
        r#"commune 25747 code="25747" name="Xã Thử" valid_to="2025-07-01""#,
        r#"commune 25750 code="25750" name="Xã Mới""#,
        r#"sheet 25750/101 "#,
        r##"change_entry "#DH#NQ 1656/2025" kind="DH" number="NQ 1656/2025" registered_on="2025-07-01""##,
        r#"old_sheet="1" old_number="9""#,
    ] {
        assert!(dump.contains(there), "{there}\n{dump}");
    }
    let after = t.content();
    t.undo().unwrap();
    assert_eq!(t.content(), before);
    let at = t.now();
    t.p.redo(&at).unwrap();
    assert_eq!(t.content(), after);
}

#[test]
fn codes_that_would_be_those_of_others_are_refused() {
    let mut t = Town::new();
    let rule =
        |more: &str| format!(r#"{{"op":"recode","decision":"NQ 1","rules":[{{"commune":"25747"{more}}}]}}"#);
    let one = |more: &str| {
        format!(r#"{{"op":"recode","decision":"NQ 1","parcels":[{{"parcel":"25747/1/9"{more}}}]}}"#)
    };
    let before = t.content();
    for (line, expected) in [
        (one(r#","number":"8""#), "RECODE_COLLISION"),
        (one(r#","commune":"257""#), "BAD_VALUE commune"),
        (one(""), "NOTHING_CHANGED fields"),
        (rule(r#","to":"99""#), "BAD_VALUE commune"),
        (
            r#"{"op":"recode","decision":"NQ 1","rules":[{"commune":"11111","to":"25750"}]}"#.to_owned(),
            "NO_COMMUNE commune",
        ),
        (
            r#"{"op":"recode","decision":" ","rules":[{"commune":"25747","to":"25750"}]}"#.to_owned(),
            "RECODE_EMPTY decision",
        ),
        (
            r#"{"op":"recode","decision":"NQ 1"}"#.to_owned(),
            "RECODE_EMPTY decision",
        ),
    ] {
        assert_eq!(code(t.one(&line, None)), expected, "{line}");
        assert_eq!(t.content(), before);
    }
    // Two parcels exchange their numbers in one act.
    let exchange = r#"{"op":"recode","decision":"NQ 1","parcels":[{"parcel":"25747/1/8","number":"9"},{"parcel":"25747/1/9","number":"8"}]}"#;
    t.one(exchange, None).unwrap();
    t.undo().unwrap();
    // What a dossier is about keeps its codes until it is done.
    t.operating();
    t.receive("H1", "CN", super::ALL_PAPERS);
    let sale = r#"{"op":"register_change","code":"CN","parcels":["25747/1/1"],"to":[{"party":"$mua"}]}"#;
    t.one(sale, Some("H1")).unwrap();
    let e = t.one(&rule(r#","to":"25750""#), None).unwrap_err();
    assert_eq!(e.failure.code(), "PARCEL_IN_DOSSIER");
}

#[test]
fn on_the_command_line() {
    let t = Town::new();
    let path = t.path().to_owned();
    let (p, _keep) = (path.as_path(), &t.d.dir);
    t.p.close().unwrap();
    let out = p.with_extension("csv");
    let (out, rule) = (out.to_str().unwrap(), "25747=25750+100:Xã Mới");
    let recode = |more: &[&str]| {
        command(
            p,
            &[&["recode", "--decision", "NQ 1", "--rule", rule], more].concat(),
        )
    };
    let (code, plan) = recode(&["--dry-run"]);
    assert_eq!(
        (code, &plan["op"], &plan["parcels"]),
        (0, &json!(null), &json!(9)),
        "{plan}"
    );
    let (code, done) = recode(&["--csv", out]);
    assert_eq!(code, 0, "{done}");
    assert_eq!(done["table"][0]["after"], json!(["25750", "101", "1"]));
    let op = done["op"].to_string();
    assert_eq!(command(p, &["recode", "--of", &op]).1["table"], done["table"]);
    let table = std::fs::read_to_string(out).unwrap();
    assert!(
        table.lines().nth(1).unwrap().ends_with(",25747,1,1,25750,101,1"),
        "{table}"
    );
    // The table back to front is the way back.
    let back = table.replace(
        "xa_cu,to_cu,thua_cu,xa_moi,to_moi,thua_moi",
        "xa_moi,to_moi,thua_moi,xa_cu,to_cu,thua_cu",
    );
    std::fs::write(out, back).unwrap();
    let (code, done, _) = run(diachinh()
        .arg("recode")
        .arg(p)
        .args(["--decision", "NQ 2", "--table", out]));
    assert_eq!(
        (code, &done["table"][0]["after"]),
        (0, &json!(["25747", "1", "1"])),
        "{done}"
    );
}
