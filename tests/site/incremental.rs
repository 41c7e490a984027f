//! Incremental builds: what they redo, and that they equal clean builds.

use newsgen::build::{self, BuildOptions, COLLECTING};
use newsgen::diagnostic::Diagnostic;
use proptest::prelude::*;

use crate::fixture::{CONFIG, Site, article, instant, paths, png, rendered};

/// The files of the build cache.
fn states(site: &Site) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(site.path(".newsgen")).expect("folder");
    let paths = entries.map(|entry| entry.expect("entry").path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "state")).collect()
}

fn three_articles() -> Site {
    let site =
        Site::new("=== static/a.txt\na\n=== content/pages/about.md\n---\ntitle: About\n---\n");
    for (name, day) in [("one", "2026-01-01"), ("two", "2026-01-02"), ("three", "2026-01-03")] {
        site.write(&format!("content/{name}.md"), article(name, day, "topics: [T]\n"));
    }
    site
}

#[test]
fn nothing_changed_renders_nothing() {
    let site = three_articles();
    let first = site.build();
    assert_eq!(rendered(&first), site.files());
    let second = site.build();
    assert_eq!(rendered(&second), [""; 0]);
    assert_eq!(paths(&second.changes.unchanged), site.files());
}

#[test]
fn edited_body_renders_one_page() {
    let site = three_articles();
    site.build();
    let two = article("two", "2026-01-02", "topics: [T]\n");
    site.write("content/two.md", format!("{two}A note. A body.\n"));
    site.build();
    site.write("content/two.md", format!("{two}A note. Another body.\n"));
    assert_eq!(rendered(&site.build()), ["news/2026/01/two/index.html"]);
    assert!(site.page("news/2026/01/two/index.html").contains("Another body."));
}

/// Articles that are related to one another, to an article of another site, and by their topics.
fn related_articles() -> Site {
    let site =
        Site::new("=== content/providers/provider-example.md\n---\nname: The Provider\n---\n");
    let own = "related:\n  - title: Two\n    webUrl: https://www.provider.example/two\n";
    let other = "  - title: Elsewhere\n    webUrl: https://www.other.example/x\n    provider:\n      name: Other\n      domain: other.example\n";
    site.write(
        "content/one.md",
        article("one", "2026-01-01", &format!("topics: [T]\n{own}{other}")) + "A note.\n",
    );
    site.write(
        "content/two.md",
        article("two", "2026-01-02", "topics: [T, U]\ncategory: notes\n") + "A note.\n",
    );
    site.write(
        "content/three.md",
        article("three", "2026-01-03", "topics: [U, T]\n") + "A note.\n\n## Why\n",
    );
    site.write(
        "content/hidden.md",
        article("hidden", "2026-01-04", "published: false\n") + "A note.\n",
    );
    site
}

/// Adds a line to the body of a document.
fn edit_body(site: &Site, path: &str) {
    let text = std::fs::read_to_string(site.path(path)).expect("document");
    site.write(path, text + "\nOne more line.\n");
}

/// Edits bodies; the build renders these pages, without assembling the site.
fn assert_edits_render(site: &Site, edited: &[&str], pages: &[&str]) {
    for name in edited {
        edit_body(site, &format!("content/{name}.md"));
    }
    let (summary, stages) = site.build_in_stages();
    assert_eq!(rendered(&summary), pages, "{edited:?}");
    assert!(!stages.contains(COLLECTING), "{edited:?}: {stages:?}");
    assert_eq!(site.tree(), site.clean_tree(), "{edited:?}");
}

#[test]
fn edited_bodies_equal_a_clean_build() {
    let site = related_articles();
    site.build();
    let (one, two, three) = (
        "news/2026/01/one/index.html",
        "notes/2026/01/two/index.html",
        "news/2026/01/three/index.html",
    );
    for (edited, pages) in [
        (vec!["one"], vec![one]),
        (vec!["one", "two", "three"], vec![one, three, two]),
        (vec!["three", "hidden"], vec![three]),
        (vec!["hidden"], vec![]),
    ] {
        assert_edits_render(&site, &edited, &pages);
        let (summary, stages) = site.build_in_stages();
        assert_eq!(rendered(&summary), [""; 0], "after {edited:?}");
        assert!(!stages.contains(COLLECTING), "after {edited:?}: {stages:?}");
    }
}

#[test]
fn edited_body_renders_the_amp_page_too() {
    let site = related_articles();
    site.write("site.toml", format!("{CONFIG}article_pages = \"self\"\n[amp]\npages = true\n"));
    site.build();
    for (edited, pages) in [
        (vec!["one"], vec!["news/2026/01/one/amp/index.html", "news/2026/01/one/index.html"]),
        (
            vec!["two", "three", "hidden"],
            vec![
                "news/2026/01/three/amp/index.html",
                "news/2026/01/three/index.html",
                "notes/2026/01/two/amp/index.html",
                "notes/2026/01/two/index.html",
            ],
        ),
    ] {
        assert_edits_render(&site, &edited, &pages);
        assert!(!site.build_in_stages().1.contains(COLLECTING), "after {edited:?}");
    }
}

#[test]
fn edited_body_repairs_other_pages() {
    let site = related_articles();
    site.build();
    edit_body(&site, "content/one.md");
    site.write("public/index.html", "edited");
    assert_eq!(rendered(&site.build()), ["index.html", "news/2026/01/one/index.html"]);
    assert_eq!(site.tree(), site.clean_tree());
    edit_body(&site, "content/one.md");
    std::fs::remove_file(site.path("public/.newsgen-files")).expect("remove");
    site.try_build();
    assert!(site.page("index.html").contains("three"), "the published site stays as it was");
}

#[test]
fn diagnostics_of_edited_document_are_relocated() {
    let site = related_articles();
    site.write("content/two.md", article("two", "2026-01-02", "heta: 3\n"));
    site.build();
    let document = |comment: &str| article("two", "2026-01-02", &format!("{comment}heta: 3\n"));
    assert_eq!(site.findings(), ["content/two.md:9:1: unknown key `heta`"]);
    site.write("content/two.md", document("# A comment.\n"));
    assert_eq!(site.findings(), ["content/two.md:10:1: unknown key `heta`"]);
    site.write("content/two.md", document("").replace("heta: 3\n", ""));
    assert!(site.findings().is_empty());
}

#[test]
fn damaged_cache_falls_back_to_full_build() {
    let site = related_articles();
    site.build();
    // Every build reads the part up to the names of the providers.
    let bytes = std::fs::read(states(&site).remove(0)).expect("state");
    let end = bytes.windows(12).rposition(|part| part == b"The Provider").expect("frame");
    for location in (16..end).step_by(7) {
        let state = states(&site).remove(0);
        let mut bytes = std::fs::read(&state).expect("state");
        bytes[location] ^= 1;
        std::fs::write(&state, bytes).expect("write");
        edit_body(&site, "content/one.md");
        site.build();
        assert_eq!(site.tree(), site.clean_tree(), "damaged at {location}");
    }
}

#[test]
fn edited_title_renders_the_pages_that_show_it() {
    let site = three_articles();
    site.build();
    site.write(
        "content/one.md",
        article("one", "2026-01-01", "topics: [T]\n").replace("title: one", "title: One!"),
    );
    let summary = site.build();
    let expected = [
        "atom.xml",
        "feed.json",
        "index.html",
        "news/2026/01/one/index.html",
        // Related to it.
        "news/2026/01/three/index.html",
        "news/2026/01/two/index.html",
        "news/index.html",
        "providers/provider-example/atom.xml",
        "providers/provider-example/feed.json",
        "providers/provider-example/index.html",
        "providers/provider-example/rss.xml",
        "rss.xml",
        "topics/t/atom.xml",
        "topics/t/feed.json",
        "topics/t/index.html",
        "topics/t/rss.xml",
    ];
    assert_eq!(rendered(&summary), expected);
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn touched_file_renders_nothing() {
    let site = three_articles();
    site.build();
    site.write("content/two.md", article("two", "2026-01-02", "topics: [T]\n"));
    assert_eq!(rendered(&site.build()), [""; 0]);
}

#[test]
fn changed_template_rerenders_all_pages() {
    let site = three_articles();
    site.build();
    site.write("templates/page.html", "{{ page.title }}");
    assert_eq!(paths(&site.build().changes.written), ["about/index.html"]);
    assert_eq!(site.page("about/index.html"), "About");
}

#[test]
fn fresh_mtime_is_not_trusted() {
    let mut site = three_articles();
    site.scanned_at = 1_000_000_000 * 1_000_000_000;
    site.build();
    let stamp = std::fs::metadata(site.path("content/two.md"))
        .and_then(|file| file.modified())
        .expect("stamp");
    site.write("content/two.md", article("TWO", "2026-01-02", "topics: [T]\n"));
    let file =
        std::fs::File::options().write(true).open(site.path("content/two.md")).expect("open");
    file.set_modified(stamp).expect("stamp");
    site.build();
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn lost_cache_is_rebuilt() {
    let site = three_articles();
    site.build();
    let before = site.tree();
    for state in states(&site) {
        std::fs::write(&state, "damaged").expect("write");
    }
    let summary = site.build();
    assert_eq!(summary.outdated, summary.files);
    assert_eq!(paths(&summary.changes.written), [""; 0]);
    std::fs::remove_dir_all(site.path(".newsgen")).expect("remove");
    assert_eq!(paths(&site.build().changes.written), [""; 0]);
    assert_eq!(site.tree(), before);
}

#[test]
fn edited_output_folder_is_repaired() {
    let site = three_articles();
    site.build();
    let before = site.tree();
    site.write("public/index.html", "edited");
    std::fs::remove_file(site.path("public/about/index.html")).expect("remove");
    assert_eq!(rendered(&site.build()), ["about/index.html", "index.html"]);
    assert_eq!(site.tree(), before);
    std::fs::remove_dir_all(site.path("public")).expect("remove");
    site.build();
    assert_eq!(site.tree(), before);
}

#[test]
fn secured_values_are_not_cached() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", "secured: \"s3cret\"\n"));
    site.build();
    for state in states(&site) {
        let bytes = std::fs::read(state).expect("state");
        assert!(!bytes.is_empty() && !bytes.windows(6).any(|part| part == b"s3cret"));
    }
}

/// Builds after a change. The build must equal a clean one and change this page.
fn assert_follows(site: &Site, page: &str, change: impl FnOnce(&Site)) {
    site.build();
    let before = site.page(page);
    change(site);
    site.build();
    assert_eq!(site.tree(), site.clean_tree());
    assert_ne!(site.page(page), before);
}

#[test]
fn external_item_links_to_new_provider_page() {
    let item = "related:\n  - title: R\n    webUrl: https://other.example/x\n";
    let site = Site::new("");
    site.write("content/a.md", article("a", "2026-01-01", item));
    let newer = article("b", "2026-01-02", "").replace("provider.example", "other.example");
    assert_follows(&site, "news/2026/01/a/index.html", |site| site.write("content/b.md", &newer));
    assert_follows(&site, "news/2026/01/a/index.html", |site| site.remove("content/b.md"));
}

#[test]
fn date_format_change_rerenders_every_page() {
    let item = "related:\n  - title: R\n    webUrl: https://other.example/x\n    publishedDateTime: 2026-01-05T10:00:00Z\n";
    let site = Site::new("");
    site.write("content/a.md", article("a", "2026-01-15", item));
    assert_follows(&site, "news/2026/01/a/index.html", |site| {
        site.write("site.toml", format!("{CONFIG}date_format = \"%d %B %Y\"\n"));
    });
}

#[test]
fn provider_website_change_rerenders_its_articles() {
    let site = Site::new(
        "=== content/providers/provider-example.md\n---\nurl: https://old.example/\n---\n",
    );
    site.write("content/a.md", article("a", "2026-01-15", ""));
    assert_follows(&site, "news/2026/01/a/index.html", |site| {
        site.write(
            "content/providers/provider-example.md",
            "---\nurl: https://new.example/\n---\n",
        );
    });
    assert!(site.page("news/2026/01/a/index.html").contains("\"url\":\"https://new.example/\""));
}

#[test]
fn reordering_ties_does_not_rerender_front_page() {
    let site = Site::new("");
    let at = |fraction: &str| {
        let picture = "images: [{url: /a.webp}]\n";
        article("a", "2026-01-15", picture).replace("T10:00:00Z", &format!("T10:00:00.{fraction}Z"))
    };
    site.write("content/a.md", at("100"));
    site.write(
        "content/b.md",
        article("b", "2026-01-15", "").replace("T10:00:00Z", "T10:00:00.200Z"),
    );
    site.build();
    site.write("content/a.md", at("300"));
    site.build();
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn value_type_change_rerenders() {
    let site = Site::new("=== templates/404.html\n{{ site.extra.x }}\n");
    site.write("content/a.md", article("a", "2026-01-15", ""));
    site.write("site.toml", format!("{CONFIG}[extra]\nx = false\n"));
    assert_follows(&site, "404.html", |site| {
        site.write("site.toml", format!("{CONFIG}[extra]\nx = 0\n"));
    });
}

#[test]
fn duplicate_manifest_line_is_harmless() {
    let site = three_articles();
    site.build();
    let list = std::fs::read_to_string(site.path("public/.newsgen-files")).expect("list");
    let line = list.lines().find(|line| line.ends_with("about/index.html")).expect("line");
    site.write("public/.newsgen-files", format!("{list}{line}\n"));
    site.build();
    assert_eq!(site.tree(), site.clean_tree());
}

/// An article as the property test knows it.
#[derive(Clone, Debug)]
struct Model {
    title: u8,
    day: u8,
    topic: u8,
    provider: u8,
    related: u8,
    body: u8,
    published: bool,
    /// Whether it lacks its title, so that it is left out.
    broken: bool,
    /// Whether it wants the one contested address.
    slug: bool,
    /// What it says about its story.
    story: u8,
    /// What decides its place on the front page.
    score: u8,
}

impl Model {
    fn document(&self) -> String {
        let Self {
            title,
            day,
            topic,
            provider,
            related,
            body,
            published,
            broken,
            slug,
            story,
            score,
        } = self;
        let topics = ["[A]", "[A, B]", "[b]", "[C, A, Ö & B]", "[]"][usize::from(topic % 5)];
        // Some items of `related` are articles of this site, others have providers that may have a
        // page.
        let host = if related % 2 == 0 {
            "p.example".to_owned()
        } else {
            format!("p{}.example", related % 4)
        };
        // Some have aliases, two of which are equal.
        let aliases = if *related > 5 {
            format!("aliases: [old-{related}-{}]\n", day % 9)
        } else {
            String::new()
        };
        let story =
            ["", "", "story: One\n", "story: Two\n", "story: none\n"][usize::from(story % 5)];
        let language = if title % 3 == 1 { "language: de\n" } else { "" };
        let images = match title % 4 {
            0 => String::new(),
            number => format!("images: [{{url: /p{}.png}}, {{url: /p1.png}}]\n", number % 2),
        };
        let picture = match body % 8 {
            3 => " ![](/p1.png) <img src=/p0.png>",
            4 => " [b](/topics/b/) [a](/about/#x) [x](/x.txt)",
            _ => "",
        };
        let pin = ["", "pin: true\n", "pin: 2026-05-14\n"];
        let pin = pin.get(usize::from(score % 9)).unwrap_or(&"");
        let score = match score % 4 {
            0 => String::new(),
            1 => format!("quality: {score}\n"),
            2 => format!("heat: {score}\n"),
            _ => format!("quality: {score}\nheat: {}\n", 255 - score),
        };
        let (key, slug) =
            (if *broken { "heat" } else { "title" }, if *slug { "slug: chosen\n" } else { "" });
        format!(
            "---\n{slug}{story}{pin}{score}{aliases}{language}{images}{key}: T{title}\nexcerpt: E{title}\npublishedDateTime: 2026-05-{:02}T10:00:00Z\n\
             originalUrl: https://www.p.example/{title}\nprovider:\n  name: P{provider}\n  domain: p{}.example\n\
             topics: {topics}\npublished: {published}\nrelated:\n  - title: R\n    webUrl: https://{host}/{related}\n    \
             publishedDateTime: 2026-04-05T10:00:00Z\n---\n\
             Body {body}.{picture}\n",
            day % 28 + 1,
            provider % 3,
        )
    }
}

/// One change to a site.
#[derive(Clone, Debug)]
enum Step {
    Write(u8, Model),
    Delete(u8),
    Rename(u8, u8),
    Body(u8, u8),
    Title(u8, u8),
    Day(u8, u8),
    Topic(u8, u8),
    Provider(u8, u8),
    Related(u8, u8),
    Story(u8, u8),
    Published(u8),
    Score(u8, u8),
    Touch(u8),
    Config(u8),
    Template(u8),
    Static(u8),
    Picture(u8),
    TopicFile(u8),
    SourcePos(u8),
    EditOutput(u8),
    DeleteOutput(u8),
    List(u8),
    Look(bool),
    DamageState(u8),
    DeleteState,
}

fn model() -> impl Strategy<Value = Model> {
    let numbers = (0..9_u8, any::<u8>(), any::<u8>(), 0..5_u8, 0..9_u8, 0..4_u8);
    let front = (0..5_u8, any::<u8>());
    let flags = [0.8, 0.05, 0.1].map(prop::bool::weighted);
    (numbers, front, flags).prop_map(
        |(
            (title, day, topic, provider, related, body),
            (story, score),
            [published, broken, slug],
        )| Model {
            title,
            day,
            topic,
            provider,
            related,
            body,
            published,
            broken,
            slug,
            story,
            score,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let file = 0..12_u8;
    let edit = (file.clone(), any::<u8>());
    prop_oneof![
        4 => (file.clone(), model()).prop_map(|(file, model)| Step::Write(file, model)),
        1 => file.clone().prop_map(Step::Delete),
        1 => (file.clone(), file.clone()).prop_map(|(from, to)| Step::Rename(from, to)),
        1 => edit.clone().prop_map(|(file, value)| Step::Body(file, value)),
        1 => edit.clone().prop_map(|(file, value)| Step::Title(file, value % 9)),
        1 => edit.clone().prop_map(|(file, value)| Step::Day(file, value)),
        1 => edit.clone().prop_map(|(file, value)| Step::Topic(file, value)),
        1 => edit.clone().prop_map(|(file, value)| Step::Provider(file, value % 5)),
        1 => edit.clone().prop_map(|(file, value)| Step::Related(file, value % 9)),
        1 => edit.clone().prop_map(|(file, value)| Step::Score(file, value)),
        1 => edit.prop_map(|(file, value)| Step::Story(file, value)),
        1 => file.clone().prop_map(Step::Published),
        1 => file.prop_map(Step::Touch),
        1 => any::<u8>().prop_map(Step::Config),
        1 => any::<u8>().prop_map(Step::Template),
        1 => any::<u8>().prop_map(Step::Static),
        2 => any::<u8>().prop_map(Step::Picture),
        1 => any::<u8>().prop_map(Step::TopicFile),
        1 => any::<u8>().prop_map(Step::SourcePos),
        1 => any::<u8>().prop_map(Step::EditOutput),
        1 => any::<u8>().prop_map(Step::DeleteOutput),
        1 => any::<u8>().prop_map(Step::List),
        1 => any::<bool>().prop_map(Step::Look),
        1 => any::<u8>().prop_map(Step::DamageState),
        1 => Just(Step::DeleteState),
    ]
}

/// Sites with documents that are left out.
const LEAVE_OUT: &str = "on_error = \"leave-out\"\npictures = { widths = [16, 24] }\n";

/// The varying lines of `site.toml`.
const CONFIGS: [&str; 35] = [
    "slugs = \"v2\"",
    "slugs = \"v2\"\nlanguage = \"de\"",
    "per_page = 2",
    "per_page = 3",
    "article_pages = \"self\"",
    "time_zone = \"Asia/Tokyo\"",
    "related_count = 1",
    "nav = [\"A\"]",
    "permalink = \"/{slug}/\"",
    "date_format = \"%d %B %Y\"",
    "[extra]\nx = false",
    "[extra]\nx = 0",
    "article_pages = \"self\"\n[feeds]\nlimit = 1",
    "[feeds]\nlink = \"source\"\nformats = [\"rss\"]",
    "article_pages = \"self\"\n[amp]\npages = true",
    "article_pages = \"self\"\nper_page = 2\n[amp]\npages = true",
    "article_html = \"recent 9 days\"",
    "article_html = \"none\"\narticle_pages = \"self\"",
    "article_html = \"recent 3 days\"\n[host]\nkind = \"netlify\"",
    "[host]\nkind = \"cloudflare-pages\"\nmax_files = 40",
    "[host]\nkind = \"github-pages\"",
    "[theme]\naccent = \"#ffd400\"\ndensity = \"compact\"",
    "[theme]\ncustom_css = \"custom.css\"",
    "[theme]\nicon = \"icon.png\"\n[[menu]]\nurl = \"/topics/b/\"\nlabel = \"B\"",
    "article_pages = \"self\"\n[amp]\npages = true\n[theme]\nfont = \"sans\"\npictures = \"none\"",
    "menu = [{ topic = \"B\" }, { page = \"topics/a\" }]\n[[footer_menu]]\nprovider = \"p1.example\"",
    "minimum_quality = 60\nminimum_heat = 40",
    "per_page = 5\ntime_zone = \"Pacific/Auckland\"\n[front]\nhalf_life = 90\nminimum_quality = 50",
    "[front]\norder = \"newest\"\nprovider_share = 20\ntopic_share = 20\nstories = 9",
    "stories = false",
    "[feeds]\nstories = \"lead\"",
    "archives = true",
    "archives = true\nper_page = 2\ntime_zone = \"Pacific/Auckland\"",
    "archives = true\npermalink = \"/{year}/{month}/{slug}/\"\narticle_html = \"recent 9 days\"",
    "",
];

/// A site and what the test knows of it.
struct World {
    site: Site,
    articles: Vec<Option<Model>>,
}

impl World {
    fn new() -> Self {
        let mut site =
            Site::new("=== content/pages/about.md\n---\ntitle: About\n---\n![](/p0.png)\n");
        site.allow_empty = true;
        site.reports_dead_links = true;
        site.write("site.toml", format!("{CONFIG}{LEAVE_OUT}"));
        site.write("static/icon.png", include_bytes!("../../static/images/icon.png"));
        Self { site, articles: vec![None; 12] }
    }

    /// Some files want the same address, and some are in other folders.
    fn path(file: u8) -> String {
        let name = ["story-0", "story-1", "story-2", "story-3", "öl & gas"][usize::from(file % 5)];
        format!("content/{}/2026-05-0{}-{name}.md", file % 3, file % 4 + 1)
    }

    fn put(&mut self, file: u8, model: Option<Model>) {
        match &model {
            Some(model) => self.site.write(&Self::path(file), model.document()),
            None if self.articles[usize::from(file)].is_some() => {
                self.site.remove(&Self::path(file));
            }
            None => {}
        }
        self.articles[usize::from(file)] = model;
    }

    fn edit(&mut self, file: u8, change: impl FnOnce(&mut Model)) {
        if let Some(mut model) = self.articles[usize::from(file)].clone() {
            change(&mut model);
            self.put(file, Some(model));
        }
    }

    fn output(&self, number: u8) -> Option<String> {
        let paths: Vec<String> =
            self.site.tree().into_keys().filter(|path| path != ".newsgen-files").collect();
        (!paths.is_empty()).then(|| format!("public/{}", paths[usize::from(number) % paths.len()]))
    }

    fn apply(&mut self, step: &Step) {
        match *step {
            Step::Write(file, ref model) => self.put(file, Some(model.clone())),
            Step::Delete(file) => self.put(file, None),
            Step::Rename(from, to) => {
                let model = self.articles[usize::from(from)].clone();
                self.put(from, None);
                self.put(to, model);
            }
            Step::Body(file, value) => self.edit(file, |model| model.body = value),
            Step::Title(file, value) => self.edit(file, |model| model.title = value),
            Step::Day(file, value) => self.edit(file, |model| model.day = value),
            Step::Topic(file, value) => self.edit(file, |model| model.topic = value),
            Step::Provider(file, value) => self.edit(file, |model| model.provider = value),
            Step::Related(file, value) => self.edit(file, |model| model.related = value),
            Step::Story(file, value) => self.edit(file, |model| model.story = value),
            Step::Published(file) => self.edit(file, |model| model.published = !model.published),
            Step::Score(file, value) => self.edit(file, |model| model.score = value),
            Step::Touch(file) => self.edit(file, |_| {}),
            Step::Config(value) => {
                let key = CONFIGS[usize::from(value) % CONFIGS.len()];
                self.site.write("site.toml", format!("{CONFIG}{LEAVE_OUT}{key}\n"));
            }
            Step::Template(value) => {
                let name = [
                    "templates/article.html",
                    "templates/list.html",
                    "templates/amp/article.html",
                    "templates/hooks/footer.html",
                ][usize::from(value % 4)];
                if value % 5 == 0 && self.site.path(name).exists() {
                    self.site.remove(name);
                } else {
                    self.site.write(
                        name,
                        // The policy of the site blocks the script.
                        format!(
                            "{} {{{{ page.title }}}} {{{{ site.extra }}}}<script>f()</script>\n",
                            value % 5
                        ),
                    );
                }
            }
            Step::Static(value) => {
                // The last one conflicts with the list of a topic.
                let names = [
                    "static/x.txt",
                    "static/robots.txt",
                    "static/d/y.txt",
                    "static/theme/style.css",
                    "static/custom.css",
                    "static/theme/feed.css",
                ];
                let name =
                    *names.get(usize::from(value % 7)).unwrap_or(&"static/topics/c/index.html");
                if value % 3 == 0 && self.site.path(name).exists() {
                    self.site.remove(name);
                } else {
                    self.site.write(name, format!("{}", value % 7));
                }
            }
            Step::Picture(value) => self.edit_picture(value),
            Step::TopicFile(value) => self.edit_term_files(value),
            Step::SourcePos(value) => {
                self.site.overrides.now =
                    instant(&format!("2026-05-{:02}T12:00:00Z", value % 28 + 1));
            }
            Step::EditOutput(number) => {
                if let Some(path) = self.output(number) {
                    self.site.write(&path, "edited by hand");
                }
            }
            Step::DeleteOutput(number) => {
                if let Some(path) = self.output(number) {
                    self.site.remove(&path);
                }
            }
            Step::List(value) => self.edit_list(value),
            // The stamps of the last written files may be too fresh to be trusted.
            Step::Look(is_late) => {
                self.site.scanned_at = if is_late { i64::MAX } else { self.site.last_stamp() }
            }
            Step::DamageState(value) => {
                for state in self.states() {
                    let mut bytes = std::fs::read(&state).expect("state");
                    let at = usize::from(value) * bytes.len() / 256;
                    bytes[at] ^= 0x10;
                    std::fs::write(state, bytes).expect("write");
                }
            }
            Step::DeleteState => {
                for state in self.states() {
                    std::fs::remove_file(state).expect("remove");
                }
            }
        }
    }

    /// Changes the files of a topic and a provider, and a page that is in the way of a topic.
    fn edit_term_files(&self, value: u8) {
        let parent = ["", "parent: A\n", "language: fa\n"][usize::from(value % 3)];
        self.site
            .write("content/topics/b.md", format!("---\nname: B{}\n{parent}---\nI.\n", value % 2));
        let (feed, url) = (value % 3, value % 4);
        let feed = format!(
            "---\nfeed: https://p1.example/{feed}\nurl: https://p1.example/home/{url}\n---\n"
        );
        self.site.write("content/providers/p1-example.md", feed);
        let in_the_way = "content/pages/topics/a.md";
        if value.is_multiple_of(5) {
            self.site.write(in_the_way, "---\ntitle: A\n---\n");
        } else if self.site.path(in_the_way).exists() {
            self.site.remove(in_the_way);
        }
    }

    /// Changes a picture, or what is stored of pictures.
    fn edit_picture(&self, value: u8) {
        let name = ["static/p0.png", "static/p1.png"][usize::from(value % 2)];
        let stored = std::fs::read_dir(self.site.path(".newsgen/pictures")).into_iter().flatten();
        match value / 2 % 8 {
            0 if self.site.path(name).exists() => self.site.remove(name),
            1 => self.site.write(name, "no picture"),
            2 => {
                for file in stored.map(|entry| entry.expect("entry").path()) {
                    std::fs::write(file, "damaged").expect("write");
                }
            }
            3 => {
                for file in stored.map(|entry| entry.expect("entry").path()) {
                    std::fs::remove_file(file).expect("remove");
                }
            }
            seed => self.site.write(name, png(u32::from(seed % 4) * 4 + 20, 20, seed)),
        }
    }

    /// Changes the manifest as tools that merge or convert texts do.
    fn edit_list(&self, value: u8) {
        let Ok(text) = std::fs::read_to_string(self.site.path("public/.newsgen-files")) else {
            return;
        };
        let line = text
            .lines()
            .nth(1 + usize::from(value) % text.lines().count().saturating_sub(1).max(1));
        let edited = match (value % 3, line) {
            (0, _) => text.replace('\n', "\r\n"),
            (1, Some(line)) => format!("{}\n{line}\n", text.trim_end()),
            _ => text.trim_end().to_owned(),
        };
        self.site.write("public/.newsgen-files", edited);
    }

    fn states(&self) -> Vec<std::path::PathBuf> {
        if self.site.path(".newsgen").exists() { states(&self.site) } else { Vec::new() }
    }
}

/// The number of tried sequences; set `NEWSGEN_SEQUENCES` for a longer run.
pub(crate) fn sequences() -> u32 {
    std::env::var("NEWSGEN_SEQUENCES").ok().and_then(|number| number.parse().ok()).unwrap_or(60)
}

/// Applies each step and builds the site, which must equal a clean build of it.
fn follow(start: Vec<(u8, Model)>, steps: &[Vec<Step>]) -> Result<(), TestCaseError> {
    let mut world = World::new();
    for (file, model) in start {
        world.put(file, Some(model));
    }
    world.site.build();
    for changes in steps {
        for step in changes {
            world.apply(step);
        }
        let before = world.site.tree();
        let outcome = world.site.try_build();
        let warm = world.site.tree();
        let (clean, findings) = world.site.clean_build();
        // Only the build that changes an address reports that.
        let is_lasting = |found: &Diagnostic| {
            let message = &found.message;
            let is_alias =
                message.starts_with("the alias") && message.contains(" was the address of ");
            let is_of_lock = found.location.file == "addresses.lock" && !found.is_error();
            !is_alias
                && !is_of_lock
                && !message.starts_with("moved from ")
                && !message.contains(" showed the article of ")
                && !message.ends_with(" is there now")
        };
        let changes_addresses = !outcome.diagnostics.iter().all(is_lasting);
        let mut lasting: Vec<Diagnostic> =
            outcome.diagnostics.into_iter().filter(is_lasting).collect();
        // A build that fails changes no address.
        let findings: Vec<Diagnostic> = findings
            .into_iter()
            .filter(|found| outcome.summary.is_some() || is_lasting(found))
            .collect();
        if changes_addresses && lasting != findings {
            // Of several conflicts, the one that is reported may depend on the history.
            lasting = world.site.try_build().diagnostics.into_iter().filter(is_lasting).collect();
        }
        prop_assert_eq!(lasting, findings, "after {:?}", changes);
        prop_assert_eq!(outcome.summary.is_some(), clean.is_some(), "after {:?}", changes);
        // A failed build leaves the published site as it was.
        let clean = clean.unwrap_or(before);
        let differing: Vec<&String> = warm
            .keys()
            .chain(clean.keys())
            .filter(|path| warm.get(*path) != clean.get(*path))
            .collect();
        prop_assert!(differing.is_empty(), "after {:?} these differ: {:?}", changes, differing);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: sequences(), ..ProptestConfig::default() })]

    #[test]
    fn incremental_build_equals_clean_build(
        start in prop::collection::vec((0..12_u8, model()), 0..8),
        steps in prop::collection::vec(prop::collection::vec(step(), 1..3), 8..14),
    ) {
        follow(start, &steps)?;
    }
}

impl Model {
    /// An article that differs from others of this function in its original alone.
    fn of_original(title: u8, published: bool) -> Self {
        Self {
            title,
            day: 0,
            topic: 0,
            provider: 0,
            related: 0,
            body: 0,
            published,
            broken: false,
            slug: false,
            story: 0,
            score: 4,
        }
    }
}

/// Which of them had an address depends on the history, which the first build changes.
#[test]
fn lasting_warnings_do_not_name_former_articles() {
    let start = vec![(6, Model::of_original(7, false)), (2, Model::of_original(7, true))];
    let article_html =
        CONFIGS.iter().position(|config| config.contains("recent 9 days")).expect("there");
    let steps = [
        Step::Title(2, 0),
        Step::Config(u8::try_from(article_html).expect("few")),
        Step::Write(3, Model::of_original(0, false)),
        Step::Write(0, Model::of_original(7, true)),
    ];
    follow(start, &steps.map(|step| vec![step])).expect("equal");
    let steps = [
        Step::Config(u8::try_from(article_html).expect("few")),
        Step::Write(8, Model::of_original(1, true)),
        Step::Rename(3, 0),
    ];
    follow(vec![(3, Model::of_original(0, true))], &steps.map(|step| vec![step])).expect("equal");
}

#[test]
fn other_version_rebuilds_everything() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.write("program", "one");
    let build = || {
        let options = BuildOptions { executable: site.path("program"), ..site.options() };
        build::build(&options, &|_| {}).summary.expect("summary").outdated
    };
    // The input digests of `robots.txt` and the three assets do not depend on the program.
    let made = build() - 4;
    assert_eq!(build(), 0);
    site.write("program", "two");
    assert_eq!(build(), made);
    site.remove("program");
    assert_eq!(build(), made, "the program cannot be identified");
}

#[test]
fn cached_site_checks_ignore_patterns_again() {
    let site = Site::new(&format!("=== site.toml\n{CONFIG}ignore = [\"/drafts\"]\n"));
    site.write("content/a.md", article("A", "2026-01-01", ""));
    site.write("content/drafts/b.md", "");
    assert_eq!(site.findings(), [""; 0]);
    std::fs::remove_dir_all(site.path("content/drafts")).expect("removed");
    let missing = "site.toml:4:11: `ignore` names `content/drafts`, which does not exist";
    assert_eq!(site.findings(), [missing]);
    site.write("content/drafts/b.md", "");
    assert_eq!(site.findings(), [""; 0]);
}

/// A page takes the address of a list that is left out, so the list gives way to it from then on.
#[test]
fn reported_conflict_may_depend_on_the_history() {
    let model = |topic: u8, published: bool| Model { topic, ..Model::of_original(0, published) };
    let steps = [
        vec![Step::Static(137), Step::Write(2, model(155, true))],
        vec![Step::Touch(0)],
        vec![Step::TopicFile(40)],
        vec![Step::Write(5, model(0, false))],
        vec![Step::Write(0, model(62, false))],
        vec![Step::Write(2, model(33, true))],
    ];
    follow(Vec::new(), &steps).expect("equal");
}
