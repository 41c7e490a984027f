//! One build: from what is on the disk to a published site, and no step twice.

mod shelf;

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::Serialize;

use crate::collection::Collection;
use crate::config::{Config, OnError, Overrides};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::Digest;
use crate::page::{Content, File, Page, Plan, Subject, View};
use crate::publish::{Changes, Output, Staged, check_usable, replace_file};
use crate::render::{self, Renderer, Templates, theme};
use crate::source::{self, FileInPlace, Snapshot};
use crate::state::{self, Census, KnownPage, Previous, State};
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// What it is made of.
    pub census: Census,
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
    let (snapshot, seen) = source::look(&options.root);
    let templates = read_templates(&snapshot, &mut site_errors);

    let program = options.program;
    let reading = Digest::of_parts([program.as_bytes(), config.reading().as_bytes()]);
    let rendering = Digest::of_parts([program.as_bytes(), templates.digest().as_bytes()]);
    let site_digest = site_digest(rendering, &config, &snapshot, options.looked_at);
    let mut previous = previous(options, reading);
    let holds = site_digest.is_some()
        && previous.state.site == site_digest
        && previous.state.span.holds(config.now)
        && !seen.iter().chain(&site_errors).any(Diagnostic::is_error);
    if holds
        && is_known(&snapshot, &previous.state)
        && let Some(summary) = nothing_to_do(options, &previous.state, watcher)
    {
        diagnostics.extend(seen);
        diagnostics.extend(previous.state.diagnostics);
        return Some(summary);
    }

    let contents = previous.contents().unwrap_or_else(|| {
        previous = Previous::default();
        Vec::new()
    });
    let shelf = Shelf::read(snapshot.content, &config, &previous, &contents, options.looked_at, watcher);
    let mut document_errors = shelf.diagnostics.clone();
    let (collection, found) = Collection::new(shelf.sorted_by_kind(), &config);
    let left_out = shelf.left_out() + found.iter().filter(|diagnostic| diagnostic.is_error()).count();
    document_errors.extend(found.into_iter().map(|diagnostic| shelf.at_its_key(diagnostic)));
    let (plan, found) = Plan::new(&collection, &config, snapshot.static_files, theme::ASSETS);
    site_errors.extend(found);
    let renderer = keep_all(Renderer::new(templates, &plan.site()), &mut site_errors);

    let is_of_documents = |diagnostic: &Diagnostic| diagnostic.place.file.starts_with("content/");
    let stops = site_errors.iter().any(Diagnostic::is_error)
        || seen.iter().any(|found| found.is_error() && !is_of_documents(found))
        || (config.on_error == OnError::Stop
            && seen.iter().chain(&document_errors).any(Diagnostic::is_error));
    if collection.is_empty() && !stops {
        let message = "no article takes part: none is published and due";
        site_errors.push(Diagnostic::warning(Place::file("content"), message));
    }
    let found: Vec<Diagnostic> = site_errors.into_iter().chain(document_errors).collect();
    let has_errors = seen.iter().chain(&found).any(Diagnostic::is_error);
    diagnostics.extend(seen);
    diagnostics.extend(found.iter().cloned());
    let census = Census {
        articles: collection.len(),
        topics: collection.topics.len(),
        providers: collection.providers.len(),
        left_out,
    };
    let site = Site {
        plan: &plan,
        renderer: &renderer?,
        collection: &collection,
        shelf: &shelf,
        config: &config,
        rendering: encoded(&plan.site()).map(|site| Digest::of_parts([rendering.as_bytes(), &site])),
        known: &previous.state.pages,
        edited: shelf.edited.as_ref().filter(|_| holds),
    };
    if stops || options.output.only_check {
        if let Err(errors) = site.check(options, watcher) {
            diagnostics.extend(errors);
            return None;
        }
        let (files, changes) = (plan.pages.len(), Changes::default());
        return (!stops).then_some(Summary { census, files, rendered: 0, changes });
    }
    let published = keep_all(publish(&site, options, watcher), diagnostics)?;
    let files = plan.pages.len();
    drop(plan);
    let state = State {
        reading,
        site: site_digest.filter(|_| !has_errors),
        span: shelf.span(&config),
        census,
        diagnostics: found,
        documents: Vec::new(),
        pages: published.pages,
    };
    let saved = replace_file(&state::path(&options.root, &options.output.folder), |out| {
        state.write(&shelf.known(), &previous, out)
    });
    diagnostics.extend(saved.err().map(|error| Diagnostic { severity: Severity::Warning, ..error }));
    // To give so many small pieces of memory back takes time, for which nobody has to wait.
    rayon::spawn(move || drop((shelf, collection, previous)));
    Some(Summary { census, files, rendered: published.rendered, changes: published.changes })
}

/// Of all on which a site depends beside its documents and the instant of the build; none where a file may have changed
/// without changing its stamp.
fn site_digest(rendering: Digest, config: &Config, snapshot: &Snapshot, looked_at: i64) -> Option<Digest> {
    let files = &snapshot.static_files;
    let is_settled = files.iter().all(|file| file.stamp.is_settled(looked_at));
    let files: Vec<_> = files.iter().map(|file| (&file.path, file.stamp)).collect();
    let files = encoded(&files).filter(|_| is_settled)?;
    Some(Digest::of_parts([rendering.as_bytes(), config.digest().as_bytes(), &files]))
}

/// What the previous build left, as far as it holds for this one.
fn previous(options: &Options, reading: Digest) -> Previous {
    if options.output.fresh || options.output.only_check {
        return Previous::default();
    }
    let path = state::path(&options.root, &options.output.folder);
    let file = FileInPlace::open(&path).ok().flatten();
    let previous = file.and_then(Previous::read).unwrap_or_default();
    if previous.state.reading == reading { previous } else { previous.without_documents() }
}

/// Whether the documents are those of a state, untouched.
fn is_known(snapshot: &Snapshot, state: &State) -> bool {
    let mut pairs = snapshot.content.iter().zip(&state.documents);
    snapshot.content.len() == state.documents.len()
        && pairs.all(|(file, known)| file.path == known.path && known.stamp == Some(file.stamp))
}

/// What a build did that has nothing to do, if the output folder is as the build before left it.
fn nothing_to_do(options: &Options, state: &State, watcher: Watcher<'_>) -> Option<Summary> {
    let output = open(options, watcher).ok()?;
    let intact =
        |(place, page): (usize, &KnownPage)| output.intact(&page.path, place, page.digest, page.stamp);
    let staged: Option<Vec<Staged>> = state.pages.par_iter().enumerate().map(intact).collect();
    let changes = staged.filter(|staged| output.holds_only(staged)).map(|staged| Changes {
        unchanged: staged.into_iter().map(|file| file.path).collect(),
        ..Changes::default()
    });
    output.abandon();
    Some(Summary { census: state.census, files: state.pages.len(), rendered: 0, changes: changes? })
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
        let text = source::read(&file.on_disk(), &file.shown()).and_then(|bytes| {
            String::from_utf8(bytes)
                .map_err(|_| Diagnostic::error(Place::file(file.shown()), "the file is not UTF-8"))
        });
        match text {
            Ok(text) => templates.add(file.path.to_string(), file.shown(), text),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    templates
}

/// What [`publish`] did.
struct Published {
    pages: Vec<KnownPage>,
    changes: Changes,
    rendered: usize,
}

fn open(options: &Options, watcher: Watcher<'_>) -> Result<Output, Diagnostic> {
    refuse_sources(&options.output.folder, &options.root)?;
    let waits = || watcher(Progress { stage: WAITING, done: 0, all: 0 });
    Output::open(&options.output.folder, options.output.force, waits)
}

fn publish(site: &Site<'_>, options: &Options, watcher: Watcher<'_>) -> Result<Published, Vec<Diagnostic>> {
    let output = open(options, watcher).map_err(|diagnostic| vec![diagnostic])?;
    let rendered = AtomicUsize::new(0);
    let made = site.for_each_page(watcher, |place, page| {
        let made = site.make(page, place, &output, options.looked_at)?;
        rendered.fetch_add(usize::from(made.is_rendered), Ordering::Relaxed);
        Ok((made.origin, made.staged))
    });
    let committed = made.and_then(|made| {
        let (origins, staged): (Vec<Option<Digest>>, Vec<Staged>) = made.into_iter().unzip();
        Ok((output.commit(&staged)?, origins, staged))
    });
    let (removed, origins, staged) = match committed {
        Ok(committed) => committed,
        Err(diagnostics) => {
            output.abandon();
            return Err(diagnostics);
        }
    };
    let known = |(origin, staged): (Option<Digest>, &Staged)| KnownPage {
        path: Arc::clone(&staged.path),
        origin,
        digest: staged.digest(),
        stamp: staged.stamp,
    };
    let pages = origins.into_iter().zip(&staged).map(known).collect();
    let mut changes = Changes { removed, ..Changes::default() };
    for file in staged {
        let list = if file.is_written() { &mut changes.written } else { &mut changes.unchanged };
        list.push(file.path);
    }
    Ok(Published { pages, changes, rendered: rendered.into_inner() })
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
    shelf: &'a Shelf,
    config: &'a Config,
    /// On what every rendered page depends: this newsgen, the templates, and what every template sees of the site.
    rendering: Option<Digest>,
    /// The pages of the build before, sorted by path.
    known: &'a [KnownPage],
    /// The articles that were edited, if the pages of all others and all other pages have the origins that they had.
    edited: Option<&'a HashSet<Arc<str>>>,
}

/// A page that is ready for its place.
struct Made {
    /// Of all that it was made from: two pages of one origin have the same bytes. None where that is not known.
    origin: Option<Digest>,
    staged: Staged,
    is_rendered: bool,
}

impl Site<'_> {
    /// Hands every page with its place among all to `take`, in parallel.
    ///
    /// # Errors
    /// Those of all pages, each place once.
    fn for_each_page<T: Send>(
        &self,
        watcher: Watcher<'_>,
        take: impl Fn(usize, &Page) -> Result<T, Diagnostic> + Sync,
    ) -> Result<Vec<T>, Vec<Diagnostic>> {
        let counter = Counter::new("writing", self.plan.pages.len(), watcher);
        let take = |(place, page): (usize, &Page)| {
            let taken = take(place, page);
            counter.one_more();
            taken
        };
        let results: Vec<Result<T, Diagnostic>> = self.plan.pages.par_iter().enumerate().map(take).collect();
        let (mut errors, mut seen) = (Vec::new(), HashSet::new());
        let mut note = |error: Diagnostic| {
            if seen.insert((error.place.clone(), error.message.clone())) {
                errors.push(error);
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
        let pages = self.for_each_page(watcher, |_, page| match &page.content {
            Content::Subject(subject) => self.render(*subject).map(|_| ()),
            Content::File(file) => file_bytes(file).map(|_| ()),
        });
        errors.extend(pages.err().into_iter().flatten());
        if errors.is_empty() { Ok(()) } else { Err(errors) }
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
        let known = self.known(page, place);
        let in_place = |origin: Option<Digest>| {
            let known = known.filter(|known| origin.is_some() && known.origin == origin)?;
            let staged = output.intact(&page.path, place, known.digest, known.stamp)?;
            Some(Made { origin, staged, is_rendered: false })
        };
        if let Some(made) = known.filter(|_| self.is_as_before(page)).and_then(|known| in_place(known.origin))
        {
            return Ok(made);
        }
        let (origin, bytes) = match &page.content {
            Content::Subject(subject) => {
                let origin = self.origin(*subject);
                if let Some(made) = in_place(origin) {
                    return Ok(made);
                }
                (origin, self.render(*subject)?.into())
            }
            Content::File(file) => {
                let origin = origin_of_file(file, looked_at);
                if let Some(made) = in_place(origin) {
                    return Ok(made);
                }
                (origin, file_bytes(file)?)
            }
        };
        Ok(Made { origin, staged: output.stage(&page.path, &bytes)?, is_rendered: true })
    }

    /// Whether a page has the origin that it had.
    fn is_as_before(&self, page: &Page) -> bool {
        let is_edited = |edited: &HashSet<Arc<str>>| match page.content {
            Content::Subject(Subject::Article(id)) => edited.contains(&self.collection.card(id).path),
            _ => false,
        };
        self.edited.is_some_and(|edited| !is_edited(edited))
    }

    /// The bytes of a page that a template makes.
    fn render(&self, subject: Subject) -> Result<Vec<u8>, Diagnostic> {
        let view = self.plan.view(subject);
        let Subject::Article(id) = subject else { return self.renderer.render(&view) };
        let details = self.shelf.details(&self.collection.card(id).path, self.config)?;
        self.renderer.render(&self.plan.with_details(view, &details))
    }

    /// The origin of a page that a template makes. What the view of an article lacks is in its document.
    fn origin(&self, subject: Subject) -> Option<Digest> {
        let view: View<'_, Digest> = self.plan.view(subject);
        let document = match subject {
            Subject::Article(id) => self.shelf.digest(&self.collection.card(id).path)?,
            _ => Digest::default(),
        };
        Some(Digest::of_parts([self.rendering?.as_bytes(), &encoded(&view)?, document.as_bytes()]))
    }
}

fn file_bytes(file: &File) -> Result<Cow<'_, [u8]>, Diagnostic> {
    match file {
        File::Robots => Ok(Cow::Borrowed(render::ROBOTS)),
        File::Asset(bytes) => Ok(Cow::Borrowed(bytes)),
        File::Copy(file) => source::read(&file.on_disk(), &file.shown()).map(Cow::Owned),
    }
}

fn origin_of_file(file: &File, looked_at: i64) -> Option<Digest> {
    match file {
        File::Robots => Some(Digest::of(render::ROBOTS)),
        File::Asset(bytes) => Some(Digest::of(bytes)),
        File::Copy(file) => {
            let is_believed = file.stamp.is_settled(looked_at);
            let stamp = encoded(&file.stamp).filter(|_| is_believed)?;
            Some(Digest::of_parts([file.shown().as_bytes(), &stamp]))
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
