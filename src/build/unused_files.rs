//! Files of `static/` that nothing on the site mentions.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use memchr::memchr;
use percent_encoding::percent_decode_str;
use rayon::prelude::*;

use super::context::BuildContext;
use super::unwanted_files::{is_leftover, listed, name};
use crate::asset::Asset;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::source::{self, SiteFile};

/// The number of folders with a warning of their own.
const MAX_FOLDERS: usize = 10;

/// Endings of files that readers open or programs fetch by an address of their own.
const PUBLIC_ENDINGS: [&str; 8] =
    [".html", ".htm", ".xml", ".xsl", ".rss", ".atom", ".ics", ".webmanifest"];

/// Beginnings of the names of files that browsers, hosts, search engines and people find by
/// convention, in lower case.
const CONVENTIONAL: [&str; 22] = [
    "favicon",
    "apple-touch-icon",
    "android-chrome",
    "mstile",
    "safari-pinned-tab",
    "browserconfig",
    "manifest.",
    "service-worker",
    "sw.js",
    "sellers.json",
    "feed.",
    "web.config",
    "netlify.toml",
    "vercel.json",
    "staticwebapp.config",
    "google",
    "bing",
    "readme",
    "license",
    "licence",
    "copying",
    "notice",
];

/// Endings of copies that servers send in place of the file without the ending.
const COMPRESSED_ENDINGS: [&str; 3] = [".gz", ".br", ".zst"];

/// Endings of files that may mention others.
const TEXT_ENDINGS: [&str; 22] = [
    ".atom",
    ".css",
    ".csv",
    ".geojson",
    ".gltf",
    ".htm",
    ".html",
    ".js",
    ".json",
    ".m3u8",
    ".md",
    ".mjs",
    ".mpd",
    ".opml",
    ".rss",
    ".svg",
    ".txt",
    ".webmanifest",
    ".xml",
    ".xsl",
    ".yaml",
    ".yml",
];

/// The characters between the parts of a file name.
const SEPARATORS: [char; 3] = ['.', '-', '_'];

/// A warning for each folder of `static/` with files that neither documents, templates and
/// configuration nor other files of `static/` mention. A file whose name occurs anywhere is
/// mentioned, and so are all files of a folder in which code may compose names.
pub(super) fn unused_files(build: &BuildContext<'_>) -> Vec<Diagnostic> {
    let BuildContext { inputs, documents, options, .. } = *build;
    let static_files = &inputs.snapshot.static_files;
    let candidates = static_files.iter().filter(|file| !is_exempt(&file.path, &inputs.assets));
    let mentions = Mentions::new(candidates);
    if mentions.files.is_empty() {
        return Vec::new();
    }
    let config = options.config.clone().unwrap_or_else(|| options.root.join(source::CONFIG));
    if let Ok(bytes) = source::read(&config, source::CONFIG) {
        mentions.note_code(&bytes);
    }
    let texts = static_files.iter().filter(|file| may_mention(&file.path));
    let code: Vec<&SiteFile> = inputs.snapshot.templates.iter().chain(texts).collect();
    code.par_iter().filter_map(|file| read(file)).for_each(|bytes| mentions.note_code(&bytes));
    // Once all files are mentioned, the remaining documents need not be read again.
    documents.files().par_iter().for_each(|file| {
        if !mentions.are_complete()
            && let Some(bytes) = read(file)
        {
            mentions.note_names(&text_of(&bytes));
        }
    });
    warnings(&mentions.unmentioned())
}

/// A file that cannot be read is an error where it is published.
fn read(file: &SiteFile) -> Option<Vec<u8>> {
    source::read(&file.on_disk(), &file.display_path()).ok()
}

fn warnings(unused: &[&SiteFile]) -> Vec<Diagnostic> {
    let mut folders: BTreeMap<&str, Vec<&SiteFile>> = BTreeMap::new();
    for file in unused {
        let (folder, _) = file.path.rsplit_once('/').unwrap_or_default();
        folders.entry(folder).or_default().push(file);
    }
    let warning = |first: &SiteFile, message: String| {
        let location = Location::file(first.display_path());
        Diagnostic::new(Code::UnusedStaticFile, location, message)
            .help("remove what is not needed, unless other sites or programs use it")
    };
    let mut groups = folders.into_values();
    let of_folder = |files: Vec<&SiteFile>| {
        let first = *files.first()?;
        let message = match files.len() {
            1 => "nothing on this site mentions this file".to_owned(),
            count => format!("nothing on this site mentions {count} files: {}", listed(&files)),
        };
        Some(warning(first, message))
    };
    let mut found: Vec<Diagnostic> =
        groups.by_ref().take(MAX_FOLDERS).filter_map(of_folder).collect();
    let rest: Vec<&SiteFile> = groups.flatten().collect();
    found.extend(rest.first().map(|first| {
        warning(first, format!("nothing on this site mentions {} more files", rest.len()))
    }));
    found
}

/// Whether a file is exempt: it is used without a mention, or another warning covers it.
fn is_exempt(path: &str, assets: &[Asset]) -> bool {
    let name = name(path).to_ascii_lowercase();
    let is_of_host = path.split('/').any(|part| part.starts_with(['.', '_']));
    // At the root are proofs for search engines and other services, `robots.txt` and the like.
    let is_in_root = !path.contains('/');
    let is_conventional = CONVENTIONAL.iter().any(|known| name.starts_with(known))
        || is_in_root && (has_ending(&name, &[".txt"]) || !name.contains('.'))
        || name == "ofl.txt"
        || has_ending(&name, &PUBLIC_ENDINGS)
        || name.contains("verif");
    is_of_host
        || is_conventional
        || is_leftover(path)
        || assets.iter().any(|asset| asset.name == path)
        // macOS may store names decomposed (NFD), while documents spell them composed (NFC).
        || path.chars().any(|c| matches!(c, '\u{300}'..='\u{36f}'))
}

/// Whether a file may mention others, as those of hosts do: `_redirects`, `.htaccess`.
fn may_mention(path: &str) -> bool {
    has_ending(path, &TEXT_ENDINGS) || name(path).starts_with(['_', '.'])
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}

/// A text with the names of files as they are: Markdown may escape `_`, and URLs any character.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    let mut text = String::from_utf8_lossy(bytes);
    if text.contains("\\_") {
        text = text.replace("\\_", "_").into();
    }
    // Most texts have none, and decoding copies.
    if text.contains('%') {
        text = percent_decode_str(&text).decode_utf8_lossy().into_owned().into();
    }
    text
}

/// A file that may be unused.
struct Candidate<'a> {
    file: &'a SiteFile,
    is_mentioned: AtomicBool,
}

/// Which files are mentioned so far.
struct Mentions<'a> {
    files: Vec<Candidate<'a>>,
    /// The number of those that are not mentioned.
    left: AtomicUsize,
    /// The files by the last word of their names, in lower case like all keys.
    by_name: HashMap<String, Vec<usize>>,
    /// The files by the parts of these words that code may complete.
    by_part: HashMap<String, Vec<usize>>,
    /// The files below the folders with these names.
    by_folder: HashMap<String, Vec<usize>>,
}

impl<'a> Mentions<'a> {
    fn new(candidates: impl Iterator<Item = &'a SiteFile>) -> Self {
        let mut found = Self {
            files: Vec::new(),
            left: AtomicUsize::new(0),
            by_name: HashMap::new(),
            by_part: HashMap::new(),
            by_folder: HashMap::new(),
        };
        for file in candidates {
            let index = found.files.len();
            let path = file.path.to_lowercase();
            let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
            let Some(name) = last_word(name) else { continue };
            let is_mentioned = AtomicBool::new(false);
            found.files.push(Candidate { file, is_mentioned });
            // A compressed copy is that of the file without the ending.
            let original = COMPRESSED_ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
            for name in [name].into_iter().chain(original) {
                found.by_name.entry(name.to_owned()).or_default().push(index);
                for part in parts(name) {
                    found.by_part.entry(part.to_owned()).or_default().push(index);
                }
            }
            for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
                found.by_folder.entry(folder.to_owned()).or_default().push(index);
            }
        }
        found.left = AtomicUsize::new(found.files.len());
        found
    }

    fn mark(&self, index: &HashMap<String, Vec<usize>>, word: &str) {
        let files = if word.chars().any(char::is_uppercase) {
            index.get(&word.to_lowercase())
        } else {
            index.get(word)
        };
        files.into_iter().flatten().filter_map(|at| self.files.get(*at)).for_each(|file| {
            self.note(file);
        });
    }

    fn note(&self, file: &Candidate<'_>) {
        if !file.is_mentioned.swap(true, Ordering::Relaxed) {
            self.left.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Marks the files whose names a text has, also at the end of a sentence or emphasized.
    fn note_names(&self, text: &str) {
        for word in words_with_dots(text) {
            self.mark(&self.by_name, word);
            self.mark(&self.by_name, word.trim_matches(SEPARATORS));
        }
    }

    /// Marks the files that code mentions, or whose names it may compose: those of a folder that it
    /// names without a file, and those with a part that it has, such as `photo-` and `.png`.
    fn note_code(&self, bytes: &[u8]) {
        let text = text_of(bytes);
        self.note_names(&text);
        let words = text.split(|c| !is_of_word(c));
        let words: HashSet<&str> =
            words.filter(|word| word.contains(char::is_alphanumeric)).collect();
        for word in words {
            self.mark(&self.by_part, word);
        }
        for path in text.split(|c| !(is_of_word(c) || c == '/')) {
            let Some((folders, rest)) = path.rsplit_once('/') else { continue };
            if !rest.contains('.') {
                self.mark(&self.by_folder, folders.rsplit('/').next().unwrap_or_default());
            }
        }
    }

    fn are_complete(&self) -> bool {
        self.left.load(Ordering::Relaxed) == 0
    }

    fn unmentioned(&self) -> Vec<&'a SiteFile> {
        let is_unknown = |file: &&Candidate<'_>| !file.is_mentioned.load(Ordering::Relaxed);
        self.files.iter().filter(is_unknown).map(|candidate| candidate.file).collect()
    }
}

/// The last word of a file name. None if texts may spell it differently, or if it is only a pixel
/// ratio, as in `2x.png`.
fn last_word(name: &str) -> Option<&str> {
    let word = name.rsplit(|c| !is_of_word(c)).next()?;
    let is_factor = word.strip_prefix(['2', '3']).is_some_and(|rest| rest.starts_with("x."));
    (!is_factor && word.contains('.') && !word.starts_with('.')).then_some(word)
}

/// The parts of a name that code may complete: its stem, its prefixes up to a separator, and its
/// suffixes from one.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    let stem = name.rsplit_once('.').map(|(stem, _)| stem);
    let at_separators =
        name.match_indices(SEPARATORS).flat_map(|(at, _)| [&name[..=at], &name[at..]]);
    stem.into_iter().chain(at_separators)
}

/// The words with a dot, as all names that are looked for have one. Documents are long, and dots rare.
fn words_with_dots(text: &str) -> impl Iterator<Item = &str> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = text.get(from..)?;
        let (before, after) = rest.split_at(memchr(b'.', rest.as_bytes())?);
        let start = before.rfind(|c| !is_of_word(c)).map_or(0, |at| {
            before.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at + c.len_utf8())
        });
        let end = before.len() + after.find(|c| !is_of_word(c)).unwrap_or(after.len());
        from += end;
        rest.get(start..end)
    })
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || SEPARATORS.contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_found_by_convention() {
        for (path, expected) in [
            ("robots.txt", true),
            ("CNAME", true),
            ("favicon.ico", true),
            ("icons/apple-touch-icon-180.png", true),
            (".well-known/security.txt", true),
            ("_headers", true),
            ("_worker.js", true),
            ("google1234.html", true),
            ("BingSiteAuth.xml", true),
            ("site.webmanifest", true),
            ("0123456789abcdef0123456789abcdef.txt", true),
            ("fonts/OFL.txt", true),
            ("fonts/LICENSE", true),
            ("old/index.html", true),
            ("a.css~", true),
            ("theme/style.css", true),
            ("topics/lake/feed.json", true),
            ("images/a.png", false),
            ("files/report.pdf", false),
            ("files/notes.txt", false),
            ("app.js", false),
        ] {
            let asset = Asset::new("theme/style.css", b"".into(), true);
            assert_eq!(is_exempt(path, &[asset]), expected, "{path}");
        }
    }

    #[test]
    fn words_with_dots_are_whole() {
        let text = "See a.b.png (über-uns.pdf), x/.env and an end. No\u{e9}.";
        let words: Vec<&str> = words_with_dots(text).collect();
        assert_eq!(words, ["a.b.png", "über-uns.pdf", ".env", "end.", "No\u{e9}."]);
    }

    #[test]
    fn parts_of_names_begin_or_end_at_separators() {
        let found: Vec<&str> = parts("a-1.png").collect();
        assert_eq!(found, ["a-1", "a-", "-1.png", "a-1.", ".png"]);
    }

    #[test]
    fn names_are_known_by_their_last_words() {
        for (name, expected) in [
            ("a.png", Some("a.png")),
            ("my file.pdf", Some("file.pdf")),
            ("style.css.gz", Some("style.css.gz")),
            ("logo@2x.png", None),
            ("\u{201c}.png", None),
            ("feed", None),
        ] {
            assert_eq!(last_word(name), expected, "{name}");
        }
    }
}
