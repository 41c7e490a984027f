//! What was pulled: the lines of `pulled.lock`, so that no item comes twice, also after its document
//! was deleted or renamed.
//!
//! A line for each address, sorted, so that version control can merge them: the address without
//! scheme and tracking parameters, and digests of the identifiers of its items in their feeds:
//!
//! ```text
//! harbourpost.example/2026/11/harbour-reopens
//! rail.example/night-trains 5f1c0a9be2d84473
//! ```
//!
//! An item is known by its address or by its identifier, since feeds change either.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::digest::Digest;
use crate::http_url::HttpUrl;
use crate::publish::write_atomic;
use crate::source;

/// The file in the site's root.
pub const PULLED: &str = "pulled.lock";

const HEADER: &str = "\
# What `newsgen pull` has written, so that nothing comes twice: the address of the original, and digests of its
# identifiers in feeds. newsgen adds lines; commit this file. To pull an article again, remove its line.
";

/// The maximum length of the file in bytes. A line has about a hundred.
const MAX_BYTES: u64 = 1 << 28;

/// The number of hexadecimal digits of an identifier.
const ID_DIGITS: usize = 16;

/// The maximum number of identifiers of an address, and of addresses of an identifier. Feeds that give
/// an item other ones at each request would fill the file.
const MAX_NAMES: usize = 8;

/// The identifier of an item in its feed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ItemId(String);

impl ItemId {
    /// The identifier that a feed gives an item, unless it is the item's address.
    pub(super) fn new(feed: &HttpUrl, id: &str, address: &HttpUrl) -> Option<Self> {
        let is_address = HttpUrl::parse(id).is_ok_and(|id| id.dedup_key() == address.dedup_key());
        let digest = || Digest::of_parts([feed.dedup_key().as_bytes(), id.as_bytes()]).to_string();
        (!is_address).then(|| Self(digest().chars().take(ID_DIGITS).collect()))
    }

    fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == ID_DIGITS && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }
}

/// The items that were pulled.
#[derive(Debug, Default)]
pub(super) struct PulledItems {
    lines: BTreeMap<String, BTreeSet<ItemId>>,
    /// Each identifier, with the number of its addresses.
    ids: HashMap<ItemId, usize>,
    is_changed: bool,
}

impl PulledItems {
    /// Reads the items that were pulled by earlier runs.
    ///
    /// # Errors
    /// When the file cannot be read, and for each invalid line: what it says would be pulled again.
    pub(super) fn read(root: &Path) -> Result<Self, Vec<Diagnostic>> {
        if let Some(diagnostic) = source::symlink_escapes_root(root, PULLED) {
            return Err(vec![diagnostic]);
        }
        let unreadable = |reason: String| {
            let message = format!("cannot read it: {reason}");
            vec![Diagnostic::new(Code::UnreadableFile, Location::file(PULLED), message)]
        };
        let bytes = source::read_optional(&root.join(PULLED), MAX_BYTES)
            .map_err(|error| unreadable(error.to_string()))?;
        let text = source::text(bytes.as_deref().unwrap_or_default())
            .map_err(|_| unreadable("it is not UTF-8".to_owned()))?;
        Self::parse(text)
    }

    fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let (mut items, mut diagnostics) = (Self::default(), Vec::new());
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            match parse_line(line) {
                Some((address, ids)) => items.insert(address, ids),
                None => diagnostics.push(wrong_line(number, line)),
            }
        }
        if diagnostics.is_empty() { Ok(items) } else { Err(diagnostics) }
    }

    /// Whether an item was pulled.
    pub(super) fn has(&self, address: &HttpUrl, id: Option<&ItemId>) -> bool {
        self.lines.contains_key(&*address.dedup_key())
            || id.is_some_and(|id| self.ids.contains_key(id))
    }

    /// Adds what is new of the address and the identifier of an item.
    pub(super) fn add(&mut self, address: &HttpUrl, id: Option<ItemId>) {
        let address = address.dedup_key().into_owned();
        let known = self.lines.get(&address);
        let is_new = match &id {
            Some(id) => {
                let addresses = self.ids.get(id).copied().unwrap_or_default();
                known.is_none_or(|ids| ids.len() < MAX_NAMES && !ids.contains(id))
                    && addresses < MAX_NAMES
            }
            None => known.is_none(),
        };
        if is_new {
            self.is_changed = true;
            self.insert(address, id);
        }
    }

    fn insert(&mut self, address: String, ids: impl IntoIterator<Item = ItemId>) {
        let line = self.lines.entry(address).or_default();
        for id in ids {
            if line.insert(id.clone()) {
                *self.ids.entry(id).or_default() += 1;
            }
        }
    }

    /// A digest of all lines.
    pub(super) fn digest(&self) -> Digest {
        Digest::of(self.text().as_bytes())
    }

    /// Writes the file if items were added.
    pub(super) fn write(&self, root: &Path) -> Result<(), Diagnostic> {
        if !self.is_changed {
            return Ok(());
        }
        let text = self.text();
        write_atomic(&root.join(PULLED), |file| file.write_all(text.as_bytes()))
    }

    fn text(&self) -> String {
        let mut text = HEADER.to_owned();
        for (address, ids) in &self.lines {
            text.push_str(address);
            for ItemId(id) in ids {
                // Writing to a string cannot fail.
                let _ = write!(text, " {id}");
            }
            text.push('\n');
        }
        text
    }
}

fn parse_line(line: &str) -> Option<(String, Vec<ItemId>)> {
    let mut words = line.split_whitespace();
    let address = HttpUrl::parse(&format!("https://{}", words.next()?)).ok()?;
    let ids: Option<Vec<ItemId>> = words.map(ItemId::parse).collect();
    Some((address.dedup_key().into_owned(), ids?))
}

fn wrong_line(number: usize, line: &str) -> Diagnostic {
    let location = Location::on_line(PULLED, number, 1, usize::MAX, line);
    let is_mark =
        ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark));
    if is_mark {
        return Diagnostic::new(Code::MergeConflict, location, "unresolved merge conflict")
            .help("keep the lines of both sides and delete the conflict markers");
    }
    Diagnostic::new(Code::DamagedPulledItem, location, "expected the address of an original")
        .label("such as `harbourpost.example/2026/11/harbour-reopens`")
        .help("correct the line, or restore the file from version control")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> HttpUrl {
        HttpUrl::parse(text).expect(text)
    }

    #[test]
    fn item_is_known_by_address_or_identifier() {
        let feed = url("https://a.example/feed");
        let address = url("https://a.example/1");
        let id = ItemId::new(&feed, "post-1", &address);
        let mut items = PulledItems::default();
        items.add(&address, id.clone());
        let items = PulledItems::parse(&items.text()).expect("lines");
        let moved = url("https://a.example/one");
        assert!(items.has(&url("http://www.a.example/1/?utm_source=x"), None));
        assert!(items.has(&moved, id.as_ref()) && !items.has(&moved, None));
        let elsewhere = ItemId::new(&url("https://b.example/feed"), "post-1", &moved);
        assert!(!items.has(&moved, elsewhere.as_ref()));
        assert_eq!(ItemId::new(&feed, "http://a.example/1", &address), None);
    }

    #[test]
    fn lines_are_sorted_and_repeated_ones_joined() {
        let text =
            "b.example/2\na.example/1 0123456789abcdef\n\n# x\na.example/1 1123456789abcdef\n";
        let items = PulledItems::parse(text).expect("lines");
        let expected = "a.example/1 0123456789abcdef 1123456789abcdef\nb.example/2\n";
        assert_eq!(items.text(), format!("{HEADER}{expected}"));
    }
}
