//! Which controller serves an Ingress, and which Ingresses share a load balancer.
//!
//! After the AWS Load Balancer Controller: `pkg/ingress/group_loader.go` and `class_loader.go`. The annotation
//! `kubernetes.io/ingress.class` goes before `spec.ingressClassName`, and with it no IngressClassParams apply; the group of
//! the IngressClassParams goes before `group.name`; a group spans namespaces.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_model::{Estate, Fields, Namespace, Object, Phrase, Place, phrase};
use serde_json::Value;

use super::alb::{Alb, Member, Params, annotation};

/// Every Ingress of the estate, by who serves it.
#[derive(Debug, Default)]
pub(crate) struct Ingresses<'a> {
    /// Application Load Balancers, each with the Ingresses that share it.
    pub(crate) albs: Vec<Alb<'a>>,
    /// Ingresses of ingress-nginx, with their index in the estate.
    pub(crate) nginx: Vec<(usize, &'a Object)>,
    /// Ingresses whose controller is not known, and why.
    pub(crate) others: Vec<(usize, Phrase)>,
    services: BTreeMap<Name<'a>, &'a Object>,
    instance_backends: BTreeSet<Name<'a>>,
}

type Name<'a> = (&'a Place, &'a Namespace, &'a str);

enum Server<'a> {
    Alb(Params<'a>),
    Nginx,
    Other(Phrase),
}

impl<'a> Ingresses<'a> {
    pub(crate) fn of(estate: &'a Estate, is_complete: bool) -> Self {
        let classes = Classes::of(estate);
        let mut found = Self::default();
        let mut groups: BTreeMap<(&Place, String), usize> = BTreeMap::new();
        for (_, service) in estate.of_kind("", "Service") {
            found
                .services
                .insert((&service.place, &service.namespace, &service.name), service);
        }
        for (index, ingress) in estate.of_kind("networking.k8s.io", "Ingress") {
            let params = match classes.server(ingress) {
                Server::Nginx => {
                    found.nginx.push((index, ingress));
                    continue;
                }
                Server::Other(reason) => {
                    found.others.push((index, reason));
                    continue;
                }
                Server::Alb(params) => params,
            };
            found.note_instance_backends(ingress);
            let member = Member {
                index,
                ingress,
                params,
            };
            let Some(group) = member.group() else {
                found.albs.push(Alb::new(member, true));
                continue;
            };
            let key = (&*ingress.place, group.to_owned());
            let known = groups.get(&key).copied();
            if let Some(alb) = known.and_then(|known| found.albs.get_mut(known)) {
                alb.members.push(member);
            } else {
                groups.insert(key, found.albs.len());
                found.albs.push(Alb::new(member, is_complete));
            }
        }
        found
    }

    /// A Service that lives where an object lives.
    pub(crate) fn service_beside(&self, object: &'a Object, name: &'a str) -> Option<&'a Object> {
        self.services
            .get(&(&*object.place, &object.namespace, name))
            .copied()
    }

    /// True when a load balancer sends to the node ports of this Service.
    pub(crate) fn needs_node_port(&self, service: &Object) -> bool {
        self.instance_backends.contains(&(
            &*service.place,
            &service.namespace,
            service.name.as_str(),
        ))
    }

    /// `target-type` is `instance` unless the Service or the Ingress says `ip`.
    fn note_instance_backends(&mut self, ingress: &'a Object) {
        for backend in backends(ingress) {
            let Some(name) = backend.value.text("service.name") else {
                continue;
            };
            let service = self.service_beside(ingress, name);
            let target = service
                .and_then(|service| annotation(service, "target-type"))
                .or_else(|| annotation(ingress, "target-type"));
            if target.is_none_or(|target| target != "ip") {
                self.instance_backends
                    .insert((&ingress.place, &ingress.namespace, name));
            }
        }
    }
}

/// Where an Ingress sends requests of one path.
pub(crate) struct Backend<'o> {
    /// Host and path, for people; `None` is the default backend.
    pub(crate) host: Option<&'o str>,
    /// The path.
    pub(crate) path: Option<&'o str>,
    /// The backend itself.
    pub(crate) value: &'o Value,
}

/// All of them, in order.
pub(crate) fn backends(ingress: &Object) -> impl Iterator<Item = Backend<'_>> {
    let default = ingress.value.at("spec.defaultBackend");
    let default = default.into_iter().map(|value| Backend {
        host: None,
        path: None,
        value,
    });
    let rules = ingress.value.items("spec.rules").iter().flat_map(|rule| {
        rule.items("http.paths").iter().filter_map(|path| {
            Some(Backend {
                host: rule.text("host"),
                path: Some(path.text("path").unwrap_or("/")),
                value: path.at("backend")?,
            })
        })
    });
    default.chain(rules)
}

/// The IngressClasses of each place, the last of a name counts.
struct Classes<'a> {
    by_name: BTreeMap<(&'a Place, &'a str), &'a Object>,
    defaults: BTreeMap<&'a Place, &'a Object>,
    params: BTreeMap<(&'a Place, &'a str, &'a str), &'a Value>,
}

impl<'a> Classes<'a> {
    fn of(estate: &'a Estate) -> Self {
        let mut classes = Self {
            by_name: BTreeMap::new(),
            defaults: BTreeMap::new(),
            params: BTreeMap::new(),
        };
        for (_, class) in estate.of_kind("networking.k8s.io", "IngressClass") {
            classes.by_name.insert((&class.place, &class.name), class);
            if class.annotation("ingressclass.kubernetes.io/is-default-class") == Some("true") {
                classes.defaults.insert(&class.place, class);
            }
        }
        for group in ["elbv2.k8s.aws", "eks.amazonaws.com"] {
            for (_, params) in estate.of_kind(group, "IngressClassParams") {
                if let Some(spec) = params.value.at("spec") {
                    classes
                        .params
                        .insert((&params.place, group, &params.name), spec);
                }
            }
        }
        classes
    }

    fn server(&self, ingress: &'a Object) -> Server<'a> {
        if let Some(name) = ingress.annotation("kubernetes.io/ingress.class") {
            return by_known_name(name);
        }
        let place: &Place = &ingress.place;
        if let Some(name) = ingress.value.text("spec.ingressClassName") {
            return match self.by_name.get(&(place, name)) {
                Some(class) => self.of_class(class),
                None => by_known_name(name),
            };
        }
        if let Some(class) = self.defaults.get(place) {
            return self.of_class(class);
        }
        let speaks_of = |prefix: &str| {
            ingress
                .value
                .entries("metadata.annotations")
                .is_some_and(|all| all.keys().any(|key| key.starts_with(prefix)))
        };
        if speaks_of("alb.ingress.kubernetes.io/") {
            Server::Alb(Params::None)
        } else if speaks_of("nginx.ingress.kubernetes.io/") {
            Server::Nginx
        } else {
            Server::Other(phrase!(
                en: "the Ingress names no class, and no IngressClass of the estate is the default: the IngressClass would tell who serves it",
                ja: "Ingress にクラスの指定がなく、既定の IngressClass も見つかりません。どのコントローラーが処理するかは IngressClass があれば分かります"
            ))
        }
    }

    fn of_class(&self, class: &'a Object) -> Server<'a> {
        match class.value.text("spec.controller").unwrap_or_default() {
            "ingress.k8s.aws/alb" | "eks.amazonaws.com/alb" => Server::Alb(self.params_of(class)),
            "k8s.io/ingress-nginx" => Server::Nginx,
            controller => Server::Other(phrase!(
                en: "what the ingress controller `{controller}` makes of an Ingress is not known here",
                ja: "Ingress コントローラー `{controller}` の動作は判定の対象外です"
            )),
        }
    }

    fn params_of(&self, class: &'a Object) -> Params<'a> {
        let Some(reference) = class.value.at("spec.parameters") else {
            return Params::None;
        };
        let group = reference.text("apiGroup").unwrap_or_default();
        let name = reference.text("name").unwrap_or_default();
        match self.params.get(&(&*class.place, group, name)) {
            Some(spec) => Params::Known(spec),
            None => Params::Missing(name),
        }
    }
}

/// By the name that the controllers' own charts give their class, and which sets nothing more.
fn by_known_name<'a>(name: &str) -> Server<'a> {
    match name {
        "alb" => Server::Alb(Params::None),
        "nginx" => Server::Nginx,
        _ => Server::Other(phrase!(
            en: "the IngressClass `{name}` is not in the estate: it would tell who serves the Ingress",
            ja: "IngressClass `{name}` が見つかりません。どのコントローラーが処理するかは IngressClass があれば分かります"
        )),
    }
}
