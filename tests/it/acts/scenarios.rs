//! The scenarios of issue 5, each from intake to approval.

use super::{Scenario, Town, code, play};

#[test]
fn first_registration() {
    play(&Scenario {
        name: "first_registration",
        kind: "DK",
        setup: r#"{"op":"end_record","kind":"right","uid":"$right9","reason":"chưa đăng ký"}"#,
        lines: r#"{"op":"register_change","code":"DK","parcels":["25747/1/9"],"to":[{"party":"$mua"}],"right":{"origin":"CNQ-CTT"},"certificate":{"kind":"98","serial":"AA 00000001","book_number":"VP 0001"}}"#,
        direct: true,
    });
}

#[test]
fn sale() {
    play(&Scenario {
        name: "sale",
        kind: "CN",
        setup: "",
        lines: r#"{"op":"register_change","code":"CN","parcels":["25747/1/1"],"to":[{"party":"$mua"}],"entry":{"number":"17","contract_number":"HĐ 12/2026","contract_on":"01/03/2026","contract_value":"1.250.000.000","notary":"Văn phòng công chứng Thử"}}"#,
        direct: true,
    });
}

/// Half of the land is given to two children, two thirds of it to one: the giver keeps 1/2, they hold 1/3 and 1/6.
#[test]
fn gift_to_two_in_unequal_shares() {
    play(&Scenario {
        name: "gift",
        kind: "TA",
        setup: "",
        lines: r#"{"op":"register_change","code":"TA","parcels":["25747/1/2"],"part":"1/2","to":[{"party":"$con1","share":"2/3","certificate":{"kind":"98","serial":"AA 00000011"}},{"party":"$con2","share":"1/3","certificate":{"kind":"98","serial":"AA 00000012"}}]}"#,
        direct: true,
    });
}

#[test]
fn inheritance_by_a_household() {
    play(&Scenario {
        name: "inheritance",
        kind: "TK",
        setup: "",
        lines: r#"{"op":"register_change","code":"TK","parcels":["25747/1/1"],"to":[{"party":"$ho"}],"certificate":{"kind":"98","serial":"AA 00000021"}}"#,
        direct: true,
    });
}

/// The second mortgage ranks after the first, then its terms change: the new entry takes its place and rank.
#[test]
fn mortgage() {
    play(&Scenario {
        name: "mortgage",
        kind: "TC",
        setup: r#"{"op":"register_change","code":"TC","parcels":["25747/1/1"],"mortgage":{"mortgagee":"$quy","number":"1"}}"#,
        lines: r#"
            {"op":"add_record","kind":"mortgage","uid":"$m2","fields":{"kind":"THE_CHAP","parcel":"25747/1/1","certificate":"$gcn1","mortgagor":"$owner1","mortgagee":"$bank","number":"2","rank":2}}
            {"op":"register_change","code":"TC","parcels":["25747/1/1"],"mortgage":{"kind":"THAY_DOI_NOI_DUNG","parent":"$m2","mortgagee":"$bank","number":"3","amount":"500.000.000"}}"#,
        direct: true,
    });
}

#[test]
fn release() {
    play(&Scenario {
        name: "release",
        kind: "XC",
        setup: r#"{"op":"register_change","code":"TC","parcels":["25747/1/1"],"mortgage":{"mortgagee":"$bank","number":"1"}}"#,
        lines: r#"{"op":"register_change","code":"XC","parcels":["25747/1/1"]}"#,
        direct: true,
    });
}

/// A parcel with a mortgage and a house is divided, the north part sold. The bank agreed that the mortgage stays on the
/// south part, the house goes north.
#[test]
fn split_with_transfer_of_one_child() {
    play(&Scenario {
        name: "split",
        kind: "CN",
        setup: r#"
            {"op":"register_change","code":"TC","parcels":["25747/1/1"],"mortgage":{"mortgagee":"$bank","number":"1"}}
            {"op":"add_record","kind":"mortgage","uid":"$m1","fields":{"kind":"BO_SUNG","parcel":"25747/1/1","number":"1a"}}
            {"op":"add_record","kind":"asset","uid":"$nha","fields":{"kind":"NHA","parcel":"25747/1/1","name":"Nhà cấp bốn"}}"#,
        lines: r#"
            {"op":"split","parcel":"25747/1/1","by":{"line":[[500000,2300004],[500010,2300004]]}}
            {"op":"register_change","code":"CN","parcels":["25747/1/11"],"consent":"CV 7/NH","to":[{"party":"$mua"}],"certificate":{"kind":"98","serial":"AA 00000031"},"assign":[{"kind":"mortgage","uid":"$m1","to":["25747/1/10"]},{"kind":"asset","uid":"$nha","to":["25747/1/11"]}]}
            {"op":"register_change","code":"TN","parcels":["25747/1/10"],"certificate":{"kind":"98","serial":"AA 00000032"},"entry":{"number":"31"}}"#,
        direct: false,
    });
}

/// Everything is accounted for: nothing is left open once the house has been assigned.
#[test]
fn a_split_says_where_each_goes() {
    let mut t = Town::new();
    t.apply(
        r#"{"op":"register_change","code":"TC","parcels":["25747/1/1"],"mortgage":{"mortgagee":"$bank","number":"1"}}
           {"op":"add_record","kind":"asset","uid":"$nha","fields":{"kind":"NHA","parcel":"25747/1/1"}}"#,
    )
    .unwrap();
    t.operating();
    t.receive("H1", "TN", super::ALL_PAPERS);
    let split = r#"{"op":"split","parcel":"25747/1/1","by":{"line":[[500000,2300004],[500010,2300004]]}}"#;
    t.one(split, Some("H1")).unwrap();
    let told = |t: &Town| -> Vec<String> {
        let all = t.p.account("H1").unwrap();
        all.iter()
            .map(|a| format!("{} {} {}", a.kind, a.how.name(), a.to.join(" ")))
            .collect()
    };
    let both = "25747/1/10 25747/1/11";
    let rest = [
        format!("land_use_row every {both}"),
        format!("land_use_row every {both}"),
        format!("right every {both}"),
        format!("mortgage every {both}"),
    ];
    assert_eq!(told(&t), [&rest[..], &["asset open ".to_owned()]].concat());
    // What nobody has decided stops the approval; then it goes where it was said.
    let act = r#"{"op":"register_change","code":"TN","parcels":["25747/1/10"],"assign":[{"kind":"asset","uid":"$nha","to":["25747/1/10"]}]}"#;
    assert_eq!(code(t.approve("H1")), "NOT_ACCOUNTED");
    t.one(act, Some("H1")).unwrap();
    assert_eq!(
        told(&t),
        [&rest[..], &["asset assigned 25747/1/10".to_owned()]].concat()
    );
    t.approve("H1").unwrap();
}

#[test]
fn merge_of_two_owners_is_refused_and_explained() {
    let mut t = Town::new();
    t.operating();
    t.receive("H1", "TN", super::ALL_PAPERS);
    let merge = r#"{"op":"merge","parcels":["25747/1/1","25747/1/2"]}"#;
    let before = t.content();
    let e = t.one(merge, Some("H1")).unwrap_err();
    assert_eq!(e.failure.code(), "OWNERS_DIFFER");
    let (said, todo) = (e.failure.message(), e.failure.remedy_text().unwrap());
    assert!(said.vi.contains("1/1") && said.vi.contains("1/2"), "{said:?}");
    assert!(todo.vi.contains("chuyển quyền"), "{todo:?}");
    assert_eq!(t.content(), before);
    // Sold to the neighbour in the same dossier they can become one.
    let sale = r#"{"op":"register_change","code":"CN","parcels":["25747/1/2"],"to":[{"party":"$owner1"}]}"#;
    t.one(sale, Some("H1")).unwrap();
    t.one(merge, Some("H1")).unwrap();
    t.approve("H1").unwrap();
    let told = t.dump();
    let kept = told
        .iter()
        .filter(|l| l.starts_with("right 25747/1/10") && l.contains("HIEN_HANH"))
        .count();
    assert_eq!(
        kept, 2,
        "one holder; a right from each parcel, each on its certificate"
    );
}

#[test]
fn exchange_after_loss() {
    play(&Scenario {
        name: "exchange",
        kind: "CL",
        setup: r#"{"op":"register_change","code":"TC","parcels":["25747/1/1"],"mortgage":{"mortgagee":"$bank","number":"1"}}"#,
        lines: r#"{"op":"register_change","code":"CL","parcels":["25747/1/1"],"old_certificate":"$gcn1","old_status":"MAT","certificate":{"kind":"98","serial":"AA 00000041"}}"#,
        direct: true,
    });
}

#[test]
fn correction() {
    play(&Scenario {
        name: "correction",
        kind: "SN",
        setup: "",
        lines: r#"{"op":"register_change","code":"SN","parcels":["25747/1/1"],"change":[{"kind":"party","uid":"$owner1","fields":{"birth":"1960","gender":"Nam"}},{"kind":"certificate","uid":"$gcn1","fields":{"book_number":"CH 00017"}}],"set":{"area_legal":100.0}}"#,
        direct: true,
    });
}

#[test]
fn change_of_purpose_for_a_part() {
    play(&Scenario {
        name: "purpose",
        kind: "CM",
        setup: r#"
            {"op":"add_record","kind":"land_use_row","uid":"$row","fields":{"parcel":"25747/1/1","position":3,"code":"BHK","area":60,"term":"Đến ngày 15/10/2043","origin":"CNQ-KTT"}}
            {"op":"change_record","kind":"right","uid":"$right1","fields":{"land_use_row":"$row","area":60}}"#,
        lines: r#"{"op":"register_change","code":"CM","parcels":["25747/1/1"],"uses":[{"row":"$row","area":20.5,"code":"ONT","term":"Lâu dài","origin":"DG-CTT"}]}"#,
        direct: true,
    });
}

#[test]
fn recovery_by_the_state() {
    play(&Scenario {
        name: "recovery",
        kind: "TH",
        setup: r#"{"op":"register_change","code":"TC","parcels":["25747/1/3"],"mortgage":{"mortgagee":"$bank","number":"1"}}"#,
        lines: r#"{"op":"register_change","code":"TH","parcels":["25747/1/3"],"to":[{"party":"$quy"}]}"#,
        direct: true,
    });
}

#[test]
fn court_hold_blocks_a_sale() {
    let mut t = Town::new();
    t.operating();
    t.receive("H1", "CN", super::ALL_PAPERS);
    let sale = r#"{"op":"register_change","code":"CN","parcels":["25747/1/1"],"to":[{"party":"$mua"}]}"#;
    let hold = r#"{"op":"add_record","kind":"hold","uid":"$hold","fields":{"kind":"TOA_AN","party":"$owner1","document_number":"QĐ 5/2026/TA","from_on":"01/01/2026"}}"#;
    t.one(hold, None).unwrap();
    let e = t.one(sale, Some("H1")).unwrap_err();
    assert_eq!(e.failure.code(), "PARCEL_ON_HOLD");
    assert!(
        e.failure.message().vi.contains("QĐ 5/2026/TA"),
        "{:?}",
        e.failure.message()
    );
    t.one(
        r#"{"op":"end_record","kind":"hold","uid":"$hold","reason":"QĐ 6/2026/TA giải tỏa"}"#,
        None,
    )
    .unwrap();
    t.one(sale, Some("H1")).unwrap();
    // One that comes after the act was proposed blocks the approval.
    t.one(&hold.replace("$hold", "$hold2"), None).unwrap();
    let before = t.content();
    assert_eq!(code(t.approve("H1")), "PARCEL_ON_HOLD");
    assert_eq!(t.content(), before);
}

/// What a dossier intends is dropped with its rejection, and blocks nobody any more.
#[test]
fn a_rejected_dossier_leaves_nothing() {
    let mut t = Town::new();
    t.operating();
    let in_force = t.in_force();
    for h in ["H1", "H2"] {
        t.receive(h, "CN", super::ALL_PAPERS);
    }
    let sale = r#"{"op":"register_change","code":"CN","parcels":["25747/1/1"],"to":[{"party":"$mua"}]}"#;
    t.one(sale, Some("H1")).unwrap();
    let e = t.one(sale, Some("H2")).unwrap_err();
    assert_eq!(e.failure.code(), "PARCEL_IN_DOSSIER");
    assert!(e.failure.message().vi.contains("H1"));
    let no = serde_json::json!({"to": "TU_CHOI", "reason": "không đủ điều kiện"});
    t.advance("H1", no).unwrap();
    assert_eq!((t.in_force(), t.state("H1").as_str()), (in_force, "TU_CHOI"));
    assert!(t.p.proposed_edits(None).unwrap().is_empty());
    t.one(sale, Some("H2")).unwrap();
    t.approve("H2").unwrap();
}
