//! What a person does about a finding that no repair is offered for, or none fits: what to look up, and where in the program
//! it is put right. Every rule has one; tools are named as the menu and the tips name them.

use crate::domain::Finding;
use crate::text::Text;
use crate::topology::findings::{
    DUPLICATE_SHAPE, PARCEL_GAP, PARCEL_OVERLAP, RING_INVALID, UNMATCHED_VERTEX,
};
use crate::validate;

/// How a finding is put right by hand. `None` for a code that is no rule and says nothing of it.
pub fn by_hand(finding: &Finding) -> Option<Text> {
    steps(finding.code).or_else(|| validate::rule(finding.code).map(|r| r.remedy))
}

/// The steps of each rule, in the order of the catalogue.
fn steps(code: &str) -> Option<Text> {
    shapes(code)
        .or_else(|| places(code))
        .or_else(|| parcels(code))
        .or_else(|| papers(code))
        .or_else(|| people(code))
}

fn shapes(code: &str) -> Option<Text> {
    Some(match code {
        RING_INVALID => Text::new(
            "Tại điểm được đánh dấu: dời đỉnh sai (M) hoặc xóa đỉnh thừa, đầu gai (X); nếu cả đường bao sai thì vẽ lại theo số đo (R).",
            "At the marked place move the wrong point (M) or remove the needless one (X); where the whole outline is wrong draw it again from the survey (R).",
        ),
        PARCEL_OVERLAP => Text::new(
            "Đối chiếu hồ sơ đo đạc của hai thửa. Biết ranh đúng thì gỡ phần chồng lấn (O) hoặc vẽ lại ranh chung (R); đang tranh chấp thì chấp nhận lỗi và ghi rõ vụ việc.",
            "Compare the survey records of both. Once the right boundary is known resolve the overlap (O) or reshape the boundary (R); while it is in dispute accept the finding and say so.",
        ),
        DUPLICATE_SHAPE => Text::new(
            "Mở lần lượt hai thửa, so số thửa, người sử dụng và giấy tờ; thửa ghi thừa thì đưa vào lịch sử (menu Ranh thửa).",
            "Open both parcels and compare number, land user and papers; retire the superfluous one (menu Boundaries).",
        ),
        UNMATCHED_VERTEX => Text::new(
            "Bấm cạnh của thửa bên cạnh tại điểm được đánh dấu bằng công cụ Thêm đỉnh (I); nếu điểm là điểm thừa thì xóa (X).",
            "With Insert a point (I) click the neighbour's side at the marked place; if the point itself is needless remove it (X).",
        ),
        PARCEL_GAP => Text::new(
            "Là đường, mương, đất chưa đo: công nhận khoảng hở và ghi lý do. Không phải: lấp khe (F) hoặc vẽ lại ranh chung (R) theo số đo.",
            "If it is a street, a ditch or land not surveyed, allow the gap with a reason. If not, fill it (F) or reshape the boundary (R) from the survey.",
        ),
        "BOUNDARIES_MEET" => Text::new(
            "Kẻ đường mới đi qua đúng điểm được đánh dấu, hoặc dời điểm đó (M) trước rồi sửa ranh.",
            "Draw the new line through the marked point, or move that point (M) first.",
        ),
        "SHEET_EDGE" => Text::new(
            "Tiếp biên hai tờ (E): chọn cạnh của hai tờ và dung sai, xem các cặp đỉnh; lệch quá dung sai thì đo lại thực địa.",
            "Match sheet edges (E): choose both edges and a tolerance and look at the pairs; what is beyond it is measured in the field again.",
        ),
        "NEAR_POINTS" => Text::new(
            "Gộp hai đỉnh gần trùng (J); nếu là hai mốc đo thật thì giữ nguyên và chấp nhận lỗi.",
            "Merge the two points (J); if both are surveyed marks leave them and accept the finding.",
        ),
        "NARROW_NECK" => Text::new(
            "Xem chỗ thắt trên bản đồ: đỉnh sai thì dời (M); thật là hai khu đất thì tách thửa tại chỗ thắt (T).",
            "Look at the neck: move the wrong point (M); if these are two pieces of land split the parcel there (T).",
        ),
        "SLIVER_PARCEL" => Text::new(
            "Chọn thửa hẹp và thửa liền kề rồi hợp thửa (G); nếu ranh vẽ sai thì vẽ lại theo số đo (R).",
            "Select the sliver and its neighbour and merge them (G); if the boundary is wrong reshape it from the survey (R).",
        ),
        "IMPORT_MULTIPART" => Text::new(
            "Nhập lại tệp và chọn tách từng vùng thành thửa, hoặc vẽ từng vùng thành thửa riêng (N) với số thửa riêng.",
            "Import the file again and choose to split the parts, or draw each part as a parcel of its own (N) with its own number.",
        ),
        _ => return None,
    })
}

fn places(code: &str) -> Option<Text> {
    Some(match code {
        "COORDINATE_WINDOW" => Text::new(
            "Không kéo thửa bằng tay: hoàn tác lần nhập ở thẻ Nhật ký, chọn đúng hệ tọa độ và thứ tự X, Y của tệp gốc rồi nhập lại.",
            "Do not drag the parcel: undo the import under History, choose the coordinate system and axis order of the source file and import it again.",
        ),
        "OUTSIDE_COMMUNE" => Text::new(
            "Thêm đường địa giới làm lớp tham chiếu (Ctrl+L) và so với ranh thửa: ranh sai thì nắn theo đường (A); mã xã sai thì nhập lại với đúng mã xã; địa giới sai thì sửa đường địa giới đã nhập.",
            "Lay the commune boundary over the map (Ctrl+L) and compare: align a wrong parcel boundary to it (A); import a wrong commune again under its code; correct the boundary if that is wrong.",
        ),
        "OUTSIDE_SHEET" => Text::new(
            "So ranh thửa với khung tờ: số tờ sai thì sửa ô Số tờ ở bảng thông tin thửa; ranh sai thì dời đỉnh (M); khung tờ sai thì sửa khung đã nhập.",
            "Compare the parcel with the frame of its sheet: correct the Sheet no. in the inspector, move the wrong point (M), or correct the frame that was entered.",
        ),
        "LABEL_OUTSIDE" => Text::new(
            "Xem điểm nhãn trên bản đồ: ranh đã đổi mà nhãn giữ chỗ cũ thì đặt lại điểm nhãn ở tệp gốc và nhập lại; nhãn của thửa khác thì sửa số thửa.",
            "Look where the label lies: where the boundary moved and the label did not, place it anew in the source file and import it; if it is another parcel's label correct the number.",
        ),
        "COMMUNE_CODE" => Text::new(
            "Mã xã gồm năm chữ số theo QĐ 19/2025: nhập lại tệp với mã đúng (ô Mã xã của bước nhập).",
            "The commune code has five digits (QĐ 19/2025): import the file again with the right code (field Commune of the import).",
        ),
        "COMMUNE_UNKNOWN" => Text::new(
            "Tra mã xã tại ngày đó trong danh mục đơn vị hành chính: mã sai thì nhập lại với mã đúng, xã thiếu thì thêm vào danh mục của tệp huyện.",
            "Look the code up in the list of administrative units of that day: import again under the right code, or add the commune to the district's list.",
        ),
        "METADATA_INCOMPLETE" => Text::new(
            "Bổ sung cho xã: tỉnh, ngày hiệu lực, đường địa giới; cho từng tờ: tỷ lệ, phương pháp và ngày đo; lấy từ hồ sơ nghiệm thu bản đồ.",
            "Add to the commune its province, days of validity and boundary, to each sheet scale, method and day of survey, from the acceptance papers of the map.",
        ),
        "BLOCKS_DISAGREE" => Text::new(
            "Xem khối nào thiếu (không gian, thuộc tính, hồ sơ quét): vẽ hoặc nhập hình thửa, ghi thông tin ở bảng thông tin thửa, hoặc gắn bản quét.",
            "See which block is missing (shape, attributes, scans): draw or import the shape, fill in the inspector, or attach the scan.",
        ),
        _ => return None,
    })
}

fn parcels(code: &str) -> Option<Text> {
    Some(match code {
        "NUMBER_MISSING" => Text::new(
            "Tra số trên bản đồ địa chính hoặc sổ mục kê rồi ghi vào ô Số tờ, Số thửa của bảng thông tin thửa; chưa từng có số thì lấy số trống tiếp theo.",
            "Look it up on the cadastral map or in the parcel register and enter Sheet no. and Parcel no. in the inspector; a parcel that never had one takes the next free number.",
        ),
        "DUPLICATE_NUMBER" => Text::new(
            "Đối chiếu sổ mục kê xem thửa nào mang số này, rồi sửa ô Số thửa của thửa ghi nhầm; không tự đánh số lại.",
            "See in the parcel register which parcel has the number and correct the Parcel no. of the other; do not renumber at will.",
        ),
        "PARCEL_CODE" => Text::new(
            "Chép lại mã định danh từ thông báo cấp mã hoặc cơ sở dữ liệu quốc gia; không tự tính lại mã đã có.",
            "Copy the code from its notice of issue or the national database; never compute an issued one again.",
        ),
        "PARCEL_CODE_DUPLICATE" => Text::new(
            "Hỏi nơi cấp mã thửa nào được cấp mã này, rồi ghi lại mã của thửa kia; thửa chưa được cấp thì để trống.",
            "Ask the issuer which parcel has the code and correct the other; a parcel that has none stays without.",
        ),
        "PARCEL_CODE_OUTSIDE" => Text::new(
            "So vị trí trong mã với thửa: mã chép nhầm thửa thì ghi lại; ranh đã chỉnh lý sau khi cấp mã thì giữ mã và chấp nhận lỗi.",
            "Compare the place in the code with the parcel: enter a code of the wrong parcel again; where the boundary was corrected after issue keep the code and accept the finding.",
        ),
        "LAND_USE_UNKNOWN" => Text::new(
            "Xem giấy chứng nhận hoặc sổ mục kê, ghi mã đúng vào ô Loại đất của bảng thông tin thửa (ví dụ ODT, ONT+CLN).",
            "See the certificate or the parcel register and enter the right code as Land use in the inspector (for example ODT, ONT+CLN).",
        ),
        "LAND_USE_MISSING" => Text::new(
            "Lấy loại đất từ giấy chứng nhận hoặc sổ mục kê, ghi vào ô Loại đất của bảng thông tin thửa.",
            "Take the land use from the certificate or the parcel register and enter it as Land use in the inspector.",
        ),
        "LAND_USE_LIST" => Text::new(
            "Xem năm của giấy chứng nhận: cấp trước 01/8/2024 theo bảng mã 2014, từ ngày đó theo bảng mã 2024; ghi lại mã hoặc bảng mã của dòng mục đích.",
            "See the year of the certificate: before 1 August 2024 the list of 2014 holds, from then that of 2024; correct the code of the land-use row, or its list.",
        ),
        "LAND_USE_SUM" => Text::new(
            "Cộng diện tích các mục đích trên giấy chứng nhận: dòng nào chép sai thì ghi lại dòng đó; diện tích pháp lý chỉ sửa khi giấy ghi khác.",
            "Add up the uses on the certificate: correct the row that was copied wrongly; change the legal area only where the certificate says another.",
        ),
        "LAND_USE_TERM" => Text::new(
            "Xem thời hạn trên giấy chứng nhận và quyết định giao, cho thuê đất; đất ở ghi “Lâu dài”, đất có thời hạn ghi ngày kết thúc.",
            "See the term on the certificate and the decision of allocation or lease; residential land is \"Lâu dài\", land with a term has its last day.",
        ),
        "TERM_EXPIRED" => Text::new(
            "Báo người sử dụng làm thủ tục gia hạn hoặc xác nhận lại; trong khi chờ, chấp nhận lỗi và ghi số hồ sơ, thời hạn.",
            "Have the land user apply for an extension or a confirmation; meanwhile accept the finding with the number of the dossier and a day.",
        ),
        "LAND_USE_COMMUNE" => Text::new(
            "Không sửa hàng loạt: đổi mã ở thủ tục tiếp theo của thửa; trong khi chờ, chấp nhận lỗi.",
            "Never in bulk: change the code with the next procedure on the parcel; until then accept the finding.",
        ),
        "LAND_USE_ORIGIN" => Text::new(
            "Đối chiếu quyết định giao, cho thuê, công nhận quyền sử dụng đất rồi ghi lại nguồn gốc của dòng mục đích.",
            "Compare with the decision of allocation, lease or recognition and correct the origin of the land-use row.",
        ),
        "AREA_INVALID" => Text::new(
            "Lấy diện tích từ kết quả đo (đến 0,1 m²) hoặc giấy chứng nhận, ghi vào ô diện tích của bảng thông tin thửa.",
            "Take the area from the survey (to 0.1 m²) or the certificate and enter it in the inspector.",
        ),
        "AREA_MISMATCH" => Text::new(
            "Xem ranh có đổi không (bản đồ theo thời điểm, Ctrl+Shift+M): không đổi thì ghi diện tích đo theo hình; có đổi thì làm thủ tục biến động.",
            "See whether the boundary changed (map at a moment, Ctrl+Shift+M): if not take the measured area of the shape; if so register the change.",
        ),
        "AREA_LEGAL" => Text::new(
            "So với giấy chứng nhận: chép sai thì sửa ô Diện tích pháp lý; ranh đã đổi thì làm thủ tục; chỉ là sai số đo cũ thì chấp nhận lỗi.",
            "Compare with the certificate: correct the Legal area if it was copied wrongly; register the change if the boundary moved; accept the finding if it is the error of an old survey.",
        ),
        _ => return None,
    })
}

fn papers(code: &str) -> Option<Text> {
    Some(match code {
        "CERTIFICATE_SERIAL" => Text::new(
            "Mở bản quét giấy, đọc lại số phát hành: một hoặc hai chữ cái, một dấu cách, sáu hoặc tám chữ số; ghi lại ở thẻ Giấy chứng nhận.",
            "Open the scan and read the serial again: one or two letters, a space, six or eight digits; correct it under Certificates.",
        ),
        "CERTIFICATE_SERIAL_DUPLICATE" => Text::new(
            "Mở bản quét của cả hai giấy: cùng một giấy thì giữ một bản ghi và gắn các thửa vào đó; khác giấy thì sửa số chép sai.",
            "Open both scans: if it is one certificate keep one record and tie the parcels to it; if not correct the serial that was copied wrongly.",
        ),
        "CERTIFICATE_ERA" => Text::new(
            "So mẫu giấy, số phát hành và ngày cấp trên bản quét; ghi lại số hoặc ngày bị chép sai ở thẻ Giấy chứng nhận.",
            "Compare form, serial and date on the scan; correct what was copied wrongly under Certificates.",
        ),
        "CERTIFICATE_DATE" => Text::new(
            "Đọc ngày cấp trên giấy hoặc bản quét (từ năm 1988, không ở tương lai) rồi ghi lại ở thẻ Giấy chứng nhận.",
            "Read the date on the paper or its scan (from 1988, not in the future) and correct it under Certificates.",
        ),
        "CERTIFICATE_EMPTY" => Text::new(
            "Tìm thửa và người trên bản quét rồi gắn giấy với quyền của thửa; giấy đã thu hồi, hủy thì ghi trạng thái và ngày.",
            "Find parcel and holder on the scan and tie the certificate to the right; one taken back or void gets that state with its day.",
        ),
        "CERTIFICATE_TWICE" => Text::new(
            "Xem giấy nào cấp sau và còn hiệu lực; giấy trước ghi trạng thái đã thu hồi với ngày thu hồi.",
            "See which certificate is the later one in force; mark the earlier as taken back, with the day.",
        ),
        "SCAN_FILE" => Text::new(
            "Chép lại tệp quét từ bản sao lưu vào đúng thư mục, hoặc quét lại giấy và gắn tệp mới.",
            "Bring the file back from a backup to its folder, or scan the paper again and attach the new file.",
        ),
        "SCAN_UNLINKED" => Text::new(
            "Mở tệp quét xem là giấy của ai, rồi gắn với thửa, giấy chứng nhận hoặc hồ sơ đó; quét nhầm thì bỏ khỏi danh sách.",
            "Open the scan to see whose paper it is and tie it to that parcel, certificate or dossier; take a mistaken scan off the list.",
        ),
        "SCAN_SIGNATURE" => Text::new(
            "Lấy lại tệp PDF đã ký từ nơi ký, hoặc trình ký lại; không sửa tệp sau khi ký.",
            "Get the signed PDF again from whoever signed it, or have it signed anew; never change a file after signing.",
        ),
        "CHANGE_INCOMPLETE" => Text::new(
            "Mở hồ sơ của biến động, bổ sung ngày, số hồ sơ và các thửa, giấy, người trước và sau ở thẻ Biến động.",
            "Open the dossier of the change and add its date and number, and the parcels, certificates and people before and after, under Changes.",
        ),
        _ => return None,
    })
}

fn people(code: &str) -> Option<Text> {
    Some(match code {
        "IDENTITY_NUMBER" => Text::new(
            "Đọc lại số trên thẻ căn cước hoặc giấy tờ của người đó; CCCD có 12 chữ số, thiếu một chữ số thường là mất số 0 ở đầu.",
            "Read the number on the person's card or paper again; a CCCD has 12 digits, one short has mostly lost its leading zero.",
        ),
        "IDENTITY_MISMATCH" => Text::new(
            "So năm sinh, giới tính, tỉnh trong số với giấy tờ: chép sai thì ghi lại; giấy in như vậy thì giữ nguyên và chấp nhận lỗi.",
            "Compare year of birth, sex and province in the number with the paper: correct what was copied wrongly; if it is printed so, leave it and accept the finding.",
        ),
        "IDENTITY_SHARED" => Text::new(
            "Mở giấy tờ của từng người mang số này: là một người thì gộp bản ghi, khác người thì sửa số chép sai.",
            "Open the papers of everyone with this number: merge the records of one person, correct the number of another.",
        ),
        "BIRTH_YEAR" => Text::new(
            "Ghi lại ngày hoặc năm sinh theo thẻ căn cước; chỉ biết năm thì ghi năm bốn chữ số.",
            "Enter day or year of birth from the identity card again; where only the year is known, its four digits.",
        ),
        "HOUSEHOLD_MEMBERS" => Text::new(
            "Ghi đúng một chủ hộ và các thành viên có quyền; vợ và chồng là hai người khác nhau, mỗi người một bản ghi.",
            "Enter exactly one head and the members with a right; husband and wife are two people, a record each.",
        ),
        "HOLDER_UNVERIFIED" => Text::new(
            "Gửi số định danh, họ tên, ngày sinh đi xác thực với cơ sở dữ liệu quốc gia về dân cư, rồi ghi kết quả, ngày và hình thức.",
            "Send number, name and date of birth for verification by the population database, then enter result, day and way.",
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::fix::{ORDER, names};

    #[test]
    fn every_rule_says_what_to_do_and_no_two_the_same() {
        let mut said = BTreeSet::new();
        for rule in validate::RULES {
            let Some(Text { vi, en }) = steps(rule.code) else {
                panic!("{} says nothing", rule.code);
            };
            assert!(vi.len() > 60 && en.len() > 60, "{}: {vi}", rule.code);
            assert!(said.insert(vi) && said.insert(en), "{}", rule.code);
            let told = Finding::new(rule.code, rule.severity);
            assert!(
                !vi.contains("chấp nhận lỗi") || validate::may_be_accepted(&told),
                "{}",
                rule.code
            );
            assert_eq!(
                ORDER.contains(&rule.code),
                !names(rule.code).is_empty(),
                "{}",
                rule.code
            );
        }
        assert_eq!(steps("IMPORT_NO_GEOMETRY"), None);
    }
}
