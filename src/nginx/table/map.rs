//! The body of a `map`.

use super::{Entry, Problem, wrong_count};
use crate::nginx::name_keys::{NameKeys, Refusal};

/// What nginx has against the entries of a map. `is_whole`: is nothing hidden among them?
pub fn problems(entries: &[Entry<'_>], is_whole: bool) -> Vec<Problem> {
    let (mut keys, mut hostnames, mut default) = (NameKeys::default(), false, None);
    let mut found = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        let key = match entry.words[..] {
            [] => continue,
            _ if entry.is_open => continue,
            ["hostnames"] => {
                hostnames = true;
                continue;
            }
            ["volatile"] | ["include", _] => continue,
            [key, _] => key,
            _ => {
                found.push(wrong_count(
                    number,
                    entry.words.len(),
                    "an entry of a map is a key and a value; quote what has spaces",
                ));
                continue;
            }
        };
        if key == "default" {
            match default {
                None => default = Some(number),
                Some(first) => {
                    let problem = Problem::error(number, "a second `default`", "keep one of them");
                    found.push(problem.clashing_with(first));
                }
            }
            continue;
        }
        // Regular expressions may repeat, and a hidden `hostnames` would change what a star means.
        let is_pattern = key.starts_with('~');
        let key = key.strip_prefix('\\').unwrap_or(key);
        let may_be_wildcard = key.contains('*') || key.starts_with('.') || key.contains("..");
        if is_pattern || (!is_whole && may_be_wildcard) {
            continue;
        }
        match keys.add(key, hostnames, number) {
            Ok(()) => {}
            Err(Refusal::Invalid) => {
                let wanted = "with `hostnames` a star stands for the first or the last part: `*.shop.test`, `shop.*`";
                found.push(Problem::error(number, format!("`{key}` is neither a name nor a wildcard"), wanted));
            }
            Err(Refusal::Conflict(first)) => {
                let wanted = match hostnames {
                    true => "letter case means nothing, and `.shop.test` stands for `shop.test` and `*.shop.test`",
                    false => "keep one of them; letter case means nothing in a key",
                };
                found.push(Problem::error(number, format!("a second entry for `{key}`"), wanted).clashing_with(first));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{entries, numbers};
    use super::problems;

    fn refused(text: &str) -> Vec<usize> {
        numbers(&problems(&entries(text), true)).0
    }

    #[test]
    fn entries_are_pairs() {
        assert_eq!(refused("a 1; default 0; hostnames; volatile; include x"), [0; 0]);
        assert_eq!(refused("a; a b c; include; default; HOSTNAMES"), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn keys_conflict() {
        assert_eq!(refused("A 1; a 2; \\a 3; default 1; default 2; \\default 3"), [1, 2, 4]);
        assert_eq!(refused("~a 1; ~a 2; hostnames 1; \\volatile 2; $x 1; '' 1; '' 2"), [6]);
        assert_eq!(refused("*.a 1; *.a 2"), [1]);
    }

    #[test]
    fn hostnames_hold_from_where_they_stand() {
        assert_eq!(refused("*.a 1; hostnames; *.a 2; .a 3; a*b 4; a..b 5"), [3, 4, 5]);
        assert_eq!(refused("a*b 1; hostnames; a 2; .a 3"), [3]);
        let hidden = problems(&entries("*.a 1; *.a 2; b 1; b 2"), false);
        assert_eq!(numbers(&hidden).0, [3]);
    }
}
