//! What a comment says: `# nginspect: ignore[RULE, RULE] until=YYYY-MM-DD REASON`.

use crate::date::Date;

/// A comment that silences rules; offsets count from the start of the comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// How far it reaches.
    pub reach: Reach,
    /// The rules that it names.
    pub names: Vec<Name>,
    /// The last day that it counts, if it says one.
    pub until: Option<Date>,
    /// The reason that it gives; may be empty.
    pub reason: String,
    /// Offset behind the bracket that ends the list, or behind the names where there is none.
    pub list_end: usize,
    /// Offset behind its last letter.
    pub end: usize,
}

/// How far a comment reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// A line, a directive or a block, after its place.
    Place,
    /// Its whole file.
    File,
    /// Its own or the next line: a comment of nginx-lint, whose names are its own.
    Foreign,
}

/// A rule in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As it is written.
    pub text: String,
    /// Offset of its first byte.
    pub start: usize,
    /// Offset behind its last byte.
    pub end: usize,
}

/// A comment that is meant to silence something and is not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
    /// What to put in the place of which bytes, if that is known.
    pub edit: Option<(usize, usize, String)>,
    /// Offset behind its last letter.
    pub end: usize,
}

/// Reads a comment, `#` included. None: it is no comment of ours. A second `#` between blanks begins another comment.
pub(super) fn parse(comment: &str) -> Option<Result<Said, Mistake>> {
    let behind_marks = comment.trim_start_matches('#').trim_start();
    let rest = behind_marks.strip_prefix("nginspect:").or_else(|| behind_marks.strip_prefix("nginx-lint:"))?;
    let is_own = behind_marks.starts_with("nginspect");
    let offset = comment.len() - rest.len();
    let length = rest.find(" # ").unwrap_or(rest.len());
    let rest = rest[..length].trim_end();
    let end = offset + rest.len();
    let text = Text { rest, offset, end };
    if is_own { own(text) } else { foreign(text).map(Ok) }
}

/// What stands behind the name of the tool.
#[derive(Clone, Copy)]
struct Text<'t> {
    rest: &'t str,
    /// Where it begins.
    offset: usize,
    end: usize,
}

impl<'t> Text<'t> {
    /// Without blanks and then these bytes in front.
    fn skip(self, bytes: usize) -> Self {
        let rest = &self.rest[bytes..];
        let trimmed = rest.trim_start();
        Self { rest: trimmed, offset: self.offset + bytes + rest.len() - trimmed.len(), end: self.end }
    }

    fn word(self) -> &'t str {
        let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        &self.rest[..self.rest.find(|c| !is_letter(c)).unwrap_or(self.rest.len())]
    }

    fn mistake(self, message: impl Into<String>, help: impl Into<String>) -> Mistake {
        Mistake { message: message.into(), help: help.into(), edit: None, end: self.end }
    }
}

const HELP: &str = "write `# nginspect: ignore[rule-name] reason`";

fn own(text: Text<'_>) -> Option<Result<Said, Mistake>> {
    let text = text.skip(0);
    let word = text.word();
    let behind = text.skip(word.len());
    let reach = match word {
        "ignore" => Reach::Place,
        "ignore-file" => Reach::File,
        // Other sentences that begin with the name of the tool are nobody's business.
        _ => return misspelt(text, word, behind).map(Err),
    };
    if !behind.rest.starts_with('[') {
        return Some(Err(without_brackets(behind, word)));
    }
    let Some(close) = behind.rest.find(']') else {
        return Some(Err(behind.mistake("the list of rules has no end", "a `]` follows the last rule")));
    };
    let names = names_of(&behind.rest[1..close], behind.offset + 1);
    if names.is_empty() {
        return Some(Err(behind.mistake("the list of rules is empty", HELP)));
    }
    let list_end = behind.offset + close + 1;
    let reason = behind.skip(close + 1).rest;
    let Some(date) = reason.strip_prefix("until=") else {
        return Some(Ok(Said { reach, names, until: None, reason: reason.to_owned(), list_end, end: text.end }));
    };
    let date = date.split_whitespace().next().unwrap_or_default();
    match date.parse() {
        Ok(until) => {
            let reason = reason["until=".len() + date.len()..].trim().to_owned();
            Some(Ok(Said { reach, names, until: Some(until), reason, list_end, end: text.end }))
        }
        Err(_) => Some(Err(behind.mistake(format!("`{date}` is no day"), "write `until=YYYY-MM-DD`"))),
    }
}

fn misspelt(text: Text<'_>, word: &str, behind: Text<'_>) -> Option<Mistake> {
    let near = ["ignore", "ignore-file"].into_iter().find(|known| strsim::osa_distance(known, word) <= 2);
    let is_command = behind.rest.starts_with('[') || behind.word().contains('-');
    match near.filter(|_| is_command) {
        Some(near) => {
            let mut mistake =
                text.mistake(format!("`{word}` is no word of nginspect"), format!("did you mean `{near}`?"));
            mistake.edit = Some((text.offset, text.offset + word.len(), near.to_owned()));
            Some(mistake)
        }
        None if !word.is_empty() && behind.rest.starts_with('[') => {
            Some(text.mistake(format!("`{word}` is no word of nginspect"), HELP))
        }
        None => None,
    }
}

/// `ignore a-rule why`: everything would be silenced, or a rule of which nobody knows where its name ends.
fn without_brackets(behind: Text<'_>, word: &str) -> Mistake {
    let name = behind.word();
    let mut mistake = behind.mistake(
        format!("`{word}` names no rules in brackets and silences nothing"),
        format!("write `# nginspect: {word}[rule-name] reason`"),
    );
    // A name of several parts is no word of a sentence.
    if name.contains('-') {
        mistake.edit = Some((behind.offset, behind.offset + name.len(), format!("[{name}]")));
    }
    mistake
}

fn foreign(text: Text<'_>) -> Option<Said> {
    let rest = text.rest.strip_prefix("ignore")?;
    let names = text.skip("ignore".len());
    if !rest.starts_with([' ', '\t']) {
        return None;
    }
    let list = names.rest.split_whitespace().next()?;
    let list_end = names.offset + list.len();
    let reason = names.skip(list.len()).rest.to_owned();
    // Without a reason it is none there either.
    (!reason.is_empty()).then(|| Said {
        reach: Reach::Foreign,
        names: names_of(list, names.offset),
        until: None,
        reason,
        list_end,
        end: text.end,
    })
}

/// The names of a list that is separated by commas; `at` is its offset.
fn names_of(list: &str, mut at: usize) -> Vec<Name> {
    let mut names = Vec::new();
    for part in list.split(',') {
        let text = part.trim();
        let start = at + part.len() - part.trim_start().len();
        if !text.is_empty() {
            names.push(Name { text: text.to_owned(), start, end: start + text.len() });
        }
        at += part.len() + 1;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(comment: &str) -> Said {
        parse(comment).expect("it is for us").expect("it is understood")
    }

    fn names(comment: &str) -> Vec<String> {
        let said = said(comment);
        let written = said.names.iter().map(|name| comment[name.start..name.end].to_owned()).collect();
        assert_eq!(said.names.iter().map(|name| name.text.clone()).collect::<Vec<_>>(), written);
        assert!(comment[..said.end].ends_with(|c: char| !c.is_whitespace()));
        written
    }

    #[test]
    fn rules_and_reasons_are_read() {
        assert_eq!(names("# nginspect: ignore[a-b] old clients"), ["a-b"]);
        assert_eq!(names("#nginspect:ignore [ a-b ,c, ]"), ["a-b", "c"]);
        assert_eq!(names("## nginspect:  ignore-file[a]\t"), ["a"]);
        assert_eq!(said("# nginspect: ignore-file[a] x").reach, Reach::File);
        assert_eq!(said("# nginspect: ignore[a]  behind a proxy  # other").reason, "behind a proxy");
        assert_eq!(said("# nginspect: ignore[a] see #12").reason, "see #12");
        let dated = said("# nginspect: ignore[a] until=2027-01-31 ticket");
        assert_eq!(
            (dated.until.map(|day| day.to_string()).as_deref(), dated.reason.as_str()),
            (Some("2027-01-31"), "ticket")
        );
    }

    #[test]
    fn comments_of_nginx_lint_have_names_without_brackets_and_must_have_a_reason() {
        assert_eq!(names("# nginx-lint:ignore a-b,c for now"), ["a-b", "c"]);
        assert_eq!(said("# nginx-lint:ignore a for now").reach, Reach::Foreign);
        for other in
            ["# nginx-lint:ignore a", "# nginx-lint:ignore", "# nginx-lint:ignored a b", "# nginx-lint:context http"]
        {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[test]
    fn other_comments_are_left_alone() {
        for other in [
            "#",
            "# nginspect",
            "# nginspect: context=http",
            "# nginspect: see the handbook",
            "# nginspect finds this",
            "# nginspect: ignored by the old proxy",
            "# # nginspect: ignore[a]",
            "# alias /x; # nginspect: ignore[a] old",
            "# nginspect: ",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[test]
    fn mistakes_are_told() {
        for (comment, mended) in [
            ("# nginspect: ignore", None),
            ("# nginspect: ignore because", None),
            ("# nginspect: ignore hsts-missing why", Some("# nginspect: ignore [hsts-missing] why")),
            ("# nginspect: ignroe[a] why", Some("# nginspect: ignore[a] why")),
            ("# nginspect: disable[a]", None),
            ("# nginspect: ignore[a", None),
            ("# nginspect: ignore[]", None),
            ("# nginspect: ignore-file[ , ]", None),
            ("# nginspect: ignore[a] until=tomorrow", None),
            ("# nginspect: ignore[a] until=2027-02-30 x", None),
        ] {
            let mistake = parse(comment).expect("it is for us").expect_err("it is a mistake");
            let edited =
                mistake.edit.map(|(start, end, text)| format!("{}{text}{}", &comment[..start], &comment[end..]));
            assert_eq!(edited.as_deref(), mended, "{comment}");
        }
    }
}
