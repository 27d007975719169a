//! What can be said on the command line.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::fix_options::FixOptions;
use super::limits::Limits;
use super::settings::{SettingsOptions, pattern};
use super::values::ValueOptions;
use crate::config::entry::{FileKind, parse_context};
use crate::diagnostic::Severity;
use crate::nginx::version::Version;
use crate::project::{Mapping, MappingKind};
use crate::rules::RULES;

/// Linter and static analyzer for nginx configurations.
#[derive(Debug, Parser)]
#[command(name = "nginspect", version, about, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Look for problems in files, folders and whole trees.
    Check(Box<CheckOptions>),
    /// Print what a template becomes.
    Render(RenderOptions),
    /// Print what a rule is about, with examples.
    Explain {
        /// The rule: `hsts-missing`.
        #[arg(value_parser = rule_id)]
        rule: String,
    },
    /// List all rules.
    Rules {
        /// How to print them.
        #[arg(long, value_enum, default_value_t = ListFormat::Human)]
        format: ListFormat,
    },
    /// Write, check or show settings files.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Tell what is seen of a project, what is left out, and why.
    Doctor {
        /// A file or folder of the project.
        #[arg(default_value = ".")]
        path: PathBuf,
    },
    /// Print a script that completes commands and options in a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual pages, or write them to a folder.
    Man {
        /// The folder that gets one file per command.
        folder: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Write a settings file with comments to the current folder.
    Init,
    /// Look for mistakes in a settings file.
    Validate {
        /// The file; else the one that counts here.
        file: Option<PathBuf>,
    },
    /// Print the JSON Schema of settings files.
    Schema,
    /// Print the settings that count for a file or a folder, and where each comes from.
    Show {
        /// The file or folder.
        #[arg(default_value = ".")]
        path: PathBuf,

        #[command(flatten)]
        settings: SettingsOptions,
    },
}

#[derive(Debug, Clone, Args)]
pub(super) struct CheckOptions {
    /// Files or folders; `-` reads standard input.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    /// The name that standard input goes by; it decides context and includes.
    #[arg(long, value_name = "FILE")]
    pub(super) stdin_filename: Option<PathBuf>,

    /// How to print findings, and the file to write that to; may be given several times.
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = format_option, long_help = format_help())]
    pub(super) format: Vec<FormatOption>,

    /// Run these rules only (comma separated).
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule_id)]
    pub(super) select: Vec<String>,

    /// Do not run these rules (comma separated).
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule_id)]
    pub(super) ignore: Vec<String>,

    /// Leave out findings that are less severe.
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(super) min_severity: Option<Severity>,

    /// Exit with 1 from this severity on, `warning` if nothing is said; `never` exits with 0 whatever is found.
    #[arg(long, value_name = "SEVERITY|never", value_parser = threshold)]
    pub(super) fail_on: Option<Threshold>,

    /// Show findings of low confidence, too.
    #[arg(long)]
    pub(super) pedantic: bool,

    /// Write a comment above everything that is found, which silences it from then on, for this reason.
    #[arg(long, value_name = "REASON", num_args = 0..=1, require_equals = true, default_missing_value = "",
        value_parser = reason)]
    pub(super) add_ignore: Option<String>,

    /// Do not show what this file knows.
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,

    /// Write everything that is found to the baseline, and take out what is gone.
    #[arg(long, requires = "baseline", conflicts_with = "add_ignore")]
    pub(super) update_baseline: bool,

    /// Colours in human output.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(super) color: Color,

    /// Count findings by rule instead of showing them, in human output.
    #[arg(long)]
    pub(super) statistics: bool,

    /// Do not show how far a long run is.
    #[arg(long)]
    pub(super) no_progress: bool,

    /// The release of nginx that will run it: `1.26.2`, `1.26` or `latest`.
    #[arg(long, value_name = "RELEASE", value_parser = version)]
    pub(super) nginx_version: Option<Version>,

    /// The blocks that the files stand in: `main`, `http`, `http,server`, `location`, …
    #[arg(long, value_name = "CONTEXT", value_parser = context)]
    pub(super) context: Option<FileKind>,

    /// Directives of modules of your own, which are taken as they are (comma separated).
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(super) extra_directives: Vec<String>,

    /// Look whether certificates, keys and modules that the configuration names are on this machine.
    #[arg(long)]
    pub(super) check_files: bool,

    /// The file or folder of the project that is at a path inside of the container.
    #[arg(long, value_name = "CONTAINER=PROJECT", value_parser = path_map)]
    pub(super) path_map: Vec<Mapping>,

    /// Read no file outside of this folder.
    #[arg(long, value_name = "FOLDER")]
    pub(super) root: Option<PathBuf>,

    #[command(flatten)]
    pub(super) values: ValueOptions,

    /// Leave files alone that match this pattern, as in .gitignore, unless they are named one by one.
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    pub(super) exclude: Vec<String>,

    /// Leave excluded files alone even if they are named one by one.
    #[arg(long)]
    pub(super) force_exclude: bool,

    #[command(flatten)]
    pub(super) settings: SettingsOptions,

    #[command(flatten)]
    pub(super) fixes: FixOptions,

    #[command(flatten)]
    pub(super) limits: Limits,

    /// List the files that would be looked at, as what, and what is left out, with the reason.
    #[arg(long)]
    pub(super) show_files: bool,

    /// Run again whenever something changes, until Ctrl-C.
    #[arg(long, conflicts_with_all = ["show_files", "stdin_filename"])]
    pub(super) watch: bool,

    /// Set an option of a rule.
    #[arg(long, value_name = "RULE.OPTION=VALUE", value_parser = rule_option)]
    pub(super) set: Vec<((String, String), String)>,
}

impl CheckOptions {
    /// The name that standard input goes by.
    pub(super) fn stdin_name(&self) -> &Path {
        self.stdin_filename.as_deref().unwrap_or(Path::new("<stdin>"))
    }
}

#[derive(Debug, Args)]
pub(super) struct RenderOptions {
    /// The template.
    pub(super) file: PathBuf,

    #[command(flatten)]
    pub(super) values: ValueOptions,

    #[command(flatten)]
    pub(super) settings: SettingsOptions,

    /// How it is rendered.
    #[arg(long, value_enum)]
    pub(super) mode: Option<ModeName>,

    /// The names that are replaced, as the argument of envsubst has them: `${A} ${B}`.
    #[arg(long, value_name = "NAMES", conflicts_with = "mode")]
    pub(super) list: Option<String>,

    /// How to print it: the text alone, with the rest on standard error; or everything in one document.
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub(super) format: ListFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ModeName {
    /// `envsubst` without a list: every name is replaced.
    All,
    /// `envsubst` with a list.
    List,
    /// The entrypoint of the nginx image: all names that the environment defines.
    Image,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Diagnostics with source excerpts.
    Human,
    /// One document, version 1.
    Json,
    /// One finding a line.
    JsonLines,
    /// `path:line:col: severity: message [rule]`
    Compact,
    /// SARIF 2.1.0, for code scanning and editors.
    Sarif,
    /// Annotations of GitHub Actions, and a summary of the job.
    Github,
    /// A Code Quality report of GitLab.
    Gitlab,
    /// XML of Checkstyle.
    Checkstyle,
    /// XML of JUnit: a finding is a test that failed.
    Junit,
    /// Reviewdog's JSON, with fixes as suggestions.
    Rdjson,
    /// A page for a browser, complete in one file.
    Html,
}

impl Format {
    /// Does it have a place for what could not be read or analysed?
    pub(super) fn tells_errors(self) -> bool {
        matches!(self, Self::Human | Self::Json | Self::Sarif | Self::Github | Self::Junit | Self::Html)
    }
}

/// A format, and the file that gets it; standard output if none is named.
#[derive(Debug, Clone)]
pub(super) struct FormatOption {
    pub(super) format: Format,
    pub(super) file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// A table.
    Human,
    /// One document.
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR says otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// From which severity on the exit code is 1; none: never.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Threshold(pub(super) Option<Severity>);

pub(super) fn rule_id(text: &str) -> Result<String, String> {
    if RULES.iter().any(|rule| rule.id == text) {
        return Ok(text.to_owned());
    }
    Err(format!("there is no rule of this name{}", did_you_mean(text, RULES.iter().map(|rule| rule.id))))
}

fn format_option(text: &str) -> Result<FormatOption, String> {
    let (name, file) = match text.split_once('=') {
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let names: Vec<String> = Format::value_variants().iter().map(|format| name_of(*format)).collect();
    let format = Format::from_str(name, false).map_err(|_| {
        let near = did_you_mean(name, names.iter().map(String::as_str));
        format!("use one of {}{near}", names.join(", "))
    })?;
    if file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
        return Err("a file name follows the equals sign".to_owned());
    }
    Ok(FormatOption { format, file })
}

fn name_of(format: Format) -> String {
    format.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn format_help() -> String {
    let formats = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let lines = formats.map(|value| format!("- {}: {}", value.get_name(), value.get_help().unwrap_or_default()));
    format!(
        "How to print findings, and the file to write that to; may be given several times, once without a file.\n\n{}",
        lines.collect::<Vec<_>>().join("\n")
    )
}

pub(super) fn severity(text: &str) -> Result<Severity, String> {
    let words = Severity::ALL.iter().map(|severity| severity.as_str());
    Severity::from_word(text).ok_or_else(|| format!("use error, warning or info{}", did_you_mean(text, words)))
}

pub(super) fn threshold(text: &str) -> Result<Threshold, String> {
    if text == "never" { Ok(Threshold(None)) } else { severity(text).map(|severity| Threshold(Some(severity))) }
}

pub(super) fn version(text: &str) -> Result<Version, String> {
    text.parse().map_err(|error: crate::nginx::version::ParseVersionError| error.to_string())
}

fn context(text: &str) -> Result<FileKind, String> {
    parse_context(text).ok_or_else(|| "name blocks from outside inwards, as in http,server,location".to_owned())
}

fn path_map(text: &str) -> Result<Mapping, String> {
    let (container, project) = text.split_once('=').ok_or("write CONTAINER=PROJECT, as in /etc/nginx=deploy/nginx")?;
    if !container.starts_with('/') {
        return Err("the path inside of the container starts with a slash".to_owned());
    }
    let project = super::disk::canonical(Path::new(project));
    let container = container.trim_end_matches('/').to_owned();
    Ok(Mapping { container, project, kind: MappingKind::Told, span: None })
}

fn reason(text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        return Err("a reason is one line of text".to_owned());
    }
    Ok(text.trim().to_owned())
}

fn rule_option(text: &str) -> Result<((String, String), String), String> {
    let (name, value) = text.split_once('=').ok_or("write RULE.OPTION=VALUE")?;
    let (rule, option) = name.split_once('.').ok_or("write RULE.OPTION=VALUE")?;
    let rule = rule_id(rule)?;
    let page = RULES.iter().find(|known| known.id == rule).map(|rule| rule.parsed_page());
    let known = page.map(|page| page.options()).unwrap_or_default();
    let Some(found) = known.iter().find(|known| known.name == option) else {
        let near = did_you_mean(option, known.iter().map(|known| known.name));
        return Err(format!("{rule} has no option {option}{near}"));
    };
    if !found.kind.accepts(value) {
        return Err(format!("{option} of {rule} is {}", found.kind.expected()));
    }
    Ok(((rule, option.to_owned()), value.to_owned()))
}

/// `; did you mean X?` if one of the names is close to what was written.
pub(super) fn did_you_mean<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> String {
    let ranked = names.map(|name| (strsim::osa_distance(text, name), name));
    match ranked.min() {
        Some((distance, name)) if distance <= (name.len() / 3).max(1) => format!("; did you mean {name}?"),
        _ => String::new(),
    }
}
