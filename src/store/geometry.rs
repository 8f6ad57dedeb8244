//! GeoPackage geometry blobs ↔ polygons on the lattice, and the ST_ functions the R-tree triggers call.
//!
//! Source: OGC 12-128r17 §2.1.3 (header) and ISO WKB. We write little endian with an envelope, easting first,
//! metres as `mm / 1000.0`; reading rounds back to the millimetre and checks that nothing was lost.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;

use crate::domain::{BBox, Failure, Polygon, Pt, Ring};
use crate::msg;

/// Largest distance of a stored coordinate from the lattice, mm: beyond it the file is not ours.
const OFF_LATTICE_MM: f64 = 1e-3;
const WKB_POLYGON: u32 = 3;
const WKB_POINT: u32 = 1;

/// The blob of a polygon. An empty polygon has no blob: store NULL.
pub fn encode(polygon: &Polygon, srs: i32) -> Option<Vec<u8>> {
    let bbox = polygon.bbox();
    if bbox.is_empty() {
        return None;
    }
    let points: usize = polygon.rings.iter().map(|r| r.len() + 1).sum();
    let mut b = Vec::with_capacity(40 + 9 + 4 * polygon.rings.len() + 16 * points);
    header(&mut b, srs, bbox);
    b.push(1);
    b.extend(WKB_POLYGON.to_le_bytes());
    b.extend((polygon.rings.len() as u32).to_le_bytes());
    for ring in &polygon.rings {
        b.extend((ring.len() as u32 + 1).to_le_bytes());
        for p in ring.iter().chain(ring.first()) {
            let (e, n) = p.metres();
            b.extend(e.to_le_bytes());
            b.extend(n.to_le_bytes());
        }
    }
    Some(b)
}

/// The blob of a point.
pub fn encode_point(p: Pt, srs: i32) -> Vec<u8> {
    let mut b = Vec::with_capacity(40 + 21);
    header(&mut b, srs, BBox::of([p]));
    b.push(1);
    b.extend(WKB_POINT.to_le_bytes());
    let (e, n) = p.metres();
    b.extend(e.to_le_bytes());
    b.extend(n.to_le_bytes());
    b
}

/// Reads a point blob; fails on anything else.
pub fn decode_point(blob: &[u8]) -> Result<Pt, Failure> {
    let head = Header::parse(blob).ok_or_else(bad_blob)?;
    let mut r = Bytes { rest: head.body };
    if r.u8()? != 1 || r.u32()? != WKB_POINT {
        return Err(bad_blob());
    }
    let p = on_lattice(r.f64()?, r.f64()?)?;
    r.rest.is_empty().then_some(p).ok_or_else(bad_blob)
}

/// 'GP', version 0, flags (little endian, XY envelope), srs, envelope.
fn header(b: &mut Vec<u8>, srs: i32, bbox: BBox) {
    b.extend(b"GP\0\x03");
    b.extend(srs.to_le_bytes());
    let ((e0, n0), (e1, n1)) = (bbox.min.metres(), bbox.max.metres());
    for v in [e0, e1, n0, n1] {
        b.extend(v.to_le_bytes());
    }
}

/// Reads a polygon blob. Fails, and never allocates by an unchecked length, on anything else.
pub fn decode(blob: &[u8]) -> Result<Polygon, Failure> {
    let head = Header::parse(blob).ok_or_else(bad_blob)?;
    let mut r = Bytes { rest: head.body };
    if r.u8()? != 1 || r.u32()? != WKB_POLYGON {
        return Err(bad_blob());
    }
    let rings = r.count(4)?;
    let mut polygon = Polygon {
        rings: Vec::with_capacity(rings),
    };
    for _ in 0..rings {
        polygon.rings.push(ring(&mut r)?);
    }
    r.rest.is_empty().then_some(polygon).ok_or_else(bad_blob)
}

fn ring(r: &mut Bytes<'_>) -> Result<Ring, Failure> {
    let n = r.count(16)?;
    let mut ring = Vec::with_capacity(n);
    for _ in 0..n {
        ring.push(on_lattice(r.f64()?, r.f64()?)?);
    }
    if ring.len() < 2 || ring.pop() != ring.first().copied() {
        return Err(bad_blob());
    }
    Ok(ring)
}

fn on_lattice(e: f64, n: f64) -> Result<Pt, Failure> {
    let p = Pt::from_metres(e, n).ok_or_else(bad_blob)?;
    let off = |metres: f64, mm: i64| (metres * 1000.0 - mm as f64).abs() > OFF_LATTICE_MM;
    if off(e, p.e) || off(n, p.n) {
        return Err(Failure::new(
            "OFF_LATTICE",
            msg!(
                "Tọa độ ({e}, {n}) trong tệp không nằm trên lưới 1 mm.",
                "Coordinate ({e}, {n}) in the file is not on the 1 mm lattice."
            ),
        )
        .remedy(msg!(
            "Tệp đã bị chương trình khác sửa: hãy dùng bản sao lưu.",
            "Another program changed the file: use a backup."
        )));
    }
    Ok(p)
}

fn bad_blob() -> Failure {
    Failure::new(
        "BAD_GEOMETRY_BLOB",
        msg!(
            "Hình học lưu trong tệp bị hỏng.",
            "A geometry stored in the file is damaged."
        ),
    )
    .remedy(msg!("Hãy dùng bản sao lưu gần nhất.", "Use the latest backup."))
}

/// Bounds-checked little-endian reading.
struct Bytes<'a> {
    rest: &'a [u8],
}

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Failure> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or_else(bad_blob)?;
        self.rest = rest;
        Ok(*head)
    }

    fn u8(&mut self) -> Result<u8, Failure> {
        Ok(self.take::<1>()?[0])
    }

    fn u32(&mut self) -> Result<u32, Failure> {
        self.take().map(u32::from_le_bytes)
    }

    fn f64(&mut self) -> Result<f64, Failure> {
        self.take().map(f64::from_le_bytes)
    }

    /// A count of items of at least `size` bytes that the rest can hold.
    fn count(&mut self, size: usize) -> Result<usize, Failure> {
        let n = self.u32()? as usize;
        (n <= self.rest.len() / size).then_some(n).ok_or_else(bad_blob)
    }
}

/// The header of any GeoPackage blob, ours or not.
struct Header<'a> {
    /// minx, maxx, miny, maxy as written.
    envelope: Option<[f64; 4]>,
    empty: bool,
    body: &'a [u8],
}

impl<'a> Header<'a> {
    fn parse(blob: &'a [u8]) -> Option<Self> {
        let (head, rest) = blob.split_first_chunk::<8>()?;
        if head[..3] != *b"GP\0" {
            return None;
        }
        let flags = head[3];
        let doubles = [0, 4, 6, 6, 8].get(usize::from(flags >> 1 & 7)).copied()?;
        let (envelope, body) = rest.split_at_checked(doubles * 8)?;
        let read = |i: usize| -> Option<f64> {
            let bytes: [u8; 8] = envelope.get(i * 8..i * 8 + 8)?.try_into().ok()?;
            Some(if flags & 1 == 1 {
                f64::from_le_bytes(bytes)
            } else {
                f64::from_be_bytes(bytes)
            })
        };
        Some(Self {
            envelope: (doubles > 0)
                .then(|| Some([read(0)?, read(1)?, read(2)?, read(3)?]))
                .flatten(),
            empty: flags & 0x10 != 0,
            body,
        })
    }
}

/// minx, maxx, miny, maxy of a blob in metres; `None` when empty or unreadable.
pub fn envelope(blob: &[u8]) -> Option<[f64; 4]> {
    let head = Header::parse(blob)?;
    if head.empty {
        return None;
    }
    head.envelope.or_else(|| point(head.body)).or_else(|| {
        let bbox = decode(blob).ok()?.bbox();
        let ((e0, n0), (e1, n1)) = (bbox.min.metres(), bbox.max.metres());
        Some([e0, e1, n0, n1])
    })
}

/// A WKB point needs no envelope in its header.
fn point(body: &[u8]) -> Option<[f64; 4]> {
    let mut r = Bytes { rest: body };
    if r.u8().ok()? != 1 || r.u32().ok()? != 1 {
        return None;
    }
    let (e, n) = (r.f64().ok()?, r.f64().ok()?);
    (e.is_finite() && n.is_finite()).then_some([e, e, n, n])
}

/// Registers ST_MinX, ST_MaxX, ST_MinY, ST_MaxY and ST_IsEmpty (gpkg_rtree_index, OGC 12-128r17 annex F.3).
pub fn register(conn: &Connection) -> rusqlite::Result<()> {
    let flags =
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    for (name, i) in [("ST_MinX", 0), ("ST_MaxX", 1), ("ST_MinY", 2), ("ST_MaxY", 3)] {
        conn.create_scalar_function(name, 1, flags, move |ctx| {
            Ok(blob(ctx.get_raw(0)).and_then(envelope).map(|e| e[i]))
        })?;
    }
    conn.create_scalar_function("ST_IsEmpty", 1, flags, |ctx| {
        Ok(blob(ctx.get_raw(0)).map(|b| i64::from(envelope(b).is_none())))
    })
}

fn blob(v: ValueRef<'_>) -> Option<&[u8]> {
    match v {
        ValueRef::Blob(b) => Some(b),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn holed() -> Polygon {
        let p = |e: i64, n: i64| Pt::new(500_000_000 + e, 2_300_000_000 + n);
        Polygon {
            rings: vec![
                vec![p(0, 0), p(10_001, 3), p(10_000, 9_999), p(-7, 10_000)],
                vec![p(100, 100), p(100, 200), p(200, 200)],
            ],
        }
    }

    #[test]
    fn there_and_back() {
        let blob = encode(&holed(), 9210).unwrap();
        assert_eq!(decode(&blob).unwrap(), holed());
        assert_eq!(
            envelope(&blob),
            Some([499_999.993, 500_010.001, 2_300_000.0, 2_300_010.0])
        );
        assert_eq!(encode(&Polygon::default(), 9210), None);
    }

    #[test]
    fn points_there_and_back() {
        let p = Pt::new(587_000_120, 2_325_000_500);
        let blob = encode_point(p, 9210);
        assert_eq!(decode_point(&blob).unwrap(), p);
        assert_eq!(
            envelope(&blob),
            Some([587_000.12, 587_000.12, 2_325_000.5, 2_325_000.5])
        );
        assert_eq!(decode_point(&blob[..50]).unwrap_err().code(), "BAD_GEOMETRY_BLOB");
        assert!(decode(&blob).is_err() && decode_point(&encode(&holed(), 9210).unwrap()).is_err());
    }

    #[test]
    fn off_the_lattice_is_refused() {
        let mut blob = encode(&holed(), 9210).unwrap();
        let at = 40 + 9 + 4;
        blob[at..at + 8].copy_from_slice(&500_000.000_5_f64.to_le_bytes());
        assert_eq!(decode(&blob).unwrap_err().code(), "OFF_LATTICE");
    }

    #[test]
    fn a_count_of_a_billion_is_refused() {
        let mut blob = encode(&holed(), 9210).unwrap();
        blob[45..49].copy_from_slice(&1_000_000_000_u32.to_le_bytes());
        assert_eq!(decode(&blob).unwrap_err().code(), "BAD_GEOMETRY_BLOB");
    }

    proptest! {
        #[test]
        fn any_lattice_point_survives(e in -100_000_000_000i64..100_000_000_000, n in -100_000_000_000i64..100_000_000_000) {
            let polygon = Polygon { rings: vec![vec![Pt::new(e, n), Pt::new(0, 1), Pt::new(n, e)]] };
            prop_assert_eq!(decode(&encode(&polygon, 9210).unwrap()).unwrap(), polygon);
        }

        #[test]
        fn cut_or_bent_never_panics(cut in 0usize..200, at in 0usize..180, byte: u8) {
            let mut blob = encode(&holed(), 9210).unwrap();
            let at = at % blob.len();
            blob[at] = byte;
            blob.truncate(cut.max(1));
            let _ = decode(&blob);
            let _ = envelope(&blob);
        }
    }
}
