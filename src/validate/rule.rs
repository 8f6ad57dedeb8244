//! What a rule is, and words that several rules use.

use super::register::{Entry, Facts as RegisterFacts, Said};
use super::{Parameters, register};
use crate::domain::{Finding, Parcel, Pt, Severity, Territory};
use crate::text::{Lang, Msg, Text, format};
use crate::topology::limits::Limits;
use crate::topology::ring::{Place, locate};

/// When a rule has a say. All rules are checked on demand, after import and after each edit besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// A plan that would break it anew, or worse, is refused.
    Editing,
    /// Before a dossier's changes are approved.
    Approval,
    /// Before a package is sent: an error of it keeps the package back.
    Sending,
}

impl Moment {
    pub const ALL: [Self; 3] = [Self::Editing, Self::Approval, Self::Sending];

    /// As in `diachinh rules --json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Editing => "editing",
            Self::Approval => "approval",
            Self::Sending => "sending",
        }
    }

    pub fn text(self) -> Text {
        match self {
            Self::Editing => Text::new("Khi biên tập", "While editing"),
            Self::Approval => Text::new("Trước khi duyệt", "Before approval"),
            Self::Sending => Text::new("Trước khi gửi", "Before sending"),
        }
    }
}

/// Stops the work at every moment.
pub(super) const ALWAYS_ERROR: &[(Moment, Severity)] = &[
    (Moment::Editing, Severity::Error),
    (Moment::Approval, Severity::Error),
    (Moment::Sending, Severity::Error),
];
/// Edits may not bring it; what is there is told.
pub(super) const EDITS_REFUSED: &[(Moment, Severity)] = &[
    (Moment::Editing, Severity::Error),
    (Moment::Approval, Severity::Warning),
    (Moment::Sending, Severity::Warning),
];
pub(super) const ERROR: &[(Moment, Severity)] = &[
    (Moment::Approval, Severity::Error),
    (Moment::Sending, Severity::Error),
];
/// Papers that come only after the approval: a new certificate is scanned when it is signed.
pub(super) const SENDING_ERROR: &[(Moment, Severity)] = &[
    (Moment::Approval, Severity::Warning),
    (Moment::Sending, Severity::Error),
];
pub(super) const WARNING: &[(Moment, Severity)] = &[
    (Moment::Approval, Severity::Warning),
    (Moment::Sending, Severity::Warning),
];
pub(super) const INFO: &[(Moment, Severity)] = &[
    (Moment::Approval, Severity::Info),
    (Moment::Sending, Severity::Info),
];

/// What a rule about one parcel may look at besides it.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub parameters: &'a Parameters,
    pub territory: &'a Territory,
    pub limits: &'a Limits,
}

impl Facts<'_> {
    /// M of the parcel's sheet; where nobody said, the usual one of the rule file.
    pub(super) fn scale(&self, parcel: &Parcel) -> f64 {
        self.territory
            .scale(&parcel.commune, &parcel.sheet)
            .unwrap_or(self.parameters.scale)
    }
}

/// How a rule finds what breaks it.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Comes out of the pass over the geometry.
    Geometry,
    /// Looks at one parcel.
    Parcel(fn(&Parcel, &Facts<'_>) -> Option<Finding>),
    /// Looks at all parcels of one commune, sheet and number.
    SameNumber(fn(&[&Parcel]) -> Option<Finding>),
    /// Looks at one entry of the register.
    Register(fn(&Entry<'_>, &RegisterFacts<'_>) -> Option<Said>),
    /// Only made by plans of edits.
    Plan,
    /// Found when files are imported.
    Import,
}

/// One rule of the catalogue.
#[derive(Debug)]
pub struct Rule {
    /// Stable code of its findings.
    pub code: &'static str,
    pub title: Text,
    /// The gravest severity its findings have.
    pub severity: Severity,
    /// What an error-grade finding of it is at each moment; not named: nothing.
    pub moments: &'static [(Moment, Severity)],
    /// Why it matters.
    pub why: Text,
    /// What to do about it.
    pub remedy: Text,
    pub check: Check,
    pub message: fn(&Finding) -> Msg,
}

/// " tại X = 2331000,000, Y = 500000,000" (X north, Y east, as the field writes it); empty without place.
pub(super) fn at(f: &Finding, lang: Lang) -> String {
    let Some(p) = f.at else { return String::new() };
    let (x, y) = (format::coordinate(p.n, lang), format::coordinate(p.e, lang));
    match lang {
        Lang::Vi => format!(" tại X = {x}, Y = {y}"),
        Lang::En => format!(" at X (north) = {x}, Y (east) = {y}"),
    }
}

/// "25747/12/45, 25747/12/46 và 25747/12/47".
pub(super) fn refs(f: &Finding, lang: Lang) -> String {
    let and = match lang {
        Lang::Vi => " và ",
        Lang::En => " and ",
    };
    match f.refs.split_last() {
        Some((last, rest)) if !rest.is_empty() => rest.join(", ") + and + last,
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// As [`refs`], but of many parcels only the first and how many more.
pub(super) fn few_refs(f: &Finding, lang: Lang) -> String {
    const MOST: usize = 6;
    if f.refs.len() <= MOST {
        return refs(f, lang);
    }
    let (first, more) = f.refs.split_at(MOST - 1);
    let more = format::count(more.len() as u64, lang);
    match lang {
        Lang::Vi => format!("{} và {more} thửa khác", first.join(", ")),
        Lang::En => format!("{} and {more} others", first.join(", ")),
    }
}

/// Both languages from one closure.
pub(super) fn both(say: impl Fn(Lang) -> String) -> Msg {
    Msg::new(say(Lang::Vi), say(Lang::En))
}

/// An area with the decimals it needs: one from 1 m², up to six for slivers.
pub(super) fn small_area(m2: f64, lang: Lang) -> String {
    let decimals = match m2.abs() {
        a if a >= 1.0 => 1,
        a if a >= 0.01 => 3,
        _ => 6,
    };
    format::number(m2, decimals, lang) + " m²"
}

/// A value of the finding that is a number, in the language's form.
pub(super) fn number(f: &Finding, name: &str, decimals: usize, lang: Lang) -> String {
    f.value(name).parse().map_or_else(
        |_| f.value(name).to_string(),
        |v: f64| format::number(v, decimals, lang),
    )
}

/// A place of the parcel to point at: the middle of its box when inside, else its first point.
pub(super) fn place(parcel: &Parcel) -> Option<Pt> {
    if parcel.bbox.is_empty() {
        return None;
    }
    let middle = parcel.bbox.centre();
    let inside = locate(&parcel.polygon, middle) != Place::Outside;
    if inside {
        Some(middle)
    } else {
        parcel.polygon.points().next()
    }
}

/// " (thửa 25747/12/45, 25747/12/46 và 3 thửa khác)"; empty when it is about no parcel.
pub(super) fn whose(f: &Finding, lang: Lang) -> String {
    if f.refs.is_empty() {
        return String::new();
    }
    let refs = few_refs(f, lang);
    match lang {
        Lang::Vi => format!(" (thửa {refs})"),
        Lang::En => format!(" (parcel {refs})"),
    }
}

/// A day written yyyy-MM-dd as people write it; anything else as it stands.
pub(super) fn date(text: &str) -> String {
    register::day(text).map_or_else(|| format!("“{text}”"), format::date)
}

/// Words joined by commas, each named by `name`.
pub(super) fn names(words: &str, lang: Lang, name: impl Fn(&str) -> Text) -> String {
    let all = words.split(' ').map(|w| name(w).get(lang).to_owned());
    all.collect::<Vec<_>>().join(", ")
}
