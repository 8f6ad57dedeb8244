//! The shape of the source, checked: who may know whom (design.md §3, ARCHITECTURE.md).

use std::fs;
use std::path::{Path, PathBuf};

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, out: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(dir).expect("src is readable") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("source is UTF-8");
                out.push((path, text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut out = Vec::new();
    walk(&root, &mut out);
    for (path, _) in &mut out {
        *path = path.strip_prefix(&root).expect("below src").to_owned();
    }
    out.sort();
    assert!(out.len() > 50, "only {} files read", out.len());
    out
}

/// Lines of code: comments out, unit tests (always last in a file) out.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let end = text.find("#[cfg(test)]").unwrap_or(text.len());
    text[..end]
        .lines()
        .enumerate()
        .map(|(i, l)| (i + 1, l.split("//").next().unwrap_or(l)))
}

/// `word` as a whole identifier path, e.g. "rusqlite" but not "my_rusqlite_thing".
fn mentions(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(i, _)| {
        let before = line[..i].chars().next_back();
        let after = line[i + word.len()..].chars().next();
        let ident = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !ident(before) && !ident(after)
    })
}

fn offenders(words: &[&str], allowed: impl Fn(&str) -> bool) -> Vec<String> {
    let mut bad = Vec::new();
    for (path, text) in sources() {
        let name = path.to_string_lossy().replace('\\', "/");
        if allowed(&name) {
            continue;
        }
        for (n, line) in code(&text) {
            for w in words {
                if mentions(line, w) {
                    bad.push(format!("src/{name}:{n}: {w}: {}", line.trim()));
                }
            }
        }
    }
    bad
}

#[track_caller]
fn only(words: &[&str], allowed: impl Fn(&str) -> bool) {
    let bad = offenders(words, allowed);
    assert!(bad.is_empty(), "out of place:\n{}", bad.join("\n"));
}

#[test]
fn only_ui_knows_egui() {
    only(
        &["egui", "eframe", "egui_table", "egui_wgpu", "wgpu", "rfd"],
        |f| f.starts_with("ui/"),
    );
}

#[test]
fn only_store_knows_sqlite() {
    only(&["rusqlite"], |f| {
        f.starts_with("store/")
            || f.starts_with("intake/")
            || ["formats/gpkg.rs", "formats/mbtiles.rs"].contains(&f)
    });
}

#[test]
fn only_formats_knows_gdal() {
    only(&["gdal", "gdal_sys"], |f| f.starts_with("formats/"));
}

#[test]
fn only_crs_knows_proj() {
    only(
        &["proj::Proj", "proj::ProjBuilder", "use proj", "proj_sys"],
        |f| f.starts_with("crs/"),
    );
}

#[test]
fn only_the_command_line_prints() {
    only(&["println!", "eprintln!", "print!", "eprint!"], |f| {
        f.starts_with("cli/") || f == "main.rs"
    });
}

#[test]
fn no_unix_outside_cfg() {
    let mut bad = Vec::new();
    for (path, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        for (n, line) in code(&text) {
            if line.contains("std::os::unix") || line.contains("std::os::linux") {
                let from = n.saturating_sub(6);
                if !lines[from..n].iter().any(|l| l.contains("cfg(")) {
                    bad.push(format!("src/{}:{n}", path.display()));
                }
            }
        }
    }
    assert!(bad.is_empty(), "std::os::unix without cfg:\n{}", bad.join("\n"));
}

/// The arrows: a module uses only modules that stand above it in `lib.rs`.
#[test]
fn arrows_point_up_the_list_of_modules() {
    let lib = include_str!("../../src/lib.rs");
    let order: Vec<&str> = lib
        .lines()
        .filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    assert!(order.len() >= 15, "{order:?}");
    let mut bad = Vec::new();
    for (path, text) in sources() {
        let name = path.to_string_lossy().replace('\\', "/");
        let module = name.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        let Some(own) = order.iter().position(|m| *m == module) else {
            continue; // lib.rs and main.rs see everything
        };
        for (n, line) in code(&text) {
            for (i, other) in order.iter().enumerate() {
                if i > own && line.contains(&format!("crate::{other}::")) {
                    bad.push(format!("src/{name}:{n}: {module} → {other}"));
                }
            }
        }
    }
    assert!(
        bad.is_empty(),
        "arrows against the order of lib.rs:\n{}",
        bad.join("\n")
    );
}

#[test]
fn verify_reads_with_its_own_eyes() {
    let bad: Vec<_> = sources()
        .into_iter()
        .filter(|(p, t)| {
            p.starts_with("verify")
                && code(t).any(|(_, l)| l.contains("crate::export") || l.contains("formats::gpkg"))
        })
        .map(|(p, _)| p)
        .collect();
    assert!(bad.is_empty(), "verify uses the writer's code: {bad:?}");
}

#[test]
fn every_file_says_what_it_is() {
    let bad: Vec<_> = sources()
        .into_iter()
        .filter(|(p, t)| !t.starts_with("//!") && !p.ends_with("tests.rs"))
        .map(|(p, _)| p)
        .collect();
    assert!(bad.is_empty(), "no //! at the top: {bad:?}");
}

/// Codes are a contract: each is explained in docs/errors.md, and none stands there that the source no longer has.
#[test]
fn every_failure_code_is_documented() {
    let documented = include_str!("../../docs/errors.md");
    let mut known = std::collections::BTreeSet::new();
    for (_, text) in sources() {
        let flat: String = text.split_whitespace().collect();
        for (i, _) in flat.match_indices("Failure::new(\"") {
            let code: String = flat[i + 14..].chars().take_while(|c| *c != '"').collect();
            known.insert(code);
        }
    }
    known.remove("ANSWERED"); // never shown: its answer has been printed
    assert!(known.len() > 80, "{known:?}");
    let missing: Vec<_> = known
        .iter()
        .filter(|c| !documented.contains(&format!("`{c}`")))
        .collect();
    assert!(missing.is_empty(), "not in docs/errors.md: {missing:?}");
    let all: String = sources().into_iter().map(|(_, t)| t).collect();
    let stale: Vec<_> = documented
        .split('`')
        .filter(|w| {
            w.len() > 1
                && w.chars()
                    .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
        .filter(|w| !all.contains(&format!("\"{w}\"")))
        .collect();
    assert!(stale.is_empty(), "only in docs/errors.md: {stale:?}");
}
