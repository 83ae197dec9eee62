use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use sekisho_checks::fixing;
use sekisho_model::{Estate, File, Finding, Lang, Location, Severity};
use sekisho_text::{Edit, Span};

/// One finding as a code frame: the lines at fault, the places that belong to it, what its fix would write.
#[derive(Debug)]
pub struct Frame<'a> {
    /// What was read.
    pub estate: &'a Estate,
    /// The language.
    pub lang: Lang,
    /// Whether to write ANSI colours.
    pub colour: bool,
}

/// Lines of a file around a span: only these are given to the renderer, so that a frame costs the same in a huge file.
struct Window<'a> {
    text: &'a str,
    start: usize,
    line: usize,
}

impl Frame<'_> {
    /// The frame, ready to print.
    pub fn render(&self, finding: &Finding, edits: Option<&[Edit]>) -> String {
        let title = format!(
            "{}: {}",
            finding.title.get(self.lang),
            crate::report::subject(finding)
        );
        let level = match finding.severity {
            Severity::Critical | Severity::High => Level::ERROR,
            Severity::Medium | Severity::Low => Level::WARNING,
            Severity::Info => Level::INFO,
        };
        let id = format!("{} {} {}", finding.severity, finding.check, finding.control);
        let mut main = level
            .primary_title(title)
            .id(id)
            .elements(Vec::<Snippet<'_, annotate_snippets::Annotation<'_>>>::new());
        let message = finding.message.get(self.lang);
        if let Some((file, location)) = self.placed(finding.location.as_ref()) {
            main = main.element(annotated(file, location, AnnotationKind::Primary, message));
        } else {
            main = main.element(Level::NOTE.message(message));
        }
        for related in &finding.related {
            let text = related.text.get(self.lang);
            match self.placed(related.location.as_ref()) {
                Some((file, location)) => {
                    main = main.element(annotated(file, location, AnnotationKind::Context, text));
                }
                None => main = main.element(Level::NOTE.message(text)),
            }
        }
        if let Some(suppressed) = &finding.suppressed {
            main = main.element(Level::NOTE.message(suppressed.reason.get(self.lang)));
        }
        let mut groups = vec![main];
        let changed = fixing::file_of(self.estate, finding)
            .and_then(|number| self.estate.files().get(number));
        if let (Some(fix), Some(edits), Some(file)) = (&finding.fix, edits, changed) {
            let title = if fix.safe {
                fix.title.get(self.lang).to_owned()
            } else {
                format!("{} (--unsafe)", fix.title.get(self.lang))
            };
            groups.extend(patched(file, edits, title));
        }
        let help = format!("sekisho explain {}", finding.check);
        groups.push(Group::with_title(Level::HELP.secondary_title(help)));
        let renderer = if self.colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.render(&groups)
    }

    fn placed<'f>(&'f self, location: Option<&'f Location>) -> Option<(&'f File, &'f Location)> {
        let location = location?;
        Some((self.estate.files().get(location.file)?, location))
    }
}

fn annotated<'a>(
    file: &'a File,
    location: &Location,
    kind: AnnotationKind,
    label: &'a str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let window = window(file, location.span, 1);
    let from = (location.span.start as usize)
        .saturating_sub(window.start)
        .min(window.text.len());
    let to = (location.span.end as usize)
        .saturating_sub(window.start)
        .min(window.text.len());
    Snippet::source(window.text)
        .path(file.path.as_str())
        .line_start(window.line)
        .annotation(kind.span(from..to).label(label))
}

fn patched<'a>(file: &'a File, edits: &'a [Edit], title: String) -> Option<Group<'a>> {
    let whole = edits.iter().map(|edit| edit.span).reduce(Span::to)?;
    let window = window(file, whole, 0);
    let mut snippet = Snippet::source(window.text)
        .path(file.path.as_str())
        .line_start(window.line);
    for edit in edits {
        let from = (edit.span.start as usize).checked_sub(window.start)?;
        let to = (edit.span.end as usize).checked_sub(window.start)?;
        window.text.get(from..to)?;
        snippet = snippet.patch(Patch::new(from..to, edit.replacement.as_str()));
    }
    Some(Group::with_title(Level::HELP.secondary_title(title)).element(snippet))
}

fn window(file: &File, span: Span, around: u32) -> Window<'_> {
    let line_of = |offset: u32| file.lines.position(&file.text, offset as usize).line;
    let first = line_of(span.start).saturating_sub(around).max(1);
    let last = line_of(span.end) + around;
    let start = file
        .lines
        .line(&file.text, first)
        .map_or(0, |line| line.start as usize);
    let end = (first..=last)
        .rev()
        .find_map(|line| file.lines.line(&file.text, line))
        .map_or(file.text.len(), |line| line.end as usize);
    Window {
        text: file.text.get(start..end).unwrap_or_default(),
        start,
        line: first as usize,
    }
}
