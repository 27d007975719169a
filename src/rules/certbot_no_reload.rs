use crate::check::{Check, Rule};

pub(super) const RULE: Rule =
    Rule { id: "certbot-no-reload", page: include_str!("../../rules/certbot-no-reload.md"), check };

fn check(check: &mut Check<'_>) {
    let certbot = &check.project.certbot;
    let uses = check.config.lineage_uses(check.target());
    let Some(used) = uses.first().filter(|_| !certbot.reloads) else { return };
    let tells = certbot.calls.iter().any(|call| call.has_plugin || !call.hooks.is_empty());
    let Some(call) = certbot.calls.iter().find(|call| call.renews && !tells) else { return };
    let finding = check.report_text(call.span, "nothing has nginx load the certificate that this renews");
    finding.help("reload nginx behind it, on the host: `docker compose exec nginx nginx -s reload`");
    finding.related(used.certificate.head(), "read when nginx starts, and not again until it reloads");
}
