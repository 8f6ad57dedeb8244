//! The quality report: what was checked and what was found, in the units of the official checklist (sheet, parcel, dossier,
//! page, commune) and by its items (TT 19/2026/TT-BNNMT, annex II, part X; domain.md §12.3).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Check, RULES, rule};
use crate::domain::{Finding, Parcel, Severity, Uid};
use crate::store::register::Papers;
use crate::text::Text;
use crate::topology::Coverage;

/// An item of the checklist: number, what it is about, the unit it is counted in.
struct Item {
    number: u8,
    title: Text,
    unit: Text,
}

const PARCEL: Text = Text::new("thửa", "parcel");

const ITEMS: [Item; 6] = [
    Item {
        number: 1,
        title: Text::new(
            "Thu thập, đánh giá, phân loại tài liệu",
            "Collecting, assessing, classifying papers",
        ),
        unit: Text::new("hồ sơ", "dossier"),
    },
    Item {
        number: 2,
        title: Text::new("Dữ liệu không gian đất đai nền", "Base spatial data"),
        unit: Text::new("xã", "commune"),
    },
    Item {
        number: 3,
        title: Text::new("Dữ liệu không gian địa chính", "Cadastral spatial data"),
        unit: PARCEL,
    },
    Item {
        number: 4,
        title: Text::new("Dữ liệu thuộc tính địa chính", "Cadastral attribute data"),
        unit: PARCEL,
    },
    Item {
        number: 5,
        title: Text::new("Dữ liệu phi cấu trúc", "Unstructured data"),
        unit: Text::new("trang", "page"),
    },
    Item {
        number: 6,
        title: Text::new("Siêu dữ liệu", "Metadata"),
        unit: Text::new("xã", "commune"),
    },
];

/// The item a rule belongs to.
fn item(code: &str) -> u8 {
    match code {
        "OUTSIDE_COMMUNE" | "OUTSIDE_SHEET" | "LABEL_OUTSIDE" | "COORDINATE_WINDOW" | "NEAR_POINTS"
        | "NARROW_NECK" | "SLIVER_PARCEL" => 3,
        "SCAN_FILE" | "SCAN_UNLINKED" | "SCAN_SIGNATURE" => 5,
        "METADATA_INCOMPLETE" => 6,
        _ if rule(code).is_some_and(|r| matches!(r.check, Check::Geometry | Check::Plan | Check::Import)) => {
            3
        }
        _ => 4,
    }
}

/// How many of each severity, and about how many parcels.
#[derive(Default)]
struct Tally {
    counts: [u64; 3],
    parcels: BTreeSet<Uid>,
}

impl Tally {
    fn add(&mut self, f: &Finding) {
        let place = match f.severity {
            Severity::Error => 0,
            Severity::Warning => 1,
            Severity::Info => 2,
        };
        self.counts[place] += 1;
        if f.severity > Severity::Info {
            self.parcels.extend(&f.parcels);
        }
    }

    fn cells(&self) -> Value {
        let [errors, warnings, info] = self.counts;
        json!({"errors": errors, "warnings": warnings, "info": info, "parcels_with_faults": self.parcels.len()})
    }
}

/// The report of what `found` says of the parcels in `scope` (communes; empty = all). `day`: yyyy-MM-dd.
pub fn report(coverage: &Coverage, found: &[Finding], papers: &Papers, scope: &[String], day: &str) -> Value {
    let wanted = |p: &&Parcel| scope.is_empty() || scope.iter().any(|c| **c == *p.commune);
    let mut sheets: BTreeMap<(&str, &str), (u64, Tally)> = BTreeMap::new();
    for p in coverage.iter().filter(wanted) {
        sheets.entry((&p.commune, &p.sheet)).or_default().0 += 1;
    }
    let mut communes: BTreeMap<&str, Tally> = sheets.keys().map(|k| (k.0, Tally::default())).collect();
    let (mut items, mut rules): (BTreeMap<u8, Tally>, BTreeMap<&str, Tally>) = Default::default();
    for f in found {
        items.entry(item(f.code)).or_default().add(f);
        rules.entry(f.code).or_default().add(f);
        let places: BTreeSet<(&str, &str)> = f.refs.iter().filter_map(|r| sheet_of(r)).collect();
        let mut told = BTreeSet::new();
        for (commune, sheet) in places {
            if let Some((_, tally)) = sheets.get_mut(&(commune, sheet)) {
                tally.add(f);
            }
            if let Some(tally) = communes.get_mut(commune).filter(|_| told.insert(commune)) {
                tally.add(f);
            }
        }
        if f.refs.is_empty()
            && let Some(tally) = communes.get_mut(f.value("commune"))
        {
            tally.add(f);
        }
    }
    let parcels: u64 = sheets.values().map(|s| s.0).sum();
    let checked = json!({
        "communes": communes.len(), "sheets": sheets.len(), "parcels": parcels, "dossiers": papers.dossiers,
        "scans": papers.scans, "pages": papers.pages,
    });
    let count = |number: u8| match number {
        1 => papers.dossiers,
        3 | 4 => parcels,
        5 => papers.pages,
        _ => communes.len() as u64,
    };
    json!({
        "date": day,
        "legal_basis": "TT 19/2026/TT-BNNMT, phụ lục II, phần X",
        "checked": checked,
        "checklist": ITEMS.iter().map(|i| checklist(i, count(i.number), items.get(&i.number))).collect::<Vec<_>>(),
        "communes": communes.iter().map(|(code, tally)| commune(coverage, code, tally, &sheets)).collect::<Vec<_>>(),
        "rules": rules.iter().map(|(code, tally)| of_rule(code, tally)).collect::<Vec<_>>(),
    })
}

/// Commune and sheet of "25747/12/45"; a sheet may hold a slash.
fn sheet_of(reference: &str) -> Option<(&str, &str)> {
    let (sheet, _) = reference.rsplit_once('/')?;
    sheet.split_once('/')
}

fn with(mut document: Value, more: Value) -> Value {
    if let (Some(to), Value::Object(more)) = (document.as_object_mut(), more) {
        to.extend(more);
    }
    document
}

fn checklist(item: &Item, checked: u64, tally: Option<&Tally>) -> Value {
    let rules: Vec<&str> = RULES
        .iter()
        .map(|r| r.code)
        .filter(|c| self::item(c) == item.number)
        .collect();
    let head = json!({
        "item": item.number,
        "title": {"vi": item.title.vi, "en": item.title.en},
        "unit": {"vi": item.unit.vi, "en": item.unit.en},
        "checked": if rules.is_empty() { 0 } else { checked },
        // What no rule looks at is left to a person.
        "by_hand": rules.is_empty(),
        "rules": rules,
    });
    with(head, tally.map_or_else(|| Tally::default().cells(), Tally::cells))
}

fn commune(
    coverage: &Coverage,
    code: &str,
    tally: &Tally,
    sheets: &BTreeMap<(&str, &str), (u64, Tally)>,
) -> Value {
    let name = coverage.territory().communes.get(code).map(|c| c.name.clone());
    let own = sheets.iter().filter(|(k, _)| k.0 == code);
    let list: Vec<Value> = own
        .clone()
        .map(|((_, sheet), (parcels, tally))| {
            with(json!({"sheet": sheet, "parcels": parcels}), tally.cells())
        })
        .collect();
    let parcels: u64 = own.map(|(_, s)| s.0).sum();
    let head = json!({"commune": code, "name": name, "parcels": parcels});
    with(with(head, tally.cells()), json!({"sheets": list}))
}

fn of_rule(code: &str, tally: &Tally) -> Value {
    let title = rule(code).map(|r| json!({"vi": r.title.vi, "en": r.title.en}));
    with(
        json!({"code": code, "item": item(code), "title": title}),
        tally.cells(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Progress;
    use crate::topology::testing::grid;
    use crate::validate::{Options, run};

    #[test]
    fn counts_add_up() {
        let mut parcels = grid(4, 1, 10_000);
        parcels[3].sheet = "2/a".into();
        parcels[0].land_use = "QQX".into();
        parcels[1].number = "1".into();
        parcels[3].area_measured = Some(180.0);
        let rules = ["LAND_USE_UNKNOWN", "DUPLICATE_NUMBER", "AREA_MISMATCH"].map(str::to_owned);
        let coverage = Coverage::build(parcels);
        let options = Options {
            rules: rules.to_vec(),
            ..Options::default()
        };
        let found = run(&coverage, &options, &Progress::none()).unwrap();
        let papers = Papers {
            dossiers: 2,
            scans: 3,
            pages: 7,
        };
        let r = report(&coverage, &found, &papers, &[], "2026-11-23");
        assert_eq!(
            r["checked"],
            json!({"communes": 1, "sheets": 2, "parcels": 4, "dossiers": 2, "scans": 3, "pages": 7})
        );
        assert_eq!(r["communes"][0]["errors"], 2);
        assert_eq!(r["communes"][0]["warnings"], 1);
        assert_eq!(r["communes"][0]["parcels_with_faults"], 3);
        assert_eq!(r["communes"][0]["sheets"][1]["sheet"], "2/a");
        assert_eq!(r["communes"][0]["sheets"][1]["warnings"], 1);
        assert_eq!(r["checklist"][3]["errors"], 2);
        assert_eq!(r["checklist"][0]["by_hand"], true);
        assert_eq!(r["checklist"][4]["checked"], 7);
        let items: u64 = (0..6)
            .map(|i| r["checklist"][i]["rules"].as_array().unwrap().len() as u64)
            .sum();
        assert_eq!(items, RULES.len() as u64);
    }
}
