//! Running the real program in tests.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// The program with JSON output, a fixed clock and a fixed actor.
pub fn diachinh() -> Command {
    let mut c = Command::new(env!("CARGO_BIN_EXE_diachinh"));
    c.args(["--json", "--at", "2026-11-23T01:00:00Z", "--actor", "thu"]);
    c
}

/// Exit code, the JSON document on stdout, and stderr.
pub fn run(command: &mut Command) -> (i32, Value, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("the program starts");
    let stderr = String::from_utf8_lossy(&stderr).into_owned();
    let text = String::from_utf8(stdout).expect("stdout is UTF-8");
    let json = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (status.code().unwrap_or(-1), json, stderr)
}

/// Like [`run`], and the exit code must be one of `expected`.
#[track_caller]
pub fn ok(command: &mut Command, expected: &[i32]) -> Value {
    let (code, json, stderr) = run(command);
    assert!(
        expected.contains(&code),
        "{command:?}\nexit {code}\n{json:#}\n{stderr}"
    );
    json
}

/// A new district file in EPSG:9210.
#[track_caller]
pub fn new_district(path: &Path) {
    ok(
        diachinh()
            .arg("new")
            .arg(path)
            .args(["--crs", "EPSG:9210", "--name", "Huyện thử"]),
        &[0],
    );
}

/// The repository's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
