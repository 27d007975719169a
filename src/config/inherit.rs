//! Which directives hold at a level, as nginx merges them.

use super::{Config, Directive};

/// How a level treats the list of the level around it (`add_header_inherit`, since 1.29.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ListMode {
    /// An own line replaces the whole list.
    On,
    /// The outer list never arrives.
    Off,
    /// Own lines come first, then the outer ones.
    Merge,
}

impl Config {
    /// Can nested levels have a directive of this name from those around? None if it stands nowhere.
    fn is_inherited(&self, name: &str) -> Option<bool> {
        self.names.id(name).map(|id| self.names.get(id).is_inherited)
    }
}

impl<'c> Directive<'c> {
    /// The directives of this name that hold at this level. A level with one of its own drops all that it would inherit,
    /// unless `NAME_inherit` says otherwise; what never reaches nested levels holds where it is written only. Each of them
    /// knows by its parent at which level it was written.
    pub fn effective(self, name: &str) -> Vec<Self> {
        let Some(inherits) = self.config().is_inherited(name) else { return Vec::new() };
        let mode_name = list_mode_name(name);
        let mut found: Vec<Self> = Vec::new();
        let mut level = self;
        loop {
            let mode = mode_name.map_or(ListMode::On, |mode| level.list_mode(mode));
            let own_count = found.len();
            found.extend(level.own(name));
            let has_own = found.len() > own_count;
            let goes_on = inherits && mode != ListMode::Off && (mode == ListMode::Merge || !has_own);
            match level.parent() {
                Some(parent) if goes_on => level = parent,
                _ => return found,
            }
        }
    }

    /// The directives of this name that this level would have without lines of its own: those that hold around it.
    pub fn inherited(self, name: &str) -> Vec<Self> {
        self.parent().map(|parent| parent.effective(name)).unwrap_or_default()
    }

    /// The innermost directive of this name that holds at this level.
    pub fn value(self, name: &str) -> Option<Self> {
        let inherits = self.config().is_inherited(name)?;
        let own = self.own(name).next_back();
        own.or_else(|| if inherits { self.ancestors().find_map(|level| level.own(name).next_back()) } else { None })
    }

    /// As [`Directive::value`], for what nested levels inherit; the outer `None` says that something unknown on the way may
    /// set it, too.
    pub fn certain_value(self, name: &str) -> Option<Option<Self>> {
        for level in std::iter::once(self).chain(self.ancestors()) {
            if let Some(own) = level.own(name).next_back() {
                return Some(Some(own));
            }
            if level.is_opaque() {
                return None;
            }
        }
        Some(None)
    }

    /// Do own lines of this name replace what this level would inherit?
    pub fn replaces(self, name: &str) -> bool {
        self.has(name) && list_mode_name(name).is_none_or(|mode| self.list_mode(mode) == ListMode::On)
    }

    /// Does what is in force around this level also hold here?
    pub fn lets_in(self, name: &str) -> bool {
        match list_mode_name(name).map_or(ListMode::On, |mode| self.list_mode(mode)) {
            ListMode::On => !self.has(name),
            ListMode::Off => false,
            ListMode::Merge => true,
        }
    }

    /// The mode is itself inherited, and so is found from inside outwards.
    fn list_mode(self, mode_name: &str) -> ListMode {
        match self.value(mode_name).and_then(|mode| mode.arg(0)) {
            Some("off") => ListMode::Off,
            Some("merge") => ListMode::Merge,
            _ => ListMode::On,
        }
    }

    /// The levels in its body, itself included, that can answer a request: servers, locations and the `if` blocks in them.
    pub fn leaves(self) -> impl Iterator<Item = Self> {
        use crate::nginx::context::Context;
        let answers = |level: &Self| {
            matches!(
                level.inside(),
                Some(Context::Server | Context::Location | Context::IfInLocation | Context::LimitExcept)
            )
        };
        std::iter::once(self).chain(self.descendants()).filter(answers)
    }
}

fn list_mode_name(name: &str) -> Option<&'static str> {
    match name {
        "add_header" => Some("add_header_inherit"),
        "add_trailer" => Some("add_trailer_inherit"),
        _ => None,
    }
}
