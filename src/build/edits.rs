//! A build in which nothing has changed but what single pages show: those are made anew, and all others are known to be
//! as they should. What a build of the whole site finds out about their articles comes from the state.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::ground::Ground;
use super::press::{Made, Press};
use super::shelf::Edit;
use super::{Options, Summary, Watcher, as_warning, open, record, write_state};
use crate::collection::{ArticleId, Collection, DocumentId, Member, RelatedLink};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::document::PackedDetails;
use crate::page::{Plan, Subject};
use crate::preflight::{Load, preflight};
use crate::publish::{Changes, Output};
use crate::render::Renderer;
use crate::state::{Content, KnownDocument, KnownPage, Place, Previous, Relation};

/// Publishes a site of which documents have been edited that say to all pages but their own what they said. None where
/// anything else is to be done, too, and where anything fails: a build of the whole site does it, or says why it cannot.
pub(super) fn publish(
    ground: &mut Ground,
    edits: Vec<Edit>,
    options: &Options,
    watcher: Watcher<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Summary> {
    let (documents, articles) = parted(edits, &ground.previous)?;
    let output = open(options, std::mem::take(&mut ground.glance), watcher).ok()?;
    let put = make(ground, &articles, &output).filter(|made| host_takes(made, ground)).and_then(|made| {
        let saved = put(&made, &documents, ground, options, &output)?;
        Some((made, saved))
    });
    let Some((made, saved)) = put else {
        output.abandon();
        return None;
    };
    diagnostics.extend(saved.err());
    record::succeed(options, &ground.config);
    let state = &ground.previous.state;
    let changes = changes(&state.pages, &made);
    let summary = Summary {
        census: state.census,
        files: state.pages.len(),
        rendered: made.len(),
        changes,
        until: state.span.until,
    };
    diagnostics.extend(ground.seen.iter().chain(&state.diagnostics).cloned());
    Some(summary)
}

/// Whether the site's host takes the edited pages among all others. Nothing but their lengths has changed.
fn host_takes(made: &BTreeMap<usize, Made>, ground: &Ground) -> bool {
    let config = &ground.config;
    if config.preview || !config.host.limits().are_of_lengths() {
        return true;
    }
    let length_of = |index: usize, known: &KnownPage| {
        made.get(&index).map_or(known.stamp.length, |page| page.staged.stamp.length)
    };
    let pages = ground.previous.state.pages.iter().enumerate();
    let files = pages.map(|(index, known)| (&*known.path, length_of(index, known)));
    preflight(config.host, &Load { files: files.collect(), ..Load::default() }).is_empty()
}

/// Puts the edited pages in their places, and then what is known now in the place of what was known. None where the pages
/// could not be put.
fn put(
    made: &BTreeMap<usize, Made>,
    documents: &BTreeMap<DocumentId, KnownDocument>,
    ground: &Ground,
    options: &Options,
    output: &Output,
) -> Option<Result<(), Diagnostic>> {
    let commit = || output.commit_some(made.values().map(|page| &page.staged)).ok();
    if documents.is_empty() {
        return commit().map(Ok);
    }
    let pages =
        made.iter().map(|(index, page)| (*index, KnownPage::new(&page.staged, page.origin))).collect();
    let write = || write_state(options, |out| ground.previous.rewrite(documents, &pages, out));
    let (committed, written) = rayon::join(commit, write);
    committed?;
    Some(written.and_then(|state| state.put().map_err(as_warning)))
}

/// An article that was edited.
struct EditedArticle {
    document: DocumentId,
    /// Of the bytes of the document.
    digest: Digest,
    details: PackedDetails,
    place: Place,
}

impl EditedArticle {
    /// Its pages, by their places among all, each with what it is of the article.
    fn pages(&self) -> impl Iterator<Item = (usize, fn(ArticleId) -> Subject)> {
        let page = self.place.page.map(|index| (index as usize, Subject::Article as fn(_) -> _));
        let amp_page = self.place.amp_page.map(|index| (index as usize, Subject::Amp as fn(_) -> _));
        page.into_iter().chain(amp_page)
    }
}

/// What is known of the documents now, and the articles whose pages show what was edited.
type Parted = (BTreeMap<DocumentId, KnownDocument>, Vec<EditedArticle>);

fn parted(edits: Vec<Edit>, previous: &Previous) -> Option<Parted> {
    let changed = edits.iter().filter(|edit| edit.is_changed).map(|edit| edit.id).collect();
    let mut places = previous.some_places(&changed)?;
    let (mut documents, mut articles) = (BTreeMap::new(), Vec::new());
    for Edit { id: document, known, details, is_changed } in edits {
        if is_changed && let place @ Place { page: Some(_), .. } = places.remove(&document)? {
            let digest = known.digest;
            articles.push(EditedArticle { document, digest, details: details?, place });
        }
        documents.insert(document, known);
    }
    Some((documents, articles))
}

/// Makes the edited pages ready, if all others are in their places. They are given by their places among all pages.
fn make(ground: &Ground, articles: &[EditedArticle], output: &Output) -> Option<BTreeMap<usize, Made>> {
    let edited: BTreeSet<usize> =
        articles.iter().flat_map(EditedArticle::pages).map(|(index, _)| index).collect();
    if !others_are_in_place(&ground.previous.state.pages, &edited, output) {
        return None;
    }
    if articles.is_empty() { Some(BTreeMap::new()) } else { render(ground, articles, output) }
}

/// Whether the output folder holds the known pages and nothing else of newsgen's, and nobody has touched those that were
/// not edited.
fn others_are_in_place(known: &[KnownPage], edited: &BTreeSet<usize>, output: &Output) -> bool {
    let is_in_place = |(index, page): (usize, &KnownPage)| {
        if edited.contains(&index) {
            output.lists(&page.path, index)
        } else {
            output.is_intact(&page.path, index, page.digest, page.stamp)
        }
    };
    output.lists_files(known.len()) && known.par_iter().enumerate().all(is_in_place)
}

fn changes(known: &[KnownPage], made: &BTreeMap<usize, Made>) -> Changes {
    let mut changes = Changes::default();
    for (index, page) in known.iter().enumerate() {
        let is_written = made.get(&index).is_some_and(|page| page.staged.is_written());
        let list = if is_written { &mut changes.written } else { &mut changes.unchanged };
        list.push(Arc::clone(&page.path));
    }
    changes
}

/// The edited pages by their places among all.
fn render(ground: &Ground, articles: &[EditedArticle], output: &Output) -> Option<BTreeMap<usize, Made>> {
    let (collection, ids) = neighbours(articles, &ground.previous)?;
    let (plan, _) = Plan::without_pages(&collection, &ground.config, &ground.assets);
    let renderer = Renderer::new(ground.templates.clone(), &plan.site()).ok()?;
    let press = Press::new(&plan, &renderer, &collection, ground.rendering);
    let render = |(article, index, subject_of): (&EditedArticle, usize, fn(ArticleId) -> Subject)| {
        let subject = subject_of(*ids.get(&article.document)?);
        let origin = press.origin(subject, article.digest);
        let details = article.details.clone().unpack()?;
        let bytes = press.render(subject, |_| Ok(details)).ok()?;
        let path = &ground.previous.state.pages.get(index)?.path;
        let staged = output.stage(path, &bytes).ok()?;
        Some((index, Made { origin, staged, is_rendered: true }))
    };
    let pages_of = |article| EditedArticle::pages(article).map(move |(index, of)| (article, index, of));
    articles.par_iter().flat_map_iter(pages_of).map(render).collect()
}

/// The part of the collection that the edited pages show: their articles and those that are related to them.
fn neighbours(
    articles: &[EditedArticle],
    previous: &Previous,
) -> Option<(Collection, HashMap<DocumentId, ArticleId>)> {
    let own = |relation: &Relation| match relation {
        Relation::Own(document) => Some(*document),
        Relation::External(_) => None,
    };
    let related = articles.iter().flat_map(|article| article.place.related.iter().filter_map(own));
    let documents: BTreeSet<DocumentId> =
        articles.iter().map(|article| article.document).chain(related).collect();
    let places = previous.some_places(&documents)?;
    let mut contents = previous.some_contents(&documents)?;
    let ids: HashMap<DocumentId, ArticleId> =
        documents.iter().enumerate().map(|(index, document)| (*document, ArticleId::at(index))).collect();
    let lists: BTreeMap<DocumentId, &[Relation]> =
        articles.iter().map(|article| (article.document, article.place.related.as_slice())).collect();
    let member = |document: &DocumentId| {
        let Some(Content::Article(card)) = contents.remove(document) else { return None };
        let link = |relation: &Relation| match relation {
            Relation::Own(document) => ids.get(document).copied().map(RelatedLink::Own),
            Relation::External(place) => Some(RelatedLink::External(*place)),
        };
        let related = lists.get(document).map_or(Some(Vec::new()), |list| list.iter().map(link).collect())?;
        // The address of an article without a page is of no use to any other.
        let address = match places.get(document)?.page {
            Some(index) => {
                previous.state.pages.get(index as usize)?.path.strip_suffix("/index.html")?.to_owned()
            }
            None => String::new(),
        };
        Some(Member { document: *document, card: Arc::clone(&card), address, related })
    };
    let members = documents.iter().map(member).collect::<Option<_>>()?;
    Some((Collection::part(previous.frame()?, members), ids))
}
