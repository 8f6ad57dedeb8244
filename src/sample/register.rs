//! A whole register around the invented district: people, rights, certificates, scans, communes and sheets, as a dump
//! (`diachinh load NEW.gpkg DIR/register.txt`); and known errors in it on demand. Shapes are those of the clean district.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::names;
use super::random::Random;
use super::records::Record;
use super::{Options, Written, district, make_dir, write_text};
use crate::crs;
use crate::domain::{BBox, Failure, Polygon, Pt, Uid};
use crate::job::Progress;
use crate::store::dump::HEADER;
use crate::store::dump::value::text;
use crate::topology::polylabel;

/// What a kind of error is called in the truth, and the rule that tells of it; further rules it also breaks.
struct Kind {
    name: &'static str,
    rules: &'static [&'static str],
}

const fn kind(name: &'static str, rules: &'static [&'static str]) -> Kind {
    Kind { name, rules }
}

/// Every kind, in the order they are put in. The first rule must tell of it.
const KINDS: [Kind; 34] = [
    kind("malformed_parcel_code", &["PARCEL_CODE"]),
    kind(
        "duplicate_parcel_code",
        &["PARCEL_CODE_DUPLICATE", "PARCEL_CODE_OUTSIDE"],
    ),
    kind("parcel_code_elsewhere", &["PARCEL_CODE_OUTSIDE"]),
    kind("label_outside", &["LABEL_OUTSIDE"]),
    kind("unknown_commune", &["COMMUNE_UNKNOWN"]),
    kind(
        "other_commune",
        &["OUTSIDE_COMMUNE", "OUTSIDE_SHEET", "LAND_USE_COMMUNE"],
    ),
    kind("other_sheet", &["OUTSIDE_SHEET"]),
    kind("code_of_other_list", &["LAND_USE_LIST"]),
    kind("wrong_use_area", &["LAND_USE_SUM"]),
    kind("paddy_for_good", &["LAND_USE_TERM", "LAND_USE_LIST"]),
    kind("expired_term", &["TERM_EXPIRED"]),
    kind("rural_home_in_town", &["LAND_USE_COMMUNE"]),
    kind("unknown_origin", &["LAND_USE_ORIGIN"]),
    kind("malformed_serial", &["CERTIFICATE_SERIAL"]),
    kind("duplicate_serial", &["CERTIFICATE_SERIAL_DUPLICATE"]),
    kind("serial_of_other_years", &["CERTIFICATE_ERA"]),
    kind("certificate_to_come", &["CERTIFICATE_DATE", "CERTIFICATE_ERA"]),
    kind("empty_certificate", &["CERTIFICATE_EMPTY"]),
    kind("second_certificate", &["CERTIFICATE_TWICE"]),
    kind("short_identity_number", &["IDENTITY_NUMBER"]),
    kind("identity_of_other_year", &["IDENTITY_MISMATCH"]),
    kind("shared_identity", &["IDENTITY_SHARED", "IDENTITY_MISMATCH"]),
    kind("impossible_birth", &["BIRTH_YEAR", "IDENTITY_MISMATCH"]),
    kind("two_heads", &["HOUSEHOLD_MEMBERS"]),
    kind("unverified_holder", &["HOLDER_UNVERIFIED"]),
    kind("missing_scan", &["SCAN_FILE"]),
    kind("loose_scan", &["SCAN_UNLINKED"]),
    kind("change_without_date", &["CHANGE_INCOMPLETE"]),
    kind("commune_without_province", &["METADATA_INCOMPLETE"]),
    kind("no_scan", &["BLOCKS_DISAGREE"]),
    kind("malformed_commune", &["COMMUNE_CODE", "COMMUNE_UNKNOWN"]),
    kind("zero_area", &["AREA_INVALID", "AREA_MISMATCH", "AREA_LEGAL"]),
    kind(
        "far_away",
        &["COORDINATE_WINDOW", "OUTSIDE_COMMUNE", "OUTSIDE_SHEET"],
    ),
    kind("changed_after_signing", &["SCAN_SIGNATURE"]),
];

/// The scan of every certificate: one page, no content.
const SCAN: &[u8] =
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj \
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// Signed, and something was added after the signature.
const SIGNED: &[u8] =
    b"%PDF-1.4\n1 0 obj<</Type/Sig/ByteRange [0 10 20 30]>>endobj\ntrailer<<>>\n%%EOF\n% them\n%%EOF\n";

/// Writes `register.txt` (a dump), `register-truth.jsonl` and the folder of scans `register.scans`.
pub fn generate_register(options: &Options, progress: &Progress) -> Result<Written, Failure> {
    let clean = Options {
        dirty: None,
        ..options.clone()
    };
    let district = district(&clean, progress)?;
    let mut book = Book::new(options, &district.records);
    let chosen = book.choose(&district.records, options.dirty.unwrap_or(0.0));
    for (i, r) in district.records.iter().enumerate() {
        book.parcel(i, r, chosen.get(&i).copied());
        progress.step(0)?;
    }
    book.communes(&district.records);
    make_dir(&options.dir)?;
    let scans = options.dir.join("register.scans");
    make_dir(&scans)?;
    let scan = scans.join(format!("{}.pdf", book.scan));
    let signed = scans.join(format!("{}.pdf", book.signed));
    for (path, content) in [(&scan, SCAN), (&signed, SIGNED)] {
        std::fs::write(path, content).map_err(|e| super::not_written(path, &e))?;
    }
    let (register, truth) = (
        options.dir.join("register.txt"),
        options.dir.join("register-truth.jsonl"),
    );
    write_text(&register, &book.out)?;
    write_text(&truth, &book.truth)?;
    Ok(Written {
        files: vec![register, truth, scan, signed],
        records: district.records.len() as u64,
        truths: book.truth.lines().count() as u64,
        communes: Vec::new(),
    })
}

/// The dump in making.
struct Book {
    out: String,
    truth: String,
    random: Random,
    next: u128,
    scan: String,
    signed: String,
    /// Indices of parcels that may be spoiled.
    suitable: Vec<usize>,
    /// Box of each sheet, by commune (index) and number.
    sheets: BTreeMap<usize, BTreeMap<u32, BBox>>,
    /// Kinds that spoil a commune instead of a parcel.
    without_province: bool,
    last: Option<Last>,
}

/// Of the last parcel with a certificate that nothing is wrong with.
struct Last {
    reference: String,
    serial: String,
    code: String,
    identity: String,
}

impl Book {
    fn new(options: &Options, records: &[Record]) -> Self {
        let mut sheets: BTreeMap<usize, BTreeMap<u32, BBox>> = BTreeMap::new();
        for r in records {
            let own = sheets
                .entry(r.commune)
                .or_default()
                .entry(r.sheet)
                .or_insert(BBox::EMPTY);
            *own = own.union(r.polygon.bbox());
        }
        let suits = |r: &&Record| r.class.is_parcel() && r.area > 60.0 && r.polygon.rings.len() == 1;
        Self {
            out: format!("{HEADER}{}\n", super::EPSG),
            truth: String::new(),
            random: Random::new(options.seed, 8),
            next: u128::from(options.seed) << 64,
            scan: sha256(SCAN),
            signed: sha256(SIGNED),
            suitable: (0..records.len()).filter(|&i| suits(&&records[i])).collect(),
            sheets,
            without_province: false,
            last: None,
        }
    }

    /// Which parcel gets which kind: about `rate` of them, each kind alike, none twice.
    fn choose(&mut self, records: &[Record], rate: f64) -> BTreeMap<usize, usize> {
        let mut chosen = BTreeMap::new();
        if rate <= 0.0 {
            return chosen;
        }
        let each = ((rate * self.suitable.len() as f64 / KINDS.len() as f64) as usize).max(1);
        for (kind, Kind { name, .. }) in KINDS.iter().enumerate() {
            let wanted = if *name == "commune_without_province" {
                1
            } else {
                each
            };
            let mut done = 0;
            for _ in 0..wanted * 200 {
                if done == wanted {
                    break;
                }
                let i = self.suitable[self.random.below(self.suitable.len())];
                let fits = match *name {
                    "other_commune" => self.other_commune(&records[i]).is_some(),
                    "other_sheet" => self.other_sheet(&records[i]).is_some(),
                    _ => true,
                };
                if fits && !chosen.contains_key(&i) {
                    chosen.insert(i, kind);
                    done += 1;
                }
            }
        }
        chosen
    }

    /// A commune whose box the record does not come near.
    fn other_commune(&self, r: &Record) -> Option<usize> {
        let mine = r.polygon.bbox().grown(1_000);
        let whole = |sheets: &BTreeMap<u32, BBox>| sheets.values().fold(BBox::EMPTY, |b, o| b.union(*o));
        self.sheets
            .iter()
            .find(|(_, s)| !whole(s).intersects(&mine))
            .map(|(c, _)| *c)
    }

    /// A sheet of its commune whose box it does not come near.
    fn other_sheet(&self, r: &Record) -> Option<u32> {
        let mine = r.polygon.bbox().grown(1_000);
        self.sheets
            .get(&r.commune)?
            .iter()
            .find(|(_, b)| !b.intersects(&mine))
            .map(|(n, _)| *n)
    }

    fn uid(&mut self) -> Uid {
        self.next += 1;
        // Version 7, variant 10: what the rest is made of has no meaning.
        let bits = (self.next & !(0xf << 76) & !(0x3 << 62)) | (0x7 << 76) | (0x2 << 62);
        Uid(uuid::Uuid::from_u128(bits))
    }

    /// One line; gives the record's uid.
    fn put(&mut self, table: &str, key: &str, cells: &str) -> Uid {
        let uid = self.uid();
        let _ = writeln!(self.out, "{table} {} {uid} {}", text(key), cells.trim());
        uid
    }

    fn parcel(&mut self, i: usize, r: &Record, spoiled: Option<usize>) {
        let is = |name: &str| spoiled.is_some_and(|k| KINDS[k].name == name);
        let mut commune = names::COMMUNES[r.commune].0;
        let mut sheet = r.sheet;
        let mut number = r.number.map(|n| n.to_string()).unwrap_or_default();
        if is("unknown_commune") {
            commune = "99999";
        }
        if is("malformed_commune") {
            commune = "2574";
        }
        if is("other_commune") {
            let far = self.other_commune(r).unwrap_or(r.commune);
            commune = names::COMMUNES[far].0;
        }
        if is("other_sheet") {
            sheet = self.other_sheet(r).unwrap_or(sheet);
        }
        if spoiled.is_some() && r.number.is_some() {
            // A number no other parcel has, wherever it was moved.
            number = format!("{}", 100_000 + i);
        }
        let reference = format!("{commune}/{sheet}/{number}");
        let town = names::COMMUNES[r.commune].1.starts_with("Phường");
        let home = if is("rural_home_in_town") {
            if town { "ONT" } else { "ODT" }
        } else if town {
            "ODT"
        } else {
            "ONT"
        };
        let label = r
            .land_use
            .split('+')
            .map(|c| if c == "ONT" || c == "ODT" { home } else { c })
            .collect::<Vec<_>>()
            .join("+");
        let label = if is("rural_home_in_town") {
            home.to_owned()
        } else {
            label
        };
        let pole = polylabel::pole(&r.polygon, 10.0).map(|p| p.at);
        let certified = r.certified && r.class.is_parcel() || spoiled.is_some();
        let code = certified
            .then(|| pole.and_then(geohash))
            .flatten()
            .unwrap_or_default();
        let given = match &self.last {
            _ if is("malformed_parcel_code") => code.chars().take(11).collect(),
            Some(last) if is("duplicate_parcel_code") => last.code.clone(),
            _ if is("parcel_code_elsewhere") => far_from(&r.polygon).and_then(geohash).unwrap_or_default(),
            _ => code.clone(),
        };
        let legal = r.area_legal.unwrap_or(r.area);
        let mut cells = format!(
            "commune={} sheet={} number={} area_measured={:?} land_use={} is_parcel={} status=\"HIEN_HANH\" version=1 geom={}",
            text(commune),
            text(&sheet.to_string()),
            text(&number),
            if is("zero_area") { 0.0 } else { r.area },
            text(&label),
            u8::from(r.class.is_parcel()),
            rings(&r.polygon),
        );
        if certified {
            let _ = write!(cells, " area_legal={legal:?}");
        }
        if !given.is_empty() {
            let _ = write!(cells, " parcel_code={}", text(&given));
        }
        let shown = if is("label_outside") {
            far_from(&r.polygon)
        } else {
            pole.filter(|_| certified)
        };
        if let Some(at) = shown {
            let (e, n) = at.metres();
            let _ = write!(
                cells,
                " parcel_code_basis={}",
                text(&json!({"at": [e, n]}).to_string())
            );
        }
        let parcel = self.put("parcel", &reference, &cells);
        if is("far_away") {
            self.far_away(r, commune, &number, &label);
        }
        if !r.class.is_parcel() {
            return;
        }
        self.uses(parcel, &label, legal, certified, &is);
        if certified {
            self.register(parcel, &reference, &code, &is);
        }
        if let Some(k) = spoiled {
            let mut refs = vec![reference];
            if is("far_away") {
                refs.push(format!("{commune}/{sheet}/2{number}"));
            }
            if is("duplicate_parcel_code") || is("duplicate_serial") || is("shared_identity") {
                refs.extend(self.last.as_ref().map(|l| l.reference.clone()));
            }
            let _ = writeln!(
                self.truth,
                "{}",
                json!({"kind": KINDS[k].name, "rules": KINDS[k].rules, "refs": refs, "commune": commune})
            );
        }
    }

    /// One more parcel, 900 km to the east.
    fn far_away(&mut self, r: &Record, commune: &str, number: &str, label: &str) {
        let mut polygon = r.polygon.clone();
        let east = |p: &mut Pt| *p = Pt::new(p.e + 900_000_000, p.n);
        polygon.rings.iter_mut().flatten().for_each(east);
        let cells = format!(
            "commune={} sheet={} number={} area_measured={:?} land_use={} is_parcel=1 status=\"HIEN_HANH\" version=1 geom={}",
            text(commune),
            text(&r.sheet.to_string()),
            text(&format!("2{number}")),
            r.area,
            text(label),
            rings(&polygon)
        );
        self.put("parcel", "", &cells);
    }

    fn uses(&mut self, parcel: Uid, label: &str, legal: f64, certified: bool, is: &impl Fn(&str) -> bool) {
        let codes: Vec<&str> = label.split('+').collect();
        let first = (legal * 10.0 / codes.len() as f64).round() / 10.0;
        for (n, code) in codes.iter().enumerate() {
            let own = if n == 0 {
                first
            } else {
                ((legal - first) * 10.0).round() / 10.0
            };
            let area = if is("wrong_use_area") && n == 0 {
                own + 3.0
            } else {
                own
            };
            let code = if is("code_of_other_list") && n == 0 {
                "BHK"
            } else if is("paddy_for_good") && n == 0 {
                "LUC"
            } else {
                code
            };
            let known = crate::codes::land_use(code).map_or("2014", |(version, _)| version);
            let list = if is("code_of_other_list") && n == 0 {
                "2024"
            } else {
                known
            };
            let annual = crate::codes::is_for_a_term(code);
            let term = match () {
                () if is("expired_term") && n == 0 => "Đến ngày 15/10/2013",
                () if is("paddy_for_good") && n == 0 => "Lâu dài",
                () if annual => "Đến ngày 15/10/2063",
                () => "Lâu dài",
            };
            let origin = if is("unknown_origin") && n == 0 {
                "GIAO"
            } else {
                "CNQ-KTT"
            };
            let mut cells = format!(
                "parcel={parcel} position={} code={} list_version={}",
                n + 1,
                text(code),
                text(list)
            );
            if certified {
                let _ = write!(
                    cells,
                    " area={area:?} term={} origin={}",
                    text(term),
                    text(origin)
                );
            }
            self.put("land_use_row", "", &cells);
        }
    }

    /// Holder, identity, certificate, right, scan.
    fn register(&mut self, parcel: Uid, reference: &str, code: &str, is: &impl Fn(&str) -> bool) {
        let woman = self.random.chance(0.5);
        let year = 1930 + self.random.below(70);
        let identity = self.identity(year);
        let name = format!("Người Mẫu {}", self.next);
        let birth = if is("impossible_birth") {
            "1017".to_owned()
        } else {
            year.to_string()
        };
        let party = self.put(
            "party",
            "",
            &format!(
                "kind=\"CA_NHAN\" user_type=\"CNV\" name_p={} gender_p={} birth_p={}",
                text(&name),
                text(if woman { "Nữ" } else { "Nam" }),
                text(&birth)
            ),
        );
        let number = match &self.last {
            _ if is("short_identity_number") => identity[1..].to_owned(),
            _ if is("identity_of_other_year") => self.identity(year + 7),
            Some(last) if is("shared_identity") => last.identity.clone(),
            _ => identity.clone(),
        };
        let verified = if is("unverified_holder") {
            ""
        } else {
            " verified=1 verified_on=\"2026-01-15\" verified_how=\"VNeID\""
        };
        self.put(
            "identity_document",
            "",
            &format!("party={party} kind=\"CCCD\" number_p={}{verified}", text(&number)),
        );
        let holder = if is("two_heads") {
            self.household(party)
        } else {
            party
        };
        let serial = self.serial(b"XAEHKMNP");
        let (given, issued) = match &self.last {
            _ if is("malformed_serial") => (serial.replace(' ', ""), "2019-05-06"),
            Some(last) if is("duplicate_serial") => (last.serial.clone(), "2019-05-06"),
            _ if is("serial_of_other_years") => (serial.clone(), "2009-05-06"),
            _ if is("certificate_to_come") => (serial.clone(), "2099-05-06"),
            _ => (serial.clone(), "2019-05-06"),
        };
        let certificate = self.certificate(&given, issued);
        self.put("right", "", &format!("kind=\"SU_DUNG\" party={holder} parcel={parcel} certificate={certificate} status=\"HIEN_HANH\""));
        if is("second_certificate") {
            let second = self.fresh_serial();
            let again = self.certificate(&second, issued);
            self.put(
                "right",
                "",
                &format!(
                    "kind=\"SU_DUNG\" party={holder} parcel={parcel} certificate={again} status=\"HIEN_HANH\""
                ),
            );
        }
        if is("empty_certificate") {
            let empty = self.fresh_serial();
            self.certificate(&empty, issued);
        }
        if !is("no_scan") {
            let sha = self.scan.clone();
            self.document(&sha, &format!("certificate={certificate}"));
        }
        if is("missing_scan") {
            self.document(&"0".repeat(64), &format!("parcel={parcel}"));
        }
        if is("changed_after_signing") {
            let sha = self.signed.clone();
            self.document(&sha, &format!("parcel={parcel}"));
        }
        if is("loose_scan") {
            let sha = self.scan.clone();
            self.document(&sha, "");
        }
        if is("change_without_date") {
            let entry = self.put("change_entry", "", "kind=\"SN\" number=\"17\"");
            self.put(
                "change_entry_item",
                "",
                &format!("change_entry={entry} direction=\"processed\" parcel={parcel}"),
            );
        }
        if is("commune_without_province") {
            self.without_province = true;
        }
        if KINDS.iter().all(|k| !is(k.name)) {
            self.last = Some(Last {
                reference: reference.to_owned(),
                serial,
                code: code.to_owned(),
                identity,
            });
        }
    }

    fn household(&mut self, head: Uid) -> Uid {
        let other = self.put("party", "", "kind=\"CA_NHAN\" name_p=\"Người Mẫu Khác\"");
        let house = self.put("party", "", "kind=\"HO_GIA_DINH\" name_p=\"Hộ Mẫu\"");
        for (position, member) in [(1, head), (2, other)] {
            self.put(
                "party_member",
                "",
                &format!("party={house} member={member} role=\"CHU_HO\" position={position}"),
            );
        }
        house
    }

    fn fresh_serial(&mut self) -> String {
        self.serial(b"YBDGLQRS")
    }

    /// Century digit 9: nobody living has such a number. A million to each province and year of birth.
    fn identity(&self, year: usize) -> String {
        let count = self.next % (1 << 64);
        let province = [79, 1, 31, 48, 92, 38, 40, 42][(count / 1_000_000) as usize % 8];
        format!("{province:03}9{:02}{:06}", year % 100, count % 1_000_000)
    }

    /// No two alike: a million numbers to each pair of letters. The first letter is of the forms of 2014 to 2024.
    fn serial(&self, letters: &[u8; 8]) -> String {
        let count = self.next % (1 << 64);
        let second = letters[(count / 1_000_000) as usize % letters.len()] as char;
        format!("C{second} {:06}", count % 1_000_000)
    }

    fn certificate(&mut self, serial: &str, issued: &str) -> Uid {
        self.put(
            "certificate",
            serial,
            &format!(
                "serial={} issued_on={} status=\"DANG_HIEU_LUC\"",
                text(serial),
                text(issued)
            ),
        )
    }

    fn document(&mut self, sha256: &str, to: &str) {
        let bytes = SCAN.len();
        self.put(
            "document",
            sha256,
            &format!(
                "sha256={} kind=\"GCN\" pages=1 bytes={bytes} media=\"application/pdf\" {to}",
                text(sha256)
            ),
        );
    }

    /// Communes and sheets, their boundaries the boxes of what lies in them.
    fn communes(&mut self, records: &[Record]) {
        let mut boxes: BTreeMap<(usize, u32), BBox> = BTreeMap::new();
        for r in records {
            let b = boxes.entry((r.commune, r.sheet)).or_insert(BBox::EMPTY);
            *b = b.union(r.polygon.bbox());
        }
        let communes: BTreeSet<usize> = boxes.keys().map(|k| k.0).collect();
        let spoiled = communes.iter().next().copied().filter(|_| self.without_province);
        for &c in &communes {
            let whole = boxes
                .iter()
                .filter(|(k, _)| k.0 == c)
                .fold(BBox::EMPTY, |b, (_, o)| b.union(*o));
            let (code, name) = names::COMMUNES[c];
            let province = if spoiled == Some(c) {
                ""
            } else {
                " province=\"79\""
            };
            self.put(
                "commune",
                code,
                &format!(
                    "code={} name={}{province} valid_from=\"2025-07-01\" geom={}",
                    text(code),
                    text(name),
                    rings(&rectangle(whole))
                ),
            );
        }
        for ((c, sheet), b) in boxes {
            let code = names::COMMUNES[c].0;
            let number = sheet.to_string();
            self.put("sheet", &format!("{code}/{number}"), &format!(
                "commune={} number={} scale=1000 map_kind=1 surveyed_on=\"2019-03-04\" survey_unit=\"Đội đo đạc mẫu\" method=\"GNSS\" geom={}",
                text(code), text(&number), rings(&rectangle(b))));
        }
    }
}

fn sha256(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest.iter().fold(String::new(), |s, b| s + &format!("{b:02x}"))
}

fn rectangle(b: BBox) -> Polygon {
    let b = b.grown(1);
    Polygon {
        rings: vec![vec![
            b.min,
            Pt::new(b.max.e, b.min.n),
            b.max,
            Pt::new(b.min.e, b.max.n),
        ]],
    }
}

fn rings(polygon: &Polygon) -> String {
    let point = |p: &Pt| format!("{} {}", p.e, p.n);
    let ring = |r: &Vec<Pt>| format!("({})", r.iter().map(point).collect::<Vec<_>>().join(","));
    format!(
        "({})",
        polygon.rings.iter().map(ring).collect::<Vec<_>>().join(",")
    )
}

fn geohash(at: Pt) -> Option<String> {
    let (latitude, longitude) = crs::to_wgs84(super::EPSG, at).ok()?;
    Some(crs::geohash(latitude, longitude, 12))
}

/// A place 300 m west of the shape.
fn far_from(polygon: &Polygon) -> Option<Pt> {
    let b = polygon.bbox();
    (!b.is_empty()).then(|| Pt::new(b.min.e - 300_000, b.centre().n))
}
