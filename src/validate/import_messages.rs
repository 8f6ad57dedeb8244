//! The sentences of what reading and importing files finds (`formats`, `import`, the CRS doctor).
//!
//! A template names its values in braces: `{file}`, `{record}`, `{field}` from the finding's source,
//! `{amount}` (a count), `{tolerance}` (in mm), `{fault}` (a [`FaultKind`] in words), and any of
//! [`Finding::values`], those in `_mm` to a tenth of a millimetre. Nothing personal is ever among them.

use crate::domain::Finding;
use crate::text::{Lang, Msg, Text, format};
use crate::topology::validity::FaultKind;

/// One kind of finding.
#[derive(Clone, Copy, Debug)]
pub struct ImportMessage {
    pub code: &'static str,
    /// A few words for lists and filters.
    pub title: Text,
    /// The sentence, with placeholders.
    pub text: Text,
}

/// The sentence of an import finding; `None` for codes of other moments.
pub fn message(finding: &Finding) -> Option<Msg> {
    let text = find(finding.code)?.text;
    Some(filled(text, finding))
}

/// The same without the file and record it begins with, for a list that has a column for them.
pub fn in_its_place(finding: &Finding) -> Option<Msg> {
    let text = find(finding.code)?.text;
    let rest = |template: &'static str| match template.split_once(": ") {
        Some((place, rest)) if place.starts_with("{file}") => rest,
        _ => template,
    };
    let said = filled(Text::new(rest(text.vi), rest(text.en)), finding);
    Some(Msg::new(capital(&said.vi), capital(&said.en)))
}

fn filled(text: Text, finding: &Finding) -> Msg {
    Msg::new(fill(text.vi, finding, Lang::Vi), fill(text.en, finding, Lang::En))
}

fn capital(s: &str) -> String {
    let mut letters = s.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.clone()).collect()
}

/// The kind by its code.
pub fn find(code: &str) -> Option<&'static ImportMessage> {
    MESSAGES.iter().find(|m| m.code == code)
}

/// Replaces every `{name}`; a value that is not there becomes nothing.
fn fill(template: &str, finding: &Finding, lang: Lang) -> String {
    let mut s = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        s += before;
        s += &value(name, finding, lang);
        rest = after;
    }
    s + rest
}

fn value(name: &str, f: &Finding, lang: Lang) -> String {
    let source = f.source.as_ref();
    match name {
        "file" => source.map(|s| s.file.clone()),
        "record" => source.and_then(|s| s.record).map(|r| format::count(r, lang)),
        "field" if f.value("field").is_empty() => source.and_then(|s| s.field.clone()),
        "amount" => f.amount.map(|n| format::number(n, 0, lang)),
        "tolerance" => f.tolerance.map(|m| format::number(m * 1000.0, 0, lang)),
        "fault" => FaultKind::by_name(f.value("fault")).map(|k| k.text().get(lang).to_owned()),
        "explanation" => {
            let name = if lang == Lang::Vi {
                "explanation_vi"
            } else {
                "explanation_en"
            };
            Some(f.value(name).to_owned())
        }
        _ if name.ends_with("_mm") => {
            let mm = f.value(name).parse().ok();
            mm.map(|mm: f64| format::number(mm, 1, lang))
        }
        _ => Some(f.value(name).to_owned()),
    }
    .unwrap_or_default()
}

const fn entry(code: &'static str, title: Text, vi: &'static str, en: &'static str) -> ImportMessage {
    ImportMessage {
        code,
        title,
        text: Text::new(vi, en),
    }
}

const QUARANTINED: Text = Text::new("Bản ghi bị cách ly", "Record quarantined");
const DAMAGED: Text = Text::new("Tệp bị hỏng", "Damaged file");
const ATTRIBUTES: Text = Text::new("Bảng thuộc tính có lỗi", "Faulty attribute table");
const ENCODING: Text = Text::new("Bảng mã", "Encoding");
const TIDIED: Text = Text::new("Đã chỉnh khi nhập", "Tidied on import");
const AGAIN: Text = Text::new("Đã nhập trước đây", "Imported before");
const NO_POINT: Text = Text::new("Dòng không phải điểm đo", "Line is no survey point");
const SURVEY: Text = Text::new("Điểm đo", "Survey points");
const BOUNDARY: Text = Text::new("Địa giới xã, khung tờ", "Boundaries of communes and sheets");
const COLUMNS: Text = Text::new("Cột và mã xã", "Columns and commune");

/// Every code that `formats`, `import` and the CRS doctor put into findings.
pub const MESSAGES: &[ImportMessage] = &[
    // Records that became no parcel: kept with their original.
    entry(
        "IMPORT_NO_GEOMETRY",
        QUARANTINED,
        "{file}, bản ghi {record}: không có hình. Bản ghi được giữ riêng; hãy vẽ hoặc bổ sung ranh thửa.",
        "{file}, record {record}: there is no geometry. It is kept aside; draw or supply the boundary.",
    ),
    entry(
        "IMPORT_TOO_FEW_POINTS",
        QUARANTINED,
        "{file}, bản ghi {record}: {fault}. Bản gốc được giữ riêng; hãy kiểm tra lại tệp gốc.",
        "{file}, record {record}: {fault}. The original is kept aside; check the source file.",
    ),
    entry(
        "IMPORT_SELF_INTERSECTION",
        QUARANTINED,
        "{file}, bản ghi {record}: {fault}. Bản gốc được giữ riêng; hãy sửa ranh tại vị trí được chỉ ra.",
        "{file}, record {record}: {fault}. The original is kept aside; repair the boundary at the place shown.",
    ),
    entry(
        "IMPORT_RINGS",
        QUARANTINED,
        "{file}, bản ghi {record}: {fault}. Bản gốc được giữ riêng; hãy sửa phần khoét tại vị trí được chỉ ra.",
        "{file}, record {record}: {fault}. The original is kept aside; repair the hole at the place shown.",
    ),
    entry(
        "IMPORT_COORDINATE",
        QUARANTINED,
        "{file}, bản ghi {record}: tọa độ không hợp lệ hoặc nằm ngoài phạm vi. Bản gốc được giữ riêng.",
        "{file}, record {record}: a coordinate is invalid or out of range. The original is kept aside.",
    ),
    entry(
        "IMPORT_MULTIPART",
        QUARANTINED,
        "{file}, bản ghi {record}: gồm nhiều vùng rời nhau. Bản gốc được giữ riêng theo lựa chọn khi nhập.",
        "{file}, record {record}: it has several separate polygons. Kept aside, as chosen for this import.",
    ),
    entry(
        "SHP_TRUNCATED",
        QUARANTINED,
        "{file}, bản ghi {record}: tệp kết thúc giữa chừng. Hãy chép lại tệp từ nơi gốc.",
        "{file}, record {record}: the file ends in the middle of it. Copy the file again from where it came.",
    ),
    entry(
        "SHP_RECORD_LOST",
        QUARANTINED,
        "{file}, bản ghi {record}: không tìm thấy hình trong tệp .shp.",
        "{file}, record {record}: its geometry cannot be found in the .shp file.",
    ),
    entry(
        "SHP_RECORD_LENGTH",
        QUARANTINED,
        "{file}, bản ghi {record}: quá ngắn để chứa một vùng.",
        "{file}, record {record}: it is too short to hold a polygon.",
    ),
    entry(
        "SHP_RECORD_COUNTS",
        QUARANTINED,
        "{file}, bản ghi {record}: số vòng hoặc số điểm khai báo lớn hơn bản ghi.",
        "{file}, record {record}: it states more rings or points than it holds.",
    ),
    entry(
        "SHP_RECORD_PARTS",
        QUARANTINED,
        "{file}, bản ghi {record}: vị trí các vòng không hợp lệ.",
        "{file}, record {record}: the starts of its rings are invalid.",
    ),
    entry(
        "SHP_RECORD_RINGS",
        QUARANTINED,
        "{file}, bản ghi {record}: có quá nhiều vòng đối với một thửa.",
        "{file}, record {record}: it has too many rings for one parcel.",
    ),
    entry(
        "SHP_RECORD_COORDINATE",
        QUARANTINED,
        "{file}, bản ghi {record}: có tọa độ không phải là số (NaN hoặc vô cực). Bản gốc được giữ riêng.",
        "{file}, record {record}: a coordinate is not a number (NaN or infinite). The original is kept aside.",
    ),
    entry(
        "SHP_SHAPE_TYPE",
        QUARANTINED,
        "{file}, bản ghi {record}: không phải là vùng.",
        "{file}, record {record}: it is no polygon.",
    ),
    entry(
        "SOURCE_COORDINATE",
        QUARANTINED,
        "{file}, bản ghi {record}: có tọa độ không phải là số (NaN hoặc vô cực). Bản gốc được giữ riêng.",
        "{file}, record {record}: a coordinate is not a number (NaN or infinite). The original is kept aside.",
    ),
    entry(
        "SOURCE_GEOMETRY",
        QUARANTINED,
        "{file}, bản ghi {record}: hình không đọc được. Bản gốc được giữ riêng.",
        "{file}, record {record}: the geometry cannot be read. The original is kept aside.",
    ),
    entry(
        "SOURCE_SHAPE_TYPE",
        QUARANTINED,
        "{file}, bản ghi {record}: không phải là vùng. Bản gốc được giữ riêng.",
        "{file}, record {record}: it is no polygon. The original is kept aside.",
    ),
    // Lines of survey point files.
    entry(
        "POINT_LINE_SHORT",
        NO_POINT,
        "{file}, dòng {record}: thiếu giá trị {field}. Dòng được giữ nguyên văn; hãy sửa tệp rồi nhập lại.",
        "{file}, line {record}: the value {field} is missing. The line is kept as it is; mend the file and import again.",
    ),
    entry(
        "POINT_LINE_NUMBER",
        NO_POINT,
        "{file}, dòng {record}: {field} = “{value}” không phải là số hợp lệ. Dòng được giữ nguyên văn; hãy kiểm tra dấu thập phân và cột.",
        "{file}, line {record}: {field} = “{value}” is no valid number. The line is kept as it is; check decimal sign and columns.",
    ),
    entry(
        "POINT_LINE_RANGE",
        NO_POINT,
        "{file}, dòng {record}: tọa độ nằm ngoài phạm vi của hệ tọa độ. Dòng được giữ nguyên văn; hãy kiểm tra hệ tọa độ và thứ tự X, Y.",
        "{file}, line {record}: the coordinates are outside the coordinate system. The line is kept as it is; check system and order of X and Y.",
    ),
    entry(
        "POINT_DUPLICATE",
        AGAIN,
        "{file}: {amount} điểm đã có (cùng số hiệu, cùng vị trí) nên bỏ qua.",
        "{file}: {amount} points are there already (same number, same place) and were skipped.",
    ),
    entry(
        "POINT_LABEL_TWICE",
        SURVEY,
        "{file}, dòng {record}: điểm {label} đã có ở vị trí khác cách {distance} m trong cùng đợt đo. Cả hai được giữ; hãy xem điểm nào đúng.",
        "{file}, line {record}: point {label} exists {distance} m away in the same survey. Both are kept; see which is right.",
    ),
    entry(
        "POINT_FAR",
        SURVEY,
        "{file}: {amount} điểm cách các thửa đất hơn 20 km. Hãy kiểm tra kinh tuyến trục và thứ tự X, Y.",
        "{file}: {amount} points are more than 20 km from the parcels. Check the meridian and the order of X and Y.",
    ),
    entry(
        "POINT_XY_TURNED",
        SURVEY,
        "{file}: dòng tiêu đề gọi X là trục đông; đã đọc theo độ lớn của tọa độ: X là bắc, Y là đông.",
        "{file}: the heading calls the easting X; read by the size of the numbers: X is north, Y is east.",
    ),
    // Boundaries of communes, frames of sheets.
    entry(
        "BOUNDARY_KEY",
        BOUNDARY,
        "{file}, bản ghi {record}: cột {field} không có mã xã năm chữ số hoặc số tờ hợp lệ. Ranh giới này không được ghi; hãy bổ sung mã trong tệp hoặc chọn cột khác rồi nhập lại.",
        "{file}, record {record}: column {field} has no five-digit commune code or no sheet number. This boundary is not entered; supply it in the file or choose another column, then import again.",
    ),
    entry(
        "BOUNDARY_TWICE",
        BOUNDARY,
        "{file}, bản ghi {record}: {key} đã có ở bản ghi {first}. Chỉ ranh giới đọc trước được ghi; hãy xóa bản thừa hoặc ghép chúng trong tệp rồi nhập lại.",
        "{file}, record {record}: {key} was in record {first} already. Only the first is entered; remove the other or join them in the file, then import again.",
    ),
    entry(
        "BOUNDARY_PARTS",
        BOUNDARY,
        "{file}, bản ghi {record}: gồm {amount} vùng rời nhau (đảo, phần tách rời). Ranh giới này không được ghi, vì mỗi xã hoặc tờ chỉ ghi được một vùng; thửa của nó chưa được đối chiếu với ranh giới.",
        "{file}, record {record}: it has {amount} separate areas (islands, exclaves). This boundary is not entered, because a commune or sheet holds one area only; its parcels are not held against a boundary.",
    ),
    entry(
        "BOUNDARY_INVALID",
        BOUNDARY,
        "{file}, bản ghi {record}: {fault}. Ranh giới này không được ghi; hãy sửa đường bao tại vị trí được chỉ ra rồi nhập lại.",
        "{file}, record {record}: {fault}. This boundary is not entered; repair the ring at the place shown, then import again.",
    ),
    entry(
        "BOUNDARY_UNREADABLE",
        BOUNDARY,
        "{file}, bản ghi {record}: {explanation}. Ranh giới này không được ghi; hãy xuất lại tệp từ chương trình gốc rồi nhập lại.",
        "{file}, record {record}: {explanation}. This boundary is not entered; write the file again from the program it came from, then import again.",
    ),
    entry(
        "BOUNDARY_ELSEWHERE",
        BOUNDARY,
        "{file}: bỏ qua {amount} bản ghi của các xã không thuộc tệp huyện này.",
        "{file}: {amount} records of communes that are not in this district were left out.",
    ),
    entry(
        "BOUNDARY_NONE",
        BOUNDARY,
        "{file}: không bản ghi nào ứng với xã của tệp huyện này. Hãy kiểm tra cột mã xã đã chọn.",
        "{file}: no record is of a commune of this district. Check which column was taken for the commune code.",
    ),
    // Files as a whole.
    entry(
        "SHP_INDEX_MISSING",
        DAMAGED,
        "{file}: thiếu tệp .shx; thứ tự bản ghi đã được dựng lại.",
        "{file}: the .shx file is missing; the order of records was rebuilt.",
    ),
    entry(
        "SHP_INDEX_DAMAGED",
        DAMAGED,
        "{file}: tệp .shx không khớp; thứ tự bản ghi đã được dựng lại.",
        "{file}: the .shx file does not match; the order of records was rebuilt.",
    ),
    entry(
        "SHP_LENGTH",
        DAMAGED,
        "{file}: phần đầu khai dài hơn tệp {amount} byte; tệp có thể bị cắt.",
        "{file}: its header states {amount} bytes more than there are; the file may be cut.",
    ),
    entry(
        "SHP_TRAILING",
        DAMAGED,
        "{file}: {amount} byte cuối tệp không thuộc bản ghi nào.",
        "{file}: {amount} bytes at its end belong to no record.",
    ),
    entry(
        "DBF_MISSING",
        ATTRIBUTES,
        "{file}: không có tệp .dbf, nên không có số tờ, số thửa và các thuộc tính khác.",
        "{file}: there is no .dbf file, so sheet and parcel numbers and all else are missing.",
    ),
    entry(
        "DBF_EMPTY",
        ATTRIBUTES,
        "{file}: tệp rỗng (0 byte), không có thuộc tính.",
        "{file}: the file is empty (0 bytes), there are no attributes.",
    ),
    entry(
        "DBF_UNREADABLE",
        ATTRIBUTES,
        "{file}: phần đầu bị hỏng, không đọc được thuộc tính.",
        "{file}: its header is damaged, no attributes can be read.",
    ),
    entry(
        "DBF_FIELDS",
        ATTRIBUTES,
        "{file}: mô tả cột không khớp với độ dài dòng; một số cột có thể đọc sai.",
        "{file}: the described columns do not fit the length of a row; some may be read wrongly.",
    ),
    entry(
        "DBF_MEMO",
        ATTRIBUTES,
        "{file}: cột ghi chú (memo) nằm ở tệp khác và không được đọc.",
        "{file}: memo columns lie in another file and are not read.",
    ),
    entry(
        "DBF_TRUNCATED",
        ATTRIBUTES,
        "{file}: thiếu {amount} dòng so với số khai báo; tệp có thể bị cắt.",
        "{file}: {amount} rows fewer than stated; the file may be cut.",
    ),
    entry(
        "DBF_SHORTER",
        ATTRIBUTES,
        "{file}: {amount} thửa cuối không có dòng thuộc tính.",
        "{file}: the last {amount} parcels have no row of attributes.",
    ),
    entry(
        "DBF_LONGER",
        ATTRIBUTES,
        "{file}: {amount} dòng cuối không có hình.",
        "{file}: the last {amount} rows have no geometry.",
    ),
    entry(
        "DBF_NO_ROW",
        ATTRIBUTES,
        "{file}, bản ghi {record}: không có dòng thuộc tính; thửa được nhập không có số.",
        "{file}, record {record}: there is no row of attributes; the parcel came in without numbers.",
    ),
    entry(
        "SOURCE_SKIPPED",
        DAMAGED,
        "{file}: không phải tệp bản đồ đọc được, đã bỏ qua.",
        "{file}: no map file that can be read, passed over.",
    ),
    entry(
        "SOURCE_NOT_SHAPES",
        DAMAGED,
        "{file}: {amount} đối tượng không phải là vùng, không được nhập.",
        "{file}: {amount} objects are no polygons and were not imported.",
    ),
    // Text.
    entry(
        "IMPORT_TEXT_TRUNCATED",
        ENCODING,
        "{file}, bản ghi {record}, cột {field}: chữ bị cắt giữa một ký tự; phần đọc được đã giữ lại.",
        "{file}, record {record}, column {field}: the text is cut within a character; the rest was kept.",
    ),
    entry(
        "IMPORT_TEXT_UNDEFINED",
        ENCODING,
        "{file}, bản ghi {record}, cột {field}: {amount} byte không có trong bảng mã {encoding}. Hãy kiểm tra bảng mã.",
        "{file}, record {record}, column {field}: {amount} bytes are not in {encoding}. Check the encoding.",
    ),
    entry(
        "IMPORT_TEXT_FULL",
        ENCODING,
        "{file}, cột {field}: {amount} giá trị chiếm hết {width} byte và có thể đã bị cắt.",
        "{file}, column {field}: {amount} values fill all {width} bytes and may have been cut.",
    ),
    entry(
        "IMPORT_ENCODING_UNCERTAIN",
        ENCODING,
        "{file}, cột {field}: không chắc bảng mã, tạm đọc theo {encoding}.",
        "{file}, column {field}: the encoding is not certain; read as {encoding} for now.",
    ),
    entry(
        "IMPORT_ENCODING_DECLARED",
        ENCODING,
        "{file}: tệp khai bảng mã {declared} nhưng cột {field} đọc đúng theo {encoding}.",
        "{file}: it declares {declared}, but column {field} reads right as {encoding}.",
    ),
    entry(
        "IMPORT_CAPITAL_FONT",
        ENCODING,
        "{file}, cột {field}: chữ hoa gõ bằng phông TCVN3, chữ có dấu đang ở dạng thường. Có thể chuyển cả cột thành chữ hoa.",
        "{file}, column {field}: capitals typed in a TCVN3 font, toned letters are small. The column can be made capital.",
    ),
    entry(
        "IMPORT_ALL_SMALL",
        ENCODING,
        "{file}, cột {field}: toàn chữ thường, có thể đã gõ bằng phông chữ hoa .VnTimeH. Có thể chuyển cả cột thành chữ hoa.",
        "{file}, column {field}: all small letters, perhaps typed in a capital font (.VnTimeH). The column can be made capital.",
    ),
    // Values.
    entry(
        "IMPORT_NUMBER_UNREADABLE",
        COLUMNS,
        "{file}, bản ghi {record}, cột {field}: không phải là diện tích; giá trị gốc được giữ lại.",
        "{file}, record {record}, column {field}: this is no area; the original value was kept.",
    ),
    entry(
        "IMPORT_COMMUNE_MISSING",
        COLUMNS,
        "{file}: {amount} bản ghi không có mã xã.",
        "{file}: {amount} records have no commune code.",
    ),
    entry(
        "IMPORT_COMMUNE_DIFFERS",
        COLUMNS,
        "{file}: {amount} bản ghi ghi mã xã khác với mã xã {commune} đã chọn; mã trong tệp được giữ.",
        "{file}: {amount} records name another commune than {commune}; the code of the file was kept.",
    ),
    entry(
        "IMPORT_COLUMN_MISSING",
        COLUMNS,
        "{file}: chưa có cột nào cho trường “{field}”.",
        "{file}: no column is mapped to “{field}”.",
    ),
    entry(
        "IMPORT_CRS",
        Text::new("Hệ tọa độ của tệp", "Coordinate system of the file"),
        "{file}: {explanation} Đã đọc theo {used}.",
        "{file}: {explanation} It was read as {used}.",
    ),
    // Geometry.
    entry(
        "IMPORT_MULTIPART_SPLIT",
        TIDIED,
        "{file}, bản ghi {record}: gồm {amount} vùng rời nhau, đã tách thành {amount} thửa cùng số. Hãy kiểm tra số thửa.",
        "{file}, record {record}: its {amount} separate polygons became {amount} parcels of one number. Check the numbers.",
    ),
    entry(
        "IMPORT_RINGS_CLOSED",
        TIDIED,
        "{file}: {amount} đường bao chưa khép kín đã được khép.",
        "{file}: {amount} rings that were open have been closed.",
    ),
    entry(
        "IMPORT_DUPLICATE_POINTS",
        TIDIED,
        "{file}: đã bỏ {amount} điểm trùng liên tiếp.",
        "{file}: {amount} consecutive equal points were removed.",
    ),
    entry(
        "IMPORT_NEAR_POINTS",
        TIDIED,
        "{amount} điểm ranh của thửa kề lệch nhau không quá {tolerance} mm (lớn nhất {largest_mm} mm). Có thể chập điểm khi nhập.",
        "{amount} points of neighbours differ by at most {tolerance} mm (largest {largest_mm} mm). They can be snapped on import.",
    ),
    entry(
        "IMPORT_SNAPPED",
        TIDIED,
        "Đã chập {amount} điểm ranh lệch nhau không quá {tolerance} mm (dịch lớn nhất {largest_mm} mm).",
        "{amount} points that differed by at most {tolerance} mm were snapped (largest move {largest_mm} mm).",
    ),
    entry(
        "IMPORT_SNAP_REFUSED",
        TIDIED,
        "{amount} thửa sẽ không hợp lệ nếu chập điểm nên được giữ nguyên.",
        "{amount} parcels would become invalid by snapping and were left as they are.",
    ),
    // Again.
    entry(
        "IMPORT_FILE_AGAIN",
        AGAIN,
        "{file}: tệp này đã được nhập trước đây.",
        "{file}: this file was imported before.",
    ),
    entry(
        "IMPORT_RECORDS_SKIPPED",
        AGAIN,
        "{file}: {amount} bản ghi đã có trong dữ liệu, được bỏ qua.",
        "{file}: {amount} records are in the district already and were skipped.",
    ),
    entry(
        "IMPORT_RECORDS_DELETED",
        AGAIN,
        "{file}: {amount} bản ghi bị đánh dấu xóa trong tệp, được bỏ qua.",
        "{file}: {amount} records are marked as deleted in the file and were skipped.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Severity, SourceRef, Unit};

    #[test]
    fn sentences_are_filled_in_both_languages() {
        let mut f = Finding::new("IMPORT_SELF_INTERSECTION", Severity::Error);
        f.source = Some(SourceRef {
            file: "25747.shp".into(),
            record: Some(1234),
            field: None,
        });
        f.values.push(("fault", FaultKind::SelfCrossing.name().into()));
        let m = message(&f).unwrap();
        assert!(
            m.vi.starts_with("25747.shp, bản ghi 1.234: đường bao tự cắt. "),
            "{}",
            m.vi
        );
        assert!(
            m.en.starts_with("25747.shp, record 1,234: a ring crosses itself. "),
            "{}",
            m.en
        );

        let m = in_its_place(&f).unwrap();
        assert!(m.vi.starts_with("Đường bao tự cắt. "), "{}", m.vi);
        assert!(m.en.starts_with("A ring crosses itself. "), "{}", m.en);

        let mut f = Finding::new("IMPORT_NEAR_POINTS", Severity::Warning);
        (f.amount, f.unit, f.tolerance) = (Some(17.0), Some(Unit::Count), Some(0.005));
        f.values.push(("largest_mm", "4.0".into()));
        assert!(
            message(&f)
                .unwrap()
                .en
                .starts_with("17 points of neighbours differ by at most 5 mm (largest 4.0 mm)")
        );
        assert!(message(&f).unwrap().vi.contains("(lớn nhất 4,0 mm)"));
        assert!(message(&Finding::new("OVERLAP", Severity::Error)).is_none());
    }

    #[test]
    fn both_languages_name_the_same_values_and_codes_are_unique() {
        let names = |s: &str| {
            let mut n: Vec<String> = s
                .split('{')
                .skip(1)
                .map(|p| p.split('}').next().unwrap().to_owned())
                .collect();
            n.sort();
            n.dedup();
            n
        };
        for (i, m) in MESSAGES.iter().enumerate() {
            assert_eq!(names(m.text.vi), names(m.text.en), "{}", m.code);
            assert!(MESSAGES[..i].iter().all(|o| o.code != m.code), "{}", m.code);
        }
    }
}
