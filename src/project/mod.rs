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
mod rendering;
mod service;
mod shell;
mod yaml;

pub use dhparam::DhParameters;
pub use evidence::{AcmeFlow, Evidence, Project, is_evidence_file};
pub use mounts::Mounts;
pub use calls::List;
pub use compose::{Port, Volume};
pub use deployment::{Deployment, ProjectFile};
pub use dockerfile::Start;
pub use path_map::{Mapping, MappingKind, PathMap};
pub use rendering::{Mode, Rendering, Unrendered};
pub use service::{Boot, Environment, Origin, Service, Variable};
