//! How the map looks, as data: colours by land use, sheet or state, light and dark, widths in points.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use crate::codes;
use crate::domain::{Parcel, Severity};
use crate::readiness::Group;
use crate::text::{Lang, Text};

/// An opaque colour, sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// A colour with opacity 0–255, not premultiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rgba(pub Rgb, pub u8);

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl fmt::Display for Rgba {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:02x}", self.0, self.1)
    }
}

impl Rgb {
    /// `share` (0–1) of `o` mixed in.
    #[must_use]
    pub fn mix(self, o: Self, share: f32) -> Self {
        let m = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * share + 0.5) as u8;
        Self(m(self.0, o.0), m(self.1, o.1), m(self.2, o.2))
    }

    pub fn alpha(self, alpha: u8) -> Rgba {
        Rgba(self, alpha)
    }
}

/// What the fill of a parcel says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ColourBy {
    /// Official colour of the first land-use code.
    #[default]
    LandUse,
    /// What the register still lacks, and findings where given.
    Status,
    /// Group of readiness, where given: by colour and by pattern.
    Readiness,
    Sheet,
    /// One quiet colour.
    Plain,
}

impl ColourBy {
    pub const ALL: [Self; 5] = [
        Self::LandUse,
        Self::Status,
        Self::Readiness,
        Self::Sheet,
        Self::Plain,
    ];

    pub fn label(self) -> Text {
        match self {
            Self::LandUse => Text::new("Theo loại đất", "By land use"),
            Self::Status => Text::new("Theo tình trạng", "By state"),
            Self::Readiness => Text::new("Theo nhóm sẵn sàng", "By readiness"),
            Self::Sheet => Text::new("Theo tờ bản đồ", "By map sheet"),
            Self::Plain => Text::new("Chỉ ranh giới", "Boundaries only"),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    #[default]
    Light,
    Dark,
}

/// The fixed colours of a theme.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    /// Land without a parcel.
    pub background: Rgb,
    pub boundary: Rgba,
    pub label: Rgb,
    pub halo: Rgba,
    pub sheet_label: Rgb,
    /// Fill of a parcel where nothing is said by colour.
    pub plain: Rgb,
    /// Fill and hatch of an unknown land use.
    pub unknown: Rgb,
    pub hatch: Rgba,
    /// Streets and canals when they are drawn quietly.
    pub street: Rgb,
    pub water: Rgb,
    pub selection: Rgba,
    pub selection_fill: Rgba,
    pub hover: Rgba,
    pub error: Rgb,
    pub warning: Rgb,
    pub info: Rgb,
}

const LIGHT: Palette = Palette {
    background: Rgb(0xf6, 0xf5, 0xf1),
    boundary: Rgba(Rgb(0x4a, 0x45, 0x40), 0xe6),
    label: Rgb(0x1f, 0x1d, 0x1a),
    halo: Rgba(Rgb(0xff, 0xff, 0xff), 0xb4),
    sheet_label: Rgb(0x5a, 0x2a, 0x1a),
    plain: Rgb(0xff, 0xff, 0xfd),
    unknown: Rgb(0xe9, 0xe9, 0xe6),
    hatch: Rgba(Rgb(0x8a, 0x86, 0x80), 0xa0),
    street: Rgb(0xec, 0xe9, 0xe4),
    water: Rgb(0xcf, 0xe6, 0xf2),
    selection: Rgba(Rgb(0x0b, 0x63, 0xce), 0xff),
    selection_fill: Rgba(Rgb(0x2f, 0x8c, 0xff), 0x46),
    hover: Rgba(Rgb(0x0b, 0x63, 0xce), 0xa0),
    error: Rgb(0xc6, 0x28, 0x28),
    warning: Rgb(0xc7, 0x76, 0x00),
    info: Rgb(0x1f, 0x6f, 0xb2),
};

const DARK: Palette = Palette {
    background: Rgb(0x17, 0x1a, 0x1e),
    boundary: Rgba(Rgb(0xc4, 0xca, 0xd2), 0xb4),
    label: Rgb(0xf2, 0xf3, 0xf4),
    halo: Rgba(Rgb(0x10, 0x12, 0x15), 0xa0),
    sheet_label: Rgb(0xff, 0xd9, 0xa8),
    plain: Rgb(0x26, 0x2b, 0x31),
    unknown: Rgb(0x33, 0x36, 0x3a),
    hatch: Rgba(Rgb(0x9a, 0x9f, 0xa6), 0x78),
    street: Rgb(0x20, 0x24, 0x29),
    water: Rgb(0x1d, 0x36, 0x47),
    selection: Rgba(Rgb(0x5c, 0xb0, 0xff), 0xff),
    selection_fill: Rgba(Rgb(0x5c, 0xb0, 0xff), 0x50),
    hover: Rgba(Rgb(0x8c, 0xc8, 0xff), 0xb4),
    error: Rgb(0xff, 0x6b, 0x6b),
    warning: Rgb(0xff, 0xb4, 0x54),
    info: Rgb(0x6a, 0xb7, 0xf5),
};

impl Theme {
    pub fn palette(self) -> &'static Palette {
        match self {
            Self::Light => &LIGHT,
            Self::Dark => &DARK,
        }
    }

    /// An official (light) colour as this theme shows it: as it is, or darkened with its hue kept.
    pub fn show(self, colour: Rgb) -> Rgb {
        match self {
            Self::Light => colour,
            Self::Dark => {
                // Scaled towards black, then a little of the background: pastel reads as a tint.
                let dim = |v: u8| (f32::from(v) * 0.46) as u8;
                let strong = saturate(Rgb(dim(colour.0), dim(colour.1), dim(colour.2)), 1.25);
                strong.mix(DARK.background, 0.18)
            }
        }
    }
}

/// Moves a colour away from its grey by `by`.
fn saturate(c: Rgb, by: f32) -> Rgb {
    let grey = 0.299 * f32::from(c.0) + 0.587 * f32::from(c.1) + 0.114 * f32::from(c.2);
    let s = |v: u8| (grey + (f32::from(v) - grey) * by).clamp(0.0, 255.0) as u8;
    Rgb(s(c.0), s(c.1), s(c.2))
}

/// What is written into a parcel when it fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LabelMode {
    Off,
    /// The parcel number alone.
    Number,
    /// Number over area, land use beside it (domain.md §5.5).
    #[default]
    Full,
}

/// Everything that decides how the map looks. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Style {
    pub colour_by: ColourBy,
    pub theme: Theme,
    pub labels: LabelMode,
    pub lang: Lang,
    /// Worst finding of a parcel by fid, for [`ColourBy::Status`].
    pub findings: Arc<HashMap<i64, Severity>>,
    /// Group of a parcel by fid, for [`ColourBy::Readiness`].
    pub groups: Arc<HashMap<i64, Group>>,
    /// Name of a commune by its code, for the labels of small scales.
    pub communes: Arc<BTreeMap<String, String>>,
}

/// Lines drawn over a fill, so that colour is not the only sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pattern {
    /// Rising to the right.
    Diagonal,
    /// Rising and falling.
    Cross,
    /// Level lines.
    Level,
}

/// A pattern and its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hatch(pub Pattern, pub Rgba);

/// How one parcel is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Paint {
    pub fill: Rgb,
    pub hatch: Option<Hatch>,
}

impl Paint {
    pub const fn solid(fill: Rgb) -> Self {
        Self { fill, hatch: None }
    }
}

/// The full colour of a group, for charts; source of those of 1, 2 and unclassified: domain.md §10.3.
pub const fn group_colour(group: Group) -> Rgb {
    match group {
        Group::One => Rgb(0x22, 0xc5, 0x5e),
        Group::Two => Rgb(0xef, 0x44, 0x44),
        Group::Three => Rgb(0x7c, 0x3a, 0xed),
        Group::Unclassified => Rgb(0x94, 0xa3, 0xb8),
    }
}

/// The pattern of a group: group 1 has none.
pub const fn group_pattern(group: Group) -> Option<Pattern> {
    match group {
        Group::One => None,
        Group::Two => Some(Pattern::Diagonal),
        Group::Three => Some(Pattern::Cross),
        Group::Unclassified => Some(Pattern::Level),
    }
}

/// Twelve tints that stay apart side by side and carry black text.
const SHEETS: [Rgb; 12] = [
    Rgb(0xfb, 0xd9, 0xc4),
    Rgb(0xcf, 0xe8, 0xd5),
    Rgb(0xd6, 0xdd, 0xf5),
    Rgb(0xfb, 0xec, 0xb6),
    Rgb(0xe9, 0xd3, 0xec),
    Rgb(0xc8, 0xe9, 0xec),
    Rgb(0xf6, 0xcf, 0xd3),
    Rgb(0xe2, 0xec, 0xc0),
    Rgb(0xdc, 0xd5, 0xc8),
    Rgb(0xc9, 0xdc, 0xf0),
    Rgb(0xfd, 0xe0, 0xa8),
    Rgb(0xd3, 0xee, 0xe2),
];

const COMPLETE: Rgb = Rgb(0xd8, 0xec, 0xd2);
const LACKING: Rgb = Rgb(0xff, 0xe8, 0xb0);
const WARNED: Rgb = Rgb(0xff, 0xd0, 0x9a);
const FAULTY: Rgb = Rgb(0xf7, 0xb4, 0xac);

impl Style {
    pub fn palette(&self) -> &'static Palette {
        self.theme.palette()
    }

    /// How `p` is filled.
    pub fn paint(&self, p: &Parcel) -> Paint {
        if !p.is_parcel {
            return Paint::solid(self.ground(p));
        }
        match self.colour_by {
            ColourBy::LandUse => self.land_use(&p.land_use),
            ColourBy::Status => Paint::solid(self.theme.show(self.state(p))),
            ColourBy::Readiness => match self.groups.get(&p.fid) {
                Some(group) => self.group(*group),
                None => Paint::solid(self.palette().plain),
            },
            ColourBy::Sheet => Paint::solid(self.theme.show(sheet_tint(&p.commune, &p.sheet))),
            ColourBy::Plain => Paint::solid(self.palette().plain),
        }
    }

    /// Official colour of the first code of a label; neutral and hatched when it is in no list.
    pub fn land_use(&self, label: &str) -> Paint {
        match first_land_use(label) {
            Some(item) => {
                let [r, g, b] = item.rgb;
                Paint::solid(self.theme.show(Rgb(r, g, b)))
            }
            None => Paint {
                fill: self.palette().unknown,
                hatch: Some(Hatch(Pattern::Diagonal, self.palette().hatch)),
            },
        }
    }

    /// A tint of the group's colour that carries labels, its pattern in the full colour.
    pub fn group(&self, group: Group) -> Paint {
        let colour = group_colour(group);
        let (ground, share) = match self.theme {
            Theme::Light => (Rgb(0xff, 0xff, 0xff), 0.62),
            Theme::Dark => (self.palette().background, 0.66),
        };
        Paint {
            fill: colour.mix(ground, share),
            hatch: group_pattern(group).map(|p| Hatch(p, colour.alpha(0xb4))),
        }
    }

    /// Streets and water stay in the background whatever the colours say.
    fn ground(&self, p: &Parcel) -> Rgb {
        let code = codes::land_use_codes(&p.land_use).next().unwrap_or_default();
        if WATER.contains(&code) {
            self.palette().water
        } else {
            self.palette().street
        }
    }

    fn state(&self, p: &Parcel) -> Rgb {
        match self.findings.get(&p.fid) {
            Some(Severity::Error) => FAULTY,
            Some(Severity::Warning) => WARNED,
            _ if lacks(p) => LACKING,
            _ => COMPLETE,
        }
    }

    /// The entries of [`ColourBy::Status`], for a legend.
    pub fn state_legend(&self) -> [(Text, Rgb); 4] {
        [
            (Text::new("Đủ thông tin", "Complete"), COMPLETE),
            (Text::new("Thiếu thông tin", "Information missing"), LACKING),
            (Text::new("Có cảnh báo", "Has a warning"), WARNED),
            (Text::new("Có lỗi", "Has an error"), FAULTY),
        ]
        .map(|(t, c)| (t, self.theme.show(c)))
    }
}

/// Codes of land under water or for water: canals, rivers, ponds of both lists.
const WATER: [&str; 6] = ["DTL", "SON", "MNC", "TVC", "NTS", "MNK"];

/// The entry of the first code of a label.
pub fn first_land_use(label: &str) -> Option<&'static codes::LandUse> {
    let code = codes::land_use_codes(label).next()?;
    codes::land_use(code).map(|(_, item)| item)
}

/// Whether the register lacks number, sheet, known land use or area of a parcel.
fn lacks(p: &Parcel) -> bool {
    p.number.is_empty()
        || p.sheet.is_empty()
        || p.area_measured.or(p.area_legal).is_none()
        || first_land_use(&p.land_use).is_none()
}

/// The tint of a sheet: consecutive numbers lie side by side, so they are spread over the tints.
fn sheet_tint(commune: &str, sheet: &str) -> Rgb {
    let digits = |s: &str| {
        s.bytes().fold(0usize, |h, b| {
            if b.is_ascii_digit() {
                h.wrapping_mul(10).wrapping_add(usize::from(b - b'0'))
            } else {
                h.wrapping_mul(31).wrapping_add(usize::from(b))
            }
        })
    };
    SHEETS[digits(sheet)
        .wrapping_mul(5)
        .wrapping_add(digits(commune).wrapping_mul(7))
        % SHEETS.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_code_gives_the_colour_and_an_unknown_one_is_hatched() {
        let s = Style::default();
        assert_eq!(s.land_use("ONT+CLN").fill, Rgb(255, 208, 255));
        assert_eq!(s.land_use("CLN+ONT").fill, Rgb(255, 210, 160));
        assert!(s.land_use("XYZ").hatch.is_some() && s.land_use("").hatch.is_some());
        assert!(s.land_use("LUC").hatch.is_none());
    }

    /// Relative luminance and contrast as WCAG 2.1 defines them.
    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let lum = |c: Rgb| {
            let ch = |v: u8| {
                let v = f64::from(v) / 255.0;
                if v <= 0.03928 {
                    v / 12.92
                } else {
                    ((v + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * ch(c.0) + 0.7152 * ch(c.1) + 0.0722 * ch(c.2)
        };
        let (x, y) = (lum(a), lum(b));
        (x.max(y) + 0.05) / (x.min(y) + 0.05)
    }

    #[test]
    fn labels_are_readable_on_every_fill_of_both_themes() {
        for theme in [Theme::Light, Theme::Dark] {
            let style = Style {
                theme,
                ..Style::default()
            };
            for item in codes::land_use_lists().iter().flat_map(|l| &l.items) {
                let fill = style.land_use(&item.code).fill;
                let c = contrast(fill, style.palette().label);
                assert!(c >= 4.5, "{theme:?} {} {fill}: {c:.2}", item.code);
            }
            for (_, fill) in style.state_legend() {
                assert!(contrast(fill, style.palette().label) >= 4.5);
            }
            let mut seen = std::collections::BTreeSet::new();
            for group in Group::ALL {
                let paint = style.group(group);
                assert!(
                    contrast(paint.fill, style.palette().label) >= 4.5,
                    "{theme:?} {group:?}"
                );
                assert!(
                    seen.insert(paint.hatch.map(|h| h.0)),
                    "{group:?} has a pattern of its own"
                );
            }
            for tint in SHEETS {
                assert!(contrast(theme.show(tint), style.palette().label) >= 4.5);
            }
        }
    }
}
