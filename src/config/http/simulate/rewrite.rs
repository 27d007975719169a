//! The rewrite phase of one level: `set`, `if`, `rewrite`, `return` and `break`, in the order they are written.

use super::MAX_BRANCHES;
use super::scene::Scene;
use super::value::State;
use crate::config::Directive;
use crate::template::is_symbolic;

/// How a branch leaves the phase.
pub(super) enum Flow<'c> {
    /// By `break`, or by its end with the path as it was: the request goes on.
    Continue,
    /// With a new path: a location is chosen anew.
    Last,
    /// By this `return`.
    Returned(Directive<'c>),
    /// By a `rewrite` that redirects; the target, if it is known.
    Redirected(Directive<'c>, Option<String>),
    /// Nobody can tell.
    Unknown(Directive<'c>),
}

/// Runs the directives of `level`; every branch comes back with how it ended.
pub(super) fn run<'c>(scene: Scene<'c, '_>, level: Directive<'c>, state: State<'c>) -> Vec<(State<'c>, Flow<'c>)> {
    let mut ended = Vec::new();
    let mut live = vec![state];
    for directive in level.children() {
        match directive.name() {
            "if" => live = branch(scene, directive, live, &mut ended),
            "set" | "rewrite" | "return" | "break" => live = step(scene, directive, live, &mut ended),
            _ => {}
        }
        if live.len() + ended.len() > MAX_BRANCHES {
            let state = live.pop().unwrap_or_else(|| State::new(scene.request, level));
            return vec![(state, Flow::Unknown(directive))];
        }
    }
    let end = |state: State<'c>| match state.uri_changed {
        true => (state, Flow::Last),
        false => (state, Flow::Continue),
    };
    ended.extend(live.into_iter().map(end));
    ended
}

type Ended<'c> = Vec<(State<'c>, Flow<'c>)>;

fn branch<'c>(
    scene: Scene<'c, '_>,
    block: Directive<'c>,
    live: Vec<State<'c>>,
    ended: &mut Ended<'c>,
) -> Vec<State<'c>> {
    let mut next = Vec::new();
    for mut state in live {
        let holds = condition(scene, block, &mut state);
        if holds != Some(true) {
            next.push(state.clone());
        }
        if holds == Some(false) {
            continue;
        }
        state.conditional |= holds.is_none();
        // Conditions do not nest, so the body is a plain run of steps.
        let mut inside = vec![State { entered: Some(block), ..state }];
        for directive in block.children() {
            inside = step(scene, directive, inside, ended);
        }
        next.extend(inside);
    }
    next
}

fn step<'c>(
    scene: Scene<'c, '_>,
    directive: Directive<'c>,
    live: Vec<State<'c>>,
    ended: &mut Ended<'c>,
) -> Vec<State<'c>> {
    let mut next = Vec::new();
    for mut state in live {
        match directive.name() {
            "set" => {
                let name = directive.arg(0).unwrap_or_default().trim_start_matches('$');
                let value = directive.arg(1).and_then(|value| state.evaluate(value, scene));
                state.variables.push((name.to_owned(), value));
                next.push(state);
            }
            "return" => ended.push((state, Flow::Returned(directive))),
            "break" => ended.push((state, Flow::Continue)),
            "rewrite" => match rewrite(scene, directive, &mut state) {
                Some(flow) => ended.push((state, flow)),
                None => next.push(state),
            },
            _ => next.push(state),
        }
    }
    next
}

/// Applies a `rewrite`; none if the phase goes on.
fn rewrite<'c>(scene: Scene<'c, '_>, directive: Directive<'c>, state: &mut State<'c>) -> Option<Flow<'c>> {
    let (regex, replacement) = (directive.arg(0).unwrap_or_default(), directive.arg(1).unwrap_or_default());
    let pattern = directive.config().pattern(regex, false);
    match pattern.captures(&state.uri) {
        None => return Some(Flow::Unknown(directive)),
        Some(None) => return None,
        Some(Some(groups)) => state.matched(&pattern, groups),
    }
    let target = state.evaluate(replacement.trim_end_matches('?'), scene);
    let flag = directive.arg(2).unwrap_or_default();
    let leaves = ["http://", "https://", "$scheme"].iter().any(|start| replacement.starts_with(start));
    if leaves || matches!(flag, "redirect" | "permanent") {
        return Some(Flow::Redirected(directive, target));
    }
    let Some(target) = target else { return Some(Flow::Unknown(directive)) };
    state.uri = target.split('?').next().unwrap_or_default().to_owned();
    state.internal = true;
    state.uri_changed = flag != "break";
    if let Some(rewrites) = &mut state.rewrites {
        rewrites.push(directive);
    }
    match flag {
        "last" => Some(Flow::Last),
        "break" => Some(Flow::Continue),
        _ => None,
    }
}

/// Does the condition of an `if` hold? None if only a real request knows.
fn condition<'c>(scene: Scene<'c, '_>, block: Directive<'c>, state: &mut State<'c>) -> Option<bool> {
    let parts = condition_words(block);
    let (first, second) = (*parts.first()?, parts.get(1).copied());
    if first.starts_with(['-', '!']) {
        let exists = state.is_existing_file(second?, scene)?;
        return match first.trim_start_matches('!') {
            "-f" | "-e" => Some(exists != first.starts_with('!')),
            "-d" => Some(exists == first.starts_with('!')),
            _ => None,
        };
    }
    let subject = state.evaluate(first, scene)?;
    let Some(operator) = second else { return Some(!subject.is_empty() && subject != "0") };
    let value = parts.get(2).copied().unwrap_or_default();
    match operator {
        "=" | "!=" => {
            let value = state.evaluate(value, scene)?;
            let is_certain = subject == value || !(is_symbolic(&subject) || is_symbolic(&value));
            is_certain.then_some((subject == value) == (operator == "="))
        }
        "~" | "~*" | "!~" | "!~*" if !is_symbolic(&subject) => {
            let pattern = block.config().pattern(value, operator.ends_with('*'));
            let groups = pattern.captures(&subject)?;
            let matched = groups.is_some();
            if let Some(groups) = groups {
                state.matched(&pattern, groups);
            }
            Some(matched != operator.starts_with('!'))
        }
        _ => None,
    }
}

/// The words of a condition, without the parentheses around it.
fn condition_words(block: Directive<'_>) -> Vec<&str> {
    let words: Vec<&str> = block.args().collect();
    let Some(last) = words.len().checked_sub(1) else { return words };
    let bare = words.iter().enumerate().map(|(index, word)| {
        let word = if index == 0 { word.strip_prefix('(').unwrap_or(word) } else { word };
        if index == last { word.strip_suffix(')').unwrap_or(word) } else { word }
    });
    // An empty word is one that is nothing but a parenthesis, or a value that is written as "".
    let is_value = |(at, word): &(usize, &str)| !word.is_empty() || (*at > 1 && words[*at] != ")");
    bare.enumerate().filter(is_value).map(|(_, word)| word).collect()
}
