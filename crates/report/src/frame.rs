use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use sekisho_checks::fixing;
use sekisho_model::{File, Finding, Lang, Location, Related, Severity};
use sekisho_text::{Edit, Span};
use textwrap::WordSeparator;

use crate::Texts;
use crate::report::other_instances;

/// One finding as a code frame: the lines at fault, the places that belong to it, what its fix would write.
#[derive(Debug)]
pub struct Frame<'a> {
    /// The texts to show.
    pub texts: &'a Texts<'a>,
    /// The language.
    pub lang: Lang,
    /// Whether to write ANSI colours.
    pub colour: bool,
}

/// The widest message that stands beside its place; a longer one becomes a note below, broken into lines.
const LABEL: usize = 72;

/// Columns of a note.
const WIDTH: usize = 96;

/// A file and its text as it may be shown.
type Text<'a> = (&'a File, &'a str);

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
        let is_short = textwrap::core::display_width(message) <= LABEL;
        let label: Vec<&str> = is_short.then_some(message).into_iter().collect();
        let broken = textwrap::Options::new(WIDTH).word_separator(WordSeparator::AsciiSpace);
        let note = textwrap::fill(message, broken);
        if let Some((file, location)) = self.placed(finding.location.as_ref()) {
            main = main.element(annotated(file, location, AnnotationKind::Primary, &label));
            if !is_short {
                main = main.element(Level::NOTE.message(note.as_str()));
            }
        } else {
            main = main.element(Level::NOTE.message(note.as_str()));
        }
        for (location, texts) in by_place(&finding.related, self.lang) {
            match self.placed(location) {
                Some((file, location)) => {
                    let kind = AnnotationKind::Context;
                    main = main.element(annotated(file, location, kind, &texts));
                }
                None => {
                    for text in texts {
                        main = main.element(Level::NOTE.message(text));
                    }
                }
            }
        }
        let others = other_instances(finding);
        if let Some(others) = &others {
            main = main.element(Level::NOTE.message(others.get(self.lang)));
        }
        if let Some(suppressed) = &finding.suppressed {
            main = main.element(Level::NOTE.message(suppressed.reason.get(self.lang)));
        }
        let mut groups = vec![main];
        let changed = fixing::file_of(self.texts.estate(), finding)
            .and_then(|number| self.texts.file(number));
        if let (Some(fix), Some(edits), Some(text)) = (&finding.fix, edits, changed) {
            let title = if fix.safe {
                fix.title.get(self.lang).to_owned()
            } else {
                format!("{} (--unsafe)", fix.title.get(self.lang))
            };
            groups.extend(patched(text, edits, title));
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

    fn placed<'f>(&'f self, location: Option<&'f Location>) -> Option<(Text<'f>, &'f Location)> {
        let location = location?;
        Some((self.texts.file(location.file)?, location))
    }
}

fn annotated<'a>(
    (file, text): Text<'a>,
    location: &Location,
    kind: AnnotationKind,
    labels: &[&'a str],
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let window = window(file, text, location.span, 1);
    let from = (location.span.start as usize)
        .saturating_sub(window.start)
        .min(window.text.len());
    let to = (location.span.end as usize)
        .saturating_sub(window.start)
        .min(window.text.len());
    let snippet = Snippet::source(window.text)
        .path(file.path.as_str())
        .line_start(window.line);
    if labels.is_empty() {
        return snippet.annotation(kind.span(from..to));
    }
    let label = |label: &&'a str| kind.span(from..to).label(*label);
    labels.iter().map(label).fold(snippet, Snippet::annotation)
}

/// Related places in their order, with all that is said of each place.
fn by_place(related: &[Related], lang: Lang) -> Vec<(Option<&Location>, Vec<&str>)> {
    let mut places: Vec<(Option<&Location>, Vec<&str>)> = Vec::new();
    for one in related {
        let at = one.location.as_ref();
        let text = one.text.get(lang);
        let known = places.iter_mut().find(|(place, _)| *place == at);
        match known.filter(|_| at.is_some()) {
            Some((_, texts)) if texts.contains(&text) => {}
            Some((_, texts)) => texts.push(text),
            None => places.push((at, vec![text])),
        }
    }
    places
}

fn patched<'a>(text: Text<'a>, edits: &'a [Edit], title: String) -> Option<Group<'a>> {
    let whole = edits.iter().map(|edit| edit.span).reduce(Span::to)?;
    let window = window(text.0, text.1, whole, 0);
    let mut snippet = Snippet::source(window.text)
        .path(text.0.path.as_str())
        .line_start(window.line);
    for edit in joined(text.1, edits) {
        let from = (edit.span.start as usize).checked_sub(window.start)?;
        let to = (edit.span.end as usize).checked_sub(window.start)?;
        window.text.get(from..to)?;
        snippet = snippet.patch(Patch::new(from..to, edit.replacement));
    }
    Some(Group::with_title(Level::HELP.secondary_title(title)).element(snippet))
}

/// Edits with no whole line between them become one: the renderer shows edits of touching lines wrongly.
fn joined(text: &str, edits: &[Edit]) -> Vec<Edit> {
    let mut sorted = edits.to_vec();
    sorted.sort_by_key(|edit| edit.span);
    let mut all: Vec<Edit> = Vec::new();
    for edit in sorted {
        let between = all.last().and_then(|last| {
            let gap = text.get(last.span.end as usize..edit.span.start as usize)?;
            (gap.matches('\n').count() < 2).then_some(gap)
        });
        match (between, all.last_mut()) {
            (Some(gap), Some(last)) => {
                last.replacement.push_str(gap);
                last.replacement.push_str(&edit.replacement);
                last.span = last.span.to(edit.span);
            }
            _ => all.push(edit),
        }
    }
    all
}

fn window<'a>(file: &File, text: &'a str, span: Span, around: u32) -> Window<'a> {
    let line_of = |offset: u32| file.lines.position(text, offset as usize).line;
    let first = line_of(span.start).saturating_sub(around).max(1);
    let last = line_of(span.end) + around;
    let start = file
        .lines
        .line(text, first)
        .map_or(0, |line| line.start as usize);
    let end = (first..=last)
        .rev()
        .find_map(|line| file.lines.line(text, line))
        .map_or(text.len(), |line| line.end as usize);
    Window {
        text: text.get(start..end).unwrap_or_default(),
        start,
        line: first as usize,
    }
}
