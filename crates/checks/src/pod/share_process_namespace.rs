use sekisho_model::{Container, ContainerRole, Fields, Fix, Phrase, Pod, Severity, phrase};

use crate::{Check, Context, Fault, Level, On, Setting, check};

check! {
    /// **What it shows.** A pod whose containers share one process namespace: `shareProcessNamespace: true`.
    ///
    /// **Why it matters.** Each container sees the processes of the others, their command lines and environment, and reaches
    /// their files through `/proc/PID/root`. What one sidecar was given alone, a key or a token, every other container of the
    /// pod can take. Pod Security does not look at this field.
    ///
    /// **Bad**
    /// ```yaml
    /// spec:
    ///   shareProcessNamespace: true
    ///   containers: [{name: web}, {name: vault-agent}]
    /// ```
    ///
    /// **Good.** Leave it out; let containers talk over a volume, a socket or localhost.
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/>
    ///
    /// # 日本語
    /// **示すこと。** コンテナ間でプロセス名前空間を共有する Pod (`shareProcessNamespace: true`)。
    ///
    /// **理由。** 各コンテナから他のコンテナのプロセス・コマンドライン・環境変数が見え、`/proc/PID/root` を通じてファイルにも届く。あるサイドカーだけに渡した鍵やトークンを、Pod 内の他のコンテナが奪える。Pod Security はこのフィールドを見ない。
    ///
    /// **直し方。** 指定を外し、コンテナ間の連携にはボリューム・ソケット・localhost を使う。
    ShareProcessNamespace = "share-process-namespace";
    control: "T1.5",
    severity: Medium,
    profile: Default,
    level: Level::Pod,
    fix: Risky,
    title: "Containers see each other's processes", "コンテナ間のプロセス名前空間共有",
}

impl Check for ShareProcessNamespace {
    fn pod(&self, cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        if pod.spec().flag("shareProcessNamespace") != Some(true) {
            on.pass();
            return;
        }
        let place = pod.at("shareProcessNamespace");
        match cx.mutators().setting(pod, &place) {
            Setting::To(value) if value == false => return on.pass(),
            Setting::Open(reason) => return on.unknown(reason),
            Setting::To(_) | Setting::AsWritten => {}
        }
        let runs_on = |role| matches!(role, ContainerRole::Main | ContainerRole::Sidecar);
        let together: Vec<&str> = pod
            .containers()
            .iter()
            .filter(|container| runs_on(container.role))
            .map(Container::name)
            .collect();
        let title = Phrase::new("Keep processes apart", "プロセスを分離する");
        let fix = Fix::risky(title).set(place.clone(), false);
        let fault = if together.len() > 1 {
            let names = format!("`{}`", together.join("`, `"));
            Fault::at(
                place,
                phrase!(
                    en: "containers {names} see each other's processes: what one of them holds, keys and tokens too, the others can take",
                    ja: "コンテナ {names} が互いのプロセスを参照できる。一方の鍵やトークンを他方が奪える",
                ),
            )
        } else {
            Fault::at(
                place,
                phrase!(
                    en: "every sidecar that is injected and every debug container sees the processes of this pod, and they see its",
                    ja: "注入されるサイドカーやデバッグ用コンテナと、この Pod のプロセスが互いに見える",
                ),
            )
            .severity(Severity::Low)
        };
        on.fail(fault.fix(fix));
    }
}
