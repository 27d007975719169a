//! Breaks text for people into lines.

/// Breaks `text` at spaces into lines of at most `first` columns for the first and `rest` columns for the others; a
/// longer word gets a line of its own. There is always at least one line.
pub fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        let limit = if lines.len() == 1 { first } else { rest };
        if used > 0 && used + 1 + length > limit {
            lines.push(String::new());
            used = 0;
        }
        let line = lines.last_mut().expect("never empty");
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn breaks_at_spaces_only() {
        assert_eq!(wrap("one two three four", 7, 9), ["one two", "three", "four"]);
        assert_eq!(wrap("immeasurable one", 3, 3), ["immeasurable", "one"]);
        assert_eq!(wrap("", 3, 3), [""]);
    }
}
