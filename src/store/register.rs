//! The register for the rules: entries of parcels, parties, certificates, scans, changes and communes, over the whole
//! file in stretches of row numbers, or around some parcels. Both ways give the same entry for the same row.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Row, params};
use serde_json::Value;

use super::error::Result;
pub use super::scans::Since;
use super::{geometry, personal};
use crate::crs;
use crate::domain::register::{
    CertificateEntry, ChangeEntry, CommuneEntry, IdentityEntry, ParcelEntry, PartyEntry, RightEntry,
    ScanEntry, UseEntry, lives,
};
use crate::domain::{Commune, Pt, Sheet, Territory};

/// Which rows: a stretch of fids, or a list of them as a JSON array.
#[derive(Clone, Debug)]
pub enum Rows {
    Range(i64, i64),
    List(Vec<i64>),
}

impl Rows {
    /// SQL that holds for the rows meant; parameters ?1 and ?2.
    fn holds(&self, column: &str) -> String {
        match self {
            Self::Range(..) => format!("{column} BETWEEN ?1 AND ?2"),
            Self::List(_) => format!("{column} IN (SELECT value FROM json_each(?1)) AND ?2"),
        }
    }

    fn parameters(&self) -> [rusqlite::types::Value; 2] {
        match self {
            Self::Range(a, b) => [(*a).into(), (*b).into()],
            Self::List(all) => [Value::from(all.clone()).to_string().into(), 1.into()],
        }
    }

    fn each(&self, conn: &Connection, sql: &str, mut take: impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        let mut stmt = conn.prepare_cached(sql)?;
        let mut rows = stmt.query(self.parameters())?;
        while let Some(row) = rows.next()? {
            take(row)?;
        }
        Ok(())
    }
}

/// Lowest and highest fid of a table; nothing in it gives an empty stretch.
pub fn span(conn: &Connection, table: Table) -> Result<(i64, i64)> {
    let sql = format!(
        "SELECT coalesce(min(fid),0), coalesce(max(fid),-1) FROM {}",
        table.name()
    );
    Ok(conn.query_row(&sql, [], |r| Ok((r.get(0)?, r.get(1)?)))?)
}

/// Tables that entries are read of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    Parcel,
    Party,
    Certificate,
    Document,
    Change,
}

impl Table {
    fn name(self) -> &'static str {
        match self {
            Self::Parcel => "parcel",
            Self::Party => "party",
            Self::Certificate => "certificate",
            Self::Document => "document",
            Self::Change => "change_entry",
        }
    }
}

/// Entries of the parcels in force among these, by fid.
pub fn parcels(conn: &Connection, rows: &Rows) -> Result<BTreeMap<i64, ParcelEntry>> {
    let mut all = BTreeMap::new();
    let sql = format!(
        "SELECT p.fid, p.parcel_code, p.parcel_code_basis, p.area_legal, \
           (SELECT count(*) FROM document d WHERE d.parcel=p.fid) FROM parcel p WHERE {} AND p.status='HIEN_HANH'",
        rows.holds("p.fid")
    );
    rows.each(conn, &sql, |r| {
        let basis: Option<String> = r.get(2)?;
        let entry = ParcelEntry {
            fid: r.get(0)?,
            code: r.get(1)?,
            label: basis.as_deref().and_then(label),
            area_legal: r.get(3)?,
            scans: r.get(4)?,
            ..ParcelEntry::default()
        };
        all.insert(entry.fid, entry);
        Ok(())
    })?;
    uses(conn, rows, &mut all)?;
    rights(conn, rows, &mut all)?;
    Ok(all)
}

/// The point of `parcel_code_basis` (edit/parcel_code.rs).
fn label(basis: &str) -> Option<Pt> {
    let basis: Value = serde_json::from_str(basis).ok()?;
    let at = |i: usize| basis["at"][i].as_f64();
    Pt::from_metres(at(0)?, at(1)?)
}

fn uses(conn: &Connection, rows: &Rows, all: &mut BTreeMap<i64, ParcelEntry>) -> Result<()> {
    let sql = format!(
        "SELECT parcel, fid, code, list_version, area, term, term_ends, origin FROM land_use_row WHERE {} ORDER BY parcel, position, uid",
        rows.holds("parcel")
    );
    rows.each(conn, &sql, |r| {
        if let Some(parcel) = all.get_mut(&r.get(0)?) {
            parcel.uses.push(UseEntry {
                fid: r.get(1)?,
                code: r.get(2)?,
                list_version: r.get(3)?,
                area: r.get(4)?,
                term: r.get(5)?,
                term_ends: r.get(6)?,
                origin: r.get(7)?,
            });
        }
        Ok(())
    })
}

fn rights(conn: &Connection, rows: &Rows, all: &mut BTreeMap<i64, ParcelEntry>) -> Result<()> {
    let sql = format!(
        "SELECT r.parcel, r.party, p.kind, p.user_type, r.land_use_row, r.certificate, c.status, r.origin, \
           (SELECT count(*) FROM document d WHERE d.certificate=c.fid) \
         FROM \"right\" r JOIN party p ON p.fid=r.party LEFT JOIN certificate c ON c.fid=r.certificate \
         WHERE {} AND r.status='HIEN_HANH' ORDER BY r.parcel, r.fid",
        rows.holds("r.parcel")
    );
    let mut counted = BTreeSet::new();
    rows.each(conn, &sql, |r| {
        let fid: i64 = r.get(0)?;
        let Some(parcel) = all.get_mut(&fid) else {
            return Ok(());
        };
        let certificate: Option<i64> = r.get(5)?;
        let status: Option<String> = r.get(6)?;
        if certificate.is_some_and(|c| counted.insert((fid, c))) {
            parcel.scans += r.get::<_, u32>(8)?;
        }
        parcel.rights.push(RightEntry {
            party: r.get(1)?,
            holder: r.get(2)?,
            user_type: r.get(3)?,
            land_use_row: r.get(4)?,
            certificate,
            certificate_lives: status.as_deref().is_some_and(lives),
            origin: r.get(7)?,
        });
        Ok(())
    })
}

/// Parcels with the parcel codes of these: every group of more than one, by code; fids ascending.
pub fn same_codes(conn: &Connection, rows: &Rows) -> Result<Vec<(String, Vec<i64>)>> {
    let sql = format!(
        "SELECT parcel_code, fid FROM parcel WHERE status='HIEN_HANH' AND parcel_code IN \
           (SELECT parcel_code FROM parcel WHERE {} AND parcel_code IS NOT NULL AND status='HIEN_HANH') \
         ORDER BY parcel_code, fid",
        rows.holds("fid")
    );
    let mut all: Vec<(String, Vec<i64>)> = Vec::new();
    rows.each(conn, &sql, |r| {
        let (code, fid): (String, i64) = (r.get(0)?, r.get(1)?);
        match all.last_mut() {
            Some((last, fids)) if *last == code => fids.push(fid),
            _ => all.push((code, vec![fid])),
        }
        Ok(())
    })?;
    all.retain(|(_, fids)| fids.len() > 1);
    Ok(all)
}

/// Parties among these of which more is told than a name, and which hold a right, by fid.
pub fn parties(conn: &Connection, rows: &Rows) -> Result<Vec<PartyEntry>> {
    let mut all = BTreeMap::new();
    let sql = format!(
        "SELECT fid, uid, kind, name_p, gender_p, birth_p FROM party p WHERE {} AND (p.birth_p IS NOT NULL OR p.gender_p IS NOT NULL \
           OR EXISTS (SELECT 1 FROM identity_document i WHERE i.party=p.fid) \
           OR EXISTS (SELECT 1 FROM party_member m WHERE m.party=p.fid))",
        rows.holds("p.fid")
    );
    rows.each(conn, &sql, |r| {
        let entry = PartyEntry {
            fid: r.get(0)?,
            uid: r.get(1)?,
            kind: r.get(2)?,
            name: opened(r, 3)?,
            gender: opened(r, 4)?,
            birth: opened(r, 5)?,
            ..PartyEntry::default()
        };
        all.insert(entry.fid, entry);
        Ok(())
    })?;
    let fids: Vec<i64> = all.keys().copied().collect();
    for some in fids.chunks(4096) {
        details(conn, &Rows::List(some.to_vec()), &mut all)?;
    }
    Ok(all.into_values().filter(|p| !p.parcels.is_empty()).collect())
}

fn details(conn: &Connection, rows: &Rows, all: &mut BTreeMap<i64, PartyEntry>) -> Result<()> {
    let sql = format!(
        "SELECT party, kind, number_p, verified, verified_on, verified_how FROM identity_document WHERE {} AND status='HIEN_HANH' ORDER BY party, fid",
        rows.holds("party")
    );
    rows.each(conn, &sql, |r| {
        if let Some(party) = all.get_mut(&r.get(0)?) {
            party.identities.push(IdentityEntry {
                kind: r.get(1)?,
                number: opened(r, 2)?,
                verified: r.get(3)?,
                verified_on: r.get(4)?,
                verified_how: r.get(5)?,
            });
        }
        Ok(())
    })?;
    let sql = format!(
        "SELECT party, member, role FROM party_member WHERE {} AND status='HIEN_HANH' ORDER BY party, position, fid",
        rows.holds("party")
    );
    rows.each(conn, &sql, |r| {
        if let Some(party) = all.get_mut(&r.get(0)?) {
            party.members.push((r.get(1)?, r.get(2)?));
        }
        Ok(())
    })?;
    // Its own rights, and those of the households and couples it belongs to.
    let sql = format!(
        "SELECT h.who, r.parcel FROM (SELECT fid AS who, fid AS holder FROM party WHERE {} \
           UNION SELECT member, party FROM party_member WHERE {} AND status='HIEN_HANH') h \
         JOIN \"right\" r ON r.party=h.holder AND r.status='HIEN_HANH' \
         JOIN parcel p ON p.fid=r.parcel AND p.status='HIEN_HANH'",
        rows.holds("fid"),
        rows.holds("member")
    );
    rows.each(conn, &sql, |r| {
        if let Some(party) = all.get_mut(&r.get(0)?) {
            party.parcels.push(r.get(1)?);
        }
        Ok(())
    })?;
    let Rows::List(fids) = rows else { return Ok(()) };
    for fid in fids {
        if let Some(party) = all.get_mut(fid) {
            party.parcels.sort_unstable();
            party.parcels.dedup();
        }
    }
    Ok(())
}

fn opened(row: &Row<'_>, column: usize) -> Result<Option<String>> {
    let blob = row
        .get_ref(column)?
        .as_blob_or_null()
        .map_err(rusqlite::Error::from)?;
    Ok(personal::open(blob)?)
}

/// Parties that show the same citizen's number as one of these: every group of several, by number. Numbers stay here.
pub fn same_identities(conn: &Connection, rows: &Rows) -> Result<Vec<Vec<PartyEntry>>> {
    let sql = format!(
        "SELECT i.number_p, i.party FROM identity_document i WHERE i.kind='CCCD' AND i.status='HIEN_HANH' AND i.number_p IN \
           (SELECT number_p FROM identity_document WHERE {} AND kind='CCCD' AND number_p IS NOT NULL AND status='HIEN_HANH') \
         ORDER BY i.number_p, i.party",
        rows.holds("party")
    );
    let mut groups: Vec<(Vec<u8>, Vec<i64>)> = Vec::new();
    rows.each(conn, &sql, |r| {
        let (number, party): (Vec<u8>, i64) = (r.get(0)?, r.get(1)?);
        match groups.last_mut() {
            Some((last, parties)) if *last == number => parties.push(party),
            _ => groups.push((number, vec![party])),
        }
        Ok(())
    })?;
    let mut out = Vec::new();
    for (_, mut fids) in groups {
        fids.dedup();
        if fids.len() > 1 {
            let group = parties(conn, &Rows::List(fids))?;
            if group.len() > 1 {
                out.push(group);
            }
        }
    }
    Ok(out)
}

/// Certificates, by fid.
pub fn certificates(conn: &Connection, rows: &Rows) -> Result<Vec<CertificateEntry>> {
    let mut all = BTreeMap::new();
    let sql = format!(
        "SELECT fid, uid, serial, issued_on, status FROM certificate WHERE {}",
        rows.holds("fid")
    );
    rows.each(conn, &sql, |r| {
        let entry = CertificateEntry {
            fid: r.get(0)?,
            uid: r.get(1)?,
            serial: r.get(2)?,
            issued_on: r.get(3)?,
            status: r.get(4)?,
            ..CertificateEntry::default()
        };
        all.insert(entry.fid, entry);
        Ok(())
    })?;
    let sql = format!(
        "SELECT r.certificate, r.asset, p.fid FROM \"right\" r LEFT JOIN parcel p ON p.fid=r.parcel AND p.status='HIEN_HANH' \
         WHERE {} AND r.certificate IS NOT NULL AND r.status='HIEN_HANH' ORDER BY r.certificate, p.fid",
        rows.holds("r.certificate")
    );
    rows.each(conn, &sql, |r| {
        if let Some(c) = all.get_mut(&r.get(0)?) {
            c.rights += 1;
            c.assets += u32::from(r.get::<_, Option<i64>>(1)?.is_some());
            c.parcels.extend(r.get::<_, Option<i64>>(2)?);
            c.parcels.dedup();
        }
        Ok(())
    })?;
    Ok(all.into_values().collect())
}

/// Living certificates with the serial of one of these: every group of several.
pub fn same_serials(conn: &Connection, rows: &Rows) -> Result<Vec<Vec<CertificateEntry>>> {
    let sql = format!(
        "SELECT serial, fid, status FROM certificate WHERE serial IN \
           (SELECT serial FROM certificate WHERE {} AND serial IS NOT NULL AND serial<>'') ORDER BY serial, fid",
        rows.holds("fid")
    );
    let mut groups: Vec<(String, Vec<i64>)> = Vec::new();
    rows.each(conn, &sql, |r| {
        let (serial, fid, status): (String, i64, String) = (r.get(0)?, r.get(1)?, r.get(2)?);
        if !lives(&status) {
            return Ok(());
        }
        match groups.last_mut() {
            Some((last, fids)) if *last == serial => fids.push(fid),
            _ => groups.push((serial, vec![fid])),
        }
        Ok(())
    })?;
    groups.retain(|(_, fids)| fids.len() > 1);
    groups
        .into_iter()
        .map(|(_, fids)| certificates(conn, &Rows::List(fids)))
        .collect()
}

/// Registered changes, by fid.
pub fn changes(conn: &Connection, rows: &Rows) -> Result<Vec<ChangeEntry>> {
    let mut all = BTreeMap::new();
    let sql = format!(
        "SELECT e.fid, e.uid, e.kind, e.registered_on, coalesce(nullif(d.code,''), nullif(e.number,'')) FROM change_entry e \
         LEFT JOIN dossier d ON d.fid=e.dossier WHERE {}",
        rows.holds("e.fid")
    );
    rows.each(conn, &sql, |r| {
        let entry = ChangeEntry {
            fid: r.get(0)?,
            uid: r.get(1)?,
            kind: r.get(2)?,
            registered_on: r.get(3)?,
            dossier: r.get(4)?,
            ..ChangeEntry::default()
        };
        all.insert(entry.fid, entry);
        Ok(())
    })?;
    let sql = format!(
        "SELECT i.change_entry, i.direction, p.fid FROM change_entry_item i \
         LEFT JOIN parcel p ON p.fid=i.parcel AND p.status='HIEN_HANH' WHERE {} ORDER BY i.change_entry, p.fid",
        rows.holds("i.change_entry")
    );
    rows.each(conn, &sql, |r| {
        if let Some(entry) = all.get_mut(&r.get(0)?) {
            match r.get_ref(1)?.as_str().unwrap_or_default() {
                "in" => entry.before += 1,
                "out" => entry.after += 1,
                _ => entry.noted += 1,
            }
            entry.parcels.extend(r.get::<_, Option<i64>>(2)?);
            entry.parcels.dedup();
        }
        Ok(())
    })?;
    Ok(all.into_values().collect())
}

/// The communes of the list, by code.
pub fn communes(conn: &Connection) -> Result<Vec<CommuneEntry>> {
    let mut stmt = conn.prepare_cached(
        "SELECT c.uid, c.code, c.name, c.province, c.valid_from, c.valid_to, c.geom IS NOT NULL, count(s.fid), \
           sum(s.fid IS NOT NULL AND (s.scale IS NULL OR s.map_kind IS NULL OR s.surveyed_on IS NULL OR s.survey_unit IS NULL OR s.method IS NULL)) \
         FROM commune c LEFT JOIN sheet s ON s.commune=c.code GROUP BY c.fid ORDER BY c.code",
    )?;
    let entry = |r: &Row<'_>| {
        Ok(CommuneEntry {
            uid: r.get(0)?,
            code: r.get(1)?,
            name: r.get(2)?,
            province: r.get(3)?,
            valid_from: r.get(4)?,
            valid_to: r.get(5)?,
            has_boundary: r.get(6)?,
            sheets: r.get(7)?,
            sheets_incomplete: r.get::<_, Option<u32>>(8)?.unwrap_or(0),
        })
    };
    Ok(stmt.query_map([], entry)?.collect::<rusqlite::Result<_>>()?)
}

/// The rows an edit of these parcels can have touched: (parties, certificates, documents, changes) tied to them by
/// any right, in force or ended.
pub fn tied(conn: &Connection, parcels: &[i64]) -> Result<Tied> {
    let rows = Rows::List(parcels.to_vec());
    let column = |sql: String| -> Result<Vec<i64>> {
        let mut all = Vec::new();
        rows.each(conn, &sql, |r| {
            all.extend(r.get::<_, Option<i64>>(0)?);
            Ok(())
        })?;
        all.sort_unstable();
        all.dedup();
        Ok(all)
    };
    let of = |what: &str, table: &str| {
        format!(
            "SELECT DISTINCT {what} FROM {table} WHERE {}",
            rows.holds("parcel")
        )
    };
    let holders = column(of("party", "\"right\""))?;
    let members = Rows::List(holders.clone());
    let mut parties = holders;
    let sql = format!("SELECT member FROM party_member WHERE {}", members.holds("party"));
    members.each(conn, &sql, |r| {
        parties.push(r.get(0)?);
        Ok(())
    })?;
    parties.sort_unstable();
    parties.dedup();
    let certificates = column(of("certificate", "\"right\""))?;
    let mut documents = column(of("fid", "document"))?;
    let papers = Rows::List(certificates.clone());
    let sql = format!("SELECT fid FROM document WHERE {}", papers.holds("certificate"));
    papers.each(conn, &sql, |r| {
        documents.push(r.get(0)?);
        Ok(())
    })?;
    documents.sort_unstable();
    documents.dedup();
    Ok(Tied {
        changes: column(of("change_entry", "change_entry_item"))?,
        parties,
        certificates,
        documents,
    })
}

/// fids of rows tied to some parcels.
#[derive(Clone, Debug, Default)]
pub struct Tied {
    pub parties: Vec<i64>,
    pub certificates: Vec<i64>,
    pub documents: Vec<i64>,
    pub changes: Vec<i64>,
}

impl Tied {
    fn list(&mut self, table: &str) -> Option<&mut Vec<i64>> {
        match table {
            "party" => Some(&mut self.parties),
            "certificate" => Some(&mut self.certificates),
            "document" => Some(&mut self.documents),
            "change_entry" => Some(&mut self.changes),
            _ => None,
        }
    }

    /// Those of both.
    pub fn add(&mut self, other: &Self) {
        for (mine, more) in [
            (&mut self.parties, &other.parties),
            (&mut self.certificates, &other.certificates),
            (&mut self.documents, &other.documents),
            (&mut self.changes, &other.changes),
        ] {
            mine.extend(more);
            mine.sort_unstable();
            mine.dedup();
        }
    }
}

/// What operations changed of the register, as far as a rule may see it.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    /// fids; some may be gone or no longer in force.
    pub parcels: Vec<i64>,
    pub rows: Tied,
    /// Uids of `rows` and of rows that are gone.
    pub uids: BTreeSet<String>,
    /// A commune or a sheet.
    pub communes: bool,
}

impl Touched {
    /// How many rows.
    pub fn len(&self) -> usize {
        self.parcels.len() + self.uids.len() + usize::from(self.communes)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn add(&mut self, other: Self) {
        self.parcels.extend(other.parcels);
        self.rows.add(&other.rows);
        self.uids.extend(other.uids);
        self.communes |= other.communes;
    }
}

/// (table, fid) of every row whose entry the changes of operation ?1 may have altered. A row that is gone is named by the
/// column that tied it.
const ALTERED: &str = "\
    WITH c AS (SELECT tbl, row, coalesce(row_to, row) AS last, col, before FROM change WHERE op=?1) \
    SELECT 'party', p.fid FROM c JOIN party p ON p.fid BETWEEN c.row AND c.last WHERE c.tbl='party' \
    UNION SELECT 'party', i.party FROM c JOIN identity_document i ON i.fid BETWEEN c.row AND c.last WHERE c.tbl='identity_document' \
    UNION SELECT 'party', m.party FROM c JOIN party_member m ON m.fid BETWEEN c.row AND c.last WHERE c.tbl='party_member' \
    UNION SELECT 'party', m.member FROM c JOIN party_member m ON m.fid BETWEEN c.row AND c.last WHERE c.tbl='party_member' \
    UNION SELECT 'party', r.party FROM c JOIN \"right\" r ON r.fid BETWEEN c.row AND c.last WHERE c.tbl='right' \
    UNION SELECT 'party', m.member FROM c JOIN \"right\" r ON r.fid BETWEEN c.row AND c.last JOIN party_member m ON m.party=r.party WHERE c.tbl='right' \
    UNION SELECT 'party', c.before FROM c WHERE c.tbl IN ('identity_document','party_member','right') AND c.col IN ('party','member') \
    UNION SELECT 'party', m.member FROM c JOIN party_member m ON m.party=c.before WHERE c.tbl='right' AND c.col='party' \
    UNION SELECT 'certificate', t.fid FROM c JOIN certificate t ON t.fid BETWEEN c.row AND c.last WHERE c.tbl='certificate' \
    UNION SELECT 'certificate', r.certificate FROM c JOIN \"right\" r ON r.fid BETWEEN c.row AND c.last WHERE c.tbl='right' \
    UNION SELECT 'certificate', c.before FROM c WHERE c.tbl='right' AND c.col='certificate' \
    UNION SELECT 'document', d.fid FROM c JOIN document d ON d.fid BETWEEN c.row AND c.last WHERE c.tbl='document' \
    UNION SELECT 'document', d.fid FROM c JOIN \"right\" r ON r.fid BETWEEN c.row AND c.last JOIN document d ON d.certificate=r.certificate WHERE c.tbl='right' \
    UNION SELECT 'document', d.fid FROM c JOIN document d ON d.certificate=c.before WHERE c.tbl='right' AND c.col='certificate' \
    UNION SELECT 'change_entry', e.fid FROM c JOIN change_entry e ON e.fid BETWEEN c.row AND c.last WHERE c.tbl='change_entry' \
    UNION SELECT 'change_entry', i.change_entry FROM c JOIN change_entry_item i ON i.fid BETWEEN c.row AND c.last WHERE c.tbl='change_entry_item' \
    UNION SELECT 'change_entry', c.before FROM c WHERE c.tbl='change_entry_item' AND c.col='change_entry' \
    UNION SELECT 'change_entry', e.fid FROM c JOIN change_entry e ON e.dossier BETWEEN c.row AND c.last WHERE c.tbl='dossier' AND c.col='code' \
    UNION SELECT c.tbl, c.row FROM c WHERE c.tbl IN ('commune','sheet')";

/// What an operation changed, the open one too.
pub fn touched(conn: &Connection, op: i64) -> Result<Touched> {
    let mut out = Touched {
        parcels: super::facts::touched_by(conn, op)?,
        ..Touched::default()
    };
    let mut stmt = conn.prepare_cached(ALTERED)?;
    let mut rows = stmt.query([op])?;
    while let Some(r) = rows.next()? {
        let (table, row): (String, Option<i64>) = (r.get(0)?, r.get(1)?);
        match out.rows.list(&table) {
            Some(list) => list.extend(row),
            None => out.communes = true,
        }
    }
    let mut gone = conn.prepare_cached(
        "SELECT before FROM change WHERE op=?1 AND act='delete' AND col='uid' \
           AND tbl IN ('party','certificate','document','change_entry')",
    )?;
    for uid in gone.query_map([op], |r| r.get::<_, String>(0))? {
        out.uids.insert(uid?);
    }
    for (table, fids) in [
        ("party", &out.rows.parties),
        ("certificate", &out.rows.certificates),
        ("document", &out.rows.documents),
        ("change_entry", &out.rows.changes),
    ] {
        let mut stmt = conn.prepare_cached(&format!(
            "SELECT uid FROM {table} WHERE fid IN (SELECT value FROM json_each(?1))"
        ))?;
        for uid in stmt.query_map([Value::from(fids.clone()).to_string()], |r| r.get::<_, String>(0))? {
            out.uids.insert(uid?);
        }
    }
    Ok(out)
}

/// The parties and certificates that have these uids.
pub fn named(conn: &Connection, uids: &BTreeSet<String>) -> Result<Tied> {
    let mut out = Tied::default();
    let list = Value::from(uids.iter().cloned().collect::<Vec<_>>()).to_string();
    for (table, fids) in [
        ("party", &mut out.parties),
        ("certificate", &mut out.certificates),
    ] {
        let mut stmt = conn.prepare_cached(&format!(
            "SELECT fid FROM {table} WHERE uid IN (SELECT value FROM json_each(?1)) ORDER BY fid"
        ))?;
        *fids = stmt
            .query_map([&list], |r| r.get(0))?
            .collect::<rusqlite::Result<_>>()?;
    }
    Ok(out)
}

/// Zone, communes and sheets of a file.
pub fn territory(conn: &Connection, epsg: i32) -> Result<Territory> {
    let mut out = Territory {
        zone: u32::try_from(epsg).ok(),
        window: u32::try_from(epsg).ok().and_then(crs::window),
        ..Territory::default()
    };
    let mut stmt = conn.prepare("SELECT code, name, valid_from, valid_to, geom, province FROM commune")?;
    let mut rows = stmt.query([])?;
    while let Some(r) = rows.next()? {
        let blob: Option<Vec<u8>> = r.get(4)?;
        let commune = Commune {
            name: r.get(1)?,
            province: r.get(5)?,
            valid_from: r.get(2)?,
            valid_to: r.get(3)?,
            boundary: blob.as_deref().map(geometry::decode).transpose()?,
        };
        out.communes.insert(r.get(0)?, commune);
    }
    let mut stmt = conn.prepare("SELECT commune, number, scale, geom FROM sheet")?;
    let mut rows = stmt.query([])?;
    while let Some(r) = rows.next()? {
        let blob: Option<Vec<u8>> = r.get(3)?;
        let sheet = Sheet {
            scale: r.get::<_, Option<f64>>(2)?.filter(|m| m.is_finite() && *m > 0.0),
            frame: blob.as_deref().map(geometry::decode).transpose()?,
        };
        out.sheets.entry(r.get(0)?).or_default().insert(r.get(1)?, sheet);
    }
    Ok(out)
}

/// Whether an operation wrote communes or sheets.
pub fn territory_touched(conn: &Connection, op: i64) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM change WHERE op=?1 AND tbl IN ('commune','sheet') LIMIT 1")?
        .exists([op])?)
}

/// yyyy-MM-dd of the newest operation: what "today" means to a rule when nobody says.
pub fn newest_day(conn: &Connection) -> Result<Option<String>> {
    Ok(
        conn.query_row("SELECT substr(max(at),1,10) FROM operation", params![], |r| {
            r.get(0)
        })?,
    )
}

/// Scanned papers, by fid; the files beside the district file `file` are read where what is known of them is older than `since`.
pub fn scans(conn: &Connection, file: &std::path::Path, rows: &Rows, since: Since) -> Result<Vec<ScanEntry>> {
    super::scans::entries(conn, file, &rows.holds("d.fid"), rows.parameters(), since)
}

/// How many papers there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Papers {
    pub dossiers: u64,
    pub scans: u64,
    pub pages: u64,
}

pub fn papers(conn: &Connection) -> Result<Papers> {
    let sql = "SELECT (SELECT count(*) FROM dossier), (SELECT count(*) FROM document), (SELECT coalesce(sum(max(pages,0)),0) FROM document)";
    Ok(conn.query_row(sql, [], |r| {
        Ok(Papers {
            dossiers: r.get(0)?,
            scans: r.get(1)?,
            pages: r.get(2)?,
        })
    })?)
}
