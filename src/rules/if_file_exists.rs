use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::nginx::condition::{self, Condition};

pub(super) const RULE: Rule = Rule { id: "if-file-exists", page: include_str!("../../rules/if-file-exists.md"), check };

fn check(check: &mut Check<'_>) {
    for block in check.config.all("if").filter(|block| block.is_block() && asks_for_requested_file(*block)) {
        let leads_on = block.own("rewrite").find(|rewrite| !rewrite.redirects()).or_else(|| block.own_backend());
        let Some(leads_on) = leads_on.filter(|_| !block.has("return")) else { continue };
        let found = check.report(block, "this looks for a file by hand; `try_files` does it in one line");
        found.related(leads_on.head(), "what `try_files` would name as its last argument");
        found.help("write `try_files $uri $uri/ …;` in the location, and end it with a path or a name with `@`");
    }
}

fn asks_for_requested_file(block: Directive<'_>) -> bool {
    let args: Vec<&str> = block.args().collect();
    let Ok(Condition::File(path)) = condition::parse(&args) else { return false };
    let is_below =
        |rest: &str| ["$uri", "${uri}", "$document_uri", "$fastcgi_script_name"].iter().any(|uri| rest.contains(uri));
    let root = ["$document_root", "${document_root}"].iter().find_map(|root| path.text.strip_prefix(root));
    path.text.starts_with("$request_filename")
        || path.text.starts_with("${request_filename}")
        || root.is_some_and(is_below)
}
