//! The panels around the map. They get a [`super::look::Look`] and push actions; they never change
//! the project.

pub mod allowed_gaps;
pub mod bottom;
pub mod finding_card;
pub mod findings;
pub mod history;
pub mod inspector;
pub mod jobs;
pub mod layers;
pub mod list;
pub mod parcels;
pub mod quarantine;
pub mod record_card;
pub mod references;
pub mod search;
pub mod survey;
