//! Bit rot: shapefiles with random damage, through the whole program.

use std::fs;

use crate::Random;
use crate::support::{diachinh, new_district, root, run};

#[test]
fn rotten_shapefiles_never_panic() {
    let from = root().join("sample-data/tcvn3");
    let mut random = Random(3);
    for round in 0..150 {
        let dir = tempfile::tempdir().unwrap();
        let mut set = Vec::new();
        for entry in fs::read_dir(&from).unwrap() {
            let path = entry.unwrap().path();
            let to = dir.path().join(path.file_name().unwrap());
            fs::copy(&path, &to).unwrap();
            set.push(to);
        }
        set.sort();
        let victim = &set[random.below(set.len() as u64) as usize];
        let mut bytes = fs::read(victim).unwrap();
        for _ in 0..=random.below(8) {
            if !bytes.is_empty() {
                let at = random.below(bytes.len() as u64) as usize;
                bytes[at] = random.next() as u8;
            }
        }
        if random.below(4) == 0 {
            bytes.truncate(random.below(bytes.len() as u64 + 1) as usize);
        }
        fs::write(victim, bytes).unwrap();
        let file = dir.path().join("d.gpkg");
        new_district(&file);
        let (code, json, stderr) = run(diachinh().arg("import").arg(&file).arg(dir.path()).args([
            "--crs",
            "EPSG:9210",
            "--encoding",
            "tcvn3",
        ]));
        assert!(
            (0..=2).contains(&code) && !stderr.contains("panicked"),
            "round {round}: exit {code}\n{json}\n{stderr}"
        );
        let (code, _, stderr) = run(diachinh().arg("info").arg(&file));
        assert_eq!(code, 0, "round {round}: {stderr}");
    }
}
