//! URLs, as Go's `net/url` reads them.

use crate::number::quoted;

/// A URL that the API server accepts as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    text: String,
    pub(crate) scheme: String,
    pub(crate) host: String,
    path: String,
    pub(crate) query: String,
}

impl Url {
    /// Reads an absolute URL or path.
    ///
    /// # Errors
    /// In the words of `url.ParseRequestURI`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        read(text, true).map_err(|reason| format!("parse {}: {reason}", quoted(text)))?;
        let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
        let fail = |reason: String| format!("parse {}: {reason}", quoted(text));
        unescape(fragment, false).map_err(fail)?;
        read(before, false)
            .map(|url| Self {
                text: text.to_owned(),
                ..url
            })
            .map_err(fail)
    }

    /// As it was written.
    pub(crate) fn written(&self) -> &str {
        &self.text
    }

    /// The host without port and brackets.
    pub(crate) fn hostname(&self) -> &str {
        let (host, _) = apart(&self.host);
        host.strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host)
    }

    /// The port; empty when it has none.
    pub(crate) fn port(&self) -> &str {
        apart(&self.host).1
    }

    /// The path, escaped where it must be.
    pub(crate) fn escaped_path(&self) -> String {
        let is_valid = self.path.chars().all(|letter| {
            letter.is_ascii() && (is_plain(letter) || "!$&'()*+,;=:@[]%/".contains(letter))
        });
        if is_valid {
            return self.path.clone();
        }
        let path = unescape(&self.path, false).unwrap_or_default();
        let mut out = String::new();
        for byte in path {
            let letter = char::from(byte);
            if is_plain(letter) || "$&+,/:;=@".contains(letter) {
                out.push(letter);
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
        out
    }

    /// The parameters, each with all of its values, in the order of their first use; broken ones are left out.
    pub(crate) fn parameters(&self) -> Vec<(String, Vec<String>)> {
        let mut found: Vec<(String, Vec<String>)> = Vec::new();
        for pair in self
            .query
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.contains(';'))
        {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let read = |text: &str| {
                unescape(text, true)
                    .ok()
                    .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            };
            let (Some(key), Some(value)) = (read(key), read(value)) else {
                continue;
            };
            match found.iter_mut().find(|(known, _)| *known == key) {
                Some((_, values)) => values.push(value),
                None => found.push((key, vec![value])),
            }
        }
        found
    }
}

fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-_.~".contains(letter)
}

/// Host and port.
fn apart(host: &str) -> (&str, &str) {
    match host.rsplit_once(':') {
        Some((before, port))
            if port.bytes().all(|digit| digit.is_ascii_digit())
                && (!before.contains(':') || before.ends_with(']')) =>
        {
            (before, port)
        }
        _ => (host, ""),
    }
}

/// `url.ParseRequestURI`, or `url.Parse` when it is not for a request.
fn read(text: &str, is_request: bool) -> Result<Url, String> {
    if text.bytes().any(|byte| byte < 0x20 || byte == 0x7f) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    if text.is_empty() && is_request {
        return Err("empty url".to_owned());
    }
    let (scheme, rest) = scheme(text)?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let empty = |host: String, path: &str| Url {
        text: text.to_owned(),
        scheme: scheme.to_ascii_lowercase(),
        host,
        path: path.to_owned(),
        query: query.to_owned(),
    };
    if text == "*" {
        return Ok(empty(String::new(), "*"));
    }
    if !rest.starts_with('/') {
        if scheme.is_empty() && is_request {
            return Err("invalid URI for request".to_owned());
        }
        return Ok(empty(String::new(), ""));
    }
    let Some(authority) = rest
        .strip_prefix("//")
        .filter(|after| !scheme.is_empty() || (!is_request && !after.starts_with('/')))
    else {
        unescape(rest, false)?;
        return Ok(empty(String::new(), rest));
    };
    let end = authority.find('/').unwrap_or(authority.len());
    let (authority, path) = authority.split_at_checked(end).unwrap_or((authority, ""));
    let host = match authority.rsplit_once('@') {
        Some((user, host)) => {
            let is_valid = user.chars().all(|letter| {
                letter.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(letter)
            });
            if !is_valid {
                return Err("net/url: invalid userinfo".to_owned());
            }
            unescape(user, false)?;
            host
        }
        None => authority,
    };
    let host = read_host(host)?;
    unescape(path, false)?;
    Ok(empty(host, path))
}

fn scheme(text: &str) -> Result<(&str, &str), String> {
    for (index, letter) in text.char_indices() {
        match letter {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if index > 0 => {}
            ':' if index == 0 => return Err("missing protocol scheme".to_owned()),
            ':' => return Ok(text.split_once(':').unwrap_or(("", text))),
            _ => return Ok(("", text)),
        }
    }
    Ok(("", text))
}

fn read_host(host: &str) -> Result<String, String> {
    let port = if host.starts_with('[') {
        let (_, after) = host.rsplit_once(']').ok_or("missing ']' in host")?;
        after
    } else {
        host.find(':').and_then(|at| host.get(at..)).unwrap_or("")
    };
    let is_port = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|port| port.bytes().all(|digit| digit.is_ascii_digit()));
    if !is_port {
        return Err(format!("invalid port {} after host", quoted(port)));
    }
    let is_odd = |letter: char| {
        letter.is_ascii() && !(is_plain(letter) || "!$&'()*+,;=:[]<>\"%".contains(letter))
    };
    if let Some(odd) = host.chars().find(|letter| is_odd(*letter)) {
        return Err(format!(
            "invalid character {} in host name",
            quoted(&odd.to_string())
        ));
    }
    let is_bracketed = host.starts_with('[');
    let bytes = host.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        let code = host
            .get(index..index + 3)
            .unwrap_or_else(|| host.get(index..).unwrap_or_default());
        let is_wide = code.as_bytes().get(1).is_some_and(|digit| *digit >= b'8');
        if *byte == b'%' && !is_bracketed && code.len() == 3 && !is_wide && code != "%25" {
            return Err(format!("invalid URL escape {}", quoted(code)));
        }
    }
    Ok(String::from_utf8_lossy(&unescape(host, false)?).into_owned())
}

fn unescape(text: &str, is_query: bool) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'%' => {
                let code = bytes
                    .get(at + 1..at + 3)
                    .and_then(|code| std::str::from_utf8(code).ok());
                let value = code
                    .filter(|code| code.bytes().all(|digit| digit.is_ascii_hexdigit()))
                    .and_then(|code| u8::from_str_radix(code, 16).ok());
                let Some(value) = value else {
                    let end = (at + 3).min(bytes.len());
                    let shown = String::from_utf8_lossy(bytes.get(at..end).unwrap_or_default());
                    return Err(format!("invalid URL escape {}", quoted(&shown)));
                };
                out.push(value);
                at += 3;
            }
            b'+' if is_query => {
                out.push(b' ');
                at += 1;
            }
            other => {
                out.push(*other);
                at += 1;
            }
        }
    }
    Ok(out)
}
