//! Base64 as it stands in manifests: both alphabets, padding or none, line breaks between.

/// The bytes of valid base64; `None` when a character or the length does not fit.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut group, mut bits, mut digits) = (0_u32, 0_u32, 0_usize);
    let mut ended = false;
    for byte in text.bytes() {
        if byte.is_ascii_whitespace() {
            continue;
        }
        if byte == b'=' {
            ended = true;
            continue;
        }
        if ended {
            return None;
        }
        group = group << 6 | u32::from(digit(byte)?);
        bits += 6;
        digits += 1;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(group >> bits & 255).ok()?);
        }
    }
    (digits % 4 != 1).then_some(bytes)
}

/// The text that valid base64 holds, when it is text.
pub(crate) fn decode_text(text: &str) -> Option<String> {
    String::from_utf8(decode(text)?).ok()
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Base64 of a text, for tests.
#[cfg(test)]
pub(crate) fn encode(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let group = chunk
            .iter()
            .fold(0_u32, |group, byte| group << 8 | u32::from(*byte));
        let group = group << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = (group >> (18 - 6 * place) & 63) as usize;
            out.push(if place <= chunk.len() {
                char::from(DIGITS[digit])
            } else {
                '='
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, decode_text, encode};

    proptest! {
        #[test]
        fn what_is_encoded_comes_back(text in "(?s).{0,60}") {
            prop_assert_eq!(decode_text(&encode(&text)).unwrap(), text);
        }

        #[test]
        fn any_text_can_be_tried(text in ".{0,60}") {
            let _ = decode(&text);
        }
    }

    #[test]
    fn padding_and_line_breaks_do_not_matter() {
        for text in ["Zm9vYg==", "Zm9vYg", "Zm9v\nYg==\n"] {
            assert_eq!(decode_text(text).unwrap(), "foob");
        }
    }

    #[test]
    fn what_is_no_base64_is_refused() {
        for text in ["Zm9vY", "Zm 9*", "Zg==Zg=="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
