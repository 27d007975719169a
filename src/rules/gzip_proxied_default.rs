use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "gzip-proxied-default", page: include_str!("../../rules/gzip-proxied-default.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    // The word of somebody in front is believed, so somebody is in front.
    let Some(front) = config.all("set_real_ip_from").find(|line| line.arg(0) != Some("unix:")) else { return };
    for line in config.all("gzip").filter(|line| line.arg(0).is_some_and(|on| on.eq_ignore_ascii_case("on"))) {
        let Some(level) = line.parent().filter(|level| !level.is_opaque_upward()) else { continue };
        let is_said = level.value("gzip_proxied").is_some() || level.descendants().any(|it| it.is("gzip_proxied"));
        if !is_said {
            let finding = check.report(line, "nothing is compressed for a proxy that names itself in `Via`");
            finding.help("write `gzip_proxied any;`, or the cases in which the proxy may get compressed answers");
            finding.related(front.head(), "a proxy is in front");
        }
    }
}
