//! How directives are laid out in their text, so that what a fix adds looks like its neighbours.

use foldhash::{HashMap, HashSet};

use crate::config::{Config, Directive};
use crate::source::{SourceId, Span};
use crate::syntax::Terminator;

impl Config {
    /// The texts that are included more than once, with how often.
    pub fn shared_texts(&self) -> HashMap<SourceId, usize> {
        let entered: HashSet<(SourceId, u32)> = self.nodes.iter().map(|node| (node.source, node.inclusion)).collect();
        let mut counts: HashMap<SourceId, usize> = HashMap::default();
        for (source, _) in entered {
            *counts.entry(source).or_default() += 1;
        }
        counts.retain(|_, count| *count > 1);
        counts
    }
}

impl Directive<'_> {
    /// The line to look at: itself, or the `include` that brings it from a file that the project does not carry.
    pub fn visible(self) -> Self {
        let inclusion = self.config().nodes.get(self.order() as usize).map(|node| node.inclusion as usize);
        let inclusion = inclusion.filter(|inclusion| *inclusion != 0 && self.config().is_stock(self.in_file()));
        inclusion.map_or(self, |own| Self::new(self.config(), self.config().inclusions[own].include))
    }

    /// The `include` that brings it, if all that it brings are directives of the same name.
    pub fn pure_include(self) -> Option<Self> {
        let inclusion_of = |order: u32| self.config().nodes.get(order as usize).map(|node| node.inclusion);
        let own = inclusion_of(self.order()).filter(|inclusion| *inclusion != 0)?;
        let include = self.config().inclusions[own as usize].include;
        let brought = (include + 1..).take_while(|order| inclusion_of(*order) == Some(own));
        let is_same = |order| Directive::new(self.config(), order).is(self.name());
        brought.into_iter().all(is_same).then(|| Directive::new(self.config(), include))
    }

    /// Its text on a line of its own, with a semicolon.
    pub fn as_line(self) -> String {
        format!("{};", self.config().library().text(self.head()))
    }

    /// Where and what to insert so that these lines stand in front of it, laid out as it is.
    pub fn insertion_before(self, lines: &[String]) -> (Span, String) {
        let separator = self.separator();
        let text = lines.iter().map(|line| format!("{line}{separator}")).collect();
        (self.span().at_start(), text)
    }

    /// What to replace (or where to insert, if the place is empty), and the text, so that this level has this value of a
    /// directive with one argument. None where an own line comes from another file, and where the body is empty.
    pub fn assignment(self, name: &str, value: &str) -> Option<(Span, String)> {
        let is_here = |directive: &Self| directive.in_file() == self.in_file();
        if let Some(own) = self.own(name).next_back() {
            return own.arg_span(0).filter(|_| is_here(&own)).map(|place| (place, value.to_owned()));
        }
        let first = self.children().find(is_here)?;
        Some(first.insertion_before(&[format!("{name} {value};")]))
    }

    /// Where and what to insert so that these lines come first in its body.
    pub fn insertion_inside(self, lines: &[String]) -> Option<(Span, String)> {
        let Terminator::Block { open, .. } = self.terminator() else { return None };
        let start = Span::new(self.in_file(), open + 1, open + 1);
        let first = self.children().next().filter(|first| first.in_file() == start.source);
        Some(first.map_or_else(|| (start, format!(" {} ", lines.join(" "))), |first| first.insertion_before(lines)))
    }
}
