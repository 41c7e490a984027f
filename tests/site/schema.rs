//! `newsgen schema`: what the parsers accept is what the schemas allow.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use newsgen::config::{Config, Overrides};
use newsgen::diagnostic::Diagnostic;
use newsgen::document;
use newsgen::key::Keys;
use newsgen::schema::{SchemaKind, cms_config};
use newsgen::source::{FileStamp, Folder, SiteFile};
use regex::Regex;
use serde_json::{Map, Value, json};

use crate::fixture::{CONFIG, newsgen, text};

/// Whether a value is valid, by the keywords of JSON Schema that newsgen uses.
fn is_valid(schema: &Value, value: &Value) -> bool {
    let rules = match schema {
        Value::Bool(is_valid) => return *is_valid,
        schema => schema.as_object().expect("schema"),
    };
    rules.iter().all(|(keyword, rule)| match &**keyword {
        "$schema" | "title" | "description" => true,
        "type" => types(rule).any(|name| is_of_type(name, value)),
        "enum" => list(rule).contains(value),
        "pattern" => value.as_str().is_none_or(|text| pattern(rule).is_match(text)),
        "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().expect("number")),
        "maximum" => value.as_f64().is_none_or(|number| number <= rule.as_f64().expect("number")),
        "items" => value.as_array().is_none_or(|items| items.iter().all(|i| is_valid(rule, i))),
        "anyOf" => list(rule).iter().any(|schema| is_valid(schema, value)),
        "allOf" => list(rule).iter().all(|schema| is_valid(schema, value)),
        "not" => !is_valid(rule, value),
        "required" => value.as_object().is_none_or(|map| {
            list(rule).iter().all(|name| map.contains_key(name.as_str().expect("name")))
        }),
        "properties" => value.as_object().is_none_or(|map| {
            map.iter().all(|(key, value)| rule.get(key).is_none_or(|rule| is_valid(rule, value)))
        }),
        "additionalProperties" => value.as_object().is_none_or(|map| {
            let is_known =
                |key: &str| rules.get("properties").is_some_and(|p| p.get(key).is_some());
            map.iter().all(|(key, value)| is_known(key) || is_valid(rule, value))
        }),
        "propertyNames" => {
            value.as_object().is_none_or(|map| map.keys().all(|key| is_valid(rule, &json!(key))))
        }
        _ => panic!("the keyword {keyword}"),
    })
}

fn list(rule: &Value) -> &[Value] {
    rule.as_array().expect("list")
}

fn types(rule: &Value) -> impl Iterator<Item = &str> {
    let names = rule.as_array().map_or(std::slice::from_ref(rule), Vec::as_slice);
    names.iter().map(|name| name.as_str().expect("name"))
}

fn is_of_type(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => panic!("the type {name}"),
    }
}

fn pattern(rule: &Value) -> Regex {
    Regex::new(rule.as_str().expect("pattern")).expect("pattern")
}

fn schema(kind: SchemaKind) -> Value {
    serde_json::from_str(&kind.json_schema()).expect("JSON")
}

fn overrides() -> Overrides {
    let now = "2026-11-21T00:00:00Z".parse().expect("instant");
    Overrides { base_url: None, now, unpublished: false, future: false, preview: false }
}

/// A document of TOML, with one line for each key.
fn to_toml(document: &Value) -> String {
    let map = document.as_object().expect("mapping").iter();
    let lines: Vec<String> = map.map(|(key, value)| format!("{key} = {}", inline(value))).collect();
    lines.join("\n")
}

fn inline(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| format!("{key:?} = {}", inline(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}

static SITE: LazyLock<Config> =
    LazyLock::new(|| Config::parse("site.toml", CONFIG, &overrides()).expect("configuration"));

/// What the parser says about a document with this front matter, or a `site.toml`.
fn parse(kind: SchemaKind, value: &Value) -> Vec<Diagnostic> {
    let path = match kind {
        SchemaKind::Article => "a.md",
        SchemaKind::Topic => "topics/a.md",
        SchemaKind::Provider => "providers/a.md",
        SchemaKind::Page => "pages/a.md",
        SchemaKind::Site => {
            let text = to_toml(value);
            return match Config::parse("site.toml", &text, &overrides()) {
                Ok(config) => config.warnings,
                Err(invalid) => invalid.diagnostics,
            };
        }
    };
    let folder = Folder { name: "content", on_disk: "content".into() };
    let stamp = FileStamp { length: 0, changed_at: 0, touched_at: 0 };
    let file = SiteFile { path: path.into(), folder: folder.into(), stamp };
    let text = format!("---\n{}---\n", serde_yaml::to_string(value).expect("YAML"));
    document::parse(&file, text.as_bytes(), &SITE).1
}

fn has_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}

fn is_unknown(diagnostics: &[Diagnostic], key: &str) -> bool {
    let message = format!("unknown key `{key}`");
    diagnostics.iter().any(|diagnostic| diagnostic.message.starts_with(&message))
}

/// The smallest valid document of a kind.
fn smallest(kind: SchemaKind) -> Map<String, Value> {
    let value = match kind {
        SchemaKind::Article => json!({
            "title": "A",
            "publishedDateTime": "2026-01-02",
            "originalUrl": "https://a.example/",
            "provider": { "domain": "a.example" },
        }),
        SchemaKind::Page => json!({ "title": "A" }),
        SchemaKind::Site => json!({ "title": "A", "base_url": "https://a.example/" }),
        SchemaKind::Topic | SchemaKind::Provider => json!({}),
    };
    value.as_object().expect("mapping").clone()
}

/// Values of all forms, valid for some keys.
fn candidates() -> Vec<Value> {
    let item = json!({ "title": "A", "webUrl": "https://a.example/", "url": "/a.webp" });
    vec![
        json!(true),
        json!(-1),
        json!(7),
        json!(1_000_000_000_000_i64),
        json!(0.5),
        json!(""),
        json!("x"),
        json!("a.example"),
        json!("https://a.example/"),
        json!("/a.webp"),
        json!("/{slug}/"),
        json!("2026-11-20"),
        json!("Fri, 20 Nov 2026 12:30:00 +0100"),
        json!("UTC"),
        json!("nofollow"),
        json!("source"),
        json!("v2"),
        json!("recent 3 days"),
        json!("leave-out"),
        json!("en"),
        json!("medium"),
        json!("%H"),
        json!([]),
        json!(["x"]),
        json!([""]),
        json!([7]),
        json!([item]),
        json!([{ "topic": "x" }]),
        json!([{ "topic": "x", "tupic": "x" }]),
        json!({}),
        json!({ "x": 1 }),
        json!({ "domain": "a.example", "name": "A", "images": [{ "url": "/a.webp", "width": 9 }] }),
        json!({ "domain": 7 }),
        json!({ "hosts": ["a.example"] }),
        json!({ "formats": ["rss"], "limit": 10, "topics": false, "providers": 3 }),
        json!({ "kind": "netlify", "max_files": 5 }),
        json!({ "logo": { "light": "a.svg" }, "accent": "#abc", "font": "sans" }),
        json!({ "weights": { "quality": 0.5 }, "order": "newest" }),
        json!({ "img-src": "'self'" }),
        json!({ "by": "von" }),
        json!({ "live": { "url": "s3://bucket", "files": [{ "pattern": "*", "gzip": true }] } }),
    ]
}

#[test]
fn schemas_allow_what_the_parsers_accept() {
    let candidates = candidates();
    for kind in SchemaKind::ALL {
        let (schema, smallest) = (schema(kind), smallest(kind));
        let (mut accepted, mut refused) = (0, 0);
        for key in kind.keys().names() {
            let mut has_valid = false;
            for value in &candidates {
                let mut document = smallest.clone();
                document.insert(key.to_owned(), value.clone());
                let document = Value::Object(document);
                let diagnostics = parse(kind, &document);
                let is_accepted = !diagnostics.iter().any(|d| d.is_error() || d.changes_output);
                let is_allowed = is_valid(&schema, &document);
                // A blank text counts as a missing key, also where schemas expect a number.
                let is_blank = *value == json!("");
                assert!(is_allowed || !is_accepted || is_blank, "{kind:?}: {key}: {value}");
                has_valid |= !has_error(&diagnostics) && is_allowed && !is_blank;
                accepted += usize::from(is_accepted);
                refused += usize::from(!is_allowed);
            }
            assert!(has_valid, "{kind:?}: no value for {key}");
        }
        assert!(accepted > 20 && refused > 20, "{kind:?}: {accepted} {refused}");
    }
}

#[test]
fn schemas_refuse_what_the_parsers_refuse() {
    for (kind, key, value) in [
        (SchemaKind::Article, "quality", json!("high")),
        (SchemaKind::Article, "quality", json!(-2)),
        (SchemaKind::Article, "articlePages", json!("sources")),
        (SchemaKind::Article, "topics", json!("Cities")),
        (SchemaKind::Article, "topics", json!([null])),
        (SchemaKind::Article, "title", json!(" ")),
        (SchemaKind::Article, "title", json!(null)),
        (SchemaKind::Article, "originalUrl", json!("a.example")),
        (SchemaKind::Article, "provider", json!({ "name": "A" })),
        (SchemaKind::Article, "images", json!([{ "width": 5 }])),
        (SchemaKind::Article, "images", json!([{ "url": "a.webp" }])),
        (SchemaKind::Article, "related", json!([{ "title": "A" }])),
        (SchemaKind::Article, "pin", json!("soon")),
        (SchemaKind::Provider, "domain", json!("example")),
        (SchemaKind::Topic, "order", json!(1.5)),
        (SchemaKind::Page, "published", json!("no")),
        (SchemaKind::Site, "per_page", json!(0)),
        (SchemaKind::Site, "slugs", json!("v9")),
        (SchemaKind::Site, "article_html", json!("recent")),
        (SchemaKind::Site, "outbound_rel", json!("nofollow noreferer")),
        (SchemaKind::Site, "feeds", json!({ "limt": 5 })),
        (SchemaKind::Site, "front", json!({ "weights": { "heat": 101 } })),
        (SchemaKind::Site, "theme", json!({ "logo": { "dark": "a.svg" } })),
        (SchemaKind::Site, "theme", json!({ "icon": {} })),
        (SchemaKind::Site, "menu", json!([{ "label": "A" }])),
        (SchemaKind::Site, "words", json!({ "bye": "von" })),
        (SchemaKind::Site, "deploy", json!({ "live": { "uploads": 4 } })),
        (SchemaKind::Site, "content_security_policy", json!({ "image-src": "'self'" })),
    ] {
        let mut document = smallest(kind);
        document.insert(key.to_owned(), value);
        let document = Value::Object(document);
        assert!(has_error(&parse(kind, &document)), "{kind:?}: {document}");
        assert!(!is_valid(&schema(kind), &document), "{kind:?}: {document}");
    }
}

#[test]
fn schemas_require_what_the_parsers_require() {
    for kind in SchemaKind::ALL {
        let (schema, smallest) = (schema(kind), smallest(kind));
        assert!(is_valid(&schema, &Value::Object(smallest.clone())), "{kind:?}");
        for key in smallest.keys() {
            let mut document = smallest.clone();
            document.remove(key);
            let document = Value::Object(document);
            assert!(has_error(&parse(kind, &document)), "{kind:?}: {key}");
            assert!(!is_valid(&schema, &document), "{kind:?}: {key}");
        }
    }
}

/// A key with another first letter and without its last one.
fn misspelt(key: &str) -> String {
    let (kept, _) = key.split_at(key.len() - 1);
    format!("x{kept}")
}

#[test]
fn schemas_refuse_misspelt_keys() {
    let closed = [SchemaKind::Topic, SchemaKind::Provider, SchemaKind::Page, SchemaKind::Site];
    for kind in closed {
        let schema = schema(kind);
        for key in kind.keys().names().map(misspelt) {
            let mut document = smallest(kind);
            document.insert(key.clone(), json!("x"));
            let document = Value::Object(document);
            assert!(is_unknown(&parse(kind, &document), &key), "{kind:?}: {key}");
            assert!(!is_valid(&schema, &document), "{kind:?}: {key}");
        }
    }
}

#[test]
fn article_schema_refuses_foreign_keys_only() {
    let schema = schema(SchemaKind::Article);
    for (key, is_allowed) in [
        ("date", false),
        ("pub_date", false),
        ("redirect-from", false),
        ("coverImage", false),
        ("author", true),
        ("mood", true),
    ] {
        let mut document = smallest(SchemaKind::Article);
        document.insert(key.to_owned(), json!("x"));
        let document = Value::Object(document);
        assert_eq!(is_unknown(&parse(SchemaKind::Article, &document), key), !is_allowed, "{key}");
        assert_eq!(is_valid(&schema, &document), is_allowed, "{key}");
    }
}

#[test]
fn sample_site_is_valid_by_its_schemas() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &Path| fs::read_to_string(path).expect("file");
    let config: Value = toml::from_str(&read(&root.join("site.toml"))).expect("TOML");
    assert!(is_valid(&schema(SchemaKind::Site), &config));
    let mut documents = 0;
    for entry in walkdir::WalkDir::new(root.join("content")) {
        let path = entry.expect("entry").into_path();
        if path.extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        let below = path.strip_prefix(root.join("content")).expect("content").to_owned();
        let kind = match below.iter().next().and_then(|name| name.to_str()) {
            Some("topics") => SchemaKind::Topic,
            Some("providers") => SchemaKind::Provider,
            Some("pages") => SchemaKind::Page,
            _ => SchemaKind::Article,
        };
        let text = read(&path);
        let front_matter = text.split("\n---\n").next().expect("front matter");
        let front_matter: Value = serde_yaml::from_str(front_matter).expect("YAML");
        assert!(is_valid(&schema(kind), &front_matter), "{}", path.display());
        documents += 1;
    }
    assert!(documents > 80, "{documents}");
}

/// The names of a form's fields, with those of inner forms.
fn fields(form: &Value) -> Vec<(String, Vec<(String, usize)>)> {
    let name = |field: &Value| field["name"].as_str().expect("name").to_owned();
    let inner = |field: &Value| {
        let fields = field["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
        fields.iter().map(|field| (name(field), 0)).collect()
    };
    let fields = form["fields"].as_array().expect("fields").iter();
    fields.map(|field| (name(field), inner(field))).collect()
}

#[test]
fn cms_forms_have_the_keys_of_documents() {
    let config: Value = serde_yaml::from_str(&cms_config()).expect("YAML");
    let collections = config["collections"].as_array().expect("collections");
    let kinds = [SchemaKind::Article, SchemaKind::Topic, SchemaKind::Provider, SchemaKind::Page];
    assert_eq!(collections.len(), kinds.len());
    for (collection, kind) in collections.iter().zip(kinds) {
        let hidden = ["draft", "cdnAmpWebUrl", "isCached", "secured"];
        let shown = |keys: Keys| keys.names().filter(move |name| !hidden.contains(name));
        let mut expected: Vec<&str> = shown(kind.keys()).collect();
        expected.push("body");
        let fields = fields(collection);
        assert_eq!(fields.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), expected);
        for (name, inner) in fields.iter().filter(|(_, inner)| !inner.is_empty()) {
            let keys = kind.keys().get(name).expect(name).form.keys().expect(name);
            assert_eq!(
                inner.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
                shown(keys).collect::<Vec<_>>()
            );
        }
    }
    assert_eq!(config["media_folder"], "static/images");
}

#[test]
fn schema_command_prints_json_and_yaml() {
    let folder = tempfile::tempdir().expect("folder");
    let output = newsgen(folder.path(), &["schema", "page"]);
    assert_eq!(text(&output.stdout), SchemaKind::Page.json_schema());
    let output = newsgen(folder.path(), &["schema", "--cms"]);
    assert_eq!(text(&output.stdout), cms_config());
    for arguments in [&["schema"][..], &["schema", "pages"], &["schema", "page", "--cms"]] {
        assert_eq!(newsgen(folder.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn editor_settings_of_a_new_site_are_its_own() {
    let folder = tempfile::tempdir().expect("folder");
    assert!(newsgen(folder.path(), &["init", "."]).status.success());
    let read = |path: &str| fs::read_to_string(folder.path().join(path)).expect(path);
    let site = read("site.toml");
    let schema = site.lines().next().and_then(|line| line.strip_prefix("#:schema "));
    assert_eq!(read(schema.expect("schema")), SchemaKind::Site.json_schema());
    let config: Value = toml::from_str(&site).expect("TOML");
    assert!(is_valid(&self::schema(SchemaKind::Site), &config));
    let tasks: Value = serde_json::from_str(&read(".vscode/tasks.json")).expect("JSON");
    let matcher = &tasks["tasks"][0]["problemMatcher"]["pattern"];
    let found = pattern(&matcher["regexp"])
        .captures("content/a.md:3:7: error[E0012]: `quality` must be a whole number")
        .map(|found| {
            found.iter().skip(1).map(|part| part.map(|p| p.as_str().to_owned())).collect()
        });
    let expected: Vec<Option<String>> =
        ["content/a.md", "3", "7", "error", "E0012", "`quality` must be a whole number"]
            .map(|part| Some(part.to_owned()))
            .into();
    assert_eq!(found, Some(expected));

    let other = tempfile::tempdir().expect("folder");
    fs::create_dir(other.path().join(".vscode")).expect("folder");
    fs::write(other.path().join(".vscode/settings.json"), "{}").expect("written");
    let output = newsgen(other.path(), &["init", "."]);
    assert!(text(&output.stdout).contains("`.vscode` is unchanged."), "{}", text(&output.stdout));
    assert_eq!(fs::read_dir(other.path().join(".vscode")).expect("folder").count(), 1);
}
