//! `newsgen pull` against servers on this machine.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use newsgen::build::read_documents;
use newsgen::config::Config;
use newsgen::document::ArticleSummary;
use newsgen::http_url::HttpUrl;
use newsgen::metadata::read_feed;
use proptest::prelude::*;

use crate::fixture::{CONFIG, Site, article, text, tree};
use crate::web_server::{WebServer, html, response, xml};

/// A site with these sources that may read pages of this machine.
fn site(sources: &str) -> Site {
    let site = Site::new("");
    configure(&site, sources);
    site.write("content/pages/about.md", "---\ntitle: About\n---\nThis is a test.\n");
    site
}

fn configure(site: &Site, sources: &str) {
    site.write("site.toml", format!("{CONFIG}[net]\nallow_private = true\n{sources}"));
}

fn source(url: &str, more: &str) -> String {
    format!("[[source]]\nfeed = \"{url}\"\n{more}")
}

fn run(site: &Site, arguments: &[&str]) -> Output {
    command(site, arguments).output().expect("newsgen runs")
}

/// Pulls from hosts that a proxy stands for.
fn run_by_proxy(site: &Site, proxy: &WebServer) -> Output {
    command(site, &[]).env("http_proxy", proxy.url("/")).output().expect("newsgen runs")
}

fn command(site: &Site, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsgen"));
    command.arg("pull").args(arguments).current_dir(site.root());
    for variable in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"] {
        command.env_remove(variable);
    }
    command
}

/// Pulls, and returns the paths of the new documents, and what else was printed.
fn pull(site: &Site, arguments: &[&str]) -> (Vec<String>, String) {
    let output = run(site, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    (text(&output.stdout).lines().map(str::to_owned).collect(), text(&output.stderr))
}

/// Pulls with this exit status, and returns what was printed.
fn fails(site: &Site, status: i32, arguments: &[&str]) -> String {
    let output = run(site, arguments);
    assert_eq!(output.status.code(), Some(status), "{}", text(&output.stderr));
    text(&output.stderr)
}

fn document(site: &Site, path: &str) -> String {
    std::fs::read_to_string(site.path(path)).expect("the document")
}

/// The documents of a site.
fn articles(site: &Site) -> Vec<Arc<ArticleSummary>> {
    let toml = std::fs::read_to_string(site.path("site.toml")).expect("site.toml");
    let config = Config::parse("site.toml", &toml, &site.overrides).expect("a valid site");
    let documents = read_documents(site.root(), &config, Path::new("")).expect("documents");
    documents.summaries.into_iter().map(|(_, summary)| summary).collect()
}

fn titles(site: &Site) -> Vec<String> {
    articles(site).iter().map(|article| article.title.to_string()).collect()
}

/// The names of documents, without the date of today.
fn names(paths: &[String]) -> Vec<String> {
    let name = |path: &String| {
        let stem = Path::new(path).file_stem().expect("a name").to_string_lossy().into_owned();
        stem["2026-11-20-".len()..].to_owned()
    };
    paths.iter().map(name).collect()
}

/// An RSS feed of Harbour Post.
fn rss(items: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" \
         xmlns:media=\"http://search.yahoo.com/mrss/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel>\
         <title>Harbour Post</title><link>https://www.harbourpost.example/</link>\
         <description>News</description><language>en</language>{items}</channel></rss>"
    )
}

fn item(slug: &str, day: u32, more: &str) -> String {
    format!(
        "<item><title>About {slug}</title><link>https://www.harbourpost.example/{slug}</link>\
         <pubDate>{day:02} Nov 2026 10:00:00 GMT</pubDate>{more}</item>"
    )
}

/// A server that sends a feed only to those who do not have it.
fn server_with_etag(feed: String) -> WebServer {
    WebServer::new(move |request| {
        if request.contains("if-none-match: \"1\"") {
            response("304 Not Modified", b"")
        } else {
            response("200 OK\r\netag: \"1\"", feed.as_bytes())
        }
    })
}

/// A site with one source: this feed.
fn site_of_feed(feed: Vec<u8>) -> (Site, WebServer) {
    let server = WebServer::with(vec![("/feed", feed)]);
    (site(&source(&server.url("/feed"), "")), server)
}

/// An Atom feed with one entry.
const ATOM: &str = r#"<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">
        <title>Courier</title><id>urn:courier</id><updated>2026-11-20T10:00:00Z</updated>
        <link rel="self" href="/feed"/><link href="https://courier.example/"/>
        <entry><id>urn:1</id><title type="html">&lt;em&gt;Caf&amp;eacute;s&lt;/em&gt; &amp;amp; bars</title>
        <updated>2026-11-20T11:00:00+01:00</updated><link rel="enclosure" type="image/png" href="https://courier.example/a.png"/>
        <link rel="replies" href="https://courier.example/a/comments"/>
        <link rel="alternate" type="text/html" href="https://courier.example/a"/>
        <summary>Plain &lt;b> text</summary></entry></feed>"#;

/// A JSON Feed with one item.
const JSON: &str = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "Gazette", "language": "de",
        "items": [{"id": 7, "url": "https://gazette.example/b", "title": "Fähren <b>", "image": "https://gazette.example/b.jpg",
        "content_html": "<h1>No</h1><p>Die Fähren fahren wieder.</p>", "tags": ["Inseln"], "date_published": "2026-11-19T08:00:00Z"}]}"#;

/// The only document that is pulled from a feed.
fn only_document(feed: Vec<u8>) -> String {
    let (site, _server) = site_of_feed(feed);
    let (paths, printed) = pull(&site, &[]);
    let [path] = &paths[..] else { panic!("{paths:?} {printed}") };
    document(&site, path)
}

#[test]
fn rss_item_becomes_an_unpublished_document() {
    let more = "<guid isPermaLink=\"false\">post-7</guid>\
                <description>&lt;p&gt;The first ships came in &lt;b&gt;at noon&lt;/b&gt;.&lt;/p&gt;</description>\
                <category>Ports</category>\
                <media:thumbnail url=\"/small.jpg\" width=\"200\" height=\"100\"/>\
                <media:thumbnail url=\"https://img.harbourpost.example/large.jpg\" width=\"800\" height=\"400\"/>";
    let feed = rss(&item("harbour?utm_source=rss", 20, more));
    let document = only_document(xml(&feed));
    let expected = "---
category: news
title: \"About harbour?utm_source=rss\"
excerpt: \"The first ships came in at noon.\"
publishedDateTime: 2026-11-20T10:00:00Z
originalUrl: \"https://www.harbourpost.example/harbour?utm_source=rss\"
webUrl: \"https://www.harbourpost.example/harbour\"
type: article
published: false # remove this line to publish the article

provider:
  name: \"Harbour Post\"
  domain: \"harbourpost.example\"

images:
  - url: \"https://img.harbourpost.example/large.jpg\"
    width: 800
    height: 400
---
";
    assert_eq!(document, expected);
}

#[test]
fn atom_and_json_feeds_are_read() {
    let atom = ATOM;
    let document = only_document(xml(atom));
    for line in [
        "title: \"Cafés & bars\"",
        "excerpt: \"Plain <b> text\"",
        "publishedDateTime: 2026-11-20T10:00:00Z",
        "originalUrl: \"https://courier.example/a\"",
        "name: \"Courier\"",
        "url: \"https://courier.example/a.png\"",
    ] {
        assert!(document.contains(line), "{line}: {document}");
    }
    let json = JSON;
    let document =
        only_document(response("200 OK\r\ncontent-type: application/feed+json", json.as_bytes()));
    for line in [
        "title: \"Fähren <b>\"",
        "excerpt: \"Die Fähren fahren wieder.\"",
        "publishedDateTime: 2026-11-19T08:00:00Z",
        "language: \"de\"",
        "url: \"https://gazette.example/b.jpg\"",
    ] {
        assert!(document.contains(line), "{line}: {document}");
    }
}

#[test]
fn settings_of_a_source_decide() {
    let server = WebServer::with(vec![("/feed", xml(&rss(&item("a", 20, ""))))]);
    let more = "topics = [\"local politics\", \"Ports\"]\nprovider = \"Courier\"\nlanguage = \"da\"\npublish = true\n";
    let site = site(&source(&server.url("/feed"), more));
    let old = article("old", "2026-01-01", "topics: [Local Politics]\n");
    site.write(
        "content/old.md",
        old.replace("Provider", "Courier").replace("provider.example", "courier.example"),
    );
    let (paths, _) = pull(&site, &[]);
    let document = document(&site, &paths[0]);
    assert!(!document.contains("published:"), "{document}");
    for part in [
        "language: \"da\"\n",
        "name: \"Courier\"\n  domain: \"courier.example\"\n",
        "topics:\n  - \"Local Politics\"\n  - \"Ports\"\n",
    ] {
        assert!(document.contains(part), "{part}: {document}");
    }
}

#[test]
fn items_are_filtered_by_words() {
    let items =
        ["ferry", "ferryman", "ferry-tariff", "road"].map(|slug| item(slug, 20, "")).concat();
    let server = server_with_etag(rss(&items));
    let more = "include = [\"FERRY\"]\nexclude = [\"tariff\"]\n";
    let site = site(&source(&server.url("/feed"), more));
    let (paths, printed) = pull(&site, &[]);
    assert_eq!(names(&paths), ["about-ferry"]);
    assert!(printed.contains(": 1 new, 0 known, 3 filtered\n"), "{printed}");
    // Other words may find more in the same feed.
    configure(&site, &source(&server.url("/feed"), ""));
    assert_eq!(names(&pull(&site, &[]).0).len(), 3);
}

#[test]
fn newest_items_are_pulled_up_to_the_limit() {
    let items = [("b", 12), ("d", 14), ("a", 11), ("c", 13)].map(|(slug, day)| item(slug, day, ""));
    let server = server_with_etag(rss(&items.concat()));
    let site = site(&source(&server.url("/feed"), "limit = 2\n"));
    let (paths, printed) = pull(&site, &[]);
    assert_eq!(names(&paths), ["about-c", "about-d"]);
    assert!(printed.contains("2 new, 0 known, 0 filtered, 2 left for the next pull"), "{printed}");
    let (paths, _) = pull(&site, &[]);
    assert_eq!(names(&paths), ["about-a", "about-b"]);
    let (_, printed) = pull(&site, &[]);
    assert!(printed.contains(": unchanged\n"), "{printed}");
}

#[test]
fn nothing_is_pulled_twice() {
    let guid = "<guid isPermaLink=\"false\">post-1</guid>";
    let feed = Arc::new(Mutex::new(rss(&item("a", 20, guid))));
    let served = Arc::clone(&feed);
    let server = WebServer::new(move |_| xml(&served.lock().expect("lock")));
    let site = site(&source(&server.url("/feed"), ""));
    let (paths, _) = pull(&site, &[]);
    let set = |items: String| *feed.lock().expect("lock") = rss(&items);
    // Its document is renamed, then deleted; and the item gets another identifier, then another address.
    std::fs::rename(site.path(&paths[0]), site.path("content/renamed.md")).expect("renamed");
    assert_eq!(pull(&site, &[]).0, [""; 0]);
    site.remove("content/renamed.md");
    assert_eq!(pull(&site, &[]).0, [""; 0]);
    set(item("a", 20, "<guid isPermaLink=\"false\">post-2</guid>"));
    assert_eq!(pull(&site, &[]).0, [""; 0]);
    set(item("moved", 20, guid));
    assert_eq!(pull(&site, &[]).0, [""; 0]);
    set(item("new", 20, "<guid isPermaLink=\"false\">post-3</guid>"));
    assert_eq!(names(&pull(&site, &[]).0), ["about-new"]);
    // Both have changed since it was pulled, but not at once.
    set(item("moved", 20, "<guid isPermaLink=\"false\">post-4</guid>"));
    assert_eq!(pull(&site, &[]).0, [""; 0]);
    set(item("again", 20, "<guid isPermaLink=\"false\">post-4</guid>"));
    assert_eq!(pull(&site, &[]).0, [""; 0]);
}

#[test]
fn item_without_its_line_is_pulled_from_unchanged_feed() {
    let server = server_with_etag(rss(&[item("a", 20, ""), item("b", 21, "")].concat()));
    let site = site(&source(&server.url("/feed"), ""));
    let (paths, _) = pull(&site, &[]);
    assert!(pull(&site, &[]).1.contains(": unchanged\n"));
    site.remove(&paths[0]);
    let lock = document(&site, "pulled.lock").replace("harbourpost.example/a\n", "");
    site.write("pulled.lock", lock);
    assert_eq!(names(&pull(&site, &[]).0), ["about-a"]);
    assert!(pull(&site, &[]).1.contains(": unchanged\n"));
}

#[test]
fn equally_titled_items_are_numbered_without_an_end() {
    let items: String = (0..120)
        .map(|number| {
            item(&number.to_string(), 20, "").replace(&format!("About {number}<"), "News<")
        })
        .collect();
    let (site, _server) = site_of_feed(xml(&rss(&items)));
    let (paths, _) = pull(&site, &[]);
    assert!(names(&paths).contains(&"news-120".to_owned()), "{paths:?}");
}

#[cfg(unix)]
#[test]
fn document_that_cannot_be_written_is_an_error_of_its_item() {
    let outside = Site::new("");
    let server = server_with_etag(rss(&item("a", 20, "")));
    let site = site(&source(&server.url("/feed"), ""));
    std::os::unix::fs::symlink(outside.root(), site.path("content/news")).expect("a link");
    let error = fails(&site, 3, &[]);
    assert!(error.contains("0 new, 0 known, 0 filtered, 1 could not be written"), "{error}");
    std::fs::remove_file(site.path("content/news")).expect("removed");
    assert_eq!(names(&pull(&site, &[]).0), ["about-a"]);
}

#[test]
fn article_of_the_site_is_not_pulled() {
    let (site, _server) = site_of_feed(xml(&rss(&item("budget", 20, ""))));
    let own = article("budget", "2026-01-01", "published: false\n");
    site.write("content/own.md", own.replace("provider.example/", "harbourpost.example/"));
    let (paths, printed) = pull(&site, &[]);
    assert!(paths.is_empty() && printed.contains("0 new, 1 known, 0 filtered"), "{printed}");
    // It does not come when it is deleted, either.
    site.remove("content/own.md");
    assert_eq!(pull(&site, &[]).0, [""; 0]);
}

#[test]
fn killed_pull_neither_loses_nor_doubles_items() {
    let items = [item("a", 20, ""), item("b", 21, "")].concat();
    let (site, _server) = site_of_feed(xml(&rss(&items)));
    let (paths, _) = pull(&site, &[]);
    // As if it had been killed after the first document.
    site.remove("pulled.lock");
    site.remove(&paths[1]);
    assert_eq!(names(&pull(&site, &[]).0), ["about-b"]);
    let lines = document(&site, "pulled.lock");
    let lines: Vec<&str> = lines.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines, ["harbourpost.example/a", "harbourpost.example/b"]);
}

#[test]
fn unchanged_feeds_change_no_file() {
    let server = WebServer::new(|request| {
        if request.contains("if-none-match: \"1\"")
            && request.contains("if-modified-since: fri, 20 nov")
        {
            return response("304 Not Modified", b"");
        }
        let head = "200 OK\r\netag: \"1\"\r\nlast-modified: Fri, 20 Nov 2026 10:00:00 GMT";
        response(head, rss(&item("a", 20, "")).as_bytes())
    });
    let site = site(&[source(&server.url("/1"), ""), source(&server.url("/2"), "")].concat());
    let (_, printed) = pull(&site, &[]);
    let name = server.url("/1").replace("http://", "");
    assert!(printed.contains(&format!("{name}: 1 new, 0 known, 0 filtered\n")), "{printed}");
    assert!(printed.contains("0 new, 1 known, 0 filtered\n"), "duplicate items: {printed}");
    let stamps = || {
        let paths = tree(site.root()).into_keys();
        let stamp =
            |path: String| std::fs::metadata(site.path(&path)).expect("file").modified().ok();
        paths.map(|path| (path.clone(), stamp(path))).collect::<Vec<_>>()
    };
    let before = (tree(site.root()), stamps());
    let (paths, printed) = pull(&site, &[]);
    assert!(paths.is_empty() && printed.matches(": unchanged\n").count() == 2, "{printed}");
    assert_eq!((tree(site.root()), stamps()), before);
    // The state is safe to lose.
    site.remove(".newsgen/pull.json");
    let (paths, printed) = pull(&site, &[]);
    assert!(paths.is_empty() && printed.contains("0 new, 1 known"), "{printed}");
}

#[test]
fn dry_run_writes_nothing() {
    let items =
        [item("a", 20, ""), item("a", 21, "").replacen("harbourpost", "courier", 1)].concat();
    let (site, _server) = site_of_feed(xml(&rss(&items)));
    let before = tree(site.root());
    let (paths, printed) = pull(&site, &["--dry-run"]);
    assert_eq!(names(&paths), ["about-a", "about-a-2"]);
    assert!(printed.contains("2 new documents; nothing was written"), "{printed}");
    assert_eq!(tree(site.root()), before);
    assert_eq!(pull(&site, &[]).0, paths);
}

#[test]
fn failing_source_does_not_stop_the_others() {
    let gzip = {
        let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        zipped.write_all(rss(&item("good", 20, "")).as_bytes()).expect("memory");
        response("200 OK\r\ncontent-encoding: gzip", &zipped.finish().expect("memory"))
    };
    let page = "<!doctype html><title>Blog</title><link rel=alternate type='application/rss+xml' href='/rss.xml'>";
    let server = WebServer::with(vec![
        ("/gone", response("410 Gone", b"")),
        ("/busy", response("503 Service Unavailable", b"")),
        ("/secret", response("403 Forbidden", b"")),
        ("/page", html(page)),
        ("/bare", html("<!-- x -->\n<html><p>Nothing</p>")),
        ("/text", response("200 OK\r\ncontent-type: text/plain", b"hello")),
        ("/xml", xml("<opml version='2.0'/>")),
        ("/half", xml("<rss version='2.0'><channel><item><title>Half")),
        ("/json", response("200 OK", b"{\"version\": \"https://jsonfeed.org/version/1\"")),
        ("/long", response("200 OK", &vec![b' '; newsgen::net::MAX_BODY + 1])),
        ("/cut", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_vec()),
        ("/again", response("302 Found\r\nlocation: /again", b"")),
        ("/good", gzip),
    ]);
    let cases = [
        ("/none", "status 404", "new address"),
        ("/gone", "status 410", "remove the source"),
        ("/busy", "status 503", "the next pull tries again"),
        ("/secret", "status 403", "may refuse programs"),
        ("/page", "this is no feed but a web page", "/rss.xml`"),
        ("/bare", "this is no feed but a web page", "look on the page"),
        ("/text", "this is no feed: ", "RSS, Atom and JSON Feed"),
        ("/xml", "this is no feed: ", "RSS, Atom and JSON Feed"),
        ("/half", "this is no feed: ", "RSS, Atom and JSON Feed"),
        ("/json", "this is no feed: ", "RSS, Atom and JSON Feed"),
        ("/long", "more than 5 MB", "in a browser"),
        ("/cut", "cannot read the feed: ", "check the address"),
        ("/again", "more than 10 redirects", "where it ends"),
    ];
    let paths = cases.iter().map(|(path, ..)| *path).chain(["/good"]);
    let sources: String = paths.map(|path| source(&server.url(path), "")).collect();
    let site = site(&sources);
    let output = run(&site, &[]);
    assert_eq!(output.status.code(), Some(3));
    let errors = text(&output.stderr);
    for (index, (path, message, help)) in cases.iter().enumerate() {
        let line = CONFIG.lines().count() + 4 + index * 2;
        let error = errors
            .split("\nerror[")
            .find(|error| error.contains(&format!("--> site.toml:{line}:8")));
        let error = error.unwrap_or_else(|| panic!("{path}: {errors}"));
        assert!(error.contains(message) && error.contains(help), "{path}: {error}");
    }
    assert_eq!(titles(&site), ["About good"]);
}

#[test]
fn redirect_into_a_private_network_is_refused() {
    let moved = response("302 Found\r\nlocation: http://192.168.1.1/router", b"");
    let secret = xml(&rss(&item("secret", 20, "")));
    let proxy = WebServer::with(vec![
        ("http://feeds.harbourpost.example/feed", moved),
        ("http://192.168.1.1/router", secret),
    ]);
    let site = Site::new("=== content/pages/about.md\n---\ntitle: About\n---\n");
    site.write(
        "site.toml",
        [CONFIG, &source("http://feeds.harbourpost.example/feed", "")].concat(),
    );
    let output = run_by_proxy(&site, &proxy);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{error}");
    assert!(error.contains("`192.168.1.1` is an address of a private network"), "{error}");
    assert_eq!(proxy.take_requests(), ["http://feeds.harbourpost.example/feed"]);
}

#[test]
fn proxy_may_have_the_name_of_a_private_host() {
    let feed = xml(&rss(&item("a", 20, "")));
    let proxy = WebServer::with(vec![
        ("http://feeds.harbourpost.example/feed", feed.clone()),
        ("/feed", feed),
    ]);
    let named = proxy.url("").replace("127.0.0.1", "localhost");
    for (feed, variable, status) in [
        ("http://feeds.harbourpost.example/feed", "http_proxy", 0),
        // Not that host itself.
        (&*format!("{named}/feed"), "https_proxy", 3),
        (&*format!("{named}/feed"), "http_proxy", 3),
    ] {
        let site = Site::new("=== content/pages/about.md\n---\ntitle: About\n---\n");
        site.write("site.toml", [CONFIG, &source(feed, "")].concat());
        let output = command(&site, &[]).env(variable, &named).output().expect("newsgen runs");
        assert_eq!(output.status.code(), Some(status), "{}", text(&output.stderr));
    }
    assert_eq!(proxy.take_requests(), ["http://feeds.harbourpost.example/feed"]);
}

#[test]
fn host_that_does_not_respond_is_asked_for_one_feed() {
    let broken = WebServer::new(|_| Vec::new());
    let to_broken = response(&format!("302 Found\r\nlocation: {}", broken.url("/c")), b"");
    let good = xml(&rss(&item("a", 20, "")));
    let server = WebServer::with(vec![("/moved", to_broken), ("/good", good)]);
    let feeds = [broken.url("/a"), broken.url("/b"), server.url("/moved"), server.url("/good")];
    let site = site(&feeds.map(|feed| source(&feed, "")).concat());
    let error = fails(&site, 3, &[]);
    assert!(error.contains("the server did not respond to a request before"), "{error}");
    let mut requests = broken.take_requests();
    requests.sort_unstable();
    assert_eq!(requests, ["/a", "/c"]);
    assert_eq!(titles(&site), ["About a"]);
}

#[test]
fn retry_after_is_that_of_the_last_redirect() {
    let busy = WebServer::new(|_| response("429 Too Many Requests\r\nretry-after: 60", b""));
    let to_busy = response(&format!("302 Found\r\nlocation: {}", busy.url("/b")), b"");
    let good = xml(&rss(&item("a", 20, "")));
    let server = WebServer::with(vec![("/moved", to_busy), ("/good", good)]);
    let site = site(&["/moved", "/good"].map(|path| source(&server.url(path), "")).concat());
    let error = fails(&site, 3, &[]);
    assert!(error.contains("1 new") && !error.contains("not asked"), "{error}");
}

#[test]
fn retry_after_is_respected_by_the_next_pull() {
    for (head, pause) in [
        ("429 Too Many Requests\r\nretry-after: 3600", true),
        ("503 Service Unavailable\r\nretry-after: Thu, 31 Dec 2099 10:00:00 GMT", true),
        ("429 Too Many Requests", true),
        ("503 Service Unavailable", false),
        ("500 Internal Server Error\r\nretry-after: 3600", false),
    ] {
        let busy = response(head, b"");
        let server = WebServer::new(move |_| busy.clone());
        let sources = [source(&server.url("/1"), ""), source(&server.url("/2"), "")];
        let site = site(&sources.concat());
        let error = fails(&site, 3, &[]);
        assert_eq!(
            error.contains("not asked, since its server asked to wait until 20"),
            pause,
            "{head}: {error}"
        );
        assert_eq!(server.take_requests().len(), if pause { 1 } else { 2 }, "{head}");
        if pause {
            let (_, printed) = pull(&site, &[]);
            assert_eq!(printed.matches("asked to wait").count(), 2, "{printed}");
            assert!(server.take_requests().is_empty(), "{head}");
            // Without its state, newsgen does not know.
            site.remove(".newsgen/pull.json");
            fails(&site, 3, &[]);
        }
    }
}

#[test]
fn hostile_items_become_documents_without_errors() {
    let items = [
        "<title>&lt;script&gt;alert(1)&lt;/script&gt;Ships &amp;amp; &lt;b&gt;boats&lt;/b&gt;</title>",
        "<title><![CDATA[\"quoted\" \\ 'and'\npublished: true\n---\nmore]]></title>",
        "<title>\u{202e}reversed\u{2028}lines\u{0}\u{7}more: # *a &amp;b !c {{ d }}</title>",
        "<title>Vec&lt;u8&gt; &lt; 3 and a<![CDATA[ < b]]></title>",
        "<title></title><description>&lt;style&gt;x&lt;/style&gt;&lt;img src=x onerror=alert(1)&gt;</description>",
        "<pubDate>yesterday</pubDate><title>No date</title>",
        "<pubDate>Fri, 31 Dec 99999 10:00:00 GMT</pubDate><title>Far away</title>",
    ];
    let picture = "<media:content url=\"javascript:x\" type=\"image/png\"/>";
    let item = |(index, more): (usize, &&str)| {
        format!("<item><link> /a/{index}\n</link>{more}{picture}</item>")
    };
    let items: Vec<String> = items.iter().enumerate().map(item).collect();
    let unusable = "<item><title>No link</title></item><item><link>javascript:alert(1)</link></item>\
                    <item><link>https://me:secret@harbourpost.example/</link></item>";
    let by_id =
        "<item><guid>https://www.harbourpost.example/by-id</guid><title>By id</title></item>";
    let feed = rss(&[&items.concat(), unusable, by_id].concat());
    let server = WebServer::with(vec![("http://feeds.harbourpost.example/feed", xml(&feed))]);
    let site = site(&source("http://feeds.harbourpost.example/feed", ""));
    let output = run_by_proxy(&site, &server);
    let printed = text(&output.stderr);
    assert!(output.status.success(), "{printed}");
    assert!(
        printed.contains("8 new, 0 known, 0 filtered, 3 without a usable address"),
        "{printed}"
    );
    assert!(printed.contains("title: not found, made of the URL"), "{printed}");
    assert!(printed.contains("publishedDateTime: not found, set to now"), "{printed}");
    assert!(!printed.contains("secret"), "{printed}");
    let found = articles(&site);
    assert_eq!(found.len(), 8, "{found:#?}");
    assert!(found.iter().all(|article| !article.published), "{found:#?}");
    let titles = titles(&site);
    for title in [
        "Ships & boats",
        "\"quoted\" \\ 'and' published: true --- more",
        "reversed linesmore: # *a &b !c {{ d }}",
        "Vec<u8> < 3 and a < b",
        "By id",
    ] {
        assert!(titles.contains(&title.to_owned()), "{title}: {titles:?}");
    }
    assert!(site.findings().iter().all(|found| !found.contains("error")), "{:?}", site.findings());
}

#[test]
fn feeds_are_decoded() {
    let latin = |text: &str| -> Vec<u8> {
        text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin")).collect()
    };
    let feed = rss(&item("a", 20, "").replace("About a", "Caf\u{e9}s"));
    let declared = |encoding: &str| feed.replace("encoding=\"utf-8\"", encoding);
    for (head, body) in [
        ("200 OK", latin(&declared("encoding='iso-8859-1'"))),
        ("200 OK\r\ncontent-type: text/xml; charset=windows-1252", latin(&feed)),
        (
            "200 OK\r\ncontent-type: text/xml; charset=utf-8",
            declared("encoding='iso-8859-1'").into_bytes(),
        ),
        ("200 OK", latin(&declared(""))),
        ("200 OK", ["\u{feff}", &feed].concat().into_bytes()),
        ("200 OK", ["\n ", &feed].concat().into_bytes()),
    ] {
        let document = only_document(response(head, &body));
        assert!(document.contains("title: \"Cafés\""), "{head}: {document}");
    }
    // Bytes that are wrong do not matter elsewhere.
    let broken = only_document(response("200 OK", &latin(&feed)));
    assert!(broken.contains("title: \"Caf\u{fffd}s\""), "{broken}");
}

#[test]
fn pages_complete_what_feeds_say() {
    let page = "<html lang=da><link rel=canonical href='https://courier.example/a'>\
                <meta property=og:title content='From the page'>\
                <meta property=og:image content='https://courier.example/a.jpg'>";
    let server = WebServer::with(vec![
        ("/page", html(page)),
        ("/same", html(page)),
        ("/plain", html("<p>Nothing</p>")),
        ("/feed", Vec::new()),
    ]);
    let items: String = ["/page", "/same", "/missing"]
        .map(|path| {
            let link = server.url(path);
            format!("<item><title>From {path}</title><link>{link}</link><description>Of the feed.</description></item>")
        })
        .concat();
    let feed = rss(&items).replace("www.harbourpost.example", "courier.example");
    let feeds = WebServer::with(vec![("/feed", xml(&feed))]);
    let site = site(&source(&feeds.url("/feed"), "provider = \"courier.example\"\n"));
    let (paths, printed) = pull(&site, &["--fetch-pages"]);
    assert_eq!(names(&paths).len(), 2, "{printed}");
    let of_page = paths.iter().find(|path| path.contains("from-the-page")).expect("the article");
    let text = document(&site, of_page);
    for line in [
        "excerpt: \"Of the feed.\"",
        "webUrl: \"https://courier.example/a\"",
        "courier.example/a.jpg",
        "language: \"da\"",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(printed.contains("2 new, 1 known, 0 filtered"), "{printed}");
    assert!(
        printed.contains("status 404") && printed.contains("only what the feed says"),
        "{printed}"
    );
    let requests = server.take_requests();
    assert_eq!(requests.len(), 4);
    assert_eq!(requests.iter().filter(|path| *path == "/robots.txt").count(), 1, "{requests:?}");
}

/// An RSS feed with items at these addresses.
fn feed_of(urls: &[String]) -> Vec<u8> {
    let item = |url: &String| format!("<item><title>{url}</title><link>{url}</link></item>");
    xml(&rss(&urls.iter().map(item).collect::<String>()))
}

/// A page that says no more than its title.
fn titled(title: &str) -> Vec<u8> {
    html(&format!(
        "<link rel=canonical href='https://courier.example/{title}'><title>{title}</title>"
    ))
}

fn robots(rules: &str) -> Vec<u8> {
    response("200 OK\r\ncontent-type: text/plain", rules.as_bytes())
}

#[test]
fn pages_are_fetched_if_robots_txt_allows_it() {
    let closed = WebServer::with(vec![
        ("/robots.txt", robots("User-agent: newsgen\nDisallow: /\n")),
        ("/target", titled("secret")),
    ]);
    let open = WebServer::with(vec![
        ("/robots.txt", response("301 Moved\r\nlocation: /rules.txt", b"")),
        ("/rules.txt", robots("User-agent: *\nDisallow: /no\nAllow: /nothing\n")),
        ("/a", titled("page-a")),
        ("/no", titled("secret")),
        ("/nothing", titled("page-b")),
        ("/hop", response("302 Found\r\nlocation: /no", b"")),
        ("/far", response(&format!("302 Found\r\nlocation: {}", closed.url("/target")), b"")),
    ]);
    let mut urls: Vec<String> =
        ["/a", "/no", "/nothing", "/hop", "/far"].map(|path| open.url(path)).into();
    urls.push(closed.url("/x"));
    // The owner chose the feeds.
    let feed = feed_of(&urls);
    let feeds = WebServer::with(vec![
        ("/robots.txt", robots("User-agent: *\nDisallow: /\n")),
        ("/feed", feed),
    ]);
    let site = site(&source(&feeds.url("/feed"), "provider = \"courier.example\"\n"));
    let (paths, printed) = pull(&site, &["--fetch-pages"]);
    assert_eq!(paths.len(), 6, "{printed}");
    let titles = titles(&site);
    assert!(["page-a", "page-b"].iter().all(|page| titles.iter().any(|title| title == page)));
    assert!(!titles.contains(&"secret".to_owned()), "{titles:?}");
    let warnings: Vec<&str> = printed.split("warning[").skip(1).collect();
    let [warning] = &warnings[..] else { panic!("{printed}") };
    assert!(warning.contains("4 pages not fetched: `robots.txt` of 127.0.0.1:"), "{warning}");
    assert!(warning.contains("only what the feed says") && warning.contains("site.toml:7:8"));
    assert_eq!(feeds.take_requests(), ["/feed"]);
    assert_eq!(closed.take_requests(), ["/robots.txt"]);
    let mut requests = open.take_requests();
    requests.sort_unstable();
    assert_eq!(requests, ["/a", "/far", "/hop", "/nothing", "/robots.txt", "/rules.txt"]);
}

/// What a pull with `--fetch-pages` says of the pages of a feed.
fn page_warnings(urls: &[String]) -> Vec<String> {
    let feeds = WebServer::with(vec![("/feed", feed_of(urls))]);
    let site = site(&source(&feeds.url("/feed"), "provider = \"courier.example\"\n"));
    let (paths, printed) = pull(&site, &["--fetch-pages"]);
    assert_eq!(paths.len(), urls.len(), "{printed}");
    printed.split("warning[").skip(1).map(str::to_owned).collect()
}

#[test]
fn warnings_say_why_pages_are_not_fetched() {
    // A port that nothing listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr());
    let dead = format!("http://{}", free.expect("a free port"));
    let warnings = page_warnings(&[format!("{dead}/a"), format!("{dead}/b")]);
    let said = |text: &str| warnings.iter().filter(|warning| warning.contains(text)).count();
    assert_eq!(said("onnection refused"), 1, "{warnings:?}");
    assert_eq!(said("the server did not respond to a request before"), 1, "{warnings:?}");

    let to_dead = response(&format!("302 Found\r\nlocation: {dead}/robots.txt"), b"");
    let pages = WebServer::with(vec![("/robots.txt", to_dead)]);
    let warnings = page_warnings(&[pages.url("/a"), pages.url("/b")]);
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings.iter().all(|warning| warning.contains("onnection refused")), "{warnings:?}");

    let busy = WebServer::new(|_| response("429 Too Many Requests\r\nretry-after: 60", b""));
    let [warning] = &page_warnings(&[busy.url("/a")])[..] else { panic!("one warning") };
    assert!(warning.contains("the server asks to wait until"), "{warning}");

    let closed = WebServer::with(vec![("/robots.txt", robots("User-agent: *\nDisallow: /\n"))]);
    let to_closed = response(&format!("302 Found\r\nlocation: {}", closed.url("/b")), b"");
    let open = WebServer::with(vec![("/a", to_closed)]);
    let [warning] = &page_warnings(&[open.url("/a")])[..] else { panic!("one warning") };
    let host = closed.url("").replace("http://", "");
    assert!(
        warning.contains(&format!("1 page not fetched: `robots.txt` of {host} does")),
        "{warning}"
    );
}

#[test]
fn page_in_a_private_network_is_named_as_such() {
    let item = "<item><title>A</title><link>http://192.168.1.1/a</link></item>";
    let feed = "http://feeds.harbourpost.example/feed";
    let proxy = WebServer::with(vec![(feed, xml(&rss(item)))]);
    let site = Site::new("=== content/pages/about.md\n---\ntitle: About\n---\n");
    site.write("site.toml", [CONFIG, &source(feed, "")].concat());
    let mut command = command(&site, &["--fetch-pages"]);
    let output = command.env("http_proxy", proxy.url("/")).output().expect("newsgen runs");
    let error = text(&output.stderr);
    assert!(error.contains("`192.168.1.1` is an address of a private network"), "{error}");
}

#[test]
fn beginning_of_a_long_robots_txt_is_read() {
    let rules = format!("User-agent: *\nDisallow: /b\n{}", "# more\n".repeat(1_000_000));
    let pages = WebServer::with(vec![
        ("/robots.txt", robots(&rules)),
        ("/a", titled("page-a")),
        ("/b", titled("page-b")),
    ]);
    let [warning] = &page_warnings(&[pages.url("/a"), pages.url("/b")])[..] else {
        panic!("one warning")
    };
    assert!(warning.contains("1 page not fetched"), "{warning}");
    assert!(pages.take_requests().contains(&"/a".to_owned()));
}

#[test]
fn failing_robots_txt_allows_no_page_and_a_missing_one_all() {
    for (robots, fetched) in [
        (response("404 Not Found", b""), true),
        (response("403 Forbidden", b""), true),
        (response("500 Internal Server Error", b""), false),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_vec(), false),
        (response("302 Found\r\nlocation: /robots.txt", b""), true),
    ] {
        let pages = WebServer::with(vec![
            ("/robots.txt", robots),
            ("/a", titled("page-a")),
            ("/b", titled("page-b")),
        ]);
        let feeds = WebServer::with(vec![("/feed", feed_of(&[pages.url("/a"), pages.url("/b")]))]);
        let site = site(&source(&feeds.url("/feed"), "provider = \"courier.example\"\n"));
        let (paths, printed) = pull(&site, &["--fetch-pages"]);
        assert_eq!(paths.len(), 2, "{printed}");
        assert_eq!(titles(&site).contains(&"page-a".to_owned()), fetched, "{printed}");
        let requests = pages.take_requests();
        let for_pages = requests.iter().filter(|path| *path != "/robots.txt").count();
        assert_eq!(for_pages, if fetched { 2 } else { 0 }, "{requests:?}");
    }
}

#[test]
fn sources_are_pulled_by_name() {
    let server = WebServer::with(vec![
        ("/a", xml(&rss(&item("a", 20, "")))),
        ("/b", xml(&rss(&item("b", 20, "")))),
        ("/c", xml(&rss(&item("c", 20, "")))),
    ]);
    let opml = format!(
        "<?xml version=\"1.0\"?>\n<opml version=\"2.0\"><body><outline text=\"Folder\">\n\
         <outline text=\"B &amp; more\" type=\"rss\" xmlUrl=\"{}\"/>\n\
         <outline xmlUrl=\"{}\"/></outline></body></opml>\n",
        server.url("/b"),
        server.url("/c"),
    );
    let more =
        "[[source]]\nname = \"reader\"\nopml = \"feeds/reader.opml\"\ntopics = [\"Ports\"]\n";
    let site = site(&format!("{}{more}", source(&server.url("/a"), "name = \"Harbour\"\n")));
    site.write("feeds/reader.opml", opml);
    let error = fails(&site, 1, &["--source", "Harbor"]);
    assert!(
        error.contains("no source has the name `Harbor`")
            && error.contains("did you mean `Harbour`?"),
        "{error}"
    );
    assert_eq!(names(&pull(&site, &["--source", "B & more"]).0), ["about-b"]);
    assert_eq!(names(&pull(&site, &["--source", "Harbour"]).0), ["about-a"]);
    let (paths, printed) = pull(&site, &["--source", "reader"]);
    assert_eq!(names(&paths), ["about-c"], "{printed}");
    assert!(document(&site, &paths[0]).contains("- \"Ports\"\n"));
    assert!(printed.contains("B & more: 0 new, 1 known"), "{printed}");
    assert!(!printed.contains("Harbour:"), "{printed}");
}

#[test]
fn order_of_new_documents_does_not_depend_on_the_network() {
    // The first server responds after the second one was asked.
    let (asked, is_asked) = channel();
    let is_asked = Mutex::new(is_asked);
    let first = WebServer::new(move |_| {
        is_asked.lock().expect("lock").recv().expect("the other request");
        xml(&rss(&[item("z", 3, ""), item("y", 2, "")].concat()))
    });
    let second = WebServer::new(move |_| {
        asked.send(()).expect("the first server waits");
        xml(&rss(&item("a", 1, "")))
    });
    let site = site(&[source(&first.url("/"), ""), source(&second.url("/"), "")].concat());
    assert_eq!(names(&pull(&site, &[]).0), ["about-y", "about-z", "about-a"]);
}

#[test]
fn damaged_lock_stops_the_pull() {
    let (site, server) = site_of_feed(xml(&rss(&item("a", 20, ""))));
    site.write(
        "pulled.lock",
        "# x\n<<<<<<< ours\na.example/1\n=======\na.example/2 0123\n>>>>>>> theirs\n",
    );
    let error = fails(&site, 1, &[]);
    for part in [
        "unresolved merge conflict",
        "pulled.lock:2:1",
        "pulled.lock:4:1",
        "pulled.lock:6:1",
        "keep the lines of both sides",
        "expected the address of an original",
        "pulled.lock:5:1",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert!(server.take_requests().is_empty());
    // Lines that both sides of a merge added are joined.
    site.write("pulled.lock", "b.example/1\r\na.example/1\r\nb.example/1 0123456789abcdef\r\n");
    pull(&site, &[]);
    let lock = document(&site, "pulled.lock");
    assert!(
        lock.ends_with("a.example/1\nb.example/1 0123456789abcdef\nharbourpost.example/a\n"),
        "{lock}"
    );
}

#[test]
fn sources_in_site_toml_are_checked() {
    for (lines, message, help) in [
        ("source = 1", "1:10: `source` must be a list", "`[[source]]`"),
        ("[source]\nfeed = \"https://a.example/\"", "1:1: `source` must be a list", "`[[source]]`"),
        (
            "[source]\nfeed = \"https://a.example/\"\n[source] # 2\nfeed = \"https://b.example/\"\nlimit = 3",
            "3:1: this is not TOML: there are several tables `[source]`",
            "`[[source]]`",
        ),
        ("[[source]]\nname = \"A\"", "1:1: a source has no `feed`", "add the address"),
        (
            "[[source]]\nfed = \"https://a.example/\"",
            "2:1: unknown key `fed`",
            "did you mean `feed`?",
        ),
        ("[[source]]\nfeed = \"a.example\"", "2:8: `feed` is not a URL", ""),
        (
            "[[source]]\nfeed = \"https://a.example/\"\nopml = \"a.opml\"",
            "3:8: a source has both",
            "one entry for each",
        ),
        ("[[source]]\nopml = \"../a.opml\"", "2:8: `opml` is not the path", ""),
        (
            "[[source]]\nfeed = \"https://a.example/\"\nlimit = 0",
            "3:9: `limit` must be a whole number",
            "",
        ),
        (
            "[[source]]\nfeed = \"https://a.example/\"\npublish = \"yes\"",
            "3:11: `publish` must be `true` or `false`",
            "",
        ),
        (
            "[[source]]\nfeed = \"https://a.example/\"\ntopics = [\"A\", \" \"]",
            "3:16: `topics` is empty",
            "",
        ),
        (
            "[[source]]\nfeed = \"https://a.example/\"\ntopics = [\"A\", \"B\"]\n[limits]\ntopics = 1",
            "3:10: more than 1 topics",
            "raise `topics`",
        ),
        (
            "[[source]]\nfeed = \"https://a.example/\"\ntopics = [\"Ports\"]\n[limits]\ntopic_name = 4",
            "3:10: a topic is longer than 4 characters",
            "raise `topic_name`",
        ),
        (
            "[[source]]\nfeed = \"https://a.example/\"\ninclude = \"ferry\"",
            "3:11: `include` must be a list",
            "",
        ),
        (
            "[[source]]\nfeed = \"https://a.example/\"\nlanguage = \"english\"",
            "3:12: ",
            "did you mean `en`?",
        ),
        (
            "[[source]]\nfeed = \"https://a.example/\"\nname = \"A\"\n[[source]]\nfeed = \"https://b.example/\"\nname = \"A\"",
            "6:8: another source has the name `A`, too",
            "choose another one",
        ),
        (
            "[[sorce]]\nfeed = \"https://a.example/\"",
            "1:3: unknown key `sorce`",
            "did you mean `source`?",
        ),
    ] {
        let site = Site::new("=== content/pages/p.md\n---\ntitle: P\n---\n");
        site.write("site.toml", format!("{CONFIG}{lines}\n"));
        let findings = crate::fixture::with_help(&site);
        let first = CONFIG.lines().count();
        let (line, rest) = message.split_once(':').expect("a line");
        let line = line.parse::<usize>().expect("a number") + first;
        let expected = format!("site.toml:{line}:{rest}");
        assert!(
            findings.iter().any(|found| found.starts_with(&expected) && found.contains(help)),
            "{lines}: {findings:#?}"
        );
        assert_eq!(findings.len(), 1, "{lines}: {findings:#?}");
    }
}

#[test]
fn mistakes_in_opml_files_are_located() {
    for (opml, expected) in [
        ("<opml><body>\n<outline xmlUrl=\"nowhere\"/></body></opml>", "a.opml:2:1"),
        ("<opml><body>\n</opml>", "a.opml:2:"),
        ("<opml><body/></opml>", "this OPML file lists no feeds"),
        ("<html><outline xmlUrl=\"https://a.example/\"/></html>", "this OPML file lists no feeds"),
    ] {
        let site = site("[[source]]\nopml = \"a.opml\"\n");
        site.write("a.opml", opml);
        let error = fails(&site, 1, &[]);
        assert!(error.contains(expected), "{opml}: {error}");
    }
    let error = fails(&site("[[source]]\nopml = \"a.opml\"\n"), 1, &[]);
    assert!(error.contains("cannot read `a.opml`") && error.contains("site.toml:7:8"), "{error}");
    let error = fails(&site(""), 1, &[]);
    assert!(error.contains("the site has no sources") && error.contains("[[source]]"), "{error}");
}

#[test]
fn sources_do_not_change_what_is_deployed() {
    let site = Site::new("=== content/pages/p.md\n---\ntitle: P\n---\n");
    let parse = |site: &Site| {
        let toml = std::fs::read_to_string(site.path("site.toml")).expect("site.toml");
        Config::parse("site.toml", &toml, &site.overrides).expect("a valid site").settings
    };
    let before = parse(&site);
    site.write("site.toml", format!("{CONFIG}{}", source("https://a.example/feed", "")));
    assert_eq!(parse(&site), before);
}

#[test]
fn deeply_nested_feed_is_refused() {
    let nested = "<media:group>".repeat(100_000);
    let (site, _server) = site_of_feed(xml(&rss(&format!("<item>{nested}"))));
    let error = fails(&site, 3, &[]);
    assert!(error.contains("this is no feed: its elements are nested too deep"), "{error}");
}

#[test]
fn texts_of_media_are_not_copied_without_bounds() {
    let text = format!("<media:description>{}</media:description>", "x".repeat(1_000_000));
    let group = "<media:group><media:content url=\"x\"/></media:group>";
    let feed = |groups: usize| rss(&item("a", 20, &[&*text, &group.repeat(groups)].concat()));
    let url = HttpUrl::parse("https://www.harbourpost.example/feed").expect("a URL");
    let error = read_feed(feed(50_000).as_bytes(), None, &url).expect_err("too many");
    assert!(format!("{error:?}").contains("too many media elements"), "{error:?}");
    assert!(read_feed(feed(40).as_bytes(), None, &url).is_ok());
    // Large feeds with galleries are no problem.
    let photo =
        "<media:content url=\"https://www.harbourpost.example/photo.jpg\" medium=\"image\"/>";
    let more = [&"<b>word</b> ".repeat(2000), &*photo.repeat(30)].concat();
    let items: String = (0..100).map(|number| item(&number.to_string(), 20, &more)).collect();
    assert!(read_feed(rss(&items).as_bytes(), None, &url).is_ok());
}

#[test]
fn html_in_a_json_feed_may_have_any_elements() {
    let feed = JSON.replace("<h1>No</h1>", &"<br>".repeat(300));
    let document = only_document(response("200 OK", feed.as_bytes()));
    assert!(document.contains("Die Fähren fahren wieder."), "{document}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn damaged_feeds_are_read_or_refused(
        index in 0..3_usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_usize), 1..6),
    ) {
        let mut feed = [rss(&item("a", 20, "<media:group><media:content url=\"/a.png\"/></media:group>")), ATOM.to_owned(), JSON.to_owned()][index].clone().into_bytes();
        for (at, byte, removed) in edits {
            let at = at.index(feed.len());
            feed.splice(at..(at + removed).min(feed.len()), [byte]);
        }
        let url = HttpUrl::parse("https://www.harbourpost.example/feed").expect("a URL");
        if let Ok(feed) = read_feed(&feed, None, &url) {
            prop_assert!(feed.items.len() <= 2);
        }
    }
}
