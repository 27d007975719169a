use super::report_entry;
use crate::check::{Check, Rule};
use crate::nginx::context::Context;
use crate::nginx::table::geo::{self, Body};

pub(crate) const RULE: Rule = Rule { id: "geo-invalid", page: include_str!("../../rules/geo-invalid.md"), check };

fn check(check: &mut Check<'_>) {
    for block in check.config.all("geo") {
        let is_http = match block.inside() {
            Some(Context::GeoBody) => true,
            Some(Context::StreamGeoBody) => false,
            _ => continue,
        };
        let entries = block.entries();
        let body = Body { is_whole: !block.is_opaque(), is_http, release: check.release() };
        for problem in geo::problems(&entries.entries, body) {
            report_entry(check, &entries, problem);
        }
    }
}
