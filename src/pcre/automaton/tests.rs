use super::*;
use crate::pcre::parse;

fn automaton(text: &str) -> Automaton {
    Automaton::new(&parse(text, false).expect(text)).expect(text)
}

/// A text that the first expression takes and the second one does not.
fn beyond(text: &str, outer: &str) -> Search {
    text_in(&[&automaton(text)], &[&automaton(outer)])
}

fn found(text: &str) -> Search {
    Search::Found(text.as_bytes().to_vec())
}

#[test]
fn inclusion_knows_anchors_and_case() {
    for (text, outer) in [
        ("/api/v1", "/api"),
        (r"\.php$", r"(?i)\.php"),
        (r"\.(css|js)$", r"\.(js|png|css)$"),
        ("^/a/.*", "^/a"),
        (r"^/a\z", "^/a$"),
        ("^a+$", "^(?:a|aa)+$"),
        ("^/(?!b)", "^/"),
        ("^x", ""),
        (r"^[0-9]{2}\z", r"^\d+$"),
    ] {
        assert_eq!(beyond(text, outer), Search::Nothing, "{text} in {outer}");
    }
    for (text, outer, witness) in [
        ("/api", "/api/v1", "/api"),
        (r"(?i)\.php$", r"\.php$", ".phP"),
        (r"\.(css|js)$", r"\.(?:css)$", ".js"),
        ("^/a$", r"^/a\z", "/a\n"),
        ("/a", "^/a", "a/a"),
        ("^a*$", "^(?:aa)*$", "a"),
        ("^/", "^/(?!b)", "/b"),
    ] {
        assert_eq!(beyond(text, outer), found(witness), "{text} in {outer}");
    }
}

#[test]
fn witnesses_meet_all_conditions_at_once() {
    let weak = automaton(r"https?://.*example\.test$");
    let foreign = automaton(r"^https://[a-z0-9.-]+\z");
    let own = automaton(r"^https://([a-z0-9-]+\.)*example\.test\z");
    assert_eq!(text_in(&[&weak, &foreign], &[&own]), found("https://aexample.test"));
    assert_eq!(text_in(&[&automaton(r"^https://example.test\z"), &foreign], &[&own]), found("https://exampleatest"));
    let strict = automaton(r"^https://([a-z0-9-]+\.)*example\.test$");
    assert_eq!(text_in(&[&strict, &foreign], &[&own]), Search::Nothing);
    assert_eq!(text_in(&[&automaton("^a"), &automaton("^b")], &[]), Search::Nothing);
}

#[test]
fn short_lists_are_spelled_out() {
    let list = |text: &str, limit| texts_in(&[&automaton(text)], &[&automaton("\n")], limit);
    let listed = |texts: &[&str], in_any_case| Texts::Listed {
        texts: texts.iter().map(|text| text.as_bytes().to_vec()).collect(),
        in_any_case,
    };
    assert_eq!(list(r"^(a|b)\.test$", 10), listed(&["a.test", "b.test"], false));
    assert_eq!(list(r"^(?i)a(?:bc)?$", 10), listed(&["a", "abc"], true));
    assert_eq!(list("^[0-9]$", 9), Texts::TooMany);
    assert_eq!(list("^a+$", 10), Texts::TooMany);
    assert_eq!(list("a", 10), Texts::TooMany);
    assert_eq!(list(r"a\bb", 10), listed(&[], false));
}

#[test]
fn groups_may_be_taken_for_larger_than_they_are() {
    let pattern = parse(r"^/(?<host>a|b\.test)(?=/)/(.*)(x++)$", false).expect("a sound expression");
    let group = |number| Automaton::of_group(&pattern, number);
    let host = group(1).expect("it exists").expect("it is simple");
    let texts = vec![b"a".to_vec(), b"b.test".to_vec()];
    assert_eq!(texts_in(&[&host], &[], 5), Texts::Listed { texts, in_any_case: false });
    assert!(!host.is_exact());
    assert_eq!(text_in(&[&host], &[]), Search::Unknown, "there may be no such subject");
    assert_eq!(text_in(&[&host, &automaton("c")], &[]), Search::Nothing);
    let rest = group(2).expect("it exists").expect("it is simple");
    assert_eq!(texts_in(&[&rest], &[], 5), Texts::TooMany);
    assert!(group(3).expect("it exists").expect("giving back makes it larger").accepts(b"xx") == Some(true));
    assert!(group(4).is_none());
}

#[test]
fn what_no_automaton_can_do_is_refused() {
    for text in [r"(a)\1", "(?R)?a", "(?>a)", "a++", "(*UTF)a", "(*COMMIT)a", r"\pL", r"\R", "(?(?=a)b)", "[a-z]{3000}"]
    {
        assert!(Automaton::new(&parse(text, false).expect(text)).is_err(), "{text}");
    }
    let place = Automaton::new(&parse(r"(a)x\1", false).expect("it is sound"));
    assert_eq!(place.err(), Some(Undecidable::Construct { start: 4, end: 6 }));
}

#[test]
fn hard_questions_are_given_up() {
    for text in ["(?:(?=a)|b|)".repeat(60), format!("^{}c", "(?:(?=.*[a-c]{9}x)[ab])*".repeat(9))] {
        assert!(automaton(&text).accepts(b"abaabbababaaaabbbbababababab").is_none(), "{text}");
    }
    let hard = automaton("^(?:a|b)*a(?:a|b){16}$");
    assert_eq!(text_in(&[&hard, &automaton("c")], &[]), Search::Unknown);
}

#[test]
fn alternatives_stand_alone() {
    let of = |text: &str| {
        let pattern = parse(text, false).expect(text);
        let places = alternatives(&pattern).into_iter().map(|one| text[one.start..one.end].to_owned());
        places.collect::<Vec<_>>()
    };
    assert_eq!(of(r"\.(css|js|)$"), ["css", "js"]);
    assert_eq!(of("^/a|^/b(c|d)"), ["^/a", "^/b(c|d)"]);
    assert_eq!(of("(a|b)(c|d)"), [""; 0]);
    assert_eq!(of("(a|b)+"), [""; 0]);
    let pattern = parse("((?i)a|b)c", false).expect("it is sound");
    let alone = Automaton::new(&alternatives(&pattern)[1].pattern).expect("it is simple");
    assert_eq!((alone.accepts(b"Bc"), alone.accepts(b"ac")), (Some(true), Some(false)));
}

#[test]
fn deep_nesting_is_no_danger() {
    for (open, close) in [("(?=a", ")"), ("(a|", ")*"), ("(?:", ")"), ("(?<!a", ")")] {
        let text = format!("{}x{}", open.repeat(240), close.repeat(240));
        let pattern = parse(&text, false).expect("it is sound");
        let verdict = Automaton::new(&pattern).ok().and_then(|automaton| automaton.accepts(b"aaaa"));
        assert_ne!(verdict, Some(true), "{open}");
    }
}
