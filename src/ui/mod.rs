//! The window: panels around a map, one palette of commands, long work on threads. The only module
//! that names egui; everything it does goes through `project` and the other library modules.

mod action;
mod app;
mod command;
mod dialog;
mod fonts;
mod jobs;
mod look;
mod map_live;
mod map_view;
mod menu;
mod notice;
mod palette;
mod panel;
mod perform;
mod pick;
mod session;
mod settings;
mod start;
mod status;
mod table;
mod theme;
mod tiles;
mod tool;
mod widgets;
mod work;

pub use app::{App, Setup};
pub use settings::Settings;
