//! Comments that silence findings, to the byte: how far each reaches, where new ones are written, and how they go.

use std::path::PathBuf;

use nginspect::config::Library;
use nginspect::date::Date;
use nginspect::diagnostic::{Category, Confidence, Diagnostic, Edit, Label, Severity, Silencer};
use nginspect::fix;
use nginspect::source::{SourceId, Span};
use nginspect::suppress::{self, Comments, Reach};

const RULES: [&str; 6] = ["a-rule", "b-rule", "c-rule", "alias-traversal", "add-header-dropped", "tls-weak-cipher"];

/// A text with findings in it: `‹a-rule+›` stands for one that is silenced at this place, `‹a-rule-›` for one that is shown.
struct Marked {
    library: Library,
    source: SourceId,
    findings: Vec<Diagnostic>,
    /// The offsets of those that are silenced, with their rules.
    silenced: Vec<(u32, &'static str)>,
}

impl Marked {
    fn new(name: &str, is_plain: bool, marked: &str) -> Self {
        let (mut text, mut places) = (String::new(), Vec::new());
        let mut rest = marked;
        while let Some((before, behind)) = rest.split_once('‹') {
            let (mark, behind) = behind.split_once('›').expect("the mark ends");
            text.push_str(before);
            let (rule, sign) = mark.split_at(mark.len() - 1);
            let rule = RULES.iter().find(|known| **known == rule).expect("a rule");
            places.push((text.len() as u32, *rule, sign == "+"));
            rest = behind;
        }
        text.push_str(rest);
        let mut library = Library::default();
        let path = PathBuf::from(name);
        let add = if is_plain { Library::add_plain } else { Library::add };
        let source = add(&mut library, path.clone(), path, text.into_bytes());
        let findings = places.iter().map(|(at, rule, _)| finding(Span::new(source, *at, *at), rule)).collect();
        let silenced = places.into_iter().filter(|(.., is_silenced)| *is_silenced).map(|(at, rule, _)| (at, rule));
        Self { library, source, findings, silenced: silenced.collect() }
    }

    fn comments(&self) -> Comments {
        Comments::read(&self.library, "2026-06-15".parse::<Date>().ok())
    }

    fn text(&self) -> &str {
        std::str::from_utf8(self.library.sources().get(self.source).bytes()).expect("UTF-8")
    }

    fn edited(&self, edits: &[Edit]) -> String {
        let changed = fix::apply(self.source, self.text().as_bytes(), edits).expect("edits that fit together");
        String::from_utf8(changed).expect("UTF-8")
    }
}

fn finding(span: Span, rule: &'static str) -> Diagnostic {
    Diagnostic {
        rule,
        category: Category::Correctness,
        severity: Severity::Warning,
        confidence: Confidence::High,
        nginx_rejects: false,
        message: "something is wrong".to_owned(),
        help: None,
        primary: Label { span, message: "".into() },
        related: Vec::new(),
        include_chain: Vec::new(),
        fixes: Vec::new(),
        hides: None,
    }
}

fn assert_silenced(name: &str, is_plain: bool, marked: &str) {
    let text = Marked::new(name, is_plain, marked);
    let outcome = suppress::silence(&text.comments(), text.findings.clone(), &[]);
    let silenced = outcome.silenced.iter().map(|silenced| &silenced.diagnostic);
    let silenced: Vec<_> = silenced.map(|finding| (finding.primary.span.start, finding.rule)).collect();
    assert_eq!(silenced, text.silenced, "{marked}");
    assert_eq!(outcome.shown.len() + silenced.len(), text.findings.len(), "{marked}");
}

#[test]
fn a_comment_reaches_so_far_and_no_further() {
    for marked in [
        // Behind something: its line, and what ends there.
        "a b;\n‹a-rule+›c d; # nginspect: ignore[a-rule] why\n‹a-rule-›e f;\n",
        "‹a-rule-›a b; ‹b-rule-›\n  ‹a-rule+›c‹a-rule+›\n d; # nginspect: ignore[a-rule] why‹a-rule+›\n",
        "a { b ‹a-rule-›c;\n} ‹a-rule+›# nginspect: ignore[a-rule] why\n",
        "x { ‹a-rule-›\n‹a-rule+›a { b; } # nginspect: ignore[a-rule] why\n}\n",
        // On a line of its own: what follows, to the end of its line.
        "‹a-rule-›\n# nginspect: ignore[a-rule] why\n‹a-rule+›a ‹b-rule-›{\n b ‹a-rule+›c;\n}‹a-rule+› ‹a-rule+›d;\n‹a-rule-›",
        "  # nginspect: ignore[a-rule] why\n\n  # more\n‹a-rule+›a b; ‹a-rule+›\n‹a-rule-›c;",
        "a {\n  # nginspect: ignore[a-rule] why\n‹a-rule+›} ‹a-rule+›\n‹a-rule-›b;",
        "a {\n  # nginspect: ignore[a-rule] why\n} ‹a-rule+›b‹a-rule+›\n c‹a-rule-›;",
        // At the head of a block: all of it.
        "‹a-rule+›a { # nginspect: ignore[a-rule] why\n  b‹a-rule+›;\n}‹a-rule+›\n‹a-rule-›c;",
        "a {\n ‹a-rule-›b; c\n ‹a-rule+›d # nginspect: ignore[a-rule] why\n { e‹a-rule+›;\n }‹a-rule+›\n‹a-rule-›}",
        "‹a-rule+›a # nginspect: ignore[a-rule] why\n ‹a-rule+›b;‹a-rule+›\n‹a-rule-›",
        "a { b;‹a-rule-› }\nc { d; # nginspect: ignore[a-rule] why\n ‹a-rule-›}",
        "‹a-rule-›a {\n ‹a-rule+›b; # nginspect: ignore[a-rule] why\n c‹a-rule-›;\n}",
        // The whole file.
        "‹a-rule+›a;\n# nginspect: ignore-file[a-rule, b-rule] why\n‹b-rule+›b; ‹c-rule-›",
        "a; # nginspect: ignore-file[a-rule] why\n‹a-rule+›",
        // Those of nginx-lint: their own line, or the next one.
        "a;‹a-rule-›\n# nginx-lint:ignore a-rule why\n‹a-rule+›b {‹a-rule+›\n c‹a-rule-›;\n}",
        "‹a-rule-›a\n ‹a-rule+›b; # nginx-lint:ignore a-rule why\n‹a-rule-›c;",
        "‹a-rule-›\n# nginx-lint:ignore a-rule why\n\n  # more\n# most\n‹a-rule+›b;‹a-rule+›\n‹a-rule-›c;\n",
        "‹a-rule-›\n# nginx-lint:ignore a-rule why\n‹a-rule+›b;\n# other\n‹a-rule-›c;\n# other\n‹a-rule-›d;\n",
        "‹a-rule-›a\n{ } ‹a-rule+›# nginspect: ignore[a-rule] why\n‹a-rule-›",
        "# nginx-lint:ignore add-header-inheritance why\n‹add-header-dropped+›b;",
        "# nginx-lint:ignore weak-ssl-ciphers why\n‹tls-weak-cipher+›b;",
        "# nginspect: ignore[weak-ssl-ciphers] why\n‹tls-weak-cipher-›b;",
        // Its last day is over, or not yet.
        "# nginspect: ignore[a-rule] until=2026-06-14 why\n‹a-rule-›a;",
        "# nginspect: ignore[a-rule] until=2026-06-15 why\n‹a-rule+›a;",
        "# nginspect: ignore-file[a-rule] until=2026-06-14 why\n‹a-rule-›a;",
    ] {
        assert_silenced("site.conf", false, marked);
    }
}

#[test]
fn comments_of_other_files_reach_their_line_or_the_next() {
    for (name, marked) in [
        ("a.sh", "‹a-rule+›a # nginspect: ignore[a-rule] why‹a-rule+›\n‹a-rule-›b\n"),
        ("a.sh", "‹a-rule-› a#b c# nginspect: ignore[a-rule] why\n"),
        ("a.sh", "‹a-rule-›\n # nginspect: ignore[a-rule] why\n‹a-rule+›a \\\n b‹a-rule+›\n‹a-rule-›c"),
        ("a.sh", "# nginspect: ignore[a-rule] why\n\n# more\n‹a-rule+›a\n‹a-rule-›b\n"),
        ("a.sh", "# nginspect: ignore[a-rule] why\n‹a-rule+›a"),
        ("a.sh", "‹a-rule+›a\n# nginspect: ignore-file[a-rule] why\n‹a-rule+›b"),
        ("a.sh", "# nginx-lint:ignore a-rule why\n‹a-rule+›a\n‹a-rule-›b"),
        ("Dockerfile", "‹a-rule-›RUN a # nginspect: ignore[a-rule] why\n"),
        ("app.Dockerfile", "# nginspect: ignore[a-rule] why\n‹a-rule+›RUN a \\\n # b\n c ‹a-rule+›\n‹a-rule-›"),
        ("Containerfile", "‹a-rule-›RUN a # nginspect: ignore[a-rule] why\n"),
        (".env", "‹a-rule-›A=b # nginspect: ignore[a-rule] why\n"),
        (".env.prod", "‹a-rule-›A=b # nginspect: ignore[a-rule] why\n"),
        ("prod.env", "‹a-rule-›A=b # nginspect: ignore[a-rule] why\n"),
        ("compose.yml", "‹a-rule+›a: b # nginspect: ignore[a-rule] why\n"),
        ("a.json", "‹a-rule-›{} # nginspect: ignore[a-rule] why\n"),
        ("a.md", "# nginspect: ignore[a-rule] why\n‹a-rule-›\n"),
    ] {
        assert_silenced(name, true, marked);
    }
}

#[test]
fn the_nearest_comment_counts() {
    let reasons = |marked: &str| {
        let text = Marked::new("site.conf", false, marked);
        let outcome = suppress::silence(&text.comments(), text.findings.clone(), &[]);
        let by = outcome.silenced.into_iter().map(|silenced| match silenced.by {
            Silencer::Comment(reason) => reason,
            Silencer::Baseline => "baseline".to_owned(),
        });
        by.collect::<Vec<_>>()
    };
    let outer = "# nginspect: ignore[a-rule] outer\na {\n ‹a-rule+›x;\n # nginspect: ignore[a-rule] inner\n b‹a-rule+›;\n c‹a-rule+›;\n}\n";
    assert_eq!(reasons(outer), ["outer", "inner", "outer"]);
    let file = "# nginspect: ignore-file[a-rule] file\n‹a-rule+›a;\n‹a-rule+›b; # nginspect: ignore[a-rule] line\n‹a-rule+›c;\n";
    assert_eq!(reasons(file), ["file", "line", "file"]);
    let twice = "# nginspect: ignore-file[a-rule] first\n# nginspect: ignore-file[a-rule] second\n‹a-rule+›a;";
    assert_eq!(reasons(twice), ["first"]);
}

#[test]
fn new_comments_stand_above_what_they_are_about() {
    for (marked, expected) in [
        ("‹a-rule-›a;\n", "# nginspect: ignore[a-rule] known\na;\n"),
        ("‹b-rule-›a ‹a-rule-›b;‹b-rule-›\n", "# nginspect: ignore[a-rule, b-rule] known\na b;\n"),
        ("a {\r\n\t b‹a-rule-›;\r\n}", "a {\r\n\t # nginspect: ignore[a-rule] known\r\n\t b;\r\n}"),
        // Within the words of a directive there is no line for it.
        ("a;\n b 'c\n ‹a-rule-›d'\n e;", "a;\n # nginspect: ignore[a-rule] known\n b 'c\n d'\n e;"),
        ("a {\n b\n c‹a-rule-› { }\n}", "a {\n # nginspect: ignore[a-rule] known\n b\n c { }\n}"),
        (
            "x_by_lua_block {\n a\n ‹a-rule-›b\n}\n",
            "# nginspect: ignore[a-rule] known\nx_by_lua_block {\n a\n b\n}\n",
        ),
        ("a {\n b;\n}‹a-rule-›\n", "a {\n b;\n# nginspect: ignore[a-rule] known\n}\n"),
        // A comment that is there takes the name in.
        (
            "# nginspect: ignore[b-rule] why\n‹a-rule-›a;\n",
            "# nginspect: ignore[b-rule, a-rule] why\na;\n",
        ),
        ("# nginspect: ignore[a-rule] why\n‹a-rule-›a;\n", "# nginspect: ignore[a-rule] why\na;\n"),
        (
            "# nginspect: ignore[b-rule] why\n\n‹a-rule-›a;\n",
            "# nginspect: ignore[b-rule] why\n\n# nginspect: ignore[a-rule] known\na;\n",
        ),
        (
            "a; # nginspect: ignore[b-rule] why\n‹a-rule-›b;\n",
            "a; # nginspect: ignore[b-rule] why\n# nginspect: ignore[a-rule] known\nb;\n",
        ),
        (
            "# nginspect: ignore[b-rule] until=2020-01-01 why\n‹a-rule-›b;\n",
            "# nginspect: ignore[b-rule] until=2020-01-01 why\n# nginspect: ignore[a-rule] known\nb;\n",
        ),
        (
            "# nginspect: ignore-file[b-rule] why\n‹a-rule-›b;\n",
            "# nginspect: ignore-file[b-rule] why\n# nginspect: ignore[a-rule] known\nb;\n",
        ),
        // Nobody writes above a byte order mark.
        ("\u{feff}‹a-rule-›a;\n", "\u{feff}a;\n"),
    ] {
        let text = Marked::new("site.conf", false, marked);
        let edits = suppress::insertions(&text.library, &text.comments(), &text.findings, "known");
        assert_eq!(text.edited(&edits), expected, "{marked}");
        let without_reason = suppress::insertions(&text.library, &text.comments(), &text.findings, "");
        assert_eq!(text.edited(&without_reason), expected.replace(" known", ""), "{marked}");
    }
    let plain = Marked::new("a.sh", true, "‹a-rule-›a\n");
    assert_eq!(suppress::insertions(&plain.library, &plain.comments(), &plain.findings, ""), []);
}

/// Where a comment above the line would not reach, one for the file is written.
#[test]
fn what_no_line_reaches_is_silenced_for_the_file() {
    for (marked, expected) in [
        ("a { b;\n} c\n ‹a-rule-›d;", "# nginspect: ignore-file[a-rule] known\na { b;\n} c\n d;"),
        // What is silenced for the file needs no other comment.
        (
            "a;\n‹a-rule-›x { b;\n‹b-rule-›} c\n ‹a-rule-›d;",
            "# nginspect: ignore-file[a-rule] known\na;\nx { b;\n# nginspect: ignore[b-rule] known\n} c\n d;",
        ),
        (
            "a; # nginspect: ignore-file[b-rule] why\nx { b;\n} c\n ‹a-rule-›d;",
            "a; # nginspect: ignore-file[b-rule, a-rule] why\nx { b;\n} c\n d;",
        ),
    ] {
        let text = Marked::new("site.conf", false, marked);
        let edits = suppress::insertions(&text.library, &text.comments(), &text.findings, "known");
        assert_eq!(text.edited(&edits), expected, "{marked}");
    }
}

#[test]
fn what_silences_nothing_is_taken_out() {
    for (marked, rules, expected) in [
        ("# nginspect: ignore[a-rule] why\na;\n", "a-rule", "a;\n"),
        ("  # nginspect: ignore[a-rule] why\na;\n", "a-rule", "a;\n"),
        ("a; \t# nginspect: ignore[a-rule] why  \nb;\n", "a-rule", "a;\nb;\n"),
        ("a;# nginspect: ignore[a-rule] why", "a-rule", "a;"),
        ("# nginspect: ignore[a-rule] why  # more\na;", "a-rule", "# more\na;"),
        ("a; # nginspect: ignore[a-rule] why # more\nb;", "a-rule", "a; # more\nb;"),
        ("# nginspect: ignore[a-rule, b-rule, c-rule] why\n‹b-rule+›a;\n", "a-rule c-rule", "# nginspect: ignore[b-rule] why\na;\n"),
        ("# nginspect: ignore[ a-rule ,b-rule] why\n‹b-rule+›a;\n", "a-rule", "# nginspect: ignore[ b-rule] why\na;\n"),
        ("# nginspect: ignore[a-rule] why\n‹a-rule+›a;\n", "", ""),
        ("# nginspect: ignore[a-rule] until=2020-01-01 why\na;\n", "", ""),
        ("# nginx-lint:ignore a-rule why\na;\n", "", ""),
        ("# nginspect: ignore-file[a-rule] why\n# nginspect: ignore[a-rule] why\n‹a-rule+›a;\n", "a-rule", "# nginspect: ignore[a-rule] why\na;\n"),
    ] {
        let text = Marked::new("site.conf", false, marked);
        let comments = text.comments();
        let outcome = suppress::silence(&comments, text.findings.clone(), &[]);
        let unused = suppress::unused(&comments, &outcome, text.library.sources(), &|_, _| true);
        let found: Vec<&str> = unused.iter().flat_map(|unused| unused.rules.clone()).collect();
        assert_eq!(found.join(" "), rules, "{marked}");
        if let [unused] = &unused[..] {
            assert_eq!(text.edited(std::slice::from_ref(&unused.edit)), expected, "{marked}");
        }
        assert_eq!(suppress::unused(&comments, &outcome, text.library.sources(), &|_, _| false), []);
    }
}

#[test]
fn what_is_unused_is_marked() {
    let marked_piece = |marked: &str| {
        let text = Marked::new("site.conf", false, marked);
        let comments = text.comments();
        let outcome = suppress::silence(&comments, text.findings.clone(), &[]);
        let unused = suppress::unused(&comments, &outcome, text.library.sources(), &|_, _| true);
        text.library.text(unused[0].span)
    };
    assert_eq!(marked_piece("a; # nginspect: ignore[a-rule] why \n"), "# nginspect: ignore[a-rule] why");
    assert_eq!(marked_piece("# nginspect: ignore[a-rule, b-rule, c-rule] x\n‹c-rule+›a;"), "a-rule, b-rule");
    let script = Marked::new("a.sh", true, "first\nsecond # nginspect: ignore[a-rule] why\n");
    let comments = script.comments();
    let outcome = suppress::silence(&comments, Vec::new(), &[]);
    let unused = suppress::unused(&comments, &outcome, script.library.sources(), &|_, _| true);
    assert_eq!(script.library.text(unused[0].span), "# nginspect: ignore[a-rule] why");
}

/// Findings that are not shown make a comment useful, too.
#[test]
fn hidden_findings_count() {
    let text = Marked::new("site.conf", false, "# nginspect: ignore[a-rule] why\n‹a-rule+›a;\n");
    let comments = text.comments();
    let outcome = suppress::silence(&comments, Vec::new(), &text.findings);
    assert_eq!((outcome.shown.len(), outcome.silenced.len()), (0, 0));
    assert_eq!(suppress::unused(&comments, &outcome, text.library.sources(), &|_, _| true), []);
}

#[test]
fn what_comments_say_is_at_its_bytes() {
    let text = Marked::new("site.conf", false, "a; # nginspect: ignore[a-rule] w\u{e9}  # x\n# nginspect: ignroe[b-rule]\n# other\n");
    let said = suppress::said_in(&text.library, text.source);
    let pieces: Vec<String> = said.iter().map(|(span, _)| text.library.text(*span)).collect();
    assert_eq!(pieces, ["# nginspect: ignore[a-rule] w\u{e9}", "# nginspect: ignroe[b-rule]"]);
    let (span, said_first) = &said[0];
    let first = said_first.as_ref().expect("it is understood");
    assert_eq!(first.reach, Reach::Place);
    assert_eq!(text.library.text(suppress::part_of(*span, 0, first.list_end)), "# nginspect: ignore[a-rule]");
    assert!(said[1].1.is_err());
    let other = Marked::new("site.conf", false, "a;\n# nginx-lint:ignore a-rule,b-rule why\n");
    let said = suppress::said_in(&other.library, other.source);
    let (span, Ok(said)) = &said[0] else { panic!("{said:?}") };
    assert_eq!(other.library.text(suppress::part_of(*span, 0, said.list_end)), "# nginx-lint:ignore a-rule,b-rule");
    assert_eq!(text.comments().named_in(text.source).collect::<Vec<_>>(), ["a-rule"]);
    let none = Marked::new("site.conf", false, "a; # nothing for us\n");
    assert_eq!(suppress::said_in(&none.library, none.source), []);
}

/// Bytes that are not UTF-8 in a comment count as one letter each.
#[test]
fn comments_may_be_no_text() {
    let mut library = Library::default();
    let path = PathBuf::from("a.conf");
    let source = library.add(path.clone(), path, b"a; # nginspect: ignore[a-rule] \xff\xfe why\nb;".to_vec());
    let said = suppress::said_in(&library, source);
    let (span, Ok(said)) = &said[0] else { panic!("{said:?}") };
    assert_eq!((said.reason.as_str(), span.start, span.end), ("?? why", 3, 37));
    assert_eq!(Comments::read(&library, None).named_in(source).count(), 1);
}

#[test]
fn comments_of_several_files_stay_apart() {
    let mut library = Library::default();
    let mut add = |name: &str, text: &str| library.add(name.into(), name.into(), text.as_bytes().to_vec());
    let sources = [
        add("a.conf", "# nginspect: ignore-file[a-rule] why\na;"),
        add("b.conf", "b;"),
        add("c.conf", "# nginspect: ignore[b-rule] why\nc;"),
    ];
    let comments = Comments::read(&library, None);
    let names = sources.map(|source| comments.named_in(source).collect::<Vec<_>>());
    assert_eq!(names, [vec!["a-rule"], vec![], vec!["b-rule"]]);
    let findings = sources.map(|source| finding(Span::new(source, 0, 0), "a-rule"));
    let outcome = suppress::silence(&comments, findings.to_vec(), &[]);
    assert_eq!((outcome.shown.len(), outcome.silenced.len()), (2, 1));
}
