//! Which keys fit into nginx's hash tables, on machines with 64 bits and cache lines of 64 bytes.

const POINTER: usize = 8;
const CACHE_LINE: usize = 64;

/// The size of a bucket that nginx makes of the one in a configuration.
pub fn bucket(configured: usize) -> usize {
    configured.div_ceil(CACHE_LINE).saturating_mul(CACHE_LINE)
}

/// The longest key, in bytes, that fits into a bucket.
pub fn longest_key(bucket: usize) -> usize {
    (bucket.saturating_sub(2 * POINTER) / POINTER * POINTER).saturating_sub(2)
}

/// The smallest power of two, in buckets, that a key of this length fits into.
pub fn bucket_for(length: usize) -> usize {
    let mut size = CACHE_LINE;
    while longest_key(size) < length {
        size *= 2;
    }
    size
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_those_of_a_real_nginx() {
        assert_eq!((longest_key(64), longest_key(128)), (46, 110));
        assert_eq!((bucket(32), bucket(64), bucket(65)), (64, 64, 128));
        assert_eq!((bucket_for(46), bucket_for(47), bucket_for(110), bucket_for(111)), (64, 128, 128, 256));
    }
}
