//! Configurations that nginx accepts, changed at random, and judged by nginx and by us: do we agree?
//!
//! Runs where `NGINX_BIN` names binaries. `MUTANTS` says how many configurations are tried (2,000 if it does not),
//! `MUTANTS_SEED` which ones.

use std::io::Write;
use std::path::Path;

use nginspect::check::{self, Settings};
use nginspect::nginx::context::Context;
use nginspect::nginx::directives::{self, Origin};
use nginspect::page::ExampleKind;
use nginspect::project::Project;
use nginspect::rules::RULES;
use nginspect::syntax::{Dialect, NodeId, Terminator, Tree, parse};
use nginspect::template::is_template_name;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rayon::prelude::*;

use crate::support::nginx::{Certificates, Nginx, Texts, Verdict, prepared};
use crate::support::{Memory, read};

/// What nginx says about the machine rather than about the configuration.
const ABOUT_THE_MACHINE: &[&str] = &[
    "host not found",
    "cannot load",
    "open() ",
    "opendir() ",
    "mkdir() ",
    "pread() ",
    "bind() ",
    "getpwnam",
    "getgrnam",
    "dlopen",
    "no such file",
    "module \"",
    "is not supported on this platform",
    "Too many open files",
];

/// Values of many kinds; the words of the configuration itself come on top.
const VALUES: &[&str] = &[
    "on",
    "off",
    "ON",
    "auto",
    "0",
    "1",
    "-1",
    "10",
    "512",
    "65536",
    "1k",
    "10m",
    "1g",
    "4 8k",
    "30s",
    "1.5",
    "500ms",
    "1M",
    "1h30m",
    "30m1h",
    "http://127.0.0.1:8080",
    "http://127.0.0.1:8080/",
    "127.0.0.1",
    "127.0.0.1:8080",
    "127.0.0.1:99999",
    "unix:/tmp/a.sock",
    "$host",
    "$nope",
    "${host",
    "$",
    "$1",
    "\"\"",
    "\"a b\"",
    "'$uri x'",
    "=404",
    "=",
    "~",
    "~*",
    "^~",
    "@named",
    "/",
    "/a/",
    "(",
    ")",
    "[a-z]+",
    "(a)(b)",
    "a{2}",
    "\"a{2,}\"",
    "*",
    "default",
    "default_server",
    "always",
    "last",
    "permanent",
    "ssl",
    "http2",
    "10.0.0.0/8",
    "10.0.0.0/33",
    "all",
    "*.example.test",
    "www.*",
    "a.*.test",
    "zone=a:1m",
    "zone=a",
    "keys_zone=a:1m",
    "rate=1r/s",
    "burst=5",
    "301",
    "404",
    "999",
    "text/html",
    "text/plain",
    "main",
    "combined",
    "GET",
    "any",
    "http_500",
    "max_size=1g",
    "levels=1:2",
    "weight=2",
    "backup",
    "8080",
    "80",
    "if=$host",
    "[::]:8081",
    "TLSv1.2",
    "shared:SSL:1m",
    "X-A",
    "none",
    "blocked",
    "hostnames",
    "!~",
    "-f",
    "!-e",
];

/// One change.
#[derive(Debug, Clone)]
struct Mutation {
    kind: u8,
    node: Index,
    word: Index,
    other: Index,
}

fn mutation() -> impl Strategy<Value = Mutation> {
    (0_u8..10, any::<Index>(), any::<Index>(), any::<Index>()).prop_map(|(kind, node, word, other)| Mutation {
        kind,
        node,
        word,
        other,
    })
}

/// A mutant: the configuration it comes from, and what is changed, in order.
fn mutant() -> impl Strategy<Value = (Index, Vec<Mutation>)> {
    (any::<Index>(), prop::collection::vec(mutation(), 1..=2))
}

/// A configuration that nginx accepts: its files, and the main one.
struct Seed {
    name: String,
    files: Texts,
    main: String,
}

#[test]
fn mutants_are_judged_as_nginx_judges_them() {
    let binaries = Nginx::at_hand();
    let mut stderr = std::io::stderr();
    if binaries.is_empty() {
        writeln!(stderr, "differential: skipped, NGINX_BIN names no nginx").expect("stderr is open");
        return;
    }
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<usize>().expect("a number"));
    let (count, start) = (number("MUTANTS").unwrap_or(2_000), number("MUTANTS_SEED").unwrap_or(0) as u64);
    let certificates = Certificates::new();
    let seeds: Vec<Vec<Seed>> = binaries.iter().map(|nginx| seeds(nginx, &certificates)).collect();
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&start.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = mutant();
    let mutants: Vec<_> = (0..count).map(|_| strategy.new_tree(&mut runner).expect("a mutant").current()).collect();

    let judged: Vec<Option<Option<String>>> = mutants
        .par_iter()
        .enumerate()
        .map(|(number, (seed, mutations))| {
            let nginx = number % binaries.len();
            let seed = seed.get(&seeds[nginx]);
            let text = mutations.iter().fold(seed.files[0].1.clone(), |text, mutation| mutated(&text, mutation));
            compared(&binaries[nginx], seed, &text).map(|agreement| agreement.err())
        })
        .collect();
    let disagreements: Vec<&String> = judged.iter().flatten().flatten().collect();
    let judged = judged.iter().flatten().count();
    for disagreement in &disagreements {
        writeln!(stderr, "{disagreement}\n").expect("stderr is open");
    }
    let agreed = judged - disagreements.len();
    writeln!(stderr, "differential: {count} mutants, {judged} judged by both, {agreed} alike").expect("stderr is open");
    assert!(judged * 2 > count, "most mutants should be judged");
    assert!(agreed * 100 >= judged * 98, "{agreed} of {judged} are judged alike");
}

/// The good examples of all pages.
fn seeds(nginx: &Nginx, certificates: &Certificates) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for rule in RULES {
        for (number, example) in rule.parsed_page().examples().iter().enumerate() {
            let context = example.attribute("context").unwrap_or("http");
            // Of a template, it is the result that nginx gets to see.
            let is_template = is_template_name(Path::new(&example.files[0].0));
            if example.kind != ExampleKind::Bad && !is_template {
                let (files, main) = prepared(certificates, example.files.clone(), context);
                seeds.push(Seed { name: format!("{} example {}", rule.id, number + 1), files, main });
            }
        }
    }
    let is_accepted = |seed: &Seed| matches!(nginx.judge(&seed.files, &seed.main), Verdict::Accepted);
    seeds.into_par_iter().filter(|seed| is_accepted(seed)).collect()
}

/// Do both say the same about the seed with this text? None if nginx speaks of the machine, or lacks a module. What they do
/// not agree on is told with the smallest text that shows it.
fn compared(nginx: &Nginx, seed: &Seed, text: &str) -> Option<Result<(), String>> {
    let (theirs, ours) = (nginx_rejects(nginx, seed, text)?, we_reject(nginx, seed, text));
    if theirs.is_some() == ours.is_some() {
        return Some(Ok(()));
    }
    let text = minimised(text, |text| {
        let still = nginx_rejects(nginx, seed, text);
        still.is_some_and(|still| still == theirs) && we_reject(nginx, seed, text).is_some() == ours.is_some()
    });
    let theirs = theirs.unwrap_or_else(|| "accepted".to_owned());
    let ours = we_reject(nginx, seed, &text).unwrap_or_else(|| "accepted".to_owned());
    Some(Err(format!("nginx {} ({}): {theirs}\nwe: {ours}\n{}", nginx.version, seed.name, text.trim())))
}

/// What nginx rejects it for; the outer `None` if that is about the machine.
fn nginx_rejects(nginx: &Nginx, seed: &Seed, text: &str) -> Option<Option<String>> {
    let mut files = seed.files.clone();
    files[0].1 = text.to_owned();
    match nginx.judge(&files, &seed.main) {
        Verdict::Accepted => Some(None),
        Verdict::Rejected(message) if ABOUT_THE_MACHINE.iter().any(|words| message.contains(words)) => None,
        Verdict::Rejected(message) => Some(Some(message.split(" in ").next().unwrap_or_default().to_owned())),
        Verdict::Lacks(_) => None,
    }
}

/// What we reject it for.
fn we_reject(nginx: &Nginx, seed: &Seed, text: &str) -> Option<String> {
    let mut files: Vec<(&str, &[u8])> =
        seed.files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    files[0].1 = text.as_bytes();
    let config = read(&Memory::new(files), &seed.main, Some(Context::Main));
    let settings = Settings { target: Some(nginx.version), ..Settings::default() };
    let findings = check::check(&config, &Project::default(), &settings, RULES);
    assert!(findings.crashed.is_empty(), "{:?} panicked on\n{text}", findings.crashed);
    let rejects: Vec<String> = findings
        .diagnostics
        .iter()
        .filter(|finding| finding.nginx_rejects)
        .map(|finding| format!("{} ({})", finding.message, finding.rule))
        .collect();
    (!rejects.is_empty()).then(|| rejects.join(", "))
}

/// The text without every directive that the disagreement does not need.
fn minimised(text: &str, still: impl Fn(&str) -> bool) -> String {
    let mut text = text.to_owned();
    let mut id = 0;
    while let Some(node) = tree(&text).nodes().get(id).copied() {
        let shorter = format!("{}{}", &text[..node.start as usize], &text[node.end as usize..]);
        if still(&shorter) {
            text = shorter;
        } else {
            id += 1;
        }
    }
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| format!("{line}\n")).collect()
}

fn tree(text: &str) -> Tree {
    parse(text.as_bytes(), Dialect::default())
}

fn mutated(text: &str, mutation: &Mutation) -> String {
    let tree = tree(text);
    if tree.nodes().is_empty() {
        return text.to_owned();
    }
    let id = mutation.node.index(tree.nodes().len()) as NodeId;
    let node = *tree.node(id);
    let (start, end) = (node.start as usize, node.end as usize);
    let whole = &text[start..end];
    let replace = |start: usize, end: usize, by: &str| format!("{}{by}{}", &text[..start], &text[end..]);
    let words = tree.words(id);
    let quote = |word: &nginspect::syntax::Word| usize::from(word.quote.is_some());
    let argument = (words.len() > 1).then(|| &words[1 + mutation.word.index(words.len() - 1)]);
    let place = argument.map(|word| (word.start as usize - quote(word), word.end as usize + quote(word)));
    let value = value(text, &tree, mutation.other);
    match mutation.kind {
        0 => replace(start, end, ""),
        1 => replace(end, end, &format!(" {whole}")),
        2 => moved(text, &tree, id, mutation.other),
        3 | 4 => place.map_or(text.to_owned(), |(start, end)| replace(start, end, &value)),
        5 => {
            let at = words.last().map_or(start, |word| word.end as usize + quote(word));
            replace(at, at, &format!(" {value}"))
        }
        6 => place.map_or(text.to_owned(), |(start, end)| replace(start, end, "")),
        7 => {
            let name = words.first().map_or(start..start, |word| word.start as usize..word.end as usize);
            replace(name.start, name.end, some_name(mutation.other))
        }
        8 => match node.terminator {
            Terminator::Semicolon(at) => replace(at as usize, at as usize + 1, " {}"),
            Terminator::Block { open, .. } => replace(open as usize, end, ";"),
            _ => text.to_owned(),
        },
        _ => replace(start, start, &format!("{} {value}; ", some_name(mutation.word))),
    }
}

/// The directive taken out of its place, and put at the begin of some block.
fn moved(text: &str, tree: &Tree, id: NodeId, to: Index) -> String {
    let node = tree.node(id);
    let (start, end) = (node.start as usize, node.end as usize);
    let openings: Vec<usize> = (0..tree.nodes().len() as NodeId)
        .filter_map(|other| match tree.node(other).terminator {
            Terminator::Block { open, .. } => Some(open as usize + 1),
            _ => None,
        })
        .filter(|at| !(start..end).contains(at))
        .chain([0])
        .collect();
    let at = openings[to.index(openings.len())];
    let whole = format!(" {} ", &text[start..end]);
    match at <= start {
        true => format!("{}{whole}{}{}", &text[..at], &text[at..start], &text[end..]),
        false => format!("{}{}{whole}{}", &text[..start], &text[end..at], &text[at..]),
    }
}

/// A word of the text, or one of the list.
fn value(text: &str, tree: &Tree, choice: Index) -> String {
    let words: Vec<&str> = (0..tree.nodes().len() as NodeId)
        .flat_map(|id| tree.words(id).iter().skip(1))
        .map(|word| &text[word.start as usize..word.end as usize])
        .filter(|word| !word.is_empty() && !word.contains([' ', '"', '\'']))
        .collect();
    let at = choice.index(words.len() + 3 * VALUES.len());
    words.get(at).copied().unwrap_or_else(|| VALUES[at.saturating_sub(words.len()) % VALUES.len()]).to_owned()
}

/// The name of a directive of nginx itself.
fn some_name(choice: Index) -> &'static str {
    let names: Vec<&str> = directives::all()
        .iter()
        .filter(|known| known.origin == Origin::Oss && known.removed.is_none() && known.module.starts_with("ngx_http"))
        .map(|known| known.name)
        .collect();
    names[choice.index(names.len())]
}
