use sekisho_model::{Fix, Resource, Seen, Severity, phrase};

use super::writing::set;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A CloudFront distribution, of Terraform or of an AWS account, that answers in plain HTTP, or still takes TLS 1.0 and
    /// 1.1.
    ///
    /// **Why it matters.** With `viewer_protocol_policy = "allow-all"` in any cache behavior, passwords, cookies and tokens of
    /// those paths can be read and changed on the way. With the certificate of CloudFront itself the minimum is TLS 1.0, whatever
    /// `minimum_protocol_version` says.
    ///
    /// **Bad**
    /// ```hcl
    /// default_cache_behavior {
    ///   viewer_protocol_policy = "allow-all"
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// default_cache_behavior {
    ///   viewer_protocol_policy = "redirect-to-https"
    /// }
    /// viewer_certificate {
    ///   acm_certificate_arn      = aws_acm_certificate.shop.arn
    ///   minimum_protocol_version = "TLSv1.2_2021"
    ///   ssl_support_method       = "sni-only"
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html>
    ///
    /// # 日本語
    /// **示すこと。** Terraform または AWS アカウントの CloudFront ディストリビューションで、平文の HTTP に応答するもの、または TLS 1.0/1.1 を受け付けるもの。
    ///
    /// **理由。** いずれかのキャッシュビヘイビアに `viewer_protocol_policy = "allow-all"` があると、そのパスのパスワード、クッキー、トークンが経路上で読み取られ書き換えられる。CloudFront 自身の証明書を使う場合、`minimum_protocol_version` にかかわらず最低は TLS 1.0 である。
    ///
    /// **直し方。** `viewer_protocol_policy` を `redirect-to-https` か `https-only` に、`minimum_protocol_version` を `TLSv1.2_2021` にする。
    CloudfrontTls = "cloudfront-tls";
    control: "T5.2",
    severity: High,
    profile: Default,
    level: Level::Resource(&["aws_cloudfront_distribution"]),
    fix: Risky,
    title: "A distribution without good TLS", "適切な TLS でないディストリビューション",
}

impl Check for CloudfrontTls {
    fn resource(&self, cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
        if !matches!(resource.flag("enabled"), Seen::Set(true, _)) {
            return;
        }
        let before = on.count();
        for name in ["default_cache_behavior", "ordered_cache_behavior"] {
            let (behaviors, unknown) = resource.blocks(name);
            if let Some(why) = unknown {
                on.unknown(why);
            }
            for behavior in &behaviors {
                plain(cx, resource, behavior, on);
            }
        }
        version(cx, resource, on);
        if on.count() == before {
            on.pass();
        }
    }
}

fn plain(cx: &Context<'_>, resource: &Resource, behavior: &Resource, on: &mut On<'_>) {
    let origin = match behavior.text("viewer_protocol_policy") {
        Seen::Set(policy, origin) if policy == "allow-all" => origin,
        Seen::Unknown(why) => return on.unknown(why),
        _ => return,
    };
    let path = match behavior.text("path_pattern") {
        Seen::Set(path, _) => path,
        _ => "*".to_owned(),
    };
    let message = phrase!(
        en: "`{path}` is served in plain HTTP too (`allow-all`): passwords and tokens can be read and changed on the way",
        ja: "`{path}` は平文の HTTP でも提供されており (`allow-all`)、パスワードやトークンが経路上で読み取られ書き換えられる",
    );
    let fault = Fault::of_value(cx.estate, resource, origin.as_ref(), message).key(path);
    let title = phrase!(en: "Redirect to HTTPS", ja: "HTTPS へリダイレクトする");
    let change = set(
        cx.estate,
        behavior,
        "viewer_protocol_policy",
        "\"redirect-to-https\"",
    );
    on.fail(match change {
        Some(change) => fault.fix(Fix::risky(title).with(change)),
        None => fault,
    });
}

/// The oldest version. CloudFront's own certificate takes `TLSv1`, which is the default with another one too.
fn version(cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
    let (certificates, unknown) = resource.blocks("viewer_certificate");
    if let Some(why) = unknown {
        return on.unknown(why);
    }
    let Some(certificate) = certificates.first() else {
        return;
    };
    let is_own = match certificate.flag("cloudfront_default_certificate") {
        Seen::Set(is_own, _) => is_own,
        Seen::Unset => false,
        Seen::Unknown(why) => return on.unknown(why),
    };
    let seen = certificate.text("minimum_protocol_version");
    let (oldest, origin) = match seen.or_default("TLSv1".to_owned()) {
        Seen::Set(oldest, origin) => (oldest, origin),
        Seen::Unknown(_) if is_own => ("TLSv1".to_owned(), None),
        Seen::Unknown(why) => return on.unknown(why),
        Seen::Unset => return,
    };
    let is_old = ["SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016"].contains(&oldest.as_str());
    if !is_old && !is_own {
        return;
    }
    let message = if is_own {
        phrase!(
            en: "with the certificate of CloudFront itself callers may speak TLS 1.0; use an own certificate with `minimum_protocol_version = \"TLSv1.2_2021\"`",
            ja: "CloudFront 自身の証明書では TLS 1.0 でも接続できる。独自の証明書と `minimum_protocol_version = \"TLSv1.2_2021\"` を使うこと",
        )
    } else {
        phrase!(
            en: "callers may speak `{oldest}`; set `minimum_protocol_version = \"TLSv1.2_2021\"`",
            ja: "`{oldest}` で接続できる。`minimum_protocol_version = \"TLSv1.2_2021\"` とすること",
        )
    };
    let place = origin.or_else(|| certificate.values.origin().cloned());
    let fault = Fault::of_value(cx.estate, resource, place.as_ref(), message);
    let fault = fault.severity(Severity::Low).key("version");
    let title = phrase!(en: "Take TLS 1.2 and newer only", ja: "TLS 1.2 以降だけを受け付ける");
    let change = set(
        cx.estate,
        certificate,
        "minimum_protocol_version",
        "\"TLSv1.2_2021\"",
    );
    on.fail(match change.filter(|_| !is_own) {
        Some(change) => fault.fix(Fix::risky(title).with(change)),
        None => fault,
    });
}
