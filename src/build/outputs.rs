//! The output files of a site: the digests of their inputs, and their bytes.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use serde::Serialize;

use super::documents::DocumentStore;
use super::inputs::Inputs;
use super::picture_store::PictureStore;
use crate::build::cache::CachedPage;
use crate::collection::Collection;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, DigestKey, encoded};
use crate::page::{CardContext, Contexts, File, OutputContent, OutputFile, Route, TemplateContext};
use crate::publish::{OutputFolder, StagedFile};
use crate::render::{self, Renderer};
use crate::source;

/// An output file of a site.
pub(super) struct Output<'a> {
    pub(super) path: &'a Arc<str>,
    /// None if nothing that it depends on has changed since the previous build, so that only the
    /// cache knows it.
    pub(super) content: Option<&'a OutputContent>,
}

impl<'a> Output<'a> {
    pub(super) fn new(OutputFile { path, content }: &'a OutputFile) -> Self {
        Self { path, content: Some(content) }
    }

    /// Whether it is a page, and one that may have to be rendered.
    pub(super) fn is_page(&self) -> bool {
        matches!(self.content, Some(OutputContent::Page(_)))
    }
}

/// An output file that was rendered, copied or found up to date.
pub(super) struct StagedOutput {
    /// Digest of its inputs: equal inputs give equal bytes. None if unknown.
    pub(super) input_digest: Option<Digest>,
    pub(super) file: StagedFile,
    pub(super) is_outdated: bool,
}

/// Renders the output files of a site.
pub(super) struct OutputRenderer<'a> {
    contexts: &'a Contexts<'a>,
    renderer: &'a Renderer,
    collection: &'a Collection,
    documents: &'a DocumentStore,
    pictures: PictureStore,
    config: &'a Config,
    /// The names of the templates that may show JSON-LD.
    json_ld_templates: HashSet<String>,
    digest_key: &'a DigestKey,
    /// Digest of what every rendered file depends on: this newsgen, the templates, the
    /// configuration, and the site context.
    render_digest: Digest,
    /// When the site was scanned, in nanoseconds since 1970.
    scanned_at: i64,
}

impl<'a> OutputRenderer<'a> {
    pub(super) fn new(
        contexts: &'a Contexts<'a>,
        renderer: &'a Renderer,
        collection: &'a Collection,
        documents: &'a DocumentStore,
        inputs: &'a Inputs,
    ) -> Self {
        Self {
            contexts,
            renderer,
            collection,
            documents,
            pictures: PictureStore::new(&inputs.cache_folder),
            config: &inputs.config,
            digest_key: &inputs.digest_key,
            json_ld_templates: renderer.json_ld_templates(),
            render_digest: Digest::of_parts([
                inputs.render_digest.as_bytes(),
                &encoded(&contexts.site()),
            ]),
            scanned_at: inputs.scanned_at,
        }
    }

    /// Digest of an output file's inputs. None if unknown.
    fn input_digest(&self, content: &OutputContent) -> Option<Digest> {
        match content {
            OutputContent::Page(route) => {
                let context: TemplateContext<'_, Digest> = self.contexts.context(*route);
                // The context has no article body; the digest of the document covers it.
                let (document, pictures) = match route {
                    Route::Article(id) | Route::Amp(id) => (
                        self.documents.digest(self.collection.document(*id))?,
                        self.contexts.body_pictures(*id),
                    ),
                    _ => (Digest::default(), Vec::new()),
                };
                Some(self.digest_of((context, document, pictures)))
            }
            OutputContent::Feed(page) => {
                Some(self.digest_of((page.format.file_name(), self.contexts.feed(*page))))
            }
            OutputContent::Xml(file) => Some(self.digest_of(self.contexts.xml_context(*file))),
            OutputContent::File(File::Copy(file)) => {
                let is_trusted = file.stamp.is_trustworthy(self.scanned_at);
                let digest =
                    || Digest::of_parts([file.display_path().as_bytes(), &encoded(&file.stamp)]);
                is_trusted.then(digest)
            }
            OutputContent::File(File::Variant(file)) => Some(file.1.key),
            OutputContent::File(_) => Some(Digest::of(&self.bytes(content).ok()?)),
        }
    }

    /// Digest of a value and of what every rendered file depends on.
    fn digest_of<T: Serialize>(&self, value: T) -> Digest {
        self.digest_key.digest_of_value(&(self.render_digest, value))
    }

    /// The bytes of an output file.
    ///
    /// # Errors
    /// When a template fails, or a file cannot be read.
    pub(super) fn bytes(&self, content: &OutputContent) -> Result<Cow<'_, [u8]>, Diagnostic> {
        match content {
            OutputContent::Page(route) => self.page(*route).map(Cow::Owned),
            OutputContent::Feed(page) => {
                Ok(render::feed(page.format, &self.contexts.feed(*page)).into())
            }
            OutputContent::Xml(file) => {
                Ok(render::xml_file(&self.contexts.xml_context(*file)).into())
            }
            OutputContent::File(File::Robots(sitemaps)) => Ok(render::robots(sitemaps).into()),
            OutputContent::File(File::Host(file)) => Ok(render::host_file(file).into()),
            OutputContent::File(File::Asset(index)) => {
                Ok(self.contexts.assets().get(*index).map_or(&[][..], |asset| &asset.bytes).into())
            }
            OutputContent::File(File::Variant(file)) => {
                let (source, variant) = &**file;
                let pictures = self.contexts.pictures();
                let known = pictures.and_then(|pictures| pictures.files.get(&source.path));
                self.pictures.bytes(source, known, variant).map(Cow::Owned)
            }
            OutputContent::File(File::Copy(file)) => {
                source::read(&file.on_disk(), &file.display_path()).map(Cow::Owned)
            }
        }
    }

    fn page(&self, route: Route) -> Result<Vec<u8>, Diagnostic> {
        let context = self.contexts.context(route);
        let context = if self.json_ld_templates.contains(context.template()) {
            self.with_json_ld(route, context)
        } else {
            context
        };
        let (Route::Article(id) | Route::Amp(id)) = route else {
            return self.renderer.render(&context);
        };
        let document = self.collection.document(id);
        let body = self.documents.article_body(document, self.config, self.digest_key)?;
        self.renderer.render(&self.contexts.with_body(context, &body))
    }

    fn with_json_ld<'v>(
        &'v self,
        route: Route,
        context: TemplateContext<'v, CardContext<'v>>,
    ) -> TemplateContext<'v, CardContext<'v>> {
        match self.contexts.linked_data(route, &context) {
            Some(data) => context.with_json_ld(render::json_text(&data)),
            None => context,
        }
    }

    /// The length of an output file in bytes. A copy is not read.
    ///
    /// # Errors
    /// As [`OutputRenderer::bytes`].
    pub(super) fn length(&self, content: &OutputContent) -> Result<u64, Diagnostic> {
        match content {
            OutputContent::File(File::Copy(file)) => source::open(file).map(|_| file.stamp.length),
            OutputContent::File(File::Variant(file)) => Ok(file.1.length),
            _ => self.bytes(content).map(|bytes| bytes.len() as u64),
        }
    }

    /// Stages an output file, unless the one in place is up to date. `cached` is what the previous
    /// build knew of it, and `index` its index among all.
    ///
    /// # Errors
    /// As [`OutputRenderer::bytes`], and when the file cannot be written.
    pub(super) fn stage(
        &self,
        path: &Arc<str>,
        content: &OutputContent,
        index: usize,
        cached: Option<&CachedPage>,
        output: &OutputFolder,
    ) -> Result<StagedOutput, Diagnostic> {
        let input_digest = self.input_digest(content);
        let cached =
            cached.filter(|cached| input_digest.is_some() && cached.input_digest == input_digest);
        let in_place =
            cached.and_then(|cached| output.intact(path, index, cached.digest, cached.stamp));
        let is_outdated = in_place.is_none();
        let file = match (in_place, content) {
            (Some(file), _) => file,
            (None, OutputContent::File(File::Copy(source))) => output.stage_copy(path, source)?,
            (None, _) => output.stage(path, &self.bytes(content)?)?,
        };
        Ok(StagedOutput { input_digest, file, is_outdated })
    }
}
