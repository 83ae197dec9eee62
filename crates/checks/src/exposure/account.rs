//! From an Ingress to the load balancer that its controller made in an AWS account, and to the web ACL in front of it.
//!
//! The AWS Load Balancer Controller marks what it makes with tags (`pkg/deploy/tracking/provider.go`): the cluster, and the
//! stack, which is the name of the group or `namespace/name` of the Ingress. EKS Auto Mode has tags of its own.

use std::collections::BTreeMap;

use sekisho_model::{Estate, Listing, Phrase, Resource, Seen, SourceKind, phrase};

use super::alb::Alb;
use crate::edge::load_balancers::kind;
use crate::edge::web_acl_rules::{Additions, Judged};
use crate::links::{Joined, Link};
use crate::{Context, Fault};

/// Tags of the stack and of the cluster: of the controller, and of EKS Auto Mode.
const MARKS: [(&str, &str); 2] = [
    ("ingress.k8s.aws/stack", "elbv2.k8s.aws/cluster"),
    ("ingress.eks.amazonaws.com/stack", "eks:eks-cluster-name"),
];

/// Load balancers and web ACLs of the accounts, as Ingresses name them.
pub(crate) struct Account<'a> {
    estate: &'a Estate,
    /// By stack: the cluster and the load balancer.
    marked: BTreeMap<String, Vec<Marked<'a>>>,
    associations: Joined<'a>,
    listeners: Joined<'a>,
    rules: Joined<'a>,
    additions: Additions<'a>,
    /// Why load balancers of an account may be missing here, by account.
    doubts: Vec<(Option<&'a str>, Phrase)>,
    has_balancers: bool,
}

/// The cluster that a load balancer is marked with, its index, and itself.
type Marked<'a> = (Option<String>, usize, &'a Resource);

/// What stands in the account for an Ingress.
pub(crate) enum Real<'a> {
    /// This load balancer.
    Found(usize, &'a Resource),
    /// No load balancer bears its tags, and all were looked at.
    Absent,
    /// It cannot be told, and why; `None`: no account was given.
    Unclear(Option<Phrase>),
}

/// The web ACL in front of a load balancer.
pub(crate) enum InFront<'a> {
    /// This one.
    Acl(usize, &'a Resource),
    /// None is.
    None,
    /// It cannot be told, and why.
    Unknown(Phrase),
}

/// What a name of a web ACL means.
pub(crate) enum Named<'a> {
    /// This one.
    To(usize, &'a Resource),
    /// The account has none of this name; the snapshot's word.
    Nowhere,
    /// No account and no Terraform tells.
    Untold,
}

impl<'a> Account<'a> {
    pub(crate) fn of(cx: &Context<'a>) -> Self {
        let links = cx.links();
        let mut marked: BTreeMap<String, Vec<_>> = BTreeMap::new();
        let mut doubts = Vec::new();
        for (index, balancer) in cx.estate.of_type("aws_lb") {
            // A Network Load Balancer that the controller puts before one bears the same tags.
            let is_network = matches!(kind(balancer), Seen::Set(kind, _) if kind != "application");
            if !cx.is_of_account(balancer.stack) || is_network {
                continue;
            }
            match balancer.get("tags") {
                Seen::Set(tags, _) => {
                    let read = |name: &str| Some(tags.get(name)?.as_str()?.to_owned());
                    for (stack, cluster) in MARKS {
                        if let Some(stack) = read(stack) {
                            let one = (read(cluster), index, balancer);
                            marked.entry(stack).or_default().push(one);
                        }
                    }
                }
                Seen::Unknown(why) => doubts.push((balancer.place.account.as_deref(), why)),
                Seen::Unset => {}
            }
        }
        let mut has_balancers = false;
        for stack in cx.estate.stacks() {
            if stack.source != SourceKind::Aws {
                continue;
            }
            match stack.listings.get("aws_lb") {
                Some(Listing::Whole) => has_balancers = true,
                Some(Listing::Open(why)) if stack.region.is_some() => {
                    doubts.push((stack.account.as_deref(), why.clone()));
                }
                Some(Listing::Open(_)) | None => {}
            }
        }
        let join = |kind: &str, name: &str| Joined::of(cx.estate, links, &[kind], name);
        Self {
            estate: cx.estate,
            marked,
            associations: join("aws_wafv2_web_acl_association", "resource_arn"),
            listeners: join("aws_lb_listener", "load_balancer_arn"),
            rules: join("aws_lb_listener_rule", "listener_arn"),
            additions: Additions::of(cx),
            doubts,
            has_balancers,
        }
    }

    /// The load balancer that the controller made of these Ingresses.
    pub(crate) fn balancer(&self, alb: &Alb<'a>) -> Real<'a> {
        let Some(first) = alb.members.first() else {
            return Real::Unclear(None);
        };
        let own = first.ingress;
        let stack = match (first.group(), own.namespace.given()) {
            (Some(group), _) => group.to_owned(),
            (None, Some(namespace)) => format!("{namespace}/{}", own.name),
            // Whoever applies the file chooses the namespace; what is applied without one goes to `default`.
            (None, None) => format!("default/{}", own.name),
        };
        let cluster = own.place.cluster.as_deref();
        let account = own.place.account.as_deref();
        let mut fitting =
            self.marked
                .get(&stack)
                .into_iter()
                .flatten()
                .filter(|(marked, _, balancer)| {
                    fits(cluster, marked.as_deref())
                        && fits(account, balancer.place.account.as_deref())
                });
        match (fitting.next(), fitting.next()) {
            (Some((_, index, balancer)), None) => Real::Found(*index, balancer),
            (Some(_), Some(_)) => Real::Unclear(Some(phrase!(
                en: "several load balancers bear the tag of `{stack}`: say in `sekisho.yaml` which cluster the Ingress belongs to",
                ja: "`{stack}` のタグを持つロードバランサーが複数あります。Ingress がどのクラスターのものか `sekisho.yaml` で指定してください"
            ))),
            (None, _) => {
                let doubt = self.doubts.iter().find(|(own, _)| fits(account, *own));
                match (doubt, self.has_balancers) {
                    (Some((_, why)), _) => Real::Unclear(Some(why.clone())),
                    (None, true) => Real::Absent,
                    (None, false) => Real::Unclear(None),
                }
            }
        }
    }

    /// The web ACL in front of a load balancer of the account.
    pub(crate) fn in_front(&self, cx: &Context<'a>, index: usize, of: &Resource) -> InFront<'a> {
        if let Some((_, association)) = self.associations.to(index).first() {
            let kinds = ["aws_wafv2_web_acl"];
            return match cx.links().of_attribute(association, "web_acl_arn", &kinds) {
                Some(Link::To(index, web_acl)) => InFront::Acl(index, web_acl),
                Some(Link::Away(why)) => InFront::Unknown(why),
                None => InFront::None,
            };
        }
        match cx.all_here(of.stack, "aws_wafv2_web_acl_association") {
            Ok(()) => InFront::None,
            Err(why) => InFront::Unknown(why),
        }
    }

    /// The web ACL of an ARN, or of a name where `is_name`: the account knows it by its ARN, Terraform by its name.
    pub(crate) fn web_acl(&self, named: &str, is_name: bool) -> Named<'a> {
        let parts: Vec<&str> = named.splitn(6, ':').collect();
        let (region, account, name) = match parts.as_slice() {
            [_, _, _, region, account, resource] if !is_name => {
                let name = resource.split('/').nth(2).unwrap_or_default();
                (Some(*region), Some(*account), name)
            }
            _ => (None, None, named),
        };
        let is = |web_acl: &Resource, name: &str, value: &str| matches!(web_acl.text(name), Seen::Set(text, _) if text == value);
        let mut of_account = Vec::new();
        let mut of_terraform = Vec::new();
        for (index, web_acl) in self.estate.of_type("aws_wafv2_web_acl") {
            let Some(stack) = self.estate.stacks().get(web_acl.stack) else {
                continue;
            };
            if stack.source != SourceKind::Aws {
                // A module may be there twice; a plan knows the ARN of what exists.
                if is(web_acl, "arn", named)
                    || is(web_acl, "name", name) && !is(web_acl, "scope", "CLOUDFRONT")
                {
                    of_terraform.push((index, web_acl));
                }
            } else if stack.region.is_some()
                && (is(web_acl, "arn", named) || is_name && is(web_acl, "name", name))
            {
                of_account.push((index, web_acl));
            }
        }
        match (of_account.as_slice(), of_terraform.as_slice()) {
            ([(index, web_acl)], _) | ([], [(index, web_acl)]) => Named::To(*index, web_acl),
            ([], []) if self.is_told(region, account) => Named::Nowhere,
            _ => Named::Untold,
        }
    }

    /// True when all web ACLs of the account and region are here.
    fn is_told(&self, region: Option<&str>, account: Option<&str>) -> bool {
        region.is_some()
            && self.estate.stacks().iter().any(|stack| {
                stack.source == SourceKind::Aws
                    && stack.region.as_deref() == region
                    && stack.account.as_deref() == account
                    && stack.listings.get("aws_wafv2_web_acl") == Some(&Listing::Whole)
            })
    }

    /// The listeners of a load balancer.
    pub(crate) fn listeners(&self, balancer: usize) -> &[(usize, &'a Resource)] {
        self.listeners.to(balancer)
    }

    /// The rules of a listener, but its default one.
    pub(crate) fn rules(&self, listener: usize) -> &[(usize, &'a Resource)] {
        self.rules.to(listener)
    }

    /// Judges a web ACL: with the rules that other resources add.
    pub(crate) fn judge(
        &self,
        cx: &Context<'a>,
        index: usize,
        web_acl: &Resource,
        how: Judge,
    ) -> Judged {
        how(cx.links(), &self.additions, index, web_acl)
    }

    /// The way from an Ingress to its web ACL as places beside a fault.
    pub(crate) fn path(
        &self,
        mut fault: Fault,
        real: &Real<'_>,
        web_acl: Option<&Resource>,
    ) -> Fault {
        if let Real::Found(index, balancer) = real {
            let name = &balancer.address;
            fault = fault.beside(
                self.estate,
                balancer,
                phrase!(
                    en: "the load balancer that the controller made: `{name}`",
                    ja: "コントローラーが作ったロードバランサー `{name}`"
                ),
            );
            for (_, listener) in self.listeners.to(*index) {
                let port = match listener.whole("port") {
                    Seen::Set(port, _) => port.to_string(),
                    Seen::Unset | Seen::Unknown(_) => "?".to_owned(),
                };
                fault = fault.beside(
                    self.estate,
                    listener,
                    phrase!(
                        en: "its listener at port {port}",
                        ja: "そのポート {port} のリスナー"
                    ),
                );
            }
        }
        match web_acl {
            Some(web_acl) => fault.beside(
                self.estate,
                web_acl,
                phrase!(en: "the web ACL in front of it", ja: "その前にある web ACL"),
            ),
            None => fault,
        }
    }
}

/// What is not said excludes nothing.
fn fits(asked: Option<&str>, real: Option<&str>) -> bool {
    match (asked, real) {
        (Some(asked), Some(real)) => asked == real,
        _ => true,
    }
}

/// A question about a web ACL: `stops` or `limits`.
pub(crate) type Judge = fn(&crate::links::Links<'_>, &Additions<'_>, usize, &Resource) -> Judged;
