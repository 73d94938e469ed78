//! Named volumes: file systems that outlive containers, and the layers of Docker engines inside.
//!
//! Invariant: a volume of layers belongs to one container at a time. Volumes of file systems hold data of the customer's: they live as
//! long as the server's data folder is used, and go with a reset, or with a server that keeps nothing.

use super::container::Container;
use super::errors::{message, status};
use super::owner;
use super::sandboxes::{INSTANCE, ownership};
use crate::companions::ByteStream;
use crate::sandbox::names::safe_name;
use crate::sandbox::{FileSystem, Layers, Sandbox, SandboxError, SandboxSpec};
use bollard::Docker;
use bollard::models::{Mount, MountType, Volume, VolumeCreateRequest};
use bollard::query_parameters::{ListVolumesOptionsBuilder, RemoveVolumeOptions};
use camino::{Utf8Path, Utf8PathBuf};
use futures::StreamExt;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where a Docker engine inside keeps its layers.
pub const LAYERS_AT: &str = "/var/lib/docker";

/// Where trees of file systems are whose directory alone is wanted.
const TREES: &str = "/codebuild/file-systems";

/// Whose layers a volume holds.
const LAYERS: &str = "slipway.layers";

/// Names of volumes of layers that containers have now.
pub type Taken = Arc<Mutex<HashSet<String>>>;

/// The right to a volume of layers, until dropped.
pub struct Lease {
    taken: Taken,
    pub volume: String,
}

impl Lease {
    /// `None`: another container has it.
    fn take(taken: &Taken, volume: String) -> Option<Lease> {
        let is_free = lock(taken).insert(volume.clone());
        is_free.then(|| Lease {
            taken: taken.clone(),
            volume,
        })
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        lock(&self.taken).remove(&self.volume);
    }
}

fn lock(taken: &Taken) -> MutexGuard<'_, HashSet<String>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The volume of the sandbox's layers, if it wants one that nobody else has; older ones of their owner are removed.
pub async fn layers(
    docker: &Docker,
    instance: &str,
    taken: &Taken,
    wanted: Option<&Layers>,
) -> Result<Option<Lease>, SandboxError> {
    let Some(wanted) = wanted else {
        return Ok(None);
    };
    let owner = safe_name(&wanted.owner);
    let name = format!(
        "slipway-{instance}-layers-{owner}-{}",
        safe_name(&wanted.generation)
    );
    let Some(lease) = Lease::take(taken, name.clone()) else {
        return Ok(None);
    };
    let older = listed(docker, &format!("{LAYERS}={owner}")).await?;
    let older = older.into_iter().filter(|volume| {
        volume.name != name && volume.labels.get(INSTANCE).map(String::as_str) == Some(instance)
    });
    for volume in older {
        remove(docker, &volume.name).await;
    }
    let mut labels = ownership(instance);
    labels.insert(LAYERS.to_owned(), owner);
    create(docker, name, labels).await?;
    Ok(Some(lease))
}

/// Makes the volumes of file systems that are absent. `fleeting`: they are of no use when this process has ended.
pub async fn trees(
    docker: &Docker,
    instance: &str,
    fleeting: bool,
    wanted: &[FileSystem],
) -> Result<(), SandboxError> {
    for file_system in wanted {
        let labels = match fleeting {
            true => ownership(instance),
            false => HashMap::from([(INSTANCE.to_owned(), instance.to_owned())]),
        };
        create(docker, tree(instance, file_system), labels).await?;
    }
    Ok(())
}

fn tree(instance: &str, of: &FileSystem) -> String {
    format!("slipway-{instance}-fs-{}", safe_name(&of.id))
}

/// What the container mounts. Of one tree that is wanted at several places, each directory has its own mount of the whole.
pub fn mounts(spec: &SandboxSpec, instance: &str, layers: Option<&Lease>) -> Vec<Mount> {
    let trees = spec.file_systems.iter().map(|of| {
        let at = match linked(of) {
            Some(tree) => tree,
            None => of.at.clone(),
        };
        mount(tree(instance, of), at.into_string())
    });
    let layers = layers.map(|lease| mount(lease.volume.clone(), LAYERS_AT.to_owned()));
    let mut mounts: Vec<Mount> = trees.chain(layers).collect();
    mounts.sort_by(|a, b| a.target.cmp(&b.target));
    mounts.dedup_by(|a, b| a.target == b.target);
    mounts
}

/// Where the whole tree is when a link leads to the directory that is wanted; `None`: the whole tree is wanted.
pub fn linked(of: &FileSystem) -> Option<Utf8PathBuf> {
    let tree = Utf8Path::new(TREES).join(safe_name(&of.id));
    (of.dir_below(&tree) != tree).then_some(tree)
}

/// Links lead to the directories of trees that are mounted whole: engines before version 26 mount no directories of volumes.
pub async fn link(container: &Container, file_systems: &[FileSystem]) -> Result<(), SandboxError> {
    for of in file_systems {
        let Some(tree) = linked(of) else {
            continue;
        };
        let (Some(parent), Some(name)) = (of.at.parent(), of.at.file_name()) else {
            return Err(SandboxError::NoSuchPath(of.at.to_string()));
        };
        let dir = of.dir_below(&tree);
        container.copy_in(&dir, tar(None)?).await?;
        let link = tar(Some((name, dir.as_str())))?;
        container.copy_in(parent, link).await?;
    }
    Ok(())
}

/// An archive of one link, or of nothing.
fn tar(link: Option<(&str, &str)>) -> Result<ByteStream, SandboxError> {
    let mut tar = tar::Builder::new(Vec::new());
    let mut bytes = || {
        if let Some((name, target)) = link {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_size(0);
            header.set_mode(0o777);
            tar.append_link(&mut header, name, target)?;
        }
        tar.finish()?;
        Ok::<_, std::io::Error>(tar.get_ref().clone())
    };
    let bytes = bytes().map_err(|e| SandboxError::Failed(e.to_string()))?;
    Ok(futures::stream::iter([Ok(bytes.into())]).boxed())
}

fn mount(volume: String, at: String) -> Mount {
    Mount {
        typ: Some(MountType::VOLUME),
        source: Some(volume),
        target: Some(at),
        ..Default::default()
    }
}

async fn create(
    docker: &Docker,
    name: String,
    labels: HashMap<String, String>,
) -> Result<(), SandboxError> {
    // A volume that is there is left as it is.
    let request = VolumeCreateRequest {
        name: Some(name),
        labels: Some(labels),
        ..Default::default()
    };
    let made = docker.create_volume(request).await;
    made.map(drop)
        .map_err(|e| SandboxError::Failed(format!("cannot make a volume: {}", message(&e))))
}

async fn listed(docker: &Docker, label: &str) -> Result<Vec<Volume>, SandboxError> {
    let filters = HashMap::from([("label", vec![label])]);
    let options = ListVolumesOptionsBuilder::default().filters(&filters);
    let listed = docker.list_volumes(Some(options.build())).await;
    let listed = listed
        .map_err(|e| SandboxError::Failed(format!("cannot list volumes: {}", message(&e))))?;
    Ok(listed.volumes.unwrap_or_default())
}

/// One that a container still has stays.
async fn remove(docker: &Docker, name: &str) {
    match docker
        .remove_volume(name, None::<RemoveVolumeOptions>)
        .await
    {
        Err(e) if !matches!(status(&e), Some(404 | 409)) => {
            tracing::warn!(name, "cannot remove this volume: {}", message(&e));
        }
        _ => {}
    }
}

/// Removes all volumes of this data folder that no container has.
pub async fn empty(docker: &Docker, instance: &str) -> Result<(), SandboxError> {
    for volume in listed(docker, &format!("{INSTANCE}={instance}")).await? {
        remove(docker, &volume.name).await;
    }
    Ok(())
}

/// Removes what dead servers of other data folders left and nobody can use; what is of this one is of use again.
pub async fn sweep(docker: &Docker, instance: &str) -> Result<(), SandboxError> {
    for volume in listed(docker, owner::OWNER).await? {
        let label = |name| volume.labels.get(name).map(String::as_str);
        let ours = label(INSTANCE) == Some(instance);
        if !ours && label(owner::OWNER).is_some_and(owner::is_dead) {
            remove(docker, &volume.name).await;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_system(id: &str, dir: &str, at: &str) -> FileSystem {
        FileSystem {
            id: id.to_owned(),
            dir: dir.into(),
            at: at.into(),
        }
    }

    // Witness: contract §9.2, "a named volume per file-system id".
    #[test]
    fn one_file_system_is_one_volume_whatever_directory_is_seen() {
        let spec = SandboxSpec {
            file_systems: vec![
                file_system("fs-1", "/", "/mnt/whole"),
                file_system("fs-1", "/a/../b", "/mnt/b"),
                file_system("fs-1", "/c", "/mnt/c"),
                file_system("fs-2", "/..", "/mnt/other"),
            ],
            ..SandboxSpec::default()
        };
        let mounts = mounts(&spec, "i", None);
        let of = |at: &str| {
            let mut mounts = mounts.iter();
            let found = mounts.find(|mount| mount.target.as_deref() == Some(at));
            found.and_then(|mount| mount.source.clone()).unwrap()
        };
        let tree = linked(&spec.file_systems[1]).unwrap();
        assert_eq!(mounts.len(), 3);
        assert_eq!(of("/mnt/whole"), of(tree.as_str()));
        assert_ne!(of("/mnt/whole"), of("/mnt/other"));
        assert_eq!(spec.file_systems[1].dir_below(&tree), tree.join("b"));
        assert_eq!(linked(&spec.file_systems[3]), None);
    }

    // Witness: our reading; two Docker engines on the same layers would spoil them.
    #[test]
    fn layers_are_one_container_s_at_a_time() {
        let taken = Taken::default();
        let first = Lease::take(&taken, "a".to_owned());
        assert!(first.is_some());
        assert!(Lease::take(&taken, "a".to_owned()).is_none());
        assert!(Lease::take(&taken, "b".to_owned()).is_some());
        drop(first);
        assert!(Lease::take(&taken, "a".to_owned()).is_some());
    }
}
