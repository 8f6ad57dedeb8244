//! (under construction)

pub mod import_messages;
