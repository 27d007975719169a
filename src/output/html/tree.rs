//! Which file includes which.

use foldhash::{HashMap, HashSet};
use maud::{Markup, html};

use super::super::{Inclusion, Report, human::plural, sanitize};
use crate::source::{SourceId, Span};

/// A tree of more items than this is cut.
const MOST_ITEMS: usize = 2_000;
/// Browsers do not nest lists without end.
const DEEPEST: usize = 40;
/// A longer tree is folded at first.
const MOST_UNFOLDED: usize = 60;

/// The tree, with links to the findings of each file.
pub(super) fn section(report: &Report<'_>, anchors: &HashMap<SourceId, (String, usize)>) -> Markup {
    let mut includes: HashMap<SourceId, Vec<&Inclusion>> = HashMap::default();
    for inclusion in report.inclusions {
        let Some(by) = inclusion.by else { continue };
        includes.entry(by.source).or_default().push(inclusion);
    }
    includes.values_mut().for_each(|list| list.sort_by_key(|inclusion| inclusion.by));
    let mut tree = Tree { report, anchors, includes, told: HashSet::default(), items: 0 };
    let roots = tree.list(&report.inclusions.iter().filter(|inclusion| inclusion.by.is_none()).collect::<Vec<_>>(), 0);
    html! {
        @if !report.inclusions.is_empty() {
            section aria-labelledby="tree" {
                details .fold open[report.inclusions.len() <= MOST_UNFOLDED] {
                    summary { h2 #tree { "Files and their includes" } }
                    div .tree { (roots) }
                    @if tree.items > MOST_ITEMS { p .limit { "The tree is cut after " (MOST_ITEMS) " items." } }
                }
            }
        }
    }
}

struct Tree<'a> {
    report: &'a Report<'a>,
    anchors: &'a HashMap<SourceId, (String, usize)>,
    includes: HashMap<SourceId, Vec<&'a Inclusion>>,
    /// The files whose includes are in the tree already.
    told: HashSet<SourceId>,
    items: usize,
}

impl<'a> Tree<'a> {
    fn list(&mut self, inclusions: &[&'a Inclusion], depth: usize) -> Markup {
        let mut items = Vec::new();
        for inclusion in inclusions {
            self.items += 1;
            if self.items <= MOST_ITEMS {
                items.push(self.item(inclusion, depth));
            }
        }
        html! { ul { @for item in items { li { (item) } } } }
    }

    fn item(&mut self, inclusion: &'a Inclusion, depth: usize) -> Markup {
        let line = inclusion.by.map(|by| self.report.sources.get(by.source).line_of(by.start));
        html! {
            @match &inclusion.brought {
                Ok(source) => {
                    (self.name(*source))
                    @if let Some(line) = line { " " span .from { "from line " (line) } }
                    (self.below(*source, depth))
                },
                Err(why) => {
                    @if let Some(by) = inclusion.by { code { (self.text(by)) } }
                    @if let Some(line) = line { " " span .from { "on line " (line) } }
                    span .lost { " not followed: " (sanitize::line(why)) }
                },
            }
        }
    }

    /// What a file includes; only where it comes up first.
    fn below(&mut self, source: SourceId, depth: usize) -> Markup {
        let Some(inclusions) = self.includes.get(&source).cloned() else { return html! {} };
        if !self.told.insert(source) {
            return html! { span .from { ", its includes are listed above" } };
        }
        if depth == DEEPEST {
            return html! { span .from { ", deeper includes are left out" } };
        }
        self.list(&inclusions, depth + 1)
    }

    fn name(&self, source: SourceId) -> Markup {
        let path = self.report.sources.get(source).display_path();
        let path = sanitize::line(&path);
        match self.anchors.get(&source) {
            Some((anchor, count)) => html! {
                a href={ "#" (anchor) } { (path) } " " span .count { (count) span .unseen { " " (plural(*count, "finding")) } }
            },
            None => html! { span { (path) } },
        }
    }

    fn text(&self, span: Span) -> String {
        let text = self.report.sources.get(span.source).text(span.start, span.end.min(span.start + 200));
        sanitize::line(&text).into_owned()
    }
}
