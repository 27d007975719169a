//! Takes a settings file apart, and finds all its mistakes in one run.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue, Deserializer, Error};

use super::file::SettingsFile;
use crate::cli::args::did_you_mean;

/// What is wrong in a settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    /// Where; none for the whole file.
    pub(super) span: Option<Range<usize>>,
    /// What, lower case, no full stop.
    pub(super) message: String,
}

/// The settings; those of a file with mistakes are of no use.
pub(super) fn read(text: &str) -> (SettingsFile, Vec<Mistake>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        // What comes after such an error may only follow from it.
        return (SettingsFile::default(), errors.iter().map(Mistake::from).collect());
    }
    let span = table.span();
    let whole = |table| SettingsFile::deserialize(Deserializer::from(Spanned::new(span.clone(), table)));
    let mut mistakes = Vec::new();
    for (key, value) in table.get_ref() {
        // Each entry alone, so that the mistake of one does not hide those of the others.
        // What is said about one rule are entries of their own, too.
        let depth = if key.get_ref() == "rules" { 2 } else { 1 };
        let alone = parts(value, depth).into_iter().map(|part| whole(document(key, part)));
        mistakes.extend(alone.filter_map(Result::err).map(|error| Mistake::from(&error)));
    }
    if !mistakes.is_empty() {
        mistakes.sort_by_key(|mistake| mistake.span.as_ref().map(|span| span.start));
        mistakes.dedup();
        return (SettingsFile::default(), mistakes);
    }
    match whole(table.get_ref().clone()) {
        Ok(file) => (file, mistakes),
        Err(error) => (SettingsFile::default(), vec![Mistake::from(&error)]),
    }
}

/// The value with one of its entries each; the value itself where it has none. `depth` says for how many levels.
fn parts<'t>(value: &Spanned<DeValue<'t>>, depth: usize) -> Vec<Spanned<DeValue<'t>>> {
    let around = |part| Spanned::new(value.span(), part);
    let parts: Vec<_> = match value.get_ref() {
        DeValue::Table(table) if depth > 0 => {
            let entries = table.iter().flat_map(|(key, value)| {
                parts(value, depth - 1).into_iter().map(|part| document(key, part)).collect::<Vec<_>>()
            });
            entries.map(|table| around(DeValue::Table(table))).collect()
        }
        DeValue::Array(list) if depth > 0 => {
            // At the item's own place: that of the list is what its mistakes would get.
            let alone = list.iter().map(|item| (item.span(), DeArray::from_iter([item.clone()])));
            alone.map(|(span, list)| Spanned::new(span, DeValue::Array(list))).collect()
        }
        _ => Vec::new(),
    };
    if parts.is_empty() { vec![value.clone()] } else { parts }
}

fn document<'t>(key: &Spanned<DeString<'t>>, value: Spanned<DeValue<'t>>) -> DeTable<'t> {
    let mut table = DeTable::new();
    table.insert(key.clone(), value);
    table
}

impl From<&Error> for Mistake {
    fn from(error: &Error) -> Self {
        Self { span: error.span(), message: reworded(error.message()) }
    }
}

/// What serde says about names that it does not know, as everything else here says it.
fn reworded(message: &str) -> String {
    let of = |what: &str| message.strip_prefix(what).and_then(|rest| rest.split_once('`'));
    let names = |rest: &str| rest.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let near = |name: &str, rest: &str| did_you_mean(name, names(rest).iter().map(String::as_str));
    if let Some((name, rest)) = of("unknown field `") {
        return format!("there is no setting {name} here{}", near(name, rest));
    }
    if let Some((name, rest)) = of("unknown variant `") {
        return format!("write one of {}{}", names(rest).join(", "), near(name, rest));
    }
    if let Some((name, _)) = of("missing field `") {
        return format!("{name} is missing");
    }
    message.replace("expected a sequence", "expected a list").replace("expected a map", "expected a table")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words at each mistake, and what is said about them.
    fn mistakes(text: &str) -> Vec<(&str, String)> {
        let (_, mistakes) = read(text);
        mistakes.into_iter().map(|mistake| (&text[mistake.span.unwrap_or(0..0)], mistake.message)).collect()
    }

    #[test]
    fn all_mistakes_are_found_and_each_is_at_its_words() {
        let text = "pedantc = true\nnginx-version = 1.26\nmin-severity = \"eror\"\nexclude = [\"a\", \"b[\", \"c{\"]\n\
                    [rules]\nhsts-mising = \"off\"\nhsts-missing = { min-aeg = 1, level = 3 }\nhsts-duplicate = \"of\"\n\
                    add-header-dropped = true\nbody-size-excessive = { max = \"much\" }\n\
                    tls-legacy-protocol = { severity = \"error\" }\n[[per-path]]\npaths = [\"a\"]\nrule = {}\n";
        let found = mistakes(text);
        let places: Vec<&str> = found.iter().map(|(place, _)| *place).collect();
        let expected = [
            "pedantc",
            "1.26",
            "\"eror\"",
            "\"b[\"",
            "\"c{\"",
            "hsts-mising",
            "min-aeg",
            "3",
            "\"of\"",
            "true",
            "\"much\"",
            "severity",
            "rule",
        ];
        assert_eq!(places, expected, "{found:#?}");
        let said = |place: &str| &found.iter().find(|(at, _)| *at == place).unwrap().1;
        assert_eq!(said("pedantc"), "there is no setting pedantc here; did you mean pedantic?");
        assert_eq!(said("hsts-mising"), "there is no rule of this name; did you mean hsts-missing?");
        assert_eq!(said("min-aeg"), "hsts-missing has no option min-aeg; did you mean min-age?");
        assert_eq!(said("\"much\""), "max is a size such as 10m");
        assert_eq!(said("severity"), "tls-legacy-protocol has no option severity; write level = \"error\"");
    }

    #[test]
    fn text_that_is_no_toml_has_its_mistakes_at_their_places() {
        let found = mistakes("pedantic = maybe\n[rules\nexclude = [\n");
        assert!(found.len() > 1, "{found:?}");
    }

    #[test]
    fn options_take_values_of_their_kind() {
        let text = "[rules]\nhsts-missing = { level = \"error\", min-age = 600, backend-sends-hsts = true }\n\
                    body-size-excessive.max = \"2g\"\ntls-legacy-protocol.allowed = [\"TLSv1.1\", \"TLSv1.2\"]\n\
                    websocket-headers-missing.path-hints = \"live\"\nacme-challenge-unreachable.flow = \"dns\"\n";
        let (file, mistakes) = read(text);
        assert_eq!(mistakes, []);
        let value = |rule: &str, option: &str| file.rules.options[&(rule.to_owned(), option.to_owned())].as_str();
        assert_eq!(value("hsts-missing", "min-age"), "600");
        assert_eq!(value("tls-legacy-protocol", "allowed"), "TLSv1.1 TLSv1.2");
        assert_eq!(file.rules.levels.len(), 1);
        for wrong in ["hsts-missing.min-age = -1", "hsts-missing.min-age = \"600\"", "hsts-missing.min-age = [1]"] {
            assert_eq!(read(&format!("rules.{wrong}")).1.len(), 1, "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_stands_in_it_is_read(text in "([a-z\\-]{1,9}|rules|per-path|template|exclude|[=.,\"'#\n \\[\\]{}0-9ü]){0,40}") {
            let (_, mistakes) = read(&text);
            for span in mistakes.iter().filter_map(|mistake| mistake.span.as_ref()) {
                assert!(span.start <= span.end && span.end <= text.len(), "{span:?} of {text:?}");
            }
        }
    }
}
