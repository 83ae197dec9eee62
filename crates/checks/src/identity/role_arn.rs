//! ARNs of IAM roles.

/// A role ARN, in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RoleArn<'a> {
    /// Twelve digits.
    pub(crate) account: &'a str,
    /// The name, without the path before it.
    pub(crate) name: &'a str,
}

/// Reads a role ARN as the EKS pod identity webhook does: `^arn:aws[a-z0-9-]*:iam::\d{12}:role\/[\w-\/.@+=,]+$`.
pub(crate) fn parse(text: &str) -> Option<RoleArn<'_>> {
    let (partition, rest) = text.strip_prefix("arn:")?.split_once(":iam::")?;
    let is_partition = partition
        .strip_prefix("aws")?
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let (account, path) = rest.split_once(":role/")?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let is_path = path
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_-/.@+=,".contains(c));
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    (is_partition && is_account && is_path).then_some(RoleArn { account, name })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn parts() {
        let arn = parse("arn:aws:iam::111122223333:role/team/shop-prod").unwrap();
        assert_eq!((arn.account, arn.name), ("111122223333", "shop-prod"));
        assert!(parse("arn:aws-us-gov:iam::111122223333:role/a").is_some());
    }

    #[test]
    fn what_is_none() {
        for text in [
            "",
            "shop-prod",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam::11112222333:role/a",
            " arn:aws:iam::111122223333:role/a",
            "arn:aws:iam::111122223333:role/a\n",
            "arn:aws:iam::111122223333:user/a",
            "arn:azure:iam::111122223333:role/a",
            "arn:aws:sts::111122223333:assumed-role/a/b",
            "arn:aws:iam::111122223333:role/${NAME}",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
