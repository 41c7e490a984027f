//! Responds to HTTP requests (RFC 9110). `tower-http` streams the files.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;
use tower_http::services::ServeFile;

use super::access;
use super::live_reload::{self, with_script};
use super::response::{HttpResponse, plain, with, with_security_headers};
use super::site::ServedSite;
use crate::digest::Digest;
use crate::media_type::media_type;
use crate::slug::folded;
use crate::source::{self, FileStamp};

/// The maximum size of a page into which the script is injected in memory.
const MAX_PAGE_BYTES: u64 = 4 << 20;

/// Responds to a request for a file of `site`.
pub(super) async fn respond(site: Arc<ServedSite>, request: &Parts) -> HttpResponse {
    if let Some(refusal) = access::refusal(&site, request) {
        return refusal;
    }
    let path = request.uri.path().to_owned();
    let resolved = tokio::task::spawn_blocking(move || resolve(&site, &path)).await;
    let sent = match resolved.map_err(io::Error::other).flatten() {
        Ok(Reply::Redirect(path)) => return redirect(&path, &request.uri),
        Ok(Reply::Resource(found)) => send(found, request).await,
        Err(error) => Err(error),
    };
    sent.unwrap_or_else(|_| {
        plain(StatusCode::INTERNAL_SERVER_ERROR, "The file cannot be read right now.\n")
    })
}

/// The reply to a request.
enum Reply {
    Resource(Resource),
    /// A redirect to this path.
    Redirect(String),
}

fn resolve(site: &ServedSite, path: &str) -> io::Result<Reply> {
    let own = site
        .live_reload
        .as_ref()
        .and_then(|_| live_reload::FILES.into_iter().find(|(own, _)| *own == path));
    if let Some((path, text)) = own {
        let content = ResourceContent::InMemory(Bytes::from_static(text.as_bytes()));
        return Ok(Reply::Resource(Resource {
            status: StatusCode::OK,
            path: path.into(),
            content,
        }));
    }
    // Taken before the page is read, so that the page is never older than its build.
    let build = site.live_reload.as_ref().map(|live_reload| live_reload.last_build());
    let found = match locate(site, path) {
        ResolvedPath::Folder => return Ok(Reply::Redirect(format!("{path}/"))),
        ResolvedPath::AboveSite => return Ok(Reply::Redirect(site.root.get().to_string())),
        resolved => resource_at(site, resolved),
    };
    let is_page = found.path.extension().is_some_and(|ending| ending == "html");
    match build.filter(|_| is_page && found.content.length() <= MAX_PAGE_BYTES) {
        Some(build) => {
            let page = with_script(&found.content.bytes(&found.path)?, build);
            let content = ResourceContent::InMemory(page.into());
            Ok(Reply::Resource(Resource { content, ..found }))
        }
        None => Ok(Reply::Resource(found)),
    }
}

/// Digest of the file that a path shows, without the script; `None` if it cannot be read right now.
pub(super) fn page_digest(site: &ServedSite, path: &str) -> Option<Digest> {
    let resolved = match locate(site, path) {
        ResolvedPath::Folder => locate(site, &format!("{path}/")),
        resolved => resolved,
    };
    let found = resource_at(site, resolved);
    match found.content {
        ResourceContent::InMemory(bytes) => Some(Digest::of(&bytes)),
        ResourceContent::OnDisk(_) => source::digest(&found.path).ok(),
    }
}

/// What a URL path resolves to.
#[derive(Debug, PartialEq, Eq)]
enum ResolvedPath {
    File(PathBuf),
    /// A folder without a trailing slash.
    Folder,
    /// The root of the server, if the site is below it.
    AboveSite,
    Nothing,
}

fn locate(site: &ServedSite, path: &str) -> ResolvedPath {
    let Ok(path) = percent_decode_str(path).decode_utf8() else { return ResolvedPath::Nothing };
    let root = site.root.get();
    let root = percent_decode_str(&root).decode_utf8_lossy();
    match path.strip_prefix(&*root) {
        Some(path) => locate_in(&site.folder, path),
        None if path == "/" => ResolvedPath::AboveSite,
        None if root.strip_suffix('/') == Some(&path) => ResolvedPath::Folder,
        None => ResolvedPath::Nothing,
    }
}

/// Resolves a decoded path below the site's root.
fn locate_in(folder: &Path, path: &str) -> ResolvedPath {
    let (path, wants_folder) = match path.strip_suffix('/') {
        Some(path) => (path, true),
        None => (path, path.is_empty()),
    };
    if !path.is_empty() && !path.split('/').all(is_name) {
        return ResolvedPath::Nothing;
    }
    let (folder, resolved) =
        (source::canonicalize(folder), source::canonicalize(&folder.join(path)));
    let kind = source::kind_of(&resolved).ok().flatten();
    match kind.filter(|_| resolved.starts_with(&folder)) {
        Some(kind) if kind.is_dir() && wants_folder => {
            let index = source::canonicalize(&resolved.join("index.html"));
            if index.starts_with(&folder) {
                ResolvedPath::File(index)
            } else {
                ResolvedPath::Nothing
            }
        }
        Some(kind) if kind.is_dir() => ResolvedPath::Folder,
        Some(kind) if kind.is_file() && !wants_folder => ResolvedPath::File(resolved),
        _ => ResolvedPath::Nothing,
    }
}

/// Whether a path segment may be served.
fn is_name(part: &str) -> bool {
    !matches!(part, "" | "." | "..")
        && !part.contains(['\\', ':', '\0'])
        && !folded(part).starts_with(".newsgen-")
}

/// What to send.
struct Resource {
    status: StatusCode,
    /// The file's path, which determines the media type.
    path: PathBuf,
    content: ResourceContent,
}

enum ResourceContent {
    /// A file with this stamp.
    OnDisk(FileStamp),
    InMemory(Bytes),
}

impl ResourceContent {
    fn length(&self) -> u64 {
        match self {
            Self::OnDisk(stamp) => stamp.length,
            Self::InMemory(bytes) => bytes.len() as u64,
        }
    }

    /// The entity tag.
    fn tag(&self) -> String {
        match self {
            Self::OnDisk(FileStamp { length, changed_at, touched_at }) => {
                format!("\"{length:x}-{changed_at:x}-{touched_at:x}\"")
            }
            Self::InMemory(bytes) => format!("\"{}\"", Digest::of(bytes)),
        }
    }

    /// The content of the file at `path`.
    fn bytes(&self, path: &Path) -> io::Result<Bytes> {
        match self {
            Self::OnDisk(_) => {
                let bytes = source::read_optional(path, MAX_PAGE_BYTES)?;
                bytes.map(Bytes::from).ok_or_else(|| io::ErrorKind::NotFound.into())
            }
            Self::InMemory(bytes) => Ok(bytes.clone()),
        }
    }
}

/// The file of a resolved path, or the 404 page.
fn resource_at(site: &ServedSite, resolved: ResolvedPath) -> Resource {
    let found = |status, resolved| {
        let ResolvedPath::File(path) = resolved else { return None };
        let content = ResourceContent::OnDisk(source::source_stamp(&path)?);
        Some(Resource { status, path, content })
    };
    let missing = || found(StatusCode::NOT_FOUND, locate_in(&site.folder, "404.html"));
    found(StatusCode::OK, resolved).or_else(missing).unwrap_or_else(|| Resource {
        status: StatusCode::NOT_FOUND,
        path: "404.html".into(),
        content: ResourceContent::InMemory(Bytes::from_static(DEFAULT_404.as_bytes())),
    })
}

/// The 404 page of a site that has none.
const DEFAULT_404: &str = "<!DOCTYPE html><html lang=\"en\"><head><title>Not found</title></head>\
    <body><p>Page not found. See the terminal for errors.</p></body></html>\n";

/// Sends a file or the requested range of it.
async fn send(found: Resource, request: &Parts) -> io::Result<HttpResponse> {
    let Resource { status, path, content } = found;
    let Parts { method, headers, .. } = request;
    let (tag, length, is_there) = (content.tag(), content.length(), status == StatusCode::OK);
    if is_there && matches_tag(headers.get(header::IF_NONE_MATCH), &tag) {
        return Ok(with_entity_headers(StatusCode::NOT_MODIFIED, Response::default(), &path, &tag));
    }
    let is_for_part = is_there && method == Method::GET && if_range_matches(headers, &tag);
    let range = headers.get(header::RANGE).filter(|_| is_for_part);
    let (status, range) = match range.and_then(|range| parse_range(range.to_str().ok()?, length)) {
        None => (status, None),
        Some(Some(range)) => (StatusCode::PARTIAL_CONTENT, Some(range)),
        Some(None) => {
            let response = plain(StatusCode::RANGE_NOT_SATISFIABLE, "Range not satisfiable.\n");
            return Ok(with(response, header::CONTENT_RANGE, &format!("bytes */{length}")));
        }
    };
    let response = match content {
        ResourceContent::OnDisk(_) => from_disk(&path, method, range.as_ref()).await?,
        ResourceContent::InMemory(bytes) => from_memory(&bytes, range.as_ref()),
    };
    Ok(with_entity_headers(status, response, &path, &tag))
}

async fn from_disk(
    path: &Path,
    method: &Method,
    range: Option<&Range<u64>>,
) -> io::Result<HttpResponse> {
    let mut request = Request::new(());
    request.method_mut().clone_from(method);
    // `tower-http` rejects some valid ranges, such as the last 100 bytes of 50.
    if let Some(Range { start, end }) = range {
        let range =
            HeaderValue::try_from(format!("bytes={start}-{}", end - 1)).expect("these are ASCII");
        request.headers_mut().insert(header::RANGE, range);
    }
    let mut response = ServeFile::new(path).try_call(request).await?;
    // Builds can be less than a second apart.
    response.headers_mut().remove(header::LAST_MODIFIED);
    match response.status() {
        StatusCode::OK | StatusCode::PARTIAL_CONTENT => Ok(response.map(Body::new)),
        _ => Err(io::ErrorKind::NotFound.into()),
    }
}

fn from_memory(bytes: &Bytes, range: Option<&Range<u64>>) -> HttpResponse {
    let Some(range) = range else { return Response::new(Body::from(bytes.clone())) };
    let index = |byte: u64| usize::try_from(byte).unwrap_or(bytes.len()).min(bytes.len());
    let part = bytes.slice(index(range.start)..index(range.end));
    let content_range = format!("bytes {}-{}/{}", range.start, range.end - 1, bytes.len());
    with(Response::new(Body::from(part)), header::CONTENT_RANGE, &content_range)
}

/// RFC 9110, section 13.1.2.
fn matches_tag(header: Option<&HeaderValue>, tag: &str) -> bool {
    let tags = header.and_then(|tags| tags.to_str().ok()).unwrap_or("");
    tags.split(',')
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// Whether the requested range is one of the current file (RFC 9110, section 13.1.5).
fn if_range_matches(headers: &HeaderMap, tag: &str) -> bool {
    headers.get(header::IF_RANGE).is_none_or(|known| known.as_bytes() == tag.as_bytes())
}

/// Parses a `Range` header for a file of `length` bytes (RFC 9110, section 14.1.2). The outer
/// `None` means to ignore the header, as for several ranges; the inner one that the range is not
/// satisfiable.
#[expect(clippy::option_option, reason = "both are what the specification tells apart")]
fn parse_range(header: &str, length: u64) -> Option<Option<Range<u64>>> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let range = match (first, last) {
        ("", last) => length.saturating_sub(number(last)?)..length,
        (first, "") => number(first)?..length,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            first..last.saturating_add(1).min(length)
        }
    };
    Some(Some(range).filter(|range| range.start < range.end))
}

/// Redirects to a path, with the query of the request.
fn redirect(path: &str, uri: &Uri) -> HttpResponse {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let location = format!("{path}{query}");
    with(plain(StatusCode::MOVED_PERMANENTLY, ""), header::LOCATION, &location)
}

/// Adds the headers that describe a file.
fn with_entity_headers(
    status: StatusCode,
    mut response: HttpResponse,
    path: &Path,
    tag: &str,
) -> HttpResponse {
    *response.status_mut() = status;
    let response = with(response, header::CONTENT_TYPE, &media_type(path));
    let response = with(response, header::ETAG, tag);
    with_security_headers(with(response, header::ACCEPT_RANGES, "bytes"))
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a test makes the folder that it looks at")]
mod tests {
    use std::fs;
    use std::time::SystemTime;

    use axum::body::to_bytes;
    use futures_util::StreamExt as _;
    use tempfile::TempDir;

    use super::super::live_reload::{BuildEvent, EVENTS, LiveReload};
    use super::super::site::SiteRoot;
    use super::*;

    /// A published folder with a secret file next to it.
    fn site() -> (TempDir, ServedSite) {
        let outside = TempDir::new().expect("folder");
        let folder = outside.path().join("site");
        fs::create_dir_all(folder.join("news/a b")).expect("folder");
        fs::create_dir_all(folder.join(".newsgen-staging")).expect("folder");
        for (path, text) in [
            ("index.html", "<p>front"),
            ("404.html", "<p>astray"),
            ("news/index.html", "<p>news"),
            ("news/a b/é.txt", "0123456789"),
            ("style.css", "a{}"),
            (".newsgen-files", "list"),
            (".newsgen-lock", ""),
            (".newsgen-staging/0", "half"),
            ("../secret.txt", "secret"),
        ] {
            fs::write(folder.join(path), text).expect("file");
        }
        let site = ServedSite {
            folder,
            root: SiteRoot::new("/"),
            name: Some("desk.example".to_owned()),
            live_reload: None,
        };
        (outside, site)
    }

    fn ask(
        site: &ServedSite,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Response<Vec<u8>> {
        let mut request = Request::builder().method(method).uri(path);
        let host = [("host", "localhost:1111")];
        let is_named = headers.iter().any(|(name, _)| *name == "host");
        for (name, value) in headers.iter().chain(host.iter().filter(|_| !is_named)) {
            request = request.header(*name, *value);
        }
        let request = request.body(()).expect("request").into_parts().0;
        run(async {
            let (head, body) = respond(Arc::new(site.clone()), &request).await.into_parts();
            Response::from_parts(head, to_bytes(body, 1 << 24).await.expect("body").to_vec())
        })
    }

    fn run<T>(task: impl Future<Output = T>) -> T {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
        runtime.block_on(task)
    }

    fn header<'a>(response: &'a Response<Vec<u8>>, name: &str) -> &'a str {
        response.headers().get(name).map_or("", |value| value.to_str().expect("text"))
    }

    #[test]
    fn serves_files_by_path() {
        let (_outside, site) = site();
        for (path, status, body, kind) in [
            ("/", 200, "<p>front", "text/html; charset=utf-8"),
            ("/?q=1", 200, "<p>front", "text/html; charset=utf-8"),
            ("/index.html", 200, "<p>front", "text/html; charset=utf-8"),
            ("/news/", 200, "<p>news", "text/html; charset=utf-8"),
            ("/news", 301, "", "text/plain; charset=utf-8"),
            ("/news/a%20b/%C3%A9.txt", 200, "0123456789", "text/plain; charset=utf-8"),
            ("/style.css", 200, "a{}", "text/css; charset=utf-8"),
            ("/style.css/", 404, "<p>astray", "text/html; charset=utf-8"),
            ("/missing", 404, "<p>astray", "text/html; charset=utf-8"),
            ("/news/a%20b/", 404, "<p>astray", "text/html; charset=utf-8"),
        ] {
            let response = ask(&site, "GET", path, &[]);
            assert_eq!(response.status(), status, "{path}");
            assert_eq!(response.body(), body.as_bytes(), "{path}");
            assert_eq!(header(&response, "content-type"), kind, "{path}");
            assert_eq!(header(&response, "cache-control"), "no-cache", "{path}");
        }
        assert_eq!(header(&ask(&site, "GET", "/news?a=b", &[]), "location"), "/news/?a=b");
    }

    #[test]
    fn serves_only_below_the_sites_root() {
        let (_outside, site) = site();
        for (root, encoded) in [("/sub/", "/sub/"), ("/%C3%A9/x/", "/é/x/")] {
            site.root.set(root);
            for (path, status, body) in [
                ("", 200, "<p>front"),
                ("index.html", 200, "<p>front"),
                ("news/", 200, "<p>news"),
                ("style.css", 200, "a{}"),
                ("missing", 404, "<p>astray"),
                ("/style.css", 404, "<p>astray"),
                ("../secret.txt", 404, "<p>astray"),
                (".newsgen-files", 404, "<p>astray"),
            ] {
                for root in [root, encoded] {
                    let response = ask(&site, "GET", &format!("{root}{path}"), &[]);
                    assert_eq!(response.status(), status, "{root}{path}");
                    assert_eq!(response.body(), body.as_bytes(), "{root}{path}");
                }
            }
            for path in ["/style.css", "/news/", "/subnews/", "//sub/", "/index.html"] {
                assert_eq!(ask(&site, "GET", path, &[]).status(), 404, "{path}");
            }
            let without_slash = root.trim_end_matches('/');
            for (path, location) in [
                ("/", root.to_owned()),
                ("/?a=b", format!("{root}?a=b")),
                (without_slash, root.to_owned()),
                (&format!("{root}news"), format!("{root}news/")),
            ] {
                let response = ask(&site, "GET", path, &[]);
                assert_eq!(
                    (response.status().as_u16(), header(&response, "location")),
                    (301, &*location)
                );
            }
            assert_eq!(page_digest(&site, root), Some(Digest::of(b"<p>front")));
            assert_eq!(page_digest(&site, "/"), Some(Digest::of(b"<p>astray")), "it shows nothing");
        }
    }

    #[test]
    fn redirect_keeps_unencoded_path() {
        let (_outside, site) = site();
        fs::create_dir(site.folder.join("é")).expect("folder");
        let response = ask(&site, "GET", "/é", &[]);
        assert_eq!(response.status(), 301);
        assert_eq!(response.headers()["location"].as_bytes(), "/é/".as_bytes());
    }

    #[test]
    fn rejects_path_traversal() {
        let (outside, site) = site();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(
                outside.path().join("secret.txt"),
                site.folder.join("link.txt"),
            )
            .expect("link");
            std::os::unix::fs::symlink(outside.path(), site.folder.join("folder")).expect("link");
        }
        for path in [
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/news/../../secret.txt",
            "/..%2fsecret.txt",
            "/..%5csecret.txt",
            "/link.txt",
            "/folder/secret.txt",
            "/folder",
            "/folder/",
            "/.newsgen-files",
            "//secret.txt",
            "/news//index.html",
            "/./index.html",
            "/%00",
            "/%ff",
            "/%2e%2e%2fsecret.txt",
            "/%252e%252e/secret.txt",
            "/%c0%ae%c0%ae/secret.txt",
            "/%e0%80%ae%e0%80%ae/secret.txt",
            "/news%00/index.html",
            "/news/..%5c..%5csecret.txt",
            "/c:/secret.txt",
            "/.NEWSGEN-files",
            "/.newsgen-lock",
            "/.newsgen%2dstaging/0",
        ] {
            let response = ask(&site, "GET", path, &[]);
            assert_eq!(response.status(), 404, "{path}");
            assert_eq!(response.body(), b"<p>astray", "{path}");
        }
        drop(outside);
    }

    #[test]
    fn rejects_foreign_host_headers() {
        let (_outside, site) = site();
        for (host, status) in [
            ("localhost", 200),
            ("LOCALHOST:80", 200),
            ("127.0.0.1:1111", 200),
            ("192.168.1.7", 200),
            ("[::1]:1111", 200),
            ("desk.example:1111", 200),
            ("evil.example", 421),
            ("localhost.evil.example", 421),
            ("127.0.0.1.evil.example", 421),
            ("", 421),
            ("a b", 400),
            ("localhost, localhost", 400),
            ("evil.example@localhost", 400),
        ] {
            assert_eq!(ask(&site, "GET", "/", &[("host", host)]).status(), status, "{host}");
        }
        for hosts in [["localhost", "evil.example"], ["evil.example", "localhost"]] {
            for path in ["/", "http://localhost/"] {
                let answer = ask(&site, "GET", path, &hosts.map(|host| ("host", host)));
                assert_eq!(answer.status(), 400, "{hosts:?}, {path}");
            }
        }
    }

    #[test]
    fn conditional_request_gets_304() {
        let (_outside, site) = site();
        let tag = header(&ask(&site, "GET", "/", &[]), "etag").to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let response = ask(&site, "GET", "/", &[("if-none-match", &known)]);
            assert_eq!((response.status().as_u16(), response.body().len()), (304, 0), "{known}");
            assert_eq!(header(&response, "etag"), tag);
        }
        assert_eq!(ask(&site, "GET", "/", &[("if-none-match", "\"x\"")]).status(), 200);
    }

    #[test]
    fn range_requests_are_served() {
        let (_outside, site) = site();
        let path = "/news/a%20b/%C3%A9.txt";
        for (range, status, body, resource) in [
            ("bytes=0-3", 206, "0123", "bytes 0-3/10"),
            ("bytes=8-99", 206, "89", "bytes 8-9/10"),
            ("bytes=7-", 206, "789", "bytes 7-9/10"),
            ("bytes=-2", 206, "89", "bytes 8-9/10"),
            ("bytes=-99", 206, "0123456789", "bytes 0-9/10"),
            ("bytes=0-99999999999999999999999", 206, "0123456789", "bytes 0-9/10"),
            ("bytes=10-", 416, "Range not satisfiable.\n", "bytes */10"),
            ("bytes=-0", 416, "Range not satisfiable.\n", "bytes */10"),
            ("bytes=3-1", 200, "0123456789", ""),
            ("bytes=0-1,3-4", 200, "0123456789", ""),
            ("bytes=x-", 200, "0123456789", ""),
            ("lines=1-2", 200, "0123456789", ""),
        ] {
            let response = ask(&site, "GET", path, &[("range", range)]);
            assert_eq!(
                (response.status().as_u16(), response.body().as_slice()),
                (status, body.as_bytes()),
                "{range}"
            );
            assert_eq!(header(&response, "content-range"), resource, "{range}");
        }
        let old = [("range", "bytes=0-3"), ("if-range", "\"old\"")];
        assert_eq!(ask(&site, "GET", path, &old).status(), 200);
    }

    #[test]
    fn live_reload_page_has_consistent_length_and_etag() {
        let (_outside, site) = site();
        let site = ServedSite {
            live_reload: Some(Arc::new(LiveReload::new(7, BuildEvent::default()))),
            ..site
        };
        let response = ask(&site, "GET", "/", &[]);
        let body = String::from_utf8(response.body().clone()).expect("text");
        let digest = Digest::of(b"<p>front");
        assert!(body.starts_with("<p>front<script async src=\"/.newsgen/live.js\""), "{body}");
        assert!(body.contains(&format!("data-page=\"{digest}\" data-build=\"7-1\"")), "{body}");
        assert_eq!(page_digest(&site, "/"), Some(digest));
        let tag = header(&response, "etag");
        assert_eq!(ask(&site, "GET", "/", &[("if-none-match", tag)]).status(), 304);
        let part = ask(&site, "GET", "/", &[("range", "bytes=3-10")]);
        assert_eq!(
            (part.status().as_u16(), part.body().as_slice()),
            (206, &body.as_bytes()[3..11])
        );
        assert_eq!(header(&part, "content-range"), format!("bytes 3-10/{}", body.len()));
        for (page, resolved) in [
            ("<html><head lang=x><title>", "<html><head lang=x>"),
            ("<HEAD><title>", "<HEAD>"),
            ("<header>", "<header>"),
        ] {
            let build = site.live_reload.as_ref().expect("live").last_build();
            let with_script = String::from_utf8(with_script(page.as_bytes(), build)).expect("text");
            assert!(with_script.starts_with(&format!("{resolved}<script ")), "{with_script}");
        }
        assert_eq!(ask(&site, "GET", "/style.css", &[]).body(), b"a{}");
    }

    #[test]
    fn rejects_cross_site_requests() {
        let (_outside, site) = site();
        let link = ("sec-fetch-mode", "navigate");
        let (page, frame) = (("sec-fetch-dest", "document"), ("sec-fetch-dest", "iframe"));
        let (cross, same) = (("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"));
        for (headers, status) in [
            (&[][..], 200),
            (&[("origin", "http://localhost:1111")], 200),
            (&[("origin", "http://evil.example")], 403),
            (&[("origin", "http://localhost:2222")], 403),
            (&[("origin", "https://localhost:1111")], 403),
            (&[("origin", "null")], 403),
            (&[("origin", "http://localhost:1111"), ("origin", "http://evil.example")], 403),
            (&[("sec-fetch-site", "same-origin")], 200),
            (&[("sec-fetch-site", "none"), link, page], 200),
            (&[cross], 403),
            (&[same], 403),
            (&[("sec-fetch-site", "news")], 403),
            (&[cross, ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")], 403),
            (&[cross, ("sec-fetch-mode", "no-cors"), page], 403),
            (&[cross, link, frame], 403),
            (&[cross, link, page], 200),
            (&[same, link, page], 200),
        ] {
            let response = ask(&site, "GET", "/style.css", headers);
            assert_eq!(response.status(), status, "{headers:?}");
            assert_eq!(response.body() == b"a{}", status == 200, "{headers:?}");
            let part = [headers, &[("range", "bytes=0-0")]].concat();
            let expected = if status == 200 { 206 } else { 403 };
            assert_eq!(ask(&site, "GET", "/style.css", &part).status(), expected, "{headers:?}");
        }
        assert_eq!(ask(&site, "GET", EVENTS, &[cross, link, page]).status(), 403);
    }

    #[test]
    fn streams_files_and_reads_no_more_than_the_range() {
        const LENGTH: u64 = 1 << 36;
        let (_outside, site) = site();
        let file = fs::File::create(site.folder.join("huge.bin")).expect("file");
        file.set_len(LENGTH).expect("a file of holes");
        for (range, length) in [("bytes=0-0", 1), ("bytes=-2", 2), ("bytes=68719476700-", 36)] {
            let response = ask(&site, "GET", "/huge.bin", &[("range", range)]);
            assert_eq!(
                (response.status().as_u16(), response.body().len()),
                (206, length),
                "{range}"
            );
        }
        let head = ask(&site, "HEAD", "/huge.bin", &[("range", "bytes=0-0")]);
        assert_eq!(
            (head.status().as_u16(), header(&head, "content-length")),
            (200, &*LENGTH.to_string())
        );
        let tag = header(&head, "etag");
        assert_eq!(ask(&site, "GET", "/huge.bin", &[("if-none-match", tag)]).status(), 304);
        let request = Request::builder().uri("/huge.bin").header("host", "localhost");
        let request = request.body(()).expect("request").into_parts().0;
        run(async {
            let body = respond(Arc::new(site.clone()), &request).await.into_body();
            let pieces = body.into_data_stream().take(10).map(|piece| piece.expect("read").len());
            assert!(pieces.all(async |length| length <= 64 << 10).await);
        });
    }

    #[test]
    fn ranges_of_empty_files_are_not_satisfiable() {
        let (_outside, site) = site();
        fs::write(site.folder.join("empty.bin"), "").expect("file");
        for range in ["bytes=0-", "bytes=-1", "bytes=0-0"] {
            let response = ask(&site, "GET", "/empty.bin", &[("range", range)]);
            assert_eq!(
                (response.status().as_u16(), header(&response, "content-range")),
                (416, "bytes */0")
            );
        }
        assert_eq!(ask(&site, "GET", "/empty.bin", &[]).status(), 200);
    }

    #[test]
    fn conditional_requests_use_current_file() {
        let (_outside, site) = site();
        let tag = header(&ask(&site, "GET", "/style.css", &[]), "etag").to_owned();
        let part = [("range", "bytes=0-0"), ("if-range", &*tag)];
        assert_eq!(ask(&site, "GET", "/style.css", &part).status(), 206);
        // Replaced atomically, as builds do.
        fs::write(site.folder.join("beside"), "b{}").expect("file");
        let file = fs::File::options().write(true).open(site.folder.join("beside")).expect("file");
        // The clock of the file system may not have advanced since.
        file.set_modified(SystemTime::UNIX_EPOCH).expect("stamped");
        fs::rename(site.folder.join("beside"), site.folder.join("style.css")).expect("renamed");
        assert_eq!(ask(&site, "GET", "/style.css", &part).body(), b"b{}");
        assert_eq!(ask(&site, "GET", "/style.css", &[("if-none-match", &tag)]).status(), 200);
        let late = [("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT")];
        let response = ask(&site, "GET", "/style.css", &late);
        assert_eq!((response.status().as_u16(), header(&response, "last-modified")), (200, ""));
    }

    #[test]
    fn large_pages_are_streamed_without_live_reload() {
        let (_outside, site) = site();
        let site = ServedSite {
            live_reload: Some(Arc::new(LiveReload::new(7, BuildEvent::default()))),
            ..site
        };
        let longest = usize::try_from(MAX_PAGE_BYTES).expect("length");
        for (length, has_script) in [(longest, true), (longest + 1, false)] {
            fs::write(site.folder.join("index.html"), vec![b' '; length]).expect("file");
            let response = ask(&site, "GET", "/", &[]);
            assert_eq!(response.status(), 200);
            assert_eq!(response.body().len() > length, has_script, "{length}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn special_files_are_not_served() {
        let (_outside, site) = site();
        for name in ["pipe", "404.html", "news/index.html"] {
            let path = site.folder.join(name);
            let _ = fs::remove_file(&path);
            assert!(
                std::process::Command::new("mkfifo").arg(path).status().expect("started").success()
            );
        }
        for path in ["/pipe", "/news/", "/missing"] {
            let response = ask(&site, "GET", path, &[]);
            assert_eq!(
                (response.status().as_u16(), response.body().as_slice()),
                (404, DEFAULT_404.as_bytes()),
                "{path}"
            );
        }
    }

    #[test]
    fn only_get_and_head_are_allowed() {
        let (_outside, site) = site();
        let response = ask(&site, "POST", "/", &[]);
        assert_eq!((response.status().as_u16(), header(&response, "allow")), (405, "GET, HEAD"));
        assert_eq!(ask(&site, "HEAD", "/", &[]).status(), 200);
    }
}
