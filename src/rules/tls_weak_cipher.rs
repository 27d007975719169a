use crate::check::{Check, Rule};
use crate::config::tls::cipher::CipherList;
use crate::diagnostic::{Edit, Safety, Severity, Span, enumerate};
use crate::nginx::ciphers::Suite;

pub(super) const RULE: Rule =
    Rule { id: "tls-weak-cipher", page: include_str!("../../rules/tls-weak-cipher.md"), check };

/// A kind of suites that nobody should use.
struct Kind {
    /// What it is called.
    name: &'static str,
    /// The groups that hold them; the first one is to be banned.
    groups: &'static [&'static str],
    severity: Severity,
}

/// A kind of this name, with its groups.
const fn kind(name: &'static str, groups: &'static [&'static str], severity: Severity) -> Kind {
    Kind { name, groups, severity }
}

const KINDS: &[Kind] = &[
    kind("eNULL", &["eNULL", "NULL"], Severity::Error),
    kind("aNULL", &["aNULL", "ADH", "AECDH"], Severity::Error),
    kind("EXPORT", &["EXPORT", "EXP", "EXPORT40", "EXPORT56"], Severity::Error),
    kind("RC4", &["RC4"], Severity::Warning),
    kind("3DES", &["3DES"], Severity::Warning),
    kind("DES", &["DES"], Severity::Warning),
    kind("MD5", &["MD5"], Severity::Warning),
    kind("SEED", &["SEED"], Severity::Warning),
    kind("IDEA", &["IDEA"], Severity::Warning),
    kind("CAMELLIA", &["CAMELLIA", "CAMELLIA128", "CAMELLIA256"], Severity::Info),
];

impl Kind {
    fn has(&self, suite: &Suite) -> bool {
        suite.is_in(self.groups[0]) == Some(true)
    }
}

fn check(check: &mut Check<'_>) {
    for found in check.config.tls_lines("ssl_ciphers", check.target()) {
        let Some(list) = CipherList::new(found.line) else { continue };
        let mut kinds: Vec<(&Kind, Span)> = Vec::new();
        for kind in KINDS {
            kinds.extend(list.asks_for_any(kind.groups, |suite| kind.has(suite)).map(|place| (kind, place)));
        }
        let bans: String = kinds.iter().map(|(kind, _)| format!(":!{}", kind.groups[0])).collect();
        let worst = kinds.iter().map(|(kind, _)| kind.severity).max();
        if worst > Some(Severity::Info) {
            kinds.retain(|(kind, _)| kind.severity > Severity::Info);
        }
        let (Some(severity), Some((_, place))) = (worst, kinds.iter().min_by_key(|(_, place)| place.start)) else {
            continue;
        };
        let names = enumerate(kinds.iter().map(|(kind, _)| kind.name), kinds.len(), 50);
        let finding =
            check.report_at(found.line, *place, format!("`ssl_ciphers` still allows {names}")).severity(severity);
        finding.help(format!("use the list of Mozilla's guideline, or append `{bans}`"));
        for (kind, other) in kinds.iter().filter(|(_, other)| other != place) {
            finding.related(*other, format!("asks for {}", kind.name));
        }
        // A list without any suite stops nginx.
        let is_weak = |suite: &Suite| KINDS.iter().any(|kind| kind.has(suite));
        if let Some(end) = found.line.arg_text_span(0).filter(|_| !list.suites().all(is_weak)) {
            let edits = vec![Edit::insert(end.at_end(), bans)];
            finding.fix("ban them", Safety::Unsafe, edits);
        }
    }
}
