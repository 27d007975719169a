//! Words and operators of shell scripts, as far as quotes, variables and substitutions go.

/// A piece of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Characters that stand for themselves.
    Text(String),
    /// `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:=default}`.
    Variable(String, Option<String>),
    /// What `$(…)` prints: the text between the parentheses, and where it starts.
    Substitution(String, u32),
    /// Something else that only a shell can work out.
    Unknown,
}

/// A word, whose quotes are gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Word {
    /// Offset of the first byte.
    pub(crate) start: u32,
    /// Offset behind the last byte.
    pub(crate) end: u32,
    /// What it is made of.
    pub(crate) parts: Vec<Part>,
}

/// A word or an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A word.
    Word(Word),
    /// `;`, `&&`, `|`, `<`, a line feed, … and where it stands.
    Operator(&'static str, u32),
}

/// Operators, longer ones first.
const OPERATORS: &[&str] = &[
    "<<<", "<<-", "&>>", ";;&", "&&", "||", ";;", ";&", "|&", "<<", ">>", "<&", ">&", "<>", ">|", "&>", "\n", ";", "&",
    "|", "(", ")", "<", ">",
];

impl Word {
    /// A word of one text.
    pub(crate) fn literal(text: &str, start: u32, end: u32) -> Self {
        Self { start, end, parts: vec![Part::Text(text.to_owned())] }
    }

    /// The text of a word in which nothing is left to work out.
    pub(crate) fn text(&self) -> Option<String> {
        let texts = self.parts.iter().map(|part| if let Part::Text(text) = part { Some(text.as_str()) } else { None });
        texts.collect()
    }

    /// The text with its variables put back.
    pub(crate) fn shown(&self) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Variable(name, _) => format!("${{{name}}}"),
            Part::Substitution(text, _) => format!("$({text})"),
            Part::Unknown => "$?".to_owned(),
        });
        parts.collect()
    }

    fn push(&mut self, part: Part) {
        if let (Some(Part::Text(last)), Part::Text(text)) = (self.parts.last_mut(), &part) {
            last.push_str(text);
        } else {
            self.parts.push(part);
        }
    }

    /// `NAME=value` as name and value.
    pub(crate) fn assignment(&self) -> Option<(String, Self)> {
        let Some(Part::Text(first)) = self.parts.first() else { return None };
        let (name, rest) = first.split_once('=')?;
        if !super::super::env::is_name(name) {
            return None;
        }
        let mut value = Self { start: self.start, end: self.end, parts: Vec::new() };
        value.parts.push(Part::Text(rest.to_owned()));
        value.parts.extend(self.parts[1..].iter().cloned());
        Some((name.to_owned(), value))
    }
}

/// Reads a text; here-documents are skipped. Every text can be read, and what a shell would refuse makes odd words.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut scanner = Scanner { text, at: 0, awaited: Vec::new(), has_unclosed: false };
    let mut tokens = Vec::new();
    while let Some(token) = scanner.next(tokens.last()) {
        tokens.push(token);
    }
    tokens
}

/// The words of a text, its operators left out.
pub(crate) fn words_of(text: &str) -> Vec<Word> {
    tokens(text).into_iter().filter_map(|token| if let Token::Word(word) = token { Some(word) } else { None }).collect()
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    /// The ends of the here-documents that begin with the next line.
    awaited: Vec<String>,
    /// A bracket was found that is never closed; others are not looked for, because each search reads to the end.
    has_unclosed: bool,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self, last: Option<&Token>) -> Option<Token> {
        loop {
            let skipped = self.rest().len() - self.rest().trim_start_matches([' ', '\t', '\r', '\u{1}']).len();
            self.at += skipped;
            if self.rest().starts_with("\\\n") || self.rest().starts_with("\\\r\n") {
                self.at += self.rest().find('\n')? + 1;
            } else if self.rest().starts_with('#') {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            } else {
                break;
            }
        }
        self.peek()?;
        let start = self.at as u32;
        if let Some(operator) = OPERATORS.iter().find(|operator| self.rest().starts_with(**operator)) {
            self.at += operator.len();
            if *operator == "\n" {
                self.skip_documents();
            }
            return Some(Token::Operator(operator, start));
        }
        let word = self.word();
        let is_document = matches!(last, Some(Token::Operator("<<" | "<<-", _)));
        if is_document {
            self.awaited.extend(word.text());
        }
        Some(Token::Word(word))
    }

    /// Goes behind the here-documents that the last line announced.
    fn skip_documents(&mut self) {
        for end in std::mem::take(&mut self.awaited) {
            while self.at < self.text.len() {
                let line = self.rest().split('\n').next().unwrap_or_default();
                let is_end = line.trim_start_matches('\t').trim_end_matches('\r') == end;
                self.at = (self.at + line.len() + 1).min(self.text.len());
                if is_end {
                    break;
                }
            }
        }
    }

    fn word(&mut self) -> Word {
        let mut word = Word { start: self.at as u32, ..Word::default() };
        while let Some(character) = self.peek() {
            match character {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                '\'' => {
                    self.at += 1;
                    let text = self.until('\'');
                    word.push(Part::Text(text));
                }
                '"' => {
                    self.at += 1;
                    self.double_quoted(&mut word);
                }
                '\\' => {
                    self.at += 1;
                    let escaped = self.peek();
                    self.at += escaped.map_or(0, char::len_utf8);
                    let text = escaped.filter(|escaped| *escaped != '\n').map(String::from);
                    word.push(Part::Text(text.unwrap_or_default()));
                }
                _ => self.common(character, &mut word),
            }
        }
        word.end = self.at as u32;
        word
    }

    /// What means the same inside and outside of double quotes.
    fn common(&mut self, character: char, word: &mut Word) {
        self.at += character.len_utf8();
        let part = match character {
            '$' => self.dollar(),
            '`' => {
                let start = self.at as u32;
                Part::Substitution(self.until('`'), start)
            }
            '\u{1}' => return,
            other => Part::Text(other.to_string()),
        };
        word.push(part);
    }

    fn double_quoted(&mut self, word: &mut Word) {
        word.push(Part::Text(String::new()));
        while let Some(character) = self.peek() {
            match character {
                '"' => {
                    self.at += 1;
                    return;
                }
                '\\' => {
                    let escaped = self.rest()[1..].chars().next();
                    self.at += 1 + escaped.map_or(0, char::len_utf8);
                    let text = match escaped {
                        Some('\n') => String::new(),
                        Some(escaped @ ('$' | '`' | '"' | '\\')) => escaped.to_string(),
                        Some(other) => format!("\\{other}"),
                        None => "\\".to_owned(),
                    };
                    word.push(Part::Text(text));
                }
                other => self.common(other, word),
            }
        }
    }

    fn until(&mut self, end: char) -> String {
        let length = self.rest().find(end);
        let text = self.rest()[..length.unwrap_or(self.rest().len())].to_owned();
        self.at += text.len() + length.map_or(0, |_| 1);
        text
    }

    fn closing(&self, inner: &str, open: char, close: char) -> Option<usize> {
        if self.has_unclosed { None } else { balanced(inner, open, close) }
    }

    fn unclosed(&mut self) -> Part {
        self.has_unclosed = true;
        Part::Text("$".to_owned())
    }

    /// Behind a dollar.
    fn dollar(&mut self) -> Part {
        let rest = self.rest();
        if let Some(inner) = rest.strip_prefix('{') {
            let Some(end) = self.closing(inner, '{', '}') else { return self.unclosed() };
            let inner = &inner[..end];
            let name_end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
            let (name, operator) = inner.split_at(name_end);
            let default = [":-", ":=", "-", "="].iter().find_map(|sign| operator.strip_prefix(sign)).map(str::to_owned);
            let is_plain = operator.is_empty() || default.is_some() || operator.starts_with(":?");
            let part = if super::super::env::is_name(name) && is_plain {
                Part::Variable(name.to_owned(), default)
            } else {
                Part::Unknown
            };
            self.at += end + 2;
            return part;
        }
        if let Some(inner) = rest.strip_prefix('(') {
            let Some(end) = self.closing(inner, '(', ')') else { return self.unclosed() };
            let is_sum = inner.starts_with('(');
            let part =
                if is_sum { Part::Unknown } else { Part::Substitution(inner[..end].to_owned(), self.at as u32 + 1) };
            self.at += end + 2;
            return part;
        }
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        match rest.chars().next() {
            Some(first) if first.is_ascii_alphabetic() || first == '_' => {
                let name = rest[..length].to_owned();
                self.at += length;
                Part::Variable(name, None)
            }
            Some(first) if first.is_ascii_digit() || "@*#?!$-".contains(first) => {
                self.at += 1;
                Part::Unknown
            }
            _ => Part::Text("$".to_owned()),
        }
    }
}

/// The place of the closing bracket, quotes and nested brackets jumped over.
fn balanced(text: &str, open: char, close: char) -> Option<usize> {
    let (mut depth, mut quote) = (0, None);
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (None | Some('"'), '\\') => {
                characters.next();
            }
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), character) if open == character => quote = None,
            (None, character) if character == open => depth += 1,
            (None, character) if character == close && depth == 0 => return Some(at),
            (None, character) if character == close => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let show = |token: &Token| match token {
            Token::Word(word) => word.text().unwrap_or_else(|| format!("{:?}", word.parts)),
            Token::Operator(operator, _) => format!("<{operator}>"),
        };
        tokens(text).iter().map(show).collect()
    }

    #[test]
    fn quotes_go_and_operators_part() {
        assert_eq!(words("a 'b c' \"d \\$e\" f\\$g # h\n"), ["a", "b c", "d $e", "f$g", "<\n>"]);
        assert_eq!(
            words("a<b>c&&d||e;f|g"),
            ["a", "<<>", "b", "<>>", "c", "<&&>", "d", "<||>", "e", "<;>", "f", "<|>", "g"]
        );
        assert_eq!(words("a \\\n b"), ["a", "b"]);
        assert_eq!(words("cat <<X > f\n$y 'z\nX\nb"), ["cat", "<<<>", "X", "<>>", "f", "<\n>", "b"]);
    }

    #[test]
    fn what_a_shell_works_out() {
        let parts = |text: &str| match &tokens(text)[0] {
            Token::Word(word) => word.parts.clone(),
            Token::Operator(..) => Vec::new(),
        };
        let variable = |name: &str| Part::Variable(name.to_owned(), None);
        assert_eq!(parts("$A${B}"), [variable("A"), variable("B")]);
        assert_eq!(parts("${A:-b}"), [Part::Variable("A".to_owned(), Some("b".to_owned()))]);
        assert_eq!(parts("$(env | grep ')')"), [Part::Substitution("env | grep ')'".to_owned(), 2)]);
        assert_eq!(parts("$((1+2))"), [Part::Unknown]);
        assert_eq!(parts("a$"), [Part::Text("a$".to_owned())]);
    }
}
