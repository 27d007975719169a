//! Comments that would silence findings, as edits.

use std::collections::{BTreeMap, BTreeSet};

use super::{Comments, Reach, begins_line, end_of_line, part_of};
use crate::config::Library;
use crate::diagnostic::{Diagnostic, Edit};
use crate::source::{Source, SourceId, Span};
use crate::syntax::{NodeId, Terminator, Tree};

/// Comments above the lines that these findings are on, and on top of the file where a line cannot have one. Findings in
/// texts that are no configuration get none.
pub fn insertions(library: &Library, comments: &Comments, findings: &[Diagnostic], reason: &str) -> Vec<Edit> {
    // Line 0 stands for the file.
    let mut wanted: BTreeMap<(SourceId, u32), BTreeSet<&str>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| !library.is_plain(finding.primary.span.source)) {
        let Span { source, start, .. } = finding.primary.span;
        let line = line_to_stand_above(library, source, start).unwrap_or_default();
        wanted.entry((source, line)).or_default().insert(finding.rule);
    }
    let of_files: BTreeMap<SourceId, BTreeSet<&str>> = wanted
        .iter()
        .filter(|((_, line), _)| *line == 0)
        .map(|((source, _), rules)| (*source, rules.clone()))
        .collect();
    let edits = wanted.into_iter().filter_map(|((source, line), mut rules)| {
        // What is silenced for the file would leave other comments nothing to silence.
        rules.retain(|rule| line == 0 || !of_files.get(&source).is_some_and(|of_file| of_file.contains(rule)));
        if rules.is_empty() {
            return None;
        }
        let (reach, word) = if line == 0 { (Reach::File, "ignore-file") } else { (Reach::Place, "ignore") };
        let text = library.sources().get(source);
        let (at, _) = text.line_range(line.max(1));
        let at = Span::new(source, at, at);
        extended(comments, text, at, reach, &rules).or_else(|| inserted(text, at, word, &rules, reason))
    });
    edits.collect()
}

/// The line of a place; if that begins within the words of a directive or in code of Lua, the line where this begins. None
/// if a comment there would not reach the place.
fn line_to_stand_above(library: &Library, source: SourceId, at: u32) -> Option<u32> {
    let (tree, text) = (library.tree(source), library.sources().get(source));
    let mut line = text.line_of(at);
    while let Some(node) = node_that_is_cut(library, source, text.line_range(line).0) {
        line = text.line_of(tree.node(node).start);
    }
    let (line_start, line_end) = text.line_range(line);
    let first = tree.nodes().get(tree.nodes().partition_point(|node| node.start < line_start));
    let following = first.filter(|node| node.parent == node_around(tree, line_start));
    let reach = following.map_or(line_end, |node| end_of_line(text, node.end));
    (at <= reach.max(line_end)).then_some(line)
}

/// The directive that a comment at this place would be in the middle of.
fn node_that_is_cut(library: &Library, source: SourceId, at: u32) -> Option<NodeId> {
    let (tree, text) = (library.tree(source), library.sources().get(source).bytes());
    let id = node_around(tree, at)?;
    let is_code = || tree.value(text, id, 0).is_some_and(|name| name.ends_with("_by_lua_block"));
    match tree.node(id).terminator {
        Terminator::Block { open, .. } if open < at => is_code().then_some(id),
        _ => Some(id),
    }
}

/// The innermost directive around the start of a line. One that ends right there has the line break in its last word.
fn node_around(tree: &Tree, at: u32) -> Option<NodeId> {
    let last = tree.nodes().partition_point(|node| node.start < at).checked_sub(1)? as NodeId;
    let mut around = std::iter::successors(Some(last), |id| tree.node(*id).parent);
    around.find(|id| tree.node(*id).end >= at)
}

/// Adds the rules to a comment that is there: on the line above, or anywhere if it is about the file.
fn extended(comments: &Comments, text: &Source, at: Span, reach: Reach, rules: &BTreeSet<&str>) -> Option<Edit> {
    let line = text.line_of(at.start);
    let own = comments.of(at.source);
    let candidates = match reach {
        Reach::File => own,
        _ => {
            let above = own.partition_point(|comment| comment.span.start < at.start).checked_sub(1)?;
            &own[above..=above]
        }
    };
    let fits = |comment: &&super::Comment| {
        let is_above = || text.line_of(comment.span.start) + 1 == line && begins_line(text, comment.span.start);
        comment.said.reach == reach && !comment.is_expired && (reach == Reach::File || is_above())
    };
    let comment = candidates.iter().find(fits)?;
    let names = &comment.said.names;
    let missing = rules.iter().filter(|rule| !names.iter().any(|name| name.text == **rule));
    let missing: String = missing.map(|rule| format!(", {rule}")).collect();
    let end = names.last()?.end;
    Some(Edit::insert(part_of(comment.span, end, end), missing))
}

/// A comment on a line of its own, indented as the line that it is put above. None in front of a byte order mark.
fn inserted(text: &Source, at: Span, word: &str, rules: &BTreeSet<&str>, reason: &str) -> Option<Edit> {
    let (start, end) = text.line_range(text.line_of(at.start));
    let line = text.slice(start, end);
    if line.starts_with("\u{feff}".as_bytes()) {
        return None;
    }
    let blanks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let indent = String::from_utf8_lossy(&line[..blanks]);
    let names = rules.iter().copied().collect::<Vec<_>>().join(", ");
    let separator = if reason.is_empty() { "" } else { " " };
    let line_end = line_end_of(text);
    Some(Edit::insert(at, format!("{indent}# nginspect: {word}[{names}]{separator}{reason}{line_end}")))
}

/// How the first line of a text ends.
fn line_end_of(text: &Source) -> &'static str {
    let (_, end) = text.line_range(1);
    if text.slice(end, end + 1) == b"\r" { "\r\n" } else { "\n" }
}
