//! Where a function's code can be loaded: a URL of this server that names the archive by its random name.

use super::companion::Lambda;
use super::store::Code;
use crate::sandbox::Kind;
use bytes::Bytes;

/// The path before the archive's name.
pub const PATH: &str = "/_slipway/functions/";

impl Lambda {
    pub(super) fn location(&self, code: &Code) -> String {
        let origin = (self.outside.reach)(Kind::Host).unwrap_or_default();
        format!("{origin}{PATH}{}", code.file)
    }

    /// The archive of this random name; `None` when there is none.
    pub async fn archive(&self, name: &str) -> Option<Bytes> {
        let is_ours = name.len() == 36 && name.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        if !is_ours {
            return None;
        }
        self.codes.read(name).await.ok()
    }
}
