//! What is said about the cost of expressions beside the steps that PCRE2 takes.

use nginspect::pcre::ambiguity::{Cost, cost};
use nginspect::pcre::{self, ByteSet};
use pcre2::bytes::RegexBuilder;
use proptest::prelude::*;

use crate::automata::samples;

/// More steps than this are not counted.
const MOST: usize = 250_000;

/// How many steps PCRE2 takes to see that there is no match; none if there is one. Every step counts, also those at later
/// places; but for `.*`, which is tried at the start alone.
fn steps(text: &str, subject: &[u8]) -> Option<usize> {
    let is_tied = ["^", ".*", "(.*", ".+", "(.+"].iter().any(|start| text.starts_with(start));
    let whole = if is_tied { text.to_owned() } else { format!("^(?s:.)*?(?:{text})") };
    let gives_up = |limit: usize| {
        let limited = format!("(*NO_AUTO_POSSESS)(*LIMIT_MATCH={limit}){whole}");
        let regex = RegexBuilder::new().build(&limited).expect("a sound expression");
        regex.is_match(subject)
    };
    let (mut low, mut high) = (0, 64);
    loop {
        match gives_up(high) {
            Ok(true) => return None,
            Ok(false) => break,
            Err(_) if high >= MOST => return Some(MOST),
            Err(_) => (low, high) = (high, high * 4),
        }
    }
    while low + 1 + high / 64 < high {
        let middle = low.midpoint(high);
        match gives_up(middle) {
            Ok(_) => high = middle,
            Err(_) => low = middle,
        }
    }
    Some(high)
}

/// Expressions with many repetitions.
fn expression() -> impl Strategy<Value = String> {
    let parts: &[&str] = &[
        "a",
        "b",
        "ab",
        "[ab]",
        "[^b]",
        ".",
        r"\w",
        "a*",
        "a+",
        "b*",
        ".*",
        ".+",
        "[ab]*",
        r"\w+",
        "(?:ab)*",
        "(a|b)*",
        "(a|ab)*",
        "(a+)+",
        "(?:a*b?)*",
        "(b|[ab])+",
        "a??",
        "a*?",
        "/",
        "(?:/a*)*",
        "[^/]+",
        "(?:a?b?)+",
        "a{1,3}",
        "(a|)+",
        "(?:b|.)*",
        "x",
    ];
    let start = prop::sample::select(&["^", "", "^/", "a"][..]);
    let end = prop::sample::select(&["$", "", "b", "x", r"\z", "/$", "!"][..]);
    let middle = prop::collection::vec(prop::sample::select(parts), 1..5);
    (start, middle, end).prop_map(|(start, middle, end)| format!("{start}{}{end}", middle.concat()))
}

/// Expressions of the kind that is written by hand, whose cost is known.
const KNOWN: &[&str] = &[
    r"^(\w+\s?)*$",
    "^/((?:[a-z]+-?)*)/$",
    r"^([a-zA-Z0-9]+\.?)+@x$",
    r"^\s*(\w|\s)*\s*x$",
    r"^/.*/.*/.*\.php$",
    r"\s+$",
    "^(.*),(.*),(.*);$",
    r"^(?:/[\w-]+)*/?\.jsp$",
];

#[test]
fn attacks_make_pcre_work_as_much_as_is_said() {
    let (mut exponential, mut polynomial, mut unknown) = (0, 0, 0);
    for text in KNOWN.iter().map(|text| (*text).to_owned()).chain(samples(90, expression())) {
        let pattern = pcre::parse(&text, false).expect("a sound expression");
        let (attack, few, many, growth) = match cost(&pattern, ByteSet::ALL) {
            Cost::Exponential { attack } => (attack, 6, 12, 16.0),
            Cost::Polynomial { degree: degree @ 0..=3, attack } => (attack, 16, 64, 0.4 * 4_f64.powi(degree as i32)),
            Cost::Polynomial { degree, attack } => (attack, 8, 24, 0.4 * 3_f64.powi(degree as i32)),
            Cost::Linear => continue,
            Cost::Unknown => {
                unknown += 1;
                continue;
            }
        };
        if growth == 16.0 {
            exponential += 1
        } else {
            polynomial += 1
        }
        let steps = |times: usize| {
            let subject = attack.text(times);
            steps(&text, &subject).unwrap_or_else(|| panic!("{text} matches {}", subject.escape_ascii()))
        };
        let (few, many) = (steps(few), steps(many));
        let is_enough = many == MOST || many as f64 >= few as f64 * growth;
        assert!(is_enough, "{text}: {few}, then {many} with {attack:?}, not {growth} times as many");
    }
    assert!(exponential > 15 && polynomial > 15 && unknown < 40, "{exponential} {polynomial} {unknown}");
}

#[test]
fn what_is_linear_is_linear_for_pcre() {
    let pieces = prop::collection::vec(prop::sample::select(b"aab/x".as_slice()), 1..4);
    let pumps = samples(6, pieces);
    let mut linear = 0;
    for text in samples(90, expression()) {
        let pattern = pcre::parse(&text, false).expect("a sound expression");
        if cost(&pattern, ByteSet::ALL) != Cost::Linear {
            continue;
        }
        linear += 1;
        for pump in &pumps {
            let subject = |times: usize| [b"/a".as_slice(), &pump.repeat(times), b"\x01bx/!\n\n"].concat();
            if let (Some(few), Some(many)) = (steps(&text, &subject(16)), steps(&text, &subject(64))) {
                assert!(many < few * 6 + 100, "{text}: {few}, then {many} with {}", pump.escape_ascii());
            }
        }
    }
    assert!(linear > 20, "{linear}");
}
