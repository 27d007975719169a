use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::{Edit, Safety, shorten};
use crate::nginx::context::Context;
use crate::nginx::server_name::{Oddity, keys, oddity};

pub(super) const RULE: Rule =
    Rule { id: "server-name-suspicious", page: include_str!("../../rules/server-name-suspicious.md"), check };

fn check(check: &mut Check<'_>) {
    let config = check.config;
    // There, nginx itself refuses what it cannot look up.
    let shared: HashSet<u32> =
        config.sockets_with_names().iter().flat_map(|(_, servers)| servers).map(|server| server.order()).collect();
    let taken: HashSet<&str> = config.all("server_name").flat_map(Directive::args).collect();
    for line in config.all("server_name").filter(|line| line.is_in(&[Context::Server])) {
        let is_shared = line.parent().is_some_and(|server| shared.contains(&server.order()));
        for (index, name) in line.args().enumerate() {
            // A dollar ends a regex; elsewhere it may begin a placeholder.
            let is_certain = line.is_literal(&name.replace('$', ""))
                && !name.contains("${")
                && !(name.contains('$') && line.is_in_template());
            let is_mine = |oddity: &Oddity| match oddity {
                Oddity::Slash => is_certain,
                _ => is_certain && !(is_shared && keys(name).is_none()),
            };
            let Some(oddity) = oddity(name).filter(is_mine) else { continue };
            report(check, line, index, oddity, &taken);
        }
    }
}

fn report<'c>(check: &mut Check<'c>, line: Directive<'c>, index: usize, oddity: Oddity, taken: &HashSet<&str>) {
    let name = line.arg(index).unwrap_or_default();
    let (why, help) = match oddity {
        Oddity::Port => ("names are compared without the port", "ports belong into `listen`"),
        Oddity::Comma => ("the comma is a part of the name", "separate names by blanks"),
        Oddity::FinalDot => ("nginx takes the last dot off before it compares", "write the name without the last dot"),
        Oddity::Star => ("a star in the middle stands for nothing", "write `*.example.com`, or a regex"),
        Oddity::Regex => ("a regex wants a `~` in front", "write `~` and the regex, in quotes if it has braces"),
        Oddity::Slash => ("a slash is in no host name", "write the name alone; a path belongs into a `location`"),
    };
    let span = line.arg_span(index).unwrap_or(line.head());
    let found = check.report_at(line, span, format!("`{}` matches no request: {why}", shorten(name, 28)));
    found.help(help);
    // A name that stands somewhere already would come here from there, or be here twice.
    let mended = oddity.mended(name).filter(|mended| !mended.split(' ').any(|new| taken.contains(new)));
    if let Some(mended) = mended.filter(|_| !line.arg_is_quoted(index)) {
        found.fix(format!("write `{}`", shorten(&mended, 40)), Safety::Safe, vec![Edit::replace(span, mended)]);
    }
}
