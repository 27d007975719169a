//! Whether anything makes a difference between visitors with a certificate and those without.

use crate::config::Config;

/// What the names of nginx's variables about the certificate of a client begin with.
const START: &[u8] = b"ssl_client_";
/// Directives whose names begin so.
const DIRECTIVES: &[&[u8]] = &[b"certificate", b"hello_by_lua"];

impl Config {
    /// May something ask for the certificate of a client: any mention of such a variable in the texts of the configuration
    /// (as code may do it, too), or a file that is not read?
    pub fn may_look_at_client_certificates(&self) -> bool {
        let mentions = |source| {
            let text = self.library().sources().get(source).bytes();
            let places = memchr::memmem::find_iter(text, START).map(|at| &text[at + START.len()..]);
            places.into_iter().any(|rest| !DIRECTIVES.iter().any(|name| rest.starts_with(name)))
        };
        let has_code = || self.directives().any(|line| line.name().ends_with("_by_lua_file") || line.is("js_import"));
        self.problems().next().is_some() || self.sources().iter().any(|source| mentions(*source)) || has_code()
    }
}
