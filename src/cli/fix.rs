//! `newsgen check --fix`: fixes what has one right answer.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use super::formats::SitePaths;
use super::terminal::{Terminal, plural};
use crate::diagnostic::{Code, Diagnostic, Fix, Location, Origin, Span};
use crate::escape::{escaped_source, without_credentials};
use crate::publish::write_atomic;
use crate::source;

/// A fix and the span of the text that it replaces.
type LocatedFix<'a> = (&'a Span, &'a Fix);

/// A file whose problems can be fixed.
struct FixedFile<'a> {
    path: &'a str,
    before: Vec<u8>,
    /// The new text.
    text: String,
    changes: Vec<ChangedLine>,
}

/// A line that is changed.
#[derive(Debug, PartialEq, Eq)]
struct ChangedLine {
    /// From 1.
    number: usize,
    before: String,
    after: String,
}

/// Shows the changes that fix problems, and makes them if the user agrees, or without asking if
/// `is_agreed`. Returns the number of changed lines.
///
/// # Errors
/// The files that cannot be read or written, and standard input that cannot answer.
pub(super) fn fix(
    paths: &SitePaths<'_>,
    diagnostics: &[Diagnostic],
    is_agreed: bool,
    report: &Terminal,
) -> Result<usize, Vec<Diagnostic>> {
    let files = fixed_files(paths, diagnostics)?;
    let lines: usize = files.iter().map(|file| file.changes.len()).sum();
    if lines == 0 {
        report.note("no problem has a fix that newsgen can make");
        return Ok(0);
    }
    for line in files.iter().flat_map(diff) {
        report.print_always(&line);
    }
    let what = format!("{} of {}", plural(lines, "line"), plural(files.len(), "file"));
    if !is_agreed
        && !is_confirmed(&format!("Change {what}? [y/N] ")).map_err(|error| vec![error])?
    {
        report.note("nothing was changed");
        return Ok(0);
    }
    let failed = |file: &FixedFile<'_>| write(paths, file).err();
    let errors: Vec<Diagnostic> = files.iter().filter_map(failed).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    report.print(&format!("changed {what}"));
    Ok(lines)
}

/// Writes a file, unless somebody has changed it since it was read.
fn write(paths: &SitePaths<'_>, file: &FixedFile<'_>) -> Result<(), Diagnostic> {
    let path = paths.on_disk(file.path);
    if source::read(&path, file.path)? != file.before {
        let message = "the file changed in the meantime, so it was not fixed";
        return Err(Diagnostic::new(Code::ConcurrentEdit, Location::file(file.path), message)
            .help("run `newsgen check --fix` again")
            .with_origin(Origin::ConcurrentEdit));
    }
    write_atomic(&path, |new| new.write_all(file.text.as_bytes()))
}

fn fixed_files<'a>(
    paths: &SitePaths<'_>,
    diagnostics: &'a [Diagnostic],
) -> Result<Vec<FixedFile<'a>>, Vec<Diagnostic>> {
    let mut fixes: BTreeMap<&str, Vec<LocatedFix<'_>>> = BTreeMap::new();
    for Diagnostic { location, fix, .. } in diagnostics {
        let Location { file, span } = location;
        if let Some(fix) = span.as_ref().zip(fix.as_deref()) {
            fixes.entry(file).or_default().push(fix);
        }
    }
    let mut errors = Vec::new();
    let mut files = Vec::new();
    for (path, fixes) in fixes {
        match source::read(&paths.on_disk(path), path) {
            Ok(before) => {
                let Ok(text) = str::from_utf8(&before) else { continue };
                let (text, changes) = fixed(text, &fixes);
                files.push(FixedFile { path, before, text, changes });
            }
            Err(error) => errors.push(error),
        }
    }
    files.retain(|file| !file.changes.is_empty());
    if errors.is_empty() { Ok(files) } else { Err(errors) }
}

/// A text with its fixes, and the lines that change. Fixes that do not suit the text are left out.
fn fixed(text: &str, fixes: &[LocatedFix<'_>]) -> (String, Vec<ChangedLine>) {
    // Columns do not count the byte order mark that some editors add.
    let without_mark = text.trim_start_matches('\u{feff}');
    let (mark, _) = text.split_at(text.len() - without_mark.len());
    let lines: Vec<&str> = without_mark.split_inclusive('\n').collect();
    let mut new: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let mut fixes = fixes.to_vec();
    // Of several fixes in a line the last one comes first, so that the columns of the others stay.
    fixes.sort_by_key(|(span, _)| std::cmp::Reverse((span.line, span.column)));
    for (span, fix) in fixes {
        let Some(line) = new.get_mut(span.line - 1) else { continue };
        if let Some(changed) = fixed_line(line, span, fix) {
            *line = changed;
        }
    }
    let changed =
        lines.iter().zip(&new).enumerate().filter(|(_, (before, after))| *before != *after);
    let changes = changed.map(|(at, (before, after))| ChangedLine {
        number: at + 1,
        before: before.trim_end().to_owned(),
        after: after.trim_end().to_owned(),
    });
    let changes = changes.collect();
    ([mark, &new.concat()].concat(), changes)
}

/// A line with its fix, if it has the text that the fix replaces, perhaps in quotation marks.
fn fixed_line(line: &str, span: &Span, fix: &Fix) -> Option<String> {
    let start = line.char_indices().nth(span.column - 1)?.0;
    let (before, rest) = line.split_at(start);
    let unquoted = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
    let after = unquoted.strip_prefix(&*fix.from)?;
    let quote = &rest[..rest.len() - unquoted.len()];
    let is_whole = !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    // Quoted booleans would be strings.
    let (quote, after) = match after.strip_prefix(quote) {
        Some(after) if matches!(&*fix.to, "true" | "false") => ("", after),
        _ => (quote, after),
    };
    is_whole.then(|| format!("{before}{quote}{}{after}", fix.to))
}

/// The lines that show the changes of a file.
fn diff(file: &FixedFile<'_>) -> Vec<String> {
    let changes = file.changes.iter().flat_map(|ChangedLine { number, before, after }| {
        [
            format!("@@ line {number} @@"),
            format!("-{}", escaped_source(&without_credentials(before))),
            format!("+{}", escaped_source(&without_credentials(after))),
        ]
    });
    let head = [format!("--- {}", file.path), format!("+++ {}", file.path)];
    head.into_iter().chain(changes).collect()
}

/// Asks the user, who must be at a terminal.
fn is_confirmed(question: &str) -> Result<bool, Diagnostic> {
    let unasked = |help: &str| {
        let message = "the changes above are not made: nobody can be asked";
        Diagnostic::new(Code::InvalidArgument, Location::file("--fix"), message).help(help)
    };
    if !io::stdin().is_terminal() {
        return Err(unasked("add `--yes` to make them"));
    }
    let mut answer = String::new();
    let _ = io::stderr().write_all(question.as_bytes());
    io::stdin().lock().read_line(&mut answer).map_err(|error| unasked(&error.to_string()))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed_lines(text: &str, fixes: &[(usize, usize, &str, &str)]) -> String {
        let fixes: Vec<(Span, Fix)> = fixes
            .iter()
            .map(|(line, column, from, to)| {
                let span = Location::on_line(
                    "a.md",
                    *line,
                    *column,
                    1,
                    text.lines().nth(line - 1).expect("line"),
                )
                .span;
                (span.expect("span"), Fix { from: (*from).to_owned(), to: (*to).to_owned() })
            })
            .collect();
        let fixes: Vec<LocatedFix<'_>> = fixes.iter().map(|(span, fix)| (span, fix)).collect();
        fixed(text, &fixes).0
    }

    #[test]
    fn fixes_replace_what_they_name() {
        let text = "titel: A\r\n\"excerptt\": \"20/11/2026\"\r\n";
        let fixes = [
            (1, 1, "titel", "title"),
            (2, 13, "20/11/2026", "2026-11-20"),
            (2, 1, "excerptt", "excerpt"),
        ];
        assert_eq!(fixed_lines(text, &fixes), "title: A\r\n\"excerpt\": \"2026-11-20\"\r\n");
    }

    #[test]
    fn fix_that_does_not_suit_the_text_is_left_out() {
        for (text, fix) in
            [("title: A\n", (1, 1, "titel", "title")), ("titels: A\n", (1, 1, "titel", "title"))]
        {
            assert_eq!(fixed_lines(text, &[fix]), text);
        }
    }

    #[test]
    fn fix_keeps_a_byte_order_mark() {
        let fix = (1, 1, "perpage", "per_page");
        assert_eq!(fixed_lines("\u{feff}perpage = 9\n", &[fix]), "\u{feff}per_page = 9\n");
    }

    #[test]
    fn fix_leaves_a_file_that_has_changed_since() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("site.toml");
        let save = |text: &[u8]| write_atomic(&path, |file| file.write_all(text)).expect("saved");
        let content = || source::read(&path, "site.toml").expect("read");
        save(b"perpage = 9\nsaved = 1\n");
        let paths = SitePaths { root: folder.path(), config: None };
        let file = FixedFile {
            path: "site.toml",
            before: b"perpage = 9\n".to_vec(),
            text: "per_page = 9\n".to_owned(),
            changes: Vec::new(),
        };
        let error = write(&paths, &file).expect_err("it has changed");
        assert_eq!(error.code, Code::ConcurrentEdit);
        assert_eq!(content(), b"perpage = 9\nsaved = 1\n");
        save(&file.before);
        write(&paths, &file).expect("it is as it was");
        assert_eq!(content(), b"per_page = 9\n");
    }
}
