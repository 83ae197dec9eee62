/// What an access policy of EKS allows in Kubernetes, in the scope of its association.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessPolicy {
    /// `AmazonEKSEditPolicy`.
    pub name: &'static str,
    /// It changes roles and bindings, or everything.
    pub administers: bool,
    /// It makes and changes what runs.
    pub edits: bool,
    /// It reads secrets.
    pub reads_secrets: bool,
}

const fn policy(name: &'static str, allows: [bool; 3]) -> AccessPolicy {
    let [administers, edits, reads_secrets] = allows;
    AccessPolicy {
        name,
        administers,
        edits,
        reads_secrets,
    }
}

/// Access policies for people and pipelines (EKS User Guide, "Review access policy permissions"): like `cluster-admin`,
/// `admin`, `edit` and `view`. `AmazonEKSAdminViewPolicy` looks at everything, secrets included.
static ACCESS: [AccessPolicy; 7] = [
    policy("AmazonEKSClusterAdminPolicy", [true, true, true]),
    policy("AmazonEKSAdminPolicy", [true, true, true]),
    policy("AmazonEKSEditPolicy", [false, true, true]),
    policy("AmazonEKSViewPolicy", [false, false, false]),
    policy("AmazonEKSAdminViewPolicy", [false, false, true]),
    policy("AmazonEKSSecretReaderPolicy", [false, false, true]),
    policy("AmazonEKSAutoNodePolicy", [false, false, false]),
];

/// An access policy by its ARN or name; `None` for one that is not in the table.
pub fn access(arn: &str) -> Option<&'static AccessPolicy> {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    ACCESS.iter().find(|policy| policy.name == name)
}
