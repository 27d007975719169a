//! Commands of a script, and what its variables may be.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::words::{Part, Token, Word, tokens};

/// A word stands for at most so many values.
const MAX_VALUES: usize = 32;
/// Scripts inside of scripts are read so deep.
const MAX_DEPTH: usize = 4;
/// Arms of constructs around a command are kept so deep.
const MAX_BRANCHES: usize = 32;
/// Working out one word takes at most so many steps.
const MAX_STEPS: usize = 300;
/// A value does not grow beyond this.
const MAX_LENGTH: usize = 64 * 1024;

/// A redirection of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Redirect {
    /// Does it write (`>`, `>>`), or does it read (`<`)?
    pub(crate) writes: bool,
    /// The file.
    pub(crate) target: Word,
}

/// A simple command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Command {
    /// Assignments in front of it, or alone.
    pub(crate) assignments: Vec<(String, Word)>,
    /// Program and arguments.
    pub(crate) words: Vec<Word>,
    /// Redirections.
    pub(crate) redirects: Vec<Redirect>,
    /// Commands with the same number are joined by pipes.
    pub(crate) pipeline: usize,
    /// The `if` and `case` constructs that it stands in, and which arm of each.
    pub(crate) branch: Vec<(usize, usize)>,
}

/// A text read as a script.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script {
    /// The commands in the order of the text; those inside of `sh -c` and `$(…)` behind the command around them.
    pub(crate) commands: Vec<Command>,
    /// What each variable is set to, in any place.
    values: BTreeMap<String, Vec<Word>>,
    /// The variables that other programs see.
    exported: Vec<String>,
}

/// Programs that run their arguments as a command.
const WRAPPERS: &[&str] =
    &["exec", "sudo", "env", "command", "nohup", "time", "nice", "gosu", "su-exec", "tini", "--", "!", "eval"];

impl Command {
    /// Program and arguments, without `exec`, `sudo`, `env A=b` and their like in front.
    pub(crate) fn program(&self) -> Option<(String, &[Word])> {
        let is_skipped = |word: &&Word| {
            word.assignment().is_some() || word.text().is_some_and(|text| WRAPPERS.contains(&text.as_str()))
        };
        let skipped = self.words.iter().take_while(is_skipped).count();
        let (first, arguments) = self.words[skipped..].split_first()?;
        let text = first.text()?;
        Some((text.rsplit('/').next().unwrap_or_default().to_owned(), arguments))
    }

    /// First and last byte.
    pub(crate) fn place(&self) -> (u32, u32) {
        let words = self.words.iter().chain(self.redirects.iter().map(|redirect| &redirect.target));
        let ends = words.clone().map(|word| word.end).max();
        let starts = words.chain(self.assignments.iter().map(|(_, word)| word)).map(|word| word.start).min();
        let start = starts.unwrap_or_default();
        (start, ends.unwrap_or(start).max(start))
    }
}

impl Script {
    /// Reads a script.
    pub(crate) fn read(text: &str) -> Self {
        Self::read_at(text, 0)
    }

    /// Reads a script that starts somewhere in a text.
    pub(crate) fn read_at(text: &str, base: u32) -> Self {
        let mut script = Self::default();
        let mut reader = Reader { script: &mut script, counter: 0 };
        reader.read(text, base, None, &[], 0);
        script
    }

    /// Reads the arguments of `CMD ["sh", "-c", "…"]`: one command, with its place.
    pub(crate) fn of_words(words: &[String], place: (u32, u32)) -> Self {
        let words = words.iter().map(|word| Word::literal(word, place.0, place.1)).collect();
        let mut script = Self::default();
        let mut reader = Reader { script: &mut script, counter: 0 };
        reader.finish(Command { words, ..Command::default() }, 0, Some(place), 0);
        script
    }

    /// The variables that the script sets, with their values as words.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, &[Word])> {
        self.values.iter().map(|(name, words)| (name.as_str(), words.as_slice()))
    }

    /// Do other programs see this variable of the script?
    pub(crate) fn exports(&self, name: &str) -> bool {
        self.exported.iter().any(|exported| exported == name || exported == "*")
    }

    /// The values that a word may have; none if it cannot be worked out. `outside` knows the variables that the script
    /// does not set.
    pub(crate) fn values(&self, word: &Word, outside: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
        self.expand(word, outside, 0, &Cell::new(MAX_STEPS))
    }

    fn expand(
        &self,
        word: &Word,
        outside: &dyn Fn(&str) -> Option<String>,
        depth: usize,
        steps: &Cell<usize>,
    ) -> Vec<String> {
        let Some(left) = steps.get().checked_sub(1 + word.parts.len()) else { return Vec::new() };
        steps.set(left);
        let mut found = vec![String::new()];
        for part in &word.parts {
            let values: Vec<String> = match part {
                Part::Text(text) => vec![text.clone()],
                Part::Variable(name, default) => {
                    let own = self.values.get(name).filter(|_| depth < MAX_DEPTH);
                    let own = own
                        .into_iter()
                        .flatten()
                        .take(MAX_VALUES)
                        .flat_map(|word| self.expand(word, outside, depth + 1, steps));
                    let mut values: Vec<String> = own.take(MAX_VALUES).collect();
                    if values.is_empty() {
                        values.extend(outside(name).or_else(|| default.clone().filter(|text| !text.contains('$'))));
                    }
                    values
                }
                Part::Substitution(..) | Part::Unknown => Vec::new(),
            };
            let short = |pair: &(&String, &String)| pair.0.len() + pair.1.len() < MAX_LENGTH;
            let pairs = found.iter().flat_map(|start| values.iter().map(move |value| (start, value)));
            found = pairs.take(MAX_VALUES).filter(short).map(|(start, value)| format!("{start}{value}")).collect();
        }
        found
    }
}

struct Reader<'s> {
    script: &'s mut Script,
    /// Numbers for pipelines and constructs.
    counter: usize,
}

/// An `if` or `case` that is open, and the arm that was reached.
struct Construct {
    number: usize,
    arm: usize,
    is_case: bool,
}

impl Reader<'_> {
    fn number(&mut self) -> usize {
        self.counter += 1;
        self.counter
    }

    /// Reads a text that starts at `base` of the whole; all its places become `place` if there is one.
    fn read(&mut self, text: &str, base: u32, place: Option<(u32, u32)>, outer: &[(usize, usize)], depth: usize) {
        let mut open: Vec<Construct> = Vec::new();
        let mut command = Command { pipeline: self.number(), ..Command::default() };
        let mut redirect: Option<Option<bool>> = None;
        for token in tokens(text) {
            match token {
                Token::Word(mut word) => {
                    (word.start, word.end) = place.unwrap_or((word.start + base, word.end + base));
                    match redirect.take() {
                        Some(Some(writes)) => command.redirects.push(Redirect { writes, target: word }),
                        Some(None) => {}
                        None if command.words.is_empty() && self.keyword(&word, &mut open) => {}
                        None => {
                            if command.words.is_empty() && command.assignments.is_empty() {
                                let arms = open.iter().map(|one| (one.number, one.arm));
                                command.branch = outer.iter().copied().chain(arms).take(MAX_BRANCHES).collect();
                            }
                            match word.assignment().filter(|_| command.words.is_empty()) {
                                Some(assignment) => command.assignments.push(assignment),
                                None => command.words.push(word),
                            }
                        }
                    }
                }
                Token::Operator(
                    operator @ ("<" | ">" | ">>" | ">|" | "&>" | "<<" | "<<-" | "<<<" | "<&" | ">&" | "<>" | "&>>"),
                    at,
                ) => {
                    redirect = Some(self.redirection(operator, at + base, &mut command));
                }
                Token::Operator(operator, _) => {
                    redirect = None;
                    let is_piped = matches!(operator, "|" | "|&");
                    let in_case = open.last().is_some_and(|open| open.is_case);
                    let pipeline = if is_piped { command.pipeline } else { self.number() };
                    let done = std::mem::replace(&mut command, Command { pipeline, ..Command::default() });
                    // `a|b)` are patterns.
                    if !(in_case && (operator == ")" || is_word(done.words.first(), "case"))) {
                        self.finish(done, base, place, depth);
                    }
                    if let Some(last) = open.last_mut().filter(|_| operator.starts_with(";;")) {
                        last.arm += 1;
                    }
                }
            }
        }
        self.finish(command, base, place, depth);
    }

    /// Does the redirection read or write the standard stream? `2>` is of no interest.
    fn redirection(&self, operator: &str, at: u32, command: &mut Command) -> Option<bool> {
        let is_number = |word: &&mut Word| {
            word.end == at && word.text().is_some_and(|text| matches!(text.as_str(), "0" | "1" | "2"))
        };
        let number = command.words.last_mut().filter(is_number).and_then(|word| word.text());
        if number.is_some() {
            command.words.pop();
        }
        match operator {
            _ if number.as_deref() == Some("2") => None,
            "<" => Some(false),
            ">" | ">>" | ">|" | "&>" | "&>>" => Some(true),
            _ => None,
        }
    }

    /// Takes in a word that is no command but a part of the grammar.
    fn keyword(&mut self, word: &Word, open: &mut Vec<Construct>) -> bool {
        let Some(text) = word.text() else { return false };
        match text.as_str() {
            "if" => open.push(Construct { number: self.number(), arm: 0, is_case: false }),
            "elif" | "else" => open.iter_mut().rev().take(1).for_each(|last| last.arm += 1),
            "case" => {
                open.push(Construct { number: self.number(), arm: 0, is_case: true });
                return false;
            }
            "fi" | "esac" => drop(open.pop()),
            "then" | "do" | "done" | "while" | "until" | "{" | "}" => {}
            _ => return false,
        }
        true
    }

    /// Keeps a command and reads the scripts inside of it.
    fn finish(&mut self, command: Command, base: u32, outer: Option<(u32, u32)>, depth: usize) {
        if command.words.is_empty() && command.assignments.is_empty() {
            return;
        }
        let (exports, loops) = (self.exports(&command), is_word(command.words.first(), "for"));
        let mut values: Vec<(String, Word)> = command.assignments.clone();
        if exports {
            let words = command.words[1..].iter();
            for word in words {
                let assignment = word.assignment();
                self.script.exported.extend(assignment.as_ref().map(|(name, _)| name.clone()).or_else(|| word.text()));
                values.extend(assignment);
            }
        }
        // `: "${NAME:=default}"` does nothing but give a variable its default.
        if is_word(command.words.first(), ":") {
            let given = command.words[1..].iter().flat_map(|word| word.parts.iter().map(move |part| (word, part)));
            values.extend(given.filter_map(|(word, part)| match part {
                Part::Variable(name, Some(_)) => Some((name.clone(), Word { parts: vec![part.clone()], ..*word })),
                _ => None,
            }));
        }
        if let (true, Some(name)) = (loops, command.words.get(1).and_then(Word::text)) {
            values.extend(command.words.iter().skip(3).map(|word| (name.clone(), word.clone())));
        }
        if is_word(command.words.first(), "set") && command.words[1..].iter().any(|word| is_word(Some(word), "-a")) {
            self.script.exported.push("*".to_owned());
        }
        let inner = scripts_inside(&command);
        let (branch, place) = (command.branch.clone(), command.place());
        self.script.commands.push(command);
        for (name, word) in values {
            self.script.values.entry(name).or_default().push(word);
        }
        if depth < MAX_DEPTH {
            for (text, start) in inner {
                let place = outer.or(start.is_none().then_some(place));
                self.read(&text, base + start.unwrap_or_default(), place, &branch, depth + 1);
            }
        }
    }

    fn exports(&self, command: &Command) -> bool {
        let is_flag = |word: &Word| is_word(Some(word), "-x");
        is_word(command.words.first(), "export")
            || (is_word(command.words.first(), "declare") && command.words.iter().any(is_flag))
    }
}

fn is_word(word: Option<&Word>, text: &str) -> bool {
    word.is_some_and(|word| word.parts.len() == 1 && word.parts[0] == Part::Text(text.to_owned()))
}

/// The texts that a command has run as scripts, and where each starts if it stands there as it is.
fn scripts_inside(command: &Command) -> Vec<(String, Option<u32>)> {
    let words = command.words.iter().chain(command.assignments.iter().map(|(_, word)| word));
    let parts = words.flat_map(|word| &word.parts);
    let substitutions = parts.filter_map(|part| match part {
        Part::Substitution(text, start) => Some((text.clone(), Some(*start))),
        _ => None,
    });
    let mut found: Vec<(String, Option<u32>)> = substitutions.collect();
    if let Some(("sh" | "bash" | "ash" | "dash" | "zsh", arguments)) =
        command.program().as_ref().map(|(name, arguments)| (name.as_str(), *arguments))
    {
        let is_option = |word: &Word| word.text().is_some_and(|text| text.starts_with('-') && text.ends_with('c'));
        let at = arguments.iter().position(is_option);
        found.extend(at.and_then(|at| Some((arguments.get(at + 1)?.shown(), None))));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(text: &str) -> Vec<String> {
        let script = Script::read(text);
        let words = |command: &Command| command.words.iter().map(Word::shown).collect::<Vec<_>>().join(" ");
        script.commands.iter().map(words).collect()
    }

    #[test]
    fn commands_of_all_kinds() {
        assert_eq!(commands("a b; c && d | e\nexec f"), ["a b", "c", "d", "e", "exec f"]);
        assert_eq!(commands("sh -c \"a 'b' && c\""), ["sh -c a 'b' && c", "a b", "c"]);
        assert_eq!(commands("x=$(a b)\ny `c`"), ["", "a b", "y $(c)", "c"]);
        assert_eq!(commands("case $1 in a|b) c;; *) d;; esac; e"), ["c", "d", "e"].map(str::to_owned));
    }

    #[test]
    fn a_colon_gives_defaults() {
        let script = Script::read(": \"${A:=x}\" ${B=y}\n: $C ${D}");
        let given: Vec<&str> = script.variables().map(|(name, _)| name).collect();
        assert_eq!(given, ["A", "B"]);
        let value =
            |outside: &dyn Fn(&str) -> Option<String>| script.values(&Script::read("$A").commands[0].words[0], outside);
        assert_eq!(value(&|_| None), ["x"]);
        assert_eq!(value(&|_| Some("set".to_owned())), ["set"]);
    }

    #[test]
    fn arms_exclude_each_other() {
        let script = Script::read("a\nif b; then\n c 2>/dev/null > d < e\nelif f; then g\nelse\n h\nfi\ni");
        let branch = |at: usize| script.commands[at].branch.clone();
        assert_eq!(script.commands.len(), 7);
        assert!(branch(0).is_empty() && branch(6).is_empty());
        let (c, h) = (branch(2), branch(5));
        assert!(c[0].0 == h[0].0 && c[0].1 != h[0].1);
        let redirects: Vec<_> = script.commands[2].redirects.iter().map(|r| (r.writes, r.target.text())).collect();
        assert_eq!(redirects, [(true, Some("d".to_owned())), (false, Some("e".to_owned()))]);
    }

    #[test]
    fn variables_have_all_their_values() {
        let script = Script::read("A=x\nexport B=\"$A/y\" C\nfor f in 1 2; do echo $f; done\n");
        let outside = |name: &str| (name == "C").then(|| "c".to_owned());
        let values = |text: &str| script.values(&Script::read(text).commands[0].words[0], &outside);
        assert_eq!(values("$B$C"), ["x/yc"]);
        assert_eq!(values("${f}.conf"), ["1.conf", "2.conf"]);
        assert_eq!(values("$D"), Vec::<String>::new());
        assert_eq!(values("${D:-d}"), ["d"]);
        assert!(script.exports("B") && script.exports("C") && !script.exports("A"));
    }
}
