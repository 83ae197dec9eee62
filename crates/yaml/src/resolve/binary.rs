/// The characters of a `!!binary` scalar: standard base64 with padding, line ends ignored. As JSON knows only text, each
/// byte that is no UTF-8 becomes U+FFFD.
pub(super) fn decode(text: &str) -> Option<String> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b'\r' | b'\n'))
        .collect();
    let padding = digits
        .iter()
        .rev()
        .take_while(|byte| **byte == b'=')
        .count();
    let body = digits.get(..digits.len() - padding)?;
    if padding > 2 || !digits.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    for group in body.chunks(4) {
        let mut bits = 0_u32;
        for position in 0..4 {
            bits = bits << 6
                | group
                    .get(position)
                    .map_or(Some(0), |digit| sextet(*digit))?;
        }
        let [_, decoded @ ..] = bits.to_be_bytes();
        bytes.extend(decoded.iter().take(group.len() - 1));
    }
    Some(lossy(&bytes))
}

fn sextet(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

fn lossy(mut bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    loop {
        match std::str::from_utf8(bytes) {
            Ok(rest) => {
                text.push_str(rest);
                return text;
            }
            Err(error) => {
                let (good, bad) = bytes.split_at(error.valid_up_to());
                text.push_str(std::str::from_utf8(good).unwrap_or_default());
                text.push(char::REPLACEMENT_CHARACTER);
                bytes = bad.get(1..).unwrap_or_default();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn padding_is_required_and_final() {
        assert_eq!(decode("aGVsbG8=").as_deref(), Some("hello"));
        assert_eq!(decode("aGVs\nbG8=").as_deref(), Some("hello"));
        assert_eq!(decode("aGVsbG8"), None);
        assert_eq!(decode("aGVsbG8=aGVs"), None);
        assert_eq!(decode("aGVsb==="), None);
        assert_eq!(decode("aGV=bG8="), None);
        assert_eq!(decode("").as_deref(), Some(""));
        assert_eq!(decode("/w==").as_deref(), Some("\u{FFFD}"));
    }
}
