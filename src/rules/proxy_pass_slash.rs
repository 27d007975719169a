use crate::check::{Check, Rule};
use crate::diagnostic::{Edit, Safety, shorten};

pub(super) const RULE: Rule =
    Rule { id: "proxy-pass-slash", page: include_str!("../../rules/proxy-pass-slash.md"), check };

fn check(check: &mut Check<'_>) {
    for found in check.config.replaced_prefixes() {
        let (prefix, uri) = (found.location.pattern, found.uri);
        // Beside a location with the slash only the bare prefix comes here.
        if !found.doubles_slash() || !found.location.can_become(&format!("{prefix}/")) {
            continue;
        }
        let shown = shorten(prefix, 24);
        let message = format!("`{shown}/x` is passed on as `{}/x`, with two slashes", shorten(uri, 24));
        let finding = check.report(found.pass, message);
        finding.related(found.location.pattern_span(), format!("this text is cut off: `{shown}x` becomes `{uri}x`"));
        finding.help(format!("end both with a slash: `location {shown}/`, or neither"));
        let slash = Edit::insert(found.location.pattern_span().at_end(), "/");
        finding.fix("end the location with a slash", Safety::Unsafe, vec![slash]);
    }
}
