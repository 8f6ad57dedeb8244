//! What quality costs with a register behind every parcel: `cargo bench --bench quality -- [PARCELS…]`.
//!
//! Loads the whole register of `diachinh sample --register --dirty 0.01` (seed 7; people, certificates, scans) and measures the full
//! check (P3) with the rules of shape alone, with the register alone and with all; the check after an edit (P3c) around parcels spread over the
//! district; readiness. Memory is the kernel's: resident now, and the most it was. Linux only.

#![allow(clippy::print_stdout)] // a bench prints its table

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use diachinh::domain::{Act, Seen};
use diachinh::job::Progress;
use diachinh::project::Project;
use diachinh::sample;
use diachinh::store::register::Touched;
use diachinh::validate::{self, Check, Findings, Options, RULES};

fn main() {
    // cargo bench adds "--bench".
    let asked = std::env::args().skip(1).filter(|a| a != "--bench");
    let mut sizes: Vec<usize> = asked.map(|a| a.parse().expect("a number of parcels")).collect();
    if sizes.is_empty() {
        sizes = vec![115_000];
    }
    for n in sizes {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let path = dir.path().join("register.gpkg");
        make(n, dir.path(), &path);
        memory("sample made");
        let project = Project::open_read_only(&path, &Progress::none()).expect("the district");
        println!("\n{n} parcels                        least ms     median       most     CPU ms");
        memory("district open");
        full(&project);
        memory("checked");
        edits(&project);
        memory("edits followed");
    }
}

/// The sample register, loaded.
fn make(parcels: usize, dir: &Path, path: &Path) {
    let options = sample::Options {
        dir: dir.to_owned(),
        parcels,
        seed: 7,
        dirty: Some(0.01),
    };
    let quiet = Progress::none();
    sample::generate_register(&options, &quiet).expect("the sample");
    let text = std::fs::read_to_string(dir.join("register.txt")).expect("a dump");
    let act = Act {
        actor: "bench".into(),
        // The day of the rules: those of the sample speak of the years before it.
        at: "2026-11-23T08:00:00Z".parse().expect("a time"),
    };
    Project::load(path, &text, &act, &quiet).expect("to be loaded");
}

/// Codes of the rules that look at the register, or of the others.
fn rules(of_register: bool) -> Options {
    let some = RULES
        .iter()
        .filter(|r| matches!(r.check, Check::Register(_)) == of_register);
    Options {
        rules: some.map(|r| r.code.to_owned()).collect(),
        ..Options::default()
    }
}

fn full(project: &Project) {
    let reader = project.reader().expect("a connection");
    for (name, options) in [
        ("full check, rules of shape and number (P3)", rules(false)),
        ("full check, rules of the register", rules(true)),
        ("full check, all rules", Options::default()),
    ] {
        time(name, 5, || {
            let found = validate::run_all(project.coverage(), &reader, &options, &Progress::none());
            black_box(found.expect("findings"));
        });
    }
    let found = project
        .check(&Options::default(), &Progress::none())
        .expect("findings");
    println!("({} findings)", found.len());
    time("readiness of every parcel", 5, || {
        black_box(
            project
                .readiness(&found, None, &Progress::none())
                .expect("readiness"),
        );
    });
}

/// One edit after another at 500 places, as the window follows them.
fn edits(project: &Project) {
    let found = project
        .check(&Options::default(), &Progress::none())
        .expect("findings");
    let mut live = Findings::new(jiff::civil::date(2026, 11, 23), 1);
    let seen = Seen {
        op: 1,
        at: jiff::Timestamp::UNIX_EPOCH,
    };
    let mut nothing = |_: &str| Ok::<_, ()>(Vec::new());
    let checked = live.anew(found);
    live.take(checked, seen, &mut nothing)
        .expect("nothing to look up");
    let coverage = project.coverage();
    let reader = project.reader().expect("a connection");
    let step = (coverage.len() / 500).max(1);
    let parcels: Vec<_> = coverage.iter().step_by(step).map(|p| p.uid).collect();
    for (name, view) in [
        ("check after an edit, shapes (P3c)", None),
        (
            "check after an edit, with the register (P3c)",
            Some(reader.view()),
        ),
    ] {
        let mut uid = parcels.iter();
        time(name, parcels.len(), || {
            let changed = [*uid.next().expect("as many parcels as runs")];
            let checked = live
                .around(coverage, view, (&changed, &Touched::default()), &[])
                .expect("findings");
            let step = live
                .take(checked, seen, &mut nothing)
                .expect("nothing to look up");
            assert!(step.is_empty(), "nothing was edited: {step:?}");
        });
    }
}

/// Runs `f` `runs` times; ms of one call.
fn time(name: &str, runs: usize, mut f: impl FnMut()) {
    let cpu = cpu_ms();
    let mut took: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            f();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    let cpu = (cpu_ms() - cpu) / runs as f64;
    took.sort_by(f64::total_cmp);
    let most = took[runs - 1];
    println!(
        "{name:46} {:9.2} {:9.2} {most:9.2} {cpu:9.2}",
        took[0],
        took[runs / 2]
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

/// Resident memory now; making the sample took most of the peak, so that is reset before.
fn memory(when: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find(|l| l.starts_with(name));
        let kb = line.and_then(|l| l.split_whitespace().nth(1)?.parse::<u64>().ok());
        kb.unwrap_or(0) / 1024
    };
    println!(
        "(memory, {when}: {} MB, at most {} MB since the last line)",
        of("VmRSS:"),
        of("VmHWM:")
    );
    // Linux: 5 resets the peak.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
