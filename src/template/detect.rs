//! How a text gives away the template language that it is written in.

use std::path::Path;

use super::language::Language;
use super::lua;
use super::own::{self, is_own_placeholder};
use super::tags::{self, Tag};
use crate::syntax::{Lexer, Token, TokenKind};

/// Languages by the ending of a file's name.
const ENDINGS: &[(&str, Language)] = &[
    ("ejs", Language::Erb),
    ("epp", Language::Erb),
    ("erb", Language::Erb),
    ("gotmpl", Language::Go),
    ("gtpl", Language::Go),
    ("hbs", Language::Mustache),
    ("j2", Language::Jinja),
    ("jinja", Language::Jinja),
    ("jinja2", Language::Jinja),
    ("liquid", Language::Liquid),
    ("m4", Language::M4),
    ("mustache", Language::Mustache),
    ("sigil", Language::Go),
    ("tt", Language::Toolkit),
    ("tt2", Language::Toolkit),
    ("twig", Language::Jinja),
];

/// Words behind `{%` that only Liquid has.
const LIQUID_WORDS: &[&str] = &["assign ", "unless ", "case ", "capture ", "tablerow ", "elsif "];

/// The language of a text that only becomes nginx's language when its tags are filled in; none for plain configurations
/// and for envsubst. `broken`: does the text, as it stands, have syntax errors? Tags in strings and in Lua code are no
/// reason to call a sound configuration a template.
pub(super) fn language_of(path: &Path, text: &[u8], broken: bool) -> Option<Language> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let by_ending = ENDINGS.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known));
    if let Some((_, language)) = by_ending {
        return Some(*language);
    }
    if lua::has_statements(text) {
        return Some(Language::Lua);
    }
    let has = |mark: &str| memchr::memmem::find(text, mark.as_bytes()).is_some();
    // The tags of these two look like words to nginx, so that nothing is broken.
    let may_look_sound = (has("<%") && has("%>")) || (has("[%") && has("%]"));
    if !broken && !may_look_sound {
        return None;
    }
    let code = code(text);
    let by_marks =
        by_marks(&code, text).filter(|language| broken || matches!(language, Language::Erb | Language::Toolkit));
    by_marks.or_else(|| {
        let code = String::from_utf8_lossy(&code);
        (broken && code.split_whitespace().any(is_own_placeholder)).then_some(Language::Own)
    })
}

/// The language whose tags are in a text. A mark without its counterpart is none.
fn by_marks(code: &[u8], whole: &[u8]) -> Option<Language> {
    let is_in = |language| tags::scan(code, language).into_iter().any(|tag| is_believable(&code[tag.range()]));
    let has = |mark: &str| memchr::memmem::find(code, mark.as_bytes()).is_some();
    if has("{%") && is_in(Language::Jinja) {
        let text = String::from_utf8_lossy(code);
        let first_word = |tag: &str| tag.trim_start_matches(['-', '+']).trim_start().to_owned();
        let is_liquid =
            text.split("{%").skip(1).map(first_word).any(|tag| LIQUID_WORDS.iter().any(|w| tag.starts_with(w)));
        return Some(if is_liquid { Language::Liquid } else { Language::Jinja });
    }
    if has("<%") && is_in(Language::Erb) {
        return Some(Language::Erb);
    }
    if has("{{") && is_in(Language::Mustache) {
        let text = String::from_utf8_lossy(code);
        let starts = |mark: &str| text.contains(&format!("{{{{{mark}"));
        let is_mustache = ["#", "/", "^", "{", "!", ">"].into_iter().any(starts);
        let is_go = ["-", " .", ".", " if ", "if ", " $", "$", " range ", "range ", " end "].into_iter().any(starts);
        return Some(match () {
            () if is_mustache && !starts("/*") => Language::Mustache,
            () if is_go || has_calls(&String::from_utf8_lossy(whole)) => Language::Go,
            () => Language::Jinja,
        });
    }
    (has("[%") && is_in(Language::Toolkit)).then_some(Language::Toolkit)
}

/// Is there a call without parentheses, as in `{{ getenv "A" }}`?
fn has_calls(text: &str) -> bool {
    text.split("{{").skip(1).any(|tag| {
        let mut words = tag.split_whitespace();
        let is_name = words.next().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        is_name && words.next().is_some_and(|word| word.starts_with(['"', '$', '.', '`', '(']))
    })
}

/// Is this a tag rather than a block with a brace too many (`{{ listen 80; }}`), or a character class?
fn is_believable(tag: &[u8]) -> bool {
    !tag.starts_with(b"{{") || !tag.contains(&b';')
}

/// The text without comments, quoted words and Lua code: marks in those are no tags that matter.
fn code(text: &[u8]) -> Vec<u8> {
    let is_code = |token: &Token| match token.kind {
        TokenKind::Quoted | TokenKind::RawBody => false,
        // `{#` and `{{#` are marks.
        TokenKind::Comment => text[..token.start as usize].ends_with(b"{"),
        _ => true,
    };
    let tokens = Lexer::new(text).filter(is_code);
    tokens.flat_map(|token| text[token.start as usize..token.end as usize].iter().copied()).collect()
}

/// The tags of a text, as far as they matter to its syntax.
pub(super) fn tags_of(text: &[u8], language: Language) -> Vec<Tag> {
    match language {
        Language::Own => own::scan(text),
        Language::Lua => lua::scan(text),
        _ => tags::scan(text, language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(name: &str, text: &str, broken: bool) -> Option<Language> {
        language_of(Path::new(name), text.as_bytes(), broken)
    }

    #[test]
    fn the_ending_or_the_marks_tell() {
        for (name, text, expected) in [
            ("a.conf", "listen {{ port }};", Some(Language::Jinja)),
            ("a.conf", "{% if x %}listen 80;{% endif %}", Some(Language::Jinja)),
            ("a.conf", "{% assign a = 1 %}{{ a }}", Some(Language::Liquid)),
            ("a.conf", "{{#ssl}}listen 443;{{/ssl}}", Some(Language::Mustache)),
            ("a.conf", "{{ if .Ssl }}listen 443;{{ end }}", Some(Language::Go)),
            ("a.conf", "> if a then\nlisten 80;\n> end\n", Some(Language::Lua)),
            ("a.conf", "listen {{ getenv \"PORT\" }};", Some(Language::Go)),
            ("a.conf", "listen <%= port %>;", Some(Language::Erb)),
            ("a.conf", "listen [% port %];", Some(Language::Toolkit)),
            ("a.conf", "__SERVERS__\n}", Some(Language::Own)),
            ("a.conf", "${web.servers}\n}", Some(Language::Own)),
            ("a.conf", "server {{ listen 80; }}", None),
            ("a.conf", "return 200 \"{{ x }}\"; }", None),
            ("a.conf", "# {{ x }}\n}", None),
            ("a.conf.j2", "", Some(Language::Jinja)),
            ("a.erb", "", Some(Language::Erb)),
        ] {
            assert_eq!(language(name, text, true), expected, "{text}");
        }
        assert_eq!(language("a.conf", "location ~ [%20]+ { }", false), None);
        assert_eq!(language("a.conf", "listen <%= port %>;", false), Some(Language::Erb));
    }
}
