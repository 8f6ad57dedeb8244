//! How fast the coverage answers: `cargo bench --bench queries -- [PARCELS…]`.
//!
//! Asks the invented district of `diachinh sample` (seed 1): what a view of 1:2000 shows, who holds a
//! point, what is nearest, what one edit and the preview of a split cost; then the whole check (P3), the check after an edit (P3c)
//! and opening the district file (data part of P2). Queries go to places spread over the district by a
//! fixed sequence. CPU is that of all threads, Linux only.

#![allow(clippy::print_stdout)] // a bench prints its table

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use diachinh::domain::{Act, BBox, Pt, Seen};
use diachinh::job::Progress;
use diachinh::project::{NewProject, Project};
use diachinh::store::register::Touched;
use diachinh::topology::Coverage;
use diachinh::topology::points::PointIndex;
use diachinh::topology::snapping::{Ask, Kinds, snap};
use diachinh::topology::split::{self, Along, By};
use diachinh::{import, sample, validate};

fn main() {
    // cargo bench adds "--bench".
    let asked = std::env::args().skip(1).filter(|a| a != "--bench");
    let mut sizes: Vec<usize> = asked.map(|a| a.parse().expect("a number of parcels")).collect();
    if sizes.is_empty() {
        sizes = vec![115_000];
    }
    for n in sizes {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let path = dir.path().join("district.dcx");
        make(n, dir.path(), &path);
        let open = || Project::open_read_only(&path, &Progress::none()).expect("the district");
        println!("\n{n} parcels                            least µs     median        CPU");
        let project = open();
        queries(project.coverage());
        checks(project.coverage());
        time("open the district file", 9, 1, || drop(open()));
    }
}

/// The sample, imported.
fn make(parcels: usize, dir: &Path, path: &Path) {
    let options = sample::Options {
        dir: dir.join("sample"),
        parcels,
        seed: 1,
        dirty: None,
    };
    let quiet = Progress::none();
    let written = sample::generate(&options, &quiet).expect("the sample");
    let seen = import::inspect(std::slice::from_ref(&options.dir), &quiet).expect("files");
    let options = import::Options {
        project_epsg: 9210,
        crs: Some(9210),
        ..Default::default()
    };
    let plan = import::Plan::propose(&seen, &options).expect("a plan");
    let drafted = import::draft(&seen, &plan, &Default::default(), &quiet).expect("a draft");
    let new = NewProject {
        epsg: 9210,
        name: "Huyện mẫu".into(),
        communes: written
            .communes
            .into_iter()
            .map(|(code, name, _)| (code, name))
            .collect(),
        province: None,
    };
    let act = Act {
        actor: "bench".into(),
        at: jiff::Timestamp::UNIX_EPOCH,
    };
    let mut project = Project::create(path, &new, &act).expect("a district file");
    project.import(&drafted.draft, &act, &quiet).expect("the import");
    project.close().expect("to be closed");
}

/// Places inside the district, the same every time.
fn places(coverage: &Coverage) -> Vec<Pt> {
    let all = coverage.bbox().expect("parcels").grown(-1_000_000);
    let mut state = 1u64;
    let mut next = |low: i64, size: i64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        low + (((state >> 33) as i64 * size) >> 31)
    };
    (0..1000)
        .map(|_| Pt::new(next(all.min.e, all.width()), next(all.min.n, all.height())))
        .collect()
}

fn queries(coverage: &Coverage) {
    let places = places(coverage);
    let mut at = places.iter().cycle().copied();
    let mut next = move || at.next().expect("an endless sequence");
    // 1600 × 900 pixels of 0.2646 mm at 1:2000.
    let view = |p: Pt| BBox {
        min: Pt::new(p.e - 423_000, p.n - 238_000),
        max: Pt::new(p.e + 423_000, p.n + 238_000),
    };
    let shown: usize = places.iter().map(|p| coverage.window(&view(*p)).len()).sum();
    println!("(a view of 1:2000 holds {} parcels)", shown / places.len());
    time("window 1:2000, visit", 50, 100, || {
        let mut points = 0usize;
        coverage.window_for_each(&view(next()), |p| points += p.polygon.rings.len());
        black_box(points);
    });
    time("window 1:2000, sorted fids", 50, 100, || {
        black_box(coverage.window(&view(next())));
    });
    time("at", 50, 1000, || {
        black_box(coverage.at(next()));
    });
    time("nearest point, 5 m", 50, 1000, || {
        black_box(coverage.nearest_point(next(), 5_000));
    });
    time("nearest side, 5 m", 50, 1000, || {
        black_box(coverage.nearest_side(next(), 5_000));
    });
    snaps(coverage, &places);
    let parcels: Vec<_> = coverage.iter().cloned().collect();
    let some: Vec<i64> = parcels
        .iter()
        .step_by(parcels.len() / 1000)
        .map(|p| p.fid)
        .collect();
    let mut fid = some.iter().cycle();
    time("neighbours", 50, 100, || {
        black_box(coverage.neighbours(*fid.next().expect("an endless sequence")));
    });
    let mut fid = some.iter().cycle();
    time("plan of a split into three by area (P4)", 50, 20, || {
        let fid = *fid.next().expect("an endless sequence");
        let shell = coverage.get(fid).expect("a parcel").polygon.shell();
        let by = By::Equal {
            parts: 3,
            along: Along::Parallel(shell[0], shell[1]),
        };
        black_box(split::plan(coverage, fid, &by).is_ok());
    });
    time("snapshot and replace one", 20, 100, || {
        let mut copy = coverage.clone();
        copy.replace(parcels[0].clone());
        black_box(copy);
    });
    time("build", 9, 1, || drop(Coverage::build(parcels.clone())));
}

/// What the cursor means, all kinds asked for, ten survey points for each hectare of a view: 9 points on the screen
/// are 1.2 m at 1:500 and 4.8 m at 1:2000.
fn snaps(coverage: &Coverage, places: &[Pt]) {
    let survey: Vec<Pt> = places
        .iter()
        .flat_map(|p| (0..100).map(|i| Pt::new(p.e + i * 7_919 % 90_000, p.n + i * 6_101 % 90_000)))
        .collect();
    let survey = PointIndex::build(survey);
    let kinds = Kinds::default();
    let ask = |cursor: Pt, reach: i64, held: bool| {
        let from = Pt::new(cursor.e - 20_000, cursor.n - 7_000);
        let drawn = [Pt::new(from.e, from.n - 9_000), from];
        let line = held.then(|| (from, Pt::new(cursor.e, cursor.n + 300)));
        let ask = Ask {
            cursor,
            reach,
            kinds: &kinds,
            drawn: &drawn,
            line,
            layers: &[],
        };
        black_box(snap(coverage, &survey, &ask));
    };
    for (name, reach, held) in [
        ("snap, 1:500", 1_200, false),
        ("snap, 1:2000", 4_800, false),
        ("snap, 1:500, direction held", 1_200, true),
    ] {
        let mut at = places.iter().cycle();
        time(name, 50, 200, || {
            ask(*at.next().expect("an endless sequence"), reach, held)
        });
    }
    let one = |p: &Pt| {
        let start = Instant::now();
        ask(*p, 4_800, false);
        start.elapsed().as_secs_f64() * 1e6
    };
    let worst = places.iter().map(one).fold(0.0, f64::max);
    println!("(the slowest of {} snaps at 1:2000: {worst:.0} µs)", places.len());
}

fn checks(coverage: &Coverage) {
    let options = validate::Options::default();
    time("check everything (P3)", 9, 1, || {
        black_box(validate::run(coverage, &options, &Progress::none()).expect("findings"));
    });
    let found = validate::run(coverage, &options, &Progress::none()).expect("findings");
    let mut live = validate::Findings::new(jiff::civil::date(2026, 11, 23), 1);
    let seen = Seen {
        op: 1,
        at: jiff::Timestamp::UNIX_EPOCH,
    };
    let checked = live.anew(found);
    let mut nothing = |_: &str| Ok::<_, ()>(Vec::new());
    live.take(checked, seen, &mut nothing)
        .expect("nothing to look up");
    let parcels: Vec<_> = coverage
        .iter()
        .step_by(coverage.len() / 100)
        .map(|p| p.uid)
        .collect();
    let mut uid = parcels.iter().cycle();
    time("check after an edit (P3c)", 50, 10, || {
        let changed = [*uid.next().expect("an endless sequence")];
        let checked = live
            .around(coverage, None, (&changed, &Touched::default()), &[])
            .expect("shapes only");
        black_box(
            live.take(checked, seen, &mut nothing)
                .expect("nothing to look up"),
        );
    });
}

/// Runs `f` `runs` times `each`; µs of one call.
fn time(name: &str, runs: usize, each: usize, mut f: impl FnMut()) {
    let cpu = cpu_ms();
    let mut took: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            (0..each).for_each(|_| f());
            start.elapsed().as_secs_f64() * 1e6 / each as f64
        })
        .collect();
    let cpu = (cpu_ms() - cpu) * 1e3 / (runs * each) as f64;
    took.sort_by(f64::total_cmp);
    println!("{name:38} {:10.2} {:10.2} {cpu:10.2}", took[0], took[runs / 2]);
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
