use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::owner::Owner;
use crate::admission::{Request, RequestError};
use crate::pod_security::pod_of;
use crate::vap::User;

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Somebody sent it.
    Recorded,
    /// An object that is there, as if it were created again: what a reschedule or a new rollout meets.
    Inventory,
    /// The pod that an object's template will make.
    Template,
}

/// A request that both sets decide about.
#[derive(Debug, Clone)]
pub struct Trial {
    /// What is asked.
    pub request: Request,
    /// Where it comes from.
    pub origin: Origin,
    /// When it was sent, RFC 3339 in UTC; `None` when nobody wrote it down.
    pub at: Option<String>,
    /// The object as it was before is not known: what a policy says of it is undecided.
    pub lacks_old: bool,
}

impl Trial {
    /// An AdmissionReview that was recorded, at a time when that is known.
    ///
    /// # Errors
    /// When it is no AdmissionReview.
    pub fn recorded(review: &Value, at: Option<&str>) -> Result<Self, RequestError> {
        Ok(Self {
            request: Request::of_review(review)?,
            origin: Origin::Recorded,
            at: at.map(str::to_owned),
            lacks_old: false,
        })
    }

    /// An object that is there: itself, and the pod of its template when it has one.
    ///
    /// # Errors
    /// When it is no object, or when the server would refuse it.
    pub fn inventory(object: &Value, plural: Option<&str>) -> Result<Vec<Self>, RequestError> {
        let object = &Request::of_object(object, plural, &administrator())?
            .object()
            .clone();
        let is_owned_pod = Owner::controller(object).is_some();
        let user = if is_owned_pod {
            controller()
        } else {
            administrator()
        };
        let mut trials = vec![Self::made(
            object.clone(),
            plural,
            &user,
            Origin::Inventory,
        )?];
        let kind = object
            .get("kind")
            .and_then(Value::as_str)
            .unwrap_or_default();
        // The pods of what another object owns are told of the owner.
        if kind != "Pod"
            && !is_owned_pod
            && let Some((_, template)) = pod_of(kind, object)
        {
            let pod = Owner::pod_of_template(object, template);
            trials.push(Self::made(pod, None, &controller(), Origin::Template)?);
        }
        Ok(trials)
    }

    fn made(
        object: Value,
        plural: Option<&str>,
        user: &User,
        origin: Origin,
    ) -> Result<Self, RequestError> {
        Ok(Self {
            request: Request::of_stored(object, plural, user)?,
            origin,
            at: None,
            lacks_old: false,
        })
    }

    /// What makes two requests the same to policies: all of it but identities and times that the server gives anew each
    /// time (`uid`, `resourceVersion`, `creationTimestamp`, `managedFields`, `generation`, `status`, bound token names).
    pub(super) fn shape(&self) -> [u8; 32] {
        let request = &self.request;
        let shape = json!([
            request.operation(),
            request.resource(),
            request.subresource(),
            request.namespace(),
            request.name(),
            request.is_dry_run(),
            request.user().name,
            request.user().groups,
            plain(request.object()),
            plain(request.old_object()),
            self.lacks_old,
            self.origin as u8,
        ]);
        Sha256::digest(shape.to_string()).into()
    }
}

fn plain(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        for key in [
            "uid",
            "resourceVersion",
            "creationTimestamp",
            "managedFields",
            "generation",
        ] {
            metadata.remove(key);
        }
    }
    object
}

fn administrator() -> User {
    User {
        name: "admin".to_owned(),
        groups: vec![
            "system:masters".to_owned(),
            "system:authenticated".to_owned(),
        ],
        ..User::default()
    }
}

/// Who makes pods of ReplicaSets, and for our purpose of any controller.
fn controller() -> User {
    let groups = [
        "system:serviceaccounts",
        "system:serviceaccounts:kube-system",
        "system:authenticated",
    ];
    User {
        name: "system:serviceaccount:kube-system:replicaset-controller".to_owned(),
        groups: groups.map(str::to_owned).to_vec(),
        ..User::default()
    }
}
