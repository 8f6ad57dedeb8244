//! The check of everything beside the window: begun by opening, compared on a thread of its own, told when it fails.

use std::sync::Arc;

use diachinh::domain::{Act, Finding};
use diachinh::job::Progress;
use diachinh::project::{Checked, Project, Undo};
use diachinh::validate::Options;
use rusqlite::Connection;
use serde_json::json;

use crate::district::act;
use crate::dossiers::{at, district, m, of};
use crate::ui::Window;

fn all(p: &Project) -> Vec<Finding> {
    p.findings().unwrap().iter().map(|t| t.finding.clone()).collect()
}

fn found(p: &Project) -> Vec<Finding> {
    p.check(&Options::default(), &Progress::none()).unwrap()
}

/// Says only what differs: these are many. What has no place stands in any order.
fn same(mut now: Vec<Finding>, mut then: Vec<Finding>) {
    now.sort_by_key(|f| (f.key(), f.at));
    then.sort_by_key(|f| (f.key(), f.at));
    let differing = now.iter().zip(&then).find(|(a, b)| a != b);
    assert!(differing.is_none(), "{differing:?}");
    assert_eq!(now.len(), then.len());
}

fn fill() -> diachinh::edit::Edit {
    of(&json!({"op": "fill_gap", "at": m(at(7, 0, 150, 5000)), "into": "25747/1/52"}))
}

#[test]
fn a_comparison_overtaken_by_an_edit_is_refused_and_made_again() {
    let d = district();
    let mut p = d.open();
    let (before, revision) = (Arc::new(found(&p)), p.coverage().revision());
    let now: Act = act(3);
    let compare = |p: &mut Project| {
        let comparison = p.compare(before.clone(), revision, &now).unwrap().unwrap();
        let reader = p.reader().unwrap();
        // Off this thread: everything it needs goes along.
        std::thread::spawn(move || comparison.run(&reader).unwrap())
    };
    let early = compare(&mut p);
    p.apply(&fill(), &act(4)).unwrap();
    assert!(!p.take_compared(early.join().unwrap()));
    assert_eq!(p.checked(), Checked::Never, "what is old is not taken for new");
    let again = compare(&mut p).join().unwrap();
    assert!(p.take_compared(again));
    assert_eq!(p.checked(), Checked::Current);
    assert_eq!(all(&p), found(&p), "the edit since is followed");
    // Not written before somebody says so; an edit in between loses nothing.
    assert!(p.has_unwritten());
    p.undo(Undo::Last, &act(5)).unwrap();
    assert_eq!(all(&p), found(&p));
    while p.has_unwritten() {
        p.keep_findings().unwrap();
    }
    let was = all(&p);
    p.close().unwrap();
    let p = d.open();
    assert_eq!((p.checked(), all(&p)), (Checked::Current, was));
}

#[test]
fn a_finding_that_an_edit_brought_while_the_check_ran_keeps_its_identity() {
    let d = district();
    let mut p = d.open();
    p.apply(&fill(), &act(3)).unwrap();
    p.validate(&Options::default(), &act(3), &Progress::none())
        .unwrap();
    let (clean, revision) = (found(&p), p.coverage().revision());
    p.undo(Undo::Last, &act(4)).unwrap();
    let ids = |p: &Project| -> Vec<_> {
        let mut all: Vec<_> = p
            .findings()
            .unwrap()
            .iter()
            .map(|t| (t.id, t.key.clone()))
            .collect();
        all.sort();
        all
    };
    let back = ids(&p);
    assert!(p.set_findings(clean, revision, &act(5)).unwrap());
    assert_eq!(ids(&p), back);
    assert_eq!(all(&p), found(&p));
    p.close().unwrap();
    assert_eq!(ids(&d.open()), back);
}

#[test]
fn opening_checks_a_file_that_was_never_checked_and_the_window_says_when_that_fails() {
    let mut w = Window::prepared([1366.0, 768.0], "{}", false, |path| {
        let conn = Connection::open(path).unwrap();
        conn.execute_batch(
            "DELETE FROM setting WHERE key='findings'; DELETE FROM finding_event; DELETE FROM finding",
        )
        .unwrap();
    });
    assert_eq!(w.project().checked(), Checked::Current);
    same(all(w.project()), found(w.project()));
    assert!(!w.app().project().unwrap().has_unwritten());
    w.settle();

    // The findings as they were stay on the screen, and it is said that they could not be checked.
    let w = Window::prepared([1366.0, 768.0], "{}", false, |path| {
        let conn = Connection::open(path).unwrap();
        conn.execute_batch("ALTER TABLE identity_document RENAME COLUMN kind TO kind_of_before")
            .unwrap();
    });
    assert!(w.says("no such column"), "{}", w.texts());
    assert!(!w.project().findings().unwrap().is_empty());
}
