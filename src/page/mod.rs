//! The routes of the site: the URL and output path of every page, decided once, here.
#![allow(clippy::indexing_slicing, reason = "ids index the lists that they were made for")]

mod context;
mod feed;
mod host_files;
mod index_pages;
mod json_ld;
mod pagination;
mod path_conflicts;
mod published;
mod redirect;
mod sitemap;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use chrono::format::{Item, StrftimeItems};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rayon::prelude::*;

use crate::asset::Asset;
use crate::collection::{ArticleId, Collection, Taxonomy, TermId};
use crate::config::{ArticleHtml, ArticlePages, Config};
use crate::diagnostic::{Diagnostic, Location};
use crate::reservations::ReservationIndex;
use crate::source::{CONFIG as SITE_TOML, SiteFile};

pub use context::{ArticleRepr, CardContext, SiteContext, TemplateContext};
pub use feed::{Feed, FeedItem, FeedPage};
pub use host_files::{HeaderRule, HostFile, redirect_line};
pub use index_pages::{IndexKind, IndexPage};
pub use pagination::{ListId, ListPage};
pub use path_conflicts::Refused;
pub use published::Published;
use redirect::Redirect;
pub use sitemap::{NEWS_SPAN, NewsSitemapContext, OpmlContext, OpmlEntry, SitemapEntry, XmlContext, XmlFile};

/// A file of the output.
#[derive(Debug)]
pub struct OutputFile {
    /// Below the output folder, with `/` between folders.
    pub path: Arc<str>,
    /// Its content.
    pub content: OutputContent,
}

/// The content of an output file.
#[derive(Debug)]
pub enum OutputContent {
    /// A page rendered by a template.
    Page(Route),
    /// A feed.
    Feed(FeedPage),
    /// A sitemap or the OPML list of feeds.
    Xml(XmlFile),
    /// A file that needs no rendering.
    File(File),
}

/// A file that needs no template.
#[derive(Debug)]
pub enum File {
    /// `robots.txt`, which names sitemaps by their addresses.
    Robots(Vec<String>),
    /// A file of `static/`, as it is.
    Copy(Box<SiteFile>),
    /// An asset, by its place among all.
    Asset(usize),
    /// A configuration file of the site's host.
    Host(HostFile),
}

/// What a page shows.
#[derive(Clone, Copy, Debug)]
pub enum Route {
    /// The front page.
    Front,
    /// A page of a list of articles.
    List(ListPage),
    /// A page of an index.
    Index(IndexPage),
    /// One article.
    Article(ArticleId),
    /// The AMP page of an article.
    Amp(ArticleId),
    /// A page such as About or Contact, by its place in the collection.
    Page(usize),
    /// The 404 page.
    NotFound,
    /// A redirect from a former URL, by its index among all redirects.
    Redirect(usize),
}

/// Where the archive pages of all articles are, and below other lists and indexes their further
/// pages.
const ALL: &str = "page";

/// Where the AMP page of an article is, below its address.
const AMP: &str = "amp";

/// All output files of a site, and the template context of each page.
#[derive(Debug)]
pub struct Routes<'a> {
    config: &'a Config,
    collection: &'a Collection,
    /// The theme's assets.
    pub assets: &'a [Asset],
    /// The terms of the navigation that exist.
    nav: Vec<(&'a str, TermId)>,
    date_format: Vec<Item<'a>>,
    time_format: Vec<Item<'a>>,
    /// Data shared by all cards of an article, by the article's index in the collection.
    articles: Vec<OnceLock<context::PrecomputedArticle>>,
    /// The addresses of the terms' lists, by the terms' places in their taxonomies.
    topic_urls: Vec<String>,
    provider_urls: Vec<String>,
    category_urls: Vec<String>,
    /// What most cards say of a topic and of a provider, by the terms' places.
    shared_topics: Vec<tera::Value>,
    shared_providers: Vec<tera::Value>,
    /// The terms of the indexes in their order.
    topics_in_order: OnceLock<Vec<TermId>>,
    providers_in_order: OnceLock<Vec<TermId>>,
    /// The sitemap, in one part or in several.
    sitemap: Vec<sitemap::SitemapPart>,
    /// All redirects.
    redirects: Vec<Redirect<'a>>,
    /// Path conflicts: an error for each document or file that cannot have its output path.
    pub rejected: Vec<Refused>,
    /// Sorted by path; no two have one path, unless some are refused.
    pub pages: Vec<OutputFile>,
}

impl<'a> Routes<'a> {
    /// Plans no output, for callers that need only the contexts of a few pages. The diagnostics
    /// list navigation entries that match no topic.
    pub fn without_pages(
        collection: &'a Collection,
        config: &'a Config,
        assets: &'a [Asset],
    ) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let nav = nav(collection, config, &mut diagnostics);
        diagnostics.extend(missing_id(config));
        let items = |format: &'a str| StrftimeItems::new(format).collect();
        let mut routes = Self {
            config,
            collection,
            assets,
            nav,
            date_format: items(&config.date_format),
            time_format: items(&config.time_format),
            articles: Vec::new(),
            topic_urls: Vec::new(),
            provider_urls: Vec::new(),
            category_urls: Vec::new(),
            shared_topics: Vec::new(),
            shared_providers: Vec::new(),
            topics_in_order: OnceLock::new(),
            providers_in_order: OnceLock::new(),
            sitemap: Vec::new(),
            redirects: Vec::new(),
            rejected: Vec::new(),
            pages: Vec::new(),
        };
        routes.precompute();
        (routes, diagnostics)
    }

    /// Plans the pages of `collection`, the assets, and the files of `static/`, which take the place of whatever newsgen
    /// would write there itself.
    ///
    /// # Errors
    /// For aliases that lead to something else, and for what is named and not there.
    pub fn new(
        collection: &'a Collection,
        config: &'a Config,
        reserved: &ReservationIndex<'_>,
        static_files: &[SiteFile],
        assets: &'a [Asset],
    ) -> (Self, Vec<Diagnostic>) {
        let (mut routes, mut diagnostics) = Self::without_pages(collection, config, assets);
        let is_asset = |file: &SiteFile| assets.iter().any(|asset| *asset.name == *file.path);
        let static_files: Vec<&SiteFile> = static_files.iter().filter(|file| !is_asset(file)).collect();
        let own: HashSet<Arc<str>> = static_files.iter().map(|file| Arc::clone(&file.path)).collect();
        let is_replaced = |path: &str| own.contains(path);
        routes.add_rendered(is_replaced("404.html"));
        for of in routes.lists_with_feeds() {
            for format in config.feeds.formats.iter().copied() {
                let page = FeedPage { of, format };
                let path = routes.feed_path(page);
                if !is_replaced(&path) {
                    routes.add(path, OutputContent::Feed(page));
                }
            }
        }
        if !is_replaced("robots.txt") {
            routes.add("robots.txt", OutputContent::File(File::Robots(routes.sitemap_urls())));
        }
        for (path, file) in routes.xml_files() {
            if !is_replaced(&path) {
                routes.add(path, OutputContent::Xml(file));
            }
        }
        for (index, asset) in assets.iter().enumerate() {
            routes.add(asset.path.as_str(), OutputContent::File(File::Asset(index)));
        }
        for file in static_files {
            routes.add(Arc::clone(&file.path), OutputContent::File(File::Copy(Box::new(file.clone()))));
        }
        diagnostics.extend(routes.add_redirects(&own, reserved));
        for (path, file) in routes.host_files() {
            if !is_replaced(path) {
                routes.add(path, OutputContent::File(File::Host(file)));
            }
        }
        routes.pages.par_sort_by(|a, b| a.path.cmp(&b.path));
        let rejected = routes.rejected(reserved);
        routes.rejected.extend(rejected);
        diagnostics.extend(routes.no_root());
        diagnostics.extend(routes.no_amp_pages());
        (routes, diagnostics)
    }

    /// Precomputes what is the same on every page that shows an article or a term.
    fn precompute(&mut self) {
        self.articles.resize_with(self.collection.len(), OnceLock::new);
        let urls = |taxonomy: &Taxonomy, list_of: fn(TermId) -> ListId| {
            taxonomy.terms().map(|(id, _)| self.url(list_front(list_of(id)))).collect()
        };
        let topic_urls = urls(&self.collection.topics, ListId::Topic);
        let provider_urls = urls(&self.collection.providers, ListId::Provider);
        self.category_urls = urls(&self.collection.categories, ListId::Category);
        (self.topic_urls, self.provider_urls) = (topic_urls, provider_urls);
        (self.shared_topics, self.shared_providers) = self.shared();
    }

    fn add(&mut self, path: impl Into<Arc<str>>, content: OutputContent) {
        self.pages.push(OutputFile { path: path.into(), content });
    }

    fn add_page(&mut self, route: Route) {
        let path = match &*self.address(route) {
            "" => "index.html".to_owned(),
            address if matches!(route, Route::NotFound) => address.to_owned(),
            address => format!("{address}/index.html"),
        };
        self.add(path, OutputContent::Page(route));
    }

    fn add_rendered(&mut self, not_found_is_replaced: bool) {
        self.add_page(Route::Front);
        for page in self.index_pages() {
            self.add_page(Route::Index(page));
        }
        if !not_found_is_replaced {
            self.add_page(Route::NotFound);
        }
        self.add_archive_pages(ListId::All);
        let collection = self.collection;
        let lists = [
            (&collection.topics, ListId::Topic as fn(TermId) -> ListId),
            (&collection.providers, ListId::Provider),
            (&collection.categories, ListId::Category),
        ];
        for (taxonomy, list_of) in lists {
            for (id, _) in taxonomy.terms() {
                self.add_page(Route::List(ListPage { of: list_of(id), number: None }));
                self.add_archive_pages(list_of(id));
            }
        }
        for id in collection.ids() {
            if !self.has_page(id) {
                continue;
            }
            self.add_page(Route::Article(id));
            if self.has_amp_page(id) {
                self.add_page(Route::Amp(id));
            }
        }
        for index in 0..collection.pages.len() {
            self.add_page(Route::Page(index));
        }
    }

    fn add_archive_pages(&mut self, of: ListId) {
        for number in 1..=pagination::archive_pages(self.list_len(of), self.config.per_page) {
            self.add_page(Route::List(ListPage { of, number: Some(number) }));
        }
    }

    /// The address of a page below the site's root, without slashes at its ends.
    fn address(&self, route: Route) -> Cow<'_, str> {
        match route {
            Route::Front => "".into(),
            Route::Index(page) => page.address().into(),
            Route::Article(id) => self.collection.address(id).into(),
            Route::Amp(id) => format!("{}/{AMP}", self.collection.address(id)).into(),
            Route::Page(index) => self.collection.pages[index].address.as_str().into(),
            Route::NotFound => "404.html".into(),
            // Its own file is of no interest to anybody; what it says of itself is where it leads.
            Route::Redirect(index) => self.address(self.redirects[index].to),
            Route::List(ListPage { of, number }) => {
                let list = self.list_address(of);
                match (number, list.as_str()) {
                    (None, _) => list.into(),
                    (Some(number), "") => format!("{ALL}/{number}").into(),
                    (Some(number), _) => format!("{list}/{ALL}/{number}").into(),
                }
            }
        }
    }

    fn list_address(&self, of: ListId) -> String {
        match of {
            ListId::All => String::new(),
            ListId::Topic(id) => format!("topics/{}", self.collection.topics.term(id).slug),
            ListId::Provider(id) => format!("providers/{}", self.collection.providers.term(id).slug),
            ListId::Category(id) => self.collection.categories.term(id).slug.clone(),
        }
    }

    /// The address of a page as links have it: from the root of the host, percent-encoded.
    fn url(&self, route: Route) -> String {
        let address = self.address(route);
        let slash = if address.is_empty() || matches!(route, Route::NotFound) { "" } else { "/" };
        [self.config.root(), &encode(&address), slash].concat()
    }

    /// Whether an article has a page.
    fn has_page(&self, id: ArticleId) -> bool {
        self.collection.summary(id).has_page(self.config)
    }

    /// Whether the page of an article is canonical itself, and no other site's.
    fn has_own_page(&self, id: ArticleId) -> bool {
        self.has_page(id) && self.collection.summary(id).article_pages(self.config) == ArticlePages::Own
    }

    /// Whether any article's is, or would be where there is no article yet.
    fn has_own_pages(&self) -> bool {
        if self.collection.is_empty() {
            return self.config.article_pages == ArticlePages::Own
                && self.config.article_html != ArticleHtml::None;
        }
        self.collection.ids().any(|id| self.has_own_page(id))
    }

    fn has_amp_page(&self, id: ArticleId) -> bool {
        self.config.amp.pages && self.has_own_page(id)
    }

    fn no_amp_pages(&self) -> Option<Diagnostic> {
        let message = "`[amp]` enables AMP pages, but no article can have one";
        let help = "only articles whose own page is canonical have one: set `article_pages = \"self\"`, or \
            `articlePages: self` in their front matter";
        (self.config.amp.pages && !self.has_own_pages())
            .then(|| Diagnostic::warning(Location::file(SITE_TOML), message).help(help).changes_output())
    }

    /// The URL that links to an article use: its page, or else the original.
    fn article_url(&self, id: ArticleId) -> Cow<'_, str> {
        if self.has_page(id) {
            return self.url(Route::Article(id)).into();
        }
        self.collection.summary(id).web_url.as_str().into()
    }

    /// The same with the host, too.
    fn absolute_article_url(&self, id: ArticleId) -> Cow<'_, str> {
        if self.has_page(id) {
            return self.absolute_url(Route::Article(id)).into();
        }
        self.article_url(id)
    }

    /// The absolute form of the address of a page.
    fn absolute_url(&self, route: Route) -> String {
        self.config.absolute(&self.url(route))
    }

    fn taxonomy(&self, of: ListId) -> Option<(&'a Taxonomy, TermId)> {
        match of {
            ListId::All => None,
            ListId::Topic(id) => Some((&self.collection.topics, id)),
            ListId::Provider(id) => Some((&self.collection.providers, id)),
            ListId::Category(id) => Some((&self.collection.categories, id)),
        }
    }

    fn list_len(&self, of: ListId) -> usize {
        self.taxonomy(of).map_or(self.collection.len(), |(terms, id)| terms.term(id).articles.len())
    }

    /// The source of an output file, as diagnostics name it.
    fn source(&self, page: &OutputFile) -> String {
        match &page.content {
            OutputContent::File(File::Copy(file)) => file.display_path(),
            OutputContent::File(File::Asset(_)) => format!("the theme's {}", page.path),
            OutputContent::File(File::Host(_)) => format!("the host's {}", page.path),
            OutputContent::Page(Route::Redirect(index)) => self.redirects[*index].display_path.clone(),
            OutputContent::File(File::Robots(_)) => "the site's robots.txt".to_owned(),
            OutputContent::Page(Route::Article(id) | Route::Amp(id)) => {
                self.collection.summary(*id).display_path()
            }
            OutputContent::Page(Route::Page(index)) => self.collection.pages[*index].display_path.clone(),
            OutputContent::Feed(_) | OutputContent::Xml(_) | OutputContent::Page(_) => {
                format!("the site's own page {}", page.path)
            }
        }
    }
}

fn list_front(of: ListId) -> Route {
    Route::List(ListPage { of, number: None })
}

fn nav<'a>(
    collection: &Collection,
    config: &'a Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(&'a str, TermId)> {
    let mut found = Vec::new();
    for topic in &config.nav {
        if let Some(id) = collection.topics.find(&topic.slug) {
            found.push((topic.name.as_str(), id));
            continue;
        }
        let message = format!("`nav` names the topic `{}`, which no article has", topic.name);
        diagnostics.push(
            Diagnostic::warning(topic.location.clone(), message)
                .help("it is left out of the navigation until an article has it")
                .changes_output(),
        );
    }
    found
}

fn missing_id(config: &Config) -> Option<Diagnostic> {
    let message = "the site has no `id`, so its feeds get new identities if its URL changes";
    let help =
        "add `id = \"ADDRESS\"`, with the URL at which the site was first published, and never change it";
    let has_feeds = !config.feeds.formats.is_empty();
    (has_feeds && !config.id.is_explicit)
        .then(|| Diagnostic::warning(Location::file(SITE_TOML), message).help(help))
}

/// What RFC 3986 calls unreserved, and the slash between the segments of a path, stay as they are.
const SEGMENT_ENCODE_SET: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// Percent-encodes a path (RFC 3986, section 2.1).
pub fn encode(path: &str) -> Cow<'_, str> {
    // Nearly all addresses are made of slugs, in which there is nothing to encode.
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/');
    if path.bytes().all(is_plain) {
        return Cow::Borrowed(path);
    }
    utf8_percent_encode(path, SEGMENT_ENCODE_SET).into()
}
