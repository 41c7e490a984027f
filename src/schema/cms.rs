//! The configuration of Decap CMS and Sveltia CMS, git-based editors in the browser that share one
//! format: a form for each kind of document.

use serde::Serialize;

use crate::document::keys;
use crate::key::{Key, Keys, ValueForm};

/// What an editor fills in, and where pictures are.
const HEAD: &str = include_str!("cms_head.yml");

/// Keys that an editor needs no field for: `published` says the same as `draft`, and the others are
/// derived or written by programs.
const WITHOUT_FIELD: [&str; 4] = ["draft", "cdnAmpWebUrl", "isCached", "secured"];

#[derive(Serialize)]
struct CmsConfig {
    collections: [FolderCollection; 4],
}

/// The documents of a kind.
#[derive(Serialize)]
struct FolderCollection {
    name: &'static str,
    label: &'static str,
    label_singular: &'static str,
    folder: &'static str,
    create: bool,
    /// The name of a new file.
    slug: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'static str>,
    /// The field that names a document.
    identifier_field: &'static str,
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    sortable_fields: &'static [&'static str],
    fields: Vec<FormField>,
}

#[derive(Default, Serialize)]
struct FormField {
    name: String,
    label: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    hint: &'static str,
    #[serde(flatten)]
    widget: Widget,
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<bool>,
}

#[derive(Default, Serialize)]
#[serde(tag = "widget", rename_all = "lowercase")]
enum Widget {
    #[default]
    String,
    /// A text with a regular expression, and what it is for.
    #[serde(rename = "string")]
    Pattern {
        pattern: [&'static str; 2],
    },
    Text,
    Image,
    Datetime,
    Boolean,
    Number {
        value_type: &'static str,
        min: i64,
        max: i64,
    },
    Select {
        options: &'static [&'static str],
    },
    List {
        #[serde(skip_serializing_if = "Vec::is_empty")]
        fields: Vec<FormField>,
    },
    Object {
        fields: Vec<FormField>,
    },
    Markdown,
}

/// The configuration, a YAML file.
pub fn config() -> String {
    let collections = [
        FolderCollection {
            name: "articles",
            label: "Articles",
            label_singular: "Article",
            folder: "content/news",
            create: true,
            slug: "{{year}}-{{month}}-{{day}}-{{slug}}",
            path: Some("{{year}}/{{month}}/{{slug}}"),
            identifier_field: "title",
            sortable_fields: &["publishedDateTime", "title"],
            fields: form(keys::ARTICLE, &[]),
        },
        FolderCollection {
            name: "topics",
            label: "Topics",
            label_singular: "Topic",
            folder: "content/topics",
            create: true,
            slug: "{{slug}}",
            path: None,
            identifier_field: "name",
            sortable_fields: &["name"],
            fields: form(keys::TOPIC, &["name"]),
        },
        FolderCollection {
            name: "providers",
            label: "Providers",
            label_singular: "Provider",
            folder: "content/providers",
            create: true,
            slug: "{{fields.domain}}",
            path: None,
            identifier_field: "domain",
            sortable_fields: &["name", "domain"],
            fields: form(keys::PROVIDER, &["domain"]),
        },
        FolderCollection {
            name: "pages",
            label: "Pages",
            label_singular: "Page",
            folder: "content/pages",
            create: true,
            slug: "{{slug}}",
            path: None,
            identifier_field: "title",
            sortable_fields: &["title"],
            fields: form(keys::PAGE, &[]),
        },
    ];
    let collections =
        serde_yaml::to_string(&CmsConfig { collections }).expect("all values are plain");
    format!("{HEAD}{collections}")
}

/// The form of a document. Some keys are necessary in it because they name the file.
fn form(keys: Keys, naming: &[&str]) -> Vec<FormField> {
    let mut fields = fields(keys);
    for field in &mut fields {
        field.required |= naming.contains(&&*field.name);
    }
    let body = FormField {
        name: "body".to_owned(),
        label: "Body".to_owned(),
        widget: Widget::Markdown,
        ..FormField::default()
    };
    fields.push(body);
    fields
}

fn fields(keys: Keys) -> Vec<FormField> {
    let shown = keys.keys.iter().filter(|key| !WITHOUT_FIELD.contains(&key.name));
    shown.filter_map(|key| field(key, is_necessary(keys, key.name))).collect()
}

/// Whether a form asks for a key: of several, one of which is required, for the first.
fn is_necessary(keys: Keys, name: &str) -> bool {
    keys.required.iter().any(|group| group.first() == Some(&name))
}

fn field(key: &Key, required: bool) -> Option<FormField> {
    Some(FormField {
        name: key.name.to_owned(),
        label: label(key.name),
        hint: key.description,
        widget: widget(&key.form, key.description)?,
        required,
        // A switch that is off would unpublish the document.
        default: (key.name == "published").then_some(true),
    })
}

/// The words of a key in camel case.
fn label(key: &str) -> String {
    let mut label = String::new();
    for c in key.chars() {
        if label.is_empty() {
            label.push(c.to_ascii_uppercase());
        } else if c.is_ascii_uppercase() {
            label.extend([' ', c.to_ascii_lowercase()]);
        } else {
            label.push(c);
        }
    }
    label
}

/// The widget for a form of values; none for what no form can have. The description says what a
/// text must be.
fn widget(form: &ValueForm, description: &'static str) -> Option<Widget> {
    Some(match form {
        ValueForm::Text | ValueForm::VisibleText => Widget::String,
        ValueForm::Pattern(pattern) => Widget::Pattern { pattern: [pattern, description] },
        ValueForm::Url => Widget::Pattern { pattern: ["^https?://", "a web address"] },
        ValueForm::Prose => Widget::Text,
        ValueForm::Picture => Widget::Image,
        ValueForm::Date => Widget::Datetime,
        ValueForm::Boolean => Widget::Boolean,
        ValueForm::Integer(range) => {
            Widget::Number { value_type: "int", min: *range.start(), max: *range.end() }
        }
        ValueForm::Number(range) => {
            Widget::Number { value_type: "float", min: *range.start(), max: *range.end() }
        }
        ValueForm::Choice(options) => Widget::Select { options },
        ValueForm::List(ValueForm::Mapping(keys)) => Widget::List { fields: fields(**keys) },
        ValueForm::List(_) => Widget::List { fields: Vec::new() },
        ValueForm::Mapping(keys) => Widget::Object { fields: fields(**keys) },
        ValueForm::OneOf(forms) => return widget(forms.last()?, description),
        ValueForm::NamedMappings(_)
        | ValueForm::Texts(_)
        | ValueForm::AnyMapping
        | ValueForm::Any => return None,
    })
}
