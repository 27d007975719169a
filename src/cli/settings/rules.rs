//! `[rules]`: what a settings file says about single rules. Names, levels and options are those of the rules' pages.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};

use crate::check::{Level, LevelsOfRules};
use crate::cli::args::{did_you_mean, rule_id};
use crate::page::{OptionKind, RuleOption};
use crate::rules::RULES;

/// The words for levels.
const LEVELS: [&str; 5] = ["off", "on", "error", "warning", "info"];
/// The key for the level of a rule, beside its options.
const LEVEL: &str = "level";

/// Levels and options of rules.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct RuleTable {
    /// By rule.
    pub(in crate::cli) levels: LevelsOfRules,
    /// By rule and option.
    pub(in crate::cli) options: BTreeMap<(String, String), String>,
}

/// The name of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::cli) struct RuleName(pub(in crate::cli) String);

impl TryFrom<String> for RuleName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        rule_id(&text).map(Self)
    }
}

/// `off`, `on`, or a severity.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::cli) struct LevelName(pub(in crate::cli) Level);

impl TryFrom<String> for LevelName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        level(&text).map(Self)
    }
}

fn level(text: &str) -> Result<Level, String> {
    let near = || did_you_mean(text, LEVELS.into_iter());
    Level::from_word(text).ok_or_else(|| format!("write off, on, error, warning or info{}", near()))
}

impl<'de> Deserialize<'de> for RuleTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TableVisitor)
    }
}

struct TableVisitor;

impl<'de> Visitor<'de> for TableVisitor {
    type Value = RuleTable;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of rules")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RuleTable, A::Error> {
        let mut table = RuleTable::default();
        while let Some(RuleName(rule)) = map.next_key()? {
            let page = RULES.iter().find(|known| known.id == rule).map(|known| known.parsed_page());
            let options = page.map(|page| page.options()).unwrap_or_default();
            map.next_value_seed(EntryOf { rule, options, table: &mut table })?;
        }
        Ok(table)
    }
}

/// Reads what is said about one rule: a level, or a table with a level and options.
struct EntryOf<'t> {
    rule: String,
    options: Vec<RuleOption>,
    table: &'t mut RuleTable,
}

impl<'de> DeserializeSeed<'de> for EntryOf<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for EntryOf<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("off, on, error, warning, info, or a table with a level and options")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.table.levels.insert(self.rule, level(text).map_err(E::custom)?);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(found) = map.next_key_seed(OptionNamed { rule: &self.rule, options: &self.options })? {
            match found {
                None => {
                    let LevelName(level) = map.next_value()?;
                    self.table.levels.insert(self.rule.clone(), level);
                }
                Some(option) => {
                    let value = map.next_value_seed(ValueOf(option))?;
                    self.table.options.insert((self.rule.clone(), option.name.to_owned()), value);
                }
            }
        }
        Ok(())
    }
}

/// Reads the name of an option; none for the level.
struct OptionNamed<'o> {
    rule: &'o str,
    options: &'o [RuleOption],
}

impl<'de, 'o> DeserializeSeed<'de> for OptionNamed<'o> {
    type Value = Option<&'o RuleOption>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let name = String::deserialize(deserializer)?;
        if name == LEVEL {
            return Ok(None);
        }
        if let Some(option) = self.options.iter().find(|option| option.name == name) {
            return Ok(Some(option));
        }
        let near = match name.as_str() {
            "severity" => "; write level = \"error\"".to_owned(),
            _ => did_you_mean(&name, self.options.iter().map(|option| option.name).chain([LEVEL])),
        };
        Err(D::Error::custom(format!("{} has no option {name}{near}", self.rule)))
    }
}

/// Reads the value of an option, as text.
struct ValueOf<'o>(&'o RuleOption);

impl<'de> DeserializeSeed<'de> for ValueOf<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl ValueOf<'_> {
    fn accepted<E: Error>(self, text: String, is_right_type: bool) -> Result<String, E> {
        let RuleOption { name, kind, .. } = self.0;
        match is_right_type && kind.accepts(&text) {
            true => Ok(text),
            false => Err(E::custom(format!("{name} is {}", kind.expected()))),
        }
    }
}

impl<'de> Visitor<'de> for ValueOf<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.kind.expected())
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<String, E> {
        let is_flag = self.0.kind == OptionKind::Flag;
        self.accepted(flag.to_string(), is_flag)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<String, E> {
        let is_number = matches!(self.0.kind, OptionKind::Number | OptionKind::Size);
        self.accepted(number.to_string(), is_number)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        let is_text = !matches!(self.0.kind, OptionKind::Flag | OptionKind::Number);
        self.accepted(text.to_owned(), is_text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<String, A::Error> {
        let mut words: Vec<String> = Vec::new();
        while let Some(word) = list.next_element()? {
            words.push(word);
        }
        let is_list = self.0.kind == OptionKind::Words;
        self.accepted(words.join(" "), is_list)
    }
}

impl JsonSchema for RuleTable {
    fn schema_name() -> Cow<'static, str> {
        "Rules".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let rule = |rule: &crate::check::Rule| {
            let page = rule.parsed_page();
            let mut properties: Map<String, Value> =
                page.options().iter().map(|option| (option.name.to_owned(), option_schema(option))).collect();
            properties.insert(LEVEL.to_owned(), json!({ "enum": LEVELS }));
            let table = json!({ "type": "object", "properties": properties, "additionalProperties": false });
            let schema = json!({ "description": page.title, "anyOf": [{ "enum": LEVELS }, table] });
            (rule.id.to_owned(), schema)
        };
        object(RULES.iter().map(rule).collect())
    }
}

/// The schema of a table with levels of rules.
pub(super) fn levels_schema(_: &mut SchemaGenerator) -> Schema {
    object(RULES.iter().map(|rule| (rule.id.to_owned(), json!({ "enum": LEVELS }))).collect())
}

fn object(properties: Map<String, Value>) -> Schema {
    json_schema!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn option_schema(option: &RuleOption) -> Value {
    let text = json!({ "type": "string" });
    let mut schema = match &option.kind {
        OptionKind::Flag => json!({ "type": "boolean" }),
        OptionKind::Number => json!({ "type": "integer", "minimum": 0 }),
        OptionKind::Size => json!({ "type": ["string", "integer"] }),
        OptionKind::Severity => json!({ "enum": ["error", "warning", "info"] }),
        OptionKind::Words => json!({ "anyOf": [text, { "type": "array", "items": text }] }),
        OptionKind::OneOf(words) => json!({ "enum": words }),
    };
    schema["description"] = Value::from(option.about.as_str());
    schema
}
