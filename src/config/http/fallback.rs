//! The last argument of `try_files`, where requests go on that no file was found for.

use crate::config::Directive;
use crate::config::http::location::{Choice, Chooser, Location, Modifier};
use crate::config::http::uploads::script_name;
use crate::config::words::variable::variables;

/// What is wrong with where requests go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FallbackFault {
    /// The path has no slash at its start, and so leads to no location.
    NoSlash,
    /// It is three digits without `=`.
    BareStatus,
    /// It leads back to the same `try_files`, where nothing is found again.
    Cycle,
}

/// A name that no location is about.
const SAMPLE: &str = "nginspect-sample";

impl<'c> Directive<'c> {
    /// The fault in the last argument of this `try_files`; none if there is none, or if it is not known.
    pub fn fallback_fault(self, chooser: &mut Chooser<'c>) -> Option<FallbackFault> {
        let last = self.args().next_back().filter(|last| !last.starts_with(['@', '=']))?;
        if self.args().len() < 2 || self.arg_is_open(self.args().len() - 1) {
            return None;
        }
        if last.starts_with(['/', '$']) {
            return self.leads_back(last, chooser).then_some(FallbackFault::Cycle);
        }
        let is_status = last.len() == 3 && last.bytes().all(|byte| byte.is_ascii_digit());
        if is_status {
            return Some(FallbackFault::BareStatus);
        }
        (!self.is_taken_up(last, chooser)).then_some(FallbackFault::NoSlash)
    }

    /// May a regex location answer for a path without a slash in front? It does not get far with PHP where the name of the
    /// script is put together without one.
    fn is_taken_up(self, last: &str, chooser: &mut Chooser<'c>) -> bool {
        let path = last.split('?').next().unwrap_or_default();
        let Some(server) = self.enclosing("server").filter(|server| !server.is_opaque()) else {
            return path.ends_with(".php");
        };
        match chooser.choose(server, path) {
            Choice::Server => false,
            Choice::Unknown => true,
            Choice::Location(location) => {
                let script = location.directive.own("fastcgi_pass").next().and_then(script_name);
                !script.is_some_and(|script| script.contains("_root$") || script.starts_with("$request_filename"))
            }
        }
    }

    fn leads_back(self, last: &str, chooser: &mut Chooser<'c>) -> bool {
        let Some(location) = self.parent().and_then(Location::new) else { return false };
        let Some(server) = self.enclosing("server") else { return false };
        let goes_elsewhere =
            |level: Self| level.has("return") || level.has("if") || level.rewrites() || level.is_opaque();
        if goes_elsewhere(location.directive) || goes_elsewhere(server) {
            return false;
        }
        let asked = match location.modifier {
            Modifier::Prefix | Modifier::StopPrefix if location.pattern.ends_with('/') => {
                format!("{}{SAMPLE}", location.pattern)
            }
            Modifier::Prefix | Modifier::StopPrefix => format!("{}/{SAMPLE}", location.pattern),
            Modifier::Exact => location.pattern.to_owned(),
            _ => return false,
        };
        let path = last.split('?').next().unwrap_or_default();
        let path =
            ["$is_args$args", "$is_args$query_string"].iter().find_map(|end| path.strip_suffix(end)).unwrap_or(path);
        let is_uri = |name: &str| matches!(name, "uri" | "document_uri");
        if variables(path).any(|(_, name)| !is_uri(name)) {
            return false;
        }
        let depends = |text: &str| variables(text).next().is_some();
        // A path that is always the same may well be that of a file, and then the second look finds it; that of a folder
        // is none.
        let files = || self.args().rev().skip(1);
        let is_never_found = path.ends_with('/') && files().all(|file| matches!(file, "$uri" | "$document_uri"));
        if !depends(path) && files().any(depends) && !is_never_found {
            return false;
        }
        let target = ["${uri}", "$uri", "${document_uri}", "$document_uri"]
            .iter()
            .fold(path.to_owned(), |text, variable| text.replace(variable, &asked));
        let leads = |path: &str, chooser: &mut Chooser<'c>| chooser.choose(server, path) == Choice::Location(location);
        target.starts_with('/') && leads(&asked, chooser) && leads(&target, chooser)
    }
}
