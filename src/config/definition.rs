//! By which of nginx's definitions a directive is read.

use std::path::Path;

use super::{Config, Directive};
use crate::nginx::context::ContextSet;
use crate::nginx::directives::{self, Definition, Origin};
use crate::nginx::version::Version;
use crate::syntax::Terminator;
use crate::template;

/// Modules that hold several of the documented ones, or none with directives.
const OTHER_MODULES: &[&str] = &["ndk_http_module", "ngx_mail_module", "ngx_stream_module", "ngx_http_brotli_module"];

/// What nginx knows of a directive in its place.
#[derive(Debug)]
pub enum Standing {
    /// It is read by one of these definitions; more than one, if modules compete for the name.
    Known(Vec<&'static Definition>),
    /// It exists, in other places: these.
    Misplaced(ContextSet),
    /// This release does not have it, others do.
    OtherRelease(Vec<&'static Definition>),
    /// Nobody knows it.
    Unknown,
}

impl Directive<'_> {
    /// What a release of nginx knows of this directive; none where that cannot be said: an entry of a map, a placeholder,
    /// a directive in a place that is not known.
    pub fn standing(self, release: Version) -> Option<Standing> {
        let context = self.context().filter(|context| !context.holds_entries())?;
        let name = self.name();
        if self.is_nameless() || self.terminator() == Terminator::Placeholder || template::is_symbolic(name) {
            return None;
        }
        let all = self.namesakes();
        let known = |definition: &&'static Definition| definition.is_known_to(release);
        let here = |definition: &&'static Definition| definition.contexts_in(release).contains(context);
        let fitting: Vec<_> = all.iter().filter(known).filter(here).collect();
        let of_other_releases: Vec<_> = all.iter().filter(here).collect();
        Some(if !fitting.is_empty() {
            Standing::Known(fitting)
        } else if !of_other_releases.is_empty() {
            Standing::OtherRelease(of_other_releases)
        } else if all.iter().any(|definition| known(&definition)) {
            let places = all.iter().filter(known).map(|definition| definition.contexts_in(release));
            Standing::Misplaced(places.fold(ContextSet::default(), ContextSet::union))
        } else if !all.is_empty() {
            Standing::OtherRelease(all.iter().collect())
        } else {
            Standing::Unknown
        })
    }

    /// The definitions that this directive is read by in a release of nginx; none if it is misplaced or not known.
    pub fn definitions(self, release: Version) -> Vec<&'static Definition> {
        match self.standing(release) {
            Some(Standing::Known(definitions)) => definitions,
            _ => Vec::new(),
        }
    }
}

impl Directive<'_> {
    /// The directive of nginx that this name is probably a slip of the pen for: one that is allowed here, if there is one
    /// that is as near.
    pub fn similar_name(self) -> Option<&'static str> {
        let (name, context) = (self.name(), self.context());
        let allowed = if name.len() < 5 { 1 } else { 2 };
        let candidates =
            directives::all().iter().filter(|known| known.origin == Origin::Oss && known.removed.is_none());
        let near = candidates.filter(|known| known.name.len().abs_diff(name.len()) <= allowed).filter_map(|known| {
            let distance = strsim::damerau_levenshtein(known.name, &name.to_lowercase());
            let is_elsewhere = context.is_none_or(|context| !known.contexts.contains(context));
            (distance <= allowed && distance * 2 < name.len()).then_some((distance, is_elsewhere, known.name))
        });
        near.min().map(|(.., name)| name)
    }
}

impl Config {
    /// Is a module loaded of which nothing is known?
    pub fn loads_unknown_module(&self) -> bool {
        self.all("load_module").any(|load| {
            let path = Path::new(load.arg(0).unwrap_or_default());
            let module = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let is_known = || directives::all().iter().any(|known| known.module == module);
            !OTHER_MODULES.contains(&module) && !is_known()
        })
    }

    /// Is this a configuration of NGINX Plus? One directive of it may have been copied from its manual, two were not.
    pub fn is_plus(&self, release: Version) -> bool {
        let is_plus = |directive: &Directive<'_>| {
            let definitions = directive.definitions(release);
            !definitions.is_empty() && definitions.iter().all(|definition| definition.origin == Origin::Plus)
        };
        let mut names: Vec<&str> = self.directives().filter(is_plus).map(Directive::name).collect();
        names.sort_unstable();
        names.dedup();
        names.len() > 1
    }
}
