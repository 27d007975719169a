//! Runs rules over a configuration.

mod level;
mod shared;

pub use level::{Level, Levels, LevelsOfRules};
pub use shared::Rendered;
use shared::Shared;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr;
use std::sync::Arc;

use foldhash::HashMap;
use rayon::prelude::*;

use crate::config::words::taint::Taint;
use crate::config::{Config, Directive};
use crate::date::Date;
use crate::diagnostic::{Category, Confidence, Diagnostic, Fix, Label, Severity, shorten};
use crate::nginx::version::Version;
use crate::page::Page;
use crate::project::Project;
use crate::source::{SourceId, Sources, Span};

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

    /// A finding of this rule, with what its page says about all of them.
    pub fn finding(&self, page: &Page, span: Span, mut message: String) -> Diagnostic {
        // A message quotes words of the configuration, and those can be as long as the file.
        if let Some((end, _)) = message.char_indices().nth(LONGEST_MESSAGE) {
            message.truncate(end);
            message.push('…');
        }
        Diagnostic {
            rule: self.id,
            category: page.category,
            severity: page.severity,
            confidence: page.confidence,
            nginx_rejects: page.rejects,
            message,
            help: None,
            primary: Label { span, message: "".into() },
            related: Vec::new(),
            include_chain: Vec::new(),
            fixes: Vec::new(),
            hides: None,
        }
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
    /// What the user makes of single rules.
    pub levels: Levels,
    /// Leave out what is less severe; nothing if there is none.
    pub min_severity: Option<Severity>,
    /// Directives of modules that nobody else knows.
    pub extra_directives: BTreeSet<String>,
    /// Options of rules: (rule, option) to value.
    pub options: BTreeMap<(String, String), String>,
    /// The day of the run; none: what depends on it is not judged.
    pub today: Option<Date>,
}

impl Settings {
    /// Is a rule to be run?
    pub fn runs(&self, rule: &str) -> bool {
        (self.select.is_empty() || self.select.contains(rule))
            && !self.ignore.contains(rule)
            && !self.levels.is_off(rule)
    }

    /// Is a rule to be run, and are its findings in this text wanted?
    pub fn runs_in(&self, rule: &str, source: SourceId) -> bool {
        self.runs(rule) && self.levels.of(rule, source) != Some(Level::Off)
    }

    /// The same, with every rule and for all findings.
    pub fn widened(&self) -> Self {
        let (select, ignore, levels) = Default::default();
        Self { select, ignore, levels, min_severity: None, ..self.clone() }
    }

    /// Makes a finding as severe as the user says; is it wanted at all?
    pub fn shows(&self, finding: &mut Diagnostic) -> bool {
        let level = self.levels.of(finding.rule, finding.primary.span.source);
        if let Some(Level::At(severity)) = level {
            finding.severity = severity;
        }
        level != Some(Level::Off)
            && (self.pedantic || level.is_some() || finding.confidence != Confidence::Low)
            && self.min_severity.is_none_or(|least| finding.severity >= least)
    }
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
    /// Was the rule told for which release it is to judge?
    asked_release: Cell<bool>,
    /// What is worked out once for all rules.
    shared: Arc<Shared<'c>>,
}

impl<'c> Check<'c> {
    /// The release of nginx that will run the configuration, if it is known.
    pub fn target(&self) -> Option<Version> {
        self.asked_release.set(true);
        self.settings.target
    }

    /// The release whose word counts about what exists at all: the target, or the newest.
    pub fn release(&self) -> Version {
        self.target().unwrap_or(Version::NEWEST)
    }

    /// The day of the run, if it is known.
    pub fn today(&self) -> Option<Date> {
        self.settings.today
    }

    /// Did the user declare a directive of this name?
    pub fn is_extra_directive(&self, name: &str) -> bool {
        self.settings.extra_directives.contains(name)
    }

    /// The texts of the configuration that have a dollar, with how each is rendered, as far as the project tells. Templates
    /// of other languages than envsubst's are left out.
    pub fn renderings(&self) -> Arc<[Rendered<'c>]> {
        self.shared.renderings(self.config, self.project)
    }

    /// What clients can bring into texts.
    pub fn taint(&self) -> Arc<Taint<'c>> {
        self.shared.taint(self.config)
    }

    /// The value of an option of this rule, or its default. Who fills in [`Settings::options`] sees to it that values are of
    /// the kind that the page declares.
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

    fn push(&mut self, span: Span, include_chain: Vec<Span>, message: String) -> &mut Diagnostic {
        // Most rules have nothing to say most of the time, and then nobody needs their page.
        let page = *self.page.get_or_insert_with(|| self.rule.parsed_page());
        self.found.push(Diagnostic { include_chain, ..self.rule.finding(&page, span, message) });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }
}

/// What came of a run: findings, and the rules that failed to come to an end.
#[derive(Debug, Default)]
pub struct Findings {
    /// The findings, rule by rule; see [`sort_and_merge`].
    pub diagnostics: Vec<Diagnostic>,
    /// What was found and is not to be shown: not wanted, or following from something else.
    pub hidden: Vec<Diagnostic>,
    /// The rules that judge by the release of nginx.
    pub by_release: Vec<&'static str>,
    /// The rules that panicked; their findings are lost, those of others are not.
    pub crashed: Vec<&'static str>,
}

/// Runs the rules over one configuration.
pub fn check(config: &Config, project: &Project, settings: &Settings, rules: &[Rule]) -> Findings {
    let shared = Arc::new(Shared::default());
    let results: Vec<Result<_, &'static str>> = rules
        .par_iter()
        .filter(|rule| settings.runs(rule.id))
        .map(|rule| {
            let run = || {
                let shared = Arc::clone(&shared);
                let asked_release = Cell::new(false);
                let mut check =
                    Check { config, project, settings, rule, page: None, found: Vec::new(), asked_release, shared };
                (rule.check)(&mut check);
                (rule, check.found, check.asked_release.get())
            };
            catch_unwind(AssertUnwindSafe(run)).map_err(|_| rule.id)
        })
        .collect();
    let mut findings = Findings::default();
    for result in results {
        match result {
            Ok((rule, found, asked_release)) => {
                let found = found.into_iter().filter(|finding| is_possible(finding, config));
                findings.diagnostics.extend(found.map(|finding| settled(finding, config)));
                findings.by_release.extend(asked_release.then_some(rule.id));
            }
            Err(id) => findings.crashed.push(id),
        }
    }
    keep_fixes_for_all_places(&mut findings.diagnostics, config);
    hide_consequences(&mut findings);
    let hidden = findings.diagnostics.extract_if(.., |finding| !settings.shows(finding));
    findings.hidden.extend(hidden);
    findings
}

/// What some of the rules would say about a configuration if it ran on another release of nginx, or if nobody knew on which.
pub fn for_other_releases(
    config: &Config,
    project: &Project,
    settings: &Settings,
    rules: &[Rule],
    ids: BTreeSet<String>,
) -> Vec<Diagnostic> {
    if ids.is_empty() {
        return Vec::new();
    }
    let settings = Settings { select: ids, ..settings.clone() };
    let targets = Version::in_use().map(Some).chain([None]);
    let findings = targets.flat_map(|target| {
        let findings = check(config, project, &Settings { target, ..settings.clone() }, rules);
        findings.diagnostics.into_iter().chain(findings.hidden)
    });
    findings.collect()
}

/// A fix in a text that is included several times stays if all those places want it. What nginx refuses it refuses everywhere.
fn keep_fixes_for_all_places(diagnostics: &mut [Diagnostic], config: &Config) {
    if diagnostics.iter().all(|finding| finding.fixes.is_empty()) {
        return;
    }
    let shared = config.shared_texts();
    let places = |fix: &Fix| fix.edits.iter().filter_map(|edit| shared.get(&edit.span.source)).max().copied();
    let mut wanted: HashMap<Fix, usize> = HashMap::default();
    for fix in diagnostics.iter().flat_map(|finding| &finding.fixes).filter(|fix| places(fix).is_some()) {
        *wanted.entry(fix.clone()).or_default() += 1;
    }
    for finding in diagnostics.iter_mut().filter(|finding| !finding.nginx_rejects) {
        finding
            .fixes
            .retain(|fix| places(fix).is_none_or(|places| wanted.get(fix).is_some_and(|count| *count >= places)));
    }
}

/// Leaves out what only follows from another finding; if nginx stops at it, it stops because of that other one.
fn hide_consequences(findings: &mut Findings) {
    let diagnostics = &mut findings.diagnostics;
    let mut leaders: Vec<(Span, usize)> =
        diagnostics.iter().enumerate().filter_map(|(index, finding)| Some((finding.hides?, index))).collect();
    if leaders.is_empty() {
        return;
    }
    leaders.sort_unstable_by_key(|(span, _)| (span.source, span.start));
    let leader_of = |finding: &Diagnostic| {
        let at = finding.primary.span;
        let next = leaders.partition_point(|(span, _)| (span.source, span.start) <= (at.source, at.start));
        let (span, leader) = *leaders.get(next.checked_sub(1)?)?;
        (span.source == at.source && at.start < span.end).then_some(leader)
    };
    let follows = |finding: &Diagnostic| finding.category == Category::Validity && finding.hides.is_none();
    let hidden: Vec<Option<usize>> =
        diagnostics.iter().map(|finding| leader_of(finding).filter(|_| follows(finding))).collect();
    for (index, leader) in hidden.iter().enumerate() {
        if let Some(leader) = leader {
            diagnostics[*leader].nginx_rejects |= diagnostics[index].nginx_rejects;
        }
    }
    let mut hidden = hidden.iter();
    findings.hidden.extend(diagnostics.extract_if(.., |_| hidden.next().is_some_and(Option::is_some)));
}

/// Where a placeholder was read as its value, says so; what was never written cannot be edited. Lines that fixes add end as
/// those around them do.
fn settled(mut finding: Diagnostic, config: &Config) -> Diagnostic {
    let library = config.library();
    finding.fixes.retain(|fix| fix.edits.iter().all(|edit| library.filled_in(edit.span).is_none()));
    for edit in finding.fixes.iter_mut().flat_map(|fix| &mut fix.edits).filter(|edit| edit.content.contains('\n')) {
        let line_break = library.sources().get(edit.span.source).line_break_at(edit.span.start);
        edit.content = edit.content.replace("\r\n", "\n").replace('\n', line_break);
    }
    if let Some((name, value)) = library.filled_in(finding.primary.span).filter(|_| finding.primary.message.is_empty())
    {
        finding.primary.message = format!("`{name}` is `{}` ({})", shorten(&value.text, 40), value.source).into();
    }
    finding
}

/// What a finding points at must be there at the same time; in a template, one branch comes out and the other does not.
/// Nor is a file of the distribution what somebody wrote, or can mend; but nginx may refuse it for what is around it.
fn is_possible(finding: &Diagnostic, config: &Config) -> bool {
    let is_own = finding.nginx_rejects || !config.is_stock(finding.primary.span.source);
    is_own && finding.related.iter().all(|label| config.go_together(finding.primary.span, label.span))
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
                // What is right in one of the places only is not right for the file.
                last.fixes.retain(|fix| diagnostic.fixes.contains(fix));
                *count += usize::from(!last.include_chain.is_empty() || !diagnostic.include_chain.is_empty());
            }
            _ => merged.push((diagnostic, 1)),
        }
    }
    diagnostics.extend(merged.into_iter().map(|(mut diagnostic, count)| {
        // A script that renders several files is in none of them.
        if count > 1 && !diagnostic.include_chain.is_empty() {
            let label = &mut diagnostic.primary.message;
            let separator = if label.is_empty() { "" } else { "; " };
            label.to_mut().push_str(&format!("{separator}in {count} places that include this file"));
        }
        diagnostic
    }));
}

fn is_same(a: &Diagnostic, b: &Diagnostic) -> bool {
    (a.rule, a.primary.span, &a.message) == (b.rule, b.primary.span, &b.message)
}
