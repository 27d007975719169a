//! Where mistakes of syntax are, to the byte, and how texts with tags are cut.

use nginspect::syntax::{Dialect, ErrorKind, Lexer, SyntaxError, Tag, TagKind, Terminator, TokenKind, Tree, parse};

/// Takes the marks out of a text: `‹…›` is where the error is, `«…»` is its cause.
fn unmarked(marked: &str) -> (String, (u32, u32), Option<(u32, u32)>) {
    let (mut text, mut places) = (String::new(), [0; 4]);
    let mut has_cause = false;
    for c in marked.chars() {
        let at = text.len() as u32;
        match c {
            '‹' => places[0] = at,
            '›' => places[1] = at,
            '«' => (places[2], has_cause) = (at, true),
            '»' => places[3] = at,
            _ => text.push(c),
        }
    }
    (text, (places[0], places[1]), has_cause.then_some((places[2], places[3])))
}

#[test]
fn each_mistake_is_at_its_bytes() {
    let cases: &[(&str, ErrorKind)] = &[
        ("a;‹;›", ErrorKind::StraySemicolon),
        ("a {‹{› } }", ErrorKind::StrayOpenBrace),
        ("a { } ‹}›", ErrorKind::StrayCloseBrace),
        ("a {\n  «b {»\n}\n  d {\n}\n}\n‹}›", ErrorKind::StrayCloseBrace),
        ("a {\n  «b {»\n  c;\n}\n}\n‹}›", ErrorKind::StrayCloseBrace),
        ("a {\n «b c» ‹}›", ErrorKind::UnfinishedAtBrace { glued: false }),
        ("a {\n «\"b\" 'c'»‹}›", ErrorKind::UnfinishedAtBrace { glued: false }),
        ("a {\n «b c}»\n‹}›", ErrorKind::UnfinishedAtBrace { glued: true }),
        ("a;\n«b 'c'» ‹›", ErrorKind::UnfinishedAtEnd { glued: false }),
        ("a {\n «b c}»\n‹›", ErrorKind::UnfinishedAtEnd { glued: true }),
        ("a {\n «b ${c}»\n‹›", ErrorKind::UnfinishedAtEnd { glued: false }),
        ("a {\n «b 'c}'»\n‹›", ErrorKind::UnfinishedAtEnd { glued: false }),
        ("a; «b {» c; ‹›", ErrorKind::UnclosedBlock),
        ("a {\n «b {»\n  c;\n}\n‹›", ErrorKind::UnclosedBlock),
        ("a {\n b ~ «\\d‹{›2}/»;\n}", ErrorKind::UnquotedBrace),
        ("a ~ «\\d‹{›2}x{3,}y» b;", ErrorKind::UnquotedBrace),
        ("a \"b\"‹c›;", ErrorKind::TextAfterQuote),
        ("a 'b'‹}›;", ErrorKind::TextAfterQuote),
        ("a «'»b;\n c;‹›", ErrorKind::UnclosedQuote),
        ("a «\"»b;\n c \"‹d›\";", ErrorKind::UnclosedQuote),
        ("x_by_lua_block «{»\n ‹{›\n\n", ErrorKind::LuaUnclosed),
    ];
    for (marked, kind) in cases {
        let (text, (start, end), cause) = unmarked(marked);
        let tree = parse(text.as_bytes(), Dialect::default());
        assert_eq!(tree.errors(), [SyntaxError { kind: *kind, start, end, cause }], "{marked}");
    }
}

#[test]
fn what_does_not_fit_is_at_its_bytes() {
    let long = |count: usize| "x".repeat(count);
    let error = |text: &str| {
        let tree = parse(text.as_bytes(), Dialect::default());
        let [error] = tree.errors() else { panic!("{:?}", tree.errors()) };
        (error.kind, error.start, error.end, error.cause)
    };
    assert_eq!(error(&format!("a;#{}\n", long(5000))), (ErrorKind::CommentTooLong, 2, 5003, None));
    assert_eq!(error(&format!("a {};", long(5000))), (ErrorKind::WordTooLong, 2, 5002, None));
    assert_eq!(error(&format!("a '{}';", long(5000))), (ErrorKind::WordTooLong, 2, 5004, None));
}

/// Where the window of nginx ends for each kind of word and what may follow it.
#[test]
fn the_window_ends_at_its_byte() {
    let fits = |before: &str, count: usize, behind: &str| {
        let text = format!("{before}{}{behind}", "x".repeat(count));
        !parse(text.as_bytes(), Dialect::default())
            .errors()
            .iter()
            .any(|error| matches!(error.kind, ErrorKind::WordTooLong | ErrorKind::CommentTooLong))
    };
    for (before, behind, most) in [
        ("a ", ";", 4095),
        ("a ", "{}", 4095),
        ("a ", " ;", 4094),
        ("a ", "", 4096),
        ("a \"", "\";", 4094),
        ("a '", "'{}", 4094),
        ("a '", "' ;", 4093),
        ("a;#", "\nb;", 4094),
        ("a;#", "", 4095),
    ] {
        assert!(fits(before, most, behind) && !fits(before, most + 1, behind), "{before:?} … {behind:?}");
    }
}

/// A quote that is closed on a later line is looked for in the window alone.
#[test]
fn a_quote_may_be_closed_as_far_away_as_nginx_reads() {
    let errors = |count: usize| {
        let text = format!("a '\n{}' ;\n", "x".repeat(count));
        let tree = parse(text.as_bytes(), Dialect::default());
        tree.errors().iter().map(|error| (error.kind, error.start)).collect::<Vec<_>>()
    };
    assert_eq!(errors(4092), []);
    assert_eq!(errors(4093), [(ErrorKind::WordTooLong, 2)]);
    assert_eq!(errors(4095), [(ErrorKind::WordTooLong, 2)]);
    assert_eq!(errors(4096)[0], (ErrorKind::UnclosedQuote, 2));
    let unclosed = |count: usize| {
        let text = format!("a '{}", "x".repeat(count));
        parse(text.as_bytes(), Dialect::default()).errors()[0].start
    };
    assert_eq!((unclosed(4096), unclosed(4097)), (4099, 2));
}

/// Kinds and texts of the tokens.
fn tokens(text: &str) -> Vec<(TokenKind, &str)> {
    let piece = |start: u32, end: u32| &text[start as usize..end as usize];
    let tokens = Lexer::new(text.as_bytes()).filter(|token| token.kind != TokenKind::Space);
    tokens.map(|token| (token.kind, piece(token.start, token.end))).collect()
}

#[test]
fn a_broken_quote_holds_the_rest_of_its_line() {
    use TokenKind::*;
    assert_eq!(tokens("a 'b c; \nd;"), [(Bare, "a"), (BrokenQuote, "'b c"), (Semicolon, ";"), (Bare, "d"), (Semicolon, ";")]);
    assert_eq!(tokens("'"), [(BrokenQuote, "'")]);
    assert_eq!(tokens("';"), [(BrokenQuote, "'"), (Semicolon, ";")]);
}

#[test]
fn lua_is_one_token() {
    use TokenKind::*;
    let expected = [(Bare, "a_by_lua_block"), (OpenBrace, "{"), (RawBody, " {} "), (CloseBrace, "}"), (Bare, "b"), (OpenBrace, "{")];
    assert_eq!(tokens("a_by_lua_block { {} } b {"), expected);
    // Only the first word of a directive says that Lua follows.
    let expected = [(Bare, "a"), (Bare, "a_by_lua_block"), (OpenBrace, "{"), (Bare, "\\\"}"), (CloseBrace, "}")];
    assert_eq!(tokens("a a_by_lua_block { \\\"} }"), expected);
}

/// The tags of a text: `{{…}}` is a value, `{%…%}` a statement, `{<…>}` opens a block, `{>…<}` closes one, `{#…#}` is nothing.
fn tags(text: &str) -> Vec<Tag> {
    let kinds = [
        ("{{", "}}", TagKind::Value),
        ("{%", "%}", TagKind::Statement),
        ("{<", ">}", TagKind::Open),
        ("{>", "<}", TagKind::Close),
        ("{#", "#}", TagKind::Nothing),
    ];
    let of_kind = |(open, close, kind): (&str, &str, TagKind)| {
        let tag = |(start, _): (usize, &str)| {
            let end = start + text[start..].find(close).expect("the tag ends") + close.len();
            Tag { start: start as u32, end: end as u32, kind }
        };
        text.match_indices(open).map(tag).collect::<Vec<_>>()
    };
    let mut tags: Vec<Tag> = kinds.into_iter().flat_map(of_kind).collect();
    tags.sort_by_key(|tag| tag.start);
    tags
}

fn template(text: &str) -> Tree {
    parse(text.as_bytes(), Dialect { placeholders: false, tags: &tags(text) })
}

/// Directives with their words, and how each ends: `;`, braces, `!` for a missing semicolon, `?` for what may be any
/// directives.
fn shape(tree: &Tree, text: &str) -> String {
    let mut shape = String::new();
    let mut open: Vec<u32> = Vec::new();
    for (id, node) in (0..).zip(tree.nodes()) {
        while open.last().is_some_and(|end| *end <= id) {
            open.pop();
            shape.push('}');
        }
        let words = tree.words(id).iter().map(|word| &text[word.start as usize..word.end as usize]);
        shape.push_str(&words.collect::<Vec<_>>().join("|"));
        match node.terminator {
            Terminator::Block { .. } => {
                shape.push('{');
                open.push(node.subtree_end);
            }
            Terminator::Semicolon(_) => shape.push(';'),
            Terminator::Missing => shape.push('!'),
            Terminator::Placeholder => shape.push('?'),
        }
    }
    shape + &"}".repeat(open.len())
}

#[test]
fn tags_are_letters_blanks_or_directives() {
    for (text, expected) in [
        ("a {{b;c}}d;", "a|{{b;c}}d;"),
        ("{{a}} {{b}};", "{{a}}|{{b}};"),
        ("{{a}}\nb;", "{{a}}?b;"),
        ("{{a}}{{b}} # c\nd;", "{{a}}{{b}}?d;"),
        ("{{a}}x\nd;", "{{a}}x|d;"),
        ("a { {{b}} }", "a{{{b}}?}"),
        ("{{b}}", "{{b}}?"),
        ("{% if x %} a b; {% end %} c;", "{% if x %}?a|b;{% end %}?c;"),
        ("a {% if x %};", "a|{% if x %};"),
        ("{% x %}a;", "{% x %}?a;"),
        ("{<a>} b; {>c<} d;", "{<a>}{b;}d;"),
        ("a{#b#};", "a{#b#};"),
        ("a {#b;#} c;", "a|c;"),
        ("{#b;#}a;{#c#}d{#e#}", "a;d{#e#}!"),
        ("a 'b{{c'd}}';", "a|b{{c'd}};"),
    ] {
        assert_eq!(shape(&template(text), text), expected, "{text}");
    }
}

#[test]
fn tags_behind_quotes_and_ends_without_starts() {
    let errors = |text: &str| {
        let tree = template(text);
        tree.errors().iter().map(|error| (error.kind, error.start, error.end)).collect::<Vec<_>>()
    };
    assert_eq!(errors("a 'b'{#c#};"), []);
    assert_eq!(errors("a 'b'{{c}};"), []);
    assert_eq!(errors("a 'b'x;"), [(ErrorKind::TextAfterQuote, 5, 6)]);
    assert_eq!(errors("{>a<} b;"), [(ErrorKind::StrayCloseBrace, 0, 5)]);
    assert_eq!(errors("a { {>b<} }"), [(ErrorKind::StrayCloseBrace, 4, 9)]);
    assert_eq!(errors("{<a>} b { {>c<} } {>d<}"), [(ErrorKind::StrayCloseBrace, 10, 15)]);
}

#[test]
fn nodes_end_where_they_end() {
    let text = "a { b 'c'; 'd' { } } e {{f}}\n; {<g>} h; {>i<} j { k";
    let tree = template(text);
    let pieces: Vec<&str> = tree.nodes().iter().map(|node| &text[node.start as usize..node.end as usize]).collect();
    let expected = [
        "a { b 'c'; 'd' { } }",
        "b 'c';",
        "'d' { }",
        "e {{f}}\n;",
        "{<g>} h; {>i<}",
        "h;",
        "j { k",
        "k",
    ];
    assert_eq!(pieces, expected);
    let closes: Vec<Option<&str>> = tree
        .nodes()
        .iter()
        .map(|node| match node.terminator {
            Terminator::Block { open, close } => Some(&text[open as usize..close.map_or(text.len(), |at| at as usize + 1)]),
            _ => None,
        })
        .collect();
    let blocks: Vec<&str> = closes.into_iter().flatten().collect();
    assert_eq!(blocks, ["{ b 'c'; 'd' { } }", "{ }", "} h; {>i<}", "{ k"]);
}

#[test]
fn placeholders_alone_on_their_line() {
    for (text, expected) in [
        ("${A}\nb;", "${A}?b;"),
        ("$A # why\nb;", "$A?b;"),
        ("${A} b;", "${A}|b;"),
        ("a ${B}\n;", "a|${B};"),
        ("$A $B\nc;", "$A|$B|c;"),
        ("'$A'\nb;", "$A|b;"),
        ("$1\nb;", "$1|b;"),
        ("${A-b}\nc;", "${A-b}|c;"),
        ("$\nb;", "$|b;"),
        ("$_1\nb;", "$_1?b;"),
        ("A\nb;", "A|b;"),
        ("a { ${B} }", "a{${B}?}"),
        ("${B}", "${B}?"),
    ] {
        let tree = parse(text.as_bytes(), Dialect { placeholders: true, tags: &[] });
        assert_eq!(shape(&tree, text), expected, "{text}");
    }
}

#[test]
fn what_only_follows_is_not_said() {
    let kinds = |text: &str| {
        let tree = parse(text.as_bytes(), Dialect::default());
        tree.errors().iter().map(|error| error.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds("a { b 'c"), [ErrorKind::UnclosedQuote]);
    assert_eq!(kinds("a { x_by_lua_block { { }"), [ErrorKind::LuaUnclosed]);
    assert_eq!(kinds("a { x_by_lua_block { [[ }"), [ErrorKind::LuaLongBracket]);
    // A quote that another one closed leaves the rest as it is.
    assert_eq!(
        kinds("a { b 'c;\n d 'e';"),
        [ErrorKind::UnclosedQuote, ErrorKind::UnclosedBlock]
    );
    // A brace that is glued to a word closes the block that it was meant for, if another one is open.
    assert_eq!(kinds("a { b { c} } d;"), [ErrorKind::UnfinishedAtBrace { glued: true }]);
    assert_eq!(kinds("a { b c}x }"), [ErrorKind::UnfinishedAtBrace { glued: false }]);
    assert_eq!(kinds("a { b {c} }"), [ErrorKind::UnfinishedAtBrace { glued: true }]);
}

#[test]
fn a_quantifier_is_taken_back_and_nothing_else() {
    for (text, expected, errors) in [
        ("a b{ 2}/;\n}", "a|b{2}/;}", 0),
        ("a b{2;\n}", "a|b{2;}", 0),
        ("a b{x2}/;\n}", "a|b{x2}/;}", 0),
        ("a b{2}/ {\n c;\n}", "a|b{2}/{c;}", 1),
        ("a b{2,3}/;\nc d{4}/;", "a|b{2,3}/;c|d{4}/;", 2),
        ("a b{2}c{3}d;", "a|b{2}c{3}d;", 1),
    ] {
        let tree = parse(text.as_bytes(), Dialect::default());
        assert_eq!(shape(&tree, text), expected, "{text}");
        assert_eq!(tree.errors().len(), errors, "{text}: {:?}", tree.errors());
    }
    let text = b"a \\\\.\\\\d{2}\\\\.b c\\\\;";
    let tree = parse(text, Dialect::default());
    let values: Vec<Option<&str>> = (0..3).map(|index| tree.value(text, 0, index)).collect();
    assert_eq!(values, [Some("a"), Some("\\.\\d{2}\\.b"), Some("c\\")]);
}

#[test]
fn what_is_broken_has_its_parts_nevertheless() {
    let tree = parse(b"a 'b c;\n", Dialect::default());
    assert_eq!(tree.value(b"a 'b c;\n", 0, 1), Some("b c"));
    let tree = parse(b"a { { b; } }", Dialect::default());
    let node = tree.nodes()[1];
    assert_eq!((node.start, node.end, node.subtree_end), (4, 10, 3));
    assert_eq!((tree.nodes()[2].subtree_end, tree.nodes()[2].start), (3, 6));
    // The brace that is glued to `c` ends the inner block.
    let tree = parse(b"a { b { c} }", Dialect::default());
    assert_eq!(tree.nodes()[1].terminator, Terminator::Block { open: 6, close: Some(9) });
    assert_eq!(tree.nodes()[0].terminator, Terminator::Block { open: 2, close: Some(11) });
}

#[test]
fn a_quoted_word_is_the_first_one_too() {
    use TokenKind::*;
    let expected = [(Quoted, "'a'"), (Bare, "b_by_lua_block"), (OpenBrace, "{"), (CloseBrace, "}")];
    assert_eq!(tokens("'a' b_by_lua_block { }"), expected);
    let text = "'a' {% b %};";
    assert_eq!(shape(&template(text), text), "a|{% b %};");
    assert_eq!(tokens("a_by_lua_block {}"), [(Bare, "a_by_lua_block"), (OpenBrace, "{"), (CloseBrace, "}")]);
}
