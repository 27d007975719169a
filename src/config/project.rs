//! What the files around a configuration tell: scripts, container files, settings. They are read, never run.

use crate::source::Span;

/// How certificates are validated, as far as scripts and comments tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AcmeFlow {
    /// certbot's nginx plugin edits the configuration while it validates.
    Plugin,
    /// Over DNS: no path is needed.
    Dns,
    /// The client listens on port 80 itself.
    Standalone,
    /// The client writes a file below this folder (none where it is not written out).
    Webroot(Option<String>),
}

/// A fact that was found in a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence<T> {
    /// The fact.
    pub fact: T,
    /// The words that say so.
    pub span: Span,
}

/// What the files around a configuration tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Project {
    /// How certificates are validated.
    pub acme_flows: Vec<Evidence<AcmeFlow>>,
    /// A setting that makes the application send Strict-Transport-Security itself.
    pub backend_hsts: Option<Evidence<()>>,
    /// A setting that says that the application takes uploads.
    pub uploads: Option<Evidence<()>>,
}
