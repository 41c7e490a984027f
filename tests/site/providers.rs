//! Providers are identified by their domains: a similar domain does not give another provider's
//! address, file or name.

use crate::fixture::{Site, article, tree, with_help};

const APPLE: &str = "---\nname: Apple\ndescription: Words of hers.\nurl: https://www.apple.example/\nlogo: /apple.svg\n---\nHello\n";

/// An article of a provider with this name.
fn of(domain: &str, day: &str) -> String {
    named(&format!("Press of {domain}"), domain, day)
}

fn named(name: &str, domain: &str, day: &str) -> String {
    article(&format!("Of {domain}"), day, "")
        .replace("name: Provider", &format!("name: {name}"))
        .replace("  domain: provider.example", &format!("  domain: {domain}"))
}

/// The help of the first finding.
fn help(site: &Site) -> String {
    site.try_build().diagnostics.first().and_then(|found| found.help.clone()).unwrap_or_default()
}

#[test]
fn rejects_domains_that_are_not_host_names() {
    let site = Site::new("");
    for domain in [
        "apple_example",
        "apple_news.example",
        "localhost",
        "127.0.0.1",
        "apple..example",
        "-a.example",
        "'a b.example'",
    ] {
        site.write("content/a.md", of(domain, "2026-01-02"));
        assert_eq!(
            site.findings(),
            ["content/a.md:8:11: `provider.domain` is not a domain name"],
            "{domain}"
        );
        assert_eq!(
            help(&site),
            "a domain is made of letters, digits and hyphens, and has at least one dot"
        );
    }
    for domain in [
        "https://www.apple.example/",
        "apple.example:443",
        "apple.example/news",
        "\"me@apple.example\"",
    ] {
        site.write("content/a.md", of(domain, "2026-01-02"));
        assert_eq!(help(&site), "write `domain: apple.example`", "{domain}");
    }
    let related = "related:\n  - title: R\n    webUrl: https://r.example/\n    provider:\n      domain: r_example\n";
    site.write("content/a.md", article("A", "2026-01-02", related));
    assert_eq!(site.findings(), ["content/a.md:13:15: `provider.domain` is not a domain name"]);
}

#[test]
fn provider_domain_spellings_are_merged() {
    let site = Site::new("=== content/providers/apple-example.md\n---\nname: Apple\n---\n");
    for (index, domain) in
        ["apple.example", "www.apple.example", "Apple.Example.", "apple。example"]
            .iter()
            .enumerate()
    {
        site.write(&format!("content/{index}.md"), named("Apple", domain, "2026-01-02"));
    }
    let summary = site.build();
    assert_eq!(summary.stats.providers, 1);
    let page = site.page("providers/apple-example/index.html");
    assert_eq!(page.matches("<article").count(), 4);
    assert_eq!(site.findings(), [""; 0]);
    site.remove("content/providers/apple-example.md");
    site.write("content/providers/www-apple-example.md", APPLE);
    site.write("static/apple.svg", "<svg/>");
    assert_eq!(site.findings(), [""; 0]);
    assert!(site.page("providers/apple-example/index.html").contains("Words of hers."));
}

#[test]
fn confusable_domain_is_shown_encoded() {
    let site = Site::new("");
    site.write("content/a.md", named("''", "münchen.example", "2026-01-02"));
    site.write("content/b.md", of("\u{430}pple.example", "2026-01-02"));
    site.build();
    let page = site.page("news/2026/01/a/index.html");
    assert!(
        page.contains(">münchen.example</a>") && page.contains("<span>münchen.example</span>"),
        "{page}"
    );
    assert!(page.contains("href=\"/providers/munchen-example/\""), "{page}");
    assert!(site.page("news/2026/01/b/index.html").contains("<span>xn--pple-43d.example</span>"));
    assert!(site.page("atom.xml").contains("<uri>https://xn--mnchen-3ya.example/</uri>"));
}

#[test]
fn provider_slug_ignores_dates() {
    let site = Site::new("");
    site.write("content/stranger.md", of("apple-news.example", "2001-01-01"));
    site.write("content/real.md", of("apple.news.example", "2026-01-02"));
    assert_eq!(
        site.findings(),
        [
            "addresses.lock: this file is new",
            "content/stranger.md: /providers/apple-news-example/ is the URL of the provider `apple.news.example`; \
             `apple-news.example` is at /providers/apple-news_example/"
        ]
    );
    assert!(site.try_build().diagnostics[0].changes_output);
    let feed = site.page("providers/apple-news-example/atom.xml");
    assert!(
        feed.contains("Of apple.news.example") && !feed.contains("Of apple-news.example"),
        "{feed}"
    );
    assert!(site.page("providers/apple-news_example/index.html").contains("Of apple-news.example"));
}

#[test]
fn provider_file_claims_the_slug() {
    let site = Site::new("");
    site.write("content/a.md", of("a-b.c.example", "2026-01-02"));
    site.write("content/b.md", of("a.b-c.example", "2026-01-03"));
    site.write("content/c.md", of("a.b.c.example", "2026-01-04"));
    site.build();
    assert!(site.page("providers/a-b-c-example/index.html").contains("Of a.b.c.example"));
    site.write("content/providers/a.b-c.example.md", "---\ndescription: Mine.\n---\n");
    site.build();
    let page = site.page("providers/a-b-c-example/index.html");
    assert!(page.contains("Of a.b-c.example") && page.contains("Mine."), "{page}");
    let others = ["a-b_c_example", "a_b_c_example"];
    for slug in others {
        let page = site.page(&format!("providers/{slug}/index.html"));
        assert!(!page.contains("Mine."), "{page}");
    }
    // Of several providers with files, the one that has the address keeps it.
    site.write(
        "content/providers/mine.md",
        "---\ndomain: a.b.c.example\ndescription: Theirs.\n---\n",
    );
    site.build();
    assert!(site.page("providers/a-b-c-example/index.html").contains("Mine."));
    assert!(site.page("providers/a_b_c_example/index.html").contains("Theirs."));
}

#[test]
fn provider_slugs_ignore_dates_and_other_articles() {
    let site = Site::new("");
    site.write("content/a.md", of("a-b.c.example", "2026-01-03"));
    site.write("content/b.md", of("a.b-c.example", "2026-01-02"));
    site.build();
    let before = site.page("providers/a-b-c-example/index.html");
    assert!(before.contains("Of a-b.c.example"));
    site.write("content/b2.md", of("a.b-c.example", "2001-01-02"));
    site.write("content/c.md", of("a-b-c.example", "2000-01-02"));
    site.build();
    assert!(site.page("providers/a-b-c-example/index.html").contains("Of a-b.c.example"));
    for slug in ["a-b-c_example", "a_b-c_example"] {
        site.page(&format!("providers/{slug}/index.html"));
    }
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn provider_file_belongs_to_its_domain() {
    let site = Site::new("");
    // `äpple.example` wants the slug `apple-example`, too, and is the only provider.
    site.write("content/stranger.md", of("äpple.example", "2001-01-01"));
    for (file, text) in [
        ("apple.example.md", APPLE.to_owned()),
        ("apple-example.md", APPLE.to_owned()),
        ("www.apple.example.md", APPLE.to_owned()),
        ("owner.md", APPLE.replacen("---\n", "---\ndomain: apple.example\n", 1)),
    ] {
        let path = format!("content/providers/{file}");
        site.write(&path, &text);
        let findings = site.findings();
        assert!(
            findings.contains(&format!("{path}: no article has the provider `apple.example`")),
            "{findings:?}"
        );
        for (path, bytes) in tree(&site.path("public")) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert!(
                !text.contains("Words of hers.") && !text.contains("apple.svg"),
                "{file}: {path}"
            );
            assert!(!text.contains("https://www.apple.example/\""), "{file}: {path}");
        }
        assert!(
            !site.path("public/providers/apple-example").exists(),
            "the file reserves its provider's address"
        );
        site.write("content/real.md", of("apple.example", "2026-01-02"));
        site.build();
        let page = site.page("providers/apple-example/index.html");
        assert!(
            page.contains("Words of hers.") && page.contains("Of apple.example"),
            "{file}: {page}"
        );
        assert!(
            site.page("news/2026/01/real/index.html")
                .contains("\"url\":\"https://www.apple.example/\"")
        );
        let stranger = site.page("news/2001/01/stranger/index.html");
        assert!(
            !stranger.contains("https://www.apple.example/") && !stranger.contains("apple.svg"),
            "{stranger}"
        );
        site.remove(&path);
        site.remove("content/real.md");
    }
}

#[test]
fn hyphenated_provider_file_means_one_domain() {
    let site = Site::new("");
    let file = "content/providers/north-light-example.md";
    let owner = |site: &Site| {
        site.build();
        let pages = ["north-light-example", "north-light_example", "north_light_example"];
        let owners = pages.iter().filter(|slug| {
            let page = site.path(&format!("public/providers/{slug}/index.html"));
            page.exists() && site.page(&format!("providers/{slug}/index.html")).contains("Hers.")
        });
        let owners: Vec<&str> = owners.copied().collect();
        let [slug] = owners[..] else { return "nobody".to_owned() };
        let page = site.page(&format!("providers/{slug}/index.html"));
        page.split("Of ")
            .nth(1)
            .and_then(|rest| rest.split(['<', '"']).next())
            .unwrap_or("nothing")
            .to_owned()
    };
    site.write("content/a.md", of("north-light.example", "2026-01-02"));
    site.write(file, "---\ndescription: Hers.\n---\n");
    assert_eq!((owner(&site).as_str(), site.findings()), ("north-light.example", Vec::new()));
    site.write("content/b.md", of("north.light.example", "2026-01-02"));
    assert_eq!(owner(&site), "north-light.example");
    let ambiguous = "content/providers/north-light-example.md: the name of this file can mean `north-light.example` and \
                     `north.light.example`; it is read as `north-light.example`";
    assert!(site.findings().contains(&ambiguous.to_owned()), "{:?}", site.findings());
    // The file's `website` decides which of the two it is about.
    site.write(file, "---\ndescription: Hers.\nurl: https://news.north-light.example/\n---\n");
    assert_eq!(owner(&site), "north-light.example");
    assert_eq!(site.findings().len(), 1, "{:?}", site.findings());
    site.write(file, "---\ndescription: Hers.\ndomain: north-light.example\n---\n");
    assert_eq!(owner(&site), "north-light.example");
    // Neither of these follows from the name.
    site.remove(file);
    site.remove("content/b.md");
    site.write("content/providers/a-b-c-example.md", "---\ndescription: Hers.\n---\n");
    site.write("content/a.md", of("a-b.c.example", "2026-01-02"));
    site.write("content/b.md", of("a.b-c.example", "2026-01-02"));
    assert_eq!(owner(&site), "nobody");
    let path = "content/providers/a-b-c-example.md";
    let about_file = |site: &Site| {
        site.findings().into_iter().filter(|line| line.starts_with(path)).collect::<Vec<_>>()
    };
    let message =
        "the name of this file can mean `a-b.c.example` and `a.b-c.example`; it is read as neither";
    assert_eq!(about_file(&site), [format!("{path}: {message}")]);
    site.write("content/providers/apple.md", "---\n---\n");
    assert!(
        site.findings()
            .contains(&"content/providers/apple.md: no provider matches this file".to_owned())
    );
}

#[test]
fn duplicate_provider_files_are_an_error() {
    let site = Site::new("=== content/providers/a.md\n---\ndomain: apple.example\n---\n");
    site.write("content/a.md", of("apple.example", "2026-01-02"));
    site.write("content/providers/apple.example.md", "---\n---\n");
    assert_eq!(
        site.findings(),
        [
            "content/providers/apple.example.md: content/providers/a.md is already the page of `apple.example`"
        ]
    );
    site.remove("content/providers/a.md");
    site.write("content/providers/apple-example.md", "---\ndomain: https://apple.example\n---\n");
    assert_eq!(
        site.findings(),
        ["content/providers/apple-example.md:2:9: `domain` is not a domain name"]
    );
}

#[test]
fn exact_provider_file_beats_hyphenated() {
    let site =
        Site::new("=== content/providers/apple.news.example.md\n---\ndescription: Exact.\n---\n");
    site.write("content/providers/apple-news-example.md", "---\ndescription: Hyphenated.\n---\n");
    site.write("content/a.md", of("apple.news.example", "2026-01-02"));
    assert_eq!(
        site.findings(),
        ["content/providers/apple-news-example.md: no provider matches this file"]
    );
    assert!(site.page("providers/apple-news-example/index.html").contains("Exact."));
    site.write("content/b.md", of("apple-news.example", "2026-01-02"));
    site.build();
    assert!(site.page("providers/apple-news-example/index.html").contains("Exact."));
    assert!(site.page("providers/apple-news_example/index.html").contains("Hyphenated."));
}

#[test]
fn two_providers_with_one_name_are_a_warning() {
    let site = Site::new("");
    site.write("content/real.md", named("Apple", "apple.example", "2026-01-02"));
    for name in ["Apple", "APPLE", "\u{410}pple", "AppIe", "apple.example"] {
        site.write("content/stranger.md", named(name, "pear.example", "2001-01-01"));
        let outcome = site.try_build();
        let found = &outcome.diagnostics[0];
        assert_eq!(found.location.to_string(), "content/stranger.md", "{name}");
        assert_eq!(
            found.message,
            format!("two providers have the name `{name}`: `apple.example` and `pear.example`")
        );
        assert_eq!(found.others[0].0.to_string(), "content/real.md");
        assert_eq!((outcome.diagnostics.len(), found.is_error()), (1, false));
    }
    // The name in a provider's file counts, too, even if no article uses it.
    site.write("content/providers/zebra.example.md", "---\nname: Pear\n---\n");
    site.remove("content/real.md");
    site.remove("content/stranger.md");
    site.write("content/zebra.md", named("Zebra", "zebra.example", "2026-01-02"));
    site.write("content/other.md", named("pear", "a.example", "2001-01-01"));
    assert_eq!(
        site.findings(),
        ["content/other.md: two providers have the name `pear`: `zebra.example` and `a.example`"]
    );
}

#[test]
fn related_items_get_a_provider_from_their_host() {
    let site = Site::new("=== content/providers/apple.example.md\n---\nname: Apple\n---\n");
    site.write("content/other.md", of("apple.example", "2026-01-01"));
    let item = |url: &str| format!("  - title: R\n    webUrl: {url}\n");
    let items = [
        item("https://www.apple.example:8080/x"),
        item("http://127.0.0.1:81/x"),
        item("http://[::1]:82/x"),
        item("https://a_b.example/x"),
    ];
    site.write(
        "content/a.md",
        article("A", "2026-01-02", &format!("related:\n{}", items.concat())),
    );
    assert_eq!(site.findings(), [""; 0]);
    let page = site.page("news/2026/01/a/index.html");
    assert!(page.contains("<a href=\"/providers/apple-example/\">apple.example</a>"), "{page}");
    for host in ["127.0.0.1", "[::1]", "a_b.example"] {
        assert!(page.contains(&format!("<span>{host}</span>")), "{host}: {page}");
    }
}

/// The domain of the articles that a provider's list shows.
fn domain_at(site: &Site, slug: &str) -> Option<String> {
    let path = site.path(&format!("public/providers/{slug}/index.html"));
    let page = path.exists().then(|| site.page(&format!("providers/{slug}/index.html")))?;
    Some(page.split("Of ").nth(1)?.split(['<', '"']).next()?.to_owned())
}

#[test]
fn provider_address_never_shows_another_provider() {
    for file in [None, Some("content/providers/coca-cola-example.md")] {
        let site = Site::new("");
        site.write("content/a.md", of("coca-cola.example", "2026-01-02"));
        if let Some(file) = file {
            site.write(file, "---\ndescription: Hers.\n---\n");
        }
        site.build();
        site.write("content/b.md", of("coca.cola.example", "2001-01-02"));
        site.build();
        assert_eq!(
            domain_at(&site, "coca-cola-example").as_deref(),
            Some("coca-cola.example"),
            "{file:?}"
        );
        assert_eq!(
            domain_at(&site, "coca_cola_example").as_deref(),
            Some("coca.cola.example"),
            "{file:?}"
        );
        let page = site.page("providers/coca_cola_example/index.html");
        assert!(!page.contains("Hers."), "{page}");
        assert_eq!(site.tree(), site.clean_tree());
        // A clone with the committed file alone decides the same.
        let clone = Site::new("");
        for path in ["addresses.lock", "content/a.md", "content/b.md"].into_iter().chain(file) {
            clone.write(path, std::fs::read(site.path(path)).expect("file"));
        }
        clone.build();
        assert_eq!(clone.tree(), site.tree(), "{file:?}");
        // The other provider does not get the address when its owner has no articles any more.
        site.write("content/a.md", of("other.example", "2026-01-02"));
        site.build();
        assert_eq!(domain_at(&site, "coca-cola-example"), None, "{file:?}");
        assert_eq!(
            domain_at(&site, "coca_cola_example").as_deref(),
            Some("coca.cola.example"),
            "{file:?}"
        );
    }
}

/// A provider file whose name has hyphens for dots, with this website.
const VERGE: &str = "---\nname: The Verge\nlogo: /l.png\nurl: https://the-verge.example/\n---\n";

#[test]
fn website_decides_whom_a_hyphenated_provider_file_means() {
    for (url, file, domain) in [
        ("https://the-verge.example/", "the-verge-example.md", "the-verge.example"),
        ("https://www.the-verge.example/news", "the-verge-example.md", "the-verge.example"),
        ("https://news.the-verge.example/", "the-verge-example.md", "the-verge.example"),
        ("https://the-verge.example/", "the-verge-example/index.md", "the-verge.example"),
        ("https://thé-verge.example/", "the-verge-example.md", "thé-verge.example"),
    ] {
        for real in ["", "published: false\n", "due", "later"] {
            for stranger in ["the.verge.example", "the--verge.example"] {
                let case = format!("{url} {file} {real:?} {stranger}");
                let site = Site::new("");
                let text = VERGE.replace("https://the-verge.example/", url);
                site.write(&format!("content/providers/{file}"), text);
                site.write("content/stranger.md", of(stranger, "2026-01-02"));
                let (day, more) = match real {
                    "later" => ("2026-07-01", ""),
                    "due" => ("2026-01-03", ""),
                    more => ("2026-01-03", more),
                };
                if !real.is_empty() {
                    let text = of(domain, day).replacen("---\n", &format!("---\n{more}"), 1);
                    site.write("content/real.md", text);
                }
                site.build();
                let list = format!("providers/{}/index.html", stranger.replace('.', "_"));
                for path in ["news/2026/01/stranger/index.html", &list] {
                    let page = site.page(path);
                    assert!(!page.contains("/l.png") && !page.contains(url), "{case}: {page}");
                }
                let findings = with_help(&site);
                assert!(!findings.concat().contains("did you mean"), "{case}: {findings:?}");
                let expected = (real == "due").then_some(domain);
                assert_eq!(domain_at(&site, "the-verge-example").as_deref(), expected, "{case}");
                assert_eq!(site.tree(), site.clean_tree());
            }
        }
    }
}

#[test]
fn hyphenated_provider_file_may_have_any_spelling_of_its_host() {
    for (file, host, domain, stranger) in [
        (
            "www-the-verge-example",
            "www.the-verge.example",
            "the-verge.example",
            "the.verge.example",
        ),
        ("www-the-verge-example", "the-verge.example", "the-verge.example", "the.verge.example"),
        (
            "www-the-verge-example",
            "a.the-verge.example",
            "the-verge.example",
            "www-the.verge.example",
        ),
        ("xn--bcher-kva-example", "bücher.example", "bücher.example", "xn.bcher-kva.example"),
        (
            "xn--bcher-kva-example",
            "xn--bcher-kva.example",
            "bücher.example",
            "xn.bcher-kva.example",
        ),
        ("xn--bcher-kva-example", "www.bücher.example", "bücher.example", "xn.bcher-kva.example"),
        (
            "www-xn--bcher-kva-example",
            "bücher.example",
            "bücher.example",
            "www-xn.bcher-kva.example",
        ),
        ("www-bücher-example", "xn--bcher-kva.example", "bücher.example", "www-bücher.example"),
        ("xn--strae-oqa-example", "straße.example", "straße.example", "xn.strae-oqa.example"),
        ("аррӏе-news-example", "аррӏе-news.example", "аррӏе-news.example", "аррӏе.news.example"),
    ] {
        for has_real in [false, true] {
            let case = format!("{file} {host} {stranger} {has_real}");
            let site = Site::new("");
            let text = VERGE.replace("the-verge.example", host);
            site.write(&format!("content/providers/{file}.md"), text);
            site.write("content/stranger.md", of(stranger, "2026-01-02"));
            if has_real {
                site.write("content/real.md", of(domain, "2026-01-03"));
            }
            site.build();
            let output = tree(&site.path("public"));
            let is_list =
                |path: &str| path.starts_with("providers/") && path.ends_with("example/index.html");
            let lists = output.iter().filter(|(path, _)| is_list(path));
            let lists: Vec<_> = lists.map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
            let list_of = |domain: &str| {
                let title = format!("Of {domain}");
                lists.iter().find(|list| list.contains(&title))
            };
            let list = list_of(stranger).expect("the list of the stranger");
            assert!(!list.contains("The Verge") && !list.contains("/l.png"), "{case}: {list}");
            let list = list_of(domain);
            assert_eq!(list.is_some(), has_real, "{case}");
            assert!(list.is_none_or(|list| list.contains("/l.png")), "{case}: {list:?}");
            assert_eq!(site.tree(), site.clean_tree());
        }
    }
}

#[test]
fn website_named_in_a_hyphenated_file_is_like_its_domain() {
    let site = Site::new("");
    site.write("content/providers/the-verge-example.md", VERGE);
    site.write("content/providers/the-verge.example.md", "---\n---\n");
    site.write("content/a.md", of("the-verge.example", "2026-01-02"));
    assert_eq!(
        site.findings(),
        [
            "content/providers/the-verge.example.md: content/providers/the-verge-example.md is already the page of \
             `the-verge.example`"
        ]
    );
}

#[test]
fn provider_file_that_fits_several_domains_is_a_warning() {
    let path = "content/providers/the-verge-example.md";
    let ambiguous = format!(
        "{path}: the name of this file can mean `the.verge.example` and `the-verge.example`; it is read as \
         `the.verge.example`"
    );
    for (is_draft, day) in [(true, "2026-01-02"), (false, "2026-07-01")] {
        for has_stranger in [true, false] {
            for url in ["", "url: https://elsewhere.example/\n"] {
                let site = Site::new("");
                site.write(path, format!("---\nname: The Verge\n{url}---\n"));
                if has_stranger {
                    site.write("content/a.md", of("the.verge.example", "2026-01-02"));
                }
                site.write("content/c.md", of("other.example", "2026-01-02"));
                assert!(!site.findings().contains(&ambiguous), "{:?}", site.findings());
                let draft = format!("---\npublished: {}\n", !is_draft);
                site.write(
                    "content/b.md",
                    of("the-verge.example", day).replacen("---\n", &draft, 1),
                );
                let outcome = site.try_build();
                let found =
                    outcome.diagnostics.iter().find(|found| ambiguous.ends_with(&found.message));
                let found = found.unwrap_or_else(|| panic!("{:?}", outcome.diagnostics));
                assert!(found.changes_output && !found.is_error(), "{found:?}");
                assert!(found.help.as_deref().is_some_and(|help| help.contains("`domain: ...`")));
                assert!(site.findings().contains(&ambiguous), "the warning lasts");
            }
        }
    }
    // A domain with a file of its own is not meant.
    let site = Site::new("");
    site.write(path, "---\nname: The Verge\n---\n");
    site.write("content/providers/the-verge.example.md", "---\n---\n");
    site.write("content/a.md", of("the.verge.example", "2026-01-02"));
    let draft =
        of("the-verge.example", "2026-01-02").replacen("---\n", "---\npublished: false\n", 1);
    site.write("content/b.md", draft);
    assert!(!site.findings().contains(&ambiguous), "{:?}", site.findings());
}

#[test]
fn provider_that_loses_its_address_to_a_file_is_not_called_gone() {
    let site = Site::new("");
    site.write("content/a.md", of("the.verge.example", "2026-01-02"));
    site.write("content/b.md", of("the-verge.example", "2026-01-02"));
    site.build();
    site.write("content/providers/the-verge-example.md", VERGE);
    let findings = site.findings();
    let expected = "/providers/the-verge-example/ was the address of the list of the provider `the.verge.example`, which is at \
                    /providers/the_verge_example/ now; the list of the provider `the-verge.example` is there now";
    assert!(findings.iter().any(|found| found.contains(expected)), "{findings:?}");
    assert_eq!(site.tree(), site.clean_tree());
}
