//! The files of a deploy target, as they are listed.

/// A file at a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RemoteFile {
    pub(super) path: String,
    /// The entity tag (RFC 9110, section 8.8.3), which changes with the bytes.
    pub(super) tag: Option<String>,
    /// Length in bytes.
    pub(super) length: u64,
    pub(super) kind: RemoteKind,
}

/// The kind of a listed object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum RemoteKind {
    /// A regular file or object.
    #[default]
    File,
    /// A symbolic link in a folder.
    Link,
    /// A file in a folder with the name of a temporary one: an upload in progress, what a killed
    /// deploy left, or somebody else's.
    Temporary,
    /// An object whose name no file of a site can have.
    InvalidName,
}
