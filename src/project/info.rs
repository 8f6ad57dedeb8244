//! What `info` tells of a district file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Project;
use crate::domain::{BBox, Failure};
use crate::store::{connection, history, rows};

/// What `info` tells (cli.md).
#[derive(Clone, Debug, PartialEq)]
pub struct Info {
    pub path: PathBuf,
    pub schema: i64,
    pub epsg: i32,
    pub name: String,
    /// "building" or "operating".
    pub mode: String,
    /// By code; communes of parcels that are not in the list come without a name.
    pub communes: Vec<CommuneInfo>,
    /// Rows by table.
    pub counts: Vec<(&'static str, u64)>,
    pub bbox: Option<BBox>,
    pub area_m2: f64,
    pub operations: u64,
    /// Newest operation and its hash.
    pub head: Option<(i64, String)>,
    pub read_only: bool,
}

/// One commune of the district.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommuneInfo {
    pub code: String,
    pub name: Option<String>,
    /// In force.
    pub parcels: u64,
}

impl Project {
    pub fn info(&self) -> Result<Info, Failure> {
        let conn = self.reader.conn();
        let head = history::head(conn)?;
        Ok(Info {
            path: self.path().to_owned(),
            schema: connection::schema_number(conn)?,
            epsg: self.epsg,
            name: self.name.clone(),
            mode: rows::setting(conn, "mode")?.unwrap_or_default(),
            communes: self.communes()?,
            counts: rows::counts(conn)?,
            bbox: self.coverage.bbox(),
            area_m2: self.coverage.iter().map(|p| p.polygon.area2()).sum::<i128>() as f64 / 2e6,
            operations: history::count(conn)?,
            head,
            read_only: self.read_only.is_some(),
        })
    }

    /// The communes of the file, by code, with their parcels in force.
    pub fn communes(&self) -> Result<Vec<CommuneInfo>, Failure> {
        let mut all: BTreeMap<String, (Option<String>, u64)> = BTreeMap::new();
        for (code, name) in rows::communes(self.reader.conn())? {
            all.insert(code, (Some(name), 0));
        }
        for parcel in self.coverage.iter() {
            match all.get_mut(&*parcel.commune) {
                Some(commune) => commune.1 += 1,
                None => {
                    all.insert(parcel.commune.to_string(), (None, 1));
                }
            }
        }
        Ok(all
            .into_iter()
            .map(|(code, (name, parcels))| CommuneInfo { code, name, parcels })
            .collect())
    }
}
