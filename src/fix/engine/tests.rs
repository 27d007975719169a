//! A made-up rule with wishes, and what the engine makes of them.

use super::*;
use crate::diagnostic::Fix;
use crate::output::testing::Sample;
use crate::source::Span;

/// What stands in a text, and what a made-up rule wants in its place; behind a `?`, by a fix that is not safe.
type Wish = (&'static str, &'static str);

/// One file, in which some words are wrong, some are refused and some do not parse.
struct Look {
    sample: Sample,
    source: SourceId,
    path: PathBuf,
}

impl Look {
    fn new(text: &[u8], wishes: &[Wish]) -> Self {
        let text = String::from_utf8_lossy(text).into_owned();
        let mut sample = Sample::new();
        let source = sample.file("a.conf", &text);
        for (wrong, right) in wishes {
            for (start, _) in text.match_indices(wrong) {
                let span = Span::new(source, start as u32, (start + wrong.len()) as u32);
                let found = sample.finding_at("some-rule", span, wrong);
                let safety = if right.starts_with('?') { Safety::Unsafe } else { Safety::Safe };
                let right = right.trim_start_matches('?');
                let edits = vec![Edit::replace(span, right)];
                found.fixes = vec![Fix { title: format!("write {right}").into(), safety, edits }];
            }
        }
        Self { sample, source, path: PathBuf::from("/a.conf") }
    }

    fn text(&self) -> &str {
        std::str::from_utf8(self.sample.sources.get(self.source).bytes()).expect("UTF-8")
    }
}

impl Examined for Look {
    fn sources(&self) -> &Sources {
        &self.sample.sources
    }

    fn identity(&self, _: SourceId) -> &Path {
        &self.path
    }

    fn diagnostics(&self) -> &[Diagnostic] {
        &self.sample.diagnostics
    }

    fn refusals(&self) -> Vec<(&'static str, String)> {
        let words = self.text().matches("refused").map(|word| ("refusing-rule", word.to_owned()));
        // Some words do not go together.
        let both = ["north", "south"].iter().all(|word| self.text().contains(word));
        words.chain(both.then(|| ("refusing-rule", "north and south".to_owned()))).collect()
    }

    fn syntax_errors(&self, _: SourceId) -> usize {
        self.text().matches('{').count()
    }

    fn failures(&self) -> usize {
        self.text().matches("crash").count()
    }

    fn why_not_edit(&self, _: SourceId) -> Option<&'static str> {
        self.text().starts_with("# mine").then_some("it is mine")
    }
}

/// What comes of a text, and how many times it was analysed for that.
fn mended_up_to(allowed: Safety, text: &str, wishes: &[Wish]) -> (Mended<Look>, usize) {
    let start = Look::new(text.as_bytes(), wishes);
    let path = start.path.clone();
    let mut looks = 0;
    let mended = mend(start, allowed, |texts: &Texts| {
        looks += 1;
        Look::new(texts.get(&path).map_or(text.as_bytes(), Vec::as_slice), wishes)
    });
    (mended, looks)
}

fn mended(text: &str, wishes: &[Wish]) -> (String, usize, Vec<String>) {
    let (mended, _) = mended_up_to(Safety::Safe, text, wishes);
    let path = &mended.examined.path;
    assert_eq!(
        mended.texts.get(path).is_some_and(|changed| changed != text.as_bytes()),
        mended.examined.text() != text
    );
    (mended.examined.text().to_owned(), mended.fixed, mended.notes)
}

#[test]
fn all_that_does_no_harm_is_done() {
    assert_eq!(
        mended("bad worse bad", &[("bad", "good"), ("worse", "better")]),
        ("good better good".to_owned(), 3, vec![])
    );
    assert_eq!(mended("a", &[]), ("a".to_owned(), 0, vec![]));
}

#[test]
fn one_fix_can_lead_to_the_next() {
    assert_eq!(mended("a", &[("a", "b"), ("b", "c"), ("c", "d")]), ("d".to_owned(), 3, vec![]));
}

#[test]
fn what_does_harm_is_left_alone_and_the_rest_is_done() {
    for (wish, why) in [
        ("refused", "nginx would refuse something else"),
        ("{", "the text would not parse any more"),
        ("crash", "something could not be analysed any more"),
        ("still culprit", "the same would be found again"),
    ] {
        let (text, fixed, notes) = mended("bad\nbad\nculprit\nbad\n", &[("bad", "good"), ("culprit", wish)]);
        assert_eq!((text.as_str(), fixed), ("good\ngood\nculprit\ngood\n", 3), "{wish}");
        assert_eq!(notes, [format!("left alone: some-rule at a.conf:3 (write {wish}), for {why}")]);
    }
}

#[test]
fn fixes_that_undo_each_other_come_to_rest() {
    let (text, fixed, notes) = mended("ping", &[("ping", "pong"), ("pong", "ping")]);
    assert_eq!((text.as_str(), fixed), ("ping", 0));
    assert_eq!(notes, ["left alone: some-rule at a.conf:1 (write ping), for another fix undoes it"]);
}

#[test]
fn what_never_ends_is_given_up() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    let wishes: Vec<Wish> = names.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let (text, fixed, notes) = mended("a", &wishes);
    assert_eq!((text.as_str(), fixed), ("k", 10));
    assert_eq!(notes, ["there is more to fix after 10 rounds; run it again"]);
}

#[test]
fn a_text_that_is_not_ours_stays_as_it_is() {
    let (text, fixed, notes) = mended("# mine: bad", &[("bad", "good")]);
    assert_eq!(
        (text.as_str(), fixed, notes),
        ("# mine: bad", 0, vec!["left alone: a.conf, for it is mine".to_owned()])
    );
}

#[test]
fn as_many_rounds_as_are_needed_are_no_surprise() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
    let wishes: Vec<Wish> = names.windows(2).map(|pair| (pair[0], pair[1])).collect();
    assert_eq!(mended("a", &wishes), ("k".to_owned(), 10, vec![]));
}

#[test]
fn what_was_wrong_before_stands_in_nobodys_way() {
    for wrong in ["refused", "{", "crash"] {
        assert_eq!(mended(&format!("{wrong} bad"), &[("bad", "good")]), (format!("{wrong} good"), 1, vec![]));
    }
}

#[test]
fn what_does_harm_beside_others_waits_for_them() {
    let wishes = [("n_", "north"), ("s_", "south"), ("north", "up")];
    assert_eq!(mended("n_ s_", &wishes), ("up south".to_owned(), 3, vec![]));
    let note = "left alone: some-rule at a.conf:1 (write south), for nginx would refuse something else";
    assert_eq!(mended("n_ s_", &wishes[..2]), ("north s_".to_owned(), 1, vec![note.to_owned()]));
}

#[test]
fn looking_for_what_does_harm_comes_to_an_end() {
    let text = "culprit\n".repeat(400);
    let (mended, looks) = mended_up_to(Safety::Safe, &text, &[("culprit", "crash")]);
    assert!(mended.texts.is_empty() && mended.fixed == 0 && mended.notes.len() == 400);
    assert!((200..220).contains(&looks), "{looks}");
    let because = |why: &str| mended.notes.iter().filter(|note| note.ends_with(why)).count();
    let told_apart = because("for something could not be analysed any more");
    let others = because("for too many others do harm to tell them apart");
    assert!(told_apart > 80 && others > 200 && told_apart + others == 400, "{told_apart} and {others}");
}

#[test]
fn fixes_that_are_not_safe_are_counted_or_carried_out() {
    let wishes = [("bad", "good"), ("worse", "?better"), ("worst", "?best")];
    let outcome = |allowed: Safety| {
        let (mended, _) = mended_up_to(allowed, "bad worse worst", &wishes);
        (mended.examined.text().to_owned(), mended.fixed, mended.left_to_unsafe)
    };
    assert_eq!(outcome(Safety::Safe), ("good worse worst".to_owned(), 1, 2));
    assert_eq!(outcome(Safety::Unsafe), ("good better best".to_owned(), 3, 0));
}
