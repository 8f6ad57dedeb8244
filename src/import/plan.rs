//! What is to be done with the inspected files: proposed from the doctors' opinions and the person's
//! options, editable layer by layer, refused while something is undecided.

use super::mapping::{self, Field, Mapping};
use super::{CrsPlan, Inspection, LayerInspection, Profile, clean};
use crate::domain::Failure;
use crate::formats::TextKind;
use crate::msg;
use crate::text::doctor::{CapitalFont, Diagnosis, Source};
use crate::text::encoding::Encoding;
use crate::text::{Msg, Text};
use crate::topology::Coverage;

/// What to do with a record of several polygons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Multipart {
    /// One parcel per polygon, all with the record's attributes.
    #[default]
    Split,
    Quarantine,
}

/// What to do with a parcel that the district has already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    #[default]
    Skip,
    /// Replace attributes and geometry of the parcel in the district.
    Update,
    /// Import beside it.
    Keep,
}

/// The person's choices for a whole run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Coordinate system of the district.
    pub project_epsg: u32,
    /// Where the district's parcels lie: [min E, min N, max E, max N] in metres; `None` while it has none.
    pub extent: Option<[f64; 4]>,
    /// Code of the province, old or new list, where it is known.
    pub province: Option<String>,
    /// `--map`; wins over the profile, which wins over the proposal.
    pub map: Vec<(Field, String)>,
    pub profile: Option<Profile>,
    /// `--encoding`: for all text columns.
    pub encoding: Option<Encoding>,
    /// `--crs`: what the files are in, whatever they declare.
    pub crs: Option<u32>,
    /// Commune of records that do not name one.
    pub commune: Option<String>,
    pub multipart: Multipart,
    /// Points of neighbours this near, mm, become equal; 0 moves nothing.
    pub snap_mm: i64,
    pub duplicates: Duplicates,
    /// Allow coordinates to be transformed into the district's system.
    pub reproject: bool,
}

impl Options {
    /// Where the parcels of a district lie, for [`Options::extent`].
    pub fn extent_of(coverage: &Coverage) -> Option<[f64; 4]> {
        let area = coverage.bbox()?;
        let ((west, south), (east, north)) = (area.min.metres(), area.max.metres());
        Some([west, south, east, north])
    }
}

/// What will be read, and how.
#[derive(Clone, Debug)]
pub struct Plan {
    pub options: Options,
    /// One per layer of the inspection.
    pub layers: Vec<LayerPlan>,
}

/// How one layer is read.
#[derive(Clone, Debug)]
pub struct LayerPlan {
    pub mapping: Mapping,
    /// One per field of the layer.
    pub columns: Vec<ColumnPlan>,
    pub crs: CrsPlan,
    /// For records that do not name one.
    pub commune: Option<String>,
}

/// How one column is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColumnPlan {
    pub encoding: Encoding,
    pub score: f64,
    pub source: Source,
    /// False: the person must choose (only asked for mapped columns).
    pub certain: bool,
    /// Text was typed in a capital font (.VnTimeH): make it capital.
    pub upper: bool,
    pub capital_font: Option<CapitalFont>,
}

impl Plan {
    /// The doctors' proposal with the person's options over it.
    ///
    /// Fails when `--map` or the profile names a column that no layer has, or `commune` is no code.
    pub fn propose(inspection: &Inspection, options: &Options) -> Result<Self, Failure> {
        check_options(inspection, options)?;
        let usual = usual_encoding(inspection.layers.iter().flat_map(|l| &l.columns));
        let propose = |l: &LayerInspection, options: &Options| LayerPlan::propose(l, options, usual);
        let mut layers: Vec<LayerPlan> = inspection.layers.iter().map(|l| propose(l, options)).collect();
        if options.extent.is_none()
            && let Some(extent) = extent_of_matching(inspection, &layers)
        {
            // A first import: the files that are sure show where the district lies.
            let known = Options {
                extent: Some(extent),
                ..options.clone()
            };
            for (layer, plan) in inspection
                .layers
                .iter()
                .zip(&mut layers)
                .filter(|(_, p)| p.crs.verdict != "MATCH")
            {
                plan.crs = propose(layer, &known).crs;
            }
        }
        Ok(Self {
            options: options.clone(),
            layers,
        })
    }

    /// What stands in the way of reading: `CRS_UNDECIDED`, `ENCODING_UNDECIDED` or
    /// `COMMUNE_UNDECIDED`, with the proposal as remedy.
    pub fn undecided(&self, inspection: &Inspection) -> Option<Failure> {
        let layers = || inspection.layers.iter().zip(&self.layers);
        layers()
            .find_map(|(l, p)| p.crs.undecided(&l.source.file, &self.options))
            .or_else(|| layers().find_map(|(l, p)| p.encoding_undecided(l)))
            .or_else(|| layers().find_map(|(l, p)| p.commune_undecided(l)))
    }
}

fn check_options(inspection: &Inspection, options: &Options) -> Result<(), Failure> {
    super::place::check_choice(options)?;
    if let Some(commune) = &options.commune
        && clean::commune(commune).is_none()
    {
        let message = msg!(
            "“{commune}” không phải là mã xã năm chữ số.",
            "“{commune}” is no five-digit commune code."
        );
        return Err(Failure::new("BAD_COMMUNE", message));
    }
    let has = |column: &str| {
        inspection
            .layers
            .iter()
            .any(|l| mapping::find_column(l.fields(), column).is_some())
    };
    let missing = options.map.iter().find(|(_, c)| !c.is_empty() && !has(c));
    let Some((field, column)) = missing else {
        return Ok(());
    };
    let known = clean::list(
        inspection
            .layers
            .iter()
            .flat_map(LayerInspection::fields)
            .map(|f| f.name.as_str()),
    );
    let name = field.name();
    Err(Failure::new(
        "NO_SUCH_COLUMN",
        msg!(
            "Không tệp nào có cột “{column}”.",
            "No file has a column “{column}”."
        ),
    )
    .field(name)
    .remedy(msg!(
        "Các cột có trong tệp: {known}.",
        "Columns of the files: {known}."
    )))
}

/// Box of the sampled points of all layers that are in the district's system without a doubt.
fn extent_of_matching(inspection: &Inspection, plans: &[LayerPlan]) -> Option<[f64; 4]> {
    let sure = inspection
        .layers
        .iter()
        .zip(plans)
        .filter(|(_, p)| p.crs.certain && p.crs.verdict == "MATCH");
    let points = sure
        .flat_map(|(l, _)| &l.points)
        .filter(|p| p.iter().all(|v| v.is_finite()));
    points.fold(None, |extent: Option<[f64; 4]>, [e, n]| {
        let [west, south, east, north] = extent.unwrap_or([*e, *n, *e, *n]);
        Some([west.min(*e), south.min(*n), east.max(*e), north.max(*n)])
    })
}

/// The encoding that decides most columns by itself; what pure ASCII and scant columns are taken for.
fn usual_encoding<'a>(columns: impl Iterator<Item = &'a Diagnosis>) -> Option<Encoding> {
    let mut words: Vec<(Encoding, u64)> = Vec::new();
    for d in columns.filter(|d| d.certain && d.words > 0) {
        match words.iter_mut().find(|(e, _)| *e == d.encoding) {
            Some((_, n)) => *n += u64::from(d.words),
            None => words.push((d.encoding, u64::from(d.words))),
        }
    }
    // The first of the most, so that the result does not hang on the order of equals.
    words.iter().rev().max_by_key(|(_, n)| *n).map(|(e, _)| *e)
}

impl LayerPlan {
    fn propose(layer: &LayerInspection, options: &Options, usual: Option<Encoding>) -> Self {
        let mut mapping = layer.mapping.clone();
        if let Some(profile) = &options.profile {
            let chosen: Vec<(Field, String)> = profile.mapping.iter().map(|(f, c)| (*f, c.clone())).collect();
            mapping::choose(&mut mapping, &chosen, layer.fields());
        }
        mapping::choose(&mut mapping, &options.map, layer.fields());
        let unicode = layer.source.text == TextKind::Unicode;
        let of_profile = options
            .profile
            .as_ref()
            .and_then(|p| p.encoding.as_deref()?.parse().ok());
        let forced = options
            .encoding
            .or(of_profile)
            .map(|e| if unicode { e.in_unicode() } else { e });
        let usual = usual_encoding(layer.columns.iter()).or(usual.filter(|_| !unicode));
        let columns = layer
            .columns
            .iter()
            .map(|d| ColumnPlan::propose(d, forced, usual, unicode))
            .collect();
        let commune = options
            .commune
            .as_deref()
            .and_then(clean::commune)
            .or_else(|| layer.commune.clone());
        Self {
            crs: CrsPlan::propose(layer.declared_crs(), &layer.evidence(&mapping), options),
            mapping,
            columns,
            commune,
        }
    }

    fn encoding_undecided(&self, layer: &LayerInspection) -> Option<Failure> {
        let is_open = |name: &str, c: &ColumnPlan| !c.certain && self.mapping.values().any(|m| m == name);
        let (field, d) = layer
            .fields()
            .iter()
            .zip(&self.columns)
            .zip(&layer.columns)
            .find(|((f, c), _)| is_open(&f.name, c))
            .map(|((f, _), d)| (f, d))?;
        let candidates: Vec<String> = d
            .candidates
            .iter()
            .take(3)
            .map(|c| format!("{} ({:.2})", c.encoding, c.score))
            .collect();
        let candidates = candidates.join(", ");
        let column = &field.name;
        Some(
            Failure::new(
                "ENCODING_UNDECIDED",
                Text::new(
                    "Chưa xác định chắc bảng mã của cột.",
                    "The encoding of the column is not certain.",
                ),
            )
            .file(&layer.source.file)
            .field(column)
            .remedy(msg!(
                "Có thể là: {candidates}. Chọn bằng --encoding TÊN hoặc trong bước xem trước.",
                "It may be: {candidates}. Choose with --encoding NAME or in the preview."
            )),
        )
    }

    fn commune_undecided(&self, layer: &LayerInspection) -> Option<Failure> {
        if self.commune.is_some() || self.mapping.contains_key(&Field::Commune) {
            return None;
        }
        let message = Text::new(
            "Không biết tệp thuộc xã nào.",
            "It is not known which commune the file belongs to.",
        );
        let remedy: Msg = msg!(
            "Cho biết mã xã bằng --commune MÃ, bằng cột (--map ma_xa=CỘT) hoặc trong tên tệp.",
            "Give the commune code by --commune CODE, by a column (--map ma_xa=COLUMN) or in the file's name."
        );
        Some(
            Failure::new("COMMUNE_UNDECIDED", message)
                .file(&layer.source.file)
                .remedy(remedy),
        )
    }
}

impl ColumnPlan {
    fn propose(d: &Diagnosis, forced: Option<Encoding>, usual: Option<Encoding>, unicode: bool) -> Self {
        let plan = |encoding, score, source, certain| Self {
            encoding,
            score,
            source,
            certain,
            upper: false,
            capital_font: d.capital_font,
        };
        if let Some(encoding) = forced {
            let score = d
                .candidates
                .iter()
                .find(|c| c.encoding == encoding)
                .map_or(0.0, |c| c.score);
            return plan(
                encoding,
                if d.words == 0 { 1.0 } else { score },
                Source::Forced,
                true,
            );
        }
        if d.words > 0 && d.certain {
            return plan(d.encoding, d.score, d.source, true);
        }
        // Windows-1252 is what every DBF of ArcGIS states, whatever is in it: no reason to read
        // a letter that the sample missed as one.
        let fallback = if unicode || d.encoding == Encoding::Cp1252 {
            Encoding::Utf8
        } else {
            d.encoding
        };
        let encoding = usual.unwrap_or(fallback);
        if d.words == 0 {
            return plan(encoding, 1.0, d.source, true);
        }
        // Little or poor evidence: what the rest of the file is in, when the column can be read so.
        match d.candidates.iter().find(|c| Some(c.encoding) == usual) {
            Some(c) if c.score >= 0.5 => plan(c.encoding, c.score, Source::Scored, true),
            _ => plan(d.encoding, d.score, d.source, false),
        }
    }
}
