use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::http::headers::{Header, HeaderLists, header_key};
use crate::diagnostic::{Edit, Safety, Severity, enumerate, shorten};
use crate::nginx::version::Version;

pub(super) const RULE: Rule =
    Rule { id: "add-header-dropped", page: include_str!("../../rules/add-header-dropped.md"), check };

/// The first release with `add_header_inherit`.
const MERGE_SINCE: Version = Version::new(1, 29, 3);
/// With more lost headers than this, not each is pointed at, and no fix repeats them.
const MAX_LISTED: usize = 20;

fn check(check: &mut Check<'_>) {
    let ignored: String = check.option("ignore-headers", String::new());
    let only_security = check.option("only-security", false);
    for name in ["add_header", "add_trailer"] {
        let mut lists = HeaderLists::new(check.config, name);
        for level in check.config.levels_with(name) {
            let Some(parent) = level.parent() else { continue };
            let is_meant = level.drops_headers_on_purpose(name) || level.is_covered_by_locations_with(name);
            if !level.replaces(name) || level.is_opaque() || is_meant {
                continue;
            }
            let outer = lists.of(parent);
            let own = level.own(name).filter_map(|line| line.arg(0));
            let kept: HashSet<String> = own.chain(ignored.split([',', ' '])).map(header_key).collect();
            let (count, is_security) = (outer.count_without(&kept), outer.is_safer_than(&kept));
            if count > 0 && (is_security || !only_security) {
                let lost: Vec<_> = outer.without(&kept).take(MAX_LISTED + 1).collect();
                report(check, level, name, &lost, count, is_security);
            }
        }
    }
}

fn report<'c>(
    check: &mut Check<'c>,
    level: Directive<'c>,
    name: &str,
    lost: &[&Header<'c>],
    count: usize,
    is_security: bool,
) {
    let Some(first) = level.own(name).next() else { return };
    let has_merge = check.target().is_some_and(|target| target >= MERGE_SINCE);
    let knows_merge = check.target().is_none_or(|target| target >= MERGE_SINCE);
    let plural = if count == 1 { "" } else { "s" };
    let start = format!("`{name}` drops {count} outer header{plural}: ");
    let names: Vec<String> = lost.iter().map(|header| shorten(header.name, 40)).collect();
    let names = enumerate(names.iter().map(String::as_str), count, 90 - start.len());
    let finding = check.report(first.visible(), format!("{start}{names}"));
    let merge = match knows_merge {
        true => format!(", or set `{name}_inherit merge` (nginx 1.29.3 or newer)"),
        false => String::new(),
    };
    finding.help(format!("repeat the lost lines here, or include them from a file that all levels share{merge}"));
    let is_preflight = level.is("if") && level.own("return").any(|end| end.arg(0) == Some("204"));
    if !is_security || is_preflight {
        finding.severity(Severity::Info);
    }
    let lines: Vec<Directive<'_>> =
        lost.iter().flat_map(|header| &header.lines).copied().take(MAX_LISTED + 1).collect();
    for line in lines.iter().take(MAX_LISTED) {
        finding.related(line.head(), "lost below");
    }
    let Some(own) = level.own(name).find(|line| line.in_file() == level.in_file()) else { return };
    if lines.len() <= MAX_LISTED {
        let (place, text) = own.insertion_before(&lines.iter().map(|line| line.as_line()).collect::<Vec<_>>());
        finding.fix("repeat the lost lines", Safety::Unsafe, vec![Edit::insert(place, text)]);
    }
    if has_merge {
        let (place, text) = own.insertion_before(&[format!("{name}_inherit merge;")]);
        finding.fix("keep the outer lines", Safety::Unsafe, vec![Edit::insert(place, text)]);
    }
}
