//! The build cache: what a build knows about the documents it read and the files it wrote.
//!
//! The cache only ever saves work. Entries are used where they are proven to be current; without a
//! cache, or with a damaged one or one of another version, everything is rebuilt.
//!
//! File format: summaries of documents come first, in shards by path, so that a build that needs no
//! summary reads none, and one that changes few documents copies all other shards. Then come the
//! page indexes of documents, the places of articles in stories, and the terms and pages of the collection, read only as far
//! as needed; then the records of documents and output files, which every build reads. All
//! of these are sections, which are decoded in parallel. The file ends with the layout, which
//! locates the sections, and the layout's length and digest.

mod layout;
mod read;
mod state;
mod write;

use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::slug::{Slugs, shortened};
use crate::source;

pub use read::BuildCache;
pub use state::{
    AddressFiles, AssembledSite, CacheContents, CacheState, CachedDocument, CachedPage,
    CachedRelation, DocumentSummary, GeneratorVersion, PageIndexes, SiteStats, ValidityPeriod,
};

/// The cache folder of a site; safe to delete.
pub const FOLDER: &str = ".newsgen";

/// The local address history of a site, shared by all output folders.
pub fn address_history(root: &Path) -> PathBuf {
    root.join(FOLDER).join("addresses")
}

/// The file that a build keeps locked from reading the reserved addresses until the site is
/// published, whatever its output folder.
pub fn address_lock(root: &Path) -> PathBuf {
    root.join(FOLDER).join("addresses-lock")
}

/// The cache file of an output folder. A folder inside the site is named relative to it, so that a
/// site can be moved with its caches.
pub fn path(root: &Path, output: &Path) -> PathBuf {
    let (real_root, output) = (source::canonicalize(root), source::canonicalize(output));
    let name = output.strip_prefix(&real_root).unwrap_or(&output).to_string_lossy().into_owned();
    let digest = Digest::of(name.as_bytes()).to_string();
    root.join(FOLDER).join(format!(
        "{}-{}.state",
        shortened(&Slugs::default().slugify(&name), 120),
        digest.get(..8).unwrap_or("")
    ))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::DateTime;

    use super::*;
    use crate::collection::DocumentId;
    use crate::collection::{Collection, Documents};
    use crate::config::{Config, Overrides};
    use crate::digest::DigestKey;
    use crate::document::term::TermPage;
    use crate::reservations::Reservations;
    use crate::source::{FileStamp, RandomAccessFile};

    fn key() -> DigestKey {
        DigestKey::from([1; 32])
    }

    fn content(name: &str) -> DocumentSummary {
        DocumentSummary::Topic(Box::new(TermPage { slug: name.to_owned(), ..TermPage::default() }))
    }

    fn documents(contents: &[DocumentSummary]) -> Vec<CachedDocument> {
        let document = |(index, content): (usize, &DocumentSummary)| CachedDocument {
            path: format!("topics/{index}.md").into(),
            stamp: Some(FileStamp { length: 3, changed_at: -4, touched_at: 9 }),
            digest: Digest::of(b"c"),
            content: content.digest(&key()),
            diagnostics: Vec::new(),
        };
        contents.iter().enumerate().map(document).collect()
    }

    fn indexes_of(index: usize) -> PageIndexes {
        let page = u32::try_from(index).ok();
        let amp_page = page.map(|page| page + 1);
        PageIndexes {
            page,
            amp_page,
            related: vec![
                CachedRelation::Own(DocumentId::at(index + 1)),
                CachedRelation::External(7),
            ],
            previous: Some(DocumentId::at(index + 2)),
            next: None,
            ..PageIndexes::default()
        }
    }

    fn page(index: usize) -> CachedPage {
        let stamp = FileStamp { length: 5, changed_at: 6, touched_at: 0 };
        CachedPage {
            path: format!("{index:06}").into(),
            input_digest: None,
            digest: Digest::of(b"p"),
            stamp,
        }
    }

    fn bytes(contents: &[DocumentSummary], previous: &BuildCache) -> Vec<u8> {
        written(&documents(contents), contents, (0..contents.len()).map(page).collect(), previous)
    }

    fn written(
        documents: &[CachedDocument],
        contents: &[DocumentSummary],
        pages: Vec<CachedPage>,
        previous: &BuildCache,
    ) -> Vec<u8> {
        let (config, mut bytes) = (config(), Vec::new());
        let (collection, _) =
            Collection::new(Documents::default(), &config, &Reservations::default().index(&[]));
        let contents = CacheContents {
            documents: documents.iter().collect(),
            site: Some(AssembledSite {
                summaries: contents.iter().collect(),
                page_indexes: (0..contents.len()).map(indexes_of).collect(),
                placed_articles: collection.stories().placed(),
                terms_and_pages: collection.terms_and_pages(),
            }),
        };
        CacheState { pages, ..CacheState::default() }
            .write(&contents, previous, &mut bytes)
            .expect("written");
        bytes
    }

    fn config() -> Config {
        let overrides = Overrides {
            base_url: None,
            now: DateTime::from_timestamp(0, 0).expect("instant"),
            unpublished: false,
            future: false,
            preview: false,
        };
        let text = "title = \"T\"\nbase_url = \"https://t.example\"\n";
        Config::parse("site.toml", text, &overrides).expect("config")
    }

    fn read(bytes: Vec<u8>) -> Option<BuildCache> {
        BuildCache::read(RandomAccessFile::InMemory(bytes))
    }

    fn slugs(previous: &BuildCache) -> Option<Vec<String>> {
        let slug = |content| match content {
            DocumentSummary::Topic(page) => page.slug,
            _ => String::new(),
        };
        Some(previous.summaries()?.into_iter().map(slug).collect())
    }

    #[test]
    fn cache_round_trips() {
        let names: Vec<String> = (0..1000).map(|number| format!("t{number}")).collect();
        let contents: Vec<DocumentSummary> = names.iter().map(|name| content(name)).collect();
        let decoded = read(bytes(&contents, &BuildCache::default())).expect("state");
        assert_eq!(decoded.state.documents.len(), 1000);
        assert_eq!(slugs(&decoded), Some(names));
    }

    #[test]
    fn cache_copies_shards_unchanged() {
        let mut contents: Vec<DocumentSummary> =
            (0..1000).map(|number| content(&number.to_string())).collect();
        let previous = read(bytes(&contents, &BuildCache::default())).expect("state");
        contents[500] = content("another");
        assert_eq!(bytes(&contents, &previous), bytes(&contents, &BuildCache::default()));
    }

    #[test]
    fn cache_loads_selected_documents() {
        let names: Vec<String> = (0..3000).map(|number| format!("t{number}")).collect();
        let contents: Vec<DocumentSummary> = names.iter().map(|name| content(name)).collect();
        let previous = read(bytes(&contents, &BuildCache::default())).expect("state");
        let wanted: BTreeSet<DocumentId> = [0, 5, 1023, 1024, 2999].map(DocumentId::at).into();
        let found = previous.load_summaries(&wanted).expect("contents");
        let digests: Vec<_> = found.iter().map(|(id, found)| (*id, found.digest(&key()))).collect();
        let expected = wanted.iter().map(|id| (*id, contents[id.index()].digest(&key())));
        assert_eq!(digests, expected.collect::<Vec<_>>());
        let page_indexes = previous.load_page_indexes(&wanted).expect("places");
        assert!(page_indexes.into_iter().eq(wanted.iter().map(|id| (*id, indexes_of(id.index())))));
        assert!(previous.terms_and_pages().is_some());
    }

    #[test]
    fn cache_of_an_unchanged_site_equals_a_new_one() {
        let contents: Vec<DocumentSummary> =
            (0..3000).map(|number| content(&number.to_string())).collect();
        let previous = read(bytes(&contents, &BuildCache::default())).expect("state");
        let CacheState { mut documents, mut pages, .. } = previous.state.clone();
        for index in [1023, 2999] {
            documents[index].digest = Digest::of(b"edited");
            pages[index].digest = Digest::of(b"rendered again");
        }
        let kept = CacheContents { documents: documents.iter().collect(), site: None };
        let mut copied = Vec::new();
        let state = CacheState { pages: pages.clone(), ..CacheState::default() };
        state.write(&kept, &previous, &mut copied).expect("written");
        let new = written(&documents, &contents, pages.clone(), &BuildCache::default());
        assert!(copied == new);
        // The file of an updated cache has older sections.
        let state = CacheState { documents: documents.clone(), pages, ..CacheState::default() };
        let updated = previous.updated(state.clone());
        assert!(!updated.is_saved());
        let mut copied = Vec::new();
        let again = state.write(&kept, &updated, &mut copied).expect("written");
        assert!(copied == new && again.is_saved());
    }

    #[test]
    fn cache_rejects_damaged_files() {
        let whole = bytes(&[content("a"), content("b")], &BuildCache::default());
        let everything = || (0..2).map(DocumentId::at).collect();
        let read = |bytes: Vec<u8>| {
            let previous = read(bytes)?;
            previous.terms_and_pages()?;
            previous.load_page_indexes(&everything())?;
            slugs(&previous)
        };
        assert!(read(whole.clone()).is_some());
        for cut in 0..whole.len() {
            assert!(read(whole[..cut].to_vec()).is_none(), "cut at {cut}");
        }
        for flipped in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[flipped] ^= 1;
            assert!(read(bytes).is_none(), "flipped at {flipped}");
        }
    }

    #[test]
    fn cache_path_is_relative_to_the_site() {
        let name = |root: &str, output: &str| {
            path(Path::new(root), Path::new(output))
                .file_name()
                .and_then(|name| name.to_str())
                .map(str::to_owned)
        };
        assert_eq!(name("/a/site", "/a/site/public"), name("/b/site", "/b/site/public"));
        assert_ne!(name("/a/site", "/srv/x"), name("/a/site", "/srv/y"));
    }
}
