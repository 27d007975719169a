//! Tags of template languages in a text: where they are, and what they do to the text around them.

use std::ops::Range;

use super::language::Language;

/// A tag of a template language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    /// Offset of its first byte.
    pub start: usize,
    /// Offset behind its last byte.
    pub end: usize,
    /// What it does.
    pub role: Role,
}

/// What a tag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Its value takes its place.
    Value,
    /// Nothing.
    Comment,
    /// What follows, up to the next `Else` or `Close`, comes out once, many times or not at all.
    Open,
    /// As `Open`; what follows comes out elsewhere.
    Define,
    /// Another branch begins.
    Else,
    /// The last branch ends.
    Close,
    /// Anything else: an assignment, an inclusion, …
    Other,
    /// What follows on the line comes out or not.
    Line,
}

impl Tag {
    /// Its place in the text.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// A pair of marks.
struct Marks {
    open: &'static str,
    close: &'static str,
    role: fn(&str, Language) -> Role,
}

const CURLY: Marks = Marks { open: "{{", close: "}}", role: curly };
const TRIPLE: Marks = Marks { open: "{{{", close: "}}}", role: |_, _| Role::Value };
const PERCENT: Marks = Marks { open: "{%", close: "%}", role: percent };
const HASH: Marks = Marks { open: "{#", close: "#}", role: |_, _| Role::Comment };
const ANGLE: Marks = Marks { open: "<%", close: "%>", role: angle };
const BRACKET: Marks = Marks { open: "[%", close: "%]", role: bracket };
const MUSTACHE_COMMENT: Marks = Marks { open: "{{!--", close: "--}}", role: |_, _| Role::Comment };

fn marks(language: Language) -> &'static [&'static Marks] {
    match language {
        Language::Jinja => &[&PERCENT, &HASH, &CURLY],
        Language::Liquid => &[&PERCENT, &TRIPLE, &CURLY],
        Language::Go => &[&CURLY],
        Language::Mustache => &[&MUSTACHE_COMMENT, &TRIPLE, &CURLY],
        Language::Erb => &[&ANGLE],
        Language::Toolkit => &[&BRACKET],
        Language::Lua | Language::Own | Language::M4 => &[],
    }
}

/// The tags of a text in order; none overlaps another. A mark that is not closed is no tag.
pub(super) fn scan(text: &[u8], language: Language) -> Vec<Tag> {
    let marks = marks(language);
    let mut unclosed = vec![false; marks.len()];
    let mut tags: Vec<Tag> = Vec::new();
    // Where one raw text has no end, no later one has.
    let mut raw_is_open = false;
    let mut at = 0;
    while let Some(found) = memchr::memchr3(b'{', b'<', b'[', &text[at..]) {
        at += found;
        let tag = marks.iter().zip(&mut unclosed).find_map(|(marks, unclosed)| {
            if *unclosed || !text[at..].starts_with(marks.open.as_bytes()) || text[at..].starts_with(b"<%%") {
                return None;
            }
            let inner = at + marks.open.len();
            let close = memchr::memmem::find(&text[inner..], marks.close.as_bytes());
            // Where none follows here, none follows further on.
            *unclosed = close.is_none();
            let content = String::from_utf8_lossy(&text[inner..inner + close?]);
            let end = inner + close? + marks.close.len();
            Some((Tag { start: at, end, role: (marks.role)(&content, language) }, is_raw(&content, marks)))
        });
        at = match tag {
            Some((tag, is_raw)) => {
                tags.push(tag);
                let end = if is_raw && !raw_is_open { end_of_raw(text, tag.end) } else { None };
                raw_is_open |= is_raw && end.is_none();
                end.unwrap_or(tag.end)
            }
            None => at + 1,
        };
    }
    tags
}

/// Is this `{% raw %}`, behind which tags are text?
fn is_raw(content: &str, marks: &Marks) -> bool {
    marks.open == "{%" && matches!(first_word(content), "raw" | "verbatim")
}

/// The offset of the tag that ends the raw text; none if nothing does.
fn end_of_raw(text: &[u8], start: usize) -> Option<usize> {
    // A few words that look like the end and are none may stand in the text.
    const CANDIDATES: usize = 20;
    let rest = &text[start..];
    let find = |word: &'static str| {
        let words = memchr::memmem::find_iter(rest, word.as_bytes()).take(CANDIDATES);
        words.map(|at| rest[..at].trim_ascii_end()).find_map(|before| {
            let before = before.strip_suffix(b"-").or_else(|| before.strip_suffix(b"+")).unwrap_or(before);
            before.strip_suffix(b"{%").map(<[u8]>::len)
        })
    };
    let ends = [find("endraw"), find("endverbatim")];
    ends.into_iter().flatten().min().map(|at| start + at)
}

/// The first word of a tag, without the signs that trim blanks.
fn first_word(content: &str) -> &str {
    let content = content.trim_start_matches(['-', '+', '~']).trim_start();
    content.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or_default()
}

/// `{% … %}`
fn percent(content: &str, language: Language) -> Role {
    match first_word(content) {
        "macro" => Role::Define,
        "if" | "for" | "block" | "call" | "filter" | "with" | "raw" | "unless" | "case" | "capture" | "tablerow"
        | "verbatim" | "autoescape" | "ifchanged" => Role::Open,
        "set" if !content.contains('=') && language == Language::Jinja => Role::Open,
        "elif" | "else" | "elseif" | "elsif" | "when" | "empty" => Role::Else,
        "comment" => Role::Open,
        word if word.starts_with("end") => Role::Close,
        _ => Role::Other,
    }
}

/// `{{ … }}`: an expression in Jinja2; in Go and Mustache, its first word or sign tells.
fn curly(content: &str, language: Language) -> Role {
    if matches!(language, Language::Jinja | Language::Liquid) {
        return Role::Value;
    }
    let trimmed = content.trim_start_matches(['-', '~']).trim_start();
    match trimmed.chars().next() {
        Some('#' | '^') if trimmed.len() > 1 => return Role::Open,
        Some('^') => return Role::Else,
        Some('/') if trimmed.starts_with("/*") => return Role::Comment,
        Some('/') => return Role::Close,
        Some('!') => return Role::Comment,
        Some('>' | '=') => return Role::Other,
        Some('$') if is_assignment(trimmed) => return Role::Other,
        _ => {}
    }
    match first_word(trimmed) {
        "define" => Role::Define,
        "if" | "range" | "with" | "block" => Role::Open,
        "else" => Role::Else,
        "end" => Role::Close,
        "template" | "include" | "break" | "continue" => Role::Other,
        _ => Role::Value,
    }
}

/// `$x := …`, `$x, $y := …`, `$x = …`
fn is_assignment(content: &str) -> bool {
    let rest = content.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "$_, ".contains(c));
    rest.starts_with(":=") || (rest.starts_with('=') && !rest.starts_with("=="))
}

/// `<% … %>`
fn angle(content: &str, _: Language) -> Role {
    if content.starts_with('=') {
        return Role::Value;
    }
    if content.starts_with('#') || content.trim_start_matches('-').trim_start().starts_with(['|', '#']) {
        return Role::Comment;
    }
    let code = content.trim_start_matches(['-', '_']).trim().trim_end_matches(['-', '_']).trim_end();
    let is_end = code.starts_with('}') || first_word(code) == "end";
    let code_without_argument =
        code.strip_suffix('|').and_then(|code| code.rsplit_once('|')).map(|(code, _)| code.trim_end());
    let opens = code_without_argument.unwrap_or(code);
    let is_open = opens.ends_with('{') || opens.ends_with(" do") || opens.ends_with(")do");
    match first_word(code) {
        _ if is_end && is_open && code.starts_with('}') => Role::Else,
        _ if is_end => Role::Close,
        _ if is_open => Role::Open,
        "if" | "unless" | "case" | "while" | "until" | "for" | "begin" if !code.ends_with(" end") => Role::Open,
        "else" | "elsif" | "when" | "in" | "rescue" | "ensure" => Role::Else,
        _ => Role::Other,
    }
}

/// `[% … %]`
fn bracket(content: &str, _: Language) -> Role {
    if content.starts_with('#') {
        return Role::Comment;
    }
    match first_word(content) {
        "BLOCK" => Role::Define,
        "IF" | "UNLESS" | "FOREACH" | "FOR" | "WHILE" | "SWITCH" | "FILTER" | "WRAPPER" | "TRY" => Role::Open,
        "ELSE" | "ELSIF" | "CASE" | "CATCH" | "FINAL" => Role::Else,
        "END" => Role::Close,
        "SET" | "DEFAULT" | "INCLUDE" | "PROCESS" | "INSERT" | "MACRO" | "USE" | "NEXT" | "LAST" | "RETURN"
        | "STOP" | "CLEAR" | "THROW" | "CALL" | "META" | "TAGS" | "PERL" => Role::Other,
        _ if is_assignment(content.trim_start_matches(['-', '+']).trim_start()) => Role::Other,
        _ => Role::Value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(text: &str, language: Language) -> Vec<Role> {
        scan(text.as_bytes(), language).iter().map(|tag| tag.role).collect()
    }

    #[test]
    fn tags_of_each_language() {
        use Role::{Close, Comment, Define, Else, Open, Other, Value};
        for (language, text, expected) in [
            (
                Language::Jinja,
                "{% if a -%}{{ b }}{%- else %}{# c #}{% endif %}",
                vec![Open, Value, Else, Comment, Close],
            ),
            (
                Language::Jinja,
                "{% set a = 1 %}{% set b %}x{% endset %}{% include 'c' %}",
                vec![Other, Open, Close, Other],
            ),
            (Language::Jinja, "{% raw %}{{ a }}{% if %}{% endraw %}{{ b }}", vec![Open, Close, Value]),
            (Language::Jinja, "{{ end }} {{ a", vec![Value]),
            (
                Language::Liquid,
                "{% unless a %}{% elsif b %}{% endunless %}{% assign c = 1 %}",
                vec![Open, Else, Close, Other],
            ),
            (Language::Go, "{{- if .A }}{{ .B }}{{ else if .C }}{{- end -}}", vec![Open, Value, Else, Close]),
            (
                Language::Go,
                "{{ $a := .B }}{{ $a }}{{/* c */}}{{ template \"d\" . }}",
                vec![Other, Value, Comment, Other],
            ),
            (Language::Go, "{{ define \"a\" }}{{ end }}", vec![Define, Close]),
            (Language::Go, "{{ range $i, $e := .L }}{{ end }}{{ .End }}", vec![Open, Close, Value]),
            (Language::Mustache, "{{#a}}{{b}}{{/a}}{{^c}}{{{d}}}{{/c}}", vec![Open, Value, Close, Open, Value, Close]),
            (
                Language::Mustache,
                "{{! no }}{{!-- {{x}} --}}{{> part}}{{#if a}}{{else}}{{/if}}",
                vec![Comment, Comment, Other, Open, Else, Close],
            ),
            (
                Language::Erb,
                "<% if a -%><%= b %><% elsif c %><% end %><%# d %>",
                vec![Open, Value, Else, Close, Comment],
            ),
            (Language::Erb, "<% a.each do |b| -%><%- end -%><% c = 1 %><%% x %>", vec![Open, Close, Other]),
            (
                Language::Erb,
                "<% if ($a) { -%><% } else { -%><% } -%><% $a.each |$b| { %>",
                vec![Open, Else, Close, Open],
            ),
            (
                Language::Toolkit,
                "[% IF a %][% b %][% ELSE %][% END %][% c = 1 %]",
                vec![Open, Value, Else, Close, Other],
            ),
        ] {
            assert_eq!(roles(text, language), expected, "{text}");
        }
    }
}
