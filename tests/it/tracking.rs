//! What is remembered of findings: across closing and opening, kill −9, writers that do not follow, acceptance and its undo,
//! dossiers; and the files of findings read back.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;

use diachinh::crs;
use diachinh::domain::{Act, FindingState, Pt};
use diachinh::edit::{AcceptFinding, Edit, FindingRef};
use diachinh::job::Progress;
use diachinh::project::{Checked, Mode, Project, Undo};
use diachinh::store::journal::NewOperation;
use diachinh::store::{Writer, geometry};
use diachinh::text::Msg;
use diachinh::validate::{self, Options};
use serde_json::{Value, json};

use crate::district::{COMMUNE, act};
use crate::dossiers::{at, district, m, of};
use crate::readiness::tab;
use crate::support::{diachinh, ok};

fn open(path: &Path, act: &Act) -> Project {
    Project::open(path, act, &Progress::none()).unwrap()
}

fn check(p: &mut Project, act: &Act) {
    p.validate(&Options::default(), act, &Progress::none()).unwrap();
    assert_eq!(p.checked(), Checked::Current);
}

/// (identity, state, first operation) by key.
type Remembered = BTreeMap<String, (i64, FindingState, i64)>;

fn remembered(p: &Project) -> Remembered {
    let all = p.findings().expect("checked once").iter();
    all.map(|t| (t.key.to_string(), (t.id, t.state, t.first.op)))
        .collect()
}

/// What stands is what the rules say of everything now.
fn is_right(p: &Project) {
    assert_eq!(p.checked(), Checked::Current);
    let fresh = p.check(&Options::default(), &Progress::none()).unwrap();
    let live: Vec<_> = p.findings().unwrap().iter().map(|t| t.finding.clone()).collect();
    assert_eq!(live, fresh);
}

fn the(p: &Project, code: &str, number: &str) -> std::sync::Arc<diachinh::domain::Tracked> {
    let mut all = p.findings().unwrap().iter();
    let is = |t: &&std::sync::Arc<diachinh::domain::Tracked>| {
        t.finding.code == code && t.finding.refs.iter().any(|r| r.ends_with(&format!("/{number}")))
    };
    all.find(is)
        .unwrap_or_else(|| panic!("no {code} of {number}"))
        .clone()
}

/// In the gap between 52 and 53.
fn fill() -> Edit {
    of(&json!({"op": "fill_gap", "at": m(at(7, 0, 150, 5000)), "into": "25747/1/52"}))
}

#[test]
fn identities_survive_closing_fixing_and_undo() {
    let d = district();
    let mut p = d.open();
    assert_eq!(p.checked(), Checked::Never);
    check(&mut p, &act(3));
    let first = remembered(&p);
    let gap = the(&p, "PARCEL_GAP", "53");
    p.close().unwrap();
    let mut p = d.open();
    assert_eq!(remembered(&p), first, "opened: the last state at once");
    is_right(&p);
    p.apply(&fill(), &act(4)).unwrap();
    is_right(&p);
    assert!(p.findings().unwrap().get(gap.id).is_none());
    let fixed = p.fixed_findings(10).unwrap();
    assert_eq!((fixed[0].id, &fixed[0].key), (gap.id, &gap.key));
    p.close().unwrap();
    let mut p = d.open();
    p.undo(
        Undo::Op(p.log(&Default::default()).unwrap().last().unwrap().op),
        &act(5),
    )
    .unwrap();
    is_right(&p);
    assert_eq!(remembered(&p), first, "what comes back is the same finding");
    let events = p.finding_history(gap.id).unwrap();
    let states: Vec<_> = events.iter().map(|e| e.state).collect();
    assert_eq!(states, [FindingState::Fixed, FindingState::Open]);
    // A full check gives nobody a new name.
    check(&mut p, &act(6));
    assert_eq!(remembered(&p), first);
}

#[test]
fn an_acceptance_is_undone_redone_withdrawn_and_runs_out() {
    let d = district();
    let mut p = d.open();
    check(&mut p, &act(3));
    let gap = the(&p, "PARCEL_GAP", "53");
    let state = |p: &Project| p.findings().unwrap().get(gap.id).unwrap().state;
    let today = diachinh::domain::day_of(act(3).at);
    let accept = Edit::AcceptFinding(AcceptFinding::new(&gap.finding, "Chờ đo lại", Some(today)));
    p.apply(&accept, &act(4)).unwrap();
    assert_eq!(state(&p), FindingState::Accepted);
    p.undo(Undo::Last, &act(5)).unwrap();
    assert_eq!(state(&p), FindingState::Open);
    p.redo(&act(6)).unwrap();
    assert_eq!(state(&p), FindingState::Accepted);
    p.close().unwrap();
    let p = d.open();
    assert_eq!(state(&p), FindingState::Accepted);
    let who = p
        .findings()
        .unwrap()
        .get(gap.id)
        .unwrap()
        .acceptance
        .clone()
        .unwrap();
    assert_eq!((&*who.reason, who.until), ("Chờ đo lại", Some(today)));
    // The day has passed: while the program runs, and where it was closed meanwhile.
    let later = Act {
        at: act(4).at + jiff::SignedDuration::from_hours(48),
        ..act(4)
    };
    p.close().unwrap();
    let mut p = open(&d.path, &later);
    p.set_today(diachinh::domain::day_of(later.at)).unwrap();
    assert_eq!(state(&p), FindingState::Open);
    is_right(&p);
    let states: Vec<_> = p
        .finding_history(gap.id)
        .unwrap()
        .iter()
        .map(|e| e.state)
        .collect();
    use FindingState::{Accepted, Open};
    assert_eq!(states, [Accepted, Open, Accepted, Open]);
    // Without an end it holds until it is withdrawn.
    let accept = Edit::AcceptFinding(AcceptFinding::new(&gap.finding, "Chờ đo lại", None));
    p.apply(&accept, &later).unwrap();
    assert_eq!(state(&p), Accepted);
    p.apply(&Edit::WithdrawAcceptance(FindingRef::of(&gap.finding)), &later)
        .unwrap();
    assert_eq!(state(&p), Open);
}

/// A commune without metadata is no parcel, and may be accepted all the same.
#[test]
fn what_is_about_no_parcel_is_accepted_too() {
    let d = district();
    begin_metadata(&d.path);
    let mut p = d.open();
    check(&mut p, &act(3));
    let is = |t: &&std::sync::Arc<diachinh::domain::Tracked>| {
        t.finding.parcels.is_empty() && validate::may_be_accepted(&t.finding)
    };
    let t = p.findings().unwrap().iter().find(is).cloned();
    let t = t.expect("a finding about the commune");
    let accept = AcceptFinding::new(&t.finding, "Chờ tỉnh gửi", None);
    p.apply(&Edit::AcceptFinding(accept), &act(4)).unwrap();
    p.close().unwrap();
    let mut p = d.open();
    assert_eq!(
        p.findings().unwrap().get(t.id).unwrap().state,
        FindingState::Accepted
    );
    is_right(&p);
    p.apply(&Edit::WithdrawAcceptance(FindingRef::of(&t.finding)), &act(5))
        .unwrap();
    assert_eq!(p.findings().unwrap().get(t.id).unwrap().state, FindingState::Open);
}

/// One statement in an operation whose findings nobody follows.
fn beside(path: &Path, sql: &str, values: impl rusqlite::Params) {
    let mut writer = Writer::open(path, &act(4)).unwrap();
    let new = NewOperation {
        kind: "import",
        what: "{}".into(),
        label: Msg::new("Chương trình khác", "Another program"),
        undoes: None,
    };
    let op = writer.begin(&act(4), &new).unwrap();
    assert_eq!(op.execute(sql, values).unwrap(), 1);
    op.commit().unwrap();
}

/// Metadata of the commune, begun and not finished: a finding about no parcel.
fn begin_metadata(path: &Path) {
    beside(path, "UPDATE commune SET province='79'", []);
}

/// Somebody who writes rows and knows nothing of findings: the last state is shown, said to be old, and mended by a check.
#[test]
fn a_writer_that_does_not_follow_makes_the_list_old_not_wrong() {
    let d = district();
    let mut p = d.open();
    check(&mut p, &act(3));
    let before = remembered(&p);
    let gap = the(&p, "PARCEL_GAP", "53");
    p.close().unwrap();
    let square = [at(7, 0, 0, 0), at(8, 0, 0, 0), at(8, 1, 0, 0), at(7, 1, 0, 0)];
    let rings = vec![square.to_vec()];
    let blob = geometry::encode(&diachinh::domain::Polygon { rings }, 9210).unwrap();
    beside(&d.path, "UPDATE parcel SET geom=?1 WHERE number='53'", [blob]);
    let mut p = d.open();
    assert_eq!(p.checked(), Checked::Stale);
    assert_eq!(remembered(&p), before);
    check(&mut p, &act(5));
    is_right(&p);
    let mut expected = before;
    expected.remove(&*gap.key);
    assert_eq!(remembered(&p), expected, "all others keep their identity");
    assert_eq!(p.fixed_findings(1).unwrap()[0].id, gap.id);
}

/// Accepted, taken back, and the dossier over that land is refused; accepted again it passes, and it is the same finding.
#[test]
fn a_dossier_is_stopped_by_what_is_no_longer_accepted() {
    let d = district();
    let mut p = d.open();
    p.set_mode(Mode::Operating, &act(3)).unwrap();
    check(&mut p, &act(3));
    let overlap = the(&p, "PARCEL_OVERLAP", "50");
    let state = |p: &Project| p.findings().unwrap().get(overlap.id).map(|t| t.state);
    assert_eq!(state(&p), Some(FindingState::Accepted));
    p.apply(
        &Edit::WithdrawAcceptance(FindingRef::of(&overlap.finding)),
        &act(4),
    )
    .unwrap();
    let dossier = |p: &mut Project, code: &str| {
        let open = json!({"op": "open_dossier", "code": code, "kind": "TN", "commune": COMMUNE, "papers": ["DKTD", "GCN", "BVDS"]});
        p.apply(&of(&open), &act(5)).unwrap();
        let corner = at(2, 0, 0, 0);
        let to = at(2, 0, 0, if code == "H1" { -200 } else { -300 });
        let shift = json!({"op": "move_point", "from": m(corner), "to": m(to), "dossier": code});
        p.apply(&of(&shift), &act(5)).unwrap();
    };
    let approve = |p: &mut Project, code: &str| {
        let done = p.apply(&of(&json!({"op": "approve", "dossier": code})), &act(7));
        done.map(|_| ()).map_err(|e| {
            (
                e.failure.code(),
                e.findings.iter().map(|f| f.code).collect::<Vec<_>>(),
            )
        })
    };
    dossier(&mut p, "H1");
    let blocked = Err(("APPROVAL_BLOCKED", vec!["PARCEL_OVERLAP"]));
    assert_eq!(approve(&mut p, "H1"), blocked);
    let accept = Edit::AcceptFinding(AcceptFinding::new(&overlap.finding, "Tòa đang xử", None));
    p.apply(&accept, &act(6)).unwrap();
    assert_eq!(state(&p), Some(FindingState::Accepted));
    p.undo(Undo::Last, &act(6)).unwrap();
    assert_eq!(state(&p), Some(FindingState::Open));
    assert_eq!(approve(&mut p, "H1"), blocked);
    p.apply(&of(&json!({"op": "revert", "dossier": "H1"})), &act(8))
        .unwrap();
    is_right(&p);
    p.apply(&accept, &act(9)).unwrap();
    dossier(&mut p, "H2");
    assert_eq!(approve(&mut p, "H2"), Ok(()));
    is_right(&p);
    assert_eq!(state(&p), Some(FindingState::Accepted));
    p.close().unwrap();
    assert_eq!(state(&d.open()), Some(FindingState::Accepted));
}

/// Kill −9 while edits open and close a gap: what is found afterwards is right without a new check, and nobody changed names.
#[test]
fn killed_between_edits_the_findings_are_those_of_the_file() {
    let d = district();
    let mut p = d.open();
    check(&mut p, &act(3));
    let before = remembered(&p);
    p.close().unwrap();
    let base = std::fs::read(&d.path).unwrap();
    // The gap between 52 and 53 grows narrower by a centimetre each time.
    let place = |k: i64| m(at(7, 0, 400 - 10 * k, 5000));
    let steps: Vec<String> = (0..30)
        .map(|k| json!({"op": "move_point", "from": place(k), "to": place(k + 1)}).to_string())
        .collect();
    let mut in_between = 0;
    for round in 0..8 {
        for end in ["", "-wal", "-shm", ".lock", ".lock.held", ".intent", ".crashes"] {
            let _ = std::fs::remove_file(format!("{}{end}", d.path.display()));
        }
        std::fs::write(&d.path, &base).unwrap();
        let mut child = diachinh();
        child.arg("edit").arg(&d.path).args(["--script", "-"]);
        let (input, output) = (Stdio::piped(), Stdio::piped());
        let mut child = child
            .stdin(input)
            .stdout(output)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(steps.join("\n").as_bytes())
            .unwrap();
        let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
        for _ in 0..round * 3 {
            let answer: Value = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
            assert_eq!(answer["ok"], true, "{answer}");
        }
        std::thread::sleep(std::time::Duration::from_millis(round * 2));
        let _ = child.kill();
        child.wait().unwrap();
        let p = d.open();
        let done = p
            .log(&Default::default())
            .unwrap()
            .iter()
            .filter(|o| o.kind == "move_point")
            .count();
        in_between += u32::from(done < steps.len());
        is_right(&p);
        let now = remembered(&p);
        for (key, was) in &before {
            assert_eq!(
                now.get(key).map(|n| (n.0, n.2)),
                Some((was.0, was.2)),
                "round {round}: {key}"
            );
        }
    }
    assert!(in_between > 3, "the kill came too late");
}

// ------------------------------------------------------------------ files

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let bytes = std::fs::read(path).unwrap();
    let text = bytes
        .strip_prefix("\u{feff}".as_bytes())
        .expect("a byte order mark");
    let mut reader = csv::Reader::from_reader(text);
    reader.deserialize().map(Result::unwrap).collect()
}

fn mm(v: &Value) -> i64 {
    (v.as_f64().unwrap() * 1000.0).round() as i64
}

/// Every file read back tells of every finding once, where it is, in its coordinate system.
#[test]
fn files_of_findings_say_what_the_report_says() {
    let d = district();
    begin_metadata(&d.path);
    let mut p = d.open();
    check(&mut p, &act(3));
    // A place that a list of parcels does not give: an allowed gap is no finding, an accepted one is.
    let west = the(&p, "PARCEL_GAP", "51");
    let reason = "Mương nội đồng".to_owned();
    let allow = Edit::AllowGap {
        at: west.finding.at.unwrap(),
        reason,
        until: None,
    };
    p.apply(&allow, &act(4)).unwrap();
    p.close().unwrap();
    let file = |name: &str| d.dir.path().join(name);
    let (csv, geojson, gpkg) = (file("loi.csv"), file("loi.geojson"), file("loi.gpkg"));
    let (xlsx, report) = (file("bao-cao.xlsx"), file("bao-cao.json"));
    let run = |target: &Path| {
        let mut c = diachinh();
        c.arg("validate")
            .arg(&d.path)
            .arg("--csv")
            .arg(&csv)
            .arg("--geojson")
            .arg(&geojson);
        ok(c.arg("--gpkg").arg(&gpkg).arg("--report").arg(target), &[0, 1])
    };
    let told = run(&report);
    let told = told["findings"].as_array().unwrap();
    assert!(
        told.len() > 5 && told.iter().any(|f| f["at"].is_null()),
        "{}",
        told.len()
    );
    assert!(told.iter().any(|f| f["state"] == "accepted"));

    let table = rows(&csv);
    assert_eq!(table.len(), told.len());
    for (row, f) in table.iter().zip(told) {
        for key in ["code", "severity", "state", "key"] {
            assert_eq!(row[key], f[key].as_str().unwrap());
        }
        assert_eq!(row["message_vi"], f["message"]["vi"].as_str().unwrap());
        let refs: Vec<&str> = f["refs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r.as_str().unwrap())
            .collect();
        assert_eq!(row["parcels"], refs.join("; "));
        for (column, part) in [("Y", 0), ("X", 1)] {
            let there = row[column]
                .parse::<f64>()
                .ok()
                .map(|v| (v * 1000.0).round() as i64);
            assert_eq!(there, (!f["at"].is_null()).then(|| mm(&f["at"][part])), "{f}");
        }
        assert_eq!(row["amount"].parse::<f64>().ok(), f["amount"].as_f64());
    }

    let map: Value = serde_json::from_slice(&std::fs::read(&geojson).unwrap()).unwrap();
    let features = map["features"].as_array().unwrap();
    assert_eq!(features.len(), told.len());
    for (feature, f) in features.iter().zip(told) {
        assert_eq!(&feature["properties"], f);
        let place = &feature["geometry"]["coordinates"];
        assert_eq!(place.is_null(), f["at"].is_null());
        if !place.is_null() {
            let (lon, lat) = (place[0].as_f64().unwrap(), place[1].as_f64().unwrap());
            let back = crs::from_wgs84(9210, lat, lon).unwrap();
            let there = Pt::new(mm(&f["at"][0]), mm(&f["at"][1]));
            assert!(back.dist(there) <= 2.0, "{back:?} {there:?}");
        }
    }

    boxes(&gpkg, told);
    workbook(&xlsx, &run(&xlsx)["findings"], &report);
}

/// The GeoPackage as another program sees it.
fn boxes(path: &Path, told: &[Value]) {
    let conn = rusqlite::Connection::open(path).unwrap();
    let srs: i64 = conn
        .query_row(
            "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name='finding'",
            [],
            |r| r.get(0),
        )
        .unwrap();
    let (name, definition): (String, String) = conn
        .query_row(
            "SELECT srs_name, definition FROM gpkg_spatial_ref_sys WHERE srs_id=?1",
            [srs],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )
        .unwrap();
    assert!(
        name.contains("VN-2000") && definition.contains("Transverse_Mercator"),
        "{name}: {definition}"
    );
    let mut stmt = conn
        .prepare("SELECT geom, code, key, state, message_vi, message_en, parcels FROM finding ORDER BY fid")
        .unwrap();
    let mut all = stmt.query([]).unwrap();
    let mut n = 0;
    while let Some(row) = all.next().unwrap() {
        let f = &told[n];
        n += 1;
        let text = |i: usize| row.get::<_, Option<String>>(i).unwrap().unwrap_or_default();
        let said = ["code", "key", "state"].map(|k| f[k].as_str().unwrap().to_owned());
        assert_eq!([text(1), text(2), text(3)], said);
        assert_eq!(text(4), f["message"]["vi"].as_str().unwrap());
        assert_eq!(text(5), f["message"]["en"].as_str().unwrap());
        let geom: Option<Vec<u8>> = row.get(0).unwrap();
        let there = geom.and_then(|g| geometry::decode(&g).ok()).map(|p| p.bbox());
        let there = there.filter(|b| !b.is_empty());
        let at = (!f["at"].is_null()).then(|| Pt::new(mm(&f["at"][0]), mm(&f["at"][1])));
        assert_eq!(there.is_some(), at.is_some() || !f["bbox"].is_null(), "{f}");
        let Some(there) = there else { continue };
        if let Some(at) = at.filter(|_| f["bbox"].is_null()) {
            assert_eq!(there.centre(), at);
        }
        if !f["bbox"].is_null() {
            let b: Vec<i64> = (0..4).map(|i| mm(&f["bbox"][i])).collect();
            let off = [
                there.min.e - b[0],
                there.min.n - b[1],
                there.max.e - b[2],
                there.max.n - b[3],
            ];
            // A box without extent is drawn 1 mm wide.
            assert!(off.iter().all(|d| d.abs() <= 1), "{off:?} {f}");
        }
    }
    assert_eq!(n, told.len());
}

/// The workbook: its tabs, every finding once, the acceptance and the allowed gap, each rule's parameters; sums as in JSON.
fn workbook(path: &Path, told: &Value, report: &Path) {
    let told = told.as_array().unwrap();
    let json: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    let column = |rows: &[Vec<String>], title: &str| {
        let at = rows[0].iter().position(|t| t == title);
        at.unwrap_or_else(|| panic!("no column {title}: {:?}", rows[0]))
    };
    let summary = tab(path, 1);
    let lines = json["checklist"].as_array().unwrap();
    assert_eq!(summary.len(), lines.len() + 1);
    let errors = column(&summary, "Lỗi");
    for (row, item) in summary[1..].iter().zip(lines) {
        assert_eq!(row[1], item["title"]["vi"].as_str().unwrap());
        assert_eq!(row[errors], item["errors"].to_string());
    }
    let rules = tab(path, 2);
    let (code, accepted) = (
        column(&rules, "Mã quy tắc"),
        column(&rules, "Trong đó đã chấp nhận"),
    );
    for row in &rules[1..] {
        let of = |f: &&Value| f["code"] == row[code].as_str();
        assert!(told.iter().any(|f| of(&f)), "{row:?}");
        let n = told
            .iter()
            .filter(of)
            .filter(|f| f["state"] == "accepted")
            .count();
        assert_eq!(row[accepted], n.to_string());
    }
    let places = tab(path, 3);
    assert!(
        places[1][0] == COMMUNE
            && places.len() == 2 + json["communes"][0]["sheets"].as_array().unwrap().len()
    );
    let findings = tab(path, 4);
    assert_eq!(findings.len(), told.len() + 1);
    let (key, state) = (column(&findings, "Khóa"), column(&findings, "Trạng thái"));
    let (x, y, what) = (
        column(&findings, "X (bắc)"),
        column(&findings, "Y (đông)"),
        column(&findings, "Nội dung"),
    );
    for (row, f) in findings[1..].iter().zip(told) {
        assert_eq!(row[key], f["key"].as_str().unwrap());
        assert_eq!(row[what], f["message"]["vi"].as_str().unwrap());
        let states = BTreeMap::from([("open", "còn"), ("accepted", "đã chấp nhận")]);
        assert_eq!(row[state], states[f["state"].as_str().unwrap()]);
        if !f["at"].is_null() {
            assert_eq!(row[x].parse::<f64>().unwrap(), f["at"][1].as_f64().unwrap());
            assert_eq!(row[y].parse::<f64>().unwrap(), f["at"][0].as_f64().unwrap());
        }
    }
    let decided = tab(path, 5);
    let why = column(&decided, "Lý do");
    let reasons: Vec<&str> = decided[1..].iter().map(|r| r[why].as_str()).collect();
    assert_eq!(reasons, ["Đang tranh chấp", "Mương nội đồng"]);
    assert!(
        decided[1..]
            .iter()
            .all(|r| r.last().unwrap() == "đang có hiệu lực")
    );
    let parameters = tab(path, 6);
    for rule in validate::RULES {
        let of = parameters[1..].iter().filter(|r| r[0] == rule.code);
        let told = validate::parameters_of(rule.code, None).unwrap().parameters.len();
        assert_eq!(of.count(), told.max(1), "{}", rule.code);
    }
    let gap = parameters
        .iter()
        .find(|r| r[0] == "PARCEL_GAP" && r[3] == "sliver_mm")
        .unwrap();
    assert_eq!(gap[4], "500");
}

/// From the command line: decisions in a batch only with a reason, the list of allowed gaps, the map that shows them.
#[test]
fn gaps_are_allowed_listed_and_drawn_from_the_command_line() {
    let d = district();
    let fix = |more: &[&str]| {
        let mut c = diachinh();
        c.arg("fix")
            .arg(&d.path)
            .args(["--rule", "PARCEL_GAP"])
            .args(more);
        crate::support::run(&mut c)
    };
    let (code, answer, _) = fix(&["--choice", "allow_gap"]);
    assert_eq!((code, &answer["error"]["code"]), (2, &json!("USAGE")));
    let map = |name: &str| {
        let png = d.dir.path().join(name);
        ok(diachinh().arg("map").arg(&d.path).arg(&png), &[0]);
        std::fs::read(png).unwrap()
    };
    let before = map("truoc.png");
    let (code, done, err) = fix(&[
        "--choice",
        "allow_gap",
        "--reason",
        "Mương",
        "--until",
        "2027-12-31",
    ]);
    assert!(code < 2, "{done} {err}");
    let n = done["fixed"].as_u64().unwrap();
    assert!(n > 0 && done["fixed_by"][0]["fix"] == "allow_gap", "{done}");
    let listed = |at: &str| {
        let mut c = std::process::Command::new(env!("CARGO_BIN_EXE_diachinh"));
        let list = ok(c.args(["--json", "--at", at]).arg("gaps").arg(&d.path), &[0]);
        list["gaps"].as_array().unwrap().clone()
    };
    let gaps = listed("2026-11-24T01:00:00Z");
    assert_eq!(gaps.len() as u64, n);
    let first = &gaps[0];
    assert_eq!(
        [
            &first["reason"],
            &first["by"],
            &first["until"],
            &first["in_force"],
            &first["commune"]
        ],
        [
            &json!("Mương"),
            &json!("thu"),
            &json!("2027-12-31"),
            &json!(true),
            &json!(COMMUNE)
        ]
    );
    assert_ne!(map("sau.png"), before);
    // The place in the list is the one to withdraw it by.
    let withdraw = json!({"op": "disallow_gap", "at": first["at"]});
    assert_eq!(crate::operating::edit(&d.path, &[withdraw]).0, 0);
    let rest = listed("2028-01-01T01:00:00Z");
    assert_eq!(rest.len() as u64, n - 1);
    assert!(
        rest.iter().all(|g| g["in_force"] == false),
        "its time has run out"
    );
}
