//! Which files a location stands for, beyond what one request finds.

use crate::config::Directive;
use crate::config::http::ending::{Ending, redirects_everything};
use crate::config::http::location::{Location, Modifier};
use crate::config::http::simulate::{BACKENDS, file_mapping};
use crate::nginx::directives::{self, Origin};
use crate::source::Span;

/// Directives of nginx itself that answer in another way than with a file, or that choose another file.
const ANSWERS: &[&str] = &[
    "return",
    "rewrite",
    "stub_status",
    "empty_gif",
    "js_content",
    "perl",
    "api",
    "status",
    "hls",
    "upstream_conf",
    "f4f",
    "acme_challenge",
];
/// Directives whose handlers reach nested levels, where they may answer.
const INHERITED_ANSWERS: &[&str] =
    &["pagespeed", "passenger_enabled", "rewrite_by_lua", "rewrite_by_lua_block", "rewrite_by_lua_file"];
/// Add-ons whose directives never answer.
const HARMLESS: &[&str] =
    &["headers-more", "brotli", "zstd", "cache-purge", "geoip2", "security-headers", "modsecurity"];

/// Names of files that have no ending.
const BARE_FILES: &[&str] =
    &["license", "licence", "readme", "changelog", "authors", "version", "robots", "favicon", "humans", "makefile"];

/// Is this, by its last part, the path of a file rather than of a folder?
pub fn looks_like_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.trim_start_matches('.');
    stem.contains('.') || BARE_FILES.iter().any(|known| stem.eq_ignore_ascii_case(known))
}

/// A `root` whose end repeats the text of its location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubled<'c> {
    /// What is left without the repetition; may be empty.
    pub rest: &'c str,
    /// The place of the repetition in the text of the `root`, the slashes around it included; none if it is escaped.
    pub span: Option<Span>,
}

impl<'c> Location<'c> {
    /// Is its prefix or path written once more at the end of this `root` of its own?
    pub fn doubled_by(&self, root: Directive<'c>) -> Option<Doubled<'c>> {
        let is_fixed = self.is_prefix() || self.modifier == Modifier::Exact;
        let segments = self.pattern.trim_matches('/');
        if !is_fixed || segments.is_empty() {
            return None;
        }
        repeated_end(root, segments)
    }
}

/// The end of the argument of `root`, if it is these whole segments.
pub(in crate::config) fn repeated_end<'c>(root: Directive<'c>, segments: &str) -> Option<Doubled<'c>> {
    let target = root.arg(0)?;
    let rest = target.trim_end_matches('/').strip_suffix(segments)?.strip_suffix('/')?;
    let rest = rest.trim_end_matches('/');
    let whole = root.arg_text_span(0)?;
    let is_verbatim = (whole.end - whole.start) as usize == target.len();
    let span = is_verbatim.then(|| Span::new(whole.source, whole.start + rest.len() as u32, whole.end));
    Some(Doubled { rest, span })
}

impl Directive<'_> {
    /// Do the files that `try_files` looks for all depend on the path of the request? True without `try_files`.
    pub fn tries_the_path_only(self) -> bool {
        let files = |line: Self| line.arg_count().saturating_sub(1);
        let is_path = |word: &str| word.contains("$uri") || word.contains("$document_uri");
        self.own("try_files").all(|line| line.args().take(files(line)).all(is_path))
    }

    fn arg_count(self) -> usize {
        self.args().len()
    }

    /// Does another answer leave no use for a `root` here? Backends of FastCGI and SCGI get file names.
    pub fn never_looks_for_files(self) -> bool {
        let passes = ["proxy_pass", "grpc_pass", "uwsgi_pass", "memcached_pass"].iter().any(|name| self.has(name));
        self.has("return") || (passes && !self.has("try_files"))
    }

    /// May a request for a folder get a list of its files from this level, where `autoindex` is on?
    pub fn may_list_folders(self) -> bool {
        // `try_files` looks for folders where its text ends in a slash, and for plain files otherwise.
        let tries_folders = |line: Self| {
            (0..line.arg_count()).any(|i| line.arg_is_open(i) || line.arg(i).is_some_and(|file| file.ends_with('/')))
        };
        let answers_otherwise = self.has("return") || BACKENDS.iter().any(|name| self.has(name));
        let is_for_files = Location::new(self).is_some_and(|location| match location.modifier {
            Modifier::Exact => !location.pattern.ends_with('/'),
            Modifier::Regex { .. } => location.regex().is_some_and(|pattern| pattern.never_ends_with('/')),
            Modifier::Prefix | Modifier::StopPrefix | Modifier::Named => false,
        });
        let is_covered = Location::new(self).is_none()
            && self.locations().any(|location| location.is_prefix() && location.pattern == "/");
        !answers_otherwise && !is_for_files && !is_covered && self.own("try_files").all(tries_folders)
    }

    /// Do rewrites of this level change the path before a file is looked up?
    pub fn rewrites(self) -> bool {
        self.has("rewrite") || self.own("if").any(|block| block.has("rewrite"))
    }

    /// Does nothing here but files answer: no backend, no `return`, no rewrite, no add-on that may?
    pub fn only_serves_files(self) -> bool {
        let is_silent = |line: Self| {
            let name = line.name();
            let origin = directives::lookup(name).first().map(|known| known.origin);
            let is_plain = match origin {
                Some(Origin::Oss | Origin::Plus) => true,
                Some(Origin::ThirdParty(add_on)) => HARMLESS.contains(&add_on),
                None => false,
            };
            is_plain && !ANSWERS.contains(&name) && !name.ends_with("_pass")
        };
        let is_taken = |level: Self| INHERITED_ANSWERS.iter().any(|name| level.has(name));
        let is_switch = |line: Self| matches!(line.name(), "root" | "set");
        self.children().all(is_silent)
            && !self.ancestors().any(is_taken)
            && self.own("if").all(|block| block.children().all(|line| is_silent(line) && !is_switch(line)))
    }
}

impl Location<'_> {
    /// Does it take files from the folder that was built into nginx, because no `root` holds here and nothing else answers?
    pub fn uses_built_in_folder(&self) -> bool {
        let level = self.directive;
        let may_answer = level.has("location")
            || level.has("deny")
            || self.modifier == Modifier::Named
            || self.is_internal()
            || self.expects_nothing()
            || level.own("autoindex").any(|line| line.arg(0) == Some("on"))
            || level.own("try_files").any(|line| line.args().next_back().is_some_and(|last| !last.starts_with('=')))
            || level.ancestors().any(|around| around.has("return") || around.has("root"));
        !may_answer
            && file_mapping(level).is_none()
            && level.only_serves_files()
            && !level.is_opaque_upward()
            && level.ending() == Ending::Answered
            && !level.replaces_not_found()
            && !level.ancestors().any(|around| around.own("rewrite").any(redirects_everything))
    }
}

impl Location<'_> {
    /// Is it there to keep requests for one file, which is not expected to exist, out of the logs?
    fn expects_nothing(&self) -> bool {
        let is_off = |name: &str| self.directive.own(name).any(|line| line.arg(0) == Some("off"));
        self.modifier == Modifier::Exact && is_off("log_not_found")
    }
}

impl Directive<'_> {
    /// Does something else answer where a file is missing?
    fn replaces_not_found(self) -> bool {
        let is_of_missing = |page: &Self| page.args().rev().skip(1).any(|arg| matches!(arg, "404" | "403"));
        let leads_on = |page: &Self| {
            page.args().any(|arg| arg.starts_with('=')) || page.args().next_back().is_some_and(|to| to.starts_with('@'))
        };
        let pages = self.effective("error_page");
        self.has("error_page") || pages.iter().any(|page| is_of_missing(page) && leads_on(page))
    }
}
