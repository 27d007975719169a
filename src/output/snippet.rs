//! Draws a [`Window`] with miette. Nothing else names miette.

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use super::style::Style;
use super::window::Window;
use crate::diagnostic::Severity;

/// Colours and line-drawing characters.
pub(super) struct Painter {
    styles: ThemeStyles,
    characters: ThemeCharacters,
    links: bool,
}

/// What a piece of text is, which decides its colour.
#[derive(Clone, Copy)]
pub(super) enum Tone {
    Severity(Severity),
    Strong,
    Help,
    Faint,
}

// The places in `ThemeStyles::highlights` of the styles that miette has no name for.
const SECONDARY: usize = 0;
const STRONG: usize = 1;

impl Painter {
    pub(super) fn new(style: &Style) -> Self {
        let mut styles = ThemeStyles::none();
        let plain = styles.link;
        styles.highlights = vec![plain; 2];
        if style.color {
            styles.error = plain.red().bold();
            styles.warning = plain.yellow().bold();
            styles.advice = plain.blue().bold();
            styles.help = plain.green().bold();
            styles.link = plain.cyan();
            styles.linum = plain.dimmed();
            styles.highlights[SECONDARY] = plain.cyan();
            styles.highlights[STRONG] = plain.bold();
        }
        let characters = if style.unicode {
            ThemeCharacters::unicode()
        } else {
            ThemeCharacters { underbar: '^', ..ThemeCharacters::ascii() }
        };
        Self { styles, characters, links: style.links }
    }

    pub(super) fn paint(&self, tone: Tone, text: &str) -> String {
        let style = match tone {
            Tone::Severity(Severity::Error) => self.styles.error,
            Tone::Severity(Severity::Warning) => self.styles.warning,
            Tone::Severity(Severity::Info) => self.styles.advice,
            Tone::Strong => self.styles.highlights[STRONG],
            Tone::Help => self.styles.help,
            Tone::Faint => self.styles.linum,
        };
        style.style(text).to_string()
    }

    /// Makes a link of a text, where the terminal knows links.
    pub(super) fn link(&self, text: &str, url: Option<&str>) -> String {
        match url.filter(|_| self.links) {
            Some(url) => format!("\u{1b}]8;;{url}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\"),
            None => text.to_owned(),
        }
    }

    /// Draws the windows of one finding below each other, in one frame.
    pub(super) fn draw(&self, windows: &[Window], severity: Severity) -> String {
        let digits = windows.iter().map(Window::digits).max().unwrap_or(0);
        let mut out = String::new();
        for (index, window) in windows.iter().enumerate() {
            let drawn = self.draw_one(window, severity);
            // miette starts with the message, which is empty here, and closes the frame with the last line.
            let lines: Vec<&str> = drawn.lines().skip(1).collect();
            let is_last = index + 1 == windows.len();
            for (number, line) in lines.iter().enumerate() {
                if number + 1 == lines.len() && !is_last {
                    continue;
                }
                out.extend(std::iter::repeat_n(' ', digits - window.digits()));
                if number == 0 && index > 0 {
                    out.push_str(&line.replacen(self.characters.ltop, &self.characters.lcross.to_string(), 1));
                } else {
                    out.push_str(line.trim_end_matches(' '));
                }
                out.push('\n');
            }
        }
        out
    }

    fn draw_one(&self, window: &Window, severity: Severity) -> String {
        let mut styles = self.styles.clone();
        let primary = match severity {
            Severity::Error => styles.error,
            Severity::Warning => styles.warning,
            Severity::Info => styles.advice,
        };
        let secondary = styles.highlights[SECONDARY];
        styles.highlights = window.marks.iter().map(|mark| if mark.is_primary { primary } else { secondary }).collect();
        let handler =
            GraphicalReportHandler::new_themed(GraphicalTheme { characters: self.characters.clone(), styles })
                .with_urls(false)
                .with_context_lines(1);
        let mut out = String::new();
        let drawn = handler.render_report(&mut out, &Snippet(window));
        debug_assert!(drawn.is_ok(), "the window has every span that miette asks for");
        out
    }
}

/// A window as miette wants to see it.
#[derive(Debug)]
struct Snippet<'w>(&'w Window);

impl fmt::Display for Snippet<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Snippet<'_> {}

impl Diagnostic for Snippet<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let foremost = self.0.marks.iter().position(|mark| mark.is_primary).unwrap_or(0);
        Some(Box::new(self.0.marks.iter().enumerate().map(move |(index, mark)| {
            let message = (!mark.message.is_empty()).then(|| mark.message.clone());
            let span = SourceSpan::from(mark.range.clone());
            if index == foremost {
                LabeledSpan::new_primary_with_span(message, span)
            } else {
                LabeledSpan::new_with_span(message, span)
            }
        })))
    }
}

impl SourceCode for Snippet<'_> {
    /// All of the window whatever the span, so that no time goes into looking for it; but without context
    /// miette wants to know where the foremost label is, to name the place in the frame's head.
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let window = self.0;
        let (line, column) = if before + after == 0 { window.position } else { (window.first_line, 1) };
        Ok(Box::new(MietteSpanContents::new_named(
            window.name.clone(),
            window.text.as_bytes(),
            SourceSpan::from(0..window.text.len()),
            line as usize - 1,
            column as usize - 1,
            window.line_count as usize,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::Style;
    use crate::output::human::render;
    use crate::output::testing::Sample;

    #[test]
    fn the_rule_is_a_link_where_the_terminal_knows_links() {
        let mut sample = Sample::new();
        let file = sample.file("a.conf", "listen 80;\n");
        sample.finding("some-rule", file, "80", "a message that is so long that it has to be broken into lines");
        let plain = Style { color: false, links: false, unicode: true, width: 60 };
        let (shown, without) =
            (render(&sample.report(), &Style { links: true, ..plain }), render(&sample.report(), &plain));
        let link = "\u{1b}]8;;https://nginx.org/en/docs/\u{1b}\\some-rule\u{1b}]8;;\u{1b}\\";
        assert!(shown.starts_with(&format!("error[{link}]:")), "{shown:?}");
        assert_eq!(shown.replace(link, "some-rule"), without);
    }
}
