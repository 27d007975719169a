use crate::check::{Check, Rule};
use crate::config::backend::HTTP_1_1_BY_DEFAULT;
use crate::diagnostic::{Edit, Safety};

pub(super) const RULE: Rule = Rule { id: "upstream-order", page: include_str!("../../rules/upstream-order.md"), check };

/// What chooses among the servers of a group.
const METHODS: &[&str] = &["hash", "ip_hash", "least_conn", "least_time", "random"];

fn check(check: &mut Check<'_>) {
    // Since then, the order does not matter.
    if check.target().is_some_and(|target| target >= HTTP_1_1_BY_DEFAULT) {
        return;
    }
    for upstream in check.config.levels_with("keepalive") {
        let Some(keepalive) = upstream.own("keepalive").next().filter(|_| upstream.is("upstream")) else { continue };
        let methods = METHODS.iter().flat_map(|name| upstream.own(name));
        let Some(method) = methods.filter(|method| method.order() > keepalive.order()).min_by_key(|it| it.order())
        else {
            continue;
        };
        let message = format!("`{}` behind `keepalive` switches the pool of connections off", method.name());
        let finding = check.report(method, message);
        finding.help("name the method first, then `keepalive`");
        finding.related(keepalive.head(), "without effect");
        if method.in_file() == keepalive.in_file() && method.include_chain() == keepalive.include_chain() {
            let (place, text) = keepalive.insertion_before(&[method.as_line()]);
            let edits = vec![Edit::insert(place, text), Edit::replace(method.removal(), "")];
            finding.fix("put the method first", Safety::Safe, edits);
        }
    }
}
