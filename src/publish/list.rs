//! The list of the files that newsgen wrote: a line for each, with its digest, its length and its path.

use std::cmp::Ordering;
use std::ops::Range;

use super::Staged;
use crate::digest::Digest;

/// The first line of a list. One that begins otherwise was written by another version.
const HEAD: &str = "newsgen files 1";

/// What newsgen knows of a file that it wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    /// In bytes.
    pub(super) length: u64,
    /// Of its bytes.
    pub(super) digest: Digest,
}

/// A list as it was read: its text, and what stands where in it, sorted by path.
#[derive(Debug, Default)]
pub(super) struct ListFile {
    text: String,
    lines: Vec<(Range<usize>, Listed)>,
    is_as_written: bool,
}

impl ListFile {
    /// The list in a file, as far as its lines mean anything.
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
            let (path, listed) = parse_line(&text[line.clone()])?;
            Some((line.end - path.len()..line.end, listed))
        };
        let mut lines: Vec<(Range<usize>, Listed)> = line_ranges.filter_map(entry).collect();
        let is_sorted = lines.is_sorted_by(|(a, _), (b, _)| text[a.clone()] < text[b.clone()]);
        lines.sort_by(|(a, _), (b, _)| text[a.clone()].cmp(&text[b.clone()]));
        // A tool that merges texts may have doubled a line.
        lines.dedup_by(|(a, _), (b, _)| text[a.clone()] == text[b.clone()]);
        let length: usize = lines.iter().map(|(path, listed)| line_length(path.len(), *listed)).sum();
        let is_as_written = is_sorted && text.len() == HEAD.len() + 1 + length;
        Self { text, lines, is_as_written }
    }

    /// Whether its text is the one that [`List::text`] gives.
    pub(super) fn is_as_written(&self) -> bool {
        self.is_as_written
    }

    /// How many files it names.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// What it says of a file, which probably stands at `place`.
    pub(super) fn get(&self, path: &str, place: usize) -> Option<Listed> {
        let at =
            |place: usize| self.lines.get(place).map(|(range, listed)| (&self.text[range.clone()], *listed));
        if let Some((_, listed)) = at(place).filter(|(other, _)| *other == path) {
            return Some(listed);
        }
        let place = self.lines.binary_search_by(|(range, _)| self.text[range.clone()].cmp(path)).ok()?;
        at(place).map(|(_, listed)| listed)
    }

    /// Whether it is what [`ListFile::parse`] makes of these bytes.
    pub(super) fn is_of(&self, bytes: &[u8]) -> bool {
        self.text.as_bytes() == bytes
    }

    /// The paths of these files.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(range, _)| &self.text[range.clone()])
    }

    /// What it says.
    pub(super) fn list(&self) -> List<'_> {
        List(self.lines.iter().map(|(range, listed)| (&self.text[range.clone()], *listed)).collect())
    }
}

fn parse_line(line: &str) -> Option<Entry<'_>> {
    let (digest, rest) = line.split_once(' ')?;
    let (length, path) = rest.split_once(' ')?;
    let listed = Listed { length: length.parse().ok()?, digest: Digest::parse(digest)? };
    is_inside(path).then_some((path, listed))
}

/// No text of a line that means this is shorter.
fn line_length(path_length: usize, listed: Listed) -> usize {
    let digits = listed.length.checked_ilog10().unwrap_or(0) as usize + 1;
    "0123456789abcdef0123456789abcdef  \n".len() + digits + path_length
}

/// In decimal digits. There is a number on each of very many lines.
fn push_number(number: u64, text: &mut Vec<u8>) {
    let start = text.len();
    let mut rest = number;
    loop {
        text.push(b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    text.get_mut(start..).unwrap_or_default().reverse();
}

/// Whether a path of the list, which anybody may have edited, stays inside the output folder.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && !path.contains(['\\', '\0'])
}

/// The files that newsgen wrote, sorted by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List<'t>(Vec<Entry<'t>>);

type Entry<'t> = (&'t str, Listed);

impl<'t> List<'t> {
    /// Files that are ready for their places.
    pub(super) fn of(staged: impl IntoIterator<Item = &'t Staged>) -> Self {
        Self::sorted(staged.into_iter().map(|file| (&*file.path, file.listed)).collect())
    }

    fn sorted(mut files: Vec<Entry<'t>>) -> Self {
        files.sort_by_key(|(path, _)| *path);
        Self(files)
    }

    /// Whether it names no file.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The paths of its files.
    pub(super) fn paths(&self) -> impl Iterator<Item = &'t str> {
        self.0.iter().map(|(path, _)| *path)
    }

    /// Whether it names a file.
    pub(super) fn contains(&self, path: &str) -> bool {
        self.0.binary_search_by_key(&path, |(other, _)| *other).is_ok()
    }

    /// Whether there are files in the folder `path`.
    pub(super) fn has_below(&self, path: &str) -> bool {
        let below = format!("{path}/");
        let first = self.0.partition_point(|(other, _)| **other < *below);
        self.0.get(first).is_some_and(|(other, _)| other.starts_with(&below))
    }

    /// The entries of both lists in the order of paths, those of one file together.
    fn beside<'l, 'o>(
        &'l self,
        other: &'l List<'o>,
    ) -> impl Iterator<Item = (Option<&'l Entry<'t>>, Option<&'l Entry<'o>>)> {
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        std::iter::from_fn(move || {
            let order = match (ours.peek(), theirs.peek()) {
                (Some((our, _)), Some((their, _))) => our.cmp(their),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return None,
            };
            Some((ours.next_if(|_| order != Ordering::Greater), theirs.next_if(|_| order != Ordering::Less)))
        })
    }

    /// These and those of `later`, which count where both name a file.
    pub(super) fn with(&self, later: &Self) -> Self {
        Self(self.beside(later).filter_map(|(earlier, later)| later.or(earlier)).copied().collect())
    }

    /// The files that `other` does not name.
    pub(super) fn without(&self, other: &List<'_>) -> Vec<&'t str> {
        let alone = |(file, other): (Option<&Entry<'t>>, Option<&Entry<'_>>)| {
            file.filter(|_| other.is_none()).map(|(path, _)| *path)
        };
        self.beside(other).filter_map(alone).collect()
    }

    /// Its text, as it is read again.
    pub(super) fn text(&self) -> Vec<u8> {
        let lines: usize = self.0.iter().map(|(path, listed)| line_length(path.len(), *listed)).sum();
        let mut text = Vec::with_capacity(HEAD.len() + 1 + lines);
        text.extend([HEAD, "\n"].concat().into_bytes());
        for (path, Listed { length, digest }) in &self.0 {
            text.extend(digest.hexadecimal());
            text.push(b' ');
            push_number(*length, &mut text);
            text.push(b' ');
            text.extend(path.as_bytes());
            text.push(b'\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_somebody_edited_names_nothing_outside_the_folder() {
        let digest = Digest::of(b"x");
        let paths = ["../x", "/x", "a/../x", "a//x", "a/./x", "a\\x", ""];
        let lines = paths.map(|path| format!("{digest} 1 {path}")).join("\n");
        let text = format!("{HEAD}\n{lines}\n{digest} 1 a/b c.html\nnonsense\n");
        let file = ListFile::parse(text.into_bytes());
        assert_eq!(file.list().paths().collect::<Vec<_>>(), ["a/b c.html"]);
        assert_eq!(ListFile::parse(b"another head\n".to_vec()).len(), 0);
    }

    #[test]
    fn a_list_that_other_tools_have_written_means_the_same() {
        let digest = Digest::of(b"x");
        let text = format!("{HEAD}\n{digest} 1 a\n{digest} 2 b");
        let paths = |text: String| {
            let file = ListFile::parse(text.into_bytes());
            file.list().paths().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(paths(text.clone()), ["a", "b"]);
        assert_eq!(paths(text.replace('\n', "\r\n")), ["a", "b"]);
        assert_eq!(paths(format!("{text}\n{digest} 1 a\n{digest} 3 b\n")), ["a", "b"]);
        let is_as_written = |text: &str| ListFile::parse(text.as_bytes().to_vec()).is_as_written();
        assert!(is_as_written(&format!("{text}\n")));
        assert!(is_as_written(&format!("{text}\n").replace(" 2 ", " 0 ")));
        for other in [text.clone(), format!("{text}\n{digest} 2 b\n"), format!("{text}\n?\n")] {
            assert!(!is_as_written(&other), "{other}");
        }
        assert!(!is_as_written(&format!("{text}\n").replace(" 2 ", " 02 ")));
        assert!(!is_as_written(&format!("{HEAD}\n{digest} 2 b\n{digest} 1 a\n")));
    }

    #[test]
    fn numbers_are_written_without_zeros_in_front() {
        for number in [0, 7, 10, 99, 1_000_000, u64::MAX] {
            let mut text = Vec::new();
            push_number(number, &mut text);
            assert_eq!(text, number.to_string().into_bytes());
        }
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let listed = |length| Listed { length, digest: Digest::of(&[1]) };
        let list = List::sorted(vec![("b", listed(2)), ("a/c d", listed(1)), ("é", listed(3))]);
        let file = ListFile::parse(list.text());
        assert!(file.is_as_written());
        assert_eq!(file.list(), list);
        assert_eq!(
            ["é", "a/c d", "x"].map(|path| file.get(path, 2)),
            [Some(listed(3)), Some(listed(1)), None]
        );
    }
}
