//! What tends to be the same from one record to the next: which fields a new form takes over from the record saved before,
//! and which from a record of the parcel beside.

use super::Kind;

/// Fields a new record of a kind begins with as the last one saved had them. Nothing that tells who somebody is.
const REPEATED: &[(Kind, &[&str])] = &[
    (Kind::Party, &["kind", "user_type", "nationality", "ethnicity"]),
    (Kind::IdentityDocument, &["kind"]),
    (Kind::LandUseRow, &["code", "term", "origin"]),
    (
        Kind::Certificate,
        &[
            "kind",
            "issued_on",
            "entered_on",
            "issuer",
            "signer",
            "signed_as",
            "status",
        ],
    ),
    (
        Kind::Right,
        &["kind", "shared", "origin", "term", "registered_on"],
    ),
    (Kind::Mortgage, &["kind", "mortgagee", "book", "registered_on"]),
    (
        Kind::Restriction,
        &["kind", "document_number", "document_on", "issuer"],
    ),
    (
        Kind::Hold,
        &[
            "kind",
            "document_number",
            "from_on",
            "blocks_issue",
            "blocks_transfer",
            "blocks_change",
        ],
    ),
    (Kind::Asset, &["kind", "house_kind", "structure", "grade", "term"]),
];

/// What a neighbour's record lends besides.
const LENT: &[(Kind, &[&str])] = &[
    (Kind::Party, &["address"]),
    (
        Kind::LandUseRow,
        &[
            "list_version",
            "planned_code",
            "term_ends",
            "origin_acquired",
            "shared",
        ],
    ),
    (Kind::Right, &["party", "certificate"]),
    (
        Kind::Mortgage,
        &["certificate", "mortgagor", "number", "from_on", "to_on"],
    ),
    (Kind::Restriction, &["content", "partial"]),
    (Kind::Hold, &["reason", "to_on"]),
    (
        Kind::Asset,
        &["commune", "floors", "basements", "year_built", "address"],
    ),
];

fn has(table: &[(Kind, &[&str])], kind: Kind, field: &str) -> bool {
    table.iter().any(|(k, all)| *k == kind && all.contains(&field))
}

/// Whether the next record of the kind begins with the value this one had.
pub fn repeats(kind: Kind, field: &str) -> bool {
    has(REPEATED, kind, field)
}

/// Whether the value is taken over from a record of the parcel beside.
pub fn lent(kind: Kind, field: &str) -> bool {
    repeats(kind, field) || has(LENT, kind, field)
}

/// Whether a field of a party says anything for its kind (CA_NHAN …): a household is not born. An unknown kind has all.
pub fn concerns(field: &str, party_kind: &str) -> bool {
    const ORGANISATION: [&str; 3] = ["organisation_kind", "decision_number", "decision_on"];
    const PERSON: [&str; 5] = ["birth", "death", "gender", "personal_code", "ethnicity"];
    match party_kind {
        "CA_NHAN" => !ORGANISATION.contains(&field),
        "VO_CHONG" | "HO_GIA_DINH" | "NHOM" => !ORGANISATION.contains(&field) && !PERSON.contains(&field),
        "TO_CHUC" | "CONG_DONG" => !PERSON.contains(&field),
        _ => true,
    }
}

/// Whether parties of the kind have members.
pub fn has_members(party_kind: &str) -> bool {
    matches!(party_kind, "VO_CHONG" | "HO_GIA_DINH" | "NHOM")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_named_is_there_and_none_says_who_somebody_is() {
        for (kind, fields) in REPEATED.iter().chain(LENT) {
            for name in *fields {
                assert!(kind.field(name).is_some(), "{} {name}", kind.name());
            }
        }
        for name in ["name", "birth", "personal_code", "tax_code", "phone", "email"] {
            assert!(!lent(Kind::Party, name), "{name}");
        }
        for name in ["serial", "book_number", "code", "qr", "barcode", "notes"] {
            assert!(!lent(Kind::Certificate, name), "{name}");
        }
        assert!(!lent(Kind::Right, "share") && !lent(Kind::Right, "parcel"));
    }
}
