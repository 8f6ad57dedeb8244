//! ISO WKB → [`Shape`]: polygons of all kinds, Z and M dropped, curves made straight. Or, of a geometry of any
//! kind, its [`lines`].
//!
//! Counts are checked against the bytes that are left. Codes: OGC 06-103r4 §8.2.3 and ISO 13249-3.

use super::Shape;

/// Nesting deeper than this is no parcel.
const MAX_DEPTH: u32 = 8;
/// Largest angle of a chord of an arc, as GDAL's default (OGR_ARC_STEPSIZE): 4°.
const ARC_STEP: f64 = 4.0 * std::f64::consts::PI / 180.0;

/// What WKB can be wrong about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WkbError {
    /// Ends early or states impossible counts.
    Damaged,
    /// A geometry of this ISO code, which is no polygon.
    NotPolygon(u32),
    NotFinite,
}

/// Appends all polygons of `wkb` to a cleared `shape`. Empty geometries leave it empty. With
/// [`WkbError::NotFinite`] the shape holds what was read.
pub(super) fn parse(wkb: &[u8], shape: &mut Shape) -> Result<(), WkbError> {
    shape.clear();
    let mut reader = Reader { rest: wkb };
    reader.geometry(shape, 0)?;
    if shape.all_finite() {
        Ok(())
    } else {
        Err(WkbError::NotFinite)
    }
}

/// Appends the points, lines and rings of a geometry of any kind, each as a line (a point alone as a line of one).
/// Empty points and lines are left out. On an error `out` holds what was read.
pub(super) fn lines(wkb: &[u8], out: &mut Vec<Vec<[f64; 2]>>) -> Result<(), WkbError> {
    let mut reader = Reader { rest: wkb };
    reader.lines(out, 0)?;
    let finite = |line: &Vec<[f64; 2]>| line.iter().flatten().all(|v| v.is_finite());
    if out.iter().all(finite) {
        Ok(())
    } else {
        Err(WkbError::NotFinite)
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

#[derive(Clone, Copy)]
struct Head {
    big_endian: bool,
    kind: u32,
    /// 2, 3 or 4 ordinates.
    ordinates: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], WkbError> {
        let (first, rest) = self.rest.split_first_chunk::<N>().ok_or(WkbError::Damaged)?;
        self.rest = rest;
        Ok(*first)
    }

    fn head(&mut self) -> Result<Head, WkbError> {
        let [order] = self.take()?;
        let big_endian = order == 0;
        let code = self.u32(big_endian)?;
        // Old codes of GDAL mark Z by the highest bit.
        let (code, old_z) = (code & 0x0FFF_FFFF, code & 0x8000_0000 != 0);
        let ordinates = match (code / 1000, old_z) {
            (0, false) => 2,
            (0, true) | (1 | 2, _) => 3,
            (3, _) => 4,
            _ => return Err(WkbError::Damaged),
        };
        Ok(Head {
            big_endian,
            kind: code % 1000,
            ordinates,
        })
    }

    fn u32(&mut self, big_endian: bool) -> Result<u32, WkbError> {
        let b = self.take::<4>()?;
        Ok(if big_endian {
            u32::from_be_bytes(b)
        } else {
            u32::from_le_bytes(b)
        })
    }

    fn f64(&mut self, big_endian: bool) -> Result<f64, WkbError> {
        let b = self.take::<8>()?;
        Ok(if big_endian {
            f64::from_be_bytes(b)
        } else {
            f64::from_le_bytes(b)
        })
    }

    /// Polygons, and collections of nothing else.
    fn geometry(&mut self, shape: &mut Shape, depth: u32) -> Result<(), WkbError> {
        let head = self.head()?;
        let count = match head.kind {
            3 | 10 | 17 | 6 | 12 | 15 | 16 | 7 if depth < MAX_DEPTH => self.u32(head.big_endian)?,
            other => return Err(WkbError::NotPolygon(other)),
        };
        for _ in 0..count {
            match head.kind {
                3 | 17 => {
                    let points = self.points(head)?;
                    shape.extend(points.into_iter());
                    shape.end_ring();
                }
                10 => {
                    let points = self.curve(0)?;
                    shape.extend(points.into_iter());
                    shape.end_ring();
                }
                _ => self.geometry(shape, depth + 1)?,
            }
        }
        if matches!(head.kind, 3 | 10 | 17) && count > 0 {
            shape.end_polygon();
        }
        Ok(())
    }

    fn points(&mut self, head: Head) -> Result<Vec<[f64; 2]>, WkbError> {
        let count = self.u32(head.big_endian)? as usize;
        if count
            .checked_mul(head.ordinates * 8)
            .is_none_or(|bytes| bytes > self.rest.len())
        {
            return Err(WkbError::Damaged);
        }
        let mut points = Vec::with_capacity(count);
        for _ in 0..count {
            points.push([self.f64(head.big_endian)?, self.f64(head.big_endian)?]);
            for _ in 2..head.ordinates {
                self.f64(head.big_endian)?;
            }
        }
        Ok(points)
    }

    /// One ring of a curve polygon: line string, circular string or a chain of both.
    fn curve(&mut self, depth: u32) -> Result<Vec<[f64; 2]>, WkbError> {
        let head = self.head()?;
        self.curve_of(head, depth)
    }

    fn curve_of(&mut self, head: Head, depth: u32) -> Result<Vec<[f64; 2]>, WkbError> {
        match head.kind {
            2 => self.points(head),
            8 => Ok(straighten(&self.points(head)?)),
            9 if depth < MAX_DEPTH => {
                let mut all: Vec<[f64; 2]> = Vec::new();
                for _ in 0..self.u32(head.big_endian)? {
                    let part = self.curve(depth + 1)?;
                    let joined = all.last().is_some() && all.last() == part.first();
                    all.extend(part.into_iter().skip(usize::from(joined)));
                }
                Ok(all)
            }
            other => Err(WkbError::NotPolygon(other)),
        }
    }
}

impl Reader<'_> {
    fn lines(&mut self, out: &mut Vec<Vec<[f64; 2]>>, depth: u32) -> Result<(), WkbError> {
        let head = self.head()?;
        match head.kind {
            1 => {
                let point = [self.f64(head.big_endian)?, self.f64(head.big_endian)?];
                for _ in 2..head.ordinates {
                    self.f64(head.big_endian)?;
                }
                // An empty point is written as NaN.
                out.extend((!point[0].is_nan()).then(|| vec![point]));
            }
            2 | 8 | 9 => {
                let line = self.curve_of(head, depth)?;
                out.extend((!line.is_empty()).then_some(line));
            }
            3 | 17 => {
                for _ in 0..self.u32(head.big_endian)? {
                    let ring = self.points(head)?;
                    out.extend((!ring.is_empty()).then_some(ring));
                }
            }
            10 => {
                for _ in 0..self.u32(head.big_endian)? {
                    let ring = self.curve(depth)?;
                    out.extend((!ring.is_empty()).then_some(ring));
                }
            }
            4..=7 | 11 | 12 | 15 | 16 if depth < MAX_DEPTH => {
                for _ in 0..self.u32(head.big_endian)? {
                    self.lines(out, depth + 1)?;
                }
            }
            other => return Err(WkbError::NotPolygon(other)),
        }
        Ok(())
    }
}

/// A circular string (start, middle, end = start, middle, …) as chords.
fn straighten(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut out: Vec<[f64; 2]> = points.first().copied().into_iter().collect();
    for arc in points.windows(3).step_by(2) {
        out.extend(arc_points(arc[0], arc[1], arc[2]));
        out.push(arc[2]);
    }
    out
}

/// Points between the ends of an arc. Two neighbours share them: they are always made from the
/// lesser end, so that both directions give the same points.
fn arc_points(start: [f64; 2], middle: [f64; 2], end: [f64; 2]) -> Vec<[f64; 2]> {
    if end < start {
        let mut points = arc_points(end, middle, start);
        points.reverse();
        return points;
    }
    let full = start == end;
    let Some(centre) = (if full {
        Some([
            f64::midpoint(start[0], middle[0]),
            f64::midpoint(start[1], middle[1]),
        ])
    } else {
        centre(start, middle, end)
    }) else {
        return vec![middle];
    };
    let angle = |p: [f64; 2]| (p[1] - centre[1]).atan2(p[0] - centre[0]);
    let (a, b, turn) = (angle(start), angle(middle), std::f64::consts::TAU);
    let mut sweep = if full {
        turn
    } else {
        (angle(end) - a).rem_euclid(turn)
    };
    if !full && (b - a).rem_euclid(turn) > sweep {
        sweep -= turn;
    }
    let radius = (start[0] - centre[0]).hypot(start[1] - centre[1]);
    let steps = (sweep.abs() / ARC_STEP).ceil().max(2.0) as u32;
    (1..steps)
        .map(|i| {
            let at = a + sweep * f64::from(i) / f64::from(steps);
            [centre[0] + radius * at.cos(), centre[1] + radius * at.sin()]
        })
        .collect()
}

/// Centre of the circle through three points; `None` when they lie on a line.
fn centre(p: [f64; 2], q: [f64; 2], r: [f64; 2]) -> Option<[f64; 2]> {
    // Relative to the first point: VN-2000 northings would cost the digits that matter.
    let (ax, ay, bx, by) = (q[0] - p[0], q[1] - p[1], r[0] - p[0], r[1] - p[1]);
    let d = 2.0 * (ax * by - ay * bx);
    let (a2, b2) = (ax * ax + ay * ay, bx * bx + by * by);
    let c = [p[0] + (by * a2 - ay * b2) / d, p[1] + (ax * b2 - bx * a2) / d];
    // Beyond 1000 km the arc is straight to a nanometre over any parcel.
    let straight =
        d == 0.0 || !c[0].is_finite() || !c[1].is_finite() || (c[0] - p[0]).hypot(c[1] - p[1]) > 1e6;
    (!straight).then_some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn le(kind: u32, count: u32) -> Vec<u8> {
        [vec![1], kind.to_le_bytes().to_vec(), count.to_le_bytes().to_vec()].concat()
    }

    fn ordinates(values: &[f64]) -> Vec<u8> {
        values.iter().flat_map(|v| v.to_le_bytes()).collect()
    }

    fn parsed(wkb: &[u8]) -> Result<Vec<Vec<Vec<[f64; 2]>>>, WkbError> {
        let mut shape = Shape::default();
        parse(wkb, &mut shape).map(|()| shape.to_vec())
    }

    #[test]
    fn z_and_m_are_dropped_and_our_own_wkb_is_read() {
        let ring = [0., 0., 9., 4., 0., 9., 4., 4., 9., 0., 0., 9.];
        let wkb = [le(1003, 1), 4u32.to_le_bytes().to_vec(), ordinates(&ring)].concat();
        let square = vec![vec![vec![[0., 0.], [4., 0.], [4., 4.], [0., 0.]]]];
        assert_eq!(parsed(&wkb), Ok(square.clone()));
        let multi = [le(6, 2), wkb.clone(), wkb].concat();
        let mut shape = Shape::default();
        parse(&multi, &mut shape).unwrap();
        assert_eq!(shape.to_vec(), [square.clone(), square].concat());
        assert_eq!(parsed(&shape.wkb()).unwrap(), shape.to_vec());
        assert_eq!(parsed(&le(3, 0)), Ok(vec![]));
    }

    #[test]
    fn any_geometry_is_lines() {
        let of = |wkb: &[u8]| {
            let mut out = Vec::new();
            lines(wkb, &mut out).map(|()| out)
        };
        let point = |kind: u32, v: &[f64]| [vec![1], kind.to_le_bytes().to_vec(), ordinates(v)].concat();
        assert_eq!(of(&point(1, &[3., 4.])), Ok(vec![vec![[3., 4.]]]));
        assert_eq!(of(&point(3001, &[3., 4., 5., 6.])), Ok(vec![vec![[3., 4.]]]));
        assert_eq!(of(&point(1, &[f64::NAN, f64::NAN])), Ok(vec![]), "an empty point");
        let line = [le(1002, 2), ordinates(&[0., 0., 9., 1., 2., 9.])].concat();
        let ring = [
            le(3, 1),
            2u32.to_le_bytes().to_vec(),
            ordinates(&[0., 0., 5., 5.]),
        ]
        .concat();
        let all = [le(7, 3), point(1, &[3., 4.]), line, ring].concat();
        let want = vec![vec![[3., 4.]], vec![[0., 0.], [1., 2.]], vec![[0., 0.], [5., 5.]]];
        assert_eq!(of(&all), Ok(want));
        let arc = [le(8, 3), ordinates(&[0., 0., 1., 1., 2., 0.])].concat();
        assert!(of(&arc).unwrap()[0].len() > 10, "arcs become chords");
        assert_eq!(of(&le(2, u32::MAX)), Err(WkbError::Damaged));
        assert_eq!(of(&le(5, 3)), Err(WkbError::Damaged));
        assert_eq!(
            of(&le(7, 1).repeat(100)),
            Err(WkbError::NotPolygon(7)),
            "depth is bounded"
        );
    }

    #[test]
    fn impossible_counts_and_other_types_are_refused() {
        assert_eq!(parsed(&le(3, u32::MAX)), Err(WkbError::Damaged));
        let wkb = [le(3, 1), u32::MAX.to_le_bytes().to_vec()].concat();
        assert_eq!(parsed(&wkb), Err(WkbError::Damaged));
        assert_eq!(parsed(&le(1, 0)), Err(WkbError::NotPolygon(1)));
        assert_eq!(
            parsed(&le(6, 1).repeat(100)),
            Err(WkbError::NotPolygon(6)),
            "depth is bounded"
        );
        assert_eq!(parsed(&[]), Err(WkbError::Damaged));
        let nan = [le(3, 1), 1u32.to_le_bytes().to_vec(), ordinates(&[f64::NAN, 0.])].concat();
        assert_eq!(parsed(&nan), Err(WkbError::NotFinite));
    }

    #[test]
    fn neighbours_get_the_same_points_on_a_shared_arc() {
        let (a, m, b) = (
            [600_000., 1_190_000.],
            [600_005., 1_190_002.],
            [600_010., 1_190_000.],
        );
        let mut there = straighten(&[a, m, b]);
        there.reverse();
        assert_eq!(there, straighten(&[b, m, a]));
        assert!(there.len() > 10);
        let radius = |p: &[f64; 2]| (p[0] - 600_005.).hypot(p[1] - (1_190_002. - 7.25));
        assert!(there.iter().all(|p| (radius(p) - 7.25).abs() < 1e-6));
        assert_eq!(
            straighten(&[a, [600_005., 1_190_000.], b]).len(),
            3,
            "a straight arc keeps its middle"
        );
        let circle = straighten(&[a, b, a]);
        assert_eq!(
            (circle.first(), circle.last(), circle.len()),
            (Some(&a), Some(&a), 91)
        );
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(
            mut bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300),
            kind in proptest::sample::select(vec![3u32, 6, 7, 10, 12, 1003, 3010, 17]),
            small in 0u32..5,
        ) {
            let head = [le(kind, small), le(3, small), small.to_le_bytes().to_vec()].concat();
            bytes.splice(0..0, head);
            let _ = parsed(&bytes);
            let _ = lines(&bytes, &mut Vec::new());
        }
    }
}
