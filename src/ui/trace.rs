//! Times of the real window, for `benches/peers.py`: with `DIACHINH_TRACE=FILE` every frame is one JSON
//! line. Off, it costs a check of one `Option`.

use std::fs::File;
use std::io::Write;
use std::time::SystemTime;

use serde_json::json;

/// Writes to the file named by the environment; silent when there is none.
pub struct Trace(Option<File>);

impl Trace {
    pub fn from_environment() -> Self {
        Self(std::env::var_os("DIACHINH_TRACE").and_then(|path| File::create(path).ok()))
    }

    /// One frame: the wall clock, seconds the frame before took on the window's thread (logic, panels,
    /// tessellation, submission; waiting for the screen not counted), whether the map is whole and sharp,
    /// and its scale.
    pub fn frame(&mut self, took: Option<f32>, complete: bool, scale: Option<f64>) {
        let Some(file) = &mut self.0 else { return };
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let line = json!({"at": now.as_secs_f64(), "took": took, "complete": complete, "scale": scale});
        if writeln!(file, "{line}").is_err() {
            self.0 = None;
        }
    }
}
