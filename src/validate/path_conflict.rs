use foldhash::HashMap;

use super::{is_complete, report_on_last_line};
use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::diagnostic::shorten;
use crate::nginx::measure::number;
use crate::nginx::shape::buffering;

pub(crate) const RULE: Rule = Rule { id: "path-conflict", page: include_str!("../../rules/path-conflict.md"), check };

const CACHES: &[&str] = &["proxy_cache_path", "fastcgi_cache_path", "uwsgi_cache_path", "scgi_cache_path"];
const TEMPORARY: &[&str] =
    &["client_body_temp_path", "proxy_temp_path", "fastcgi_temp_path", "uwsgi_temp_path", "scgi_temp_path"];

fn check(check: &mut Check<'_>) {
    check_folders(check);
    check_logs(check);
}

fn check_folders(check: &mut Check<'_>) {
    let names = CACHES.iter().chain(TEMPORARY);
    let known = |line: &Directive<'_>| is_read(*line) && !line.arg_is_open(0);
    let mut lines: Vec<Directive<'_>> = names.flat_map(|name| check.config.all(name)).filter(known).collect();
    lines.sort_by_key(|line| line.order());
    let is_cache = |line: Directive<'_>| CACHES.contains(&line.name());
    let mut seen: HashMap<&str, Directive<'_>> = HashMap::default();
    for line in lines {
        let Some(path) = line.arg(0) else { continue };
        let first = *seen.entry(path).or_insert(line);
        if first == line {
            continue;
        }
        let shown = shorten(path, 40);
        let (message, help) = if is_cache(first) || is_cache(line) {
            (format!("the folder `{shown}` of a cache is used twice"), "give each cache a folder of its own")
        } else if levels(first) != levels(line) {
            (format!("the folder `{shown}` has other levels already"), "write the same levels, or use another folder")
        } else {
            continue;
        };
        let place = line.arg_span(0).unwrap_or(line.head());
        report_on_last_line(check, line, place, message).related(first.head(), "the first use").help(help);
    }
}

/// Is it complete, and in a block that nginx comes to?
fn is_read(line: Directive<'_>) -> bool {
    is_complete(line) && line.family().is_some_and(|family| line.is_in_first(family))
}

fn levels(line: Directive<'_>) -> Vec<Option<u64>> {
    line.args().skip(1).map(number).collect()
}

/// The logs of one file have one buffer.
fn check_logs(check: &mut Check<'_>) {
    let mut seen: HashMap<&str, (Directive<'_>, (u64, u64, u64))> = HashMap::default();
    for line in check.config.all("access_log").filter(|line| is_read(*line)) {
        let args: Vec<&str> = line.args().collect();
        let (Some(path), Some(buffer)) = (line.arg(0), buffering(&args)) else { continue };
        if (0..args.len()).any(|index| line.arg_is_open(index)) {
            continue;
        }
        let (first, before) = *seen.entry(path).or_insert((line, buffer));
        if before != buffer {
            let message = format!("the log `{}` has another buffer already", shorten(path, 40));
            let finding = report_on_last_line(check, line, line.head(), message);
            finding
                .related(first.head(), "the first one")
                .help("write the same `buffer=`, `flush=` and `gzip` for one file");
        }
    }
}
