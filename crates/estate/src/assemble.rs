use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;
use sekisho_aws::snapshot::Answer;
use sekisho_model::{Estate, File, Place, Settings, Skipped, Unread};
use sekisho_text::LineIndex;
use sekisho_yaml::{Document, Limits, Stream, parse_shared};

use crate::kubeconfig;
use crate::objects::{self, Found};
use crate::pipelines::{self, Seen};
use crate::places::Places;
use crate::snapshots::Snapshots;
use crate::terraform;

/// A text to read, with the name that people know it by.
#[derive(Debug, Clone)]
pub struct Text {
    /// Its path; `-` for standard input.
    pub path: String,
    /// What it says.
    pub text: Arc<str>,
    /// What rendered it, if anything did.
    pub rendered_by: Option<String>,
}

/// The readable documents of a text.
pub fn documents(text: &str) -> Vec<Document> {
    parse_shared(&Arc::from(text), &Limits::default()).documents
}

/// Makes an estate of texts. Files keep their order, whatever order the threads finish in.
pub fn assemble(texts: Vec<Text>, settings: &Settings) -> Estate {
    // Of a file that names dependencies, only the name is of interest when it is not YAML or JSON.
    let mut manifests = BTreeSet::new();
    let texts: Vec<Text> = texts
        .into_iter()
        .filter(|text| {
            let is_manifest = pipelines::is_manifest(&text.path);
            if is_manifest {
                manifests.insert(text.path.clone());
            }
            !is_manifest || is_read(&text.path)
        })
        .collect();
    let mut places = Places::new(&settings.estate, kubeconfig::folders(&texts));
    let located: Vec<_> = texts
        .into_iter()
        .enumerate()
        .map(|(number, text)| (number, places.of(&text.path), text))
        .collect();
    let of_terraform = read_terraform(&located, &mut places);
    let snapshots = Snapshots::among(located.iter().map(|(_, _, text)| text.path.as_str()));
    let read: Vec<_> = located
        .into_par_iter()
        .map(|(number, place, text)| {
            let is_yaml = !terraform::is_terraform(&text.path) && !terraform::is_plan(&text.text);
            let stream = if is_yaml {
                parse_shared(&text.text, &Limits::default())
            } else {
                Stream::default()
            };
            let documents = stream.documents.iter().enumerate();
            let is_object = snapshots.of(&text.path).is_none();
            let found: Vec<Found> = documents
                .filter(|_| is_object)
                .map(|(index, document)| {
                    objects::of_document(document, &text.path, number, index, &place)
                })
                .collect();
            (text, stream, found, place)
        })
        .collect();
    let piped = {
        let seen: Vec<Seen<'_>> = read
            .iter()
            .map(|(text, stream, _, place)| Seen {
                path: &text.path,
                documents: &stream.documents,
                place,
            })
            .collect();
        pipelines::read(&seen)
    };
    let of_aws = {
        let seen = read.iter().enumerate();
        let seen = seen.map(|(file, (text, stream, ..))| Answer {
            path: &text.path,
            file,
            document: stream.documents.first(),
            text: &text.text,
        });
        snapshots.read(seen, of_terraform.stacks.len(), &mut places)
    };
    let (mut files, mut all, mut unread, mut skipped) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (number, (text, stream, found, _)) in read.into_iter().enumerate() {
        let lines = LineIndex::new(&text.text);
        unread.extend(unreadable(&text, &lines, &stream));
        let (mut others, mut kubeconfigs) = (0, 0);
        for (index, item) in found.into_iter().enumerate() {
            all.extend(item.objects);
            others += usize::from(item.is_other && !piped.parts.contains(&(number, index)));
            kubeconfigs += usize::from(item.is_kubeconfig);
            unread.extend(item.broken.into_iter().map(|reason| Unread {
                path: text.path.clone(),
                position: None,
                reason,
            }));
        }
        if kubeconfigs > 0 {
            skipped.push(Skipped {
                path: text.path.clone(),
                reason: "a kubeconfig: it configures kubectl and is no object of a cluster"
                    .to_owned(),
            });
        }
        if others > 0 {
            skipped.push(Skipped {
                path: text.path.clone(),
                reason: format!(
                    "{others} documents with neither `apiVersion` nor `kind`: no Kubernetes objects"
                ),
            });
        }
        files.push(File {
            path: text.path,
            text: text.text,
            lines,
            documents: stream.documents,
            rendered_by: text.rendered_by,
        });
    }
    unread.extend(of_terraform.unread);
    skipped.extend(of_terraform.skipped);
    unread.extend(of_aws.unread);
    let mut resources = of_terraform.resources;
    resources.extend(of_aws.resources);
    let mut stacks = of_terraform.stacks;
    stacks.extend(of_aws.stacks);
    let mut estate = Estate::new(files, all)
        .with_pipelines(piped.all)
        .with_resources(resources, stacks);
    estate.manifests = manifests;
    estate.unread = unread;
    estate.skipped = skipped;
    estate
}

type Located = (usize, Arc<Place>, Text);

fn read_terraform(located: &[Located], places: &mut Places) -> terraform::Found {
    let is_ours =
        |text: &Text| terraform::is_terraform(&text.path) || terraform::is_plan(&text.text);
    let ours: Vec<&Located> = located
        .iter()
        .filter(|(_, _, text)| is_ours(text))
        .collect();
    let files = ours
        .iter()
        .map(|(number, _, text)| (text.path.clone(), *number))
        .collect();
    let texts: Vec<Text> = ours.iter().map(|(_, _, text)| text.clone()).collect();
    terraform::read(&texts, &files, |path| places.of(path))
}

fn is_read(path: &str) -> bool {
    let ending = path.rsplit('.').next();
    matches!(ending, Some("yaml" | "yml" | "json" | "tf" | "tfvars"))
}

fn unreadable(text: &Text, lines: &LineIndex, stream: &Stream) -> Vec<Unread> {
    let is_template = text.text.contains("{{") && !text.text.trim_start().starts_with('{');
    let hint = if is_template {
        "; it looks like a template: render it first (`helm template … | sekisho check -`)"
    } else {
        ""
    };
    stream
        .errors
        .iter()
        .map(|error| Unread {
            path: text.path.clone(),
            position: Some(lines.position(&text.text, error.span.start as usize)),
            reason: format!("{}{hint}", error.message),
        })
        .collect()
}
