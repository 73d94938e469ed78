//! Where the bytes of an object are, as slices of files, and stretches of them.

use super::bodies::Slice;
use super::companion::{S3, read};
use super::errors;
use super::store::{Body, Manifest, ObjectRow};
use s3s::S3Result;
use std::ops::Range;

impl S3 {
    /// The slices that make up `range` of the object. Errors: `InternalError` when the row has left meanwhile.
    pub(super) fn slices(&self, object: &ObjectRow, range: &Range<u64>) -> S3Result<Vec<Slice>> {
        match &object.body {
            Body::Empty => Ok(Vec::new()),
            Body::File(file) => {
                let whole = Slice {
                    file: file.clone(),
                    offset: 0,
                    length: object.size,
                };
                Ok(cut(vec![whole], range))
            }
            Body::Parts(id) => Ok(cut(self.manifest(id)?.into_slices(), range)),
        }
    }

    pub(super) fn manifest(&self, id: &String) -> S3Result<Manifest> {
        let manifest = read(self.tables.manifests.get(id))?;
        manifest.ok_or_else(|| errors::internal("the object was replaced while it was read"))
    }
}

impl Manifest {
    pub fn into_slices(self) -> Vec<Slice> {
        self.parts
            .into_iter()
            .flat_map(|part| part.slices)
            .collect()
    }

    /// The stretch of the object that a part covers.
    pub fn range_of(&self, number: u64) -> Option<Range<u64>> {
        let mut start = 0;
        for part in &self.parts {
            if part.number == number {
                return Some(start..start + part.size);
            }
            start += part.size;
        }
        None
    }
}

/// The part of `slices` that covers `range` of them, laid end to end.
pub fn cut(slices: Vec<Slice>, range: &Range<u64>) -> Vec<Slice> {
    let mut start = 0;
    let mut kept = Vec::new();
    for slice in slices {
        let end = start + slice.length;
        let (from, to) = (range.start.max(start), range.end.min(end));
        if from < to {
            kept.push(Slice {
                offset: slice.offset + (from - start),
                length: to - from,
                file: slice.file,
            });
        }
        start = end;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(file: &str, offset: u64, length: u64) -> Slice {
        Slice {
            file: file.to_owned(),
            offset,
            length,
        }
    }

    #[test]
    fn a_range_cuts_the_slices_it_crosses() {
        let slices = || vec![slice("a", 5, 10), slice("b", 0, 10)];
        assert_eq!(cut(slices(), &(0..20)), slices());
        assert_eq!(
            cut(slices(), &(8..12)),
            vec![slice("a", 13, 2), slice("b", 0, 2)]
        );
        assert_eq!(cut(slices(), &(10..11)), vec![slice("b", 0, 1)]);
        assert_eq!(cut(slices(), &(3..3)), vec![]);
    }
}
