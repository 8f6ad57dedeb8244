//! Địa Chính: a desktop cadastral system for Vietnamese land registration offices.
//!
//! Two thin shells, the window (`ui`) and the command line (`cli`), call one library. All change goes
//! through `project`. Modules in reading order: each uses only modules above it (checked by
//! `tests/it/tidy.rs`). ARCHITECTURE.md has the bird's-eye view.

pub mod text;
pub mod domain;
pub mod codes;
pub mod job;
pub mod crs;
pub mod topology;
pub mod register;
pub mod store;
pub mod edit;
pub mod validate;
pub mod fix;
pub mod readiness;
pub mod formats;
pub mod import;
pub mod render;
pub mod project;
pub mod export;
pub mod verify;
pub mod sample;
pub mod ui;
pub mod cli;
