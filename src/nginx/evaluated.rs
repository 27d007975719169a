//! Which arguments of a directive nginx compiles as texts with variables. Regular expressions, names of headers and the
//! like may hold a `$`, too, and it means nothing there.

use super::condition::{self, Condition};
use super::family::Family;
use super::script::Compiler;

/// A part of one argument that nginx compiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The number of the argument, from 0.
    pub argument: usize,
    /// Where the text begins in it; behind `if=` and the like.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Who compiles it.
    pub compiler: Compiler,
}

/// The arguments that a directive with variables compiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// None, or it is not known for certain.
    None,
    /// The second one.
    Second,
    /// The last one.
    Last,
    /// All.
    All,
    /// What follows this word in the argument of this number.
    Behind(usize, &'static str),
}

/// All that do not compile their first argument and no other; by the name, whatever the kind of server.
const OTHERS: &[(&str, Which)] = &[
    ("add_header", Which::Second),
    ("add_trailer", Which::Second),
    ("aio", Which::Behind(0, "threads=")),
    ("auth_request_set", Which::Second),
    ("charset", Which::None),
    ("client_body_early_read", Which::None),
    ("disable_symlinks", Which::Behind(1, "from=")),
    ("early_hints", Which::All),
    ("error_page", Which::Last),
    ("expires", Which::Last),
    ("fastcgi_cache_bypass", Which::All),
    ("fastcgi_no_cache", Which::All),
    ("fastcgi_param", Which::Second),
    ("geo", Which::None),
    ("grpc_set_header", Which::Second),
    ("image_filter", Which::None),
    ("image_filter_jpeg_quality", Which::None),
    ("image_filter_sharpen", Which::None),
    ("image_filter_webp_quality", Which::None),
    ("index", Which::All),
    ("perl_set", Which::None),
    ("proxy_cache_bypass", Which::All),
    ("proxy_no_cache", Which::All),
    ("proxy_set_header", Which::Second),
    ("proxy_ssl_alpn", Which::All),
    ("rewrite", Which::Second),
    ("scgi_cache_bypass", Which::All),
    ("scgi_no_cache", Which::All),
    ("scgi_param", Which::Second),
    ("set", Which::Second),
    ("source_charset", Which::None),
    ("ssl_certificate", Which::None),
    ("ssl_certificate_key", Which::None),
    ("sticky", Which::None),
    ("sub_filter", Which::All),
    ("try_files", Which::All),
    ("uwsgi_cache_bypass", Which::All),
    ("uwsgi_no_cache", Which::All),
    ("uwsgi_param", Which::Second),
    ("xslt_param", Which::None),
    ("xslt_string_param", Which::None),
    ("xslt_stylesheet", Which::None),
];

/// Values that nginx compiles only when it merges the levels: those of a level that nobody inherits from are never looked at.
pub const COMPILED_LATE: &[&str] =
    &["fastcgi_param", "grpc_set_header", "proxy_set_body", "proxy_set_header", "scgi_param", "uwsgi_param"];

/// The texts among the arguments of a directive whose arguments can hold variables at all.
pub fn parts(name: &str, family: Family, args: &[&str]) -> Vec<Part> {
    let text = |argument: usize, start: usize| {
        args.get(argument).map(|arg| Part { argument, start, end: arg.len(), compiler: Compiler::Text })
    };
    let whole = |argument| text(argument, 0);
    let known = OTHERS.binary_search_by_key(&name, |(known, _)| known).map(|found| OTHERS[found].1);
    match (name, known) {
        ("if", _) => condition_parts(args),
        ("return", _) if family == Family::Http => whole(return_text(args)).into_iter().collect(),
        ("log_format", _) => log_format_parts(args),
        ("access_log", _) => access_log_parts(args),
        ("proxy_cookie_domain" | "proxy_cookie_path" | "proxy_redirect" | "proxy_cookie_flags", _) => {
            let is_regex = |argument: usize| argument == 0 && args[0].starts_with('~');
            let arguments = if args.len() > 1 { 0..args.len() } else { 0..0 };
            arguments.filter(|argument| !is_regex(*argument)).filter_map(whole).collect()
        }
        // `=CODE` at the end is no text.
        ("try_files", _) => {
            let is_code = |argument: usize| argument + 1 == args.len() && args[argument].starts_with('=');
            (0..args.len()).filter(|argument| !is_code(*argument)).filter_map(whole).collect()
        }
        (_, Err(_)) => whole(0).into_iter().collect(),
        (_, Ok(Which::None)) => Vec::new(),
        (_, Ok(Which::Second)) => whole(1).into_iter().collect(),
        (_, Ok(Which::Last)) => args.len().checked_sub(1).and_then(whole).into_iter().collect(),
        (_, Ok(Which::All)) => (0..args.len()).filter_map(whole).collect(),
        (_, Ok(Which::Behind(argument, word))) => {
            let has_word = args.get(argument).is_some_and(|arg| arg.starts_with(word));
            text(argument, word.len()).filter(|_| has_word).into_iter().collect()
        }
    }
}

/// The argument of `return` with the text or the address; a number that no argument has if the code is wrong.
fn return_text(args: &[&str]) -> usize {
    match args {
        [url] if is_return_url(url) => 0,
        [code, _] if is_return_code(code) => 1,
        _ => usize::MAX,
    }
}

/// Can it stand alone behind `return`, as the address of a redirect?
pub fn is_return_url(text: &str) -> bool {
    ["http://", "https://", "$scheme"].iter().any(|start| text.starts_with(start))
}

/// Is it a number that `return` takes?
pub fn is_return_code(text: &str) -> bool {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number && text.trim_start_matches('0').len() <= 3
}

fn condition_parts(args: &[&str]) -> Vec<Part> {
    let part = match condition::parse(args) {
        Ok(Condition::Equals(_, value)) => value,
        Ok(Condition::File(path)) => path,
        _ => return Vec::new(),
    };
    let condition::Part { argument, start, text } = part;
    vec![Part { argument, start, end: start + text.len(), compiler: Compiler::Text }]
}

fn log_format_parts(args: &[&str]) -> Vec<Part> {
    let has_escape = args.get(1).is_some_and(|arg| arg.starts_with("escape="));
    let part = |argument: usize| Part { argument, start: 0, end: args[argument].len(), compiler: Compiler::LogFormat };
    (if has_escape { 2 } else { 1 }..args.len()).map(part).collect()
}

fn access_log_parts(args: &[&str]) -> Vec<Part> {
    let is_path = |argument: usize| argument == 0 && !args[0].starts_with("syslog:");
    let part = |(argument, arg): (usize, &&str)| {
        let start = if is_path(argument) { 0 } else { "if=".len() };
        let is_text = is_path(argument) || (argument > 1 && arg.starts_with("if="));
        is_text.then_some(Part { argument, start, end: arg.len(), compiler: Compiler::Text })
    };
    if args.first() == Some(&"off") { Vec::new() } else { args.iter().enumerate().filter_map(part).collect() }
}

/// The argument with the variable that a directive of nginx, njs or NGINX Plus with so many arguments defines.
pub fn target(name: &str, count: usize) -> Option<usize> {
    let argument = match (name, count) {
        (
            "set"
            | "auth_request_set"
            | "perl_set"
            | "js_set"
            | "js_var"
            | "auth_jwt_claim_set"
            | "auth_jwt_header_set",
            _,
        ) => 0,
        ("map" | "split_clients" | "geo", 2) | ("keyval", 3..) => 1,
        ("geo", 1) => 0,
        _ => return None,
    };
    (argument < count).then_some(argument)
}

/// Is the first of so many arguments a variable whose name is all that follows the dollar?
pub fn is_operand(name: &str, count: usize, first: &str) -> bool {
    match (name, count) {
        ("geo", 2) => true,
        ("charset" | "source_charset", 1) => first.starts_with('$'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Family, OTHERS, is_return_code, parts, target};
    use crate::nginx::directives;

    fn texts(line: &str) -> Vec<&str> {
        let words: Vec<&str> = line.split(' ').collect();
        let found = parts(words[0], Family::Http, &words[1..]);
        found.iter().map(|part| &words[part.argument + 1][part.start..part.end]).collect()
    }

    #[test]
    fn the_table_is_sorted_and_names_directives_with_variables() {
        assert!(OTHERS.is_sorted_by_key(|(name, _)| name));
        for (name, _) in OTHERS {
            assert!(directives::lookup(name).iter().any(|known| known.variables != Some(false)), "{name}");
        }
    }

    #[test]
    fn what_is_compiled() {
        for (line, expected) in [
            ("root /$host", vec!["/$host"]),
            ("add_header a b always", vec!["b"]),
            ("rewrite a$ b last", vec!["b"]),
            ("return 200 $x", vec!["$x"]),
            ("return $scheme://a", vec!["$scheme://a"]),
            ("return 2000 $x", vec![]),
            ("return /a", vec![]),
            ("error_page 404 =200 /a", vec!["/a"]),
            ("try_files a =$", vec!["a"]),
            ("try_files =404 b", vec!["=404", "b"]),
            ("if ($host = a$)", vec!["a$"]),
            ("if ($host ~ a$)", vec![]),
            ("if (-f $uri)", vec!["$uri"]),
            ("log_format a escape=json $b $c", vec!["$b", "$c"]),
            ("access_log a b if=$c", vec!["a", "$c"]),
            ("access_log syslog:server=$a b buffer=$d", vec![]),
            ("access_log off", vec![]),
            ("proxy_redirect ~a$ $b", vec!["$b"]),
            ("proxy_redirect $b", vec![]),
            ("proxy_cookie_flags a $b", vec!["a", "$b"]),
            ("aio threads=$a", vec!["$a"]),
            ("aio $a", vec![]),
            ("disable_symlinks on from=$a", vec!["$a"]),
            ("charset $a", vec![]),
        ] {
            assert_eq!(texts(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_defined() {
        assert_eq!(target("set", 2), Some(0));
        assert_eq!(target("geo", 1), Some(0));
        assert_eq!(target("geo", 2), Some(1));
        assert_eq!(target("map", 1), None);
        assert_eq!(target("return", 1), None);
    }

    #[test]
    fn codes() {
        assert!(is_return_code("204") && is_return_code("000") && is_return_code("0999"));
        assert!(!is_return_code("1000") && !is_return_code("") && !is_return_code("-1") && !is_return_code("2x"));
    }
}
