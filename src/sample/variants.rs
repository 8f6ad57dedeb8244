//! One commune in the encodings and formats that offices have.

use std::path::Path;

use super::files::{self, Declared};
use super::records::Record;
use super::{District, Options, district, make_dir, write_truth};
use crate::domain::Failure;
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

/// Writes the smallest commune of the district of `options` below `options.dir`, once per variant.
/// Gives its code.
pub fn write_variants(options: &Options, progress: &Progress) -> Result<String, Failure> {
    let district = district(options, progress)?;
    let commune = smallest(&district)?;
    for variant in VARIANTS {
        write_variant(&district, commune, variant, &options.dir.join(variant.folder))?;
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
