//! The coordinate system a file says it has, as read: nothing is believed here (see `doctor`).

/// A coordinate system as declared by a file (`.prj`, GeoPackage `srs_id`, TAB header …).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredCrs {
    /// The text as found: WKT1 (OGC or ESRI) or WKT2. May be damaged; parsed tolerantly.
    pub wkt: String,
    /// EPSG code where the file states one.
    pub epsg: Option<u32>,
    /// Name of the system in the file, for display.
    pub name: String,
}

impl DeclaredCrs {
    /// "WGS 84 (EPSG:4326)", for people; a name that is the code is not said twice.
    pub fn shown(&self) -> String {
        match self.epsg.map(|code| format!("EPSG:{code}")) {
            Some(code) if code != self.name => format!("{} ({code})", self.name),
            _ => self.name.clone(),
        }
    }

    /// Takes the text of a `.prj` file. `None` when it says nothing.
    pub fn from_wkt(wkt: &str) -> Option<Self> {
        let wkt = wkt.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}');
        if wkt.is_empty() {
            return None;
        }
        Some(Self {
            epsg: epsg_of(wkt),
            name: name_of(wkt),
            wkt: wkt.to_owned(),
        })
    }
}

/// The first quoted text: the name of the outermost node in every WKT.
fn name_of(wkt: &str) -> String {
    wkt.split('"').nth(1).unwrap_or(wkt).chars().take(80).collect()
}

/// The code of the *outermost* AUTHORITY / ID node: the inner ones name the datum, ellipsoid or unit.
fn epsg_of(wkt: &str) -> Option<u32> {
    if let Some(code) = wkt.strip_prefix("EPSG:").or_else(|| wkt.strip_prefix("epsg:")) {
        return code.trim().parse().ok();
    }
    let mut depth = 0u32;
    let mut quoted = false;
    let mut found = None;
    for (at, byte) in wkt.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'[' | b'(' if !quoted => {
                depth += 1;
                let head = wkt.get(..at).unwrap_or("").trim_end().to_ascii_uppercase();
                if depth == 2 && (head.ends_with("AUTHORITY") || head.ends_with(",ID")) {
                    found = authority_code(wkt.get(at + 1..).unwrap_or(""));
                }
            }
            b']' | b')' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found
}

/// `"EPSG","9210"]` or `"EPSG",9210]`: the number.
fn authority_code(rest: &str) -> Option<u32> {
    let body = rest.split([']', ')']).next()?;
    let (authority, code) = body.split_once(',')?;
    if !authority.trim().trim_matches('"').eq_ignore_ascii_case("EPSG") {
        return None;
    }
    code.trim().trim_matches('"').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_that_of_the_outermost_node() {
        let inner = r#"PROJCS["x",GEOGCS["y",AUTHORITY["EPSG","4756"]],UNIT["m",1]]"#;
        assert_eq!(DeclaredCrs::from_wkt(inner).unwrap().epsg, None);
        let outer = r#"PROJCS["VN [2000]",GEOGCS["y",AUTHORITY["EPSG","4756"]],AUTHORITY["EPSG","9210"]]"#;
        let crs = DeclaredCrs::from_wkt(outer).unwrap();
        assert_eq!((crs.epsg, crs.name.as_str()), (Some(9210), "VN [2000]"));
        let wkt2 = r#"PROJCRS["VN",BASEGEOGCRS["b",ID["EPSG",4756]],ID["EPSG",5897]]"#;
        assert_eq!(DeclaredCrs::from_wkt(wkt2).unwrap().epsg, Some(5897));
    }

    #[test]
    fn rubbish_gives_a_name_and_no_code() {
        assert_eq!(DeclaredCrs::from_wkt(" \0 "), None);
        for text in ["[[[", "\"", "AUTHORITY[", "PROJCS[\"a", "đường]]", "EPSG:x"] {
            assert_eq!(DeclaredCrs::from_wkt(text).unwrap().epsg, None, "{text}");
        }
    }
}
