//! Writing sync packages and files for others; verifying a package.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Zoned;
use jiff::civil::Date;

use super::{PackageJob, Packaged, file_name, reads};
use crate::domain::{Acceptance, AllowedGap, Failure, day_of};
use crate::export::package::{self, Package};
use crate::export::quality::{self, Told};
use crate::export::table;
use crate::formats::write::OutputFormat;
use crate::job::Progress;
use crate::msg;
use crate::project::{self, Checked, Project};
use crate::store::Reader;
use crate::text::{Lang, Msg, Text, format};
use crate::topology::Coverage;
use crate::ui::app::App;
use crate::ui::dialog::Dialog;
use crate::ui::widgets::Tone;
use crate::validate::{self, Findings};

const PACKAGE: Text = Text::new("Xuất gói đồng bộ", "Export sync packages");

impl App {
    pub(super) fn report(&mut self, target: PathBuf) {
        let (today, lang) = (day_of(self.act().at), self.settings.lang);
        let Some(session) = &self.session else { return };
        let known = Known::of(&session.project, today, lang);
        let reader = session.project.reader();
        let name = file_name(&target);
        self.jobs.start(
            &self.ctx.clone(),
            reads(msg!("Xuất {name}", "Export {name}")),
            move |progress| write_report(&target, &known?, &reader?, progress).map(|()| target),
            |app, result| match result {
                Ok(target) => {
                    let to = target.display();
                    let text = Text::new("Đã xuất báo cáo chất lượng", "Quality report exported");
                    app.notices
                        .say(&app.ctx, Tone::Ok, text, Some(msg!("{to}", "{to}")));
                }
                Err(failure) => app.fail(&failure),
            },
        );
    }

    pub(super) fn package(&mut self, job: PackageJob) {
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

    pub(super) fn file(&mut self, target: PathBuf, format: OutputFormat, overwrite: bool, wgs84: bool) {
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

    pub(super) fn verify(&mut self, path: PathBuf) {
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
/// Checks everything anew and writes the report of it.
fn write_report(target: &Path, known: &Known, reader: &Reader, progress: &Progress) -> Result<(), Failure> {
    let coverage = &known.coverage;
    let found = validate::run_all(coverage, reader, &validate::Options::default(), progress)?;
    let report = project::quality_report(reader, coverage, &found, &[], &known.today.to_string())?;
    let told: Vec<Told> = found.into_iter().map(|f| Told::found(f, &known.live)).collect();
    let source = quality::Source {
        report: &report,
        found: &told,
        acceptances: &known.acceptances,
        gaps: &known.gaps,
        live: Some(&*known.live).filter(|_| known.checked),
        coverage,
        date: None,
        today: known.today,
        lang: known.lang,
    };
    source.xlsx(target)
}

/// What the quality report says besides what the rules find.
struct Known {
    coverage: Arc<Coverage>,
    live: Arc<Findings>,
    checked: bool,
    acceptances: Vec<Acceptance>,
    gaps: Vec<Arc<AllowedGap>>,
    today: Date,
    lang: Lang,
}

impl Known {
    fn of(project: &Project, today: Date, lang: Lang) -> Result<Self, Failure> {
        Ok(Self {
            coverage: project.coverage().clone(),
            live: project.known_findings(),
            checked: project.checked() != Checked::Never,
            acceptances: project.acceptances()?,
            gaps: project.allowed_gaps()?,
            today,
            lang,
        })
    }
}

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
