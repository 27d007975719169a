//! Sizes and times as nginx reads them.

/// Bytes of a buffer size, such as `128k`: an integer, and one of k and m in either case.
pub fn size(text: &str) -> Option<u64> {
    scaled(text, &[('k', 10), ('m', 20)])
}

/// Bytes of the size of a file or a body, such as `2g`: as [`size`], and g, too.
pub fn offset(text: &str) -> Option<u64> {
    scaled(text, &[('k', 10), ('m', 20), ('g', 30)])
}

fn scaled(text: &str, units: &[(char, u32)]) -> Option<u64> {
    let unit = text
        .chars()
        .next_back()
        .and_then(|last| units.iter().find(|(unit, _)| last.eq_ignore_ascii_case(unit)).map(|(_, shift)| *shift));
    let number = if unit.is_some() { &text[..text.len() - 1] } else { text };
    let bytes = integer(number)?.checked_mul(1 << unit.unwrap_or(0))?;
    i64::try_from(bytes).is_ok().then_some(bytes)
}

/// Seconds of a time.
pub fn seconds(text: &str) -> Option<u64> {
    milliseconds(text).map(|time| time / 1000)
}

/// Milliseconds of a time, such as `1m 30s` without the blank: numbers with units, larger ones first; a bare number counts
/// seconds.
pub fn milliseconds(text: &str) -> Option<u64> {
    const UNITS: &[(&str, u64)] = &[
        ("y", 31_536_000_000),
        ("M", 2_592_000_000),
        ("w", 604_800_000),
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ];
    let (mut rest, mut total, mut least) = (text, 0_u64, 0);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = integer(&rest[..digits])?;
        let behind = &rest[digits..];
        let letters = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, last) = match &behind[..letters] {
            "" if behind.is_empty() => ("s", true),
            unit => (unit, false),
        };
        let at = UNITS.iter().position(|(name, _)| *name == unit).filter(|at| *at >= least)?;
        least = if last { UNITS.len() } else { at + 1 };
        total = total.checked_add(number.checked_mul(UNITS[at].1)?)?;
        rest = behind[letters..].trim_start_matches(' ');
    }
    (!text.is_empty()).then_some(total)
}

/// A size that nginx reads, and that stands for what somebody wrote in another way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LikelySize {
    /// In nginx's notation.
    pub text: String,
    /// Is it the same number and the same unit, spelled otherwise?
    pub is_spelling: bool,
}

/// What `10MB`, `10 m` or `1.5g` is meant to be.
pub fn likely_size(written: &str) -> Option<LikelySize> {
    let at = written.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(written.len());
    let (number, unit) = (&written[..at], written[at..].trim().to_ascii_lowercase());
    let (unit, smaller) = match unit.as_str() {
        "" | "b" | "byte" | "bytes" => ("", None),
        "k" | "kb" | "kib" => ("k", Some("")),
        "m" | "mb" | "mib" => ("m", Some("k")),
        "g" | "gb" | "gib" => ("g", Some("m")),
        "t" | "tb" | "tib" => ("t", Some("g")),
        _ => return None,
    };
    if let Some(number) = integer(number).filter(|_| unit != "t") {
        return Some(LikelySize { text: format!("{number}{unit}"), is_spelling: true });
    }
    let number: f64 = number.parse().ok()?;
    let scaled = number * 1024.0;
    let is_sound = scaled.fract() == 0.0 && scaled < 1e15;
    is_sound.then(|| smaller.map(|unit| LikelySize { text: format!("{scaled:.0}{unit}"), is_spelling: false }))?
}

fn integer(text: &str) -> Option<u64> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::{likely_size, milliseconds, offset, size};

    #[test]
    fn sizes_are_integers_with_one_letter() {
        assert_eq!((size("8"), size("8k"), size("2M"), size("1g")), (Some(8), Some(8192), Some(2 << 20), None));
        assert_eq!((offset("0m"), offset("1G"), offset("2048m")), (Some(0), Some(1 << 30), Some(2 << 30)));
        for text in ["", "m", "10MB", "1.5m", "-1", "+1", "off", "1T", "10 m", "99999999999g", "é"] {
            assert_eq!(offset(text), None, "{text}");
        }
    }

    #[test]
    fn other_spellings_are_understood() {
        let likely = |text| likely_size(text).map(|likely| (likely.text, likely.is_spelling));
        assert_eq!(likely("10MB"), Some(("10m".to_owned(), true)));
        assert_eq!(likely("10 G"), Some(("10g".to_owned(), true)));
        assert_eq!(likely("1.5g"), Some(("1536m".to_owned(), false)));
        assert_eq!(likely("1T"), Some(("1024g".to_owned(), false)));
        assert_eq!((likely("off"), likely("-1"), likely("1.3m"), likely("")), (None, None, None, None));
    }

    #[test]
    fn times_go_from_large_units_to_small_ones() {
        for (text, time) in [("60", 60_000), ("60s", 60_000), ("1h", 3_600_000), ("1m30s", 90_000), ("500ms", 500)] {
            assert_eq!(milliseconds(text), Some(time), "{text}");
        }
        assert_eq!(milliseconds("1M"), Some(2_592_000_000));
        for text in ["", "s", "30s1m", "1.5h", "1hour", "-1"] {
            assert_eq!(milliseconds(text), None, "{text}");
        }
    }
}
