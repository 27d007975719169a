//! One line of source as it can be printed: tabs expanded, unprintable characters visible, cut when it is too long.
//! Looks at the neighbourhood of the focus only, so that a line of any length costs the same.

use std::ops::Range;

use super::sanitize;
use crate::source::Source;

const TAB_WIDTH: usize = 4;

/// How much room there is, and how a cut is marked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Columns for the text of a line.
    pub(super) columns: usize,
    /// Stands where text was left out.
    pub(super) ellipsis: &'static str,
}

impl Room {
    fn mark(self) -> usize {
        self.ellipsis.chars().count()
    }
}

/// A line (or a part of it) as text, and which byte of it shows which byte of the source.
#[derive(Debug)]
pub(super) struct ShownLine {
    pub(super) text: String,
    cells: Vec<Cell>,
}

/// Where a character of the source went. The last cell is the end.
#[derive(Debug, Clone, Copy)]
struct Cell {
    offset: u32,
    at: usize,
    column: usize,
}

impl ShownLine {
    /// Where in the text the character that holds the source's byte `offset` starts.
    pub(super) fn start_of(&self, offset: u32) -> usize {
        let behind = self.cells.partition_point(|cell| cell.offset <= offset);
        if behind == 0 { 0 } else { self.cells[behind - 1].at }
    }

    /// Where in the text a range that ends before the source's byte `offset` ends.
    pub(super) fn end_of(&self, offset: u32) -> usize {
        if self.cells.first().is_some_and(|first| offset < first.offset) {
            return 0;
        }
        let behind = self.cells.partition_point(|cell| cell.offset < offset);
        self.cells.get(behind).or(self.cells.last()).map_or(0, |cell| cell.at)
    }

    fn column_of(&self, offset: u32) -> usize {
        let behind = self.cells.partition_point(|cell| cell.offset < offset);
        self.cells.get(behind).or(self.cells.last()).map_or(0, |cell| cell.column)
    }
}

/// Shows the bytes `line` of `source`, which hold no line feed, so that `focus` within them can be seen.
pub(super) fn show(source: &Source, line: Range<u32>, focus: Range<u32>, room: Room) -> ShownLine {
    let reach = 4 * room.columns as u32;
    let from = character_start(source, line.start, focus.start.saturating_sub(reach).max(line.start));
    let to = line.end.min(focus.start.saturating_add(reach));
    let near = decode(source.slice(from, to), from);
    let (from_start, to_end) = (from == line.start, to == line.end);
    let last = near.cells.len() - 1;
    if from_start && to_end && near.cells[last].column <= room.columns {
        return near;
    }
    let first = first_cell(&near, (from_start, to_end), &focus, room);
    let cut_left = first > 0 || !from_start;
    let columns = room.columns - if cut_left { room.mark() } else { 0 };
    let fitting = |columns: usize| {
        let limit = near.cells[first].column + columns;
        near.cells.partition_point(|cell| cell.column <= limit).saturating_sub(1).max(first)
    };
    let cut_right = fitting(columns) < last || !to_end;
    let end = if cut_right { fitting(columns - room.mark()) } else { last };
    join(&near, first..end, cut_left, cut_right, room)
}

/// The first cell to show, so that the focus is in sight with some text before it, and no room stays empty.
fn first_cell(near: &ShownLine, (from_start, to_end): (bool, bool), focus: &Range<u32>, room: Room) -> usize {
    let (start, end) = (near.column_of(focus.start), near.column_of(focus.end));
    if from_start && end + room.mark() <= room.columns {
        return 0;
    }
    let columns = room.columns.saturating_sub(2 * room.mark());
    let spare = columns.saturating_sub(end.saturating_sub(start));
    let mut first = start.saturating_sub((spare / 2).min(columns / 3));
    let last = near.cells.len() - 1;
    if to_end {
        first = first.min((near.cells[last].column + room.mark()).saturating_sub(room.columns));
    }
    near.cells.partition_point(|cell| cell.column < first).min(last)
}

fn join(near: &ShownLine, shown: Range<usize>, cut_left: bool, cut_right: bool, room: Room) -> ShownLine {
    let mut text = String::new();
    if cut_left {
        text.push_str(room.ellipsis);
    }
    let (before, skipped) = (text.len(), near.cells[shown.start].at);
    text.push_str(&near.text[skipped..near.cells[shown.end].at]);
    if cut_right {
        text.push_str(room.ellipsis);
    }
    let cells = near.cells[shown.start..=shown.end].iter();
    ShownLine { text, cells: cells.map(|cell| Cell { at: cell.at - skipped + before, ..*cell }).collect() }
}

/// Moves `offset` forward to where a UTF-8 character starts, if it lies within one.
fn character_start(source: &Source, line_start: u32, offset: u32) -> u32 {
    if offset == line_start {
        return offset;
    }
    let following = source.slice(offset, offset + 3).iter().take_while(|byte| **byte & 0xc0 == 0x80);
    offset + following.count() as u32
}

fn decode(bytes: &[u8], offset: u32) -> ShownLine {
    let mut line =
        ShownLine { text: String::with_capacity(bytes.len() + 8), cells: Vec::with_capacity(bytes.len() + 1) };
    let (mut offset, mut column) = (offset, 0);
    for chunk in bytes.utf8_chunks() {
        let invalid = (!chunk.invalid().is_empty()).then_some((char::REPLACEMENT_CHARACTER, chunk.invalid().len()));
        for (c, length) in chunk.valid().chars().map(|c| (c, c.len_utf8())).chain(invalid) {
            line.cells.push(Cell { offset, at: line.text.len(), column });
            column += push(&mut line.text, c, column);
            offset += length as u32;
        }
    }
    line.cells.push(Cell { offset, at: line.text.len(), column });
    line
}

/// Adds the visible form of a character and says how many columns it takes.
fn push(text: &mut String, c: char, column: usize) -> usize {
    if c == '\t' {
        let width = TAB_WIDTH - column % TAB_WIDTH;
        text.extend(std::iter::repeat_n(' ', width));
        return width;
    }
    let Some(visible) = sanitize::replacement(c) else {
        text.push(c);
        return 1;
    };
    text.push_str(&visible);
    visible.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, needle: &str, columns: usize) -> (String, String) {
        let source = Source::new("x", text.as_bytes().to_vec());
        let at = text.find(needle).unwrap() as u32;
        let focus = at..at + needle.len() as u32;
        let line = show(&source, 0..text.len() as u32, focus.clone(), Room { columns, ellipsis: "…" });
        let marked = line.text[line.start_of(focus.start)..line.end_of(focus.end)].to_string();
        (line.text, marked)
    }

    fn both(text: &str, marked: &str) -> (String, String) {
        (text.into(), marked.into())
    }

    #[test]
    fn short_lines_are_whole_with_tabs_expanded_and_controls_visible() {
        assert_eq!(shown("\tlisten\t80;", "80", 40), both("    listen  80;", "80"));
        assert_eq!(shown("a\x1b[0m b", "b", 40), both("a␛[0m b", "b"));
        assert_eq!(shown("\u{202e}é b", "b", 40), both("<U+202E>é b", "b"));
    }

    #[test]
    fn long_lines_are_cut_round_the_focus() {
        let long = format!("{}needle{}", "a".repeat(500), "b".repeat(500));
        assert_eq!(shown(&long, "needle", 24), both("…aaaaaaaneedlebbbbbbbbb…", "needle"));
        assert_eq!(shown(&long, "aaa", 12), both("aaaaaaaaaaa…", "aaa"));
        assert_eq!(shown(&format!("{long}z"), "z", 12), both("…bbbbbbbbbbz", "z"));
    }

    #[test]
    fn a_focus_that_is_too_long_shows_its_start() {
        let long = format!("{}{}", "a".repeat(50), "b".repeat(500));
        assert_eq!(shown(&long, &"b".repeat(400), 12), both("…bbbbbbbbbb…", "bbbbbbbbbb"));
    }
}
