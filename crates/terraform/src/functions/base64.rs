use data_encoding::BASE64;

use super::strings::text;
use super::{Function, Given, Param};
use crate::types::Type;
use crate::unknown::Cause;
use crate::value::Value;

const S: Param = Param::Text;

pub(super) const ALL: &[Function] = &[
    Function {
        name: "base64encode",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: |given| text(&BASE64.encode(given.text(0).as_bytes())),
    },
    Function {
        name: "base64decode",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: decode,
    },
    Function {
        name: "base64gzip",
        params: &[S],
        required: 1,
        more: None,
        gives: S,
        run: compressed,
    },
    Function {
        name: "textencodebase64",
        params: &[S, S],
        required: 2,
        more: None,
        gives: S,
        run: encode_text,
    },
    Function {
        name: "textdecodebase64",
        params: &[S, S],
        required: 2,
        more: None,
        gives: S,
        run: decode_text,
    },
];

fn decoded(given: &Given<'_>) -> Result<Vec<u8>, String> {
    // Line ends are passed over, as Go's decoder does.
    let plain: String = given
        .text(0)
        .chars()
        .filter(|found| !matches!(found, '\n' | '\r'))
        .collect();
    BASE64
        .decode(plain.as_bytes())
        .map_err(|_| "this is not base64".to_owned())
}

fn decode(given: &Given<'_>) -> Result<Value, String> {
    let bytes = decoded(given)?;
    text(std::str::from_utf8(&bytes).map_err(|_| "what is decoded is not UTF-8")?)
}

/// The bytes depend on the compressor's version; nothing can be read off them.
fn compressed(_: &Given<'_>) -> Result<Value, String> {
    Ok(Value::unknown(
        Type::String,
        Cause::Function("base64gzip".into()),
    ))
}

/// Of the IANA encodings those that need no table.
fn encode_text(given: &Given<'_>) -> Result<Value, String> {
    let bytes: Vec<u8> = match given.text(1).to_ascii_lowercase().as_str() {
        "utf-8" => given.text(0).as_bytes().to_vec(),
        "utf-16le" => given
            .text(0)
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect(),
        "utf-16be" | "utf-16" => given
            .text(0)
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect(),
        _ => {
            return Ok(Value::unknown(
                Type::String,
                Cause::Function("textencodebase64".into()),
            ));
        }
    };
    text(&BASE64.encode(&bytes))
}

fn decode_text(given: &Given<'_>) -> Result<Value, String> {
    let bytes = decoded(given)?;
    let units = |order: fn([u8; 2]) -> u16| -> Vec<u16> {
        bytes
            .chunks_exact(2)
            .filter_map(|pair| pair.try_into().ok())
            .map(order)
            .collect()
    };
    let found = match given.text(1).to_ascii_lowercase().as_str() {
        "utf-8" => String::from_utf8(bytes).ok(),
        "utf-16le" => String::from_utf16(&units(u16::from_le_bytes)).ok(),
        "utf-16be" | "utf-16" => String::from_utf16(&units(u16::from_be_bytes)).ok(),
        _ => {
            return Ok(Value::unknown(
                Type::String,
                Cause::Function("textdecodebase64".into()),
            ));
        }
    };
    text(&found.ok_or("the bytes are not of this encoding")?)
}
