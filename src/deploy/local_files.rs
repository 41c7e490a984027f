//! The local files to deploy, with their HTTP headers.

use std::io;
use std::path::Path;

use flate2::Compression;
use rayon::prelude::*;

use super::gzip::compressed;
use crate::asset;
use crate::config::{Target, TargetUrl};
use crate::diagnostic::{Code, Diagnostic, Location, Origin};
use crate::digest::Digest;
use crate::media_type::media_type;
use crate::preflight::{HEADERS, REDIRECTS, SiteContents};
use crate::source::{self, FileStamp};

/// A file of the published folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LocalFile {
    /// The path in the folder, with `/` separators.
    pub(super) path: String,
    /// Length in bytes.
    pub(super) length: u64,
    /// Digest of the file's bytes.
    pub(super) content: Digest,
    /// Its HTTP headers.
    pub(super) headers: Headers,
}

/// The HTTP headers of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Headers {
    pub(super) content_type: String,
    pub(super) cache_control: String,
    pub(super) gzip: bool,
}

impl LocalFile {
    /// Digest of bytes and headers: two files with the same digest are the same at a target.
    pub(super) fn digest(&self) -> Digest {
        let Headers { content_type, cache_control, gzip } = &self.headers;
        let parts = [self.content.as_bytes(), content_type.as_bytes(), cache_control.as_bytes()];
        Digest::of_parts(parts.into_iter().chain([[u8::from(*gzip)].as_slice()]))
    }

    /// The bytes to upload.
    ///
    /// # Errors
    /// When the file cannot be read, or has changed.
    pub(super) fn bytes(&self, folder: &Path) -> Result<Vec<u8>, Diagnostic> {
        let file_path = folder.join(&self.path);
        let display_path = file_path.display().to_string();
        let bytes =
            source::read_regular(&file_path, self.length).map_err(|error| match error.kind() {
                io::ErrorKind::FileTooLarge => changed(&display_path),
                _ => unreadable(&display_path, &error),
            })?;
        if Digest::of(&bytes) != self.content {
            return Err(changed(&display_path));
        }
        if self.headers.gzip { Ok(compressed(&bytes, Compression::best())) } else { Ok(bytes) }
    }
}

fn changed(display_path: &str) -> Diagnostic {
    Diagnostic::new(
        Code::ConcurrentEdit,
        Location::file(display_path),
        "the file changed during the deploy",
    )
    .help("run the deploy again")
    .with_origin(Origin::ConcurrentEdit)
}

fn unreadable(display_path: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::new(
        Code::UnreadableFile,
        Location::file(display_path),
        format!("cannot read the file: {error}"),
    )
    .with_origin(Origin::Io)
}

/// The contents of the site, for the checks of host limits.
///
/// # Errors
/// When a configuration file of the host cannot be read.
pub(super) fn load<'f>(
    files: &'f [LocalFile],
    folder: &Path,
    url: &TargetUrl,
) -> Result<SiteContents<'f>, Diagnostic> {
    let text = |path: &str| {
        let file_path = folder.join(path);
        let bytes = source::read_optional(&file_path, source::MAX_TEXT_BYTES)
            .map_err(|error| unreadable(&file_path.display().to_string(), &error))?;
        Ok(String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned())
    };
    Ok(SiteContents {
        files: files.iter().map(|file| (file.path.as_str(), file.length)).collect(),
        above: url.key_prefix().len(),
        redirects: text(REDIRECTS)?,
        headers: text(HEADERS)?,
        usage: Vec::new(),
    })
}

/// The files of a published folder, sorted by path.
pub(super) fn files(folder: &Path, target: &Target) -> Result<Vec<LocalFile>, Vec<Diagnostic>> {
    let display_path = |path: &str| folder.join(path).display().to_string();
    let mut paths = source::list_files(folder).map_err(|error| {
        let file_path = Location::file(folder.display().to_string());
        vec![Diagnostic::new(
            Code::UnreadableFile,
            file_path,
            format!("cannot list the folder: {error}"),
        )]
    })?;
    paths.retain(|path| !source::belongs_to_newsgen(path));
    paths.sort();
    let file = |path: String| {
        let file_path = folder.join(&path);
        let Some(FileStamp { length, .. }) = source::stamp(&file_path) else {
            let message = "not a regular file; it cannot be deployed";
            return Err(Diagnostic::new(
                Code::UndeployableFile,
                Location::file(display_path(&path)),
                message,
            )
            .help("remove it"));
        };
        if target.url.is_folder() && has_reserved_name(&path) {
            let message = "a name that ends in `#` and digits cannot be deployed to a folder";
            return Err(Diagnostic::new(
                Code::UndeployableFile,
                Location::file(display_path(&path)),
                message,
            )
            .help("rename the file"));
        }
        let content =
            source::digest(&file_path).map_err(|error| unreadable(&display_path(&path), &error))?;
        let headers = headers(&path, target);
        Ok(LocalFile { path, length, content, headers })
    };
    let (files, errors): (Vec<LocalFile>, Vec<Diagnostic>) =
        paths.into_par_iter().map(file).partition_map(|result| match result {
            Ok(file) => rayon::iter::Either::Left(file),
            Err(error) => rayon::iter::Either::Right(error),
        });
    if errors.is_empty() { Ok(files) } else { Err(errors) }
}

/// Whether a name is one that the library uses for temporary files in a folder.
pub(super) fn has_reserved_name(path: &str) -> bool {
    let digits = path.rsplit_once('#').map(|(_, digits)| digits);
    digits.is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn headers(path: &str, target: &Target) -> Headers {
    let mut headers = Headers {
        content_type: media_type(Path::new(path)),
        cache_control: asset::cache_control(path).to_owned(),
        gzip: false,
    };
    for rule in target.files.iter().filter(|rule| rule.matches(path)) {
        headers.content_type = rule.content_type.clone().unwrap_or(headers.content_type);
        headers.cache_control = rule.cache_control.clone().unwrap_or(headers.cache_control);
        headers.gzip = rule.gzip.unwrap_or(headers.gzip);
    }
    // A folder cannot record that a file is compressed.
    headers.gzip &= !target.url.is_folder();
    headers
}
