//! The register as data: which kinds of records there are and which fields each has. From these tables come the JSON of
//! edits, the checks at each field, the command line, the forms of the window and the columns of tables.
//!
//! Pure: no row is read or written here (`store::records`). What several fields must say together stands in `rules`.

mod birth;
pub mod cccd;
pub mod duplicates;
pub mod habits;
pub mod identity;
mod kinds;
pub mod rules;
mod share;
mod tables;
mod value;

pub use birth::{birth, year_of};
pub use kinds::{Kind, Target};
pub use share::Share;
pub use value::{Value, bad, day, mask};

use crate::text::Text;

/// One field of a kind of record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// Key in JSON and on the command line; the column, without `_p`.
    pub name: &'static str,
    pub title: Text,
    pub kind: FieldKind,
    pub required: bool,
    /// What belongs there; empty where the title says it.
    pub help: Text,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldKind {
    /// Longest, characters.
    Text { max: usize },
    /// The same, personal.
    Personal { max: usize },
    /// A day.
    Date,
    /// A day, personal.
    PersonalDate,
    /// A day or only a year, personal: many papers give no more.
    Birth,
    /// A code of this list (`codes::code`).
    Code(&'static str),
    /// The same, personal.
    PersonalCode(&'static str),
    /// A land-use code of any version.
    LandUse,
    /// Commune code, five digits.
    Commune,
    /// Serial of a certificate (domain.md §4.3).
    Serial,
    /// m², at most so many decimals as are registered: 0 < x.
    Area,
    /// Whole, from .. to.
    Whole { from: i64, to: i64 },
    /// An amount of money in đồng, personal.
    PersonalMoney,
    /// Yes or no.
    Flag,
    /// An exact fraction, in two columns.
    Share,
    /// SHA-256 in hex.
    Hash,
    /// Another record.
    Ref(Target),
}

impl FieldKind {
    /// Whether its values are personal (domain.md §9.3).
    pub fn is_personal(self) -> bool {
        matches!(
            self,
            Self::Personal { .. }
                | Self::PersonalDate
                | Self::Birth
                | Self::PersonalCode(_)
                | Self::PersonalMoney
        )
    }
}

impl Field {
    /// Its column, or the two of a share.
    pub fn columns(&self) -> Vec<String> {
        let name = self.name;
        match self.kind {
            FieldKind::Share => vec![format!("{name}_numerator"), format!("{name}_denominator")],
            k if k.is_personal() => vec![format!("{name}_p")],
            _ => vec![name.to_owned()],
        }
    }
}
