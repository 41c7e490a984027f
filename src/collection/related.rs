//! Related links of articles: those of editors, their backlinks, and articles that share topics.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::ids::{ArticleId, ids};
use super::stories::Stories;
use super::taxonomy::Taxonomy;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::digest::Digest;
use crate::document::article::Named;
use crate::document::{ArticleSummary, StoryChoice};
use crate::http_url::HttpUrl;

/// A related item of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RelatedLink {
    /// An article of this site.
    Own(ArticleId),
    /// The index of an external item in the article's own `related`.
    External(u32),
}

/// The number of articles of a topic that are searched for candidates.
const MAX_RECENT: usize = 100;

/// The related lists of all articles. Editors' links come first, then backlinks; a shorter list
/// than `count` is filled with older articles of the same topics, which get no backlinks. So a new
/// article changes only its own list and those of articles it links to. No list has articles of the
/// article's own story, which its page shows elsewhere. For `drafts` there are warnings only.
pub(super) fn link(
    summaries: &[Arc<ArticleSummary>],
    drafts: &[Arc<ArticleSummary>],
    topics: &Taxonomy,
    stories: &Stories,
    count: usize,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Vec<RelatedLink>> {
    let by_identity = by_identity(summaries, diagnostics);
    warn_of_drafts(drafts, &by_identity, summaries, diagnostics);
    let mut lists = editorial_links(summaries, &by_identity);
    add_backlinks(&mut lists);
    lists.par_iter_mut().zip(all_ids(summaries)).for_each(|(list, id)| {
        let story = stories.of(id);
        let is_of_story = |other: ArticleId| stories.of(other) == story;
        list.retain(|link| !matches!(link, RelatedLink::Own(other) if is_of_story(*other)));
        if list.len() < count {
            fill(list, id, summaries, topics, is_of_story, count);
        }
        list.shrink_to_fit();
    });
    lists
}

fn editorial_links(
    summaries: &[Arc<ArticleSummary>],
    by_identity: &HashMap<Digest, ArticleId>,
) -> Vec<Vec<RelatedLink>> {
    let links = |(id, summary): (ArticleId, &Arc<ArticleSummary>)| {
        if summary.related.is_empty() {
            return Vec::new();
        }
        let own = [summary.web_url.identity(), summary.original_url().identity()];
        let mut seen: HashSet<Digest> = own.into();
        let mut list: Vec<RelatedLink> = Vec::new();
        for (index, target) in (0..).zip(&summary.related) {
            let identity = target.identity;
            let link = by_identity
                .get(&identity)
                .map_or(RelatedLink::External(index), |id| RelatedLink::Own(*id));
            if link != RelatedLink::Own(id) && !list.contains(&link) && seen.insert(identity) {
                list.push(link);
            }
        }
        list
    };
    all_ids(summaries).into_par_iter().zip(summaries).map(links).collect()
}

fn all_ids(summaries: &[Arc<ArticleSummary>]) -> Vec<ArticleId> {
    ids(summaries.len()).collect()
}

/// The articles by URL. If several share one, the oldest has it, with a warning for each other.
fn by_identity(
    summaries: &[Arc<ArticleSummary>],
    diagnostics: &mut Vec<Diagnostic>,
) -> HashMap<Digest, ArticleId> {
    let identities: Vec<[Option<Digest>; 2]> =
        summaries.par_iter().map(|summary| identities(summary)).collect();
    let mut by_identity = HashMap::with_capacity(summaries.len());
    let mut duplicates: BTreeMap<ArticleId, ArticleId> = BTreeMap::new();
    for (id, identities) in ids(summaries.len()).rev().zip(identities.into_iter().rev()) {
        for identity in identities.into_iter().flatten() {
            let oldest = *by_identity.entry(identity).or_insert(id);
            if oldest != id {
                duplicates.entry(id).or_insert(oldest);
            }
        }
    }
    let pairs = duplicates
        .into_iter()
        .map(|(id, oldest)| (&*summaries[id.index()], &*summaries[oldest.index()]));
    let unexpected = pairs.filter(|(summary, oldest)| !is_decided(summary, oldest));
    diagnostics.extend(unexpected.map(|(summary, oldest)| duplicate(summary, oldest)));
    by_identity
}

/// Whether an editor has said if two articles are one story.
fn is_decided(a: &ArticleSummary, b: &ArticleSummary) -> bool {
    match (&a.story, &b.story) {
        (Some(StoryChoice::Alone), _) | (_, Some(StoryChoice::Alone)) => true,
        (a, b) => a.is_some() && b.is_some(),
    }
}

/// Warns of drafts whose originals published articles have.
fn warn_of_drafts(
    drafts: &[Arc<ArticleSummary>],
    by_identity: &HashMap<Digest, ArticleId>,
    summaries: &[Arc<ArticleSummary>],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let found = drafts.iter().filter_map(|draft| {
        let mut same = identities(draft).into_iter().flatten();
        let published = same.find_map(|identity| by_identity.get(&identity))?;
        let published = &*summaries[published.index()];
        if is_decided(draft, published) {
            return None;
        }
        let path = published.display_path();
        let message = format!("this draft has the same original as {path}, which is published");
        let location = Location::file(draft.display_path());
        let warning = Diagnostic::new(Code::DuplicateOriginal, location, message);
        Some(
            warning
                .at_key("originalUrl")
                .other(Location::file(path), "has the same original")
                .help("remove the draft, or write `story: none` in it to publish both"),
        )
    });
    diagnostics.extend(found);
}

fn duplicate(summary: &ArticleSummary, oldest: &ArticleSummary) -> Diagnostic {
    let message = format!(
        "the same original as {}: {}",
        oldest.display_path(),
        summary.original_url().as_str()
    );
    Diagnostic::new(Code::DuplicateOriginal, Location::file(summary.display_path()), message)
        .other(Location::file(oldest.display_path()), "has the same original")
        .help(
            "remove one of them, or write `story: NAME` in both to make them one story, or \
             `story: none` in one to keep them apart",
        )
        .changes_output()
}

/// The identities of an article's addresses.
fn identities(summary: &ArticleSummary) -> [Option<Digest>; 2] {
    summary.addresses().map(|url| url.map(HttpUrl::identity))
}

fn add_backlinks(lists: &mut [Vec<RelatedLink>]) {
    let mut back: Vec<(ArticleId, ArticleId)> = Vec::new();
    for (id, list) in ids(lists.len()).zip(lists.iter()) {
        back.extend(list.iter().filter_map(|link| match link {
            RelatedLink::Own(named) => Some((*named, id)),
            RelatedLink::External(_) => None,
        }));
    }
    let written: Vec<usize> = lists.iter().map(Vec::len).collect();
    for (named, by) in back {
        let link = RelatedLink::Own(by);
        let list = &mut lists[named.index()];
        if !list[..written[named.index()]].contains(&link) {
            list.push(link);
        }
    }
}

/// Fills a list up to `count` with older articles: by weighted shared topics (rarer topics weigh
/// more), then by quality, then by date.
fn fill(
    list: &mut Vec<RelatedLink>,
    id: ArticleId,
    summaries: &[Arc<ArticleSummary>],
    topics: &Taxonomy,
    is_of_story: impl Fn(ArticleId) -> bool,
    count: usize,
) {
    let older = summaries.len() - 1 - id.index();
    let mut shared: Vec<(ArticleId, u32)> = Vec::new();
    for topic in &summaries[id.index()].topics {
        let Some(term) = topics.find(&topic.slug) else { continue };
        let all = &topics.term(term).articles;
        let older_ones = &all[all.partition_point(|other| *other <= id)..];
        let weight = rarity(older_ones.len(), older);
        shared.extend(older_ones.iter().take(MAX_RECENT).map(|other| (*other, weight)));
    }
    shared.sort_unstable();
    let mut candidates: Vec<(u32, i64, std::cmp::Reverse<ArticleId>)> = shared
        .chunk_by(|(a, _), (b, _)| a == b)
        .filter_map(|chunk| {
            let (other, _) = chunk.first()?;
            let weight = chunk.iter().fold(0_u32, |sum, (_, weight)| sum.saturating_add(*weight));
            Some((weight, summaries[other.index()].quality.unwrap_or(0), std::cmp::Reverse(*other)))
        })
        .filter(|(.., other)| !list.contains(&RelatedLink::Own(other.0)) && !is_of_story(other.0))
        .collect();
    let missing = count - list.len();
    if candidates.len() > missing {
        candidates.select_nth_unstable_by(missing, |a, b| b.cmp(a));
        candidates.truncate(missing);
    }
    candidates.sort_unstable_by(|a, b| b.cmp(a));
    list.extend(candidates.into_iter().map(|(.., other)| RelatedLink::Own(other.0)));
}

/// What a topic of an article counts for its computed related articles.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicWeight<'a> {
    pub name: &'a str,
    /// The number of older articles with the topic.
    pub articles: usize,
    /// The number of all older articles.
    pub older: usize,
    /// 1 for a topic of all older articles, and more for rarer ones.
    pub weight: f64,
}

/// The weights of an article's topics. The articles of their parts do not count, which may have been
/// added to them.
pub(super) fn topic_weights<'a>(
    id: ArticleId,
    summaries: &'a [Arc<ArticleSummary>],
    topics: &Taxonomy,
) -> Vec<TopicWeight<'a>> {
    let older = summaries.len() - 1 - id.index();
    let weight = |topic: &'a Arc<Named>| {
        let all = topics.find(&topic.slug).map(|term| &topics.term(term).articles);
        let has_topic = |other: &&ArticleId| {
            **other > id && summaries[other.index()].topics.iter().any(|one| one.slug == topic.slug)
        };
        let articles = all.into_iter().flatten().filter(has_topic).count();
        let weight = f64::from(rarity(articles, older)) / 1024.0;
        TopicWeight { name: &topic.name, articles, older, weight }
    };
    summaries[id.index()].topics.iter().map(weight).collect()
}

/// The weight of a topic with `count` of `all` articles: the square root of its inverse frequency,
/// in 1024ths.
fn rarity(count: usize, all: usize) -> u32 {
    let inverse = ((all as u64) << 20).checked_div(count as u64).unwrap_or(0);
    u32::try_from(inverse.isqrt()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::rarity;

    #[test]
    fn rarer_topics_weigh_more() {
        assert_eq!(
            (rarity(100, 100), rarity(25, 100), rarity(1, 100), rarity(0, 0)),
            (1024, 2048, 10_240, 0)
        );
        assert!(rarity(2, 7) > rarity(3, 7));
    }
}
