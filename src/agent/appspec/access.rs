//! Modes and access control lists of permissions.

use super::scalar;
use crate::agent::errors::{self, Done};
use crate::engine::build::buildspec::yaml::Node;

/// One entry of an access control list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// For what is made later in a directory.
    pub default: bool,
    pub kind: Kind,
    /// The user or group; empty for the owner's own.
    pub name: String,
    /// Read, write, execute as the lowest three bits.
    pub bits: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    User,
    Group,
    Mask,
    Other,
}

/// What `setfacl` is to set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acl(pub Vec<Access>);

/// Three or four octal digits from a text or number of up to four.
pub fn mode(node: &Node) -> Done<String> {
    let given = match scalar::printed(node) {
        Some(text) => text,
        None => scalar::text(node, "mode of a permission")?,
    };
    let mode = format!("{given:0>3}");
    if mode.chars().count() > 4 {
        return Err(errors::mode_length(&mode));
    }
    match mode.chars().find(|digit| !('0'..='7').contains(digit)) {
        Some(other) => Err(errors::mode_character(&mode, other)),
        None => Ok(mode),
    }
}

impl Acl {
    pub fn parse(entries: &[String]) -> Done<Self> {
        let entries = entries.iter().map(|entry| Access::parse(entry));
        entries.collect::<Done<_>>().map(Self)
    }

    pub fn has_default(&self) -> bool {
        self.0.iter().any(|entry| entry.default)
    }

    /// All that `setfacl --set` needs: these entries and those that the object's mode stands for.
    pub fn complete(&self, mode: u32) -> Vec<String> {
        let mut all = self.0.clone();
        let digit = |shift: u32| u8::try_from(mode >> shift & 0o7).unwrap_or(0);
        let (user, group, other) = (digit(6), digit(3), digit(0));
        let base = |kind, bits| Access::base(false, kind, bits);
        all.extend([
            base(Kind::User, user),
            base(Kind::Group, group),
            base(Kind::Other, other),
        ]);
        if self.has(false, Self::is_named) && !self.has(false, |of| of.kind == Kind::Mask) {
            all.push(base(Kind::Mask, group));
        }
        if self.has_default() {
            self.complete_defaults([user, group, other], &mut all);
        }
        all.iter().map(ToString::to_string).collect()
    }

    fn complete_defaults(&self, [user, group, other]: [u8; 3], all: &mut Vec<Access>) {
        let own = |kind| move |of: &Access| of.kind == kind && of.name.is_empty();
        for (kind, bits) in [
            (Kind::User, user),
            (Kind::Group, group),
            (Kind::Other, other),
        ] {
            if !self.has(true, own(kind)) {
                all.push(Access::base(true, kind, bits));
            }
        }
        if self.has(true, Self::is_named) && !self.has(true, own(Kind::Mask)) {
            let given = all.iter().find(|of| of.default && own(Kind::Group)(of));
            let bits = given.map_or(group, |of| of.bits);
            all.push(Access::base(true, Kind::Mask, bits));
        }
    }

    fn is_named(entry: &Access) -> bool {
        !entry.name.is_empty()
    }

    fn has(&self, default: bool, which: impl Fn(&Access) -> bool) -> bool {
        let mut entries = self.0.iter().filter(|entry| entry.default == default);
        entries.any(which)
    }
}

impl Access {
    /// `[d[efault]:][u[ser]|g[roup]|m[ask]|o[ther]:]name:permissions`
    fn parse(text: &str) -> Done<Self> {
        let refused = || errors::acl_entry(text);
        let mut parts: Vec<&str> = text.split(':').collect();
        let permissions = parts.pop().unwrap_or_default();
        if !(1..=3).contains(&parts.len()) {
            return Err(refused());
        }
        let default = matches!(parts.as_slice(), ["d" | "default", _, ..]);
        if default {
            parts.remove(0);
        }
        let (kind, name) = match parts.as_slice() {
            [only] => match Kind::parse(only) {
                Some(kind @ (Kind::Mask | Kind::Other)) => (kind, ""),
                _ => (Kind::User, *only),
            },
            [kind, name] => (Kind::parse(kind).ok_or_else(refused)?, *name),
            _ => return Err(refused()),
        };
        if matches!(kind, Kind::Mask | Kind::Other) && !name.is_empty() {
            return Err(refused());
        }
        if !default && kind != Kind::Mask && name.is_empty() {
            return Err(errors::acl_base(text));
        }
        Ok(Self {
            default,
            kind,
            name: name.to_owned(),
            bits: bits(text, permissions)?,
        })
    }

    fn base(default: bool, kind: Kind, bits: u8) -> Self {
        Self {
            default,
            kind,
            name: String::new(),
            bits,
        }
    }
}

/// An octal digit, or letters and dashes.
fn bits(entry: &str, permissions: &str) -> Done<u8> {
    if let [digit @ b'0'..=b'7'] = permissions.as_bytes() {
        return Ok(digit - b'0');
    }
    let mut bits = 0;
    for letter in permissions.chars() {
        bits |= match letter {
            'r' => 4,
            'w' => 2,
            'x' => 1,
            '-' => 0,
            other => return Err(errors::acl_character(entry, other)),
        };
    }
    Ok(bits)
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "u" | "user" => Some(Self::User),
            "g" | "group" => Some(Self::Group),
            "m" | "mask" => Some(Self::Mask),
            "o" | "other" => Some(Self::Other),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Mask => "mask",
            Self::Other => "other",
        }
    }
}

/// As `setfacl` takes it: `default:user:name:rwx`.
impl std::fmt::Display for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let default = if self.default { "default:" } else { "" };
        let letter = |bit: u8, letter| if self.bits & bit == 0 { '-' } else { letter };
        let (kind, name) = (self.kind.word(), &self.name);
        let (read, write, execute) = (letter(4, 'r'), letter(2, 'w'), letter(1, 'x'));
        write!(f, "{default}{kind}:{name}:{read}{write}{execute}")
    }
}
