//! Which tables there are and what each is to the journal and the dump. The one place that says so.

/// What a table is to the journal and the dump (design.md §2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The register itself: journalled, in the dump.
    Registered,
    /// What people decided about it: journalled, in the dump.
    Decision,
    /// Can be made again, or belongs to this PC: neither.
    Local,
}

/// How a table stands in the GeoPackage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In gpkg_contents as `features`, with this geometry type in column `geom` and an R-tree.
    Features(&'static str),
    /// In gpkg_contents as `attributes`.
    Attributes,
    /// Ours alone, outside gpkg_contents, STRICT.
    Internal,
}

/// One table of the district file. Columns stand in schema.sql.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    pub name: &'static str,
    pub class: Class,
    pub kind: Kind,
}

impl Table {
    /// Whether every write to it goes through an operation.
    pub fn journalled(&self) -> bool {
        self.class != Class::Local
    }
}

const fn features(name: &'static str, geometry: &'static str) -> Table {
    Table {
        name,
        class: Class::Registered,
        kind: Kind::Features(geometry),
    }
}

const fn attributes(name: &'static str) -> Table {
    Table {
        name,
        class: Class::Registered,
        kind: Kind::Attributes,
    }
}

const fn local(name: &'static str) -> Table {
    Table {
        name,
        class: Class::Local,
        kind: Kind::Internal,
    }
}

/// All tables, those referred to before those that refer where possible (dossier and staff excepted).
pub const TABLES: &[Table] = &[
    features("commune", "POLYGON"),
    features("sheet", "POLYGON"),
    features("parcel", "POLYGON"),
    features("parcel_version", "POLYGON"),
    features("parcel_proposal", "POLYGON"),
    features("survey_point", "POINT"),
    features("asset", "POLYGON"),
    Table {
        name: "allowed_gap",
        class: Class::Decision,
        kind: Kind::Features("POLYGON"),
    },
    attributes("land_use_row"),
    attributes("party"),
    attributes("party_member"),
    attributes("identity_document"),
    attributes("certificate"),
    attributes("right"),
    attributes("mortgage"),
    attributes("restriction"),
    attributes("hold"),
    attributes("dossier"),
    attributes("dossier_event"),
    attributes("proposed_edit"),
    attributes("change_entry"),
    attributes("change_entry_item"),
    attributes("document"),
    attributes("parcel_lineage"),
    attributes("certificate_lineage"),
    attributes("source_file"),
    attributes("source_record"),
    attributes("quarantine"),
    attributes("staff"),
    Table {
        name: "decision",
        class: Class::Decision,
        kind: Kind::Attributes,
    },
    local("setting"),
    local("operation"),
    local("change"),
    local("removed_rows"),
    local("finding"),
    local("finding_event"),
    local("package"),
    local("package_item"),
    local("receipt_item"),
];

/// The tables whose writes are journalled.
pub fn journalled() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().filter(|t| t.journalled())
}

/// A name as an SQL identifier.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
