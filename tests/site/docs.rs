//! The documentation: every key has a heading, every example is valid, and every link leads
//! somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use newsgen::config::SITE_KEYS;
use newsgen::diagnostic::Diagnostic;
use newsgen::document::keys;
use newsgen::key::{Key, Keys, ValueForm};

use crate::fixture::{CONFIG, Site, article};
use crate::theme::png;

const FRONT_MATTER: &str = include_str!("../../docs/front-matter.md");
const SITE_TOML: &str = include_str!("../../docs/site-toml.md");

fn names(keys: Keys) -> BTreeSet<String> {
    keys.names().map(str::to_owned).collect()
}

/// The keys of the mapping that is the value of a key, or of each item of its list.
fn inner(keys: Keys, key: &str) -> Keys {
    keys.get(key).expect(key).form.keys().expect(key)
}

/// The part of a page below a heading, up to the next one of the same level.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let start = page.find(&format!("\n{heading}\n")).expect(heading) + heading.len() + 2;
    let level = heading.split(' ').next().expect("level");
    let length = page[start..].find(&format!("\n{level} ")).unwrap_or(page.len() - start);
    &page[start..start + length]
}

/// The keys that third-level headings of a text name in backticks; a text such as ` of topics` may
/// follow.
fn headings<'a>(text: &'a str, following: &[&str]) -> BTreeSet<String> {
    let titles = text.lines().filter_map(|line: &'a str| line.strip_prefix("### `"));
    let keys = titles
        .filter_map(|title| title.split_once('`'))
        .filter(|(_, rest)| following.contains(rest));
    keys.map(|(key, _)| key.to_owned()).collect()
}

fn prefixed(prefix: &str, keys: &BTreeSet<String>) -> BTreeSet<String> {
    keys.iter().map(|key| format!("{prefix}.{key}")).collect()
}

#[test]
fn front_matter_keys_have_headings() {
    let articles = section(FRONT_MATTER, "## Articles");
    assert_eq!(headings(articles, &[""]), names(keys::ARTICLE));
    let terms = section(FRONT_MATTER, "## Topics and providers");
    let both = " of topics and providers";
    assert_eq!(headings(terms, &[both, " of topics"]), names(keys::TOPIC));
    assert_eq!(headings(terms, &[both, " of providers"]), names(keys::PROVIDER));
    let pages = section(FRONT_MATTER, "## Pages");
    assert_eq!(headings(pages, &[" of pages"]), names(keys::PAGE));
}

#[test]
fn keys_of_nested_mappings_are_listed() {
    for parent in ["provider", "images", "related"] {
        let documented = section(FRONT_MATTER, &format!("### `{parent}`"));
        for key in inner(keys::ARTICLE, parent).names() {
            assert!(documented.contains(&format!("`{key}`")), "{parent}: {key}");
        }
    }
}

#[test]
fn site_toml_keys_have_headings() {
    let is_table =
        |key: &&Key| key.form.holds_mappings() && !matches!(key.form, ValueForm::List(_));
    let tables = SITE_KEYS.keys.iter().filter(is_table).map(|key| key.name.to_owned());
    let tables: BTreeSet<String> = tables.collect();
    let mut site = headings(SITE_TOML, &[""]);
    site.retain(|key| !key.contains('.'));
    assert!(tables.iter().all(|table| SITE_TOML.contains(&format!("\n## `[{table}"))));
    site.extend(tables);
    site.insert("source".to_owned());
    assert_eq!(site, names(SITE_KEYS));
    for table in
        ["front", "feeds", "pictures", "amp", "video", "theme", "limits", "host", "net", "check"]
    {
        let documented = headings(section(SITE_TOML, &format!("## `[{table}]`")), &[""]);
        assert_eq!(documented, prefixed(table, &names(inner(SITE_KEYS, table))));
    }
    let sources = headings(section(SITE_TOML, "## `[[source]]`"), &[""]);
    assert_eq!(sources, prefixed("source", &names(inner(SITE_KEYS, "source"))));
    let target = inner(SITE_KEYS, "deploy");
    let mut deploy = prefixed("deploy.NAME", &names(target));
    deploy.extend(prefixed("deploy.NAME.files", &names(inner(target, "files"))));
    assert_eq!(headings(section(SITE_TOML, "## `[deploy.NAME]`"), &[""]), deploy);
    let english = include_str!("../../locales/en.ftl");
    let words = english.lines().filter_map(|line| Some(line.split_once(" = ")?.0));
    let documented = section(SITE_TOML, "## `[words]`").lines();
    let documented = documented.filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let documented: Vec<&str> = documented.map(|(key, _)| key).collect();
    assert_eq!(documented, words.collect::<Vec<_>>());
    for key in inner(SITE_KEYS, "menu").names() {
        assert!(section(SITE_TOML, "### `menu`").contains(&format!("`{key}`")), "{key}");
    }
    let policy = section(SITE_TOML, "## `[content_security_policy]`");
    for directive in inner(SITE_KEYS, "content_security_policy").names() {
        assert!(policy.contains(&format!("`{directive}`")), "{directive}");
    }
}

/// The blocks of code in a language.
fn examples<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("\n```{language}\n");
    let blocks = text.split(&*fence).skip(1);
    blocks.map(|block| block.split("```").next().expect("code")).collect()
}

/// The lines of a text by the keys that they begin with; further lines of a value belong to its
/// key.
fn by_key<'a>(text: &'a str, separator: &str) -> BTreeMap<&'a str, String> {
    let mut entries: BTreeMap<&str, String> = BTreeMap::new();
    let mut key = "";
    for line in text.lines() {
        let begins_key = line.starts_with(|c: char| c.is_ascii_alphabetic());
        key = line.split(separator).next().filter(|_| begins_key).unwrap_or(key);
        entries.entry(key).or_default().extend([line, "\n"]);
    }
    entries
}

fn errors(site: &Site) -> Vec<Diagnostic> {
    site.try_build().diagnostics.into_iter().filter(Diagnostic::is_error).collect()
}

#[test]
fn site_toml_examples_are_valid() {
    let examples = examples(SITE_TOML, "toml");
    assert!(examples.len() > 40, "{}", examples.len());
    for example in examples {
        // Keys of the site are above the first table.
        let tables = if example.starts_with('[') {
            0
        } else {
            example.find("\n[").map_or(example.len(), |at| at + 1)
        };
        let (keys, tables) = example.split_at(tables);
        let mut config = by_key(CONFIG, " =");
        config.extend(by_key(keys, " ="));
        let site = Site::new("=== content/pages/p.md\n---\ntitle: P\n---\n=== static/custom.css\n");
        for logo in ["static/images/logo.svg", "static/images/logo-dark.svg"] {
            site.write(logo, "<svg viewBox='0 0 240 60'/>");
        }
        site.write("static/images/social.png", png(1200, 630));
        site.write("static/images/icon.svg", include_str!("../../static/images/icon.svg"));
        site.write("static/images/icon.png", include_bytes!("../../static/images/icon.png"));
        site.write("site.toml", config.into_values().collect::<String>() + tables);
        assert!(errors(&site).is_empty(), "{example}{:#?}", errors(&site));
    }
}

#[test]
fn front_matter_examples_are_valid() {
    let pages = "---\ntitle: P\n---\n".to_owned();
    for (heading, path, whole) in [
        ("## Articles", "content/a.md", article("A", "2026-01-02", "")),
        (
            "## Topics and providers",
            "content/providers/harbourpost-example.md",
            "---\n---\n".to_owned(),
        ),
        ("## Pages", "content/pages/p.md", pages),
    ] {
        for example in examples(section(FRONT_MATTER, heading), "yaml") {
            let mut entries =
                by_key(whole.trim_start_matches("---\n").trim_end_matches("---\n"), ":");
            entries.extend(by_key(example, ":"));
            let path = if example.starts_with("parent") { "content/topics/t.md" } else { path };
            let site = Site::new("");
            site.write(path, format!("---\n{}---\n", entries.into_values().collect::<String>()));
            assert!(errors(&site).is_empty(), "{example}{:#?}", errors(&site));
        }
    }
}

/// The id that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    let kept = heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .collect::<String>();
    kept.replace(' ', "-")
}

#[test]
fn links_between_pages_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<_> =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "benches/README.md"]
            .map(|path| root.join(path))
            .into();
    pages.extend(
        fs::read_dir(root.join("docs")).expect("docs").map(|entry| entry.expect("entry").path()),
    );
    pages.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    let mut broken = Vec::new();
    for page in &pages {
        let text = fs::read_to_string(page).expect("page");
        let text: String = text.split('`').step_by(2).collect();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.contains("://") || target.contains('\n') {
                continue;
            }
            let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
            let file = if path.is_empty() { page.clone() } else { page.with_file_name(path) };
            let has_heading = || {
                let text = fs::read_to_string(&file).unwrap_or_default();
                text.lines().any(|line| {
                    line.starts_with('#') && anchor(line.trim_start_matches('#').trim()) == fragment
                })
            };
            if !file.exists() || !fragment.is_empty() && !has_heading() {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}
