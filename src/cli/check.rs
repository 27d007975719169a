//! `nginspect check`: analyses what the command line names and shows what came of it.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::add_ignore::{self, Written};
use super::analysis::{Analysis, analyse};
use super::args::CheckOptions;
use super::baseline::File;
use super::present::Show;
use super::progress::Progress;
use super::{INCOMPLETE, USAGE, complain, mend, present, show_files, terminal, watch};

pub(super) fn run(options: &CheckOptions) -> u8 {
    if let Err(problem) = consistent(options) {
        complain(&problem);
        return USAGE;
    }
    if let Some(jobs) = options.limits.jobs {
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
    let mut baseline = match options.baseline.as_deref().map(|path| File::read(path, options.update_baseline)) {
        None => None,
        Some(Ok(baseline)) => Some(baseline),
        Some(Err(problem)) => {
            complain(&problem);
            return USAGE;
        }
    };
    let mut look = |texts: &[(PathBuf, Vec<u8>)]| {
        let progress = Progress::new(!options.no_progress && terminal::can_redraw_stderr());
        let mut analysis = analyse(options, texts, &progress);
        if let Some(baseline) = &mut baseline {
            baseline.apply(&mut analysis, options.update_baseline);
        }
        analysis
    };
    if options.fixes.is_asked() {
        return mend::run(options, &texts, look);
    }
    let analysis = match &options.add_ignore {
        Some(reason) => look_and_comment(|| look(&texts), reason),
        None => look(&texts),
    };
    present::present(&analysis, options, Show::Stdout)
}

/// Writes comments, and looks again at what is left: what is in no configuration, and what could not be written.
fn look_and_comment(mut look: impl FnMut() -> Analysis, reason: &str) -> Analysis {
    let mut analysis = look();
    let Written { files, errors } = add_ignore::write_comments(&analysis, reason);
    if files > 0 {
        analysis = look();
    }
    analysis.errors.extend(errors);
    let plural = if files == 1 { "" } else { "s" };
    analysis.notes.push(format!("comments were written into {files} file{plural}"));
    analysis
}

/// What clap cannot see: do the options go together?
fn consistent(options: &CheckOptions) -> Result<(), String> {
    if options.stdin_filename.is_some() && !reads_stdin(options) {
        return Err("--stdin-filename goes with the path -".to_owned());
    }
    if options.add_ignore.is_some() && reads_stdin(options) {
        return Err("--add-ignore writes files and cannot write to standard input".to_owned());
    }
    if options.watch && reads_stdin(options) {
        return Err("--watch needs files; standard input is read once".to_owned());
    }
    if let Some(root) = options.root.as_deref().filter(|root| !root.is_dir()) {
        return Err(format!("--root {}: there is no such folder", root.display()));
    }
    options.fixes.consistent(&options.paths)?;
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
