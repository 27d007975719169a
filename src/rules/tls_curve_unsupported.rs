use crate::check::{Check, Rule};
use crate::diagnostic::shorten;

pub(super) const RULE: Rule =
    Rule { id: "tls-curve-unsupported", page: include_str!("../../rules/tls-curve-unsupported.md"), check };

/// What the names of groups have in common that only new libraries know.
const NEW: &[&str] = &["mlkem", "kyber"];

fn check(check: &mut Check<'_>) {
    for line in check.config.all("ssl_ecdh_curve") {
        let Some(list) = line.arg(0).filter(|_| !line.arg_is_open(0)) else { continue };
        let is_new = |group: &&str| NEW.iter().any(|word| group.to_ascii_lowercase().contains(word));
        // A question mark says that the library may leave a group out.
        let Some(group) = list.split(':').filter(|group| !group.starts_with('?')).find(is_new) else { continue };
        let message = format!("nginx does not start where OpenSSL does not know `{}`", shorten(group, 32));
        check
            .report(line, message)
            .help("OpenSSL knows it from 3.5 on; from 3.3 on a `?` in front makes a group optional");
    }
}
