//! The register, record by record: reading, and parties that may be one. Writing goes through edits.

use std::collections::BTreeSet;

use super::Project;
use crate::domain::{Failure, ParcelRef, Uid};
use crate::edit;
use crate::register::duplicates::{self, Reason};
use crate::register::{Field, FieldKind, Kind, Target, bad};
use crate::store::records::{self, Of, Record, References};

/// Parties that may be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicates {
    /// The oldest entry first.
    pub parties: Vec<Uid>,
    pub reasons: BTreeSet<Reason>,
}

impl Project {
    /// One record; references as uids. Holds personal values.
    pub fn register_record(&self, kind: Kind, uid: Uid) -> Result<Record, Failure> {
        let missing = || edit::no_record(kind, &uid.to_string()).field("uid");
        let conn = self.reader.conn();
        let fid = records::find(conn, kind.name(), uid)?.ok_or_else(missing)?;
        records::read(conn, kind, fid, References::Uids)?.ok_or_else(missing)
    }

    /// Records of a kind, those that name a record in a field (`by`), oldest first; without `ended` those in force only.
    pub fn register_records(
        &self,
        kind: Kind,
        by: Option<(&str, &str)>,
        ended: bool,
        limit: usize,
    ) -> Result<Vec<Record>, Failure> {
        let conn = self.reader.conn();
        let of = match by {
            None => Of::All,
            Some((name, of)) => {
                let field = kind.field(name).ok_or_else(|| edit::unknown_field(kind, name))?;
                Of::Field(field, self.meant(field, of)?)
            }
        };
        // What has ended is left out after reading: a limit of the query would count it.
        let most = if ended { Some(limit) } else { None };
        let mut all = records::list(conn, kind, of, References::Uids, most)?;
        all.retain(|r| ended || !r.has_ended());
        all.truncate(limit);
        Ok(all)
    }

    /// The row that is meant by a reference.
    fn meant(&self, field: &Field, name: &str) -> Result<i64, Failure> {
        let conn = self.reader.conn();
        let kind = match field.kind {
            FieldKind::Ref(Target::Parcel) => {
                let reference: ParcelRef = name.parse().map_err(|()| not_a_reference(field))?;
                if let ParcelRef::Uid(uid) = &reference {
                    let fid = records::find(conn, "parcel", *uid)?;
                    return fid.ok_or_else(|| not_a_reference(field));
                }
                return self.resolve(&reference);
            }
            FieldKind::Ref(Target::Record(kind)) => kind,
            _ => return Err(not_a_reference(field)),
        };
        let fid = match name.parse::<Uid>() {
            Ok(uid) => records::find(conn, kind.name(), uid)?,
            Err(_) if kind == Kind::Dossier => records::dossier_coded(conn, name)?,
            Err(_) => None,
        };
        fid.ok_or_else(|| edit::no_record(kind, name).field(field.name))
    }

    /// Groups of parties in force that may be one; a person decides (`Edit::MergeParties`).
    pub fn duplicate_parties(&self) -> Result<Vec<Duplicates>, Failure> {
        let conn = self.reader.conn();
        let people = records::people(conn)?;
        let mut out = Vec::new();
        for group in duplicates::find(&people) {
            let mut parties = Vec::with_capacity(group.parties.len());
            for fid in group.parties {
                parties.extend(records::uid_of(conn, "party", fid)?);
            }
            out.push(Duplicates {
                parties,
                reasons: group.reasons,
            });
        }
        Ok(out)
    }
}

fn not_a_reference(field: &Field) -> Failure {
    bad(
        field.name,
        crate::msg!(
            "Phải là uid, hoặc XÃ/TỜ/THỬA với thửa đất.",
            "It must be a uid, or COMMUNE/SHEET/NUMBER of a parcel."
        ),
    )
}
