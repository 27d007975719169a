//! The head and the body of a `charset_map`.

use super::{Entry, Problem, wrong_count};
use crate::nginx::version::Version;

/// From this release on, utf-8 is the second charset or none.
const UTF8_SECOND: Version = Version::new(1, 31, 0);
/// From this release on, nothing stands behind the bytes of a character.
const NO_LONGER: Version = Version::new(1, 31, 3);
const UTF8: &str = "utf-8";

/// What nginx has against the two charsets of the head.
pub fn head_problem(first: &str, second: &str, release: Version) -> Option<(&'static str, &'static str)> {
    if first.eq_ignore_ascii_case(second) {
        return Some(("both charsets are the same", "name the charset to convert to as the second one"));
    }
    let is_swapped = first.eq_ignore_ascii_case(UTF8) && release >= UTF8_SECOND;
    is_swapped.then_some(("utf-8 has to be the second charset", "swap the charsets and the words of each entry"))
}

/// What nginx has against the entries; `second` is the charset that they lead to.
pub fn problems(second: &str, entries: &[Entry<'_>], release: Version) -> Vec<Problem> {
    let to_utf8 = second.eq_ignore_ascii_case(UTF8);
    let judge = |(number, entry): (usize, &Entry<'_>)| {
        let [from, to] = entry.words[..] else {
            let is_known = !entry.words.is_empty() && !entry.is_open;
            return is_known
                .then(|| wrong_count(number, entry.words.len(), "an entry is two bytes, in hexadecimal digits"));
        };
        let is_right = |text: &str, is_utf8: bool| if is_utf8 { is_character(text, release) } else { is_byte(text) };
        let wrong = match () {
            () if entry.is_open || to.contains('$') => return None,
            () if !is_byte(from) => from,
            () if !is_right(to, to_utf8) => to,
            () => return None,
        };
        let wanted = match to_utf8 {
            true => "first comes a byte, then the bytes of a character in UTF-8, in hexadecimal digits: `E4 C3A4`",
            false => "an entry is two bytes, in hexadecimal digits: `C0 FE`",
        };
        Some(Problem::error(number, format!("`{wrong}` is no code of a character"), wanted))
    };
    entries.iter().enumerate().filter_map(judge).collect()
}

fn is_byte(text: &str) -> bool {
    let digits = text.trim_start_matches('0');
    is_hex(text) && digits.len() <= 2
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The bytes of one character behind ASCII; nginx knows no longer ones than of three bytes, and older releases did not look at
/// what stands behind it.
fn is_character(text: &str, release: Version) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
    let bytes: Vec<u32> = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    let continuations = bytes.iter().skip(1).take_while(|byte| **byte & 0xc0 == 0x80).count();
    let is_whole = match bytes.first() {
        Some(0xc2..=0xdf) => continuations >= 1,
        Some(0xe0..=0xef) => continuations >= 2,
        _ => false,
    };
    is_hex(text) && text.len().is_multiple_of(2) && is_whole && (bytes.len() <= 3 || release < NO_LONGER)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{entries, numbers};
    use super::{head_problem, problems};
    use crate::nginx::version::Version;

    #[test]
    fn codes_are_hexadecimal() {
        let refused = |second, text| numbers(&problems(second, &entries(text), Version::NEWEST)).0;
        assert_eq!(refused("b", "80 E2; 8 20; 008 ff; 80 20"), [0; 0]);
        assert_eq!(
            refused("b", "80; 80 20 30; 100 20; 80 100; 80 g; 0x80 20; include x; 80 ''"),
            [0, 1, 2, 3, 4, 5, 6, 7]
        );
        assert_eq!(
            refused("UTF-8", "80 D090; 80 D09; 80 ZZ; 80 ''; 100 D090; 80 E282AC; 80 41; 80 D041; 80 D0909090"),
            [1, 2, 3, 4, 6, 7, 8]
        );
    }

    #[test]
    fn the_order_of_the_charsets() {
        let newest = Version::NEWEST;
        assert!(head_problem("a", "A", newest).is_some() && head_problem("utf-8", "a", newest).is_some());
        assert!(
            head_problem("a", "utf-8", newest).is_none()
                && head_problem("utf-8", "a", Version::new(1, 22, 1)).is_none()
        );
    }
}
