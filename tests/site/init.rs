//! `newsgen init` and `newsgen new`: killed runs, and files of others.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::fixture::{Site, Tree, newsgen, text, tree};

/// Creates a site in `folder`, which must succeed, and returns what was printed.
fn init(folder: &Path) -> String {
    let output = newsgen(folder, &["init", ".", "--with-theme"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let check = newsgen(folder, &["check"]);
    assert_eq!(
        text(&check.stdout),
        "no errors, no warnings: 3 articles, 2 topics, 2 providers: 33 files\n"
    );
    text(&output.stdout)
}

fn names(folder: &Path) -> Vec<String> {
    let entries =
        fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry").file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().expect("name")).collect();
    names.sort();
    names
}

/// The files of a new site, except those that contain an instant.
fn same_in_all(folder: &Path) -> Tree {
    tree(folder)
        .into_iter()
        .filter(|(path, _)| !path.starts_with("content/") && path != "site.toml")
        .collect()
}

#[test]
fn init_resumes_after_kill() {
    let whole = tempfile::tempdir().expect("folder");
    init(whole.path());
    let steps =
        [".gitignore", ".gitattributes", ".vscode", "templates", "static", "content", "site.toml"];
    for moved in 0..=steps.len() {
        let folder = tempfile::tempdir().expect("folder");
        assert!(newsgen(folder.path(), &["init", ".", "--with-theme"]).status.success());
        // Some files are in place already, the others are staged, the last one half written.
        let waiting = folder.path().join(".newsgen-init");
        fs::create_dir(&waiting).expect("folder");
        for name in &steps[moved..] {
            fs::rename(folder.path().join(name), waiting.join(name)).expect("moved");
        }
        fs::write(waiting.join("site.toml"), "title = \"Tor").expect("written");
        if moved > 5 {
            fs::write(folder.path().join("content/news/mine.md"), "mine").expect("written");
        }
        assert_eq!(
            newsgen(folder.path(), &["build"]).status.success(),
            moved == steps.len() && moved < 6
        );
        let output = newsgen(folder.path(), &["init", ".", "--with-theme"]);
        assert_eq!(output.status.code(), Some(0), "{moved}: {}", text(&output.stderr));
        assert_eq!(names(folder.path()), names(whole.path()), "{moved}");
        assert_eq!(same_in_all(folder.path()), same_in_all(whole.path()), "{moved}");
        assert_eq!(folder.path().join("content/news/mine.md").exists(), moved > 5, "{moved}");
        assert_eq!(
            newsgen(folder.path(), &["init", "."]).status.code(),
            Some(1),
            "the site is complete"
        );
    }
}

#[test]
fn init_accepts_a_new_repository() {
    let folder = tempfile::tempdir().expect("folder");
    let theirs = BTreeMap::from([
        (".git/HEAD", "ref: refs/heads/main\n"),
        (".github/CODEOWNERS", "*"),
        (".gitignore", "*.swp\n"),
        (".gitattributes", "* text=auto\n"),
        (".editorconfig", "root = true\n"),
        (".DS_Store", ""),
        ("README.md", "# Mine\n"),
        ("LICENSE", "MIT"),
        ("LICENSE-APACHE.txt", "Apache"),
        ("CODE_OF_CONDUCT.md", "kind"),
    ]);
    for (path, content) in &theirs {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("parent")).expect("folder");
        fs::write(path, content).expect("written");
    }
    let said = init(folder.path());
    assert!(
        said.contains("`.gitignore` is unchanged; add `/public` and `/.newsgen` to it.\n"),
        "{said}"
    );
    assert!(
        said.contains("`.gitattributes` is unchanged; add `pulled.lock merge=union` to it.\n"),
        "{said}"
    );
    for (path, content) in &theirs {
        assert_eq!(fs::read_to_string(folder.path().join(path)).expect("read"), *content, "{path}");
    }
}

#[test]
fn init_keeps_a_complete_gitignore() {
    let folder = tempfile::tempdir().expect("folder");
    fs::write(folder.path().join(".gitignore"), "/.newsgen/\npublic\n").expect("written");
    assert!(!init(folder.path()).contains(".gitignore"));
    let attributes = fs::read_to_string(folder.path().join(".gitattributes")).expect("written");
    assert_eq!(attributes, "pulled.lock merge=union\n");

    let folder = tempfile::tempdir().expect("folder");
    let attributes = "* text=auto\n/pulled.lock  merge=union\n";
    fs::write(folder.path().join(".gitattributes"), attributes).expect("written");
    assert!(!init(folder.path()).contains(".gitattributes"));
}

#[test]
fn init_names_conflicting_files() {
    for name in [
        "site.toml",
        "content/a.md",
        "notes.txt",
        "public/index.html",
        "README.md/x/y",
        "templates/base.html",
    ] {
        let site = Site::new("");
        site.remove("site.toml");
        site.write("README.md", "mine");
        if name.starts_with("README.md/") {
            continue;
        }
        site.write(name, "mine");
        let output = newsgen(site.root(), &["init", "."]);
        let first = name.split('/').next().expect("name");
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(
            text(&output.stderr).contains(&format!("this folder already contains `{first}`")),
            "{}",
            text(&output.stderr)
        );
        assert_eq!(names(site.root()).len(), 2, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn init_follows_no_symlinks() {
    let (folder, elsewhere) =
        (tempfile::tempdir().expect("folder"), tempfile::tempdir().expect("folder"));
    fs::write(elsewhere.path().join("theirs"), "theirs").expect("written");
    for name in [".newsgen-init", "content", "site.toml"] {
        std::os::unix::fs::symlink(elsewhere.path().join("new"), folder.path().join(name))
            .expect("link");
    }
    assert!(newsgen(folder.path(), &["init", "."]).status.success());
    std::os::unix::fs::symlink(elsewhere.path(), folder.path().join(".newsgen-init"))
        .expect("link");
    assert!(newsgen(folder.path(), &["init", "."]).status.success());
    assert_eq!(names(elsewhere.path()), ["theirs"]);
}

#[test]
fn new_resumes_after_kill_and_overwrites_nothing() {
    let site = Site::new("");
    let path = text(&newsgen(site.root(), &["new", "A title"]).stdout);
    let document = site.root().join(path.trim_end());
    let whole = fs::read(&document).expect("document");
    assert_eq!(names(document.parent().expect("folder")).len(), 1, "no temporary file is left");
    fs::remove_file(&document).expect("removed");
    let name = document.file_name().expect("name").to_string_lossy();
    fs::write(document.with_file_name(format!(".newsgen-new-{name}")), "---\ntit")
        .expect("written");
    assert_eq!(text(&newsgen(site.root(), &["check"]).stderr).matches(".newsgen-new").count(), 0);
    assert!(newsgen(site.root(), &["new", "A title"]).status.success());
    assert_eq!(fs::read(&document).expect("document").len(), whole.len());
    fs::write(&document, "mine").expect("written");
    assert_eq!(newsgen(site.root(), &["new", "A title"]).status.code(), Some(1));
    assert_eq!(fs::read_to_string(&document).expect("document"), "mine");
    let left = names(document.parent().expect("folder"));
    assert_eq!(left.iter().filter(|name| !name.starts_with('.')).count(), 1, "{left:?}");
}

#[test]
fn init_prints_a_command_that_a_shell_accepts() {
    for (arguments, command) in [
        (["init", "a-b_1.x/é"].as_slice(), "newsgen build --root a-b_1.x/é"),
        (&["init", "a b"], "newsgen build --root 'a b'"),
        (&["init", "it's"], r"newsgen build --root 'it'\''s'"),
        (&["init", "$(x)"], "newsgen build --root '$(x)'"),
        (&["init", "--", "-dash"], "newsgen build --root=-dash"),
        (&["init", "--", "-a b"], "newsgen build --root='-a b'"),
    ] {
        let folder = tempfile::tempdir().expect("folder");
        let output = newsgen(folder.path(), arguments);
        let said = text(&output.stdout);
        assert!(said.ends_with(&format!("\n    {command}\n")), "{said}");
        if cfg!(unix) {
            let path = env!("CARGO_BIN_EXE_newsgen");
            let command = command.replacen("newsgen", &format!("'{path}'"), 1);
            let mut shell = Command::new("sh");
            shell.args(["-c", &command]).current_dir(folder.path());
            assert!(shell.output().expect("sh runs").status.success(), "{command}");
        }
    }
}

/// The commented tables of a new `site.toml` can be used as they are.
#[test]
fn init_shows_menus_and_theme_settings() {
    let folder = tempfile::tempdir().expect("folder");
    init(folder.path());
    let path = folder.path().join("site.toml");
    let config = fs::read_to_string(&path).expect("site.toml");
    assert!(config.contains("\n# [theme]\n"));
    let (before, menu) = config.split_once("# [[menu]]\n").expect("menu");
    let (menu, after) = menu.split_once("\n\n").expect("end");
    let menu = ["[[menu]]\n", &menu.replace("# ", ""), "\n\n"].concat();
    let used = [before, &menu, after].concat().replace("\nnav = ", "\n# nav = ");
    fs::write(&path, used).expect("written");
    let check = newsgen(folder.path(), &["check"]);
    assert!(text(&check.stdout).starts_with("no errors, no warnings: "), "{}", text(&check.stderr));
}
