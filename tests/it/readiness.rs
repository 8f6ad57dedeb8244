//! `readiness` from end to end on the sample district: JSON, CSV and XLSX say the same, and follow edits.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use crate::support::{diachinh, new_district, ok};

fn sample(dir: &Path) -> std::path::PathBuf {
    let (files, district) = (dir.join("mau"), dir.join("huyen.gpkg"));
    let made = ["--parcels", "600", "--seed", "4", "--dirty", "0.05"];
    ok(diachinh().arg("sample").arg(&files).args(made), &[0]);
    new_district(&district);
    ok(diachinh().arg("import").arg(&district).arg(&files), &[0, 1]);
    district
}

/// The value of each attribute of an element.
fn attribute(e: &quick_xml::events::BytesStart<'_>, name: &str) -> Option<String> {
    let found = e.attributes().flatten().find(|a| -> bool {
        let key: &str = a.key.as_ref();
        key == name
    })?;
    Some(found.value.to_string())
}

fn part(zip: &mut zip::ZipArchive<std::fs::File>, name: &str) -> String {
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The texts of the `<si>` of a table of shared strings.
fn shared(xml: &str) -> Vec<String> {
    let (mut reader, mut all, mut inside) = (Reader::from_str(xml), Vec::new(), false);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(e) if e.name().as_ref() == "si" => all.push(String::new()),
            Event::Start(e) if e.name().as_ref() == "t" => inside = true,
            Event::End(e) if e.name().as_ref() == "t" => inside = false,
            Event::Text(t) if inside => all.last_mut().unwrap().push_str(&t),
            Event::GeneralRef(r) if inside => {
                let of = BTreeMap::from([
                    ("amp", "&"),
                    ("lt", "<"),
                    ("gt", ">"),
                    ("quot", "\""),
                    ("apos", "'"),
                ]);
                all.last_mut().unwrap().push_str(of[&*r]);
            }
            Event::Eof => return all,
            _ => (),
        }
    }
}

/// The first tab of a workbook, read with nothing of what wrote it: rows of texts; numbers as they are stored.
/// A tab of a workbook, from 1, as texts.
pub fn tab(path: &Path, number: u32) -> Vec<Vec<String>> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let texts = shared(&part(&mut zip, "xl/sharedStrings.xml"));
    let xml = part(&mut zip, &format!("xl/worksheets/sheet{number}.xml"));
    assert!(xml.contains("state=\"frozen\"") && xml.contains("<autoFilter"));
    assert!(!xml.contains("<f>"), "no formulas");
    let (mut reader, mut rows) = (Reader::from_str(&xml), Vec::<Vec<String>>::new());
    let (mut is_text, mut inside) = (false, false);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(e) if e.name().as_ref() == "row" => rows.push(Vec::new()),
            Event::Start(e) if e.name().as_ref() == "c" => {
                let place = attribute(&e, "r").unwrap();
                let letters = place.bytes().take_while(u8::is_ascii_uppercase);
                let col = letters.fold(0, |n, b| n * 26 + usize::from(b - b'A') + 1);
                let row = rows.last_mut().unwrap();
                row.resize(col, String::new());
                is_text = attribute(&e, "t").as_deref() == Some("s");
            }
            Event::Start(e) if e.name().as_ref() == "v" => inside = true,
            Event::End(e) if e.name().as_ref() == "v" => inside = false,
            Event::Text(t) if inside => {
                let value: &str = &t;
                let value = match is_text {
                    true => texts[value.parse::<usize>().unwrap()].clone(),
                    false => value.to_owned(),
                };
                *rows.last_mut().unwrap().last_mut().unwrap() = value;
            }
            Event::Eof => return rows,
            _ => (),
        }
    }
}

fn csv_rows(path: &Path) -> Vec<Vec<String>> {
    let bytes = std::fs::read(path).unwrap();
    let text = bytes
        .strip_prefix("\u{feff}".as_bytes())
        .expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    reader
        .records()
        .map(|r| r.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn xlsx_csv_and_json_say_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let district = sample(dir.path());
    for by in ["commune", "sheet", "parcel"] {
        let (csv, xlsx) = (
            dir.path().join(format!("{by}.csv")),
            dir.path().join(format!("{by}.xlsx")),
        );
        let run = || {
            let mut c = diachinh();
            c.arg("readiness").arg(&district).args(["--by", by]);
            ok(c.arg("--csv").arg(&csv).arg("--xlsx").arg(&xlsx), &[0])
        };
        let json = run();
        let (first, rows) = (std::fs::read(&xlsx).unwrap(), csv_rows(&csv));
        std::thread::sleep(std::time::Duration::from_millis(1100));
        run();
        assert!(
            std::fs::read(&xlsx).unwrap() == first,
            "{by}: the same data give the same bytes"
        );
        let read = tab(&xlsx, 1);
        assert_eq!(read.len(), rows.len());
        for (x, c) in read.iter().zip(&rows) {
            for (i, c) in c.iter().enumerate() {
                let x = x.get(i).map_or("", String::as_str);
                let same = match (x.parse::<f64>(), c.parse::<f64>()) {
                    (Ok(x), Ok(c)) => (x - c).abs() <= 0.05 + 1e-9,
                    _ => x == c,
                };
                assert!(same, "{by}, column {i}: {x} in XLSX, {c} in CSV");
            }
        }
        let lines = match by {
            "commune" => &json["communes"],
            "sheet" => &json["sheets"],
            _ => &json["parcels"],
        };
        // A header, and the sums below counts.
        let extra = if by == "parcel" { 1 } else { 2 };
        assert_eq!(rows.len(), lines.as_array().unwrap().len() + extra, "{by}");
        if by != "parcel" {
            let at = usize::from(by == "sheet") + 2;
            assert_eq!(rows.last().unwrap()[at], json["total"]["parcels"].to_string());
            assert_eq!(rows[0][at], "Tổng thửa");
        }
    }
    let known = csv_rows(&dir.path().join("commune.csv")).remove(0);
    let expected = "Xã|Tên xã|Tổng thửa|Đã nhập|%|Nhóm 1|Nhóm 2|Nhóm 3|Thiếu không gian|Thiếu thuộc tính|Thiếu quét|Đã ký";
    assert_eq!(known[..12].join("|"), expected);
}

fn count(json: &Value, reason: &str) -> i64 {
    json["total"]["reasons"][reason].as_i64().unwrap()
}

#[test]
fn counts_add_up_and_follow_an_edit() {
    let dir = tempfile::tempdir().unwrap();
    let district = sample(dir.path());
    let ask = |more: &[&str]| ok(diachinh().arg("readiness").arg(&district).args(more), &[0]);
    let all = ask(&["--by", "parcel"]);
    let parcels = all["parcels"].as_array().unwrap();
    let total = &all["total"];
    let groups = total["groups"].as_object().unwrap().values();
    assert_eq!(
        groups.map(|g| g.as_i64().unwrap()).sum::<i64>(),
        total["parcels"].as_i64().unwrap()
    );
    assert_eq!(parcels.len() as i64, total["parcels"].as_i64().unwrap());
    for (code, n) in total["reasons"].as_object().unwrap() {
        let with = |p: &&Value| p["reasons"].as_array().unwrap().iter().any(|r| r == code);
        assert_eq!(
            parcels.iter().filter(with).count() as i64,
            n.as_i64().unwrap(),
            "{code}"
        );
    }
    // One commune alone.
    let first = ask(&[])["communes"][0].clone();
    let one = ask(&["--commune", first["commune"].as_str().unwrap()]);
    assert_eq!(one["total"], first["tally"]);
    assert_eq!(one["communes"].as_array().unwrap().len(), 1);
    // Nobody has an address taken away twice.
    let has = |p: &&Value| !p["reasons"].as_array().unwrap().iter().any(|r| r == "NO_ADDRESS");
    let uid = parcels
        .iter()
        .find(has)
        .map(|p| p["uid"].as_str().unwrap().to_owned());
    let uid = uid.unwrap_or_else(|| parcels[0]["uid"].as_str().unwrap().to_owned());
    let script = dir.path().join("s.jsonl");
    let set = |address: &str| {
        let line = format!(r#"{{"op":"set","parcel":"{uid}","fields":{{"address":{address}}}}}"#);
        std::fs::write(&script, line).unwrap();
        ok(
            diachinh().arg("edit").arg(&district).arg("--script").arg(&script),
            &[0],
        );
    };
    set("\"Thôn Thử\"");
    let with = count(&ask(&[]), "NO_ADDRESS");
    set("null");
    let without = ask(&[]);
    assert_eq!(count(&without, "NO_ADDRESS"), with + 1);
    assert_eq!(without["trend"][0]["records"], 1, "one parcel, however often");
    assert_eq!(without["trend"][0]["person"], "thu");
}

#[test]
fn the_campaign_lies_in_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let district = sample(dir.path());
    let ask = |more: &[&str]| ok(diachinh().arg("readiness").arg(&district).args(more), &[0]);
    assert_eq!(ask(&[])["campaign"]["target"], Value::Null);
    ask(&[
        "--set-target",
        "40",
        "--set-from",
        "2026-11-01",
        "--set-to",
        "2026-11-24",
    ]);
    let json = ask(&[]);
    let left = json["total"]["parcels"].as_i64().unwrap() - json["total"]["groups"]["1"].as_i64().unwrap();
    assert_eq!(json["campaign"]["target"], 40);
    // Today and tomorrow are left.
    assert_eq!(
        json["campaign"]["needed_per_day"].as_i64().unwrap(),
        (left + 1) / 2
    );
    let (code, json, _) = crate::support::run(
        diachinh()
            .arg("readiness")
            .arg(&district)
            .args(["--set-to", "mai"]),
    );
    assert_eq!((code, json["error"]["code"].as_str()), (2, Some("USAGE")));
}
