//! Service accounts by where they live, with the RBAC bindings and AWS roles that name them. Built once per run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sekisho_model::{Estate, Fields, Namespace, Object, Place, Pod};

/// Links a service account to an IAM role (IRSA): the annotation that the EKS pod identity webhook reads.
pub(crate) const ROLE_ANNOTATION: &str = "eks.amazonaws.com/role-arn";

type Home = (Arc<Place>, Namespace, String);

/// The index.
#[derive(Debug)]
pub(crate) struct ServiceAccounts<'a> {
    objects: BTreeMap<Home, (usize, &'a Object)>,
    names: BTreeSet<(Arc<Place>, String)>,
    bindings: BTreeMap<Home, usize>,
    bound_names: BTreeSet<(Arc<Place>, String)>,
    group_bindings: BTreeMap<(Arc<Place>, Option<String>), usize>,
    associations: BTreeMap<Home, usize>,
}

/// What the estate says of a service account.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Known<'a> {
    /// Its object.
    Object(usize, &'a Object),
    /// It has none: it is as a namespace's controller makes it, or will not exist.
    Absent,
    /// It may have one that is not among the files.
    Unseen,
}

/// Which rights in Kubernetes a service account has been given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rights {
    /// A binding names it; the binding's index.
    Own(usize),
    /// A binding names a group of service accounts that it belongs to, or one that may be it; the binding's index.
    Perhaps(Option<usize>),
    /// No binding of the estate names it.
    None,
}

impl<'a> ServiceAccounts<'a> {
    pub(crate) fn of(estate: &'a Estate) -> Self {
        let mut found = Self {
            objects: BTreeMap::new(),
            names: BTreeSet::new(),
            bindings: BTreeMap::new(),
            bound_names: BTreeSet::new(),
            group_bindings: BTreeMap::new(),
            associations: BTreeMap::new(),
        };
        // Of several with one name the last counts, as when they are applied in order.
        for (index, object) in estate.of_kind("", "ServiceAccount") {
            let place = Arc::clone(&object.place);
            found
                .names
                .insert((Arc::clone(&place), object.name.clone()));
            found.objects.insert(
                (place, object.namespace.clone(), object.name.clone()),
                (index, object),
            );
        }
        for kind in ["RoleBinding", "ClusterRoleBinding"] {
            for (index, binding) in estate.of_kind("rbac.authorization.k8s.io", kind) {
                for subject in binding.value.items("subjects") {
                    found.bind(index, binding, subject);
                }
            }
        }
        // AWS Controllers for Kubernetes: an EKS Pod Identity association as an object.
        for (index, object) in estate.of_kind("eks.services.k8s.aws", "PodIdentityAssociation") {
            if let (Some(namespace), Some(name)) = (
                object.value.text("spec.namespace"),
                object.value.text("spec.serviceAccount"),
            ) {
                let home = (
                    Arc::clone(&object.place),
                    Namespace::Given(namespace.to_owned()),
                    name.to_owned(),
                );
                found.associations.insert(home, index);
            }
        }
        found
    }

    fn bind(&mut self, index: usize, binding: &Object, subject: &serde_json::Value) {
        let place = Arc::clone(&binding.place);
        let name = subject.text("name").unwrap_or_default();
        let (namespace, name) = match subject.text("kind") {
            Some("ServiceAccount") => {
                let namespace = subject.text("namespace").filter(|name| !name.is_empty());
                let namespace = namespace.map_or_else(
                    || binding.namespace.clone(),
                    |name| Namespace::Given(name.to_owned()),
                );
                (namespace, name)
            }
            Some("User") => {
                let Some((namespace, name)) = name
                    .strip_prefix("system:serviceaccount:")
                    .and_then(|rest| rest.split_once(':'))
                else {
                    return;
                };
                (Namespace::Given(namespace.to_owned()), name)
            }
            // The binding that every cluster has gives all service accounts the right to read the token issuer's keys.
            Some("Group") if !binding.name.starts_with("system:") => {
                if let Some(rest) = name.strip_prefix("system:serviceaccounts") {
                    let namespace = rest.strip_prefix(':').map(str::to_owned);
                    self.group_bindings.insert((place, namespace), index);
                }
                return;
            }
            _ => return,
        };
        self.bound_names
            .insert((Arc::clone(&place), name.to_owned()));
        self.bindings
            .insert((place, namespace, name.to_owned()), index);
    }

    /// The account of a pod.
    pub(crate) fn of_pod(&self, pod: &Pod<'_>, complete: bool) -> Known<'a> {
        self.named(pod.object, pod.service_account(), complete)
    }

    /// The account of a name beside an object.
    pub(crate) fn named(&self, beside: &Object, name: &str, complete: bool) -> Known<'a> {
        if let Some((index, object)) = self.objects.get(&home(beside, name)) {
            return Known::Object(*index, object);
        }
        let is_open = beside.namespace == Namespace::Open;
        let open = (Arc::clone(&beside.place), Namespace::Open, name.to_owned());
        let may_be_other = if is_open {
            self.names
                .contains(&(Arc::clone(&beside.place), name.to_owned()))
        } else {
            self.objects.contains_key(&open)
        };
        if complete && !may_be_other {
            Known::Absent
        } else {
            Known::Unseen
        }
    }

    /// What RBAC gives the account of a pod.
    pub(crate) fn rights(&self, pod: &Pod<'_>) -> Rights {
        let (object, name) = (pod.object, pod.service_account());
        if let Some(index) = self.bindings.get(&home(object, name)) {
            return Rights::Own(*index);
        }
        let group = |namespace| {
            self.group_bindings
                .get(&(Arc::clone(&object.place), namespace))
                .copied()
        };
        if let Some(index) =
            group(None).or_else(|| group(Some(object.namespace.given()?.to_owned())))
        {
            return Rights::Perhaps(Some(index));
        }
        let open = (Arc::clone(&object.place), Namespace::Open, name.to_owned());
        let may_be_other = if object.namespace == Namespace::Open {
            self.bound_names
                .contains(&(Arc::clone(&object.place), name.to_owned()))
        } else {
            self.bindings.contains_key(&open)
        };
        if may_be_other {
            Rights::Perhaps(None)
        } else {
            Rights::None
        }
    }

    /// The index of the Pod Identity association of an account, when an object makes it.
    pub(crate) fn association(&self, beside: &Object, name: &str) -> Option<usize> {
        self.associations.get(&home(beside, name)).copied()
    }
}

fn home(beside: &Object, name: &str) -> Home {
    (
        Arc::clone(&beside.place),
        beside.namespace.clone(),
        name.to_owned(),
    )
}
