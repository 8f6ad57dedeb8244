//! GeoHash of a place: the parcel code of TT 19/2026, annex I, is one of 12 characters (domain.md §4.2).

const DIGITS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";

/// The standard GeoHash of `length` characters for WGS 84 degrees; a cell of 12 is about 3.7 cm × 1.9 cm.
/// A code we compute is provisional until the national database accepts it.
pub fn geohash(latitude: f64, longitude: f64, length: usize) -> String {
    let mut lat = (-90.0, 90.0);
    let mut lon = (-180.0, 180.0);
    let half = |value: f64, range: &mut (f64, f64)| {
        let middle = f64::midpoint(range.0, range.1);
        let upper = value >= middle;
        if upper {
            range.0 = middle
        } else {
            range.1 = middle
        }
        usize::from(upper)
    };
    let mut out = String::with_capacity(length);
    for digit in 0..length {
        let mut index = 0;
        for bit in 0..5 {
            let even = (digit * 5 + bit) % 2 == 0;
            index = index * 2
                + if even {
                    half(longitude, &mut lon)
                } else {
                    half(latitude, &mut lat)
                };
        }
        out.push(char::from(DIGITS[index]));
    }
    out
}

/// The middle of the cell a GeoHash stands for: (latitude, longitude) in WGS 84 degrees. `None` for anything else.
pub fn geohash_place(hash: &str) -> Option<(f64, f64)> {
    let (mut lat, mut lon) = ((-90.0, 90.0), (-180.0, 180.0));
    let mut even = true;
    for c in hash.bytes() {
        let digit = DIGITS.iter().position(|d| *d == c)?;
        for bit in (0..5).rev() {
            let range: &mut (f64, f64) = if even { &mut lon } else { &mut lat };
            let middle = f64::midpoint(range.0, range.1);
            if digit >> bit & 1 == 1 {
                range.0 = middle;
            } else {
                range.1 = middle;
            }
            even = !even;
        }
    }
    (!hash.is_empty()).then(|| (f64::midpoint(lat.0, lat.1), f64::midpoint(lon.0, lon.1)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_published_example() {
        assert_eq!(super::geohash(57.64911, 10.40744, 11), "u4pruydqqvj");
    }

    #[test]
    fn there_and_back() {
        let (lat, lon) = super::geohash_place("w7er83vmx1wk").unwrap();
        assert!((lat - 21.016425406).abs() < 1e-6 && (lon - 105.838817683).abs() < 1e-6);
        assert_eq!(super::geohash(lat, lon, 12), "w7er83vmx1wk");
        assert_eq!(super::geohash_place("w7ai"), None);
        assert_eq!(super::geohash_place(""), None);
    }
}
