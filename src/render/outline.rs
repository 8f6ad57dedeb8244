//! A parcel's shape on the screen, for what the window paints live: selection, hover, previews.

use super::viewport::Viewport;
use crate::domain::{BBox, Polygon, Pt, ring_sides};

/// The rings of a polygon as closed polylines in points of the view, cut off a little outside of it:
/// lines along the view's rim are never seen. Rings with nothing visible are left out.
pub fn outline(polygon: &Polygon, view: &Viewport) -> Vec<Vec<[f32; 2]>> {
    let window = view.bbox(64.0);
    let rings = polygon.rings.iter().map(|r| clip(r, &window));
    rings
        .filter(|r| r.len() > 2)
        .map(|r| r.into_iter().map(|p| view.screen(p)).collect())
        .collect()
}

/// The corner points of a polygon inside the view, in points: handles for editing.
pub fn corners(polygon: &Polygon, view: &Viewport) -> Vec<(Pt, [f32; 2])> {
    let window = view.bbox(8.0);
    let seen = polygon.points().filter(|p| window.contains(*p));
    seen.map(|p| (p, view.screen(p))).collect()
}

/// A box on the ground as left, top, right, bottom in points.
pub fn rect(bbox: &BBox, view: &Viewport) -> [f32; 4] {
    let a = view.screen(Pt::new(bbox.min.e, bbox.max.n));
    let b = view.screen(Pt::new(bbox.max.e, bbox.min.n));
    [a[0], a[1], b[0], b[1]]
}

/// Sutherland–Hodgman against the four sides of the window.
fn clip(ring: &[Pt], window: &BBox) -> Vec<Pt> {
    if ring.iter().all(|p| window.contains(*p)) {
        return ring.to_vec();
    }
    let mut out = ring.to_vec();
    // Distance inside each side of the window.
    let sides: [&dyn Fn(Pt) -> i64; 4] = [
        &|p| p.e - window.min.e,
        &|p| window.max.e - p.e,
        &|p| p.n - window.min.n,
        &|p| window.max.n - p.n,
    ];
    for inside in sides {
        let mut kept = Vec::with_capacity(out.len() + 4);
        for (a, b) in ring_sides(&out) {
            let (da, db) = (inside(a), inside(b));
            if da >= 0 {
                kept.push(a);
            }
            if (da < 0) != (db < 0) {
                kept.push(between(a, b, da as f64 / (da - db) as f64));
            }
        }
        out = kept;
    }
    out
}

fn between(a: Pt, b: Pt, t: f64) -> Pt {
    let part = |a: i64, b: i64| a + ((b - a) as f64 * t).round() as i64;
    Pt::new(part(a.e, b.e), part(a.n, b.n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::polygon;

    fn view() -> Viewport {
        Viewport {
            centre: [0.0, 0.0],
            metres_per_pixel: 1.0,
            width: 100,
            height: 100,
            pixels_per_point: 2.0,
        }
    }

    #[test]
    fn a_parcel_inside_keeps_its_points_and_its_hole() {
        let p = polygon("0 0, 10000 0, 0 10000 | 1000 1000, 1000 2000, 2000 1000");
        let rings = outline(&p, &view());
        assert_eq!(rings[0], [[25.0, 25.0], [30.0, 25.0], [25.0, 20.0]]);
        assert_eq!(rings.len(), 2);
        assert_eq!(corners(&p, &view()).len(), 6);
    }

    #[test]
    fn a_huge_parcel_is_cut_near_the_view_and_one_elsewhere_is_left_out() {
        let p = polygon("-90000000 -90000000, 90000000 -90000000, 90000000 90000000, -90000000 90000000");
        let ring = &outline(&p, &view())[0];
        assert!(
            ring.iter().flatten().all(|v| (-66.0..=116.0).contains(v)),
            "{ring:?}"
        );
        assert_eq!(ring.len(), 4);
        assert!(outline(&polygon("800000 0, 810000 0, 805000 9000"), &view()).is_empty());
        assert!(corners(&p, &view()).is_empty());
    }
}
