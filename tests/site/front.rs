//! The front page: which stories come first, pinned ones, trending topics, and why.

use std::fs;

use newsgen::build;

use crate::fixture::{CONFIG, NOW, Site, article, instant, newsgen, text};

/// A template that shows the titles of each section.
const TEMPLATE: &str = "\
{% if front.lead %}{{ front.lead.title }}{% endif %}|\
{% for card in front.secondary %}{{ card.title }} {% endfor %}|\
{% for card in front.latest %}{{ card.title }} {% endfor %}|\
{% for link in front.trending %}{{ link.title }} {% endfor %}";

const PICTURE: &str = "images: [{url: /a.png}]\n";

/// A site whose front page only lists titles.
fn site() -> Site {
    let site = Site::new("");
    site.write("templates/index.html", TEMPLATE);
    site
}

/// Adds a story of its own, of a provider of its own, at a time of May 2026 such as `20T10:00`.
fn add(site: &Site, title: &str, time: &str, more: &str) {
    add_of(site, title, time, &format!("{}.example", title.to_lowercase()), more);
}

fn add_of(site: &Site, title: &str, time: &str, provider: &str, more: &str) {
    let story = if more.contains("story:") { "" } else { "story: none\n" };
    let article = article(title, "2026-05-01", &format!("{story}{more}"))
        .replace("01T10:00:00Z", &format!("{time}:00Z"))
        .replace("provider.example", provider)
        .replace("/a.png", &format!("/{title}.png"));
    site.write(&format!("content/{title}.md"), article);
}

/// The titles of the lead story, beside it, of the latest, and the trending topics.
fn sections(site: &Site) -> [String; 4] {
    site.build();
    let page = site.page("index.html");
    let parts: Vec<String> = page.split('|').map(|part| part.trim().to_owned()).collect();
    parts.try_into().expect("four sections")
}

fn lead(site: &Site) -> String {
    let [lead, ..] = sections(site);
    lead
}

#[test]
fn lead_story_has_the_highest_score_of_those_with_a_picture() {
    let site = site();
    add(&site, "Newest", "20T12:00", PICTURE);
    add(&site, "Hottest", "20T10:00", &format!("heat: 90\n{PICTURE}"));
    add(&site, "Bare", "20T11:00", "heat: 900\n");
    add(&site, "Cold", "20T11:30", &format!("heat: 9\n{PICTURE}"));
    let [lead, secondary, latest, _] = sections(&site);
    // What is not scored has the median, 90.
    assert_eq!((&*lead, &*secondary, &*latest), ("Newest", "Hottest Bare Cold", ""));
    site.remove("content/Newest.md");
    assert_eq!(self::lead(&site), "Hottest");
}

#[test]
fn score_fades_by_half_life() {
    let site = site();
    add(&site, "Great", "20T00:00", &format!("quality: 80\nheat: 80\n{PICTURE}"));
    add(&site, "Good", "21T06:00", &format!("quality: 40\nheat: 40\n{PICTURE}"));
    assert_eq!(lead(&site), "Good", "half as good, and 2.5 half-lives younger");
    for (hours, expected) in [(29, "Good"), (31, "Great")] {
        site.write("site.toml", format!("{CONFIG}[front]\nhalf_life = {hours}\n"));
        assert_eq!(lead(&site), expected, "{hours}");
    }
    site.write("site.toml", format!("{CONFIG}[front]\nhalf_life = 31\norder = \"newest\"\n"));
    assert_eq!(lead(&site), "Good");
    site.write(
        "site.toml",
        format!("{CONFIG}[front]\nhalf_life = 31\nweights = {{ quality = 0, heat = 0 }}\n"),
    );
    assert_eq!(lead(&site), "Good", "scores that do not count");
}

#[test]
fn story_of_several_providers_comes_first_and_is_shown_once() {
    let site = site();
    add(&site, "Single", "20T12:00", PICTURE);
    add_of(
        &site,
        "First",
        "20T09:00",
        "one.example",
        &format!("story: flood\nquality: 50\n{PICTURE}"),
    );
    add_of(
        &site,
        "Best",
        "20T10:00",
        "two.example",
        &format!("story: flood\nquality: 70\n{PICTURE}"),
    );
    add_of(&site, "Bare", "20T11:00", "three.example", "story: flood\nquality: 90\n");
    let [lead, secondary, latest, _] = sections(&site);
    assert_eq!((&*lead, &*secondary, &*latest), ("Best", "Single", ""), "best with a picture");
}

#[test]
fn latest_shows_the_newest_article_of_each_story_newest_first() {
    let site = site();
    for number in 10..16 {
        add(
            &site,
            &format!("Top{number}"),
            &format!("20T{number}:00"),
            &format!("quality: 99\n{PICTURE}"),
        );
    }
    for (title, hour, story) in [("A", 11, "x"), ("B", 12, "y"), ("C", 13, "x"), ("D", 14, "z")] {
        let more = format!("story: {story}\nquality: 1\nheat: 0\n");
        add_of(&site, title, &format!("20T{hour}:30"), "same.example", &more);
    }
    for (title, hour) in [("E", "10"), ("F", "09"), ("G", "08")] {
        add(&site, title, &format!("20T{hour}:30"), "quality: 1\n");
    }
    let [lead, secondary, latest, _] = sections(&site);
    assert_eq!((&*lead, &*secondary), ("Top15", "Top14 Top13 Top12 Top11"));
    assert_eq!(latest, "D C B E Top10 F G");
}

#[test]
fn lead_story_has_company_whatever_the_number_of_stories() {
    let site = site();
    let mut counts = Vec::new();
    for number in 10..22 {
        add(&site, &format!("S{number}"), &format!("{number}T10:00"), PICTURE);
        let [_, secondary, latest, _] = sections(&site);
        counts.push([secondary, latest].map(|titles| titles.split_whitespace().count()));
    }
    let few = [[0, 0], [1, 0], [2, 0], [3, 0], [4, 0]];
    // Rows of three or four, then a column of five or more beside these stories.
    let more = [[2, 3], [2, 4], [3, 4], [4, 4], [4, 5], [4, 6], [4, 7]];
    assert_eq!(counts, [few.as_slice(), more.as_slice()].concat());
}

#[test]
fn all_pinned_stories_are_shown() {
    let site = site();
    site.write("site.toml", format!("{CONFIG}per_page = 10\n"));
    let add_numbered = |number: u32, more: &str| {
        let time = format!("{:02}T{:02}:00", 1 + number / 4, 8 + number % 4);
        add(&site, &format!("S{number}"), &time, more);
    };
    for number in 0..4 {
        add_numbered(number, "pin: true\n");
    }
    for number in 4..24 {
        add_numbered(number - 3, "");
        add_numbered(number, "pin: true\n");
        let [lead, secondary, ..] = sections(&site);
        let first: Vec<&str> = secondary.split(' ').take(3).collect();
        let pinned = [number - 1, number - 2, 0].map(|number| format!("S{number}"));
        assert_eq!((lead, first), (format!("S{number}"), pinned.iter().map(|s| &**s).collect()));
    }
}

#[test]
fn older_stories_take_the_places_of_articles_in_stories() {
    let site = site();
    site.write("site.toml", format!("{CONFIG}per_page = 4\n"));
    for number in 1..10 {
        let story = if number > 6 { "story: flood\n" } else { "" };
        add(&site, &format!("S{number}"), &format!("{number:02}T10:00"), story);
    }
    // Four are on an archive page.
    let [lead, secondary, latest, _] = sections(&site);
    assert_eq!((&*lead, &*secondary, &*latest), ("S7", "S6 S5 S4 S3", ""));
    for number in 7..10 {
        add(&site, &format!("S{number}"), &format!("{number:02}T10:00"), "");
    }
    let [lead, secondary, latest, _] = sections(&site);
    assert_eq!((&*lead, &*secondary, &*latest), ("S9", "S8 S7 S6 S5", ""));
}

#[test]
fn reports_of_a_single_provider_are_shown_one_by_one() {
    let site = Site::new("");
    let add_puzzle = |day: u32, more: &str| {
        let text = article("Your daily crossword puzzle", &format!("2026-05-{day:02}"), more);
        site.write(&format!("content/p{day}.md"), text);
    };
    (10..14).for_each(|day| add_puzzle(day, ""));
    site.build();
    assert_eq!(site.page("index.html").matches("<article").count(), 4);
    (10..14).for_each(|day| add_puzzle(day, "story: puzzles\n"));
    site.build();
    assert_eq!(site.page("index.html").matches("<article").count(), 1);
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn stories_below_the_minimum_quality_are_not_first() {
    let site = site();
    add(&site, "Poor", "20T12:00", &format!("quality: 40\nheat: 900\n{PICTURE}"));
    add(&site, "Good", "20T10:00", &format!("quality: 60\nheat: 0\n{PICTURE}"));
    assert_eq!(lead(&site), "Poor");
    site.write("site.toml", format!("{CONFIG}[front]\nminimum_quality = 50\n"));
    assert_eq!(lead(&site), "Good");
    site.remove("content/Good.md");
    assert_eq!(lead(&site), "Poor", "there is no other");
}

#[test]
fn first_stories_share_places_among_providers_and_topics() {
    let site = site();
    for (title, time) in [("A", "20T12:00"), ("B", "20T11:00"), ("C", "20T10:00")] {
        add_of(&site, title, time, "same.example", &format!("topics: [Same]\n{PICTURE}"));
    }
    for number in 0..14 {
        let topic = if number < 3 { "Same" } else { "Else" };
        let time = format!("20T07:{:02}", 59 - number);
        add(&site, &format!("O{number}"), &time, &format!("topics: [{topic}, More]\n{PICTURE}"));
    }
    let [lead, secondary, ..] = sections(&site);
    assert_eq!((&*lead, &*secondary), ("A", "B O0 O1 O2"), "half of five is two");
    site.write("site.toml", format!("{CONFIG}[front]\nprovider_share = 100\n"));
    assert_eq!(sections(&site)[1], "B C O0 O1");
    site.write("site.toml", format!("{CONFIG}[front]\nprovider_share = 100\ntopic_share = 20\n"));
    let [lead, secondary, ..] = sections(&site);
    // The topic of nearly all older articles is no kicker, so O3 has none.
    assert_eq!((&*lead, &*secondary), ("A", "O3 O4 B C"), "each topic has one place");
    site.write("site.toml", format!("{CONFIG}[front]\nprovider_share = 20\nhalf_life = 1\n"));
    let [lead, secondary, ..] = sections(&site);
    assert_eq!((&*lead, &*secondary), ("A", "B C O0 O1"), "others are too far behind");
}

#[test]
fn order_by_time_does_not_depend_on_the_half_life() {
    let site = site();
    for (title, time) in [("A", "20T12:00"), ("B", "20T11:00"), ("C", "20T10:00")] {
        add_of(&site, title, time, "same.example", PICTURE);
    }
    for number in 0..14 {
        add(&site, &format!("O{number}"), &format!("{:02}T07:00", 19 - number), PICTURE);
    }
    for half_life in [1, 8784] {
        let front = format!("[front]\norder = \"newest\"\nhalf_life = {half_life}\n");
        site.write("site.toml", format!("{CONFIG}{front}"));
        let [lead, secondary, ..] = sections(&site);
        assert_eq!((&*lead, &*secondary), ("A", "B O0 O1 O2"), "{half_life}");
    }
}

#[test]
fn pinned_story_comes_first_until_the_end_of_its_day() {
    let mut site = site();
    site.write("site.toml", format!("{CONFIG}time_zone = \"Asia/Tokyo\"\n"));
    add(&site, "Newest", "20T12:00", PICTURE);
    add(&site, "Pinned", "10T12:00", "pin: 2026-05-25\n");
    site.overrides.now = instant("2026-05-25T14:59:59Z");
    assert_eq!(lead(&site), "Pinned");
    assert_eq!(build::next_change(&site.options()), Ok(Some(instant("2026-05-25T15:00:00Z"))));
    site.overrides.now = instant("2026-05-25T15:00:00Z");
    assert_eq!(lead(&site), "Newest");
    assert_eq!(site.tree(), site.clean_tree());
    assert_eq!(build::next_change(&site.options()), Ok(None));
    site.overrides.now = instant("2026-05-24T15:00:00Z");
    assert_eq!(lead(&site), "Pinned", "an earlier time");
    for (pin, expected) in [
        ("true", "Pinned"),
        ("9999-12-31", "Pinned"),
        ("false", "Newest"),
        ("2026-05-24T16:00Z", "Newest"),
        ("", "Newest"),
    ] {
        add(&site, "Pinned", "10T12:00", &format!("pin: {pin}\n"));
        site.overrides.now = instant("2026-05-24T16:00:00Z");
        assert_eq!(lead(&site), expected, "{pin}");
        assert_eq!(site.tree(), site.clean_tree(), "{pin}");
    }
}

#[test]
fn pins_are_checked() {
    let site = site();
    for (pin, expected) in [
        ("soon", "content/Pinned.md:9:6: `pin` must be `true`, `false` or a date"),
        ("9999-02-29", "content/Pinned.md:9:6: `pin` must be `true`, `false` or a date"),
        ("2026-02-30", "content/Pinned.md:9:6: `pin` must be `true`, `false` or a date"),
        ("[1]", "content/Pinned.md:9:6: `pin` must be `true`, `false` or a date"),
        ("2026-05-09", "content/Pinned.md:9:6: `pin` ends before the article is published"),
    ] {
        let article = article("Pinned", "2026-05-10", &format!("pin: {pin}\n"));
        site.write("content/Pinned.md", article);
        assert_eq!(site.findings(), [expected]);
    }
}

#[test]
fn front_page_does_not_depend_on_the_time_of_the_build() {
    let mut site = Site::new("");
    for (number, hour) in (0..30).zip([3, 7, 11, 19, 23].into_iter().cycle()) {
        let more = format!("quality: {}\nheat: {}\n{PICTURE}", number * 7 % 90, number * 13 % 80);
        add(&site, &format!("S{number}"), &format!("{:02}T{hour:02}:00", number % 20 + 1), &more);
    }
    site.overrides.now = instant("2026-05-21T00:00:00Z");
    site.build();
    let before = site.page("index.html");
    for now in ["2026-05-21T00:00:01Z", "2026-07-01T12:00:00Z", "2036-07-01T12:00:00Z"] {
        site.overrides.now = instant(now);
        assert_eq!(
            build::build(&site.options(), &|_| {}).summary.map(|built| built.rendered),
            Some(0)
        );
        assert!(site.clean_tree()["index.html"] == before.as_bytes(), "{now}");
    }
}

#[test]
fn topics_trend_that_have_more_stories_than_before() {
    let site = site();
    let add_many = |topic: &str, days: std::ops::Range<u32>, per_day: usize| {
        for day in days {
            for number in 0..per_day {
                let title = format!("{topic}{day}x{number}");
                add(&site, &title, &format!("{day:02}T10:00"), &format!("topics: [{topic}]\n"));
            }
        }
    };
    add_many("Steady", 1..29, 1);
    add_many("Rising", 23..27, 1);
    add_many("Surging", 23..29, 1);
    add_many("Rare", 26..28, 1);
    assert_eq!(sections(&site)[3], "Surging Rising");
    // The reports of one story count once.
    for day in 23..29 {
        add(
            &site,
            &format!("Surging{day}x0"),
            &format!("{day}T10:00"),
            "topics: [Surging]\nstory: one\n",
        );
    }
    assert_eq!(sections(&site)[3], "Rising");
    for day in 1..22 {
        site.remove(&format!("content/Steady{day}x0.md"));
    }
    assert_eq!(sections(&site)[3], "", "there is nothing to compare with");
}

#[test]
fn articles_below_a_minimum_are_not_published() {
    let mut site = site();
    site.write("site.toml", format!("{CONFIG}minimum_quality = 70\nminimum_heat = 5\n"));
    add(&site, "Good", "20T10:00", "quality: 70\nheat: 5\n");
    add(&site, "Unrated", "20T09:00", "");
    add(&site, "Poor", "20T11:00", "quality: 69\nheat: 1\n");
    add(&site, "Cold", "20T12:00", "heat: 4\n");
    add(&site, "Later", "30T12:00", "quality: 2\n");
    let [lead, secondary, latest, _] = sections(&site);
    assert_eq!((&*lead, &*secondary, &*latest), ("Good", "Unrated", ""));
    let withheld = site.build().stats.withheld;
    let expected = "2 below the minimum quality, 1 below the minimum heat";
    assert_eq!(withheld.to_string(), expected);
    assert_eq!(site.tree(), site.clean_tree());
    site.overrides.unpublished = true;
    assert_eq!(site.build().stats.articles, 5);
}

#[test]
fn settings_of_the_front_page_are_checked() {
    let site = site();
    add(&site, "A", "20T12:00", "");
    let front = "[front]\nweights = { quality = -1, heat = \"1\", cover = 2 }\nhalf_life = 0\nstories = 4\n\
        order = \"new\"\nprovider_share = 0\ntopic_share = 101\nminimum = 3\nminimum_quality = -1\n";
    site.write("site.toml", format!("{CONFIG}minimum_heat = 1.5\n{front}"));
    let expected = [
        "site.toml:4:16: `minimum_heat` must be a whole number from 0 to 1000000000",
        "site.toml:6:23: `quality` must be a number from 0 to 100",
        "site.toml:6:34: `heat` must be a number from 0 to 100",
        "site.toml:6:39: unknown key `cover` in `[front.weights]`",
        "site.toml:7:13: `half_life` must be a whole number from 1 to 8784",
        "site.toml:8:11: `stories` must be a whole number from 5 to 25",
        "site.toml:9:9: `order` cannot be `new`",
        "site.toml:10:18: `provider_share` must be a whole number from 1 to 100",
        "site.toml:11:15: `topic_share` must be a whole number from 1 to 100",
        "site.toml:12:1: unknown key `minimum` in `[front]`",
        "site.toml:13:19: `minimum_quality` must be a whole number from 0 to 1000000000",
    ];
    assert_eq!(site.findings(), expected);
    let front = "[front]\nweights = { quality = 0, heat = 0.0, coverage = 0 }\n";
    site.write("site.toml", format!("{CONFIG}{front}"));
    assert_eq!(site.findings(), ["site.toml:5:11: all weights are 0"]);
}

#[test]
fn explain_front_shows_scores_and_reasons() {
    let site = site();
    add_of(&site, "Bare", "20T12:00", "one.example", "quality: 80\nheat: 90\nstory: flood\n");
    add_of(&site, "Flood", "20T11:00", "two.example", "story: flood\nquality: 60\n");
    add_of(&site, "Third", "20T10:30", "three.example", &format!("heat: 40\n{PICTURE}"));
    add_of(&site, "Fourth", "17T10:30", "three.example", "pin: true\nquality: 1\n");
    let explain = |expected: &[&str]| {
        let output = newsgen(site.root(), &["explain", "front", "--at", NOW]);
        assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout).lines().collect::<Vec<_>>(), expected);
    };
    let score = "score = (1 x quality/100 + 1 x heat/100 + 1 x log2(providers)) x 2^(-age/12 h); \
        age is before the newest article, numbers in brackets are medians";
    explain(&[
        "rank   place   score  quality  heat  providers     age  article",
        "   1    lead  0.0059        1  (40)          1  3 days  Fourth (content/Fourth.md)",
        "   2  beside    2.55       80    90          2     1 h  Bare (content/Bare.md)",
        "   3  beside    0.92     (60)    40          1     1 h  Third (content/Third.md)",
        "",
        score,
        "\"Fourth\" leads: it is pinned",
    ]);
    add_of(&site, "Fourth", "17T10:30", "three.example", "quality: 1\n");
    explain(&[
        "rank   place   score  quality  heat  providers     age  article",
        "   1  beside    2.55       80    90          2     1 h  Bare (content/Bare.md)",
        "   2    lead    0.92     (60)    40          1     1 h  Third (content/Third.md)",
        "   3  beside  0.0059        1  (40)          1  3 days  Fourth (content/Fourth.md)",
        "",
        score,
        "\"Third\" leads: no other story that may lead has a higher score",
        "\"Bare\" does not lead: it has no picture",
    ]);
    let of_article = |title: &str| {
        let path = format!("content/{title}.md");
        let output = newsgen(site.root(), &["explain", &path, "--at", NOW]);
        text(&output.stdout).lines().last().expect("line").to_owned()
    };
    let bare = "rank 1 of 3, score 2.55: quality 80, heat 90, 2 providers, 1 h older than the newest article.";
    assert_eq!(
        of_article("Bare"),
        format!("Front page: beside the lead story (does not lead: it has no picture); {bare}")
    );
    assert_eq!(
        of_article("Flood"),
        format!(
            "Front page: shown with its story, as content/Bare.md: beside the lead story (does not lead: it has no picture); {bare}"
        )
    );
}

#[test]
fn only_previews_say_why_stories_are_where_they_are() {
    let mut site = Site::new("");
    for number in 10..30 {
        add(&site, &format!("S{number}"), &format!("{number}T10:00"), PICTURE);
    }
    site.build();
    let published = site.page("index.html");
    assert!(!published.contains("Why here?") && !published.contains("score"), "{published}");
    site.overrides.preview = true;
    site.build();
    let page = site.page("index.html");
    assert_eq!(
        page.matches("<summary>Why here?</summary>").count(),
        page.matches("<article").count()
    );
    assert!(
        page.contains("<p>lead story; rank 1 of 20, score 1.00: quality (50), heat (50), 1 provider, 0 h older than the newest article</p>"),
        "{page}"
    );
}

#[test]
fn cards_of_one_original_have_their_own_reasons() {
    let mut site = Site::new("");
    site.overrides.preview = true;
    site.write("site.toml", format!("{CONFIG}article_html = \"none\"\n"));
    for (title, time, quality) in [("A", "20T10:00", 90), ("B", "20T09:00", 60)] {
        let more = format!("story: none\nquality: {quality}\n{PICTURE}");
        add_of(&site, title, time, "one.example", &more);
        let path = format!("content/{title}.md");
        let text = fs::read_to_string(site.path(&path)).expect("article");
        let url = |line: &str| line.starts_with("webUrl:");
        let lines =
            text.lines().map(|line| if url(line) { "webUrl: https://one.example/x" } else { line });
        site.write(&path, lines.collect::<Vec<_>>().join("\n") + "\n");
    }
    site.build();
    let page = site.page("index.html");
    assert!(page.contains("quality 90, ") && page.contains("quality 60, "), "{page}");
    // A copy of an older template.
    site.write("templates/why.html", "{% if front.why %}{{ front.why[card.url] }}{% endif %}");
    site.build();
}
