//! How a parcel is to be divided.

use super::list::Part;
use crate::domain::Pt;

/// One way of dividing. Lengths in mm.
#[derive(Clone, Debug, PartialEq)]
pub enum By {
    /// By a drawn line.
    Line(Vec<Pt>),
    /// Into parts of these areas, in this order.
    Areas { parts: Vec<Part>, along: Along },
    /// Into so many parts of the same area.
    Equal { parts: u32, along: Along },
    /// Into so many parts with the same length along the stretch of boundary between two points. The cuts run square to
    /// it, or as told.
    Frontage {
        parts: u32,
        side: (Pt, Pt),
        along: Option<Along>,
    },
    /// By the line parallel to a side at a distance into the parcel.
    Offset { mm: i64, side: (Pt, Pt) },
}

/// How the cuts run, and where the first part lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Along {
    /// Parallel to a line. A side of the parcel is where the first part begins; of another line the first part lies on
    /// the left.
    Parallel(Pt, Pt),
    /// At this azimuth (degrees from grid north, clockwise); the first part lies on the left: west of 0°, north of 90°.
    Direction(f64),
    /// Through a point. On the boundary or outside: the first part lies on the right, seen from the point; inside: two
    /// parts, the first on the left of the line, which runs as near to this azimuth as the area allows.
    Through(Pt, f64),
}
