//! Names under which AWS SDKs look for access keys.

/// Variables of the SDKs and of the CLI, and two older ones of the Java SDK.
const NAMES: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
];

/// True for a variable that holds part of an access key: the names above, with or without something before them
/// (`BACKUP_AWS_ACCESS_KEY_ID`), in any case (`TF_VAR_aws_secret_access_key`).
pub(crate) fn is_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    NAMES.iter().any(|own| {
        upper
            .strip_suffix(own)
            .is_some_and(|before| before.is_empty() || before.ends_with('_'))
    })
}

/// The host of `AWS_ENDPOINT_URL` is AWS itself.
pub(crate) fn is_aws_endpoint(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host
        .split(':')
        .next()
        .unwrap_or_default()
        .trim_end_matches('.')
        .to_ascii_lowercase();
    ["amazonaws.com", "amazonaws.com.cn", "api.aws"]
        .iter()
        .any(|domain| {
            host.strip_suffix(domain)
                .is_some_and(|before| before.is_empty() || before.ends_with('.'))
        })
}

#[cfg(test)]
mod tests {
    use super::{is_aws_endpoint, is_name};

    #[test]
    fn names_of_keys() {
        for name in [
            "AWS_ACCESS_KEY_ID",
            "aws_secret_access_key",
            "BACKUP_AWS_SECRET_KEY",
        ] {
            assert!(is_name(name), "{name}");
        }
        for name in [
            "AWS_REGION",
            "AWS_ROLE_ARN",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "XAWS_ACCESS_KEY_ID",
            "AWS_ACCESS_KEY_ID_FILE",
            "",
        ] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn endpoints() {
        assert!(is_aws_endpoint("https://s3.ap-northeast-1.amazonaws.com"));
        assert!(is_aws_endpoint("https://S3.amazonaws.com.:443/x"));
        assert!(!is_aws_endpoint("http://minio.storage:9000"));
        assert!(!is_aws_endpoint("https://amazonaws.com.example.com"));
        assert!(!is_aws_endpoint("https://s3.amazonaws.com@minio:9000"));
    }
}
