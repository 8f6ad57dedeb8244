//! The parameters of a coordinate system out of WKT1 (OGC, ESRI) or WKT2 text, tolerantly: `.prj`
//! files are cut, edited by hand and written by many programs. No `proj.db` is asked.

use super::declared::DeclaredCrs;
use super::zones::{self, UTM, VN2000_GEOGRAPHIC, WGS84};

/// What a declared system is, as far as it concerns Vietnamese land data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DeclaredKind {
    /// A TM-3 zone.
    Zone(u32),
    /// A TM-3 zone with false easting and northing interchanged (EPSG 6956–6959); the proper code.
    Interchanged(u32),
    /// UTM 48N or 49N on VN-2000 or WGS 84.
    Utm(u32),
    /// Degrees, on VN-2000 or (or as good as) WGS 84: [`VN2000_GEOGRAPHIC`] or [`WGS84`].
    Geographic(u32),
    /// Any system on the ellipsoid of Krassovsky: HN-72.
    Hn72,
    /// Transverse Mercator with parameters no office uses.
    OtherTransverseMercator {
        meridian: f64,
        scale: f64,
    },
    Other,
}

/// Ellipsoid of Krassovsky 1940, metres.
const KRASSOVSKY: f64 = 6_378_245.0;
/// Texts are not nested deeper.
const MAX_DEPTH: u32 = 12;
/// No coordinate system needs more nodes.
const MAX_NODES: usize = 2_000;

impl DeclaredCrs {
    /// Reads the parameters; where there are none, believes the code.
    pub fn kind(&self) -> DeclaredKind {
        if let Some(replacement) = self.epsg.and_then(zones::replacement) {
            return DeclaredKind::Interchanged(replacement);
        }
        let root = Node::parse(&self.wkt);
        match root.as_ref().and_then(of_parameters) {
            Some(kind) => kind,
            None => self.epsg.map_or(DeclaredKind::Other, of_code),
        }
    }
}

fn of_code(epsg: u32) -> DeclaredKind {
    match epsg {
        _ if zones::zone(epsg).is_some() => DeclaredKind::Zone(epsg),
        _ if UTM.iter().any(|u| u.0 == epsg) => DeclaredKind::Utm(epsg),
        VN2000_GEOGRAPHIC | WGS84 => DeclaredKind::Geographic(epsg),
        _ => DeclaredKind::Other,
    }
}

fn of_parameters(root: &Node) -> Option<DeclaredKind> {
    let semi_major = root.find(&["SPHEROID", "ELLIPSOID"]).and_then(|n| n.number(0));
    if semi_major.is_some_and(|a| (a - KRASSOVSKY).abs() < 0.5) {
        return Some(DeclaredKind::Hn72);
    }
    let vn2000 = is_vn2000(root);
    match root.key.as_str() {
        "GEOGCS" | "GEOGCRS" | "GEODCRS" | "GEOGRAPHICCRS" => {
            semi_major?;
            Some(DeclaredKind::Geographic(if vn2000 {
                VN2000_GEOGRAPHIC
            } else {
                WGS84
            }))
        }
        "PROJCS" | "PROJCRS" | "PROJECTEDCRS" => projected(root, vn2000),
        _ => None,
    }
}

fn projected(root: &Node, vn2000: bool) -> Option<DeclaredKind> {
    let method = root.find(&["PROJECTION", "METHOD"])?.text()?;
    if !matches!(plain(method).as_str(), "transversemercator" | "gausskruger") {
        return Some(DeclaredKind::Other);
    }
    let meridian = root.parameter(&["centralmeridian", "longitudeoforigin", "longitudeofnaturalorigin"])?;
    let scale = root
        .parameter(&["scalefactor", "scalefactoratnaturalorigin"])
        .unwrap_or(1.0);
    let east = root.parameter(&["falseeasting"]).unwrap_or(0.0);
    let north = root.parameter(&["falsenorthing"]).unwrap_or(0.0);
    let is = |value: f64, wanted: f64| (value - wanted).abs() < 0.5;
    let zone = zones::zone_at(meridian).filter(|_| (scale - 0.9999).abs() < 1e-6);
    if let Some(zone) = zone {
        // The datum is not asked: nobody but Vietnam has these zones, and programs write WGS 84 there.
        if is(east, 500_000.0) && is(north, 0.0) {
            return Some(DeclaredKind::Zone(zone.epsg));
        }
        if is(east, 0.0) && is(north, 500_000.0) {
            return Some(DeclaredKind::Interchanged(zone.epsg));
        }
    }
    let utm = UTM
        .iter()
        .find(|u| (u.1 - meridian).abs() < 3e-4 && u.2 == vn2000);
    match utm {
        Some(u) if (scale - 0.9996).abs() < 1e-6 && is(east, 500_000.0) && is(north, 0.0) => {
            Some(DeclaredKind::Utm(u.0))
        }
        _ => Some(DeclaredKind::OtherTransverseMercator { meridian, scale }),
    }
}

/// By the names in the text: "VN-2000", "VN_2000", "Vietnam_2000" …
fn is_vn2000(root: &Node) -> bool {
    let mut found = false;
    root.each(&mut |node| {
        if let Some(name) = node.text().map(plain) {
            found |= name.contains("vn2000") || name.contains("vietnam2000");
        }
    });
    found
}

/// Lower case, letters and digits only.
fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase()
}

/// `KEY["text",1.5,CHILD[…]]`.
#[derive(Debug, Default)]
struct Node {
    /// Upper case.
    key: String,
    texts: Vec<String>,
    numbers: Vec<f64>,
    children: Vec<Node>,
}

impl Node {
    fn parse(wkt: &str) -> Option<Self> {
        let mut budget = MAX_NODES;
        let mut rest = wkt.trim();
        Self::read(&mut rest, 0, &mut budget)
    }

    /// Reads one node; a text that ends early gives what was there.
    fn read(rest: &mut &str, depth: u32, budget: &mut usize) -> Option<Self> {
        *budget = budget.checked_sub(1)?;
        let open = rest.find(['[', '('])?;
        let key = rest[..open].trim().to_ascii_uppercase();
        if depth > MAX_DEPTH || key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        {
            return None;
        }
        *rest = &rest[open + 1..];
        let mut node = Self {
            key,
            ..Self::default()
        };
        loop {
            *rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            let Some(first) = rest.chars().next() else {
                return Some(node);
            };
            match first {
                ']' | ')' => {
                    *rest = &rest[1..];
                    return Some(node);
                }
                '"' => {
                    let body = &rest[1..];
                    let end = body.find('"').unwrap_or(body.len());
                    node.texts.push(body[..end].to_owned());
                    *rest = body.get(end + 1..).unwrap_or("");
                }
                _ => node.item(rest, depth, budget)?,
            }
        }
    }

    /// A number, a bare word (AXIS["E",EAST]) or a child.
    fn item(&mut self, rest: &mut &str, depth: u32, budget: &mut usize) -> Option<()> {
        let end = rest.find(['[', '(', ']', ')', ',', '"']).unwrap_or(rest.len());
        if rest[end..].starts_with(['[', '(']) {
            self.children.push(Self::read(rest, depth + 1, budget)?);
            return Some(());
        }
        if let Ok(number) = rest[..end].trim().parse() {
            self.numbers.push(number);
        }
        *rest = &rest[end..];
        Some(())
    }

    fn each<'a>(&'a self, visit: &mut impl FnMut(&'a Node)) {
        visit(self);
        for child in &self.children {
            child.each(visit);
        }
    }

    /// The first node of this key, from outside to inside.
    fn find(&self, keys: &[&str]) -> Option<&Node> {
        let mut found = None;
        self.each(&mut |node| {
            if found.is_none() && keys.contains(&node.key.as_str()) {
                found = Some(node);
            }
        });
        found
    }

    fn text(&self) -> Option<&str> {
        self.texts.first().map(String::as_str)
    }

    fn number(&self, i: usize) -> Option<f64> {
        self.numbers.get(i).copied().filter(|x| x.is_finite())
    }

    fn parameter(&self, names: &[&str]) -> Option<f64> {
        let mut found = None;
        self.each(&mut |node| {
            let named = || node.text().is_some_and(|n| names.contains(&plain(n).as_str()));
            if found.is_none() && node.key == "PARAMETER" && named() {
                found = node.number(0);
            }
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(wkt: &str) -> DeclaredKind {
        DeclaredCrs::from_wkt(wkt).unwrap().kind()
    }

    fn tm(datum: &str, meridian: f64, scale: f64, east: f64, north: f64) -> DeclaredKind {
        kind(&format!(
            "PROJCS[\"x\",GEOGCS[\"{datum}\",DATUM[\"D\",SPHEROID[\"W\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],\
             UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"False_Easting\",{east}],\
             PARAMETER[\"False_Northing\",{north}],PARAMETER[\"Central_Meridian\",{meridian}],\
             PARAMETER[\"Scale_Factor\",{scale}],PARAMETER[\"Latitude_Of_Origin\",0.0],UNIT[\"Meter\",1.0]]"
        ))
    }

    #[test]
    fn our_own_texts_are_recognised() {
        for zone in zones::zones() {
            assert_eq!(
                kind(&zones::wkt_prj(zone.epsg).unwrap()),
                DeclaredKind::Zone(zone.epsg)
            );
            assert_eq!(
                kind(&zones::wkt_ogc(zone.epsg).unwrap()),
                DeclaredKind::Zone(zone.epsg)
            );
        }
        assert_eq!(
            kind(&zones::wkt_ogc(WGS84).unwrap()),
            DeclaredKind::Geographic(WGS84)
        );
    }

    #[test]
    fn parameters_decide() {
        assert_eq!(
            tm("GCS_WGS_1984", 105.75, 0.9999, 5e5, 0.0),
            DeclaredKind::Zone(9210)
        );
        assert_eq!(
            tm("GCS_VN_2000", 105.0, 0.9999, 0.0, 5e5),
            DeclaredKind::Interchanged(5897)
        );
        assert_eq!(
            tm("GCS_VN_2000", 105.0, 0.9996, 5e5, 0.0),
            DeclaredKind::Utm(3405)
        );
        assert_eq!(
            tm("GCS_WGS_1984", 111.0, 0.9996, 5e5, 0.0),
            DeclaredKind::Utm(32649)
        );
        let odd = DeclaredKind::OtherTransverseMercator {
            meridian: 105.75,
            scale: 0.9996,
        };
        assert_eq!(tm("GCS_VN_2000", 105.75, 0.9996, 5e5, 0.0), odd);
        let hn72 = "PROJCS[\"HN72\",GEOGCS[\"g\",DATUM[\"D\",SPHEROID[\"Krassovsky\",6378245,298.3]]],PROJECTION[\"Gauss_Kruger\"]]";
        assert_eq!(kind(hn72), DeclaredKind::Hn72);
        let wkt2 = "PROJCRS[\"VN\",BASEGEOGCRS[\"VN-2000\",DATUM[\"Vietnam 2000\",ELLIPSOID[\"WGS 84\",6378137,298.257223563,\
                    LENGTHUNIT[\"metre\",1]]]],CONVERSION[\"c\",METHOD[\"Transverse Mercator\",ID[\"EPSG\",9807]],\
                    PARAMETER[\"Longitude of natural origin\",107.75,ANGLEUNIT[\"degree\",0.01745]],\
                    PARAMETER[\"Scale factor at natural origin\",0.9999],PARAMETER[\"False easting\",500000],\
                    PARAMETER[\"False northing\",0]]]";
        assert_eq!(kind(wkt2), DeclaredKind::Zone(5899));
    }

    #[test]
    fn codes_are_believed_where_there_are_no_parameters() {
        assert_eq!(kind("EPSG:9210"), DeclaredKind::Zone(9210));
        assert_eq!(kind("EPSG:6957"), DeclaredKind::Interchanged(5897));
        assert_eq!(kind("EPSG:3857"), DeclaredKind::Other);
        for rubbish in [
            "[[[[[",
            "PROJCS[",
            "PROJCS[\"a",
            "đất",
            &"A[".repeat(5000),
            "PROJCS[PROJECTION[\"Transverse_Mercator\"]]",
        ] {
            assert_eq!(kind(rubbish), DeclaredKind::Other);
        }
    }

    proptest::proptest! {
        #[test]
        fn damaged_text_never_panics(cut in 0usize..400, at in 0usize..400, junk in "[\\[\\]\",()đ0-9.A-Z]{0,6}") {
            let mut text: Vec<char> = zones::wkt_prj(9210).unwrap().chars().collect();
            text.truncate(cut);
            let at = at.min(text.len());
            text.splice(at..at, junk.chars());
            let text: String = text.into_iter().collect();
            if let Some(declared) = DeclaredCrs::from_wkt(&text) {
                let _ = declared.kind();
            }
        }
    }
}
