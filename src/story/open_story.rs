//! A story that articles may still join.

use super::placement::ArticleNumber;
use super::terms::StoryTerm;
use super::vector::UnitVector;

const DAY: i64 = 86_400;

/// Articles find stories whose last article is not older, in seconds.
pub(super) const WINDOW: i64 = 3 * DAY;

/// The longest time from the first to the last article of a story without a key, in seconds.
pub const MAX_SPAN: i64 = 10 * DAY;

/// The number of articles that a story can have without a key.
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
    last: i64,
    /// With those that were forgotten.
    articles: usize,
    members: Vec<Member>,
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
            last: published,
            articles: 0,
            members: Vec::new(),
            squared_length: 0.0,
        }
    }

    /// A story without its articles: only its name, its first time and its size are known.
    pub(super) fn remembered(name: &str, first: i64, articles: usize) -> Self {
        Self { name: Some(name.into()), articles, ..Self::new(first) }
    }

    /// Whether an article of this time may join without an editor's key.
    pub(super) fn has_time_for(&self, published: i64) -> bool {
        published.saturating_sub(self.first) <= MAX_SPAN
    }

    /// Whether another article may join without an editor's key.
    pub(super) fn has_room(&self) -> bool {
        self.articles < MAX_ARTICLES
    }

    pub(super) fn is_closed(&self, now: i64) -> bool {
        now.saturating_sub(self.last) > MAX_SPAN
    }

    pub(super) fn add(&mut self, member: Member) {
        let products: f64 =
            self.members.iter().map(|other| other.vector.cosine(&member.vector)).sum();
        self.squared_length += 1.0 + 2.0 * products;
        self.first = self.first.min(member.published);
        self.last = self.last.max(member.published);
        self.articles += 1;
        self.members.push(member);
    }

    /// Forgets the members, but not how long the story is.
    pub(super) fn close(&mut self) {
        self.members = Vec::new();
        self.squared_length = 0.0;
    }

    pub(super) fn compare(&self, article: &Member) -> Comparison {
        let mut comparison = Comparison {
            score: 0.0,
            closest: self.members.first().map_or(article.article, |member| member.article),
            is_near_identical: false,
            repeats_provider: false,
        };
        let (mut highest, mut has_provider, mut repeats) = (0.0, false, false);
        for member in &self.members {
            let cosine = member.vector.cosine(&article.vector);
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
