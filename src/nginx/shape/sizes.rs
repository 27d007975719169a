//! Sizes and counts of which nginx does not take all.

use super::Complaint;
use crate::nginx::measure::{number, size};

/// Pools of memory are made of pieces that are aligned to so many bytes.
const POOL_STEP: u64 = 16;
const LEAST_POOL: u64 = 112;

/// What nginx has against the size or the count that a directive gives.
pub(super) fn complaint(name: &str, args: &[&str]) -> Option<Complaint> {
    let first = *args.first()?;
    match name {
        "connection_pool_size" | "request_pool_size" | "http2_pool_size" => {
            let bytes = size(first)?;
            let is_right = bytes >= LEAST_POOL && bytes.is_multiple_of(POOL_STEP);
            (!is_right).then_some((0, "it takes a multiple of 16 from 112 on"))
        }
        "gzip_window" => {
            let is_right = size(first).is_none_or(|bytes| bytes.is_power_of_two() && (512..=32 << 10).contains(&bytes));
            (!is_right).then_some((0, "it takes 512, 1k, 2k and so on up to 32k"))
        }
        "gzip_hash" => {
            let is_right =
                size(first).is_none_or(|bytes| bytes.is_power_of_two() && (512..=128 << 10).contains(&bytes));
            (!is_right).then_some((0, "it takes 512, 1k, 2k and so on up to 128k"))
        }
        "http2_streams_index_size" => {
            let is_right = number(first).is_none_or(|count| count.is_power_of_two());
            (!is_right).then_some((0, "it takes a power of two"))
        }
        // Until some release, 17 to 32 bytes were too few as well.
        "http2_recv_buffer_size" => {
            size(first).is_some_and(|bytes| bytes <= 16).then_some((0, "it takes a size above 32"))
        }
        "http2_chunk_size" => (size(first) == Some(0)).then_some((0, "it takes a size above 0")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::nginx::shape::tests::judge;

    #[test]
    fn only_some_sizes_are_taken() {
        judge("gzip_window", &["8080", "64k"], &["512", "32k"]);
        judge("gzip_hash", &["256", "100k"], &["512", "128k"]);
        judge("http2_recv_buffer_size", &["0", "16"], &["33", "256k"]);
        judge("http2_streams_index_size", &["80"], &["32"]);
        judge("connection_pool_size", &["111", "120"], &["112", "8k", "208"]);
    }
}
