//! The card of an article, for lists and related links.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::OnceLock;

use rayon::prelude::*;
use serde::Serialize;

use super::date::{DateContext, Dates};
use super::image::ImageContext;
use super::link::LinkContext;
use super::provider::ProviderContext;
use super::terms::{ArticleTerms, MaybeShared, Terms};
use crate::collection::ArticleId;
use crate::digest::{Digest, DigestKey};
use crate::document::article::Related;
use crate::locale::{Direction, PeriodFormatter};
use crate::page::front_articles::FrontArticles;
use crate::page::routes::Routes;
use crate::page::text_language;

/// The number of other providers that the card of a story names.
const NAMED: usize = 3;

/// The card of an article.
#[derive(Debug, Serialize)]
pub struct CardContext<'a> {
    title: &'a str,
    pub(super) excerpt: &'a str,
    url: Cow<'a, str>,
    external: bool,
    outbound: bool,
    source_url: &'a str,
    kind: &'a str,
    /// The language of title and excerpt, and its direction, where they are not the site's.
    language: Option<Cow<'a, str>>,
    direction: Option<Direction>,
    /// Whether the excerpt is taken from the body, which is in the site's language.
    own_excerpt: bool,
    date: Option<Cow<'a, DateContext>>,
    provider: MaybeShared<'a, ProviderContext<'a>>,
    topics: Vec<MaybeShared<'a, LinkContext<'a>>>,
    /// The topic that tells most about the article.
    kicker: Option<MaybeShared<'a, LinkContext<'a>>>,
    /// The first sentence of the site's own note.
    note: &'a str,
    pub(super) image: Option<ImageContext<'a>>,
    quality: Option<i64>,
    heat: Option<i64>,
    /// What the card shows of the story that it represents.
    coverage: Vec<ReportContext<'a>>,
    coverage_more: usize,
    story_url: Option<String>,
    /// In previews, why the card is where it is on the front page.
    why: Option<String>,
}

/// The other reports of the story that a card represents; empty on any other card.
#[derive(Debug, Default, Serialize)]
pub struct Coverage<'a> {
    /// The newest report of each of some other providers, newest first.
    pub(super) reports: Vec<ReportContext<'a>>,
    /// The number of further providers.
    pub(super) more: usize,
    /// The page of the story.
    pub(super) story_url: Option<String>,
}

/// A report of a story: its headline and its provider.
#[derive(Debug, Serialize)]
pub struct ReportContext<'a> {
    title: &'a str,
    url: Cow<'a, str>,
    outbound: bool,
    language: Option<Cow<'a, str>>,
    direction: Option<Direction>,
    date: &'a DateContext,
    provider: MaybeShared<'a, ProviderContext<'a>>,
    /// Whether this is the article on whose page it is.
    own: bool,
}

impl ReportContext<'_> {
    /// The report on a page that is that of the article itself, or not.
    pub(super) fn of_page(self, own: bool) -> Self {
        Self { own, ..self }
    }
}

impl<'a> CardContext<'a> {
    /// The card as that of its story, with the reason of its place.
    pub(super) fn on_front_page(self, coverage: Coverage<'a>, why: Option<String>) -> Self {
        let Coverage { reports, more, story_url } = coverage;
        Self { coverage: reports, coverage_more: more, story_url, why, ..self }
    }
}

/// The headline of an article, with a link.
#[derive(Debug, Serialize)]
pub struct HeadlineContext<'a> {
    title: &'a str,
    url: Cow<'a, str>,
    outbound: bool,
    language: Option<Cow<'a, str>>,
    direction: Option<Direction>,
    date: &'a DateContext,
}

/// The cards of a site's articles, with what is computed once per article.
#[derive(Debug)]
pub struct Cards<'a> {
    pub(in crate::page) routes: Routes<'a>,
    pub(super) terms: Terms<'a>,
    date_format: Dates,
    pub(super) periods: PeriodFormatter,
    /// By article.
    dates: Vec<DateContext>,
    front_articles: OnceLock<FrontArticles>,
    /// By article.
    article_terms: Vec<ArticleTerms>,
    /// The languages of titles and excerpts where they are not the site's, by article.
    languages: Vec<Option<Cow<'a, str>>>,
    /// Of cards, by article.
    digests: Vec<Digest>,
    /// Of reports, by article.
    report_digests: Vec<Digest>,
}

impl<'a> Cards<'a> {
    pub(in crate::page) fn new(routes: Routes<'a>, digest_key: &DigestKey) -> Self {
        let articles = 0..routes.collection.len();
        let date_format = Dates::new(routes.config);
        let date = |index| {
            let summary = routes.collection.summary(ArticleId::at(index));
            date_format.format(summary.published_at, summary.has_time)
        };
        let dates = articles.clone().into_par_iter().map(date).collect();
        let terms = Terms::new(routes);
        let of_article = |index| terms.of_article(routes.collection.summary(ArticleId::at(index)));
        let article_terms = articles.clone().into_par_iter().map(of_article).collect();
        let language = |index| {
            text_language::of_article(routes, routes.collection.summary(ArticleId::at(index)))
        };
        let languages = articles.clone().into_par_iter().map(language).collect();
        let periods = routes.config.locale.periods();
        let (digests, report_digests) = (Vec::new(), Vec::new());
        let mut cards = Self {
            routes,
            terms,
            date_format,
            periods,
            dates,
            front_articles: OnceLock::new(),
            article_terms,
            languages,
            digests,
            report_digests,
        };
        let digest = |index| {
            let id = ArticleId::at(index);
            let report = digest_key.digest_of_value(&cards.report(id));
            (digest_key.digest_of_value(&cards.card(id)), report)
        };
        (cards.digests, cards.report_digests) = articles.into_par_iter().map(digest).unzip();
        cards
    }

    /// When an article was published.
    pub(in crate::page) fn date(&self, id: ArticleId) -> &DateContext {
        &self.dates[id.index()]
    }

    /// The digest of an article's card.
    pub(super) fn digest(&self, id: ArticleId) -> Digest {
        self.digests[id.index()]
    }

    /// The digest of an article's headline and provider.
    pub(super) fn report_digest(&self, id: ArticleId) -> Digest {
        self.report_digests[id.index()]
    }

    /// The language of an article's title and excerpt, if it is not the site's.
    fn language(&self, id: ArticleId) -> Option<Cow<'_, str>> {
        self.languages[id.index()].as_deref().map(Cow::Borrowed)
    }

    /// The card of an article.
    pub(super) fn card(&self, id: ArticleId) -> CardContext<'_> {
        let collection = self.routes.collection;
        let summary = collection.summary(id);
        let terms = &self.article_terms[id.index()];
        let language = self.language(id);
        let details = collection.card_details(id);
        CardContext {
            title: &summary.title,
            excerpt: &summary.excerpt,
            url: self.routes.article_url(id),
            external: false,
            outbound: !self.routes.has_page(id),
            source_url: summary.web_url.as_str(),
            kind: &summary.kind,
            direction: text_language::direction(self.routes.config, language.as_deref()),
            language,
            own_excerpt: !summary.has_written_excerpt,
            date: Some(Cow::Borrowed(self.date(id))),
            provider: self.terms.provider_of(terms, summary),
            topics: self.terms.topics(terms, summary),
            kicker: details.kicker.and_then(|at| self.terms.topic(terms, summary, at as usize)),
            note: &summary.note,
            image: self
                .routes
                .card_image(id)
                .map(|first| ImageContext::of_card(self.routes, first, summary)),
            quality: summary.quality,
            heat: summary.heat,
            coverage: Vec::new(),
            coverage_more: 0,
            story_url: None,
            why: None,
        }
    }

    /// The articles of the front page.
    pub(in crate::page) fn front_articles(&self) -> &FrontArticles {
        self.front_articles.get_or_init(|| FrontArticles::choose(self.routes))
    }

    /// A report of a story.
    pub(super) fn report(&self, id: ArticleId) -> ReportContext<'_> {
        let terms = &self.article_terms[id.index()];
        let provider = self.terms.provider_of(terms, self.routes.collection.summary(id));
        let HeadlineContext { title, url, outbound, language, direction, date } = self.headline(id);
        ReportContext { title, url, outbound, language, direction, date, provider, own: false }
    }

    /// The other reports of the story of an article, which represents the story.
    pub(super) fn coverage(&self, representative: ArticleId) -> Coverage<'_> {
        let collection = self.routes.collection;
        let provider = |id: ArticleId| collection.summary(id).provider.domain.as_str();
        let story = collection.stories().of(representative);
        let mut seen = HashSet::from([provider(representative)]);
        let articles = collection.stories().get(story).articles.iter().rev().copied();
        let others: Vec<ArticleId> = articles.filter(|id| seen.insert(provider(*id))).collect();
        Coverage {
            reports: others.iter().take(NAMED).map(|id| self.report(*id)).collect(),
            more: others.len().saturating_sub(NAMED),
            story_url: self.routes.story_url(story),
        }
    }

    /// The headline of an article.
    pub(super) fn headline(&self, id: ArticleId) -> HeadlineContext<'_> {
        let summary = self.routes.collection.summary(id);
        let language = self.language(id);
        HeadlineContext {
            title: &summary.title,
            url: self.routes.article_url(id),
            outbound: !self.routes.has_page(id),
            direction: text_language::direction(self.routes.config, language.as_deref()),
            language,
            date: self.date(id),
        }
    }

    /// The card of a related article on another site.
    pub(super) fn external<'v>(&'v self, item: &'v Related) -> CardContext<'v> {
        let config = self.routes.config;
        let language = text_language::of_text(config, &item.title);
        CardContext {
            title: &item.title,
            excerpt: &item.excerpt,
            url: item.web_url.as_str().into(),
            external: true,
            outbound: true,
            source_url: item.web_url.as_str(),
            kind: &item.kind,
            direction: text_language::direction(self.routes.config, language.as_deref()),
            language,
            own_excerpt: false,
            date: item
                .published_at
                .map(|instant| Cow::Owned(self.date_format.format(instant, item.has_time))),
            provider: match &item.provider {
                Some(provider) => self.terms.provider(provider),
                None => MaybeShared::Own(ProviderContext::of_host(item.web_url.host_name())),
            },
            topics: Vec::new(),
            kicker: None,
            note: "",
            image: item.image.as_ref().and_then(|image| ImageContext::of_related(config, image)),
            quality: item.quality,
            heat: None,
            coverage: Vec::new(),
            coverage_more: 0,
            story_url: None,
            why: None,
        }
    }
}
