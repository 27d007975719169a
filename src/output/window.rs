//! The parts of the sources that a finding shows: lines near its labels, and the labels moved into that text.
//! The cost depends on the labels alone, not on the files.

use std::ops::Range;

use super::cut::{self, Room, ShownLine};
use super::{sanitize, wrap::wrap};
use crate::diagnostic::Label;
use crate::source::{Source, SourceId, Sources};

/// Lines shown before and after those with labels.
const CONTEXT: u32 = 1;
/// Labels with at most so many lines between them share a window.
const GAP: u32 = 5;
/// A label on more lines is drawn on its first line only.
const TALLEST: u32 = 4;
/// A label's message gets at least so many columns, even where that leaves the page.
const NARROWEST: usize = 28;

/// Some neighbouring lines of one source, ready to print.
#[derive(Debug)]
pub(super) struct Window {
    /// The file's name.
    pub(super) name: String,
    /// The lines, each with a line feed behind it.
    pub(super) text: String,
    /// The number of the first of them, from 1.
    pub(super) first_line: u32,
    /// How many there are.
    pub(super) line_count: u32,
    /// Line and column of the foremost label, from 1.
    pub(super) position: (u32, u32),
    /// The labels, by where they start.
    pub(super) marks: Vec<Mark>,
}

/// A label in the text of a window, or its part on one line: miette's own way to draw a label on several lines
/// moves the text out of line when there are colours.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) is_primary: bool,
}

impl Window {
    /// The width of its widest line number.
    pub(super) fn digits(&self) -> usize {
        (self.first_line + self.line_count - 1).to_string().len()
    }
}

/// The windows for a primary label and others: the primary's first, then by file and line.
pub(super) fn windows(sources: &Sources, primary: &Label, related: &[Label], room: Room) -> Vec<Window> {
    let mut files: Vec<(SourceId, Vec<Place>)> = Vec::new();
    for (index, label) in std::iter::once(primary).chain(related).enumerate() {
        let id = label.span.source;
        let place = Place::of(sources.get(id), label, index == 0);
        match files.iter_mut().find(|(file, _)| *file == id) {
            Some((_, places)) => places.push(place),
            None => files.push((id, vec![place])),
        }
    }
    let mut windows = Vec::new();
    for (file, places) in files {
        for cluster in clusters(places) {
            windows.push(window(sources.get(file), &cluster, room));
        }
    }
    windows
}

/// A label by lines. Both offsets lie within the text of their lines, line ends excluded.
struct Place {
    first: (u32, u32),
    last: (u32, u32),
    message: String,
    is_primary: bool,
}

impl Place {
    fn of(source: &Source, label: &Label, is_primary: bool) -> Self {
        let length = source.bytes().len() as u32;
        let start = label.span.start.min(length);
        let end = label.span.end.clamp(start, length);
        let within = |offset: u32, line: u32| {
            let (from, to) = source.line_range(line);
            (line, offset.clamp(from, to))
        };
        let first = within(start, source.line_of(start));
        let mut last = within(end, source.line_of(start.max(end.saturating_sub(1))));
        let mut message = sanitize::line(&label.message).into_owned();
        if last.0 - first.0 >= TALLEST {
            let until = format!("to line {}", last.0);
            message = if message.is_empty() { until } else { format!("{message} ({until})") };
            last = within(length, first.0);
        }
        Self { first, last, message, is_primary }
    }

    /// The part of it on one line, whose text is `text`.
    fn on_line(&self, line: u32, text: &Range<u32>) -> Option<Range<u32>> {
        let start = if self.first.0 == line { self.first.1 } else { text.start };
        let end = if self.last.0 == line { self.last.1 } else { text.end };
        (self.first.0..=self.last.0).contains(&line).then_some(start..end)
    }
}

fn clusters(mut places: Vec<Place>) -> Vec<Vec<Place>> {
    places.sort_by_key(|place| (place.first, place.last));
    let mut clusters: Vec<Vec<Place>> = Vec::new();
    let mut reached = 0;
    for place in places {
        let last = place.last.0;
        match clusters.last_mut() {
            Some(cluster) if place.first.0 <= reached + GAP + 1 => cluster.push(place),
            _ => clusters.push(vec![place]),
        }
        reached = last.max(reached);
    }
    clusters.sort_by_key(|cluster| !cluster.iter().any(|place| place.is_primary));
    clusters
}

fn window(source: &Source, places: &[Place], room: Room) -> Window {
    let lines = lines_around(source, places);
    let mut text = String::new();
    let mut marks = Vec::new();
    for line in lines.clone() {
        let (start, end) = source.line_range(line);
        let shown = show(source, line, places, room);
        let found = places.iter().filter_map(|place| mark(place, line, &(start..end), &shown, text.len()));
        let on_line = wrapped(disjoint(found.collect()), &shown.text, text.len(), room);
        marks.extend(on_line);
        text.push_str(&shown.text);
        text.push('\n');
    }
    let foremost = places.iter().find(|place| place.is_primary).unwrap_or(&places[0]);
    let position = source.position(foremost.first.1);
    Window {
        name: sanitize::line(&source.display_path()).into_owned(),
        text,
        first_line: lines.start,
        line_count: lines.end - lines.start,
        position: (position.line, position.column),
        marks,
    }
}

/// The lines with labels, and those around them that are not blank.
fn lines_around(source: &Source, places: &[Place]) -> Range<u32> {
    let first = places.iter().map(|place| place.first.0).min().unwrap_or(1);
    let last = places.iter().map(|place| place.last.0).max().unwrap_or(1);
    let is_blank = |line: &u32| {
        let (start, end) = source.line_range(*line);
        source.slice(start, end.min(start.saturating_add(200))).trim_ascii().is_empty()
    };
    let before = (first.saturating_sub(CONTEXT).max(1)..first).find(|line| !is_blank(line));
    let after = (last + 1..=source.line_count().min(last + CONTEXT)).rev().find(|line| !is_blank(line));
    before.unwrap_or(first)..after.unwrap_or(last) + 1
}

fn show(source: &Source, line: u32, places: &[Place], room: Room) -> ShownLine {
    let (start, end) = source.line_range(line);
    let on_line = |place: &Place| place.on_line(line, &(start..end));
    let primary = places.iter().filter(|place| place.is_primary).find_map(on_line);
    let focus = primary.or_else(|| places.iter().find_map(on_line)).unwrap_or(start..start);
    cut::show(source, start..end, focus, room)
}

/// The mark for the part of a label on a line that is shown at `base`. Its message stands on its last line; lines
/// between that are blank get no mark, and an indentation is not underlined.
fn mark(place: &Place, line: u32, text: &Range<u32>, shown: &ShownLine, base: usize) -> Option<Mark> {
    let part = place.on_line(line, text)?;
    let mut start = shown.start_of(part.start);
    let end = shown.end_of(part.end).max(start);
    let is_last = line == place.last.0;
    if line != place.first.0 {
        let visible = shown.text[start..end].trim_start().len();
        start = if visible == 0 && is_last { start } else { end - visible };
    }
    if start == end && !is_last && place.first.0 != line {
        return None;
    }
    let message = if is_last { place.message.clone() } else { String::new() };
    Some(Mark { range: base + start..base + end, message, is_primary: place.is_primary })
}

/// Gives marks that overlap their own ranges, since each column under a line has room for one; the same range
/// twice becomes one mark with both messages.
fn disjoint(mut marks: Vec<Mark>) -> Vec<Mark> {
    marks.sort_by_key(|mark| (mark.range.start, mark.range.end));
    let mut result: Vec<Mark> = Vec::with_capacity(marks.len());
    for mut mark in marks {
        let Some(previous) = result.last_mut() else {
            result.push(mark);
            continue;
        };
        if mark.range != previous.range && mark.range.start < previous.range.end {
            if mark.range.start > previous.range.start {
                previous.range.end = mark.range.start;
            } else {
                mark.range.start = previous.range.end;
            }
        }
        if mark.range == previous.range || mark.range.start > mark.range.end {
            merge(previous, mark);
        } else {
            result.push(mark);
        }
    }
    result
}

fn merge(into: &mut Mark, mark: Mark) {
    into.is_primary |= mark.is_primary;
    if into.message.is_empty() {
        into.message = mark.message;
    } else if !mark.message.is_empty() && !into.message.split("; ").any(|message| message == mark.message) {
        into.message = format!("{}; {}", into.message, mark.message);
    }
}

/// Breaks the messages of a line's marks so that they end at the margin.
fn wrapped(mut marks: Vec<Mark>, line: &str, base: usize, room: Room) -> Vec<Mark> {
    for mark in &mut marks {
        let (start, end) = (mark.range.start - base, mark.range.end - base);
        let column = line[..start].chars().count() + line[start..end].chars().count() / 2;
        let columns = room.columns.saturating_sub(column + 4).max(NARROWEST);
        mark.message = wrap(&mark.message, columns, columns).join("\n");
    }
    marks
}
