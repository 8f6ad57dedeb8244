//! `split`: one parcel becomes several (tách thửa). The way of dividing is topology's; here it is read from JSON.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{ChildFields, Context, EditError, Records, Told, find, script, short, write_plan};
use crate::domain::{Failure, ParcelRef, Pt};
use crate::msg;
use crate::text::{Lang, Msg, format};
use crate::topology::split::{self, Along, By, Part};
use crate::topology::{Coverage, Plan};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    #[serde(with = "script::reference")]
    pub parcel: ParcelRef,
    pub by: How,
    /// What a person says of the children, in their order; those left out are automatic.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<ChildFields>,
}

/// How, as written in a script: one of `line`, `areas`, `equal`, `offset` with the keys that go with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct How {
    /// The line, from outside to outside.
    #[serde(with = "script::line", skip_serializing_if = "Vec::is_empty")]
    pub line: Vec<Pt>,
    /// m², or "rest".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<Share>,
    /// Number of equal parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equal: Option<u32>,
    /// Equal in what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equal_by: Option<EqualBy>,
    /// m.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<f64>,
    /// Two boundary points: of the offset, of the frontage.
    #[serde(with = "script::line", skip_serializing_if = "Vec::is_empty")]
    pub side: Vec<Pt>,
    /// Two points.
    #[serde(with = "script::line", skip_serializing_if = "Vec::is_empty")]
    pub parallel_to: Vec<Pt>,
    /// Azimuth of the cuts, degrees from grid north, clockwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<f64>,
    #[serde(with = "script::maybe_metres", skip_serializing_if = "Option::is_none")]
    pub through: Option<Pt>,
}

/// What equal parts have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EqualBy {
    #[default]
    Area,
    /// The length along `side`.
    Frontage,
}

/// One area of the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share(pub Part);

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Part::Area(a) => s.serialize_f64(a),
            Part::Rest => s.serialize_str("rest"),
        }
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "an area in m² or \"rest\"")]
        enum Raw {
            Area(f64),
            Word(String),
        }
        match Raw::deserialize(d)? {
            Raw::Area(a) => Ok(Self(Part::Area(a))),
            Raw::Word(w) if w == "rest" => Ok(Self(Part::Rest)),
            Raw::Word(w) => Err(de::Error::custom(format!(
                "`areas`: \"{w}\" is neither an area nor \"rest\""
            ))),
        }
    }
}

impl Split {
    pub(super) fn label(&self, coverage: &Coverage) -> Msg {
        let which = find(coverage, &self.parcel).map(short).unwrap_or_default();
        let Msg { vi, en } = self.by.words();
        msg!("Tách thửa {which} {vi}", "Split parcel {which} {en}")
    }

    pub(super) fn plan(&self, coverage: &Coverage) -> Result<Plan, EditError> {
        let by = self.by.by()?;
        let parcel = find(coverage, &self.parcel)?;
        let plan = split::plan(coverage, parcel.fid, &by)?;
        self.check_children(plan.created.len())?;
        Ok(plan)
    }

    pub(super) fn run(&self, at: &Context<'_>) -> Result<Told, EditError> {
        write_plan::write(at, &self.plan(at.coverage)?, &self.records())
    }

    pub(super) fn records(&self) -> Records {
        Records {
            children: self.children.clone(),
            ..Records::default()
        }
    }

    fn check_children(&self, parts: usize) -> Result<(), Failure> {
        let given = self.children.len();
        if given <= parts {
            return Ok(());
        }
        let message = msg!(
            "Có thông tin cho {given} thửa mới, nhưng chỉ tách thành {parts} thửa.",
            "Details are given for {given} new parcels, but there are only {parts}."
        );
        Err(Failure::new("SPLIT_CHILDREN", message).field("children"))
    }
}

impl How {
    /// The way of dividing; fails when keys are missing or do not go together.
    pub fn by(&self) -> Result<By, Failure> {
        let kinds = [
            !self.line.is_empty(),
            !self.areas.is_empty(),
            self.equal.is_some(),
            self.offset.is_some(),
        ];
        if kinds.iter().filter(|k| **k).count() != 1 {
            let message = msg!(
                "Cần đúng một cách chia: \"line\", \"areas\", \"equal\" hoặc \"offset\".",
                "Exactly one way of dividing is needed: \"line\", \"areas\", \"equal\" or \"offset\"."
            );
            return Err(Failure::new("BAD_VALUE", message).field("by"));
        }
        let by = match (self.equal, self.offset) {
            (Some(parts), _) if self.equal_by == Some(EqualBy::Frontage) => By::Frontage {
                parts,
                side: self.side()?,
                along: self.along()?,
            },
            (Some(parts), _) => By::Equal {
                parts,
                along: self.needed_along()?,
            },
            (_, Some(metres)) => By::Offset {
                mm: millimetres(metres)?,
                side: self.side()?,
            },
            _ if self.line.is_empty() => By::Areas {
                parts: self.areas.iter().map(|s| s.0).collect(),
                along: self.needed_along()?,
            },
            _ => By::Line(self.line.clone()),
        };
        self.check_unused(&by)?;
        Ok(by)
    }

    fn along(&self) -> Result<Option<Along>, Failure> {
        match (self.parallel_to.as_slice(), self.through, self.direction) {
            ([], None, None) => Ok(None),
            ([a, b], None, None) => Ok(Some(Along::Parallel(*a, *b))),
            ([], None, Some(azimuth)) => Ok(Some(Along::Direction(azimuth))),
            ([], Some(p), azimuth) => Ok(Some(Along::Through(p, azimuth.unwrap_or(0.0)))),
            _ => {
                let message = msg!(
                    "\"parallel_to\" (hai điểm), \"direction\" và \"through\" không dùng cùng nhau như vậy.",
                    "\"parallel_to\" (two points), \"direction\" and \"through\" do not go together so."
                );
                Err(Failure::new("BAD_VALUE", message).field("parallel_to"))
            }
        }
    }

    fn needed_along(&self) -> Result<Along, Failure> {
        self.along()?.ok_or_else(|| {
            let message = msg!(
                "Cần hướng của đường cắt: \"parallel_to\", \"direction\" hoặc \"through\".",
                "The direction of the cuts is needed: \"parallel_to\", \"direction\" or \"through\"."
            );
            Failure::new("MISSING_KEY", message).field("parallel_to")
        })
    }

    fn side(&self) -> Result<(Pt, Pt), Failure> {
        if let [a, b] = self.side.as_slice() {
            return Ok((*a, *b));
        }
        let message = msg!(
            "Cần cạnh của thửa: \"side\" với hai điểm ranh.",
            "A side of the parcel is needed: \"side\" with two boundary points."
        );
        Err(Failure::new("MISSING_KEY", message).field("side"))
    }

    /// A key that would be ignored is an error.
    fn check_unused(&self, by: &By) -> Result<(), Failure> {
        let side = matches!(by, By::Offset { .. } | By::Frontage { .. });
        let way = matches!(by, By::Areas { .. } | By::Equal { .. } | By::Frontage { .. });
        let equal = matches!(by, By::Equal { .. } | By::Frontage { .. });
        let idle = [
            ("side", !side && !self.side.is_empty()),
            ("parallel_to", !way && !self.parallel_to.is_empty()),
            ("direction", !way && self.direction.is_some()),
            ("through", !way && self.through.is_some()),
            ("equal_by", !equal && self.equal_by.is_some()),
        ];
        match idle.into_iter().find(|(_, idle)| *idle) {
            None => Ok(()),
            Some((key, _)) => {
                let message = msg!(
                    "\"{key}\" không dùng với cách chia này.",
                    "\"{key}\" does not go with this way of dividing."
                );
                Err(Failure::new("BAD_VALUE", message).field(key))
            }
        }
    }

    fn words(&self) -> Msg {
        match (self.equal, self.offset) {
            (Some(n), _) if self.equal_by == Some(EqualBy::Frontage) => {
                msg!(
                    "thành {n} phần bằng nhau theo mặt tiền",
                    "into {n} parts of equal frontage"
                )
            }
            (Some(n), _) => msg!("thành {n} phần bằng nhau", "into {n} equal parts"),
            (_, Some(metres)) => {
                let (vi, en) = (format::length(metres, Lang::Vi), format::length(metres, Lang::En));
                msg!("cách cạnh {vi}", "at {en} from a side")
            }
            _ if self.line.is_empty() => {
                let n = self.areas.len();
                msg!("thành {n} phần theo diện tích", "into {n} parts by area")
            }
            _ => msg!("theo đường vẽ", "by a drawn line"),
        }
    }
}

fn millimetres(metres: f64) -> Result<i64, Failure> {
    let mm = (metres * 1000.0).round();
    if metres > 0.0 && mm <= crate::domain::MAX_COORDINATE as f64 {
        return Ok(mm as i64);
    }
    let message = msg!(
        "Khoảng cách {metres} m không hợp lý.",
        "A distance of {metres} m is not possible."
    );
    Err(Failure::new("BAD_VALUE", message).field("offset"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn how(json: &str) -> Result<By, &'static str> {
        let how: How = serde_json::from_str(json).map_err(|_| "serde")?;
        how.by().map_err(|e| e.code())
    }

    #[test]
    fn forms_of_the_script() {
        let (a, b) = (Pt::new(0, 0), Pt::new(10_000, 0));
        let side = r#""side":[[0,0],[10,0]]"#;
        let along = r#""parallel_to":[[0,0],[10,0]]"#;
        assert_eq!(how(r#"{"line":[[0,0],[10,0]]}"#), Ok(By::Line(vec![a, b])));
        assert_eq!(
            how(&format!(r#"{{"areas":[120,95.5,"rest"],{along}}}"#)),
            Ok(By::Areas {
                parts: vec![Part::Area(120.0), Part::Area(95.5), Part::Rest],
                along: Along::Parallel(a, b)
            })
        );
        assert_eq!(
            how(r#"{"areas":[120,"rest"],"through":[10,0]}"#),
            Ok(By::Areas {
                parts: vec![Part::Area(120.0), Part::Rest],
                along: Along::Through(b, 0.0)
            })
        );
        assert_eq!(
            how(r#"{"equal":3,"direction":90}"#),
            Ok(By::Equal {
                parts: 3,
                along: Along::Direction(90.0)
            })
        );
        assert_eq!(
            how(&format!(r#"{{"equal":3,"equal_by":"frontage",{side}}}"#)),
            Ok(By::Frontage {
                parts: 3,
                side: (a, b),
                along: None
            })
        );
        assert_eq!(
            how(&format!(r#"{{"offset":5.25,{side}}}"#)),
            Ok(By::Offset {
                mm: 5250,
                side: (a, b)
            })
        );
        for (wrong, want) in [
            (r#"{}"#, "BAD_VALUE"),
            (r#"{"equal":3,"offset":1}"#, "BAD_VALUE"),
            (r#"{"equal":3}"#, "MISSING_KEY"),
            (r#"{"offset":3}"#, "MISSING_KEY"),
            (r#"{"offset":-3,"side":[[0,0],[1,0]]}"#, "BAD_VALUE"),
            (
                r#"{"equal":3,"equal_by":"frontage","direction":0}"#,
                "MISSING_KEY",
            ),
            (
                r#"{"equal":3,"direction":0,"parallel_to":[[0,0],[1,0]]}"#,
                "BAD_VALUE",
            ),
            (r#"{"equal":3,"parallel_to":[[0,0]]}"#, "BAD_VALUE"),
            (r#"{"equal":3,"direction":0,"side":[[0,0],[1,0]]}"#, "BAD_VALUE"),
            (r#"{"line":[[0,0],[10,0]],"direction":0}"#, "BAD_VALUE"),
            (r#"{"areas":[120,"all"],"direction":0}"#, "serde"),
            (r#"{"lines":[]}"#, "serde"),
        ] {
            assert_eq!(how(wrong), Err(want), "{wrong}");
        }
    }
}
