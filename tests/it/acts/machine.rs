//! The way of a dossier: states, papers, what is owed, days that do not count, the overdue board; the command line.

use diachinh::domain::day_of;
use diachinh::project::WorkFilter;
use serde_json::{Value, json};

use super::{ALL_PAPERS, Town, act, code};
use crate::operating::{command, edit};
use crate::support::{diachinh, run};

const SALE: &str = r#"{"op":"register_change","code":"CN","parcels":["25747/1/1"],"to":[{"party":"$mua"}]}"#;

fn day(t: &Town, code: &str) -> String {
    let all = t.p.dossiers().unwrap();
    all.into_iter().find(|d| d.code == code).unwrap().due_on.unwrap()
}

#[test]
fn each_step_asks_for_what_it_needs() {
    let mut t = Town::new();
    t.operating();
    t.receive("H1", "CN", "DKTD");
    assert_eq!(
        day(&t, "H1"),
        "2026-03-12",
        "eight working days after Monday 2 March"
    );
    let to = |s: &str| json!({ "to": s });
    assert_eq!(code(t.advance("H1", to("KY_SO"))), "DOSSIER_STEP to");
    assert_eq!(code(t.advance("H1", to("KHONG_CO"))), "DOSSIER_STEP to");
    assert_eq!(code(t.advance("H9", json!({}))), "NO_DOSSIER dossier");
    t.advance("H1", json!({})).unwrap();
    assert_eq!(code(t.advance("H1", to("TRA_LAI"))), "BAD_REASON reason");
    let e = t.advance("H1", to("THAM_DINH")).unwrap_err();
    assert_eq!(e.failure.code(), "PAPERS_MISSING");
    assert!(e.failure.message().vi.contains("(GCN)") && e.failure.message().vi.contains("(HDCQ)"));
    // Returned for two days, which do not count; then the papers are there.
    t.advance("H1", json!({"to": "TRA_LAI", "reason": "thiếu hợp đồng"}))
        .unwrap();
    t.days_later(2);
    t.advance("H1", json!({})).unwrap();
    assert_eq!(
        (t.state("H1"), day(&t, "H1")),
        ("TIEP_NHAN".into(), "2026-03-16".into())
    );
    t.advance("H1", json!({})).unwrap();
    let uid = t.p.dossier_card("H1", day_of(act(0).at)).unwrap().record.uid;
    let papers = |list: &str| json!({"op": "change_record", "kind": "dossier", "uid": uid.to_string(), "fields": {"papers": list}});
    assert_eq!(
        code(t.one(&papers("DKTD QQ").to_string(), None)),
        "BAD_VALUE papers"
    );
    t.one(&papers("DKTD GCN HDCQ").to_string(), None).unwrap();
    t.advance("H1", json!({})).unwrap();
    assert_eq!(t.state("H1"), "THAM_DINH");
    // Nothing is proposed yet; then the tax office is asked, and the days wait.
    assert_eq!(code(t.advance("H1", json!({}))), "NO_PROPOSALS");
    t.one(SALE, Some("H1")).unwrap();
    assert_eq!(code(t.advance("H1", to("TRINH_KY"))), "TAX_OPEN papers");
    assert_eq!(code(t.approve("H1")), "TAX_OPEN papers");
    for state in ["CHUYEN_THUE", "CHO_NGHIA_VU_TAI_CHINH"] {
        t.advance("H1", json!({})).unwrap();
        assert_eq!(t.state("H1"), state);
    }
    t.days_later(5);
    assert_eq!(code(t.advance("H1", json!({}))), "TAX_OPEN papers");
    t.one(&papers("DKTD GCN HDCQ CTNT").to_string(), None).unwrap();
    t.advance("H1", json!({})).unwrap();
    assert_eq!(
        (t.state("H1"), day(&t, "H1")),
        ("TRINH_KY".into(), "2026-03-19".into())
    );
    // Suspended because of a dispute: it goes back to where it was, nowhere else, and is not approved meanwhile.
    t.advance("H1", json!({"to": "TAM_DUNG", "reason": "có đơn tranh chấp"}))
        .unwrap();
    assert_eq!(code(t.advance("H1", to("KY_SO"))), "DOSSIER_STEP to");
    assert_eq!(code(t.approve("H1")), "DOSSIER_STEP to");
    t.advance("H1", json!({})).unwrap();
    assert_eq!(t.state("H1"), "TRINH_KY");
    assert_eq!(code(t.advance("H1", to("CAP_NHAT_CSDL"))), "DOSSIER_STEP to");
    t.approve("H1").unwrap();
    for state in ["TRA_KET_QUA", "LUU_TRU"] {
        t.advance("H1", json!({})).unwrap();
        assert_eq!(t.state("H1"), state);
    }
    assert_eq!(code(t.advance("H1", json!({}))), "DOSSIER_STEP to");
    let card = t.p.dossier_card("H1", day_of(act(0).at)).unwrap();
    assert_eq!(
        (card.steps.len(), card.changes.len(), card.blocks.len()),
        (14, 1, 0)
    );
    assert!(
        card.steps
            .iter()
            .any(|s| s.reason.as_deref() == Some("thiếu hợp đồng") && s.actor == "thử nghiệm")
    );
}

#[test]
fn the_overdue_board() {
    let mut t = Town::new();
    t.operating();
    for (code, kind) in [("H1", "CN"), ("H2", "TC"), ("H3", "DK"), ("H4", "XC")] {
        t.receive(code, kind, ALL_PAPERS);
    }
    t.advance("H4", json!({"to": "TAM_DUNG", "reason": "chờ ngân hàng"}))
        .unwrap();
    let on = |d: &str| d.parse().unwrap();
    let told = |filter: &WorkFilter, today: &str| -> Vec<String> {
        let all = t.p.work_list(filter, on(today)).unwrap().items;
        all.iter()
            .map(|w| {
                format!(
                    "{}{} {:?}",
                    w.dossier.code,
                    if w.overdue { "!" } else { "" },
                    w.days_left
                )
            })
            .collect()
    };
    let all = WorkFilter::default();
    assert_eq!(
        told(&all, "2026-03-05"),
        ["H2! Some(-2)", "H4 None", "H1 Some(5)", "H3 Some(17)"]
    );
    let overdue = WorkFilter {
        overdue: true,
        ..all.clone()
    };
    assert_eq!(told(&overdue, "2026-03-13"), ["H2! Some(-8)", "H1! Some(-1)"]);
    assert_eq!(told(&overdue, "2026-03-03"), [""; 0]);
    let waits = WorkFilter {
        states: vec!["TAM_DUNG".into()],
        ..all.clone()
    };
    assert_eq!(told(&waits, "2026-03-05"), ["H4 None"]);
    let soon = WorkFilter {
        due: Some(on("2026-03-12")),
        ..all.clone()
    };
    assert_eq!(told(&soon, "2026-03-05").len(), 3);
    let others = WorkFilter {
        person: Some("ai khác".into()),
        ..all.clone()
    };
    assert_eq!(told(&others, "2026-03-05"), [""; 0]);
    let elsewhere = WorkFilter {
        commune: Some("99999".into()),
        ..all.clone()
    };
    assert_eq!(told(&elsewhere, "2026-03-05"), [""; 0]);
    let work = t.p.work_list(&all, on("2026-03-05")).unwrap();
    let counts: Vec<(&str, usize)> = work.by_state.iter().map(|(s, n)| (s.as_str(), *n)).collect();
    assert_eq!(counts, [("TAM_DUNG", 1), ("TIEP_NHAN", 3)]);
}

/// The same on the command line: a sale from intake to approval.
#[test]
fn on_the_command_line() {
    let mut t = Town::new();
    t.operating();
    let buyer = t.named("$mua");
    let (path, _keep) = (t.d.path.clone(), &t.d.dir);
    let p = path.as_path();
    t.p.close().unwrap();
    let dossier = |args: &[&str]| {
        let mut c = diachinh();
        c.args(["dossier", args[0]]).arg(p).args(&args[1..]);
        let (code, answer, _) = run(&mut c);
        (code, answer)
    };
    assert_eq!(
        dossier(&["add", "code=H1", "kind=chuyển nhượng", "papers=DKTD HDCQ GCN"]).0,
        0
    );
    let sale = ["CN", "25747/1/1", "--dossier", "H1", "--to", &buyer];
    let (code, answer) = command_of(p, "register", &sale);
    assert_eq!((code, &answer["dossier"]), (0, &json!("H1")), "{answer}");
    let (_, card) = dossier(&["show", "H1"]);
    assert_eq!(card["state"], "TIEP_NHAN");
    assert_eq!(card["proposed"][0]["code"], "CN");
    assert_eq!(card["blocks"][0]["code"], "TAX_OPEN");
    assert!(
        card["onward"]
            .as_array()
            .unwrap()
            .contains(&json!("KIEM_TRA_HO_SO")),
        "{card}"
    );
    assert!(!card.to_string().contains("Thử Mua"), "no name unless asked for");
    assert_eq!(command(p, &["approve", "H1"]).1["error"]["code"], "TAX_OPEN");
    assert_eq!(dossier(&["advance", "H1"]).0, 0);
    assert_eq!(
        dossier(&["advance", "H1", "--to", "tra_lai"]).1["error"]["code"],
        "BAD_REASON"
    );
    let uid = card["uid"].as_str().unwrap();
    assert_eq!(dossier(&["set", uid, "papers=DKTD HDCQ GCN CTNT"]).0, 0);
    let (_, list) = dossier(&["list", "--state", "kiem tra ho so"]);
    assert_eq!(
        (&list["counts"]["all"], &list["dossiers"][0]["code"]),
        (&json!(1), &json!("H1"))
    );
    assert_eq!(dossier(&["account", "H1"]), (0, json!([])));
    let (code, answer) = command(p, &["approve", "H1"]);
    assert_eq!(code, 0, "{answer}");
    let kinds: Vec<&str> = answer["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["kind"].as_str().unwrap())
        .collect();
    assert!(
        kinds.contains(&"right") && kinds.contains(&"change_entry"),
        "{kinds:?}"
    );
    let (_, card) = dossier(&["show", "H1", "--personal"]);
    let note = card["changes"][0]["fields"]["content"].as_str().unwrap();
    assert_eq!(
        note,
        "Chuyển nhượng cho bà Trần Thị Thử Mua, sinh năm 1985, CCCD số 025985000011, theo hồ sơ số H1."
    );
    assert_eq!(dossier(&["list"]).1["counts"]["all"], 0);
    // Nothing personal in the journal.
    let script = json!({"op": "register_change", "code": "SN", "parcels": ["25747/1/2"], "note": "Ông Bí Mật",
        "change": [{"kind": "certificate", "uid": t.names["gcn2"], "fields": {"signer": "Bí Mật Ký"}}], "dossier": "H2"});
    dossier(&["add", "code=H2", "kind=SN"]);
    assert_eq!(edit(p, &[script]).0, 0);
    let raw = rusqlite::Connection::open(p).unwrap();
    let said: String = raw
        .query_row("SELECT group_concat(what||label_vi) FROM operation", [], |r| {
            r.get(0)
        })
        .unwrap();
    let kept: String = raw
        .query_row("SELECT group_concat(what) FROM proposed_edit", [], |r| r.get(0))
        .unwrap();
    assert!(
        !said.contains("Bí Mật") && !kept.contains("Bí Mật"),
        "{said} {kept}"
    );
}

fn command_of(p: &std::path::Path, name: &str, args: &[&str]) -> (i32, Value) {
    let mut c = diachinh();
    c.arg(name).arg(p).args(args);
    let (code, answer, _) = run(&mut c);
    (code, answer)
}
