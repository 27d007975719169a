//! `nginspect check`: analyses what the command line names and shows what came of it.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::analysis::{Analysis, analyse};
use super::args::CheckOptions;
use super::{INCOMPLETE, USAGE, complain, present, show_files, watch};

pub(super) fn run(options: &CheckOptions) -> u8 {
    if let Err(problem) = consistent(options) {
        complain(&problem);
        return USAGE;
    }
    if let Some(jobs) = options.jobs {
        // Fails only where the pool is in use already; then that one does the work.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(jobs.into()).build_global();
    }
    if options.watch { watch::run(options, &|| once(options)) } else { once(options) }
}

fn once(options: &CheckOptions) -> u8 {
    let texts = match standard_input(options) {
        Ok(texts) => texts,
        Err(error) => {
            complain(&format!("standard input could not be read: {error}"));
            return INCOMPLETE;
        }
    };
    if options.show_files {
        return show_files::run(options, &texts);
    }
    let analysis: Analysis = analyse(options, &texts);
    present::present(&analysis, options)
}

/// What clap cannot see: do the options go together?
fn consistent(options: &CheckOptions) -> Result<(), String> {
    if options.stdin_filename.is_some() && !reads_stdin(options) {
        return Err("--stdin-filename goes with the path -".to_owned());
    }
    if options.watch && reads_stdin(options) {
        return Err("--watch needs files; standard input is read once".to_owned());
    }
    if let Some(root) = options.root.as_deref().filter(|root| !root.is_dir()) {
        return Err(format!("--root {}: there is no such folder", root.display()));
    }
    present::consistent(&options.format)
}

fn reads_stdin(options: &CheckOptions) -> bool {
    options.paths.iter().any(|path| path == Path::new("-"))
}

/// Standard input under its name, if a path asks for it.
fn standard_input(options: &CheckOptions) -> std::io::Result<Vec<(PathBuf, Vec<u8>)>> {
    if !reads_stdin(options) {
        return Ok(Vec::new());
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(vec![(options.stdin_name().to_path_buf(), bytes)])
}
