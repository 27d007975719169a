//! What can be said on the command line about fixes.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::diagnostic::Safety;

#[derive(Debug, Clone, Args)]
pub(super) struct FixOptions {
    /// Mend what can be mended without changing what works; standard input comes out mended on standard output.
    #[arg(long)]
    fix: bool,

    /// With --fix or --diff: do what changes behaviour, too, and should be looked at.
    #[arg(long)]
    unsafe_fixes: bool,

    /// Print what --fix would change and write nothing; exit with 1 if that is something.
    #[arg(long)]
    pub(super) diff: bool,

    /// As --fix, without showing what is left or failing because of it.
    #[arg(long)]
    pub(super) fix_only: bool,

    /// Write nothing if this nginx accepted the configuration and would not accept it any more.
    #[arg(long, value_name = "PROGRAM")]
    pub(super) verify_with: Option<PathBuf>,
}

impl FixOptions {
    pub(super) fn is_asked(&self) -> bool {
        self.fix || self.fix_only || self.diff
    }

    /// What clap cannot see.
    pub(super) fn consistent(&self, paths: &[PathBuf]) -> Result<(), String> {
        if self.unsafe_fixes && !self.is_asked() {
            return Err("--unsafe-fixes goes with --fix or --diff".to_owned());
        }
        if self.verify_with.is_some() && !self.is_asked() {
            return Err("--verify-with goes with --fix or --diff".to_owned());
        }
        if self.is_asked() && paths.len() > 1 && paths.iter().any(|path| path == Path::new("-")) {
            return Err("standard input is mended alone; name no other paths".to_owned());
        }
        Ok(())
    }

    pub(super) fn allowed(&self) -> Safety {
        if self.unsafe_fixes { Safety::Unsafe } else { Safety::Safe }
    }
}
