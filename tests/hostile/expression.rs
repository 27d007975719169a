//! Regular expressions.

use nginspect::config::words::pattern;
use nginspect::pcre::ambiguity::{Cost, cost};
use nginspect::pcre::analysis::{Scope, anchors, line_break, loose_dots};
use nginspect::pcre::automaton::{Automaton, Search, Texts, alternatives, text_in, texts_in};
use nginspect::pcre::{self, ByteSet, Pattern};

/// The first line is an expression, each further one a text to try it on. All that is said about it can be said in a limited
/// time, points into it, and agrees with itself.
pub(super) fn regex(input: &[u8]) {
    let Ok(input) = std::str::from_utf8(input) else { return };
    let mut lines = input.split('\n');
    let text = lines.next().unwrap_or_default();
    let subjects: Vec<&str> = lines.take(8).collect();
    for caseless in [false, true] {
        let tried = pattern::Pattern::new(text, caseless);
        for subject in &subjects {
            let matches = tried.matches(subject);
            if let (Some(matches), Some(captures)) = (matches, tried.captures(subject)) {
                assert_eq!(matches, captures.is_some(), "{text:?} on {subject:?}");
            }
        }
        match pcre::parse(text, caseless) {
            Ok(pattern) => assert_pattern(text, &pattern, &subjects),
            Err(error) => {
                assert!(text.get(error.start..error.end).is_some(), "{error:?} in {text:?}");
                assert!(!error.message(text).is_empty());
            }
        }
    }
}

fn assert_pattern(text: &str, pattern: &Pattern, subjects: &[&str]) {
    for group in &pattern.groups {
        assert!(group.start <= group.opened && text.get(group.start..group.opened).is_some(), "{group:?}");
    }
    for dot in loose_dots(pattern) {
        assert!(text.get(dot.start..dot.end).is_some(), "{dot:?}");
    }
    let _ = anchors(pattern);
    for group in 0..=pattern.group_count.min(4) {
        if let Search::Found(subject) = line_break(pattern, Scope::Group(group)) {
            assert!(subject.contains(&b'\n'), "{text:?}: {subject:?}");
        }
    }
    if let Cost::Exponential { attack } | Cost::Polynomial { attack, .. } = cost(pattern, ByteSet::ALL) {
        assert!(!attack.text(3).is_empty() && !attack.pumps.is_empty(), "{text:?}");
    }
    let Ok(automaton) = Automaton::new(pattern) else { return };
    assert_automaton(text, &automaton, subjects);
    let parts = alternatives(pattern);
    let parts: Vec<Automaton> = parts.iter().take(4).filter_map(|part| Automaton::new(&part.pattern).ok()).collect();
    for part in &parts {
        // What one of the alternatives takes, the whole takes.
        if let Search::Found(taken) = text_in(&[part], &[]) {
            assert_ne!(automaton.accepts(&taken), Some(false), "{text:?}: {taken:?}");
        }
    }
}

fn assert_automaton(text: &str, automaton: &Automaton, subjects: &[&str]) {
    match text_in(&[automaton], &[]) {
        Search::Found(found) => assert_ne!(automaton.accepts(&found), Some(false), "{text:?}: {found:?}"),
        Search::Nothing => {
            let taken = subjects.iter().find(|subject| automaton.accepts(subject.as_bytes()) == Some(true));
            assert_eq!(taken, None, "{text:?}");
        }
        Search::Unknown => {}
    }
    assert!(!matches!(text_in(&[automaton], &[automaton]), Search::Found(_)), "{text:?} is not in itself");
    if let Texts::Listed { texts, in_any_case: _ } = texts_in(&[automaton], &[], 20) {
        assert!(texts.iter().all(|listed| automaton.accepts(listed) != Some(false)), "{text:?}: {texts:?}");
    }
}
