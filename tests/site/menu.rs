//! The keys `nav`, `menu` and `footer_menu` of `site.toml`.

use crate::fixture::{CONFIG, Site, article, with_help};

fn site(settings: &str) -> Site {
    let site = Site::new(
        "=== content/pages/about.md\n---\ntitle: About us\n---\n\
         === content/pages/legal/imprint.md\n---\ntitle: Imprint\n---\n\
         === content/topics/climate.md\n---\nname: Climate change\n---\n",
    );
    let more = "topics: [Cities, Climate]\ncategory: opinion\n";
    site.write("content/a.md", article("A", "2026-01-02", more));
    site.write("site.toml", format!("{CONFIG}{settings}"));
    site
}

/// The texts and URLs of the links of a part of a page, each as `TEXT URL`; the current page is
/// marked by a `*`.
fn links(html: &str, begin: &str) -> Vec<String> {
    let part = html.split_once(begin).expect("the part").1.split_once("</nav>").expect("end").0;
    let link = |link: &str| {
        let (url, rest) = link.split_once('"').expect("URL");
        let (attributes, text) = rest.split_once("</a>").expect("text").0.split_once('>')?;
        let current = match attributes {
            "" | " type=\"application/atom+xml\"" => "",
            " aria-current=\"page\"" => "*",
            other => panic!("{other}"),
        };
        Some(format!("{text} {url}{current}"))
    };
    part.split("<a href=\"").skip(1).filter_map(link).collect()
}

fn menu(site: &Site, page: &str) -> Vec<String> {
    links(&site.page(page), "<nav class=\"strip\"")
}

fn footer(site: &Site, page: &str) -> Vec<String> {
    links(&site.page(page), "<nav aria-label=\"Site\"")
}

const ENTRIES: &str = "topic = \"climate\"
[[KEY]]
topic = \"Cities\"
[[KEY]]
category = \"Opinion\"
[[KEY]]
provider = \"Provider.example\"
label = \"Our <provider>\"
[[KEY]]
page = \"/about/\"
[[KEY]]
page = \"legal/imprint.md\"
[[KEY]]
url = \"https://shop.example/?a=1\"
label = \"Shop\"
[[KEY]]
url = \"/topics/\"
label = \"Topics\"
";

const LINKS: [&str; 8] = [
    "Climate change /topics/climate/",
    "Cities /topics/cities/",
    "Opinion /opinion/",
    "Our &lt;provider&gt; /providers/provider-example/",
    "About us /about/",
    "Imprint /legal/imprint/",
    "Shop https://shop.example/?a=1",
    "Topics /topics/",
];

#[test]
fn menus_link_topics_categories_providers_pages_and_urls() {
    let site = site(&format!("[[KEY]]\n{ENTRIES}").replace("KEY", "menu"));
    assert_eq!(site.findings(), [""; 0]);
    assert_eq!(menu(&site, "index.html"), LINKS);
    let footer_of_theme = ["Topics /topics/", "Providers /providers/"];
    assert_eq!(footer(&site, "index.html")[..2], footer_of_theme);
    let site = self::site(&format!("[[KEY]]\n{ENTRIES}").replace("KEY", "footer_menu"));
    assert_eq!(site.findings(), [""; 0]);
    assert_eq!(footer(&site, "index.html"), LINKS, "they replace those of the theme");
    assert!(!site.page("index.html").contains("class=\"strip\""));
}

#[test]
fn menu_links_have_the_base_path_and_mark_the_current_page() {
    let config = CONFIG.replace("test.example/\"", "test.example/news/\"");
    let both = format!("{config}[[menu]]\n{}", ENTRIES.replace("KEY", "menu"))
        + &format!("[[footer_menu]]\n{}", ENTRIES.replace("KEY", "footer_menu"));
    let site = site("");
    site.write("site.toml", both);
    site.build();
    for page in ["about/index.html", "legal/imprint/index.html", "topics/index.html"] {
        let current = format!(" /news/{}*", page.trim_end_matches("index.html"));
        for links in [menu(&site, page), footer(&site, page)] {
            let marked: Vec<&String> = links.iter().filter(|link| link.ends_with('*')).collect();
            assert!(marked.len() == 1 && marked[0].ends_with(&current), "{links:?}");
            assert_eq!(links.iter().filter(|link| link.contains(" /news/")).count(), 7);
        }
    }
}

#[test]
fn nav_is_a_menu_of_topics_as_they_are_written() {
    let site = site("nav = [\"cities\", \"Climate\", \"Sea\"]\n");
    site.write("templates/404.html", "{% for link in site.nav %}{{ link.title }} {% endfor %}");
    let findings = with_help(&site);
    assert_eq!(
        findings,
        [
            "site.toml:4:29: `nav` names the topic `Sea`, which no article has (it is left out of the navigation until an article has it)"
        ]
    );
    assert_eq!(menu(&site, "index.html"), ["cities /topics/cities/", "Climate /topics/climate/"]);
    assert_eq!(site.page("404.html"), "cities Climate ");
    site.write("site.toml", format!("{CONFIG}menu = [{{ page = \"about\", label = \"Hi\" }}]\n"));
    site.build();
    assert_eq!(site.page("404.html"), "Hi ", "templates that know only `nav` show the menu");
}

#[test]
fn menu_entries_that_lead_nowhere_are_left_out_with_a_warning() {
    let entries = [
        ("topic = \"Citis\"", 9, "topic `Citis`, which no article has (did you mean `Cities`?)"),
        (
            "topic = \"Sea\"",
            9,
            "topic `Sea`, which no article has (it is left out of the navigation until an article has it)",
        ),
        ("topic = \"Climat\"", 9, "topic `Climat`, which no article has (did you mean `climate`?)"),
        (
            "category = \"opinon\"",
            12,
            "category `opinon`, which no article has (did you mean `Opinion`?)",
        ),
        (
            "provider = \"provide.example\"",
            12,
            "provider `provide.example`, which no article has (did you mean `provider.example`?)",
        ),
        ("page = \"abuot\"", 8, "page `abuot`, which does not exist (did you mean `about`?)"),
        (
            "page = \"privacy\"",
            8,
            "page `privacy`, which does not exist (it is left out of the navigation until there is such a page)",
        ),
    ];
    for (entry, column, expected) in entries {
        for key in ["menu", "footer_menu"] {
            let site = site(&format!("[[{key}]]\npage = \"about\"\n[[{key}]]\n{entry}\n"));
            let expected = format!("site.toml:7:{column}: `{key}` names the {expected}");
            assert_eq!(with_help(&site), [expected]);
            let links =
                if key == "menu" { menu(&site, "index.html") } else { footer(&site, "index.html") };
            assert_eq!(links, ["About us /about/"]);
        }
    }
}

#[test]
fn menu_errors_are_located() {
    for (entries, expected) in [
        (
            "menu = [\"Cities\"]",
            "4:9: `menu` must be a mapping of keys to values (write each entry as a table: a line `[[menu]]`, and a line such as `topic = \"Cities\"` below it)",
        ),
        (
            "[footer_menu]\ntopic = \"Cities\"",
            "4:1: `footer_menu` must be a list (write `[[footer_menu]]` above each entry, with two brackets)",
        ),
        (
            "menu = \"Cities\"",
            "4:8: `menu` must be a list (write `[[menu]]` above each entry, with two brackets)",
        ),
        (
            "nav = [\"Cities\"]\n[[menu]]\ntopic = \"Climate\"",
            "4:1: `nav` and `menu` cannot both be set (write each topic of `nav` as an entry `[[menu]]` with a `topic`, and remove `nav`)",
        ),
        (
            "[[menu]]\nlabel = \"A\"",
            "4:1: an entry of `menu` has no target (add `topic`, `category`, `provider`, `page` or `url`)",
        ),
        (
            "[[menu]]\ntopic = \"Climate\"\npage = \"about\"",
            "6:1: an entry of `menu` has both `topic` and `page` (write one entry for each)",
        ),
        (
            "[[footer_menu]]\nurl = \"https://shop.example/\"",
            "5:7: an entry of `footer_menu` with a `url` has no `label` (add the text of the link as `label`)",
        ),
        ("[[menu]]\nurl = \"javascript:alert(1)\"\nlabel = \"A\"", "5:7: `url` is not a URL ()"),
        ("[[menu]]\nurl = \"//other.example/\"\nlabel = \"A\"", "5:7: `url` is not a URL ()"),
        ("[[menu]]\nurl = \"mailto:nobody\"\nlabel = \"A\"", "5:7: `url` is not a URL ()"),
        ("[[menu]]\nurl = \"tel:\"\nlabel = \"A\"", "5:7: `url` is not a URL ()"),
        ("[[menu]]\nurl = \"about\"\nlabel = \"A\"", "5:7: `url` is not a URL ()"),
        (
            "[[menu]]\nprovider = \"Provider\"",
            "5:12: `Provider` is not the domain of a provider ()",
        ),
        ("[[menu]]\ntopic = \"\"", "5:9: `topic` is empty ()"),
        ("[[menu]]\ntopic = \"Cities\"\nlabel = \" \"", "6:9: `label` is empty ()"),
        (
            "[[menu]]\ntopik = \"Cities\"",
            "5:1: unknown key `topik` in `[[menu]]` (did you mean `topic`?)",
        ),
        (
            "[[menu]]\ntopic = \"Cities\"\nper_page = 5",
            "6:1: unknown key `per_page` in `[[menu]]` (it is a top-level key: move it above the first `[table]`)",
        ),
    ] {
        let site = site(&format!("{entries}\n"));
        assert_eq!(with_help(&site), [format!("site.toml:{expected}")], "{entries}");
        assert!(!site.has("index.html"));
    }
}

/// A menu is a reason to keep the address of a list, as `nav` is.
#[test]
fn lists_of_menus_keep_their_paths() {
    let menus =
        "[[menu]]\nprovider = \"provider.example\"\n[[footer_menu]]\ncategory = \"opinion\"\n";
    let site = site(&format!("on_error = \"leave-out\"\n{menus}"));
    for path in ["opinion", "providers/provider-example"] {
        site.write(&format!("content/pages/{path}.md"), "---\ntitle: Mine\n---\n");
    }
    let found = site.findings();
    let is_of_page = |found: &String| found.starts_with("content/pages/");
    assert!(found.len() == 2 && found.iter().all(is_of_page), "{found:#?}");
    assert!(site.page("opinion/index.html").contains("About A."));
}

#[test]
fn menus_link_mail_and_telephone() {
    let site = site(
        "[[menu]]\nurl = \"mailto:desk@news.example?subject=A tip\"\nlabel = \"Mail\"\n\
         [[menu]]\nurl = \"tel:+353-1-555-0100\"\nlabel = \"Call\"\n",
    );
    assert_eq!(site.findings(), [""; 0]);
    let expected = ["Mail mailto:desk@news.example?subject=A%20tip", "Call tel:+353-1-555-0100"];
    assert_eq!(menu(&site, "index.html"), expected);
}

#[test]
fn menu_urls_without_a_page_are_warnings() {
    let site = site("");
    site.write("static/shop/index.html", "");
    site.write("static/terms.html", "");
    site.write("static/my file.pdf", "");
    site.write("content/pages/team.md", "---\ntitle: Team\naliases: [crew]\n---\n");
    let config = CONFIG.replace("test.example/\"", "test.example/news/\"");
    for (url, help) in [
        ("/", None),
        ("/topics/?a=b#c", None),
        ("/topics/cities", None),
        ("/shop/", None),
        ("/terms", None),
        ("/my file.pdf", None),
        ("/atom.xml", None),
        ("/crew/", None),
        ("/news/", Some("the path of `base_url` is added to it: write `/`")),
        ("https://test.example/nowhere/", None),
        ("/topcs/", Some("did you mean `/topics/`?")),
        ("/news/about/", Some("the path of `base_url` is added to it: write `/about/`")),
        (
            "/nowhere",
            Some("write the path of a page, or the whole URL if another program serves it"),
        ),
    ] {
        site.write("site.toml", format!("{config}[[menu]]\nurl = \"{url}\"\nlabel = \"A\"\n"));
        let warning = |help| {
            format!(
                "site.toml:5:7: `menu` names the URL `{url}`, at which there is no page ({help})"
            )
        };
        let expected: Vec<String> = help.map(warning).into_iter().collect();
        assert_eq!(with_help(&site), expected, "{url}");
    }
}
