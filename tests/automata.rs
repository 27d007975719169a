//! What is said about expressions beside what PCRE2 does with them.

use nginspect::pcre::analysis::{Scope, line_break};
use nginspect::pcre::automaton::{Automaton, Search, Texts, alternatives, text_in, texts_in};
use nginspect::pcre::{self, Pattern};
use pcre2::bytes::{Regex, RegexBuilder};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// The same values in every run.
pub(crate) fn samples<T>(count: usize, strategy: impl Strategy<Value = T>) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("a value").current()).collect()
}

fn one_of(values: &'static [&'static str]) -> impl Strategy<Value = &'static str> + Clone {
    prop::sample::select(values)
}

const LEAVES: &[&str] = &[
    "a",
    "b",
    "A",
    "ab",
    "/",
    r"\.",
    ".",
    ".",
    "[^/]",
    "[ab]",
    "[^a]",
    "[a-b0]",
    r"\d",
    r"\w",
    r"\s",
    r"\W",
    r"\D",
    r"\n",
    r"\N",
    "^",
    "$",
    r"\A",
    r"\z",
    r"\Z",
    r"\b",
    r"\B",
    "[[:upper:]]",
    "[^[:lower:]]",
    r"\h",
    r"[\s/]",
    "(?i)",
    "(?s)",
    "(?m)",
    "(?-i)",
    r"\xA0",
    r"\K",
    "",
    "[^[:^alpha:]a]",
    r"\v",
    r"\C",
    "(?U)",
    "(?m)^",
    "(?m)$",
    "[[:<:]]",
    "[[:>:]]",
    r"\G",
];

/// Expressions that automata can do.
fn expression() -> impl Strategy<Value = String> {
    let leaf = one_of(LEAVES).prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 4, |inner| {
        let quantifiers = one_of(&["*", "+", "?", "{2}", "{1,2}", "{2,}", "{0,2}", "*?", "+?", "??", "{0,1}?"]);
        let openings = one_of(&["(?:", "(", "(", "(?i:", "(?s:", "(?m:", "(?-i:", "(?^:"]);
        let looks = one_of(&["(?=", "(?!", "(?=", "(?!"]);
        let behind = one_of(&["a", "ab", "[^a]", "^", "b|/", r"\b", r"\n", "(?!a)", "a$"]);
        let signs = one_of(&["(?<=", "(?<!"]);
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            2 => (openings, prop::collection::vec(inner.clone(), 1..4))
                .prop_map(|(open, parts)| format!("{open}{})", parts.join("|"))),
            3 => (quantifiers, inner.clone())
                .prop_map(|(quantifier, part)| format!("({part}){quantifier}")),
            1 => (looks, inner).prop_map(|(look, part)| format!("{look}{part})")),
            1 => (signs, behind)
                .prop_map(|(sign, part)| format!("{sign}{part})")),
        ]
    })
}

/// An expression, without regard to case or with.
fn cased() -> impl Strategy<Value = (String, bool)> {
    (expression(), prop::bool::weighted(0.3))
}

fn subject() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(b"aabbAB/.\n\n 0_\xa0".as_slice()), 0..9)
}

/// Both readings; none if the expression is refused.
fn read(text: &str, caseless: bool) -> Option<(Pattern, Regex)> {
    let regex = RegexBuilder::new().caseless(caseless).build(text).ok()?;
    Some((pcre::parse(text, caseless).ok()?, regex))
}

fn shown(text: &[u8]) -> String {
    text.escape_ascii().to_string()
}

/// Does PCRE2 match? None if it gives up.
fn matches(regex: &Regex, subject: &[u8]) -> Option<bool> {
    regex.is_match(subject).ok()
}

#[test]
fn automata_take_what_pcre_takes() {
    let subjects = samples(40, subject());
    let (mut built, mut taken) = (0, 0);
    for (text, caseless) in samples(900, cased()) {
        let Some((pattern, regex)) = read(&text, caseless) else { continue };
        let Ok(automaton) = Automaton::new(&pattern) else { continue };
        built += 1;
        for subject in &subjects {
            let Some(wanted) = matches(&regex, subject) else { continue };
            taken += usize::from(wanted);
            assert_eq!(automaton.accepts(subject), Some(wanted), "{text} on {} ({caseless})", shown(subject));
        }
    }
    assert!(built > 500 && taken > 3_000, "{built} automata, {taken} matches");
}

#[test]
fn inclusion_is_never_contradicted() {
    let subjects = samples(60, subject());
    let (mut included, mut refuted, mut unknown) = (0, 0, 0);
    for (first, second) in samples(400, (cased(), cased())) {
        let Some((first, outer)) = read(&first.0, first.1) else { continue };
        let Some((second, inner)) = read(&second.0, second.1) else { continue };
        let (Ok(one), Ok(other)) = (Automaton::new(&first), Automaton::new(&second)) else { continue };
        let about = format!("{} in {}", inner.as_str(), outer.as_str());
        match text_in(&[&other], &[&one]) {
            Search::Found(text) => {
                refuted += 1;
                assert_ne!(matches(&inner, &text), Some(false), "{about}: {}", shown(&text));
                assert_ne!(matches(&outer, &text), Some(true), "{about}: {}", shown(&text));
            }
            Search::Nothing => {
                included += 1;
                for text in &subjects {
                    let is_both = matches(&inner, text) != Some(true) || matches(&outer, text) != Some(false);
                    assert!(is_both, "{about}: {}", shown(text));
                }
            }
            Search::Unknown => unknown += 1,
        }
        if let Search::Found(text) = text_in(&[&one, &other], &[]) {
            let is_both = matches(&inner, &text) != Some(false) && matches(&outer, &text) != Some(false);
            assert!(is_both, "{about} meet in {}", shown(&text));
        }
    }
    assert!(included > 30 && refuted > 30 && unknown < 20, "{included} {refuted} {unknown}");
}

#[test]
fn line_breaks_are_where_pcre_puts_them() {
    let subjects = samples(60, subject());
    let (mut nothing, mut found, mut unknown) = (0, 0, 0);
    for (text, caseless) in samples(600, cased()) {
        let Some((pattern, regex)) = read(&text, caseless) else { continue };
        for group in 0..=pattern.group_count {
            let holds_break = |subject: &[u8]| {
                let captures = regex.captures(subject).ok()??;
                captures.get(group as usize).map(|taken| taken.as_bytes().contains(&b'\n'))
            };
            match line_break(&pattern, Scope::Group(group)) {
                Search::Found(subject) => {
                    found += 1;
                    assert_eq!(holds_break(&subject), Some(true), "{text} group {group}: {}", shown(&subject));
                }
                Search::Nothing => {
                    nothing += 1;
                    for subject in &subjects {
                        assert_ne!(holds_break(subject), Some(true), "{text} group {group}: {}", shown(subject));
                    }
                }
                Search::Unknown => unknown += 1,
            }
        }
    }
    assert!(nothing > 300 && found > 100 && unknown < (nothing + found) / 10, "{nothing} {found} {unknown}");
}

/// Texts of at most this length over a few letters.
fn all_texts(longest: usize) -> Vec<Vec<u8>> {
    let mut texts = vec![Vec::new()];
    let mut from = 0;
    for _ in 0..longest {
        let until = texts.len();
        for at in from..until {
            for byte in *b"ab." {
                texts.push([texts[at].as_slice(), &[byte]].concat());
            }
        }
        from = until;
    }
    texts
}

#[test]
fn lists_of_texts_are_complete() {
    let parts =
        one_of(&["a", "b", r"\.", "(a|b)", "(?:ab)?", "[ab]", "a{1,2}", "(?:a|b\\.|)", "(?i:b)", "(?!a)", r"\b"]);
    let strategy = prop::collection::vec(parts, 1..4);
    let everything = all_texts(6);
    for parts in samples(120, strategy) {
        let text = format!(r"^{}\z", parts.concat());
        let (pattern, regex) = read(&text, false).expect("a sound expression");
        let automaton = Automaton::new(&pattern).expect("a simple expression");
        let Texts::Listed { texts, in_any_case } = texts_in(&[&automaton], &[], 500) else { panic!("{text}") };
        assert!(!in_any_case || text.contains("i:b"), "{text}");
        for listed in &texts {
            assert_eq!(matches(&regex, listed), Some(true), "{text}: {}", shown(listed));
        }
        for other in everything.iter().filter(|other| matches(&regex, other) == Some(true)) {
            assert!(texts.contains(other), "{text} lacks {}", shown(other));
        }
    }
}

#[test]
fn alternatives_together_are_the_whole() {
    let mut divided = 0;
    let subjects = samples(60, subject());
    for (parts, (before, behind)) in
        samples(200, (prop::collection::vec(expression(), 2..4), (expression(), expression())))
    {
        for text in [format!("{before}(?:{}){behind}", parts.join("|")), parts.join("|")] {
            let Some((pattern, regex)) = read(&text, false) else { continue };
            let found = alternatives(&pattern);
            let alone: Vec<Automaton> = found.iter().filter_map(|one| Automaton::new(&one.pattern).ok()).collect();
            let is_complete = found.len() == parts.len() && alone.len() == found.len();
            if !is_complete {
                continue;
            }
            divided += 1;
            for subject in &subjects {
                let is_any = alone.iter().any(|one| one.accepts(subject) == Some(true));
                assert_eq!(Some(is_any), matches(&regex, subject), "{text}: {}", shown(subject));
            }
        }
    }
    assert!(divided > 100, "{divided}");
}
