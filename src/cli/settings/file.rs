//! What can stand in a settings file. The JSON Schema is made of this, doc comments included.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use toml::Spanned;

use super::rules::{LevelName, RuleName, RuleTable, levels_schema};
use crate::cli::args::{self, Threshold};
use crate::cli::values::environment_name;
use crate::diagnostic::Severity;
use crate::nginx::directives::{self, Definition, Origin};
use crate::nginx::version::Version;
use crate::template::Mode;

/// Settings of nginspect. Relative paths start from the folder of this file; patterns are those of .gitignore.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[schemars(title = "nginspect.toml")]
pub(in crate::cli) struct SettingsFile {
    /// The release of nginx that will run the configurations: `1.26.2`, `1.26` or `latest`.
    pub(in crate::cli) nginx_version: Option<Release>,
    /// Show findings of low confidence, too.
    pub(in crate::cli) pedantic: bool,
    /// Leave out findings that are less severe.
    #[schemars(schema_with = "severities")]
    pub(in crate::cli) min_severity: Option<SeverityName>,
    /// Exit with 1 from this severity on; `never` exits with 0 whatever is found.
    #[schemars(schema_with = "thresholds")]
    pub(in crate::cli) fail_on: Option<ThresholdName>,
    /// Comments that silence findings must say why.
    pub(in crate::cli) require_reason: bool,
    /// Patterns for files that are left alone, unless they are named one by one.
    pub(in crate::cli) exclude: Vec<Pattern>,
    /// Directives of modules of your own, which are taken as they are.
    pub(in crate::cli) extra_directives: Vec<String>,
    /// Modules that your nginx has, although it may look different: their directives may be used.
    pub(in crate::cli) extra_modules: Vec<Module>,
    /// Paths inside of containers, and the files or folders of the project that are there.
    #[schemars(with = "BTreeMap<String, String>")]
    pub(in crate::cli) path_map: BTreeMap<ContainerPath, PathBuf>,
    /// Files with values for the placeholders of templates, as docker compose reads them; the later file counts.
    pub(in crate::cli) env_files: Vec<PathBuf>,
    /// Values for the placeholders of templates, which count more than those of files.
    #[schemars(with = "BTreeMap<String, Scalar>")]
    pub(in crate::cli) define: BTreeMap<PlaceholderName, Spanned<Scalar>>,
    /// Read no file outside of this folder.
    #[schemars(with = "Option<String>")]
    pub(in crate::cli) root: Option<Spanned<PathBuf>>,
    /// Look whether certificates, keys and modules that configurations name are on this machine.
    pub(in crate::cli) check_files: bool,
    /// How templates are rendered, where the project does not tell.
    #[schemars(with = "Vec<WrittenTemplates>")]
    pub(in crate::cli) template: Vec<Templates>,
    /// Levels and options of rules.
    pub(in crate::cli) rules: RuleTable,
    /// Levels of rules for findings in certain files; the last entry that matches counts.
    pub(in crate::cli) per_path: Vec<PerPath>,
}

/// Levels for findings in certain files.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in crate::cli) struct PerPath {
    /// Patterns for the files that the findings are in.
    pub(in crate::cli) paths: Vec<Pattern>,
    /// The levels.
    #[schemars(schema_with = "levels_schema")]
    pub(in crate::cli) rules: BTreeMap<RuleName, LevelName>,
}

/// How certain files are rendered.
#[derive(Debug, Deserialize)]
#[serde(try_from = "WrittenTemplates")]
pub(in crate::cli) struct Templates {
    pub(in crate::cli) paths: Vec<Pattern>,
    /// None: they are no templates.
    pub(in crate::cli) mode: Option<Mode>,
}

/// How certain files are rendered.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenTemplates {
    /// Patterns for the files.
    paths: Vec<Pattern>,
    /// Which names are replaced.
    mode: ModeWord,
    /// The names that are replaced in the mode `list`.
    #[serde(default)]
    #[schemars(with = "Option<Vec<String>>")]
    list: Option<Vec<PlaceholderName>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum ModeWord {
    /// Every name, as envsubst does without a list.
    All,
    /// The names in the list.
    List,
    /// What the environment defines, as the nginx image does it.
    Image,
    /// None: nginx gets the files as they are.
    None,
}

impl TryFrom<WrittenTemplates> for Templates {
    type Error = String;

    fn try_from(WrittenTemplates { paths, mode, list }: WrittenTemplates) -> Result<Self, String> {
        let mode = match (mode, list) {
            (ModeWord::List, Some(names)) => {
                let words: Vec<String> = names.iter().map(|PlaceholderName(name)| format!("${{{name}}}")).collect();
                Some(Mode::List(words.join(" ")))
            }
            (ModeWord::List, None) => return Err("the mode list needs a list of names".to_owned()),
            (_, Some(_)) => return Err("a list of names goes with the mode list".to_owned()),
            (ModeWord::All, None) => Some(Mode::All),
            (ModeWord::Image, None) => Some(Mode::Image),
            (ModeWord::None, None) => None,
        };
        Ok(Self { paths, mode })
    }
}

/// Text, or what can be written as text.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a text, a whole number, true or false")]
pub(in crate::cli) enum Scalar {
    /// As it is.
    Text(String),
    /// Its digits.
    Number(i64),
    /// `true` or `false`.
    Flag(bool),
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
            Self::Flag(flag) => flag.fmt(f),
        }
    }
}

macro_rules! parsed_texts {
    ($($(#[$doc:meta])* $name:ident($type:ty) = $parse:expr;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Deserialize)]
            #[serde(try_from = "String")]
            pub(in crate::cli) struct $name(pub(in crate::cli) $type);

            impl TryFrom<String> for $name {
                type Error = String;

                fn try_from(text: String) -> Result<Self, String> {
                    $parse(&text).map(Self)
                }
            }

            impl JsonSchema for $name {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> Cow<'static, str> {
                    String::schema_name()
                }

                fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                    String::json_schema(generator)
                }
            }
        )+
    };
}

parsed_texts! {
    /// A release of nginx.
    Release(Version) = args::version;
    /// A severity.
    SeverityName(Severity) = args::severity;
    /// A severity, or `never`.
    ThresholdName(Threshold) = args::threshold;
    /// A pattern as in .gitignore.
    Pattern(String) = super::globs::pattern;
    /// A module of nginx, or an add-on.
    Module(String) = module;
    /// An absolute path inside of a container.
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    ContainerPath(String) = container_path;
    /// The name of a placeholder.
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    PlaceholderName(String) = environment_name;
}

fn severities(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "enum": ["error", "warning", "info"] })
}

fn thresholds(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "enum": ["error", "warning", "info", "never"] })
}

fn container_path(text: &str) -> Result<String, String> {
    match text.starts_with('/') {
        true => Ok(text.trim_end_matches('/').to_owned()),
        false => Err("the path inside of the container starts with a slash".to_owned()),
    }
}

/// A module that is known by its name, or the name of a known add-on.
fn module(text: &str) -> Result<String, String> {
    if directives::all().iter().any(|definition| is_of_module(definition, text)) {
        return Ok(text.to_owned());
    }
    let names = directives::all().iter().flat_map(|definition| [Some(definition.module), add_on(definition)]);
    let near = args::did_you_mean(text, names.flatten());
    Err(format!("no module of this name is known{near} (extra-directives takes directives of others)"))
}

fn add_on(definition: &Definition) -> Option<&'static str> {
    match definition.origin {
        Origin::ThirdParty(name) => Some(name),
        Origin::Oss | Origin::Plus => None,
    }
}

/// Is this a directive of a module, or of an add-on, that goes by this name?
pub(super) fn is_of_module(definition: &Definition, name: &str) -> bool {
    definition.module == name || add_on(definition) == Some(name)
}
