//! `newsgen serve --watch`: rebuilds and live reload.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::fixture::{CONFIG, Site, article};
use crate::serve_fixture::{Server, see};

const ONE: &str = "/news/2026/01/one/";
const TWO: &str = "/news/2026/01/two/";

fn site() -> Site {
    let site = Site::new("=== static/extra.css\na{}\n");
    site.write("site.toml", CONFIG);
    site.write("content/one.md", text("One", "as it was"));
    site.write("content/two.md", text("Two", "as it was"));
    site
}

/// Writes a file with the present time as its stamp.
fn save(site: &Site, path: &str, content: impl AsRef<[u8]>) {
    let path = site.path(path);
    fs::create_dir_all(path.parent().expect("parent")).expect("folder");
    fs::write(path, content).expect("saved");
}

/// Replaces a file atomically.
fn replace(site: &Site, path: &str, content: impl AsRef<[u8]>) {
    save(site, "beside", content);
    fs::rename(site.path("beside"), site.path(path)).expect("renamed");
}

fn text(title: &str, body: &str) -> String {
    format!("{}A note.\n\n{body}\n", article(title, "2026-01-01", "articlePages: self\n"))
}

fn must_run(program: &str, arguments: &[&str], folder: &Path) {
    let output =
        Command::new(program).args(arguments).current_dir(folder).output().expect("started");
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
}

#[test]
fn live_reload_after_every_way_of_saving() {
    let site = site();
    let server = Server::start(&site, &["--watch"]);
    see(&server, ONE, "in place", || save(&site, "content/one.md", text("One", "in place")));
    see(&server, ONE, "beside and renamed", || {
        save(&site, "content/.one.md.swp", text("One", "beside and renamed"));
        fs::rename(site.path("content/.one.md.swp"), site.path("content/one.md")).expect("renamed");
    });
    see(&server, ONE, "old one kept", || {
        fs::rename(site.path("content/one.md"), site.path("content/one.md~")).expect("renamed");
        save(&site, "content/one.md", text("One", "old one kept"));
        site.remove("content/one.md~");
    });
    see(&server, ONE, "in two steps", || {
        save(&site, "content/one.md", "---\ntitle: One\n");
        save(&site, "content/one.md", text("One", "in two steps"));
    });
    must_run("sed", &["-i", "s/in two steps/by sed/", "content/one.md"], site.root());
    see(&server, ONE, "by sed again", || {
        must_run("sed", &["-i", "s/by sed/by sed again/", "content/one.md"], site.root());
    });
}

#[test]
fn watch_sees_created_and_removed_files() {
    let site = site();
    let server = Server::start(&site, &["--watch"]);
    see(&server, "/", "Three", || save(&site, "content/new/folder/three.md", text("Three", "new")));
    see(&server, "/news/2026/01/renamed/", "as it was", || {
        save(&site, "content/two.md", text("Renamed", "as it was"));
        fs::rename(site.path("content/two.md"), site.path("content/renamed.md")).expect("renamed");
    });
    let mut page = server.open(ONE);
    site.remove("content/one.md");
    page.wait_for(|event| event.reload);
    assert!(server.get(ONE).0.starts_with("http/1.1 404"));
}

#[test]
fn watch_sees_created_and_removed_folders() {
    let site = site();
    let server = Server::start(&site, &["--watch"]);
    let beside = tempfile::tempdir_in(site.root()).expect("folder");
    see(&server, "/", "Moved in", || {
        fs::create_dir(beside.path().join("month")).expect("folder");
        fs::write(beside.path().join("month/three.md"), text("Moved in", "new")).expect("written");
        fs::rename(beside.path().join("month"), site.path("content/month")).expect("moved");
    });
    see(&server, "/news/2026/01/three/", "then edited", || {
        save(&site, "content/month/three.md", text("Moved in", "then edited"));
    });
    let mut page = server.open("/");
    fs::rename(site.path("content"), beside.path().join("content")).expect("moved");
    let event = page.wait_for(|event| !event.errors.is_empty());
    assert!(
        event.errors.contains("the site has no folder `content`") && !event.reload,
        "{event:?}"
    );
    fs::rename(beside.path().join("content"), site.path("content")).expect("moved");
    page.wait_for(|event| event.errors.is_empty());
    see(&server, ONE, "after all", || save(&site, "content/one.md", text("One", "after all")));
    see(&server, ONE, "of another folder", || {
        fs::remove_dir_all(site.path("content")).expect("removed");
        save(&site, "content/one.md", text("One", "of another folder"));
    });
    see(&server, ONE, "of the same folder", || {
        save(&site, "content/one.md", text("One", "of the same folder"));
    });
}

#[test]
fn watch_sees_git_checkouts_and_moves() {
    let site = site();
    let git = |arguments: &[&str]| {
        let mut all = vec!["-c", "user.name=x", "-c", "user.email=x@test.example"];
        all.extend(arguments);
        must_run("git", &all, site.root());
    };
    git(&["init", "--quiet"]);
    git(&["add", "content"]);
    git(&["commit", "--quiet", "-m", "one"]);
    git(&["checkout", "--quiet", "-b", "other"]);
    save(&site, "content/one.md", text("One", "of the branch"));
    save(&site, "content/three.md", text("Three", "of the branch"));
    git(&["add", "content"]);
    git(&["commit", "--quiet", "-m", "two"]);
    let server = Server::start(&site, &["--watch"]);
    see(&server, ONE, "as it was", || git(&["checkout", "--quiet", "-"]));
    assert!(server.get("/news/2026/01/three/").0.starts_with("http/1.1 404"));
    see(&server, "/", "Three", || git(&["checkout", "--quiet", "other"]));
}

#[test]
fn live_reload_only_for_changed_pages() {
    let site = site();
    let mut server = Server::start(&site, &["--watch"]);
    let (mut one, mut two) = (server.open(ONE), server.open(TWO));
    replace(&site, "content/one.md", text("One", "another body"));
    let (of_one, of_two) = (one.next_event(), two.next_event());
    assert!(of_one.reload && !of_one.restyle, "{of_one:?}");
    assert!(!of_two.reload && !of_two.restyle, "{of_two:?}");
    assert_eq!(of_one.id, of_two.id);
    let line = server.line();
    assert!(
        line.starts_with("content/one.md: 1 page rendered, 1 written, 0 removed in 0."),
        "{line}"
    );
    replace(&site, "static/extra.css", "b{}");
    let event = two.next_event();
    assert!(event.restyle && !event.reload, "{event:?}");
    let line = server.line();
    assert!(line.starts_with("static/extra.css: 0 pages rendered, 1 written"), "{line}");
    fs::create_dir(site.path("templates")).expect("folder");
    replace(&site, "templates/404.html", "<head><title>Astray</title>");
    let event = two.next_event();
    assert!(!event.restyle && !event.reload, "{event:?}");
    replace(&site, "site.toml", CONFIG.replace("The Test", "Another Name"));
    assert!(two.next_event().reload);
    assert!(server.get(TWO).1.contains("Another Name"));
}

#[test]
fn live_reload_after_reconnect() {
    let site = site();
    let server = Server::start(&site, &["--watch"]);
    let mut open = server.open(ONE);
    let html = server.get(ONE).1;
    save(&site, "static/extra.css", "b{}");
    open.wait_for(|event| event.restyle);
    let mut late = server.listen(ONE, &html, "");
    let event = late.next_event();
    assert!(event.restyle && !event.reload, "{event:?}");
    let mut back = server.listen(ONE, &html, &format!("Last-Event-ID: {}\r\n", event.id));
    let event = back.next_event();
    assert!(!event.restyle && !event.reload, "{event:?}");
    let mut of_another_server = server.listen(ONE, &html, "Last-Event-ID: 1-99\r\n");
    assert!(of_another_server.next_event().restyle);
    save(&site, "content/one.md", text("One", "another body"));
    open.wait_for(|event| event.reload);
    assert!(server.listen(ONE, &html, "").next_event().reload);
}

#[test]
fn live_reload_shows_errors_until_fixed() {
    let site = site();
    let server = Server::start(&site, &["--watch"]);
    let mut page = server.open(ONE);
    for (path, broken, location, good) in [
        (
            "content/two.md",
            "---\ntitle: [\n---\n".to_owned(),
            "content/two.md:3",
            text("Two", "fixed"),
        ),
        ("site.toml", "title = \n".to_owned(), "site.toml:1", CONFIG.to_owned()),
        (
            "templates/article.html",
            "{% if %}".to_owned(),
            "templates/article.html:1",
            String::new(),
        ),
    ] {
        save(&site, path, broken);
        let event = page.wait_for(|event| !event.errors.is_empty());
        assert!(event.errors.contains(location) && !event.reload, "{event:?}");
        assert!(server.get(ONE).1.contains("as it was"));
        if good.is_empty() {
            site.remove(path);
        } else {
            save(&site, path, good);
        }
        page.wait_for(|event| event.errors.is_empty());
    }
}

#[test]
fn serve_watch_starts_with_a_broken_site() {
    let site = Site::new("=== content/one.md\nno front matter\n");
    let server = Server::start(&site, &["--watch"]);
    let mut page = server.open(ONE);
    save(&site, "content/one.md", text("One", "fixed"));
    page.wait_for(|event| event.reload && event.errors.is_empty());
    assert!(server.get(ONE).1.contains("fixed"));
}

#[test]
fn debounce_limits_builds_in_a_burst() {
    const SAVES: usize = 1000;
    let site = site();
    let server = Server::start(&site, &["--watch"]);
    let mut page = server.open("/");
    for number in 0..SAVES {
        let name = format!("Storm {}", number % 20);
        let body = format!("save {number}");
        save(&site, &format!("content/storm-{}.md", number % 20), text(&name, &body));
    }
    let last = "/news/2026/01/storm-19/";
    let number =
        |id: &str| id.split('-').nth(1).and_then(|number| number.parse().ok()).unwrap_or(0_usize);
    let mut builds = 0;
    while !server.get(last).1.contains(&format!("save {}", SAVES - 1)) {
        builds = number(&page.next_event().id);
    }
    assert!(builds < SAVES / 20, "{builds} builds");
    for number in SAVES - 20..SAVES {
        let (_, html) = server.get(&format!("/news/2026/01/storm-{}/", number % 20));
        assert!(html.contains(&format!("save {number}")), "{html}");
    }
}

#[test]
fn poll_detects_changes() {
    let site = site();
    let server = Server::start(&site, &["--poll", "0.1"]);
    see(&server, ONE, "looked for", || save(&site, "content/one.md", text("One", "looked for")));
    see(&server, "/", "Three", || save(&site, "content/three.md", text("Three", "new")));
}

#[test]
fn live_reload_rejects_cross_site_requests() {
    let site = site();
    let server = Server::start(&site, &["--watch"]);
    let own = format!("Origin: http://{}\n", server.address);
    for (host, more, status) in [
        ("evil.example", "", 421),
        (&*server.address, "Origin: http://evil.example\n", 403),
        (&*server.address, "Origin: null\n", 403),
        (&*server.address, "Origin: http://localhost:1\n", 403),
        (&*server.address, "Sec-Fetch-Site: cross-site\n", 403),
        (&*server.address, "Sec-Fetch-Site: same-site\n", 403),
        (&*server.address, "Sec-Fetch-Site: same-origin\n", 200),
        (&*server.address, &own, 200),
        (&*server.address, "", 200),
    ] {
        let head =
            server.head(&format!("GET /.newsgen/events?path=/ HTTP/1.1\nHost: {host}\n{more}\n"));
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{host} {more}: {head}");
    }
    let head =
        server.head("POST /.newsgen/events HTTP/1.1\nHost: localhost\nContent-Length: 0\n\n");
    assert!(head.starts_with("http/1.1 405"), "{head}");
}

#[test]
fn live_reload_script_requests_only_served_paths() {
    let site = site();
    let server = Server::start(&site, &["--watch"]);
    let script = server.get("/.newsgen/live.js").1;
    let strings = script.split(['"', '`', '?']).filter(|part| part.starts_with("/.newsgen/"));
    let files: Vec<_> = strings.filter(|path| *path != "/.newsgen/events").collect();
    assert_eq!(files, ["/.newsgen/live.css"]);
    for path in files {
        assert!(server.get(path).0.starts_with("http/1.1 200"), "{path}");
    }
}

#[test]
fn live_reload_script_only_when_watching() {
    let site = site();
    let server = Server::start(&site, &["--watch"]);
    assert!(server.get(ONE).1.contains("<head><script async src=\"/.newsgen/live.js\""));
    for path in ["/.newsgen/live.js", "/.newsgen/live.css"] {
        assert!(server.get(path).0.starts_with("http/1.1 200"), "{path}");
    }
    let folder = format!(".newsgen/serve-{}", server.address.replace(':', "-"));
    let file = fs::read_to_string(site.path(&format!("{folder}{ONE}index.html"))).expect("read");
    assert!(!file.contains("live.js"));
    let server = Server::start(&site, &[]);
    assert!(!server.get(ONE).1.contains("live.js"));
    for path in ["/.newsgen/live.js", "/.newsgen/events"] {
        assert!(server.get(path).0.starts_with("http/1.1 404"), "{path}");
    }
}

#[test]
fn debounce_waits_longer_in_a_burst() {
    const FILES: usize = 50;
    let site = site();
    let server = Server::start(&site, &["--watch"]);
    see(&server, ONE, "before", || save(&site, "content/one.md", text("One", "before")));
    let mut page = server.open("/");
    // A slow program begins when the server is idle.
    std::thread::sleep(Duration::from_millis(100));
    let save_all = |text: &dyn Fn(usize) -> String| {
        for number in 0..FILES {
            save(&site, &format!("content/{number}.md"), text(number));
            std::thread::sleep(Duration::from_millis(2));
        }
    };
    save_all(&|number| format!("---\ntitle: {number}\n"));
    save_all(&|number| text(&format!("Number {number}"), "whole"));
    loop {
        let event = page.next_event();
        assert_eq!(event.errors, "", "{event:?}");
        if server.get(&format!("/news/2026/01/{}/", FILES - 1)).1.contains("whole") {
            break;
        }
    }
}

#[test]
fn live_reload_of_new_page_with_or_without_slash() {
    let site = site();
    let server = Server::start(&site, &["--watch"]);
    let mut page = server.open("/news/2026/01/three");
    save(&site, "content/three.md", text("Three", "new"));
    page.wait_for(|event| event.reload);
}

#[cfg(unix)]
#[test]
fn watch_follows_top_level_symlinks_only() {
    let site = site();
    fs::create_dir(site.path("elsewhere")).expect("folder");
    for name in ["content", "site.toml"] {
        must_run("mv", &[name, "elsewhere"], site.root());
        std::os::unix::fs::symlink(site.path("elsewhere").join(name), site.path(name))
            .expect("link");
    }
    std::os::unix::fs::symlink("/proc", site.path("content/link")).expect("link");
    let server = Server::start(&site, &["--watch"]);
    see(&server, ONE, "behind the link", || {
        fs::write(site.path("elsewhere/content/one.md"), text("One", "behind the link"))
            .expect("saved");
    });
    see(&server, ONE, "Another Name", || {
        fs::write(site.path("elsewhere/site.toml"), CONFIG.replace("The Test", "Another Name"))
            .expect("saved");
    });
}

/// Saves a document several times, since a full scan hides the first lost events.
#[cfg(unix)]
fn see_saves(server: &Server, file: &Path, occasion: &str) {
    for count in ["once", "twice", "three times"] {
        let body = format!("{occasion}, saved {count}");
        see(server, ONE, &body, || fs::write(file, text("One", &body)).expect("saved"));
    }
}

#[cfg(unix)]
#[test]
fn watch_sees_replaced_folders_behind_links() {
    use std::os::unix::fs::symlink;

    let site = site();
    fs::create_dir_all(site.path("shared/docs")).expect("folder");
    fs::rename(site.path("content"), site.path("shared/docs/content")).expect("moved");
    symlink("current/content", site.path("content")).expect("link");
    symlink("shared/docs", site.path("current")).expect("link");
    let server = Server::start(&site, &["--watch"]);
    let file = site.path("shared/docs/content/one.md");
    for folder in ["shared/docs/content", "shared/docs", "shared"] {
        let remove = || fs::remove_dir_all(site.path(folder)).expect("removed");
        let create = |body: &str| save(&site, "shared/docs/content/one.md", text("One", body));
        let (new, back) = (format!("{folder} is new"), format!("{folder} is back"));
        see(&server, ONE, &new, || {
            remove();
            create(&new);
        });
        see_saves(&server, &file, &format!("after replacing {folder}"));
        let mut page = server.open(ONE);
        remove();
        page.wait_for(|event| !event.errors.is_empty());
        see(&server, ONE, &back, || create(&back));
        see_saves(&server, &file, &format!("after recreating {folder}"));
    }
    save(&site, "other/content/one.md", text("One", "of another folder"));
    see(&server, ONE, "of another folder", || {
        fs::remove_file(site.path("current")).expect("removed");
        symlink("other", site.path("current")).expect("link");
    });
    see_saves(&server, &site.path("other/content/one.md"), "after replacing the link");
}

#[cfg(unix)]
#[test]
fn watch_sees_config_behind_links() {
    use std::os::unix::fs::symlink;

    let site = site();
    let named = |name: &str| CONFIG.replace("The Test", name);
    let server = Server::start(&site, &["--watch"]);
    let replace_by_link = |target: &str| {
        symlink(target, site.path("beside")).expect("link");
        fs::rename(site.path("beside"), site.path("site.toml")).expect("renamed");
    };
    save(&site, "site.dev.toml", named("Linked"));
    see(&server, "/", "Linked", || replace_by_link("./site.dev.toml"));
    see(&server, "/", "In Place", || save(&site, "site.dev.toml", named("In Place")));
    see(&server, "/", "Renamed", || replace(&site, "site.dev.toml", named("Renamed")));
    save(&site, "settings/site.toml", named("In a Folder"));
    fs::create_dir(site.path("site.d")).expect("folder");
    see(&server, "/", "In a Folder", || replace_by_link("site.d/../settings/site.toml"));
    see(&server, "/", "There Again", || save(&site, "settings/site.toml", named("There Again")));
}

#[test]
fn watch_sees_address_lock() {
    let site = site();
    for arguments in [&["--watch"][..], &["--poll", "0.1"]] {
        let server = Server::start(&site, arguments);
        let mut page = server.open(ONE);
        save(&site, "addresses.lock", "<<<<<<< HEAD\n");
        page.wait_for(|event| event.errors.contains("unresolved merge conflict"));
        save(&site, "addresses.lock", "");
        page.wait_for(|event| event.errors.is_empty());
        site.remove("addresses.lock");
    }
}

#[test]
fn watch_publishes_article_when_due() {
    let site = site();
    let mut server = Server::start(&site, &["--watch"]);
    let mut page = server.open("/");
    // Later than the build that finds it, even on a busy machine.
    let due = chrono::Utc::now() + chrono::Duration::seconds(10);
    let due = due.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let three = text("Three", "due").replace("2026-01-01T10:00:00Z", &due);
    save(&site, "content/three.md", three);
    page.wait_for(|event| event.reload);
    assert!(server.get("/").1.contains("Three"));
    assert!(server.line().starts_with("content/three.md: 0 pages rendered"));
    let line = server.line();
    assert!(line.starts_with("the site: ") && !line.contains(" 0 pages"), "{line}");
}

#[test]
fn watch_reports_fixes_and_warnings() {
    let site = site();
    let mut server = Server::start(&site, &["--watch"]);
    server.open("/");
    replace(&site, "content/one.md", "nothing");
    assert!(server.line().starts_with("content/one.md: 1 error; the site is unchanged, in "));
    replace(&site, "content/one.md", text("One", "fixed"));
    let line = server.line();
    assert!(line.starts_with("content/one.md: errors fixed; 1 page rendered"), "{line}");
    replace(&site, "content/one.md", text("One", "fixed").replace("excerpt:", "excrept:"));
    server.line();
    // The warning precedes the line of the next build.
    replace(&site, "content/one.md", text("One", "once more"));
    server.line();
    assert!(server.said().contains("1 warning: `newsgen check` shows it"), "{}", server.said());
}

#[test]
fn full_scan_repairs_the_preview_after_a_save() {
    let site = site();
    let server = Server::start(&site, &["--watch"]);
    let folder = format!(".newsgen/serve-{}", server.address.replace(':', "-"));
    see(&server, ONE, "edited", || save(&site, "content/one.md", text("One", "edited")));
    let by_hand = server.get(TWO).1.replace("as it was", "edited by hand");
    fs::write(site.path(&format!("{folder}{TWO}index.html")), by_hand).expect("written");
    see(&server, ONE, "again", || save(&site, "content/one.md", text("One", "edited again")));
    let mut page = server.open(TWO);
    while !page.html.contains("as it was") {
        page.wait_for(|event| event.reload);
        page = server.open(TWO);
    }
}

#[test]
fn pages_below_the_path_of_base_url_are_reloaded_and_follow_it() {
    let site = site();
    let config =
        |path: &str| CONFIG.replace("test.example/\"\nid", &format!("test.example/{path}/\"\nid"));
    site.write("site.toml", config("path"));
    let server = Server::start(&site, &["--watch"]);
    see(&server, &format!("/path{ONE}"), "Edited", || {
        save(&site, "content/one.md", text("One", "Edited"));
    });
    let mut page = server.open("/path/");
    save(&site, "site.toml", config("moved"));
    page.wait_for(|event| event.reload);
    assert!(server.get(&format!("/moved{ONE}")).0.starts_with("http/1.1 200"));
    assert!(server.get("/path/").0.starts_with("http/1.1 404"));
    let url = format!("the site is now at http://{}/moved/", server.address);
    assert!(server.said().contains(&url), "{}", server.said());
}
