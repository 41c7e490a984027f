//! Rendered bodies: HTML with ids, footnotes and tasks, excerpts, and warnings.

use std::collections::BTreeSet;

use newsgen::build::COLLECTING;

use crate::fixture::{CONFIG, Site, article, attribute, rendered};

const PAGE: &str = "news/2026/01/a/index.html";

/// A site with one article of this body.
fn site(body: &str) -> Site {
    let site = Site::new("");
    site.write("content/a.md", article("a", "2026-01-01", "") + body);
    site
}

/// An article without an excerpt.
fn without_excerpt(title: &str, day: &str, more: &str) -> String {
    article(title, day, more).replace(&format!("excerpt: About {title}.\n"), "")
}

#[test]
fn lazy_continuation_is_refused_at_its_line() {
    for marker in ["- ", "> ", "1. ", "> - "] {
        let site =
            site(&format!("\nText.\n\n{}a\n{}", marker.repeat(25_000), "b\n".repeat(25_000)));
        let findings = site.findings();
        assert_eq!(findings.len(), 1, "{findings:?}");
        let expected = "block quotes, lists and footnotes are nested more than 100 deep";
        assert!(
            findings[0].starts_with("content/a.md:13:") && findings[0].ends_with(expected),
            "{findings:?}"
        );
        // The rest of the site is published without it.
        site.write("content/b.md", article("b", "2026-01-02", ""));
        site.write("site.toml", format!("{CONFIG}on_error = \"leave-out\"\n"));
        for _ in 0..2 {
            site.build();
            assert_eq!(site.findings(), findings);
            assert!(site.has("news/2026/01/b/index.html") && !site.has(PAGE));
        }
    }
    let site = site(&format!("```\n{}\n```\n{}a\n", "> ".repeat(1000), "> ".repeat(90)));
    site.build();
    assert!(site.page(PAGE).contains("&gt; &gt; &gt;"));
}

#[test]
fn deep_bodies_are_errors_in_every_document_kind() {
    let deep = "> ".repeat(200);
    let site = Site::new("");
    site.write("content/a.md", article("a", "2026-01-01", "") + &format!("\n \t\n   {deep}a\n"));
    site.write("content/topics/t.md", format!("---\n---\n{deep}a\n"));
    site.write("content/providers/p-example.md", format!("---\n---\n{deep}a\n"));
    site.write("content/pages/p.md", format!("---\ntitle: P\n---\n{deep}a\n"));
    let findings = site.findings();
    assert_eq!(findings.len(), 4, "{findings:?}");
    assert!(findings[0].starts_with("content/a.md:12:204: "), "{findings:?}");
    assert!(
        findings.iter().all(|finding| finding.contains("nested more than 100 deep")),
        "{findings:?}"
    );
}

#[test]
fn carriage_returns_end_lines() {
    for end in ["\n", "\r\n", "\r"] {
        let lines = ["One", "two.", "", "```", "a", "b", "```", "", "[x](tel:1)", ""].join(end);
        let site = site(&lines);
        let findings = site.findings();
        assert!(findings.len() == 1 && findings[0].contains("`tel:1`"), "{findings:?}");
        let page = site.page(PAGE);
        assert!(
            page.contains("<p>One\ntwo.</p>\n<pre><code>a\nb\n</code></pre>\n<p><a>x</a></p>"),
            "{page}"
        );
    }
}

/// The warnings about `content/a.md`: the line, whether builds print it, and the message.
fn warnings(site: &Site) -> Vec<(usize, bool, String)> {
    let diagnostics = site.try_build().diagnostics;
    let of_body =
        diagnostics.into_iter().filter(|diagnostic| diagnostic.location.file == "content/a.md");
    of_body
        .map(|diagnostic| {
            let line = diagnostic.location.span.map_or(0, |span| span.line);
            (line, diagnostic.changes_output, diagnostic.message)
        })
        .collect()
}

#[test]
fn dropped_html_is_a_warning_with_its_line() {
    let body = "[a](javascript:b) [c](tel:1) [d](javascript:b)\n\
        ![e](data:f) ![](g.png) ![]()\n\n\
        <div class=h onclick=i>\n<script>\nj < k\n</script>\n<iframe src=l></iframe> <iframe></iframe>\n</div>\n\n\
        <form><b id=m>n</b> <a href='ftp://o'>p</a> <img src=blob:q> <br></form>\n\n\
        > <object data=r></object> <!-- <script> --> `<script>`\n\n\
        # s {.t}\n\n[u](#v) [w][x] [sic] y[^z] <a@b.example> <https://c.example/>\n\n\
        [^1]: Nobody.\n[^2]: One[^2].\n[^2]: Two.\n\n<input type=checkbox> <img src='/a.png' loading=lazy>\n";
    let site = site(body);
    let expected: Vec<(usize, bool, String)> = [
        (10, true, "link target `javascript:b` is not allowed; only the text is published"),
        (10, true, "link target `javascript:b` is not allowed; only the text is published"),
        (10, true, "link target `tel:1` is not allowed; only the text is published"),
        (11, true, "image source `data:f` is not allowed; only the alt text is published"),
        (11, true, "image without a source; only its alt text is published"),
        (13, false, "attribute `class` of `<div>` is removed"),
        (13, false, "attribute `onclick` of `<div>` is removed"),
        (14, true, "`<script>` and its content are removed"),
        (17, true, "`<iframe>` and its content are removed"),
        (20, true, "`<form>` is removed, its content is kept"),
        (20, true, "link target `ftp://o` is not allowed; only the text is published"),
        (20, true, "image source `blob:q` is not allowed; only the alt text is published"),
        (20, true, "attribute `id` of `<b>` is removed"),
        (22, true, "`<object>` is removed, its content is kept"),
        (
            24,
            true,
            "the classes and attributes of this heading are removed; only its id is published",
        ),
        (26, false, "no heading has the id `v`"),
        (26, false, "undefined link reference `[x]`"),
        (26, false, "undefined footnote `z`"),
        (28, true, "footnote `1` is never referenced and not published"),
        (30, true, "footnote `2` is defined twice; only the first definition is published"),
    ]
    .map(|(line, changes_output, message)| (line, changes_output, message.to_owned()))
    .into();
    let in_order = |mut found: Vec<(usize, bool, String)>| {
        found.sort();
        found
    };
    let expected = in_order(expected);
    assert_eq!(in_order(warnings(&site)), expected);
    assert_eq!(in_order(warnings(&site)), expected, "an incremental build repeats it");
    let clean = "[a](/b) ![c](d.png) <b lang=en title=e>f</b>\n\n# g\n\n[h](#g) [sic] i[^1]\n\n[^1]: j\n\n<!-- k -->\n";
    site.write("content/a.md", article("a", "2026-01-01", "") + clean);
    assert_eq!(warnings(&site), []);
}

#[test]
fn indentation_at_the_start_of_a_body_is_kept() {
    for blank_lines in ["", "\n", " \n\t\r\n\u{3000}\n", "\r"] {
        for (body, html) in [
            ("    $ a\n    $ b\n", "<pre><code>$ a\n$ b\n</code></pre>"),
            ("\ta\n", "<pre><code>a\n</code></pre>"),
            ("  - a\n  - b\n", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
            ("   # a\n", "<h2 id=\"a\">a</h2>"),
        ] {
            let body = format!("{blank_lines}{body}\nEnd.\n");
            let site = site(&body);
            site.write("content/providers/provider-example.md", format!("---\n---\n{body}"));
            site.write("content/pages/p.md", format!("---\ntitle: P\n---\n{body}"));
            site.build();
            for path in [PAGE, "providers/provider-example/index.html", "p/index.html"] {
                let page = site.page(path);
                assert!(page.contains(html), "{path} {body:?}: {page}");
            }
        }
    }
}

#[test]
fn dropped_declarations_are_warnings_with_their_lines() {
    for (body, shown) in [
        ("Hi <![CDATA[there]]> you", "<![CDATA[there]]>"),
        ("<![CDATA[<p>x.</p>]]>", "<![CDATA[<p>"),
        ("<?php x ?>", "<?php x ?>"),
        ("<div><?php\nx\n?></div>", "<?php x ?>"),
        ("a <!DOCTYPE html> b", "<!DOCTYPE html>"),
        ("<!ENTITY a 'b'>", "<!ENTITY a 'b'>"),
        ("<p><![if !IE]>a</p>", "<![if !IE]>"),
        ("<? a\n\nb", "<? a b>"),
    ] {
        let found = warnings(&site(&format!("First.\n\n{body}\n")));
        assert_eq!(found, [(12, true, format!("`{shown}` is removed"))], "{body}");
    }
    for body in [
        "<!-- <?php x ?> <![CDATA[y]]> <!DOCTYPE html> -->",
        "<!--?php x ?--> <!--[CDATA[y]]--> <!--DOCTYPE html-->",
        "`<?php x ?>` \\<?php x ?>",
        "    <![CDATA[x]]>",
        "<b title='<?php ?>'>a</b>",
    ] {
        assert_eq!(warnings(&site(&format!("First.\n\n{body}\n"))), [], "{body}");
    }
}

#[test]
fn unclosed_comment_is_a_warning() {
    let site = site("a <!-- b --> c\n\n<!-- d\n\ne\n");
    let message = "unclosed comment; everything after it is removed";
    assert_eq!(warnings(&site), [(12, true, message.to_owned())]);
}

#[test]
fn body_warnings_are_limited_and_counted() {
    let site = site(&"[a](javascript:b)\n\n".repeat(10_000));
    let found = warnings(&site);
    assert_eq!(found.len(), 21);
    assert!(
        found.contains(&(0, true, "9980 more warnings about the body".to_owned())),
        "{found:?}"
    );
}

/// The values of an attribute in a page.
fn values<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    html.split(&format!(" {name}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn page_ids_are_unique_and_fragments_resolve() {
    let body = "# Main\n\n## Related\n\n### Latest\n\n[a](#main) [b](#related) [c](#latest) [d](#who) e[^1] f[^1]\n\n\
        # Who\n\n# Who\n\n[^1]: g [h](#who-1)\n\n";
    for more in ["", "<i>cleaned</i>\n"] {
        let site = site(&format!("{body}{more}"));
        site.write("site.toml", format!("{CONFIG}article_pages = \"self\"\n[amp]\npages = true\n"));
        let related = "related:\n  - title: R\n    webUrl: https://other.example/x\n";
        site.write("content/a.md", article("a", "2026-01-01", related) + body + more);
        site.write("content/pages/p.md", format!("---\ntitle: P\n---\n{body}{more}"));
        site.write("content/providers/provider-example.md", format!("---\n---\n{body}{more}"));
        site.build();
        let mut with_bodies = 0;
        for (path, bytes) in site.tree().into_iter().filter(|(path, _)| path.ends_with(".html")) {
            let html = String::from_utf8(bytes).expect("UTF-8");
            let ids = values(&html, "id");
            let unique: BTreeSet<&str> = ids.iter().copied().collect();
            assert_eq!(ids.len(), unique.len(), "{path}: {ids:?}");
            for fragment in values(&html, "href").iter().filter_map(|href| href.strip_prefix('#')) {
                assert!(unique.contains(fragment), "{path}: #{fragment}");
            }
            if unique.contains("who-1") {
                with_bodies += 1;
                let targets = values(&html, "href");
                for target in
                    ["#main-1", "#related-1", "#latest-1", "#who", "#who-1", "#fn:1", "#fnref:1-2"]
                {
                    assert!(targets.contains(&target), "{path}: {target}");
                }
            }
        }
        assert_eq!(with_bodies, 4);
    }
}

#[test]
fn relative_images_and_links_start_at_the_base_path() {
    let site = site(
        "![x](images/a.png) [x](images/a.png)\n\n<img src=\"images/b.png\"> <a href=\"./images/b.png\">x</a>\n",
    );
    site.write(
        "site.toml",
        format!("{CONFIG}article_pages = \"self\"\n[amp]\npages = true\n")
            .replace("test.example/\"\nid", "test.example/n/\"\nid"),
    );
    site.build();
    assert_eq!(site.findings().len(), 0);
    for path in [PAGE, "news/2026/01/a/amp/index.html"] {
        let html = site.page(path);
        for name in ["a", "b"] {
            assert!(html.contains(&format!(" src=\"/n/images/{name}.png\"")), "{path}: {html}");
            assert!(html.contains(&format!("<a href=\"/n/images/{name}.png\"")), "{path}: {html}");
        }
    }
}

const BEGINNING: &str =
    "The first ships came in at *noon*, and the [market](https://a.example/) had fish again. ";

/// A site with an article that has a body and no excerpt.
fn site_without_excerpt() -> Site {
    let site = Site::new("=== content/pages/about.md\n---\ntitle: About\n---\n");
    site.write(
        "site.toml",
        format!("{CONFIG}article_pages = \"self\"\nper_page = 2\n[amp]\npages = true\n"),
    );
    for (name, day) in
        [("b", "2026-01-02"), ("c", "2026-01-03"), ("d", "2026-01-04"), ("e", "2026-01-05")]
    {
        site.write(
            &format!("content/{name}.md"),
            article(name, day, &format!("topics: [T{name}]\n")),
        );
    }
    let body = format!(
        "\n# No heading\n\n{BEGINNING}\n\n![Alt](/a.png)\n\n{}\n",
        "More of it. ".repeat(40)
    );
    site.write("content/a.md", without_excerpt("a", "2026-01-01", "topics: [T]\n") + &body);
    site
}

#[test]
fn excerpt_is_the_beginning_of_the_body() {
    let site = site_without_excerpt();
    site.build();
    let text =
        "The first ships came in at noon, and the market had fish again. More of it. More of it.";
    let article_page = site.page(PAGE);
    assert!(
        attribute(&article_page, "name=\"description\"", "content")
            .expect("description")
            .starts_with(text)
    );
    assert!(
        attribute(&article_page, "property=\"og:description\"", "content")
            .expect("og")
            .starts_with(text)
    );
    assert!(
        !article_page.contains(&format!("\"description\":\"{text}")),
        "the page shows no such text"
    );
    for path in
        ["topics/t/index.html", "topics/t/atom.xml", "topics/t/rss.xml", "topics/t/feed.json"]
    {
        let page = site.page(path);
        assert!(
            page.contains(text) && !page.contains("No heading") && !page.contains("Alt"),
            "{path}: {page}"
        );
    }
    assert!(site.page("topics/t/index.html").contains(&format!("<p class=\"excerpt\">{text}")));
    for path in [PAGE, "news/2026/01/a/amp/index.html"] {
        let page = site.page(path);
        assert!(!page.contains("class=\"standfirst\""), "{path}: the body itself is below");
        assert!(page.contains("came in at <em>noon</em>"), "{path}");
    }
    assert!(
        site.page("news/2026/01/b/index.html").contains("<p class=\"standfirst\">About b.</p>")
    );
}

#[test]
fn explicit_excerpt_overrides_the_body() {
    let site = site("A body.\n");
    site.write(
        "content/b.md",
        without_excerpt("b", "2026-01-02", "excerpt: \"\"\n") + "Another body.\n",
    );
    site.write("content/c.md", without_excerpt("c", "2026-01-03", ""));
    site.build();
    let feed = site.page("feed.json");
    assert!(
        feed.contains("About a.") && !feed.contains("A body.") && feed.contains("Another body."),
        "{feed}"
    );
    let source = "<p>Source: ".replace('<', "\\u003c");
    assert_eq!(feed.matches(&format!("\"content_html\":\"{source}")).count(), 1, "{feed}");
}

#[test]
fn edited_excerpt_renders_the_pages_that_show_it() {
    let site = site_without_excerpt();
    site.build();
    let holds = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains("the market had fish again");
    let mut showing: BTreeSet<String> =
        site.tree().into_iter().filter(|(_, bytes)| holds(bytes)).map(|(path, _)| path).collect();
    // The AMP page shows only the body, in which the words are links.
    showing.insert("news/2026/01/a/amp/index.html".to_owned());
    let text = std::fs::read_to_string(site.path("content/a.md")).expect("document");
    site.write("content/a.md", text.replace("fish again", "fish at last"));
    let summary = site.build();
    assert_eq!(rendered(&summary), Vec::from_iter(&showing));
    assert!(
        showing.contains("topics/t/index.html") && !showing.contains("index.html"),
        "{showing:?}"
    );
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn edit_after_the_excerpt_renders_own_pages_only() {
    let site = site_without_excerpt();
    // Sites are assembled again after edits of documents with warnings.
    let text = std::fs::read_to_string(site.path("content/a.md")).expect("document");
    site.write("content/a.md", text.replace("![Alt](/a.png)", ""));
    site.build();
    for number in 0..2 {
        let text = std::fs::read_to_string(site.path("content/a.md")).expect("document");
        site.write("content/a.md", format!("{text}Line {number} is new.\n"));
        let (summary, stages) = site.build_in_stages();
        assert_eq!(rendered(&summary), ["news/2026/01/a/amp/index.html", PAGE]);
        assert!(!stages.contains(COLLECTING), "{stages:?}");
        assert_eq!(site.tree(), site.clean_tree());
    }
}

#[test]
fn headings_and_links_without_text_are_warnings() {
    let found = |body: &str| {
        let site = Site::new("");
        site.write("content/a.md", format!("{}{body}\n", article("A", "2026-01-02", "")));
        let found = site.findings();
        (found, site.page("news/2026/01/a/index.html"))
    };
    for body in [
        "## \u{200b}",
        "## &nbsp;",
        "text\n\n# ",
        "[](https://b.example)",
        "[\u{200b}](https://b.example)",
    ] {
        let what = if body.contains('#') { "heading" } else { "link" };
        let (findings, page) = found(body);
        assert!(
            findings.len() == 1
                && findings[0].ends_with(&format!("this {what} has no visible text")),
            "{body:?} {findings:?}"
        );
        assert!(!page.contains("u200b"), "{page}");
    }
    for body in [
        "## A",
        "## `a`",
        "## ![a](/favicon.ico)",
        "[![](/favicon.ico)](https://b.example)",
        "<https://b.example/>",
    ] {
        let (findings, _) = found(body);
        assert!(findings.iter().all(|found| !found.contains("visible")), "{body:?} {findings:?}");
    }
}

#[test]
fn each_finding_of_a_line_is_reported() {
    for (body, columns) in [
        ("[](https://b.example) and [](https://c.example)", [1, 27]),
        ("[a](javascript:x), [b](javascript:x)", [1, 20]),
        ("a[^1] b[^1]", [2, 8]),
        ("<b><a href=\"x:\">a</a></b> <a href=\"x:\">b</a>", [4, 27]),
    ] {
        let site = Site::new("");
        site.write("content/a.md", format!("{}{body}\n", article("A", "2026-01-02", "")));
        let found = site.try_build().diagnostics;
        let found: Vec<String> = found.iter().map(|found| found.location.to_string()).collect();
        assert_eq!(found, columns.map(|column| format!("content/a.md:10:{column}")), "{body}");
    }
}

#[test]
fn empty_comments_are_closed() {
    let site = Site::new("");
    site.write("content/a.md", format!("{}c <!-->d <!---> e\n", article("A", "2026-01-02", "")));
    assert_eq!(site.findings(), [""; 0]);
    let page = site.page("news/2026/01/a/index.html");
    assert!(page.contains("c d  e"), "{page}");
}

#[test]
fn links_and_emphasis_continue_in_the_next_block() {
    let t = "<a href=\"/x\">t</a>";
    for (body, html) in [
        ("<a href=\"/x\"><p>t</p></a>", format!("<p>{t}</p>")),
        ("<a href=\"/x\"><div>t</div></a>", format!("<div>{t}</div>")),
        ("<a href=\"/x\"><h2>t</h2></a>", format!("<h2>{t}</h2>")),
        ("<a href=\"/x\"><blockquote>t</blockquote></a>", format!("<blockquote>{t}</blockquote>")),
        ("<a href=\"/x\"><ul><li>t</li></ul></a>", format!("<ul><li>{t}</li></ul>")),
        ("<a href=\"/x\"><table><tr><td>t</td></tr></table></a>", format!("<td>{t}</td>")),
        ("<b>a<p>b</b> c", "<p><b>a</b></p><p><b>b</b> c</p>".to_owned()),
        ("<del>a\n\nb</del> c", "<p><del>a</del></p>\n<p><del>b</del> c</p>".to_owned()),
        (
            "**a <p>b</p> c** d",
            "<p><strong>a </strong></p><p><strong>b</strong></p><strong> c</strong> d".to_owned(),
        ),
    ] {
        let site = site(&format!("{body}\n"));
        assert_eq!(site.findings(), [""; 0], "{body}");
        let page = site.page(PAGE);
        assert!(page.contains(&html), "{body}: {page}");
        assert!(!page.contains("<a href=\"/x\"></a>"), "{body}: {page}");
    }
}

#[test]
fn no_warning_about_comment_marks_in_attributes() {
    for body in ["<a href=\"/x\" title=\"<!--\">t</a> b", "<b title='<!--'>t</b> <!-- c --> d"] {
        let found = warnings(&site(&format!("First.\n\n{body}\n")));
        assert!(
            !found.iter().any(|(_, _, message)| message.contains("comment")),
            "{body}: {found:?}"
        );
    }
}

#[test]
fn removed_declarations_are_quoted_as_written() {
    for (body, shown) in [
        ("a <?x <?y z?> b", "<?x <?y z?>"),
        ("a <!A <!B <?c> b", "<!A <!B <?c>"),
        ("<![CDATA[a <![CDATA[b]]>", "<![CDATA[a <![CDATA[b]]>"),
    ] {
        let found = warnings(&site(&format!("First.\n\n{body}\n")));
        assert_eq!(found, [(12, true, format!("`{shown}` is removed"))], "{body}");
    }
}

#[test]
fn numeric_entities_mean_what_they_mean_in_html() {
    let body = "It&#146;s 5\u{96}6, &#x80;5 `&#146;`.\n\n# Who&#146;s\n\n# &#128;\n\n\
        [&#147;x\u{94}](/caf&#146;/ \"&#133;\") ![&#153;](/a&#146;.png)\n\n\
        a <span title=\"&#149;\">&#146;</span> b\n\n<p>raw &#146;</p>\n\n\
        x&#129;&#141;&#143;&#144;&#157;y\u{81}\n";
    for (body, is_sanitized) in [
        (body.to_owned(), true),
        (
            body.replace("<p>", "")
                .replace("<span title=\"&#149;\">", "")
                .replace("</span>", "")
                .replace("</p>", ""),
            false,
        ),
    ] {
        let site = site(&format!("First.\n\n{body}"));
        assert_eq!(warnings(&site), []);
        site.build();
        let page = site.page(PAGE);
        let mut parts = vec![
            "<p>It’s 5–6, €5 <code>&amp;#146;</code>.</p>",
            "<h2 id=\"whos\">Who’s</h2>",
            ">€</h2>",
            "href=\"/caf%E2%80%99/\"",
            "title=\"…\"",
            "“x”</a>",
            "src=\"/a%E2%80%99.png\" alt=\"™\"",
            "raw ’",
            "<p>xy</p>",
        ];
        if is_sanitized {
            parts.push("<span title=\"•\">’</span>");
        }
        for part in parts {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
}

#[test]
fn excess_table_cells_are_warnings() {
    let message =
        "this table row has more cells than the table has columns; the others are not published";
    let head = "| Port | Ships |\n|---|---|\n";
    for (body, lines) in [
        (
            format!("{head}| Cork | 12 | closed |\n| Cobh | 3 |\n| Kerry | 1 | a | b\n"),
            &[14, 16][..],
        ),
        (format!("> {}| Cork | 12 | closed\n", head.replace('\n', "\n> ")), &[14]),
        (format!("- {}| Cork | 12 | *closed* |\n", head.replace('\n', "\n  ")), &[14]),
        ("Port|Ships\n-|-\nCork|12|x\nCobh\n".to_owned(), &[14]),
        (
            format!(
                "{head}| Cork | 12 |\n| Cobh |\n||\n| a | b | | |\n| a \\| b | c |\n| d | e |  \n"
            ),
            &[],
        ),
    ] {
        let expected: Vec<_> = lines.iter().map(|line| (*line, true, message.to_owned())).collect();
        assert_eq!(warnings(&site(&format!("First.\n\n{body}"))), expected, "{body}");
    }
}

#[test]
fn links_in_links_are_warnings() {
    let nested = "this link is inside another link, which HTML does not allow";
    let broken = "this link or image is published as text";
    for (body, message, html) in [
        (
            "[see <https://q.example/> x](https://x.example/)",
            nested,
            "see https://q.example/ x</a></p>",
        ),
        ("[see <a@b.example> *x*][r]\n\n[r]: /r/", nested, ">see a@b.example <em>x</em></a></p>"),
        ("[a <a href=\"/c\">b</a> d](https://x.example/)", nested, ">a "),
        ("<a href=\"/q\">[y](/z) t</a>", nested, "<a href=\"/z\">y</a> t"),
        ("<a href=\"/q\">see <https://q.example/> x</a>", nested, ">see </a>"),
        ("<a href=\"/q\"><b>[y](/z)</b></a>", nested, "y"),
        ("[see [^1] there](https://x.example/)\n\n[^1]: Note.", broken, "[see <sup>"),
        ("![see [^1]](/p.png)\n\n[^1]: Note.", broken, "![see <sup>"),
        ("[a [b](/c) d](https://x.example/)", broken, "[a <a href=\"/c\""),
    ] {
        let site = site(body);
        assert_eq!(warnings(&site), [(10, true, message.to_owned())], "{body}");
        let page = site.page(PAGE);
        assert!(page.contains(html), "{body}: {page}");
    }
    for body in [
        "[a] (b)",
        "`[a](/b)`",
        "[a](/b) <https://c.example/>",
        "x[0](i)",
        "[a\\](b)",
        "<a href=\"/b\">b</a> [c](/d)",
        "A <a href=\"/\">b\n\nText [y](/).",
        "A <a href=\"/\"/> b.\n\n[y](/)",
    ] {
        assert_eq!(warnings(&site(body)), [], "{body}");
    }
}

#[test]
fn references_after_the_limit_are_warnings() {
    let message = |label: &str, limit: usize| {
        format!(
            "`[{label}]` and later references are published as text, since the link definitions used before have {limit} or more bytes in total"
        )
    };
    // The first 249 of these links have 99,849 bytes, and the next one reaches 100,000.
    let tracked = |links: usize| {
        let claims: Vec<String> = (1..=links).map(|n| format!("Claim {n} [src].\n")).collect();
        format!(
            "[src]: https://tracker.example/{}\n\n{claims}",
            "t".repeat(377),
            claims = claims.concat()
        )
    };
    for (links, expected) in [
        (250, vec![]),
        (251, vec![(12 + 250, true, message("src", 100_000))]),
        (300, vec![(12 + 250, true, message("src", 100_000))]),
    ] {
        let site = site(&format!("{}\n[a](/a/) [a]\n", tracked(links)));
        assert_eq!(warnings(&site), expected, "{links}");
        let page = site.page("news/2026/01/a/index.html");
        assert_eq!(page.matches("href=\"https://tracker.example/").count(), links.min(250));
        assert_eq!(page.matches("[src].").count(), links.saturating_sub(250));
    }
    let long = format!("[i]: https://img.example/{}\n\n", "i".repeat(3000));
    let more = "[other][O] [o][] [a text][i]\n\n[o]: https://o.example/\n[p]: https://p.example/\n";
    let unused = "link definition `[p]` is never used and not published".to_owned();
    assert_eq!(
        warnings(&site(&format!("{long}{}\n\n{more}", "![i] ".repeat(34)))),
        [(14, true, message("O", 100_000)), (17, true, unused)],
    );
    let text = format!("{}\n\n{}", tracked(250), "text\n".repeat(30_000));
    assert_eq!(warnings(&site(&format!("{text}\n[src]\n"))), [], "a longer text may have more");
}

#[test]
fn tables_that_lack_too_many_cells_are_errors() {
    let table = |columns: usize, rows: usize| {
        let head = format!("{}|\n{}|\n", "|a".repeat(columns), "|-".repeat(columns));
        let rows: Vec<String> = (1..=rows).map(|row| format!("|{row}|\n")).collect();
        head + &rows.concat()
    };
    let message =
        "the rows of tables up to here have 65536 fewer cells than the tables have columns";
    for (body, line) in [
        (table(257, 256), None),
        (table(257, 257), Some(2 + 257)),
        (table(3, 32_769), Some(2 + 32_769)),
        (format!("{}\n{}", table(257, 256), table(2, 1)), Some(2 + 256 + 4)),
        (table(1, 50_000), None),
        (format!("|a|b|\n|-|-|\n{}", "||a|\n".repeat(70_000)), None),
    ] {
        let site = site(&body);
        let found = site.try_build().diagnostics;
        let found: Vec<_> = found
            .iter()
            .filter(|found| found.location.file == "content/a.md")
            .map(|found| {
                let line = found.location.span.as_ref().map(|span| span.line);
                (found.is_error(), line, &*found.message)
            })
            .collect();
        let expected: Vec<_> =
            line.map(|line| (true, Some(9 + line), message)).into_iter().collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn lost_link_definitions_are_warnings() {
    let unused =
        |label: &str| format!("link definition `[{label}]` is never used and not published");
    let repeated = |label: &str| {
        format!("link definition `[{label}]` is given twice; only the first one is used")
    };
    for (body, expected) in [
        ("[Correction]: yesterday\n", vec![(12, unused("Correction"))]),
        ("x\n\n[Source]: https://x.example/report \"The report\"\n", vec![(14, unused("Source"))]),
        ("[x]: /a\n[x]: /b\n\nSee [x].\n", vec![(13, repeated("x"))]),
        (
            "[a]: /a\n  [A]: /b\n[b]: /c\n",
            vec![(12, unused("a")), (13, repeated("A")), (14, unused("b"))],
        ),
        (
            "> [a]: /a\n\n- [a]: /b\n\n1. x\n\n   [ A ]:\n   /c\n\n[a]\n",
            vec![(14, repeated("a")), (18, repeated("A"))],
        ),
        ("[a b]: /a\n[A\tB]: /b\n\n[x][A  b]\n", vec![(13, repeated("A B"))]),
        ("`[a]`\n\n[a]: /a\n", vec![(14, unused("a"))]),
    ] {
        let expected: Vec<_> =
            expected.into_iter().map(|(line, message)| (line, true, message)).collect();
        assert_eq!(warnings(&site(&format!("First.\n\n{body}"))), expected, "{body}");
    }
}

#[test]
fn very_many_lost_link_definitions_are_counted() {
    let body: Vec<String> = (1..=150).map(|number| format!("[a{number}]: /{number}\n")).collect();
    let site = site(&format!("First.\n\n{}", body.concat()));
    let found = warnings(&site);
    assert_eq!(found.len(), 21, "{found:#?}");
    let unused = |number: usize| {
        let message = format!("link definition `[a{number}]` is never used and not published");
        (11 + number, true, message)
    };
    let first: Vec<_> = (1..=20).map(unused).collect();
    assert_eq!(found[1..], first);
    // The others up to 100, and one for the rest.
    assert_eq!(found[0], (0, true, "81 more warnings about the body".to_owned()));
}

#[test]
fn link_definitions_in_use_are_no_warnings() {
    for body in [
        "[x]: /a\n\nSee [x], [y][X] and [x][].\n",
        "See [the *text*][A  b].\n\n[a b]: https://a.example/ 'Title'\n",
        "![alt][pic] ![pic2] [![in a link][pic3]](/a)\n\n[PIC]: /a.png\n[pic2]: /b.png\n[Pic3]: /c.png\n",
        "[ẞ]: /a\n\n[SS]\n",
        "| a |\n|---|\n| [x] |\n\n# [y]\n\nb[^1]\n\n[^1]: [z]\n\n[x]: /x\n[y]: /y\n[z]: /z\n",
        "[//]: # (a comment)\n[//]: # (another)\n[comment]: <> (a third)\n",
        "```\n[x]: /a\n[x]: /a\n```\n\n    [x]: /a\n\n`[x]: /a`\n",
        "- a \\[x]: b\n- [ ] \\[x]: c\n- b\n  \\[x]: d\n\n[x]: /a\n\n[x]\n",
        "a\n[x]: text of a paragraph\n[x]: /a\n\n[x]: /b\n",
        "<div>\n[x]: /a\n[x]: /b\n</div>\n",
    ] {
        assert_eq!(warnings(&site(&format!("First.\n\n{body}"))), [], "{body}");
    }
}

#[test]
fn excerpts_that_say_nothing_are_not_shown() {
    for (excerpt, message) in [
        ("a", Some("this excerpt repeats the title and is not shown")),
        (
            "https://www.provider.example/a",
            Some("this excerpt is only an address and is not shown"),
        ),
        ("na", Some("this excerpt has fewer than three words and is not shown")),
        ("Ships return.", None),
    ] {
        let site = Site::new("");
        let text = article("a", "2026-01-01", "").replace("About a.", excerpt);
        site.write("content/a.md", text + "The body speaks.\n");
        let found: Vec<String> =
            warnings(&site).into_iter().map(|(_, _, message)| message).collect();
        assert_eq!(found, message.map(str::to_owned).into_iter().collect::<Vec<_>>());
        let shown = if message.is_some() { "The body speaks." } else { excerpt };
        let front = site.page("index.html");
        assert!(front.contains(&format!("<p class=\"excerpt\">{shown}</p>")), "{front}");
    }
    let long = "Ships return to the harbour ".repeat(5);
    let site = Site::new("");
    let text = article("a", "2026-01-01", "").replace("About a.", &format!("{long}with"));
    site.write("content/a.md", text);
    assert_eq!(warnings(&site), []);
    assert!(site.page("index.html").contains(&format!("{long}with…</p>")));
}
