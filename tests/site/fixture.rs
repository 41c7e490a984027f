//! A whole site in one string, which can be changed and built again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use newsgen::build::{self, BuildOptions, Outcome, OutputOptions, Summary};
use newsgen::config::Overrides;
use newsgen::diagnostic::{Code, Diagnostic};
use tempfile::TempDir;

/// The instant as of which sites are built, unless a test says otherwise.
pub(crate) const NOW: &str = "2026-06-01T12:00:00Z";

/// The smallest `site.toml`.
pub(crate) const CONFIG: &str =
    "title = \"The Test\"\nbase_url = \"https://test.example/\"\nid = \"https://test.example/\"\n";

/// A site in a temporary folder.
pub(crate) struct Site {
    folder: TempDir,
    pub(crate) overrides: Overrides,
    /// Whether builds ignore what earlier ones left.
    pub(crate) fresh: bool,
    /// Whether builds publish a site that has lost all its articles.
    pub(crate) allow_empty: bool,
    /// Whether dead links and missing pictures are reported. Most sites of tests are without the
    /// files that they name, which does not matter to them.
    pub(crate) reports_dead_links: bool,
    /// When builds scan files: by default so late that every stamp is trusted.
    pub(crate) scanned_at: i64,
    /// The number of written files; each is stamped a second later than the one before.
    written: AtomicU64,
}

/// The files of a folder, by their paths.
pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

impl Site {
    /// A site with the files of `text`, each behind a line `=== PATH`, and the smallest `site.toml`
    /// if there is none.
    pub(crate) fn new(text: &str) -> Self {
        let now = instant(NOW);
        let overrides =
            Overrides { base_url: None, now, unpublished: false, future: false, preview: false };
        let site = Self {
            folder: temporary_folder(),
            overrides,
            fresh: false,
            allow_empty: false,
            reports_dead_links: false,
            scanned_at: i64::MAX,
            written: AtomicU64::new(0),
        };
        site.write("site.toml", CONFIG);
        for file in text.split("=== ").skip(1) {
            let (path, content) = file.split_once('\n').expect("a path and its content");
            site.write(path.trim(), content);
        }
        site
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("parent")).expect("folder");
        fs::write(&path, content).expect("write");
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let stamp = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000 + number);
        let file = fs::File::options().write(true).open(path).expect("open");
        file.set_modified(stamp).expect("stamp");
    }

    /// The stamp of the file that was written last, in nanoseconds since 1970.
    pub(crate) fn last_stamp(&self) -> i64 {
        let number = self.written.load(Ordering::Relaxed).saturating_sub(1);
        i64::try_from(1_000_000_000 + number).expect("seconds") * 1_000_000_000
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).expect("remove");
    }

    pub(crate) fn options(&self) -> BuildOptions {
        let output = OutputOptions {
            folder: self.path("public"),
            force: false,
            fresh: self.fresh,
            check_only: false,
            allow_empty: self.allow_empty,
        };
        BuildOptions {
            root: self.root().to_owned(),
            config: None,
            overrides: self.overrides.clone(),
            output,
            executable: Path::new(env!("CARGO_MANIFEST_DIR")).join("LICENSE-MIT"),
            scanned_at: self.scanned_at,
        }
    }

    pub(crate) fn try_build(&self) -> Outcome {
        self.without_dead_links(build::build(&self.options(), &|_| {}))
    }

    fn without_dead_links(&self, mut outcome: Outcome) -> Outcome {
        let is_dead = |code: Code| matches!(code, Code::DeadLink | Code::MissingPicture);
        outcome.diagnostics.retain(|found| self.reports_dead_links || !is_dead(found.code));
        outcome
    }

    /// Builds the site, which must have no error.
    pub(crate) fn build(&self) -> Summary {
        let outcome = self.try_build();
        outcome.summary.unwrap_or_else(|| panic!("{:#?}", outcome.diagnostics))
    }

    /// Builds the site and returns the stages that it reported.
    pub(crate) fn build_in_stages(&self) -> (Summary, BTreeSet<&'static str>) {
        let stages = Mutex::new(BTreeSet::new());
        let note = |progress: build::Progress| {
            stages.lock().expect("lock").insert(progress.stage);
        };
        let outcome = build::build(&self.options(), &note);
        let summary = outcome.summary.unwrap_or_else(|| panic!("{:#?}", outcome.diagnostics));
        (summary, stages.into_inner().expect("lock"))
    }

    /// The files of a clean build into another folder.
    pub(crate) fn clean_tree(&self) -> Tree {
        let (tree, findings) = self.clean_build();
        tree.unwrap_or_else(|| panic!("{findings:#?}"))
    }

    /// The files, if they are published, and the diagnostics of a clean build into another folder.
    pub(crate) fn clean_build(&self) -> (Option<Tree>, Vec<Diagnostic>) {
        let folder = temporary_folder();
        let options = self.options();
        let output = OutputOptions {
            folder: folder.path().to_owned(),
            fresh: true,
            ..options.output.clone()
        };
        let outcome = build::build(&BuildOptions { output, ..options }, &|_| {});
        let outcome = self.without_dead_links(outcome);
        (outcome.summary.map(|_| tree(folder.path())), outcome.diagnostics)
    }

    /// Builds the site and returns a line `LOCATION: MESSAGE` for each error and warning.
    pub(crate) fn findings(&self) -> Vec<String> {
        messages(&self.try_build().diagnostics)
    }

    /// A published file.
    pub(crate) fn page(&self, path: &str) -> String {
        let path = self.path("public").join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The files of the last build, but for its manifest.
    pub(crate) fn files(&self) -> Vec<String> {
        self.tree().into_keys().filter(|path| !path.starts_with(".newsgen")).collect()
    }

    /// Whether there is a published file at this path.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.path("public").join(path).is_file()
    }

    /// All published files.
    pub(crate) fn tree(&self) -> Tree {
        tree(&self.path("public"))
    }
}

/// Paths in the order of their names.
pub(crate) fn paths(list: &[Arc<str>]) -> Vec<&str> {
    let mut paths: Vec<&str> = list.iter().map(|path| &**path).collect();
    paths.sort_unstable();
    paths
}

/// The files that a build rendered or copied. Panics if one of them was not written.
pub(crate) fn rendered(summary: &Summary) -> Vec<&str> {
    let written = paths(&summary.changes.written);
    assert_eq!(summary.outdated, written.len(), "rendered, but only these written: {written:?}");
    written
}

/// The locations and messages of diagnostics.
pub(crate) fn messages<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> Vec<String> {
    let message = |found: &Diagnostic| format!("{}: {}", found.location, found.message);
    diagnostics.into_iter().map(message).collect()
}

/// A line `LOCATION: MESSAGE (HELP)` for each finding.
pub(crate) fn with_help(site: &Site) -> Vec<String> {
    let line = |d: &Diagnostic| {
        format!("{}: {} ({})", d.location, d.message, d.help.as_deref().unwrap_or_default())
    };
    site.try_build().diagnostics.iter().map(line).collect()
}

/// Runs the command in a folder.
pub(crate) fn newsgen(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_newsgen"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("SOURCE_DATE_EPOCH")
        .output()
        .expect("newsgen runs")
}

/// What the command printed.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// The files below a folder, by their paths.
pub(crate) fn tree(folder: &Path) -> Tree {
    let files = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("entry"));
    files
        .filter(|entry| entry.file_type().is_file() && entry.file_name() != ".newsgen-lock")
        .map(|entry| {
            let path = entry
                .path()
                .strip_prefix(folder)
                .expect("inside")
                .to_str()
                .expect("name")
                .to_owned();
            (path, fs::read(entry.path()).expect("read"))
        })
        .collect()
}

pub(crate) fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("instant").to_utc()
}

/// The front matter of an article of `provider.example`, with more lines.
pub(crate) fn article(title: &str, day: &str, more: &str) -> String {
    let slug = title.to_lowercase().replace(' ', "-");
    format!(
        "---\ntitle: {title}\nexcerpt: About {title}.\npublishedDateTime: {day}T10:00:00Z\n\
         originalUrl: https://www.provider.example/{slug}\nprovider:\n  name: Provider\n  domain: provider.example\n\
         {more}---\n"
    )
}

/// The value of the first attribute `name` behind the first occurrence of `mark`.
pub(crate) fn attribute<'a>(html: &'a str, mark: &str, name: &str) -> Option<&'a str> {
    let rest = &html[html.find(mark)?..];
    let rest = &rest[rest.find(&format!("{name}=\""))? + name.len() + 2..];
    rest.split('"').next()
}

/// Waits until builds trust the stamps of all files: 20 ms, the tick of a slow clock.
pub(crate) fn settle() {
    let written_at = SystemTime::now();
    while written_at.elapsed().is_ok_and(|age| age <= Duration::from_millis(25)) {
        std::thread::yield_now();
    }
}

/// A folder in memory if the system has one, since a disk would take most of a test's time.
pub(crate) fn temporary_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("folder")
}

/// A picture without regularities, so that smaller ones have fewer bytes.
pub(crate) fn noise(width: u32, height: u32, seed: u8) -> RgbImage {
    let mut state = u32::from(seed) + 1;
    RgbImage::from_fn(width, height, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, red, green, blue] = state.to_le_bytes();
        Rgb([red, green, blue])
    })
}

/// A PNG without regularities.
pub(crate) fn png(width: u32, height: u32, seed: u8) -> Vec<u8> {
    png_of(&noise(width, height, seed).into())
}

/// A picture as PNG.
pub(crate) fn png_of(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).expect("encoded");
    bytes.into_inner()
}
