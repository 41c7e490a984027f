//! What a web page says about the article on it: title, date, canonical URL, picture, publisher.
//!
//! Publishers describe an article several times over, for different programs. [`read`] takes each
//! value from the first of these sources that has it: JSON-LD (<https://schema.org/NewsArticle>),
//! Open Graph (<https://ogp.me/>), Twitter cards, Dublin Core and `citation_*`, microdata, and
//! plain HTML. [`read_feed`] reads what a feed says about many articles. Pure: bytes in, metadata out.

mod charset;
mod elements;
mod feed;
mod json_ld;
mod oembed;
mod page_metadata;
mod values;

use chrono_tz::Tz;

use crate::document::date::ParsedDate;
use crate::http_url::HttpUrl;
use crate::language::closest_tag;
use elements::Elements;
pub use feed::{FetchedFeed, FetchedItem, NotAFeed, ParsedFeed, parse_feed, read_feed};
use json_ld::JsonLd;
pub use page_metadata::{PageMetadata, PagePicture};
use values::{absolute, clean, first_date, informative, player, shortened};

/// Reads the metadata of a page that was fetched from `url` with this `Content-Type`. Dates without
/// a time zone are local in `zone`.
pub fn read(page: &[u8], content_type: Option<&str>, url: &HttpUrl, zone: Tz) -> PageMetadata {
    let html = charset::decode(page, content_type);
    let elements = Elements::of(&html);
    let json_ld = JsonLd::of(&elements.json_ld, url);
    let base = elements.base.as_deref().and_then(|base| absolute(base, url));
    let sources = Sources {
        elements: &elements,
        json_ld: &json_ld,
        base: base.as_ref().unwrap_or(url),
        url,
        zone,
    };
    sources.metadata()
}

/// The sources of one page.
struct Sources<'a> {
    elements: &'a Elements,
    json_ld: &'a JsonLd,
    /// What relative URLs are relative to.
    base: &'a HttpUrl,
    url: &'a HttpUrl,
    zone: Tz,
}

/// Names of `meta` elements, best first.
const TITLES: [&str; 8] = [
    "og:title",
    "twitter:title",
    "dc.title",
    "dcterms.title",
    "citation_title",
    "parsely-title",
    "sailthru.title",
    "title",
];
const EXCERPTS: [&str; 7] = [
    "og:description",
    "twitter:description",
    "dc.description",
    "dcterms.abstract",
    "citation_abstract",
    "sailthru.description",
    "description",
];
const DATES: [&str; 16] = [
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dcterms.created",
    "dc.date",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "date",
];
const PROVIDERS: [&str; 6] = [
    "og:site_name",
    "dc.publisher",
    "dcterms.publisher",
    "citation_publisher",
    "citation_journal_title",
    "application-name",
];
const PICTURES: [&str; 7] = [
    "og:image:secure_url",
    "og:image:url",
    "og:image",
    "twitter:image",
    "twitter:image:src",
    "sailthru.image.full",
    "thumbnail",
];
const PLAYERS: [&str; 4] = ["og:video:secure_url", "og:video:url", "og:video", "twitter:player"];
const LANGUAGES: [&str; 4] = ["og:locale", "dc.language", "dcterms.language", "citation_language"];
const KEYWORDS: [&str; 6] = [
    "article:tag",
    "news_keywords",
    "article:section",
    "parsely-tags",
    "sailthru.tags",
    "keywords",
];

impl Sources<'_> {
    fn metadata(&self) -> PageMetadata {
        let provider = self.provider();
        let title = self.title(provider.as_deref());
        PageMetadata {
            excerpt: self.excerpt(title.as_deref()),
            title,
            published: self.published(),
            canonical: self.canonical(),
            amp: self.elements.link("amphtml").and_then(|url| absolute(url, self.base)),
            provider,
            picture: self.picture(),
            player: self.player(),
            language: self.language(),
            keywords: self.keywords(),
            oembed: self.elements.oembed.as_deref().and_then(|url| absolute(url, self.base)),
        }
    }

    fn provider(&self) -> Option<String> {
        let given = [self.json_ld.provider.as_deref()];
        let metas = self.elements.metas(&PROVIDERS);
        given
            .into_iter()
            .flatten()
            .chain(metas)
            .chain(self.elements.property("publisher"))
            .find_map(clean)
            .map(shortened)
    }

    fn title(&self, provider: Option<&str>) -> Option<String> {
        let elements = self.elements;
        let described = self.json_ld.title.as_deref().into_iter().chain(elements.metas(&TITLES));
        let microdata = elements.property("headline");
        let visible =
            [elements.title.as_deref(), elements.heading.as_deref()].into_iter().flatten();
        let all: Vec<String> = described
            .chain(microdata)
            .chain(visible)
            .filter_map(clean)
            .map(|title| values::without_site_name(title, provider, self.url))
            .filter(|title| provider != Some(title.as_str()))
            .collect();
        let first = all.first()?;
        // Search engines want short headlines, so some publishers cut theirs.
        Some(shortened(values::uncut(first, &all).to_owned()))
    }

    fn excerpt(&self, title: Option<&str>) -> Option<String> {
        let described = self.json_ld.excerpt.as_deref().into_iter();
        let all = described
            .chain(self.elements.metas(&EXCERPTS))
            .chain(self.elements.property("description"));
        all.filter_map(clean)
            .find(|excerpt| informative(excerpt, title.unwrap_or_default()))
            .map(shortened)
    }

    fn published(&self) -> Option<ParsedDate> {
        let elements = self.elements;
        let described = self.json_ld.published.as_deref().into_iter().chain(elements.metas(&DATES));
        let microdata = elements.property("datePublished");
        first_date(described.chain(microdata).chain(elements.time.as_deref()), self.zone)
    }

    /// The canonical URL. One that leads to a front page is a mistake of the publisher's software,
    /// unless the page is the front page.
    fn canonical(&self) -> Option<HttpUrl> {
        let elements = self.elements;
        let all = elements.link("canonical").into_iter();
        let all = all.chain(elements.metas(&["og:url"])).chain(self.json_ld.url.as_deref());
        let is_front_page = |url: &HttpUrl| matches!(url.path(), "" | "/");
        all.filter_map(|url| absolute(url, self.base))
            .find(|url| !is_front_page(url) || is_front_page(self.url))
    }

    fn picture(&self) -> Option<PagePicture> {
        let described =
            self.json_ld.pictures.iter().map(|picture| (picture.url.as_str(), picture.size));
        let metas = self.elements.pictures(&PICTURES);
        let microdata = self.elements.property("image").map(|url| (url, None));
        let link = self.elements.link("image_src").map(|url| (url, None));
        let all: Vec<PagePicture> = described
            .chain(metas)
            .chain(microdata)
            .chain(link)
            .filter_map(|(url, size)| Some(PagePicture { url: absolute(url, self.base)?, size }))
            .collect();
        let first = all.first()?;
        let size = all.iter().filter(|other| other.url == first.url).find_map(|other| other.size);
        Some(PagePicture { url: first.url.clone(), size })
    }

    fn player(&self) -> Option<HttpUrl> {
        let is_video = self.json_ld.is_video
            || self.elements.metas(&["og:type"]).any(|kind| kind.starts_with("video"));
        let described = self.json_ld.player.as_deref().into_iter();
        let all = described.chain(self.elements.metas(&PLAYERS));
        let found = all.filter_map(|url| absolute(url, self.base)).find(player);
        found.filter(|_| is_video)
    }

    fn language(&self) -> Option<String> {
        let elements = self.elements;
        let given = [self.json_ld.language.as_deref(), elements.language.as_deref()];
        let all = given.into_iter().flatten().chain(elements.metas(&LANGUAGES));
        all.chain(elements.metas(&["content-language"])).find_map(closest_tag)
    }

    fn keywords(&self) -> Vec<String> {
        let described = self.json_ld.keywords.iter().map(String::as_str);
        let all = described.chain(self.elements.metas(&KEYWORDS));
        let mut keywords: Vec<String> = Vec::new();
        for keyword in all.flat_map(|list| list.split([',', ';'])).filter_map(clean) {
            let is_known = |known: &String| known.to_lowercase() == keyword.to_lowercase();
            if !keywords.iter().any(is_known) {
                keywords.push(keyword);
            }
        }
        keywords
    }
}
