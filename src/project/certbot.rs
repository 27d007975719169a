//! Calls of certbot: which names a certificate is asked for, when it is renewed, and what happens then.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::deployment::Deployment;
use super::image::{Image, ImageKind};
use super::reader::{ProjectFile, is_make, is_shell};
use super::service::{Environment, Service};
use super::shell::{Script, Word, words_of};
use crate::source::{SourceId, Span};

/// What the project does with certbot.
#[derive(Debug, Clone, Default)]
pub struct Certbot {
    /// Its calls, in the order of the files.
    pub calls: Vec<CertbotCall>,
    /// Does anything in the project have nginx, or its container, load new certificates?
    pub reloads: bool,
}

/// One call.
#[derive(Debug, Clone)]
pub struct CertbotCall {
    /// Does it renew what is there? Otherwise it asks for a certificate.
    pub renews: bool,
    /// The command.
    pub span: Span,
    /// The names that it asks for, with variables as `${NAME}`; none if they cannot be known.
    pub names: Option<Vec<(String, Span)>>,
    /// The name of the certificate's folder.
    pub lineage: Option<String>,
    /// Commands that it runs when it has a new certificate.
    pub hooks: Vec<(String, Span)>,
    /// Does its plugin tell nginx by itself?
    pub has_plugin: bool,
    /// The image that it runs in, if that is known to have no nginx.
    pub image: Option<String>,
}

/// A text with commands.
struct Text {
    source: SourceId,
    /// Where the whole stands, if the places of its words are of another text.
    place: Option<Span>,
    script: Script,
    /// What an array of domains in it holds.
    domains: Option<Vec<String>>,
    /// The environment that it runs in, as far as it is known.
    environment: Environment,
}

/// What it can be told to do that matters here.
const COMMANDS: &[&str] = &["certonly", "renew", "run"];
/// Options that take the command to run.
const HOOKS: &[&str] = &["--deploy-hook", "--post-hook", "--renew-hook"];
/// Options without a value, behind which an option or a list of them may stand in a variable.
const FLAGS: &[&str] = &[
    "--agree-tos",
    "--dry-run",
    "--expand",
    "--force-renewal",
    "--keep-until-expiring",
    "--nginx",
    "--no-eff-email",
    "--non-interactive",
    "--noninteractive",
    "--quiet",
    "--register-unsafely-without-email",
    "--staging",
    "--standalone",
    "--webroot",
    "-n",
    "-q",
];
/// Words in the names of variables that hold no domains.
const HARMLESS: &[&str] = &["dry", "email", "force", "key", "mail", "rsa", "size", "staging", "test", "webroot"];

static ARRAY: LazyLock<Regex> = LazyLock::new(|| regex(r"(?m)^[ \t]*(?:export +)?domains=\(([^()$`]*)\)"));
static RELOAD: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\breload\b|\brestart(?:\s|$)|\bHUP\b|force-recreate|renewal-hooks|certbot-nginx|(?:compose|docker|systemctl|service)\b[^\n]*\b(?:down|start|stop)\b",
    )
});
static COMMENT: LazyLock<Regex> = LazyLock::new(|| regex(r"(?m)(?:^|[ \t])#.*$"));
/// The blanks and the comment between a backslash and the end of its line; people write it so, and mean one command.
static COMMENT_BEHIND_BACKSLASH: LazyLock<Regex> = LazyLock::new(|| regex(r"\\[ \t]+(?:#[^\n]*)?\n"));
/// The time in a line of cron, and what stands before a command of systemd.
static BEFORE_COMMAND: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?m)^[ \t]*(?:(?:[0-9*/,-]+[ \t]+){5}|@[a-z]+[ \t]+|Exec[A-Za-z]+=-?)"));

fn regex(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
}

/// Is this, by its name, a file with commands for cron or systemd?
fn is_schedule(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let is_in_folder = path.parent().is_some_and(|folder| folder.ends_with("cron.d"));
    name == "crontab" || name.ends_with(".cron") || name.ends_with(".service") || is_in_folder
}

/// The text as a script, with the places of its words.
fn script_of(text: &str, is_schedule: bool) -> Script {
    let joined = COMMENT_BEHIND_BACKSLASH
        .replace_all(text, |found: &regex::Captures<'_>| format!("{}\\\n", " ".repeat(found[0].len() - 2)));
    let blank = |found: &regex::Captures<'_>| " ".repeat(found[0].len());
    if is_schedule { Script::read(&BEFORE_COMMAND.replace_all(&joined, blank)) } else { Script::read(&joined) }
}

impl Certbot {
    /// Reads the commands of a project: of its scripts and schedules, and of its containers.
    pub(crate) fn read(deployment: &Deployment, files: &[ProjectFile<'_>]) -> Self {
        let mut found = Self::default();
        let read = |file: &ProjectFile<'_>| found.read_file(deployment, file);
        let scripts: Vec<SourceId> = files.iter().filter_map(read).collect();
        // What a script runs with `docker run` was read with the script.
        let services = deployment.services.iter().filter(|service| !scripts.contains(&service.span.source));
        services.for_each(|service| found.read_service(deployment, service));
        found
    }

    /// Reads a file; its number, if it has commands.
    fn read_file(&mut self, deployment: &Deployment, file: &ProjectFile<'_>) -> Option<SourceId> {
        let text = std::str::from_utf8(file.source.bytes()).ok()?;
        let is_schedule = is_schedule(file.path);
        if !is_schedule && !is_shell(file.path, text) && !is_make(file.path) {
            return None;
        }
        self.reloads |= RELOAD.is_match(&COMMENT.replace_all(text, ""));
        if text.contains("certbot") {
            let service = deployment.services_of(file.path).into_iter().map(|(service, _)| service).next();
            let text = Text {
                source: file.id,
                place: None,
                script: script_of(text, is_schedule),
                domains: ARRAY.captures(text).map(|array| array[1].split_whitespace().map(unquoted).collect()),
                environment: service.map(|service| service.environment.clone()).unwrap_or_default(),
            };
            self.calls.extend(text.calls(deployment));
        }
        Some(file.id)
    }

    /// Reads what a container starts.
    fn read_service(&mut self, deployment: &Deployment, service: &Service) {
        let starts = || service.entrypoint.iter().chain(&service.command).filter(|start| !start.words.is_empty());
        let Some(last) = starts().next_back() else { return };
        let mut words: Vec<String> = starts().flat_map(|start| start.words.clone()).collect();
        let image = service.image.as_ref().map(|(image, _)| image);
        if image.is_some_and(|image| is_certbot(&image.name)) && words[0].starts_with(['c', 'r', '-']) {
            words.insert(0, "certbot".to_owned());
        }
        self.reloads |= RELOAD.is_match(&words.join(" "));
        let script = Script::of_words(&words, (last.span.start, last.span.end));
        let (source, place, environment) = (last.span.source, Some(last.span), Environment::default());
        let text = Text { source, place, script, domains: None, environment };
        let built = service.commands.iter().flat_map(|commands| &commands.script.commands);
        let has_nginx = built.flat_map(|command| &command.words).any(|word| word.shown() == "nginx");
        let lacks = |image: &&Image| image.kind == ImageKind::Other || is_certbot(&image.name);
        let image = image.filter(lacks).filter(|_| !has_nginx).map(|image| image.name.clone());
        let calls = text.calls(deployment).into_iter().map(|call| CertbotCall { image: image.clone(), ..call });
        self.calls.extend(calls);
    }
}

fn is_certbot(image: &str) -> bool {
    image.starts_with("certbot/") || image.contains("/certbot/")
}

fn unquoted(word: &str) -> String {
    word.trim_matches(['"', '\'']).to_owned()
}

impl Text {
    fn calls(&self, deployment: &Deployment) -> Vec<CertbotCall> {
        let commands = self.script.commands.iter();
        let found = commands.filter_map(|command| {
            self.call(&command.words, deployment).or_else(|| {
                // `docker compose run --entrypoint "certbot …" certbot`
                let texts = command.words.iter().filter(|word| word.shown().contains("certbot "));
                texts
                    .filter_map(|text| {
                        let mut words = words_of(&text.shown());
                        words.iter_mut().for_each(|word| (word.start, word.end) = (text.start, text.end));
                        self.call(&words, deployment)
                    })
                    .next()
            })
        });
        let mut calls: Vec<CertbotCall> = found.collect();
        // What stands in a word of a command is read with that word, and once more by itself.
        calls.dedup_by(|one, other| one.span == other.span);
        calls
    }

    fn call(&self, words: &[Word], deployment: &Deployment) -> Option<CertbotCall> {
        let texts: Vec<String> = words.iter().map(Word::shown).collect();
        let is_program = |text: &String| {
            if text.starts_with('-') {
                return false;
            }
            let last = text.rsplit('/').next().unwrap_or_default();
            matches!(last.split(':').next(), Some("certbot" | "certbot-auto")) || is_certbot(text)
        };
        let programs: Vec<usize> = (0..texts.len().saturating_sub(1)).filter(|at| is_program(&texts[*at])).collect();
        // `-w /var/www/certbot` and `--name certbot` are no programs.
        let is_value = |at: usize| at > 0 && texts[at - 1].starts_with('-');
        let has_command = |at: &&usize| COMMANDS.contains(&texts[**at + 1].as_str());
        let has_option = |at: &&usize| texts[**at + 1].starts_with('-') && !is_value(**at);
        let at = *programs.iter().find(has_command).or_else(|| programs.iter().find(has_option))?;
        let (before, options) = (&texts[..at], &texts[at + 1..]);
        let first = options.first()?;
        let renews = options.iter().any(|text| text == "renew");
        let asks = matches!(first.as_str(), "certonly" | "run") || options.iter().any(|text| is_name_option(text));
        let is_other = |text: &String| matches!(text.as_str(), "install" | "delete" | "revoke" | "--dry-run");
        if !renews && !asks || options.iter().any(is_other) {
            return None;
        }
        let span = self.span(words.iter().map(|word| word.start).min()?, words.iter().map(|word| word.end).max()?);
        let names = self.names(&words[at + 1..]);
        let lineage = self.values_of(&words[at + 1..], &|text| text == "--cert-name").into_iter().next();
        let first = names.as_ref().and_then(|names| names.first());
        Some(CertbotCall {
            renews,
            span,
            lineage: lineage.or_else(|| first.cloned()).map(|(name, _)| name),
            names,
            hooks: self.values_of(&words[at + 1..], &|text| HOOKS.contains(&text)),
            has_plugin: options.iter().any(|text| text == "--nginx"),
            image: self.image_of(before, &texts[at], deployment),
        })
    }

    /// The image that a script runs certbot in.
    fn image_of(&self, before: &[String], program: &str, deployment: &Deployment) -> Option<String> {
        let is_in_container = before.iter().any(|text| matches!(text.as_str(), "run" | "exec"));
        let named = before.iter().map(String::as_str).chain([program]);
        let service = named
            .filter(|_| is_in_container)
            .find_map(|text| deployment.services.iter().find(|service| service.name.as_deref() == Some(text)));
        let image = service.and_then(|service| service.image.as_ref()).map(|(image, _)| image.name.clone());
        image.or_else(|| Some(program.to_owned())).filter(|image| is_certbot(image))
    }

    fn span(&self, start: u32, end: u32) -> Span {
        self.place.unwrap_or(Span::new(self.source, start, end))
    }

    /// The values of an option, with the places of the words that hold them.
    fn values_of(&self, words: &[Word], is_it: &dyn Fn(&str) -> bool) -> Vec<(String, Span)> {
        let mut found = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let text = word.shown();
            let joined = text.split_once('=').filter(|(name, _)| is_it(name));
            if let Some((_, value)) = joined {
                found.push((self.resolved(&value_word(word, value)), self.span(word.start, word.end)));
            } else if let Some(value) = words.get(at + 1).filter(|_| is_it(&text)) {
                found.push((self.resolved(value), self.span(word.start, value.end)));
            }
        }
        found
    }

    /// The only value that a word can have, or the word with its variables.
    fn resolved(&self, word: &Word) -> String {
        let outside = |name: &str| self.environment.value(name).map(str::to_owned);
        match &self.script.values(word, &outside)[..] {
            [value] if !value.is_empty() => value.clone(),
            _ => word.shown(),
        }
    }

    /// The names that are asked for.
    fn names(&self, words: &[Word]) -> Option<Vec<(String, Span)>> {
        let is_option = |text: &str| matches!(text, "-d" | "--domain" | "--domains");
        let values = self.values_of(words, &is_option);
        let mut names: Vec<(String, Span)> = Vec::new();
        for (value, span) in values {
            names.extend(value.split(',').map(|name| (lower(name.trim()), span)));
        }
        for (at, word) in words.iter().enumerate() {
            let text = word.shown();
            let behind_option = at.checked_sub(1).map(|before| words[before].shown()).is_some_and(|before| {
                before.starts_with('-') && !before.contains('=') && !FLAGS.contains(&before.as_str())
            });
            let low = text.to_ascii_lowercase();
            if !text.starts_with('$') || behind_option || HARMLESS.iter().any(|name| low.contains(name)) {
                continue;
            }
            // `$domain_args` holds `-d` for each of the array.
            let array = self.domains.as_ref().filter(|_| low.contains("domain"))?;
            names.extend(array.iter().map(|name| (name.to_ascii_lowercase(), self.span(word.start, word.end))));
        }
        let is_known = |name: &str| {
            !name.is_empty()
                && !name.starts_with('.')
                && !name.ends_with('.')
                && !name.contains("$(")
                && !name.contains("$?")
        };
        (!names.is_empty() && names.iter().all(|(name, _)| is_known(name))).then_some(names)
    }
}

fn is_name_option(text: &str) -> bool {
    matches!(text.split('=').next(), Some("-d" | "--domain" | "--domains"))
}

/// The part of a word behind its `=`.
fn value_word(word: &Word, value: &str) -> Word {
    let mut words = words_of(value);
    let mut result = if words.len() == 1 { words.remove(0) } else { Word::literal(value, 0, 0) };
    (result.start, result.end) = (word.start, word.end);
    result
}

/// Names of hosts have no case; those of variables have.
fn lower(name: &str) -> String {
    if name.contains('$') { name.to_owned() } else { name.to_ascii_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(text: &str) -> Vec<CertbotCall> {
        let domains = ARRAY.captures(text).map(|array| array[1].split_whitespace().map(unquoted).collect());
        let script = script_of(text, false);
        let text =
            Text { source: SourceId::default(), place: None, script, domains, environment: Environment::default() };
        text.calls(&Deployment::default())
    }

    fn names(text: &str) -> Option<String> {
        let found = calls(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        let names = found[0].names.as_ref()?;
        Some(names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn names_are_written_in_many_ways() {
        for (text, expected) in [
            ("certbot certonly --standalone -d A.test -d b.test", Some("a.test b.test")),
            ("certbot certonly --domains a.test,b.test --email $EMAIL", Some("a.test b.test")),
            ("D=a.test; certbot --nginx -d=$D -d \"www.$D\"", Some("a.test www.a.test")),
            ("docker compose run --rm certbot certbot certonly -w /var/www/certbot -d \"$D\"", Some("${D}")),
            ("docker run -it --name certbot certbot/certbot certonly -d a.test", Some("a.test")),
            ("certbot certonly \\   # why\n  -d a.test \\ # this one\n  --quiet", Some("a.test")),
            ("certbot certonly --webroot $MORE", None),
            ("certbot certonly -d a.test --agree-tos $MORE", None),
            ("certbot certonly -d a.test $staging_arg", Some("a.test")),
            (
                "domains=(a.test 'b.test')\ndocker compose run --entrypoint \"certbot certonly $domain_args\" x",
                Some("a.test b.test"),
            ),
            ("certbot certonly $domain_args", None),
        ] {
            assert_eq!(names(text).as_deref(), expected, "{text}");
        }
        for text in [
            "apt-get install certbot -y",
            "docker compose logs certbot -f",
            "certbot delete -d a.test",
            "certbot renew --dry-run",
        ] {
            assert!(calls(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn renewals_and_hooks() {
        let renewal = &calls("certbot -q renew --deploy-hook='nginx -s reload' --post-hook \"true\"")[0];
        let hooks: Vec<&str> = renewal.hooks.iter().map(|(hook, _)| hook.as_str()).collect();
        assert!(renewal.renews && hooks == ["nginx -s reload", "true"], "{renewal:?}");
        let script = script_of("0 3 * * * root certbot renew\n@daily certbot renew\n", true);
        assert_eq!(script.commands.len(), 2);
    }
}
