use sekisho_access::powers::PowerKind;
use sekisho_model::Object;

use super::held::{self, BINDINGS, Deed, Named};
use crate::{Check, Context, Level, On, check};

check! {
    /// **What it shows.** Who holds both halves of issuing certificates: the request's approval and `approve` on the
    /// signer, or the request's status and `sign` on the signer. One half alone does nothing.
    ///
    /// **Why it matters.** A client certificate is a user name and groups, valid until it expires; Kubernetes cannot
    /// revoke it. Who approves requests of the signer for API clients makes users of any name, and who approves kubelet
    /// certificates makes servers that the API server trusts as nodes. EKS signs fewer kinds than other clusters do, but
    /// kubelet certificates are among them. The two halves may come by two bindings.
    ///
    /// **Bad**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [certificates.k8s.io]
    ///     resources: [certificatesigningrequests/approval]
    ///     verbs: [update]
    ///   - apiGroups: [certificates.k8s.io]
    ///     resources: [signers]
    ///     verbs: [approve]
    /// ```
    ///
    /// **Good.** approve by hand, as a known administrator; a controller that must approve is limited to its one signer
    /// by `resourceNames`.
    ///
    /// **References.** [Kubernetes: Certificate Signing
    /// Requests](https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/), [Kubernetes:
    /// Role Based Access Control Good Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** 証明書発行に必要な 2 つの権限 (要求の approval と signer への `approve`、または要求の status と signer への `sign`) を両方持つ主体。片方だけでは何もできない。
    ///
    /// **理由。** クライアント証明書はユーザー名とグループを表し、期限まで有効で、Kubernetes には失効の手段がない。API クライアント向け signer の要求を承認できれば任意の名前のユーザーを作れ、kubelet 証明書を承認できれば API サーバーがノードとして信頼するサーバーを作れる。EKS が署名する種類は少ないが、kubelet 証明書は含まれる。2 つの権限は別々のバインディングで与えられることもある。
    ///
    /// **悪い例**
    /// ```yaml
    /// rules:
    ///   - apiGroups: [certificates.k8s.io]
    ///     resources: [certificatesigningrequests/approval]
    ///     verbs: [update]
    ///   - apiGroups: [certificates.k8s.io]
    ///     resources: [signers]
    ///     verbs: [approve]
    /// ```
    ///
    /// **良い例。** 承認は既知の管理者が手作業で行う。承認が必要なコントローラーは `resourceNames` で 1 つの signer に限定する。
    CertificateApproval = "certificate-approval";
    control: "T1.11",
    severity: High,
    profile: Default,
    level: Level::Object(BINDINGS),
    fix: None,
    title: "Can approve or sign certificates", "証明書を承認・署名できる権限",
}

const DEED: Deed = Deed {
    kinds: &[PowerKind::ApproveCertificates, PowerKind::SignCertificates],
    named: Named::Less,
    can: (
        "approve or sign certificate requests",
        "証明書要求を承認・署名できる",
    ),
    so: (
        "With a certificate they become any user or node that the signer vouches for, and no deletion of a binding takes it back. Limit `signers` with `resourceNames`.",
        "証明書によって、署名者が保証する任意のユーザーやノードになりすませる。バインディングを消しても証明書は失効しない。`signers` を `resourceNames` で限定する。",
    ),
};

impl Check for CertificateApproval {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        held::judge(self, cx, object, on, &DEED, |_, fault| fault);
    }
}
