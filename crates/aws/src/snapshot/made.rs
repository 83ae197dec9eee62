use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_model::{Listing, Place, Resource, Stack, because};
use sekisho_terraform::{Cause, Value};
use sekisho_text::Span;

use super::{Answer, Answers, Shape};

/// The resources of one region in the making.
#[derive(Debug)]
pub struct Made<'a> {
    stack: Stack,
    number: usize,
    place: Arc<Place>,
    partition: &'a str,
    files: BTreeMap<&'a str, usize>,
    resources: Vec<Resource>,
}

impl<'a> Made<'a> {
    pub(crate) fn new(
        stack: Stack,
        number: usize,
        place: &Arc<Place>,
        partition: &'a str,
        files: &[Answer<'a>],
    ) -> Self {
        Self {
            stack,
            number,
            place: Arc::clone(place),
            partition,
            files: files.iter().map(|file| (file.path, file.file)).collect(),
            resources: Vec::new(),
        }
    }

    /// The account, twelve digits.
    pub fn account(&self) -> &str {
        self.stack.account.as_deref().unwrap_or_default()
    }

    /// The region; `None` for what has none.
    pub fn region(&self) -> Option<&str> {
        self.stack.region.as_deref()
    }

    /// An ARN of this account and region: `arn:aws:eks:eu-west-1:111122223333:cluster/shop`.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        let region = self.region().unwrap_or_default();
        let (partition, account) = (self.partition, self.account());
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    }

    /// An ARN of API Gateway, which names no account: `arn:aws:apigateway:eu-west-1::/restapis/a1b2c3`.
    pub fn gateway_arn(&self, resource: &str) -> String {
        let region = self.region().unwrap_or_default();
        format!("arn:{}:apigateway:{region}::/{resource}", self.partition)
    }

    /// A resource of the provider's type `kind`, as `told` in an answer. Its address is its ARN, else its type and id.
    pub fn resource(&mut self, kind: &str, told: &Value, shape: Shape) {
        let named = shape.text("arn").map(str::to_owned);
        let address = named.unwrap_or_else(|| {
            let id = shape.text("id").or_else(|| shape.text("name"));
            format!("{kind} {}", id.unwrap_or("without a name"))
        });
        let origin = told.origin();
        let file = origin.and_then(|origin| self.files.get(origin.place.file.as_ref()));
        let Some(file) = file.copied() else {
            return;
        };
        let place = match (kind, shape.text("name"), shape.text("cluster_name")) {
            ("aws_eks_cluster", Some(cluster), _) | (_, _, Some(cluster)) => Arc::new(Place {
                cluster: Some(cluster.to_owned()),
                ..(*self.place).clone()
            }),
            _ => Arc::clone(&self.place),
        };
        self.resources.push(Resource {
            address,
            kind: kind.to_owned(),
            is_data: false,
            values: shape.value(),
            file,
            span: origin.map_or(Span::new(0, 0), |origin| origin.place.span),
            stack: self.number,
            place,
        });
    }

    /// Stands for the resources of a type that a call for one thing did not tell: what is known of all of them, and else nothing.
    /// `told` is the thing.
    pub fn untold(&mut self, kind: &str, told: &Value, shape: Shape, doubt: Option<Cause>) {
        if doubt.is_some() {
            self.resource(kind, told, shape.and_more(doubt));
        }
    }

    /// All resources of these types are here if this call told all.
    pub fn listed(&mut self, kinds: &[&str], answers: &Answers, service: &str, operation: &str) {
        let doubt = answers
            .heard(service, operation, &[])
            .doubt(service, operation);
        self.listed_unless(kinds, doubt);
    }

    /// All resources of these types are here, unless there is a doubt. A doubt stays, whatever is said later.
    pub fn listed_unless(&mut self, kinds: &[&str], doubt: Option<Cause>) {
        let listing = doubt.map_or(Listing::Whole, |doubt| Listing::Open(because(&[doubt])));
        for kind in kinds {
            let known = self.stack.listings.entry((*kind).to_owned());
            let known = known.or_insert_with(|| listing.clone());
            if *known == Listing::Whole {
                known.clone_from(&listing);
            }
        }
    }

    pub(crate) fn done(self) -> (Stack, Vec<Resource>) {
        (self.stack, self.resources)
    }
}
