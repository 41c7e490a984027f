//! Refuses requests from other sites and for other host names.

use std::net::IpAddr;

use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode, Uri, Version, header};

use super::live_reload::EVENTS;
use super::response::{HttpResponse, plain, with};
use super::site::ServedSite;

/// The error response to a request that is refused.
pub(super) fn refusal(site: &ServedSite, request: &Parts) -> Option<HttpResponse> {
    let Parts { method, uri, headers, .. } = request;
    if !has_valid_host(request) {
        return Some(plain(
            StatusCode::BAD_REQUEST,
            "The request needs exactly one valid host name.\n",
        ));
    }
    if !is_allowed_host(site, uri, headers) {
        let text = "Unknown host name.\n";
        return Some(plain(StatusCode::MISDIRECTED_REQUEST, text));
    }
    if !matches!(*method, Method::GET | Method::HEAD) {
        let response = plain(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed.\n");
        return Some(with(response, header::ALLOW, "GET, HEAD"));
    }
    let may_be_linked = uri.path() != EVENTS && is_navigation(headers);
    let is_refused = is_foreign(headers) && !may_be_linked;
    is_refused.then(|| plain(StatusCode::FORBIDDEN, "Cross-site requests are not allowed.\n"))
}

/// Whether a request has one `Host` header with a host name (RFC 9112, section 3.2). It may be
/// empty, and missing in HTTP/1.0.
fn has_valid_host(request: &Parts) -> bool {
    let mut hosts = request.headers.get_all(header::HOST).iter();
    let Some(host) = hosts.next() else { return request.version < Version::HTTP_11 };
    let is_name =
        |host: &str| host.is_empty() || !host.contains('@') && host.parse::<Authority>().is_ok();
    hosts.next().is_none() && host.to_str().is_ok_and(is_name)
}

/// Whether the `Host` header names this server: `localhost`, an IP address, or the configured name.
/// Other names may point here by DNS rebinding.
fn is_allowed_host(site: &ServedSite, uri: &Uri, headers: &HeaderMap) -> bool {
    let asked = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(host) = uri.authority().map(Authority::as_str).or(asked) else { return false };
    let host = without_port(host);
    let number = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let is_name = |name: &str| host.eq_ignore_ascii_case(name);
    number.parse::<IpAddr>().is_ok()
        || is_name("localhost")
        || site.name.as_deref().is_some_and(is_name)
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            name
        }
        _ => host,
    }
}

/// Whether a page of another site, even one on this machine, sent the request (Fetch Standard,
/// "`Origin` header"; Fetch Metadata Request Headers, "`Sec-Fetch-Site`").
pub(super) fn is_foreign(headers: &HeaderMap) -> bool {
    let all = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    let own = all("host").next().map(|host| format!("http://{host}"));
    all("origin").any(|origin| own.as_deref() != Some(origin))
        || all("sec-fetch-site").any(|site| !matches!(site, "same-origin" | "none"))
}

/// Whether the browser opens the response as a page of its own, because somebody followed a link.
pub(super) fn is_navigation(headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|found| found == value);
    is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document")
}
