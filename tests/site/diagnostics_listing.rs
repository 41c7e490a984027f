//! `docs/diagnostics.md`: every message and every help text in one place, so that their language
//! can be judged at a glance.

use std::fs;
use std::path::Path;

use newsgen::diagnostic::Code;

use crate::fixture::{newsgen, text};
use crate::message_listing;

const HEAD: &str = "\
# Diagnostics and help texts

This page is generated from the sources by `just bless`: change the texts there.

- [Codes](#codes)
- [Diagnostics](#diagnostics)
- [Help of the commands](#help-of-the-commands)

## Codes

Each diagnostic has a code: `E` for errors, which keep a document or the site from being published, and `W` for warnings,
which do not. `newsgen explain CODE` prints the same explanation. The table [`[check]`](site-toml.md#check) of `site.toml`
hides warnings, or makes them errors of `newsgen check`. Codes keep their meaning and their letter, and are never reused.
";

const DIAGNOSTICS: &str = "
## Diagnostics

Each message is listed with its [code](#codes). A **label** stands at the place in the file, an **other place** in another
file, and **help** says what to do. A **text** is a part of a message, or is printed by itself. `{name}` and `{…}` are
filled in, `⏎` is a line break. The headings are the modules of the program.
";

#[test]
fn is_current() {
    let listing = format!(
        "{HEAD}{}{DIAGNOSTICS}{}\n## Help of the commands\n{}",
        codes(),
        message_listing::listing(Path::new(env!("CARGO_MANIFEST_DIR"))),
        help_texts()
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics.md");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &listing).expect("write");
    }
    let file = fs::read_to_string(&path).expect("read");
    let (mut expected, mut found) = (listing.lines(), file.lines());
    while let (Some(expected), Some(found)) = (expected.next(), found.next()) {
        assert_eq!(found, expected, "docs/diagnostics.md is out of date: run `just bless`");
    }
    assert_eq!(file.lines().count(), listing.lines().count());
}

fn codes() -> String {
    let section =
        |code: &Code| format!("\n### {code}\n\n**{}**\n\n{}\n", code.title(), code.explanation());
    Code::ALL.iter().map(section).collect()
}

/// What `newsgen help` prints, for newsgen and each command.
fn help_texts() -> String {
    let overview = help(&["--help"]);
    let commands = overview.split_once("Commands:\n").expect("commands").1.lines();
    let indented =
        commands.take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix("  "));
    // A description that is too long goes on below itself.
    let names = indented.filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty());
    let sections = names
        .filter(|name| *name != "help")
        .map(|name| section(&format!("newsgen {name}"), &help(&[name, "--help"])));
    std::iter::once(section("newsgen", &overview)).chain(sections).collect()
}

fn section(title: &str, text: &str) -> String {
    format!("\n### {title}\n\n```text\n{}\n```\n", text.trim_end())
}

fn help(arguments: &[&str]) -> String {
    let output = newsgen(Path::new("."), arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let lines: Vec<String> = text(&output.stdout)
        .lines()
        .map(|line| line.trim_end().replace("newsgen.exe", "newsgen"))
        .collect();
    lines.join("\n")
}
