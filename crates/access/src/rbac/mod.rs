//! Kubernetes role-based access control, decided from objects alone.
//!
//! The semantics are those of kube-apiserver's RBAC authorizer (`plugin/pkg/auth/authorizer/rbac`,
//! `pkg/registry/rbac/validation` and `pkg/apis/rbac/v1/evaluation_helpers.go`), of its always-present superuser rule for
//! `system:masters`, and of the controller that fills aggregated ClusterRoles. The Node authorizer, webhooks and EKS access
//! policies are other authorizers and not part of this answer.

mod aggregate;
mod binding;
mod cover;
mod decide;
mod defaults;
mod grant;
mod problem;
mod read;
mod role;
mod rule;
mod selector;
mod store;
mod subject;

pub use binding::{Binding, BindingKind, BoundSubject, RoleKind, RoleRef};
pub use cover::covers;
pub use decide::{Decision, Request};
pub use grant::{Grant, Scope, Within};
pub use problem::{Problem, ProblemKind};
pub use role::{Origin, Role, RuleAt};
pub use rule::{Action, Rule, rule_allows, rule_allows_url};
pub use store::{Defaults, Rbac};
pub use subject::{SUPERUSERS, Subject, UserInfo};
