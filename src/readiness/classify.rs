//! The test of one parcel: what the register has → the reasons that stand against it → its group.

use super::criteria::Criteria;
use super::reason::{FLAGS, Group, Reason, Reasons};
use crate::store::facts::{Facts, Verified};

/// What the register lacks of a parcel, and what findings say of it.
pub fn reasons(f: &Facts, of_findings: Reasons, operating: bool, criteria: &Criteria) -> Reasons {
    let area = f.area_legal.or(f.area_measured);
    let adds_up = match (f.use_area, area) {
        (Some(uses), Some(area)) if f.uses > 0 => {
            (uses - area).abs() <= criteria.use_area_tolerance_m2 + 1e-6
        }
        _ => true,
    };
    let mut r = of_findings;
    for (reason, stands) in [
        (Reason::UseAreaDiffers, !adds_up),
        (Reason::LandUseDiffers, !f.uses_agree),
        (Reason::NoShape, !f.has_shape),
        (Reason::NoNumber, f.sheet.is_empty() || !f.has_number),
        (Reason::NoArea, area.is_none()),
        (Reason::NoLandUse, f.uses == 0),
        (Reason::NoAddress, !f.has_address),
        (Reason::NoCode, !f.has_code),
        (Reason::NoHolder, f.holders == 0),
        (Reason::NoIdentity, f.holders > 0 && !f.identified),
        (Reason::NoRegistration, !f.registered),
        (Reason::NoScan, f.scans == 0),
        (Reason::NoPage, !f.page),
        (Reason::PageUnsigned, f.page && !f.page_signed),
        (Reason::CodeUnknown, !f.uses_known),
        (
            Reason::HolderUnverified,
            f.holders > 0 && f.verified != Verified::Yes,
        ),
        (Reason::NotOperating, !operating),
        (Reason::NotSent, f.accepted.is_none()),
        (Reason::ChangedSince, f.accepted.is_some_and(|v| v != f.version)),
        (Reason::Returned, f.returned),
    ] {
        r.add(reason, stands);
    }
    r
}

/// Holder and land use are entered ("đã nhập biểu").
pub fn is_entered(r: Reasons) -> bool {
    !r.has(Reason::NoHolder) && !r.has(Reason::NoLandUse)
}

/// The group of a parcel against which `r` stands.
pub fn group(r: Reasons, criteria: &Criteria) -> Group {
    if r.is_empty() {
        Group::One
    } else if r.meets(criteria.rebuild()) {
        Group::Three
    } else if r.has(Reason::NoHolder) && r.has(Reason::NoRegistration) {
        // Neither a land user nor a certificate: only on the map.
        Group::Unclassified
    } else {
        Group::Two
    }
}

/// The value of a flag (index in [`FLAGS`]) as VBDLIS writes it; `None`: undetermined.
pub fn flag(flag: usize, r: Reasons, verified: Verified, criteria: &Criteria) -> Option<u8> {
    match FLAGS[flag] {
        "trangThaiXacThucChu" => match verified {
            _ if r.has(Reason::NoHolder) => None,
            Verified::Yes => Some(1),
            Verified::No => Some(0),
            Verified::Unknown => None,
        },
        "chiCoDuLieuThuocTinh" => Some(u8::from(r.meets(criteria.of_flag(flag)))),
        _ => Some(u8::from(!r.meets(criteria.of_flag(flag)))),
    }
}
