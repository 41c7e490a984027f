//! The stories of a site: which articles are about one event.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::ids::{ArticleId, DocumentId, ids};
use super::near_spellings::{NearSpelling, UsedName, near_spellings};
use super::taxonomy::{Mention, group, misspelt};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Fix};
use crate::digest::Digest;
use crate::document::article::Named;
use crate::document::{ArticleSummary, StoryChoice, placeholder};
use crate::http_url::HttpUrl;
use crate::story::{
    self, ArticleNumber, Clusterer, Evidence, Join, Placement, StoryArticle, StoryKey,
};

/// Warns of story names that only one article has and that are probably misspellings of another
/// story's name.
pub(super) fn warnings_of_near_names(
    summaries: &[Arc<ArticleSummary>],
    config: &Config,
) -> Vec<Diagnostic> {
    if !config.stories {
        return Vec::new();
    }
    let mentions = ids(summaries.len()).zip(summaries).filter_map(|(article, summary)| {
        let Some(StoryChoice::Named(named)) = &summary.story else { return None };
        Some(Mention { identity: &*named.slug, name: &named.name, article })
    });
    let groups = group(mentions);
    let names = groups.iter().map(|(slug, mentions)| {
        let articles = mentions.articles.len();
        // Another article confirms a name.
        UsedName { text: slug, articles, is_confirmed: articles > 1 }
    });
    let warning = |near: NearSpelling<'_>| {
        let (rare, meant) = (groups.get(near.rare)?, groups.get(near.meant)?);
        let (name, right) = (rare.name(), meant.name());
        let message = format!(
            "the story `{name}` of 1 article is probably `{right}`, which {} articles have",
            meant.articles.len()
        );
        let help = format!("write `{right}`, unless it is another story");
        let warning = misspelt(rare, summaries, "story", &message, &help).next()?.at_item(name);
        let fix = Fix { from: name.to_owned(), to: right.to_owned() };
        Some(Diagnostic { fix: near.is_only.then(|| fix.into()), ..warning })
    };
    near_spellings(&names.collect::<Vec<_>>()).into_iter().filter_map(warning).collect()
}

/// The number of reports that the page of an article shows: those next to the article.
const NEAREST: usize = 12;

/// The index of a story among the stories of a collection, which are in the order of their oldest
/// articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoryIndex(u32);

impl StoryIndex {
    fn at(index: usize) -> Self {
        Self(u32::try_from(index).expect("a site has fewer than 2^32 stories"))
    }

    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A story: one or more articles about one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Its articles, oldest first.
    pub articles: Vec<ArticleId>,
    /// The name that editors gave it.
    pub key: Option<Arc<Named>>,
    /// The number of different providers.
    providers: usize,
}

/// Why an article joined its story.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoryJoin {
    pub by: Evidence,
    /// How similar the article is to the story, from 0 to 1.
    pub score: f64,
    /// The most similar article of the story.
    pub closest: ArticleId,
}

/// What is known of stories before articles are collected.
#[derive(Debug, Default)]
pub struct KnownStories {
    /// The articles of an earlier collection, oldest first.
    pub placed: Vec<PlacedArticle>,
    /// Digest of the summary of each document. Empty if unknown.
    pub digests: Vec<Digest>,
}

/// An article with its place in a story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlacedArticle {
    /// Digest of its summary.
    summary: Digest,
    /// Digest of what its summary says about stories.
    inputs: Digest,
    placement: Placement,
}

/// All stories of a collection. Each article is in one of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stories {
    of: Vec<StoryIndex>,
    all: Vec<Story>,
    /// The articles, oldest first; empty in a part of a collection.
    placed: Vec<PlacedArticle>,
}

impl Stories {
    /// Clusters the articles of a collection, newest first. As far as they are the known ones, they
    /// stay where they are: their stories depend on older articles only.
    pub(super) fn cluster(
        summaries: &[Arc<ArticleSummary>],
        documents: &[DocumentId],
        known: KnownStories,
    ) -> Self {
        let KnownStories { mut placed, digests } = known;
        let articles: Vec<&ArticleSummary> = summaries.iter().rev().map(AsRef::as_ref).collect();
        let digests: Vec<Option<Digest>> =
            documents.iter().rev().map(|id| digests.get(id.index()).copied()).collect();
        keep_same(&mut placed, &articles, &digests);
        let added = place_rest(&placed, &articles);
        let rest = articles.par_iter().zip(&digests).skip(placed.len()).zip(added);
        let rest = rest.map(|((summary, digest), placement)| PlacedArticle {
            summary: digest.unwrap_or_default(),
            inputs: inputs(summary),
            placement,
        });
        placed.par_extend(rest);
        Self::new(placed, summaries)
    }

    /// The stories of articles that are placed, oldest first.
    fn new(placed: Vec<PlacedArticle>, summaries: &[Arc<ArticleSummary>]) -> Self {
        let id = |number: ArticleNumber| article_id(number, placed.len());
        let mut stories: Vec<Vec<ArticleId>> = Vec::new();
        let mut of = vec![StoryIndex(0); placed.len()];
        for (number, PlacedArticle { placement, .. }) in (0..).zip(&placed) {
            let article = id(number);
            let story = if placement.story == number {
                stories.push(Vec::new());
                StoryIndex::at(stories.len() - 1)
            } else {
                of[id(placement.story).index()]
            };
            stories[story.index()].push(article);
            of[article.index()] = story;
        }
        let stories = stories.into_par_iter().map(|articles| Story::new(articles, summaries));
        Self { of, all: stories.collect(), placed }
    }

    /// Stories of a part of a collection: each article has one of its own, with its nearest reports
    /// if they are known.
    pub(super) fn of_part(nearest: Vec<Vec<ArticleId>>, summaries: &[Arc<ArticleSummary>]) -> Self {
        let of = (0..nearest.len()).map(StoryIndex::at).collect();
        let story = |(id, nearest): (ArticleId, Vec<ArticleId>)| {
            let articles = if nearest.is_empty() { vec![id] } else { nearest };
            Story::new(articles, summaries)
        };
        let all = ids(summaries.len()).zip(nearest).map(story).collect();
        Self { of, all, placed: Vec::new() }
    }

    /// Each article as a story of its own.
    pub(super) fn apart(summaries: &[Arc<ArticleSummary>]) -> Self {
        let stories = ids(summaries.len()).rev().map(|id| Story::new(vec![id], summaries));
        let of = (0..summaries.len()).rev().map(StoryIndex::at).collect();
        Self { of, all: stories.collect(), placed: Vec::new() }
    }

    /// The story of an article.
    pub fn of(&self, article: ArticleId) -> StoryIndex {
        self.of[article.index()]
    }

    pub fn get(&self, story: StoryIndex) -> &Story {
        &self.all[story.index()]
    }

    /// The reports of an article's story next to it, with the article, oldest first.
    pub fn nearest(&self, article: ArticleId) -> &[ArticleId] {
        let articles = &self.get(self.of(article)).articles;
        if articles.len() <= NEAREST {
            return articles;
        }
        let position = Story::position(articles, article);
        let start = position.saturating_sub(NEAREST / 2).min(articles.len() - NEAREST);
        &articles[start..start + NEAREST]
    }

    /// The reports of an article's story before it, oldest first.
    pub fn earlier(&self, article: ArticleId) -> &[ArticleId] {
        let articles = &self.get(self.of(article)).articles;
        &articles[..Story::position(articles, article)]
    }

    /// The reports of an article's story after it, oldest first.
    pub fn later(&self, article: ArticleId) -> &[ArticleId] {
        let articles = &self.get(self.of(article)).articles;
        articles.get(Story::position(articles, article) + 1..).unwrap_or_default()
    }

    /// Why an article joined its story. None for the first article of a story, and in a part of a
    /// collection.
    pub fn join(&self, article: ArticleId) -> Option<StoryJoin> {
        let number = self.placed.len().checked_sub(article.index() + 1)?;
        let Join { by, score, closest } = self.placed[number].placement.join?;
        Some(StoryJoin { by, score, closest: article_id(closest, self.placed.len()) })
    }

    /// The articles that the front page shows as one, oldest first: those of a story of several
    /// providers, or of one that editors named. Others of a single provider may be a column that has
    /// the same title every day.
    pub fn shown_as_one(&self, article: ArticleId) -> &[ArticleId] {
        let story = self.get(self.of(article));
        if story.providers > 1 || story.key.is_some() {
            return &story.articles;
        }
        let own = |id: &&ArticleId| **id == article;
        story
            .articles
            .iter()
            .find(own)
            .map(std::slice::from_ref)
            .expect("an article is in its story")
    }

    /// The number of different providers of a story.
    pub fn providers(&self, story: StoryIndex) -> usize {
        self.get(story).providers
    }

    /// The stories that editors named, by the slugs of their names.
    pub fn named(&self) -> BTreeMap<&str, StoryIndex> {
        self.iter().filter_map(|(id, story)| Some((&*story.key.as_ref()?.slug, id))).collect()
    }

    /// The articles, oldest first, for the build cache.
    pub fn placed(&self) -> &[PlacedArticle] {
        &self.placed
    }

    /// All stories, in the order of their oldest articles.
    pub fn iter(
        &self,
    ) -> impl DoubleEndedIterator<Item = (StoryIndex, &Story)> + ExactSizeIterator {
        self.all.iter().enumerate().map(|(index, story)| (StoryIndex::at(index), story))
    }
}

impl Story {
    /// Its oldest article.
    pub fn oldest(&self) -> ArticleId {
        *self.articles.first().expect("a story has at least one article")
    }

    /// The number of articles before one. Ids count from the newest article.
    fn position(articles: &[ArticleId], article: ArticleId) -> usize {
        articles.partition_point(|other| *other > article)
    }

    fn new(mut articles: Vec<ArticleId>, summaries: &[Arc<ArticleSummary>]) -> Self {
        articles.shrink_to_fit();
        let members = || articles.iter().map(|id| &*summaries[id.index()]);
        let key = members().find_map(|summary| match &summary.story {
            Some(StoryChoice::Named(name)) => Some(Arc::clone(name)),
            _ => None,
        });
        let mut providers: Vec<&str> =
            members().map(|summary| summary.provider.domain.as_str()).collect();
        providers.sort_unstable();
        providers.dedup();
        Self { providers: providers.len(), key, articles }
    }
}

/// The article with a number: its index from the oldest.
pub(super) fn article_id(number: ArticleNumber, count: usize) -> ArticleId {
    ArticleId::at(count - 1 - number as usize)
}

/// Keeps the placed articles up to the first that is another one now.
fn keep_same(
    placed: &mut Vec<PlacedArticle>,
    articles: &[&ArticleSummary],
    digests: &[Option<Digest>],
) {
    let mut kept = 0;
    for ((placed, summary), digest) in placed.iter_mut().zip(articles).zip(digests) {
        if *digest != Some(placed.summary) {
            if placed.inputs != inputs(summary) {
                break;
            }
            placed.summary = digest.unwrap_or_default();
        }
        kept += 1;
    }
    placed.truncate(kept);
}

/// Places the articles after the placed ones.
fn place_rest(placed: &[PlacedArticle], articles: &[&ArticleSummary]) -> Vec<Placement> {
    let rest = articles.get(placed.len()..).filter(|rest| !rest.is_empty());
    rest.map_or_else(Vec::new, |rest| {
        clusterer_before(placed.len(), articles, placed)
            .add_all(rest, |summary| story_article(summary))
    })
}

/// A clusterer that article `next` can be added to. All articles before it are placed; only a window
/// of these is read.
pub(super) fn clusterer_before(
    next: usize,
    articles: &[&ArticleSummary],
    placed: &[PlacedArticle],
) -> Clusterer {
    let seconds = |summary: &ArticleSummary| summary.published_at.timestamp();
    let published: Vec<i64> = articles.iter().map(|summary| seconds(summary)).collect();
    let start = story::replay_start(&published, next);
    let number = ArticleNumber::try_from(start).expect("a site has fewer than 2^32 articles");
    let mut clusterer = Clusterer::starting_at(number);
    for (summary, placed) in articles[..start].iter().zip(placed) {
        if let Some(StoryChoice::Named(name)) = &summary.story {
            clusterer.remember(&name.slug, placed.placement.story, seconds(summary));
        }
    }
    let stories = placed[start..next].iter().map(|placed| placed.placement.story);
    clusterer.replay_all(&articles[start..next], |summary| story_article(summary), stories);
    clusterer
}

/// Digest of what a summary says about stories.
fn inputs(summary: &ArticleSummary) -> Digest {
    let seconds = summary.published_at.timestamp().to_le_bytes();
    let first_url = summary.first_url.as_ref().map(HttpUrl::as_str).unwrap_or_default();
    let story = match &summary.story {
        None => ["", ""],
        Some(StoryChoice::Alone) => ["alone", ""],
        Some(StoryChoice::Named(name)) => ["named", &name.slug],
    };
    let texts = [
        &*summary.title,
        &summary.excerpt,
        summary.provider.domain.as_str(),
        summary.web_url.as_str(),
        first_url,
    ];
    let texts = texts.into_iter().chain(story).map(str::as_bytes);
    let related = summary.related.iter().map(|target| target.identity.as_bytes());
    Digest::of_parts([seconds.as_slice()].into_iter().chain(texts).chain(related))
}

/// What the clustering sees of an article.
pub(super) fn story_article(summary: &ArticleSummary) -> StoryArticle<'_> {
    StoryArticle {
        path: &summary.path,
        title: &summary.title,
        excerpt: &summary.excerpt,
        provider: summary.provider.domain.as_str(),
        published: summary.published_at.timestamp(),
        original: Some(summary.original_url()).filter(|url| !placeholder::is_original(url)),
        identities: summary.addresses().into_iter().flatten().map(HttpUrl::identity).collect(),
        related: summary.related.iter().map(|target| target.identity).collect(),
        key: match &summary.story {
            None => StoryKey::Unset,
            Some(StoryChoice::Alone) => StoryKey::Alone,
            Some(StoryChoice::Named(name)) => StoryKey::Name(&name.slug),
        },
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    use super::super::fixture;
    use super::*;
    use crate::document::Document;
    use crate::document::article::RelatedTarget;

    const KEYS: [&str; 8] = ["", "", "", "", "", "a", "b", "none"];

    /// An article in numbers: title, hours, provider, address, related article, story key.
    type Sample = ([&'static str; 3], i64, u8, u8, Option<u8>, &'static str);

    fn sample() -> impl Strategy<Value = Sample> {
        let word = || select(vec!["ferry", "aurora", "kelso", "council", "tram", "bread", "storm"]);
        let related = prop::option::weighted(0.2, 0..40_u8);
        ([word(), word(), word()], 0..60 * 24_i64, 0..8_u8, 0..40_u8, related, select(&KEYS[..]))
    }

    #[derive(Clone, Debug)]
    enum Edit {
        Add(Sample),
        Remove(Index),
        Replace(Index, Sample),
        Move(Index, i64),
    }

    fn edit() -> impl Strategy<Value = Edit> {
        prop_oneof![
            sample().prop_map(Edit::Add),
            any::<Index>().prop_map(Edit::Remove),
            (any::<Index>(), sample()).prop_map(|(index, sample)| Edit::Replace(index, sample)),
            (any::<Index>(), -99..99_i64).prop_map(|(index, hours)| Edit::Move(index, hours)),
        ]
    }

    fn apply(samples: &mut Vec<(usize, Sample)>, edits: Vec<Edit>) {
        for edit in edits {
            match edit {
                Edit::Add(sample) => {
                    let name = samples.iter().map(|(name, _)| name + 1).max().unwrap_or(0);
                    samples.push((name, sample));
                }
                _ if samples.is_empty() => {}
                Edit::Remove(index) => {
                    samples.remove(index.index(samples.len()));
                }
                Edit::Replace(index, sample) => {
                    let index = index.index(samples.len());
                    samples[index].1 = sample;
                }
                Edit::Move(index, hours) => {
                    let index = index.index(samples.len());
                    samples[index].1.1 += hours;
                }
            }
        }
    }

    fn url(number: u8) -> HttpUrl {
        HttpUrl::parse(&format!("https://a.example/{number}")).expect("a URL")
    }

    /// The summaries of a site, newest first.
    fn summaries(
        samples: &[(usize, Sample)],
        base: &ArticleSummary,
        config: &crate::config::Config,
    ) -> Vec<Arc<ArticleSummary>> {
        let named = |name: String| Named::new(name, config.slugs);
        let summary = |(name, sample): &(usize, Sample)| {
            let (title, hours, provider, address, related, key) = sample;
            let mut summary = base.clone();
            summary.path = format!("{name:03}.md").into();
            summary.title = title.join(" ").into();
            summary.published_at = DateTime::UNIX_EPOCH + TimeDelta::hours(*hours);
            let mut publisher = (*base.provider).clone();
            publisher.domain =
                crate::domain::Domain::parse(&format!("p{provider}.example")).expect("a domain");
            summary.provider = publisher.into();
            summary.web_url = url(*address);
            let related = related.iter().map(|number| url(*number).identity());
            summary.related =
                related.map(|identity| RelatedTarget { identity, provider: None }).collect();
            summary.story = match *key {
                "" => None,
                "none" => Some(StoryChoice::Alone),
                name => Some(StoryChoice::Named(named(name.to_owned()).into())),
            };
            Arc::new(summary)
        };
        let mut summaries: Vec<Arc<ArticleSummary>> = samples.iter().map(summary).collect();
        summaries
            .sort_by(|a, b| b.published_at.cmp(&a.published_at).then_with(|| a.path.cmp(&b.path)));
        summaries
    }

    fn cluster(
        summaries: &[Arc<ArticleSummary>],
        placed: &[PlacedArticle],
        has_digests: bool,
    ) -> Stories {
        let documents: Vec<DocumentId> = (0..summaries.len()).map(DocumentId::at).collect();
        let digest = |summary: &Arc<ArticleSummary>| Digest::of(format!("{summary:?}").as_bytes());
        let digests = summaries.iter().filter(|_| has_digests).map(digest).collect();
        let known = KnownStories { placed: placed.to_vec(), digests };
        Stories::cluster(summaries, &documents, known)
    }

    fn base(config: &crate::config::Config) -> ArticleSummary {
        let text = fixture::article("x", "2026-01-01", "");
        match fixture::document("x.md", &text, config) {
            Document::Article(article) => article.summary,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nearest_reports_surround_the_article() {
        let config = fixture::config("");
        let base = base(&config);
        let stories_of = |count: u8| {
            let sample = |number: u8| {
                let sample = (["ferry", "", ""], i64::from(number), number, number, None, "a");
                (usize::from(number), sample)
            };
            let samples: Vec<(usize, Sample)> = (0..count).map(sample).collect();
            cluster(&summaries(&samples, &base, &config), &[], false)
        };
        let stories = stories_of(50);
        // Positions from the oldest.
        let id = |position: usize| ArticleId::at(49 - position);
        for (position, first) in [(0, 0), (6, 0), (7, 1), (20, 14), (44, 38), (49, 38)] {
            let found = stories.nearest(id(position));
            assert_eq!((found.first(), found.len()), (Some(&id(first)), NEAREST));
            assert_eq!(stories.earlier(id(position)).len(), position);
        }
        assert_eq!(stories_of(5).nearest(ArticleId::at(0)).len(), 5);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn known_stories_give_the_same_as_none(
            first in prop::collection::vec(sample(), 0..60),
            steps in prop::collection::vec(
                (prop::collection::vec(edit(), 1..4), any::<bool>()),
                1..4,
            ),
        ) {
            let config = fixture::config("");
            let base = base(&config);
            let mut samples: Vec<(usize, Sample)> = first.into_iter().enumerate().collect();
            let mut known = cluster(&summaries(&samples, &base, &config), &[], true);
            for (edits, has_digests) in steps {
                apply(&mut samples, edits);
                let summaries = summaries(&samples, &base, &config);
                known = cluster(&summaries, known.placed(), has_digests);
                prop_assert_eq!(&known, &cluster(&summaries, &[], has_digests));
            }
        }
    }
}
