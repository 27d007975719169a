//! Which settings hold in which text.

use std::path::PathBuf;

use foldhash::HashMap;

use crate::check::Settings;
use crate::source::SourceId;

/// The settings of a run: most configurations have theirs from the same file.
#[derive(Debug, Default)]
pub(in crate::cli) struct SettingsOfTexts {
    known: Vec<Settings>,
    numbers: HashMap<Option<PathBuf>, usize>,
    of_texts: HashMap<SourceId, usize>,
    otherwise: Settings,
}

impl SettingsOfTexts {
    /// The number of the settings of a file (or of those without a file), which are put together once.
    pub(in crate::cli) fn number_of(&mut self, file: &Option<PathBuf>, settings: impl FnOnce() -> Settings) -> usize {
        if let Some(number) = self.numbers.get(file) {
            return *number;
        }
        self.known.push(settings());
        self.numbers.insert(file.clone(), self.known.len() - 1);
        self.known.len() - 1
    }

    /// The settings with this number.
    pub(in crate::cli) fn get(&self, number: usize) -> &Settings {
        &self.known[number]
    }

    /// Says which settings hold in these texts; the first word counts.
    pub(in crate::cli) fn assign(&mut self, sources: &[SourceId], number: usize) {
        for source in sources {
            self.of_texts.entry(*source).or_insert(number);
        }
    }

    /// The settings that hold in a text; for what is in no configuration, those of the first one.
    pub(in crate::cli) fn of(&self, source: SourceId) -> &Settings {
        let number = self.of_texts.get(&source).copied().unwrap_or_default();
        self.known.get(number).unwrap_or(&self.otherwise)
    }

    /// Did a rule run everywhere?
    pub(in crate::cli) fn run_everywhere(&self, rule: &str) -> bool {
        self.known.iter().all(|settings| settings.runs(rule))
    }
}
