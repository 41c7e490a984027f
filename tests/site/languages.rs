//! Sites in other languages than English.

use std::collections::BTreeMap;

use crate::fixture::{CONFIG, Site, article};

const SETTINGS: &str = "article_pages = \"self\"\nper_page = 2\nnav = [\"Meer\"]\n[amp]\npages = true\n[feeds]\nformats = [\"rss\", \"atom\", \"json\"]\n";

const BODY: &str =
    "Ein Satz.[^1]\n\n- [x] ja\n- [ ] nein\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[^1]: Quelle.\n";

/// A site in a language with pages of every kind. Its texts have no word of the English catalogue.
fn site(language: &str) -> Site {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}language = \"{language}\"\n{SETTINGS}"));
    for index in 1..=8 {
        let topics = "topics: [Meer, Fluss]\naliases: [alt-NUMBER]\n";
        let text = article(
            &format!("n{index}"),
            &format!("2026-03-0{index}"),
            &topics.replace("NUMBER", &index.to_string()),
        );
        site.write(&format!("content/n{index}.md"), text + BODY);
    }
    let video = "type: video\nfeaturedContent: https://www.youtube.com/watch?v=aB-_0123456\ncategory: Opinion\nampWebUrl: https://a.example/amp\n";
    site.write("content/v.md", article("v", "2026-05-20", video));
    for index in 0..14 {
        site.write(&format!("content/pages/p{index}.md"), format!("---\ntitle: P{index}\n---\n"));
    }
    for index in 0..510 {
        site.write(&format!("content/topics/t{index}.md"), format!("---\nname: T{index}\n---\n"));
    }
    site
}

/// The messages of a catalogue that have one line.
fn messages(catalog: &str) -> BTreeMap<&str, &str> {
    catalog.lines().filter_map(|line| line.split_once(" = ")).collect()
}

/// The texts of a message between its variables.
fn texts(message: &str) -> impl Iterator<Item = &str> {
    let parts = message.split(['{', '}']).map(str::trim);
    parts.filter(|part| !part.starts_with('$') && part.len() > 2)
}

fn contains_word(text: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '=' | '"' | '/');
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        let quoted = before.ends_with("aria-label=\"") || before.ends_with("title=\"");
        (quoted || !before.ends_with(is_letter)) && !after.starts_with(|c| is_letter(c) && c != '"')
    })
}

#[test]
fn pages_in_other_languages_have_no_english_words() {
    let english = messages(include_str!("../../locales/en.ftl"));
    for (language, catalog) in
        [("de", include_str!("../../locales/de.ftl")), ("ar", include_str!("../../locales/ar.ftl"))]
    {
        let translated = messages(catalog);
        let site = site(language);
        site.build();
        let tree = site.tree();
        let kinds = [
            "index.html",
            "page/1/index.html",
            "topics/index.html",
            "topics/page/2/index.html",
            "topics/meer/index.html",
            "providers/index.html",
            "opinion/index.html",
            "pages/index.html",
            "news/2026/03/n1/index.html",
            "news/2026/03/n1/amp/index.html",
            "opinion/2026/05/v/index.html",
            "404.html",
            "alt-1/index.html",
            "p1/index.html",
            "rss.xml",
            "atom.xml",
            "feed.json",
            "opml.xml",
        ];
        for kind in kinds {
            assert!(tree.contains_key(kind), "{kind}: {:#?}", tree.keys());
        }
        let mut used = 0;
        for (path, bytes) in &tree {
            if path.starts_with("theme/") || path.starts_with('.') {
                continue;
            }
            let page = String::from_utf8_lossy(bytes);
            for (key, message) in &english {
                for text in texts(message) {
                    let same = translated[key].contains(text);
                    assert!(same || !contains_word(&page, text), "{path}: {text}");
                }
                let is_used = texts(translated[key]).any(|text| contains_word(&page, text));
                used += usize::from(is_used);
            }
            for month in ["March", "May"] {
                assert!(!path.ends_with(".html") || !contains_word(&page, month), "{path}");
            }
        }
        assert!(used > 500, "{used}");
    }
}

#[test]
fn all_words_are_used() {
    let folder = |name: &str| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let files = ["src", "templates"].map(|name| crate::fixture::tree(&folder(name)));
    let text: String =
        files.iter().flatten().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
    for line in include_str!("../../locales/en.ftl").lines() {
        let Some((key, _)) = line.split_once(" = ") else { continue };
        assert!(text.contains(&format!("\"{key}\"")), "{key}");
    }
}

#[test]
fn all_catalogues_are_compiled_in() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
    let files = crate::fixture::tree(&folder);
    assert!(files.len() > 20, "{:?}", files.keys());
    for file in files.keys() {
        let language = file.strip_suffix(".ftl").expect("a catalogue");
        let locale = newsgen::locale::Locale::new(language, Vec::new());
        assert_eq!(locale.untranslated(), [""; 0], "{file}");
    }
}

#[test]
fn right_to_left_pages_are_mirrored() {
    for (language, expected) in [("ar", true), ("he-IL", true), ("de", false)] {
        let site = site(language);
        site.build();
        for path in ["index.html", "news/2026/03/n1/amp/index.html", "alt-1/index.html", "404.html"]
        {
            let page = site.page(path);
            let tag = page.split("<html").nth(1).and_then(|rest| rest.split('>').next());
            assert_eq!(tag.expect("tag").contains(" dir=\"rtl\""), expected, "{path}");
        }
    }
}

#[test]
fn site_changes_words_of_the_theme() {
    let words = "[words]\nolder-stories = \"Mehr Fisch\"\nread-at = \"Ganz bei { $provider }\"\n";
    let site = site("de");
    site.build();
    let config = format!("{CONFIG}language = \"de\"\n{SETTINGS}{words}");
    site.write("site.toml", config);
    site.build();
    assert!(site.page("index.html").contains(">Mehr Fisch</a>"));
    assert!(site.page("news/2026/03/n1/index.html").contains(">Ganz bei Provider</a>"));
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn invalid_words_are_errors_at_their_lines() {
    let words =
        "[words]\nlatst = \"x\"\nnext = \"{ $name }\"\nnewest = []\nolder-stories = \"{\"\n";
    let site = Site::new("=== content/pages/p.md\n---\ntitle: P\n---\n");
    site.write("site.toml", format!("{CONFIG}{words}"));
    let mut found = site.findings();
    found.sort();
    let expected = [
        "site.toml:5:9: invalid word `latst`: the theme has no word `latst`; did you mean `latest`?",
        "site.toml:6:8: invalid word `next`: the variable `name` has no value",
        "site.toml:7:10: `newest` must be a text",
        "site.toml:8:17: invalid word `older-stories`: this is not a Fluent pattern: ",
    ];
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}\n{expected}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

#[test]
fn language_without_translation_is_a_warning() {
    let found = |more: &str| {
        let site = Site::new("");
        site.write("site.toml", format!("{CONFIG}language = \"gsw\"\n{more}"));
        site.write("content/a.md", article("A", "2026-01-02", ""));
        site.findings()
    };
    let message = "site.toml:4:12: the theme is not translated into `gsw`; words in English: ";
    assert!(found("")[0].starts_with(&format!("{message}`skip-to-content`, `sections`")));
    let english = messages(include_str!("../../locales/en.ftl"));
    let all: String = english
        .iter()
        .filter(|(key, _)| **key != "latest")
        .map(|(key, text)| match *key {
            "article-count" => "article-count = \"{ $count }\"\n".to_owned(),
            _ => format!("{key} = '{text}'\n"),
        })
        .collect::<Vec<_>>()
        .concat();
    assert_eq!(found(&format!("[words]\n{all}")), [format!("{message}`latest`")]);
    assert_eq!(found(&format!("[words]\n{all}latest = \"Neus\"\n")), [""; 0]);
}

#[test]
fn templates_use_words_of_the_theme() {
    let site = site("de");
    site.write(
        "templates/page.html",
        "{{ \"read-at\" | trans(provider=\"<b>\") }} {{ 1234567 | number }}",
    );
    site.build();
    assert_eq!(site.page("p1/index.html").trim(), "Weiterlesen bei &lt;b&gt; 1.234.567");
    for (expression, message) in [
        ("\"lastest\" | trans", "the theme has no word `lastest`; did you mean `latest`?"),
        ("\"read-at\" | trans", "the variable `provider` has no value"),
        ("\"read-at\" | trans(provider=[1])", "`provider` is no text and no number"),
    ] {
        site.write("templates/page.html", format!("{{{{ {expression} }}}}"));
        let found = site.findings();
        let is_meant =
            |line: &String| line.starts_with("templates/page.html:1:") && line.contains(message);
        assert!(found.iter().any(is_meant), "{found:?}");
    }
}

/// An English site with an article in another language.
fn site_with(title: &str, more: &str) -> Site {
    let site = Site::new("");
    let formats = "article_pages = \"self\"\n[amp]\npages = true\n[feeds]\nformats = [\"rss\", \"atom\", \"json\"]\n";
    site.write("site.toml", format!("{CONFIG}{formats}"));
    let text = article("x", "2026-03-01", more).replace("title: x", &format!("title: {title}"));
    site.write("content/x.md", text);
    site.write("content/y.md", article("y", "2026-03-02", ""));
    site
}

#[test]
fn titles_and_excerpts_have_their_language() {
    for (title, more, attributes, named) in [
        ("Titre", "language: fr\n", " lang=\"fr\"", Some("fr")),
        ("Titre", "language: en\n", "", None),
        ("عنوان", "language: fa\n", " lang=\"fa\" dir=\"rtl\"", Some("fa")),
        ("OpenAI تطلق نموذجا", "", " lang=\"und-Arab\" dir=\"rtl\"", None),
        ("量子誤り訂正", "", " lang=\"ja\"", Some("ja")),
        ("Title", "", "", None),
    ] {
        let site = site_with(title, more);
        assert_eq!(site.findings(), [""; 0]);
        for path in ["news/2026/03/x/index.html", "news/2026/03/x/amp/index.html"] {
            let page = site.page(path);
            assert!(page.contains(&format!("<h1{attributes}>{title}</h1>")), "{path}: {page}");
            assert!(page.contains(&format!("<p class=\"standfirst\"{attributes}>About x.</p>")));
        }
        let front = site.page("index.html");
        assert!(front.contains(&format!("{attributes}><a href=\"/news/2026/03/x/\">{title}</a>")));
        let count = |path: &str, text: &str| site.page(path).matches(text).count();
        let expected = usize::from(named.is_some());
        let named = named.unwrap_or("en");
        let rss = format!("<dc:language>{named}</dc:language>");
        assert_eq!(count("rss.xml", &rss), expected, "{title}");
        assert_eq!(count("atom.xml", &format!("<title xml:lang=\"{named}\">")), expected);
        assert_eq!(count("rss.xml", &format!("<p lang=\"{named}\">About x")), expected);
        assert_eq!(count("feed.json", &format!("\"language\":\"{named}\",\"date")), expected);
        let in_language = format!("\"inLanguage\":\"{named}\",\"mainEntityOfPage\"");
        assert_eq!(count("news/2026/03/x/index.html", &in_language), expected);
    }
}

#[test]
fn language_of_a_provider_is_that_of_its_articles() {
    let site = site_with("Titre", "");
    site.build();
    site.write("content/providers/provider-example.md", "---\nlanguage: fr\n---\n");
    site.write("content/z.md", article("z", "2026-03-03", "language: de\n"));
    site.build();
    assert!(site.page("news/2026/03/x/index.html").contains("<h1 lang=\"fr\">Titre</h1>"));
    assert!(site.page("news/2026/03/z/index.html").contains("<h1 lang=\"de\">z</h1>"));
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn excerpt_of_the_body_is_in_the_language_of_the_site() {
    let site = site_with("Titre", "language: fr\n");
    let text = article("x", "2026-03-01", "language: fr\n").replace("excerpt: About x.\n", "");
    site.write("content/x.md", text + "Our note.\n");
    site.build();
    assert!(site.page("index.html").contains("<p class=\"excerpt\">Our note.</p>"));
    assert!(site.page("atom.xml").contains("<p>Our note."));
}

#[test]
fn unknown_language_of_an_article_is_a_warning() {
    let site = site_with("Title", "language: english\n");
    let found = site.findings();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("content/x.md:9:11: `language`"), "{found:?}");
    assert!(site.page("news/2026/03/x/index.html").contains("<h1>Title</h1>"));
}

#[test]
fn texts_of_right_to_left_sites_inherit_their_direction() {
    let site = site("ar");
    site.write("content/z.md", article("عنوان", "2026-05-21", "").replace("/عنوان", "/z"));
    site.build();
    let front = site.page("index.html");
    assert!(!front.contains("dir=\"auto\""));
    assert!(front.contains(" lang=\"und-Latn\" dir=\"ltr\"><a href=\"/opinion/2026/05/v/\">v</a>"));
    assert!(front.contains("<h2><a href=\"/news/2026/05/z/\">عنوان</a></h2>"));
}

/// A site whose topic `T` has a file with this language.
fn site_with_topic_in(language: &str) -> Site {
    let site = Site::new("");
    site.write(
        "site.toml",
        format!("{CONFIG}nav = [\"T\"]\narticle_pages = \"self\"\n[amp]\npages = true\n"),
    );
    site.write("content/topics/t.md", format!("---\nname: Wetter\n{language}---\n"));
    site.write("content/topics/sub.md", "---\nname: Sub\nparent: T\n---\n");
    for (name, topic) in [("a", "T"), ("b", "t"), ("c", "Sub")] {
        let more = format!("topics: [{topic}]\n");
        site.write(&format!("content/{name}.md"), article(name, "2026-01-01", &more));
    }
    site
}

/// Topics are named on many pages: in the navigation, breadcrumbs, cards, lists and indexes.
#[test]
fn names_of_topics_have_their_language() {
    let plain = site_with_topic_in("");
    plain.build();
    for (language, marks) in [
        ("language: de\n", " lang=\"de\""),
        ("language: ur\n", " lang=\"ur\" dir=\"rtl\""),
        ("language: en\n", ""),
    ] {
        let site = site_with_topic_in(language);
        assert!(site.findings().iter().all(|found| found.contains("share the URL")), "{language}");
        for (page, count) in [
            ("index.html", 4),
            ("topics/index.html", 2),
            ("topics/t/index.html", 2),
            ("topics/sub/index.html", 2),
            ("news/2026/01/a/index.html", 4),
            ("news/2026/01/b/amp/index.html", 3),
        ] {
            let html = site.page(page);
            let marked = html.matches(&format!("{marks}>Wetter<")).count()
                + html.matches(&format!("{marks}>T<")).count()
                + html.matches(&format!("{marks}>t<")).count();
            assert_eq!(marked, count, "{language} {page}: {html}");
            assert_eq!(html.replace(marks, ""), plain.page(page), "{language} {page}");
        }
    }
}

#[test]
fn language_of_a_topic_is_part_of_its_pages() {
    let site = site_with_topic_in("");
    site.build();
    for language in ["language: de\n", "language: he\n", ""] {
        site.write("content/topics/t.md", format!("---\nname: Wetter\n{language}---\n"));
        site.build();
        assert_eq!(site.tree(), site.clean_tree(), "{language}");
    }
    site.write("content/topics/t.md", "---\nlanguage: notalanguage\n---\n");
    let findings = site.findings();
    let is_error = |found: &String| found.starts_with("content/topics/t.md:2:11: `language` ");
    assert!(findings.iter().any(is_error), "{findings:#?}");
}
