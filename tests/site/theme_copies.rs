//! Copies of single files of the theme: what they are marked with, and what is said of old ones.

use std::fs;

use newsgen::render::theme;
use newsgen::theme_copy::marked;

use crate::fixture::{CONFIG, Site, article, newsgen, text, with_help};

fn site() -> Site {
    let site = Site::new("=== content/pages/about.md\n---\ntitle: About\naliases: [old]\n---\n");
    site.write("site.toml", format!("{CONFIG}article_pages = \"self\"\n[amp]\npages = true\n"));
    site.write("content/a.md", article("A", "2026-01-01", "topics: [T]\n"));
    site
}

/// Copies files of the theme. Returns the exit status and what was printed.
fn copy(site: &Site, names: &[&str]) -> (Option<i32>, String) {
    let options = names.iter().flat_map(|name| ["--theme-only", name]);
    let arguments: Vec<&str> = ["init"].into_iter().chain(options).collect();
    let output = newsgen(site.root(), &arguments);
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn copied_theme_publishes_the_same_bytes() {
    let site = site();
    site.build();
    let before = site.tree();
    let templates = theme::TEMPLATES.iter().map(|(name, _)| *name);
    let names: Vec<&str> = templates.chain(theme::ASSETS.iter().map(|(name, _)| *name)).collect();
    for name in &names {
        assert_eq!(copy(&site, &[name]).0, Some(0), "{name}");
        assert_eq!(site.findings(), [""; 0], "{name}");
        assert!(site.tree() == before, "{name}");
    }
    for (name, of_theme) in theme::TEMPLATES {
        let copied = fs::read_to_string(site.path("templates").join(name)).expect("copy");
        let (mark, rest) = copied.split_once('\n').expect("lines");
        assert!(mark.starts_with(&format!("{{#- theme: {name} ")), "{mark}");
        assert_eq!(rest, *of_theme);
    }
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn copies_replace_no_file() {
    let site = site();
    site.write("templates/article.html", "mine");
    let (status, message) = copy(&site, &["page.html", "article.html", "templates/list.html"]);
    assert_eq!(status, Some(1));
    let path = std::path::Path::new(".").join("templates/article.html").display().to_string();
    assert!(message.contains(&path) && message.contains("already exists"), "{message}");
    assert_eq!(fs::read_to_string(site.path("templates/article.html")).expect("file"), "mine");
    assert!(
        !site.path("templates/page.html").exists(),
        "nothing is written if a file is in the way"
    );
    let (status, message) = copy(&site, &["page.html", "templates/list.html"]);
    assert_eq!((status, message.lines().count()), (Some(0), 2), "{message}");
}

#[test]
fn unknown_files_of_the_theme_are_all_reported() {
    let site = site();
    let (status, message) = copy(&site, &["artikle.html", "style.css", "quite-another-name"]);
    assert_eq!(status, Some(1));
    assert_eq!(message.matches("the theme has no such file").count(), 3, "{message}");
    assert!(message.contains("did you mean `article.html`?"), "{message}");
    assert!(message.contains("404.html, amp/article.html"), "{message}");
}

#[test]
fn copy_of_an_older_theme_is_a_warning_in_every_build() {
    let site = site();
    let (name, current) =
        theme::TEMPLATES.iter().find(|(name, _)| *name == "list.html").expect("there");
    let old = current.replace("{%- include \"hooks/before-list.html\" %}", "");
    site.write("templates/list.html", marked(name, &old).replace("<header", "<header id=\"mine\""));
    site.write("static/theme/style.css", marked("theme/style.css", "a { color: red }\n"));
    site.write("templates/mine.html", marked("404.html", "an older 404"));
    site.write("templates/other.html", marked("gone.html", "not a template of the theme"));
    for stage in ["first", "next"] {
        let found = with_help(&site);
        assert_eq!(found.len(), 3, "{stage}: {found:#?}");
        let starts = [
            "static/theme/style.css:1:27: this is a copy of an older version of the theme's `theme/style.css` (nothing in it was changed: remove",
            "templates/list.html:1:22: this is a copy of an older version of the theme's `list.html` (it lacks `include hooks/before-list.html`",
            "templates/mine.html:1:21: this is a copy of an older version of the theme's `404.html` (nothing in it was changed: remove",
        ];
        for start in starts {
            assert!(found.iter().any(|found| found.starts_with(start)), "{start}: {found:#?}");
        }
    }
    let css =
        site.tree().into_iter().find(|(path, _)| path.starts_with("theme/style.")).expect("there");
    assert_eq!(css.1, b"a { color: red }\n", "the mark is not published");
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn copy_that_became_an_extension_is_compared_no_more() {
    let site = site();
    let text = "{% extends \"theme/page.html\" %}\n{% block crumbs %}<p>Mine</p>{% endblock %}\n";
    let mark = marked("page.html", "older");
    site.write("templates/page.html", mark.replace("older", text));
    assert_eq!(site.findings(), [""; 0]);
    assert!(site.page("about/index.html").contains("<p>Mine</p>"));
    assert!(site.page("about/index.html").starts_with("<!DOCTYPE html>"));
}

/// A site's own `components.html` may be a copy of an older theme's, which has these.
#[test]
fn theme_needs_only_components_of_older_copies() {
    const OLDER: [&str; 7] = ["amp_picture", "card", "links", "logo", "pager", "picture", "terms"];
    for (name, text) in newsgen::render::theme::TEMPLATES {
        for (_, rest) in text.match_indices("{{ <").map(|(at, mark)| text.split_at(at + mark.len()))
        {
            let component = rest.split(' ').next().expect("a name");
            assert!(OLDER.contains(&component), "{name}: {component}");
        }
    }
}

/// Version control and editors may change the line ends of a copy.
#[test]
fn unchanged_copy_with_other_line_ends_is_the_theme() {
    let site = site();
    site.write("site.toml", format!("{CONFIG}[theme]\naccent = \"#00205b\"\n"));
    site.build();
    let before = site.tree();
    let css = include_str!("../../static/theme/style.css");
    for copy in [marked("theme/style.css", css), css.to_owned()] {
        site.write("static/theme/style.css", copy.replace('\n', "\r\n"));
        assert_eq!(with_help(&site), [""; 0]);
        assert!(site.tree() == before);
    }
}

#[test]
fn several_names_follow_the_option_and_the_folder_precedes_it() {
    let site = site();
    let init = |arguments: &[&str]| {
        let output = newsgen(site.root(), &[&["init"], arguments].concat());
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    };
    let (status, message) = init(&["--theme-only", "page.html", "theme/style.css"]);
    assert_eq!((status, message.lines().count()), (Some(0), 2), "{message}");
    let (status, message) = init(&["other", "--theme-only", "page.html", "404.html"]);
    assert_eq!((status, message.lines().count()), (Some(0), 2), "{message}");
    assert!(site.path("other/templates/404.html").exists());
    let (status, message) = init(&["--theme-only", "list.html", "other"]);
    assert_eq!(status, Some(1));
    let help = "to write into this folder, name it before the option: `newsgen init DIR --theme-only NAME`";
    assert!(message.contains("the theme has no such file") && message.contains(help), "{message}");
    assert!(!site.path("other/templates/list.html").exists());
}
