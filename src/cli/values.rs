//! The values for placeholders that the command line gives.

use std::path::{Path, PathBuf};

use clap::Args;

use super::disk::{self, Disk};
use crate::config::Files;
use crate::output::RunError;
use crate::template::Environment;

#[derive(Debug, Clone, Args)]
pub(super) struct ValueOptions {
    /// A file with values for the placeholders of templates, as docker compose reads it.
    #[arg(long, value_name = "FILE")]
    pub(super) env_file: Vec<PathBuf>,

    /// A value for a placeholder of templates.
    #[arg(long, value_name = "NAME=VALUE", value_parser = definition)]
    pub(super) define: Vec<(String, String)>,
}

fn definition(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((environment_name(name)?, value.to_owned()))
}

/// The name of a placeholder.
pub(super) fn environment_name(name: &str) -> Result<String, String> {
    let is_name = |name: &str| {
        !name.starts_with(|c: char| c.is_ascii_digit()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    if name.is_empty() || !is_name(name) {
        return Err("a name has letters, digits and underscores, and does not begin with a digit".to_owned());
    }
    Ok(name.to_owned())
}

impl ValueOptions {
    /// All values; the later file counts, and what is defined one by one counts most. Files that cannot be read are errors.
    pub(super) fn environment(&self) -> (Environment, Vec<RunError>) {
        let (mut environment, mut errors) = (Environment::default(), Vec::new());
        for path in &self.env_file {
            errors.extend(read_env_file(&mut environment, path));
        }
        for (name, value) in &self.define {
            environment.insert(name, value, "--define");
        }
        (environment, errors)
    }
}

/// Takes in the values of a file; what is wrong if it cannot be read.
pub(super) fn read_env_file(environment: &mut Environment, path: &Path) -> Option<RunError> {
    let name = path.display().to_string();
    match read(path) {
        Ok(bytes) => environment.read_file(&String::from_utf8_lossy(&bytes), &name),
        Err(message) => return Some(RunError { kind: "io", path: name, message }),
    }
    None
}

/// The bytes of a file that the command line names.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let folder = disk::canonical(path).parent().map(Path::to_path_buf);
    Disk::new(folder, disk::MAX_FILE_SIZE).read(path).map_err(|error| disk::explain(&error))
}
