//! An incremental build after edits that only affect the articles' own pages. Everything else comes
//! from the cache.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::documents::Edit;
use super::inputs::Inputs;
use super::render::{PageRenderer, RenderedPage};
use super::{BuildOptions, ProgressFn, Summary, as_warning, last_build, open_output, write_cache};
use crate::build::cache::{
    BuildCache, CachedDocument, CachedPage, CachedRelation, DocumentSummary, PageIndexes,
};
use crate::collection::{ArticleId, CollectedArticle, Collection, DocumentId, RelatedLink};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::document::PackedBody;
use crate::page::{Contexts, OutputFiles, Route, Routes};
use crate::preflight::{SiteContents, preflight};
use crate::publish::{OutputChanges, OutputFolder};
use crate::render::Renderer;

/// Publishes a site in which only bodies of documents were edited. Returns none if anything else is
/// to be done or anything fails; the caller then runs a full build.
pub(super) fn publish(
    inputs: &mut Inputs,
    edits: Vec<Edit>,
    options: &BuildOptions,
    on_progress: ProgressFn<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Summary> {
    let (documents, articles) = split_edits(edits, &inputs.previous)?;
    let output = open_output(options, std::mem::take(&mut inputs.manifest_snapshot), on_progress).ok()?;
    let put = stage_edited(inputs, &articles, &output)
        .filter(|rendered_page| fits_host(rendered_page, inputs))
        .and_then(|rendered_page| {
            let saved = commit(&rendered_page, &documents, inputs, options, &output)?;
            Some((rendered_page, saved))
        });
    let Some((rendered_page, saved)) = put else {
        output.abandon();
        return None;
    };
    diagnostics.extend(saved.err());
    last_build::succeed(options, &inputs.config);
    let state = &inputs.previous.state;
    let changes = changes(&state.pages, &rendered_page);
    let summary = Summary {
        stats: state.stats,
        files: state.pages.len(),
        rendered: rendered_page.len(),
        changes,
        next_change: state.validity.until,
    };
    diagnostics.extend(inputs.scan_diagnostics.iter().chain(&state.diagnostics).cloned());
    Some(summary)
}

/// Whether the site's host takes the edited pages among all others. Nothing but their lengths has changed.
fn fits_host(rendered_page: &BTreeMap<usize, RenderedPage>, inputs: &Inputs) -> bool {
    let config = &inputs.config;
    if config.preview || !config.host.limits().limits_sizes() {
        return true;
    }
    let length_of = |index: usize, cached: &CachedPage| {
        rendered_page.get(&index).map_or(cached.stamp.length, |page| page.staged.stamp.length)
    };
    let pages = inputs.previous.state.pages.iter().enumerate();
    let files = pages.map(|(index, cached)| (&*cached.path, length_of(index, cached)));
    preflight(config.host, &SiteContents { files: files.collect(), ..SiteContents::default() }).is_empty()
}

/// Puts the edited pages in their places, and then what is known now in the place of what was known. None where the pages
/// could not be put.
fn commit(
    rendered_page: &BTreeMap<usize, RenderedPage>,
    documents: &BTreeMap<DocumentId, CachedDocument>,
    inputs: &Inputs,
    options: &BuildOptions,
    output: &OutputFolder,
) -> Option<Result<(), Diagnostic>> {
    let commit = || output.commit_some(rendered_page.values().map(|page| &page.staged)).ok();
    if documents.is_empty() {
        return commit().map(Ok);
    }
    let pages = rendered_page
        .iter()
        .map(|(index, page)| (*index, CachedPage::new(&page.staged, page.input_digest)))
        .collect();
    let write = || write_cache(options, |out| inputs.previous.rewrite(documents, &pages, out));
    let (committed, written) = rayon::join(commit, write);
    committed?;
    Some(written.and_then(|state| state.put().map_err(as_warning)))
}

/// An article that was edited.
struct EditedArticle {
    document: DocumentId,
    /// Of the bytes of the document.
    digest: Digest,
    article_body: PackedBody,
    page_indexes: PageIndexes,
}

impl EditedArticle {
    /// Its pages, by their places among all, each with what it is of the article.
    fn pages(&self) -> impl Iterator<Item = (usize, fn(ArticleId) -> Route)> {
        let page = self.page_indexes.page.map(|index| (index as usize, Route::Article as fn(_) -> _));
        let amp_page = self.page_indexes.amp_page.map(|index| (index as usize, Route::Amp as fn(_) -> _));
        page.into_iter().chain(amp_page)
    }
}

/// What is known of the documents now, and the articles whose pages show what was edited.
type SplitEdits = (BTreeMap<DocumentId, CachedDocument>, Vec<EditedArticle>);

fn split_edits(edits: Vec<Edit>, previous: &BuildCache) -> Option<SplitEdits> {
    let changed = edits.iter().filter(|edit| edit.is_changed).map(|edit| edit.id).collect();
    let mut page_indexes = previous.load_page_indexes(&changed)?;
    let (mut documents, mut articles) = (BTreeMap::new(), Vec::new());
    for Edit { id: document, cached, article_body, is_changed } in edits {
        if is_changed
            && let page_indexes @ PageIndexes { page: Some(_), .. } = page_indexes.remove(&document)?
        {
            let digest = cached.digest;
            articles.push(EditedArticle { document, digest, article_body: article_body?, page_indexes });
        }
        documents.insert(document, cached);
    }
    Some((documents, articles))
}

/// Makes the edited pages ready, if all others are in their places. They are given by their places among all pages.
fn stage_edited(
    inputs: &Inputs,
    articles: &[EditedArticle],
    output: &OutputFolder,
) -> Option<BTreeMap<usize, RenderedPage>> {
    let edited: BTreeSet<usize> =
        articles.iter().flat_map(EditedArticle::pages).map(|(index, _)| index).collect();
    if !others_are_intact(&inputs.previous.state.pages, &edited, output) {
        return None;
    }
    if articles.is_empty() { Some(BTreeMap::new()) } else { render(inputs, articles, output) }
}

/// Whether the output folder holds the known pages and nothing else of newsgen's, and nobody has touched those that were
/// not edited.
fn others_are_intact(cached: &[CachedPage], edited: &BTreeSet<usize>, output: &OutputFolder) -> bool {
    let is_in_place = |(index, page): (usize, &CachedPage)| {
        if edited.contains(&index) {
            output.manifest_contains(&page.path, index)
        } else {
            output.is_intact(&page.path, index, page.digest, page.stamp)
        }
    };
    output.manifest_has_len(cached.len()) && cached.par_iter().enumerate().all(is_in_place)
}

fn changes(cached: &[CachedPage], rendered_page: &BTreeMap<usize, RenderedPage>) -> OutputChanges {
    let mut changes = OutputChanges::default();
    for (index, page) in cached.iter().enumerate() {
        let is_written = rendered_page.get(&index).is_some_and(|page| page.staged.is_written());
        let list = if is_written { &mut changes.written } else { &mut changes.unchanged };
        list.push(Arc::clone(&page.path));
    }
    changes
}

/// The edited pages by their places among all.
fn render(
    inputs: &Inputs,
    articles: &[EditedArticle],
    output: &OutputFolder,
) -> Option<BTreeMap<usize, RenderedPage>> {
    let (collection, ids) = partial_collection(articles, &inputs.previous)?;
    let outputs = OutputFiles::none(Routes::new(&collection, &inputs.config), &inputs.assets);
    let contexts = Contexts::new(&outputs);
    let renderer = Renderer::new(inputs.templates.clone(), &contexts.site()).ok()?;
    let renderer = PageRenderer::new(&contexts, &renderer, &collection, inputs.render_digest);
    let render = |(article, index, subject_of): (&EditedArticle, usize, fn(ArticleId) -> Route)| {
        let route = subject_of(*ids.get(&article.document)?);
        let input_digest = renderer.input_digest(route, article.digest);
        let article_body = article.article_body.clone().unpack()?;
        let bytes = renderer.render(route, |_| Ok(article_body)).ok()?;
        let path = &inputs.previous.state.pages.get(index)?.path;
        let staged = output.stage(path, &bytes).ok()?;
        Some((index, RenderedPage { input_digest, staged, is_rendered: true }))
    };
    let pages_of = |article| EditedArticle::pages(article).map(move |(index, of)| (article, index, of));
    articles.par_iter().flat_map_iter(pages_of).map(render).collect()
}

/// The part of the collection that the edited pages show: their articles and those that are related to them.
fn partial_collection(
    articles: &[EditedArticle],
    previous: &BuildCache,
) -> Option<(Collection, HashMap<DocumentId, ArticleId>)> {
    let own = |relation: &CachedRelation| match relation {
        CachedRelation::Own(document) => Some(*document),
        CachedRelation::External(_) => None,
    };
    let related = articles.iter().flat_map(|article| article.page_indexes.related.iter().filter_map(own));
    let documents: BTreeSet<DocumentId> =
        articles.iter().map(|article| article.document).chain(related).collect();
    let page_indexes = previous.load_page_indexes(&documents)?;
    let mut contents = previous.load_summaries(&documents)?;
    let ids: HashMap<DocumentId, ArticleId> =
        documents.iter().enumerate().map(|(index, document)| (*document, ArticleId::at(index))).collect();
    let lists: BTreeMap<DocumentId, &[CachedRelation]> =
        articles.iter().map(|article| (article.document, article.page_indexes.related.as_slice())).collect();
    let member = |document: &DocumentId| {
        let Some(DocumentSummary::Article(summary)) = contents.remove(document) else { return None };
        let link = |relation: &CachedRelation| match relation {
            CachedRelation::Own(document) => ids.get(document).copied().map(RelatedLink::Own),
            CachedRelation::External(page_indexes) => Some(RelatedLink::External(*page_indexes)),
        };
        let related = lists.get(document).map_or(Some(Vec::new()), |list| list.iter().map(link).collect())?;
        // The address of an article without a page is of no use to any other.
        let address = match page_indexes.get(document)?.page {
            Some(index) => {
                previous.state.pages.get(index as usize)?.path.strip_suffix("/index.html")?.to_owned()
            }
            None => String::new(),
        };
        Some(CollectedArticle { document: *document, summary: Arc::clone(&summary), address, related })
    };
    let members = documents.iter().map(member).collect::<Option<_>>()?;
    Some((Collection::part(previous.terms_and_pages()?, members), ids))
}
