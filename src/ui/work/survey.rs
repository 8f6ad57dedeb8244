//! Importing survey points: the preview, writing them.

use std::sync::Arc;

use super::reads;
use crate::domain::{BBox, Failure, PointDraft, SurveyPoint};
use crate::import::points::{self, PointContext, PointOptions, PointPlan};
use crate::project::Writer;
use crate::text::Text;
use crate::ui::app::App;
use crate::ui::dialog::Dialog;
use crate::ui::dialog::points::{PointSource, PointsJob, PointsRead};
use crate::ui::jobs::Start;
use crate::ui::panel::bottom::Tab;
use crate::ui::widgets::Tone;

const POINTS: Text = Text::new("Đọc điểm đo", "Read survey points");
const COMMIT_POINTS: Text = Text::new("Ghi điểm đo", "Commit survey points");

impl App {
    /// Reads by the plan; what came of it goes to the dialog.
    pub(super) fn points(&mut self, job: PointsJob) {
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
    pub(super) fn commit_points(&mut self, draft: Arc<PointDraft>) {
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
