//! HTTP responses and their headers.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};

pub(super) type HttpResponse = Response<Body>;

pub(super) fn plain(status: StatusCode, text: &'static str) -> HttpResponse {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    with_security_headers(with(response, header::CONTENT_TYPE, "text/plain; charset=utf-8"))
}

/// Adds headers that disable caching and content sniffing.
pub(super) fn with_security_headers(response: HttpResponse) -> HttpResponse {
    let response = with(response, header::CACHE_CONTROL, "no-cache");
    with(response, header::X_CONTENT_TYPE_OPTIONS, "nosniff")
}

pub(super) fn with(
    mut response: HttpResponse,
    name: header::HeaderName,
    value: &str,
) -> HttpResponse {
    let value = HeaderValue::from_bytes(value.as_bytes())
        .expect("no control character is in a URL or a digest");
    response.headers_mut().insert(name, value);
    response
}
