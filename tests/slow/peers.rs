//! The bar of the issue: importing is no slower than `ogr2ogr -f GPKG` with index, run side by side.

use std::process::Command;

use crate::support::root;

#[test]
fn import_is_no_slower_than_ogr2ogr() {
    let dir = tempfile::tempdir().unwrap();
    let target = std::path::Path::new(env!("CARGO_BIN_EXE_diachinh"))
        .parent()
        .unwrap()
        .parent()
        .unwrap();
    let out = Command::new("python3")
        .arg(root().join("benches/peers.py"))
        .args(["--runs", "5", "--work"])
        .arg(dir.path())
        .arg("115000")
        .env("CARGO_TARGET_DIR", target)
        .output()
        .expect("python3 runs");
    let text = String::from_utf8_lossy(&out.stdout);
    assert!(
        out.status.success(),
        "{text}\n{}",
        String::from_utf8_lossy(&out.stderr)
    );
    println!("{text}");
    let ours = text
        .lines()
        .find(|l| l.starts_with("| diachinh import"))
        .expect("a row of ours");
    let ratio: f64 = ours
        .split('|')
        .nth(5)
        .expect("the ratio column")
        .trim()
        .parse()
        .expect("a number");
    assert!(ratio <= 1.0, "slower than ogr2ogr: ratio {ratio}");
}
