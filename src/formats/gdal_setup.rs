//! GDAL is set up once, before its first call: our own data files, no files written beside the
//! source, messages caught instead of printed.

use std::cell::RefCell;
use std::sync::OnceLock;

use gdal::config;
use gdal::errors::CplErrType;

use crate::domain::Failure;
use crate::msg;

/// The data files GDAL looks for in GDAL_DATA; our build cannot embed them. From GDAL 3.12.1 (MIT).
const FILES: [(&str, &[u8]); 4] = [
    ("header.dxf", include_bytes!("../../assets/gdal/header.dxf")),
    ("trailer.dxf", include_bytes!("../../assets/gdal/trailer.dxf")),
    ("seed_2d.dgn", include_bytes!("../../assets/gdal/seed_2d.dgn")),
    ("seed_3d.dgn", include_bytes!("../../assets/gdal/seed_3d.dgn")),
];

/// A folder in GDAL's memory file system: no other program can lay its files there.
const FOLDER: &str = "/vsimem/diachinh-gdal-data";

const OPTIONS: [(&str, &str); 8] = [
    ("GDAL_DATA", FOLDER),
    // Other programs' plug-ins and rc files are none of ours.
    ("GDAL_DRIVER_PATH", "disable"),
    ("OGR_DRIVER_PATH", "disable"),
    // No .aux.xml beside the files of others.
    ("GDAL_PAM_ENABLED", "NO"),
    ("CPL_DEBUG", "OFF"),
    ("CPL_TIMESTAMP", "OFF"),
    // Rings of a DXF are parcels when they are closed.
    ("DXF_CLOSED_LINE_AS_POLYGON", "TRUE"),
    ("DXF_ENCODING", "ISO-8859-1"),
];

static READY: OnceLock<Result<(), String>> = OnceLock::new();

thread_local! {
    /// What GDAL said on this thread since the last [`take_errors`].
    static ERRORS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Messages kept of one call: a damaged file can raise one per record.
const KEPT: usize = 20;

/// Call before anything of GDAL.
pub(super) fn ensure() -> Result<(), Failure> {
    let ready = READY.get_or_init(|| set_up().map_err(|e| e.to_string()));
    ready.as_ref().map_err(|e| {
        Failure::new(
            "GDAL_SETUP",
            msg!("không khởi động được GDAL: {e}", "GDAL cannot be set up: {e}"),
        )
    })?;
    ERRORS.with_borrow_mut(Vec::clear);
    Ok(())
}

fn set_up() -> gdal::errors::Result<()> {
    for (key, value) in OPTIONS {
        config::set_config_option(key, value)?;
    }
    config::set_error_handler(|class, _, message| {
        if matches!(class, CplErrType::Failure | CplErrType::Fatal) {
            ERRORS.with_borrow_mut(|errors| {
                if errors.len() < KEPT {
                    errors.push(message.to_owned());
                }
            });
        }
    });
    ignore_proj_files();
    for (name, bytes) in FILES {
        gdal::vsi::create_mem_file(format!("{FOLDER}/{name}"), bytes.to_vec())?;
    }
    Ok(())
}

/// GDAL asks PROJ for codes in some formats. With a search path of our own PROJ looks at no `PROJ_DATA`,
/// finds nothing there and takes the `proj.db` inside the program (or one in the current folder, which
/// no setting prevents: so nothing that matters may depend on a code, see `ogr::stated_in_head`).
#[allow(unsafe_code)]
fn ignore_proj_files() {
    let nowhere = [c"diachinh-has-no-proj-files".as_ptr(), std::ptr::null()];
    // SAFETY: a list of C strings ended by a null pointer, as the call wants; GDAL copies it.
    unsafe { gdal_sys::OSRSetPROJSearchPaths(nowhere.as_ptr()) };
}

/// Failures GDAL reported on this thread, oldest first.
pub(super) fn take_errors() -> Vec<String> {
    ERRORS.with_borrow_mut(std::mem::take)
}
