//! "Sửa hàng loạt": which findings and how, then what would be done and what would be left and why; then one operation.

use std::sync::Arc;

use egui::{ComboBox, RichText, Ui};
use egui_material_icons::icons as i;

use super::{CANCEL, Cx, Flow, form_row, frame, hint};
use crate::domain::{Failure, Finding, Uid};
use crate::fix::{self, Batch, Request};
use crate::text::{Lang, Text, format};
use crate::ui::action::Action;
use crate::ui::theme::{M, S, tokens};
use crate::ui::widgets::{self, Tone};
use crate::ui::work::Work;
use crate::validate;

const TITLE: Text = Text::new("Sửa hàng loạt", "Fix in a batch");
const RULE: Text = Text::new("Quy tắc", "Rule");
const SCOPE: Text = Text::new("Phạm vi", "Where");
const WAY: Text = Text::new("Cách sửa", "Fix");
const ALL_RULES: Text = Text::new("Mọi quy tắc sửa được", "All rules with fixes");
const CERTAIN: Text = Text::new("Chỉ những cách chắc chắn", "Only what is certain");
const CERTAIN_HINT: Text = Text::new(
    "Lỗi nào cần người quyết định thì để lại và nói rõ vì sao.",
    "What a person has to decide is left, and it is said why.",
);
const DISTRICT: Text = Text::new("Cả huyện", "The whole district");
const SELECTED: Text = Text::new("Các thửa đang chọn", "The selected parcels");
const TRY: Text = Text::new("Thử", "Try");
const NOTHING: Text = Text::new(
    "Không có lỗi nào sửa được trong phạm vi này.",
    "Nothing can be fixed here.",
);
const FIXED: Text = Text::new("Sẽ sửa", "Would be fixed");
const LEFT: Text = Text::new("Để lại", "Left");
const NONE: Text = Text::new(
    "Chưa có lỗi nào có cách sửa. Bấm F5 để kiểm tra dữ liệu trước.",
    "No finding has a fix. Press F5 to check the data first.",
);

/// Where.
#[derive(Clone, Debug, PartialEq)]
enum Scope {
    District,
    Commune(String),
    Sheet(String, String),
    Selected,
}

/// What stands in the choices.
pub struct FixDialog {
    /// Rules with fixes and the number of their findings.
    rules: Vec<(&'static str, usize)>,
    rule: Option<&'static str>,
    scopes: Vec<Scope>,
    scope: Scope,
    selected: Vec<Uid>,
    way: Option<&'static str>,
    dossier: Option<String>,
    busy: bool,
    tried: Option<Result<Arc<Batch>, Failure>>,
}

impl FixDialog {
    /// `at`: the finding the person stands on.
    pub fn new(
        findings: &[Finding],
        at: Option<&Finding>,
        selected: Vec<Uid>,
        dossier: Option<String>,
    ) -> Self {
        let count = |code: &str| findings.iter().filter(|f| f.code == code).count();
        let rules: Vec<_> = fix::ORDER
            .iter()
            .map(|c| (*c, count(c)))
            .filter(|r| r.1 > 0)
            .collect();
        let mut scopes = vec![Scope::District];
        let place = at
            .and_then(|f| f.refs.first())
            .map(|r| r.split('/').collect::<Vec<_>>());
        if let Some([commune, sheet, _]) = place.as_deref() {
            scopes.push(Scope::Commune((*commune).to_owned()));
            scopes.push(Scope::Sheet((*commune).to_owned(), (*sheet).to_owned()));
        }
        if !selected.is_empty() {
            scopes.push(Scope::Selected);
        }
        Self {
            rule: at.and_then(|f| rules.iter().find(|r| r.0 == f.code)).map(|r| r.0),
            rules,
            scopes,
            scope: Scope::District,
            selected,
            way: None,
            dossier,
            busy: false,
            tried: None,
        }
    }

    pub fn tried(&mut self, result: Result<Batch, Failure>) {
        self.busy = false;
        self.tried = Some(result.map(Arc::new));
    }

    fn request(&self) -> Request {
        let rules = match self.rule {
            Some(code) => vec![code.to_owned()],
            None => self.rules.iter().map(|r| r.0.to_owned()).collect(),
        };
        let mut request = Request {
            rules,
            choices: self.way.map(str::to_owned).into_iter().collect(),
            dossier: self.dossier.clone(),
            ..Request::default()
        };
        match &self.scope {
            Scope::District => (),
            Scope::Commune(c) => request.communes = vec![c.clone()],
            Scope::Sheet(c, s) => (request.communes, request.sheets) = (vec![c.clone()], vec![s.clone()]),
            Scope::Selected => request.parcels = self.selected.clone(),
        }
        request
    }

    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let lang = cx.lang;
        let mut state = (self, None);
        let flow = frame(
            (cx.ctx, lang),
            TITLE.get(lang),
            [760.0, 560.0],
            &mut state,
            |ui, (this, _)| this.body(ui, lang),
            |ui, (this, work)| this.buttons(ui, lang, work),
        );
        cx.out.extend(state.1.map(Action::Work));
        flow
    }

    fn buttons(&mut self, ui: &mut Ui, lang: Lang, work: &mut Option<Work>) -> Flow {
        let mut flow = Flow::Stay;
        match &self.tried {
            Some(Ok(batch)) if !batch.edits.is_empty() => {
                let n = format::count(batch.made.len() as u64, lang);
                let text = match lang {
                    Lang::Vi => format!("Sửa {n} lỗi"),
                    Lang::En => format!("Fix {n} findings"),
                };
                if widgets::primary(ui, true, Some(i::ICON_AUTO_FIX_HIGH), &text) {
                    *work = Some(Work::EnterFixes(batch.clone()));
                    flow = Flow::Close;
                }
            }
            _ => {
                let ready = !self.busy && !self.rules.is_empty();
                if widgets::primary(ui, ready, Some(i::ICON_PLAY_ARROW), TRY.get(lang)) {
                    self.busy = true;
                    *work = Some(Work::TryFixes(self.request()));
                }
            }
        }
        if ui.button(CANCEL.get(lang)).clicked() {
            flow = Flow::Close;
        }
        flow
    }

    fn body(&mut self, ui: &mut Ui, lang: Lang) {
        if self.rules.is_empty() {
            return widgets::note(ui, Tone::Info, NONE.get(lang));
        }
        let before = self.request();
        ui.add_enabled_ui(!self.busy, |ui| self.choices(ui, lang));
        if self.request() != before {
            self.tried = None;
        }
        if self.busy {
            ui.horizontal(|ui| {
                ui.spinner();
                hint(ui, fix::TRYING.get(lang));
            });
        }
        match &self.tried {
            Some(Ok(batch)) => summary(ui, batch, lang),
            Some(Err(failure)) => widgets::note(ui, Tone::Error, &failure.describe(lang)),
            None => (),
        }
    }

    fn choices(&mut self, ui: &mut Ui, lang: Lang) {
        let titled = |r: &Option<&'static str>| match r {
            None => ALL_RULES.get(lang).to_owned(),
            Some(code) => {
                let n = self.rules.iter().find(|r| r.0 == *code).map_or(0, |r| r.1);
                format!("{} ({})", title(code, lang), format::count(n as u64, lang))
            }
        };
        let rules: Vec<_> = std::iter::once(None)
            .chain(self.rules.iter().map(|r| Some(r.0)))
            .collect();
        let mut rule = self.rule;
        form_row(ui, RULE.get(lang), |ui| {
            pick(ui, RULE, lang, &rules, titled, &mut rule)
        });
        if rule != self.rule {
            (self.rule, self.way) = (rule, None);
        }
        let selected = self.selected.len() as u64;
        let place = |s: &Scope| match (s, lang) {
            (Scope::District, _) => DISTRICT.get(lang).to_owned(),
            (Scope::Commune(c), Lang::Vi) => format!("Xã {c}"),
            (Scope::Commune(c), Lang::En) => format!("Commune {c}"),
            (Scope::Sheet(c, s), Lang::Vi) => format!("Tờ {s} xã {c}"),
            (Scope::Sheet(c, s), Lang::En) => format!("Sheet {s} of commune {c}"),
            (Scope::Selected, _) => format!("{} ({})", SELECTED.get(lang), format::count(selected, lang)),
        };
        form_row(ui, SCOPE.get(lang), |ui| {
            pick(ui, SCOPE, lang, &self.scopes, place, &mut self.scope)
        });
        if let Some(code) = self.rule {
            let ways: Vec<_> = std::iter::once(None)
                .chain(fix::names(code).iter().map(|k| Some(*k)))
                .collect();
            let name = |w: &Option<&'static str>| match w {
                None => CERTAIN.get(lang).to_owned(),
                Some(n) => fix::KINDS
                    .iter()
                    .find(|k| k.0 == *n)
                    .map_or(*n, |k| k.1.get(lang))
                    .to_owned(),
            };
            form_row(ui, WAY.get(lang), |ui| {
                pick(ui, WAY, lang, &ways, name, &mut self.way)
            });
        }
        if self.way.is_none() {
            hint(ui, CERTAIN_HINT.get(lang));
        }
        ui.add_space(S);
    }
}

fn title(code: &'static str, lang: Lang) -> &'static str {
    validate::rule(code).map_or(code, |r| r.title.get(lang))
}

fn pick<T: Clone + PartialEq>(
    ui: &mut Ui,
    name: Text,
    lang: Lang,
    all: &[T],
    text: impl Fn(&T) -> String,
    now: &mut T,
) {
    let combo = ComboBox::from_id_salt(name.en)
        .selected_text(text(now))
        .width(420.0);
    let r = combo.show_ui(ui, |ui| {
        for value in all {
            ui.selectable_value(now, value.clone(), text(value));
        }
    });
    widgets::named(r.response, egui::accesskit::Role::ComboBox, name.get(lang));
}

fn summary(ui: &mut Ui, b: &Batch, lang: Lang) {
    ui.separator();
    ui.add_space(S);
    if b.made.is_empty() {
        widgets::note(ui, Tone::Info, NOTHING.get(lang));
    } else {
        widgets::note(ui, Tone::Ok, &totals(b, lang));
    }
    let count = |n: usize| format::count(n as u64, lang);
    let weak = tokens(ui).text_weak;
    let row = |ui: &mut Ui, n: usize, code: &'static str, what: &str| {
        ui.horizontal_top(|ui| {
            column(ui, 44.0, &count(n));
            column(ui, 236.0, title(code, lang));
            ui.add(egui::Label::new(RichText::new(what).color(weak)).wrap());
        });
    };
    if !b.made.is_empty() {
        ui.add_space(M);
        widgets::section(ui, FIXED.get(lang));
        for ((code, name), n) in b.made_by() {
            let what = fix::KINDS
                .iter()
                .find(|k| k.0 == name)
                .map_or(name, |k| k.1.get(lang));
            row(ui, n, code, what);
        }
    }
    if !b.left.is_empty() {
        ui.add_space(M);
        widgets::section(ui, LEFT.get(lang));
        for ((code, reason), n) in b.left_by() {
            let first = b.left.iter().find(|l| l.finding.code == code && l.code == reason);
            row(ui, n, code, first.map_or(reason, |l| l.reason.get(lang)));
        }
    }
}

/// A cell of a row whose last cell may wrap: on one line with its first line.
fn column(ui: &mut Ui, width: f32, text: &str) {
    let size = egui::vec2(width, 0.0);
    ui.allocate_ui_with_layout(size, egui::Layout::top_down(egui::Align::LEFT), |ui| {
        ui.set_width(width);
        ui.add(egui::Label::new(text).wrap());
    });
}

fn totals(b: &Batch, lang: Lang) -> String {
    let (moved, most) = b.area_moved();
    let (moved, most) = (format::area(moved, lang), format::area(most, lang));
    let n = |n: usize| format::count(n as u64, lang);
    let (made, parcels, points) = (n(b.made.len()), n(b.parcels.len()), n(b.points_moved));
    let (in_, out) = (n(b.points_inserted), n(b.points_removed));
    let far = format::number(b.farthest_mm.ceil(), 0, lang);
    match lang {
        Lang::Vi => format!(
            "Sửa được {made} lỗi ở {parcels} thửa. Đất chuyển giữa các thửa {moved}, nhiều nhất một thửa {most}. Dời {points} điểm, xa nhất {far}\u{a0}mm; thêm {in_}, bỏ {out} điểm. Một lần hoàn tác trả lại tất cả."
        ),
        Lang::En => format!(
            "{made} findings on {parcels} parcels can be fixed. {moved} change hands, at most {most} of one parcel. {points} points move, by {far}\u{a0}mm at most; {in_} come, {out} go. One undo takes it all back."
        ),
    }
}
