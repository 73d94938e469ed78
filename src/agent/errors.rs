//! Why a command failed, in the words of AWS's agent.
//!
//! Invariant: the texts of AWS's agent are here and nowhere else. Source: contract, codedeploy sections 8.5 and 8.7.

use camino::Utf8Path;
use std::fmt::Display;

/// The agent's numbers of what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Succeeded,
    ScriptMissing,
    ScriptNotExecutable,
    ScriptTimedOut,
    ScriptFailed,
    Unknown,
    OutputsLeftOpen,
    FailedAfterRestart,
}

impl Code {
    pub fn number(self) -> u8 {
        match self {
            Self::Succeeded => 0,
            Self::ScriptMissing => 1,
            Self::ScriptNotExecutable => 2,
            Self::ScriptTimedOut => 3,
            Self::ScriptFailed => 4,
            Self::Unknown => 5,
            Self::OutputsLeftOpen => 6,
            Self::FailedAfterRestart => 7,
        }
    }
}

/// A failed command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    pub code: Code,
    /// The script's location, as the AppSpec has it; empty when none is to blame.
    pub script: String,
    pub message: String,
    /// The last lines of the scripts.
    pub log: String,
}

pub type Done<T> = Result<T, Fault>;

impl Fault {
    /// Everything that no script is to blame for.
    pub fn unknown(message: impl Display) -> Self {
        Self {
            code: Code::Unknown,
            script: String::new(),
            message: message.to_string(),
            log: String::new(),
        }
    }

    /// A file of this host that could not be worked with.
    pub fn file(what: &str, path: &Utf8Path, error: &dyn Display) -> Self {
        Self::unknown(format!("cannot {what} {path}: {error}"))
    }

    fn script(code: Code, location: &str, message: String) -> Self {
        Self {
            code,
            script: location.to_owned(),
            message,
            log: String::new(),
        }
    }
}

// Scripts

pub fn script_missing(location: &str, path: &Utf8Path) -> Fault {
    let message = format!("Script does not exist at specified location: {path}");
    Fault::script(Code::ScriptMissing, location, message)
}

pub fn script_not_executable(location: &str) -> Fault {
    let message = format!("Unable to set script at specified location: {location} as executable");
    Fault::script(Code::ScriptNotExecutable, location, message)
}

pub fn script_timed_out(location: &str, seconds: u64) -> Fault {
    let message =
        format!("Script at specified location: {location} failed to complete in {seconds} seconds");
    Fault::script(Code::ScriptTimedOut, location, message)
}

pub fn script_failed(location: &str, runas: Option<&str>, status: i32) -> Fault {
    let user = runas.map(|user| format!(" run as user {user}"));
    let user = user.unwrap_or_default();
    let message =
        format!("Script at specified location: {location}{user} failed with exit code {status}");
    Fault::script(Code::ScriptFailed, location, message)
}

pub fn output_left_open(location: &str, stream: &str) -> Fault {
    let message = format!("Script at specified location: {location} failed to close {stream}");
    Fault::script(Code::OutputsLeftOpen, location, message)
}

pub fn failed_after_restart() -> Fault {
    let message = "Failed: Failing in-progress lifecycle event after an agent restart.";
    Fault {
        code: Code::FailedAfterRestart,
        ..Fault::unknown(message)
    }
}

// The AppSpec file

const AGAIN: &str = "Update the permissions section of the AppSpec file, and then try again.";

pub fn appspec_missing(archive: &Utf8Path, name: &str) -> Fault {
    Fault::unknown(format!(
        "The CodeDeploy agent did not find an AppSpec file within the unpacked revision directory at revision-relative path \"{name}\". \
         The revision was unpacked to directory \"{archive}\", and the AppSpec file was expected but not found at path \
         \"{archive}/{name}\". Consult the AWS CodeDeploy Appspec documentation for more information at \
         http://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file.html"
    ))
}

pub fn appspec_empty() -> Fault {
    Fault::unknown(
        "The deployment failed because the application specification file was empty. Make sure your AppSpec file defines at minimum \
         the 'version' and 'os' properties.",
    )
}

pub fn appspec_unreadable(why: impl Display) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the application specification file is not valid YAML: {why}"
    ))
}

/// Something of another kind than it has to be: AWS's agent breaks there in its language's own words.
pub fn appspec_shape(what: &str, expected: &str, line: usize) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because {what} in the application specification file is not {expected} (line {line})"
    ))
}

pub fn version(given: &str) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because an invalid version value ({given}) was entered in the application specification file. Make \
         sure your AppSpec file specifies \"0.0\" as the version, and then try again."
    ))
}

pub fn os(given: &str) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the application specification file specifies an unsupported operating system ({given}). \
         Specify either \"linux\" or \"windows\" in the os section of the AppSpec file, and then try again."
    ))
}

pub fn file_exists_behavior(given: &str) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because an invalid option was specified for fileExistsBehavior: {given}. Valid options include \
         OVERWRITE, RETAIN, and DISALLOW."
    ))
}

pub fn no_source() -> Fault {
    Fault::unknown(
        "The deployment failed because the application specification file specifies a destination file, but no source file. Update \
         the files section of the AppSpec file, and then try again.",
    )
}

pub fn no_destination(source: &str) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the application specification file specifies only a source file ({source}). Add the name of \
         the destination file to the files section of the AppSpec file, and then try again."
    ))
}

pub fn no_location() -> Fault {
    Fault::unknown(
        "The deployment failed because the application specification file specifies a script with no location value. Specify the \
         location in the hooks section of the AppSpec file, and then try again.",
    )
}

pub fn timeout() -> Fault {
    Fault::unknown(
        "The deployment failed because an invalid timeout value was provided for a script in the application specification file. \
         Make corrections in the hooks section of the AppSpec file, and then try again.",
    )
}

pub fn unknown_events(names: &[&str]) -> Fault {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    Fault::unknown(format!(
        "appspec.yml file contains unknown lifecycle events: [{}]",
        names.join(", ")
    ))
}

pub fn no_object() -> Fault {
    Fault::unknown(format!(
        "The deployment failed because a permission listed in the application specification file has no object value. {AGAIN}"
    ))
}

pub fn object_type(given: &str) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the application specification file specifies a permission for an object type not supported \
         for permissions ({given}). {AGAIN}"
    ))
}

pub fn mode_length(mode: &str) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the length of a permissions mode ({mode}) in the application specification file is invalid. \
         Permissions modes must be between one and four characters long. {AGAIN}"
    ))
}

pub fn mode_character(mode: &str, character: char) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the permissions mode ({mode}) in the application specification file contains an invalid \
         character ({character}). {AGAIN}"
    ))
}

pub fn acl_entry(entry: &str) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because of a problem with the acls permission settings in the application specification file. Invalid \
         acl entry ({entry})."
    ))
}

pub fn acl_base(entry: &str) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because of a problem with the acls permission settings in the application specification file. Use \
         mode to set the base acl entry ({entry}). {AGAIN}"
    ))
}

pub fn acl_character(entry: &str, character: char) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the access control list (ACL) named {entry} in the application specification file contains an \
         invalid character ({character}). Correct the ACL in the hooks section of the AppSpec file, and then try again."
    ))
}

pub fn acl_default_on_file() -> Fault {
    Fault::unknown(
        "The deployment failed because the -d parameter has been specified to apply an acl setting to a file. This parameter is \
         supported for directories only. Update the AppSpec file, and then try again.",
    )
}

pub fn context_type() -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the application specification file specifies an invalid context type (). {AGAIN}"
    ))
}

pub fn context_range(range: &str) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because of a problem with the SELinux range specified ({range}) for the context parameter in the \
         permissions section of the application specification file. Make corrections in the permissions section of the AppSpec file, \
         and then try again."
    ))
}

pub fn windows_permissions() -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the application specification file specifies file permissions, but the deployment is \
         targeting one or more Windows Server instances. Permissions are supported only for Amazon Linux, Ubuntu Server, and Red Hat \
         Enterprise Linux (RHEL) instances. {AGAIN}"
    ))
}

// Installing

pub fn already_exists(path: &Utf8Path) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because a specified file already exists at this location: {path}"
    ))
}

pub fn two_sources(source: &Utf8Path, other: &Utf8Path, destination: &Utf8Path) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the application specification file specifies two source files named {source} and {other} for \
         the same destination ({destination}). Remove one of the source file paths from the AppSpec file, and then try again."
    ))
}

pub fn file_over_directory(source: &Utf8Path, destination: &Utf8Path) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the application specification file calls for installing the file {source}, but a file with \
         that name already exists at the location ({destination}). Update your AppSpec file or directory structure, and then try again."
    ))
}

pub fn directory_over_file(destination: &Utf8Path, source: &Utf8Path) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the application specification file includes an mkdir command more than once for the same \
         destination path ({destination}) from ({source}). Update the files section of the AppSpec file, and then try again."
    ))
}

pub fn permission_twice(object: &Utf8Path) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the permissions setting for ({object}) is specified more than once in the application \
         specification file. Update the files section of the AppSpec file, and then try again."
    ))
}

pub fn pattern_on_file(object: &str, pattern: &str) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the application specification file includes an object ({object}) with an invalid pattern \
         ({pattern}), such as a pattern for a file applied to a directory. Correct the permissions section of the AppSpec file, and \
         then try again."
    ))
}

pub fn except_on_file(object: &str, except: &[String]) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the except parameter for a pattern in the permissions section ({except:?}) for the object \
         named {object} contains an invalid format. Update the AppSpec file, and then try again."
    ))
}

pub fn acl_refused(object: &Utf8Path, command: &str, status: impl Display) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because of a problem with the acls permission settings in the application specification file for this \
         object: {object}. Failed command: {command}. Exit code: {status}"
    ))
}

pub fn context_refused(command: &str, status: impl Display) -> Fault {
    Fault::unknown(format!(
        "The deployment failed because the application specification file contains an error in the settings for the context \
         parameter. {AGAIN} Failed command: {command}. Exit code: {status}"
    ))
}

// Bundles

pub fn etag(expected: &str, actual: &str) -> Fault {
    Fault::unknown(format!(
        "Expected deployment artifact bundle etag {expected} but was actually {actual}"
    ))
}

/// 2 is what tar exits with when it cannot go on.
pub fn tar(why: impl Display) -> Fault {
    Fault::unknown(format!("Error extracting tar archive: 2 ({why})"))
}

pub fn zip(why: impl Display) -> Fault {
    Fault::unknown(format!("Error extracting zip archive: {why}"))
}

// The server

pub fn unsupported_format(format: &str) -> Fault {
    Fault::unknown(format!(
        "Unsupported DeploymentSpecification format: {format}"
    ))
}

pub fn unsupported_command(name: &str) -> Fault {
    Fault::unknown(format!("Unsupported command type: {name}."))
}

#[cfg(test)]
mod tests;
