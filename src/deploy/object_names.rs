//! Filters objects with invalid names (an empty segment, `..`, a control character) from listings,
//! because the library rejects a whole listing for one such name.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService, ReqwestConnector,
};
use object_store::path::Path;
use quick_xml::escape::unescape;

/// Invalid names in listings, with the lengths of their objects.
#[derive(Clone, Debug, Default)]
pub(super) struct InvalidNames(Arc<Mutex<BTreeMap<String, u64>>>);

impl InvalidNames {
    /// Takes the invalid names found so far, as full names in the bucket.
    pub(super) fn take(&self) -> BTreeMap<String, u64> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, found: Vec<(String, u64)>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
    }
}

impl HttpConnector for InvalidNames {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = ReqwestConnector::default().connect(options)?;
        Ok(HttpClient::new(FilteringService { client, invalid_names: self.clone() }))
    }
}

#[derive(Debug)]
struct FilteringService {
    client: HttpClient,
    invalid_names: InvalidNames,
}

impl FilteringService {
    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let is_listing = is_listing(request.uri().query().unwrap_or_default());
        let response = self.client.execute(request).await?;
        if !is_listing || !response.status().is_success() {
            return Ok(response);
        }
        let (parts, body) = response.into_parts();
        let bytes = body.bytes().await?;
        let (kept, invalid_names) = split_listing(&String::from_utf8_lossy(&bytes));
        self.invalid_names.note(invalid_names);
        Ok(HttpResponse::from_parts(parts, kept.into()))
    }
}

impl HttpService for FilteringService {
    fn call<'s, 'f>(
        &'s self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'f>>
    where
        's: 'f,
        Self: 'f,
    {
        Box::pin(self.answer(request))
    }
}

/// Whether a request lists objects, in S3, Google Cloud Storage or Azure.
fn is_listing(query: &str) -> bool {
    query.split('&').any(|pair| matches!(pair, "list-type=2" | "comp=list"))
}

/// The XML elements of an object, its name and its length.
struct ListingFormat {
    object: &'static str,
    name: &'static str,
    length: &'static str,
}

/// The listing formats of S3 and Google Cloud Storage, and of Azure.
const LISTING_FORMATS: [ListingFormat; 2] = [
    ListingFormat { object: "Contents", name: "Key", length: "Size" },
    ListingFormat { object: "Blob", name: "Name", length: "Content-Length" },
];

/// Splits a listing into the XML without invalid names, and these.
fn split_listing(xml: &str) -> (String, Vec<(String, u64)>) {
    const INSIDE: &str = "an object begins and ends inside the listing";
    let (mut kept, mut invalid_names, mut rest) =
        (String::with_capacity(xml.len()), Vec::new(), xml);
    let form = LISTING_FORMATS.iter().find(|form| xml.contains(&format!("<{}>", form.object)));
    while let Some((start, end, name, length)) = form.and_then(|form| next_object(rest, form)) {
        let has_odd_name = !is_path(&name) && !is_folder_marker(&name, length);
        kept.push_str(rest.get(..if has_odd_name { start } else { end }).expect(INSIDE));
        invalid_names.extend(has_odd_name.then_some((name, length)));
        rest = rest.get(end..).expect(INSIDE);
    }
    kept.push_str(rest);
    (kept, invalid_names)
}

/// The start and end of the next object of a listing, its name and its length.
fn next_object(xml: &str, form: &ListingFormat) -> Option<(usize, usize, String, u64)> {
    let start = xml.find(&format!("<{}>", form.object))?;
    let closing = format!("</{}>", form.object);
    let end = start + xml.get(start..)?.find(&closing)? + closing.len();
    let object = xml.get(start..end)?;
    let name = element_text(object, form.name)?;
    let name = unescape(name).map_or_else(|_| name.to_owned(), Cow::into_owned);
    let length = element_text(object, form.length).and_then(|length| length.parse().ok());
    Some((start, end, name, length.unwrap_or(1)))
}

fn element_text<'t>(xml: &'t str, element: &str) -> Option<&'t str> {
    let (_, rest) = xml.split_once(&format!("<{element}>"))?;
    rest.split_once(&format!("</{element}>")).map(|(text, _)| text)
}

/// Whether a name is a path in the library's normal form.
pub(super) fn is_path(name: &str) -> bool {
    Path::parse(name).is_ok_and(|path| path.as_ref() == name)
}

/// Whether an object is a folder marker, as consoles create them.
fn is_folder_marker(name: &str, length: u64) -> bool {
    length == 0 && Path::parse(name).is_ok() && name.ends_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s3(names: &[(&str, u64)]) -> String {
        let object = |(name, length): &(&str, u64)| {
            format!(
                "<Contents><Key>{name}</Key><ETag>&quot;a&quot;</ETag><Size>{length}</Size></Contents>"
            )
        };
        let objects: String = names.iter().map(object).collect();
        format!(
            "<?xml version=\"1.0\"?><ListBucketResult><KeyCount>9</KeyCount>{objects}<IsTruncated>false</IsTruncated></ListBucketResult>"
        )
    }

    #[test]
    fn listing_filters_invalid_names() {
        let even = [("index.html", 5), ("news/", 0), ("a b/é&amp;c%2F.txt", 1), ("empty.txt", 0)];
        let invalid_names = [
            ("a//b", 1),
            ("../a", 2),
            ("a/./b", 3),
            ("/index.html", 4),
            ("index.html/", 5),
            ("a&#x1;b", 6),
            ("tab&#9;", 7),
            ("raw\u{2}", 8),
            ("&lt;Contents&gt;/../&lt;/Contents&gt;", 9),
        ];
        let mixed: Vec<(&str, u64)> = even
            .iter()
            .zip(&invalid_names)
            .flat_map(|(a, b)| [*a, *b])
            .chain(invalid_names.into_iter().skip(4))
            .collect();
        let (kept, found) = split_listing(&s3(&mixed));
        assert_eq!(kept, s3(&even));
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        let expected = [
            "a//b",
            "../a",
            "a/./b",
            "/index.html",
            "index.html/",
            "a\u{1}b",
            "tab\t",
            "raw\u{2}",
            "<Contents>/../</Contents>",
        ];
        assert_eq!(names, expected);
        assert_eq!(found.iter().map(|(_, length)| length).sum::<u64>(), 45);
    }

    #[test]
    fn listing_filters_invalid_names_on_azure() {
        let blob = |name: &str| {
            format!(
                "<Blob><Name>{name}</Name><Properties><Content-Length>3</Content-Length></Properties></Blob>"
            )
        };
        let listing = |blobs: &str| {
            format!("<EnumerationResults><Blobs>{blobs}</Blobs><NextMarker /></EnumerationResults>")
        };
        let (kept, found) =
            split_listing(&listing(&[blob("a"), blob("x/../y"), blob("b")].concat()));
        assert_eq!(
            (kept, found),
            (listing(&[blob("a"), blob("b")].concat()), vec![("x/../y".to_owned(), 3)])
        );
    }

    #[test]
    fn other_responses_are_not_filtered() {
        assert!(is_listing("list-type=2&prefix=a") && is_listing("restype=container&comp=list"));
        assert!(!is_listing("") && !is_listing("uploads") && !is_listing("comp=lease"));
    }
}
