//! interim
use super::Options;
use super::geometry::Placing;
use crate::crs::{self, DeclaredCrs, Transform};
use crate::domain::Failure;
use crate::text::Msg;
use std::path::Path;

/// How the coordinates of a layer are taken.
#[derive(Clone, Debug)]
pub struct CrsPlan {
    pub epsg: u32,
    pub swap_xy: bool,
    pub verdict: &'static str,
    pub explanation: Msg,
    pub certain: bool,
}
pub fn plan(
    declared: Option<&DeclaredCrs>,
    _points: &[[f64; 2]],
    _commune: Option<&str>,
    options: &Options,
) -> CrsPlan {
    let epsg = options
        .crs
        .or(declared.and_then(|d| d.epsg.or_else(|| meridian(&d.wkt))));
    CrsPlan {
        epsg: epsg.unwrap_or(options.project_epsg),
        swap_xy: false,
        verdict: "x",
        explanation: Msg::default(),
        certain: epsg.is_some_and(crs::is_known),
    }
}
fn meridian(wkt: &str) -> Option<u32> {
    let at = wkt.to_lowercase().find("central_meridian")?;
    let number = wkt[at..].split(',').nth(1)?.split(']').next()?.trim();
    Some(crs::zone_at(number.parse().ok()?)?.epsg)
}
impl CrsPlan {
    pub fn undecided(&self, file: &Path, options: &Options) -> Option<Failure> {
        if !self.certain || (self.epsg != options.project_epsg && !options.reproject) {
            return Some(Failure::new("CRS_UNDECIDED", self.explanation.clone()).file(file));
        }
        None
    }
    pub fn placing(&self, project: u32) -> Result<Placing, Failure> {
        let transform = if self.epsg == project {
            None
        } else {
            Some(Transform::between(self.epsg, project)?)
        };
        Ok(Placing {
            swap_xy: self.swap_xy,
            transform,
        })
    }
    pub(super) fn say(&self, _project: u32, _say: &mut super::draft::Say<'_>) {}
}
