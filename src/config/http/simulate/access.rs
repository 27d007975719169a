//! The access phase, for a client from anywhere on the internet without credentials.

use super::Directive;
use crate::template::is_symbolic;

pub(super) enum Verdict<'c> {
    Granted,
    /// Refused by this directive, with this status.
    Refused(Directive<'c>, u16),
    Unknown(Directive<'c>),
}

/// Does an access rule that holds at `level` refuse the request?
pub(super) fn refusal(level: Directive<'_>) -> Verdict<'_> {
    let verdicts = [limit_except(level), address(level), basic(level), subrequest(level)];
    let any = level.value("satisfy").is_some_and(|satisfy| satisfy.arg(0) == Some("any"));
    let mut refused = None;
    for (index, verdict) in verdicts.into_iter().enumerate() {
        match verdict {
            // With `satisfy any`, one rule that grants is enough; a rule that is not there grants nothing.
            None => {}
            Some(Verdict::Granted) if any && index > 0 => return Verdict::Granted,
            Some(Verdict::Granted) => {}
            Some(Verdict::Unknown(by)) => return Verdict::Unknown(by),
            Some(Verdict::Refused(by, status)) => refused = refused.or(Some((by, status))),
        }
    }
    refused.map_or(Verdict::Granted, |(by, status)| Verdict::Refused(by, status))
}

impl Directive<'_> {
    /// Do access rules keep some of those away who ask for something at this level?
    pub fn is_guarded(self) -> bool {
        !matches!(refusal(self), Verdict::Granted)
    }
}

fn address(level: Directive<'_>) -> Option<Verdict<'_>> {
    for rule in level.access_level().map(Directive::own_access_list).unwrap_or_default() {
        let network = rule.arg(0)?;
        if is_symbolic(network) {
            return Some(Verdict::Unknown(rule));
        }
        // A concrete network is never the one that the client comes from.
        if matches!(network, "all" | "0.0.0.0/0" | "::/0") {
            return Some(if rule.is("allow") { Verdict::Granted } else { Verdict::Refused(rule, 403) });
        }
    }
    None
}

fn basic(level: Directive<'_>) -> Option<Verdict<'_>> {
    let realm = level.value("auth_basic")?;
    match realm.arg(0)? {
        "off" => None,
        text if text.contains('$') => Some(Verdict::Unknown(realm)),
        _ => Some(Verdict::Refused(realm, 401)),
    }
}

fn subrequest(level: Directive<'_>) -> Option<Verdict<'_>> {
    let request = level.value("auth_request")?;
    (request.arg(0)? != "off").then_some(Verdict::Refused(request, 401))
}

/// `limit_except` lists the methods that its body does not concern; GET brings HEAD along.
fn limit_except(level: Directive<'_>) -> Option<Verdict<'_>> {
    let block = level.own("limit_except").next()?;
    if block.args().any(|method| method == "GET") {
        return None;
    }
    block.children().find(|rule| rule.is("deny") && rule.arg(0) == Some("all")).map(|rule| Verdict::Refused(rule, 403))
}
