//! The tool in hand: what all boundary tools have in common. Pointer and fields go to the tool, the edit
//! that follows is planned once, drawn, and written with Enter, the button or a click; Esc goes back
//! step by step.

use egui::{Key, Ui};

use super::add_parcel::AddParcel;
use super::preview::Preview;
use super::{Asks, Tool, ToolKind, bar, card, plan_view};
use crate::domain::{BBox, Pt};
use crate::text::Text;
use crate::ui::action::{Action, Select};
use crate::ui::draw::{self, Draw, Wanted};
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::panel::record_card::ForRecord;
use crate::ui::theme::{Tokens, tokens};

/// What the pointer does in this frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Input {
    /// Ground under the pointer.
    pub at: Option<Pt>,
    /// Ground length within which a point or side is meant, mm.
    pub reach: i64,
    pub pressed: bool,
    pub held: bool,
    pub released: bool,
    pub clicked: bool,
    pub double_clicked: bool,
    /// Shift: add to what is there; square to the line before.
    pub shift: bool,
    /// Ctrl: no snapping.
    pub free: bool,
}

impl Input {
    /// Where the pointer means to put something: a point of the map in reach, other than `not`, else the
    /// ground under it.
    pub fn target(&self, look: &Look<'_>, not: Option<Pt>) -> Option<Pt> {
        let at = self.at?;
        if self.free {
            return Some(at);
        }
        let near = look.coverage.nearest_point(at, self.reach).map(|n| n.at);
        Some(near.filter(|p| Some(*p) != not).unwrap_or(at))
    }
}

impl Input {
    /// The place of the boundary that is meant: a point in reach, else a place on a side.
    pub fn on_boundary(&self, look: &Look<'_>) -> Option<Pt> {
        let side = || look.coverage.nearest_side(self.at?, self.reach).map(|s| s.at);
        super::marks::nearest(look, self).or_else(side)
    }
}

/// What stands in the fields of a tool, by name.
pub type Values = std::collections::BTreeMap<String, String>;

/// What is typed about is shown at least so many pixels wide or high.
const READABLE: f64 = 130.0;

#[derive(Default)]
pub struct Hand {
    kind: ToolKind,
    tool: Option<Box<dyn Tool>>,
    preview: Preview,
    /// An edit of this tool is on its way.
    sent: bool,
    /// Enter was pressed where it means "apply".
    enter: bool,
    /// Put the cursor into the first field.
    focus: bool,
    /// A field of the bar has the focus.
    in_bar: bool,
    /// The table of the tool was drawn in the panel on the right.
    docked: bool,
    /// What the map showed in the last frame.
    seen: Option<(BBox, f64)>,
    /// Something is to be drawn.
    wants: bool,
    /// Something is being drawn: Enter ends that first.
    drawing: bool,
    /// What stands in the fields, and what stood there when the tool was taken in hand or had done an edit.
    values: Values,
    fresh: Option<Values>,
    /// Values of an earlier run that go into the fields as these are shown.
    restore: Values,
    /// Frames in which that may still happen: one choice after the other brings its fields.
    restoring: u8,
}

impl Hand {
    pub fn kind(&self) -> ToolKind {
        self.kind
    }

    /// Takes another tool in hand; what was not finished with the old one is dropped.
    pub fn take(&mut self, kind: ToolKind) {
        *self = Self {
            kind,
            tool: kind.make(),
            ..Self::default()
        };
    }

    /// The tool for new land, for a record in quarantine.
    pub fn take_record(&mut self, record: &ForRecord) {
        *self = Self {
            kind: ToolKind::AddParcel,
            tool: Some(Box::new(AddParcel::of(record.clone()))),
            ..Self::default()
        };
    }

    /// Other parcels came on the screen: what was planned on those before is planned again.
    pub fn forget(&mut self) {
        self.preview = Preview::default();
    }

    /// What the person has put into the fields of the bar; none while it is as it came.
    pub fn typed(&self) -> Option<&Values> {
        let fresh = self.fresh.as_ref()?;
        let other = |(name, value): (&String, &String)| {
            !bar::is_choice(name) && !value.is_empty() && fresh.get(name) != Some(value)
        };
        self.values.iter().any(other).then_some(&self.values)
    }

    /// Puts values of an earlier run into the fields.
    pub fn restore(&mut self, values: Values) {
        self.restore = values;
        self.restoring = 6;
        self.fresh = Some(Values::new());
    }

    /// Puts the cursor into the first field of the bar; from there into the table of what will be created.
    pub fn focus(&mut self) {
        let table = self.tool.as_mut().and_then(|t| t.children());
        match table.filter(|_| self.in_bar && self.preview.fits().is_some()) {
            Some((_, children)) => children.focus(),
            None => self.focus = self.tool.is_some(),
        }
    }

    /// Esc: what was given last, then the tool itself. False when there is nothing to drop.
    pub fn back(&mut self) -> bool {
        if self.tool.as_mut().is_some_and(|t| t.back()) {
            return true;
        }
        let had = self.tool.is_some() || self.kind == ToolKind::ZoomBox;
        if had {
            self.take(ToolKind::Select);
        }
        had
    }

    /// The edit of this tool was written.
    pub fn applied(&mut self) {
        if std::mem::take(&mut self.sent)
            && let Some(tool) = &mut self.tool
        {
            tool.done();
            self.fresh = None;
        }
    }

    /// The edit of this tool was refused; what was given stays.
    pub fn refused(&mut self) {
        self.sent = false;
    }

    /// Enter pressed on the map.
    pub fn enter(&mut self) {
        self.enter = !self.drawing;
    }

    /// The bar under the toolbar.
    pub fn bar(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let Some(tool) = &mut self.tool else { return };
        let free = ui
            .ctx()
            .memory(|m| m.focused().is_none() && m.top_modal_layer().is_none())
            && !egui::Popup::is_any_open(ui.ctx());
        self.enter |= free && !self.drawing && ui.input(|i| i.key_pressed(Key::Enter));
        let mut kept = bar::Kept {
            values: Values::new(),
            restore: &mut self.restore,
            focused: false,
        };
        let asked = bar::ui(
            ui,
            self.kind,
            tool.as_mut(),
            &self.preview,
            std::mem::take(&mut self.focus),
            &mut kept,
            look,
        );
        self.in_bar = kept.focused;
        self.values = kept.values;
        if let Some((_, children)) = tool.children() {
            children.restore(&mut self.restore);
            children.keep(&mut self.values);
        }
        if self.restoring > 0 {
            self.restoring -= 1;
            ui.ctx().request_repaint();
        } else {
            self.restore.clear();
        }
        if self.fresh.is_none() {
            self.fresh = Some(self.values.clone());
        }
        if self.follow(look, ui) {
            out.extend(self.place().map(Action::Zoom));
        }
        match asked {
            bar::Asked::Nothing => (),
            bar::Asked::Apply => self.enter = true,
            bar::Asked::Cancel => {
                self.back();
            }
        }
        if std::mem::take(&mut self.enter) {
            self.apply(look, out);
        }
    }

    fn follow(&mut self, look: &Look<'_>, ui: &Ui) -> bool {
        let edit = self.tool.as_ref().and_then(|t| t.edit(look));
        let changed = self.preview.follow(edit, look);
        if changed {
            ui.ctx().request_repaint();
        }
        changed
    }

    /// Where the map has to go so that what was typed can be seen; `None` when it can.
    fn place(&self) -> Option<BBox> {
        let (seen, metres_per_pixel) = self.seen?;
        let place = match self.preview.fits() {
            Some(shown) => shown.bbox(),
            None => {
                let found = self.preview.refusal()?.findings.iter();
                found
                    .filter_map(|f| f.bbox.or(f.at.map(|p| BBox::of([p]))))
                    .reduce(BBox::union)?
            }
        };
        if place.is_empty() {
            return None;
        }
        let pixels = place.width().max(place.height()) as f64 / 1000.0 / metres_per_pixel;
        (pixels < READABLE || !seen.intersects(&place)).then(|| place.grown(5_000))
    }

    /// Writes the edit. A refused one is sent too: the refusal is then explained where refusals are.
    fn apply(&mut self, look: &Look<'_>, out: &mut Vec<Action>) {
        if let Some(edit) = self.preview.edit()
            && look.editable()
            && !self.sent
        {
            let more = self.tool.iter().flat_map(|t| t.more());
            out.push(Action::Apply(std::iter::once(edit.clone()).chain(more).collect()));
            self.sent = true;
        }
    }

    /// The pointer on the map and everything drawn there.
    pub fn map(
        &mut self,
        ui: &Ui,
        cx: &Canvas<'_>,
        input: &Input,
        draw: &mut Draw,
        look: &Look<'_>,
        out: &mut Vec<Action>,
    ) {
        let t = tokens(ui);
        let Some(tool) = &mut self.tool else { return };
        self.drawing = draw.is_busy();
        self.seen = Some((cx.view.bbox(0.0), cx.view.metres_per_pixel));
        let wanted = tool.draws(look);
        self.wants = wanted.is_some();
        let asks = match wanted {
            Some(wanted) => {
                drawing(tool.as_mut(), wanted, cx, input, draw, look, t);
                Asks::Nothing
            }
            None => tool.pointer(input, look),
        };
        tool.paint(cx, look, t);
        self.follow(look, ui);
        match asks {
            Asks::Nothing => (),
            Asks::Apply => self.apply(look, out),
            Asks::Pick(at) | Asks::Toggle(at) => {
                let fid = look.pick(at);
                out.push(Action::Select(match fid {
                    Some(f) if input.shift || matches!(asks, Asks::Toggle(_)) => Select::Toggle(f),
                    fid => Select::Only(fid.into_iter().collect()),
                }));
            }
        }
        if let Some(shown) = self.preview.fits() {
            plan_view::plan(cx, look, shown, t);
            if self.tool.as_mut().is_none_or(|t| t.children().is_none()) {
                card::plan(cx, look, shown, t);
            }
        } else if let Some(e) = self.preview.refusal() {
            plan_view::refusal(cx, look, e);
            card::refusal(cx, look, e);
        }
        self.float(ui, cx.rect, look, out);
    }

    /// Whether a table of the tool is to be shown in the panel on the right.
    pub fn has_table(&mut self) -> bool {
        let fits = self.preview.fits().is_some();
        self.tool
            .as_mut()
            .is_some_and(|t| t.has_list() || fits && t.children().is_some())
    }

    /// The table of the tool, in the panel on the right.
    pub fn table(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        self.docked = true;
        self.tables(ui, look, out);
    }

    fn tables(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let Some(tool) = &mut self.tool else { return };
        if tool.has_list() {
            tool.list(ui, look, out);
        }
        if let Some(shown) = self.preview.fits()
            && let Some((title, children)) = tool.children()
        {
            children.ui(ui, title, shown, look);
        }
    }

    /// The same over the map while that panel is closed.
    fn float(&mut self, ui: &Ui, map: egui::Rect, look: &Look<'_>, out: &mut Vec<Action>) {
        if std::mem::take(&mut self.docked) || !self.has_table() {
            return;
        }
        egui::Area::new(egui::Id::unique("tool table"))
            .pivot(egui::Align2::RIGHT_TOP)
            .fixed_pos(map.right_top() + egui::vec2(-10.0, 56.0))
            .constrain_to(map)
            .show(ui.ctx(), |ui| {
                egui::Frame::window(ui.style()).inner_margin(8).show(ui, |ui| {
                    ui.set_width(320.0);
                    self.tables(ui, look, out);
                });
            });
    }

    /// Whether an edit is being previewed.
    pub fn is_planning(&self) -> bool {
        self.preview.edit().is_some()
    }

    /// Whether the drawing session is in use.
    pub fn draws(&self) -> bool {
        self.wants
    }

    /// What a tool without a bar waits for.
    pub fn hint(&self) -> Option<Text> {
        (self.kind == ToolKind::ZoomBox).then_some(Text::new(
            "Kéo một khung để phóng to · Esc để bỏ",
            "Drag a box to zoom into · Esc to drop",
        ))
    }
}

/// One frame of the drawing session for a tool that wants something drawn.
fn drawing(
    tool: &mut dyn Tool,
    wanted: Wanted,
    cx: &Canvas<'_>,
    input: &Input,
    draw: &mut Draw,
    look: &Look<'_>,
    t: &Tokens,
) {
    draw.begin(wanted);
    let hand = draw::Hand {
        at: input.at,
        reach: input.reach,
        clicked: input.clicked,
        double_clicked: input.double_clicked,
        square: input.shift,
        free: input.free,
    };
    match draw.ui(cx, &hand, look, t) {
        Some(points) => tool.drawn(points, true, look),
        None => tool.drawn(draw.preview(), false, look),
    }
}
