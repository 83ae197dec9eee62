use super::level::Level;
use crate::place::{Faults, Place};

/// Sources that the restricted level knows by name but does not allow, in the order in which the server looks.
const NAMED: [&str; 21] = [
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "nfs",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "storageos",
];

/// Sources that the restricted level allows.
pub const RESTRICTED_VOLUMES: [&str; 9] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// Whether pods may use this volume source at this level; `*` stands for every source.
pub fn allows_volume(level: Level, source: &str) -> bool {
    match level {
        Level::Privileged => true,
        Level::Baseline => !matches!(source, "*" | "hostPath"),
        Level::Restricted => RESTRICTED_VOLUMES.contains(&source),
    }
}

/// One volume of a pod.
#[derive(Debug)]
pub(super) struct Volume<'a> {
    pub(super) name: &'a str,
    /// The key of the source as written; a volume without any is an `emptyDir` (`SetDefaults_Volume`).
    pub(super) source: Option<&'a str>,
}

impl<'a> Volume<'a> {
    pub(super) fn read_all(at: &Place<'a, '_>, f: &mut Faults) -> Vec<Self> {
        at.items(f)
            .iter()
            .enumerate()
            .map(|(index, item)| Self::read(&at.index(index, item), f))
            .collect()
    }

    fn read(at: &Place<'a, '_>, f: &mut Faults) -> Self {
        let name = at.key("name", f).text(f).unwrap_or_default();
        let mut source = None;
        for (key, value) in at.map(f).into_iter().flatten() {
            if key == "name" || value.is_null() {
                continue;
            }
            at.named(key, value).map(f);
            // The server refuses two sources; either could hide the other one from a check.
            if source.replace(key.as_str()).is_some() {
                at.fault("may not specify more than 1 volume type", f);
            }
        }
        Self { name, source }
    }

    pub(super) fn is_host_path(&self) -> bool {
        self.source == Some("hostPath")
    }

    /// The type that the restricted level objects to; a source this server does not know is `unknown`.
    pub(super) fn restricted_type(&self) -> Option<&'static str> {
        let source = self.source?;
        if RESTRICTED_VOLUMES.contains(&source) {
            return None;
        }
        let named = NAMED.into_iter().find(|name| *name == source);
        Some(named.unwrap_or("unknown"))
    }
}
