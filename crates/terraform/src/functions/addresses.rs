use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

use super::{Function, Given, Param};
use crate::types::Type;
use crate::value::Value;

const S: Param = Param::Text;
const N: Param = Param::Number;

pub(super) const ALL: &[Function] = &[
    Function {
        name: "cidrhost",
        params: &[S, N],
        required: 2,
        more: None,
        gives: S,
        run: cidrhost,
    },
    Function {
        name: "cidrnetmask",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: cidrnetmask,
    },
    Function {
        name: "cidrsubnet",
        params: &[S, N, N],
        required: 3,
        more: None,
        gives: S,
        run: cidrsubnet,
    },
    Function {
        name: "cidrsubnets",
        params: &[S],
        required: 1,
        more: Some(N),
        gives: Param::Texts,
        run: cidrsubnets,
    },
];

/// A block of addresses, the bits beyond the prefix taken away.
#[derive(Clone, Copy)]
struct Block {
    address: u128,
    prefix: u32,
    /// 32 or 128.
    bits: u32,
}

impl Block {
    /// Reads `address/prefix`. Go's older reader, which Terraform keeps, lets IPv4 numbers begin with zeros and reads
    /// them as decimal.
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "this is no block of addresses".to_owned();
        let (address, prefix) = text.split_once('/').ok_or_else(wrong)?;
        let address = match parse_v4(address) {
            Some(address) => IpAddr::V4(address),
            None => IpAddr::V6(address.parse().map_err(|_| wrong())?),
        };
        if prefix.is_empty()
            || prefix.len() > 3
            || !prefix.bytes().all(|digit| digit.is_ascii_digit())
        {
            return Err(wrong());
        }
        let prefix: u32 = prefix.parse().map_err(|_| wrong())?;
        let (number, bits) = match address {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        if prefix > bits {
            return Err(wrong());
        }
        Ok(Self {
            address: number,
            prefix,
            bits,
        }
        .masked())
    }

    fn masked(self) -> Self {
        let host = self.bits - self.prefix;
        let address = if host >= 128 {
            0
        } else {
            self.address >> host << host
        };
        Self { address, ..self }
    }

    fn show(self, address: u128) -> String {
        match u32::try_from(address) {
            Ok(address) if self.bits == 32 => Ipv4Addr::from(address).to_string(),
            _ => show_v6(address),
        }
    }

    fn cidr(self) -> Value {
        Value::string(&format!("{}/{}", self.show(self.address), self.prefix))
    }
}

fn parse_v4(text: &str) -> Option<Ipv4Addr> {
    let mut numbers = [0_u8; 4];
    let mut parts = text.split('.');
    for number in &mut numbers {
        let part = parts.next()?;
        let digits = part.trim_start_matches('0');
        if part.is_empty() || digits.len() > 3 || !part.bytes().all(|digit| digit.is_ascii_digit())
        {
            return None;
        }
        *number = if digits.is_empty() {
            0
        } else {
            digits.parse().ok()?
        };
    }
    parts.next().is_none().then(|| Ipv4Addr::from(numbers))
}

/// Go shows IPv4-mapped addresses as IPv4.
fn show_v6(address: u128) -> String {
    let address = Ipv6Addr::from(address);
    address
        .to_ipv4_mapped()
        .map_or_else(|| address.to_string(), |mapped| mapped.to_string())
}

fn cidrhost(given: &Given<'_>) -> Result<Value, String> {
    let block = Block::parse(given.text(0))?;
    let number = given.number(1).to_big().ok_or("a whole number is needed")?;
    let host = block.bits - block.prefix;
    let size = BigInt::from(1) << host;
    // A negative number counts from the end.
    let number = if number.is_negative() {
        &size + number
    } else {
        number
    };
    if number.is_negative() || number >= size {
        return Err(format!("a prefix of {} has no such host", block.prefix));
    }
    let address = block.address | number.to_u128().unwrap_or(0);
    Ok(Value::string(&block.show(address)))
}

fn cidrnetmask(given: &Given<'_>) -> Result<Value, String> {
    let block = Block::parse(given.text(0))?;
    if block.bits != 32 {
        return Err("IPv6 has no netmask".to_owned());
    }
    let all = Block {
        address: u128::from(u32::MAX),
        ..block
    }
    .masked();
    Ok(Value::string(&block.show(all.address)))
}

fn cidrsubnet(given: &Given<'_>) -> Result<Value, String> {
    let block = Block::parse(given.text(0))?;
    let longer = u32::try_from(given.whole(1)?).map_err(|_| "the new bits must not be negative")?;
    let number = given.number(2).to_big().ok_or("a whole number is needed")?;
    let prefix = block.prefix.saturating_add(longer);
    if prefix > block.bits {
        return Err(format!(
            "a prefix of {} cannot be extended by {longer}",
            block.prefix
        ));
    }
    let size = BigInt::from(1) << longer;
    let number = if number.is_negative() {
        &size + number
    } else {
        number
    };
    if number.is_negative() || number >= size {
        return Err(format!("an extension of {longer} bits has no such subnet"));
    }
    let host = block.bits - prefix;
    let network = number.to_u128().unwrap_or(0).checked_shl(host).unwrap_or(0);
    Ok(Block {
        address: block.address | network,
        prefix,
        bits: block.bits,
    }
    .cidr())
}

/// One subnet after the other, each at the next place where it fits.
fn cidrsubnets(given: &Given<'_>) -> Result<Value, String> {
    let block = Block::parse(given.text(0))?;
    let mut next = BigInt::from(block.address);
    let end = BigInt::from(block.address) + (BigInt::from(1) << (block.bits - block.prefix));
    let mut subnets = Vec::new();
    for at in 1..given.values.len() {
        let longer = u32::try_from(given.whole(at)?)
            .ok()
            .filter(|longer| *longer >= 1);
        let longer = longer.ok_or("each must extend the prefix by at least one bit")?;
        let prefix = block.prefix.saturating_add(longer);
        if prefix > block.bits || longer > 32 {
            return Err(format!(
                "a prefix of {} cannot be extended by {longer}",
                block.prefix
            ));
        }
        let size = BigInt::from(1) << (block.bits - prefix);
        let first: BigInt = (&next + &size - 1) / &size * &size;
        if &first + &size > end {
            return Err("there is no room left in the block".to_owned());
        }
        let address = first.to_u128().unwrap_or(0);
        subnets.push(
            Block {
                address,
                prefix,
                bits: block.bits,
            }
            .cidr(),
        );
        next = first + size;
    }
    Ok(Value::list(Type::String, subnets))
}
