//! What the entrypoint of the official nginx image does with templates before nginx starts.

use std::collections::BTreeSet;

use regex::Regex;

use super::Environment;
use super::envsubst::{Selection, variables_of_list};

/// The settings of the entrypoint, as the environment of the container has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entrypoint {
    /// Templates are looked for below this folder.
    pub template_dir: String,
    /// Templates of `http` end with this.
    pub suffix: String,
    /// What comes of them is put here.
    pub output_dir: String,
    /// Templates of `stream` end with this.
    pub stream_suffix: String,
    /// What comes of those is put here.
    pub stream_output_dir: String,
    /// Names of variables must match this regular expression; the empty one matches all.
    pub filter: String,
}

impl Entrypoint {
    /// Reads the settings. An empty one counts as none.
    pub fn of(environment: &Environment) -> Self {
        let setting = |name: &str, default: &str| {
            let value = environment.get(name).map(|value| value.text.as_str()).filter(|text| !text.is_empty());
            value.unwrap_or(default).to_owned()
        };
        Self {
            template_dir: setting("NGINX_ENVSUBST_TEMPLATE_DIR", "/etc/nginx/templates"),
            suffix: setting("NGINX_ENVSUBST_TEMPLATE_SUFFIX", ".template"),
            output_dir: setting("NGINX_ENVSUBST_OUTPUT_DIR", "/etc/nginx/conf.d"),
            stream_suffix: setting("NGINX_ENVSUBST_STREAM_TEMPLATE_SUFFIX", ".stream-template"),
            stream_output_dir: setting("NGINX_ENVSUBST_STREAM_OUTPUT_DIR", "/etc/nginx/stream-conf.d"),
            filter: setting("NGINX_ENVSUBST_FILTER", ""),
        }
    }

    /// Which names are replaced: all that the environment defines and the filter lets through. None if the filter is
    /// written in a way that awk programs do not agree about.
    pub fn selection<'n>(&self, defined: impl Iterator<Item = &'n str>) -> Option<Selection> {
        let filter = self.filter()?;
        let names = defined.filter(|name| filter.is_match(name));
        // The list is a text, and names that no shell knows select nothing in it.
        let list: String = names.map(|name| format!("${{{name}}} ")).collect();
        let selected: BTreeSet<String> = variables_of_list(list.as_bytes());
        Some(Selection::Listed(selected))
    }

    /// Does this filter let a name through? None if awk programs do not agree about it.
    pub fn lets_through(filter: &str, name: &str) -> Option<bool> {
        let entrypoint = Self { filter: filter.to_owned(), ..Self::of(&Environment::default()) };
        entrypoint.filter().map(|filter| filter.is_match(name))
    }

    fn filter(&self) -> Option<Regex> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_^$.|()[]*+?-".contains(c);
        if !self.filter.chars().all(is_plain) || self.filter.contains("(?") || self.filter.contains("[[") {
            return None;
        }
        Regex::new(&self.filter).ok()
    }

    /// Where the output of a template lies, whose path is as `find` prints it: the folder of templates, then the rest.
    /// None if the entrypoint leaves the file alone.
    pub fn output(&self, template: &str) -> Option<String> {
        let below = if self.template_dir.ends_with('/') { "" } else { "/" };
        template.strip_prefix(&self.template_dir).filter(|rest| rest.starts_with(below))?;
        let (suffix, folder) = [(&self.suffix, &self.output_dir), (&self.stream_suffix, &self.stream_output_dir)]
            .into_iter()
            .find(|(suffix, _)| template.ends_with(suffix.as_str()))?;
        let relative = template.strip_prefix(&format!("{}/", self.template_dir)).unwrap_or(template);
        Some(format!("{folder}/{}", relative.strip_suffix(suffix.as_str()).unwrap_or(relative)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(values: &[(&str, &str)]) -> Environment {
        let mut environment = Environment::default();
        for (name, value) in values {
            environment.insert(name, value, "test");
        }
        environment
    }

    fn selected(filter: &str, names: &[&str]) -> Option<String> {
        let entrypoint = Entrypoint::of(&environment(&[("NGINX_ENVSUBST_FILTER", filter)]));
        match entrypoint.selection(names.iter().copied())? {
            Selection::Listed(names) => Some(names.into_iter().collect::<Vec<_>>().join(" ")),
            Selection::All => None,
        }
    }

    #[test]
    fn the_filter_is_a_regular_expression_for_names() {
        assert_eq!(selected("", &["PORT", "host"]).as_deref(), Some("PORT host"));
        assert_eq!(selected("^P|st$", &["PORT", "host", "x"]).as_deref(), Some("PORT host"));
        assert_eq!(selected("x", &["PORT"]).as_deref(), Some(""));
        assert_eq!(selected("", &["a.b", "A"]).as_deref(), Some("A"));
        assert_eq!(selected("a/b", &["PORT"]), None);
        assert_eq!(selected("[[:upper:]]", &["PORT"]), None);
    }

    #[test]
    fn outputs_lie_where_the_settings_say() {
        let stock = Entrypoint::of(&Environment::default());
        let output = |path: &str| stock.output(path);
        assert_eq!(output("/etc/nginx/templates/a.conf.template").as_deref(), Some("/etc/nginx/conf.d/a.conf"));
        assert_eq!(output("/etc/nginx/templates/x/a.template").as_deref(), Some("/etc/nginx/conf.d/x/a"));
        assert_eq!(
            output("/etc/nginx/templates/a.conf.stream-template").as_deref(),
            Some("/etc/nginx/stream-conf.d/a.conf")
        );
        assert_eq!(output("/etc/nginx/templates/a.conf"), None);
        assert_eq!(output("/srv/a.template"), None);
        let set = Entrypoint::of(&environment(&[
            ("NGINX_ENVSUBST_TEMPLATE_SUFFIX", ".tpl"),
            ("NGINX_ENVSUBST_TEMPLATE_DIR", "/t"),
            ("NGINX_ENVSUBST_OUTPUT_DIR", ""),
        ]));
        assert_eq!(set.output("/t/a.conf.tpl").as_deref(), Some("/etc/nginx/conf.d/a.conf"));
        assert_eq!(set.output("/t/a.conf.template"), None);
    }
}
