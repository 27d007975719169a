use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::{
    Backends, GRPC_HEADERS, HeaderList, HeaderUse, PROXY_HEADERS, Target, default_host, is_default_header, is_header,
    is_identity_header,
};
use crate::diagnostic::{Edit, Safety, Severity};
use crate::template::is_symbolic;

pub(super) const RULE: Rule =
    Rule { id: "proxy-set-header-dropped", page: include_str!("../../rules/proxy-set-header-dropped.md"), check };

/// Headers without which the application is misled.
const VITAL: &[&str] = &["host", "x-forwarded-for", "x-forwarded-proto", "x-real-ip", "forwarded", "upgrade"];
/// Names in a message of 90 columns.
const MAX_NAMES: usize = 2;

fn check(check: &mut Check<'_>) {
    let backends = check.config.backends();
    for list in [PROXY_HEADERS, GRPC_HEADERS] {
        for found in backends.header_uses(list) {
            let own_backend = found.passes.iter().copied().find(|pass| backends.target(*pass) != Target::External);
            let mut lost = found.dropped(list);
            // A service of somebody else has no need to know who asks.
            let is_needed = |line| own_backend.is_some() || !is_identity_header(line);
            lost.retain(|line| !is_default_header(*line, check.target()) && is_needed(*line));
            if !lost.is_empty() {
                report(check, &backends, list, &found, own_backend.unwrap_or(found.passes[0]), &lost);
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
    lost: &[Directive<'c>],
) {
    let Some(first) = found.level.own(list.name).next() else { return };
    let is_vital = |line: &Directive<'_>| line.arg(1) == Some("") || VITAL.iter().any(|name| is_header(*line, name));
    let severity = match () {
        () if found.passes.iter().all(|pass| backends.is_helper(*pass)) => Severity::Info,
        () if lost.iter().any(is_vital) => Severity::Error,
        () => Severity::Warning,
    };
    let message = format!("`{}` here drops inherited {}", list.name, names(lost));
    let finding = check.report(first.visible(), message).severity(severity);
    let host =
        Some(default_host(pass)).filter(|host| lost.iter().any(|line| is_header(*line, "host")) && !is_symbolic(host));
    let sees = host.map_or("what the client sends instead".to_owned(), |host| {
        format!("`Host: {host}`, and what the client sends")
    });
    finding.help(format!("the backend sees {sees}; repeat the lines, or include them from one file everywhere"));
    for line in lost {
        finding.related(line.head(), "lost by that");
    }
    finding.related(pass.head(), "requests go out without it here");
    if first.in_file() == found.level.in_file() {
        let (place, text) = first.insertion_before(&lost.iter().map(|line| line.as_line()).collect::<Vec<_>>());
        finding.fix("repeat the lost lines", Safety::Unsafe, vec![Edit::insert(place, text)]);
    }
}

fn names(lost: &[Directive<'_>]) -> String {
    let mut names: Vec<&str> = lost.iter().filter_map(|line| line.arg(0)).collect();
    names.dedup();
    names.sort_by_key(|name| !name.eq_ignore_ascii_case("host"));
    match names.len() {
        0..=MAX_NAMES => names.join(" and "),
        all => format!("{} and {} more", names[..MAX_NAMES].join(", "), all - MAX_NAMES),
    }
}
