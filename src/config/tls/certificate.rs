//! The files that ACME clients keep their certificates in.

use crate::config::Directive;

/// What is in a file of a certificate's folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineageFile {
    /// `cert.pem`: the certificate of the server alone.
    Leaf,
    /// `chain.pem`: the certificates of its issuers.
    Chain,
    /// `fullchain.pem`: both.
    FullChain,
    /// `privkey.pem`.
    Key,
}

/// Which file of an ACME client a path leads to; the name of the certificate may be a placeholder.
pub fn lineage_file(path: &str) -> Option<LineageFile> {
    let (folder, file) = path.rsplit_once('/')?;
    let file = match file {
        "cert.pem" => LineageFile::Leaf,
        "chain.pem" => LineageFile::Chain,
        "fullchain.pem" => LineageFile::FullChain,
        "privkey.pem" => LineageFile::Key,
        _ => return None,
    };
    let (store, _) = folder.rsplit_once('/')?;
    let (client, kind) = store.rsplit_once('/')?;
    let is_kept_by = |clients: &[&str]| client.split('/').any(|folder| clients.contains(&folder));
    let is_lineage = match kind {
        "live" => is_kept_by(&["letsencrypt", "acme.sh", ".acme.sh", "dehydrated"]),
        "certs" => is_kept_by(&["dehydrated"]),
        _ => false,
    };
    is_lineage.then_some(file)
}

impl<'c> Directive<'c> {
    /// Does a certificate hold here?
    pub fn has_certificate(self) -> bool {
        ["ssl_certificate", "ssl_sign_certificate", "xquic_ssl_certificate"]
            .iter()
            .any(|name| self.value(name).is_some())
    }

    /// Does it turn TLS away before any certificate is needed?
    pub fn rejects_handshakes(self) -> bool {
        self.value("ssl_reject_handshake").is_some_and(|reject| reject.arg(0) == Some("on"))
    }

    /// Are all certificates that hold here kept by certbot, and so most probably from Let's Encrypt? One of them is given.
    pub fn lets_encrypt_certificate(self) -> Option<Directive<'c>> {
        let lines = self.effective("ssl_certificate");
        let is_from_certbot = |line: &Directive<'_>| {
            line.arg(0).is_some_and(|path| lineage_file(path).is_some() && path.contains("/letsencrypt/live/"))
        };
        if lines.iter().all(is_from_certbot) { lines.first().copied() } else { None }
    }

    /// The certificate line that holds here without a `ssl_certificate_key` of its own; none where the lines are not known.
    pub fn certificate_without_key(self) -> Option<Directive<'c>> {
        let certificates = self.effective("ssl_certificate");
        let keys = self.effective("ssl_certificate_key");
        let is_known = |line: &Directive<'_>| line.arg(0).is_some() && !line.arg_is_open(0);
        // Tengine can leave the key on another machine.
        if !certificates.iter().chain(&keys).all(is_known) || self.value("ssl_keyless").is_some() {
            return None;
        }
        certificates.get(keys.len()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::{LineageFile, lineage_file};

    #[test]
    fn only_folders_of_clients_count() {
        assert_eq!(lineage_file("/etc/letsencrypt/live/a.test/cert.pem"), Some(LineageFile::Leaf));
        assert_eq!(lineage_file("/etc/letsencrypt/live/${DOMAIN}/privkey.pem"), Some(LineageFile::Key));
        assert_eq!(lineage_file("/etc/dehydrated/certs/a.test/fullchain.pem"), Some(LineageFile::FullChain));
        for other in
            ["/etc/ssl/live/a.test/cert.pem", "/etc/letsencrypt/cert.pem", "/etc/letsencrypt/live/a.test/x.pem"]
        {
            assert_eq!(lineage_file(other), None);
        }
    }
}
