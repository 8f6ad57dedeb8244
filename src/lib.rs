//! Địa Chính: a desktop cadastral system for Vietnamese land registration offices.
//!
//! Two thin shells, the window (`ui`) and the command line (`cli`), call one library. All change goes
//! through `project`. Modules in reading order; arrows of dependency only point down this list
//! backwards (checked by `tests/it/tidy.rs`). ARCHITECTURE.md has the bird's-eye view.

pub mod cli;
pub mod codes;
pub mod crs;
pub mod domain;
pub mod edit;
pub mod export;
pub mod formats;
pub mod import;
pub mod job;
pub mod project;
pub mod render;
pub mod sample;
pub mod store;
pub mod text;
pub mod topology;
pub mod ui;
pub mod validate;
pub mod verify;
