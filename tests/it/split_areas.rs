//! Random parcels divided into random lists of areas: every part within the bound of issue 3 §1, or refused for a
//! reason that lies in the parcel. Also run ten-thousandfold by the slow suite.

use diachinh::domain::{Polygon, Pt, ring_area2};
use diachinh::topology::split::{Along, By, Division, Part, divide};
use diachinh::topology::validity;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> i64 {
        (self.next() % n) as i64
    }

    fn unit(&mut self) -> f64 {
        self.below(1 << 40) as f64 / (1u64 << 40) as f64
    }
}

fn ring(r: &mut Random, n: usize, mut radius: impl FnMut(&mut Random) -> f64) -> Vec<Pt> {
    let (e, n0) = (587_000_000, 2_325_000_000);
    (0..n)
        .map(|i| {
            let angle = (i as f64 + 0.7 * r.unit()) / n as f64 * std::f64::consts::TAU;
            let far = radius(r);
            Pt::new(
                e + (far * angle.cos()).round() as i64,
                n0 + (far * angle.sin()).round() as i64,
            )
        })
        .collect()
}

/// Four kinds: round, jagged, with a hole, long and thin; 5 m to 500 m.
fn shape(r: &mut Random, kind: i64) -> Polygon {
    let size = 2_500.0 * 100f64.powf(r.unit());
    let count = 4 + r.below(9) as usize;
    let mut rings = match kind {
        0 => vec![ring(r, count, |_| size)],
        1 => vec![ring(r, count, |r| size * (0.3 + 0.7 * r.unit()))],
        2 => {
            let hole = 3 + r.below(4) as usize;
            vec![
                ring(r, count.max(6), |_| size),
                ring(r, hole, |r| size * (0.1 + 0.3 * r.unit())),
            ]
        }
        _ => vec![ring(r, count, |_| size)],
    };
    if kind == 3 {
        // Squeezed to a strip along a random direction.
        let (sin, cos) = (r.unit() * std::f64::consts::TAU).sin_cos();
        for p in rings.iter_mut().flatten() {
            let (e, n) = ((p.e - 587_000_000) as f64, (p.n - 2_325_000_000) as f64);
            let (along, across) = (e * 3.0, n * 0.05);
            p.e = 587_000_000 + (along * cos - across * sin).round() as i64;
            p.n = 2_325_000_000 + (along * sin + across * cos).round() as i64;
        }
    }
    for (i, ring) in rings.iter_mut().enumerate() {
        if (ring_area2(ring) < 0) == (i == 0) {
            ring.reverse();
        }
    }
    Polygon { rings }
}

/// Two to five parts with whole tenths of m², the rest anywhere.
fn list(r: &mut Random, area: f64) -> Vec<Part> {
    let count = 2 + r.below(4) as usize;
    let weights: Vec<f64> = (0..count).map(|_| 0.1 + r.unit()).collect();
    let sum: f64 = weights.iter().sum();
    let tenths = |w: f64| (area * w / sum * 10.0).floor() / 10.0;
    let mut parts: Vec<Part> = weights.iter().map(|w| Part::Area(tenths(*w))).collect();
    let rest = r.below(count as u64) as usize;
    parts[rest] = Part::Rest;
    parts
}

fn along(r: &mut Random, shape: &Polygon) -> Along {
    let shell = shape.shell();
    let i = r.below(shell.len() as u64) as usize;
    match r.below(4) {
        0 => Along::Parallel(shell[i], shell[(i + 1) % shell.len()]),
        1 => Along::Direction(r.unit() * 360.0),
        2 => Along::Through(shell[i], 0.0),
        _ => {
            let far = r.unit() * 1_000_000.0;
            let (sin, cos) = (r.unit() * std::f64::consts::TAU).sin_cos();
            let at = Pt::new(shell[i].e + (far * cos) as i64, shell[i].n + (far * sin) as i64);
            Along::Through(at, r.unit() * 360.0)
        }
    }
}

/// What has to hold of every division.
fn check(shape: &Polygon, parts: &[Part], d: &Division) {
    assert_eq!(d.parts.len(), parts.len());
    assert_eq!(
        d.parts.iter().map(Polygon::area2).sum::<i128>(),
        d.densified.area2()
    );
    let sides: Vec<(Pt, Pt)> = d.densified.sides().collect();
    for (polygon, part) in d.parts.iter().zip(parts) {
        assert!(
            validity::check(polygon)
                .iter()
                .all(|f| f.kind == validity::FaultKind::Spike)
        );
        if let Part::Area(wanted) = part {
            let cut: f64 = polygon
                .sides()
                .filter(|s| !sides.contains(s))
                .map(|(a, b)| a.dist(b))
                .sum();
            let bound = (cut / 2.0).max(50_000.0) / 1e6;
            let error = (polygon.area_m2() - wanted).abs();
            assert!(
                error <= bound + 1e-6,
                "{wanted} m²: {error} m² off, {bound} allowed"
            );
        }
    }
    // Without the new points it is the old parcel again, and each lies beside its side only by rounding.
    let mut back = d.densified.clone();
    back.rings
        .iter_mut()
        .for_each(|r| r.retain(|p| !d.inserted.iter().any(|i| i.at == *p)));
    assert_eq!(&back, shape);
    let length: f64 = d.inserted.iter().map(|i| i.from.dist(i.to)).sum();
    let change = (d.densified.area2() - shape.area2()).abs() as f64 / 2.0;
    assert!(
        change <= 0.5 * length * 0.7072,
        "{change} mm² by points in {length} mm"
    );
}

/// Runs `cases` from a seed; gives how many were divided, by kind of parcel.
pub fn run(cases: u64, seed: u64) -> [(u64, u64); 4] {
    let mut r = Random(seed);
    let mut done = [(0, 0); 4];
    for case in 0..cases {
        let kind = (case % 4) as usize;
        let shape = shape(&mut r, kind as i64);
        if !validity::check(&shape).is_empty() || shape.area_m2() < 5.0 {
            continue;
        }
        let parts = list(&mut r, shape.area_m2());
        let along = along(&mut r, &shape);
        done[kind].1 += 1;
        match divide(
            &shape,
            &By::Areas {
                parts: parts.clone(),
                along,
            },
        ) {
            Ok(d) => {
                check(&shape, &parts, &d);
                done[kind].0 += 1;
            }
            Err(refusal) => {
                let code = refusal.failure.code();
                let known = [
                    "SPLIT_NOT_ONE_PIECE",
                    "SPLIT_NOWHERE",
                    "SPLIT_VALUE",
                    "SPLIT_TOO_MUCH",
                    "CUT_DIVIDES_NOTHING",
                ];
                assert!(
                    known.contains(&code),
                    "case {case}: {along:?} {parts:?} {shape:?}: {}",
                    refusal.failure
                );
                // A round parcel has no branches.
                let reason = matches!(along, Along::Through(..)) || (kind != 0 && kind != 3);
                assert!(
                    reason,
                    "case {case}: {along:?} {parts:?} {shape:?}: {}",
                    refusal.failure
                );
            }
        }
    }
    done
}

#[test]
fn some_lists_of_areas_over_random_parcels() {
    let done = run(300, 1);
    for (divided, of) in done {
        assert!(divided * 3 > of, "{done:?}");
    }
}
