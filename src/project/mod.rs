//! The project around a configuration.

mod dhparam;
mod env;
mod evidence;
pub mod image;
mod mounts;
mod shell;
mod yaml;

pub use dhparam::DhParameters;
pub use evidence::{AcmeFlow, Evidence, Project, is_evidence_file};
pub use mounts::Mounts;
