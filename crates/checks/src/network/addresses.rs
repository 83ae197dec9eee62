//! Sets of IP addresses, exact for both families: what ranges cover together counts, not how they are written.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A set of addresses. IPv4 and IPv6 are kept apart, each as sorted ranges that neither overlap nor touch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct AddressSet {
    v4: Ranges,
    v6: Ranges,
}

/// Inclusive ranges, sorted, none overlapping or touching another.
type Ranges = Vec<(u128, u128)>;

/// IPv4 addresses that the internet does not route: the special-purpose registry of IANA (RFC 6890).
const NOT_PUBLIC_V4: [&str; 14] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
];

impl AddressSet {
    /// Reads `10.0.0.0/8`, `fd00::/8`, or one address without a prefix.
    ///
    /// As Go's `ParseCIDRSloppy` that the API server uses: host bits are masked away, and leading zeros are decimal.
    /// IPv4 addresses that are written as IPv6 (`::ffff:10.0.0.0/104`) are IPv4.
    pub(crate) fn of_cidr(text: &str) -> Option<Self> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(digits(prefix)?)),
            None => (text.trim(), None),
        };
        if address.contains(':') {
            let prefix = prefix.unwrap_or(128);
            let bits = u128::from(address.parse::<Ipv6Addr>().ok()?);
            let (first, last) = range(bits, prefix, 128)?;
            let mapped = 0xffff_u128 << 32;
            if prefix >= 96 && first >> 32 == 0xffff {
                return Some(Self {
                    v4: vec![(first - mapped, last - mapped)],
                    v6: Ranges::new(),
                });
            }
            return Some(Self {
                v4: Ranges::new(),
                v6: vec![(first, last)],
            });
        }
        let bits = u128::from(u32::from(ipv4(address)?));
        Some(Self {
            v4: vec![range(bits, prefix.unwrap_or(32), 32)?],
            v6: Ranges::new(),
        })
    }

    /// What several ranges cover together; unreadable ones cover nothing.
    pub(crate) fn of_cidrs<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        texts
            .into_iter()
            .filter_map(Self::of_cidr)
            .fold(Self::default(), |all, next| all.union(&next))
    }

    /// Every IPv4 and IPv6 address.
    pub(crate) fn everything() -> Self {
        Self {
            v4: vec![(0, u128::from(u32::MAX))],
            v6: vec![(0, u128::MAX)],
        }
    }

    /// The IPv4 addresses that the internet routes.
    pub(crate) fn public_v4() -> Self {
        let all = Self {
            v4: Self::everything().v4,
            v6: Ranges::new(),
        };
        all.without(&Self::of_cidrs(NOT_PUBLIC_V4))
    }

    /// The IPv6 addresses that the internet routes: global unicast.
    pub(crate) fn public_v6() -> Self {
        Self::of_cidrs(["2000::/3"]).without(&Self::of_cidrs(["2001:db8::/32"]))
    }

    /// True when it holds no address.
    pub(crate) fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// The addresses of either.
    #[must_use]
    pub(crate) fn union(&self, other: &Self) -> Self {
        Self {
            v4: joined(&self.v4, &other.v4),
            v6: joined(&self.v6, &other.v6),
        }
    }

    /// The addresses that the other does not hold.
    #[must_use]
    pub(crate) fn without(&self, other: &Self) -> Self {
        Self {
            v4: less(&self.v4, &other.v4),
            v6: less(&self.v6, &other.v6),
        }
    }

    /// The addresses that both hold.
    #[must_use]
    pub(crate) fn shared(&self, other: &Self) -> Self {
        self.without(&self.without(other))
    }

    /// How many IPv4 and how many IPv6 addresses it holds.
    pub(crate) fn counts(&self) -> (u128, u128) {
        let count = |ranges: &Ranges| {
            ranges.iter().fold(0_u128, |all, (first, last)| {
                all.saturating_add((last - first).saturating_add(1))
            })
        };
        (count(&self.v4), count(&self.v6))
    }

    /// True when every address of the other is in this one.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        other.without(self).is_empty()
    }

    /// True when some address is in both.
    pub(crate) fn touches(&self, other: &Self) -> bool {
        other.without(self) != *other
    }

    /// True when it holds every public address of IPv4 or of IPv6: whoever lists that names nobody.
    pub(crate) fn covers_internet(&self) -> bool {
        self.covers(&Self::public_v4()) || self.covers(&Self::public_v6())
    }
}

/// The first and last address of a prefix.
fn range(bits: u128, prefix: u32, width: u32) -> Option<(u128, u128)> {
    let free = width.checked_sub(prefix)?;
    let host = if free == 128 {
        u128::MAX
    } else {
        (1_u128 << free) - 1
    };
    Some((bits & !host, bits | host))
}

fn ipv4(text: &str) -> Option<Ipv4Addr> {
    let parts: Option<Vec<u8>> = text
        .split('.')
        .map(|part| u8::try_from(digits(part)?).ok())
        .collect();
    <[u8; 4]>::try_from(parts?).ok().map(Ipv4Addr::from)
}

/// A decimal number, leading zeros allowed, signs not.
fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn joined(one: &Ranges, two: &Ranges) -> Ranges {
    let mut all: Ranges = one.iter().chain(two).copied().collect();
    all.sort_unstable();
    let mut done = Ranges::with_capacity(all.len());
    for (first, last) in all {
        match done.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            _ => done.push((first, last)),
        }
    }
    done
}

/// One pass over both lists.
fn less(from: &Ranges, taken: &Ranges) -> Ranges {
    let mut left = Ranges::new();
    let mut holes = taken.iter().copied().peekable();
    for &(first, last) in from {
        let mut start = Some(first);
        while let Some(&(hole_first, hole_last)) = holes.peek() {
            let Some(here) = start.filter(|here| *here <= last) else {
                break;
            };
            if hole_last < here {
                holes.next();
                continue;
            }
            if hole_first > last {
                break;
            }
            if hole_first > here {
                left.push((here, hole_first - 1));
            }
            start = hole_last.checked_add(1);
            if hole_last >= last {
                break;
            }
            holes.next();
        }
        if let Some(here) = start.filter(|here| *here <= last) {
            left.push((here, last));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::AddressSet;

    fn set(texts: &[&str]) -> AddressSet {
        AddressSet::of_cidrs(texts.iter().copied())
    }

    #[test]
    fn halves_are_the_whole() {
        let halves = set(&["0.0.0.0/1", "128.0.0.0/1"]);
        assert_eq!(halves, set(&["0.0.0.0/0"]));
        assert!(halves.covers_internet());
        assert!(set(&["::/1", "8000::/1"]).covers(&set(&["::/0"])));
        assert!(
            !set(&["0.0.0.0/1", "128.0.0.0/2"]).covers_internet(),
            "a quarter is missing"
        );
    }

    #[test]
    fn all_public_addresses_are_the_internet_without_the_private_ones() {
        let egress = set(&["0.0.0.0/0"]).without(&set(&[
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.169.254/32",
        ]));
        assert!(egress.covers_internet());
        assert!(!egress.touches(&set(&["169.254.169.254"])));
        assert!(set(&["2000::/3"]).covers_internet());
        assert!(!set(&["10.0.0.0/8"]).covers_internet());
    }

    #[test]
    fn host_bits_zeros_and_mapped_addresses_read_as_the_server_reads_them() {
        assert_eq!(set(&["10.1.2.3/8"]), set(&["010.0.0.0/8"]));
        assert_eq!(set(&["::ffff:10.0.0.0/104"]), set(&["10.0.0.0/8"]));
        assert_eq!(set(&["::ffff:0.0.0.0/96"]), set(&["0.0.0.0/0"]));
        for wrong in [
            "",
            "10.0.0.0/33",
            "10.0.0/8",
            "256.0.0.0/8",
            "+1.0.0.0/8",
            "::/129",
            "a",
        ] {
            assert_eq!(AddressSet::of_cidr(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn holes_are_cut_where_they_are() {
        let left = set(&["10.0.0.0/24", "10.0.2.0/24"]).without(&set(&[
            "10.0.0.0/25",
            "10.0.0.192/26",
            "10.0.2.128/25",
        ]));
        assert_eq!(left, set(&["10.0.0.128/26", "10.0.2.0/25"]));
        assert!(
            AddressSet::everything()
                .without(&AddressSet::everything())
                .is_empty()
        );
        assert!(
            set(&["255.255.255.255"])
                .without(&set(&["255.255.255.255/32"]))
                .is_empty()
        );
        assert!(set(&["ffff::/16"]).without(&set(&["fff0::/12"])).is_empty());
    }

    #[test]
    fn counts_are_of_distinct_addresses() {
        assert_eq!(set(&["10.0.0.0/24", "10.0.0.128/25"]).counts(), (256, 0));
        assert_eq!(set(&["0.0.0.0/0", "::/0"]).counts(), (1 << 32, u128::MAX));
        let shared = set(&["10.0.0.0/8", "11.0.0.0/8"]).shared(&set(&["10.255.0.0/15"]));
        assert_eq!(shared, set(&["10.254.0.0/15"]));
    }

    #[test]
    fn covering_and_touching_differ() {
        let node = set(&["10.20.0.0/16"]);
        assert!(node.covers(&set(&["10.20.3.0/24"])));
        assert!(!set(&["10.20.3.0/24"]).covers(&node));
        assert!(set(&["10.20.3.0/24"]).touches(&node));
        assert!(!set(&["10.21.0.0/16"]).touches(&node));
    }
}
