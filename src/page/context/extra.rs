//! Keys of the site's own, passed to templates as they are.

use serde::{Serialize, Serializer};

use crate::node::{MapEntry, serialize_mapping};

/// The unknown keys of a document or of `[extra]`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extra<'a>(pub(super) &'a [MapEntry<'static>]);

impl Serialize for Extra<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_mapping(self.0, serializer)
    }
}
