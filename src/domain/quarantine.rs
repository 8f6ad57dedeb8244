//! Records the importer could not place: a worklist. What became of each is a decision like any other.

use std::fmt;
use std::str::FromStr;

use super::{BBox, Uid};

/// One record in quarantine, without anything personal.
#[derive(Clone, Debug, PartialEq)]
pub struct QuarantinedRecord {
    /// Row number in table `source_record`; lives as long as the file.
    pub id: i64,
    pub uid: Uid,
    /// Name of the source file without its folder.
    pub file: String,
    pub layer: Option<String>,
    /// Position in the file, from 1.
    pub record: u64,
    /// Code of the finding that says why.
    pub code: String,
    /// The import that put it there.
    pub import: i64,
    /// What the file calls it, as far as it says; empty when unknown.
    pub commune: String,
    pub sheet: String,
    pub number: String,
    /// Where it lies in the district's system; `None` when that cannot be computed.
    pub place: Option<BBox>,
    pub state: RecordState,
}

impl QuarantinedRecord {
    /// "xa.shp#12".
    pub fn name(&self) -> String {
        format!("{}#{}", self.file, self.record)
    }

    /// A line of a field book: it never becomes a parcel.
    pub fn is_point(&self) -> bool {
        self.code.starts_with("POINT_")
    }

    pub fn is_waiting(&self) -> bool {
        self.state == RecordState::Waiting
    }

    /// "25747/12/45"; empty parts stay empty.
    pub fn reference(&self) -> String {
        if [&self.commune, &self.sheet, &self.number]
            .iter()
            .all(|s| s.is_empty())
        {
            return String::new();
        }
        format!("{}/{}/{}", self.commune, self.sheet, self.number)
    }
}

/// What became of a record in quarantine.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordState {
    Waiting,
    /// It is in the map, as this parcel (the first, when it became several), by this operation.
    Placed {
        op: i64,
        parcel: Uid,
        reference: String,
    },
    /// A later import brought the same record, again in quarantine: that one is worked on.
    Replaced {
        op: i64,
        file: String,
        record: u64,
    },
    /// Somebody decided that it is not to be placed.
    Aside {
        op: i64,
        reason: String,
    },
}

impl RecordState {
    /// As in JSON and in `--state`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Placed { .. } => "placed",
            Self::Replaced { .. } => "replaced",
            Self::Aside { .. } => "aside",
        }
    }

    pub const NAMES: [&str; 4] = ["waiting", "placed", "replaced", "aside"];
}

/// Which records are asked for; what is empty or `None` does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuarantineFilter {
    /// Name of the source file without its folder.
    pub file: Option<String>,
    pub code: Option<String>,
    /// One of [`RecordState::NAMES`].
    pub state: Option<String>,
}

impl QuarantineFilter {
    pub fn takes(&self, r: &QuarantinedRecord) -> bool {
        let is = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|w| w == value);
        is(&self.file, &r.file) && is(&self.code, &r.code) && is(&self.state, r.state.name())
    }
}

/// A record as typed: a uid, or "FILE#RECORD".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordRef {
    Uid(Uid),
    Name { file: String, record: u64 },
}

impl FromStr for RecordRef {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        let s = s.trim();
        if let Ok(uid) = s.parse() {
            return Ok(Self::Uid(uid));
        }
        let (file, record) = s.rsplit_once('#').ok_or(())?;
        match record.parse() {
            Ok(record) if record > 0 && !file.is_empty() => Ok(Self::Name {
                file: file.to_owned(),
                record,
            }),
            _ => Err(()),
        }
    }
}

impl fmt::Display for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uid(uid) => uid.fmt(f),
            Self::Name { file, record } => write!(f, "{file}#{record}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_named_by_file_and_number_or_by_uid() {
        let uid = Uid::fresh();
        for good in ["xa.shp#12", "tệp #1.shp#3", &uid.to_string()] {
            assert_eq!(good.parse::<RecordRef>().unwrap().to_string(), good);
        }
        for bad in ["", "12", "#12", "xa.shp#0", "xa.shp#", "xa.shp#-1"] {
            assert_eq!(bad.parse::<RecordRef>(), Err(()), "{bad}");
        }
    }
}
