//! A range of IP addresses: `198.51.100.0/24`.

use std::net::IpAddr;

/// An address and how many of its first bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    address: IpAddr,
    bits: u32,
}

impl Cidr {
    /// `None` for anything but `<address>/<bits>` of either family.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let digits = !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
        let bits = digits.then(|| bits.parse().ok()).flatten()?;
        (bits <= width(address)).then_some(Self { address, bits })
    }

    /// IPv4 addresses that come as IPv6 (`::ffff:192.0.2.1`) count as what they are.
    pub fn contains(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let ignored = width(self.address) - self.bits;
        let same_family = self.address.is_ipv4() == address.is_ipv4();
        let prefix = |address| number(address).checked_shr(ignored).unwrap_or(0);
        same_family && prefix(self.address) == prefix(address)
    }
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(range: &str, address: &str) -> bool {
        let range = Cidr::parse(range).unwrap();
        range.contains(address.parse().unwrap())
    }

    #[test]
    fn a_range_holds_the_addresses_that_begin_like_it() {
        // contract codepipeline §8.1; RFC 4632
        assert!(holds("198.51.100.0/24", "198.51.100.7"));
        assert!(!holds("198.51.100.0/24", "198.51.101.7"));
        assert!(holds("198.51.100.9/24", "198.51.100.7"));
        assert!(holds("198.51.100.7/32", "198.51.100.7"));
        assert!(!holds("198.51.100.7/32", "198.51.100.6"));
        assert!(holds("0.0.0.0/0", "203.0.113.9"));
        assert!(holds("2001:db8::/32", "2001:db8:1::1"));
        assert!(!holds("2001:db8::/32", "2001:db9::1"));
        assert!(holds("::/0", "2001:db8::1"));
    }

    #[test]
    fn families_are_apart_but_for_mapped_addresses() {
        // RFC 4291 §2.5.5.2
        assert!(!holds("::/0", "203.0.113.9"));
        assert!(!holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("203.0.113.0/24", "::ffff:203.0.113.9"));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            "198.51.100.7",
            "198.51.100.0/",
            "198.51.100.0/33",
            "198.51.100/24",
            "198.51.100.0/+8",
            "2001:db8::/129",
            "all/0",
            "198.51.100.0/24/24",
        ] {
            assert_eq!(Cidr::parse(text), None, "{text}");
        }
    }
}
