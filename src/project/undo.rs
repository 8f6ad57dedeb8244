//! Undo, redo and going back to a point of the history. Each operation taken back is a new one.

use std::path::PathBuf;
use std::sync::Arc;

use super::change::{FINAL, refresh};
use super::{Mode, Project, Writer};
use crate::domain::{Act, Failure};
use crate::edit::{EditError, Effects, MOST_DETAILS};
use crate::job::Progress;
use crate::msg;
use crate::store::history::{self, LogFilter, OperationSummary};
use crate::store::{Reader, TakeBack, facts, revert, rows, touched};
use crate::text::Msg;
use crate::topology::Coverage;

/// Which operation to take back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// The newest in force.
    Last,
    /// This one alone: refused when a later one builds on it.
    Op(i64),
    /// So many of the newest in force, or as many as there are.
    Steps(u32),
}

/// A move through the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Undo(Undo),
    /// Takes the newest undo back.
    Redo,
    /// Undoes or redoes, one after the other, until this operation is the newest in force.
    To(i64),
}

/// From so many rows on, about a tenth of a second's work, taking back belongs on a thread of its own.
const LONG: u64 = 3000;

/// An operation by itself, flushed to the disk, takes as long as so many rows.
const STEP: u64 = 100;

/// What was taken back, and why not everything.
#[derive(Debug)]
pub struct Turned {
    /// One for each operation taken back.
    pub effects: Vec<Effects>,
    /// The operation after them changed nothing.
    pub stopped: Option<Failure>,
}

impl Project {
    /// Takes an operation back by a new one. Refused, naming them, when later ones build on it.
    pub fn undo(&mut self, which: Undo, act: &Act) -> Result<Effects, EditError> {
        self.turn_one(Turn::Undo(which), act)
    }

    /// Takes the newest undo back.
    pub fn redo(&mut self, act: &Act) -> Result<Effects, EditError> {
        self.turn_one(Turn::Redo, act)
    }

    fn turn_one(&mut self, turn: Turn, act: &Act) -> Result<Effects, EditError> {
        let steps = self.steps(turn)?;
        let Turned { mut effects, stopped } = self.take_back(&steps, act, &Progress::none())?;
        match (effects.pop(), stopped) {
            (Some(effects), None) => Ok(effects),
            (_, failure) => Err(failure.unwrap_or_else(nothing_to_undo).into()),
        }
    }

    /// What a move takes back, in this order; never nothing.
    pub fn steps(&self, turn: Turn) -> Result<Vec<TakeBack>, Failure> {
        let targets = match turn {
            Turn::Undo(Undo::Op(op)) => vec![op],
            Turn::Undo(Undo::Last) => self.newest(1)?,
            Turn::Undo(Undo::Steps(n)) => self.newest(n as usize)?,
            Turn::Redo => vec![*self.stacks.redo.last().ok_or_else(nothing_to_redo)?],
            Turn::To(op) => self.way_to(op)?,
        };
        targets.into_iter().map(|target| self.step(target)).collect()
    }

    fn newest(&self, n: usize) -> Result<Vec<i64>, Failure> {
        let newest: Vec<i64> = self.stacks.undo.iter().rev().take(n).copied().collect();
        if newest.is_empty() && n > 0 {
            return Err(nothing_to_undo());
        }
        Ok(newest)
    }

    /// Whether there is a way to this operation, by undo or redo, and it is not the newest already.
    pub fn leads_to(&self, op: &OperationSummary) -> bool {
        let way = match op.kind.as_str() {
            "new" => Some(self.stacks.undo.clone()),
            _ => self.stacks.way_to(op.op),
        };
        way.is_some_and(|w| !w.is_empty())
    }

    /// The newest operation in force.
    pub fn stands_at(&self) -> Option<i64> {
        self.stacks.undo.last().copied()
    }

    fn way_to(&self, op: i64) -> Result<Vec<i64>, Failure> {
        let kind = history::operation(self.reader.conn(), op)?.kind;
        let way = match kind.as_str() {
            "new" => Some(self.stacks.undo.iter().rev().copied().collect()),
            _ => self.stacks.way_to(op),
        };
        way.filter(|w| !w.is_empty()).ok_or_else(|| no_way(op))
    }

    fn step(&self, target: i64) -> Result<TakeBack, Failure> {
        let mut of = history::operation(self.reader.conn(), target)?;
        if of.kind == "redo" {
            // It put an act in force again; that act is what is taken back.
            of = self.root(target)?;
        }
        let target = of.op;
        if let Some(by) = of.undone_by {
            return Err(already_undone(target, by));
        }
        if of.kind == "new" {
            return Err(not_undoable(target));
        }
        if FINAL.contains(&of.kind.as_str()) {
            return Err(is_final(target, &of.label));
        }
        let operating = self.mode()? == Mode::Operating;
        if operating && target < history::newest_of(self.reader.conn(), "mode")? {
            return Err(is_final(target, &of.label));
        }
        let (kind, label) = match of.undoes {
            None => ("undo", prefixed("Hoàn tác", "Undo", &of.label)),
            Some(root) => ("redo", prefixed("Làm lại", "Redo", &self.root(root)?.label)),
        };
        Ok(TakeBack { target, kind, label })
    }

    /// The act at the start of a chain of undo and redo.
    fn root(&self, op: i64) -> Result<OperationSummary, Failure> {
        let mut of = history::operation(self.reader.conn(), op)?;
        while let Some(earlier) = of.undoes {
            of = history::operation(self.reader.conn(), earlier)?;
        }
        Ok(of)
    }

    /// Whether these steps take long enough to belong on a thread of their own: [`Project::detach_writer`] and
    /// [`Project::lookout`], [`take_back`] and [`Lookout::news`] there, [`Project::attach`].
    pub fn is_long(&self, steps: &[TakeBack]) -> Result<bool, Failure> {
        let mut rows = 0;
        for step in steps {
            rows += STEP + revert::weight(self.reader.conn(), step.target, LONG)?;
        }
        Ok(rows >= LONG)
    }

    /// Takes these back on this thread.
    pub fn take_back(
        &mut self,
        steps: &[TakeBack],
        act: &Act,
        progress: &Progress,
    ) -> Result<Turned, Failure> {
        let mut writer = self.detach_writer()?;
        let stopped = take_back(&mut writer, steps, act, progress).err();
        let effects = self.attach_writer(writer)?;
        Ok(Turned { effects, stopped })
    }

    /// As [`Project::take_back`], for who does only this: the map is let go before, instead of brought up to date after.
    pub fn take_back_and_close(
        mut self,
        steps: &[TakeBack],
        act: &Act,
        progress: &Progress,
    ) -> Result<Turned, Failure> {
        let mut writer = self.detach_writer()?;
        let (path, seen) = (self.path().to_owned(), self.stacks.newest);
        drop(self);
        let stopped = take_back(&mut writer, steps, act, progress).err();
        let (_, effects) = effects_since(&Reader::open(&path)?, seen)?;
        writer.checkpoint()?;
        Ok(Turned { effects, stopped })
    }

    /// What a thread with the lent writer needs to read the news for this project.
    pub fn lookout(&self) -> Lookout {
        Lookout {
            path: self.path().to_owned(),
            seen: self.stacks.newest,
            coverage: self.coverage.clone(),
        }
    }

    /// Takes the writer back and reads what it did meanwhile. One `Effects` for each operation.
    pub fn attach_writer(&mut self, writer: Writer) -> Result<Vec<Effects>, Failure> {
        let news = self.lookout().read(&self.reader, &Progress::none());
        self.writer = Some(writer);
        self.learn(news?)
    }

    /// The same with the news read already, at once.
    pub fn attach(&mut self, writer: Writer, news: News) -> Result<Vec<Effects>, Failure> {
        if news.seen != self.stacks.newest || news.revision != self.coverage.revision() {
            return self.attach_writer(writer);
        }
        self.writer = Some(writer);
        self.learn(news)
    }

    fn learn(&mut self, news: News) -> Result<Vec<Effects>, Failure> {
        for op in &news.log {
            self.stacks.push(op.op, op.undoes, &op.kind);
        }
        let mut effects = news.effects;
        // Of several operations the map tells only the sum.
        if let [only] = effects.as_mut_slice() {
            let told = only.fids.iter().take(MOST_DETAILS);
            let pairs: Vec<_> = told
                .map(|f| (self.coverage.get_shared(*f), news.coverage.get_shared(*f)))
                .collect();
            only.detail(&pairs);
        }
        let revision = self.coverage.revision();
        self.coverage = news.coverage;
        self.follow(&effects);
        self.follow_findings(&effects, revision)?;
        Ok(effects)
    }
}

/// Each step is one operation; the first that fails ends it and leaves those before it done.
pub fn take_back(
    writer: &mut Writer,
    steps: &[TakeBack],
    act: &Act,
    progress: &Progress,
) -> Result<(), Failure> {
    for step in steps {
        writer.take_back(step, act, progress)?;
    }
    Ok(())
}

/// From where a project's news are read.
pub struct Lookout {
    path: PathBuf,
    seen: i64,
    coverage: Arc<Coverage>,
}

/// What happened to a file: its operations, what each did, and the map after them.
pub struct News {
    seen: i64,
    revision: u64,
    log: Vec<OperationSummary>,
    effects: Vec<Effects>,
    coverage: Arc<Coverage>,
}

impl Lookout {
    /// On any thread.
    pub fn news(self, progress: &Progress) -> Result<News, Failure> {
        let reader = Reader::open(&self.path)?;
        self.read(&reader, progress)
    }

    fn read(self, reader: &Reader, progress: &Progress) -> Result<News, Failure> {
        let (log, mut effects) = effects_since(reader, self.seen)?;
        let mut fids: Vec<i64> = effects.iter().flat_map(|e| e.fids.iter().copied()).collect();
        fids.sort_unstable();
        fids.dedup();
        let revision = self.coverage.revision();
        let before = self.coverage.clone();
        let mut coverage = self.coverage;
        if fids.len() > coverage.len() / 4 + 1000 {
            let all = rows::load(&self.path, progress)?;
            let territory = coverage.territory().clone();
            coverage = Arc::new(Coverage::build(all).after(&coverage).on(territory));
        } else {
            refresh(&mut coverage, rows::parcels(reader.conn(), &fids)?, &fids);
        }
        // What several operations did in between is no longer there to be seen.
        if let [one] = effects.as_mut_slice() {
            let fids = one.fids.iter().take(MOST_DETAILS);
            let pairs: Vec<_> = fids
                .map(|f| (before.get_shared(*f), coverage.get_shared(*f)))
                .collect();
            one.detail(&pairs);
        }
        Ok(News {
            seen: self.seen,
            revision,
            log,
            effects,
            coverage,
        })
    }
}

/// The operations after `seen` and what each did.
fn effects_since(reader: &Reader, seen: i64) -> Result<(Vec<OperationSummary>, Vec<Effects>), Failure> {
    let since = LogFilter {
        since: Some(seen),
        ..LogFilter::default()
    };
    let (log, mut effects) = (history::log(reader.conn(), &since)?, Vec::new());
    for op in &log {
        let touched = touched::touched(reader.conn(), op.op, 0)?;
        let (records, about) = (
            touched::records(reader.conn(), op.op, 0)?,
            facts::about(reader.conn(), op.op, 0)?,
        );
        effects.push(Effects::of(op.op, op.label.clone(), &touched).with_records(records, about));
    }
    Ok((log, effects))
}

fn prefixed(vi: &str, en: &str, label: &Msg) -> Msg {
    Msg::new(format!("{vi}: {}", label.vi), format!("{en}: {}", label.en))
}

pub fn nothing_to_undo() -> Failure {
    Failure::new(
        "NOTHING_TO_UNDO",
        msg!("Không có thao tác nào để hoàn tác.", "There is nothing to undo."),
    )
}

fn nothing_to_redo() -> Failure {
    Failure::new(
        "NOTHING_TO_REDO",
        msg!("Không có thao tác nào để làm lại.", "There is nothing to redo."),
    )
}

fn no_way(op: i64) -> Failure {
    Failure::new(
        "NO_WAY_BACK",
        msg!(
            "Không có đường hoàn tác hay làm lại nào dẫn đến thao tác số {op}.",
            "Neither undo nor redo leads to operation {op}."
        ),
    )
}

fn already_undone(op: i64, by: i64) -> Failure {
    Failure::new(
        "ALREADY_UNDONE",
        msg!(
            "Thao tác số {op} đã được hoàn tác bởi thao tác số {by}.",
            "Operation {op} was undone already, by operation {by}."
        ),
    )
}

/// Approved, or from before the district went into operation.
fn is_final(op: i64, label: &Msg) -> Failure {
    let Msg { vi, en } = label;
    Failure::new(
        "FINAL",
        msg!(
            "Thao tác số {op} ({vi}) đã có hiệu lực trong cơ sở dữ liệu đang vận hành, không hoàn tác được.",
            "Operation {op} ({en}) is in force in a district in operation and cannot be undone."
        ),
    )
    .remedy(msg!(
        "Lập hồ sơ đính chính để thay đổi lại.",
        "Correct it with a dossier of its own."
    ))
}

fn not_undoable(op: i64) -> Failure {
    Failure::new(
        "NOT_UNDOABLE",
        msg!(
            "Thao tác số {op} tạo ra tệp này, không hoàn tác được.",
            "Operation {op} made this file and cannot be undone."
        ),
    )
}
