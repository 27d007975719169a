//! What a configuration asks of the machine under load: processes, connections, open files.

use crate::config::http::simulate::BACKENDS;
use crate::config::{Config, Directive};
use crate::nginx::measure;

/// Connections of a worker where nothing else is said.
const CONNECTIONS: u64 = 512;

/// More connections than the open files of a worker allow.
#[derive(Debug)]
pub struct FileShortage<'c> {
    /// The limit of open files.
    pub limit: Directive<'c>,
    /// How many connections each worker may have.
    pub connections: u64,
    /// The line that says so; none where it is built in.
    pub by: Option<Directive<'c>>,
}

impl Config {
    /// Is this a whole configuration of a web server, all of it known down to its `http` blocks?
    pub fn is_whole(&self) -> bool {
        self.all("http").any(|http| http.is_block()) && self.knows_all_of("http")
    }

    /// Is a limit of open files set that proxied connections, which need two each, use up before the limit of connections?
    pub fn file_shortage(&self) -> Option<FileShortage<'_>> {
        let passes = BACKENDS.iter().flat_map(|name| self.all(name)).next();
        let limit = self.root().own("worker_rlimit_nofile").next().filter(|_| passes.is_some())?;
        let files = measure::number(limit.arg(0)?)?;
        let events = self.all("events").find(|events| events.is_block() && !events.is_opaque())?;
        let by = events.own("worker_connections").next();
        let connections = by.map_or(Some(CONNECTIONS), |by| measure::number(by.arg(0)?))?;
        (files < connections.saturating_mul(2)).then_some(FileShortage { limit, connections, by })
    }
}
