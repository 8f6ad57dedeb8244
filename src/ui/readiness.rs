//! Readiness in the window: counted on a thread when first wanted, then brought up after each edit.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;

use super::action::Action;
use super::app::App;
use super::command::Command;
use super::dialog::{Dialog, readiness::ReadinessDialog};
use super::jobs::Start;
use super::panel::bottom::Tab;
use super::panel::parcels::Only;
use super::session::Session;
use super::widgets::Tone;
use super::work::checking::Asked;
use crate::domain::{BBox, Failure, Finding, Severity};
use crate::export::readiness::{By, Source};
use crate::msg;
use crate::readiness::{Campaign, Readiness, Trend, Wanted, What, day};
use crate::render::ColourBy;
use crate::text::{Msg, Text};
use crate::validate;

/// What the dashboard and the map show.
pub struct Ready {
    pub readiness: Readiness,
    pub trend: Trend,
    pub campaign: Campaign,
    pub today: Date,
    /// Work was done since the trend was read.
    trend_old: bool,
}

/// What is known of readiness while a project is open.
#[derive(Default)]
pub enum State {
    /// Nobody has asked yet, or so much changed that it is to be counted again.
    #[default]
    Unknown,
    Counting,
    Known(Box<Ready>),
    /// Counting failed; tried again after the next change.
    Failed(Failure),
}

/// Readiness, work done, the findings where they were not known, and the day.
type Counted = (Readiness, Trend, Option<Vec<Finding>>, Date);

/// What the dashboard asks for.
#[derive(Debug)]
pub enum Ask {
    /// Leave the dashboard.
    Close,
    /// These parcels in the table, and on the map.
    List(Wanted, Msg),
    /// The map coloured by group, at these parcels.
    Map(Wanted),
    Campaign(Campaign),
    Export {
        path: PathBuf,
        by: By,
        xlsx: bool,
        communes: Vec<String>,
    },
}

const COUNTING: Text = Text::new("Tính mức sẵn sàng", "Count readiness");

impl Session {
    /// What is known, when it is.
    pub fn ready(&self) -> Option<&Ready> {
        match &self.ready {
            State::Known(ready) => Some(ready),
            _ => None,
        }
    }

    /// Something stored or found changed.
    pub fn follow_readiness(&mut self) {
        if let State::Failed(_) = self.ready {
            self.ready = State::Unknown;
        }
        if self.ready().is_none() {
            return;
        }
        let findings = self.open_findings();
        let State::Known(ready) = &mut self.ready else {
            return;
        };
        match self.project.follow_readiness(&mut ready.readiness, &findings) {
            Ok(Some(fids)) => {
                ready.trend_old |= !fids.is_empty();
                let parcels = &mut self.views.bottom.parcels;
                parcels.only_again(|wanted| ready.readiness.select(wanted));
            }
            _ => self.ready = State::Unknown,
        }
    }
}

impl App {
    /// Starts counting where readiness is wanted and not known.
    pub(super) fn keep_readiness(&mut self) {
        let by_group = self.settings.colour_by() == ColourBy::Readiness;
        let writing = self.jobs.writing();
        let Some(s) = &mut self.session else { return };
        let open = s.views.dashboard.open;
        match &mut s.ready {
            State::Unknown if (open || by_group) && !writing => self.count_readiness(),
            State::Known(ready) if open && ready.trend_old => {
                // The history of a campaign is read in milliseconds.
                ready.trend_old = false;
                if let Ok(trend) = s.project.trend() {
                    ready.trend = trend;
                }
            }
            _ => (),
        }
    }

    fn count_readiness(&mut self) {
        let act = self.act();
        let Some(s) = &mut self.session else { return };
        let reader = match s.project.reader() {
            Ok(reader) => reader,
            Err(failure) => return s.ready = State::Failed(failure),
        };
        s.ready = State::Counting;
        let coverage = s.project.coverage().clone();
        let known = s.is_validated().then(|| s.open_findings());
        let revision = coverage.revision();
        let start = Start {
            name: COUNTING.into(),
            writes: false,
            quiet: true,
        };
        self.jobs.start(
            &self.ctx.clone(),
            start,
            move |progress| {
                let fresh = match &known {
                    Some(_) => None,
                    None => Some(validate::run_all(
                        &coverage,
                        &reader,
                        &validate::Options::default(),
                        progress,
                    )?),
                };
                let none: &[Finding] = &[];
                let findings = fresh.as_deref().or(known.as_deref()).unwrap_or(none);
                let today = day(act.at);
                let readiness = Readiness::build(&reader, &coverage, findings, Some(today), progress)?;
                Ok((readiness, Trend::read(&reader)?, fresh, today))
            },
            move |app, result| app.counted(revision, result),
        );
    }

    fn counted(&mut self, revision: u64, result: Result<Counted, Failure>) {
        let Some(s) = &mut self.session else { return };
        let (readiness, trend, findings, today) = match result {
            Ok(counted) => counted,
            Err(failure) => {
                s.ready = State::Failed(failure.clone());
                return self.fail(&failure);
            }
        };
        s.ready = State::Unknown;
        if s.project.coverage().revision() != revision {
            // Edited meanwhile: counted again.
            return;
        }
        let campaign = s.project.campaign().unwrap_or_default();
        s.ready = State::Known(Box::new(Ready {
            readiness,
            trend,
            campaign,
            today,
            trend_old: false,
        }));
        match findings {
            Some(found) if !s.is_validated() => self.compare(Arc::new(found), revision, Asked::Quietly),
            _ => s.checked(&self.settings),
        }
    }

    pub(super) fn readiness(&mut self, ask: Ask) {
        match ask {
            Ask::Close => self.leave_dashboard(),
            Ask::List(wanted, label) => self.list_ready(wanted, label),
            Ask::Map(wanted) => {
                self.leave_dashboard();
                self.actions.push(Action::ColourBy(ColourBy::Readiness));
                self.zoom_ready(&wanted);
            }
            Ask::Campaign(campaign) => self.set_campaign(campaign),
            Ask::Export {
                path,
                by,
                xlsx,
                communes,
            } => self.export_readiness(path, by, xlsx, &communes),
        }
    }

    fn leave_dashboard(&mut self) {
        if let Some(s) = &mut self.session {
            s.views.dashboard.open = false;
        }
    }

    /// What findings tell of is worked off in their list, everything else in that of the parcels.
    fn list_ready(&mut self, wanted: Wanted, label: Msg) {
        self.leave_dashboard();
        self.zoom_ready(&wanted);
        let Some(s) = &mut self.session else { return };
        if let Some(rules) = s.ready().and_then(|r| rules_of(r, wanted.what)) {
            let place = (wanted.commune, wanted.sheet);
            s.views.bottom.findings.show_only(label, rules, place);
            return self.actions.push(Action::Bottom(Tab::Findings));
        }
        let fids = s.ready().map(|r| r.readiness.select(&wanted)).unwrap_or_default();
        s.views.bottom.parcels.show_only(Only::new(wanted, label, fids));
        self.actions.push(Action::Bottom(Tab::Parcels));
    }

    fn zoom_ready(&mut self, wanted: &Wanted) {
        let Some(s) = &self.session else { return };
        let fids = s.ready().map(|r| r.readiness.select(wanted)).unwrap_or_default();
        let shown = &s.scene.shown;
        let boxes = fids.iter().filter_map(|f| shown.get(*f)).map(|p| p.bbox);
        if let Some(all) = boxes.filter(|b| !b.is_empty()).reduce(BBox::union) {
            self.actions.push(Action::Zoom(all));
        }
    }

    fn set_campaign(&mut self, campaign: Campaign) {
        let Some(s) = &mut self.session else { return };
        let kept = s.project.set_campaign(&campaign);
        if let (Ok(()), State::Known(ready)) = (&kept, &mut s.ready) {
            ready.campaign = campaign;
        }
        if let Err(failure) = kept {
            self.fail(&failure);
        }
    }

    fn export_readiness(&mut self, path: PathBuf, by: By, xlsx: bool, communes: &[String]) {
        let lang = self.settings.lang;
        let Some(s) = &self.session else { return };
        let Some(ready) = s.ready() else { return };
        let readiness = ready.readiness.clone();
        let trend = ready.trend.clone();
        let (coverage, names, only) = (
            s.project.coverage().clone(),
            s.communes.clone(),
            communes.to_vec(),
        );
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let start = Start {
            name: msg!("Xuất {name}", "Export {name}"),
            writes: false,
            quiet: false,
        };
        self.jobs.start(
            &self.ctx.clone(),
            start,
            move |_| {
                let source = Source {
                    readiness: &readiness,
                    coverage: &coverage,
                    trend: &trend,
                    communes: &names,
                    only: &only,
                    lang,
                };
                match xlsx {
                    true => source.xlsx(&path, by)?,
                    false => source.csv(&path, by)?,
                }
                Ok(path)
            },
            |app, result| match result {
                Ok(path) => {
                    let to = path.display();
                    let text = Text::new("Đã xuất bảng sẵn sàng", "Readiness exported");
                    app.notices
                        .say(&app.ctx, Tone::Ok, text, Some(msg!("{to}", "{to}")));
                }
                Err(failure) => app.fail(&failure),
            },
        );
    }

    pub(super) fn open_readiness_export(&mut self) {
        let Some(s) = &mut self.session else { return };
        // From the menu: counted first, the dashboard shows how far that is.
        s.views.dashboard.open = true;
        let communes = s.views.dashboard.communes();
        if s.ready().is_some() {
            self.dialog = Some(Dialog::Readiness(ReadinessDialog::new(communes)));
        }
    }

    /// Opens the dashboard, or leaves it.
    pub(super) fn toggle_dashboard(&mut self) {
        if let Some(s) = &mut self.session {
            s.views.map.drop_gesture();
            s.views.dashboard.open ^= true;
        }
    }

    /// Whether the dashboard takes the place of the map.
    pub(super) fn on_dashboard(&self) -> bool {
        self.session.as_ref().is_some_and(|s| s.views.dashboard.open)
    }

    /// A command about the map leads back to it.
    pub(super) fn leave_dashboard_for(&mut self, c: Command) {
        let stays = matches!(
            c,
            Command::Readiness
                | Command::ExportReadiness
                | Command::ToggleTheme
                | Command::ToggleLanguage
                | Command::Palette
                | Command::Shortcuts
                | Command::About
                | Command::Undo
                | Command::Redo
                | Command::Validate
        );
        if !stays {
            self.leave_dashboard();
        }
    }
}

/// The rules that tell of what is wanted, where nothing else does.
fn rules_of(ready: &Ready, what: What) -> Option<Vec<(&'static str, Severity)>> {
    let reasons = match what {
        What::Reason(reason) => [reason].into_iter().collect(),
        What::Reasons(reasons) => reasons,
        _ => return None,
    };
    let rules = ready.readiness.criteria().rules_of(reasons)?.into_iter();
    let known = rules.filter_map(|(code, from)| Some((validate::rule(code)?.code, from)));
    Some(known.collect())
}

/// Groups for the map's colours; empty where they are not asked for.
pub fn groups(s: &Session, by: ColourBy) -> Arc<std::collections::HashMap<i64, crate::readiness::Group>> {
    match (by, s.ready()) {
        (ColourBy::Readiness, Some(ready)) => Arc::new(ready.readiness.groups()),
        _ => Arc::default(),
    }
}
