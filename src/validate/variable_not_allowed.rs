use super::is_complete;
use crate::check::{Check, Rule};

pub(crate) const RULE: Rule =
    Rule { id: "variable-not-allowed", page: include_str!("../../rules/variable-not-allowed.md"), check };

/// What `root` and `alias` themselves decide about. nginx looks for these texts, in this letter case, not for the variables.
const FORBIDDEN: &[(&str, &str)] = &[
    ("$document_root", "$document_root"),
    ("${document_root}", "$document_root"),
    ("$realpath_root", "$realpath_root"),
    ("${realpath_root}", "$realpath_root"),
];

fn check(check: &mut Check<'_>) {
    let (config, release) = (check.config, check.release());
    for directive in config.all("root").chain(config.all("alias")).filter(|directive| is_complete(*directive)) {
        let (Some(path), 1) = (directive.arg(0), directive.args().len()) else { continue };
        if directive.definitions(release).is_empty() {
            continue;
        }
        let found = FORBIDDEN.iter().find_map(|(text, variable)| Some((path.find(text)?, text, variable)));
        let Some((at, text, variable)) = found else { continue };
        let Some(span) = directive.arg_part_span(0, at, at + text.len()) else { continue };
        let name = directive.name();
        check
            .report_at(directive, span, format!("`{variable}` cannot stand in `{name}`"))
            .label(format!("its value is what `{name}` decides about"))
            .help("write the folder itself, or a variable of your own");
    }
}
