//! What could be made of a record that was refused: where its original lies, what is wrong with it, and how it might
//! become a parcel. Pure; the geometry of a repair is that of `topology::repair_ring`.

use super::geometry::{self, Placing, Tally};
use super::place::placing;
use crate::crs::doctor::{Context, Proposal, diagnose};
use crate::domain::{BBox, Polygon, Pt, Reading};
use crate::formats::{Original, Shape};
use crate::text::{Msg, Text};
use crate::topology::repair_ring;
use crate::topology::validity::{self, FaultKind};

/// The district a record is to be part of.
#[derive(Clone, Copy, Debug)]
pub struct Here {
    pub project_epsg: u32,
    /// Where its parcels lie: [min E, min N, max E, max N] in metres; `None` while it has none.
    pub extent: Option<[f64; 4]>,
}

/// An original on the district's lattice, to be drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sketch {
    pub lines: Vec<Line>,
    pub marks: Vec<Mark>,
}

/// One ring or line of an original.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Without the repeated closing point.
    pub points: Vec<Pt>,
    pub closed: bool,
}

/// A fault and where it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    pub at: Pt,
    pub kind: MarkKind,
}

/// What is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    Fault(FaultKind),
    /// The line does not come back to its beginning.
    Open,
}

impl MarkKind {
    pub fn text(self) -> Text {
        match self {
            Self::Fault(kind) => kind.text(),
            Self::Open => Text::new("đường không khép kín", "the line is not closed"),
        }
    }
}

impl Sketch {
    /// `None` when there is nothing to draw.
    pub fn bbox(&self) -> Option<BBox> {
        let bbox = BBox::of(self.lines.iter().flat_map(|l| l.points.iter().copied()));
        (!bbox.is_empty()).then_some(bbox)
    }
}

/// How a record is made a parcel. Declared from the one that changes least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The shape is sound; only where it lies, or that it has several parts, stood in the way.
    AsItIs,
    /// Open lines are closed, points that are no numbers left out.
    Close,
    /// Repeated points and tips of spikes go.
    Tidy,
    /// Two crossing sides are walked the other way round.
    Uncross,
    /// Rings are sorted into shells and holes anew.
    Regroup,
    /// Each part becomes a parcel.
    Split,
    /// Cut where it crosses itself; each part becomes a parcel.
    Cut,
    /// Only the largest part.
    Largest,
}

impl Method {
    /// Stable name, in JSON.
    pub fn name(self) -> &'static str {
        self.entry().0
    }

    pub fn text(self) -> Text {
        self.entry().1
    }

    fn entry(self) -> (&'static str, Text) {
        match self {
            Self::AsItIs => (
                "as_it_is",
                Text::new("Giữ nguyên hình", "Keep the shape as it is"),
            ),
            Self::Close => ("close", Text::new("Khép kín đường ranh", "Close the line")),
            Self::Tidy => (
                "tidy",
                Text::new("Bỏ điểm lặp và gai nhọn", "Remove repeated points and spikes"),
            ),
            Self::Uncross => (
                "uncross",
                Text::new(
                    "Gỡ chỗ tự cắt (đổi thứ tự điểm)",
                    "Uncross (exchange the order of points)",
                ),
            ),
            Self::Regroup => (
                "regroup",
                Text::new("Xếp lại vòng ngoài và vòng khoét", "Sort shells and holes anew"),
            ),
            Self::Split => (
                "split",
                Text::new("Tách mỗi vùng thành một thửa", "Make each part a parcel"),
            ),
            Self::Cut => (
                "cut",
                Text::new(
                    "Cắt tại chỗ tự cắt, mỗi phần một thửa",
                    "Cut where it crosses itself, a parcel each",
                ),
            ),
            Self::Largest => (
                "largest",
                Text::new("Chỉ giữ phần lớn nhất", "Keep the largest part only"),
            ),
        }
    }
}

/// One way to make a record a parcel.
#[derive(Clone, Debug)]
pub struct Repair {
    pub method: Method,
    /// The coordinates are read otherwise than the import did: why.
    pub reading: Option<Msg>,
    /// Points left out because they are no numbers.
    pub dropped: usize,
    /// Valid as an import asks it; the largest first.
    pub polygons: Vec<Polygon>,
}

/// As the import would read it when nothing was kept of that.
fn plain(project_epsg: u32) -> Reading {
    Reading {
        epsg: project_epsg,
        swap_xy: false,
        shift: [0.0; 2],
    }
}

fn how(reading: Option<Reading>, here: &Here) -> Option<Placing> {
    placing(&reading.unwrap_or(plain(here.project_epsg)), here.project_epsg).ok()
}

fn on_lattice(placing: &Placing, point: [f64; 2]) -> Option<Pt> {
    let [e, n] = placing.apply(point).ok()?;
    Pt::from_metres(e, n)
}

/// Box of an original in the district's system; `None` when none of it can be placed.
pub fn place(original: &Original, reading: Option<Reading>, here: &Here) -> Option<BBox> {
    let placing = how(reading, here)?;
    let points = original.lines.iter().flatten();
    let bbox = BBox::of(points.filter_map(|p| on_lattice(&placing, *p)));
    (!bbox.is_empty()).then_some(bbox)
}

/// The original to be drawn, with its faults. Points that cannot be placed are left out.
pub fn sketch(original: &Original, reading: Option<Reading>, here: &Here) -> Sketch {
    let Some(placing) = how(reading, here) else {
        return Sketch::default();
    };
    let mut out = Sketch::default();
    for line in &original.lines {
        let mut points: Vec<Pt> = line.iter().filter_map(|p| on_lattice(&placing, *p)).collect();
        let Some(end) = points.last().copied() else {
            continue;
        };
        let closed = points.len() > 2 && points.first() == points.last();
        if closed {
            points.pop();
        } else if points.len() > 1 {
            out.marks.push(Mark {
                at: end,
                kind: MarkKind::Open,
            });
        }
        out.lines.push(Line { points, closed });
    }
    for polygon in unchecked(&original.shape, &placing).unwrap_or_default() {
        let faults = validity::check(&polygon).into_iter();
        out.marks.extend(faults.map(|f| Mark {
            at: f.at,
            kind: MarkKind::Fault(f.kind),
        }));
    }
    out
}

/// All polygons of a shape on the lattice; `None` when one cannot be placed.
fn unchecked(shape: &Shape, placing: &Placing) -> Option<Vec<Polygon>> {
    let polygon = |rings| geometry::unchecked(rings, placing, &mut Tally::default()).ok();
    shape.polygons().map(polygon).collect()
}

/// The polygons of an original as they are, valid or not, each line of another kind closed: for repair elsewhere. Empty
/// where one cannot be placed.
pub fn as_polygons(original: &Original, reading: Option<Reading>, here: &Here) -> Vec<Polygon> {
    let Some(placing) = how(reading, here) else {
        return Vec::new();
    };
    let all = match original.shape.is_empty() {
        false => unchecked(&original.shape, &placing),
        true => unchecked(&original.closed().0, &placing),
    };
    let mut all = all.unwrap_or_default();
    all.retain(|p| p.rings.iter().all(|r| r.len() > 2));
    all
}

/// The ways there are, the one that changes least first.
pub fn repairs(original: &Original, reading: Option<Reading>, here: &Here) -> Vec<Repair> {
    let mut out = Vec::new();
    for (reading, why) in readings(original, reading, here) {
        let Some(placing) = how(Some(reading), here) else {
            continue;
        };
        for (method, dropped, polygons) in of_reading(original, &placing) {
            out.push(Repair {
                method,
                reading: why.clone(),
                dropped,
                polygons,
            });
        }
    }
    out
}

/// Farther from the district's parcels than this, metres, a record is taken to be read wrongly.
const FAR: f64 = 60_000.0;

/// How the coordinates may be read: as the import did; where that leads nowhere and the doctor knows better, as he says.
fn readings(original: &Original, reading: Option<Reading>, here: &Here) -> Vec<(Reading, Option<Msg>)> {
    let own = reading.unwrap_or(plain(here.project_epsg));
    let mut all = vec![(own, None)];
    if fits(original, own, here) {
        return all;
    }
    let finite = |p: &&[f64; 2]| p.iter().all(|v| v.is_finite());
    let points: Vec<[f64; 2]> = original.lines.iter().flatten().filter(finite).copied().collect();
    let context = Context {
        project_epsg: here.project_epsg,
        province: None,
        extent: here.extent,
        area_ratio: None,
    };
    let verdict = diagnose(None, &points, &context);
    if let Some(Proposal { epsg, swap_xy, shift }) = verdict.proposal {
        let other = Reading { epsg, swap_xy, shift };
        if other != own {
            all = vec![(other, Some(verdict.explanation))];
        }
    }
    all
}

fn fits(original: &Original, reading: Reading, here: &Here) -> bool {
    let Some(at) = place(original, Some(reading), here) else {
        return false;
    };
    let ((west, south), (east, north)) = (at.min.metres(), at.max.metres());
    // Without parcels to compare with: Viet Nam in a zone of its own (as crs/doctor.rs).
    let [e0, n0, e1, n1] = match here.extent {
        Some([e0, n0, e1, n1]) => [e0 - FAR, n0 - FAR, e1 + FAR, n1 + FAR],
        None => [150e3, 850e3, 850e3, 2_650e3],
    };
    west >= e0 && south >= n0 && east <= e1 && north <= n1
}

type Made = (Method, usize, Vec<Polygon>);

fn of_reading(original: &Original, placing: &Placing) -> Vec<Made> {
    let mut out: Vec<Made> = Vec::new();
    let mut add = |method, dropped, mut polygons: Vec<Polygon>| {
        polygons.sort_by(|p, q| q.area2().cmp(&p.area2()).then_with(|| p.rings.cmp(&q.rings)));
        let sound = !polygons.is_empty() && polygons.iter().all(is_sound);
        if sound && !out.iter().any(|(_, _, known)| *known == polygons) {
            out.push((method, dropped, polygons));
        }
    };
    let as_read = unchecked(&original.shape, placing).filter(|p| !p.is_empty());
    if let Some(polygons) = &as_read {
        mend(polygons, first_of(polygons, original), 0, &mut add);
    }
    let (closed, dropped) = original.closed();
    let again = unchecked(&closed, placing).filter(|p| !p.is_empty() && as_read.as_ref() != Some(p));
    match (again, &as_read) {
        // Rings that belong together otherwise; their own faults were dealt with above.
        (Some(polygons), Some(_)) => add(Method::Regroup, 0, polygons),
        (Some(polygons), None) => mend(&polygons, first_of(&polygons, original), dropped, &mut add),
        (None, _) => (),
    }
    out
}

/// What is done when nothing has to be.
fn first_of(polygons: &[Polygon], original: &Original) -> Method {
    match polygons.len() {
        _ if original.shape.is_empty() => Method::Close,
        1 => Method::AsItIs,
        _ => Method::Split,
    }
}

/// Polygon → what is made of it; nothing when there is no way.
type Way = fn(&Polygon) -> Vec<Polygon>;

/// The ways to make some polygons valid; `first` when they are so already.
fn mend(
    polygons: &[Polygon],
    first: Method,
    dropped: usize,
    add: &mut impl FnMut(Method, usize, Vec<Polygon>),
) {
    add(first, dropped, polygons.to_vec());
    let ways: [(Method, Way); 3] = [
        (Method::Tidy, |p| repair_ring::tidy(p).into_iter().collect()),
        (Method::Uncross, uncross),
        (Method::Cut, |p| repair_ring::parts(p).unwrap_or_default()),
    ];
    let mut all = polygons.to_vec();
    for (method, way) in ways {
        let each = |p: &Polygon| if is_sound(p) { vec![p.clone()] } else { way(p) };
        let made: Vec<Vec<Polygon>> = polygons.iter().map(each).collect();
        // Only a cut may leave a part without land out; no other way drops one.
        if method != Method::Cut && made.iter().any(Vec::is_empty) {
            continue;
        }
        let made: Vec<Polygon> = made.into_iter().flatten().collect();
        if method == Method::Cut {
            all.clone_from(&made);
        }
        add(method, dropped, made);
    }
    let largest = all.into_iter().max_by_key(Polygon::area2);
    add(Method::Largest, dropped, largest.into_iter().collect());
}

/// More points than this are not compared side by side.
const MOST: usize = 2_000;

fn uncross(p: &Polygon) -> Vec<Polygon> {
    if p.point_count() > MOST {
        return Vec::new();
    }
    repair_ring::uncross(p).into_iter().collect()
}

fn is_sound(p: &Polygon) -> bool {
    p.area2() > 0 && geometry::check(p.clone()).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HERE: Here = Here {
        project_epsg: 9210,
        extent: None,
    };
    const E: f64 = 603_500.0;
    const N: f64 = 1_191_500.0;

    /// One polygon of rings given in metres from (E, N), as its WKB would be read.
    fn original(rings: &[Vec<[f64; 2]>]) -> Original {
        let mut wkb = vec![1, 3, 0, 0, 0];
        wkb.extend((rings.len() as u32).to_le_bytes());
        for ring in rings {
            let closed = ring.iter().chain(ring.first());
            wkb.extend((ring.len() as u32 + 1).to_le_bytes());
            let moved = closed.flat_map(|[x, y]| [E + x, N + y]);
            wkb.extend(moved.flat_map(f64::to_le_bytes));
        }
        Original::of(&wkb)
    }

    fn ring(text: &str) -> Vec<[f64; 2]> {
        let points = text.split(", ").map(|p| p.split_once(' ').unwrap());
        points
            .map(|(x, y)| [x.parse().unwrap(), y.parse().unwrap()])
            .collect()
    }

    fn found(rings: &[&str]) -> String {
        let rings: Vec<_> = rings.iter().map(|r| ring(r)).collect();
        let all = repairs(&original(&rings), None, &HERE);
        let one = |r: &Repair| {
            let areas: Vec<String> = r.polygons.iter().map(|p| format!("{:.2}", p.area_m2())).collect();
            format!("{} {}", r.method.name(), areas.join("+"))
        };
        all.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn crossing_rings_of_every_form_have_a_way() {
        for (rings, want) in [
            // two points exchanged
            (
                vec!["0 0, 10 0, 0 10, 10 10"],
                "uncross 100.00; cut 25.00+25.00; largest 25.00",
            ),
            // the same with a pond in one half
            (
                vec!["0 0, 20 0, 0 20, 20 20", "8 1, 12 1, 10 4"],
                "uncross 394.00; cut 100.00+94.00; largest 100.00",
            ),
            // long and thin: its corners look like spikes
            (
                vec!["0 0, 200 0, 0 0.1, 200 0.1"],
                "uncross 20.00; cut 5.00+5.00; largest 5.00",
            ),
        ] {
            assert_eq!(found(&rings), want);
        }
        // concave: the middle point on the wrong side
        let concave = found(&["0 0, 10 0, 10 10, 5 -2, 0 10"]);
        assert!(concave.contains("cut 20.84+20.84+1.67"), "{concave}");
    }

    #[test]
    fn faults_are_marked_where_they_are() {
        let s = sketch(&original(&[ring("0 0, 10 0, 0 10, 10 10")]), None, &HERE);
        let marks: Vec<_> = s.marks.iter().map(|m| (m.at, m.kind)).collect();
        let middle = Pt::new(603_505_000, 1_191_505_000);
        assert_eq!(marks, [(middle, MarkKind::Fault(FaultKind::SelfCrossing))]);
        let mut open = vec![1, 2, 0, 0, 0, 3, 0, 0, 0];
        open.extend(
            [E, N, E + 4.0, N, E + 4.0, N + 4.0]
                .iter()
                .flat_map(|v| v.to_le_bytes()),
        );
        let s = sketch(&Original::of(&open), None, &HERE);
        let end = Pt::new(603_504_000, 1_191_504_000);
        assert_eq!(
            (s.lines[0].closed, s.marks[0].at, s.marks[0].kind),
            (false, end, MarkKind::Open)
        );
        assert_eq!(sketch(&Original::default(), None, &HERE), Sketch::default());
    }

    proptest! {
        #[test]
        fn whatever_is_proposed_is_what_an_import_takes(
            rings in prop::collection::vec(prop::collection::vec((0..12i32, 0..12i32), 2..9), 1..3)
        ) {
            let metres = |r: &Vec<(i32, i32)>| r.iter().map(|(x, y)| [f64::from(*x), f64::from(*y)]).collect();
            let rings: Vec<Vec<[f64; 2]>> = rings.iter().map(metres).collect();
            for r in repairs(&original(&rings), None, &HERE) {
                prop_assert!(!r.polygons.is_empty());
                prop_assert!(r.polygons.iter().all(is_sound), "{:?}", r.method);
            }
        }
    }
}
