//! Left, on top: the search box and what it found. `12/45`, `tờ 12 thửa 45`, a name with or without
//! marks, an old number, a serial, an identity number; of an owner all parcels at once.

use egui::{Key, Modifiers, RichText, ScrollArea, TextEdit, Ui};
use egui_material_icons::icons as i;

use crate::domain::Failure;
use crate::project::{Hit, HitKind};
use crate::register::Kind;
use crate::text::{Text, terms};
use crate::ui::action::{Action, Select};
use crate::ui::form::Ask;
use crate::ui::look::Look;
use crate::ui::theme::{S, tokens};
use crate::ui::widgets::{self, Tone};

/// How many results are asked for.
const LIMIT: usize = 50;

const NAME: Text = Text::new("Tìm kiếm", "Search");
const HINT: Text = Text::new("12/45, tên, số giấy…", "12/45, a name, a number…");
const CLEAR: Text = Text::new("Xóa ô tìm kiếm", "Clear the search");
const NONE: Text = Text::new("Không tìm thấy", "Nothing found");
const NONE_BODY: Text = Text::new(
    "Thử “12/45”, “tờ 12 thửa 45”, một phần tên không cần dấu, số tờ/thửa cũ, số phát hành, số CCCD.",
    "Try “12/45”, “tờ 12 thửa 45”, part of a name without marks, an old number, a serial, an identity number.",
);

const HISTORIC: Text = Text::new("lịch sử", "historic");

#[derive(Default)]
pub struct SearchPanel {
    text: String,
    /// Text and revision the results belong to.
    found_for: Option<(String, u64)>,
    hits: Vec<Hit>,
    /// Further parcels of the party or certificate of each hit, among those found.
    more: Vec<usize>,
    failure: Option<Failure>,
    at: Option<usize>,
    focus: bool,
}

impl SearchPanel {
    /// Puts the cursor into the box at the next frame.
    pub fn focus(&mut self) {
        self.focus = true;
    }

    /// Whether results are to be seen (the layers then step back).
    pub fn is_active(&self) -> bool {
        !self.text.trim().is_empty()
    }

    pub fn ui(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        self.field(ui, look, out);
        if !self.is_active() {
            return;
        }
        self.search(look);
        if let Some(failure) = &self.failure {
            return widgets::note(ui, Tone::Error, &failure.describe(look.lang));
        }
        if self.hits.is_empty() {
            widgets::empty(
                ui,
                i::ICON_SEARCH_OFF,
                NONE.get(look.lang),
                NONE_BODY.get(look.lang),
            );
            return;
        }
        ScrollArea::vertical()
            .id_salt("hits")
            .auto_shrink([false, false])
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = S;
                for n in 0..self.hits.len() {
                    if self.hit(ui, n, look) {
                        self.choose(n, look, out);
                    }
                }
            });
    }

    fn field(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let (mut down, mut up) = (false, false);
        // As it was when the row was laid out, so that the row never grows while typing.
        let active = self.is_active();
        ui.horizontal(|ui| {
            ui.label(widgets::icon(i::ICON_SEARCH).color(tokens(ui).text_weak));
            let room = ui.available_width() - if active { 48.0 } else { 0.0 };
            let hint = RichText::new(HINT.get(look.lang)).color(tokens(ui).text_weak);
            let r = ui.add(
                TextEdit::singleline(&mut self.text)
                    .desired_width(room)
                    .hint_text(hint),
            );
            ui.ctx()
                .accesskit_node_builder(r.id, |n| n.set_label(NAME.get(look.lang)));
            if std::mem::take(&mut self.focus) {
                r.request_focus();
            }
            if r.has_focus() {
                ui.input_mut(|i| {
                    down = i.consume_key(Modifiers::NONE, Key::ArrowDown);
                    up = i.consume_key(Modifiers::NONE, Key::ArrowUp);
                });
            }
            if r.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter)) {
                self.search(look);
                self.choose(self.at.unwrap_or(0), look, out);
            }
            if active && widgets::icon_button(ui, i::ICON_CLOSE, CLEAR.get(look.lang)) {
                self.text.clear();
            }
        });
        if down || up {
            let next = self
                .at
                .map_or(0, |n| if down { n + 1 } else { n.saturating_sub(1) });
            self.at = Some(next.min(self.hits.len().saturating_sub(1)));
        }
    }

    /// Asks the project, once per text and state of the data.
    fn search(&mut self, look: &Look<'_>) {
        let key = (self.text.trim().to_owned(), look.revision);
        if self.found_for.as_ref() == Some(&key) {
            return;
        }
        (self.hits, self.failure) = match look.project.search(&key.0, LIMIT) {
            Ok(hits) => (hits, None),
            Err(failure) => (Vec::new(), Some(failure)),
        };
        self.gather();
        self.at = None;
        self.found_for = Some(key);
    }

    /// A party or certificate stands there once, with all its parcels.
    fn gather(&mut self) {
        let mut kept: Vec<(Hit, usize)> = Vec::new();
        for hit in std::mem::take(&mut self.hits) {
            let own = |h: &Hit| h.kind != HitKind::Parcel && (h.kind, h.uid) == (hit.kind, hit.uid);
            match kept.iter_mut().find(|(h, _)| own(h)) {
                Some((_, more)) => *more += usize::from(hit.fid.is_some()),
                None => kept.push((hit, 0)),
            }
        }
        (self.hits, self.more) = kept.into_iter().unzip();
    }

    fn below(&self, n: usize, look: &Look<'_>) -> String {
        let (hit, more) = (&self.hits[n], self.more[n]);
        let kind = match hit.kind {
            HitKind::Certificate => terms::CERTIFICATE.get(look.lang),
            HitKind::Dossier => terms::DOSSIER.get(look.lang),
            _ => "",
        };
        let place = match (hit.historic, more) {
            (true, _) => format!("{} · {}", hit.reference, HISTORIC.get(look.lang)),
            (false, 0) => hit.reference.clone(),
            (false, n) => format!("{} (+{n})", hit.reference),
        };
        let parts = [kind, place.as_str()];
        let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        parts.join(" · ")
    }

    fn hit(&self, ui: &mut Ui, n: usize, look: &Look<'_>) -> bool {
        let hit = &self.hits[n];
        let t = tokens(ui);
        let on = self.at == Some(n);
        let mut job = egui::text::LayoutJob::default();
        let font = |s: egui::TextStyle| s.resolve(ui.style());
        let format = |font_id, color| egui::TextFormat {
            font_id,
            color,
            ..Default::default()
        };
        job.append(&hit.label, 0.0, format(font(egui::TextStyle::Body), t.text));
        job.append(
            &format!("\n{}", self.below(n, look)),
            0.0,
            format(font(egui::TextStyle::Small), t.text_weak),
        );
        job.wrap.max_width = ui.available_width() - 48.0;
        let glyph = match hit.kind {
            HitKind::Parcel => i::ICON_SELECT_ALL,
            HitKind::Party => i::ICON_PERSON,
            HitKind::Certificate => i::ICON_WORKSPACE_PREMIUM,
            HitKind::Dossier => i::ICON_FOLDER_OPEN,
        };
        let button = egui::Button::new((widgets::icon(glyph).color(t.text_weak), job, widgets::grow()))
            .selected(on)
            .frame_when_inactive(on)
            .min_size(egui::vec2(ui.available_width(), 42.0));
        let spoken = match hit.historic {
            true => format!("{}, {} ({})", hit.label, hit.reference, HISTORIC.get(look.lang)),
            false => hit.label.clone(),
        };
        let r = widgets::named(ui.add(button), egui::accesskit::Role::Button, &spoken);
        if on {
            r.scroll_to_me(None);
        }
        r.clicked()
    }

    fn choose(&mut self, n: usize, look: &Look<'_>, out: &mut Vec<Action>) {
        let Some(hit) = self.hits.get(n) else { return };
        self.at = Some(n);
        if hit.historic {
            let fid = look.project.fid_of(hit.uid).ok().flatten();
            out.extend(fid.map(Action::Show));
            return;
        }
        let kind = match hit.kind {
            HitKind::Party => Some(Kind::Party),
            HitKind::Certificate => Some(Kind::Certificate),
            HitKind::Parcel | HitKind::Dossier => None,
        };
        if let Some(kind) = kind {
            let (uid, parcel) = (hit.uid, None);
            out.push(match hit.fid {
                Some(_) => Action::ShowParcelsOf(kind, uid),
                None => Action::Form(Ask::Open { kind, uid, parcel }),
            });
            return;
        }
        let parcel = hit.fid.and_then(|f| look.coverage.get(f));
        out.extend(parcel.map(|p| Action::Zoom(p.bbox)));
        out.push(Action::Select(Select::Only(hit.fid.into_iter().collect())));
    }
}
