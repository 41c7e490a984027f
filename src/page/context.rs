//! The contexts that templates receive, documented in `docs/templates.md`.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::iter::Peekable;
use std::sync::OnceLock;
use std::vec;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use tera::Value;

use super::feed::FeedPage;
use super::index_pages::{self, FOOTER_PAGES, IndexKind, IndexPage};
use super::pagination::{self, ListId, ListPage};
use super::{Route, Routes, encode, list_front};
use crate::collection::{ArticleId, Collection, RelatedLink, Taxonomy, Term, TermId};
use crate::config::{ArticlePages, FeedFormat};
use crate::digest::Digest;
use crate::document::article::{Named, Provider, Related};
use crate::document::body::{self, HtmlTarget, LinkOptions};
use crate::document::image::{Image, ImageLocation};
use crate::document::video::{self, Youtube};
use crate::document::{ArticleBody, ArticleSummary};
use crate::domain;
use crate::node::{MapEntry, serialize_mapping};

/// The `site` variable of every template.
#[derive(Debug, Serialize)]
pub struct SiteContext<'a> {
    title: &'a str,
    tagline: &'a str,
    description: &'a str,
    language: &'a str,
    url: &'a str,
    root: &'a str,
    assets: BTreeMap<&'a str, AssetContext<'a>>,
    content_security_policy: String,
    outbound_rel: &'a str,
    nav: Vec<LinkContext<'a>>,
    /// The first pages (About, Contact, ...).
    pages: Vec<LinkContext<'a>>,
    /// Where all of them are listed, if these are not all.
    pages_index: Option<String>,
    #[serde(serialize_with = "serialize_extra")]
    extra: &'a [MapEntry<'static>],
}

/// The context of one page's template, next to [`SiteContext`]. `C` represents articles.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct TemplateContext<'a, C>(ContextValues<'a, C>);

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ContextValues<'a, C> {
    Front { page: PageHead<'a>, front: Box<FrontContext<'a, C>> },
    List { page: PageHead<'a>, list: Box<ListContext<'a>>, cards: Vec<C>, pager: Pagination },
    Terms { page: PageHead<'a>, terms: IndexContext<'a> },
    Article { page: PageHead<'a>, article: Box<ArticleContext<'a>>, related: Vec<RelatedContext<'a, C>> },
    Amp { page: PageHead<'a>, article: Box<ArticleContext<'a>>, related: Vec<RelatedContext<'a, C>> },
    Page { page: PageHead<'a>, body: String },
    NotFound { page: PageHead<'a> },
    Redirect { page: PageHead<'a> },
}

/// An item of the related ones of an article.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum RelatedContext<'a, C> {
    ArticleSummary(C),
    /// Stands for the item at this place of [`ArticleBody::related`] until the details are there, with what the site knows of
    /// its provider.
    External(u32, Option<&'a Value>),
}

/// How a context represents an article: by its card, for rendering, or by the card's digest, which
/// is enough to detect a change.
pub trait ArticleRepr<'a>: Serialize {
    /// An article of a plan.
    fn of(routes: &'a Routes<'_>, id: ArticleId) -> Self;
}

impl<'a> ArticleRepr<'a> for CardContext<'a> {
    fn of(routes: &'a Routes<'_>, id: ArticleId) -> Self {
        routes.card(id)
    }
}

impl ArticleRepr<'_> for Digest {
    fn of(routes: &Routes<'_>, id: ArticleId) -> Self {
        *routes.precomputed(id).digest.get_or_init(|| Self::of_value(&routes.card(id)))
    }
}

impl<'a, C> TemplateContext<'a, C> {
    pub(super) fn head(&self) -> &PageHead<'a> {
        match &self.0 {
            ContextValues::Front { page, .. }
            | ContextValues::List { page, .. }
            | ContextValues::Terms { page, .. }
            | ContextValues::Article { page, .. }
            | ContextValues::Amp { page, .. }
            | ContextValues::Page { page, .. }
            | ContextValues::NotFound { page }
            | ContextValues::Redirect { page } => page,
        }
    }

    /// Adds the page's JSON-LD, which templates insert unescaped.
    #[must_use]
    pub fn with_json_ld(mut self, json_ld: String) -> Self {
        match &mut self.0 {
            ContextValues::Front { page, .. }
            | ContextValues::List { page, .. }
            | ContextValues::Terms { page, .. }
            | ContextValues::Article { page, .. }
            | ContextValues::Amp { page, .. }
            | ContextValues::Page { page, .. }
            | ContextValues::NotFound { page }
            | ContextValues::Redirect { page } => page.json_ld = Some(json_ld),
        }
        self
    }

    /// Whether the page is an AMP page.
    pub fn is_amp(&self) -> bool {
        matches!(self.0, ContextValues::Amp { .. })
    }

    /// The name of the page's template.
    pub fn template(&self) -> &'static str {
        match self.0 {
            ContextValues::Front { .. } => "index.html",
            ContextValues::List { .. } => "list.html",
            ContextValues::Terms { .. } => "terms.html",
            ContextValues::Article { .. } => "article.html",
            ContextValues::Amp { .. } => "amp/article.html",
            ContextValues::Page { .. } => "page.html",
            ContextValues::NotFound { .. } => "404.html",
            ContextValues::Redirect { .. } => "redirect.html",
        }
    }
}

/// The `page` variable: data for the HTML head.
#[derive(Debug, Serialize)]
pub(super) struct PageHead<'a> {
    kind: &'static str,
    pub(super) title: Cow<'a, str>,
    description: &'a str,
    pub(super) url: Cow<'a, str>,
    canonical: Option<String>,
    robots: Option<&'static str>,
    amphtml: Option<Cow<'a, str>>,
    image: Option<ImageContext<'a>>,
    pub(super) breadcrumbs: Vec<LinkContext<'a>>,
    feeds: Vec<FeedLinkContext<'a>>,
    /// Said last, of what the page says otherwise.
    json_ld: Option<String>,
}

/// A feed for `<link rel="alternate">`.
#[derive(Debug, Serialize)]
struct FeedLinkContext<'a> {
    title: Cow<'a, str>,
    url: String,
    #[serde(rename = "type")]
    media_type: &'static str,
}

/// An asset of the theme.
#[derive(Debug, Serialize)]
struct AssetContext<'a> {
    url: String,
    integrity: Option<&'a str>,
}

/// A link: title and URL.
#[derive(Clone, Debug, Serialize)]
pub(super) struct LinkContext<'a> {
    pub(super) title: Cow<'a, str>,
    pub(super) url: Cow<'a, str>,
}

/// A part of a context, owned or shared by many contexts.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum MaybeShared<'a, T> {
    Own(T),
    Shared(&'a Value),
}

/// The card of an article, for lists and related links.
#[derive(Debug, Serialize)]
pub struct CardContext<'a> {
    title: &'a str,
    excerpt: &'a str,
    url: Cow<'a, str>,
    external: bool,
    outbound: bool,
    source_url: &'a str,
    kind: &'a str,
    date: Option<Cow<'a, DateContext>>,
    provider: MaybeShared<'a, ProviderContext<'a>>,
    topics: Vec<MaybeShared<'a, LinkContext<'a>>>,
    image: Option<ImageContext<'a>>,
    quality: Option<i64>,
    heat: Option<i64>,
}

/// An instant in the site's time zone; of a date alone there is no time.
#[derive(Clone, Debug, Serialize)]
pub(super) struct DateContext {
    pub(super) iso: String,
    day: String,
    time: String,
}

/// Data shared by all cards of an article, computed once.
#[derive(Debug)]
pub(super) struct PrecomputedArticle {
    pub(super) date: DateContext,
    /// Of its card.
    digest: OnceLock<Digest>,
    /// Of what feeds say of it.
    pub(super) item_digest: OnceLock<Digest>,
}

/// A provider as a card names it.
#[derive(Debug, Serialize)]
struct ProviderContext<'a> {
    name: &'a str,
    domain: Cow<'a, str>,
    url: Option<&'a str>,
    initials: String,
    logo: Option<ImageContext<'a>>,
}

/// A picture.
#[derive(Debug, Serialize)]
pub(super) struct ImageContext<'a> {
    pub(super) url: Cow<'a, str>,
    width: Option<u32>,
    height: Option<u32>,
    cached: bool,
}

/// The front page.
#[derive(Debug, Serialize)]
struct FrontContext<'a, C> {
    newest: Option<Cow<'a, DateContext>>,
    lead: Option<C>,
    secondary: Vec<C>,
    latest: Vec<C>,
    topics: Vec<LinkContext<'a>>,
    older: Option<String>,
}

/// The articles of the front page by their parts of it.
pub(super) struct FrontArticles {
    pub(super) lead: Option<ArticleId>,
    pub(super) secondary: Vec<ArticleId>,
    pub(super) latest: Vec<ArticleId>,
}

/// What a list is of.
#[derive(Debug, Serialize)]
struct ListContext<'a> {
    kind: &'static str,
    name: Cow<'a, str>,
    description: &'a str,
    body: String,
    initials: String,
    logo: Option<ImageContext<'a>>,
    website: Option<&'a str>,
    feed: Option<&'a str>,
    children: Vec<LinkContext<'a>>,
}

/// Links to the other pages of a list.
#[derive(Debug, Serialize)]
struct Pagination {
    number: Option<usize>,
    newer: Option<String>,
    older: Option<String>,
    newest: Option<String>,
}

/// A page of an index.
#[derive(Debug, Serialize)]
struct IndexContext<'a> {
    kind: &'static str,
    items: Vec<IndexEntry<'a>>,
    number: usize,
    pages: usize,
    previous: Option<String>,
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct IndexEntry<'a> {
    name: &'a str,
    url: Cow<'a, str>,
    count: Option<usize>,
    description: &'a str,
    logo: Option<ImageContext<'a>>,
    initials: String,
    children: Vec<IndexEntry<'a>>,
}

/// An article on its own page.
#[derive(Debug, Serialize)]
struct ArticleContext<'a> {
    title: &'a str,
    excerpt: &'a str,
    url: Cow<'a, str>,
    external: bool,
    outbound: bool,
    source_url: &'a str,
    kind: &'a str,
    date: Option<Cow<'a, DateContext>>,
    provider: MaybeShared<'a, ProviderContext<'a>>,
    topics: Vec<MaybeShared<'a, LinkContext<'a>>>,
    image: Option<ImageContext<'a>>,
    quality: Option<i64>,
    heat: Option<i64>,
    body: String,
    original_url: &'a str,
    website: Option<&'a str>,
    amp_url: Option<&'a str>,
    images: Vec<ImageContext<'a>>,
    video: Option<VideoContext<'a>>,
    category: LinkContext<'a>,
    #[serde(serialize_with = "serialize_extra")]
    extra: &'a [MapEntry<'static>],
}

#[derive(Debug, Serialize)]
struct VideoContext<'a> {
    url: &'a str,
    youtube: Option<Youtube<'a>>,
}

fn serialize_extra<S: serde::Serializer>(
    entries: &&[MapEntry<'static>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serialize_mapping(entries, serializer)
}

/// The lead story is one of this many of the newest.
const LEAD_CANDIDATES: usize = 12;

/// The stories beside the lead.
const SECONDARY: usize = 4;

/// The topics that a front page names.
const FRONT_TOPICS: usize = 12;

/// How the pages of all articles are headed.
const ALL_ARTICLES: &str = "All articles";

impl<'a> Routes<'a> {
    /// The `site` variable.
    pub fn site(&self) -> SiteContext<'a> {
        let topic = |id: TermId| self.url(list_front(ListId::Topic(id)));
        let pages = self.collection.pages.iter().enumerate().take(FOOTER_PAGES);
        let index_of_pages = || self.url(Route::Index(IndexKind::Pages.first()));
        SiteContext {
            title: &self.config.title,
            tagline: &self.config.tagline,
            description: &self.config.description,
            language: &self.config.language,
            url: self.config.base_url.as_str(),
            root: self.config.root(),
            assets: self
                .assets
                .iter()
                .map(|asset| {
                    let url = [self.config.root(), &encode(&asset.path)].concat();
                    (asset.name, AssetContext { url, integrity: asset.integrity.as_deref() })
                })
                .collect(),
            content_security_policy: self.config.content_security_policy.to_text(&self.config.video),
            outbound_rel: &self.config.outbound_rel,
            nav: self
                .nav
                .iter()
                .map(|(name, id)| LinkContext { title: (*name).into(), url: topic(*id).into() })
                .collect(),
            pages: pages
                .map(|(index, page)| LinkContext {
                    title: page.title.as_str().into(),
                    url: self.url(Route::Page(index)).into(),
                })
                .collect(),
            pages_index: self.has_index_of_pages().then(index_of_pages),
            extra: &self.config.extra,
        }
    }

    /// The context of one page; an article's body is added by [`Routes::with_body`].
    pub fn context<'v, C: ArticleRepr<'v>>(&'v self, route: Route) -> TemplateContext<'v, C> {
        match route {
            Route::Front => self.front(),
            Route::List(page) => self.list(page),
            Route::Index(page) => self.terms(page),
            Route::Article(id) => self.article(id),
            Route::Amp(id) => self.amp(id),
            Route::Page(index) => self.page_context(index),
            Route::NotFound => TemplateContext(ContextValues::NotFound {
                page: PageHead {
                    canonical: None,
                    robots: Some("noindex"),
                    ..self.head("not-found", "Page not found", "", route, Vec::new())
                },
            }),
            Route::Redirect(index) => TemplateContext(ContextValues::Redirect {
                page: self.head("redirect", self.title(self.redirects[index].to), "", route, Vec::new()),
            }),
        }
    }

    /// The title of a page to which a redirect leads.
    fn title(&self, route: Route) -> Cow<'_, str> {
        match route {
            Route::Article(id) => Cow::Borrowed(&*self.collection.summary(id).title),
            Route::Page(index) => self.collection.pages[index].title.as_str().into(),
            Route::List(ListPage { of, .. }) => {
                self.taxonomy(of).map_or(ALL_ARTICLES, |(taxonomy, id)| &taxonomy.term(id).name).into()
            }
            _ => self.config.title.as_str().into(),
        }
    }

    fn head<'v>(
        &'v self,
        kind: &'static str,
        title: impl Into<Cow<'v, str>>,
        description: &'v str,
        route: Route,
        breadcrumbs: Vec<LinkContext<'v>>,
    ) -> PageHead<'v> {
        let url = self.url(route);
        PageHead {
            kind,
            title: title.into(),
            description,
            canonical: Some(self.config.absolute(&url)),
            url: url.into(),
            robots: None,
            amphtml: None,
            image: None,
            breadcrumbs,
            feeds: self.feeds_of(route),
            json_ld: None,
        }
    }

    /// Where what a page shows can be followed: a topic or a provider, or else the site.
    fn feeds_of(&self, route: Route) -> Vec<FeedLinkContext<'_>> {
        let of = match route {
            Route::NotFound | Route::Redirect(_) | Route::Amp(_) => return Vec::new(),
            Route::List(ListPage { of, .. }) if self.has_feeds(of) => of,
            _ if self.has_feeds(ListId::All) => ListId::All,
            _ => return Vec::new(),
        };
        let feed = |format: FeedFormat| FeedLinkContext {
            title: self.feed_title(of),
            url: self.feed_url(FeedPage { of, format }),
            media_type: format.media_type(),
        };
        self.config.feeds.formats.iter().copied().map(feed).collect()
    }

    fn home(&self) -> LinkContext<'_> {
        LinkContext { title: self.config.title.as_str().into(), url: self.config.root().into() }
    }

    fn term_link<'v>(&'v self, of: ListId, term: &'v Term) -> LinkContext<'v> {
        LinkContext { title: term.name.as_str().into(), url: self.url(list_front(of)).into() }
    }

    fn front<'v, C: ArticleRepr<'v>>(&'v self) -> TemplateContext<'v, C> {
        let page = ListPage { of: ListId::All, number: None };
        let ids = self.articles(page);
        let FrontArticles { lead, secondary, latest } = self.front_articles(&ids);
        let front = FrontContext {
            newest: ids.first().map(|id| Cow::Borrowed(&self.precomputed(*id).date)),
            lead: lead.map(|id| C::of(self, id)),
            secondary: secondary.iter().map(|id| C::of(self, *id)).collect(),
            latest: latest.iter().map(|id| C::of(self, *id)).collect(),
            topics: self.frequent_topics(&ids),
            older: self.pager(page).older,
        };
        let title = self.config.title.as_str();
        let head = self.head("front", title, &self.config.description, Route::Front, Vec::new());
        TemplateContext(ContextValues::Front { page: head, front: Box::new(front) })
    }

    /// Where the newest articles stand on the front page.
    pub(super) fn front_articles(&self, ids: &[ArticleId]) -> FrontArticles {
        let lead = self.lead(ids);
        let others: Vec<ArticleId> = ids.iter().copied().filter(|id| Some(*id) != lead).collect();
        let has_image = |id: &ArticleId| self.collection.summary(*id).image.is_some();
        let mut secondary: Vec<ArticleId> =
            others.iter().copied().filter(has_image).take(SECONDARY).collect();
        let plain = others.iter().copied().filter(|id| !has_image(id)).take(SECONDARY - secondary.len());
        secondary.extend(plain);
        secondary.sort_unstable();
        let latest = others.into_iter().filter(|id| !secondary.contains(id)).collect();
        FrontArticles { lead, secondary, latest }
    }

    /// The story that has drawn most attention, of the newest with a picture; without pictures the newest.
    fn lead(&self, ids: &[ArticleId]) -> Option<ArticleId> {
        let candidates =
            ids.iter().take(LEAD_CANDIDATES).filter(|id| self.collection.summary(**id).image.is_some());
        let attention = |id: &&ArticleId| {
            let summary = self.collection.summary(**id);
            (summary.heat, summary.quality, std::cmp::Reverse(**id))
        };
        candidates.max_by_key(attention).or(ids.first()).copied()
    }

    fn frequent_topics(&self, ids: &[ArticleId]) -> Vec<LinkContext<'_>> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for id in ids {
            for topic in &self.collection.summary(*id).topics {
                *counts.entry(&topic.slug).or_default() += 1;
            }
        }
        let mut topics: Vec<(&str, usize)> = counts.into_iter().collect();
        topics.sort_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
        topics.iter().take(FRONT_TOPICS).filter_map(|(slug, _)| self.topic_link(slug)).collect()
    }

    fn topic_link<'v>(&'v self, slug: &str) -> Option<LinkContext<'v>> {
        let id = self.collection.topics.find(slug)?;
        Some(self.term_link(ListId::Topic(id), self.collection.topics.term(id)))
    }

    /// A card names a topic as its article does.
    fn topic_link_as_written<'v>(&'v self, topic: &'v Named) -> Option<MaybeShared<'v, LinkContext<'v>>> {
        let id = self.collection.topics.find(&topic.slug)?;
        if *topic.name == *self.collection.topics.term(id).name {
            return Some(MaybeShared::Shared(&self.shared_topics[id.index()]));
        }
        Some(MaybeShared::Own(LinkContext {
            title: (*topic.name).into(),
            url: self.topic_urls[id.index()].as_str().into(),
        }))
    }

    /// The links of the topics and the views of the providers as most cards have them, by their places.
    pub(super) fn shared(&self) -> (Vec<Value>, Vec<Value>) {
        let Collection { topics, providers, .. } = self.collection;
        let topic = |(id, term)| self.term_link(ListId::Topic(id), term);
        let provider = |(id, term): (TermId, &'a Term)| ProviderContext {
            name: &term.name,
            domain: domain::to_unicode(&term.identity),
            url: Some(&self.provider_urls[id.index()]),
            initials: initials(&term.name),
            logo: self.term_logo(term),
        };
        (
            topics.terms().map(topic).map(|link| Value::from_serializable(&link)).collect(),
            providers.terms().map(provider).map(|context| Value::from_serializable(&context)).collect(),
        )
    }

    fn list<'v, C: ArticleRepr<'v>>(&'v self, page: ListPage) -> TemplateContext<'v, C> {
        let cards = self.articles(page).into_iter().map(|id| C::of(self, id)).collect();
        let list = self.list_head(page);
        let head = self.head(
            "list",
            list.name.clone(),
            list.description,
            Route::List(page),
            self.list_path(page.of),
        );
        TemplateContext(ContextValues::List {
            page: head,
            list: Box::new(list),
            cards,
            pager: self.pager(page),
        })
    }

    /// A archive page says only what its list is: what may change stands on the list's front page.
    fn list_head(&self, page: ListPage) -> ListContext<'_> {
        let ListPage { of, number } = page;
        let (kind, children) = match of {
            ListId::All => ("all", &[][..]),
            ListId::Topic(id) => ("topic", self.collection.topics.term(id).children.as_slice()),
            ListId::Provider(_) => ("provider", &[][..]),
            ListId::Category(_) => ("category", &[][..]),
        };
        let term = self.taxonomy(of).map(|(taxonomy, id)| taxonomy.term(id));
        let page = term.and_then(|term| term.page.as_ref());
        let introduction = page.filter(|_| number.is_none());
        let children = if number.is_none() { children } else { &[] };
        let child = |id: &TermId| self.term_link(ListId::Topic(*id), self.collection.topics.term(*id));
        let name = term.map_or(ALL_ARTICLES, |term| &term.name);
        ListContext {
            kind,
            initials: initials(name),
            name: name.into(),
            description: page.map_or("", |page| &page.description),
            body: introduction
                .map_or_else(String::new, |page| body::to_html(&page.body, self.links(), HtmlTarget::Html)),
            logo: page.and_then(|page| page.logo.as_ref()).map(|logo| self.image(logo)),
            website: page.and_then(|page| page.website.as_ref()).map(crate::http_url::HttpUrl::as_str),
            feed: page.and_then(|page| page.feed.as_ref()).map(crate::http_url::HttpUrl::as_str),
            children: children.iter().map(child).collect(),
        }
    }

    /// The way from the front page to a list.
    fn list_path(&self, of: ListId) -> Vec<LinkContext<'_>> {
        let mut path = vec![self.home()];
        let index = |of: IndexKind| LinkContext {
            title: of.title().into(),
            url: self.url(Route::Index(of.first())).into(),
        };
        match of {
            ListId::All | ListId::Category(_) => {}
            ListId::Provider(_) => path.push(index(IndexKind::Providers)),
            ListId::Topic(id) => {
                path.push(index(IndexKind::Topics));
                let topics = &self.collection.topics;
                let parents = std::iter::successors(topics.term(id).parent, |id| topics.term(*id).parent);
                let mut parents: Vec<LinkContext<'_>> =
                    parents.map(|id| self.term_link(ListId::Topic(id), topics.term(id))).collect();
                parents.reverse();
                path.extend(parents);
            }
        }
        path
    }

    fn pager(&self, page: ListPage) -> Pagination {
        let ListPage { of, number } = page;
        let closed = pagination::archive_pages(self.list_len(of), self.config.per_page);
        let url = |number: Option<usize>| match (of, number) {
            (ListId::All, None) => self.url(Route::Front),
            _ => self.url(Route::List(ListPage { of, number })),
        };
        Pagination {
            number,
            newer: number.map(|number| url((number < closed).then_some(number + 1))),
            older: Some(number.unwrap_or(closed + 1) - 1)
                .filter(|older| *older > 0)
                .map(|older| url(Some(older))),
            newest: number.map(|_| url(None)),
        }
    }

    /// The articles of a page of a list, newest first.
    pub(super) fn articles(&self, page: ListPage) -> Vec<ArticleId> {
        let range = pagination::range(self.list_len(page.of), self.config.per_page, page.number);
        match self.taxonomy(page.of) {
            None => self.collection.ids().skip(range.start).take(range.len()).collect(),
            Some((taxonomy, id)) => taxonomy.term(id).articles[range].to_vec(),
        }
    }

    fn terms<C>(&self, page: IndexPage) -> TemplateContext<'_, C> {
        let IndexPage { of, number } = page;
        let items = match of {
            IndexKind::Topics => {
                self.terms_of(page, &self.collection.topics, &self.topics_in_order, ListId::Topic)
            }
            IndexKind::Providers => {
                self.terms_of(page, &self.collection.providers, &self.providers_in_order, ListId::Provider)
            }
            IndexKind::Pages => {
                page.range(self.collection.pages.len()).map(|index| self.page_item(index)).collect()
            }
        };
        let pages = self.pages_of_index(of);
        let url = |number| self.url(Route::Index(IndexPage { of, number }));
        let terms = IndexContext {
            kind: of.name(),
            items,
            number,
            pages,
            previous: (number > 1).then(|| url(number - 1)),
            next: (number < pages).then(|| url(number + 1)),
        };
        let page = self.head("terms", of.title(), "", Route::Index(page), vec![self.home()]);
        TemplateContext(ContextValues::Terms { page, terms })
    }

    fn terms_of(
        &self,
        page: IndexPage,
        taxonomy: &'a Taxonomy,
        order: &OnceLock<Vec<TermId>>,
        list_of: fn(TermId) -> ListId,
    ) -> Vec<IndexEntry<'_>> {
        let order = order.get_or_init(|| index_pages::in_order(taxonomy));
        let ids = index_pages::with_parents(taxonomy, order, page);
        self.term_items(&mut ids.into_iter().peekable(), None, taxonomy, list_of)
    }

    /// The entries of the parts of `parent` with which `ids` begins: each part is followed by its own parts.
    fn term_items(
        &self,
        ids: &mut Peekable<vec::IntoIter<TermId>>,
        parent: Option<TermId>,
        taxonomy: &'a Taxonomy,
        list_of: fn(TermId) -> ListId,
    ) -> Vec<IndexEntry<'_>> {
        let mut items = Vec::new();
        while let Some(id) = ids.next_if(|id| taxonomy.term(*id).parent == parent) {
            let children = self.term_items(ids, Some(id), taxonomy, list_of);
            items.push(IndexEntry { children, ..self.term_item(id, taxonomy, list_of) });
        }
        items
    }

    fn term_item(&self, id: TermId, taxonomy: &'a Taxonomy, list_of: fn(TermId) -> ListId) -> IndexEntry<'_> {
        let term = taxonomy.term(id);
        let page = term.page.as_ref();
        IndexEntry {
            name: &term.name,
            url: self.url(list_front(list_of(id))).into(),
            count: Some(term.articles.len()),
            description: page.map_or("", |page| &page.description),
            logo: self.term_logo(term),
            initials: initials(&term.name),
            children: Vec::new(),
        }
    }

    fn page_item(&self, index: usize) -> IndexEntry<'_> {
        let page = &self.collection.pages[index];
        IndexEntry {
            name: &page.title,
            url: self.url(Route::Page(index)).into(),
            count: None,
            description: &page.description,
            logo: None,
            initials: initials(&page.title),
            children: Vec::new(),
        }
    }

    fn term_logo<'v>(&self, term: &'v Term) -> Option<ImageContext<'v>> {
        let logo = term.page.as_ref()?.logo.as_ref()?;
        Some(self.image(logo))
    }

    fn article<'v, C: ArticleRepr<'v>>(&'v self, id: ArticleId) -> TemplateContext<'v, C> {
        let summary = self.collection.summary(id);
        let mut page = self.article_head("article", id, Route::Article(id));
        match summary.article_pages(self.config) {
            ArticlePages::Own => {
                let amp = self.has_amp_page(id).then(|| self.absolute_url(Route::Amp(id)));
                page.amphtml = amp.map(Cow::Owned);
            }
            ArticlePages::NoIndex => page.robots = Some("noindex,follow"),
            ArticlePages::Source => {
                page.canonical = Some(summary.web_url.as_str().to_owned());
                page.amphtml = summary.amp.as_ref().map(|amp| amp.url.as_str().into());
            }
        }
        let (article, related) = (Box::new(self.article_context(id)), self.related(id));
        TemplateContext(ContextValues::Article { page, article, related })
    }

    fn amp<'v, C: ArticleRepr<'v>>(&'v self, id: ArticleId) -> TemplateContext<'v, C> {
        let canonical = Some(self.absolute_url(Route::Article(id)));
        let page = PageHead { canonical, ..self.article_head("amp", id, Route::Amp(id)) };
        let (article, related) = (Box::new(self.article_context(id)), self.related(id));
        TemplateContext(ContextValues::Amp { page, article, related })
    }

    fn article_head(&self, kind: &'static str, id: ArticleId, route: Route) -> PageHead<'_> {
        let summary = self.collection.summary(id);
        let breadcrumbs = vec![self.home(), self.category_link(summary)];
        let image = summary.image.as_ref().map(|image| self.absolute_image(image));
        PageHead { image, ..self.head(kind, &*summary.title, &summary.excerpt, route, breadcrumbs) }
    }

    /// An article without its details.
    fn article_context(&self, id: ArticleId) -> ArticleContext<'_> {
        let summary = self.collection.summary(id);
        let CardContext {
            title,
            excerpt,
            url,
            external,
            outbound,
            source_url,
            kind,
            date,
            provider,
            topics,
            image,
            quality,
            heat,
        } = self.card(id);
        ArticleContext {
            title,
            // The page shows the body itself.
            excerpt: if summary.has_written_excerpt { excerpt } else { "" },
            url,
            external,
            outbound,
            source_url,
            kind,
            date,
            provider,
            topics,
            image,
            quality,
            heat,
            body: String::new(),
            original_url: summary.original_url().as_str(),
            website: self.website(summary),
            amp_url: summary.amp.as_ref().map(|amp| amp.cached.as_ref().unwrap_or(&amp.url).as_str()),
            images: Vec::new(),
            video: None,
            category: self.category_link(summary),
            extra: &[],
        }
    }

    fn related<'v, C: ArticleRepr<'v>>(&'v self, id: ArticleId) -> Vec<RelatedContext<'v, C>> {
        let summary = self.collection.summary(id);
        let related = self.collection.related(id).iter().map(|link| match link {
            RelatedLink::Own(other) => RelatedContext::ArticleSummary(C::of(self, *other)),
            RelatedLink::External(index) => {
                let source = summary.related.get(*index as usize);
                let domain = source.and_then(|source| source.provider.as_ref());
                let provider = domain.and_then(|domain| self.collection.providers.find(domain.as_str()));
                RelatedContext::External(*index, provider.map(|id| &self.shared_providers[id.index()]))
            }
        });
        related.collect()
    }

    /// Adds the body to an article's context.
    pub fn with_body<'v>(
        &'v self,
        mut context: TemplateContext<'v, CardContext<'v>>,
        article_body: &'v ArticleBody,
    ) -> TemplateContext<'v, CardContext<'v>> {
        let (article, related, form) = match &mut context.0 {
            ContextValues::Article { article, related, .. } => (article, related, HtmlTarget::Html),
            ContextValues::Amp { article, related, .. } => (article, related, HtmlTarget::Amp),
            _ => return context,
        };
        article.body = body::to_html(&article_body.body, self.links(), form);
        article.images = article_body.images.iter().map(|image| self.image(image)).collect();
        article.video = article_body
            .video
            .as_ref()
            .map(|player| VideoContext { url: player.as_str(), youtube: video::youtube(player) });
        article.extra = &article_body.extra;
        for item in related {
            if let RelatedContext::External(index, _) = item
                && let Some(external) = article_body.related.get(*index as usize)
            {
                *item = RelatedContext::ArticleSummary(self.external_card(external));
            }
        }
        context
    }

    /// How bodies link.
    fn links(&self) -> LinkOptions<'_> {
        LinkOptions { root: self.config.root(), outbound_rel: &self.config.outbound_rel }
    }

    fn category_link(&self, summary: &ArticleSummary) -> LinkContext<'_> {
        let categories = &self.collection.categories;
        match categories.find(&summary.category.slug) {
            Some(id) => {
                let url = self.category_urls[id.index()].as_str().into();
                LinkContext { title: categories.term(id).name.as_str().into(), url }
            }
            None => self.home(),
        }
    }

    fn page_context<C>(&self, index: usize) -> TemplateContext<'_, C> {
        let page = &self.collection.pages[index];
        let head =
            self.head("page", page.title.as_str(), &page.description, Route::Page(index), vec![self.home()]);
        TemplateContext(ContextValues::Page {
            page: head,
            body: body::to_html(&page.body, self.links(), HtmlTarget::Html),
        })
    }

    /// Made when the first card of the article is.
    pub(super) fn precomputed(&self, id: ArticleId) -> &PrecomputedArticle {
        self.articles[id.index()].get_or_init(|| {
            let summary = self.collection.summary(id);
            let date = self.date(summary.published_at, summary.has_time);
            PrecomputedArticle { date, digest: OnceLock::new(), item_digest: OnceLock::new() }
        })
    }

    fn card(&self, id: ArticleId) -> CardContext<'_> {
        let summary = self.collection.summary(id);
        let facts = self.precomputed(id);
        CardContext {
            title: &summary.title,
            excerpt: &summary.excerpt,
            url: self.article_url(id),
            external: false,
            outbound: !self.has_page(id),
            source_url: summary.web_url.as_str(),
            kind: &summary.kind,
            date: Some(Cow::Borrowed(&facts.date)),
            provider: self.provider(&summary.provider),
            topics: summary.topics.iter().filter_map(|topic| self.topic_link_as_written(topic)).collect(),
            image: summary.image.as_ref().map(|image| self.image(image)),
            quality: summary.quality,
            heat: summary.heat,
        }
    }

    fn external_card<'v>(&'v self, item: &'v Related) -> CardContext<'v> {
        CardContext {
            title: &item.title,
            excerpt: &item.excerpt,
            url: item.web_url.as_str().into(),
            external: true,
            outbound: true,
            source_url: item.web_url.as_str(),
            kind: &item.kind,
            date: item.published_at.map(|instant| Cow::Owned(self.date(instant, item.has_time))),
            provider: match &item.provider {
                Some(provider) => self.provider(provider),
                None => MaybeShared::Own(unknown_provider(item.web_url.host_name())),
            },
            topics: Vec::new(),
            image: item.image.as_ref().map(|image| self.image(image)),
            quality: item.quality,
            heat: None,
        }
    }

    fn provider<'v>(&'v self, provider: &'v Provider) -> MaybeShared<'v, ProviderContext<'v>> {
        let providers = &self.collection.providers;
        let known = providers.find(provider.domain.as_str());
        if let Some(id) = known
            && *provider.name == *providers.term(id).name
            && provider.logo.is_none()
        {
            return MaybeShared::Shared(&self.shared_providers[id.index()]);
        }
        let logo = known.and_then(|id| self.term_logo(providers.term(id)));
        MaybeShared::Own(ProviderContext {
            name: &provider.name,
            domain: provider.domain.to_unicode(),
            url: known.map(|id| self.provider_urls[id.index()].as_str()),
            initials: initials(&provider.name),
            logo: logo.or_else(|| provider.logo.as_ref().map(|logo| self.image(logo))),
        })
    }

    fn image<'v>(&self, image: &'v Image) -> ImageContext<'v> {
        let url = match &image.location {
            ImageLocation::Remote(address) => address.as_str().into(),
            ImageLocation::Local(path) => [self.config.root(), path.trim_start_matches('/')].concat().into(),
        };
        ImageContext { url, width: image.width, height: image.height, cached: image.cached }
    }

    pub(super) fn absolute_image<'v>(&self, image: &'v Image) -> ImageContext<'v> {
        let context = self.image(image);
        match image.location {
            ImageLocation::Remote(_) => context,
            ImageLocation::Local(_) => {
                ImageContext { url: self.config.absolute(&context.url).into(), ..context }
            }
        }
    }

    fn date(&self, instant: DateTime<Utc>, has_time: bool) -> DateContext {
        let local = instant.with_timezone(&self.config.time_zone);
        let day = local.format_with_items(self.date_format.iter()).to_string();
        if has_time {
            let time = local.format_with_items(self.time_format.iter()).to_string();
            DateContext { iso: local.to_rfc3339_opts(SecondsFormat::Secs, true), day, time }
        } else {
            DateContext { iso: local.format("%Y-%m-%d").to_string(), day, time: String::new() }
        }
    }
}

/// The provider of an item of which no more is known than its host.
fn unknown_provider(host: &str) -> ProviderContext<'_> {
    ProviderContext { name: host, domain: host.into(), url: None, initials: initials(host), logo: None }
}

/// One or two letters that stand for a name where there is no picture.
fn initials(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let words = words.filter(|word| !word.eq_ignore_ascii_case("the"));
    words.take(2).filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::collection::{DocumentId, Documents};
    use crate::config::{Config, Overrides};
    use crate::document::{self, Document};
    use crate::page::OutputContent;
    use crate::reservations::Reservations;
    use crate::source::{FileStamp, Folder, SiteFile};

    const ARTICLE: &str = "---\ntitle: T\npublishedDateTime: 2026-01-01T00:00:00Z\nheat: 1\nquality: 1\n\
        originalUrl: https://a.example/x\nampWebUrl: https://a.example/amp\nprovider:\n  domain: a.example\n  \
        images: [{url: /l.svg}]\ntopics: [A]\nimages: [{url: /i.webp}]\nunknown: 1\nfeaturedContent: \
        '<iframe src=\"https://player.vimeo.com/video/1\">'\nrelated: [{title: R, webUrl: 'https://b.example/'}]\n---\n";
    const TOPIC: &str = "---\nparent: B\nlogo: /t.svg\n---\n";

    fn document(path: &str, text: &str, config: &Config) -> Document {
        let folder = Folder { name: "content", on_disk: "content".into() };
        let stamp = FileStamp { length: 0, changed_at: 0, touched_at: 0 };
        let file = SiteFile { path: path.into(), folder: folder.into(), stamp };
        let (document, diagnostics) = document::parse(&file, text.as_bytes(), config);
        document.unwrap_or_else(|| panic!("{diagnostics:?}"))
    }

    /// The name of every value of a view, at any depth.
    fn names(value: &Value, found: &mut Vec<String>) {
        for item in value.as_array().unwrap_or_default() {
            names(item, found);
        }
        for (key, value) in value.as_map().into_iter().flatten() {
            let key = key.as_str().unwrap_or_default();
            found.push(key.to_owned());
            if key != "extra" {
                names(value, found);
            }
        }
    }

    #[test]
    fn template_variables_are_documented() {
        let overrides = Overrides {
            base_url: None,
            now: DateTime::UNIX_EPOCH,
            unpublished: false,
            future: true,
            preview: false,
        };
        let text = "title = \"T\"\nbase_url = \"https://t.example\"\nnav = [\"A\"]\narticle_pages = \"self\"\n\
                    [amp]\npages = true\n";
        let config = Config::parse("site.toml", text, &overrides).expect("config");
        let (mut documents, mut article_body) = (Documents::default(), ArticleBody::default());
        for (path, text) in [
            ("a.md", ARTICLE),
            ("topics/a.md", TOPIC),
            ("topics/b.md", "---\n---\n"),
            ("pages/p.md", "---\ntitle: P\n---\n"),
        ] {
            match document(path, text, &config) {
                Document::Article(article) => {
                    article_body = article.article_body;
                    documents.summaries.push((DocumentId::at(0), article.summary.into()));
                }
                Document::Topic(page) => documents.topics.push(page),
                Document::Provider(page) => documents.providers.push(page),
                Document::Page(page) => documents.pages.push(page),
            }
        }
        let (collection, _) = Collection::new(documents, &config, &Reservations::default().index(&[]));
        let (routes, _) = Routes::new(&collection, &config, &Reservations::default().index(&[]), &[], &[]);
        let mut found = Vec::new();
        names(&Value::from_serializable(&routes.site()), &mut found);
        for page in &routes.pages {
            if let OutputContent::Page(route) = page.content {
                let context = routes.with_body(routes.context(route), &article_body);
                names(&Value::from_serializable(&context), &mut found);
            }
        }
        assert!(found.len() > 300, "{}", found.len());
        let table = include_str!("../../docs/templates.md");
        for name in found {
            let is_documented =
                [format!(".{name}`"), format!("`{name}`"), format!(" {name} "), format!(", {name} ")]
                    .iter()
                    .any(|form| table.contains(form));
            assert!(is_documented, "docs/templates.md lacks {name}");
        }
    }

    #[test]
    fn initials_of_names() {
        for (name, letters) in [
            ("The Harbour Post", "HP"),
            ("Meridian", "M"),
            ("東京 新聞", "東新"),
            ("ünit-8", "Ü8"),
            ("—", ""),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }
}
