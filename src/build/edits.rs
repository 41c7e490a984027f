//! A build in which nothing has changed but what single pages show: those are made anew, and all others are known to be
//! as they should. What a build of the whole site finds out about their articles comes from the state.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::ground::Ground;
use super::press::Press;
use super::shelf::Edit;
use super::{Options, Summary, Watcher, open, save};
use crate::collection::{ArticleId, Collection, DocumentId, Member, RelatedLink};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::document::Details;
use crate::page::{Plan, Subject};
use crate::publish::{Changes, Output, Staged};
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
    let (documents, pages) = parted(edits, &ground.previous)?;
    let output = open(options, watcher).ok()?;
    let made = make(ground, pages, &output);
    output.abandon();
    let (pages, changes) = made?;
    let state = &ground.previous.state;
    let summary = Summary { census: state.census, files: state.pages.len(), rendered: pages.len(), changes };
    diagnostics.append(&mut ground.seen);
    diagnostics.extend(state.diagnostics.iter().cloned());
    if !documents.is_empty() {
        diagnostics.extend(remember(&mut ground.previous, documents, pages, options));
    }
    Some(summary)
}

/// The page of an article that was edited.
struct EditedPage {
    /// Its place among the pages.
    index: usize,
    document: DocumentId,
    /// Of the bytes of the document.
    digest: Digest,
    details: Details,
    related: Vec<Relation>,
}

/// Parts edits into what is known of the documents now and the pages that show what was edited.
#[expect(clippy::type_complexity, reason = "two lists are plain enough")]
fn parted(
    edits: Vec<Edit>,
    previous: &Previous,
) -> Option<(Vec<(DocumentId, KnownDocument)>, Vec<EditedPage>)> {
    let changed = edits.iter().filter(|edit| edit.is_changed).map(|edit| edit.id).collect();
    let mut places = previous.some_places(&changed)?;
    let (mut documents, mut pages) = (Vec::new(), Vec::new());
    for Edit { id: document, known, details, .. } in edits {
        if let Some(Place { page: Some(index), related }) = places.remove(&document) {
            let (index, digest, details) = (index as usize, known.digest, details?.unpack()?);
            pages.push(EditedPage { index, document, digest, details, related });
        }
        documents.push((document, known));
    }
    Some((documents, pages))
}

/// Makes the edited pages, if all others are in their places.
fn make(
    ground: &Ground,
    pages: Vec<EditedPage>,
    output: &Output,
) -> Option<(Vec<(usize, KnownPage)>, Changes)> {
    let known = &ground.previous.state.pages;
    let edited: BTreeSet<usize> = pages.iter().map(|page| page.index).collect();
    let is_fine = |(index, page): (usize, &KnownPage)| {
        if edited.contains(&index) {
            output.lists(&page.path, index)
        } else {
            output.is_intact(&page.path, index, page.digest, page.stamp)
        }
    };
    if output.listed_files() != known.len() || !known.par_iter().enumerate().all(is_fine) {
        return None;
    }
    let (places, staged): (Vec<(usize, KnownPage)>, Vec<Staged>) = render(ground, pages, output)?
        .into_iter()
        .map(|(index, origin, page)| ((index, KnownPage::new(&page, Some(origin))), page))
        .unzip();
    output.commit_some(&staged).ok()?;
    let written: BTreeSet<usize> = places
        .iter()
        .zip(&staged)
        .filter(|(_, page)| page.is_written())
        .map(|((index, _), _)| *index)
        .collect();
    let path = |index: &usize| Arc::clone(&known[*index].path);
    let changes = Changes {
        written: written.iter().map(path).collect(),
        unchanged: (0..known.len())
            .filter(|index| !written.contains(index))
            .map(|index| path(&index))
            .collect(),
        removed: Vec::new(),
    };
    Some((places, changes))
}

/// The edited pages by their places, each with its origin.
fn render(ground: &Ground, pages: Vec<EditedPage>, output: &Output) -> Option<Vec<(usize, Digest, Staged)>> {
    if pages.is_empty() {
        return Some(Vec::new());
    }
    let (collection, ids) = neighbours(&pages, &ground.previous)?;
    let (plan, _) = Plan::without_pages(&collection, &ground.config);
    let renderer = Renderer::new(ground.templates.clone(), &plan.site()).ok()?;
    let press = Press::new(&plan, &renderer, &collection, ground.rendering);
    let render = |page: EditedPage| {
        let subject = Subject::Article(*ids.get(&page.document)?);
        let origin = press.origin(subject, page.digest);
        let bytes = press.render(subject, |_| Ok(page.details)).ok()?;
        let path = &ground.previous.state.pages.get(page.index)?.path;
        Some((page.index, origin, output.stage(path, &bytes).ok()?))
    };
    pages.into_par_iter().map(render).collect()
}

/// The part of the collection that the edited pages show: their articles and those that are related to them.
fn neighbours(
    pages: &[EditedPage],
    previous: &Previous,
) -> Option<(Collection, HashMap<DocumentId, ArticleId>)> {
    let own = |relation: &Relation| match relation {
        Relation::Own(document) => Some(*document),
        Relation::External(_) => None,
    };
    let related = pages.iter().flat_map(|page| page.related.iter().filter_map(own));
    let documents: BTreeSet<DocumentId> = pages.iter().map(|page| page.document).chain(related).collect();
    let places = previous.some_places(&documents)?;
    let mut contents = previous.some_contents(&documents)?;
    let ids: HashMap<DocumentId, ArticleId> =
        documents.iter().enumerate().map(|(index, document)| (*document, ArticleId::at(index))).collect();
    let lists: BTreeMap<DocumentId, &[Relation]> =
        pages.iter().map(|page| (page.document, page.related.as_slice())).collect();
    let member = |document: &DocumentId| {
        let Some(Content::Article(card)) = contents.remove(document) else { return None };
        let page = previous.state.pages.get(places.get(document)?.page? as usize)?;
        let link = |relation: &Relation| match relation {
            Relation::Own(document) => ids.get(document).copied().map(RelatedLink::Own),
            Relation::External(place) => Some(RelatedLink::External(*place)),
        };
        let related = lists.get(document).map_or(Some(Vec::new()), |list| list.iter().map(link).collect())?;
        let address = page.path.strip_suffix("/index.html")?.to_owned();
        Some(Member { document: *document, card: Arc::clone(&card), address, related })
    };
    let members = documents.iter().map(member).collect::<Option<_>>()?;
    Some((Collection::part(previous.frame()?, members), ids))
}

/// Keeps what is known now for the next build. What goes wrong is a warning.
fn remember(
    previous: &mut Previous,
    documents: Vec<(DocumentId, KnownDocument)>,
    pages: Vec<(usize, KnownPage)>,
    options: &Options,
) -> Option<Diagnostic> {
    let of_documents = documents.iter().map(|(id, _)| id.index()).collect();
    let of_pages = pages.iter().map(|(index, _)| *index).collect();
    for (id, known) in documents {
        previous.state.documents[id.index()] = known;
    }
    for (index, known) in pages {
        previous.state.pages[index] = known;
    }
    save(options, |out| previous.rewrite(&of_documents, &of_pages, out))
}
