//! The language: which texts have errors, where, and what the words mean.

use nginspect::syntax::{Dialect, ErrorKind, Lexer, Terminator, Tree, parse};

/// The errors of a text: kind and the line that nginx would name.
fn errors(text: &[u8]) -> Vec<(ErrorKind, usize)> {
    let tree = parse(text, Dialect::default());
    let line = |offset: u32| 1 + text[..offset as usize].iter().filter(|byte| **byte == b'\n').count();
    tree.errors().iter().map(|error| (error.kind, line(error.start))).collect()
}

fn tree(text: &str) -> Tree {
    parse(text.as_bytes(), Dialect::default())
}

/// Directives as nested lists of their words: `a b; c { d; }` gives `a|b;c{d;}`.
fn shape(text: &str) -> String {
    let tree = tree(text);
    assert_eq!(tree.errors(), &[], "{text}");
    let mut shape = String::new();
    let mut open: Vec<u32> = Vec::new();
    for (id, node) in (0..).zip(tree.nodes()) {
        while open.last().is_some_and(|end| *end <= id) {
            open.pop();
            shape.push('}');
        }
        let words: Vec<&str> =
            (0..node.word_count as usize).filter_map(|index| tree.value(text.as_bytes(), id, index)).collect();
        shape.push_str(&words.join("|"));
        match node.terminator {
            Terminator::Block { .. } => {
                shape.push('{');
                open.push(node.subtree_end);
            }
            _ => shape.push(';'),
        }
    }
    shape.push_str(&"}".repeat(open.len()));
    shape
}

#[test]
fn accepted_texts_and_their_words() {
    let cases: &[(&str, &str)] = &[
        ("", ""),
        ("events{}", "events{}"),
        ("a b;c d;", "a|b;c|d;"),
        ("a\tb\r\n;", "a|b;"),
        ("a # not here\n b;", "a|b;"),
        ("a b#c;", "a|b#c;"),
        ("# only a comment", ""),
        ("a \"b c\" 'd;{}#';", "a|b c|d;{}#;"),
        ("a \"\" '';", "a||;"),
        ("a x\"y z\";", "a|x\"y|z\";"),
        ("a ${b}c;", "a|${b}c;"),
        ("a ${{{x;", "a|${{{x;"),
        ("a $b{c;}", "a|$b{c;}"),
        ("a b}c;", "a|b}c;"),
        ("a b\\;c;", "a|b\\;c;"),
        ("a b\\{c;", "a|b\\{c;"),
        ("a b\\ c;", "a|b\\ c;"),
        ("a \\\"b\\\" c;", "a|\"b\"|c;"),
        ("a \"b\\\"c\" 'd\\'e';", "a|b\"c|d'e;"),
        ("a b\\\\c \\t\\r\\n;", "a|b\\c|\t\r\n;"),
        ("a C:\\new \\d\\.;", "a|C:\new|\\d\\.;"),
        ("if ($a = \"b\") {}", "if|($a|=|b|){}"),
        ("if ($a) { b; }", "if|($a){b;}"),
        ("a \"b\nc\";", "a|b\nc;"),
        ("\"server\" { }", "server{}"),
        ("a {b {c;} d;} e;", "a{b{c;}d;}e;"),
        ("a b\u{a0}c;", "a|b\u{a0}c;"),
        ("content_by_lua_block { local a = \"}\" -- }\n } b;", "content_by_lua_block{}b;"),
        ("content_by_lua_block { [[ } ]] {1, {2}} } b;", "content_by_lua_block{}b;"),
        ("content_by_lua_block \"x\";", "content_by_lua_block|x;"),
    ];
    for (text, expected) in cases {
        assert_eq!(&shape(text), expected, "{text:?}");
    }
}

#[test]
fn rejected_texts_with_one_error_each_at_nginx_s_line() {
    use ErrorKind::*;
    let unglued = |line| (UnfinishedAtBrace { glued: false }, line);
    let cases: &[(&str, (ErrorKind, usize))] = &[
        (";", (StraySemicolon, 1)),
        ("events {};\n", (StraySemicolon, 1)),
        ("a b;;\nc d;", (StraySemicolon, 1)),
        ("a {\n{ }\n}", (StrayOpenBrace, 2)),
        ("a { }\n}\n", (StrayCloseBrace, 2)),
        ("a {\n b c\n}\nd;", unglued(3)),
        ("a {\n b \"c\"}\nd;", unglued(2)),
        ("a {\n b c }\nd;", unglued(2)),
        ("a {\n b c}\n}\n", (UnfinishedAtBrace { glued: true }, 3)),
        ("a {\n b c}\n", (UnfinishedAtEnd { glued: true }, 3)),
        ("a b", (UnfinishedAtEnd { glued: false }, 1)),
        ("a b\n", (UnfinishedAtEnd { glued: false }, 2)),
        ("a {\n b;\n", (UnclosedBlock, 3)),
        ("a \"b\"c;\n", (TextAfterQuote, 1)),
        ("a \"b\"#c\n;", (TextAfterQuote, 1)),
        ("a \"b\"\"c\";", (TextAfterQuote, 1)),
        ("a \"b\"};\nc;", (TextAfterQuote, 1)),
        ("a 'it's;\nb;", (TextAfterQuote, 1)),
        ("a \"b;\nc \"d\";\ne;", (UnclosedQuote, 2)),
        ("a \"b;\nc d;\n", (UnclosedQuote, 3)),
        ("a {\n b 'c;\n}\nd e;\n", (UnclosedQuote, 5)),
        ("location ~ ^/\\d{2}/x {\n root y;\n}\n", (UnquotedBrace, 1)),
        ("a ~ ^/\\d{2}-\\w{3,} b;", (UnquotedBrace, 1)),
        ("x_by_lua_block {\n {\n }\n", (LuaUnclosed, 2)),
        ("x_by_lua_block {\n [[ }\n", (LuaLongBracket, 2)),
        ("x_by_lua_block {}", (LuaEmpty, 1)),
        ("x_by_lua_block { } ;", (StraySemicolon, 1)),
    ];
    for (text, expected) in cases {
        assert_eq!(errors(text.as_bytes()), [*expected], "{text:?}");
    }
}

#[test]
fn words_and_comments_fit_into_4096_bytes_or_not() {
    let long = |count: usize| "x".repeat(count);
    let ok = |text: String| errors(text.as_bytes()).is_empty();
    assert!(ok(format!("a {};", long(4095))) && !ok(format!("a {};", long(4096))));
    assert!(ok(format!("a {} ;", long(4094))) && !ok(format!("a {} ;", long(4095))));
    assert!(ok(format!("a \"{}\";", long(4094))) && !ok(format!("a \"{}\";", long(4095))));
    assert!(ok(format!("a \"{}\" ;", long(4093))) && !ok(format!("a \"{}\" ;", long(4094))));
    assert_eq!(errors(format!("a \"{}\";", long(9000)).as_bytes()), [(ErrorKind::WordTooLong, 1)]);
    assert!(ok(format!("#{}\na;", long(4094))) && !ok(format!("#{}\na;", long(4095))));
    assert_eq!(
        errors(format!("b;\na \"{}\n", long(5000)).as_bytes()),
        [(ErrorKind::UnclosedQuote, 2), (ErrorKind::UnfinishedAtEnd { glued: false }, 3)]
    );
}

#[test]
fn bytes_that_are_no_text_are_ordinary() {
    assert_eq!(errors(b"a \xff\xfe\x00b;"), []);
    assert_eq!(errors(b"\xef\xbb\xbfevents {}"), []);
    let text = b"a b\xffc;";
    assert_eq!(parse(text, Dialect::default()).value(text, 0, 1), Some("b\u{fffd}c"));
}

#[test]
fn several_mistakes_are_several_errors_and_no_more() {
    let text = "events {};\nhttp {\n  server {\n    listen 80\n  }\n  server {\n    add_header A \"b\"c;\n    root 'x;\n    index y;\n  }\n  location ~ \\d{2} { }\n}\n}\n";
    use ErrorKind::*;
    let expected = [
        (StraySemicolon, 1),
        (UnfinishedAtBrace { glued: false }, 5),
        (TextAfterQuote, 7),
        (UnquotedBrace, 11),
        (StrayCloseBrace, 13),
        (UnclosedQuote, 14),
    ];
    assert_eq!(errors(text.as_bytes()), expected);
}

#[test]
fn an_unclosed_block_is_blamed_on_the_one_whose_indentation_says_so() {
    let text = "http {\n    server {\n        location / {\n            root x;\n    }\n}\n";
    let tree = tree(text);
    let (start, end) = tree.errors()[0].cause.expect("an opener");
    assert_eq!(&text[start as usize..end as usize], "location / {");
}

#[test]
fn a_placeholder_alone_on_its_line_swallows_nothing_in_a_template() {
    let text = "server {\n  ${EXTRA}\n  listen 80;\n  $MORE # why\n  root x;\n  ${LAST}\n}\n";
    let tree = parse(text.as_bytes(), Dialect { placeholders: true, tags: &[] });
    assert_eq!(tree.errors(), &[]);
    let placeholders = tree.nodes().iter().filter(|node| node.terminator == Terminator::Placeholder).count();
    assert_eq!((placeholders, tree.nodes().len()), (3, 6));
    assert_eq!(parse(text.as_bytes(), Dialect::default()).errors().len(), 1);
}

#[test]
fn a_million_nested_blocks_are_read_and_dropped() {
    let depth = 1_000_000;
    let text = format!("{}{}", "a{".repeat(depth), "}".repeat(depth));
    let tree = tree(&text);
    assert_eq!((tree.errors().len(), tree.nodes().len()), (0, depth));
    assert_eq!(errors("a{".repeat(depth).as_bytes()).len(), 1);
}

#[test]
fn comments_are_kept_and_tokens_tile_the_text() {
    let text = "# one\na b; # two\n\nc { # three\n}";
    assert_eq!(tree(text).comments().len(), 3);
    let mut end = 0;
    for token in Lexer::new(text.as_bytes()) {
        assert_eq!(token.start, end);
        end = token.end;
    }
    assert_eq!(end as usize, text.len());
}
