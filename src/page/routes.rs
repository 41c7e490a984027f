//! The routes of a site: which pages, lists and feeds there are, and the URL and path of each.

use std::borrow::Cow;
use std::collections::HashSet;
use std::iter;

use chrono::NaiveDate;

use super::index_pages::{self, FOOTER_PAGES};
use super::pagination;
use super::period::{self, Period};
use super::route::{FeedPage, IndexKind, IndexPage, ListId, ListPage, Route};
use super::story_pages::{MIN_PROVIDERS, StoryPage, StoryPages, StoryRedirect};
use super::url_encoding::encode;
use crate::collection::{ArticleId, Collection, StoryIndex, Taxonomy, Term, TermId};
use crate::config::{ArticleHtml, ArticlePages, Config, FeedFormat};
use crate::document::image::Image;
use crate::picture::{Picture, Pictures};
use crate::reservations::AddressHolder;

/// The maximum number of articles on the page of a day. It is not paginated, so that a new article changes no
/// other page of the day.
const MAX_PER_DAY: usize = 1000;

/// The maximum number of articles on the page of a story. Only an editor's name makes a story as large.
pub(super) const MAX_PER_STORY: usize = 500;

/// Where the archive pages of all articles are, and below the other lists and indexes their further
/// pages.
const PAGE: &str = "page";

/// Where the AMP page of an article is, below the article's address.
const AMP: &str = "amp";

/// The pages, lists and feeds of a site with their URLs and paths.
#[derive(Clone, Copy, Debug)]
pub struct Routes<'a> {
    pub collection: &'a Collection,
    pub(super) config: &'a Config,
    pictures: Option<&'a Pictures>,
    stories: Option<&'a StoryPages>,
}

impl<'a> Routes<'a> {
    /// The routes of `collection`.
    pub fn new(collection: &'a Collection, config: &'a Config) -> Self {
        Self { collection, config, pictures: None, stories: None }
    }

    /// The same, of a site with `pictures`.
    #[must_use]
    pub fn with_pictures(self, pictures: &'a Pictures) -> Self {
        Self { pictures: Some(pictures), ..self }
    }

    /// The same, of a site with pages of stories.
    #[must_use]
    pub fn with_stories(self, stories: &'a StoryPages) -> Self {
        Self { stories: Some(stories), ..self }
    }

    /// The addresses that are reserved for stories, with their holders.
    pub fn reserved_for_stories(
        self,
    ) -> impl Iterator<Item = (&'a Cow<'static, str>, &'a AddressHolder<'static>)> {
        self.stories.into_iter().flat_map(|stories| &stories.reserved)
    }

    /// The redirects from former addresses of stories.
    pub(super) fn story_redirects(self) -> &'a [StoryRedirect] {
        self.stories.map_or(&[], |stories| &stories.redirects)
    }

    /// The stories that have pages, in the order of their oldest articles.
    pub(super) fn story_pages(self) -> impl Iterator<Item = StoryIndex> {
        self.stories.into_iter().flat_map(|stories| stories.pages.keys()).copied()
    }

    /// The name of a story: the editor's, or the title of its oldest article.
    pub fn story_name(self, story: StoryIndex) -> &'a str {
        let story = self.collection.stories().get(story);
        let title = || &*self.collection.summary(story.oldest()).title;
        story.key.as_ref().map_or_else(title, |key| &key.name)
    }

    /// The address of a story's page, and what holds it.
    pub(super) fn story_page(self, story: StoryIndex) -> Option<&'a StoryPage> {
        self.stories?.pages.get(&story)
    }

    /// Whether search engines may show the page of a story: if they may show that of one of its
    /// articles.
    pub(super) fn is_story_indexed(self, story: StoryIndex) -> bool {
        self.articles_of_story(story).iter().any(|id| self.has_own_page(*id))
    }

    /// The article by which a story is known, also when an earlier report is added: the one that holds
    /// the address of its page, or else its oldest.
    pub fn known_by(self, story: StoryIndex) -> ArticleId {
        let oldest = || self.collection.stories().get(story).oldest();
        self.story_page(story).and_then(|page| page.holder).unwrap_or_else(oldest)
    }

    /// The address of a story's page; none if it has no page.
    pub fn story_address(self, story: StoryIndex) -> Option<&'a str> {
        self.story_page(story).map(|page| &*page.address)
    }

    /// The URL of a story's page; none if it has no page.
    pub fn story_url(self, story: StoryIndex) -> Option<String> {
        self.story_page(story).map(|_| self.url(Route::Story(story)))
    }

    /// The articles on the page of a story, oldest first.
    pub(super) fn articles_of_story(self, story: StoryIndex) -> &'a [ArticleId] {
        let articles = &self.collection.stories().get(story).articles;
        let start = articles.len().saturating_sub(MAX_PER_STORY);
        articles.get(start..).unwrap_or(articles)
    }

    /// The article with which a story had enough providers for a page.
    pub(super) fn article_that_gave_page(self, story: StoryIndex) -> Option<ArticleId> {
        let mut providers = HashSet::new();
        let is_last = |id: &&ArticleId| {
            providers.insert(&self.collection.summary(**id).provider.domain);
            providers.len() == MIN_PROVIDERS
        };
        self.collection.stories().get(story).articles.iter().find(is_last).copied()
    }

    /// What is known of the files of pictures.
    pub fn pictures(self) -> Option<&'a Pictures> {
        self.pictures
    }

    /// What is known of the file of an image.
    pub(super) fn picture(self, image: &Image) -> Option<&'a Picture> {
        self.static_picture(&image.static_path()?)
    }

    /// What is known of the file of an image, by its path in `static/`.
    pub(super) fn static_picture(self, path: &str) -> Option<&'a Picture> {
        self.pictures?.get(path)
    }

    /// All pages but redirects.
    pub(super) fn pages(self) -> impl Iterator<Item = Route> {
        let front = iter::once(Route::Front);
        let indexes = self.index_pages().map(Route::Index);
        let archive = self.periods().into_iter().map(Route::Archive);
        let lists = self.lists().flat_map(move |of| self.list_pages(of)).map(Route::List);
        let articles = self.collection.ids().flat_map(move |id| self.article_pages(id));
        let stories = self.story_pages().map(Route::Story);
        let pages = (0..self.collection.pages.len()).map(Route::Page);
        front
            .chain(indexes)
            .chain(iter::once(Route::NotFound))
            .chain(archive)
            .chain(lists)
            .chain(articles)
            .chain(stories)
            .chain(pages)
    }

    /// The periods that have pages, oldest first.
    pub(super) fn periods(self) -> Vec<Period> {
        period::periods(self.collection.days.keys().copied())
    }

    /// The days of a period that have articles, oldest first.
    pub(super) fn days(self, of: Period) -> impl DoubleEndedIterator<Item = NaiveDate> {
        self.collection.days.range(of.days()).map(|(day, _)| *day)
    }

    /// The articles on the page of a day, newest first.
    pub(super) fn articles_of_day(self, day: NaiveDate) -> &'a [ArticleId] {
        let ids = self.collection.days.get(&day).map_or(&[][..], Vec::as_slice);
        ids.get(..MAX_PER_DAY).unwrap_or(ids)
    }

    /// The last period of the same length before this one that has a page.
    pub(super) fn period_before(self, period: Period) -> Option<Period> {
        let (day, _) = self.collection.days.range(..period.days().start).next_back()?;
        Some(period.around(*day))
    }

    /// The date of an article in the site's time zone.
    pub(super) fn date(self, id: ArticleId) -> NaiveDate {
        self.config.local_date(self.collection.summary(id).published_at)
    }

    /// The URL of the page of a day; none if days have no pages.
    pub(super) fn day_url(self, date: NaiveDate) -> Option<String> {
        self.config.archives.then(|| self.url(Route::Archive(Period::Day(date))))
    }

    fn index_pages(self) -> impl Iterator<Item = IndexPage> {
        IndexKind::ALL.into_iter().flat_map(move |of| {
            (1..=self.index_page_count(of)).map(move |number| IndexPage { of, number })
        })
    }

    /// How many pages an index has.
    pub(super) fn index_page_count(self, of: IndexKind) -> usize {
        match of {
            IndexKind::Topics => index_pages::count(self.collection.topics.len()),
            IndexKind::Providers => index_pages::count(self.collection.providers.len()),
            IndexKind::Pages if self.has_index_of_pages() => {
                index_pages::count(self.collection.pages.len())
            }
            IndexKind::Pages => 0,
        }
    }

    pub(super) fn has_index_of_pages(self) -> bool {
        self.collection.pages.len() > FOOTER_PAGES
    }

    /// All lists of articles.
    pub(super) fn lists(self) -> impl Iterator<Item = ListId> {
        let Collection { topics, providers, categories, .. } = self.collection;
        let terms = |taxonomy: &'a Taxonomy| taxonomy.terms().map(|(id, _)| id);
        iter::once(ListId::All)
            .chain(terms(topics).map(ListId::Topic))
            .chain(terms(providers).map(ListId::Provider))
            .chain(terms(categories).map(ListId::Category))
    }

    /// The pages of a list. The front page of all articles is the site's own.
    fn list_pages(self, of: ListId) -> impl Iterator<Item = ListPage> {
        let front = (of != ListId::All).then_some(of.front());
        let archive = (1..=self.archive_page_count(of))
            .map(move |number| ListPage { of, number: Some(number) });
        front.into_iter().chain(archive)
    }

    /// How many archive pages a list has.
    pub(super) fn archive_page_count(self, of: ListId) -> usize {
        pagination::archive_pages(self.list_len(of), self.config.per_page)
    }

    fn article_pages(self, id: ArticleId) -> impl Iterator<Item = Route> {
        let page = self.has_page(id).then_some(Route::Article(id));
        page.into_iter().chain(self.has_amp_page(id).then_some(Route::Amp(id)))
    }

    /// The image on the card of an article.
    pub(super) fn card_image(self, id: ArticleId) -> Option<&'a Image> {
        let is_hidden =
            self.config.theme.hides_pictures || self.collection.card_details(id).has_shared_picture;
        self.collection.summary(id).image.as_ref().filter(|_| !is_hidden)
    }

    /// Whether an article has a page.
    pub fn has_page(self, id: ArticleId) -> bool {
        self.collection.summary(id).has_page(self.config)
    }

    /// Whether an article has a page that is canonical, rather than the original.
    pub(super) fn has_own_page(self, id: ArticleId) -> bool {
        self.has_page(id)
            && self.collection.summary(id).article_pages(self.config) == ArticlePages::Own
    }

    /// Whether any article has a page that is canonical. On a site without articles, whether one
    /// would.
    pub(super) fn has_own_pages(self) -> bool {
        if self.collection.is_empty() {
            return self.config.article_pages == ArticlePages::Own
                && self.config.article_html != ArticleHtml::None;
        }
        self.collection.ids().any(|id| self.has_own_page(id))
    }

    pub(super) fn has_amp_page(self, id: ArticleId) -> bool {
        self.config.amp.pages && self.has_own_page(id)
    }

    /// The taxonomy and the term that a list belongs to; none for all articles.
    pub(super) fn taxonomy(self, of: ListId) -> Option<(&'a Taxonomy, TermId)> {
        match of {
            ListId::All => None,
            ListId::Topic(id) => Some((&self.collection.topics, id)),
            ListId::Provider(id) => Some((&self.collection.providers, id)),
            ListId::Category(id) => Some((&self.collection.categories, id)),
        }
    }

    /// The term that a list belongs to; none for all articles.
    pub(super) fn term(self, of: ListId) -> Option<&'a Term> {
        self.taxonomy(of).map(|(taxonomy, id)| taxonomy.term(id))
    }

    pub(super) fn list_len(self, of: ListId) -> usize {
        self.term(of).map_or(self.collection.len(), |term| term.articles.len())
    }

    /// The article at an index of a list, newest first.
    pub(super) fn article_at(self, of: ListId, index: usize) -> Option<ArticleId> {
        match self.term(of) {
            None => self.collection.ids().nth(index),
            Some(term) => term.articles.get(index).copied(),
        }
    }

    /// The newest articles of a list, newest first.
    pub(super) fn newest(self, of: ListId, count: usize) -> impl Iterator<Item = ArticleId> {
        let articles = self.term(of).map(|term| term.articles.iter().copied());
        let all = articles.is_none().then(|| self.collection.ids());
        all.into_iter().flatten().chain(articles.into_iter().flatten()).take(count)
    }

    /// Whether an article is in a list.
    pub(super) fn is_in_list(self, of: ListId, id: ArticleId) -> bool {
        self.term(of).is_none_or(|term| term.articles.binary_search(&id).is_ok())
    }

    /// The articles on a page of a list, newest first.
    pub(super) fn articles(self, page: ListPage) -> Vec<ArticleId> {
        let range = pagination::range(self.list_len(page.of), self.config.per_page, page.number);
        match self.term(page.of) {
            None => self.collection.ids().skip(range.start).take(range.len()).collect(),
            Some(term) => term.articles[range].to_vec(),
        }
    }

    /// All feeds.
    pub(super) fn feeds(self) -> impl Iterator<Item = FeedPage> {
        let formats = self.config.feeds.formats.iter().copied();
        self.lists_with_feeds()
            .flat_map(move |of| formats.clone().map(move |format| FeedPage { of, format }))
    }

    pub(super) fn lists_with_feeds(self) -> impl Iterator<Item = ListId> {
        self.lists().filter(move |of| self.has_feeds(*of))
    }

    /// Whether a list has feeds. An empty list has none: there is no date that its feed could have.
    pub(super) fn has_feeds(self, of: ListId) -> bool {
        let min_articles = match of {
            ListId::All => Some(1),
            ListId::Topic(_) => self.config.feeds.topics,
            ListId::Provider(_) => self.config.feeds.providers,
            ListId::Category(_) => None,
        };
        min_articles.is_some_and(|min| self.list_len(of) >= min)
    }

    /// The title of a list's feeds.
    pub(super) fn feed_title(self, of: ListId) -> Cow<'a, str> {
        let site = self.config.title.as_str();
        match self.term(of) {
            None => site.into(),
            Some(term) => format!("{} - {site}", term.name).into(),
        }
    }

    /// The format of the feeds that the OPML file lists: one that all feed readers know, if there
    /// is one.
    pub(super) fn opml_format(self) -> Option<FeedFormat> {
        let formats = self.config.feeds.formats.iter().copied();
        formats.filter(|_| self.has_feeds(ListId::All)).find(|format| *format != FeedFormat::Json)
    }

    /// The address of a page: its path below the site's root, without slashes at its ends. The
    /// address of a redirect is the one it leads to.
    pub fn address(self, route: Route) -> Cow<'a, str> {
        match route {
            Route::Front => "".into(),
            Route::Index(page) => index_address(page),
            Route::Archive(period) => period.address().into(),
            Route::Article(id) => self.collection.address(id).into(),
            Route::Amp(id) => format!("{}/{AMP}", self.collection.address(id)).into(),
            Route::Story(story) => {
                self.story_address(story).expect("only stories with a page have routes").into()
            }
            Route::Page(index) => self.collection.pages[index].address.as_str().into(),
            Route::NotFound => "404.html".into(),
            Route::Redirect(page) => self.address(page.to.into()),
            Route::List(ListPage { of, number }) => {
                let list = self.list_address(of);
                match (number, list.as_str()) {
                    (None, _) => list.into(),
                    (Some(number), "") => format!("{PAGE}/{number}").into(),
                    (Some(number), _) => format!("{list}/{PAGE}/{number}").into(),
                }
            }
        }
    }

    pub(super) fn list_address(self, of: ListId) -> String {
        match of {
            ListId::All => String::new(),
            ListId::Topic(id) => format!("topics/{}", self.collection.topics.term(id).slug),
            ListId::Provider(id) => {
                format!("providers/{}", self.collection.providers.term(id).slug)
            }
            ListId::Category(id) => self.collection.categories.term(id).slug.clone(),
        }
    }

    /// The path of a page's file below the output folder.
    pub(super) fn path(self, route: Route) -> String {
        match &*self.address(route) {
            "" => "index.html".to_owned(),
            address if matches!(route, Route::NotFound) => address.to_owned(),
            address => format!("{address}/index.html"),
        }
    }

    /// The path of a feed below the output folder.
    pub(super) fn feed_path(self, page: FeedPage) -> String {
        let (list, name) = (self.list_address(page.of), page.format.file_name());
        if list.is_empty() { name.to_owned() } else { format!("{list}/{name}") }
    }

    /// The percent-encoded URL of a page, from the root of the host.
    pub fn url(self, route: Route) -> String {
        let address = self.address(route);
        let slash = if address.is_empty() || matches!(route, Route::NotFound) { "" } else { "/" };
        [self.config.root(), &encode(&address), slash].concat()
    }

    /// The article with an address: below the site's root, from the root of the host, or a URL.
    pub fn article_of_address(self, address: &str) -> Option<ArticleId> {
        let address = address.trim_matches('/');
        if address.is_empty() {
            return None;
        }
        let is_it = |id: &ArticleId| {
            let route = Route::Article(*id);
            self.collection.address(*id) == address
                || self.url(route).trim_matches('/') == address
                || self.absolute_url(route).trim_end_matches('/') == address
        };
        self.collection.ids().find(is_it)
    }

    pub(super) fn absolute_url(self, route: Route) -> String {
        self.config.absolute(&self.url(route))
    }

    /// The URL of the page with a list's newest articles, from the root of the host.
    pub(super) fn list_url(self, of: ListId) -> String {
        self.url(of.front_page())
    }

    /// The URL of a file of the output folder, from the root of the host.
    pub(super) fn file_url(self, path: &str) -> String {
        [self.config.root(), &encode(path)].concat()
    }

    /// The URL of a feed, from the root of the host.
    pub(super) fn feed_url(self, page: FeedPage) -> String {
        self.file_url(&self.feed_path(page))
    }

    /// The URL that links to an article have: of its page, or else of the original.
    pub(super) fn article_url(self, id: ArticleId) -> Cow<'a, str> {
        if self.has_page(id) {
            return self.url(Route::Article(id)).into();
        }
        self.collection.summary(id).web_url.as_str().into()
    }

    /// The same URL in absolute form.
    pub(super) fn absolute_article_url(self, id: ArticleId) -> Cow<'a, str> {
        if self.has_page(id) {
            return self.absolute_url(Route::Article(id)).into();
        }
        self.article_url(id)
    }
}

fn index_address(IndexPage { of, number }: IndexPage) -> Cow<'static, str> {
    match number {
        1 => of.name().into(),
        number => format!("{}/{PAGE}/{number}", of.name()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture::{collection, config};

    const ARTICLE: &str = "---\ntitle: T\npublishedDateTime: 2026-01-02T00:00:00Z\nslug: é\n\
        originalUrl: https://a.example/x\nprovider:\n  domain: a.example\ntopics: [A]\n---\n";

    #[test]
    fn pages_and_feeds_have_paths_below_their_urls() {
        let config =
            config("article_pages = \"self\"\n[amp]\npages = true\n[feeds]\nformats = [\"rss\"]\n");
        let documents = [("a.md", ARTICLE), ("pages/about.md", "---\ntitle: About\n---\n")];
        let (collection, _) = collection(&documents, &config);
        let routes = Routes::new(&collection, &config);
        let pages = routes.pages().map(|page| (routes.path(page), routes.url(page)));
        let feeds = routes.feeds().map(|feed| (routes.feed_path(feed), routes.feed_url(feed)));
        let found: Vec<String> =
            pages.chain(feeds).map(|(path, url)| format!("{path} {url}")).collect();
        assert_eq!(
            found,
            [
                "index.html /sub/",
                "topics/index.html /sub/topics/",
                "providers/index.html /sub/providers/",
                "404.html /sub/404.html",
                "topics/a/index.html /sub/topics/a/",
                "providers/a-example/index.html /sub/providers/a-example/",
                "news/index.html /sub/news/",
                "news/2026/01/é/index.html /sub/news/2026/01/%C3%A9/",
                "news/2026/01/é/amp/index.html /sub/news/2026/01/%C3%A9/amp/",
                "about/index.html /sub/about/",
                "rss.xml /sub/rss.xml",
                "topics/a/rss.xml /sub/topics/a/rss.xml",
                "providers/a-example/rss.xml /sub/providers/a-example/rss.xml",
            ]
        );
    }
}
