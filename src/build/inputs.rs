//! The inputs of a build: configuration, templates, static files, and the cache of the previous
//! build.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use super::icons::Icons;
use super::missing_content::LostContent;
use super::options::BuildOptions;
use super::picture_store::PictureStore;
use super::report::{Report, is_about_document};
use super::session::{LastScan, Session};
use super::{address_lock, missing_content};
use crate::asset::{self, AddedCss, Asset};
use crate::build::cache::{self, AddressFiles, BuildCache, GeneratorVersion};
use crate::config::{Config, InvalidConfig, Overrides};
use crate::diagnostic::{Code, Diagnostic, Location, Origin};
use crate::digest::{Digest, DigestKey, encoded};
use crate::publish::ManifestSnapshot;
use crate::render::{Templates, theme};
use crate::source::{self, RandomAccessFile, ScanScope, SiteFile, Snapshot};
use crate::theme_files;

/// Everything known about a site before documents are parsed.
pub(super) struct Inputs {
    pub(super) config: Config,
    pub(super) templates: Templates,
    pub(super) assets: Vec<Asset>,
    /// What is stored of the site's icons.
    pub(super) icon_keys: Vec<Digest>,
    /// All sources but documents.
    pub(super) snapshot: Snapshot,
    /// Diagnostics from scanning the site's folders and from reading its configuration and
    /// templates.
    pub(super) report: Report,
    pub(super) generator: GeneratorVersion,
    /// The key of the digests of documents and of the inputs of output files.
    pub(super) digest_key: DigestKey,
    /// Digest of what parsing depends on: this newsgen and the configuration.
    pub(super) parse_digest: Digest,
    /// Digest of what rendering depends on: this newsgen, the templates and the configuration.
    pub(super) render_digest: Digest,
    /// Digest of everything but documents and time that the site depends on. None if a file may
    /// have changed without changing its stamp.
    pub(super) site: Option<Digest>,
    /// Digests of all sources but documents, by path relative to the site's root.
    pub(super) site_files: BTreeMap<String, Digest>,
    /// The text of the address lock file.
    pub(super) lock: String,
    /// None if the address history cannot be read.
    pub(super) addresses: Option<AddressFiles>,
    pub(super) previous: BuildCache,
    /// The folder of the cache.
    pub(super) cache_folder: PathBuf,
    pub(super) lost: LostContent,
    pub(super) manifest_snapshot: ManifestSnapshot,
    /// When the site was last scanned in full, in nanoseconds since 1970.
    pub(super) scanned_at: i64,
    /// Whether the rest of a previous scan was assumed to be up to date.
    pub(super) is_partial: bool,
    /// Whether the scan found no problem.
    pub(super) is_scan_complete: bool,
    /// Whether nothing but documents can have changed since the previous build.
    pub(super) is_reusable: bool,
}

impl Inputs {
    /// Scans a site, as far as `scope` says if the session has the rest. Also returns the files of
    /// its documents, sorted by path.
    ///
    /// # Errors
    /// If there is no `site.toml`.
    pub(super) fn read(
        options: &BuildOptions,
        scope: &ScanScope,
        session: Session,
    ) -> Result<(Self, Vec<SiteFile>), Diagnostic> {
        check_cache_folder(&options.root)?;
        let (config, mut site_errors) = usable_config(options)?;
        let Session { scan, cache, manifest } = session;
        let has_manifest = manifest.is_some();
        let is_ignored = |path: &str| config.ignore.matches(path);
        let (found, (last, manifest_snapshot)) = rayon::join(
            || Scan::new(scan, scope, options, &is_ignored),
            || {
                let read = || ManifestSnapshot::read(&options.output.folder);
                rayon::join(|| cache.or_else(|| last(options)), || manifest.unwrap_or_else(read))
            },
        );
        let Scan { mut snapshot, diagnostics: mut scan_diagnostics, scanned_at, is_partial } =
            found;
        let is_scan_complete = scan_diagnostics.is_empty();
        let last_state = last.as_ref().map(|last| &last.state);
        scan_diagnostics.extend(missing_content::files(&snapshot.skipped, last_state, options));
        scan_diagnostics.extend(missing_content::folders(
            &snapshot,
            last_state,
            &config.ignore,
            options,
        ));
        scan_diagnostics.extend(unmatched_patterns(&options.root, &config, &snapshot.content));
        scan_diagnostics.retain(|found| {
            config.knows_ignored || found.origin != Origin::Input || !is_about_document(found)
        });
        let emptied = missing_content::emptied(&snapshot, last_state);
        let previous_article_count = last.as_ref().map(|last| last.state.stats.articles);
        let is_used = !options.output.fresh && !options.output.check_only;
        let previous = last.filter(|_| is_used).unwrap_or_default();
        let templates = read_templates(&snapshot, &mut site_errors);
        let cache_folder = options.root.join(cache::FOLDER);
        let files = &snapshot.static_files;
        let is_written = !options.output.check_only;
        let theme = ThemeInputs::read(config, files, &cache_folder, is_written, &mut site_errors);
        let ThemeInputs { config, assets, icon_keys } = theme;
        site_errors.extend(templates.outdated_copies());
        site_errors.extend(templates.unfingerprinted_links(&assets));
        site_errors.extend(templates.unshown_settings(&config.theme));
        site_errors.extend(templates.links_outside(config.root()));
        if config.is_complete {
            site_errors.extend(templates.blocked_content(&config));
        }
        let lock = address_lock::read_lock(&options.root).unwrap_or_else(|diagnostic| {
            site_errors.push(diagnostic);
            String::new()
        });
        let before = previous.state.generator;
        let generator = generator_version(&options.executable, options.scanned_at, before);
        let parse_digest = parse_digest(&generator, &config);
        let parts = [generator.digest, templates.digest(), config.digest()];
        let render_digest = Digest::of_parts(parts.iter().map(Digest::as_bytes));
        let site_files = site_files(&config, &templates, &snapshot.static_files);
        let site = site_digest(render_digest, &site_files, &snapshot.static_files, scanned_at);
        let previous = if previous.state.parse_digest == parse_digest {
            previous
        } else {
            previous.without_documents()
        };
        let report = Report { scan: scan_diagnostics, site: site_errors, ..Report::default() };
        let addresses_before = previous.state.addresses;
        let addresses = address_lock::identify(&options.root, &lock, addresses_before.as_ref());
        let is_reusable = site.is_some()
            && previous.state.site == site
            && addresses
                .zip(addresses_before)
                .is_some_and(|(now, before)| now.have_same_contents(&before))
            && previous.state.validity.contains(config.now)
            && !report.has_errors();
        let documents = std::mem::take(&mut snapshot.content);
        let inputs = Self {
            config,
            templates,
            assets,
            icon_keys,
            snapshot,
            report,
            generator,
            digest_key: previous.state.digest_key.clone().unwrap_or_else(DigestKey::random),
            parse_digest,
            render_digest,
            site,
            site_files,
            lock,
            addresses,
            previous,
            cache_folder,
            lost: LostContent { previous_article_count, emptied },
            // The one on disk may be older than the files.
            manifest_snapshot: manifest_snapshot.trusted(is_partial && has_manifest),
            scanned_at,
            is_partial,
            is_scan_complete,
            is_reusable,
        };
        Ok((inputs, documents))
    }

    /// The sources but documents that differ from those of the previous build.
    pub(super) fn changed_site_files(&self) -> Vec<String> {
        let (before, now) = (&self.previous.state.site_files, &self.site_files);
        if before.is_empty() {
            return Vec::new();
        }
        let is_changed = |name: &&String| before.get(*name) != now.get(*name);
        let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        names.into_iter().filter(is_changed).cloned().collect()
    }
}

/// What a site's configuration and static files make of the theme.
struct ThemeInputs {
    /// With what is known of the files that `[theme]` names.
    config: Config,
    /// Those of the theme, and the site's icons.
    assets: Vec<Asset>,
    /// What is stored of the icons.
    icon_keys: Vec<Digest>,
}

impl ThemeInputs {
    /// Reads the files. Adds what is wrong with them to `diagnostics`.
    fn read(
        config: Config,
        files: &[SiteFile],
        cache_folder: &Path,
        is_written: bool,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let assets = asset::assets(theme::ASSETS, files, &AddedCss::new(&config), config.preview);
        let (mut assets, found) = assets.unwrap_or_else(|errors| (Vec::new(), errors));
        diagnostics.extend(found);
        let (theme_files, found) = theme_files::read(&config.theme, files, &assets, config.preview);
        diagnostics.extend(found);
        let config = config.with_theme_files(theme_files);
        let icons = Icons::read(&config, files, &PictureStore::new(cache_folder), is_written);
        diagnostics.extend(icons.diagnostics);
        assets.extend(icons.assets);
        Self { config, assets, icon_keys: icons.keys }
    }
}

/// The configuration, as far as it is valid, with its errors and warnings.
///
/// # Errors
/// If there is no `site.toml`.
fn usable_config(options: &BuildOptions) -> Result<(Config, Vec<Diagnostic>), Diagnostic> {
    match read_config(&options.root, options.config.as_deref(), &options.overrides) {
        Ok(config) => {
            let warnings = config.warnings.clone();
            Ok((config, warnings))
        }
        Err(ConfigError::Missing(diagnostic)) => Err(diagnostic),
        Err(ConfigError::Invalid(InvalidConfig { diagnostics, rest })) => Ok((*rest, diagnostics)),
    }
}

/// The sources of a site.
struct Scan {
    snapshot: Snapshot,
    diagnostics: Vec<Diagnostic>,
    /// When all of them were last scanned, in nanoseconds since 1970.
    scanned_at: i64,
    /// Whether only a part was scanned now.
    is_partial: bool,
}

impl Scan {
    /// Scans the sources, as far as `scope` says if the last scan permits that.
    fn new(
        last: Option<LastScan>,
        scope: &ScanScope,
        options: &BuildOptions,
        is_ignored: &(dyn Fn(&str) -> bool + Sync),
    ) -> Self {
        if let Some(LastScan { snapshot, scanned_at }) =
            last.and_then(|last| last.rescan(scope, options, is_ignored))
        {
            return Self { snapshot, diagnostics: Vec::new(), scanned_at, is_partial: true };
        }
        let (snapshot, diagnostics) = source::scan(&options.root, is_ignored);
        Self { snapshot, diagnostics, scanned_at: options.scanned_at, is_partial: false }
    }
}

/// An error if there is something other than a folder in the place of the cache folder.
fn check_cache_folder(root: &Path) -> Result<(), Diagnostic> {
    let folder = root.join(cache::FOLDER);
    let exists = source::kind_of(&folder).is_ok_and(|kind| kind.is_some());
    if !exists || source::is_folder(&folder) {
        return Ok(());
    }
    let message = "this is not a folder, but newsgen keeps its cache here";
    Err(Diagnostic::new(Code::UnusableFolder, Location::file(cache::FOLDER), message)
        .help("remove it; newsgen makes the folder"))
}

/// Warnings for patterns of `ignore` that match nothing, because a file or folder that they name
/// does not exist, or that would match one of the `documents` in another case.
fn unmatched_patterns(root: &Path, config: &Config, documents: &[SiteFile]) -> Vec<Diagnostic> {
    let [content, ..] = source::FOLDERS;
    let miscased = miscased_patterns(config, documents);
    let is_miscased =
        |location: &Location| miscased.iter().any(|warning| warning.location == *location);
    let folder = root.join(content);
    let is_missing = |path: &str| matches!(source::kind_of(&folder.join(path)), Ok(None));
    let named = config.ignore.named().filter(|(_, location)| !is_miscased(location));
    let missing = named.filter(|(path, _)| is_missing(path));
    let warning = |(path, location): (&str, &Location)| {
        let message = format!("`ignore` names `{content}/{path}`, which does not exist");
        Diagnostic::new(Code::UnmatchedPattern, location.clone(), message)
            .help("check the spelling, upper and lower case too; else take the pattern out")
    };
    let missing: Vec<Diagnostic> = missing.map(warning).collect();
    [missing, miscased].concat()
}

/// A warning for each pattern of `ignore` that would match one of the `documents` or its folders in
/// another case.
fn miscased_patterns(config: &Config, documents: &[SiteFile]) -> Vec<Diagnostic> {
    let mut warnings: Vec<Diagnostic> = Vec::new();
    if config.ignore.is_empty() {
        return warnings;
    }
    let mut seen = HashSet::new();
    for file in documents {
        let folders = file.path.match_indices('/').filter_map(|(end, _)| file.path.get(..end));
        let new = folders.chain([&*file.path]).filter(|path| seen.insert(*path));
        for (pattern, location) in new.flat_map(|path| config.ignore.in_any_case(path)) {
            if warnings.iter().any(|warning| warning.location == *location) {
                continue;
            }
            let message = format!(
                "`{pattern}` does not match {}: upper and lower case differ",
                file.display_path()
            );
            let help = "write the pattern as the file and its folders are written, or remove it";
            let warning =
                Diagnostic::new(Code::UnmatchedPattern, location.clone(), message).help(help);
            warnings.push(warning.changes_output());
        }
    }
    warnings
}

/// Digests of all sources of a site but its documents.
fn site_files(
    config: &Config,
    templates: &Templates,
    files: &[SiteFile],
) -> BTreeMap<String, Digest> {
    let files = files.iter().map(|file| (file.display_path(), Digest::of_value(&file.stamp)));
    let templates =
        templates.site_templates().map(|(display_path, digest)| (display_path.to_owned(), digest));
    files.chain(templates).chain([(source::CONFIG.to_owned(), config.digest())]).collect()
}

/// Digest of everything but documents and time that a site depends on. None if a file may have
/// changed without changing its stamp.
fn site_digest(
    render_digest: Digest,
    site_files: &BTreeMap<String, Digest>,
    files: &[SiteFile],
    scanned_at: i64,
) -> Option<Digest> {
    let is_trustworthy = files.iter().all(|file| file.stamp.is_trustworthy(scanned_at));
    is_trustworthy.then(|| Digest::of_parts([render_digest.as_bytes(), &encoded(site_files)]))
}

/// Digest of what parsing depends on.
pub(super) fn parse_digest(generator: &GeneratorVersion, config: &Config) -> Digest {
    Digest::of_parts([generator.digest.as_bytes(), config.parse_digest().as_bytes()])
}

/// Identifies the running executable. If its stamp is unchanged since the previous build, its
/// digest is reused; if it cannot be read, it matches no cache.
pub(super) fn generator_version(
    executable: &Path,
    scanned_at: i64,
    before: GeneratorVersion,
) -> GeneratorVersion {
    let stamp = source::source_stamp(executable).filter(|stamp| stamp.is_trustworthy(scanned_at));
    if stamp.is_some() && stamp == before.stamp {
        return before;
    }
    let digest = source::digest(executable);
    GeneratorVersion {
        stamp,
        digest: digest.unwrap_or_else(|_| Digest::of(&scanned_at.to_le_bytes())),
    }
}

/// The cache of the last build that published the site.
fn last(options: &BuildOptions) -> Option<BuildCache> {
    let path = cache::path(&options.root, &options.output.folder);
    BuildCache::read(RandomAccessFile::open(&path).ok().flatten()?)
}

/// Why the configuration could not be read.
#[derive(Debug)]
pub enum ConfigError {
    /// There is no `site.toml`.
    Missing(Diagnostic),
    /// It has errors.
    Invalid(InvalidConfig),
}

impl ConfigError {
    /// All errors.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        match self {
            Self::Missing(diagnostic) => vec![diagnostic],
            Self::Invalid(wrong) => wrong.diagnostics,
        }
    }
}

/// Reads the `site.toml` of a site, or `file` in its place.
///
/// # Errors
/// If it is missing or has errors.
pub fn read_config(
    root: &Path,
    file: Option<&Path>,
    overrides: &Overrides,
) -> Result<Config, ConfigError> {
    let path = file.map_or_else(|| root.join(source::CONFIG), Path::to_owned);
    let display_path =
        file.map_or_else(|| source::CONFIG.to_owned(), |path| path.display().to_string());
    let unread =
        |diagnostic| ConfigError::Invalid(InvalidConfig::unreadable(diagnostic, overrides));
    let wrong =
        |code: Code, message: String| Diagnostic::new(code, Location::file(&display_path), message);
    if let Some(diagnostic) =
        source::symlink_escapes_root(root, source::CONFIG).filter(|_| file.is_none())
    {
        return Err(unread(diagnostic));
    }
    let bytes = source::read_optional(&path, source::MAX_TEXT_BYTES).map_err(|error| {
        unread(
            wrong(Code::UnreadableFile, format!("cannot read it: {error}")).with_origin(Origin::Io),
        )
    });
    let Some(bytes) = bytes? else {
        let (message, help) = match file {
            Some(_) => ("file not found", "choose another one with `--config FILE`"),
            None => (
                "no site here: file not found",
                "change to the site's folder, pass it with `--root DIR`, or create a site with `newsgen init DIR`",
            ),
        };
        let location = Location::file(path.display().to_string());
        return Err(ConfigError::Missing(
            Diagnostic::new(Code::NoSite, location, message).help(help),
        ));
    };
    let text = source::text(&bytes)
        .map_err(|_| unread(wrong(Code::NotUtf8, "the file is not UTF-8".to_owned())))?;
    Config::parse(&display_path, text, overrides).map_err(ConfigError::Invalid)
}

fn read_templates(snapshot: &Snapshot, diagnostics: &mut Vec<Diagnostic>) -> Templates {
    let mut templates = Templates::default_theme();
    for file in snapshot
        .templates
        .iter()
        .filter(|file| file.path.rsplit_once('.').is_some_and(|(_, ending)| ending == "html"))
    {
        let text = source::read(&file.on_disk(), &file.display_path()).and_then(|bytes| {
            source::text(&bytes).map(str::to_owned).map_err(|_| {
                Diagnostic::new(
                    Code::NotUtf8,
                    Location::file(file.display_path()),
                    "the file is not UTF-8",
                )
            })
        });
        match text {
            Ok(text) => templates.add(file.path.to_string(), file.display_path(), text),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    templates
}
