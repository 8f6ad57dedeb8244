//! Địa Chính: arguments → command line; none → the window.

use std::process::ExitCode;

fn main() -> ExitCode {
    forget_other_programs_data();
    diachinh::cli::main(std::env::args_os())
}

/// QGIS and OSGeo4W set these on clerks' PCs; their data must not change a digit of ours.
fn forget_other_programs_data() {
    for name in [
        "PROJ_DATA",
        "PROJ_LIB",
        "PROJ_NETWORK",
        "GDAL_DATA",
        "GDAL_DRIVER_PATH",
    ] {
        // SAFETY: first thing in main, before any thread exists.
        #[allow(unsafe_code)]
        unsafe {
            std::env::remove_var(name);
        }
    }
}
