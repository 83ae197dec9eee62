use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::WalkBuilder;
use sekisho_model::{Skipped, Unread};

use crate::pipelines::is_manifest;
use crate::{MAX_FILE, Text, terraform};

/// Something to read.
#[derive(Debug, Clone)]
pub enum Input {
    /// A file or a folder.
    Path(PathBuf),
    /// Standard input, already read.
    Stdin(Vec<u8>),
}

/// The texts below the inputs, and what was not read.
#[derive(Debug, Default)]
pub struct Gathered {
    /// In the order of their paths.
    pub texts: Vec<Text>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
    /// What Terraform names and is nothing by itself: scripts, templates.
    pub beside: Vec<Text>,
    /// Files that name dependencies: only their names are known.
    pub manifests: Vec<String>,
}

/// Of a file that only Terraform names, the size above which it is not read.
const MAX_BESIDE: u64 = 1 << 20;

/// A file of a folder with another ending than those that are read.
struct Other {
    root: String,
    name: String,
    path: PathBuf,
}

/// Reads the files of the inputs. In folders, files that git ignores are left out, and only YAML, JSON, Terraform and what
/// Terraform names is opened.
pub fn gather(inputs: &[Input]) -> Gathered {
    let mut gathered = Gathered::default();
    let mut others = Vec::new();
    let mut paths: BTreeMap<String, PathBuf> = BTreeMap::new();
    for input in inputs {
        match input {
            Input::Stdin(bytes) => gathered.take("-", bytes.clone()),
            Input::Path(path) if path.is_dir() => {
                walk(path, &mut paths, &mut others, &mut gathered);
            }
            Input::Path(path) => {
                paths.insert(shown(path), path.clone());
            }
        }
    }
    for (name, path) in paths {
        gathered.open(&name, &path);
    }
    gathered.take_others(others);
    gathered
}

fn walk(
    root: &Path,
    paths: &mut BTreeMap<String, PathBuf>,
    others: &mut Vec<Other>,
    gathered: &mut Gathered,
) {
    let inside = fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    let walker = WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .follow_links(false)
        .build();
    for entry in walker {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                gathered.cannot_read(&shown(root), &error.to_string());
                continue;
            }
        };
        let path = entry.path();
        let name = shown(path);
        let is_git = path.components().any(|part| part.as_os_str() == ".git");
        if is_git || entry.file_type().is_some_and(|kind| kind.is_dir()) {
            continue;
        }
        if entry.file_type().is_some_and(|kind| kind.is_symlink())
            && let Some(reason) = passed_over(path, &inside)
        {
            gathered.skip(&name, reason);
            continue;
        }
        let extension = path
            .extension()
            .and_then(|text| text.to_str())
            .unwrap_or("");
        if is_manifest(&name) {
            gathered.manifests.push(name.clone());
        }
        let last = name.rsplit('/').next().unwrap_or("");
        if matches!(last, "renovate.json5" | ".renovaterc.json5") {
            gathered.cannot_read(&name, "JSON5, which is not read; write it as renovate.json");
        } else if matches!(extension, "yaml" | "yml" | "json" | "tf" | "tfvars")
            || last == ".renovaterc"
        {
            paths.insert(name, path.to_path_buf());
        } else {
            others.push(Other {
                root: shown(root),
                name,
                path: path.to_path_buf(),
            });
        }
    }
}

/// Why a symbolic link is not read. A link to a file elsewhere is: `kubectl apply -f` follows it, too.
fn passed_over(link: &Path, inside: &Path) -> Option<&'static str> {
    match fs::canonicalize(link) {
        Ok(target) if target.starts_with(inside) => {
            Some("a symbolic link; what it points to is read where it stands")
        }
        Ok(target) if target.is_dir() => {
            Some("a symbolic link to a folder elsewhere; name that folder to read it")
        }
        // A link that leads nowhere is opened as well, so that the error is told.
        Ok(_) | Err(_) => None,
    }
}

impl Gathered {
    /// Reads what Terraform names of these, and counts the rest.
    fn take_others(&mut self, others: Vec<Other>) {
        let texts = self.texts.iter();
        let texts = texts.filter(|text| terraform::is_terraform(&text.path));
        let named: BTreeSet<&str> = texts.flat_map(|text| quoted_ends(&text.text)).collect();
        let mut beside = Vec::new();
        let mut left: BTreeMap<(String, String), usize> = BTreeMap::new();
        for other in others {
            let last = other.name.rsplit('/').next().unwrap_or("");
            let read = named
                .contains(last)
                .then(|| read_bounded(&other.path, MAX_BESIDE).ok().flatten())
                .flatten()
                .and_then(|bytes| String::from_utf8(bytes).ok());
            if let Some(text) = read {
                beside.push(Text {
                    path: other.name,
                    text: Arc::from(text),
                    rendered_by: None,
                });
                continue;
            }
            let ending = other.path.extension().and_then(|text| text.to_str());
            let what = match ending {
                None => "no ending".to_owned(),
                Some(ending) => format!("the ending .{ending}"),
            };
            *left.entry((other.root, what)).or_default() += 1;
        }
        self.beside = beside;
        for ((root, what), count) in left {
            self.skip(
                &root,
                &format!("{count} files with {what}: neither YAML, JSON nor Terraform"),
            );
        }
    }

    fn open(&mut self, name: &str, path: &Path) {
        match read_bounded(path, MAX_FILE) {
            Ok(Some(bytes)) => self.take(name, bytes),
            Ok(None) => self.cannot_read(name, "larger than 32 MiB; split it"),
            Err(error) => self.cannot_read(name, &error.to_string()),
        }
    }

    fn take(&mut self, name: &str, bytes: Vec<u8>) {
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return self.cannot_read(name, "UTF-16, which kubectl reads; save it as UTF-8");
        }
        if bytes.contains(&0) {
            return self.skip(name, "binary");
        }
        match String::from_utf8(bytes) {
            Ok(text) => self.texts.push(Text {
                path: name.to_owned(),
                text: Arc::from(text),
                rendered_by: None,
            }),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                self.cannot_read(name, &format!("not UTF-8 at byte {at}"));
            }
        }
    }

    fn skip(&mut self, path: &str, reason: &str) {
        self.skipped.push(Skipped {
            path: path.to_owned(),
            reason: reason.to_owned(),
        });
    }

    fn cannot_read(&mut self, path: &str, reason: &str) {
        self.unread.push(Unread {
            path: path.to_owned(),
            position: None,
            reason: reason.to_owned(),
        });
    }
}

/// The names that stand last in quoted texts: `boot.sh` of `"${path.module}/boot.sh"`.
fn quoted_ends(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').filter_map(|part| {
        let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_');
        let start = part
            .char_indices()
            .rev()
            .take_while(|(_, letter)| is_name(*letter))
            .last()?;
        part.get(start.0..)
    })
}

/// `None` when it is too large. The size is held while reading, since a file can grow and a pipe has none.
fn read_bounded(path: &Path, most: u64) -> std::io::Result<Option<Vec<u8>>> {
    let file = fs::File::open(path)?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|len| len <= most);
    Ok(fits.then_some(bytes))
}

/// The path as people write it: with `/`, without a leading `./`.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubectl_would_read_is_never_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("kind: Pod".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        fs::write(folder.path().join("wide.yaml"), utf16).unwrap();
        fs::write(folder.path().join("picture.yaml"), [0, 1, 2]).unwrap();
        fs::write(elsewhere.path().join("real.yaml"), "kind: Pod").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(
            elsewhere.path().join("real.yaml"),
            folder.path().join("link.yaml"),
        )
        .unwrap();
        let gathered = gather(&[Input::Path(folder.path().to_path_buf())]);
        assert!(
            gathered
                .unread
                .iter()
                .any(|one| one.path.ends_with("wide.yaml"))
        );
        assert!(
            gathered
                .skipped
                .iter()
                .any(|one| one.path.ends_with("picture.yaml"))
        );
        #[cfg(unix)]
        assert!(
            gathered
                .texts
                .iter()
                .any(|one| one.path.ends_with("link.yaml"))
        );
    }

    #[test]
    fn manifests_are_named_and_json5_is_told() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["go.mod", "renovate.json5", ".renovaterc"] {
            fs::write(folder.path().join(name), "{}").unwrap();
        }
        let gathered = gather(&[Input::Path(folder.path().to_path_buf())]);
        let [manifest] = &gathered.manifests[..] else {
            panic!("{:?}", gathered.manifests);
        };
        assert!(manifest.ends_with("go.mod"));
        assert!(
            gathered
                .unread
                .iter()
                .any(|one| one.path.ends_with("renovate.json5"))
        );
        assert!(
            gathered
                .texts
                .iter()
                .any(|one| one.path.ends_with(".renovaterc"))
        );
    }

    #[test]
    fn what_terraform_names_is_read_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("main.tf"),
            "locals {\n  boot = templatefile(\"${path.module}/boot.sh.tftpl\", {})\n}\n",
        )
        .unwrap();
        fs::write(folder.path().join("boot.sh.tftpl"), "#!/bin/sh").unwrap();
        fs::write(folder.path().join("other.sh"), "#!/bin/sh").unwrap();
        let gathered = gather(&[Input::Path(folder.path().to_path_buf())]);
        let [beside] = &gathered.beside[..] else {
            panic!("{:?}", gathered.beside);
        };
        assert!(beside.path.ends_with("boot.sh.tftpl"));
        let [skipped] = &gathered.skipped[..] else {
            panic!("{:?}", gathered.skipped);
        };
        assert!(skipped.reason.starts_with("1 files with the ending .sh"));
    }
}
