//! The CRS doctor: what a file declares against what its coordinates show (domain.md §8.5).
//!
//! It only speaks: a [`Verdict`] names the trouble in words and proposes how to read the
//! coordinates. Whoever asks decides; nothing is moved here.

use super::transform::Transform;
use super::wkt::DeclaredKind;
use super::zones::{self, VN2000_GEOGRAPHIC, WGS84, Zone};
use super::{DeclaredCrs, name};
use crate::domain::Failure;
use crate::msg;
use crate::text::Msg;

/// How to read the coordinates of a file: swap, then add `shift`, then take them as `epsg`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proposal {
    pub epsg: u32,
    /// The file has northing before easting.
    pub swap_xy: bool,
    /// Metres added to easting and northing (after the swap), for the interchanged false origin.
    pub shift: [f64; 2],
}

impl Proposal {
    /// Coordinates taken as they are in this system.
    pub fn plain(epsg: u32) -> Self {
        Self {
            epsg,
            swap_xy: false,
            shift: [0.0; 2],
        }
    }

    /// Whether the file's numbers become the project's numbers unchanged.
    pub fn moves_nothing(&self, project_epsg: u32) -> bool {
        self.epsg == project_epsg && !self.swap_xy && self.shift == [0.0; 2]
    }

    /// Whether a transform to the project's zone is needed.
    pub fn reprojects(&self, project_epsg: u32) -> bool {
        self.epsg != project_epsg
    }

    /// A point of the file in the project's zone.
    pub fn apply(&self, point: [f64; 2], project_epsg: u32) -> Result<[f64; 2], Failure> {
        let [x, y] = if self.swap_xy { [point[1], point[0]] } else { point };
        Transform::between(self.epsg, project_epsg)?.apply([x + self.shift[0], y + self.shift[1]])
    }
}

/// What the doctor found.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// MATCH, EMPTY, MISSING_PRJ, WRONG_MERIDIAN, OTHER_ZONE, SWAPPED_XY, GEOGRAPHIC, DEGREES_AS_METRES,
    /// METRES_AS_DEGREES, UTM_AS_TM3, DEPRECATED_EPSG, LOCAL_PLANE, HN72, UNKNOWN.
    pub code: &'static str,
    pub explanation: Msg,
    pub proposal: Option<Proposal>,
    /// The evidence leaves one reading. Without it, a person must choose.
    pub certain: bool,
}

impl Verdict {
    /// Whether an import may go on without asking: one reading, and it moves nothing.
    pub fn is_decided(&self, project_epsg: u32) -> bool {
        self.certain && self.proposal.is_some_and(|p| p.moves_nothing(project_epsg))
    }
}

/// What is known besides the file.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The project's TM-3 zone.
    pub project_epsg: u32,
    /// Code of the province the parcels should be in, old or new list.
    pub province: Option<&'a str>,
    /// Where the project's parcels lie: [min E, min N, max E, max N] in its zone, metres.
    pub extent: Option<[f64; 4]>,
    /// Median of computed over recorded parcel area, where the file has areas.
    pub area_ratio: Option<f64>,
}

/// As near to the project's parcels as a new commune of the district may be, metres.
const NEAR: f64 = 15_000.0;
/// Farther from them than any commune of the same district, metres.
const FAR: f64 = 60_000.0;

/// Computed over recorded area of UTM coordinates: (0.9996 / 0.9999)² = 0.9994 of that in TM-3.
const UTM_AREAS: std::ops::RangeInclusive<f64> = 0.999_25..=0.999_55;

/// From the interchanged false origin to the proper one, metres.
const INTERCHANGED: [f64; 2] = [5e5, -5e5];

/// What the numbers look like.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Look {
    Empty,
    /// Easting, northing of a zone over Vietnam.
    Metres,
    MetresSwapped,
    /// As EPSG 6956–6959 literally say: easting from 0, northing from 500 000.
    Interchanged,
    Degrees,
    DegreesSwapped,
    /// Small numbers: a plane of its own.
    Local,
    Strange,
}

fn look(sample: &[[f64; 2]]) -> Look {
    let sample: Vec<_> = sample
        .iter()
        .filter(|p| p.iter().all(|v| v.is_finite()))
        .collect();
    if sample.is_empty() {
        return Look::Empty;
    }
    // A few stray points must not hide what the rest is.
    let mostly = |test: &dyn Fn(f64, f64) -> bool| {
        sample.iter().filter(|p| test(p[0], p[1])).count() * 10 >= sample.len() * 9
    };
    let within = |v: f64, low: f64, high: f64| (low..=high).contains(&v);
    // Vietnam lies at 102°–110° E (islands to 118°) and 8°–23.5° N (islands from 6°).
    let metres = |e: f64, n: f64| within(e, 150e3, 850e3) && within(n, 850e3, 2_650e3);
    let degrees = |lon: f64, lat: f64| within(lon, 101.0, 118.0) && within(lat, 6.0, 24.0);
    if mostly(&metres) {
        Look::Metres
    } else if mostly(&|x, y| metres(y, x)) {
        Look::MetresSwapped
    } else if mostly(&|x, y| metres(x + 5e5, y - 5e5)) {
        Look::Interchanged
    } else if mostly(&degrees) {
        Look::Degrees
    } else if mostly(&|x, y| degrees(y, x)) {
        Look::DegreesSwapped
    } else if mostly(&|x, y| x.abs() < 1e5 && y.abs() < 1e5) {
        Look::Local
    } else {
        Look::Strange
    }
}

/// The middle of the sample by median: strays do not move it.
fn middle(sample: &[[f64; 2]]) -> [f64; 2] {
    let median = |axis: usize| {
        let mut values: Vec<f64> = sample.iter().map(|p| p[axis]).filter(|v| v.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    [median(0), median(1)]
}

/// Compares what is declared with `sample`, some points of the file in its own axis order.
pub fn diagnose(declared: Option<&DeclaredCrs>, sample: &[[f64; 2]], context: &Context<'_>) -> Verdict {
    let kind = declared.map(DeclaredCrs::kind);
    let case = Case {
        declared,
        kind,
        middle: middle(sample),
        context,
    };
    match look(sample) {
        Look::Empty => case.empty(),
        Look::MetresSwapped | Look::DegreesSwapped => {
            let swapped: Vec<_> = sample.iter().map(|p| [p[1], p[0]]).collect();
            swapped_xy(&diagnose(declared, &swapped, context))
        }
        Look::Degrees => case.degrees(),
        Look::Local => case.local_plane(),
        Look::Interchanged => case.interchanged(),
        Look::Metres => case.metres(),
        Look::Strange => case.strange(),
    }
}

/// The same trouble as of the swapped numbers, plus the swap.
fn swapped_xy(inner: &Verdict) -> Verdict {
    let Msg { vi, en } = &inner.explanation;
    Verdict {
        code: "SWAPPED_XY",
        explanation: msg!(
            "Tọa độ bị đảo: cột thứ nhất là X (bắc), cột thứ hai là Y (đông). {vi}",
            "The coordinates are swapped: northing stands before easting. {en}"
        ),
        proposal: inner.proposal.map(|p| Proposal { swap_xy: true, ..p }),
        certain: inner.certain,
    }
}

struct Case<'a> {
    declared: Option<&'a DeclaredCrs>,
    kind: Option<DeclaredKind>,
    middle: [f64; 2],
    context: &'a Context<'a>,
}

impl Case<'_> {
    fn verdict(&self, code: &'static str, explanation: Msg, proposal: Option<u32>, certain: bool) -> Verdict {
        Verdict {
            code,
            explanation,
            proposal: proposal.map(Proposal::plain),
            certain,
        }
    }

    fn project(&self) -> u32 {
        self.context.project_epsg
    }

    fn declared_name(&self) -> String {
        self.declared.map(|d| d.name.clone()).unwrap_or_default()
    }

    /// Distance of the file's middle, read as `epsg`, from the project's parcels; `None` without any.
    fn distance(&self, epsg: u32) -> Option<f64> {
        self.distance_of(self.middle, epsg)
    }

    fn distance_of(&self, point: [f64; 2], epsg: u32) -> Option<f64> {
        let [min_e, min_n, max_e, max_n] = self.context.extent?;
        let [e, n] = Transform::between(epsg, self.project()).ok()?.apply(point).ok()?;
        Some(
            (min_e - e)
                .max(e - max_e)
                .max(0.0)
                .hypot((min_n - n).max(n - max_n).max(0.0)),
        )
    }

    /// The zone whose reading puts the file nearest to the project's parcels, if near at all; a UTM
    /// zone when no TM-3 zone does (on the same meridian they differ by some 400 m, which no distance tells).
    fn nearest(&self, except: u32) -> Option<u32> {
        let best = |codes: &mut dyn Iterator<Item = u32>| {
            let near = codes
                .filter(|&e| e != except)
                .filter_map(|e| Some((e, self.distance(e)?)));
            near.filter(|(_, d)| *d <= NEAR)
                .min_by(|a, b| a.1.total_cmp(&b.1))
                .map(|(e, _)| e)
        };
        best(&mut zones::zones().iter().map(|z| z.epsg))
            .or_else(|| best(&mut zones::UTM.iter().filter(|u| u.2).map(|u| u.0)))
    }

    /// The zones of the province, where it is known.
    fn province_zones(&self) -> Vec<&'static Zone> {
        self.context
            .province
            .map(zones::zones_of_province)
            .unwrap_or_default()
    }

    fn empty(&self) -> Verdict {
        let text = msg!(
            "Tệp không có tọa độ nào để kiểm tra.",
            "The file has no coordinate to check."
        );
        self.verdict("EMPTY", text, Some(self.project()), true)
    }

    fn strange(&self) -> Verdict {
        let [x, y] = self.middle;
        let text = msg!(
            "Không nhận ra hệ tọa độ: điểm giữa của tệp là ({x:.3}; {y:.3}), không nằm trên lãnh thổ Việt Nam trong hệ nào đã biết.",
            "The system is not recognised: the middle of the file is ({x:.3}; {y:.3}), which lies in Vietnam in no system we know."
        );
        self.verdict("UNKNOWN", text, None, false)
    }

    fn local_plane(&self) -> Verdict {
        let [x, y] = self.middle;
        let text = msg!(
            "Tọa độ nhỏ (khoảng {x:.1}; {y:.1}): bản vẽ theo hệ giả định. Cần các điểm khống chế chung để chuyển về VN-2000.",
            "The coordinates are small (about {x:.1}; {y:.1}): a local plane. Common control points are needed to bring it to VN-2000."
        );
        self.verdict("LOCAL_PLANE", text, None, false)
    }

    fn degrees(&self) -> Verdict {
        let declared = self.declared_name();
        match self.kind {
            Some(DeclaredKind::Geographic(epsg)) => {
                let Msg { vi, en } = name(epsg);
                let text = msg!(
                    "Tệp dùng {vi}; nhập vào sẽ chuyển về múi chiếu của dự án.",
                    "The file is in {en}; importing it needs a transform to the project's zone."
                );
                self.verdict("GEOGRAPHIC", text, Some(epsg), true)
            }
            None => {
                let text = msg!(
                    "Tệp không khai hệ tọa độ (.prj) và tọa độ là độ. Có thể là WGS 84 (GPS, Google) hoặc VN-2000; hai hệ lệch nhau khoảng 225 m.",
                    "The file declares no system (.prj) and its coordinates are degrees: WGS 84 (GPS, Google) or VN-2000, which differ by about 225 m."
                );
                self.verdict("MISSING_PRJ", text, Some(WGS84), false)
            }
            Some(_) => {
                let text = msg!(
                    "Tệp khai “{declared}” tính bằng mét nhưng tọa độ là độ.",
                    "The file declares “{declared}”, which is in metres, but the coordinates are degrees."
                );
                self.verdict("DEGREES_AS_METRES", text, Some(VN2000_GEOGRAPHIC), false)
            }
        }
    }

    /// Numbers that make sense only with the false origin interchanged.
    fn interchanged(&self) -> Verdict {
        match self.kind {
            Some(DeclaredKind::Interchanged(zone)) => self.to_be_shifted(zone),
            _ => self.strange(),
        }
    }

    fn to_be_shifted(&self, zone: u32) -> Verdict {
        let Msg { vi, en } = name(zone);
        let text = msg!(
            "Tệp theo mã EPSG cũ (6956–6959) có hằng số dịch gốc đông và bắc bị hoán đổi; tọa độ cần cộng 500 km đông, trừ 500 km bắc để về {vi}.",
            "The file follows a deprecated code (EPSG 6956–6959) with false easting and northing interchanged; 500 km are to be added east and taken off north to get {en}."
        );
        let proposal = Proposal {
            shift: INTERCHANGED,
            ..Proposal::plain(zone)
        };
        Verdict {
            code: "DEPRECATED_EPSG",
            explanation: text,
            proposal: Some(proposal),
            certain: true,
        }
    }

    fn metres(&self) -> Verdict {
        let declared = self.declared_name();
        match self.kind {
            None => self.missing(),
            Some(DeclaredKind::Zone(zone)) if zone == self.project() => self.same_zone(),
            Some(DeclaredKind::Zone(other) | DeclaredKind::Utm(other)) => self.other_zone(other),
            Some(DeclaredKind::Interchanged(zone)) => self.deprecated(zone),
            Some(DeclaredKind::Geographic(_)) => self.guess(
                "METRES_AS_DEGREES",
                &msg!(
                    "Tệp khai “{declared}” tính bằng độ nhưng tọa độ là mét.",
                    "The file declares “{declared}”, which is in degrees, but the coordinates are metres."
                ),
            ),
            Some(DeclaredKind::Hn72) => self.hn72(),
            Some(DeclaredKind::OtherTransverseMercator { meridian, scale }) => {
                self.odd_parameters(meridian, scale)
            }
            Some(DeclaredKind::Other) => self.guess(
                "UNKNOWN",
                &msg!(
                    "Không nhận ra hệ tọa độ khai trong tệp: “{declared}”.",
                    "The declared system “{declared}” is not recognised."
                ),
            ),
        }
    }

    fn hn72(&self) -> Verdict {
        let text = msg!(
            "Tệp khai hệ HN-72. Bản đồ tỷ lệ lớn theo HN-72 phải chuyển bằng các điểm khống chế tại địa phương, không dùng tham số toàn quốc.",
            "The file declares HN-72. Large-scale maps on HN-72 must be transformed by local control points, not by national parameters."
        );
        self.verdict("HN72", text, None, false)
    }

    /// A meridian with a scale that does not belong to it.
    fn odd_parameters(&self, meridian: f64, scale: f64) -> Verdict {
        let text = msg!(
            "Tệp khai kinh tuyến trục {meridian}° với hệ số {scale}, không có trong quy định (múi 3° dùng 0,9999; UTM 6° dùng 0,9996).",
            "The file declares the central meridian {meridian}° with scale {scale}, which no regulation has (3° zones use 0.9999, UTM 6° zones 0.9996)."
        );
        let code = if (scale - 0.9996).abs() < 1e-6 {
            "UTM_AS_TM3"
        } else {
            "UNKNOWN"
        };
        self.guess(code, &text)
    }

    /// No declaration that helps: the place decides, else the province.
    fn missing(&self) -> Verdict {
        self.guess(
            "MISSING_PRJ",
            &msg!(
                "Tệp không khai hệ tọa độ (.prj).",
                "The file declares no coordinate system (.prj)."
            ),
        )
    }

    fn guess(&self, code: &'static str, why: &Msg) -> Verdict {
        let Msg {
            vi: why_vi,
            en: why_en,
        } = why;
        let project = self.project();
        let say = |epsg, vi: &str, en: &str, certain| {
            let system = name(epsg);
            let (system_vi, system_en) = (system.vi, system.en);
            let text = msg!("{why_vi} {vi} {system_vi}.", "{why_en} {en} {system_en}.");
            self.verdict(code, text, Some(epsg), certain)
        };
        if self.distance(project).is_some_and(|d| d <= NEAR) {
            return say(
                project,
                "Tọa độ trùng vùng dữ liệu đã có của dự án:",
                "The coordinates lie where the project's parcels are:",
                true,
            );
        }
        if let Some(near) = self.nearest(project) {
            return say(
                near,
                "Tọa độ chỉ trùng vùng dữ liệu của dự án khi đọc theo",
                "They lie where the project's parcels are only when read as",
                false,
            );
        }
        match self.province_zones().as_slice() {
            [only] if only.epsg == project && self.context.extent.is_none() => {
                say(project, "Tỉnh này chỉ dùng", "The province has only", true)
            }
            [only] => say(only.epsg, "Tỉnh này chỉ dùng", "The province has only", false),
            _ => say(
                project,
                "Có thể là hệ của dự án:",
                "It may be the project's system:",
                false,
            ),
        }
    }

    fn deprecated(&self, zone: u32) -> Verdict {
        let [e, n] = self.middle;
        let shifted = [e + INTERCHANGED[0], n + INTERCHANGED[1]];
        let is_shifted = match (self.distance(zone), self.distance_of(shifted, zone)) {
            (Some(plain), Some(shifted)) => shifted < plain,
            // A zone is at most 165 km wide on either side of its false easting.
            _ => e.abs() < (e - 5e5).abs(),
        };
        if is_shifted {
            return self.to_be_shifted(zone);
        }
        let Msg { vi, en } = name(zone);
        let text = msg!(
            "Tệp khai mã EPSG cũ (6956–6959) có hằng số dịch gốc bị hoán đổi, nhưng tọa độ là của {vi}.",
            "The file declares a deprecated code (EPSG 6956–6959) with the false origin interchanged, but its coordinates are those of {en}."
        );
        let contradicted = self.distance(zone).is_some_and(|d| d > FAR);
        self.verdict("DEPRECATED_EPSG", text, Some(zone), !contradicted)
    }

    /// Declared as the project's zone: right unless the place, the province or the areas say otherwise.
    fn same_zone(&self) -> Verdict {
        let project = self.project();
        let Msg { vi, en } = name(project);
        if self.distance(project).is_some_and(|d| d > NEAR)
            && let Some(other) = self.nearest(project)
        {
            return self.really(other);
        }
        if let Some(verdict) = self.utm_by_areas() {
            return verdict;
        }
        let province = self.province_zones();
        if self.context.extent.is_none() && !province.is_empty() && province.iter().all(|z| z.epsg != project)
        {
            let meridians = province
                .iter()
                .map(|z| z.meridian_text())
                .collect::<Vec<_>>()
                .join(", ");
            let text = msg!(
                "Tệp và dự án đều khai {vi}, nhưng tỉnh này dùng kinh tuyến trục {meridians}.",
                "File and project both declare {en}, but the province uses the central meridian {meridians}."
            );
            return self.verdict("WRONG_MERIDIAN", text, Some(province[0].epsg), false);
        }
        let text = match self.distance(project) {
            Some(d) if d > FAR => {
                let km = d / 1000.0;
                msg!(
                    "Tệp khai đúng {vi}, nhưng cách dữ liệu đã có {km:.0} km.",
                    "The file declares {en} as the project does, but lies {km:.0} km from its parcels."
                )
            }
            _ => msg!(
                "Tệp khai {vi}, khớp với dự án.",
                "The file declares {en}, as the project does."
            ),
        };
        let certain = self.distance(project).is_none_or(|d| d <= FAR);
        self.verdict("MATCH", text, Some(project), certain)
    }

    /// Declared as the project's zone, but the place shows another.
    fn really(&self, other: u32) -> Verdict {
        let (other, certain) = self.tm3_or_utm(other);
        let (Msg { vi, en }, km) = (name(other), self.distance(self.project()).unwrap_or(0.0) / 1000.0);
        let text = msg!(
            "Theo hệ khai trong tệp, dữ liệu cách vùng của dự án {km:.0} km; đọc theo {vi} thì trùng.",
            "Read as declared, the data lie {km:.0} km from the project's parcels; read as {en} they meet."
        );
        let code = if zones::zone(other).is_some() {
            "WRONG_MERIDIAN"
        } else {
            "UTM_AS_TM3"
        };
        self.verdict(code, text, Some(other), certain)
    }

    /// A zone on a meridian that UTM has too is told apart by the areas, else by the province: a TM-3
    /// zone that is not the province's own is less likely than UTM. Returns the code and whether it is certain.
    fn tm3_or_utm(&self, epsg: u32) -> (u32, bool) {
        let twin = zones::zone(epsg).and_then(|z| zones::UTM.iter().find(|u| u.2 && u.1 == z.meridian));
        let Some(&(utm, ..)) = twin else {
            return (epsg, true);
        };
        let province = self.province_zones();
        match self.context.area_ratio {
            Some(ratio) if UTM_AREAS.contains(&ratio) => (utm, true),
            Some(ratio) if (ratio - 1.0).abs() < 2e-4 => (epsg, true),
            _ if !province.is_empty() && province.iter().all(|z| z.epsg != epsg) => (utm, false),
            _ => (epsg, false),
        }
    }

    /// The areas alone, where the place says nothing.
    fn utm_by_areas(&self) -> Option<Verdict> {
        let ratio = self.context.area_ratio.filter(|r| UTM_AREAS.contains(r))?;
        if self.distance(self.project()).is_some_and(|d| d <= NEAR) {
            return None;
        }
        let meridian = zones::zone(self.project())?.meridian;
        let utm = if meridian < 108.0 { 3405 } else { 3406 };
        let Msg { vi, en } = name(utm);
        let text = msg!(
            "Diện tích tính được chỉ bằng {ratio:.4} diện tích ghi trong tệp: dấu hiệu của {vi} bị khai thành múi 3°.",
            "The computed areas are {ratio:.4} of the recorded ones: the sign of {en} declared as a 3° zone."
        );
        Some(self.verdict("UTM_AS_TM3", text, Some(utm), false))
    }

    /// Declared as a system that is not the project's: true, or a wrong `.prj`?
    fn other_zone(&self, declared: u32) -> Verdict {
        let project = self.project();
        let (
            Msg { vi, en },
            Msg {
                vi: own_vi,
                en: own_en,
            },
        ) = (name(declared), name(project));
        let near = |epsg| self.distance(epsg).map(|d| d <= NEAR);
        let in_province = |epsg: u32| self.province_zones().iter().any(|z| z.epsg == epsg);
        let (wrong, certain) = match (near(declared), near(project)) {
            (Some(false), Some(true)) => (true, true),
            (Some(true), Some(false)) => (false, true),
            (None, None) if in_province(project) && !in_province(declared) => (true, false),
            (None, None) if in_province(declared) && !in_province(project) => (false, true),
            _ => (false, false),
        };
        if wrong {
            let text = msg!(
                "Tệp khai {vi}, nhưng tọa độ phù hợp với {own_vi} của dự án: tệp .prj khai sai. Đề nghị khai lại, không chuyển tọa độ.",
                "The file declares {en}, but its coordinates fit the project's {own_en}: the .prj is wrong. Declare it anew; do not transform."
            );
            return self.verdict("WRONG_MERIDIAN", text, Some(project), certain);
        }
        let text = msg!(
            "Tệp dùng {vi}, khác với {own_vi} của dự án; nhập vào cần chuyển múi chiếu.",
            "The file is in {en}, not in the project's {own_en}; importing it needs a transform between zones."
        );
        self.verdict("OTHER_ZONE", text, Some(declared), certain)
    }
}
