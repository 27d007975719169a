//! The condition of `if`, read word by word as nginx reads it.

/// The operators between a variable and a value.
pub const OPERATORS: &[&str] = &["=", "!=", "~", "~*", "!~", "!~*"];
/// The tests of files.
pub const FILE_TESTS: &[&str] = &["-f", "!-f", "-d", "!-d", "-e", "!-e", "-x", "!-x"];

/// A part of one argument of the `if`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'t> {
    /// The number of the argument, from 0.
    pub argument: usize,
    /// Where the part begins in it.
    pub start: usize,
    /// The part: the argument without the parentheses around the condition.
    pub text: &'t str,
}

/// A condition that nginx accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition<'t> {
    /// A variable alone; with its dollar, and whatever stands behind the dollar is its name.
    Variable(Part<'t>),
    /// A variable and a text with variables.
    Equals(Part<'t>, Part<'t>),
    /// A variable and a regex.
    Matches(Part<'t>, Part<'t>),
    /// A test of the file of this name, a text with variables.
    File(Part<'t>),
}

/// Why nginx refuses a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault<'t> {
    /// The first word does not begin with `(`.
    NoOpening,
    /// The last word does not end with `)`.
    NoClosing,
    /// Nothing is between the parentheses.
    Empty,
    /// The word that nginx takes for an operator is none.
    Operator(Part<'t>),
    /// The word is a variable, but not one or three words are in the parentheses.
    Count(Part<'t>),
    /// The word is a test of a file, but not one word follows.
    Path(Part<'t>),
    /// The word has the shape of a test of a file, but nginx has no such test.
    Test(Part<'t>),
    /// The word is neither a variable nor a test.
    Operand(Part<'t>),
}

/// Reads the arguments of an `if`.
pub fn parse<'t>(args: &[&'t str]) -> Result<Condition<'t>, Fault<'t>> {
    let (Some(first), Some(last)) = (args.first(), args.last()) else { return Err(Fault::NoOpening) };
    if !first.starts_with('(') {
        return Err(Fault::NoOpening);
    }
    if !last.ends_with(')') {
        return Err(Fault::NoClosing);
    }
    let words = inside(args);
    let Some(left) = words.first().copied() else { return Err(Fault::Empty) };
    if left.text.len() > 1 && left.text.starts_with('$') {
        return match words[..] {
            [variable] => Ok(Condition::Variable(variable)),
            [variable, operator, value] => match operator.text {
                "=" | "!=" => Ok(Condition::Equals(variable, value)),
                text if OPERATORS.contains(&text) => Ok(Condition::Matches(variable, value)),
                _ => Err(Fault::Operator(operator)),
            },
            _ => Err(Fault::Count(left)),
        };
    }
    let has_shape = matches!(left.text.as_bytes(), [b'-', _] | [b'!', b'-', _]);
    match words[..] {
        _ if !has_shape => Err(Fault::Operand(left)),
        _ if !FILE_TESTS.contains(&left.text) => Err(Fault::Test(left)),
        [_, path] => Ok(Condition::File(path)),
        _ => Err(Fault::Path(left)),
    }
}

/// The words between the parentheses; a parenthesis may be a word of its own.
fn inside<'t>(args: &[&'t str]) -> Vec<Part<'t>> {
    let end = args.len() - 1;
    let part = |(argument, word): (usize, &&'t str)| {
        let start = usize::from(argument == 0);
        let stop = word.len() - usize::from(argument == end);
        let text = word.get(start..stop)?;
        let is_parenthesis = text.is_empty() && (argument == 0 || argument == end);
        (!is_parenthesis).then_some(Part { argument, start, text })
    };
    args.iter().enumerate().filter_map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::{Condition, Fault, parse};

    fn read(text: &str) -> String {
        let args: Vec<&str> = text.split_whitespace().map(|word| if word == "''" { "" } else { word }).collect();
        match parse(&args) {
            Ok(Condition::Variable(variable)) => format!("variable {}", variable.text),
            Ok(Condition::Equals(variable, value)) => format!("equals {} {}", variable.text, value.text),
            Ok(Condition::Matches(variable, value)) => format!("matches {} {}", variable.text, value.text),
            Ok(Condition::File(path)) => format!("file {}", path.text),
            Err(Fault::NoOpening) => "no (".to_owned(),
            Err(Fault::NoClosing) => "no )".to_owned(),
            Err(Fault::Empty) => "empty".to_owned(),
            Err(Fault::Operator(word)) => format!("operator {}", word.text),
            Err(Fault::Count(word)) => format!("count {}", word.text),
            Err(Fault::Path(word)) => format!("path {}", word.text),
            Err(Fault::Test(word)) => format!("test {}", word.text),
            Err(Fault::Operand(word)) => format!("operand {}", word.text),
        }
    }

    #[test]
    fn conditions_that_nginx_takes() {
        for (text, expected) in [
            ("($host)", "variable $host"),
            ("( $host )", "variable $host"),
            ("($host=a)", "variable $host=a"),
            ("($host))", "variable $host)"),
            ("($host = a)", "equals $host a"),
            ("($host != '' )", "equals $host "),
            ("($host = )b)", "equals $host )b"),
            ("($host ~* (a|b))", "matches $host (a|b)"),
            ("(!-f $a)", "file $a"),
            ("( -x /a )", "file /a"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn conditions_that_nginx_refuses() {
        for (text, expected) in [
            ("$host", "no ("),
            ("", "no ("),
            ("($host", "no )"),
            ("(", "no )"),
            ("()", "empty"),
            ("( )", "empty"),
            ("($host == a)", "operator =="),
            ("($host = )", "count $host"),
            ("($host =a)", "count $host"),
            ("($a = b && $c = d)", "count $a"),
            ("(-f)", "path -f"),
            ("(!-f a b)", "path !-f"),
            ("(-z $a)", "test -z"),
            ("(-f$a)", "operand -f$a"),
            ("(!$a)", "operand !$a"),
            ("($)", "operand $"),
            ("(a)", "operand a"),
            ("(($a = b))", "operand ($a"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
