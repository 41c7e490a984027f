//! The names of topics and providers that `newsgen list` takes.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use crate::build::ListedDocument;
use crate::collection::{Collection, Term, TermId};
use crate::diagnostic::{Code, Diagnostic, Location, closest_match};
use crate::slug::Slugs;

/// What the names of topics or providers stand for.
pub(super) struct Names {
    what: &'static str,
    /// The slugs or domains, by names in lower case.
    identities: BTreeMap<String, BTreeSet<String>>,
    /// The names as they are shown.
    shown: BTreeSet<String>,
}

impl Names {
    fn new(what: &'static str) -> Self {
        Self { what, identities: BTreeMap::new(), shown: BTreeSet::new() }
    }

    fn add<'n>(&mut self, identity: &'n str, names: impl IntoIterator<Item = &'n str>) {
        for name in iter::once(identity).chain(names) {
            let identities = self.identities.entry(name.to_lowercase()).or_default();
            if !identities.contains(identity) {
                identities.insert(identity.to_owned());
            }
            if !self.shown.contains(name) {
                self.shown.insert(name.to_owned());
            }
        }
    }

    /// The slugs or domains that have this name.
    ///
    /// # Errors
    /// If there is none.
    pub(super) fn find(&self, name: &str, slugs: Slugs) -> Result<BTreeSet<String>, Diagnostic> {
        let found = self.identities.get(&name.to_lowercase());
        let found = found.or_else(|| self.identities.get(&slugs.slugify(name)));
        found.cloned().ok_or_else(|| {
            let message = format!("no article has the {} `{name}`", self.what);
            let help = match closest_match(name, self.shown.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("`newsgen list --json` shows the {} of each article", self.what),
            };
            let location = Location::file(format!("--{}", self.what));
            Diagnostic::new(Code::UnknownName, location, message).help(help)
        })
    }
}

/// The names of topics with articles, and of the topics that these are subtopics of.
pub(super) fn topic_names(all: &[ListedDocument], collection: &Collection) -> Names {
    let mut names = Names::new("topic");
    for topic in all.iter().filter_map(|one| one.summary.as_deref()).flat_map(|one| &one.topics) {
        names.add(&topic.slug, [&*topic.name]);
        for term in terms(&topic.slug, collection) {
            names.add(&term.identity, [&*term.name]);
        }
    }
    names
}

pub(super) fn provider_names(all: &[ListedDocument], collection: &Collection) -> Names {
    let mut names = Names::new("provider");
    for provider in all.iter().filter_map(|one| Some(&one.summary.as_deref()?.provider)) {
        names.add(provider.domain.as_str(), [&*provider.name, &*provider.domain.to_unicode()]);
    }
    for (_, term) in collection.providers.terms() {
        names.add(&term.identity, [&*term.name, &*term.slug]);
    }
    names
}

/// The slugs of a topic and of those that it is a subtopic of.
pub(super) fn with_parents<'s>(
    slug: &'s str,
    collection: &'s Collection,
) -> impl Iterator<Item = &'s str> {
    iter::once(slug).chain(terms(slug, collection).map(|term| &*term.identity))
}

/// A topic and those that it is a subtopic of.
fn terms<'s>(slug: &str, collection: &'s Collection) -> impl Iterator<Item = &'s Term> {
    let topics = &collection.topics;
    let parent = |id: &TermId| topics.term(*id).parent;
    iter::successors(topics.find(slug), parent).map(|id| topics.term(id))
}
