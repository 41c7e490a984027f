//! The tables `[deploy.NAME]`: where a site can be deployed to.

use std::path::PathBuf;

use globset::{Glob, GlobMatcher};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::keys::{DEPLOY, DEPLOY_FILES, PURGE_LIMIT, UPLOADS};
use super::values::{count, required_text, unknown_key};
use crate::diagnostic::Code;
use crate::node::{MapEntry, Node, Problem, Problems, Value};

/// A deploy target.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name on the command line.
    pub name: String,
    /// Its URL.
    pub url: TargetUrl,
    /// The server, unless it is the cloud's own.
    pub endpoint: Option<Url>,
    /// The region of the bucket.
    pub region: Option<String>,
    /// The number of parallel uploads.
    pub uploads: usize,
    /// The number of paths above which the whole cache is to be purged.
    pub purge_limit: usize,
    /// Rules for headers; the last rule that sets a header wins.
    pub files: Vec<FileRule>,
}

/// The URL of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetUrl {
    /// A bucket of S3 or a compatible service.
    S3(Url),
    /// A bucket of Google Cloud Storage.
    GoogleCloud(Url),
    /// A container of Azure Blob Storage.
    Azure(Url),
    /// A local folder.
    File(Url),
}

impl TargetUrl {
    /// Whether the target is a local folder.
    pub fn is_folder(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// The path of a local folder.
    pub fn folder(&self) -> Option<PathBuf> {
        let Self::File(url) = self else { return None };
        Some(url.to_file_path().expect("only URLs of folders are accepted"))
    }

    /// The prefix of object names: empty, or folders with a trailing `/` each.
    pub fn key_prefix(&self) -> String {
        let folders =
            percent_decode_str(self.as_url().path().trim_matches('/')).decode_utf8_lossy();
        if self.is_folder() || folders.is_empty() { String::new() } else { format!("{folders}/") }
    }

    /// The URL as in `site.toml`.
    pub fn as_url(&self) -> &Url {
        match self {
            Self::S3(url) | Self::GoogleCloud(url) | Self::Azure(url) | Self::File(url) => url,
        }
    }
}

/// HTTP headers of files that match a pattern.
#[derive(Clone, Debug)]
pub struct FileRule {
    pattern: GlobMatcher,
    pub content_type: Option<String>,
    pub cache_control: Option<String>,
    /// Whether files are compressed.
    pub gzip: Option<bool>,
}

impl FileRule {
    /// Whether the pattern matches a path; `*` matches slashes too.
    pub fn matches(&self, path: &str) -> bool {
        self.pattern.is_match(path)
    }
}

pub(super) fn targets(node: Node<'_>, problems: &mut Problems) -> Vec<Target> {
    let entries = problems.keep(node.map("deploy")).unwrap_or_default();
    let is_table = |entry: &MapEntry<'_>| matches!(entry.node.value, Value::Map(_));
    let (tables, settings): (Vec<_>, Vec<_>) = entries.into_iter().partition(is_table);
    if let Some(first) = settings.first() {
        let message = "`[deploy]` contains only tables: the deploy targets";
        problems.add(Problem::new(Code::InvalidDeployTarget, first.node.at, message).help(
            "write the target's settings below `[deploy.NAME]`, where NAME is any name, such as `live`",
        ));
    }
    tables.into_iter().filter_map(|entry| target(entry, problems)).collect()
}

fn target(entry: MapEntry<'_>, problems: &mut Problems) -> Option<Target> {
    let MapEntry { at, key: name, node } = entry;
    let (mut url, mut endpoint, mut region) = (None, None, None);
    let (mut uploads, mut purge_limit, mut files) = (8, 100, Vec::new());
    let (mut has_url, table) = (false, format!("deploy.{name}"));
    for entry in problems.keep(node.map(&table)).unwrap_or_default() {
        match &*entry.key {
            "url" => {
                has_url = true;
                url = problems.keep(target_url(entry.node));
            }
            "endpoint" => endpoint = problems.keep(server(entry.node)),
            "region" => region = problems.keep(header(entry.node, "region")),
            "uploads" => {
                uploads = problems.keep(count(&entry.node, "uploads", UPLOADS)).unwrap_or(uploads);
            }
            "purge_limit" => {
                let limit = problems.keep(count(&entry.node, "purge_limit", PURGE_LIMIT));
                purge_limit = limit.unwrap_or(purge_limit);
            }
            "files" => {
                let rules = problems.keep(entry.node.list("files")).unwrap_or_default();
                files = rules.into_iter().filter_map(|node| rule(node, problems)).collect();
            }
            _ => problems.add(unknown_key(&entry, &table, &DEPLOY)),
        }
    }
    if !has_url {
        problems.add(
            Problem::new(Code::InvalidDeployTarget, at, format!("`[{table}]` has no `url`"))
                .help("add the target's URL, such as `url = \"s3://BUCKET\"`"),
        );
    }
    Some(Target {
        name: name.into_owned(),
        url: url?,
        endpoint,
        region,
        uploads,
        purge_limit,
        files,
    })
}

fn target_url(node: Node<'_>) -> Result<TargetUrl, Problem> {
    let at = node.at;
    let text = node.text("url")?;
    let wrong = |message: &str| {
        Problem::new(Code::InvalidDeployTarget, at, format!("`url` {message}")).label("expected a URL such as `s3://BUCKET/FOLDER`, `gs://BUCKET`, `az://CONTAINER` or `file:///FOLDER`")
    };
    let url = Url::parse(text.trim()).map_err(|_| wrong("is not a URL"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("contains a password").help("credentials come from the environment"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("contains a query or a fragment"));
    }
    if url.port().is_some() {
        return Err(wrong("contains a port").help("set the server with `endpoint`"));
    }
    let has_host = url.host_str().is_some_and(|host| !host.is_empty());
    match url.scheme() {
        "s3" if has_host => Ok(TargetUrl::S3(url)),
        "gs" if has_host => Ok(TargetUrl::GoogleCloud(url)),
        "az" if has_host => Ok(TargetUrl::Azure(url)),
        "file" if url.to_file_path().is_ok_and(|path| path.parent().is_some()) => {
            Ok(TargetUrl::File(url))
        }
        "s3" | "gs" | "az" => Err(wrong("has no bucket")),
        "file" => Err(wrong("has no folder")),
        scheme => Err(wrong(&format!("has the scheme `{scheme}:`, which is not supported"))),
    }
}

/// The URL of a server, by https unless it is on this machine.
fn server(node: Node<'_>) -> Result<Url, Problem> {
    let at = node.at;
    let text = node.text("endpoint")?;
    let wrong = |message: &str| {
        Problem::new(Code::InvalidDeployTarget, at, format!("`endpoint` {message}"))
            .label("expected a URL such as `https://s3.host.example`")
    };
    let url = Url::parse(text.trim()).map_err(|_| wrong("is not a URL"))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(wrong("is not encrypted")
            .help("credentials are only sent by `https:`, except to this machine")),
        _ => Err(wrong("is not a web URL")),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn rule(node: Node<'_>, problems: &mut Problems) -> Option<FileRule> {
    let at = node.at;
    let (mut pattern, mut has_pattern) = (None, false);
    let (mut content_type, mut cache_control, mut gzip) = (None, None, None);
    for entry in problems.keep(node.map("files"))? {
        match &*entry.key {
            "pattern" => {
                has_pattern = true;
                pattern = problems.keep(glob(entry.node));
            }
            "content_type" => content_type = problems.keep(header(entry.node, "content_type")),
            "cache_control" => cache_control = problems.keep(header(entry.node, "cache_control")),
            "gzip" => gzip = problems.keep(entry.node.boolean("gzip")),
            _ => problems.add(unknown_key(&entry, "deploy.NAME.files", &DEPLOY_FILES)),
        }
    }
    if !has_pattern {
        problems.add(
            Problem::new(Code::InvalidDeployTarget, at, "a rule of `files` has no `pattern`")
                .help("add one, such as `\"*.html\"`"),
        );
    }
    Some(FileRule { pattern: pattern?, content_type, cache_control, gzip })
}

fn glob(node: Node<'_>) -> Result<GlobMatcher, Problem> {
    let at = node.at;
    let text = node.text("pattern")?;
    Glob::new(&text).map(|glob| glob.compile_matcher()).map_err(|error| {
        Problem::new(
            Code::InvalidPattern,
            at,
            format!("`pattern` is not a valid glob pattern: {}", error.kind()),
        )
        .label("expected one such as `images/*`")
    })
}

/// The value of an HTTP header.
fn header(node: Node<'_>, key: &str) -> Result<String, Problem> {
    let at = node.at;
    let text = required_text(node, key)?;
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Ok(text);
    }
    Err(Problem::new(Code::InvalidDeployTarget, at, format!("`{key}` is not a valid header value"))
        .label("expected plain ASCII"))
}
