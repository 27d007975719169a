//! Directives with parameters: `name=value` and single words, in any order.

use super::Problem;
use crate::nginx::measure::{milliseconds, number, offset, seconds, size};
use crate::nginx::version::Version;
use crate::nginx::zone::{LEAST, LEAST_OF_CACHE, Zone};

/// How the value of a parameter is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// There is none: a word by itself.
    Alone,
    Any,
    Number,
    Positive,
    Offset,
    Seconds,
    Milliseconds,
    OnOff,
    Levels,
    Rate,
    Zone,
    KeysZone,
}

/// A parameter, and the release that brought it.
type Parameter = (&'static str, Kind, Option<Version>);

/// The parameters of a directive.
struct Shape {
    /// So many arguments in front are no parameters.
    positional: usize,
    parameters: &'static [Parameter],
    /// One of these has to be there.
    required: &'static [&'static str],
    /// Does nginx read over what it does not know?
    is_lenient: bool,
}

const SINCE_1_7_10: Option<Version> = Some(Version::new(1, 7, 10));
const SINCE_1_11_5: Option<Version> = Some(Version::new(1, 11, 5));
const SINCE_1_15_7: Option<Version> = Some(Version::new(1, 15, 7));
const SINCE_1_19_1: Option<Version> = Some(Version::new(1, 19, 1));

const CACHE_PATH: Shape = Shape {
    positional: 1,
    parameters: &[
        ("levels", Kind::Levels, None),
        ("keys_zone", Kind::KeysZone, None),
        ("inactive", Kind::Seconds, None),
        ("max_size", Kind::Offset, None),
        ("min_free", Kind::Offset, SINCE_1_19_1),
        ("use_temp_path", Kind::OnOff, SINCE_1_7_10),
        ("loader_files", Kind::Number, None),
        ("loader_sleep", Kind::Milliseconds, None),
        ("loader_threshold", Kind::Milliseconds, None),
        ("manager_files", Kind::Number, SINCE_1_11_5),
        ("manager_sleep", Kind::Milliseconds, SINCE_1_11_5),
        ("manager_threshold", Kind::Milliseconds, SINCE_1_11_5),
        // Of NGINX Plus.
        ("purger", Kind::Any, None),
        ("purger_files", Kind::Any, None),
        ("purger_sleep", Kind::Any, None),
        ("purger_threshold", Kind::Any, None),
    ],
    required: &["keys_zone"],
    is_lenient: false,
};
const LIMIT_REQ_ZONE: Shape = Shape {
    positional: 1,
    parameters: &[("zone", Kind::Zone, None), ("rate", Kind::Rate, None), ("sync", Kind::Alone, None)],
    required: &["zone"],
    is_lenient: false,
};
const LIMIT_CONN_ZONE: Shape =
    Shape { positional: 1, parameters: &[("zone", Kind::Zone, None)], required: &["zone"], is_lenient: false };
const LIMIT_REQ: Shape = Shape {
    positional: 0,
    parameters: &[
        ("zone", Kind::Any, None),
        ("burst", Kind::Positive, None),
        ("nodelay", Kind::Alone, None),
        ("delay", Kind::Positive, SINCE_1_15_7),
    ],
    required: &["zone"],
    is_lenient: false,
};
const OPEN_FILE_CACHE: Shape = Shape {
    positional: 0,
    parameters: &[("max", Kind::Positive, None), ("inactive", Kind::Seconds, None), ("off", Kind::Alone, None)],
    required: &["max", "off"],
    is_lenient: false,
};
const OPEN_LOG_FILE_CACHE: Shape = Shape {
    positional: 0,
    parameters: &[
        ("max", Kind::Positive, None),
        ("inactive", Kind::Seconds, None),
        ("valid", Kind::Seconds, None),
        ("min_uses", Kind::Number, None),
        ("off", Kind::Alone, None),
    ],
    required: &["max", "off"],
    is_lenient: false,
};
const CERTIFICATE_CACHE: Shape = Shape {
    positional: 0,
    parameters: &[
        ("max", Kind::Positive, None),
        ("inactive", Kind::Seconds, None),
        ("valid", Kind::Seconds, None),
        ("off", Kind::Alone, None),
    ],
    required: &["max", "off"],
    is_lenient: false,
};
const THREAD_POOL: Shape = Shape {
    positional: 1,
    parameters: &[("threads", Kind::Positive, None), ("max_queue", Kind::Number, None)],
    required: &["threads"],
    is_lenient: true,
};

fn shape(name: &str) -> Option<&'static Shape> {
    Some(match name {
        "proxy_cache_path" | "fastcgi_cache_path" | "uwsgi_cache_path" | "scgi_cache_path" => &CACHE_PATH,
        "limit_req_zone" => &LIMIT_REQ_ZONE,
        "limit_conn_zone" => &LIMIT_CONN_ZONE,
        "limit_req" => &LIMIT_REQ,
        "open_file_cache" => &OPEN_FILE_CACHE,
        "open_log_file_cache" => &OPEN_LOG_FILE_CACHE,
        "thread_pool" => &THREAD_POOL,
        _ if name.ends_with("ssl_certificate_cache") => &CERTIFICATE_CACHE,
        _ => return None,
    })
}

pub(super) fn problem(name: &str, args: &[&str], release: Version) -> Option<Problem> {
    let shape = shape(name)?;
    let parameters = || args.iter().enumerate().skip(shape.positional);
    let wrong = parameters().find_map(|(index, text)| {
        let known = shape.parameters.iter().find(|(name, kind, _)| match kind {
            Kind::Alone => text == name,
            _ => text.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')),
        });
        match known {
            Some((known, _, Some(since))) if release < *since => Some(Problem::at(
                index,
                format!("`{known}` came with nginx {since}"),
                "leave it out, or use a newer nginx",
            )),
            Some((known, kind, _)) => {
                let value = text.get(known.len() + 1..).unwrap_or_default();
                let (what, wanted) = refused(*kind, known, value)?;
                Some(Problem::at(index, what, wanted))
            }
            None if shape.is_lenient => None,
            None => Some(Problem::at(index, format!("`{name}` has no parameter `{text}`"), listed(shape))),
        }
    });
    let is_there = |wanted: &&str| parameters().any(|(_, text)| text.split('=').next() == Some(wanted));
    wrong.or_else(|| {
        let main = shape.required.first().filter(|_| !shape.required.iter().any(is_there))?;
        Some(Problem::missing(format!("`{name}` needs a `{main}=`"), listed(shape)))
    })
}

/// What is wrong with the value of a parameter, and what it takes.
fn refused(kind: Kind, name: &str, value: &str) -> Option<(String, String)> {
    let positive = |value| number(value).is_some_and(|number| number > 0);
    let wanted = match kind {
        Kind::Alone | Kind::Any => return None,
        Kind::Number if number(value).is_none() => "a whole number, without a sign or a unit",
        Kind::Positive if !positive(value) => "a whole number from 1 on",
        Kind::Offset if offset(value).is_none() => "whole bytes, with k, m or g behind them or nothing",
        Kind::Seconds if seconds(value).is_none() => "a time in whole s, m, h, d, w, M or y",
        Kind::Milliseconds if milliseconds(value).is_none() => "a time in whole ms, s, m, h, d or w",
        Kind::OnOff if !matches!(value, "on" | "off") => "`on` or `off`, in lower case",
        Kind::Levels if !are_levels(value) => "one to three numbers 1 or 2 with colons between them, as in `1:2`",
        Kind::Rate if !is_rate(value) => "a whole number above 0 with `r/s` or `r/m` behind it",
        Kind::Zone => return bad_zone(name, value, LEAST),
        Kind::KeysZone => return bad_zone(name, value, LEAST_OF_CACHE),
        _ => return None,
    };
    Some((format!("`{name}` does not take `{value}`"), format!("it takes {wanted}")))
}

/// What is wrong with `NAME:SIZE`.
pub(super) fn bad_zone(parameter: &str, value: &str, least: u64) -> Option<(String, String)> {
    let wanted = format!("write `NAME:SIZE`; the size is at least {}k and has k or m behind it", least / 1024);
    let zone = Zone::parse(value);
    let what = match zone.size {
        _ if zone.name.is_empty() => format!("`{parameter}` has no name for its zone"),
        None if !value.contains(':') => format!("the zone `{value}` has no size"),
        None => format!("the size of the zone in `{value}` cannot be read"),
        Some(bytes) if bytes < least => format!("the zone `{}` is too small", zone.name),
        Some(_) => return None,
    };
    Some((what, wanted))
}

/// `1`, `1:2`, `2:2:1`, or nothing.
fn are_levels(text: &str) -> bool {
    let levels: Vec<&str> = text.split(':').collect();
    text.is_empty() || levels.len() <= 3 && levels.iter().all(|level| matches!(*level, "1" | "2"))
}

fn is_rate(text: &str) -> bool {
    let digits = text.strip_suffix("r/s").or_else(|| text.strip_suffix("r/m")).unwrap_or(text);
    number(digits).is_some_and(|rate| rate > 0)
}

/// The parameters that a directive has, in words.
fn listed(shape: &Shape) -> String {
    let plus = |name: &str| name.starts_with("purger") || name == "sync";
    let names = shape.parameters.iter().filter(|(name, ..)| !plus(name)).map(|(name, kind, _)| match kind {
        Kind::Alone => format!("`{name}`"),
        _ => format!("`{name}=`"),
    });
    format!("it takes {}", names.collect::<Vec<_>>().join(", "))
}

/// Is this a number of bytes that a buffer can have?
pub(super) fn is_buffer(text: &str) -> bool {
    size(text).is_some_and(|bytes| bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{judge, refuses};
    use crate::nginx::version::Version;

    #[test]
    fn cache_paths() {
        judge(
            "proxy_cache_path",
            &[
                "/c keys_zone=a",
                "/c keys_zone=a:",
                "/c keys_zone=:1m",
                "/c keys_zone=a:1g",
                "/c keys_zone=a:8191",
                "/c keys_zone=a:11k",
                "/c keys_zone=a:b:1m",
                "/c levels=1:2",
                "/c keys_zone=a:1m levels=3",
                "/c keys_zone=a:1m levels=1:2:3",
                "/c keys_zone=a:1m levels=1:",
                "/c keys_zone=a:1m levels=12",
                "/c keys_zone=a:1m levels=1:2:2:1",
                "/c keys_zone=a:1m inactive=1ms",
                "/c keys_zone=a:1m max_size=1x",
                "/c keys_zone=a:1m min_free=-1",
                "/c keys_zone=a:1m use_temp_path=ON",
                "/c keys_zone=a:1m loader_files=x",
                "/c keys_zone=a:1m manager_sleep=1y",
                "/c keys_zone=a:1m nonsense",
                "/c keys_zone=a:1m loader_sleep=",
            ],
            &[
                "/c keys_zone=a:12k",
                "/c keys_zone=a:1m levels=",
                "/c keys_zone=a:1m levels=1:2:2 inactive=1M",
                "/c keys_zone=a:1m max_size=10g min_free=0",
                "/c keys_zone=a:1m use_temp_path=off loader_files=0",
                "/c keys_zone=a:1m keys_zone=b:1m",
                "/c keys_zone=a:1m purger=on",
            ],
        );
        let line = "proxy_cache_path /c keys_zone=a:1m min_free=1g";
        assert!(refuses(line, Version::new(1, 18, 0)) && !refuses(line, Version::new(1, 20, 0)));
    }

    #[test]
    fn limits() {
        judge(
            "limit_req_zone",
            &[
                "$host zone=a:1m rate=0r/s",
                "$host zone=a:1m rate=r/s",
                "$host zone=a:1m rate=1R/S",
                "$host zone=a:1m rate=1.5r/s",
                "$host zone=a:1m rate=1r",
                "$host zone=a:1m rate=1r/h",
                "$host zone=a:1m foo=1",
                "$host rate=1r/s rate=2r/s",
                "zone=a:1m $host rate=1r/s",
                "$host zone=:1m rate=1r/s",
                "$host zone=a rate=1r/s",
                "$host zone=a:32767 rate=1r/s",
            ],
            &["$host zone=a:32k rate=1r/m", "$host zone=a:1m rate=5", "$host zone=a:1m zone=b:1m"],
        );
        judge("limit_conn_zone", &["$host foo", "$host zone=a", "$host zone=a:1g"], &["$host zone=a:32768"]);
        judge(
            "limit_req",
            &["zone=a burst=0", "zone=a burst=x", "zone=a delay=0", "zone=a Nodelay", "burst=3"],
            &["zone=a", "zone=a burst=5 delay=3", "zone=a nodelay delay=2", "zone=a:1m"],
        );
    }

    #[test]
    fn caches_of_open_files_and_certificates() {
        judge(
            "open_file_cache",
            &["max=0", "max=x", "max=1 inactive=5ms", "max=1 foo=1", "OFF", "inactive=1", "off foo"],
            &["off max=1", "max=1 inactive=0", "max=1 inactive=1M", "inactive=1 off"],
        );
        judge(
            "open_log_file_cache",
            &["max=0", "inactive=1", "max=1 valid=1ms", "max=1 min_uses=x", "max=1 foo"],
            &["max=1 inactive=20s valid=1m min_uses=0", "max=1 off"],
        );
        judge("ssl_certificate_cache", &["max=0", "inactive=1", "max=1 foo"], &["off", "max=1 valid=0", "max=1 off"]);
        judge("proxy_ssl_certificate_cache", &["max=x"], &["max=9"]);
        judge(
            "thread_pool",
            &["a threads=0", "a threads=x", "a max_queue=1", "a threads=1 max_queue=x"],
            &["a threads=1 max_queue=0", "a threads=1 foo=1"],
        );
    }
}
