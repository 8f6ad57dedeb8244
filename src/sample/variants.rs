//! One commune in the encodings and formats that offices have.

use std::path::Path;

use super::files::{self, Declared};
use super::records::Record;
use super::{District, Options, district, make_dir, write_truth};
use crate::domain::Failure;
use crate::formats::write::{self, Column, ColumnKind, OutputFormat, Table};
use crate::job::Progress;
use crate::msg;
use crate::text::encoding::Encoding;

/// A form the commune is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Name of its folder.
    pub folder: &'static str,
    pub encoding: Encoding,
}

/// The shapefile variants.
pub const VARIANTS: [Variant; 3] = [
    Variant {
        folder: "tcvn3",
        encoding: Encoding::Tcvn3,
    },
    Variant {
        folder: "vni",
        encoding: Encoding::Vni,
    },
    Variant {
        folder: "nfd",
        encoding: Encoding::Utf8Nfd,
    },
];

/// The variants written by GDAL: folder and format.
pub const TABLES: [(&str, OutputFormat); 2] = [("tab", OutputFormat::Tab), ("gpkg", OutputFormat::Gpkg)];

/// Writes the smallest commune of the district of `options` below `options.dir`, once per variant.
/// Gives its code.
pub fn write_variants(options: &Options, progress: &Progress) -> Result<String, Failure> {
    let district = district(options, progress)?;
    let commune = smallest(&district)?;
    for variant in VARIANTS {
        write_variant(&district, commune, variant, &options.dir.join(variant.folder))?;
    }
    for (folder, format) in TABLES {
        write_table(&district, commune, format, &options.dir.join(folder))?;
    }
    Ok(super::names::COMMUNES[commune].0.to_owned())
}

fn smallest(district: &District) -> Result<usize, Failure> {
    district
        .communes()
        .into_iter()
        .min_by_key(|&c| district.members(c).len())
        .ok_or_else(|| {
            Failure::new(
                "SAMPLE_SIZE",
                msg!("Huyện mẫu không có xã nào.", "The district has no commune."),
            )
        })
}

fn write_variant(district: &District, commune: usize, variant: Variant, dir: &Path) -> Result<(), Failure> {
    make_dir(dir)?;
    let members = district.members(commune);
    let rows: Vec<&Record> = members.iter().map(|&i| &district.records[i]).collect();
    let name = format!("{}.shp", files::file_name(commune));
    files::write_shapefile(&dir.join(&name), &rows, variant.encoding, Declared::Right)?;
    let truths = district.truths(variant.encoding, |c| c == commune)?;
    let number = |i: usize| members.iter().position(|&m| m == i).map_or(0, |p| p as u64 + 1);
    write_truth(dir, &truths, &district.records, |i| (name.clone(), number(i)))
}

/// TAB and GeoPackage hold Unicode: the texts are those a reader finds in the UTF-8 shapefile.
fn write_table(district: &District, commune: usize, format: OutputFormat, dir: &Path) -> Result<(), Failure> {
    make_dir(dir)?;
    let members = district.members(commune);
    let layer = files::file_name(commune);
    let name = format!(
        "{layer}.{}",
        if format == OutputFormat::Tab {
            "tab"
        } else {
            "gpkg"
        }
    );
    let columns = files::COLUMNS.map(|(name, width, decimals)| Column {
        name: name.to_owned(),
        kind: match decimals {
            None => ColumnKind::Text { width },
            Some(0) => ColumnKind::Integer,
            Some(decimals) => ColumnKind::Real { decimals },
        },
    });
    let table = Table {
        layer: &layer,
        columns: &columns,
        epsg: super::EPSG,
        wgs84: false,
        at: jiff::Timestamp::UNIX_EPOCH,
    };
    let mut rows = members.iter().zip(1..).map(|(&i, id)| {
        let r = &district.records[i];
        let cells = files::row(r, id)
            .into_iter()
            .zip(files::COLUMNS)
            .map(|(cell, column)| unicode(cell, column.1));
        Ok((r.polygon.clone(), cells.collect::<Result<Vec<_>, Failure>>()?))
    });
    write::write(format, &dir.join(&name), &table, true, &mut rows)?;
    let truths = district.truths(Encoding::Utf8, |c| c == commune)?;
    let number = |i: usize| members.iter().position(|&m| m == i).map_or(0, |p| p as u64 + 1);
    write_truth(dir, &truths, &district.records, |i| (name.clone(), number(i)))
}

fn unicode(cell: files::Cell, width: u8) -> Result<write::Cell, Failure> {
    Ok(match cell {
        files::Cell::Null => write::Cell::Null,
        files::Cell::Int(i) => write::Cell::Int(i),
        files::Cell::Real(x) => write::Cell::Real(x),
        files::Cell::Text(t) => write::Cell::Text(files::read_back(&t, Encoding::Utf8, usize::from(width))?),
    })
}
