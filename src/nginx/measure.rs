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

/// Milliseconds of a time that nginx keeps in milliseconds, such as `1m30s` or `"1m 30s"`: numbers with units from weeks to
/// milliseconds, larger ones first; a bare number counts seconds.
pub fn milliseconds(text: &str) -> Option<u64> {
    const UNITS: &[(&str, u64)] =
        &[("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
    time(text, UNITS)
}

/// Seconds of a time that nginx keeps in seconds: as [`milliseconds`], with years and months, and without milliseconds.
pub fn seconds(text: &str) -> Option<u64> {
    const UNITS: &[(&str, u64)] =
        &[("y", 31_536_000), ("M", 2_592_000), ("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];
    time(text, UNITS)
}

/// Each unit stands at most once. A space ends a number without a unit, which counts seconds then; only such a number may
/// follow. Spaces behind a unit mean nothing.
fn time(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let second = units.iter().position(|(name, _)| *name == "s")?;
    let (mut rest, mut total, mut least, mut has_digits) = (text, 0_u64, 0, false);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = rest.split_at(digits);
        let number = if digits == 0 { 0 } else { integer(number)? };
        has_digits |= digits > 0;
        let letters = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit = match &behind[..letters] {
            "" if behind.is_empty() => second,
            "" if behind.starts_with(' ') && least <= second => {
                least = units.len();
                second
            }
            "" => return None,
            name => {
                let unit = unit_at_start(name, units).filter(|unit| *unit >= least)?;
                least = unit + 1;
                unit
            }
        };
        total = total.checked_add(number.checked_mul(units[unit].1)?)?;
        let letters = if letters > 0 { units[unit].0.len() } else { 0 };
        rest = behind[letters..].trim_start_matches(' ');
    }
    (has_digits && i64::try_from(total).is_ok()).then_some(total)
}

/// The unit that a stretch of letters begins with.
fn unit_at_start(letters: &str, units: &[(&str, u64)]) -> Option<usize> {
    if letters.starts_with("ms") {
        return units.iter().position(|(name, _)| *name == "ms");
    }
    units.iter().position(|(name, _)| letters.starts_with(name))
}

/// A number as nginx reads it: digits, without a sign or a unit.
pub fn number(text: &str) -> Option<u64> {
    integer(text).filter(|number| i64::try_from(*number).is_ok())
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
    use super::{likely_size, milliseconds, number, offset, seconds, size};

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
        for (text, time) in [
            ("60", 60_000),
            ("60s", 60_000),
            ("1h", 3_600_000),
            ("1m30s", 90_000),
            ("500ms", 500),
            ("1h30", 3_630_000),
            ("1m30s15", 105_000),
            ("1h 30m", 5_400_000),
            ("30 ", 30_000),
            (" 30", 30_000),
            ("30 5", 35_000),
            ("1s 5", 6_000),
            ("1ms 5", 5_001),
            ("9223372036854775", 9_223_372_036_854_775_000),
        ] {
            assert_eq!(milliseconds(text), Some(time), "{text}");
        }
        for text in [
            "",
            " ",
            "s",
            "ms",
            "30s1m",
            "1m1m",
            "1.5h",
            "1hour",
            "1min",
            "-1",
            "10S",
            "1 h",
            "5 1m",
            "30 5 5",
            "1m30s15 3",
            "1s 5 5",
            " 1h",
            "1y",
            "1M",
            "9223372036854776",
            "é",
        ] {
            assert_eq!(milliseconds(text), None, "{text}");
        }
    }

    #[test]
    fn times_in_seconds_know_years_and_no_milliseconds() {
        assert_eq!((seconds("1M"), seconds("1y"), seconds("90")), (Some(2_592_000), Some(31_536_000), Some(90)));
        assert_eq!(seconds("1y 2M 3w 4d 5h 6m 7s 8"), Some(38_898_375));
        assert_eq!((seconds("500ms"), seconds("1M1y"), seconds("1s1ms")), (None, None, None));
        assert_eq!((seconds("9223372036854775807").is_some(), seconds("9223372036854775808")), (true, None));
    }

    #[test]
    fn numbers_have_neither_sign_nor_unit() {
        assert_eq!(
            (number("010"), number("0"), number("9223372036854775807")),
            (Some(10), Some(0), Some(i64::MAX as u64))
        );
        assert_eq!(
            (number(""), number("-1"), number("+1"), number("1k"), number("9223372036854775808")),
            (None, None, None, None, None)
        );
    }
}
