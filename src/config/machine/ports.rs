//! The ports that a configuration listens on.

use std::collections::BTreeSet;

use crate::config::Config;
use crate::config::http::Socket;
use crate::template;

impl Config {
    /// All ports, those of streams and mail, too; none if a placeholder or a file that is not read may bring more.
    pub fn listened_ports(&self) -> Option<BTreeSet<u16>> {
        let lines = || self.all("listen");
        let is_symbolic = lines().any(|line| line.arg(0).is_none_or(template::is_symbolic));
        if is_symbolic || self.problems().next().is_some() || self.syntax_errors().next().is_some() {
            return None;
        }
        // `8000-8010` are eleven ports.
        let sockets = lines().map(|line| Socket::parse(line.arg(0).unwrap_or_default()));
        let written: Option<BTreeSet<u16>> =
            sockets.filter(|socket| !socket.address.starts_with("unix:")).map(|socket| socket.port).collect();
        let implied = self.servers().flat_map(|server| server.listens()).filter_map(|listen| listen.socket.port);
        Some(written?.into_iter().chain(implied).collect())
    }
}
