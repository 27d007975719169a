//! The project around a configuration.

mod build;
mod calls;
mod compose;
mod dhparam;
mod dockerfile;
mod env;
mod evidence;
pub mod image;
mod mounts;
mod path_map;
mod shell;
mod yaml;

pub use dhparam::DhParameters;
pub use evidence::{AcmeFlow, Evidence, Project, is_evidence_file};
pub use mounts::Mounts;
