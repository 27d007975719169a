use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::Socket;
use crate::config::tls::http2_word;
use crate::diagnostic::{Edit, Safety, Severity};
use crate::nginx::context::Context;
use crate::nginx::version::LISTEN_REFORM;

pub(super) const RULE: Rule =
    Rule { id: "listen-http2-deprecated", page: include_str!("../../rules/listen-http2-deprecated.md"), check };

fn check(check: &mut Check<'_>) {
    if check.target().is_some_and(|target| target < LISTEN_REFORM) {
        return;
    }
    let dependents = check.config.http2_dependents();
    for level in check.config.levels_with("listen") {
        let lines: Vec<_> = level.own("listen").filter(|line| http2_word(*line).is_some()).collect();
        if !lines.is_empty() && !matches!(level.inside(), Some(Context::StreamServer | Context::MailServer)) {
            let neighbour = lines.iter().find_map(|line| dependents.get(&Socket::parse(line.arg(0)?)).copied());
            report(check, level, &lines, neighbour);
        }
    }
}

fn report<'c>(check: &mut Check<'c>, level: Directive<'c>, lines: &[Directive<'c>], neighbour: Option<Directive<'c>>) {
    let target = check.target();
    let place = http2_word(lines[0]).and_then(|word| lines[0].arg_span(word)).unwrap_or(lines[0].head());
    let finding = check.report_at(lines[0], place, "`http2` in `listen` is deprecated since nginx 1.25.1");
    finding.help("take the word out of each `listen` and write `http2 on;` in the server");
    for line in &lines[1..] {
        finding.related(line.head(), "here, too");
    }
    if target.is_none() {
        finding.severity(Severity::Info);
    }
    // An older nginx does not know the directive.
    let Some(edits) = target.and_then(|_| edits(level, lines)) else { return };
    if let Some(neighbour) = neighbour {
        finding.related(neighbour.head(), "has HTTP/2 only because it shares this socket");
    }
    let safety = if neighbour.is_some() { Safety::Unsafe } else { Safety::Safe };
    finding.fix("switch HTTP/2 on with a directive", safety, edits);
}

/// None where lines are shared with other servers, or where an include that is not known may say `http2`.
fn edits<'c>(level: Directive<'c>, lines: &[Directive<'c>]) -> Option<Vec<Edit>> {
    let last = level.own("listen").next_back()?;
    let is_shared = lines.iter().chain([&last]).any(|line| line.in_file() != level.in_file());
    if is_shared || level.is_opaque() {
        return None;
    }
    let words = lines.iter().filter_map(|line| line.removal_of_arg(http2_word(*line)?));
    let mut edits: Vec<Edit> = words.map(|span| Edit::replace(span, "")).collect();
    match level.value("http2").map(|http2| http2.arg(0)) {
        Some(Some("on")) => {}
        Some(_) => return None,
        None => {
            let (place, text) = last.insertion_behind("http2 on;");
            edits.push(Edit::insert(place, text));
        }
    }
    Some(edits)
}
