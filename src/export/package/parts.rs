//! The XML files of a package.

use super::SCHEMA;
use super::xml::{Xml, metres, positions};
use crate::crs;
use crate::domain::{BBox, Holder, ParcelRecord};

/// Beginning of spatial/thuadat.gml.
pub fn gml_head(commune: &str, epsg: i32, bbox: &BBox) -> Xml {
    let mut x = Xml::document();
    let schema = SCHEMA.to_string();
    x.open(
        "gt:DuLieuThuaDat",
        &[
            ("xmlns:gt", "urn:diachinh:goi-tin:1"),
            ("xmlns:gml", "http://www.opengis.net/gml/3.2"),
            ("gml:id", "goi-tin"),
            ("maXa", commune),
            ("schema", &schema),
        ],
    );
    if !bbox.is_empty() {
        let corner = |p: crate::domain::Pt| {
            let mut s = String::new();
            metres(&mut s, p.e);
            s.push(' ');
            metres(&mut s, p.n);
            s
        };
        x.open("gt:phamVi", &[]);
        x.open("gml:Envelope", &srs(&srs_name(epsg)));
        x.leaf("gml:lowerCorner", &corner(bbox.min));
        x.leaf("gml:upperCorner", &corner(bbox.max));
        x.close();
        x.close();
    }
    x
}

fn srs_name(epsg: i32) -> String {
    format!("urn:ogc:def:crs:EPSG::{epsg}")
}

/// The axis order of the TM-3 zones in EPSG is easting, northing; it is said again beside the name.
fn srs(name: &str) -> [(&str, &str); 4] {
    [
        ("srsName", name),
        ("srsDimension", "2"),
        ("axisLabels", "E N"),
        ("uomLabels", "m m"),
    ]
}

/// One parcel of the GML; nothing for a record without surface.
pub fn gml_member(x: &mut Xml, r: &ParcelRecord, epsg: i32) {
    let Some(polygon) = r.polygon.as_ref().filter(|p| !p.rings.is_empty()) else {
        return;
    };
    let uid = r.uid.to_string();
    x.open("gt:thanhVien", &[]);
    x.open("gt:ThuaDat", &[("gml:id", &format!("t-{uid}"))]);
    x.leaf("gt:thuaDatId", &uid);
    x.leaf("gt:phienBan", &r.version.to_string());
    x.leaf("gt:thaoTac", "THEM");
    x.leaf("gt:maXa", &r.commune);
    x.leaf("gt:soHieuToBanDo", &r.sheet);
    x.leaf("gt:soThuTuThua", &r.number);
    x.number_if("gt:dienTich", r.area_measured);
    x.number_if("gt:dienTichPhapLy", r.area_legal);
    x.leaf_if("gt:loaiDat", r.land_use.as_deref());
    x.leaf(
        "gt:laDoiTuongChiemDat",
        if r.is_parcel { "false" } else { "true" },
    );
    x.open("gt:hinhThe", &[]);
    let (name, id) = (srs_name(epsg), format!("h-{uid}"));
    let [a, b, c, d] = srs(&name);
    x.open("gml:Polygon", &[("gml:id", &id), a, b, c, d]);
    for (i, ring) in polygon.rings.iter().enumerate() {
        x.open(if i == 0 { "gml:exterior" } else { "gml:interior" }, &[]);
        x.open("gml:LinearRing", &[]);
        let mut list = String::new();
        positions(&mut list, ring);
        x.leaf("gml:posList", &list);
        x.close();
        x.close();
    }
    (0..4).for_each(|_| x.close());
}

/// hoso/{uid}.xml: what the register says of one parcel, as far as an import brought it.
pub fn dossier(r: &ParcelRecord) -> String {
    let mut x = Xml::document();
    let uid = r.uid.to_string();
    x.open("HoSoXml", &[]);
    x.leaf("hoSoGuid", &uid);
    x.open("DC_TinhHinhDangKy", &[]);
    x.leaf("maXa", &r.commune);
    x.leaf(
        "coQuyenSuDung",
        if r.holders.is_empty() { "false" } else { "true" },
    );
    x.close();
    rights(&mut x, r, &uid);
    x.open("ThongTinTaiSan", &[]);
    x.open("ThongTinThuaDat", &[]);
    parcel(&mut x, r, &uid);
    x.close();
    x.close();
    holders(&mut x, &r.holders);
    x.close();
    x.text
}

fn rights(x: &mut Xml, r: &ParcelRecord, uid: &str) {
    if r.holders.is_empty() {
        return;
    }
    x.open("ThongTinQuyenSuDungDat", &[]);
    for h in &r.holders {
        x.open("DC_QuyenSuDungDat", &[]);
        x.leaf("quyenSuDungDatId", &h.right_uid.to_string());
        x.leaf_if("loaiDoiTuong", kind(&h.kind).0);
        x.leaf("chuId", &h.party_uid.to_string());
        x.leaf("thuaDatId", uid);
        x.close();
    }
    x.close();
}

/// Number (domain.md §3.3) and element of a kind of holder.
fn kind(name: &str) -> (Option<&'static str>, &'static str) {
    match name {
        "CA_NHAN" => (Some("0"), "DC_CaNhan"),
        "VO_CHONG" => (Some("1"), "DC_VoChong"),
        "HO_GIA_DINH" => (Some("2"), "DC_HoGiaDinh"),
        "TO_CHUC" => (Some("3"), "DC_ToChuc"),
        "CONG_DONG" => (Some("4"), "DC_CongDong"),
        _ => (None, "ChuKhongRo"),
    }
}

fn parcel(x: &mut Xml, r: &ParcelRecord, uid: &str) {
    x.open("DC_ThuaDat", &[]);
    x.leaf("thuaDatId", uid);
    x.leaf("maXa", &r.commune);
    x.leaf("soHieuToBanDo", &r.sheet);
    x.leaf("soThuTuThua", &r.number);
    x.leaf_if("soHieuToBanDoCu", r.old_sheet.as_deref());
    x.leaf_if("soThuTuThuaCu", r.old_number.as_deref());
    x.leaf_if("maThuaDat", r.parcel_code.as_deref());
    x.number_if("dienTich", r.area_measured);
    x.number_if("dienTichPhapLy", r.area_legal);
    x.leaf("laDoiTuongChiemDat", if r.is_parcel { "false" } else { "true" });
    x.leaf_if("diaChi", r.address.as_deref());
    if !r.land_uses.is_empty() {
        x.open("ThongTinMucDichSuDung", &[]);
        for u in &r.land_uses {
            x.open("DC_MucDichSuDung", &[]);
            x.leaf("mucDichSuDungId", &u.uid.to_string());
            x.leaf("soThuTuMucDichSuDung", &u.position.to_string());
            x.leaf("maMucDichSuDung", &u.code);
            x.number_if("dienTich", u.area);
            x.leaf_if("thoiHanSuDung", u.term.as_deref());
            x.leaf_if("nguonGoc", u.origin.as_deref());
            x.close();
        }
        x.close();
    }
    x.close();
}

fn holders(x: &mut Xml, all: &[Holder]) {
    if all.is_empty() {
        return;
    }
    x.open("ThongTinChu", &[]);
    for h in all {
        x.open("chu", &[]);
        x.open(kind(&h.kind).1, &[]);
        x.leaf("chuId", &h.party_uid.to_string());
        x.leaf("ten", &h.name);
        x.leaf_if("diaChi", h.address.as_deref());
        x.leaf_if("loaiDoiTuongSuDungDat", h.user_type.as_deref());
        x.close();
        x.close();
    }
    x.close();
}

/// metadata/{commune}.xml.
pub fn metadata(
    code: &str,
    name: Option<&str>,
    district: &str,
    epsg: i32,
    parcels: u64,
    bbox: &BBox,
) -> String {
    let mut x = Xml::document();
    x.open("SieuDuLieu", &[]);
    x.open("MT_METADATA", &[]);
    x.leaf("ngonNgu", "vi");
    x.leaf("bangMa", "UTF-8");
    x.leaf("tenChuan", "diachinh-goi-tin");
    x.leaf("phienBan", &SCHEMA.to_string());
    x.leaf("maXa", code);
    x.leaf_if("tenXa", name);
    x.leaf("tenDuLieu", district);
    x.close();
    x.open("MT_LANDDATA", &[]);
    x.leaf("soThua", &parcels.to_string());
    x.close();
    x.open("MT_HEQUYCHIEU", &[]);
    x.leaf("maHe", &format!("EPSG:{epsg}"));
    x.leaf(
        "kinhTuyenTruc",
        &crs::zone(epsg as u32).map_or(0.0, |z| z.meridian).to_string(),
    );
    x.leaf("thuTuTruc", "E N");
    x.close();
    if !bbox.is_empty() {
        x.open("MT_GIOIHAN", &[]);
        for (name, mm) in [
            ("dongNhoNhat", bbox.min.e),
            ("bacNhoNhat", bbox.min.n),
            ("dongLonNhat", bbox.max.e),
            ("bacLonNhat", bbox.max.n),
        ] {
            let mut s = String::new();
            metres(&mut s, mm);
            x.leaf(name, &s);
        }
        x.close();
    }
    x.close();
    x.text
}
