//! What survives a crash besides the register: the unfinished drawing, the unsaved forms, and which operation not to try again.

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Project;
use crate::domain::Failure;
use crate::msg;
use crate::store::files::{WRITING, io_failure, with_suffix};
pub use crate::store::intent::Crash;
use crate::store::{history, personal};

/// An unfinished drawing, as it was kept beside the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnfinishedDrawing {
    /// Newest operation when it was kept: where the project has gone on since, it was drawn on another map.
    pub op: i64,
    /// When it was kept.
    #[serde(with = "rfc3339")]
    pub at: jiff::Timestamp,
    /// The tool's own.
    pub state: Value,
}

/// Larger than any drawing: what is this long was not written by us.
const MOST_BYTES: u64 = 16 << 20;

impl Project {
    /// Keeps an unfinished drawing, in place of the one before, until [`Project::clear_draft`]. For after each click: a
    /// crash of the program loses at most the click under way (a power cut perhaps more: nothing waits for the disk here).
    /// Nothing is kept of a project open for reading only.
    pub fn save_draft(&self, state: &Value, at: jiff::Timestamp) -> Result<(), Failure> {
        if self.read_only.is_some() {
            return Ok(());
        }
        let op = history::head(self.reader.conn())?.map_or(0, |(op, _)| op);
        let draft = UnfinishedDrawing {
            op,
            at,
            state: state.clone(),
        };
        let text = serde_json::to_vec(&draft).map_err(|e| {
            Failure::new(
                "INTERNAL",
                msg!("Không ghi được bản vẽ dở: {e}", "The drawing cannot be kept: {e}"),
            )
        })?;
        let (path, part) = (self.draft_file(), with_suffix(self.path(), ".drawing.part"));
        let kept = fs::write(&part, text).and_then(|()| fs::rename(&part, &path));
        kept.map_err(|e| io_failure(&e, &path, WRITING))
    }

    /// The drawing kept by the run before, to be offered on start. One that cannot be read is none.
    pub fn load_draft(&self) -> Option<UnfinishedDrawing> {
        let path = self.draft_file();
        if fs::metadata(&path).ok()?.len() > MOST_BYTES {
            return None;
        }
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// The drawing is done with, or given up.
    pub fn clear_draft(&self) {
        let _ = fs::remove_file(self.draft_file());
    }

    fn draft_file(&self) -> PathBuf {
        with_suffix(self.path(), ".drawing")
    }

    /// Keeps forms that are filled in and not yet saved, as a drawing is kept; sealed as personal values are.
    pub fn save_form(&self, state: &Value, at: jiff::Timestamp) -> Result<(), Failure> {
        if self.read_only.is_some() {
            return Ok(());
        }
        let op = history::head(self.reader.conn())?.map_or(0, |(op, _)| op);
        let state = state.clone();
        let text = serde_json::to_string(&UnfinishedDrawing { op, at, state });
        let sealed = personal::seal(text.ok().as_deref()).unwrap_or_default();
        let (path, part) = (self.form_file(), with_suffix(self.path(), ".form.part"));
        let kept = fs::write(&part, sealed).and_then(|()| fs::rename(&part, &path));
        kept.map_err(|e| io_failure(&e, &path, WRITING))
    }

    /// The forms kept by the run before. What cannot be read is nothing.
    pub fn load_form(&self) -> Option<UnfinishedDrawing> {
        let path = self.form_file();
        if fs::metadata(&path).ok()?.len() > MOST_BYTES {
            return None;
        }
        let text = personal::open(Some(&fs::read(path).ok()?)).ok()??;
        serde_json::from_str(&text).ok()
    }

    /// The forms are saved, or given up.
    pub fn clear_form(&self) {
        let _ = fs::remove_file(self.form_file());
    }

    fn form_file(&self) -> PathBuf {
        with_suffix(self.path(), ".form")
    }

    /// Safe mode: the operations the program died in twice. They are refused (`CRASHED_TWICE`) until
    /// [`Project::try_again`]; everything else goes on.
    pub fn crashed_twice(&self) -> Vec<Crash> {
        self.watch.iter().flat_map(|w| w.refused().cloned()).collect()
    }

    /// Lets the operations of [`Project::crashed_twice`] be tried again.
    pub fn try_again(&mut self) {
        if let Some(watch) = &mut self.watch {
            watch.forget();
        }
    }
}

mod rfc3339 {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(at: &jiff::Timestamp, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(at)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<jiff::Timestamp, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

pub(super) fn crashed(crash: &Crash, file: &std::path::Path) -> Failure {
    let (Crash { count, .. }, label) = (crash, crash.label());
    let (vi, en) = (label.vi, label.en);
    let list = with_suffix(file, ".crashes");
    let list = list.file_name().unwrap_or_default().to_string_lossy();
    Failure::new(
        "CRASHED_TWICE",
        msg!(
            "Chương trình đã dừng đột ngột {count} lần khi làm việc này ({vi}); không thử lại. Dữ liệu vẫn nguyên như trước.",
            "The program died {count} times doing this ({en}); it is not tried again. The data are as before."
        ),
    )
    .remedy(msg!(
        "Hãy làm theo cách khác và báo cho người hỗ trợ. Muốn thử lại, hãy xóa tệp {list}.",
        "Do it in another way and report it. To try again, delete the file {list}."
    ))
}
