//! Addresses and networks, as Go's `net/netip` reads and writes them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::number::quoted;

/// An address; never an IPv4 address in IPv6 clothes, never with a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address(pub(crate) IpAddr);

/// A network: an address and how many of its bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    pub(crate) address: IpAddr,
    pub(crate) bits: u8,
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// In the API server's words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let shown = quoted(text);
        let (bare, zone) = text.split_once('%').unwrap_or((text, ""));
        let is_six = bare.contains(':');
        let address = read(text, if is_six { bare } else { text }).map_err(|reason| {
            format!("IP Address {shown} parse error during conversion from string: {reason}")
        })?;
        if !zone.is_empty() {
            return Err(format!("IP address {shown} with zone value is not allowed"));
        }
        if is_dressed(address) {
            return Err(format!("IPv4-mapped IPv6 address {shown} is not allowed"));
        }
        Ok(Self(address))
    }

    pub(crate) fn is_link_local_multicast(self) -> bool {
        match self.0 {
            IpAddr::V4(address) => matches!(address.octets(), [224, 0, 0, _]),
            IpAddr::V6(address) => address
                .segments()
                .first()
                .is_some_and(|first| first & 0xff0f == 0xff02),
        }
    }

    pub(crate) fn is_link_local(self) -> bool {
        match self.0 {
            IpAddr::V4(address) => address.is_link_local(),
            IpAddr::V6(address) => address.is_unicast_link_local(),
        }
    }

    pub(crate) fn is_global(self) -> bool {
        let is_broadcast = self.0 == IpAddr::V4(Ipv4Addr::BROADCAST);
        !(is_broadcast
            || self.0.is_unspecified()
            || self.0.is_loopback()
            || self.0.is_multicast()
            || self.is_link_local())
    }

    /// Bytes of its form.
    pub(crate) fn size(self) -> u64 {
        if self.0.is_ipv4() { 4 } else { 16 }
    }
}

fn is_dressed(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(address) if address.to_ipv4_mapped().is_some())
}

/// The address, or the reason of `netip.ParseAddr`.
fn read(whole: &str, bare: &str) -> Result<IpAddr, String> {
    let fail = |reason: &str| format!("ParseAddr({}): {reason}", quoted(whole));
    for letter in whole.chars() {
        match letter {
            '.' => return four(bare).map(IpAddr::V4).map_err(|reason| fail(&reason)),
            ':' => {
                if whole.contains('%') && whole.ends_with('%') {
                    return Err(fail("zone must be a non-empty string"));
                }
                return bare
                    .parse::<Ipv6Addr>()
                    .map(IpAddr::V6)
                    .map_err(|_| fail(&six(bare)));
            }
            '%' => return Err(fail("missing IPv6 address")),
            _ => {}
        }
    }
    Err(fail("unable to parse IP"))
}

fn four(text: &str) -> Result<Ipv4Addr, String> {
    let parts: Vec<&str> = text.split('.').collect();
    let mut octets = [0_u8; 4];
    for (index, part) in parts.iter().enumerate() {
        if let Some(at) = part.find(|letter: char| !letter.is_ascii_digit()) {
            let before: usize = parts.iter().take(index).map(|part| part.len() + 1).sum();
            let rest = text.get(before + at..).unwrap_or_default();
            return Err(format!("unexpected character (at {})", quoted(rest)));
        }
        if part.is_empty() {
            let before: usize = parts.iter().take(index).map(|part| part.len() + 1).sum();
            let rest = text
                .get(before.saturating_sub(usize::from(before == text.len()))..)
                .unwrap_or_default();
            return Err(format!(
                "IPv4 field must have at least one digit (at {})",
                quoted(rest)
            ));
        }
        if part.len() > 1 && part.starts_with('0') {
            return Err("IPv4 field has octet with leading zero".to_owned());
        }
        let Ok(octet) = part.parse() else {
            return Err("IPv4 field has value >255".to_owned());
        };
        match octets.get_mut(index) {
            Some(slot) => *slot = octet,
            None => return Err("IPv4 address too long".to_owned()),
        }
    }
    if parts.len() < 4 {
        return Err("IPv4 address too short".to_owned());
    }
    Ok(Ipv4Addr::from(octets))
}

/// Why it is no IPv6 address, by the steps of `netip.parseIPv6`.
fn six(text: &str) -> String {
    let mut rest = text;
    let (mut bytes, mut has_gap) = (0, false);
    if let Some(after) = rest.strip_prefix("::") {
        has_gap = true;
        rest = after;
        if rest.is_empty() {
            return String::new();
        }
    }
    while bytes < 16 {
        let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        let after = rest.get(digits..).unwrap_or_default();
        let at = |rest: &str| format!(" (at {})", quoted(rest));
        if digits > 4 {
            return format!("each group must have 4 or less digits{}", at(rest));
        }
        if digits == 0 {
            return format!(
                "each colon-separated field must have at least one digit{}",
                at(rest)
            );
        }
        if after.starts_with('.') {
            if !has_gap && bytes != 12 {
                return format!(
                    "embedded IPv4 address must replace the final 2 fields of the address{}",
                    at(rest)
                );
            }
            if bytes + 4 > 16 {
                return format!(
                    "too many hex fields to fit an embedded IPv4 at the end of the address{}",
                    at(rest)
                );
            }
            return four(rest).err().unwrap_or_default();
        }
        bytes += 2;
        rest = after;
        if rest.is_empty() {
            break;
        }
        let Some(next) = rest.strip_prefix(':') else {
            return format!("unexpected character, want colon{}", at(rest));
        };
        if next.is_empty() {
            return format!("colon must be followed by more characters{}", at(rest));
        }
        rest = next;
        if let Some(next) = rest.strip_prefix(':') {
            if has_gap {
                return format!("multiple :: in address{}", at(rest));
            }
            has_gap = true;
            rest = next;
            if rest.is_empty() {
                break;
            }
        }
    }
    if !rest.is_empty() {
        return format!("trailing garbage after address (at {})", quoted(rest));
    }
    if bytes < 16 && !has_gap {
        "address string too short"
    } else {
        "the :: must expand to at least one field of zeros"
    }
    .to_owned()
}

impl Network {
    /// Reads `10.0.0.0/8`.
    ///
    /// # Errors
    /// In the API server's words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let shown = quoted(text);
        let fail = |reason: &str| {
            format!(
                "network address parse error during conversion from string: netip.ParsePrefix({shown}): {reason}"
            )
        };
        let Some((before, bits)) = text.rsplit_once('/') else {
            return Err(fail("no '/'"));
        };
        if before.contains('%') {
            return Err(fail("IPv6 zones cannot be present in a prefix"));
        }
        let address = read(before, before).map_err(|reason| fail(&reason))?;
        let is_plain = !bits.is_empty()
            && bits.bytes().all(|digit| digit.is_ascii_digit())
            && (bits.len() == 1 || !bits.starts_with('0'));
        if !is_plain {
            return Err(fail(&format!("bad bits after slash: {}", quoted(bits))));
        }
        let most = if address.is_ipv4() { 32 } else { 128 };
        let Some(bits) = bits.parse().ok().filter(|bits| *bits <= most) else {
            return Err(fail("prefix length out of range"));
        };
        if is_dressed(address) {
            return Err(format!("IPv4-mapped IPv6 address {shown} is not allowed"));
        }
        Ok(Self { address, bits })
    }

    /// The same network with the other bits off.
    pub(crate) fn masked(self) -> Self {
        let address = match self.address {
            IpAddr::V4(address) => IpAddr::V4(Ipv4Addr::from_bits(
                address.to_bits() & u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0),
            )),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(
                address.to_bits()
                    & u128::MAX
                        .checked_shl(128 - u32::from(self.bits))
                        .unwrap_or(0),
            )),
        };
        Self {
            address,
            bits: self.bits,
        }
    }

    pub(crate) fn contains(self, address: Address) -> bool {
        self.address.is_ipv4() == address.0.is_ipv4()
            && self.masked().address
                == Self {
                    address: address.0,
                    bits: self.bits,
                }
                .masked()
                .address
    }

    pub(crate) fn covers(self, other: Self) -> bool {
        self.bits <= other.bits && self.contains(Address(other.address))
    }

    pub(crate) fn written(self) -> String {
        format!("{}/{}", self.address, self.bits)
    }
}
