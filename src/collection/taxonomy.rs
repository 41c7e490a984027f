//! Groups articles by topic and category, and what all groupings share.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use super::ids::{ArticleId, ids};
use super::near_spellings::{FREQUENT, NearSpelling, UsedName, near_spellings};
use crate::diagnostic::{Code, Diagnostic, Fix, Location, closest_match};
use crate::document::{ArticleSummary, TermPage};

/// The index of a term in its taxonomy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TermId(u32);

impl TermId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The terms of one grouping, sorted by slug.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Vec<Term>")]
pub struct Taxonomy {
    terms: Vec<Term>,
    by_identity: HashMap<String, TermId>,
}

impl Serialize for Taxonomy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.terms.serialize(serializer)
    }
}

impl From<Vec<Term>> for Taxonomy {
    fn from(mut terms: Vec<Term>) -> Self {
        terms.sort_by(|a, b| a.slug.cmp(&b.slug));
        let by_identity =
            (0..).zip(&terms).map(|(id, term)| (term.identity.clone(), TermId(id))).collect();
        Self { terms, by_identity }
    }
}

/// One topic, provider or category.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Term {
    /// The identity of a term: a slug, or a provider's domain.
    pub identity: String,
    /// The last segment of its URL; unique in its taxonomy.
    pub slug: String,
    /// The display name: from its file, else the most frequent, else the oldest one.
    pub name: String,
    /// Its file, if it has one.
    pub page: Option<TermPage>,
    /// The parent topic.
    pub parent: Option<TermId>,
    /// The subtopics, in index order.
    pub children: Vec<TermId>,
    /// Articles with this term or one of its parts, newest first.
    #[serde(skip)]
    pub articles: Vec<ArticleId>,
}

impl Taxonomy {
    pub fn terms(&self) -> impl Iterator<Item = (TermId, &Term)> {
        (0..).map(TermId).zip(&self.terms)
    }

    pub fn len(&self) -> usize {
        self.terms.len()
    }

    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    pub fn term(&self, id: TermId) -> &Term {
        &self.terms[id.index()]
    }

    /// The term with this slug or domain.
    pub fn find(&self, identity: &str) -> Option<TermId> {
        self.by_identity.get(identity).copied()
    }

    /// The terms without a parent, in index order: by `order`, then by name.
    pub fn roots(&self) -> Vec<TermId> {
        let mut roots: Vec<TermId> =
            self.terms().filter(|(_, term)| term.parent.is_none()).map(|(id, _)| id).collect();
        self.sort_for_index(&mut roots);
        roots
    }

    /// Adds the articles of subtopics to each topic.
    pub(super) fn add_articles_of_parts(&mut self) {
        for root in self.roots() {
            self.add_articles_below(root);
        }
    }

    /// Warns of files of topics that no article has, nor a topic below them.
    fn warn_of_files_without_articles(
        &self,
        of_withheld: &HashSet<Box<str>>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let mut has_articles = vec![false; self.len()];
        for (id, term) in self.terms() {
            let is_used = !term.articles.is_empty() || of_withheld.contains(&*term.slug);
            let mut next = Some(id).filter(|_| is_used);
            while let Some(id) = next.filter(|id| !has_articles[id.index()]) {
                has_articles[id.index()] = true;
                next = self.term(id).parent;
            }
        }
        let unused = self.terms().filter(|(id, _)| !has_articles[id.index()]);
        let mut files = unused.filter_map(|(_, term)| Some((term, term.page.as_ref()?)));
        for (term, page) in files.by_ref().take(MAX_HINTS) {
            let used = self.terms().filter(|(id, _)| has_articles[id.index()]);
            let used = used.map(|(_, term)| term.slug.as_str());
            let help = match closest_match(&term.slug, used) {
                Some(slug) => format!("did you mean `{slug}.md`?"),
                None => UNUSED_TOPIC.to_owned(),
            };
            let message = format!("no article has the topic `{}`", term.name);
            diagnostics.push(
                Diagnostic::new(Code::UnusedTopicFile, Location::file(&page.display_path), message)
                    .help(help),
            );
        }
        if let Some((_, page)) = files.next() {
            let message = format!("no article has the topics of {} more files", files.count() + 1);
            let location = Location::file(&page.display_path);
            diagnostics
                .push(Diagnostic::new(Code::UnusedTopicFile, location, message).help(UNUSED_TOPIC));
        }
    }

    /// The maximum depth of subtopics.
    fn add_articles_below(&mut self, id: TermId) {
        if self.term(id).children.is_empty() {
            return;
        }
        let mut articles = std::mem::take(&mut self.terms[id.index()].articles);
        for child in self.term(id).children.clone() {
            self.add_articles_below(child);
            articles.extend_from_slice(&self.term(child).articles);
        }
        articles.sort();
        articles.dedup();
        self.terms[id.index()].articles = articles;
    }

    fn sort_for_index(&self, ids: &mut [TermId]) {
        ids.sort_by_cached_key(|id| {
            let term = self.term(*id);
            let order = term.page.as_ref().and_then(|page| page.order).unwrap_or(i64::MAX);
            (order, term.name.to_lowercase(), term.slug.clone())
        });
    }
}

/// An article's mention of a term with the identity `K`.
pub(super) struct Mention<'a, K: ?Sized> {
    pub(super) identity: &'a K,
    pub(super) name: &'a str,
    pub(super) article: ArticleId,
}

/// The mentions of a term, newest first.
#[derive(Default)]
pub(super) struct Mentions<'a> {
    pub(super) articles: Vec<ArticleId>,
    /// The frequency of each name and the oldest article that uses it.
    pub(super) names: BTreeMap<&'a str, (usize, ArticleId)>,
}

impl Mentions<'_> {
    /// The most frequent name, or of several the one of the oldest article.
    pub(super) fn name(&self) -> &str {
        let best = self.names.iter().max_by_key(|(_, (count, oldest))| (*count, *oldest));
        best.map_or("", |(name, _)| name)
    }

    pub(super) fn oldest(&self) -> Option<ArticleId> {
        self.articles.last().copied()
    }
}

pub(super) fn group<'a, K: Hash + Ord + ?Sized>(
    mentions: impl Iterator<Item = Mention<'a, K>>,
) -> BTreeMap<&'a K, Mentions<'a>> {
    let mut groups: HashMap<&'a K, Mentions<'a>> = HashMap::new();
    for Mention { identity, name, article } in mentions {
        let group = groups.entry(identity).or_default();
        group.articles.push(article);
        let (count, oldest) = group.names.entry(name).or_insert((0, article));
        *count += 1;
        *oldest = article;
    }
    groups.into_iter().collect()
}

/// The topics of articles and of topic files. Topics of withheld articles need their files too.
pub(super) fn topics(
    summaries: &[Arc<ArticleSummary>],
    files: Vec<TermPage>,
    of_withheld: &HashSet<Box<str>>,
) -> (Taxonomy, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mentions = ids(summaries.len()).zip(summaries).flat_map(|(article, summary)| {
        let topics = summary.topics.iter();
        topics.map(move |topic| Mention { identity: &*topic.slug, name: &topic.name, article })
    });
    let groups = group(mentions);
    let files = files.into_iter().map(|page| (page.slug.clone(), page));
    let mut files = unique_files(files, &mut diagnostics);
    for (slug, mentions) in &groups {
        warn_of_spellings(slug, mentions, files.get(*slug), summaries, &mut diagnostics);
    }
    warn_of_near_topics(&groups, &files, summaries, &mut diagnostics);
    let mut terms: Vec<Term> = groups
        .into_iter()
        .map(|(slug, mentions)| term(slug, slug.to_owned(), mentions, files.remove(slug)))
        .collect();
    let without_articles = files.into_iter();
    terms.extend(
        without_articles
            .map(|(slug, page)| term(&slug, slug.clone(), Mentions::default(), Some(page))),
    );
    let mut taxonomy = Taxonomy::from(terms);
    link_parents(&mut taxonomy, &mut diagnostics);
    if !summaries.is_empty() {
        taxonomy.warn_of_files_without_articles(of_withheld, &mut diagnostics);
    }
    (taxonomy, diagnostics)
}

/// The categories of the articles.
pub(super) fn categories(summaries: &[Arc<ArticleSummary>]) -> Taxonomy {
    let mentions = ids(summaries.len()).zip(summaries).map(|(article, summary)| {
        let category = &summary.category;
        Mention { identity: &*category.slug, name: &category.name, article }
    });
    let groups = group(mentions).into_iter();
    let terms = groups.map(|(slug, mentions)| Term {
        name: capitalized(mentions.name()),
        ..term(
            slug,
            slug.to_owned(),
            Mentions { articles: mentions.articles, ..Mentions::default() },
            None,
        )
    });
    terms.collect::<Vec<Term>>().into()
}

pub(super) fn term(
    identity: &str,
    slug: String,
    mentions: Mentions<'_>,
    page: Option<TermPage>,
) -> Term {
    let name =
        page.as_ref().and_then(|page| page.name.clone()).unwrap_or_else(|| match mentions.name() {
            "" => slug.clone(),
            name => name.to_owned(),
        });
    let articles = mentions.articles;
    Term {
        identity: identity.to_owned(),
        slug,
        name,
        page,
        parent: None,
        children: Vec::new(),
        articles,
    }
}

/// The topic files by slug. A second file for one topic is an error.
pub(super) fn unique_files<K: fmt::Display + Ord>(
    files: impl IntoIterator<Item = (K, TermPage)>,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<K, TermPage> {
    let mut found: BTreeMap<K, TermPage> = BTreeMap::new();
    for (identity, page) in files {
        let Some(first) = found.get(&identity) else {
            found.insert(identity, page);
            continue;
        };
        let message = format!("{} is already the page of `{identity}`", first.display_path);
        diagnostics.push(
            Diagnostic::new(Code::DuplicateTerm, Location::file(page.display_path), message)
                .other(Location::file(&first.display_path), "is read as the same term")
                .help("keep one of the two files"),
        );
    }
    found
}

/// The display path of an article.
pub(super) fn display_path(summaries: &[Arc<ArticleSummary>], article: ArticleId) -> String {
    summaries[article.index()].display_path()
}

/// The heading of a category, which is written in lower case.
fn capitalized(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// How many times as many articles the right spelling of a topic has.
const PREVAILS: usize = 4;

/// Warns of topics with several spellings. The spelling in the topic's file, or one that prevails, is
/// right; up to [`MAX_HINTS`] articles with another one get a fix.
fn warn_of_spellings(
    slug: &str,
    mentions: &Mentions<'_>,
    file: Option<&TermPage>,
    summaries: &[Arc<ArticleSummary>],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let name_in_file = file.and_then(|file| file.name.as_deref());
    let in_file = name_in_file.and_then(|name| mentions.names.get_key_value(name));
    let is_named_otherwise = name_in_file.is_some() && in_file.is_none();
    let usual = mentions.names.get_key_value(mentions.name());
    let Some((right, (usual, oldest))) = in_file.or(usual) else { return };
    for (other, (count, article)) in mentions.names.iter().filter(|(other, _)| *other != right) {
        let prevails = *usual >= FREQUENT && *usual >= PREVAILS * count;
        let is_sure = in_file.is_some() || prevails && !is_named_otherwise;
        let message = format!(
            "topics `{other}` ({}) and `{right}` ({}) share the URL /topics/{slug}/",
            articles(*count),
            articles(*usual)
        );
        let has_other = |article: &&ArticleId| {
            let topics = &summaries[article.index()].topics;
            topics.iter().any(|topic| *topic.name == **other)
        };
        let found: Vec<ArticleId> = if is_sure {
            mentions.articles.iter().filter(has_other).take(MAX_HINTS).copied().collect()
        } else {
            vec![*article]
        };
        diagnostics.extend(found.into_iter().map(|article| {
            let location = Location::file(display_path(summaries, article));
            let warning = Diagnostic::new(Code::TopicSpelling, location, &*message);
            let warning = warning.at_key("topics").at_item(other);
            let usual = Location::file(display_path(summaries, *oldest));
            let fix = Fix { from: (*other).to_owned(), to: (*right).to_owned() };
            if is_sure {
                Diagnostic { fix: Some(fix.into()), ..warning.help(format!("write `{right}`")) }
            } else {
                warning.other(usual, format!("has `{right}`")).help("use one spelling")
            }
        }));
    }
}

/// A number of articles.
fn articles(count: usize) -> String {
    if count == 1 { "1 article".to_owned() } else { format!("{count} articles") }
}

/// Warns of rare topics that are probably misspelt.
fn warn_of_near_topics(
    groups: &BTreeMap<&str, Mentions<'_>>,
    files: &BTreeMap<String, TermPage>,
    summaries: &[Arc<ArticleSummary>],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let used = groups.iter().map(|(slug, mentions)| UsedName {
        text: slug,
        articles: mentions.articles.len(),
        is_confirmed: files.contains_key(*slug),
    });
    let unused = files.keys().filter(|slug| !groups.contains_key(slug.as_str()));
    let unused = unused.map(|slug| UsedName { text: slug, articles: 0, is_confirmed: true });
    for NearSpelling { rare, meant, is_only } in
        near_spellings(&used.chain(unused).collect::<Vec<_>>())
    {
        let Some(mentions) = groups.get(rare) else { continue };
        let (name, usual) = (mentions.name(), groups.get(meant));
        let in_file = files.get(meant).and_then(|file| file.name.as_deref());
        let right = in_file.or(usual.map(Mentions::name)).unwrap_or(meant);
        let has = usual.map_or_else(
            || format!("of {}", files[meant].display_path),
            |usual| format!("which {} have", articles(usual.articles.len())),
        );
        let message = format!(
            "the topic `{name}` of {} is probably `{right}`, {has}",
            articles(mentions.articles.len())
        );
        let help = format!(
            "write `{right}`, or create content/topics/{rare}.md if it is a topic of its own"
        );
        let found = misspelt(mentions, summaries, "topics", &message, &help);
        diagnostics.extend(mentions.articles.iter().zip(found).map(|(article, warning)| {
            let topics = &summaries[article.index()].topics;
            let has_right = topics.iter().any(|topic| &*topic.slug == meant);
            let written = topics.iter().find(|topic| &*topic.slug == rare);
            let written = written.map_or(name, |topic| &*topic.name);
            let fix = (is_only && !has_right)
                .then(|| Fix { from: written.to_owned(), to: right.to_owned() });
            Diagnostic { fix: fix.map(Box::new), ..warning.at_item(written) }
        }));
    }
}

/// A warning in each article of a name that is probably misspelt.
pub(super) fn misspelt(
    mentions: &Mentions<'_>,
    summaries: &[Arc<ArticleSummary>],
    key: &'static str,
    message: &str,
    help: &str,
) -> impl Iterator<Item = Diagnostic> {
    mentions.articles.iter().map(move |article| {
        let location = Location::file(display_path(summaries, *article));
        Diagnostic::new(Code::ProbablyMisspelt, location, message).at_key(key).help(help)
    })
}

/// The help for a topic's file without articles.
const UNUSED_TOPIC: &str = "name the file after a topic of your articles, or remove it";

/// The maximum depth of topics.
const MAX_DEPTH: usize = 8;

/// The number of problems that get a suggestion, since each suggestion compares all names.
pub(super) const MAX_HINTS: usize = 50;

/// Links each topic to the parent that its file names, unless the parent is unknown, closes a
/// circle or is too deep.
fn link_parents(topics: &mut Taxonomy, diagnostics: &mut Vec<Diagnostic>) {
    let wanted: Vec<(TermId, String)> = topics
        .terms()
        .filter_map(|(id, term)| Some((id, term.page.as_ref()?.parent.clone()?)))
        .collect();
    let mut problems = Vec::new();
    for (id, parent) in wanted {
        match topics.find(&parent) {
            None => {
                let problem = format!("unknown parent topic `{parent}`");
                problems.push((id, parent, problem));
            }
            Some(parent_id) => topics.terms[id.index()].parent = Some(parent_id),
        }
    }
    for (id, parent) in cut_cycles(topics) {
        let problem = if topics.term(id).slug == parent {
            format!("topic `{parent}` cannot be its own parent")
        } else {
            format!("topic `{parent}` cannot be the parent: it is a subtopic of this one")
        };
        problems.push((id, parent, problem));
    }
    for id in (0..).map(TermId).take(topics.len()) {
        if let Some(parent) = topics.term(id).parent {
            topics.terms[parent.index()].children.push(id);
        }
    }
    for (id, parent) in cut_depths(topics) {
        let problem = format!("topics can be nested at most {MAX_DEPTH} levels deep");
        problems.push((id, parent, problem));
    }
    problems.sort_by_key(|(id, ..)| *id);
    for (index, (id, parent, problem)) in problems.into_iter().enumerate() {
        let location = Location::file(
            topics.term(id).page.as_ref().map_or("", |page| page.display_path.as_str()),
        );
        let names = topics.terms.iter().map(|term| term.slug.as_str());
        let diagnostic = Diagnostic::new(Code::InvalidParent, location, problem).changes_output();
        let meant = if index < MAX_HINTS { closest_match(&parent, names) } else { None };
        diagnostics.push(match meant {
            Some(name) if name != parent => diagnostic.help(format!("did you mean `{name}`?")),
            _ => diagnostic.help("`parent` must name another topic that has articles or a file"),
        });
    }
    for index in 0..topics.terms.len() {
        let mut children = std::mem::take(&mut topics.terms[index].children);
        topics.sort_for_index(&mut children);
        topics.terms[index].children = children;
    }
}

/// Removes the parent of the last topic of each circle. Returns these topics with their former
/// parents' slugs.
fn cut_cycles(topics: &mut Taxonomy) -> Vec<(TermId, String)> {
    let mut cut = Vec::new();
    // The walk in which a topic was visited.
    let mut met: Vec<Option<TermId>> = vec![None; topics.len()];
    for start in (0..).map(TermId).take(topics.len()) {
        let mut walk = Vec::new();
        let mut next = Some(start);
        while let Some(id) = next.filter(|id| met[id.index()].is_none()) {
            met[id.index()] = Some(start);
            walk.push(id);
            next = topics.term(id).parent;
        }
        let Some(again) = next.filter(|id| met[id.index()] == Some(start)) else { continue };
        let circle = walk.iter().skip_while(|id| **id != again);
        if let Some(last) = circle.max().copied() {
            let parent = topics.terms[last.index()].parent.take();
            cut.extend(parent.map(|parent| (last, topics.term(parent).slug.clone())));
        }
    }
    cut
}

/// Removes the parents of topics that are too deep. Returns these topics with their former parents'
/// slugs.
fn cut_depths(topics: &mut Taxonomy) -> Vec<(TermId, String)> {
    let mut cut = Vec::new();
    let roots = topics.terms().filter(|(_, term)| term.parent.is_none()).map(|(id, _)| (id, 1));
    let mut open: Vec<(TermId, usize)> = roots.collect();
    while let Some((id, depth)) = open.pop() {
        if depth < MAX_DEPTH {
            open.extend(topics.term(id).children.iter().map(|child| (*child, depth + 1)));
            continue;
        }
        for child in std::mem::take(&mut topics.terms[id.index()].children) {
            topics.terms[child.index()].parent = None;
            cut.push((child, topics.term(id).slug.clone()));
            open.push((child, 1));
        }
    }
    cut
}
