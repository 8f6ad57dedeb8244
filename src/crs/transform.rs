//! Transforms between the coordinate systems of [`super::zones`], by PROJ with every parameter spelled out.
//!
//! No code is looked up in `proj.db` and the projection's algorithm is named, so that neither
//! `PROJ_DATA`, a `proj.ini` nor a `proj.db` lying about can change a digit (tests/it/crs_env.rs).

use std::cell::RefCell;
use std::rc::Rc;

use proj::Proj;

use super::zones::{self, UTM, VN2000_GEOGRAPHIC, WGS84};
use crate::domain::{Failure, Pt};
use crate::msg;
use crate::text::Text;

/// EPSG:6960 "VN-2000 to WGS 84 (2)", coordinate frame rotation, the official seven parameters
/// (QĐ 05/2007/QĐ-BTNMT; domain.md §5.3). Rotations in ″, scale in ppm.
const HELMERT_6960: &str = "+proj=helmert +x=-191.90441429 +y=-39.30318279 +z=-111.45032835 \
     +rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 +s=0.252906278 +convention=coordinate_frame";

const UNKNOWN_CODE: Text = Text::new(
    "hệ tọa độ không thuộc danh mục VN-2000/WGS 84 của chương trình",
    "the coordinate system is not among the VN-2000 and WGS 84 systems the program knows",
);
const OUTSIDE: Text = Text::new(
    "tọa độ nằm ngoài phạm vi chuyển đổi được",
    "the coordinate lies outside of what can be transformed",
);

/// A coordinate system as PROJ steps.
struct System {
    /// From longitude and latitude in radians to the system's own coordinates; empty = none.
    step: String,
    on_vn2000: bool,
}

fn system(epsg: u32) -> Option<System> {
    let tmerc = |meridian: f64, k: f64| {
        format!(
            "+proj=tmerc +algo=poder_engsager +lat_0=0 +lon_0={meridian} +k={k} +x_0=500000 +y_0=0 +ellps=WGS84"
        )
    };
    let degrees = "+proj=unitconvert +xy_in=rad +xy_out=deg".to_owned();
    let epsg = zones::replacement(epsg).unwrap_or(epsg);
    if let Some(zone) = zones::zone(epsg) {
        return Some(System {
            step: tmerc(zone.meridian, 0.9999),
            on_vn2000: true,
        });
    }
    if let Some(&(_, meridian, on_vn2000)) = UTM.iter().find(|u| u.0 == epsg) {
        return Some(System {
            step: tmerc(meridian, 0.9996),
            on_vn2000,
        });
    }
    match epsg {
        VN2000_GEOGRAPHIC => Some(System {
            step: degrees,
            on_vn2000: true,
        }),
        WGS84 => Some(System {
            step: degrees,
            on_vn2000: false,
        }),
        _ => None,
    }
}

/// Whether [`transform`] knows this code.
pub fn is_known(epsg: u32) -> bool {
    system(epsg).is_some()
}

fn pipeline(from: &System, to: &System) -> String {
    let shift = match (from.on_vn2000, to.on_vn2000) {
        (true, false) => datum_shift(""),
        (false, true) => datum_shift("+inv "),
        _ => String::new(),
    };
    format!("+proj=pipeline +step +inv {} {shift}+step {}", from.step, to.step)
}

fn datum_shift(direction: &str) -> String {
    format!(
        "+step +proj=push +v_3 +step +proj=cart +ellps=WGS84 +step {direction}{HELMERT_6960} \
         +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3 "
    )
}

/// A ready transform. PROJ objects stay on the thread that made them.
#[derive(Clone)]
pub struct Transform(Option<Rc<Proj>>);

thread_local! {
    static READY: RefCell<Vec<((u32, u32), Transform)>> = const { RefCell::new(Vec::new()) };
}

impl Transform {
    /// The transform between two EPSG codes; made once a thread. Fails with CRS_UNKNOWN.
    pub fn between(from: u32, to: u32) -> Result<Self, Failure> {
        if let Some(ready) =
            READY.with_borrow(|r| r.iter().find(|(k, _)| *k == (from, to)).map(|r| r.1.clone()))
        {
            return Ok(ready);
        }
        let unknown = |epsg: u32| Failure::new("CRS_UNKNOWN", UNKNOWN_CODE).field(format!("EPSG:{epsg}"));
        let a = system(from).ok_or_else(|| unknown(from))?;
        let b = system(to).ok_or_else(|| unknown(to))?;
        let made = if a.step == b.step && a.on_vn2000 == b.on_vn2000 {
            Self(None)
        } else {
            let proj = Proj::new(&pipeline(&a, &b)).map_err(|e| {
                Failure::new(
                    "CRS_TRANSFORM",
                    msg!(
                        "PROJ không tạo được phép chuyển: {e}",
                        "PROJ cannot make the transform: {e}"
                    ),
                )
            })?;
            Self(Some(Rc::new(proj)))
        };
        READY.with_borrow_mut(|r| r.push(((from, to), made.clone())));
        Ok(made)
    }

    /// Easting, northing in metres, or longitude, latitude in degrees: x before y on both sides.
    pub fn apply(&self, point: [f64; 2]) -> Result<[f64; 2], Failure> {
        let Some(proj) = &self.0 else { return Ok(point) };
        let (x, y) = proj
            .convert((point[0], point[1]))
            .map_err(|_| Failure::new("CRS_TRANSFORM", OUTSIDE))?;
        if x.is_finite() && y.is_finite() {
            Ok([x, y])
        } else {
            Err(Failure::new("CRS_TRANSFORM", OUTSIDE))
        }
    }
}

/// One point between two systems; see [`Transform`].
pub fn transform(from: u32, to: u32, point: [f64; 2]) -> Result<[f64; 2], Failure> {
    Transform::between(from, to)?.apply(point)
}

/// A lattice point of a zone in WGS 84: (latitude, longitude) in degrees.
pub fn to_wgs84(epsg: u32, point: Pt) -> Result<(f64, f64), Failure> {
    let (e, n) = point.metres();
    let [longitude, latitude] = transform(epsg, WGS84, [e, n])?;
    Ok((latitude, longitude))
}

/// WGS 84 degrees to the lattice of a zone.
pub fn from_wgs84(epsg: u32, latitude: f64, longitude: f64) -> Result<Pt, Failure> {
    let [e, n] = transform(WGS84, epsg, [longitude, latitude])?;
    Pt::from_metres(e, n).ok_or_else(|| Failure::new("CRS_TRANSFORM", OUTSIDE))
}
