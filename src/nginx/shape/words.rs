//! Directives whose arguments each have a meaning of their own.

use super::parameters::bad_zone;
use super::sizes;
use super::{Complaint, Problem};
use crate::nginx::measure::{milliseconds, number, offset, seconds, size};
use crate::nginx::name_keys::{NameKeys, Refusal};
use crate::nginx::version::Version;
use crate::nginx::zone::LEAST;

const METHODS: &[&str] = &[
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "MKCOL",
    "COPY",
    "MOVE",
    "OPTIONS",
    "PROPFIND",
    "PROPPATCH",
    "LOCK",
    "UNLOCK",
    "PATCH",
];
/// Every way to wait for events, on any system.
const EVENT_METHODS: &[&str] =
    &["epoll", "kqueue", "select", "poll", "/dev/poll", "eventport", "rtsig", "iocp", "win32"];
const BROWSERS: &[&str] = &["msie", "gecko", "opera", "safari", "konqueror"];
/// The numbers of folder levels below a path for temporary files together.
const MOST_LEVELS: u64 = 10;
const A_DAY: u64 = 24 * 60 * 60;
/// Until this release, `false` was `off` for `proxy_redirect`.
const WITHOUT_FALSE: Version = Version::new(1, 19, 3);
/// The release that brought thread pools.
const THREADS: Version = Version::new(1, 7, 11);

/// `lua_shared_dict NAME SIZE`, of the add-on for Lua.
pub(super) fn lua_dictionary(args: &[&str]) -> Option<Problem> {
    let is_size = args.get(1).is_none_or(|text| size(text).is_some());
    (!is_size).then(|| Problem::at(1, "this is no size", "a size of a zone is written with k or m"))
}

pub(super) fn problem(name: &str, args: &[&str], release: Version) -> Option<Problem> {
    let refused = |(index, wanted): Complaint| {
        let text = args.get(index).copied().unwrap_or_default();
        Problem::at(index, format!("`{name}` does not take `{text}`"), wanted)
    };
    match name {
        "disable_symlinks" => return disable_symlinks(args),
        "ssl_session_cache" | "ssl_ocsp_cache" => return tls_cache(name, args),
        "valid_referers" => return referers(args),
        "zone" => return upstream_zone(args),
        _ => {}
    }
    let complaint = by_place(name, args)
        .or_else(|| sizes::complaint(name, args))
        .or_else(|| by_meaning(name, args, release))
        .or_else(|| of_process(name, args));
    complaint.map(refused)
}

/// Arguments of which only one has a shape of its own.
fn by_place(name: &str, args: &[&str]) -> Option<Complaint> {
    let is_other = |index: usize, word: &str| args.get(index).is_some_and(|text| *text != word);
    match name {
        "add_header" | "add_trailer" if is_other(2, "always") => Some((2, "behind the value only `always` may stand")),
        "fastcgi_param" | "scgi_param" | "uwsgi_param" if is_other(2, "if_not_empty") => {
            Some((2, "behind the value only `if_not_empty` may stand"))
        }
        "geoip_country" | "geoip_city" | "geoip_org" if is_other(1, "utf8") => Some((1, "the second word is `utf8`")),
        "keepalive_timeout" => {
            let first = args.first().filter(|text| milliseconds(text).is_none());
            let second = args.get(1).filter(|text| seconds(text).is_none());
            let first = first.map(|_| (0, "it takes a time, such as `65s`; 0 turns connections that stay open off"));
            first.or(second.map(|_| (1, "the time for the header is in whole seconds or larger units")))
        }
        "limit_conn" => {
            let is_count = |text: &&str| number(text).is_some_and(|count| (1..=65535).contains(&count));
            args.get(1).filter(|text| !is_count(text)).map(|_| (1, "it takes a number from 1 to 65535"))
        }
        "proxy_cookie_domain" | "proxy_cookie_path" | "proxy_cookie_flags" if args.len() == 1 => {
            is_other(0, "off").then_some((0, "alone only `off` may stand; else it takes two words or more"))
        }
        _ if name.ends_with("_temp_path") => {
            let levels = args.iter().enumerate().skip(1).scan(0, |sum, (index, text)| {
                let level = number(text).filter(|level| *level > 0);
                *sum += level.unwrap_or(MOST_LEVELS + 1);
                Some((index, *sum))
            });
            let bad = levels.skip_while(|(_, sum)| *sum <= MOST_LEVELS).map(|(index, _)| index).next();
            bad.map(|index| (index, "the levels are numbers from 1 on, together at most 10"))
        }
        _ => None,
    }
}

/// Arguments that are read one by one.
fn by_meaning(name: &str, args: &[&str], release: Version) -> Option<Complaint> {
    let first = args.first().copied().unwrap_or_default();
    let any = |is_right: &dyn Fn(&str) -> bool| args.iter().position(|text| !is_right(text));
    match name {
        "expires" => expires(args),
        "proxy_cache_valid" | "fastcgi_cache_valid" | "scgi_cache_valid" | "uwsgi_cache_valid" => {
            let (time, codes) = args.split_last()?;
            let is_code = |text: &&str| *text == "any" || number(text).is_some_and(|code| (100..=599).contains(&code));
            let last = seconds(time)
                .is_none()
                .then_some((codes.len(), "the last word is a time in whole seconds or larger units"));
            last.or_else(|| {
                Some((codes.iter().position(|text| !is_code(text))?, "it takes codes from 100 to 599, or `any`"))
            })
        }
        "proxy_redirect" if args.len() == 1 => {
            let is_known = matches!(first, "off" | "default") || (first == "false" && release < WITHOUT_FALSE);
            (!is_known).then_some((0, "alone only `off` or `default` may stand; else it takes two words"))
        }
        // `on` and `sendfile` depend on the system.
        "aio" => {
            let is_threads = first == "threads" || first.starts_with("threads=");
            let is_known = matches!(first, "on" | "off" | "sendfile") || (is_threads && release >= THREADS);
            (!is_known).then_some((0, "it takes `on`, `off`, `threads` or `threads=POOL`, in lower case"))
        }
        "directio" => {
            (first != "off" && offset(first).is_none()).then_some((0, "it takes a size or `off`, in lower case"))
        }
        "userid_expires" => {
            let is_known = matches!(first, "max" | "off") || seconds(first).is_some();
            (!is_known).then_some((0, "it takes a time in whole seconds or larger units, `max` or `off`"))
        }
        "userid_mark" => {
            let is_mark = first.len() == 1 && first.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'=');
            (first != "off" && !is_mark).then_some((0, "it takes one letter, one digit, `=` or `off`"))
        }
        "limit_except" => {
            let is_method = |text: &str| METHODS.iter().any(|method| method.eq_ignore_ascii_case(text));
            any(&is_method).map(|index| (index, "it knows GET, POST, PUT, DELETE, OPTIONS, PATCH and those of WebDAV"))
        }
        "modern_browser" => modern_browser(args),
        "sub_filter" => first.is_empty().then_some((0, "the text to look for may not be empty")),
        "image_filter" => {
            let is_known = matches!(first, "off" | "test" | "size" | "rotate" | "resize" | "crop");
            (!is_known).then_some((0, "it takes `off`, `test`, `size`, `rotate`, `resize` or `crop`"))
        }
        _ => None,
    }
}

/// What is set outside of `http`.
fn of_process(name: &str, args: &[&str]) -> Option<Complaint> {
    let first = args.first().copied().unwrap_or_default();
    match name {
        "worker_processes" => {
            (first != "auto" && number(first).is_none()).then_some((0, "it takes a number or `auto`, in lower case"))
        }
        "worker_priority" => {
            let digits = first.strip_prefix(['-', '+']).unwrap_or(first);
            number(digits).is_none().then_some((0, "it takes a whole number, with a minus in front or not"))
        }
        "worker_cpu_affinity" => {
            let is_mask = |text: &&str| text.bytes().all(|byte| matches!(byte, b'0' | b'1' | b' '));
            let masks = args.iter().enumerate().skip(usize::from(first == "auto"));
            let bad = masks.filter(|(_, text)| !is_mask(text)).map(|(index, _)| index).next();
            bad.map(|index| (index, "a mask consists of 0 and 1; `auto` stands in front"))
        }
        "use" => {
            (!EVENT_METHODS.contains(&first)).then_some((0, "on Linux it is `epoll`, on BSD `kqueue`; or leave it out"))
        }
        "protocol" => (!matches!(first, "imap" | "pop3" | "smtp")).then_some((0, "it is `imap`, `pop3` or `smtp`")),
        _ => None,
    }
}

/// `[modified] [+|-]TIME`, `@TIME`, `epoch`, `max`, `off`.
fn expires(args: &[&str]) -> Option<Complaint> {
    let (index, is_modified) = match args {
        [first, _] if *first != "modified" => return Some((0, "in front of the time only `modified` may stand")),
        [_, _] => (1, true),
        _ => (0, false),
    };
    let text = *args.get(index)?;
    if text.contains('$') || (!is_modified && matches!(text, "epoch" | "max" | "off")) {
        return None;
    }
    if let Some(daily) = text.strip_prefix('@') {
        return match seconds(daily) {
            _ if is_modified => Some((index, "a time of the day does not go with `modified`")),
            Some(time) if time <= A_DAY => None,
            _ => Some((index, "a time of the day is at most 24h")),
        };
    }
    let time = text.strip_prefix(['+', '-']).unwrap_or(text);
    let wanted = match is_modified {
        true => "behind `modified` stands a time in whole seconds or larger units",
        false => "it takes a time in whole seconds or larger units, `epoch`, `max` or `off`",
    };
    seconds(time).is_none().then_some((index, wanted))
}

fn modern_browser(args: &[&str]) -> Option<Complaint> {
    let (name, version) = match args {
        [name, version] => (name, version),
        [name] if *name != "unlisted" => {
            return Some((0, "alone only `unlisted` may stand; else it takes a version, too"));
        }
        _ => return None,
    };
    if !BROWSERS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return Some((0, "it knows msie, gecko, opera, safari and konqueror"));
    }
    let is_version = version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (!is_version).then_some((1, "a version consists of digits and dots"))
}

fn disable_symlinks(args: &[&str]) -> Option<Problem> {
    let mode = |text: &&str| matches!(*text, "on" | "off" | "if_not_owner");
    let is_from = |text: &&str| text.starts_with("from=");
    if let Some(index) = args.iter().position(|text| !mode(text) && !is_from(text)) {
        let what = format!("`disable_symlinks` does not take `{}`", args[index]);
        return Some(Problem::at(index, what, "it takes `on`, `off` or `if_not_owner`, and `from=`"));
    }
    let modes: Vec<&&str> = args.iter().filter(|text| mode(text)).collect();
    let from = args.iter().position(is_from);
    match (&modes[..], from) {
        ([], _) => Some(Problem::missing("`disable_symlinks` needs a mode", "add `on` or `if_not_owner`")),
        ([_, _, ..], _) => Some(Problem::at(1, "`disable_symlinks` has two modes", "keep the one that is meant")),
        ([_], Some(index)) if args.contains(&"off") => {
            Some(Problem::at(index, "`from=` does not go with `off`", "leave out one of them"))
        }
        _ => None,
    }
}

fn tls_cache(name: &str, args: &[&str]) -> Option<Problem> {
    let of_sessions = name == "ssl_session_cache";
    args.iter().enumerate().find_map(|(index, text)| {
        if let Some(zone) = text.strip_prefix("shared:") {
            return bad_zone("shared", zone, LEAST).map(|(what, wanted)| Problem::at(index, what, wanted));
        }
        let builtin = text.strip_prefix("builtin:").map_or(*text == "builtin", |count| number(count).is_some());
        let is_known = *text == "off" || of_sessions && (builtin || *text == "none");
        let wanted = match of_sessions {
            true => "it takes `off`, `none`, `builtin`, `builtin:COUNT` and `shared:NAME:SIZE`",
            false => "it takes `off` or `shared:NAME:SIZE`",
        };
        (!is_known).then(|| Problem::at(index, format!("`{name}` does not take `{text}`"), wanted))
    })
}

/// `zone NAME [SIZE]` of an upstream.
fn upstream_zone(args: &[&str]) -> Option<Problem> {
    let (name, bytes) = (args.first()?, args.get(1));
    if name.is_empty() {
        return Some(Problem::at(0, "a zone without a name", "write `zone NAME SIZE`"));
    }
    let is_right = |bytes: &&str| size(bytes).is_some_and(|bytes| bytes >= LEAST);
    let bytes = bytes.filter(|bytes| !is_right(bytes))?;
    let what = format!("a zone cannot have the size `{bytes}`");
    Some(Problem::at(1, what, "the size is at least 32k and has k or m behind it"))
}

fn referers(args: &[&str]) -> Option<Problem> {
    let mut keys = NameKeys::default();
    args.iter().enumerate().find_map(|(index, text)| {
        if matches!(*text, "none" | "blocked" | "server_names") || text.starts_with('~') {
            return None;
        }
        if text.is_empty() {
            return Some(Problem::at(index, "a referer without a name", "write the name of a host, or `none`"));
        }
        // The scheme does not belong here: nginx takes it for a host.
        let host = text.split('/').next().unwrap_or_default();
        match keys.add(host, true, index) {
            Ok(()) => None,
            Err(Refusal::Invalid) => {
                let what = format!("`{host}` is neither a name nor a wildcard");
                Some(Problem::at(index, what, "a star stands for the first or the last part: `*.shop.test`, `shop.*`"))
            }
            Err(Refusal::Conflict(_)) => {
                Some(Problem::at(index, format!("`{host}` stands there twice"), "keep one of them"))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{judge, refuses};
    use crate::nginx::version::Version;

    #[test]
    fn headers_cookies_and_times() {
        judge("add_header", &["A b Always", "A b c"], &["A b", "A b always"]);
        judge("uwsgi_param", &["A b IF_NOT_EMPTY"], &["A b if_not_empty"]);
        judge("proxy_cookie_path", &["foo"], &["off", "/a /b", "off b"]);
        judge("proxy_cookie_flags", &["one", "OFF"], &["off", "one bad"]);
        judge("proxy_redirect", &["false", "x"], &["off", "default", "a b"]);
        assert!(!refuses("proxy_redirect false", Version::new(1, 18, 0)));
        judge("keepalive_timeout", &["5 1ms", "off", "5 ", "1M"], &["5 1M", "0", "75s 60s", "500ms"]);
        judge(
            "expires",
            &[
                "1ms",
                "modified epoch",
                "foo 1h",
                "@25h",
                "-@1h",
                "--1",
                "OFF",
                "off 1",
                "+",
                "@",
                "modified @10h",
                "@~1h",
            ],
            &["-1", "modified $x", "$x", "@24h", "1h~5m", "modified +1h", "epoch", "max", "off"],
        );
        judge(
            "proxy_cache_valid",
            &["any", "99 1h", "600 1h", "abc 1h", "200, 1h", "200 x", "200 500ms", "2xx 1h", "$x"],
            &["200 1h", "1h", "any 1M", "200 302", "any 200 0"],
        );
        judge("limit_conn", &["a 0", "a 65536", "a x", "a 00"], &["a 65535", "a 010"]);
    }

    #[test]
    fn paths_and_files() {
        judge(
            "client_body_temp_path",
            &["/x 0", "/x 1 a", "/x 5 6", "/x 11"],
            &["/x", "/x 5 5", "/x 01 2", "/x 1 2 3"],
        );
        judge("directio", &["OFF", "x"], &["off", "4g"]);
        judge(
            "disable_symlinks",
            &["OFF", "off from=/x", "from=/x", "on off", "on x", "from=a from=b"],
            &["off", "on from=/x", "from=/x on", "on from=", "if_not_owner"],
        );
        judge("aio", &["ON", "foo", ""], &["on", "off", "threads", "threads=a$x", "sendfile"]);
    }

    #[test]
    fn tls_and_pools() {
        judge(
            "ssl_session_cache",
            &[
                "shared:a",
                "shared:a:",
                "shared::1m",
                "shared:a:8192",
                "shared:a:1g",
                "shared:a:b:1m",
                "builtin:x",
                "OFF",
                "foo",
            ],
            &["shared:a:1m builtin", "builtin:0", "shared:a:32k", "off", "none off"],
        );
        judge("ssl_ocsp_cache", &["shared:a:1k", "x", "none"], &["off", "shared:a:1m"]);
        judge("userid_mark", &["ab", "!", ""], &["off", "=", "Z", "5"]);
        judge("userid_expires", &["1ms", "MAX"], &["max", "off", "1y"]);
    }

    #[test]
    fn the_process_and_its_events() {
        judge("worker_processes", &["AUTO", "x", "-1", ""], &["auto", "0"]);
        judge("worker_priority", &["--1", "-", "low"], &["-5", "+5", "21"]);
        judge("worker_cpu_affinity", &["01 auto", "012", "auto auto"], &["auto", "auto 01", "01 10", "01~10", ""]);
        judge("use", &["EPOLL", "foo"], &["epoll", "kqueue"]);
    }

    #[test]
    fn lists_of_words() {
        let upstream_zone = |args: &[&str]| super::upstream_zone(args).is_some();
        assert!(upstream_zone(&["z", "32767"]) && upstream_zone(&["z", "1g"]) && upstream_zone(&["", "1m"]));
        assert!(!upstream_zone(&["z", "32k"]) && !upstream_zone(&["z"]));
        judge("limit_except", &["GET FOO", "TRACE"], &["GET", "get PATCH"]);
        judge(
            "modern_browser",
            &["foo 1", "msie x", "unlisted x", "msie", "Unlisted"],
            &["unlisted", "msie 5.5", "MSIE 5."],
        );
        judge(
            "valid_referers",
            &["none a*b", "a a", "*.a .a", "a..b", "*", "", "a/x a/y", "http://a.test http://b.test"],
            &["none blocked server_names", "*.a a.*", ".", "~a", "http://x.test/y", "a/b", "/x"],
        );
    }
}
