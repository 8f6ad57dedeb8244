//! The test of a parcel on real rows, and that following the journal gives what reading everything gives.

use proptest::prelude::*;

use super::*;
use crate::domain::Severity;
use crate::edit::testing::File;
use crate::text::Lang;

/// Makes parcel 1 ready in all respects; 2 and 3 stay as they were.
const READY: &str = "
  UPDATE parcel SET parcel_code='w7er83vmx1wk' WHERE fid=1;
  UPDATE land_use_row SET list_version='2024';
  INSERT INTO identity_document(uid, party, kind, number_p, verified) VALUES ('i1', 1, 'CCCD', x'0039', 1);
  INSERT INTO document(uid, sha256, kind, parcel) VALUES ('d2', 'abd', 'SDC_KS', 1);
  INSERT INTO package(package_id, commune, date, seq, sha256, head_op, head_hash, draft, state, written_at)
    VALUES ('G1', '25747', '2026-11-01', 1, 'x', 1, 'x', 0, 'CHAP_NHAN', '2026-11-01');
  INSERT INTO package_item SELECT 1, 'parcel', uid, version, 'THEM' FROM parcel WHERE fid=1;
  UPDATE setting SET value='operating' WHERE key='mode';";

fn file() -> File {
    let mut file = File::new();
    file.sql(READY);
    file
}

fn build(file: &File, findings: &[Finding]) -> Readiness {
    let reader = Reader::open(file.writer.path()).unwrap();
    Readiness::build(&reader, &file.coverage(), findings, None, &Progress::none()).unwrap()
}

fn finding(file: &File, code: &'static str, severity: Severity, fids: &[i64]) -> Finding {
    let coverage = file.coverage();
    let mut finding = Finding::new(code, severity);
    finding.parcels = fids.iter().map(|f| coverage.get(*f).unwrap().uid).collect();
    finding
}

/// "Nhóm 2; sai: du; daXuat…=0; WHY".
fn told(r: &Readiness, fid: i64) -> String {
    let Some(row) = r.of(fid) else { return "–".into() };
    let c = r.criteria();
    let failed = Quality::ALL
        .iter()
        .filter(|q| row.reasons.meets(c.of_quality(**q)));
    let failed: Vec<_> = failed.map(|q| q.code()).collect();
    let bad = (0..FLAGS.len()).filter(|f| row.reasons.meets(c.of_flag(*f)));
    let flags: Vec<_> = bad
        .map(|f| {
            let value = classify::flag(f, row.reasons, row.verified, c);
            format!("{}={}", FLAGS[f], value.map_or("?".into(), |v| v.to_string()))
        })
        .collect();
    let why: Vec<_> = row.reasons.iter().map(Reason::code).collect();
    let group = r.group(row).name().get(Lang::Vi);
    format!(
        "{group} | {} | {} | {}",
        failed.join(" "),
        flags.join(" "),
        why.join(" ")
    )
}

/// What one statement changes, and what follows for parcel 1.
const CASES: [(&str, &str, &str); 24] = [
    ("as it is", "", "Nhóm 1 |  |  | "),
    (
        "no shape",
        "UPDATE parcel SET geom=NULL WHERE fid=1",
        "Nhóm 3 | du | chiCoDuLieuThuocTinh=1 | NO_SHAPE",
    ),
    (
        "no number",
        "UPDATE parcel SET number='' WHERE fid=1",
        "Nhóm 2 | du | thongTinDangKyDapUngNhom1=0 | NO_NUMBER",
    ),
    (
        "no sheet",
        "UPDATE parcel SET sheet='' WHERE fid=1",
        "Nhóm 2 | du | thongTinDangKyDapUngNhom1=0 | NO_NUMBER",
    ),
    (
        "no area",
        "UPDATE parcel SET area_legal=NULL, area_measured=NULL WHERE fid=1",
        "Nhóm 2 | du | thongTinDangKyDapUngNhom1=0 | NO_AREA",
    ),
    (
        "no land use",
        "UPDATE \"right\" SET land_use_row=NULL; DELETE FROM land_use_row WHERE parcel=1",
        "Nhóm 2 | du | thongTinDangKyDapUngNhom1=0 | NO_LAND_USE",
    ),
    (
        "no address",
        "UPDATE parcel SET address=NULL WHERE fid=1",
        "Nhóm 2 | du | thongTinDangKyDapUngNhom1=0 | NO_ADDRESS",
    ),
    (
        "no code",
        "UPDATE parcel SET parcel_code=NULL WHERE fid=1",
        "Nhóm 2 | du | thongTinDangKyDapUngNhom1=0 | NO_CODE",
    ),
    (
        "no identity",
        "UPDATE identity_document SET number_p=NULL",
        "Nhóm 2 | du | thongTinDangKyDapUngNhom1=0 | NO_IDENTITY",
    ),
    (
        "certificate withdrawn",
        "UPDATE certificate SET status='DA_THU_HOI'",
        "Nhóm 2 | du | thongTinDangKyDapUngNhom1=0 | NO_REGISTRATION",
    ),
    (
        "registered without certificate",
        "UPDATE \"right\" SET certificate=NULL, registered_on='2020-01-01' WHERE fid=1",
        "Nhóm 1 |  |  | ",
    ),
    (
        "no holder",
        "UPDATE \"right\" SET status='LICH_SU' WHERE parcel=1",
        "Chưa phân loại | du | thongTinDangKyDapUngNhom1=0 | NO_HOLDER NO_REGISTRATION",
    ),
    (
        "no scan",
        "DELETE FROM document WHERE kind='GCN'",
        "Nhóm 2 | du | daDongBoBaKhoiThongTin=0 | NO_SCAN",
    ),
    (
        "scan of the certificate",
        "UPDATE document SET parcel=NULL, certificate=1 WHERE kind='GCN'",
        "Nhóm 1 |  |  | ",
    ),
    (
        "no page",
        "DELETE FROM document WHERE kind='SDC_KS'",
        "Nhóm 2 | du | daXuatSoDiaChinhDienTu=0 | NO_PAGE",
    ),
    (
        "page not signed",
        "UPDATE document SET kind='SDC' WHERE kind='SDC_KS'",
        "Nhóm 2 | du | daXuatSoDiaChinhDienTu=0 | PAGE_UNSIGNED",
    ),
    (
        "uses do not add up",
        "UPDATE land_use_row SET area=60.7 WHERE fid=1",
        "Nhóm 2 | dung | thongTinDangKyDapUngNhom1=0 | USE_AREA_DIFFERS",
    ),
    (
        "uses add up within 0.5 m²",
        "UPDATE land_use_row SET area=60.6 WHERE fid=1",
        "Nhóm 1 |  |  | ",
    ),
    (
        "label and rows differ",
        "UPDATE land_use_row SET code='LUC' WHERE fid=1",
        "Nhóm 2 | dung | daDongBoBaKhoiThongTin=0 | LAND_USE_DIFFERS",
    ),
    (
        "code in no list",
        "UPDATE land_use_row SET list_version=NULL WHERE fid=1",
        "Nhóm 2 | sach | thongTinDangKyDapUngNhom1=0 | CODE_UNKNOWN",
    ),
    (
        "holder not compared",
        "UPDATE identity_document SET verified=NULL",
        "Nhóm 2 | sach | trangThaiXacThucChu=? | HOLDER_UNVERIFIED",
    ),
    (
        "holder is another",
        "UPDATE identity_document SET verified=0",
        "Nhóm 2 | sach | trangThaiXacThucChu=0 | HOLDER_UNVERIFIED",
    ),
    (
        "changed since",
        "UPDATE parcel SET version=version+1 WHERE fid=1",
        "Nhóm 2 | song | duLieuDangVanHanh247=0 | CHANGED_SINCE",
    ),
    ("a road", "UPDATE parcel SET is_parcel=0 WHERE fid=1", "–"),
];

/// The same for what the journal does not hold.
const BESIDE: [(&str, &str, &str); 5] = [
    (
        "not operating",
        "UPDATE setting SET value='building' WHERE key='mode'",
        "Nhóm 2 | song | duLieuDangVanHanh247=0 | NOT_OPERATING",
    ),
    (
        "only a draft",
        "UPDATE package SET draft=1, state='X'",
        "Nhóm 2 | song | duLieuDangVanHanh247=0 | NOT_SENT",
    ),
    (
        "not yet answered",
        "UPDATE package SET state='DA_GUI'",
        "Nhóm 2 | song | duLieuDangVanHanh247=0 | NOT_SENT",
    ),
    (
        "given back",
        "INSERT INTO receipt_item(package, uid, accepted, received_at) SELECT 1, uid, 0, '2026-11-02' FROM parcel WHERE fid=1",
        "Nhóm 2 | song | duLieuDangVanHanh247=0 | NOT_SENT RETURNED",
    ),
    (
        "given back and dealt with",
        "UPDATE receipt_item SET done=1",
        "Nhóm 2 | song | duLieuDangVanHanh247=0 | NOT_SENT",
    ),
];

#[test]
fn each_thing_failing_alone_and_the_group_it_gives() {
    let mut file = file();
    let mut followed = build(&file, &[]);
    for (name, sql, expected) in CASES {
        if !sql.is_empty() {
            file.sql(sql);
        }
        follow(&mut followed, &file, &[]);
        assert_eq!(told(&followed, 1), expected, "{name}");
        assert_eq!(told(&build(&file, &[]), 1), expected, "{name}, read anew");
        if !sql.is_empty() {
            let op = crate::store::history::head(file.writer.conn())
                .unwrap()
                .unwrap()
                .0;
            file.undo(op);
            follow(&mut followed, &file, &[]);
            assert_eq!(told(&followed, 1), "Nhóm 1 |  |  | ", "{name}, undone");
        }
    }
    for (name, sql, expected) in BESIDE {
        file.writer.conn().execute_batch(sql).unwrap();
        follow(&mut followed, &file, &[]);
        assert_eq!(told(&followed, 1), expected, "{name}");
        if name.starts_with("not op") || name.starts_with("only") {
            let back = "UPDATE setting SET value='operating' WHERE key='mode'; UPDATE package SET draft=0, state='CHAP_NHAN'";
            file.writer.conn().execute_batch(back).unwrap();
        }
    }
}

#[test]
fn what_findings_say() {
    let file = file();
    for (code, severity, expected) in [
        (
            "RING_INVALID",
            Severity::Error,
            "Nhóm 3 | dung | daDongBoBaKhoiThongTin=0 | SHAPE_INVALID",
        ),
        (
            "PARCEL_OVERLAP",
            Severity::Error,
            "Nhóm 2 | sach | daDongBoBaKhoiThongTin=0 | SHAPE_CONFLICT",
        ),
        ("PARCEL_OVERLAP", Severity::Warning, "Nhóm 1 |  |  | "),
        (
            "DUPLICATE_NUMBER",
            Severity::Error,
            "Nhóm 2 | sach | thongTinDangKyDapUngNhom1=0 | DUPLICATE",
        ),
        (
            "AREA_MISMATCH",
            Severity::Warning,
            "Nhóm 2 | dung | daDongBoBaKhoiThongTin=0 | AREA_DIFFERS",
        ),
        ("UNMATCHED_VERTEX", Severity::Warning, "Nhóm 1 |  |  | "),
    ] {
        let found = [finding(&file, code, severity, &[1, 2])];
        assert_eq!(told(&build(&file, &found), 1), expected, "{code} {severity:?}");
    }
}

#[test]
fn worklists_follow_one_another() {
    let mut file = file();
    file.sql("DELETE FROM document; UPDATE identity_document SET verified=NULL");
    let lists = |file: &File| {
        let r = build(file, &[]);
        let held = (1..=WORKLISTS.len() as u8).filter(|w| r.criteria().holds(*w, r.of(1).unwrap().reasons));
        held.map(|w| w.to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(lists(&file), "2 5");
    file.sql("UPDATE identity_document SET verified=1");
    assert_eq!(lists(&file), "5");
    file.sql("INSERT INTO document(uid, sha256, kind, parcel) VALUES ('d3', 'abe', 'GCN', 1)");
    assert_eq!(lists(&file), "6");
    file.sql("INSERT INTO document(uid, sha256, kind, parcel) VALUES ('d4', 'abf', 'SDC', 1)");
    assert_eq!(lists(&file), "7");
    file.sql(
        "UPDATE document SET kind='SDC_KS' WHERE uid='d4'; UPDATE parcel SET version=version+1 WHERE fid=1",
    );
    assert_eq!(lists(&file), "9");
    file.writer
        .conn()
        .execute_batch(
            "INSERT INTO receipt_item(package, uid, accepted, received_at) SELECT 1, uid, 0, 'x' FROM parcel WHERE fid=1",
        )
        .unwrap();
    assert_eq!(lists(&file), "8 9");
}

#[test]
fn households_are_known_by_their_members() {
    let mut file = file();
    file.sql(
        "DELETE FROM identity_document;
         UPDATE party SET kind='VO_CHONG' WHERE fid=1;
         INSERT INTO party(uid, kind, personal_code_p) VALUES ('p2', 'CA_NHAN', x'0039'), ('p3', 'CA_NHAN', x'0039');
         INSERT INTO party_member(uid, party, member, role, position) VALUES ('m1', 1, 2, 'VO', 1), ('m2', 1, 3, 'CHONG', 2);
         INSERT INTO identity_document(uid, party, kind, verified) VALUES ('i2', 2, 'CCCD', 1);",
    );
    let mut followed = build(&file, &[]);
    assert_eq!(
        told(&followed, 1),
        "Nhóm 2 | sach | trangThaiXacThucChu=? | HOLDER_UNVERIFIED"
    );
    file.sql("INSERT INTO identity_document(uid, party, kind, verified) VALUES ('i3', 3, 'CCCD', 1)");
    follow(&mut followed, &file, &[]);
    assert_eq!(told(&followed, 1), "Nhóm 1 |  |  | ");
    file.sql("UPDATE party SET personal_code_p=NULL WHERE fid=3");
    follow(&mut followed, &file, &[]);
    assert_eq!(
        told(&followed, 1),
        "Nhóm 2 | du | thongTinDangKyDapUngNhom1=0 | NO_IDENTITY"
    );
    file.sql("UPDATE party SET kind='CONG_DONG' WHERE fid=1");
    follow(&mut followed, &file, &[]);
    assert_eq!(told(&followed, 1), "Nhóm 1 |  |  | ");
}

#[test]
fn blockers_begin_with_the_least_effort() {
    let mut file = file();
    file.sql("UPDATE parcel SET address=NULL; DELETE FROM document WHERE kind='GCN'");
    let r = build(&file, &[]);
    let told: Vec<String> = blockers(&r.total(&[]), r.criteria())
        .iter()
        .map(|b| {
            format!(
                "{} {} {} {} {:.3}",
                b.reason.code(),
                b.worklist,
                b.parcels,
                b.alone,
                b.hours
            )
        })
        .collect();
    assert_eq!(told.first().unwrap(), "NO_CODE 4 2 0 0.003");
    assert!(told.contains(&"NO_ADDRESS 4 3 0 0.050".to_owned()), "{told:?}");
    assert!(told.is_sorted_by_key(|t| t.rsplit(' ').next().unwrap().parse::<f64>().unwrap()));
}

#[test]
fn days_and_people_without_what_was_undone() {
    let mut file = file();
    let told = |file: &File| {
        let reader = Reader::open(file.writer.path()).unwrap();
        let trend = Trend::read(&reader).unwrap();
        let lines = trend
            .done
            .iter()
            .map(|d| format!("{} {} {}", d.day, d.person, d.records));
        lines.collect::<Vec<_>>().join("; ")
    };
    // Filling the file touched all three parcels, twice.
    assert_eq!(told(&file), "2026-03-03 thử 3");
    file.sql_as(
        "mai",
        "2026-03-03T20:00:00Z",
        "UPDATE parcel SET address='a' WHERE fid=1",
    );
    file.sql_as(
        "mai",
        "2026-03-03T21:00:00Z",
        "UPDATE parcel SET address='b' WHERE fid=1",
    );
    file.sql_as(
        "mai",
        "2026-03-03T22:00:00Z",
        "UPDATE land_use_row SET area=1 WHERE fid=3",
    );
    assert_eq!(told(&file), "2026-03-03 thử 3; 2026-03-04 mai 2");
    let op = crate::store::history::head(file.writer.conn())
        .unwrap()
        .unwrap()
        .0;
    file.undo(op);
    assert_eq!(told(&file), "2026-03-03 thử 3; 2026-03-04 mai 1");
    let undo = crate::store::history::head(file.writer.conn())
        .unwrap()
        .unwrap()
        .0;
    file.undo(undo);
    assert_eq!(told(&file), "2026-03-03 thử 3; 2026-03-04 mai 2");
    let reader = Reader::open(file.writer.path()).unwrap();
    let trend = Trend::read(&reader).unwrap();
    assert_eq!(trend.of_day("2026-03-04".parse().unwrap()), (2, 1));
    assert_eq!(trend.of_day("2026-03-05".parse().unwrap()), (0, 0));
    let people = trend.people("2026-03-01".parse().unwrap(), "2026-03-31".parse().unwrap());
    let people: Vec<_> = people
        .iter()
        .map(|p| format!("{} {} {}", p.name, p.records, p.days))
        .collect();
    assert_eq!(people, ["thử 3 1", "mai 2 1"]);
}

fn follow(r: &mut Readiness, file: &File, findings: &[Finding]) {
    let reader = Reader::open(file.writer.path()).unwrap();
    r.refresh(&reader, &file.coverage(), findings, &Progress::none())
        .unwrap();
}

/// All that can be asked of it.
fn whole(r: &Readiness) -> String {
    let rows: Vec<String> = r
        .rows()
        .iter()
        .map(|row| {
            format!(
                "{} {} {:?} {}",
                row.fid,
                told(r, row.fid),
                r.place(row),
                row.certificate
            )
        })
        .collect();
    format!("{}\n{:?}\n{:?}", rows.join("\n"), r.sheets(), r.communes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn following_equals_reading_anew_and_sums_add_up(
        steps in proptest::collection::vec((0usize..CASES.len() + BESIDE.len(), any::<bool>(), 0i64..4), 1..8),
    ) {
        let mut file = file();
        let mut followed = build(&file, &[]);
        for (case, undo, about) in steps {
            match CASES.get(case) {
                Some((_, "", _)) => (),
                Some((_, sql, _)) => {
                    file.sql(sql);
                    if undo {
                        let op = crate::store::history::head(file.writer.conn()).unwrap().unwrap().0;
                        file.undo(op);
                    }
                }
                None => file.writer.conn().execute_batch(BESIDE[case - CASES.len()].1).unwrap(),
            }
            let found: Vec<Finding> = match about {
                0 => Vec::new(),
                fid => vec![finding(&file, "PARCEL_OVERLAP", Severity::Error, &[fid])],
            };
            follow(&mut followed, &file, &found);
            let anew = build(&file, &found);
            prop_assert_eq!(whole(&followed), whole(&anew));
            let total = followed.total(&[]);
            let groups: u32 = Group::ALL.iter().map(|g| total.group(*g)).sum();
            prop_assert_eq!((groups, total.parcels), (total.parcels, followed.rows().len() as u32));
            let sum = followed.communes().iter().fold(Tally::default(), |mut s, l| { s.join(&l.tally); s });
            prop_assert_eq!(sum, total);
        }
    }
}
