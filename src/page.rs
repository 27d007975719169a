//! Reads the pages of `rules/`: what a rule is about, in front matter and Markdown, with examples that are run as tests.

mod option;

pub use option::{OptionKind, RuleOption};

use crate::diagnostic::{Category, Confidence, Safety, Severity};

/// The front matter of a page and its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// What the rule is about, in one sentence.
    pub title: &'static str,
    /// Kind of harm.
    pub category: Category,
    /// Severity unless the rule says otherwise for a finding.
    pub severity: Severity,
    /// Confidence unless the rule says otherwise for a finding.
    pub confidence: Confidence,
    /// The release of nginspect that has it first.
    pub since: &'static str,
    /// What its fix may be trusted with; none if it offers none.
    pub fix: Option<Safety>,
    /// Would nginx refuse to start?
    pub rejects: bool,
    /// Addresses and names of what it rests on, comma separated.
    references: &'static str,
    /// The Markdown behind the front matter.
    pub body: &'static str,
}

impl Page {
    /// Reads a page.
    ///
    /// # Errors
    /// Says which line of the front matter is missing or not understood.
    pub fn parse(text: &'static str) -> Result<Self, String> {
        let rest = text.strip_prefix("---\n").ok_or("the page does not begin with ---")?;
        let (matter, body) = rest.split_once("\n---\n").ok_or("the front matter is not closed by ---")?;
        let field = |name: &str| {
            let value = matter.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim));
            value.ok_or_else(|| format!("the front matter has no {name}"))
        };
        fn word<T>(name: &str, value: &str, read: fn(&str) -> Option<T>) -> Result<T, String> {
            read(value).ok_or_else(|| format!("{name}: {value} is not understood"))
        }
        Ok(Self {
            title: field("title")?,
            category: word("category", field("category")?, Category::from_word)?,
            severity: word("severity", field("severity")?, Severity::from_word)?,
            confidence: word("confidence", field("confidence")?, Confidence::from_word)?,
            since: field("since")?,
            fix: match field("fix")? {
                "none" => None,
                value => Some(word("fix", value, Safety::from_word)?),
            },
            rejects: word("rejects", field("rejects")?, |value| value.parse().ok())?,
            references: field("references")?,
            body,
        })
    }

    /// What the rule rests on: addresses, and names of standards.
    pub fn references(&self) -> impl Iterator<Item = &'static str> {
        self.references.split(',').map(str::trim).filter(|reference| !reference.is_empty())
    }

    /// The first reference that is an address.
    pub fn url(&self) -> Option<&'static str> {
        self.references().find(|reference| reference.starts_with("https://"))
    }

    /// The rule's options: the list under `## Options`. A test sees to it that each can be read.
    pub fn options(&self) -> Vec<RuleOption> {
        let section =
            self.body.split("\n## ").find_map(|section| section.strip_prefix("Options\n")).unwrap_or_default();
        let starts: Vec<usize> = section.match_indices("\n- `").map(|(at, _)| at + 1).chain([section.len()]).collect();
        let items = starts.windows(2).map(|item| &section[item[0]..item[1]]);
        items.map(|item| RuleOption::parse(item).unwrap_or_else(|problem| panic!("{problem}"))).collect()
    }

    /// The fenced `nginx` blocks of the page, in order.
    pub fn examples(&self) -> Vec<Example> {
        let mut examples = Vec::new();
        let mut current: Option<Example> = None;
        for line in self.body.lines() {
            match &mut current {
                None => current = line.strip_prefix("```nginx ").map(Example::new),
                Some(_) if line == "```" => examples.extend(current.take().map(Example::stretched)),
                Some(example) => example.push(line),
            }
        }
        examples
    }
}

/// What an example is to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleKind {
    /// The rule reports the marked lines, and no other.
    Bad,
    /// The bad example before it, mended: nothing is reported.
    Fixed,
    /// Nothing is reported.
    Good,
}

/// One example: a configuration of one or several files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What it is to show.
    pub kind: ExampleKind,
    /// `context=`, `version=` and further attributes of the fence.
    pub attributes: Vec<(String, String)>,
    /// Names and texts; the entry comes first.
    pub files: Vec<(String, String)>,
}

impl Example {
    fn new(info: &str) -> Self {
        let mut words = info.split_whitespace();
        let kind = match words.next() {
            Some("bad") => ExampleKind::Bad,
            Some("fixed") => ExampleKind::Fixed,
            _ => ExampleKind::Good,
        };
        let attributes =
            words.filter_map(|word| word.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        Self { kind, attributes, files: Vec::new() }
    }

    fn push(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("# file: ") {
            self.files.push((name.trim().to_owned(), String::new()));
            return;
        }
        if self.files.is_empty() {
            self.files.push(("site.conf".to_owned(), String::new()));
        }
        // No newline at the end: a mark can stand on the line that holds the end of the file.
        if let Some((_, text)) = self.files.last_mut() {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line);
        }
    }

    /// With `stretch=N` in the fence, every `…` stands for N letters, so that a page can show what is too long to print.
    fn stretched(mut self) -> Self {
        if let Some(length) = self.attribute("stretch").and_then(|length| length.parse().ok()) {
            let letters = "x".repeat(length);
            self.files.iter_mut().for_each(|(_, text)| *text = text.replace('…', &letters));
        }
        self
    }

    /// The value of an attribute of the fence.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The lines that are marked with `# ~~~ RULE`, as file and line from 1.
    pub fn marked_lines(&self, rule: &str) -> Vec<(String, u32)> {
        let mark = format!("# ~~~ {rule}");
        let mut marked = Vec::new();
        for (name, text) in &self.files {
            let lines = text.lines().zip(1..).filter(|(line, _)| line.trim_end().ends_with(&mark));
            marked.extend(lines.map(|(_, number)| (name.clone(), number)));
        }
        marked
    }
}
