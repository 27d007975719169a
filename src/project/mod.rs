//! The project around a configuration: Dockerfiles, compose files, environment files, scripts. They are read, never run.
//!
//! [`Project`] is what the files of one project tell: a few settings and habits of applications and ACME clients, found
//! by patterns, the calls of certbot ([`Certbot`]), and the [`Deployment`], which is what rules about templates and
//! containers ask:
//!
//! - [`Deployment::rendering_of`] a template: the [`Mode`] (which names go), the evidence, the list that `envsubst` gets,
//!   the result's path inside, names that become themselves, alternatives of one `if`, why the image leaves it alone
//!   ([`Unrendered`]), and the [`Environment`] with the place and the origin of every variable.
//! - [`Deployment::may_render_unseen`]: whether something may render files without naming them.
//! - [`Deployment::recipe_of`] a text: how it is to be read, with the values of its rendering.
//! - [`Deployment::defined_elsewhere`]: which other container has a variable.
//! - [`Deployment::services`]: every container with its image, command, entrypoint, volumes, ports and names; the ones
//!   that [`Service::runs_nginx`] and those around them.
//! - [`Deployment::services_of`] a file: which containers have it, and its paths inside; [`PathMap`] goes both ways.
//! - [`Deployment::absence`]: is there certainly nothing at a path of a container?
//! - [`Deployment::version_of`] a file: the release of nginx in the image that it runs in.
//! - [`Deployment::place_of`] a configuration: where its includes lead.
//!
//! Files that are malformed say nothing. All reading is bounded, and no text makes it fail.

mod assemble;
mod build;
mod calls;
mod certbot;
mod certainty;
mod compose;
mod deployment;
mod dhparam;
mod docker_run;
mod dockerfile;
mod env;
mod evidence;
pub mod image;
mod mounts;
mod path_map;
mod presence;
mod reader;
mod recipe;
mod rendering;
mod selection;
mod service;
mod shell;
#[cfg(test)]
mod tests;
mod told;
mod volume;
mod yaml;

pub use calls::List;
pub use certbot::{Certbot, CertbotCall};
pub use deployment::Deployment;
pub use dhparam::DhParameters;
pub use dockerfile::Start;
pub use evidence::{AcmeFlow, Evidence, Project, is_evidence_file};
pub use mounts::Mounts;
pub(crate) use path_map::normalized;
pub use path_map::{Mapping, MappingKind, PathMap};
pub use presence::Absence;
pub use reader::ProjectFile;
pub use rendering::{Mode, Rendering, Unrendered};
pub use service::{Boot, Environment, Origin, Place, Service, Variable};
pub use told::Told;
pub use volume::{Port, Volume};
