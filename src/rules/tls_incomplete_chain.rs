use foldhash::HashSet;

use crate::check::{Check, Rule};
use crate::config::Directive;
use crate::config::tls::certificate::{LineageFile, lineage_file};
use crate::diagnostic::{Edit, Safety, Severity, Span};

pub(super) const RULE: Rule =
    Rule { id: "tls-incomplete-chain", page: include_str!("../../rules/tls-incomplete-chain.md"), check };

fn check(check: &mut Check<'_>) {
    let file = |line: Directive<'_>| line.arg(0).and_then(lineage_file);
    let mut swapped = HashSet::default();
    // certbot's folders may lie in the project; the name of the certificate is in the path.
    let chains = &check.project.chains;
    let is_whole = |line: Directive<'_>| {
        let tail = line.arg(0).and_then(|path| path.rmatch_indices('/').nth(2).map(|(at, _)| &path[at + 1..]));
        tail.is_some_and(|tail| chains.iter().any(|file| file.ends_with(tail)))
    };
    for line in check.config.all("ssl_certificate").filter(|line| !is_whole(*line)) {
        let (message, help) = match file(line) {
            Some(LineageFile::Leaf) => {
                ("`cert.pem` holds the leaf certificate only; clients without the issuer's reject it", "")
            }
            Some(LineageFile::Chain) => ("`chain.pem` holds the issuers only, not the server's certificate", ""),
            Some(LineageFile::Key) => ("`privkey.pem` holds a key, not a certificate", ", and the key at privkey.pem"),
            _ => continue,
        };
        let is_key = file(line) == Some(LineageFile::Key);
        let finding = check.report_at(line, line.arg_span(0).unwrap_or(line.head()), message);
        finding.help(format!("point `ssl_certificate` at fullchain.pem{help}"));
        let mut edits: Vec<Edit> = rename(line, "fullchain.pem").into_iter().collect();
        // The key belongs to neither: nginx says "key values mismatch", or finds no certificate.
        if file(line) != Some(LineageFile::Leaf) {
            finding.severity(Severity::Error).nginx_rejects = true;
        }
        let key = line.parent().and_then(|level| level.own("ssl_certificate_key").next());
        if let Some(key) = key.filter(|key| is_key && is_public(*key)) {
            finding.related(key.head(), "the two are swapped");
            edits.extend(rename(key, "privkey.pem"));
            swapped.insert(key.order());
        }
        finding.fix("use the whole chain", Safety::Safe, edits);
    }
    let keys = check.config.all("ssl_certificate_key");
    for line in keys.filter(|line| is_public(*line)).filter(|line| !swapped.contains(&line.order())) {
        let message = "this is a certificate, not the key that belongs to it";
        let finding = check.report_at(line, line.arg_span(0).unwrap_or(line.head()), message);
        finding.help("point `ssl_certificate_key` at privkey.pem").severity(Severity::Error).nginx_rejects = true;
        finding.fix("use the key", Safety::Safe, rename(line, "privkey.pem").into_iter().collect());
    }
}

/// Does a line that wants a key name a certificate?
fn is_public(line: Directive<'_>) -> bool {
    line.arg(0).and_then(lineage_file).is_some_and(|file| file != LineageFile::Key)
}

/// Another file of the same folder.
fn rename(line: Directive<'_>, name: &str) -> Option<Edit> {
    let (whole, (_, file)) = (line.arg_text_span(0)?, line.arg(0)?.rsplit_once('/')?);
    Some(Edit::replace(Span::new(whole.source, whole.end - file.len() as u32, whole.end), name))
}
