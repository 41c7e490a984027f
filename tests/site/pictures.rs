//! Pictures of `static/` that articles show: their sizes and variants.

use std::collections::BTreeMap;
use std::fs;

use image::codecs::jpeg::JpegEncoder;
use image::{
    ColorType, DynamicImage, ImageEncoder as _, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage,
};

use crate::fixture::{
    CONFIG, Site, article, attribute, messages, newsgen, noise, png, png_of, rendered, text,
};

const WIDTHS: &str = "[pictures]\nwidths = [32, 16]\n";

const SHOWN: &str = "images: [{url: /images/a.png}]\n";

/// A JPEG of this size that cameras turned by 90 degrees.
fn turned_jpeg(width: u32, height: u32) -> Vec<u8> {
    let orientation = [0x0112_u16, 3, 1, 0, 6, 0].map(u16::to_le_bytes).concat();
    let exif = [&b"II*\0\x08\0\0\0\x01\0"[..], &orientation, &[0; 4]].concat();
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new(&mut bytes);
    encoder.set_exif_metadata(exif).expect("set");
    encoder.encode_image(&noise(width, height, 1)).expect("encoded");
    bytes
}

/// A site of one article that shows `static/images/a.png`.
fn site(picture: &[u8]) -> Site {
    let site = Site::new(&format!("=== site.toml\n{CONFIG}{WIDTHS}"));
    site.write("static/images/a.png", picture);
    site.write("static/robots.txt", "");
    site.write("content/a.md", article("A", "2026-05-01", SHOWN));
    site
}

/// The published variants.
fn variants(site: &Site) -> Vec<String> {
    site.files().into_iter().filter(|path| path.starts_with("theme/pictures/")).collect()
}

fn variant(site: &Site, path: &str) -> DynamicImage {
    let bytes = fs::read(site.path("public").join(path)).expect("read");
    image::load_from_memory_with_format(&bytes, ImageFormat::WebP).expect("WebP")
}

/// What is stored of pictures.
fn stored(site: &Site) -> BTreeMap<String, Vec<u8>> {
    let mut tree = crate::fixture::tree(&site.path(".newsgen/pictures"));
    tree.remove("lock");
    tree
}

#[test]
fn pictures_of_articles_have_smaller_variants() {
    let site = site(&png(64, 48, 1));
    site.build();
    let [narrow, wide] = &variants(&site)[..] else { panic!("{:?}", variants(&site)) };
    assert!(narrow.starts_with("theme/pictures/a-16."), "{narrow}");
    for (path, width, height) in [(narrow, 16, 12), (wide, 32, 24)] {
        let picture = variant(&site, path);
        assert_eq!((picture.width(), picture.height()), (width, height));
    }
    for page in ["index.html", "news/2026/05/a/index.html", "news/index.html"] {
        let page = site.page(page);
        let of_picture = |name| attribute(&page, "<img src=\"/images/a.png\"", name);
        assert_eq!(
            of_picture("srcset"),
            Some(&*format!("/{narrow} 16w, /{wide} 32w, /images/a.png 64w"))
        );
        assert!(of_picture("sizes").is_some());
        assert_eq!((of_picture("width"), of_picture("height")), (Some("64"), Some("48")));
    }
    assert!(site.has("images/a.png"));
}

#[test]
fn narrow_picture_is_a_candidate_itself() {
    let site = site(&png(64, 48, 1));
    site.write("site.toml", format!("{CONFIG}[pictures]\nwidths = [16, 64, 100]\n"));
    site.build();
    let page = site.page("index.html");
    let srcset = attribute(&page, "<img", "srcset").expect("srcset");
    assert!(srcset.ends_with(" 16w, /images/a.png 64w"), "{srcset}");
}

#[test]
fn size_in_front_matter_wins() {
    let site = site(&png(64, 48, 1));
    let more = "images: [{url: /images/a.png, width: 640, height: 480}]\n";
    site.write("content/a.md", article("A", "2026-05-01", more));
    site.build();
    assert!(site.page("index.html").contains(" width=\"640\" height=\"480\""));
}

#[test]
fn pictures_without_variants_have_a_size() {
    let mut coarse = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut coarse, 1);
    encoder.write_image(&noise(320, 320, 1), 320, 320, ColorType::Rgb8.into()).expect("encoded");
    for (settings, picture) in [
        ("[pictures]\nwidths = []\n", png(64, 48, 1)),
        ("[pictures]\nwidths = [64]\n", png(64, 48, 1)),
        (
            "[pictures]\nwidths = [16]\nmax_megapixels = 1\n",
            png_of(&RgbImage::new(1001, 1000).into()),
        ),
        // No smaller in bytes.
        ("[pictures]\nwidths = [300]\n", coarse),
    ] {
        let site = site(&picture);
        site.write("site.toml", format!("{CONFIG}{settings}"));
        site.build();
        assert_eq!(variants(&site), [""; 0], "{settings}");
        let page = site.page("index.html");
        assert!(!page.contains("srcset") && page.contains(" width=\""), "{settings}");
    }
}

#[test]
fn unread_pictures_are_left_alone() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    let site = Site::new(&format!("=== static/a.svg\n{svg}\n=== static/b.png\nunused\n"));
    let more = "images: [{url: /a.svg}, {url: /missing.png}, {url: 'https://a.example/b.png'}]\n";
    site.write("content/a.md", article("A", "2026-05-01", more));
    assert_eq!(site.findings(), [""; 0]);
    assert!(!site.page("index.html").contains("srcset"));
    assert!(!site.path(".newsgen/pictures").exists());
}

#[test]
fn broken_pictures_are_warnings() {
    let whole = png(64, 48, 1);
    for broken in [&b"<!DOCTYPE html>"[..], b"", &whole[..200], &whole[..30]] {
        let site = site(broken);
        let outcome = site.try_build();
        let found = messages(&outcome.diagnostics);
        let [message] = &found[..] else { panic!("{found:?}") };
        let start = "content/a.md:9:9: the picture static/images/a.png cannot be read: ";
        assert!(message.starts_with(start), "{message}");
        assert_eq!(variants(&site), [""; 0]);
        assert!(site.page("index.html").contains("<img src=\"/images/a.png\" alt=\"\""));
        assert_eq!(site.findings(), found, "reported again");
    }
}

#[test]
fn huge_pictures_are_not_decoded() {
    // The header of a PNG of 60,000 times 60,000 pixels.
    let mut bytes = png(64, 48, 1);
    bytes[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let crc = bytes[12..29].iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    });
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    let site = site(&bytes);
    assert_eq!(site.findings(), [""; 0]);
    assert!(site.page("index.html").contains(" width=\"60000\" height=\"60000\""));
}

#[test]
fn turned_pictures_are_upright() {
    let site = site(&turned_jpeg(64, 48));
    site.build();
    assert!(site.page("index.html").contains(" width=\"48\" height=\"64\""));
    let picture = variant(&site, &variants(&site)[0]);
    assert_eq!((picture.width(), picture.height()), (16, 21));
}

#[test]
fn transparent_pictures_stay_transparent() {
    let noise = noise(64, 48, 1);
    let half = RgbaImage::from_fn(64, 48, |x, y| {
        let Rgb([r, g, b]) = *noise.get_pixel(x, y);
        Rgba([r, g, b, if x < 32 { 0 } else { 255 }])
    });
    let site = site(&png_of(&half.into()));
    site.build();
    let picture = variant(&site, &variants(&site)[1]).into_rgba8();
    assert_eq!((picture.get_pixel(4, 4)[3], picture.get_pixel(28, 4)[3]), (0, 255));
}

#[test]
fn animated_pictures_have_no_variants() {
    let mut bytes = png(64, 48, 1);
    // A chunk `acTL` before the data: two frames, played forever.
    let chunk = [&8_u32.to_be_bytes()[..], b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]].concat();
    let crc = chunk[4..].iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    });
    bytes.splice(33..33, [chunk, (!crc).to_be_bytes().to_vec()].concat());
    let site = site(&bytes);
    assert_eq!(site.findings(), [""; 0]);
    assert_eq!(variants(&site), [""; 0]);
}

#[test]
fn equal_pictures_share_their_variants() {
    let site = site(&png(64, 48, 1));
    site.write("static/other/a.png", png(64, 48, 1));
    let more = "images: [{url: '/other/a.png?v=2'}]\n";
    site.write("content/b.md", article("B", "2026-05-02", more));
    site.build();
    assert_eq!(variants(&site).len(), 2);
}

#[test]
fn changed_picture_renders_the_pages_that_show_it() {
    let site = site(&png(64, 48, 1));
    site.write("content/b.md", article("B", "2026-05-02", ""));
    site.build();
    let before = variants(&site);
    site.write("static/images/a.png", png(64, 48, 2));
    let summary = site.build();
    let made = rendered(&summary);
    assert!(made.contains(&"news/2026/05/a/index.html") && made.contains(&"index.html"));
    assert!(!made.contains(&"robots.txt") && !made.contains(&"news/2026/05/b/index.html"));
    let after = variants(&site);
    assert!(after.len() == 2 && after.iter().all(|path| !before.contains(path)), "{after:?}");
    assert_eq!(site.tree(), site.clean_tree());
    site.remove("static/images/a.png");
    site.build();
    assert!(!site.page("index.html").contains("srcset"));
    assert_eq!(stored(&site), BTreeMap::new(), "unused variants are removed");
}

#[test]
fn unchanged_picture_is_not_read_again() {
    let site = site(&png(64, 48, 1));
    assert!(site.build_in_stages().1.contains("scaling pictures"));
    let renamed = article("A", "2026-05-01", SHOWN).replace("title: A", "title: B");
    site.write("content/a.md", format!("{renamed}A note.\n"));
    assert!(!site.build_in_stages().1.contains("scaling pictures"));
    assert!(site.page("index.html").contains("srcset"));
    // Edited after its first sentence, an article leaves the cached site as it is.
    site.write("content/a.md", format!("{renamed}A note. Another.\n"));
    assert_eq!(rendered(&site.build()), ["news/2026/05/a/index.html"]);
    assert!(site.page("news/2026/05/a/index.html").contains("srcset"));
    assert_eq!(site.tree(), site.clean_tree());
    // The same bytes with another stamp.
    site.write("static/images/a.png", png(64, 48, 1));
    assert!(site.build().changes.is_empty());
}

#[test]
fn stored_variants_are_reused_if_they_are_intact() {
    let site = site(&png(64, 48, 1));
    site.build();
    let (whole, published) = (stored(&site), site.tree());
    assert_eq!(whole.len(), 2);
    for (name, bytes) in &whole {
        let path = site.path(".newsgen/pictures").join(name);
        let mut damaged = bytes.clone();
        damaged[20] ^= 1;
        for damaged in [damaged, bytes[..5].to_vec(), Vec::new()] {
            fs::write(&path, damaged).expect("written");
            assert_eq!(site.clean_tree(), published, "{name} is damaged");
            assert_eq!(stored(&site), whole, "{name} is repaired");
        }
        fs::remove_file(&path).expect("removed");
        site.remove(&format!("public/{}", variants(&site)[0]));
        site.build();
        assert_eq!(site.tree(), published, "{name} is missing");
    }
    assert_eq!(site.clean_tree(), published);
    let reused = whole.values().next().expect("there").clone();
    let other = [newsgen_digest(b"other"), b"other".to_vec()].concat();
    fs::write(site.path(".newsgen/pictures").join(whole.keys().next().expect("there")), &other)
        .expect("written");
    let tree = site.clean_tree();
    assert!(tree.values().any(|bytes| bytes == b"other"), "the stored variant is used");
    assert_ne!(other, reused);
}

/// The digest before a stored variant.
fn newsgen_digest(bytes: &[u8]) -> Vec<u8> {
    newsgen::digest::Digest::of(bytes).as_bytes().to_vec()
}

#[test]
fn only_what_is_published_is_scaled() {
    let site = site(&png(64, 48, 1));
    let checked = newsgen(site.root(), &["check"]);
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    assert!(!site.path(".newsgen/pictures").exists());
    let in_check = text(&checked.stdout);
    site.write("content/b.md", "---\ntitle: B\n---\n");
    assert!(site.try_build().summary.is_none());
    assert!(!site.path(".newsgen/pictures").exists(), "a build with an error stores nothing");
    site.remove("content/b.md");
    let summary = site.build();
    assert!(in_check.contains(&format!(": {} files", summary.files)), "{in_check}");
    assert_eq!(stored(&site).len(), 2);
}

#[test]
fn only_variants_are_removed() {
    let site = site(&png(64, 48, 1));
    site.build();
    let names = ["notes.txt", ".unfinished-x", "0123456789abcdef0123456789abcdef", "lock"];
    for name in names {
        site.write(&format!(".newsgen/pictures/{name}"), "");
    }
    site.write("static/images/a.png", png(64, 48, 2));
    site.build();
    let left: Vec<String> = stored(&site).into_keys().filter(|name| name.len() < 32).collect();
    assert_eq!((left, stored(&site).len()), (vec!["notes.txt".to_owned()], 3));
}

#[test]
fn pictures_in_bodies_have_variants() {
    let site = site(&png(64, 48, 1));
    let images = "![A > b](images/a.png?v=1) ![](/none.png) ![](https://a.example/images/a.png)\n\n\
        <img src='/images/a.png' width=30 height=20>\n";
    site.write("content/a.md", article("A", "2026-05-01", "topics: [T]\n") + images);
    site.write("content/pages/about.md", format!("---\ntitle: About\n---\n{images}"));
    site.write("content/topics/t.md", format!("---\n---\n{images}"));
    let amp = "article_pages = \"self\"\n[amp]\npages = true\n";
    site.write("site.toml", format!("{CONFIG}{amp}{WIDTHS}"));
    site.build();
    let [narrow, wide] = &variants(&site)[..] else { panic!("{:?}", variants(&site)) };
    let srcset = |query: &str| format!("/{narrow} 16w, /{wide} 32w, /images/a.png{query} 64w");
    for page in ["news/2026/05/a/index.html", "about/index.html", "topics/t/index.html"] {
        let page = site.page(page);
        let images: Vec<&str> = page
            .split("<img src=\"")
            .skip(1)
            .filter_map(|rest| rest.split_once(" loading=").map(|(tag, _)| tag))
            .collect();
        assert_eq!(
            images,
            [
                &*format!(
                    "/images/a.png?v=1\" width=\"64\" height=\"48\" srcset=\"{}\" \
                     sizes=\"auto, min(92vw, 42rem, 64px)\" alt=\"A &gt; b\"",
                    srcset("?v=1")
                ),
                "/none.png\" alt=\"\"",
                "https://a.example/images/a.png\" alt=\"\"",
                &*format!(
                    "/images/a.png\" srcset=\"{}\" sizes=\"auto, min(92vw, 42rem, 30px)\" \
                     alt=\"\" width=\"30\" height=\"20\"",
                    srcset("")
                ),
            ]
        );
    }
    assert!(!site.page("news/2026/05/a/amp/index.html").contains("srcset"));
    let whole = article("B", "2026-05-01", "") + "<IMG SRC=/images/a.png>\n";
    site.write("content/a.md", whole);
    site.build();
    assert!(site.page("news/2026/05/a/index.html").contains(" srcset=\""));
}

#[test]
fn first_pictures_of_pages_say_their_room() {
    let site = site(&png(64, 48, 1));
    site.write("site.toml", format!("{CONFIG}archives = true\nper_page = 1\n{WIDTHS}"));
    for day in 2..5 {
        let name = format!("B{day}");
        site.write(
            &format!("content/{name}.md"),
            article(&name, &format!("2026-05-0{day}"), SHOWN),
        );
    }
    site.build();
    for (page, sizes) in [
        ("index.html", "(min-width: 40rem) min(52vw, 45rem), 92vw"),
        ("news/2026/05/a/index.html", "(min-width: 64rem) min(38vw, 32rem), 92vw"),
        ("page/1/index.html", "(min-width: 40rem) 9rem, 6.75rem"),
        (
            "2026/05/01/index.html",
            "(min-width: 64rem) min(22vw, 18rem), (min-width: 48rem) 29vw, (min-width: 40rem) 45vw, 6.75rem",
        ),
    ] {
        let html = site.page(page);
        let tags = html.split("<img ").skip(1).filter_map(|rest| rest.split('>').next());
        let (eager, others): (Vec<&str>, Vec<&str>) =
            tags.partition(|tag| tag.contains("fetchpriority=\"high\""));
        assert_eq!(eager.len(), 1, "{page}");
        assert_eq!(attribute(eager[0], "", " sizes"), Some(sizes), "{page}");
        let is_measured = |tag: &&str| tag.contains(" sizes=\"auto, ");
        assert!(others.iter().all(is_measured), "{page}: {others:?}");
    }
}

#[test]
fn changed_picture_of_a_body_renders_its_page() {
    let site = site(&png(64, 48, 1));
    let body = "![](/images/a.png)\n";
    site.write("content/a.md", article("A", "2026-05-01", "") + body);
    site.write("content/b.md", article("B", "2026-05-02", ""));
    site.write("content/pages/about.md", format!("---\ntitle: About\n---\n{body}"));
    site.build();
    site.write("static/images/a.png", png(64, 48, 2));
    let pages = ["about/index.html", "news/2026/05/a/index.html"];
    let summary = site.build();
    let made: Vec<&str> =
        rendered(&summary).into_iter().filter(|path| path.ends_with(".html")).collect();
    assert_eq!(made, pages);
    assert_eq!(site.tree(), site.clean_tree());
    site.write("static/images/a.png", "no picture");
    let messages = messages(&site.try_build().diagnostics);
    let [message] = &messages[..] else { panic!("{messages:?}") };
    let start = "content/a.md: the picture static/images/a.png cannot be read: ";
    assert!(message.starts_with(start), "{message}");
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn large_logo_has_a_smaller_variant() {
    let site = Site::new("");
    let theme = "[theme]\nlogo = { light = \"l.png\", dark = \"d.png\" }\n";
    site.write("site.toml", format!("{CONFIG}{theme}[pictures]\nwidths = [100, 300]\n"));
    site.write("static/l.png", png(500, 400, 1));
    site.write("static/d.png", png(100, 80, 1));
    site.write("content/a.md", article("A", "2026-05-01", ""));
    site.build();
    let variant = variants(&site).into_iter().find(|path| path.contains("/l-300.")).expect("made");
    let page = site.page("index.html");
    let light = "<img src=\"/l.png\"";
    assert_eq!(attribute(&page, light, "srcset"), Some(&*format!("/{variant}")));
    assert_eq!(attribute(&page, light, "width"), Some("500"));
    assert_eq!(attribute(&page, "<source media", "srcset"), Some("/d.png"));
    site.write("static/l.png", png(500, 400, 2));
    site.build();
    assert!(!site.page("index.html").contains(&variant));
    assert_eq!(site.tree(), site.clean_tree());
}

#[test]
fn card_shows_the_smallest_image_that_is_wide_enough() {
    let image = |name: &str, size: &str| format!("{{url: 'https://a.example/{name}.jpg'{size}}}");
    for (images, expected) in [
        (
            [
                image("l", ", width: 2000, height: 1000"),
                image("m", ", width: 800, height: 400"),
                image("s", ", width: 200, height: 100"),
            ],
            "m",
        ),
        (
            [image("l", ", width: 2000"), image("m", ", width: 1200"), image("s", ", width: 640")],
            "s",
        ),
        // A picture with other proportions, and pictures without a known size.
        (
            [
                image("l", ", width: 2000, height: 1000"),
                image("m", ", width: 800, height: 600"),
                image("s", ""),
            ],
            "l",
        ),
        ([image("l", ""), image("m", ", width: 800"), image("s", "")], "l"),
        ([image("l", ", width: 300"), image("m", ", width: 800"), image("s", "")], "l"),
    ] {
        let site = Site::new("");
        let more = format!("images: [{}]\n", images.join(", "));
        site.write("content/a.md", article("A", "2026-05-01", &more));
        site.build();
        let source = |page: &str| {
            attribute(&site.page(page), "<img", "src").map(|url| url[18..19].to_owned())
        };
        assert_eq!(source("index.html").as_deref(), Some(expected), "{more}");
        assert_eq!(source("news/2026/05/a/index.html").as_deref(), Some("l"), "{more}");
    }
}

#[test]
fn size_of_own_pictures_decides_too() {
    let site = Site::new(&format!("=== site.toml\n{CONFIG}[pictures]\nwidths = []\n"));
    site.write("static/l.png", png_of(&RgbImage::new(1400, 700).into()));
    site.write("static/s.png", png_of(&RgbImage::new(700, 350).into()));
    site.write(
        "content/a.md",
        article("A", "2026-05-01", "images: [{url: /l.png}, {url: /s.png}]\n"),
    );
    site.build();
    assert_eq!(attribute(&site.page("index.html"), "<img", "src"), Some("/s.png"));
}

#[test]
fn variants_are_cached_forever() {
    let site = site(&png(64, 48, 1));
    site.write("site.toml", format!("{CONFIG}{WIDTHS}[host]\nkind = \"netlify\"\n"));
    site.build();
    let headers = site.page("_headers");
    let rule = "/theme/pictures/*\n  Cache-Control: public, max-age=31536000, immutable";
    assert!(headers.contains(rule), "{headers}");
}

#[test]
fn amp_pages_have_variants_too() {
    let site = site(&png(64, 48, 1));
    let amp = "article_pages = \"self\"\n[amp]\npages = true\n";
    site.write("site.toml", format!("{CONFIG}{amp}{WIDTHS}"));
    site.build();
    let page = site.page("news/2026/05/a/amp/index.html");
    assert!(attribute(&page, "<amp-img", "srcset").is_some());
}
