//! What a request gets: RFC 9110 as far as a folder of files needs it.

use std::net::IpAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};

use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;

use super::Site;
use super::live::{self, EVENTS, is_foreign, with_script};
use crate::digest::Digest;
use crate::media_type::media_type;
use crate::source;

type Answer = Response<Vec<u8>>;

/// The answer to a request for a file of `site`.
pub(super) fn answer(site: &Site, request: &Parts) -> Answer {
    let Parts { uri, headers, .. } = request;
    if let Some(refusal) = refusal(site, request) {
        return refusal;
    }
    if let Some((path, text)) = own_file(site, uri.path()) {
        return file(Found { status: StatusCode::OK, path: path.into(), bytes: text.into() }, headers);
    }
    // What is in the page is not older than this build.
    let build = site.live.as_ref().map(|live| live.last_build());
    match find(&site.folder, uri.path()) {
        Place::Folder => redirect(uri),
        place => {
            let found = read(site, place);
            let is_page = found.path.extension().is_some_and(|ending| ending == "html");
            match build.filter(|_| is_page) {
                Some(build) => file(Found { bytes: with_script(&found.bytes, build), ..found }, headers),
                None => file(found, headers),
            }
        }
    }
}

/// Why a request is not answered, if it is not.
pub(super) fn refusal(site: &Site, request: &Parts) -> Option<Answer> {
    let Parts { method, uri, headers, .. } = request;
    if !is_meant(site, uri, headers) {
        let text = "This server is asked by another name than its own.\n";
        return Some(plain(StatusCode::MISDIRECTED_REQUEST, text));
    }
    if !matches!(*method, Method::GET | Method::HEAD) {
        let answer = plain(StatusCode::METHOD_NOT_ALLOWED, "This server only gives what is there.\n");
        return Some(with(answer, header::ALLOW, "GET, HEAD"));
    }
    let is_foreign = site.live.is_some() && uri.path() == EVENTS && is_foreign(headers);
    is_foreign.then(|| plain(StatusCode::FORBIDDEN, "These events are for this server's own pages.\n"))
}

/// A file that the server has beside those of the site.
fn own_file(site: &Site, path: &str) -> Option<(&'static str, &'static str)> {
    site.live.as_ref()?;
    live::FILES.into_iter().find(|(own, _)| *own == path)
}

/// Of the bytes of what is shown at a path, as they are in the folder.
pub(super) fn page_digest(site: &Site, path: &str) -> Digest {
    let place = match find(&site.folder, path) {
        Place::Folder => find(&site.folder, &format!("{path}/")),
        place => place,
    };
    Digest::of(&read(site, place).bytes)
}

/// Whether a request is for this server: by `localhost`, a number, or the name that the server was given. Others are names
/// that somebody has made lead here.
fn is_meant(site: &Site, uri: &Uri, headers: &HeaderMap) -> bool {
    let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(host) = uri.authority().map(Authority::as_str).or(asked) else { return false };
    let host = without_port(host);
    let number = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let is_name = |name: &str| host.eq_ignore_ascii_case(name);
    number.parse::<IpAddr>().is_ok() || is_name("localhost") || site.name.as_deref().is_some_and(is_name)
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// What lies at a path.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    File(PathBuf),
    /// A folder that was asked for without the slash at its end.
    Folder,
    Nothing,
}

fn find(folder: &Path, path: &str) -> Place {
    let Ok(path) = percent_decode_str(path).decode_utf8() else { return Place::Nothing };
    let Some(path) = path.strip_prefix('/') else { return Place::Nothing };
    let (path, wants_folder) = match path.strip_suffix('/') {
        Some(path) => (path, true),
        None => (path, path.is_empty()),
    };
    if !path.is_empty() && !path.split('/').all(is_name) {
        return Place::Nothing;
    }
    let (folder, place) = (source::real_path(folder), source::real_path(&folder.join(path)));
    let kind = source::kind_of(&place).ok().flatten();
    match kind.filter(|_| place.starts_with(&folder)) {
        Some(kind) if kind.is_dir() && wants_folder => {
            let index = source::real_path(&place.join("index.html"));
            if index.starts_with(&folder) { Place::File(index) } else { Place::Nothing }
        }
        Some(kind) if kind.is_dir() => Place::Folder,
        Some(kind) if kind.is_file() && !wants_folder => Place::File(place),
        _ => Place::Nothing,
    }
}

/// Whether a part of a path names something in the folder before it that the site shows.
fn is_name(part: &str) -> bool {
    !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']) && !part.starts_with(".newsgen-")
}

/// What is shown at a place.
struct Found {
    status: StatusCode,
    /// Where it is, which says what it is.
    path: PathBuf,
    bytes: Vec<u8>,
}

/// The file at a place, or the page that says that there is none.
fn read(site: &Site, place: Place) -> Found {
    let found = |status, path: PathBuf| {
        let bytes = source::read_if_there(&path).ok().flatten()?;
        Some(Found { status, path, bytes })
    };
    let file = match place {
        Place::File(path) => found(StatusCode::OK, path),
        Place::Folder | Place::Nothing => None,
    };
    file.or_else(|| found(StatusCode::NOT_FOUND, site.folder.join("404.html"))).unwrap_or_else(|| Found {
        status: StatusCode::NOT_FOUND,
        path: "404.html".into(),
        bytes: NO_PAGE.into(),
    })
}

/// What a site shows that has no page for what it does not have.
const NO_PAGE: &str = "<!DOCTYPE html><html lang=\"en\"><head><title>Not found</title></head>\
    <body><p>There is no such page. If there should be one, the terminal says what is wrong.</p></body></html>\n";

/// A file, or what of it was asked for.
fn file(Found { status, path, bytes }: Found, headers: &HeaderMap) -> Answer {
    let tag = format!("\"{}\"", Digest::of(&bytes));
    if status != StatusCode::OK {
        return described(status, bytes, &path, &tag);
    }
    if matches_tag(headers.get(header::IF_NONE_MATCH), &tag) {
        return described(StatusCode::NOT_MODIFIED, Vec::new(), &path, &tag);
    }
    let range = headers.get(header::RANGE).filter(|_| is_for_this(headers, &tag));
    let length = bytes.len();
    match range.and_then(|range| wanted(range.to_str().ok()?, length)) {
        None => described(StatusCode::OK, bytes, &path, &tag),
        Some(Some(range)) => {
            let shown = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            let part = bytes.get(range).unwrap_or_default().to_vec();
            with(described(StatusCode::PARTIAL_CONTENT, part, &path, &tag), header::CONTENT_RANGE, &shown)
        }
        Some(None) => {
            let answer = plain(StatusCode::RANGE_NOT_SATISFIABLE, "The file is shorter than that.\n");
            with(answer, header::CONTENT_RANGE, &format!("bytes */{length}"))
        }
    }
}

/// RFC 9110, section 13.1.2.
fn matches_tag(header: Option<&HeaderValue>, tag: &str) -> bool {
    let tags = header.and_then(|tags| tags.to_str().ok()).unwrap_or("");
    tags.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// Whether a part of the file as it is now is wanted (RFC 9110, section 13.1.5).
fn is_for_this(headers: &HeaderMap, tag: &str) -> bool {
    headers.get(header::IF_RANGE).is_none_or(|known| known.as_bytes() == tag.as_bytes())
}

/// The part of `length` bytes that a header `Range` names (RFC 9110, section 14.1.2): none where it is to be ignored, as
/// several parts are, and none inside where there is no such part.
#[expect(clippy::option_option, reason = "both are what the specification tells apart")]
fn wanted(header: &str, length: usize) -> Option<Option<Range<usize>>> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().unwrap_or(usize::MAX))
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

/// To the same folder, with a slash.
fn redirect(uri: &Uri) -> Answer {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let place = format!("{}/{query}", uri.path());
    with(plain(StatusCode::MOVED_PERMANENTLY, ""), header::LOCATION, &place)
}

fn described(status: StatusCode, bytes: Vec<u8>, path: &Path, tag: &str) -> Answer {
    let mut answer = Response::new(bytes);
    *answer.status_mut() = status;
    let answer = with(answer, header::CONTENT_TYPE, &media_type(path));
    let answer = with(answer, header::ETAG, tag);
    secured(with(answer, header::ACCEPT_RANGES, "bytes"))
}

fn plain(status: StatusCode, text: &str) -> Answer {
    let mut answer = Response::new(text.as_bytes().to_vec());
    *answer.status_mut() = status;
    secured(with(answer, header::CONTENT_TYPE, "text/plain; charset=utf-8"))
}

/// A browser asks again each time, and takes files for what they are said to be.
fn secured(answer: Answer) -> Answer {
    let answer = with(answer, header::CACHE_CONTROL, "no-cache");
    with(answer, header::X_CONTENT_TYPE_OPTIONS, "nosniff")
}

fn with(mut answer: Answer, name: header::HeaderName, value: &str) -> Answer {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
    answer
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a test makes the folder that it looks at")]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use axum::http::Request;
    use tempfile::TempDir;

    use super::super::live::{Live, News};
    use super::*;

    /// A folder with a secret beside it.
    fn site() -> (TempDir, Site) {
        let outside = TempDir::new().expect("folder");
        let folder = outside.path().join("site");
        fs::create_dir_all(folder.join("news/a b")).expect("folder");
        for (path, text) in [
            ("index.html", "<p>front"),
            ("404.html", "<p>astray"),
            ("news/index.html", "<p>news"),
            ("news/a b/é.txt", "0123456789"),
            ("style.css", "a{}"),
            (".newsgen-files", "list"),
            ("../secret.txt", "secret"),
        ] {
            fs::write(folder.join(path), text).expect("file");
        }
        let site = Site { folder, name: Some("desk.example".to_owned()), live: None };
        (outside, site)
    }

    fn ask(site: &Site, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost:1111");
        for (name, value) in headers {
            request.headers_mut().expect("headers").insert(
                header::HeaderName::from_bytes(name.as_bytes()).expect("name"),
                value.parse().expect("value"),
            );
        }
        answer(site, &request.body(()).expect("request").into_parts().0)
    }

    fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
        answer.headers().get(name).map_or("", |value| value.to_str().expect("text"))
    }

    #[test]
    fn files_are_found_by_their_paths() {
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
            let answer = ask(&site, "GET", path, &[]);
            assert_eq!(answer.status(), status, "{path}");
            assert_eq!(answer.body(), body.as_bytes(), "{path}");
            assert_eq!(header(&answer, "content-type"), kind, "{path}");
            assert_eq!(header(&answer, "cache-control"), "no-cache", "{path}");
        }
        assert_eq!(header(&ask(&site, "GET", "/news?a=b", &[]), "location"), "/news/?a=b");
    }

    #[test]
    fn no_path_leaves_the_folder() {
        let (outside, site) = site();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outside.path().join("secret.txt"), site.folder.join("link.txt"))
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
        ] {
            let answer = ask(&site, "GET", path, &[]);
            assert_eq!(answer.status(), 404, "{path}");
            assert_eq!(answer.body(), b"<p>astray", "{path}");
        }
        drop(outside);
    }

    #[test]
    fn only_names_of_this_server_are_answered() {
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
        ] {
            assert_eq!(ask(&site, "GET", "/", &[("host", host)]).status(), status, "{host}");
        }
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        let (_outside, site) = site();
        let tag = header(&ask(&site, "GET", "/", &[]), "etag").to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
            let answer = ask(&site, "GET", "/", &[("if-none-match", &known)]);
            assert_eq!((answer.status().as_u16(), answer.body().len()), (304, 0), "{known}");
            assert_eq!(header(&answer, "etag"), tag);
        }
        assert_eq!(ask(&site, "GET", "/", &[("if-none-match", "\"x\"")]).status(), 200);
    }

    #[test]
    fn parts_of_files_are_sent() {
        let (_outside, site) = site();
        let path = "/news/a%20b/%C3%A9.txt";
        for (range, status, body, shown) in [
            ("bytes=0-3", 206, "0123", "bytes 0-3/10"),
            ("bytes=8-99", 206, "89", "bytes 8-9/10"),
            ("bytes=7-", 206, "789", "bytes 7-9/10"),
            ("bytes=-2", 206, "89", "bytes 8-9/10"),
            ("bytes=-99", 206, "0123456789", "bytes 0-9/10"),
            ("bytes=0-99999999999999999999999", 206, "0123456789", "bytes 0-9/10"),
            ("bytes=10-", 416, "The file is shorter than that.\n", "bytes */10"),
            ("bytes=-0", 416, "The file is shorter than that.\n", "bytes */10"),
            ("bytes=3-1", 200, "0123456789", ""),
            ("bytes=0-1,3-4", 200, "0123456789", ""),
            ("bytes=x-", 200, "0123456789", ""),
            ("lines=1-2", 200, "0123456789", ""),
        ] {
            let answer = ask(&site, "GET", path, &[("range", range)]);
            assert_eq!(
                (answer.status().as_u16(), answer.body().as_slice()),
                (status, body.as_bytes()),
                "{range}"
            );
            assert_eq!(header(&answer, "content-range"), shown, "{range}");
        }
        let old = [("range", "bytes=0-3"), ("if-range", "\"old\"")];
        assert_eq!(ask(&site, "GET", path, &old).status(), 200);
    }

    #[test]
    fn a_page_with_the_script_is_one_file_for_all_that_asks_for_it() {
        let (_outside, site) = site();
        let site = Site { live: Some(Arc::new(Live::new(7, News::default()))), ..site };
        let answer = ask(&site, "GET", "/", &[]);
        let body = String::from_utf8(answer.body().clone()).expect("text");
        let digest = Digest::of(b"<p>front");
        assert!(body.starts_with("<p>front<script async src=\"/.newsgen/live.js\""), "{body}");
        assert!(body.contains(&format!("data-page=\"{digest}\" data-build=\"7-1\"")), "{body}");
        assert_eq!(page_digest(&site, "/"), digest);
        let tag = header(&answer, "etag");
        assert_eq!(ask(&site, "GET", "/", &[("if-none-match", tag)]).status(), 304);
        let part = ask(&site, "GET", "/", &[("range", "bytes=3-10")]);
        assert_eq!((part.status().as_u16(), part.body().as_slice()), (206, &body.as_bytes()[3..11]));
        assert_eq!(header(&part, "content-range"), format!("bytes 3-10/{}", body.len()));
        for (page, place) in [
            ("<html><head lang=x><title>", "<html><head lang=x>"),
            ("<HEAD><title>", "<HEAD>"),
            ("<header>", "<header>"),
        ] {
            let build = site.live.as_ref().expect("live").last_build();
            let with_script = String::from_utf8(with_script(page.as_bytes(), build)).expect("text");
            assert!(with_script.starts_with(&format!("{place}<script ")), "{with_script}");
        }
        assert_eq!(ask(&site, "GET", "/style.css", &[]).body(), b"a{}");
    }

    #[test]
    fn only_reading_is_allowed() {
        let (_outside, site) = site();
        let answer = ask(&site, "POST", "/", &[]);
        assert_eq!((answer.status().as_u16(), header(&answer, "allow")), (405, "GET, HEAD"));
        assert_eq!(ask(&site, "HEAD", "/", &[]).status(), 200);
    }
}
