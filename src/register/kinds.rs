//! The kinds of records, their names and how they end.

use super::{Field, tables};
use crate::text::Text;

/// A kind of record; its name is its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Party,
    PartyMember,
    IdentityDocument,
    LandUseRow,
    Certificate,
    Right,
    Mortgage,
    Restriction,
    Hold,
    Asset,
    Document,
    Dossier,
    ChangeEntry,
    ChangeEntryItem,
}

/// What a reference points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A parcel, in force or historic: a uid or COMMUNE/SHEET/NUMBER.
    Parcel,
    /// A uid; a dossier also by its code.
    Record(Kind),
}

impl Target {
    pub fn table(self) -> &'static str {
        match self {
            Self::Parcel => "parcel",
            Self::Record(kind) => kind.name(),
        }
    }
}

impl Kind {
    pub const ALL: [Self; 14] = [
        Self::Party,
        Self::PartyMember,
        Self::IdentityDocument,
        Self::LandUseRow,
        Self::Certificate,
        Self::Right,
        Self::Mortgage,
        Self::Restriction,
        Self::Hold,
        Self::Asset,
        Self::Document,
        Self::Dossier,
        Self::ChangeEntry,
        Self::ChangeEntryItem,
    ];

    /// Table, and name in JSON and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Party => "party",
            Self::PartyMember => "party_member",
            Self::IdentityDocument => "identity_document",
            Self::LandUseRow => "land_use_row",
            Self::Certificate => "certificate",
            Self::Right => "right",
            Self::Mortgage => "mortgage",
            Self::Restriction => "restriction",
            Self::Hold => "hold",
            Self::Asset => "asset",
            Self::Document => "document",
            Self::Dossier => "dossier",
            Self::ChangeEntry => "change_entry",
            Self::ChangeEntryItem => "change_entry_item",
        }
    }

    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }

    /// What a person calls one of them.
    pub fn title(self) -> Text {
        match self {
            Self::Party => Text::new("người sử dụng", "party"),
            Self::PartyMember => Text::new("thành viên", "member"),
            Self::IdentityDocument => Text::new("giấy tờ tùy thân", "identity document"),
            Self::LandUseRow => Text::new("mục đích sử dụng", "land-use row"),
            Self::Certificate => Text::new("giấy chứng nhận", "certificate"),
            Self::Right => Text::new("quyền", "right"),
            Self::Mortgage => Text::new("giao dịch bảo đảm", "mortgage"),
            Self::Restriction => Text::new("hạn chế quyền", "restriction"),
            Self::Hold => Text::new("ngăn chặn, tranh chấp", "hold"),
            Self::Asset => Text::new("tài sản gắn liền với đất", "asset"),
            Self::Document => Text::new("hồ sơ quét", "document"),
            Self::Dossier => Text::new("hồ sơ", "dossier"),
            Self::ChangeEntry => Text::new("biến động", "registered change"),
            Self::ChangeEntryItem => Text::new("đối tượng của biến động", "item of a change"),
        }
    }

    /// Its fields, in the order of a form.
    pub fn fields(self) -> &'static [Field] {
        tables::fields(self)
    }

    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|f| f.name == name)
    }

    /// Whether a record of this kind can end; then its table has `status` and `ended_on`. The others are corrected,
    /// or follow what they belong to.
    pub fn ends(self) -> bool {
        !matches!(
            self,
            Self::LandUseRow | Self::Document | Self::Dossier | Self::ChangeEntry | Self::ChangeEntryItem
        )
    }

    /// The list its status is of.
    pub fn status_list(self) -> &'static str {
        match self {
            Self::Certificate => "certificate_status",
            _ => "status",
        }
    }

    /// Status of a record that has ended when nobody says which.
    pub fn usual_end(self) -> &'static str {
        match self {
            Self::Certificate => "DA_THU_HOI",
            Self::Mortgage | Self::Restriction | Self::Hold => "DA_XOA",
            _ => "LICH_SU",
        }
    }
}
