//! The fields of each kind of record. Names and lengths: domain.md §2.4 (VBDLIS names, MPLIS lengths).

use super::FieldKind::{
    Area, Birth, Code, Commune, Date, Flag, Hash, LandUse, Personal, PersonalCode, PersonalDate,
    PersonalMoney, Ref, Serial, Share, Text as Words, Whole,
};
use super::{Field, FieldKind, Kind, Target};
use crate::text::Text;

const fn f(name: &'static str, vi: &'static str, en: &'static str, kind: FieldKind) -> Field {
    Field {
        name,
        title: Text::new(vi, en),
        kind,
        required: false,
        help: Text::new("", ""),
    }
}

const fn need(mut field: Field) -> Field {
    field.required = true;
    field
}

const fn help(mut field: Field, vi: &'static str, en: &'static str) -> Field {
    field.help = Text::new(vi, en);
    field
}

const fn record(kind: Kind) -> FieldKind {
    Ref(Target::Record(kind))
}

const PARCEL: FieldKind = Ref(Target::Parcel);
const TEXT_255: FieldKind = Words { max: 255 };
const COUNT: FieldKind = Whole { from: 0, to: 100_000 };

pub(super) fn fields(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Party => PARTY,
        Kind::PartyMember => PARTY_MEMBER,
        Kind::IdentityDocument => IDENTITY_DOCUMENT,
        Kind::LandUseRow => LAND_USE_ROW,
        Kind::Certificate => CERTIFICATE,
        Kind::Right => RIGHT,
        Kind::Mortgage => MORTGAGE,
        Kind::Restriction => RESTRICTION,
        Kind::Hold => HOLD,
        Kind::Asset => ASSET,
        Kind::Document => DOCUMENT,
        Kind::Dossier => DOSSIER,
        Kind::ChangeEntry => CHANGE_ENTRY,
        Kind::ChangeEntryItem => CHANGE_ENTRY_ITEM,
    }
}

const PARTY: &[Field] = &[
    need(f("kind", "Loại", "Kind", Code("party_kind"))),
    help(
        need(f("name", "Họ tên / tên", "Name", Personal { max: 500 })),
        "Ghi đúng như trên giấy tờ.",
        "Exactly as on the paper.",
    ),
    help(
        f("birth", "Ngày sinh", "Born", Birth),
        "dd/MM/yyyy, hoặc chỉ năm khi giấy tờ không ghi ngày.",
        "dd/MM/yyyy, or only the year where the paper gives no day.",
    ),
    f("death", "Ngày mất", "Died", Birth),
    f("gender", "Giới tính", "Gender", PersonalCode("gender")),
    help(
        f(
            "personal_code",
            "Số định danh cá nhân",
            "Personal number",
            Personal { max: 20 },
        ),
        "12 chữ số.",
        "12 digits.",
    ),
    help(
        f("address", "Địa chỉ", "Address", Personal { max: 255 }),
        "Ghi đúng như trên giấy tờ, kể cả địa chỉ ba cấp cũ.",
        "As on the paper, old three-level addresses too.",
    ),
    f(
        "user_type",
        "Đối tượng sử dụng đất",
        "Type of user",
        Code("user_type"),
    ),
    help(
        f("tax_code", "Mã số thuế", "Tax code", Personal { max: 20 }),
        "10 chữ số, hoặc 10 chữ số - 3 chữ số.",
        "10 digits, or 10 digits - 3 digits.",
    ),
    f("phone", "Điện thoại", "Telephone", Personal { max: 50 }),
    f("email", "Thư điện tử", "E-mail", Personal { max: 50 }),
    f("nationality", "Quốc tịch", "Nationality", Personal { max: 50 }),
    f("ethnicity", "Dân tộc", "Ethnic group", Personal { max: 50 }),
    f(
        "organisation_kind",
        "Loại tổ chức",
        "Kind of organisation",
        Words { max: 100 },
    ),
    f(
        "decision_number",
        "Số quyết định thành lập",
        "Number of the decision",
        Words { max: 50 },
    ),
    f("decision_on", "Ngày quyết định", "Date of the decision", Date),
];

const PARTY_MEMBER: &[Field] = &[
    need(f(
        "party",
        "Hộ, vợ chồng, nhóm",
        "Household, couple, group",
        record(Kind::Party),
    )),
    need(f("member", "Thành viên", "Member", record(Kind::Party))),
    need(f("role", "Vai trò", "Role", Code("member_role"))),
    need(f("position", "Thứ tự", "Position", Whole { from: 1, to: 200 })),
];

const IDENTITY_DOCUMENT: &[Field] = &[
    need(f("party", "Người", "Person", record(Kind::Party))),
    need(f("kind", "Loại giấy tờ", "Kind", Code("identity_kind"))),
    need(f("number", "Số giấy tờ", "Number", Personal { max: 50 })),
    f("issued_on", "Ngày cấp", "Issued on", PersonalDate),
    f("issuer", "Nơi cấp", "Issued by", Personal { max: 200 }),
    f("verified", "Đã xác thực", "Verified", Flag),
    f("verified_on", "Ngày xác thực", "Verified on", Date),
    f(
        "verified_how",
        "Cách xác thực",
        "How it was verified",
        Code("verified_how"),
    ),
];

const LAND_USE_ROW: &[Field] = &[
    need(f("parcel", "Thửa đất", "Parcel", PARCEL)),
    need(f("position", "Số thứ tự", "Position", Whole { from: 1, to: 99 })),
    need(f("code", "Mã loại đất", "Land-use code", LandUse)),
    f(
        "list_version",
        "Danh mục",
        "Version of the list",
        Words { max: 10 },
    ),
    f("secondary_code", "Mục đích phụ", "Secondary use", LandUse),
    f(
        "planned_code",
        "Mục đích quy hoạch",
        "Planned use",
        Words { max: 10 },
    ),
    f("area", "Diện tích (m²)", "Area (m²)", Area),
    help(
        f("term", "Thời hạn", "Term", Words { max: 250 }),
        "“Lâu dài” hoặc “Đến ngày dd/MM/yyyy”.",
        "\"Lâu dài\" or \"Đến ngày dd/MM/yyyy\".",
    ),
    f("term_ends", "Ngày hết hạn", "Term ends on", Date),
    f("origin", "Nguồn gốc", "Origin", Words { max: 30 }),
    f(
        "origin_acquired",
        "Nguồn gốc nhận chuyển quyền",
        "Origin of the acquired right",
        Code("origin_acquired"),
    ),
    f("shared", "Sử dụng chung", "In common use", Flag),
];

const CERTIFICATE: &[Field] = &[
    f("kind", "Loại giấy", "Kind", Code("certificate_kind")),
    help(
        f("serial", "Số phát hành", "Serial", Serial),
        "Ví dụ CX 123456, AA 01234567.",
        "For example CX 123456, AA 01234567.",
    ),
    f("book_number", "Số vào sổ", "Register number", Words { max: 30 }),
    f(
        "old_book_number",
        "Số vào sổ cũ",
        "Old register number",
        Words { max: 30 },
    ),
    f(
        "archive_number",
        "Số hồ sơ gốc",
        "Archive number",
        Words { max: 30 },
    ),
    f(
        "old_archive_number",
        "Số hồ sơ gốc cũ",
        "Old archive number",
        Words { max: 30 },
    ),
    help(
        f("barcode", "Mã vạch", "Barcode", Words { max: 25 }),
        "Giữ nguyên như quét được.",
        "Kept as it was read.",
    ),
    help(
        f("qr", "Mã QR", "QR code", Personal { max: 2000 }),
        "Giữ nguyên như quét được.",
        "Kept as it was read.",
    ),
    f(
        "code",
        "Mã giấy chứng nhận",
        "Code of the certificate",
        Words { max: 50 },
    ),
    f("issued_on", "Ngày cấp", "Issued on", Date),
    f("entered_on", "Ngày vào sổ", "Entered on", Date),
    f("issuer", "Cơ quan cấp", "Issued by", TEXT_255),
    f("signer", "Người ký", "Signed by", Personal { max: 150 }),
    f("signed_as", "Ký với tư cách", "Signed as", Words { max: 100 }),
    f("notes", "Ghi chú", "Notes", Personal { max: 8000 }),
    f("status", "Tình trạng", "Status", Code("certificate_status")),
];

const RIGHT: &[Field] = &[
    need(f("kind", "Loại quyền", "Kind", Code("right_kind"))),
    need(f("party", "Người sử dụng", "Holder", record(Kind::Party))),
    f("parcel", "Thửa đất", "Parcel", PARCEL),
    f(
        "land_use_row",
        "Mục đích sử dụng",
        "Land-use row",
        record(Kind::LandUseRow),
    ),
    f("asset", "Tài sản", "Asset", record(Kind::Asset)),
    f(
        "certificate",
        "Giấy chứng nhận",
        "Certificate",
        record(Kind::Certificate),
    ),
    help(
        f("share", "Phần quyền", "Share", Share),
        "Phân số đúng, ví dụ 1/3.",
        "An exact fraction, for example 1/3.",
    ),
    f("shared", "Sử dụng chung", "In common use", Flag),
    f("origin", "Nguồn gốc", "Origin", Words { max: 30 }),
    f("area", "Diện tích (m²)", "Area (m²)", Area),
    f("term", "Thời hạn", "Term", Words { max: 250 }),
    f("registered_on", "Ngày đăng ký", "Registered on", Date),
];

const MORTGAGE: &[Field] = &[
    need(f("kind", "Loại giao dịch", "Kind", Code("mortgage_kind"))),
    f("parcel", "Thửa đất", "Parcel", PARCEL),
    f(
        "certificate",
        "Giấy chứng nhận",
        "Certificate",
        record(Kind::Certificate),
    ),
    f("mortgagor", "Bên thế chấp", "Mortgagor", record(Kind::Party)),
    f("mortgagee", "Bên nhận thế chấp", "Mortgagee", record(Kind::Party)),
    help(
        f(
            "parent",
            "Giao dịch trước",
            "Earlier transaction",
            record(Kind::Mortgage),
        ),
        "Giao dịch mà giao dịch này bổ sung, thay đổi hoặc xóa.",
        "The one that this one supplements, changes or releases.",
    ),
    help(
        f("rank", "Thứ tự ưu tiên", "Rank", Whole { from: 1, to: 99 }),
        "Để trống thì theo thứ tự đăng ký.",
        "By order of registration when left out.",
    ),
    f("number", "Số đăng ký", "Registration number", Words { max: 50 }),
    f("book", "Quyển số", "Book", Words { max: 50 }),
    f("registered_on", "Ngày đăng ký", "Registered on", Date),
    f("from_on", "Từ ngày", "From", Date),
    f("to_on", "Đến ngày", "To", Date),
    f("amount", "Giá trị (đồng)", "Amount (đồng)", PersonalMoney),
    f("area", "Diện tích thế chấp (m²)", "Mortgaged area (m²)", Area),
    f("note", "Ghi chú", "Note", Personal { max: 2000 }),
];

const RESTRICTION: &[Field] = &[
    need(f("kind", "Loại hạn chế", "Kind", Code("restriction_kind"))),
    need(f("parcel", "Thửa đất", "Parcel", PARCEL)),
    f("area", "Diện tích (m²)", "Area (m²)", Area),
    f("partial", "Hạn chế một phần", "Partial", Flag),
    f("content", "Nội dung", "Content", Personal { max: 2000 }),
    f(
        "document_number",
        "Số văn bản",
        "Document number",
        Words { max: 50 },
    ),
    f("document_on", "Ngày văn bản", "Document date", Date),
    f("issuer", "Cơ quan ban hành", "Issued by", Words { max: 150 }),
];

const HOLD: &[Field] = &[
    need(f("kind", "Loại ngăn chặn", "Kind", Code("hold_kind"))),
    f("parcel", "Thửa đất", "Parcel", PARCEL),
    f("party", "Người sử dụng", "Party", record(Kind::Party)),
    f(
        "certificate",
        "Giấy chứng nhận",
        "Certificate",
        record(Kind::Certificate),
    ),
    f(
        "document_number",
        "Số công văn",
        "Document number",
        Words { max: 100 },
    ),
    f("from_on", "Từ ngày", "From", Date),
    f("to_on", "Đến ngày", "To", Date),
    f("reason", "Lý do", "Reason", Personal { max: 256 }),
    f("blocks_issue", "Chặn cấp giấy", "Blocks issue", Flag),
    f("blocks_transfer", "Chặn giao dịch", "Blocks transfer", Flag),
    f("blocks_change", "Chặn biến động", "Blocks changes", Flag),
];

const ASSET: &[Field] = &[
    need(f("kind", "Loại tài sản", "Kind", Code("asset_kind"))),
    f("parcel", "Thửa đất", "Parcel", PARCEL),
    f("commune", "Mã xã", "Commune", Commune),
    help(
        f("name", "Tên, số hiệu", "Name, number", Words { max: 200 }),
        "Số căn hộ, tên công trình, loại cây.",
        "Number of the apartment, name of the work, kind of trees.",
    ),
    f("house_kind", "Loại nhà", "Kind of house", Code("house_kind")),
    f("structure", "Kết cấu", "Structure", Words { max: 150 }),
    f("grade", "Cấp hạng", "Grade", Words { max: 50 }),
    f("floors", "Số tầng", "Floors", Whole { from: 0, to: 200 }),
    f("basements", "Số tầng hầm", "Basements", Whole { from: 0, to: 20 }),
    f(
        "year_built",
        "Năm hoàn thành",
        "Year built",
        Whole { from: 1700, to: 2200 },
    ),
    f(
        "area_footprint",
        "Diện tích xây dựng (m²)",
        "Footprint (m²)",
        Area,
    ),
    f("area_floor", "Diện tích sàn (m²)", "Floor area (m²)", Area),
    f("area_use", "Diện tích sử dụng (m²)", "Usable area (m²)", Area),
    f("term", "Thời hạn sở hữu", "Term of ownership", Words { max: 250 }),
    f("address", "Địa chỉ", "Address", TEXT_255),
];

const DOCUMENT: &[Field] = &[
    need(f("sha256", "SHA-256 của tệp", "SHA-256 of the file", Hash)),
    need(f("kind", "Loại giấy tờ", "Kind", Code("document_kind"))),
    f("pages", "Số trang", "Pages", COUNT),
    f(
        "bytes",
        "Kích thước (byte)",
        "Size (bytes)",
        Whole {
            from: 0,
            to: i64::MAX,
        },
    ),
    f("media", "Kiểu tệp", "Media type", Words { max: 50 }),
    f("name", "Tên tệp", "File name", Personal { max: 255 }),
    f("note", "Mô tả", "Description", Personal { max: 2000 }),
    help(
        f(
            "archive_place",
            "Vị trí lưu trữ",
            "Place in the archive",
            Words { max: 100 },
        ),
        "Kho, dãy, kệ, hộp, số thứ tự.",
        "Store, row, shelf, box, number.",
    ),
    f("dossier", "Hồ sơ", "Dossier", record(Kind::Dossier)),
    f("parcel", "Thửa đất", "Parcel", PARCEL),
    f(
        "certificate",
        "Giấy chứng nhận",
        "Certificate",
        record(Kind::Certificate),
    ),
    f("party", "Người", "Party", record(Kind::Party)),
];

/// Its state changes by the steps of a dossier, not as a field.
const DOSSIER: &[Field] = &[
    need(f("code", "Mã hồ sơ", "Code", Words { max: 50 })),
    need(f("kind", "Loại biến động", "Kind of change", Code("change_kind"))),
    f("commune", "Mã xã", "Commune", Commune),
    f("received_on", "Ngày tiếp nhận", "Received on", Date),
    f("due_on", "Ngày hẹn trả", "Due on", Date),
    f("applicant", "Người nộp", "Applicant", record(Kind::Party)),
    help(
        f("papers", "Giấy tờ đã nhận", "Papers received", Words { max: 500 }),
        "Mã loại giấy tờ, cách nhau một dấu cách, ví dụ DKTD GCN HDCQ.",
        "Codes of the papers with a space between, for example DKTD GCN HDCQ.",
    ),
    f("note", "Ghi chú", "Note", Personal { max: 2000 }),
];

const CHANGE_ENTRY: &[Field] = &[
    f("dossier", "Hồ sơ", "Dossier", record(Kind::Dossier)),
    need(f("kind", "Loại biến động", "Kind of change", Code("change_kind"))),
    f("number", "Số biến động", "Number", Words { max: 30 }),
    f("registered_on", "Ngày đăng ký", "Registered on", Date),
    f("content", "Nội dung", "Content", Personal { max: 2000 }),
    f(
        "contract_number",
        "Số hợp đồng",
        "Contract number",
        Words { max: 30 },
    ),
    f("contract_on", "Ngày hợp đồng", "Contract date", Date),
    f(
        "contract_value",
        "Giá trị hợp đồng (đồng)",
        "Contract value (đồng)",
        PersonalMoney,
    ),
    f(
        "notary_number",
        "Số công chứng",
        "Notary number",
        Words { max: 20 },
    ),
    f("notary_on", "Ngày công chứng", "Notary date", Date),
    f("notary", "Nơi công chứng", "Notary", TEXT_255),
];

const CHANGE_ENTRY_ITEM: &[Field] = &[
    need(f(
        "change_entry",
        "Biến động",
        "Change",
        record(Kind::ChangeEntry),
    )),
    need(f("direction", "Vai trò", "Part", Code("direction"))),
    f("parcel", "Thửa đất", "Parcel", PARCEL),
    f(
        "certificate",
        "Giấy chứng nhận",
        "Certificate",
        record(Kind::Certificate),
    ),
    f("party", "Người", "Party", record(Kind::Party)),
];
