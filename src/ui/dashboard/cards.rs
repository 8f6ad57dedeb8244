//! The cards: one number each, a click leads to its parcels.

use egui::accesskit::Role;
use egui::{Align2, Color32, CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::Scope;
use crate::readiness::{Group, Reason, Tally, What};
use crate::render::style::group_colour;
use crate::text::{Text, format};
use crate::ui::action::Action;
use crate::ui::look::Look;
use crate::ui::map_live::rgb;
use crate::ui::readiness::{Ask, Ready};
use crate::ui::theme::{M, tokens};
use crate::ui::widgets;

/// One card.
struct Card {
    name: Text,
    value: String,
    colour: Option<Color32>,
    /// The parcels behind the number; none: nothing to click.
    what: Option<What>,
    /// More of it is worse: red when there is any.
    bad: bool,
}

const IN_A_ROW: usize = 7;
const HEIGHT: f32 = 52.0;

/// Two rows of cards over the width there is.
pub fn ui(ui: &mut Ui, look: &Look<'_>, t: &Tally, scope: &Scope, ready: &Ready, out: &mut Vec<Action>) {
    let cards = cards(look, t, ready);
    let width = ui.available_width();
    let each = (width - M * (IN_A_ROW as f32 - 1.0)) / IN_A_ROW as f32;
    let rows = cards.len().div_ceil(IN_A_ROW);
    let (area, _) = ui.allocate_exact_size(vec2(width, rows as f32 * (HEIGHT + M) - M), Sense::hover());
    for (n, card) in cards.iter().enumerate() {
        let (row, col) = (n / IN_A_ROW, n % IN_A_ROW);
        let corner = area.min + vec2(col as f32 * (each + M), row as f32 * (HEIGHT + M));
        let rect = Rect::from_min_size(corner, vec2(each, HEIGHT));
        if draw(ui, rect, card, n, look) {
            let wanted = scope.wanted(card.what.unwrap_or_default());
            let label = crate::text::Msg::from(card.name);
            out.push(Action::Readiness(Ask::List(wanted, label)));
        }
    }
}

fn cards(look: &Look<'_>, t: &Tally, ready: &Ready) -> Vec<Card> {
    let lang = look.lang;
    let criteria = ready.readiness.criteria();
    let card = |name: Text, n: u32, what: What, bad: bool| Card {
        name,
        value: format::count(n.into(), lang),
        colour: None,
        what: (n > 0).then_some(what),
        bad: bad && n > 0,
    };
    let group = |g: Group| Card {
        colour: Some(rgb(group_colour(g))),
        ..card(g.name(), t.group(g), What::Group(g), false)
    };
    vec![
        card(Text::new("Tổng số thửa", "Parcels"), t.parcels, What::All, false),
        card(
            Text::new("Chưa nhập", "Not entered"),
            t.parcels - t.entered,
            What::NotEntered,
            true,
        ),
        Card {
            value: format!("{} %", format::number(t.entered_percent(), 1, lang)),
            what: None,
            ..card(Text::new("Đã nhập", "Entered"), 0, What::All, false)
        },
        group(Group::One),
        group(Group::Two),
        group(Group::Three),
        group(Group::Unclassified),
        card(
            Text::new("Thiếu CCCD", "No identity number"),
            t.reason(Reason::NoIdentity),
            What::Reason(Reason::NoIdentity),
            true,
        ),
        card(
            Text::new("Chưa có mã định danh", "No identifier"),
            t.reason(Reason::NoCode),
            What::Reason(Reason::NoCode),
            true,
        ),
        card(
            Text::new("Lỗi topology", "Topology errors"),
            t.topology,
            What::Reasons(criteria.topology),
            true,
        ),
        card(
            Text::new("Thiếu hồ sơ quét", "Scans missing"),
            t.missing_scans,
            What::Reason(Reason::NoScan),
            true,
        ),
        card(
            Text::new("Chờ đối soát", "To compare"),
            t.worklist(6),
            What::Worklist(6),
            false,
        ),
        card(
            Text::new("Chờ ký số", "To sign"),
            t.worklist(7),
            What::Worklist(7),
            false,
        ),
        card(
            Text::new("Bị trả về", "Given back"),
            t.worklist(8),
            What::Worklist(8),
            true,
        ),
    ]
}

fn draw(ui: &Ui, rect: Rect, card: &Card, n: usize, look: &Look<'_>) -> bool {
    let t = tokens(ui);
    let sense = if card.what.is_some() {
        Sense::click()
    } else {
        Sense::hover()
    };
    let r = ui.interact(rect, ui.scope_id().with(("card", n)), sense);
    let name = format!("{}: {}", card.name.get(look.lang), card.value);
    let role = if card.what.is_some() {
        Role::Button
    } else {
        Role::Label
    };
    let r = widgets::named(r, role, &name);
    let (ground, frame) = match (r.hovered() && card.what.is_some(), r.has_focus()) {
        (_, true) => (t.raised, Stroke::new(2.0, t.accent)),
        (true, _) => (t.raised, Stroke::new(1.0, t.frame)),
        _ => (t.surface, Stroke::new(1.0, t.border)),
    };
    let p = ui.painter();
    p.rect(rect, 4.0, ground, frame, StrokeKind::Inside);
    if let Some(colour) = card.colour {
        let bar = Rect::from_min_max(rect.min, pos2(rect.min.x + 5.0, rect.max.y));
        p.rect_filled(
            bar,
            CornerRadius {
                nw: 4,
                sw: 4,
                ne: 0,
                se: 0,
            },
            colour,
        );
    }
    let clip = p.with_clip_rect(rect.shrink(4.0));
    let left = rect.min + vec2(14.0, 0.0);
    let small = egui::FontId::proportional(12.5);
    clip.text(
        left + vec2(0.0, 16.0),
        Align2::LEFT_CENTER,
        card.name.get(look.lang),
        small,
        t.text_weak,
    );
    let big = egui::FontId::proportional(20.0);
    let colour = if card.bad { t.error } else { t.text };
    clip.text(
        left + vec2(0.0, 36.0),
        Align2::LEFT_CENTER,
        &card.value,
        big,
        colour,
    );
    r.on_hover_cursor(match card.what {
        Some(_) => egui::CursorIcon::PointingHand,
        None => egui::CursorIcon::Default,
    })
    .clicked()
}
