//! The project around a configuration.

mod build;
mod calls;
mod compose;
mod deployment;
mod dhparam;
mod dockerfile;
mod env;
mod evidence;
pub mod image;
mod mounts;
mod path_map;
mod reader;
mod rendering;
mod service;
mod shell;
mod yaml;

pub use calls::List;
pub use compose::{Port, Volume};
pub use deployment::Deployment;
pub use dhparam::DhParameters;
pub use dockerfile::Start;
pub use evidence::{AcmeFlow, Evidence, Project, is_evidence_file};
pub use mounts::Mounts;
pub use path_map::{Mapping, MappingKind, PathMap};
pub use reader::ProjectFile;
pub use rendering::{Mode, Rendering, Unrendered};
pub use service::{Boot, Environment, Origin, Place, Service, Variable};
