//! What the user makes of a rule: switched off, switched on, more or less severe; everywhere or in some texts.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::HashMap;

use crate::diagnostic::Severity;
use crate::source::SourceId;

/// What the user makes of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Its findings are not shown.
    Off,
    /// They are shown, those of low confidence, too.
    On,
    /// As [`Level::On`], and each is as severe as this.
    At(Severity),
}

impl Level {
    /// The level that a word stands for: `off`, `on` or a severity.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "off" => Some(Self::Off),
            "on" => Some(Self::On),
            _ => Severity::from_word(word).map(Self::At),
        }
    }
}

/// Levels by the name of the rule.
pub type LevelsOfRules = BTreeMap<String, Level>;

/// All levels that the user gives.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    /// What holds where nothing else is said.
    pub everywhere: LevelsOfRules,
    /// What holds for findings whose mark is in a certain text.
    pub in_texts: Arc<HashMap<SourceId, LevelsOfRules>>,
}

impl Levels {
    /// The level of a rule for findings in a text.
    pub(super) fn of(&self, rule: &str, source: SourceId) -> Option<Level> {
        let here = self.in_texts.get(&source).and_then(|levels| levels.get(rule));
        here.or_else(|| self.everywhere.get(rule)).copied()
    }

    /// Is a rule off in every text?
    pub(super) fn is_off(&self, rule: &str) -> bool {
        let is_off = |levels: &LevelsOfRules| levels.get(rule).is_none_or(|level| *level == Level::Off);
        self.everywhere.get(rule) == Some(&Level::Off) && self.in_texts.values().all(is_off)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_about_a_text_counts_more() {
        let levels = |word| LevelsOfRules::from([("a".to_owned(), Level::from_word(word).expect("a level"))]);
        let here = SourceId::default();
        let everywhere = Levels { everywhere: levels("off"), ..Levels::default() };
        assert!(everywhere.is_off("a") && !everywhere.is_off("b"));
        let both = Levels { in_texts: Arc::new(HashMap::from_iter([(here, levels("info"))])), ..everywhere };
        assert!(!both.is_off("a"));
        assert_eq!(both.of("a", here), Some(Level::At(Severity::Info)));
        assert_eq!(both.of("b", here), None);
    }
}
