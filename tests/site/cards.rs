//! What cards and article pages show depending on older articles.

use super::fixture::{Site, article};

const CONFIG: &str =
    "title = \"T\"\nbase_url = \"https://t.example/\"\nid = \"https://t.example/\"\n";

/// The links of the kicker of an article's page: its category, and a topic.
fn kicker(site: &Site, slug: &str) -> Vec<String> {
    let page = site.page(&format!("news/2026/05/{slug}/index.html"));
    let kicker = page.split_once("<p class=\"kicker\">").expect("a kicker").1;
    let kicker = kicker.split("</p>").next().expect("its content");
    let texts = kicker.split("</a>").filter_map(|link| link.rsplit_once('>'));
    texts.map(|(_, text)| text.to_owned()).filter(|text| !text.is_empty()).collect()
}

#[test]
fn kicker_is_the_rarest_topic() {
    let site = Site::new("");
    for day in 1..=12 {
        let rare = ["Ports", "Tides", "Rail"][day % 3];
        let more = format!("topics: [Sea, {rare}]\n");
        site.write(
            &format!("content/d{day}.md"),
            article(&format!("D{day}"), &format!("2026-05-{day:02}"), &more),
        );
    }
    site.write("content/d13.md", article("D13", "2026-05-13", "topics: [Sea]\n"));
    site.write("content/d14.md", article("D14", "2026-05-14", ""));
    site.build();
    assert_eq!(kicker(&site, "d12"), ["News", "Ports"]);
    assert_eq!(kicker(&site, "d13"), ["News"], "most articles have the topic Sea");
    assert_eq!(kicker(&site, "d14"), ["News"]);
}

/// A site whose articles have the same picture.
fn same_pictures(count: usize, more: &str) -> Site {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}{more}"));
    for day in 1..=count {
        add(&site, day);
    }
    site
}

fn add(site: &Site, day: usize) {
    let image = "images:\n  - url: https://pictures.example/stock.png\n";
    site.write(
        &format!("content/d{day}.md"),
        article(&format!("D{day}"), &format!("2026-05-{day:02}"), image),
    );
}

fn has_picture(site: &Site, day: usize) -> bool {
    site.page(&format!("news/2026/05/d{day}/index.html"))
        .contains("<img src=\"https://pictures.example/stock.png\"")
}

#[test]
fn picture_is_shown_by_so_many_of_the_oldest_articles() {
    let site = same_pictures(7, "");
    site.build();
    let shown: Vec<usize> = (1..=7).filter(|day| has_picture(&site, *day)).collect();
    assert_eq!(shown, [1, 2, 3, 4, 5]);
    let meta = "<meta property=\"og:image\" content=\"https://pictures.example/stock.png\">";
    assert!(site.page("news/2026/05/d7/index.html").contains(meta), "other sites still get it");
    assert_eq!(site.page("index.html").matches("<img src=").count(), 5);
}

#[test]
fn shared_picture_limit_can_be_changed() {
    for (more, expected) in [("shared_picture_limit = 2\n", 2), ("shared_picture_limit = 0\n", 7)] {
        let site = same_pictures(7, more);
        site.build();
        assert_eq!((1..=7).filter(|day| has_picture(&site, *day)).count(), expected, "{more}");
    }
}

#[test]
fn shared_pictures_are_counted_by_check() {
    let site = same_pictures(7, "");
    assert_eq!(site.build().stats.left_out_aliases, 0);
    let messages = site.findings().join("\n");
    assert!(messages.contains("2 of the 7 articles with this picture"), "{messages}");
    assert!(!same_pictures(5, "").findings().join("\n").contains("with this picture"));
}

#[test]
fn newest_article_changes_no_picture() {
    let site = same_pictures(5, "");
    site.build();
    // The page of the fifth gets a link to the sixth.
    let pages = || -> Vec<String> {
        (1..=4).map(|day| site.page(&format!("news/2026/05/d{day}/index.html"))).collect()
    };
    let before = pages();
    add(&site, 6);
    site.build();
    assert_eq!(before, pages());
    assert!(has_picture(&site, 5) && !has_picture(&site, 6));
}

#[test]
fn page_without_a_body_lists_older_articles() {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}related_count = 1\n"));
    for day in 1..=6 {
        site.write(
            &format!("content/d{day}.md"),
            article(&format!("D{day}"), &format!("2026-05-{day:02}"), "topics: [Sea]\n"),
        );
    }
    let with_body = article("D7", "2026-05-07", "topics: [Sea]\n") + "A note.\n";
    site.write("content/d7.md", with_body);
    site.build();
    let page = site.page("news/2026/05/d6/index.html");
    let after = |mark: &str| page.split_once(mark).unwrap_or_else(|| panic!("{mark}: {page}")).1;
    let provider = after("More from Provider").split("</ul>").next().expect("list");
    assert!(
        ["D5", "D4", "D3"]
            .map(|title| provider.contains(title))
            .iter()
            .filter(|found| **found)
            .count()
            >= 2
    );
    assert_eq!(provider.matches("<li").count(), 3);
    let topic = after("More on Sea").split("</ul>").next().expect("list");
    assert!(!topic.contains("D7"), "never newer ones: {topic}");
    let related = after("id=\"related\"");
    for title in ["D1", "D2", "D3", "D4", "D5"] {
        let shown = [provider, topic, related]
            .iter()
            .filter(|part| part.contains(&format!(">{title}<")))
            .count();
        assert_eq!(shown, 1, "{title}");
    }
    assert!(!site.page("news/2026/05/d7/index.html").contains("More from"));
}

#[test]
fn card_shows_the_first_sentence_of_the_note() {
    let site = Site::new("");
    let body = "## Heading\n\nThis is *worth* reading. It goes on.\n\nAnd on.\n";
    site.write("content/d1.md", article("D1", "2026-05-01", "") + body);
    site.write(
        "content/d2.md",
        article("D2", "2026-05-02", "").replace("excerpt: About D2.\n", "") + body,
    );
    site.build();
    let page = site.page("news/index.html");
    assert_eq!(page.matches("<b>Our note</b> This is worth reading.</p>").count(), 1, "{page}");
    assert!(
        page.contains("<p class=\"excerpt\">This is worth reading. It goes on. And on.</p>"),
        "{page}"
    );
}
