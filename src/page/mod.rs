//! Every page of the site: where it is and what it is about. All addresses are decided here, once.
#![allow(clippy::indexing_slicing, reason = "ids index the lists that they were made for")]

mod directory;
mod feed;
mod host;
mod index;
mod linked_data;
mod list;
mod paths;
mod published;
mod redirect;
mod view;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use chrono::format::{Item, StrftimeItems};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rayon::prelude::*;

use crate::asset::Asset;
use crate::collection::{ArticleId, Collection, Taxonomy, TermId};
use crate::config::{ArticleHtml, ArticlePages, Config};
use crate::diagnostic::{Diagnostic, Place};
use crate::source::{CONFIG as SITE_TOML, SiteFile};

pub use directory::{Directory, DirectoryView, FeedEntry, FeedsView, NEWS_SPAN, NewsView, PageEntry};
pub use feed::{Feed, FeedItem, FeedPage};
pub use host::{HeaderRule, HostFile, redirect_line};
pub use index::{IndexOf, IndexPage};
pub use list::{ListOf, ListPage};
pub use paths::Refused;
pub use published::Published;
use redirect::Redirect;
pub use view::{CardView, ShowsArticle, SiteView, View};

/// One file of the site that is to be.
#[derive(Debug)]
pub struct Page {
    /// Below the output folder, with `/` between folders.
    pub path: Arc<str>,
    /// What it holds.
    pub content: Content,
}

/// What a file of the site holds.
#[derive(Debug)]
pub enum Content {
    /// A page that a template makes.
    Subject(Subject),
    /// A feed.
    Feed(FeedPage),
    /// A directory for programs.
    Directory(Directory),
    /// What is there already.
    File(File),
}

/// A file that no template makes.
#[derive(Debug)]
pub enum File {
    /// `robots.txt`, which names sitemaps by their addresses.
    Robots(Vec<String>),
    /// A file of `static/`, as it is.
    Copy(Box<SiteFile>),
    /// An asset, by its place among all.
    Asset(usize),
    /// What the site's host wants to find.
    Host(HostFile),
}

/// What a page is about.
#[derive(Clone, Copy, Debug)]
pub enum Subject {
    /// The newest articles and the way to all others.
    Front,
    /// A page of a list of articles.
    List(ListPage),
    /// A page of an index.
    Index(IndexPage),
    /// One article.
    Article(ArticleId),
    /// One article once more, as an AMP page.
    Amp(ArticleId),
    /// A page that stands by itself, by its place in the collection.
    Standing(usize),
    /// What a reader sees who went astray.
    NotFound,
    /// What sends a reader on from an address at which a page was once, by its place among all redirects.
    Redirect(usize),
}

/// Where the closed pages of all articles are, and below other lists and indexes their further pages.
const ALL: &str = "page";

/// Where the AMP page of an article is, below its address.
const AMP: &str = "amp";

/// Every page of a site, and the view of each.
#[derive(Debug)]
pub struct Plan<'a> {
    config: &'a Config,
    collection: &'a Collection,
    /// What pages are shown with.
    pub assets: &'a [Asset],
    /// The terms of the navigation that exist.
    nav: Vec<(&'a str, TermId)>,
    date_format: Vec<Item<'a>>,
    time_format: Vec<Item<'a>>,
    /// What every card of an article says, by its place in the collection.
    articles: Vec<OnceLock<view::ArticleFacts>>,
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
    sitemap: Vec<directory::SitemapPart>,
    /// From where readers are sent on.
    redirects: Vec<Redirect<'a>>,
    /// The documents that cannot have the paths that they want, each with its error, and the files of the site that cannot.
    pub refused: Vec<Refused>,
    /// Sorted by path; no two have one path, unless some are refused.
    pub pages: Vec<Page>,
}

impl<'a> Plan<'a> {
    /// Plans no page, for whoever needs the views of a few. The diagnostics say what the navigation names and is not there.
    pub fn without_pages(
        collection: &'a Collection,
        config: &'a Config,
        assets: &'a [Asset],
    ) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let nav = nav(collection, config, &mut diagnostics);
        diagnostics.extend(missing_id(config));
        let items = |format: &'a str| StrftimeItems::new(format).collect();
        let mut plan = Self {
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
            refused: Vec::new(),
            pages: Vec::new(),
        };
        plan.note_facts();
        (plan, diagnostics)
    }

    /// Plans the pages of `collection`, the assets, and the files of `static/`, which take the place of whatever newsgen
    /// would write there itself.
    ///
    /// # Errors
    /// For aliases that lead to something else, and for what is named and not there.
    pub fn new(
        collection: &'a Collection,
        config: &'a Config,
        static_files: &[SiteFile],
        assets: &'a [Asset],
    ) -> (Self, Vec<Diagnostic>) {
        let (mut plan, mut diagnostics) = Self::without_pages(collection, config, assets);
        let is_asset = |file: &SiteFile| assets.iter().any(|asset| *asset.name == *file.path);
        let static_files: Vec<&SiteFile> = static_files.iter().filter(|file| !is_asset(file)).collect();
        let own: HashSet<Arc<str>> = static_files.iter().map(|file| Arc::clone(&file.path)).collect();
        let is_replaced = |path: &str| own.contains(path);
        plan.add_rendered(is_replaced("404.html"));
        for of in plan.lists_with_feeds() {
            for format in config.feeds.formats.iter().copied() {
                let page = FeedPage { of, format };
                let path = plan.feed_path(page);
                if !is_replaced(&path) {
                    plan.add(path, Content::Feed(page));
                }
            }
        }
        if !is_replaced("robots.txt") {
            plan.add("robots.txt", Content::File(File::Robots(plan.sitemap_urls())));
        }
        for (path, directory) in plan.plan_directories() {
            if !is_replaced(&path) {
                plan.add(path, Content::Directory(directory));
            }
        }
        for (place, asset) in assets.iter().enumerate() {
            plan.add(asset.path.as_str(), Content::File(File::Asset(place)));
        }
        for file in static_files {
            plan.add(Arc::clone(&file.path), Content::File(File::Copy(Box::new(file.clone()))));
        }
        diagnostics.extend(plan.add_redirects(&own));
        for (path, file) in plan.host_files() {
            if !is_replaced(path) {
                plan.add(path, Content::File(File::Host(file)));
            }
        }
        plan.pages.par_sort_by(|a, b| a.path.cmp(&b.path));
        plan.refused = plan.refused();
        diagnostics.extend(plan.no_root());
        diagnostics.extend(plan.no_amp_pages());
        (plan, diagnostics)
    }

    /// Notes what is the same on every page that shows an article or a term.
    fn note_facts(&mut self) {
        self.articles.resize_with(self.collection.len(), OnceLock::new);
        let urls = |taxonomy: &Taxonomy, list_of: fn(TermId) -> ListOf| {
            taxonomy.terms().map(|(id, _)| self.url(list_front(list_of(id)))).collect()
        };
        let topic_urls = urls(&self.collection.topics, ListOf::Topic);
        let provider_urls = urls(&self.collection.providers, ListOf::Provider);
        self.category_urls = urls(&self.collection.categories, ListOf::Category);
        (self.topic_urls, self.provider_urls) = (topic_urls, provider_urls);
        (self.shared_topics, self.shared_providers) = self.shared();
    }

    fn add(&mut self, path: impl Into<Arc<str>>, content: Content) {
        self.pages.push(Page { path: path.into(), content });
    }

    fn add_page(&mut self, subject: Subject) {
        let path = match &*self.address(subject) {
            "" => "index.html".to_owned(),
            address if matches!(subject, Subject::NotFound) => address.to_owned(),
            address => format!("{address}/index.html"),
        };
        self.add(path, Content::Subject(subject));
    }

    fn add_rendered(&mut self, not_found_is_replaced: bool) {
        self.add_page(Subject::Front);
        for page in self.index_pages() {
            self.add_page(Subject::Index(page));
        }
        if !not_found_is_replaced {
            self.add_page(Subject::NotFound);
        }
        self.add_closed_pages(ListOf::All);
        let collection = self.collection;
        let lists = [
            (&collection.topics, ListOf::Topic as fn(TermId) -> ListOf),
            (&collection.providers, ListOf::Provider),
            (&collection.categories, ListOf::Category),
        ];
        for (taxonomy, list_of) in lists {
            for (id, _) in taxonomy.terms() {
                self.add_page(Subject::List(ListPage { of: list_of(id), number: None }));
                self.add_closed_pages(list_of(id));
            }
        }
        for id in collection.ids() {
            if !self.has_page(id) {
                continue;
            }
            self.add_page(Subject::Article(id));
            if self.has_amp_page(id) {
                self.add_page(Subject::Amp(id));
            }
        }
        for index in 0..collection.pages.len() {
            self.add_page(Subject::Standing(index));
        }
    }

    fn add_closed_pages(&mut self, of: ListOf) {
        for number in 1..=list::closed_pages(self.list_len(of), self.config.per_page) {
            self.add_page(Subject::List(ListPage { of, number: Some(number) }));
        }
    }

    /// The address of a page below the site's root, without slashes at its ends.
    fn address(&self, subject: Subject) -> Cow<'_, str> {
        match subject {
            Subject::Front => "".into(),
            Subject::Index(page) => page.address().into(),
            Subject::Article(id) => self.collection.address(id).into(),
            Subject::Amp(id) => format!("{}/{AMP}", self.collection.address(id)).into(),
            Subject::Standing(index) => self.collection.pages[index].address.as_str().into(),
            Subject::NotFound => "404.html".into(),
            // Its own file is of no interest to anybody; what it says of itself is where it leads.
            Subject::Redirect(place) => self.address(self.redirects[place].to),
            Subject::List(ListPage { of, number }) => {
                let list = self.list_address(of);
                match (number, list.as_str()) {
                    (None, _) => list.into(),
                    (Some(number), "") => format!("{ALL}/{number}").into(),
                    (Some(number), _) => format!("{list}/{ALL}/{number}").into(),
                }
            }
        }
    }

    fn list_address(&self, of: ListOf) -> String {
        match of {
            ListOf::All => String::new(),
            ListOf::Topic(id) => format!("topics/{}", self.collection.topics.term(id).slug),
            ListOf::Provider(id) => format!("providers/{}", self.collection.providers.term(id).slug),
            ListOf::Category(id) => self.collection.categories.term(id).slug.clone(),
        }
    }

    /// The address of a page as links have it: from the root of the host, percent-encoded.
    fn url(&self, subject: Subject) -> String {
        let address = self.address(subject);
        let slash = if address.is_empty() || matches!(subject, Subject::NotFound) { "" } else { "/" };
        [self.config.root(), &encode(&address), slash].concat()
    }

    /// Whether an article has a page.
    fn has_page(&self, id: ArticleId) -> bool {
        self.collection.card(id).has_page(self.config)
    }

    /// Whether the page of an article is canonical itself, and no other site's.
    fn has_own_page(&self, id: ArticleId) -> bool {
        self.has_page(id) && self.collection.card(id).article_pages(self.config) == ArticlePages::Own
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
        let message = "`[amp]` asks for AMP pages, and no article can have one";
        let help = "only articles have one whose pages are canonical themselves: with `article_pages = \"self\"`, or \
            `articlePages: self` in their front matter";
        (self.config.amp.pages && !self.has_own_pages())
            .then(|| Diagnostic::warning(Place::file(SITE_TOML), message).help(help).changes_output())
    }

    /// Where a link to an article leads: to its page, or else to the original.
    fn article_url(&self, id: ArticleId) -> Cow<'_, str> {
        if self.has_page(id) {
            return self.url(Subject::Article(id)).into();
        }
        self.collection.card(id).web_url.as_str().into()
    }

    /// The same with the host, too.
    fn absolute_article_url(&self, id: ArticleId) -> Cow<'_, str> {
        if self.has_page(id) {
            return self.absolute_url(Subject::Article(id)).into();
        }
        self.article_url(id)
    }

    /// The absolute form of the address of a page.
    fn absolute_url(&self, subject: Subject) -> String {
        self.config.absolute(&self.url(subject))
    }

    fn taxonomy(&self, of: ListOf) -> Option<(&'a Taxonomy, TermId)> {
        match of {
            ListOf::All => None,
            ListOf::Topic(id) => Some((&self.collection.topics, id)),
            ListOf::Provider(id) => Some((&self.collection.providers, id)),
            ListOf::Category(id) => Some((&self.collection.categories, id)),
        }
    }

    fn list_len(&self, of: ListOf) -> usize {
        self.taxonomy(of).map_or(self.collection.len(), |(terms, id)| terms.term(id).articles.len())
    }

    /// What a page is made from, as a diagnostic names it.
    fn source(&self, page: &Page) -> String {
        match &page.content {
            Content::File(File::Copy(file)) => file.shown(),
            Content::File(File::Asset(_)) => format!("the theme's {}", page.path),
            Content::File(File::Host(_)) => format!("the host's {}", page.path),
            Content::Subject(Subject::Redirect(place)) => self.redirects[*place].shown.clone(),
            Content::File(File::Robots(_)) => "the site's robots.txt".to_owned(),
            Content::Subject(Subject::Article(id) | Subject::Amp(id)) => self.collection.card(*id).shown(),
            Content::Subject(Subject::Standing(index)) => self.collection.pages[*index].shown.clone(),
            Content::Feed(_) | Content::Directory(_) | Content::Subject(_) => {
                format!("the site's own page {}", page.path)
            }
        }
    }
}

fn list_front(of: ListOf) -> Subject {
    Subject::List(ListPage { of, number: None })
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
        let message = format!("no article has the topic `{}`, which `nav` names", topic.name);
        diagnostics.push(
            Diagnostic::warning(topic.place.clone(), message)
                .help("it is left out of the navigation until an article has it")
                .changes_output(),
        );
    }
    found
}

fn missing_id(config: &Config) -> Option<Diagnostic> {
    let message = "the site has no `id`, so its feeds are other feeds when its address changes";
    let help =
        "add `id = \"ADDRESS\"`, with the address at which the site was published first, and never change it";
    let has_feeds = !config.feeds.formats.is_empty();
    (has_feeds && !config.id.is_given)
        .then(|| Diagnostic::warning(Place::file(SITE_TOML), message).help(help))
}

/// What RFC 3986 calls unreserved, and the slash between the segments of a path, stay as they are.
const NOT_IN_PATHS: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// A path as addresses have it, percent-encoded (RFC 3986, section 2.1).
pub fn encode(path: &str) -> Cow<'_, str> {
    // Nearly all addresses are made of slugs, in which there is nothing to encode.
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/');
    if path.bytes().all(is_plain) {
        return Cow::Borrowed(path);
    }
    utf8_percent_encode(path, NOT_IN_PATHS).into()
}
