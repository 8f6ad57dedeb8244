//! A geometry kept as ISO WKB, read again: for what could not be placed.

use super::Shape;
use super::shape::MAX_RINGS;
use super::wkb::{self, WkbError};

/// What a kept geometry holds, in the file's own coordinates and axis order.
#[derive(Clone, Debug, Default)]
pub struct Original {
    /// Its polygons, where it is one; coordinates may be no numbers.
    pub shape: Shape,
    /// All its lines, of whatever kind it is, as far as it can be read.
    pub lines: Vec<Vec<[f64; 2]>>,
}

impl Original {
    /// Never fails: what cannot be read is not there.
    pub fn of(wkb: &[u8]) -> Self {
        let mut shape = Shape::default();
        match wkb::parse(wkb, &mut shape) {
            Ok(()) | Err(WkbError::NotFinite) => {}
            Err(WkbError::Damaged | WkbError::NotPolygon(_)) => shape.clear(),
        }
        let mut lines = Vec::new();
        // What stands before the damage is shown.
        let _ = wkb::lines(wkb, &mut lines);
        Self { shape, lines }
    }

    /// The polygons that lines make when each is closed, sorted into shells and holes. Points that are no numbers are left
    /// out; how many.
    pub fn closed(&self) -> (Shape, usize) {
        let (mut shape, mut dropped) = (Shape::default(), 0);
        for line in self.lines.iter().take(MAX_RINGS) {
            let mut ring: Vec<[f64; 2]> = line
                .iter()
                .copied()
                .filter(|p| p.iter().all(|v| v.is_finite()))
                .collect();
            dropped += line.len() - ring.len();
            if ring.len() < 3 {
                continue;
            }
            if ring.first() != ring.last() {
                ring.extend(ring.first().copied());
            }
            shape.extend(ring.into_iter());
            shape.end_ring();
        }
        if !shape.group_rings() {
            shape.clear();
        }
        (shape, dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[[f64; 2]]) -> Vec<u8> {
        let mut out = vec![1, 2, 0, 0, 0];
        out.extend((points.len() as u32).to_le_bytes());
        out.extend(points.iter().flatten().flat_map(|v| v.to_le_bytes()));
        out
    }

    #[test]
    fn open_lines_become_polygons_without_points_that_are_no_numbers() {
        let original = Original::of(&line(&[[0., 0.], [f64::NAN, 1.], [4., 0.], [4., 4.]]));
        assert!(original.shape.is_empty());
        let (shape, dropped) = original.closed();
        assert_eq!(dropped, 1);
        assert_eq!(shape.to_vec(), [[[[0., 0.], [4., 0.], [4., 4.], [0., 0.]]]]);
        assert!(Original::of(&[1, 2, 3]).closed().0.is_empty());
    }
}
