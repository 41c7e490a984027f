//! Templates that add to the theme without replacing it: hooks, and templates that extend the
//! theme's template of the same name.

use crate::fixture::{Site, article, with_help};

/// A page without a header and a footer.
const MINE: &str = "mine{% block title %}{% endblock %}{% block masthead %}{% endblock %}\
    {% block head %}{% endblock %}{% block crumbs %}{% endblock %}{% block main %}{% endblock %}\
    {% block after %}{% endblock %}";

const HOOKS: [&str; 5] = ["after-article", "before-list", "footer", "head", "header"];

fn site() -> Site {
    let site = Site::new("=== content/pages/about.md\n---\ntitle: About\n---\nAbout.\n");
    site.write("content/a.md", article("A", "2026-01-02", "topics: [T]\n"));
    site
}

#[test]
fn hooks_are_included_where_they_are_documented() {
    let site = site();
    site.build();
    let before = site.tree();
    for hook in HOOKS {
        let template = format!("<i>{hook} {{{{ page.kind }}}}</i>");
        site.write(&format!("templates/hooks/{hook}.html"), template);
    }
    site.build();
    let everywhere = ["footer", "head", "header"];
    let article = "news/2026/01/a/index.html";
    for (path, more) in [
        ("index.html", Some("before-list")),
        ("topics/t/index.html", Some("before-list")),
        ("topics/index.html", None),
        ("about/index.html", None),
        ("404.html", None),
        (article, Some("after-article")),
    ] {
        let html = site.page(path);
        for hook in HOOKS {
            let is_expected = everywhere.contains(&hook) || more == Some(hook);
            assert_eq!(
                html.matches(&format!("<i>{hook} ")).count(),
                usize::from(is_expected),
                "{path} {hook}"
            );
        }
        let place = |text: &str| html.find(text).unwrap_or_else(|| panic!("{path} lacks {text}"));
        assert!(
            place("<i>head ") < place("</head>") && place("rel=\"stylesheet\"") < place("<i>head "),
            "{path}"
        );
        assert!(place("<i>header ") < place("</header>"), "{path}");
        assert!(place("<footer") < place("<i>footer "), "{path}");
    }
    for hook in HOOKS {
        site.write(&format!("templates/hooks/{hook}.html"), "");
    }
    site.build();
    assert!(site.tree() == before, "empty hooks leave nothing behind");
}

#[test]
fn templates_can_extend_those_that_they_replace() {
    let site = site();
    site.build();
    let before = site.page("index.html");
    let base = "{% extends \"theme/base.html\" %}{% block masthead %}<p>Mine</p>{% endblock %}";
    site.write("templates/base.html", base);
    let about = "{% extends \"theme/page.html\" %}{% block crumbs %}<p>No crumbs</p>{% endblock %}";
    site.write("templates/page.html", about);
    site.build();
    assert_eq!(site.page("index.html"), before, "the front page has a masthead of its own");
    let about = site.page("about/index.html");
    assert!(about.contains("<p>Mine</p>") && about.contains("<p>No crumbs</p>"), "{about}");
    assert!(about.contains("<footer"), "the rest is the theme's: {about}");
}

#[test]
fn templates_in_a_folder_called_theme_are_the_sites() {
    let site = site();
    site.write("templates/base.html", "{% extends \"theme/base.html\" %}");
    site.write("templates/theme/base.html", MINE);
    site.build();
    let about = site.page("about/index.html");
    assert!(about.starts_with("mine") && !about.contains("<footer"), "{about}");
}

#[test]
fn template_that_extends_itself_is_an_error_at_its_line() {
    let site = site();
    site.write("templates/base.html", "\n{% extends \"base.html\" %}\n");
    site.write("templates/my.html", "{% extends 'my.html' %}\n");
    let help = |name: &str| format!("write `theme/{name}` to extend the default theme's template");
    let found = with_help(&site);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].starts_with("templates/base.html:2:12: `base.html` extends itself"),
        "{found:#?}"
    );
    assert!(found[0].contains(&help("base.html")), "{found:#?}");
    assert!(found[1].starts_with("templates/my.html:1:12: `my.html` extends itself"), "{found:#?}");
    assert!(!found[1].contains("theme/"), "the theme has no such template: {found:#?}");
}
