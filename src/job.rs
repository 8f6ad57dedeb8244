//! Long work: progress, cancelling, named threads. Knows neither egui nor SQL.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::domain::Failure;
use crate::text::{Msg, Text};

/// Shared between a job and whoever watches it. Cheap to clone.
#[derive(Clone)]
pub struct Progress(Arc<Shared>);

struct Shared {
    done: AtomicU64,
    total: AtomicU64,
    cancel: AtomicBool,
    stage: Mutex<(Text, Instant)>,
    wake: Box<dyn Fn() + Send + Sync>,
}

/// A look at a running job.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub stage: Text,
    pub done: u64,
    /// 0 when unknown.
    pub total: u64,
    /// Since the stage began.
    pub elapsed: Duration,
}

impl Snapshot {
    /// Units per second in this stage.
    pub fn rate(&self) -> f64 {
        self.done as f64 / self.elapsed.as_secs_f64().max(1e-3)
    }

    /// Time left at the present rate, once there is one.
    pub fn left(&self) -> Option<Duration> {
        (self.done > 0 && self.total >= self.done)
            .then(|| Duration::from_secs_f64((self.total - self.done) as f64 / self.rate()))
    }
}

const STARTING: Text = Text::new("Đang chuẩn bị", "Starting");
const CANCELLED: Text = Text::new("Đã hủy; không có gì thay đổi.", "Cancelled; nothing was changed.");

impl Progress {
    /// `wake` is called after each step: the window asks for a repaint, the command line redraws its line.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(Shared {
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            cancel: AtomicBool::new(false),
            stage: Mutex::new((STARTING, Instant::now())),
            wake: Box::new(wake),
        }))
    }

    /// For callers who do not watch.
    pub fn none() -> Self {
        Self::new(|| ())
    }

    /// Begins a stage of `total` units (0 = unknown).
    pub fn stage(&self, stage: Text, total: u64) -> Result<(), Failure> {
        *self.lock() = (stage, Instant::now());
        self.0.done.store(0, Relaxed);
        self.0.total.store(total, Relaxed);
        self.step(0)
    }

    /// Reports `n` more units done; call once a chunk, not once a row. Fails when cancelled.
    pub fn step(&self, n: u64) -> Result<(), Failure> {
        self.0.done.fetch_add(n, Relaxed);
        (self.0.wake)();
        if self.0.cancel.load(Relaxed) {
            return Err(Failure::new("CANCELLED", Msg::from(CANCELLED)));
        }
        Ok(())
    }

    pub fn cancel(&self) {
        self.0.cancel.store(true, Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.cancel.load(Relaxed)
    }

    pub fn snapshot(&self) -> Snapshot {
        let (stage, since) = *self.lock();
        Snapshot {
            stage,
            done: self.0.done.load(Relaxed),
            total: self.0.total.load(Relaxed),
            elapsed: since.elapsed(),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (Text, Instant)> {
        self.0.stage.lock().unwrap_or_else(|e| e.into_inner())
    }
}
