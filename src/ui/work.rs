//! Long work started from the window: each is one call of the library on a job's thread, and what the
//! window does when it is over.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Zoned;

use super::app::App;
use super::dialog::Dialog;
use super::dialog::points::{PointSource, PointsJob, PointsRead};
use super::jobs::Start;
use super::panel::bottom::Tab;
use super::session::Session;
use super::widgets::Tone;
use crate::domain::{Act, BBox, Failure, Finding, PointDraft, Severity, SurveyPoint};
use crate::export::package::{self, Package};
use crate::export::table;
use crate::formats::write::OutputFormat;
use crate::import::points::{self, PointContext, PointOptions, PointPlan};
use crate::import::{self, Drafted, Existing, Inspection, Options, Plan};
use crate::job::Progress;
use crate::msg;
use crate::project::{Checked, Committed, Effects, NewProject, News, Project, Writer};
use crate::sample;
use crate::text::{Lang, Msg, Text, format};
use crate::topology::Coverage;
use crate::validate;
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

const BUSY: Text = Text::new(
    "Hãy chờ công việc đang ghi dữ liệu xong, hoặc hủy nó.",
    "Wait for the job that is writing to finish, or cancel it.",
);
const INSPECT: Text = Text::new("Xem trước các tệp", "Look at the files");
const DRAFT: Text = Text::new("Đọc các tệp", "Read the files");
const COMMIT: Text = Text::new("Ghi dữ liệu đã nhập", "Commit the import");
const POINTS: Text = Text::new("Đọc điểm đo", "Read survey points");
const COMMIT_POINTS: Text = Text::new("Ghi điểm đo", "Commit survey points");
const VALIDATE: Text = Text::new("Kiểm tra dữ liệu", "Validate");
const RECHECK: Text = Text::new("Kiểm tra lại dữ liệu", "Check again");
const PACKAGE: Text = Text::new("Xuất gói đồng bộ", "Export sync packages");
const SAMPLE: Text = Text::new("Tạo dữ liệu mẫu", "Make the sample");
const SAMPLE_NAME: Text = Text::new("Huyện mẫu (tưởng tượng)", "Sample district (invented)");
const NO_FOLDER: Text = Text::new(
    "Không tìm được thư mục dữ liệu của tài khoản này.",
    "This account has no folder for data.",
);

/// Size of the sample district and its zone (see `sample`).
const SAMPLE_PARCELS: usize = 5_000;
const SAMPLE_SEED: u64 = 1;
const SAMPLE_DIRT: f64 = 0.02;
const SAMPLE_EPSG: u32 = 9210;

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
            Work::Reference(job) => self.read_reference(job),
            Work::CommitPoints(draft) => self.commit_points(draft),
            Work::Package(job) => self.package(job),
            Work::File {
                path,
                format,
                overwrite,
                wgs84,
            } => self.file(path, format, overwrite, wgs84),
            Work::Verify(path) => self.verify(path),
            Work::TryFixes(request) => self.try_fixes(request),
            Work::EnterFixes(batch) => self.enter_fixes(batch),
        }
    }

    /// Whether another project may take the place of this one; says why not.
    fn may_leave(&mut self) -> bool {
        let free = !self.jobs.writing();
        if !free {
            self.notices.say(&self.ctx, Tone::Warning, BUSY, None);
        }
        free
    }

    pub(super) fn open(&mut self, path: PathBuf) {
        if !self.may_leave() {
            return;
        }
        let act = self.act();
        let name = file_name(&path);
        // The file may be the one that is open: it is let go first.
        self.close_project();
        self.jobs.start(
            &self.ctx.clone(),
            reads(msg!("Mở {name}", "Open {name}")),
            move |progress| Project::open(&path, &act, progress),
            |app, result| app.opened(result),
        );
    }

    fn create(&mut self, path: PathBuf, new: NewProject) {
        if !self.may_leave() {
            return;
        }
        let act = self.act();
        let name = file_name(&path);
        self.jobs.start(
            &self.ctx.clone(),
            reads(msg!("Tạo {name}", "Create {name}")),
            move |_| Project::create(&path, &new, &act),
            |app, result| app.opened(result),
        );
    }

    fn opened(&mut self, result: Result<Project, Failure>) {
        match result {
            Ok(project) => {
                self.notices.clear();
                self.settings.remember(project.path());
                // Today's backup is made beside the window; one that fails is tried again tomorrow.
                let _beside = project.back_up_daily(&self.act(), Progress::none());
                self.session = Some(Session::new(project, &self.settings));
                self.open_references();
                self.recheck();
            }
            Err(failure) => self.fail(&failure),
        }
    }

    pub(super) fn close_project(&mut self) {
        if self.may_leave() {
            self.session = None;
            self.notices.clear();
        }
    }

    // ------------------------------------------------------------------ sample

    pub(super) fn open_sample(&mut self) {
        if !self.may_leave() {
            return;
        }
        let Some(folder) = self.sample_folder() else {
            return self.fail(&Failure::new("NO_FOLDER", NO_FOLDER));
        };
        let file = folder.join("huyen-mau.gpkg");
        if file.exists() {
            return self.open(file);
        }
        let act = self.act();
        self.close_project();
        self.jobs.start(
            &self.ctx.clone(),
            reads(SAMPLE),
            move |progress| make_sample(&folder, &file, &act, progress),
            |app, result| app.opened(result),
        );
    }

    fn sample_folder(&self) -> Option<PathBuf> {
        let of_account = || {
            Some(
                directories::ProjectDirs::from("vn", "", "diachinh")?
                    .data_local_dir()
                    .join("mau"),
            )
        };
        self.setup.sample.clone().or_else(of_account)
    }

    // ------------------------------------------------------------------ import

    fn inspect(&mut self, paths: Vec<PathBuf>) {
        self.jobs.start(
            &self.ctx.clone(),
            reads(INSPECT),
            move |progress| import::inspect(&paths, progress),
            |app, result| match &mut app.dialog {
                Some(Dialog::Import(wizard)) => wizard.inspected(result),
                _ => result.err().iter().for_each(|f| app.fail(f)),
            },
        );
    }

    fn draft(&mut self, inspection: Arc<Inspection>, plan: Plan) {
        let Some(session) = &self.session else { return };
        let coverage = session.project.coverage().clone();
        let sources = match session.project.source_hashes() {
            Ok(sources) => sources,
            Err(failure) => return self.fail(&failure),
        };
        self.jobs.start(
            &self.ctx.clone(),
            reads(DRAFT),
            move |progress| import::draft(&inspection, &plan, &Existing::of(&coverage, sources), progress),
            |app, result| match &mut app.dialog {
                Some(Dialog::Import(wizard)) => wizard.drafted(result),
                _ => result.err().iter().for_each(|f| app.fail(f)),
            },
        );
    }

    fn commit(&mut self, drafted: Arc<Drafted>) {
        let act = self.act();
        self.write(
            COMMIT,
            move |writer, progress| Ok(writer.import(&drafted.draft, &act, progress)?),
            |app, _, result| app.committed(result),
        );
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

    /// Reads by the plan; what came of it goes to the dialog.
    fn points(&mut self, job: PointsJob) {
        let Some(session) = &self.session else { return };
        let epsg = session.project.epsg() as u32;
        let (survey, extent) = (
            session.project.survey().clone(),
            session.project.coverage().bbox(),
        );
        self.jobs.start(
            &self.ctx.clone(),
            Start {
                quiet: true,
                ..reads(POINTS)
            },
            move |_| read_points(job, epsg, &survey.points, extent),
            |app, result| match &mut app.dialog {
                Some(Dialog::Points(dialog)) => dialog.read(result),
                _ => result.err().iter().for_each(|f| app.fail(f)),
            },
        );
    }

    /// As [`App::commit`], for survey points.
    fn commit_points(&mut self, draft: Arc<PointDraft>) {
        let act = self.act();
        let Some(session) = &mut self.session else { return };
        let writer = match session.project.detach_writer() {
            Ok(writer) => writer,
            Err(failure) => return self.fail(&failure),
        };
        let start = Start {
            writes: true,
            ..reads(COMMIT_POINTS)
        };
        let bbox = BBox::of(draft.points.iter().map(|p| p.at));
        self.jobs.start(
            &self.ctx.clone(),
            start,
            move |_| {
                let mut writer = writer;
                let done = writer.import_points(&draft, &act).map_err(Failure::from);
                Ok((writer, done))
            },
            move |app, result| match result {
                Ok((writer, done)) => app.points_committed(writer, done, bbox),
                Err(failure) => {
                    app.reopen();
                    app.fail(&failure);
                }
            },
        );
    }

    fn points_committed(&mut self, writer: Writer, done: Result<i64, Failure>, bbox: BBox) {
        let Some(session) = &mut self.session else { return };
        let attached = session.project.attach_writer(writer);
        if done.is_ok() && !bbox.is_empty() {
            session.views.map.show(bbox);
        }
        session.views.bottom.tab = Tab::Survey;
        self.settings.bottom_open = true;
        self.changed(done.is_ok());
        match (attached, done) {
            (Ok(effects), Ok(_)) => {
                if let Some(e) = effects.last() {
                    self.notices.say(&self.ctx, Tone::Ok, e.label.clone(), None);
                }
            }
            (Err(failure), _) | (_, Err(failure)) => self.fail(&failure),
        }
    }

    fn reopen(&mut self) {
        if let Some(path) = self.session.as_ref().map(|s| s.project.path().to_owned()) {
            self.open(path);
        }
    }

    fn committed(&mut self, done: Result<Committed, Failure>) {
        let Some(session) = &mut self.session else { return };
        session.views.map.fit();
        match done {
            Ok(done) => {
                self.notices.say(&self.ctx, Tone::Ok, imported(&done), None);
                self.validate();
            }
            Err(failure) => self.fail(&failure),
        }
    }
}

/// Reads a file of survey points: the whole work of the preview.
fn read_points(
    job: PointsJob,
    epsg: u32,
    existing: &[SurveyPoint],
    extent: Option<BBox>,
) -> Result<PointsRead, Failure> {
    let (file, plan) = match job.source {
        PointSource::Read(file, plan) => (file, plan),
        PointSource::Path(path) => {
            let file = points::open(&path, job.encoding)?;
            let plan = PointPlan::propose(&file, &PointOptions::default())?;
            (Arc::new(file), plan)
        }
    };
    let context = PointContext {
        project_epsg: epsg,
        from_epsg: job.from_epsg,
        extent,
        survey: job.survey,
        surveyed_on: job.surveyed_on,
        accuracy: job.accuracy,
        existing,
    };
    let draft = points::draft(&[(&*file, &plan)], &context);
    let draft = draft.and_then(|(draft, reports)| {
        let report = reports
            .into_iter()
            .next()
            .ok_or_else(|| Failure::new("INTERNAL", POINTS))?;
        Ok((Arc::new(draft), report))
    });
    Ok(PointsRead {
        serial: job.serial,
        file,
        plan,
        draft,
    })
}

/// "Đã nhập 4.912 thửa, cập nhật 12, để riêng 3".
fn imported(done: &Committed) -> Msg {
    let n = |n: u64, lang| format::count(n, lang);
    let resolved = |lang: Lang| match (done.resolved, lang) {
        (0, _) => String::new(),
        (m, Lang::Vi) => format!("; {} bản ghi cách ly trước đây đã vào bản đồ", n(m, lang)),
        (m, Lang::En) => format!("; {} records quarantined before are in the map now", n(m, lang)),
    };
    let say = |lang: Lang| {
        let (new, updated) = (n(done.inserted, lang), n(done.updated.len() as u64, lang));
        let aside = n(done.quarantined, lang);
        match lang {
            Lang::Vi => format!(
                "Đã nhập {new} thửa, cập nhật {updated}, để riêng {aside}{}",
                resolved(lang)
            ),
            Lang::En => format!(
                "Imported {new} parcels, updated {updated}, set aside {aside}{}",
                resolved(lang)
            ),
        }
    };
    Msg::new(say(Lang::Vi), say(Lang::En))
}

/// The invented district as a file of its own: made, imported, opened.
fn make_sample(folder: &Path, file: &Path, act: &Act, progress: &Progress) -> Result<Project, Failure> {
    let dir = folder.join("tep-nguon");
    let options = sample::Options {
        dir,
        parcels: SAMPLE_PARCELS,
        seed: SAMPLE_SEED,
        dirty: Some(SAMPLE_DIRT),
    };
    let written = sample::generate(&options, progress)?;
    let shapes = written
        .files
        .iter()
        .filter(|f| f.extension().is_some_and(|e| e == "shp"));
    let inspection = import::inspect(&shapes.cloned().collect::<Vec<_>>(), progress)?;
    // Some of its files declare a wrong system on purpose; here the right one is known.
    let options = Options {
        project_epsg: SAMPLE_EPSG,
        crs: Some(SAMPLE_EPSG),
        ..Options::default()
    };
    let plan = Plan::propose(&inspection, &options)?;
    let drafted = import::draft(&inspection, &plan, &Existing::default(), progress)?;
    let communes = written
        .communes
        .iter()
        .map(|(code, name, _)| (code.clone(), name.clone()))
        .collect();
    let new = NewProject {
        epsg: SAMPLE_EPSG as i32,
        name: SAMPLE_NAME.vi.into(),
        communes,
    };
    // Made under another name, so that a cancelled job leaves no half district.
    let part = file.with_extension("part.gpkg");
    let _absent = std::fs::remove_file(&part);
    let mut project = Project::create(&part, &new, act)?;
    project.import(&drafted.draft, act, progress)?;
    project.close()?;
    std::fs::rename(&part, file).map_err(|e| {
        Failure::new(
            "FILE_WRITE",
            msg!("Không ghi được tệp: {e}.", "The file cannot be written: {e}."),
        )
        .file(file)
    })?;
    Project::open(file, act, progress)
}

impl App {
    /// Runs every rule over a snapshot of the district.
    pub(super) fn validate(&mut self) {
        let Some(session) = &self.session else { return };
        let coverage = session.project.coverage().clone();
        let checked = coverage.clone();
        let reader = session.project.reader();
        self.jobs.start(
            &self.ctx.clone(),
            reads(VALIDATE),
            move |progress| validate::run_all(&coverage, &reader?, &validate::Options::default(), progress),
            move |app, result| app.validated(&checked, result),
        );
    }

    /// What the file remembers of findings is checked beside the window.
    fn recheck(&mut self) {
        let Some(session) = &self.session else { return };
        if session.project.checked() == Checked::Never {
            return;
        }
        let coverage = session.project.coverage().clone();
        let checked = coverage.revision();
        let reader = session.project.reader();
        self.jobs.start(
            &self.ctx.clone(),
            reads(RECHECK),
            move |progress| validate::run_all(&coverage, &reader?, &validate::Options::default(), progress),
            move |app, result| {
                let act = app.act();
                // Cancelled, or much was edited meanwhile: the list says that it is old.
                if let (Some(session), Ok(found)) = (&mut app.session, result) {
                    match session.project.set_findings(found, checked, &act) {
                        Ok(_) => session.checked(&app.settings),
                        Err(failure) => app.fail(&failure),
                    }
                }
            },
        );
    }

    fn validated(&mut self, checked: &Coverage, result: Result<Vec<Finding>, Failure>) {
        let findings = match result {
            Ok(findings) => findings,
            Err(failure) => return self.fail(&failure),
        };
        let act = self.act();
        let Some(session) = &mut self.session else { return };
        let grave = findings.iter().any(|f| f.severity >= Severity::Warning);
        let text = outcome(&findings);
        match session.project.set_findings(findings, checked.revision(), &act) {
            Ok(true) => session.checked(&self.settings),
            // Much was edited meanwhile.
            Ok(false) => return self.validate(),
            Err(failure) => return self.fail(&failure),
        }
        session.views.bottom.tab = Tab::Findings;
        self.settings.bottom_open = true;
        let tone = if grave { Tone::Warning } else { Tone::Ok };
        self.notices.say(&self.ctx, tone, text, None);
    }
}

/// "Kiểm tra xong: 12 lỗi, 3 cảnh báo".
fn outcome(findings: &[Finding]) -> Msg {
    let n = |s| findings.iter().filter(|f| f.severity == s).count() as u64;
    let say = |lang: Lang| {
        let (errors, warnings) = (
            format::count(n(Severity::Error), lang),
            format::count(n(Severity::Warning), lang),
        );
        match lang {
            Lang::Vi => format!("Kiểm tra xong: {errors} lỗi, {warnings} cảnh báo"),
            Lang::En => format!("Validated: {errors} errors, {warnings} warnings"),
        }
    };
    Msg::new(say(Lang::Vi), say(Lang::En))
}

impl App {
    fn package(&mut self, job: PackageJob) {
        let Some(session) = &self.session else { return };
        let path = session.project.path().to_owned();
        let date = Zoned::now().strftime("%Y%m%d").to_string();
        self.jobs.start(
            &self.ctx.clone(),
            reads(PACKAGE),
            move |progress| write_packages(&path, job, date, progress),
            |app, result| match &mut app.dialog {
                Some(Dialog::Package(dialog)) => dialog.done(result),
                _ => result.err().iter().for_each(|f| app.fail(f)),
            },
        );
    }

    fn file(&mut self, target: PathBuf, format: OutputFormat, overwrite: bool, wgs84: bool) {
        let Some(session) = &self.session else { return };
        let path = session.project.path().to_owned();
        let options = table::Options {
            format,
            communes: Vec::new(),
            overwrite,
            wgs84,
            at: self.act().at,
        };
        let name = file_name(&target);
        self.jobs.start(
            &self.ctx.clone(),
            reads(msg!("Xuất {name}", "Export {name}")),
            move |progress| {
                let project = Project::open_read_only(&path, progress)?;
                table::write(&project, &target, &options).map(|w| (w.features, target))
            },
            |app, result| match result {
                Ok((n, target)) => {
                    let (vi, en) = (format::count(n, Lang::Vi), format::count(n, Lang::En));
                    let to = target.display();
                    let text = Msg::new(format!("Đã xuất {vi} thửa"), format!("Exported {en} parcels"));
                    app.notices
                        .say(&app.ctx, Tone::Ok, text, Some(msg!("{to}", "{to}")));
                }
                Err(failure) => app.fail(&failure),
            },
        );
    }

    fn verify(&mut self, path: PathBuf) {
        let name = file_name(&path);
        self.jobs.start(
            &self.ctx.clone(),
            reads(msg!("Kiểm tra {name}", "Verify {name}")),
            move |progress| crate::verify::verify(&path, progress),
            |app, result| match &mut app.dialog {
                Some(Dialog::Verify(dialog)) => dialog.done(result),
                _ => result.err().iter().for_each(|f| app.fail(f)),
            },
        );
    }
}

/// The packages of a snapshot of the file, each verified after it is written.
fn write_packages(
    path: &Path,
    job: PackageJob,
    date: String,
    progress: &Progress,
) -> Result<Packaged, Failure> {
    let project = Project::open_read_only(path, progress)?;
    let mut findings = project.check(&validate::Options::default(), progress)?;
    findings.retain(|f| !project.accepts(f));
    let options = package::Options {
        dir: job.dir,
        communes: job.communes,
        allow_findings: job.allow_findings,
        date,
        sequence: 1,
    };
    let packages = match package::export(&project, &findings, &options, progress)? {
        package::Outcome::Blocked(findings) => return Ok(Packaged::Blocked(findings)),
        package::Outcome::Written(packages) => packages,
    };
    let rehearse = |p: Package| crate::verify::verify(&p.path, progress).map(|report| (p, report));
    Ok(Packaged::Written(
        packages.into_iter().map(rehearse).collect::<Result<_, _>>()?,
    ))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_else(|| path.display().to_string())
}
