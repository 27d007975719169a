//! Patterns of directives in which nginx has mishandled the groups of expressions, release by release.

use crate::config::http::location::{Location, Modifier};
use crate::config::words::regexes::{Regex, of_condition, of_rewrite};
use crate::config::{Config, Directive};
use crate::nginx::condition::{self, Condition};
use crate::nginx::evaluated::is_return_url;
use crate::nginx::script::{self, Compiler, Use};
use crate::nginx::version::Version;
use crate::pcre::automaton::{Automaton, Search, text_in};
use crate::pcre::{self, GroupKind, Kind, Pattern};
use crate::source::Span;

/// What becomes longer when nginx writes it into the query of an address.
const ESCAPED: &str = "[\\x00-\\x20#%&+?\\x7f-\\xff]";
/// What asks with a group of the location, and the directive that makes it ask again from a subrequest.
const ASKING: &[(&str, &str)] = &[
    ("fastcgi_cache_key", "fastcgi"),
    ("fastcgi_param", "fastcgi"),
    ("proxy_cache_key", "proxy"),
    ("proxy_pass", "proxy"),
    ("proxy_set_header", "proxy"),
    ("scgi_cache_key", "scgi"),
    ("uwsgi_cache_key", "uwsgi"),
];

/// A place that an affected release of nginx mishandles.
#[derive(Debug)]
pub struct CaptureFlaw<'c> {
    /// The name of the vulnerability.
    pub name: &'static str,
    /// The line.
    pub line: Directive<'c>,
    /// The part of it that counts.
    pub span: Span,
    /// What is wrong, in a few words.
    pub what: String,
    /// Another line that it takes, and its part.
    pub with: Option<(Directive<'c>, &'static str)>,
    /// The places and texts that give the group a name and use it; none if that is not enough, or not certain.
    pub naming: Vec<(Span, String)>,
}

impl CaptureFlaw<'_> {
    /// What else than another release helps.
    pub fn way_out(&self) -> &'static str {
        match self.name {
            "CVE-2026-9256" => "write one of the two groups alone",
            "CVE-2026-27654" => "use `root` instead",
            _ => "name the group and use its name",
        }
    }
}

impl Config {
    /// All such places.
    pub fn capture_flaws(&self) -> Vec<CaptureFlaw<'_>> {
        let levels = ["server", "location"].into_iter().flat_map(|name| self.all(name));
        let mut found: Vec<CaptureFlaw<'_>> = levels.filter_map(behind_arguments).collect();
        found.extend(self.all("rewrite").filter_map(overlapping));
        let version = Version::NEWEST;
        let with_group = |line: Directive<'_>| line.has_dollar() && line.args().any(has_number);
        found.extend(self.directives_worded(with_group).filter_map(|line| in_front_of_map(line, version)));
        let asking = ASKING.iter().flat_map(|(name, family)| self.all(name).map(move |line| (line, *family)));
        found.extend(asking.filter_map(|(line, family)| in_subrequest(line, family)));
        found.extend(self.all("alias").filter_map(copied_below_alias));
        found
    }
}

fn has_number(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| pair[0] == b'$' && (pair[1] == b'{' || pair[1].is_ascii_digit()))
}

fn numbers(text: &str) -> impl Iterator<Item = (Use<'_>, u32)> {
    let groups = script::scan(text, Compiler::Text).uses.into_iter().filter(|used| used.is_capture);
    groups.filter_map(|used| Some((used, used.name.parse().ok()?)))
}

/// A `rewrite` with arguments that goes on, and a line behind it that writes a group: the group was counted as it is, and
/// then written encoded.
fn behind_arguments(level: Directive<'_>) -> Option<CaptureFlaw<'_>> {
    if !level.has("rewrite") && !level.own("if").any(|block| block.has("rewrite")) || level.is_opaque() {
        return None;
    }
    let inside = |line| if Directive::is(line, "if") { line.children().collect() } else { Vec::new() };
    let lines = level.children().flat_map(|line| std::iter::once(line).chain(inside(line)));
    let mut open: Option<Directive<'_>> = None;
    let mut regexes: Vec<Regex<'_>> = Vec::new();
    for line in lines {
        if let Some(rewrite) = open
            && let Some((argument, used)) = written_group(line, &regexes)
        {
            let text = line.arg(argument).unwrap_or_default();
            let span = line.arg_part_span(argument, used.start, used.end)?;
            let what = format!("`{}` behind a `rewrite` with `?`", &text[used.start..used.end]);
            let naming = naming(line, span, &regexes, used).unwrap_or_default();
            let with = Some((rewrite, "sets arguments, and goes on"));
            return Some(CaptureFlaw { name: "CVE-2026-42945", line, span, what, with, naming });
        }
        match line.name() {
            "return" | "break" if open.is_some_and(|rewrite| rewrite.parent() == line.parent()) => open = None,
            "rewrite" => {
                if open.is_none() && goes_on_with_arguments(line) {
                    open = Some(line);
                    regexes.clear();
                }
                regexes.extend(of_rewrite(line));
            }
            _ => regexes.extend(of_condition(line)),
        }
    }
    None
}

/// Does it set arguments and let the lines behind it run?
fn goes_on_with_arguments(rewrite: Directive<'_>) -> bool {
    let target = rewrite.arg(1).unwrap_or_default();
    // At the end, the mark only drops the arguments that there are.
    let target = target.strip_suffix('?').unwrap_or(target);
    rewrite.args().len() == 2 && target.contains('?') && !is_return_url(target)
}

/// The argument and the group in it that a line writes and that can grow.
fn written_group<'c>(line: Directive<'c>, regexes: &[Regex<'c>]) -> Option<(usize, Use<'c>)> {
    let (argument, sources) = match line.name() {
        "set" => (1, regexes.to_vec()),
        "if" => {
            let args: Vec<&str> = line.args().collect();
            let part = match condition::parse(&args) {
                Ok(Condition::Equals(_, part) | Condition::File(part)) => part,
                _ => return None,
            };
            (part.argument, regexes.to_vec())
        }
        "rewrite" if is_measured_exactly(line) && !is_redirect(line) => (1, of_rewrite(line).into_iter().collect()),
        _ => return None,
    };
    let text = line.arg(argument)?;
    let end = if line.is("rewrite") { text.find('?').unwrap_or(text.len()) } else { text.len() };
    let grows = |number| sources.iter().any(|regex| can_grow(regex, number));
    numbers(text).find(|(used, number)| used.start < end && grows(*number)).map(|(used, _)| (argument, used))
}

/// Where a `set` uses a group of the only expression that can be meant: the name for the group, and its use.
fn naming(set: Directive<'_>, place: Span, regexes: &[Regex<'_>], used: Use<'_>) -> Option<Vec<(Span, String)>> {
    let ([regex], true) = (regexes, set.is("set")) else { return None };
    let pattern = regex.understood()?;
    let pattern = pattern.parsed().ok()?;
    let number: u32 = used.name.parse().ok()?;
    let group = pattern.groups.iter().find(|group| group.number == number)?;
    let config = set.config();
    let name = group.name.clone().unwrap_or_else(|| format!("part{number}"));
    let mut edits = vec![(place, format!("${{{name}}}"))];
    if group.name.is_none() {
        let opening = regex.part(group.opened, group.opened);
        let is_taken =
            config.defines_variable(&name) || config.regexes().any(|other| other.text.contains(&format!("<{name}>")));
        if is_taken || opening.start != opening.end {
            return None;
        }
        edits.push((opening, format!("?<{name}>")));
    }
    Some(edits)
}

fn is_redirect(rewrite: Directive<'_>) -> bool {
    let is_flagged = matches!(rewrite.arg(2), Some("redirect" | "permanent"));
    is_flagged || rewrite.arg(1).is_some_and(is_return_url)
}

/// Does nginx add up the length of the new address piece by piece? Without variables and repeated groups it takes a guess.
fn is_measured_exactly(rewrite: Directive<'_>) -> bool {
    let target = rewrite.arg(1).unwrap_or_default();
    let mut seen: Vec<u32> = numbers(target).map(|(_, number)| number).collect();
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    seen.len() < count || script::scan(target, Compiler::Text).uses.iter().any(|used| !used.is_capture)
}

/// Can the group hold what is written in a longer way in arguments?
fn can_grow(regex: &Regex<'_>, number: u32) -> bool {
    let wanted = pcre::parse(ESCAPED, false).ok().and_then(|wanted| Automaton::new(&wanted).ok());
    let group = regex.understood().and_then(|it| Automaton::of_group(it.parsed().ok()?, number)?.ok());
    wanted.zip(group).is_some_and(|(wanted, group)| text_in(&[&group, &wanted], &[]) != Search::Nothing)
}

/// Two groups of a `rewrite`, one in the other, that are both written encoded: the guess about the length counts what is
/// encoded once.
fn overlapping(rewrite: Directive<'_>) -> Option<CaptureFlaw<'_>> {
    let target = rewrite.arg(1)?;
    let regex = of_rewrite(rewrite).filter(|regex| !regex.is_template())?;
    if is_measured_exactly(rewrite) || rewrite.arg_is_open(1) {
        return None;
    }
    let arguments = target.find('?').filter(|at| at + 1 < target.len()).unwrap_or(target.len());
    let start = if is_redirect(rewrite) { 0 } else { arguments };
    let written: Vec<(Use<'_>, u32)> = numbers(target).filter(|(used, _)| used.start >= start).collect();
    let pattern = regex.understood()?;
    let (outer, inner) = nested_groups(pattern.parsed().ok()?).into_iter().find(|(outer, inner)| {
        let is_written = |number: &u32| written.iter().any(|(_, other)| other == number);
        is_written(outer) && is_written(inner) && can_grow(&regex, *inner)
    })?;
    let what = format!("`${outer}` contains `${inner}`, and both are written");
    let first = written.first()?.0.start;
    let span = rewrite.arg_part_span(1, first, written.last()?.0.end)?;
    Some(CaptureFlaw { name: "CVE-2026-9256", line: rewrite, span, what, with: None, naming: Vec::new() })
}

/// The numbers of groups that stand in each other, the outer one first.
fn nested_groups(pattern: &Pattern) -> Vec<(u32, u32)> {
    let mut groups: Vec<(u32, usize, usize)> = Vec::new();
    pattern.visit(&mut |node| {
        if let Kind::Group(GroupKind::Capture { number, .. }, _) = &node.kind {
            groups.push((*number, node.start, node.end));
        }
    });
    let inner = |outer: &(u32, usize, usize)| {
        let (number, start, end) = *outer;
        groups
            .clone()
            .into_iter()
            .filter(move |inner| start < inner.1 && inner.2 <= end)
            .map(move |inner| (number, inner.0))
    };
    groups.iter().flat_map(inner).collect()
}

/// A group in front of a variable whose map tries expressions with groups of their own: the length is that of the old
/// group, the text that of the new one.
fn in_front_of_map(line: Directive<'_>, release: Version) -> Option<CaptureFlaw<'_>> {
    let (config, family) = (line.config(), line.family()?);
    let replaces = |map: Directive<'_>| {
        let has_group = |regex: Regex<'_>| regex.pattern().parsed().is_ok_and(|pattern| pattern.group_count > 0);
        map.is("map") && map.family() == Some(family) && map.regex_keys().any(has_group)
    };
    line.evaluated(release).into_iter().filter(|text| text.compiler == Compiler::Text).find_map(|text| {
        let first = text.script.uses.iter().position(|used| used.is_capture)?;
        let behind = text.script.uses[first..].iter().filter(|used| !used.is_capture);
        let (used, map) = behind.into_iter().find_map(|used| {
            let name = used.name.to_ascii_lowercase();
            let map = config.origins(&name).find(|map| replaces(*map))?;
            (!is_looked_up_before(line, &name)).then_some((used, map))
        })?;
        let group = &text.script.uses[first];
        let what = format!("`${}` stands in front of `${}`, whose map changes it", group.name, used.name);
        let span = line.arg_part_span(text.argument, text.start + group.start, text.start + used.end)?;
        Some(CaptureFlaw {
            name: "CVE-2026-42533",
            line,
            span,
            what,
            with: Some((map, "tries expressions with groups")),
            naming: Vec::new(),
        })
    })
}

/// Has the rewrite phase asked for the variable, so that its value is there?
fn is_looked_up_before(line: Directive<'_>, name: &str) -> bool {
    let uses = |before: Directive<'_>| {
        let is_it = |word: &str| {
            script::scan(word, Compiler::Text).uses.iter().any(|used| used.name.eq_ignore_ascii_case(name))
        };
        before != line && before.args().any(is_it)
    };
    line.ancestors().any(|level| ["set", "if"].into_iter().any(|kind| level.own(kind).take(100).any(uses)))
}

/// A group that is asked for in a subrequest, for a slice or to renew the cache.
fn in_subrequest<'c>(line: Directive<'c>, family: &str) -> Option<CaptureFlaw<'c>> {
    let level = line.parent().filter(|_| line.has_dollar() && line.args().any(has_number))?;
    let (argument, used) = line.args().enumerate().find_map(|(at, text)| Some((at, numbers(text).next()?.0)))?;
    level.ancestors().chain([level]).filter_map(Location::new).find(Location::is_regex)?;
    let is_on = |setting: &Directive<'_>| !matches!(setting.arg(0), Some("off" | "0"));
    level.value(&format!("{family}_cache")).filter(is_on)?;
    let renews = || level.value(&format!("{family}_cache_background_update")).filter(is_on);
    let cause = level.value("slice").filter(is_on).or_else(renews)?;
    let span = line.arg_part_span(argument, used.start, used.end)?;
    let what = format!("`${}` is used by subrequests, too", used.name);
    Some(CaptureFlaw {
        name: "CVE-2026-60005",
        line,
        span,
        what,
        with: Some((cause, "makes subrequests")),
        naming: Vec::new(),
    })
}

/// Methods that copy and move, below a prefix whose paths are replaced.
fn copied_below_alias(alias: Directive<'_>) -> Option<CaptureFlaw<'_>> {
    let level = alias.parent()?;
    Location::new(level).filter(|location| !matches!(location.modifier, Modifier::Regex { .. }))?;
    let methods = level.value("dav_methods")?;
    let method = methods.args().find(|method| matches!(method.to_ascii_uppercase().as_str(), "COPY" | "MOVE"))?;
    let what = format!("{method} below an `alias`");
    let with = Some((methods, "allowed here"));
    Some(CaptureFlaw { name: "CVE-2026-27654", line: alias, span: alias.head(), what, with, naming: Vec::new() })
}
