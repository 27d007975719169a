//! `nginspect check --show-files`: every file that would be looked at, and as what.

use std::fmt::Write;

use serde_json::json;

use super::args::{CheckOptions, Format};
use super::survey::{Survey, SurveyedFile, survey};
use super::{CLEAN, INCOMPLETE, print};
use crate::output::sanitize;

pub(super) fn run(options: &CheckOptions, texts: &[(std::path::PathBuf, Vec<u8>)]) -> u8 {
    let survey = survey(options, texts);
    let code = if survey.errors.is_empty() { CLEAN } else { INCOMPLETE };
    let is_json = options.format.iter().any(|option| matches!(option.format, Format::Json | Format::JsonLines));
    print(&if is_json { document(&survey) } else { table(&survey) }, code)
}

fn document(survey: &Survey) -> String {
    let errors: Vec<_> = survey
        .errors
        .iter()
        .map(|error| json!({ "kind": error.kind, "path": error.path, "message": error.message }))
        .collect();
    let document =
        json!({ "version": 1, "files": survey.files, "includes_not_followed": survey.lost, "errors": errors });
    format!("{document}\n")
}

fn table(survey: &Survey) -> String {
    let mut text = String::new();
    let width = survey.files.iter().map(|file| file.path.chars().count()).max().unwrap_or_default().min(60);
    for file in &survey.files {
        let _ = writeln!(text, "{:width$}  {}", sanitize::line(&file.path), sanitize::line(&description(file)));
    }
    for lost in &survey.lost {
        let line = format!("{}: include {} was not followed: {}", lost.place, lost.include, lost.reason);
        let _ = writeln!(text, "{}", sanitize::line(&line));
    }
    for error in &survey.errors {
        let _ = writeln!(text, "{}", sanitize::line(&format!("error: {}: {}", error.path, error.message)));
    }
    text
}

/// `fragment of http, included by nginx.conf:12`
fn description(file: &SurveyedFile) -> String {
    let mut text = file.role.name().to_owned();
    if let Some(context) = file.context {
        let _ = write!(text, " of {context}");
    }
    if let Some(template) = &file.template {
        let _ = write!(text, ", a template {template}");
    }
    if let Some(reason) = &file.reason {
        let _ = write!(text, ": {reason}");
    }
    match &file.included_by[..] {
        [] => {}
        [one] => {
            let _ = write!(text, " by {one}");
        }
        [first, rest @ ..] => {
            let _ = write!(text, " by {first} and {} more", rest.len());
        }
    }
    text
}
