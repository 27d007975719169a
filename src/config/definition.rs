//! By which of nginx's definitions a directive is read.

use super::Directive;
use crate::nginx::context::{Context, ContextSet};
use crate::nginx::directives::{self, Definition, Origin};
use crate::nginx::version::Version;
use crate::syntax::Terminator;

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
        if self.is_nameless() || self.terminator() == Terminator::Placeholder || self.name_is_open() {
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

    /// Does it stand in one of these blocks?
    pub fn is_in(self, contexts: &[Context]) -> bool {
        self.context().is_some_and(|context| contexts.contains(&context))
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
