use super::*;
use crate::pcre::parse;

fn of(text: &str) -> Cost {
    cost(&parse(text, false).expect(text), ByteSet::ALL)
}

#[test]
fn nested_repetitions_of_the_same_are_exponential() {
    for text in [
        "^(a+)+$",
        "^(a*)*b",
        "^(a|a)*$",
        "^(?:a|ab|b)*c",
        r"^(\w+\s?)*$",
        r"^([a-zA-Z0-9]+\.?)+@x$",
        "^(a|b|ab)*$",
        "(x+x+)+y",
        r"^(?:[^/]+/?)+\.html$",
        "^/((?:[a-z]+-?)*)/$",
    ] {
        let Cost::Exponential { attack } = of(text) else { panic!("{text}: {:?}", of(text)) };
        assert_eq!(attack.pumps.len(), 1, "{text}");
    }
}

#[test]
fn repetitions_behind_one_another_are_polynomial() {
    for (text, wanted) in [
        ("^a*a*$", 2),
        ("^a*a*a*$", 3),
        (r"\s+$", 2),
        (r"^\s*(\w|\s)*\s*x$", 3),
        ("^/.*/.*/.*x$", 3),
        (r"[^/]+\.php$", 2),
        ("^[a-z]+[0-9]*[a-z]*$", 2),
        ("^(.*)/(.*)$", 2),
        ("^.*.*.*.*=.*;$", 5),
        ("^a*a*a*a*a*a*a*a*a*a*a*a*$", 9),
    ] {
        match of(text) {
            Cost::Polynomial { degree, .. } => assert_eq!(degree, wanted, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn plain_expressions_are_linear() {
    for text in [
        "^/api/v[0-9]+/users$",
        r"\.(?:css|js|png)$",
        "^/([^/]+)/([^/]+)$",
        "^(?:/[a-z]+)*$",
        "^([a-z]+-)*[0-9]$",
        r"^(?:[a-z]+\.)+test$",
        "^/(a|b)*c",
        "^a{1,30}a{1,30}$",
        "^([^,]*,)*x$",
        "",
    ] {
        assert_eq!(of(text), Cost::Linear, "{text}");
    }
}

#[test]
fn nothing_is_claimed_that_cannot_be_shown() {
    // They match as soon as the repetition begins, or have what is not followed.
    for text in ["(a+)+", "/(.*)", r"(a+)+\1", "^(a++)+$", "^(?=x)(a+)+$", r"^(\ba+)+$", "(?:a?){40}x(?:a?b?c?d?){30}"]
    {
        assert_eq!(of(text), Cost::Unknown, "{text}");
    }
}

#[test]
fn attacks_keep_to_the_alphabet() {
    let of = |text: &str, alphabet| cost(&parse(text, false).expect(text), alphabet);
    let no_breaks = ByteSet::byte(b'\n').complement();
    assert!(matches!(of("^(.+)+$", ByteSet::ALL), Cost::Exponential { .. }));
    assert_eq!(of("^(.+)+$", no_breaks), Cost::Unknown, "nothing makes it fail");
    let Cost::Exponential { attack } = of("^(a+)+$", ByteSet::PRINTABLE) else { panic!("it is exponential") };
    assert!(attack.text(3).iter().all(|byte| ByteSet::PRINTABLE.contains(*byte)));
    assert_eq!(attack.text(2).len(), attack.text(1).len() + attack.pumps[0].1.len());
}

#[test]
fn large_expressions_come_to_an_end() {
    for text in [
        format!("^{}x$", ".*".repeat(40)),
        format!("^(?:{})*$", (0..150).map(|number| format!("word{number}x|")).collect::<String>()),
        format!("^{}$", "(?:a?|b?|c?)".repeat(60)),
        format!("{}x{}", "(?:a|".repeat(200), ")*".repeat(200)),
        format!("^{}$", "(?:[a-z]+-?)*x".repeat(40)),
    ] {
        assert_ne!(of(&text), Cost::Linear, "{text}");
    }
}
