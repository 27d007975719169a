//! Runs rules over a configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr;

use rayon::prelude::*;

use crate::config::{Config, Directive};
use crate::diagnostic::{Confidence, Diagnostic, Label, Severity, shorten};
use crate::nginx::version::Version;
use crate::page::Page;
use crate::project::Project;
use crate::source::{Sources, Span};

/// Messages are cut behind so many characters.
const LONGEST_MESSAGE: usize = 300;

/// A page that says what is wrong, and a function that finds it.
#[derive(Debug)]
pub struct Rule {
    /// Its name, which says the problem: `hsts-missing`.
    pub id: &'static str,
    /// The text of `rules/ID.md`.
    pub page: &'static str,
    /// Looks for the problem and reports it.
    pub check: fn(&mut Check<'_>),
}

impl Rule {
    /// The page, taken apart. A test sees to it that every page can be read.
    pub fn parsed_page(&self) -> Page {
        Page::parse(self.page).unwrap_or_else(|problem| panic!("rules/{}.md: {problem}", self.id))
    }
}

/// What the user wants to know.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The release of nginx that will run the configuration; none if it is not known.
    pub target: Option<Version>,
    /// Show findings of low confidence, too.
    pub pedantic: bool,
    /// Run these rules only; all if there are none.
    pub select: BTreeSet<String>,
    /// Do not run these rules.
    pub ignore: BTreeSet<String>,
    /// Leave out what is less severe; nothing if there is none.
    pub min_severity: Option<Severity>,
    /// Directives of modules that nobody else knows.
    pub extra_directives: BTreeSet<String>,
    /// Options of rules: (rule, option) to value.
    pub options: BTreeMap<(String, String), String>,
}

/// What a rule gets: the configuration to look at, and the way to report.
pub struct Check<'c> {
    /// The configuration.
    pub config: &'c Config,
    /// What the files around it tell.
    pub project: &'c Project,
    settings: &'c Settings,
    rule: &'c Rule,
    page: Option<Page>,
    found: Vec<Diagnostic>,
}

impl<'c> Check<'c> {
    /// The release of nginx that will run the configuration, if it is known.
    pub fn target(&self) -> Option<Version> {
        self.settings.target
    }

    /// The release whose word counts about what exists at all: the target, or the newest.
    pub fn release(&self) -> Version {
        self.settings.target.unwrap_or(Version::NEWEST)
    }

    /// Did the user declare a directive of this name?
    pub fn is_extra_directive(&self, name: &str) -> bool {
        self.settings.extra_directives.contains(name)
    }

    /// The value of an option of this rule, or its default.
    pub fn option<T: FromStr>(&self, name: &str, default: T) -> T {
        let value = self.settings.options.get(&(self.rule.id.to_owned(), name.to_owned()));
        value.and_then(|value| value.parse().ok()).unwrap_or(default)
    }

    /// Reports a directive; its name and arguments are underlined. Severity, confidence and category are the page's, and
    /// can be changed on what is returned.
    pub fn report(&mut self, directive: Directive<'c>, message: impl Into<String>) -> &mut Diagnostic {
        self.report_at(directive, directive.head(), message)
    }

    /// Reports a part of a directive.
    pub fn report_at(&mut self, directive: Directive<'c>, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let chain = directive.include_chain();
        self.push(span, chain, message.into())
    }

    /// Reports a stretch of text that is no directive.
    pub fn report_text(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let chain = self.config.include_chain_of(span.source);
        self.push(span, chain, message.into())
    }

    fn push(&mut self, span: Span, include_chain: Vec<Span>, mut message: String) -> &mut Diagnostic {
        // A message quotes words of the configuration, and those can be as long as the file.
        if let Some((end, _)) = message.char_indices().nth(LONGEST_MESSAGE) {
            message.truncate(end);
            message.push('…');
        }
        // Most rules have nothing to say most of the time, and then nobody needs their page.
        let page = *self.page.get_or_insert_with(|| self.rule.parsed_page());
        self.found.push(Diagnostic {
            rule: self.rule.id,
            category: page.category,
            severity: page.severity,
            confidence: page.confidence,
            nginx_rejects: page.rejects,
            message,
            help: None,
            primary: Label { span, message: String::new() },
            related: Vec::new(),
            include_chain,
            fixes: Vec::new(),
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }
}

/// What came of a run: findings, and the rules that failed to come to an end.
#[derive(Debug, Default)]
pub struct Findings {
    /// The findings, rule by rule; see [`sort_and_merge`].
    pub diagnostics: Vec<Diagnostic>,
    /// The rules that panicked; their findings are lost, those of others are not.
    pub crashed: Vec<&'static str>,
}

/// Runs the rules over one configuration.
pub fn check(config: &Config, project: &Project, settings: &Settings, rules: &[Rule]) -> Findings {
    let is_wanted = |rule: &&Rule| {
        (settings.select.is_empty() || settings.select.contains(rule.id)) && !settings.ignore.contains(rule.id)
    };
    let results: Vec<Result<Vec<Diagnostic>, &'static str>> = rules
        .par_iter()
        .filter(is_wanted)
        .map(|rule| {
            let run = || {
                let mut check = Check { config, project, settings, rule, page: None, found: Vec::new() };
                (rule.check)(&mut check);
                check.found
            };
            catch_unwind(AssertUnwindSafe(run)).map_err(|_| rule.id)
        })
        .collect();
    let mut findings = Findings::default();
    for result in results {
        match result {
            Ok(found) => {
                let is_shown = |finding: &Diagnostic| is_shown(finding, settings) && is_possible(finding, config);
                findings
                    .diagnostics
                    .extend(found.into_iter().filter(is_shown).map(|finding| with_values(finding, config)));
            }
            Err(id) => findings.crashed.push(id),
        }
    }
    findings
}

fn is_shown(finding: &Diagnostic, settings: &Settings) -> bool {
    (settings.pedantic || finding.confidence != Confidence::Low)
        && settings.min_severity.is_none_or(|least| finding.severity >= least)
}

/// Where a placeholder was read as its value, says so; what was never written cannot be edited.
fn with_values(mut finding: Diagnostic, config: &Config) -> Diagnostic {
    let library = config.library();
    finding.fixes.retain(|fix| fix.edits.iter().all(|edit| library.filled_in(edit.span).is_none()));
    if let Some((name, value)) = library.filled_in(finding.primary.span).filter(|_| finding.primary.message.is_empty())
    {
        finding.primary.message = format!("`{name}` is `{}` ({})", shorten(&value.text, 40), value.source);
    }
    finding
}

/// What a finding points at must be there at the same time; in a template, one branch comes out and the other does not.
fn is_possible(finding: &Diagnostic, config: &Config) -> bool {
    finding.related.iter().all(|label| config.go_together(finding.primary.span, label.span))
}

/// Sorts by path, place and rule, so that every run gives the same order. What a snippet says in each place that includes it
/// is said once; the number of places is added.
pub fn sort_and_merge(diagnostics: &mut Vec<Diagnostic>, sources: &Sources) {
    // Stable: of equal findings, the one whose configuration comes first stays.
    diagnostics.sort_by(|a, b| {
        let (at, bt) = (a.primary.span, b.primary.span);
        let by_path = || sources.get(at.source).path().cmp(sources.get(bt.source).path());
        let by_place = || (at.start, at.end, a.rule, &a.message).cmp(&(bt.start, bt.end, b.rule, &b.message));
        by_path().then_with(by_place)
    });
    let mut merged: Vec<(Diagnostic, usize)> = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics.drain(..) {
        match merged.last_mut() {
            // A script or a compose file counts for many configurations and is included by none.
            Some((last, count)) if is_same(last, &diagnostic) => {
                *count += usize::from(!last.include_chain.is_empty() || !diagnostic.include_chain.is_empty());
            }
            _ => merged.push((diagnostic, 1)),
        }
    }
    diagnostics.extend(merged.into_iter().map(|(mut diagnostic, count)| {
        if count > 1 {
            let label = &mut diagnostic.primary.message;
            let separator = if label.is_empty() { "" } else { "; " };
            label.push_str(&format!("{separator}in {count} places that include this file"));
        }
        diagnostic
    }));
}

fn is_same(a: &Diagnostic, b: &Diagnostic) -> bool {
    (a.rule, a.primary.span, &a.message) == (b.rule, b.primary.span, &b.message)
}
