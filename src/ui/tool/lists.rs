//! Several parcels or points as they are given to a tool: chosen on the map, or typed with ";" between.

use super::entry;
use crate::domain::{Failure, Parcel, ParcelKey, ParcelRef, Pt};
use crate::msg;
use crate::text::Msg;
use crate::ui::look::Look;

/// Parcels: typed ("12/45; 12/46", or with the commune "25747/12/45"), else the selected ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parcels {
    pub text: String,
    typed: Vec<i64>,
    pub error: Option<Msg>,
}

impl Parcels {
    pub fn read(&mut self, look: &Look<'_>) {
        (self.typed, self.error) = match parcels(&self.text, look) {
            Ok(fids) => (fids, None),
            Err(f) => (Vec::new(), Some(f.message().clone())),
        };
    }

    /// The parcels meant, by fid.
    pub fn fids(&self, look: &Look<'_>) -> Vec<i64> {
        match self.text.trim() {
            "" => look.selection.fids().to_vec(),
            _ => self.typed.clone(),
        }
    }

    pub fn refs(&self, look: &Look<'_>) -> Vec<ParcelRef> {
        let fids = self.fids(look);
        fids.iter()
            .filter_map(|f| look.coverage.get(*f))
            .map(|p| ParcelRef::Uid(p.uid))
            .collect()
    }

    /// The one parcel meant: typed, else the one the inspector shows.
    pub fn one<'a>(&self, look: &Look<'a>) -> Option<&'a Parcel> {
        let fid = match self.text.trim() {
            "" => look.selection.main(),
            _ => self.typed.first().copied(),
        };
        look.coverage.get(fid?)
    }

    pub fn clear(&mut self) -> bool {
        let had = !self.text.is_empty();
        *self = Self::default();
        had
    }

    /// "1/299, 1/301": what an empty field stands for.
    pub fn hint(look: &Look<'_>) -> String {
        let fids = look.selection.fids();
        let names: Vec<String> = fids
            .iter()
            .take(4)
            .filter_map(|f| look.coverage.get(*f))
            .map(|p| super::preview::short(&p.sheet, &p.number))
            .collect();
        match fids.len() > names.len() {
            true => format!("{}…", names.join(", ")),
            false => names.join(", "),
        }
    }
}

/// A reference by uid, which never means two parcels.
pub fn by_uid(p: &Parcel) -> ParcelRef {
    ParcelRef::Uid(p.uid)
}

fn parcels(text: &str, look: &Look<'_>) -> Result<Vec<i64>, Failure> {
    let parts = text.split([';', ',']).map(str::trim).filter(|s| !s.is_empty());
    parts.map(|p| parcel(p, look)).collect()
}

/// The parcel of a typed name; without a commune, of the commune of the selected parcel, else of any.
fn parcel(typed: &str, look: &Look<'_>) -> Result<i64, Failure> {
    let parts: Vec<&str> = typed.split('/').map(str::trim).collect();
    let main = look.selection.main().and_then(|f| look.coverage.get(f));
    let (commune, sheet, number) = match (parts.as_slice(), main) {
        ([c, s, n], _) => (Some(*c), *s, *n),
        ([s, n], _) => (None, *s, *n),
        ([n], Some(p)) => (Some(&*p.commune), &*p.sheet, *n),
        _ => return Err(no_parcel(typed)),
    };
    let in_commune = |c: &str| {
        look.coverage.by_key(&ParcelKey {
            commune: c.into(),
            sheet: sheet.into(),
            number: number.into(),
        })
    };
    let mut found = match (commune, main) {
        (Some(c), _) => in_commune(c),
        (None, Some(p)) => in_commune(&p.commune),
        (None, None) => Vec::new(),
    };
    if found.is_empty() && commune.is_none() {
        found = look
            .scene
            .communes
            .iter()
            .flat_map(|(c, _)| in_commune(c))
            .collect();
    }
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(no_parcel(typed)),
        many => Err(several(typed, many.len())),
    }
}

fn no_parcel(typed: &str) -> Failure {
    let message = msg!(
        "Không có thửa “{typed}” (ghi số tờ/số thửa).",
        "There is no parcel “{typed}” (give sheet/number)."
    );
    Failure::new("NO_PARCEL", message)
}

fn several(typed: &str, n: usize) -> Failure {
    let message = msg!(
        "Có {n} thửa mang số “{typed}”; hãy ghi cả mã xã.",
        "{n} parcels are “{typed}”; give the commune too."
    );
    Failure::new("AMBIGUOUS_PARCEL", message)
}

/// Points: clicked one by one or boxed, or typed as a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Points {
    pub text: String,
    pub points: Vec<Pt>,
    pub error: Option<Msg>,
}

impl Points {
    /// "1; 2; 5", "1-2 …" and coordinates; "*" means all points of the selected parcel.
    pub fn read(&mut self, look: &Look<'_>) {
        if self.text.trim() == "*" {
            (self.points, self.error) = (entry::numbered(look), None);
            return;
        }
        let parts = self.text.split(';').map(str::trim).filter(|s| !s.is_empty());
        let points: Result<Vec<Pt>, Failure> = parts.map(|p| entry::point(p, look, None)).collect();
        (self.points, self.error) = match points {
            Ok(points) => (points, None),
            Err(f) => (Vec::new(), Some(f.message().clone())),
        };
    }

    /// Given with the pointer.
    pub fn set(&mut self, points: Vec<Pt>, look: &Look<'_>) {
        let texts: Vec<String> = points.iter().map(|p| entry::coordinates(*p, look.lang)).collect();
        *self = Self {
            text: texts.join("; "),
            points,
            error: None,
        };
    }

    /// In if out, out if in.
    pub fn toggle(&mut self, p: Pt, look: &Look<'_>) {
        let mut points = std::mem::take(&mut self.points);
        match points.iter().position(|q| *q == p) {
            Some(n) => drop(points.remove(n)),
            None => points.push(p),
        }
        self.set(points, look);
    }

    pub fn clear(&mut self) -> bool {
        let had = !self.text.is_empty();
        *self = Self::default();
        had
    }
}
