//! Where the coordinates of a layer are taken to be: the CRS doctor's verdict, the person's choice, and
//! what may be done without asking.

use std::path::Path;

use super::Options;
use super::geometry::Placing;
use crate::crs::doctor::{Context, Proposal, Verdict, diagnose};
use crate::crs::{self, DeclaredCrs, Transform};
use crate::domain::{Failure, Reading, Severity};
use crate::msg;
use crate::text::{Msg, Text};

/// How the coordinates of a layer are read: swapped, then shifted, then taken as `epsg`.
#[derive(Clone, Debug)]
pub struct CrsPlan {
    pub epsg: u32,
    /// The file has northing before easting.
    pub swap_xy: bool,
    /// Metres added to easting and northing after the swap.
    pub shift: [f64; 2],
    /// Code of the doctor's verdict on the file as it is.
    pub verdict: &'static str,
    /// The verdict in words.
    pub explanation: Msg,
    /// False: the person must choose.
    pub certain: bool,
}

/// What is known of the layer besides its declaration.
pub(super) struct Evidence<'a> {
    pub points: &'a [[f64; 2]],
    /// Median of computed over recorded area.
    pub area_ratio: Option<f64>,
}

impl CrsPlan {
    /// The doctor's proposal, or the person's `--crs` with what the coordinates still need.
    pub(super) fn propose(
        declared: Option<&DeclaredCrs>,
        evidence: &Evidence<'_>,
        options: &Options,
    ) -> Self {
        let context = Context {
            project_epsg: options.project_epsg,
            province: options.province.as_deref(),
            extent: options.extent,
            area_ratio: evidence.area_ratio,
        };
        let verdict = diagnose(declared, evidence.points, &context);
        let (proposal, certain) = match options.crs {
            None => (verdict.proposal, verdict.certain),
            Some(epsg) => chosen(epsg, evidence.points, &context),
        };
        let certain = certain && proposal.is_some();
        let proposal = proposal.unwrap_or(Proposal::plain(options.project_epsg));
        Self {
            epsg: proposal.epsg,
            swap_xy: proposal.swap_xy,
            shift: proposal.shift,
            verdict: verdict.code,
            explanation: verdict.explanation,
            certain,
        }
    }

    fn proposal(&self) -> Proposal {
        Proposal {
            epsg: self.epsg,
            swap_xy: self.swap_xy,
            shift: self.shift,
        }
    }

    /// Why the layer cannot be read yet: nothing is guessed, and no coordinate moves unasked.
    pub(super) fn undecided(&self, file: &Path, options: &Options) -> Option<Failure> {
        let moves = !self.proposal().moves_nothing(options.project_epsg);
        let reprojects = self.proposal().reprojects(options.project_epsg);
        let allowed = !moves || options.reproject || (options.crs.is_some() && !reprojects);
        if self.certain && allowed {
            return None;
        }
        Some(
            Failure::new("CRS_UNDECIDED", self.explanation.clone())
                .file(file)
                .remedy(self.remedy(reprojects)),
        )
    }

    fn remedy(&self, reprojects: bool) -> Msg {
        let Msg { vi, en } = crs::name(self.epsg);
        let epsg = self.epsg;
        let extra = if reprojects { " --reproject" } else { "" };
        let (swap_vi, swap_en) = if self.swap_xy {
            (", đảo X và Y", ", X and Y swapped")
        } else {
            ("", "")
        };
        msg!(
            "Đề xuất: {vi}{swap_vi}. Nếu đúng, nhập lại với --crs EPSG:{epsg}{extra}; nếu không, chọn hệ khác.",
            "Proposal: {en}{swap_en}. If that is right, import with --crs EPSG:{epsg}{extra}; else choose another."
        )
    }

    /// For the points of the layer.
    pub(super) fn placing(&self, project_epsg: u32) -> Result<Placing, Failure> {
        placing(&self.reading(), project_epsg)
    }

    pub(super) fn reading(&self) -> Reading {
        Reading {
            epsg: self.epsg,
            swap_xy: self.swap_xy,
            shift: self.shift,
        }
    }

    /// A finding when the file is not simply what it declares.
    pub(super) fn say(&self, say: &mut super::draft::Say<'_>) {
        if !matches!(self.verdict, "MATCH" | "EMPTY") {
            say.that("IMPORT_CRS", Severity::Warning)
                .value("verdict", self.verdict)
                .value("used", &format!("EPSG:{}", self.epsg))
                .value("explanation_vi", &self.explanation.vi)
                .value("explanation_en", &self.explanation.en);
        }
    }
}

/// For coordinates read so.
pub(super) fn placing(reading: &Reading, project_epsg: u32) -> Result<Placing, Failure> {
    let transform = match reading.epsg == project_epsg {
        true => None,
        false => Some(Transform::between(reading.epsg, project_epsg)?),
    };
    Ok(Placing {
        swap_xy: reading.swap_xy,
        shift: reading.shift,
        transform,
    })
}

/// The person says what the file is in; whether its axes are swapped or its origin is interchanged
/// still shows in the numbers. Degrees are never taken for metres, nor metres for degrees.
fn chosen(epsg: u32, points: &[[f64; 2]], context: &Context<'_>) -> (Option<Proposal>, bool) {
    let declared = DeclaredCrs {
        wkt: format!("EPSG:{epsg}"),
        epsg: Some(epsg),
        name: format!("EPSG:{epsg}"),
    };
    let Verdict { code, proposal, .. } = diagnose(Some(&declared), points, context);
    match proposal {
        Some(p) if p.epsg == epsg || code == "DEPRECATED_EPSG" => (Some(p), true),
        Some(p) => {
            let same_unit = is_degrees(p.epsg) == is_degrees(epsg);
            (Some(Proposal { epsg, ..p }), same_unit)
        }
        None => (Some(Proposal::plain(epsg)), true),
    }
}

fn is_degrees(epsg: u32) -> bool {
    matches!(epsg, crs::WGS84 | crs::VN2000_GEOGRAPHIC)
}

const UNKNOWN_CRS: Text = Text::new(
    "Chọn một múi VN-2000, VN-2000 kinh vĩ độ (EPSG:4756) hoặc WGS 84 (EPSG:4326).",
    "Choose a VN-2000 zone, VN-2000 geographic (EPSG:4756) or WGS 84 (EPSG:4326).",
);

/// Refuses a `--crs` that no transform is known for.
pub(super) fn check_choice(options: &Options) -> Result<(), Failure> {
    match options.crs {
        Some(epsg) if !crs::is_known(epsg) && crs::replacement(epsg).is_none() => Err(Failure::new(
            "CRS_UNKNOWN",
            msg!(
                "Không hỗ trợ hệ tọa độ EPSG:{epsg}.",
                "The coordinate system EPSG:{epsg} is not supported."
            ),
        )
        .remedy(Msg::from(UNKNOWN_CRS))),
        _ => Ok(()),
    }
}

/// Median of computed over recorded areas.
pub(super) fn median(mut ratios: Vec<f64>) -> Option<f64> {
    ratios.retain(|r| r.is_finite());
    ratios.sort_by(f64::total_cmp);
    // Fewer parcels say little: recorded areas are rounded to 0.1 m².
    (ratios.len() >= 20).then(|| ratios[ratios.len() / 2])
}
