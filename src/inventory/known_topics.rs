//! The topics of a site, and which of them may fit a new article.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::collection::Documents;
use crate::config::{Config, MenuTarget};
use crate::diagnostic::closest_match;
use crate::document::{ArticleSummary, placeholder, text};
use crate::slug::Slugs;

/// The maximum number of topics that are suggested.
const MAX_SUGGESTIONS: usize = 6;

/// The number of similar articles whose topics are considered.
const MAX_SIMILAR: usize = 10;

/// The number of characters from which on words may be similar, and words of titles are compared.
const MIN_WORD_LENGTH: usize = 4;

/// The maximum number of characters that one of two similar words has more.
const MAX_ENDING: usize = 2;

/// A word that more than one of so many articles has says little.
const COMMON: usize = 20;

/// The topics of a site.
pub struct KnownTopics<'a> {
    slugs: Slugs,
    by_slug: BTreeMap<&'a str, KnownTopic<'a>>,
    documents: &'a Documents,
}

#[derive(Default)]
struct KnownTopic<'a> {
    /// The name in its file, or else in a menu of `site.toml`.
    given_name: Option<&'a str>,
    /// How often articles use each name: published ones, and drafts.
    published: NameCounts<'a>,
    drafts: NameCounts<'a>,
}

type NameCounts<'a> = BTreeMap<&'a str, usize>;

impl<'a> KnownTopic<'a> {
    fn articles(&self) -> usize {
        self.published.values().chain(self.drafts.values()).sum()
    }

    fn name(&self, slug: &'a str) -> &'a str {
        let most_frequent = |names: &NameCounts<'a>| {
            names.iter().max_by_key(|(_, count)| **count).map(|(name, _)| *name)
        };
        self.given_name
            .or_else(|| most_frequent(&self.published))
            .or_else(|| most_frequent(&self.drafts))
            .unwrap_or(slug)
    }
}

/// Why a topic may fit, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum TopicMatch {
    /// The publisher has it as a keyword.
    Keyword,
    /// The title has all words of its name.
    Title,
    /// A keyword has all words of its name.
    InKeyword,
    /// Articles with similar titles have it.
    SimilarArticles,
}

impl<'a> KnownTopics<'a> {
    pub fn new(documents: &'a Documents, config: &'a Config) -> Self {
        let slugs = config.slugs;
        let mut by_slug: BTreeMap<&str, KnownTopic<'_>> = BTreeMap::new();
        let of_articles = documents.summaries.iter().flat_map(|(_, summary)| {
            summary.topics.iter().map(|topic| (&**topic, summary.published))
        });
        let of_faulty = documents.faulty.iter().flat_map(|article| &article.topics);
        for (topic, is_published) in of_articles.chain(of_faulty.map(|topic| (topic, false))) {
            if placeholder::is_topic(&topic.name) {
                continue;
            }
            let known = by_slug.entry(&topic.slug).or_default();
            let names = if is_published { &mut known.published } else { &mut known.drafts };
            *names.entry(&topic.name).or_default() += 1;
        }
        let menus = config.menu.iter().chain(&config.footer_menu);
        for entry in menus.filter(|entry| entry.target == MenuTarget::Topic) {
            let known = by_slug.entry(&entry.identity).or_default();
            // A slug says which topic is meant, but not how it is spelled.
            if entry.name != entry.identity {
                known.given_name.get_or_insert(&entry.name);
            }
        }
        for page in &documents.topics {
            let known = by_slug.entry(&page.slug).or_default();
            // A name with another slug would be that of another topic in an article.
            let own_name = page.name.as_deref().filter(|name| slugs.slugify(name) == page.slug);
            known.given_name = own_name.or(known.given_name);
        }
        Self { slugs, by_slug, documents }
    }

    /// A topic as the site spells it.
    pub fn usual_spelling(&self, name: &str) -> String {
        let name = text::normalize(name);
        let known = self.by_slug.get_key_value(&*self.slugs.slugify(&name));
        known.map_or(name, |(slug, topic)| topic.name(slug).to_owned())
    }

    /// A note about a topic that no other article has.
    pub fn new_topic_note(&self, name: &str) -> Option<String> {
        if self.by_slug.contains_key(&*self.slugs.slugify(name)) {
            return None;
        }
        let known = self.by_slug.iter().map(|(slug, topic)| topic.name(slug));
        let meant = closest_match(name, known).map(|meant| format!("; did you mean `{meant}`?"));
        Some(format!("topics: `{name}` is new to the site{}", meant.unwrap_or_default()))
    }

    /// The topics of the site that may fit an article, most likely first.
    pub fn suggestions(&self, title: &str, keywords: &[String]) -> Vec<String> {
        let keywords: Vec<String> =
            keywords.iter().map(|keyword| self.slugs.slugify(keyword)).collect();
        let title_slug = self.slugs.slugify(title);
        let of_similar = self.topics_of_similar_articles(title);
        let why = |slug: &str| {
            if keywords.iter().any(|keyword| keyword == slug) {
                Some(TopicMatch::Keyword)
            } else if has_words_of(&title_slug, slug) {
                Some(TopicMatch::Title)
            } else if keywords.iter().any(|keyword| has_words_of(keyword, slug)) {
                Some(TopicMatch::InKeyword)
            } else {
                of_similar.contains(slug).then_some(TopicMatch::SimilarArticles)
            }
        };
        let mut fitting: Vec<_> = self
            .by_slug
            .iter()
            .filter_map(|(slug, topic)| Some((why(slug)?, *slug, topic)))
            .collect();
        fitting.sort_by_key(|(why, _, topic)| (*why, usize::MAX - topic.articles()));
        let names = fitting.into_iter().map(|(_, slug, topic)| topic.name(slug).to_owned());
        names.take(MAX_SUGGESTIONS).collect()
    }

    /// The slugs of topics that at least half of the articles have whose titles share two rare words
    /// with this one.
    fn topics_of_similar_articles(&self, title: &str) -> BTreeSet<&'a str> {
        let wanted: BTreeSet<String> = words(title).collect();
        let mut articles_with: HashMap<String, usize> = HashMap::new();
        let mut candidates: Vec<(Vec<String>, &'a ArticleSummary)> = Vec::new();
        for (_, summary) in &self.documents.summaries {
            let mut shared: Vec<String> =
                words(&summary.title).filter(|word| wanted.contains(word)).collect();
            shared.sort_unstable();
            shared.dedup();
            for word in &shared {
                *articles_with.entry(word.clone()).or_default() += 1;
            }
            if shared.len() > 1 && !summary.topics.is_empty() {
                candidates.push((shared, summary));
            }
        }
        let common = (self.documents.summaries.len() / COMMON).max(MAX_SIMILAR);
        let is_rare =
            |word: &&String| articles_with.get(*word).is_some_and(|articles| *articles <= common);
        let mut similar: Vec<(usize, &ArticleSummary)> = candidates
            .iter()
            .map(|(shared, summary)| (shared.iter().filter(is_rare).count(), *summary))
            .filter(|(rare, _)| *rare > 1)
            .collect();
        similar.sort_by(|(a, one), (b, other)| {
            b.cmp(a).then(other.published_at.cmp(&one.published_at)).then(one.path.cmp(&other.path))
        });
        similar.truncate(MAX_SIMILAR);
        let mut votes: BTreeMap<&'a str, usize> = BTreeMap::new();
        for topic in similar.iter().flat_map(|(_, summary)| &summary.topics) {
            if let Some((slug, _)) = self.by_slug.get_key_value(&*topic.slug) {
                *votes.entry(slug).or_default() += 1;
            }
        }
        votes
            .into_iter()
            .filter(|(_, count)| count * 2 >= similar.len())
            .map(|(slug, _)| slug)
            .collect()
    }
}

/// The words of a title that may tell what it is about.
fn words(title: &str) -> impl Iterator<Item = String> {
    let words = title.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| word.chars().count() >= MIN_WORD_LENGTH).map(str::to_lowercase)
}

/// Whether a slug has all words of a topic's slug, perhaps with other endings.
fn has_words_of(slug: &str, topic: &str) -> bool {
    topic.split('-').all(|wanted| slug.split('-').any(|word| is_similar(word, wanted)))
}

/// Whether two words are equal but for a short ending, such as that of a plural.
fn is_similar(word: &str, other: &str) -> bool {
    let (short, long) = if word.len() < other.len() { (word, other) } else { (other, word) };
    long.strip_prefix(short).is_some_and(|ending| {
        ending.is_empty()
            || short.chars().count() >= MIN_WORD_LENGTH && ending.chars().count() <= MAX_ENDING
    })
}
