//! From the names of the AWS API to those of the Terraform provider.

/// `endpointPublicAccess`, `VpcId`, `KMSKeyID` → `endpoint_public_access`, `vpc_id`, `kms_key_id`.
pub(crate) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 4);
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let is_start = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if is_start {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::snake;

    #[test]
    fn names_are_those_of_the_provider() {
        for (api, provider) in [
            ("endpointPublicAccess", "endpoint_public_access"),
            ("VpcId", "vpc_id"),
            ("KMSKeyID", "kms_key_id"),
            ("CidrIpv6", "cidr_ipv6"),
            ("SSEAlgorithm", "sse_algorithm"),
            ("arn", "arn"),
            ("ARN", "arn"),
        ] {
            assert_eq!(snake(api), provider);
        }
    }
}
