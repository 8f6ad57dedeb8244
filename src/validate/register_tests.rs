//! Each attribute rule with what passes and what does not, on a small district file; and that following edits tells the
//! same as looking at everything.

use proptest::prelude::*;

use super::register::{affected_all, run_all};
use super::*;
use crate::edit::testing::File;
use crate::job::Progress;
use crate::store::{Reader, register};
use crate::text::Lang;
use crate::topology::Coverage;

/// A file with parcels 25747/1/8 (100 m² legal 200.3, ONT 60.1 + CLN 140.2) and 25747/1/9a beside it, one holder, one
/// certificate "CX 123456"; changed by `sql`.
fn file(sql: &str) -> File {
    let mut file = File::new();
    file.sql(&sealed(sql));
    file
}

/// `x'00'||'text'` is a personal value; SQLite would make a text of it.
fn sealed(sql: &str) -> String {
    let mut parts = sql.split("x'00'||'");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let (text, rest) = part.split_once('\'').unwrap();
        out += &text
            .bytes()
            .fold("x'00".to_owned(), |s, b| s + &format!("{b:02x}"));
        out += "'";
        out += rest;
    }
    out
}

fn open(file: &File) -> (Reader, Coverage) {
    let reader = Reader::open(file.writer.path()).unwrap();
    let territory = register::territory(reader.conn(), 5897).unwrap();
    (reader, file.coverage().on(std::sync::Arc::new(territory)))
}

fn lines(found: &[Finding], lang: Lang) -> String {
    let one = |f: &Finding| format!("{} {}", f.severity.name(), message(f).get(lang));
    found.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// What one rule says, in Vietnamese.
fn told(code: &str, sql: &str) -> String {
    let file = file(sql);
    let (reader, coverage) = open(&file);
    let options = Options {
        rules: vec![code.to_owned()],
        ..Options::default()
    };
    let found = run_all(&coverage, &reader, &options, &Progress::none()).unwrap();
    for f in &found {
        assert!(
            !lines(std::slice::from_ref(f), Lang::En).contains("025993"),
            "a personal number"
        );
    }
    lines(&found, Lang::Vi)
}

const PERSON: &str = "UPDATE party SET name_p=x'00'||'Phạm Thử Một', gender_p=x'00'||'Nữ', birth_p=x'00'||'1993' WHERE fid=1;
  INSERT INTO identity_document(uid, party, kind, number_p, verified, verified_on, verified_how) VALUES ('i1', 1, 'CCCD', x'00'||'025993000001', 1, '2026-01-02', 'VNeID');";

fn person(change: &str) -> String {
    format!("{PERSON} {change}")
}

fn cases(table: &[(&str, String, &str)]) {
    let mut wrong = Vec::new();
    for (code, sql, want) in table {
        let is = told(code, sql);
        if is != *want {
            wrong.push(format!("{code}: {sql}\n  is   {is}\n  want {want}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn parcels() {
    let s = str::to_owned;
    let code = |c: &str| format!("UPDATE parcel SET parcel_code='{c}' WHERE fid=1");
    let uses = |set: &str| format!("UPDATE land_use_row SET {set} WHERE fid=1");
    cases(&[
        ("COMMUNE_UNKNOWN", s(""), ""),
        ("COMMUNE_UNKNOWN", s("DELETE FROM commune"), ""),
        (
            "COMMUNE_UNKNOWN",
            s("UPDATE parcel SET commune='25750' WHERE fid=2"),
            "error Mã xã 25750 không có trong danh mục (thửa 25750/1/9a).",
        ),
        (
            "COMMUNE_UNKNOWN",
            s("UPDATE commune SET valid_from='2025-07-01', valid_to='2026-12-31'"),
            "",
        ),
        (
            "COMMUNE_UNKNOWN",
            s(
                "UPDATE commune SET valid_to='2025-06-30'; UPDATE parcel SET status='LICH_SU', geom=NULL WHERE fid>1",
            ),
            "error Mã xã 25747 đã hết hiệu lực (thửa 25747/1/8).",
        ),
        ("PARCEL_CODE", code("w7er83vmx1wk"), ""),
        (
            "PARCEL_CODE",
            code("w7er83vmx1wa"),
            "error Mã định danh “w7er83vmx1wa” (thửa 25747/1/8) không phải 12 ký tự GeoHash.",
        ),
        (
            "PARCEL_CODE",
            code("w7er83"),
            "error Mã định danh “w7er83” (thửa 25747/1/8) không phải 12 ký tự GeoHash.",
        ),
        (
            "PARCEL_CODE_DUPLICATE",
            s("UPDATE parcel SET parcel_code='w7er83vmx1wk' WHERE fid=1"),
            "",
        ),
        (
            "PARCEL_CODE_DUPLICATE",
            s("UPDATE parcel SET parcel_code='w7er83vmx1wk' WHERE fid<3"),
            "error 2 thửa hiện hành cùng mang mã định danh w7er83vmx1wk (thửa 25747/1/8 và 25747/1/9a).",
        ),
        (
            "PARCEL_CODE_DUPLICATE",
            s(
                "UPDATE parcel SET parcel_code='w7er83vmx1wk' WHERE fid<3; UPDATE parcel SET status='LICH_SU', geom=NULL WHERE fid=2",
            ),
            "",
        ),
        (
            "PARCEL_CODE_OUTSIDE",
            s("UPDATE parcel SET parcel_code='w7er83vmx1wk' WHERE fid=1"),
            "",
        ),
        (
            "PARCEL_CODE_OUTSIDE",
            s("UPDATE parcel SET parcel_code='w7er83vmx200' WHERE fid=1"),
            "warning Mã định danh w7er83vmx200 (thửa 25747/1/8) chỉ một điểm cách ranh thửa 0,97 m; cho phép 0,10 m.",
        ),
        (
            "LABEL_OUTSIDE",
            s("UPDATE parcel SET parcel_code_basis='{\"at\":[587005.0,2325005.0]}' WHERE fid=1"),
            "",
        ),
        (
            "LABEL_OUTSIDE",
            s("UPDATE parcel SET parcel_code_basis='{\"at\":[587010.0,2325005.0]}' WHERE fid=1"),
            "",
        ),
        (
            "LABEL_OUTSIDE",
            s("UPDATE parcel SET parcel_code_basis='{\"at\":[587010.5,2325005.0]}' WHERE fid=1"),
            "error Điểm nhãn (thửa 25747/1/8) tại X = 2325005,000, Y = 587010,500 nằm ngoài thửa 0,500 m.",
        ),
        ("LAND_USE_LIST", s(""), ""),
        ("LAND_USE_LIST", uses("list_version='2024'"), ""),
        (
            "LAND_USE_LIST",
            uses("code='BHK', list_version='2024'"),
            "error Mã loại đất BHK (thửa 25747/1/8) không có trong danh mục 2024.",
        ),
        (
            "LAND_USE_LIST",
            uses("code='QQX'"),
            "error Mã loại đất QQX (thửa 25747/1/8) không có trong danh mục -.",
        ),
        ("LAND_USE_SUM", s(""), ""),
        ("LAND_USE_SUM", uses("area=60.6"), ""),
        ("LAND_USE_SUM", uses("area=NULL"), ""),
        (
            "LAND_USE_SUM",
            uses("area=60.7"),
            "warning Tổng diện tích theo mục đích (thửa 25747/1/8) là 200,9 m², diện tích pháp lý 200,3 m²; được lệch 0,500 m².",
        ),
        ("LAND_USE_TERM", s(""), ""),
        ("LAND_USE_TERM", uses("code='LUC', term=' lâu  dài'"), ""),
        (
            "LAND_USE_TERM",
            uses("code='LUC'"),
            "info Đất LUC (thửa 25747/1/8) ghi thời hạn “Lâu dài”; loại đất này thường có thời hạn.",
        ),
        ("TERM_EXPIRED", s(""), ""),
        ("TERM_EXPIRED", uses("term='Đến ngày 02/03/2026'"), ""),
        (
            "TERM_EXPIRED",
            uses("term='Đến ngày 1/3/2026'"),
            "warning Thời hạn sử dụng đất ONT (thửa 25747/1/8) đã hết ngày 01/03/2026.",
        ),
        (
            "TERM_EXPIRED",
            uses("term='2025'"),
            "warning Thời hạn sử dụng đất ONT (thửa 25747/1/8) đã hết ngày 31/12/2025.",
        ),
        ("TERM_EXPIRED", uses("term='2025', term_ends='2043-10-15'"), ""),
        ("LAND_USE_COMMUNE", s(""), ""),
        (
            "LAND_USE_COMMUNE",
            s("UPDATE commune SET name='Phường Thử'"),
            "info Đất ONT (thửa 25747/1/8) ở Phường Thử.",
        ),
        ("LAND_USE_ORIGIN", uses("origin='CNQ-CTT'"), ""),
        ("LAND_USE_ORIGIN", uses("origin='CN-CNQ-CTT'"), ""),
        (
            "LAND_USE_ORIGIN",
            uses("origin='XYZ'"),
            "warning Nguồn gốc XYZ (thửa 25747/1/8) không có trong danh mục.",
        ),
        (
            "LAND_USE_ORIGIN",
            uses("origin='DT-TML'"),
            "warning Nguồn gốc DT-TML (thửa 25747/1/8) là đất thuê nhưng ghi thời hạn “Lâu dài”.",
        ),
        (
            "LAND_USE_ORIGIN",
            uses("origin='DG-QL'"),
            "warning Nguồn gốc DG-QL (thửa 25747/1/8) không hợp với người sử dụng là cá nhân, hộ gia đình.",
        ),
    ]);
}

#[test]
fn certificates() {
    let s = str::to_owned;
    let set = |what: &str| format!("UPDATE certificate SET {what}");
    cases(&[
        ("CERTIFICATE_SERIAL", s(""), ""),
        ("CERTIFICATE_SERIAL", set("serial='CHUACOGIAY_25747_1_8'"), ""),
        (
            "CERTIFICATE_SERIAL",
            set("serial='cx123456'"),
            "warning Số phát hành “cx123456” (thửa 25747/1/8) không đúng dạng nào của giấy chứng nhận.",
        ),
        (
            "CERTIFICATE_SERIAL",
            set("serial='cx123456', status='DA_HUY'"),
            "",
        ),
        (
            "CERTIFICATE_SERIAL_DUPLICATE",
            s("INSERT INTO certificate(uid, serial, status) VALUES ('c2', 'CX 123456', 'DA_THU_HOI')"),
            "",
        ),
        (
            "CERTIFICATE_SERIAL_DUPLICATE",
            s("INSERT INTO certificate(uid, serial) VALUES ('c2', 'CX 123456')"),
            "warning 2 giấy chứng nhận còn hiệu lực cùng số phát hành CX 123456 (thửa 25747/1/8).",
        ),
        ("CERTIFICATE_ERA", set("issued_on='2019-05-06'"), ""),
        (
            "CERTIFICATE_ERA",
            set("issued_on='2009-05-06'"),
            "warning Giấy chứng nhận CX 123456 (thửa 25747/1/8): ngày cấp 06/05/2009 không thuộc thời kỳ của mẫu theo NĐ 43/2014.",
        ),
        (
            "CERTIFICATE_ERA",
            set("serial='AA 01234567', issued_on='2025-01-01'"),
            "",
        ),
        ("CERTIFICATE_DATE", set("issued_on='2026-03-02'"), ""),
        (
            "CERTIFICATE_DATE",
            set("issued_on='2026-03-03'"),
            "error Giấy chứng nhận CX 123456 (thửa 25747/1/8): ngày cấp 03/03/2026 không nằm từ 01/01/1988 đến nay.",
        ),
        (
            "CERTIFICATE_DATE",
            set("issued_on='1017-03-03'"),
            "error Giấy chứng nhận CX 123456 (thửa 25747/1/8): ngày cấp 03/03/1017 không nằm từ 01/01/1988 đến nay.",
        ),
        (
            "CERTIFICATE_DATE",
            set("issued_on='hôm qua'"),
            "error Giấy chứng nhận CX 123456 (thửa 25747/1/8): ngày cấp “hôm qua” không nằm từ 01/01/1988 đến nay.",
        ),
        ("CERTIFICATE_EMPTY", set("status='DANG_HIEU_LUC'"), ""),
        (
            "CERTIFICATE_EMPTY",
            s("INSERT INTO certificate(uid, serial, status) VALUES ('c2', 'CX 123457', 'DANG_HIEU_LUC')"),
            "error Giấy chứng nhận CX 123457 đang có hiệu lực nhưng không gắn với quyền nào trên thửa hoặc tài sản.",
        ),
        (
            "CERTIFICATE_EMPTY",
            s("UPDATE certificate SET status='DANG_HIEU_LUC'; UPDATE \"right\" SET status='LICH_SU'"),
            "error Giấy chứng nhận CX 123456 đang có hiệu lực nhưng không gắn với quyền nào trên thửa hoặc tài sản.",
        ),
        ("CERTIFICATE_TWICE", s("UPDATE \"right\" SET certificate=1"), ""),
        (
            "CERTIFICATE_TWICE",
            s(
                "INSERT INTO certificate(uid, serial) VALUES ('c2', 'CX 123457'); INSERT INTO \"right\"(uid, party, parcel, land_use_row, certificate) VALUES ('r3', 1, 1, 1, 2)",
            ),
            "warning Cùng một người, cùng một quyền (thửa 25747/1/8) có 2 giấy chứng nhận còn hiệu lực.",
        ),
    ]);
}

#[test]
fn people() {
    let number = |n: &str| person(&format!("UPDATE identity_document SET number_p=x'00'||'{n}'"));
    let second = "INSERT INTO party(uid, kind, name_p) VALUES ('p2', 'CA_NHAN', x'00'||'Phạm Thử Hai');
      INSERT INTO \"right\"(uid, party, parcel) VALUES ('r4', 2, 2);";
    let twin = |name: &str| {
        person(&format!(
            "{second} UPDATE party SET name_p=x'00'||'{name}' WHERE fid=2; INSERT INTO identity_document(uid, party, kind, number_p) VALUES ('i2', 2, 'CCCD', x'00'||'025993000001')"
        ))
    };
    let group = |kind: &str, roles: &str| {
        person(&format!("{second} INSERT INTO party(uid, kind, name_p) VALUES ('p3', '{kind}', x'00'||'Nhà Thử');
           INSERT INTO \"right\"(uid, party, parcel) VALUES ('r5', 3, 3); INSERT INTO party_member(uid, party, member, role, position) VALUES {roles}"))
    };
    cases(&[
        ("IDENTITY_NUMBER", person(""), ""),
        (
            "IDENTITY_NUMBER",
            number("25993000001"),
            "error CCCD •••001 (thửa 25747/1/8 và 25747/1/9a) có 11 ký tự; CCCD phải là 12 chữ số, CMND 9 chữ số.",
        ),
        (
            "IDENTITY_NUMBER",
            number("02599300000l"),
            "error CCCD •••00l (thửa 25747/1/8 và 25747/1/9a) có 12 ký tự; CCCD phải là 12 chữ số, CMND 9 chữ số.",
        ),
        (
            "IDENTITY_NUMBER",
            person("UPDATE identity_document SET kind='CMND', number_p=x'00'||'123456789'"),
            "",
        ),
        ("IDENTITY_MISMATCH", person(""), ""),
        (
            "IDENTITY_MISMATCH",
            person("UPDATE party SET birth_p=x'00'||'05/06/1994'"),
            "warning CCCD •••001 (thửa 25747/1/8 và 25747/1/9a) không khớp năm sinh đã ghi.",
        ),
        (
            "IDENTITY_MISMATCH",
            number("025093000001"),
            "warning CCCD •••001 (thửa 25747/1/8 và 25747/1/9a) không khớp giới tính đã ghi.",
        ),
        (
            "IDENTITY_MISMATCH",
            number("025393000001"),
            "warning CCCD •••001 (thửa 25747/1/8 và 25747/1/9a) không khớp năm sinh đã ghi.",
        ),
        ("IDENTITY_SHARED", person(second), ""),
        (
            "IDENTITY_SHARED",
            twin("Phạm Thử Hai"),
            "warning CCCD •••001 (thửa 25747/1/8 và 25747/1/9a) đứng tên 2 người khác nhau.",
        ),
        ("IDENTITY_SHARED", twin("PHẠM THỬ MỘT"), ""),
        ("BIRTH_YEAR", person(""), ""),
        (
            "BIRTH_YEAR",
            person("UPDATE party SET birth_p=x'00'||'02/03/2026'"),
            "",
        ),
        (
            "BIRTH_YEAR",
            person("UPDATE party SET birth_p=x'00'||'1017'"),
            "error Năm sinh của người có quyền (thửa 25747/1/8 và 25747/1/9a) không nằm từ 1900 đến nay.",
        ),
        (
            "BIRTH_YEAR",
            person("UPDATE party SET birth_p=x'00'||'2027-01-01'"),
            "error Năm sinh của người có quyền (thửa 25747/1/8 và 25747/1/9a) không nằm từ 1900 đến nay.",
        ),
        (
            "HOUSEHOLD_MEMBERS",
            group("HO_GIA_DINH", "('m1',3,1,'CHU_HO',1), ('m2',3,2,'THANH_VIEN',2)"),
            "",
        ),
        (
            "HOUSEHOLD_MEMBERS",
            group("HO_GIA_DINH", "('m1',3,1,'CHU_HO',1), ('m2',3,2,'CHU_HO',2)"),
            "warning Hộ gia đình có 2 chủ hộ (thửa 25747/1/3).",
        ),
        (
            "HOUSEHOLD_MEMBERS",
            group("VO_CHONG", "('m1',3,1,'CHONG',1), ('m2',3,2,'VO',2)"),
            "",
        ),
        (
            "HOUSEHOLD_MEMBERS",
            group("VO_CHONG", "('m1',3,1,'CHONG',1), ('m2',3,1,'VO',2)"),
            "warning Vợ chồng gồm 1 người khác nhau (thửa 25747/1/3).",
        ),
        ("HOLDER_UNVERIFIED", person(""), ""),
        (
            "HOLDER_UNVERIFIED",
            person("UPDATE identity_document SET verified_how=NULL"),
            "warning Người có quyền (thửa 25747/1/8 và 25747/1/9a) đã xác thực nhưng thiếu ngày hoặc hình thức xác thực.",
        ),
        (
            "HOLDER_UNVERIFIED",
            person("UPDATE identity_document SET verified=0"),
            "warning Người có quyền (thửa 25747/1/8 và 25747/1/9a) không khớp cơ sở dữ liệu dân cư.",
        ),
        (
            "HOLDER_UNVERIFIED",
            person("UPDATE identity_document SET verified=NULL"),
            "warning Người có quyền (thửa 25747/1/8 và 25747/1/9a) chưa được xác thực với cơ sở dữ liệu dân cư.",
        ),
        // A person without a right on land in force is not looked at; one in a household is.
        (
            "BIRTH_YEAR",
            person("UPDATE party SET birth_p=x'00'||'1017'; UPDATE \"right\" SET status='LICH_SU'"),
            "",
        ),
        (
            "BIRTH_YEAR",
            group(
                "HO_GIA_DINH",
                "('m1',3,1,'CHU_HO',1); UPDATE party SET birth_p=x'00'||'1017' WHERE fid=1; UPDATE \"right\" SET status='LICH_SU' WHERE party=1",
            ),
            "error Năm sinh của người có quyền (thửa 25747/1/3) không nằm từ 1900 đến nay.",
        ),
    ]);
}

#[test]
fn papers_changes_and_blocks() {
    let s = str::to_owned;
    let change = |values: &str| {
        format!("INSERT INTO dossier(uid, code, kind, state) VALUES ('h1', 'H44.15-260115-0007', 'TN', 'TIEP_NHAN'); INSERT INTO change_entry(uid, kind, dossier, number, registered_on) VALUES ('e1', {values});
           INSERT INTO change_entry_item(uid, change_entry, direction, parcel) VALUES ('x1', 1, 'in', 1), ('x2', 1, 'out', 2)")
    };
    let certified = "UPDATE certificate SET status='DANG_HIEU_LUC';";
    cases(&[
        ("SCAN_FILE", s("DELETE FROM document"), ""),
        (
            "SCAN_FILE",
            s(""),
            "error Bản quét (thửa 25747/1/8) không có trong thư mục hồ sơ quét.",
        ),
        ("SCAN_UNLINKED", s(""), ""),
        (
            "SCAN_UNLINKED",
            s("UPDATE document SET parcel=NULL"),
            "error Một bản quét không gắn với thửa, giấy chứng nhận, người hay hồ sơ nào.",
        ),
        ("CHANGE_INCOMPLETE", change("'TN', 1, NULL, '2026-01-16'"), ""),
        ("CHANGE_INCOMPLETE", change("'TN', NULL, '17', '2026-01-16'"), ""),
        (
            "CHANGE_INCOMPLETE",
            change("'TN', NULL, '', NULL"),
            "error Biến động TN (thửa 25747/1/8 và 25747/1/9a) thiếu ngày đăng ký, hồ sơ.",
        ),
        (
            "CHANGE_INCOMPLETE",
            change("'TN', 1, NULL, '2026-01-16'").replace("('x1', 1, 'in', 1), ", ""),
            "error Biến động TN (thửa 25747/1/9a) thiếu trước và sau biến động.",
        ),
        ("METADATA_INCOMPLETE", s(""), ""),
        (
            "METADATA_INCOMPLETE",
            s("UPDATE commune SET province='01'"),
            "warning Siêu dữ liệu của xã 25747 thiếu ngày có hiệu lực, ranh giới, danh mục tờ bản đồ.",
        ),
        (
            "METADATA_INCOMPLETE",
            s(
                "UPDATE commune SET province='01', valid_from='2025-07-01', geom=(SELECT geom FROM parcel WHERE fid=1); INSERT INTO sheet(uid, commune, number, scale, map_kind, surveyed_on, survey_unit, method) VALUES ('s1', '25747', '1', 1000, 1, '2019-01-02', 'Đội Thử', 'GNSS')",
            ),
            "",
        ),
        (
            "METADATA_INCOMPLETE",
            s(
                "UPDATE commune SET province='01', valid_from='2025-07-01', geom=(SELECT geom FROM parcel WHERE fid=1); INSERT INTO sheet(uid, commune, number) VALUES ('s1', '25747', '1')",
            ),
            "warning Siêu dữ liệu của xã 25747 thiếu thông tin đo đạc của tờ bản đồ.",
        ),
        ("BLOCKS_DISAGREE", s(certified), ""),
        (
            "BLOCKS_DISAGREE",
            format!("{certified} DELETE FROM document; DELETE FROM land_use_row WHERE fid=2"),
            "error Ba khối dữ liệu không đồng bộ (thửa 25747/1/8): thiếu bản quét.",
        ),
        (
            "BLOCKS_DISAGREE",
            s("UPDATE document SET parcel=3"),
            "error Ba khối dữ liệu không đồng bộ (thửa 25747/1/8): thiếu bản quét.\nerror Ba khối dữ liệu không đồng bộ (thửa 25747/1/3): thiếu quyền sử dụng đất.",
        ),
        (
            "BLOCKS_DISAGREE",
            s("UPDATE document SET parcel=NULL, certificate=1"),
            "",
        ),
        ("OUTSIDE_COMMUNE", s(""), ""),
        (
            "OUTSIDE_COMMUNE",
            s(
                "UPDATE commune SET geom=(SELECT geom FROM parcel WHERE fid=1); UPDATE parcel SET status='LICH_SU', geom=NULL WHERE fid=3",
            ),
            "warning Thửa 25747/1/9a vượt ra ngoài địa giới xã 10,000 m tại X = 2325000,000, Y = 587020,000; cho phép 0,200 m.",
        ),
        (
            "OUTSIDE_SHEET",
            s(
                "INSERT INTO sheet(uid, commune, number, scale, geom) VALUES ('s1', '25747', '1', 100000, (SELECT geom FROM parcel WHERE fid=1))",
            ),
            "",
        ),
        (
            "OUTSIDE_SHEET",
            s(
                "INSERT INTO sheet(uid, commune, number, scale, geom) VALUES ('s1', '25747', '1', 50000, (SELECT geom FROM parcel WHERE fid=1)); UPDATE parcel SET status='LICH_SU', geom=NULL WHERE fid=3",
            ),
            "",
        ),
        (
            "OUTSIDE_SHEET",
            s(
                "INSERT INTO sheet(uid, commune, number, scale, geom) VALUES ('s1', '25747', '1', 25000, (SELECT geom FROM parcel WHERE fid=1)); UPDATE parcel SET status='LICH_SU', geom=NULL WHERE fid=3",
            ),
            "warning Thửa 25747/1/9a vượt ra ngoài khung tờ bản đồ 10,000 m tại X = 2325000,000, Y = 587020,000; cho phép 5,000 m.",
        ),
        (
            "AREA_LEGAL",
            s("UPDATE parcel SET area_measured=206.1 WHERE fid=1"),
            "warning Thửa 25747/1/8 tại X = 2325010,000, Y = 587005,000: diện tích đo 206,1 m², pháp lý 200,3 m², lệch 5,8 m²; hạn sai ở tỷ lệ 1:1.000 là 5,7 m².",
        ),
        (
            "AREA_LEGAL",
            s(
                "UPDATE parcel SET area_measured=206.1 WHERE fid=1; INSERT INTO sheet(uid, commune, number, scale) VALUES ('s1', '25747', '1', 2000)",
            ),
            "",
        ),
        ("COORDINATE_WINDOW", s(""), ""),
    ]);
}

/// A scan that is there, read from the folder beside the file.
#[test]
fn scans_on_disk() {
    use sha2::{Digest, Sha256};
    let content = b"%PDF-1.4 /ByteRange [0 1 2 3] %%EOF";
    let hash = Sha256::digest(content)
        .iter()
        .fold(String::new(), |s, b| s + &format!("{b:02x}"));
    let file = file(&format!("UPDATE document SET sha256='{hash}', pages=2"));
    let folder = crate::store::files::scans_folder(file.writer.path());
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(&hash), content).unwrap();
    let (reader, coverage) = open(&file);
    let options = Options {
        rules: vec!["SCAN_FILE".into(), "SCAN_SIGNATURE".into()],
        ..Options::default()
    };
    let found = run_all(&coverage, &reader, &options, &Progress::none()).unwrap();
    assert_eq!(
        lines(&found, Lang::Vi),
        "warning Chữ ký số của bản quét (thửa 25747/1/8) không bao phủ toàn bộ tệp."
    );
}

/// What may be done, and the parcels it is about.
const ACTS: [(&str, &[i64]); 31] = [
    ("UPDATE parcel SET parcel_code='w7er83vmx1wk' WHERE fid=1", &[1]),
    ("UPDATE parcel SET parcel_code='w7er83vmx1wk' WHERE fid=2", &[2]),
    ("UPDATE parcel SET parcel_code='w7er83vmx1wk' WHERE fid=3", &[3]),
    ("UPDATE parcel SET parcel_code=NULL WHERE fid=2", &[2]),
    ("UPDATE parcel SET status='LICH_SU' WHERE fid=2", &[2]),
    ("UPDATE parcel SET status='HIEN_HANH' WHERE fid=2", &[2]),
    ("UPDATE parcel SET status='LICH_SU' WHERE fid=1", &[1]),
    ("UPDATE parcel SET status='HIEN_HANH' WHERE fid=1", &[1]),
    ("UPDATE land_use_row SET area=area+1 WHERE parcel=1", &[1]),
    ("UPDATE land_use_row SET term='2020' WHERE parcel=2", &[2]),
    ("UPDATE \"right\" SET status='LICH_SU' WHERE fid=1", &[1]),
    ("UPDATE \"right\" SET status='HIEN_HANH' WHERE fid=1", &[1]),
    ("UPDATE \"right\" SET parcel=3 WHERE fid=4", &[2, 3]),
    ("UPDATE \"right\" SET parcel=2 WHERE fid=4", &[2, 3]),
    // Rows that are no parcels, and no parcel is named: the journal says what they are about.
    (
        "UPDATE party SET birth_p=CAST(x'00'||'1017' AS BLOB) WHERE fid=1",
        &[],
    ),
    (
        "UPDATE party SET birth_p=CAST(x'00'||'1993' AS BLOB) WHERE fid=1",
        &[],
    ),
    ("UPDATE party SET kind='HO_GIA_DINH' WHERE fid=2", &[]),
    (
        "UPDATE identity_document SET number_p=CAST(x'00'||'025993000002' AS BLOB) WHERE fid=2",
        &[],
    ),
    (
        "UPDATE identity_document SET number_p=CAST(x'00'||'025993000001' AS BLOB) WHERE fid=2",
        &[],
    ),
    ("UPDATE identity_document SET verified=0 WHERE fid=1", &[]),
    ("UPDATE identity_document SET party=1 WHERE fid=2", &[]),
    ("UPDATE identity_document SET party=2 WHERE fid=2", &[]),
    ("UPDATE certificate SET serial='CX 999999' WHERE fid=2", &[]),
    ("UPDATE certificate SET serial='CX 123456' WHERE fid=2", &[]),
    ("UPDATE certificate SET status='DU_THAO' WHERE fid=1", &[]),
    ("UPDATE certificate SET status='DANG_HIEU_LUC' WHERE fid=1", &[]),
    ("UPDATE document SET parcel=NULL", &[]),
    ("UPDATE document SET parcel=1", &[]),
    ("UPDATE document SET parcel=NULL, certificate=1", &[]),
    ("DELETE FROM document", &[]),
    ("UPDATE commune SET province='01'", &[]),
];

const DIRTY: &str = "UPDATE certificate SET status='DANG_HIEU_LUC', issued_on='2009-01-02'; INSERT INTO certificate(uid, serial) VALUES ('c2', 'CX 123456');
  INSERT INTO party(uid, kind, name_p, birth_p) VALUES ('p2', 'CA_NHAN', x'00'||'Phạm Thử Hai', x'00'||'1017');
  INSERT INTO \"right\"(uid, party, parcel, certificate) VALUES ('r3', 2, 3, 2), ('r4', 2, 2, 2);
  INSERT INTO identity_document(uid, party, kind, number_p) VALUES ('i2', 2, 'CCCD', x'00'||'025993000001');";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// After each act the refreshed list is the list of a full run, and what it says of some parcels is what `affected_all` says.
    #[test]
    fn refreshing_equals_running_again(acts in proptest::collection::vec(0usize..ACTS.len(), 1..12)) {
        let mut file = file(&person(DIRTY));
        let all = |file: &File| {
            let (reader, coverage) = open(file);
            run_all(&coverage, &reader, &Options::default(), &Progress::none()).unwrap()
        };
        let mut live = Findings::new(jiff::civil::date(2026, 11, 23), 1);
        let seen = crate::domain::Seen { op: 1, at: jiff::Timestamp::UNIX_EPOCH };
        let mut nothing = |_: &str| Ok::<_, ()>(Vec::new());
        let checked = live.anew(all(&file));
        live.take(checked, seen, &mut nothing).unwrap();
        for act in acts {
            let (sql, fids) = ACTS[act];
            let before = file.coverage();
            file.sql(sql);
            let (reader, coverage) = open(&file);
            let uids: Vec<_> = fids.iter().filter_map(|f| before.get(*f).or(coverage.get(*f))).map(|p| p.uid).collect();
            let op = reader.conn().query_row("SELECT max(id) FROM operation", [], |r| r.get(0)).unwrap();
            let touched = crate::store::register::touched(reader.conn(), op).unwrap();
            let checked = live.around(&coverage, Some(reader.view()), (&uids, &touched), &[]).unwrap();
            live.take(checked, seen, &mut nothing).unwrap();
            let list: Vec<Finding> = live.iter().map(|t| t.finding.clone()).collect();
            let whole = all(&file);
            prop_assert_eq!(lines(&list, Lang::Vi), lines(&whole, Lang::Vi), "after {}", sql);
            let about: Vec<Finding> = whole.iter().filter(|f| f.parcels.iter().any(|p| uids.contains(p))).cloned().collect();
            let affected = affected_all(&coverage, reader.view(), fids).unwrap();
            prop_assert_eq!(lines(&affected, Lang::Vi), lines(&about, Lang::Vi), "around {}", sql);
        }
    }
}
