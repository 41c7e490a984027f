//! One build: from what is on the disk to a published site, and no step twice.

mod shelf;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::Serialize;

use crate::collection::Collection;
use crate::config::{Config, OnError, Overrides};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::Digest;
use crate::document::Details;
use crate::page::{Content, Page, Plan, Subject};
use crate::publish::{Changes, Output, Staged, check_usable, replace_file};
use crate::render::{self, Renderer, Templates, theme};
use crate::source::{self, Snapshot};
use crate::state::{self, KnownPage, State};
use shelf::Shelf;

/// Which site is built, and into what.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder with `content/` and `site.toml`.
    pub root: PathBuf,
    /// The file in place of the root's `site.toml`.
    pub config: Option<PathBuf>,
    /// What the command line says about the site.
    pub overrides: Overrides,
    /// Where the site goes.
    pub output: OutputOptions,
    /// Which newsgen this is: what another one left is not used.
    pub program: Digest,
    /// When the build began, in nanoseconds since 1970 by the clock that stamps files.
    pub looked_at: i64,
}

/// Where a site goes.
#[derive(Clone, Debug)]
pub struct OutputOptions {
    /// The folder.
    pub folder: PathBuf,
    /// Whether files that newsgen did not write may be overwritten.
    pub force: bool,
    /// Whether everything is done anew, whatever the previous build left.
    pub fresh: bool,
    /// Whether nothing is written, and it is only found out whether it could be.
    pub only_check: bool,
}

/// How far a build is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What is going on.
    pub stage: &'static str,
    /// How many of `all` are done.
    pub done: usize,
    /// How many there are.
    pub all: usize,
}

/// The stage of a build that waits for another one to leave the output folder.
pub const WAITING: &str = "waiting for another build";

/// How a build ended.
#[derive(Debug)]
pub struct Outcome {
    /// All that was found, in the order in which it is shown.
    pub diagnostics: Vec<Diagnostic>,
    /// What the site is, if it could be published.
    pub summary: Option<Summary>,
}

/// What a site is made of and what a build did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Articles that take part.
    pub articles: usize,
    /// Topics that have a page.
    pub topics: usize,
    /// Providers that have a page.
    pub providers: usize,
    /// Documents that were left out because of their errors.
    pub left_out: usize,
    /// Files of the site.
    pub files: usize,
    /// Files whose bytes were made anew; all others are known to be as they should.
    pub rendered: usize,
    /// What became of the output folder.
    pub changes: Changes,
}

/// What goes on outside while a build runs.
pub type Watcher<'a> = &'a (dyn Fn(Progress) + Sync);

/// Builds a site. With an error nothing is written, unless the site says that documents with errors are to be left out.
pub fn build(options: &Options, watcher: Watcher<'_>) -> Outcome {
    let mut diagnostics = Vec::new();
    let summary = run(options, watcher, &mut diagnostics);
    diagnostics.sort_by(Diagnostic::order);
    Outcome { diagnostics, summary }
}

fn run(options: &Options, watcher: Watcher<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Summary> {
    let mut site_errors = Vec::new();
    let config = match read_config(&options.root, options.config.as_deref(), &options.overrides) {
        Ok(config) => config,
        Err(NoConfig::Missing(diagnostic)) => {
            diagnostics.push(diagnostic);
            return None;
        }
        Err(NoConfig::Wrong(errors)) => {
            site_errors.extend(errors);
            Config::stand_in(&options.overrides)?
        }
    };
    let (snapshot, found) = source::look(&options.root);
    let (mut document_errors, found): (Vec<Diagnostic>, Vec<Diagnostic>) =
        found.into_iter().partition(|diagnostic| diagnostic.place.file.starts_with("content/"));
    site_errors.extend(found);
    let templates = read_templates(&snapshot, &mut site_errors);

    let reading = Digest::of_parts([options.program.as_bytes(), config.reading().as_bytes()]);
    let previous = previous_state(options, reading);
    let rendering = Digest::of_parts([options.program.as_bytes(), templates.digest().as_bytes()]);
    let mut shelf = Shelf::read(&snapshot.content, &config, previous.documents, options.looked_at, watcher);
    document_errors.append(&mut shelf.diagnostics);
    let left_out_while_reading = snapshot.content.len() - shelf.documents.len();
    let (collection, found) = Collection::new(shelf.sorted_by_kind(), &config);
    let left_out = left_out_while_reading + found.iter().filter(|diagnostic| diagnostic.is_error()).count();
    document_errors.extend(found.into_iter().map(|diagnostic| shelf.at_its_key(diagnostic)));
    let (plan, found) = Plan::new(&collection, &config, snapshot.static_files, theme::ASSETS);
    site_errors.extend(found);
    let renderer = keep_all(Renderer::new(templates, &plan.site()), &mut site_errors);

    let stops = site_errors.iter().any(Diagnostic::is_error)
        || (config.on_error == OnError::Stop && document_errors.iter().any(Diagnostic::is_error));
    diagnostics.append(&mut site_errors);
    diagnostics.append(&mut document_errors);
    if collection.is_empty() && !stops {
        let message = "no article takes part: none is published and due";
        diagnostics.push(Diagnostic::warning(Place::file("content"), message));
    }
    let renderer = renderer?;
    let mut summary = Summary {
        articles: collection.len(),
        topics: collection.topics.len(),
        providers: collection.providers.len(),
        left_out,
        files: plan.pages.len(),
        rendered: 0,
        changes: Changes::default(),
    };

    let rendering = encoded(&plan.site()).map(|site| Digest::of_parts([rendering.as_bytes(), &site]));
    let site = Site {
        plan: &plan,
        renderer: &renderer,
        collection: &collection,
        shelf: &shelf,
        config: &config,
        rendering,
    };
    let published = if stops || options.output.only_check {
        site.check(options, watcher).map(|()| None)
    } else {
        publish(&site, options, &previous.pages, watcher).map(Some)
    };
    match published {
        Ok(None) => {}
        Ok(Some((published, pages))) => {
            (summary.changes, summary.rendered) = published;
            let state = State { reading, documents: shelf.documents, pages };
            let saved = replace_file(&state::path(&options.root, &options.output.folder), &state.encode());
            diagnostics.extend(saved.err().map(|error| Diagnostic { severity: Severity::Warning, ..error }));
        }
        Err(errors) => {
            diagnostics.extend(errors);
            return None;
        }
    }
    (!stops).then_some(summary)
}

/// What the previous build left, as far as it holds for this one.
fn previous_state(options: &Options, reading: Digest) -> State {
    if options.output.fresh || options.output.only_check {
        return State::default();
    }
    let path = state::path(&options.root, &options.output.folder);
    let bytes = source::read_if_there(&path).ok().flatten();
    let mut state = bytes.and_then(|bytes| State::decode(&bytes)).unwrap_or_default();
    if state.reading != reading {
        state.documents.clear();
    }
    state
}

/// The value, or nothing where there are errors, which are noted.
fn keep_all<T>(result: Result<T, Vec<Diagnostic>>, diagnostics: &mut Vec<Diagnostic>) -> Option<T> {
    result.map_err(|errors| diagnostics.extend(errors)).ok()
}

/// Why there is no configuration.
#[derive(Debug)]
pub enum NoConfig {
    /// There is no `site.toml`, so there is no site.
    Missing(Diagnostic),
    /// This is wrong with it.
    Wrong(Vec<Diagnostic>),
}

impl NoConfig {
    /// All that is to be said of it.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        match self {
            Self::Missing(diagnostic) => vec![diagnostic],
            Self::Wrong(diagnostics) => diagnostics,
        }
    }
}

/// Reads the `site.toml` of a site, or `file` in its place.
///
/// # Errors
/// That it is missing, or all that is wrong with it.
pub fn read_config(root: &Path, file: Option<&Path>, overrides: &Overrides) -> Result<Config, NoConfig> {
    let path = file.map_or_else(|| root.join("site.toml"), Path::to_owned);
    let shown = file.map_or_else(|| "site.toml".to_owned(), |path| path.display().to_string());
    let wrong = |message: String| NoConfig::Wrong(vec![Diagnostic::error(Place::file(&shown), message)]);
    let bytes = source::read_if_there(&path).map_err(|error| wrong(format!("cannot read it: {error}")))?;
    let Some(bytes) = bytes else {
        let help =
            "go to the folder of the site, name it with `--root DIR`, or start one with `newsgen init DIR`";
        let place = Place::file(path.display().to_string());
        return Err(NoConfig::Missing(
            Diagnostic::error(place, "there is no site here: this file is missing").help(help),
        ));
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| wrong("the file is not UTF-8".to_owned()))?;
    Config::read(&shown, text, overrides).map_err(NoConfig::Wrong)
}

fn read_templates(snapshot: &Snapshot, diagnostics: &mut Vec<Diagnostic>) -> Templates {
    let mut templates = Templates::of_theme();
    for file in snapshot
        .templates
        .iter()
        .filter(|file| file.path.rsplit_once('.').is_some_and(|(_, ending)| ending == "html"))
    {
        let text = source::read(&file.on_disk, &file.shown).and_then(|bytes| {
            String::from_utf8(bytes)
                .map_err(|_| Diagnostic::error(Place::file(&file.shown), "the file is not UTF-8"))
        });
        match text {
            Ok(text) => templates.add(file.path.clone(), file.shown.clone(), text),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    templates
}

/// What [`publish`] did: the changes, and how many pages were rendered.
type Published = (Changes, usize);

fn publish(
    site: &Site<'_>,
    options: &Options,
    known: &HashMap<String, KnownPage>,
    watcher: Watcher<'_>,
) -> Result<(Published, HashMap<String, KnownPage>), Vec<Diagnostic>> {
    refuse_sources(&options.output.folder, &options.root).map_err(|diagnostic| vec![diagnostic])?;
    let waits = || watcher(Progress { stage: WAITING, done: 0, all: 0 });
    let output = Output::open(&options.output.folder, options.output.force, waits)
        .map_err(|diagnostic| vec![diagnostic])?;
    let rendered = AtomicUsize::new(0);
    let staged = site.for_each_page(watcher, |page| {
        let origin = site.origin(page, options.looked_at);
        let known = known.get(&page.path).filter(|known| Some(known.origin) == origin);
        if let Some(staged) = known.and_then(|known| output.intact(&page.path, known.digest, known.stamp)) {
            return Ok((origin, staged));
        }
        rendered.fetch_add(1, Ordering::Relaxed);
        Ok((origin, output.stage(&page.path, &site.bytes(page)?)?))
    });
    let staged = match staged {
        Ok(staged) => staged,
        Err(diagnostics) => {
            output.abandon();
            return Err(diagnostics);
        }
    };
    let (origins, staged): (Vec<Option<Digest>>, Vec<Staged>) = staged.into_iter().unzip();
    let changes = match output.commit(&staged) {
        Ok(changes) => changes,
        Err(diagnostics) => {
            output.abandon();
            return Err(diagnostics);
        }
    };
    let pages = origins.into_iter().zip(staged).filter_map(|(origin, staged)| {
        let page = KnownPage { origin: origin?, digest: staged.digest(), stamp: staged.stamp };
        Some((staged.path, page))
    });
    Ok(((changes, rendered.into_inner()), pages.collect()))
}

/// What is published must not be read as a source by the next build, nor take the place of one.
fn refuse_sources(folder: &Path, root: &Path) -> Result<(), Diagnostic> {
    let (real, root) = (source::real_path(folder), source::real_path(root));
    let is_refused = |name: &&&str| real.starts_with(root.join(name)) || root.join(name).starts_with(&real);
    match ["content", "templates", "static"].iter().find(is_refused) {
        None => Ok(()),
        Some(name) => {
            let message = format!("the output folder and the site's `{name}` lie inside one another");
            Err(Diagnostic::error(Place::file(folder.display().to_string()), message)
                .help("choose another one with `--output-dir`"))
        }
    }
}

/// A site that is ready to be rendered.
struct Site<'a> {
    plan: &'a Plan<'a>,
    renderer: &'a Renderer,
    collection: &'a Collection,
    shelf: &'a Shelf<'a>,
    config: &'a Config,
    /// On what every rendered page depends: this newsgen, the templates, and what every template sees of the site.
    rendering: Option<Digest>,
}

impl Site<'_> {
    /// Hands every page to `take`, in parallel.
    ///
    /// # Errors
    /// Those of all pages, each place once.
    fn for_each_page<T: Send>(
        &self,
        watcher: Watcher<'_>,
        take: impl Fn(&Page) -> Result<T, Diagnostic> + Sync,
    ) -> Result<Vec<T>, Vec<Diagnostic>> {
        let counter = Counter::new("writing", self.plan.pages.len(), watcher);
        let take = |page: &Page| {
            let taken = take(page);
            counter.one_more();
            taken
        };
        let results: Vec<Result<T, Diagnostic>> = self.plan.pages.par_iter().map(take).collect();
        let mut taken = Vec::with_capacity(results.len());
        let (mut errors, mut seen) = (Vec::new(), HashSet::new());
        for result in results {
            match result {
                Ok(value) => taken.push(value),
                Err(error) if seen.contains(&(error.place.clone(), error.message.clone())) => {}
                Err(error) => {
                    seen.insert((error.place.clone(), error.message.clone()));
                    errors.push(error);
                }
            }
        }
        if errors.is_empty() { Ok(taken) } else { Err(errors) }
    }

    /// Does everything that publishing does, short of writing.
    fn check(&self, options: &Options, watcher: Watcher<'_>) -> Result<(), Vec<Diagnostic>> {
        let mut errors = Vec::new();
        let output = &options.output;
        errors.extend(refuse_sources(&output.folder, &options.root).err());
        errors.extend(check_usable(&output.folder, output.force).err());
        let pages = self.for_each_page(watcher, |page| self.bytes(page).map(|_| ()));
        errors.extend(pages.err().into_iter().flatten());
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// The bytes of a page.
    fn bytes(&self, page: &Page) -> Result<Cow<'_, [u8]>, Diagnostic> {
        match &page.content {
            Content::Subject(Subject::Article(id)) => {
                let details = self.shelf.details(&self.collection.card(*id).path, self.config)?;
                self.renderer.render(&self.plan.view(Subject::Article(*id), &details)).map(Cow::Owned)
            }
            Content::Subject(subject) => {
                self.renderer.render(&self.plan.view(*subject, &Details::default())).map(Cow::Owned)
            }
            Content::Robots => Ok(Cow::Borrowed(render::ROBOTS)),
            Content::Asset(bytes) => Ok(Cow::Borrowed(bytes)),
            Content::Copy(file) => source::read(&file.on_disk, &file.shown).map(Cow::Owned),
        }
    }

    /// The digest of all that a page is made from: two pages of one origin have the same bytes. None where that is not
    /// known without reading.
    fn origin(&self, page: &Page, looked_at: i64) -> Option<Digest> {
        let rendered = |subject: Subject, more: &[u8]| {
            let view = encoded(&self.plan.view(subject, &Details::default()))?;
            Some(Digest::of_parts([self.rendering?.as_bytes(), &view, more]))
        };
        match &page.content {
            Content::Subject(Subject::Article(id)) => {
                let known = self.shelf.documents.get(&self.collection.card(*id).path)?;
                let has_digest = known.digest != Digest::default();
                has_digest.then(|| rendered(Subject::Article(*id), known.digest.as_bytes()))?
            }
            Content::Subject(subject) => rendered(*subject, &[]),
            Content::Robots => Some(Digest::of(render::ROBOTS)),
            Content::Asset(bytes) => Some(Digest::of(bytes)),
            Content::Copy(file) => {
                let is_believed = file.stamp.is_settled(looked_at);
                let stamp = encoded(&file.stamp).filter(|_| is_believed)?;
                Some(Digest::of_parts([file.shown.as_bytes(), &stamp]))
            }
        }
    }
}

/// The bytes that stand for a value, if it can be encoded.
fn encoded<T: Serialize>(value: &T) -> Option<Vec<u8>> {
    postcard::to_stdvec(value).ok()
}

/// Tells the watcher how far a stage is.
struct Counter<'a> {
    stage: &'static str,
    all: usize,
    done: AtomicUsize,
    watcher: Watcher<'a>,
}

impl<'a> Counter<'a> {
    fn new(stage: &'static str, all: usize, watcher: Watcher<'a>) -> Self {
        Self { stage, all, done: AtomicUsize::new(0), watcher }
    }

    fn one_more(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.watcher)(Progress { stage: self.stage, done, all: self.all });
    }
}
