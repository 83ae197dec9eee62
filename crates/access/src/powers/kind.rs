/// A right that leads to more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PowerKind {
    /// Everything on every resource, as `cluster-admin` has it: in the cluster, or in one namespace.
    CompleteControl,
    /// A member of `system:masters`, whom the server allows everything before it asks RBAC.
    SystemMasters,
    /// A rule that says `*` for verbs, groups, resources or paths: it grows with everything added later.
    Wildcard,
    /// Read secrets one by one (`get`).
    GetSecrets,
    /// Read secrets in bulk (`list`, `watch`): the answers hold the values.
    ListSecrets,
    /// Start pods: run any image as any service account of the namespace.
    CreatePods,
    /// Change running pods: their images.
    ChangePods,
    /// Create or change what starts pods: deployments, daemon sets, jobs and so on.
    CreateWorkloads,
    /// Run commands in running containers.
    Exec,
    /// Attach to running containers.
    Attach,
    /// Forward ports of pods.
    PortForward,
    /// Reach pods and services through the API server's proxy, around network policies.
    ProxyWorkloads,
    /// Put a debugging container into a running pod.
    EphemeralContainers,
    /// Act as other users, groups, service accounts, identifiers or extras.
    Impersonate,
    /// Bind roles beyond its own rights: the verb `bind`, together with writing bindings.
    Bind,
    /// Write bindings without `bind`: hand on to others what it holds itself.
    WriteBindings,
    /// Write rules beyond its own rights: the verb `escalate`, together with writing roles.
    Escalate,
    /// Write roles without `escalate`: only rules that it holds itself.
    RoleEdit,
    /// Reach the kubelet through the API server: commands in every pod of a node, unseen by the audit log.
    NodesProxy,
    /// Ask for tokens of service accounts.
    CreateToken,
    /// Approve certificate requests: both the request's approval and `approve` on the signer.
    ApproveCertificates,
    /// Sign certificates: both the request's status and `sign` on the signer.
    SignCertificates,
    /// Change webhooks that admission calls: switch guards off, read and change every object written.
    WebhookConfigurations,
    /// Change admission policies (built-in, Gatekeeper, Kyverno).
    AdmissionPolicies,
    /// Create persistent volumes, which may stand for any path of a node.
    PersistentVolumes,
    /// Change nodes or their status: draw pods onto them, or away.
    NodeWrite,
    /// Change namespaces, and with their labels Pod Security.
    NamespaceLabels,
    /// Change the configuration of the cluster's DNS.
    CoreDnsEdit,
    /// Change the map from AWS identities to Kubernetes groups.
    AwsAuthEdit,
    /// Change network policies.
    NetworkPolicyWrite,
    /// Change the mesh's authorization and encryption.
    MeshPolicyWrite,
    /// Create or change service accounts, and with their annotations the AWS role.
    ServiceAccountWrite,
    /// Delete events, and with them traces.
    DeleteEvents,
    /// Delete data: volumes, claims, secrets, whole namespaces.
    DeleteData,
    /// Read logs of pods.
    ReadLogs,
    /// Read config maps.
    ReadConfigMaps,
    /// Stop pods: delete or evict them.
    StopPods,
}
