/// The resources that an action can be held to, as ARNs without `arn:PARTITION:`; none when it has no resource-level rights.
pub(super) fn of(action: &str) -> Option<&'static [&'static str]> {
    let found = HELD.iter().find(|(own, _)| *own == action);
    found.map(|(_, resources)| *resources)
}

/// Each action of the table of calls, as the Service Authorization Reference has it. `ACCOUNT` stands for the account.
pub(super) static HELD: &[(&str, &[&str])] = &[
    ("eks:DescribeCluster", &["eks:*:ACCOUNT:cluster/*"]),
    ("eks:ListClusters", &[]),
];
