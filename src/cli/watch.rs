//! `nginspect check --watch`: runs again whenever something changes that a run has read or searched.
//!
//! Times and sizes are compared twice a second. That works on every file system, in containers and over networks as well,
//! where notices of the kernel do not arrive.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use super::args::CheckOptions;
use super::survey::survey;
use super::{discover, explain_lines, print};

const PAUSE: Duration = Duration::from_millis(500);
/// Settings that count from when they are there.
const SETTINGS: &[&str] = &["nginspect.toml", ".nginspect.toml"];
/// Editors' patterns wait for these lines; they stay as they are.
const BEGINS: &str = "nginspect: watching, run begins";
const ENDS: &str = "nginspect: watching, run ends";
const CLEAR_SCREEN: &str = "\u{1b}[2J\u{1b}[3J\u{1b}[H";

/// When a file or folder was written last, and its size; none if it is not there.
type Stamp = Option<(SystemTime, u64)>;

/// Runs until somebody stops it.
pub(super) fn run(options: &CheckOptions, once: &dyn Fn() -> u8) -> u8 {
    loop {
        // Looked at before the run: what changes meanwhile is noticed afterwards.
        let seen = stamps(options);
        if std::io::stdout().is_terminal() {
            print(CLEAR_SCREEN, 0);
        }
        explain_lines(BEGINS);
        once();
        explain_lines(ENDS);
        while !has_changed(&seen) {
            sleep(PAUSE);
        }
    }
}

fn has_changed(seen: &BTreeMap<PathBuf, Stamp>) -> bool {
    seen.iter().any(|(path, stamp)| stamp_of(path) != *stamp)
}

/// Every file that a run reads, and every folder that it looks for files in.
fn stamps(options: &CheckOptions) -> BTreeMap<PathBuf, Stamp> {
    let mut paths = survey(options, &[]).read;
    paths.extend(options.paths.iter().cloned());
    paths.extend(options.values.env_file.iter().cloned());
    paths.extend(options.paths.iter().flat_map(|path| discover::folders(path)));
    let above: Vec<PathBuf> =
        paths.iter().flat_map(|path| path.ancestors().skip(1).take(2)).map(Path::to_path_buf).collect();
    let settings = |folder: &PathBuf| SETTINGS.iter().map(|name| folder.join(name)).collect::<Vec<_>>();
    paths.extend(above.iter().flat_map(settings));
    paths.extend(above);
    paths.into_iter().map(|path| (stamp_of(&path), path)).map(|(stamp, path)| (path, stamp)).collect()
}

fn stamp_of(path: &Path) -> Stamp {
    let metadata = path.metadata().ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
