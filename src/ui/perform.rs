//! The one place where what was asked for is carried out.

use std::sync::Arc;

use super::action::{Action, Select};
use super::app::App;
use super::command::Command;
use super::dialog::report::ReportDialog;
use super::dialog::{Dialog, dossiers, export, merge, new, open, traverse, verify};
use super::form::Ask;
use super::map_record::ShownRecord;
use super::panel::{bottom::Tab, record_card::ForRecord};
use super::reference::Change;
use super::strip::Strip;
use super::tool::ToolKind;
use super::viewing::Viewing;
use super::widgets::Tone;
use crate::domain::{BBox, Failure, Pt, Uid};
use crate::edit::{Edit, EditError, Effects};
use crate::msg;
use crate::project::{Mode, Turn, Undo, When};
use crate::register::Kind;
use crate::text::{Lang, Msg, Text};
use crate::topology::Coverage;

const NO_PARCELS: Text = Text::new("Không có thửa nào đang có hiệu lực.", "No parcel in force.");

impl App {
    pub(super) fn perform(&mut self, action: Action) {
        match action {
            Action::Run(c) => self.run(c),
            Action::Open(path) => self.open(path),
            Action::Select(how) => self.select(how),
            Action::Show(fid) => self.show_parcel(fid),
            Action::View(viewing) => self.view(viewing),
            Action::Mode(mode) => self.set_mode(mode),
            Action::Zoom(bbox) => self.zoom(bbox),
            Action::Sketch(points) => self.take_sketch(points),
            Action::ShowPlace(at) => {
                if let Some(s) = &mut self.session {
                    s.views.map.show_place(at);
                }
            }
            Action::ShowFinding(n) => self.show_finding(n),
            Action::ShowRecord(shown) => self.show_record(shown),
            Action::DrawRecord(record) => self.draw_record(&record),
            Action::Form(ask) => {
                let lang = self.settings.lang;
                if let Some(s) = &mut self.session {
                    s.views.forms.ask(&ask, &s.project, lang);
                }
            }
            Action::ShowParcelsOf(kind, uid) => self.show_parcels_of(kind, uid),
            Action::Merge(parties) => self.open_merge(&parties),
            Action::Apply(edits) => self.apply(&edits),
            Action::Turn(turn) => self.turn(turn),
            Action::Bottom(tab) => self.show_tab(tab),
            Action::ColourBy(by) => {
                self.settings.set_colour_by(by);
                self.restyle();
            }
            Action::Labels(on) => {
                self.settings.labels = on;
                self.restyle();
            }
            Action::Readiness(ask) => self.readiness(ask),
            Action::CancelJob(id) => {
                self.jobs
                    .running
                    .iter()
                    .filter(|j| j.id == id)
                    .for_each(|j| j.progress.cancel());
            }
            Action::CloseAfterJobs { cancel } => {
                if cancel {
                    self.jobs.cancel_all();
                }
                self.closing = true;
            }
            Action::Reference(change) => self.change_references(change),
            Action::Work(work) => self.work(work),
        }
    }

    fn run(&mut self, c: Command) {
        // The key or the menu may be a frame old.
        if let Err(why) = c.check(&self.have()) {
            if c != Command::ClearSelection {
                self.notices.say(&self.ctx, Tone::Warning, why, None);
            }
            return;
        }
        self.leave_dashboard_for(c);
        match c {
            Command::New => self.dialog = Some(Dialog::New(new::NewDialog::default())),
            Command::Open => self.dialog = Some(Dialog::Open(open::OpenDialog::default())),
            Command::OpenSample => self.open_sample(),
            Command::Import => self.dialog = Some(Dialog::Import(Box::default())),
            Command::ImportPoints => self.dialog = Some(Dialog::Points(Box::default())),
            Command::ImportBoundaries => self.dialog = Some(Dialog::Boundaries(Box::default())),
            Command::AddReference => self.change_references(Change::Ask(None)),
            Command::Traverse => self.open_traverse(),
            Command::ExportPackage => self.dialog = Some(Dialog::Package(export::PackageDialog::default())),
            Command::ExportFile => self.dialog = Some(Dialog::File(export::FileDialog::default())),
            Command::VerifyPackage => self.dialog = Some(Dialog::Verify(verify::VerifyDialog::default())),
            Command::CloseProject => self.close_project(),
            Command::Quit => self.ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            Command::Undo => self.turn(Turn::Undo(Undo::Last)),
            Command::Redo => self.turn(Turn::Redo),
            Command::Palette => self.open_palette(),
            Command::Dossiers => self.dialog = Some(Dialog::Dossiers(dossiers::DossierDialog::default())),
            Command::Past => self.past(),
            Command::Shortcuts => self.dialog = Some(Dialog::Shortcuts),
            Command::About => self.dialog = Some(Dialog::About),
            Command::Validate => self.validate(),
            Command::FixBatch => self.open_fixes(),
            Command::Readiness => self.toggle_dashboard(),
            Command::ExportReport => self.dialog = Some(Dialog::Report(ReportDialog::default())),
            Command::ExportReadiness => self.open_readiness_export(),
            Command::ToggleTheme => {
                self.settings.theme = self.settings.theme.other();
                self.ctx.set_theme(self.settings.theme.egui());
                self.restyle();
            }
            Command::ToggleLanguage => {
                self.settings.lang = if self.settings.lang == Lang::Vi {
                    Lang::En
                } else {
                    Lang::Vi
                };
                self.restyle();
            }
            Command::ToggleLeft => self.settings.left_open ^= true,
            Command::ToggleRight => self.settings.right_open ^= true,
            Command::ToggleBottom => self.settings.bottom_open ^= true,
            Command::ShowParcels => self.show_tab(Tab::Parcels),
            Command::ShowSurvey => self.show_tab(Tab::Survey),
            Command::ShowFindings => self.show_tab(Tab::Findings),
            Command::ShowQuarantine => self.show_tab(Tab::Quarantine),
            Command::ShowHistory => self.show_tab(Tab::History),
            Command::ShowJobs => self.show_tab(Tab::Jobs),
            _ => self.run_on_map(c),
        }
    }

    /// Commands about the map and what is selected on it.
    fn run_on_map(&mut self, c: Command) {
        let Some(s) = &mut self.session else { return };
        match c {
            Command::AddHolder | Command::AddRight | Command::AddCertificate => {
                let Some(parcel) = s.selection.main() else { return };
                let new = |kind| Ask::New {
                    kind,
                    parcel: Some(parcel),
                };
                self.actions.push(Action::Form(match c {
                    Command::AddHolder => Ask::NewHolder { parcel },
                    Command::AddRight => new(Kind::Right),
                    _ => new(Kind::Certificate),
                }));
            }
            Command::Find => {
                self.settings.left_open = true;
                s.views.search.focus();
            }
            Command::ClearSelection => s.selection.change(Select::Only(vec![])),
            Command::ZoomAll => s.views.map.fit(),
            Command::ToolFields => s.views.map.hand.focus(),
            Command::ZoomIn => s.views.map.zoom(1.5),
            Command::ZoomOut => s.views.map.zoom(1.0 / 1.5),
            Command::ZoomSelection => {
                let coverage = &s.scene.shown;
                let boxes = s
                    .selection
                    .fids()
                    .iter()
                    .filter_map(|f| coverage.get(*f))
                    .map(|p| p.bbox);
                if let Some(all) = boxes.reduce(BBox::union) {
                    s.views.map.show(all);
                }
            }
            Command::NextFinding => self.step_finding(1),
            Command::PreviousFinding => self.step_finding(-1),
            _ => {
                if let Some(tool) = c.tool() {
                    s.views.map.drop_gesture();
                    s.views.map.draw.reset();
                    s.views.map.hand.take(tool);
                    if tool.is_boundary() {
                        self.notices.clear();
                    }
                }
            }
        }
    }

    fn show_parcels_of(&mut self, kind: Kind, uid: Uid) {
        let Some(s) = &mut self.session else { return };
        let found = match kind {
            Kind::Certificate => s.project.parcels_under(uid),
            _ => s.project.parcels_of(uid),
        };
        let shown = &s.scene.shown;
        let fids: Vec<i64> = found.unwrap_or_default();
        let there = fids.iter().filter_map(|f| shown.get(*f));
        if let Some(place) = there.map(|p| p.bbox).reduce(BBox::union) {
            s.selection.change(Select::Only(fids));
            s.views.map.show(place);
            return;
        }
        self.notices.say(&self.ctx, Tone::Info, NO_PARCELS, None);
    }

    /// Two parties side by side, before they become one.
    fn open_merge(&mut self, parties: &[Uid]) {
        let Some(s) = &self.session else { return };
        match merge::MergeDialog::new(&s.project, parties) {
            Ok(dialog) => self.dialog = Some(Dialog::Merge(Box::new(dialog))),
            Err(failure) => self.fail(&failure),
        }
    }

    fn open_traverse(&mut self) {
        let start = self.session.as_ref().and_then(|s| s.views.map.draw.sketch.last());
        let dialog = traverse::TraverseDialog::new(start, self.settings.lang);
        self.dialog = Some(Dialog::Traverse(Box::new(dialog)));
    }

    /// Points that were computed become what is being drawn: with the tool in hand if it draws, else to measure.
    fn take_sketch(&mut self, points: Vec<Pt>) {
        let Some(s) = &mut self.session else { return };
        let map = &mut s.views.map;
        if !map.draws() {
            map.drop_gesture();
            map.hand.take(ToolKind::Measure);
        }
        map.show(BBox::of(points.iter().copied()));
        map.draw.sketch.replace(points);
    }

    fn select(&mut self, how: Select) {
        if let Some(s) = &mut self.session {
            s.selection.change(how);
        }
    }

    fn view(&mut self, viewing: Viewing) {
        if let Some(s) = &mut self.session {
            s.view(viewing);
        }
    }

    /// The map of an earlier moment: first that of now, with the slider to go back.
    fn past(&mut self) {
        let Some(s) = &mut self.session else { return };
        let head = s
            .project
            .operation_at(When::At(jiff::Timestamp::MAX))
            .unwrap_or(0);
        let to = if s.scene.is_past() {
            Viewing::Now
        } else {
            Viewing::Past(head)
        };
        s.view(to);
    }

    fn set_mode(&mut self, mode: Mode) {
        if self.jobs.writing() {
            return self.refuse_writing();
        }
        let act = self.act();
        let Some(s) = &mut self.session else { return };
        match s.project.set_mode(mode, &act) {
            Ok(_) => {
                s.reshow();
                self.changed(true);
            }
            Err(e) => self.refused(&e),
        }
    }

    /// Selects a parcel and goes there; a historic one on the map as it last was in force.
    fn show_parcel(&mut self, fid: i64) {
        let Some(s) = &mut self.session else { return };
        if s.scene.shown.get(fid).is_none() {
            let family = s.project.lineage(fid).unwrap_or_default();
            let member = family.members.into_iter().find(|m| m.fid == fid);
            let viewing = match member.and_then(|m| m.retired) {
                Some(end) => Viewing::Past(end.op - 1),
                None => Viewing::Now,
            };
            s.view(viewing);
        }
        if let Some(place) = s.scene.shown.get(fid).map(|p| p.bbox) {
            s.selection.change(Select::Only(vec![fid]));
            s.views.map.show(place);
        }
    }

    fn zoom(&mut self, bbox: BBox) {
        if let Some(s) = &mut self.session {
            s.views.map.show(bbox);
        }
    }

    fn restyle(&mut self) {
        if let Some(s) = &mut self.session {
            s.restyle(&self.settings);
        }
    }

    fn show_tab(&mut self, tab: Tab) {
        self.settings.bottom_open = true;
        if let Some(s) = &mut self.session {
            s.views.bottom.tab = tab;
            if tab != Tab::Quarantine {
                s.views.map.record = None;
                s.views.bottom.quarantine.hide();
            }
        }
    }

    /// The map shows a record in quarantine; the panel at the right tells of it.
    fn show_record(&mut self, shown: Option<Arc<ShownRecord>>) {
        self.settings.right_open |= shown.is_some();
        if let Some(s) = &mut self.session {
            s.views.map.record = shown;
        }
    }

    /// The tool for new land, for a record in quarantine.
    fn draw_record(&mut self, record: &ForRecord) {
        let Some(s) = &mut self.session else { return };
        s.views.map.drop_gesture();
        s.views.map.draw.reset();
        s.views.map.hand.take_record(record);
        self.notices.clear();
    }

    fn step_finding(&mut self, by: i64) {
        let have = self.have();
        let lang = self.settings.lang;
        let Some(s) = &mut self.session else { return };
        if let Some(id) = s.step(&have, lang, by) {
            self.show_finding(id);
        }
    }

    /// Stands on a finding: the map goes there, its parcels are selected.
    fn show_finding(&mut self, id: i64) {
        let Some(s) = &mut self.session else { return };
        let Some(f) = s.findings().get(id).cloned() else {
            return;
        };
        s.finding = Some(id);
        if s.tour.last() != Some(&id) {
            s.tour.push(id);
        }
        self.settings.right_open = true;
        let coverage = &s.scene.shown;
        let parcels: Vec<_> = f.parcels.iter().filter_map(|u| coverage.by_uid(*u)).collect();
        s.selection
            .change(Select::Only(parcels.iter().map(|p| p.fid).collect()));
        let place = f.bbox.or(f.at.map(|p| BBox::of([p])));
        // A place is shown with some ground around it, a whole parcel as it is.
        let place = place.map(|b| b.grown(15_000));
        if let Some(b) = place.or(parcels.iter().map(|p| p.bbox).reduce(BBox::union)) {
            s.views.map.show(b);
        }
        self.show_tab(Tab::Findings);
    }

    fn apply(&mut self, edits: &[Edit]) {
        if self.jobs.writing() {
            return self.refuse_writing();
        }
        let act = self.act();
        let Some(s) = &mut self.session else { return };
        let before = s.scene.shown.clone();
        let edits: Vec<Edit> = edits.iter().map(|e| s.scene.within(e.clone())).collect();
        match s.project.apply_all(&edits, &act) {
            Ok(effects) => {
                s.redraw(&before, &effects);
                s.views.map.hand.applied();
                s.views.forms.applied(&s.project, self.settings.lang);
                s.select_created(&effects);
                let label = effects.first().map(|e| e.label.clone()).unwrap_or_default();
                self.changed(true);
                self.tell(label, &effects, &before);
            }
            Err(e) => self.refused(&e),
        }
    }

    pub(super) fn refuse_writing(&mut self) {
        self.notices.say(
            &self.ctx,
            Tone::Warning,
            msg!(
                "Đang ghi dữ liệu: hãy chờ xong rồi sửa.",
                "Data is being written: wait until it is done."
            ),
            None,
        );
    }

    /// It is on the disk: what changed is told.
    pub(super) fn tell(&mut self, label: Msg, effects: &[Effects], before: &Coverage) {
        let Some(s) = &mut self.session else { return };
        let saved = s.saved.clone().unwrap_or_default();
        s.strip = Strip::of(label.clone(), effects, before, &s.scene.shown, saved);
        match s.strip {
            Some(_) => self.notices.good_news_leaves(),
            None => self.notices.say(&self.ctx, Tone::Ok, label, None),
        }
    }

    pub(super) fn refused(&mut self, e: &EditError) {
        let at_field = self.session.as_mut().is_some_and(|s| {
            s.views.map.hand.refused();
            s.views.forms.refused(&e.failure) || s.views.inspector.refused(&e.failure)
        });
        if !at_field || !e.findings.is_empty() {
            self.notices.failure(&self.ctx, &e.failure);
        }
        self.ctx.request_repaint();
    }

    pub(super) fn fail(&mut self, failure: &Failure) {
        self.notices.failure(&self.ctx, failure);
    }
}
