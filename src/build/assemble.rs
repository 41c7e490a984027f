//! Assembles a site from all its documents: collects them, routes all pages, and publishes or
//! checks the result.

use std::collections::HashSet;
use std::mem;
use std::sync::Arc;

use super::address_lock::{Addresses, HeldReservations, StagedAddresses};
use super::background::drop_in_background;
use super::context::BuildContext;
use super::missing_content::PresentContent;
use super::outcome::Summary;
use super::outputs::{Output, OutputRenderer};
use super::progress::{COLLECTING, Progress};
use super::publish::{BuiltSite, check_output_outside_sources, publish};
use super::report::{Report, is_about_document};
use super::site::{Assembled, LeftOut, PublishError, Site};
use super::unused_files::unused_files;
use super::unwanted_files::unwanted_files;
use crate::build::cache::SiteStats;
use crate::collection::{Collection, Documents, PlacedArticle, Withheld};
use crate::config::OnError;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::ArticleSummary;
use crate::page::{Contexts, DeadLink, OutputFiles, Refused, Routes, story_pages};
use crate::picture::Pictures;
use crate::publish::{ManifestSnapshot, OutputChanges, check_usable};
use crate::render::Renderer;
use crate::reservations::ReservationIndex;

impl BuildContext<'_> {
    /// Assembles and publishes the site, or checks whether it could be published. None if it could
    /// not: `report` has the errors.
    ///
    /// A document that cannot have its paths is left out where the site says so, and the rest is
    /// assembled again. That ends, since each round leaves out at least one more.
    pub(super) fn publish_assembled(
        &self,
        manifest_snapshot: &mut Option<ManifestSnapshot>,
        report: &mut Report,
    ) -> Option<BuiltSite> {
        let (inputs, options) = (self.inputs, self.options);
        (self.on_progress)(Progress { stage: COLLECTING, done: 0, total: 1 });
        report.scan.clone_from(&inputs.report.scan);
        report.site.clone_from(&inputs.report.site);
        report.documents.clone_from(&self.documents.diagnostics);
        let reserves = !options.output.check_only && !report.blocks(&inputs.config);
        let held = HeldReservations::read(
            reserves,
            &inputs.lock,
            &inputs.config,
            options,
            self.on_progress,
            report,
        );
        let summaries: Vec<Arc<ArticleSummary>> = self.documents.summaries().cloned().collect();
        let reserved = held.reservations.index(&summaries);
        let leaves_out = inputs.config.on_error == OnError::LeaveOut;
        let mut left_out = LeftOut::new();
        let mut pictures = Arc::clone(&inputs.previous.state.pictures);
        let is_published = !options.output.check_only && !report.blocks(&inputs.config);
        let mut placed = inputs.previous.placed_articles();
        loop {
            let collected = Collected::new(self, &reserved, &left_out, placed);
            placed = Vec::new();
            if leaves_out {
                placed = collected.collection.stories().placed().to_vec();
            }
            let (found_pictures, picture_warnings) =
                self.pictures(&collected.collection, &pictures, is_published);
            pictures = Arc::new(found_pictures);
            let routes =
                Routes::new(&collected.collection, &inputs.config).with_pictures(&pictures);
            let static_files = &inputs.snapshot.static_files;
            let stories = story_pages(routes, &reserved, static_files);
            let routes = routes.with_stories(&stories);
            let (outputs, mut route_diagnostics) =
                OutputFiles::new(routes, &reserved, static_files, &inputs.assets);
            route_diagnostics.extend(stories.diagnostics.iter().cloned());
            if add_refused(&outputs, leaves_out, &mut left_out) && leaves_out {
                continue;
            }
            // Only if documents are left out may there be another round.
            let mut found = if leaves_out { report.clone() } else { mem::take(report) };
            found.documents.extend(picture_warnings.unreadable);
            found.build.extend(picture_warnings.not_stored);
            found.site.extend(unwanted_files(static_files));
            let stats = self.add_diagnostics(
                &collected,
                &outputs,
                route_diagnostics,
                &left_out,
                &mut found,
            );
            // Pages of faulty documents are not there.
            if inputs.config.is_complete && !found.has_errors() && outputs.refused.is_empty() {
                let ids = inputs.templates.own_ids();
                found.documents.extend(self.dead_links(&outputs, ids.as_ref()));
                let links = inputs.templates.own_links();
                let links = outputs.dead_template_links(links, ids.as_ref());
                found.site.extend(links);
                if options.output.check_only {
                    found.build.extend(unused_files(self));
                }
            }
            let round = Round {
                build: self,
                collected: &collected,
                outputs: &outputs,
                stats,
                pictures: &pictures,
            };
            manifest_snapshot.get_or_insert_with(|| ManifestSnapshot::read(&options.output.folder));
            let published = match round.publish(manifest_snapshot, &held, &reserved, &mut found) {
                Err(PublishError::TooLarge(documents))
                    if leaves_out
                        && documents.keys().any(|document| !left_out.contains_key(document)) =>
                {
                    left_out.extend(documents);
                    continue;
                }
                Err(PublishError::TooLarge(documents)) => {
                    found.build.extend(documents.into_values());
                    None
                }
                Err(PublishError::Failed(errors)) => {
                    found.build.extend(errors);
                    None
                }
                Err(PublishError::Stale) => {
                    unreachable!("an assembled site has the content of every output file")
                }
                Ok(published) => published,
            };
            drop(outputs);
            drop_in_background(collected);
            *report = found;
            return published;
        }
    }
}

/// The number of dead links with a warning each, for which documents are read again.
const MAX_DEAD_LINKS: usize = 100;

/// Passes the routes of a site, and the errors of its documents, to `take`. Documents are left out as
/// by a build, except those with files that are too large for the site's host.
pub(super) fn collect<T>(
    build: &BuildContext<'_>,
    reserved: &ReservationIndex<'_>,
    take: impl FnOnce(Routes<'_>, Vec<Diagnostic>) -> T,
) -> T {
    let BuildContext { inputs, documents, .. } = *build;
    let config = &inputs.config;
    let leaves_out = config.on_error == OnError::LeaveOut;
    let static_files = &inputs.snapshot.static_files;
    let (mut left_out, mut placed) = (LeftOut::new(), Vec::new());
    loop {
        let collected = Collected::new(build, reserved, &left_out, placed);
        let routes = Routes::new(&collected.collection, config);
        let stories = story_pages(routes, reserved, static_files);
        let routes = routes.with_stories(&stories);
        let (outputs, _) = OutputFiles::new(routes, reserved, static_files, &inputs.assets);
        if add_refused(&outputs, leaves_out, &mut left_out) && leaves_out {
            placed = collected.collection.stories().placed().to_vec();
            continue;
        }
        let scanned = inputs.report.scan.iter().filter(|found| is_about_document(found));
        let found = scanned.chain(&documents.diagnostics).chain(&collected.diagnostics);
        let errors = found.chain(left_out.values()).filter(|found| found.is_error());
        let mut errors: Vec<Diagnostic> =
            errors.map(|error| documents.locate_key(error.clone(), config)).collect();
        errors.sort_by(Diagnostic::order);
        return take(routes, errors);
    }
}

/// The collection of a site with what was found on the way.
struct Collected {
    collection: Collection,
    withheld: Withheld,
    diagnostics: Vec<Diagnostic>,
}

impl Collected {
    fn new(
        build: &BuildContext<'_>,
        reserved: &ReservationIndex<'_>,
        left_out: &LeftOut,
        placed: Vec<PlacedArticle>,
    ) -> Self {
        let config = &build.inputs.config;
        let left_out = left_out.keys().cloned().collect();
        let documents = Documents { left_out, ..build.documents.by_kind(placed) };
        let withheld = Withheld::of(&documents, config);
        let (collection, diagnostics) = Collection::new(documents, config, reserved);
        Self { collection, withheld, diagnostics }
    }
}

/// Adds the documents whose paths conflict. Where documents are left out, only those that surely
/// conflict are added first, since without these others may have their paths. Returns whether there
/// is one more.
fn add_refused(outputs: &OutputFiles<'_>, leaves_out: bool, left_out: &mut LeftOut) -> bool {
    let before = left_out.len();
    let refused = || outputs.refused.iter().filter(|refused| is_about_document(&refused.error));
    let adds_all = !leaves_out || !refused().any(|refused| refused.is_sure);
    for Refused { error, .. } in refused().filter(|refused| refused.is_sure || adds_all) {
        left_out.entry(error.location.file.clone()).or_insert_with(|| error.clone());
    }
    left_out.len() > before
}

impl BuildContext<'_> {
    /// Warnings of links and pictures of documents that lead to nothing, with their lines.
    fn dead_links(
        &self,
        outputs: &OutputFiles<'_>,
        ids: Option<&HashSet<&str>>,
    ) -> Vec<Diagnostic> {
        let config = &self.inputs.config;
        let dead = outputs.dead_links(ids);
        let located = |dead: &DeadLink| {
            let warning = outputs.dead_link_warning(dead);
            if warning.key.is_some() {
                return self.documents.locate_key(warning, config);
            }
            let target = dead.target.as_str();
            let absolute = config.published(target);
            let urls = [target, &absolute, target.trim_start_matches('/')];
            self.documents.locate_url(warning, &urls, config)
        };
        let more = dead.get(MAX_DEAD_LINKS).map(|first| {
            let count = dead.len() - MAX_DEAD_LINKS;
            let message = format!("{count} more links lead to nothing on this site");
            Diagnostic::new(Code::DeadLink, Location::file(&first.document), message)
                .help("correct those above first")
        });
        dead.iter().take(MAX_DEAD_LINKS).map(located).chain(more).collect()
    }

    /// Adds the diagnostics of collecting and routing to a report. Returns the statistics of the
    /// site.
    fn add_diagnostics(
        &self,
        Collected { collection, withheld, diagnostics }: &Collected,
        outputs: &OutputFiles<'_>,
        route_diagnostics: Vec<Diagnostic>,
        left_out: &LeftOut,
        report: &mut Report,
    ) -> SiteStats {
        let (config, documents) = (&self.inputs.config, self.documents);
        // What may be a consequence of a faulty site.toml is not reported.
        let is_sure = |found: &&Diagnostic| {
            config.knows_ignored && (config.is_complete || found.key.is_none())
        };
        let collecting: Vec<&Diagnostic> = diagnostics.iter().filter(is_sure).collect();
        let (keys, site): (Vec<Diagnostic>, Vec<Diagnostic>) =
            route_diagnostics.into_iter().partition(|found| found.key.is_some());
        // Which paths there are depends on all of site.toml.
        let keys: Vec<&Diagnostic> = keys.iter().filter(|_| config.is_complete).collect();
        let left_out: Vec<&Diagnostic> = left_out.values().filter(|_| config.is_complete).collect();
        let stats = SiteStats {
            articles: collection.len(),
            topics: collection.topics.len(),
            providers: collection.providers.len(),
            withheld: *withheld,
            left_out: documents.left_out()
                + left_out.len()
                + report.scan.iter().filter(|found| found.is_error()).count()
                + collecting.iter().filter(|found| found.is_error()).count(),
            left_out_aliases: keys
                .iter()
                .filter(|found| found.key == Some("aliases") && found.is_error())
                .count(),
        };
        let found = collecting.into_iter().chain(left_out).chain(keys);
        report.documents.extend(found.map(|found| documents.locate_key(found.clone(), config)));
        report.site.extend(site);
        // With `leave-out` only static files are still refused here; with `stop` refused documents
        // are reported above.
        let is_of_site = |refused: &&Diagnostic| {
            config.on_error == OnError::LeaveOut || !is_about_document(refused)
        };
        let refused =
            outputs.refused.iter().map(|refused| &refused.error).filter(|_| config.is_complete);
        report.site.extend(refused.filter(is_of_site).cloned());
        stats
    }
}

/// A site as assembled without the documents that are left out so far.
struct Round<'a> {
    build: &'a BuildContext<'a>,
    collected: &'a Collected,
    outputs: &'a OutputFiles<'a>,
    stats: SiteStats,
    pictures: &'a Arc<Pictures>,
}

impl Round<'_> {
    /// Publishes the site, or checks it if that is wanted or if it has errors. None if it is not to
    /// be published.
    fn publish(
        &self,
        manifest_snapshot: &mut Option<ManifestSnapshot>,
        held: &HeldReservations,
        reserved: &ReservationIndex<'_>,
        report: &mut Report,
    ) -> Result<Option<BuiltSite>, PublishError> {
        let BuildContext { inputs, documents, options, .. } = *self.build;
        let (Collected { collection, withheld, .. }, outputs) = (self.collected, self.outputs);
        let config = &inputs.config;
        // Both this and the contexts need much memory.
        let addresses = (!report.blocks(config)).then(|| self.changed_addresses(held, reserved));
        let contexts = Contexts::new(outputs, &inputs.digest_key);
        let renderer =
            Renderer::new(inputs.templates.clone(), &contexts.site(), &inputs.config.locale);
        let renderer = renderer.map_err(|errors| report.site.extend(errors)).ok();
        if !report.blocks(config) {
            let present = PresentContent {
                outputs,
                collection,
                withheld,
                documents: &documents.cache_entries(),
                skipped: &inputs.snapshot.skipped,
                is_all_unpublished: documents.is_all_unpublished(),
            };
            report.site.extend(inputs.lost.diagnostics(
                &present,
                manifest_snapshot.as_ref(),
                options,
            ));
        }
        let is_blocked = report.blocks(config);
        let (warnings, staged) = addresses.filter(|_| !is_blocked).unwrap_or_default();
        report.build.extend(warnings);
        let Some(renderer) = renderer else { return Ok(None) };
        let site = Site {
            outputs: outputs.files.iter().map(Output::new).collect(),
            renderer: Some(OutputRenderer::new(
                &contexts, &renderer, collection, documents, inputs,
            )),
            cached: &inputs.previous.state.pages,
            config,
            stats: self.stats,
            validity: documents.validity(config),
            pictures: Arc::clone(self.pictures),
            diagnostics: report.lasting(),
            has_errors: report.has_errors(),
            assembled: Some(Assembled { collection, outputs }),
        };
        if is_blocked || options.output.check_only {
            self.check(&site, &renderer)?;
            let summary = Summary {
                root: config.root().to_owned(),
                stats: site.stats,
                files: site.outputs.len(),
                outdated: 0,
                rendered: 0,
                changes: OutputChanges::default(),
                next_change: site.validity.until,
            };
            return Ok((!is_blocked).then_some(BuiltSite { summary, kept: None }));
        }
        let reserve = |report: &mut Report| held.put(staged, options, report);
        let snapshot = manifest_snapshot.take().unwrap_or_default();
        publish(&site, snapshot, self.build, reserve, report).map(Some)
    }

    /// Warnings of addresses that change, and the new versions of the files that record them.
    fn changed_addresses(
        &self,
        held: &HeldReservations,
        reserved: &ReservationIndex<'_>,
    ) -> (Vec<Diagnostic>, StagedAddresses) {
        let BuildContext { inputs, documents, options, .. } = *self.build;
        let is_parsed = |path: &str| documents.is_parsed(path);
        let Collected { collection, .. } = self.collected;
        let config = &inputs.config;
        let addresses = Addresses::new(reserved, self.outputs, collection, &is_parsed, config);
        let warnings = addresses.warnings().into_iter();
        let warnings = warnings.map(|warning| documents.locate_key(warning, config)).collect();
        let staged = if options.output.check_only {
            StagedAddresses::default()
        } else {
            held.stage(&addresses, options)
        };
        (warnings, staged)
    }

    /// Does everything that publishing does, short of writing.
    fn check(&self, site: &Site<'_>, renderer: &Renderer) -> Result<(), PublishError> {
        let BuildContext { inputs, options, on_progress, .. } = *self.build;
        let output = &options.output;
        let mut errors = Vec::new();
        errors.extend(check_output_outside_sources(options).err());
        errors.extend(check_usable(&output.folder, output.force).err());
        match site.measure(on_progress).and_then(|lengths| site.check_host_limits(&lengths)) {
            Err(PublishError::Failed(found)) => errors.extend(found),
            Err(error) if errors.is_empty() => return Err(error),
            Ok(()) | Err(_) => {}
        }
        errors.retain(|error| inputs.config.is_complete || !renderer.may_lack_a_value(error));
        if errors.is_empty() { Ok(()) } else { Err(PublishError::Failed(errors)) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::TestSite;

    #[test]
    fn assembled_site_renders_only_what_has_other_inputs() {
        let site = TestSite::new();
        let first = site.assemble().expect("published");
        assert_eq!((first.stats.articles, first.outdated), (2, first.files));
        let second = site.assemble().expect("published");
        assert_eq!((second.files, second.outdated), (first.files, 0));
    }

    #[test]
    fn site_with_an_error_is_not_published() {
        let site = TestSite::new();
        site.assemble().expect("published");
        site.write("content/a.md", "---\ntitle: a\n---\n");
        assert!(site.assemble().is_none());
    }
}
