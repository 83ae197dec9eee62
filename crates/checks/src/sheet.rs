use std::sync::Arc;

use sekisho_model::{Estate, Fix, Phrase, Resource, Severity, Thing, phrase};
use sekisho_terraform::Origin;
use sekisho_text::{Route, Span};

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub struct Fault {
    pub(crate) route: Route,
    pub(crate) message: Phrase,
    pub(crate) title: Option<Phrase>,
    pub(crate) severity: Option<Severity>,
    pub(crate) related: Vec<(u32, Route, Phrase)>,
    pub(crate) fix: Option<Fix>,
    pub(crate) span: Option<Span>,
    /// A place in a file of another syntax than YAML, by the path of the file.
    pub(crate) elsewhere: Option<(Arc<str>, Span)>,
    pub(crate) through: Vec<(Arc<str>, Span, Phrase)>,
    pub(crate) key: String,
}

impl Fault {
    /// A fault at a place of the object: the field that is wrong, or the one that should be there.
    pub fn at(route: Route, message: Phrase) -> Self {
        Self {
            route,
            message,
            title: None,
            severity: None,
            related: Vec::new(),
            fix: None,
            span: None,
            elsewhere: None,
            through: Vec::new(),
            key: String::new(),
        }
    }

    /// Another severity than the check's own.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Other words than it was made with.
    #[must_use]
    pub fn message(mut self, message: Phrase) -> Self {
        self.message = message;
        self
    }

    /// Another title than the check's own.
    #[must_use]
    pub fn title(mut self, title: Phrase) -> Self {
        self.title = Some(title);
        self
    }

    /// A second place that belongs to it: an object by its index in the estate, and a field of it.
    #[must_use]
    pub fn related(mut self, object: usize, route: Route, text: Phrase) -> Self {
        let object = u32::try_from(object).unwrap_or(u32::MAX);
        self.related.push((object, route, text));
        self
    }

    /// A second place that belongs to it: a resource of Terraform.
    #[must_use]
    pub fn beside(mut self, estate: &Estate, resource: &Resource, text: Phrase) -> Self {
        if let Some(file) = estate.files().get(resource.file) {
            let path = Arc::from(file.path.as_str());
            self.through.push((path, resource.span, text));
        }
        self
    }

    /// How to mend it.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// The exact bytes, when the route cannot name them (a duplicate key).
    #[must_use]
    pub fn span(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// A fault of a resource: where its value was set, with the steps by which the value came there. Without an origin
    /// (the attribute is not set) the block of the resource.
    pub fn of_value(
        estate: &Estate,
        resource: &Resource,
        origin: Option<&Origin>,
        message: Phrase,
    ) -> Self {
        let mut fault = Self::at(Route::root(), message);
        let own = estate.files().get(resource.file);
        let block = own.map(|file| (Arc::from(file.path.as_str()), resource.span));
        fault.elsewhere = origin.map_or(block, |origin| {
            Some((Arc::clone(&origin.place.file), origin.place.span))
        });
        if let Some(origin) = origin
            && let Some(module) = origin.module_default()
        {
            let text = phrase!(en: "default of the module `{module}`", ja: "モジュール `{module}` の既定値");
            let place = &origin.place;
            fault
                .through
                .push((Arc::clone(&place.file), place.span, text));
        }
        for via in origin.into_iter().flat_map(Origin::via) {
            let name = &via.name;
            let text = phrase!(en: "value of `{name}`", ja: "`{name}` の値");
            fault
                .through
                .push((Arc::clone(&via.place.file), via.place.span, text));
        }
        fault
    }

    /// Tells faults at one place apart: part of the fingerprint.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }
}

/// What a check said about one subject.
#[derive(Debug, Clone)]
pub(crate) enum Said {
    Pass,
    Fail(Box<Fault>),
    FailToldBy(&'static [&'static str]),
    Unknown(Phrase),
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) check: u16,
    pub(crate) thing: Option<Thing>,
    pub(crate) said: Said,
}

/// Where a check writes what it saw of one subject.
#[derive(Debug)]
pub struct On<'a> {
    pub(crate) entries: &'a mut Vec<Entry>,
    pub(crate) check: u16,
    pub(crate) thing: Option<Thing>,
}

impl On<'_> {
    /// The index of the object it is about.
    pub(crate) fn object(&self) -> Option<usize> {
        self.thing?.object()
    }

    /// The index of the pipeline that it is about, or of whose job.
    pub(crate) fn pipeline(&self) -> Option<usize> {
        match self.thing? {
            Thing::Pipeline(index) | Thing::Job(index, _) => Some(index as usize),
            Thing::Object(_) | Thing::Resource(_) => None,
        }
    }

    /// The index of the job that it is about, in its pipeline.
    pub(crate) fn job(&self) -> Option<usize> {
        match self.thing? {
            Thing::Job(_, index) => Some(index as usize),
            Thing::Pipeline(_) | Thing::Object(_) | Thing::Resource(_) => None,
        }
    }

    /// It looked, and the subject is as it should be. This is proof.
    pub fn pass(&mut self) {
        self.say(Said::Pass);
    }

    /// The subject is not as it should be.
    pub fn fail(&mut self, fault: Fault) {
        self.say(Said::Fail(Box::new(fault)));
    }

    /// The subject is not as it should be, and these checks tell the cause: evidence without a second finding.
    pub fn fail_told_by(&mut self, checks: &'static [&'static str]) {
        self.say(Said::FailToldBy(checks));
    }

    /// It cannot be decided; the reason says what would settle it.
    pub fn unknown(&mut self, reason: Phrase) {
        self.say(Said::Unknown(reason));
    }

    /// How much was said so far: a check that said nothing wrong about its subject passes it.
    pub fn count(&self) -> usize {
        self.entries.len()
    }

    fn say(&mut self, said: Said) {
        self.entries.push(Entry {
            check: self.check,
            thing: self.thing,
            said,
        });
    }
}

/// Where a check of the whole estate writes.
#[derive(Debug)]
pub struct Sheet<'a> {
    pub(crate) entries: &'a mut Vec<Entry>,
    pub(crate) check: u16,
}

impl Sheet<'_> {
    /// About one object, by its index in the estate.
    pub fn on(&mut self, object: usize) -> On<'_> {
        On {
            check: self.check,
            thing: u32::try_from(object).ok().map(Thing::Object),
            entries: self.entries,
        }
    }

    /// About one resource of Terraform, by its index in the estate.
    pub fn on_resource(&mut self, resource: usize) -> On<'_> {
        On {
            check: self.check,
            thing: u32::try_from(resource).ok().map(Thing::Resource),
            entries: self.entries,
        }
    }

    /// About one pipeline definition, by its index in the estate.
    pub fn on_pipeline(&mut self, pipeline: usize) -> On<'_> {
        On {
            check: self.check,
            thing: u32::try_from(pipeline).ok().map(Thing::Pipeline),
            entries: self.entries,
        }
    }

    /// About the estate as a whole.
    pub fn estate(&mut self) -> On<'_> {
        On {
            check: self.check,
            thing: None,
            entries: self.entries,
        }
    }
}
