//! `icon` of `[theme]`: the icons that are made of it, their links, and the web app manifest.

use std::fs;

use image::{DynamicImage, Rgb, RgbImage, Rgba, RgbaImage};
use serde_json::{Value, json};

use crate::fixture::{CONFIG, Site, article, attribute, png_of, rendered, tree, with_help};

const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'/>";

const RED: [u8; 3] = [200, 10, 20];

/// A red disc on a transparent square.
fn disc(side: u32) -> DynamicImage {
    let center = i64::from(side / 2);
    let pixel = |x: u32, y: u32| {
        let (x, y) = (i64::from(x) - center, i64::from(y) - center);
        let is_inside = x * x + y * y < center * center;
        let [red, green, blue] = RED;
        Rgba([red, green, blue, if is_inside { 255 } else { 0 }])
    };
    RgbaImage::from_fn(side, side, pixel).into()
}

/// A site with files in `static/`: `icon.svg`, and `icon.png`, a disc of 600 pixels.
fn site(settings: &str) -> Site {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.write("static/icon.svg", SVG);
    site.write("static/icon.png", png_of(&disc(600)));
    configure(&site, settings);
    site
}

fn configure(site: &Site, settings: &str) {
    site.write("site.toml", format!("{CONFIG}[theme]\n{settings}\n"));
}

/// The links to icons and the manifest of a page, each as `REL URL TYPE SIZES`, without digests.
fn links(site: &Site, page: &str) -> Vec<String> {
    let page = site.page(page);
    let tags = page.split("<link ").skip(1).map(|tag| tag.split('>').next().expect("tag"));
    let value = |tag: &str, name| attribute(tag, "", name).unwrap_or("-").to_owned();
    let line = |tag: &str| ["rel", "href", "type", "sizes"].map(|name| value(tag, name)).join(" ");
    tags.filter(|tag| tag.contains("icon") || tag.contains("manifest"))
        .map(|tag| without_digests(&line(tag)))
        .collect()
}

fn without_digests(text: &str) -> String {
    let is_digest =
        |part: &&str| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split('.').filter(|part| !is_digest(part)).collect::<Vec<_>>().join(".")
}

/// The published file whose path without its digest is this.
fn published(site: &Site, path: &str) -> Vec<u8> {
    let found = site.files().into_iter().find(|found| without_digests(found) == path);
    fs::read(site.path("public").join(found.expect(path))).expect("read")
}

fn icon(site: &Site, path: &str) -> DynamicImage {
    image::load_from_memory(&published(site, path)).expect("an image")
}

fn manifest(site: &Site) -> Value {
    serde_json::from_str(&site.page("site.webmanifest")).expect("JSON")
}

#[test]
fn icons_are_made_of_one_png_image() {
    let site = site("icon = \"/icon.png\"");
    assert_eq!(with_help(&site), [""; 0]);
    for page in ["index.html", "news/2026/01/a/index.html", "404.html"] {
        assert_eq!(
            links(&site, page),
            [
                "icon /theme/icon-32.png image/png 32x32",
                "apple-touch-icon /theme/icon-180.png image/png 180x180",
                "manifest /site.webmanifest - -",
            ]
        );
    }
    for (path, side) in [
        ("theme/icon-32.png", 32),
        ("theme/icon-180.png", 180),
        ("theme/icon-192.png", 192),
        ("theme/icon-512.png", 512),
        ("theme/icon-maskable-512.png", 512),
    ] {
        let icon = icon(&site, path).into_rgba8();
        assert_eq!((icon.width(), icon.height()), (side, side), "{path}");
        let Rgba([red, green, blue, alpha]) = *icon.get_pixel(side / 2, side / 2);
        assert_eq!(([red, green, blue], alpha), (RED, 255), "{path}");
        let is_filled = path.contains("180") || path.contains("maskable");
        let corner = if is_filled { [255; 4] } else { [0; 4] };
        assert_eq!(icon.get_pixel(0, 0).0, corner, "{path}: iOS shows transparent parts in black");
    }
    let ico = published(&site, "favicon.ico");
    assert_eq!(ico[..8], [0, 0, 1, 0, 1, 0, 32, 32]);
    assert!(ico.ends_with(&published(&site, "theme/icon-32.png")));
    assert!(site.has("icon.png"), "it is a file of static/");
    assert!(site.page("index.html").contains("default-src &#39;self&#39;"), "also of the manifest");
}

#[test]
fn manifest_describes_the_site() {
    let site = site("icon = \"icon.png\"");
    let config = CONFIG.replace("test.example/\"", "test.example/news/\"");
    let more = "description = \"All <of> it\"\nlanguage = \"ar\"\n[theme]\nicon = \"icon.png\"\n";
    site.write("site.toml", config + more);
    site.build();
    let mut manifest = manifest(&site);
    for icon in manifest["icons"].as_array_mut().expect("icons") {
        let path = icon["src"].as_str().expect("src").strip_prefix("/news/").expect("base path");
        assert!(site.has(path), "{path}");
        icon["src"] = without_digests(path).into();
    }
    let png = |src: &str, sizes: &str, purpose: &str| json!({ "src": src, "sizes": sizes, "type": "image/png", "purpose": purpose });
    let expected = json!({
        "name": "The Test",
        "short_name": "The Test",
        "description": "All <of> it",
        "lang": "ar",
        "dir": "rtl",
        "start_url": "/news/",
        "scope": "/news/",
        "display": "minimal-ui",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": [
            png("theme/icon-192.png", "192x192", "any"),
            png("theme/icon-512.png", "512x512", "any"),
            png("theme/icon-maskable-512.png", "512x512", "maskable"),
        ],
    });
    assert_eq!(manifest, expected);
    assert!(!site.has("favicon.ico"), "programs ask for it at the root of the host");
}

#[test]
fn svg_icon_is_linked_as_it_is() {
    let site = site("icon = \"icon.svg\"");
    assert_eq!(
        with_help(&site),
        [
            "site.toml:5:8: `icon` is an SVG image, but icons for home screens are made from PNG (add a PNG image of \
             at least 512 by 512 pixels: `icon = { svg = \"icon.svg\", png = \"FILE\" }`)"
        ]
    );
    let svg = "icon /icon.svg image/svg+xml any";
    assert_eq!(links(&site, "index.html"), [svg, "manifest /site.webmanifest - -"]);
    let icon =
        json!({ "src": "/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any" });
    assert_eq!(manifest(&site)["icons"], json!([icon]));
    configure(&site, "icon = { svg = \"icon.svg\", png = \"icon.png\" }");
    assert_eq!(with_help(&site), [""; 0]);
    let links = links(&site, "index.html");
    assert!(links.len() == 4 && links[1] == svg, "{links:#?}");
    assert_eq!(manifest(&site)["icons"].as_array().map(Vec::len), Some(3));
}

/// The corners of a maskable icon are cut off.
#[test]
fn maskable_icon_is_in_the_safe_zone() {
    let white = Rgba([255; 4]);
    for (picture, background) in [
        (disc(512), white),
        (DynamicImage::from(RgbaImage::from_pixel(512, 512, Rgba([0, 0, 0, 128]))), white),
        (tile().into(), Rgba([10, 20, 30, 255])),
    ] {
        let site = site("icon = \"icon.png\"");
        site.write("static/icon.png", png_of(&picture));
        site.build();
        let icon = icon(&site, "theme/icon-maskable-512.png").into_rgba8();
        for (x, y, pixel) in icon.enumerate_pixels() {
            let (x, y) = (f64::from(x) - 255.5, f64::from(y) - 255.5);
            let is_safe = x.hypot(y) <= 0.4 * 512.0;
            assert!(is_safe || *pixel == background, "{x} {y} {pixel:?}");
        }
    }
}

/// A white glyph on a background of its own.
fn tile() -> RgbImage {
    let is_glyph = |at: u32| (128..384).contains(&at);
    RgbImage::from_fn(512, 512, |x, y| {
        if is_glyph(x) && is_glyph(y) { Rgb([255; 3]) } else { Rgb([10, 20, 30]) }
    })
}

#[test]
fn files_of_the_site_replace_what_is_made() {
    let site = site("icon = \"icon.png\"");
    site.write("static/site.webmanifest", "{}");
    site.write("static/favicon.ico", "mine");
    site.write("static/theme/icon-180.png", "mine too");
    site.write("static/theme/favicon.svg", SVG);
    assert_eq!(with_help(&site), [""; 0]);
    assert_eq!(
        (site.page("site.webmanifest"), site.page("favicon.ico")),
        ("{}".into(), "mine".into())
    );
    assert_eq!(published(&site, "theme/icon-180.png"), b"mine too");
    assert_eq!(links(&site, "index.html").len(), 3);
    assert_eq!(published(&site, "theme/favicon.svg"), SVG.as_bytes(), "for templates that link it");
    configure(&site, "");
    site.build();
    assert_eq!(links(&site, "index.html"), ["icon /theme/favicon.svg image/svg+xml -"]);
    assert_eq!(published(&site, "theme/icon-180.png"), b"mine too");
}

#[test]
fn faulty_icons_are_errors() {
    let site = site("");
    site.write("static/wide.png", crate::theme::png(640, 600));
    site.write("static/small.png", crate::theme::png(511, 511));
    site.write("static/huge.png", crate::theme::png(4097, 4097));
    site.write("static/broken.png", crate::theme::png(512, 512));
    site.write("static/wide.svg", SVG.replace("0 24 24", "0 24 25"));
    site.write("static/no.svg", "<svg/>");
    site.write("static/icon.jpg", "no PNG");
    let not_square = "crop it, or extend its background";
    let sides = "icons are made of images of 512 to 4096 pixels in width and height";
    let not_png = "expected a PNG image, or SVG in a file `.svg`";
    for (icon, expected) in [
        ("\"wide.png\"", format!("8: `icon` names static/wide.png, which is not square: 640 by 600 pixels ({not_square})")),
        ("\"wide.svg\"", format!("8: `icon` names static/wide.svg, which is not square: 24 by 25 pixels ({not_square})")),
        ("\"small.png\"", format!("8: `icon` names static/small.png, which has 511 by 511 pixels ({sides})")),
        ("\"huge.png\"", format!("8: `icon` names static/huge.png, which has 4097 by 4097 pixels ({sides})")),
        ("\"icon.jpg\"", format!("8: `icon` names static/icon.jpg, which is not a PNG image ({not_png})")),
        ("{ png = \"icon.svg\" }", format!("16: `icon.png` names static/icon.svg, which is not a PNG image ({not_png})")),
        ("\"icn.png\"", "8: `icon` names static/icn.png, which does not exist (did you mean `icon.png`?)".to_owned()),
        ("{ svg = \"icon.png\", png = \"icon.png\" }", "16: `icon.svg` names static/icon.png, which is not an SVG image (name a file `.svg`, or write its path as `png`)".to_owned()),
        ("{ svg = \"no.svg\", png = \"icon.png\" }", "16: cannot read the size of static/no.svg (give its element `<svg>` a `viewBox`, or `width` and `height`)".to_owned()),
        ("{}", "8: `icon` has neither `svg` nor `png` (add one of them, or remove the key)".to_owned()),
        ("{ gif = \"a\" }", "10: unknown key `gif` in `[theme.icon]` (valid keys are `svg`, `png`)".to_owned()),
        ("true", "8: `icon` names static/true, which does not exist (put the file into `static/`, and write its path in that folder)".to_owned()),
    ] {
        configure(&site, &format!("icon = {icon}"));
        let mut found = with_help(&site);
        found.retain(|found| !found.contains("is an SVG image, but icons for home screens"));
        assert_eq!(found, [format!("site.toml:5:{expected}")], "{icon}");
        assert!(!site.has("index.html"));
    }
    configure(&site, "icon = \"broken.png\"");
    let found = with_help(&site);
    let start = "site.toml:5:8: cannot read static/broken.png: ";
    assert!(
        found.len() == 1
            && found[0].starts_with(start)
            && found[0].ends_with("(save it again as PNG)"),
        "{found:?}"
    );
}

#[test]
fn unshown_icon_is_a_warning() {
    let site = site("icon = \"icon.png\"");
    let blocks = ["title", "masthead", "head", "crumbs", "main", "after"];
    let blocks = blocks.map(|name| format!("{{% block {name} %}}{{% endblock %}}")).concat();
    site.write("templates/base.html", &blocks);
    let warning = "site.toml:5:8: no template of the site uses `icon` (docs/templates.md says how; or remove the templates that replace the theme's)";
    assert_eq!(with_help(&site), [warning]);
    for shown in ["{% include \"head.html\" %}", "{{ site.icons[0].url }}"] {
        site.write("templates/base.html", format!("{shown}{blocks}"));
        assert_eq!(with_help(&site), [""; 0], "{shown}");
    }
    site.write("templates/base.html", format!("{{% include \"head.html\" %}}{blocks}"));
    site.write("templates/head.html", "an older one");
    assert_eq!(with_help(&site), [warning]);
}

#[test]
fn icons_are_stored_and_found_again() {
    let site = site("icon = \"icon.png\"");
    site.build();
    let stored = || tree(&site.path(".newsgen/pictures")).into_keys().filter(|name| name != "lock");
    assert_eq!(stored().count(), 5);
    assert!(rendered(&site.build()).is_empty());
    for name in stored() {
        site.write(&format!(".newsgen/pictures/{name}"), "damaged");
    }
    assert!(rendered(&site.build()).is_empty(), "the same icons are made again");
    let before: Vec<String> = stored().collect();
    site.write("static/icon.png", png_of(&disc(601)));
    assert!(!site.build().changes.written.is_empty());
    assert!(site.tree() == site.clean_tree());
    let now: Vec<String> = stored().collect();
    assert!(
        now.len() == 5 && now.iter().all(|name| !before.contains(name)),
        "old ones are removed"
    );
    configure(&site, "");
    site.build();
    assert_eq!(stored().count(), 0);
}

#[test]
fn incremental_builds_follow_the_icon() {
    let site = site("");
    site.build();
    for settings in [
        "icon = \"icon.png\"",
        "icon = \"icon.svg\"",
        "icon = { svg = \"icon.svg\", png = \"icon.png\" }",
        "",
    ] {
        let before = site.tree();
        configure(&site, settings);
        site.build();
        assert!(site.tree() == site.clean_tree() && site.tree() != before, "{settings}");
    }
}

#[test]
fn preview_has_plain_names() {
    let mut site = site("icon = \"icon.png\"");
    site.overrides.preview = true;
    site.build();
    assert!(site.page("index.html").contains("href=\"/theme/icon-180.png\""));
    assert!(site.has("theme/icon-180.png"));
}

/// Hosts may not know the media type of the manifest.
#[test]
fn headers_name_the_type_of_the_manifest() {
    let site = site("icon = \"icon.png\"\n[host]\nkind = \"netlify\"");
    site.build();
    let headers = site.page("_headers");
    let rule = "/site.webmanifest\n  Content-Type: application/manifest+json\n";
    assert!(headers.contains(rule), "{headers}");
    assert!(headers.contains("/theme/icon-180."), "{headers}");
}
