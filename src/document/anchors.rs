//! The ids of a body, which links can lead to.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use pulldown_cmark::{Event, Tag, TagEnd};

use crate::invisible_chars::is_blank;
use crate::slug::{Slugs, is_valid};

/// The ids in the theme's templates. No heading gets one of them, or an id that begins with `_`.
const OF_THEME: [&str; 5] = ["main", "related", "latest", "news", "more"];

/// Ids that AMP's validator rejects.
const REJECTED: [&str; 4] = ["webkitdropzone", "msdropzone", "mozdropzone", "odropzone"];

/// Whether a fragment may lead to something other than a heading: an element of the theme's
/// templates, a footnote, the top of any page, or a text (`:~:text=`).
pub(crate) fn is_non_heading_fragment(id: &str) -> bool {
    OF_THEME.contains(&id)
        || id.eq_ignore_ascii_case("top")
        || ["_", "fn:", "fnref:", ":~:"].iter().any(|start| id.starts_with(start))
}

/// Properties of `document`, which AMP's validator rejects as ids (the rule of the attribute `id`
/// in `validator-main.protoascii`), in lower case, one per line.
static PROPERTIES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("reserved_ids.txt").lines().collect());

/// The prefix of the ids of AMP's own elements.
const AMP_PREFIX: &str = "i-amphtml-";

/// The ids of a body's headings. An id is the slug of the heading's text, or an explicit one
/// (`{#id}`); duplicates end in a number.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// The slugs of the site's language.
    slugs: Slugs,
    /// The ids of the headings in order; `None` for a heading without text.
    ids: Vec<Option<String>>,
    given: HashSet<String>,
    /// Ids by other names that links may use.
    names: HashMap<String, String>,
    /// The next number to append to an id.
    next: HashMap<String, usize>,
    /// The explicit id and the text of the open heading.
    heading: Option<(Option<String>, String)>,
}

impl Anchors {
    pub(super) fn new(slugs: Slugs) -> Self {
        Self { slugs, ..Self::default() }
    }

    /// Collects ids from an event of the parser.
    pub(super) fn note(&mut self, event: &Event<'_>) {
        match (event, &mut self.heading) {
            (Event::Start(Tag::Heading { id, .. }), heading) => {
                *heading = Some((id.as_deref().map(str::to_owned), String::new()));
            }
            (Event::Text(part) | Event::Code(part), Some((_, words))) => words.push_str(part),
            (Event::SoftBreak | Event::HardBreak, Some((_, words))) => words.push(' '),
            (Event::End(TagEnd::Heading(_)), heading) => {
                let (written, words) = heading.take().unwrap_or_default();
                self.add(written, &words);
            }
            _ => {}
        }
    }

    fn add(&mut self, written: Option<String>, words: &str) {
        let wanted = self.id_of(written.as_deref(), words);
        let id = wanted.as_deref().map(|wanted| self.unique(wanted));
        if let (Some(id), Some(wanted)) = (&id, wanted) {
            for name in [wanted, written.unwrap_or_default(), name_on_github(words)] {
                if !name.is_empty()
                    && !self.given.contains(&name)
                    && !self.names.contains_key(&name)
                {
                    self.names.insert(name, id.clone());
                }
            }
        }
        self.ids.push(id);
    }

    fn unique(&mut self, wanted: &str) -> String {
        let mut id = wanted.to_owned();
        let is_reserved = OF_THEME.contains(&wanted) || REJECTED.contains(&wanted);
        if is_reserved || PROPERTIES.contains(wanted) || self.given.contains(wanted) {
            let next = self.next.entry(wanted.to_owned()).or_insert(1);
            while {
                id = format!("{wanted}-{next}");
                *next += 1;
                self.given.contains(&id)
            } {}
        }
        self.given.insert(id.clone());
        id
    }

    /// The ids of the headings in order; `None` for a heading without text.
    pub(super) fn ids(&self) -> &[Option<String>] {
        &self.ids
    }

    /// The heading's id that a link `#fragment` means: by id, by text, or by the name that GitHub
    /// generates.
    pub(super) fn find(&self, fragment: &str) -> Option<&str> {
        let fragment = percent_decode_str(fragment).decode_utf8_lossy();
        let find = |name: &str| {
            let name = self.given.get(name).or_else(|| self.names.get(name));
            name.filter(|_| !fragment.is_empty()).map(String::as_str)
        };
        find(&fragment).or_else(|| find(&self.slugs.slugify(&fragment)))
    }

    fn id_of(&self, written: Option<&str>, words: &str) -> Option<String> {
        let written = written.map(str::to_lowercase).filter(|id| is_valid(id));
        let words = Some(words.trim()).filter(|words| !is_blank(words));
        let id = written.or_else(|| words.map(|words| self.slugs.slugify(words)))?;
        let without_sign = id.strip_prefix(AMP_PREFIX).map(|rest| format!("amphtml-{rest}"));
        Some(without_sign.unwrap_or(id))
    }
}

/// The id that GitHub generates: letters and digits in lower case, and a hyphen for each space.
fn name_on_github(words: &str) -> String {
    let kept = words.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::Parser;

    use super::super::body::options;
    use super::*;
    use crate::slug::SlugVersion;

    fn anchors(markdown: &str) -> Anchors {
        anchors_in(Slugs::default(), markdown)
    }

    fn anchors_in(slugs: Slugs, markdown: &str) -> Anchors {
        let mut anchors = Anchors::new(slugs);
        Parser::new_ext(markdown, options()).for_each(|event| anchors.note(&event));
        anchors
    }

    fn ids(markdown: &str) -> Vec<String> {
        anchors(markdown).ids.into_iter().map(Option::unwrap_or_default).collect()
    }

    #[test]
    fn heading_ids_are_unique_slugs() {
        for (markdown, expected) in [
            (
                "# Who is who?\n\n## What *else* `is` [it](/x)",
                vec!["who-is-who", "what-else-is-it"],
            ),
            ("# A\n# A\n# A-1\n# A", vec!["a", "a-1", "a-1-1", "a-2"]),
            ("# A-1\n# A\n# A", vec!["a-1", "a", "a-2"]),
            ("# Related\n# Main", vec!["related-1", "main-1"]),
            ("# A {#b}\n# B\n# C {#own_Id}\n# D {#-} {.e}", vec!["b", "b-1", "own_id", "d"]),
            ("#\n\n# ![a](/b.png)\n\n# 日本 é", vec!["", "a", "日本-e"]),
            ("# i-amphtml-x\n# innerHTML", vec!["amphtml-x", "innerhtml"]),
            ("two\nlines\n===", vec!["two-lines"]),
            ("# a[^1]\n\n[^1]: # b", vec!["a", "b"]),
        ] {
            assert_eq!(ids(markdown), expected, "{markdown}");
        }
    }

    #[test]
    fn fragments_match_common_heading_ids() {
        let headings = anchors(
            "# Related\n# What's new?\n# Q&A\n# A / B\n# Über uns\n# A\n# A\n# 日本\n# Chosen {#Own_Id}\n# 1. First",
        );
        for (fragment, id) in [
            ("related", Some("related-1")),
            ("related-1", Some("related-1")),
            ("whats-new", Some("whats-new")),
            ("What's%20new?", Some("whats-new")),
            ("qa", Some("q-and-a")),
            ("q-and-a", Some("q-and-a")),
            ("a--b", Some("a-b")),
            ("über-uns", Some("uber-uns")),
            ("%C3%BCber-uns", Some("uber-uns")),
            ("a", Some("a")),
            ("a-1", Some("a-1")),
            ("%E6%97%A5%E6%9C%AC", Some("日本")),
            ("Own_Id", Some("own_id")),
            ("own_id", Some("own_id")),
            ("chosen", Some("own_id")),
            ("1-first", Some("1-first")),
            ("", None),
            ("nothing", None),
            ("main", None),
        ] {
            assert_eq!(headings.find(fragment), id, "{fragment}");
        }
    }

    #[test]
    fn heading_ids_follow_the_language_of_the_site() {
        let german = Slugs::new(SlugVersion::V2, "de");
        let headings = anchors_in(german, "# Über & unter\n");
        for fragment in ["ueber-und-unter", "Über & unter", "über--unter"] {
            assert_eq!(headings.find(fragment), Some("ueber-und-unter"), "{fragment}");
        }
        assert_eq!(headings.find("uber-and-unter"), None);
    }

    #[test]
    fn heading_ids_avoid_template_ids() {
        let folder = walkdir::WalkDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"));
        let files = folder.into_iter().map(|entry| entry.expect("entry").into_path());
        let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "html"));
        let text = |path: std::path::PathBuf| {
            String::from_utf8(crate::source::read(&path, "template").expect("template"))
                .expect("UTF-8")
        };
        let templates: String = files.map(text).collect();
        assert!(templates.contains(" id=\""));
        let taken = templates
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap_or_default());
        // No heading id begins with an underscore.
        let taken = taken.filter(|id| !id.contains("{{") && !id.starts_with('_'));
        for id in taken {
            assert_eq!(ids(&format!("# {id}")), [format!("{id}-1")]);
        }
    }

    #[test]
    fn heading_ids_of_equal_headings_are_linear() {
        let text = "# A\n".repeat(20_000);
        let anchors = anchors(&text);
        assert_eq!(anchors.ids().last(), Some(&Some("a-19999".to_owned())));
    }

    #[test]
    fn heading_ids_avoid_amp_reserved_ids() {
        let anchors = anchors("## toString\n\n## AMP\n\n## Two words\n");
        let ids: Vec<&str> = anchors.ids().iter().flatten().map(String::as_str).collect();
        assert_eq!(ids, ["tostring-1", "amp-1", "two-words"]);
        assert_eq!(anchors.find("amp"), Some("amp-1"));
    }
}
