use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::backend::Target;
use crate::config::backend::backend_tls::{Setting, TlsPass};
use crate::diagnostic::{Edit, Fix, Safety, shorten};
use crate::template::is_symbolic;

pub(super) const RULE: Rule =
    Rule { id: "tls-upstream-sni-missing", page: include_str!("../../rules/tls-upstream-sni-missing.md"), check };

fn check(check: &mut Check<'_>) {
    let mut mended = HashSet::default();
    for found in check.config.backends().tls_passes().filter(is_public) {
        let Some(is_on) = found.setting("ssl_server_name").is_on() else { continue };
        // A group whose name is that of its servers is as good as the host itself.
        let is_group = found.upstream.is_some() && !found.host().contains('.');
        if (is_on && !is_group) || found.setting("ssl_name") != Setting::Default {
            continue;
        }
        let (family, group) = (found.family, shorten(found.host(), 24));
        let host = shorten(found.hosts().first().copied().unwrap_or_default(), 40);
        let message = match is_on {
            true => format!("SNI names the group `{group}`, not {host}"),
            false => format!("no SNI is sent to {host}"),
        };
        let finding = check.report(found.pass, message);
        let name = if is_group { format!(" and `{family}_ssl_name`") } else { String::new() };
        finding.help(format!("set `{family}_ssl_server_name on`{name}; shared hosts need the name"));
        if let Some(upstream) = found.upstream {
            finding.related(upstream.head(), "the group");
        }
        let location = found.pass.enclosing("location").map(|location| location.order());
        if location.is_some_and(|location| mended.insert((location, family))) {
            finding.fixes.extend(fix(&found, is_on, is_group));
        }
    }
}

/// Does it connect to hosts with public names only, and are they known?
fn is_public(found: &TlsPass<'_>) -> bool {
    let hosts = found.hosts();
    found.target == Target::External && !hosts.is_empty() && !hosts.into_iter().any(is_symbolic)
}

/// The missing lines in front of what passes requests on; one of them names the host, which all servers must share.
fn fix(found: &TlsPass<'_>, is_on: bool, is_group: bool) -> Option<Fix> {
    let (family, hosts) = (found.family, found.hosts());
    let is_refused = found.setting("ssl_server_name").directive().is_some() && !is_on;
    let is_shared = hosts.iter().all(|host| *host == hosts[0]);
    let next_to = found.pass.outermost_in_location().filter(|_| !is_refused && (is_shared || !is_group))?;
    let switch = (!is_on).then(|| format!("{family}_ssl_server_name on;"));
    let name = is_group.then(|| format!("{family}_ssl_name {};", hosts[0]));
    let (place, text) = next_to.insertion_before(&switch.into_iter().chain(name).collect::<Vec<_>>());
    let title = "send the backend its name".to_owned();
    Some(Fix { title: title.into(), safety: Safety::Safe, edits: vec![Edit::insert(place, text)] })
}
