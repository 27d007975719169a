//! By which of nginx's definitions a directive is read.

use crate::config::Directive;
use crate::nginx::context::{Context, ContextSet};
use crate::nginx::directives::{self, Definition, Origin};
use crate::nginx::version::Version;

/// What nginx knows of a directive in its place.
#[derive(Debug)]
pub enum Standing {
    /// It is read by one of these definitions; more than one, if modules compete for the name.
    Known(Definitions),
    /// It exists, in other places: these.
    Misplaced(ContextSet),
    /// This release does not have it, others do.
    OtherRelease(Vec<&'static Definition>),
    /// Nobody knows it.
    Unknown,
}

/// Since when a release that does not have a directive has it no more.
pub fn removal(definitions: &[&Definition], release: Version) -> Option<Version> {
    definitions.iter().filter_map(|definition| definition.removed).max().filter(|at| *at <= release)
}

/// The definitions of a name that are allowed in one place in one release.
#[derive(Debug, Clone, Copy)]
pub struct Definitions {
    all: &'static [Definition],
    /// The place and the release; without them, nothing is allowed.
    read_in: Option<(Context, Version)>,
}

impl Definitions {
    /// One after the other, the main one first.
    pub fn iter(self) -> impl Iterator<Item = &'static Definition> + Clone {
        let fits = move |definition: &&'static Definition| {
            self.read_in.is_some_and(|(context, release)| {
                definition.is_known_to(release) && definition.contexts_in(release).contains(context)
            })
        };
        self.all.iter().filter(fits)
    }

    /// Are there none?
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }

    /// The main one.
    pub fn first(self) -> Option<&'static Definition> {
        self.iter().next()
    }
}

impl Directive<'_> {
    /// What a release of nginx knows of this directive; none where that cannot be said: an entry of a map, a placeholder,
    /// a directive in a place that is not known.
    pub fn standing(self, release: Version) -> Option<Standing> {
        let context = self.context().filter(|_| self.is_read_as_directive())?;
        let all = self.namesakes();
        let known = |definition: &&'static Definition| definition.is_known_to(release);
        let here = |definition: &&'static Definition| definition.contexts_in(release).contains(context);
        let fitting = Definitions { all, read_in: Some((context, release)) };
        Some(if !fitting.is_empty() {
            Standing::Known(fitting)
        } else if all.iter().any(|definition| here(&definition)) {
            Standing::OtherRelease(all.iter().filter(here).collect())
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
    pub fn definitions(self, release: Version) -> Definitions {
        match self.standing(release) {
            Some(Standing::Known(definitions)) => definitions,
            _ => Definitions { all: &[], read_in: None },
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
