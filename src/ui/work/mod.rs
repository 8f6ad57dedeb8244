//! Long work started from the window: each is one call of the library on a job's thread, and what the
//! window does when it is over.

mod boundaries;
pub(super) mod checking;
mod exporting;
mod importing;
mod opening;
mod survey;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::app::App;
use super::dialog::boundaries::BoundaryJob;
use super::dialog::points::PointsJob;
use super::jobs::Start;
use crate::domain::{BoundaryDraft, Failure, Finding, PointDraft};
use crate::export::package::Package;
use crate::formats::write::OutputFormat;
use crate::import::{Drafted, Inspection, Plan};
use crate::job::Progress;
use crate::project::{Effects, NewProject, News, Writer};
use crate::text::Msg;
use crate::verify::Report;

/// What a dialog has gathered.
#[derive(Debug)]
pub enum Work {
    Create {
        path: PathBuf,
        new: NewProject,
    },
    /// The first look at files to be imported.
    Inspect(Vec<PathBuf>),
    /// Reads them all.
    Draft(Arc<Inspection>, Box<Plan>),
    /// Writes what was read.
    Commit(Arc<Drafted>),
    /// Reads a file of survey points for the preview.
    Points(PointsJob),
    /// Reads boundaries of communes or sheets for the preview.
    Boundaries(BoundaryJob),
    /// Writes the boundaries that were read.
    CommitBoundaries(Arc<BoundaryDraft>),
    /// Reads a file to be laid over the map.
    Reference(super::dialog::reference::ReferenceJob),
    /// Writes the survey points that were read.
    CommitPoints(Arc<PointDraft>),
    /// Checks everything, writes sync packages, verifies them.
    Package(PackageJob),
    /// Writes the parcels for another program.
    File {
        path: PathBuf,
        format: OutputFormat,
        overwrite: bool,
        wgs84: bool,
    },
    /// Writes the quality report for Excel.
    Report(PathBuf),
    /// Verifies a package.
    Verify(PathBuf),
    /// Says what a batch of fixes would do.
    TryFixes(crate::fix::Request),
    /// Enters it.
    EnterFixes(Arc<crate::fix::Batch>),
}

/// Which sync packages to write, and where.
#[derive(Debug)]
pub struct PackageJob {
    pub dir: PathBuf,
    /// Codes.
    pub communes: Vec<String>,
    pub allow_findings: bool,
}

/// What came of it.
pub enum Packaged {
    /// Each package with the verdict of its rehearsal.
    Written(Vec<(Package, Report)>),
    /// Nothing was written: these forbid sending.
    Blocked(Vec<Finding>),
}

/// A job that only reads.
fn reads(name: impl Into<Msg>) -> Start {
    Start {
        name: name.into(),
        writes: false,
        quiet: false,
    }
}

impl App {
    pub(super) fn work(&mut self, work: Work) {
        match work {
            Work::Create { path, new } => self.create(path, new),
            Work::Inspect(paths) => self.inspect(paths),
            Work::Draft(inspection, plan) => self.draft(inspection, *plan),
            Work::Commit(drafted) => self.commit(drafted),
            Work::Points(job) => self.points(job),
            Work::Boundaries(job) => self.boundaries(job),
            Work::CommitBoundaries(draft) => self.commit_boundaries(draft),
            Work::Reference(job) => self.read_reference(job),
            Work::CommitPoints(draft) => self.commit_points(draft),
            Work::Package(job) => self.package(job),
            Work::File {
                path,
                format,
                overwrite,
                wgs84,
            } => self.file(path, format, overwrite, wgs84),
            Work::Report(path) => self.report(path),
            Work::Verify(path) => self.verify(path),
            Work::TryFixes(request) => self.try_fixes(request),
            Work::EnterFixes(batch) => self.enter_fixes(batch),
        }
    }

    /// The writer goes to the job and comes back with the news; meanwhile the window reads on. `then` gets what the job's
    /// operations did and what came of it.
    pub(super) fn write<T: Send + 'static>(
        &mut self,
        name: impl Into<Msg>,
        work: impl FnOnce(&mut Writer, &Progress) -> Result<T, Failure> + Send + 'static,
        then: impl FnOnce(&mut Self, Vec<Effects>, Result<T, Failure>) + Send + 'static,
    ) {
        let Some(session) = &mut self.session else { return };
        let lookout = session.project.lookout();
        let mut writer = match session.project.detach_writer() {
            Ok(writer) => writer,
            Err(failure) => return self.fail(&failure),
        };
        let start = Start {
            name: name.into(),
            writes: true,
            quiet: false,
        };
        self.jobs.start(
            &self.ctx.clone(),
            start,
            move |progress| {
                let done = work(&mut writer, progress);
                // Not to be cancelled any more: it is written.
                let news = lookout.news(&Progress::none())?;
                match done {
                    Ok(done) => Ok((writer, news, Ok(done))),
                    Err(failure) => Ok((writer, news, Err(failure))),
                }
            },
            |app, result| match result {
                Ok((writer, news, done)) => app.wrote(writer, news, done, then),
                // The writer is lost with the job: the file is opened anew.
                Err(failure) => {
                    app.reopen();
                    app.fail(&failure);
                }
            },
        );
    }

    fn wrote<T>(
        &mut self,
        writer: Writer,
        news: News,
        done: Result<T, Failure>,
        then: impl FnOnce(&mut Self, Vec<Effects>, Result<T, Failure>),
    ) {
        let Some(session) = &mut self.session else { return };
        match session.project.attach(writer, news) {
            Ok(effects) => {
                self.changed(!effects.is_empty());
                then(self, effects, done);
            }
            Err(failure) => self.fail(&failure),
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_else(|| path.display().to_string())
}
