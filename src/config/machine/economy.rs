//! What a whole configuration does without, though it would save work.

use crate::config::{Config, Directive};

impl Config {
    /// The `http` block of a whole configuration that hands out files, if none of these directives is anywhere.
    pub fn file_server_without(&self, names: &[&str]) -> Option<Directive<'_>> {
        let http = self.all("http").find(|http| http.is_block()).filter(|_| self.is_whole())?;
        let is_complete = self.problems().next().is_none() && !names.iter().any(|name| self.all(name).next().is_some());
        (is_complete && self.serves_files()).then_some(http)
    }
}
