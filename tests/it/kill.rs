//! Kill −9 in the middle of an import or its undo: afterwards the file opens by itself and holds exactly what was before or what
//! was to come, and what was acknowledged had been flushed.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use diachinh::domain::Failure;
use diachinh::store::Writer;

use crate::bulk::{act, assert_sound, commit, create, take_back, text};
use crate::drafts::draft;

const TARGET: &str = "DIACHINH_TEST_KILLED_IMPORT";
/// An operation to take back instead.
const UNDO: &str = "DIACHINH_TEST_KILLED_UNDO";
/// Parcels there before, and parcels of the import that is killed.
const BEFORE: usize = 200;
const COUNT: usize = 6000;

/// Not a test by itself: what the killed process does. Without the variable it has nothing to do.
#[test]
fn imports_when_told_so() {
    let Some(path) = std::env::var_os(TARGET) else {
        return;
    };
    let mut writer = Writer::open(Path::new(&path), &act())
        .map_err(Failure::from)
        .unwrap();
    let undo: Option<i64> = std::env::var(UNDO).ok().and_then(|op| op.parse().ok());
    let draft = draft(COUNT, "b.shp");
    let say = |word: &str| {
        let mut out = std::io::stdout();
        out.write_all(word.as_bytes()).and_then(|()| out.flush()).unwrap();
    };
    say("\nBEGIN\n");
    match undo {
        Some(op) => drop(take_back(&mut writer, op)),
        None => drop(commit(&mut writer, &draft).unwrap()),
    }
    say("\nDONE\n");
    // Until the parent lets go.
    let _ = std::io::stdin().read_line(&mut String::new());
}

/// This test binary, running only [`imports_when_told_so`] on `path`.
fn child(prefix: &[&str], path: &Path) -> Command {
    let exe = std::env::current_exe().unwrap();
    let mut command = match prefix {
        [program, args @ ..] => {
            let mut c = Command::new(program);
            c.args(args).arg(exe);
            c
        }
        [] => Command::new(exe),
    };
    command.args([
        "--exact",
        "kill::imports_when_told_so",
        "--nocapture",
        "--test-threads=1",
    ]);
    command
        .env(TARGET, path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Reads until the child says `word`; false when it ends first.
fn wait_for(lines: &mut impl BufRead, word: &str) -> bool {
    let mut line = String::new();
    while lines.read_line(&mut line).unwrap_or(0) > 0 {
        if line.trim() == word {
            return true;
        }
        line.clear();
    }
    false
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A district with [`BEFORE`] parcels, closed.
fn district(path: &Path) -> String {
    let mut writer = create(path);
    commit(&mut writer, &draft(BEFORE, "a.shp")).unwrap();
    writer.checkpoint().map_err(Failure::from).unwrap();
    drop(writer);
    text(path, true, false)
}

/// Opens the file as the next start of the program does; gives its parcels.
fn survivors(path: &Path) -> usize {
    let writer = Writer::open(path, &act()).map_err(Failure::from).unwrap();
    assert_sound(writer.conn());
    writer
        .conn()
        .query_row("SELECT count(*) FROM parcel", [], |r| r.get::<_, i64>(0))
        .unwrap() as usize
}

#[test]
fn a_killed_import_happened_or_did_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let before = district(&path);
    // How long it takes undisturbed, to strike within it.
    let whole = {
        let copy = dir.path().join("timed.gpkg");
        std::fs::copy(&path, &copy).unwrap();
        let mut c = child(&[], &copy).spawn().unwrap();
        let mut lines = BufReader::new(c.stdout.take().unwrap());
        assert!(wait_for(&mut lines, "BEGIN"));
        let start = Instant::now();
        assert!(wait_for(&mut lines, "DONE"));
        kill(c);
        assert_eq!(survivors(&copy), BEFORE + COUNT, "what was acknowledged is there");
        start.elapsed()
    };
    let mut seen = [0, 0];
    for strike in 0..12_u32 {
        let mut c = child(&[], &path).spawn().unwrap();
        let mut lines = BufReader::new(c.stdout.take().unwrap());
        assert!(wait_for(&mut lines, "BEGIN"));
        std::thread::sleep(whole * strike / 10);
        kill(c);
        let acknowledged = wait_for(&mut lines, "DONE");
        let parcels = survivors(&path);
        assert!(
            parcels == BEFORE || parcels == BEFORE + COUNT,
            "{parcels} parcels after strike {strike}"
        );
        assert!(
            !acknowledged || parcels == BEFORE + COUNT,
            "acknowledged at strike {strike}"
        );
        if parcels == BEFORE {
            assert_eq!(text(&path, true, false), before);
            seen[0] += 1;
        } else {
            seen[1] += 1;
            std::fs::remove_file(&path).unwrap();
            for side in ["h.gpkg-wal", "h.gpkg-shm", "h.gpkg-journal"] {
                let _ = std::fs::remove_file(dir.path().join(side));
            }
            district(&path);
            assert_eq!(survivors(&path), BEFORE);
        }
        if seen[1] > 0 {
            break;
        }
    }
    assert!(seen[0] > 0, "no strike came before the end: {seen:?}");
}

#[test]
fn a_killed_undo_or_redo_happened_or_did_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let before = district(&path);
    let mut writer = Writer::open(&path, &act()).map_err(Failure::from).unwrap();
    let import = commit(&mut writer, &draft(COUNT, "b.shp")).unwrap().op;
    drop(writer);
    let after = text(&path, true, false);
    // (operation to take back, whether the import is in force after it): an undo, then the redo of it.
    let (mut target, mut there) = (import, false);
    let (mut struck, mut done) = (0, 0);
    let mut pause = std::time::Duration::from_millis(5);
    while done < 2 {
        let mut c = child(&[], &path).env(UNDO, target.to_string()).spawn().unwrap();
        let mut lines = BufReader::new(c.stdout.take().unwrap());
        assert!(wait_for(&mut lines, "BEGIN"));
        std::thread::sleep(pause);
        kill(c);
        let acknowledged = wait_for(&mut lines, "DONE");
        survivors(&path);
        let now = text(&path, true, false);
        let happened = now == if there { &*after } else { &*before };
        assert!(
            happened || now == if there { &*before } else { &*after },
            "half of it"
        );
        assert!(!acknowledged || happened, "acknowledged and lost");
        if happened {
            done += 1;
            there = true;
            let conn = Writer::open(&path, &act()).map_err(Failure::from).unwrap();
            target = conn
                .conn()
                .query_row("SELECT max(id) FROM operation", [], |r| r.get(0))
                .unwrap();
            pause = std::time::Duration::from_millis(5);
        } else {
            struck += 1;
            pause = pause * 3 / 2;
        }
    }
    assert!(struck > 2, "only {struck} strikes came before the end");
}

#[test]
fn what_is_acknowledged_was_flushed() {
    if Command::new("strace")
        .arg("-V")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        return; // nothing to look with on this machine
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    district(&path);
    let trace = dir.path().join("trace");
    let trace_arg = trace.to_string_lossy().into_owned();
    let strace = [
        "strace",
        "-f",
        "-y",
        "-e",
        "trace=fsync,fdatasync,write",
        "-o",
        &trace_arg,
    ];
    let mut c = child(&strace, &path).spawn().unwrap();
    let mut lines = BufReader::new(c.stdout.take().unwrap());
    assert!(wait_for(&mut lines, "DONE"));
    kill(c);
    let calls = std::fs::read_to_string(&trace).unwrap();
    let line_of = |what: &dyn Fn(&str) -> bool| calls.lines().position(what);
    let begin = line_of(&|l| l.contains("BEGIN")).unwrap();
    let done = line_of(&|l| l.contains("DONE")).unwrap();
    let flushed = calls.lines().enumerate().any(|(i, l)| {
        begin < i && i < done && l.contains("sync(") && l.contains("h.gpkg") && l.contains("= 0")
    });
    assert!(flushed, "no fsync of the file between BEGIN and DONE:\n{calls}");
}

#[test]
fn killed_while_cutting_and_joining() {
    // A fixed sequence (Knuth's multiplier): a failing round comes again.
    let mut state = 3_u64;
    crate::kill_edits::trials(30, |n| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    });
}
