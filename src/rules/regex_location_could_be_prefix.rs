use crate::check::{Check, Rule};
use crate::config::http::location::{Location, Modifier};
use crate::diagnostic::{Edit, Safety, shorten};
use crate::pcre::{Anchor, Kind, Pattern};

pub(super) const RULE: Rule = Rule {
    id: "regex-location-could-be-prefix",
    page: include_str!("../../rules/regex-location-could-be-prefix.md"),
    check,
};

fn check(check: &mut Check<'_>) {
    for location in check.config.all("location").filter_map(Location::new) {
        let Some(plain) = plain_form(&location) else { continue };
        let message = format!("an expression without need: `{}` says the same", shorten(&plain, 40));
        let words = location.directive.arg_span(0).zip(location.directive.arg_span(location.pattern_arg));
        let found = check.report_at(location.directive, location.pattern_span(), message);
        found.help("it is found faster then, and wins over all expressions");
        if let Some((first, last)) = words {
            found.fix(format!("write `{plain}`"), Safety::Unsafe, vec![Edit::replace(first.to(last), plain)]);
        }
    }
}

/// The location without an expression, if it can be written so.
fn plain_form(location: &Location<'_>) -> Option<String> {
    let directive = location.directive;
    if location.modifier != (Modifier::Regex { caseless: false }) || directive.arg_is_open(location.pattern_arg) {
        return None;
    }
    // Below an expression, an alias replaces the whole path.
    let (path, is_exact) = literal_path(location.regex()?.parsed().ok()?)?;
    if directive.has("alias") || directive.is_opaque() {
        return None;
    }
    let fits_outer = location.outer().is_none_or(|outer| !outer.is_prefix() || path.starts_with(outer.pattern));
    let same = |other: Location<'_>| other.modifier == Modifier::Exact && other.pattern == path;
    let is_free = match is_exact {
        true => !directive.has("location") && !directive.parent()?.locations().any(same),
        false => location.can_become(&path),
    };
    (fits_outer && is_free).then(|| format!("{} {path}", if is_exact { "=" } else { "^~" }))
}

/// The path that an expression writes out, and whether it ends there.
fn literal_path(pattern: &Pattern) -> Option<(String, bool)> {
    let [branch] = pattern.branches.as_slice() else { return None };
    let (first, rest) = branch.split_first()?;
    let (is_exact, rest) = match rest.split_last() {
        Some((last, rest)) if last.kind == Kind::Anchor(Anchor::Dollar) => (true, rest),
        _ => (false, rest),
    };
    let letter = |kind: &Kind| match kind {
        Kind::Literal(code) => u8::try_from(*code).ok().map(char::from),
        _ => None,
    };
    let path: String = rest.iter().map(|node| letter(&node.kind)).collect::<Option<_>>()?;
    let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "/-._~@+,:".contains(c));
    (first.kind == Kind::Anchor(Anchor::Caret) && path.starts_with('/') && is_plain).then_some((path, is_exact))
}
