//! Survey points: files of field books through the command's own calls, undo, dump and load.

use std::path::{Path, PathBuf};

use diachinh::domain::{Act, BBox, Pt, SurveyPoint};
use diachinh::import::points::{PointContext, PointOptions, PointPlan, draft, open, parse_point_choice};
use diachinh::job::Progress;
use diachinh::project::{DumpOptions, NewProject, Project, Undo};
use diachinh::validate;

fn act(second: i64) -> Act {
    Act::new(
        "test",
        jiff::Timestamp::from_second(1_700_000_000 + second).unwrap(),
    )
}

fn write(dir: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn shown(p: &SurveyPoint) -> String {
    let extra = [
        p.height.map(|h| format!(" h{h}")),
        p.code.as_ref().map(|c| format!(" {c}")),
        p.accuracy.map(|a| format!(" ±{a}")),
    ];
    format!(
        "{} {:?}{}",
        p.label,
        p.at,
        extra.into_iter().flatten().collect::<String>()
    )
}

/// Points and findings of one file, as text.
fn read(bytes: impl AsRef<[u8]>, map: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = write(dir.path(), "diem.csv", bytes);
    let options = PointOptions {
        map: map.iter().map(|m| parse_point_choice(m).unwrap()).collect(),
        ..PointOptions::default()
    };
    let file = open(&path, None).unwrap();
    let plan = PointPlan::propose(&file, &options).unwrap();
    let context = PointContext {
        project_epsg: 9210,
        ..PointContext::default()
    };
    let (d, reports) = match draft(&[(&file, &plan)], &context) {
        Ok(done) => done,
        Err(e) => return e.code().to_owned(),
    };
    let r = &reports[0];
    assert_eq!(r.records, r.imported + r.skipped + r.quarantined);
    let mut lines: Vec<String> = d.points.iter().map(shown).collect();
    lines.extend(d.findings.iter().map(|f| {
        let record = f
            .source
            .as_ref()
            .and_then(|s| s.record)
            .map(|r| format!(":{r}"))
            .unwrap_or_default();
        assert!(
            validate::message(f).vi.contains("diem.csv"),
            "{f:?} has a sentence"
        );
        format!("{}{record}", f.code)
    }));
    lines.join("\n")
}

#[test]
fn files_of_instruments_are_read_as_they_come() {
    let a = "R1 (587000120 2325000500) h5.123 R\nR2 (587010120 2325000500) h5.2 MG";
    for (name, text) in [
        (
            "PNEZD",
            "R1,2325000.500,587000.120,5.123,R\nR2,2325000.5,587010.12,5.2,MG\n",
        ),
        (
            "PENZD",
            "R1,587000.120,2325000.500,5.123,R\r\nR2,587010.12,2325000.5,5.2,MG\r\n",
        ),
        (
            "heading",
            "Tên điểm,X,Y,H,Mã\nR1,2325000.5,587000.12,5.123,R\nR2,2325000.5,587010.12,5.2,MG",
        ),
        (
            "columns in another order",
            "Code;Elev;East;North;Point\nR;5.123;587000.12;2325000.5;R1\nMG;5.2;587010.12;2325000.5;R2",
        ),
        (
            "decimal comma",
            "STT;X(m);Y(m);H;Ghi chú\nR1;2325000,500;587000,12;5,123;R\nR2;2325000,5;587010,12;5,2;MG",
        ),
        (
            "tabs",
            "R1\t2325000.5\t587000.12\t5.123\tR\nR2\t2325000.5\t587010.12\t5.2\tMG",
        ),
        (
            "spaces and decimal comma",
            "  R1   2325000,5  587000,12  5,123  R\n\n  R2  2325000,5  587010,12  5,2  MG\n",
        ),
        (
            "quotes",
            "\"R1\",\"2325000.5\",\"587000.12\",\"5.123\",\"R\"\n\"R2\",\"2325000.5\",\"587010.12\",\"5.2\",\"MG\"",
        ),
        (
            "carriage returns alone",
            "R1,2325000.5,587000.12,5.123,R\rR2,2325000.5,587010.12,5.2,MG\r",
        ),
    ] {
        assert_eq!(read(text, &[]), a, "{name}");
    }
    let mut wide = vec![0xFF, 0xFE];
    wide.extend(
        "R1,2325000.5,587000.12,5.123,R\r\nR2,2325000.5,587010.12,5.2,MG"
            .encode_utf16()
            .flat_map(u16::to_le_bytes),
    );
    assert_eq!(read(wide, &[]), a, "UTF-16");
    // A heading that calls the easting X, as instruments of abroad do.
    assert_eq!(
        read("no,X,Y\n1,587000.12,2325000.5\n", &[]),
        "1 (587000120 2325000500)\nPOINT_XY_TURNED"
    );
    // Local coordinates: X first; said otherwise by the person.
    assert_eq!(
        read("1,10.5,20.25\n2,11,21\n", &[]),
        "1 (20250 10500)\n2 (21000 11000)"
    );
    assert_eq!(
        read("1,10.5,20.25\n2,11,21\n", &["x=3", "y=2"]),
        "1 (10500 20250)\n2 (11000 21000)"
    );
    // TCVN3 bytes in the code column ("Mèc ®¸": mốc đá).
    let tcvn3 = b"STT,X,Y,Code\n1,2325000.5,587000.12,M\xE8c ranh gi\xEDi \xAE\xB8 th\xF6a \xAE\xCAt \xAE\xAD\xEAng b\xEA ru\xE9ng\n";
    assert!(
        read(tcvn3, &[]).starts_with("1 (587000120 2325000500) Mốc"),
        "{}",
        read(tcvn3, &[])
    );
}

#[test]
fn lines_that_are_no_points_are_named_and_kept() {
    let text = "no,x,y,h,code\n1,2325000.5,587000.12,5,R\n2,abc,587000.12,5,R\n3,2325000.5\n\n4,2325001,587001,high,R\n1,2325000.5,587000.12,5,R\n1,2325000.7,587000.12,5,R\n";
    assert_eq!(
        read(text, &[]),
        "1 (587000120 2325000500) h5 R\n1 (587000120 2325000700) h5 R\n\
         POINT_DUPLICATE\nPOINT_LABEL_TWICE:8\nPOINT_LINE_NUMBER:3\nPOINT_LINE_NUMBER:6\nPOINT_LINE_SHORT:4"
    );
    assert_eq!(read("chỉ là\nvăn bản\n", &[]), "POINT_COLUMNS");
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(
        open(&dir.path().join("không có"), None).unwrap_err().code(),
        "FILE_NOT_FOUND"
    );
    assert_eq!(
        open(&write(dir.path(), "a", b"PK\x03\x04\0\0"), None)
            .unwrap_err()
            .code(),
        "POINTS_BINARY"
    );
    assert_eq!(
        open(&write(dir.path(), "b", b"\n \r\n"), None)
            .unwrap_err()
            .code(),
        "NOTHING_TO_IMPORT"
    );
    assert_eq!(parse_point_choice("z=1").unwrap_err().code(), "BAD_MAP");
}

fn district(dir: &Path) -> Project {
    let new = NewProject {
        epsg: 9210,
        name: "Thử".into(),
        communes: vec![],
        province: None,
    };
    Project::create(&dir.join("a.gpkg"), &new, &act(0)).unwrap()
}

fn import(p: &mut Project, path: &Path) -> u64 {
    let file = open(path, None).unwrap();
    let plan = PointPlan::propose(&file, &PointOptions::default()).unwrap();
    let survey = p.survey().clone();
    let context = PointContext {
        project_epsg: 9210,
        survey: Some("Đo chỉnh lý 2026".into()),
        surveyed_on: Some("2026-03-01".into()),
        accuracy: Some(0.05),
        existing: &survey.points,
        ..PointContext::default()
    };
    let (d, reports) = draft(&[(&file, &plan)], &context).unwrap();
    if !d.is_empty() {
        p.import_points(&d, &act(1)).unwrap();
    }
    reports[0].skipped
}

fn dump(p: &Project) -> String {
    let mut out = Vec::new();
    let options = DumpOptions {
        personal: true,
        ..DumpOptions::default()
    };
    p.dump(options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn an_import_is_one_operation_indexed_undone_dumped_and_loaded() {
    let dir = tempfile::tempdir().unwrap();
    let mut p = district(dir.path());
    let empty = dump(&p);
    let csv = write(
        dir.path(),
        "do.csv",
        "R1,2325000.5,587000.12,5.123,R\nR2,2325010,587010,5.2,MG\nR3,xx,1,2,3\n",
    );
    assert_eq!(import(&mut p, &csv), 0);
    let near = |p: &Project| {
        let mut labels = Vec::new();
        let around = BBox::of([Pt::new(587_000_120, 2_325_000_500)]).grown(1_000);
        p.survey().window_for_each(&around, |s| {
            labels.push(format!("{} {:?} {:?}", s.label, s.accuracy, s.source))
        });
        labels
    };
    assert_eq!(near(&p), ["R1 Some(0.05) Some(\"do.csv\")"]);
    let first = p.survey().points[0].clone();
    assert_eq!(
        (first.survey.as_deref(), first.surveyed_on.as_deref()),
        (Some("Đo chỉnh lý 2026"), Some("2026-03-01"))
    );
    // The same file again: everything is recognised, only the bad line comes again.
    assert_eq!(import(&mut p, &csv), 2);
    assert_eq!(p.survey().points.len(), 2);
    let full = dump(&p);
    assert!(
        full.contains("geom=(587000120 2325000500)") && full.contains("R3,xx,1,2,3"),
        "{full}"
    );
    p.undo(Undo::Last, &act(2)).unwrap();
    p.undo(Undo::Last, &act(3)).unwrap();
    assert!(p.survey().points.is_empty() && near(&p).is_empty());
    assert_eq!(dump(&p), empty, "undo leaves nothing");
    p.redo(&act(4)).unwrap();
    p.redo(&act(5)).unwrap();
    assert_eq!(dump(&p), full);
    p.close().unwrap();
    let copy = dir.path().join("b.gpkg");
    Project::load(&copy, &full, &act(6), &Progress::none()).unwrap();
    let b = Project::open(&copy, &act(7), &Progress::none()).unwrap();
    assert_eq!(dump(&b), full);
    assert_eq!(near(&b).len(), 1);
}
