//! `nginspect completions` and `nginspect man`: made from the definition of the arguments, and so never out of date.

use std::path::Path;

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::args::Arguments;
use super::{CLEAN, INCOMPLETE, complain, print_bytes};

/// Prints a script that completes commands and options.
pub(super) fn completions(shell: Shell) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "nginspect", &mut script);
    print_bytes(&script, CLEAN)
}

/// Writes one page per command to a folder, or prints them all, one behind the other.
pub(super) fn man(folder: Option<&Path>) -> u8 {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let mut all = Vec::new();
    for command in with_subcommands(&command) {
        let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
        let mut page = Vec::new();
        let written = Man::new(command.clone().version(env!("CARGO_PKG_VERSION"))).render(&mut page);
        let written = written.and_then(|()| match folder {
            Some(folder) => std::fs::write(folder.join(format!("{name}.1")), &page),
            None => Ok(()),
        });
        if let Err(error) = written {
            complain(&format!("{name}.1 could not be written: {error}"));
            return INCOMPLETE;
        }
        all.append(&mut page);
    }
    if folder.is_some() { CLEAN } else { print_bytes(&all, CLEAN) }
}

/// A command and all below it, outermost first.
fn with_subcommands(command: &Command) -> Vec<&Command> {
    std::iter::once(command).chain(command.get_subcommands().flat_map(with_subcommands)).collect()
}
