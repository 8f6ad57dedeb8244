//! Opening and closing district files; the sample district.

use std::path::{Path, PathBuf};

use super::{file_name, reads};
use crate::domain::{Act, Failure};
use crate::import::{self, Existing, Options, Plan};
use crate::job::Progress;
use crate::msg;
use crate::project::{NewProject, Project};
use crate::sample;
use crate::text::Text;
use crate::ui::app::App;
use crate::ui::session::Session;
use crate::ui::widgets::Tone;

const BUSY: Text = Text::new(
    "Hãy chờ công việc đang ghi dữ liệu xong, hoặc hủy nó.",
    "Wait for the job that is writing to finish, or cancel it.",
);
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
/// Where the invented communes are said to lie.
const SAMPLE_PROVINCE: &str = "79";

impl App {
    /// Whether another project may take the place of this one; says why not.
    fn may_leave(&mut self) -> bool {
        let free = !self.jobs.writing();
        if !free {
            self.notices.say(&self.ctx, Tone::Warning, BUSY, None);
        }
        free
    }

    pub(in crate::ui) fn open(&mut self, path: PathBuf) {
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

    pub(super) fn create(&mut self, path: PathBuf, new: NewProject) {
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

    pub(super) fn opened(&mut self, result: Result<Project, Failure>) {
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

    pub(in crate::ui) fn close_project(&mut self) {
        if self.may_leave() {
            self.session = None;
            self.notices.clear();
        }
    }

    // ------------------------------------------------------------------ sample

    pub(in crate::ui) fn open_sample(&mut self) {
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

    pub(super) fn reopen(&mut self) {
        if let Some(path) = self.session.as_ref().map(|s| s.project.path().to_owned()) {
            self.open(path);
        }
    }
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
        province: Some(SAMPLE_PROVINCE.into()),
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
