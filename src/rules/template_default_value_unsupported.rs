use crate::check::{Check, Rendered, Rule};
use crate::diagnostic::{Confidence, shorten};
use crate::project::Mode;
use crate::template::is_template_name;

pub(super) const RULE: Rule = Rule {
    id: "template-default-value-unsupported",
    page: include_str!("../../rules/template-default-value-unsupported.md"),
    check,
};

fn check(check: &mut Check<'_>) {
    for Rendered { source, rendering, .. } in check.renderings().iter() {
        let library = check.config.library();
        let is_named_so = is_template_name(library.sources().get(*source).path());
        let is_rendered = match &rendering {
            None => is_named_so && !check.project.deployment.may_render_unseen(),
            Some(rendering) => {
                let is_envsubst = match &rendering.mode {
                    Mode::All | Mode::Listed(_) | Mode::Computed | Mode::Defined { .. } => true,
                    Mode::Raw | Mode::Other(_) | Mode::Unknown => false,
                };
                is_envsubst && !rendering.is_chained && rendering.unrendered.is_empty()
            }
        };
        if !is_rendered {
            continue;
        }
        let evidence = rendering.as_ref().and_then(|rendering| rendering.evidence);
        for span in check.config.expansions(*source) {
            let text = shorten(&check.config.library().text(span), 40);
            let found = check.report_text(span, format!("envsubst has no default values: `{text}` stays as it is"));
            found.help("set the default in the compose file or by `ENV`, and write the name alone here");
            match evidence {
                Some(evidence) => drop(found.related(evidence, "this renders the file")),
                None => drop(found.confidence(Confidence::Medium)),
            }
        }
    }
}
