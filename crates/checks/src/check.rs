use sekisho_model::{
    Container, Job, Object, Phrase, Pipeline, PipelineKind, Pod, Resource, Severity, SourceKind,
    Step,
};

use crate::{Context, On, Sheet};

/// When a check runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// It decides a control of the threat model.
    Default,
    /// Good order that no control asks for: only with `--profile all`.
    All,
}

/// What a check looks at. The engine walks; a check implements the one method of its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// [`Check::estate`], once.
    Estate,
    /// [`Check::object`], for each object of these API groups and kinds. The kind `*` stands for every kind of the
    /// group, and the pair `("*", "*")` for every object.
    Object(&'static [(&'static str, &'static str)]),
    /// [`Check::pod`], for each pod and pod template.
    Pod,
    /// [`Check::container`], for each container of each pod.
    Container,
    /// [`Check::resource`], for each managed resource of these types.
    Resource(&'static [&'static str]),
    /// [`Check::pipeline`], for each pipeline definition of these kinds.
    Pipeline(&'static [PipelineKind]),
    /// [`Check::job`], for each job of each pipeline.
    Job,
    /// [`Check::step`], for each step of each job.
    Step,
    /// The engine itself finds these, after all checks ran.
    Engine,
}

/// Whether the check knows how to mend what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixKind {
    /// Always or mostly, without risk for what runs.
    Safe,
    /// Mostly, and it can stop a workload or cut traffic.
    Risky,
    /// A person must decide what is right.
    None,
}

/// What is said about a check before it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Stable name: `privileged-container`.
    pub id: &'static str,
    /// The control whose proof it is.
    pub control: &'static str,
    /// What an attacker gains, unless the finding says otherwise.
    pub severity: Severity,
    /// When it runs.
    pub profile: Profile,
    /// What it looks at.
    pub level: Level,
    /// Whether it can mend.
    pub fix: FixKind,
    /// What is wrong, in a few words.
    pub title: Phrase,
    /// The module it stands in; its family is the last folder.
    pub module: &'static str,
    /// The lines of its documentation: English, a line `# 日本語`, Japanese.
    pub docs: &'static [&'static str],
}

impl Meta {
    /// The sources it reads, told by its family.
    pub fn sources(&self) -> &'static [SourceKind] {
        match self.module.rsplit("::").nth(1) {
            Some("eks" | "trail" | "nodes" | "iam" | "edge" | "repository") => {
                &[SourceKind::Terraform, SourceKind::Aws]
            }
            Some("pipeline") => &[SourceKind::Pipelines],
            _ => &[SourceKind::Kubernetes],
        }
    }

    /// The documentation in one language, as Markdown.
    pub fn explanation(&self, lang: sekisho_model::Lang) -> String {
        let lines = self
            .docs
            .iter()
            .map(|line| line.strip_prefix(' ').unwrap_or(line));
        let mut english = Vec::new();
        let mut japanese = Vec::new();
        let mut in_japanese = false;
        for line in lines {
            if line.trim() == "# 日本語" {
                in_japanese = true;
            } else if in_japanese {
                japanese.push(line);
            } else {
                english.push(line);
            }
        }
        let chosen = match lang {
            sekisho_model::Lang::En => english,
            sekisho_model::Lang::Ja => japanese,
        };
        chosen.join("\n").trim().to_owned()
    }
}

/// The part of a check that [`check!`](crate::check!) writes.
pub trait Described {
    /// What is said about it before it runs.
    fn meta(&self) -> &'static Meta;
}

/// One program that gives one control a verdict about one thing.
///
/// A method says what it saw through [`On`]: `pass` is proof, so it must have looked; `fail` names the place by route;
/// `unknown` says what would settle it. Saying nothing means: not applicable.
pub trait Check: Described + Sync + Send {
    /// Looks at everything at once.
    fn estate(&self, _cx: &Context<'_>, _sheet: &mut Sheet<'_>) {}

    /// Looks at one object.
    fn object(&self, _cx: &Context<'_>, _object: &Object, _on: &mut On<'_>) {}

    /// Looks at one pod or pod template.
    fn pod(&self, _cx: &Context<'_>, _pod: &Pod<'_>, _on: &mut On<'_>) {}

    /// Looks at one resource of Terraform.
    fn resource(&self, _cx: &Context<'_>, _resource: &Resource, _on: &mut On<'_>) {}

    /// Looks at one pipeline definition.
    fn pipeline(&self, _cx: &Context<'_>, _pipeline: &Pipeline, _on: &mut On<'_>) {}

    /// Looks at one job.
    fn job(&self, _cx: &Context<'_>, _pipeline: &Pipeline, _job: &Job, _on: &mut On<'_>) {}

    /// Looks at one step.
    fn step(
        &self,
        _cx: &Context<'_>,
        _pipeline: &Pipeline,
        _job: &Job,
        _step: &Step,
        _on: &mut On<'_>,
    ) {
    }

    /// Looks at one container.
    fn container(
        &self,
        _cx: &Context<'_>,
        _pod: &Pod<'_>,
        _container: &Container<'_>,
        _on: &mut On<'_>,
    ) {
    }
}

/// Defines a check: its documentation, its name, its place in the threat model.
///
/// The doc comment is what `sekisho explain` prints: English first, then a line `# 日本語`, then Japanese.
#[macro_export]
macro_rules! check {
    (
        $(#[doc = $doc:literal])+
        $name:ident = $id:literal;
        control: $control:literal,
        severity: $severity:ident,
        profile: $profile:ident,
        level: $level:expr,
        fix: $fix:ident,
        title: $en:literal, $ja:literal $(,)?
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug)]
        pub(crate) struct $name;

        impl $crate::Described for $name {
            fn meta(&self) -> &'static $crate::Meta {
                static META: $crate::Meta = $crate::Meta {
                    id: $id,
                    control: $control,
                    severity: ::sekisho_model::Severity::$severity,
                    profile: $crate::Profile::$profile,
                    level: $level,
                    fix: $crate::FixKind::$fix,
                    title: ::sekisho_model::Phrase {
                        en: ::std::borrow::Cow::Borrowed($en),
                        ja: ::std::borrow::Cow::Borrowed($ja),
                    },
                    module: ::std::module_path!(),
                    docs: &[$($doc),+],
                };
                &META
            }
        }
    };
}
