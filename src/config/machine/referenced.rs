//! Files that nginx opens for a configuration, beside the configuration itself.

use std::path::{Path, PathBuf};

use crate::config::{Config, Directive};

/// Directives whose first argument is a file that nginx opens when it starts.
const OPENED_AT_START: &[&str] = &[
    "geoip_city",
    "geoip_country",
    "geoip_org",
    "grpc_ssl_certificate",
    "grpc_ssl_certificate_key",
    "grpc_ssl_crl",
    "grpc_ssl_password_file",
    "grpc_ssl_trusted_certificate",
    "load_module",
    "proxy_ssl_certificate",
    "proxy_ssl_certificate_key",
    "proxy_ssl_crl",
    "proxy_ssl_password_file",
    "proxy_ssl_trusted_certificate",
    "quic_host_key",
    "ssl_certificate",
    "ssl_certificate_key",
    "ssl_client_certificate",
    "ssl_crl",
    "ssl_dhparam",
    "ssl_password_file",
    "ssl_session_ticket_key",
    "ssl_stapling_file",
    "ssl_trusted_certificate",
    "uwsgi_ssl_certificate",
    "uwsgi_ssl_certificate_key",
    "uwsgi_ssl_crl",
    "uwsgi_ssl_password_file",
    "uwsgi_ssl_trusted_certificate",
    "xslt_stylesheet",
];

/// Directives whose first argument is a file that nginx opens for a request.
const OPENED_LATER: &[&str] = &["auth_basic_user_file"];

/// A file that a directive names.
#[derive(Debug)]
pub struct ReferencedFile<'c> {
    /// Its first argument is the name.
    pub directive: Directive<'c>,
    /// Where nginx looks for it.
    pub path: PathBuf,
    /// Does nginx need it to start?
    pub at_start: bool,
}

impl Config {
    /// The files that this configuration names and that are known by their names alone: no variables, no placeholders.
    /// Relative names start at the folder of the main file.
    pub fn referenced_files(&self) -> Vec<ReferencedFile<'_>> {
        let main = self.sources().first().map(|source| self.library().identity(*source));
        let folder = main.and_then(Path::parent).unwrap_or(Path::new(""));
        let named = |names: &'static [&str], at_start: bool| {
            names.iter().flat_map(|name| self.all(name)).map(move |directive| (directive, at_start))
        };
        let files = named(OPENED_AT_START, true).chain(named(OPENED_LATER, false));
        files
            .filter_map(|(directive, at_start)| {
                let name = directive.arg(0).filter(|name| is_file_name(name) && !directive.arg_is_open(0))?;
                Some(ReferencedFile { directive, path: folder.join(name), at_start })
            })
            .collect()
    }
}

/// `off` is none, nor is `data:…` or `engine:…`.
fn is_file_name(name: &str) -> bool {
    !name.is_empty() && name != "off" && !name.contains([':', '$'])
}
