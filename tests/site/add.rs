//! `newsgen add` against a server on this machine.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;

use newsgen::build::read_documents;
use newsgen::config::Config;
use newsgen::http_url::HttpUrl;
use newsgen::metadata;
use proptest::prelude::*;

use crate::fixture::{CONFIG, Site, article, text};

/// A page that says everything about its article.
const PAGE: &str = r#"<!doctype html>
<html lang="fr">
<title>Le port rouvre - Harbour Post</title>
<link rel="canonical" href="https://www.harbourpost.example/2026/11/le-port-rouvre">
<link rel="amphtml" href="https://www.harbourpost.example/amp/le-port-rouvre">
<meta property="og:title" content="Le port rouvre apr&egrave;s la temp&ecirc;te">
<meta property="og:description" content="Les premiers navires sont arriv&eacute;s &agrave; midi.">
<meta property="og:site_name" content="Harbour Post">
<meta property="og:image" content="https://img.harbourpost.example/port.jpg">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="800">
<meta property="article:published_time" content="2026-11-20T12:30:00+01:00">
<meta property="article:tag" content="Ports">
"#;

/// The shortest page of a known publisher.
const SHORT_PAGE: &str = "<html lang=en><link rel=canonical href='https://www.courier.example/budget'><title>The budget</title>";

/// Serves resources by their paths until the test ends.
fn server(resources: Vec<(&'static str, Vec<u8>)>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("the address");
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n")
                && stream.read(&mut byte).is_ok_and(|count| count == 1)
            {
                request.extend(byte);
            }
            let request = String::from_utf8_lossy(&request);
            let path = request.split(' ').nth(1).unwrap_or_default();
            let found = resources.iter().find(|(known, _)| *known == path);
            let missing = || response("404 Not Found", b"<title>Not found</title>");
            // The client may have left.
            let _ = stream.write_all(&found.map_or_else(missing, |(_, bytes)| bytes.clone()));
        }
    });
    address
}

fn response(head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn html(page: &str) -> Vec<u8> {
    response("200 OK\r\ncontent-type: text/html; charset=utf-8", page.as_bytes())
}

/// The URL of a server with one page.
fn page_url(page: &str) -> String {
    format!("http://{}/", server(vec![("/", html(page))]))
}

/// A site that may read pages of this machine.
fn site(text: &str) -> Site {
    let site = Site::new(text);
    site.write("site.toml", format!("{CONFIG}[net]\nallow_private = true\n"));
    site.write("content/pages/about.md", "---\ntitle: About\n---\nThis is a test.\n");
    site
}

fn command(site: &Site, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsgen"));
    command.arg("add").args(arguments).current_dir(site.root());
    for variable in [
        "http_proxy",
        "HTTP_PROXY",
        "all_proxy",
        "ALL_PROXY",
        "no_proxy",
        "NO_PROXY",
        "VISUAL",
        "EDITOR",
    ] {
        command.env_remove(variable);
    }
    command
}

fn run(site: &Site, arguments: &[&str]) -> Output {
    command(site, arguments).output().expect("newsgen runs")
}

/// Adds an article, and returns its document and the notes.
fn add(site: &Site, arguments: &[&str]) -> (String, Vec<String>) {
    let (path, notes) = add_path(site, arguments);
    (std::fs::read_to_string(path).expect("the document"), notes)
}

fn add_path(site: &Site, arguments: &[&str]) -> (PathBuf, Vec<String>) {
    let output = run(site, arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let path = site.path(text(&output.stdout).trim_end());
    (path, text(&output.stderr).lines().map(str::to_owned).collect())
}

/// Adds an article in vain, and returns the error.
fn refused(site: &Site, arguments: &[&str]) -> String {
    let output = run(site, arguments);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""));
    assert!(!site.path("content/news").exists(), "nothing was written");
    text(&output.stderr)
}

#[test]
fn document_says_what_the_page_says() {
    let site = site("");
    let url = page_url(PAGE);
    let (path, notes) = add_path(&site, &[&url, "--topic", "Ports"]);
    let name = path.file_name().expect("a name").to_string_lossy();
    assert!(name.ends_with("-le-port-rouvre-apres-la-tempete.md"), "{name}");
    let expected = format!(
        "---
category: news
title: \"Le port rouvre après la tempête\"
excerpt: \"Les premiers navires sont arrivés à midi.\"
publishedDateTime: 2026-11-20T11:30:00Z
originalUrl: \"{url}\"
webUrl: \"https://www.harbourpost.example/2026/11/le-port-rouvre\"
ampWebUrl: \"https://www.harbourpost.example/amp/le-port-rouvre\"
type: article
language: \"fr\"
published: false # remove this line to publish the article

provider:
  name: \"Harbour Post\"
  domain: \"harbourpost.example\"

topics:
  - \"Ports\"

images:
  - url: \"https://img.harbourpost.example/port.jpg\"
    width: 1200
    height: 800
---
"
    );
    assert_eq!(std::fs::read_to_string(path).expect("the document"), expected);
    assert_eq!(notes, ["topics: `Ports` is new to the site"]);
    assert!(
        site.findings().iter().all(|found| found.contains("unpublished")),
        "{:?}",
        site.findings()
    );
}

#[test]
fn missing_values_are_named() {
    let site = site("");
    // A site without documents gets its first one.
    std::fs::remove_dir_all(site.path("content")).expect("removed");
    let page = "<link rel=canonical href='https://courier.example/2026/the-budget.html'><p>Text";
    let (document, notes) = add(&site, &[&page_url(page)]);
    assert_eq!(
        notes,
        [
            "title: not found, made of the URL",
            "excerpt: not found",
            "publishedDateTime: not found, set to now",
            "provider: name not found, made of the domain",
            "images: none found",
            "language: not found, assumed to be `en`",
            "topics: none",
        ]
    );
    assert!(document.contains("title: \"The budget\"\nexcerpt: \"\"\n"), "{document}");
    assert!(document.contains("name: \"courier.example\"\n"), "{document}");
    assert!(!document.contains("topics:") && !document.contains("images:"), "{document}");
}

#[test]
fn responses_are_decompressed_decoded_and_redirected() {
    let page = "<meta charset=windows-1252><link rel=canonical href='https://courier.example/a'>\
                <title>Caf\u{e9}</title>";
    let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let latin: Vec<u8> = page.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin")).collect();
    zipped.write_all(&latin).expect("memory");
    let head = "200 OK\r\ncontent-type: text/html\r\ncontent-encoding: gzip";
    let address = server(vec![
        ("/a", response("301 Moved\r\nlocation: /b", b"")),
        ("/b", response(head, &zipped.finish().expect("memory"))),
    ]);
    let (document, _) = add(&site(""), &[&format!("http://{address}/a")]);
    assert!(document.contains("title: \"Café\"\n"), "{document}");
    assert!(document.contains(&format!("originalUrl: \"http://{address}/a\"\n")), "{document}");
}

#[test]
fn unusable_responses_are_errors_with_a_remedy() {
    let address = server(vec![
        ("/gone", response("410 Gone", b"")),
        ("/secret", response("403 Forbidden", b"")),
        ("/busy", response("503 Service Unavailable", b"")),
        ("/report.pdf", response("200 OK\r\ncontent-type: application/pdf", b"%PDF")),
        ("/again", response("302 Found\r\nlocation: /again", b"")),
        ("/long", html(&"x".repeat(newsgen::net::MAX_BODY + 1))),
        ("/half", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_vec()),
        ("/nowhere", html("<title>No publisher</title>")),
    ]);
    for (path, message, help) in [
        ("/none", "the server responds with status 404", "check the address"),
        ("/gone", "the server responds with status 410", "check the address"),
        ("/secret", "the server responds with status 403", "newsgen new URL"),
        ("/busy", "the server responds with status 503", "try again later"),
        ("/report.pdf", "this is no web page but `application/pdf`", "newsgen new URL"),
        ("/again", "more than 10 redirects", "a browser shows"),
        ("/long", "more than 5 MB", "newsgen new URL"),
        ("/half", "cannot read the page: ", "check the address"),
        ("/nowhere", "is not the domain of a publisher", "the public URL"),
    ] {
        let url = format!("http://{address}{path}");
        let error = refused(&site(""), &[&url]);
        assert!(error.contains(message) && error.contains(help), "{path}: {error}");
        assert!(error.contains(&format!("--> {url}")), "{path}: {error}");
    }
}

#[test]
fn unusable_addresses_are_errors_with_a_remedy() {
    let address = server(Vec::new());
    let public_only = Site::new("=== content/a.md\n---\n");
    let private = format!("http://{address}/");
    for (url, message, help) in [
        ("harbourpost.example/a", "not a web address", "begins with `https://`"),
        ("ftp://harbourpost.example/a", "not a web address", "only `https` and `http`"),
        ("https://me:pass@harbourpost.example/a", "user name or password", "without them"),
        (&private, "is an address of a private network", "`allow_private = true`"),
    ] {
        let error = refused(&public_only, &[url]);
        assert!(error.contains(message) && error.contains(help), "{url}: {error}");
        assert!(!error.contains("pass@"), "{error}");
    }
    let error = refused(&site(""), &[&private, "--edit"]);
    assert!(error.contains("no editor is set") && error.contains("EDITOR=nano"), "{error}");
}

#[test]
fn article_of_the_site_is_not_added_again() {
    let site = site("");
    let draft = article("budget", "2026-01-01", "published: false\n");
    site.write("content/old.md", draft.replace("www.provider.example", "courier.example"));
    // What is known needs no request.
    let error = refused(&site, &["http://www.courier.example/budget/?utm_source=mail#top"]);
    assert!(error.contains("the site already has this article"), "{error}");
    assert!(error.contains("--> content/old.md"), "{error}");
    assert!(error.contains("edit this document"), "{error}");
    let error = refused(&site, &[&page_url(SHORT_PAGE)]);
    assert!(error.contains("--> content/old.md"), "{error}");

    site.remove("content/old.md");
    let url = page_url(SHORT_PAGE);
    add(&site, &[&url]);
    let again = run(&site, &[&url]);
    assert!(!again.status.success() && text(&again.stderr).contains("-the-budget.md"));
}

#[test]
fn article_of_a_document_with_errors_is_not_added_again() {
    let budget = "https://courier.example/budget";
    let conflict = format!(
        "---\ntitle: A\n<<<<<<< ours\noriginalUrl: {budget}\n=======\noriginalUrl: https://a.example/\n>>>>>>> theirs\n---\n"
    );
    for (name, document) in [
        ("missing keys", format!("---\nwebUrl: {budget}\n---\n")),
        ("YAML", format!("---\ntitle: The budget: a guide\noriginalUrl: {budget}\n---\n")),
        ("duplicate", format!("---\noriginalUrl: {budget}\noriginalUrl: {budget}\n---\n")),
        ("no closing fence", format!("---\noriginalUrl: {budget}\n")),
        ("no opening fence", format!("originalUrl: '{budget}'\n---\n")),
        ("merge conflict", conflict),
        ("AMP", "---\nwebUrl: budget\nampWebUrl: https://courier.example/amp\n---\n".to_owned()),
        ("misspelt key", format!("---\noriginalURL: {budget}\n---\n")),
        ("blank line", format!("\n---\noriginalUrl: {budget}\n---\n")),
        ("conflict around the fence", format!("<<<<<<< ours\n---\noriginalUrl: {budget}\n---\n")),
        ("indentation", format!("---\n  title: A\n  originalUrl: {budget}\n  x: [\n---\n")),
        ("AMP cache", "---\ncdnAmpWebUrl: https://courier.example/amp\n---\n".to_owned()),
    ] {
        let site = site("");
        site.write("content/faulty.md", document);
        let page = format!("{SHORT_PAGE}<link rel=amphtml href='https://courier.example/amp'>");
        let error = refused(&site, &[&page_url(&page)]);
        assert!(error.contains("--> content/faulty.md"), "{name}: {error}");
    }
    let site = site("");
    let latin = b"---\ntitle: Caf\xe9\noriginalUrl: https://courier.example/budget\n---\n";
    site.write("content/faulty.md", latin);
    refused(&site, &[budget]);
}

#[test]
fn documents_with_errors_tell_of_providers_and_topics() {
    let site = site("=== content/topics/ports.md\n---\nname: PORTS\norder: x\n---\n");
    let faulty = "---\ntitle: A: b\nprovider:\n  name: The Courier\n\n  domain: courier.example\n\
                  topics:\n# of course\n- Local Politics\n---\n";
    site.write("content/faulty.md", faulty);
    let arguments = ["--topic", "local politics", "--topic", "ports"];
    let (document, notes) = add(&site, &[&[&*page_url(SHORT_PAGE)], &arguments[..]].concat());
    assert!(document.contains("name: \"The Courier\""), "{document}");
    assert!(document.contains("  - \"Local Politics\"\n  - \"PORTS\"\n"), "{document}");
    assert!(!notes.iter().any(|note| note.contains("new to the site")), "{notes:?}");
}

#[test]
fn another_article_with_the_same_title_gets_a_number() {
    let site = site("");
    let (first, _) = add_path(&site, &[&page_url(SHORT_PAGE)]);
    let page = SHORT_PAGE.replace("courier", "gazette");
    let (second, _) = add_path(&site, &[&page_url(&page)]);
    let name = |path: &PathBuf| path.file_stem().expect("a name").to_string_lossy().into_owned();
    assert_eq!(name(&second), format!("{}-2", name(&first)));
}

#[test]
fn editor_decides_topics_note_and_publication() {
    let site = site("");
    site.write("content/old.md", article("old", "2026-01-01", "topics: [Local Politics]\n"));
    let note = "Worth it for the *map*.";
    let arguments = ["--topic", "local politics", "--topic", "Local Politic", "--note", note];
    let url = page_url(SHORT_PAGE);
    let (document, notes) = add(&site, &[&[&*url, "--publish"], &arguments[..]].concat());
    assert!(!document.contains("published:"), "{document}");
    assert!(
        document.contains("topics:\n  - \"Local Politics\"\n  - \"Local Politic\"\n"),
        "{document}"
    );
    assert!(document.ends_with("---\n\nWorth it for the *map*.\n"), "{document}");
    assert!(
        notes.contains(
            &"topics: `Local Politic` is new to the site; did you mean `Local Politics`?"
                .to_owned()
        ),
        "{notes:?}"
    );
}

#[test]
fn topics_are_suggested_from_those_of_the_site() {
    let site = site("");
    let article =
        |title: &str, topics: &str| article(title, "2026-01-01", &format!("topics: [{topics}]\n"));
    site.write("content/a.md", article("Ferries return to Kelso", "Islands"));
    site.write("content/b.md", article("Chess", "Games"));
    site.write("content/c.md", article("Rails", "Night Train, Shipping, Law"));
    let page = "<link rel=canonical href='https://courier.example/a'><meta name=keywords \
                content='shipping, maritime law'><title>Night trains and ferries reach Kelso</title>";
    let (document, notes) = add(&site, &[&page_url(page)]);
    let suggested = "topics: none; these may fit, and are comments in the document: \
                     Shipping, Night Train, Law, Islands";
    assert_eq!(notes.last().map(String::as_str), Some(suggested));
    assert!(
        document.contains("\n# Topics that may fit:\n# topics:\n#   - \"Shipping\"\n"),
        "{document}"
    );
    let added = documents(&site).into_iter().find(|added| added.title.starts_with("Night"));
    assert!(added.expect("the article").topics.is_empty());
}

#[test]
fn topics_are_spelled_by_files_site_published_then_drafts() {
    let site = site("");
    let config = "nav = [\"IN MENU\", \"in-use\"]\n[net]\nallow_private = true\n";
    site.write("site.toml", format!("{CONFIG}{config}"));
    site.write("content/topics/in-file.md", "---\nname: IN FILE\n---\n");
    site.write("content/topics/renamed.md", "---\nname: Another Name\n---\n");
    for index in 0..3 {
        let topics = "topics: [In File, In menu, in use, only here]\npublished: false\n";
        site.write(
            &format!("content/{index}.md"),
            article(&format!("D{index}"), "2026-01-01", topics),
        );
    }
    site.write("content/p.md", article("P", "2026-01-01", "topics: [In Use, In Menu, In file]\n"));
    let names = ["In-file", "In-menu", "In-use", "Only-here", "Renamed"];
    let topics = names.map(|name| ["--topic", name]).concat();
    let (document, notes) = add(&site, &[&[&*page_url(SHORT_PAGE)], &topics[..]].concat());
    let written = "topics:\n  - \"IN FILE\"\n  - \"IN MENU\"\n  - \"In Use\"\n  - \"only here\"\n  - \"renamed\"\n";
    assert!(document.contains(written), "{document}");
    assert!(!notes.iter().any(|note| note.starts_with("topics")), "{notes:?}");
    let page =
        SHORT_PAGE.replace("/budget", "/use").replace("The budget", "In use: a menu, a file");
    let (document, _) = add(&site, &[&page_url(&page)]);
    let suggested = "# topics:\n#   - \"IN FILE\"\n#   - \"IN MENU\"\n#   - \"In Use\"\n";
    assert!(document.contains(suggested), "{document}");
}

#[test]
fn feed_is_an_error_that_shows_its_source() {
    let rss =
        "<?xml version='1.0'?><rss version='2.0'><channel><title>Courier</title></channel></rss>";
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>Courier</title><id>urn:c</id>\
                <updated>2026-11-20T10:00:00Z</updated></feed>";
    let json = "{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"Courier\", \"items\": []}";
    let utf_16 = |text: &str| -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let prefixed = atom.replace('<', "<a:").replace("<a:/", "</a:").replace("xmlns=", "xmlns:a=");
    let version_last = format!(
        "{{\"title\": \"Courier\", \"items\": [], \"_x\": \"{}\", \"version\": \"https://jsonfeed.org/version/1.1\"}}",
        "x".repeat(3000)
    );
    let sent = |kind: &str, feed: &str| {
        response(&format!("200 OK\r\ncontent-type: {kind}"), feed.as_bytes())
    };
    let address = server(vec![
        ("/rss", sent("application/rss+xml", rss)),
        ("/atom", sent("application/xml", atom)),
        ("/json", sent("application/json", json)),
        ("/html", sent("text/html", rss)),
        ("/utf-16", response("200 OK\r\ncontent-type: application/rss+xml", &utf_16(rss))),
        ("/prefix", sent("application/atom+xml", &prefixed)),
        ("/comment", sent("text/xml", &format!("<!--{}-->{atom}", "x".repeat(3000)))),
        ("/last", sent("application/feed+json", &version_last)),
        ("/other", sent("application/json", "{\"version\": \"https://jsonfeed.org/\"")),
        ("/data", sent("application/json", "{\"title\": \"Courier\", \"items\": []}")),
    ]);
    for path in ["/rss", "/atom", "/json", "/html", "/utf-16", "/prefix", "/comment", "/last"] {
        let url = format!("http://{address}{path}");
        let error = refused(&site(""), &[&url]);
        assert!(error.contains("this is not an article but a feed"), "{path}: {error}");
        let lines =
            format!("the lines `[[source]]` and `feed = \"{url}\"` at the end of site.toml");
        assert!(error.contains(&lines) && error.contains("`newsgen pull`"), "{path}: {error}");
    }
    for path in ["/other", "/data"] {
        let error = refused(&site(""), &[&format!("http://{address}{path}")]);
        assert!(error.contains("this is no web page but `application/json`"), "{error}");
    }
    let site = site("");
    let url = format!("http://{address}/rss");
    site.write("site.toml", format!("{CONFIG}[[source]]\nfeed = \"{url}\"\n"));
    let error = refused(&site, &[&url]);
    assert!(error.contains("a source in site.toml") && error.contains("`newsgen pull`"), "{error}");
}

#[test]
fn provider_is_spelled_as_the_site_spells_it() {
    let page = |host: &str| {
        format!(
            "<html lang=da><link rel=canonical href='https://{host}/a'>\
             <meta property=og:site_name content=POST><title>Title</title>"
        )
    };
    let site = site(
        "=== content/providers/harbourpost.example.md\n---\nname: Harbour Post\nlanguage: da\n---\n",
    );
    site.write("content/old.md", article("old", "2026-01-01", ""));
    for (host, name, domain, language) in [
        ("www.harbourpost.example", "Harbour Post", "harbourpost.example", false),
        ("sport.harbourpost.example", "Harbour Post", "harbourpost.example", false),
        ("www.provider.example", "Provider", "provider.example", true),
        // Articles do not speak for subdomains, which may be somebody else's.
        ("blog.provider.example", "POST", "blog.provider.example", true),
    ] {
        let (document, _) = add(&site, &[&page_url(&page(host))]);
        let provider = format!("provider:\n  name: \"{name}\"\n  domain: \"{domain}\"\n");
        assert!(document.contains(&provider), "{host}: {document}");
        assert_eq!(document.contains("language: \"da\"\n"), language, "{host}: {document}");
    }
}

#[test]
fn domain_in_the_place_of_a_name_is_no_name() {
    let site = site("");
    let nameless = article("Old", "2026-01-01", "")
        .replace("name: Provider", "name: courier.example")
        .replace("domain: provider.example", "domain: courier.example");
    site.write("content/old.md", nameless);
    let page = "<link rel=canonical href='https://courier.example/a'><title>A</title>\
                <meta property=og:site_name content='The Courier'>";
    let (document, _) = add(&site, &[&page_url(page)]);
    assert!(document.contains("name: \"The Courier\""), "{document}");
}

#[test]
fn name_of_a_site_that_copies_articles_is_not_the_provider() {
    let page = |canonical: &str| {
        html(&format!(
            "<html lang=en><link rel=canonical href='{canonical}'>\
             <meta property=og:site_name content=Copies><title>Title</title>"
        ))
    };
    let address = server(vec![
        ("http://copies.example/a", page("https://courier.example/a")),
        ("http://copies.example/b", page("https://www.copies.example/b")),
    ]);
    for (path, provider) in [
        ("a", "name: \"courier.example\"\n  domain: \"courier.example\"\n"),
        ("b", "name: \"Copies\"\n  domain: \"copies.example\"\n"),
    ] {
        let site = site("");
        let url = format!("http://copies.example/{path}");
        let mut command = command(&site, &[&url]);
        let proxied = command.env("http_proxy", format!("http://{address}"));
        let output = proxied.output().expect("newsgen runs");
        assert!(output.status.success(), "{}", text(&output.stderr));
        let path = site.path(text(&output.stdout).trim_end());
        let document = std::fs::read_to_string(path).expect("the document");
        assert!(document.contains(provider), "{document}");
    }
}

#[test]
fn date_without_a_time_stays_one() {
    let site = site("");
    let config = "time_zone = \"Europe/Berlin\"\n[net]\nallow_private = true\n";
    site.write("site.toml", format!("{CONFIG}{config}"));
    let page = format!("{SHORT_PAGE}<meta name=citation_date content=2026/11/20>");
    let (document, _) = add(&site, &[&page_url(&page)]);
    assert!(document.contains("publishedDateTime: 2026-11-20\n"), "{document}");
}

#[test]
fn video_has_its_player() {
    let page = |player: &str| {
        format!(
            "<link rel=canonical href='https://courier.example/v'><title>Video</title>\
             <meta property=og:type content=video.other><meta property=og:video content='{player}'>"
        )
    };
    let player = "https://www.youtube.com/embed/abcdefghijk";
    let (document, notes) = add(&site(""), &[&page_url(&page(player))]);
    assert!(document.contains("type: video\n"), "{document}");
    assert!(document.contains("embed/abcdefghijk\\\" allowfullscreen"), "{document}");
    assert!(!notes.iter().any(|note| note.starts_with("featuredContent")), "{notes:?}");
    let (_, notes) = add(&site(""), &[&page_url(&page("https://play.example/1"))]);
    let note = "featuredContent: not shown, since `play.example` is not among the hosts";
    assert!(notes.iter().any(|found| found.starts_with(note)), "{notes:?}");
}

#[test]
fn oembed_completes_the_page() {
    let page = "<link rel=canonical href='https://courier.example/a'>\
                <link rel=alternate type='application/json+oembed' href='/oembed'>";
    let json = br#"{"title": "From oEmbed", "provider_name": "Courier", "thumbnail_url": "/a.png",
        "thumbnail_width": 640, "thumbnail_height": 360}"#;
    let head = "200 OK\r\ncontent-type: application/json";
    let address = server(vec![("/", html(page)), ("/oembed", response(head, json))]);
    let (document, _) = add(&site(""), &[&format!("http://{address}/")]);
    for line in [
        "title: \"From oEmbed\"",
        "name: \"Courier\"",
        &format!("url: \"http://{address}/a.png\"\n    width: 640\n    height: 360"),
    ] {
        assert!(document.contains(line), "{line}: {document}");
    }
    let without = server(vec![("/", html(page))]);
    let (_, notes) = add(&site(""), &[&format!("http://{without}/")]);
    assert_eq!(notes[0], "title: not found, made of the URL");
}

#[cfg(unix)]
#[test]
fn editor_opens_the_document() {
    let script = "echo \"$1 $2\"; echo Edited. >> \"$2\"\n";
    for (file, editor) in
        [("editor.sh", "sh editor.sh --wait"), ("my editor.sh", "sh 'my editor.sh' --wait")]
    {
        let site = site("");
        site.write(file, script);
        let mut command = command(&site, &[&page_url(SHORT_PAGE), "--edit"]);
        let output = command.env("EDITOR", editor).output().expect("newsgen runs");
        assert!(output.status.success(), "{}", text(&output.stderr));
        let printed = text(&output.stdout);
        let path = printed.lines().next().expect("the path");
        assert_eq!(printed, format!("{path}\n--wait {path}\n"));
        let document = std::fs::read_to_string(site.path(path)).expect("document");
        assert!(document.ends_with("Edited.\n"), "{document}");
    }
}

fn documents(site: &Site) -> Vec<std::sync::Arc<newsgen::document::ArticleSummary>> {
    let toml = std::fs::read_to_string(site.path("site.toml")).expect("site.toml");
    let config = Config::parse("site.toml", &toml, &site.overrides).expect("a valid site");
    let documents = read_documents(site.root(), &config, Path::new("")).expect("documents");
    documents.summaries.into_iter().map(|(_, summary)| summary).collect()
}

#[test]
fn documents_are_the_same_with_and_without_a_cache() {
    let site = site("=== content/providers/a.example.md\n---\nname: A\n---\n");
    site.write("content/topics/ports.md", "---\nname: Ports\n---\n");
    for name in ["a", "b", "c", "d"] {
        site.write(&format!("content/{name}.md"), article(name, "2026-01-01", "topics: [Ports]\n"));
    }
    site.build();
    site.write("content/b.md", article("edited", "2026-01-01", ""));
    site.write("content/c.md", "---\noriginalUrl: https://courier.example/c\n---\n");
    site.write("content/aa.md", article("new", "2026-01-01", ""));
    site.remove("content/d.md");
    let toml = std::fs::read_to_string(site.path("site.toml")).expect("site.toml");
    let config = Config::parse("site.toml", &toml, &site.overrides).expect("a valid site");
    let read = |executable: &Path| {
        let documents = read_documents(site.root(), &config, executable).expect("documents");
        assert_eq!(documents.summaries.len(), 3);
        format!("{documents:#?}")
    };
    assert_eq!(read(&site.options().executable), read(Path::new("")));
}

/// What a page says is what its document says, whatever it is.
fn check_hostile(title: &str, excerpt: &str, query: &str) {
    let quoted = |text: &str| {
        text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
    };
    let page = format!(
        "<meta property=\"og:title\" content=\"{}\"><meta property=\"og:description\" content=\"{}\">\
         <link rel=\"canonical\" href=\"https://courier.example/a?{}\">",
        quoted(title),
        quoted(excerpt),
        quoted(query),
    );
    let url = HttpUrl::parse("https://courier.example/").expect("a URL");
    let said =
        metadata::read(page.as_bytes(), Some("text/html; charset=utf-8"), &url, chrono_tz::UTC);
    let site = site("");
    add(&site, &[&page_url(&page)]);
    let added = documents(&site).pop().expect("the document has no error");
    if let Some(title) = said.title {
        assert_eq!(*added.title, *title);
    }
    if let Some(excerpt) = said.excerpt {
        assert!(added.excerpt.starts_with(&*excerpt), "{:?}: {excerpt:?}", added.excerpt);
    }
    assert_eq!(Some(&added.web_url), said.canonical.as_ref());
}

#[test]
fn hostile_texts_stay_texts() {
    for hostile in [
        "\"quoted\" \\ 'and' more",
        "a\"\npublished: true\n---\nb and more",
        "&lt;script&gt; &amp;amp; &#34; <b>bold</b> text",
        "\u{202e}reversed\u{2028}lines\u{85}and\u{0}more",
        "# no comment: *alias &anchor !tag {{ template }}",
        "😀 \u{feff}\u{fffe}\u{e0041} three words",
    ] {
        check_hostile(hostile, &format!("{hostile} in an excerpt."), hostile);
    }
    check_hostile(&"long ".repeat(100_000), &"longer ".repeat(100_000), &"x".repeat(3000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_text_stays_a_text(title in "\\PC{0,40}", excerpt in ".{0,60}", query in "[!-~]{0,20}") {
        check_hostile(&title, &excerpt, &query);
    }
}
