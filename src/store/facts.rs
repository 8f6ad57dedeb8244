//! What the register has of every parcel in force, in a few passes over whole tables: the ground of readiness.
//!
//! The same passes answer for some parcels only, and [`since`] names those that the journal says have changed. No
//! personal value is opened: only whether it is there.

use std::sync::Arc;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, ToSql};

use super::error::Result;
use super::rows::{Interner, setting};
use crate::codes;
use crate::domain::Uid;
use crate::job::Progress;
use crate::text::Text;

/// Which words of the file mean what. From the versioned lists, never from code.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Kinds of `document` that are a page of the electronic register, exported or signed.
    pub page: Vec<String>,
    /// Kinds that are such a page with the office's signature.
    pub signed_page: Vec<String>,
    /// States of `certificate` in which it says nothing any more.
    pub dead_certificate: Vec<String>,
    /// States of `package` in which the server has accepted what is in it.
    pub accepted_package: Vec<String>,
    /// Kinds of party that have no identity number of their own.
    pub without_identity: Vec<String>,
    /// Kinds of party whose number is that of an organisation.
    pub organisation: Vec<String>,
}

/// Whether the land users are those of the population database (`trangThaiXacThucChu`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verified {
    /// Compared and not the same.
    No,
    /// Not compared.
    #[default]
    Unknown,
    Yes,
}

/// What the register has of one parcel in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    pub fid: i64,
    pub commune: Arc<str>,
    /// Empty when unknown.
    pub sheet: Arc<str>,
    pub is_parcel: bool,
    pub has_number: bool,
    pub has_shape: bool,
    pub has_address: bool,
    /// Mã định danh thửa đất.
    pub has_code: bool,
    pub version: i64,
    /// m².
    pub area_measured: Option<f64>,
    pub area_legal: Option<f64>,
    /// Land-use rows and the sum of their areas; `None` when one of them has no area.
    pub uses: u32,
    pub use_area: Option<f64>,
    /// All codes of the rows are in a list.
    pub uses_known: bool,
    /// The label on the map and the rows name the same codes.
    pub uses_agree: bool,
    /// Rights in force.
    pub holders: u32,
    /// Each holder has the identity number its kind needs.
    pub identified: bool,
    /// The worst of the holders.
    pub verified: Verified,
    /// A right says when it was registered, or stands on a certificate.
    pub registered: bool,
    pub certificate: bool,
    /// Scans of the parcel or of its certificates, without pages of the register.
    pub scans: u32,
    pub page: bool,
    pub page_signed: bool,
    /// The newest version the server has accepted.
    pub accepted: Option<i64>,
    /// The server gave it back and nobody has dealt with that.
    pub returned: bool,
    label: Arc<str>,
    /// Which codes of the label were met in rows; above 31 codes the rest is not compared.
    met: u32,
}

/// How far the file was read: what came later is found by [`since`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    change: i64,
    /// What the journal does not hold: mode, packages and receipts.
    beside: String,
}

/// What changed after a [`Mark`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// These parcels (fids), ascending; some may be gone.
    Parcels(Vec<i64>),
    /// So much that everything is to be read again.
    Everything,
}

const READING: Text = Text::new("Đang đọc hồ sơ thửa", "Reading the register");
/// Rows between two looks at the cancel flag.
const CHUNK: u64 = 8192;
/// More parcels than this are read faster with all the others.
const FEW: usize = 2000;

/// Where the file stands now.
pub fn mark(conn: &Connection) -> Result<Mark> {
    let change = conn
        .prepare_cached("SELECT coalesce(max(id), 0) FROM change")?
        .query_row([], |r| r.get(0))?;
    let beside: String = conn
        .prepare_cached(
            "SELECT (SELECT group_concat(id || ':' || state, ',') FROM package) || '/' || \
               (SELECT coalesce(max(id), 0) || ':' || coalesce(sum(done), 0) || ':' || count(*) FROM receipt_item)",
        )?
        .query_row([], |r| r.get::<_, Option<String>>(0))?
        .unwrap_or_default();
    let mode = setting(conn, "mode")?.unwrap_or_default();
    Ok(Mark {
        change,
        beside: format!("{mode}/{beside}"),
    })
}

/// Each change of a row as (id of the change, operation, parcel it is about), for the tables readiness looks at. `{tbl}`
/// is how the table is named: as `+c.tbl` the number of the change leads, else the table.
const ABOUT: &str = "\
    SELECT c.id, c.op, c.row AS parcel FROM change c WHERE {tbl}='parcel' AND c.row_to IS NULL AND {when} \
    UNION ALL SELECT c.id, c.op, l.parcel FROM change c JOIN land_use_row l ON l.fid=c.row WHERE {tbl}='land_use_row' AND c.row_to IS NULL AND {when} \
    UNION ALL SELECT c.id, c.op, r.parcel FROM change c JOIN \"right\" r ON r.fid=c.row WHERE {tbl}='right' AND c.row_to IS NULL AND {when} \
    UNION ALL SELECT c.id, c.op, c.before FROM change c WHERE {tbl} IN ('land_use_row','right','document') AND c.col='parcel' AND {when} \
    UNION ALL SELECT c.id, c.op, r.parcel FROM change c JOIN \"right\" r ON r.party=c.row WHERE {tbl}='party' AND c.row_to IS NULL AND {when} \
    UNION ALL SELECT c.id, c.op, r.parcel FROM change c JOIN identity_document d ON d.fid=c.row JOIN \"right\" r ON r.party=d.party WHERE {tbl}='identity_document' AND c.row_to IS NULL AND {when} \
    UNION ALL SELECT c.id, c.op, r.parcel FROM change c JOIN identity_document d ON d.fid=c.row JOIN party_member m ON m.member=d.party JOIN \"right\" r ON r.party=m.party WHERE {tbl}='identity_document' AND c.row_to IS NULL AND {when} \
    UNION ALL SELECT c.id, c.op, r.parcel FROM change c JOIN party_member m ON m.member=c.row JOIN \"right\" r ON r.party=m.party WHERE {tbl}='party' AND c.row_to IS NULL AND {when} \
    UNION ALL SELECT c.id, c.op, r.parcel FROM change c JOIN party_member m ON m.fid=c.row JOIN \"right\" r ON r.party=m.party WHERE {tbl}='party_member' AND c.row_to IS NULL AND {when} \
    UNION ALL SELECT c.id, c.op, r.parcel FROM change c JOIN \"right\" r ON r.party=c.before WHERE {tbl} IN ('identity_document','party_member') AND c.col='party' AND {when} \
    UNION ALL SELECT c.id, c.op, r.parcel FROM change c JOIN \"right\" r ON r.certificate=c.row WHERE {tbl}='certificate' AND c.row_to IS NULL AND {when} \
    UNION ALL SELECT c.id, c.op, d.parcel FROM change c JOIN document d ON d.fid=c.row WHERE {tbl}='document' AND c.row_to IS NULL AND {when} \
    UNION ALL SELECT c.id, c.op, r.parcel FROM change c JOIN document d ON d.fid=c.row JOIN \"right\" r ON r.certificate=d.certificate WHERE {tbl}='document' AND c.row_to IS NULL AND {when} \
    UNION ALL SELECT c.id, c.op, r.parcel FROM change c JOIN \"right\" r ON r.certificate=c.before WHERE {tbl}='document' AND c.col='certificate' AND {when}";

/// The parcels whose facts may have changed after `from`.
pub fn since(conn: &Connection, from: &Mark) -> Result<News> {
    let now = mark(conn)?;
    if now.beside != from.beside {
        return Ok(News::Everything);
    }
    let bulk: bool = conn
        .prepare_cached("SELECT 1 FROM change WHERE id > ?1 AND row_to IS NOT NULL LIMIT 1")?
        .exists([from.change])?;
    if bulk {
        return Ok(News::Everything);
    }
    let about = ABOUT.replace("{tbl}", "+c.tbl").replace("{when}", "c.id > ?1");
    let sql = format!("SELECT DISTINCT parcel FROM ({about}) WHERE typeof(parcel)='integer' ORDER BY 1");
    let mut stmt = conn.prepare_cached(&sql)?;
    let fids: Vec<i64> = stmt
        .query_map([from.change], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(match fids.len() > FEW {
        true => News::Everything,
        false => News::Parcels(fids),
    })
}

/// The parcels whose facts an operation may have changed, the open one too; ascending, some may be gone.
pub fn touched_by(conn: &Connection, op: i64) -> Result<Vec<i64>> {
    let about = ABOUT.replace("{tbl}", "+c.tbl").replace("{when}", "c.op = ?1");
    let sql = format!("SELECT DISTINCT parcel FROM ({about}) WHERE typeof(parcel)='integer' ORDER BY 1");
    let mut stmt = conn.prepare_cached(&sql)?;
    Ok(stmt
        .query_map([op], |r| r.get(0))?
        .collect::<rusqlite::Result<_>>()?)
}

/// The parcels in force that the changes of one operation after change row `since` are about, by what hangs on them.
pub fn about(conn: &Connection, op: i64, since: i64) -> Result<Vec<(i64, Uid)>> {
    let about = ABOUT
        .replace("{tbl}", "+c.tbl")
        .replace("{when}", "c.op=?1 AND c.id>?2");
    let sql = format!(
        "SELECT p.fid, p.uid FROM parcel p WHERE p.status='HIEN_HANH' AND p.fid IN \
           (SELECT parcel FROM ({about}) WHERE typeof(parcel)='integer') ORDER BY p.fid"
    );
    let mut stmt = conn.prepare_cached(&sql)?;
    let mut rows = stmt.query([op, since])?;
    let mut out = Vec::new();
    while let Some(r) = rows.next()? {
        out.push((r.get(0)?, super::rows::uid(r, 1)?));
    }
    Ok(out)
}

/// One parcel somebody worked on by an operation in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worked<'a> {
    /// As the clock said then.
    pub at: &'a str,
    pub actor: &'a str,
    pub parcel: i64,
}

/// Every parcel that people worked on: once for each operation in force that is no import and no undo, in order.
pub fn worked(conn: &Connection, each: &mut dyn FnMut(Worked<'_>)) -> Result<()> {
    let undone = super::history::undone_by(conn)?;
    let about = ABOUT.replace("{tbl}", "c.tbl").replace("{when}", "1");
    let sql = format!(
        "SELECT o.id, o.at, o.actor, a.parcel FROM (SELECT DISTINCT op, parcel FROM ({about})) a \
         JOIN operation o ON o.id=a.op \
         WHERE o.undoes IS NULL AND o.kind NOT IN ('new','mode','import') AND typeof(a.parcel)='integer' \
         ORDER BY o.id, a.parcel"
    );
    let mut stmt = conn.prepare(&sql)?;
    let mut rows = stmt.query([])?;
    while let Some(row) = rows.next()? {
        if !undone.contains_key(&row.get::<_, i64>(0)?) {
            each(Worked {
                at: text(row, 1)?,
                actor: text(row, 2)?,
                parcel: row.get(3)?,
            });
        }
    }
    Ok(())
}

/// The facts of all parcels in force, or of those of `fids` that are, by fid.
pub fn read(
    conn: &Connection,
    fids: Option<&[i64]>,
    words: &Words,
    progress: &Progress,
) -> Result<Vec<Facts>> {
    let total: u64 = match fids {
        Some(fids) => fids.len() as u64,
        None => conn.query_row("SELECT count(*) FROM parcel", [], |r| r.get(0))?,
    };
    progress.stage(READING, total)?;
    let pass = Pass {
        conn,
        only: fids.map(json),
        progress,
    };
    let mut all = pass.parcels(total)?;
    pass.land_uses(&mut all)?;
    let parties = pass.parties(words)?;
    pass.rights(&mut all, &parties, words)?;
    pass.documents(&mut all, words)?;
    pass.packages(&mut all, words)?;
    for f in &mut all {
        f.uses_agree = f.uses == 0 || f.label.is_empty() || (f.uses_agree && f.met == whole_label(&f.label));
    }
    Ok(all)
}

fn json(fids: &[i64]) -> String {
    let list: Vec<String> = fids.iter().map(i64::to_string).collect();
    format!("[{}]", list.join(","))
}

/// One bit for each of the first 31 codes of a label.
fn whole_label(label: &str) -> u32 {
    codes::land_use_codes(label)
        .take(31)
        .enumerate()
        .fold(0, |m, (i, _)| m | 1 << i)
}

/// What is known of one party.
#[derive(Clone, Copy, Debug)]
struct Party {
    identified: bool,
    verified: Verified,
}

impl Party {
    /// Both together.
    fn and(self, o: Self) -> Self {
        Self {
            identified: self.identified && o.identified,
            verified: self.verified.min(o.verified),
        }
    }
}

/// Rows of a table, sorted by what they are looked up by.
struct Sorted<T>(Vec<(i64, T)>);

impl<T> Sorted<T> {
    fn get(&self, key: i64) -> Option<&T> {
        let at = self.0.binary_search_by_key(&key, |(k, _)| *k).ok()?;
        Some(&self.0[at].1)
    }

    fn get_mut(&mut self, key: i64) -> Option<&mut T> {
        let at = self.0.binary_search_by_key(&key, |(k, _)| *k).ok()?;
        Some(&mut self.0[at].1)
    }
}

/// The reading of one connection, of everything or of some parcels.
struct Pass<'a> {
    conn: &'a Connection,
    /// Fids as a JSON array.
    only: Option<String>,
    progress: &'a Progress,
}

impl Pass<'_> {
    /// Runs a query; `{only column}` becomes its restriction to the parcels asked for.
    fn rows(&self, sql: &str, column: &str, mut each: impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        let (filter, args): (String, Vec<&dyn ToSql>) = match &self.only {
            None => (String::new(), Vec::new()),
            Some(list) => (
                format!(" AND {column} IN (SELECT value FROM json_each(?1))"),
                vec![list as &dyn ToSql],
            ),
        };
        let mut stmt = self.conn.prepare_cached(&sql.replace("{only}", &filter))?;
        let mut rows = stmt.query(args.as_slice())?;
        let mut n = 0u64;
        while let Some(row) = rows.next()? {
            each(row)?;
            n += 1;
            if n.is_multiple_of(CHUNK) {
                self.progress.step(0)?;
            }
        }
        Ok(())
    }

    fn parcels(&self, total: u64) -> Result<Vec<Facts>> {
        let mut all = Vec::with_capacity(total.min(1 << 24) as usize);
        let mut texts = Interner::default();
        let sql = "SELECT fid, commune, sheet, number<>'', geom IS NOT NULL, coalesce(address,'')<>'', \
                coalesce(parcel_code,'')<>'', version, area_measured, area_legal, coalesce(land_use,''), is_parcel \
             FROM parcel WHERE status='HIEN_HANH'{only} ORDER BY fid";
        self.rows(sql, "fid", |row| {
            all.push(Facts {
                fid: row.get(0)?,
                commune: texts.get(text(row, 1)?),
                sheet: texts.get(text(row, 2)?),
                has_number: row.get(3)?,
                has_shape: row.get(4)?,
                has_address: row.get(5)?,
                has_code: row.get(6)?,
                version: row.get(7)?,
                area_measured: row.get(8)?,
                area_legal: row.get(9)?,
                label: texts.get(text(row, 10)?),
                is_parcel: row.get(11)?,
                uses: 0,
                use_area: Some(0.0),
                uses_known: true,
                uses_agree: true,
                holders: 0,
                identified: true,
                verified: Verified::Yes,
                registered: false,
                certificate: false,
                scans: 0,
                page: false,
                page_signed: false,
                accepted: None,
                returned: false,
                met: 0,
            });
            if (all.len() as u64).is_multiple_of(CHUNK) {
                self.progress.step(CHUNK)?;
            }
            Ok(())
        })?;
        Ok(all)
    }

    fn land_uses(&self, all: &mut [Facts]) -> Result<()> {
        let sql = "SELECT parcel, code, list_version IS NOT NULL, area FROM land_use_row WHERE 1{only}";
        self.rows(sql, "parcel", |row| {
            let Some(f) = find(all, row.get(0)?) else {
                return Ok(());
            };
            let (known, area): (bool, Option<f64>) = (row.get(2)?, row.get(3)?);
            f.uses += 1;
            f.uses_known &= known;
            f.use_area = f.use_area.zip(area).map(|(a, b)| a + b);
            let code = text(row, 1)?;
            match codes::land_use_codes(&f.label).position(|c| c == code) {
                Some(at) if at < 31 => f.met |= 1 << at,
                Some(_) => (),
                None => f.uses_agree = false,
            }
            Ok(())
        })
    }

    /// Of all parties, or of those that hold a right in the parcels asked for.
    fn parties(&self, words: &Words) -> Result<Sorted<Party>> {
        let restrict = |column: &str| match &self.only {
            None => String::new(),
            Some(_) => format!(
                " AND {column} IN (WITH h(party) AS (SELECT party FROM \"right\" WHERE 1{{only}}) \
                 SELECT party FROM h UNION SELECT m.member FROM party_member m JOIN h ON h.party=m.party)"
            ),
        };
        let mut parties = Sorted(Vec::new());
        let sql = format!(
            "SELECT fid, kind, personal_code_p IS NOT NULL, tax_code_p IS NOT NULL OR decision_number IS NOT NULL \
             FROM party WHERE 1{} ORDER BY fid",
            restrict("fid")
        );
        self.rows(&sql, "parcel", |row| {
            let kind = text(row, 1)?;
            let (person, organisation): (bool, bool) = (row.get(2)?, row.get(3)?);
            let is = |list: &[String]| list.iter().any(|k| k == kind);
            let identified = match () {
                () if is(&words.without_identity) => true,
                () if is(&words.organisation) => organisation || person,
                () => person,
            };
            let verified = match is(&words.without_identity) {
                true => Verified::Yes,
                false => Verified::Unknown,
            };
            parties.0.push((row.get(0)?, Party { identified, verified }));
            Ok(())
        })?;
        let sql = format!(
            "SELECT party, number_p IS NOT NULL, verified FROM identity_document WHERE status='HIEN_HANH'{} ORDER BY fid",
            restrict("party")
        );
        self.rows(&sql, "parcel", |row| {
            let Some(party) = parties.get_mut(row.get(0)?) else {
                return Ok(());
            };
            party.identified |= row.get::<_, bool>(1)?;
            party.verified = match row.get::<_, Option<bool>>(2)? {
                Some(true) => Verified::Yes,
                Some(false) if party.verified != Verified::Yes => Verified::No,
                _ => party.verified,
            };
            Ok(())
        })?;
        self.members(&mut parties, &restrict("party"))?;
        Ok(parties)
    }

    /// Of a couple, a household, a group: what is known of all its members.
    fn members(&self, parties: &mut Sorted<Party>, restrict: &str) -> Result<()> {
        let mut groups: Vec<(i64, Party)> = Vec::new();
        let sql = format!(
            "SELECT party, member FROM party_member WHERE status='HIEN_HANH'{restrict} ORDER BY party, fid"
        );
        self.rows(&sql, "parcel", |row| {
            let (group, member): (i64, i64) = (row.get(0)?, row.get(1)?);
            let Some(member) = parties.get(member).copied() else {
                return Ok(());
            };
            match groups.last_mut().filter(|(g, _)| *g == group) {
                Some((_, all)) => *all = all.and(member),
                None => groups.push((group, member)),
            }
            Ok(())
        })?;
        for (group, all) in groups {
            if let Some(party) = parties.get_mut(group) {
                party.identified |= all.identified;
                party.verified = party.verified.max(all.verified);
            }
        }
        Ok(())
    }

    fn rights(&self, all: &mut [Facts], parties: &Sorted<Party>, words: &Words) -> Result<()> {
        let sql = format!(
            "SELECT parcel, party, registered_on IS NOT NULL, certificate IS NOT NULL AND EXISTS \
               (SELECT 1 FROM certificate c WHERE c.fid=certificate AND c.status NOT IN ({})) \
             FROM \"right\" WHERE parcel IS NOT NULL AND status='HIEN_HANH'{{only}}",
            list(&words.dead_certificate)
        );
        self.rows(&sql, "parcel", |row| {
            let Some(f) = find(all, row.get(0)?) else {
                return Ok(());
            };
            let party = parties.get(row.get(1)?);
            f.holders += 1;
            f.identified &= party.is_some_and(|p| p.identified);
            f.verified = f.verified.min(party.map_or(Verified::Unknown, |p| p.verified));
            f.certificate |= row.get::<_, bool>(3)?;
            f.registered |= row.get::<_, bool>(2)? || f.certificate;
            Ok(())
        })
    }

    fn documents(&self, all: &mut [Facts], words: &Words) -> Result<()> {
        let own = "SELECT parcel, kind FROM document WHERE parcel IS NOT NULL{only}";
        let through = "SELECT r.parcel, d.kind FROM document d JOIN \"right\" r ON r.certificate=d.certificate \
             WHERE r.parcel IS NOT NULL AND r.status='HIEN_HANH'{only}";
        for (sql, column) in [(own, "parcel"), (through, "r.parcel")] {
            self.rows(sql, column, |row| {
                let Some(f) = find(all, row.get(0)?) else {
                    return Ok(());
                };
                let kind = text(row, 1)?;
                let is = |list: &[String]| list.iter().any(|k| k == kind);
                match (is(&words.signed_page), is(&words.page)) {
                    (true, _) => (f.page, f.page_signed) = (true, true),
                    (_, true) => f.page = true,
                    _ => f.scans += 1,
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// A parcel is accepted as it stood in the newest package that was accepted, in whole or this record of it.
    fn packages(&self, all: &mut [Facts], words: &Words) -> Result<()> {
        let sql = format!(
            "SELECT p.fid, i.version FROM package_item i JOIN package k ON k.id=i.package JOIN parcel p ON p.uid=i.uid \
             WHERE i.tbl='parcel' AND k.draft=0 AND i.act<>'LICH_SU' \
               AND NOT EXISTS (SELECT 1 FROM receipt_item x WHERE x.package=k.id AND x.uid=i.uid AND x.accepted=0) \
               AND (k.state IN ({}) OR EXISTS (SELECT 1 FROM receipt_item x WHERE x.package=k.id AND x.uid=i.uid AND x.accepted=1)){{only}}",
            list(&words.accepted_package)
        );
        self.rows(&sql, "p.fid", |row| {
            let version: i64 = row.get(1)?;
            if let Some(f) = find(all, row.get(0)?) {
                f.accepted = f.accepted.max(Some(version));
            }
            Ok(())
        })?;
        let sql = "SELECT p.fid FROM receipt_item x JOIN parcel p ON p.uid=x.uid WHERE x.accepted=0 AND x.done=0{only}";
        self.rows(sql, "p.fid", |row| {
            if let Some(f) = find(all, row.get(0)?) {
                f.returned = true;
            }
            Ok(())
        })
    }
}

fn find(all: &mut [Facts], fid: i64) -> Option<&mut Facts> {
    let at = all.binary_search_by_key(&fid, |f| f.fid).ok()?;
    Some(&mut all[at])
}

/// Words as an SQL list. They come from a file of ours, not from people; quoted all the same.
fn list(words: &[String]) -> String {
    let quoted: Vec<String> = words
        .iter()
        .map(|w| format!("'{}'", w.replace('\'', "''")))
        .collect();
    quoted.join(",")
}

/// A text column; "" for NULL or anything else.
fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(t) => std::str::from_utf8(t).unwrap_or_default(),
        _ => "",
    })
}
