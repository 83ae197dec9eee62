//! What admission says about an object that is stored, and why another is refused.

use sekisho_text::Route;

/// Something the server did that its author may not have meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The place in the sent object.
    pub route: Route,
    /// What happened there.
    pub what: NoteKind,
    /// The server's own warning, word for word.
    pub warning: String,
}

/// The kinds of [`Note`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteKind {
    /// The field does not exist and was dropped.
    UnknownField {
        /// Where a field of this or nearly this name does exist.
        meant: Option<Meant>,
    },
}

/// The field an unknown field probably stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// Its route in the sent object.
    pub route: Route,
    /// How the unknown field differs from it.
    pub slip: Slip,
}

/// How a written field name differs from the real one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// Only upper and lower case differ.
    Case,
    /// One or two letters differ.
    Spelling,
    /// The field exists, but elsewhere in the object.
    Level,
}

/// One reason why the server does not take an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// 400: it does not decode. 422: it is not valid.
    pub status: u16,
    /// The place in the sent object.
    pub route: Route,
    /// The server's words for this one reason, the path of the field included.
    pub reason: String,
}

/// The whole message the server answers with for these refusals of one object.
///
/// Upstream: `errors.NewInvalid` and `ToAggregate`, which drops repeated messages.
pub fn server_message(api_version: &str, kind: &str, name: &str, refusals: &[Refusal]) -> String {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    if let Some(first) = refusals.iter().find(|refusal| refusal.status == 400) {
        return format!(
            "{kind} in version \"{version}\" cannot be handled as a {kind}: {}",
            first.reason
        );
    }
    let mut reasons: Vec<&str> = Vec::new();
    for refusal in refusals {
        if !reasons.contains(&refusal.reason.as_str()) {
            reasons.push(&refusal.reason);
        }
    }
    let reasons = match reasons.as_slice() {
        [only] => (*only).to_owned(),
        several => format!("[{}]", several.join(", ")),
    };
    let dot = if group.is_empty() { "" } else { "." };
    format!("{kind}{dot}{group} \"{name}\" is invalid: {reasons}")
}
