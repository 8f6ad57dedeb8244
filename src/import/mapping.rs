//! Which column of a file is which of our fields: proposed from the names offices use, editable, kept
//! as a profile.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::domain::Failure;
use crate::formats::SourceField;
use crate::msg;
use crate::text::{Text, terms};

/// A field a column can be mapped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Field {
    Commune,
    Sheet,
    Number,
    OldSheet,
    OldNumber,
    AreaMeasured,
    AreaLegal,
    LandUse,
    Address,
    Owner,
    OwnerAddress,
    UserType,
    ParcelCode,
}

impl Field {
    pub const ALL: [Self; 13] = [
        Self::Commune,
        Self::Sheet,
        Self::Number,
        Self::OldSheet,
        Self::OldNumber,
        Self::AreaMeasured,
        Self::AreaLegal,
        Self::LandUse,
        Self::Address,
        Self::Owner,
        Self::OwnerAddress,
        Self::UserType,
        Self::ParcelCode,
    ];

    /// The name in `--map`, profiles, reports and `assets/codes/columns.json`.
    pub fn name(self) -> &'static str {
        self.names().0
    }

    /// (canonical name, English name also understood by `--map`).
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Commune => ("ma_xa", "commune"),
            Self::Sheet => ("so_to", "sheet"),
            Self::Number => ("so_thua", "number"),
            Self::OldSheet => ("so_to_cu", "old_sheet"),
            Self::OldNumber => ("so_thua_cu", "old_number"),
            Self::AreaMeasured => ("dien_tich", "area_measured"),
            Self::AreaLegal => ("dien_tich_phap_ly", "area_legal"),
            Self::LandUse => ("loai_dat", "land_use"),
            Self::Address => ("dia_chi", "address"),
            Self::Owner => ("ten_chu", "owner"),
            Self::OwnerAddress => ("dia_chi_chu", "owner_address"),
            Self::UserType => ("doi_tuong", "user_type"),
            Self::ParcelCode => ("ma_dinh_danh", "parcel_code"),
        }
    }

    /// What a person calls it.
    pub fn label(self) -> Text {
        match self {
            Self::Commune => terms::COMMUNE,
            Self::Sheet => terms::SHEET_NUMBER,
            Self::Number => terms::PARCEL_NUMBER,
            Self::OldSheet => Text::new("Số tờ cũ", "Old sheet no."),
            Self::OldNumber => Text::new("Số thửa cũ", "Old parcel no."),
            Self::AreaMeasured => terms::AREA_MEASURED,
            Self::AreaLegal => terms::AREA_LEGAL,
            Self::LandUse => terms::LAND_USE,
            Self::Address => Text::new("Địa chỉ thửa đất", "Address of the parcel"),
            Self::Owner => terms::LAND_USER,
            Self::OwnerAddress => Text::new("Địa chỉ người sử dụng đất", "Address of the land user"),
            Self::UserType => Text::new("Đối tượng sử dụng đất", "Kind of land user"),
            Self::ParcelCode => Text::new("Mã định danh thửa đất", "Parcel identifier"),
        }
    }
}

impl FromStr for Field {
    type Err = Failure;
    fn from_str(s: &str) -> Result<Self, Failure> {
        let wanted = s.trim().to_lowercase();
        let found = Self::ALL
            .into_iter()
            .find(|f| f.names().0 == wanted || f.names().1 == wanted);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            Failure::new(
                "UNKNOWN_FIELD",
                msg!("Không có trường “{s}”.", "There is no field “{s}”."),
            )
            .remedy(msg!("Chọn một trong: {names}.", "Choose one of: {names}."))
        })
    }
}

impl TryFrom<String> for Field {
    type Error = Failure;
    fn try_from(s: String) -> Result<Self, Failure> {
        s.parse()
    }
}

impl From<Field> for String {
    fn from(f: Field) -> Self {
        f.name().to_owned()
    }
}

/// Field → name of the column, as reported and saved.
pub type Mapping = BTreeMap<Field, String>;

#[derive(Deserialize)]
struct Aliases {
    aliases: BTreeMap<String, Vec<String>>,
}

static ALIASES: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(|| {
    let file: Aliases = serde_json::from_str(include_str!("../../assets/codes/columns.json"))
        .expect("assets/codes/columns.json is checked by a test");
    file.aliases
});

/// A DBF cuts column names to ten bytes.
const DBF_NAME: usize = 10;

/// Proposes a mapping from the names of the columns: the first alias of a field that is there, without
/// regard to case; a name cut by the DBF counts.
pub fn propose(fields: &[SourceField]) -> Mapping {
    let mut mapping = Mapping::new();
    for field in Field::ALL {
        let aliases = ALIASES.get(field.name()).map_or(&[][..], Vec::as_slice);
        let column = aliases
            .iter()
            .find_map(|alias| fields.iter().find(|f| is_alias(&f.name, alias)));
        if let Some(column) = column {
            mapping.insert(field, column.name.clone());
        }
    }
    mapping
}

fn is_alias(column: &str, alias: &str) -> bool {
    let column = column.trim();
    column.eq_ignore_ascii_case(alias)
        || column.len() == DBF_NAME
            && alias
                .get(..DBF_NAME)
                .is_some_and(|cut| column.eq_ignore_ascii_case(cut))
}

/// Puts chosen columns over a proposal. A column name is found without regard to case; choices whose
/// column this layer lacks are left out (a run may have layers of several kinds). An empty name unmaps.
pub fn choose(mapping: &mut Mapping, chosen: &[(Field, String)], fields: &[SourceField]) {
    for (field, column) in chosen {
        if column.trim().is_empty() {
            mapping.remove(field);
        } else if let Some(f) = find_column(fields, column) {
            // A column is one field only: what was proposed for it gives way.
            mapping.retain(|_, c| *c != f.name);
            mapping.insert(*field, f.name.clone());
        }
    }
}

/// The column of that name, exact case first.
pub fn find_column<'a>(fields: &'a [SourceField], name: &str) -> Option<&'a SourceField> {
    let name = name.trim();
    fields.iter().find(|f| f.name == name).or_else(|| {
        fields
            .iter()
            .find(|f| f.name.to_lowercase() == name.to_lowercase())
    })
}

/// Parses one `--map f=COL`.
pub fn parse_choice(text: &str) -> Result<(Field, String), Failure> {
    let (field, column) = text.split_once('=').ok_or_else(|| {
        Failure::new(
            "BAD_MAP",
            msg!(
                "“{text}” không có dạng TRƯỜNG=CỘT.",
                "“{text}” is not of the form FIELD=COLUMN."
            ),
        )
    })?;
    Ok((field.parse()?, column.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::FieldKind;

    fn fields(names: &str) -> Vec<SourceField> {
        let field = |n: &str| SourceField {
            name: n.to_owned(),
            kind: FieldKind::Text,
            width: 10,
        };
        names.split(' ').map(field).collect()
    }

    fn shown(mapping: &Mapping) -> String {
        mapping
            .iter()
            .map(|(f, c)| format!("{}={c}", f.name()))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn names_of_the_offices_are_recognised() {
        let gcadas = "ID THUAID XAID SHBANDO SHTHUA DIENTICH DIENTICHPL MALOAIDAT KHLOAIDAT DIADANH DTSD TENCHU \
            DIACHI MDSD2003 KH2003 MSCOLOR SHTHUATAM DTTHOCU DACAPGCN";
        assert_eq!(
            shown(&propose(&fields(gcadas))),
            "ma_xa=XAID so_to=SHBANDO so_thua=SHTHUA so_thua_cu=SHTHUATAM dien_tich=DIENTICH \
             dien_tich_phap_ly=DIENTICHPL loai_dat=KHLOAIDAT dia_chi=DIACHI ten_chu=TENCHU doi_tuong=DTSD"
        );
        assert_eq!(
            shown(&propose(&fields(
                "OBJECTID maxa SoHieuToBa SoThuTuThu dientich KyHieuMucD TenChu"
            ))),
            "ma_xa=maxa so_to=SoHieuToBa so_thua=SoThuTuThu dien_tich=dientich loai_dat=KyHieuMucD ten_chu=TenChu"
        );
        assert_eq!(shown(&propose(&fields("x y"))), "");
    }

    #[test]
    fn choices_replace_proposals() {
        let columns = fields("SHBANDO SHTHUA GHICHU");
        let mut mapping = propose(&columns);
        let chosen = [
            parse_choice("owner=ghichu").unwrap(),
            parse_choice("so_to=SHTHUA").unwrap(),
            parse_choice("dia_chi=THIEU").unwrap(),
        ];
        choose(&mut mapping, &chosen, &columns);
        assert_eq!(shown(&mapping), "so_to=SHTHUA ten_chu=GHICHU");
        choose(&mut mapping, &[(Field::Owner, String::new())], &columns);
        assert_eq!(shown(&mapping), "so_to=SHTHUA");
        assert_eq!(parse_choice("so_to").unwrap_err().code(), "BAD_MAP");
        assert_eq!(parse_choice("x=Y").unwrap_err().code(), "UNKNOWN_FIELD");
    }

    #[test]
    fn every_list_of_aliases_is_a_field_or_known_to_be_kept_aside() {
        let aside = ["loai_dat_2003", "xu_dong", "da_cap_gcn", "id", "ignored"];
        for name in ALIASES.keys() {
            assert!(
                name.parse::<Field>().is_ok() || aside.contains(&name.as_str()),
                "{name}"
            );
        }
    }
}
