//! Templates: texts that become a configuration only after a program has filled them in.

use std::path::Path;

/// Endings of files that `envsubst` (or the nginx image's entrypoint) is run on.
const ENVSUBST_ENDINGS: &[&str] = &["tpl", "template", "tmpl", "envsubst", "stream-template"];

/// Template languages other than envsubst: the ending that gives them away, and the name to show.
const OTHER_ENDINGS: &[(&str, &str)] = &[
    ("j2", "Jinja2"),
    ("jinja", "Jinja2"),
    ("jinja2", "Jinja2"),
    ("erb", "ERB"),
    ("mustache", "Mustache"),
    ("hbs", "Handlebars"),
    ("liquid", "Liquid"),
    ("gotmpl", "Go template"),
    ("gtpl", "Go template"),
    ("m4", "m4"),
    ("tt", "Template Toolkit"),
    ("sigil", "Sigil"),
    ("stpl", "Go template"),
    ("sme", "Mustache"),
];

/// Marks in the text of template languages other than envsubst, and the name to show.
const OTHER_MARKS: &[(&str, &str)] =
    &[("{%", "Jinja2"), ("<%", "ERB"), ("{{", "Jinja2, Go or Mustache template"), ("[%", "Template Toolkit")];

/// Is this, by its name, a template for envsubst (or for something alike)?
pub fn is_template_name(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ENVSUBST_ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// The template language of a text that only becomes nginx's language when its tags are filled in; none for plain
/// configurations and for envsubst. `broken`: does the text, as it stands, have syntax errors? Tags in strings and in
/// Lua code are no reason to call a sound configuration a template.
pub fn other_language(path: &Path, text: &[u8], broken: bool) -> Option<&'static str> {
    let by_ending =
        OTHER_ENDINGS.iter().find(|(known, _)| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(known)));
    if let Some((_, language)) = by_ending {
        return Some(language);
    }
    if !broken && !is_template_name(path) {
        return None;
    }
    let by_mark = OTHER_MARKS.iter().find(|(mark, _)| memchr::memmem::find(text, mark.as_bytes()).is_some());
    by_mark.map(|(_, language)| *language)
}

/// Does a value hold something that only a run or a renderer fills in (`$variable`, `${PLACEHOLDER}`, `{{ tag }}`)?
pub fn is_symbolic(value: &str) -> bool {
    value.contains('$')
        || value.contains("{{")
        || value.contains("<%")
        || is_delimited(value, "__")
        || is_delimited(value, "%")
}

/// `__NAME__`, `%NAME%`: placeholders of sed scripts.
fn is_delimited(value: &str, mark: &str) -> bool {
    let mut parts = value.split(mark);
    parts.next();
    parts.next().is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
        && parts.next().is_some()
}
