//! Which stories the front page shows, and where.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::route::ListId;
use super::routes::Routes;
use crate::collection::{ArticleId, RankedStory, Ranking};
use crate::config::{FrontConfig, FrontOrder};

/// The lead story is one of the first so many.
const LEAD_CANDIDATES: usize = 12;

/// The number of columns, and of stories beside the lead.
const COLUMNS: usize = 4;

/// The minimum number of latest articles in a column of their own.
const MIN_COLUMN: usize = 5;

/// The minimum number of stories beside the lead. The picture of a single one would be too large.
const MIN_BESIDE: usize = 2;

/// So many of the newest articles are searched for the latest stories, or as many as the page has.
const MAX_SEARCHED: usize = 1000;

/// How many stories can take the place of each of the first ones.
const CANDIDATES_PER_PLACE: usize = 4;

/// A story gives its place to another provider or topic only if that is no more half-lives behind.
const MAX_HALF_LIVES_BEHIND: f64 = 2.0;

/// The articles of the front page by section, one of each story.
#[derive(Debug)]
pub struct FrontArticles {
    pub ranking: Ranking,
    /// Why stories come later than the ranking says, by their indexes in it.
    pub demoted: BTreeMap<usize, Demotion>,
    pub lead: Option<ArticleId>,
    pub secondary: Vec<ArticleId>,
    /// Newest first.
    pub latest: Vec<ArticleId>,
}

/// Why a story comes later than the ranking says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demotion {
    /// The lead story has a picture.
    NoPicture,
    /// Its quality is below the minimum.
    LowQuality,
    /// Others of its provider come first.
    ProviderShare,
    /// Others of its topic come first.
    TopicShare,
}

impl FrontArticles {
    /// Chooses the lead story and those beside it by the ranking. The others come by time.
    pub fn choose(routes: Routes<'_>) -> Self {
        let ranking = routes.collection.ranking(routes.config);
        let page = NewestArticles::of(routes);
        let places = routes.config.front.stories.min(page.count);
        let mut choice = Choice { routes, stories: &ranking.stories, demoted: BTreeMap::new() };
        let mut first = choice.first_stories(places);
        choice.move_lead_to_front(&mut first);
        let demoted = choice.demoted;
        let pinned = first.iter().filter(|index| ranking.stories[**index].is_pinned).count();
        let first: Vec<ArticleId> =
            first.into_iter().map(|index| ranking.stories[index].article).collect();
        let Some((lead, others)) = first.split_first() else {
            return Self { ranking, demoted, lead: None, secondary: vec![], latest: vec![] };
        };
        let count = page.secondary_count(*lead, others, pinned.saturating_sub(1));
        let mut secondary = others[..count].to_vec();
        if let Some(at) = secondary.iter().position(|id| page.has_picture(*id)) {
            secondary[..=at].rotate_right(1);
        }
        let latest = page.without(&first[..=count]);
        Self { ranking, demoted, lead: Some(*lead), secondary, latest }
    }

    /// All articles, in the order of the page.
    pub fn all(&self) -> impl Iterator<Item = ArticleId> {
        let first = self.lead.iter().chain(&self.secondary);
        first.chain(&self.latest).copied()
    }
}

/// The choice of the first stories among ranked ones.
struct Choice<'a> {
    routes: Routes<'a>,
    stories: &'a [RankedStory],
    demoted: BTreeMap<usize, Demotion>,
}

impl<'a> Choice<'a> {
    /// The indexes of the first stories. Those below the minimum quality and those that exceed the
    /// share of a provider or topic come only if there are too few others.
    fn first_stories(&mut self, places: usize) -> Vec<usize> {
        let FrontConfig { provider_share, topic_share, order, .. } = self.routes.config.front;
        let mut of_providers = Shares::new(places, provider_share);
        let mut of_topics = Shares::new(places, topic_share);
        let (mut first, mut excess, mut poor) = (Vec::new(), Vec::new(), Vec::new());
        for (index, story) in self.stories.iter().take(places * CANDIDATES_PER_PLACE).enumerate() {
            let is_far_ahead = |other: &usize| {
                let is_ranked = order == FrontOrder::Ranked;
                is_ranked && self.stories[*other].half_lives_ahead_of(story) > MAX_HALF_LIVES_BEHIND
            };
            first.extend(excess.drain(..excess.partition_point(is_far_ahead)));
            if first.len() >= places {
                break;
            }
            let (provider, topic) = self.provider_and_topic(story);
            let demotion = if story.is_pinned {
                None
            } else if self.is_poor(story) {
                Some(Demotion::LowQuality)
            } else if of_providers.is_full(provider) {
                Some(Demotion::ProviderShare)
            } else if of_topics.is_full(topic) {
                Some(Demotion::TopicShare)
            } else {
                None
            };
            match demotion {
                None => {
                    of_providers.add(provider);
                    of_topics.add(topic);
                    first.push(index);
                }
                Some(Demotion::LowQuality) => poor.push(index),
                Some(_) => excess.push(index),
            }
            self.demoted.extend(demotion.map(|reason| (index, reason)));
        }
        first.extend(excess.into_iter().chain(poor));
        first.truncate(places);
        self.demoted.retain(|index, _| !first.contains(index));
        first
    }

    fn is_poor(&self, story: &RankedStory) -> bool {
        story.quality.is_some_and(|quality| quality < self.routes.config.front.minimum_quality)
    }

    /// The provider and the kicker of the article that represents a story.
    fn provider_and_topic(&self, story: &RankedStory) -> (Option<&'a str>, Option<&'a str>) {
        let collection = self.routes.collection;
        let summary = collection.summary(story.article);
        let kicker = collection.card_details(story.article).kicker;
        let kicker = kicker.and_then(|at| summary.topics.get(at as usize));
        (Some(summary.provider.domain.as_str()), kicker.map(|topic| &*topic.slug))
    }

    /// Moves the first story with a picture to the front, unless a pinned one is there.
    fn move_lead_to_front(&mut self, first: &mut [usize]) {
        let may_lead = |index: &usize| {
            let story = &self.stories[*index];
            story.is_pinned || self.routes.card_image(story.article).is_some()
        };
        let lead = first.iter().take(LEAD_CANDIDATES).position(may_lead).unwrap_or_default();
        self.demoted.extend(first.iter().take(lead).map(|index| (*index, Demotion::NoPicture)));
        if let Some(until_lead) = first.get_mut(..=lead) {
            until_lead.rotate_right(1);
        }
    }
}

/// How many of the first stories have the same provider or topic.
struct Shares<'a> {
    limit: usize,
    counts: HashMap<&'a str, usize>,
}

impl<'a> Shares<'a> {
    /// Shares of at most so many percent, but at least one story.
    fn new(places: usize, percent: usize) -> Self {
        Self { limit: (places * percent / 100).max(1), counts: HashMap::new() }
    }

    fn is_full(&self, name: Option<&str>) -> bool {
        name.and_then(|name| self.counts.get(name)).is_some_and(|count| *count >= self.limit)
    }

    fn add(&mut self, name: Option<&'a str>) {
        if let Some(name) = name {
            *self.counts.entry(name).or_default() += 1;
        }
    }
}

/// The articles that the front page must show, since they are on no archive page.
struct NewestArticles<'a> {
    routes: Routes<'a>,
    count: usize,
    /// The newest article of each recent story, newest first.
    of_stories: Vec<ArticleId>,
}

impl<'a> NewestArticles<'a> {
    fn of(routes: Routes<'a>) -> Self {
        let count = routes.articles(ListId::All.front()).len();
        let mut seen = HashSet::new();
        let ids = routes.collection.ids().take(count.max(MAX_SEARCHED));
        let of_stories =
            ids.filter(|id| seen.insert(routes.collection.stories().shown_as_one(*id)[0]));
        Self { routes, count, of_stories: of_stories.collect() }
    }

    fn has_picture(&self, id: ArticleId) -> bool {
        self.routes.card_image(id).is_some()
    }

    /// The newest article of each story that is not among the first ones. Older articles take the
    /// places of those that are shown with others of their stories.
    fn without(&self, first: &[ArticleId]) -> Vec<ArticleId> {
        let story_of = |id: &ArticleId| self.routes.collection.stories().shown_as_one(*id)[0];
        let first: HashSet<ArticleId> = first.iter().map(story_of).collect();
        let others = self.of_stories.iter().filter(|id| !first.contains(&story_of(id)));
        let has_room = |(at, id): &(usize, &ArticleId)| {
            id.index() < self.count || first.len() + at < self.count
        };
        others.enumerate().take_while(has_room).map(|(_, id)| *id).collect()
    }

    /// How many of the other first stories, which begin with pinned ones, are secondary. Where the
    /// latest articles get no column of their own, they fill rows, and so do secondary stories that
    /// have no place beside the lead.
    fn secondary_count(&self, lead: ArticleId, others: &[ArticleId], pinned: usize) -> usize {
        let latest = |count: usize| {
            let first = std::iter::once(lead).chain(others[..count].iter().copied());
            self.without(&first.collect::<Vec<_>>()).len()
        };
        let in_rows = |count: usize| count.saturating_sub(COLUMNS);
        let fills_column = |count: &usize| match in_rows(*count) {
            0 => latest(*count) >= MIN_COLUMN,
            _ => latest(*count) >= MIN_COLUMN + COLUMNS,
        };
        let fills_rows_of = |columns: usize| {
            move |count: &usize| (latest(*count) + in_rows(*count)).is_multiple_of(columns)
        };
        let min = pinned.max(MIN_BESIDE).min(others.len());
        let counts = || (min..=others.len()).rev();
        let with_column = counts().filter(|count| *count >= COLUMNS).find(fills_column);
        with_column
            .filter(|_| self.has_picture(lead))
            .or_else(|| counts().find(fills_rows_of(COLUMNS)))
            .or_else(|| counts().find(fills_rows_of(COLUMNS - 1)))
            .unwrap_or(others.len().min(COLUMNS).max(min))
    }
}
