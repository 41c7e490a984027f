//! Plans a deploy from the local files and the state of the target; pure.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;

use super::error::Refusal;
use super::local_files::LocalFile;
use super::manifest::{DeployRecord, DeployedFile};
use super::purge;
use super::remote_file::RemoteFile;
use crate::asset;
use crate::config::FeedFormat;

/// The changes to make at a target.
#[derive(Debug)]
pub(super) struct DeployPlan<'f> {
    /// Files to upload, in order.
    pub(super) uploads: Vec<Upload<'f>>,
    /// Files to remove.
    pub(super) deletes: Vec<String>,
    /// The manifest entries of all other files.
    pub(super) kept: BTreeMap<String, DeployedFile>,
    /// Files that the site no longer has and that somebody else has changed, which are kept.
    pub(super) left: Vec<String>,
    unchanged: usize,
    /// Paths changed or removed by an unfinished deploy, if there is one.
    unfinished: Option<Vec<String>>,
}

/// Changes at the target. Paths are relative to it, and sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DeployChanges {
    /// Uploaded files.
    pub uploaded: Vec<String>,
    /// The number of bytes uploaded.
    pub bytes: u64,
    /// Removed files.
    pub removed: Vec<String>,
    /// Assets that the site no longer has, kept for one more deploy.
    pub retired: Vec<String>,
    /// The number of unchanged files.
    pub unchanged: usize,
    /// URL paths to purge from caches: `/news/x/`, or `/*` if there are too many.
    pub purge: Vec<String>,
}

/// A file to upload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Upload<'f> {
    pub(super) file: &'f LocalFile,
    pub(super) phase: Phase,
    /// Whether the target has no file at the path.
    is_new: bool,
}

/// When a file is uploaded. All files of a phase arrive before the next phase begins, so that a
/// page's assets and link targets exist before the page does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// A new asset, which no page uses yet.
    NewAsset,
    /// A changed asset.
    ChangedAsset,
    /// A new page or a list's new feed, which no page links to yet.
    New,
    /// A new feed of the site, which all pages are about to link to.
    NewFeed,
    /// A changed page, which may link to new ones.
    ChangedPage,
    /// The first page of a list, where most readers arrive.
    ListFront,
    /// A file for programs: a feed or sitemap.
    Feed,
}

impl<'f> DeployPlan<'f> {
    /// Plans how to deploy `files`, sorted by path, to a target with this record and listing.
    ///
    /// # Errors
    /// Foreign files, unless `overwrites` is set.
    pub(super) fn new(
        files: &'f [LocalFile],
        record: &DeployRecord,
        listing: &[RemoteFile],
        overwrites: bool,
    ) -> Result<Self, Vec<Refusal>> {
        let there: BTreeMap<&str, &RemoteFile> =
            listing.iter().map(|file| (file.path.as_str(), file)).collect();
        if !overwrites {
            refuse_foreign_files(files, record, &there)?;
        }
        let fronts = list_fronts(files);
        let (mut uploads, mut kept, mut unchanged) = (Vec::new(), BTreeMap::new(), 0);
        for file in files {
            let entry = record.files.get(&file.path);
            let remote = there.get(file.path.as_str());
            if let Some(entry) = entry.filter(|entry| is_current(entry, remote, file)) {
                kept.insert(file.path.clone(), entry.retired(false));
                unchanged += 1;
                continue;
            }
            let is_new = remote.is_none();
            uploads.push(Upload { file, phase: phase(&file.path, is_new, &fronts), is_new });
        }
        uploads.sort_by(|a, b| a.phase.cmp(&b.phase).then(a.file.path.cmp(&b.file.path)));
        let unfinished = record.journal.as_ref().map(|journal| {
            let gone = record.files.keys().filter(|path| !there.contains_key(path.as_str()));
            journal.keys().chain(gone).cloned().collect()
        });
        let (deletes, left) = (Vec::new(), Vec::new());
        let mut plan = Self { uploads, deletes, kept, left, unchanged, unfinished };
        plan.plan_removals(files, record, &there);
        Ok(plan)
    }

    /// Decides which files that the site no longer has are removed.
    fn plan_removals(
        &mut self,
        files: &[LocalFile],
        record: &DeployRecord,
        there: &BTreeMap<&str, &RemoteFile>,
    ) {
        let paths: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let gone = record.files.iter().filter(|(path, _)| !paths.contains(path.as_str()));
        let gone = gone.filter(|(path, _)| there.contains_key(path.as_str()));
        let mut retired_before = Vec::new();
        for (path, entry) in gone {
            if !may_be_removed(entry, there.get(path.as_str())) {
                self.left.push(path.clone());
            } else if entry.is_retired {
                retired_before.push((path, entry));
            } else if asset::is_fingerprinted(path) {
                self.kept.insert(path.clone(), entry.retired(true));
            } else {
                self.deletes.push(path.clone());
            }
        }
        // Retired assets are removed once a newer version exists, but not while an interrupted
        // deploy is being completed.
        let is_quiet =
            (self.uploads.is_empty() && self.deletes.is_empty()) || self.unfinished.is_some();
        for (path, entry) in retired_before {
            if is_quiet {
                self.kept.insert(path.clone(), entry.clone());
            } else {
                self.deletes.push(path.clone());
            }
        }
        // Pages are removed before the assets they need.
        self.deletes.sort_by(|a, b| is_page(b).cmp(&is_page(a)).then(a.cmp(b)));
    }

    /// Checks that the plan removes at most `max_deletes` files.
    ///
    /// # Errors
    /// When it removes more.
    pub(super) fn check_max_deletes(self, max_deletes: usize) -> Result<Self, Vec<Refusal>> {
        match self.deletes.len().cmp(&max_deletes) {
            Ordering::Greater => {
                Err(vec![Refusal::TooManyDeletes(self.deletes.len(), max_deletes)])
            }
            _ => Ok(self),
        }
    }

    /// Checks that no symbolic link is in the path of a change. A link in the place of a file is
    /// replaced like any file.
    ///
    /// # Errors
    /// The links in the way.
    pub(super) fn check_links(self, links: &[String]) -> Result<Self, Vec<Refusal>> {
        let paths = self.uploads.iter().map(|upload| &upload.file.path).chain(&self.deletes);
        let folders: HashSet<&str> = paths
            .flat_map(|path| path.match_indices('/').filter_map(|(end, _)| path.get(..end)))
            .collect();
        let in_the_way = links.iter().filter(|link| folders.contains(link.as_str()));
        let refusals: Vec<Refusal> = in_the_way.cloned().map(Refusal::Link).collect();
        if refusals.is_empty() { Ok(self) } else { Err(refusals) }
    }

    /// The files to remove before the uploads into a folder.
    pub(super) fn in_the_way(&self) -> Vec<String> {
        self.blocking(&self.deletes)
    }

    /// Checks that no file that stays is in the way of an upload into a folder.
    ///
    /// # Errors
    /// The files in the way.
    pub(super) fn check_left(self) -> Result<Self, Vec<Refusal>> {
        let refusals: Vec<Refusal> =
            self.blocking(&self.left).into_iter().map(Refusal::InTheWay).collect();
        if refusals.is_empty() { Ok(self) } else { Err(refusals) }
    }

    /// Which of these files a folder cannot hold beside the uploads: those with the name of a folder
    /// of uploads, and those in a folder with the name of an upload.
    fn blocking(&self, paths: &[String]) -> Vec<String> {
        let uploads: BTreeSet<&str> =
            self.uploads.iter().map(|upload| upload.file.path.as_str()).collect();
        let needs_folder = |path: &str| {
            let inside = format!("{path}/");
            uploads.range(&*inside..).next().is_some_and(|upload| upload.starts_with(&inside))
        };
        let is_in_folder = |path: &str| {
            let mut folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
            folders.any(|folder| uploads.contains(folder))
        };
        let is_blocking = |path: &&String| needs_folder(path) || is_in_folder(path);
        paths.iter().filter(is_blocking).cloned().collect()
    }

    /// Whether there is nothing to do, not even completing an interrupted deploy.
    pub(super) fn is_empty(&self) -> bool {
        self.uploads.is_empty() && self.deletes.is_empty() && self.unfinished.is_none()
    }

    /// The changes that the plan makes.
    pub(super) fn changes(&self, root: &str, purge_limit: usize) -> DeployChanges {
        let mut uploaded: Vec<String> =
            self.uploads.iter().map(|upload| upload.file.path.clone()).collect();
        uploaded.sort();
        let retired = self.kept.iter().filter(|(_, entry)| entry.is_retired);
        let replaced = self
            .uploads
            .iter()
            .filter(|upload| !upload.is_new)
            .map(|upload| upload.file.path.as_str());
        let before = self.unfinished.iter().flatten().map(String::as_str);
        let stale = replaced.chain(self.deletes.iter().map(String::as_str)).chain(before);
        DeployChanges {
            uploaded,
            bytes: 0,
            removed: self.deletes.clone(),
            retired: retired.map(|(path, _)| path.clone()).collect(),
            unchanged: self.unchanged,
            purge: purge::purge_paths(stale, root, purge_limit),
        }
    }
}

/// Whether the target has the current version of a file.
fn is_current(entry: &DeployedFile, remote: Option<&&RemoteFile>, file: &LocalFile) -> bool {
    is_untouched(entry, remote) && entry.digest() == Some(file.digest())
}

/// Whether the file at a target is, or may be, the one that newsgen uploaded.
fn may_be_removed(entry: &DeployedFile, remote: Option<&&RemoteFile>) -> bool {
    entry.digest().is_none() || is_untouched(entry, remote)
}

/// Whether the file at a target is the one in the manifest.
fn is_untouched(entry: &DeployedFile, remote: Option<&&RemoteFile>) -> bool {
    remote.is_some_and(|remote| remote.length == entry.length && remote.tag == entry.tag)
}

fn refuse_foreign_files(
    files: &[LocalFile],
    record: &DeployRecord,
    there: &BTreeMap<&str, &RemoteFile>,
) -> Result<(), Vec<Refusal>> {
    // Consoles create empty objects as folder markers.
    let mut others = there.iter().filter(|(_, remote)| remote.length > 0);
    if let Some((first, _)) = others.next().filter(|_| !record.is_begun) {
        return Err(vec![Refusal::ForeignFiles(1 + others.count(), (*first).to_owned())]);
    }
    let is_others = |file: &&LocalFile| {
        there.contains_key(file.path.as_str()) && !record.files.contains_key(&file.path)
    };
    let refusals: Vec<Refusal> =
        files.iter().filter(is_others).map(|file| Refusal::InTheWay(file.path.clone())).collect();
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// The folders of lists: the front page, topics and providers, and whatever has a feed or archive
/// pages.
fn list_fronts(files: &[LocalFile]) -> BTreeSet<&str> {
    let is_feed = |name: &str| FeedFormat::ALL.into_iter().any(|format| name == format.file_name());
    let mut fronts = BTreeSet::from([""]);
    for file in files {
        if let Some((folder, name)) = file.path.rsplit_once('/')
            && is_feed(name)
        {
            fronts.insert(folder);
        }
        if let Some(folder) = file.path.strip_suffix("/index.html")
            && let Some(("topics" | "providers", _)) = folder.rsplit_once('/')
        {
            fronts.insert(folder);
        }
        if let Some((front, _)) = file.path.split_once("/page/") {
            fronts.insert(front);
        }
    }
    fronts
}

fn phase(path: &str, is_new: bool, fronts: &BTreeSet<&str>) -> Phase {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if path == "index.html" {
        return Phase::ListFront;
    }
    if is_page(path) {
        return match is_new {
            true => Phase::New,
            false if name == "index.html" && fronts.contains(folder) => Phase::ListFront,
            false => Phase::ChangedPage,
        };
    }
    let is_for_programs =
        name.rsplit('.').next() == Some("xml") || name == FeedFormat::Json.file_name();
    let is_of_robots = folder.is_empty() && (name.contains("sitemap") || name == "robots.txt");
    match (is_for_programs || is_of_robots, is_new) {
        (true, true) if is_of_robots => Phase::Feed,
        (true, true) if folder.is_empty() => Phase::NewFeed,
        (true, true) => Phase::New,
        (true, false) => Phase::Feed,
        (false, true) => Phase::NewAsset,
        (false, false) => Phase::ChangedAsset,
    }
}

/// Whether a file is a page.
pub(super) fn is_page(path: &str) -> bool {
    path.rsplit('.').next().is_some_and(|ending| matches!(ending, "html" | "htm"))
}

#[cfg(test)]
mod tests {
    use super::super::local_files::Headers;
    use super::super::remote_file::RemoteKind;
    use super::*;
    use crate::digest::Digest;

    fn file(path: &str, text: &str) -> LocalFile {
        let headers = Headers {
            content_type: "text/html".to_owned(),
            cache_control: asset::cache_control(path).to_owned(),
            gzip: false,
        };
        LocalFile {
            path: path.to_owned(),
            length: 1,
            content: Digest::of(text.as_bytes()),
            headers,
        }
    }

    fn site(files: &[(&str, &str)]) -> Vec<LocalFile> {
        let mut files: Vec<LocalFile> = files.iter().map(|(path, text)| file(path, text)).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files
    }

    /// The record and the listing of a target after these files have been deployed.
    fn deployed(files: &[LocalFile]) -> (DeployRecord, Vec<RemoteFile>) {
        let tag = |file: &LocalFile| Some(file.content.to_string());
        let entry =
            |file: &LocalFile| (file.path.clone(), DeployedFile::of(file.digest(), tag(file), 1));
        let record = DeployRecord {
            files: files.iter().map(entry).collect(),
            is_begun: true,
            ..DeployRecord::default()
        };
        let remote = |file: &LocalFile| RemoteFile {
            path: file.path.clone(),
            tag: tag(file),
            length: 1,
            kind: RemoteKind::File,
        };
        (record, files.iter().map(remote).collect())
    }

    fn paths<'p>(plan: &'p DeployPlan<'_>) -> Vec<&'p str> {
        plan.uploads.iter().map(|upload| upload.file.path.as_str()).collect()
    }

    const OLD: &str = "theme/style.0000000000000000.css";
    const NEW: &str = "theme/style.1111111111111111.css";

    #[test]
    fn deploy_uploads_dependencies_before_pages() {
        let before = site(&[
            ("atom.xml", "1"),
            ("index.html", "1"),
            ("providers/p/index.html", "1"),
            ("a/index.html", "1"),
            ("topics/sea/index.html", "1"),
            ("topics/sea/page/1/index.html", "1"),
            (OLD, "1"),
        ]);
        let (record, listing) = deployed(&before);
        let now = site(&[
            ("atom.xml", "2"),
            ("index.html", "2"),
            ("a/index.html", "2"),
            ("b/index.html", "1"),
            ("topics/sea/index.html", "2"),
            ("topics/sea/page/1/index.html", "1"),
            ("topics/new/index.html", "1"),
            ("topics/new/atom.xml", "1"),
            ("providers/p/index.html", "2"),
            (NEW, "2"),
        ]);
        let plan = DeployPlan::new(&now, &record, &listing, false).expect("plan");
        let expected = [
            NEW,
            "b/index.html",
            "topics/new/atom.xml",
            "topics/new/index.html",
            "a/index.html",
            "index.html",
            "providers/p/index.html",
            "topics/sea/index.html",
            "atom.xml",
        ];
        assert_eq!(paths(&plan), expected);
        assert_eq!((plan.deletes.len(), plan.unchanged), (0, 1));
        assert!(plan.kept.get(OLD).is_some_and(|entry| entry.is_retired));
    }

    #[test]
    fn deploy_uploads_front_page_last() {
        let files =
            site(&[("index.html", "1"), ("z/index.html", "1"), ("atom.xml", "1"), (NEW, "1")]);
        let plan = DeployPlan::new(&files, &DeployRecord::default(), &[], false).expect("plan");
        assert_eq!(paths(&plan), [NEW, "z/index.html", "atom.xml", "index.html"]);
    }

    #[test]
    fn deploy_uploads_new_feed_before_pages() {
        let (record, listing) = deployed(&site(&[("a/index.html", "1"), ("index.html", "1")]));
        let now = site(&[
            ("a/index.html", "2"),
            ("b/index.html", "1"),
            ("index.html", "2"),
            ("rss.xml", "1"),
            ("sitemap.xml", "1"),
        ]);
        let plan = DeployPlan::new(&now, &record, &listing, false).expect("plan");
        assert_eq!(
            paths(&plan),
            ["b/index.html", "rss.xml", "a/index.html", "index.html", "sitemap.xml"]
        );
    }

    #[test]
    fn deploy_uploads_new_asset_before_changed_one() {
        let (record, listing) = deployed(&site(&[("app/a.js", "1")]));
        let now = site(&[("app/a.js", "2"), ("app/z.dat", "1")]);
        let plan = DeployPlan::new(&now, &record, &listing, false).expect("plan");
        assert_eq!(paths(&plan), ["app/z.dat", "app/a.js"]);
    }

    #[test]
    fn folder_markers_are_ignored() {
        let files = site(&[("news/a.html", "1")]);
        let mark =
            RemoteFile { path: "news".to_owned(), tag: None, length: 0, kind: RemoteKind::File };
        let plan = DeployPlan::new(&files, &DeployRecord::default(), &[mark], false).expect("plan");
        assert_eq!(paths(&plan), ["news/a.html"]);
    }

    #[test]
    fn retired_assets_are_kept_for_one_deploy() {
        let (mut record, mut listing) = deployed(&site(&[("index.html", "1"), (OLD, "1")]));
        record.files.get_mut(OLD).expect("entry").is_retired = true;
        let same = site(&[("index.html", "1")]);
        let plan = DeployPlan::new(&same, &record, &listing, false).expect("plan");
        assert!(plan.is_empty() && plan.kept.contains_key(OLD), "{plan:?}");
        let other = site(&[("index.html", "2")]);
        let plan = DeployPlan::new(&other, &record, &listing, false).expect("plan");
        assert_eq!(plan.deletes, [OLD]);
        let back = site(&[("index.html", "2"), (OLD, "1")]);
        let plan = DeployPlan::new(&back, &record, &listing, false).expect("plan");
        assert!(plan.kept.get(OLD).is_some_and(|entry| !entry.is_retired), "{plan:?}");
        listing.retain(|file| file.path != OLD);
        let plan = DeployPlan::new(&other, &record, &listing, false).expect("plan");
        assert!(plan.deletes.is_empty() && !plan.kept.contains_key(OLD), "{plan:?}");
    }

    #[test]
    fn files_changed_at_the_target_are_uploaded_again() {
        let files = site(&[("a.html", "1"), ("b.html", "1"), ("c.html", "1")]);
        let (record, mut listing) = deployed(&files);
        listing.remove(0);
        listing[0].tag = Some("other".to_owned());
        let plan = DeployPlan::new(&files, &record, &listing, false).expect("plan");
        assert_eq!(paths(&plan), ["a.html", "b.html"]);
    }

    #[test]
    fn unfinished_uploads_are_retried() {
        let files = site(&[("a.html", "1"), ("b.html", "1")]);
        let (mut record, listing) = deployed(&files);
        record.files.insert("a.html".to_owned(), DeployedFile::default());
        record.files.insert("b.html".to_owned(), DeployedFile::default());
        let now = site(&[("a.html", "1")]);
        let plan = DeployPlan::new(&now, &record, &listing, false).expect("plan");
        assert_eq!(
            (paths(&plan), plan.deletes.as_slice()),
            (vec!["a.html"], ["b.html".to_owned()].as_slice())
        );
    }

    #[test]
    fn interrupted_deploy_is_completed() {
        let files = site(&[("a/index.html", "2"), ("b/index.html", "1")]);
        let (mut record, listing) = deployed(&files);
        let entry = record.files.remove("a/index.html").expect("entry");
        record.files.insert("gone/index.html".to_owned(), DeployedFile::default());
        record.files.insert("a/index.html".to_owned(), entry.clone());
        record.journal = Some([("a/index.html".to_owned(), entry)].into());
        let plan = DeployPlan::new(&files, &record, &listing, false).expect("plan");
        assert!(!plan.is_empty() && plan.uploads.is_empty() && plan.deletes.is_empty(), "{plan:?}");
        assert_eq!(
            plan.unfinished,
            Some(vec!["a/index.html".to_owned(), "gone/index.html".to_owned()])
        );
    }

    #[test]
    fn foreign_replacement_is_not_removed() {
        let (record, mut listing) = deployed(&site(&[("a.html", "1"), ("b.html", "1")]));
        listing[0].tag = Some("other".to_owned());
        let plan = DeployPlan::new(&[], &record, &listing, false).expect("plan");
        assert_eq!(
            (plan.deletes, plan.left),
            (vec!["b.html".to_owned()], vec!["a.html".to_owned()])
        );
        assert!(plan.kept.is_empty(), "{:?}", plan.kept);
    }

    #[test]
    fn foreign_files_are_kept() {
        let files = site(&[("a.html", "1"), ("b.html", "1")]);
        let (record, mut listing) = deployed(&files[..1]);
        listing.extend(deployed(&site(&[("b.html", "2"), ("z.html", "1")])).1);
        let refusals = DeployPlan::new(&files, &record, &listing, false).expect_err("refusal");
        assert_eq!(refusals, [Refusal::InTheWay("b.html".to_owned())]);
        let refusals = DeployPlan::new(&files, &DeployRecord::default(), &listing, false)
            .expect_err("refusal");
        assert_eq!(refusals, [Refusal::ForeignFiles(3, "a.html".to_owned())]);
        let plan = DeployPlan::new(&files, &record, &listing, true).expect("plan");
        assert_eq!((paths(&plan), plan.deletes.len()), (vec!["b.html"], 0));
    }

    #[test]
    fn changed_headers_cause_an_upload() {
        let mut files = site(&[("a.html", "1")]);
        let (record, listing) = deployed(&files);
        files[0].headers.gzip = true;
        assert_eq!(
            DeployPlan::new(&files, &record, &listing, false).expect("plan").uploads.len(),
            1
        );
    }

    #[test]
    fn deploy_removes_pages_before_dependencies() {
        let (record, listing) =
            deployed(&site(&[("a/atom.xml", "1"), ("a/index.html", "1"), ("a.png", "1")]));
        let plan = DeployPlan::new(&[], &record, &listing, false).expect("plan");
        assert_eq!(plan.deletes, ["a/index.html", "a.png", "a/atom.xml"]);
    }

    #[test]
    fn max_deletes_is_enforced() {
        let (record, listing) =
            deployed(&site(&[("a.html", "1"), ("b.html", "1"), ("c.html", "1")]));
        let plan = || DeployPlan::new(&[], &record, &listing, false).expect("plan");
        assert_eq!(
            plan().check_max_deletes(2).expect_err("refusal"),
            [Refusal::TooManyDeletes(3, 2)]
        );
        assert_eq!(plan().check_max_deletes(3).expect("plan").deletes.len(), 3);
    }
}
