//! What a build stands on: the configuration, the templates, the files that there are, and what the build before left.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::missing::Emptied;
use super::{Options, addresses, is_of_documents, missing};
use crate::asset::{self, Asset};
use crate::config::{Config, Overrides, Wrong};
use crate::diagnostic::{Cause, Diagnostic, Place};
use crate::digest::{Digest, encoded};
use crate::publish::Glance;
use crate::render::{Templates, theme};
use crate::source::{self, FileInPlace, SiteFile, Skipped, Snapshot};
use crate::state::{self, Previous, Program};

/// Everything that is known of a site before a document is read.
pub(super) struct Ground {
    pub(super) config: Config,
    pub(super) templates: Templates,
    pub(super) assets: Vec<Asset>,
    pub(super) static_files: Vec<SiteFile>,
    /// What the look at the site's folders found.
    pub(super) seen: Vec<Diagnostic>,
    /// What is wrong with the configuration and with the reading of templates.
    pub(super) site_errors: Vec<Diagnostic>,
    pub(super) program: Program,
    /// Of what the reading of every document depends on.
    pub(super) reading: Digest,
    /// Of this newsgen, the templates and the configuration.
    pub(super) rendering: Digest,
    /// Of all on which the site depends beside its documents and the instant of the build, if that is known.
    pub(super) site: Option<Digest>,
    /// The sources beside the documents, relative to the site's root, each with what differs where it does.
    pub(super) site_files: BTreeMap<String, Digest>,
    /// The text of the lock file of addresses.
    pub(super) lock: String,
    pub(super) previous: Previous,
    /// How many articles the last build published, if its state is there.
    pub(super) last_articles: Option<usize>,
    /// The folders that have no files any more.
    pub(super) emptied: Vec<Emptied>,
    /// What lies in the site's folders and is not read.
    pub(super) skipped: Vec<Skipped>,
    pub(super) glance: Glance,
    /// Whether the same documents would make the site that the build before made.
    pub(super) holds: bool,
}

impl Ground {
    /// Looks at a site, and gives the files of its documents, sorted by path, too. None where there is not even a
    /// configuration, with what is to be said of that.
    pub(super) fn read(
        options: &Options,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<(Self, Vec<SiteFile>)> {
        let mut site_errors = Vec::new();
        let config = match read_config(&options.root, options.config.as_deref(), &options.overrides) {
            Ok(config) => {
                site_errors.extend(config.warnings.iter().cloned());
                config
            }
            Err(NoConfig::Missing(diagnostic)) => {
                diagnostics.push(diagnostic);
                return None;
            }
            Err(NoConfig::Wrong(Wrong { diagnostics, rest })) => {
                site_errors.extend(diagnostics);
                *rest
            }
        };
        let ((snapshot, mut seen), (last, glance)) = rayon::join(
            || source::look(&options.root, &|path| config.ignore.matches(path)),
            || rayon::join(|| last(options), || Glance::into(&options.output.folder)),
        );
        seen.extend(missing::files(&snapshot.skipped, last.as_ref().map(|last| &last.state), options));
        seen.retain(|found| config.knows_ignored || found.cause != Cause::Text || !is_of_documents(found));
        let last_state = last.as_ref().map(|last| &last.state);
        let emptied = missing::emptied(&snapshot, last_state, &config.ignore);
        let last_articles = last.as_ref().map(|last| last.state.census.articles);
        let is_used = !options.output.fresh && !options.output.only_check;
        let previous = last.filter(|_| is_used).unwrap_or_default();
        let templates = read_templates(&snapshot, &mut site_errors);
        let assets = asset::assets(theme::ASSETS, &snapshot.static_files, config.preview);
        let assets = assets.unwrap_or_else(|errors| {
            site_errors.extend(errors);
            Vec::new()
        });
        site_errors.extend(templates.plain_links(&assets));
        let lock = addresses::read_lock(&options.root).unwrap_or_else(|diagnostic| {
            site_errors.push(diagnostic);
            String::new()
        });
        let program = this_program(options, previous.state.program);
        let reading = Digest::of_parts([program.digest.as_bytes(), config.reading().as_bytes()]);
        let parts = [program.digest, templates.digest(), config.digest()];
        let rendering = Digest::of_parts(parts.iter().map(Digest::as_bytes));
        let site_files = site_files(&config, &templates, &snapshot.static_files);
        let site = site_digest(rendering, &site_files, &snapshot.static_files, options.looked_at);
        let previous =
            if previous.state.reading == reading { previous } else { previous.without_documents() };
        let holds = site.is_some()
            && previous.state.site == site
            && previous.state.lock == Digest::of(lock.as_bytes())
            && previous.state.span.holds(config.now)
            && !seen.iter().chain(&site_errors).any(Diagnostic::is_error);
        let Snapshot { content: documents, static_files, skipped, .. } = snapshot;
        let ground = Self {
            config,
            templates,
            assets,
            static_files,
            seen,
            site_errors,
            program,
            reading,
            rendering,
            site,
            site_files,
            lock,
            previous,
            last_articles,
            emptied,
            skipped,
            glance,
            holds,
        };
        Some((ground, documents))
    }

    /// The sources beside the documents that are not as the build before had them.
    pub(super) fn changed_site_files(&self) -> Vec<String> {
        let (before, now) = (&self.previous.state.site_files, &self.site_files);
        if before.is_empty() {
            return Vec::new();
        }
        let is_changed = |name: &&String| before.get(*name) != now.get(*name);
        let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        names.into_iter().filter(is_changed).cloned().collect()
    }

    /// Whether the site is the one that the build before made, and none of its documents has another stamp.
    pub(super) fn is_untouched(&self, documents: &[SiteFile]) -> bool {
        let known = &self.previous.state.documents;
        let mut pairs = documents.iter().zip(known);
        self.holds
            && documents.len() == known.len()
            && pairs.all(|(file, known)| file.path == known.path && known.stamp == Some(file.stamp))
    }
}

/// The sources of a site beside its documents, each with a digest that differs where they do.
fn site_files(config: &Config, templates: &Templates, files: &[SiteFile]) -> BTreeMap<String, Digest> {
    let files = files.iter().map(|file| (file.shown(), Digest::of_value(&file.stamp)));
    let templates = templates.of_site().map(|(shown, digest)| (shown.to_owned(), digest));
    files.chain(templates).chain([(source::CONFIG.to_owned(), config.digest())]).collect()
}

/// Of all on which a site depends beside its documents and the instant of the build; none where a file may have changed
/// without changing its stamp.
fn site_digest(
    rendering: Digest,
    site_files: &BTreeMap<String, Digest>,
    files: &[SiteFile],
    looked_at: i64,
) -> Option<Digest> {
    let is_settled = files.iter().all(|file| file.stamp.is_settled(looked_at));
    let site_files = encoded(site_files).filter(|_| is_settled)?;
    Some(Digest::of_parts([rendering.as_bytes(), &site_files]))
}

/// Which newsgen this is. One with the stamp of the one before is the one before, and need not be read; one that cannot be
/// read is none that left anything.
fn this_program(options: &Options, before: Program) -> Program {
    let stamp = source::source_stamp(&options.program).filter(|stamp| stamp.is_settled(options.looked_at));
    if stamp.is_some() && stamp == before.stamp {
        return before;
    }
    let digest = source::digest(&options.program);
    Program { stamp, digest: digest.unwrap_or_else(|_| Digest::of(&options.looked_at.to_le_bytes())) }
}

/// What the last build that published the site left.
fn last(options: &Options) -> Option<Previous> {
    let path = state::path(&options.root, &options.output.folder);
    Previous::read(FileInPlace::open(&path).ok().flatten()?)
}

/// Why there is no configuration.
#[derive(Debug)]
pub enum NoConfig {
    /// There is no `site.toml`, so there is no site.
    Missing(Diagnostic),
    /// It is wrong.
    Wrong(Wrong),
}

impl NoConfig {
    /// All that is to be said of it.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        match self {
            Self::Missing(diagnostic) => vec![diagnostic],
            Self::Wrong(wrong) => wrong.diagnostics,
        }
    }
}

/// Reads the `site.toml` of a site, or `file` in its place.
///
/// # Errors
/// That it is missing, or all that is wrong with it.
pub fn read_config(root: &Path, file: Option<&Path>, overrides: &Overrides) -> Result<Config, NoConfig> {
    let path = file.map_or_else(|| root.join(source::CONFIG), Path::to_owned);
    let shown = file.map_or_else(|| source::CONFIG.to_owned(), |path| path.display().to_string());
    let unread = |diagnostic| NoConfig::Wrong(Wrong::unread(diagnostic, overrides));
    let wrong = |message: String| Diagnostic::error(Place::file(&shown), message);
    if let Some(diagnostic) = source::leads_out(root, source::CONFIG).filter(|_| file.is_none()) {
        return Err(unread(diagnostic));
    }
    let bytes = source::read_if_there(&path, source::LONGEST_TEXT)
        .map_err(|error| unread(wrong(format!("cannot read it: {error}")).caused_by(Cause::Machine)));
    let Some(bytes) = bytes? else {
        let (message, help) = match file {
            Some(_) => ("there is no such file", "name another one with `--config FILE`"),
            None => (
                "there is no site here: this file is missing",
                "go to the folder of the site, name it with `--root DIR`, or start one with `newsgen init DIR`",
            ),
        };
        let place = Place::file(path.display().to_string());
        return Err(NoConfig::Missing(Diagnostic::error(place, message).help(help)));
    };
    let text = source::text(&bytes).map_err(|_| unread(wrong("the file is not UTF-8".to_owned())))?;
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
            source::text(&bytes)
                .map(str::to_owned)
                .map_err(|_| Diagnostic::error(Place::file(file.shown()), "the file is not UTF-8"))
        });
        match text {
            Ok(text) => templates.add(file.path.to_string(), file.shown(), text),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    templates
}
