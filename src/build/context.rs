//! What the stages of a build share once the documents are read.

use super::documents::DocumentStore;
use super::inputs::Inputs;
use super::options::BuildOptions;
use super::progress::ProgressFn;

/// The inputs, documents and options of a build.
#[derive(Clone, Copy)]
pub(super) struct BuildContext<'a> {
    pub(super) inputs: &'a Inputs,
    pub(super) documents: &'a DocumentStore,
    pub(super) options: &'a BuildOptions,
    pub(super) on_progress: ProgressFn<'a>,
}
