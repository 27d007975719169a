use crate::check::{Check, Rule};

pub(super) const RULE: Rule = Rule {
    id: "certbot-hook-wrong-container",
    page: include_str!("../../rules/certbot-hook-wrong-container.md"),
    check,
};

fn check(check: &mut Check<'_>) {
    for call in &check.project.certbot.calls {
        let Some(image) = &call.image else { continue };
        let Some((hook, place)) = call.hooks.iter().find(|(hook, _)| calls_nginx(hook)) else { continue };
        let finding =
            check.report_text(*place, format!("`{hook}` runs in a container of `{image}`, which has no nginx"));
        finding.help("reload in nginx's own container, from the host or by a loop in its command");
    }
}

/// Does a hook ask a local nginx, and no other container?
fn calls_nginx(hook: &str) -> bool {
    let words: Vec<&str> = hook.split_whitespace().collect();
    let program = words.first().and_then(|word| word.rsplit('/').next()).unwrap_or_default();
    match program {
        "nginx" => true,
        "service" | "systemctl" | "rc-service" => words[1..].iter().any(|word| word.starts_with("nginx")),
        _ => false,
    }
}
