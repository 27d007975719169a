//! The branches of a template: which parts of it come out together.

use super::tags::{Role, Tag};

/// The stretches of a text between `if`, `else` and `end`, nested.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arms {
    /// By where they start.
    arms: Vec<Arm>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Arm {
    start: usize,
    end: usize,
    parent: Option<usize>,
    /// Is it an `else`?
    is_other: bool,
}

impl Arms {
    /// The branches that these tags make. Where they do not pair, each stretch between two of them is a branch of its own.
    pub fn new(text: &[u8], tags: &[Tag]) -> Self {
        Self::nested(text, tags).unwrap_or_else(|| Self::flat(text, tags))
    }

    fn nested(text: &[u8], tags: &[Tag]) -> Option<Self> {
        let mut arms: Vec<Arm> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        for tag in tags {
            if matches!(tag.role, Role::Else | Role::Close) {
                let last = open.pop()?;
                arms[last].end = tag.start;
            }
            if matches!(tag.role, Role::Open | Role::Define | Role::Else) {
                let is_other = tag.role == Role::Else;
                let parent = open.last().copied();
                open.push(arms.len());
                arms.push(Arm { start: tag.end, end: text.len(), parent, is_other });
            }
            if tag.role == Role::Line {
                let end = memchr::memchr(b'\n', &text[tag.end..]).map_or(text.len(), |at| tag.end + at);
                arms.push(Arm { start: tag.end, end, parent: open.last().copied(), is_other: false });
            }
        }
        open.is_empty().then_some(Self { arms })
    }

    fn flat(text: &[u8], tags: &[Tag]) -> Self {
        let borders = tags.iter().filter(|tag| !matches!(tag.role, Role::Value | Role::Comment | Role::Other));
        let starts: Vec<usize> = borders.map(|tag| tag.end).collect();
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        let arms =
            starts.iter().zip(ends).map(|(start, end)| Arm { start: *start, end, parent: None, is_other: false });
        Self { arms: arms.collect() }
    }

    /// Does what stands at one of these offsets come out whenever the other does, or the other way round?
    pub fn go_together(&self, one: usize, other: usize) -> bool {
        let (one, other) = (self.innermost(one), self.innermost(other));
        self.is_within(one, other) || self.is_within(other, one)
    }

    /// Does what stands at the first offset come out whenever what stands at the other one does?
    pub fn comes_with(&self, one: usize, other: usize) -> bool {
        self.is_within(self.innermost(other), self.innermost(one))
    }

    /// The outermost branches behind an `else`, each with its start and end.
    pub fn others(&self) -> Vec<(usize, usize)> {
        let mut others: Vec<(usize, usize)> = Vec::new();
        for arm in self.arms.iter().filter(|arm| arm.is_other && arm.start < arm.end) {
            if others.last().is_none_or(|(_, end)| arm.start >= *end) {
                others.push((arm.start, arm.end));
            }
        }
        others
    }

    fn innermost(&self, offset: usize) -> Option<usize> {
        let before = self.arms.partition_point(|arm| arm.start <= offset);
        let mut candidate = before.checked_sub(1);
        while let Some(at) = candidate.filter(|at| self.arms[*at].end <= offset) {
            // Its siblings end before it does; only what is around it may reach this far.
            candidate = self.arms[at].parent;
        }
        candidate
    }

    fn is_within(&self, mut inner: Option<usize>, outer: Option<usize>) -> bool {
        while inner != outer {
            match inner {
                Some(at) => inner = self.arms[at].parent,
                None => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::language::Language;
    use super::super::tags::scan;
    use super::*;

    #[test]
    fn branches_exclude_each_other() {
        let text = "a {% if x %}b {% if y %}c{% endif %} d{% else %}e{% endif %} f {% if z %}g{% endif %}";
        let arms = Arms::new(text.as_bytes(), &scan(text.as_bytes(), Language::Jinja));
        // Letters that stand in no tag.
        let at = |letter: &str| match letter {
            "e" => text.find("e{% endif %} f").expect("e"),
            "f" => text.find("f {% if z").expect("f"),
            letter => text.find(&format!("{letter} {{%")).or(text.find(&format!("{letter}{{%"))).expect("a letter"),
        };
        for (one, other, together) in [
            ("a", "b", true),
            ("b", "c", true),
            ("c", "d", true),
            ("b", "e", false),
            ("c", "e", false),
            ("c", "g", false),
            ("f", "g", true),
            ("a", "f", true),
            ("d", "e", false),
        ] {
            assert_eq!(arms.go_together(at(one), at(other)), together, "{one} and {other}");
            assert_eq!(arms.go_together(at(other), at(one)), together, "{other} and {one}");
            let comes = |one, other| arms.comes_with(at(one), at(other));
            assert_eq!(comes(one, other) || comes(other, one), together, "{one} or {other}");
        }
        assert!(arms.comes_with(at("a"), at("c")) && !arms.comes_with(at("c"), at("a")));
        assert_eq!(arms.others(), [(at("e"), at("e") + 1)]);
    }

    #[test]
    fn branches_that_do_not_pair_are_all_apart() {
        let text = "a{% if x %}b{% endif %}c{% endif %}d";
        let arms = Arms::new(text.as_bytes(), &scan(text.as_bytes(), Language::Jinja));
        let (b, c) = (text.find("b{%").expect("b"), text.find("c{%").expect("c"));
        assert!(!arms.go_together(b, c));
    }
}
