//! The body of a `split_clients`.

use super::{Entry, Problem};

/// Hundredths of a percent that there are.
pub const WHOLE: u64 = 10_000;

/// What nginx has against single entries: those whose first word is neither `*` nor a share.
pub fn problems(entries: &[Entry<'_>]) -> Vec<Problem> {
    let judge = |(number, entry): (usize, &Entry<'_>)| {
        let share = entry.words.first().filter(|word| !entry.is_open && **word != "*" && percent(word).is_none())?;
        let wanted = "it is a number above 0 with at most two decimals and `%`, or `*` for the rest";
        Some(Problem::error(number, format!("`{share}` is no share"), wanted))
    };
    entries.iter().enumerate().filter_map(judge).collect()
}

/// The sum of the shares, in hundredths of a percent. `*` takes all that is left, and what follows is too much.
pub fn total(entries: &[Entry<'_>]) -> u64 {
    let firsts = entries.iter().filter(|entry| !entry.is_open).filter_map(|entry| entry.words.first());
    firsts.fold(0, |sum, first| match *first {
        "*" => sum.max(WHOLE),
        share => sum.saturating_add(percent(share).unwrap_or_default()),
    })
}

/// Hundredths of a percent: `0.5%` is 50.
fn percent(text: &str) -> Option<u64> {
    let number = text.strip_suffix('%')?;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(decimals) || decimals.len() > 2 {
        return None;
    }
    let value: u64 = format!("0{whole}{decimals:0<2}").parse().ok()?;
    (value > 0 && value <= i64::MAX as u64).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{entries, numbers};
    use super::{percent, problems, total};

    #[test]
    fn shares() {
        assert_eq!(
            (percent("0.5%"), percent(".5%"), percent("5.%"), percent("100%")),
            (Some(50), Some(50), Some(500), Some(10_000))
        );
        for text in [
            "",
            "%",
            ".%",
            "0%",
            "0.00%",
            "0.001%",
            "50",
            "-5%",
            "+5%",
            "1.2.3%",
            "33,3%",
            "1e1%",
            "1%%",
            "99999999999999999999%",
        ] {
            assert_eq!(percent(text), None, "{text}");
        }
        assert_eq!(total(&entries("50% a; * b; * c")), 10_000);
        assert_eq!(total(&entries("* a; 0.01% b")), 10_001);
        let body = entries("0.5% a; 50% b c; 60%; * d; default e");
        assert_eq!((numbers(&problems(&body)).0, total(&body)), (vec![4], 11_050));
    }
}
