//! Terms of articles: cut words, and pairs of characters where words have no spaces between them.
//!
//! Nothing here knows a language. Words are cut to [`STEM_LENGTH`] letters, so that most inflected
//! forms are one term.

use std::borrow::Cow;
use std::hash::{BuildHasherDefault, Hasher};

use icu::segmenter::options::WordBreakInvariantOptions;
use icu::segmenter::{WordSegmenter, WordSegmenterBorrowed};
use percent_encoding::percent_decode_str;
use twox_hash::XxHash3_64;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_canonical;

use super::article::StoryArticle;
use crate::http_url::HttpUrl;

/// The number of letters that words are cut to.
const STEM_LENGTH: usize = 6;

/// The weight of a term that only the excerpt has. Those of the title weigh 1.
const EXCERPT_WEIGHT: f64 = 0.3;

/// The number of bytes of a text that are read.
const MAX_TEXT_LENGTH: usize = 600;

/// Shorter titles prove nothing by being equal.
const MIN_TITLE_TERMS: usize = 3;

/// A part of an address with fewer words is no title.
const MIN_SLUG_WORDS: usize = 3;

/// A longer word with digits in an address is a number of the publisher's system.
const MAX_NUMBER_LENGTH: usize = 4;

/// Shorter words are taken for common ones until articles tell: in all languages with an alphabet
/// most short words are.
const SHORT_LENGTH: usize = 3;

/// A term, by the hash of its text. The last bit tells whether it is a short word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct StoryTerm(u64);

impl StoryTerm {
    pub(super) fn of(text: &str) -> Self {
        let is_short = text.chars().count() <= SHORT_LENGTH
            && !text.contains(|c: char| is_unspaced(c) || c.is_numeric());
        Self(XxHash3_64::oneshot(text.as_bytes()) & !1 | u64::from(is_short))
    }

    /// A hash for tables, without the bit for short words.
    pub(super) fn spread(self) -> usize {
        // Truncation is harmless: on a machine of 32 bits, half of the hash remains.
        usize::try_from(self.0 >> 1 & u64::from(u32::MAX)).unwrap_or(0)
    }

    pub(super) fn is_short(self) -> bool {
        self.0 & 1 == 1
    }
}

/// Hashes [`StoryTerm`]s, which are hashes already.
#[derive(Default)]
pub(super) struct TermHasher(u64);

impl Hasher for TermHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = XxHash3_64::oneshot(bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

pub(super) type BuildTermHasher = BuildHasherDefault<TermHasher>;

/// The terms of an article.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TermWeights {
    /// Each term with its weight, in order of the terms.
    pub weights: Vec<(StoryTerm, f64)>,
    /// The terms of the title in their order, as one. `None` if it has too few.
    pub title: Option<StoryTerm>,
}

impl TermWeights {
    pub(super) fn of(article: &StoryArticle) -> Self {
        let mut weights = Vec::new();
        let mut title = Vec::new();
        for_each_term(article.title, |term, _| title.push(StoryTerm::of(term)));
        weights.extend(title.iter().map(|term| (*term, 1.0)));
        if let Some(slug) = article.original.and_then(slug_text) {
            for_each_term(&slug, |term, _| {
                if !is_serial_number(term) {
                    weights.push((StoryTerm::of(term), 1.0));
                }
            });
        }
        for_each_term(article.excerpt, |term, _| {
            weights.push((StoryTerm::of(term), EXCERPT_WEIGHT));
        });
        weights.sort_unstable_by(|(a, x), (b, y)| a.cmp(b).then(y.total_cmp(x)));
        weights.dedup_by_key(|(term, _)| *term);
        Self { weights, title: fingerprint(&title) }
    }
}

fn fingerprint(title: &[StoryTerm]) -> Option<StoryTerm> {
    let bytes: Vec<u8> = title.iter().flat_map(|term| term.0.to_le_bytes()).collect();
    (title.len() >= MIN_TITLE_TERMS).then(|| StoryTerm(XxHash3_64::oneshot(&bytes)))
}

/// Calls `visit` with each term of an article's title, address and excerpt, and with the word that
/// it was cut from.
pub(super) fn for_each_term_of(article: &StoryArticle, mut visit: impl FnMut(&str, &str)) {
    for_each_term(article.title, &mut visit);
    if let Some(slug) = article.original.and_then(slug_text) {
        for_each_term(&slug, &mut visit);
    }
    for_each_term(article.excerpt, &mut visit);
}

/// Calls `visit` with each term of a text, and with the word that it was cut from.
fn for_each_term(text: &str, mut visit: impl FnMut(&str, &str)) {
    let text = normalized(prefix(text, MAX_TEXT_LENGTH));
    let mut rest: &str = &text;
    while let Some(first) = rest.chars().next() {
        let is_unspaced = is_unspaced(first);
        let end = rest.find(|c| self::is_unspaced(c) != is_unspaced).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if is_unspaced {
            for_each_pair(run, |pair| visit(pair, pair));
        } else {
            for_each_word(run, |word| visit(stem(word), word));
        }
        rest = after;
    }
}

/// The first bytes of a text, at most `length`.
fn prefix(text: &str, length: usize) -> &str {
    let end = (0..=length).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    if text.len() <= length { text } else { text.get(..end).unwrap_or(text) }
}

/// A text in lower case, without differences of form that a reader hardly sees: width, ligatures,
/// accents of Latin letters.
fn normalized(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.to_ascii_lowercase().into();
    }
    let lower = text.nfkc().flat_map(char::to_lowercase);
    lower.filter(|c| !is_accent(*c)).map(without_accent).collect::<String>().into()
}

fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn without_accent(c: char) -> char {
    if !matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}') {
        return c;
    }
    let mut base = None;
    decompose_canonical(c, |part| {
        base.get_or_insert(part);
    });
    base.unwrap_or(c)
}

/// Whether a character belongs to a script whose words have no spaces between them, or, in Korean,
/// particles at their ends.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' // Thai
        | '\u{e81}'..='\u{ecf}' | '\u{edc}'..='\u{edf}' // Lao
        | '\u{1000}'..='\u{103f}' | '\u{1050}'..='\u{108f}' // Myanmar
        | '\u{1780}'..='\u{17d3}' // Khmer
        | '\u{3005}' | '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' // Kana
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' // Han
        | '\u{20000}'..='\u{3ffff}'
        | '\u{ac00}'..='\u{d7a3}') // Hangul
}

/// Calls `visit` with each pair of adjacent characters, or with a single one.
fn for_each_pair(run: &str, mut visit: impl FnMut(&str)) {
    let mut starts = run.char_indices().map(|(start, _)| start);
    let mut ends = run.char_indices().map(|(start, c)| start + c.len_utf8()).skip(1).peekable();
    if ends.peek().is_none() {
        visit(run);
    }
    for end in ends {
        let start = starts.next().expect("a character before the second");
        visit(run.get(start..end).expect("both are at characters"));
    }
}

/// Calls `visit` with each word, without elided articles and endings after an apostrophe.
fn for_each_word(run: &str, mut visit: impl FnMut(&str)) {
    let segmenter: WordSegmenterBorrowed<'static> =
        WordSegmenter::new_for_non_complex_scripts(WordBreakInvariantOptions::default());
    let breaks = segmenter.segment_str(run);
    let mut start = 0;
    for end in breaks {
        let segment = run.get(start..end).expect("breaks are at characters");
        let part = longest_part(segment);
        if part.contains(char::is_alphanumeric) {
            visit(&without_marks(part));
        }
        start = end;
    }
}

fn longest_part(word: &str) -> &str {
    let longer = |a: &'_ str, b: &'_ str| b.len() > a.len();
    word.split(['\'', '\u{2019}'])
        .reduce(|longest, part| if longer(longest, part) { part } else { longest })
        .unwrap_or(word)
}

/// `u.s` is `us`, and `1,000` is `1000`, but `3.5` remains.
fn without_marks(word: &str) -> Cow<'_, str> {
    let mark = if has_digit(word) { ',' } else { '.' };
    if word.contains(mark) { word.replace(mark, "").into() } else { word.into() }
}

fn has_digit(word: &str) -> bool {
    word.contains(char::is_numeric)
}

fn stem(word: &str) -> &str {
    if has_digit(word) {
        return word;
    }
    word.char_indices().nth(STEM_LENGTH).and_then(|(end, _)| word.get(..end)).unwrap_or(word)
}

/// The part of an address that holds a title: the one with the most words.
fn slug_text(original: &HttpUrl) -> Option<String> {
    let path = percent_decode_str(original.path()).decode_utf8_lossy();
    let part = path.split('/').max_by_key(|part| word_count(part))?;
    let part = prefix(part, MAX_TEXT_LENGTH);
    let part = part.rsplit_once('.').map_or(part, |(name, _)| name);
    let is_title = word_count(part) >= MIN_SLUG_WORDS;
    is_title.then(|| part.replace(['_', '+', '-'], " "))
}

/// The number of words of a text, about: where no spaces separate them, most have two characters or
/// three.
fn word_count(text: &str) -> usize {
    const UNSPACED_LENGTH: usize = 3;
    let unspaced = text.chars().filter(|c| is_unspaced(*c)).count();
    let is_separator = |c: char| !c.is_alphanumeric() || is_unspaced(c);
    text.split(is_separator).filter(is_word).count() + unspaced / UNSPACED_LENGTH
}

fn is_word(part: &&str) -> bool {
    part.len() > 1 && part.contains(char::is_alphabetic)
}

fn is_serial_number(term: &str) -> bool {
    has_digit(term) && term.len() > MAX_NUMBER_LENGTH
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        let mut terms = Vec::new();
        for_each_term(text, |term, _| terms.push(term.to_owned()));
        terms
    }

    #[test]
    fn words_are_cut_and_folded() {
        assert_eq!(terms("Beyoncé’s ＮＥＷ albums"), ["beyonc", "new", "albums"]);
        assert_eq!(
            terms("U.S. vs US: $1,000 for 3.5 l'économie"),
            ["us", "vs", "us", "1000", "for", "3.5", "econom"]
        );
        assert_eq!(terms("Straßenbahnen in Städten"), ["straße", "in", "stadte"]);
        assert_eq!(terms(""), [""; 0]);
        assert_eq!(terms("– … !"), [""; 0]);
    }

    #[test]
    fn unspaced_scripts_give_pairs() {
        assert_eq!(terms("東京で地震"), ["東京", "京で", "で地", "地震"]);
        assert_eq!(terms("서울 GPU2 비"), ["서울", "gpu2", "비"]);
        assert_eq!(terms("ＡＩ半導体、ﾄﾖﾀ"), ["ai", "半導", "導体", "トヨ", "ヨタ"]);
    }

    #[test]
    fn marks_do_not_split_words() {
        assert_eq!(terms("हिन्दी समाचार").len(), 2);
        assert_eq!(terms("الزِّلزال").len(), 1);
    }

    #[test]
    fn slug_is_the_wordiest_part_of_the_address() {
        let slug = |url: &str| slug_text(&HttpUrl::parse(url).expect("a URL"));
        assert_eq!(
            slug("https://a.example/news/2026/ferry-aurora-runs-aground-1234.html?x=1"),
            Some("ferry aurora runs aground 1234".to_owned())
        );
        assert_eq!(slug("https://a.example/2026/11/x-2"), None);
        // A section whose name is percent-encoded is no title.
        assert_eq!(slug("https://a.example/社会新闻/x-2.html"), None);
        assert_eq!(
            slug("https://a.example/社会新闻/极光号渡轮在海峡搁浅.html").as_deref(),
            Some("极光号渡轮在海峡搁浅")
        );
        assert!(
            is_serial_number("12345") && !is_serial_number("2026") && !is_serial_number("aurora")
        );
    }

    #[test]
    fn long_texts_are_cut_at_characters() {
        assert_eq!(prefix("aé", 2), "a");
        assert_eq!(prefix("aé", 3), "aé");
        let long = "é".repeat(MAX_TEXT_LENGTH);
        assert_eq!(prefix(&long, MAX_TEXT_LENGTH).len(), MAX_TEXT_LENGTH);
    }
}
