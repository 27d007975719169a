//! How long the Diffie-Hellman parameters in a file are.

use crate::source::{Source, SourceId, Span};

/// Parameters in a file of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DhParameters {
    /// The name of the file, without folder.
    pub file: String,
    /// The length of the prime.
    pub bits: usize,
    /// The first line of the file's block.
    pub span: Span,
}

/// The end of the first line; `X9.42` may stand in front.
const BEGIN: &str = "DH PARAMETERS-----";

impl DhParameters {
    /// Reads a PEM file; none if there are no parameters in it.
    pub fn read(id: SourceId, source: &Source) -> Option<Self> {
        let text = std::str::from_utf8(source.bytes()).ok()?;
        let start = text.find(BEGIN)?;
        let (block, _) = text[start + BEGIN.len()..].split_once("-----END")?;
        let bits = prime_length(&decode_base64(block)?)?;
        let file = source.path().file_name()?.to_string_lossy().into_owned();
        Some(Self { file, bits, span: Span::new(id, start as u32, (start + BEGIN.len()) as u32) })
    }
}

fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut buffer, mut bits) = (Vec::new(), 0u32, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        buffer = (buffer << 6 | u32::from(value)) & 0xff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
        }
    }
    Some(bytes)
}

/// The length of the first integer of a DER sequence.
fn prime_length(der: &[u8]) -> Option<usize> {
    let (_, sequence) = element(der, 0x30)?;
    let (length, integer) = element(sequence, 0x02)?;
    let zeros = integer.iter().take_while(|byte| **byte == 0).count();
    let first = integer.get(zeros)?;
    Some(length.checked_sub(zeros)? * 8 - first.leading_zeros() as usize)
}

/// The stated length of a DER element with this tag, and what follows the length.
fn element(der: &[u8], tag: u8) -> Option<(usize, &[u8])> {
    let (first, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    let count = usize::from(length & 0x7f);
    match length {
        _ if *first != tag => None,
        0..0x80 => Some((count, rest)),
        _ if count > 4 => None,
        _ => Some((rest.get(..count)?.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), &rest[count..])),
    }
}

#[cfg(test)]
mod tests {
    use super::{decode_base64, prime_length};

    #[test]
    fn the_length_of_a_prime() {
        assert_eq!(decode_base64("AAEC\n/w=="), Some(vec![0, 1, 2, 255]));
        assert_eq!(decode_base64("A*"), None);
        assert_eq!(prime_length(&[0x30, 8, 2, 3, 0, 0xff, 1, 2, 1, 5]), Some(16));
        assert_eq!(prime_length(&[0x30, 8, 2, 0x81, 2, 0x7f, 1, 2, 1, 5]), Some(15));
        assert_eq!(prime_length(&[0x30]), None);
    }
}
