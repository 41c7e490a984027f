//! Texts of front matter are published as they are written; where YAML reads them otherwise, there
//! is a warning.

use newsgen::diagnostic::Diagnostic;

use crate::fixture::{CONFIG, Site, article, tree};

const REST: &str =
    "publishedDateTime: 2026-01-02T10:00:00Z\noriginalUrl: https://www.provider.example/a\n";

const PROVIDER: &str = "provider:\n  domain: provider.example\n";

/// A site with one article of this front matter, and this template of its page.
fn site(front_matter: &str, template: &str) -> Site {
    let site = Site::new("");
    site.write("content/a.md", format!("---\n{front_matter}---\n"));
    site.write("templates/article.html", template);
    site
}

/// The page rendered by this template.
fn page(front_matter: &str, template: &str) -> String {
    let site = site(front_matter, template);
    site.build();
    let tree = site.tree();
    let (_, page) = tree.iter().find(|(path, _)| path.ends_with("/a/index.html")).expect("page");
    String::from_utf8(page.clone()).expect("UTF-8").trim().to_owned()
}

fn diagnostics(front_matter: &str) -> Vec<Diagnostic> {
    site(front_matter, "").try_build().diagnostics
}

/// The only diagnostic of an article with these additional lines.
fn only(lines: &str) -> Diagnostic {
    let title = if lines.starts_with("title:") { "" } else { "title: T\n" };
    let provider = if lines.starts_with("provider:") { "" } else { PROVIDER };
    let mut found = diagnostics(&format!("{lines}\n{title}{REST}{provider}"));
    assert_eq!(found.len(), 1, "{lines}\n{found:#?}");
    found.remove(0)
}

fn is_silent(lines: &str) {
    let title = if lines.starts_with("title:") { "" } else { "title: T\n" };
    let found = diagnostics(&format!("{lines}\n{title}{REST}{PROVIDER}"));
    assert!(found.is_empty(), "{lines}\n{found:#?}");
}

#[test]
fn text_fields_keep_their_spelling() {
    for word in [
        "0x1F",
        "0o17",
        "0b11",
        "+12",
        "-0",
        "1_000",
        "007",
        "1.10",
        "1e3",
        "2026-11-20",
        "yes",
        "true",
        "FALSE",
        "1984",
        "12345678901234567890",
        ".5",
        "-.inf",
        "12:30",
    ] {
        let front_matter = format!(
            "title: {word}\nrelated:\n  - title: R\n    webUrl: https://r.example/\n    excerpt: {word} # c\ntopics:\n  - {word}\n{REST}provider:\n  name: {word}\n  domain: provider.example\n"
        );
        let template = "{{ article.title }}|{{ related[0].excerpt }}|{{ article.topics[0].title }}|{{ article.provider.name }}";
        assert_eq!(page(&front_matter, template), [word; 4].join("|"));
    }
}

#[test]
fn text_fields_of_pages_and_terms_keep_their_spelling() {
    for word in ["0x1F", "0o17", "+12", "-0", "1.10", "1e3", "TRUE"] {
        let site = Site::new("");
        let related = format!("related:\n  - title: {word}\n    webUrl: https://r.example/\n");
        let more = format!("category: {word}\ntopics: [Sea]\n{related}");
        site.write("content/a.md", article("A", "2026-01-02", &more));
        let described = format!("description: {word}");
        site.write("content/pages/p.md", format!("---\ntitle: {word}\n{described}\n---\n"));
        for path in ["topics/sea", "providers/provider.example"] {
            let text = format!("---\nname: {word}\n{described}\n---\n");
            site.write(&format!("content/{path}.md"), text);
        }
        let own_page = "{{ article.category.title }}|{{ related[0].title }}";
        site.write("templates/article.html", own_page);
        site.write("templates/page.html", "{{ page.title }}|{{ page.description }}");
        site.write("templates/list.html", "{{ list.name }}|{{ list.description }}");
        site.build();
        let pages: Vec<String> =
            site.files().into_iter().filter(|path| path.ends_with("/a/index.html")).collect();
        let [own] = &pages[..] else { panic!("{pages:?}") };
        for path in
            [own, "p/index.html", "topics/sea/index.html", "providers/provider-example/index.html"]
        {
            assert_eq!(site.page(path).trim(), [word; 2].join("|"), "{path}");
        }
    }
}

#[test]
fn extra_keeps_spelling_and_numbers() {
    let extra = "version: 1.10\nid: 12345678901234567890\nhex: 0x1F\nplus: +12\nexponent: 1e3\nscore: 4\nratio: 1.5\n\
                 flag: True\nlist: [1.0, 007, 1.20]\n0x10: key\n";
    let template = "{{ article.extra.version }} {{ article.extra.id }} {{ article.extra.hex }} {{ article.extra.plus }} \
                    {{ article.extra.exponent }} {{ article.extra.score + 1 }} {{ article.extra.ratio * 2 }} \
                    {% if article.extra.flag %}yes{% endif %} {{ article.extra.list[0] }} {{ article.extra.list[1] }} \
                    {{ article.extra.list[2] }} {{ article.extra[\"0x10\"] }}";
    assert_eq!(
        page(&format!("title: T\n{extra}{REST}{PROVIDER}"), template),
        "1.10 12345678901234567890 0x1F +12 1e3 5 3.0 yes 1.0 007 1.20 key"
    );
}

#[test]
fn site_extra_keeps_its_spelling() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    let extra = "version = 1.10\nhex = 0x1F\nbig = 1_000\ncount = 4\nneg = -7\nratio = 1.5\nday = 2026-11-20\nflag = true\n";
    site.write(
        "site.toml",
        format!("{CONFIG}[extra]\n{extra}nested = {{ list = [0o17, +1.0] }}\n"),
    );
    site.write(
        "templates/404.html",
        "{{ site.extra.version }} {{ site.extra.hex }} {{ site.extra.big }} {{ site.extra.count + 1 }} \
         {{ site.extra.neg - 1 }} {{ site.extra.ratio * 2 }} {{ site.extra.day }} {% if site.extra.flag %}yes{% endif %} \
         {{ site.extra.nested.list[0] }} {{ site.extra.nested.list[1] }}",
    );
    site.build();
    let page = String::from_utf8(site.tree().remove("404.html").expect("page")).expect("UTF-8");
    assert_eq!(page.trim(), "1.10 0x1F 1_000 5 -8 3.0 2026-11-20 yes 0o17 +1.0");
}

#[test]
fn number_length_is_limited() {
    let found = diagnostics(&format!("title: 0.{}\n{REST}{PROVIDER}", "0".repeat(20_000)));
    assert_eq!(found[0].message, "this text is longer than 10000 characters");
}

#[test]
fn truncating_comments_are_warnings() {
    for (lines, location) in [
        ("title: Foo #1 bar", "content/a.md:2:12"),
        ("title: We are # 1 in sales", "content/a.md:2:15"),
        ("title: We love C #", "content/a.md:2:18"),
        ("title: 2026 #1 guide", "content/a.md:2:13"),
        ("title: Über #1", "content/a.md:2:13"),
        ("title: Foo\t#1", "content/a.md:2:12"),
        ("title: Foo #1\r", "content/a.md:2:12"),
        ("title: Foo\n  bar #1", "content/a.md:3:7"),
        ("title:\n  Foo\n\n  bar baz #1", "content/a.md:5:11"),
        ("excerpt: #1 in sales", "content/a.md:2:10"),
        ("topics:\n  - AI\n  - C #1", "content/a.md:4:7"),
        ("topics: [AI #1, b\n  , c]", "content/a.md:2:13"),
        ("provider:\n  name: Post #1\n  domain: provider.example", "content/a.md:3:14"),
        ("related:\n  - title: R #1\n    webUrl: https://a.example/", "content/a.md:3:14"),
        ("motto: We are #1", "content/a.md:2:15"),
        ("deep: [{motto: We are #1\n  }]", "content/a.md:2:23"),
    ] {
        let found = only(lines);
        assert_eq!(found.location.to_string(), location, "{lines}");
        assert!(found.changes_output && !found.is_error(), "{found:?}");
        assert!(
            found.message.contains("cut")
                && found.help.as_deref().is_some_and(|help| help.contains("quotation marks"))
        );
    }
}

#[test]
fn comments_after_quotes_are_warnings() {
    for (lines, location) in [
        ("title: \"Harbour\" #1 in sales", "content/a.md:2:18"),
        ("title: 'it''s' #2 y", "content/a.md:2:16"),
        ("title: \"a \\\" b\"\t#1\r", "content/a.md:2:17"),
        ("title: !!str \"a\" #1", "content/a.md:2:18"),
        ("title: \"Foo\n  bar\" #1", "content/a.md:3:8"),
        ("topics: [\"a\" #b\n  , c]", "content/a.md:2:14"),
        ("topics:\n  - \"a\" #b", "content/a.md:3:9"),
        ("provider:\n  name: 'Post' #1\n  domain: provider.example", "content/a.md:3:16"),
        ("related: [{title: \"R\" #1\n  , webUrl: https://a.example/}]", "content/a.md:2:23"),
        ("motto: 'We' #1", "content/a.md:2:13"),
    ] {
        let found = only(lines);
        assert_eq!(found.location.to_string(), location, "{lines}");
        assert!(
            found.changes_output && !found.is_error() && found.message.contains("cut"),
            "{found:?}"
        );
        assert!(
            found.help.is_some_and(|help| help.contains("put the whole text in quotation marks"))
        );
    }
}

#[test]
fn comments_after_aliases_and_lists_are_warnings() {
    for (lines, location) in [
        ("x: &x Foo is here\nexcerpt: *x #1", "content/a.md:3:13"),
        ("x: &x Foo\ntopics:\n  - *x #1", "content/a.md:4:8"),
        ("x: &x Foo\ntopics: [*x #1\n  ]", "content/a.md:3:13"),
        ("topics: [a, b] #c", "content/a.md:2:16"),
        ("topics: [\n  a] #c", "content/a.md:3:6"),
    ] {
        let found = only(lines);
        assert_eq!(found.location.to_string(), location, "{lines}");
        assert!(
            found.changes_output && !found.is_error() && found.message.contains("cut"),
            "{found:?}"
        );
    }
}

#[test]
fn unclosed_quotes_are_located_at_their_start() {
    for (lines, location) in [
        ("title: \"never\nheat: 1\nexcerpt: \"x\"", "content/a.md:2:8"),
        ("title: \"never\nheat: 1", "content/a.md:2:8"),
        ("title: \"never\nexcerpt: 'C:\\q'\ntype: \"x\"", "content/a.md:2:8"),
        ("title: \"never\ntype: \"x\"\nexcerpt: \"y", "content/a.md:2:8"),
        ("title: 'never\nexcerpt: it's\nheat: 1", "content/a.md:2:8"),
        ("title: \"C:\\\"", "content/a.md:2:8"),
        ("heat: 1\ntopics:\n  - \"a\n  - \"b\"", "content/a.md:4:5"),
        ("related:\n  - title: \"R\n    webUrl: \"https://a.example/\"", "content/a.md:3:12"),
        ("x: {a: \"b,\nc: \"d\"}", "content/a.md:2:8"),
    ] {
        let found = &diagnostics(&format!("{lines}\n{REST}{PROVIDER}"))[0];
        assert_eq!(found.location.to_string(), location, "{lines}");
        assert_eq!(found.message, "this quotation mark is not closed", "{lines}");
        assert!(
            found.is_error()
                && found.help.as_deref().is_some_and(|help| help.starts_with("close it"))
        );
    }
}

#[test]
fn quotes_swallowing_the_next_key_are_warnings() {
    for (lines, location) in [
        ("title: \"never\nexcerpt: size 5\"", "content/a.md:2:8"),
        (
            "related:\n  - title: 'R\n    webUrl: https://a.example/'\n    originalUrl: https://b.example/",
            "content/a.md:3:12",
        ),
    ] {
        let found = only(lines);
        assert_eq!(found.location.to_string(), location, "{lines}");
        assert!(
            found.changes_output && found.message.contains("quotation mark is not closed"),
            "{found:?}"
        );
    }
}

#[test]
fn unknown_escapes_are_explained() {
    for (value, column) in
        [("\\q", 9), ("C:\\q", 11), ("C:\\Users", 11), ("\\xZZ", 9), ("é \\d+", 11)]
    {
        let found = &diagnostics(&format!("title: \"{value}\"\n{REST}{PROVIDER}"))[0];
        assert_eq!(found.location.to_string(), format!("content/a.md:2:{column}"), "{value}");
        let help = found.help.as_deref().unwrap_or_default();
        assert!(
            help.contains("a backslash begins an escape")
                && help.contains("single quotation marks"),
            "{help}"
        );
        assert!(help.contains("`\\\\`") && !help.contains("indentation"), "{help}");
    }
}

#[test]
fn control_characters_are_located() {
    for (c, code) in [
        ('\0', "U+0000"),
        ('\u{7}', "U+0007"),
        ('\u{1b}', "U+001B"),
        ('\u{7f}', "U+007F"),
        ('\u{9b}', "U+009B"),
    ] {
        for value in [format!("a{c}b"), format!("\"a{c}b\""), format!("{c}\n  - x")] {
            let found = &diagnostics(&format!("heat: 1\ntitle: {value}\n{REST}{PROVIDER}"))[0];
            assert!(found.location.to_string().starts_with("content/a.md:3:"), "{found:?}");
            assert!(found.message.ends_with(&format!("control character {code}")), "{found:?}");
            let help = found.help.as_deref().unwrap_or_default();
            assert!(help.starts_with("remove the control character in line 3"), "{help}");
        }
    }
}

#[test]
fn yaml_bombs_are_refused_as_aliases() {
    let level =
        |key: char, of: char| format!("{key}: &{key} [{}]\n", vec![format!("*{of}"); 9].join(", "));
    let levels: String = ('b'..='i').zip('a'..='h').map(|(key, of)| level(key, of)).collect();
    for (lines, location) in [
        (format!("a: &a [x, x]\n{levels}"), "content/a.md:3:8"),
        (format!("a: &a \"{}\"\n{levels}", "x".repeat(1000)), "content/a.md:3:8"),
        ("a: &a [*a]\n".to_owned(), "content/a.md:2:8"),
        ("a: &a {b: *a}\n".to_owned(), "content/a.md:2:11"),
    ] {
        let found = &diagnostics(&format!("{lines}title: T\n{REST}{PROVIDER}"))[0];
        assert_eq!(found.location.to_string(), location, "{found:?}");
        assert!(found.message.contains("aliases expand"), "{found:?}");
        assert!(
            found
                .help
                .as_deref()
                .is_some_and(|help| help.contains("aliases") && help.contains("anchors"))
        );
    }
}

#[test]
fn comments_that_break_yaml_are_located() {
    for (front_matter, location) in [
        ("{title: A #1, heat: 1}\n", "content/a.md:2:11"),
        ("{title: A #1,\n heat: 1}\n", "content/a.md:2:11"),
        ("heat: 1\ntopics: [\"a\" #1, b]\ntitle: T\n", "content/a.md:3:14"),
        ("title: Foo #1\n  more\nheat: 1\n", "content/a.md:2:12"),
        ("title: Foo\n  bar #1 baz\n  more\nheat: 1\n", "content/a.md:3:7"),
    ] {
        let found = &diagnostics(front_matter)[0];
        assert_eq!(found.location.to_string(), location, "{front_matter}");
        assert!(
            found.help.as_deref().is_some_and(|help| help.contains("quotation marks")),
            "{found:?}"
        );
    }
    let found = diagnostics("{title: A #1\n, heat: 1}\n");
    assert!(
        found.iter().any(|found| found.location.to_string() == "content/a.md:2:11"),
        "{found:?}"
    );
    let innocent = &diagnostics("heat: 5 #of 10\ntitle T\nmore: x\n")[0];
    assert_ne!(innocent.location.to_string(), "content/a.md:2:9", "{innocent:?}");
}

#[test]
fn merge_conflict_markers_are_errors() {
    let article = article("A", "2026-01-02", "");
    for (text, line) in [
        (format!("<<<<<<< HEAD\n{article}=======\n{article}>>>>>>> other\n"), 1),
        (format!("<<<<<<<\n{article}"), 1),
        (
            article.replacen(
                "title: A",
                "<<<<<<< HEAD\ntitle: A\n=======\ntitle: B\n>>>>>>> other",
                1,
            ),
            2,
        ),
        (article.replacen("title: A", "title: A\r\n>>>>>>> other\r", 1), 3),
        (article.replacen("title: A", "title: A\n=======", 1), 3),
        (article.replacen("title: A", "title: A\ntopics: [\n<<<<<<< HEAD\na\n=======\n]", 1), 4),
        ("---\n<<<<<<< HEAD\ntitle: A\n=======\ntitle: B\n".to_owned(), 2),
    ] {
        let site = Site::new("");
        site.write("content/a.md", &text);
        let found = &site.try_build().diagnostics[0];
        assert_eq!(found.location.to_string(), format!("content/a.md:{line}:1"), "{text}");
        assert_eq!(found.message, "the document contains merge conflict markers", "{text}");
        let help = found.help.as_deref().unwrap_or_default();
        assert!(help.starts_with("resolve the conflict") && !help.contains("ignore"), "{help}");
    }
}

#[test]
fn merge_conflict_markers_in_bodies_are_warnings() {
    let marks = "<<<<<<< HEAD\nA\n=======\nB\n>>>>>>> other\n";
    let findings = |body: String| {
        let site = Site::new("");
        site.write("content/a.md", format!("{}{body}", article("A", "2026-01-02", "")));
        site.try_build().diagnostics
    };
    for before in ["", "One.\n", "One.\n\n"] {
        let found = findings(format!("{before}{marks}"));
        let [found] = found.as_slice() else { panic!("{found:#?}") };
        assert!(
            found.changes_output && found.message.contains("merge conflict markers"),
            "{found:?}"
        );
        let line = 10 + before.matches('\n').count();
        assert_eq!(found.location.to_string(), format!("content/a.md:{line}:1"));
    }
    assert_eq!(findings(format!("```\n{marks}```\n")), []);
    assert_eq!(findings("a <<<<<<< b\n".to_owned()), []);
}

#[test]
fn ordinary_comments_are_not_warnings() {
    for lines in [
        "heat: 5 # of 10",
        "heat: 5 #of 10",
        "published: true #yes",
        "slug: foo # old",
        "category: news # or opinion",
        "excerpt: # to do",
        "# title: x\nexcerpt: About e.\n# topics: #x",
        "title: \"Foo #1 bar\" # quoted",
        "title: 'Foo' # 1",
        "title: \"Foo\" ## 1",
        "anchors: &x Foo\nmore: *x # one",
        "topics: [a, b] # the beats",
        "images: [{url: /a.png}] #x",
        "slug: \"foo\" # old",
        "text: |\n  *x #1\n  \"a\n  b: c\n",
        "excerpt: \"one\n  two three\"",
        "excerpt: \"one\n\n  two: three\n\n  four\"",
        "excerpt: >\n  \"one\n  two: three",
        "title: C# and F#",
        "title: |\n  Foo #1",
        "excerpt: >- # folded\n  The first Foo #1",
        "motto: We are # one",
        "topics: # the beats\n  - AI",
        "images:\n  - url: /a.png #x",
        "anchors: &x Foo\nmore: *x",
        "other: &x [Foo]",
        "title: !!str 12",
        "title: R&D!",
        "excerpt: null",
        "excerpt: ~",
    ] {
        is_silent(lines);
    }
}

#[test]
fn truncating_tags_and_anchors_are_warnings() {
    for (lines, location) in [
        ("title: !important news", "content/a.md:2:8"),
        ("title: &x news", "content/a.md:2:8"),
        ("title: !a &b news", "content/a.md:2:8"),
        ("title: ! news", "content/a.md:2:8"),
        ("title: !!important news", "content/a.md:2:8"),
        ("title: !x \"news\"", "content/a.md:2:8"),
        ("excerpt: !x", "content/a.md:2:10"),
        ("topics:\n  - &x b", "content/a.md:3:5"),
        ("motto: !x y", "content/a.md:2:8"),
        ("excerpt: NULL", "content/a.md:2:10"),
    ] {
        let found = only(lines);
        assert_eq!(found.location.to_string(), location, "{lines}");
        assert!(found.changes_output && !found.is_error(), "{found:?}");
        assert!(
            found.help.as_deref().is_some_and(|help| help.contains("quotation marks")),
            "{found:?}"
        );
    }
}

#[test]
fn truncation_warnings_in_terms_and_pages() {
    let site = Site::new(
        "=== content/topics/ai.md\n---\nname: AI #1\n---\n=== content/pages/x.md\n---\ntitle: !a X\n---\n",
    );
    site.write("content/a.md", article("A", "2026-01-02", "topics: [AI]\n"));
    let found = site.try_build().diagnostics;
    let places: Vec<String> = found.iter().map(|found| found.location.to_string()).collect();
    assert_eq!(places, ["content/pages/x.md:2:8", "content/topics/ai.md:2:10"]);
}

#[test]
fn truncation_warnings_are_limited() {
    let topics = "  - é #1\n".repeat(400);
    let found = diagnostics(&format!("title: T\n{REST}{PROVIDER}topics:\n{topics}"));
    assert_eq!(found.len(), 21);
    assert_eq!(found[0].message, "380 more texts in this file are cut");
}

#[test]
fn missing_values_are_located_and_explained() {
    for (lines, location, reason) in [
        ("title: #1 in sales", "content/a.md:2:8: `title` is missing", "`#` starts a comment"),
        ("title: !important", "content/a.md:2:8: `title` is missing", "`!` starts a tag"),
        ("title: Null", "content/a.md:2:8: `title` is missing", "`Null` means null"),
        (
            "topics:\n  - #1 in sales",
            "content/a.md:3:5: `topics` must be a text",
            "`#` starts a comment",
        ),
        ("topics:\n  - ~", "content/a.md:3:5: `topics` must be a text", "`~` means null"),
        (
            "provider:\n  domain: #x",
            "content/a.md:3:11: `provider.domain` is missing",
            "`#` starts a comment",
        ),
        (
            "related:\n  - webUrl: https://a.example/\n    title: #1",
            "content/a.md:4:12: a related item has no `title`",
            "`#` starts a comment",
        ),
        (
            "images:\n  - url: #x",
            "content/a.md:3:10: an image has no `url`",
            "`#` starts a comment",
        ),
    ] {
        let found = only(lines);
        assert_eq!(format!("{}: {}", found.location, found.message), location);
        let help = found.help.expect("help");
        assert!(help.starts_with(reason) && help.contains("quotation marks"), "{help}");
    }
}

#[test]
fn misread_texts_suggest_quotes() {
    for value in [
        "[Video] The",
        "[Video]",
        "{x}",
        "{x} y",
        "*New* phone",
        "*New phone",
        "**New** phone",
        "@x y",
        "`x` y",
        "{{ title }}",
        "{{ title }} x",
        "%x y",
        "| Foo",
        "> Foo",
        "- Foo",
        "? x",
        "& x",
        ", x",
        "] x",
        "} x",
        "\"Foo\" bar",
        "'It's here'",
        "Foo: bar",
        "![x](y)",
        "[a, b",
        "{a: b",
        "Foo\n  bar #1 baz\n  more",
        "Foo\n  bar: baz",
        "\n  Foo: bar",
        "\"Foo",
        "[1] x: y",
    ] {
        let in_list = value.replace('\n', "\n  ");
        for lines in [format!("title: {value}"), format!("topics:\n  - x\n  - {in_list}")] {
            let found = diagnostics(&format!("{lines}\n{REST}{PROVIDER}"));
            let found = found
                .iter()
                .find(|found| found.message != "`title` is missing")
                .expect("diagnostic");
            let help = found.help.as_deref().unwrap_or("");
            assert!(
                help.contains("quotation mark") && !help.contains("indentation"),
                "{lines}\n{found:#?}"
            );
        }
    }
}

#[test]
fn other_syntax_errors_keep_their_help() {
    let found = diagnostics("title: T\nexcerpt E\nheat: 1\n");
    assert!(
        found[0].help.as_deref().is_some_and(|help| help.contains("a missing colon")),
        "{found:#?}"
    );
}

#[test]
fn smart_quotes_around_values_are_named() {
    for lines in [
        "webUrl: “https://a.example/”",
        "heat: “5”",
        "published: „true“",
        "slug: «x»",
        "provider:\n  domain: ‘a.example’",
        "images:\n  - url: “/a.png”",
    ] {
        let found = only(lines);
        assert!(found.is_error(), "{found:?}");
        assert_eq!(
            found.help.as_deref(),
            Some("YAML recognizes only the quotation marks `\"` and `'`; use these")
        );
    }
    let found = only("title: “Foo”");
    assert!(
        !found.is_error() && !found.changes_output && found.message.contains("a part of the text"),
        "{found:?}"
    );
    for lines in
        ["title: \"“Foo”\"", "title: “Foo” says bar", "title: ‘Twas", "title: “", "title: ’90s’"]
    {
        if lines != "title: ’90s’" {
            is_silent(lines);
        }
    }
}

#[test]
fn front_matter_of_other_formats_is_named() {
    for (first, format) in [
        ("+++", "TOML"),
        ("+++ ", "TOML"),
        ("---toml", "TOML"),
        ("{", "JSON"),
        ("{ \"title\": \"T\" }", "JSON"),
        (";;;", "JSON"),
        ("---json", "JSON"),
    ] {
        let site = Site::new("");
        site.write("content/a.md", format!("{first}\ntitle = \"T\"\n{first}\nBody\n"));
        let found = site.try_build().diagnostics;
        assert_eq!(found[0].location.to_string(), "content/a.md:1:1");
        assert_eq!(
            found[0].message,
            format!("the front matter is {format}, but newsgen reads YAML")
        );
        assert!(found[0].help.as_deref().is_some_and(|help| help.contains("`---`")));
    }
    let site = Site::new("=== content/a.md\n{{ x }}\n");
    assert_eq!(
        site.findings(),
        ["content/a.md:1:1: the document does not begin with front matter"]
    );
}

#[test]
fn secured_near_misses_reach_no_output() {
    for key in [
        "Secured",
        "SECURED",
        "secured\u{a0}",
        "\"secured \"",
        "sec\u{200b}ured",
        "se\u{ad}cured",
        "ｓｅｃｕｒｅｄ",
        "secrued",
        "secure",
        "_secured",
        "sécured",
    ] {
        for lines in [
            format!("{key}: s3cret"),
            format!("a: {{{key}: s3cret, b: c}}"),
            format!("related:\n  - title: R\n    webUrl: https://a.example/\n    {key}: s3cret"),
            format!("{key}:\n  deep: [s3cret]"),
            format!("{key}: s3cret #1"),
        ] {
            let site = site(&format!("{lines}\ntitle: T\n{REST}{PROVIDER}"), "{{ article.extra }}");
            let outcome = site.try_build();
            assert!(outcome.summary.is_some(), "{lines}\n{outcome:#?}");
            assert_eq!(outcome.diagnostics.len(), 1, "{lines}\n{:#?}", outcome.diagnostics);
            assert!(outcome.diagnostics[0].changes_output);
            assert!(
                !format!("{:?}", outcome.diagnostics).contains("s3cret"),
                "{lines}\n{:#?}",
                outcome.diagnostics
            );
            assert!(!writes_secret(&site), "{lines}");
        }
    }
}

/// Whether the output or the state of a build contains `s3cret`.
fn writes_secret(site: &Site) -> bool {
    let is_secret = |bytes: &[u8]| bytes.windows(6).any(|part| part == b"s3cret");
    [site.tree(), tree(&site.path(".newsgen"))]
        .iter()
        .any(|files| files.values().any(|bytes| is_secret(bytes)))
}

#[test]
fn secured_near_misses_in_pages_and_terms_reach_no_output() {
    for (path, name) in [
        ("content/pages/p.md", "title: P"),
        ("content/topics/sea.md", "name: Sea"),
        ("content/providers/provider.example.md", "name: Provider"),
    ] {
        for key in ["Secured", "secured\u{a0}", "secrued", "ѕecured"] {
            for value in ["s3cret", "{deep: [s3cret]}", "s3cret #1"] {
                let site = Site::new("");
                site.write("content/a.md", article("A", "2026-01-02", "topics: [Sea]\n"));
                site.write(path, format!("---\n{name}\n{key}: {value}\n---\n"));
                let outcome = site.try_build();
                let [found] = &outcome.diagnostics[..] else {
                    panic!("{path}, {key}: {:#?}", outcome.diagnostics)
                };
                assert!(outcome.summary.is_some() && found.changes_output, "{found:?}");
                assert!(!format!("{found:?}").contains("s3cret"), "{found:?}");
                assert!(!writes_secret(&site), "{path}, {key}: {value}");
            }
        }
    }
}

#[test]
fn secured_without_a_space_reaches_no_output() {
    for key in [
        "secured:s3cret",
        "secured= s3cret",
        "secured=s3cret",
        "secured:\"s3cret\"",
        "secured:'s3cret'",
        "'secured: s3cret'",
        "Secured:s3cret",
        "secrued=s3cret",
        "ѕecured：s3cret",
        "secured::s3cret",
        "secured :s3cret",
        "secured:s3cret: x",
        "secured:s3cret:s3cret",
        "secured:[s3cret]",
    ] {
        for lines in [
            format!("internal: {{reviewer: bob, {key}}}"),
            format!("internal: {{{key}, reviewer: bob}}"),
            format!("a: [{{b: {{{key}}}}}]"),
            format!("provider: {{domain: a.example, {key}}}"),
            format!("related: [{{title: R, webUrl: https://a.example/, {key}}}]"),
        ] {
            let rest = if lines.starts_with("provider") { "" } else { PROVIDER };
            let site = site(&format!("{lines}\ntitle: T\n{REST}{rest}"), "{{ article.extra }}");
            let outcome = site.try_build();
            let printed = format!("{:?}", outcome.diagnostics);
            assert!(!printed.contains("s3cret"), "{lines}\n{printed}");
            // Some of these are not YAML.
            if outcome.summary.is_some() {
                assert_eq!(outcome.diagnostics.len(), 1, "{lines}\n{printed}");
                assert!(outcome.diagnostics[0].changes_output, "{printed}");
                assert!(!writes_secret(&site), "{lines}");
            }
        }
    }
}

#[test]
fn secured_near_misses_are_warnings_without_lines() {
    for key in ["secret", "scurd", "securred2"] {
        let found = only(&format!("{key}: s3cret"));
        assert_eq!(found.help.as_deref(), Some("did you mean `secured`?"), "{key}");
        assert!(!format!("{found:?}").contains("s3cret"), "{found:?}");
    }
}

#[test]
fn comments_behind_slugs_and_aliases_are_warned_of() {
    for (lines, location) in [
        ("slug: issue #2", "content/a.md:2:13"),
        ("aliases:\n  - /issue #2", "content/a.md:3:12"),
        ("slug: \"issue\" #2", "content/a.md:2:15"),
    ] {
        let found = only(lines);
        assert_eq!(found.location.to_string(), location, "{lines}");
        assert!(found.changes_output && found.message.contains("cut"), "{found:?}");
    }
    is_silent("slug: issue # two");
}

#[test]
fn surrogate_pairs_are_explained() {
    for (value, length, label, help) in [
        (
            "\\ud83d\\ude00 news",
            12,
            "a surrogate pair",
            "write the character itself or `\\U0001F600`",
        ),
        ("\\ud83d news", 6, "no character", "write the character itself"),
        ("\\UFFFFFFFF", 10, "no character", "write the character itself"),
    ] {
        let found = &diagnostics(&format!("title: T\nexcerpt: \"{value}\"\n{REST}{PROVIDER}"))[0];
        assert_eq!(found.location.to_string(), "content/a.md:3:11", "{value}");
        let span = found.location.span.as_ref().expect("span");
        assert!(span.length == length && span.text.contains(value), "{span:?}");
        assert!(found.label.as_deref().is_some_and(|found| found.starts_with(label)), "{found:?}");
        assert_eq!(found.help.as_deref(), Some(help));
    }
}

#[test]
fn hidden_characters_that_break_yaml_are_named() {
    for (lines, location, help) in [
        ("title:\u{a0}T\nheat: 1", "content/a.md:2:7", "write a plain space in place of U+00A0"),
        (
            "heat: 1\ntitle: a\u{2028}b\nx: 1",
            "content/a.md:3:9",
            "remove the character U+2028, which",
        ),
        (
            "heat: 1\ntitle: a\u{85}b\nx: 1",
            "content/a.md:3:9",
            "remove the character U+0085, which",
        ),
        ("heat: 1\ntitle： ab\nx: 1", "content/a.md:3:6", "write `: ` in place of U+FF1A"),
    ] {
        let found = &diagnostics(&format!("{lines}\n"))[0];
        assert_eq!(found.location.to_string(), location, "{found:?}");
        assert!(
            found.is_error() && found.help.as_deref().is_some_and(|found| found.starts_with(help)),
            "{found:?}"
        );
    }
}

#[test]
fn lists_that_break_yaml_get_a_remedy() {
    for (lines, help) in [
        ("topics: [a,,b]", "remove this comma: there is nothing before it"),
        ("topics: [, b]", "remove this comma: there is nothing before it"),
        (
            "topics: - a",
            "begin a list with `- ` on a line of its own; put a text that begins with `-` in quotation marks",
        ),
    ] {
        let found = &diagnostics(&format!("title: T\n{lines}\n{REST}{PROVIDER}"))[0];
        assert_eq!(found.help.as_deref(), Some(help), "{found:?}");
    }
}

#[test]
fn secured_in_look_alike_letters_is_dropped() {
    let template = "{% for key, value in article.extra %}{{ key }}={{ value }}{% endfor %}";
    let site = site(&format!("title: T\nѕесured: s3cret\n{REST}{PROVIDER}"), template);
    let found = site.try_build().diagnostics;
    assert!(
        found.len() == 1 && found[0].changes_output && found[0].message.contains("secured"),
        "{found:?}"
    );
    assert!(site.tree().values().all(|page| !String::from_utf8_lossy(page).contains("s3cret")));
}

#[test]
fn hidden_line_breaks_are_warnings() {
    for (c, code) in
        [('\u{2028}', "U+2028"), ('\u{2029}', "U+2029"), ('\u{85}', "U+0085"), ('\r', "U+000D")]
    {
        for before in ["excerpt: About it.", "quality: 3", "# note", "excerpt: |\n  About it."] {
            let found = only(&format!("{before}{c}draft: false"));
            let line = 1 + before.lines().count();
            let column = 1 + before.lines().last().expect("line").len();
            assert_eq!(found.location.to_string(), format!("content/a.md:{line}:{column}"));
            assert_eq!(found.message, "what follows this character is a new line of YAML");
            assert_eq!(found.label.as_deref(), Some("a hidden line break"));
            assert!(found.help.as_deref().is_some_and(|help| help.contains(code)), "{found:?}");
            assert!(found.changes_output && !found.is_error(), "{found:?}");
        }
    }
    is_silent("excerpt: \"All about\u{2028}this\"");
    is_silent("excerpt: About it.\r");
}

#[test]
fn quotation_that_swallows_secured_is_an_error() {
    for lines in [
        "excerpt: \"Foo\nsecured: hunter2\nnote: bar\"",
        "excerpt: 'Foo\nsecured: hunter2\nnote: bar'",
        "excerpt: \"Foo\n  secured: hunter2\n  note: bar\"",
        "excerpt: \"Foo\r\n\r\nSecured : hunter2\r\nnote: bar\"",
        "excerpt: \"Foo\nsecrued:\n  pw: hunter2\nnote: bar\"",
        "excerpt: 'Foo\n\"sec\u{ad}ured\": hunter2\nnote: bar'",
        "excerpt: \"Foo\nѕесurеd＝hunter2\nnote: bar\"",
        "excerpt: \"Foo\u{2028}secured: hunter2\nnote: bar\"",
        "x:\n  - \"Foo\n  - secured: hunter2\"",
        "x: {secured: a, y: \"Foo\n  secured: hunter2\"}",
        "x: [{y: \"Foo\n  , {secured: hunter2\"}]",
        "publishedAt: \"2026\nsecured: hunter2\nnote: bar\"",
        "heat: \"Foo\nsecured: hunter2\nnote: bar\"",
        "excerpt: \"Foo\ninternal: {secured: hunter2}\nnote: bar\"",
        "excerpt: \"Foo\ninternal: {a: [1, {b: 2, \n  secured: hunter2}]}\nnote: bar\"",
        "excerpt: \"Foo\ninternal: {a: 1, !!str secured: hunter2}\nnote: bar\"",
        "excerpt: \"Foo\n? secured\n: hunter2\nnote: bar\"",
        "excerpt: \"Foo\n? !!str &a secured\n: hunter2\nnote: bar\"",
        "excerpt: \"Foo\n- !!str secured: hunter2\nnote: bar\"",
        "excerpt: \"Foo\n&anchor secured: hunter2\nnote: bar\"",
        "provider: {name: \"Foo, secured: hunter2}\nnote: bar\"}",
        "provider: {name: \"Foo, a: {secured: hunter2}}\nnote: bar\"}",
    ] {
        let found = only(lines);
        assert!(found.is_error(), "{lines}: {found:#?}");
        assert!(
            found.message.contains("this quotation mark is not closed before `secured`"),
            "{found:#?}"
        );
        assert!(!format!("{found:?}").contains("hunter2"), "{found:#?}");
    }
}

#[test]
fn quotations_without_secured_keys_stay_as_they_are() {
    for lines in [
        "excerpt: \"Foo\n  is secured\n  by: the bank\"",
        "excerpt: \"The bridge is\n  secured\"",
        "excerpt: \"The bridge is\n  secured by https://a.example/\"",
        "excerpt: \"Is it\n  ? secured or not\"",
        "excerpt: \"Foo, secured: by law,\n  and {secured\n  }\"",
        "x: {y: \"Foo, secured: by law\", z: \"Foo\n  bar\"}",
        "secured: \"Foo\n  secured: hunter2\"",
        "excerpt: >-\n  Foo\n  secured: text of a block",
        "excerpt: |\n  \"Foo\n  secured: text of a block\"",
    ] {
        is_silent(lines);
    }
}
