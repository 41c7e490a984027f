//! `newsgen import`: sites in the shapes of other generators' link blogs, feeds and bookmarks.

use std::fs;
use std::process::Output;

use tempfile::TempDir;

use crate::fixture::{Site, article, newsgen, text};

/// An old site, whose files stand behind lines `=== PATH`.
struct OldSite(TempDir);

impl OldSite {
    fn new(files: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        for file in files.split("=== ").skip(1) {
            let (path, content) = file.split_once('\n').expect("a path and its content");
            let path = folder.path().join(path.trim());
            fs::create_dir_all(path.parent().expect("parent")).expect("folder");
            fs::write(path, content).expect("write");
        }
        Self(folder)
    }

    /// Imports from this folder.
    fn import(&self, site: &Site, kind: &str, path: &str, options: &[&str]) -> Output {
        let root = site.root().to_str().expect("a path");
        let arguments = [&["import", kind, path, "--root", root], options].concat();
        newsgen(self.0.path(), &arguments)
    }
}

/// A site with one article.
fn site() -> Site {
    let site = Site::new("");
    site.write("content/news/known.md", article("known", "2026-01-01", "topics: [Rail]\n"));
    site
}

/// An imported document.
fn document(site: &Site, path: &str) -> String {
    let path = site.path("content").join(path);
    fs::read_to_string(&path)
        .unwrap_or_else(|_| panic!("{} of {:?}", path.display(), documents(site)))
}

/// The paths of the documents, but for the one that the site had before.
fn documents(site: &Site) -> Vec<String> {
    let paths = crate::fixture::tree(&site.path("content")).into_keys();
    paths.filter(|path| path != "news/known.md").collect()
}

/// The lines that begin with one of these words.
fn lines(text: &str, words: &[&str]) -> Vec<String> {
    let is_wanted = |line: &&str| words.iter().any(|word| line.trim_start().starts_with(word));
    text.lines().filter(is_wanted).map(|line| line.trim().to_owned()).collect()
}

/// The findings except those about template code, and the locations of the latter.
fn findings(site: &Site) -> (Vec<String>, Vec<String>) {
    let (code, others) = site
        .findings()
        .into_iter()
        .partition::<Vec<_>, _>(|found| found.contains("code of a template is published as text"));
    let place = |found: String| found.split(": ").next().unwrap_or_default().to_owned();
    (others, code.into_iter().map(place).collect())
}

fn succeeds(output: &Output) -> String {
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    text(&output.stdout)
}

const JEKYLL: &str = r#"
=== _config.yml
title: Ann's Links
url: https://ann.example
permalink: pretty
timezone: Europe/Dublin
=== README.md
Not content.
=== index.md
---
layout: home
---
=== about.md
---
layout: page
title: About Ann
permalink: /about-ann/
---
I read a lot.
=== _includes/x.md
Nothing.
=== _posts/2024-05-01-harbour-reopens.markdown
---
layout: post
title:  "Harbour: it reopens"
date:   2024-05-01 23:30:00 -0700
tags: ports rail
category: Old News
link: http://www.harbourpost.example/2024/05/harbour-reopens?utm_source=feed
author: ann
redirect_from: /2024/harbour/
comments: true
---
Good news.<!--more-->

{% include figure.html src="/x.png" %} and [more]({{ site.baseurl }}/about-ann/){: .big}
=== _posts/2024-05-02-title-is-a-link.md
---
title: "[Night trains](https://rail.example/night-trains) return"
external-url: https://rail.example/night-trains
---
=== _posts/2024-05-03-linked-list.md
---
title: Body is a link
link: false
---
[The whole story](https://story.example/whole)

My words.
=== _drafts/later.md
---
title: Later
link: https://later.example/a
---
"#;

#[test]
fn jekyll_posts_become_articles() {
    let (old, site) = (OldSite::new(JEKYLL), site());
    let printed = succeeds(&old.import(&site, "jekyll", ".", &[]));
    let found = documents(&site);
    assert_eq!(
        [&found[..3], &found[4..]].concat(),
        [
            "imported/2024/05/2024-05-02-harbour-reopens.md",
            "imported/2024/05/2024-05-02-title-is-a-link.md",
            "imported/2024/05/2024-05-03-linked-list.md",
            "pages/about-ann.md",
        ]
    );
    assert_eq!(
        document(&site, &found[0]),
        "---\ncategory: news\ntitle: \"Harbour: it reopens\"\nexcerpt: \"\"\n\
         publishedDateTime: 2024-05-02T06:30:00Z\n\
         originalUrl: \"http://www.harbourpost.example/2024/05/harbour-reopens?utm_source=feed\"\n\
         type: article\n\nprovider:\n  name: \"harbourpost.example\"\n  domain: \"harbourpost.example\"\n\n\
         topics:\n  - \"ports\"\n  - \"Rail\"\n  - \"Old News\"\n\n\
         aliases:\n  - \"/old-news/2024/05/01/harbour-reopens\"\n  - \"/2024/harbour\"\nauthor: \"ann\"\n---\n\n\
         Good news.\n\n{% include figure.html src=\"/x.png\" %} and [more](/about-ann/){: .big}\n"
    );
    let report = lines(&printed, &["link", "author", "comments", "layout", "./_posts", "without"]);
    assert_eq!(
        report,
        [
            "link -> originalUrl (2)",
            "author (1)",
            "comments (1)",
            "layout (2)",
            "link (1)",
            "./_posts/2024-05-01-harbour-reopens.markdown:14: {% include figure.html src=\"/x.png\" %}",
            "./_posts/2024-05-01-harbour-reopens.markdown:14: {: .big}",
            "without a date, imported unpublished and with the date of today (1)",
        ]
    );
    assert!(document(&site, &found[4]).ends_with("\n---\n\nI read a lot.\n"));
}

#[test]
fn imported_site_is_clean_and_keeps_addresses() {
    let (old, site) = (OldSite::new(JEKYLL), site());
    succeeds(&old.import(&site, "jekyll", ".", &[]));
    let (others, code) = findings(&site);
    assert_eq!(others, [""; 0]);
    let post = "content/imported/2024/05/2024-05-02-harbour-reopens.md";
    assert_eq!(code, [format!("{post}:26:1"), format!("{post}:26:63")]);
    for path in [
        "old-news/2024/05/01/harbour-reopens/index.html",
        "2024/harbour/index.html",
        "2024/05/03/linked-list/index.html",
        "about-ann/index.html",
    ] {
        assert!(site.has(path), "{path}");
    }
    let page = site.page("2024/harbour/index.html");
    assert!(page.contains("/news/2024/05/harbour-reopens/"), "{page}");
}

#[test]
fn second_import_writes_nothing() {
    let (old, site) = (OldSite::new(JEKYLL), site());
    succeeds(&old.import(&site, "jekyll", ".", &[]));
    let first = crate::fixture::tree(&site.path("content"));
    let edited = "content/imported/2024/05/2024-05-03-linked-list.md";
    site.write(edited, document(&site, "imported/2024/05/2024-05-03-linked-list.md") + "More.\n");
    let printed = succeeds(&old.import(&site, "jekyll", ".", &[]));
    assert!(
        printed.ends_with(
            "imported 0 articles into content/imported, 5 already there (kept, though 1 would be written differently now)\n"
        ),
        "{printed}"
    );
    assert_eq!(crate::fixture::tree(&site.path("content")).len(), first.len());
    assert!(document(&site, "imported/2024/05/2024-05-03-linked-list.md").ends_with("More.\n"));
}

#[test]
fn dry_run_reports_the_same_and_writes_nothing() {
    let (old, site) = (OldSite::new(JEKYLL), site());
    let planned = succeeds(&old.import(&site, "jekyll", "_posts", &["--dry-run"]));
    assert_eq!(documents(&site), [""; 0]);
    let printed = succeeds(&old.import(&site, "jekyll", "_posts", &[]));
    assert_eq!(planned.replace("would import", "imported"), printed);
}

const HUGO: &str = r#"
=== hugo.toml
baseURL = "https://bob.example/"
[permalinks]
links = "/:year/:month/:slug/"
=== archetypes/default.md
+++
title = "{{ .Name }}"
+++
=== content/_index.md
+++
title = "Home"
+++
=== content/links/night-trains/index.md
+++
title = "Night trains return"
date = 2024-05-01T08:00:00+02:00
draft = false
slug = "trains"
tags = ["Rail", "Night"]
aliases = ["/trains/", "old-trains"]
weight = 3
[params]
linkurl = "https://rail.example/night-trains"
mood = "happy"
[cover]
image = "https://img.rail.example/train.jpg"
+++
At last. {{< youtube abc >}}

{{% notice %}}
=== content/links/2024-05-02-budget.md
{
  "title": "The budget \ud83d\ude00",
  "date": "2024-05-02",
  "externalUrl": "https://www.courier.example/budget",
  "categories": ["Money"],
  "featured": true
}
My view.
=== content/links/unfinished.md
---
title: Unfinished
date: 2024-05-03
draft: true
link: https://later.example/b
---
=== content/about.md
---
title: About Bob
---
Hello.
"#;

#[test]
fn hugo_content_becomes_articles() {
    let (old, site) = (OldSite::new(HUGO), site());
    let printed = succeeds(&old.import(&site, "hugo", ".", &["--into", "content/links"]));
    assert_eq!(
        documents(&site),
        [
            "links/2024/05/2024-05-01-trains.md",
            "links/2024/05/2024-05-02-budget.md",
            "links/2024/05/2024-05-03-unfinished.md",
            "pages/about.md",
        ]
    );
    let trains = document(&site, "links/2024/05/2024-05-01-trains.md");
    assert_eq!(
        lines(&trains, &["title", "publ", "orig", "- ", "mood", "url", "aliases", "imported"]),
        [
            "title: \"Night trains return\"",
            "publishedDateTime: 2024-05-01T06:00:00Z",
            "originalUrl: \"https://rail.example/night-trains\"",
            "- \"Rail\"",
            "- \"Night\"",
            "- url: \"https://img.rail.example/train.jpg\"",
            "aliases:",
            "- \"/2024/05/trains\"",
            "- \"/trains\"",
            "- \"/links/old-trains\"",
            "mood: \"happy\"",
        ]
    );
    let budget = document(&site, "links/2024/05/2024-05-02-budget.md");
    assert!(budget.contains("title: \"The budget 😀\"\n") && budget.contains("featured: true\n"));
    assert!(budget.ends_with("---\n\nMy view.\n"), "{budget}");
    assert!(budget.contains("  - \"/2024/05/the-budget"), "{budget}");
    let unfinished = document(&site, "links/2024/05/2024-05-03-unfinished.md");
    assert!(unfinished.contains("\npublished: false #"), "{unfinished}");
    assert_eq!(
        lines(&printed, &["./content", "`permalink"]),
        [
            "./content/links/night-trains/index.md:15: {{< youtube abc >}}",
            "./content/links/night-trains/index.md:17: {{% notice %}}",
            "`permalink = \"/{year}/{month}/{slug}/\"` in site.toml keeps most old addresses",
        ]
    );
    let (others, code) = findings(&site);
    assert_eq!(others, [""; 0]);
    let post = "content/links/2024/05/2024-05-01-trains.md";
    assert_eq!(code, [format!("{post}:27:10"), format!("{post}:29:1")]);
}

const ELEVENTY: &str = r#"
=== node_modules/x/readme-of-x.md
---
title: No
---
=== _includes/y.md
---
title: No
---
=== posts/2024-05-01-library.md
---json
{
  "title": "The library is open",
  "date": "2024-05-01",
  "tags": ["posts", "Books"],
  "layout": "post.njk",
  "externalUrl": "https://library.example/open"
}
---
{% image "a.png" %}
=== posts/school.md
---
title: The school
date: 2024-05-02T10:00:00.000Z
tags: post
permalink: "/{{ page.date | year }}/school/"
description: "A long day, and a good one."
image: /images/school.jpg
bookmark-of: https://school.example/day
hidden: true
summary: Another text.
---
"#;

#[test]
fn eleventy_templates_become_articles() {
    let (old, site) = (OldSite::new(ELEVENTY), site());
    succeeds(&old.import(&site, "eleventy", ".", &["-u", "https://old.example/"]));
    let library = document(&site, "imported/2024/05/2024-05-01-library.md");
    assert_eq!(lines(&library, &["- "]), ["- \"Books\"", "- \"/posts/2024-05-01-library\""]);
    let school = document(&site, "imported/2024/05/2024-05-02-school.md");
    assert_eq!(
        lines(
            &school,
            &["excerpt", "published:", "- ", "orig", "imported", "permalink", "summary"]
        ),
        [
            "excerpt: \"A long day, and a good one.\"",
            "originalUrl: \"https://school.example/day\"",
            "published: false # remove this line to publish the article",
            "- url: \"https://old.example/images/school.jpg\"",
            "imported:",
            "permalink: \"/{{ page.date | year }}/school/\"",
            "summary: \"Another text.\"",
        ]
    );
    assert_eq!(documents(&site).len(), 2);
    let (others, code) = findings(&site);
    assert_eq!(others, [""; 0]);
    assert_eq!(code, ["content/imported/2024/05/2024-05-01-library.md:20:1"]);
}

const MARKDOWN: &str = r#"
=== zola/museum.md
+++
title = "A museum"
date = 2024-05-01
path = "old/museum"
[taxonomies]
tags = ["Art"]
[extra]
link = "https://museum.example/new"
+++
=== pelican/film.md
Title: A film: the review
Date: 2024-05-02 10:20
Tags: film, art
Slug: a-film
Link: https://film.example/review
Summary: Everybody should
   see this film.

Really.
=== plain/no-title.md
---
date: 2024-05-03
keywords: Film, ART, art
---
# A heading

See [the page](https://heading.example/page).
"#;

#[test]
fn markdown_of_any_generator_becomes_articles() {
    let (old, site) = (OldSite::new(MARKDOWN), site());
    let options = ["--first-link", "--permalink", "/:year/:title.html"];
    succeeds(&old.import(&site, "markdown", ".", &options));
    let film = document(&site, "imported/2024/05/2024-05-02-a-film.md");
    assert_eq!(
        lines(&film, &["title", "excerpt", "- ", "Really"]),
        [
            "title: \"A film: the review\"",
            "excerpt: \"Everybody should see this film.\"",
            "- \"Film\"",
            "- \"art\"",
            "- \"/2024/a-film.html\"",
            "Really.",
        ]
    );
    let museum = document(&site, "imported/2024/05/2024-05-01-museum.md");
    assert_eq!(lines(&museum, &["- "]), ["- \"art\"", "- \"/old/museum\""]);
    let heading = document(&site, "imported/2024/05/2024-05-03-no-title.md");
    assert_eq!(
        lines(&heading, &["title", "orig"]),
        ["title: \"A heading\"", "originalUrl: \"https://heading.example/page\""]
    );
    assert_eq!(site.findings(), [""; 0]);
}

const HEXO: &str = r#"
=== _posts/night-trains.md
---
title: Night trains return
date: 2024-05-01 10:00:00
updated: 2024-05-03 10:00:00
tags:
  - Rail
categories:
  - [News, Travel]
  - [Europe]
link: https://rail.example/night-trains
cover: https://img.rail.example/train.jpg
toc: true
---
At last.

<!-- more -->

{% post_link ports %} and {% asset_img map.png %}
=== _posts/ports.md
title: "Ports: a list"
date: 2024-05-02
link: https://ports.example/list
---
Without an opening fence.
=== _posts/gap.md
title: A gap

date: 2024-05-03
link: https://gap.example/1
---
After a blank line.
=== _posts/faulty.md
title: Faulty
tags: "a
---
x
=== _drafts/later.md
---
title: Later
link: https://later.example/a
---
=== list.md
title: A list

- one
---
x
=== _posts/rule.md
Note: this is no front matter
---
x
"#;

#[test]
fn posts_of_hexo_become_articles() {
    let (old, site) = (OldSite::new(HEXO), site());
    let options = ["--permalink", "/:year/:month/:day/:title/"];
    let output = old.import(&site, "markdown", ".", &options);
    let places = lines(&text(&output.stderr), &["-->"]);
    assert_eq!(places.len(), 2, "{}", text(&output.stderr));
    assert!(places[0].starts_with("--> ./_posts/faulty.md:2:7"), "{places:?}");
    assert_eq!(places[1], "--> ./_posts/rule.md:1:1");
    let trains = document(&site, "imported/2024/05/2024-05-01-night-trains.md");
    assert_eq!(
        lines(&trains, &["title", "publ", "orig", "- ", "updated"]),
        [
            "title: \"Night trains return\"",
            "publishedDateTime: 2024-05-01T10:00:00Z",
            "originalUrl: \"https://rail.example/night-trains\"",
            "- \"Rail\"",
            "- \"News\"",
            "- \"Travel\"",
            "- \"Europe\"",
            "- url: \"https://img.rail.example/train.jpg\"",
            "- \"/2024/05/01/night-trains\"",
            "updated: \"2024-05-03 10:00:00\"",
        ]
    );
    let ports = document(&site, "imported/2024/05/2024-05-02-ports.md");
    assert!(ports.contains("\ntitle: \"Ports: a list\"\n"), "{ports}");
    assert!(ports.ends_with("---\n\nWithout an opening fence.\n"), "{ports}");
    assert!(document(&site, "pages/list.md").contains("- one\n"), "{:?}", documents(&site));
    let gap = document(&site, "imported/2024/05/2024-05-03-gap.md");
    assert!(gap.ends_with("---\n\nAfter a blank line.\n"), "{gap}");
    let later = documents(&site).into_iter().find(|path| path.ends_with("-later.md"));
    assert!(document(&site, &later.expect("the draft")).contains("\npublished: false #"));
    let code = lines(&text(&output.stdout), &["./_posts"]);
    assert_eq!(
        code,
        [
            "./_posts/night-trains.md:18: {% post_link ports %}",
            "./_posts/night-trains.md:18: {% asset_img map.png %}",
        ]
    );
}

#[test]
fn posts_of_nikola_and_lists_in_one_line_become_articles() {
    let old = OldSite::new(
        "=== nikola.md\n<!--\n.. title: Ferries: a history\n.. slug: ferries\n.. date: 2024-05-01 10:00:00 UTC\n\
         .. tags: Ports, Night ferries\n.. link: https://ferry.example/history\n.. description:\n.. type: text\n-->\n\n\
         My words.\n\
         === comment.md\n<!-- only a comment -->\nx\n\
         === _posts/2024-05-02-jekyll.md\n---\ntitle: Jekyll\ncategories: ports ferries\nlink: https://a.example/1\n---\n",
    );
    let site = site();
    let output = old.import(&site, "markdown", ".", &[]);
    assert_eq!(lines(&text(&output.stderr), &["-->"]), ["--> ./comment.md:1:1"]);
    let ferries = document(&site, "imported/2024/05/2024-05-01-ferries.md");
    assert_eq!(
        lines(&ferries, &["title", "excerpt", "publ", "orig", "- ", "My"]),
        [
            "title: \"Ferries: a history\"",
            "excerpt: \"\"",
            "publishedDateTime: 2024-05-01T10:00:00Z",
            "originalUrl: \"https://ferry.example/history\"",
            "- \"Ports\"",
            "- \"Night ferries\"",
            "My words.",
        ]
    );
    // Only Jekyll takes words of one line for several categories.
    let topics = |site: &Site| {
        lines(&document(site, "imported/2024/05/2024-05-02-jekyll.md"), &["- \"p", "- \"f"])
    };
    assert_eq!(topics(&site), ["- \"ports ferries\""]);
    let site = self::site();
    succeeds(&old.import(&site, "jekyll", "_posts", &[]));
    assert_eq!(topics(&site), ["- \"ports\"", "- \"ferries\""]);
}

#[test]
fn posts_without_link_are_left_out_or_own_articles() {
    let post = "=== _posts/2024-05-01-essay.md\n---\ntitle: An essay\n---\nI think.\n";
    let (old, site) = (OldSite::new(post), site());
    let output = old.import(&site, "jekyll", ".", &[]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(
        lines(&text(&output.stderr), &["error", "-->"]),
        ["error[E0154]: this post has no link to an original", "--> ./_posts/2024-05-01-essay.md"]
    );
    assert!(
        text(&output.stdout).ends_with("imported 0 articles into content/imported, 1 left out\n")
    );
    succeeds(&old.import(&site, "jekyll", ".", &["--base-url", "https://old.example/"]));
    let essay = document(&site, "imported/2024/05/2024-05-01-essay.md");
    assert_eq!(
        lines(&essay, &["orig", "domain", "articlePages", "- "]),
        [
            "originalUrl: \"https://old.example/2024/05/01/essay.html\"",
            "domain: \"old.example\"",
            "- \"/2024/05/01/essay.html\"",
        ]
    );
    // On the site's own domain the imported article replaces its original.
    site.remove("content/imported/2024/05/2024-05-01-essay.md");
    succeeds(&old.import(&site, "jekyll", ".", &["--base-url", "https://test.example/"]));
    assert!(
        document(&site, "imported/2024/05/2024-05-01-essay.md").contains("\narticlePages: self\n")
    );
}

#[test]
fn known_and_repeated_originals_are_not_imported() {
    let old = OldSite::new(
        "=== a.md\n---\ntitle: A\ndate: 2024-05-01\nlink: http://provider.example/known/?utm_source=x\n---\n\
         === b.md\n---\ntitle: B\ndate: 2024-05-01\nlink: https://b.example/1\n---\n\
         === c.md\n---\ntitle: C\ndate: 2024-05-01\nlink: https://b.example/1#x\n---\n",
    );
    let site = site();
    let output = old.import(&site, "markdown", ".", &[]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(documents(&site), ["imported/2024/05/2024-05-01-b.md"]);
    assert_eq!(
        lines(&text(&output.stderr), &["error", "warning", "-->", ":::"]),
        [
            "warning[W0156]: the site already has this article: http://provider.example/known/?utm_source=x",
            "--> ./a.md",
            "::: content/news/known.md: has this original",
            "error[E0155]: another imported document has the same original: https://b.example/1#x",
            "--> ./c.md",
            "::: ./b.md: is imported",
        ]
    );
}

#[test]
fn faulty_posts_do_not_stop_the_others() {
    let old = OldSite::new(
        "=== a.md\n---\ntitle: \"A\ndate: 2024-05-01\n---\n\
         === b.md\n+++\ntitle = \n+++\n\
         === c.md\n{\n  \"title\": \"C\",\n  \"x\" 1\n}\n\
         === d.md\n---\ntitle: D\ndate: the first of May\nlink: https://d.example/1\n---\n\
         === e.md\nJust a text.\n\
         === h.md\n<!--\n.. title: H\n.. date: last May\n.. link: https://h.example/1\n-->\n\
         === i.md\nTitle: I\nDate: last May\nLink: https://i.example/1\n\nx\n\
         === f.md\n---\ntitle: F\ndate: 2024-05-01\nlink: http://localhost/x\n---\n\
         === g.md\n---\ntitle: G\ndate: 2024-05-01\nlink: https://g.example/1\n---\n",
    );
    let site = site();
    let output = old.import(&site, "markdown", ".", &[]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(documents(&site)[0], "imported/2024/05/2024-05-01-g.md");
    let places = lines(&text(&output.stderr), &["-->"]);
    assert_eq!(
        places,
        [
            "--> ./a.md:2:8",
            "--> ./b.md:2:8",
            "--> ./c.md:3:7",
            "--> ./d.md:3:1",
            "--> ./e.md:1:1",
            "--> ./f.md",
            "--> ./h.md:3:4",
            "--> ./i.md:2:1",
        ]
    );
    assert!(text(&output.stderr).contains("`date` is not a date and time"));
}

#[test]
fn hostile_values_stay_values() {
    let old = OldSite::new(
        "=== a.md\n---json\n{\"title\": \"A\\\"\\npublished: false\\n---\\u0000 {{x}}\", \"date\": \"2024-05-01\", \
         \"link\": \"https://a.example/?q=\\\"&lt;x\", \"tags\": [\"x: y\\n- z\"], \
         \"mood\": {\"a\\nb: c\": \"d\\n---\\n\\u2028\\\\\"}, \"yes\": [1, 1.50, null, true]}\n---\n",
    );
    let site = site();
    succeeds(&old.import(&site, "markdown", "a.md", &[]));
    let imported = document(&site, &documents(&site)[0]);
    assert_eq!(imported.matches("---\n").count(), 2, "{imported}");
    assert_eq!(
        lines(&imported, &["title", "- ", "mood", "\"yes"]),
        [
            "title: \"A\\\" published: false --- {{x}}\"",
            "- \"x: y - z\"",
            "mood: {\"a\\nb: c\": \"d\\n---\\n \\\\\"}",
            "\"yes\": [1, \"1.5\", null, true]",
        ]
    );
    assert_eq!(site.findings(), [""; 0]);
}

const WORDPRESS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>Carol &amp; Co</title>
<link>https://carol.example</link>
<item>
  <title>The river rises</title>
  <link>https://carol.example/2024/05/river/</link>
  <dc:creator>carol</dc:creator>
  <pubDate>Wed, 01 May 2024 10:00:00 +0000</pubDate>
  <category><![CDATA[Water]]></category>
  <guid isPermaLink="false">https://carol.example/?p=7</guid>
  <description><![CDATA[<p>It rises <b>fast</b>, and nobody knows why.</p>]]></description>
  <content:encoded><![CDATA[<p>It rises.</p>

<p>See <a href="https://water.example/levels">the levels</a>.</p>]]></content:encoded>
</item>
</channel>
</rss>
"#;

#[test]
fn feed_items_become_articles() {
    let old = OldSite::new(&format!("=== feed.xml\n{WORDPRESS}"));
    let site = site();
    succeeds(&old.import(&site, "feed", "feed.xml", &["--publish"]));
    let path = "imported/2024/05/2024-05-01-the-river-rises.md";
    // The words of others are not copied.
    assert_eq!(
        document(&site, path),
        "---\ncategory: news\ntitle: \"The river rises\"\nexcerpt: \"It rises fast, and nobody knows why.\"\n\
         publishedDateTime: 2024-05-01T10:00:00Z\noriginalUrl: \"https://carol.example/2024/05/river/\"\n\
         type: article\n\nprovider:\n  name: \"Carol & Co\"\n  domain: \"carol.example\"\n\ntopics:\n  - \"Water\"\n---\n"
    );
    site.remove(&format!("content/{path}"));
    let options = ["--base-url", "https://carol.example/", "--first-link"];
    succeeds(&old.import(&site, "feed", "feed.xml", &options));
    let own = document(&site, path);
    assert_eq!(
        lines(&own, &["orig", "published:", "- \"/"]),
        [
            "originalUrl: \"https://water.example/levels\"",
            "published: false # remove this line to publish the article",
            "- \"/2024/05/river\"",
        ]
    );
    assert!(own.contains("<div>\n<p>It rises.</p>\n<p>See <a"), "{own}");
    assert_eq!(site.findings(), [""; 0]);
}

#[test]
fn json_and_atom_feeds_name_external_originals() {
    let json = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "Dan", "home_page_url": "https://dan.example/",
        "items": [{"id": "1", "url": "https://dan.example/1", "external_url": "https://far.example/1", "title": "Far",
        "content_text": "Words of mine.", "date_published": "2024-05-01T10:00:00Z", "tags": ["x"]}, {"id": "2", "title": "None"}]}"#;
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>Eve</title><link href="https://eve.example/"/>
        <id>urn:eve</id><updated>2024-05-02T00:00:00Z</updated><entry><title>Near</title><id>urn:eve:1</id>
        <link rel="alternate" href="https://near.example/1"/><link rel="related" href="https://eve.example/linked/1"/>
        <published>2024-05-02T10:00:00Z</published></entry></feed>"#;
    let old = OldSite::new(&format!("=== feed.json\n{json}\n=== feed.atom\n{atom}\n"));
    let site = site();
    let output = old.import(&site, "feed", "feed.json", &["-u", "https://dan.example/"]);
    assert_eq!(output.status.code(), Some(3), "an item has no link");
    succeeds(&old.import(&site, "feed", "feed.atom", &["-u", "https://eve.example/"]));
    let far = document(&site, "imported/2024/05/2024-05-01-far.md");
    assert!(
        far.contains("originalUrl: \"https://far.example/1\"\n")
            && far.ends_with("Words of mine.\n")
    );
    let near = document(&site, "imported/2024/05/2024-05-02-near.md");
    assert!(near.contains("originalUrl: \"https://near.example/1\"\n"), "{near}");
    assert!(near.contains("  - \"/linked/1\"\n"), "{near}");
}

#[test]
fn csv_bookmarks_are_recognized_by_their_columns() {
    for (service, rows, expected) in [
        (
            "pinboard",
            "href,description,extended,meta,hash,time,shared,toread,tags\n\
             https://a.example/1,A title,My words,x,y,2024-05-01T10:00:00Z,yes,no,one two\n",
            ["A title", "one,two", "", "My words"],
        ),
        (
            "raindrop",
            "id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite\n\
             1,A title,My words,\"About one, two and three.\",https://a.example/1,Unsorted,\"one, two\",2024-05-01T10:00:00.000Z,,,false\n",
            ["A title", "one,two", "About one, two and three.", "My words"],
        ),
        (
            "pocket",
            "title,url,time_added,tags,status\nA title,https://a.example/1,1714557600,one|two,unread\n",
            ["A title", "one,two", "", ""],
        ),
        (
            "instapaper",
            "URL,Title,Selection,Folder,Timestamp\n\
             https://a.example/1,\"A title\",,Starred,1714557600\n",
            ["A title", "", "", ""],
        ),
    ] {
        let old = OldSite::new(&format!("=== bookmarks.csv\n{rows}"));
        let site = site();
        succeeds(&old.import(&site, "csv", "bookmarks.csv", &[]));
        let found = document(&site, "imported/2024/05/2024-05-01-a-title.md");
        let value = |key: &str| {
            let line = lines(&found, &[key]).concat();
            line.strip_prefix(key).unwrap_or_default().replace([':', '"'], "").trim().to_owned()
        };
        let topics: Vec<String> =
            lines(&found, &["- "]).iter().map(|line| line.replace(['-', '"', ' '], "")).collect();
        let body = found.rsplit("---\n").next().unwrap_or_default().trim().to_owned();
        assert_eq!(
            [value("title"), topics.join(","), value("excerpt"), body],
            expected.map(str::to_owned),
            "{service}"
        );
        assert!(found.contains("publishedDateTime: 2024-05-01T10:00:00Z\n"), "{service}: {found}");
        assert!(found.contains("published: false"), "{service}");
    }
}

#[test]
fn faulty_rows_of_bookmarks_are_reported_by_line() {
    let old = OldSite::new(
        "=== a.csv\nurl,title\nhttps://a.example/1,A\njavascript:x,B\n,C\n=== b.csv\nname,price\nx,1\n",
    );
    let site = site();
    let output = old.import(&site, "csv", "a.csv", &[]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(lines(&text(&output.stderr), &["-->"]), ["--> a.csv:4:1"]);
    assert_eq!(lines(&text(&output.stdout), &["a.csv"]), ["a.csv:3: javascript:x"]);
    assert_eq!(documents(&site).len(), 1);
    let output = old.import(&site, "csv", "b.csv", &[]);
    assert!(text(&output.stderr).contains("the first line names no column of addresses"));
}

const BOOKMARKS: &str = r#"<!DOCTYPE NETSCAPE-Bookmark-file-1>
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
    <DT><H3 ADD_DATE="1714500000">Bookmarks bar</H3>
    <DL><p>
        <DT><H3>Energy &amp; Co</H3>
        <DL><p>
            <DT><A HREF="https://sun.example/a?x=1&amp;y=2" ADD_DATE="1714557600" TAGS="one,two" PRIVATE="0">The <b>sun</b></A>
            <DD>It shines, and that is good.
            Every day.
            <DT><A HREF="javascript:alert(1)">Bookmarklet</A>
        </DL><p>
        <DT><A HREF="https://moon.example/" ADD_DATE="1714557601" PRIVATE="1">The moon</A>
    </DL><p>
    <DT><A HREF="not an address">Faulty</A>
</DL><p>
"#;

#[test]
fn netscape_bookmarks_become_articles() {
    let old = OldSite::new(&format!("=== bookmarks.html\n{BOOKMARKS}"));
    let site = site();
    let output = old.import(&site, "netscape", "bookmarks.html", &["--publish"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(lines(&text(&output.stderr), &["-->"]), ["--> bookmarks.html:16:1"]);
    let sun = document(&site, "imported/2024/05/2024-05-01-the-sun.md");
    assert_eq!(
        lines(&sun, &["title", "excerpt", "publ", "orig", "- "]),
        [
            "title: \"The sun\"",
            "excerpt: \"It shines, and that is good. Every day.\"",
            "publishedDateTime: 2024-05-01T10:00:00Z",
            "originalUrl: \"https://sun.example/a?x=1&y=2\"",
            "- \"one\"",
            "- \"two\"",
            "- \"Energy & Co\"",
        ]
    );
    let moon = document(&site, "imported/2024/05/2024-05-01-the-moon.md");
    assert!(moon.contains("\npublished: false #") && !moon.contains("topics"), "{moon}");
    assert_eq!(documents(&site).len(), 2);
    assert_eq!(site.findings(), [""; 0]);
}

#[test]
fn opml_becomes_sources_of_site_toml() {
    let old = OldSite::new(
        "=== feeds.opml\n<?xml version=\"1.0\"?><opml version=\"2.0\"><head><title>x</title></head><body>\n\
         <outline text=\"Ports\">\n<outline text=\"Harbour &quot;Post&quot;\" type=\"rss\" xmlUrl=\"https://harbourpost.example/feed?a=1&amp;b=2\"/>\n\
         </outline>\n<outline title=\"Rail\" xmlUrl=\"https://rail.example/atom\"></outline>\n\
         <outline text=\"x\" xmlUrl=\"feed:none\"/>\n</body></opml>\n",
    );
    let site = site();
    let output = old.import(&site, "opml", "feeds.opml", &[]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(lines(&text(&output.stderr), &["-->"]), ["--> feeds.opml:6:1"]);
    assert_eq!(
        text(&output.stdout),
        "[[source]]\nname = \"Harbour \\\"Post\\\"\"\nfeed = \"https://harbourpost.example/feed?a=1&b=2\"\ntopics = [\"Ports\"]\n\n\
         [[source]]\nname = \"Rail\"\nfeed = \"https://rail.example/atom\"\n\n"
    );
    assert_eq!(documents(&site), [""; 0]);
}

#[test]
fn import_refuses_folders_and_files_that_do_not_fit() {
    let (old, site) = (OldSite::new(JEKYLL), site());
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", old.0.path().join("broken")).expect("a link");
    for (kind, path, options, message) in [
        ("csv", "_posts", &[][..], "expected a file, not a folder"),
        ("feed", "about.md", &[], "this is not an RSS, Atom or JSON feed"),
        ("netscape", "about.md", &[], "this file has no bookmarks"),
        ("opml", "about.md", &[], "this file lists no feeds"),
        ("hugo", "_none", &[], "cannot read this"),
        ("jekyll", "about.md", &[], "expected a folder, not a file"),
        ("jekyll", "broken", &[], "cannot read this"),
        ("hugo", "_config.yml", &[], "expected a folder, not a file"),
        ("eleventy", "about.md", &[], "expected a folder, not a file"),
        ("jekyll", "_includes", &[], "there is nothing to import in this folder"),
        ("markdown", "README.md", &[], "there is nothing to import in this file"),
        ("feed", "https://a.example/feed.xml", &[], "run `newsgen pull`"),
        ("csv", "https://a.example/a.csv", &[], "expected a file, not a URL"),
        ("jekyll", "http://a.example/", &[], "expected a folder, not a URL"),
        ("eleventy", "_includes", &["--into", "../x"], "the folder must be below `content/`"),
        ("jekyll", ".", &["--into", "content/pages/x"], "this folder does not hold articles"),
        ("jekyll", ".", &["--into", "content/../x"], "the folder must be below `content/`"),
    ] {
        let output = old.import(&site, kind, path, options);
        assert_ne!(output.status.code(), Some(0), "{kind} {path}");
        assert!(text(&output.stderr).contains(message), "{}", text(&output.stderr));
        assert_eq!(documents(&site), [""; 0]);
    }
}

#[test]
fn items_with_long_equal_beginnings_keep_their_contents() {
    let title = "A long and rather uninteresting headline of the morning paper";
    let row = |number: usize| {
        let note = "word ".repeat(10_000);
        format!("https://a.example/{number},{title} {number:03},2024-05-01,{note}{number:03}\n")
    };
    let rows: String = (0..200).map(row).collect();
    let old = OldSite::new(&format!("=== a.csv\nurl,title,date,note\n{rows}"));
    let site = site();
    succeeds(&old.import(&site, "csv", "a.csv", &[]));
    let found = documents(&site);
    assert_eq!(found.len(), 200, "{found:?}");
    for path in found {
        let found = document(&site, &path);
        let number = path.trim_end_matches(".md").rsplit('-').next().unwrap_or_default();
        assert!(found.ends_with(&format!("word {number}\n")), "{path}");
    }
}

#[test]
fn new_item_gets_a_path_beside_that_of_another_original() {
    let header = "=== a.csv\nurl,title,date\n";
    let (first, second) =
        ("https://a.example/1,Notes,2024-05-01\n", "https://b.example/1,Notes,2024-05-01\n");
    let site = site();
    succeeds(&OldSite::new(&format!("{header}{first}")).import(&site, "csv", "a.csv", &[]));
    let both = OldSite::new(&format!("{header}{second}{first}"));
    let printed = succeeds(&both.import(&site, "csv", "a.csv", &[]));
    assert!(printed.contains("imported 1 article into"), "{printed}");
    assert!(printed.ends_with(", 1 unpublished, 1 already there\n"), "{printed}");
    let original = |name: &str| {
        lines(&document(&site, &format!("imported/2024/05/2024-05-01-{name}.md")), &["orig"])
    };
    assert_eq!(original("notes"), ["originalUrl: \"https://a.example/1\""]);
    assert_eq!(original("notes-2"), ["originalUrl: \"https://b.example/1\""]);
    let printed = succeeds(&both.import(&site, "csv", "a.csv", &[]));
    assert!(printed.ends_with("imported 0 articles into content/imported, 2 already there\n"));
}

#[test]
fn documents_whose_path_is_taken_are_named() {
    let old = OldSite::new(
        "=== about.md\n---\ntitle: About Ann\n---\nHello.\n\
         === a.md\n---\ntitle: A\ndate: 2024-05-01\nlink: https://a.example/1\n---\n",
    );
    let site = site();
    site.write("content/pages/about.md", "---\ntitle: About us\n---\n");
    site.write("content/imported/2024/05/2024-05-01-a.md", "---\ntitle: [\n---\n");
    let printed = succeeds(&old.import(&site, "markdown", ".", &[]));
    assert_eq!(
        lines(&printed, &["content/", "not written"]),
        [
            "not written, since another document is there:",
            "content/imported/2024/05/2024-05-01-a.md",
            "content/pages/about.md",
        ]
    );
}

#[test]
fn descriptions_belong_to_the_bookmark_before_them() {
    let old = OldSite::new(
        "=== a.html\n<DL><p>\n<DT><A HREF=\"https://a.example/\">First</A>\n\
         <DT><H3>Toolbar</H3>\n<DD>Words about the folder.\n<DL><p>\n\
         <DT><A HREF=\"https://b.example/\">Second</A>\n\
         <DT><A HREF=\"javascript:x\">Script</A>\n<DD>Words about the script.\n\
         <DT><A HREF=\"https://c.example/\">Third</A>\n<DD>Words about the third one.\n</DL><p></DL>\n",
    );
    let site = site();
    succeeds(&old.import(&site, "netscape", "a.html", &[]));
    let excerpts = documents(&site)
        .iter()
        .map(|path| lines(&document(&site, path), &["title", "excerpt"]).join(" "))
        .collect::<Vec<_>>();
    assert_eq!(
        excerpts,
        [
            "title: \"First\" excerpt: \"\"",
            "title: \"Second\" excerpt: \"\"",
            "title: \"Third\" excerpt: \"Words about the third one.\"",
        ]
    );
}

#[test]
fn sources_of_an_opml_list_load_in_site_toml() {
    let old = OldSite::new(
        "=== feeds.opml\n<opml version=\"2.0\"><body>\n\
         <outline text=\"Ports\"><outline title=\"\" text=\"Post\" xmlUrl=\"https://post.example/feed\"/></outline>\n\
         <outline text=\"Rail\"><outline text=\"The Post\" xmlUrl=\"http://post.example/feed/\"/></outline>\n\
         <outline text=\"Blog\" xmlUrl=\"https://one.example/feed\"/>\n\
         <outline text=\"Blog\" xmlUrl=\"https://two.example/feed\"/>\n</body></opml>\n",
    );
    let site = site();
    let printed = text(&old.import(&site, "opml", "feeds.opml", &[]).stdout);
    assert_eq!(
        lines(&printed, &["name", "feed", "topics"]),
        [
            "name = \"Post\"",
            "feed = \"https://post.example/feed\"",
            "topics = [\"Ports\", \"Rail\"]",
            "name = \"Blog\"",
            "feed = \"https://one.example/feed\"",
            "name = \"Blog 2\"",
            "feed = \"https://two.example/feed\"",
        ]
    );
    let config = fs::read_to_string(site.path("site.toml")).expect("site.toml");
    site.write("site.toml", config + &printed);
    assert_eq!(site.findings(), [""; 0]);
    // The list is imported into a site that has these names.
    let again = text(&old.import(&site, "opml", "feeds.opml", &[]).stdout);
    assert_eq!(
        lines(&again, &["name"]),
        ["name = \"Post 2\"", "name = \"Blog 3\"", "name = \"Blog 4\""]
    );
}

#[test]
fn damaged_pages_of_jekyll_are_reported() {
    let old = OldSite::new(
        "=== about.md\n---\ntitle: [About\n---\n=== plain.md\nA file without front matter.\n\
         === colophon.md\n---\ntitle: x\n---\n",
    );
    let mut latin = b"---\ntitle: Caf".to_vec();
    latin.extend(b"\xe9\n---\n");
    fs::write(old.0.path().join("colophon.md"), latin).expect("write");
    let output = old.import(&site(), "jekyll", ".", &[]);
    assert_eq!(output.status.code(), Some(3));
    let places = lines(&text(&output.stderr), &["-->"]);
    assert_eq!(places.len(), 2, "{places:?}");
    assert!(places[0].starts_with("--> ./about.md") && places[1].contains("colophon.md"));
}

#[test]
fn report_counts_only_what_is_written() {
    let old = OldSite::new(
        "=== about.md\n---\ntitle: About\nsummary: Who I am.\nmood: happy\ntags: [Me]\n\
         image: /me.jpg\nlang: fr\n---\nHello. {{ x }}\n\
         === essay.md\n---\ntitle: Essay\ndate: 2024-05-01\ncolor: red\n---\n{{ y }}\n",
    );
    let output = old.import(&site(), "markdown", ".", &[]);
    assert_eq!(output.status.code(), Some(3), "the essay has no original");
    let printed = text(&output.stdout);
    assert_eq!(
        lines(
            &printed,
            &["title", "summary", "color", "mood", "tags", "image", "lang", "drop", "./"]
        ),
        [
            "summary -> description (1)",
            "title -> title (1)",
            "dropped:",
            "image (1)",
            "lang (1)",
            "mood (1)",
            "tags (1)",
            "./about.md:9: {{ x }}",
        ]
    );
}

#[test]
fn addresses_that_are_not_known_are_counted() {
    let files = "=== _config.yml\npermalink: /:year/:week/:title/\n\
         === _posts/2024-05-01-one.md\n---\ntitle: One\nlink: https://a.example/1\n---\n\
         === _posts/2024-05-02-two.md\n---\ntitle: Two\nlink: https://a.example/2\npermalink: /blog/:year/:title/\n---\n\
         === _posts/2024-05-03-three.md\n---\ntitle: Three\nlink: https://a.example/3\npermalink: /blog/:week/\n---\n";
    let (old, site) = (OldSite::new(files), site());
    let printed = succeeds(&old.import(&site, "jekyll", ".", &[]));
    assert_eq!(lines(&printed, &["an old"]), ["an old address that is not known (2)"]);
    let two = document(&site, "imported/2024/05/2024-05-02-two.md");
    assert_eq!(lines(&two, &["- ", "permalink"]), ["- \"/blog/2024/two\""]);
    // It never had an address of the site's pattern.
    let printed = succeeds(&old.import(&self::site(), "jekyll", ".", &["--permalink", "/:title/"]));
    assert_eq!(lines(&printed, &["an old"]), ["an old address that is not known (1)"]);
}

#[test]
fn text_that_begins_with_a_url_has_no_front_matter() {
    let old = OldSite::new("=== note.md\nhttps://a.example/1\n\nGood.\n");
    let output = old.import(&site(), "markdown", ".", &[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("the file does not begin with front matter"));
}

#[test]
fn columns_of_bookmarks_have_one_separator_and_one_link() {
    let old = OldSite::new(
        "=== a.csv\nurl,title,created,tags,link\n\
         https://a.example/1,One,2024-05-01,\"machine learning, art\",none\n\
         https://a.example/2,Two,2024-05-01,machine learning,\n",
    );
    let site = site();
    succeeds(&old.import(&site, "csv", "a.csv", &[]));
    let tags = |name: &str| {
        lines(&document(&site, &format!("imported/2024/05/2024-05-01-{name}.md")), &["- "])
    };
    assert_eq!(tags("one"), ["- \"machine learning\"", "- \"art\""]);
    assert_eq!(tags("two"), ["- \"machine learning\""]);
}

#[test]
fn links_to_the_old_site_have_any_form_of_its_host() {
    let post = "=== _posts/2024-05-01-essay.md\n---\ntitle: An essay\nlink: https://www.old.example/x\n---\n";
    let (old, site) = (OldSite::new(post), site());
    succeeds(&old.import(&site, "jekyll", ".", &["--base-url", "https://old.example/"]));
    let essay = document(&site, "imported/2024/05/2024-05-01-essay.md");
    assert_eq!(
        lines(&essay, &["orig"]),
        ["originalUrl: \"https://old.example/2024/05/01/essay.html\""]
    );
}

#[test]
fn feeds_are_read_as_by_newsgen_pull() {
    let deep = "<media:group>".repeat(100_000);
    let rss = |inside: &str| {
        format!(
            "<rss version=\"2.0\" xmlns:media=\"http://search.yahoo.com/mrss/\"><channel><title>T</title>\
             <link>https://a.example/</link><item><title>Caf\u{e9}</title><link>https://a.example/1</link>\
             <pubDate>Wed, 01 May 2024 10:00:00 +0000</pubDate>{inside}</item></channel></rss>"
        )
    };
    let json = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "Dan", "language": "english",
        "items": [{"id": 7, "url": "https://d.example/1", "title": "Number", "image": "https://d.example/1.png",
        "content_html": "<script>x()</script><p>A sentence about trains.</p>", "date_published": "2024-05-01T10:00:00Z",
        "language": "english"}]}"#;
    let old = OldSite::new(&format!("=== deep.xml\n{}\n=== a.json\n{json}\n", rss(&deep)));
    let latin = rss("<media:thumbnail url=\"https://a.example/1.jpg\"/>");
    let latin: Vec<u8> = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"
        .chars()
        .chain(latin.chars())
        .map(|c| u8::try_from(u32::from(c)).expect("Latin-1"))
        .collect();
    fs::write(old.0.path().join("latin.xml"), latin).expect("write");
    let site = site();
    let output = old.import(&site, "feed", "deep.xml", &[]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    succeeds(&old.import(&site, "feed", "a.json", &[]));
    succeeds(&old.import(&site, "feed", "latin.xml", &[]));
    let wanted = ["title", "excerpt", "- url", "language"];
    assert_eq!(
        lines(&document(&site, "imported/2024/05/2024-05-01-number.md"), &wanted),
        [
            "title: \"Number\"",
            "excerpt: \"A sentence about trains.\"",
            "- url: \"https://d.example/1.png\"",
        ]
    );
    assert_eq!(
        lines(&document(&site, "imported/2024/05/2024-05-01-cafe.md"), &wanted),
        ["title: \"Caf\u{e9}\"", "excerpt: \"\"", "- url: \"https://a.example/1.jpg\""]
    );
}

#[test]
fn invalid_dates_are_reported_by_line() {
    let old = OldSite::new(
        "=== a.csv\nurl,title,created\nhttps://a.example/1,One,2024-05-01\nhttps://a.example/2,Two,last May\n\
         https://a.example/3,Three,0\n\
         === a.html\n<DL><p>\n<DT><A HREF=\"https://b.example/1\" ADD_DATE=\"0\">One</A>\n\
         <DT><A HREF=\"https://b.example/2\" ADD_DATE=\" May \">Two</A>\n</DL>\n",
    );
    for (kind, file, key, kept) in [
        ("csv", "a.csv", "created", "  created: \"last May\"\n"),
        ("netscape", "a.html", "ADD_DATE", "  add_date: \"May\"\n"),
    ] {
        let site = site();
        let output = old.import(&site, kind, file, &[]);
        assert_eq!(output.status.code(), Some(0));
        let warnings = lines(&text(&output.stderr), &["warning", "-->"]);
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(warnings[0].contains(&format!("`{key}` is not a date and time: ")));
        assert_eq!(warnings[1], format!("--> {file}:3:1"));
        let printed = text(&output.stdout);
        assert!(printed.contains(&format!("  {key}, in `imported` (1)\n")), "{printed}");
        let two = documents(&site).into_iter().rfind(|path| path.contains("-two"));
        let two = document(&site, &two.expect("the bookmark without a date"));
        assert!(two.contains(kept), "{two}");
    }
}

#[test]
fn columns_of_bookmarks_have_one_of_three_delimiters() {
    let rows = "url;title;tags;created\r\nhttps://a.example/1;\"One; two, and three\";\"art, rail\";2024-05-01\r\n\
                ;Without;;\r\n";
    for (delimiter, mark) in [(";", ""), ("\t", ""), (",", "\u{feff}"), (";", "\u{feff}")] {
        let quoted = rows.replace("art, rail", "art| rail").replace("One; two, and three", "One");
        let rows = if delimiter == ";" { rows.to_owned() } else { quoted.replace(';', delimiter) };
        let old = OldSite::new(&format!("=== a.csv\n{mark}{rows}"));
        let site = site();
        let output = old.import(&site, "csv", "a.csv", &[]);
        let errors = text(&output.stderr);
        assert_eq!(lines(&errors, &["-->"]), ["--> a.csv:3:1"], "{delimiter:?}: {errors}");
        let found = documents(&site);
        let found =
            document(&site, found.first().unwrap_or_else(|| panic!("{delimiter:?}: {errors}")));
        assert_eq!(lines(&found, &["- "]), ["- \"art\"", "- \"Rail\""], "{delimiter:?}");
        let title =
            if delimiter == ";" { "title: \"One; two, and three\"" } else { "title: \"One\"" };
        assert_eq!(lines(&found, &["title"]), [title]);
    }
    let text: Vec<u8> = "\u{feff}url\ttitle\r\nhttps://a.example/1\tCaf\u{e9}\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let old = OldSite::new("=== a.txt\n");
    fs::write(old.0.path().join("a.csv"), text).expect("write");
    let site = site();
    succeeds(&old.import(&site, "csv", "a.csv", &[]));
    assert!(document(&site, &documents(&site)[0]).contains("title: \"Caf\u{e9}\""));
}

#[test]
fn bookmarks_that_are_not_on_the_web_are_counted_with_lines() {
    let old = OldSite::new(
        "=== a.html\n<DL><p>\n<DT><A HREF=\"javascript:alert(1)\">Script</A>\n\
         <DT><A HREF=\"https://a.example/\" ADD_DATE=\"1714557600\">A</A>\n\
         <DT><A HREF=\"place:sort=8\">Visited</A>\n<DT><A HREF=\"file:///tmp/x\">File</A>\n</DL>\n\
         === a.csv\nurl,title\nabout:config,Settings\n",
    );
    let printed = succeeds(&old.import(&site(), "netscape", "a.html", &[]));
    assert_eq!(
        lines(&printed, &["not on", "a.html"]),
        [
            "not on the web, and not imported (3):",
            "a.html:2: javascript:alert(1)",
            "a.html:4: place:sort=8",
            "a.html:5: file:///tmp/x",
        ]
    );
    let printed = succeeds(&old.import(&site(), "csv", "a.csv", &[]));
    assert_eq!(lines(&printed, &["a.csv"]), ["a.csv:2: about:config"]);
}

#[test]
fn misspelled_addresses_of_bookmarks_are_errors() {
    let old = OldSite::new(
        "=== a.csv\nurl,title\nhtps://a.example/1,Typo\nexample.com:8080/a,Port\nftp://a.example/3,Old\n\
         view-source:https://a.example/2,Source\n\
         === a.html\n<DL><p>\n<DT><A HREF=\"localhost:80/x\">Typo</A>\n</DL>\n",
    );
    for (kind, file, places) in [
        ("csv", "a.csv", &["--> a.csv:2:1", "--> a.csv:3:1", "--> a.csv:4:1"][..]),
        ("netscape", "a.html", &["--> a.html:2:1"]),
    ] {
        let output = old.import(&site(), kind, file, &[]);
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(lines(&text(&output.stderr), &["-->"]), places);
    }
}

#[test]
fn columns_with_one_name_are_all_kept() {
    let old = OldSite::new(
        "=== a.csv\nurl,title,x,X,date,Date\nhttps://a.example/1,One,1,2,last May,last June\n",
    );
    let site = site();
    let output = old.import(&site, "csv", "a.csv", &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let found = document(&site, &documents(&site)[0]);
    assert_eq!(
        lines(&found, &["x", "date"]),
        ["x: \"1\"", "x_2: \"2\"", "date: \"last May\"", "date_2: \"last June\""]
    );
}
