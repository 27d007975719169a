//! The hash of a line that code scanning knows a finding by, computed as its own uploader does: a rolling hash over the
//! hundred UTF-16 units from the start of the line on, without spaces and tabs.

use foldhash::HashMap;

const WINDOW: usize = 100;
const FACTOR: u64 = 37;
/// Stands behind the last character of a file.
const END_OF_FILE: u16 = 65535;
const NO_LINE: usize = usize::MAX;

/// The hash of every line, and how many lines before it had the same: `271789c17abda88f:1`. Lines end at LF, CR and CRLF.
pub(super) fn line_hashes(bytes: &[u8]) -> Vec<LineHash> {
    let text = String::from_utf8_lossy(bytes);
    let mut state = State::new();
    let mut after_cr = false;
    for unit in text.encode_utf16() {
        let is_skipped = matches!(unit, 0x20 | 0x09) || (after_cr && unit == 0x0a);
        after_cr = !is_skipped && unit == 0x0d;
        if !is_skipped {
            state.take(if after_cr { 0x0a } else { unit });
        }
    }
    state.take(END_OF_FILE);
    state.flush();
    state.hashes
}

/// The hash of a line and its number among those with the same hash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct LineHash {
    hash: u64,
    repeat: u32,
}

impl std::fmt::Display for LineHash {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:x}:{}", self.hash, self.repeat)
    }
}

struct State {
    window: [u16; WINDOW],
    /// The line that began at this place of the window.
    begun: [usize; WINDOW],
    index: usize,
    hash: u64,
    at_line_start: bool,
    hashes: Vec<LineHash>,
    seen: HashMap<u64, u32>,
}

impl State {
    fn new() -> Self {
        Self {
            window: [0; WINDOW],
            begun: [NO_LINE; WINDOW],
            index: 0,
            hash: 0,
            at_line_start: true,
            hashes: Vec::new(),
            seen: HashMap::default(),
        }
    }

    fn take(&mut self, unit: u16) {
        self.finish_line();
        if self.at_line_start {
            self.begun[self.index] = self.hashes.len();
            self.hashes.push(LineHash::default());
        }
        self.at_line_start = unit == 0x0a;
        self.shift(unit);
    }

    /// The window has come round to where a line began: its hash is complete.
    fn finish_line(&mut self) {
        let line = std::mem::replace(&mut self.begun[self.index], NO_LINE);
        if let Some(line) = self.hashes.get_mut(line) {
            let repeat = self.seen.entry(self.hash).or_default();
            *repeat += 1;
            *line = LineHash { hash: self.hash, repeat: *repeat };
        }
    }

    fn shift(&mut self, unit: u16) {
        let old = std::mem::replace(&mut self.window[self.index], unit);
        let leaving = const { FACTOR.wrapping_pow(WINDOW as u32) }.wrapping_mul(u64::from(old));
        self.hash = self.hash.wrapping_mul(FACTOR).wrapping_add(u64::from(unit)).wrapping_sub(leaving);
        self.index = (self.index + 1) % WINDOW;
    }

    fn flush(&mut self) {
        for _ in 0..WINDOW {
            self.finish_line();
            self.shift(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::line_hashes;

    fn of(text: &str) -> String {
        line_hashes(text.as_bytes()).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn hashes_are_those_of_the_uploader() {
        assert_eq!(of(""), "c129715d7a2bc9a3:1");
        assert_eq!(
            of(" a\nb\n  \t\tc\n d"),
            "271789c17abda88f:1 54703d4cd895b18:1 180aee12dab6264:1 a23a3dc5e078b07b:1"
        );
    }

    #[test]
    fn line_ends_and_indentation_change_nothing() {
        assert_eq!(of("a {\r\n\tb;\r\n}\r\n"), of("a{\nb;\n}\n"));
        assert_eq!(of("a\rb"), of("a\nb"));
    }

    #[test]
    fn the_same_line_is_counted() {
        let text = format!("a\n{}a\n{}", "b".repeat(200) + "\n", "b".repeat(200));
        let hashes = of(&text);
        let counts: Vec<&str> = hashes.split(' ').map(|hash| hash.split_once(':').unwrap().1).collect();
        assert_eq!(counts, ["1", "1", "2", "2"]);
    }
}
