//! Texts in the `data` of a Secret.

/// The text behind base64; `None` when it is no text.
pub(crate) fn text(encoded: &str) -> Option<String> {
    let (mut group, mut bits) = (0_u32, 0_u32);
    let mut bytes = Vec::with_capacity(encoded.len() / 4 * 3);
    for byte in encoded
        .bytes()
        .filter(|byte| !matches!(byte, b'=' | b'\n' | b'\r'))
    {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        group = (group << 6 | u32::from(digit)) & 0x00ff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(group >> bits & 255).ok()?);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn decodes() {
        assert_eq!(super::text("cm91dGU6IHt9").as_deref(), Some("route: {}"));
        assert_eq!(super::text("44GC").as_deref(), Some("あ"));
        assert_eq!(super::text("!"), None);
    }
}
