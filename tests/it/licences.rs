//! Every package that ends up in the program has a licence we may ship.

use serde_json::Value;

/// SPDX ids we accept; `deny.toml` has the same list for cargo-deny.
const ALLOWED: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "BSL-1.0",
    "0BSD",
    "CC0-1.0",
    "OFL-1.1",
    "Ubuntu-font-1.0",
    "MPL-2.0",
    "Unlicense",
    "bzip2-1.0.6",
];

/// Packages without an SPDX field, read by hand: name, licence, where it says so.
const CLARIFIED: &[(&str, &str, &str)] = &[("gdal-src", "MIT", "source/LICENSE.TXT")];

/// Whether an SPDX expression of AND, OR and brackets can be met with the allowed licences.
fn acceptable(expression: &str) -> bool {
    let flat = expression.replace(['(', ')'], " ").replace('/', " OR ");
    // "A AND (B OR C)" without the brackets splits wrongly only in the strict direction: each AND part must be met.
    flat.split(" AND ")
        .all(|part| part.split(" OR ").any(|l| ALLOWED.contains(&l.trim())))
}

#[test]
fn every_dependency_has_an_allowed_licence() {
    let out = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let meta: Value = serde_json::from_slice(&out.stdout).expect("cargo metadata is JSON");
    let packages = meta["packages"].as_array().expect("packages");
    assert!(packages.len() > 100, "only {} packages read", packages.len());
    let bad: Vec<String> = packages
        .iter()
        .filter(|p| {
            let name = p["name"].as_str().unwrap_or_default();
            let clarified = CLARIFIED.iter().find(|c| c.0 == name).map(|c| c.1);
            !clarified.or(p["license"].as_str()).is_some_and(acceptable)
        })
        .map(|p| format!("{} {}: {}", p["name"], p["version"], p["license"]))
        .collect();
    assert!(bad.is_empty(), "licences to look at:\n{}", bad.join("\n"));
}

#[test]
fn strange_licences_are_refused() {
    assert!(acceptable("MIT OR GPL-3.0") && acceptable("MIT/Apache-2.0") && acceptable("(MIT OR X) AND ISC"));
    assert!(!acceptable("GPL-3.0-only") && !acceptable("MIT AND LGPL-2.1") && !acceptable(""));
}

#[test]
fn deny_toml_has_the_same_list() {
    let deny = include_str!("../../deny.toml");
    for l in ALLOWED {
        assert!(deny.contains(&format!("\"{l}\"")), "{l} is missing in deny.toml");
    }
}
