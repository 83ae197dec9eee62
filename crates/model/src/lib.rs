//! The words of sekisho, as types: threat model, control, verdict, finding, object, estate.
//!
//! Everything here is plain data. Readers fill an [`Estate`], checks turn it into [`Finding`]s and [`Evidence`], reports
//! print them; this crate knows none of the three.

mod control;
mod estate;
mod evidence;
mod exception;
mod fields;
mod finding;
mod fix;
mod object;
mod phrase;
mod pipeline;
mod place;
mod platform;
mod pod;
mod resource;
mod selector;
mod settings;
mod severity;
mod stack;
mod thing;
mod threat_model;
mod verdict;

pub use control::{Control, Needs, Owner, Reference, SourceKind};
pub use estate::{Estate, File, Skipped, Unread};
pub use evidence::{ControlVerdict, Evidence, Summary};
pub use exception::{Exception, ExceptionScope};
pub use fields::Fields;
pub use finding::{Finding, Instance, Location, Related, Subject, Suppression, SuppressionKind};
pub use fix::{Change, Fix};
pub use object::{GroupKind, Namespace, Object, ObjectId, ReadNote, Source};
pub use phrase::{Lang, Phrase};
pub use pipeline::{Called, Gap, Home, Job, Pipeline, PipelineKind, Step};
pub use place::{Place, PlaceRule};
pub use platform::{PlatformException, PlatformMatch};
pub use pod::{Container, ContainerRole, Pod};
pub use resource::{Resource, Seen, because, reason_unknown, why_unknown};
pub use selector::Selector;
pub use settings::{EstateSettings, Settings, SettingsError};
pub use severity::Severity;
pub use stack::{Listing, Stack, Written};
pub use thing::Thing;
pub use threat_model::{Threat, ThreatModel, ThreatModelError};
pub use verdict::Verdict;
