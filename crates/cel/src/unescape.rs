//! What a quoted text says, after its escape sequences.

/// The content of a text or bytes token, without the prefix `b`.
///
/// # Errors
/// The message of the API server's parser.
pub(crate) fn unescape(token: &str, is_bytes: bool) -> Result<Vec<u8>, &'static str> {
    let normal = token.replace("\r\n", "\n").replace('\r', "\n");
    let (text, is_raw) = match normal.strip_prefix(['r', 'R']) {
        Some(text) => (text, true),
        None => (normal.as_str(), false),
    };
    let broken = "unable to unescape string";
    let long = text.starts_with("\"\"\"") || text.starts_with("'''");
    let quotes = if long && text.len() >= 6 { 3 } else { 1 };
    let end = text.len().checked_sub(quotes).ok_or(broken)?;
    let inside = text.get(quotes..end).ok_or(broken)?;
    if is_raw {
        return Ok(inside.as_bytes().to_vec());
    }
    let mut out = Vec::with_capacity(inside.len());
    let mut letters = inside.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' {
            escaped(&mut letters, is_bytes, &mut out)?;
        } else {
            push(letter, &mut out);
        }
    }
    Ok(out)
}

fn push(letter: char, out: &mut Vec<u8>) {
    out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
}

fn escaped(
    letters: &mut std::str::Chars<'_>,
    is_bytes: bool,
    out: &mut Vec<u8>,
) -> Result<(), &'static str> {
    let broken = "unable to unescape string";
    let kind = letters
        .next()
        .ok_or("unable to unescape string, found '\\' as last character")?;
    let (digits, base, first) = match kind {
        'x' | 'X' => (2, 16, 0),
        'u' if !is_bytes => (4, 16, 0),
        'U' if !is_bytes => (8, 16, 0),
        '0'..='3' => (2, 8, kind.to_digit(8).unwrap_or_default()),
        'a' => {
            return {
                out.push(7);
                Ok(())
            };
        }
        'b' => {
            return {
                out.push(8);
                Ok(())
            };
        }
        'f' => {
            return {
                out.push(12);
                Ok(())
            };
        }
        'n' => {
            return {
                out.push(b'\n');
                Ok(())
            };
        }
        'r' => {
            return {
                out.push(b'\r');
                Ok(())
            };
        }
        't' => {
            return {
                out.push(b'\t');
                Ok(())
            };
        }
        'v' => {
            return {
                out.push(11);
                Ok(())
            };
        }
        '\\' | '\'' | '"' | '`' | '?' => {
            return {
                push(kind, out);
                Ok(())
            };
        }
        _ => return Err(broken),
    };
    let mut value = first;
    for _ in 0..digits {
        let digit = letters
            .next()
            .and_then(|letter| letter.to_digit(base))
            .ok_or(broken)?;
        value = value
            .checked_mul(base)
            .and_then(|value| value.checked_add(digit))
            .ok_or(broken)?;
    }
    if is_bytes {
        out.push(u8::try_from(value).map_err(|_| broken)?);
    } else {
        push(
            char::from_u32(value).ok_or("invalid unicode code point")?,
            out,
        );
    }
    Ok(())
}
