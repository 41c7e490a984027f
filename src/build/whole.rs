//! A build of the whole site: all documents are collected, all pages planned, and those made that are not in their places.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::addresses::{self, Addresses};
use super::ground::Ground;
use super::press::{Made, Press};
use super::shelf::Shelf;
use super::{
    Counter, Options, Summary, Watcher, as_warning, drop_later, is_of_documents, missing, open, record,
    refuse_sources, stops, write_state,
};
use crate::collection::{Collection, Documents, RelatedLink, Withheld};
use crate::config::{Config, OnError};
use crate::diagnostic::{self, Cause, Diagnostic};
use crate::digest::Digest;
use crate::document::Card;
use crate::page::{Content, File, Page, Plan, Refused, Subject};
use crate::preflight::{HEADERS, Load, REDIRECTS, preflight};
use crate::publish::{Changes, Glance, Output, Replacement, Staged, check_usable};
use crate::render::Renderer;
use crate::reservations::{Index, Reservations};
use crate::source;
use crate::state::{Census, Contents, KnownPage, Place, Relation, State};

/// Publishes a site, or finds out whether it could be published. None where it could not; `diagnostics` say why.
///
/// A document that cannot have the paths that it wants is left out, where the site says so, and the rest is planned again. That
/// ends, because each round leaves out at least one more.
pub(super) fn publish(
    ground: Ground,
    shelf: Shelf,
    options: &Options,
    watcher: Watcher<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Summary> {
    let mut ground = ground;
    let mut glance = std::mem::take(&mut ground.glance);
    let fails = stops(&ground.seen, &ground.site_errors, &shelf.diagnostics, &ground.config);
    let reserves = !options.output.only_check && !fails && addresses::are_remembered(&ground.config);
    let held = reserves.then(|| addresses::hold(options, watcher));
    if matches!(held, Some(Ok(_))) {
        // Another build may have written it since it was read.
        match addresses::read_lock(&options.root) {
            Ok(lock) => ground.lock = lock,
            Err(diagnostic) => ground.site_errors.push(diagnostic),
        }
    }
    let (reservations, found) = addresses::reservations(&options.root, &ground.lock);
    ground.site_errors.extend(found);
    let _held = held.map(|held| held.map_err(|warning| diagnostics.push(warning)));
    let found_before = diagnostics.len();
    let cards: Vec<Arc<Card>> = shelf.cards().cloned().collect();
    let reserved = reservations.index(&cards);
    let leaves_out = ground.config.on_error == OnError::LeaveOut;
    let mut left_out = LeftOut::new();
    loop {
        let names = left_out.keys().cloned().collect();
        let documents = Documents { left_out: names, ..shelf.sorted_by_kind() };
        let withheld = Withheld::of(&documents, &ground.config);
        let (collection, found) = Collection::new(documents, &ground.config, &reserved);
        let (plan, of_plan) = Plan::new(&collection, &ground.config, &ground.static_files, &ground.assets);
        if add_refused(&plan, leaves_out, &mut left_out) && leaves_out {
            continue;
        }
        let planned = Planned {
            plan,
            collection: &collection,
            reservations: &reservations,
            reserved: &reserved,
            withheld,
            left_out: left_out.clone(),
            found,
            of_plan,
            glance: std::mem::take(&mut glance),
        };
        let mut too_large = LeftOut::new();
        let summary = publish_plan(planned, &ground, &shelf, options, watcher, diagnostics, &mut too_large);
        if leaves_out && too_large.keys().any(|document| !left_out.contains_key(document)) {
            left_out.extend(too_large);
            diagnostics.truncate(found_before);
            glance = Glance::into(&options.output.folder);
            continue;
        }
        drop_later((ground, shelf, collection));
        return summary;
    }
}

/// The documents that cannot have the paths that they want, as diagnostics name them, each with its error.
type LeftOut = BTreeMap<String, Diagnostic>;

/// Adds the documents that a plan refuses; where these are left out at first only those that it surely refuses, since without
/// these others may have their paths. Whether there is one more.
fn add_refused(plan: &Plan<'_>, leaves_out: bool, left_out: &mut LeftOut) -> bool {
    let before = left_out.len();
    let refused = || plan.refused.iter().filter(|refused| is_of_documents(&refused.error));
    let adds_all = !leaves_out || !refused().any(|refused| refused.is_sure);
    for Refused { error, .. } in refused().filter(|refused| refused.is_sure || adds_all) {
        left_out.entry(error.place.file.clone()).or_insert_with(|| error.clone());
    }
    left_out.len() > before
}

/// A site that is planned.
struct Planned<'a, 'i> {
    plan: Plan<'a>,
    collection: &'a Collection,
    reservations: &'a Reservations,
    reserved: &'a Index<'i>,
    withheld: Withheld,
    left_out: LeftOut,
    /// What was found while the documents were collected.
    found: Vec<Diagnostic>,
    /// What was found while the pages were planned.
    of_plan: Vec<Diagnostic>,
    glance: Glance,
}

fn publish_plan(
    planned: Planned<'_, '_>,
    ground: &Ground,
    shelf: &Shelf,
    options: &Options,
    watcher: Watcher<'_>,
    diagnostics: &mut Vec<Diagnostic>,
    too_large: &mut LeftOut,
) -> Option<Summary> {
    let Planned { plan, collection, reservations, reserved, withheld, left_out, found, of_plan, glance } =
        planned;
    let (Ground { config, seen, previous, .. }, mut site_errors) = (ground, ground.site_errors.clone());
    let errors = |found: &[Diagnostic]| found.iter().filter(|found| found.is_error()).count();
    let (of_keys, of_plan): (Vec<Diagnostic>, _) = of_plan.into_iter().partition(|found| found.key.is_some());
    // Which paths there are depends on all of site.toml.
    let (of_keys, left_out) =
        if config.is_whole { (of_keys, left_out) } else { (Vec::new(), LeftOut::new()) };
    let is_sure = |found: &Diagnostic| config.knows_ignored && (config.is_whole || found.key.is_none());
    let found: Vec<Diagnostic> = found.into_iter().filter(is_sure).collect();
    let census = Census {
        articles: collection.len(),
        topics: collection.topics.len(),
        providers: collection.providers.len(),
        withheld,
        left_out: shelf.left_out() + left_out.len() + errors(seen) + errors(&found) + of_keys.len(),
    };
    let mut document_errors = shelf.diagnostics.clone();
    let found = found.into_iter().chain(left_out.into_values()).chain(of_keys);
    document_errors.extend(found.map(|diagnostic| shelf.at_its_key(diagnostic, config)));
    site_errors.extend(of_plan);
    // Where documents are left out none is refused any more.
    let is_of_site =
        |refused: &&Diagnostic| config.on_error == OnError::LeaveOut || !is_of_documents(refused);
    let refused = plan.refused.iter().map(|refused| &refused.error).filter(|_| config.is_whole);
    site_errors.extend(refused.filter(is_of_site).cloned());
    let renderer = keep_all(Renderer::new(ground.templates.clone(), &plan.site()), &mut site_errors);
    if !stops(seen, &site_errors, &document_errors, config) {
        site_errors.extend(missing::documents(&plan, collection, &withheld, ground, shelf, &glance, options));
    }
    let stops = stops(seen, &site_errors, &document_errors, config);
    let found: Vec<Diagnostic> = site_errors.into_iter().chain(document_errors).collect();
    let has_errors = seen.iter().chain(&found).any(Diagnostic::is_error);
    diagnostics.extend(seen.iter().chain(&found).cloned());
    // The state does not keep what only this build has to say.
    let addresses = Addresses::new(reserved, &plan, collection, config);
    let warnings = if stops { Vec::new() } else { addresses.warnings() };
    diagnostics.extend(warnings.into_iter().map(|warning| shelf.at_its_key(warning, config)));

    let renderer = renderer?;
    let site = Site {
        plan: &plan,
        press: Press::new(&plan, &renderer, collection, ground.rendering),
        shelf,
        config,
        known: &previous.state.pages,
        too_large: OnceLock::new(),
    };
    let mut of_addresses = Vec::new();
    let mut remembered = Digest::default();
    let mut remember = || {
        remembered = addresses::remember(&addresses, reservations, &ground.lock, options, &mut of_addresses);
    };
    if stops || options.output.only_check {
        let mut checked = site.check(options, watcher);
        too_large.extend(site.too_large.into_inner().unwrap_or_default());
        if let Err(errors) = &mut checked {
            errors.retain(|error| config.is_whole || !renderer.may_lack_a_value(error));
        }
        keep_all(checked, diagnostics)?;
        let (files, changes) = (plan.pages.len(), Changes::default());
        let until = shelf.span(config).until;
        return (!stops).then_some(Summary { census, files, rendered: 0, changes, until });
    }
    let published = site.publish(options, glance, watcher, &mut remember);
    too_large.extend(site.too_large.into_inner().unwrap_or_default());
    let Published { output, pages, changes, rendered } = keep_all(published, diagnostics)?;
    diagnostics.extend(of_addresses);
    let span = shelf.span(config);
    let summary = Summary { census, files: pages.len(), rendered, changes, until: span.until };
    let documents = shelf.known();
    let contents =
        Contents { places: places(&plan, collection, documents.len()), documents, frame: collection.frame() };
    drop(plan);
    let state = State {
        program: ground.program,
        reading: ground.reading,
        site: ground.site.filter(|_| !has_errors),
        lock: remembered,
        span,
        site_files: ground.site_files.clone(),
        census,
        diagnostics: found,
        documents: Vec::new(),
        pages,
    };
    let written = write_state(options, |out| state.write(&contents, previous, out));
    diagnostics.extend(written.and_then(Replacement::put).map_err(as_warning).err());
    record::succeed(options, config);
    // The next build may begin now, with this state.
    drop((contents, output));
    Some(summary)
}

/// Where each document is on the site, if none has an error; only then an article's document has the place here that it
/// has on the shelf.
fn places(plan: &Plan<'_>, collection: &Collection, documents: usize) -> Vec<Place> {
    let mut places = vec![Place::default(); documents];
    let relation = |link: &RelatedLink| match link {
        RelatedLink::Own(other) => Relation::Own(collection.document(*other)),
        RelatedLink::External(place) => Relation::External(*place),
    };
    for (index, page) in (0..).zip(&plan.pages) {
        let Content::Subject(Subject::Article(id) | Subject::Amp(id)) = page.content else { continue };
        let Some(place) = places.get_mut(collection.document(id).index()) else { continue };
        if matches!(page.content, Content::Subject(Subject::Amp(_))) {
            place.amp_page = Some(index);
        } else {
            place.page = Some(index);
            place.related = collection.related(id).iter().map(relation).collect();
        }
    }
    places
}

/// The value, or nothing where there are errors, which are noted.
fn keep_all<T>(result: Result<T, Vec<Diagnostic>>, diagnostics: &mut Vec<Diagnostic>) -> Option<T> {
    result.map_err(|errors| diagnostics.extend(errors)).ok()
}

/// What [`Site::publish`] did.
struct Published {
    /// The output folder, which no other build changes while this is held.
    output: Output,
    pages: Vec<KnownPage>,
    changes: Changes,
    rendered: usize,
}

/// A site that is ready to be rendered.
struct Site<'a> {
    plan: &'a Plan<'a>,
    press: Press<'a>,
    shelf: &'a Shelf,
    config: &'a Config,
    /// The pages of the build before, sorted by path.
    known: &'a [KnownPage],
    /// The documents whose pages the host does not take for their length.
    too_large: OnceLock<LeftOut>,
}

impl Site<'_> {
    /// Publishes the site. `before_commit` is called when all pages are made and none is in its place yet.
    fn publish(
        &self,
        options: &Options,
        glance: Glance,
        watcher: Watcher<'_>,
        before_commit: &mut dyn FnMut(),
    ) -> Result<Published, Vec<Diagnostic>> {
        let output = open(options, glance, watcher).map_err(|diagnostic| vec![diagnostic])?;
        let made =
            self.for_each_page(watcher, |place, page| self.make(page, place, &output, options.looked_at));
        let committed = made.and_then(|made| {
            let lengths: Vec<u64> = made.iter().map(|made| made.staged.stamp.length).collect();
            self.refuse_what_its_host_does_not_take(&lengths)?;
            let rendered = made.iter().filter(|made| made.is_rendered).count();
            let (origins, staged): (Vec<Option<Digest>>, Vec<Staged>) =
                made.into_iter().map(|made| (made.origin, made.staged)).unzip();
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
        let pages = origins.into_iter().zip(&staged).map(|(origin, staged)| KnownPage::new(staged, origin));
        let pages = pages.collect();
        Ok(Published { output, pages, changes: Changes::new(staged, removed), rendered })
    }

    /// Hands every page with its place among all to `take`, in parallel, until the machine fails: a full disk is full for all
    /// of them.
    ///
    /// # Errors
    /// Those of all pages, each place once.
    fn for_each_page<T: Send>(
        &self,
        watcher: Watcher<'_>,
        take: impl Fn(usize, &Page) -> Result<T, Diagnostic> + Sync,
    ) -> Result<Vec<T>, Vec<Diagnostic>> {
        let counter = Counter::new("writing", self.plan.pages.len(), watcher);
        let has_failed = AtomicBool::new(false);
        // An error is large and rare, and there is a result for every page.
        let take = |(place, page): (usize, &Page)| {
            if has_failed.load(Ordering::Relaxed) {
                return Err(None);
            }
            let taken = take(place, page);
            if taken.as_ref().is_err_and(|error| error.cause == Cause::Machine) {
                has_failed.store(true, Ordering::Relaxed);
            }
            counter.one_more();
            taken.map_err(|error| Some(Box::new(error)))
        };
        let results: Vec<Result<T, Option<Box<Diagnostic>>>> =
            self.plan.pages.par_iter().enumerate().map(take).collect();
        let (mut errors, mut seen) = (Vec::new(), HashSet::new());
        let mut note = |error: Option<Box<Diagnostic>>| {
            if let Some(error) = error
                && seen.insert((error.place.clone(), error.message.clone()))
            {
                errors.push(*error);
            }
        };
        let taken = results.into_iter().filter_map(|result| result.map_err(&mut note).ok()).collect();
        if errors.is_empty() { Ok(taken) } else { Err(errors) }
    }

    /// Does everything that publishing does, short of writing.
    fn check(&self, options: &Options, watcher: Watcher<'_>) -> Result<(), Vec<Diagnostic>> {
        let mut errors = Vec::new();
        let output = &options.output;
        errors.extend(refuse_sources(&output.folder, &options.root).err());
        errors.extend(check_usable(&output.folder, output.force).err());
        let lengths = self.for_each_page(watcher, |_, page| match &page.content {
            Content::Subject(subject) => self.render(*subject).map(|bytes| bytes.len() as u64),
            Content::Feed(feed) => self.press.feed(*feed).map(|bytes| bytes.len() as u64),
            Content::Directory(directory) => self.press.directory(*directory).map(|bytes| bytes.len() as u64),
            Content::File(File::Copy(file)) => source::open(file).map(|_| file.stamp.length),
            Content::File(file) => Ok(self.press.file(file).map_or(0, |bytes| bytes.len() as u64)),
        });
        let taken = lengths.and_then(|lengths| self.refuse_what_its_host_does_not_take(&lengths));
        errors.extend(taken.err().into_iter().flatten());
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn refuse_what_its_host_does_not_take(&self, lengths: &[u64]) -> Result<(), Vec<Diagnostic>> {
        // Not all paths of a plan that refuses some will be there, nor those that a faulty site.toml leads to.
        if self.config.preview || !self.config.is_whole || !self.plan.refused.is_empty() {
            return Ok(());
        }
        let too_large = self.too_large.get_or_init(|| self.too_large(lengths));
        if !too_large.is_empty() {
            return Err(too_large.values().cloned().collect());
        }
        let load = self.load(lengths);
        if preflight(self.config.host, &load).is_empty() {
            return Ok(());
        }
        let load = Load { shares: self.plan.shares(lengths), ..load };
        Err(preflight(self.config.host, &load))
    }

    /// The documents alone to blame for files that the host does not take for their length.
    fn too_large(&self, lengths: &[u64]) -> LeftOut {
        let host = self.config.host;
        let Some(limit) = host.limits().file_bytes else { return LeftOut::new() };
        let refused = |(page, length): (&Page, &u64)| {
            let document =
                Some(page).filter(|_| *length > limit).and_then(|page| self.plan.sole_document(page))?;
            let message =
                format!("its file {} has {length} bytes, and {} takes {limit}", page.path, host.kind.name());
            let help = "shorten the document, or divide it";
            Some((document.clone(), Diagnostic::error(diagnostic::Place::file(document), message).help(help)))
        };
        self.plan.pages.iter().zip(lengths).filter_map(refused).collect()
    }

    /// What the host would get, where the pages are so long.
    fn load(&self, lengths: &[u64]) -> Load<'_> {
        let files = self.plan.pages.iter().zip(lengths).map(|(page, length)| (&*page.path, *length));
        let rules = |path: &str| {
            let page = self.plan.pages.iter().find(|page| &*page.path == path);
            page.and_then(|page| self.text(page)).unwrap_or_default()
        };
        Load {
            files: files.collect(),
            above: self.config.above(),
            redirects: rules(REDIRECTS),
            headers: rules(HEADERS),
            shares: Vec::new(),
        }
    }

    /// The text of a file that no template makes.
    fn text(&self, page: &Page) -> Option<String> {
        let bytes = match &page.content {
            Content::File(File::Copy(file)) => source::read(&file.on_disk(), &file.shown()).ok()?,
            Content::File(file) => self.press.file(file)?.into_owned(),
            _ => return None,
        };
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// What the build before knew of a page, which it probably had at `place`, too.
    fn known(&self, page: &Page, place: usize) -> Option<&KnownPage> {
        let near = self.known.get(place).filter(|known| known.path == page.path);
        near.or_else(|| {
            let place = self.known.binary_search_by(|known| known.path.cmp(&page.path)).ok()?;
            self.known.get(place)
        })
    }

    /// Makes a page ready, unless it is in its place already.
    fn make(&self, page: &Page, place: usize, output: &Output, looked_at: i64) -> Result<Made, Diagnostic> {
        let origin = match &page.content {
            Content::Subject(subject) => self.origin(*subject),
            Content::Feed(feed) => self.press.origin_of_feed(*feed),
            Content::Directory(directory) => self.press.origin_of_directory(*directory),
            Content::File(file) => self.press.origin_of_file(file, looked_at),
        };
        let known = self.known(page, place).filter(|known| origin.is_some() && known.origin == origin);
        let in_place = known.and_then(|known| output.intact(&page.path, place, known.digest, known.stamp));
        if let Some(staged) = in_place {
            return Ok(Made { origin, staged, is_rendered: false });
        }
        let staged = match &page.content {
            Content::Subject(subject) => output.stage(&page.path, &self.render(*subject)?)?,
            Content::Feed(feed) => output.stage(&page.path, &self.press.feed(*feed)?)?,
            Content::Directory(directory) => output.stage(&page.path, &self.press.directory(*directory)?)?,
            Content::File(file) => self.press.stage_file(&page.path, file, output)?,
        };
        Ok(Made { origin, staged, is_rendered: true })
    }

    fn origin(&self, subject: Subject) -> Option<Digest> {
        let document = match self.press.document(subject) {
            Some(document) => self.shelf.digest(document)?,
            None => Digest::default(),
        };
        self.press.origin(subject, document)
    }

    fn render(&self, subject: Subject) -> Result<Vec<u8>, Diagnostic> {
        self.press.render(subject, |document| self.shelf.details(document, self.config))
    }
}
