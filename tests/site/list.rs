//! `newsgen list`.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::fixture::{NOW, Site, article, newsgen, text};

/// A site with a document in each state.
fn site() -> Site {
    let site = Site::new("");
    let front = site.path("site.toml");
    let config = std::fs::read_to_string(front).expect("site.toml");
    site.write("site.toml", format!("{config}minimum_quality = 10\non_error = \"leave-out\"\n"));
    for (name, day, more) in [
        ("a", "2026-01-01", "topics: [Rail, Art]\nimages:\n  - url: https://img.example/a.png\n"),
        ("b", "2026-01-02", "topics: [Rail]\n"),
        ("c", "2026-01-03", "published: false\ntopics: [Art]\n"),
        ("d", "2026-07-01", ""),
        ("e", "2026-01-05", "quality: 5\n"),
        ("f", "2026-01-06", "topics: [Ports]\n"),
    ] {
        site.write(&format!("content/{name}.md"), article(name, day, more));
    }
    let twice = article("g", "2026-01-07", "").replace("provider.example/g", "provider.example/a/");
    site.write("content/g.md", twice);
    site.write("content/h.md", "---\ntitle: H\n---\n");
    site.write("content/pages/about.md", "---\ntitle: About\n---\n");
    site.write("content/pages/later.md", "---\ntitle: Later\npublished: false\n---\n");
    site
}

/// The lines of a list without the last one.
fn listed(site: &Site, options: &[&str]) -> Vec<String> {
    let output = newsgen(site.root(), &[&["list", "--at", NOW], options].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let mut lines: Vec<String> = text(&output.stdout).lines().map(str::to_owned).collect();
    lines.pop();
    lines
}

/// The names of the listed documents.
fn names(site: &Site, options: &[&str]) -> String {
    let name = |line: String| {
        let path = line.split(' ').next().unwrap_or_default().to_owned();
        path.trim_start_matches("content/").trim_end_matches(".md").to_owned()
    };
    listed(site, options).into_iter().map(name).collect::<Vec<_>>().join(" ")
}

#[test]
fn list_shows_state_topics_and_address_of_documents() {
    assert_eq!(
        listed(&site(), &[]),
        [
            "content/a.md            2026-01-01  published    /news/2026/01/a/  Rail, Art",
            "content/b.md            2026-01-02  published    /news/2026/01/b/  Rail",
            "content/c.md            2026-01-03  draft                          Art",
            "content/d.md            2026-07-01  scheduled",
            "content/e.md            2026-01-05  low quality",
            "content/f.md            2026-01-06  published    /news/2026/01/f/  Ports",
            "content/g.md            2026-01-07  published    /news/2026/01/g/",
            "content/h.md                        left out",
            "content/pages/about.md              published    /about/",
            "content/pages/later.md              draft",
        ]
    );
}

#[test]
fn list_is_narrowed_by_options() {
    let site = site();
    for (options, expected) in [
        (&["--drafts"][..], "c pages/later"),
        (&["--due"], "d"),
        (&["--published"], "a b f g pages/about"),
        (&["--topic", "Rail"], "a b"),
        (&["--topic", "ART", "--published"], "a"),
        (&["--provider", "provider.example", "--drafts"], "c"),
        // The draft `c` shares a topic with the published `a`.
        (&["--orphans"], "d e f g"),
        (&["--without-picture"], "b c d e f g"),
        (&["--published", "--orphans"], "f g"),
        (&["--unpublished", "--drafts"], ""),
    ] {
        assert_eq!(names(&site, options), expected, "{options:?}");
    }
}

#[test]
fn list_as_json_has_titles_and_originals() {
    let site = site();
    let output = newsgen(site.root(), &["list", "--json", "--duplicates", "--at", NOW]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        json["documents"][0],
        serde_json::json!({
            "path": "content/a.md",
            "title": "a",
            "date": "2026-01-01",
            "state": "published",
            "topics": ["Rail", "Art"],
            "published": "2026-01-01T10:00:00Z",
            "provider": "provider.example",
            "url": "https://test.example/news/2026/01/a/",
            "original": "https://www.provider.example/a",
        })
    );
    assert_eq!(json["documents"].as_array().map(Vec::len), Some(2));
}

#[test]
fn duplicates_have_a_common_address_of_either_kind() {
    let site = Site::new("");
    let found = "https://agency.example/x";
    let first = article("a", "2026-01-01", "");
    let url = "https://www.provider.example/a";
    assert!(first.contains(url), "{first}");
    site.write("content/a.md", first.replace(url, found));
    site.write(
        "content/b.md",
        article("b", "2026-01-02", "")
            .replace("https://www.provider.example/b", found)
            .replace("\n---\n", "\nwebUrl: https://www.provider.example/b\n---\n"),
    );
    site.write(
        "content/c.md",
        article("c", "2026-01-03", "webUrl: https://www.provider.example/c\n"),
    );
    // A third one has another address of the second.
    site.write(
        "content/d.md",
        article("d", "2026-01-04", "").replace("provider.example/d", "provider.example/b"),
    );
    site.write("content/e.md", article("e", "2026-01-05", "published: false\n"));
    site.write("content/f.md", article("e", "2026-01-06", ""));
    assert_eq!(
        listed(&site, &["--duplicates"]),
        [
            "https://agency.example/x",
            "  content/a.md  2026-01-01  published  /news/2026/01/a/",
            "  content/b.md  2026-01-02  published  /news/2026/01/b/",
            "  content/d.md  2026-01-04  published  /news/2026/01/d/",
            "",
            "https://www.provider.example/e",
            "  content/e.md  2026-01-05  draft",
            "  content/f.md  2026-01-06  published  /news/2026/01/f/",
            "",
        ]
    );
    assert_eq!(
        listed(&site, &["--duplicates", "--drafts"]),
        ["https://www.provider.example/e", "  content/e.md  2026-01-05  draft", ""]
    );
}

#[test]
fn list_opens_only_documents_with_a_page() {
    let site = site();
    for (path, message) in [
        ("content/h.md", "this document has errors and no page"),
        ("content/none.md", "the site has no such document"),
    ] {
        let output = newsgen(site.root(), &["list", "--open", path]);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
    }
}

#[test]
fn list_open_serves_the_site() {
    let site = site();
    site.write("bin/README", "There is no browser here.");
    let mut server = Command::new(env!("CARGO_BIN_EXE_newsgen"))
        .args(["list", "--open", "content/c.md"])
        .current_dir(site.root())
        .env("PATH", site.path("bin"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("newsgen runs");
    let lines = BufReader::new(server.stdout.take().expect("output")).lines();
    let is_serving = |line: &String| line.ends_with("until Ctrl-C");
    let line = lines.map_while(Result::ok).find(is_serving).expect("it serves");
    server.kill().expect("it ends");
    server.wait().expect("it ended");
    let page = line.strip_prefix("http://127.0.0.1:").and_then(|rest| rest.split_once('/'));
    assert!(page.is_some_and(|(_, path)| path == "news/2026/01/c/ until Ctrl-C"), "{line}");
}

#[test]
fn topics_and_providers_are_found_by_name_slug_and_domain() {
    let site = Site::new("");
    site.write("content/topics/transport.md", "---\ntitle: Transport\n---\n");
    site.write(
        "content/topics/night-trains.md",
        "---\ntitle: Night trains\nparent: transport\n---\n",
    );
    site.write("content/topics/ferries.md", "---\ntitle: Ferries\n---\n");
    site.write(
        "content/providers/post.md",
        "---\nname: The Harbour Post\ndomain: provider.example\n---\n",
    );
    site.write("content/a.md", article("a", "2026-01-01", "topics: [Night Trains]\n"));
    let other = article("b", "2026-01-02", "topics: [Transport]\n");
    site.write("content/b.md", other.replace("provider.example", "other.example"));
    for (options, expected) in [
        (&["--topic", "night trains"][..], "a"),
        (&["--topic", "night-trains"], "a"),
        (&["--topic", "Transport"], "a b"),
        (&["--topic", "transport", "--provider", "other.example"], "b"),
        (&["--provider", "the harbour post"], "a"),
        (&["--provider", "provider.example"], "a"),
    ] {
        assert_eq!(names(&site, options), expected, "{options:?}");
    }
    for (options, message) in [
        (
            ["--topic", "Nigth trains"],
            "no article has the topic `Nigth trains`\n--> --topic\n = help: did you mean `Night Trains`?",
        ),
        (
            ["--provider", "provider.exmple"],
            "no article has the provider `provider.exmple`\n--> --provider\n = help: did you mean `provider.example`?",
        ),
        (["--topic", "Zoology"], "`newsgen list --json` shows the topic of each article"),
        (["--topic", "Ferries"], "no article has the topic `Ferries`"),
    ] {
        let output = newsgen(site.root(), &[&["list"], &options[..]].concat());
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()));
        assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
    }
}

#[test]
fn unknown_topic_is_reported_beside_left_out_documents() {
    let site = site();
    site.write("content/h.md", "---\ntitle: H\ntopics: [Ferries]\n---\n");
    let output = newsgen(site.root(), &["list", "--topic", "Ferries", "--at", NOW]);
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    let (warning, error) = ("this document has errors and is left out", "no article has the topic");
    assert!(errors.contains(warning) && errors.contains(error), "{errors}");
}
