//! What is certainly not in a container.

use std::path::PathBuf;

use super::deployment::Deployment;
use super::image::ImageKind;
use super::path_map::{below, join};
use super::service::{Boot, Service};
use super::shell::Command;
use crate::source::Span;

/// Why there is nothing at a path inside of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// Neither the image, nor a mount, nor a command brings anything there.
    Nothing,
    /// `VOLUME` makes an anonymous volume there, and nobody fills it.
    Anonymous(Span),
}

/// Folders that the image has, with all that may be in them.
const STOCK: &[&str] = &[
    "/dev",
    "/etc/ssl",
    "/proc",
    "/sys",
    "/tmp",
    "/usr/lib",
    "/usr/share",
    "/var/cache",
    "/var/lib/nginx",
    "/var/log",
];

/// Folders that the image has.
const STOCK_FOLDERS: &[&str] = &[
    "/",
    "/etc",
    "/etc/nginx",
    "/etc/nginx/conf.d",
    "/home",
    "/mnt",
    "/opt",
    "/root",
    "/run",
    "/srv",
    "/usr",
    "/var",
    "/var/run",
    "/var/www",
];

/// Programs that make no files but those whose names stand behind them.
const HARMLESS: &[&str] = &[
    "[",
    "[[",
    "addgroup",
    "adduser",
    "apk",
    "apt",
    "apt-get",
    "cat",
    "cd",
    "chgrp",
    "chmod",
    "chown",
    "cp",
    "echo",
    "envsubst",
    "export",
    "exec",
    "false",
    "groupadd",
    "ln",
    "ls",
    "mkdir",
    "mv",
    "nginx",
    "nginx-debug",
    "openssl",
    "printf",
    "rm",
    "sed",
    "set",
    "sh",
    "sleep",
    "test",
    "touch",
    "true",
    "useradd",
    "usermod",
];

impl Deployment {
    /// Is there certainly nothing at an absolute path inside of a container of a compose file?
    pub fn absence(&self, service: &Service, path: &str) -> Option<Absence> {
        let is_stock = service.image.as_ref().is_some_and(|(image, _)| image.kind == ImageKind::Official);
        let path = join("/", path);
        let is_known = service.is_composed() && is_stock && !service.has_other_files;
        if !is_known || STOCK_FOLDERS.contains(&path.as_str()) || STOCK.iter().any(|stock| touches(&path, stock)) {
            return None;
        }
        // A file on top may mount what the one below does not.
        let mut variants = self.services.iter().filter(|other| other.is_composed() && other.name == service.name);
        let is_brought = variants.any(|other| {
            let mounted = other
                .volumes
                .iter()
                .any(|volume| volume.target.contains('$') || touches(&path, &join("/", &volume.target)));
            let copied = other.paths.mappings().iter().any(|mapping| touches(&path, &mapping.container));
            other.has_other_files || mounted || copied || other.paths.has_opaque(&path) || other.may_make(&path)
        });
        if is_brought || self.is_made_by_script(service, &path) {
            return None;
        }
        let anonymous = service.anonymous_volumes.iter().find(|(volume, _)| touches(&path, &join("/", volume)));
        Some(anonymous.map_or(Absence::Nothing, |(_, span)| Absence::Anonymous(*span)))
    }

    /// Does a script that the container has, or that reaches into containers, name the path or the folder around it?
    fn is_made_by_script(&self, service: &Service, path: &str) -> bool {
        let reaches = |text: &str| {
            ["docker cp", "docker exec", "compose exec", "compose cp"].iter().any(|call| text.contains(call))
        };
        let is_inside = |script: &std::path::Path| !service.paths.containers_of(script).is_empty();
        let mut scripts = self.shell_texts.iter().filter(|(_, text)| names(text, path));
        scripts.any(|(script, text)| is_inside(script) || reaches(text))
    }
}

impl Deployment {
    /// Does a script, or a command of a container, write a file of this name, or at least speak of it?
    pub fn may_write(&self, file: &str) -> bool {
        let name = file.rsplit('/').next().unwrap_or(file);
        let is_named = |text: &str| !name.is_empty() && text.contains(name);
        let mut commands =
            self.services.iter().flat_map(|service| &service.commands).flat_map(|commands| &commands.script.commands);
        let is_target = |command: &Command| {
            let targets = command.redirects.iter().map(|redirect| &redirect.target);
            command.words.iter().chain(targets).any(|word| is_named(&word.shown()))
        };
        self.shell_texts.iter().any(|(_, text)| is_named(text)) || commands.any(is_target)
    }
}

impl Service {
    /// Is it described by a compose file?
    pub fn is_composed(&self) -> bool {
        self.name.is_some() && self.image.as_ref().is_none_or(|(_, span)| *span != self.span)
    }

    /// May commands of its build or its start make something at a path?
    fn may_make(&self, path: &str) -> bool {
        let mut commands = self.commands.iter().flat_map(|commands| &commands.script.commands);
        commands.any(|command| names_path(command, path) || !self.is_harmless(command))
    }

    fn is_harmless(&self, command: &Command) -> bool {
        let Some((program, _)) = command.program() else { return command.words.is_empty() };
        let first = command.words.first().and_then(|word| word.text()).unwrap_or_default();
        // A script of the project is read by itself.
        let is_own = || first.starts_with('/') && self.paths.project_path(&first).is_some();
        HARMLESS.contains(&program.as_str()) || program == "docker-entrypoint.sh" || is_own()
    }
}

fn names_path(command: &Command, path: &str) -> bool {
    let targets = command.redirects.iter().map(|redirect| &redirect.target);
    command.words.iter().chain(targets).any(|word| names(&word.shown(), path))
}

/// Does a text name a path, or the folder that it lies in? A folder at the top says nothing.
fn names(text: &str, path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let is_deep = folder.matches('/').count() > 1;
    text.contains(path) || (is_deep && text.contains(folder))
}

/// Does one of two paths lie in the other?
fn touches(one: &str, other: &str) -> bool {
    below(one, other).is_some() || below(other, one).is_some()
}

/// The folder that the stock main file includes, and the site that the image has in it.
const SITES: &str = "/etc/nginx/conf.d";
const STOCK_SITE: &str = "default.conf";

impl Deployment {
    /// Is the site that the official image brings certainly still there beside those of the project, and read before them? The
    /// names of these, with what brings them.
    pub fn sites_behind_stock_site(&self, service: &Service) -> Vec<(String, Span)> {
        let is_stock = service.image.as_ref().is_some_and(|(image, _)| image.kind == ImageKind::Official);
        let stock_site = join(SITES, STOCK_SITE);
        let is_replaced = service.whole.project_path(&stock_site).is_some()
            || service.whole.is_opaque(&stock_site)
            || service.results.iter().any(|(result, _)| *result == stock_site)
            || service.volumes.iter().any(|volume| below(&stock_site, &join("/", &volume.target)).is_some())
            || service.has_other_files;
        let says = |text: &str| text.contains(STOCK_SITE) || text.contains("conf.d");
        let mut words =
            service.commands.iter().flat_map(|commands| &commands.script.commands).flat_map(|command| &command.words);
        let is_inside = |script: &std::path::Path| !service.paths.containers_of(script).is_empty();
        let is_touched = words.any(|word| says(&word.shown()))
            || self.shell_texts.iter().any(|(script, text)| is_inside(script) && says(text));
        if !is_stock || is_replaced || is_touched {
            return Vec::new();
        }
        let names = service.whole.list(SITES).unwrap_or_default();
        let sites: Vec<String> = names.into_iter().filter(|name| name.ends_with(".conf")).collect();
        // Of the servers on a port, the first one read gets what no other claims.
        if sites.iter().any(|name| name.as_str() < STOCK_SITE) {
            return Vec::new();
        }
        let place = |name: &String| {
            let (_, mapping) = service.whole.project_path(&join(SITES, name))?;
            mapping.span
        };
        sites.iter().filter_map(|name| Some((join(SITES, name), place(name)?))).collect()
    }
}

impl Service {
    /// The files of the project that nginx reads first inside: its main file, or all sites beside the stock one; none if others
    /// may be there. Tells also whether the stock site may be among them.
    pub fn first_files(&self) -> Option<(Vec<PathBuf>, bool)> {
        if self.boot != Boot::Stock || self.has_other_files {
            return None;
        }
        let names = self.whole.list(SITES).unwrap_or_default();
        let is_mounted_over = self.volumes.iter().any(|volume| join("/", &volume.target) == SITES);
        let has_stock_site = !is_mounted_over && !names.iter().any(|name| name == STOCK_SITE);
        if let Some((main, _)) = self.paths.project_path("/etc/nginx/nginx.conf") {
            return Some((vec![main], has_stock_site));
        }
        let is_stock = self.image.as_ref().is_some_and(|(image, _)| image.kind == ImageKind::Official);
        let is_known = is_stock && self.is_composed() && !self.whole.has_opaque("/etc/nginx");
        let sites = names.iter().filter(|_| is_known).filter(|name| name.ends_with(".conf"));
        let files: Option<Vec<PathBuf>> =
            sites.map(|name| self.whole.project_path(&join(SITES, name)).map(|(path, _)| path)).collect();
        files.map(|files| (files, has_stock_site))
    }
}
