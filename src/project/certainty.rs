//! What cannot be known of how files are rendered: scripts that do not name what they read, and what runs before them.

use super::calls::{self, Call};
use super::deployment::Deployment;
use super::image::ImageKind;
use super::path_map::join;
use super::service::{Boot, Service};
use crate::source::SourceId;

impl Deployment {
    /// Is there a script, or a command of a container, that may render files which it does not name?
    pub fn may_render_unseen(&self) -> bool {
        self.renders_unseen
    }

    /// The same, from the scripts and the commands.
    pub(super) fn find_unseen(&self) -> bool {
        let by_script = self.scripts.iter().flat_map(|file| &file.calls).any(|call| call.is_open);
        by_script || self.services.iter().any(has_open_command)
    }

    /// May a command of this container, or a script of the project that it has, render files which it does not name?
    pub(super) fn may_render_inside(&self, service: &Service) -> bool {
        let known = |name: &str| service.environment.value(name).map(str::to_owned);
        let scripts = self.scripts.iter().filter(|file| !service.paths.containers_of(&file.path).is_empty());
        let mut calls = scripts.flat_map(|file| calls::find(&file.script, None, &known));
        has_open_command(service) || calls.any(|call| call.is_open)
    }

    /// Does this container start a script of the project other than this one? That can add to the environment.
    pub(super) fn starts_other_script(&self, service: &Service, script: Option<SourceId>) -> bool {
        let own = script.and_then(|id| self.scripts.iter().find(|file| file.id == id)).map(|file| &file.path);
        let starts = [&service.entrypoint, &service.command].into_iter().flatten();
        let mut started =
            starts.flat_map(|start| &start.words).filter_map(|word| service.paths.project_path(&join("/", word)));
        started.any(|(path, _)| Some(&path) != own)
    }
}

impl Service {
    /// Is what happens between the image and nginx all described here? An image of one's own may do more.
    pub fn is_plain(&self) -> bool {
        let kind = self.image.as_ref().map(|(image, _)| image.kind);
        matches!(kind, Some(ImageKind::Official | ImageKind::Other)) && self.boot != Boot::Unknown
    }

    /// Does it have files that the image's entrypoint reads before it renders, and that may set variables?
    pub(super) fn has_own_variables(&self) -> bool {
        let folder = "/docker-entrypoint.d";
        let brought = self.paths.list(folder).unwrap_or_default();
        self.paths.has_opaque(folder) || brought.iter().any(|name| name.ends_with(".envsh"))
    }
}

/// Is there a command whose input cannot be worked out?
fn has_open_command(service: &Service) -> bool {
    let known = |name: &str| service.environment.value(name).map(str::to_owned);
    let find = |commands: &super::service::Commands| calls::find(&commands.script, Some(&commands.folder), &known);
    service.commands.iter().flat_map(find).any(|call| call.is_open)
}

/// Does another call read the same template, or what comes of it? Then the text goes through more than one hand.
pub(super) fn is_chained(call: &Call, others: &[Call]) -> bool {
    let touches = |other: &&Call| {
        let mut files = call.inputs.iter().chain(&call.outputs);
        files.any(|file| other.inputs.contains(file) || file.rsplit('/').next().is_some_and(|name| names(other, name)))
    };
    let is_possible = |other: &&Call| !calls::exclude_each_other(&call.branch, &other.branch);
    others.iter().filter(is_possible).any(|other| touches(&other))
}

/// Does a call read a file of this name, wherever that lies?
fn names(call: &Call, name: &str) -> bool {
    call.inputs.iter().any(|input| input.rsplit('/').next() == Some(name))
}
