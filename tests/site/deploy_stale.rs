//! `newsgen deploy` refuses a folder that is not what the last build published.

use std::fs;
use std::path::PathBuf;

use crate::deploy_fixture::Deployed;
use crate::fixture::{Site, article, tree};

impl Deployed {
    /// A deploy must be refused for this reason, and warn of it with `--allow-stale`.
    fn is_stale(&self, reason: &str) {
        for arguments in [&["deploy"][..], &["deploy", "--dry-run"]] {
            let output = self.run(arguments);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(said.contains(reason) && said.contains("--allow-stale"), "{said}");
            assert!(!self.target.exists());
        }
        let said = self.succeeds(&["deploy", "--allow-stale"]);
        assert!(said.contains("warning[E0123]: ") && said.contains(reason), "{said}");
        fs::remove_dir_all(&self.target).expect("removed");
    }

    fn is_fresh(&self, arguments: &[&str]) {
        assert_eq!(self.succeeds(&[&["deploy"], arguments].concat()), "");
        fs::remove_dir_all(&self.target).expect("removed");
    }
}

#[test]
fn deploy_after_a_failed_build_is_refused() {
    let deployed = Deployed::new();
    deployed.is_fresh(&[]);
    for (path, broken) in
        [("content/b.md", "broken"), ("templates/page.html", "{% broken"), ("site.toml", "broken")]
    {
        let before = fs::read(deployed.site.path(path)).ok();
        deployed.site.write(path, broken);
        assert_eq!(deployed.run(&["build", "-q"]).status.code(), Some(1));
        match before {
            Some(before) => deployed.site.write(path, before),
            None => deployed.site.remove(path),
        }
        deployed.is_stale("the last build failed");
        deployed.succeeds(&["build", "-q"]);
        deployed.is_fresh(&[]);
    }
}

#[test]
fn failed_check_does_not_make_a_site_stale() {
    let deployed = Deployed::new();
    deployed.site.write("content/b.md", "broken");
    assert_eq!(deployed.run(&["check", "-q"]).status.code(), Some(1));
    deployed.is_fresh(&[]);
}

#[test]
fn deploy_for_another_base_url_is_refused() {
    let deployed = Deployed::new();
    deployed.succeeds(&["build", "-q", "--base-url", "https://staging.example/"]);
    deployed.is_stale(
        "built for https://staging.example/, but the site's URL is https://test.example/",
    );
    deployed.is_fresh(&["--base-url", "https://staging.example/"]);
    deployed.succeeds(&["build", "-q"]);
    deployed.is_fresh(&[]);
}

#[test]
fn deploy_of_unpublished_or_future_build_is_refused() {
    let deployed = Deployed::new();
    for option in ["--unpublished", "--future"] {
        deployed.succeeds(&["build", "-q", option]);
        deployed.is_stale(&format!("built with `{option}`"));
    }
    deployed.succeeds(&["build", "-q"]);
    deployed.is_fresh(&[]);
}

#[test]
fn deploy_after_a_config_change_is_refused() {
    let deployed = Deployed::new();
    deployed.configure("tagline = \"Other\"\n");
    deployed.is_stale("the configuration has changed since the build");
    deployed.succeeds(&["build", "-q"]);
    deployed.is_fresh(&[]);
}

#[test]
fn config_change_with_large_numbers_makes_site_stale() {
    let deployed = Deployed::new();
    let more = |tagline: &str| {
        format!("tagline = \"{tagline}\"\nextra = {{ id = 99999999999999999999 }}\n")
    };
    deployed.configure(&more("A"));
    deployed.succeeds(&["build", "-q"]);
    deployed.is_fresh(&[]);
    deployed.configure(&more("B"));
    deployed.is_stale("the configuration has changed since the build");
}

#[test]
fn deploy_tables_may_change_after_a_build() {
    let deployed = Deployed::new();
    let config = fs::read_to_string(deployed.site.path("site.toml")).expect("configuration");
    deployed.site.write("site.toml", format!("# a comment\n{config}uploads = 3\n"));
    deployed.is_fresh(&[]);
    deployed.site.write("other.toml", format!("{config}uploads = 4\n"));
    deployed.is_fresh(&["--config", "other.toml"]);
}

#[test]
fn deploy_of_build_as_of_the_future_is_refused() {
    let deployed = Deployed::new();
    deployed.succeeds(&["build", "-q", "--at", "2990-01-01T00:00:00Z"]);
    deployed.is_stale("this was built as of 2990-01-01T00:00:00Z, which is in the future");
    deployed.succeeds(&["build", "-q", "--at", "2026-02-01T00:00:00Z"]);
    deployed.is_fresh(&[]);
}

#[test]
fn failed_build_is_found_by_any_spelling_of_its_path() {
    let deployed = Deployed::new();
    deployed.site.write("content/b.md", "broken");
    assert_eq!(deployed.run(&["build", "-q"]).status.code(), Some(1));
    deployed.site.remove("content/b.md");
    let name = deployed.site.root().file_name().expect("name").to_str().expect("UTF-8");
    for folder in ["public/", "./public", &format!("../{name}/public")] {
        let output = deployed.run(&["deploy", "--dry-run", "--output-dir", folder]);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{folder}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

impl Deployed {
    /// The record of the last build.
    fn record(&self) -> PathBuf {
        let entries = fs::read_dir(self.site.path(".newsgen")).expect("folder");
        let mut paths = entries.map(|entry| entry.expect("entry").path());
        paths.find(|path| path.extension().is_some_and(|ending| ending == "build")).expect("record")
    }
}

#[test]
fn killed_build_makes_a_site_stale() {
    let deployed = Deployed::new();
    let record = deployed.record();
    fs::rename(&record, record.with_extension("begun")).expect("renamed");
    deployed.is_stale("the last build is still running or was killed");
    deployed.succeeds(&["build", "-q"]);
    assert!(!record.with_extension("begun").exists());
    deployed.is_fresh(&[]);
    fs::write(&record, "broken").expect("written");
    deployed.is_fresh(&[]);
}

#[test]
fn unrecorded_build_start_is_a_warning() {
    let deployed = Deployed::new();
    let record = deployed.record();
    deployed.site.write("content/b.md", "broken");
    fs::create_dir(record.with_extension("begun")).expect("folder");
    let said = String::from_utf8_lossy(&deployed.run(&["build"]).stderr).into_owned();
    assert!(said.contains("otherwise a deploy cannot tell whether this build failed"), "{said}");
}

#[test]
fn copied_folder_has_no_build_record() {
    let deployed = Deployed::new();
    let other = Deployed::new();
    other.site.write("content/b.md", article("B", "2026-01-03", ""));
    other.succeeds(&["build", "-q", "--unpublished"]);
    fs::remove_dir_all(deployed.site.path("public")).expect("removed");
    for (path, bytes) in tree(&other.site.path("public")) {
        deployed.site.write(&format!("public/{path}"), bytes);
    }
    deployed.is_fresh(&[]);
    fs::remove_dir_all(deployed.site.path(".newsgen")).expect("removed");
    deployed.is_fresh(&[]);
}

#[test]
fn deploy_with_missing_files_is_refused() {
    let deployed = Deployed::new();
    for remove in [
        |deployed: &Deployed| fs::remove_file(deployed.site.path("public/index.html")),
        |deployed: &Deployed| fs::remove_dir_all(deployed.site.path("public/news")),
    ] {
        remove(&deployed).expect("removed");
        deployed.is_stale("files that the last build published are missing: ");
        deployed.succeeds(&["build", "-q"]);
        deployed.is_fresh(&[]);
    }
    deployed.site.remove("public/index.html");
    deployed.is_stale("are missing: index.html\n");
    let news: Vec<String> = tree(&deployed.site.path("public")).into_keys().collect();
    for path in &news[..news.len() - 1] {
        if !path.starts_with(".newsgen") {
            deployed.site.remove(&format!("public/{path}"));
        }
    }
    deployed.is_stale("404.html, atom.xml, feed.json and ");
}

#[test]
fn deploy_with_a_folder_in_the_place_of_a_file_is_refused() {
    let deployed = Deployed::new();
    for path in ["index.html", "rss.xml", "404.html"] {
        deployed.site.remove(&format!("public/{path}"));
        fs::create_dir(deployed.site.path(&format!("public/{path}"))).expect("folder");
        deployed.is_stale(&format!("are missing: {path}\n"));
        fs::remove_dir(deployed.site.path(&format!("public/{path}"))).expect("removed");
        deployed.succeeds(&["build", "-q"]);
        deployed.is_fresh(&[]);
    }
    deployed.site.remove("public/index.html");
    deployed.site.write("public/index.html/in", "x");
    deployed.is_stale("are missing: index.html\n");
}

#[test]
fn deploy_of_edited_files_is_refused() {
    let deployed = Deployed::new();
    let feed = deployed.site.path("public/atom.xml");
    let before = fs::read_to_string(&feed).expect("feed");
    let stamp = fs::metadata(&feed).and_then(|file| file.modified()).expect("stamp");
    for other in [before.replace("Test", "Tost"), format!("{before} "), String::new()] {
        fs::write(&feed, other).expect("written");
        let file = fs::File::options().write(true).open(&feed).expect("open");
        file.set_modified(stamp).expect("stamp");
        deployed.is_stale("files differ from what the last build published: atom.xml\n");
        deployed.succeeds(&["build", "-q", "--fresh"]);
        deployed.is_fresh(&[]);
    }
}

#[test]
fn copied_folder_is_checked_against_manifest() {
    let deployed = Deployed::new();
    fs::remove_dir_all(deployed.site.path(".newsgen")).expect("removed");
    deployed.is_fresh(&[]);
    deployed.site.remove("public/rss.xml");
    deployed.is_stale("are missing: rss.xml\n");
}

#[test]
fn deploy_warns_of_foreign_files() {
    let deployed = Deployed::new();
    deployed.site.write("public/secret.txt", "x");
    let said = deployed.succeeds(&["deploy"]);
    assert!(
        said.contains("warning[W0125]: files that no build wrote are deployed, too: secret.txt\n"),
        "{said}"
    );
    assert!(deployed.target.join("secret.txt").exists());
    assert_eq!(deployed.succeeds(&["deploy", "-q"]), "");
}

#[test]
fn static_files_named_like_newsgen_files_are_allowed() {
    let deployed = Deployed::new();
    deployed.site.write("static/.newsgenrc", "x");
    deployed.succeeds(&["build", "-q"]);
    assert!(deployed.site.path("public/.newsgenrc").exists());
    deployed.is_fresh(&[]);
    deployed.succeeds(&["deploy"]);
    assert!(deployed.target.join(".newsgenrc").exists());
}

#[test]
fn failed_build_without_output_writes_no_record() {
    let site = Site::new("");
    site.write("content/a.md", "broken");
    assert!(site.try_build().summary.is_none());
    assert!(!site.path(".newsgen").exists() && !site.path("public").exists());
}

/// The manifest of the built site.
const MANIFEST: &str = "public/.newsgen-files";

#[test]
fn deploy_with_a_damaged_manifest_is_refused() {
    let deployed = Deployed::new();
    let manifest = fs::read_to_string(deployed.site.path(MANIFEST)).expect("manifest");
    let (head, lines) = manifest.split_once('\n').expect("lines");
    let reversed: Vec<&str> = lines.lines().rev().collect();
    deployed.site.write("public/index.html", "edited");
    for damaged in [
        String::new(),
        "xx\n".to_owned(),
        manifest.replacen("files 1", "files 2", 1),
        manifest.replace('\n', "\r\n"),
        manifest[..manifest.len() - 3].to_owned(),
        format!("{manifest}xx\n"),
        format!("{head}\n{}\n", reversed.join("\n")),
    ] {
        for has_record in [true, false] {
            let record = deployed.record();
            let aside = record.with_extension("aside");
            if !has_record {
                fs::rename(&record, &aside).expect("renamed");
            }
            deployed.site.write(MANIFEST, &damaged);
            deployed.is_stale("the manifest is damaged or not of this version of newsgen");
            if !has_record {
                fs::rename(&aside, &record).expect("renamed");
            }
        }
    }
    deployed.succeeds(&["build", "-q", "--force"]);
    assert_ne!(deployed.site.page("index.html"), "edited");
    deployed.is_fresh(&[]);
}

#[test]
fn deploy_of_files_taken_out_of_the_manifest_is_refused() {
    let deployed = Deployed::new();
    let manifest = fs::read_to_string(deployed.site.path(MANIFEST)).expect("manifest");
    let others = manifest.split_inclusive('\n').filter(|line| !line.ends_with(" index.html\n"));
    deployed.site.write(MANIFEST, others.collect::<String>());
    deployed.site.write("public/index.html", "edited");
    deployed.is_stale(
        "files are missing from the manifest, which has changed since the last build: index.html\n",
    );
    let record = deployed.record();
    fs::rename(&record, record.with_extension("begun")).expect("renamed");
    deployed.is_stale("files are missing from the manifest");
    deployed.succeeds(&["build", "-q", "--force"]);
    deployed.is_fresh(&[]);
}
