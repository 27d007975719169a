//! Whether the values of a directive have the shape that nginx reads them by.

use super::directives::{Definition, Repeat, Value};
use super::measure::{likely_size, milliseconds, offset, seconds, size};
use super::version::Version;

/// What nginx has against an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The number of the argument, from 0.
    pub argument: usize,
    /// What nginx wants instead: "a size in bytes, with k or m".
    pub wanted: String,
    /// What was probably meant.
    pub likely: Option<String>,
    /// Is that the same thing in another spelling?
    pub is_spelling: bool,
    /// The release that takes this value, if a newer one does.
    pub since: Option<Version>,
}

impl Problem {
    /// A problem with one argument.
    pub fn new(argument: usize, wanted: impl Into<String>) -> Self {
        Self { argument, wanted: wanted.into(), likely: None, is_spelling: false, since: None }
    }

    fn likely(self, text: impl Into<String>, is_spelling: bool) -> Self {
        Self { likely: Some(text.into()), is_spelling, ..self }
    }
}

/// The first problem that nginx of this release has with the arguments of a directive that it reads by this definition.
/// The number of arguments is right; variables count as text.
pub fn problem(definition: &Definition, args: &[&str], release: Version) -> Option<Problem> {
    let first = args.first().copied();
    if definition.repeat == Repeat::Ignored && definition.deprecated.is_some_and(|since| since <= release) {
        return None;
    }
    match definition.value {
        Value::Flag => first.and_then(flag),
        Value::Size => first.filter(|value| size(value).is_none()).map(|value| bad_size(0, value, false)),
        Value::Offset => first.filter(|value| offset(value).is_none()).map(|value| bad_size(0, value, true)),
        Value::Number { least, most } => number(first?, least, most),
        Value::Milliseconds => time(first?, true),
        Value::Seconds => time(first?, false),
        Value::Enum => word(definition, 0, first?, release),
        Value::Bitmask => args.iter().enumerate().find_map(|(index, value)| word(definition, index, value, release)),
        Value::Buffers => buffers(args),
        Value::Access => args.iter().enumerate().find_map(|(index, value)| access(index, value)),
        Value::MimeList | Value::KeyValue | Value::Other => None,
    }
}

fn flag(value: &str) -> Option<Problem> {
    if value.eq_ignore_ascii_case("on") || value.eq_ignore_ascii_case("off") {
        return None;
    }
    let problem = Problem::new(0, "it is `on` or `off`");
    Some(match value.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" | "enable" | "enabled" => problem.likely("on", true),
        "no" | "false" | "0" | "disable" | "disabled" | "none" => problem.likely("off", true),
        _ => problem,
    })
}

fn bad_size(argument: usize, value: &str, is_offset: bool) -> Problem {
    let units = if is_offset { "k, m or g" } else { "k or m" };
    let problem = Problem::new(argument, format!("it is a whole number of bytes, with {units} behind it or nothing"));
    let parse = if is_offset { offset } else { size };
    let likely = likely_size(value).filter(|likely| likely.text != value && parse(&likely.text).is_some());
    likely.map(|likely| problem.clone().likely(likely.text, likely.is_spelling)).unwrap_or(problem)
}

fn number(value: &str, least: u64, most: u64) -> Option<Problem> {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let parsed: Option<i64> = if is_number { value.parse().ok() } else { None };
    let is_unbounded = least == 0 && most >= i64::MAX as u64;
    match parsed {
        Some(number) if (least..=most).contains(&(number as u64)) => None,
        _ if is_unbounded => Some(Problem::new(0, "it is a whole number, without a sign or a unit")),
        _ => Some(Problem::new(0, format!("it is a number from {least} to {most}"))),
    }
}

fn time(value: &str, in_milliseconds: bool) -> Option<Problem> {
    let (parse, units): (fn(&str) -> Option<u64>, _) =
        if in_milliseconds { (milliseconds, "ms, s, m, h, d or w") } else { (seconds, "s, m, h, d, w, M or y") };
    if parse(value).is_some() {
        return None;
    }
    let problem = Problem::new(0, format!("it is a time: whole numbers with {units}, the larger ones first"));
    let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    let unit = match value[end..].trim().to_ascii_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "msec" | "millis" | "milliseconds" => "ms",
        _ => return Some(problem),
    };
    let likely = format!("{}{unit}", &value[..end]);
    Some(if parse(&likely).is_some() { problem.likely(likely, true) } else { problem })
}

/// A word of an enumeration or of a bit mask.
fn word(definition: &Definition, argument: usize, value: &str, release: Version) -> Option<Problem> {
    let known = || definition.words.iter().filter(|word| word.is_known_to(release));
    let same = |text: &str| text.eq_ignore_ascii_case(value);
    let words: Vec<&str> = known().map(|word| word.text).collect();
    if words.is_empty() || words.iter().any(|text| same(text)) {
        return None;
    }
    let mut problem = Problem::new(argument, format!("it knows {}", listed(&words)));
    problem.since = definition.words.iter().find(|word| same(word.text)).and_then(|word| word.since);
    let distance = |text: &str| strsim::damerau_levenshtein(&text.to_lowercase(), &value.to_lowercase());
    let near = words.iter().map(|text| (distance(text), *text)).min().filter(|(distance, _)| *distance <= 2);
    Some(match near {
        Some((distance, near)) if distance * 2 < near.len() => problem.likely(near, false),
        _ => problem,
    })
}

fn listed(words: &[&str]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => words.join(""),
    }
}

fn buffers(args: &[&str]) -> Option<Problem> {
    let [count, bytes] = args else { return None };
    let is_count = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    if !is_count || count.parse::<i64>().map_or(true, |count| count == 0) {
        return Some(Problem::new(0, "first comes the number of buffers, then the size of one"));
    }
    size(bytes).is_none_or(|bytes| bytes == 0).then(|| bad_size(1, bytes, false))
}

/// `user:rw`, `group:r`, `all:r`.
fn access(argument: usize, value: &str) -> Option<Problem> {
    let is_right = value
        .split_once(':')
        .is_some_and(|(who, what)| matches!(who, "user" | "group" | "all") && matches!(what, "r" | "w" | "rw"));
    (!is_right).then(|| Problem::new(argument, "it is user:, group: or all: with r, w or rw"))
}

#[cfg(test)]
mod tests {
    use super::problem;
    use crate::nginx::directives::lookup;
    use crate::nginx::version::Version;

    fn judge(line: &str, release: Version) -> Option<(usize, Option<String>)> {
        let words: Vec<&str> = line.split(' ').collect();
        problem(&lookup(words[0])[0], &words[1..], release).map(|problem| (problem.argument, problem.likely))
    }

    #[test]
    fn values_of_the_right_shape() {
        for line in [
            "sendfile ON",
            "client_body_buffer_size 16K",
            "client_max_body_size 2g",
            "gzip_comp_level 9",
            "proxy_read_timeout 1m30s",
            "ssl_session_timeout 1M",
            "gzip_proxied EXPIRED any",
            "proxy_buffers 8 4k",
            "proxy_store_access user:rw group:r",
            "proxy_http_version 2",
        ] {
            assert_eq!(judge(line, Version::NEWEST), None, "{line}");
        }
    }

    #[test]
    fn values_count_as_long_as_they_do_something() {
        let is_refused =
            |line: &str, release: (u16, u16, u16)| judge(line, Version::new(release.0, release.1, release.2)).is_some();
        assert!(is_refused("ssl yes", (1, 22, 1)));
        assert!(is_refused("http2_max_concurrent_pushes x", (1, 22, 1)));
        assert!(!is_refused("http2_max_concurrent_pushes x", (1, 25, 1)));
        assert!(!is_refused("http2_idle_timeout x", (1, 22, 1)));
    }

    #[test]
    fn values_of_another_shape_and_what_was_meant() {
        for (line, argument, likely) in [
            ("sendfile true", 0, Some("on")),
            ("sendfile maybe", 0, None),
            ("client_body_buffer_size 1g", 0, None),
            ("client_body_buffer_size 16KB", 0, Some("16k")),
            ("gzip_comp_level 10", 0, None),
            ("keepalive_requests -1", 0, None),
            ("proxy_read_timeout 30sec", 0, Some("30s")),
            ("proxy_read_timeout 1M", 0, None),
            ("ssl_session_timeout 500ms", 0, None),
            ("gzip_proxied any must-revalidate", 1, None),
            ("ssl_protocols TLSv1.2 TLS1.3", 1, Some("TLSv1.3")),
            ("proxy_buffers 0 4k", 0, None),
            ("proxy_store_access user:x", 0, None),
        ] {
            let expected = Some((argument, likely.map(str::to_owned)));
            assert_eq!(judge(line, Version::NEWEST), expected, "{line}");
        }
        assert!(judge("proxy_http_version 2", Version::new(1, 22, 1)).is_some());
    }
}
