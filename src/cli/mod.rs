//! The command: arguments in, text and an exit code out. Nothing but this module touches files, the environment or the
//! terminal.

mod add_ignore;
mod analysis;
mod args;
mod baseline;
mod check;
mod clock;
mod discover;
mod disk;
mod doctor;
mod explain;
mod fix_options;
mod input;
mod limits;
mod mend;
mod notes;
mod present;
mod progress;
mod project;
mod render;
mod settings;
mod shell;
mod show_files;
mod silence;
mod survey;
mod terminal;
mod values;
mod verify;
mod watch;
mod write;

use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser;

/// Nothing to complain about.
const CLEAN: u8 = 0;
/// Findings at or above the threshold.
const FINDINGS: u8 = 1;
/// The arguments make no sense; nothing was analysed.
const USAGE: u8 = 2;
/// Something could not be read or analysed; stronger than findings.
const INCOMPLETE: u8 = 3;

/// Runs the command with these arguments (the program's name first) and says how it ended.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    // A panic is caught where it concerns one rule or one configuration, and reported like any other error.
    std::panic::set_hook(Box::new(|_| {}));
    let arguments = match args::Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers; they go to standard output and are no failure.
            let code = if error.use_stderr() { USAGE } else { CLEAN };
            return ExitCode::from(printed(error.print(), code));
        }
    };
    let run = || match &arguments.command {
        args::Command::Check(options) => check::run(options),
        args::Command::Render(options) => render::run(options),
        args::Command::Explain { rule } => explain::explain(rule),
        args::Command::Rules { format } => explain::rules(*format),
        args::Command::Config { command } => settings::command::run(command),
        args::Command::Doctor { path } => doctor::run(path),
        args::Command::Completions { shell } => shell::completions(*shell),
        args::Command::Man { folder } => shell::man(folder.as_deref()),
    };
    ExitCode::from(catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        complain("something failed that must not fail; please report this");
        INCOMPLETE
    }))
}

/// What is wrong in the text of a settings file: the bytes that are meant (none: all of it), and what to say about them.
pub fn mistakes_in_settings(text: &str) -> Vec<(Option<Range<usize>>, String)> {
    settings::mistakes(text)
}

/// The columns to print in.
fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0)).clamp(40, 120)
}

/// Prints a text to standard output; the exit code is raised if that fails. A reader that went away is no failure.
fn print(text: &str, code: u8) -> u8 {
    print_bytes(text.as_bytes(), code)
}

/// As [`print`], for what need not be text.
fn print_bytes(bytes: &[u8], code: u8) -> u8 {
    let mut out = std::io::stdout().lock();
    printed(out.write_all(bytes).and_then(|()| out.flush()), code)
}

/// The exit code behind an attempt to print.
fn printed(result: std::io::Result<()>, code: u8) -> u8 {
    match result {
        Ok(()) => code,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => code,
        Err(error) => {
            complain(&format!("the output could not be written: {error}"));
            INCOMPLETE
        }
    }
}

/// Prints one line to standard error, made safe for a terminal.
fn complain(message: &str) {
    let _ = writeln!(std::io::stderr(), "nginspect: {}", crate::output::sanitize::line(message));
}

/// Prints a text that is safe for a terminal to standard error.
fn explain_text(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Prints lines that are no complaints to standard error, made safe for a terminal.
fn explain_lines(text: &str) {
    for line in text.lines() {
        let _ = writeln!(std::io::stderr(), "{}", crate::output::sanitize::line(line));
    }
}
