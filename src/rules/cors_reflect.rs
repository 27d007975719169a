use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::backend::is_header;
use crate::config::http::headers::set_by_headers_more;
use crate::config::words::inflow::Inflow;
use crate::config::words::taint::Taint;
use crate::nginx::condition::{self, Condition};

pub(super) const RULE: Rule = Rule { id: "cors-reflect", page: include_str!("../../rules/cors-reflect.md"), check };

/// A site that nobody has on a list.
const FOREIGN: &str = "^https://evil\\.test$";

fn check(check: &mut Check<'_>) {
    let taint = check.taint();
    for line in check.config.all("add_header").filter(|line| is_header(*line, "access-control-allow-origin")) {
        let (Some(level), Some(value)) = (line.parent(), line.arg(1)) else { continue };
        let is_credentials =
            |line: &Directive<'_>| is_header(*line, "access-control-allow-credentials") && line.arg(1) == Some("true");
        let credentials = level.own("add_header").find(is_credentials);
        if let (Some(credentials), "*") = (credentials, value) {
            let found = check.report(line, "browsers refuse `*` together with Allow-Credentials");
            found
                .related(credentials.head(), "asked for here")
                .help("list the sites that may come with cookies in a map");
            continue;
        }
        report_reflected(check, &taint, line, value, credentials.is_some());
    }
    for (line, name, value) in set_by_headers_more(check.config) {
        if name.eq_ignore_ascii_case("access-control-allow-origin") {
            report_reflected(check, &taint, line, value, false);
        }
    }
}

/// Reports a value that says back whatever origin was sent.
fn report_reflected<'c>(
    check: &mut Check<'c>,
    taint: &Taint<'c>,
    line: Directive<'c>,
    value: &str,
    has_credentials: bool,
) {
    let inflows = taint.of(line, value);
    let is_open =
        |inflow: &&Inflow<'_>| inflow.source == "http_origin" && taint.can_have(inflow, FOREIGN) == Some(true);
    let is_decided =
        |inflow: &&Inflow<'_>| is_decided_elsewhere(line) || inflow.through.is_some_and(is_decided_elsewhere);
    let Some(inflow) = inflows.iter().filter(is_open).find(|inflow| !is_decided(inflow)) else { return };
    let message = match has_credentials {
        true => "every site may read this with the cookies of your visitors",
        false => "every site may read this: the origin is sent back unchecked",
    };
    let part = line.arg_part_span(1, inflow.start, inflow.end).filter(|_| line.is("add_header"));
    let found = check.report_at(line, part.unwrap_or(line.head()), message);
    found.help("let a map on `$http_origin` pick the sites that you know, and leave the value empty for others");
    if let Some(through) = inflow.through {
        found.related(through.head(), "the origin comes from here");
    }
}

/// Is it inside of an `if` that may well look at a check made before?
fn is_decided_elsewhere(line: Directive<'_>) -> bool {
    let is_open = |block: Directive<'_>| {
        let args: Vec<&str> = block.args().collect();
        let tested = match condition::parse(&args) {
            Ok(Condition::Variable(part) | Condition::Equals(part, _) | Condition::Matches(part, _)) => part.text,
            _ => return false,
        };
        matches!(tested, "$http_origin" | "$request_method")
    };
    line.ancestors().any(|block| block.is("if") && !is_open(block))
}
