//! Finds link definitions that a body loses, and references that are not resolved.

use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, RefDefs, Tag, TagEnd};

/// A definition or reference that is not published as a link, with its label.
pub(super) enum LostLink {
    /// No link uses the definition.
    Unused(String),
    /// An earlier definition has the same label.
    Repeated(String),
    /// The reference comes after the parser's limit: see [`max_expansion`].
    Unresolved(String),
}

/// The maximum total length of the URLs and titles of all links by definitions in a body, in bytes.
/// The link that exceeds it is the last one that pulldown-cmark resolves.
pub(super) fn max_expansion(markdown: &str) -> usize {
    markdown.len().max(100_000)
}

/// What the events of a body say about its link definitions.
#[derive(Default)]
pub(super) struct LinkDefinitions {
    /// The total length of the URLs and titles of links by definitions, in bytes.
    expansion: usize,
    /// Where texts begin that may be references after the limit.
    unresolved: Vec<usize>,
    /// The labels of links and images.
    used: HashSet<String>,
    /// Parts of the body that belong to no text. Definitions are there.
    gaps: Vec<Range<usize>>,
    /// The end of the texts up to the current event.
    end: usize,
}

impl LinkDefinitions {
    /// Reads an event of the parser.
    pub(super) fn read(&mut self, markdown: &str, event: &Event<'_>, range: &Range<usize>) {
        match event {
            Event::Start(
                Tag::Link { link_type, dest_url, title, id }
                | Tag::Image { link_type, dest_url, title, id },
            ) if matches!(
                link_type,
                LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut
            ) =>
            {
                self.used.insert(id.to_string());
                self.expansion += dest_url.len() + title.len();
            }
            Event::Text(text)
                if text.starts_with('[') && self.expansion >= max_expansion(markdown) =>
            {
                self.unresolved.push(range.start);
            }
            _ => {}
        }
        if !is_container(event) {
            if self.end < range.start {
                self.gaps.push(self.end..range.start);
            }
            self.end = self.end.max(range.end);
        }
    }

    /// The definitions that no link uses, repeated ones, and the first reference after the limit, in
    /// the order of the text. Comments are none of these.
    pub(super) fn lost(
        mut self,
        markdown: &str,
        definitions: &RefDefs<'_>,
    ) -> Vec<(Range<usize>, LostLink)> {
        if definitions.iter().next().is_none() {
            return Vec::new();
        }
        let reference = |start: &usize| {
            let (end, label, _) = label(markdown.get(*start..)?)?;
            definitions.get(&label).is_some().then_some((*start..start + end, label))
        };
        let unresolved: Vec<_> = self.unresolved.iter().filter_map(reference).collect();
        self.used.extend(unresolved.iter().map(|(_, label)| label.clone()));
        self.gaps.push(self.end..markdown.len());
        let used = self.used.iter().filter_map(|label| Some(definitions.get(label)?.span.start));
        let used: HashSet<usize> = used.collect();
        let unused = definitions
            .iter()
            .filter(|(_, first)| !used.contains(&first.span.start) && !is_comment(&first.dest))
            .map(|(label, first)| (first.span.clone(), LostLink::Unused(label.to_owned())));
        let labels = self.gaps.into_iter().flat_map(|gap| labels(markdown, gap));
        let is_repeated = |(range, label): &(Range<usize>, String)| {
            let first = definitions.get(label);
            first.is_some_and(|first| first.span.start != range.start && !is_comment(&first.dest))
        };
        let repeated =
            labels.filter(is_repeated).map(|(range, label)| (range, LostLink::Repeated(label)));
        let first = unresolved.into_iter().take(1);
        let first = first.map(|(range, label)| (range, LostLink::Unresolved(label)));
        let mut lost: Vec<_> = first.chain(unused).chain(repeated).collect();
        lost.sort_by_key(|(range, _)| range.start);
        lost
    }
}

/// Whether an event is of a block that contains other blocks.
fn is_container(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::Start(Tag::BlockQuote(_) | Tag::List(_) | Tag::Item | Tag::FootnoteDefinition(_))
            | Event::End(
                TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item | TagEnd::FootnoteDefinition
            )
    )
}

/// Whether a definition with this target is a comment, as in `[//]: # (text)`.
fn is_comment(target: &str) -> bool {
    matches!(target, "" | "#")
}

/// The labels with which lines of a gap begin, with their ranges.
fn labels(markdown: &str, gap: Range<usize>) -> Vec<(Range<usize>, String)> {
    let text = markdown.get(gap.clone()).unwrap_or_default();
    let mut line_start = gap.start;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        let is_marker = |c: char| c.is_ascii_digit() || " \t>-+*.)".contains(c);
        let start = line_start + line.len() - line.trim_start_matches(is_marker).len();
        let rest = markdown.get(start..gap.end).unwrap_or_default();
        let definition = label(rest).filter(|(.., after)| after.starts_with(':'));
        found.extend(definition.map(|(end, label, _)| (start..start + end + 1, label)));
        line_start += line.len();
    }
    found
}

/// The maximum length of a label, in bytes.
const MAX_LABEL_BYTES: usize = 1000;

/// The label in brackets with which a text begins, the end of the brackets and the rest of the text.
/// White space in the label is a space.
fn label(text: &str) -> Option<(usize, String, &str)> {
    let mut escaped = false;
    let rest = text.strip_prefix('[').filter(|rest| !rest.starts_with('^'))?;
    let end = rest.bytes().take(MAX_LABEL_BYTES).position(|byte| {
        let ends = byte == b']' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    let (label, rest) = rest.split_at(end);
    let words: Vec<&str> = label.split_whitespace().collect();
    Some((end + 2, words.join(" "), rest.strip_prefix(']')?))
}
