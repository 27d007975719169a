use crate::check::{Check, Rule};
use crate::config::http::location::Location;
use crate::diagnostic::{Edit, Safety, Severity, shorten};

pub(super) const RULE: Rule =
    Rule { id: "body-size-internal-target", page: include_str!("../../rules/body-size-internal-target.md"), check };

fn check(check: &mut Check<'_>) {
    for found in check.config.backends().narrow_targets() {
        let (narrow, wide) = (found.narrow.text(), found.wide.text());
        let name = match Location::new(found.target) {
            Some(target) => format!("`{}`", shorten(target.pattern, 18)),
            None => "the server".to_owned(),
        };
        let range = match found.wide.is_none() {
            true => format!("above {narrow}"),
            false => format!("between {narrow} and {wide}"),
        };
        let is_page = found.by.is("error_page");
        let finding = check.report(found.by, format!("{name} limits bodies to {narrow}; requests {range} fail there"));
        finding.help(match is_page {
            true => "the error becomes a 413; set the larger limit, or 0, in the location of the page too",
            false => "they end with 500; set the larger limit, or 0, in the location that is asked too",
        });
        if is_page {
            finding.severity(Severity::Warning);
        }
        if let Some(line) = found.wide.by {
            finding.related(line.head(), "bodies of this size come in");
        }
        finding.related(found.target.head(), format!("no body above {narrow} gets in here"));
        if let Some((place, text)) = found.target.assignment("client_max_body_size", wide) {
            finding.fix("accept the same in the target", Safety::Unsafe, vec![Edit::replace(place, text)]);
        }
    }
}
