//! How fast the map is drawn: `cargo bench --bench render -- [PARCELS…] [--png DIR]`.
//!
//! Draws the invented district of `diachinh sample` (seed 1). Each line is the least and the median
//! of several runs, wall milliseconds, and the processor time of one run (all threads; Linux only).
//! With `--png` the pictures are kept, to be looked at.

#![allow(clippy::print_stdout)] // a bench prints its table

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use diachinh::domain::{DraftParcel, Parcel};
use diachinh::job::Progress;
use diachinh::render::tiles::TILE;
use diachinh::render::{
    ColourBy, Labels, Picture, Style, Theme, Tiles, Viewport, labels, paint, picture, png, scene,
};
use diachinh::topology::Coverage;
use diachinh::{import, sample};

fn main() {
    // cargo bench adds "--bench".
    let mut args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let dir = args.iter().position(|a| a == "--png").map(|i| {
        let dir = PathBuf::from(args.get(i + 1).expect("--png DIR"));
        args.drain(i..=i + 1);
        dir
    });
    let mut sizes: Vec<usize> = args
        .iter()
        .map(|a| a.parse().expect("a number of parcels"))
        .collect();
    if sizes.is_empty() {
        sizes = vec![10_000, 115_000];
    }
    for n in sizes {
        let map = Arc::new(district(n));
        println!("\n{n} parcels, 1600 × 900 pixels           min ms  median  cpu ms");
        views(&map);
        tiles(&map);
        edit(&map);
        if let Some(dir) = &dir {
            pictures(&map, n, dir);
        }
    }
}

/// The sample as the importer reads it.
fn district(parcels: usize) -> Coverage {
    let dir = tempfile::tempdir().expect("a scratch folder");
    let options = sample::Options {
        dir: dir.path().into(),
        parcels,
        seed: 1,
        dirty: None,
    };
    let quiet = Progress::none();
    sample::generate(&options, &quiet).expect("the sample");
    let seen = import::inspect(&[dir.path().into()], &quiet).expect("files");
    let options = import::Options {
        project_epsg: 9210,
        crs: Some(9210),
        ..Default::default()
    };
    let plan = import::Plan::propose(&seen, &options).expect("a plan");
    let drafted = import::draft(&seen, &plan, &Default::default(), &quiet).expect("a draft");
    Coverage::build(drafted.draft.parcels.into_iter().zip(1..).map(parcel).collect())
}

fn parcel((d, fid): (DraftParcel, i64)) -> Parcel {
    Parcel {
        fid,
        uid: d.uid,
        commune: d.commune.into(),
        sheet: d.sheet.into(),
        number: d.number.into(),
        land_use: d.land_use.unwrap_or_default().into(),
        area_measured: d.area_measured,
        area_legal: d.area_legal,
        is_parcel: d.is_parcel,
        bbox: d.polygon.bbox(),
        polygon: d.polygon,
    }
}

/// The view of the whole map and of its middle at some scales.
fn view(map: &Coverage, scale: Option<f64>) -> Viewport {
    let all = map.bbox().expect("parcels");
    match scale {
        None => Viewport::fit(all, 1600, 900, 1.0, 10.0),
        Some(s) => Viewport::at_scale(all.centre(), s, 1600, 900, 1.0),
    }
}

fn views(map: &Coverage) {
    let style = Style::default();
    for scale in [None, Some(10_000.0), Some(5_000.0), Some(2_000.0), Some(500.0)] {
        let v = view(map, scale);
        let name = scale.map_or("whole".into(), |s| format!("1:{s}"));
        time(&format!("{name}: list"), || drop(scene(map, &v, &style)));
        let list = scene(map, &v, &style);
        time(&format!("{name}: paint {} fills", list.fills.len()), || {
            drop(paint(&list))
        });
        time(&format!("{name}: labels, all new"), || {
            drop(Labels::default().place(map, &v, &style, usize::MAX));
        });
        let (mut l, mut w) = (Labels::default(), v);
        l.place(map, &w, &style, usize::MAX);
        time(&format!("{name}: labels while panning"), || {
            w.pan([1.0, 0.0]);
            drop(l.place(map, &w, &style, usize::MAX));
        });
        let mut one = v;
        (one.width, one.height) = (TILE, TILE);
        time(&format!("{name}: one tile"), || {
            drop(paint(&scene(map, &one, &style)))
        });
    }
}

/// From nothing and from another zoom to a sharp picture; cost of a frame meanwhile.
fn tiles(map: &Arc<Coverage>) {
    let style = Style::default();
    for scale in [None, Some(2_000.0)] {
        let name = scale.map_or("whole".into(), |s| format!("1:{s}"));
        let mut frames = Vec::new();
        time(&format!("{name}: tiles until sharp"), || {
            let (send, ready) = crossbeam_channel::unbounded();
            let wake = move || send.send(()).expect("the loop below listens");
            let mut tiles = Tiles::new(96 << 20, wake).expect("a thread");
            loop {
                let start = Instant::now();
                let frame = tiles.frame(map, &view(map, scale), &style);
                frames.push(start.elapsed().as_secs_f64() * 1e3);
                if frame.complete {
                    return;
                }
                ready.recv().expect("the worker");
            }
        });
        line(&format!("{name}: Tiles::frame meanwhile"), &mut frames, 0.0);
    }
}

fn edit(map: &Arc<Coverage>) {
    let style = Style::default();
    let v = view(map, Some(1_000.0));
    let mut one = v;
    (one.width, one.height) = (TILE, TILE);
    time("1:1000: the tile under an edit", || {
        drop(paint(&scene(map, &one, &style)))
    });
}

fn pictures(map: &Coverage, n: usize, dir: &Path) {
    for (name, scale, theme, colour_by) in [
        ("whole", None, Theme::Light, ColourBy::LandUse),
        ("whole-dark", None, Theme::Dark, ColourBy::LandUse),
        ("sheets", None, Theme::Light, ColourBy::Sheet),
        ("5000", Some(5_000.0), Theme::Light, ColourBy::LandUse),
        ("2000", Some(2_000.0), Theme::Light, ColourBy::LandUse),
        ("2000-dark", Some(2_000.0), Theme::Dark, ColourBy::LandUse),
        ("2000-state", Some(2_000.0), Theme::Light, ColourBy::Status),
        ("1000", Some(1_000.0), Theme::Light, ColourBy::LandUse),
        ("500-plain", Some(500.0), Theme::Light, ColourBy::Plain),
        ("500-dark", Some(500.0), Theme::Dark, ColourBy::LandUse),
    ] {
        let style = Style {
            theme,
            colour_by,
            ..Style::default()
        };
        let path = dir.join(format!("{n}-{name}.png"));
        let image = match scale {
            Some(_) => {
                let v = view(map, scale);
                let mut list = scene(map, &v, &style);
                let placed = Labels::default().place(map, &v, &style, usize::MAX);
                labels::add_to(&mut list, &placed, &v, &style);
                paint(&list)
            }
            None => picture(map, &sheet(style)),
        };
        std::fs::write(path, png(image).expect("a PNG")).expect("to be written");
    }
    time("picture with labels, title and legend", || {
        drop(picture(map, &sheet(Style::default())))
    });
}

fn sheet(style: Style) -> Picture {
    Picture {
        width: 1600,
        height: 1100,
        pixels_per_point: 1.0,
        title: "Bản đồ địa chính huyện mẫu".into(),
        notes: vec!["Hệ tọa độ VN-2000, kinh tuyến trục 105°45′, múi chiếu 3°".into()],
        bbox: None,
        scale: None,
        style,
    }
}

/// Runs `f` for about a second, at least three times.
fn time(name: &str, mut f: impl FnMut()) {
    let mut walls = Vec::new();
    let (begin, cpu) = (Instant::now(), cpu_ms());
    while walls.len() < 3 || (begin.elapsed().as_secs_f64() < 1.0 && walls.len() < 500) {
        let start = Instant::now();
        f();
        walls.push(start.elapsed().as_secs_f64() * 1e3);
    }
    let cpu = (cpu_ms() - cpu) / walls.len() as f64;
    line(name, &mut walls, cpu);
}

fn line(name: &str, walls: &mut [f64], cpu: f64) {
    walls.sort_by(f64::total_cmp);
    println!(
        "{name:38} {:8.2} {:7.2} {cpu:7.2}",
        walls[0],
        walls[walls.len() / 2]
    );
}

/// User and system time of this process, ms, in steps of 10; 0 where there is no /proc.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|v| v.parse::<f64>().ok());
    ticks.sum::<f64>() * 10.0
}
