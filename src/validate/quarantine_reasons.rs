//! Why a record is in quarantine, in a few words: for lists and filters. The sentence is that of the finding.

use crate::text::Text;

/// By the code of the reason.
const REASONS: &[(&str, Text)] = &[
    ("IMPORT_NO_GEOMETRY", Text::new("Không có hình", "No geometry")),
    (
        "IMPORT_TOO_FEW_POINTS",
        Text::new("Thiếu điểm hoặc không có diện tích", "Too few points, or no area"),
    ),
    (
        "IMPORT_SELF_INTERSECTION",
        Text::new("Đường ranh tự cắt, tự chạm", "Boundary crosses or touches itself"),
    ),
    ("IMPORT_RINGS", Text::new("Vòng khoét sai", "Faulty holes")),
    (
        "IMPORT_COORDINATE",
        Text::new("Tọa độ ngoài phạm vi", "Coordinates out of range"),
    ),
    (
        "IMPORT_MULTIPART",
        Text::new("Nhiều vùng rời nhau", "Several separate polygons"),
    ),
    ("SHP_TRUNCATED", Text::new("Tệp bị cụt", "File cut short")),
    (
        "SHP_RECORD_LOST",
        Text::new("Mất hình trong tệp .shp", "Geometry lost in the .shp"),
    ),
    (
        "SHP_RECORD_LENGTH",
        Text::new("Bản ghi hình bị hỏng", "Damaged geometry record"),
    ),
    (
        "SHP_RECORD_COUNTS",
        Text::new("Bản ghi hình bị hỏng", "Damaged geometry record"),
    ),
    (
        "SHP_RECORD_PARTS",
        Text::new("Bản ghi hình bị hỏng", "Damaged geometry record"),
    ),
    (
        "SHP_RECORD_COORDINATE",
        Text::new("Tọa độ không phải là số", "Coordinates are no numbers"),
    ),
    ("SHP_RECORD_RINGS", Text::new("Quá nhiều vòng", "Too many rings")),
    (
        "SHP_SHAPE_TYPE",
        Text::new("Hình không phải là vùng", "Not a polygon"),
    ),
    ("SOURCE_GEOMETRY", Text::new("Hình bị hỏng", "Damaged geometry")),
    (
        "SOURCE_COORDINATE",
        Text::new("Tọa độ không phải là số", "Coordinates are no numbers"),
    ),
    (
        "SOURCE_SHAPE_TYPE",
        Text::new("Hình không phải là vùng", "Not a polygon"),
    ),
    (
        "POINT_LINE_SHORT",
        Text::new("Dòng sổ đo thiếu cột", "Field book line too short"),
    ),
    (
        "POINT_LINE_NUMBER",
        Text::new(
            "Dòng sổ đo có số không đọc được",
            "Field book line with an unreadable number",
        ),
    ),
    (
        "POINT_LINE_RANGE",
        Text::new(
            "Dòng sổ đo có tọa độ ngoài phạm vi",
            "Field book line out of range",
        ),
    ),
];

const OTHER: Text = Text::new("Không đặt được vào bản đồ", "Could not be placed");

/// A few words for a code; the code of a later version gets general ones.
pub fn quarantine_reason(code: &str) -> Text {
    REASONS
        .iter()
        .find(|(c, _)| *c == code)
        .map_or(OTHER, |(_, t)| *t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::import_messages;

    #[test]
    fn every_reason_has_its_sentence() {
        for (code, _) in REASONS {
            assert!(import_messages::find(code).is_some(), "{code}");
        }
        assert_eq!(quarantine_reason("NEW_ONE"), OTHER);
    }
}
