//! By which of nginx's definitions a directive is read.

use super::Directive;
use crate::nginx::context::{Context, ContextSet};
use crate::nginx::directives::{self, Definition};
use crate::nginx::version::Version;
use crate::template;

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
        if name.is_empty() || template::is_symbolic(name) {
            return None;
        }
        let all = directives::lookup(name);
        let current: Vec<_> = all.iter().filter(|definition| definition.is_known_to(release)).collect();
        let here = |definition: &&&'static Definition| definition.contexts_in(release).contains(context);
        let fitting: Vec<_> = current.iter().filter(here).copied().collect();
        Some(if !fitting.is_empty() {
            Standing::Known(fitting)
        } else if !current.is_empty() {
            let places = current.iter().map(|definition| definition.contexts_in(release));
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

    /// Is it in a place where this name means the directive of nginx's http modules, on one of these levels?
    pub fn is_in(self, contexts: &[Context]) -> bool {
        self.context().is_some_and(|context| contexts.contains(&context))
    }
}
