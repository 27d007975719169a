//! The findings that are known and not to be shown again, as a document that goes into version control.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// The known findings, one of each fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// By path, rule and fingerprint, so that the document has an order; with the message, for people.
    findings: BTreeMap<Key, String>,
}

/// What a finding is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The file, seen from the folder of the document, with `/` between its parts.
    pub path: String,
    /// The rule.
    pub rule: String,
    /// The identity across edits.
    pub fingerprint: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "version", deserialize_with = "version")]
    _version: u32,
    findings: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    rule: String,
    fingerprint: String,
    message: String,
}

fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        1 => Ok(1),
        other => Err(D::Error::custom(format!("version {other} is not known, only version 1"))),
    }
}

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl Baseline {
    /// Reads a document.
    ///
    /// # Errors
    /// Says where the text is no baseline.
    pub fn parse(text: &[u8]) -> Result<Self, ReadError> {
        let document: Document = serde_json::from_slice(text).map_err(|error| {
            let message = error.to_string();
            // The place is told apart from the sentence.
            let message =
                message.rsplit_once(" at line ").map_or(message.as_str(), |(sentence, _)| sentence).to_owned();
            ReadError { line: error.line().max(1), column: error.column().max(1), message }
        })?;
        let findings = document
            .findings
            .into_iter()
            .map(|Entry { path, rule, fingerprint, message }| (Key { path, rule, fingerprint }, message));
        Ok(Self { findings: findings.collect() })
    }

    /// The document: one finding a line, sorted, so that its changes read well.
    pub fn render(&self) -> String {
        let lines = self.findings.iter().map(|(Key { path, rule, fingerprint }, message)| {
            let (path, rule, fingerprint) = (path.clone(), rule.clone(), fingerprint.clone());
            let entry = Entry { path, rule, fingerprint, message: message.clone() };
            format!("\n    {}", serde_json::to_string(&entry).unwrap_or_default())
        });
        let lines = lines.collect::<Vec<_>>().join(",");
        let end = if lines.is_empty() { "" } else { "\n  " };
        format!("{{\n  \"version\": 1,\n  \"findings\": [{lines}{end}]\n}}\n")
    }

    /// Is the finding known?
    pub fn knows(&self, key: &Key) -> bool {
        self.findings.contains_key(key)
    }

    /// How many findings are known.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Is nothing known?
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// The known findings that are not among those that were found, as far as the run would have found them again.
    pub fn gone(&self, found: &BTreeSet<Key>, is_looked_at: &dyn Fn(&Key) -> bool) -> Vec<Key> {
        self.findings.keys().filter(|key| !found.contains(key) && is_looked_at(key)).cloned().collect()
    }

    /// Takes findings out.
    pub fn prune(&mut self, gone: &[Key]) {
        gone.iter().for_each(|key| {
            self.findings.remove(key);
        });
    }

    /// Takes a finding in.
    pub fn add(&mut self, key: Key, message: String) {
        self.findings.insert(key, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(path: &str, rule: &str, fingerprint: &str) -> Key {
        Key { path: path.to_owned(), rule: rule.to_owned(), fingerprint: fingerprint.to_owned() }
    }

    #[test]
    fn the_document_has_an_order_and_can_be_read_again() {
        let mut baseline = Baseline::default();
        assert_eq!(Baseline::parse(baseline.render().as_bytes()), Ok(Baseline::default()));
        baseline.add(key("b.conf", "a-rule", "1:1"), "says \"this\"".to_owned());
        baseline.add(key("a.conf", "z-rule", "2:1"), "and\nthat".to_owned());
        let text = baseline.render();
        assert_eq!(text.lines().count(), 7, "{text}");
        assert!(text.find("a.conf") < text.find("b.conf"), "{text}");
        assert_eq!(Baseline::parse(text.as_bytes()), Ok(baseline));
    }

    #[test]
    fn what_was_not_looked_at_is_not_gone() {
        let mut baseline = Baseline::default();
        let (kept, fixed, elsewhere) = (key("a", "r", "1:1"), key("a", "r", "1:2"), key("b", "r", "1:1"));
        for key in [&kept, &fixed, &elsewhere] {
            baseline.add(key.clone(), String::new());
        }
        let gone = baseline.gone(&[kept.clone()].into(), &|key| key.path == "a");
        assert_eq!(gone, std::slice::from_ref(&fixed));
        baseline.prune(&gone);
        assert!(baseline.knows(&kept) && !baseline.knows(&fixed) && baseline.knows(&elsewhere));
    }

    #[test]
    fn what_is_no_baseline_is_told_with_its_place() {
        for (text, line, column, word) in [
            ("{\n  \"version\": 2,\n  \"findings\": []\n}", 2, 14, "version 2"),
            ("{\n  \"version\": 1\n}", 3, 1, "findings"),
            ("", 1, 1, "EOF"),
            ("[]\n", 1, 2, "Document"),
        ] {
            let error = Baseline::parse(text.as_bytes()).expect_err("no baseline");
            assert!(error.message.contains(word), "{error:?}");
            assert!(error.line == line && error.column.abs_diff(column) <= 1, "{error:?}");
        }
    }
}
