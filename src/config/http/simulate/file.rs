//! Which file a path stands for.

use crate::config::Directive;
use crate::config::http::location::Location;
use crate::template::is_symbolic;

/// The `root` or `alias` that holds at a level: the innermost of either.
pub fn file_mapping(level: Directive<'_>) -> Option<Directive<'_>> {
    let own = |level: Directive<'_>| {
        let mapping = ["alias", "root"].iter().find_map(|name| level.own(name).next_back());
        mapping.map(Directive::order)
    };
    let order = std::iter::once(level).chain(level.ancestors()).find_map(own)?;
    Some(Directive::new(level.config(), order))
}

/// The file that a mapping makes of a path; none if it depends on variables. `root` appends the path; `alias` puts itself in
/// the place of the location's prefix, and in a regex location it is the whole path.
pub fn mapped_file(mapping: Option<Directive<'_>>, path: &str) -> Option<String> {
    symbolic_file(mapping, path).filter(|file| !is_symbolic(file))
}

/// Like [`mapped_file`], with variables and placeholders left in.
pub(in crate::config) fn symbolic_file(mapping: Option<Directive<'_>>, path: &str) -> Option<String> {
    let Some(mapping) = mapping else { return Some(format!("html{path}")) };
    let target = mapping.arg(0)?;
    if mapping.is("root") {
        return Some(format!("{}{path}", target.trim_end_matches('/')));
    }
    let level = mapping.parent()?;
    // An `if` in a location shares the location's prefix.
    let location = Location::new(level).or_else(|| level.parent().and_then(Location::new))?;
    match location.is_regex() {
        true => Some(target.to_owned()),
        false => path.strip_prefix(location.pattern).map(|rest| format!("{target}{rest}")),
    }
}
