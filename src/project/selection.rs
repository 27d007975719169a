//! Which names a rendering replaces, and what it puts in their place.

use super::rendering::{Mode, Rendering, names_of_list};
use crate::source::{Sources, Span};
use crate::template::image::Entrypoint;

impl Rendering<'_> {
    /// Has the renderer a value for this name, as far as is known? Whatever its script sets counts.
    pub fn defines(&self, name: &str) -> bool {
        self.environment.variables.contains_key(name)
            || self.self_mapped.iter().any(|(mapped, _)| mapped == name)
            || self.unexported.iter().any(|set| set == name)
    }

    /// Is this name in the list that `envsubst` gets?
    pub fn lists(&self, name: &str) -> bool {
        matches!(&self.mode, Mode::Listed(names) if names.contains(name))
    }

    /// Is this name replaced? None if that is not known.
    pub fn replaces(&self, name: &str) -> Option<bool> {
        match &self.mode {
            Mode::All => Some(true),
            Mode::Listed(names) => Some(names.contains(name)),
            Mode::Raw => Some(false),
            Mode::Defined { filter } => {
                let is_let_through =
                    filter.as_ref().map_or(Some(true), |(filter, _)| Entrypoint::lets_through(filter, name));
                let is_defined = self.environment.variables.contains_key(name);
                is_let_through.map(|is_let_through| is_let_through && is_defined)
            }
            Mode::Computed | Mode::Other(_) | Mode::Unknown => None,
        }
    }

    /// Is this name defined, and kept back by the filter of the image's entrypoint?
    pub fn is_filtered_out(&self, name: &str) -> bool {
        let is_defined = self.environment.variables.contains_key(name);
        is_defined && matches!(self.mode, Mode::Defined { .. }) && self.replaces(name) == Some(false)
    }

    /// Does `envsubst` get a list without a single name? Of a list whose variables the shell or compose fills in, that is
    /// only certain if they are the template's own.
    pub fn has_empty_list(&self, is_of_template: impl Fn(&str) -> bool) -> bool {
        let Some(list) = &self.list else { return false };
        let is_computed = ["$(", "$?"].iter().any(|mark| list.written.contains(mark));
        let has_names = list.received.as_ref().is_some_and(|text| !names_of_list(text).is_empty());
        let is_certain = match list.replaced.is_empty() {
            true => list.received.is_some(),
            false => list.replaced.iter().all(|name| is_of_template(name)),
        };
        !is_computed && !has_names && is_certain
    }

    /// The line of the call, where a command of several lines is known as a whole: the one that names envsubst, and the list
    /// if several do.
    pub fn call_line(&self, sources: &Sources) -> Option<Span> {
        let call = self.evidence?;
        let text = sources.get(call.source);
        let (first, last) = (text.line_of(call.start), text.line_of(call.end));
        let lines = (first..=last).map(|line| text.line_range(line));
        let calls: Vec<(u32, u32)> = lines.filter(|(start, end)| is_call(&text.text(*start, *end))).collect();
        let list = self.list.as_ref().map_or("", |list| list.written.as_str());
        let named = calls.iter().find(|(start, end)| text.text(*start, *end).contains(list));
        let (start, end) = named.or(calls.first()).filter(|_| first < last)?;
        let line = text.text(*start, *end);
        let blank = (line.len() - line.trim_start().len()) as u32;
        Some(Span::new(call.source, call.start.max(start + blank), call.end.min(*end)))
    }

    /// The word `envsubst` of a call that stands in a shell script and in no quotes, so that arguments can be put behind it.
    pub fn call_word(&self, sources: &Sources) -> Option<Span> {
        const NAME: &str = "envsubst";
        let call = self.evidence?;
        let text = sources.get(call.source);
        let is_script = text.path().extension().is_some_and(|ending| ending == "sh" || ending == "bash");
        let (line, _) = text.line_range(text.line_of(call.start));
        let before = text.text(line, call.start);
        let words = text.text(call.start, call.end);
        let is_call = words.strip_prefix(NAME).is_some_and(|rest| rest.starts_with([' ', '\t']));
        let is_plain = is_script && is_call && !before.contains(['"', '\'', '`', '(']);
        is_plain.then(|| Span::new(call.source, call.start, call.start + NAME.len() as u32))
    }
}

/// Is envsubst called in this line, and not only spoken of in a comment?
fn is_call(line: &str) -> bool {
    line.contains("envsubst") && !line.trim_start().starts_with('#')
}
