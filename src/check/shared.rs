//! What is worked out once for all rules that look at a configuration.

use std::sync::{Arc, OnceLock};

use foldhash::HashMap;

use crate::config::Config;
use crate::config::words::placeholder::Placeholder;
use crate::config::words::taint::Taint;
use crate::project::{Project, Rendering};
use crate::source::SourceId;

/// What rules ask for, made when the first of them asks.
#[derive(Default)]
pub(super) struct Shared<'c> {
    renderings: OnceLock<Arc<[Rendered<'c>]>>,
    taint: OnceLock<Arc<Taint<'c>>>,
}

impl<'c> Shared<'c> {
    pub(super) fn renderings(&self, config: &'c Config, project: &'c Project) -> Arc<[Rendered<'c>]> {
        Arc::clone(self.renderings.get_or_init(|| renderings(config, project)))
    }

    pub(super) fn taint(&self, config: &'c Config) -> Arc<Taint<'c>> {
        Arc::clone(self.taint.get_or_init(|| Arc::new(Taint::new(config))))
    }
}

/// A text of a configuration that a renderer may fill in.
pub struct Rendered<'c> {
    /// The text.
    pub source: SourceId,
    /// How it is rendered, if the project tells.
    pub rendering: Option<Rendering<'c>>,
    /// The names in its words, in order; of a text of which nothing is known, those of lines with names in capital letters.
    pub placeholders: Vec<Placeholder<'c>>,
}

fn renderings<'c>(config: &'c Config, project: &'c Project) -> Arc<[Rendered<'c>]> {
    let library = config.library();
    let of_envsubst =
        config.sources().iter().copied().filter(|source| {
            library.language(*source).is_none() && library.sources().get(*source).bytes().contains(&b'$')
        });
    let mut renderings: HashMap<SourceId, _> =
        of_envsubst.clone().map(|source| (source, project.deployment.rendering_of(library.identity(source)))).collect();
    let mut placeholders = config.placeholders(|source| renderings.get(&source).is_some_and(Option::is_some));
    let rendered = of_envsubst.map(|source| Rendered {
        source,
        rendering: renderings.remove(&source).flatten(),
        placeholders: placeholders.remove(&source).unwrap_or_default(),
    });
    rendered.collect()
}
