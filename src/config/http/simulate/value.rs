//! Variables during a simulated request.

use super::scene::Scene;
use super::{Request, file, map};
use crate::config::Directive;
use crate::config::words::pattern::Pattern;
use crate::nginx::family::Family;
use crate::nginx::variables;

/// Variables in the values of variables are followed this far.
const MAX_DEPTH: u8 = 5;

/// What a request carries from phase to phase.
#[derive(Debug, Clone)]
pub(super) struct State<'c> {
    /// The server or location whose directives are run.
    pub(super) level: Directive<'c>,
    /// The path as rewrites have left it.
    pub(super) uri: String,
    /// Has a rewrite changed the path since the location was chosen?
    pub(super) uri_changed: bool,
    /// Variables that `set` (or a named group) gave a value; none where the value is not known.
    pub(super) variables: Vec<(String, Option<String>)>,
    /// The groups of the regex that matched last.
    pub(super) groups: Vec<String>,
    /// The `if` of the location whose body was entered last.
    pub(super) entered: Option<Directive<'c>>,
    /// Was an unknown condition taken to hold?
    pub(super) conditional: bool,
    /// Could an include that is not known change the outcome?
    pub(super) opaque: bool,
    /// Did an internal redirect or a rewrite happen?
    pub(super) internal: bool,
    /// The status that an `error_page` is answering.
    pub(super) error_status: Option<u16>,
    /// How many locations were chosen so far.
    pub(super) rounds: u8,
    /// The rewrites that made nginx choose a location anew; none if something else did, too.
    pub(super) rewrites: Option<Vec<Directive<'c>>>,
}

impl<'c> State<'c> {
    pub(super) fn new(request: &Request, server: Directive<'c>) -> Self {
        Self {
            level: server,
            uri: request.path.clone(),
            uri_changed: false,
            variables: Vec::new(),
            groups: Vec::new(),
            entered: None,
            conditional: false,
            opaque: false,
            internal: false,
            error_status: None,
            rounds: 0,
            rewrites: Some(Vec::new()),
        }
    }

    /// Goes on at this server or location.
    pub(super) fn arrive_at(&mut self, level: Directive<'c>) {
        self.level = level;
        self.entered = None;
        self.uri_changed = false;
    }

    /// A regex has matched: its groups are variables from now on.
    pub(super) fn matched(&mut self, pattern: &Pattern, groups: Vec<String>) {
        for (number, name) in pattern.group_names() {
            self.variables.push((name, groups.get(number).cloned()));
        }
        self.groups = groups;
    }

    /// Is the path that `text` gives the one of a file that is taken to exist? None if that is not known.
    pub(super) fn is_existing_file(&self, text: &str, scene: Scene<'c, '_>) -> Option<bool> {
        let file_name = self.uri.rsplit('/').next().filter(|name| !name.is_empty())?;
        let is_whole = ["$request_filename", "$uri", "${request_filename}", "${uri}"].iter().any(|v| text.ends_with(v));
        if is_whole {
            return Some(true);
        }
        self.evaluate(text, scene)?.ends_with(file_name).then_some(true)
    }

    /// The text with its variables filled in; none if one of them is not known.
    pub(super) fn evaluate(&self, text: &str, scene: Scene<'c, '_>) -> Option<String> {
        self.evaluate_within(text, scene, MAX_DEPTH)
    }

    pub(super) fn evaluate_within(&self, text: &str, scene: Scene<'c, '_>, depth: u8) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let mut result = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            result.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let (name, behind) = match rest.strip_prefix('{') {
                Some(inside) => inside.split_once('}')?,
                None => rest.split_at(name_length(rest)),
            };
            result.push_str(&self.variable(name, scene, depth)?);
            rest = behind;
        }
        result.push_str(rest);
        Some(result)
    }

    fn variable(&self, name: &str, scene: Scene<'c, '_>, depth: u8) -> Option<String> {
        let request = scene.request;
        if let Ok(number) = name.parse::<usize>() {
            return Some(self.groups.get(number).cloned().unwrap_or_default());
        }
        if let Some((_, value)) = self.variables.iter().rev().find(|(set, _)| set.eq_ignore_ascii_case(name)) {
            return value.clone();
        }
        let lower = name.to_ascii_lowercase();
        Some(match lower.as_str() {
            "host" | "http_host" => request.host.clone(),
            "server_name" => scene.server.names().next().unwrap_or_default().to_owned(),
            "scheme" => if request.tls { "https" } else { "http" }.to_owned(),
            "https" => if request.tls { "on" } else { "" }.to_owned(),
            "server_port" => request.port.to_string(),
            "request_method" => "GET".to_owned(),
            "request_uri" => request.path.clone(),
            "uri" | "document_uri" => self.uri.clone(),
            "args" | "query_string" | "is_args" => String::new(),
            "request_filename" => file::mapped_file(file::file_mapping(self.level), &self.uri)?,
            "document_root" => file::mapped_file(file::file_mapping(self.level), "")?,
            _ if lower.starts_with("arg_") || lower.starts_with("cookie_") => String::new(),
            _ => match map::of(scene.server.directive(), name) {
                Some(map) => {
                    let subject = self.evaluate_within(map.arg(0)?, scene, depth)?;
                    self.evaluate_within(map::value(map, &subject)?, scene, depth)?
                }
                None if is_placeholder(name, scene) => format!("${{{name}}}"),
                None => return None,
            },
        })
    }
}

/// Is this no variable of nginx or of this configuration, but something that a renderer fills in? It stands for itself, so
/// that `${DOMAIN}` in one place is `${DOMAIN}` in another.
fn is_placeholder(name: &str, scene: Scene<'_, '_>) -> bool {
    let is_loud = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let is_set = || {
        let config = scene.server.directive().config();
        let target = |directive: Directive<'_>| directive.args().any(|arg| arg.strip_prefix('$') == Some(name));
        ["set", "map", "geo"].into_iter().flat_map(|kind| config.all(kind)).any(target)
    };
    !name.is_empty() && is_loud && variables::lookup(name, Family::Http).is_none() && !is_set()
}

/// How many bytes at the start of the text are a variable's name: one digit, or letters, digits and underscores.
fn name_length(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 1;
    }
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}
