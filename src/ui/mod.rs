//! The window: panels around a map, one palette of commands, long work on threads. The only module
//! that names egui; everything it does goes through `project` and the other library modules.

mod action;
mod app;
mod command;
mod dashboard;
mod dialog;
mod draft;
mod draw;
mod fixing;
mod fonts;
mod form;
mod graphics;
mod jobs;
mod lay;
mod look;
mod map_live;
mod map_record;
mod map_view;
mod menu;
mod notice;
mod palette;
mod panel;
mod perform;
mod pick;
mod readiness;
mod record_text;
mod reference;
mod session;
mod settings;
mod start;
mod status;
mod strip;
mod table;
mod theme;
mod tiles;
mod tool;
mod trace;
mod turn;
mod viewing;
mod widgets;
mod work;

pub use app::{App, Setup};
pub use settings::Settings;
pub use tool::ToolKind;

use std::path::PathBuf;

use crate::domain::Failure;
use crate::text::Text;

const NO_WINDOW: Text = Text::new("Không mở được cửa sổ.", "The window could not be opened.");
const NO_DISPLAY: Text = Text::new(
    "Máy này không có màn hình (DISPLAY). Hãy chạy trong phiên làm việc có màn hình, hoặc dùng các lệnh dòng lệnh: diachinh --help.",
    "This PC has no display (DISPLAY). Run it in a desktop session, or use the command line: diachinh --help.",
);

/// Shows the window until it is closed; `open` is opened at once. Fails with `NO_DISPLAY` or
/// `NO_GRAPHICS`, with the remedy, where no window can be shown.
pub fn run(open: Option<PathBuf>) -> Result<(), Failure> {
    let setup = Setup {
        config: Settings::folder(),
        open,
        sample: None,
    };
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_inner_size([1366.0, 740.0])
            .with_min_inner_size([1024.0, 640.0])
            .with_app_id("diachinh"),
        wgpu_options: graphics::configuration(),
        persist_window: false,
        ..Default::default()
    };
    let create = |cc: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, _> {
        App::install(&cc.egui_ctx);
        Ok(Box::new(App::new(&cc.egui_ctx, setup)))
    };
    eframe::run_native("diachinh", options, Box::new(create)).map_err(|e| why(&e))
}

fn why(e: &eframe::Error) -> Failure {
    match e {
        eframe::Error::Wgpu(e) => graphics::failure(e),
        eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) => Failure::new("NO_DISPLAY", NO_WINDOW)
            .field(e.to_string())
            .remedy(NO_DISPLAY),
        e => Failure::new("NO_WINDOW", NO_WINDOW).field(e.to_string()),
    }
}
