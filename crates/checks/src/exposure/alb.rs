//! What the AWS Load Balancer Controller makes of the Ingresses that share one Application Load Balancer.
//!
//! After `pkg/ingress/model_build_*.go` of the controller: IngressClassParams go before annotations; a setting of the load
//! balancer may stand on any member of the group; members that disagree stop it.

use std::collections::BTreeSet;

use sekisho_model::{Fields, Object, Phrase, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::reach::{Reach, boolean, items};
use crate::Sheet;

const PREFIX: &str = "alb.ingress.kubernetes.io/";

/// An annotation of the controller, by what stands behind its prefix.
pub(crate) fn annotation<'o>(object: &'o Object, suffix: &str) -> Option<&'o str> {
    object.annotation(&format!("{PREFIX}{suffix}"))
}

/// Where such an annotation stands.
pub(crate) fn annotation_route(suffix: &str) -> Route {
    Route::of("metadata.annotations").key(format!("{PREFIX}{suffix}"))
}

/// The IngressClassParams that an Ingress falls under.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Params<'a> {
    /// None.
    None,
    /// Their `spec`.
    Known(&'a Value),
    /// The class names them, but they are not in the estate.
    Missing(&'a str),
}

/// One Ingress of a load balancer.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    /// Its index in the estate.
    pub(crate) index: usize,
    pub(crate) ingress: &'a Object,
    pub(crate) params: Params<'a>,
}

/// One Application Load Balancer.
#[derive(Debug)]
pub(crate) struct Alb<'a> {
    /// The Ingresses that share it; never empty.
    pub(crate) members: Vec<Member<'a>>,
    /// False when further members may stand elsewhere.
    is_whole: bool,
}

/// A setting of a load balancer, and the member that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting<'a> {
    pub(crate) value: &'a str,
    /// The member's index in the estate.
    pub(crate) index: usize,
    /// True when it comes from the IngressClassParams.
    pub(crate) is_of_class: bool,
}

impl<'a> Member<'a> {
    /// A field of the IngressClassParams.
    pub(crate) fn param(&self, dotted: &str) -> Option<&'a Value> {
        match self.params {
            Params::Known(spec) => spec.at(dotted),
            Params::None | Params::Missing(_) => None,
        }
    }

    /// The explicit group; without one the Ingress has a load balancer for itself.
    pub(crate) fn group(&self) -> Option<&'a str> {
        self.param("group.name")
            .and_then(Value::as_str)
            .or_else(|| annotation(self.ingress, "group.name"))
    }

    /// A text that the IngressClassParams or else an annotation sets.
    fn setting(&self, param: &str, suffix: &str) -> Option<Setting<'a>> {
        let of_class = self.param(param).and_then(Value::as_str);
        let of_class = of_class.filter(|value| !value.is_empty());
        let value = of_class.or_else(|| annotation(self.ingress, suffix))?;
        Some(Setting {
            value,
            index: self.index,
            is_of_class: of_class.is_some(),
        })
    }

    /// A list that the IngressClassParams or else an annotation sets.
    pub(crate) fn list(&self, params: &[&str], suffix: &str) -> Vec<&'a str> {
        let of_class = params.iter().find_map(|param| {
            let listed: Vec<&str> = self
                .param(param)?
                .as_array()?
                .iter()
                .filter_map(Value::as_str)
                .collect();
            (!listed.is_empty()).then_some(listed)
        });
        of_class.unwrap_or_else(|| {
            annotation(self.ingress, suffix)
                .map(|text| items(text).collect())
                .unwrap_or_default()
        })
    }

    /// The ports it listens on, with true for HTTPS. `None` when the controller would refuse the annotation.
    pub(crate) fn listeners(&self) -> Option<Vec<(i64, bool)>> {
        let Some(text) = annotation(self.ingress, "listen-ports") else {
            let has_certificate = !self
                .list(&["certificateArn", "certificateARNs"], "certificate-arn")
                .is_empty();
            return Some(vec![if has_certificate {
                (443, true)
            } else {
                (80, false)
            }]);
        };
        let entries: Vec<Value> = serde_json::from_str(text).ok()?;
        let mut listeners = Vec::new();
        for entry in &entries {
            for (protocol, port) in entry.as_object()? {
                let is_https = match protocol.as_str() {
                    "HTTP" => false,
                    "HTTPS" => true,
                    _ => return None,
                };
                let port = port.as_i64().filter(|port| (1..=65535).contains(port))?;
                listeners.push((port, is_https));
            }
        }
        (!listeners.is_empty()).then_some(listeners)
    }
}

impl<'a> Alb<'a> {
    pub(crate) fn new(first: Member<'a>, is_whole: bool) -> Self {
        Self {
            members: vec![first],
            is_whole,
        }
    }

    /// Why a setting that no member has may yet be set.
    pub(crate) fn unseen(&self) -> Option<Phrase> {
        if !self.is_whole {
            let group = self.members.first().and_then(Member::group).unwrap_or("");
            return Some(phrase!(
                en: "other Ingresses of the group `{group}` may set it and need not be in these files: the whole estate would tell",
                ja: "グループ `{group}` のほかの Ingress で設定されている可能性があり、このファイル群に含まれるとは限りません。全体がそろえば判定できます"
            ));
        }
        self.members.iter().find_map(|member| match member.params {
            Params::Missing(name) => Some(phrase!(
                en: "the IngressClassParams `{name}` may set it and are not in the estate",
                ja: "IngressClassParams `{name}` で設定されている可能性がありますが、見つかりません"
            )),
            Params::None | Params::Known(_) => None,
        })
    }

    /// The values that members give a setting, each once.
    pub(crate) fn settings(&self, param: &str, suffix: &str) -> Vec<Setting<'a>> {
        let mut seen = BTreeSet::new();
        self.members
            .iter()
            .filter_map(|member| member.setting(param, suffix))
            .filter(|setting| seen.insert(setting.value))
            .collect()
    }

    /// A load balancer attribute such as `access_logs.s3.enabled`; those of the class go first.
    pub(crate) fn attribute(&self, key: &str) -> Option<Setting<'a>> {
        let of_class = self.members.iter().find_map(|member| {
            let listed = member.param("loadBalancerAttributes")?.as_array()?;
            let attribute = listed.iter().find(|item| item.text("key") == Some(key))?;
            Some(Setting {
                value: attribute.text("value")?,
                index: member.index,
                is_of_class: true,
            })
        });
        of_class.or_else(|| {
            self.members.iter().find_map(|member| {
                let text = annotation(member.ingress, "load-balancer-attributes")?;
                let value = items(text).find_map(|item| {
                    let (name, value) = item.split_once('=')?;
                    (name.trim() == key).then(|| value.trim())
                })?;
                Some(Setting {
                    value,
                    index: member.index,
                    is_of_class: false,
                })
            })
        })
    }

    /// Internal unless somebody says otherwise. A Network Load Balancer in front of it has a scheme of its own.
    pub(crate) fn reach(&self) -> Reach {
        let has_public_front = self.members.iter().any(|member| {
            let flag = annotation(member.ingress, "enable-frontend-nlb").and_then(boolean);
            let scheme = annotation(member.ingress, "frontend-nlb-scheme");
            flag == Some(true) && scheme == Some("internet-facing")
        });
        if has_public_front {
            return Reach::Public;
        }
        let schemes = self.settings("scheme", "scheme");
        match schemes.as_slice() {
            [] => self.unseen().map_or(Reach::Internal, Reach::Unsettled),
            [Setting { value, .. }] => match *value {
                "internet-facing" => Reach::Public,
                "internal" => Reach::Internal,
                scheme => Reach::Unsettled(phrase!(
                    en: "the controller does not know the scheme `{scheme}`",
                    ja: "コントローラーは `{scheme}` という scheme を認識しません"
                )),
            },
            _ => Reach::Unsettled(phrase!(
                en: "the Ingresses of one group give their load balancer different schemes",
                ja: "同じグループの Ingress が異なる scheme を指定しています"
            )),
        }
    }

    /// True when every HTTP listener only redirects to HTTPS.
    pub(crate) fn redirects(&self) -> bool {
        !self.settings("sslRedirectPort", "ssl-redirect").is_empty()
    }

    /// The same word about every member.
    pub(crate) fn pass(&self, sheet: &mut Sheet<'_>) {
        for member in &self.members {
            sheet.on(member.index).pass();
        }
    }

    /// The same word about every member.
    pub(crate) fn unknown(&self, sheet: &mut Sheet<'_>, reason: &Phrase) {
        for member in &self.members {
            sheet.on(member.index).unknown(reason.clone());
        }
    }

    /// Every member but one, which tells the cause.
    pub(crate) fn told_by(
        &self,
        sheet: &mut Sheet<'_>,
        teller: usize,
        checks: &'static [&'static str],
    ) {
        for member in self.members.iter().filter(|member| member.index != teller) {
            sheet.on(member.index).fail_told_by(checks);
        }
    }

    /// The member with this index, or else the first.
    pub(crate) fn teller(&self, index: Option<usize>) -> Option<&Member<'a>> {
        let named = self
            .members
            .iter()
            .find(|member| Some(member.index) == index);
        named.or_else(|| self.members.first())
    }
}
