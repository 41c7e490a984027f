//! Finds link definitions that a body loses.

use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, RefDefs, Tag, TagEnd};

/// A definition that is not published, with its label.
pub(super) enum LostDefinition {
    /// No link uses it.
    Unused(String),
    /// An earlier one has the same label.
    Repeated(String),
}

/// What the events of a body say about its link definitions.
#[derive(Default)]
pub(super) struct LinkDefinitions {
    /// The labels of links and images.
    used: HashSet<String>,
    /// Parts of the body that belong to no text. Definitions are there.
    gaps: Vec<Range<usize>>,
    /// The end of the texts up to the current event.
    end: usize,
}

impl LinkDefinitions {
    /// Reads an event of the parser.
    pub(super) fn read(&mut self, event: &Event<'_>, range: &Range<usize>) {
        if let Event::Start(Tag::Link { link_type, id, .. } | Tag::Image { link_type, id, .. }) =
            event
            && matches!(link_type, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut)
        {
            self.used.insert(id.to_string());
        }
        if !is_container(event) {
            if self.end < range.start {
                self.gaps.push(self.end..range.start);
            }
            self.end = self.end.max(range.end);
        }
    }

    /// The definitions that no link uses, and repeated ones. Comments are neither.
    pub(super) fn lost(
        mut self,
        markdown: &str,
        definitions: &RefDefs<'_>,
    ) -> Vec<(Range<usize>, LostDefinition)> {
        if definitions.iter().next().is_none() {
            return Vec::new();
        }
        self.gaps.push(self.end..markdown.len());
        let used = self.used.iter().filter_map(|label| Some(definitions.get(label)?.span.start));
        let used: HashSet<usize> = used.collect();
        let unused = definitions
            .iter()
            .filter(|(_, first)| !used.contains(&first.span.start) && !is_comment(&first.dest))
            .map(|(label, first)| (first.span.clone(), LostDefinition::Unused(label.to_owned())));
        let labels = self.gaps.into_iter().flat_map(|gap| labels(markdown, gap));
        let is_repeated = |(range, label): &(Range<usize>, String)| {
            let first = definitions.get(label);
            first.is_some_and(|first| first.span.start != range.start && !is_comment(&first.dest))
        };
        let repeated = labels
            .filter(is_repeated)
            .map(|(range, label)| (range, LostDefinition::Repeated(label)));
        unused.chain(repeated).collect()
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
        found.extend(label(rest).map(|(end, label)| (start..start + end, label)));
        line_start += line.len();
    }
    found
}

/// The maximum length of a label, in bytes.
const MAX_LABEL_BYTES: usize = 1000;

/// The label of the definition with which a text begins, and its end. White space in it is a space.
fn label(text: &str) -> Option<(usize, String)> {
    let mut escaped = false;
    let rest = text.strip_prefix('[').filter(|rest| !rest.starts_with('^'))?;
    let end = rest.bytes().take(MAX_LABEL_BYTES).position(|byte| {
        let ends = byte == b']' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    let (label, rest) = rest.split_at(end);
    let words: Vec<&str> = label.split_whitespace().collect();
    rest.starts_with("]:").then(|| (end + 2, words.join(" ")))
}
