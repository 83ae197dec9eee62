use sekisho_model::{Container, Fields, Fix, Object, Phrase, Pod, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::config::read_text;
use super::lifetime::hours;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** Certificates of the mesh are short-lived and renew by themselves: workload certificates live a
    /// week at most (a day by default), the CA behind them is rotated by istiod, cert-manager or an external source, and
    /// Certificate objects for it have a bounded duration and a key that changes.
    ///
    /// **Why it matters.** A stolen workload certificate is that workload until it runs out; Istio revokes none. A CA that
    /// somebody once pasted into a Secret is rotated by nobody.
    ///
    /// **Bad.**
    /// ```yaml
    /// env: [{ name: DEFAULT_WORKLOAD_CERT_TTL, value: 8760h }]
    /// ```
    ///
    /// **Good.** `24h`, or nothing. For the CA: a cert-manager Certificate with `isCA: true`, or istio-csr.
    ///
    /// **References.** [Istio: Plug in CA Certificates](https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/)
    /// · [cert-manager: Certificate](https://cert-manager.io/docs/usage/certificate/)
    ///
    /// # 日本語
    /// **示すこと。** メッシュの証明書が短命で、自動的に更新されること。ワークロード証明書は長くて 1 週間 (既定は 1 日)、CA は istiod・
    /// cert-manager・外部の仕組みでローテーションされ、CA の Certificate オブジェクトは期間が限られ、鍵も更新されること。
    ///
    /// **理由。** 盗まれたワークロード証明書は、期限が切れるまでそのワークロードとして通用し、Istio は失効させない。手作業で Secret に
    /// 貼り付けた CA は、誰もローテーションしない。
    ///
    /// **悪い例。** `DEFAULT_WORKLOAD_CERT_TTL: 8760h`
    ///
    /// **良い例。** `24h` とするか、指定しない。CA には cert-manager の Certificate (`isCA: true`) か istio-csr を使う。
    MeshCertificates = "mesh-certificates";
    control: "T2.3",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "Mesh certificates live too long", "メッシュの証明書が長命すぎる",
}

/// A week: what a stolen certificate of a workload is worth.
const WORKLOAD: u64 = 7 * 24;
/// What istiod grants at most unless it is told otherwise.
const GRANTED: u64 = 90 * 24;
/// 398 days, the most that public CAs issue.
const LEAF: u64 = 398 * 24;
/// Ten years, as istiod's own root lives.
const CA: u64 = 3653 * 24;

impl Check for MeshCertificates {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let mut seen = false;
        for (index, pod) in cx.workloads().all() {
            let is_issuer = pod
                .containers()
                .iter()
                .any(|container| container.repository().ends_with("/pilot"))
                || pod.label("app") == Some("istiod");
            if is_issuer {
                seen = true;
                istiod(pod, &mut sheet.on(*index));
            }
            proxy(pod, &mut sheet.on(*index));
        }
        for config in &cx.mesh().configs {
            let asked = config.value.text("defaultConfig.proxyMetadata.SECRET_TTL");
            if let Some(message) = asked.and_then(|asked| too_long("SECRET_TTL", asked, WORKLOAD)) {
                let fault = Fault::at(config.route.clone(), message);
                sheet.on(config.index).fail(fault);
            }
        }
        for (index, certificate) in cx.estate.of_kind("cert-manager.io", "Certificate") {
            let secret = certificate.value.text("spec.secretName").unwrap_or("");
            let is_root = cx.mesh().root(&certificate.place) == certificate.namespace;
            let is_mesh = matches!(secret, "cacerts" | "istiod-tls" | "istio-ca-secret");
            if is_mesh || (is_root && cx.mesh().at(&certificate.place).is_some()) {
                seen = true;
                judge_certificate(certificate, &mut sheet.on(index));
            }
        }
        fixed_ca(cx, sheet);
        if !seen && cx.mesh().places().next().is_some() {
            sheet.estate().unknown(phrase!(
                en: "how long certificates of the mesh live stands in istiod's settings, which are not in the files",
                ja: "メッシュの証明書の有効期間は、ファイルにない istiod の設定による",
            ));
        }
    }
}

fn too_long(name: &str, written: &str, most: u64) -> Option<Phrase> {
    let found = hours(written).filter(|found| *found > most)?;
    let (days, most) = (found / 24, most / 24);
    Some(phrase!(
        en: "`{name}: {written}`: certificates live {days} days, and a stolen one is good as long. {most} days are the most that is sound here.",
        ja: "`{name}: {written}` では証明書が {days} 日間有効で、盗まれればその間悪用される。上限の目安は {most} 日。",
    ))
}

fn istiod(pod: &Pod<'_>, on: &mut On<'_>) {
    let mut is_short = true;
    for container in pod.containers() {
        for (name, most, mended) in [
            ("DEFAULT_WORKLOAD_CERT_TTL", WORKLOAD, "24h"),
            ("MAX_WORKLOAD_CERT_TTL", GRANTED, "2160h"),
        ] {
            is_short &= judge_env(container, name, most, mended, on);
        }
    }
    if is_short {
        on.pass();
    }
}

fn judge_env(
    container: &Container<'_>,
    name: &str,
    most: u64,
    mended: &str,
    on: &mut On<'_>,
) -> bool {
    // Of two entries with one name the last counts.
    let entry = container
        .value
        .items("env")
        .iter()
        .enumerate()
        .rfind(|(_, entry)| entry.text("name") == Some(name));
    let Some((number, entry)) = entry else {
        return true;
    };
    let message = entry
        .text("value")
        .and_then(|value| too_long(name, value, most));
    let Some(message) = message else { return true };
    let route = container.at("env").index(number).key("value");
    let title = phrase!(en: "Shorten it to {mended}", ja: "{mended} に短縮する");
    on.fail(Fault::at(route.clone(), message).fix(Fix::safe(title).set(route, mended)));
    false
}

/// What a sidecar asks for, where a pod says so itself.
fn proxy(pod: &Pod<'_>, on: &mut On<'_>) {
    for container in pod.containers() {
        if container.name() == "istio-proxy" {
            judge_env(container, "SECRET_TTL", WORKLOAD, "24h", on);
        }
    }
    let annotation = "proxy.istio.io/config";
    let Some(text) = pod.annotation(annotation) else {
        return;
    };
    let config = read_text(text).unwrap_or(Value::Null);
    let asked = config.text("proxyMetadata.SECRET_TTL");
    if let Some(message) = asked.and_then(|asked| too_long("SECRET_TTL", asked, WORKLOAD)) {
        let route = pod.route.join(&Route::of("metadata.annotations"));
        on.fail(Fault::at(route.key(annotation), message));
    }
}

/// cert-manager renews by itself; how long a certificate lives, and whether its key ever changes, is written.
fn judge_certificate(certificate: &Object, on: &mut On<'_>) {
    let is_ca = certificate.value.flag("spec.isCA") == Some(true);
    let most = if is_ca { CA } else { LEAF };
    let written = certificate.value.text("spec.duration");
    let mut is_right = true;
    if let Some(message) = written.and_then(|written| too_long("duration", written, most)) {
        is_right = false;
        let route = Route::of("spec.duration");
        let mended = if is_ca { "43800h" } else { "2160h" };
        let title = phrase!(en: "Shorten it to {mended}", ja: "{mended} に短縮する");
        on.fail(Fault::at(route.clone(), message).fix(Fix::safe(title).set(route, mended)));
    }
    if certificate.value.text("spec.privateKey.rotationPolicy") == Some("Never") {
        is_right = false;
        let route = Route::of("spec.privateKey.rotationPolicy");
        let title = phrase!(en: "Make a new key at each renewal", ja: "更新のたびに鍵を作り直す");
        on.fail(
            Fault::at(
                route.clone(),
                phrase!(
                    en: "Renewal keeps the key (`rotationPolicy: Never`): whoever copied it once owns every later certificate too.",
                    ja: "更新しても鍵が変わらない (`rotationPolicy: Never`)。一度鍵を複製されると、以後の証明書もすべて悪用される。",
                ),
            )
            .fix(Fix::safe(title).set(route, "Always")),
        );
    }
    if is_right {
        on.pass();
    }
}

/// A CA in a plain Secret: the file is where it came from, so nothing renews it.
fn fixed_ca(cx: &Context<'_>, sheet: &mut Sheet<'_>) {
    for (index, secret) in cx.estate.of_kind("", "Secret") {
        let is_ca = secret.name == "cacerts" && cx.mesh().root(&secret.place) == secret.namespace;
        if is_ca {
            sheet.on(index).fail(Fault::at(
                Route::of("metadata.name"),
                phrase!(
                    en: "The CA of the mesh is a fixed Secret: nothing renews it, and its key stands in a file. Let cert-manager issue `cacerts`, or use istio-csr.",
                    ja: "メッシュの CA が固定の Secret であり、更新されず、鍵がファイルに置かれている。cert-manager で `cacerts` を発行するか、istio-csr を使う。",
                ),
            ));
        }
    }
}
