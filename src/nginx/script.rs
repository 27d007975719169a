//! The variables in a text, found as nginx finds them when it compiles the text.

/// What one text asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Script<'t> {
    /// The variables and captures, in order, up to the first fault.
    pub uses: Vec<Use<'t>>,
    /// Where nginx gives up.
    pub fault: Option<Fault<'t>>,
}

/// One variable or capture in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use<'t> {
    /// Where it begins: the dollar.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
    /// Its name, without dollar and braces; the digit of a capture.
    pub name: &'t str,
    /// Is it a capture of a regex rather than a variable?
    pub is_capture: bool,
}

/// A dollar that nginx refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault<'t> {
    /// No name follows.
    NoName {
        /// The dollar.
        start: usize,
    },
    /// The brace behind it is not closed where the name ends.
    Unclosed {
        /// The dollar.
        start: usize,
        /// The name; may be empty.
        name: &'t str,
    },
}

/// Who compiles a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compiler {
    /// What nearly all directives use: `$1` is a capture.
    Text,
    /// The one of `log_format`: `$1` is a variable of this name.
    LogFormat,
}

/// Reads a text from left to right; stops at the first fault, as nginx does.
pub fn scan(text: &str, compiler: Compiler) -> Script<'_> {
    let mut script = Script::default();
    let mut from = 0;
    while let Some(start) = text[from..].find('$').map(|found| from + found) {
        let rest = &text[start + 1..];
        if compiler == Compiler::Text && rest.starts_with(|c: char| matches!(c, '1'..='9')) {
            from = start + 2;
            script.uses.push(Use { start, end: from, name: &rest[..1], is_capture: true });
            continue;
        }
        let inside = rest.strip_prefix('{');
        let from_name = inside.unwrap_or(rest);
        let name = &from_name[..name_length(from_name)];
        let is_closed = from_name[name.len()..].starts_with('}');
        if inside.is_some() && !is_closed && !from_name.is_empty() {
            script.fault = Some(Fault::Unclosed { start, name });
            return script;
        }
        if name.is_empty() {
            script.fault = Some(Fault::NoName { start });
            return script;
        }
        from = start + 1 + name.len() + if inside.is_some() { 2 } else { 0 };
        script.uses.push(Use { start, end: from, name, is_capture: false });
    }
    script
}

/// How many bytes at the start of a text can be a name.
fn name_length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}

/// Is this a name that a text can use: letters, digits and underscores?
pub fn is_name(text: &str) -> bool {
    !text.is_empty() && name_length(text) == text.len()
}

#[cfg(test)]
mod tests {
    use super::{Compiler, Fault, is_name, scan};

    fn names(text: &str, compiler: Compiler) -> Vec<&str> {
        scan(text, compiler).uses.iter().map(|found| found.name).collect()
    }

    #[test]
    fn names_end_where_nginx_ends_them() {
        for (text, expected) in [
            ("", vec![]),
            ("plain } text {", vec![]),
            ("${scheme}://$host$request_uri", vec!["scheme", "host", "request_uri"]),
            ("$cookie_a.b$arg_", vec!["cookie_a", "arg_"]),
            ("$10$0${1}", vec!["1", "0", "1"]),
            ("\\$a", vec!["a"]),
        ] {
            let script = scan(text, Compiler::Text);
            assert_eq!(script.uses.iter().map(|found| found.name).collect::<Vec<_>>(), expected, "{text}");
            assert_eq!(script.fault, None, "{text}");
        }
        assert_eq!(names("$10", Compiler::LogFormat), ["10"]);
        let captures = scan("$1${1}", Compiler::Text).uses;
        assert_eq!(
            captures.iter().map(|found| (found.end, found.is_capture)).collect::<Vec<_>>(),
            [(2, true), (6, false)]
        );
    }

    #[test]
    fn faults() {
        let fault = |text| scan(text, Compiler::Text).fault;
        for (text, start) in [("$", 0), ("a$", 1), ("$ 5", 0), ("$$host", 0), ("a${", 1), ("${}", 0), ("$é", 0)] {
            assert_eq!(fault(text), Some(Fault::NoName { start }), "{text}");
        }
        for (text, start, name) in [("${host", 0, "host"), ("a${ho-st}", 1, "ho"), ("${-", 0, "")] {
            assert_eq!(fault(text), Some(Fault::Unclosed { start, name }), "{text}");
        }
        assert_eq!(names("$a$ $b", Compiler::Text), ["a"]);
    }

    #[test]
    fn what_can_be_a_name() {
        assert!(is_name("a_1") && is_name("0"));
        assert!(!is_name("") && !is_name("a-b") && !is_name("{a}"));
    }
}
