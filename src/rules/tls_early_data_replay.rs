use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::tls::early_data::LISTS;
use crate::diagnostic::{Edit, Safety};
use crate::nginx::version::Version;

pub(super) const RULE: Rule =
    Rule { id: "tls-early-data-replay", page: include_str!("../../rules/tls-early-data-replay.md"), check };

/// The first release with `ssl_early_data`.
const EARLY_DATA_SINCE: Version = Version::new(1, 15, 3);
/// So many backends are pointed at.
const MAX_PASSES: usize = 5;

fn check(check: &mut Check<'_>) {
    if check.target().is_some_and(|target| target < EARLY_DATA_SINCE) {
        return;
    }
    for found in check.config.untold_early_data(check.target()) {
        let finding = check.report(found.line, "0-RTT requests reach the application without a replay marker");
        finding.help("pass `Early-Data $ssl_early_data` on and answer 425 to replays, or switch 0-RTT off");
        for pass in found.passes.iter().take(MAX_PASSES) {
            finding.related(pass.head(), "this backend is not told");
        }
        let mut places = HashSet::default();
        let edits: Option<Vec<Edit>> = found.passes.iter().map(|pass| edit(*pass)).collect();
        if let Some(mut edits) = edits {
            edits.retain(|edit| places.insert((edit.span.source, edit.span.start)));
            finding.fix("tell the backend", Safety::Unsafe, edits);
        }
    }
}

/// A line that tells the backend, next to those in force for it; none if they stand in an included file.
fn edit(pass: Directive<'_>) -> Option<Edit> {
    let (_, list) = LISTS.iter().find(|(name, _)| pass.is(name))?;
    let name = if list.ends_with("_param") { "HTTP_EARLY_DATA" } else { "Early-Data" };
    let line = format!("{list} {name} $ssl_early_data;");
    let level = pass.parent()?.list_level(list)?;
    let (place, text) = match level.own(list).rfind(|own| own.in_file() == level.in_file()) {
        Some(last) => last.insertion_behind(&line),
        None => {
            let next_to = pass.outermost_in_location()?;
            // A line in the location alone would replace the outer list.
            (!level.has(list) || next_to.parent() == Some(level)).then(|| next_to.insertion_before(&[line]))?
        }
    };
    Some(Edit::insert(place, text))
}
