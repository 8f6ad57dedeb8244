//! Parts smaller than the province lets a split leave: told by the script, the dry run and a dossier, never refused.

use diachinh::domain::Act;
use diachinh::edit::{Edit, Effects, parse};
use diachinh::job::Progress;
use diachinh::project::{Mode, Project};

use crate::district::{District, act, corner};
use crate::support::{diachinh, ok};

/// A district of the sample's grid (10 × 10 m, ODT) whose commune lies in a province.
fn district(province: Option<&str>) -> District {
    let d = District::new(2);
    if let Some(code) = province {
        let mut p = d.open();
        let mut writer = p.detach_writer().unwrap();
        let new = diachinh::store::journal::NewOperation {
            kind: "import",
            what: "{}".into(),
            label: Default::default(),
            undoes: None,
        };
        let op = writer.begin(&act(2), &new).unwrap();
        op.execute("UPDATE commune SET province=?1", [code]).unwrap();
        op.execute("UPDATE parcel SET land_use='ODT'", []).unwrap();
        op.commit().unwrap();
        p.attach_writer(writer).unwrap();
    }
    d
}

/// "X, Y" of a corner moved east, as JSON.
fn at(i: i64, j: i64, de: i64) -> String {
    let p = corner(i, j);
    format!("[{:.3},{:.3}]", (p.e + de) as f64 / 1000.0, p.n as f64 / 1000.0)
}

/// Parcel 1 cut upright, `de` mm from its west side.
fn cut(de: i64) -> String {
    let line = format!("[{},{}]", at(0, 0, de), at(0, 1, de));
    format!(r#"{{"op":"split","parcel":"25747/1/1","by":{{"line":{line}}}}}"#)
}

fn edit(line: &str) -> Edit {
    parse(line).unwrap_or_else(|f| panic!("{line}: {f}"))
}

fn told(all: &[Effects]) -> Vec<String> {
    let below = all.iter().flat_map(|e| &e.told.below_minimum);
    below
        .map(|b| format!("{} {}<{}", b.reference, b.below.is, b.below.least))
        .collect()
}

fn on(day: &str) -> Act {
    Act::new("thử", format!("{day}T03:00:00Z").parse().unwrap())
}

#[test]
fn a_small_part_is_told_and_entered() {
    let d = district(Some("38"));
    let mut p = d.open();
    let told_on = |p: &mut Project, line: &str, day: &str| told(&[p.apply(&edit(line), &on(day)).unwrap()]);
    assert_eq!(told_on(&mut p, &cut(3000), "2026-11-23"), ["25747/1/5 30<40"]);
    assert_eq!(p.coverage().len(), 5, "never refused");
    let d = district(Some("38"));
    assert!(
        told_on(&mut d.open(), &cut(3000), "2025-12-31").is_empty(),
        "no rule that day"
    );
    let d = district(Some("38"));
    assert!(told_on(&mut d.open(), &cut(5000), "2026-11-23").is_empty());
    let d = district(None);
    assert!(
        told_on(&mut d.open(), &cut(3000), "2026-11-23").is_empty(),
        "province not said"
    );
}

#[test]
fn a_part_joined_in_the_same_gesture_is_not_told() {
    let d = district(Some("38"));
    let mut p = d.open();
    // The west part is number 5, the east part 6: it goes to parcel 2.
    let join = r#"{"op":"merge","parcels":["25747/1/6","25747/1/2"]}"#;
    let both = [edit(&cut(7000)), edit(join)];
    let alone = p.rehearse(&both[..1], &on("2026-11-23")).unwrap();
    assert_eq!(told(&alone), ["25747/1/6 30<40"]);
    let done = p.apply_all(&both, &on("2026-11-23")).unwrap();
    assert!(told(&done).is_empty(), "{:?}", told(&done));
    // One after the other it is told of the first.
    let d = district(Some("38"));
    let mut p = d.open();
    let first = p.apply(&both[0], &on("2026-11-23")).unwrap();
    assert_eq!(told(&[first]), ["25747/1/6 30<40"]);
    let second = p.apply(&both[1], &on("2026-11-23")).unwrap();
    assert!(told(&[second]).is_empty());
}

#[test]
fn a_dossier_tells_when_proposed_and_when_approved() {
    let d = district(Some("38"));
    crate::district::one_holder(&d.path);
    let mut p = d.open();
    p.set_mode(Mode::Operating, &act(3)).unwrap();
    let open =
        r#"{"op":"open_dossier","code":"H1","kind":"TN","commune":"25747","papers":["DKTD","GCN","BVDS"]}"#;
    p.apply(&edit(open), &on("2025-12-30")).unwrap();
    let within = |line: &str| edit(line).within("H1");
    let first = p.apply(&within(&cut(3000)), &on("2025-12-30")).unwrap();
    assert!(told(&[first]).is_empty(), "the rule came later");
    let approve = edit(r#"{"op":"approve","dossier":"H1"}"#);
    let rehearsed = p
        .rehearse(std::slice::from_ref(&approve), &on("2026-11-23"))
        .unwrap();
    assert_eq!(told(&rehearsed), ["25747/1/5 30<40"], "the day of the act counts");
    // The part joined with parcel 3 above it inside the dossier: nothing to tell.
    let join = r#"{"op":"merge","parcels":["25747/1/5","25747/1/3"]}"#;
    let joined = p.apply(&within(join), &on("2026-11-23")).unwrap();
    assert!(told(&[joined]).is_empty());
    assert!(told(&[p.apply(&approve, &on("2026-11-23")).unwrap()]).is_empty());
}

#[test]
fn a_carved_strip_leaves_small_rests() {
    let d = district(Some("38"));
    let mut p = d.open();
    let line = format!("[{},{}]", at(0, 0, 3500), at(0, 1, 3500));
    let carve = format!(
        r#"{{"op":"carve","parcels":["25747/1/1"],"line":{line},"width":2.0,"fields":{{"land_use":"DGT","is_parcel":false}}}}"#
    );
    let done = p.apply(&edit(&carve), &on("2026-11-23")).unwrap();
    // 2.5 m of it remain on the west, 5.5 m on the east; the strip is a road.
    assert_eq!(told(&[done]), ["25747/1/6 25<40"]);
}

#[test]
fn the_script_prints_it_and_the_province_is_entered() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let new = |province: &str| {
        let mut c = diachinh();
        c.arg("new").arg(&path);
        c.args([
            "--crs",
            "EPSG:9210",
            "--name",
            "Thử",
            "--commune",
            "14800",
            "--province",
            province,
        ]);
        c
    };
    let refused = ok(&mut new("99"), &[2]);
    assert_eq!(refused["error"]["code"], "NO_PROVINCE", "{refused}");
    assert!(!path.exists());
    let made = ok(&mut new("38"), &[0]);
    assert_eq!(made["province"], "38");
    let edit = |line: String| {
        let script = dir.path().join("s.jsonl");
        std::fs::write(&script, line).unwrap();
        let mut c = diachinh();
        ok(c.arg("edit").arg(&path).arg("--script").arg(&script), &[0])
    };
    let ring = [(0, 0), (1, 0), (1, 1), (0, 1)]
        .map(|(i, j)| at(i, j, 0))
        .join(",");
    edit(format!(
        r#"{{"op":"add_parcel","commune":"14800","sheet":"1","number":"1","rings":[[{ring}]],"fields":{{"land_use":"ODT"}}}}"#
    ));
    let split = r#"{"op":"split","parcel":"14800/1/1","by":{"areas":[30,"rest"],"direction":0}}"#;
    let answer = edit(split.to_owned());
    let warning = &answer["warnings"][0];
    assert_eq!(warning["code"], "SPLIT_MIN_AREA", "{answer}");
    assert_eq!(
        (warning["amount"].as_f64(), warning["least"].as_f64()),
        (Some(30.0), Some(40.0))
    );
    assert_eq!(warning["confidence"], "low");
    let told = warning["message"]["vi"].as_str().unwrap();
    assert!(told.contains("nhỏ hơn diện tích tối thiểu"), "{told}");
    // Communes that an import brings are in the province that was said.
    let source = dir.path().join("nguồn");
    let mut sample = diachinh();
    ok(
        sample
            .arg("sample")
            .arg(&source)
            .args(["--parcels", "200", "--seed", "1"]),
        &[0],
    );
    let mut import = diachinh();
    ok(
        import
            .arg("import")
            .arg(&path)
            .arg(&source)
            .args(["--crs", "EPSG:9210"]),
        &[0, 1],
    );
    let p = Project::open(&path, &act(2), &Progress::none()).unwrap();
    let communes = &p.coverage().territory().communes;
    assert!(
        communes.len() > 1 && communes.values().all(|c| c.province.as_deref() == Some("38")),
        "{communes:?}"
    );
}
