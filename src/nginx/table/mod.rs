//! The bodies of `map`, `geo`, `split_clients`, `charset_map` and `types`: entries instead of directives.

pub mod charset_map;
pub mod geo;
pub mod map;
pub mod split_clients;
pub mod types;

/// One entry.
#[derive(Debug, Clone, Default)]
pub struct Entry<'t> {
    /// Its words; none if it is not known where it ends.
    pub words: Vec<&'t str>,
    /// May its first word become another one when a template is filled in?
    pub is_open: bool,
}

/// What nginx has against an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The number of the entry.
    pub entry: usize,
    /// The number of the entry that it clashes with.
    pub first: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub wanted: &'static str,
    /// Does nginx only warn?
    pub is_warning: bool,
}

impl Problem {
    fn error(entry: usize, what: impl Into<String>, wanted: &'static str) -> Self {
        Self { entry, first: None, what: what.into(), wanted, is_warning: false }
    }

    fn warning(entry: usize, what: impl Into<String>, wanted: &'static str) -> Self {
        Self { is_warning: true, ..Self::error(entry, what, wanted) }
    }

    fn clashing_with(self, first: usize) -> Self {
        Self { first: Some(first), ..self }
    }
}

/// What is said of an entry with too few or too many words.
fn wrong_count(entry: usize, count: usize, wanted: &'static str) -> Problem {
    let words = if count == 1 { "word" } else { "words" };
    Problem::error(entry, format!("an entry of {count} {words}"), wanted)
}

#[cfg(test)]
mod tests {
    use super::{Entry, Problem};

    /// Entries separated by `;`, words by blanks.
    pub(super) fn entries(text: &str) -> Vec<Entry<'_>> {
        let entry = |text: &'_ str| text.trim().to_owned();
        assert!(!entry(text).is_empty());
        let lines = text.split(';').map(str::trim).filter(|line| !line.is_empty());
        lines
            .map(|line| Entry {
                words: line.split(' ').map(|word| if word == "''" { "" } else { word }).collect(),
                is_open: false,
            })
            .collect()
    }

    /// The numbers of the entries that are refused, and of those that are warned of.
    pub(super) fn numbers(problems: &[Problem]) -> (Vec<usize>, Vec<usize>) {
        let of = |is_warning| {
            problems.iter().filter(|problem| problem.is_warning == is_warning).map(|problem| problem.entry).collect()
        };
        (of(false), of(true))
    }
}
