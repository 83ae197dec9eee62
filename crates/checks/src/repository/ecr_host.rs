//! The host of an image that is kept in Amazon ECR.

/// Account and region of a private registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EcrHost<'a> {
    pub(super) account: &'a str,
    pub(super) region: &'a str,
}

impl<'a> EcrHost<'a> {
    /// `111122223333.dkr.ecr.eu-west-1.amazonaws.com`, its FIPS form, the one of China, or the dual-stack form
    /// `111122223333.dkr-ecr.eu-west-1.on.aws`. `None` for every other host.
    /// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html>
    pub(super) fn read(host: &'a str) -> Option<Self> {
        let (account, rest) = host.split_once('.')?;
        let starts = ["dkr.ecr.", "dkr.ecr-fips.", "dkr-ecr.", "dkr-ecr-fips."];
        let rest = starts.iter().find_map(|start| rest.strip_prefix(start))?;
        let ends = [
            ".amazonaws.com.cn",
            ".amazonaws.com",
            ".on.aws",
            ".on.amazonwebservices.com.cn",
        ];
        let region = ends.iter().find_map(|end| rest.strip_suffix(end))?;
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        (is_account && !region.contains('.')).then_some(Self { account, region })
    }
}

#[cfg(test)]
mod tests {
    use super::EcrHost;

    #[test]
    fn hosts_of_ecr_tell_account_and_region() {
        for (host, expected) in [
            (
                "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
                Some("eu-west-1"),
            ),
            (
                "111122223333.dkr.ecr-fips.us-east-1.amazonaws.com",
                Some("us-east-1"),
            ),
            (
                "111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn",
                Some("cn-north-1"),
            ),
            (
                "111122223333.dkr-ecr.ap-northeast-1.on.aws",
                Some("ap-northeast-1"),
            ),
            ("1111.dkr.ecr.eu-west-1.amazonaws.com", None),
            ("public.ecr.aws", None),
            (
                "111122223333.dkr.ecr.eu-west-1.amazonaws.com.evil.example",
                None,
            ),
            ("111122223333.dkr.ecr.x.eu-west-1.amazonaws.com", None),
        ] {
            let region = EcrHost::read(host).map(|host| host.region);
            assert_eq!(region, expected, "{host}");
        }
    }
}
