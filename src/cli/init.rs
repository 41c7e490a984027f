//! `newsgen init`: creates a new site.

use std::collections::BTreeSet;
use std::path::{MAIN_SEPARATOR, Path};

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use uuid::Uuid;

use crate::diagnostic::{Code, Diagnostic, Location, closest_match};
use crate::new_document::quoted;
use crate::publish::{NEW_SITE, create_file, create_site};
use crate::render::theme;
use crate::schema::SchemaKind;
use crate::source;

const SITE_TOML: &str = include_str!("init/site.toml");

/// An article of a new site.
struct Sample {
    title: &'static str,
    excerpt: &'static str,
    slug: &'static str,
    provider: &'static str,
    domain: &'static str,
    topics: &'static [&'static str],
    hours_ago: i64,
    body: &'static str,
}

const SAMPLES: [Sample; 3] = [
    Sample {
        title: "This article stands for one that somebody else published",
        excerpt: "A document names the original, says in a sentence or two what it is about, and sends readers there.",
        slug: "this-article-stands-for-one",
        provider: "The Example Courier",
        domain: "courier.example",
        topics: &["First steps"],
        hours_ago: 1,
        body: "",
    },
    Sample {
        title: "Topics and providers get pages of their own",
        excerpt: "Write the same topic into two documents and they meet on its page.",
        slug: "topics-and-providers-get-pages",
        provider: "Example Weekly",
        domain: "weekly.example",
        topics: &["First steps", "How it works"],
        hours_ago: 26,
        body: "",
    },
    Sample {
        title: "A document can have a body of its own",
        excerpt: "Most have none. One that has is shown below the link to the original.",
        slug: "a-document-can-have-a-body",
        provider: "The Example Courier",
        domain: "courier.example",
        topics: &["How it works"],
        hours_ago: 50,
        body: "\nThis is **Markdown**: your own words about the article.\n\n- lists\n- [links](https://courier.example/)\n- quotations, tables and pictures\n",
    },
];

/// The folder of the settings of Visual Studio Code and of editors like it.
const EDITOR_SETTINGS: &str = ".vscode";

/// Files of that folder.
const EDITOR_FILES: [(&str, &str); 3] = [
    ("extensions.json", include_str!("init/extensions.json")),
    ("settings.json", include_str!("init/settings.json")),
    ("tasks.json", include_str!("init/tasks.json")),
];

/// The schema that the first line of a new `site.toml` names.
const SITE_SCHEMA: &str = ".vscode/newsgen-site.schema.json";

/// The rules of `.gitignore`: what newsgen writes.
const GITIGNORE: &str = "/public\n/.newsgen\n";

/// The rules of `.gitattributes`: Git merges `pulled.lock` without conflicts.
const GITATTRIBUTES: &str = "pulled.lock merge=union\n";

/// Files of Git, with the rules that a new site has in each.
const GIT_FILES: [(&str, &str); 2] = [(".gitignore", GITIGNORE), (".gitattributes", GITATTRIBUTES)];

/// Creates a site in `dir`. Returns what to do next.
pub(super) fn run(
    dir: &Path,
    with_theme: bool,
    now: DateTime<Utc>,
) -> Result<Vec<String>, Vec<Diagnostic>> {
    let display_path = dir.display().to_string();
    check_free(dir, &display_path).map_err(|error| vec![error])?;
    let left =
        create_site(dir, &files(&display_path, with_theme, now)).map_err(|error| vec![error])?;
    let mut lines = vec![
        format!("A new site is in {display_path}. See it in a browser, and publish it, with:"),
        String::new(),
        format!("    newsgen serve --watch --open --root{}", shell_value(&display_path)),
        format!("    newsgen build --root{}", shell_value(&display_path)),
    ];
    for (name, rules) in GIT_FILES {
        if left.iter().any(|left| left == name) && !has_rules(&dir.join(name), rules) {
            let rules =
                rules.lines().map(|line| format!("`{line}`")).collect::<Vec<_>>().join(" and ");
            lines.extend([String::new(), format!("`{name}` is unchanged; add {rules} to it.")]);
        }
    }
    if left.iter().any(|name| name == EDITOR_SETTINGS) {
        let schema = dir.join(SITE_SCHEMA).display().to_string();
        lines.extend([
            String::new(),
            format!("`{EDITOR_SETTINGS}` is unchanged. For help with site.toml in an editor:"),
            String::new(),
            format!("    newsgen schema site >{}", shell_value(&schema)),
        ]);
    }
    Ok(lines)
}

/// Writes files of the theme by their names into the site in `dir`. Returns their paths.
pub(super) fn theme_only(dir: &Path, names: &[String]) -> Result<Vec<String>, Vec<Diagnostic>> {
    let copies: Vec<(String, String)> = theme::copies().collect();
    let (mut chosen, mut errors) = (Vec::new(), Vec::new());
    let distinct: BTreeSet<&String> = names.iter().collect();
    for name in distinct {
        let is_meant = |(path, _): &&(String, String)| path == name || name_of(path) == name;
        match copies.iter().find(is_meant) {
            None => errors.push(unknown_name(name, &copies)),
            Some((path, text)) => {
                errors.extend(obstacle(dir, path));
                chosen.push((dir.join(path), text));
            }
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    for (path, text) in &chosen {
        create_file(path, text.as_bytes()).map_err(|error| vec![error])?;
    }
    Ok(chosen.iter().map(|(path, _)| path.display().to_string()).collect())
}

/// The name of a theme's file by its path in a site.
fn name_of(path: &str) -> &str {
    path.split_once('/').map_or(path, |(_, name)| name)
}

fn unknown_name(name: &str, copies: &[(String, String)]) -> Diagnostic {
    let names: Vec<&str> = copies.iter().map(|(path, _)| name_of(path)).collect();
    let error =
        Diagnostic::new(Code::UnknownName, Location::file(name), "the theme has no such file");
    if source::is_folder(Path::new(name)) {
        return error.help(
            "to write into this folder, name it before the option: `newsgen init DIR --theme-only NAME`",
        );
    }
    match closest_match(name, names.iter().copied()) {
        Some(name) => error.help(format!("did you mean `{name}`?")),
        None => error.help(format!("it has {}", names.join(", "))),
    }
}

/// Why a file cannot be created in a site: something is there, or its folder is a link out of it.
fn obstacle(dir: &Path, path: &str) -> Option<Diagnostic> {
    let folders = Path::new(path).ancestors().skip(1).filter(|path| !path.as_os_str().is_empty());
    let links =
        folders.filter_map(|path| source::symlink_escapes_root(dir, &path.to_string_lossy()));
    links.last().or_else(|| {
        let place = dir.join(path);
        let exists = source::kind_of(&place).is_ok_and(|kind| kind.is_some());
        let location = Location::file(place.display().to_string());
        exists.then(|| {
            Diagnostic::new(Code::FileExists, location, "this file already exists")
                .help("move it away, or write the theme's into another folder to compare them")
        })
    })
}

/// The value of an option as a shell reads it, with what separates it from the option.
fn shell_value(text: &str) -> String {
    let is_plain = |c: char| {
        c.is_alphanumeric() || c == MAIN_SEPARATOR || matches!(c, '/' | '.' | '_' | '-' | ':')
    };
    let separator = if text.starts_with('-') { '=' } else { ' ' };
    if text.chars().all(is_plain) {
        format!("{separator}{text}")
    } else if cfg!(windows) {
        format!("{separator}\"{text}\"")
    } else {
        format!("{separator}'{}'", text.replace('\'', r"'\''"))
    }
}

/// The files of a new site. The configuration comes last, since it makes the folder a site.
fn files(folder: &str, with_theme: bool, now: DateTime<Utc>) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> =
        GIT_FILES.map(|(name, rules)| (name.to_owned(), rules.into())).into();
    files.extend(
        EDITOR_FILES.map(|(name, text)| (format!("{EDITOR_SETTINGS}/{name}"), text.into())),
    );
    files.push((SITE_SCHEMA.to_owned(), SchemaKind::Site.json_schema().into_bytes()));
    if with_theme {
        files.extend(theme::copies().map(|(path, text)| (path, text.into_bytes())));
    }
    files
        .extend(SAMPLES.iter().map(|sample| (sample.path(now), sample.document(now).into_bytes())));
    files.push((source::CONFIG.to_owned(), site_toml(folder, now).into_bytes()));
    files
}

/// Refuses a folder that contains anything but the files of a new repository.
fn check_free(dir: &Path, display_path: &str) -> Result<(), Diagnostic> {
    let names = source::list_dir(dir).map_err(|error| {
        Diagnostic::new(
            Code::UnreadableFile,
            Location::file(display_path),
            format!("cannot use this folder: {error}"),
        )
    })?;
    let is_unfinished = names.iter().any(|name| name == NEW_SITE);
    let own = [&source::FOLDERS[..], &[source::CONFIG]].concat();
    let is_in_the_way =
        |name: &&String| !(is_of_repository(name) || is_unfinished && own.contains(&name.as_str()));
    let Some(name) = names.iter().filter(is_in_the_way).min() else { return Ok(()) };
    let message = format!("this folder already contains `{name}`");
    Err(Diagnostic::new(Code::UnusableFolder, Location::file(display_path), message).help(
        "choose a new or empty folder, or a new repository with only files such as README.md",
    ))
}

/// Whether a file may be in the folder of a new site: files of a repository, a tool or the system.
fn is_of_repository(name: &str) -> bool {
    const STEMS: [&str; 11] = [
        "authors",
        "changelog",
        "code_of_conduct",
        "codeowners",
        "contributing",
        "copying",
        "licence",
        "license",
        "notice",
        "readme",
        "security",
    ];
    let name = name.to_lowercase();
    let stem = name.split(['.', '-']).next().expect("a split has a first part");
    name.starts_with('.') || STEMS.contains(&stem) || source::is_system_file(&name)
}

/// Whether a file of Git contains these rules.
fn has_rules(file: &Path, rules: &str) -> bool {
    let text =
        source::read_optional(file, source::MAX_TEXT_BYTES).ok().flatten().unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<Vec<&str>> = text.lines().map(fields).collect();
    rules.lines().all(|rule| lines.contains(&fields(rule)))
}

/// The pattern of a rule and its attributes.
fn fields(rule: &str) -> Vec<&str> {
    rule.split_whitespace().map(|field| field.trim_matches('/')).collect()
}

/// The configuration of a new site, with an id from its folder and creation time.
fn site_toml(folder: &str, now: DateTime<Utc>) -> String {
    let made = format!("{folder} {}", now.to_rfc3339());
    let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, made.as_bytes()).urn().to_string();
    SITE_TOML.replace("{id}", &id).replace("{schema}", SITE_SCHEMA)
}

impl Sample {
    fn published_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - Duration::hours(self.hours_ago)
    }

    fn path(&self, now: DateTime<Utc>) -> String {
        format!("content/news/{}-{}.md", self.published_at(now).format("%Y-%m-%d"), self.slug)
    }

    fn document(&self, now: DateTime<Utc>) -> String {
        let Self { title, excerpt, slug, provider, domain, body, .. } = self;
        let instant = self.published_at(now).to_rfc3339_opts(SecondsFormat::Secs, true);
        let topics = self.topics.join("\n  - ");
        let (title, excerpt) = (quoted(title), quoted(excerpt));
        format!(
            "---\ncategory: news\ntitle: {title}\nexcerpt: {excerpt}\npublishedDateTime: {instant}\n\
             originalUrl: \"https://www.{domain}/{slug}\"\ntype: article\nquality: 50\n\n\
             provider:\n  name: {provider}\n  domain: {domain}\n\ntopics:\n  - {topics}\n---\n{body}"
        )
    }
}
