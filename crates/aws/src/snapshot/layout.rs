/// The file that makes a folder a snapshot.
pub const MANIFEST: &str = "sekisho-snapshot.json";

/// True for the file that makes its folder a snapshot.
pub fn is_manifest(path: &str) -> bool {
    path.rsplit('/').next() == Some(MANIFEST)
}

/// The manifest of the snapshot in a folder.
pub(crate) fn manifest_of(root: &str) -> String {
    if root.is_empty() {
        MANIFEST.to_owned()
    } else {
        format!("{root}/{MANIFEST}")
    }
}

/// The snapshot that a file belongs to: the deepest of these folders above it.
pub fn snapshot_of<'a>(roots: &'a [String], path: &str) -> Option<&'a str> {
    let above = roots.iter().filter(|root| {
        let below = path.strip_prefix(root.as_str());
        root.is_empty() || below.is_some_and(|rest| rest.starts_with('/'))
    });
    above.max_by_key(|root| root.len()).map(String::as_str)
}

/// What a path says about the answer in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At {
    /// `None` for what has no region.
    pub(crate) region: Option<String>,
    pub(crate) service: String,
    pub(crate) operation: String,
    /// The names that it was asked for.
    pub(crate) keys: Vec<String>,
    /// The call was refused.
    pub(crate) is_error: bool,
}

/// Reads a path: `REGION/SERVICE/OPERATION[/NAME…][.error].json`.
pub(crate) fn place_of(root: &str, path: &str) -> Result<At, String> {
    let below = path
        .strip_prefix(root)
        .unwrap_or(path)
        .trim_start_matches('/');
    let stem = below.strip_suffix(".json").unwrap_or(below);
    let (stem, is_error) = match stem.strip_suffix(".error") {
        Some(stem) => (stem, true),
        None => (stem, false),
    };
    let parts: Vec<&str> = stem.split('/').collect();
    let [region, service, operation, keys @ ..] = parts.as_slice() else {
        return Err(format!(
            "`{below}` is no path of a snapshot; it has REGION/SERVICE/OPERATION.json"
        ));
    };
    Ok(At {
        region: (*region != "global").then(|| (*region).to_owned()),
        service: (*service).to_owned(),
        operation: (*operation).to_owned(),
        keys: keys.iter().map(|key| decoded(key)).collect(),
        is_error,
    })
}

/// `%2F` and the like as the character they stand for.
pub(crate) fn decoded(key: &str) -> String {
    let mut bytes = Vec::with_capacity(key.len());
    let mut rest = key.as_bytes().iter();
    while let Some(byte) = rest.next() {
        let digits = rest.as_slice().get(..2);
        let code = digits
            .filter(|_| *byte == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                bytes.push(code);
                rest.nth(1);
            }
            None => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_the_call() {
        let at = place_of(
            "snap",
            "snap/eu-west-1/wafv2/get-web-acl-for-resource/arn%3Aaws%3Ax%2Fy.error.json",
        );
        let at = at.unwrap();
        assert_eq!(at.region.as_deref(), Some("eu-west-1"));
        assert_eq!(at.keys, ["arn:aws:x/y"]);
        assert!(at.is_error);
        assert_eq!(
            place_of("", "global/iam/list-roles.json").unwrap().region,
            None
        );
        assert!(place_of("snap", "snap/readme.json").is_err());
        assert_eq!(decoded("100%-x%2"), "100%-x%2");
    }
}
