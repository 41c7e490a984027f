//! A story that articles may still join.

use std::collections::VecDeque;

use super::placement::ArticleNumber;
use super::terms::StoryTerm;
use super::vector::{Lookup, UnitVector};

const DAY: i64 = 86_400;

/// Articles find stories whose last article is not older, in seconds.
pub(super) const WINDOW: i64 = 3 * DAY;

/// The longest time from the first to the last article of a story without a key, in seconds.
pub const MAX_SPAN: i64 = 10 * DAY;

/// The number of articles that a story can have without a key. It is also the number that new ones
/// are compared with.
pub const MAX_ARTICLES: usize = 50;

/// Articles of one provider must be this similar, and articles of several join at once if they are.
const NEAR_IDENTITY: f64 = 0.9;

/// What a story knows of an article.
pub(super) struct Member {
    pub article: ArticleNumber,
    pub published: i64,
    /// The provider, as a term.
    pub provider: StoryTerm,
    pub title: Option<StoryTerm>,
    pub vector: UnitVector,
}

pub(super) struct OpenStory {
    pub name: Option<Box<str>>,
    pub stands_alone: bool,
    first: i64,
    /// With those that were forgotten.
    articles: usize,
    /// The last articles, oldest first.
    members: VecDeque<Member>,
    /// The squared length of the sum of the members' vectors.
    squared_length: f64,
}

/// How an article compares with a story.
pub(super) struct Comparison {
    /// The cosine of the angle between the article and the sum of the members. Older members weigh
    /// less.
    pub score: f64,
    /// The most similar member.
    pub closest: ArticleNumber,
    /// Whether a member has the same title or nearly the same terms.
    pub is_near_identical: bool,
    /// Whether a member is of the same provider, and none of them is nearly identical.
    pub repeats_provider: bool,
}

impl OpenStory {
    pub(super) fn new(published: i64) -> Self {
        Self {
            name: None,
            stands_alone: false,
            first: published,
            articles: 0,
            members: VecDeque::new(),
            squared_length: 0.0,
        }
    }

    /// A story that is too old for articles without its name.
    pub(super) fn remembered(name: &str, first: i64) -> Self {
        Self { name: Some(name.into()), ..Self::new(first) }
    }

    /// Whether an article of this time may join without an editor's key.
    pub(super) fn has_time_for(&self, published: i64) -> bool {
        published.saturating_sub(self.first) <= MAX_SPAN
    }

    /// Whether another article may join without an editor's key.
    pub(super) fn has_room(&self) -> bool {
        self.articles < MAX_ARTICLES
    }

    pub(super) fn add(&mut self, member: Member) {
        self.squared_length += self.added_square(&member);
        self.first = self.first.min(member.published);
        self.articles += 1;
        self.members.push_back(member);
        if self.members.len() > MAX_ARTICLES {
            self.forget_oldest();
        }
    }

    /// Forgets the members that are too old at a time, but not how long the story is. Returns
    /// whether any are left.
    pub(super) fn forget(&mut self, now: i64) -> bool {
        let is_old = |member: &Member| now.saturating_sub(member.published) > MAX_SPAN;
        while self.members.front().is_some_and(is_old) {
            self.forget_oldest();
        }
        !self.members.is_empty()
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.members.pop_front() {
            self.squared_length -= self.added_square(&oldest);
        }
    }

    /// What the squared length becomes longer by with another member. The terms of the sum are
    /// multiples of a power of two, so that it is exact: stories that forgot a member must equal
    /// stories that never had it.
    fn added_square(&self, member: &Member) -> f64 {
        const PRECISION: f64 = 1_073_741_824.0;
        let rounded = |cosine: f64| (cosine * PRECISION).round() / PRECISION;
        if self.members.is_empty() {
            return 1.0;
        }
        let lookup = member.vector.lookup();
        let products = self.members.iter().map(|other| rounded(lookup.cosine(&other.vector)));
        1.0 + 2.0 * products.sum::<f64>()
    }

    pub(super) fn compare(&self, article: &Member, lookup: &Lookup) -> Comparison {
        let mut comparison = Comparison {
            score: 0.0,
            closest: self.members.front().map_or(article.article, |member| member.article),
            is_near_identical: false,
            repeats_provider: false,
        };
        let (mut highest, mut has_provider, mut repeats) = (0.0, false, false);
        for member in &self.members {
            let cosine = lookup.cosine(&member.vector);
            let same_title = member.title.is_some() && member.title == article.title;
            let near = same_title || cosine >= NEAR_IDENTITY;
            let is_same_provider = member.provider == article.provider;
            comparison.score += cosine * self.weight(member, article.published);
            comparison.is_near_identical |= near;
            has_provider |= is_same_provider;
            repeats |= is_same_provider && near;
            if cosine > highest {
                highest = cosine;
                comparison.closest = member.article;
            }
        }
        comparison.repeats_provider = has_provider && !repeats;
        comparison
    }

    /// Whether, for one of the members, no single term makes up more than `max_share` of the
    /// cosine.
    pub(super) fn has_several_strong_terms(&self, lookup: &Lookup, max_share: f64) -> bool {
        self.members.iter().any(|member| lookup.greatest_share(&member.vector) <= max_share)
    }

    /// The terms that an article shares with the members, with their parts of the score.
    pub(super) fn shared_terms(&self, article: &Member) -> Vec<(StoryTerm, f64)> {
        let mut shared: Vec<(StoryTerm, f64)> = Vec::new();
        for member in &self.members {
            let weight = self.weight(member, article.published);
            let products = member.vector.products(&article.vector);
            shared.extend(products.map(|(term, product)| (term, product * weight)));
        }
        shared.sort_unstable_by(|(a, x), (b, y)| a.cmp(b).then(x.total_cmp(y)));
        shared.dedup_by(|(next, more), (term, sum)| {
            let is_same = next == term;
            if is_same {
                *sum += *more;
            }
            is_same
        });
        shared
    }

    /// How much a member counts at a time.
    fn weight(&self, member: &Member, now: i64) -> f64 {
        recency(now.saturating_sub(member.published)) / self.squared_length.max(1.0).sqrt()
    }
}

/// 1 at once, about a half after 36 hours, and 0 after [`WINDOW`].
fn recency(age: i64) -> f64 {
    let seconds = |time: i64| f64::from(i32::try_from(time).unwrap_or(i32::MAX));
    let share = (seconds(age.max(0)) / seconds(WINDOW)).min(1.0);
    let rest = 1.0 - share * share;
    rest * rest
}
