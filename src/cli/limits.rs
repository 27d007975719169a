//! What can be said on the command line about how much a run may take.

use clap::Args;

use super::disk::MAX_FILE_SIZE;
use crate::nginx::measure;

#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Limits {
    /// How many threads to work with; all that the machine has if this is not given.
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,

    /// Read no file that is larger than this: bytes, or a number with k, m or g; 64m if this is not given.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_file_size: Option<u64>,
}

impl Limits {
    pub(super) fn max_file_size(&self) -> u64 {
        self.max_file_size.unwrap_or(MAX_FILE_SIZE)
    }
}

/// Places in a text have 32 bits.
fn size(text: &str) -> Result<u64, String> {
    let bytes = measure::offset(text).ok_or("write bytes, or a number with k, m or g")?;
    if bytes > u32::MAX.into() { Err("at most 4g less one byte".to_owned()) } else { Ok(bytes) }
}
