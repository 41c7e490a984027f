//! What `newsgen check` finds in sites that can be published.

use newsgen::diagnostic::Code;

use crate::fixture::{CONFIG, Site, article, messages, newsgen, text, with_help};

/// The findings of a site, which a build from the cache must report again.
fn findings(site: &Site) -> Vec<String> {
    let found = with_help(site);
    assert_eq!(with_help(site), found, "the second build has a cache");
    let (_, clean) = site.clean_build();
    assert_eq!(messages(&clean), site.findings(), "a clean build");
    found
}

/// A site whose articles have these topics, so many of each.
fn with_topics(topics: &[(&str, usize)]) -> Site {
    let site = Site::new("");
    for (number, (topic, count)) in topics.iter().enumerate() {
        for index in 0..*count {
            let more = format!("topics: [\"{topic}\"]\n");
            let title = format!("a{number} {index}");
            site.write(
                &format!("content/a{number}-{index}.md"),
                article(&title, "2026-01-02", &more),
            );
        }
    }
    site
}

#[test]
fn published_placeholders_are_warnings() {
    let site = Site::new("");
    site.write("content/a.md", article("a", "2026-01-02", ""));
    assert!(newsgen(site.root(), &["new", "Harbour reopens"]).status.success());
    let named = ["new", "Night trains", "--provider", "Ferry News"];
    assert!(newsgen(site.root(), &named).status.success());
    assert_eq!(findings(&site), [""; 0], "they are unpublished");
    for entry in walkdir::WalkDir::new(site.path("content")) {
        let path = entry.expect("entry").into_path();
        if path.is_file() {
            let text = std::fs::read_to_string(&path).expect("document");
            let lines = text.lines().filter(|line| !line.starts_with("published: "));
            let published: Vec<&str> = lines.collect();
            let below = path.strip_prefix(site.root()).expect("below").to_str().expect("name");
            site.write(below, published.join("\n") + "\n");
        }
    }
    let found = site.try_build().diagnostics;
    let placeholders: Vec<&str> = found
        .iter()
        .map(|found| found.message.as_str())
        .filter(|message| message.contains("placeholder"))
        .collect();
    let url = "`originalUrl` is still the placeholder of `newsgen new`";
    let provider = "`provider` is still the placeholder of `newsgen new`";
    let topics = "`topics` is still the placeholder of `newsgen new`";
    assert_eq!(placeholders, [url, provider, topics, url, provider, topics]);
    assert!(found.iter().all(|found| !found.message.contains("same original")), "{found:#?}");
    assert!(found.iter().all(|found| found.location.span.is_some()), "{found:#?}");
}

#[test]
fn dates_far_from_the_file_name_are_warnings() {
    for (name, day, expected) in [
        ("2026-01-02-a", "2026-01-09", None),
        ("2026-01-02-a", "2026-01-10", Some("8 days after")),
        ("2026-01-02-a", "2025-01-02", Some("365 days before")),
        ("2026-02-01-a", "2026-01-01", Some("31 days before")),
        ("2026-01-02-a", "2025-12-02", Some("31 days before")),
        ("2026-03-02-a", "2026-01-02", None),
        ("2026-01-02-a", "2025-11-02", None),
        ("2026-01-02-a", "2024-03-05", None),
        ("2026-01-02/index", "2026-01-10", Some("8 days after")),
        ("a-2026-01-02", "2026-01-10", None),
        ("2026-13-02-a", "2026-01-10", None),
    ] {
        let site = Site::new("");
        let more = if name.ends_with("index") { "slug: a\n" } else { "" };
        site.write(&format!("content/{name}.md"), article("a", day, more));
        let found = findings(&site);
        let expected = expected.map(|days| {
            let date = name.get(..10).expect("date");
            format!(
                "content/{name}.md:4:20: `publishedDateTime` is {days} the date in the file's name, {date} (correct one of the two)"
            )
        });
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{name} {day}");
    }
}

#[test]
fn rare_spelling_of_a_frequent_topic_is_a_warning() {
    let site = with_topics(&[("Cities", 5), ("Citys", 2), ("Climate", 1)]);
    assert_eq!(
        findings(&site),
        [
            "content/a1-0.md:9:10: the topic `Citys` of 2 articles is probably `Cities`, which 5 articles have (write `Cities`, or create content/topics/citys.md if it is a topic of its own)",
            "content/a1-1.md:9:10: the topic `Citys` of 2 articles is probably `Cities`, which 5 articles have (write `Cities`, or create content/topics/citys.md if it is a topic of its own)",
        ]
    );
    site.write("content/topics/citys.md", "---\n---\n");
    assert_eq!(findings(&site), [""; 0], "its file confirms the topic");
}

#[test]
fn rare_spelling_of_a_topic_with_a_file_is_a_warning() {
    let site = with_topics(&[("Citys", 1)]);
    assert_eq!(findings(&site), [""; 0]);
    site.write("content/topics/cities.md", "---\n---\n");
    let found = findings(&site);
    assert_eq!(
        found[0],
        "content/a0-0.md:9:10: the topic `Citys` of 1 article is probably `cities`, of content/topics/cities.md (write `cities`, or create content/topics/citys.md if it is a topic of its own)"
    );
}

#[test]
fn other_spelling_of_a_topic_is_a_warning_with_its_place() {
    let site = with_topics(&[("Cities", 8), ("cities", 2), ("Old ports", 1), ("Old Ports", 1)]);
    assert_eq!(
        findings(&site),
        [
            "content/a1-0.md:9:10: topics `cities` (2 articles) and `Cities` (8 articles) share the URL /topics/cities/ (write `Cities`)",
            "content/a1-1.md:9:10: topics `cities` (2 articles) and `Cities` (8 articles) share the URL /topics/cities/ (write `Cities`)",
            "content/a2-0.md:9:10: topics `Old ports` (1 article) and `Old Ports` (1 article) share the URL /topics/old-ports/ (use one spelling)",
        ]
    );
    site.write("content/topics/cities.md", "---\nname: cities\n---\n");
    assert_eq!(findings(&site).len(), 9, "the name in the file is the right one");
}

#[test]
fn topic_file_without_articles_is_a_warning() {
    let site = with_topics(&[("Climate", 1)]);
    site.write(
        "content/draft.md",
        article("draft", "2026-01-02", "topics: [Ports]\npublished: false\n"),
    );
    for topic in ["climate", "climat", "ports", "whales"] {
        site.write(&format!("content/topics/{topic}.md"), "---\nparent: Sea\n---\n");
    }
    site.write("content/topics/sea.md", "---\n---\n");
    assert_eq!(
        findings(&site),
        [
            "content/topics/climat.md: no article has the topic `climat` (did you mean `climate.md`?)",
            "content/topics/whales.md: no article has the topic `whales` (name the file after a topic of your articles, or remove it)",
        ]
    );
}

#[test]
fn several_names_of_a_provider_are_warnings() {
    let site = with_topics(&[("Cities", 5)]);
    site.write(
        "content/b.md",
        article("b", "2026-01-02", "").replace("name: Provider", "name: The Provider Post"),
    );
    assert_eq!(
        findings(&site),
        [
            "content/b.md:7:3: the provider `provider.example` has the name `The Provider Post` in 1 of 6 articles (write `Provider` in all of them, or `name: ...` in content/providers/provider.example.md)"
        ]
    );
    site.write("content/providers/provider.example.md", "---\nname: The Provider Post\n---\n");
    assert_eq!(findings(&site), [""; 0], "its file names it");
}

#[test]
fn names_on_a_platform_are_no_warnings() {
    let site = with_topics(&[("Cities", 5)]);
    for number in 0..5 {
        let name = format!("name: Blog {number}");
        let text = article(&format!("b{number}"), "2026-01-02", "");
        site.write(&format!("content/b{number}.md"), text.replace("name: Provider", &name));
    }
    assert_eq!(findings(&site), [""; 0], "no name prevails");
    site.write("content/c.md", article("c", "2026-01-02", ""));
    assert_eq!(findings(&site).len(), 5);
}

#[test]
fn rare_domain_like_a_frequent_one_is_a_warning() {
    let site = with_topics(&[("Cities", 5)]);
    let rare = article("b", "2026-01-02", "").replace("Provider\n", "Other\n");
    site.write(
        "content/b.md",
        rare.replace("domain: provider.example", "domain: porvider.example"),
    );
    assert_eq!(
        findings(&site),
        [
            "content/b.md:7:3: the provider `porvider.example` is probably `provider.example` (write `domain: provider.example`, or create content/providers/porvider.example.md if it is another one)"
        ]
    );
}

#[test]
fn excerpt_of_many_articles_is_a_warning() {
    let site = Site::new("");
    let excerpt = "The newspaper of the harbour towns, every day of the week and also at night.";
    for (name, expected) in [("a", 0), ("b", 0), ("c", 0), ("d", 0), ("e", 0), ("f", 1)] {
        let text = article(name, "2026-01-02", "");
        site.write(&format!("content/{name}.md"), text.replace(&format!("About {name}."), excerpt));
        assert_eq!(findings(&site).len(), expected, "{name}");
    }
    assert_eq!(
        findings(&site),
        [
            "content/a.md:3:10: 6 articles have the same excerpt: The newspaper of the harbour towns, every day of the week an… (say what each article is about, or remove the line)"
        ]
    );
}

#[test]
fn secrets_in_static_are_errors() {
    let key_of = |label: &str, newline: &str| {
        let line = "MC4CAQAwBQYDK2VwBCIEIAbCdEfGhIjKlMnOpQrStUvW";
        ["-----BEGIN ", label, "-----", newline, line, newline, "-----END ", label, "-----"]
            .concat()
    };
    let (key, pgp) = (&key_of("RSA PRIVATE KEY", "\r\n"), &key_of("PGP PRIVATE KEY BLOCK", "\n"));
    let service = &format!("{{\"private_key\": \"{}\"}}", key_of("PRIVATE KEY", "\\n"));
    let certificate = &key_of("CERTIFICATE", "\n");
    let indented = &format!("key: |\n  {}\n", key_of("PRIVATE KEY", " \n  "));
    for (path, content, is_secret) in [
        (".env", "A=1", true),
        ("a/.env.production", "A=1", true),
        (".env.example", "A=", false),
        (".env.production.example", "A=", false),
        (".env.local.Sample", "A=", false),
        (".env.example.local", "A=1", true),
        ("id_rsa", key, true),
        ("id_rsa.pub", "ssh-rsa", false),
        ("server.pem", key, true),
        ("server.pem", certificate, false),
        ("keys/tls.crt", certificate, false),
        ("keys/tls.crt", key, true),
        ("keys/noext", key, true),
        ("bar.txt", key, true),
        ("bar.txt", "-----BEGIN PRIVATE KEY-----\n(your key)\n-----END PRIVATE KEY-----", false),
        ("bar.asc", pgp, true),
        ("key.yml", indented, true),
        ("service.json", service, true),
        (".htpasswd", "ann:$apr1$x", true),
        (".npmrc", "//registry.example/:_authToken=x", true),
        (".npmrc", "save-exact=true", false),
        (".aws/credentials", "[default]\naws_secret_access_key = x", true),
        ("credentials.json", "{\"client_secret\": \"x\"}", true),
        ("credentials.json", "[]", false),
        ("passwords.txt", "How to choose good ones", false),
        ("a.key", "a cipher of no interest", false),
    ] {
        let site = Site::new("");
        site.write("content/a.md", article("a", "2026-01-02", ""));
        site.write(&format!("static/{path}"), content);
        let outcome = site.try_build();
        assert_eq!(outcome.summary.is_none(), is_secret, "{path}");
        let expected = format!("static/{path}: this file has secrets and would be published");
        let expected: Vec<String> = Some(expected).filter(|_| is_secret).into_iter().collect();
        assert_eq!(messages(&outcome.diagnostics), expected);
    }
    let site = Site::new("");
    site.write("content/a.md", article("a", "2026-01-02", ""));
    site.write("static/server.pem", [b"friendlyName: caf\xe9\n", key.as_bytes()].concat());
    assert!(site.try_build().summary.is_none());
    site.remove("static/server.pem");
    site.write("static/.htaccess", "AuthUserFile .htpasswd");
    site.write("static/.htpasswd", "ann:$apr1$x");
    site.build();
}

#[test]
fn leftovers_in_static_are_one_warning() {
    let site = Site::new("");
    site.write("content/a.md", article("a", "2026-01-02", ""));
    for path in ["a.css~", "b/.x.swp", "b/c.orig", ".svn/entries", "b/c.css"] {
        site.write(&format!("static/{path}"), "x");
    }
    assert_eq!(
        findings(&site),
        [
            "static/.svn/entries: leftovers of other programs are published: static/.svn/entries, static/a.css~, static/b/.x.swp and 1 more (remove them from `static/`)"
        ]
    );
    let output = newsgen(site.root(), &["build"]);
    assert!(text(&output.stderr).contains("leftovers"), "{}", text(&output.stderr));
}

#[test]
fn dead_relative_links_are_found_where_they_are() {
    let mut site = Site::new("");
    site.reports_dead_links = true;
    let body = "\nThere is courier, provider.example.\n\n[x](../pages/none/) [y](./nothere/) ![z](../images/x.png)\n\n\
        [p](provider.example) [q](docks.example/a) [r](courier)\n\n\
        [s](https://test.example/none/) [t](https://test.example) [u](https://test.example/news/2026/01/a/)\n";
    site.write("content/a.md", article("a", "2026-01-02", "") + body);
    assert_eq!(
        findings(&site),
        [
            "content/a.md:13:8: `/pages/none/` leads to no page or file of this site (correct or remove it)",
            "content/a.md:13:27: `/nothere/` leads to no page or file of this site (correct or remove it)",
            "content/a.md:13:45: `/images/x.png` is no picture of this site: there is no static/images/x.png (correct or remove it)",
            "content/a.md:15:5: `/provider.example` leads to no page or file of this site (a link to another site begins with `https://`: `https://provider.example`)",
            "content/a.md:15:27: `/docks.example/a` leads to no page or file of this site (a link to another site begins with `https://`: `https://docks.example/a`)",
            "content/a.md:15:48: `/courier` leads to no page or file of this site (correct or remove it)",
            "content/a.md:17:5: `/none/` leads to no page or file of this site (correct or remove it)",
        ]
    );
}

#[test]
fn dead_links_of_documents_are_warnings() {
    let mut site = Site::new("=== static/files/a.pdf\nx\n=== static/images/A.png\nx\n");
    site.reports_dead_links = true;
    let body = "\n[about](/about/) [team](about/#team) [file](/files/a.pdf) [old](/old/) [web](https://a.example/) [a](/news/2026/01/a/)\n\n\
        [x](/abuot/) ![y](images/none.png) <a href=\"/files/b.pdf\">z</a> [t](/about/#tema) [here](#here)\n\n## Here\n";
    site.write(
        "content/a.md",
        article("a", "2026-01-02", "images: [{url: /images/a.PNG}]\n") + body,
    );
    site.write(
        "content/pages/about.md",
        "---\ntitle: About\naliases: [/old/]\n---\n## Team\n\n[no](/nowhere)\n[yes](/news/)\n",
    );
    site.write("content/providers/provider.example.md", "---\nlogo: /images/c.png\n---\n");
    assert_eq!(
        findings(&site),
        [
            "content/a.md:9:9: `/images/a.PNG` is no picture of this site: there is no static/images/a.PNG (did you mean `/images/A.png`? URLs are case-sensitive)",
            "content/a.md:14:5: `/abuot/` leads to no page or file of this site (did you mean `/about/`?)",
            "content/a.md:14:19: `/images/none.png` is no picture of this site: there is no static/images/none.png (correct or remove it)",
            "content/a.md:14:45: `/files/b.pdf` leads to no page or file of this site (correct or remove it)",
            "content/a.md:14:69: `/about/#tema` leads to no heading of that page (did you mean `/about/#team`?)",
            "content/pages/about.md:7:6: `/nowhere` leads to no page or file of this site (correct or remove it)",
            "content/providers/provider.example.md:2:7: `/images/c.png` is no picture of this site: there is no static/images/c.png (correct or remove it)",
        ]
    );
    // A link that moves within the body is found where it is.
    let text = article("a", "2026-01-02", "") + "\nA word.\n\n[x](/abuot/)\n";
    site.write("content/a.md", text.replace("A word", "Words"));
    assert!(findings(&site)[0].starts_with("content/a.md:13:5: "), "{:?}", findings(&site));
    site.write("content/a.md", text.replace("A word", "Some\nmore\nwords"));
    assert!(findings(&site)[0].starts_with("content/a.md:15:5: "), "{:?}", findings(&site));
    site.write("content/pages/abuot.md", "---\ntitle: Abuot\n---\n");
    assert_eq!(findings(&site).len(), 2, "{:?}", findings(&site));
    site.write("static/_redirects", "/nowhere /news/ 301\n");
    assert_eq!(findings(&site).len(), 0, "its rules may lead anywhere");
}

#[test]
fn dead_links_of_templates_are_warnings() {
    let mut site = Site::new("=== static/logo.png\nx\n");
    site.reports_dead_links = true;
    site.write("content/a.md", article("a", "2026-01-02", ""));
    site.write(
        "templates/hooks/footer.html",
        "<a href=\"/topics/\">Topics</a> <a href='/tpoics/'>x</a> <img src=\"/logo.png\"> <a href=\"/{{ page.url }}\">p</a>\n<a href=\"/feed.xm\">y</a>",
    );
    assert_eq!(
        findings(&site),
        [
            "templates/hooks/footer.html:1:40: `/tpoics/` leads to no page or file of this site (correct or remove it)",
            "templates/hooks/footer.html:2:10: `/feed.xm` leads to no page or file of this site (correct or remove it)",
        ]
    );
}

#[test]
fn links_of_a_site_with_errors_are_not_dead() {
    let mut site = Site::new("");
    site.reports_dead_links = true;
    site.write("content/a.md", article("a", "2026-01-02", "") + "\n[b](/news/2026/01/b/)\n");
    site.write("content/b.md", article("b", "2026-01-02", "quality: high\n"));
    assert_eq!(findings(&site).len(), 1);
    site.write("content/b.md", article("b", "2026-01-02", ""));
    assert_eq!(findings(&site), [""; 0]);
}

#[test]
fn dead_links_of_templates_of_a_site_below_a_path() {
    let mut site = Site::new("");
    site.reports_dead_links = true;
    site.write(
        "site.toml",
        "title = \"T\"\nbase_url = \"https://test.example/news\"\nid = \"https://test.example/\"\n",
    );
    site.write("content/a.md", article("a", "2026-01-02", ""));
    site.write(
        "templates/hooks/footer.html",
        "<a href=\"/newsroom/\">a</a> <a href=\"/news\">b</a> <a href=\"/news#c\">c</a> <a href=\"/news/x/\">d</a>",
    );
    let found = findings(&site);
    let dead: Vec<&String> = found.iter().filter(|line| line.contains("leads to no")).collect();
    assert_eq!(
        dead,
        [
            "templates/hooks/footer.html:1:83: `/x/` leads to no page or file of this site (correct or remove it)"
        ]
    );
}

#[test]
fn dead_link_is_found_where_the_body_has_it() {
    let mut site = Site::new("");
    site.reports_dead_links = true;
    let more = "excerptNote: see /abuot/ here\n";
    let body =
        "\nNot /abuot/more nor x/abuot/, and no news (/abuot/more).\n\n[x](/abuot/) [y](abuot)\n";
    site.write("content/a.md", article("a", "2026-01-02", more) + body);
    let found = findings(&site);
    let at: Vec<&str> = found.iter().filter_map(|line| line.split(": `").next()).collect();
    assert_eq!(at, ["content/a.md:14:5", "content/a.md:14:18"], "{found:#?}");
}

#[test]
fn missing_logo_of_many_articles_is_one_warning() {
    let mut site = Site::new("");
    site.reports_dead_links = true;
    for name in ["a", "b", "c"] {
        let text = article(name, "2026-01-02", "");
        let logo = "provider.example\n  images: [{url: /images/logo.png}]\n---";
        site.write(&format!("content/{name}.md"), text.replace("provider.example\n---", logo));
    }
    let found = findings(&site);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("content/a.md:7:3: "), "{found:#?}");
}

#[test]
fn dead_headings_are_found_on_each_page() {
    let mut site = Site::new("");
    site.reports_dead_links = true;
    let links = "[a](/p/#one) [b](/p/#two) [c](/q/#one) [d](/q/#two)\n";
    site.write("content/a.md", article("a", "2026-01-02", "") + "\n" + links);
    site.write("content/pages/p.md", "---\ntitle: P\n---\n## One\n");
    site.write("content/pages/q.md", "---\ntitle: Q\n---\n## Two\n");
    let found = findings(&site);
    let dead: Vec<&str> = found.iter().filter_map(|line| line.split('`').nth(1)).collect();
    assert_eq!(dead, ["/p/#two", "/q/#one"]);
}

#[test]
fn template_code_of_other_generators_is_reported_by_line() {
    let site = Site::new("");
    let of = |name: &str, excerpt: &str| {
        let text = article(name, "2026-01-01", "");
        let line = text.lines().find(|line| line.starts_with("excerpt:")).expect("an excerpt");
        text.replace(line, &format!("excerpt: \"{excerpt}\""))
    };
    let body = "\nRead on.\n\n{% include map.html %} and `{% if x %}`.\n\n\
                ```\n{{< video x >}}\n```\n\n![]({{ site.url }}/a.png)\n";
    site.write("content/a.md", of("a", "All about {{ page.title }}") + body);
    site.write("content/b.md", of("b", "What `{{ x }}` means in templates."));
    site.write("content/pages/about.md", "---\ntitle: About\n---\n\n{{< map >}}\n");
    let found: Vec<String> = findings(&site)
        .into_iter()
        .filter_map(|found| {
            let (place, rest) = found.split_once(": code of a template is published as text: ")?;
            let (code, help) = rest.split_once(" (")?;
            // An excerpt is plain text, and shows backticks.
            let is_of_body = !place.ends_with(":3:10");
            assert_eq!(help.ends_with("put it between backticks)"), is_of_body, "{help}");
            Some(format!("{place} {code}"))
        })
        .collect();
    assert_eq!(
        found,
        [
            "content/a.md:3:10 `{{ page.title }}`",
            "content/a.md:13:1 `{% include map.html %}`",
            "content/a.md:19:5 `{{ site.url }}`",
            "content/pages/about.md:5:1 `{{< map >}}`",
        ]
    );
}

#[test]
fn dead_headings_are_found_on_pages_of_articles() {
    let mut site = Site::new("");
    site.reports_dead_links = true;
    let b = "/news/2026/01/b/";
    let links = format!(
        "[a]({b}#one) [b]({b}#tow) [c]({b}#main) [d]({b}#fn:1) [e](#main) [f](#fn:1)[^1]\n\n[^1]: F.\n"
    );
    site.write("content/a.md", article("a", "2026-01-02", "") + "\n" + &links);
    site.write("content/b.md", article("b", "2026-01-02", "") + "\n# One\n\nTwo\n---\n");
    assert_eq!(
        findings(&site),
        [
            "content/a.md:11:31: `/news/2026/01/b/#tow` leads to no heading of that page (did you mean `/news/2026/01/b/#two`?)"
        ]
    );
    // A heading that moves away is found, though the site is built from the cache.
    site.write("content/b.md", article("b", "2026-01-02", "") + "\n# Other\n\n## Tow\n");
    let found = findings(&site);
    let dead: Vec<&str> = found.iter().filter_map(|line| line.split('`').nth(1)).collect();
    assert_eq!(dead, ["/news/2026/01/b/#one"]);
    site.write("templates/hooks/footer.html", "<p\n\tclass=\"a\"\nid=one>1</p>");
    assert_eq!(findings(&site), [""; 0], "the site's own template has it");
}

#[test]
fn fragments_of_browsers_are_no_dead_headings() {
    let mut site = Site::new("");
    site.reports_dead_links = true;
    let links =
        "\n[a](/b/#top) [b](/b/#:~:text=Two) [c](/b/#two:~:text=x) [d](#top) [e](#:~:text=x)\n";
    site.write("content/a.md", article("a", "2026-01-02", "") + links);
    site.write("content/pages/b.md", "---\ntitle: B\n---\nTwo\n===\t\n");
    assert_eq!(findings(&site), [""; 0]);
}

#[test]
fn near_spelling_of_a_story_is_a_warning() {
    let site = Site::new("");
    let write = |name: &str, story: &str| {
        let more = format!("story: {story}\n");
        site.write(&format!("content/{name}.md"), article(name, "2026-01-02", &more));
    };
    write("a", "Harbour fire");
    write("b", "Harbor fire");
    write("c", "Budget 2025");
    assert_eq!(findings(&site), [""; 0], "one article each");
    write("d", "Harbour fire");
    write("e", "Budget 2026");
    write("f", "Budget 2026");
    let found = findings(&site);
    assert_eq!(
        found,
        [
            "content/b.md:9:8: the story `Harbor fire` of 1 article is probably `Harbour fire`, which 2 articles have (write `Harbour fire`, unless it is another story)"
        ]
    );
    write("g", "Harbor fire");
    assert_eq!(findings(&site), [""; 0], "another article confirms the name");
}

#[test]
fn dead_links_of_front_matter_are_warnings() {
    let mut site = Site::new("=== static/images/a.png\nx\n");
    site.reports_dead_links = true;
    let related = "related:\n- title: B\n  webUrl: https://test.example/news/2026/01/c/\n  \
        images: [{url: /images/b.png}]\n- title: A\n  webUrl: http://test.example/news/2026/01/a/\n  \
        images: [{url: /images/a.png}]\n- title: W\n  webUrl: https://www.other.example/none/\n";
    site.write("content/a.md", article("a", "2026-01-02", related));
    site.write(
        "content/providers/provider.example.md",
        "---\nurl: https://test.example/none\nfeed: https://test.example/sitemap.xml\n---\n",
    );
    assert_eq!(
        findings(&site),
        [
            "content/a.md:11:11: `/news/2026/01/c/` leads to no page or file of this site (correct or remove it)",
            "content/a.md:12:18: `/images/b.png` leads to no page or file of this site (correct or remove it)",
            "content/providers/provider.example.md:2:6: `/none` leads to no page or file of this site (correct or remove it)",
        ]
    );
}

#[test]
fn alias_of_its_own_document_is_a_warning() {
    let site = Site::new("");
    let aliases = "aliases: [/news/2026/01/a/, /old/]\n";
    site.write("content/a.md", article("a", "2026-01-02", aliases));
    assert_eq!(
        findings(&site),
        [
            "content/a.md:9:10: the alias `/news/2026/01/a/` is the address of this document itself (remove it)"
        ]
    );
    assert_eq!(site.build().stats.left_out_aliases, 0);
}

#[test]
fn help_for_a_dead_link_names_what_is_meant() {
    let mut site = Site::new("=== static/images/a.png\nx\n");
    site.reports_dead_links = true;
    site.write("content/news/b.md", article("b", "2026-01-02", ""));
    site.write("content/pages/about.md", "---\ntitle: About\n---\n");
    for (link, help) in [
        ("[b](b.md)", "this document is published at `/news/2026/01/b/`"),
        ("[b](b.md#x)", "this document is published at `/news/2026/01/b/`"),
        ("[b](../news/b.md)", "this document is published at `/news/2026/01/b/`"),
        ("[b](/content/pages/about.md)", "this document is published at `/about/`"),
        ("[b](/none.md)", "correct or remove it"),
        (
            "[b](www.other.example/x)",
            "a link to another site begins with `https://`: `https://www.other.example/x`",
        ),
        ("[b](/static/images/a.png)", "the files of `static/` are at the root: `/images/a.png`"),
        ("![b](static/images/a.png)", "the files of `static/` are at the root: `/images/a.png`"),
        ("[b](/static/images/none.png)", "correct or remove it"),
    ] {
        site.write("content/a.md", article("a", "2026-01-02", "") + "\n" + link + "\n");
        let found = findings(&site);
        assert!(found.len() == 1 && found[0].ends_with(&format!("({help})")), "{link}: {found:#?}");
    }
}

#[test]
fn help_for_a_wrong_value_is_what_to_write() {
    for (before, after, expected) in [
        (
            "originalUrl: https://www.provider.example/a",
            "originalUrl: www.provider.example/a",
            "content/a.md:5:14: `originalUrl` is not a web URL (write `originalUrl: https://www.provider.example/a`)",
        ),
        (
            "originalUrl: https://www.provider.example/a",
            "originalUrl: https//provider.example/a",
            "content/a.md:5:14: `originalUrl` is not a web URL (write `originalUrl: https://provider.example/a`)",
        ),
        (
            "originalUrl: https://www.provider.example/a",
            "originalUrl: a story",
            "content/a.md:5:14: `originalUrl` is not a web URL ()",
        ),
        (
            "2026-01-02T10:00:00Z",
            "01/02/2026",
            "content/a.md:4:20: `publishedDateTime` is not a date and time (write `2026-01-02` or `2026-02-01`)",
        ),
        (
            "provider.example\n---",
            "provider.example\npublished: no\n---",
            "content/a.md:9:12: `published` must be `true` or `false` (write `false`)",
        ),
        (
            "provider.example\n---",
            "provider.example\npublished: \"true\"\n---",
            "content/a.md:9:12: `published` must be `true` or `false` (write `true` without quotation marks)",
        ),
        (
            "provider.example\n---",
            "provider.example\nimages: [/a.png]\n---",
            "content/a.md:9:10: an item of `images` must be a mapping of keys to values (write `- url: /a.png`)",
        ),
    ] {
        let site = Site::new("");
        site.write("content/a.md", article("a", "2026-01-02", "").replace(before, after));
        assert_eq!(with_help(&site), [expected]);
    }
}

/// The lines about unused files of what a check prints.
fn unused_files(site: &Site) -> Vec<String> {
    let output = newsgen(site.root(), &["check", "--format", "short"]);
    assert!(output.status.success(), "{}", text(&output.stdout));
    let lines = text(&output.stdout);
    let unused = lines.lines().filter(|line| line.contains("nothing on this site mentions"));
    unused.map(str::to_owned).collect()
}

#[test]
fn static_files_that_nothing_mentions_are_warnings() {
    let site = Site::new("");
    let body = "\n![a](/images/body.png) [b](/files/my%20report.pdf) <img src=\"images/Raw.PNG\">\n\
         [c](/files/all.tar.gz) ![d](/images/my\\_body.png) [e](/video/list.m3u8)\n";
    let images = "images: [{url: /images/cover.jpg}]\n";
    site.write("content/a.md", article("a", "2026-01-02", images) + body);
    site.write(
        "content/draft.md",
        article("d", "2026-01-02", "published: false\n") + "\n![](/images/draft.png)\n",
    );
    site.write("site.toml", format!("{CONFIG}[theme]\nlogo = \"/images/logo.svg\"\n"));
    site.write(
        "templates/hooks/footer.html",
        "<link href=\"/css/own.css\"><img src=\"/flags/{{ page.url }}.png\">",
    );
    site.write(
        "templates/hooks/head.html",
        "<script src=\"/js/app.js\"></script>{% if x %}<img src=\"{{ x }}.webp\">{% endif %}",
    );
    site.write("static/js/app.js", "import(\"./part-\" + number + \".js\")\n");
    site.write("static/video/list.m3u8", "#EXTM3U\none.ts\n");
    site.write("static/_headers", "/\n  Link: </files/headed.pdf>\n");
    site.write("static/css/own.css", "a { background: url(../images/bg.png) }\n");
    site.write(
        "static/images/logo.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"/>",
    );
    for path in [
        "images/body.png",
        "images/raw.png",
        "images/cover.jpg",
        "images/draft.png",
        "images/bg.png",
        "files/my report.pdf",
        "files/all.tar.gz",
        "files/headed.pdf",
        "images/my_body.png",
        "video/one.ts",
        "flags/de.png",
        "scripts/part-1.js",
        "covers/harbour.webp",
        "robots.txt",
        "old/page.html",
    ] {
        site.write(&format!("static/{path}"), "x");
    }
    assert_eq!(unused_files(&site), [""; 0]);
    for path in ["images/none.jpg", "files/1.pdf", "files/2.pdf", "files/3.pdf", "files/4.pdf"] {
        site.write(&format!("static/{path}"), "x");
    }
    let code = Code::UnusedStaticFile;
    assert_eq!(
        unused_files(&site),
        [
            format!(
                "static/files/1.pdf:1:1: warning[{code}]: nothing on this site mentions 4 files: static/files/1.pdf, static/files/2.pdf, static/files/3.pdf and 1 more"
            ),
            format!(
                "static/images/none.jpg:1:1: warning[{code}]: nothing on this site mentions this file"
            ),
        ]
    );
    let found = site.findings();
    assert!(found.iter().all(|line| !line.contains("mentions")), "only a check looks: {found:?}");
    for folder in 0..20 {
        site.write(&format!("static/x{folder}/unused.pdf"), "x");
    }
    let found = unused_files(&site);
    assert!(found.len() == 11 && found[10].contains("mentions 12 more files"), "{found:#?}");
}
