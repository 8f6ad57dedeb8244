//! An open project and everything the window remembers while it is open.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;

use super::action::{Select, Selection};
use super::command::Have;
use super::draft::Drafts;
use super::look::Look;
use super::map_view::MapView;
use super::panel::{bottom::Bottom, inspector::Inspector, layers::LayersPanel, search::SearchPanel};
use super::reference::References;
use super::settings::Settings;
use super::strip::Strip;
use super::tool::ToolKind;
use super::viewing::{Banner, Scene, Viewing};
use crate::domain::{Finding, FindingState, Pt, Severity, Tracked, day_of};
use crate::project::{Checked, Effects, Project};
use crate::render::{LabelMode, Style, Theme};
use crate::text::{Lang, Msg};
use crate::topology::Coverage;
use crate::validate::Findings;

pub struct Session {
    pub project: Project,
    pub scene: Scene,
    pub drafts: Drafts,
    pub selection: Selection,
    /// Shown until the rules have run.
    no_findings: Findings,
    pub ready: super::readiness::State,
    /// The finding the person stands on.
    pub finding: Option<i64>,
    /// Findings seen with F8, the newest last.
    pub tour: Vec<i64>,
    /// Changes whenever anything stored changed.
    pub revision: u64,
    pub style: Style,
    pub show_findings: bool,
    /// Wall-clock time of the last write, "hh:mm:ss".
    pub saved: Option<String>,
    /// What the last edit changed.
    pub strip: Option<Strip>,
    pub communes: Arc<BTreeMap<String, String>>,
    pub references: References,
    /// What Ctrl+Z and Ctrl+Y would take back.
    pub undo: Option<Msg>,
    pub redo: Option<Msg>,
    pub views: Views,
}

/// The map and the panels.
#[derive(Default)]
pub struct Views {
    pub map: MapView,
    pub search: SearchPanel,
    pub layers: LayersPanel,
    pub inspector: Inspector,
    pub bottom: Bottom,
    pub banner: Banner,
    pub dashboard: super::dashboard::Dashboard,
    pub forms: super::form::Forms,
}

impl Session {
    pub fn new(project: Project, settings: &Settings) -> Self {
        let scene = Scene::new(&project);
        let drafts = Drafts::of(&project);
        let mut session = Self {
            project,
            scene,
            drafts,
            selection: Selection::default(),
            no_findings: Findings::new(jiff::civil::Date::MIN, 1),
            ready: super::readiness::State::default(),
            finding: None,
            tour: Vec::new(),
            revision: 0,
            style: Style::default(),
            show_findings: true,
            saved: None,
            strip: None,
            communes: Arc::default(),
            references: References::default(),
            undo: None,
            redo: None,
            views: Views::default(),
        };
        session.views.map.draw.kinds = settings.snap.clone();
        session.views.map.draw.snapping = settings.snapping;
        session.project.warm_search();
        session.changed(settings);
        session
    }

    /// Something stored changed: everything read from it is read again.
    pub fn changed(&mut self, settings: &Settings) {
        self.revision += 1;
        let communes = self.project.communes().unwrap_or_default();
        self.communes = Arc::new(
            communes
                .into_iter()
                .filter_map(|c| Some((c.code, c.name?)))
                .collect(),
        );
        self.undo = self.project.can_undo().map(|op| op.label);
        self.redo = self.project.can_redo().map(|op| op.label);
        if self.finding.is_some_and(|id| self.findings().get(id).is_none()) {
            self.finding = None;
        }
        if !Arc::ptr_eq(&self.scene.shown, self.project.coverage()) || self.scene.viewing != Viewing::Now {
            self.reshow();
        }
        let coverage = self.scene.shown.clone();
        self.selection.keep(|fid| coverage.get(fid).is_some());
        self.follow_readiness();
        self.restyle(settings);
    }

    /// As they stand.
    pub fn findings(&self) -> &Findings {
        self.project.findings().unwrap_or(&self.no_findings)
    }

    /// The next finding for F8: of those listed the nearest to the middle of the map not seen yet; `by` -1: the one before.
    pub fn step(&mut self, have: &Have, lang: Lang, by: i64) -> Option<i64> {
        let (look, views, _) = self.split(have, lang);
        let listed = views.bottom.findings.listed(&look).to_vec();
        let [e, n] = self.views.map.view.centre;
        let centre = Pt::from_metres(e, n).unwrap_or_default();
        let findings = self.findings();
        let mut tour: Vec<i64> = self
            .tour
            .iter()
            .copied()
            .filter(|id| listed.contains(id))
            .collect();
        if by < 0 {
            // Where one stands is the last of the tour.
            if tour.last().copied() == self.finding {
                tour.pop();
            }
            let before = tour.pop();
            self.tour = tour;
            return before.or_else(|| listed.last().copied());
        }
        if tour.len() >= listed.len() {
            tour.clear();
        }
        let far = |id: &i64| {
            let t = findings.get(*id);
            let at = t.and_then(|t| t.finding.at.or(t.finding.bbox.map(|b| b.centre())));
            (at.map_or(i128::MAX, |p| p.dist2(centre)), *id)
        };
        let seen: std::collections::HashSet<i64> = tour.iter().copied().collect();
        let here = self.finding;
        let fresh = listed
            .iter()
            .filter(|id| !seen.contains(id) && Some(**id) != here);
        let next = fresh.min_by_key(|id| far(id)).copied();
        self.tour = tour;
        next
    }

    /// Those nobody has accepted.
    pub fn open_findings(&self) -> Vec<Finding> {
        let open = self.findings().iter().filter(|t| t.state == FindingState::Open);
        open.map(|t| t.finding.clone()).collect()
    }

    /// The findings are others than before.
    pub fn checked(&mut self, settings: &Settings) {
        if self.finding.is_some_and(|id| self.findings().get(id).is_none()) {
            self.finding = None;
        }
        self.revision += 1;
        self.follow_readiness();
        self.restyle(settings);
    }

    /// Colours and labels as the settings say.
    pub fn restyle(&mut self, settings: &Settings) {
        self.style = Style {
            colour_by: settings.colour_by(),
            theme: match settings.theme {
                super::theme::Choice::Light => Theme::Light,
                super::theme::Choice::Dark => Theme::Dark,
            },
            labels: if settings.labels {
                LabelMode::Full
            } else {
                LabelMode::Off
            },
            lang: settings.lang,
            findings: self.worst(),
            groups: super::readiness::groups(self, settings.colour_by()),
            communes: self.communes.clone(),
        };
    }

    /// Worst finding of each parcel, for the colours by state.
    fn worst(&self) -> Arc<HashMap<i64, Severity>> {
        let mut worst: HashMap<i64, Severity> = HashMap::new();
        let open = |f: &&Arc<Tracked>| f.state == FindingState::Open;
        for f in self.findings().iter().filter(open) {
            for p in f
                .parcels
                .iter()
                .filter_map(|u| self.project.coverage().by_uid(*u))
            {
                let s = worst.entry(p.fid).or_insert(f.severity);
                *s = (*s).max(f.severity);
            }
        }
        Arc::new(worst)
    }

    /// Reads again what is on the screen; where it is not the present, everything is drawn anew.
    pub fn reshow(&mut self) {
        let before = self.scene.viewing.clone();
        self.scene.read(&self.project);
        if before != Viewing::Now || self.scene.viewing != Viewing::Now {
            self.views.map.forget();
        }
    }

    /// Another state of the register comes on the screen.
    pub fn view(&mut self, viewing: Viewing) {
        let before = std::mem::replace(&mut self.scene.viewing, viewing);
        self.scene.read(&self.project);
        if before == self.scene.viewing {
            return;
        }
        self.revision += 1;
        self.strip = None;
        self.views.map.forget();
        self.views.layers.forget();
        self.views.bottom.parcels.forget();
        if self.scene.is_past() {
            self.views.map.hand.take(ToolKind::Select);
        }
        let shown = self.scene.shown.clone();
        self.selection.keep(|fid| shown.get(fid).is_some());
    }

    /// An edit is done: the tiles under what it touched are painted anew.
    pub fn redraw(&mut self, before: &Coverage, effects: &[Effects]) {
        let fids: Vec<i64> = effects.iter().flat_map(|e| e.fids.iter().copied()).collect();
        self.reshow();
        if self.scene.viewing == Viewing::Now {
            self.views
                .map
                .tiles
                .edited(before, self.project.coverage(), &fids);
        }
    }

    /// What has come takes the place of what it came from.
    pub fn select_created(&mut self, effects: &[Effects]) {
        let created = effects.iter().flat_map(|e| &e.created);
        let fids: Vec<i64> = created
            .filter_map(|u| self.scene.shown.by_uid(*u))
            .map(|p| p.fid)
            .collect();
        if !fids.is_empty() {
            self.selection.change(Select::Only(fids));
        }
    }

    /// Whether the rules have run over everything.
    pub fn is_validated(&self) -> bool {
        self.project.checked() != Checked::Never
    }

    /// What commands need to know.
    pub fn have(&self, writing: bool) -> Have {
        Have {
            project: true,
            read_only: self.project.read_only().is_some(),
            writing,
            undo: self.undo.is_some(),
            redo: self.redo.is_some(),
            selection: !self.selection.is_empty(),
            findings: !self.findings().is_empty(),
            past: self.scene.is_past(),
            tool: self.views.map.hand.kind().is_boundary(),
        }
    }

    /// The session as panels may see it, and the panels.
    pub fn split<'a>(&'a mut self, have: &'a Have, lang: Lang) -> (Look<'a>, &'a mut Views, &'a mut bool) {
        let look = Look {
            coverage: &self.scene.shown,
            scene: &self.scene,
            project: &self.project,
            lang,
            selection: &self.selection,
            findings: self.project.findings().unwrap_or(&self.no_findings),
            finding: self.finding,
            style: &self.style,
            have,
            revision: self.revision,
            show_findings: self.show_findings,
            survey: self.project.survey(),
            communes: &self.communes,
            references: &self.references.layers,
            today: day_of(jiff::Timestamp::now()),
        };
        (look, &mut self.views, &mut self.show_findings)
    }
}
