//! Boundaries of communes and sheets on the map with their switch and legend, and the quality report, in the window.
//!
//! `DIACHINH_SHOTS=folder` writes pictures.

use std::path::Path;

use diachinh::domain::{BoundaryDraft, BoundaryKind, BoundaryState, DraftFile, NewBoundary, Polygon, Pt};
use diachinh::job::Progress;
use diachinh::project::Project;
use diachinh::render::boundaries::{Boundaries, Line, kinds};
use diachinh::render::{Style, Viewport};
use diachinh::topology::Coverage;
use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::district::act;
use crate::ui::Window;

/// Each commune's, or each sheet's, box of its parcels.
fn boxes(coverage: &Coverage, kind: BoundaryKind) -> BoundaryDraft {
    let mut all = std::collections::BTreeMap::new();
    for p in coverage.iter() {
        let sheet = (kind == BoundaryKind::Sheet).then(|| p.sheet.to_string());
        let b = all.entry((p.commune.to_string(), sheet)).or_insert(p.bbox);
        *b = b.union(p.bbox);
    }
    let boundary = |((commune, sheet), b): ((String, Option<String>), diachinh::domain::BBox)| NewBoundary {
        commune,
        sheet,
        scale: None,
        polygon: Polygon {
            rings: vec![vec![
                b.min,
                Pt::new(b.max.e, b.min.n),
                b.max,
                Pt::new(b.min.e, b.max.n),
            ]],
        },
        record: 1,
        area_before: None,
        parcels: 0,
        state: BoundaryState::New,
    };
    BoundaryDraft {
        kind,
        files: vec![DraftFile {
            file: "ranh.geojson".into(),
            layer: None,
            sha256: "00".into(),
            records: 1,
            skipped: 0,
            reading: None,
        }],
        boundaries: all.into_iter().map(boundary).collect(),
        findings: Vec::new(),
    }
}

fn bounded(path: &Path) {
    let mut p = Project::open(path, &act(9), &Progress::none()).unwrap();
    for kind in BoundaryKind::ALL {
        let draft = boxes(&p.coverage().clone(), kind);
        p.import_boundaries(&draft, &act(9)).unwrap();
    }
    p.close().unwrap();
}

#[test]
fn boundaries_are_drawn_named_and_switched_off() {
    let painted = std::env::var_os("DIACHINH_SHOTS").is_some();
    const SWITCH: &str = "Địa giới xã, khung tờ";
    for (theme, tag) in [("light", "sang"), ("dark", "toi")] {
        let settings = format!("{{\"theme\":\"{theme}\",\"colour_by\":\"plain\"}}");
        let mut w = Window::prepared([1366.0, 768.0], &settings, painted, bounded);
        assert_eq!(
            kinds(w.project().coverage().territory()),
            [Line::Commune, Line::Sheet]
        );
        let all = Boundaries::of(w.project().coverage().territory());
        let view = Viewport::fit(w.project().coverage().bbox().unwrap(), 800, 600, 1.0, 24.0);
        let drawn = all.strokes(&view, &Style::default());
        assert_eq!(drawn.len(), 4, "both kinds, each over its rim");
        assert!(
            w.says("Địa giới xã") && w.says("Khung tờ bản đồ"),
            "{}",
            w.texts()
        );
        w.shot(&format!("ranh-gioi-{tag}"));
        let on = |w: &Window| {
            let of = w.h.get_by_role_and_label(Role::CheckBox, SWITCH);
            of.accesskit_node().toggled() == Some(Toggled::True)
        };
        assert!(on(&w));
        w.h.get_by_role_and_label(Role::CheckBox, SWITCH).click();
        w.settle();
        assert!(!on(&w) && !w.says("Khung tờ bản đồ"));
        if !painted {
            break;
        }
    }
    // Without any there is nothing to switch.
    let w = Window::sample();
    assert!(!w.says(SWITCH));
}

#[test]
fn the_quality_report_is_written_from_the_window() {
    let mut w = Window::sample();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bao-cao.xlsx");
    w.h.get_by_role_and_label(
        Role::Tab,
        &format!(
            "Lỗi ({})",
            diachinh::text::format::count(
                w.project().findings().unwrap().len() as u64,
                diachinh::text::Lang::Vi
            )
        ),
    )
    .click();
    w.settle();
    w.click("Xuất báo cáo chất lượng…");
    w.shot("bao-cao-chat-luong");
    // The ending is added.
    w.type_into("Ghi vào tệp", path.with_extension("").to_str().unwrap());
    w.click("Ghi tệp");
    assert!(w.says("Đã xuất báo cáo chất lượng"), "{}", w.texts());
    let told = crate::readiness::tab(&path, 4);
    let n = w.project().findings().unwrap().len();
    assert_eq!(told.len(), n + 1, "a line each, under the heads");
    let missing = dir.path().join("khong-co").join("b.xlsx");
    w.click("Xuất báo cáo chất lượng…");
    w.type_into("Ghi vào tệp", missing.to_str().unwrap());
    w.click("Ghi tệp");
    assert!(w.says("Không ghi được"), "{}", w.texts());
}
