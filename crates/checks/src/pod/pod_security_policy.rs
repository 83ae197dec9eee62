use std::collections::BTreeSet;

use sekisho_model::{Object, phrase};
use sekisho_policy::psp::{self, Remark};
use sekisho_text::{Route, Step};

use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A PodSecurityPolicy, of whatever `apiVersion`, with what must take its place: the labels of Pod
    /// Security Admission that come closest, and for each rule that labels cannot express the kind of policy that can.
    ///
    /// **Why it matters.** Kubernetes 1.25 removed PodSecurityPolicy; no version of EKS that is supported obeys one, and
    /// `policy/v1` never had it. Applying it is an error that pipelines swallow. Who reads the file believes in a protection
    /// that is not there.
    ///
    /// **Bad**
    /// ```yaml
    /// apiVersion: policy/v1
    /// kind: PodSecurityPolicy
    /// metadata: {name: restricted}
    /// spec:
    ///   privileged: false
    ///   runAsUser: {rule: MustRunAsNonRoot}
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels:
    ///     pod-security.kubernetes.io/enforce: restricted
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/migrate-from-psp/>
    /// - <https://kubernetes.io/docs/reference/access-authn-authz/psp-to-pod-security-standards/>
    /// - <https://open-policy-agent.github.io/gatekeeper-library/website/>
    ///
    /// # 日本語
    /// **示すこと。** `apiVersion` を問わず、残っている PodSecurityPolicy。代わりに必要な、最も近い Pod Security Admission のラベルと、ラベルで表せない規則ごとのポリシーの種類も示す。
    ///
    /// **理由。** PodSecurityPolicy は Kubernetes 1.25 で削除された。サポート中の EKS のどのバージョンも従わず、`policy/v1` に存在したことは一度もない。適用時のエラーはパイプラインで見過ごされがちで、ファイルを読む人は存在しない保護を信じることになる。
    ///
    /// **直し方。** Namespace のラベルに置き換え、ラベルで表せない規則は Gatekeeper や ValidatingAdmissionPolicy で強制する。
    PodSecurityPolicy = "pod-security-policy";
    control: "T1.10",
    severity: High,
    profile: Default,
    level: Level::Object(&[("policy", "PodSecurityPolicy"), ("extensions", "PodSecurityPolicy")]),
    fix: None,
    title: "A PodSecurityPolicy protects nothing", "何も保護しない PodSecurityPolicy",
}

impl Check for PodSecurityPolicy {
    fn object(&self, _cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        let translation = psp::translate(&object.value);
        let level = translation.level;
        let version = &object.api_version;
        let (end_en, end_ja) = end(version);
        let mut message = phrase!(
            en: "this PodSecurityPolicy protects nothing: {end_en}. In its place label namespaces `pod-security.kubernetes.io/enforce: {level}`",
            ja: "この PodSecurityPolicy は何も保護しない。{end_ja}。代わりに Namespace に `pod-security.kubernetes.io/enforce: {level}` を付ける",
        );
        if let Some(fields) = fields(&translation.held_down_by) {
            message.en = format!(
                "{}; a stricter level would refuse what {fields} permits",
                message.en
            )
            .into();
            message.ja = format!(
                "{}。{fields} が、より厳しい水準では拒否されることを許している",
                message.ja
            )
            .into();
        }
        let needed = policies(&translation.left_over);
        if !needed.is_empty() {
            message.en = format!("{}. Labels cannot say {needed}", message.en).into();
            message.ja = format!("{}。ラベルで表せない項目: {needed}", message.ja).into();
        }
        if let Some(fields) = fields(&translation.added) {
            message.en = format!(
                "{}. The level also asks for what {fields} left open",
                message.en
            )
            .into();
            message.ja = format!(
                "{}。この水準は、{fields} で自由にさせていた点も求める",
                message.ja
            )
            .into();
        }
        on.fail(Fault::at(Route::of("kind"), message));
    }
}

/// When the API server stopped to know it.
fn end(version: &str) -> (String, String) {
    match version {
        "policy/v1beta1" => (
            "Kubernetes 1.25 removed the kind".to_owned(),
            "この種別は Kubernetes 1.25 で削除された".to_owned(),
        ),
        "extensions/v1beta1" => (
            "Kubernetes 1.16 removed it from this group, and 1.25 altogether".to_owned(),
            "この API グループからは Kubernetes 1.16 で、全体としては 1.25 で削除された".to_owned(),
        ),
        other => (
            format!("no Kubernetes ever had it in `{other}`, and 1.25 removed the kind"),
            format!("`{other}` に存在したことはなく、種別自体も Kubernetes 1.25 で削除された"),
        ),
    }
}

/// The fields of remarks, each once.
fn fields(remarks: &[Remark]) -> Option<String> {
    let fields: BTreeSet<String> = remarks
        .iter()
        .map(|remark| format!("`{}`", name(&remark.field)))
        .collect();
    let fields: Vec<String> = fields.into_iter().collect();
    (!fields.is_empty()).then(|| fields.join(", "))
}

/// What labels cannot say, each with the kind of policy that can.
fn policies(left_over: &[Remark]) -> String {
    let needed: BTreeSet<String> = left_over
        .iter()
        .filter_map(|remark| {
            let field = name(&remark.field);
            let policy = policy(&field)?;
            Some(format!("`{field}` ({policy})"))
        })
        .collect();
    needed.into_iter().collect::<Vec<_>>().join(", ")
}

fn name(field: &Route) -> String {
    match field.last() {
        // What is missing there is the annotation for seccomp profiles.
        Some(Step::Key(key)) if key == "annotations" => "seccomp".to_owned(),
        Some(Step::Key(key)) => key.to_string(),
        _ => field.to_string(),
    }
}

/// What takes the place of a field: a constraint of the Gatekeeper library, a mutator where the field wrote defaults, or a
/// ValidatingAdmissionPolicy where the library has nothing. `None` for what is no field of the kind.
fn policy(field: &str) -> Option<&'static str> {
    Some(match field {
        "privileged" => "K8sPSPPrivilegedContainer",
        "hostPID" | "hostIPC" => "K8sPSPHostNamespace",
        "hostNetwork" | "hostPorts" => "K8sPSPHostNetworkingPorts",
        "allowPrivilegeEscalation" => "K8sPSPAllowPrivilegeEscalationContainer",
        "allowedCapabilities" | "requiredDropCapabilities" => "K8sPSPCapabilities",
        "volumes" => "K8sPSPVolumeTypes",
        "allowedHostPaths" => "K8sPSPHostFilesystem",
        "allowedFlexVolumes" => "K8sPSPFlexVolumes",
        "readOnlyRootFilesystem" => "K8sPSPReadOnlyRootFilesystem",
        "runAsUser" | "runAsGroup" | "supplementalGroups" => "K8sPSPAllowedUsers",
        "fsGroup" => "K8sPSPFSGroup",
        "seLinux" => "K8sPSPSELinuxV2",
        "forbiddenSysctls" | "allowedUnsafeSysctls" => "K8sPSPForbiddenSysctls",
        "allowedProcMountTypes" => "K8sPSPProcMount",
        "seccomp.security.alpha.kubernetes.io/allowedProfileNames" => "K8sPSPSeccomp",
        "apparmor.security.beta.kubernetes.io/allowedProfileNames" => "K8sPSPAppArmor",
        "defaultAddCapabilities"
        | "defaultAllowPrivilegeEscalation"
        | "seccomp.security.alpha.kubernetes.io/defaultProfileName"
        | "apparmor.security.beta.kubernetes.io/defaultProfileName" => "Assign",
        "allowedCSIDrivers" | "runtimeClass" => "ValidatingAdmissionPolicy",
        _ => return None,
    })
}
