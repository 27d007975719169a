//! `access_log`, `error_log`, `log_format`.

use super::Problem;
use super::parameters::is_buffer;
use crate::nginx::measure::{milliseconds, number, size};
use crate::nginx::version::Version;

const LEVELS: &[&str] = &["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"];
const DEBUG_LEVELS: &[&str] =
    &["debug_core", "debug_alloc", "debug_mutex", "debug_event", "debug_http", "debug_mail", "debug_stream"];
const FACILITIES: &[&str] = &[
    "kern", "user", "mail", "daemon", "auth", "intern", "lpr", "news", "uucp", "clock", "authpriv", "ftp", "ntp",
    "audit", "alert", "cron", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];
const LONGEST_TAG: usize = 32;
/// The first release in which a format names how its values are escaped.
const ESCAPE: Version = Version::new(1, 11, 8);
/// The first one that can leave it out.
const ESCAPE_NONE: Version = Version::new(1, 13, 10);

pub(super) fn problem(name: &str, args: &[&str], release: Version) -> Option<Problem> {
    match name {
        "access_log" => access_log(args),
        "error_log" => error_log(args),
        "log_format" => escaping(args, release),
        _ => None,
    }
}

fn access_log(args: &[&str]) -> Option<Problem> {
    let path = *args.first()?;
    if path == "off" {
        let what = "`access_log off` takes nothing else";
        return args.get(1).map(|_| Problem::at(1, what, "leave out what stands behind `off`"));
    }
    if let Some(problem) = syslog(path) {
        return Some(problem);
    }
    let (mut buffer, mut flush) = (None, None);
    for (index, text) in args.iter().enumerate().skip(2) {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let wanted = match name {
            "buffer" if text.contains('=') => {
                buffer = Some(index);
                (!is_buffer(value)).then_some("it takes whole bytes, with k or m behind them")
            }
            "flush" if text.contains('=') => {
                flush = Some(index);
                milliseconds(value).is_none_or(|time| time == 0).then_some("it takes a time above 0, such as `5s`")
            }
            "gzip" => {
                buffer = Some(index);
                let is_level = !text.contains('=') || number(value).is_some_and(|level| (1..=9).contains(&level));
                (!is_level).then_some("it takes a level from 1 to 9")
            }
            "if" if text.contains('=') => None,
            _ => {
                let what = format!("`access_log` has no parameter `{text}`");
                return Some(Problem::at(
                    index,
                    what,
                    "it takes `buffer=`, `gzip=`, `flush=` and `if=` behind the format",
                ));
            }
        };
        if let Some(wanted) = wanted {
            return Some(Problem::at(index, format!("`{name}` does not take `{value}`"), wanted));
        }
    }
    match (buffer, flush) {
        (None, Some(index)) => Some(Problem::at(index, "`flush` without a buffer", "add `buffer=` or `gzip`")),
        (Some(index), _) if path.starts_with("syslog:") => {
            Some(Problem::at(index, "what goes to syslog cannot be buffered", "leave it out"))
        }
        (Some(index), _) if path.contains('$') => {
            Some(Problem::at(index, "a log with variables in its name cannot be buffered", "leave it out"))
        }
        _ => None,
    }
}

/// How the lines of an `access_log` are collected: bytes of the buffer, milliseconds, level of compression. None if they are
/// not, or if nginx cannot read it.
pub fn buffering(args: &[&str]) -> Option<(u64, u64, u64)> {
    if access_log(args).is_some() {
        return None;
    }
    let value = |name: &str| args.iter().skip(2).filter_map(|text| text.strip_prefix(name)).next_back();
    let level = value("gzip").map(|level| level.strip_prefix('=').and_then(number).unwrap_or(1));
    let bytes = value("buffer=").and_then(size).or(level.map(|_| 64 << 10))?;
    Some((bytes, value("flush=").and_then(milliseconds).unwrap_or(0), level.unwrap_or(0)))
}

fn error_log(args: &[&str]) -> Option<Problem> {
    let target = *args.first()?;
    if let Some(problem) = syslog(target) {
        return Some(problem);
    }
    if let Some(bytes) = target.strip_prefix("memory:").filter(|bytes| !is_buffer(bytes)) {
        let what = format!("the buffer `{bytes}` cannot be read as a size");
        return Some(Problem::at(0, what, "write `memory:SIZE` with k or m behind the size"));
    }
    let mut level = None;
    for (index, text) in args.iter().enumerate().skip(1) {
        let is_finer = DEBUG_LEVELS.contains(text);
        if !is_finer && !LEVELS.contains(text) {
            let what = format!("`{text}` is no level of a log");
            return Some(Problem::at(index, what, format!("the levels are {}", LEVELS.join(", "))));
        }
        // Several of the finer levels add up; nothing else goes together.
        if level.is_some_and(|was_finer: bool| !(was_finer && is_finer)) {
            let what = format!("`error_log` has a second level, `{text}`");
            return Some(Problem::at(index, what, "a level brings all graver ones with it; keep the finest"));
        }
        level = Some(is_finer);
    }
    None
}

/// What is wrong with `syslog:server=…,facility=…`.
fn syslog(target: &str) -> Option<Problem> {
    let list = target.strip_prefix("syslog:")?;
    let mut seen: Vec<&str> = Vec::new();
    for parameter in list.split(',') {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let wanted = match name {
            "nohostname" if parameter == name => continue,
            "server" if value.is_empty() => "it takes an address",
            "facility" if !FACILITIES.contains(&value) => "it takes a facility of syslog, such as local7",
            "severity" if !LEVELS.contains(&value) => "it takes debug, info, notice, warn, error, crit, alert or emerg",
            "tag" if value.len() > LONGEST_TAG => "it takes at most 32 characters",
            "tag" if !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => {
                "it takes letters, digits and underscores"
            }
            "server" | "facility" | "severity" | "tag" if parameter != name => {
                if seen.contains(&name) {
                    return Some(Problem::at(0, format!("`{name}` stands twice"), "keep the one that is meant"));
                }
                seen.push(name);
                continue;
            }
            _ => {
                let what = format!("syslog has no parameter `{parameter}`");
                return Some(Problem::at(0, what, "it takes server=, facility=, severity=, tag= and nohostname"));
            }
        };
        return Some(Problem::at(0, format!("`{name}` does not take `{value}`"), wanted));
    }
    let is_aimless = !seen.contains(&"server");
    is_aimless.then(|| Problem::at(0, "no server for syslog", "begin with `syslog:server=ADDRESS`"))
}

fn escaping(args: &[&str], release: Version) -> Option<Problem> {
    let kind = args.get(1)?.strip_prefix("escape=").filter(|_| release >= ESCAPE)?;
    let is_known = matches!(kind, "default" | "json") || (kind == "none" && release >= ESCAPE_NONE);
    let what = || format!("a log format knows no escaping `{kind}`");
    (!is_known).then(|| Problem::at(1, what(), "it is `default`, `json` or `none`, in lower case"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::judge;

    #[test]
    fn access_logs() {
        judge(
            "access_log",
            &[
                "off combined",
                "off if=$x",
                "a b off",
                "a b buffer=1g",
                "a b buffer=",
                "a b buffer=0",
                "a b flush=1y",
                "a b flush=0 buffer=1k",
                "a b flush=5s",
                "a b gzip=0",
                "a b gzip=10",
                "a$host b gzip",
                "a b IF=x",
                "a$host b buffer=1k",
                "syslog:server=s.test b buffer=1k",
                "syslog:tag=x",
                "a b buffer",
            ],
            &[
                "off",
                "OFF",
                "a",
                "a b",
                "a buffer=32k",
                "a b gzip",
                "a b gzip buffer=1k flush=1m",
                "a$host b if=$host",
                "a b if=",
                "syslog:server=s.test b if=x",
            ],
        );
    }

    #[test]
    fn how_lines_are_collected() {
        let of = |line: &str| super::buffering(&line.split(' ').collect::<Vec<_>>());
        assert_eq!((of("a b"), of("off"), of("a b gzip=0")), (None, None, None));
        assert_eq!((of("a b gzip"), of("a b buffer=64k gzip=1")), (Some((65536, 0, 1)), Some((65536, 0, 1))));
        assert_eq!(of("a b buffer=1k flush=1s if=x"), Some((1024, 1000, 0)));
    }

    #[test]
    fn error_logs() {
        judge(
            "error_log",
            &[
                "a nonsense",
                "a warn info",
                "a warn warn",
                "a WARN",
                "a debug debug_http",
                "a debug_http debug",
                "a stderr",
                "a debug_imap",
                "memory: debug",
                "memory:1g debug",
                "memory:0",
                "syslog:tag=x",
                "syslog:",
                "syslog:server=s.test,facility=x",
                "syslog:server=s.test,facility=LOCAL7",
                "syslog:server=",
                "syslog:server=s.test,severity=warning",
                "syslog:server=s.test,tag=a-b",
                "syslog:server=s.test,foo",
                "syslog:server=s.test,tag=a12345678901234567890123456789012",
                "syslog:server=s.test,",
                "syslog:server=s.test,server=t.test",
                "syslog:server=s.test,tag=a,tag=b",
            ],
            &[
                "a",
                "off",
                "stderr",
                "syslog",
                "a warn",
                "a debug_http debug_core",
                "memory:32m debug",
                "syslog:server=s.test,facility=local7,tag=app_1,severity=info,nohostname,nohostname warn",
                "syslog:server=s.test,tag=",
                "syslog:server=s.test,tag=a1234567890123456789012345678901",
            ],
        );
    }

    #[test]
    fn formats() {
        judge(
            "log_format",
            &["a escape=JSON x", "a escape= x", "a escape=xml"],
            &["a escape=json x", "a x escape=xml"],
        );
    }
}
