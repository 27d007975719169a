use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::location::Location;
use crate::nginx::condition::{self, Condition};

pub(super) const RULE: Rule = Rule { id: "if-file-exists", page: include_str!("../../rules/if-file-exists.md"), check };

fn check(check: &mut Check<'_>) {
    for block in check.config.all("if").filter(|block| block.is_block()) {
        let leads_on = match asks_for_requested_file(block) {
            None => continue,
            Some(true) => block
                .own("rewrite")
                .next()
                .map_or_else(|| block.own_backend(), |first| Some(first).filter(always_leads_on)),
            Some(false) => goes_on_behind(block),
        };
        let Some(leads_on) = leads_on.filter(|_| !block.has("return")) else { continue };
        let found = check.report(block, "this looks for a file by hand; `try_files` does it in one line");
        found.related(leads_on.head(), "what `try_files` would name as its last argument");
        found.help("write `try_files $uri $uri/ …;` in the location, and end it with a path or a name with `@`");
    }
}

/// What takes all other paths, where `break` is all that happens to those of files.
fn goes_on_behind(block: Directive<'_>) -> Option<Directive<'_>> {
    let breaks = block.children().count() == 1 && block.has("break");
    let mut behind = block.parent()?.own("rewrite").filter(|rewrite| rewrite.order() > block.order());
    behind.find(always_leads_on).or_else(|| block.parent()?.own_backend()).filter(|_| breaks)
}

/// Does it look for the file that is asked for? Tells also whether it must be missing.
fn asks_for_requested_file(block: Directive<'_>) -> Option<bool> {
    let args: Vec<&str> = block.args().collect();
    let is_negated = args.concat().starts_with("(!");
    let Ok(Condition::File(path)) = condition::parse(&args) else { return None };
    let is_below =
        |rest: &str| ["$uri", "${uri}", "$document_uri", "$fastcgi_script_name"].iter().any(|uri| rest.contains(uri));
    let root = ["$document_root", "${document_root}"].iter().find_map(|root| path.text.strip_prefix(root));
    let is_requested = ["$request_filename", "${request_filename}"].iter().any(|name| path.text.starts_with(name))
        || root.is_some_and(is_below);
    is_requested.then_some(is_negated)
}

/// Does this `rewrite` take every path that comes here, and no redirect of it?
fn always_leads_on(rewrite: &Directive<'_>) -> bool {
    let mut around = rewrite.ancestors().filter_map(Location::new);
    let prefix = around.find(Location::is_prefix).map_or("/", |location| location.pattern);
    let pattern = rewrite.config().pattern(rewrite.arg(0).unwrap_or_default(), false);
    let samples = [format!("{prefix}sample"), format!("{prefix}a/sample-1.html")];
    !rewrite.redirects() && samples.iter().all(|path| pattern.matches(path) == Some(true))
}
