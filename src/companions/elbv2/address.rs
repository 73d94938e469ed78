//! Loopback addresses: one for each load balancer, so that several can listen on the same port.

use super::companion::Elbv2;
use std::net::{IpAddr, Ipv4Addr};

/// The address that goes with an id; 127.0.0.1 where only that one can be had, as on macOS.
pub async fn find(elbv2: &Elbv2, id: &str) -> Ipv4Addr {
    let own = of(id);
    match elbv2.outside.sockets.usable(IpAddr::V4(own)).await {
        true => own,
        false => Ipv4Addr::LOCALHOST,
    }
}

/// Within 127.64.0.0/10, which nothing else uses.
fn of(id: &str) -> Ipv4Addr {
    let number = u32::from_str_radix(id.get(..8).unwrap_or_default(), 16).unwrap_or_default();
    let [a, b, c, _] = number.to_be_bytes();
    // Neither the first nor the last address of a network.
    Ipv4Addr::new(127, 64 | (a & 63), b, 1 + c % 254)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_loopback_and_go_with_the_id() {
        for id in [
            "0000000000000000",
            "ffffffffffffffff",
            "50dc6c495c0c9188",
            "",
        ] {
            let address = of(id);
            assert!(
                address.is_loopback() && address.octets()[1] >= 64,
                "{address}"
            );
            assert_eq!(address, of(id));
        }
        assert_ne!(of("50dc6c495c0c9188"), of("73e2d6bc24d8a067"));
    }
}
