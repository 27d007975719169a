//! What an expression is matched with, and which bytes a client can put there.

use crate::config::words::regexes::Regex;
use crate::nginx::context::Context;
use crate::nginx::family::Family;
use crate::nginx::variables::{self, UserControlled};
use crate::pcre::ByteSet;

impl<'c> Regex<'c> {
    /// The variable whose value it is matched with, in lower case and without dollar; none if that is a longer text or not
    /// known.
    pub fn subject(&self) -> Option<String> {
        let directive = self.directive;
        if self.is_in_stream() {
            return None;
        }
        let word: &'c str = match directive.name() {
            "location" | "rewrite" if self.argument.is_some() => "$uri",
            "server_name" if self.argument.is_some() => "$host",
            "if" if self.argument.is_some() => {
                directive.args().find(|word| word.contains('$'))?.trim_start_matches('(')
            }
            _ if self.argument.is_none() && directive.context() == Some(Context::MapBody) => {
                directive.parent()?.arg(0)?
            }
            _ => return None,
        };
        let name = word.strip_prefix('$')?;
        let name = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(name);
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        is_name.then(|| name.to_ascii_lowercase())
    }

    /// The bytes that clients can bring into what it is matched with; none if they have no say in it, or if that is not
    /// known.
    pub fn client_bytes(&self) -> Option<ByteSet> {
        let subject = self.subject()?;
        if self.directive.config().origins(&subject).next().is_some() {
            return None;
        }
        let known = variables::lookup(&subject, Family::Http)?;
        let in_header = |byte: u8| byte > 0x1f && byte != 0x7f;
        match subject.as_str() {
            // Names with capitals are turned into small letters first.
            "host" => {
                Some(ByteSet::of(|byte| in_header(byte) && byte > b' ' && byte != b'/' && !byte.is_ascii_uppercase()))
            }
            "request_uri" | "args" | "query_string" => Some(ByteSet::of(|byte| in_header(byte) && byte > b' ')),
            _ if known.user_controlled != UserControlled::Yes => None,
            _ if known.may_contain_newline == Some(true) => Some(ByteSet::of(|byte| byte != 0)),
            _ => Some(ByteSet::of(in_header)),
        }
    }
}
