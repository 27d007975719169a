//! Which servers speak TLS, in http, stream and mail.

use super::{Config, Directive};
use crate::nginx::context::Context;
use crate::nginx::version::Version;

impl Config {
    /// The `server` blocks of http, stream and mail with a TLS socket.
    pub fn tls_servers(&self, target: Option<Version>) -> impl Iterator<Item = Directive<'_>> {
        let http = self.servers().filter(move |server| server.is_tls(target)).map(|server| server.directive());
        http.chain(self.all("server").filter(|server| match server.inside() {
            Some(Context::StreamServer) => listens_with_ssl(*server),
            Some(Context::MailServer) => {
                let is = |name: &str, off: &str| {
                    server.value(name).and_then(|directive| directive.arg(0)).is_some_and(|value| value != off)
                };
                listens_with_ssl(*server) || is("ssl", "off") || is("starttls", "off")
            }
            _ => false,
        }))
    }
}

fn listens_with_ssl(server: Directive<'_>) -> bool {
    server.own("listen").any(|listen| listen.args().skip(1).any(|word| word == "ssl"))
}
