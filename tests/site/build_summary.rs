//! The summary of a build, and the warnings printed before it.

use std::process::{Command, Output};

use newsgen::build::Summary;
use newsgen::collection::Withheld;

use crate::fixture::{CONFIG, NOW, Site, article, instant};
use crate::serve_fixture::Server;

fn newsgen(site: &Site, command: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_newsgen"))
        .args([command, "--root"])
        .arg(site.root())
        .args(arguments)
        .output()
        .expect("newsgen runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// One article that is published, three that are unpublished, an unpublished page, and two that are
/// not yet due.
fn site() -> Site {
    let site = Site::new("=== content/pages/about.md\n---\ntitle: About\npublished: false\n---\n");
    site.write("content/shown.md", article("Shown", "2026-01-01", ""));
    for name in ["One", "Two"] {
        site.write(
            &format!("content/{name}.md"),
            article(name, "2026-01-01", "published: false\n"),
        );
    }
    site.write("content/ahead.md", article("Ahead", "2031-01-01", "published: false\n"));
    site.write("content/later.md", article("Later", "2030-02-01", ""));
    let soon = article("Soon", "2030-01-01", "").replace("T10:00:00Z", "T10:30:00+01:00");
    site.write("content/soon.md", soon);
    site
}

/// The documents that are withheld at an instant. A build with a cache and one without must agree.
fn withheld(site: &mut Site, at: &str) -> Withheld {
    site.overrides.now = instant(at);
    let warm = site.build();
    site.fresh = true;
    let cold = site.build();
    site.fresh = false;
    assert_eq!(warm.stats, cold.stats, "{at}");
    warm.stats.withheld
}

#[test]
fn summary_counts_withheld_documents() {
    let site = site();
    let expected = "1 article (not counting 4 unpublished, 2 not yet due until 2030-01-01T09:30Z), 0 topics, 1 provider: ";
    let build = newsgen(&site, "build", &["--at", NOW]);
    assert!(stdout(&build).starts_with(expected), "{}", stdout(&build));
    let warm = newsgen(&site, "build", &["--at", NOW]);
    assert!(stdout(&warm).starts_with(expected), "{}", stdout(&warm));
    let check = newsgen(&site, "check", &["--at", NOW]);
    assert!(stdout(&check).contains(expected), "{}", stdout(&check));
    let server = Server::start(&site, &[]);
    assert!(server.begin.starts_with(expected), "{}", server.begin);
}

#[test]
fn summary_omits_documents_that_options_publish() {
    let site = site();
    for (options, expected) in [
        (
            &["--unpublished"][..],
            "3 articles (not counting 3 not yet due until 2030-01-01T09:30Z), ",
        ),
        (&["--future"], "3 articles (not counting 4 unpublished), "),
        (&["--unpublished", "--future"], "6 articles, "),
    ] {
        let build = newsgen(&site, "build", &[&["--at", NOW], options].concat());
        assert!(stdout(&build).starts_with(expected), "{options:?}: {}", stdout(&build));
    }
}

#[test]
fn summary_shows_seconds_only_if_nonzero() {
    let site = Site::new("");
    for (time, shown) in [("T10:00:00Z", "T10:00Z"), ("T10:00:07Z", "T10:00:07Z")] {
        site.write("content/a.md", article("A", "2030-01-01", "").replace("T10:00:00Z", time));
        let build = newsgen(&site, "build", &["--at", NOW]);
        let expected = format!("0 articles (not counting 1 not yet due until 2030-01-01{shown}), ");
        assert!(stdout(&build).starts_with(&expected), "{}", stdout(&build));
    }
}

#[test]
fn summary_counts_do_not_depend_on_cache() {
    let mut site = site();
    let next = |text| Some(instant(text));
    let all = Withheld {
        unpublished: 4,
        not_yet_due: 2,
        next_due: next("2030-01-01T09:30:00Z"),
        ..Withheld::default()
    };
    assert_eq!(withheld(&mut site, NOW), all);
    assert_eq!(withheld(&mut site, "2029-01-01T00:00:00Z"), all, "only time has passed");
    site.write("content/shown.md", article("Shown", "2026-01-01", "") + "\nAnother body.\n");
    assert_eq!(withheld(&mut site, "2029-01-01T00:00:01Z"), all, "only a body was edited");
    site.write(
        "content/One.md",
        article("One", "2026-01-01", "published: false\n") + "\nAnother body.\n",
    );
    assert_eq!(
        withheld(&mut site, "2029-01-01T00:00:02Z"),
        all,
        "only an unpublished body was edited"
    );
    let one_is_due = Withheld { not_yet_due: 1, next_due: next("2030-02-01T10:00:00Z"), ..all };
    assert_eq!(withheld(&mut site, "2030-01-01T09:30:00Z"), one_is_due);
    let all_are_due = Withheld { not_yet_due: 0, next_due: None, ..all };
    assert_eq!(withheld(&mut site, "2030-03-01T00:00:00Z"), all_are_due);
    assert_eq!(withheld(&mut site, NOW), all, "the clock was set back");
    site.write("content/One.md", article("One", "2026-01-01", ""));
    site.remove("content/later.md");
    assert_eq!(withheld(&mut site, NOW), Withheld { unpublished: 3, not_yet_due: 1, ..all });
}

#[test]
fn summary_without_articles_explains_why() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-01", "published: false\n"));
    let build = newsgen(&site, "build", &["--at", NOW]);
    assert!(
        stdout(&build).starts_with("0 articles (not counting 1 unpublished), "),
        "{}",
        stdout(&build)
    );
    let message = "warning[W0022]: nothing to publish: every article is unpublished or dated in the future (1 unpublished)\n";
    assert!(stderr(&build).starts_with(message), "{}", stderr(&build));
    let Summary { stats, .. } =
        Site::new("=== static/a.txt\n=== content/pages/a.md\n---\ntitle: A\n---\n").build();
    assert!(stats.withheld.is_empty());
}

/// Front matter that is published otherwise than it is written, with a warning.
const NO_PLAYER: &str = "featuredContent: <p>no player</p>\n";

const SURPRISE: &str =
    "warning[W0074]: `featuredContent` is not a player of an allowed video host and is not shown\n";

#[test]
fn build_shows_output_warnings() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-01", NO_PLAYER));
    site.write("content/b.md", article("B", "2026-01-01", "topics: [T]\n"));
    site.write("content/c.md", article("C", "2026-01-01", "topics: [t]\n"));
    for round in ["cold", "warm"] {
        let build = newsgen(&site, "build", &["--at", NOW]);
        let said = stderr(&build);
        assert!(
            said.starts_with(SURPRISE) && said.contains("--> content/a.md:9:18"),
            "{round}: {said}"
        );
        assert!(said.ends_with("\n1 more warning: `newsgen check` shows it\n"), "{round}: {said}");
        assert!(!said.contains("share the URL"), "{round}: {said}");
    }
    let quiet = newsgen(&site, "build", &["--at", NOW, "--quiet"]);
    assert_eq!((stdout(&quiet), stderr(&quiet)), (String::new(), String::new()));
    let check = newsgen(&site, "check", &["--at", NOW]);
    assert_eq!(stderr(&check).matches(SURPRISE).count(), 1, "{}", stderr(&check));
    site.write("content/d.md", "nothing");
    let failed = newsgen(&site, "build", &["--at", NOW]);
    assert!(!stderr(&failed).contains(SURPRISE), "{}", stderr(&failed));
}

#[test]
fn output_warnings_are_limited() {
    let site = Site::new("");
    site.write("site.toml", CONFIG);
    for (articles, more) in [
        (20, None),
        (21, Some("and 1 more: `newsgen check` shows it\n")),
        (30, Some("and 10 more: `newsgen check` shows them\n")),
    ] {
        for number in 0..articles {
            let name = format!("N{number}");
            site.write(&format!("content/{name}.md"), article(&name, "2026-01-01", NO_PLAYER));
        }
        let said = stderr(&newsgen(&site, "build", &["--at", NOW]));
        assert_eq!(said.matches(SURPRISE).count(), 20, "{said}");
        assert_eq!(said.contains(" more: "), more.is_some(), "{said}");
        assert!(more.is_none_or(|more| said.contains(more)), "{said}");
    }
}

#[test]
fn serve_shows_output_warnings_once() {
    let site = Site::new("");
    let broken = |more: &str| article("A", "2026-01-01", &format!("{more}{NO_PLAYER}"));
    site.write("content/a.md", broken(""));
    let mut server = Server::start(&site, &["--watch"]);
    let count = |server: &Server| server.said().matches(SURPRISE).count();
    assert_eq!(count(&server), 1, "{}", server.said());
    let mut step = |text: String, expected: usize| {
        site.write("beside", text);
        std::fs::rename(site.path("beside"), site.path("content/a.md")).expect("renamed");
        let line = server.line();
        assert!(line.starts_with("content/a.md: "), "{line}");
        assert_eq!(count(&server), expected, "{}", server.said());
    };
    step(broken("quality: 3\n"), 1);
    step("nothing".to_owned(), 1);
    step(broken("quality: 4\n"), 1);
    step(article("A", "2026-01-01", ""), 1);
    step(broken(""), 2);
}
