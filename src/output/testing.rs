//! Builds small reports for the tests of the formats.

use super::{Inclusion, Report, RunError};
use crate::diagnostic::{Category, Confidence, Diagnostic, Label, Severity, Silenced};
use crate::source::{Source, SourceId, Sources, Span};

/// Texts and findings in them.
#[derive(Default)]
pub(crate) struct Sample {
    pub(crate) sources: Sources,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) silenced: Vec<Silenced>,
    pub(crate) errors: Vec<RunError>,
    pub(crate) notes: Vec<String>,
    pub(crate) inclusions: Vec<Inclusion>,
}

impl Sample {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn file(&mut self, path: &str, text: impl AsRef<[u8]>) -> SourceId {
        self.sources.add(Source::new(path, text.as_ref().to_vec()))
    }

    /// The first place where `needle` stands.
    pub(crate) fn span(&self, file: SourceId, needle: &str) -> Span {
        let bytes = self.sources.get(file).bytes();
        let at = memchr::memmem::find(bytes, needle.as_bytes()).expect("the needle is in the text") as u32;
        Span::new(file, at, at + needle.len() as u32)
    }

    pub(crate) fn finding(
        &mut self,
        rule: &'static str,
        file: SourceId,
        needle: &str,
        message: &str,
    ) -> &mut Diagnostic {
        let span = self.span(file, needle);
        self.finding_at(rule, span, message)
    }

    pub(crate) fn finding_at(&mut self, rule: &'static str, span: Span, message: &str) -> &mut Diagnostic {
        self.diagnostics.push(Diagnostic {
            rule,
            category: Category::Security,
            severity: Severity::Error,
            confidence: Confidence::High,
            nginx_rejects: false,
            message: message.into(),
            help: None,
            primary: Label { span, message: String::new() },
            related: Vec::new(),
            include_chain: Vec::new(),
            fixes: Vec::new(),
            hides: None,
        });
        self.diagnostics.last_mut().expect("just pushed")
    }

    pub(crate) fn report(&self) -> Report<'_> {
        Report {
            sources: &self.sources,
            diagnostics: &self.diagnostics,
            silenced: &self.silenced,
            errors: &self.errors,
            inclusions: &self.inclusions,
            files: self.sources.iter().count(),
            notes: &self.notes,
            url_of: |rule| (rule != "no-page").then_some("https://nginx.org/en/docs/"),
        }
    }
}
