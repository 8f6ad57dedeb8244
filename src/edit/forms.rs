//! Pieces of JSON that several edits share (cli.md): lists of parcels, lines, rings, widths, new land.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{ChildFields, Fields, script};
use crate::domain::{Failure, ParcelRef, Pt};
use crate::msg;

#[derive(Serialize, Deserialize)]
struct Reference(#[serde(with = "script::reference")] ParcelRef);

#[derive(Serialize, Deserialize)]
struct Point(#[serde(with = "script::metres")] Pt);

/// Parcel references as a list.
pub mod parcels {
    use super::*;

    pub fn serialize<S: Serializer>(list: &[ParcelRef], s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(list.iter().cloned().map(Reference))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<ParcelRef>, D::Error> {
        Ok(Vec::<Reference>::deserialize(d)?
            .into_iter()
            .map(|r| r.0)
            .collect())
    }
}

/// A parcel reference that may be left out.
pub mod some_parcel {
    use super::*;

    pub fn serialize<S: Serializer>(r: &Option<ParcelRef>, s: S) -> Result<S::Ok, S::Error> {
        r.clone().map(Reference).serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<ParcelRef>, D::Error> {
        Ok(Option::<Reference>::deserialize(d)?.map(|r| r.0))
    }
}

/// A day, yyyy-MM-dd, that may be left out.
pub mod some_date {
    use jiff::civil::Date;

    use super::*;

    pub fn serialize<S: Serializer>(day: &Option<Date>, s: S) -> Result<S::Ok, S::Error> {
        day.map(|d| d.to_string()).serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Date>, D::Error> {
        let Some(text) = Option::<String>::deserialize(d)? else {
            return Ok(None);
        };
        let bad = || de::Error::custom(format!("{text} is no day yyyy-MM-dd"));
        text.parse().map(Some).map_err(|_| bad())
    }
}

/// Rings of points in metres.
pub mod rings {
    use super::*;

    pub fn serialize<S: Serializer>(rings: &[Vec<Pt>], s: S) -> Result<S::Ok, S::Error> {
        let ring = |r: &Vec<Pt>| r.iter().copied().map(Point).collect::<Vec<_>>();
        s.collect_seq(rings.iter().map(ring))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Vec<Pt>>, D::Error> {
        let rings = Vec::<Vec<Point>>::deserialize(d)?;
        let ring = |r: Vec<Point>| r.into_iter().map(|p| p.0).collect();
        Ok(rings.into_iter().map(ring).collect())
    }
}

/// A line or ring in metres that may be left out.
pub mod some_line {
    use super::*;

    pub fn serialize<S: Serializer>(line: &Option<Vec<Pt>>, s: S) -> Result<S::Ok, S::Error> {
        let points = |l: &Vec<Pt>| l.iter().copied().map(Point).collect::<Vec<_>>();
        line.as_ref().map(points).serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Vec<Pt>>, D::Error> {
        let line = Option::<Vec<Point>>::deserialize(d)?;
        Ok(line.map(|l| l.into_iter().map(|p| p.0).collect()))
    }
}

/// A length in metres with at most three decimals that may be left out; mm in memory.
pub mod some_length {
    use super::*;

    pub fn serialize<S: Serializer>(mm: &Option<i64>, s: S) -> Result<S::Ok, S::Error> {
        mm.map(|v| v as f64 / 1000.0).serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<i64>, D::Error> {
        let Some(metres) = Option::<f64>::deserialize(d)? else {
            return Ok(None);
        };
        let mm = (metres * 1000.0).round();
        if mm.abs() > crate::domain::MAX_COORDINATE as f64 || (metres * 1000.0 - mm).abs() > 1e-3 {
            return Err(de::Error::custom(format!(
                "{metres} is no length in metres with three decimals"
            )));
        }
        Ok(Some(mm as i64))
    }
}

/// A sheet or number: a text, or a whole number.
pub fn name<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    some_name(d)?.ok_or_else(|| de::Error::custom("null is no name"))
}

/// The same, which may be left out.
pub fn some_name<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a text or a whole number")]
    enum Name {
        Int(u32),
        Text(String),
    }
    Ok(Option::<Name>::deserialize(d)?.map(|n| match n {
        Name::Int(i) => i.to_string(),
        Name::Text(t) => t,
    }))
}

/// Where new land is entered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewLand {
    /// Commune code.
    pub commune: String,
    #[serde(deserialize_with = "name")]
    pub sheet: String,
    /// The next free number when left out.
    #[serde(
        default,
        deserialize_with = "some_name",
        skip_serializing_if = "Option::is_none"
    )]
    pub number: Option<String>,
    #[serde(default)]
    pub fields: Fields,
}

impl NewLand {
    /// What the register is told. Fails with `SAID_TWICE` when `fields` name sheet or number too.
    pub fn child(&self) -> Result<ChildFields, Failure> {
        let mut fields = self.fields.clone();
        for (name, field) in [("sheet", &fields.sheet), ("number", &fields.number)] {
            if field.is_some() {
                return Err(said_twice(name));
            }
        }
        fields.sheet = Some(Some(self.sheet.clone()));
        fields.number = self.number.clone().map(Some);
        fields.check()?;
        Ok(ChildFields {
            commune: Some(self.commune.clone()),
            fields,
            ..ChildFields::default()
        })
    }
}

fn said_twice(name: &'static str) -> Failure {
    Failure::new(
        "SAID_TWICE",
        msg!(
            "\"{name}\" chỉ ghi một lần, không lặp lại trong \"fields\".",
            "\"{name}\" is given once, not again in \"fields\"."
        ),
    )
    .field(name)
}
