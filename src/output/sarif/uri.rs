//! Paths as addresses.

use std::path::{MAIN_SEPARATOR, Path};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::model::ArtifactLocation;
use crate::output::in_repository;

/// What has a meaning in an address, and what may not stand in one. A colon in the first part of a path would end a scheme.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The address of a file: relative to the root of the sources, or absolute.
pub(super) fn location_of(path: &Path) -> ArtifactLocation {
    let bytes = path.as_os_str().as_encoded_bytes();
    let slashed: Vec<u8> = bytes.iter().map(|byte| if *byte == MAIN_SEPARATOR as u8 { b'/' } else { *byte }).collect();
    let encoded = percent_encode(&slashed, ENCODED).to_string();
    match path.is_absolute() {
        true => ArtifactLocation { uri: format!("file:///{}", encoded.trim_start_matches('/')), uri_base_id: None },
        false => ArtifactLocation { uri: in_repository(&encoded).to_owned(), uri_base_id: Some("%SRCROOT%") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_are_encoded() {
        let uri = |path: &str| location_of(Path::new(path)).uri;
        assert_eq!(uri("conf.d/a b%.conf"), "conf.d/a%20b%25.conf");
        assert_eq!(uri("./a:b#c?.conf"), "a%3Ab%23c%3F.conf");
        assert_eq!(uri("é.conf"), "%C3%A9.conf");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
        assert_eq!(uri("../x"), "../x");
    }

    #[cfg(unix)]
    #[test]
    fn absolute_paths_have_no_base_and_bytes_stay_bytes() {
        use std::os::unix::ffi::OsStrExt;
        let location = location_of(Path::new("/etc/nginx/nginx.conf"));
        assert_eq!((location.uri.as_str(), location.uri_base_id), ("file:///etc/nginx/nginx.conf", None));
        assert_eq!(location_of(Path::new(std::ffi::OsStr::from_bytes(b"a\xff"))).uri, "a%FF");
    }
}
