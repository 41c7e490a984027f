//! The manifest of the files that newsgen wrote: one line per file with digest, length and path.

use std::cmp::Ordering;
use std::io::{self, Write};
use std::ops::Range;

use crate::digest::Digest;

/// The first line. Any other was written by another version.
const HEAD: &str = "newsgen files 1";

/// A file in the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ManifestEntry {
    /// Length in bytes.
    pub(super) length: u64,
    /// Digest of the file's bytes.
    pub(super) digest: Digest,
}

/// A parsed manifest: its text, and the position of each path in it with the file's entry, sorted by
/// path.
#[derive(Debug, Default)]
pub(super) struct ParsedManifest {
    text: String,
    lines: Vec<(Range<usize>, ManifestEntry)>,
    is_as_written: bool,
}

impl ParsedManifest {
    /// Parses a manifest and ignores invalid lines.
    pub(super) fn parse(bytes: Vec<u8>) -> Self {
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        let mut end = 0;
        let mut line_ranges = text.split_inclusive('\n').map(|line| {
            let start = end;
            end += line.len();
            start..start + line.trim_end_matches(['\n', '\r']).len()
        });
        if line_ranges.next().is_none_or(|first| &text[first] != HEAD) {
            return Self::default();
        }
        let entry = |line: Range<usize>| {
            let (path, entry) = parse_line(&text[line.clone()])?;
            Some((line.end - path.len()..line.end, entry))
        };
        let mut lines: Vec<(Range<usize>, ManifestEntry)> = line_ranges.filter_map(entry).collect();
        let is_sorted = lines.is_sorted_by(|(a, _), (b, _)| text[a.clone()] < text[b.clone()]);
        lines.sort_by(|(a, _), (b, _)| text[a.clone()].cmp(&text[b.clone()]));
        // A merge tool may have duplicated a line.
        lines.dedup_by(|(a, _), (b, _)| text[a.clone()] == text[b.clone()]);
        let length: usize = lines.iter().map(|(path, entry)| line_length(path.len(), *entry)).sum();
        let is_as_written = is_sorted && text.len() == HEAD.len() + 1 + length;
        Self { text, lines, is_as_written }
    }

    /// Whether the text has all entries and equals that of [`Manifest::write`].
    pub(super) fn is_as_written(&self) -> bool {
        self.is_as_written
    }

    /// The entry of a file, which is probably at `index_hint`.
    pub(super) fn get(&self, path: &str, index_hint: usize) -> Option<ManifestEntry> {
        let at = |index_hint: usize| {
            self.lines.get(index_hint).map(|(range, entry)| (&self.text[range.clone()], *entry))
        };
        if let Some((_, entry)) = at(index_hint).filter(|(other, _)| *other == path) {
            return Some(entry);
        }
        let index_hint =
            self.lines.binary_search_by(|(range, _)| self.text[range.clone()].cmp(path)).ok()?;
        at(index_hint).map(|(_, entry)| entry)
    }

    /// Whether it was parsed from these bytes.
    pub(super) fn is_of(&self, bytes: &[u8]) -> bool {
        self.text.as_bytes() == bytes
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(range, _)| &self.text[range.clone()])
    }

    /// Whether it lists exactly these paths, which are sorted.
    pub(super) fn lists<'p>(&self, paths: impl ExactSizeIterator<Item = &'p str>) -> bool {
        self.lines.len() == paths.len() && self.paths().eq(paths)
    }

    /// Replaces the entries of all files, in the order of their paths, but not the text.
    pub(super) fn replace_entries(&mut self, entries: impl Iterator<Item = ManifestEntry>) {
        for ((_, entry), new) in self.lines.iter_mut().zip(entries) {
            self.is_as_written &= *entry == new;
            *entry = new;
        }
    }

    /// All entries.
    pub(super) fn list(&self) -> Manifest<'_> {
        Manifest(
            self.lines.iter().map(|(range, entry)| (&self.text[range.clone()], *entry)).collect(),
        )
    }
}

fn parse_line(line: &str) -> Option<ManifestLine<'_>> {
    let (digest, rest) = line.split_once(' ')?;
    let (length, path) = rest.split_once(' ')?;
    let entry = ManifestEntry { length: length.parse().ok()?, digest: Digest::parse(digest)? };
    is_inside(path).then_some((path, entry))
}

/// The minimum length of a line with this entry.
fn line_length(path_length: usize, entry: ManifestEntry) -> usize {
    let digits = entry.length.checked_ilog10().unwrap_or(0) as usize + 1;
    "0123456789abcdef0123456789abcdef  \n".len() + digits + path_length
}

/// Whether a path stays inside the output folder. Anybody may have edited the manifest.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && !path.contains(['\\', '\0'])
}

/// The manifest's entries, sorted by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest<'t>(Vec<ManifestLine<'t>>);

type ManifestLine<'t> = (&'t str, ManifestEntry);

impl<'t> Manifest<'t> {
    pub(super) fn new(files: impl IntoIterator<Item = ManifestLine<'t>>) -> Self {
        Self::sorted(files.into_iter().collect())
    }

    fn sorted(mut files: Vec<ManifestLine<'t>>) -> Self {
        files.sort_by_key(|(path, _)| *path);
        Self(files)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &'t str> {
        self.0.iter().map(|(path, _)| *path)
    }

    pub(super) fn contains(&self, path: &str) -> bool {
        self.0.binary_search_by_key(&path, |(other, _)| *other).is_ok()
    }

    /// Whether there are files in the folder `path`.
    pub(super) fn has_below(&self, path: &str) -> bool {
        let below = format!("{path}/");
        let first = self.0.partition_point(|(other, _)| **other < *below);
        self.0.get(first).is_some_and(|(other, _)| other.starts_with(&below))
    }

    /// Merges two manifests by path: the entries of each file.
    fn beside<'l, 'o>(
        &'l self,
        other: &'l Manifest<'o>,
    ) -> impl Iterator<Item = (Option<&'l ManifestLine<'t>>, Option<&'l ManifestLine<'o>>)> {
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        std::iter::from_fn(move || {
            let order = match (ours.peek(), theirs.peek()) {
                (Some((our, _)), Some((their, _))) => our.cmp(their),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return None,
            };
            Some((
                ours.next_if(|_| order != Ordering::Greater),
                theirs.next_if(|_| order != Ordering::Less),
            ))
        })
    }

    /// Both manifests' entries; `later` wins.
    pub(super) fn with(&self, later: &Self) -> Self {
        Self(self.beside(later).filter_map(|(earlier, later)| later.or(earlier)).copied().collect())
    }

    /// Files that `other` does not contain.
    pub(super) fn without(&self, other: &Manifest<'_>) -> Vec<&'t str> {
        let alone = |(file, other): (Option<&ManifestLine<'t>>, Option<&ManifestLine<'_>>)| {
            file.filter(|_| other.is_none()).map(|(path, _)| *path)
        };
        self.beside(other).filter_map(alone).collect()
    }

    /// Writes the text of the manifest.
    pub(super) fn write(&self, mut out: impl Write) -> io::Result<()> {
        writeln!(out, "{HEAD}")?;
        for (path, ManifestEntry { length, digest }) in &self.0 {
            out.write_all(&digest.to_hex())?;
            writeln!(out, " {length} {path}")?;
        }
        out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(manifest: &Manifest<'_>) -> Vec<u8> {
        let mut text = Vec::new();
        manifest.write(&mut text).expect("memory can be written to");
        text
    }

    #[test]
    fn manifest_ignores_paths_outside_the_folder() {
        let digest = Digest::of(b"x");
        let paths = ["../x", "/x", "a/../x", "a//x", "a/./x", "a\\x", ""];
        let lines = paths.map(|path| format!("{digest} 1 {path}")).join("\n");
        let text = format!("{HEAD}\n{lines}\n{digest} 1 a/b c.html\nnonsense\n");
        let file = ParsedManifest::parse(text.into_bytes());
        assert_eq!(file.list().paths().collect::<Vec<_>>(), ["a/b c.html"]);
        assert_eq!(ParsedManifest::parse(b"another head\n".to_vec()).paths().count(), 0);
    }

    #[test]
    fn manifest_accepts_crlf_and_reordered_lines() {
        let digest = Digest::of(b"x");
        let text = format!("{HEAD}\n{digest} 1 a\n{digest} 2 b");
        let paths = |text: String| {
            let file = ParsedManifest::parse(text.into_bytes());
            file.list().paths().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(paths(text.clone()), ["a", "b"]);
        assert_eq!(paths(text.replace('\n', "\r\n")), ["a", "b"]);
        assert_eq!(paths(format!("{text}\n{digest} 1 a\n{digest} 3 b\n")), ["a", "b"]);
        let is_as_written =
            |text: &str| ParsedManifest::parse(text.as_bytes().to_vec()).is_as_written();
        assert!(is_as_written(&format!("{text}\n")));
        assert!(is_as_written(&format!("{text}\n").replace(" 2 ", " 0 ")));
        for other in [text.clone(), format!("{text}\n{digest} 2 b\n"), format!("{text}\n?\n")] {
            assert!(!is_as_written(&other), "{other}");
        }
        assert!(!is_as_written(&format!("{text}\n").replace(" 2 ", " 02 ")));
        assert!(!is_as_written(&format!("{HEAD}\n{digest} 2 b\n{digest} 1 a\n")));
    }

    #[test]
    fn manifest_lines_have_the_announced_length() {
        for length in [0, 7, 10, 99, 1_000_000, u64::MAX] {
            let entry = ManifestEntry { length, digest: Digest::of(&[1]) };
            let text = text(&Manifest::sorted(vec![("a", entry)]));
            assert_eq!(text.len(), HEAD.len() + 1 + line_length(1, entry));
            assert_eq!(ParsedManifest::parse(text).get("a", 0), Some(entry));
        }
    }

    #[test]
    fn manifest_round_trips() {
        let entry = |length| ManifestEntry { length, digest: Digest::of(&[1]) };
        let list = Manifest::sorted(vec![("b", entry(2)), ("a/c d", entry(1)), ("é", entry(3))]);
        let file = ParsedManifest::parse(text(&list));
        assert!(file.is_as_written());
        assert_eq!(file.list(), list);
        assert_eq!(
            ["é", "a/c d", "x"].map(|path| file.get(path, 2)),
            [Some(entry(3)), Some(entry(1)), None]
        );
    }
}
