//! The reader of expressions beside PCRE2 itself. The crate at hand brings 10.46; what other releases take and this one does
//! not is listed here.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::sync::LazyLock;

use nginspect::nginx::context::Context;
use nginspect::pcre::{self, Error, ErrorKind, GroupKind, Kind, Pattern};
use nginspect::rules::RULES;
use pcre2::bytes::RegexBuilder;
use proptest::prelude::*;
use walkdir::WalkDir;

use crate::support::{Memory, read, read_example};

/// Names a folder with more configurations, whose expressions are tried, too.
const MORE: &str = "NGINSPECT_CONFIGURATIONS";

/// Pieces that expressions are made of; each alone, and in any order.
const PIECES: &str = r#"
    a b z é 0 2 8 9 : = ! < > - _ / , { } [ ] ( ) | ? * + ^ $ . \ ' " & # ~ @ % (? (?: (?= (?! (?<= (?<! (?<n> (?<m> (?'n'
    (?P<n> (?P=n) (?P>n) (?&n) (?| (?> (?# (?i) (?i: (?-i) (?x) (?xx) (?n) (?J) (?^ (?s-i: (?C) (?C1) (?C'a') (?R) (?1) (?-1)
    (?+1) (?2) (?(1) (?(n) (?(<n>) (?('n') (?(R) (?(DEFINE) (?(?= (?(?! (?(?<= (?(?C)(?= (?(-1) (*ACCEPT) (*FAIL) (*COMMIT)
    (*MARK:x) (*:x) (*SKIP) (*UCP) (*pla: (*atomic: (*nlb: (*foo: (*BAR) (* \d \D \w \s \S \W \h \v \N \R \X \C \K \A \z \Z
    \G \b \B \Q \E \Q\E \1 \2 \8 \10 \11 \77 \400 \0 \012 \x \x4 \x41 \x{41} \x{ \x{100} \x{g} \o{101} \o \o{8} \cA \c \e \n
    \g1 \g{1} \g{-1} \g{+1} \g<1> \g<n> \g'n' \g{n} \g \k<n> \k{n} \k'n' \k \p{L} \P{Lu} \pL \p{^L} \u \l \L \U \F \y \_ \-
    \. \/ \] \[ \) \( [a-z] [^/] [\w-] [\w-.] [a-\d] [z-a] []a] [^]] [[:alpha:]] [[:^digit:]-z] [[:foo:]] [[.a.]] [[:<:]]
    [:alpha:] [\b] [\B] [\N] [\R] [a- [^ [\Q]\E] [\E] {2} {2,} {2,3} {3,2} {65536} {,3} {0} *? *+ +? ++ ?? ?+ {2}? {2}+ a* .*
    .+ (.*) (a|b) (?:a|b)+ (?<=a|bc) (?<=a*) (?<=a{2}) (?<!\d) \.(?:php|html)$ ^/api/ (?i)\.(jpe?g|png)$
"#;

/// What PCRE2 says: where it gives up, and the number of its complaint.
fn judge(text: &str, caseless: bool) -> Result<(), (usize, i32)> {
    let built = RegexBuilder::new().caseless(caseless).build(text);
    built.map(|_| ()).map_err(|error| (error.offset().unwrap_or_default(), error.code()))
}

/// Complaints of PCRE2 that the reader leaves alone.
fn is_left_alone(code: i32, text: &str, pattern: &Pattern) -> bool {
    // Too large or too complicated, which only a compiler knows; and names of properties, which come with releases.
    matches!(code, 120 | 135 | 136 | 146 | 147 | 186 | 187)
        // `{,5}` and blanks in braces are literals up to 10.42.
        || (matches!(code, 104 | 105 | 109) && text.contains('{'))
        || (matches!(code, 125 | 200) && (has(pattern, leaves_width_open) || ["(*", "{,", "(DEFINE"].iter().any(|mark| text.contains(mark))))
        || (code == 115 && text.contains("(?(R"))
        || has(pattern, |kind| *kind == Kind::Opaque)
}

/// What a call of a group matches is not followed, and a repeated assertion counts nothing.
fn leaves_width_open(kind: &Kind) -> bool {
    match kind {
        Kind::BackReference(_) | Kind::Call(_) => true,
        Kind::Repeat { node, .. } => matches!(node.kind, Kind::Group(GroupKind::Look { .. }, _)),
        _ => false,
    }
}

fn has(pattern: &Pattern, is_wanted: fn(&Kind) -> bool) -> bool {
    let mut found = false;
    pattern.visit(&mut |node| found |= is_wanted(&node.kind));
    found
}

/// Is PCRE2's place the reader's, or a neighbour? An unclosed group is named where it begins, not at the end.
fn is_near(error: &Error, offset: usize, code: i32, text: &str) -> bool {
    let is_unclosed = matches!(error.kind, ErrorKind::UnclosedGroup | ErrorKind::UnclosedComment);
    let is_told_late = matches!(
        error.kind,
        ErrorKind::NoSuchGroup
            | ErrorKind::LookbehindUnlimited
            | ErrorKind::ConditionBranches
            | ErrorKind::DefineBranches
    );
    // What is judged after reading comes in another order there.
    let is_late = matches!(code, 115 | 125 | 127 | 154 | 199 | 200);
    // What only newer releases refuse stops PCRE2 in front of the reader's place.
    let is_doubtful = matches!(code, 103 | 107 | 109 | 111 | 137 | 146 | 147 | 150 | 178 | 194)
        && (is_unclosed || is_told_late || offset <= error.start + 1);
    // A name is cut where it stops to be one.
    let is_name = error.kind == ErrorKind::BadProperty && matches!(code, 146 | 147);
    is_late
        || text.contains("(?[")
        || is_name
        || is_doubtful
        || (is_unclosed && offset == text.len())
        || (error.start.saturating_sub(1)..=error.end + 1).contains(&offset)
}

/// How the reader's answer differs from PCRE2's.
fn difference(text: &str, caseless: bool) -> Option<String> {
    match (pcre::parse(text, caseless), judge(text, caseless)) {
        (Ok(_), Ok(())) => None,
        (Ok(pattern), Err((offset, code))) => (pattern.doubts.is_empty() && !is_left_alone(code, text, &pattern))
            .then(|| format!("{text:?} is taken, PCRE2 says {code} at {offset}")),
        (Err(error), Ok(())) => Some(format!("{text:?} is refused ({error:?}), PCRE2 takes it")),
        (Err(error), Err((offset, code))) => (!is_near(&error, offset, code, text))
            .then(|| format!("{text:?} is refused ({error:?}), PCRE2 says {code} at {offset}")),
    }
}

/// The expressions of all examples, and of a folder of configurations where one is named.
fn real_expressions() -> BTreeSet<(String, bool)> {
    let mut found = BTreeSet::new();
    for rule in RULES {
        for example in rule.parsed_page().examples() {
            found.extend(read_example(&example).regexes().map(|regex| (regex.text.to_owned(), regex.caseless)));
        }
    }
    let files = std::env::var_os(MORE).into_iter().flat_map(WalkDir::new).filter_map(Result::ok);
    for file in files.filter(|entry| entry.file_type().is_file()) {
        let Ok(text) = fs::read(file.path()) else { continue };
        for context in [Context::Main, Context::Http, Context::Server] {
            let config = read(&Memory::new([("x.conf", text.as_slice())]), "x.conf", Some(context));
            found.extend(config.regexes().map(|regex| (regex.text.to_owned(), regex.caseless)));
        }
    }
    found
}

static REAL: LazyLock<Vec<String>> = LazyLock::new(|| real_expressions().into_iter().map(|(text, _)| text).collect());

#[test]
fn real_expressions_are_read_as_pcre_reads_them() {
    let real = real_expressions();
    let wrong: Vec<String> = real.iter().filter_map(|(text, caseless)| difference(text, *caseless)).collect();
    writeln!(std::io::stderr(), "pcre: {} expressions of configurations", real.len()).expect("stderr is open");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Pieces in a row, the parentheses balanced or not.
fn made_up() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES.split_whitespace().collect::<Vec<_>>());
    (prop::collection::vec(piece, 1..8), any::<bool>()).prop_map(|(pieces, balance)| {
        let text = pieces.concat();
        let open = text.matches('(').count().saturating_sub(text.matches(')').count());
        if balance { text + &")".repeat(open) } else { text }
    })
}

/// A real expression with something put in, left out or doubled.
fn changed() -> impl Strategy<Value = String> {
    let real = any::<prop::sample::Index>().prop_map(|index| index.get(&REAL).clone());
    let piece = prop::sample::select(PIECES.split_whitespace().collect::<Vec<_>>());
    let change = (any::<prop::sample::Index>(), 0..3_u8, piece);
    (real, prop::collection::vec(change, 1..4)).prop_map(|(mut text, changes)| {
        for (place, change, piece) in changes {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let Some(at) = (!places.is_empty()).then(|| *place.get(&places)) else { continue };
            match change {
                0 => drop(text.remove(at)),
                1 => text.insert_str(at, piece),
                _ => text.insert_str(at, &text[at..].chars().take(3).collect::<String>()),
            }
        }
        text
    })
}

proptest! {
    // PROPTEST_CASES asks for more.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_expression_is_read_as_pcre_reads_it(text in prop_oneof![2 => made_up(), 1 => changed()], caseless in any::<bool>()) {
        if let Some(difference) = difference(&text, caseless) {
            prop_assert!(false, "{difference}");
        }
    }

    #[test]
    fn nodes_nest_and_lie_in_the_text(text in prop_oneof![made_up(), changed()]) {
        match pcre::parse(&text, false) {
            Ok(pattern) => {
                let mut end = 0;
                pattern.visit(&mut |node| {
                    assert!(node.start <= node.end && node.end <= text.len(), "{text:?}: {node:?}");
                    assert!(node.start >= end, "{text:?}: {node:?}");
                    end = node.start;
                });
            }
            Err(error) => {
                prop_assert!(error.start <= error.end && error.end <= text.len(), "{text:?}: {error:?}");
                let message = error.message(&text);
                prop_assert!(!message.contains("{}") || text.contains("{}"), "{message}");
            }
        }
    }
}
