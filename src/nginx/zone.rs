//! Shared memory zones as directives declare them: `NAME:SIZE`.

use super::measure::size;

/// nginx asks for eight pages of four kilobytes.
pub const LEAST: u64 = 8 * 4096;
/// The index of a cache needs three pages.
pub const LEAST_OF_CACHE: u64 = 3 * 4096;

/// The name and the size in a `NAME:SIZE`; the size is none if nginx cannot read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone<'t> {
    /// The name; may be empty.
    pub name: &'t str,
    /// Bytes.
    pub size: Option<u64>,
}

impl<'t> Zone<'t> {
    /// Takes `NAME:SIZE` apart.
    pub fn parse(text: &'t str) -> Self {
        let (name, bytes) = text.split_once(':').unwrap_or((text, ""));
        Self { name, size: size(bytes) }
    }
}

/// What a directive has to do with a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mention<'t> {
    /// It declares the zone.
    Declares(Zone<'t>),
    /// It uses a zone of this name that another directive declares.
    Uses(&'t str),
}

impl<'t> Mention<'t> {
    /// The name of the zone.
    pub fn name(self) -> &'t str {
        match self {
            Self::Declares(zone) => zone.name,
            Self::Uses(name) => name,
        }
    }
}

/// The directives that name zones.
pub const DIRECTIVES: &[&str] = &[
    "limit_req_zone",
    "limit_req",
    "limit_conn_zone",
    "limit_conn",
    "proxy_cache_path",
    "proxy_cache",
    "fastcgi_cache_path",
    "fastcgi_cache",
    "uwsgi_cache_path",
    "uwsgi_cache",
    "scgi_cache_path",
    "scgi_cache",
    "ssl_session_cache",
    "ssl_ocsp_cache",
    "zone",
];

/// The zone that a directive names, with the number of the argument that does it. The last one counts where several do.
pub fn mention<'t>(name: &str, args: &[&'t str]) -> Option<(usize, Mention<'t>)> {
    let last_with = |prefix: &str| {
        let mut found = args.iter().enumerate().filter_map(|(index, text)| Some((index, text.strip_prefix(prefix)?)));
        found.next_back()
    };
    let declared = |(index, text)| (index, Mention::Declares(Zone::parse(text)));
    match name {
        "limit_req_zone" | "limit_conn_zone" => last_with("zone=").map(declared),
        "limit_req" => last_with("zone=").map(|(index, name)| (index, Mention::Uses(name))),
        "limit_conn" => args.first().map(|name| (0, Mention::Uses(name))),
        "ssl_session_cache" | "ssl_ocsp_cache" => last_with("shared:").map(declared),
        "zone" => match args {
            [name] => Some((0, Mention::Uses(name))),
            [name, bytes] => Some((0, Mention::Declares(Zone { name, size: size(bytes) }))),
            _ => None,
        },
        _ if name.ends_with("_cache_path") => last_with("keys_zone=").map(declared),
        "proxy_cache" | "fastcgi_cache" | "uwsgi_cache" | "scgi_cache" => {
            let name = args.first().filter(|name| **name != "off" && !name.contains('$'));
            name.map(|name| (0, Mention::Uses(name)))
        }
        _ => None,
    }
}

/// What the zones of a directive are for; zones of one name must be for the same.
pub fn purpose(directive: &str) -> &str {
    match directive {
        "limit_req" => "limit_req_zone",
        "limit_conn" => "limit_conn_zone",
        "proxy_cache" => "proxy_cache_path",
        "fastcgi_cache" => "fastcgi_cache_path",
        "uwsgi_cache" => "uwsgi_cache_path",
        "scgi_cache" => "scgi_cache_path",
        _ => directive,
    }
}

#[cfg(test)]
mod tests {
    use super::{Mention, Zone, mention};

    #[test]
    fn who_names_zones() {
        let of = |line: &'static str| {
            let words: Vec<&str> = line.split(' ').collect();
            mention(words[0], &words[1..])
        };
        let declares = |name, size| Mention::Declares(Zone { name, size });
        assert_eq!(of("limit_req_zone $host zone=a:1m rate=1r/s"), Some((1, declares("a", Some(1 << 20)))));
        assert_eq!(of("limit_conn_zone $host zone=a"), Some((1, declares("a", None))));
        assert_eq!(of("limit_req burst=5 zone=a"), Some((1, Mention::Uses("a"))));
        assert_eq!(of("limit_conn a 5"), Some((0, Mention::Uses("a"))));
        assert_eq!(of("proxy_cache_path /c keys_zone=a:b:1m"), Some((1, declares("a", None))));
        assert_eq!(of("proxy_cache a").map(|(_, mention)| mention.name()), Some("a"));
        assert_eq!((of("proxy_cache off"), of("proxy_cache $zone")), (None, None));
        assert_eq!(of("ssl_session_cache builtin shared:a:64k"), Some((1, declares("a", Some(65536)))));
        assert_eq!((of("ssl_session_cache off"), of("ssl_certificate_cache max=1")), (None, None));
        assert_eq!(
            (of("zone a 1m"), of("zone a")),
            (Some((0, declares("a", Some(1 << 20)))), Some((0, Mention::Uses("a"))))
        );
    }
}
