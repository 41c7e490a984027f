//! The commands in `tests/cli/*.md` print what is shown there. After a change of a message, rewrite
//! the transcripts with `SNAPSHOTS=overwrite cargo test --locked --test site transcripts`, and
//! review the difference.

use std::fs;
use std::io::{Read, pipe};
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use snapbox::assert::DEFAULT_ACTION_ENV;
use snapbox::data::DataFormat;
use snapbox::{Assert, Data, Redactions};

use crate::fixture::{NOW, Site, instant, text};

#[test]
fn transcripts_match_output() {
    let check =
        Assert::new().action_env(DEFAULT_ACTION_ENV).normalize_paths(false).redact_with(masks());
    let differences: Vec<String> = transcripts()
        .iter()
        .filter_map(|path| {
            let expected = fs::read_to_string(path).expect("transcript");
            let printed = Data::text(replay(&expected));
            check
                .try_eq(Some(&"printed"), printed, Data::read_from(path, Some(DataFormat::Text)))
                .err()
        })
        .map(|difference| difference.to_string())
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn transcripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry").path()).collect();
    paths.sort();
    paths
}

/// Placeholders of what differs between runs.
fn masks() -> Redactions {
    let mut masks = Redactions::new();
    for (placeholder, pattern) in [
        ("[SECONDS]", r"in (?<redacted>\d+\.\d+) s\b"),
        ("[DATE]", r"content/news/(?<redacted>\d{4}/\d{2}/\d{4}-\d{2}-\d{2})-"),
        ("[BYTES]", r"\((?<redacted>\d+) bytes\)"),
        ("[DIGEST]", r"theme/\w+\.(?<redacted>[0-9a-f]{8,})\."),
    ] {
        masks.insert(placeholder, Regex::new(pattern).expect("pattern")).expect("placeholder");
    }
    masks.insert("[VERSION]", env!("CARGO_PKG_VERSION")).expect("placeholder");
    masks
}

/// Follows a transcript in an empty folder and returns it with the present output of its commands.
/// A block `console` contains commands; any other is a file, whose path follows the language.
fn replay(transcript: &str) -> String {
    let site = Site::new("");
    site.remove("site.toml");
    let mut replayed = String::new();
    let mut lines = transcript.lines();
    while let Some(line) = lines.next() {
        replayed.extend([line, "\n"]);
        let Some(info) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if info == "console" {
            for command in block.iter().filter_map(|line| line.strip_prefix("$ ")) {
                replayed.extend(["$ ", command, "\n", &run(&site, command)]);
            }
        } else {
            let content: String = block.iter().flat_map(|line| [*line, "\n"]).collect();
            let (_, path) = info.split_once(' ').expect("a language and a path");
            site.write(path, content.replace("[ROOT]", &root(&site)));
            replayed += &content;
        }
        replayed += "```\n";
    }
    replayed
}

/// Runs a command and returns its standard output and standard error, and its exit status unless
/// that is 0.
fn run(site: &Site, command: &str) -> String {
    let words = words(command);
    assert_eq!(words[0], "newsgen", "{command}");
    let (mut reader, writer) = pipe().expect("pipe");
    let mut process = Command::new(env!("CARGO_BIN_EXE_newsgen"))
        .args(&words[1..])
        .current_dir(site.root())
        .env("SOURCE_DATE_EPOCH", instant(NOW).timestamp().to_string())
        .env_remove("CLICOLOR_FORCE")
        .env_remove("COLUMNS")
        .stdout(writer.try_clone().expect("pipe"))
        .stderr(writer)
        .spawn()
        .expect("newsgen runs");
    let mut printed = Vec::new();
    reader.read_to_end(&mut printed).expect("output");
    let status = process.wait().expect("status").code().expect("exit status");
    let mut printed = text(&printed);
    if cfg!(windows) {
        for (windows, unix) in [("\\", "/"), ("newsgen.exe", "newsgen"), ("file:///", "file://")] {
            printed = printed.replace(windows, unix);
        }
    }
    printed = printed.replace(&root(site), "[ROOT]");
    if status != 0 {
        printed.extend(["[exit status ", &status.to_string(), "]\n"]);
    }
    printed
}

/// The words of a command, which double quotes may enclose.
fn words(command: &str) -> Vec<&str> {
    let parts = command.split('"').enumerate();
    parts
        .flat_map(|(index, part)| match index % 2 {
            0 => part.split_whitespace().collect(),
            _ => vec![part],
        })
        .collect()
}

/// The path of the site's folder as URLs have it.
fn root(site: &Site) -> String {
    site.root().to_str().expect("path").replace('\\', "/")
}
