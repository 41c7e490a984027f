//! How the time that a body takes grows with its length: for shapes of text that make parsers slow,
//! from 60 to 480 kB.
//!
//! Prints a line for each shape, the worst first, and fails where the time grows by more than
//! [`HIGHEST`] when the text doubles. Words on the command line choose the shapes whose names hold
//! one of them.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench may do what the program may not"
)]

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::DateTime;
use newsgen::config::{Config, Overrides};
use newsgen::document::body::{self, BodyOptions, HtmlTarget};
use newsgen::document::{self, Document};
use newsgen::locale::Locale;
use newsgen::slug::Slugs;
use newsgen::source::{FileStamp, Folder, SiteFile};

/// The program's own allocator: that of the system gives large blocks back each time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The lengths of the bodies, in bytes: each twice the one before.
const LENGTHS: [usize; 4] = [60_000, 120_000, 240_000, 480_000];

/// Work that grows with the text doubles with it; the rest is noise and what grows by the
/// logarithm.
const HIGHEST: f64 = 2.4;

/// Each time is the shortest of so many.
const RUNS: usize = 5;

/// A shape that grows by too much is measured so often before it counts: other programs may have
/// had the machine.
const ROUNDS: usize = 5;

/// A run that takes longer is not repeated, and no longer body of its shape is tried.
const MAX_LENGTH: Duration = Duration::from_secs(4);

const FRONT_MATTER: &str = "---\ntitle: T\npublishedDateTime: 2026-01-01T00:00:00Z\noriginalUrl: https://a.example/x\n\
    provider:\n  domain: a.example\n---\n";

/// How a text of any length is made.
enum Shape {
    /// Of one part, again and again.
    Of(&'static str),
    /// Half of it of one part, and half of another one.
    Halves(&'static str, &'static str),
    /// Of parts in which `#` is a number that grows.
    Numbered(&'static str),
    /// The same, and as many parts of another kind.
    NumberedHalves(&'static str, &'static str),
    /// Lines that repeat the first part once more than the line before, followed by the second.
    Stairs(&'static str, &'static str),
    /// A head, and then parts.
    Behind(&'static str, &'static str),
}

use Shape::{Behind, Halves, Numbered, NumberedHalves, Of, Stairs};

const SHAPES: &[(&str, Shape)] = &[
    ("words", Of("The first ships came in at noon. ")),
    ("paragraphs", Of("The first ships came in at *noon*.\n\n")),
    (
        "usual mixture",
        Of(
            "## Noon\n\nThe [ships](https://a.example/x) came *in*.\n\n- One\n- Two\n\n![a](/b.png)\n\n> Quoted.\n\n`code`\n\n",
        ),
    ),
    // Containers.
    ("lists on one line, lazy lines", Halves("- ", "\nb")),
    ("quotes on one line, lazy lines", Halves("> ", "\nb")),
    ("quotes without blanks, lazy lines", Halves(">", "\nb")),
    ("lists and quotes, lazy lines", Halves("> - ", "\nb")),
    ("ordered lists on one line, lazy lines", Halves("1. ", "\nb")),
    ("wide ordered lists, lazy lines", Halves("123456789. ", "\nb")),
    ("mixed lists on one line, lazy lines", Halves("- + * 1) ", "\nb")),
    ("footnotes in quotes, lazy lines", Halves("> [^a]: ", "\nb")),
    ("lists on one line", Of("- ")),
    ("lists on one line, blank lines", Halves("- ", "\n\n")),
    ("lists on one line, then indented", Halves("- ", "\n  b")),
    ("lists by stairs", Stairs("  ", "- a\n")),
    ("lists by stairs of tabs", Stairs("\t", "- a\n")),
    ("quotes by stairs", Stairs(">", "a\n")),
    ("ordered lists by stairs", Stairs("   ", "1. a\n")),
    ("lists and quotes by stairs", Stairs("> ", "- a\n")),
    ("lists by stairs, blank lines", Stairs("  ", "- a\n\n")),
    (
        "100 quotes, lazy lines",
        Behind(
            "> > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > > a\n",
            "b\n",
        ),
    ),
    (
        "90 lists, lazy lines",
        Behind(
            "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - a\n",
            "b\n",
        ),
    ),
    (
        "90 lists, blank lines",
        Behind(
            "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - a\n",
            "\n",
        ),
    ),
    ("quotes that end", Of("> > > a\n\n")),
    ("empty items", Of("-\n")),
    ("empty items, blank lines", Of("-\n\n")),
    ("items", Of("- a\n")),
    ("loose items", Of("- a\n\n")),
    ("task items", Of("- [x] a\n")),
    ("ordered items", Of("1. a\n")),
    ("lists of two kinds in turn", Of("- a\n+ b\n")),
    ("quotes of a line", Of("> a\n")),
    ("thematic breaks", Of("---\n\n")),
    ("a long thematic break", Of("- - ")),
    ("nearly a thematic break in lists", Behind("+ ", "- - ")),
    // Code.
    ("fences", Of("```\n")),
    ("long fences", Of("~~~~~~~~\n\n")),
    ("fences in quotes", Of("> ```\n\n")),
    ("growing fences", Stairs("`", "``\n")),
    ("indented code", Of("    a\n")),
    ("indented code and blank lines", Of("    a\n\n\n")),
    ("code full of quotes", Behind("```\n", "> > > > ")),
    ("backticks", Of("`")),
    ("backticks apart", Of("` ")),
    ("growing backticks", Stairs("`", " a ")),
    ("growing backticks on lines", Stairs("`", "a\n")),
    ("code spans", Of("`a` ")),
    ("backticks and backslashes", Of("\\`")),
    // Emphasis.
    ("stars", Of("*")),
    ("opened stars", Of("*a ")),
    ("closed stars", Of("a* ")),
    ("opened underscores", Of("_a ")),
    ("stars and underscores", Of("*a_ ")),
    ("opened stars and underscores", Of("*a _b ")),
    ("strong and not", Of("**x* ")),
    ("triple stars", Of("***a ")),
    ("nested emphasis", Halves("*a ", " b*")),
    ("nested strong", Halves("**a ", " b**")),
    ("tildes", Of("~~a ")),
    ("tildes of one and two", Of("~a ~~b ")),
    ("stars, underscores, tildes", Of("*a _b ~~c ")),
    ("runs of three lengths", Of("a**b c* ")),
    ("closed before opened", Of("a*b_c*d_")),
    // Links.
    ("brackets", Of("[")),
    ("closed brackets", Of("]")),
    ("brackets with letters", Of("[a ")),
    ("picture brackets", Of("![")),
    ("picture brackets with letters", Of("![a ")),
    ("nested brackets", Halves("[", "]")),
    ("nested picture brackets", Halves("![", "]")),
    ("nested links", Halves("[a", "](b)")),
    ("nested pictures", Halves("![a", "](b)")),
    ("empty links", Of("[]()")),
    ("links", Of("[a](https://a.example/b) ")),
    ("pictures", Of("![a](/b.png) ")),
    ("links without an end", Of("[a](")),
    ("links without an end in brackets", Of("[a](<b")),
    ("links with a title without an end", Of("[a](b \"")),
    ("links with a title in brackets without an end", Of("[a](b (")),
    ("opened parentheses of a link", Behind("[a](", "(")),
    ("undefined references", Of("[a][b] ")),
    ("undefined collapsed references", Of("[a][] ")),
    ("shortcut references", Behind("[a]: /b\n\n", "[a] ")),
    (
        "long shortcut references",
        Behind(
            "[a]: /bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n\n",
            "[a] ",
        ),
    ),
    ("definitions", Numbered("[a#]: /b\n")),
    ("definitions apart", Numbered("[a#]: /b\n\n")),
    ("definitions and references", NumberedHalves("[a#]: /b\n", "[a#] ")),
    ("definitions of one label", Of("[a]: /b\n")),
    ("definitions without an address", Of("[a]:\n")),
    ("definitions with a title without an end", Of("[a]: b \"c\n")),
    ("definitions with titles without an end apart", Of("[a]: /b\n'c\n")),
    ("a long label", Behind("[", "a ")),
    ("labels without an end", Of("[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n")),
    ("parentheses", Halves("(", ")")),
    ("autolinks", Of("<https://a.example/> ")),
    ("mail autolinks", Of("<a@b.example> ")),
    ("autolinks without an end", Of("<https://a ")),
    ("mail without an end", Of("<a@b ")),
    ("long schemes", Of("<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:")),
    // Footnotes.
    ("footnotes", NumberedHalves("a[^#]\n\n", "[^#]: b\n\n")),
    ("one footnote, many references", Behind("[^a]: b\n\n", "x[^a] ")),
    ("footnotes that nobody names", Numbered("[^a#]: b\n\n")),
    ("footnotes on one line", Numbered("[^a#]: ")),
    ("footnotes of one label", Of("[^a]: b\n\n")),
    ("undefined footnote references", Numbered("a[^#] ")),
    ("footnotes that name the next", Behind("a[^1]\n\n", "[^1]: b[^1] c[^1]\n\n")),
    ("footnotes that name one another", NumberedHalves("[^#]: b[^a#]\n\n", "[^a#]: c[^#]\n\n")),
    ("footnote brackets", Of("[^")),
    // Headings.
    ("headings", Numbered("# A #\n\n")),
    ("headings of one text", Of("# A\n\n")),
    ("headings of texts like ids", NumberedHalves("# A-#\n\n", "# A\n\n")),
    ("headings of one explicit id", Of("# A {#b}\n\n")),
    ("headings of braces", Of("# A {\n\n")),
    ("a heading of braces", Behind("# A ", "{#a ")),
    ("a long heading", Behind("# ", "a ")),
    ("underlined headings", Of("a\n=\n")),
    ("a long underlined paragraph", Halves("a\n", "=")),
    ("hashes", Of("#")),
    ("hashes at the end", Behind("# a ", "#")),
    ("fragments that lead nowhere", Numbered("[a](#b#) ")),
    // Tables.
    ("table rows", Behind("|a|b|\n|-|-|\n", "|c|d|\n")),
    ("table columns", Halves("|a", "\n|-")),
    (
        "a wide table",
        Behind("|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|\n|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|-|\n", "|\n"),
    ),
    ("pipes", Of("|")),
    ("pipes on lines", Of("|\n")),
    ("rows without a head", Of("|a|b|\n")),
    ("heads", Of("|a|\n|-|\n")),
    ("heads of columns that differ", Of("|a|b|\n|-|\n")),
    ("delimiters", Of("|-")),
    ("tables apart", Of("|a|\n|-|\n|b|\n\n")),
    ("escaped pipes", Behind("|a|\n|-|\n", "\\|")),
    // HTML.
    ("angle brackets", Of("<")),
    ("closed angle brackets", Of(">a")),
    ("tags", Of("<b>a</b> ")),
    ("opened tags", Of("<b>")),
    ("closing tags", Of("</b>")),
    ("nested blocks", Halves("<div>", "</div>")),
    ("nested blocks on lines", Halves("<div>\n\n", "</div>\n\n")),
    ("nested inline tags", Halves("a <b>", "</b>")),
    ("misnested tags", Of("<b><i></b></i>")),
    ("formatting in blocks", Of("<b><p>")),
    ("links in blocks", Of("<a href=x><div>")),
    ("tables of HTML", Of("<table><tr><td>")),
    ("texts in tables", Of("<table>a<tr>b")),
    ("lists of HTML", Of("<ul><li>")),
    ("definitions of HTML", Of("<dl><dt><dd>")),
    ("comments", Of("<!-- a -->")),
    ("comments without an end", Of("<!-- a ")),
    ("comments on lines without an end", Of("a <!--\n\n")),
    ("declarations without an end", Of("a <!A ")),
    ("instructions without an end", Of("a <? ")),
    ("CDATA without an end", Of("a <![CDATA[ ")),
    ("tags without an end", Of("a <b c ")),
    ("tags with an attribute without an end", Of("a <b c=\"")),
    ("a tag of many attributes", Numbered("<b a# ")),
    ("many attributes", Behind("a <b ", "c=d ")),
    ("many attributes of many names", Behind("<div ", "a b c d e f ")),
    ("scripts", Of("<script>a</script>\n")),
    ("scripts without an end", Of("<script>\n\n")),
    ("styles and comments", Of("<style><!--</style>\n")),
    ("text areas", Of("a <textarea>")),
    ("forms and fields", Of("<form><input>")),
    ("frames", Of("<iframe src=x>\n")),
    ("pictures of HTML", Of("<img src=/x.png alt=\"a\">")),
    ("attributes that are dropped", Of("<p style=a class=b onclick=c>d</p>\n")),
    ("ids of HTML", Numbered("<p id=a#>b</p>\n")),
    ("ruby", Of("<ruby>a<rt>b")),
    ("svg", Of("<svg><style>")),
    ("headings of HTML", Of("<h2>a<h3>")),
    ("details", Of("<details><summary>")),
    // Characters.
    ("entities", Of("&amp;")),
    ("numbers of entities", Of("&#65;")),
    ("ampersands", Of("&")),
    ("long entities", Of("&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
    ("backslashes", Of("\\")),
    ("escaped stars", Of("\\*")),
    ("exclamation marks", Of("!")),
    ("colons", Of(":")),
    ("dollars", Of("$a$ $$")),
    ("blank lines", Of("\n")),
    ("blanks", Of(" ")),
    ("tabs", Of("\t")),
    ("hard breaks", Of("a  \n")),
    ("hard breaks by backslashes", Of("a\\\n")),
    ("carriage returns", Of("a\r")),
    ("no blanks", Of("天")),
    ("marks", Behind("a", "\u{301}")),
    ("joiners", Of("👩\u{200d}")),
    ("invisible characters", Of("\u{200b}")),
    ("controls", Of("\u{1}a")),
    ("quotation marks", Of("\"'")),
    ("one long line", Of("a")),
    ("lines", Of("a\n")),
];

impl Shape {
    fn text(&self, length: usize) -> String {
        let cut = |mut text: String| {
            while text.len() > length {
                text.pop();
            }
            text
        };
        let repeated = |part: &str, length: usize| part.repeat(length / part.len());
        let numbered = |part: &str, length: usize| {
            let mut text = String::new();
            for number in 1.. {
                text.push_str(&part.replacen(
                    '#',
                    &number.to_string(),
                    1 + usize::from(part.starts_with('#')),
                ));
                if text.len() >= length {
                    break;
                }
            }
            text
        };
        match *self {
            Of(part) => repeated(part, length),
            Halves(first, second) => {
                // As many of the one as of the other, so that nested pairs are closed.
                let count = length / (first.len() + second.len());
                [first.repeat(count), second.repeat(count)].concat()
            }
            Numbered(part) => cut(numbered(part, length)),
            NumberedHalves(first, second) => {
                [numbered(first, length / 2), numbered(second, length / 2)].concat()
            }
            Stairs(step, end) => {
                let mut text = String::new();
                for height in 0.. {
                    text.extend([step.repeat(height).as_str(), end]);
                    if text.len() >= length / 2 {
                        break;
                    }
                }
                text + &repeated("b\n", length / 2)
            }
            Behind(head, part) => [head, &repeated(part, length - head.len())].concat(),
        }
    }
}

fn config() -> Config {
    let now = DateTime::from_timestamp(2_000_000_000, 0).expect("instant");
    let overrides =
        Overrides { base_url: None, now, unpublished: false, future: false, preview: false };
    Config::parse("site.toml", "title = \"T\"\nbase_url = \"https://t.example/\"\n", &overrides)
        .expect("config")
}

/// All that a build does with a body: it is read, and becomes HTML for both kinds of pages.
fn publish(file: &SiteFile, text: &str, config: &Config) -> bool {
    let (document, diagnostics) = document::parse(file, text.as_bytes(), config);
    black_box(diagnostics);
    let Some(Document::Article(article)) = document else { return false };
    let links = BodyOptions {
        root: "/",
        outbound_rel: "nofollow",
        locale: Locale::english(),
        slugs: Slugs::default(),
    };
    for form in [HtmlTarget::Html, HtmlTarget::Amp] {
        black_box(body::to_html(&article.article_body.body, links, form));
    }
    true
}

/// The seconds that a shape takes at each of [`LENGTHS`], and whether the longest body is
/// published.
fn measure(shape: &Shape, config: &Config) -> (Vec<f64>, bool) {
    let folder = Arc::new(Folder { name: "content", on_disk: "content".into() });
    let stamp = FileStamp { length: 0, changed_at: 0, touched_at: 0 };
    let file = SiteFile { path: "a.md".into(), folder, stamp };
    let (mut times, mut is_published) = (Vec::new(), true);
    for length in LENGTHS {
        let text = [FRONT_MATTER, &shape.text(length)].concat();
        let mut best = Duration::MAX;
        for _ in 0..RUNS {
            let start = Instant::now();
            is_published = publish(&file, &text, config);
            best = best.min(start.elapsed());
            if best > MAX_LENGTH / 10 {
                break;
            }
        }
        times.push(best.as_secs_f64());
        if best > MAX_LENGTH {
            break;
        }
    }
    (times, is_published)
}

/// By how much the time grows when the text doubles, on the average.
fn growth(times: &[f64]) -> f64 {
    match times {
        [first, .., last] => {
            (last / first).powf(1.0 / f64::from(u8::try_from(times.len() - 1).unwrap_or(1)))
        }
        _ => f64::INFINITY,
    }
}

fn main() -> ExitCode {
    let words: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let is_chosen = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word));
    let config = config();
    let mut lines: Vec<(f64, String)> = Vec::new();
    for (name, shape) in SHAPES.iter().filter(|(name, _)| is_chosen(name)) {
        let (mut times, is_published) = measure(shape, &config);
        for _ in 1..ROUNDS {
            if growth(&times) < HIGHEST {
                break;
            }
            let again = measure(shape, &config).0;
            times = times.iter().zip(again).map(|(time, again)| time.min(again)).collect();
        }
        let growth = growth(&times);
        let shown: Vec<String> = times.iter().map(|time| format!("{:>8.1}", time * 1e3)).collect();
        let refused = if is_published { "" } else { "  (refused)" };
        lines.push((growth, format!("{growth:>6.2}  {}  {name}{refused}", shown.join(" "))));
    }
    lines.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("growth  milliseconds at {LENGTHS:?} bytes");
    for (_, line) in &lines {
        println!("{line}");
    }
    let worst = lines.first().map_or(0.0, |line| line.0);
    println!(
        "{} shapes; the worst grows by {worst:.2} per doubling, where {HIGHEST} is the limit",
        lines.len()
    );
    if worst < HIGHEST { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
