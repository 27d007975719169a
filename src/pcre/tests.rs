use super::*;

fn error(text: &str) -> (ErrorKind, &str) {
    let error = parse(text, false).expect_err(text);
    (error.kind, &text[error.start..error.end])
}

fn kinds(text: &str) -> Vec<Kind> {
    parse(text, false).expect(text).branches.remove(0).into_iter().map(|node| node.kind).collect()
}

#[test]
fn mistakes_are_named_at_their_place() {
    for (text, kind, piece) in [
        ("a**", ErrorKind::RepeatedQuantifier, "*"),
        ("(*.jpg)", ErrorKind::UnknownVerb, "(*"),
        ("*.example", ErrorKind::NothingToRepeat, "*"),
        ("(?:+)", ErrorKind::NothingToRepeat, "+"),
        ("^+", ErrorKind::NothingToRepeat, "+"),
        ("a{3,2}", ErrorKind::QuantifierOrder, "{3,2}"),
        ("a{65536}", ErrorKind::QuantifierTooBig, "{65536}"),
        ("/(a|(b)", ErrorKind::UnclosedGroup, "("),
        ("a)b", ErrorKind::UnopenedGroup, ")"),
        ("x[a-z", ErrorKind::UnclosedClass, "[a-z"),
        ("[]", ErrorKind::UnclosedClass, "[]"),
        ("[az-a]", ErrorKind::RangeOrder, "z-a"),
        ("[a-\\d]", ErrorKind::RangeOfSet, "a-\\d"),
        ("[[:alphabet:]]", ErrorKind::UnknownPosixClass, "[:alphabet:]"),
        ("[:alpha:]", ErrorKind::PosixOutsideClass, "[:alpha:]"),
        ("a\\", ErrorKind::TrailingBackslash, "\\"),
        ("\\u0041", ErrorKind::NotInPcre, "\\u"),
        ("\\x{100}", ErrorKind::CodeTooLarge, "\\x{100}"),
        ("(a)\\2", ErrorKind::NoSuchGroup, "\\2"),
        ("(?<a>x)\\k<b>", ErrorKind::NoSuchGroup, "\\k<b>"),
        ("(?<1a>x)", ErrorKind::NameStartsWithDigit, "1"),
        ("(?<a-b>x)", ErrorKind::NameNotTerminated, "a-"),
        ("(?<aä>x)", ErrorKind::NameNotTerminated, "aä"),
        ("(?<a>x)(?<a>y)", ErrorKind::DuplicateName, "a"),
        ("(?Z)", ErrorKind::UnknownGroup, "(?Z"),
        ("(?<=a*)b", ErrorKind::LookbehindUnlimited, "(?<=a*)"),
    ] {
        assert_eq!(error(text), (kind, piece), "{text}");
    }
}

#[test]
fn what_only_one_release_refuses_is_no_error() {
    for text in ["\\y", "[\\w-.]", "[\\B]", "(?X)a", "\\x", "(?=a\\K)", "\\8"] {
        assert_eq!(parse(text, false).map(|pattern| pattern.doubts.len()), Ok(1), "{text}");
    }
    for text in ["x{,5}", "x{ 2 }", "(?<=a{1,3})", "(?^i)a", "(?[[a]])", "(*pla:a)", "(?C'x')", "(*NO_JIT)a", "[\\w-]"]
    {
        assert_eq!(parse(text, false).map(|pattern| pattern.doubts.len()), Ok(0), "{text}");
    }
}

#[test]
fn the_tree_says_what_stands_where() {
    let pattern = parse(r"^/(?<lang>de|en)/(.*?)\.html$", false).expect("a sound expression");
    let shown = |node: &Node| format!("{}..{}", node.start, node.end);
    let places: Vec<String> = pattern.branches[0].iter().map(shown).collect();
    assert_eq!(
        places,
        ["0..1", "1..2", "2..16", "16..17", "17..22", "22..24", "24..25", "25..26", "26..27", "27..28", "28..29"]
    );
    assert_eq!(pattern.group_names().collect::<Vec<_>>(), [(1, "lang")]);
    assert_eq!(pattern.group_count, 2);
    assert_eq!((pattern.groups[0].start, pattern.groups[0].opened), (2, 10));
    let Kind::Group(GroupKind::Capture { number: 2, name: None }, branches) = &pattern.branches[0][4].kind else {
        panic!("{:?}", pattern.branches[0][4])
    };
    let Kind::Repeat { node, min: 0, max: None, greed: Greed::Lazy } = &branches[0][0].kind else {
        panic!("{branches:?}")
    };
    assert_eq!((node.kind.clone(), branches[0][0].start, branches[0][0].end), (Kind::Dot, 18, 21));
}

#[test]
fn escapes_mean_what_they_mean_where_they_stand() {
    assert_eq!(kinds(r"\x2f\057\/\e"), [47, 47, 47, 27].map(Kind::Literal));
    assert_eq!(kinds(r"\Q.*\E+").len(), 2);
    assert_eq!(kinds("ä").len(), 2);
    assert_eq!(kinds("(*UTF)ä").len(), 2, "a setting and a letter");
    assert_eq!(kinds(r"\12"), [Kind::Literal(10)]);
    assert_eq!(kinds(r"(?x) a # (")[1], Kind::Literal(97));
    let Kind::Class(class) = &kinds(r"[^\d\b-\x41[:^space:]-]")[0] else { panic!("no set") };
    let items: Vec<&ClassKind> = class.items.iter().map(|item| &item.kind).collect();
    let space = ClassKind::Posix { negated: true, name: "space".to_owned() };
    assert!(class.negated);
    assert_eq!(items, [&ClassKind::Shorthand('d'), &ClassKind::Range(8, 65), &space, &ClassKind::Literal(45)]);
}

#[test]
fn groups_are_counted_as_pcre_does() {
    for (text, count) in [("(a)(?:b)(?<c>d)", 2), ("(?|(a)|(b)(c)|d)(e)", 3), ("(?n)(a)(?<b>c)", 1), ("\\(a\\)[(]", 0)]
    {
        assert_eq!(parse(text, false).map(|pattern| pattern.group_count), Ok(count), "{text}");
    }
}

#[test]
fn every_message_fits_on_a_line() {
    for kind in ErrorKind::ALL {
        let text = "x".repeat(100);
        let message = Error::new(0, 100, *kind).message(&text);
        assert!(message.chars().count() <= 90 && !message.ends_with('.'), "{message}");
    }
}

#[test]
fn deep_nesting_comes_to_an_end() {
    assert_eq!(parse(&"(".repeat(100_000), false).map_err(|error| error.kind), Err(ErrorKind::TooDeep));
    let text = format!("{}{}", "(".repeat(250), ")".repeat(250));
    assert!(parse(&text, false).is_ok());
}
