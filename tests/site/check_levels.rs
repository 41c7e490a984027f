//! `[check]`: warnings that are not shown, and warnings that are errors of `newsgen check`.

use newsgen::build;
use newsgen::diagnostic::Diagnostic;

use crate::fixture::{CONFIG, Site, article, messages, newsgen, text};

/// A site with the warnings W0065 and W0107.
fn site(settings: &str) -> Site {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}{settings}"));
    site.write("content/storm.md", article("Storm", "2026-05-02", "topics: [Sea]\nheta: 3\n"));
    site.write("content/pier.md", article("Pier", "2026-05-03", "topics: [sea]\n"));
    site
}

fn codes(diagnostics: &[Diagnostic]) -> Vec<String> {
    let code = |found: &Diagnostic| {
        let severity = if found.is_error() { "error" } else { "warning" };
        format!("{severity} {}", found.code)
    };
    let mut codes: Vec<String> = diagnostics.iter().map(code).collect();
    codes.sort();
    codes
}

/// What a check shows, and what a build shows.
fn shown(settings: &str) -> [Vec<String>; 2] {
    let site = site(settings);
    let mut options = site.options();
    options.output.check_only = true;
    let check = build::build(&options, &|_| {});
    let built = site.try_build();
    assert!(check.summary.is_some() && built.summary.is_some());
    [check, built].map(|outcome| codes(&outcome.diagnostics))
}

#[test]
fn denied_warnings_are_errors_of_checks_only() {
    let [check, build] = shown("[check]\ndeny = [\"W0065\"]\n");
    assert_eq!(check, ["error W0065", "warning W0107"]);
    assert_eq!(build, ["warning W0065", "warning W0107"]);
}

#[test]
fn allowed_warnings_are_not_shown() {
    assert_eq!(shown("[check]\nallow = [\"w0065\"]\n"), [["warning W0107"], ["warning W0107"]]);
    assert_eq!(shown("[check]\nallow = [\"all\"]\n"), [[""; 0]; 2]);
}

#[test]
fn errors_are_shown_whatever_is_allowed() {
    let site = site("[check]\nallow = [\"all\"]\n");
    site.write("content/faulty.md", article("Faulty", "2026-05-33", ""));
    assert_eq!(codes(&site.try_build().diagnostics), ["error E0068"]);
}

#[test]
fn codes_prevail_over_all() {
    let [check, _] = shown("[check]\nwarn = [\"W0107\"]\ndeny = [\"all\"]\n");
    assert_eq!(check, ["error W0065", "warning W0107"]);
}

#[test]
fn exit_status_of_denied_warnings() {
    let site = site("on_error = \"leave-out\"\n[check]\ndeny = [\"all\"]\n");
    site.write("content/faulty.md", "---\ntitle: [\n---\n");
    let check = newsgen(site.root(), &["check"]);
    assert_eq!(check.status.code(), Some(1), "{}", text(&check.stdout));
    let build = newsgen(site.root(), &["build"]);
    assert_eq!(build.status.code(), Some(3), "only the faulty document is left out");
    assert!(site.has("news/2026/05/storm/index.html"));
}

#[test]
fn levels_change_no_output_and_no_later_build() {
    let site = site("");
    site.build();
    let before = site.tree();
    for settings in [
        "[check]\nallow = [\"all\"]\n",
        "[check]\ndeny = [\"all\"]\n",
        "[check]\nallow = [\"W0107\"]\n",
        "",
    ] {
        site.write("site.toml", format!("{CONFIG}{settings}"));
        let warm = site.try_build();
        let (tree, clean) = site.clean_build();
        assert_eq!(warm.diagnostics, clean, "{settings}");
        assert!(site.tree() == before && tree.expect("tree") == before, "{settings}");
    }
    assert_eq!(site.try_build().diagnostics.len(), 2);
}

#[test]
fn levels_do_not_make_a_build_stale() {
    let site = site("");
    let target = url::Url::from_file_path(site.path("target")).expect("address");
    let deploy = format!("[deploy.disk]\nurl = \"{target}\"\n");
    site.write("site.toml", format!("{CONFIG}{deploy}"));
    assert!(newsgen(site.root(), &["build"]).status.success());
    site.write("site.toml", format!("{CONFIG}[check]\ndeny = [\"all\"]\n{deploy}"));
    let deployed = newsgen(site.root(), &["deploy"]);
    assert!(deployed.status.success(), "{}", text(&deployed.stderr));
}

#[test]
fn mistakes_in_levels_are_errors() {
    for (settings, expected) in [
        ("allow = [\"E0068\"]", "site.toml:5:10: `E0068` is an error, which `allow` cannot change"),
        ("warn = [\"E0068\"]", "site.toml:5:9: `E0068` is an error, which `warn` cannot change"),
        ("deny = [\"W0650\"]", "site.toml:5:9: unknown code `W0650`"),
        ("deny = [\"W0065\", \"w0065\"]", "site.toml:5:18: `W0065` is already in `deny`"),
        ("deny = [\"all\"]\nallow = [\"all\"]", "site.toml:6:10: `all` is already in `deny`"),
        ("deny = \"W0065\"", "site.toml:5:8: `deny` must be a list"),
        ("denies = []", "site.toml:5:1: unknown key `denies` in `[check]`"),
    ] {
        let found = site(&format!("[check]\n{settings}\n")).try_build();
        let errors = messages(found.diagnostics.iter().filter(|found| found.is_error()));
        assert_eq!(errors, [expected], "{settings}");
        assert!(found.summary.is_none());
    }
    assert!(site("[check]\ndeny = [\"E0068\"]\n").try_build().summary.is_some());
}
