use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::{Backends, HeaderList, HeaderUse, PARAMS};
use crate::config::http::location::Location;
use crate::diagnostic::{Confidence, Edit, Safety};

pub(super) const RULE: Rule =
    Rule { id: "upstream-params-missing", page: include_str!("../../rules/upstream-params-missing.md"), check };

const SCRIPT: &str = "fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;";

fn check(check: &mut Check<'_>) {
    let backends = check.config.backends();
    for list in PARAMS {
        for found in backends.header_uses(list) {
            let is_empty = !found.level.has(list.name);
            let names_script = |name: &str, _: &str| name == "script_filename";
            let lacks_script = !found.says(list, names_script) && !found.lost(list, names_script);
            for pass in found.passes.iter().copied() {
                if is_empty || (lacks_script && is_for_php(&backends, pass)) {
                    report(check, &backends, list, &found, pass, is_empty);
                }
            }
        }
    }
}

fn report<'c>(
    check: &mut Check<'c>,
    backends: &Backends<'c>,
    list: HeaderList,
    found: &HeaderUse<'c>,
    pass: Directive<'c>,
    is_empty: bool,
) {
    let file = list.name.replace("_param", "_params");
    let message = match is_empty {
        true => format!("`{}` without parameters: the application gets no method, path or query", list.pass),
        false => "PHP is not told which file to run: `SCRIPT_FILENAME` is missing".to_owned(),
    };
    // Some distributions have shipped parameter files with a line for the script.
    let is_doubtful = found.level.own(list.name).any(|line| check.config.is_stock(line.in_file()));
    let finding = check.report(pass, message);
    if is_doubtful {
        finding.confidence(Confidence::Low);
    }
    let mut lines = Vec::new();
    lines.extend(is_empty.then(|| format!("include {file};")));
    lines.extend(is_for_php(backends, pass).then(|| SCRIPT.to_owned()));
    finding.help(format!("add `{}` to this location", lines.join(" ")));
    let is_here = is_empty || pass.enclosing("location") == Some(found.level);
    if let Some((place, text)) = found.insertion(list, pass, &lines).filter(|_| is_here) {
        finding.fix("pass the parameters on", Safety::Safe, vec![Edit::insert(place, text)]);
    }
}

/// Does PHP run there: by the endings of the location, by the name of the backend, or by the addresses in its group?
fn is_for_php<'c>(backends: &Backends<'c>, pass: Directive<'c>) -> bool {
    let members = backends.upstream(pass).into_iter().flat_map(|group| group.own("server"));
    let names_php = |line: Directive<'_>| {
        let target = line.arg(0).unwrap_or_default().to_ascii_lowercase();
        target.contains("php") || target.contains("fpm")
    };
    let mut around = pass.ancestors().filter_map(Location::new);
    let mut by_path = || around.any(|location| location.pattern.replace('\\', "").contains(".php"));
    pass.is("fastcgi_pass") && (std::iter::once(pass).chain(members).any(names_php) || by_path())
}
