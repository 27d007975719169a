//! The groups of a regular expression: what stands in front of them, and which texts get into them.

use regex_syntax::ParserBuilder;
use regex_syntax::ast::{Ast, parse::Parser};
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::config::http::location::Location;
use crate::source::Span;

/// An optional or repeated part is written out this often at most.
const MAX_REPEAT: u32 = 16;

/// One group of the regex of a location.
#[derive(Debug, Clone)]
pub struct Group {
    number: usize,
    /// Does the expression demand a slash directly in front of it?
    pub is_behind_slash: bool,
    /// Its place in the configuration, parentheses included; none if the text is escaped there.
    pub span: Option<Span>,
    around: Around,
}

/// Texts that the parts of an expression match.
#[derive(Debug, Clone, Default)]
struct Around {
    before: String,
    inside: String,
    behind: String,
    /// The character that is certain to stand in front of the group; none where that is open.
    certain: Option<char>,
    /// Is the group at the start of the part that was looked at?
    is_first: bool,
}

impl Location<'_> {
    /// The group that `$1` or `$name` stands for; none if there is no such group, or if the expression is not understood.
    pub fn group(&self, name: &str) -> Option<Group> {
        let pattern = self.regex()?;
        let named = || pattern.group_names().into_iter().find(|(_, known)| known == name).map(|(number, _)| number);
        let number = name.parse().ok().or_else(named).filter(|number| *number > 0)?;
        let hir = ParserBuilder::new().utf8(false).build().parse(self.pattern).ok()?;
        let around = find(&hir, number)?;
        let whole = self.pattern_span();
        let is_verbatim = (whole.end - whole.start) as usize == self.pattern.len();
        let place = Parser::new().parse(self.pattern).ok().and_then(|ast| place(&ast, number)).filter(|_| is_verbatim);
        let span =
            place.map(|(start, end)| Span::new(whole.source, whole.start + start as u32, whole.start + end as u32));
        Some(Group { number, is_behind_slash: around.certain == Some('/'), span, around })
    }
}

impl Group {
    /// A path that nginx would bring to the location and that makes the group begin with this text; none if none is known.
    pub fn path_with(&self, location: &Location<'_>, start: &str) -> Option<String> {
        let Around { before, inside, behind, .. } = &self.around;
        let slash = if before.starts_with('/') { "" } else { "/" };
        let path = format!("{slash}{before}{start}{inside}{behind}");
        // nginx merges slashes and resolves dots before it chooses a location.
        let is_normal = !path.contains("//") && !path.split('/').any(|part| matches!(part, "." | ".."));
        let groups = if is_normal { location.regex()?.captures(&path)?? } else { return None };
        groups.get(self.number)?.starts_with(start).then_some(path)
    }
}

/// What stands around the group with this number.
fn find(hir: &Hir, number: usize) -> Option<Around> {
    match hir.kind() {
        HirKind::Capture(group) if group.index as usize == number => {
            Some(Around { inside: sample(&group.sub), is_first: true, ..Around::default() })
        }
        HirKind::Capture(group) => find(&group.sub, number),
        HirKind::Repetition(repetition) => find(&repetition.sub, number),
        HirKind::Alternation(branches) => branches.iter().find_map(|branch| find(branch, number)),
        HirKind::Concat(parts) => {
            let (at, mut around) = parts.iter().enumerate().find_map(|(at, part)| Some((at, find(part, number)?)))?;
            let text = |parts: &[Hir]| parts.iter().map(sample).collect::<String>();
            let in_front = parts[..at].iter().rev().find(|part| !matches!(part.kind(), HirKind::Look(_)));
            if let Some(part) = in_front.filter(|_| around.is_first) {
                around.certain = certain_last(part);
                around.is_first = false;
            }
            around.before.insert_str(0, &text(&parts[..at]));
            around.behind.push_str(&text(&parts[at + 1..]));
            Some(around)
        }
        _ => None,
    }
}

/// A text that the expression matches, as short as can be.
fn sample(hir: &Hir) -> String {
    match hir.kind() {
        HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).into_owned(),
        HirKind::Class(class) => letter(class).to_string(),
        HirKind::Repetition(repetition) => sample(&repetition.sub).repeat(repetition.min.min(MAX_REPEAT) as usize),
        HirKind::Capture(group) => sample(&group.sub),
        HirKind::Concat(parts) => parts.iter().map(sample).collect(),
        HirKind::Alternation(branches) => branches.first().map(sample).unwrap_or_default(),
        HirKind::Empty | HirKind::Look(_) => String::new(),
    }
}

/// A member of the class, a harmless one if it has any.
fn letter(class: &Class) -> char {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
    };
    let is_in = |wanted: &char| ranges.iter().any(|(first, last)| (first..=last).contains(&wanted));
    let first = ranges.first().map_or('a', |(first, _)| *first);
    ['a', 'e', 'A', '0', '1', '_', '-'].into_iter().find(is_in).unwrap_or(first)
}

/// The character that every match ends with; none if it may be another, or if the match may be empty.
fn certain_last(hir: &Hir) -> Option<char> {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.last().map(|byte| char::from(*byte)),
        HirKind::Capture(group) => certain_last(&group.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => certain_last(&repetition.sub),
        HirKind::Concat(parts) => certain_last(parts.last()?),
        HirKind::Alternation(branches) => {
            let last = certain_last(branches.first()?);
            last.filter(|_| branches.iter().all(|branch| certain_last(branch) == last))
        }
        _ => None,
    }
}

/// Where the group with this number stands in the text of the expression.
fn place(ast: &Ast, number: usize) -> Option<(usize, usize)> {
    match ast {
        Ast::Group(group) if group.capture_index().is_some_and(|index| index as usize == number) => {
            Some((group.span.start.offset, group.span.end.offset))
        }
        Ast::Group(group) => place(&group.ast, number),
        Ast::Repetition(repetition) => place(&repetition.ast, number),
        Ast::Alternation(alternation) => alternation.asts.iter().find_map(|ast| place(ast, number)),
        Ast::Concat(concat) => concat.asts.iter().find_map(|ast| place(ast, number)),
        _ => None,
    }
}

impl Location<'_> {
    /// Does its regex, in front of what it leaves open, demand nothing but fixed text: `^/static/`, without groups?
    pub fn is_open_prefix_regex(&self) -> bool {
        let text = self.pattern;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_');
        self.is_regex() && text.strip_prefix('^').is_some_and(|rest| rest.ends_with('/') && rest.chars().all(plain))
    }

    /// Can paths that do not end in a slash match its regex? True if that is not known.
    pub fn takes_names(&self) -> bool {
        let demands_slash = ["/$", "/?$", "/*$", "/)$", "/?)$"].iter().any(|end| self.pattern.ends_with(end));
        self.is_regex() && !demands_slash
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::testing::read;

    fn climbs(regex: &str) -> (Option<String>, bool) {
        let config = read(&format!("server {{ location ~ \"{regex}\" {{ }} }}"));
        let location = config.all("location").next().and_then(Location::new).expect("there is a location");
        let group = location.group("1").expect("there is a group");
        (group.path_with(&location, "../"), group.is_behind_slash)
    }

    #[test]
    fn a_group_climbs_if_it_may_begin_with_dots_behind_a_name() {
        let path = |text: &str| Some(text.to_owned());
        assert_eq!(climbs("^/static(.*)$"), (path("/static../"), false));
        assert_eq!(climbs("^/(?:en|de)/x(.+)"), (path("/en/x../a"), false));
        assert_eq!(climbs("^/x(.*\\.css)$"), (path("/x../.css"), false));
        assert_eq!(climbs("^/static/(.*)$"), (None, true));
        assert_eq!(climbs("^/static(/.*)$"), (None, false));
        assert_eq!(climbs("^/u([0-9]+)$"), (None, false));
        assert_eq!(climbs("^/~(.+?)(/.*)?$"), (None, false));
        assert_eq!(climbs("static(?<path>.*)$"), (path("/static../"), false));
    }
}
