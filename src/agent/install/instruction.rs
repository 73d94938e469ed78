//! One step of an installation.

use super::cleanup::Record;
use crate::agent::appspec::{Acl, Context};
use crate::agent::errors::{self, Done, Fault};
use crate::agent::place::{Found, Place};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Serialize, Serializer};

/// As AWS's agent writes them down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Instruction {
    Copy {
        source: Utf8PathBuf,
        destination: Utf8PathBuf,
        /// What is there may go.
        #[serde(skip)]
        overwrite: bool,
    },
    Mkdir {
        directory: Utf8PathBuf,
    },
    Chmod {
        /// Octal digits.
        mode: String,
        file: Utf8PathBuf,
    },
    Setfacl {
        #[serde(serialize_with = "entries")]
        acl: Acl,
        file: Utf8PathBuf,
    },
    Semanage {
        #[serde(serialize_with = "label_of")]
        context: Context,
        file: Utf8PathBuf,
    },
    Chown {
        owner: Option<String>,
        group: Option<String>,
        file: Utf8PathBuf,
    },
}

impl Instruction {
    pub fn perform(&self, place: &dyn Place, made: &mut Record) -> Done<()> {
        match self {
            Self::Copy {
                source,
                destination,
                overwrite,
            } => copy(place, made, source, destination, *overwrite),
            Self::Mkdir { directory } => {
                absent(place, directory)?;
                place.make(directory)?;
                made.path(directory)
            }
            Self::Chmod { mode, file } => {
                let bits = u32::from_str_radix(mode, 8);
                let bits = bits.map_err(|error| Fault::file("set the mode of", file, &error))?;
                place.set_mode(file, bits)
            }
            Self::Setfacl { acl, file } => set_acl(place, acl, file),
            Self::Semanage { context, file } => label(place, made, context, file),
            Self::Chown { owner, group, file } => {
                place.set_owner(file, owner.as_deref(), group.as_deref())
            }
        }
    }
}

/// Something may have come since the instructions were made.
fn absent(place: &dyn Place, path: &Utf8Path) -> Done<()> {
    match place.found(path)? {
        Found::Nothing => Ok(()),
        Found::File | Found::Directory => Err(errors::already_exists(path)),
    }
}

fn copy(
    place: &dyn Place,
    made: &mut Record,
    source: &Utf8Path,
    destination: &Utf8Path,
    overwrite: bool,
) -> Done<()> {
    if !overwrite {
        absent(place, destination)?;
    }
    made.path(destination)?;
    place.copy(source, destination)
}

fn set_acl(place: &dyn Place, acl: &Acl, file: &Utf8Path) -> Done<()> {
    let entries = acl.complete(place.mode(file)?).join(",");
    let argv = words(&["setfacl", "--set", &entries, "--", file.as_str()]);
    let set = place.run(&argv);
    set.map_err(|status| errors::acl_refused(file, &argv.join(" "), status))
}

fn label(place: &dyn Place, made: &mut Record, context: &Context, file: &Utf8Path) -> Done<()> {
    let object = place.real(file)?;
    let mut record = words(&["semanage", "fcontext", "-a"]);
    if let Some(user) = &context.user {
        record.extend(words(&["-s", user]));
    }
    record.extend(words(&["-t", &context.kind]));
    if let Some(range) = &context.range {
        record.extend(words(&["-r", &range.to_string()]));
    }
    record.extend(words(&["--", object.as_str()]));
    let restore = words(&["restorecon", "-v", "--", object.as_str()]);
    for argv in [&record, &restore] {
        let done = place.run(argv);
        done.map_err(|status| errors::context_refused(&argv.join(" "), status))?;
    }
    made.label(&object)
}

/// Takes a label back.
pub fn unlabel(object: &str) -> Vec<String> {
    words(&["semanage", "fcontext", "-d", "--", object])
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn entries<S: Serializer>(acl: &Acl, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(acl.0.iter().map(ToString::to_string))
}

fn label_of<S: Serializer>(context: &Context, to: S) -> Result<S::Ok, S::Error> {
    let range = context.range.as_ref().map(ToString::to_string);
    let (user, kind) = (&context.user, &context.kind);
    serde_json::json!({"user": user, "role": null, "type": kind, "range": range}).serialize(to)
}
