use crate::check::{Check, Rule};
use crate::config::verdict::definition::{Definitions, Standing, removal};
use crate::config::{Directive, Outer};
use crate::diagnostic::{Confidence, Edit, Safety, Severity, shorten};
use crate::nginx::directives::{Definition, Origin};

pub(crate) const RULE: Rule =
    Rule { id: "directive-unknown", page: include_str!("../../rules/directive-unknown.md"), check };

/// Directives of other releases that have rules of their own.
const TOLD_ELSEWHERE: &[&str] = &["http2", "ssl"];

fn check(check: &mut Check<'_>) {
    let (config, release) = (check.config, check.release());
    let may_be_own = config.may_have_own_directives();
    let has_plus = config.is_plus();
    let unloaded = config.unloaded_modules();
    let is_suspect = |directive: Directive<'_>| match directive.standing(release) {
        Some(Standing::Known(definitions)) => {
            definitions.iter().any(|it| unloaded.contains(&it.module) || it.origin == Origin::Plus)
        }
        Some(Standing::Unknown | Standing::OtherRelease(_)) => true,
        Some(Standing::Misplaced(_)) | None => false,
    };
    for directive in config.directives_worded(is_suspect) {
        let is_declared = |name: &str| check.is_extra_directive(name) || TOLD_ELSEWHERE.contains(&name);
        match directive.standing(release) {
            Some(Standing::Unknown) if !is_declared(directive.name()) && !is_told_elsewhere(directive) => {
                unknown(check, directive, may_be_own);
            }
            Some(Standing::OtherRelease(definitions))
                if !is_declared(directive.name()) && removal(&definitions, release).is_none() =>
            {
                other_release(check, directive, &definitions);
            }
            Some(Standing::Known(_)) if is_declared(directive.name()) => {}
            Some(Standing::Known(definitions)) if !has_plus && is_plus_only(definitions) => {
                let message = format!("`{}` is a directive of NGINX Plus", shorten(directive.name(), 40));
                let finding = check.report_at(directive, directive.name_span(), message);
                finding.confidence(Confidence::Medium).help("nginx without the plus does not start with it");
            }
            Some(Standing::Known(definitions)) if definitions.iter().all(|it| unloaded.contains(&it.module)) => {
                let message = format!("`{}` needs a module that nothing loads", directive.name());
                let finding = check.report_at(directive, directive.name_span(), message);
                let module = definitions.first().map(|definition| definition.module).unwrap_or_default();
                finding.confidence(Confidence::Medium).help(format!("load `{module}` with `load_module`"));
            }
            _ => {}
        }
    }
}

fn is_plus_only(definitions: Definitions) -> bool {
    definitions.iter().all(|definition| definition.origin == Origin::Plus)
}

/// A word that an unquoted header left behind, a condition without a blank, a letter that cannot be seen: other rules say
/// what is wrong there.
fn is_told_elsewhere(directive: Directive<'_>) -> bool {
    let name = directive.name();
    name.starts_with("if(") || directive.is_behind_hsts_words() || super::suspicious_unicode::is_in_name(name)
}

fn unknown<'c>(check: &mut Check<'c>, directive: Directive<'c>, may_be_own: bool) {
    let name = directive.name();
    let near = directive.similar_name();
    let finding =
        check.report_at(directive, directive.name_span(), format!("nginx has no directive `{}`", shorten(name, 40)));
    let is_whole = directive.config().outer() == Outer::Nothing && !directive.config().root().is_opaque();
    match near {
        Some(near) => {
            finding.help(format!("did you mean `{near}`?"));
            let edit = Edit::replace(directive.name_span(), near);
            finding.fix(format!("write `{near}`"), Safety::Unsafe, vec![edit]);
            if may_be_own {
                finding.confidence(Confidence::Medium);
            }
        }
        None if may_be_own => {
            finding.nginx_rejects = false;
            finding.severity(Severity::Info).confidence(Confidence::Low).help("unless a module of this build has it");
        }
        None => {
            finding.help(DECLARE);
            if !is_whole {
                finding.confidence(Confidence::Medium);
            }
        }
    }
}

/// What distributions have brought to older releases together with the repair of a vulnerability.
const BACKPORTED: &[&str] = &["max_headers"];
const DECLARE: &str = "if a module of your own has it, declare it with --extra-directives";

fn other_release<'c>(check: &mut Check<'c>, directive: Directive<'c>, definitions: &[&Definition]) {
    let target = check.target();
    let Some(since) = definitions.iter().filter_map(|definition| definition.since).min() else { return };
    let message = format!("nginx has the directive `{}` from {since} on only", directive.name());
    let finding = check.report_at(directive, directive.name_span(), message);
    if BACKPORTED.contains(&directive.name()) {
        finding.nginx_rejects = false;
        finding.severity(Severity::Info).confidence(Confidence::Low);
        finding.help("packages of distributions may have it in older releases, too");
        return;
    }
    if let Some(target) = target {
        finding.label(format!("the target is nginx {target}"));
    } else {
        finding.confidence(Confidence::Medium);
    }
    finding.help(format!("needs nginx {since}"));
}
