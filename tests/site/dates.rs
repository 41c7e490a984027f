//! Dates of articles: accepted formats, display, warnings.

use crate::fixture::{CONFIG, Site, article, instant, messages};

/// A site with one article of this date.
fn site(date: &str, zone: &str) -> Site {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}time_zone = \"{zone}\"\n"));
    let text = article("Dated", "DAY", "").replace("DAYT10:00:00Z", date);
    site.write("content/a.md", text);
    site
}

/// The date of the newest article in the JSON Feed.
fn published(site: &Site) -> String {
    let feed: serde_json::Value = serde_json::from_str(&site.page("feed.json")).expect("JSON");
    feed["items"][0]["date_published"].as_str().expect("date").to_owned()
}

#[test]
fn date_only_starts_the_day_without_midnight() {
    for (date, zone, expected) in [
        ("2026-04-24", "Africa/Cairo", "2026-04-23T22:00:00Z"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z"),
        ("2026-03-29", "Asia/Beirut", "2026-03-28T22:00:00Z"),
        ("2026-04-24 00:30", "Africa/Cairo", "2026-04-23T22:30:00Z"),
        ("2026-04-24", "UTC", "2026-04-24T00:00:00Z"),
    ] {
        let site = site(date, zone);
        assert_eq!(site.findings(), [""; 0], "{date}");
        assert_eq!(published(&site), expected, "{date} in {zone}");
    }
}

#[test]
fn dates_of_other_tools_are_accepted() {
    for date in [
        "2026-05-20T12:30",
        "2026-05-20 12:30",
        "2026-05-20 14:30:00 +0200",
        "2026-05-20 06:30:00 -0600",
        "\"Wed, 20 May 2026 12:30:00 GMT\"",
        "2026-05-20t12:30z",
        "2026-05-20 12:30:00 Z",
    ] {
        let site = site(date, "UTC");
        assert_eq!(site.findings(), [""; 0], "{date}");
        assert!(published(&site).starts_with("2026-05-20T12:30:00"), "{date}");
    }
}

#[test]
fn date_error_names_the_wrong_part() {
    for (date, label) in [
        ("2026-13-20", "there is no month 13"),
        ("2026-04-31T10:00", "there is no day 31 in 2026-04"),
        ("2026-04-30T25:00", "there is no hour 25"),
        (
            "2026-04-30 10:00 PST",
            "unknown time zone `PST`; expected `Z` or an offset such as `+02:00`",
        ),
        ("yesterday", "expected year, month and day, such as `2026-08-09`"),
    ] {
        let found = &site(date, "UTC").try_build().diagnostics[0];
        assert_eq!(found.message, "`publishedDateTime` is not a date and time", "{date}");
        assert_eq!(found.label.as_deref(), Some(label), "{date}");
        assert!(
            found.help.as_deref().is_some_and(|help| help.contains("`2026-08-09T14:24:00Z`")),
            "{date}"
        );
    }
}

#[test]
fn date_only_shows_no_time() {
    let site = site("2026-05-31", "Africa/Cairo");
    site.write(
        "site.toml",
        format!(
            "{CONFIG}time_zone = \"Africa/Cairo\"\narticle_pages = \"self\"\n[amp]\npages = true\n"
        ),
    );
    site.write(
        "content/b.md",
        article(
            "Timed",
            "2026-05-31",
            "related:\n  - title: Other\n    webUrl: https://other.example/\n    \
                 publishedDateTime: 2026-05-30\n",
        ),
    );
    site.build();
    let dated = r#"<time datetime="2026-05-31">31 May 2026</time>"#;
    for page in [
        "index.html",
        "news/2026/05/a/index.html",
        "news/2026/05/a/amp/index.html",
        "providers/provider-example/index.html",
    ] {
        let html = site.page(page);
        assert!(html.contains(dated), "{page}: {html}");
        let is_midnight = ["T00:00", " 00:00", ">00:00"].iter().any(|time| html.contains(time));
        assert!(!is_midnight, "{page}: {html}");
    }
    let page = site.page("news/2026/05/a/index.html");
    assert!(page.contains(r#"article:published_time" content="2026-05-31">"#), "{page}");
    assert!(page.contains(r#""datePublished":"2026-05-31""#), "{page}");
    let page = site.page("news/2026/05/b/index.html");
    assert!(page.contains(r#"<time datetime="2026-05-30">30 May 2026</time>"#), "{page}");
    assert!(
        page.contains(r#"<time datetime="2026-05-31T13:00:00+03:00">31 May 2026, 13:00</time>"#),
        "{page}"
    );
    // Feeds have instants only.
    assert!(
        site.page("atom.xml").contains("2026-05-30T21:00:00+00:00"),
        "{}",
        site.page("atom.xml")
    );
    let index = site.page("index.html");
    let (timed, date_alone) =
        (index.find(">Timed</a>").expect("timed"), index.find(">Dated</a>").expect("dated"));
    assert!(timed < date_alone, "articles are sorted by instant");
}

#[test]
fn date_without_time_rerenders_its_pages() {
    let site = site("2026-05-31T00:00:00Z", "UTC");
    site.build();
    site.write("content/a.md", article("Dated", "2026-05-31", "").replace("T10:00:00Z", ""));
    site.build();
    assert!(site.page("index.html").contains(r#"datetime="2026-05-31">"#));
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn far_future_date_is_a_warning() {
    let mut site = site("2206-05-31T10:00:00Z", "UTC");
    site.write("content/b.md", article("Due", "2026-05-01", ""));
    site.write("content/c.md", article("Soon", "2027-05-31", ""));
    let far = "content/a.md:4:20: hidden until 2206-05-31T10:00:00Z, more than a year from now";
    assert_eq!(site.findings(), [far]);
    assert!(site.try_build().diagnostics[0].changes_output);
    for (now, warned) in [
        ("2027-01-01T00:00:00Z", true),
        ("2205-05-31T09:59:59Z", true),
        ("2205-05-31T10:00:00Z", false),
        ("2206-05-31T10:00:00Z", false),
        ("2026-06-01T12:00:00Z", true),
    ] {
        site.overrides.now = instant(now);
        let warm = site.try_build().diagnostics;
        assert_eq!(messages(&warm), messages(&site.clean_build().1), "{now}");
        assert_eq!(warm.len(), usize::from(warned), "{now}");
    }
    site.write("content/a.md", article("Dated", "2206-05-31", "published: false\n"));
    assert_eq!(site.findings(), [""; 0], "unpublished articles are never due");
    site.write("content/a.md", article("Dated", "2206-05-31", ""));
    site.overrides.future = true;
    assert_eq!(site.findings(), [""; 0], "with `--future` nothing is hidden");
}

#[test]
fn date_before_the_web_is_a_warning() {
    for (date, year) in [("0001-01-01", 1), ("1970-01-01T00:00:00Z", 1970), ("1989-12-31", 1989)] {
        let site = site(date, "UTC");
        let expected = format!(
            "content/a.md:4:20: `publishedDateTime` is in the year {year}, before the web existed"
        );
        assert_eq!(site.findings(), [expected]);
        assert!(site.try_build().diagnostics[0].changes_output);
    }
    assert_eq!(site("1990-01-01", "Asia/Tokyo").findings(), [""; 0]);
}
