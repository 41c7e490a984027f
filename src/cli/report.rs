//! Diagnostics and progress as a terminal shows them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::ops::Range;
use std::sync::Mutex;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use indicatif::{ProgressBar, ProgressStyle};

use crate::build::{Outcome, Progress, Summary};
use crate::diagnostic::{Diagnostic, Place, Severity, Span};
use crate::escape::{escaped, escaped_source};
use crate::state::Census;

/// How many warnings are shown in full where a command is not about warnings.
const MOST_WARNINGS: usize = 20;

/// Where a command talks to its user: standard error for what is wrong, standard output for what was done.
pub(super) struct Report {
    talks: bool,
    bar: Option<Mutex<(ProgressBar, &'static str)>>,
    renderer: Renderer,
}

impl Report {
    /// A report that says something beside errors only if `talks`.
    pub(super) fn new(talks: bool) -> Self {
        let on_terminal = std::io::stderr().is_terminal();
        let in_colour = on_terminal && std::env::var_os("NO_COLOR").is_none();
        let renderer = if in_colour { Renderer::styled() } else { Renderer::plain() };
        let bar = (talks && on_terminal).then(|| Mutex::new((ProgressBar::new(0).with_style(style()), "")));
        Self { talks, bar, renderer }
    }

    /// Shows how far a build is, on a terminal only.
    pub(super) fn progress(&self, progress: Progress) {
        if progress.is_wait() {
            self.note(progress.stage);
            return;
        }
        // Of many things not each is shown.
        let is_worth_showing =
            progress.all < 1000 || progress.done.is_multiple_of(64) || progress.done == progress.all;
        let Some(bar) = self.bar.as_ref().filter(|_| is_worth_showing) else { return };
        let Ok(mut bar) = bar.try_lock() else { return };
        if bar.1 != progress.stage {
            bar.1 = progress.stage;
            bar.0.set_message(progress.stage);
        }
        bar.0.set_length(progress.all as u64);
        bar.0.set_position(progress.done as u64);
    }

    /// Takes the progress bar away.
    pub(super) fn finish_progress(&self) {
        if let Some(bar) = &self.bar
            && let Ok(bar) = bar.lock()
        {
            bar.0.finish_and_clear();
        }
    }

    /// Whether something beside errors is said.
    pub(super) fn talks(&self) -> bool {
        self.talks
    }

    /// Shows diagnostics. Who does not listen any more is not told.
    pub(super) fn show(&self, diagnostics: &[Diagnostic]) {
        let mut stderr = std::io::stderr().lock();
        for diagnostic in diagnostics {
            let _ = writeln!(stderr, "{}\n", self.text(diagnostic));
        }
    }

    /// Shows warnings, but no more of them than somebody reads.
    pub(super) fn show_some(&self, warnings: &[Diagnostic]) {
        if !self.talks {
            return;
        }
        let (shown, more) = warnings.split_at(warnings.len().min(MOST_WARNINGS));
        self.show(shown);
        if !more.is_empty() {
            self.note(&format!("and {} more: {}", more.len(), shown_by_check(more.len())));
        }
    }

    /// Says what was done.
    pub(super) fn say(&self, line: &str) {
        if self.talks {
            let _ = writeln!(std::io::stdout(), "{}", escaped(line));
        }
    }

    /// Says what somebody should look at.
    pub(super) fn note(&self, line: &str) {
        if self.talks {
            let _ = writeln!(std::io::stderr(), "{}", escaped(line));
        }
    }

    fn text(&self, diagnostic: &Diagnostic) -> String {
        text(diagnostic, &self.renderer)
    }
}

/// The errors of a build, as a terminal without colours shows them.
pub(super) fn errors(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    let texts: Vec<String> = errors.map(|error| text(error, &Renderer::plain())).collect();
    texts.join("\n\n")
}

fn text(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let label = diagnostic.label.as_deref().map(escaped);
    let title = level.primary_title(escaped(&diagnostic.message));
    let mut group = at(Group::with_title(title), &diagnostic.place, label);
    for (place, what) in &diagnostic.others {
        group = at(group.element(Level::NOTE.message(escaped(what))), place, None);
    }
    if let Some(help) = &diagnostic.help {
        // A form to be written may take several lines, which are indented.
        let lines: Vec<Cow<'_, str>> = help.lines().map(escaped).collect();
        group = group.element(Level::HELP.message(lines.join("\n")));
    }
    let rendered = renderer.render(&[group]);
    let places = std::iter::once(&diagnostic.place).chain(diagnostic.others.iter().map(|(place, _)| place));
    places.fold(rendered, in_columns_of_file)
}

/// `group` with the place that is meant.
fn at<'a>(group: Group<'a>, place: &'a Place, label: Option<Cow<'a, str>>) -> Group<'a> {
    let file = escaped(&place.file);
    let Some(span) = &place.span else { return group.element(Origin::path(file)) };
    let (line, bytes) = quoted(span);
    let annotation = AnnotationKind::Primary.span(bytes).label(label);
    let snippet = Snippet::source(line).line_start(span.line).path(file).fold(false);
    group.element(snippet.annotation(annotation))
}

/// The line of a span as it is shown, and the bytes of it that the span covers.
fn quoted(span: &Span) -> (String, Range<usize>) {
    let byte = |count: usize| span.text.char_indices().nth(count).map_or(span.text.len(), |(at, _)| at);
    let start = span.column.saturating_sub(1 + span.skipped);
    let (before, rest) = span.text.split_at(byte(start));
    let (covered, behind) = rest.split_at(byte(start + span.length) - before.len());
    let [before, covered, behind] = [before, covered, behind].map(escaped_source);
    let end = before.len() + covered.len();
    ([&*before, &covered, &behind].concat(), before.len()..end)
}

/// A diagnostic whose place has the column that it has in the file: the renderer counts those of the line as it is shown.
fn in_columns_of_file(rendered: String, place: &Place) -> String {
    let Some(span) = &place.span else { return rendered };
    let (line, bytes) = quoted(span);
    let shown = line.get(..bytes.start).unwrap_or_default().chars().count() + 1;
    if shown == span.column {
        return rendered;
    }
    let place = format!("{}:{}:", escaped(&place.file), span.line);
    rendered.replacen(&format!("{place}{shown}"), &format!("{place}{}", span.column), 1)
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{msg:>8} {wide_bar} {human_pos}/{human_len}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// `2 errors, 1 warning`.
pub(super) fn counts(errors: usize, warnings: usize) -> String {
    match (errors, warnings) {
        (0, 0) => "no errors, no warnings".to_owned(),
        (0, warnings) => plural(warnings, "warning"),
        (errors, 0) => plural(errors, "error"),
        (errors, warnings) => format!("{}, {}", plural(errors, "error"), plural(warnings, "warning")),
    }
}

/// Where warnings are shown.
pub(super) fn warnings(count: usize) -> String {
    format!("{}: {}", plural(count, "warning"), shown_by_check(count))
}

fn shown_by_check(count: usize) -> String {
    format!("`newsgen check` shows {}", if count == 1 { "it" } else { "them" })
}

/// What a site is made of: `428 articles (2 unpublished), 6 topics, 9 providers: 512 files`.
pub(super) fn site(summary: &Summary) -> String {
    let Census { articles, topics, providers, withheld, left_out } = summary.census;
    let mut missing = Vec::new();
    if !withheld.is_empty() {
        missing.push(withheld.to_string());
    }
    if left_out > 0 {
        missing.push(format!("{} left out", plural(left_out, "document")));
    }
    let missing = if missing.is_empty() { String::new() } else { format!(" ({})", missing.join(", ")) };
    format!(
        "{}{missing}, {}, {}: {}",
        plural(articles, "article"),
        plural(topics, "topic"),
        plural(providers, "provider"),
        plural(summary.files, "file"),
    )
}

/// What a build did, in one line.
pub(super) fn summary(summary: &Summary, seconds: f64) -> String {
    let changes = &summary.changes;
    format!(
        "{}, {} written, {} unchanged, {} removed in {seconds:.2} s",
        site(summary),
        changes.written.len(),
        changes.unchanged.len(),
        changes.removed.len(),
    )
}

/// What a deploy did, in one line.
#[cfg(feature = "deploy")]
pub(super) fn deployed(changes: &crate::deploy::Changes, is_dry: bool, url: &str, seconds: f64) -> String {
    let retired = match changes.retired.len() {
        0 => String::new(),
        count => format!(", {count} kept for one more deploy"),
    };
    format!(
        "{url}: {} {}, {} removed{retired}, {} unchanged{} in {seconds:.2} s",
        plural(changes.uploaded.len(), "file"),
        if is_dry { "to send".to_owned() } else { format!("sent ({} bytes)", changes.bytes) },
        changes.removed.len(),
        changes.unchanged,
        if is_dry { "; nothing was changed" } else { "" },
    )
}

/// What a build came to that was made because of a change, in one line.
pub(super) fn rebuilt(outcome: &Outcome, is_mended: bool, seconds: f64) -> String {
    let faulty = outcome.diagnostics.iter().filter(|found| found.is_error()).map(|found| &found.place.file);
    let changed: BTreeSet<&String> = outcome.changed.iter().chain(faulty).collect();
    let changed = match (changed.first(), changed.len()) {
        (None, _) => "the site".to_owned(),
        (Some(one), 1) => (*one).clone(),
        (Some(first), count) => format!("{first} and {} more", count - 1),
    };
    let done = match &outcome.summary {
        None => {
            let errors = outcome.diagnostics.iter().filter(|found| found.is_error()).count();
            format!("{}, so the site stays as it was,", plural(errors, "error"))
        }
        Some(Summary { rendered, changes, census, .. }) => {
            let left_out = match census.left_out {
                0 => String::new(),
                count => format!(", {} left out", plural(count, "document")),
            };
            let (rendered, written) = (plural(*rendered, "page"), changes.written.len());
            format!("{rendered} rendered, {written} written, {} removed{left_out}", changes.removed.len())
        }
    };
    let mended = if is_mended { "no errors any more; " } else { "" };
    format!("{changed}: {mended}{done} in {seconds:.3} s")
}

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::escape::is_hidden;
    use crate::publish::Changes;

    #[test]
    fn help_of_several_lines_is_shown_as_it_is_to_be_written() {
        let found = Diagnostic::error(Place::file("a.md"), "m").help("write\nprovider:\n  name: A\u{202e}");
        let shown = text(&found, &Renderer::plain());
        assert!(shown.contains("provider:\n") && shown.contains("  name: A\\u{202e}"), "{shown}");
    }

    #[test]
    fn hidden_characters_are_escaped_in_every_part_of_a_diagnostic() {
        let hidden = "\u{9b}31m\u{1b}[2J\u{85}\n\u{202e}\u{200b}\u{e0041}";
        let place = || Place::on_line(format!("a{hidden}.md"), 1, 8, 9, &format!("title: {hidden}{hidden}"));
        let diagnostic =
            Diagnostic::warning(place(), hidden).label(hidden).help(hidden).other(place(), hidden);
        let shown = text(&diagnostic, &Renderer::plain());
        let lines: Vec<&str> = shown.lines().collect();
        assert!(!shown.contains(|c| c != '\n' && is_hidden(c)), "{shown:?}");
        assert!(
            lines[0].starts_with("warning: \\u{9b}31m\\u{1b}[2J\\u{85}\\u{a}\\u{202e}\\u{200b}\\u{e0041}"),
            "{shown}"
        );
        assert!(lines[1].ends_with(".md:1:8"), "{shown}");
        assert!(shown.lines().all(|line| line.is_empty() || !line.starts_with("31m")), "{shown}");
    }

    #[test]
    fn carets_stand_below_escapes_and_columns_are_those_of_the_file() {
        let place = Place::on_line("a.md", 3, 6, 3, "\u{202e}\t\u{200b}: bé\u{200b}d");
        let shown = text(&Diagnostic::error(place, "wrong"), &Renderer::plain());
        let expected = "error: wrong\n --> a.md:3:6\n  |\n3 | \\u{202e}    \\u{200b}: bé\\u{200b}d\n  |                       ^^^^^^^^^^";
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_long_line_is_placed_by_its_column_in_the_file() {
        let place = Place::on_line("a.md", 1, 545, 3, &format!("{}abc{}", "x".repeat(544), "y".repeat(999)));
        let shown = text(&Diagnostic::error(place, "wrong"), &Renderer::plain());
        assert!(shown.contains(" --> a.md:1:545\n"), "{shown}");
    }

    #[test]
    fn the_last_line_says_what_was_done() {
        let changes = Changes { written: vec!["index.html".into(); 512], ..Changes::default() };
        let census = Census { articles: 428, topics: 6, providers: 1, ..Census::default() };
        let mut site = Summary { census, files: 512, rendered: 512, changes, until: None };
        assert_eq!(
            summary(&site, 0.081),
            "428 articles, 6 topics, 1 provider: 512 files, 512 written, 0 unchanged, 0 removed in 0.08 s"
        );
        site.census.left_out = 2;
        assert!(summary(&site, 1.0).starts_with("428 articles (2 documents left out), 6 topics"));
        site.census.withheld.unpublished = 246;
        let missing = "428 articles (246 unpublished, 2 documents left out), 6 topics";
        assert!(summary(&site, 1.0).starts_with(missing));
    }

    #[test]
    fn an_error_shows_its_line_and_what_to_do() {
        let place = Place::on_line("content/é.md", 9, 10, 4, "quälity: high");
        let diagnostic =
            Diagnostic::error(place, "`quality` must be a whole number").label("this is a text").help("do");
        let expected = "error: `quality` must be a whole number\n --> content/é.md:9:10\n  |\n9 | quälity: high\n  |          ^^^^ this is a text\n  |\n  = help: do";
        assert_eq!(Report::new(false).text(&diagnostic), expected);
    }
}
