//! Makes the bytes of pages, and the digests of all that they are made from.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::collection::{Collection, DocumentId};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::{Digest, encoded};
use crate::document::Details;
use crate::page::{CardView, Directory, FeedPage, File, Plan, Subject, View};
use crate::publish::{Output, Staged};
use crate::render::{self, Renderer};

/// A plan and the templates that make its pages.
pub(super) struct Press<'a> {
    plan: &'a Plan<'a>,
    renderer: &'a Renderer,
    collection: &'a Collection,
    shows_json_ld: bool,
    /// On what every rendered page depends: this newsgen, the templates, the configuration, and what every template sees
    /// of the site. None where that cannot be told.
    rendering: Option<Digest>,
}

/// A page that is ready for its place.
pub(super) struct Made {
    /// Of all that it was made from: two pages of one origin have the same bytes. None where that is not known.
    pub(super) origin: Option<Digest>,
    pub(super) staged: Staged,
    pub(super) is_rendered: bool,
}

impl<'a> Press<'a> {
    /// A press for the pages of `plan`, where `rendering` stands for this newsgen, the templates and the configuration.
    pub(super) fn new(
        plan: &'a Plan<'a>,
        renderer: &'a Renderer,
        collection: &'a Collection,
        rendering: Digest,
    ) -> Self {
        let site = encoded(&plan.site());
        let rendering = site.map(|site| Digest::of_parts([rendering.as_bytes(), &site]));
        Self { plan, renderer, collection, shows_json_ld: renderer.mentions("json_ld"), rendering }
    }

    fn with_json_ld<'v>(
        &self,
        subject: Subject,
        view: View<'v, CardView<'v>>,
    ) -> Result<View<'v, CardView<'v>>, Diagnostic> {
        let Some(data) = self.plan.linked_data(subject, &view) else { return Ok(view) };
        let text = render::json_text(&data).map_err(|error| unwritten(&subject, &error))?;
        Ok(view.with_json_ld(text))
    }

    /// The document of the article that a page is about.
    pub(super) fn document(&self, subject: Subject) -> Option<DocumentId> {
        match subject {
            Subject::Article(id) | Subject::Amp(id) => Some(self.collection.document(id)),
            _ => None,
        }
    }

    /// The origin of a page: the digest of all that it is made from. What the view of an article lacks is in its document,
    /// for which the digest of that stands, and in the configuration.
    pub(super) fn origin(&self, subject: Subject, document: Digest) -> Option<Digest> {
        let view: View<'_, Digest> = self.plan.view(subject);
        Some(Digest::of_parts([self.rendering?.as_bytes(), &encoded(&view)?, document.as_bytes()]))
    }

    /// The origin of a feed.
    pub(super) fn origin_of_feed(&self, page: FeedPage) -> Option<Digest> {
        let feed = self.plan.feed::<Digest>(page)?;
        Some(Digest::of_parts([
            self.rendering?.as_bytes(),
            page.format.file_name().as_bytes(),
            &encoded(&feed)?,
        ]))
    }

    /// The bytes of a feed.
    pub(super) fn feed(&self, page: FeedPage) -> Result<Vec<u8>, Diagnostic> {
        let feed = self.plan.feed(page).ok_or_else(|| unwritten(&page, &"its list is empty"))?;
        render::feed(page.format, &feed)
    }

    /// The origin of a directory.
    pub(super) fn origin_of_directory(&self, directory: Directory) -> Option<Digest> {
        let view = encoded(&self.plan.directory(directory))?;
        Some(Digest::of_parts([self.rendering?.as_bytes(), &view]))
    }

    /// The bytes of a directory.
    pub(super) fn directory(&self, directory: Directory) -> Result<Vec<u8>, Diagnostic> {
        render::directory(&self.plan.directory(directory)).map_err(|error| unwritten(&directory, &error))
    }

    /// The bytes of a page. `details` gives what only the page of a document's article shows.
    pub(super) fn render(
        &self,
        subject: Subject,
        details: impl FnOnce(DocumentId) -> Result<Details, Diagnostic>,
    ) -> Result<Vec<u8>, Diagnostic> {
        let view = self.plan.view(subject);
        let view = if self.shows_json_ld { self.with_json_ld(subject, view)? } else { view };
        let Some(document) = self.document(subject) else { return self.renderer.render(&view) };
        let details = details(document)?;
        self.renderer.render(&self.plan.with_details(view, &details))
    }

    /// The bytes of a file that no template makes, unless it is a copy.
    pub(super) fn file<'f>(&'f self, file: &'f File) -> Option<Cow<'f, [u8]>> {
        match file {
            File::Robots(sitemaps) => Some(render::robots(sitemaps).into()),
            File::Host(file) => Some(render::host_file(file).into()),
            File::Asset(place) => {
                Some(self.plan.assets.get(*place).map_or(&[][..], |asset| &asset.bytes).into())
            }
            File::Copy(_) => None,
        }
    }

    /// Makes a file ready that no template makes.
    pub(super) fn stage_file(
        &self,
        path: &Arc<str>,
        file: &File,
        output: &Output,
    ) -> Result<Staged, Diagnostic> {
        match (file, self.file(file)) {
            (File::Copy(copied), _) => output.stage_copy(path, copied),
            (_, bytes) => output.stage(path, &bytes.unwrap_or_default()),
        }
    }

    /// The origin of a file that no template makes; none where it may have changed without changing its stamp.
    pub(super) fn origin_of_file(&self, file: &File, looked_at: i64) -> Option<Digest> {
        if let File::Copy(file) = file {
            let is_believed = file.stamp.is_settled(looked_at);
            let stamp = encoded(&file.stamp).filter(|_| is_believed)?;
            return Some(Digest::of_parts([file.shown().as_bytes(), &stamp]));
        }
        Some(Digest::of(&self.file(file)?))
    }
}

fn unwritten(what: &dyn fmt::Debug, error: &dyn fmt::Display) -> Diagnostic {
    Diagnostic::error(Place::file(format!("{what:?}")), format!("cannot write it: {error}"))
}
