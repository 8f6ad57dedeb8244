//! The reasons why a parcel is not ready, and the words for reasons, qualities, groups and worklists.
//!
//! What a reason counts for stands in `assets/codes/readiness.json`; here is only what it is called.

use crate::text::Text;

/// One reason. The order is that of the catalogue; the discriminant is its bit in [`Reasons`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    ShapeInvalid,
    AreaDiffers,
    UseAreaDiffers,
    LandUseDiffers,
    NoShape,
    NoNumber,
    NoArea,
    NoLandUse,
    NoAddress,
    NoCode,
    NoHolder,
    NoIdentity,
    NoRegistration,
    NoScan,
    NoPage,
    PageUnsigned,
    Duplicate,
    ShapeConflict,
    CodeUnknown,
    HolderUnverified,
    NotOperating,
    NotSent,
    ChangedSince,
    Returned,
}

/// How many there are.
pub const REASONS: usize = 24;

struct Words {
    code: &'static str,
    name: Text,
    remedy: Text,
}

const fn words(code: &'static str, name: Text, remedy: Text) -> Words {
    Words { code, name, remedy }
}

/// In the order of the enum.
const WORDS: [Words; REASONS] = [
    words(
        "SHAPE_INVALID",
        Text::new("Đường bao thửa bị lỗi", "The outline is faulty"),
        Text::new("Sửa đường bao theo số đo", "Repair the outline from the survey"),
    ),
    words(
        "AREA_DIFFERS",
        Text::new("Diện tích chưa khớp", "Areas do not agree"),
        Text::new(
            "Đối chiếu diện tích ghi, diện tích pháp lý và hình thửa",
            "Compare recorded area, legal area and shape",
        ),
    ),
    words(
        "USE_AREA_DIFFERS",
        Text::new(
            "Tổng diện tích theo mục đích khác diện tích thửa",
            "Land-use areas do not add up",
        ),
        Text::new(
            "Sửa diện tích từng mục đích theo giấy chứng nhận",
            "Correct the areas of the uses from the certificate",
        ),
    ),
    words(
        "LAND_USE_DIFFERS",
        Text::new(
            "Loại đất trên bản đồ khác hồ sơ",
            "Land use on the map differs from the register",
        ),
        Text::new(
            "Sửa nhãn hoặc mục đích sử dụng",
            "Correct the label or the land-use rows",
        ),
    ),
    words(
        "NO_SHAPE",
        Text::new("Thiếu dữ liệu không gian", "No geometry"),
        Text::new("Vẽ hoặc nhập hình thửa", "Draw or import the shape"),
    ),
    words(
        "NO_NUMBER",
        Text::new("Thiếu số tờ hoặc số thửa", "No sheet or parcel number"),
        Text::new("Nhập số tờ, số thửa", "Enter sheet and parcel number"),
    ),
    words(
        "NO_AREA",
        Text::new("Thiếu diện tích", "No area"),
        Text::new("Nhập diện tích theo giấy tờ", "Enter the area from the papers"),
    ),
    words(
        "NO_LAND_USE",
        Text::new("Thiếu mục đích sử dụng đất", "No land use"),
        Text::new("Nhập mục đích sử dụng", "Enter the land use"),
    ),
    words(
        "NO_ADDRESS",
        Text::new("Thiếu địa chỉ thửa đất", "No address"),
        Text::new("Nhập địa chỉ thửa đất", "Enter the address of the parcel"),
    ),
    words(
        "NO_CODE",
        Text::new("Chưa có mã định danh thửa", "No parcel identifier"),
        Text::new(
            "Nhận mã từ cơ sở dữ liệu quốc gia",
            "Take the identifier from the national database",
        ),
    ),
    words(
        "NO_HOLDER",
        Text::new("Thiếu người sử dụng đất", "No land user"),
        Text::new(
            "Nhập người sử dụng theo hồ sơ",
            "Enter the land user from the dossier",
        ),
    ),
    words(
        "NO_IDENTITY",
        Text::new("Thiếu CCCD/số định danh", "No identity number"),
        Text::new(
            "Bổ sung số định danh của người sử dụng",
            "Add the identity number of the land user",
        ),
    ),
    words(
        "NO_REGISTRATION",
        Text::new("Thiếu thông tin đăng ký", "No registration"),
        Text::new(
            "Nhập giấy chứng nhận hoặc ngày đăng ký",
            "Enter the certificate or the date of registration",
        ),
    ),
    words(
        "NO_SCAN",
        Text::new("Thiếu hồ sơ quét", "No scans"),
        Text::new("Quét và gắn giấy tờ vào thửa", "Scan the papers and link them"),
    ),
    words(
        "NO_PAGE",
        Text::new(
            "Chưa xuất sổ địa chính điện tử",
            "No page of the electronic register",
        ),
        Text::new("Đối soát và xuất trang sổ", "Compare and issue the page"),
    ),
    words(
        "PAGE_UNSIGNED",
        Text::new("Trang sổ chưa ký số", "The register page is not signed"),
        Text::new("Trình ký số", "Have it signed"),
    ),
    words(
        "DUPLICATE",
        Text::new("Trùng số thửa hoặc trùng hình", "Number or shape twice"),
        Text::new(
            "Xác định thửa đúng, sửa thửa trùng",
            "Find which is right, correct the other",
        ),
    ),
    words(
        "SHAPE_CONFLICT",
        Text::new("Lỗi topology với thửa kề", "Overlap or gap with a neighbour"),
        Text::new(
            "Sửa ranh chung trong danh sách lỗi",
            "Repair the boundary from the list of findings",
        ),
    ),
    words(
        "CODE_UNKNOWN",
        Text::new("Mã ngoài danh mục", "Code in no list"),
        Text::new("Thay bằng mã trong danh mục", "Replace it by a code of the list"),
    ),
    words(
        "HOLDER_UNVERIFIED",
        Text::new("Chưa xác thực người sử dụng", "Land user not verified"),
        Text::new(
            "Đối chiếu với CSDL quốc gia về dân cư",
            "Compare with the population database",
        ),
    ),
    words(
        "NOT_OPERATING",
        Text::new(
            "Tệp chưa chuyển sang vận hành",
            "The district is not in operation",
        ),
        Text::new(
            "Chuyển chế độ vận hành khi xây dựng xong",
            "Change the mode when it is built",
        ),
    ),
    words(
        "NOT_SENT",
        Text::new(
            "Chưa được tiếp nhận vào CSDL quốc gia",
            "Not accepted by the national database",
        ),
        Text::new("Xuất và gửi gói đồng bộ", "Export and send the package"),
    ),
    words(
        "CHANGED_SINCE",
        Text::new("Đã đổi sau lần gửi trước", "Changed since it was sent"),
        Text::new("Gửi lại gói đồng bộ", "Send a package again"),
    ),
    words(
        "RETURNED",
        Text::new("Bị trả về", "Given back"),
        Text::new("Sửa theo thông báo tiếp nhận", "Correct it as the receipt says"),
    ),
];

impl Reason {
    pub const ALL: [Self; REASONS] = {
        use Reason::*;
        [
            ShapeInvalid,
            AreaDiffers,
            UseAreaDiffers,
            LandUseDiffers,
            NoShape,
            NoNumber,
            NoArea,
            NoLandUse,
            NoAddress,
            NoCode,
            NoHolder,
            NoIdentity,
            NoRegistration,
            NoScan,
            NoPage,
            PageUnsigned,
            Duplicate,
            ShapeConflict,
            CodeUnknown,
            HolderUnverified,
            NotOperating,
            NotSent,
            ChangedSince,
            Returned,
        ]
    };

    /// Stable, as in files and on the command line.
    pub fn code(self) -> &'static str {
        WORDS[self as usize].code
    }

    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }

    pub fn name(self) -> Text {
        WORDS[self as usize].name
    }

    /// What to do about it.
    pub fn remedy(self) -> Text {
        WORDS[self as usize].remedy
    }

    pub fn bit(self) -> Reasons {
        Reasons(1 << self as u32)
    }
}

/// A set of reasons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reasons(pub u32);

impl Reasons {
    pub const NONE: Self = Self(0);

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn has(self, reason: Reason) -> bool {
        self.meets(reason.bit())
    }

    /// Whether the two sets have one in common.
    pub fn meets(self, o: Self) -> bool {
        self.0 & o.0 != 0
    }

    #[must_use]
    pub fn with(self, o: Self) -> Self {
        Self(self.0 | o.0)
    }

    #[must_use]
    pub fn without(self, o: Self) -> Self {
        Self(self.0 & !o.0)
    }

    pub fn add(&mut self, reason: Reason, when: bool) {
        if when {
            self.0 |= reason.bit().0;
        }
    }

    pub fn iter(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.into_iter().filter(move |r| self.has(*r))
    }
}

impl FromIterator<Reason> for Reasons {
    fn from_iter<T: IntoIterator<Item = Reason>>(all: T) -> Self {
        all.into_iter().fold(Self::NONE, |s, r| s.with(r.bit()))
    }
}

/// The four adjectives of the campaign (domain.md §10.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quality {
    /// Matches reality and papers.
    Dung,
    /// All required fields and the three blocks are there.
    Du,
    /// No duplicates, no conflicts, codes of the lists, identity verified.
    Sach,
    /// In operation and synchronised.
    Song,
}

impl Quality {
    pub const ALL: [Self; 4] = [Self::Dung, Self::Du, Self::Sach, Self::Song];

    /// As in JSON.
    pub fn code(self) -> &'static str {
        ["dung", "du", "sach", "song"][self as usize]
    }

    pub fn name(self) -> Text {
        [
            Text::new("Đúng", "Right"),
            Text::new("Đủ", "Complete"),
            Text::new("Sạch", "Clean"),
            Text::new("Sống", "Alive"),
        ][self as usize]
    }
}

/// The six flags of the per-parcel test (domain.md §10.2), by their names in VBDLIS.
pub const FLAGS: [&str; 6] = [
    "daXuatSoDiaChinhDienTu",
    "daDongBoBaKhoiThongTin",
    "chiCoDuLieuThuocTinh",
    "trangThaiXacThucChu",
    "duLieuDangVanHanh247",
    "thongTinDangKyDapUngNhom1",
];

/// The groups of the campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// In use, right, complete, clean and alive.
    One,
    /// Needs correction, completion or verification.
    Two,
    /// Cannot be used.
    Three,
    /// Nobody has entered its registration yet.
    #[default]
    Unclassified,
}

impl Group {
    pub const ALL: [Self; 4] = [Self::One, Self::Two, Self::Three, Self::Unclassified];

    /// As in JSON.
    pub fn code(self) -> &'static str {
        ["1", "2", "3", "unclassified"][self as usize]
    }

    pub fn name(self) -> Text {
        [
            Text::new("Nhóm 1", "Group 1"),
            Text::new("Nhóm 2", "Group 2"),
            Text::new("Nhóm 3", "Group 3"),
            Text::new("Chưa phân loại", "Unclassified"),
        ][self as usize]
    }

    pub fn meaning(self) -> Text {
        [
            Text::new("đúng – đủ – sạch – sống", "right, complete, clean, alive"),
            Text::new("cần sửa, bổ sung, xác thực", "to correct, complete or verify"),
            Text::new("chưa dùng được, phải làm lại", "not usable, to be built anew"),
            Text::new("chưa nhập thông tin đăng ký", "registration not entered"),
        ][self as usize]
    }
}

/// The worklists in order of priority (domain.md §10.3); 9 is ours.
pub const WORKLISTS: [Text; 9] = [
    Text::new("Mâu thuẫn, trùng lặp", "Conflicts and duplicates"),
    Text::new("Chưa xác thực chủ", "Holder not verified"),
    Text::new("Lệch diện tích", "Area mismatch"),
    Text::new("Thiếu không gian, thuộc tính", "No geometry or attributes"),
    Text::new("Thiếu hồ sơ quét", "Missing scans"),
    Text::new("Chờ đối soát", "Ready for comparison"),
    Text::new("Chờ ký số", "Ready to sign"),
    Text::new("Bị trả về", "Given back"),
    Text::new("Chờ vận hành, đồng bộ", "To operate and send"),
];
