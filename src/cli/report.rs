//! Diagnostics and progress as a terminal shows them.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::sync::Mutex;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use indicatif::{ProgressBar, ProgressStyle};

use crate::build::{Outcome, Progress, Summary};
use crate::diagnostic::{Diagnostic, Place, Severity, Span};
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
            let _ = writeln!(std::io::stdout(), "{line}");
        }
    }

    /// Says what somebody should look at.
    pub(super) fn note(&self, line: &str) {
        if self.talks {
            let _ = writeln!(std::io::stderr(), "{line}");
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
    let label = diagnostic.label.as_deref();
    let mut group = at(Group::with_title(level.primary_title(&diagnostic.message)), &diagnostic.place, label);
    for (place, what) in &diagnostic.others {
        group = at(group.element(Level::NOTE.message(what)), place, None);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    // The renderer shows what terminals obey, but not the controls of eight bits (ECMA-48, section 5.3).
    renderer.render(&[group]).replace(|c| matches!(c, '\u{80}'..='\u{9f}'), "\u{fffd}")
}

/// `group` with the place that is meant.
fn at<'a>(group: Group<'a>, place: &'a Place, label: Option<&'a str>) -> Group<'a> {
    let Some(span) = &place.span else { return group.element(Origin::path(&place.file)) };
    let annotation = AnnotationKind::Primary.span(bytes(span)).label(label);
    let snippet = Snippet::source(&span.text).line_start(span.line).path(&place.file).fold(false);
    group.element(snippet.annotation(annotation))
}

/// The bytes of the line that a span covers.
fn bytes(span: &Span) -> std::ops::Range<usize> {
    let byte = |count: usize| span.text.char_indices().nth(count).map_or(span.text.len(), |(at, _)| at);
    let start = span.column - 1 - span.skipped;
    byte(start)..byte(start + span.length)
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
    use crate::publish::Changes;

    #[test]
    fn a_terminal_obeys_nothing_that_a_diagnostic_quotes() {
        let place = Place::in_text("a.md", "title: \u{9b}31m\u{1b}[2J", 7, 12);
        let shown = text(&Diagnostic::error(place, "\u{9b}31m\u{1b}[2J\u{85}\u{202e}"), &Renderer::plain());
        let is_obeyed = |c: char| c != '\n' && c.is_control() || c == '\u{202e}';
        assert!(!shown.contains(is_obeyed) && shown.contains("\u{fffd}31m"), "{shown:?}");
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
