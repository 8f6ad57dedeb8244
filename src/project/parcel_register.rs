//! The register around one parcel or one party, as forms and lists of the window show it. Holds personal values.

use std::collections::{BTreeMap, BTreeSet};

use super::Project;
use crate::domain::{Failure, Uid};
use crate::register::duplicates::{self, Person, Reason};
use crate::register::{Kind, Value};
use crate::store::records::Record;
use crate::store::search::HitKind;

/// Most records of a kind that are listed of one parcel: nobody reads more in a panel.
const MOST: usize = 500;
/// How many parties of a like name are compared with one that is typed.
const LIKE: usize = 200;

/// What the register has of a parcel, ended records too, oldest first.
#[derive(Clone, Default)]
pub struct OfParcel {
    pub land_uses: Vec<Record>,
    pub rights: Vec<Record>,
    pub assets: Vec<Record>,
    pub restrictions: Vec<Record>,
    pub mortgages: Vec<Record>,
    pub holds: Vec<Record>,
    /// Of the rights, assets' rights and mortgages.
    pub certificates: Vec<Record>,
    /// Everybody these name.
    pub parties: BTreeMap<Uid, Record>,
}

/// The record a field refers to.
pub fn named(record: &Record, field: &str) -> Option<Uid> {
    match record.get(field) {
        Value::Named(uid) => uid.parse().ok(),
        _ => None,
    }
}

fn text(record: &Record, field: &str) -> Option<String> {
    match record.get(field) {
        Value::Text(t) => Some(t.clone()),
        _ => None,
    }
}

impl Project {
    /// What the register has of a parcel.
    pub fn of_parcel(&self, parcel: Uid) -> Result<OfParcel, Failure> {
        let uid = parcel.to_string();
        let list = |kind| self.register_records(kind, Some(("parcel", &uid)), true, MOST);
        let mut all = OfParcel {
            land_uses: list(Kind::LandUseRow)?,
            rights: list(Kind::Right)?,
            assets: list(Kind::Asset)?,
            restrictions: list(Kind::Restriction)?,
            mortgages: list(Kind::Mortgage)?,
            holds: list(Kind::Hold)?,
            ..OfParcel::default()
        };
        let asset_field = |a: &Record| a.uid.to_string();
        for asset in &all.assets {
            let of = asset_field(asset);
            let rights = self.register_records(Kind::Right, Some(("asset", &of)), true, MOST)?;
            let new = rights.into_iter().filter(|r| named(r, "parcel") != Some(parcel));
            all.rights.extend(new);
        }
        let papers = all.rights.iter().chain(&all.mortgages).chain(&all.holds);
        let papers: BTreeSet<Uid> = papers.filter_map(|r| named(r, "certificate")).collect();
        for paper in papers {
            all.certificates
                .push(self.register_record(Kind::Certificate, paper)?);
        }
        let records = all.rights.iter().chain(&all.mortgages).chain(&all.holds);
        let people: BTreeSet<Uid> = records
            .flat_map(|r| ["party", "mortgagor", "mortgagee"].map(|f| named(r, f)))
            .flatten()
            .collect();
        for uid in people {
            all.parties.insert(uid, self.register_record(Kind::Party, uid)?);
        }
        Ok(all)
    }

    /// The parcels in force a party holds a right in, by fid.
    pub fn parcels_of(&self, party: Uid) -> Result<Vec<i64>, Failure> {
        self.parcels_by("party", party)
    }

    /// The same of a certificate.
    pub fn parcels_under(&self, certificate: Uid) -> Result<Vec<i64>, Failure> {
        self.parcels_by("certificate", certificate)
    }

    fn parcels_by(&self, field: &str, uid: Uid) -> Result<Vec<i64>, Failure> {
        // Of an owner of everything in the district all are wanted.
        let by = uid.to_string();
        let rights = self.register_records(Kind::Right, Some((field, &by)), false, usize::MAX)?;
        let parcels = rights.iter().filter_map(|r| named(r, "parcel"));
        let fids = parcels.filter_map(|u| self.coverage.by_uid(u)).map(|p| p.fid);
        Ok(fids.collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// Parties in force that may be the one described, the surest first; never `but`.
    pub fn parties_like(&self, person: &Person, but: Option<Uid>) -> Result<Vec<(Record, Reason)>, Failure> {
        let mut asked: Vec<String> = person.numbers.iter().map(|(_, n)| n.clone()).collect();
        let name = duplicates::name_key(&person.name, &person.kind);
        asked.extend(name.contains(' ').then_some(name));
        let mut seen: BTreeSet<Uid> = but.into_iter().collect();
        let mut out: Vec<(Record, Reason)> = Vec::new();
        for text in asked {
            for hit in self.search_of(Some(HitKind::Party), &text, LIKE)? {
                if !seen.insert(hit.uid) {
                    continue;
                }
                let record = self.register_record(Kind::Party, hit.uid)?;
                let other = self.person(&record)?;
                let groups = duplicates::find(&[person.clone(), other]);
                let reason = groups.iter().flat_map(|g| &g.reasons).min().copied();
                out.extend(reason.map(|r| (record, r)));
            }
        }
        out.sort_by_key(|(record, reason)| (*reason, record.fid));
        Ok(out)
    }

    fn person(&self, record: &Record) -> Result<Person, Failure> {
        let uid = record.uid.to_string();
        let papers = self.register_records(Kind::IdentityDocument, Some(("party", &uid)), false, MOST)?;
        let of = |field: &str, kind: &str| text(record, field).map(|n| (kind.to_owned(), n));
        let mut numbers: Vec<(String, String)> = [of("personal_code", "CCCD"), of("tax_code", "MST")]
            .into_iter()
            .flatten()
            .collect();
        numbers.extend(
            papers
                .iter()
                .filter_map(|p| Some((text(p, "kind")?, text(p, "number")?))),
        );
        Ok(Person {
            // Told apart from the one described, whose row is 0.
            fid: record.fid,
            kind: text(record, "kind").unwrap_or_default(),
            name: text(record, "name").unwrap_or_default(),
            birth: text(record, "birth"),
            address: text(record, "address"),
            numbers,
        })
    }
}

impl OfParcel {
    /// The party a field of a record names.
    pub fn party(&self, record: &Record, field: &str) -> Option<&Record> {
        self.parties.get(&named(record, field)?)
    }

    /// The certificate of a record.
    pub fn paper(&self, record: &Record) -> Option<&Record> {
        let uid = named(record, "certificate")?;
        self.certificates.iter().find(|c| c.uid == uid)
    }
}
