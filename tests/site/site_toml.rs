//! `site.toml`: errors cause no follow-up errors, and values keep their spelling.

use newsgen::diagnostic::Diagnostic;

use crate::fixture::{CONFIG, Site, article};

const EXTRA: &str = "[extra]\nmotto = \"M\"\n";

/// A site with a template that needs `site.extra`.
fn site(config: &str) -> Site {
    let site = Site::new("=== templates/404.html\n{{ site.extra.motto }}\n");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.write("site.toml", config);
    site
}

fn is_all_of_site_toml(findings: &[String]) -> bool {
    !findings.is_empty() && findings.iter().all(|finding| finding.starts_with("site.toml"))
}

#[test]
fn site_toml_error_causes_no_follow_up_errors() {
    for config in [
        format!("{CONFIG}per_page = 0\n{EXTRA}"),
        format!("{CONFIG}per_pag = 3\n{EXTRA}"),
        format!("{CONFIG}language = \"english\"\n{EXTRA}"),
        format!("{CONFIG}{EXTRA}[feed]\nlimit = 3\n"),
        format!("base_url = \"https://test.example/\"\nid = \"https://test.example/\"\n{EXTRA}"),
        format!("title = \"T\"\nid = \"https://test.example/\"\n{EXTRA}"),
        format!("title = \"T\"\n{EXTRA}"),
        format!("{CONFIG}{EXTRA}broken\n"),
        format!("{CONFIG}[extra\nmotto = \"M\"\n"),
        format!("{CONFIG}[extra]\nmotto = \"M\n"),
        format!("{CONFIG}[exta]\nmotto = \"M\"\n"),
        format!("{CONFIG}extra = 5\n"),
        format!("{CONFIG}[feeds]\nmotto = \"M\"\n"),
        format!("{CONFIG}{EXTRA}motto = \"N\"\n"),
    ] {
        let findings = site(&config).findings();
        assert!(is_all_of_site_toml(&findings), "{config}\n{findings:#?}");
    }
    let site = site(CONFIG);
    site.write("site.toml", b"title = \"\xff\"\n");
    assert_eq!(site.findings(), ["site.toml: the file is not UTF-8"]);
}

#[test]
fn broken_site_toml_limits_are_not_guessed() {
    let site = Site::new("");
    site.write(
        "content/a.md",
        article("A", "2026-01-02", &format!("motto: {}\n", "x".repeat(15_000))),
    );
    site.write("site.toml", format!("{CONFIG}[limits\ntext = 20000\n"));
    assert!(is_all_of_site_toml(&site.findings()), "{:#?}", site.findings());
}

#[test]
fn template_errors_are_shown_with_site_toml_errors() {
    let site = site(&format!("{CONFIG}per_page = 0\n{EXTRA}"));
    site.write("templates/404.html", "{{ site.extra.motto }}{{ nothing }}\n");
    let findings = site.findings();
    assert_eq!(findings.len(), 2, "{findings:#?}");
    assert!(findings[1].starts_with("templates/404.html:1:26"), "{findings:#?}");
}

#[test]
fn site_toml_error_hides_template_errors() {
    for (faulty, right, template) in [
        ("nav = 5", "nav = [\"A\"]", "{{ site.nav[0].name }}"),
        ("nav = [\"\"]", "nav = [\"A\"]", "{% set first = site.nav[0] %}{{ first.url }}"),
        ("navi = [\"A\"]", "nav = [\"A\"]", "{{ site.nav | first | get(key=\"url\") }}"),
        ("nav = [\"A\"", "nav = [\"A\"]", "{{ site[\"nav\"][0].name }}"),
        (
            "tagline = []",
            "tagline = \"a,b\"",
            "{% set t = site.tagline | split(pat=\",\") %}{{ t[1].x[0] }}",
        ),
        ("feeds = 1", "feeds = { limit = 5 }", "{{ page.feeds[99].url }}"),
        ("[extra]\nmotto =", "[extra]\nmotto = \"M\"", "{{ site[\"extra\"].motto }}"),
        ("per_page = 0", "per_page = 1", "{{ page.nothing }}"),
    ] {
        let site = Site::new("");
        site.write("content/a.md", article("A", "2026-01-02", "topics: [A]\n"));
        for (file, first) in [("404.html", ""), ("index.html", "{{ nothing }}")] {
            site.write(&format!("templates/{file}"), format!("{first}{template}\n"));
        }
        site.write("site.toml", format!("{CONFIG}{faulty}\n"));
        let findings = site.findings();
        let (of_templates, others): (Vec<String>, Vec<String>) =
            findings.into_iter().partition(|finding| finding.starts_with("templates/"));
        assert!(is_all_of_site_toml(&others), "{faulty}: {others:#?}");
        let [nothing] = &of_templates[..] else { panic!("{faulty}: {of_templates:#?}") };
        assert!(nothing.starts_with("templates/index.html:1:4: variable `nothing` is not defined"));
        site.write("site.toml", format!("{CONFIG}{right}\n"));
        let findings = site.findings();
        assert!(
            findings.iter().all(|finding| finding.starts_with("templates/")),
            "{right}: {findings:#?}"
        );
    }
}

#[test]
fn site_toml_error_hides_address_and_limit_errors() {
    let site = Site::new("");
    for day in ["02", "03"] {
        let more = format!("slug: same\nkind: {}\n", "x".repeat(15_000));
        site.write(
            &format!("content/{day}.md"),
            article(&format!("A{day}"), &format!("2026-01-{day}"), &more),
        );
    }
    let permalink = "permalink = \"/{year}/{month}/{day}/{slug}/\"\n";
    let limits = "[limits]\ntext = 20000\n";
    site.write("site.toml", format!("{CONFIG}{permalink}{limits}"));
    assert_eq!(site.findings(), [""; 0]);
    for config in [
        format!("{CONFIG}{}{limits}", permalink.replace("/\"", "\"")),
        format!("{CONFIG}{}{limits}", permalink.replace("permalink", "address")),
        format!("{CONFIG}{permalink}[limits]\ntext = \"20000\"\n"),
        format!("{CONFIG}{permalink}[limit]\ntext = 20000\n"),
    ] {
        site.write("site.toml", &config);
        let findings = site.findings();
        assert!(is_all_of_site_toml(&findings), "{config}\n{findings:#?}");
    }
}

#[test]
fn faulty_site_toml_keeps_documents_ignored() {
    let site = Site::new("=== content/drafts/x.md\nno front matter\n=== content/notes.txt\nnone\n");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    let ignore = "ignore = [\"drafts/**\", \"*.txt\"]\n";
    site.write("site.toml", format!("{CONFIG}{ignore}"));
    assert_eq!(site.findings(), [""; 0]);
    for config in [
        format!("{CONFIG}{ignore}per_page = 0\n"),
        format!("{CONFIG}per_page = 0\n{ignore}"),
        format!("{CONFIG}{ignore}broken\n"),
        format!("{CONFIG}broken\n{ignore}"),
        format!("{CONFIG}tagline = \"a\n{ignore}"),
        format!("{CONFIG}ignore = [\"drafts/**\", \"*.txt\"\n"),
        format!("{CONFIG}ignore = [\"drafts/**\" \"*.txt\"]\n"),
        format!("{CONFIG}ignore = \"drafts/**\"\n"),
        format!("{CONFIG}ignore = [\"[\", \"*.txt\"]\n"),
        format!("{CONFIG}ignore = [\"!drafts/**\"]\n"),
        format!("{CONFIG}ignores = [\"drafts/**\"]\n"),
        format!("{CONFIG}Ignore = [\"drafts/**\"]\n"),
        format!("{CONFIG}[feeds]\n{ignore}"),
        format!("{CONFIG}[feeds\n{ignore}"),
    ] {
        site.write("site.toml", &config);
        let findings = site.findings();
        assert!(is_all_of_site_toml(&findings), "{config}\n{findings:#?}");
    }
    site.write("site.toml", b"\xff");
    assert_eq!(site.findings(), ["site.toml: the file is not UTF-8"]);
}

#[test]
fn document_errors_are_shown_with_site_toml_errors() {
    let site = Site::new(
        "=== content/drafts/x.md\nno front matter\n=== content/b.md\n---\ntitle: [\n---\n",
    );
    let ignore = "ignore = [\"drafts/**\"]\n";
    for config in [format!("{CONFIG}per_page = 0\n{ignore}"), format!("{CONFIG}{ignore}broken\n")] {
        site.write("site.toml", &config);
        let findings = site.findings();
        assert!(
            findings.iter().any(|finding| finding.starts_with("content/b.md")),
            "{findings:#?}"
        );
        assert!(
            !findings.iter().any(|finding| finding.starts_with("content/drafts")),
            "{findings:#?}"
        );
    }
}

#[test]
fn misplaced_site_keys_below_extra_are_warnings() {
    for line in
        ["per_page = 5", "  time_zone = \"Europe/Dublin\"", "title = \"Other\"", "nav = [\"AI\"]"]
    {
        let site = site(&format!("{CONFIG}{EXTRA}{line}\n"));
        let outcome = site.try_build();
        assert!(outcome.summary.is_some());
        let [found] = &outcome.diagnostics[..] else { panic!("{:#?}", outcome.diagnostics) };
        let column = 1 + line.find(|c| c != ' ').expect("key");
        assert_eq!(found.location.to_string(), format!("site.toml:6:{column}"));
        assert!(!found.is_error() && found.changes_output, "{found:?}");
        assert!(
            found.help.as_deref().is_some_and(|help| help.contains("above the first")),
            "{found:?}"
        );
        assert_eq!(
            site.try_build().diagnostics,
            outcome.diagnostics,
            "an incremental build repeats it"
        );
    }
    for own in
        ["[extra.host]\na = 1\n", "nested = { title = \"x\" }\n", "[extra.card]\ntitle = \"x\"\n"]
    {
        assert_eq!(site(&format!("{CONFIG}{EXTRA}{own}")).findings(), [""; 0], "{own}");
    }
    assert_eq!(
        site(&format!("{CONFIG}extra = {{ motto = \"M\", title = \"x\" }}\n")).findings(),
        [""; 0]
    );
}

#[test]
fn misspelt_site_keys_below_extra_are_warnings() {
    for (line, name) in [
        ("Title = \"Other\"", "title"),
        ("per_pages = 5", "per_page"),
        ("perPage = 5", "per_page"),
        ("baseurl = \"https://other.example/\"", "base_url"),
        ("base-url = \"https://other.example/\"", "base_url"),
        ("timezone = \"Europe/Dublin\"", "time_zone"),
        ("langauge = \"en\"", "language"),
        ("premalink = \"/{slug}/\"", "permalink"),
        ("Feeds = { limit = 5 }", "feeds"),
        ("Feeds.limit = 5", "feeds"),
        ("[extra.Feeds]\nlimit = 5", "feeds"),
        ("[extra.limit]\ntext = 5", "limits"),
    ] {
        let found = site(&format!("{CONFIG}{EXTRA}{line}\n")).try_build().diagnostics;
        let [found] = &found[..] else { panic!("{line}: {found:#?}") };
        assert!(found.location.to_string().starts_with("site.toml:6:"), "{found:?}");
        assert!(!found.is_error() && found.changes_output, "{found:?}");
        let expected = format!("did you mean `{name}`? ");
        assert!(found.help.as_deref().is_some_and(|help| help.starts_with(&expected)), "{found:?}");
    }
}

#[test]
fn site_tables_below_extra_are_warnings() {
    for (table, key) in [
        ("feeds", "limit = 5"),
        ("amp", "pages = true"),
        ("video", "hosts = [\"video.example\"]"),
        ("content_security_policy", "img-src = \"'self'\""),
        ("theme", "font = \"sans\""),
        ("limits", "text = 5"),
        ("host", "kind = \"netlify\"\nown = 1"),
        ("deploy", "live = { url = \"s3://bucket\" }"),
    ] {
        let found =
            site(&format!("{CONFIG}{EXTRA}[extra.{table}]\n{key}\n")).try_build().diagnostics;
        let [found] = &found[..] else { panic!("{table}: {found:#?}") };
        assert_eq!(found.location.to_string(), "site.toml:6:8");
        assert_eq!(
            found.message,
            format!("`[extra.{table}]` is only passed to templates and configures nothing")
        );
        let help = format!("write `[{table}]`; if it is meant for templates, rename it");
        assert_eq!(found.help.as_deref(), Some(&*help));
        assert!(!found.is_error() && found.changes_output);
    }
    let found =
        site(&format!("{CONFIG}{EXTRA}[extra.deploy.live]\nurl = \"s3://bucket\"\n")).findings();
    assert_eq!(
        found,
        ["site.toml:6:8: `[extra.deploy]` is only passed to templates and configures nothing"]
    );
}

#[test]
fn keys_below_extra_are_not_misspellings() {
    for own in [
        "author = \"A\"",
        "subtitle = \"S\"",
        "languages = [\"en\", \"de\"]",
        "feed = \"https://feed.example/\"",
        "limit = 5",
        "hosts = [\"a\"]",
        "name = \"N\"",
        "ad = \"x\"",
        "app = \"x\"",
        "nav2 = [\"AI\"]",
        "date_format2 = \"%d\"",
        "titles = { en = \"x\" }",
        "topics = [\"a\"]",
        "theme = \"dark\"",
        "[extra.extra]\na = 1",
        "[extra.feeds]\nowner = \"x\"",
        "[extra.feeds]",
        "[extra.title]\nde = \"T\"",
        "[extra.author]\ntitle = \"T\"",
        "[[extra.nav]]\nname = \"T\"",
        "menu = [{ title = \"T\", url = \"/t/\" }]",
        "[[extra.menu]]\ntitle = \"T\"",
        "[extra.deploy]\nlast = \"today\"",
    ] {
        assert_eq!(site(&format!("{CONFIG}{EXTRA}{own}\n")).findings(), [""; 0], "{own}");
    }
}

#[test]
fn misplaced_site_keys_are_explained() {
    for table in ["feeds", "amp", "video", "limits", "host", "net", "content_security_policy"] {
        let site = site(&format!("{CONFIG}[{table}]\nper_page = 5\n"));
        let found = site.try_build().diagnostics;
        assert_eq!(found[0].message, format!("unknown key `per_page` in `[{table}]`"));
        assert!(
            found[0].help.as_deref().is_some_and(|help| help.contains("above the first")),
            "{found:?}"
        );
    }
}

#[test]
fn site_toml_number_errors_name_the_range() {
    let big = "99999999999999999999";
    let digits = Some("write it in digits, without a point or an exponent");
    let unquoted = Some("write it in digits, without quotation marks");
    for (value, label, help) in [
        (big, "this is 99999999999999999999", None),
        ("-99999999999999999999", "this is -99999999999999999999", None),
        ("0xFFFFFFFFFFFFFFFFFF", "this is 0xFFFFFFFFFFFFFFFFFF", digits),
        ("-5", "this is -5", None),
        ("0", "this is 0", None),
        ("2.0", "this is 2.0", digits),
        ("1e3", "this is 1e3", digits),
        ("inf", "this is inf", digits),
        ("\"20\"", "this is a text", unquoted),
        ("2026-01-02", "this is a date or a time", unquoted),
        ("true", "this is true or false", unquoted),
        ("[20]", "this is a list", unquoted),
    ] {
        for (table, key, range) in [
            ("", "per_page", "1 to 1000"),
            ("", "related_count", "0 to 100"),
            ("[feeds]\n", "limit", "1 to 1000"),
            ("[limits]\n", "document", "1 to 100000000"),
            ("[host]\n", "max_files", "1 to 100000000"),
            ("[deploy.x]\nurl = \"s3://b\"\n", "uploads", "1 to 256"),
        ] {
            let config = format!("{CONFIG}extra.motto = \"M\"\n{table}{key} = {value}\n");
            let found = site(&config).try_build().diagnostics;
            if (key, value) == ("related_count", "0") {
                continue;
            }
            let [found] = &found[..] else { panic!("{config}: {found:#?}") };
            assert_eq!(found.message, format!("`{key}` must be a whole number from {range}"));
            assert_eq!(found.label.as_deref(), Some(label), "{config}");
            assert_eq!(found.help.as_deref(), help, "{config}");
            let span = found.location.span.as_ref().expect("place");
            assert_eq!(span.column, key.len() + 4, "{config}");
        }
    }
}

#[test]
fn base_url_needs_a_scheme() {
    for (url, help) in [
        ("news.example", Some("write `https://news.example/`")),
        ("news.example/a", Some("write `https://news.example/a/`")),
        ("ftp://news.example", None),
        ("news", None),
    ] {
        let config = CONFIG.replace("https://test.example/", url);
        let found = site(&config).try_build().diagnostics;
        assert_eq!(found[0].message, "`base_url` is not the URL of a site");
        assert_eq!(found[0].help.as_deref(), help, "{url}");
    }
}

#[test]
fn toml_dates_are_not_numbers_lists_or_booleans() {
    for (line, message) in [
        ("nav = 2026-01-02", "`nav` must be a list"),
        ("feeds = 2026-01-02", "`feeds` must be a mapping of keys to values"),
        ("amp = { pages = 07:32:00 }", "`pages` must be `true` or `false`"),
    ] {
        let found = site(&format!("{CONFIG}{line}\n")).try_build().diagnostics;
        assert_eq!(found[0].message, message);
        assert_eq!(found[0].label.as_deref(), Some("this is a date or a time"), "{found:?}");
    }
    let site = site(&format!("{CONFIG}{EXTRA}day = 2026-01-02\n"));
    site.write("templates/404.html", "{{ site.extra.day }}\n");
    assert_eq!(site.findings(), [""; 0]);
    assert_eq!(site.page("404.html").trim(), "2026-01-02", "dates keep their spelling");
}

#[test]
fn language_must_be_registered() {
    for (language, help) in [
        ("english", "did you mean `en`?"),
        ("en_US", "did you mean `en-US`?"),
        ("de_DE.UTF-8", "did you mean `de-DE`?"),
        ("en-UK", "did you mean `en-GB`?"),
        ("xx", "language tags follow BCP 47, with the subtags of IANA's registry"),
        ("", "language tags follow BCP 47, with the subtags of IANA's registry"),
    ] {
        let found =
            site(&format!("{CONFIG}language = \"{language}\"\n{EXTRA}")).try_build().diagnostics;
        assert_eq!(found[0].location.to_string(), "site.toml:4:12", "{language}");
        assert_eq!(found[0].help.as_deref(), Some(help), "{language}: {found:#?}");
    }
    for language in ["en", "pt-BR", "zh-Hans", "de-CH", "no"] {
        assert_eq!(
            site(&format!("{CONFIG}language = \"{language}\"\n{EXTRA}")).findings(),
            [""; 0]
        );
    }
}

#[test]
fn byte_order_marks_are_not_published() {
    let site = Site::new("");
    site.write("site.toml", format!("\u{feff}{CONFIG}{EXTRA}"));
    site.write("content/a.md", format!("\u{feff}{}", article("A", "2026-01-02", "")));
    site.write("templates/404.html", "\u{feff}{% include \"part.html\" %}{{ site.extra.motto }}\n");
    site.write("templates/part.html", "\u{feff}part\n");
    site.write(
        "templates/page.html",
        "\u{feff}{% extends \"base.html\" %}\n{% block main %}x{% endblock %}\n",
    );
    site.write("content/pages/p.md", "\u{feff}\u{feff}---\ntitle: P\n---\n\u{feff}Body\n");
    assert_eq!(site.findings(), [""; 0]);
    let tree = site.tree();
    let mark = "\u{feff}".as_bytes();
    let marked: Vec<&String> = tree
        .iter()
        .filter(|(_, bytes)| bytes.windows(3).any(|part| part == mark))
        .map(|(path, _)| path)
        .collect();
    assert!(marked.is_empty(), "{marked:?}");
    assert!(tree["404.html"].starts_with(b"part"));
    site.write("templates/404.html", "\u{feff}{{ nothing }}\n");
    assert!(site.findings()[0].starts_with("templates/404.html:1:4"), "{:?}", site.findings());
}

#[test]
fn settings_outside_of_a_target_are_one_error() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    for (lines, place) in [
        ("[deploy]\nurl = \"s3://b\"\nregion = \"x\"\n", "5:7"),
        ("deploy = { url = \"s3://b\" }\n", "4:18"),
        ("[deploy]\nregion = \"x\"\n[[deploy.files]]\npattern = \"*\"\n", "5:10"),
    ] {
        site.write("site.toml", format!("{CONFIG}{lines}"));
        let found = site.try_build().diagnostics;
        let [error] = &found[..] else { panic!("{found:#?}") };
        assert_eq!(error.location.to_string(), format!("site.toml:{place}"), "{lines}");
        assert_eq!(error.message, "`[deploy]` contains only tables: the deploy targets");
        assert!(error.help.as_deref().is_some_and(|help| help.contains("`[deploy.NAME]`")));
    }
}

/// The help for each error of this line.
fn help(line: &str) -> Vec<String> {
    let found = site(&format!("{CONFIG}{line}\n{EXTRA}")).try_build().diagnostics;
    assert!(found.iter().all(Diagnostic::is_error), "{line}: {found:?}");
    found.into_iter().map(|found| found.help.unwrap_or_default()).collect()
}

#[test]
fn date_formats_without_specifiers_are_errors() {
    for (line, help_text) in [
        ("date_format = \"YYYY-MM-DD\"", "write `%Y-%m-%d`"),
        ("date_format = \"yyyy/MM/dd\"", "write `%Y/%m/%d`"),
        ("date_format = \"dd/mm/yyyy\"", "write `%d/%m/%Y`"),
        ("date_format = \"D MMMM YYYY\"", "write `%-d %B %Y`"),
        ("date_format = \"MMM D, YY\"", "write `%b %-d, %y`"),
        ("date_format = \"YYYYMMDD\"", "write `%Y%m%d`"),
        ("date_format = \"%d. MM. %Y\"", "write `%d. %m. %Y`"),
        ("date_format = \"%d/mm/%Y\"", "write `%d/%m/%Y`"),
        ("date_format = \"YYYY-MM-DD HH:mm\"", "write `%Y-%m-%d %H:%M`"),
        ("time_format = \"HH:mm\"", "write `%H:%M`"),
        ("time_format = \"HH:MM:SS\"", "write `%H:%M:%S`"),
        ("time_format = \"h:mm a\"", "write `%-I:%M %p`"),
        ("time_format = \"%H:mm\"", "write `%H:%M`"),
    ] {
        assert_eq!(help(line), [help_text], "{line}");
    }
    let of_day = "write `long`, `medium` or `short`, or a format such as `%-d %B %Y`";
    for (line, expected) in [
        ("date_format = \"\"", of_day),
        ("date_format = \"Long\"", of_day),
        ("time_format = \"100%%\"", "such as `%H:%M` or `%-I:%M %p`"),
        ("time_format = \"short\"", "such as `%H:%M` or `%-I:%M %p`"),
        ("date_format = \"d medium\"", of_day),
    ] {
        assert_eq!(help(line), [expected], "{line}");
    }
    for line in [
        "date_format = \"%d de %B de %Y\"",
        "date_format = \"%-d. %B %Y\"",
        "date_format = \"%x\"",
        "time_format = \"%H h %M\"",
        "time_format = \"%Hh%M\"",
        "time_format = \"%H:%M Uhr (s. d.)\"",
    ] {
        assert_eq!(help(line), [""; 0], "{line}");
    }
}

#[test]
fn site_toml_help_names_the_key_or_value_that_was_meant() {
    for (line, expected) in [
        ("[feeds]\nlimits = 5", "did you mean `limit`?"),
        ("[video]\nhost = [\"a.example\"]", "did you mean `hosts`?"),
        ("[feeds]\nlanguage = \"en\"", "it is a top-level key: move it above the first `[table]`"),
        ("[host]\nkind = \"github\"", "did you mean `github-pages`?"),
        ("[host]\nkind = \"Cloudflare\"", "did you mean `cloudflare-pages`?"),
        (
            "time_zone = \"GMT+1\"",
            "write `Etc/GMT-1`, whose sign is reversed, or better a place such as `Europe/Dublin`",
        ),
        (
            "time_zone = \"UTC-05:00\"",
            "write `Etc/GMT+5`, whose sign is reversed, or better a place such as `Europe/Dublin`",
        ),
        (
            "time_zone = \"+02:00\"",
            "write `Etc/GMT-2`, whose sign is reversed, or better a place such as `Europe/Dublin`",
        ),
        ("time_zone = \"UTC+5:30\"", "write a place such as `Europe/Dublin`"),
    ] {
        assert_eq!(help(line), [expected], "{line}");
    }
}
