//! The tools: small state machines fed by the map's pointer and by typed values. They preview with the
//! pure plan and emit one edit. [`frame::Hand`] is what they have in common.

mod bar;
mod card;
mod side;
mod children;
mod entry;
mod frame;
mod land;
mod lists;
mod retire;
mod add_parcel;
mod overlap;
mod fill_gap;
mod fix;
mod carve;
mod merge;
mod split;
mod match_edge;
mod curve;
mod align;
mod reshape;
mod move_points;
mod merge_points;
mod remove_point;
mod insert_point;
mod marks;
pub mod measure;
mod move_point;
mod numbers;
mod plan_view;
mod preview;

pub use frame::{Hand, Input, Values};
pub use preview::signed;

use self::children::Children;
use crate::domain::Pt;
use crate::edit::Edit;
use crate::text::Text;
use crate::ui::action::Action;
use crate::ui::command::Command;
use crate::ui::draw::Wanted;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

/// Which tool is in hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ToolKind {
    #[default]
    Select,
    Pan,
    /// Drag a box to zoom into; then back to selecting.
    ZoomBox,
    MovePoint,
    InsertPoint,
    RemovePoint,
    MergePoints,
    MovePoints,
    Reshape,
    Align,
    Curve,
    Split,
    Merge,
    Carve,
    FillGap,
    Fix,
    Overlap,
    AddParcel,
    Retire,
    MatchEdge,
    Measure,
}

impl ToolKind {
    /// Whether it changes boundaries: it then has a bar of its own and a preview.
    pub fn is_boundary(self) -> bool {
        !matches!(self, Self::Select | Self::Pan | Self::ZoomBox | Self::Measure)
    }

    /// The command that takes it in hand: its name and icon.
    pub fn command(self) -> Option<Command> {
        Command::ALL.into_iter().find(|c| c.tool() == Some(self))
    }

    fn make(self) -> Option<Box<dyn Tool>> {
        Some(match self {
            Self::Select | Self::Pan | Self::ZoomBox | Self::Measure => return None,
            Self::MovePoint => Box::<move_point::MovePoint>::default(),
            Self::InsertPoint => Box::<insert_point::InsertPoint>::default(),
            Self::RemovePoint => Box::<remove_point::RemovePoint>::default(),
            Self::MergePoints => Box::<merge_points::MergePoints>::default(),
            Self::MovePoints => Box::<move_points::MovePoints>::default(),
            Self::Reshape => Box::<reshape::Reshape>::default(),
            Self::Align => Box::<align::Align>::default(),
            Self::Curve => Box::<curve::Curve>::default(),
            Self::Split => Box::<split::Split>::default(),
            Self::Merge => Box::<merge::Merge>::default(),
            Self::Carve => Box::<carve::Carve>::default(),
            Self::FillGap => Box::<fill_gap::FillGap>::default(),
            Self::Fix => Box::<fix::FixFinding>::default(),
            Self::Overlap => Box::<overlap::Overlap>::default(),
            Self::AddParcel => Box::<add_parcel::AddParcel>::default(),
            Self::Retire => Box::<retire::Retire>::default(),
            Self::MatchEdge => Box::<match_edge::MatchEdge>::default(),
        })
    }
}

/// A tool that changes boundaries: what was given so far, and the edit that follows from it.
pub trait Tool {
    /// What to do next, in one line.
    fn next(&self, look: &Look<'_>) -> Text;

    /// The edit as it stands; `None` while something is missing.
    fn edit(&self, look: &Look<'_>) -> Option<Edit>;

    /// Edits of the same gesture after that one.
    fn more(&self) -> Vec<Edit> {
        Vec::new()
    }

    /// The fields for typed values, in the bar.
    fn fields(&mut self, bar: &mut bar::Bar<'_, '_, '_>);

    /// What the pointer does on the map in this frame.
    fn pointer(&mut self, input: &Input, look: &Look<'_>) -> Asks;

    /// What is to be drawn with the drawing session now, if anything.
    fn draws(&self, _look: &Look<'_>) -> Option<Wanted> {
        None
    }

    /// What is being drawn, with the pointer as its last point; `ended`: the person is done with it.
    fn drawn(&mut self, _points: Vec<Pt>, _ended: bool, _look: &Look<'_>) {}

    /// The table of what a fitting plan creates, with its title, where the clerk may correct it.
    fn children(&mut self) -> Option<(Text, &mut Children)> {
        None
    }

    /// Whether there is a list to look through, whether or not the plan fits.
    fn has_list(&self) -> bool {
        false
    }

    /// That list.
    fn list(&mut self, _ui: &mut egui::Ui, _look: &Look<'_>, _out: &mut Vec<Action>) {}

    /// What was given so far, on the map, under the plan.
    fn paint(&self, cx: &Canvas<'_>, look: &Look<'_>, t: &Tokens);

    /// Takes the last thing given back; false when nothing was given.
    fn back(&mut self) -> bool;

    /// The edit was written: ready for the next one.
    fn done(&mut self);
}

/// What a tool asks for after the pointer has moved or clicked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Asks {
    #[default]
    Nothing,
    /// Write the edit as it stands.
    Apply,
    /// Select the parcel at this place.
    Pick(Pt),
    /// Select it as well, or no longer.
    Toggle(Pt),
}
