//! Footnotes: moved from a body to its end, in the order of their first references.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt::Write as _;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::body_options::BodyOptions;

/// The prefix of reference ids. Slugs have no colon, so no heading has such an id.
const ID: &str = "fnref:";

/// The footnotes of a body.
#[derive(Debug, Default)]
pub(super) struct Footnotes<'a> {
    /// The texts by label. Those of referenced footnotes have been taken out.
    texts: HashMap<String, Vec<Event<'a>>>,
    /// The numbers of footnotes, from 1.
    numbers: HashMap<String, usize>,
    /// For each number, how many references can be linked back to.
    references: Vec<usize>,
    /// The texts of referenced footnotes that have not been rendered yet, in order.
    referenced: VecDeque<Vec<Event<'a>>>,
}

/// A reference to a footnote.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference {
    /// The number of the footnote, from 1.
    pub(super) number: usize,
    /// The number of the reference to it, from 1.
    pub(super) count: usize,
}

/// Labels are case-insensitive.
fn key(label: &str) -> String {
    label.to_lowercase()
}

impl<'a> Footnotes<'a> {
    /// Extracts the footnotes from a parsed text. Of several with one label the first one counts.
    pub(super) fn extract(events: Vec<Event<'a>>) -> (Vec<Event<'a>>, Self) {
        let mut footnotes = Self::default();
        let is_definition =
            |event: &Event<'_>| matches!(event, Event::Start(Tag::FootnoteDefinition(_)));
        if !events.iter().any(is_definition) {
            return (events, footnotes);
        }
        let mut flow = Vec::with_capacity(events.len());
        // Footnotes may be defined inside others.
        let mut open: Vec<(CowStr<'a>, Vec<Event<'a>>)> = Vec::new();
        for event in events {
            match event {
                Event::Start(Tag::FootnoteDefinition(label)) => open.push((label, Vec::new())),
                Event::End(TagEnd::FootnoteDefinition) => {
                    if let Some((label, text)) = open.pop() {
                        footnotes.texts.entry(key(&label)).or_insert(text);
                    }
                }
                event => open.last_mut().map_or(&mut flow, |(_, text)| text).push(event),
            }
        }
        (flow, footnotes)
    }

    /// A reference to a footnote, if it exists. `leads_back` says whether the footnote can link
    /// back to it.
    pub(super) fn reference(&mut self, label: &str, leads_back: bool) -> Option<Reference> {
        let key = key(label);
        if !self.numbers.contains_key(&key) {
            self.referenced.push_back(self.texts.remove(&key)?);
            self.references.push(0);
            self.numbers.insert(key.clone(), self.references.len());
        }
        let number = *self.numbers.get(&key)?;
        let count = self.references.get_mut(number - 1)?;
        *count += usize::from(leads_back);
        Some(Reference { number, count: *count })
    }

    /// The text of the next referenced footnote, which may reference others.
    pub(super) fn next_text(&mut self) -> Option<Vec<Event<'a>>> {
        self.referenced.pop_front()
    }

    /// The ids of all references.
    pub(super) fn reference_ids(&self) -> impl Iterator<Item = String> {
        let of_one = |(index, count): (usize, &usize)| {
            (1..=*count).map(move |count| Reference { number: index + 1, count }.id())
        };
        self.references.iter().enumerate().flat_map(of_one)
    }

    /// The section at the end of a body, from the HTML of the footnotes. There are no links back to
    /// `lost` references.
    pub(super) fn section(
        &self,
        texts: &[String],
        lost: &HashSet<String>,
        options: BodyOptions<'_>,
    ) -> String {
        if texts.is_empty() {
            return String::new();
        }
        let label = options.label("footnotes");
        let mut out = format!(
            "<div class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"{label}\">\n<ol>\n"
        );
        for ((number, text), references) in (1..).zip(texts).zip(&self.references) {
            // Links back are at the end of the last paragraph, if the text ends in one.
            let (text, end) = match text.trim_end().strip_suffix("</p>") {
                Some(text) => (text, "</p>\n"),
                None => (text.as_str(), ""),
            };
            // Writing to a string cannot fail.
            let _ = write!(out, "<li id=\"fn:{number}\">\n{text}");
            let references = (1..=*references).map(|count| Reference { number, count });
            for reference in references.filter(|reference| !lost.contains(&reference.id())) {
                out.push_str(&reference.backlink(options));
            }
            out.extend([end, "</li>\n"]);
        }
        out.push_str("</ol>\n</div>\n");
        out
    }
}

impl Reference {
    /// The id of the reference.
    pub(super) fn id(self) -> String {
        match self.count {
            1 => format!("{ID}{}", self.number),
            count => format!("{ID}{}-{count}", self.number),
        }
    }

    /// Whether an id is that of a reference.
    pub(super) fn is_id(id: &str) -> bool {
        id.starts_with(ID)
    }

    /// The opening tag of the reference with this id.
    pub(super) fn open_link(id: &str, options: BodyOptions<'_>) -> String {
        let number = id.trim_start_matches(ID).split('-').next().expect("a split has a first part");
        let label = options.numbered_label("footnote", number);
        format!("<a href=\"#fn:{number}\" id=\"{id}\" role=\"doc-noteref\" aria-label=\"{label}\">")
    }

    fn backlink(self, options: BodyOptions<'_>) -> String {
        let id = self.id();
        let label = options.numbered_label("back-to-reference", id.trim_start_matches(ID));
        let sign =
            if self.count == 1 { String::new() } else { format!("<sup>{}</sup>", self.count) };
        // The variation selector prevents display as an emoji.
        format!(
            " <a href=\"#{id}\" role=\"doc-backlink\" aria-label=\"{label}\">\u{21a9}\u{fe0e}{sign}</a>"
        )
    }
}
