//! What GNU `envsubst` does to a text, byte by byte.
//!
//! It knows `$NAME` and `${NAME}` and nothing else: no defaults, no escape. A name is a letter or an underscore, then letters,
//! digits and underscores. Everything that is not replaced stays as it is.

use std::collections::BTreeSet;

/// `$NAME` or `${NAME}` in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placeholder<'t> {
    /// Offset of the dollar.
    pub start: usize,
    /// Offset behind its last byte.
    pub end: usize,
    /// The name.
    pub name: &'t str,
    /// Is it written in braces?
    pub braced: bool,
}

/// `${NAME:-x}` and its like: what shells know and envsubst does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expansion<'t> {
    /// Offset of the dollar.
    pub start: usize,
    /// Offset behind the closing brace.
    pub end: usize,
    /// The name.
    pub name: &'t str,
    /// What stands between name and value: `:-`, `-`, `:=`, `%%`, …
    pub operator: &'t str,
    /// The value behind the operator.
    pub value: &'t [u8],
}

/// Which names are replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Every one, those that nobody defined by nothing.
    All,
    /// These; all others stay.
    Listed(BTreeSet<String>),
}

impl Selection {
    /// The names that the list argument of envsubst selects.
    pub fn of_list(list: &[u8]) -> Self {
        Self::Listed(variables_of_list(list))
    }

    /// Is this name replaced?
    pub fn contains(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Listed(names) => names.contains(name),
        }
    }
}

/// What came of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered<'t> {
    /// The text.
    pub text: Vec<u8>,
    /// Where it came from.
    pub map: Map<'t>,
}

/// Takes offsets of a rendered text back to the template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map<'t> {
    substitutions: Vec<Substitution<'t>>,
}

/// A placeholder that was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Substitution<'t> {
    /// The placeholder in the template.
    pub placeholder: Placeholder<'t>,
    /// Offset of the value in the rendered text.
    pub start: usize,
    /// Offset behind the value; the same as `start` for an empty one.
    pub end: usize,
    /// Was there a value at all?
    pub is_defined: bool,
}

/// Where a byte of a rendered text came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'t> {
    /// From this offset of the template.
    Template(usize),
    /// From the value of a placeholder.
    Value(Placeholder<'t>),
}

/// Every `$NAME` and `${NAME}` of a text, in order.
pub fn placeholders(text: &[u8]) -> impl Iterator<Item = Placeholder<'_>> {
    let dollars = memchr::memchr_iter(b'$', text);
    dollars.filter_map(|start| {
        let braced = text.get(start + 1) == Some(&b'{');
        let name_start = start + 1 + usize::from(braced);
        let name = name_at(text, name_start)?;
        let name_end = name_start + name.len();
        let is_closed = !braced || text.get(name_end) == Some(&b'}');
        is_closed.then_some(Placeholder { start, end: name_end + usize::from(braced), name, braced })
    })
}

/// Every `${NAME:-x}` and its like, each on one line; of nested ones, the outer and the inner.
pub fn expansions(text: &[u8]) -> impl Iterator<Item = Expansion<'_>> {
    memchr::memmem::find_iter(text, b"${").filter_map(|start| {
        let name = name_at(text, start + 2)?;
        let rest = &text[start + 2 + name.len()..];
        let length = rest.iter().take(2).take_while(|byte| b":-=?+%#/^,".contains(byte)).count();
        let length = match &rest[..length] {
            [] => return None,
            [b':', b'-' | b'=' | b'?' | b'+'] | b"%%" | b"##" | b"//" | b"^^" | b",," => 2,
            _ => 1,
        };
        let operator = std::str::from_utf8(&rest[..length]).ok()?;
        let value = &rest[length..][..length_to_brace(&rest[length..])?];
        let end = start + 2 + name.len() + length + value.len() + 1;
        Some(Expansion { start, end, name, operator, value })
    })
}

/// How far it is to the brace that closes what is open, on this line and not too far away.
fn length_to_brace(text: &[u8]) -> Option<usize> {
    const FAR: usize = 1_000;
    let mut depth = 0;
    let line = text.iter().take(FAR).take_while(|byte| **byte != b'\n');
    for (at, byte) in line.enumerate() {
        match byte {
            b'{' if at > 0 && text[at - 1] == b'$' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The names that the list argument of envsubst selects: those of all placeholders in it, whatever stands between them.
pub fn variables_of_list(list: &[u8]) -> BTreeSet<String> {
    // The program reads an argument, and that ends with its first zero byte.
    let list = &list[..memchr::memchr(0, list).unwrap_or(list.len())];
    placeholders(list).map(|placeholder| placeholder.name.to_owned()).collect()
}

/// What comes of a template. `lookup` tells the value of a name, none if nobody defined it.
pub fn render<'t>(text: &'t [u8], selection: &Selection, lookup: impl Fn(&str) -> Option<String>) -> Rendered<'t> {
    let mut rendered = Vec::with_capacity(text.len());
    let mut substitutions = Vec::new();
    let mut copied = 0;
    for placeholder in placeholders(text).filter(|placeholder| selection.contains(placeholder.name)) {
        rendered.extend_from_slice(&text[copied..placeholder.start]);
        copied = placeholder.end;
        let value = lookup(placeholder.name);
        let start = rendered.len();
        rendered.extend_from_slice(value.as_deref().unwrap_or_default().as_bytes());
        substitutions.push(Substitution { placeholder, start, end: rendered.len(), is_defined: value.is_some() });
    }
    rendered.extend_from_slice(&text[copied..]);
    Rendered { text: rendered, map: Map { substitutions } }
}

impl<'t> Map<'t> {
    /// The placeholders that were replaced, in order.
    pub fn substitutions(&self) -> &[Substitution<'t>] {
        &self.substitutions
    }

    /// Where the byte at an offset of the rendered text came from.
    pub fn origin(&self, offset: usize) -> Origin<'t> {
        let before = self.substitutions.partition_point(|substitution| substitution.start <= offset);
        match before.checked_sub(1).map(|last| self.substitutions[last]) {
            None => Origin::Template(offset),
            Some(last) if offset < last.end => Origin::Value(last.placeholder),
            Some(last) => Origin::Template(last.placeholder.end + (offset - last.end)),
        }
    }

    /// The stretch of the template that a stretch of the rendered text came from; placeholders are taken as a whole.
    pub fn origin_of_range(&self, start: usize, end: usize) -> (usize, usize) {
        let from = match self.origin(start) {
            Origin::Template(offset) => offset,
            Origin::Value(placeholder) => placeholder.start,
        };
        if end <= start {
            return (from, from);
        }
        match self.origin(end - 1) {
            Origin::Template(offset) => (from, offset + 1),
            Origin::Value(placeholder) => (from, placeholder.end),
        }
    }
}

/// The name that begins at an offset, if one does.
fn name_at(text: &[u8], start: usize) -> Option<&str> {
    let rest = text.get(start..)?;
    let first = rest.first().filter(|byte| byte.is_ascii_alphabetic() || **byte == b'_')?;
    debug_assert!(first.is_ascii());
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    std::str::from_utf8(&rest[..length]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&str> {
        placeholders(text.as_bytes()).map(|placeholder| placeholder.name).collect()
    }

    #[test]
    fn what_is_a_placeholder_and_what_is_not() {
        for (text, expected) in [
            ("$A ${B}", &["A", "B"][..]),
            ("$_a1-$A.b", &["_a1", "A"]),
            ("$1 ${2} $/ $) $; $", &[]),
            ("${A:-x} ${A-x} ${ A} ${A", &[]),
            ("\\$A $$A $${A}", &["A", "A", "A"]),
            ("${A$B}", &["B"]),
            ("${$A}", &["A"]),
            ("${A:-${B}}", &["B"]),
            ("$Aé", &["A"]),
            ("${{A}}", &[]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn what_shells_know_and_envsubst_does_not() {
        let found: Vec<_> = expansions(b"${A:-8080} ${B-} ${C:?no} ${D%%/*} ${E:0:3} ${F:-${G:-x}} ${H} ${I\n}")
            .map(|found| (found.name, found.operator, String::from_utf8_lossy(found.value).into_owned()))
            .collect();
        let expected = [
            ("A", ":-", "8080"),
            ("B", "-", ""),
            ("C", ":?", "no"),
            ("D", "%%", "/*"),
            ("E", ":", "0:3"),
            ("F", ":-", "${G:-x}"),
            ("G", ":-", "x"),
        ];
        assert_eq!(found, expected.map(|(name, operator, value)| (name, operator, value.to_owned())));
    }

    #[test]
    fn lists_select_by_placeholders_alone() {
        let list = |text: &str| variables_of_list(text.as_bytes()).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(list("${A} $B,${C}"), "A B C");
        assert_eq!(list("A B"), "");
        assert_eq!(list("$A\0$B"), "A");
    }

    #[test]
    fn offsets_lead_back_to_the_template() {
        let template = b"listen ${PORT}; server_name $NONE$host;";
        let selection = Selection::of_list(b"$PORT $NONE");
        let rendered = render(template, &selection, |name| (name == "PORT").then(|| "8080".to_owned()));
        assert_eq!(rendered.text, b"listen 8080; server_name $host;");
        let port = rendered.map.substitutions()[0].placeholder;
        assert_eq!(rendered.map.origin(6), Origin::Template(6));
        assert_eq!(rendered.map.origin(7), Origin::Value(port));
        assert_eq!(rendered.map.origin(10), Origin::Value(port));
        assert_eq!(rendered.map.origin(11), Origin::Template(14));
        assert_eq!(rendered.map.origin(25), Origin::Template(33));
        assert_eq!(rendered.map.origin_of_range(8, 10), (7, 14));
        assert_eq!(rendered.map.origin_of_range(0, 31), (0, template.len()));
        assert!(!rendered.map.substitutions()[1].is_defined);
    }
}
