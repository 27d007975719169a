//! What a Content-Security-Policy lets through that it is there to stop.

/// Sources that let scripts in from anywhere, or let text become code.
const WEAK: &[&str] = &["'unsafe-eval'", "*", "data:"];

/// What is weak about a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weakness<'v> {
    /// The directive that decides about scripts has such a source.
    Source {
        /// `script-src`, or `default-src` without one.
        directive: &'v str,
        /// As written.
        source: &'v str,
    },
    /// Kinds of content that it does not name may come from anywhere: it has no `default-src`.
    NoDefault,
}

/// The weaknesses of a value; none are seen where several policies stand in one, because all of them hold. What the parts
/// that are filled in later may say counts in favour of the policy.
pub fn weaknesses(value: &str) -> Vec<Weakness<'_>> {
    if value.contains(',') {
        return Vec::new();
    }
    let is_complete = !value.contains(['$', '{', '<', '@']);
    let directives: Vec<(&str, Vec<&str>)> = value
        .split(';')
        .filter_map(|directive| {
            let mut words = directive.split_whitespace();
            Some((words.next()?, words.collect()))
        })
        .collect();
    let named = |name: &str| directives.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
    let mut found = Vec::new();
    if let Some((directive, sources)) = named("script-src").or_else(|| named("default-src")) {
        // Where scripts are loaded from, a list of its own decides; `'unsafe-eval'` stays with this one.
        let is_strict = !is_complete
            || named("script-src-elem").is_some()
            || sources.iter().any(|source| source.eq_ignore_ascii_case("'strict-dynamic'"));
        let is_weak = |source: &&&str| {
            let weak = WEAK.iter().find(|weak| source.eq_ignore_ascii_case(weak));
            weak.is_some_and(|weak| *weak == "'unsafe-eval'" || !is_strict)
        };
        found.extend(sources.iter().filter(is_weak).map(|source| Weakness::Source { directive, source }));
    }
    let limits_content = directives.iter().any(|(name, _)| name.to_ascii_lowercase().ends_with("-src"));
    if is_complete && limits_content && named("default-src").is_none() {
        found.push(Weakness::NoDefault);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Weakness, weaknesses};

    #[test]
    fn scripts_are_what_counts() {
        let weak = |directive, source| vec![Weakness::Source { directive, source }];
        assert_eq!(weaknesses("default-src *; script-src 'self' data:"), weak("script-src", "data:"));
        assert_eq!(weaknesses("default-src 'self' *; img-src *"), weak("default-src", "*"));
        assert_eq!(weaknesses("default-src $all; script-src 'unsafe-eval' *"), weak("script-src", "'unsafe-eval'"));
        assert_eq!(weaknesses("img-src *"), [Weakness::NoDefault]);
        for fine in [
            "frame-ancestors 'self'; upgrade-insecure-requests",
            "default-src 'none'; script-src 'strict-dynamic' 'nonce-x' *; object-src 'none'",
            "default-src 'self'; img-src data: *",
            "script-src *, script-src 'self'",
            "default-src 'self'; script-src *; script-src-elem 'self'",
            "",
        ] {
            assert_eq!(weaknesses(fine), [], "{fine}");
        }
    }
}
