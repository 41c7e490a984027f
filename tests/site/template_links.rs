//! Links of templates that lead out of a site below the root of its host.

use newsgen::diagnostic::Diagnostic;

use crate::fixture::{CONFIG, Site, article, with_help};

fn site(base_url: &str) -> Site {
    let site = Site::new(
        "=== content/pages/about.md\n---\ntitle: About\n---\n[Us](/about/) ![](/images/x.png)\n",
    );
    site.write("content/a.md", article("A", "2026-01-02", ""));
    site.write("site.toml", CONFIG.replacen("https://test.example/", base_url, 1));
    site
}

const FOOTER: &str = "<p>Hand made</p>
<img src=\"/images/x.png\" srcset='/images/y.png 2x, {{ site.root }}z.png 3x'>
<a href='/?a=1'>Host</a><a{% if page.title %} href=\"{% if page.title %}/b{% endif %}\"{% endif %}>B</a>
<form action=/search></form>
";

#[test]
fn links_of_templates_outside_the_site_are_warnings() {
    let site = site("https://test.example/news/");
    site.write("templates/hooks/footer.html", FOOTER);
    let warning = |place: &str, url: &str, path: &str| {
        format!(
            "templates/hooks/footer.html:{place}: `{url}` is outside the site, which is at `/news/` (write `{{{{ site.root }}}}{path}`, or the whole URL if it does not belong to this site)"
        )
    };
    let expected = [
        warning("2:11", "/images/x.png", "images/x.png"),
        warning("2:34", "/images/y.png", "images/y.png"),
        warning("3:10", "/?a=1", "?a=1"),
        warning("3:72", "/b", "b"),
        warning("4:14", "/search", "search"),
    ];
    assert_eq!(with_help(&site), expected);
    assert!(site.try_build().diagnostics.iter().all(|found: &Diagnostic| found.changes_output));
}

#[test]
fn links_below_the_site_are_no_warnings() {
    let site = site("https://test.example/news/");
    let inside = "<a href=\"/news/\"></a><a href=\"/news\"></a><a href=\"/news/about/\"></a><a href=\"/news?a=1\"></a>\
        <a href=\"//other.example/x\"></a><a href=\"https://other.example/\"></a><a href=\"about/\"></a><a href=\"#a\"></a>\
        <a href=\"{{ site.root }}x\"></a><a title=\"/x\"></a><!-- <a href=\"/x\"> --><script type='text/plain'>\"<a href='/x'>\"</script>";
    site.write("templates/hooks/footer.html", inside);
    assert_eq!(site.findings(), [""; 0]);
    let about = site.page("about/index.html");
    for link in ["href=\"/news/about/\"", "src=\"/news/images/x.png\""] {
        assert!(about.contains(link), "bodies have no path of the site: {about}");
    }
    let site = self::site("https://test.example/");
    site.write("templates/hooks/footer.html", FOOTER);
    assert_eq!(site.findings(), [""; 0]);
}

#[test]
fn default_theme_has_no_link_outside_the_site() {
    let site = site("https://test.example/news/");
    for (name, text) in newsgen::render::theme::TEMPLATES {
        site.write(&format!("templates/{name}"), text);
    }
    assert_eq!(site.findings(), [""; 0]);
}
