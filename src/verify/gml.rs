//! spatial/thuadat.gml as a stream: one parcel at a time is cut out, validated and measured.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::rc::Rc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};

use super::archive::{Archive, ENTRY};
use super::manifest::Manifest;
use super::schema::{Schemas, texts};
use super::twin::{self, Print};
use super::{Faults, shape_finding};
use crate::domain::{Finding, Polygon, Pt, Uid};
use crate::msg;
use crate::text::Msg;
use crate::topology::validity;

/// Most bytes of one parcel.
const MEMBER: u64 = 64 << 20;

/// What the GML holds.
#[derive(Default)]
pub struct Map {
    pub parcels: BTreeMap<Uid, Print>,
    /// Geometry faults of a draft: known, told, no reason to refuse.
    pub faults: Vec<Finding>,
}

pub fn read(
    archive: &mut Archive,
    schemas: &Schemas,
    manifest: &Manifest,
    draft: bool,
    invalid: &mut Faults,
    geometry: &mut Faults,
) -> Map {
    let mut map = Map::default();
    let left = Rc::new(Cell::new(MEMBER));
    let result = archive.reader("spatial/thuadat.gml", ENTRY).and_then(|r| {
        let mut each = |fragment: &str| {
            if let Err(m) = member(fragment, schemas, manifest, draft, geometry, &mut map) {
                invalid.add(m);
            }
        };
        stream(
            Budget {
                inner: r,
                left: left.clone(),
            },
            &left,
            schemas,
            manifest,
            &mut each,
        )
    });
    if let Err(m) = result {
        invalid.add(Msg::new(
            format!("thuadat.gml: {}", m.vi),
            format!("thuadat.gml: {}", m.en),
        ));
    }
    map
}

/// Cuts the document into its root with the envelope, and members; each is validated alone.
fn stream(
    from: impl Read,
    left: &Cell<u64>,
    schemas: &Schemas,
    manifest: &Manifest,
    each: &mut dyn FnMut(&str),
) -> Result<(), Msg> {
    let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, from));
    let broken = |e: &dyn std::fmt::Display| msg!("XML hỏng ({e})", "broken XML ({e})");
    // `outer`: 0 outside, 1 in the root, 2 in a member property. `inner`: open elements of the part being copied.
    let (mut buffer, mut outer, mut inner) = (Vec::new(), 0u32, 0u32);
    let mut namespaces: Vec<(String, String)> = Vec::new();
    let mut head = Writer::new(Vec::new());
    let mut part: Option<Writer<Vec<u8>>> = None;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|e| broken(&e))?;
        let copying = part.is_some();
        match &event {
            Event::DocType(_) => return Err(msg!("XML có DOCTYPE", "the XML has a DOCTYPE")),
            Event::Eof if outer == 0 => break,
            Event::Eof => return Err(msg!("tệp bị cắt cụt", "the file is cut short")),
            Event::Start(_) if inner > 50 => return Err(msg!("lồng quá sâu", "nested too deeply")),
            Event::Start(s)
                if !copying && outer == 1 && inner == 0 && s.local_name().as_ref() == "thanhVien" =>
            {
                outer = 2;
                continue;
            }
            Event::Start(s) | Event::Empty(s) if !copying && outer == 2 => {
                left.set(MEMBER);
                let mut start = s.to_owned();
                for (key, value) in &namespaces {
                    start.push_attribute((key.as_str(), value.as_str()));
                }
                let mut writer = Writer::new(Vec::new());
                if matches!(event, Event::Empty(_)) {
                    writer.write_event(Event::Empty(start)).map_err(|e| broken(&e))?;
                    each(&String::from_utf8(writer.into_inner()).map_err(|e| broken(&e))?);
                } else {
                    writer.write_event(Event::Start(start)).map_err(|e| broken(&e))?;
                    part = Some(writer);
                }
                continue;
            }
            Event::End(_) if !copying && outer == 2 => {
                outer = 1;
                continue;
            }
            Event::Start(s) if outer == 0 => {
                namespaces = xmlns(s)?;
                outer = 1;
            }
            Event::Start(_) => inner += 1,
            Event::End(_) if inner == 0 && copying => {
                if let Some(mut writer) = part.take() {
                    writer.write_event(event.borrow()).map_err(|e| broken(&e))?;
                    each(&String::from_utf8(writer.into_inner()).map_err(|e| broken(&e))?);
                }
                continue;
            }
            Event::End(_) if inner == 0 => outer = 0,
            Event::End(_) => inner -= 1,
            Event::Decl(_) => continue,
            // Blanks between members are no part of the head that is validated.
            Event::Text(_) if !copying && (outer != 1 || inner == 0) => continue,
            _ => {}
        }
        part.as_mut()
            .unwrap_or(&mut head)
            .write_event(event.borrow())
            .map_err(|e| broken(&e))?;
    }
    let head = String::from_utf8(head.into_inner()).map_err(|e| broken(&e))?;
    let doc = schemas.gml(&head)?;
    let root = doc.document_element();
    if root.and_then(|r| doc.get_attribute(r, "maXa")) != Some(&manifest.commune) {
        return Err(msg!(
            "mã xã khác manifest.json",
            "the commune differs from manifest.json"
        ));
    }
    Ok(())
}

fn xmlns(s: &BytesStart<'_>) -> Result<Vec<(String, String)>, Msg> {
    let mut found = Vec::new();
    for a in s.attributes() {
        let a = a.map_err(|e| msg!("XML hỏng ({e})", "broken XML ({e})"))?;
        let key: &str = a.key.as_ref();
        if key == "xmlns" || key.starts_with("xmlns:") {
            found.push((key.to_owned(), a.value.to_string()));
        }
    }
    Ok(found)
}

fn member(
    fragment: &str,
    schemas: &Schemas,
    manifest: &Manifest,
    draft: bool,
    geometry: &mut Faults,
    map: &mut Map,
) -> Result<(), Msg> {
    let doc = schemas.gml(fragment)?;
    let text = |name: &str| texts(&doc, &["ThuaDat", name]).into_iter().next();
    let uid: Uid = text("thuaDatId")
        .and_then(|t| t.parse().ok())
        .ok_or_else(|| msg!("thiếu thuaDatId", "no thuaDatId"))?;
    let here = |m: Msg| Msg::new(format!("thửa {uid}: {}", m.vi), format!("parcel {uid}: {}", m.en));
    let value = |name: &str| text(name).unwrap_or_default();
    if value("maXa") != manifest.commune {
        geometry.add(here(msg!("thuộc xã khác", "belongs to another commune")));
    }
    let srs = format!("urn:ogc:def:crs:EPSG::{}", manifest.epsg);
    if !fragment.contains(&format!("srsName=\"{srs}\"")) {
        geometry.add(here(msg!(
            "hệ tọa độ khác manifest.json",
            "the coordinate system differs from manifest.json"
        )));
    }
    let rings: Result<Vec<_>, Msg> = texts(&doc, &["LinearRing", "posList"])
        .iter()
        .map(|list| ring(list))
        .collect();
    let readable = rings.is_ok();
    let polygon = Polygon {
        rings: rings.map_err(|m| geometry.add(here(m))).unwrap_or_default(),
    };
    if let Some(fault) = validity::check(&polygon).first().filter(|_| readable) {
        if draft {
            let reference = format!(
                "{}/{}/{}",
                value("maXa"),
                value("soHieuToBanDo"),
                value("soThuTuThua")
            );
            map.faults.push(shape_finding(uid, reference, fault));
        } else {
            let kind = fault.kind.text();
            geometry.add(here(Msg::new(kind.vi, kind.en)));
        }
    }
    let fields = [
        "phienBan",
        "maXa",
        "soHieuToBanDo",
        "soThuTuThua",
        "dienTich",
        "dienTichPhapLy",
        "loaiDat",
        "laDoiTuongChiemDat",
    ]
    .map(value);
    if map.parcels.insert(uid, twin::print(&fields, &polygon)).is_some() {
        geometry.add(here(msg!("có hai lần", "occurs twice")));
    }
    Ok(())
}

/// A ring of "E N" pairs with three decimals: whole millimetres, closed.
fn ring(list: &str) -> Result<Vec<Pt>, Msg> {
    let bad = || {
        msg!(
            "tọa độ không phải mét với đúng ba số lẻ",
            "coordinates are not metres with exactly three decimals"
        )
    };
    let numbers: Vec<i64> = list
        .split_ascii_whitespace()
        .map(millimetres)
        .collect::<Option<_>>()
        .ok_or_else(bad)?;
    if !numbers.len().is_multiple_of(2) {
        return Err(bad());
    }
    let mut points: Vec<Pt> = numbers.chunks_exact(2).map(|c| Pt::new(c[0], c[1])).collect();
    if points.len() < 4 || points.first() != points.last() {
        return Err(msg!("vòng không khép kín", "a ring is not closed"));
    }
    points.pop();
    Ok(points)
}

fn millimetres(text: &str) -> Option<i64> {
    let (whole, rest) = text.split_once('.')?;
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let positive = whole.strip_prefix('-').unwrap_or(whole);
    if rest.len() != 3 || !digits(rest) || !digits(positive) || positive.is_empty() || positive.len() > 9 {
        return None;
    }
    let mm = positive.parse::<i64>().ok()? * 1000 + rest.parse::<i64>().ok()?;
    Some(if whole.starts_with('-') { -mm } else { mm })
}

/// Fails once more than the budget was read since it was last filled.
struct Budget<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Budget<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let left = self
            .left
            .get()
            .checked_sub(n as u64)
            .ok_or_else(|| std::io::Error::other("element too large / phần tử quá lớn"))?;
        self.left.set(left);
        Ok(n)
    }
}
