//! `recode P`: new codes of communes, sheets and parcels by a decision, with the table of comparison.

use std::path::Path;

use serde_json::{Value, json};

use super::args;
use super::district::{reading, writing};
use super::edit::refused;
use super::out::{Done, Out};
use super::record::usage;
use crate::domain::{Act, Failure};
use crate::edit::{NewCode, Recode, Rule};
use crate::msg;
use crate::project::Renumbered;
use crate::register::day;
use crate::text::format;

pub fn run(a: &args::Recode, act: &Act, out: &Out) -> Result<Done, Failure> {
    if let Some(op) = a.of {
        let table = reading(&a.project, out)?.compared(op)?;
        return told(a, Some(op), &table, out);
    }
    let wanted = wanted(a)?;
    let mut project = writing(&a.project, act, out)?;
    let done = match a.dry_run {
        true => project.rehearse_recode(wanted, act).map(|table| (None, table)),
        false => project.recode(wanted, act).map(|(op, table)| (Some(op), table)),
    };
    let (op, table) = match done {
        Ok(done) => done,
        Err(e) if out.json => return Err(refused(1, e, out)),
        Err(e) => return Err(e.failure),
    };
    project.close()?;
    told(a, op, &table, out)
}

fn told(a: &args::Recode, op: Option<i64>, table: &[Renumbered], out: &Out) -> Result<Done, Failure> {
    if let Some(path) = &a.csv {
        write(path, table)?;
    }
    let one = |c: &Renumbered| json!({"uid": c.uid.to_string(), "parcel_code": c.parcel_code, "before": c.before, "after": c.after});
    let document =
        json!({"op": op, "parcels": table.len(), "table": table.iter().map(one).collect::<Vec<Value>>()});
    out.result(&document, || {
        let line = |c: &Renumbered| format!("{} → {}", c.before.join("/"), c.after.join("/"));
        let mut lines: Vec<String> = table.iter().map(line).collect();
        lines.push(format::count(table.len() as u64, out.lang));
        lines.join("\n")
    });
    Ok(Done::Clean)
}

/// The table as the office keeps it: semicolons would break other programs, so commas, with the mark Excel knows UTF-8 by.
fn write(path: &Path, table: &[Renumbered]) -> Result<(), Failure> {
    let failed = |_| {
        Failure::new(
            "WRITE_FAILED",
            msg!("Không ghi được bảng.", "The table cannot be written."),
        )
        .file(path)
    };
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let head = [
        "uid",
        "ma_dinh_danh",
        "xa_cu",
        "to_cu",
        "thua_cu",
        "xa_moi",
        "to_moi",
        "thua_moi",
    ];
    out.write_record(head).map_err(|_| failed(()))?;
    for c in table {
        let uid = c.uid.to_string();
        let code = c.parcel_code.as_deref().unwrap_or_default();
        let row = [&uid, code]
            .into_iter()
            .chain(c.before.iter().map(String::as_str))
            .chain(c.after.iter().map(String::as_str));
        out.write_record(row).map_err(|_| failed(()))?;
    }
    let bytes = out.into_inner().map_err(|_| failed(()))?;
    std::fs::write(path, bytes).map_err(|_| failed(()))
}

fn wanted(a: &args::Recode) -> Result<Recode, Failure> {
    let on = match a.on.as_deref() {
        None => None,
        Some(text) => Some(day(text).ok_or_else(|| {
            usage(msg!(
                "--on {text:?} không phải ngày dd/MM/yyyy.",
                "--on {text:?} is no day dd/MM/yyyy."
            ))
        })?),
    };
    let rules = a.rule.iter().map(|r| rule(r)).collect::<Result<Vec<_>, _>>()?;
    let parcels = match &a.table {
        Some(path) => parcels(path)?,
        None => Vec::new(),
    };
    Ok(Recode {
        decision: a.decision.clone().unwrap_or_default(),
        on,
        rules,
        parcels,
    })
}

/// "25747=25750", "25747=25750+100", "25747=25750+100:Xã Mới".
fn rule(text: &str) -> Result<Rule, Failure> {
    let wrong = || {
        usage(msg!(
            "--rule {text:?}: ghi CŨ=MỚI[+SỐ][:TÊN].",
            "--rule {text:?}: write OLD=NEW[+N][:NAME]."
        ))
    };
    let (commune, rest) = text.split_once('=').ok_or_else(wrong)?;
    let (code, name) = match rest.split_once(':') {
        Some((code, name)) => (code, Some(name.trim().to_owned())),
        None => (rest, None),
    };
    let (to, add) = match code.split_once('+') {
        Some((to, add)) => (to, add.trim().parse().map_err(|_| wrong())?),
        None => (code, 0),
    };
    Ok(Rule {
        commune: commune.trim().to_owned(),
        to: to.trim().to_owned(),
        name,
        sheet_add: add,
    })
}

/// A table with the columns of the one that is written: xa_cu, to_cu, thua_cu (or uid), xa_moi, to_moi, thua_moi.
fn parcels(path: &Path) -> Result<Vec<NewCode>, Failure> {
    let unreadable = |line: u64| {
        Failure::new(
            "FILE_UNREADABLE",
            msg!(
                "Bảng phải là CSV có các cột xa_cu, to_cu, thua_cu, xa_moi, to_moi, thua_moi.",
                "The table must be CSV with the columns xa_cu, to_cu, thua_cu, xa_moi, to_moi, thua_moi."
            ),
        )
        .file(path)
        .record(line)
    };
    let text = std::fs::read_to_string(path).map_err(|_| unreadable(0))?;
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let head = reader.headers().map_err(|_| unreadable(1))?.clone();
    let place = |name: &str| head.iter().position(|h| h.trim() == name);
    let old = ["xa_cu", "to_cu", "thua_cu"].map(place);
    let new = ["xa_moi", "to_moi", "thua_moi"].map(place);
    let uid = place("uid");
    let mut out = Vec::new();
    for (i, row) in reader.records().enumerate() {
        let line = i as u64 + 2;
        let row = row.map_err(|_| unreadable(line))?;
        let cell = |at: Option<usize>| {
            at.and_then(|i| row.get(i))
                .map(str::trim)
                .filter(|c| !c.is_empty())
        };
        let key = || Some(format!("{}/{}/{}", cell(old[0])?, cell(old[1])?, cell(old[2])?));
        let name = cell(uid)
            .map(str::to_owned)
            .or_else(key)
            .ok_or_else(|| unreadable(line))?;
        out.push(NewCode {
            parcel: name.parse().map_err(|()| unreadable(line))?,
            commune: cell(new[0]).map(str::to_owned),
            sheet: cell(new[1]).map(str::to_owned),
            number: cell(new[2]).map(str::to_owned),
        });
    }
    Ok(out)
}
