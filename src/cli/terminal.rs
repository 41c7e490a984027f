//! Prints diagnostics and progress to the terminal.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::ops::Range;
use std::process::ExitCode;
use std::sync::Mutex;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use indicatif::{ProgressBar, ProgressStyle};

use super::process::EXIT_SITE_ERRORS;
use crate::build::cache::SiteStats;
use crate::build::{Outcome, Progress, Summary};
use crate::diagnostic::{Code, Diagnostic, Location, Severity, Span};
use crate::escape::{escaped, escaped_name, escaped_source};

/// The number of warnings printed in full by commands other than `check`.
const MAX_WARNINGS: usize = 20;

/// The number of related places of a diagnostic that are shown.
const MAX_OTHERS: usize = 3;

/// Prints diagnostics to standard error and results to standard output.
pub(super) struct Terminal {
    is_verbose: bool,
    bar: Option<Mutex<(ProgressBar, &'static str)>>,
    renderer: Renderer,
}

impl Terminal {
    /// `is_verbose` enables output other than errors.
    pub(super) fn new(is_verbose: bool) -> Self {
        let on_terminal = std::io::stderr().is_terminal();
        let in_colour = on_terminal && std::env::var_os("NO_COLOR").is_none();
        let renderer = if in_colour { Renderer::styled() } else { Renderer::plain() };
        let bar = (is_verbose && on_terminal)
            .then(|| Mutex::new((ProgressBar::new(0).with_style(style()), "")));
        Self { is_verbose, bar, renderer }
    }

    /// Updates the progress bar, on a terminal only.
    pub(super) fn progress(&self, progress: Progress) {
        if progress.is_waiting() {
            self.note(progress.stage);
            return;
        }
        // Redrawing for every item would be slow.
        let is_worth_showing = progress.total < 1000
            || progress.done.is_multiple_of(64)
            || progress.done == progress.total;
        let Some(bar) = self.bar.as_ref().filter(|_| is_worth_showing) else { return };
        let Ok(mut bar) = bar.try_lock() else { return };
        if bar.1 != progress.stage {
            bar.1 = progress.stage;
            bar.0.set_message(progress.stage);
        }
        bar.0.set_length(progress.total as u64);
        bar.0.set_position(progress.done as u64);
    }

    /// Removes the progress bar.
    pub(super) fn finish_progress(&self) {
        if let Some(bar) = &self.bar
            && let Ok(bar) = bar.lock()
        {
            bar.0.finish_and_clear();
        }
    }

    /// Whether anything but errors is printed.
    pub(super) fn is_verbose(&self) -> bool {
        self.is_verbose
    }

    /// Prints diagnostics. A closed standard error is ignored.
    pub(super) fn show(&self, diagnostics: &[Diagnostic]) {
        let mut stderr = std::io::stderr().lock();
        for diagnostic in diagnostics {
            let _ = writeln!(stderr, "{}\n", self.text(diagnostic));
        }
    }

    /// Prints warnings, up to a limit.
    pub(super) fn show_limited(&self, warnings: &[Diagnostic]) {
        if !self.is_verbose {
            return;
        }
        let (shown, more) = warnings.split_at(warnings.len().min(MAX_WARNINGS));
        self.show(shown);
        if !more.is_empty() {
            self.note(&format!("and {} more: {}", more.len(), shown_by_check(more.len())));
        }
    }

    /// Prints a result.
    pub(super) fn print(&self, line: &str) {
        if self.is_verbose {
            self.print_always(line);
        }
    }

    /// Prints what a user must see who wants errors only.
    #[expect(clippy::unused_self, reason = "it prints where the others do")]
    pub(super) fn print_always(&self, line: &str) {
        let _ = writeln!(std::io::stdout(), "{}", escaped(line));
    }

    /// Prints a note.
    pub(super) fn note(&self, line: &str) {
        if self.is_verbose {
            let _ = writeln!(std::io::stderr(), "{}", escaped(line));
        }
    }

    fn text(&self, diagnostic: &Diagnostic) -> String {
        text(diagnostic, &self.renderer)
    }
}

/// The errors of a build as plain text.
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
    let title = level.primary_title(escaped(&diagnostic.message)).id(diagnostic.code.to_string());
    let mut group = at(Group::with_title(title), &diagnostic.location, label);
    for (location, what) in diagnostic.others.iter().take(MAX_OTHERS) {
        group = if location.span.is_some() {
            at(group.element(Level::NOTE.message(escaped(what))), location, None)
        } else {
            let file = escaped_name(&location.file);
            group.element(Origin::path(format!("{file}: {}", escaped(what))))
        };
    }
    if let Some(more) = diagnostic.others.len().checked_sub(MAX_OTHERS).filter(|more| *more > 0) {
        let places = plural(more, "more place");
        let note = format!("and {places}: with `--format json`, `newsgen check` lists all");
        group = group.element(Level::NOTE.message(note));
    }
    if let Some(help) = &diagnostic.help {
        // A suggestion may have several lines, which are indented.
        let lines: Vec<Cow<'_, str>> = help.lines().map(escaped).collect();
        group = group.element(Level::HELP.message(lines.join("\n")));
    }
    let rendered = renderer.render(&[group]);
    let places = std::iter::once(&diagnostic.location)
        .chain(diagnostic.others.iter().take(MAX_OTHERS).map(|(location, _)| location));
    places.fold(rendered, with_file_columns)
}

/// Adds the location to `group`.
fn at<'a>(group: Group<'a>, location: &'a Location, label: Option<Cow<'a, str>>) -> Group<'a> {
    let file = escaped_name(&location.file);
    let Some(span) = &location.span else { return group.element(Origin::path(file)) };
    let (line, bytes) = quoted(span);
    let annotation = AnnotationKind::Primary.span(bytes).label(label);
    let snippet = Snippet::source(line).line_start(span.line).path(file).fold(false);
    group.element(snippet.annotation(annotation))
}

/// The displayed line of a span, and the range of the span in it.
fn quoted(span: &Span) -> (String, Range<usize>) {
    let byte =
        |count: usize| span.text.char_indices().nth(count).map_or(span.text.len(), |(at, _)| at);
    let start = span.column.saturating_sub(1 + span.skipped);
    let (before, rest) = span.text.split_at(byte(start));
    let (covered, behind) = rest.split_at(byte(start + span.length) - before.len());
    let [before, covered, behind] = [before, covered, behind].map(escaped_source);
    let end = before.len() + covered.len();
    ([&*before, &covered, &behind].concat(), before.len()..end)
}

/// Corrects the column of a rendered diagnostic: the renderer counts in the displayed line, not in
/// the file.
fn with_file_columns(rendered: String, location: &Location) -> String {
    let Some(span) = &location.span else { return rendered };
    let (line, bytes) = quoted(span);
    let shown = line.get(..bytes.start).unwrap_or_default().chars().count() + 1;
    if shown == span.column {
        return rendered;
    }
    let location = format!("{}:{}:", escaped_name(&location.file), span.line);
    rendered.replacen(&format!("{location}{shown}"), &format!("{location}{}", span.column), 1)
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
        (errors, warnings) => {
            format!("{}, {}", plural(errors, "error"), plural(warnings, "warning"))
        }
    }
}

/// A hint to run `newsgen check`. `is_more` if other warnings have been shown.
pub(super) fn warnings(count: usize, is_more: bool) -> String {
    let what = if is_more { "more warning" } else { "warning" };
    format!("{}: {}", plural(count, what), shown_by_check(count))
}

fn shown_by_check(count: usize) -> String {
    format!("`newsgen check` shows {}", if count == 1 { "it" } else { "them" })
}

/// Describes a site: `428 articles (not counting 2 unpublished), 6 topics, 9 providers: 512 files`.
pub(super) fn site(summary: &Summary) -> String {
    let SiteStats { articles, topics, providers, withheld, .. } = summary.stats;
    let mut missing = Vec::new();
    if !withheld.is_empty() {
        missing.push(format!("not counting {withheld}"));
    }
    missing.extend(left_out(&summary.stats));
    let missing =
        if missing.is_empty() { String::new() } else { format!(" ({})", missing.join(", ")) };
    format!(
        "{}{missing}, {}, {}: {}",
        plural(articles, "article"),
        plural(topics, "topic"),
        plural(providers, "provider"),
        plural(summary.files, "file"),
    )
}

/// Describes a build in one line.
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

/// Describes a deploy in one line.
#[cfg(feature = "deploy")]
pub(super) fn deployed(
    changes: &crate::deploy::DeployChanges,
    is_dry: bool,
    url: &str,
    seconds: f64,
) -> String {
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

/// Describes a rebuild in one line.
pub(super) fn rebuilt(outcome: &Outcome, is_fixed: bool, seconds: f64) -> String {
    let faulty = outcome
        .diagnostics
        .iter()
        .filter(|found| found.is_error())
        .map(|found| &found.location.file);
    let changed: BTreeSet<&String> = outcome.changed.iter().chain(faulty).collect();
    let changed = match (changed.first(), changed.len()) {
        (None, _) => "the site".to_owned(),
        (Some(one), 1) => (*one).clone(),
        (Some(first), count) => format!("{first} and {} more", count - 1),
    };
    let done = match &outcome.summary {
        None => {
            let errors = outcome.diagnostics.iter().filter(|found| found.is_error()).count();
            format!("{}; the site is unchanged,", plural(errors, "error"))
        }
        Some(Summary { rendered, changes, stats, .. }) => {
            let left_out: String =
                left_out(stats).map(|left_out| [", ", &left_out].concat()).collect();
            let (rendered, written) = (plural(*rendered, "page"), changes.written.len());
            format!(
                "{rendered} rendered, {written} written, {} removed{left_out}",
                changes.removed.len()
            )
        }
    };
    let fixed = if is_fixed { "errors fixed; " } else { "" };
    format!("{changed}: {fixed}{done} in {seconds:.3} s")
}

/// What was left out, for each kind: `2 documents left out`.
fn left_out(stats: &SiteStats) -> impl Iterator<Item = String> {
    let kinds =
        [(stats.left_out, "document", "documents"), (stats.left_out_aliases, "alias", "aliases")];
    let there = kinds.into_iter().filter(|(count, ..)| *count > 0);
    there.map(|(count, one, more)| {
        format!("{count} {} left out", if count == 1 { one } else { more })
    })
}

/// A number with its noun.
pub(super) fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// Prints a text to standard output.
pub(super) fn print(text: &[u8]) -> ExitCode {
    match io::stdout().write_all(text) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of a pipe may close it early.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let location = Location::file("standard output");
            Terminal::new(false).show(&[Diagnostic::new(
                Code::UnwritableFile,
                location,
                format!("cannot write to it: {error}"),
            )]);
            ExitCode::from(EXIT_SITE_ERRORS)
        }
    }
}

/// Prints an error without a location.
pub(super) fn print_error(message: &str) {
    let _ = writeln!(io::stderr(), "error: {}", escaped(message));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::escape::is_hidden;
    use crate::publish::OutputChanges;

    #[test]
    fn multi_line_help_is_indented() {
        let found = Diagnostic::new(Code::NotUtf8, Location::file("a.md"), "m")
            .help("write\nprovider:\n  name: A\u{202e}");
        let shown = text(&found, &Renderer::plain());
        assert!(shown.contains("provider:\n") && shown.contains("  name: A\\u{202e}"), "{shown}");
    }

    #[test]
    fn diagnostics_escape_hidden_characters() {
        let hidden = "\u{9b}31m\u{1b}[2J\u{85}\n\u{202e}\u{200b}\u{e0041}";
        let location = || {
            Location::on_line(format!("a{hidden}.md"), 1, 8, 9, &format!("title: {hidden}{hidden}"))
        };
        let diagnostic = Diagnostic::new(Code::UnknownKey, location(), hidden)
            .label(hidden)
            .help(hidden)
            .other(location(), hidden);
        let shown = text(&diagnostic, &Renderer::plain());
        let lines: Vec<&str> = shown.lines().collect();
        assert!(!shown.contains(|c| c != '\n' && is_hidden(c)), "{shown:?}");
        assert!(
            lines[0].starts_with(
                "warning[W0065]: \\u{9b}31m\\u{1b}[2J\\u{85}\\u{a}\\u{202e}\\u{200b}\\u{e0041}"
            ),
            "{shown}"
        );
        assert!(lines[1].ends_with(".md:1:8"), "{shown}");
        assert!(shown.lines().all(|line| line.is_empty() || !line.starts_with("31m")), "{shown}");
    }

    #[test]
    fn carets_align_with_escaped_characters() {
        let location = Location::on_line("a.md", 3, 6, 3, "\u{202e}\t\u{200b}: bé\u{200b}d");
        let shown = text(&Diagnostic::new(Code::NotUtf8, location, "wrong"), &Renderer::plain());
        let expected = "error[E0017]: wrong\n --> a.md:3:6\n  |\n3 | \\u{202e}    \\u{200b}: bé\\u{200b}d\n  |                       ^^^^^^^^^^";
        assert_eq!(shown, expected);
    }

    #[test]
    fn long_line_reports_its_column_in_the_file() {
        let location = Location::on_line(
            "a.md",
            1,
            545,
            3,
            &format!("{}abc{}", "x".repeat(544), "y".repeat(999)),
        );
        let shown = text(&Diagnostic::new(Code::NotUtf8, location, "wrong"), &Renderer::plain());
        assert!(shown.contains(" --> a.md:1:545\n"), "{shown}");
    }

    #[test]
    fn build_summary_line() {
        let changes =
            OutputChanges { written: vec!["index.html".into(); 512], ..OutputChanges::default() };
        let stats = SiteStats { articles: 428, topics: 6, providers: 1, ..SiteStats::default() };
        let mut site = Summary {
            stats,
            files: 512,
            outdated: 512,
            rendered: 499,
            changes,
            ..Summary::default()
        };
        assert_eq!(
            summary(&site, 0.081),
            "428 articles, 6 topics, 1 provider: 512 files, 512 written, 0 unchanged, 0 removed in 0.08 s"
        );
        site.stats.left_out = 2;
        assert!(summary(&site, 1.0).starts_with("428 articles (2 documents left out), 6 topics"));
        site.stats.withheld.unpublished = 246;
        let missing = "428 articles (not counting 246 unpublished, 2 documents left out), 6 topics";
        assert!(summary(&site, 1.0).starts_with(missing));
    }

    #[test]
    fn errors_show_source_line_and_help() {
        let location = Location::on_line("content/é.md", 9, 10, 4, "quälity: high");
        let diagnostic =
            Diagnostic::new(Code::NotUtf8, location, "`quality` must be a whole number")
                .label("this is a text")
                .help("do");
        let expected = "error[E0017]: `quality` must be a whole number\n --> content/é.md:9:10\n  |\n9 | quälity: high\n  |          ^^^^ this is a text\n  |\n  = help: do";
        assert_eq!(Terminal::new(false).text(&diagnostic), expected);
    }
}
