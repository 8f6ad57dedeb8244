//! One column of one record as text and back.

use rusqlite::Connection;
use rusqlite::types::{Value, ValueRef};

use super::super::error::Result;
use super::super::{geometry, personal};
use crate::domain::{Polygon, Pt};
use crate::msg;
use crate::text::Msg;

/// One column of a table as the dump sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
}

/// How a column is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The fid of a record of this table, written as its uid.
    Reference(String),
    /// A GeoPackage blob.
    Geometry,
    /// A sealed personal value.
    Personal,
    Number,
    Text,
    Blob,
}

/// Columns that belong to the journal of one file.
pub const OPERATIONS: [&str; 3] = ["op", "from_op", "to_op"];

/// The columns of `table` that are dumped, in order; without fid and uid.
pub fn columns(conn: &Connection, table: &str) -> Result<Vec<Column>> {
    let mut stmt = conn.prepare_cached(
        "SELECT c.name, upper(c.type), (SELECT f.\"table\" FROM pragma_foreign_key_list(?1) f WHERE f.\"from\"=c.name) \
         FROM pragma_table_info(?1) c ORDER BY c.cid",
    )?;
    let mut rows = stmt.query([table])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let (name, declared, to): (String, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let kind = match (to, declared.as_str()) {
            (Some(table), _) => Kind::Reference(table),
            (None, "POLYGON" | "POINT") => Kind::Geometry,
            (None, "BLOB") if name.ends_with("_p") => Kind::Personal,
            (None, "BLOB") => Kind::Blob,
            (None, "TEXT" | "DATE") => Kind::Text,
            _ => Kind::Number,
        };
        let left_out = ["fid", "uid"].contains(&name.as_str()) || OPERATIONS.contains(&name.as_str());
        if !left_out {
            out.push(Column { name, kind });
        }
    }
    Ok(out)
}

/// A stored value as text; `None` for NULL.
pub fn write(column: &Column, cell: ValueRef<'_>, epsg: i32) -> Result<Option<String>> {
    Ok(match (cell, &column.kind) {
        (ValueRef::Null, _) => None,
        (ValueRef::Integer(i), _) => Some(i.to_string()),
        // The shortest digits that read back the same; always with a point or an exponent.
        (ValueRef::Real(x), _) => Some(format!("{x:?}")),
        (ValueRef::Text(t), Kind::Reference(_)) => Some(word(&String::from_utf8_lossy(t))),
        (ValueRef::Text(t), _) => Some(std::str::from_utf8(t).map_or_else(|_| hex(t), text)),
        (ValueRef::Blob(b), Kind::Personal) => personal::open(Some(b))?.map(|v| text(&v)),
        (ValueRef::Blob(b), Kind::Geometry) => {
            let shape = polygon_text(b, epsg).or_else(|| point_text(b, epsg));
            Some(shape.unwrap_or_else(|| hex(b)))
        }
        (ValueRef::Blob(b), _) => Some(hex(b)),
    })
}

/// The rings, when reading them back gives the very same blob.
fn polygon_text(blob: &[u8], epsg: i32) -> Option<String> {
    let polygon = geometry::decode(blob).ok()?;
    if geometry::encode(&polygon, epsg).as_deref() != Some(blob) {
        return None;
    }
    let point = |p: &Pt| format!("{} {}", p.e, p.n);
    let ring = |r: &Vec<Pt>| format!("({})", r.iter().map(point).collect::<Vec<_>>().join(","));
    Some(format!(
        "({})",
        polygon.rings.iter().map(ring).collect::<Vec<_>>().join(",")
    ))
}

/// A single point, under the same condition.
fn point_text(blob: &[u8], epsg: i32) -> Option<String> {
    let p = geometry::decode_point(blob).ok()?;
    (geometry::encode_point(p, epsg) == blob).then(|| format!("({} {})", p.e, p.n))
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2 + 3);
    out += "x'";
    for b in bytes {
        out += &format!("{b:02x}");
    }
    out.push('\'');
    out
}

/// A text as a JSON string on one line: also what some editors take for a line end or do not show is escaped.
pub fn text(s: &str) -> String {
    let json = serde_json::Value::from(s).to_string();
    let odd = |c: char| matches!(c, '\u{7f}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}');
    if !json.contains(odd) {
        return json;
    }
    json.chars()
        .map(|c| {
            if odd(c) {
                format!("\\u{:04x}", c as u32)
            } else {
                c.to_string()
            }
        })
        .collect()
}

/// A key: as it is when it is one plain word, else as a text.
pub fn word(s: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/#@>._:-".contains(c);
    if !s.is_empty() && s.chars().all(plain) {
        s.to_owned()
    } else {
        text(s)
    }
}

/// What is wrong with a line, without its number.
pub type Wrong = Msg;

/// One word, text, number, blob or geometry at the start of `rest`; gives it and what follows.
pub fn token(rest: &str) -> std::result::Result<(Token, &str), Wrong> {
    if rest.starts_with('"') {
        return quoted_text(rest);
    }
    let end = match rest.as_bytes().first() {
        Some(b'(') if rest.starts_with("((") => rest.find("))").map_or(rest.len(), |i| i + 2),
        Some(b'(') => rest.find(')').map_or(rest.len(), |i| i + 1),
        _ => rest.find(' ').unwrap_or(rest.len()),
    };
    let (word, rest) = rest.split_at(end);
    Ok((bare(word)?, rest))
}

/// What a line is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    Word(String),
    Value(Value),
    Polygon(Polygon),
    Point(Pt),
}

fn quoted_text(rest: &str) -> std::result::Result<(Token, &str), Wrong> {
    let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<String>();
    let Some(Ok(text)) = stream.next() else {
        return Err(msg!(
            "văn bản trong ngoặc kép không hợp lệ",
            "a quoted text is not valid"
        ));
    };
    let end = stream.byte_offset();
    Ok((Token::Value(Value::Text(text)), &rest[end..]))
}

fn bare(word: &str) -> std::result::Result<Token, Wrong> {
    if let Some(p) = word
        .strip_prefix('(')
        .and_then(|w| w.strip_suffix(')'))
        .and_then(point)
    {
        return Ok(Token::Point(p));
    }
    if word.starts_with('(') {
        return polygon(word).map(Token::Polygon).ok_or_else(|| {
            msg!(
                "hình học không hợp lệ; viết như ((0 0,1000 0,0 1000))",
                "not a geometry; write ((0 0,1000 0,0 1000))"
            )
        });
    }
    if let Some(hex) = word.strip_prefix("x'") {
        let bytes = hex.strip_suffix('\'').and_then(unhex);
        let bytes = bytes.ok_or_else(|| {
            msg!(
                "dãy byte thập lục phân không hợp lệ",
                "bytes in hex are not valid"
            )
        })?;
        return Ok(Token::Value(Value::Blob(bytes)));
    }
    Ok(Token::Word(word.to_owned()))
}

fn unhex(s: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16);
    let pairs = s.as_bytes().chunks(2);
    pairs
        .map(|p| Some((digit(*p.first()?)? << 4 | digit(*p.get(1)?)?) as u8))
        .collect()
}

fn polygon(word: &str) -> Option<Polygon> {
    let inner = word.strip_prefix("((")?.strip_suffix("))")?;
    let ring = |r: &str| r.split(',').map(point).collect::<Option<Vec<_>>>();
    Some(Polygon {
        rings: inner.split("),(").map(ring).collect::<Option<_>>()?,
    })
}

/// "E N" in mm.
fn point(p: &str) -> Option<Pt> {
    let (e, n) = p.split_once(' ')?;
    let p = Pt::new(e.parse().ok()?, n.parse().ok()?);
    let max = crate::domain::MAX_COORDINATE;
    (p.e.abs() <= max && p.n.abs() <= max).then_some(p)
}

/// A number as written by [`write`].
pub fn number(word: &str) -> Option<Value> {
    if let Ok(i) = word.parse::<i64>() {
        return Some(Value::Integer(i));
    }
    let plain =
        word.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c)) || matches!(word, "inf" | "-inf");
    plain.then(|| word.parse().ok().map(Value::Real)).flatten()
}
