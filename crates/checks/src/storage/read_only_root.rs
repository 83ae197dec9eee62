use sekisho_model::{Container, Fields, Fix, Pod, phrase};

use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A container whose root file system can be written: `readOnlyRootFilesystem` is not `true`. Init,
    /// sidecar and ephemeral containers count too.
    ///
    /// **Why it matters.** Whoever gets into the container can replace its programs, drop tools and keep them until the container
    /// is recreated. Pod Security `restricted` does not ask for this setting, so another policy has to.
    ///
    /// **Bad**
    /// ```yaml
    /// securityContext:
    ///   allowPrivilegeEscalation: false
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// securityContext:
    ///   readOnlyRootFilesystem: true
    /// volumeMounts:
    ///   - name: tmp # an emptyDir for what the program must write
    ///     mountPath: /tmp
    /// ```
    ///
    /// **References.** [Kubernetes: security context](https://kubernetes.io/docs/tasks/configure-pod-container/security-context/)
    ///
    /// # 日本語
    /// **示すこと。** ルートファイルシステムに書き込めるコンテナ (`readOnlyRootFilesystem` が `true` でない)。init・サイドカー・ephemeral コンテナも対象とする。
    ///
    /// **理由。** コンテナに侵入した者が、プログラムの差し替えやツールの設置を行い、コンテナが作り直されるまで残せる。Pod Security の `restricted` はこの設定を求めないため、別のポリシーで強制する必要がある。
    ///
    /// **悪い例**
    /// ```yaml
    /// securityContext:
    ///   allowPrivilegeEscalation: false
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// securityContext:
    ///   readOnlyRootFilesystem: true
    /// volumeMounts:
    ///   - name: tmp # 書き込みが必要な場所には emptyDir を使う
    ///     mountPath: /tmp
    /// ```
    ReadOnlyRoot = "read-only-root";
    control: "T1.6",
    severity: Medium,
    profile: Default,
    level: Level::Container,
    fix: Risky,
    title: "The root file system can be written", "書き込み可能なルートファイルシステム",
}

impl Check for ReadOnlyRoot {
    fn container(
        &self,
        _cx: &Context<'_>,
        pod: &Pod<'_>,
        container: &Container<'_>,
        on: &mut On<'_>,
    ) {
        // The API server refuses the field for Windows pods, and the kubelet ignores it there.
        if pod.is_windows() {
            return;
        }
        let field = container.at("securityContext.readOnlyRootFilesystem");
        let name = container.name();
        match container
            .value
            .flag("securityContext.readOnlyRootFilesystem")
        {
            Some(true) => on.pass(),
            set => {
                let fix = Fix::risky(phrase!(
                    en: "make the root file system of `{name}` read-only; give it an emptyDir where it writes",
                    ja: "`{name}` のルートファイルシステムを読み取り専用にする (書き込む場所には emptyDir を用意する)"
                ))
                .set(field.clone(), true);
                let how = if set.is_some() {
                    "is false"
                } else {
                    "is not set"
                };
                let how_ja = if set.is_some() {
                    "が false"
                } else {
                    "が未設定"
                };
                on.fail(
                    Fault::at(
                        field,
                        phrase!(
                            en: "container `{name}` can write its root file system (`readOnlyRootFilesystem` {how}): an intruder can replace programs and keep tools there",
                            ja: "コンテナ `{name}` はルートファイルシステムに書き込める (`readOnlyRootFilesystem` {how_ja})。侵入者がプログラムの差し替えやツールの設置を行える"
                        ),
                    )
                    .fix(fix),
                );
            }
        }
    }
}
