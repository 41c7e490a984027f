//! Bookmarks as CSV, as services for reading later and for bookmarks export them.

use std::borrow::Cow;

use chrono::DateTime;
use chrono_tz::Tz;
use csv::{Position, ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, UTF_8};
use memchr::memchr_iter;

use super::item::{ImportItem, KeyUse, ReadItems};
use super::options::ImportSource;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::date::{self, ParsedDate};
use crate::document::text;
use crate::http_url::HttpUrl;

/// What a column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Title,
    Link,
    Note,
    Excerpt,
    Tags,
    Folder,
    Date,
    Picture,
    /// `no` and `0` are private.
    Shared,
    Nothing,
    Other,
}

/// The columns of Pinboard, Raindrop, Pocket, Instapaper and similar exports. `description` is the
/// title beside `extended` and `href`, as in Pinboard.
fn column(name: &str, is_pinboard: bool) -> Column {
    match name.trim().to_ascii_lowercase().replace([' ', '-'], "_").as_str() {
        "description" if is_pinboard => Column::Title,
        "title" | "name" => Column::Title,
        "url" | "href" | "link" | "address" => Column::Link,
        "note" | "notes" | "extended" | "comment" | "comments" => Column::Note,
        "excerpt" | "description" | "selection" | "summary" => Column::Excerpt,
        "tags" | "labels" | "keywords" => Column::Tags,
        "folder" | "collection" => Column::Folder,
        "date" | "time" | "time_added" | "timestamp" | "created" | "created_at" | "added"
        | "date_added" | "saved_at" => Column::Date,
        "cover" | "image" => Column::Picture,
        "shared" | "public" => Column::Shared,
        "id" | "hash" | "meta" | "status" | "toread" | "favorite" | "highlights" | "type" => {
            Column::Nothing
        }
        _ => Column::Other,
    }
}

/// Folders that services have for bookmarks that nobody has put into one.
const SERVICE_FOLDERS: [&str; 6] =
    ["unread", "archive", "starred", "unsorted", "trash", "read later"];

/// Reads the bookmarks of a file, and the rows that cannot be imported.
pub(super) fn read(source: &ImportSource, zone: Tz, is_published: bool) -> ReadItems {
    let csv = decoded(&source.bytes);
    let at = |position: Option<&Position>| at(source, &csv, position.unwrap_or(&Position::new()));
    let delimiter = delimiter(&csv);
    let mut reader =
        ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(csv.as_ref());
    let headers = match reader.headers() {
        Ok(headers) => headers.clone(),
        Err(error) => return ReadItems::error(damaged(at(None), &error)),
    };
    let has = |name: &str| headers.iter().any(|header| header.trim().eq_ignore_ascii_case(name));
    let is_pinboard = has("href") && !has("title");
    let columns: Vec<Column> = headers.iter().map(|name| column(name, is_pinboard)).collect();
    if !columns.contains(&Column::Link) {
        let error = Diagnostic::new(
            Code::UnreadableImport,
            at(None),
            "the first line names no column of addresses",
        );
        let help = "the first line must name the columns, with `url` or `href` among them, separated by commas, semicolons or tabs";
        return ReadItems::error(error.help(help));
    }
    let (mut rows, mut found) = (Vec::new(), ReadItems::default());
    for row in reader.records() {
        match row {
            Ok(row) => rows.push(row),
            Err(error) => {
                found.errors.push(damaged(at(error.position()), &error));
            }
        }
    }
    let separator_of = |column| {
        let cells = rows.iter().filter_map(|row: &StringRecord| row.get(column));
        separator(&cells.collect::<Vec<_>>())
    };
    let separators: Vec<char> = (0..columns.len()).map(separator_of).collect();
    for row in &rows {
        let location = at(row.position());
        let (headers, columns, separators) = (&headers, &*columns, &*separators);
        let bookmark = Bookmark { headers, columns, separators, row };
        match bookmark.item(location, zone, is_published) {
            Ok(item) => found.items.push(item),
            Err((location, link)) => found.refuse(location, link, "this row has no web address"),
        }
    }
    found
}

/// The file as UTF-8, without a byte order mark. Spreadsheets also export UTF-16.
fn decoded(bytes: &[u8]) -> Cow<'_, [u8]> {
    match Encoding::for_bom(bytes) {
        Some((encoding, _)) if encoding != UTF_8 => {
            encoding.decode(bytes).0.into_owned().into_bytes().into()
        }
        Some((_, length)) => bytes.get(length..).unwrap_or_default().into(),
        None => bytes.into(),
    }
}

/// The delimiter that splits the header into most columns, one of them a link. In a tie the comma
/// wins, then the semicolon.
fn delimiter(csv: &[u8]) -> u8 {
    let columns = |delimiter: &u8| {
        let mut reader = ReaderBuilder::new().delimiter(*delimiter).from_reader(csv);
        let headers = reader.headers().cloned().unwrap_or_default();
        let has_link = headers.iter().any(|name| column(name, false) == Column::Link);
        if has_link { headers.len() } else { 0 }
    };
    [b'\t', b';', b','].into_iter().max_by_key(columns).unwrap_or(b',')
}

/// Where a row begins. The reader's position may be before the line breaks that precede it.
fn at(source: &ImportSource, csv: &[u8], position: &Position) -> Location {
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = csv.get(start..).unwrap_or_default();
    let breaks = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let (breaks, rest) = rest.split_at(breaks);
    let line = usize::try_from(position.line()).unwrap_or(usize::MAX);
    let line = line.saturating_add(memchr_iter(b'\n', breaks).count());
    let text = rest.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let text = String::from_utf8_lossy(text);
    Location::on_line(&source.display_path, line, 1, usize::MAX, &text)
}

fn damaged(location: Location, error: &csv::Error) -> Diagnostic {
    let message = format!("this row is damaged: {error}");
    Diagnostic::new(Code::UnreadableImport, location, message)
        .help("correct it, and import the file again")
}

struct Bookmark<'a> {
    headers: &'a StringRecord,
    columns: &'a [Column],
    /// What separates the tags of each column.
    separators: &'a [char],
    row: &'a StringRecord,
}

impl Bookmark<'_> {
    /// The bookmark of a row. On error: the row's location and the text of its link column.
    fn item(
        &self,
        location: Location,
        zone: Tz,
        is_published: bool,
    ) -> Result<ImportItem, (Location, &str)> {
        let mut item = ImportItem { location, is_published, ..ImportItem::default() };
        let columns = self.columns.iter().zip(self.separators).zip(self.headers);
        for (((column, separator), header), cell) in columns.zip(self.row) {
            let cell = cell.trim();
            if cell.is_empty() {
                continue;
            }
            let becomes = take(&mut item, *column, header, cell, *separator, zone);
            item.note(header, becomes);
        }
        if item.link.is_none() {
            let cells = self.columns.iter().zip(self.row);
            let links = cells.filter(|(column, _)| **column == Column::Link);
            let mut links = links.map(|(_, cell)| cell.trim()).filter(|cell| !cell.is_empty());
            return Err((item.location, links.next().unwrap_or_default()));
        }
        Ok(item)
    }
}

fn take(
    item: &mut ImportItem,
    column: Column,
    header: &str,
    cell: &str,
    separator: char,
    zone: Tz,
) -> KeyUse {
    match column {
        Column::Title => item.title = text::normalize(cell),
        Column::Link => match HttpUrl::parse(cell) {
            Ok(link) if item.link.is_none() => item.link = Some(link),
            _ => return KeyUse::Dropped,
        },
        Column::Note => cell.clone_into(&mut item.body),
        Column::Excerpt => item.excerpt = text::normalize(cell),
        Column::Tags => item.topics.extend(tags(cell, separator)),
        Column::Folder => {
            if SERVICE_FOLDERS.contains(&&*cell.to_lowercase()) {
                return KeyUse::Dropped;
            }
            item.topics.push(text::normalize(cell));
        }
        Column::Date => match instant(cell, zone) {
            Some(date) => item.date = Some(date),
            None => return item.keep_wrong_date(header, cell, zone),
        },
        Column::Picture => item.picture = Some(cell.to_owned()),
        Column::Shared => {
            item.is_published &= !matches!(cell, "no" | "0" | "false");
        }
        Column::Nothing => return KeyUse::Dropped,
        Column::Other => return item.keep_text(header, cell),
    }
    KeyUse::Becomes(match column {
        Column::Title => "title",
        Column::Link => "originalUrl",
        Column::Note => "body",
        Column::Excerpt => "excerpt",
        Column::Tags | Column::Folder => "topics",
        Column::Date => "publishedDateTime",
        Column::Picture => "images",
        Column::Shared | Column::Nothing | Column::Other => "published",
    })
}

/// What separates tags: bars, commas, or else spaces.
pub(super) fn separator(cells: &[&str]) -> char {
    let is_used = |separator: &char| cells.iter().any(|cell| cell.contains(*separator));
    ['|', ','].into_iter().find(is_used).unwrap_or(' ')
}

/// Tags with this separator between them.
pub(super) fn tags(cell: &str, separator: char) -> Vec<String> {
    let names = cell.split(separator);
    let names = names.map(|name| text::normalize(name.trim().trim_matches(['[', ']', '"', '#'])));
    names.filter(|name| !name.is_empty()).collect()
}

/// A time in seconds or milliseconds since 1970, or any date.
pub(super) fn instant(text: &str, zone: Tz) -> Option<ParsedDate> {
    if text.len() >= 9 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        let seconds = match text.len() {
            ..=11 => number,
            12..=14 => number / 1000,
            _ => number / 1_000_000,
        };
        let instant = DateTime::from_timestamp(seconds, 0)?;
        return Some(ParsedDate { instant, has_time: true });
    }
    date::parse(text, zone).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_one_separator() {
        for (cell, names) in [
            ("a|b c", &["a", "b c"][..]),
            ("a b, c", &["a b", "c"]),
            ("a b", &["a", "b"]),
            ("[a, b]", &["a", "b"]),
            ("", &[]),
        ] {
            let separator = separator(&[cell]);
            assert_eq!(tags(cell, separator), names, "{cell}");
        }
    }

    #[test]
    fn time_of_a_bookmark_is_in_any_unit() {
        for text in ["1714557600", "1714557600000", "1714557600000000", "2024-05-01T10:00:00Z"] {
            let date = instant(text, Tz::UTC).expect("a date");
            assert_eq!(date.instant.to_rfc3339(), "2024-05-01T10:00:00+00:00", "{text}");
        }
        assert_eq!(instant("0", Tz::UTC), None);
    }
}
