//! Who would be cut off: two sets of policies decide about the same requests, and what differs is told.
//!
//! [`Trial`] is a request with what is known of it, recorded or made of an object that is there; [`Rehearser`] asks both
//! sets; [`Rehearsal`] sorts the differences by namespace, owner and user.

mod audit;
mod compare;
mod difference;
mod exception;
mod owner;
mod trial;

pub use audit::{NotRebuilt, of_event};
pub use compare::{Rehearser, Side};
pub use difference::{Change, Difference, Rehearsal, Undecided};
pub use exception::Exemption;
pub use owner::Owner;
pub use trial::{Origin, Trial};
