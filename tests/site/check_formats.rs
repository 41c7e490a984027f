//! `--format`: errors and warnings for other programs.

use std::process::Output;

use serde_json::Value;

use crate::fixture::{CONFIG, Site, article, newsgen, text};

const FORMATS: [&str; 4] = ["short", "json", "sarif", "github"];

/// A site with a warning about a line, one about two files, and one about hostile text.
fn site() -> Site {
    let site = Site::new("");
    site.write("content/news/storm.md", article("Storm", "2026-05-02", "heta: 3\n"));
    site.write("content/news/copy of, it.md", article("Storm", "2026-05-03", "topics: [Sea]\n"));
    site.write("content/news/pier.md", article("Pier", "2026-05-04", "topics: [sea]\n"));
    let mut hostile = article("Quay", "2026-05-05", "");
    hostile.push_str("[a](javascript:\u{202e}\u{9b}31m::error::%0A)\n\n<b\u{7} \u{202e}=%>b</b>\n");
    site.write("content/news/quay.md", hostile);
    site
}

fn check(site: &Site, format: &str) -> Output {
    newsgen(site.root(), &["check", "--format", format])
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON and nothing else")
}

#[test]
fn formats_are_all_that_is_on_standard_output() {
    let site = site();
    for command in ["check", "build"] {
        for format in FORMATS {
            let output = newsgen(site.root(), &[command, "--format", format]);
            let (printed, said) = (text(&output.stdout), text(&output.stderr));
            assert!(output.status.success(), "{said}");
            assert_eq!(said.lines().count(), 1, "{said}");
            let begins_so = |start: &str| printed.lines().all(|line| line.starts_with(start));
            let is_alone = match format {
                "short" => begins_so("content/"),
                "github" => begins_so("::warning file=content/"),
                _ => serde_json::from_str::<Value>(&printed).is_ok(),
            };
            assert!(is_alone, "{printed}");
        }
    }
}

#[test]
fn formats_show_the_same_diagnostics() {
    let site = site();
    let counts = |format: &str| text(&check(&site, format).stdout).lines().count();
    let diagnostics = json(&check(&site, "json"))["diagnostics"].as_array().expect("list").len();
    let results =
        json(&check(&site, "sarif"))["runs"][0]["results"].as_array().expect("list").len();
    let all = [diagnostics, results, counts("short"), counts("github")];
    assert!(diagnostics == 4 && all.iter().all(|count| *count == diagnostics), "{all:?}");
}

#[test]
fn formats_escape_hidden_characters() {
    let site = site();
    for format in FORMATS {
        let printed = text(&check(&site, format).stdout);
        let is_hidden = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(printed.contains("202e") && !printed.contains(is_hidden), "{printed:?}");
    }
}

#[test]
fn github_commands_have_one_line_each() {
    let site = site();
    let printed = text(&check(&site, "github").stdout);
    assert!(printed.lines().all(|line| line.starts_with("::warning file=content/news/")));
    assert!(printed.contains("file=content/news/copy of%2C it.md,"), "{printed}");
    assert!(printed.contains("::error::%250A"), "{printed}");
}

#[test]
fn sarif_names_rules_places_and_related_places() {
    let site = site();
    let log = json(&check(&site, "sarif"));
    let run = &log["runs"][0];
    for result in run["results"].as_array().expect("results") {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("index")).expect("index");
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
    let of_rule = |id: &str| {
        let results = run["results"].as_array().expect("results");
        results.iter().find(|result| result["ruleId"] == id).unwrap_or_else(|| panic!("{log:#}"))
    };
    let region = &of_rule("W0065")["locations"][0]["physicalLocation"]["region"];
    assert_eq!([&region["startLine"], &region["startColumn"], &region["endColumn"]], [9, 1, 5]);
    let twice = of_rule("W0105");
    assert_eq!(
        twice["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "content/news/copy%20of%2C%20it.md"
    );
    let related = &twice["relatedLocations"][0];
    assert_eq!(related["message"]["text"], "has the same original");
    let file = &related["physicalLocation"]["artifactLocation"];
    assert_eq!([&file["uri"], &file["uriBaseId"]], ["content/news/storm.md", "%SRCROOT%"]);
}

#[test]
fn sarif_has_no_links_of_third_party_text() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-05-02", ""));
    let link = "[a](https://evil.example/)";
    site.write("site.toml", format!("{CONFIG}[check]\ndeny = [\"{link}\"]\n"));
    let log = json(&check(&site, "sarif"));
    let message = log["runs"][0]["results"][0]["message"]["text"].as_str().expect("text");
    assert!(message.contains("evil.example") && !message.contains(link), "{message}");
}

#[test]
fn sarif_doubles_braces() {
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-05-02", ""));
    site.write("site.toml", format!("{CONFIG}[check]\ndeny = [\"{{0}}\"]\n"));
    let log = json(&check(&site, "sarif"));
    let message = log["runs"][0]["results"][0]["message"]["text"].as_str().expect("text");
    assert!(message.starts_with("unknown code `{{0}}`"), "{message}");
}

#[test]
fn paths_begin_in_the_current_folder() {
    let site = site();
    let parent = site.root().parent().expect("parent");
    let name = site.root().file_name().expect("name").to_str().expect("UTF-8");
    let expected = format!("{name}/content/news/storm.md");
    for root in [name, &format!("./{name}"), site.root().to_str().expect("UTF-8")] {
        let output = newsgen(parent, &["check", "--root", root, "--format", "json"]);
        let files: Vec<Value> = json(&output)["diagnostics"]
            .as_array()
            .expect("list")
            .iter()
            .map(|found| found["file"].clone())
            .collect();
        assert!(files.contains(&Value::from(&*expected)), "{root}: {files:?}");
    }
}

#[test]
fn quiet_formats_have_errors_only() {
    let site = site();
    let output = newsgen(site.root(), &["check", "-q", "--format", "json"]);
    assert_eq!(json(&output)["diagnostics"], Value::Array(Vec::new()));
    site.write("content/news/pier.md", article("Pier", "2026-05-04", "quality: high\n"));
    let output = newsgen(site.root(), &["check", "-q", "--format", "json"]);
    assert_eq!(json(&output)["errors"], 1);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), String::new()));
}

#[test]
fn early_errors_are_printed_in_the_format_too() {
    let site = Site::new("");
    let output = newsgen(site.root(), &["build", "--report", "site.toml", "--format", "json"]);
    assert_eq!(json(&output)["diagnostics"][0]["code"], "E0006");
    site.remove("site.toml");
    let output = newsgen(site.root(), &["build", "--format", "json"]);
    assert_eq!(json(&output)["diagnostics"][0]["code"], "E0023");
    assert_eq!(output.status.code(), Some(1));
}
