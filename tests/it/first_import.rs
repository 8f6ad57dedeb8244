//! The first import of a file, written without the log, and a draft that is written while it is read.

use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, OnceLock};

use diachinh::domain::*;
use diachinh::job::Progress;
use diachinh::store::{Committed, Pieces, Reader, Writer};

use crate::bulk::{act, assert_sound, commit, create, text};
use crate::drafts::{draft, seal};

fn mode(writer: &Writer) -> String {
    writer
        .conn()
        .pragma_query_value(None, "journal_mode", |r| r.get(0))
        .unwrap()
}

fn side(path: &Path, end: &str) -> std::path::PathBuf {
    diachinh::store::files::with_suffix(path, end)
}

/// Gives the draft in stretches of `step` parcels, and its end when `whole`.
fn in_pieces(
    writer: &mut Writer,
    mut draft: Draft,
    step: usize,
    whole: bool,
) -> Result<Option<Committed>, Failure> {
    let parcels = std::mem::take(&mut draft.parcels);
    let (send, pieces) = sync_channel(1);
    std::thread::scope(|s| {
        s.spawn(move || {
            for stretch in parcels.chunks(step) {
                let _ = send.send(DraftPiece::Parcels(stretch.to_vec()));
            }
            if whole {
                let _ = send.send(DraftPiece::Rest(draft));
            }
        });
        writer.import_pieces(Pieces::new(pieces), &act(), &Progress::none())
    })
    .map_err(Failure::from)
}

#[test]
fn what_a_crash_leaves_is_taken_back_by_who_opens_it_also_for_reading() {
    let dir = tempfile::tempdir().unwrap();
    let (path, crashed) = (dir.path().join("h.gpkg"), dir.path().join("crashed.gpkg"));
    let mut writer = create(&path);
    let (before, empty) = (text(&path, true, false), std::fs::metadata(&path).unwrap().len());
    // What a power cut would leave: both files as they are in the middle of writing.
    let seen = Arc::new(OnceLock::<Progress>::new());
    let (theirs, from, to) = (seen.clone(), path, crashed.clone());
    let progress = Progress::new(move || {
        if theirs.get().is_some_and(|p| p.snapshot().done > 15_000) && !to.exists() {
            std::fs::copy(&from, &to).unwrap();
            std::fs::copy(side(&from, "-journal"), side(&to, "-journal")).unwrap();
        }
    });
    seen.set(progress.clone()).ok().unwrap();
    let done = writer.import(&draft(20_000, "a.shp"), &act(), &progress);
    assert_eq!(done.map_err(Failure::from).unwrap().inserted, 20_000);
    assert_eq!(mode(&writer), "wal");
    assert_sound(writer.conn());

    let left = std::fs::metadata(&crashed).unwrap().len();
    assert!(left > 3 * empty, "written behind the end: {empty} then {left}");
    assert_eq!(text(&crashed, true, false), before);
    assert_eq!(std::fs::metadata(&crashed).unwrap().len(), empty);
    let again = Writer::open(&crashed, &act()).map_err(Failure::from).unwrap();
    assert_sound(again.conn());
    assert_eq!(mode(&again), "wal");
}

#[test]
fn readers_keep_the_log_and_read_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    let reader = Reader::open(&path).map_err(Failure::from).unwrap();
    let count = || -> i64 {
        reader
            .conn()
            .query_row("SELECT count(*) FROM parcel", [], |r| r.get(0))
            .unwrap()
    };
    assert_eq!(count(), 0);
    writer
        .import(&draft(3000, "a.shp"), &act(), &Progress::none())
        .map_err(Failure::from)
        .unwrap();
    assert!(std::fs::metadata(side(&path, "-wal")).unwrap().len() > 0);
    assert_eq!((mode(&writer).as_str(), count()), ("wal", 3000));
}

#[test]
fn what_a_deleted_file_left_behind_is_not_taken_for_the_new_ones() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    for end in ["-journal", "-wal"] {
        std::fs::write(side(&path, end), [7; 5000]).unwrap();
    }
    assert_sound(create(&path).conn());
}

#[test]
fn pieces_give_what_the_whole_gives() {
    let dir = tempfile::tempdir().unwrap();
    let path = |n: &str| dir.path().join(n);
    let (mut whole, mut pieces) = (create(&path("whole.gpkg")), create(&path("pieces.gpkg")));
    for round in 0..2 {
        let mut draft = draft(3000, &format!("{round}.shp"));
        for (i, p) in draft
            .parcels
            .iter_mut()
            .enumerate()
            .filter(|(i, _)| round > 0 && i % 3 == 0)
        {
            p.action = DraftAction::Update(i as i64 + 1);
            p.owner = Some(format!("Trần Thị Đổi {i}"));
        }
        let draft = seal(draft);
        let a = commit(&mut whole, &draft).unwrap();
        let b = in_pieces(&mut pieces, draft, 1700, true).unwrap().unwrap();
        assert_eq!(
            (a.inserted, a.first_fid, &a.updated, a.quarantined),
            (b.inserted, b.first_fid, &b.updated, b.quarantined)
        );
    }
    assert_sound(pieces.conn());
    let what = |w: &Writer| -> (String, String, i64) {
        let sql = "SELECT what, label_vi, parcels FROM operation ORDER BY id DESC LIMIT 1";
        w.conn()
            .query_row(sql, [], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
            .unwrap()
    };
    assert_eq!(what(&whole), what(&pieces));
    assert_eq!(
        text(&path("whole.gpkg"), true, true),
        text(&path("pieces.gpkg"), true, true)
    );
}

#[test]
fn pieces_that_break_off_or_hold_nothing_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("h.gpkg");
    let mut writer = create(&path);
    let before = text(&path, true, false);
    for step in [700, 9000] {
        let broken = in_pieces(&mut writer, draft(7000, "a.shp"), step, false);
        assert_eq!(broken.unwrap_err().code(), "DRAFT_INCOMPLETE");
    }
    assert_eq!(
        in_pieces(&mut writer, Draft::default(), 1, false)
            .unwrap_err()
            .code(),
        "DRAFT_INCOMPLETE"
    );
    assert_eq!(in_pieces(&mut writer, Draft::default(), 1, true).unwrap(), None);
    assert_eq!((mode(&writer), text(&path, true, false)), ("wal".into(), before));
    assert_sound(writer.conn());
}
