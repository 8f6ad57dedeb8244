//! Sharing out an area of the register among heirs: largest remainder, so that the parts add up exactly
//! (domain.md §5.8).

/// `total` m² shared out by `weights`, each part a whole number of steps and their sum `total`. The step is 0.1 m²
/// (domain.md §5.7), or as many decimals as `total` itself has, at most six.
pub fn shares(total: f64, weights: &[f64]) -> Vec<f64> {
    let per_metre = steps_per_metre(total);
    let all = (total * per_metre).round().max(0.0);
    let sum: f64 = weights.iter().sum();
    if weights.is_empty() {
        return Vec::new();
    }
    let ideal: Vec<f64> = weights
        .iter()
        .map(|w| {
            if sum > 0.0 {
                all * w / sum
            } else {
                all / weights.len() as f64
            }
        })
        .collect();
    let mut parts: Vec<f64> = ideal.iter().map(|x| x.floor()).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| {
        let rest = |i: usize| ideal[i] - parts[i];
        rest(*b).total_cmp(&rest(*a)).then(a.cmp(b))
    });
    let left = (all - parts.iter().sum::<f64>()).max(0.0) as usize;
    for i in order.iter().cycle().take(left) {
        parts[*i] += 1.0;
    }
    parts.into_iter().map(|p| p / per_metre).collect()
}

fn steps_per_metre(total: f64) -> f64 {
    let whole = |per: &f64| {
        let steps = total * per;
        (steps - steps.round()).abs() <= 1e-6
    };
    (1..=6)
        .map(|decimals| 10f64.powi(decimals))
        .find(whole)
        .unwrap_or(1e6)
}

/// An area as the register has it: one decimal.
pub fn rounded(area: f64) -> f64 {
    (area * 10.0).round() / 10.0
}

/// Several totals shared out by the same weights so that the parts of each heir add up to its part of their sum, too:
/// all but the last by [`shares`], the last takes what is left of the sum's part. Where that would be negative each
/// stands alone.
pub fn table(totals: &[f64], weights: &[f64]) -> Vec<Vec<f64>> {
    let mut rows: Vec<Vec<f64>> = totals.iter().map(|t| shares(*t, weights)).collect();
    if totals.len() < 2 {
        return rows;
    }
    let sums = shares(rounded6(totals.iter().sum()), weights);
    let last = rows.len() - 1;
    let rest: Vec<f64> = (0..weights.len())
        .map(|i| rounded6(sums[i] - rows[..last].iter().map(|r| r[i]).sum::<f64>()))
        .collect();
    if rest.iter().all(|r| *r >= 0.0) {
        rows[last] = rest;
    }
    rows
}

/// Without the dust of binary fractions.
pub fn rounded6(area: f64) -> f64 {
    (area * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_add_up() {
        for (total, weights, want) in [
            (100.0, &[1.0, 1.0, 1.0][..], &[33.4, 33.3, 33.3][..]),
            (100.1, &[1.0, 1.0], &[50.1, 50.0]),
            (50.05, &[1.0, 1.0], &[25.03, 25.02]),
            (0.1, &[1.0, 2.0, 3.0], &[0.0, 0.0, 0.1]),
            (120.0, &[0.0, 0.0], &[60.0, 60.0]),
            (7.0, &[5.0], &[7.0]),
            (7.0, &[], &[]),
        ] {
            assert_eq!(shares(total, weights), want, "{total} {weights:?}");
        }
    }

    #[test]
    fn a_table_adds_up_both_ways() {
        let t = table(&[60.1, 40.0, 20.2], &[1.0, 1.0, 1.0]);
        let sums = shares(120.3, &[1.0, 1.0, 1.0]);
        for (i, sum) in sums.iter().enumerate() {
            assert_eq!(rounded6(t.iter().map(|r| r[i]).sum()), *sum);
        }
        for (row, total) in t.iter().zip([60.1, 40.0, 20.2]) {
            assert_eq!(rounded6(row.iter().sum()), total);
        }
    }

    proptest! {
        #[test]
        fn sums_are_exact_and_parts_near(tenths in 0u32..10_000_000, weights in proptest::collection::vec(0.0f64..1e9, 1..12)) {
            let total = f64::from(tenths) / 10.0;
            let parts = shares(total, &weights);
            prop_assert_eq!((parts.iter().sum::<f64>() * 10.0).round() as u32, tenths);
            let sum: f64 = weights.iter().sum();
            for (p, w) in parts.iter().zip(&weights) {
                prop_assert!(*p >= 0.0);
                if sum > 0.0 { prop_assert!((p - total * w / sum).abs() < 0.1 + 1e-6); }
            }
        }
    }
}
