//! Text to tree, with a stack rather than recursion.

use super::ast::{Anchor, Branch, Flags, Greed, GroupInfo, GroupKind, Kind, Node, Pattern, Reference};
use super::class;
use super::cursor::Cursor;
use super::error::{Error, ErrorKind};
use super::escape::{self, Escaped};

/// PCRE takes no deeper nesting, unless it was built to.
const DEEPEST: usize = 250;

/// The flags that change how the text is read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Modes {
    /// `x`: blanks and comments mean nothing.
    pub(super) extended: bool,
    /// `xx`: blanks mean nothing in sets, either.
    pub(super) extended_more: bool,
    /// `n`: plain parentheses do not capture.
    pub(super) no_capture: bool,
    /// `J`: groups may share a name.
    pub(super) same_names: bool,
}

/// A group that has not been closed yet.
#[derive(Debug)]
struct Frame {
    start: usize,
    kind: GroupKind,
    branches: Vec<Branch>,
    /// The modes of the level around it.
    modes: Modes,
    /// The number of groups when it was opened, and the most that one of its alternatives has had.
    counts: (u32, u32),
    /// Is it the assertion that a condition asks for?
    is_condition: bool,
}

/// What was read last, as far as a quantifier cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Item,
    /// A quantifier without `?` or `+`.
    Quantifier,
    /// A quantifier with one of them.
    Quantified,
}

/// A text that is being read.
#[derive(Debug)]
pub(super) struct Parser<'p> {
    pub(super) cursor: Cursor<'p>,
    pub(super) modes: Modes,
    pub(super) groups: Vec<GroupInfo>,
    pub(super) group_count: u32,
    pub(super) doubts: Vec<Error>,
    /// A condition has begun, and an assertion must follow: 2, and 1 behind a callout.
    pub(super) assertion_due: u8,
    /// Was an assertion due in front of what is being read?
    pub(super) was_due: u8,
    /// Does something that is not looked into take up the rest?
    is_cut: bool,
    caseless: bool,
    stack: Vec<Frame>,
    /// The alternatives of the level that is being read; the last one is being added to.
    branches: Vec<Branch>,
    last: Last,
}

impl<'p> Parser<'p> {
    pub(super) fn new(text: &'p str, caseless: bool) -> Self {
        Self {
            cursor: Cursor { text, at: 0, utf: false },
            modes: Modes::default(),
            groups: Vec::new(),
            group_count: 0,
            doubts: Vec::new(),
            assertion_due: 0,
            was_due: 0,
            is_cut: false,
            caseless,
            stack: Vec::new(),
            branches: vec![Branch::new()],
            last: Last::Nothing,
        }
    }

    pub(super) fn run(mut self) -> Result<Pattern, Error> {
        while self.cursor.at < self.cursor.text.len() {
            self.step()?;
        }
        while self.is_cut && !self.stack.is_empty() {
            self.leave();
        }
        if let Some(open) = self.stack.last() {
            return Err(Error::new(open.start, open.start + 1, ErrorKind::UnclosedGroup));
        }
        Ok(Pattern {
            branches: self.branches,
            caseless: self.caseless,
            utf: self.cursor.utf,
            groups: self.groups,
            group_count: self.group_count,
            doubts: self.doubts,
        })
    }

    fn step(&mut self) -> Result<(), Error> {
        if self.stack.len() > DEEPEST {
            return Err(self.error_at(self.cursor.at, ErrorKind::TooDeep));
        }
        let start = self.cursor.at;
        if self.cursor.starts_with("\\Q") {
            return self.quoted();
        }
        if self.cursor.starts_with("\\E") {
            self.cursor.at += 2;
            return Ok(());
        }
        if self.modes.extended && self.skip_space() {
            return Ok(());
        }
        if self.cursor.starts_with("(?#") {
            return self.comment();
        }
        self.was_due = std::mem::take(&mut self.assertion_due);
        if self.was_due > 0 && !self.is_assertion() {
            return Err(self.error_at(start, ErrorKind::AssertionExpected));
        }
        match self.cursor.rest()[0] {
            b'\\' => self.escape(),
            b'^' => self.byte(Kind::Anchor(Anchor::Caret), false),
            b'$' => self.byte(Kind::Anchor(Anchor::Dollar), false),
            b'.' => self.byte(Kind::Dot, true),
            b'*' | b'+' | b'?' => self.quantifier(),
            b'{' => self.quantifier(),
            b'[' => self.class(),
            b'(' => self.open(),
            b'|' => self.alternative(),
            b')' => self.close(),
            _ => self.literal(),
        }
    }

    pub(super) fn error_at(&self, start: usize, kind: ErrorKind) -> Error {
        Error::new(start, self.cursor.text.len().min(start + 1), kind)
    }

    fn byte(&mut self, kind: Kind, repeatable: bool) -> Result<(), Error> {
        let start = self.cursor.at;
        self.cursor.at += 1;
        self.push(start, kind, repeatable);
        Ok(())
    }

    fn literal(&mut self) -> Result<(), Error> {
        let start = self.cursor.at;
        let code = self.cursor.take().unwrap_or_default();
        self.push(start, Kind::Literal(code), true);
        Ok(())
    }

    /// Adds a node that ends here.
    pub(super) fn push(&mut self, start: usize, kind: Kind, repeatable: bool) {
        let node = Node { start, end: self.cursor.at, kind };
        self.last = if repeatable { Last::Item } else { Last::Nothing };
        self.push_node(node);
    }

    fn push_node(&mut self, node: Node) {
        if let Some(branch) = self.branches.last_mut() {
            branch.push(node);
        }
    }

    /// `\Q…\E`, or up to the end.
    fn quoted(&mut self) -> Result<(), Error> {
        self.cursor.at += 2;
        while self.cursor.at < self.cursor.text.len() {
            if self.cursor.starts_with("\\E") {
                self.cursor.at += 2;
                break;
            }
            if self.assertion_due > 0 {
                return Err(self.error_at(self.cursor.at, ErrorKind::AssertionExpected));
            }
            self.literal()?;
        }
        Ok(())
    }

    /// Blanks, line breaks and comments from `#` to the end of the line.
    fn skip_space(&mut self) -> bool {
        let is_space = |byte: u8| byte.is_ascii_whitespace() || byte == 0x0b;
        if self.cursor.peek() == Some(b'#') {
            self.cursor.take_while(|byte| byte != b'\n');
            return true;
        }
        !self.cursor.take_while(is_space).is_empty()
    }

    fn comment(&mut self) -> Result<(), Error> {
        let start = self.cursor.at;
        self.cursor.take_while(|byte| byte != b')');
        if !self.cursor.eat(b')') {
            return Err(Error::new(start, start + 3, ErrorKind::UnclosedComment));
        }
        self.push_node(Node { start, end: self.cursor.at, kind: Kind::Comment });
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Error> {
        let start = self.cursor.at;
        let (kind, repeatable) = match escape::read(&mut self.cursor, self.group_count, false)? {
            Escaped::Literal(code) => (Kind::Literal(code), true),
            Escaped::Shorthand(letter) => (Kind::Shorthand(letter), true),
            Escaped::Property { negated, name } => (Kind::Property { negated, name }, true),
            Escaped::Anchor(anchor) => (Kind::Anchor(anchor), false),
            Escaped::BackReference(reference) => (Kind::BackReference(reference), true),
            Escaped::Call(reference) => (Kind::Call(reference), true),
            Escaped::Keep => {
                if self.stack.iter().any(|frame| matches!(frame.kind, GroupKind::Look { .. })) {
                    self.doubts.push(Error::new(start, self.cursor.at, ErrorKind::KeepInLookaround));
                }
                (Kind::Keep, false)
            }
            Escaped::Doubtful(code, doubt) => {
                self.doubts.push(doubt);
                (Kind::Literal(code), true)
            }
        };
        self.push(start, kind, repeatable);
        Ok(())
    }

    fn class(&mut self) -> Result<(), Error> {
        let start = self.cursor.at;
        for (text, anchor) in [("[[:<:]]", Anchor::WordStart), ("[[:>:]]", Anchor::WordEnd)] {
            if self.cursor.starts_with(text) {
                self.cursor.at += text.len();
                self.push(start, Kind::Anchor(anchor), true);
                return Ok(());
            }
        }
        let class = class::read(&mut self.cursor, self.modes.extended_more, &mut self.doubts)?;
        self.push(start, Kind::Class(class), true);
        Ok(())
    }

    fn quantifier(&mut self) -> Result<(), Error> {
        let start = self.cursor.at;
        let sign = self.cursor.rest()[0];
        if self.last == Last::Quantifier
            && let Some(greed) = [(b'?', Greed::Lazy), (b'+', Greed::Possessive)].into_iter().find(|it| it.0 == sign)
        {
            self.cursor.at += 1;
            self.last = Last::Quantified;
            self.set_greed(greed.1);
            return Ok(());
        }
        let (min, max) = match sign {
            b'*' => (0, None),
            b'+' => (1, None),
            b'?' => (0, Some(1)),
            _ => match self.cursor.counts()? {
                Some(counts) => counts,
                None => return self.literal(),
            },
        };
        self.cursor.at = self.cursor.at.max(start + 1);
        let end = self.cursor.at;
        match self.last {
            Last::Item => {}
            Last::Nothing => return Err(Error::new(start, end, ErrorKind::NothingToRepeat)),
            _ => return Err(Error::new(start, end, ErrorKind::RepeatedQuantifier)),
        }
        self.last = Last::Quantifier;
        if let Some(node) = self.last_node() {
            let repeated = std::mem::replace(&mut node.kind, Kind::Opaque);
            let inner = Node { start: node.start, end: node.end, kind: repeated };
            node.end = end;
            node.kind = Kind::Repeat { node: Box::new(inner), min, max, greed: Greed::Greedy };
        }
        Ok(())
    }

    fn set_greed(&mut self, wanted: Greed) {
        let at = self.cursor.at;
        if let Some(Node { end, kind: Kind::Repeat { greed, .. }, .. }) = self.last_node() {
            (*end, *greed) = (at, wanted);
        }
    }

    /// The node that was added last, comments aside.
    fn last_node(&mut self) -> Option<&mut Node> {
        self.branches.last_mut()?.iter_mut().rev().find(|node| node.kind != Kind::Comment)
    }

    /// Opens a group whose opening text ends here.
    pub(super) fn enter(&mut self, start: usize, kind: GroupKind) {
        let is_condition = self.was_due > 0 && matches!(kind, GroupKind::Look { .. });
        let branches = std::mem::replace(&mut self.branches, vec![Branch::new()]);
        let counts = (self.group_count, self.group_count);
        self.stack.push(Frame { start, kind, branches, modes: self.modes, counts, is_condition });
        self.last = Last::Nothing;
    }

    /// Opens a capturing group.
    pub(super) fn capture(&mut self, start: usize, name: Option<String>) {
        self.group_count += 1;
        let number = self.group_count;
        self.groups.push(GroupInfo { number, name: name.clone(), start, opened: self.cursor.at });
        self.enter(start, GroupKind::Capture { number, name });
    }

    /// Adds flags, which hold until the group ends.
    pub(super) fn flags(&mut self, start: usize, flags: Flags, modes: Modes) {
        self.modes = modes;
        self.push(start, Kind::Flags(flags), false);
    }

    /// Leaves the rest alone.
    pub(super) fn cut(&mut self, start: usize) {
        self.cursor.at = self.cursor.text.len();
        self.is_cut = true;
        self.push(start, Kind::Opaque, true);
    }

    /// Adds a call of a group.
    pub(super) fn call(&mut self, start: usize, reference: Reference) {
        self.push(start, Kind::Call(reference), true);
    }

    fn alternative(&mut self) -> Result<(), Error> {
        self.cursor.at += 1;
        self.last = Last::Nothing;
        self.branches.push(Branch::new());
        if let Some(frame) = self.stack.last_mut().filter(|frame| frame.kind == GroupKind::BranchReset) {
            frame.counts.1 = frame.counts.1.max(self.group_count);
            self.group_count = frame.counts.0;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Error> {
        if self.stack.is_empty() {
            return Err(self.error_at(self.cursor.at, ErrorKind::UnopenedGroup));
        }
        self.cursor.at += 1;
        self.leave();
        Ok(())
    }

    /// Ends the innermost group here.
    fn leave(&mut self) {
        let Some(frame) = self.stack.pop() else { return };
        let branches = std::mem::replace(&mut self.branches, frame.branches);
        if frame.kind == GroupKind::BranchReset {
            self.group_count = self.group_count.max(frame.counts.1);
        }
        self.modes = frame.modes;
        self.push(frame.start, Kind::Group(frame.kind, branches), !frame.is_condition);
    }
}
