//! Parameters of a `server` in an upstream, and of the directives around it, by the release.

use super::measure::{milliseconds, number, seconds};
use super::version::Version;
use super::zone::Zone;

/// Methods that know no backup servers.
pub const METHODS_WITHOUT_BACKUP: &[&str] = &["hash", "ip_hash", "random"];

/// From this release on, `keepalive 0` switches the connections off.
const KEEPALIVE_OFF: Version = Version::new(1, 29, 7);

/// The times that `least_time` can compare, in http and in stream.
const LEAST_TIMES: [&[&str]; 2] = [&["header", "last_byte"], &["connect", "first_byte", "last_byte"]];

/// What a parameter looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Word,
    Positive,
    Number,
    Seconds,
    Text,
}

/// One parameter: its name, its shape, and the first release with it in http and in stream.
type Parameter = (&'static str, Shape, [Option<Version>; 2]);

const OLD: Option<Version> = Some(Version::new(0, 1, 0));
const STREAM: Option<Version> = Some(Version::new(1, 9, 0));
const LIMITS: Option<Version> = Some(Version::new(1, 11, 5));
const RESOLVE: Option<Version> = Some(Version::new(1, 27, 3));
const STICKY: Option<Version> = Some(Version::new(1, 29, 6));

const PARAMETERS: &[Parameter] = &[
    ("backup", Shape::Word, [OLD, STREAM]),
    ("down", Shape::Word, [OLD, STREAM]),
    ("drain", Shape::Word, [STICKY, None]),
    ("fail_timeout", Shape::Seconds, [OLD, STREAM]),
    ("max_conns", Shape::Number, [LIMITS, LIMITS]),
    ("max_fails", Shape::Number, [OLD, STREAM]),
    ("resolve", Shape::Word, [RESOLVE, RESOLVE]),
    ("route", Shape::Text, [STICKY, None]),
    ("service", Shape::Text, [RESOLVE, RESOLVE]),
    ("weight", Shape::Positive, [OLD, STREAM]),
];

/// Why nginx refuses a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing has such a name; perhaps this is meant.
    Unknown(Option<&'static str>),
    /// NGINX Plus alone has it.
    Plus,
    /// Upstreams of stream do not have it.
    NotInStream,
    /// It is newer than this.
    Since(Version),
    /// Its value is not of this kind.
    Value(&'static str),
}

/// What is wrong with a parameter of `server`.
pub fn server_fault(word: &str, is_stream: bool, release: Version) -> Option<Fault> {
    let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
    if name == "slow_start" && value.is_some() {
        return Some(Fault::Plus);
    }
    let known =
        PARAMETERS.iter().find(|(known, shape, _)| *known == name && value.is_some() == (*shape != Shape::Word));
    let Some((_, shape, since)) = known else {
        let lower = name.to_ascii_lowercase();
        return Some(Fault::Unknown(PARAMETERS.iter().map(|known| known.0).find(|known| lower == *known)));
    };
    let Some(since) = since[usize::from(is_stream)] else { return Some(Fault::NotInStream) };
    if release < since {
        return Some(Fault::Since(since));
    }
    let value = value.unwrap_or_default();
    let (fits, wanted) = match shape {
        Shape::Word => (true, ""),
        Shape::Positive => (number(value).is_some_and(|number| number > 0), "a number above 0"),
        Shape::Number => (number(value).is_some(), "a number"),
        Shape::Seconds => (seconds(value).is_some(), "a time such as 10s, in whole seconds"),
        Shape::Text => (!value.is_empty(), "a value"),
    };
    (!fits).then_some(Fault::Value(wanted))
}

/// What is wrong with the arguments of another directive of an upstream, and the number of the argument.
pub fn setting_fault(name: &str, args: &[&str], is_stream: bool, release: Version) -> Option<(usize, &'static str)> {
    match (name, args) {
        ("sticky", [kind, rest @ ..]) => sticky_fault(kind, rest),
        ("least_time", [what, rest @ ..]) => {
            let phases = LEAST_TIMES[usize::from(is_stream)];
            let is_phase = phases.iter().any(|phase| phase.eq_ignore_ascii_case(what));
            let second = rest.first().filter(|word| **word != "inflight").map(|_| (1, "takes no word but `inflight`"));
            let first = if is_stream {
                "wants `connect`, `first_byte` or `last_byte`"
            } else {
                "wants `header` or `last_byte`"
            };
            if is_phase { second } else { Some((0, first)) }
        }
        ("hash", [_, word]) if *word != "consistent" => Some((1, "takes no word but `consistent` behind the key")),
        ("random", [first, ..]) if *first != "two" => Some((0, "takes no word but `two`")),
        // NGINX Plus knows several of the second kind.
        ("random", [_, method]) if *method != "least_conn" && !method.starts_with("least_time=") => {
            Some((1, "takes no method but `least_conn`"))
        }
        ("keepalive", [count, ..]) => match number(count) {
            None => Some((0, "wants a number of connections")),
            Some(0) if release < KEEPALIVE_OFF => Some((0, "wants a number above 0")),
            _ if args.get(1).is_some_and(|word| *word != "local") => Some((1, "takes no second word but `local`")),
            _ => None,
        },
        _ => None,
    }
}

/// What is wrong behind the kind of a `sticky`, or with the kind.
fn sticky_fault(kind: &str, rest: &[&str]) -> Option<(usize, &'static str)> {
    let first = |is_right: &dyn Fn(&str) -> bool| rest.iter().position(|word| !is_right(word)).map(|at| at + 1);
    let has = |start: &str| rest.iter().any(|word| word.starts_with(start));
    match kind {
        "cookie" => {
            let wrong = rest.iter().skip(1).position(|word| !is_of_cookie(word)).map(|at| at + 2);
            wrong.map(|at| {
                (at, "knows `expires=`, `domain=`, `path=`, `samesite=`, `httponly` and `secure` of a cookie")
            })
        }
        "route" => first(&|word| word.starts_with('$')).map(|at| (at, "wants variables that tell the route")),
        "learn" => {
            let wrong = first(&is_of_learning).map(|at| (at, "learns with `create=$…`, `lookup=$…`, `zone=NAME:SIZE`"));
            let is_whole = ["create=", "lookup=", "zone="].iter().all(|start| has(start));
            wrong.or((!is_whole).then_some((0, "needs `create=`, `lookup=` and `zone=` to learn")))
        }
        // A module of others begins with its parameters.
        _ if kind.contains('=') || matches!(kind, "no_fallback" | "hide_cookie" | "secure" | "httponly") => None,
        _ => Some((0, "is of the kind `cookie`, `route` or `learn`")),
    }
}

fn is_of_cookie(word: &str) -> bool {
    match word.split_once('=') {
        Some(("expires", time)) => time == "max" || seconds(time).is_some(),
        Some(("samesite", mode)) => {
            mode.starts_with('$') || ["strict", "lax", "none"].iter().any(|known| known.eq_ignore_ascii_case(mode))
        }
        Some(("domain" | "path", value)) => !value.is_empty(),
        Some(_) => false,
        None => matches!(word, "httponly" | "secure"),
    }
}

fn is_of_learning(word: &str) -> bool {
    match word.split_once('=') {
        Some(("create" | "lookup", variable)) => variable.starts_with('$'),
        Some(("zone", zone)) => Zone::parse(zone).size.is_some(),
        Some(("timeout", time)) => milliseconds(time).is_some(),
        Some(_) => false,
        // NGINX Plus has the second.
        None => matches!(word, "header" | "sync"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_have_shapes_and_releases() {
        let http = |word| server_fault(word, false, Version::NEWEST);
        for word in [
            "weight=1",
            "max_fails=0",
            "max_conns=0",
            "fail_timeout=1y",
            "backup",
            "down",
            "drain",
            "resolve",
            "route=a",
        ] {
            assert_eq!(http(word), None, "{word}");
        }
        for word in ["weight=0", "weight=", "max_fails=x", "fail_timeout=500ms", "service=", "max_conns=-1"] {
            assert!(matches!(http(word), Some(Fault::Value(_))), "{word}");
        }
        assert_eq!(http("Backup"), Some(Fault::Unknown(Some("backup"))));
        assert_eq!(http("weight"), Some(Fault::Unknown(Some("weight"))));
        assert_eq!(
            (http("backup=1"), http("id=1")),
            (Some(Fault::Unknown(Some("backup"))), Some(Fault::Unknown(None)))
        );
        assert_eq!(http("slow_start=30s"), Some(Fault::Plus));
        assert_eq!(server_fault("drain", true, Version::NEWEST), Some(Fault::NotInStream));
        let old = server_fault("resolve", false, Version::new(1, 22, 1));
        assert_eq!(old, Some(Fault::Since(Version::new(1, 27, 3))));
    }

    #[test]
    fn settings_have_words_of_their_own() {
        let place = |name, args: &[&str]| setting_fault(name, args, false, Version::NEWEST).map(|(place, _)| place);
        assert_eq!((place("hash", &["$uri", "Consistent"]), place("hash", &["$uri", "consistent"])), (Some(1), None));
        assert_eq!((place("random", &["two"]), place("random", &["three"])), (None, Some(0)));
        assert_eq!((place("random", &["two", "ip_hash"]), place("random", &[])), (Some(1), None));
        assert_eq!((place("keepalive", &["0"]), place("keepalive", &["x"])), (None, Some(0)));
        assert_eq!(setting_fault("keepalive", &["0"], false, Version::new(1, 22, 1)).map(|(place, _)| place), Some(0));
    }

    #[test]
    fn sticky_sessions_and_times() {
        let place = |line: &str, is_stream| {
            let words: Vec<&str> = line.split(' ').collect();
            setting_fault(words[0], &words[1..], is_stream, Version::NEWEST).map(|(place, _)| place)
        };
        for (line, wrong) in [
            ("sticky cookie a expires=1h domain=.a.test path=/ httponly secure samesite=Lax", None),
            ("sticky cookie $name expires=max samesite=$mode", None),
            ("sticky cookie a expires=soon", Some(2)),
            ("sticky cookie a secure HttpOnly", Some(3)),
            ("sticky cookie a domain=", Some(2)),
            ("sticky route $cookie_a $arg_a", None),
            ("sticky route a", Some(1)),
            ("sticky learn create=$a lookup=$b zone=c:1m timeout=1h header", None),
            ("sticky learn create=$a lookup=$b", Some(0)),
            ("sticky learn create=a lookup=$b zone=c:1m", Some(1)),
            ("sticky learn create=$a lookup=$b zone=c", Some(3)),
            ("sticky Cookie a", Some(0)),
            ("sticky name=route expires=1h", None),
            ("least_time Header", None),
            ("least_time last_byte inflight", None),
            ("least_time connect", Some(0)),
            ("least_time header $a", Some(1)),
        ] {
            assert_eq!(place(line, false), wrong, "{line}");
        }
        assert_eq!((place("least_time connect", true), place("least_time header", true)), (None, Some(0)));
    }
}
