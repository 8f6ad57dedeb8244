//! Filling a gap: click it (or type a place in it), then choose who gets it: a neighbour, the longest edge
//! first, or a parcel of its own.

use super::entry::PointEntry;
use super::land::Land;
use super::{Asks, Input, Tool, bar::Bar, lists, preview};
use crate::domain::Pt;
use crate::edit::Edit;
use crate::text::{Lang, Text, format};
use crate::topology::fill_gap::{self, Gap};
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const AT: Text = Text::new("Vị trí", "Place");
const INTO: Text = Text::new("Giao cho", "Give to");
const OWN: Text = Text::new("lập thửa mới", "a parcel of its own");
const NEXT: Text = Text::new(
    "Bấm vào khe hở (lỗi “hở” đang xem cũng được chọn sẵn); hoặc F2 và gõ X Y",
    "Click the gap (that of the finding shown is chosen already); or F2 and type X Y",
);
const CHECK: Text = Text::new(
    "Chọn bên nhận (bấm thửa bên cạnh cũng được) rồi Enter",
    "Choose who gets it (or click the neighbour), then Enter",
);

#[derive(Default)]
pub struct FillGap {
    at: PointEntry,
    /// fid of the neighbour that gets it; `None`: a new parcel.
    into: Option<i64>,
    land: Land,
    /// The gap, for a place and a state of the map.
    found: Option<((Pt, u64), Option<Gap>)>,
    /// The finding whose gap was taken up.
    finding: Option<i64>,
}

impl FillGap {
    fn find(&mut self, look: &Look<'_>) {
        self.take_finding(look);
        let key = self.at.at.map(|p| (p, look.coverage.revision()));
        if self.found.as_ref().map(|(k, _)| *k) == key {
            return;
        }
        self.found = key.map(|k| (k, fill_gap::find(look.coverage, k.0).ok()));
        let gap = self.gap();
        self.into = gap.and_then(|g| g.neighbours.first()).map(|(f, _)| *f);
    }

    /// The gap of the finding the person stands on.
    fn take_finding(&mut self, look: &Look<'_>) {
        if self.finding == look.finding {
            return;
        }
        self.finding = look.finding;
        let gap = look
            .finding
            .and_then(|n| look.findings.get(n))
            .filter(|f| f.code == "PARCEL_GAP");
        if let Some(at) = gap.and_then(|f| f.at).filter(|_| self.at.text.is_empty()) {
            self.at.set(at, look.lang);
        }
    }

    fn gap(&self) -> Option<&Gap> {
        self.found.as_ref()?.1.as_ref()
    }
}

impl Tool for FillGap {
    fn next(&self, _: &Look<'_>) -> Text {
        if self.gap().is_some() { CHECK } else { NEXT }
    }

    fn edit(&self, look: &Look<'_>) -> Option<Edit> {
        let at = self.at.at?;
        let into = self.into.and_then(|f| look.coverage.get(f)).map(lists::by_uid);
        let land = match into {
            Some(_) => None,
            None => Some(self.land.given(look)?),
        };
        Some(Edit::FillGap { at, into, land })
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        bar.point(AT, &mut self.at, None);
        self.find(bar.look);
        let (look, lang) = (bar.look, bar.look.lang);
        let Some(gap) = self.gap() else { return };
        let mut all: Vec<(Option<i64>, String)> = Vec::new();
        for (fid, mm) in &gap.neighbours {
            let Some(p) = look.coverage.get(*fid) else {
                continue;
            };
            let name = preview::short(&p.sheet, &p.number);
            all.push((
                Some(*fid),
                format!("{name} ({})", format::length(*mm / 1000.0, lang)),
            ));
        }
        all.push((None, OWN.get(lang).to_owned()));
        let area = format::area(gap.polygon.area_m2(), lang);
        bar.say(&match lang {
            Lang::Vi => format!("khe {area}"),
            Lang::En => format!("gap of {area}"),
        });
        let mut into = self.into;
        bar.choice_named(INTO, &all, &mut into);
        self.into = into;
        if into.is_none() {
            self.land.fields(bar);
        }
    }

    fn pointer(&mut self, input: &Input, look: &Look<'_>) -> Asks {
        let Some(at) = input.at.filter(|_| input.clicked) else {
            return Asks::Nothing;
        };
        match look.pick(at) {
            None => {
                self.at.set(at, look.lang);
                Asks::Nothing
            }
            Some(fid)
                if self
                    .gap()
                    .is_some_and(|g| g.neighbours.iter().any(|(f, _)| *f == fid)) =>
            {
                self.into = Some(fid);
                Asks::Nothing
            }
            Some(_) => Asks::Pick(at),
        }
    }

    fn paint(&self, cx: &Canvas<'_>, _: &Look<'_>, t: &Tokens) {
        if let Some(gap) = self.gap() {
            cx.fill(&gap.polygon, t.map_preview_fill);
            cx.outline(&gap.polygon, egui::Stroke::new(2.0, t.map_preview));
        }
    }

    fn back(&mut self) -> bool {
        self.found = None;
        self.at.clear()
    }

    fn done(&mut self) {
        self.at.clear();
        self.found = None;
        self.land.again();
    }
}
