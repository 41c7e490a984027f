//! Lines and columns of YAML, counted from 1 as YAML counts them.

/// The line of the document on which its YAML begins.
pub(super) const FIRST_LINE: usize = 2;

/// Where a line begins, counted from 1 as YAML counts them.
pub(super) fn line_start(yaml: &str, line: usize) -> usize {
    line.checked_sub(2).map_or(0, |skipped| line_ends(yaml).nth(skipped).unwrap_or(yaml.len()))
}

/// Where lines end, with their breaks. For YAML also the characters U+0085, U+2028 and U+2029 end a line.
pub(super) fn line_ends(yaml: &str) -> impl Iterator<Item = usize> {
    let breaks = yaml.char_indices().filter(|(at, c)| match c {
        '\r' => !yaml.get(at + 1..).is_some_and(|rest| rest.starts_with('\n')),
        c => matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}'),
    });
    breaks.map(|(at, c)| at + c.len_utf8())
}

/// The byte at a line and column.
pub(super) fn byte_at(yaml: &str, line: usize, column: usize) -> usize {
    let start = line_start(yaml, line);
    let rest = yaml.get(start..).unwrap_or("");
    rest.char_indices().nth(column.saturating_sub(1)).map_or(yaml.len(), |(at, _)| start + at)
}

/// What a document holds from a line and column on.
pub(super) fn text_at(yaml: &str, line: usize, column: usize) -> &str {
    yaml.get(byte_at(yaml, line, column)..).unwrap_or("")
}

/// Reads `line 3 column 8` at the head of `text`.
pub(super) fn line_and_column(text: &str) -> Option<(usize, usize)> {
    let mut words = text.split([' ', ',']);
    let mut number_after = |word: &str| {
        words.next().filter(|found| *found == word)?;
        words.next()?.parse().ok()
    };
    Some((number_after("line")?, number_after("column")?))
}

/// The line and column of a byte, as YAML counts them from 1.
pub(super) fn line_and_column_of(yaml: &str, at: usize) -> (usize, usize) {
    let (mut line, mut start) = (1, 0);
    for end in line_ends(yaml).take_while(|end| *end <= at) {
        (line, start) = (line + 1, end);
    }
    (line, yaml.get(start..at).map_or(0, |part| part.chars().count()) + 1)
}
