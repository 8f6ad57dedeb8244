//! `diachinh sample`: an invented district, the same bytes for the same arguments.
//!
//! A true coverage on the millimetre lattice of EPSG:9210 with a river, canals, streets, a town,
//! villages along streets, paddies in strips, orchards, ponds and islands ([`plan`], [`plots`],
//! [`finish`], [`shape`]); a register around it with plainly invented people ([`names`], [`records`]);
//! known errors on demand ([`dirt`]); a whole register as a dump ([`register`]); files as offices have them ([`files`], [`variants`]).

mod dirt;
mod files;
mod finish;
mod land;
mod mesh;
mod names;
mod plan;
mod plots;
mod random;
mod records;
mod register;
mod shape;
mod truth;
mod variants;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::domain::Failure;
use crate::job::Progress;
use crate::msg;
use crate::text::Text;
use crate::text::encoding::Encoding;
use crate::topology::validity;
use records::Record;
use shape::{Junction, Shape};
use truth::Truth;

pub use register::generate_register;
pub use variants::{TABLES, VARIANTS, Variant, write_variants};

/// What to make.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder to write into; made when missing. Files of the same name are replaced.
    pub dir: PathBuf,
    /// Number of records, roads and water included. Copies made by `dirty` come on top.
    pub parcels: usize,
    pub seed: u64,
    /// About this share of the records gets an error.
    pub dirty: Option<f64>,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Written {
    pub files: Vec<PathBuf>,
    pub records: u64,
    /// Lines of truth.jsonl.
    pub truths: u64,
    pub communes: Vec<(String, String, u64)>,
}

/// A district in memory, before it becomes files.
struct District {
    records: Vec<Record>,
    truth: Vec<Truth>,
}

/// Zone of the district: VN-2000 / TM-3 105-45.
pub const EPSG: u32 = 9210;

const LAYING_OUT: Text = Text::new("Đang dựng huyện mẫu", "Laying out the sample district");
const WRITING: Text = Text::new("Đang ghi tệp", "Writing files");

/// Share of the shapes that lack one point a neighbour has.
const UNMATCHED: f64 = 0.03;

/// Writes the district. Fails with SAMPLE_SIZE for sizes it cannot make and with a file's failure.
pub fn generate(options: &Options, progress: &Progress) -> Result<Written, Failure> {
    let district = district(options, progress)?;
    progress.stage(WRITING, district.records.len() as u64)?;
    make_dir(&options.dir)?;
    let mut written = Written {
        files: Vec::new(),
        records: district.records.len() as u64,
        truths: 0,
        communes: Vec::new(),
    };
    let mut places = vec![(String::new(), 0); district.records.len()];
    for commune in district.communes() {
        let path = options.dir.join(files::file_name(commune)).with_extension("shp");
        let members = district.members(commune);
        for (&i, number) in members.iter().zip(1..) {
            places[i] = (format!("{}.shp", files::file_name(commune)), number);
        }
        let rows: Vec<&Record> = members.iter().map(|&i| &district.records[i]).collect();
        files::write_shapefile(&path, &rows, Encoding::Utf8, files::declared(commune))?;
        let (code, name) = names::COMMUNES[commune];
        written
            .communes
            .push((code.to_owned(), name.to_owned(), rows.len() as u64));
        written.files.push(path);
        progress.step(rows.len() as u64)?;
    }
    let truths = district.truths(Encoding::Utf8, |_| true)?;
    written.truths = truths.len() as u64;
    write_truth(&options.dir, &truths, &district.records, |i| places[i].clone())?;
    write_text(&options.dir.join("README.md"), &readme(options, &written))?;
    Ok(written)
}

/// The district of these options.
fn district(options: &Options, progress: &Progress) -> Result<District, Failure> {
    let rate = options.dirty.unwrap_or(0.0);
    if !(50..=2_000_000).contains(&options.parcels) || !(0.0..=0.2).contains(&rate) {
        return Err(Failure::new(
            "SAMPLE_SIZE",
            msg!(
                "Số thửa phải từ 50 đến 2.000.000, tỷ lệ lỗi từ 0 đến 0,2.",
                "Parcels must be 50 to 2,000,000 and the rate of errors 0 to 0.2."
            ),
        ));
    }
    progress.stage(LAYING_OUT, 0)?;
    let (shapes, junctions) = laid_out(options, progress)?;
    let (mut records, order): (Vec<Record>, Vec<usize>) =
        records::records(shapes, options.seed).into_iter().unzip();
    let mut truth = junction_truth(&junctions, &order);
    if rate > 0.0 {
        let keep: Vec<usize> = truth.iter().map(|t| t.records[0]).collect();
        dirt::inject(&mut records, rate, options.seed, &keep, &mut truth);
    }
    Ok(District { records, truth })
}

/// The shapes of a layout with exactly the wanted number of faces: the area is tried until there are a few
/// too few, then the largest plots are cut. A layout with an invalid shape (one in some millions comes out
/// of the bend with a spike) is dropped for one of nearly the same area.
fn laid_out(options: &Options, progress: &Progress) -> Result<(Vec<Shape>, Vec<Junction>), Failure> {
    let count = options.parcels;
    let mut mean = 660.0;
    for _ in 0..60 {
        progress.step(0)?;
        let mut plan = plan::lay_out(options.seed, count as f64 * mean, count);
        plan.plot_blocks();
        if plan.finish(count) {
            let (shapes, junctions) = shape::shapes(&plan, options.seed, UNMATCHED);
            if shapes.par_iter().all(|s| validity::check(&s.polygon).is_empty()) {
                return Ok((shapes, junctions));
            }
            mean *= 0.999;
            continue;
        }
        mean *= 0.985 * (count as f64 / plan.faces.len() as f64).clamp(0.3, 1.0);
    }
    Err(Failure::new(
        "SAMPLE_SIZE",
        msg!(
            "Không dựng được huyện mẫu với đúng {count} thửa; hãy chọn số khác.",
            "Could not lay out a district of exactly {count} parcels; choose another number."
        ),
    ))
}

fn junction_truth(junctions: &[Junction], order: &[usize]) -> Vec<Truth> {
    let mut position = vec![0; order.len()];
    for (k, &i) in order.iter().enumerate() {
        position[i] = k;
    }
    let mut truth: Vec<Truth> = junctions
        .iter()
        .map(|j| Truth::new("t_junction", vec![position[j.shape]], j.at))
        .collect();
    truth.sort_by_key(|t| (t.records[0], t.at));
    truth
}

impl District {
    /// Communes that have records, ascending.
    fn communes(&self) -> Vec<usize> {
        let mut all: Vec<usize> = self.records.iter().map(|r| r.commune).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Records of a commune in the order of its file.
    fn members(&self, commune: usize) -> Vec<usize> {
        (0..self.records.len())
            .filter(|&i| self.records[i].commune == commune)
            .collect()
    }

    /// Everything known about the communes that `wanted` names, with what marked rows read in `encoding`.
    fn truths(&self, encoding: Encoding, wanted: impl Fn(usize) -> bool) -> Result<Vec<Truth>, Failure> {
        let mut all: Vec<Truth> = self
            .truth
            .iter()
            .filter(|t| wanted(self.records[t.records[0]].commune))
            .cloned()
            .collect();
        for (i, r) in self.records.iter().enumerate().filter(|(_, r)| wanted(r.commune)) {
            if let Some((kind, expected)) = files::expected_owner(r, encoding)? {
                let at = r.polygon.points().next().unwrap_or_default();
                all.push(Truth {
                    field: Some("TENCHU"),
                    expected: Some(expected),
                    ..Truth::new(kind, vec![i], at)
                });
            }
        }
        Ok(all)
    }
}

fn make_dir(dir: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(dir).map_err(|e| not_written(dir, &e))
}

fn not_written(path: &Path, e: &std::io::Error) -> Failure {
    Failure::new("WRITE_FAILED", msg!("Không ghi được: {e}.", "Cannot write: {e}.")).file(path)
}

fn write_text(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|e| not_written(path, &e))
}

fn write_truth(
    dir: &Path,
    truths: &[Truth],
    records: &[Record],
    place: impl Fn(usize) -> (String, u64),
) -> Result<(), Failure> {
    let mut text = String::new();
    for t in truths {
        text += &t.line(records, &place).to_string();
        text.push('\n');
    }
    write_text(&dir.join("truth.jsonl"), &text)
}

/// README of a generated folder.
fn readme(options: &Options, written: &Written) -> String {
    let dirty = options.dirty.map(|r| format!(" --dirty {r}")).unwrap_or_default();
    let mut text = format!(
        "# An invented district\n\nMade by `diachinh sample DIR --parcels {} --seed {}{dirty}`; the same arguments give the same bytes.\n\
         Every person, place and number is invented. Coordinates: VN-2000 / TM-3 105-45 (EPSG:9210), whole millimetres.\n\n\
         | file | commune | records | `.prj` |\n|---|---|---|---|\n",
        options.parcels, options.seed
    );
    for (i, (code, name, records)) in written.communes.iter().enumerate() {
        let commune = names::COMMUNES.iter().position(|c| c.0 == code).unwrap_or(i);
        let prj = match files::declared(commune) {
            files::Declared::Right => "right",
            files::Declared::Missing => "missing",
            files::Declared::WrongMeridian => "wrong: central meridian 105°00′",
            files::Declared::Utm => "wrong: UTM zone 48N",
        };
        let _ = writeln!(text, "| thua_{code}.shp | {code} {name} | {records} | {prj} |");
    }
    text += "\nText is UTF-8. Columns are those of gCadas and FAMIS; TENCHU and DIACHI hold 50 bytes. Streets and water that are\n\
             no parcel have no number. `truth.jsonl` lists, one JSON object a line with kind, refs, at [E, N], file and record:\n\
             points of one parcel on a straight side of its neighbour (`t_junction`, within 1 mm), names cut off at 50 bytes or\n\
             written in capitals (`truncated_text`, `capital_text`, with the reading to expect), and injected errors.\n";
    text
}
