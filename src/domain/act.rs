//! Who does something, and when by their clock.

use jiff::Timestamp;

/// Actor and clock of a change; both come in as arguments, no library code reads a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Login of the person at the desk.
    pub actor: String,
    /// As claimed by the PC. It orders nothing: operation numbers do.
    pub at: Timestamp,
}

impl Act {
    pub fn new(actor: impl Into<String>, at: Timestamp) -> Self {
        Self {
            actor: actor.into(),
            at,
        }
    }
}
