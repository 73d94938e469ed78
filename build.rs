//! Stops the build when `generated/` was not made from the models and the generator beside it.
//!
//! Invariant: it only compares a digest; it never generates and never touches the network.

#[path = "codegen/src/digest.rs"]
mod digest;

use std::path::Path;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for input in digest::INPUTS.iter().chain(&[digest::RECORDED]) {
        println!("cargo::rerun-if-changed={input}");
    }
    let recorded = std::fs::read_to_string(root.join(digest::RECORDED)).unwrap_or_default();
    match digest::digest(root) {
        Ok(found) if found == recorded.trim() => {}
        Ok(_) => {
            println!("cargo::error=generated/ is older than model/ or codegen/: run `make codegen`")
        }
        Err(error) => {
            println!("cargo::error=cannot compare generated/ with model/ and codegen/: {error}")
        }
    }
}
