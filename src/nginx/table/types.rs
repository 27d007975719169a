//! The bodies of the `types` of one level.

use foldhash::HashMap;

use super::{Entry, Problem};

/// What nginx has against the entries; an extension that is there already is a warning.
pub fn problems(entries: &[Entry<'_>]) -> Vec<Problem> {
    let mut seen: HashMap<String, usize> = HashMap::default();
    let mut found = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        let Some((first, extensions)) = entry.words.split_first() else { continue };
        if *first == "include" {
            if extensions.len() != 1 {
                found.push(Problem::error(number, "`include` takes one file", "write an `include` for each file"));
            }
            continue;
        }
        for extension in extensions {
            let known = seen.get(&extension.to_ascii_lowercase()).copied();
            if let Some(before) = known {
                let wanted = "nginx takes the last one; remove the extension from the other";
                let what = format!("the extension `{extension}` is given a second time");
                found.push(Problem::warning(number, what, wanted).clashing_with(before));
            }
            seen.insert(extension.to_ascii_lowercase(), number);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{entries, numbers};
    use super::problems;

    #[test]
    fn extensions_and_includes() {
        let found =
            problems(&entries("text/html html; text/plain HTML txt; a/b; include x; include; include x y; a/c c c"));
        assert_eq!(numbers(&found), (vec![4, 5], vec![1, 6]));
        assert_eq!(found[0].first, Some(0));
    }
}
