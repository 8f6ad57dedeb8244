//! The district as the files of an office: one shapefile set per commune with the columns of gCadas
//! and FAMIS (domain.md §8.2).

use std::path::Path;

use unicode_normalization::UnicodeNormalization;

use super::names::{COMMUNES, LONG, PLACE};
use super::records::{Mark, Record};
use crate::domain::{Failure, Pt};
use crate::formats::shp::{DbfField, DbfValue, ShpWriter};
use crate::text::encoding::{Encoding, decode, encode};

/// Columns in file order: name, width, decimals (`None` = text). SHTHUA is text: TAB has no empty numbers.
pub const COLUMNS: [(&str, u8, Option<u8>); 19] = [
    ("ID", 8, Some(0)),
    ("THUAID", 8, Some(0)),
    ("XAID", 5, None),
    ("SHBANDO", 5, Some(0)),
    ("SHTHUA", 6, None),
    ("DIENTICH", 12, Some(1)),
    ("DIENTICHPL", 12, Some(1)),
    ("MALOAIDAT", 10, None),
    ("KHLOAIDAT", 10, None),
    ("DIADANH", PLACE as u8, None),
    ("DTSD", 3, None),
    ("TENCHU", LONG as u8, None),
    ("DIACHI", LONG as u8, None),
    ("MDSD2003", 10, None),
    ("KH2003", 10, None),
    ("MSCOLOR", 4, Some(0)),
    ("SHTHUATAM", 10, None),
    ("DTTHOCU", 10, None),
    ("DACAPGCN", 1, Some(0)),
];

/// A value of a row before any encoding.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Text(String),
    Int(i64),
    Real(f64),
}

/// The row of a record; `id` is its number in the file.
pub fn row(r: &Record, id: u64) -> Vec<Cell> {
    let text = |s: &str| {
        if s.is_empty() {
            Cell::Null
        } else {
            Cell::Text(s.to_owned())
        }
    };
    let home = r.land_use.starts_with("ONT") || r.land_use.starts_with("ODT");
    vec![
        Cell::Int(id as i64),
        Cell::Int(id as i64),
        text(COMMUNES[r.commune].0),
        Cell::Int(i64::from(r.sheet)),
        r.number.map_or(Cell::Null, |n| Cell::Text(n.to_string())),
        Cell::Real(r.area),
        r.area_legal.map_or(Cell::Null, Cell::Real),
        text(&r.land_use),
        text(&r.land_use),
        text(&r.place),
        text(r.user),
        text(&r.owner),
        text(&r.address),
        text(r.land_use_2003),
        text(r.land_use_2003),
        Cell::Int(r.class as i64 + 1),
        r.old_number.map_or(Cell::Null, |n| Cell::Text(n.to_string())),
        if home {
            Cell::Text(format!("{:.1}", r.area.min(300.0)))
        } else {
            Cell::Null
        },
        Cell::Int(i64::from(r.certified)),
    ]
}

/// The bytes a text has in the file: what the encoding cannot hold as a capital is written small, what
/// the column cannot hold is cut off, even inside a letter.
pub fn cell_bytes(text: &str, encoding: Encoding, width: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = match encode(text, encoding) {
        Ok(bytes) => bytes,
        Err(_) => encode(&without_toned_capitals(text), encoding)?,
    };
    bytes.truncate(width);
    Ok(bytes)
}

/// What a careful reader makes of a text in a column of this width.
pub fn read_back(text: &str, encoding: Encoding, width: usize) -> Result<String, Failure> {
    Ok(decode(&cell_bytes(text, encoding, width)?, encoding).text)
}

/// TCVN3 writes "NGUYỄN" as "NGUYễN" (its capital fonts show the small letter as a capital).
fn without_toned_capitals(text: &str) -> String {
    text.nfc()
        .map(|c| {
            if encode(c.encode_utf8(&mut [0; 4]), Encoding::Tcvn3).is_ok() {
                c
            } else {
                c.to_lowercase().next().unwrap_or(c)
            }
        })
        .collect()
}

/// What a careful reader makes of TENCHU in the file; `None` for rows that are not marked.
pub fn expected_owner(r: &Record, encoding: Encoding) -> Result<Option<(&'static str, String)>, Failure> {
    let Some(mark) = r.mark else { return Ok(None) };
    let kind = match mark {
        Mark::Truncated => "truncated_text",
        Mark::Capitals => "capital_text",
    };
    Ok(Some((
        kind,
        decode(&cell_bytes(&r.owner, encoding, LONG)?, encoding).text,
    )))
}

/// What the `.prj` of a commune says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    Right,
    Missing,
    /// TM-3 with the central meridian 105°00′ instead of 105°45′.
    WrongMeridian,
    /// UTM zone 48 instead of TM-3.
    Utm,
}

/// Right for the first and every commune not named here.
pub fn declared(commune: usize) -> Declared {
    match commune % 8 {
        1 => Declared::Missing,
        2 => Declared::WrongMeridian,
        6 => Declared::Utm,
        _ => Declared::Right,
    }
}

/// ESRI WKT of a declaration; `None` for no file.
pub fn prj(declared: Declared) -> Option<String> {
    let (name, meridian, scale) = match declared {
        Declared::Missing => return None,
        Declared::Right => ("VN_2000_TM-3_105-45", "105.75", "0.9999"),
        Declared::WrongMeridian => ("VN_2000_TM-3_105-00", "105.0", "0.9999"),
        Declared::Utm => ("VN_2000_UTM_Zone_48N", "105.0", "0.9996"),
    };
    Some(format!(
        "PROJCS[\"{name}\",GEOGCS[\"GCS_VN_2000\",DATUM[\"D_Vietnam_2000\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],\
         PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],\
         PARAMETER[\"False_Easting\",500000.0],PARAMETER[\"False_Northing\",0.0],PARAMETER[\"Central_Meridian\",{meridian}],\
         PARAMETER[\"Scale_Factor\",{scale}],PARAMETER[\"Latitude_Of_Origin\",0.0],UNIT[\"Meter\",1.0]]"
    ))
}

/// Base name of a commune's files.
pub fn file_name(commune: usize) -> String {
    format!("thua_{}", COMMUNES[commune].0)
}

/// Writes one commune's shapefile set in an encoding. A `.cpg` stands beside UTF-8 only, as in offices.
pub fn write_shapefile(
    path: &Path,
    records: &[&Record],
    encoding: Encoding,
    declared: Declared,
) -> Result<(), Failure> {
    let fields: Vec<DbfField> = COLUMNS
        .iter()
        .map(|&(name, width, decimals)| {
            decimals.map_or_else(
                || DbfField::text(name, width),
                |d| DbfField::number(name, width, d),
            )
        })
        .collect();
    let mut writer = ShpWriter::create(path, &fields, 0)?;
    for (r, id) in records.iter().zip(1..) {
        let values = row(r, id)
            .into_iter()
            .zip(COLUMNS)
            .map(|(cell, column)| value(cell, column.1, encoding));
        writer.push(&rings(r), &values.collect::<Result<Vec<_>, _>>()?)?;
    }
    if encoding == Encoding::Utf8 {
        writer.sidecar("cpg", b"UTF-8")?;
    }
    if let Some(text) = prj(declared) {
        writer.sidecar("prj", text.as_bytes())?;
    }
    writer.finish()?;
    open_rings(path, records)
}

fn value(cell: Cell, width: u8, encoding: Encoding) -> Result<DbfValue, Failure> {
    Ok(match cell {
        Cell::Null => DbfValue::Null,
        Cell::Int(i) => DbfValue::Int(i),
        Cell::Real(x) => DbfValue::Real(x),
        Cell::Text(t) => DbfValue::Bytes(cell_bytes(&t, encoding, usize::from(width))?),
    })
}

/// Rings in the order of the ESRI description (shells clockwise), metres.
pub fn rings(r: &Record) -> Vec<Vec<[f64; 2]>> {
    let metres = |p: &Pt| {
        let (e, n) = p.metres();
        [e, n]
    };
    r.polygon
        .rings
        .iter()
        .map(|ring| ring.iter().rev().map(metres).collect())
        .collect()
}

/// Opens the outer ring of the records that shall have it open: its last point in the file moves to
/// the middle of the closing side.
fn open_rings(path: &Path, records: &[&Record]) -> Result<(), Failure> {
    if records.iter().all(|r| !r.unclosed) {
        return Ok(());
    }
    let failed = |e: std::io::Error| {
        Failure::new(
            "SHP_WRITE",
            crate::msg!("không ghi được: {e}", "cannot write: {e}"),
        )
        .file(path)
    };
    let mut bytes = std::fs::read(path).map_err(failed)?;
    let mut offset = 100;
    for r in records {
        let words = u32::from_be_bytes([
            bytes[offset + 4],
            bytes[offset + 5],
            bytes[offset + 6],
            bytes[offset + 7],
        ]) as usize;
        if r.unclosed
            && let [ring] = &rings(r)[..]
        {
            // Record header 8, type 4, box 32, counts 8, one part 4; the closing point comes last.
            let last = offset + 8 + 48 + ring.len() * 16;
            let (a, b) = (ring[ring.len() - 1], ring[0]);
            let middle = [0, 1].map(|k| ((a[k] + b[k]) * 500.0).round() / 1000.0);
            bytes[last..last + 8].copy_from_slice(&middle[0].to_le_bytes());
            bytes[last + 8..last + 16].copy_from_slice(&middle[1].to_le_bytes());
        }
        offset += 8 + 2 * words;
    }
    std::fs::write(path, bytes).map_err(failed)
}
