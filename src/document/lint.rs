//! Warns about parts of a body that are not published as written.

use std::cell::RefCell;
use std::collections::HashSet;
use std::ops::Range;

use memchr::memchr_iter;
use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Parser, Tag, TagEnd};

use super::anchors::{Anchors, is_non_heading_fragment};
use super::body::{options, with_html_chars};
use super::html::flatten::{MAX_DEPTH, MAX_TAG_BYTES};
use super::html::sanitize::{DroppedHtml, dropped_html};
use super::image::CREDENTIALS;
use super::link_definitions::{LinkDefinitions, LostLink, max_expansion};
use super::links::{image_source, link_target};
use super::template_code;
use crate::diagnostic::Code;
use crate::escape::without_credentials;
use crate::http_url::holds_credentials;
use crate::invisible_chars::is_blank;
use crate::node::{Problem, SourcePos};
use crate::slug::Slugs;

/// A warning and its range in the body, in bytes.
pub(super) type Finding = (Range<usize>, Problem);

/// The maximum length of a quoted text, in characters.
const MAX_SHOWN_LENGTH: usize = 60;

/// The maximum number of lost link definitions with a warning each. There may be one in every line.
const MAX_LOST_LINKS: usize = 100;

/// The maximum number of cells that the rows of all tables of a body may lack. Each is published as
/// an empty cell, so a short text could become a page of any size. pulldown-cmark ends a table that
/// lacks 2^18.
const MAX_MISSING_CELLS: usize = 1 << 16;

/// Warnings about a body that is not nested too deep, and errors in its tables, in the order of the
/// text and without duplicates.
pub(super) fn lint(markdown: &str, slugs: Slugs) -> Vec<Finding> {
    let unresolved = RefCell::new(Vec::new());
    let note = |link: BrokenLink<'_>| {
        // A word in brackets is rarely meant as a link.
        if link.link_type != LinkType::Shortcut {
            let message = format!("undefined link reference `[{}]`", quoted_text(&link.reference));
            let help = format!("add a line `[{}]: ADDRESS`", quoted_text(&link.reference));
            unresolved
                .borrow_mut()
                .push((link.span, warning(Code::UndefinedReference, message).help(help)));
        }
        None::<(CowStr<'_>, CowStr<'_>)>
    };
    let parser = Parser::new_with_broken_link_callback(markdown, options(), Some(note));
    let mut linter = Linter { markdown, anchors: Anchors::new(slugs), ..Linter::default() };
    let mut definitions = LinkDefinitions::default();
    let mut events = parser.into_offset_iter();
    for (event, range) in &mut events {
        definitions.read(markdown, &event, &range);
        linter.read(&with_html_chars(event), &range);
    }
    let lost = definitions.lost(markdown, events.reference_definitions());
    let limit = max_expansion(markdown);
    let more = lost.get(MAX_LOST_LINKS).map(|(range, _)| {
        let count = lost.len() - MAX_LOST_LINKS;
        let message = format!("{count} more link definitions are not published");
        let help = "write the links that belong to them, or remove them";
        (range.clone(), warning(Code::UnusedDefinition, message).help(help).changes_output())
    });
    let lost = lost.into_iter().take(MAX_LOST_LINKS);
    let lost = lost.map(|(range, what)| (range, lost_warning(&what, limit))).chain(more).collect();
    let help = "newsgen runs no code in documents: write what it stood for, or remove it; to show it, \
                put it between backticks";
    let code = template_code::in_markdown(markdown).into_iter().filter_map(|range| {
        let warning = template_code_warning(markdown.get(range.clone())?);
        Some((range, warning.help(help)))
    });
    sorted([linter.finish(), lost, unresolved.take(), code.collect()].concat())
}

fn warning(code: Code, message: impl Into<String>) -> Problem {
    Problem::new(code, SourcePos::UNKNOWN, message)
}

/// Quotes a text. Credentials are masked before it is cut, since part of a password may not be
/// recognized.
fn quoted_text(text: &str) -> String {
    let text = &*without_credentials(text);
    match text.char_indices().nth(MAX_SHOWN_LENGTH) {
        Some((end, _)) => format!("{}…", text.get(..end).expect("a character begins here")),
        None => text.to_owned(),
    }
}

/// A warning about the first code of a template in an excerpt. It is plain text, but code between
/// backticks is meant to be read there, too.
pub(super) fn template_code_of_excerpt(excerpt: &str) -> Option<Problem> {
    let range = template_code::in_markdown(excerpt).into_iter().next()?;
    let help = "newsgen runs no code in documents: write what it stood for, or remove it";
    Some(template_code_warning(excerpt.get(range)?).help(help))
}

fn template_code_warning(code: &str) -> Problem {
    let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let message = format!("code of a template is published as text: `{}`", quoted_text(&code));
    warning(Code::TemplateCode, message)
}

fn no_target(target: &str) -> Problem {
    let message = match target {
        "" => "link without a target; only its text is published".to_owned(),
        _ => format!(
            "link target `{}` is not allowed; only the text is published",
            quoted_text(target)
        ),
    };
    if holds_credentials(target) {
        return warning(Code::DisallowedTarget, message).help(CREDENTIALS).changes_output();
    }
    let help = "links lead to the web (`https://...`), to mail (`mailto:...`) or into this site (`/about/`)";
    warning(Code::DisallowedTarget, message).help(help).changes_output()
}

fn no_source(source: &str) -> Problem {
    let message = match source {
        "" => "image without a source; only its alt text is published".to_owned(),
        _ => format!(
            "image source `{}` is not allowed; only the alt text is published",
            quoted_text(source)
        ),
    };
    if holds_credentials(source) {
        return warning(Code::DisallowedTarget, message).help(CREDENTIALS).changes_output();
    }
    let help = "images come from the web (`https://...`) or from this site (`/images/a.png`)";
    warning(Code::DisallowedTarget, message).help(help).changes_output()
}

/// Reads the events of a body.
#[derive(Default)]
struct Linter<'m> {
    markdown: &'m str,
    found: Vec<Finding>,
    /// The current and the maximum number of open elements.
    depth: usize,
    deepest: usize,
    is_in_code: bool,
    /// The end of the last table cell.
    cell_end: usize,
    /// The number of cells that rows lack.
    missing_cells: usize,
    /// The number of open links.
    open_links: usize,
    /// Whether a link of raw HTML is open. One that begins in a paragraph ends with it.
    is_in_raw_link: bool,
    is_in_html_block: bool,
    anchors: Anchors,
    /// Whether the open headings and links show anything, the innermost last.
    visible: Vec<bool>,
    /// Links to headings.
    fragments: Vec<(Range<usize>, String)>,
    /// The labels of referenced and of defined footnotes, in lower case.
    named: HashSet<String>,
    footnotes: Vec<(Range<usize>, String)>,
    /// The raw HTML, and the range of each of its lines.
    html: String,
    lines: Vec<Range<usize>>,
}

impl Linter<'_> {
    fn read(&mut self, event: &Event<'_>, range: &Range<usize>) {
        self.anchors.note(event);
        if shows_something(event) {
            self.visible.fill(true);
        }
        match event {
            Event::Start(tag) => {
                self.depth += 1;
                self.is_in_code = matches!(tag, Tag::CodeBlock(_));
                self.start(tag, range);
            }
            Event::End(end) => {
                (self.depth, self.is_in_code) = (self.depth.saturating_sub(1), false);
                self.end(*end, range);
            }
            Event::Text(_) => {
                if !self.is_in_code && is_conflict_mark(self.markdown, range.start) {
                    let help = "resolve the conflict, and remove the lines with the marks";
                    let problem =
                        warning(Code::ConflictMarks, "the body contains merge conflict markers")
                            .help(help)
                            .changes_output();
                    self.found.push((range.clone(), problem));
                }
                let problem = unresolved_footnote(self.markdown, range.start)
                    .or_else(|| broken_link(self.markdown, range.start));
                self.found.extend(problem.map(|problem| (range.clone(), problem)));
            }
            Event::FootnoteReference(label) => {
                self.named.insert(label.to_lowercase());
            }
            Event::Html(part) | Event::InlineHtml(part) => {
                if let Some(opens) = opens_link(part) {
                    if opens && (self.open_links > 0 || self.is_in_raw_link) {
                        self.found.push((range.clone(), nested_link()));
                    }
                    self.is_in_raw_link = opens;
                    self.is_in_html_block = matches!(event, Event::Html(_));
                }
                self.read_html(part, range);
            }
            _ => {}
        }
    }

    fn read_html(&mut self, part: &str, range: &Range<usize>) {
        self.html.push_str(part);
        self.lines.extend(memchr_iter(b'\n', part.as_bytes()).map(|_| range.clone()));
        if !part.ends_with('\n') {
            self.html.push('\n');
            self.lines.push(range.clone());
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        if self.depth > self.deepest {
            self.deepest = self.depth;
            if self.depth == MAX_DEPTH + 1 {
                let message = format!(
                    "elements are nested more than {MAX_DEPTH} deep; only the text of deeper ones is published"
                );
                self.found
                    .push((range.clone(), warning(Code::FlattenedHtml, message).changes_output()));
            }
        }
        if matches!(tag, Tag::Heading { .. } | Tag::Link { .. }) {
            self.visible.push(false);
        }
        let is_in_link = self.open_links > 0 || self.is_in_raw_link;
        let is_nested = matches!(tag, Tag::Link { .. }) && is_in_link;
        self.open_links += usize::from(matches!(tag, Tag::Link { .. }));
        let problem = match tag {
            Tag::Link { .. } if is_nested => Some(nested_link()),
            Tag::Link { link_type: LinkType::Email, .. } => None,
            Tag::Link { dest_url, .. } => {
                let fragment = dest_url.strip_prefix('#').filter(|fragment| !fragment.is_empty());
                self.fragments
                    .extend(fragment.map(|fragment| (range.clone(), fragment.to_owned())));
                link_target(dest_url, "/").is_none().then(|| no_target(dest_url))
            }
            Tag::Image { dest_url, .. } => {
                image_source(dest_url, "/").is_none().then(|| no_source(dest_url))
            }
            Tag::Heading { classes, attrs, .. } if !classes.is_empty() || !attrs.is_empty() => {
                let message = "the classes and attributes of this heading are removed; only its id is published";
                Some(warning(Code::RemovedHtml, message).help("write `{#id}`").changes_output())
            }
            Tag::FootnoteDefinition(label) => {
                self.footnotes.push((range.clone(), label.to_lowercase()));
                None
            }
            _ => None,
        };
        self.found.extend(problem.map(|problem| (range.clone(), problem)));
    }

    /// Warns of a heading or a link that readers do not see, and of what a table does not show.
    fn end(&mut self, end: TagEnd, range: &Range<usize>) {
        let ends_block = matches!(
            end,
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::TableCell | TagEnd::Item
        );
        if ends_block && !self.is_in_html_block {
            self.is_in_raw_link = false;
        }
        let what = match end {
            TagEnd::Heading(_) => "heading",
            TagEnd::Link => {
                self.open_links = self.open_links.saturating_sub(1);
                "link"
            }
            TagEnd::TableCell => {
                self.cell_end = range.end;
                self.count_missing_cell(range);
                return;
            }
            TagEnd::TableRow => {
                self.found.extend(excess_cells(self.markdown, self.cell_end..range.end));
                return;
            }
            _ => return,
        };
        if self.visible.pop() == Some(false) {
            let problem = warning(Code::NoVisibleText, format!("this {what} has no visible text"));
            self.found.push((range.clone(), problem.help("give it a text, or remove it")));
        }
    }

    /// Counts a cell that the parser adds at the end of a short row.
    fn count_missing_cell(&mut self, range: &Range<usize>) {
        let before = self.markdown.get(..range.start).expect("a range begins at a character");
        let is_missing = range.is_empty()
            && (before.ends_with(['\n', '\r']) || range.start == self.markdown.len());
        self.missing_cells += usize::from(is_missing);
        if is_missing && self.missing_cells == MAX_MISSING_CELLS + 1 {
            let message = format!(
                "the rows of tables up to here have {MAX_MISSING_CELLS} fewer cells than the tables have columns"
            );
            let help = "remove columns from the first two lines of the table, or split the table";
            let row = range.start.saturating_sub(1);
            self.found.push((
                row..row,
                Problem::new(Code::RaggedTable, SourcePos::UNKNOWN, message).help(help),
            ));
        }
    }

    fn finish(self) -> Vec<Finding> {
        let Self { mut found, anchors, fragments, named, footnotes, html, lines, .. } = self;
        for (range, fragment) in fragments {
            if anchors.find(&fragment).is_none() && !is_non_heading_fragment(&fragment) {
                let message = format!("no heading has the id `{}`", quoted_text(&fragment));
                let help =
                    "the id of a heading is its words in lower case, with hyphens between them";
                found.push((range, warning(Code::UndefinedReference, message).help(help)));
            }
        }
        let mut defined = HashSet::new();
        for (range, label) in footnotes {
            let message = if defined.contains(&label) {
                format!(
                    "footnote `{}` is defined twice; only the first definition is published",
                    quoted_text(&label)
                )
            } else if !named.contains(&label) {
                format!("footnote `{}` is never referenced and not published", quoted_text(&label))
            } else {
                defined.insert(label);
                continue;
            };
            found.push((range, warning(Code::UnusedDefinition, message).changes_output()));
        }
        let line = |number: u64| lines.get(usize::try_from(number).ok()?.checked_sub(1)?).cloned();
        found.extend(
            dropped_html(&html)
                .into_iter()
                .filter_map(|(at, what)| Some((line(at)?, dropped_warning(what)))),
        );
        found
    }
}

/// A warning about the cells that the parser drops, given the rest of a row after its last cell.
fn excess_cells(markdown: &str, rest: Range<usize>) -> Option<Finding> {
    let between = |c: char| c == '|' || c.is_whitespace();
    let text = markdown.get(rest.clone())?.trim_start_matches(between);
    let start = rest.end - text.len();
    let end = start + text.trim_end_matches(between).len();
    let message =
        "this table row has more cells than the table has columns; the others are not published";
    let help = "add columns to the first two lines of the table; write `\\|` for a `|` in a text";
    (start < end)
        .then(|| (start..end, warning(Code::ExcessCells, message).help(help).changes_output()))
}

/// A warning about a link that is lost, given the limit of links by definitions.
fn lost_warning(what: &LostLink, limit: usize) -> Problem {
    let (message, help) = match what {
        LostLink::Unused(label) => {
            let label = quoted_text(label);
            (
                format!("link definition `[{label}]` is never used and not published"),
                format!("write `[{label}]` where the link belongs, or remove the definition"),
            )
        }
        LostLink::Repeated(label) => (
            format!(
                "link definition `[{}]` is given twice; only the first one is used",
                quoted_text(label)
            ),
            "rename or remove one of the two".to_owned(),
        ),
        LostLink::Unresolved(label) => (
            format!(
                "`[{}]` and later references are published as text, since the link definitions used before have {limit} or more bytes in total",
                quoted_text(label)
            ),
            "write the address at the link, as in `[text](https://...)`, or shorten the addresses"
                .to_owned(),
        ),
    };
    warning(Code::UnusedDefinition, message).help(help).changes_output()
}

/// Whether an event shows anything by itself.
fn shows_something(event: &Event<'_>) -> bool {
    match event {
        Event::Text(text) | Event::Code(text) => !is_blank(text),
        Event::InlineHtml(tag) => tag.starts_with("<img"),
        Event::Start(Tag::Image { .. }) | Event::FootnoteReference(_) => true,
        _ => false,
    }
}

/// Whether a line begins with the marker of a merge conflict.
fn is_conflict_mark(markdown: &str, at: usize) -> bool {
    let rest = markdown.get(at..).unwrap_or_default();
    rest.starts_with("<<<<<<< ")
        && markdown.get(..at).is_none_or(|before| before.is_empty() || before.ends_with('\n'))
}

/// A warning about a reference to an undefined footnote, which the parser takes for text.
fn unresolved_footnote(markdown: &str, start: usize) -> Option<Problem> {
    let label = markdown.get(start..)?.strip_prefix("[^")?;
    let (end, _) = label
        .char_indices()
        .take(MAX_SHOWN_LENGTH)
        .find(|(_, c)| matches!(c, ']' | '[') || c.is_whitespace())?;
    let label = label.get(..end).filter(|label| {
        !label.is_empty()
            && markdown.get(start + 2 + end..).is_some_and(|rest| rest.starts_with(']'))
    })?;
    let help = format!("add a line `[^{label}]: TEXT`");
    Some(warning(Code::UndefinedReference, format!("undefined footnote `{label}`")).help(help))
}

/// A warning about a link with a footnote or another link in its text, which the parser takes for
/// text. `start` is where a text begins.
fn broken_link(markdown: &str, start: usize) -> Option<Problem> {
    let target = markdown.get(start..)?.strip_prefix("](")?.trim_start_matches('<');
    let is_target = ["http://", "https://", "mailto:", "/", "#", "./"]
        .iter()
        .any(|scheme| target.starts_with(scheme));
    is_target.then(|| {
        warning(Code::BrokenLink, "this link or image is published as text")
            .help(
                "its text cannot contain a link or a footnote; write `\\[` for a bracket in a text",
            )
            .changes_output()
    })
}

fn nested_link() -> Problem {
    warning(Code::BrokenLink, "this link is inside another link, which HTML does not allow")
        .help("end the outer link before it")
        .changes_output()
}

/// Whether the last tag of a link in raw HTML opens one; `None` if there is none.
fn opens_link(html: &str) -> Option<bool> {
    let is_name = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        rest.get(..end).is_some_and(|name| name.eq_ignore_ascii_case("a"))
    };
    html.rsplit('<').find_map(|tag| match tag.strip_prefix('/') {
        Some(name) => is_name(name).then_some(false),
        None => is_name(tag).then_some(true),
    })
}

fn dropped_warning(what: DroppedHtml) -> Problem {
    match what {
        DroppedHtml::Target(target) => no_target(&target),
        DroppedHtml::Source(source) => no_source(&source),
        DroppedHtml::WithContent(name) => {
            warning(Code::RemovedHtml, format!("`<{name}>` and its content are removed"))
                .changes_output()
        }
        DroppedHtml::Element(name) => warning(
            Code::RemovedHtml,
            format!("`<{}>` is removed, its content is kept", quoted_text(&name)),
        )
        .changes_output(),
        DroppedHtml::Declaration(text) => {
            let problem =
                warning(Code::RemovedHtml, format!("`{}` is removed", quoted_text(&text)))
                    .changes_output();
            problem.help(if text.starts_with("<![CDATA[") {
                "remove `<![CDATA[` and `]]>`, and keep the text between them"
            } else {
                "to show it, write it as code: between backticks"
            })
        }
        DroppedHtml::Rest => {
            warning(Code::RemovedHtml, "unclosed comment; everything after it is removed")
                .help("close it with `-->`")
                .changes_output()
        }
        DroppedHtml::Id(attribute, tag) => {
            warning(Code::RemovedHtml, format!("attribute `{attribute}` of `<{tag}>` is removed"))
                .help("headings have ids; write `{#id}` after a heading to choose one")
                .changes_output()
        }
        DroppedHtml::Attribute(attribute, tag) => warning(
            Code::RemovedHtml,
            format!("attribute `{}` of `<{tag}>` is removed", quoted_text(&attribute)),
        ),
        DroppedHtml::LongTag => {
            warning(Code::RemovedHtml, format!("tag of more than {MAX_TAG_BYTES} bytes is removed"))
                .changes_output()
        }
    }
}

/// Sorts the findings and removes duplicates of one part of the text.
fn sorted(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_key(|(range, _)| range.start);
    let mut at_start: HashSet<String> = HashSet::new();
    let mut start = 0;
    found.retain(|(range, problem)| {
        if std::mem::replace(&mut start, range.start) != range.start {
            at_start.clear();
        }
        at_start.insert(problem.message.clone())
    });
    found
}
