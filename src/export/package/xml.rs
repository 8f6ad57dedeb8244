//! XML as text: indented elements, escaped, without characters XML 1.0 forbids.

use crate::domain::Pt;

/// A document being written.
#[derive(Debug, Default)]
pub struct Xml {
    pub text: String,
    open: Vec<&'static str>,
}

impl Xml {
    pub fn document() -> Self {
        Self {
            text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(),
            open: Vec::new(),
        }
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.text.extend(std::iter::repeat_n(' ', self.open.len()));
        self.text.push('<');
        self.text += name;
        for (key, value) in attributes {
            self.text.push(' ');
            self.text += key;
            self.text += "=\"";
            self.text += &escaped(value);
            self.text.push('"');
        }
        self.text.push('>');
    }

    fn end(&mut self, name: &str) {
        self.text += "</";
        self.text += name;
        self.text += ">\n";
    }

    pub fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes);
        self.text.push('\n');
        self.open.push(name);
    }

    pub fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.text.extend(std::iter::repeat_n(' ', self.open.len()));
            self.end(name);
        }
    }

    pub fn leaf(&mut self, name: &str, value: &str) {
        self.tag(name, &[]);
        self.text += &escaped(value);
        self.end(name);
    }

    pub fn leaf_if(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            self.leaf(name, value);
        }
    }

    /// A number as decimal without exponent, shortest digits that give the same value.
    pub fn number_if(&mut self, name: &str, value: Option<f64>) {
        if let Some(value) = value.filter(|v| v.is_finite()) {
            self.leaf(name, &value.to_string());
        }
    }
}

fn escaped(value: &str) -> String {
    let clean: String = value
        .chars()
        .map(|c| {
            if (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}') {
                ' '
            } else {
                c
            }
        })
        .collect();
    quick_xml::escape::escape(clean.as_str()).into_owned()
}

/// "593400.125": millimetres as metres with three decimals.
pub fn metres(out: &mut String, mm: i64) {
    if mm < 0 {
        out.push('-');
    }
    let mm = mm.unsigned_abs();
    *out += &(mm / 1000).to_string();
    let rest = mm % 1000;
    out.push('.');
    for digit in [rest / 100, rest / 10 % 10, rest % 10] {
        out.push(char::from(b'0' + digit as u8));
    }
}

/// "E N E N …", the first point repeated at the end.
pub fn positions(out: &mut String, ring: &[Pt]) {
    for (i, p) in ring.iter().chain(ring.first()).enumerate() {
        if i > 0 {
            out.push(' ');
        }
        metres(out, p.e);
        out.push(' ');
        metres(out, p.n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millimetres_are_exact() {
        let text = |mm| {
            let mut s = String::new();
            metres(&mut s, mm);
            s
        };
        assert_eq!(
            [0, 7, -1, 1_000, -12_345, 593_400_120].map(text),
            ["0.000", "0.007", "-0.001", "1.000", "-12.345", "593400.120"]
        );
    }

    #[test]
    fn forbidden_and_special_characters() {
        let mut x = Xml::default();
        x.leaf("a", "<\u{1}&\"Đ");
        assert_eq!(x.text, "<a>&lt; &amp;&quot;Đ</a>\n");
    }
}
