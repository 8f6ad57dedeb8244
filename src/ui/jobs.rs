//! Long work on named threads: the window starts it, shows its progress, may cancel it, and gets its
//! result back in [`super::app::App`]'s logic. No frame ever waits for a job.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, TryRecvError, bounded};

use super::app::App;
use crate::domain::Failure;
use crate::job::Progress;
use crate::text::{Msg, Text};

/// What happens in the window when a job is over.
type Then = Box<dyn FnOnce(&mut App) + Send>;

/// A running job.
pub struct Job {
    pub id: u64,
    pub name: Msg,
    pub progress: Progress,
    /// It writes the project: no other change until it is over.
    pub writes: bool,
    /// Not in the list and not worth a line afterwards, e.g. a file dialog.
    quiet: bool,
    started: Instant,
    over: Receiver<(Option<Failure>, Then)>,
}

/// A job that is over, for the list.
pub struct Past {
    pub name: Msg,
    pub took: Duration,
    pub failure: Option<Failure>,
}

/// How to start a job.
pub struct Start {
    pub name: Msg,
    pub writes: bool,
    pub quiet: bool,
}

#[derive(Default)]
pub struct Jobs {
    pub running: Vec<Job>,
    /// Newest first, a few.
    pub past: Vec<Past>,
    next: u64,
}

const CRASHED: Text = Text::new(
    "Công việc dừng vì một lỗi trong chương trình. Dữ liệu không bị thay đổi dở dang.",
    "The job stopped because of a fault in the program. No half change was left in the data.",
);
const NO_THREAD: Text = Text::new(
    "Máy không còn đủ tài nguyên để chạy công việc này.",
    "The PC has no resources left to run this job.",
);

impl Jobs {
    /// Runs `work` on its own thread; `then` gets its result in the window's thread.
    pub fn start<T: Send + 'static>(
        &mut self,
        ctx: &egui::Context,
        start: Start,
        work: impl FnOnce(&Progress) -> Result<T, Failure> + Send + 'static,
        then: impl FnOnce(&mut App, Result<T, Failure>) + Send + 'static,
    ) {
        let wake = ctx.clone();
        let progress = Progress::new(move || wake.request_repaint_after(Duration::from_millis(50)));
        let (send, over) = bounded(1);
        let (inner, done) = (progress.clone(), ctx.clone());
        let run = move || {
            let result = catch_unwind(AssertUnwindSafe(|| work(&inner)))
                .unwrap_or_else(|_| Err(Failure::new("INTERNAL", CRASHED)));
            let failure = result.as_ref().err().cloned();
            let then: Then = Box::new(move |app| then(app, result));
            // The window may be gone; then nobody waits for the result.
            let _gone = send.send((failure, then));
            done.request_repaint();
        };
        self.next += 1;
        let name = start.name.clone();
        let spawned = std::thread::Builder::new()
            .name(format!("job {}", start.name.en))
            .spawn(run);
        let job = Job {
            id: self.next,
            name: start.name,
            progress,
            writes: start.writes,
            quiet: start.quiet,
            started: Instant::now(),
            over,
        };
        match spawned {
            Ok(_) => self.running.push(job),
            Err(_) => self.remember(Past {
                name,
                took: Duration::ZERO,
                failure: Some(Failure::new("NO_THREAD", NO_THREAD)),
            }),
        }
    }

    /// Takes the jobs that are over; the caller runs what each left to do.
    pub fn finished(&mut self) -> Vec<Then> {
        let mut thens = Vec::new();
        let mut past = Vec::new();
        self.running.retain(|job| match job.over.try_recv() {
            Ok((failure, then)) => {
                thens.push(then);
                if !job.quiet {
                    past.push(Past {
                        name: job.name.clone(),
                        took: job.started.elapsed(),
                        failure,
                    });
                }
                false
            }
            Err(TryRecvError::Empty) => true,
            Err(TryRecvError::Disconnected) => {
                let failure = Some(Failure::new("INTERNAL", CRASHED));
                past.push(Past {
                    name: job.name.clone(),
                    took: job.started.elapsed(),
                    failure,
                });
                false
            }
        });
        past.into_iter().for_each(|p| self.remember(p));
        thens
    }

    fn remember(&mut self, past: Past) {
        self.past.insert(0, past);
        self.past.truncate(50);
    }

    /// Whether a job is writing the project.
    pub fn writing(&self) -> bool {
        self.running.iter().any(|j| j.writes)
    }

    /// The jobs to show.
    pub fn shown(&self) -> impl Iterator<Item = &Job> {
        self.running.iter().filter(|j| !j.quiet)
    }

    pub fn cancel_all(&self) {
        self.running.iter().for_each(|j| j.progress.cancel());
    }
}
