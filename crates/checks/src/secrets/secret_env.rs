use sekisho_model::{Container, Fields, Pod, Severity, phrase};

use crate::identity::aws_credentials;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A container that gets values of Secrets as environment variables (`valueFrom.secretKeyRef`).
    ///
    /// **Why it matters.** A variable is inherited by every child process, stands in `/proc/<pid>/environ`, in crash dumps, debug
    /// pages and error reports, and keeps the old value until the container starts again, so that a rotation does not arrive. A
    /// file can be read by whom its mode allows, and is renewed in place.
    ///
    /// Variables are meant to be the exception, so one finding stands for all of a container: low, and medium from five
    /// variables on.
    ///
    /// **Bad**
    /// ```yaml
    /// env:
    ///   - name: DB_PASSWORD
    ///     valueFrom: {secretKeyRef: {name: database, key: password}}
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// volumeMounts:
    ///   - {name: database, mountPath: /etc/secrets/database, readOnly: true}
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/security/secrets-good-practices/>
    /// - CIS EKS Benchmark 1.8, 4.4.1
    ///
    /// # 日本語
    /// **示すこと。** Secret の値を環境変数 (`valueFrom.secretKeyRef`) で受け取るコンテナ。
    ///
    /// **理由。** 環境変数は子プロセスすべてに引き継がれ、`/proc/<pid>/environ`、クラッシュダンプ、デバッグ画面、エラーレポートに現れる。コンテナを再起動するまで古い値のままなので、ローテーションも届かない。ファイルならモードで読める範囲を限定でき、その場で更新される。
    ///
    /// 環境変数は例外とすべきものなので、コンテナごとに 1 件として示す (重大度は low、5 個以上で medium)。
    ///
    /// **直し方。** Secret をボリュームとしてマウントし、アプリケーションはファイルから読む。
    SecretEnv = "secret-env";
    control: "T3.5",
    severity: Low,
    profile: Default,
    level: Level::Container,
    fix: None,
    title: "Secrets in environment variables", "環境変数に展開された Secret",
}

/// From this many on, variables are no longer the exception.
const MANY: usize = 5;

impl Check for SecretEnv {
    fn container(
        &self,
        _cx: &Context<'_>,
        _pod: &Pod<'_>,
        container: &Container<'_>,
        on: &mut On<'_>,
    ) {
        let all: Vec<(usize, &str)> = container
            .value
            .items("env")
            .iter()
            .enumerate()
            .filter(|(_, variable)| variable.at("valueFrom.secretKeyRef").is_some())
            .filter_map(|(index, variable)| Some((index, variable.text("name")?)))
            .collect();
        let told: Vec<&(usize, &str)> = all
            .iter()
            .filter(|(_, name)| !aws_credentials::is_name(name))
            .collect();
        let Some((index, _)) = told.first() else {
            if all.is_empty() {
                on.pass();
            } else {
                on.fail_told_by(&["static-aws-credentials"]);
            }
            return;
        };
        let route = container
            .at("env")
            .index(*index)
            .at("valueFrom.secretKeyRef");
        let mut names: Vec<String> = told
            .iter()
            .take(MANY)
            .map(|(_, name)| format!("`{name}`"))
            .collect();
        if told.len() > MANY {
            names.push("…".to_owned());
        }
        let (name, names) = (container.name(), names.join(", "));
        let message = phrase!(
            en: "container `{name}` gets {names} from Secrets as environment variables, where child processes, crash dumps and /proc show them and no rotation arrives. Mount the Secret and read the file",
            ja: "コンテナ `{name}` は {names} を Secret から環境変数で受け取る。子プロセス・クラッシュダンプ・/proc に現れ、ローテーションも届かない。Secret をマウントしてファイルから読むこと",
        );
        let severity = if told.len() >= MANY {
            Severity::Medium
        } else {
            Severity::Low
        };
        on.fail(Fault::at(route, message).severity(severity));
    }
}
