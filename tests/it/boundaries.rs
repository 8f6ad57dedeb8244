//! Boundaries of communes and frames of sheets, imported through the program: what is entered, what is refused with its
//! record and field, what replaces what, what the rules say of it, and the way back.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{diachinh, new_district, ok, run};

const E: f64 = 603_500.0;
const N: f64 = 1_191_500.0;

/// A ring around [e, n] … in metres from the corner of the test land.
fn ring(points: &[(f64, f64)]) -> Value {
    let all = points.iter().chain(points.first());
    json!(all.map(|(e, n)| json!([E + e, N + n])).collect::<Vec<_>>())
}

fn square(e: f64, n: f64, width: f64, height: f64) -> Value {
    let right = e + width;
    let top = n + height;
    json!([ring(&[(e, n), (right, n), (right, top), (e, top)])])
}

fn feature(properties: Value, rings: Value) -> Value {
    let mut feature = json!({"type": "Feature", "geometry": {"type": "Polygon"}});
    feature["properties"] = properties;
    feature["geometry"]["coordinates"] = rings;
    feature
}

fn geojson(dir: &Path, name: &str, features: &[Value]) -> PathBuf {
    let path = dir.join(name);
    let crs = json!({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::9210"}});
    let file = json!({"type": "FeatureCollection", "crs": crs, "features": features});
    std::fs::write(&path, file.to_string()).unwrap();
    path
}

/// Two communes side by side, a parcel of 10 m by 10 m in each of three sheets.
fn district(dir: &Path) -> PathBuf {
    let path = dir.join("huyen.gpkg");
    new_district(&path);
    let parcel = |commune: &str, sheet: i64, e: f64| {
        feature(
            json!({"XAID": commune, "SHBANDO": sheet, "SHTHUA": 1}),
            square(e, 0.0, 10.0, 10.0),
        )
    };
    let parcels = [
        parcel("25747", 1, 0.0),
        parcel("25747", 2, 10.0),
        parcel("25750", 1, 20.0),
    ];
    let file = geojson(dir, "thua.geojson", &parcels);
    ok(diachinh().arg("import").arg(&path).arg(file), &[0]);
    path
}

fn import(project: &Path, kind: &str, file: &Path, more: &[&str]) -> (i32, Value) {
    let (code, out, err) = run(diachinh()
        .arg("import")
        .arg(project)
        .args(["--boundaries", kind])
        .arg(file)
        .args(more));
    assert!(code < 2 || out["error"]["code"].is_string(), "{out:#}\n{err}");
    if let Some(files) = out["files"].as_array() {
        for f in files {
            let n = |key: &str| f[key].as_u64().unwrap();
            let parts = ["imported", "replaced", "unchanged", "skipped", "refused"];
            assert_eq!(n("records"), parts.iter().map(|p| n(p)).sum::<u64>(), "{f:#}");
        }
    }
    (code, out)
}

/// "25747/2 m" of each parcel that lies outside.
fn outside(project: &Path, rule: &str) -> Vec<String> {
    let out = ok(
        diachinh().arg("validate").arg(project).args(["--rule", rule]),
        &[0],
    );
    let told = out["findings"].as_array().unwrap().iter();
    told.map(|f| format!("{} {}", f["refs"][0].as_str().unwrap(), f["amount"]))
        .collect()
}

fn told(out: &Value) -> Vec<String> {
    let of = |f: &Value| {
        let source = &f["source"];
        format!(
            "{} {} {}",
            f["code"].as_str().unwrap(),
            source["record"],
            source["field"]
        )
    };
    out["findings"].as_array().unwrap().iter().map(of).collect()
}

fn states(out: &Value) -> Vec<String> {
    let of = |b: &Value| {
        let sheet = b["sheet"].as_str().map(|s| format!("/{s}")).unwrap_or_default();
        let (commune, state) = (b["commune"].as_str().unwrap(), b["state"].as_str().unwrap());
        format!("{commune}{sheet} {state} {} {}", b["area_m2"], b["parcels"])
    };
    out["boundaries"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn what_cannot_be_a_boundary_is_named_and_the_rest_goes_in() {
    let dir = tempfile::tempdir().unwrap();
    let project = district(dir.path());
    let commune = |code: Value| json!({"MA_XA": code});
    let bow = json!([ring(&[(20.0, -5.0), (40.0, 15.0), (40.0, -5.0), (20.0, 12.0)])]);
    let long_thin_bow = json!([ring(&[
        (20.0, 0.0),
        (9000.0, 0.002),
        (9000.0, 0.0),
        (20.0, 0.002)
    ])]);
    let holed = json!([
        ring(&[(-100.0, -100.0), (15.0, -100.0), (15.0, 100.0), (-100.0, 100.0)]),
        ring(&[(-50.0, -50.0), (-50.0, -40.0), (-40.0, -40.0), (-40.0, -50.0)]),
    ]);
    let mut parts = feature(commune(json!("25750")), json!([]));
    parts["geometry"] = json!({"type": "MultiPolygon", "coordinates": [square(0.0, 0.0, 5.0, 5.0), square(9.0, 9.0, 5.0, 5.0)]});
    let mut nothing = feature(commune(json!("25750")), json!([]));
    nothing["geometry"] = Value::Null;
    let features = [
        feature(commune(json!("25747")), holed),
        feature(commune(json!("99999")), square(0.0, 0.0, 1.0, 1.0)),
        feature(commune(json!("25750")), bow),
        feature(commune(json!("xã")), square(0.0, 0.0, 1.0, 1.0)),
        feature(commune(json!("25747")), square(0.0, 0.0, 1.0, 1.0)),
        parts,
        nothing,
        feature(commune(json!("25750")), long_thin_bow),
    ];
    let file = geojson(dir.path(), "xa.geojson", &features);
    let (code, preview) = import(&project, "commune", &file, &["--dry-run"]);
    assert_eq!((code, &preview["committed"]), (1, &json!(false)), "{preview:#}");
    assert!(
        outside(&project, "OUTSIDE_COMMUNE").is_empty(),
        "nothing was written"
    );
    let (code, out) = import(&project, "commune", &file, &[]);
    assert_eq!((code, &out["committed"]), (1, &json!(true)));
    assert_eq!(out["boundaries"], preview["boundaries"]);
    assert_eq!(states(&out), ["25747 new 22900.0 2"]);
    assert_eq!(
        told(&out),
        [
            "BOUNDARY_ELSEWHERE null null",
            "BOUNDARY_INVALID 3 null",
            "BOUNDARY_INVALID 8 null",
            "BOUNDARY_KEY 4 \"MA_XA\"",
            "BOUNDARY_PARTS 6 null",
            "BOUNDARY_TWICE 5 \"MA_XA\"",
            "BOUNDARY_UNREADABLE 7 null",
        ]
    );
    for f in out["findings"].as_array().unwrap() {
        assert!(
            f["message"]["vi"].as_str().unwrap().starts_with("xa.geojson"),
            "{f:#}"
        );
    }
    // The second parcel goes 5 m beyond; the commune without a boundary is not asked.
    assert_eq!(outside(&project, "OUTSIDE_COMMUNE"), ["25747/2/1 5.0"]);
}

#[test]
fn what_is_imported_again_replaces_and_each_step_goes_back() {
    let dir = tempfile::tempdir().unwrap();
    let project = district(dir.path());
    let commune = |width: f64| [feature(json!({"MA_XA": "25747"}), square(0.0, 0.0, width, 10.0))];
    let narrow = geojson(dir.path(), "hep.geojson", &commune(13.0));
    let wide = geojson(dir.path(), "rong.geojson", &commune(20.0));
    let dump = |personal: &Path| {
        let (code, text, _) = run(diachinh().arg("dump").arg(personal));
        assert_eq!(code, 0);
        text
    };
    let empty = dump(&project);
    assert_eq!(
        states(&import(&project, "commune", &narrow, &[]).1),
        ["25747 new 130.0 2"]
    );
    assert_eq!(outside(&project, "OUTSIDE_COMMUNE"), ["25747/2/1 7.0"]);
    let (first, again) = (dump(&project), import(&project, "commune", &narrow, &[]).1);
    assert_eq!(
        (states(&again), &again["op"]),
        (vec!["25747 unchanged 130.0 2".to_owned()], &Value::Null)
    );
    let out = import(&project, "commune", &wide, &[]).1;
    assert_eq!(states(&out), ["25747 replaced 200.0 2"]);
    assert_eq!(out["boundaries"][0]["area_before_m2"], json!(130.0));
    assert!(outside(&project, "OUTSIDE_COMMUNE").is_empty());
    ok(diachinh().arg("undo").arg(&project), &[0]);
    assert_eq!(dump(&project), first);
    assert_eq!(outside(&project, "OUTSIDE_COMMUNE"), ["25747/2/1 7.0"]);
    ok(diachinh().arg("undo").arg(&project), &[0]);
    assert_eq!(dump(&project), empty);
    assert!(outside(&project, "OUTSIDE_COMMUNE").is_empty());
    ok(diachinh().arg("redo").arg(&project), &[0]);
    assert_eq!(dump(&project), first);
}

#[test]
fn frames_bring_scales_and_come_from_every_kind_of_file() {
    let dir = tempfile::tempdir().unwrap();
    let project = district(dir.path());
    let frame = |sheet: &str, scale: Value, e: f64| {
        feature(
            json!({"MAXA": "25747", "SOTO": sheet, "TYLE": scale}),
            square(e, -1.0, 10.0, 10.9),
        )
    };
    let frames = [
        frame("1", json!("1:500"), 0.0),
        frame("02", json!(1000), 10.0),
        frame("9", json!("?"), 20.0),
    ];
    let file = geojson(dir.path(), "to.geojson", &frames);
    let (code, out) = import(&project, "sheet", &file, &[]);
    assert_eq!((code, told(&out)), (0, vec![]));
    assert_eq!(
        states(&out),
        [
            "25747/1 new 109.0 1",
            "25747/2 new 109.0 1",
            "25747/9 new 109.0 0"
        ]
    );
    assert_eq!(out["boundaries"][1]["scale"], json!(1000));
    // 0.1 m is allowed at 1:500, no more at 1:1000 either: 0.2 mm × M.
    assert!(outside(&project, "OUTSIDE_SHEET").is_empty());
    let (_, out) = import(&project, "sheet", &file, &["--map", "so_to=TYLE"]);
    assert!(told(&out).is_empty(), "a sheet may be called anything: {out:#}");
    ok(diachinh().arg("undo").arg(&project), &[0]);
    let smaller = [feature(
        json!({"MAXA": 25747, "SOTO": 1}),
        square(0.0, -1.0, 10.0, 10.8),
    )];
    let (_, out) = import(
        &project,
        "sheet",
        &geojson(dir.path(), "to2.geojson", &smaller),
        &[],
    );
    assert_eq!(states(&out), ["25747/1 replaced 108.0 1"]);
    assert_eq!(
        outside(&project, "OUTSIDE_SHEET"),
        ["25747/1/1 0.2"],
        "the scale stays"
    );

    // The parcels as frames of their own sheets, out of the files the program writes.
    for format in ["shp", "gpkg"] {
        let path = dir.path().join(format!("khung.{format}"));
        let args = ["--format", format];
        ok(diachinh().arg("export").arg(&project).args(args).arg(&path), &[0]);
        let (code, out) = import(&project, "sheet", &path, &["--dry-run"]);
        assert_eq!(code, 0, "{out:#}");
        assert_eq!(
            states(&out),
            [
                "25747/1 replaced 100.0 1",
                "25747/2 replaced 100.0 1",
                "25750/1 new 100.0 1"
            ],
            "{format}"
        );
    }
}

#[test]
fn a_column_is_found_by_its_values_and_what_is_undecided_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let project = district(dir.path());
    let of = |code: &str| {
        feature(
            json!({"TEN": "Xã Bịa", "KY_HIEU": code}),
            square(0.0, 0.0, 30.0, 10.0),
        )
    };
    let file = geojson(dir.path(), "xa.geojson", &[of("25750"), of("11111")]);
    let out = import(&project, "commune", &file, &["--dry-run"]).1;
    assert_eq!(states(&out), ["25750 new 300.0 1"]);
    assert_eq!(out["files"][0]["mapping"], json!({"ma_xa": "KY_HIEU"}));
    let refused = |kind: &str, file: &Path| {
        let (code, out) = import(&project, kind, file, &[]);
        assert_eq!(code, 2, "{out:#}");
        out["error"]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused("sheet", &file), "NO_SUCH_COLUMN");
    let unknown = geojson(dir.path(), "khac.geojson", &[of("11111")]);
    assert_eq!(refused("commune", &unknown), "COMMUNE_UNDECIDED");
    let none = import(&project, "commune", &unknown, &["--map", "ma_xa=KY_HIEU"]).1;
    assert_eq!(
        told(&none),
        ["BOUNDARY_ELSEWHERE null null", "BOUNDARY_NONE null null"]
    );
    assert_eq!(none["committed"], json!(false));
    let one = import(&project, "commune", &unknown, &["--commune", "25747"]).1;
    assert_eq!(states(&one), ["25747 new 300.0 2"]);
}

#[test]
fn a_project_asks_its_parcels_anew() {
    use diachinh::domain::{Act, BoundaryDraft, BoundaryKind, BoundaryState, NewBoundary};
    use diachinh::job::Progress;
    use diachinh::project::{Checked, Project, Undo};
    use diachinh::validate::Options;

    let dir = tempfile::tempdir().unwrap();
    let path = district(dir.path());
    let act = |s: i64| Act::new("thu", jiff::Timestamp::from_second(1_800_000_000 + s).unwrap());
    let mut project = Project::open(&path, &act(0), &Progress::none()).unwrap();
    project
        .validate(&Options::default(), &act(1), &Progress::none())
        .unwrap();
    assert_eq!(project.checked(), Checked::Current);
    let parcel = project
        .coverage()
        .iter()
        .find(|p| &*p.commune == "25750")
        .unwrap();
    let draft = BoundaryDraft {
        kind: BoundaryKind::Commune,
        boundaries: vec![NewBoundary {
            commune: "25747".into(),
            sheet: None,
            scale: None,
            polygon: parcel.polygon.clone(),
            record: 1,
            state: BoundaryState::New,
            area_before: None,
            parcels: 2,
        }],
        ..BoundaryDraft::default()
    };
    let found = |p: &mut Project, s| {
        let found = p
            .validate(&Options::default(), &act(s), &Progress::none())
            .unwrap();
        assert_eq!(p.checked(), Checked::Current);
        found.iter().filter(|f| f.code == "OUTSIDE_COMMUNE").count()
    };
    let revision = project.coverage().revision();
    project.import_boundaries(&draft, &act(2)).unwrap();
    assert_eq!(project.checked(), Checked::Stale);
    assert!(
        project.coverage().revision() > revision && project.coverage().limits().commune("25747").is_some()
    );
    assert_eq!(found(&mut project, 3), 2);
    project.undo(Undo::Last, &act(4)).unwrap();
    assert_eq!(project.checked(), Checked::Stale);
    assert!(project.coverage().limits().commune("25747").is_none());
    assert_eq!(found(&mut project, 5), 0);
    project.redo(&act(6)).unwrap();
    assert_eq!(found(&mut project, 7), 2);
}

/// In the window: what matches is shown, entering it finds the parcels outside, and Ctrl+Z takes both back.
#[test]
fn the_dialog_shows_what_matches_and_the_rules_follow() {
    use crate::ui::{CTRL, Window};
    use egui::Key;

    let mut w = Window::sample();
    let found = |w: &Window| {
        let findings = w.project().findings().into_iter().flat_map(|f| f.iter());
        findings.filter(|t| t.finding.code == "OUTSIDE_COMMUNE").count()
    };
    let (code, bbox) = {
        let coverage = w.project().coverage();
        let code = coverage.territory().communes.keys().next().unwrap().clone();
        let boxes = coverage.iter().filter(|p| *p.commune == *code).map(|p| p.bbox);
        let bbox = boxes.reduce(diachinh::domain::BBox::union).unwrap();
        (code, bbox)
    };
    let metres = |mm: i64| mm as f64 / 1000.0;
    let (west, south) = (metres(bbox.min.e), metres(bbox.min.n));
    let middle = f64::midpoint(west, metres(bbox.max.e));
    let north = metres(bbox.max.n);
    let ring = json!([[
        [west, south],
        [middle, south],
        [middle, north],
        [west, north],
        [west, south]
    ]]);
    let dir = tempfile::tempdir().unwrap();
    let half = feature(json!({"MA_XA": code}), ring);
    let file = geojson(dir.path(), "xa.geojson", &[half.clone(), half]);
    w.key(CTRL, Key::K);
    w.text("địa giới");
    w.key(egui::Modifiers::NONE, Key::Enter);
    w.settle();
    w.type_into("Tệp ranh giới", file.to_str().unwrap());
    w.settle();
    assert!(
        w.says("2 bản ghi: 1 mới, 0 thay thế, 0 không đổi, 0 bỏ qua, 1 không ghi được."),
        "{}",
        w.texts()
    );
    assert!(
        w.says(&format!("bản ghi 2: {code} đã có ở bản ghi 1")),
        "{}",
        w.texts()
    );
    w.shot("ranh-gioi");
    w.click("Ghi ranh giới");
    w.settle();
    w.settle();
    assert!(found(&w) > 0, "{}", w.texts());
    w.shot("ranh-gioi-loi");
    w.key(CTRL, Key::Z);
    w.settle();
    w.settle();
    assert_eq!(found(&w), 0, "{}", w.texts());
}
