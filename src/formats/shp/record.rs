//! The content of one polygon record. Every count is checked against the bytes that are there.
//!
//! Layout: ESRI Shapefile Technical Description (July 1998), pp. 8–9, 13–14, 18–19.

use super::super::Shape;
use crate::domain::Failure;
use crate::msg;
use crate::text::Text;

/// A shape type by its number, for messages.
pub(super) fn shape_type_name(code: u32) -> &'static str {
    match code {
        0 => "Null",
        1 => "Point",
        3 => "PolyLine",
        5 => "Polygon",
        8 => "MultiPoint",
        11 => "PointZ",
        13 => "PolyLineZ",
        15 => "PolygonZ",
        18 => "MultiPointZ",
        21 => "PointM",
        23 => "PolyLineM",
        25 => "PolygonM",
        28 => "MultiPointM",
        31 => "MultiPatch",
        _ => "?",
    }
}

/// Whether we read this type; 0 is a record without geometry.
pub(super) fn is_polygon(code: u32) -> bool {
    matches!(code, 5 | 15 | 25)
}

/// The refusal of another shape type, of a file or a record.
pub(super) fn wrong_type(code: u32) -> Failure {
    let name = shape_type_name(code);
    Failure::new(
        "SHP_SHAPE_TYPE",
        msg!(
            "kiểu hình {code} ({name}) không phải là vùng",
            "shape type {code} ({name}) is not a polygon"
        ),
    )
    .remedy(Text::new(
        "Hãy chọn tệp chứa thửa đất dạng vùng (Polygon).",
        "Choose the file that holds the parcels as polygons.",
    ))
}

const PART_STARTS: Text = Text::new(
    "vị trí các vòng trong bản ghi không tăng dần hoặc vượt số điểm",
    "the ring starts of the record do not increase or lie beyond its points",
);
const NOT_FINITE: Text = Text::new(
    "tọa độ không phải là số hữu hạn (NaN hoặc vô cực)",
    "a coordinate is not a finite number (NaN or infinite)",
);
const TOO_MANY_RINGS: Text = Text::new("quá nhiều vòng trong một thửa", "too many rings in one parcel");
const TOO_SHORT: Text = Text::new("bản ghi quá ngắn", "the record is too short");

fn u32_at(b: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(b.get(at..at + 4)?.try_into().ok()?))
}

/// Reads the content into `shape`. `Ok(false)` for a record without geometry. On failure `shape`
/// holds what could be read: all rings when only coordinates are not finite, else nothing.
pub(super) fn parse(content: &[u8], shape: &mut Shape) -> Result<bool, Failure> {
    shape.clear();
    let code = u32_at(content, 0).ok_or_else(|| Failure::new("SHP_RECORD_LENGTH", TOO_SHORT))?;
    if code == 0 {
        return Ok(false);
    }
    if !is_polygon(code) {
        return Err(wrong_type(code));
    }
    let (Some(parts), Some(points)) = (u32_at(content, 36), u32_at(content, 40)) else {
        return Err(Failure::new("SHP_RECORD_LENGTH", TOO_SHORT));
    };
    if parts == 0 && points == 0 {
        return Ok(false);
    }
    let points_at = 44 + u64::from(parts) * 4;
    let end = points_at + u64::from(points) * 16;
    if end > content.len() as u64 {
        return Err(counts_off(parts, points, content.len()));
    }
    // Both fit into `usize` now: they are bounded by the content's length.
    let starts = &content[44..points_at as usize];
    read_rings(starts, &content[points_at as usize..end as usize], shape)?;
    if !shape.all_finite() {
        shape.end_polygon();
        return Err(Failure::new("SHP_RECORD_COORDINATE", NOT_FINITE));
    }
    if !shape.group_rings() {
        shape.end_polygon();
        return Err(Failure::new("SHP_RECORD_RINGS", TOO_MANY_RINGS));
    }
    Ok(true)
}

fn counts_off(parts: u32, points: u32, len: usize) -> Failure {
    Failure::new(
        "SHP_RECORD_COUNTS",
        msg!(
            "bản ghi khai {parts} vòng và {points} điểm nhưng chỉ dài {len} byte",
            "the record states {parts} rings and {points} points but is {len} bytes long"
        ),
    )
}

fn read_rings(starts: &[u8], points: &[u8], shape: &mut Shape) -> Result<(), Failure> {
    let count = points.len() / 16;
    let mut starts = starts
        .chunks_exact(4)
        .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize);
    let mut from = 0;
    if starts.next() != Some(0) {
        return Err(Failure::new("SHP_RECORD_PARTS", PART_STARTS));
    }
    for to in starts.chain([count]) {
        if to <= from || to > count {
            shape.clear();
            return Err(Failure::new("SHP_RECORD_PARTS", PART_STARTS));
        }
        shape.extend(points[from * 16..to * 16].chunks_exact(16).map(point));
        shape.end_ring();
        from = to;
    }
    Ok(())
}

fn point(b: &[u8]) -> [f64; 2] {
    let (x, y) = b.split_at(8);
    let number = |b: &[u8]| {
        f64::from_le_bytes(
            b.try_into()
                .expect("chunks of 16 bytes are split in two halves of 8"),
        )
    };
    [number(x), number(y)]
}
