//! Errors about limits of hosts name the documents that contribute most.

use crate::fixture::{CONFIG, Site, article, messages};

fn site(host: &str) -> Site {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}on_error = \"leave-out\"\n[host]\n{host}\n"));
    for number in 1..6 {
        site.write(
            &format!("content/{number}.md"),
            article(&format!("A{number}"), "2026-01-02", "topics: [Sea]\n"),
        );
    }
    site
}

/// The message of the only error, and its note on each document.
#[track_caller]
fn exceeded(site: &Site) -> (String, Vec<String>) {
    let outcome = site.try_build();
    assert!(outcome.summary.is_none(), "an exceeded total always stops the build");
    let [error] = outcome.diagnostics.as_slice() else { panic!("{:#?}", outcome.diagnostics) };
    let others = error.others.iter().map(|(location, what)| format!("{location} {what}")).collect();
    (format!("{}: {}", error.location, error.message), others)
}

#[test]
fn documents_with_most_files_are_named() {
    let site = site("kind = \"netlify\"\nmax_files = 60");
    site.build();
    let topics: Vec<String> = (0..9).map(|number| format!("Own {number}")).collect();
    site.write(
        "content/greedy.md",
        article("Greedy", "2026-01-03", &format!("topics: [Sea, {}]\n", topics.join(", "))),
    );
    let (message, others) = exceeded(&site);
    assert!(
        message.starts_with("site.toml: too many files: ")
            && message.ends_with("(Netlify allows 60)"),
        "{message}"
    );
    // Its page, and the list of each topic with three feeds.
    let expected = [
        "content/greedy.md accounts for 37 of the files",
        "content/1.md accounts for 1 of the files",
        "content/2.md accounts for 1 of the files",
    ];
    assert_eq!(others, expected);
}

#[test]
fn documents_with_most_redirects_are_named() {
    let site = site("kind = \"cloudflare-pages\"");
    for document in 0..30 {
        let aliases: Vec<String> =
            (0..50 - document % 3).map(|number| format!("old-{document}-{number}")).collect();
        let aliases = format!("aliases: [{}]\n", aliases.join(", "));
        site.write(
            &format!("content/x{document:02}.md"),
            article(&format!("X{document}"), "2026-01-03", &aliases),
        );
    }
    let (message, others) = exceeded(&site);
    assert!(
        message.starts_with("_redirects: too many redirects: ")
            && message.ends_with("(Cloudflare Pages allows 2000)"),
        "{message}"
    );
    let expected = ["00", "03", "06"]
        .map(|name| format!("content/x{name}.md accounts for 100 of the redirects"));
    assert_eq!(others, expected);
}

#[test]
fn page_too_large_for_host_leaves_document_out() {
    let site = site("kind = \"cloudflare-pages\"");
    let limits = "[limits]\ndocument = 50000000\n";
    site.write(
        "site.toml",
        format!("{CONFIG}on_error = \"leave-out\"\nhost.kind = \"cloudflare-pages\"\n{limits}"),
    );
    site.build();
    let before = site.tree();
    let body = "word ".repeat(5 << 20);
    site.write("content/large.md", article("Large", "2026-01-03", "topics: [Sea]\n") + &body);
    site.write("content/pages/long.md", format!("---\ntitle: Long\n---\n{body}"));
    let outcome = site.try_build();
    let found = messages(&outcome.diagnostics);
    let is_of = |found: &str, document: &str, file: &str| {
        found.starts_with(&format!("{document}: its file {file} has 262"))
            && found.ends_with("bytes (Cloudflare Pages allows 26214400)")
    };
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(is_of(&found[0], "content/large.md", "news/2026/01/large/index.html"), "{found:#?}");
    assert!(is_of(&found[1], "content/pages/long.md", "long/index.html"), "{found:#?}");
    assert_eq!(outcome.summary.map(|summary| summary.stats.left_out), Some(2));
    assert_eq!(site.tree(), before);
    site.write("site.toml", format!("{CONFIG}host.kind = \"cloudflare-pages\"\n{limits}"));
    let outcome = site.try_build();
    assert!(
        outcome.summary.is_none() && outcome.diagnostics.len() == 2,
        "{:#?}",
        outcome.diagnostics
    );
    assert_eq!(outcome.diagnostics[0].location.to_string(), "content/large.md");
    assert_eq!(site.tree(), before);
}

#[test]
fn redirect_too_long_for_host_is_not_published() {
    let site = site("kind = \"cloudflare-pages\"");
    let (alias, slug) = (["é".repeat(70), "é".repeat(79)].join("/"), "ü".repeat(60));
    let aliases = format!("slug: {slug}\naliases: [{alias}, short]\n");
    site.write("content/b.md", article("B", "2026-01-03", &aliases));
    let outcome = site.try_build();
    let [error] = outcome.diagnostics.as_slice() else { panic!("{:#?}", outcome.diagnostics) };
    assert!(error.location.to_string().starts_with("content/b.md:10:"), "{error:?}");
    assert!(
        error.message.ends_with("characters in `_redirects` (Cloudflare Pages allows 1000)"),
        "{error:?}"
    );
    assert!(site.page("_redirects").contains("/short ") && outcome.summary.is_some());
}
