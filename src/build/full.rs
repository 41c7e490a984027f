//! A full build: collects all documents, plans all pages, and renders those that are out of date.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::address_lock::{self, Addresses};
use super::documents::DocumentStore;
use super::inputs::Inputs;
use super::render::{PageRenderer, RenderedPage};
use super::{
    BuildOptions, ProgressCounter, ProgressFn, Summary, as_warning, check_output_outside_sources,
    drop_in_background, has_blocking_errors, is_about_document, last_build, missing_content, open_output,
    write_cache,
};
use crate::build::cache::{CacheContents, CacheState, CachedPage, CachedRelation, PageIndexes, SiteStats};
use crate::collection::{Collection, Documents, RelatedLink, Withheld};
use crate::config::{Config, OnError};
use crate::diagnostic::{self, Diagnostic, Origin};
use crate::digest::Digest;
use crate::document::ArticleSummary;
use crate::page::{Contexts, File, OutputContent, OutputFile, OutputFiles, Refused, Route, Routes};
use crate::preflight::{HEADERS, REDIRECTS, SiteContents, preflight};
use crate::publish::{AtomicFile, ManifestSnapshot, OutputChanges, OutputFolder, StagedFile, check_usable};
use crate::render::Renderer;
use crate::reservations::{ReservationIndex, Reservations};
use crate::source;

/// Publishes a site, or finds out whether it could be published. None where it could not; `diagnostics` say why.
///
/// A document that cannot have the paths that it wants is left out, where the site says so, and the rest is planned again. That
/// ends, because each round leaves out at least one more.
pub(super) fn publish(
    inputs: Inputs,
    store: DocumentStore,
    options: &BuildOptions,
    on_progress: ProgressFn<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Summary> {
    let mut inputs = inputs;
    let mut manifest_snapshot = std::mem::take(&mut inputs.manifest_snapshot);
    let fails = has_blocking_errors(
        &inputs.scan_diagnostics,
        &inputs.site_errors,
        &store.diagnostics,
        &inputs.config,
    );
    let reserves = !options.output.check_only && !fails && address_lock::are_remembered(&inputs.config);
    let held = reserves.then(|| address_lock::hold(options, on_progress));
    if matches!(held, Some(Ok(_))) {
        // Another build may have written it since it was read.
        match address_lock::read_lock(&options.root) {
            Ok(lock) => inputs.lock = lock,
            Err(diagnostic) => inputs.site_errors.push(diagnostic),
        }
    }
    let (reservations, collection_diagnostics) = address_lock::reservations(&options.root, &inputs.lock);
    inputs.site_errors.extend(collection_diagnostics);
    let _held = held.map(|held| held.map_err(|warning| diagnostics.push(warning)));
    let found_before = diagnostics.len();
    let summaries: Vec<Arc<ArticleSummary>> = store.summaries().cloned().collect();
    let reserved = reservations.index(&summaries);
    let leaves_out = inputs.config.on_error == OnError::LeaveOut;
    let mut left_out = LeftOut::new();
    loop {
        let names = left_out.keys().cloned().collect();
        let documents = Documents { left_out: names, ..store.by_kind() };
        let withheld = Withheld::of(&documents, &inputs.config);
        let (collection, collection_diagnostics) = Collection::new(documents, &inputs.config, &reserved);
        let routes = Routes::new(&collection, &inputs.config);
        let (outputs, route_diagnostics) = OutputFiles::new(routes, &inputs.static_files, &inputs.assets);
        if add_rejected(&outputs, leaves_out, &mut left_out) && leaves_out {
            continue;
        }
        let planned = PlannedSite {
            outputs,
            collection: &collection,
            reservations: &reservations,
            reserved: &reserved,
            withheld,
            left_out: left_out.clone(),
            collection_diagnostics,
            route_diagnostics,
            manifest_snapshot: std::mem::take(&mut manifest_snapshot),
        };
        let mut too_large = LeftOut::new();
        let summary =
            publish_plan(planned, &inputs, &store, options, on_progress, diagnostics, &mut too_large);
        if leaves_out && too_large.keys().any(|document| !left_out.contains_key(document)) {
            left_out.extend(too_large);
            diagnostics.truncate(found_before);
            manifest_snapshot = ManifestSnapshot::read(&options.output.folder);
            continue;
        }
        drop_in_background((inputs, store, collection));
        return summary;
    }
}

/// The documents that cannot have the paths that they want, as diagnostics name them, each with its error.
type LeftOut = BTreeMap<String, Diagnostic>;

/// Adds the documents that a plan refuses; where these are left out at first only those that it surely refuses, since without
/// these others may have their paths. Whether there is one more.
fn add_rejected(outputs: &OutputFiles<'_>, leaves_out: bool, left_out: &mut LeftOut) -> bool {
    let before = left_out.len();
    let refused = || outputs.refused.iter().filter(|refused| is_about_document(&refused.error));
    let adds_all = !leaves_out || !refused().any(|refused| refused.is_sure);
    for Refused { error, .. } in refused().filter(|refused| refused.is_sure || adds_all) {
        left_out.entry(error.location.file.clone()).or_insert_with(|| error.clone());
    }
    left_out.len() > before
}

/// A site that is planned.
struct PlannedSite<'a, 'i> {
    outputs: OutputFiles<'a>,
    collection: &'a Collection,
    reservations: &'a Reservations,
    reserved: &'a ReservationIndex<'i>,
    withheld: Withheld,
    left_out: LeftOut,
    /// What was found while the documents were collected.
    collection_diagnostics: Vec<Diagnostic>,
    /// What was found while the pages were planned.
    route_diagnostics: Vec<Diagnostic>,
    manifest_snapshot: ManifestSnapshot,
}

#[expect(clippy::too_many_lines, reason = "these are the steps of a full build in their order")]
fn publish_plan(
    planned: PlannedSite<'_, '_>,
    inputs: &Inputs,
    store: &DocumentStore,
    options: &BuildOptions,
    on_progress: ProgressFn<'_>,
    diagnostics: &mut Vec<Diagnostic>,
    too_large: &mut LeftOut,
) -> Option<Summary> {
    let PlannedSite {
        outputs,
        collection,
        reservations,
        reserved,
        withheld,
        left_out,
        collection_diagnostics,
        route_diagnostics,
        manifest_snapshot,
    } = planned;
    let (Inputs { config, scan_diagnostics, previous, .. }, mut site_errors) =
        (inputs, inputs.site_errors.clone());
    let errors = |found: &[Diagnostic]| found.iter().filter(|found| found.is_error()).count();
    let (of_keys, route_diagnostics): (Vec<Diagnostic>, _) =
        route_diagnostics.into_iter().partition(|found| found.key.is_some());
    // Which paths there are depends on all of site.toml.
    let (of_keys, left_out) =
        if config.is_complete { (of_keys, left_out) } else { (Vec::new(), LeftOut::new()) };
    let is_sure = |found: &Diagnostic| config.knows_ignored && (config.is_complete || found.key.is_none());
    let collection_diagnostics: Vec<Diagnostic> =
        collection_diagnostics.into_iter().filter(is_sure).collect();
    let stats = SiteStats {
        articles: collection.len(),
        topics: collection.topics.len(),
        providers: collection.providers.len(),
        withheld,
        left_out: store.left_out()
            + left_out.len()
            + errors(scan_diagnostics)
            + errors(&collection_diagnostics)
            + of_keys.len(),
    };
    let mut document_errors = store.diagnostics.clone();
    let collection_diagnostics =
        collection_diagnostics.into_iter().chain(left_out.into_values()).chain(of_keys);
    document_errors.extend(collection_diagnostics.map(|diagnostic| store.locate_key(diagnostic, config)));
    site_errors.extend(route_diagnostics);
    // Where documents are left out none is refused any more.
    let is_of_site =
        |refused: &&Diagnostic| config.on_error == OnError::LeaveOut || !is_about_document(refused);
    let refused = outputs.refused.iter().map(|refused| &refused.error).filter(|_| config.is_complete);
    site_errors.extend(refused.filter(is_of_site).cloned());
    let contexts = Contexts::new(&outputs);
    let renderer =
        collect_errors(Renderer::new(inputs.templates.clone(), &contexts.site()), &mut site_errors);
    if !has_blocking_errors(scan_diagnostics, &site_errors, &document_errors, config) {
        site_errors.extend(missing_content::documents(
            &outputs,
            collection,
            &withheld,
            inputs,
            store,
            &manifest_snapshot,
            options,
        ));
    }
    let stops = has_blocking_errors(scan_diagnostics, &site_errors, &document_errors, config);
    let collection_diagnostics: Vec<Diagnostic> = site_errors.into_iter().chain(document_errors).collect();
    let has_errors = scan_diagnostics.iter().chain(&collection_diagnostics).any(Diagnostic::is_error);
    diagnostics.extend(scan_diagnostics.iter().chain(&collection_diagnostics).cloned());
    // The state does not keep what only this build has to say.
    let addresses = Addresses::new(reserved, &outputs, collection, config);
    let warnings = if stops { Vec::new() } else { addresses.warnings() };
    diagnostics.extend(warnings.into_iter().map(|warning| store.locate_key(warning, config)));

    let renderer = renderer?;
    let site = FullBuild {
        outputs: &outputs,
        renderer: PageRenderer::new(&contexts, &renderer, collection, inputs.render_digest),
        store,
        config,
        cached: &previous.state.pages,
        too_large: OnceLock::new(),
    };
    let mut of_addresses = Vec::new();
    let mut remembered = Digest::default();
    let mut remember = || {
        remembered =
            address_lock::remember(&addresses, reservations, &inputs.lock, options, &mut of_addresses);
    };
    if stops || options.output.check_only {
        let mut checked = site.check(options, on_progress);
        too_large.extend(site.too_large.into_inner().unwrap_or_default());
        if let Err(errors) = &mut checked {
            errors.retain(|error| config.is_complete || !renderer.may_lack_a_value(error));
        }
        collect_errors(checked, diagnostics)?;
        let (files, changes) = (outputs.files.len(), OutputChanges::default());
        let until = store.validity(config).until;
        return (!stops).then_some(Summary { stats, files, rendered: 0, changes, next_change: until });
    }
    let published = site.publish(options, manifest_snapshot, on_progress, &mut remember);
    too_large.extend(site.too_large.into_inner().unwrap_or_default());
    let PublishedPages { output, pages, changes, rendered } = collect_errors(published, diagnostics)?;
    diagnostics.extend(of_addresses);
    let validity = store.validity(config);
    let summary = Summary { stats, files: pages.len(), rendered, changes, next_change: validity.until };
    let documents = store.cache_entries();
    let contents = CacheContents {
        page_indexes: page_indexes(&outputs, collection, documents.len()),
        documents,
        terms_and_pages: collection.terms_and_pages(),
    };
    drop(contexts);
    drop(outputs);
    let state = CacheState {
        generator: inputs.generator,
        parse_digest: inputs.parse_digest,
        site: inputs.site.filter(|_| !has_errors),
        lock: remembered,
        validity,
        site_files: inputs.site_files.clone(),
        stats,
        diagnostics: collection_diagnostics,
        documents: Vec::new(),
        pages,
    };
    let written = write_cache(options, |out| state.write(&contents, previous, out));
    diagnostics.extend(written.and_then(AtomicFile::put).map_err(as_warning).err());
    last_build::succeed(options, config);
    // The next build may begin now, with this state.
    drop((contents, output));
    Some(summary)
}

/// Where each document is on the site, if none has an error; only then an article's document has
/// the place here that it has in the store.
fn page_indexes(outputs: &OutputFiles<'_>, collection: &Collection, documents: usize) -> Vec<PageIndexes> {
    let mut page_indexes = vec![PageIndexes::default(); documents];
    let relation = |link: &RelatedLink| match link {
        RelatedLink::Own(other) => CachedRelation::Own(collection.document(*other)),
        RelatedLink::External(index) => CachedRelation::External(*index),
    };
    for (index, page) in (0..).zip(&outputs.files) {
        let OutputContent::Page(Route::Article(id) | Route::Amp(id)) = page.content else { continue };
        let Some(indexes) = page_indexes.get_mut(collection.document(id).index()) else { continue };
        if matches!(page.content, OutputContent::Page(Route::Amp(_))) {
            indexes.amp_page = Some(index);
        } else {
            indexes.page = Some(index);
            indexes.related = collection.related(id).iter().map(relation).collect();
        }
    }
    page_indexes
}

/// The value, or nothing where there are errors, which are noted.
fn collect_errors<T>(result: Result<T, Vec<Diagnostic>>, diagnostics: &mut Vec<Diagnostic>) -> Option<T> {
    result.map_err(|errors| diagnostics.extend(errors)).ok()
}

/// What [`FullBuild::publish`] did.
struct PublishedPages {
    /// The output folder, which no other build changes while this is held.
    output: OutputFolder,
    pages: Vec<CachedPage>,
    changes: OutputChanges,
    rendered: usize,
}

/// A site that is ready to be rendered.
struct FullBuild<'a> {
    outputs: &'a OutputFiles<'a>,
    renderer: PageRenderer<'a>,
    store: &'a DocumentStore,
    config: &'a Config,
    /// The pages of the build before, sorted by path.
    cached: &'a [CachedPage],
    /// The documents whose pages the host does not take for their length.
    too_large: OnceLock<LeftOut>,
}

impl FullBuild<'_> {
    /// Publishes the site. `before_commit` is called when all pages are made and none is in its place yet.
    fn publish(
        &self,
        options: &BuildOptions,
        manifest_snapshot: ManifestSnapshot,
        on_progress: ProgressFn<'_>,
        before_commit: &mut dyn FnMut(),
    ) -> Result<PublishedPages, Vec<Diagnostic>> {
        let output =
            open_output(options, manifest_snapshot, on_progress).map_err(|diagnostic| vec![diagnostic])?;
        let rendered_page = self.for_each_page(on_progress, |index, page| {
            self.stage_page(page, index, &output, options.scanned_at)
        });
        let committed = rendered_page.and_then(|rendered_page| {
            let lengths: Vec<u64> =
                rendered_page.iter().map(|rendered_page| rendered_page.staged.stamp.length).collect();
            self.check_host_limits(&lengths)?;
            let rendered = rendered_page.iter().filter(|rendered_page| rendered_page.is_rendered).count();
            let (origins, staged): (Vec<Option<Digest>>, Vec<StagedFile>) = rendered_page
                .into_iter()
                .map(|rendered_page| (rendered_page.input_digest, rendered_page.staged))
                .unzip();
            before_commit();
            Ok((output.commit(&staged)?, origins, staged, rendered))
        });
        let (removed, origins, staged, rendered) = match committed {
            Ok(committed) => committed,
            Err(diagnostics) => {
                output.abandon();
                return Err(diagnostics);
            }
        };
        let pages = origins
            .into_iter()
            .zip(&staged)
            .map(|(input_digest, staged)| CachedPage::new(staged, input_digest));
        let pages = pages.collect();
        Ok(PublishedPages { output, pages, changes: OutputChanges::new(staged, removed), rendered })
    }

    /// Hands every page with its place among all to `take`, in parallel, until the machine fails: a full disk is full for all
    /// of them.
    ///
    /// # Errors
    /// Those of all pages, each place once.
    fn for_each_page<T: Send>(
        &self,
        on_progress: ProgressFn<'_>,
        take: impl Fn(usize, &OutputFile) -> Result<T, Diagnostic> + Sync,
    ) -> Result<Vec<T>, Vec<Diagnostic>> {
        let counter = ProgressCounter::new("writing", self.outputs.files.len(), on_progress);
        let has_failed = AtomicBool::new(false);
        // An error is large and rare, and there is a result for every page.
        let take = |(index, page): (usize, &OutputFile)| {
            if has_failed.load(Ordering::Relaxed) {
                return Err(None);
            }
            let taken = take(index, page);
            if taken.as_ref().is_err_and(|error| error.origin == Origin::Io) {
                has_failed.store(true, Ordering::Relaxed);
            }
            counter.increment();
            taken.map_err(|error| Some(Box::new(error)))
        };
        let results: Vec<Result<T, Option<Box<Diagnostic>>>> =
            self.outputs.files.par_iter().enumerate().map(take).collect();
        let (mut errors, mut scan_diagnostics) = (Vec::new(), HashSet::new());
        let mut note = |error: Option<Box<Diagnostic>>| {
            if let Some(error) = error
                && scan_diagnostics.insert((error.location.clone(), error.message.clone()))
            {
                errors.push(*error);
            }
        };
        let taken = results.into_iter().filter_map(|result| result.map_err(&mut note).ok()).collect();
        if errors.is_empty() { Ok(taken) } else { Err(errors) }
    }

    /// Does everything that publishing does, short of writing.
    fn check(&self, options: &BuildOptions, on_progress: ProgressFn<'_>) -> Result<(), Vec<Diagnostic>> {
        let mut errors = Vec::new();
        let output = &options.output;
        errors.extend(check_output_outside_sources(&output.folder, &options.root).err());
        errors.extend(check_usable(&output.folder, output.force).err());
        let lengths = self.for_each_page(on_progress, |_, page| match &page.content {
            OutputContent::Page(route) => self.render(*route).map(|bytes| bytes.len() as u64),
            OutputContent::Feed(feed) => self.renderer.feed(*feed).map(|bytes| bytes.len() as u64),
            OutputContent::Xml(file) => self.renderer.xml(*file).map(|bytes| bytes.len() as u64),
            OutputContent::File(File::Copy(file)) => source::open(file).map(|_| file.stamp.length),
            OutputContent::File(file) => Ok(self.renderer.file(file).map_or(0, |bytes| bytes.len() as u64)),
        });
        let taken = lengths.and_then(|lengths| self.check_host_limits(&lengths));
        errors.extend(taken.err().into_iter().flatten());
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn check_host_limits(&self, lengths: &[u64]) -> Result<(), Vec<Diagnostic>> {
        // Not all paths of a plan that refuses some will be there, nor those that a faulty site.toml leads to.
        if self.config.preview || !self.config.is_complete || !self.outputs.refused.is_empty() {
            return Ok(());
        }
        let too_large = self.too_large.get_or_init(|| self.too_large(lengths));
        if !too_large.is_empty() {
            return Err(too_large.values().cloned().collect());
        }
        let load = self.site_contents(lengths);
        if preflight(self.config.host, &load).is_empty() {
            return Ok(());
        }
        let load = SiteContents { usage: self.outputs.usage(lengths), ..load };
        Err(preflight(self.config.host, &load))
    }

    /// The documents alone to blame for files that the host does not take for their length.
    fn too_large(&self, lengths: &[u64]) -> LeftOut {
        let host = self.config.host;
        let Some(limit) = host.limits().file_bytes else { return LeftOut::new() };
        let refused = |(page, length): (&OutputFile, &u64)| {
            let document =
                Some(page).filter(|_| *length > limit).and_then(|page| self.outputs.sole_document(page))?;
            let message =
                format!("its file {} has {length} bytes ({} allows {limit})", page.path, host.kind.name());
            let help = "shorten the document, or divide it";
            Some((
                document.clone(),
                Diagnostic::error(diagnostic::Location::file(document), message).help(help),
            ))
        };
        self.outputs.files.iter().zip(lengths).filter_map(refused).collect()
    }

    /// What the host would get, where the pages are so long.
    fn site_contents(&self, lengths: &[u64]) -> SiteContents<'_> {
        let files = self.outputs.files.iter().zip(lengths).map(|(page, length)| (&*page.path, *length));
        let rules = |path: &str| {
            let page = self.outputs.files.iter().find(|page| &*page.path == path);
            page.and_then(|page| self.text(page)).unwrap_or_default()
        };
        SiteContents {
            files: files.collect(),
            above: self.config.prefix_length(),
            redirects: rules(REDIRECTS),
            headers: rules(HEADERS),
            usage: Vec::new(),
        }
    }

    /// The text of a file that no template makes.
    fn text(&self, page: &OutputFile) -> Option<String> {
        let bytes = match &page.content {
            OutputContent::File(File::Copy(file)) => {
                source::read(&file.on_disk(), &file.display_path()).ok()?
            }
            OutputContent::File(file) => self.renderer.file(file)?.into_owned(),
            _ => return None,
        };
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// What the build before knew of a page, which it probably had at `index`, too.
    fn cached_page(&self, page: &OutputFile, index: usize) -> Option<&CachedPage> {
        let near = self.cached.get(index).filter(|cached| cached.path == page.path);
        near.or_else(|| {
            let index = self.cached.binary_search_by(|cached| cached.path.cmp(&page.path)).ok()?;
            self.cached.get(index)
        })
    }

    /// Makes a page ready, unless it is in its place already.
    fn stage_page(
        &self,
        page: &OutputFile,
        index: usize,
        output: &OutputFolder,
        scanned_at: i64,
    ) -> Result<RenderedPage, Diagnostic> {
        let input_digest = match &page.content {
            OutputContent::Page(route) => self.input_digest(*route),
            OutputContent::Feed(feed) => self.renderer.feed_input_digest(*feed),
            OutputContent::Xml(file) => self.renderer.xml_input_digest(*file),
            OutputContent::File(file) => self.renderer.file_input_digest(file, scanned_at),
        };
        let cached = self
            .cached_page(page, index)
            .filter(|cached| input_digest.is_some() && cached.input_digest == input_digest);
        let in_place =
            cached.and_then(|cached| output.intact(&page.path, index, cached.digest, cached.stamp));
        if let Some(staged) = in_place {
            return Ok(RenderedPage { input_digest, staged, is_rendered: false });
        }
        let staged = match &page.content {
            OutputContent::Page(route) => output.stage(&page.path, &self.render(*route)?)?,
            OutputContent::Feed(feed) => output.stage(&page.path, &self.renderer.feed(*feed)?)?,
            OutputContent::Xml(file) => output.stage(&page.path, &self.renderer.xml(*file)?)?,
            OutputContent::File(file) => self.renderer.stage_file(&page.path, file, output)?,
        };
        Ok(RenderedPage { input_digest, staged, is_rendered: true })
    }

    fn input_digest(&self, route: Route) -> Option<Digest> {
        let document = match self.renderer.document(route) {
            Some(document) => self.store.digest(document)?,
            None => Digest::default(),
        };
        self.renderer.input_digest(route, document)
    }

    fn render(&self, route: Route) -> Result<Vec<u8>, Diagnostic> {
        self.renderer.render(route, |document| self.store.article_body(document, self.config))
    }
}
