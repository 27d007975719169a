//! The cipher suites of TLS 1.2 and older that OpenSSL has or once had; the facts are in `ciphers.tsv`.

use std::sync::LazyLock;

/// One cipher suite.
#[derive(Debug, PartialEq, Eq)]
pub struct Suite {
    /// Its name in `ssl_ciphers`.
    pub name: &'static str,
    /// The oldest protocol that has it.
    pub protocol: &'static str,
    /// How keys are exchanged: RSA, DH, ECDH, PSK, DHEPSK, ECDHEPSK, RSAPSK, SRP.
    pub exchange: &'static str,
    /// What the server proves itself with: RSA, DSS, ECDSA, PSK, SRP; NULL with nothing.
    pub authentication: &'static str,
    /// What encrypts, with the number of bits: AESGCM128, 3DES, NULL.
    pub encryption: &'static str,
    /// What protects against changes: AEAD, SHA1, SHA256, SHA384, MD5.
    pub mac: &'static str,
    /// HIGH, MEDIUM, LOW, EXPORT, or NONE without encryption.
    pub strength: &'static str,
    /// Is it in `DEFAULT`?
    pub is_default: bool,
}

static SUITES: LazyLock<Vec<Suite>> = LazyLock::new(|| {
    let lines = include_str!("ciphers.tsv").lines().skip(1);
    let cells = lines.map(|line| line.split('\t').collect::<Vec<_>>());
    let suite = |cells: Vec<&'static str>| match cells[..] {
        [name, protocol, exchange, authentication, encryption, mac, strength, default] => {
            Suite { name, protocol, exchange, authentication, encryption, mac, strength, is_default: default == "yes" }
        }
        _ => panic!("ciphers.tsv: {cells:?}"),
    };
    cells.map(suite).collect()
});

/// Names that suites had before.
const OLD_NAMES: &[(&str, &str)] = &[("EDH-", "DHE-"), ("EXP-EDH-", "EXP-DHE-")];

/// All suites, sorted by name.
pub fn all() -> &'static [Suite] {
    &SUITES
}

/// The suite of this name.
pub fn lookup(name: &str) -> Option<&'static Suite> {
    let new = OLD_NAMES.iter().find_map(|(old, new)| Some(format!("{new}{}", name.strip_prefix(old)?)));
    let name = new.as_deref().unwrap_or(name);
    SUITES.iter().find(|suite| suite.name == name)
}

impl Suite {
    /// Does it belong to the group of this name (`RC4`, `kRSA`, `HIGH`)? None if there is no such group.
    pub fn is_in(&self, group: &str) -> Option<bool> {
        let exchange = |names: &[&str]| names.contains(&self.exchange);
        let is_anonymous = self.authentication == "NULL";
        let encrypts = |name: &str| self.encryption.starts_with(name);
        Some(match group {
            "ALL" => !matches!(self.strength, "NONE" | "LOW" | "EXPORT"),
            "DEFAULT" => self.is_default,
            "COMPLEMENTOFDEFAULT" => !self.is_default && self.strength != "NONE",
            "COMPLEMENTOFALL" | "eNULL" | "NULL" => self.encryption == "NULL",
            "HIGH" | "MEDIUM" | "LOW" => self.strength == group,
            "EXP" | "EXPORT" | "EXPORT40" | "EXPORT56" => self.strength == "EXPORT",
            "kRSA" => exchange(&["RSA"]),
            "aRSA" => self.authentication == "RSA",
            "RSA" => exchange(&["RSA"]) && self.authentication == "RSA",
            "kDHE" | "kEDH" | "DH" => exchange(&["DH"]),
            "DHE" | "EDH" => exchange(&["DH"]) && !is_anonymous,
            "ADH" => exchange(&["DH"]) && is_anonymous,
            "kECDHE" | "kEECDH" | "ECDH" => exchange(&["ECDH"]),
            "ECDHE" | "EECDH" => exchange(&["ECDH"]) && !is_anonymous,
            "AECDH" => exchange(&["ECDH"]) && is_anonymous,
            "aNULL" => is_anonymous,
            "aDSS" | "DSS" => self.authentication == "DSS",
            "aECDSA" | "ECDSA" => self.authentication == "ECDSA",
            "kPSK" | "kDHEPSK" | "kECDHEPSK" | "kRSAPSK" => self.exchange == &group[1..],
            "PSK" => self.exchange.ends_with("PSK"),
            "aPSK" => self.authentication == "PSK",
            "SRP" | "kSRP" => exchange(&["SRP"]),
            "aSRP" => self.authentication == "SRP",
            "AES128" | "AES256" => encrypts("AES") && self.encryption.ends_with(&group[3..]),
            "CHACHA20" | "RC4" | "RC2" | "IDEA" | "SEED" | "DES" | "3DES" | "AES" | "AESGCM" | "AESCCM" | "AESCCM8"
            | "ARIA" | "ARIAGCM" | "CAMELLIA" | "CAMELLIA128" | "CAMELLIA256" => encrypts(group),
            "ARIA128" | "ARIA256" => encrypts("ARIA") && self.encryption.ends_with(&group[4..]),
            "MD5" | "SHA1" | "SHA256" | "SHA384" => self.mac == group,
            "SHA" => self.mac == "SHA1",
            "SSLv3" | "TLSv1" | "TLSv1.2" => self.protocol == group,
            "TLSv1.0" => self.protocol == "TLSv1",
            // No suite has a certificate for static Diffie-Hellman any more, and none is Russian.
            "aDH" | "kDHr" | "kDHd" | "kDH" | "kECDHr" | "kECDHe" | "kECDH" | "aECDH" | "kGOST" | "aGOST"
            | "GOST94" | "GOST89MAC" | "aGOST01" | "FZA" | "KRB5" | "kKRB5" | "aKRB5" => false,
            _ => return None,
        })
    }
}

/// Does a list choose no cipher at all, whatever library reads it? Every name that one knows has an upper-case letter.
pub fn is_hopeless(list: &str) -> bool {
    let words = list.split([':', ',', ';', ' ']).filter(|word| !word.is_empty());
    let mut chosen = words.filter(|word| !word.starts_with(['!', '-', '+', '@']));
    chosen.all(|word| !word.contains(|c: char| c.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::{all, lookup};

    #[test]
    fn the_table_is_sound() {
        assert!(all().is_sorted_by_key(|suite| suite.name) && all().len() > 150);
        assert_eq!(lookup("EDH-RSA-DES-CBC3-SHA"), lookup("DHE-RSA-DES-CBC3-SHA"));
        let rc4 = lookup("RC4-MD5").expect("it is in the table");
        assert_eq!(
            ["RC4", "MD5", "HIGH", "nonsense"].map(|group| rc4.is_in(group)),
            [Some(true), Some(true), Some(false), None]
        );
    }

    #[test]
    fn lists_that_choose_nothing() {
        for list in ["", "nonsense", "high:!anull", "!aNULL:!MD5", "-ALL:foo"] {
            assert!(super::is_hopeless(list), "{list}");
        }
        for list in ["HIGH", "foo:HIGH", "PROFILE=SYSTEM", "!aNULL:kRSA", "TLS_AES_128_GCM_SHA256"] {
            assert!(!super::is_hopeless(list), "{list}");
        }
    }
}
