use sekisho_model::{Container, Fields, Pod, phrase};
use serde_json::Value;

use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A writable mount whose directory (`subPathExpr`) is chosen by a variable that somebody outside of the pod's
    /// definition fills in (a label, an annotation, a ConfigMap, a Secret), on a volume that other pods share.
    ///
    /// **Why it matters.** The directory is the only wall between the pods that share such a volume. Who writes the label or the
    /// ConfigMap chooses whose directory it is, and an empty value gives the whole volume.
    ///
    /// **Bad**
    /// ```yaml
    /// env:
    ///   - name: TENANT
    ///     valueFrom:
    ///       fieldRef:
    ///         fieldPath: metadata.labels['tenant']
    /// volumeMounts:
    ///   - name: shared
    ///     mountPath: /data
    ///     subPathExpr: $(TENANT)
    /// ```
    ///
    /// **Good.** A claim for each tenant, or a variable that nobody chooses: `metadata.namespace`, `metadata.name`, `metadata.uid`.
    ///
    /// **References.** [Kubernetes: subPath with expanded environment variables](https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath-expanded-environment)
    ///
    /// # 日本語
    /// **示すこと。** 他の Pod と共有するボリュームの書き込み可能なマウントで、ディレクトリ (`subPathExpr`) を決める変数が、Pod 定義の外 (ラベル・アノテーション・ConfigMap・Secret) から与えられるもの。
    ///
    /// **理由。** 共有ボリュームでは、ディレクトリだけが Pod 間の壁である。ラベルや ConfigMap を書ける者が他人のディレクトリを選べ、値が空ならボリューム全体が見える。
    ///
    /// **悪い例**
    /// ```yaml
    /// env:
    ///   - name: TENANT
    ///     valueFrom:
    ///       fieldRef:
    ///         fieldPath: metadata.labels['tenant']
    /// volumeMounts:
    ///   - name: shared
    ///     mountPath: /data
    ///     subPathExpr: $(TENANT)
    /// ```
    ///
    /// **良い例。** テナントごとに PVC を分けるか、誰も選べない値 (`metadata.namespace`・`metadata.name`・`metadata.uid`) を使う。
    SubPath = "sub-path";
    control: "T1.6",
    severity: Medium,
    profile: Default,
    level: Level::Container,
    fix: None,
    title: "Others choose the directory of a shared volume", "外部から選べる共有ボリュームのディレクトリ",
}

impl Check for SubPath {
    fn container(
        &self,
        _cx: &Context<'_>,
        pod: &Pod<'_>,
        container: &Container<'_>,
        on: &mut On<'_>,
    ) {
        let mut looked = false;
        let mut clean = true;
        for (index, mount) in container.value.items("volumeMounts").iter().enumerate() {
            let is_sub = |field| mount.text(field).is_some_and(|path| !path.is_empty());
            let volume = mount.text("name").unwrap_or("");
            if !(is_sub("subPath") || is_sub("subPathExpr"))
                || mount.flag("readOnly") == Some(true)
                || !is_shared(pod, volume)
            {
                continue;
            }
            looked = true;
            let expression = mount.text("subPathExpr").unwrap_or("");
            let open = variables(expression)
                .find_map(|name| chooser(container.value, name, 0).map(|(en, ja)| (name, en, ja)));
            if let Some((variable, en, ja)) = open {
                clean = false;
                let name = container.name();
                on.fail(Fault::at(
                    container.at("volumeMounts").index(index).at("subPathExpr"),
                    phrase!(en: "container `{name}` writes to the directory `{expression}` of the shared volume `{volume}`, and `{variable}` comes from {en}: whoever sets it reaches the directories of others, and with an empty value all of them",
                            ja: "コンテナ `{name}` は共有ボリューム `{volume}` の `{expression}` に書き込むが、`{variable}` は{ja}に由来する。それを設定できる者は他のディレクトリに届き、値が空なら全体に届く"),
                ));
            }
        }
        if looked && clean {
            on.pass();
        }
    }
}

/// Volumes that more than this pod may have.
fn is_shared(pod: &Pod<'_>, name: &str) -> bool {
    let shared = [
        "persistentVolumeClaim",
        "hostPath",
        "nfs",
        "cephfs",
        "glusterfs",
        "azureFile",
        "csi",
    ];
    pod.spec().items("volumes").iter().any(|volume| {
        volume.text("name") == Some(name) && shared.iter().any(|kind| volume.key(kind).is_some())
    })
}

/// The variables of `$(NAME)/x`; `$$(NAME)` is no variable (k8s.io/kubernetes/third_party/forked/golang/expansion).
fn variables(expression: &str) -> impl Iterator<Item = &str> {
    let mut rest = expression;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('$')?;
            if let Some(escaped) = after.strip_prefix('$') {
                rest = escaped;
            } else if let Some((name, behind)) = after
                .strip_prefix('(')
                .and_then(|inside| inside.split_once(')'))
            {
                rest = behind;
                return Some(name);
            } else {
                rest = after;
            }
        }
    })
}

/// Who fills a variable in, when it is somebody outside of the pod's definition. The last entry of a name counts, and a
/// value may name other variables.
fn chooser(container: &Value, name: &str, depth: u8) -> Option<(&'static str, &'static str)> {
    let entry = container
        .items("env")
        .iter()
        .rev()
        .find(|entry| entry.text("name") == Some(name));
    let Some(entry) = entry else {
        return (!container.items("envFrom").is_empty()).then_some((
            "a ConfigMap or Secret (`envFrom`)",
            "ConfigMap または Secret (`envFrom`)",
        ));
    };
    let Some(source) = entry.at("valueFrom") else {
        let value = entry.text("value").unwrap_or("");
        // Deeper chains than people write: an entry may even name itself.
        return variables(value)
            .filter(|_| depth < 8)
            .find_map(|inner| chooser(container, inner, depth + 1));
    };
    if source.key("configMapKeyRef").is_some() {
        return Some(("a ConfigMap", "ConfigMap"));
    }
    if source.key("secretKeyRef").is_some() {
        return Some(("a Secret", "Secret"));
    }
    let field = source.text("fieldRef.fieldPath")?;
    if field.starts_with("metadata.labels") {
        Some(("a label of the pod", "Pod のラベル"))
    } else if field.starts_with("metadata.annotations") {
        Some(("an annotation of the pod", "Pod のアノテーション"))
    } else {
        None
    }
}
