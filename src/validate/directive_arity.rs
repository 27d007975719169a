use foldhash::HashSet;

use super::is_complete;
use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::body;
use crate::diagnostic::shorten;
use crate::nginx::directives::{Definition, Kind};
use crate::nginx::version::Version;

pub(crate) const RULE: Rule =
    Rule { id: "directive-arity", page: include_str!("../../rules/directive-arity.md"), check };

fn check(check: &mut Check<'_>) {
    let (config, release) = (check.config, check.release());
    let run_ons: HashSet<u32> = config.run_ons().map(|(directive, _)| directive.order()).collect();
    for directive in config.directives_worded(|directive| refusing(directive, release).is_some()) {
        let is_told_elsewhere = run_ons.contains(&directive.order()) || body::size_value(directive).is_some();
        let Some(definition) = refusing(directive, release).filter(|_| !is_told_elsewhere) else { continue };
        if directive.hsts_words().is_some() {
            continue;
        }
        let (arity, count) = (definition.arity_in(release), directive.args().len());
        let given = match count {
            0 => "none is given".to_owned(),
            1 => "1 is given".to_owned(),
            count => format!("{count} are given"),
        };
        let name = shorten(directive.name(), 40);
        let end = directive.head().at_end();
        let surplus = arity.most().filter(|most| count > *most).and_then(|most| directive.arg_span(most));
        let finding = check.report(directive, format!("`{name}` takes {arity}; {given}"));
        finding.hides(directive.head());
        if let Some(first) = surplus {
            finding.related(first, "the first word too many");
            finding.help("quote a value that contains blanks; end each directive with `;`");
        } else {
            finding.related(end, "something is missing here").help("a value that is empty has to be written as \"\"");
        }
    }
}

/// What it is read by, if it takes another number of arguments.
fn refusing(directive: Directive<'_>, release: Version) -> Option<&'static Definition> {
    let count = directive.args().len();
    let definitions = directive.definitions(release);
    let fits = definitions.iter().any(|definition| {
        definition.arity_in(release).takes(count) || (definition.kind == Kind::Simple) == directive.is_block()
    });
    // What a renderer fills in may be several words, or none.
    let is_open = || (0..count).any(|index| directive.arg_is_open(index) && !directive.arg_is_quoted(index));
    definitions.first().filter(|_| !fits && is_complete(directive) && !is_open())
}
