//! Footnotes: their texts are taken out of the flow of a body and stand at its end, in the order in which they are named.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt::Write as _;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

/// How the ids of references begin. No slug has a colon, so no heading has such an id.
const ID: &str = "fnref:";

/// The footnotes of a body.
#[derive(Debug, Default)]
pub(super) struct Footnotes<'a> {
    /// Their texts by their labels. A footnote that is named has been taken out.
    texts: HashMap<String, Vec<Event<'a>>>,
    /// How they are numbered, counted from 1.
    numbers: HashMap<String, usize>,
    /// Of each number how often it is named so that a link can lead back.
    references: Vec<usize>,
    /// The texts of those that were named, in the order of their numbers, until they are taken.
    referenced: VecDeque<Vec<Event<'a>>>,
}

/// A reference to a footnote.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference {
    /// The number of the footnote, counted from 1.
    pub(super) number: usize,
    /// Which of the references to it this is, counted from 1.
    pub(super) count: usize,
}

/// Labels that differ by case only are one.
fn key(label: &str) -> String {
    label.to_lowercase()
}

impl<'a> Footnotes<'a> {
    /// Takes the footnotes out of a parsed text. Of those with one label the first one counts.
    pub(super) fn extract(events: Vec<Event<'a>>) -> (Vec<Event<'a>>, Self) {
        let mut footnotes = Self::default();
        let is_definition = |event: &Event<'_>| matches!(event, Event::Start(Tag::FootnoteDefinition(_)));
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

    /// The footnote that is named, if there is one. `leads_back` says whether the place can be led back to.
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

    /// The text of the next footnote that was named; in it others may be.
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

    /// The section at the end of a body, of the HTML of the footnotes' texts. To the `lost` references nothing leads back.
    pub(super) fn section(&self, texts: &[String], lost: &HashSet<String>) -> String {
        if texts.is_empty() {
            return String::new();
        }
        let mut out =
            String::from("<div class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"Footnotes\">\n<ol>\n");
        for ((number, text), references) in (1..).zip(texts).zip(&self.references) {
            // A way back stands at the end of the last paragraph, if the text ends in one.
            let (text, end) = match text.trim_end().strip_suffix("</p>") {
                Some(text) => (text, "</p>\n"),
                None => (text.as_str(), ""),
            };
            // Writing to a text cannot fail.
            let _ = write!(out, "<li id=\"fn:{number}\">\n{text}");
            let references = (1..=*references).map(|count| Reference { number, count });
            for reference in references.filter(|reference| !lost.contains(&reference.id())) {
                out.push_str(&reference.backlink());
            }
            out.extend([end, "</li>\n"]);
        }
        out.push_str("</ol>\n</div>\n");
        out
    }
}

impl Reference {
    /// The id of the place where the footnote is named.
    pub(super) fn id(self) -> String {
        match self.count {
            1 => format!("{ID}{}", self.number),
            count => format!("{ID}{}-{count}", self.number),
        }
    }

    /// Whether an id is one of these.
    pub(super) fn is_id(id: &str) -> bool {
        id.starts_with(ID)
    }

    /// The opening tag of the link to a footnote from the place of this id.
    pub(super) fn open_link(id: &str) -> String {
        let number = id.trim_start_matches(ID).split('-').next().expect("a split has a first part");
        format!("<a href=\"#fn:{number}\" id=\"{id}\" role=\"doc-noteref\" aria-label=\"Footnote {number}\">")
    }

    fn backlink(self) -> String {
        let id = self.id();
        let name = id.trim_start_matches(ID);
        let sign = if self.count == 1 { String::new() } else { format!("<sup>{}</sup>", self.count) };
        // The selector keeps the arrow from being shown as an emoji.
        format!(
            " <a href=\"#{id}\" role=\"doc-backlink\" aria-label=\"Back to reference {name}\">\u{21a9}\u{fe0e}{sign}</a>"
        )
    }
}
