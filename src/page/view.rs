//! What templates see. `docs/templates.md` is the table of it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::iter::Peekable;
use std::sync::OnceLock;
use std::vec;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use tera::Value;

use super::feed::FeedPage;
use super::index::{self, FOOTER_PAGES, IndexOf, IndexPage};
use super::list::{self, ListOf, ListPage};
use super::{Plan, Subject, encode, list_front};
use crate::collection::{ArticleId, Collection, RelatedLink, Taxonomy, Term, TermId};
use crate::config::{ArticlePages, FeedFormat};
use crate::digest::Digest;
use crate::document::article::{Named, Provider, Related};
use crate::document::body::{self, Form, Links};
use crate::document::image::{Image, Location};
use crate::document::video::{self, Youtube};
use crate::document::{Card, Details};
use crate::domain;
use crate::node::{Entry, serialize_entries};

/// The facts of the site that every template sees.
#[derive(Debug, Serialize)]
pub struct SiteView<'a> {
    title: &'a str,
    tagline: &'a str,
    description: &'a str,
    language: &'a str,
    url: &'a str,
    root: &'a str,
    assets: BTreeMap<&'a str, AssetView<'a>>,
    content_security_policy: String,
    outbound_rel: &'a str,
    nav: Vec<Link<'a>>,
    /// The first pages that stand by themselves.
    pages: Vec<Link<'a>>,
    /// Where all of them are listed, if these are not all.
    pages_index: Option<String>,
    #[serde(serialize_with = "serialize_extra")]
    extra: &'a [Entry<'static>],
}

/// All that one page's template sees beside [`SiteView`], with articles shown as `C`.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct View<'a, C>(Values<'a, C>);

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Values<'a, C> {
    Front { page: Head<'a>, front: Box<Front<'a, C>> },
    List { page: Head<'a>, list: Box<List<'a>>, cards: Vec<C>, pager: Pager },
    Terms { page: Head<'a>, terms: Terms<'a> },
    Article { page: Head<'a>, article: Box<ArticleView<'a>>, related: Vec<RelatedCard<'a, C>> },
    Amp { page: Head<'a>, article: Box<ArticleView<'a>>, related: Vec<RelatedCard<'a, C>> },
    Standing { page: Head<'a>, body: String },
    NotFound { page: Head<'a> },
    Redirect { page: Head<'a> },
}

/// An item of the related ones of an article.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum RelatedCard<'a, C> {
    Card(C),
    /// Stands for the item at this place of [`Details::related`] until the details are there, with what the site knows of
    /// its provider.
    Place(u32, Option<&'a Value>),
}

/// What stands in a view for an article: its card, which templates need, or the digest of that, which is enough to tell
/// whether a page has changed.
pub trait ShowsArticle<'a>: Serialize {
    /// An article of a plan.
    fn of(plan: &'a Plan<'_>, id: ArticleId) -> Self;
}

impl<'a> ShowsArticle<'a> for CardView<'a> {
    fn of(plan: &'a Plan<'_>, id: ArticleId) -> Self {
        plan.card(id)
    }
}

impl ShowsArticle<'_> for Digest {
    fn of(plan: &Plan<'_>, id: ArticleId) -> Self {
        *plan.facts(id).digest.get_or_init(|| Self::of_value(&plan.card(id)))
    }
}

impl<'a, C> View<'a, C> {
    pub(super) fn head(&self) -> &Head<'a> {
        match &self.0 {
            Values::Front { page, .. }
            | Values::List { page, .. }
            | Values::Terms { page, .. }
            | Values::Article { page, .. }
            | Values::Amp { page, .. }
            | Values::Standing { page, .. }
            | Values::NotFound { page }
            | Values::Redirect { page } => page,
        }
    }

    /// This with what the page says to programs, which the template takes as it is.
    #[must_use]
    pub fn with_json_ld(mut self, json_ld: String) -> Self {
        match &mut self.0 {
            Values::Front { page, .. }
            | Values::List { page, .. }
            | Values::Terms { page, .. }
            | Values::Article { page, .. }
            | Values::Amp { page, .. }
            | Values::Standing { page, .. }
            | Values::NotFound { page }
            | Values::Redirect { page } => page.json_ld = Some(json_ld),
        }
        self
    }

    /// Whether the page is an AMP page.
    pub fn is_amp(&self) -> bool {
        matches!(self.0, Values::Amp { .. })
    }

    /// The name of the template that makes the page.
    pub fn template(&self) -> &'static str {
        match self.0 {
            Values::Front { .. } => "index.html",
            Values::List { .. } => "list.html",
            Values::Terms { .. } => "terms.html",
            Values::Article { .. } => "article.html",
            Values::Amp { .. } => "amp/article.html",
            Values::Standing { .. } => "page.html",
            Values::NotFound { .. } => "404.html",
            Values::Redirect { .. } => "redirect.html",
        }
    }
}

/// `page`: what the head of a page says.
#[derive(Debug, Serialize)]
pub(super) struct Head<'a> {
    kind: &'static str,
    pub(super) title: Cow<'a, str>,
    description: &'a str,
    pub(super) url: Cow<'a, str>,
    canonical: Option<String>,
    robots: Option<&'static str>,
    amphtml: Option<Cow<'a, str>>,
    image: Option<ImageView<'a>>,
    pub(super) breadcrumbs: Vec<Link<'a>>,
    feeds: Vec<FeedView<'a>>,
    /// Said last, of what the page says otherwise.
    json_ld: Option<String>,
}

/// A feed of what a page shows.
#[derive(Debug, Serialize)]
struct FeedView<'a> {
    title: Cow<'a, str>,
    url: String,
    #[serde(rename = "type")]
    media_type: &'static str,
}

/// A file with which pages are shown.
#[derive(Debug, Serialize)]
struct AssetView<'a> {
    url: String,
    integrity: Option<&'a str>,
}

/// A title and where it leads.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Link<'a> {
    pub(super) title: Cow<'a, str>,
    pub(super) url: Cow<'a, str>,
}

/// A part of a view, or one that is the same in many views and is made once.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum OrShared<'a, T> {
    Own(T),
    Shared(&'a Value),
}

/// What any page may show of an article.
#[derive(Debug, Serialize)]
pub struct CardView<'a> {
    title: &'a str,
    excerpt: &'a str,
    url: Cow<'a, str>,
    external: bool,
    outbound: bool,
    source_url: &'a str,
    kind: &'a str,
    date: Option<Cow<'a, Date>>,
    provider: OrShared<'a, ProviderView<'a>>,
    topics: Vec<OrShared<'a, Link<'a>>>,
    image: Option<ImageView<'a>>,
    quality: Option<i64>,
    heat: Option<i64>,
}

/// An instant in the site's time zone; of a date alone there is no time.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Date {
    pub(super) iso: String,
    day: String,
    time: String,
}

/// What every card of one article says and only the plan knows.
#[derive(Debug)]
pub(super) struct ArticleFacts {
    pub(super) date: Date,
    /// Of its card.
    digest: OnceLock<Digest>,
    /// Of what feeds say of it.
    pub(super) item_digest: OnceLock<Digest>,
}

/// A provider as a card names it.
#[derive(Debug, Serialize)]
struct ProviderView<'a> {
    name: &'a str,
    domain: Cow<'a, str>,
    url: Option<&'a str>,
    initials: String,
    logo: Option<ImageView<'a>>,
}

/// A picture.
#[derive(Debug, Serialize)]
pub(super) struct ImageView<'a> {
    pub(super) url: Cow<'a, str>,
    width: Option<u32>,
    height: Option<u32>,
    cached: bool,
}

/// The front page.
#[derive(Debug, Serialize)]
struct Front<'a, C> {
    newest: Option<Cow<'a, Date>>,
    lead: Option<C>,
    secondary: Vec<C>,
    latest: Vec<C>,
    topics: Vec<Link<'a>>,
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
struct List<'a> {
    kind: &'static str,
    name: Cow<'a, str>,
    description: &'a str,
    body: String,
    initials: String,
    logo: Option<ImageView<'a>>,
    website: Option<&'a str>,
    feed: Option<&'a str>,
    children: Vec<Link<'a>>,
}

/// The way to the other pages of a list.
#[derive(Debug, Serialize)]
struct Pager {
    number: Option<usize>,
    newer: Option<String>,
    older: Option<String>,
    newest: Option<String>,
}

/// A page of an index.
#[derive(Debug, Serialize)]
struct Terms<'a> {
    kind: &'static str,
    items: Vec<TermItem<'a>>,
    number: usize,
    pages: usize,
    previous: Option<String>,
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct TermItem<'a> {
    name: &'a str,
    url: Cow<'a, str>,
    count: Option<usize>,
    description: &'a str,
    logo: Option<ImageView<'a>>,
    initials: String,
    children: Vec<TermItem<'a>>,
}

/// An article on its own page.
#[derive(Debug, Serialize)]
struct ArticleView<'a> {
    title: &'a str,
    excerpt: &'a str,
    url: Cow<'a, str>,
    external: bool,
    outbound: bool,
    source_url: &'a str,
    kind: &'a str,
    date: Option<Cow<'a, Date>>,
    provider: OrShared<'a, ProviderView<'a>>,
    topics: Vec<OrShared<'a, Link<'a>>>,
    image: Option<ImageView<'a>>,
    quality: Option<i64>,
    heat: Option<i64>,
    body: String,
    original_url: &'a str,
    website: Option<&'a str>,
    amp_url: Option<&'a str>,
    images: Vec<ImageView<'a>>,
    video: Option<Video<'a>>,
    category: Link<'a>,
    #[serde(serialize_with = "serialize_extra")]
    extra: &'a [Entry<'static>],
}

#[derive(Debug, Serialize)]
struct Video<'a> {
    url: &'a str,
    youtube: Option<Youtube<'a>>,
}

fn serialize_extra<S: serde::Serializer>(
    entries: &&[Entry<'static>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serialize_entries(entries, serializer)
}

/// The lead story is one of this many of the newest.
const LEAD_CANDIDATES: usize = 12;

/// The stories beside the lead.
const SECONDARY: usize = 4;

/// The topics that a front page names.
const FRONT_TOPICS: usize = 12;

/// How the pages of all articles are headed.
const ALL_ARTICLES: &str = "All articles";

impl<'a> Plan<'a> {
    /// What every template sees.
    pub fn site(&self) -> SiteView<'a> {
        let topic = |id: TermId| self.url(list_front(ListOf::Topic(id)));
        let pages = self.collection.pages.iter().enumerate().take(FOOTER_PAGES);
        let index_of_pages = || self.url(Subject::Index(IndexOf::Pages.first()));
        SiteView {
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
                    (asset.name, AssetView { url, integrity: asset.integrity.as_deref() })
                })
                .collect(),
            content_security_policy: self.config.content_security_policy.to_text(&self.config.video),
            outbound_rel: &self.config.outbound_rel,
            nav: self
                .nav
                .iter()
                .map(|(name, id)| Link { title: (*name).into(), url: topic(*id).into() })
                .collect(),
            pages: pages
                .map(|(index, page)| Link {
                    title: page.title.as_str().into(),
                    url: self.url(Subject::Standing(index)).into(),
                })
                .collect(),
            pages_index: self.has_index_of_pages().then(index_of_pages),
            extra: &self.config.extra,
        }
    }

    /// What the template of one page sees; of an article without its details, which [`Plan::with_details`] adds.
    pub fn view<'v, C: ShowsArticle<'v>>(&'v self, subject: Subject) -> View<'v, C> {
        match subject {
            Subject::Front => self.front(),
            Subject::List(page) => self.list(page),
            Subject::Index(page) => self.terms(page),
            Subject::Article(id) => self.article(id),
            Subject::Amp(id) => self.amp(id),
            Subject::Standing(index) => self.standing(index),
            Subject::NotFound => View(Values::NotFound {
                page: Head {
                    canonical: None,
                    robots: Some("noindex"),
                    ..self.head("not-found", "Page not found", "", subject, Vec::new())
                },
            }),
            Subject::Redirect(place) => View(Values::Redirect {
                page: self.head("redirect", self.title(self.redirects[place].to), "", subject, Vec::new()),
            }),
        }
    }

    /// The title of a page to which a redirect leads.
    fn title(&self, subject: Subject) -> Cow<'_, str> {
        match subject {
            Subject::Article(id) => Cow::Borrowed(&*self.collection.card(id).title),
            Subject::Standing(index) => self.collection.pages[index].title.as_str().into(),
            Subject::List(ListPage { of, .. }) => {
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
        subject: Subject,
        breadcrumbs: Vec<Link<'v>>,
    ) -> Head<'v> {
        let url = self.url(subject);
        Head {
            kind,
            title: title.into(),
            description,
            canonical: Some(self.config.absolute(&url)),
            url: url.into(),
            robots: None,
            amphtml: None,
            image: None,
            breadcrumbs,
            feeds: self.feeds_of(subject),
            json_ld: None,
        }
    }

    /// Where what a page shows can be followed: a topic or a provider, or else the site.
    fn feeds_of(&self, subject: Subject) -> Vec<FeedView<'_>> {
        let of = match subject {
            Subject::NotFound | Subject::Redirect(_) | Subject::Amp(_) => return Vec::new(),
            Subject::List(ListPage { of, .. }) if self.has_feeds(of) => of,
            _ if self.has_feeds(ListOf::All) => ListOf::All,
            _ => return Vec::new(),
        };
        let feed = |format: FeedFormat| FeedView {
            title: self.feed_title(of),
            url: self.feed_url(FeedPage { of, format }),
            media_type: format.media_type(),
        };
        self.config.feeds.formats.iter().copied().map(feed).collect()
    }

    fn home(&self) -> Link<'_> {
        Link { title: self.config.title.as_str().into(), url: self.config.root().into() }
    }

    fn term_link<'v>(&'v self, of: ListOf, term: &'v Term) -> Link<'v> {
        Link { title: term.name.as_str().into(), url: self.url(list_front(of)).into() }
    }

    fn front<'v, C: ShowsArticle<'v>>(&'v self) -> View<'v, C> {
        let page = ListPage { of: ListOf::All, number: None };
        let ids = self.articles(page);
        let FrontArticles { lead, secondary, latest } = self.front_articles(&ids);
        let front = Front {
            newest: ids.first().map(|id| Cow::Borrowed(&self.facts(*id).date)),
            lead: lead.map(|id| C::of(self, id)),
            secondary: secondary.iter().map(|id| C::of(self, *id)).collect(),
            latest: latest.iter().map(|id| C::of(self, *id)).collect(),
            topics: self.frequent_topics(&ids),
            older: self.pager(page).older,
        };
        let title = self.config.title.as_str();
        let head = self.head("front", title, &self.config.description, Subject::Front, Vec::new());
        View(Values::Front { page: head, front: Box::new(front) })
    }

    /// Where the newest articles stand on the front page.
    pub(super) fn front_articles(&self, ids: &[ArticleId]) -> FrontArticles {
        let lead = self.lead(ids);
        let others: Vec<ArticleId> = ids.iter().copied().filter(|id| Some(*id) != lead).collect();
        let has_image = |id: &ArticleId| self.collection.card(*id).image.is_some();
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
            ids.iter().take(LEAD_CANDIDATES).filter(|id| self.collection.card(**id).image.is_some());
        let attention = |id: &&ArticleId| {
            let card = self.collection.card(**id);
            (card.heat, card.quality, std::cmp::Reverse(**id))
        };
        candidates.max_by_key(attention).or(ids.first()).copied()
    }

    fn frequent_topics(&self, ids: &[ArticleId]) -> Vec<Link<'_>> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for id in ids {
            for topic in &self.collection.card(*id).topics {
                *counts.entry(&topic.slug).or_default() += 1;
            }
        }
        let mut topics: Vec<(&str, usize)> = counts.into_iter().collect();
        topics.sort_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
        topics.iter().take(FRONT_TOPICS).filter_map(|(slug, _)| self.topic_link(slug)).collect()
    }

    fn topic_link<'v>(&'v self, slug: &str) -> Option<Link<'v>> {
        let id = self.collection.topics.find(slug)?;
        Some(self.term_link(ListOf::Topic(id), self.collection.topics.term(id)))
    }

    /// A card names a topic as its article does.
    fn topic_link_as_written<'v>(&'v self, topic: &'v Named) -> Option<OrShared<'v, Link<'v>>> {
        let id = self.collection.topics.find(&topic.slug)?;
        if *topic.name == *self.collection.topics.term(id).name {
            return Some(OrShared::Shared(&self.shared_topics[id.index()]));
        }
        Some(OrShared::Own(Link {
            title: (*topic.name).into(),
            url: self.topic_urls[id.index()].as_str().into(),
        }))
    }

    /// The links of the topics and the views of the providers as most cards have them, by their places.
    pub(super) fn shared(&self) -> (Vec<Value>, Vec<Value>) {
        let Collection { topics, providers, .. } = self.collection;
        let topic = |(id, term)| self.term_link(ListOf::Topic(id), term);
        let provider = |(id, term): (TermId, &'a Term)| ProviderView {
            name: &term.name,
            domain: domain::shown(&term.identity),
            url: Some(&self.provider_urls[id.index()]),
            initials: initials(&term.name),
            logo: self.term_logo(term),
        };
        (
            topics.terms().map(topic).map(|link| Value::from_serializable(&link)).collect(),
            providers.terms().map(provider).map(|view| Value::from_serializable(&view)).collect(),
        )
    }

    fn list<'v, C: ShowsArticle<'v>>(&'v self, page: ListPage) -> View<'v, C> {
        let cards = self.articles(page).into_iter().map(|id| C::of(self, id)).collect();
        let list = self.list_head(page);
        let head = self.head(
            "list",
            list.name.clone(),
            list.description,
            Subject::List(page),
            self.list_path(page.of),
        );
        View(Values::List { page: head, list: Box::new(list), cards, pager: self.pager(page) })
    }

    /// A closed page says only what its list is: what may change stands on the list's front page.
    fn list_head(&self, page: ListPage) -> List<'_> {
        let ListPage { of, number } = page;
        let (kind, children) = match of {
            ListOf::All => ("all", &[][..]),
            ListOf::Topic(id) => ("topic", self.collection.topics.term(id).children.as_slice()),
            ListOf::Provider(_) => ("provider", &[][..]),
            ListOf::Category(_) => ("category", &[][..]),
        };
        let term = self.taxonomy(of).map(|(taxonomy, id)| taxonomy.term(id));
        let page = term.and_then(|term| term.page.as_ref());
        let introduction = page.filter(|_| number.is_none());
        let children = if number.is_none() { children } else { &[] };
        let child = |id: &TermId| self.term_link(ListOf::Topic(*id), self.collection.topics.term(*id));
        let name = term.map_or(ALL_ARTICLES, |term| &term.name);
        List {
            kind,
            initials: initials(name),
            name: name.into(),
            description: page.map_or("", |page| &page.description),
            body: introduction
                .map_or_else(String::new, |page| body::to_html(&page.body, self.links(), Form::Html)),
            logo: page.and_then(|page| page.logo.as_ref()).map(|logo| self.image(logo)),
            website: page.and_then(|page| page.website.as_ref()).map(crate::address::Address::as_str),
            feed: page.and_then(|page| page.feed.as_ref()).map(crate::address::Address::as_str),
            children: children.iter().map(child).collect(),
        }
    }

    /// The way from the front page to a list.
    fn list_path(&self, of: ListOf) -> Vec<Link<'_>> {
        let mut path = vec![self.home()];
        let index =
            |of: IndexOf| Link { title: of.title().into(), url: self.url(Subject::Index(of.first())).into() };
        match of {
            ListOf::All | ListOf::Category(_) => {}
            ListOf::Provider(_) => path.push(index(IndexOf::Providers)),
            ListOf::Topic(id) => {
                path.push(index(IndexOf::Topics));
                let topics = &self.collection.topics;
                let parents = std::iter::successors(topics.term(id).parent, |id| topics.term(*id).parent);
                let mut parents: Vec<Link<'_>> =
                    parents.map(|id| self.term_link(ListOf::Topic(id), topics.term(id))).collect();
                parents.reverse();
                path.extend(parents);
            }
        }
        path
    }

    fn pager(&self, page: ListPage) -> Pager {
        let ListPage { of, number } = page;
        let closed = list::closed_pages(self.list_len(of), self.config.per_page);
        let url = |number: Option<usize>| match (of, number) {
            (ListOf::All, None) => self.url(Subject::Front),
            _ => self.url(Subject::List(ListPage { of, number })),
        };
        Pager {
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
        let range = list::range(self.list_len(page.of), self.config.per_page, page.number);
        match self.taxonomy(page.of) {
            None => self.collection.ids().skip(range.start).take(range.len()).collect(),
            Some((taxonomy, id)) => taxonomy.term(id).articles[range].to_vec(),
        }
    }

    fn terms<C>(&self, page: IndexPage) -> View<'_, C> {
        let IndexPage { of, number } = page;
        let items = match of {
            IndexOf::Topics => {
                self.terms_of(page, &self.collection.topics, &self.topics_in_order, ListOf::Topic)
            }
            IndexOf::Providers => {
                self.terms_of(page, &self.collection.providers, &self.providers_in_order, ListOf::Provider)
            }
            IndexOf::Pages => {
                page.range(self.collection.pages.len()).map(|place| self.page_item(place)).collect()
            }
        };
        let pages = self.pages_of_index(of);
        let url = |number| self.url(Subject::Index(IndexPage { of, number }));
        let terms = Terms {
            kind: of.name(),
            items,
            number,
            pages,
            previous: (number > 1).then(|| url(number - 1)),
            next: (number < pages).then(|| url(number + 1)),
        };
        let page = self.head("terms", of.title(), "", Subject::Index(page), vec![self.home()]);
        View(Values::Terms { page, terms })
    }

    fn terms_of(
        &self,
        page: IndexPage,
        taxonomy: &'a Taxonomy,
        order: &OnceLock<Vec<TermId>>,
        list_of: fn(TermId) -> ListOf,
    ) -> Vec<TermItem<'_>> {
        let order = order.get_or_init(|| index::in_order(taxonomy));
        let ids = index::with_parents(taxonomy, order, page);
        self.term_items(&mut ids.into_iter().peekable(), None, taxonomy, list_of)
    }

    /// The entries of the parts of `parent` with which `ids` begins: each part is followed by its own parts.
    fn term_items(
        &self,
        ids: &mut Peekable<vec::IntoIter<TermId>>,
        parent: Option<TermId>,
        taxonomy: &'a Taxonomy,
        list_of: fn(TermId) -> ListOf,
    ) -> Vec<TermItem<'_>> {
        let mut items = Vec::new();
        while let Some(id) = ids.next_if(|id| taxonomy.term(*id).parent == parent) {
            let children = self.term_items(ids, Some(id), taxonomy, list_of);
            items.push(TermItem { children, ..self.term_item(id, taxonomy, list_of) });
        }
        items
    }

    fn term_item(&self, id: TermId, taxonomy: &'a Taxonomy, list_of: fn(TermId) -> ListOf) -> TermItem<'_> {
        let term = taxonomy.term(id);
        let page = term.page.as_ref();
        TermItem {
            name: &term.name,
            url: self.url(list_front(list_of(id))).into(),
            count: Some(term.articles.len()),
            description: page.map_or("", |page| &page.description),
            logo: self.term_logo(term),
            initials: initials(&term.name),
            children: Vec::new(),
        }
    }

    fn page_item(&self, place: usize) -> TermItem<'_> {
        let page = &self.collection.pages[place];
        TermItem {
            name: &page.title,
            url: self.url(Subject::Standing(place)).into(),
            count: None,
            description: &page.description,
            logo: None,
            initials: initials(&page.title),
            children: Vec::new(),
        }
    }

    fn term_logo<'v>(&self, term: &'v Term) -> Option<ImageView<'v>> {
        let logo = term.page.as_ref()?.logo.as_ref()?;
        Some(self.image(logo))
    }

    fn article<'v, C: ShowsArticle<'v>>(&'v self, id: ArticleId) -> View<'v, C> {
        let card = self.collection.card(id);
        let mut page = self.article_head("article", id, Subject::Article(id));
        match card.article_pages(self.config) {
            ArticlePages::Own => {
                let amp = self.has_amp_page(id).then(|| self.absolute_url(Subject::Amp(id)));
                page.amphtml = amp.map(Cow::Owned);
            }
            ArticlePages::NoIndex => page.robots = Some("noindex,follow"),
            ArticlePages::Source => {
                page.canonical = Some(card.web_url.as_str().to_owned());
                page.amphtml = card.amp.as_ref().map(|amp| amp.url.as_str().into());
            }
        }
        let (article, related) = (Box::new(self.article_view(id)), self.related(id));
        View(Values::Article { page, article, related })
    }

    fn amp<'v, C: ShowsArticle<'v>>(&'v self, id: ArticleId) -> View<'v, C> {
        let canonical = Some(self.absolute_url(Subject::Article(id)));
        let page = Head { canonical, ..self.article_head("amp", id, Subject::Amp(id)) };
        let (article, related) = (Box::new(self.article_view(id)), self.related(id));
        View(Values::Amp { page, article, related })
    }

    fn article_head(&self, kind: &'static str, id: ArticleId, subject: Subject) -> Head<'_> {
        let card = self.collection.card(id);
        let breadcrumbs = vec![self.home(), self.category_link(card)];
        let image = card.image.as_ref().map(|image| self.absolute_image(image));
        Head { image, ..self.head(kind, &*card.title, &card.excerpt, subject, breadcrumbs) }
    }

    /// An article without its details.
    fn article_view(&self, id: ArticleId) -> ArticleView<'_> {
        let card = self.collection.card(id);
        let CardView {
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
        ArticleView {
            title,
            // The page shows the body itself.
            excerpt: if card.has_written_excerpt { excerpt } else { "" },
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
            original_url: card.original_url().as_str(),
            website: self.website(card),
            amp_url: card.amp.as_ref().map(|amp| amp.cached.as_ref().unwrap_or(&amp.url).as_str()),
            images: Vec::new(),
            video: None,
            category: self.category_link(card),
            extra: &[],
        }
    }

    fn related<'v, C: ShowsArticle<'v>>(&'v self, id: ArticleId) -> Vec<RelatedCard<'v, C>> {
        let card = self.collection.card(id);
        let related = self.collection.related(id).iter().map(|link| match link {
            RelatedLink::Own(other) => RelatedCard::Card(C::of(self, *other)),
            RelatedLink::External(place) => {
                let source = card.related.get(*place as usize);
                let domain = source.and_then(|source| source.provider.as_ref());
                let provider = domain.and_then(|domain| self.collection.providers.find(domain.as_str()));
                RelatedCard::Place(*place, provider.map(|id| &self.shared_providers[id.index()]))
            }
        });
        related.collect()
    }

    /// The view of an article with what only its own pages show.
    pub fn with_details<'v>(
        &'v self,
        mut view: View<'v, CardView<'v>>,
        details: &'v Details,
    ) -> View<'v, CardView<'v>> {
        let (article, related, form) = match &mut view.0 {
            Values::Article { article, related, .. } => (article, related, Form::Html),
            Values::Amp { article, related, .. } => (article, related, Form::Amp),
            _ => return view,
        };
        article.body = body::to_html(&details.body, self.links(), form);
        article.images = details.images.iter().map(|image| self.image(image)).collect();
        article.video = details
            .video
            .as_ref()
            .map(|player| Video { url: player.as_str(), youtube: video::youtube(player) });
        article.extra = &details.extra;
        for item in related {
            if let RelatedCard::Place(place, _) = item
                && let Some(external) = details.related.get(*place as usize)
            {
                *item = RelatedCard::Card(self.external_card(external));
            }
        }
        view
    }

    /// How bodies link.
    fn links(&self) -> Links<'_> {
        Links { root: self.config.root(), outbound_rel: &self.config.outbound_rel }
    }

    fn category_link(&self, card: &Card) -> Link<'_> {
        let categories = &self.collection.categories;
        match categories.find(&card.category.slug) {
            Some(id) => {
                let url = self.category_urls[id.index()].as_str().into();
                Link { title: categories.term(id).name.as_str().into(), url }
            }
            None => self.home(),
        }
    }

    fn standing<C>(&self, index: usize) -> View<'_, C> {
        let page = &self.collection.pages[index];
        let head = self.head(
            "page",
            page.title.as_str(),
            &page.description,
            Subject::Standing(index),
            vec![self.home()],
        );
        View(Values::Standing { page: head, body: body::to_html(&page.body, self.links(), Form::Html) })
    }

    /// Made when the first card of the article is.
    pub(super) fn facts(&self, id: ArticleId) -> &ArticleFacts {
        self.articles[id.index()].get_or_init(|| {
            let card = self.collection.card(id);
            let date = self.date(card.published_at, card.has_time);
            ArticleFacts { date, digest: OnceLock::new(), item_digest: OnceLock::new() }
        })
    }

    fn card(&self, id: ArticleId) -> CardView<'_> {
        let card = self.collection.card(id);
        let facts = self.facts(id);
        CardView {
            title: &card.title,
            excerpt: &card.excerpt,
            url: self.article_url(id),
            external: false,
            outbound: !self.has_page(id),
            source_url: card.web_url.as_str(),
            kind: &card.kind,
            date: Some(Cow::Borrowed(&facts.date)),
            provider: self.provider(&card.provider),
            topics: card.topics.iter().filter_map(|topic| self.topic_link_as_written(topic)).collect(),
            image: card.image.as_ref().map(|image| self.image(image)),
            quality: card.quality,
            heat: card.heat,
        }
    }

    fn external_card<'v>(&'v self, item: &'v Related) -> CardView<'v> {
        CardView {
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
                None => OrShared::Own(unknown_provider(item.web_url.host_name())),
            },
            topics: Vec::new(),
            image: item.image.as_ref().map(|image| self.image(image)),
            quality: item.quality,
            heat: None,
        }
    }

    fn provider<'v>(&'v self, provider: &'v Provider) -> OrShared<'v, ProviderView<'v>> {
        let providers = &self.collection.providers;
        let known = providers.find(provider.domain.as_str());
        if let Some(id) = known
            && *provider.name == *providers.term(id).name
            && provider.logo.is_none()
        {
            return OrShared::Shared(&self.shared_providers[id.index()]);
        }
        let logo = known.and_then(|id| self.term_logo(providers.term(id)));
        OrShared::Own(ProviderView {
            name: &provider.name,
            domain: provider.domain.shown(),
            url: known.map(|id| self.provider_urls[id.index()].as_str()),
            initials: initials(&provider.name),
            logo: logo.or_else(|| provider.logo.as_ref().map(|logo| self.image(logo))),
        })
    }

    fn image<'v>(&self, image: &'v Image) -> ImageView<'v> {
        let url = match &image.location {
            Location::Remote(address) => address.as_str().into(),
            Location::Own(path) => [self.config.root(), path.trim_start_matches('/')].concat().into(),
        };
        ImageView { url, width: image.width, height: image.height, cached: image.cached }
    }

    pub(super) fn absolute_image<'v>(&self, image: &'v Image) -> ImageView<'v> {
        let view = self.image(image);
        match image.location {
            Location::Remote(_) => view,
            Location::Own(_) => ImageView { url: self.config.absolute(&view.url).into(), ..view },
        }
    }

    fn date(&self, instant: DateTime<Utc>, has_time: bool) -> Date {
        let local = instant.with_timezone(&self.config.time_zone);
        let day = local.format_with_items(self.date_format.iter()).to_string();
        if has_time {
            let time = local.format_with_items(self.time_format.iter()).to_string();
            Date { iso: local.to_rfc3339_opts(SecondsFormat::Secs, true), day, time }
        } else {
            Date { iso: local.format("%Y-%m-%d").to_string(), day, time: String::new() }
        }
    }
}

/// The provider of an item of which no more is known than its host.
fn unknown_provider(host: &str) -> ProviderView<'_> {
    ProviderView { name: host, domain: host.into(), url: None, initials: initials(host), logo: None }
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
    use crate::page::Content;
    use crate::reservations::Reservations;
    use crate::source::{Folder, SiteFile, Stamp};

    const ARTICLE: &str = "---\ntitle: T\npublishedDateTime: 2026-01-01T00:00:00Z\nheat: 1\nquality: 1\n\
        originalUrl: https://a.example/x\nampWebUrl: https://a.example/amp\nprovider:\n  domain: a.example\n  \
        images: [{url: /l.svg}]\ntopics: [A]\nimages: [{url: /i.webp}]\nunknown: 1\nfeaturedContent: \
        '<iframe src=\"https://player.vimeo.com/video/1\">'\nrelated: [{title: R, webUrl: 'https://b.example/'}]\n---\n";
    const TOPIC: &str = "---\nparent: B\nlogo: /t.svg\n---\n";

    fn document(path: &str, text: &str, config: &Config) -> Document {
        let folder = Folder { name: "content", on_disk: "content".into() };
        let stamp = Stamp { length: 0, changed_at: 0, touched_at: 0 };
        let file = SiteFile { path: path.into(), folder: folder.into(), stamp };
        let (document, diagnostics) = document::read(&file, text.as_bytes(), config);
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
    fn every_value_that_templates_see_is_documented() {
        let overrides = Overrides {
            base_url: None,
            now: DateTime::UNIX_EPOCH,
            unpublished: false,
            future: true,
            preview: false,
        };
        let text = "title = \"T\"\nbase_url = \"https://t.example\"\nnav = [\"A\"]\narticle_pages = \"self\"\n\
                    [amp]\npages = true\n";
        let config = Config::read("site.toml", text, &overrides).expect("config");
        let (mut documents, mut details) = (Documents::default(), Details::default());
        for (path, text) in [
            ("a.md", ARTICLE),
            ("topics/a.md", TOPIC),
            ("topics/b.md", "---\n---\n"),
            ("pages/p.md", "---\ntitle: P\n---\n"),
        ] {
            match document(path, text, &config) {
                Document::Article(article) => {
                    details = article.details;
                    documents.cards.push((DocumentId::at(0), article.card.into()));
                }
                Document::Topic(page) => documents.topics.push(page),
                Document::Provider(page) => documents.providers.push(page),
                Document::Page(page) => documents.pages.push(page),
            }
        }
        let (collection, _) = Collection::new(documents, &config, &Reservations::default().index(&[]));
        let (plan, _) = Plan::new(&collection, &config, &[], &[]);
        let mut found = Vec::new();
        names(&Value::from_serializable(&plan.site()), &mut found);
        for page in &plan.pages {
            if let Content::Subject(subject) = page.content {
                let view = plan.with_details(plan.view(subject), &details);
                names(&Value::from_serializable(&view), &mut found);
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
    fn initials_stand_for_a_name() {
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
