//! What stops an act, and what does not: each with a case that passes and one that is refused.

use super::{ALL_PAPERS, Town, code};

const SALE: &str = r#"{"op":"register_change","code":"CN","parcels":["25747/1/1"],"to":[{"party":"$mua"}]}"#;
const MORTGAGED: &str = r#"{"op":"register_change","code":"TC","parcels":["25747/1/1"],"mortgage":{"mortgagee":"$bank","number":"9"}}"#;

/// What an act says after a setup, in a dossier of an operating district.
fn said(setup: &str, line: &str) -> String {
    let mut t = Town::new();
    t.apply(setup).unwrap();
    t.operating();
    t.receive("H1", "CN", ALL_PAPERS);
    let before = t.content();
    let said = code(t.one(line, Some("H1")));
    if said != "ok" {
        assert_eq!(t.content(), before, "{line}");
    }
    said
}

#[test]
fn what_blocks_is_named() {
    let hold = |more: &str| {
        format!(
            r#"{{"op":"add_record","kind":"hold","fields":{{"parcel":"25747/1/1","document_number":"5"{more}}}}}"#
        )
    };
    let act = |code: &str, more: &str| {
        format!(r#"{{"op":"register_change","code":"{code}","parcels":["25747/1/1"]{more}}}"#)
    };
    let to = r#","to":[{"party":"$mua"}]"#;
    let owed =
        r#"{"op":"add_record","kind":"restriction","fields":{"kind":"NGHIA_VU","parcel":"25747/1/1"}}"#;
    let way = r#"{"op":"add_record","kind":"restriction","fields":{"kind":"LOI_DI","parcel":"25747/1/1"}}"#;
    let lost = r#"{"op":"change_record","kind":"certificate","uid":"$gcn1","fields":{"status":"MAT"}}"#;
    for (setup, line, expected) in [
        ("", SALE.to_owned(), "ok"),
        // Holds: by what they block, by day, by what they are on.
        (&*hold(r#","kind":"TOA_AN""#), SALE.to_owned(), "PARCEL_ON_HOLD"),
        (
            &hold(r#","kind":"TOA_AN","blocks_transfer":false"#),
            SALE.to_owned(),
            "ok",
        ),
        (
            &hold(r#","kind":"TOA_AN","to_on":"01/01/2026""#),
            SALE.to_owned(),
            "ok",
        ),
        (
            &hold(r#","kind":"TOA_AN","blocks_change":false"#),
            act("CM", r#","uses":[{"from":"CLN","code":"ONT"}]"#),
            "ok",
        ),
        (
            &hold(r#","kind":"TOA_AN""#),
            act("CM", r#","uses":[{"from":"CLN","code":"ONT"}]"#),
            "PARCEL_ON_HOLD",
        ),
        (
            &hold(r#","kind":"TRANH_CHAP","blocks_transfer":false"#),
            SALE.to_owned(),
            "PARCEL_IN_DISPUTE",
        ),
        (
            &hold(r#","kind":"TRANH_CHAP","blocks_transfer":false"#),
            act("GT", to),
            "ok",
        ),
        (&hold(r#","kind":"TOA_AN""#), act("TH", ""), "ok"),
        // A mortgage stops a sale, not a second mortgage nor a foreclosure; the bank may agree.
        (MORTGAGED, SALE.to_owned(), "PARCEL_MORTGAGED parcels"),
        (
            MORTGAGED,
            act("CN", &format!(r#"{to},"consent":"CV 1/NH""#)),
            "ok",
        ),
        (MORTGAGED, act("XN", to), "ok"),
        (MORTGAGED, MORTGAGED.to_owned(), "ok"),
        // What is owed; other restrictions do not stop a sale.
        (owed, SALE.to_owned(), "OBLIGATION_OPEN parcels"),
        (way, SALE.to_owned(), "ok"),
        // Papers.
        (lost, SALE.to_owned(), "CERTIFICATE_NOT_IN_FORCE parcels"),
        (
            lost,
            act(
                "HC",
                r#","add":[{"kind":"restriction","fields":{"kind":"LOI_DI"}}]"#,
            ),
            "ok",
        ),
    ] {
        assert_eq!(said(setup, &line), expected, "{setup} {line}");
    }
}

#[test]
fn what_does_not_make_sense_is_refused_at_its_key() {
    let act = |code: &str, more: &str| {
        format!(r#"{{"op":"register_change","code":"{code}","parcels":["25747/1/1"]{more}}}"#)
    };
    let two = |a: &str, b: &str| {
        act(
            "TA",
            &format!(r#","to":[{{"party":"$con1","share":"{a}"}},{{"party":"$con2","share":"{b}"}}]"#),
        )
    };
    let to = r#","to":[{"party":"$mua"}]"#;
    for (setup, line, expected) in [
        ("", act("QQ", ""), "BAD_VALUE code"),
        ("", act("CN", ""), "MISSING_FIELD to"),
        (
            "",
            r#"{"op":"register_change","code":"CN","to":[{"party":"$mua"}]}"#.to_owned(),
            "MISSING_FIELD parcels",
        ),
        ("", act("XC", to), "KEY_NOT_FOR_ACT to"),
        (
            "",
            act("CN", &format!(r#"{to},"uses":[{{}}]"#)),
            "KEY_NOT_FOR_ACT uses",
        ),
        (
            "",
            act(
                "DT",
                r#","change":[{"kind":"certificate","uid":"$gcn1","fields":{"code":"1"}}]"#,
            ),
            "KEY_NOT_FOR_ACT kind",
        ),
        ("", two("1/2", "1/2"), "ok"),
        ("", two("1/2", "1/3"), "SHARES_NOT_WHOLE to"),
        ("", two("2/3", "2/3"), "SHARES_NOT_WHOLE to"),
        ("", two("1/2", "0"), "BAD_VALUE to"),
        (
            "",
            act("TA", r#","to":[{"party":"$con1"},{"party":"$con2"}]"#),
            "BAD_VALUE to",
        ),
        ("", act("CN", &format!(r#"{to},"part":"3/2""#)), "BAD_VALUE part"),
        (
            "",
            act("CN", &format!(r#"{to},"from":["$con1"]"#)),
            "NO_RIGHT_TO_GIVE from",
        ),
        (
            "",
            act("CN", r#","to":[{"party":"$gcn1"}]"#),
            "NO_RECORD_OF_KIND to",
        ),
        ("", act("DK", to), "RIGHTS_EXIST parcels"),
        ("", act("XC", ""), "NO_MORTGAGE release"),
        ("", act("XT", ""), "NO_LEASE parcels"),
        ("", act("TC", ""), "MISSING_FIELD mortgage"),
        (
            "",
            act("TC", r#","mortgage":{"mortgagee":"$bank","kind":"XOA"}"#),
            "BAD_VALUE mortgage",
        ),
        (
            "",
            act("TC", r#","mortgage":{"mortgagee":"$bank","kind":"BO_SUNG"}"#),
            "MISSING_FIELD mortgage",
        ),
        ("", act("CM", ""), "MISSING_FIELD uses"),
        (
            "",
            act("CM", r#","uses":[{"from":"CLN","area":50.1,"code":"ONT"}]"#),
            "AREA_EXCEEDS_ROW uses",
        ),
        (
            "",
            act("CM", r#","uses":[{"from":"CLN","area":-1,"code":"ONT"}]"#),
            "BAD_VALUE uses",
        ),
        (
            "",
            act("CM", r#","uses":[{"from":"LUC","code":"ONT"}]"#),
            "NO_LAND_USE_ROW uses",
        ),
        (
            "",
            act("CM", r#","uses":[{"code":"ONT"}]"#),
            "NO_LAND_USE_ROW uses",
        ),
        (
            "",
            act("CM", r#","uses":[{"from":"CLN","code":"ZZZ"}]"#),
            "BAD_VALUE code",
        ),
        ("", act("CL", ""), "MISSING_FIELD old_certificate"),
        (
            "",
            act("CL", r#","old_certificate":"$gcn1""#),
            "MISSING_FIELD certificate",
        ),
        (
            "",
            act("CL", r#","old_certificate":"$gcn1","certificate":{"serial":"1"}"#),
            "BAD_VALUE serial",
        ),
        (
            "",
            act(
                "CL",
                r#","old_certificate":"$gcn1","old_status":"DU_THAO","certificate":{"serial":"AA 00000001","kind":"98"}"#,
            ),
            "BAD_VALUE old_status",
        ),
        ("", act("SN", ""), "MISSING_FIELD change"),
        (
            "",
            act("TN", r#","assign":[{"kind":"asset","uid":"$nha","to":[]}]"#),
            "ok",
        ),
        // Shares nobody recorded: all may give all, nobody a part.
        (
            r#"{"op":"add_record","kind":"right","fields":{"kind":"SU_DUNG","party":"$con1","parcel":"25747/1/5"}}"#,
            act("CN", to).replace("1/1", "1/5"),
            "ok",
        ),
        (
            r#"{"op":"add_record","kind":"right","fields":{"kind":"SU_DUNG","party":"$con1","parcel":"25747/1/5"}}"#,
            act("CN", &format!(r#"{to},"from":["$con1"]"#)).replace("1/1", "1/5"),
            "SHARE_UNKNOWN from",
        ),
    ] {
        assert_eq!(said(setup, &line), expected, "{setup} {line}");
    }
}

/// Acts need a dossier in a district in operation.
#[test]
fn an_act_belongs_to_a_dossier() {
    let mut t = Town::new();
    t.operating();
    assert_eq!(code(t.one(SALE, None)), "DOSSIER_NEEDED dossier");
    let right = r#"{"op":"add_record","kind":"right","fields":{"party":"$mua","parcel":"25747/1/1"}}"#;
    assert_eq!(code(t.one(right, None)), "DOSSIER_NEEDED dossier");
    // A lease comes and goes.
    t.receive("H1", "CT", ALL_PAPERS);
    let lease = r#"{"op":"register_change","code":"CT","parcels":["25747/1/1"],"to":[{"party":"$bank"}],"right":{"term":"Đến ngày 01/01/2031"}}"#;
    t.one(lease, Some("H1")).unwrap();
    t.approve("H1").unwrap();
    t.receive("H2", "XT", ALL_PAPERS);
    t.one(
        r#"{"op":"register_change","code":"XT","parcels":["25747/1/1"]}"#,
        Some("H2"),
    )
    .unwrap();
    t.approve("H2").unwrap();
    let told: Vec<String> = t.dump().into_iter().filter(|l| l.contains("THUE")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("DA_XOA"), "{told:?}");
}
