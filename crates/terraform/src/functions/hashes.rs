use data_encoding::{BASE64, HEXLOWER};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::strings::text;
use super::{Function, Given, Param};
use crate::value::Value;

const S: Param = Param::Text;

pub(super) const ALL: &[Function] = &[
    Function {
        name: "md5",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: |given| hash("md5", given.text(0)),
    },
    Function {
        name: "sha1",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: |given| hash("sha1", given.text(0)),
    },
    Function {
        name: "sha256",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: |given| hash("sha256", given.text(0)),
    },
    Function {
        name: "sha512",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: |given| hash("sha512", given.text(0)),
    },
    Function {
        name: "base64sha256",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: |given| hash("base64sha256", given.text(0)),
    },
    Function {
        name: "base64sha512",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: |given| hash("base64sha512", given.text(0)),
    },
    Function {
        name: "uuidv5",
        params: &[S, S],
        required: 2,
        more: None,
        gives: S,
        run: uuidv5,
    },
];

/// The hash of this name.
pub(super) fn hash(name: &str, of: &str) -> Result<Value, String> {
    let bytes = of.as_bytes();
    text(&match name {
        "md5" => HEXLOWER.encode(&Md5::digest(bytes)),
        "sha1" => HEXLOWER.encode(&Sha1::digest(bytes)),
        "sha256" => HEXLOWER.encode(&Sha256::digest(bytes)),
        "sha512" => HEXLOWER.encode(&Sha512::digest(bytes)),
        "base64sha256" => BASE64.encode(&Sha256::digest(bytes)),
        "base64sha512" => BASE64.encode(&Sha512::digest(bytes)),
        _ => return Err("there is no such hash".to_owned()),
    })
}

/// The last byte of the well-known namespaces, which share all others (RFC 4122, appendix C).
fn namespace(name: &str) -> Option<Vec<u8>> {
    let last = match name {
        "dns" => 0x10,
        "url" => 0x11,
        "oid" => 0x12,
        "x500" => 0x14,
        _ => {
            let digits: String = name
                .chars()
                .filter(|found| *found != '-')
                .collect::<String>()
                .to_lowercase();
            return HEXLOWER
                .decode(digits.as_bytes())
                .ok()
                .filter(|bytes| bytes.len() == 16);
        }
    };
    HEXLOWER
        .decode(format!("6ba7b8{last:02x}9dad11d180b400c04fd430c8").as_bytes())
        .ok()
}

fn uuidv5(given: &Given<'_>) -> Result<Value, String> {
    let mut bytes =
        namespace(given.text(0)).ok_or("the namespace must be dns, url, oid, x500 or a UUID")?;
    bytes.extend_from_slice(given.text(1).as_bytes());
    let mut hash: [u8; 20] = Sha1::digest(&bytes).into();
    hash[6] = hash[6] & 0x0f | 0x50;
    hash[8] = hash[8] & 0x3f | 0x80;
    let digits = HEXLOWER.encode(&hash);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    text(&format!(
        "{}-{}-{}-{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    ))
}
