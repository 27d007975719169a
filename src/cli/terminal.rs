//! What the place that a person reads at can show: asked of the command line, the environment and the terminal.

use std::io::IsTerminal;

use supports_hyperlinks::Stream;

use super::args::Color;
use crate::output::human::Style;

/// How human output looks, on standard output or in a file.
pub(super) fn style(color: Color, on_stdout: bool) -> Style {
    let get = |name: &str| std::env::var(name).ok();
    let place = match on_stdout {
        true if std::io::stdout().is_terminal() => Place::Terminal,
        true => Place::Pipe,
        false => Place::File,
    };
    Style {
        color: has_colors(color, place, &get),
        links: has_links(color, place, &get) && supports_hyperlinks::on(Stream::Stdout),
        unicode: is_unicode(&get),
        width: super::terminal_width(),
    }
}

/// Is standard error a terminal on which a line can be drawn anew?
pub(super) fn can_redraw_stderr() -> bool {
    std::io::stderr().is_terminal() && !is_dumb(&|name| std::env::var(name).ok())
}

/// Where the text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Terminal,
    Pipe,
    File,
}

/// A variable of the environment.
type Get<'g> = &'g dyn Fn(&str) -> Option<String>;

/// Who says so first: `--color`, `NO_COLOR`, `FORCE_COLOR` and `CLICOLOR_FORCE`, the CI whose logs show colours, the terminal.
fn has_colors(color: Color, place: Place, get: Get<'_>) -> bool {
    let is_set = |name: &str| get(name).is_some_and(|value| !value.is_empty());
    let is_on = |name: &str| is_set(name) && !get(name).is_some_and(|value| value == "0" || value == "false");
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if place == Place::File || is_set("NO_COLOR") => false,
        Color::Auto if is_on("FORCE_COLOR") || is_on("CLICOLOR_FORCE") => true,
        Color::Auto if is_on("GITHUB_ACTIONS") || is_on("GITLAB_CI") => true,
        Color::Auto => place == Place::Terminal && !is_dumb(get) && get("CLICOLOR").is_none_or(|value| value != "0"),
    }
}

/// May links be written at all? Whether the terminal knows them is another question.
fn has_links(color: Color, place: Place, get: Get<'_>) -> bool {
    let is_wanted = color != Color::Never && !is_dumb(get);
    match place {
        Place::Terminal => is_wanted,
        Place::Pipe => is_wanted && get("FORCE_HYPERLINK").is_some(),
        Place::File => false,
    }
}

fn is_dumb(get: Get<'_>) -> bool {
    get("TERM").is_some_and(|term| term == "dumb")
}

fn is_unicode(get: Get<'_>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| get(name).filter(|value| !value.is_empty()));
    locale.is_none_or(|locale| !matches!(locale.as_str(), "C" | "POSIX"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `NAME=VALUE NAME=VALUE` as an environment.
    fn environment(text: &str) -> impl Fn(&str) -> Option<String> {
        let pairs = text.split_whitespace().map(|pair| pair.split_once('=').expect("a pair"));
        let pairs: Vec<(String, String)> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        move |name| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    #[test]
    fn the_first_that_says_something_about_colours_decides() {
        use Place::{File, Pipe, Terminal};
        let cases = [
            (Color::Always, File, "NO_COLOR=1 TERM=dumb", true),
            (Color::Never, Terminal, "FORCE_COLOR=1", false),
            (Color::Auto, Terminal, "TERM=xterm", true),
            (Color::Auto, Terminal, "", true),
            (Color::Auto, Terminal, "TERM=dumb", false),
            (Color::Auto, Terminal, "CLICOLOR=0", false),
            (Color::Auto, Terminal, "NO_COLOR=1", false),
            (Color::Auto, Terminal, "NO_COLOR=", true),
            (Color::Auto, Pipe, "TERM=xterm", false),
            (Color::Auto, Pipe, "FORCE_COLOR=1 TERM=dumb", true),
            (Color::Auto, Pipe, "FORCE_COLOR=0", false),
            (Color::Auto, Pipe, "CLICOLOR_FORCE=1", true),
            (Color::Auto, Pipe, "CLICOLOR_FORCE=1 NO_COLOR=1", false),
            (Color::Auto, Pipe, "GITHUB_ACTIONS=true", true),
            (Color::Auto, Pipe, "GITLAB_CI=true NO_COLOR=1", false),
            (Color::Auto, Pipe, "CI=true", false),
            (Color::Auto, File, "FORCE_COLOR=1 GITHUB_ACTIONS=true", false),
        ];
        for (color, place, text, expected) in cases {
            assert_eq!(has_colors(color, place, &environment(text)), expected, "{color:?} {place:?} {text}");
        }
    }

    #[test]
    fn links_are_for_terminals() {
        let cases = [
            (Color::Auto, Place::Terminal, "NO_COLOR=1", true),
            (Color::Never, Place::Terminal, "", false),
            (Color::Always, Place::Pipe, "", false),
            (Color::Auto, Place::Pipe, "FORCE_HYPERLINK=1", true),
            (Color::Auto, Place::Terminal, "TERM=dumb", false),
            (Color::Always, Place::File, "FORCE_HYPERLINK=1", false),
        ];
        for (color, place, text, expected) in cases {
            assert_eq!(has_links(color, place, &environment(text)), expected, "{color:?} {place:?} {text}");
        }
    }

    #[test]
    fn old_locales_get_ascii() {
        for (text, expected) in
            [("", true), ("LANG=de_DE.UTF-8", true), ("LANG=C", false), ("LC_ALL=POSIX LANG=de_DE.UTF-8", false)]
        {
            assert_eq!(is_unicode(&environment(text)), expected, "{text}");
        }
    }
}
