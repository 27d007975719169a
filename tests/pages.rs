//! Every example of every page, with only the page's own rule.

use nginspect::diagnostic::Fix;
use nginspect::fix;
use nginspect::page::{Example, ExampleKind};
use nginspect::rules::RULES;

use crate::support::{lines, read_example, read_example_project, run_rule};

#[test]
fn examples_give_exactly_the_marked_findings() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for (number, example) in rule.parsed_page().examples().iter().enumerate() {
            let config = read_example(example);
            let findings =
                run_rule(&config, &read_example_project(&config, example), rule.id, example.attribute("version"));
            let (found, mut wanted) = (lines(&config, &findings), example.marked_lines(rule.id));
            wanted.sort();
            let is_right =
                if example.kind == ExampleKind::Bad { !wanted.is_empty() && found == wanted } else { found.is_empty() };
            if !is_right {
                wrong.push(format!("{} example {}: found {found:?}, marked {wanted:?}", rule.id, number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The example after the first fix that the rule offers; none if it offers no more.
fn mended(rule: &str, example: &Example) -> Option<(Fix, Example)> {
    let config = read_example(example);
    let findings = run_rule(&config, &read_example_project(&config, example), rule, example.attribute("version"));
    let fix = findings.diagnostics.iter().find_map(|finding| finding.fixes.first())?;
    let mut result = example.clone();
    // A script that renders the configuration can be mended, too.
    for (source, text) in config.library().sources().iter() {
        let changed = fix::apply(source, text.bytes(), &fix.edits).expect("edits that fit together");
        let file = result.files.iter_mut().find(|(name, _)| *name == text.display_path());
        if let Some((_, text)) = file {
            *text = String::from_utf8(changed).expect("a fix writes UTF-8");
        }
    }
    Some((fix.clone(), result))
}

#[test]
fn fixes_leave_text_that_parses_and_nothing_to_fix() {
    const ROUNDS: usize = 10;
    let mut wrong = Vec::new();
    for rule in RULES {
        let page = rule.parsed_page();
        let examples = page.examples();
        let mut offered = 0;
        for (number, example) in examples.iter().enumerate().filter(|(_, example)| example.kind == ExampleKind::Bad) {
            let errors_before = read_example(example).syntax_errors().count();
            let mut current = example.clone();
            for round in 0..=ROUNDS {
                let Some((fix, next)) = mended(rule.id, &current) else { break };
                offered += 1;
                let errors = read_example(&next).syntax_errors().count();
                if errors > errors_before || round == ROUNDS || next == current {
                    wrong.push(format!("{} example {}: {:?} makes {:?}", rule.id, number + 1, fix.title, next.files));
                    break;
                }
                current = next;
            }
        }
        if page.fix.is_some() != (offered > 0) {
            wrong.push(format!("{}: the page says fix: {:?}, {offered} were offered", rule.id, page.fix));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
