//! Networks and ranges of addresses, as `geo`, `allow` and their like read them.

use super::address::{v4, v6};

/// A network: its first address and the number of leading bits that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    /// The address, without the bits that do not count.
    pub address: Address,
    /// How many bits count.
    pub bits: u32,
    /// Were there further bits in the address as it was written?
    pub has_low_bits: bool,
}

impl Network {
    /// The network of so many bits around this one; none if it is smaller.
    pub fn widened(self, bits: u32) -> Option<Self> {
        let address = match self.address {
            Address::V4(address) => Address::V4(address & u32::MAX.checked_shl(32_u32.checked_sub(bits)?).unwrap_or(0)),
            Address::V6(address) => {
                Address::V6(address & u128::MAX.checked_shl(128_u32.checked_sub(bits)?).unwrap_or(0))
            }
        };
        (bits <= self.bits).then_some(Self { address, bits, has_low_bits: false })
    }
}

/// An address of one of the two kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Address {
    /// IPv4.
    V4(u32),
    /// IPv6.
    V6(u128),
}

/// An address, or an address with `/BITS`; brackets, netmasks and host names are none.
pub fn network(text: &str) -> Option<Network> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(super::measure::number(bits)?)),
        None => (text, None),
    };
    if let Some(address) = ipv4(address) {
        let bits = u32::try_from(bits.unwrap_or(32)).ok().filter(|bits| *bits <= 32)?;
        let kept = address & mask_v4(bits);
        return Some(Network { address: Address::V4(kept), bits, has_low_bits: kept != address });
    }
    let address = u128::from_be_bytes(v6(address)?);
    let bits = u32::try_from(bits.unwrap_or(128)).ok().filter(|bits| *bits <= 128)?;
    let kept = address & mask_v6(bits);
    Some(Network { address: Address::V6(kept), bits, has_low_bits: kept != address })
}

/// `FIRST-LAST`, IPv4 only, the smaller address first.
pub fn range(text: &str) -> Option<(u32, u32)> {
    let (first, last) = text.split_once('-')?;
    Some((ipv4(first)?, ipv4(last)?)).filter(|(first, last)| first <= last)
}

/// Ranges that the internet has no route to: loopback, private and shared ones, link-local, documentation, multicast; those
/// that stand for IPv4 addresses behind a translator; and an address that Azure answers on inside its networks only.
const NOT_PUBLIC: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "168.63.129.16",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    "::/8",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "2001:db8::/32",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

/// Is this an address that everyone on the internet can reach, as far as ranges tell? Names are none.
pub fn is_public(text: &str) -> bool {
    let Some(found) = network(text) else { return false };
    let holds = |range: &Network| match (range.address, found.address) {
        (Address::V4(range_start), Address::V4(address)) => range_start == address & mask_v4(range.bits),
        (Address::V6(range_start), Address::V6(address)) => range_start == address & mask_v6(range.bits),
        _ => false,
    };
    !NOT_PUBLIC.iter().filter_map(|range| network(range)).any(|range| holds(&range))
}

/// The address in `ADDRESS`, `ADDRESS:PORT`, `[ADDRESS]` or `[ADDRESS]:PORT`; none in a word with a parameter.
pub fn host(word: &str) -> Option<&str> {
    if let Some(rest) = word.strip_prefix('[') {
        return rest.split_once(']').map(|(address, _)| address);
    }
    let (address, port) = word.split_once(':').unwrap_or((word, ""));
    let is_it = !word.contains('=') && port.bytes().all(|byte| byte.is_ascii_digit());
    is_it.then_some(address)
}

fn mask_v4(bits: u32) -> u32 {
    u32::MAX.checked_shl(32 - bits).unwrap_or(0)
}

fn mask_v6(bits: u32) -> u128 {
    u128::MAX.checked_shl(128 - bits).unwrap_or(0)
}

fn ipv4(text: &str) -> Option<u32> {
    v4(text).map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::{Address, Network, host, is_public, network, range};

    #[test]
    fn networks() {
        let v4 = |address, bits, has_low_bits| Some(Network { address: Address::V4(address), bits, has_low_bits });
        assert_eq!(network("10.0.0.0/8"), v4(10 << 24, 8, false));
        assert_eq!(network("10.0.0.1/08"), v4(10 << 24, 8, true));
        assert_eq!(network("10...1"), v4(10 << 24 | 1, 32, false));
        assert_eq!(network("0.0.0.0/0"), v4(0, 0, false));
        assert_eq!(network("::/0").map(|found| found.bits), Some(0));
        assert_eq!(network("2001:db8::1/32").map(|found| found.has_low_bits), Some(true));
        assert_eq!(network("::1"), network("0:0:0:0:0:0:0:1/128"));
        assert!(network("::ffff:10.0.0.1").is_some());
        for text in [
            "",
            "10.0.0",
            "10.0.0.256",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/a",
            "10.0.0.0/-1",
            "10.0.0.0/255.0.0.0",
            "[::1]",
            "::1/129",
            "1::2::3",
            "fe80::1%eth0",
            "12345::1",
            "localhost",
            "10.0.0.1-10.0.0.2",
        ] {
            assert_eq!(network(text), None, "{text}");
        }
    }

    #[test]
    fn ranges() {
        assert_eq!(range("10.0.0.1-10.0.0.9"), Some((10 << 24 | 1, 10 << 24 | 9)));
        for text in
            ["10.0.0.0/8", "10.0.0.1", "10.0.0.9-10.0.0.1", "::1-::2", "10.0.0.1-", "10.0.0.1-10.0.0.256", "foo"]
        {
            assert_eq!(range(text), None, "{text}");
        }
    }

    #[test]
    fn public_addresses() {
        for text in ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "223.5.5.5"] {
            assert!(is_public(text), "{text}");
        }
        for text in ["127.0.0.11", "10.1.2.3", "172.31.0.1", "100.100.100.100", "fd00::1", "64:ff9b::808:808", "dns"] {
            assert!(!is_public(text), "{text}");
        }
        assert_eq!(
            (host("8.8.8.8:53"), host("[2606::1]:53"), host("valid=30s")),
            (Some("8.8.8.8"), Some("2606::1"), None)
        );
    }
}
