//! Programs that make a configuration out of a template, as scripts call them.

use std::collections::BTreeMap;

use super::path_map::join;
use super::shell::{Command, Part, Script, Word};

/// What fills a template in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Renderer {
    /// `envsubst` of GNU gettext.
    Envsubst,
    /// Another program, by name.
    Other(String),
}

/// The list of variables that `envsubst` is told to replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// What stands in the script, quotes left out.
    pub written: String,
    /// What the program gets; none if only a shell can work that out.
    pub received: Option<String>,
    /// The variables that the shell, or compose before it, replaces in the list.
    pub replaced: Vec<String>,
    /// Its first and last byte in the script.
    pub(crate) place: (u32, u32),
}

/// One call of such a program.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) renderer: Renderer,
    /// The files that it may read; absolute if the folder is known that it runs in.
    pub(crate) inputs: Vec<String>,
    /// The files that it writes.
    pub(crate) outputs: Vec<String>,
    pub(crate) list: Option<List>,
    /// First and last byte of the command.
    pub(crate) place: (u32, u32),
    /// The arms of `if` and `case` that it stands in.
    pub(crate) branch: Vec<(usize, usize)>,
    /// Assignments in front of it.
    pub(crate) assigned: Vec<String>,
    /// May it read and write files whose names cannot be worked out here?
    pub(crate) is_open: bool,
}

/// Renderers whose templates are not those of envsubst.
const OTHERS: &[&str] = &[
    "ansible",
    "ansible-playbook",
    "confd",
    "consul-template",
    "dockerize",
    "envtpl",
    "erb",
    "esh",
    "gomplate",
    "gotpl",
    "helm",
    "j2",
    "jinja",
    "jinja2",
    "jinjanate",
    "m4",
    "minijinja-cli",
    "mo",
    "mustache",
    "remco",
    "renderizer",
    "sempl",
    "sigil",
    "tiller",
    "ytt",
];

/// Programs that work on texts, and by that on templates.
const TEXT_TOOLS: &[&str] =
    &["awk", "gawk", "node", "perl", "php", "python", "python2", "python3", "replace", "ruby", "sed", "gsed"];

/// Of a pipe, so many commands before and behind are looked at.
const MAX_PIPE: usize = 16;

/// Options that other programs of the name envsubst have.
const FOREIGN_OPTIONS: &[&str] =
    &["-i", "-o", "-no-unset", "-no-empty", "-no-digit", "-fail-fast", "--no-unset", "--no-empty"];

/// The calls of a script. `outside` knows variables that the script does not set; `folder` is where it runs.
pub(crate) fn find(script: &Script, folder: Option<&str>, outside: &dyn Fn(&str) -> Option<String>) -> Vec<Call> {
    let finder = Finder { script, outside };
    let mut folder = folder.map(str::to_owned);
    let mut found = Vec::new();
    for (at, command) in script.commands.iter().enumerate() {
        let Some((program, arguments)) = command.program() else { continue };
        if program == "cd" {
            let target = arguments.first().and_then(|word| finder.one(word));
            folder = target.and_then(|target| match &folder {
                _ if target.starts_with('/') => Some(join("/", &target)),
                Some(folder) => Some(join(folder, &target)),
                None => None,
            });
        } else if let Some(renderer) = renderer(&program, arguments) {
            found.push(finder.call(at, command, renderer, arguments, folder.as_deref()));
        }
    }
    found
}

/// Does a script call such a program at all?
pub(crate) fn has_any(script: &Script) -> bool {
    script
        .commands
        .iter()
        .any(|command| command.program().is_some_and(|(program, arguments)| renderer(&program, arguments).is_some()))
}

/// Does a script have a shell evaluate what another command prints, or a here-document in a text?
pub(crate) fn evaluates(script: &Script) -> bool {
    let is_eval = |word: &Word| word.text().is_some_and(|text| text == "eval");
    let is_made = |part: &Part| match part {
        Part::Substitution(..) | Part::Unknown => true,
        Part::Text(text) => text.contains("<<"),
        Part::Variable(..) => false,
    };
    let mut evals = script.commands.iter().filter(|command| command.words.first().is_some_and(is_eval));
    evals.any(|command| command.words.iter().flat_map(|word| &word.parts).any(is_made))
}

fn renderer(program: &str, arguments: &[Word]) -> Option<Renderer> {
    let other = || Some(Renderer::Other(program.to_owned()));
    let is_foreign = |word: &Word| word.text().is_some_and(|text| FOREIGN_OPTIONS.contains(&text.as_str()));
    match program {
        "envsubst" if arguments.iter().any(is_foreign) => other(),
        "envsubst" => Some(Renderer::Envsubst),
        _ if program.starts_with("envsubst") || OTHERS.contains(&program) || TEXT_TOOLS.contains(&program) => other(),
        _ => None,
    }
}

struct Finder<'s> {
    script: &'s Script,
    outside: &'s dyn Fn(&str) -> Option<String>,
}

impl Finder<'_> {
    fn all(&self, word: &Word) -> Vec<String> {
        self.script.values(word, self.outside)
    }

    fn one(&self, word: &Word) -> Option<String> {
        self.all(word).into_iter().next()
    }

    fn call(&self, at: usize, command: &Command, renderer: Renderer, arguments: &[Word], folder: Option<&str>) -> Call {
        let commands = &self.script.commands;
        let joined = |other: &&Command| other.pipeline == command.pipeline;
        let before: Vec<&Command> = commands[..at].iter().rev().take_while(joined).take(MAX_PIPE).collect();
        let behind: Vec<&Command> = commands[at + 1..].iter().take_while(joined).take(MAX_PIPE).collect();
        let is_envsubst = renderer == Renderer::Envsubst;
        let redirected = |command: &Command, writes: bool| {
            let redirects = command.redirects.iter().filter(move |redirect| redirect.writes == writes);
            redirects.flat_map(|redirect| self.all(&redirect.target)).collect::<Vec<String>>()
        };
        let mut is_open = self.has_open_input(command, is_envsubst);
        let mut inputs = redirected(command, false);
        for earlier in &before {
            inputs.extend(redirected(earlier, false));
            inputs.extend(self.files(earlier.program().map_or(&[], |(_, arguments)| arguments)));
            is_open |= is_envsubst && self.has_open_input(earlier, false);
        }
        if !is_envsubst {
            inputs.extend(self.files(arguments));
        }
        let mut outputs = redirected(command, true);
        for later in &behind {
            outputs.extend(redirected(later, true));
            let writes = later.program().filter(|(program, _)| matches!(program.as_str(), "tee" | "sponge"));
            outputs.extend(writes.map(|(_, arguments)| self.files(arguments)).unwrap_or_default());
        }
        let is_in_place = arguments.iter().filter_map(Word::text).any(|text| text.starts_with("-i"));
        let is_text_tool = matches!(&renderer, Renderer::Other(name) if TEXT_TOOLS.contains(&name.as_str()));
        is_open &= !is_text_tool || is_in_place || writes_files(command, &behind);
        is_open |= is_envsubst && inputs.is_empty();
        let absolute = |path: String| folder.map_or(path.clone(), |folder| join(folder, &path));
        Call {
            list: arguments.iter().find(|word| is_envsubst && !is_option(word)).map(|word| self.list(word)),
            renderer,
            inputs: inputs.into_iter().map(absolute).collect(),
            outputs: outputs.into_iter().map(absolute).collect(),
            place: command.place(),
            branch: command.branch.clone(),
            assigned: command.assignments.iter().map(|(name, _)| name.clone()).collect(),
            is_open,
        }
    }

    /// Is something among what a command reads that cannot be worked out? The arguments of envsubst are no files.
    fn has_open_input(&self, command: &Command, is_envsubst: bool) -> bool {
        let arguments = command.program().map_or(&[][..], |(_, arguments)| arguments);
        let arguments = arguments.iter().filter(|_| !is_envsubst);
        let read = command.redirects.iter().filter(|redirect| !redirect.writes).map(|redirect| &redirect.target);
        arguments.chain(read).any(|word| self.all(word).is_empty())
    }

    /// The arguments that can be names of files; `source:target` names two.
    fn files(&self, arguments: &[Word]) -> Vec<String> {
        let words = arguments.iter().filter(|word| !is_option(word)).flat_map(|word| self.all(word));
        let mut files = Vec::new();
        for text in words {
            files.extend(text.split(':').filter(|_| text.contains(':')).map(str::to_owned));
            files.push(text);
        }
        files
    }

    fn list(&self, word: &Word) -> List {
        let replaced = word.parts.iter().filter_map(|part| match part {
            Part::Variable(name, _) => Some(name.clone()),
            _ => None,
        });
        // A variable that is set in several places has a value that depends on the way through the script.
        let received = Some(self.all(word)).filter(|values| values.len() == 1).and_then(|mut values| values.pop());
        List { written: word.shown(), received, replaced: replaced.collect(), place: (word.start, word.end) }
    }
}

/// Does a command, or one behind it in its pipe, write into a file?
fn writes_files(command: &Command, behind: &[&Command]) -> bool {
    let is_tee = |command: &Command| command.program().is_some_and(|(program, _)| program == "tee");
    let mut all = std::iter::once(command).chain(behind.iter().copied());
    all.any(|command| command.redirects.iter().any(|redirect| redirect.writes) || is_tee(command))
}

fn is_option(word: &Word) -> bool {
    word.text().is_some_and(|text| text.starts_with('-') && text.len() > 1)
}

/// Do two commands stand in different arms of one construct, so that only one of them can run?
pub(crate) fn exclude_each_other(one: &[(usize, usize)], other: &[(usize, usize)]) -> bool {
    one.iter().any(|(construct, arm)| other.iter().any(|(same, other)| construct == same && arm != other))
}

/// The variables that a script sets, by name, with the value if there is just one.
pub(crate) fn variables(
    script: &Script,
    outside: &dyn Fn(&str) -> Option<String>,
) -> BTreeMap<String, (Option<String>, (u32, u32))> {
    let one = |words: &[Word]| match words {
        [word] => script.values(word, outside).into_iter().next(),
        _ => None,
    };
    let read = script.variables().filter_map(|(name, words)| {
        let first = words.first()?;
        Some((name.to_owned(), (one(words), (first.start, first.end))))
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(text: &str) -> Vec<Call> {
        find(&Script::read(text), Some("/w"), &|name| (name == "OUT").then(|| "/o".to_owned()))
    }

    #[test]
    fn ways_to_call_envsubst() {
        for text in [
            "envsubst '$A' < /t > /o",
            "cat /t | envsubst '$A' | tee /o",
            "cd /; envsubst \"\\$A\" <t >$OUT",
            "sh -c 'envsubst \"\\$A\" < /t > /o && nginx'",
            "T=/t; L='$A'; if a; then envsubst \"$L\" < $T > ${OUT}; fi",
            "exec /usr/bin/envsubst '$A' 2>/dev/null < /t > /o",
        ] {
            let found = calls(text);
            let call = found.iter().find(|call| call.renderer == Renderer::Envsubst).expect(text);
            let list = call.list.as_ref().and_then(|list| list.received.as_deref());
            let (inputs, outputs) = (call.inputs.join(","), call.outputs.join(","));
            assert_eq!((list, inputs.as_str(), outputs.as_str()), (Some("$A"), "/t", "/o"), "{text}");
        }
    }

    #[test]
    fn lists_before_and_after_the_shell() {
        let list = |text: &str| calls(text)[0].list.clone().expect("there is one");
        let replaced = list("envsubst \"${DOMAIN}\" < t");
        assert_eq!((replaced.received, replaced.replaced), (None, vec!["DOMAIN".to_owned()]));
        let computed = list("envsubst \"$(env | cut -d= -f1)\" < t");
        assert_eq!((computed.received, computed.replaced.len()), (None, 0));
        assert_eq!(list("envsubst DOMAIN < t").received.as_deref(), Some("DOMAIN"));
        assert!(calls("envsubst < t > u")[0].list.is_none());
    }

    #[test]
    fn other_renderers_by_name() {
        let other = |text: &str| calls(text)[0].clone();
        assert_eq!(other("envsubst-a8m < /x").renderer, Renderer::Other("envsubst-a8m".to_owned()));
        assert_eq!(other("envsubst -i a -o b").renderer, Renderer::Other("envsubst".to_owned()));
        let dockerize = other("dockerize -template /a.tmpl:/b.conf nginx");
        assert!(dockerize.inputs.contains(&"/a.tmpl".to_owned()));
        assert!(other("sed -e s/a/b/ x.tpl > y").inputs.contains(&"/w/x.tpl".to_owned()));
    }

    #[test]
    fn arms_of_one_construct() {
        let found = calls("if a; then envsubst < x > o; else envsubst < y > o; fi; envsubst < z > o");
        assert!(exclude_each_other(&found[0].branch, &found[1].branch));
        assert!(!exclude_each_other(&found[0].branch, &found[2].branch));
    }
}
