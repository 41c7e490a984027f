//! Rebuilds in one process after file events: what a partial scan looks at, and that lost, doubled
//! and delayed events do no lasting harm.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;

use newsgen::build::{self, COLLECTING, Outcome, Session};
use newsgen::source::ScanScope;
use proptest::prelude::*;

use crate::fixture::{Site, article, messages, rendered};

/// A site and the process that builds it.
struct Preview {
    site: Site,
    session: Session,
    /// The stages of the last build.
    stages: BTreeSet<&'static str>,
}

impl Preview {
    /// A site that was built.
    fn new(text: &str) -> Self {
        let mut site = Site::new(text);
        (site.overrides.preview, site.allow_empty) = (true, true);
        let mut preview = Self { site, session: Session::default(), stages: BTreeSet::new() };
        for name in ["one", "two"] {
            preview.save(name, "as it was");
        }
        preview.full();
        preview
    }

    /// Writes the article `content/NAME.md`.
    fn save(&self, name: &str, body: &str) {
        let title = name.replace('/', " ");
        let text = article(&title, "2026-01-01", "") + "A note.\n\n" + body + "\n";
        self.site.write(&format!("content/{name}.md"), text);
    }

    fn build(&mut self, scope: &ScanScope) -> Outcome {
        let stages = Mutex::new(BTreeSet::new());
        let note = |progress: build::Progress| {
            stages.lock().expect("lock").insert(progress.stage);
        };
        let options = self.site.options();
        let outcome = build::rebuild(&mut self.session, scope, &options, &note);
        self.stages = stages.into_inner().expect("lock");
        outcome
    }

    /// Builds after events that name these paths in `content/`.
    fn partial(&mut self, paths: &[&str]) -> Outcome {
        self.build(&ScanScope::Documents(paths.iter().map(|path| (*path).to_owned()).collect()))
    }

    fn full(&mut self) -> Outcome {
        let outcome = self.build(&ScanScope::Full);
        assert!(!outcome.is_partial && outcome.summary.is_some(), "{:#?}", outcome.diagnostics);
        outcome
    }

    /// Builds after these events, and compares the site with a clean build.
    fn assert_follows(&mut self, paths: &[&str], is_partial: bool) {
        let outcome = self.partial(paths);
        assert!(outcome.summary.is_some(), "{:#?}", outcome.diagnostics);
        assert_eq!(outcome.is_partial, is_partial, "{paths:?}");
        assert_eq!(files(&self.site.tree()), files(&self.site.clean_tree()), "{paths:?}");
    }

    /// The bytes of the cache and of the manifest.
    fn on_disk(&self) -> [Vec<u8>; 2] {
        let names = fs::read_dir(self.site.path(".newsgen")).expect("folder");
        let mut paths = names.map(|entry| entry.expect("entry").path());
        let cache = paths.find(|path| path.extension().is_some_and(|ending| ending == "state"));
        [cache.expect("cache"), self.site.path("public/.newsgen-files")]
            .map(|path| fs::read(path).expect("read"))
    }
}

/// The published files without the manifest, which follows later.
fn files(tree: &crate::fixture::Tree) -> crate::fixture::Tree {
    let is_of_site = |(path, _): &(&String, &Vec<u8>)| *path != ".newsgen-files";
    tree.iter().filter(is_of_site).map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
}

#[test]
fn partial_scan_sees_what_events_name() {
    let mut preview = Preview::new("");
    preview.save("one", "edited");
    preview.assert_follows(&["one.md"], true);
    assert!(!preview.stages.contains(COLLECTING), "{:?}", preview.stages);
    preview.save("one", "edited again");
    preview.assert_follows(&["one.md", "one.md~", ".one.md.swp", "4913"], true);
    preview.save("three", "new");
    preview.assert_follows(&["three.md"], true);
    preview.site.remove("content/two.md");
    preview.assert_follows(&["two.md"], true);
    fs::rename(preview.site.path("content/one.md"), preview.site.path("content/four.md"))
        .expect("renamed");
    preview.assert_follows(&["one.md", "four.md"], true);
    preview.site.write("content/notes.txt", "");
    preview.assert_follows(&["notes.txt"], true);
    let notes = "content/notes.txt: only files that end in `.md` or `.markdown` are documents";
    assert_eq!(messages(&preview.partial(&["four.md"]).diagnostics), [notes]);
    preview.site.remove("content/notes.txt");
    assert_eq!(messages(&preview.partial(&["notes.txt"]).diagnostics), [""; 0]);
}

#[test]
fn events_in_a_folder_bring_its_listing_up_to_date() {
    let mut preview = Preview::new("");
    preview.save("three", "no event");
    preview.site.remove("content/two.md");
    preview.save("one", "edited");
    preview.assert_follows(&["one.md"], true);
}

#[test]
fn changed_folders_need_a_full_scan() {
    let mut preview = Preview::new("");
    preview.save("folder/three", "new");
    preview.assert_follows(&["folder", "folder/three.md"], false);
    preview.save("folder/three", "edited");
    preview.assert_follows(&["folder/three.md"], true);
    let [folder, elsewhere] = ["content/folder", "elsewhere"].map(|path| preview.site.path(path));
    fs::rename(&folder, &elsewhere).expect("renamed");
    preview.save("folder/four", "in its place");
    preview.assert_follows(&["folder"], false);
    fs::remove_dir_all(&folder).expect("removed");
    preview.assert_follows(&["one.md"], false);
    fs::rename(&elsewhere, &folder).expect("renamed");
    preview.assert_follows(&["one.md"], false);
    fs::create_dir(preview.site.path("content/one.markdown")).expect("folder");
    preview.assert_follows(&["one.markdown"], false);
    preview.assert_follows(&["elsewhere/five.md"], false);
}

#[test]
fn ignored_files_need_no_full_scan() {
    let ignore = format!("{}ignore = [\"drafts\"]\n", crate::fixture::CONFIG);
    let mut preview = Preview::new(&format!("=== site.toml\n{ignore}"));
    preview.save("drafts/three", "unseen");
    preview.full();
    preview.save(".hidden/three", "unseen");
    preview.save("drafts/three", "unseen, too");
    preview.assert_follows(&["drafts/three.md", "drafts", ".hidden/three.md", ".hidden"], true);
}

#[cfg(unix)]
#[test]
fn partial_scan_does_not_follow_links() {
    let mut preview = Preview::new("");
    let link = preview.site.path("content/link.md");
    std::os::unix::fs::symlink(preview.site.path("content/one.md"), link).expect("link");
    let found = messages(&preview.partial(&["link.md"]).diagnostics);
    assert_eq!(found, ["content/link.md: a symbolic link is not followed"]);
    assert_eq!(messages(&preview.full().diagnostics), found);
    preview.site.remove("content/link.md");
    preview.save("a/b/three", "in the site");
    preview.full();
    let [folder, elsewhere] = ["content/a", "elsewhere"].map(|path| preview.site.path(path));
    fs::rename(&folder, &elsewhere).expect("renamed");
    std::os::unix::fs::symlink(&elsewhere, &folder).expect("link");
    preview.site.write("elsewhere/b/three.md", "unseen");
    preview.assert_follows(&["a/b/three.md"], false);
}

#[test]
fn full_scan_finds_lost_events() {
    let mut preview = Preview::new("=== static/a.txt\na\n");
    preview.save("folder/three", "new");
    preview.full();
    preview.save("one", "lost");
    preview.save("folder/three", "seen");
    preview.site.write("static/a.txt", "lost");
    preview.site.write("public/about.txt", "foreign");
    preview.site.write("public/news/2026/01/two/index.html", "edited by hand");
    let outcome = preview.partial(&["folder/three.md"]);
    assert_eq!(rendered(&outcome.summary.expect("published")), ["news/2026/01/three/index.html"]);
    let summary = preview.full().summary.expect("published");
    assert_eq!(
        rendered(&summary),
        ["a.txt", "news/2026/01/one/index.html", "news/2026/01/two/index.html"]
    );
    preview.site.remove("public/about.txt");
    assert_eq!(preview.site.tree(), preview.site.clean_tree());
}

#[test]
fn full_scan_saves_what_partial_ones_left() {
    let mut preview = Preview::new("");
    let first = preview.on_disk();
    preview.save("one", "edited");
    assert_eq!(rendered(&preview.partial(&["one.md"]).summary.expect("published")).len(), 1);
    assert!(preview.on_disk() == first, "neither cache nor manifest is written");
    let outcome = preview.full();
    assert_eq!(outcome.changed, [""; 0], "the change was reported");
    assert_eq!(rendered(&outcome.summary.expect("published")), [""; 0]);
    let [cache, manifest] = preview.on_disk();
    assert!(cache != first[0] && manifest != first[1]);
    let (summary, stages) = preview.site.build_in_stages();
    assert_eq!(rendered(&summary), [""; 0]);
    assert!(!stages.contains(COLLECTING), "{stages:?}");
    preview.full();
    assert!(preview.on_disk() == [cache, manifest], "nothing has changed");
}

#[test]
fn killed_process_costs_only_work() {
    let mut preview = Preview::new("");
    preview.save("one", "edited");
    preview.partial(&["one.md"]);
    preview.save("three", "new");
    preview.partial(&["three.md"]);
    preview.save("two", "edited");
    preview.partial(&["two.md"]);
    preview.session = Session::default();
    preview.full();
    assert_eq!(preview.site.tree(), preview.site.clean_tree());
}

#[test]
fn full_scan_is_due_after_half_a_minute() {
    let mut preview = Preview::new("");
    let mut build = |at: i64| {
        preview.site.scanned_at = at;
        preview.partial(&["one.md"]).is_partial
    };
    assert!(!build(0), "an earlier time");
    assert!(build(29_999_999_999));
    assert!(!build(30_000_000_000));
    assert!(build(59_999_999_999));
}

#[test]
fn partial_scan_is_only_for_previews() {
    let mut preview = Preview::new("");
    preview.site.overrides.preview = false;
    preview.full();
    preview.save("one", "edited");
    assert!(!preview.partial(&["one.md"]).is_partial);
}

/// A stamp is as old as the scan that read it.
#[test]
fn partial_scan_does_not_make_stamps_trustworthy() {
    let mut preview = Preview::new("=== static/a.txt\na\n");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("later");
    let now = i64::try_from(now.as_nanos()).expect("nanoseconds");
    let mut assembles = |after: i64, is_full: bool| {
        preview.site.scanned_at = now + after * 1_000_000_000;
        preview.save("one", &after.to_string());
        let outcome = if is_full { preview.full() } else { preview.partial(&["one.md"]) };
        assert_eq!(outcome.is_partial, !is_full);
        preview.stages.contains(COLLECTING)
    };
    assembles(-60, true);
    for after in [-50, -40] {
        assert!(assembles(after, false));
    }
    // Now the stamps are later than the files.
    assembles(60, true);
    assert!(!assembles(70, false));
}

/// An error in a document that a file event names, and its repair.
#[test]
fn partial_scan_reports_errors_until_fixed() {
    let mut preview = Preview::new("");
    preview.site.write("content/one.md", "---\ntitle: [\n---\n");
    let found = preview.partial(&["one.md"]);
    assert!(found.is_partial && found.summary.is_none());
    let again = preview.partial(&["two.md"]);
    assert_eq!(messages(&again.diagnostics), messages(&found.diagnostics));
    preview.save("one", "fixed");
    preview.assert_follows(&["one.md"], true);
    assert!(!preview.stages.contains(COLLECTING), "{:?}", preview.stages);
}

/// The events of a removed file were lost, so that it cannot be read.
#[test]
fn unreadable_document_needs_a_full_scan() {
    let mut preview = Preview::new("");
    preview.save("folder/three", "new");
    preview.site.scanned_at = 0;
    preview.save("one", "its stamp is not trusted, so that every build reads it");
    preview.full();
    preview.site.remove("content/one.md");
    preview.assert_follows(&["folder/three.md"], false);
}

#[test]
fn lost_output_folder_is_built_again() {
    let mut preview = Preview::new("");
    fs::remove_dir_all(preview.site.path("public")).expect("removed");
    preview.save("one", "edited");
    preview.assert_follows(&["one.md"], true);
    fs::remove_dir_all(preview.site.path(".newsgen")).expect("removed");
    preview.save("one", "edited again");
    preview.assert_follows(&["one.md"], true);
    preview.full();
    assert_eq!(preview.site.tree(), preview.site.clean_tree());
}

#[test]
fn faulty_scan_is_followed_by_a_full_one() {
    let mut preview = Preview::new("");
    preview.site.write("content/folder/control\u{1}character.md", "");
    assert!(preview.build(&ScanScope::Full).summary.is_none());
    preview.save("one", "edited");
    let outcome = preview.partial(&["one.md"]);
    assert!(!outcome.is_partial && outcome.summary.is_none(), "{:#?}", outcome.diagnostics);
}

#[test]
fn output_error_is_followed_by_a_full_scan() {
    let mut preview = Preview::new("");
    let in_the_way = preview.site.path("public/.newsgen-files.new");
    fs::create_dir(&in_the_way).expect("made");
    preview.save("three", "new");
    let outcome = preview.partial(&["three.md"]);
    assert!(messages(&outcome.diagnostics)[0].contains("cannot write the file"));
    fs::remove_dir(&in_the_way).expect("removed");
    preview.assert_follows(&["three.md"], false);
}

/// What a failed build with other settings leaves does not know the documents.
#[test]
fn reverted_settings_of_a_failed_build_find_the_cache() {
    let mut preview = Preview::new("");
    let settings = fs::read_to_string(preview.site.path("site.toml")).expect("read");
    preview.site.write("site.toml", format!("{settings}[limits]\ntopics = 5\n"));
    preview.site.write("content/one.md", "---\ntitle: [\n---\n");
    assert!(preview.build(&ScanScope::Full).summary.is_none());
    preview.site.write("site.toml", settings);
    preview.save("one", "edited");
    assert_eq!(preview.full().changed, ["content/one.md"]);
}

/// Another build may have changed the history since.
#[test]
fn changed_address_history_needs_an_assembly() {
    let mut preview = Preview::new("");
    let settings = fs::read_to_string(preview.site.path("site.toml")).expect("read");
    preview.site.write("site.toml", format!("permalink = \"/{{slug}}/\"\n{settings}"));
    preview.save("a/same", "older by path");
    preview.save("b/same", "it wants the same address");
    preview.full();
    let (folder, aside) = (preview.site.path("content/a"), preview.site.path("aside"));
    fs::rename(&folder, &aside).expect("moved");
    let mut options = preview.site.options();
    options.overrides.preview = false;
    options.output.folder = preview.site.path("published");
    assert!(build::build(&options, &|_| {}).summary.is_some());
    fs::rename(&aside, &folder).expect("moved");
    preview.save("a/same", "edited");
    preview.full();
    assert_eq!(preview.site.tree(), preview.site.clean_tree());
}

/// One change to a site by an editor.
#[derive(Clone, Debug)]
enum Step {
    Save(u8, u8),
    /// As editors do that write beside the file.
    SaveBeside(u8, u8),
    Break(u8),
    Remove(u8),
    Rename(u8, u8),
    MoveFolder(u8, u8),
    ReplaceFolder(u8, u8),
    RemoveFolder(u8),
    Note(u8),
    Static(u8),
    EditOutput(u8),
    /// The process is killed and starts again.
    Kill,
    /// A full scan that no event caused.
    FullScan,
}

fn step() -> impl Strategy<Value = Step> {
    let edit = (0..8_u8, 0..12_u8);
    prop_oneof![
        6 => edit.clone().prop_map(|(slot, text)| Step::Save(slot, text)),
        2 => edit.clone().prop_map(|(slot, text)| Step::SaveBeside(slot, text)),
        1 => (0..8_u8).prop_map(Step::Break),
        2 => (0..8_u8).prop_map(Step::Remove),
        2 => (0..8_u8, 0..8_u8).prop_map(|(from, to)| Step::Rename(from, to)),
        1 => (0..3_u8, 0..3_u8).prop_map(|(from, to)| Step::MoveFolder(from, to)),
        1 => edit.prop_map(|(folder, text)| Step::ReplaceFolder(folder % 3, text)),
        1 => (0..3_u8).prop_map(Step::RemoveFolder),
        1 => (0..8_u8).prop_map(Step::Note),
        1 => any::<u8>().prop_map(Step::Static),
        1 => any::<u8>().prop_map(Step::EditOutput),
        1 => Just(Step::Kill),
        1 => Just(Step::FullScan),
    ]
}

/// What becomes of an event.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Delivery {
    InTime,
    Lost,
    Doubled,
    Late,
}

fn delivery() -> impl Strategy<Value = Delivery> {
    prop_oneof![
        6 => Just(Delivery::InTime),
        1 => Just(Delivery::Lost),
        1 => Just(Delivery::Doubled),
        1 => Just(Delivery::Late),
    ]
}

/// What an event names: a path in `content/`, or another source.
#[derive(Clone, Debug)]
enum Named {
    Content(String),
    Other,
}

const SLOTS: [&str; 8] = [
    "one.md",
    "two.md",
    "a/one.md",
    "a/three.md",
    "b/one.md",
    "b/four.markdown",
    "a/c/one.md",
    "z.md",
];
const FOLDERS: [&str; 3] = ["a", "b", "a/c"];

/// A preview with the events of its sources.
struct World {
    preview: Preview,
    /// Events on their way.
    events: Vec<Named>,
    late: Vec<Named>,
    /// Whether the last builds may have missed something.
    is_in_doubt: bool,
    needs_full_scan: bool,
}

impl World {
    fn new() -> Self {
        let preview = Preview::new("=== static/a.txt\na\n");
        let (events, late) = (Vec::new(), Vec::new());
        Self { preview, events, late, is_in_doubt: false, needs_full_scan: false }
    }

    fn happened(&mut self, path: &str) {
        self.events.push(Named::Content(path.to_owned()));
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.preview.site.path("content").join(path)
    }

    fn write(&mut self, path: &str, text: &str) {
        for (end, _) in path.match_indices('/') {
            if !self.path(&path[..end]).exists() {
                self.happened(&path[..end]);
            }
        }
        self.preview.site.write(&format!("content/{path}"), text);
        self.happened(path);
    }

    fn rename(&mut self, from: &str, to: &str) {
        let is_possible = self.path(to).parent().is_some_and(std::path::Path::is_dir);
        if is_possible && fs::rename(self.path(from), self.path(to)).is_ok() {
            self.happened(from);
            self.happened(to);
        }
    }

    fn apply(&mut self, step: &Step) {
        let slot = |slot: &u8| SLOTS[usize::from(*slot)];
        let folder = |folder: &u8| FOLDERS[usize::from(*folder)];
        match step {
            Step::Save(to, text) => self.write(slot(to), &document(*text)),
            Step::SaveBeside(to, text) => {
                let beside = format!("{}~", slot(to));
                self.write(&beside, &document(*text));
                self.rename(&beside, slot(to));
            }
            Step::Break(to) => self.write(slot(to), "---\ntitle: [\n---\n"),
            Step::Remove(path) => {
                if fs::remove_file(self.path(slot(path))).is_ok() {
                    self.happened(slot(path));
                }
            }
            Step::Rename(from, to) => self.rename(slot(from), slot(to)),
            Step::MoveFolder(from, to) => self.rename(folder(from), folder(to)),
            Step::ReplaceFolder(path, text) => {
                let away = self.preview.site.path("away");
                let _ = fs::remove_dir_all(&away);
                if fs::rename(self.path(folder(path)), away).is_ok() {
                    self.happened(folder(path));
                    self.write(&format!("{}/new.md", folder(path)), &document(*text));
                }
            }
            Step::RemoveFolder(path) => {
                if fs::remove_dir_all(self.path(folder(path))).is_ok() {
                    self.happened(folder(path));
                }
            }
            Step::Note(beside) => self.write(&format!("{}.txt", slot(beside)), "A note."),
            Step::Static(text) => {
                self.preview.site.write("static/a.txt", text.to_string());
                self.events.push(Named::Other);
            }
            Step::EditOutput(number) => {
                let files = self.preview.site.files();
                if let Some(path) = files.get(usize::from(*number) % files.len().max(1)) {
                    self.preview.site.write(&format!("public/{path}"), "edited by hand");
                    self.is_in_doubt = true;
                }
            }
            Step::Kill => self.preview.session = Session::default(),
            Step::FullScan => self.needs_full_scan = true,
        }
    }

    /// The scan that follows the events that arrive. Events that were late arrive now.
    fn scope(&mut self, deliveries: &[Delivery]) -> ScanScope {
        let mut arrived = std::mem::take(&mut self.late);
        for (event, delivery) in self.events.drain(..).zip(deliveries.iter().cycle()) {
            match delivery {
                Delivery::InTime => arrived.push(event),
                Delivery::Lost => self.is_in_doubt = true,
                Delivery::Doubled => {
                    self.late.push(event.clone());
                    arrived.push(event);
                }
                Delivery::Late => {
                    self.is_in_doubt = true;
                    self.late.push(event);
                }
            }
        }
        let mut documents = BTreeSet::new();
        for event in arrived {
            match event {
                Named::Content(path) => documents.extend([path]),
                Named::Other => self.needs_full_scan = true,
            }
        }
        let needs_full_scan = std::mem::take(&mut self.needs_full_scan);
        if needs_full_scan { ScanScope::Full } else { ScanScope::Documents(documents) }
    }

    /// Builds, and compares the site with a clean build unless events are missing.
    fn build(&mut self, scope: &ScanScope) -> Result<(), TestCaseError> {
        let before = self.preview.site.tree();
        let outcome = self.preview.build(scope);
        // A build that fails examines no output file.
        self.is_in_doubt &= outcome.is_partial || outcome.summary.is_none();
        if self.is_in_doubt {
            return Ok(());
        }
        let (clean, diagnostics) = self.preview.site.clean_build();
        prop_assert_eq!(outcome.summary.is_some(), clean.is_some());
        prop_assert_eq!(outcome.diagnostics, diagnostics);
        let (now, clean) = (self.preview.site.tree(), clean.unwrap_or(before));
        if outcome.is_partial {
            prop_assert!(files(&now) == files(&clean));
        } else {
            prop_assert!(now == clean);
        }
        Ok(())
    }
}

fn document(text: u8) -> String {
    article(&format!("T{}", text / 3), "2026-01-01", "") + &format!("Body {}.\n", text % 3)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: crate::incremental::sequences(),
        ..ProptestConfig::default()
    })]

    #[test]
    fn lost_doubled_and_late_events_do_no_lasting_harm(
        rounds in prop::collection::vec(
            (prop::collection::vec(step(), 1..4), prop::collection::vec(delivery(), 1..6)),
            6..12,
        ),
    ) {
        let mut world = World::new();
        for (steps, deliveries) in &rounds {
            for step in steps {
                world.apply(step);
            }
            let scope = world.scope(deliveries);
            world.build(&scope)?;
        }
        world.build(&ScanScope::Full)?;
    }
}
