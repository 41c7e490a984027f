//! Slugs by the language of their text, for sites that begin so.

use crate::fixture::{CONFIG, Site, article};

/// A site in German, with more settings.
fn german(settings: &str) -> Site {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}language = \"de\"\n{settings}"));
    site
}

fn pages(site: &Site) -> Vec<String> {
    let files = site.files().into_iter();
    let page = |path: String| path.strip_suffix("/index.html").map(str::to_owned);
    let mut pages: Vec<String> = files.filter_map(page).collect();
    pages.sort();
    pages
}

fn write_documents(site: &Site) {
    let more = "category: Köln\ntopics: [\"Öl & Gas\"]\nlanguage: LANGUAGE\n";
    let document = |language: &str, host: &str| {
        let more = more.replace("LANGUAGE", language);
        article("One", "2026-01-01", &more)
            .replace("provider.example", host)
            .replace("name: Provider", &format!("name: {host}"))
    };
    site.write("content/ärger.md", document("de", "bücher.example"));
    site.write("content/åre.md", document("da", "provider.example"));
    site.write("content/pages/über.md", "---\ntitle: Über\n---\n## Öl\n\n[Öl](#oel)\n");
    site.write("content/topics/öl & gas.md", "---\nname: Öl und Gas\n---\n");
}

#[test]
fn slugs_follow_the_language_from_version_2() {
    let site = german("slugs = \"v2\"\nnav = [\"Öl & Gas\"]\n");
    write_documents(&site);
    assert_eq!(site.findings(), [""; 0]);
    let expected = [
        "koeln",
        "koeln/2026/01/aare",
        "koeln/2026/01/aerger",
        "providers",
        "providers/buecher-example",
        "providers/provider-example",
        "topics",
        "topics/oel-und-gas",
        "ueber",
    ];
    assert_eq!(pages(&site), expected);
    assert!(site.page("ueber/index.html").contains("<h2 id=\"oel\">"));
    assert!(site.page("index.html").contains("href=\"/topics/oel-und-gas/\">Öl &amp; Gas<"));
}

#[test]
fn slugs_of_version_1_are_english() {
    let expected = [
        "koln",
        "koln/2026/01/are",
        "koln/2026/01/arger",
        "providers",
        "providers/bucher-example",
        "providers/provider-example",
        "topics",
        "topics/ol-and-gas",
        "uber",
    ];
    for settings in ["", "slugs = \"v1\"\n"] {
        let site = german(settings);
        write_documents(&site);
        site.build();
        assert_eq!(pages(&site), expected, "{settings}");
    }
}

#[test]
fn language_of_a_provider_moves_no_article() {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}slugs = \"v2\"\n"));
    site.write("content/ärger.md", article("One", "2026-01-01", ""));
    site.build();
    let before = pages(&site);
    site.write("content/providers/provider.example.md", "---\nlanguage: de\n---\n");
    site.build();
    assert_eq!(pages(&site), before);
}

#[test]
fn new_version_of_slugs_warns_of_moved_articles() {
    let site = german("");
    write_documents(&site);
    site.build();
    site.write("site.toml", format!("{CONFIG}language = \"de\"\nslugs = \"v2\"\n"));
    let findings = site.findings();
    let moved = "content/ärger.md: moved from /koln/2026/01/arger/ to /koeln/2026/01/aerger/";
    assert!(findings.iter().any(|finding| finding.starts_with(moved)), "{findings:#?}");
    assert_eq!(site.tree(), site.clean_tree());
    assert_eq!(site.findings(), [""; 0], "each move is reported once");
}

#[test]
fn language_of_slugs_is_part_of_the_cache() {
    let site = german("slugs = \"v2\"\n");
    write_documents(&site);
    site.build();
    for settings in ["language = \"da\"\nslugs = \"v2\"\n", "slugs = \"v2\"\n", ""] {
        site.write("site.toml", format!("{CONFIG}{settings}"));
        site.build();
        assert_eq!(site.tree(), site.clean_tree(), "{settings}");
    }
}

#[test]
fn unknown_version_of_slugs_is_an_error() {
    let site = german("slugs = \"v3\"\n");
    write_documents(&site);
    let findings = site.findings();
    let error = "site.toml:5:9: `slugs` cannot be `v3`".to_owned();
    assert!(findings.contains(&error), "{findings:#?}");
}
