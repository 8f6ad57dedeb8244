//! Splitting a parcel (tách thửa): by a drawn line, at a distance from a side, by a list of areas, or into
//! equal parts; with a table of the children that the clerk corrects before it is written.

use super::children::Children;
use super::entry::PointEntry;
use super::lists::{self, Parcels, Points};
use super::side::SideEntry;
use super::{Asks, Input, Tool, bar::Bar, marks};
use crate::domain::{Parcel, Pt};
use crate::edit::{Edit, EqualBy, How, Share, Split as Divide};
use crate::text::{Lang, Text, format};
use crate::topology::split::{self, Part};
use crate::ui::draw::Wanted;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const TITLE: Text = Text::new("Các thửa sau khi tách", "Parcels after the split");
const WHICH: Text = Text::new("Thửa", "Parcel");
const HOW: Text = Text::new("Cách tách", "Way");
const LINE: Text = Text::new("Đường tách", "Line");
const AREAS: Text = Text::new("Diện tích (m²)", "Areas (m²)");
const AREAS_HINT: Text = Text::new("120; 95,5; còn lại", "120; 95.5; rest");
const PARTS: Text = Text::new("Số phần", "Parts");
const OFFSET: Text = Text::new("Cách (m)", "Distance (m)");
const SIDE: Text = Text::new("Cạnh", "Side");
const SIDE_HINT: Text = Text::new("5-6 (trống: dài nhất)", "5-6 (empty: longest)");
const ALONG: Text = Text::new("Hướng cắt", "Cuts");
const AZIMUTH: Text = Text::new("Phương vị (°)", "Azimuth (°)");
const THROUGH: Text = Text::new("Điểm", "Point");
const SELECT: Text = Text::new(
    "Bấm thửa cần tách trên bản đồ; hoặc F2 và gõ tờ/thửa",
    "Click the parcel to split; or F2 and type sheet/number",
);
const DRAW: Text = Text::new(
    "Vẽ đường tách từ ngoài ra ngoài thửa; Enter hoặc bấm đúp để kết thúc",
    "Draw the line from outside to outside; Enter or double click ends",
);
const SIDES: Text = Text::new(
    "Gõ số liệu; bấm một cạnh của thửa để lấy hướng (để trống: cạnh dài nhất)",
    "Type the values; click a side of the parcel for the direction (empty: its longest side)",
);
const CHECK: Text = Text::new(
    "Sửa số thửa, loại đất trong bảng nếu cần, rồi Enter để ghi",
    "Correct numbers and land use in the table if needed, then Enter to write",
);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Way {
    #[default]
    Line,
    Areas,
    Equal,
    Frontage,
    Offset,
}

const WAYS: [(Way, Text); 5] = [
    (Way::Line, Text::new("theo đường vẽ", "drawn line")),
    (Way::Areas, Text::new("theo diện tích", "by areas")),
    (Way::Equal, Text::new("chia đều diện tích", "equal areas")),
    (Way::Frontage, Text::new("chia đều mặt tiền", "equal frontage")),
    (Way::Offset, Text::new("cách một cạnh", "distance from a side")),
];

/// How the cuts run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Run {
    #[default]
    Parallel,
    Direction,
    Through,
}

const RUNS: [(Run, Text); 3] = [
    (Run::Parallel, Text::new("song song cạnh", "parallel to side")),
    (Run::Direction, Text::new("theo phương vị", "by azimuth")),
    (Run::Through, Text::new("qua một điểm", "through a point")),
];

#[derive(Default)]
pub struct Split {
    which: Parcels,
    way: Way,
    run: Run,
    line: Points,
    live: Vec<Pt>,
    areas: String,
    parts: String,
    offset: String,
    side: SideEntry,
    azimuth: String,
    through: PointEntry,
    children: Children,
}

impl Split {
    fn how(&self, parcel: &Parcel, lang: Lang) -> Option<How> {
        let mut how = How::default();
        let side = |s: &SideEntry| s.of(parcel).map(|(a, b)| vec![a, b]);
        match self.way {
            Way::Line => {
                let drawn = if self.line.points.is_empty() {
                    &self.live
                } else {
                    &self.line.points
                };
                how.line = drawn.clone();
                return (how.line.len() > 1).then_some(how);
            }
            Way::Areas => how.areas = self.list(lang)?.into_iter().map(Share).collect(),
            Way::Equal | Way::Frontage => how.equal = Some(self.parts.trim().parse().ok()?),
            Way::Offset => how.offset = Some(format::parse_number(&self.offset, lang).ok()?),
        }
        if matches!(self.way, Way::Frontage | Way::Offset) {
            how.side = side(&self.side)?;
            how.equal_by = (self.way == Way::Frontage).then_some(EqualBy::Frontage);
            return Some(how);
        }
        match self.run {
            Run::Parallel => how.parallel_to = side(&self.side)?,
            Run::Direction => how.direction = Some(crate::topology::entry::angle(&self.azimuth, lang).ok()?),
            Run::Through => how.through = Some(self.through.at?),
        }
        Some(how)
    }

    /// The areas as typed; two parts at least, or nothing is planned yet.
    fn list(&self, lang: Lang) -> Option<Vec<Part>> {
        let parts = split::parse(&self.areas, lang).ok()?;
        (parts.len() > 1).then_some(parts)
    }

    fn value_fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        let (look, lang) = (bar.look, bar.look.lang);
        match self.way {
            Way::Line => bar.points(LINE, &mut self.line),
            Way::Areas => {
                bar.text(AREAS, AREAS_HINT.get(lang), 158.0, &mut self.areas, None);
                if let Some(parcel) = self.which.one(look) {
                    bar.say(&left(parcel, &self.areas, lang));
                }
            }
            Way::Equal | Way::Frontage => drop(bar.text(PARTS, "3", 40.0, &mut self.parts, None)),
            Way::Offset => drop(bar.text(OFFSET, "5,5", 56.0, &mut self.offset, None)),
        }
        if self.way == Way::Line {
            return;
        }
        if matches!(self.way, Way::Areas | Way::Equal) {
            bar.choice(ALONG, &RUNS, &mut self.run);
        } else {
            self.run = Run::Parallel;
        }
        match self.run {
            Run::Parallel => bar.side(SIDE, SIDE_HINT, &mut self.side),
            Run::Direction => drop(bar.text(AZIMUTH, "45°30'", 76.0, &mut self.azimuth, None)),
            Run::Through => bar.point(THROUGH, &mut self.through, None),
        }
    }
}

impl Tool for Split {
    fn next(&self, look: &Look<'_>) -> Text {
        match (self.which.one(look), self.way) {
            (None, _) => SELECT,
            (_, Way::Line) if self.draws(look).is_some() => DRAW,
            _ if self.edit(look).is_some() => CHECK,
            _ => SIDES,
        }
    }

    fn edit(&self, look: &Look<'_>) -> Option<Edit> {
        let parcel = self.which.one(look)?;
        Some(Edit::Split(Divide {
            parcel: lists::by_uid(parcel),
            by: self.how(parcel, look.lang)?,
            children: self.children.given(look.lang),
        }))
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        bar.parcels(WHICH, &mut self.which);
        let before = self.way;
        bar.choice(HOW, &WAYS, &mut self.way);
        if before != self.way {
            self.children.clear();
        }
        self.value_fields(bar);
    }

    fn pointer(&mut self, input: &Input, look: &Look<'_>) -> Asks {
        let Some(at) = input.at.filter(|_| input.clicked) else {
            return Asks::Nothing;
        };
        let Some(parcel) = self.which.one(look) else {
            return Asks::Pick(at);
        };
        match self.run {
            Run::Through if self.way != Way::Line => {
                let at = input.on_boundary(look).unwrap_or(at);
                self.through.set(at, look.lang);
                Asks::Nothing
            }
            Run::Parallel if self.side.click(input, parcel, look) => Asks::Nothing,
            _ => Asks::Pick(at),
        }
    }

    fn draws(&self, look: &Look<'_>) -> Option<Wanted> {
        (self.way == Way::Line && self.line.text.is_empty() && self.which.one(look).is_some())
            .then_some(Wanted::LINE)
    }

    fn drawn(&mut self, points: Vec<Pt>, ended: bool, look: &Look<'_>) {
        self.live = points;
        if ended {
            self.line.set(std::mem::take(&mut self.live), look);
        }
    }

    fn children(&mut self) -> Option<(Text, &mut Children)> {
        Some((TITLE, &mut self.children))
    }

    fn paint(&self, cx: &Canvas<'_>, look: &Look<'_>, t: &Tokens) {
        marks::handles(cx, look, None, t);
        let Some(parcel) = self.which.one(look) else {
            return;
        };
        match (self.way, self.run) {
            (Way::Line, _) => marks::line(cx, &self.line.points, t),
            (_, Run::Parallel) => self.side.paint(cx, parcel, t),
            (_, Run::Through) => marks::chosen(cx, self.through.at.as_slice(), t),
            _ => (),
        }
    }

    fn back(&mut self) -> bool {
        self.live.clear();
        self.children.clear() || self.line.clear() || self.through.clear() || self.side.clear()
    }

    fn done(&mut self) {
        let (way, run, parts) = (self.way, self.run, std::mem::take(&mut self.parts));
        *self = Self {
            way,
            run,
            parts,
            ..Self::default()
        };
    }
}

/// "còn 12,3 m²": what the list leaves of the parcel.
fn left(parcel: &Parcel, typed: &str, lang: Lang) -> String {
    let parts = match split::parse(typed, lang) {
        Ok(parts) => parts,
        Err(e) => return e.message().get(lang).to_owned(),
    };
    let r = split::remainder(parcel.polygon.area_m2(), &parts);
    let amount = format::area(r.left.abs(), lang);
    match (lang, r.left < 0.0) {
        (Lang::Vi, false) => format!("còn {amount}"),
        (Lang::Vi, true) => format!("thừa {amount}"),
        (Lang::En, false) => format!("{amount} left"),
        (Lang::En, true) => format!("{amount} too much"),
    }
}
