use crate::check::{Check, Rule};
use crate::diagnostic::{Edit, Safety, Severity};

pub(super) const RULE: Rule =
    Rule { id: "status-page-public", page: include_str!("../../rules/status-page-public.md"), check };

/// Directives that show, or change, how nginx is doing, and what they give away.
const PAGES: &[(&str, &str)] = &[
    ("stub_status", "the status of nginx is shown to everyone"),
    ("vhost_traffic_status_display", "the traffic of all sites is shown to everyone"),
    ("check_status", "the health of the backends is shown to everyone"),
    ("api", "the API of nginx is open to everyone"),
    ("dav_methods", "everyone may change files here"),
];
/// Ports that visitors come to; what listens elsewhere may be for machines alone.
const SITE_PORTS: &[u16] = &[80, 443];

fn check(check: &mut Check<'_>) {
    for (name, what) in PAGES {
        for page in check.config.all(name).filter(|page| page.arg(0) != Some("off")) {
            let Some(level) = page.parent().filter(|level| !level.may_keep_strangers_out()) else { continue };
            let Some(server) = check.config.server_of(level).filter(|server| server.is_public()) else { continue };
            let is_limited = level.own("limit_except").any(|block| block.has("deny") || block.asks_who());
            if is_limited || level.has("return") {
                continue;
            }
            let finding = check.report(page, *what);
            finding.help("let the machines that ask in (`allow 127.0.0.1; deny all;`), or ask for a password");
            if !SITE_PORTS.iter().any(|port| server.has_public_port(*port)) {
                finding.severity(Severity::Info);
            }
            if level.is("location") && page.in_file() == level.in_file() {
                let (place, text) = page.insertion_before(&["allow 127.0.0.1;".to_owned(), "deny all;".to_owned()]);
                finding.fix("let this machine in alone", Safety::Unsafe, vec![Edit::insert(place, text)]);
            }
        }
    }
}
