//! The words for what is wrong with the condition of an `if`.

use crate::check::Check;
use crate::config::Directive;
use crate::diagnostic::{Edit, Safety, shorten};
use crate::nginx::condition::{FILE_TESTS, Fault, OPERATORS, Part};
use crate::nginx::script;
use crate::source::Span;
use crate::syntax::Terminator;
use crate::template;

pub(super) const FORMS: &str = "a condition is `($x)`, `($x = text)`, `($x ~ regex)` or `(-f path)`";

/// Operators of other languages, and nginx's.
const MEANT: &[(&str, &str)] = &[
    ("==", "="),
    ("===", "="),
    ("eq", "="),
    ("is", "="),
    ("!==", "!="),
    ("ne", "!="),
    ("<>", "!="),
    ("=~", "~"),
    ("~=", "~"),
];

pub(super) fn report<'c>(check: &mut Check<'c>, block: Directive<'c>, fault: Fault<'c>) {
    let args: Vec<&str> = block.args().collect();
    let is_open = |argument: usize| args.get(argument).is_some_and(|word| template::is_open(word, false));
    let certain = match fault {
        Fault::Operator(word) | Fault::Test(word) => !is_open(word.argument),
        _ => !(0..args.len()).any(is_open),
    };
    let Some(span) = place(block, fault).filter(|_| certain) else { return };
    match fault {
        Fault::NoOpening | Fault::NoClosing if is_cut_by_brace(block) => {}
        Fault::NoOpening => {
            let both = !args.last().is_some_and(|word| word.ends_with(')'));
            let what = if both { "is not in parentheses" } else { "lacks its opening parenthesis" };
            check.report_at(block, span, format!("the condition {what}")).help(FORMS);
        }
        Fault::NoClosing => {
            let finding = check.report_at(block, span, "the condition lacks its closing parenthesis");
            finding.help("write `)` before the brace; a regex that holds a brace needs quotes");
        }
        Fault::Empty => {
            check.report_at(block, span, "the condition is empty").help(FORMS);
        }
        Fault::Operator(word) => operator(check, block, word, span),
        Fault::Count(word) => count(check, block, &args, word, span),
        Fault::Path(_) => {
            check.report_at(block, span, "a test of a file wants one path behind it").help(FORMS);
        }
        Fault::Test(word) => {
            let message = format!("`if` has no test `{}`", shorten(word.text, 40));
            check
                .report_at(block, span, message)
                .help("the tests are `-f`, `-d`, `-e` and `-x`, with `!` before them or not");
        }
        Fault::Operand(word) => wrong_operand(check, block, word, span),
    }
}

/// The words that the message is about.
fn place(block: Directive<'_>, fault: Fault<'_>) -> Option<Span> {
    match fault {
        Fault::NoOpening => block.arg_span(0),
        Fault::NoClosing => block.arg_span(block.args().len().checked_sub(1)?),
        Fault::Empty => Some(block.arg_span(0)?.to(block.arg_span(block.args().len().checked_sub(1)?)?)),
        Fault::Operator(word) | Fault::Count(word) | Fault::Path(word) | Fault::Test(word) | Fault::Operand(word) => {
            block.arg_part_span(word.argument, word.start, word.start + word.text.len())
        }
    }
}

/// Does a brace that is glued to the last word open the block? The mistake is a regex without quotes, and has its own rule.
fn is_cut_by_brace(block: Directive<'_>) -> bool {
    let Terminator::Block { open, .. } = block.terminator() else { return false };
    let errors = block.config().library().tree(block.in_file()).errors();
    let first = errors.partition_point(|error| error.start < open);
    errors.get(first).is_some_and(|error| error.start == open)
}

fn operator<'c>(check: &mut Check<'c>, block: Directive<'c>, word: Part<'c>, span: Span) {
    let finding = check.report_at(block, span, format!("`{}` is no operator of `if`", shorten(word.text, 40)));
    let meant = MEANT.iter().find(|(other, _)| *other == word.text).map(|(_, meant)| *meant);
    match meant {
        Some(meant) => {
            let safety = if word.text == "==" { Safety::Safe } else { Safety::Unsafe };
            finding.help(format!("write `{meant}`"));
            finding.fix(format!("write `{meant}`"), safety, vec![Edit::replace(span, meant)]);
        }
        None => {
            finding.help("the operators are `=`, `!=`, `~`, `~*`, `!~` and `!~*`; for more, use a `map`");
        }
    }
}

/// A variable, and something behind it that is not an operator and one word.
fn count<'c>(check: &mut Check<'c>, block: Directive<'c>, args: &[&'c str], word: Part<'c>, span: Span) {
    let is_joint = |arg: &&str| matches!(arg.trim_matches(['(', ')']), "&&" | "||" | "and" | "or" | "AND" | "OR");
    if let Some((argument, joint)) = args.iter().enumerate().find(|(_, arg)| is_joint(arg)) {
        let span = block.arg_span(argument).unwrap_or(span);
        check
            .report_at(block, span, format!("`if` takes one comparison: nginx has no `{joint}`"))
            .help("put the variables into the source of a `map`, and test its result");
        return;
    }
    let second = args.get(word.argument + 1).copied().unwrap_or_default();
    let operator = OPERATORS.iter().filter(|known| second.starts_with(**known)).max_by_key(|known| known.len());
    let is_last = word.argument + 2 == args.len();
    let value = operator.map_or("", |operator| second[operator.len()..].trim_end_matches(')'));
    match (operator, block.arg_part_span(word.argument + 1, 0, operator.map_or(0, |operator| operator.len()))) {
        (Some(operator), Some(glued)) if is_last && !value.is_empty() => {
            check
                .report_at(block, glued, format!("no blank behind the operator `{operator}`"))
                .help("write blanks around the operator")
                .fix("insert a blank", Safety::Unsafe, vec![Edit::insert(glued.at_end(), " ")]);
        }
        (Some(operator), _) if value.is_empty() && args.len() <= word.argument + 3 => {
            check
                .report_at(block, span, format!("nothing stands behind the operator `{operator}`"))
                .help("for the empty text write `\"\"`");
        }
        (Some(_), _) => {
            check
                .report_at(block, span, "`if` compares with one word, and there are more")
                .help("put a text with blanks into quotes");
        }
        (None, _) => {
            check.report_at(block, span, "no operator stands between the variable and the next word").help(FORMS);
        }
    }
}

/// The first word is neither a variable nor a test.
fn wrong_operand<'c>(check: &mut Check<'c>, block: Directive<'c>, word: Part<'c>, span: Span) {
    let shown = shorten(word.text, 40);
    let behind_test = FILE_TESTS.iter().find(|test| word.text.starts_with(**test));
    let unquoted = word.text.trim_matches(['"', '\'']);
    if let Some(test) = behind_test {
        let blank = Edit::insert(Span::new(span.source, span.start + test.len() as u32, span.end), " ");
        let finding = check.report_at(block, span, format!("no blank behind the test `{test}`"));
        finding.help("write the path as a word of its own").fix("insert a blank", Safety::Unsafe, vec![blank]);
    } else if word.text.starts_with("!$") {
        let finding = check.report_at(block, span, "`!` cannot negate a variable");
        finding.help(format!("compare: `({} = \"\")` holds if it is empty", &shown[1..]));
    } else if word.text.starts_with('(') {
        check.report_at(block, span, "conditions cannot be nested in parentheses").help(FORMS);
    } else if word.text == "$" {
        check.report_at(block, span, "this `$` begins no variable: no name follows it").help(FORMS);
    } else if unquoted != word.text && unquoted.starts_with('$') {
        check
            .report_at(block, span, "a quote in front of the variable makes it a plain text")
            .help(format!("write `{}`", shorten(unquoted, 40)));
    } else {
        let finding = check.report_at(block, span, format!("`{shown}` is no variable for `if` to look at"));
        finding.help(FORMS);
        if script::is_name(word.text) && !word.text.starts_with(|c: char| c.is_ascii_digit()) {
            finding.fix(format!("write `${shown}`"), Safety::Unsafe, vec![Edit::insert(span, "$")]);
        }
    }
}
