//! The table `[theme]`: logo, colours, fonts, density, pictures, and the site's own stylesheet.

use newsgen::color::{Color, TEXT_CONTRAST};

use crate::fixture::{CONFIG, Site, article, attribute, with_help};

const LOGO: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 240 60'/>";

/// An article with a picture, one without, and the files that the settings of these tests name.
fn site(settings: &str) -> Site {
    let site = Site::new("");
    site.write(
        "content/a.md",
        article("A", "2026-01-02", "images: [{url: /a.gif, width: 9, height: 6}]\n"),
    );
    site.write("content/b.md", article("B", "2026-01-01", ""));
    site.write("static/a.gif", "a");
    site.write("static/images/my logo.svg", LOGO);
    site.write("static/images/dark.svg", LOGO.replace("240", "480"));
    site.write("static/images/social.png", png(1200, 630));
    site.write("static/custom.css", "a{}");
    configure(&site, settings);
    site
}

fn configure(site: &Site, settings: &str) {
    site.write("site.toml", format!("{CONFIG}[theme]\n{settings}"));
}

/// The beginning of a PNG image, which has its size.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let header = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";
    [&header[..], &width.to_be_bytes(), &height.to_be_bytes(), &[8, 2, 0, 0, 0, 0, 0, 0, 0]]
        .concat()
}

fn built(settings: &str) -> Site {
    let site = site(settings);
    let found = with_help(&site);
    assert!(found.is_empty(), "{settings}{found:#?}");
    site
}

/// The published stylesheet of the theme.
fn stylesheet(site: &Site) -> String {
    let page = site.page("index.html");
    let url = attribute(&page, "rel=\"stylesheet\"", "href").expect("stylesheet");
    site.page(url.trim_start_matches('/'))
}

/// The values that a custom property has on light and on dark pages.
fn property(site: &Site, name: &str) -> [String; 2] {
    let css = stylesheet(site);
    let mut values = [String::new(), String::new()];
    let mut is_dark = false;
    for part in css.split('{') {
        for declaration in part.split(['}', ';']) {
            if let Some((_, value)) = declaration.split_once(&format!("{name}:")) {
                for (index, known) in values.iter_mut().enumerate() {
                    if index == 1 || !is_dark {
                        value.trim().clone_into(known);
                    }
                }
            }
        }
        is_dark =
            part.contains("@media (prefers-color-scheme") || is_dark && part.contains(":root");
    }
    values
}

#[test]
fn logo_replaces_the_title_in_the_masthead() {
    let site = built("logo = \"images/my logo.svg\"");
    let image = "<img src=\"/images/my%20logo.svg\" alt=\"The Test\" width=\"240\" height=\"60\">";
    let front = site.page("index.html");
    assert!(
        front.contains(&format!("<h1 class=\"name\"><picture>{image}</picture></h1>")),
        "{front}"
    );
    for page in ["topics/index.html", "404.html", "news/2026/01/a/index.html"] {
        let page = site.page(page);
        assert!(page.contains(&format!("<a href=\"/\"><picture>{image}</picture></a>")), "{page}");
    }
    let organization =
        "\"@type\":\"Organization\",\"logo\":\"https://test.example/images/my%20logo.svg\"";
    assert!(front.contains(organization), "{front}");
}

#[test]
fn dark_pages_can_have_another_logo() {
    let site = built("logo = { light = \"images/my logo.svg\", dark = \"/images/dark.svg\" }");
    let source = "<picture><source media=\"(prefers-color-scheme: dark)\" srcset=\"/images/dark.svg\" width=\"480\" height=\"60\"><img ";
    assert!(site.page("index.html").contains(source), "{}", site.page("index.html"));
}

#[test]
fn accent_is_adjusted_until_it_can_be_read() {
    for (accent, light, dark) in [
        ("#ffd400", "#826c00", "#ffd400"),
        ("#00205b", "#00205b", "#7687a7"),
        ("#fff", "#6e6e6e", "#ffffff"),
    ] {
        let site = built(&format!("accent = \"{accent}\""));
        let found = property(&site, "--accent");
        assert_eq!(found, [light, dark], "{accent}");
        let color = |text: &str| Color::parse(text).expect("colour");
        for (color, backgrounds) in
            [(color(light), ["#ffffff", "#f0f1f3"]), (color(dark), ["#141517", "#1e2023"])]
        {
            for background in backgrounds {
                let background = Color::parse(background).expect("colour");
                assert!(color.contrast(background) >= TEXT_CONTRAST, "{color} on {background}");
            }
        }
        for fill in property(&site, "--fill") {
            let fill = Color::parse(&fill).expect("colour");
            assert!(fill.contrast(Color::WHITE) >= TEXT_CONTRAST, "white on {fill}");
        }
    }
}

#[test]
fn accent_of_one_scheme_is_refused_if_it_cannot_be_read() {
    let site = site("accent = { light = \"#ffd400\", dark = \"#00205b\" }");
    let found = with_help(&site);
    assert_eq!(
        found,
        [
            "site.toml:5:20: `accent.light` is hard to read: its contrast on light pages is 1.26:1, and 4.5:1 is needed \
             (the nearest colour that can be read is `#826c00`)",
            "site.toml:5:38: `accent.dark` is hard to read: its contrast on dark pages is 1.05:1, and 4.5:1 is needed \
             (the nearest colour that can be read is `#7687a7`)",
        ]
    );
    configure(&site, "accent = { light = \"#826c00\", dark = \"#7687a7\" }");
    site.build();
    assert_eq!(property(&site, "--accent"), ["#826c00", "#7687a7"]);
    configure(&site, "accent = {}");
    let expected = "site.toml:5:10: `accent` has neither `light` nor `dark` (add one of them, or remove the key)";
    assert_eq!(with_help(&site), [expected]);
    configure(&site, "accent = { dark = \"#ffd400\" }");
    site.build();
    assert_eq!(property(&site, "--accent"), ["#826c00", "#ffd400"]);
}

#[test]
fn fonts_and_density_are_custom_properties() {
    let default = stylesheet(&built(""));
    assert_eq!(default.as_bytes(), include_bytes!("../../static/theme/style.css"));
    assert_eq!(stylesheet(&built("font = \"serif\"\ndensity = \"comfortable\"")), default);
    assert!(property(&built("font = \"sans\""), "--headline")[0].starts_with("\"Helvetica Neue\""));
    assert!(property(&built("font = \"system\""), "--headline")[0] == "var(--sans)");
    let scale = |site: &Site| property(site, "--scale")[1].parse::<f64>().expect("number");
    assert!(scale(&built("density = \"compact\"")) < scale(&built("")));
}

#[test]
fn amp_pages_have_the_accent_and_the_font() {
    let site = site("");
    let settings = "article_pages = \"self\"\n[amp]\npages = true\n[theme]\naccent = \"#00205b\"\nfont = \"sans\"\n";
    site.write("site.toml", format!("{CONFIG}{settings}"));
    site.build();
    let page = site.page("news/2026/01/a/amp/index.html");
    let style = page.split("</style>").nth(2).expect("style");
    assert!(
        style.contains(":root{--accent:#00205b;") && style.contains("--headline:\"Helv"),
        "{style}"
    );
}

#[test]
fn pictures_can_be_left_out() {
    let pages =
        ["index.html", "news/2026/01/a/index.html", "providers/provider-example/index.html"];
    let site = built("pictures = \"auto\"");
    for page in pages {
        assert!(site.page(page).contains("<img src=\"/a.gif\""), "{page}");
    }
    let site = built("pictures = \"none\"");
    for page in pages {
        assert!(!site.page(page).contains("<img"), "{page}");
        assert!(!site.page(page).contains("class=\"pic"), "{page}");
    }
    let image = "<meta property=\"og:image\" content=\"https://test.example/a.gif\">";
    assert!(
        site.page("news/2026/01/a/index.html").contains(image),
        "social networks still show it"
    );
}

#[test]
fn social_image_is_that_of_pages_without_a_picture() {
    let site = built("social_image = \"images/social.png\"");
    for page in ["index.html", "topics/index.html", "news/2026/01/b/index.html", "404.html"] {
        let page = site.page(page);
        for (name, content) in [
            ("og:image", "https://test.example/images/social.png"),
            ("og:image:width", "1200"),
            ("og:image:height", "630"),
        ] {
            assert!(page.contains(&format!("property=\"{name}\" content=\"{content}\"")), "{page}");
        }
        assert!(page.contains("<meta name=\"twitter:card\" content=\"summary_large_image\">"));
    }
    let page = site.page("news/2026/01/a/index.html");
    assert!(
        page.contains("content=\"https://test.example/a.gif\"") && !page.contains("social.png")
    );
}

#[test]
fn custom_css_follows_the_stylesheet_of_the_theme() {
    let site = built("custom_css = \"custom.css\"");
    let links = |page: &str| -> Vec<String> {
        let parts = page.split("<link rel=\"stylesheet\" href=\"").skip(1);
        parts.map(|part| part.split('"').next().expect("URL").to_owned()).collect()
    };
    let before = links(&site.page("index.html"));
    assert!(before[0].starts_with("/theme/style.") && before[1].starts_with("/custom.css?v="));
    assert_eq!(site.page("custom.css"), "a{}");
    site.write("static/custom.css", "b{}");
    site.build();
    let after = links(&site.page("news/2026/01/b/index.html"));
    assert!(after[0] == before[0] && after[1] != before[1], "{before:?} {after:?}");
    let mut preview = site;
    preview.overrides.preview = true;
    preview.build();
    assert_eq!(links(&preview.page("index.html")), ["/theme/style.css", "/custom.css"]);
}

#[test]
fn theme_files_must_exist_and_be_readable() {
    let site = site(
        "logo = { light = \"images/my-logo.svg\", dark = \"a.gif\" }\nsocial_image = \"images/dark.svg\"\n\
         custom_css = \"static/custom.css\"",
    );
    let help = "put the file into `static/`, and write its path in that folder";
    assert_eq!(
        with_help(&site),
        [
            "site.toml:5:18: `logo.light` names static/images/my-logo.svg, which does not exist (did you mean \
             `images/my logo.svg`?)",
            "site.toml:5:47: cannot read the size of static/a.gif (expected a PNG, JPEG, GIF, WebP or AVIF image, or \
             SVG in a file `.svg`)",
            "site.toml:6:16: `social_image` is an SVG image, which social networks do not show (name a PNG or JPEG \
             image, of 1200 by 630 pixels for example)",
            "site.toml:7:14: `custom_css` names static/static/custom.css, which does not exist (did you mean \
             `custom.css`?)",
        ]
    );
    site.write("static/images/dark.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='100%'/>");
    configure(
        &site,
        "logo = \"images/dark.svg\"\nsocial_image = \"nothing\"\ncustom_css = \"theme/style.css\"",
    );
    assert_eq!(
        with_help(&site),
        [
            "site.toml:5:8: cannot read the size of static/images/dark.svg (give its element `<svg>` a `viewBox`, or \
             `width` and `height`)"
                .to_owned(),
            format!("site.toml:6:16: `social_image` names static/nothing, which does not exist ({help})"),
            "site.toml:7:14: `custom_css` names static/theme/style.css, a file of the theme (copy it to another place in \
             `static/`)"
                .to_owned(),
        ]
    );
}

#[test]
fn faulty_theme_settings_are_reported() {
    let site = site(
        "logo = { dark = \"images/dark.svg\", lite = \"a\" }\naccent = \"red\"\nfont = \"sanss\"\ndensity = 1\n\
         pictures = \"nome\"\ncustom_cs = \"a\"\nlogos = []",
    );
    assert_eq!(
        with_help(&site),
        [
            "site.toml:5:8: `logo` has no `light` (write `logo = { light = \"FILE\", dark = \"FILE\" }`)",
            "site.toml:5:36: unknown key `lite` in `[theme.logo]` (valid keys are `light`, `dark`)",
            "site.toml:6:10: `accent` is not a colour ()",
            "site.toml:7:8: `font` cannot be `sanss` (did you mean `sans`?)",
            "site.toml:8:11: `density` cannot be `1` ()",
            "site.toml:9:12: `pictures` cannot be `nome` (did you mean `none`?)",
            "site.toml:10:1: unknown key `custom_cs` in `[theme]` (did you mean `custom_css`?)",
            "site.toml:11:1: unknown key `logos` in `[theme]` (did you mean `logo`?)",
        ]
    );
}

#[test]
fn settings_that_own_files_of_the_site_replace_are_warned_of() {
    let site = site(
        "accent = \"#00205b\"\nfont = \"sans\"\nlogo = \"images/dark.svg\"\ncustom_css = \"custom.css\"",
    );
    site.write("static/theme/style.css", "a{}");
    site.write(
        "templates/base.html",
        ["title", "masthead", "crumbs", "main", "after"]
            .map(|name| format!("{{% block {name} %}}{{% endblock %}}"))
            .concat(),
    );
    site.write("templates/index.html", "{% extends \"base.html\" %}");
    let help = "(remove the setting or that file; `custom_css` adds rules to the theme's file)";
    let templates =
        "(docs/templates.md says how; or remove the templates that replace the theme's)";
    assert_eq!(
        with_help(&site),
        [
            format!(
                "site.toml:5:1: `accent` does not change static/theme/style.css, which replaces the theme's file {help}"
            ),
            format!(
                "site.toml:6:1: `font` does not change static/theme/style.css, which replaces the theme's file {help}"
            ),
            format!("site.toml:7:8: no template of the site uses `logo` {templates}"),
            format!("site.toml:8:14: no template of the site uses `custom_css` {templates}"),
        ]
    );
    site.write("static/theme/style.css", include_bytes!("../../static/theme/style.css"));
    site.write("templates/base.html", "{% extends \"theme/base.html\" %}");
    assert!(with_help(&site).is_empty(), "{:#?}", with_help(&site));
    assert_eq!(property(&site, "--accent")[0], "#00205b", "a copy of the theme's file");
}

#[test]
fn incremental_builds_follow_the_theme() {
    let site = site("");
    site.build();
    let follows = |what: &str| {
        let before = site.tree();
        site.build();
        assert!(site.tree() == site.clean_tree(), "{what}");
        assert!(site.tree() != before, "{what} changes the site");
    };
    for settings in [
        "logo = \"images/my logo.svg\"",
        "logo = { light = \"images/my logo.svg\", dark = \"images/dark.svg\" }",
        "accent = \"#ffd400\"",
        "accent = { light = \"#b5122b\" }",
        "font = \"sans\"",
        "density = \"compact\"",
        "pictures = \"none\"",
        "social_image = \"images/social.png\"",
        "custom_css = \"custom.css\"",
        "",
    ] {
        configure(&site, settings);
        follows(settings);
    }
    configure(
        &site,
        "logo = { light = \"images/my logo.svg\", dark = \"images/dark.svg\" }\nsocial_image = \"images/social.png\"\n\
         custom_css = \"custom.css\"",
    );
    follows("files");
    site.write("static/images/my logo.svg", LOGO.replace("60", "61"));
    follows("the size of the logo");
    assert!(site.page("index.html").contains("height=\"61\""));
    site.write("static/images/dark.svg", LOGO.replace("60", "62"));
    follows("the size of the dark logo");
    site.write("static/images/social.png", png(600, 315));
    follows("the size of the social image");
    assert!(site.page("news/2026/01/b/index.html").contains("content=\"315\""));
    site.write("static/custom.css", "c{}");
    follows("the stylesheet");
}
