//! Renders pages, and computes digests of their inputs.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::collection::{Collection, DocumentId};
use crate::diagnostic::{Diagnostic, Location};
use crate::digest::{Digest, encoded};
use crate::document::ArticleBody;
use crate::page::{CardContext, Contexts, FeedPage, File, Route, TemplateContext, XmlFile};
use crate::publish::{OutputFolder, StagedFile};
use crate::render::{self, Renderer};

/// Renders the pages of a site.
pub(super) struct PageRenderer<'a> {
    contexts: &'a Contexts<'a>,
    renderer: &'a Renderer,
    collection: &'a Collection,
    shows_json_ld: bool,
    /// On what every rendered page depends: this newsgen, the templates, the configuration, and what every template sees
    /// of the site. None where that cannot be told.
    render_digest: Option<Digest>,
}

/// A page that was rendered or found up to date.
pub(super) struct RenderedPage {
    /// Digest of the page's inputs: equal inputs give equal bytes. None if unknown.
    pub(super) input_digest: Option<Digest>,
    pub(super) staged: StagedFile,
    pub(super) is_rendered: bool,
}

impl<'a> PageRenderer<'a> {
    /// A renderer of the pages of `contexts`. `render_digest` covers the generator, the templates
    /// and the configuration.
    pub(super) fn new(
        contexts: &'a Contexts<'a>,
        renderer: &'a Renderer,
        collection: &'a Collection,
        render_digest: Digest,
    ) -> Self {
        let site = encoded(&contexts.site());
        let render_digest = site.map(|site| Digest::of_parts([render_digest.as_bytes(), &site]));
        Self { contexts, renderer, collection, shows_json_ld: renderer.mentions("json_ld"), render_digest }
    }

    fn with_json_ld<'v>(
        &self,
        route: Route,
        context: TemplateContext<'v, CardContext<'v>>,
    ) -> Result<TemplateContext<'v, CardContext<'v>>, Diagnostic> {
        let Some(data) = self.contexts.linked_data(route, &context) else { return Ok(context) };
        let text = render::json_text(&data).map_err(|error| render_error(&route, &error))?;
        Ok(context.with_json_ld(text))
    }

    /// The document of the article that a page is about.
    pub(super) fn document(&self, route: Route) -> Option<DocumentId> {
        match route {
            Route::Article(id) | Route::Amp(id) => Some(self.collection.document(id)),
            _ => None,
        }
    }

    /// The digest of a page's inputs. The body of an article, which its context lacks, is
    /// represented by the document's digest.
    pub(super) fn input_digest(&self, route: Route, document: Digest) -> Option<Digest> {
        let context: TemplateContext<'_, Digest> = self.contexts.context(route);
        Some(Digest::of_parts([self.render_digest?.as_bytes(), &encoded(&context)?, document.as_bytes()]))
    }

    /// The digest of a feed's inputs.
    pub(super) fn feed_input_digest(&self, page: FeedPage) -> Option<Digest> {
        let feed = self.contexts.feed(page)?;
        Some(Digest::of_parts([
            self.render_digest?.as_bytes(),
            page.format.file_name().as_bytes(),
            &encoded(&feed)?,
        ]))
    }

    /// The bytes of a feed.
    pub(super) fn feed(&self, page: FeedPage) -> Result<Vec<u8>, Diagnostic> {
        let feed = self.contexts.feed(page).ok_or_else(|| render_error(&page, &"its list is empty"))?;
        render::feed(page.format, &feed)
    }

    /// The digest of an XML file's inputs.
    pub(super) fn xml_input_digest(&self, file: XmlFile) -> Option<Digest> {
        let context = encoded(&self.contexts.xml_context(file))?;
        Some(Digest::of_parts([self.render_digest?.as_bytes(), &context]))
    }

    /// The bytes of a directory.
    pub(super) fn xml(&self, file: XmlFile) -> Result<Vec<u8>, Diagnostic> {
        render::xml_file(&self.contexts.xml_context(file)).map_err(|error| render_error(&file, &error))
    }

    /// The bytes of a page. `article_body` gives what only the page of a document's article shows.
    pub(super) fn render(
        &self,
        route: Route,
        article_body: impl FnOnce(DocumentId) -> Result<ArticleBody, Diagnostic>,
    ) -> Result<Vec<u8>, Diagnostic> {
        let context = self.contexts.context(route);
        let context = if self.shows_json_ld { self.with_json_ld(route, context)? } else { context };
        let Some(document) = self.document(route) else { return self.renderer.render(&context) };
        let article_body = article_body(document)?;
        self.renderer.render(&self.contexts.with_body(context, &article_body))
    }

    /// The bytes of a file that no template makes, unless it is a copy.
    pub(super) fn file<'f>(&'f self, file: &'f File) -> Option<Cow<'f, [u8]>> {
        match file {
            File::Robots(sitemaps) => Some(render::robots(sitemaps).into()),
            File::Host(file) => Some(render::host_file(file).into()),
            File::Asset(location) => {
                Some(self.contexts.assets().get(*location).map_or(&[][..], |asset| &asset.bytes).into())
            }
            File::Copy(_) => None,
        }
    }

    /// Stages a file that needs no template.
    pub(super) fn stage_file(
        &self,
        path: &Arc<str>,
        file: &File,
        output: &OutputFolder,
    ) -> Result<StagedFile, Diagnostic> {
        match (file, self.file(file)) {
            (File::Copy(copied), _) => output.stage_copy(path, copied),
            (_, bytes) => output.stage(path, &bytes.unwrap_or_default()),
        }
    }

    /// The digest of a static file's inputs; none if it may have changed without changing its
    /// stamp.
    pub(super) fn file_input_digest(&self, file: &File, scanned_at: i64) -> Option<Digest> {
        if let File::Copy(file) = file {
            let is_believed = file.stamp.is_trustworthy(scanned_at);
            let stamp = encoded(&file.stamp).filter(|_| is_believed)?;
            return Some(Digest::of_parts([file.display_path().as_bytes(), &stamp]));
        }
        Some(Digest::of(&self.file(file)?))
    }
}

fn render_error(what: &dyn fmt::Debug, error: &dyn fmt::Display) -> Diagnostic {
    Diagnostic::error(Location::file(format!("{what:?}")), format!("cannot write it: {error}"))
}
