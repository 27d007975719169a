//! The versions of TLS that nginx names, and those that it speaks without being told.

use super::version::Version;

/// What `ssl_protocols` understands, oldest first.
pub const PROTOCOLS: &[&str] = &["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

/// The first release with a default, and the default, newest first.
const DEFAULTS: &[(Version, &[&str])] = &[
    (Version::new(1, 27, 3), &["TLSv1.2", "TLSv1.3"]),
    (Version::new(1, 23, 4), &["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]),
    (Version::new(1, 9, 1), &["TLSv1", "TLSv1.1", "TLSv1.2"]),
    (Version::new(0, 0, 0), &["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"]),
];

/// The first release that takes the word `TLSv1.3`.
pub const TLS_1_3: Version = Version::new(1, 13, 0);

/// What a release speaks without `ssl_protocols`.
pub fn default_protocols(release: Version) -> &'static [&'static str] {
    DEFAULTS.iter().find(|(since, _)| release >= *since).map_or(&[], |(_, protocols)| protocols)
}

/// What a release speaks without `ssl_protocols`; all that it may be where the release is not known.
pub fn possible_defaults(release: Option<Version>) -> Vec<&'static [&'static str]> {
    match release {
        Some(release) => vec![default_protocols(release)],
        None => DEFAULTS.iter().map(|(_, protocols)| *protocols).collect(),
    }
}
