//! The tools: small state machines fed by the map's pointer. They preview with the pure plan and emit
//! one edit.

pub mod measure;
pub mod move_point;

/// Which tool is in hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ToolKind {
    #[default]
    Select,
    Pan,
    /// Drag a box to zoom into; then back to selecting.
    ZoomBox,
    MovePoint,
    Measure,
}

impl ToolKind {
    /// Whether it draws: the bar for typed coordinates is shown.
    pub fn draws(self) -> bool {
        matches!(self, Self::Measure)
    }
}
