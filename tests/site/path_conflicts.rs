//! Conflicting paths with `on_error = "leave-out"`: only the later document is left out.

use newsgen::build::cache::SiteStats;
use newsgen::diagnostic::Diagnostic;

use crate::fixture::{CONFIG, NOW, Site, article, newsgen, text};

/// A site with `on_error = "leave-out"` and more lines of `site.toml`.
fn site(config: &str) -> Site {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}on_error = \"leave-out\"\n{config}"));
    site.write("content/a.md", article("A", "2026-01-02", "topics: [Sea]\n"));
    site
}

/// The documents with an error, each of which is reported once. A second build and a clean one must
/// agree.
#[track_caller]
fn left_out(site: &Site) -> Vec<String> {
    let outcome = site.try_build();
    let summary = outcome.summary.unwrap_or_else(|| panic!("{:#?}", outcome.diagnostics));
    let errors = outcome.diagnostics.iter().filter(|found| found.is_error());
    let mut files: Vec<String> = errors.map(|error| error.location.file.clone()).collect();
    files.sort();
    let SiteStats { left_out, left_out_aliases, .. } = summary.stats;
    assert_eq!(left_out + left_out_aliases, files.len(), "{:#?}", outcome.diagnostics);
    let (clean, findings) = site.clean_build();
    assert_eq!(clean, Some(site.tree()));
    let is_lasting = |found: &&Diagnostic| found.location.file != "addresses.lock";
    assert!(findings.iter().eq(outcome.diagnostics.iter().filter(is_lasting)), "{findings:#?}");
    let again = site.build();
    assert_eq!((again.changes.is_empty(), again.stats), (true, summary.stats));
    files
}

fn page(title: &str) -> String {
    format!("---\ntitle: {title}\n---\n")
}

#[test]
fn page_at_a_published_topics_address_is_left_out() {
    let site = site("");
    site.build();
    site.write("content/pages/topics/sea.md", page("Mine"));
    assert_eq!(left_out(&site), ["content/pages/topics/sea.md"]);
    assert!(
        !site.page("topics/sea/index.html").contains("Mine")
            && site.has("news/2026/01/a/index.html")
    );
    site.write("content/a.md", article("A", "2026-01-02", ""));
    assert_eq!(
        site.findings(),
        [
            "content/pages/topics/sea.md: /topics/sea/ was the address of the list of the topic `sea`, which is gone; this \
          page is there now"
        ]
    );
    assert_eq!(left_out(&site), [""; 0], "the topic is not published");
    assert!(site.page("topics/sea/index.html").contains("Mine"));
}

/// The articles of these lines of front matter, and nothing else, are left out, however old they
/// are.
#[track_caller]
fn only_articles_are_left_out(site: &Site, more: &str) {
    for (file, day) in [("x", "2001-01-01"), ("y", "2026-01-03")] {
        site.write(&format!("content/{file}.md"), article(file, day, more));
    }
    assert_eq!(left_out(site), ["content/x.md", "content/y.md"], "{more}");
}

#[test]
fn new_lists_of_articles_give_way_to_pages() {
    for is_built in [true, false] {
        for (address, more) in [
            ("about", "category: About\n"),
            ("topics/z", "topics: [Z]\n"),
            ("about/page/1", "category: about\n"),
        ] {
            let site = site("per_page = 1\n");
            site.write(&format!("content/pages/{address}.md"), page("Mine"));
            if is_built {
                site.build();
            }
            only_articles_are_left_out(&site, more);
            assert!(site.page(&format!("{address}/index.html")).contains("Mine"));
        }
    }
    let site = site("");
    site.write("content/pages/providers/evil-example.md", page("Mine"));
    site.write(
        "content/x.md",
        article("x", "2001-01-01", "").replace("domain: provider", "domain: evil"),
    );
    assert_eq!(left_out(&site), ["content/x.md"]);
}

#[test]
fn new_lists_give_way_to_aliases_of_owners() {
    for host in ["", "[host]\nkind = \"cloudflare-pages\"\n"] {
        for (file, text) in [
            ("pages/p", "title: P\naliases: [/imprint/]\n"),
            ("topics/sea", "name: Sea\naliases: [/imprint/]\n"),
            ("providers/provider.example", "aliases: [/imprint/]\n"),
        ] {
            let site = site(host);
            site.write(&format!("content/{file}.md"), format!("---\n{text}---\n"));
            only_articles_are_left_out(&site, "category: Imprint\n");
            let found = site.try_build().diagnostics;
            assert_eq!(
                found[0].message,
                format!(
                    "the category `Imprint` of content/x.md and the alias `/imprint/` of content/{file}.md both need the output path imprint/index.html"
                )
            );
        }
    }
}

#[test]
fn known_lists_keep_their_paths() {
    let site = site("nav = [\"Sea\"]\n");
    site.write("content/pages/news.md", page("Mine"));
    site.write("content/pages/topics/sea.md", page("Mine"));
    site.write("content/pages/topics/lake.md", page("Mine"));
    site.write("content/topics/lake.md", "---\nname: Lake\n---\n");
    site.write("content/b.md", article("B", "2026-01-03", "topics: [Lake]\n"));
    let expected =
        ["content/pages/news.md", "content/pages/topics/lake.md", "content/pages/topics/sea.md"];
    assert_eq!(left_out(&site), expected);
    let site = self::site("");
    site.write("content/b.md", article("B", "2026-01-03", "category: Local\n"));
    site.build();
    site.write("content/pages/local.md", page("Mine"));
    assert_eq!(left_out(&site), ["content/pages/local.md"]);
    let help = site.try_build().diagnostics[0].help.clone();
    assert_eq!(help.as_deref(), Some("rename this file, or choose another category"));
    site.remove("content/pages/local.md");
    site.write("content/pages/p.md", "---\ntitle: P\naliases: [/local/]\n---\n");
    assert_eq!(left_out(&site), ["content/pages/p.md"]);
}

#[test]
fn category_at_a_page_stops_the_build_and_names_both() {
    let site = Site::new("=== content/pages/about.md\n---\ntitle: About\n---\n");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.write("content/b.md", article("B", "2026-01-02", "category: About\n"));
    let outcome = site.try_build();
    let [found] = outcome.diagnostics.as_slice() else { panic!("{:#?}", outcome.diagnostics) };
    assert_eq!(found.location.to_string(), "content/b.md:9:11");
    assert_eq!(
        found.message,
        "the category `About` of content/b.md and content/pages/about.md both need the output path about/index.html"
    );
    assert_eq!(found.help.as_deref(), Some("choose another category"));
}

#[test]
fn aliases_are_left_out_one_by_one_and_counted_apart() {
    let site = site("permalink = \"/{slug}/\"\n");
    site.write(
        "content/b.md",
        article("B", "2026-01-03", "aliases: [/a/, /ok/, /topics/sea/, /news/]\n"),
    );
    let outcome = site.try_build();
    let messages: Vec<&str> = outcome.diagnostics.iter().map(|found| &*found.message).collect();
    let expected = ["/a/", "/news/", "/topics/sea/"];
    assert_eq!(messages, expected.map(|alias| format!("the alias `{alias}` is already in use")));
    let stats = outcome.summary.expect("published").stats;
    assert_eq!((stats.articles, stats.left_out, stats.left_out_aliases), (2, 0, 3));
    assert!(site.has("ok/index.html") && site.has("b/index.html"));
    assert_eq!(left_out(&site).len(), 3);
    let output = newsgen(site.root(), &["build", "--fresh", "--at", NOW]);
    assert_eq!(output.status.code(), Some(3));
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(said.contains("2 articles (3 aliases left out)"), "{said}");
}

#[test]
fn alias_at_a_list_names_the_document_that_asks_for_it() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", "topics: [Sea]\ncategory: Isles\n"));
    for (alias, document) in [
        ("/topics/sea/", "content/a.md"),
        ("/isles/", "content/a.md"),
        ("/topics/sea/atom.xml/", "content/a.md"),
        ("/providers/provider-example/", "content/a.md"),
        ("/topics/", "the site's own page topics/index.html"),
        ("/topics/lake/", "the site's own page topics/lake/index.html"),
    ] {
        let more = format!("topics: [Lake]\naliases: [{alias}]\n");
        site.write("content/b.md", article("B", "2026-01-03", &more));
        let outcome = site.try_build();
        let [found] = outcome.diagnostics.as_slice() else { panic!("{:#?}", outcome.diagnostics) };
        assert_eq!(found.message, format!("the alias `{alias}` is already in use"));
        let others: Vec<&str> = found.others.iter().map(|(at, _)| &*at.file).collect();
        assert_eq!(others, [document], "{alias}");
    }
}

#[test]
fn page_at_list_of_left_out_documents_is_kept() {
    let site = site("permalink = \"/{slug}/\"\n");
    site.write("content/b.md", article("B", "2026-01-03", "slug: robots.txt\ntopics: [Lake]\n"));
    site.write("content/pages/topics/lake.md", page("Mine"));
    assert_eq!(left_out(&site), ["content/b.md"]);
    assert!(site.page("topics/lake/index.html").contains("Mine"));
    site.write("content/b.md", article("B", "2026-01-03", "topics: [Lake]\n"));
    site.write("static/b", "in the way");
    assert_eq!(left_out(&site), ["content/b.md"], "for another file");
    assert!(site.page("topics/lake/index.html").contains("Mine"));
    site.write("content/c.md", article("C", "2026-01-03", "topics: [Lake]\n"));
    assert_eq!(left_out(&site), ["content/b.md", "content/c.md"], "the page stays");
    assert!(site.page("topics/lake/index.html").contains("Mine"));
    site.write("site.toml", format!("{CONFIG}permalink = \"/{{slug}}/\"\n"));
    assert_eq!(
        site.findings(),
        [
            "content/b.md:9:9: the topic `Lake` of content/b.md and content/pages/topics/lake.md both need the output path topics/lake/index.html",
            "content/c.md:9:9: the topic `Lake` of content/c.md and content/pages/topics/lake.md both need the output path topics/lake/index.html"
        ],
        "all errors are reported together"
    );
    let help = site.try_build().diagnostics[1].help.clone();
    assert_eq!(help.as_deref(), Some("choose another topic"));
}

#[test]
fn page_at_an_archive_page_is_left_out() {
    let site = site("per_page = 1\n");
    site.write("content/b.md", article("B", "2026-01-03", ""));
    for (path, is_in_the_way) in [("page/1", true), ("news/page/1", true), ("news/page/9", false)] {
        site.write(&format!("content/pages/{path}.md"), page("Mine"));
        let expected =
            if is_in_the_way { vec![format!("content/pages/{path}.md")] } else { vec![] };
        assert_eq!(left_out(&site), expected);
        site.remove(&format!("content/pages/{path}.md"));
    }
}

#[test]
fn slug_with_the_name_of_a_feed_is_left_out() {
    let site = site("permalink = \"/{slug}/\"\n");
    for slug in
        ["atom.xml", "Feed.JSON", "robots.txt", "sitemap.xml", "index.html", "404.html", "_x"]
    {
        site.write("content/b.md", article("B", "2026-01-03", &format!("slug: {slug}\n")));
        assert_eq!(left_out(&site), ["content/b.md"], "{slug}");
        assert!(site.has("a/index.html") && site.has("atom.xml"));
    }
}

#[test]
fn pages_differing_in_case_conflict() {
    let site = site("");
    site.write("content/pages/x.md", page("Small"));
    site.write("content/pages/X.md", page("Large"));
    assert_eq!(left_out(&site), ["content/pages/x.md"], "the later one by path is left out");
    assert!(site.page("x/index.html").contains("Large"));
    site.write("content/pages/x/index.md", page("Folder"));
    assert_eq!(left_out(&site), ["content/pages/x.md", "content/pages/x/index.md"]);
}

#[test]
fn slugs_differing_in_unicode_form_conflict() {
    let site = site("");
    site.write("content/b.md", article("B", "2026-01-03", "slug: caf\u{e9}\n"));
    site.write("content/c.md", article("C", "2026-01-04", "slug: cafe\u{301}\n"));
    assert_eq!(left_out(&site), ["content/c.md"]);
}

#[test]
fn category_conflicting_with_static_file_is_left_out() {
    let site = site("");
    site.write("static/img", "a file");
    site.write("content/b.md", article("B", "2026-01-03", "category: img\n"));
    site.write("content/c.md", article("C", "2026-01-04", "category: Img\n"));
    assert_eq!(left_out(&site), ["content/b.md", "content/c.md"]);
    let outcome = site.try_build();
    assert_eq!(outcome.diagnostics[0].location.to_string(), "content/b.md:9:11");
    site.remove("static/img");
    site.write("static/img/a.png", "a picture");
    assert_eq!(left_out(&site), [""; 0], "a folder is no conflict");
    site.write("static/IMG/index.html", "a page");
    assert_eq!(left_out(&site), ["content/b.md", "content/c.md"]);
}

#[test]
fn term_conflicting_with_static_file_is_left_out() {
    let site = site("");
    site.write("content/b.md", article("B", "2026-01-03", "topics: [River]\n"));
    let other = article("C", "2026-01-04", "").replace("domain: provider", "domain: other");
    site.write("content/c.md", other);
    site.write("static/topics/river/atom.xml/x", "in the way");
    site.write("static/providers/other-example", "in the way");
    assert_eq!(left_out(&site), ["content/b.md", "content/c.md"]);
    site.write("content/topics/lake.md", "---\nname: Lake\n---\n");
    site.write("static/topics/lake/index.html", "in the way");
    assert_eq!(left_out(&site), ["content/b.md", "content/c.md", "content/topics/lake.md"]);
}

#[test]
fn article_whose_amp_page_is_taken_is_left_out() {
    let site = site("article_pages = \"self\"\n[amp]\npages = true\n");
    site.write("content/pages/news/2026/01/a/amp.md", page("Mine"));
    site.write("content/b.md", article("B", "2026-01-03", ""));
    assert_eq!(left_out(&site), ["content/a.md"]);
    assert!(!site.has("news/2026/01/a/index.html") && site.has("news/2026/01/b/amp/index.html"));
}

#[test]
fn younger_article_below_amp_page_is_left_out() {
    let site = site("article_pages = \"self\"\npermalink = \"/{slug}/\"\n[amp]\npages = true\n");
    site.write("static/b", "in the way");
    site.write("content/b.md", article("B", "2026-01-03", ""));
    assert_eq!(left_out(&site), ["content/b.md"]);
}

#[test]
fn second_file_of_a_term_is_left_out() {
    let site = site("");
    site.write("content/topics/sea.md", "---\nname: First\n---\n");
    site.write("content/topics/Sea.markdown", "---\nname: Zero\n---\n");
    site.write("content/topics/x/sea.md", "---\nname: Third\n---\n");
    assert_eq!(left_out(&site), ["content/topics/sea.md", "content/topics/x/sea.md"]);
    assert!(site.page("topics/sea/index.html").contains("Zero"));
}

#[test]
fn long_or_non_portable_names_are_left_out() {
    let site = site("permalink = \"/{category}-{category}-{category}-co{slug}/\"\n");
    site.write(
        "content/b.md",
        article("B", "2026-01-03", &format!("category: {}\n", "c".repeat(100))),
    );
    assert_eq!(left_out(&site), ["content/b.md"]);
    let site = self::site("permalink = \"/co{slug}/\"\n");
    site.write("content/b.md", article("B", "2026-01-03", "slug: n\n"));
    assert_eq!(left_out(&site), ["content/b.md"]);
}

#[test]
fn names_the_host_does_not_serve_are_left_out() {
    let site = site("[host]\nkind = \"cloudflare-pages\"\n");
    site.write("content/b.md", article("B", "2026-01-03", "category: functions\n"));
    site.write("content/c.md", article("C", "2026-01-03", "slug: node_modules\n"));
    assert_eq!(left_out(&site), ["content/b.md", "content/c.md"]);
}

#[test]
fn left_out_document_keeps_its_address() {
    let site = site("permalink = \"/{slug}/\"\n");
    site.write("static/weekly", "in the way");
    for number in 1..6 {
        site.write(
            &format!("content/{number}/weekly.md"),
            article("W", &format!("2026-01-0{number}"), ""),
        );
    }
    assert_eq!(left_out(&site), ["content/1/weekly.md"]);
    assert!(site.has("weekly-provider-example/index.html"));
}

#[test]
fn conflict_with_left_out_document_is_ignored() {
    let site = site("permalink = \"/{slug}/\"\n[feeds]\nformats = []\n");
    site.write("static/b/x/y", "in the way");
    site.write("content/pages/b/x.md", page("Page"));
    site.write("content/pages/b/x/y/z.md", page("Deep"));
    site.write("content/b.md", article("B", "2026-01-03", "slug: b\naliases: [old]\n"));
    site.write("content/c.md", article("C", "2026-01-04", "aliases: [old]\n"));
    site.write("static/B.html/x", "");
    assert_eq!(
        left_out(&site),
        ["content/c.md", "content/pages/b/x/y/z.md"],
        "only the alias is left out"
    );
    assert!(site.has("c/index.html") && site.has("b/x/index.html"));
}

#[test]
fn static_file_conflicts_always_stop() {
    let site = site("");
    site.write("static/a.txt", "a");
    site.write("static/A.TXT", "a");
    assert_eq!(
        site.findings(),
        ["static/a.txt: static/a.txt and static/A.TXT both need the output path A.TXT"]
    );
    site.remove("static/A.TXT");
    site.write("static/topics", "a file");
    assert!(site.try_build().summary.is_none());
}

#[test]
fn conflicts_stop_the_build_by_default() {
    let site = site("");
    site.write("site.toml", CONFIG);
    site.build();
    site.write("content/pages/topics/sea.md", page("Mine"));
    let outcome = site.try_build();
    assert!(outcome.summary.is_none());
    assert_eq!(
        outcome.diagnostics.iter().map(|found| found.location.to_string()).collect::<Vec<_>>(),
        ["content/pages/topics/sea.md"]
    );
}

#[test]
fn static_file_at_the_path_of_an_asset_is_an_error() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.build();
    let style =
        site.files().into_iter().find(|path| path.starts_with("theme/style.")).expect("style");
    site.write(&format!("static/{style}"), "body {}");
    let [error] = &site.findings()[..] else { panic!("not one error: {:?}", site.findings()) };
    let expected = format!(
        "static/{style}: static/{style} and the theme's {style} both need the output path {style}"
    );
    assert!(error.starts_with(&expected), "{error}");
}

#[test]
fn list_gives_an_address_back_to_the_page_that_had_it() {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}on_error = \"leave-out\"\n"));
    let page = |text: &str| site.write("content/pages/about.md", format!("---\n{text}\n---\n"));
    site.write("content/a.md", article("A", "2026-01-02", ""));
    page("title: Imprint");
    site.build();
    site.write("content/b.md", article("B", "2026-01-02", "category: about\n"));
    site.build();
    for broken in ["title: [x", "title: Imprint\npublished: false"] {
        page(broken);
        site.build();
        assert!(!site.page("about/index.html").contains("Imprint"), "{broken}");
        page("title: Imprint");
        site.build();
        assert_eq!(left_out(&site), ["content/b.md"], "{broken}");
        assert!(site.page("about/index.html").contains("Imprint"), "{broken}");
        assert_eq!(site.tree(), site.clean_tree(), "{broken}");
    }
}

/// Hosts serve `static/imprint.html` at `/imprint`, too.
const IMPRINT: &str = "static/imprint.html";

#[test]
fn static_html_file_keeps_the_address_without_html() {
    for host in ["none", "github-pages", "cloudflare-pages", "netlify", "bucket"] {
        let site = site(&format!("[host]\nkind = \"{host}\"\n"));
        site.write(IMPRINT, "the owner's");
        site.write("static/2019/old.html", "the owner's");
        site.write("static/Contact.HTML", "the owner's");
        for (file, more) in [
            ("alias", "aliases: [/imprint/]\n"),
            ("case", "aliases: [/Imprint]\n"),
            ("deep", "aliases: [/2019/old/]\n"),
            ("contact", "aliases: [/contact/]\n"),
            ("error", "aliases: [/404/]\n"),
            ("category", "category: imprint\n"),
        ] {
            site.write(&format!("content/{file}.md"), article(file, "2026-01-03", more));
        }
        site.write("content/pages/imprint.md", page("Mine"));
        site.write("content/pages/2019/old.md", page("Mine"));
        assert_eq!(
            left_out(&site),
            [
                "content/alias.md",
                "content/case.md",
                "content/category.md",
                "content/contact.md",
                "content/deep.md",
                "content/error.md",
                "content/pages/2019/old.md",
                "content/pages/imprint.md",
            ],
            "{host}"
        );
        assert!(!site.has("imprint/index.html") && site.has("imprint.html"), "{host}");
        let redirects =
            if site.has("_redirects") { site.page("_redirects") } else { String::new() };
        assert!(!redirects.contains("imprint") && !redirects.contains("old"), "{redirects}");
    }
}

#[test]
fn static_html_file_is_named_by_the_error() {
    let site = site("permalink = \"/{slug}/\"\n");
    site.write("site.toml", format!("{CONFIG}permalink = \"/{{slug}}/\"\n"));
    site.write("static/a.html", "the owner's");
    assert_eq!(
        site.findings(),
        [
            "content/a.md: content/a.md and static/a.html both need the address /a/, at which many hosts serve a.html"
        ]
    );
    site.remove("static/a.html");
    site.write("static/topics.html", "the owner's");
    assert_eq!(
        site.findings(),
        [
            "static/topics.html: static/topics.html and the site's own page topics/index.html both need the address \
             /topics/, at which many hosts serve topics.html"
        ]
    );
}

#[test]
fn html_files_that_are_no_pages_conflict_with_nothing() {
    let site = site("");
    site.write("static/google0123456789abcdef.html", "proof");
    site.write("static/imprint.html", "the owner's");
    site.write("static/imprint/index.html", "the owner's");
    site.write("static/imprint/more.html", "the owner's");
    site.write("static/b/imprint", "the owner's");
    site.write("static/b/imprint.html", "the owner's");
    let aliases = "aliases: [/about.html, /company.html, /company/]\n---\n";
    let about = page("About").replacen("\n---\n", &format!("\n{aliases}"), 1);
    site.write("content/pages/about.md", about);
    let topic = "---\naliases: [/topics/sea.html, /sea.html]\n---\n";
    site.write("content/topics/sea.md", topic);
    let aliases = "topics: [Sea]\naliases: [/news/2026/01/b.html, /b.html]\n";
    site.write("content/b.md", article("B", "2026-01-03", aliases));
    assert_eq!(left_out(&site), [""; 0]);
}

#[test]
fn html_alias_beside_the_page_of_another_document_is_refused() {
    for host in ["none", "cloudflare-pages"] {
        let site = site(&format!("[host]\nkind = \"{host}\"\n"));
        site.write("content/pages/imprint.md", page("Mine"));
        site.write("static/help/index.html", "the owner's");
        let moved = page("Moved").replacen("\n---\n", "\naliases: [/gone/, /left.html]\n---\n", 1);
        site.write("content/pages/moved.md", moved);
        for (file, alias) in [
            ("page", "/imprint.html"),
            ("case", "/Imprint.HTML"),
            ("article", "/news/2026/01/a.html"),
            ("provider", "/providers/provider-example.html"),
            ("index", "/topics.html"),
            ("static", "/help.html"),
            ("alias", "/gone.html"),
            ("folder", "/left/"),
        ] {
            let text = article(file, "2026-01-03", &format!("aliases: [{alias}]\n"));
            site.write(&format!("content/{file}.md"), text);
        }
        let all = ["alias", "article", "case", "folder", "index", "page", "provider", "static"];
        assert_eq!(left_out(&site), all.map(|file| format!("content/{file}.md")), "{host}");
        assert!(!site.has("imprint.html") && site.has("imprint/index.html"), "{host}");
        let redirects =
            if site.has("_redirects") { site.page("_redirects") } else { String::new() };
        assert!(!redirects.contains("imprint") && !redirects.contains("help"), "{redirects}");
        assert_eq!(site.tree(), site.clean_tree(), "{host}");
    }
}

#[test]
fn new_list_gives_way_to_the_html_alias_of_a_page() {
    let site = site("");
    let about = page("About").replacen("\n---\n", "\naliases: [/topics/lake.html]\n---\n", 1);
    site.write("content/pages/about.md", about);
    site.write("content/b.md", article("B", "2026-01-03", "topics: [Lake]\n"));
    let found = site.findings();
    assert_eq!(
        found,
        [
            "content/b.md:9:9: the topic `Lake` of content/b.md and the alias `/topics/lake.html/` of \
             content/pages/about.md both need the address /topics/lake/, at which many hosts serve lake.html"
        ]
    );
}

#[test]
fn alias_of_its_own_address_is_only_a_warning() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", "aliases: [/news/2026/01/a/, /old/]\n"));
    assert_eq!(
        site.findings(),
        ["content/a.md:9:10: the alias `/news/2026/01/a/` is the address of this document itself"]
    );
    site.build();
    assert!(site.page("news/2026/01/a/index.html").contains(">A</h1>"));
    assert!(site.page("old/index.html").contains("/news/2026/01/a/"));
    site.write("content/b.md", article("B", "2026-01-02", "aliases: [/news/2026/01/a/]\n"));
    assert_eq!(site.findings().len(), 2);
}
