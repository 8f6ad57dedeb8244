//! Search as one types it: a parcel by its numbers, or words of a name, an address, an old number, a certificate.
//!
//! The words lie folded (no tone marks) in one long text in memory: personal values never enter an index on disk.
//! Going through all of it takes milliseconds for a district, so there is nothing cleverer.

use std::collections::HashSet;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row};

use super::error::Result;
use super::records::{self, References};
use super::{connection, personal, rows};
use crate::domain::{Parcel, ParcelKey, Uid};
use crate::register::{Kind, Value};
use crate::text::fold::fold;
use crate::topology::Coverage;

/// What a hit is (cli.md). In the order of rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HitKind {
    Parcel,
    Party,
    Certificate,
    Dossier,
}

impl HitKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Parcel => "parcel",
            Self::Party => "party",
            Self::Certificate => "certificate",
            Self::Dossier => "dossier",
        }
    }
}

/// One thing found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub kind: HitKind,
    pub uid: Uid,
    /// Parcel to show on the map, when there is one in force.
    pub fid: Option<i64>,
    /// "25747/12/45" of that parcel; else the certificate's or dossier's number.
    pub reference: String,
    /// What to print: address, name (personal), serial.
    pub label: String,
    /// 0 to 100; higher is better.
    pub score: u32,
    /// A parcel no longer in force; its uid still names it.
    pub historic: bool,
}

/// What the typed text asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Query {
    commune: Option<String>,
    sheet: Option<String>,
    number: Option<String>,
    /// Folded words, all of which must occur.
    words: Vec<String>,
}

impl Query {
    /// Grammar: `12/45`, `25747/12/45`, `tờ 12 thửa 45`, `thửa 45 tờ 12`, `thửa 45`, otherwise words.
    fn parse(text: &str) -> Self {
        let folded = fold(text);
        let words: Vec<&str> = folded
            .split(|c: char| c.is_whitespace() || c == ',')
            .filter(|w| !w.is_empty())
            .collect();
        let mut query = Self {
            words: words.iter().map(|w| (*w).to_owned()).collect(),
            ..Self::default()
        };
        let spaceless: Vec<&str> = folded.split('/').map(str::trim).collect();
        match spaceless.as_slice() {
            [sheet, number] if one_word(sheet) && one_word(number) => {
                query.by_number(None, Some(sheet), Some(number));
            }
            [commune, sheet, number] if [commune, sheet, number].into_iter().all(|w| one_word(w)) => {
                query.by_number(Some(commune), Some(sheet), Some(number));
            }
            _ => query.by_words(&words),
        }
        query
    }

    fn by_number(&mut self, commune: Option<&str>, sheet: Option<&str>, number: Option<&str>) {
        self.commune = commune.map(str::to_owned);
        self.sheet = sheet.map(str::to_owned);
        self.number = number.map(str::to_owned);
        // The same two numbers may be old ones.
        self.words = match (sheet, number) {
            (Some(s), Some(n)) => vec![format!("{s}/{n}")],
            _ => Vec::new(),
        };
    }

    fn by_words(&mut self, words: &[&str]) {
        let (mut sheet, mut number, mut rest) = (None, None, false);
        let mut at = words.iter().copied().peekable();
        while let Some(word) = at.next() {
            let slot = match word {
                "to" | "sheet" => &mut sheet,
                "thua" | "parcel" => &mut number,
                // "tờ bản đồ số 12", "số thửa 45"
                "so" | "ban" | "do" | "dat" => continue,
                _ => {
                    rest = true;
                    continue;
                }
            };
            while at
                .next_if(|w| matches!(*w, "so" | "ban" | "do" | "dat"))
                .is_some()
            {}
            *slot = at.next_if(|w| w.starts_with(|c: char| c.is_ascii_digit()));
        }
        // "thửa 45" alone is a question; "thửa 45 Nguyễn" are words.
        if !rest && number.is_some() {
            self.by_number(None, sheet, number);
        }
    }
}

fn one_word(s: &str) -> bool {
    !s.is_empty() && !s.contains(char::is_whitespace)
}

/// One searchable thing in the text.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Where its words begin in the text; they end before the next one's.
    start: u32,
    kind: HitKind,
    /// An identity number: only who types all of it, or nearly, finds it.
    number: bool,
    /// Row in `parcel`, or 0.
    parcel: i64,
    /// Row in the table of its kind.
    row: i64,
}

/// Digits of an identity number that must be typed.
const LEAST_DIGITS: usize = 6;

/// Folded words of many things, each closed by a line end.
#[derive(Default)]
struct Words {
    text: String,
    entries: Vec<Entry>,
}

impl Words {
    fn add(&mut self, kind: HitKind, parcel: i64, row: i64, words: &str) {
        self.enter(kind, false, parcel, row, words);
    }

    fn enter(&mut self, kind: HitKind, number: bool, parcel: i64, row: i64, words: &str) {
        let folded = fold(words);
        let folded = folded.trim();
        if folded.is_empty() || self.text.len() + folded.len() > u32::MAX as usize - 2 {
            return;
        }
        self.entries.push(Entry {
            start: self.text.len() as u32,
            kind,
            number,
            parcel,
            row,
        });
        self.text
            .extend(folded.chars().map(|c| if c == '\n' { ' ' } else { c }));
        self.text.push('\n');
    }

    fn of(&self, i: usize) -> &str {
        let start = self.entries[i].start as usize;
        let end = self
            .entries
            .get(i + 1)
            .map_or(self.text.len(), |e| e.start as usize);
        self.text[start..end].trim_end_matches('\n')
    }

    /// Calls `f` with each entry that has all the words, and how well it fits.
    fn find(&self, words: &[String], mut f: impl FnMut(&Entry, u32)) {
        let Some(rarest) = words.iter().max_by_key(|w| w.len()) else {
            return;
        };
        let (mut at, all) = (0, words.join(" "));
        while let Some(found) = self.text[at..].find(rarest.as_str()) {
            let place = at + found;
            let i = self.entries.partition_point(|e| e.start as usize <= place) - 1;
            let own = self.of(i);
            let entry = &self.entries[i];
            let enough = !entry.number || all.len() >= LEAST_DIGITS && own.starts_with(&all);
            if let Some(score) = fits(own, words, &all).filter(|_| enough) {
                f(entry, score);
            }
            at = self.entries[i].start as usize + own.len() + 1;
            if at >= self.text.len() {
                break;
            }
        }
    }

    /// Words of the parcels' own columns and of their holders. `only`: these parcels.
    fn read_parcels(&mut self, conn: &Connection, only: Option<&HashSet<i64>>) -> Result<()> {
        let parcels = "SELECT fid, old_sheet, old_number, address, parcel_code FROM parcel";
        each(conn, parcels, "fid", only, &mut |row| {
            let text = |i: usize| row.get::<_, Option<String>>(i);
            let (sheet, number) = (text(1)?.unwrap_or_default(), text(2)?.unwrap_or_default());
            let old = if sheet.is_empty() && number.is_empty() {
                String::new()
            } else {
                format!("{sheet}/{number}")
            };
            let words = format!(
                "{old} {} {}",
                text(3)?.unwrap_or_default(),
                text(4)?.unwrap_or_default()
            );
            self.add(HitKind::Parcel, row.get(0)?, row.get(0)?, &words);
            Ok(())
        })?;
        let holders = "SELECT r.parcel, p.fid, p.name_p FROM \"right\" r JOIN party p ON p.fid=r.party \
             WHERE r.status='HIEN_HANH' AND r.parcel IS NOT NULL";
        each(conn, holders, "r.parcel", only, &mut |row| {
            let name: Option<Vec<u8>> = row.get(2)?;
            if let Some(name) = personal::open(name.as_deref())? {
                self.add(HitKind::Party, row.get(0)?, row.get(1)?, &name);
            }
            Ok(())
        })
    }

    /// Numbers that parcels had: historic ones, and those renumbered since.
    fn read_numbers(&mut self, conn: &Connection, only: Option<&HashSet<i64>>) -> Result<()> {
        for (sql, key) in [
            (
                "SELECT fid, sheet, number FROM parcel WHERE status='LICH_SU'",
                "fid",
            ),
            (
                "SELECT v.parcel, v.sheet, v.number FROM parcel_version v JOIN parcel p ON p.fid=v.parcel WHERE v.number<>p.number OR v.sheet<>p.sheet OR v.commune<>p.commune",
                "v.parcel",
            ),
        ] {
            each(conn, sql, key, only, &mut |row| {
                let (sheet, number): (String, String) = (row.get(1)?, row.get(2)?);
                if !number.is_empty() {
                    self.add(
                        HitKind::Parcel,
                        row.get(0)?,
                        row.get(0)?,
                        &format!("{sheet}/{number}"),
                    );
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Parties by name where they hold no parcel, and by the numbers of their papers.
    fn read_parties(&mut self, conn: &Connection, only: Option<&HashSet<i64>>) -> Result<()> {
        let idle = "SELECT p.fid, p.name_p FROM party p WHERE p.status='HIEN_HANH' AND NOT EXISTS \
             (SELECT 1 FROM \"right\" r WHERE r.party=p.fid AND r.status='HIEN_HANH' AND r.parcel IS NOT NULL)";
        each(conn, idle, "p.fid", only, &mut |row| self.personal(row, false))?;
        for numbers in [
            "SELECT p.fid, p.personal_code_p FROM party p WHERE p.status='HIEN_HANH' AND p.personal_code_p IS NOT NULL",
            "SELECT p.fid, d.number_p FROM party p JOIN identity_document d ON d.party=p.fid \
             WHERE p.status='HIEN_HANH' AND d.status='HIEN_HANH' AND d.number_p IS NOT NULL",
        ] {
            each(conn, numbers, "p.fid", only, &mut |row| self.personal(row, true))?;
        }
        Ok(())
    }

    fn personal(&mut self, row: &Row<'_>, number: bool) -> Result<()> {
        let value: Option<Vec<u8>> = row.get(1)?;
        if let Some(value) = personal::open(value.as_deref())? {
            self.enter(HitKind::Party, number, 0, row.get(0)?, &value);
        }
        Ok(())
    }

    fn read_certificates(&mut self, conn: &Connection, only: Option<&HashSet<i64>>) -> Result<()> {
        let certificates = "SELECT c.fid, c.serial, c.book_number, c.archive_number, \
             (SELECT parcel FROM \"right\" r WHERE r.certificate=c.fid AND r.parcel IS NOT NULL ORDER BY r.fid LIMIT 1) FROM certificate c";
        // In a sub-query, so that a condition can be put behind it.
        let certificates = format!("SELECT * FROM ({certificates}) c WHERE 1");
        each(conn, &certificates, "c.fid", only, &mut |row| {
            let text = |i: usize| row.get::<_, Option<String>>(i);
            let words = format!(
                "{} {} {}",
                text(1)?.unwrap_or_default(),
                text(2)?.unwrap_or_default(),
                text(3)?.unwrap_or_default()
            );
            self.add(
                HitKind::Certificate,
                row.get::<_, Option<i64>>(4)?.unwrap_or(0),
                row.get(0)?,
                &words,
            );
            Ok(())
        })
    }

    fn read_dossiers(&mut self, conn: &Connection, only: Option<&HashSet<i64>>) -> Result<()> {
        each(conn, "SELECT fid, code FROM dossier", "fid", only, &mut |row| {
            self.add(HitKind::Dossier, 0, row.get(0)?, &row.get::<_, String>(1)?);
            Ok(())
        })
    }
}

/// Records written since the words were read, by row.
#[derive(Default)]
struct Written {
    parties: HashSet<i64>,
    certificates: HashSet<i64>,
    dossiers: HashSet<i64>,
}

impl Written {
    fn of(&self, kind: HitKind) -> Option<&HashSet<i64>> {
        match kind {
            HitKind::Parcel => None,
            HitKind::Party => Some(&self.parties),
            HitKind::Certificate => Some(&self.certificates),
            HitKind::Dossier => Some(&self.dossiers),
        }
    }

    /// A record that was written; who holds a right and under which paper is found by the right.
    fn add(&mut self, conn: &Connection, kind: Kind, uid: Uid) -> Result<()> {
        let Some(fid) = records::find(conn, kind.name(), uid)? else {
            return Ok(());
        };
        let named = |name: &str, into: &mut HashSet<i64>| -> Result<()> {
            let record = records::read(conn, kind, fid, References::Rows)?;
            if let Some(Value::Row(row)) = record.as_ref().map(|r| r.get(name)) {
                into.insert(*row);
            }
            Ok(())
        };
        match kind {
            Kind::Party => _ = self.parties.insert(fid),
            Kind::Certificate => _ = self.certificates.insert(fid),
            Kind::Dossier => _ = self.dossiers.insert(fid),
            Kind::IdentityDocument => named("party", &mut self.parties)?,
            Kind::Right => {
                named("party", &mut self.parties)?;
                named("certificate", &mut self.certificates)?;
            }
            _ => (),
        }
        Ok(())
    }
}

/// Rows of a query, all in the order of `key` or only those whose `key` is in `only`.
fn each(
    conn: &Connection,
    sql: &str,
    key: &str,
    only: Option<&HashSet<i64>>,
    f: &mut dyn FnMut(&Row<'_>) -> Result<()>,
) -> Result<()> {
    let Some(only) = only else {
        let mut stmt = conn.prepare(&format!("{sql} ORDER BY {key}"))?;
        let mut rows = stmt.query([])?;
        while let Some(row) = rows.next()? {
            f(row)?;
        }
        return Ok(());
    };
    let link = if sql.contains(" WHERE ") { "AND" } else { "WHERE" };
    let mut stmt = conn.prepare_cached(&format!("{sql} {link} {key}=?1"))?;
    let mut keys: Vec<i64> = only.iter().copied().collect();
    keys.sort_unstable();
    for k in keys {
        let mut rows = stmt.query([k])?;
        while let Some(row) = rows.next()? {
            f(row)?;
        }
    }
    Ok(())
}

/// How well an entry fits: the whole 95, its beginning 90, the words in order 85, whole words 75, parts of words 60.
fn fits(own: &str, words: &[String], all: &str) -> Option<u32> {
    if !words.iter().all(|w| own.contains(w.as_str())) {
        return None;
    }
    let has = |w: &str| own.split(|c: char| c.is_whitespace() || c == ',').any(|o| o == w);
    Some(match () {
        () if own == all => 95,
        () if own.starts_with(all) => 90,
        () if words.len() > 1 && own.contains(all) => 85,
        () if words.iter().all(|w| has(w)) => 75,
        () => 60,
    })
}

/// More touched parcels than this are worth reading everything again.
const MANY: usize = 5000;

/// The index: everything as read once, and what was touched since.
pub struct Index {
    base: Words,
    /// Parcels whose entries in `base` no longer count.
    touched: HashSet<i64>,
    /// Records to look up before the next search.
    named: Vec<(Kind, Uid)>,
    /// The same of other records.
    written: Written,
    fresh: Words,
    stale: bool,
}

impl Index {
    /// Reads all words of a file; about 0.3 s for 115 000 parcels, so on a thread of its own.
    pub fn build(path: &Path) -> Result<Self> {
        let conn = connection::read(path)?;
        let mut base = Words::default();
        base.read_parcels(&conn, None)?;
        base.read_numbers(&conn, None)?;
        base.read_parties(&conn, None)?;
        base.read_certificates(&conn, None)?;
        base.read_dossiers(&conn, None)?;
        Ok(Self {
            base,
            touched: HashSet::new(),
            named: Vec::new(),
            written: Written::default(),
            fresh: Words::default(),
            stale: false,
        })
    }

    /// These parcels changed.
    pub fn touch(&mut self, fids: &[i64]) {
        self.touched.extend(fids);
        self.stale |= !fids.is_empty();
    }

    /// These records were written.
    pub fn touch_records(&mut self, named: &[(Kind, Uid)]) {
        self.named.extend(named);
        self.stale |= !named.is_empty();
    }

    fn bring_up(&mut self, conn: &Connection, path: &Path) -> Result<()> {
        if !self.stale {
            return Ok(());
        }
        if self.touched.len() + self.named.len() > MANY {
            *self = Self::build(path)?;
            return Ok(());
        }
        for (kind, uid) in std::mem::take(&mut self.named) {
            self.written.add(conn, kind, uid)?;
        }
        self.fresh = Words::default();
        self.fresh.read_parties(conn, Some(&self.written.parties))?;
        self.fresh
            .read_certificates(conn, Some(&self.written.certificates))?;
        self.fresh.read_dossiers(conn, Some(&self.written.dossiers))?;
        self.fresh.read_parcels(conn, Some(&self.touched))?;
        self.fresh.read_numbers(conn, Some(&self.touched))?;
        self.stale = false;
        Ok(())
    }

    /// The best hits of one kind or of all, at most `limit`: by score, then kind, then row.
    pub fn search(
        &mut self,
        conn: &Connection,
        path: &Path,
        coverage: &Coverage,
        text: &str,
        only: Option<HitKind>,
        limit: usize,
    ) -> Result<Vec<Hit>> {
        self.bring_up(conn, path)?;
        let query = Query::parse(text);
        let parcels = match only {
            None | Some(HitKind::Parcel) => by_number(coverage, &query),
            Some(_) => Vec::new(),
        };
        let mut hits: Vec<Hit> = parcels
            .into_iter()
            .map(|p| parcel_hit(p, conn, 100))
            .collect::<Result<_>>()?;
        hits.sort_by(|a, b| a.reference.cmp(&b.reference).then(a.uid.cmp(&b.uid)));
        hits.truncate(limit);
        let found: HashSet<i64> = hits.iter().filter_map(|h| h.fid).collect();
        let mut ranked: Vec<(std::cmp::Reverse<u32>, HitKind, i64, i64)> = Vec::new();
        let wanted = |e: &Entry| only.is_none_or(|k| k == e.kind);
        self.base.find(&query.words, |e, score| {
            // What hangs on a parcel is read again with it, the rest by its own row.
            let again = match self.written.of(e.kind) {
                Some(rows) if e.parcel == 0 || e.kind != HitKind::Party => rows.contains(&e.row),
                _ => e.parcel != 0 && self.touched.contains(&e.parcel),
            };
            if !again && wanted(e) {
                ranked.push((std::cmp::Reverse(score), e.kind, e.row, e.parcel));
            }
        });
        self.fresh.find(&query.words, |e, score| {
            if wanted(e) {
                ranked.push((std::cmp::Reverse(score), e.kind, e.row, e.parcel));
            }
        });
        let room = limit - hits.len();
        if ranked.len() > room && room > 0 {
            ranked.select_nth_unstable(room - 1);
        }
        ranked.truncate(room);
        ranked.sort_unstable();
        let mut seen = HashSet::new();
        for (score, kind, row, parcel) in ranked {
            if !seen.insert((kind, row, parcel)) {
                continue;
            }
            if kind != HitKind::Parcel || !found.contains(&row) {
                hits.extend(hit(conn, coverage, kind, row, parcel, score.0)?);
            }
        }
        Ok(hits)
    }
}

/// Parcels in force with the numbers asked for. Numbers are compared folded, so "12A" is "12a".
fn by_number<'a>(coverage: &'a Coverage, query: &Query) -> Vec<&'a Parcel> {
    let Some(number) = &query.number else {
        return Vec::new();
    };
    if let (Some(commune), Some(sheet)) = (&query.commune, &query.sheet) {
        let key = ParcelKey {
            commune: commune.as_str().into(),
            sheet: sheet.as_str().into(),
            number: number.as_str().into(),
        };
        let exact = coverage.by_key(&key);
        if !exact.is_empty() {
            return exact.into_iter().filter_map(|f| coverage.get(f)).collect();
        }
    }
    let same = |have: &str, want: &str| have.len() >= want.len() && (have == want || fold(have) == want);
    coverage
        .iter()
        .filter(|p| {
            same(&p.number, number)
                && query.sheet.as_ref().is_none_or(|s| same(&p.sheet, s))
                && query.commune.as_ref().is_none_or(|c| **c == *p.commune)
        })
        .collect()
}

fn parcel_hit(p: &Parcel, conn: &Connection, score: u32) -> Result<Hit> {
    let label: Option<Option<String>> = conn
        .prepare_cached("SELECT address FROM parcel WHERE fid=?1")?
        .query_row([p.fid], |r| r.get(0))
        .optional()?;
    Ok(Hit {
        kind: HitKind::Parcel,
        uid: p.uid,
        fid: Some(p.fid),
        reference: p.reference(),
        label: label.flatten().unwrap_or_default(),
        score,
        historic: false,
    })
}

/// A parcel no longer in force.
fn historic_hit(conn: &Connection, fid: i64, score: u32) -> Result<Option<Hit>> {
    let mut stmt =
        conn.prepare_cached("SELECT uid, commune, sheet, number, address FROM parcel WHERE fid=?1")?;
    let mut found = stmt.query([fid])?;
    let Some(r) = found.next()? else { return Ok(None) };
    let text = |i: usize| r.get::<_, String>(i);
    Ok(Some(Hit {
        kind: HitKind::Parcel,
        uid: rows::uid(r, 0)?,
        fid: None,
        reference: format!("{}/{}/{}", text(1)?, text(2)?, text(3)?),
        label: r.get::<_, Option<String>>(4)?.unwrap_or_default(),
        score,
        historic: true,
    }))
}

fn hit(
    conn: &Connection,
    coverage: &Coverage,
    kind: HitKind,
    row: i64,
    parcel: i64,
    score: u32,
) -> Result<Option<Hit>> {
    let shown = coverage.get(parcel);
    if kind == HitKind::Parcel {
        return match shown {
            Some(p) => parcel_hit(p, conn, score).map(Some),
            None => historic_hit(conn, row, score),
        };
    }
    let sql = match kind {
        HitKind::Party => "SELECT uid, name_p, NULL FROM party WHERE fid=?1",
        HitKind::Certificate => {
            "SELECT uid, NULL, coalesce(serial, book_number, archive_number) FROM certificate WHERE fid=?1"
        }
        _ => "SELECT uid, NULL, code FROM dossier WHERE fid=?1",
    };
    let mut stmt = conn.prepare_cached(sql)?;
    let mut found = stmt.query([row])?;
    let Some(r) = found.next()? else { return Ok(None) };
    let name: Option<Vec<u8>> = r.get(1)?;
    let label = match personal::open(name.as_deref())? {
        Some(name) => name,
        None => r.get::<_, Option<String>>(2)?.unwrap_or_default(),
    };
    let reference = match (kind, shown) {
        (_, Some(p)) => p.reference(),
        (HitKind::Party, None) => String::new(),
        _ => label.clone(),
    };
    Ok(Some(Hit {
        kind,
        uid: rows::uid(r, 0)?,
        fid: shown.map(|p| p.fid),
        reference,
        label,
        score,
        historic: false,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Option<String>, Option<String>, Option<String>) {
        let q = Query::parse(text);
        (q.commune, q.sheet, q.number)
    }

    #[test]
    fn the_grammar_of_numbers() {
        let some = |s: &str| Some(s.to_owned());
        for text in [
            "12/45",
            " 12 / 45 ",
            "tờ 12 thửa 45",
            "to 12 thua 45",
            "Thửa 45, tờ 12",
            "tờ bản đồ số 12 thửa đất số 45",
        ] {
            assert_eq!(parsed(text), (None, some("12"), some("45")), "{text}");
        }
        assert_eq!(parsed("25747/12/45a"), (some("25747"), some("12"), some("45a")));
        assert_eq!(parsed("thửa 45"), (None, None, some("45")));
        for text in ["Nguyễn Văn Thử", "tờ 12", "thửa 45 Nguyễn", "a/b/c/d", "/", ""] {
            assert_eq!(parsed(text), (None, None, None), "{text}");
        }
        assert_eq!(Query::parse("Đường Thử,  Xóm").words, ["duong", "thu", "xom"]);
    }

    #[test]
    fn words_are_found_and_ranked() {
        let mut words = Words::default();
        for (i, w) in [
            "Nguyễn Văn Thử",
            "Thử Nguyễn",
            "Nguyễn Văn Thửa",
            "Đặng",
            "12/45 Thôn Đông",
            "112/45",
        ]
        .iter()
        .enumerate()
        {
            words.add(HitKind::Party, 0, i as i64, w);
        }
        let find = |text: &str| {
            let mut found = Vec::new();
            words.find(&Query::parse(text).words, |e, score| found.push((e.row, score)));
            found
        };
        assert_eq!(find("nguyen van thu"), [(0, 95), (2, 90)]);
        assert_eq!(find("thu nguyen"), [(0, 75), (1, 95), (2, 60)]);
        assert_eq!(find("dang"), [(3, 95)]);
        assert_eq!(find("12/45"), [(4, 90), (5, 60)]);
        assert_eq!(find("khong"), []);
        assert_eq!(find(""), []);
    }
}
