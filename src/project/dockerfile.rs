//! Dockerfiles: what a stage is built from, what it copies, sets and starts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use parse_dockerfile::{Command, Instruction, JsonOrStringArray, Source, UnescapedString};
use regex::Regex;

use super::env;
use super::shell::{Script, words_of};
use crate::source::{SourceId, Span};

/// A Dockerfile with its variables filled in.
#[derive(Debug, Default)]
pub(crate) struct Dockerfile {
    /// The stages in their order.
    pub(crate) stages: Vec<Stage>,
}

/// What stands between one `FROM` and the next.
#[derive(Debug)]
pub(crate) struct Stage {
    /// `FROM … AS name`.
    pub(crate) name: Option<String>,
    /// The image, or the stage, that it starts from.
    pub(crate) base: String,
    /// Where the image stands.
    pub(crate) span: Span,
    /// The earlier stage that it starts from.
    pub(crate) parent: Option<usize>,
    /// The instructions that are of interest.
    pub(crate) steps: Vec<Step>,
}

/// An instruction.
#[derive(Debug)]
pub(crate) enum Step {
    /// `ENV`, and the values that ARG gives to names of ENV.
    Env(String, Option<String>, Span),
    /// `COPY` and `ADD`.
    Copy { from: Option<String>, sources: Vec<String>, target: String, span: Span },
    /// `RUN`.
    Run(Script),
    /// `WORKDIR`.
    Folder(String),
    /// `CMD`.
    Command(Start),
    /// `ENTRYPOINT`.
    Entrypoint(Start),
    /// `VOLUME`.
    Volume(String, Span),
}

/// What a container starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// Program and arguments; a shell form begins with `/bin/sh -c`.
    pub words: Vec<String>,
    /// Where it is written.
    pub span: Span,
    /// The variables that compose filled into it.
    pub filled_in: Vec<String>,
}

impl Dockerfile {
    /// Reads a Dockerfile; none if it is malformed. `arguments` are what the build is told from outside.
    pub(crate) fn read(id: SourceId, text: &str, arguments: &BTreeMap<String, String>) -> Option<Self> {
        let readable = without_empty_lists(text);
        let parsed = parse_dockerfile::parse(&readable).ok()?;
        let mut reader = Reader { id, text, arguments, global: BTreeMap::new(), values: BTreeMap::new() };
        let mut stages: Vec<Stage> = Vec::new();
        for instruction in &parsed.instructions {
            if let Instruction::From(from) = instruction {
                reader.values.clone_from(&reader.global);
                let base = reader.filled(&from.image.value);
                reader.values.clear();
                let parent = stages.iter().position(|stage| is_same(stage.name.as_deref(), &base));
                let name = from.as_.as_ref().map(|(_, name)| name.value.to_string());
                let span = reader.span(&from.image);
                stages.push(Stage { name, base, span, parent, steps: Vec::new() });
            } else if let Some(stage) = stages.last_mut() {
                reader.step(instruction, &mut stage.steps);
            } else if let Instruction::Arg(argument) = instruction {
                for (name, value, _) in reader.assignments(&argument.arguments) {
                    let value = arguments.get(&name).cloned().or(value);
                    reader.global.extend(value.map(|value| (name, value)));
                }
            }
        }
        Some(Self { stages })
    }

    /// The stage of this name or number; the last one if none is named.
    pub(crate) fn stage(&self, name: Option<&str>) -> Option<usize> {
        let Some(name) = name else { return self.stages.len().checked_sub(1) };
        let named = self.stages.iter().position(|stage| is_same(stage.name.as_deref(), name));
        named.or_else(|| name.parse().ok().filter(|number| *number < self.stages.len()))
    }
}

/// `ENTRYPOINT []` takes the entrypoint of the base away; the parser wants something there. As long as before.
fn without_empty_lists(text: &str) -> String {
    static EMPTY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?mi)^([ \t]*(?:ENTRYPOINT|CMD)[ \t]+)\[([ \t]*)\]").unwrap_or_else(|problem| panic!("{problem}"))
    });
    EMPTY.replace_all(text, "$1\"\"$2").into_owned()
}

fn is_same(name: Option<&str>, other: &str) -> bool {
    name.is_some_and(|name| name.eq_ignore_ascii_case(other))
}

struct Reader<'t> {
    id: SourceId,
    text: &'t str,
    arguments: &'t BTreeMap<String, String>,
    /// The arguments in front of the first FROM.
    global: BTreeMap<String, String>,
    values: BTreeMap<String, String>,
}

impl Reader<'_> {
    fn filled(&self, text: &str) -> String {
        let filled = env::interpolate(text, &self.values);
        // A name with a hole in it must not be taken for another one.
        if filled.is_open { text.to_owned() } else { filled.text }
    }

    fn span(&self, text: &UnescapedString<'_>) -> Span {
        self.range(&text.span)
    }

    fn range(&self, range: &std::ops::Range<usize>) -> Span {
        Span::new(self.id, range.start as u32, range.end.max(range.start) as u32)
    }

    fn step(&mut self, instruction: &Instruction<'_>, steps: &mut Vec<Step>) {
        match instruction {
            Instruction::Env(env) => {
                for (name, value, place) in self.assignments(&env.arguments) {
                    self.values.extend(value.clone().map(|value| (name.clone(), value)));
                    steps.push(Step::Env(name, value, Span::new(self.id, place.0, place.1)));
                }
            }
            Instruction::Arg(argument) => {
                for (name, value, _) in self.assignments(&argument.arguments) {
                    let told = self.arguments.get(&name).or_else(|| self.global.get(&name));
                    let value = told.cloned().or(value);
                    self.values.extend(value.map(|value| (name, value)));
                }
            }
            Instruction::Copy(copy) => steps.push(self.copy(&copy.options, &copy.src, &copy.dest)),
            Instruction::Add(add) => steps.push(self.copy(&add.options, &add.src, &add.dest)),
            Instruction::Run(run) => steps.push(Step::Run(self.script(&run.arguments))),
            Instruction::Workdir(folder) => steps.push(Step::Folder(self.filled(&folder.arguments.value))),
            Instruction::Cmd(command) => steps.push(Step::Command(self.start(&command.arguments))),
            Instruction::Entrypoint(entry) => steps.push(Step::Entrypoint(self.start(&entry.arguments))),
            Instruction::Volume(volume) => {
                let texts = match &volume.arguments {
                    JsonOrStringArray::Json(texts) => texts.value.iter().collect::<Vec<_>>(),
                    JsonOrStringArray::String(texts) => texts.iter().collect(),
                };
                steps.extend(texts.into_iter().map(|text| Step::Volume(self.filled(&text.value), self.span(text))));
            }
            _ => {}
        }
    }

    fn copy(
        &self,
        options: &[parse_dockerfile::Flag<'_>],
        sources: &[Source<'_>],
        target: &UnescapedString<'_>,
    ) -> Step {
        let from = options.iter().find(|flag| flag.name.value == "from").and_then(|flag| flag.value.as_ref());
        let paths = sources.iter().filter_map(|source| if let Source::Path(path) = source { Some(path) } else { None });
        let start = paths.clone().next().map_or(target.span.start, |path| path.span.start);
        let span = self.range(&(start.min(target.span.end)..target.span.end));
        let sources = paths.map(|path| self.filled(&path.value)).filter(|path| !path.contains("://")).collect();
        Step::Copy { from: from.map(|from| from.value.to_string()), sources, target: self.filled(&target.value), span }
    }

    fn start(&self, command: &Command<'_>) -> Start {
        let (words, range) = match command {
            Command::Exec(words) => (words.value.iter().map(|word| word.value.to_string()).collect(), &words.span),
            Command::Shell(text) if text.value.trim() == "\"\"" => (Vec::new(), &text.span),
            Command::Shell(text) => {
                (vec!["/bin/sh".to_owned(), "-c".to_owned(), unfolded(text.value).trim().to_owned()], &text.span)
            }
            _ => return Start { words: Vec::new(), span: Span::new(self.id, 0, 0), filled_in: Vec::new() },
        };
        Start { words, span: self.range(range), filled_in: Vec::new() }
    }

    fn script(&self, command: &Command<'_>) -> Script {
        match command {
            Command::Exec(words) => {
                let place = self.range(&words.span);
                let words: Vec<String> = words.value.iter().map(|word| word.value.to_string()).collect();
                Script::of_words(&words, (place.start, place.end))
            }
            // The text is a part of the file, and so the places of its words are those of the file.
            Command::Shell(text) => Script::read_at(&unfolded(text.value), text.span.start as u32),
            _ => Script::default(),
        }
    }

    /// `A=1 B="x y"`, or `A the rest`.
    fn assignments(&self, arguments: &UnescapedString<'_>) -> Vec<(String, Option<String>, (u32, u32))> {
        let raw = self.text.get(arguments.span.clone()).unwrap_or(&arguments.value);
        let base = arguments.span.start as u32;
        let outside = |name: &str| self.values.get(name).cloned();
        let words = words_of(raw);
        let place = |start: u32, end: u32| (base + start, base + end);
        if let Some((name, value)) = raw.trim().split_once(char::is_whitespace).filter(|(name, _)| env::is_name(name)) {
            let value = env::interpolate(value.trim(), &self.values);
            let value = (!value.is_open).then_some(value.text);
            return vec![(name.to_owned(), value, place(0, raw.len() as u32))];
        }
        let named = words.iter().filter_map(|word| {
            let (name, value) = match word.assignment() {
                Some((name, value)) => (name, Script::default().values(&value, &outside).into_iter().next()),
                None => (word.text().filter(|name| env::is_name(name))?, None),
            };
            Some((name, value, place(word.start, word.end)))
        });
        named.collect()
    }
}

/// The text with comment lines blanked out, so that the lines around them belong together.
fn unfolded(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        if line.trim_start().starts_with('#') { line.bytes().map(|_| ' ').collect() } else { line.to_owned() }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Dockerfile {
        Dockerfile::read(SourceId::default(), text, &BTreeMap::new()).expect("it is a Dockerfile")
    }

    #[test]
    fn stages_and_arguments() {
        let text = "ARG V=1.27\nFROM node:20 AS build\nENV A=x\nFROM nginx:${V}-alpine AS base\nFROM base\nARG X=1\nENV B=$X C=\"a b\" D=$Y\n";
        let file = read(text);
        let bases: Vec<_> = file.stages.iter().map(|stage| stage.base.as_str()).collect();
        assert_eq!(bases, ["node:20", "nginx:1.27-alpine", "base"]);
        assert_eq!(file.stages[2].parent, Some(1));
        assert_eq!((file.stage(Some("BUILD")), file.stage(Some("1")), file.stage(None)), (Some(0), Some(1), Some(2)));
        let env = |step: &Step| match step {
            Step::Env(name, value, span) => {
                (name.clone(), value.clone(), text[span.start as usize..span.end as usize].to_owned())
            }
            other => panic!("{other:?}"),
        };
        let found: Vec<_> = file.stages[2].steps.iter().map(env).collect();
        let expect =
            |name: &str, value: Option<&str>, text: &str| (name.to_owned(), value.map(str::to_owned), text.to_owned());
        assert_eq!(
            found,
            [expect("B", Some("1"), "B=$X"), expect("C", Some("a b"), "C=\"a b\""), expect("D", None, "D=$Y")]
        );
    }

    #[test]
    fn instructions_of_both_forms() {
        let text = "FROM nginx\nCOPY --from=b --chown=x a b /c/\nADD http://a.test/x y /z\nCMD [\"nginx\", \"-g\"]\nENTRYPOINT run \\\n  # no\n  it\nVOLUME /v\nENV E some text\nRUN rm a && \\\n # no\n  cp b c\n";
        let file = read(text);
        let steps = &file.stages[0].steps;
        assert!(
            matches!(&steps[0], Step::Copy { from: Some(from), sources, target, .. } if from == "b" && sources.len() == 2 && target == "/c/")
        );
        assert!(matches!(&steps[1], Step::Copy { from: None, sources, .. } if sources == &["y"]));
        assert!(matches!(&steps[2], Step::Command(start) if start.words == ["nginx", "-g"]));
        assert!(matches!(&steps[3], Step::Entrypoint(start) if start.words[..2] == ["/bin/sh", "-c"]));
        assert!(matches!(&steps[4], Step::Volume(path, _) if path == "/v"));
        assert!(matches!(&steps[5], Step::Env(name, Some(value), _) if name == "E" && value == "some text"));
        let Step::Run(script) = &steps[6] else { panic!("{:?}", steps[6]) };
        let (start, end) = script.commands[1].place();
        assert_eq!((script.commands.len(), &text[start as usize..end as usize]), (2, "cp b c"));
    }
}
