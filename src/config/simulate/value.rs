//! Variables during a simulated request.

use super::{Directive, Request, Run};

/// What a request carries from phase to phase.
#[derive(Debug, Clone)]
pub(super) struct State<'c> {
    /// The path as rewrites have left it.
    pub(super) uri: String,
    /// Variables that `set` gave a value; none where the value is not known.
    pub(super) variables: Vec<(&'c str, Option<String>)>,
    /// The groups of the regex that matched last.
    pub(super) groups: Vec<String>,
    /// The `if` of the location whose body was entered last.
    pub(super) entered: Option<Directive<'c>>,
    /// Was an unknown condition taken to hold?
    pub(super) conditional: bool,
    /// Did an internal redirect happen?
    pub(super) internal: bool,
    /// How many locations were chosen so far.
    pub(super) rounds: u8,
}

impl<'c> State<'c> {
    pub(super) fn new(request: &Request) -> Self {
        Self {
            uri: request.path.clone(),
            variables: Vec::new(),
            groups: Vec::new(),
            entered: None,
            conditional: false,
            internal: false,
            rounds: 0,
        }
    }

    /// The last part of the path.
    pub(super) fn file_name(&self) -> &str {
        self.uri.rsplit('/').next().unwrap_or_default()
    }

    /// The text with its variables filled in; none if one of them is not known.
    pub(super) fn evaluate(&self, text: &str, run: &Run<'_, '_>) -> Option<String> {
        let mut result = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            result.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let (name, behind) = match rest.strip_prefix('{') {
                Some(inside) => inside.split_once('}')?,
                None => rest.split_at(name_length(rest)),
            };
            result.push_str(&self.variable(name, run)?);
            rest = behind;
        }
        result.push_str(rest);
        Some(result)
    }

    fn variable(&self, name: &str, run: &Run<'_, '_>) -> Option<String> {
        let request = run.request;
        if let Ok(number) = name.parse::<usize>() {
            return Some(self.groups.get(number).cloned().unwrap_or_default());
        }
        if let Some((_, value)) = self.variables.iter().rev().find(|(set, _)| set.eq_ignore_ascii_case(name)) {
            return value.clone();
        }
        Some(match name.to_ascii_lowercase().as_str() {
            "host" | "http_host" => request.host.clone(),
            "server_name" => run.server.names().next().unwrap_or_default().to_owned(),
            "scheme" => if request.tls { "https" } else { "http" }.to_owned(),
            "https" => if request.tls { "on" } else { "" }.to_owned(),
            "server_port" => request.port.to_string(),
            "request_method" => "GET".to_owned(),
            "request_uri" => request.path.clone(),
            "uri" | "document_uri" => self.uri.clone(),
            "args" | "query_string" | "is_args" => String::new(),
            _ => return None,
        })
    }
}

/// How many bytes at the start of the text are a variable's name: one digit, or letters, digits and underscores.
fn name_length(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 1;
    }
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}
