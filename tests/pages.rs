//! Every example of every page, with only the page's own rule.

use nginspect::page::ExampleKind;
use nginspect::rules::RULES;

use crate::support::{lines, read_example, read_project, run_rule};

#[test]
fn examples_give_exactly_the_marked_findings() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for (number, example) in rule.parsed_page().examples().iter().enumerate() {
            let config = read_example(example);
            let findings = run_rule(&config, &read_project(&config), rule.id, example.attribute("version"));
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
