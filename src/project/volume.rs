//! Volumes and ports, as compose files and `docker run` write them.

use crate::source::Span;

/// A volume or a bind mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// The folder outside, or the name; none for an anonymous volume.
    pub source: Option<String>,
    /// The path inside.
    pub target: String,
    /// Nothing in the container can write there.
    pub read_only: bool,
    /// Where it is written.
    pub span: Span,
}

/// A port of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// The port inside, if it is known.
    pub container: Option<u16>,
    /// Is it published on the host?
    pub is_published: bool,
    /// Where it is written.
    pub span: Span,
}

impl Volume {
    /// Is it a folder of the host, and not a volume with a name?
    pub fn is_bind(&self) -> bool {
        self.source.as_deref().is_some_and(|source| source.starts_with(['.', '/', '~', '$']) || source.contains('/'))
    }

    /// Reads `source:target:options`.
    pub(crate) fn parse(text: &str, span: Span) -> Self {
        let parts: Vec<&str> = text.split(':').collect();
        let (source, target, options) = match parts[..] {
            [target] => (None, target, ""),
            [source, target] => (Some(source), target, ""),
            [source, target, options, ..] => (Some(source), target, options),
            [] => (None, "", ""),
        };
        let read_only = options.split(',').any(|option| option == "ro");
        Self { source: source.map(str::to_owned), target: target.to_owned(), read_only, span }
    }
}

/// A text whose variables are not known, with the colons of `${X:-y}` taken out, so that they part nothing.
pub(crate) fn protected(text: &str) -> String {
    let (mut depth, mut result) = (0, String::new());
    for character in text.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ':' if depth > 0 => continue,
            _ => {}
        }
        result.push(character);
    }
    result
}

/// The 80 of `127.0.0.1:8080:80/tcp`.
pub(crate) fn inner_port(text: &str) -> Option<u16> {
    text.split('/').next()?.rsplit(':').next()?.parse().ok()
}
