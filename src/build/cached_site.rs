//! The site of the previous build, for a build that only changes articles' own pages.
//!
//! If site files are unchanged, the time is within the validity period, and no summary has changed,
//! then collecting and routing would give the same result. Only the articles that the edited pages
//! show are loaded from the cache.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::context::BuildContext;
use super::documents::DocumentStore;
use super::inputs::Inputs;
use super::outputs::{Output, OutputRenderer};
use super::publish::{BuiltSite, publish};
use super::report::Report;
use super::site::{PublishError, Site};
use crate::build::cache::{BuildCache, CachedRelation, DocumentSummary, PageIndexes};
use crate::collection::{
    Adjacent, ArticleId, CollectedArticle, Collection, DocumentId, OlderArticles, RelatedLink,
};
use crate::page::{Contexts, OutputContent, OutputFiles, Route, Routes, StoryPages};
use crate::publish::ManifestSnapshot;
use crate::render::Renderer;

/// The site of the previous build with the edited articles.
pub(super) struct CachedSite {
    /// The articles that the edited pages show. None if there are no such pages.
    collection: Option<Collection>,
    /// The pages of the stories of the edited articles.
    stories: StoryPages,
    /// The edited pages, by their indexes among all output files.
    edited: BTreeMap<usize, OutputContent>,
}

impl CachedSite {
    /// Loads the cached site. None if the site must be assembled, or if the cache is damaged.
    pub(super) fn load(inputs: &Inputs, documents: &DocumentStore) -> Option<Self> {
        let previous = &inputs.previous;
        if !inputs.is_reusable {
            return None;
        }
        let edited = documents.edited(&previous.state)?;
        let mut page_indexes = previous.load_page_indexes(&edited)?;
        if page_indexes.len() != edited.len() {
            return None;
        }
        page_indexes.retain(|_, indexes| indexes.page.is_some());
        if page_indexes.is_empty() {
            let stories = StoryPages::default();
            return Some(Self { collection: None, stories, edited: BTreeMap::new() });
        }
        let (collection, ids) = partial_collection(&page_indexes, previous)?;
        let pages = |(document, indexes): (&DocumentId, &PageIndexes)| {
            let id = *ids.get(document)?;
            let page =
                indexes.page.map(|index| (index as usize, OutputContent::Page(Route::Article(id))));
            let amp_page =
                indexes.amp_page.map(|index| (index as usize, OutputContent::Page(Route::Amp(id))));
            Some([page, amp_page])
        };
        let pages: Option<Vec<_>> = page_indexes.iter().map(pages).collect();
        let edited = pages?.into_iter().flatten().flatten().collect();
        let address = |(document, indexes): (&DocumentId, &PageIndexes)| {
            let id = *ids.get(document)?;
            Some((collection.stories().of(id), indexes.story_address.clone()?))
        };
        let stories = StoryPages::at(page_indexes.iter().filter_map(address));
        Some(Self { collection: Some(collection), stories, edited })
    }

    /// Publishes the site.
    pub(super) fn publish(
        &self,
        manifest_snapshot: ManifestSnapshot,
        build: &BuildContext<'_>,
        report: &mut Report,
    ) -> Result<BuiltSite, PublishError> {
        let BuildContext { inputs, documents, .. } = *build;
        let state = &inputs.previous.state;
        let outputs = self.collection.as_ref().map(|collection| {
            let routes = Routes::new(collection, &inputs.config).with_pictures(&state.pictures);
            let routes = routes.with_stories(&self.stories);
            OutputFiles::none(routes, &inputs.assets)
        });
        let contexts = outputs.as_ref().map(|outputs| Contexts::new(outputs, &inputs.digest_key));
        let renderer = contexts.as_ref().map(|contexts| {
            Renderer::new(inputs.templates.clone(), &contexts.site(), &inputs.config.locale)
        });
        let renderer = renderer.transpose().map_err(PublishError::Failed)?;
        let parts = self.collection.as_ref().zip(contexts.as_ref()).zip(renderer.as_ref());
        let renderer = parts.map(|((collection, contexts), renderer)| {
            OutputRenderer::new(contexts, renderer, collection, documents, inputs)
        });
        let outputs = state.pages.iter().enumerate();
        let site = Site {
            outputs: outputs
                .map(|(index, page)| Output { path: &page.path, content: self.edited.get(&index) })
                .collect(),
            renderer,
            cached: &state.pages,
            config: &inputs.config,
            stats: state.stats,
            validity: state.validity,
            diagnostics: state.diagnostics.clone(),
            has_errors: false,
            pictures: Arc::clone(&state.pictures),
            assembled: None,
        };
        report.scan.clone_from(&inputs.report.scan);
        report.site.clone_from(&state.diagnostics);
        publish(&site, manifest_snapshot, build, |_| inputs.addresses, report)
    }
}

/// The part of the collection that the pages of some articles show: these articles, those related
/// to them, the nearest reports of their stories, and those before and after them.
fn partial_collection(
    edited: &BTreeMap<DocumentId, PageIndexes>,
    previous: &BuildCache,
) -> Option<(Collection, HashMap<DocumentId, ArticleId>)> {
    let of_site = |relation: &CachedRelation| match relation {
        CachedRelation::Own(document) => Some(*document),
        CachedRelation::External(_) => None,
    };
    let related = edited.values().flat_map(|indexes| indexes.related.iter().filter_map(of_site));
    let older = edited.values().map(|indexes| &indexes.older);
    let older = older.flat_map(|older| older.of_provider.iter().chain(&older.on_topic)).copied();
    let adjacent = edited.values().flat_map(|indexes| [indexes.previous, indexes.next]).flatten();
    let reports = edited.values().flat_map(|indexes| indexes.reports.iter().copied());
    let own = edited.keys().copied();
    let documents: BTreeSet<DocumentId> =
        own.chain(related).chain(older).chain(adjacent).chain(reports).collect();
    let page_indexes = previous.load_page_indexes(&documents)?;
    let mut summaries = previous.load_summaries(&documents)?;
    let ids: HashMap<DocumentId, ArticleId> = documents
        .iter()
        .enumerate()
        .map(|(index, document)| (*document, ArticleId::at(index)))
        .collect();
    let article = |document: &DocumentId| {
        let Some(DocumentSummary::Article(summary)) = summaries.remove(document) else {
            return None;
        };
        let link = |relation: &CachedRelation| match relation {
            CachedRelation::Own(document) => ids.get(document).copied().map(RelatedLink::Own),
            CachedRelation::External(index) => Some(RelatedLink::External(*index)),
        };
        let adjacent = |other: Option<DocumentId>| match other {
            Some(document) => ids.get(&document).map(|id| Some(*id)),
            None => Some(None),
        };
        // Of the other articles only the cards are shown.
        let (related, older, adjacent, reports) = match edited.get(document) {
            Some(indexes) => (
                indexes.related.iter().map(link).collect::<Option<_>>()?,
                indexes.older.try_map(|other| ids.get(other).copied())?,
                Adjacent { previous: adjacent(indexes.previous)?, next: adjacent(indexes.next)? },
                indexes
                    .reports
                    .iter()
                    .map(|other| ids.get(other).copied())
                    .collect::<Option<_>>()?,
            ),
            None => (Vec::new(), OlderArticles::default(), Adjacent::default(), Vec::new()),
        };
        let indexes = page_indexes.get(document)?;
        // The address of an article without a page is of no use to any other.
        let address = match indexes.page {
            Some(index) => previous
                .state
                .pages
                .get(index as usize)?
                .path
                .strip_suffix("/index.html")?
                .to_owned(),
            None => String::new(),
        };
        Some(CollectedArticle {
            document: *document,
            summary: Arc::clone(&summary),
            address,
            related,
            card_details: indexes.card_details,
            older,
            adjacent,
            reports,
        })
    };
    let articles = documents.iter().map(article).collect::<Option<_>>()?;
    Some((Collection::part(previous.terms_and_pages()?, articles), ids))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{TestSite, article};
    use super::*;

    fn edited_paths(site: &TestSite) -> Option<Vec<String>> {
        let (inputs, documents) = site.inputs();
        let cached = CachedSite::load(&inputs, &documents)?;
        let path = |index: &usize| inputs.previous.state.pages[*index].path.to_string();
        Some(cached.edited.keys().map(path).collect())
    }

    #[test]
    fn cached_site_has_the_pages_of_edited_bodies() {
        let site = TestSite::new();
        assert_eq!(edited_paths(&site), None, "there is no cache");
        site.assemble().expect("published");
        assert_eq!(edited_paths(&site), Some(vec![]));
        site.write("content/a.md", &article("a", "Edited."));
        assert_eq!(edited_paths(&site), Some(vec!["news/2026/05/a/index.html".to_owned()]));
    }

    #[test]
    fn large_story_is_cached_by_its_nearest_reports() {
        let site = TestSite::new();
        for number in 0..20 {
            let text = article(&format!("s{number}"), "A report.");
            let text = text.replace("\nexcerpt", "\nstory: Ferry\nexcerpt");
            site.write(&format!("content/s{number:02}.md"), &text);
        }
        site.assemble().expect("published");
        let (inputs, _) = site.inputs();
        let documents: BTreeSet<DocumentId> = (0..22).map(DocumentId::at).collect();
        let indexes = inputs.previous.load_page_indexes(&documents).expect("cached");
        let counts: Vec<usize> = indexes.values().map(|indexes| indexes.reports.len()).collect();
        assert_eq!(counts, [vec![0; 2], vec![12; 20]].concat());
    }

    #[test]
    fn cached_site_is_not_loaded_for_other_inputs() {
        let site = TestSite::new();
        site.assemble().expect("published");
        site.write("templates/page.html", "mine");
        assert_eq!(edited_paths(&site), None);
    }

    #[test]
    fn cached_site_is_stale_without_one_of_its_files() {
        let site = TestSite::new();
        site.assemble().expect("published");
        let publish = || {
            let (options, (inputs, documents)) = (site.options(), site.inputs());
            let cached = CachedSite::load(&inputs, &documents).expect("cached");
            let snapshot = ManifestSnapshot::read(&options.output.folder);
            let build = BuildContext {
                inputs: &inputs,
                documents: &documents,
                options: &options,
                on_progress: &|_| {},
            };
            cached.publish(snapshot, &build, &mut Report::default())
        };
        let summary = publish().ok().expect("published").summary;
        assert_eq!((summary.outdated, summary.changes.written.len()), (0, 0));
        site.remove("public/news/2026/05/b/index.html");
        assert!(matches!(publish(), Err(PublishError::Stale)));
    }
}
