//! TLS towards backends: which requests are passed on over it, to whom, and what holds for these connections.

use crate::config::backend::{Backends, Target, authority};
use crate::config::{Directive, Outer};
use crate::template::is_symbolic;

/// Directives that pass requests on, with the scheme that makes it TLS.
const SCHEMES: &[(&str, &str)] = &[("proxy", "https://"), ("grpc", "grpcs://"), ("uwsgi", "suwsgi://")];

/// A directive that passes requests on over TLS.
#[derive(Debug, Clone, Copy)]
pub struct TlsPass<'c> {
    /// `proxy_pass` or one of its sisters.
    pub pass: Directive<'c>,
    /// What the names of its settings begin with: `proxy`, `grpc` or `uwsgi`.
    pub family: &'static str,
    /// The group of servers that it names.
    pub upstream: Option<Directive<'c>>,
    /// Whose the backend is.
    pub target: Target,
}

/// What is known of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting<'c> {
    /// Nothing sets it.
    Default,
    /// This directive does.
    Set(Directive<'c>),
    /// An include that is not known may set it, or a placeholder stands for its value.
    Unknown,
}

impl<'c> Setting<'c> {
    /// Is it `on`? None if that is not known. It is `off` by default.
    pub fn is_on(self) -> Option<bool> {
        match self {
            Self::Default => Some(false),
            Self::Set(directive) => Some(directive.arg(0) == Some("on")),
            Self::Unknown => None,
        }
    }

    /// The directive that sets it.
    pub fn directive(self) -> Option<Directive<'c>> {
        if let Self::Set(directive) = self { Some(directive) } else { None }
    }
}

impl<'c> Backends<'c> {
    /// Everything that passes requests on over TLS.
    pub fn tls_passes(&self) -> impl Iterator<Item = TlsPass<'c>> {
        SCHEMES.iter().flat_map(move |(family, scheme)| {
            let is_tls = move |pass: &Directive<'_>| pass.arg(0).is_some_and(|target| starts_with(target, scheme));
            let passes: Vec<_> = self.passes(&format!("{family}_pass")).filter(is_tls).collect();
            passes.into_iter().map(move |pass| {
                let (upstream, target) = (self.upstream(pass), self.target(pass));
                TlsPass { pass, family, upstream, target }
            })
        })
    }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

impl<'c> TlsPass<'c> {
    /// What holds for the connection: of `proxy_ssl_verify` the part from `ssl` on.
    pub fn setting(&self, name: &str) -> Setting<'c> {
        let setting =
            self.pass.parent().map_or(Setting::Unknown, |level| level.setting(&format!("{}_{name}", self.family)));
        match setting {
            Setting::Set(directive) if directive.arg(0).is_none_or(is_symbolic) => Setting::Unknown,
            setting => setting,
        }
    }

    /// The host that it names, without port; for a group its name.
    pub fn host(&self) -> &'c str {
        without_port(authority(self.pass))
    }

    /// The hosts that it connects to, without ports; none of them is known where a placeholder or an include stands for them.
    pub fn hosts(&self) -> Vec<&'c str> {
        match self.upstream {
            Some(upstream) if upstream.is_opaque() => Vec::new(),
            Some(upstream) => upstream.own("server").filter_map(|server| server.arg(0)).map(without_port).collect(),
            None => vec![self.host()],
        }
    }

    /// Does it certainly connect to another machine?
    pub fn leaves_the_machine(&self) -> bool {
        let is_local = |host: &str| {
            host.starts_with("unix:") || host.starts_with("127.") || matches!(host, "localhost" | "[::1]" | "::1")
        };
        let is_other = |host: &str| !is_local(host) && (!is_symbolic(host) || self.target == Target::External);
        // A variable that is set to one of several hosts is there for its own lookup.
        let config = self.pass.config();
        let is_group = |name: &str| config.all("upstream").any(|group| group.arg(0) == Some(name));
        let goes_there = |host: &str| match config.possible_values(host).filter(|_| is_symbolic(host)) {
            Some(values) => {
                values.iter().map(|value| without_port(value.text)).all(|host| is_other(host) && !is_group(host))
            }
            None => is_other(host),
        };
        self.hosts().into_iter().any(goes_there)
    }

    /// May the name be that of a group which is not seen?
    pub fn may_be_group(&self) -> bool {
        let is_part = self.pass.config().outer() != Outer::Nothing || self.pass.is_opaque_upward();
        self.upstream.is_none() && !self.host().contains(['.', ':']) && is_part
    }
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if !host.starts_with("unix") && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

impl<'c> Directive<'c> {
    /// What is known at this level of a setting that nested levels inherit.
    pub fn setting(self, name: &str) -> Setting<'c> {
        use crate::nginx::context::Context;
        for level in std::iter::once(self).chain(self.ancestors()) {
            if let Some(directive) = level.own(name).next_back() {
                return Setting::Set(directive);
            }
            if level.is_opaque() && level.inside() != Some(Context::Main) {
                return Setting::Unknown;
            }
        }
        Setting::Default
    }

    /// The directive of the nearest location around it that it stands in or is; a setting that is not allowed in an `if`
    /// can be written in front of it. None if that is in another file than the location.
    pub fn outermost_in_location(self) -> Option<Self> {
        let location = self.enclosing("location")?;
        let found = std::iter::once(self).chain(self.ancestors()).find(|level| level.parent() == Some(location))?;
        (found.in_file() == location.in_file()).then_some(found)
    }
}
