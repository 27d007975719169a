use std::collections::BTreeMap;

use foldhash::{HashMap, HashSet};

use super::{report_at_end_of_http, report_on_last_line};
use crate::check::{Check, Rule};
use crate::config::words::named::{ZoneMention, similar};
use crate::diagnostic::shorten;
use crate::nginx::family::Family;
use crate::nginx::zone::Mention;

pub(crate) const RULE: Rule = Rule { id: "unknown-zone", page: include_str!("../../rules/unknown-zone.md"), check };

fn check(check: &mut Check<'_>) {
    let mentions = check.config.zone_mentions();
    let is_declared = |mention: &&ZoneMention<'_>| matches!(mention.mention, Mention::Declares(_));
    let declared: HashSet<&str> = mentions.iter().filter(is_declared).map(|mention| mention.mention.name()).collect();
    // A placeholder may become any name.
    let hidden: HashSet<(&str, Family)> =
        mentions.iter().filter(is_declared).filter(|mention| mention.is_open()).map(ZoneMention::purpose).collect();
    let has_hidden_upstream = check.config.all("upstream").any(|upstream| upstream.is_opaque());
    let mut unknown: BTreeMap<(&str, &str), Vec<ZoneMention<'_>>> = BTreeMap::new();
    for mention in mentions.iter().filter(|mention| !declared.contains(mention.mention.name())) {
        let directive = mention.directive;
        let is_hidden = hidden.contains(&mention.purpose()) || (directive.is("zone") && has_hidden_upstream);
        if !is_hidden && !mention.is_open() && directive.sees_all_definitions() {
            unknown.entry((directive.name(), mention.mention.name())).or_default().push(*mention);
        }
    }
    let mut names: HashMap<(&str, Family), Vec<&str>> = HashMap::default();
    for mention in mentions.iter().filter(is_declared) {
        names.entry(mention.purpose()).or_default().push(mention.mention.name());
    }
    for uses in unknown.values() {
        let known = names.get(&uses[0].purpose()).into_iter().flatten();
        report(check, uses, similar(uses[0].mention.name(), known.copied()));
    }
}

fn report<'c>(check: &mut Check<'c>, uses: &[ZoneMention<'c>], near: Option<&str>) {
    let (declares, _) = uses[0].purpose();
    let name = shorten(uses[0].mention.name(), 40);
    let help = match near {
        Some(near) => format!("`{near}` is declared"),
        None if declares == "zone" => "give it a size in one of the upstreams: `zone NAME 64k`".to_owned(),
        None => format!("declare it with `{declares}`, or correct the name"),
    };
    let message = match declares {
        "zone" => format!("no upstream gives the zone `{name}` a size"),
        _ => format!("no `{declares}` declares the zone `{name}`"),
    };
    for mention in uses {
        let directive = mention.directive;
        let place = directive.arg_span(mention.argument).unwrap_or(directive.head());
        if declares.ends_with("_cache_path") {
            let causes: Vec<_> = uses.iter().map(|mention| mention.directive).collect();
            report_at_end_of_http(check, directive, &causes, message).help(help);
            return;
        }
        report_on_last_line(check, directive, place, message.clone()).help(help.clone());
    }
}
