//! Builds small reports for the tests of the formats.

use std::sync::LazyLock;

use super::{Inclusion, Report, RunError};
use crate::diagnostic::{Category, Confidence, Diagnostic, Label, Severity, Silenced};
use crate::page::Page;
use crate::source::{Source, SourceId, Sources, Span};

/// The page of every rule but `no-page`.
static PAGE: LazyLock<Page> = LazyLock::new(|| Page::parse(PAGE_TEXT).expect("a page that can be read"));
const PAGE_TEXT: &str = "---
title: something is not as it should be
category: security
severity: error
confidence: high
since: 0.1.0
fix: safe
rejects: false
references: RFC 9110, https://nginx.org/en/docs/
---

## Why it matters

Somebody is called
at `3 a.m.`

## Examples
";

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
            primary: Label { span, message: "".into() },
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
            page_of: |rule| (rule != "no-page").then(|| &*PAGE),
        }
    }
}
