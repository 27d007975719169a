//! The body of a `geo`.

use std::collections::BTreeMap;

use foldhash::HashMap;

use super::{Entry, Problem, wrong_count};
use crate::nginx::network::{Address, Network, network, range};
use crate::nginx::version::Version;

/// nginx keeps ranges in pieces of 65,536 addresses; more pieces than this are not looked into.
const MAX_PIECES: usize = 500_000;
const VOLATILE: Version = Version::new(1, 29, 3);

/// What is known of the block itself.
#[derive(Debug, Clone, Copy)]
pub struct Body {
    /// Is nothing hidden among the entries?
    pub is_whole: bool,
    /// Does it belong to `http`, where proxies can be named?
    pub is_http: bool,
    /// The release that reads it.
    pub release: Version,
}

/// What nginx has against the entries of a geo.
pub fn problems(entries: &[Entry<'_>], body: Body) -> Vec<Problem> {
    let mut reader = Reader { body, found: Vec::new(), networks: HashMap::default(), ranges: None, began: None };
    for (number, entry) in entries.iter().enumerate().filter(|(_, entry)| !entry.is_open) {
        reader.read(number, &entry.words);
    }
    reader.found
}

struct Reader {
    body: Body,
    found: Vec<Problem>,
    networks: HashMap<(Address, u32), usize>,
    ranges: Option<Ranges>,
    /// The first entry that made it a geo of networks.
    began: Option<usize>,
}

impl Reader {
    fn read(&mut self, number: usize, words: &[&str]) {
        let is_http = self.body.is_http;
        match *words {
            [] | ["include", _] => {}
            ["ranges"] => self.begin_ranges(number),
            ["proxy_recursive"] if is_http => {}
            ["volatile"] if self.body.release >= VOLATILE => {}
            ["volatile"] => {
                self.found.push(Problem::error(
                    number,
                    "`volatile` in a geo came with nginx 1.29.3",
                    "leave it out, or use a newer nginx",
                ));
            }
            ["proxy", proxy] if is_http => {
                if let Some(network) = self.network(number, proxy) {
                    self.warn_of_low_bits(number, proxy, network);
                }
            }
            ["delete", text] => self.delete(number, text),
            [text, _] => self.add(number, text),
            _ => {
                let wanted = "an entry of a geo is a network and a value; quote what has spaces";
                self.found.push(wrong_count(number, words.len(), wanted));
            }
        }
    }

    fn begin_ranges(&mut self, number: usize) {
        match self.began {
            Some(first) => {
                let problem = Problem::error(number, "`ranges` behind an entry", "write `ranges` first");
                self.found.push(problem.clashing_with(first));
            }
            None if self.ranges.is_none() => self.ranges = Some(Ranges::default()),
            None => {}
        }
    }

    fn add(&mut self, number: usize, text: &str) {
        if self.ranges.is_some() {
            self.add_range(number, text);
            return;
        }
        self.began.get_or_insert(number);
        let networks: Vec<Network> = match text {
            "default" => ["::/0", "0.0.0.0/0"].into_iter().filter_map(network).collect(),
            _ => self.network(number, text).into_iter().collect(),
        };
        let mut first = None;
        for network in networks {
            self.warn_of_low_bits(number, text, network);
            first = first.or(self.networks.insert((network.address, network.bits), number));
        }
        if let Some(first) = first {
            let wanted = "nginx takes the last one; keep the one that is meant";
            self.found
                .push(Problem::warning(number, format!("a second entry for `{text}`"), wanted).clashing_with(first));
        }
    }

    fn delete(&mut self, number: usize, text: &str) {
        let is_gone = match &mut self.ranges {
            Some(ranges) => match range(text) {
                Some(range) => ranges.delete(range),
                None => return self.refuse_range(number, text),
            },
            None => {
                self.began.get_or_insert(number);
                let Some(network) = self.network(number, text) else { return };
                self.warn_of_low_bits(number, text, network);
                self.networks.remove(&(network.address, network.bits)).is_some()
            }
        };
        if !is_gone && self.body.is_whole {
            let what = format!("there is no entry `{text}` to delete");
            self.found.push(Problem::warning(number, what, "`delete` takes out an entry that stands in front of it"));
        }
    }

    /// The network that a word means; complains if there is none.
    fn network(&mut self, number: usize, text: &str) -> Option<Network> {
        let found = network(text);
        // A hidden `ranges` would change what an entry is.
        if found.is_none() && (self.body.is_whole || range(text).is_none()) {
            let wanted = match range(text) {
                Some(_) => "write `ranges;` as the first line to use ranges",
                None => "it is an address or an address with `/BITS`; host names and netmasks are none",
            };
            self.found.push(Problem::error(number, format!("`{text}` is no network"), wanted));
        }
        found
    }

    fn warn_of_low_bits(&mut self, number: usize, text: &str, network: Network) {
        if network.has_low_bits {
            let what = format!("`{text}` has bits behind its first {}", network.bits);
            self.found.push(Problem::warning(
                number,
                what,
                "nginx does not look at those bits; write the first address of the network",
            ));
        }
    }

    fn add_range(&mut self, number: usize, text: &str) {
        let Some(ranges) = &mut self.ranges else { return };
        if text == "default" {
            if let Some(first) = ranges.default.replace(number) {
                let wanted = "nginx takes the last one; keep the one that is meant";
                self.found.push(Problem::warning(number, "a second `default`", wanted).clashing_with(first));
            }
            return;
        }
        let Some(range) = range(text) else { return self.refuse_range(number, text) };
        match ranges.add(range, number) {
            Clash::None => {}
            Clash::Same(first) => {
                let wanted = "nginx takes the last one; keep the one that is meant";
                let problem = Problem::warning(number, format!("a second entry for `{text}`"), wanted);
                self.found.push(problem.clashing_with(first));
            }
            Clash::Overlap(first) => {
                let wanted = "a range may lie inside of one in front of it, but not reach beyond it";
                let problem = Problem::error(number, format!("`{text}` overlaps a range in front of it"), wanted);
                self.found.push(problem.clashing_with(first));
            }
        }
    }

    fn refuse_range(&mut self, number: usize, text: &str) {
        let wanted = "with `ranges` an entry is `FIRST-LAST`, two IPv4 addresses, the smaller one first";
        self.found.push(Problem::error(number, format!("`{text}` is no range"), wanted));
    }
}

enum Clash {
    None,
    /// The same range stood there, in the entry with this number.
    Same(usize),
    /// One that lies neither around it nor outside of it.
    Overlap(usize),
}

/// Ranges as nginx keeps them: no piece crosses a multiple of 65,536, and no two of them overlap.
#[derive(Default)]
struct Ranges {
    /// First address to last address and entry.
    pieces: BTreeMap<u32, (u32, usize)>,
    default: Option<usize>,
}

impl Ranges {
    fn add(&mut self, range: (u32, u32), number: usize) -> Clash {
        let mut clash = Clash::None;
        for (start, end) in cut(range) {
            if self.pieces.len() > MAX_PIECES {
                return Clash::None;
            }
            let below = self.pieces.range(start & !0xffff..=end).next_back();
            match below.map(|(start, (end, entry))| (*start, *end, *entry)) {
                Some((first, last, entry)) if start <= last => {
                    if start < first || end > last {
                        return Clash::Overlap(entry);
                    }
                    if (start, end) == (first, last) {
                        clash = Clash::Same(entry);
                    }
                    // What is around the new piece stays in force.
                    if first < start {
                        self.pieces.insert(first, (start - 1, entry));
                    }
                    if end < last {
                        self.pieces.insert(end + 1, (last, entry));
                    }
                }
                _ => {}
            }
            self.pieces.insert(start, (end, number));
        }
        clash
    }

    /// Takes out a range; was all of it there?
    fn delete(&mut self, range: (u32, u32)) -> bool {
        let mut is_gone = true;
        for (start, end) in cut(range) {
            match self.pieces.get(&start) {
                Some((last, _)) if *last == end => {
                    self.pieces.remove(&start);
                }
                _ => is_gone = false,
            }
        }
        is_gone
    }
}

/// The pieces of a range.
fn cut((start, end): (u32, u32)) -> impl Iterator<Item = (u32, u32)> {
    (start >> 16..=end >> 16).map(move |high| (start.max(high << 16), end.min(high << 16 | 0xffff)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{entries, numbers};
    use super::{Body, problems};
    use crate::nginx::version::Version;

    const WHOLE: Body = Body { is_whole: true, is_http: true, release: Version::NEWEST };

    fn judge(text: &str) -> (Vec<usize>, Vec<usize>) {
        numbers(&problems(&entries(text), WHOLE))
    }

    #[test]
    fn networks() {
        assert_eq!(
            judge("default 0; 10.0.0.0/8 1; ::1 2; proxy 10.0.0.1; proxy_recursive; volatile"),
            (vec![], vec![])
        );
        assert_eq!(
            judge("10.0.0.0/33 1; localhost 1; 10.0.0.1; a b c; proxy foo; delete foo; ranges 1").0,
            [0, 1, 2, 3, 4, 5, 6]
        );
        assert_eq!(
            judge("10.0.0.1/8 1; 10.0.0.0/8 2; default 1; ::/0 2; delete 10.0.0.0/8; delete 1.1.1.1"),
            (vec![], vec![0, 1, 3, 5])
        );
        assert_eq!(judge("10.0.0.1-10.0.0.9 1; default 0; ranges").0, [0, 2]);
        let hidden =
            problems(&entries("10.0.0.1-10.0.0.9 1; delete 1.1.1.1; nonsense 1"), Body { is_whole: false, ..WHOLE });
        assert_eq!(numbers(&hidden), (vec![2], vec![]));
    }

    #[test]
    fn streams_and_old_releases_know_less() {
        let stream = Body { is_http: false, ..WHOLE };
        assert_eq!(numbers(&problems(&entries("proxy 10.0.0.0/8; proxy_recursive"), stream)).0, [0, 1]);
        let old = Body { release: Version::new(1, 28, 0), ..WHOLE };
        assert_eq!(numbers(&problems(&entries("volatile"), old)).0, [0]);
    }

    #[test]
    fn ranges() {
        assert_eq!(
            judge("proxy 10.0.0.0/8; ranges; ranges; default 1; 10.0.0.1-10.0.0.9 1; default 2"),
            (vec![], vec![5])
        );
        assert_eq!(judge("ranges; 10.0.0.0/8 1; 10.0.0.9-10.0.0.1 1; ::1-::2 1; foo 1").0, [1, 2, 3, 4]);
        let second = |text: &str| judge(&format!("ranges; 10.0.0.1-10.0.0.20 1; {text} 2"));
        assert_eq!(second("10.0.0.5-10.0.0.30"), (vec![2], vec![]));
        assert_eq!(second("10.0.0.0-10.0.0.30"), (vec![2], vec![]));
        assert_eq!(second("10.0.0.20-10.0.0.30"), (vec![2], vec![]));
        assert_eq!(second("10.0.0.1-10.0.0.20"), (vec![], vec![2]));
        for inside in ["10.0.0.1-10.0.0.9", "10.0.0.9-10.0.0.20", "10.0.0.5-10.0.0.6", "10.0.0.21-10.0.0.30"] {
            assert_eq!(second(inside), (vec![], vec![]), "{inside}");
        }
        assert_eq!(judge("ranges; 10.0.0.1-10.0.1.20 1; 10.0.1.10-10.0.1.30 2").0, [2]);
        assert_eq!(judge("ranges; 10.0.0.0-10.1.255.255 1; 10.0.5.0-10.0.5.9 2; 10.0.0.0-10.1.255.255 3").0, [3]);
        assert_eq!(
            judge("ranges; 10.0.0.1-10.0.0.9 1; delete 10.0.0.1-10.0.0.9; delete 10.0.0.1-10.0.0.5"),
            (vec![], vec![3])
        );
    }
}
