//! `if` in a location. Its body is a level of its own, and the last body that is entered is the only one that counts.

use foldhash::HashSet;

use crate::config::Directive;
use crate::config::http::location::Location;
use crate::nginx::condition::{self, Condition};
use crate::nginx::directives::{self, Inheritance};

/// Directives that steer a request on its way; all others in a body are settings that hold while it counts.
const STEERING: &[&str] = &["break", "return", "rewrite", "rewrite_log", "set", "uninitialized_variable_warn"];

/// What an `if` does that nobody meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfTrouble<'c> {
    /// Once its body is entered, `try_files` is not looked at.
    SkipsTryFiles {
        /// The `if`.
        block: Directive<'c>,
        /// What is skipped.
        try_files: Directive<'c>,
    },
    /// A line of its body is lost when another body is entered as well.
    LosesLine {
        /// The line.
        line: Directive<'c>,
        /// The other `if`.
        other: Directive<'c>,
    },
    /// Its backend is never asked: the `return` of the location answers first.
    Returns {
        /// The backend.
        pass: Directive<'c>,
        /// What answers.
        by: Directive<'c>,
    },
}

impl<'c> Location<'c> {
    /// What goes wrong with the `if` blocks of this location, at most one of each kind.
    pub fn if_troubles(&self) -> impl Iterator<Item = IfTrouble<'c>> {
        let level = self.directive;
        [skipped_try_files(level), lost_line(level), dead_pass(level)].into_iter().flatten()
    }
}

fn skipped_try_files(level: Directive<'_>) -> Option<IfTrouble<'_>> {
    let try_files = level.own("try_files").next()?;
    let (last, files) = (try_files.args().next_back()?, try_files.args().len() - 1);
    // Without it a missing file is not found either.
    let is_plain = last == "=404" && try_files.args().take(files).all(|file| matches!(file, "$uri" | "$uri/"));
    if is_plain && !level.has_handler() && !level.is_opaque() {
        return None;
    }
    let block = level.own("if").find(|block| !block.leaves_location() && !block.has_handler() && !block.is_opaque())?;
    Some(IfTrouble::SkipsTryFiles { block, try_files })
}

/// Only neighbours are compared: the first of three that hold is lost to the second as much as to the third.
fn lost_line(level: Directive<'_>) -> Option<IfTrouble<'_>> {
    let counts =
        |block: &Directive<'_>| !block.is_opaque() && block.children().any(|line| !STEERING.contains(&line.name()));
    let blocks: Vec<Directive<'_>> = level.own("if").filter(counts).collect();
    blocks.windows(2).find_map(|pair| {
        let [first, other] = pair else { return None };
        let can_both_hold = tested(*first)? != tested(*other)?;
        let line = lost_to(*first, *other).filter(|_| can_both_hold && !first.leaves_location())?;
        Some(IfTrouble::LosesLine { line, other: *other })
    })
}

/// A line of the first body that the other one neither repeats nor replaces.
fn lost_to<'c>(first: Directive<'c>, other: Directive<'c>) -> Option<Directive<'c>> {
    let text = |line: Directive<'c>| (line.name(), line.args().collect::<Vec<_>>());
    let repeated: HashSet<_> = other.children().map(text).collect();
    let is_list = |line: &Directive<'_>| directives::inheritance(line.name()) == Inheritance::ArrayReplace;
    let is_kept = |line: &Directive<'c>| {
        STEERING.contains(&line.name()) || repeated.contains(&text(*line)) || (!is_list(line) && other.has(line.name()))
    };
    first.children().find(|line| !is_kept(line))
}

fn dead_pass(level: Directive<'_>) -> Option<IfTrouble<'_>> {
    let by = level.certain_return()?;
    let pass = level.own("if").filter(|block| !block.has("return")).find_map(Directive::own_backend)?;
    Some(IfTrouble::Returns { pass, by })
}

/// The variable that a condition looks at, in lower case, or the path of a file; none where it is not known.
fn tested(block: Directive<'_>) -> Option<String> {
    let args: Vec<&str> = block.args().collect();
    let part = match condition::parse(&args).ok()? {
        Condition::Variable(part)
        | Condition::Equals(part, _)
        | Condition::Matches(part, _)
        | Condition::File(part) => part,
    };
    Some(part.text.to_ascii_lowercase())
}

impl Directive<'_> {
    /// Does this body answer, redirect, or send the request to another location?
    pub fn leaves_location(self) -> bool {
        self.has("return") || self.own("rewrite").any(|rewrite| rewrite.arg(2) != Some("break"))
    }
}
