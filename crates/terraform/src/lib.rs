//! Terraform configurations and plans, evaluated from their texts alone: no provider, no network, no files of its own.
//!
//! [`evaluate`] reads a tree of `*.tf` and `*.tf.json` texts as Terraform 1.11 does: variables and their files, locals,
//! `count`, `for_each`, `dynamic`, modules, functions. What only a provider or a missing variable could tell is an
//! unknown value that says why ([`Cause`]); a reference to a resource stays one ([`Reference`]). Every value knows the
//! place where it was set and through which variables it came ([`Origin`]). What is wrong in a text is a [`Problem`]
//! with its place, and the rest is evaluated all the same.
//!
//! ```
//! use std::collections::BTreeMap;
//! use sekisho_terraform::{Input, Limits, Nothing, evaluate};
//!
//! let texts = BTreeMap::from([("main.tf".to_owned(), r#"
//!     variable "open" { default = ["0.0.0.0/0"] }
//!     resource "aws_eks_cluster" "a" {
//!       name = "shop"
//!       vpc_config {
//!         subnet_ids          = [aws_subnet.a.id]
//!         public_access_cidrs = var.open
//!       }
//!     }
//!     resource "aws_subnet" "a" { cidr_block = cidrsubnet("10.0.0.0/16", 8, 1) }
//! "#.to_owned())]);
//! let found = evaluate(&Input::of(&texts), &Nothing);
//! assert!(found.problems.is_empty());
//! let cluster = found.resource("aws_eks_cluster.a").unwrap();
//! let vpc = &cluster.values.get("vpc_config").unwrap().items().unwrap()[0].clone();
//! let open = vpc.get("public_access_cidrs").unwrap();
//! assert_eq!(open.items().unwrap()[0].as_str(), Some("0.0.0.0/0"));
//! assert_eq!(open.origin().unwrap().via().next().unwrap().name.as_ref(), "var.open");
//! let subnet = vpc.get("subnet_ids").unwrap().items().unwrap()[0].clone();
//! assert_eq!(subnet.as_unknown().unwrap().is_exactly().unwrap().to_string(), "aws_subnet.a.id");
//! ```

mod address;
mod convert;
mod engine;
mod equality;
mod evaluate;
mod functions;
mod limits;
mod module;
mod number;
mod origin;
mod outside;
mod plan;
mod plan_address;
mod plan_references;
mod problem;
mod read;
mod result;
mod standing;
mod syntax;
mod types;
mod unify;
mod unknown;
mod value;
mod value_debug;

pub use address::{Address, Key, Mode, ModuleStep};
pub use engine::{Input, evaluate};
pub use limits::Limits;
pub use number::Number;
pub use origin::{Origin, Place, Via};
pub use outside::{Nothing, Outside, StandIn};
pub use plan::read_plan;
pub use problem::{Problem, ProblemKind};
pub use result::{Configuration, ModuleCall, Provider, Resource, Settings};
pub use types::{Field, Type};
pub use unknown::{Cause, Piece, Reference, Unknown};
pub use value::{Content, Fields, Value};
