use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::location::{Location, Modifier};
use crate::nginx::context::Context;
use crate::template::is_symbolic;

pub(crate) const RULE: Rule =
    Rule { id: "directive-conflict", page: include_str!("../../rules/directive-conflict.md"), check };

/// Two directives of one block that nginx refuses together, whichever comes first.
const PAIRS: &[(&str, &str)] = &[
    ("alias", "root"),
    ("fastcgi_cache", "fastcgi_store"),
    ("proxy_cache", "proxy_store"),
    ("scgi_cache", "scgi_store"),
    ("uwsgi_cache", "uwsgi_store"),
];
/// What `secure_link_secret` excludes; nginx says so at the end of the block.
const NEW_SECURE_LINK: &[&str] = &["secure_link", "secure_link_md5"];

fn check(check: &mut Check<'_>) {
    for (one, other) in PAIRS {
        for line in check.config.all(one).filter(|line| is_on(*line)) {
            let second = line.parent().and_then(|block| block.own(other).find(|line| is_on(*line)));
            if let Some(second) = second {
                report_pair(check, line, second);
            }
        }
    }
    check_secure_link(check);
    check_alias(check);
    check_redirects(check);
    check_expires(check);
}

/// `off` switches a cache and a store off, and then they are no matter.
fn is_on(line: Directive<'_>) -> bool {
    let is_path = matches!(line.name(), "alias" | "root");
    line.context().is_some() && (is_path || line.arg(0).is_some_and(|value| value != "off"))
}

fn report_pair<'c>(check: &mut Check<'c>, one: Directive<'c>, other: Directive<'c>) {
    let (first, second) = if one.order() < other.order() { (one, other) } else { (other, one) };
    let message = format!("`{}` and `{}` exclude each other", first.name(), second.name());
    check
        .report_at(second, second.verdict_on_head(), message)
        .related(first.head(), "stands in the same block")
        .help("keep one of the two");
}

fn check_secure_link(check: &mut Check<'_>) {
    for secret in check.config.all("secure_link_secret").filter(|line| line.context() == Some(Context::Location)) {
        let Some(block) = secret.parent() else { continue };
        let other = NEW_SECURE_LINK.iter().find_map(|name| block.own(name).next());
        // nginx finds out when it merges, at the end of `http`.
        let end = secret.enclosing("http").and_then(Directive::closing_brace);
        if let Some(other) = other {
            let message = format!("`secure_link_secret` and `{}` exclude each other", other.name());
            check
                .report_at(secret, end.unwrap_or(secret.head()), message)
                .related(secret.head(), "the old way")
                .related(other.head(), "the new way")
                .help("keep `secure_link` with `secure_link_md5`");
        }
    }
}

fn check_alias(check: &mut Check<'_>) {
    for alias in check.config.all("alias").filter(|line| line.context() == Some(Context::Location)) {
        let around = alias.parent().and_then(Location::new).filter(|it| it.modifier == Modifier::Named);
        if let Some(location) = around {
            check
                .report_at(alias, alias.verdict_on_head(), "`alias` in a named location, which has no path to replace")
                .related(location.directive.head(), "the named location")
                .help("use `root`");
        }
    }
}

fn check_redirects(check: &mut Check<'_>) {
    for line in check.config.all("proxy_redirect").filter(|line| line.context().is_some()) {
        if line.arg(0) != Some("default") || line.args().len() != 1 {
            continue;
        }
        let pass = line.parent().and_then(|block| block.own("proxy_pass").next());
        let before = pass.filter(|pass| pass.order() < line.order());
        match before {
            // Whether the file that includes this one has it above cannot be known.
            None if line.parent().is_none_or(|block| block.is_root() || block.is_opaque()) => {}
            None => {
                let message = "`proxy_redirect default` stands before `proxy_pass`, from which it is made";
                let finding = check.report_at(line, line.verdict_on_head(), message);
                finding.help("move it below the `proxy_pass` of its location, or leave it out");
                if let Some(pass) = pass {
                    finding.related(pass.head(), "comes too late");
                }
            }
            Some(pass) if pass.arg(0).is_some_and(|target| target.contains('$') && pass.is_literal(target)) => {
                check
                    .report_at(line, line.verdict_on_head(), "`proxy_redirect default` cannot be made from variables")
                    .related(pass.head(), "is known only when a request comes")
                    .help("write the two texts out: `proxy_redirect http://backend/ /`");
            }
            Some(_) => {}
        }
    }
}

fn check_expires(check: &mut Check<'_>) {
    for line in check.config.all("expires").filter(|line| line.arg(0) == Some("modified") && line.context().is_some()) {
        if line.arg(1).is_some_and(|time| time.starts_with('@') && !is_symbolic(time)) {
            check
                .report_at(line, line.verdict_on_head(), "a time of day and `modified` exclude each other")
                .help("write a span of time, or drop `modified`");
        }
    }
}
