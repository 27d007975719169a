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
        let around = || self.ancestors().find_map(|level| level.own(name).next_back());
        let inherits = |_: &Self| self.config().is_inherited(name) == Some(true);
        self.own(name).next_back().or_else(|| around().filter(inherits))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::testing::{read, read_main};

    const LEVELS: &str = "
        add_header A outer; add_header B outer; root /outer; gzip on; gzip off; add_trailer I outer;
        server {
            return 404;
            location /none { }
            location /own { add_header C own; root /own; proxy_pass http://a; if ($b) { } limit_except GET { } }
            location /merged { add_header_inherit merge; add_header D own; location /below { add_header E below; } }
            location /off { add_header_inherit off; add_trailer F own; }
            location /trailers { add_trailer_inherit merge; add_trailer H own; }
            location /on { add_header_inherit on; add_header G own; }
        }
        upstream u { }
    ";

    /// What a question gives at the location of this name, as the first arguments of what is found.
    fn at<T>(name: &str, ask: impl Fn(Directive<'_>) -> T) -> T {
        let config = read(LEVELS);
        let found = config.directives().find(|line| line.is("location") && line.arg(0) == Some(name));
        ask(found.expect("a location"))
    }

    fn first_arguments(found: Vec<Directive<'_>>) -> String {
        found.into_iter().filter_map(|line| line.arg(0)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn lists_are_replaced_as_a_whole_or_merged() {
        let effective = |place: &str, name: &str| at(place, |level| first_arguments(level.effective(name)));
        assert_eq!(effective("/none", "add_header"), "A B");
        assert_eq!(effective("/own", "add_header"), "C");
        assert_eq!(effective("/merged", "add_header"), "D A B");
        assert_eq!(effective("/below", "add_header"), "E D A B");
        assert_eq!(effective("/off", "add_header"), "");
        assert_eq!(effective("/off", "add_trailer"), "F");
        assert_eq!(effective("/trailers", "add_trailer"), "H I");
        assert_eq!(effective("/on", "add_header"), "G");
        assert_eq!(effective("/own", "gzip"), "on off");
        // What never reaches nested levels.
        assert_eq!(effective("/none", "return"), "");
        assert_eq!(effective("/own", "proxy_pass"), "http://a");
        let inherited = |place: &str| at(place, |level| first_arguments(level.inherited("add_header")));
        assert_eq!((inherited("/own").as_str(), inherited("/below").as_str()), ("A B", "D A B"));
        assert_eq!(first_arguments(read(LEVELS).root().inherited("add_header")), "");
    }

    #[test]
    fn values_come_from_the_innermost_level_that_has_one() {
        let value = |place: &str, name: &str| {
            at(place, |level| level.value(name).and_then(|line| line.arg(0)).map(str::to_owned))
        };
        assert_eq!(value("/own", "root").as_deref(), Some("/own"));
        assert_eq!(value("/none", "root").as_deref(), Some("/outer"));
        assert_eq!(value("/none", "gzip").as_deref(), Some("off"));
        assert_eq!(value("/none", "return"), None);
        assert_eq!(value("/own", "proxy_pass").as_deref(), Some("http://a"));
        assert_eq!(value("/none", "index"), None);
    }

    #[test]
    fn a_value_is_certain_where_nothing_unknown_is_on_the_way() {
        let certain = |text: &str| {
            let config = read_main(text);
            let level = config.directives().find(|line| line.is("location")).expect("a location");
            level.certain_value("root").map(|value| value.and_then(|line| line.arg(0)).map(str::to_owned))
        };
        let around =
            |inner: &str, outer: &str| format!("http {{ root /http; server {{ {outer} location / {{ {inner} }} }} }}");
        assert_eq!(certain(&around("", "")), Some(Some("/http".to_owned())));
        assert_eq!(certain(&around("root /own; include /unknown/*;", "")), Some(Some("/own".to_owned())));
        assert_eq!(certain(&around("include /unknown/*;", "root /server;")), None);
        assert_eq!(certain(&around("", "include /unknown/*;")), None);
        assert_eq!(certain("http { server { location / { } } }"), Some(None));
    }

    #[test]
    fn own_lines_replace_or_let_in() {
        let both = |place: &str, name: &str| at(place, |level| (level.replaces(name), level.lets_in(name)));
        assert_eq!(both("/none", "add_header"), (false, true));
        assert_eq!(both("/own", "add_header"), (true, false));
        assert_eq!(both("/merged", "add_header"), (false, true));
        assert_eq!(both("/off", "add_header"), (false, false));
        assert_eq!(both("/on", "add_header"), (true, false));
        assert_eq!(both("/off", "add_trailer"), (true, false));
        assert_eq!(both("/own", "root"), (true, false));
        assert_eq!(both("/none", "root"), (false, true));
    }

    #[test]
    fn leaves_answer_requests() {
        let config = read(LEVELS);
        let names: Vec<&str> = config.root().leaves().map(|level| level.name()).collect();
        let expected = ["server", "location", "location", "if", "limit_except"];
        assert_eq!(names[..5], expected);
        assert_eq!(names[5..], ["location"; 5]);
        let own = at("/own", |level| level.leaves().map(|level| level.name().to_owned()).collect::<Vec<_>>());
        assert_eq!(own, ["location", "if", "limit_except"]);
    }
}
