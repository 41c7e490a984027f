//! How well articles are clustered into stories, and what it costs.
//!
//! Reads labelled headlines and pairs from `../shared/curation`, or from the folder named on the
//! command line, and prints one table: the figures of other methods on data of this form, ours, and
//! what ours must be. Fails if one is not reached. Without the folder, only the costs are measured.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    clippy::indexing_slicing,
    reason = "a bench may do what the program may not"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use chrono::DateTime;
use newsgen::digest::Digest;
use newsgen::http_url::HttpUrl;
use newsgen::story::{self, Clusterer, Placement, StoryArticle, StoryKey};
use serde::Deserialize;
use twox_hash::XxHash3_64;

/// The program's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error>>;

const DAY: i64 = 86_400;

/// Times of headlines are moved in so many ways; figures are means.
const SEEDS: u64 = 5;

/// The articles of the synthetic site.
const SITE: usize = 100_000;

/// The fastest of so many runs counts.
const RUNS: usize = 3;

/// An article with what it is compared with.
#[derive(Clone)]
struct Item {
    path: String,
    title: String,
    excerpt: String,
    provider: String,
    published: i64,
    url: HttpUrl,
    identities: [Digest; 1],
    /// The story by its label.
    story: String,
}

#[derive(Deserialize)]
struct LabelledPair {
    same_story: bool,
    weight: f64,
    a: PairItem,
    b: PairItem,
}

#[derive(Deserialize)]
struct PairItem {
    path: String,
    title: String,
    excerpt: String,
    #[serde(rename = "publishedDateTime")]
    published: String,
    url: String,
    provider: String,
}

/// Precision, recall and their harmonic mean.
#[derive(Clone, Copy, Default)]
struct Rates {
    precision: f64,
    recall: f64,
}

impl Rates {
    fn f(self) -> f64 {
        let sum = self.precision + self.recall;
        if sum > 0.0 { 2.0 * self.precision * self.recall / sum } else { 0.0 }
    }
}

/// A figure, and what it must and should be.
struct Figure {
    name: &'static str,
    value: f64,
    must: Bound,
    aim: Option<f64>,
}

#[derive(Clone, Copy)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Bound {
    fn admits(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }

    fn with(self, bound: f64) -> Self {
        match self {
            Self::AtLeast(_) => Self::AtLeast(bound),
            Self::AtMost(_) => Self::AtMost(bound),
        }
    }

    fn value(self) -> f64 {
        match self {
            Self::AtLeast(bound) | Self::AtMost(bound) => bound,
        }
    }
}

use Bound::{AtLeast, AtMost};

/// What tests check instead of this bench.
const TESTED: [(&str, &str); 2] = [
    ("files that one more report changes", "stories::new_report_changes_few_files"),
    (
        "front page at several instants",
        "front::front_page_does_not_depend_on_the_time_of_the_build",
    ),
];

type Baseline = (&'static str, Option<[f64; 3]>, [f64; 2]);

/// Headlines: pair precision and recall, B-cubed F. Pairs: weighted precision and recall. As the
/// README of the folder gives them, on the kept-back halves.
const BASELINES: &[Baseline] = &[
    ("exact title", Some([0.0, 0.0, 0.770]), [1.0, 0.04]),
    ("SimHash, 64 bits", Some([0.592, 0.023, 0.775]), [0.66, 0.29]),
    ("Jaccard of titles, single link", Some([0.661, 0.187, 0.810]), [0.69, 0.45]),
    ("TF-IDF, single link", Some([0.698, 0.213, 0.818]), [0.48, 0.68]),
    ("TF-IDF, average link, in batch", Some([0.539, 0.679, 0.838]), [0.69, 0.63]),
    ("as the source site grouped them", None, [0.29, 0.43]),
    ("one pass, centroids (prototype)", Some([0.576, 0.462, 0.850]), [0.87, 0.96]),
];

fn main() -> ExitCode {
    let arguments = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let folder = arguments.unwrap_or_else(|| "../shared/curation".to_owned());
    match run(Path::new(&folder)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path) -> Outcome<bool> {
    // First, because it measures the memory of the process.
    let mut figures = costs();
    if folder.is_dir() {
        println!("{}", folder.display());
        let (headlines, b_cubed, headline_figures) = headline_figures(folder)?;
        let (pairs, pair_figures) = pair_figures(folder)?;
        print_methods(headlines, b_cubed, pairs);
        figures.splice(0..0, pair_figures.into_iter().chain(headline_figures));
    } else {
        eprintln!("SKIPPED: no folder {}: no labelled data, no quality", folder.display());
    }
    Ok(print_figures(&figures))
}

fn print_methods(headlines: Rates, b_cubed: f64, pairs: Rates) {
    println!("\n{:34} {:^31}   {:^23}", "", "headlines", "pairs, weighted");
    println!(
        "{:34} {:>7} {:>7} {:>7} {:>7}   {:>7} {:>7} {:>7}",
        "method", "prec.", "recall", "F", "B3 F", "prec.", "recall", "F"
    );
    let rate = |number: f64| format!("{number:.3}");
    let print = |name: &str, headlines: Option<(Rates, f64)>, pairs: Rates| {
        let of_headlines = match headlines {
            Some((rates, b_cubed)) => [rates.precision, rates.recall, rates.f(), b_cubed].map(rate),
            None => [const { String::new() }; 4],
        };
        let of_pairs = [pairs.precision, pairs.recall, pairs.f()].map(rate);
        let columns = |cells: &[String]| -> String {
            cells.iter().map(|cell| format!(" {cell:>7}")).collect::<Vec<_>>().concat()
        };
        println!("{name:34}{}  {}", columns(&of_headlines), columns(&of_pairs));
    };
    for (name, headlines, [precision, recall]) in BASELINES {
        let headlines =
            headlines.map(|[precision, recall, b_cubed]| (Rates { precision, recall }, b_cubed));
        print(name, headlines, Rates { precision: *precision, recall: *recall });
    }
    println!("{:-<85}", "");
    print("newsgen (this folder)", Some((headlines, b_cubed)), pairs);
    println!();
}

/// Prints the figures. Returns whether all are as they must be.
fn print_figures(figures: &[Figure]) -> bool {
    println!("{:58} {:>9} {:>7} {:>7}", "figure", "is", "must", "aim");
    for figure in figures {
        let aim = figure.aim.map(|aim| aim.to_string()).unwrap_or_default();
        let verdict = match (figure.must.admits(figure.value), figure.aim) {
            (false, _) => "MISSED",
            (true, Some(aim)) if figure.must.with(aim).admits(figure.value) => "aim",
            (true, None) => "aim",
            (true, Some(_)) => "must",
        };
        println!(
            "{:58} {:>9.3} {:>7} {:>7}  {verdict}",
            figure.name,
            figure.value,
            figure.must.value(),
            aim
        );
    }
    for (name, test) in TESTED {
        println!("{name:58} test {test}");
    }
    figures.iter().all(|figure| figure.must.admits(figure.value))
}

// Clustering.

fn clusters(items: &[Item]) -> Vec<Placement> {
    let articles: Vec<StoryArticle> = items.iter().map(article).collect();
    story::cluster(&articles)
}

fn article(item: &Item) -> StoryArticle<'_> {
    StoryArticle {
        path: &item.path,
        title: &item.title,
        excerpt: &item.excerpt,
        provider: &item.provider,
        published: item.published,
        original: Some(&item.url),
        identities: item.identities.into(),
        related: Vec::new(),
        key: StoryKey::Unset,
    }
}

/// For each item the items of its story.
fn mates(placements: &[Placement]) -> Vec<Vec<usize>> {
    let mut stories: HashMap<u32, Vec<usize>> = HashMap::new();
    for (index, placement) in placements.iter().enumerate() {
        stories.entry(placement.story).or_default().push(index);
    }
    placements.iter().map(|placement| stories[&placement.story].clone()).collect()
}

// Headlines.

fn headline_figures(folder: &Path) -> Outcome<(Rates, f64, Vec<Figure>)> {
    let headlines = headlines(&fs::read_to_string(folder.join("headlines.csv"))?)?;
    let (mut rates, mut b_cubed, mut longest, mut largest) = (Rates::default(), 0.0, 0, 0);
    let (mut early, mut late) = (0.0, 0.0);
    for seed in 0..SEEDS {
        let items = moved(&headlines, seed);
        let mates = mates(&clusters(&items));
        let (some, f) = against_labels(&items, &mates, 0..items.len());
        rates.precision += some.precision / SEEDS as f64;
        rates.recall += some.recall / SEEDS as f64;
        b_cubed += f / SEEDS as f64;
        early += against_labels(&items, &mates, 0..items.len() / 2).1 / SEEDS as f64;
        late += against_labels(&items, &mates, items.len() / 2..items.len()).1 / SEEDS as f64;
        let span = |mates: &Vec<usize>| {
            let times = || mates.iter().map(|index| items[*index].published);
            times().max().unwrap_or(0) - times().min().unwrap_or(0)
        };
        longest = longest.max(mates.iter().map(span).max().unwrap_or(0));
        largest = largest.max(mates.iter().map(Vec::len).max().unwrap_or(0));
    }
    println!("B-cubed F of the first half in time is {early:.3}, of the second {late:.3}.");
    let items = moved(&headlines, 0);
    let changes = backdating(&items);
    let (mean, most) = mean_and_most(&changes.moved);
    let (affected, most_affected) = mean_and_most(&changes.affected);
    println!(
        "A backdated article moves {mean:.3} others, at most {most}; in stories that changed are \
         {affected:.3}, at most {most_affected}."
    );
    let figure = |name, value, must, aim| Figure { name, value, must, aim };
    let figures = vec![
        figure("headlines: B-cubed F", b_cubed, AtLeast(0.85), Some(0.88)),
        figure("headlines: pair precision", rates.precision, AtLeast(0.57), Some(0.70)),
        figure("articles that change story with the newest", appending(&items), AtMost(0.0), None),
        figure("articles that a backdated one moves, mean", mean, AtMost(0.5), Some(0.1)),
        figure("articles that a backdated one moves, most", most, AtMost(5.0), Some(2.0)),
        figure("longest story, days", longest as f64 / DAY as f64, AtMost(10.0), None),
        figure("largest story, articles", largest as f64, AtMost(50.0), None),
    ];
    Ok((rates, b_cubed, figures))
}

fn headlines(csv: &str) -> Outcome<Vec<Item>> {
    let mut lines = csv.lines().map(csv_fields);
    let names = lines.next().ok_or("headlines.csv is empty")?;
    let column = |name: &str| {
        names.iter().position(|other| other == name).ok_or(format!("headlines.csv: no {name}"))
    };
    let (title, url, host) = (column("title")?, column("url")?, column("hostname")?);
    let (time, story) = (column("timestamp")?, column("story")?);
    let mut items = Vec::new();
    for fields in lines {
        let field = |column: usize| fields.get(column).cloned().unwrap_or_default();
        let address = field(url);
        items.push(Item {
            path: address.clone(),
            title: field(title),
            excerpt: String::new(),
            provider: field(host).trim_start_matches("www.").to_owned(),
            published: field(time).parse::<i64>()? / 1000,
            identities: [Digest::of(address.as_bytes())],
            url: HttpUrl::parse(&address).unwrap_or_else(|_| HttpUrl::placeholder()),
            story: field(story),
        });
    }
    Ok(items)
}

fn csv_fields(line: &str) -> Vec<String> {
    let (mut fields, mut field, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => fields.push(std::mem::take(&mut field)),
            _ => field.push(c),
        }
    }
    fields.push(field);
    fields
}

/// Moves each item by up to a day, because the times as they are tell the story. In order of time.
fn moved(items: &[Item], seed: u64) -> Vec<Item> {
    let mut items = items.to_vec();
    for item in &mut items {
        let hash = XxHash3_64::oneshot_with_seed(seed, item.path.as_bytes());
        item.published += (hash % (2 * DAY as u64)) as i64 - DAY;
    }
    items.sort_by(|a, b| (a.published, &a.path).cmp(&(b.published, &b.path)));
    items
}

/// Rates of pairs, and B-cubed F, of some of the items.
fn against_labels(
    items: &[Item],
    mates: &[Vec<usize>],
    some: std::ops::Range<usize>,
) -> (Rates, f64) {
    let mut sizes: HashMap<&str, usize> = HashMap::new();
    for item in items {
        *sizes.entry(&item.story).or_default() += 1;
    }
    let (mut right, mut found, mut labelled) = (0, 0, 0);
    let mut b_cubed = Rates::default();
    let count = some.len() as f64;
    for index in some {
        let item = &items[index];
        let size = sizes[item.story.as_str()];
        let same = mates[index].iter().filter(|mate| items[**mate].story == item.story).count();
        right += same - 1;
        found += mates[index].len() - 1;
        labelled += size - 1;
        b_cubed.precision += same as f64 / mates[index].len() as f64 / count;
        b_cubed.recall += same as f64 / size as f64 / count;
    }
    let rates =
        Rates { precision: right as f64 / found as f64, recall: right as f64 / labelled as f64 };
    (rates, b_cubed.f())
}

/// How many articles have another story when the newest is added: at most, over many sites.
fn appending(items: &[Item]) -> f64 {
    let whole = clusters(items);
    let changes = |length: usize| {
        let part = clusters(&items[..length]);
        part.iter().zip(&whole).filter(|(a, b)| a != b).count()
    };
    (1..20).map(|part| changes(items.len() * part / 20)).max().unwrap_or(0) as f64
}

/// How many other articles change story when an article of a story is added last.
struct Backdating {
    /// Articles that are elsewhere: not in the story that most of their mates are in.
    moved: Vec<usize>,
    /// Articles of stories that another article left or joined.
    affected: Vec<usize>,
}

fn backdating(items: &[Item]) -> Backdating {
    let whole = mates(&clusters(items));
    let mut changes = Backdating { moved: Vec::new(), affected: Vec::new() };
    for late in (0..items.len()).filter(|index| whole[*index].len() > 1) {
        let mut without = items.to_vec();
        without.remove(late);
        let before = mates(&clusters(&without));
        let pairs: Vec<(Vec<usize>, Vec<usize>)> = (0..items.len())
            .filter(|index| *index != late)
            .map(|index| {
                let shift = |index: usize| index - usize::from(index > late);
                let now =
                    whole[index].iter().filter(|mate| **mate != late).map(|mate| shift(*mate));
                (before[shift(index)].clone(), now.collect())
            })
            .collect();
        changes.affected.push(pairs.iter().filter(|(before, now)| before != now).count());
        changes.moved.push(moved_articles(&pairs));
    }
    changes
}

/// The number of articles that are not in the story that takes over most of their former one. Each
/// article has its former and its present story; a story is the list of its articles.
fn moved_articles(stories: &[(Vec<usize>, Vec<usize>)]) -> usize {
    let mut overlaps: BTreeMap<(&Vec<usize>, &Vec<usize>), usize> = BTreeMap::new();
    for (before, now) in stories {
        *overlaps.entry((before, now)).or_default() += 1;
    }
    let mut overlaps: Vec<_> = overlaps.into_iter().collect();
    overlaps.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let (mut former, mut present) = (BTreeSet::new(), BTreeSet::new());
    let mut kept = 0;
    for ((before, now), count) in overlaps {
        if !former.contains(before) && !present.contains(now) {
            former.insert(before);
            present.insert(now);
            kept += count;
        }
    }
    stories.len() - kept
}

fn mean_and_most(counts: &[usize]) -> (f64, f64) {
    let sum: usize = counts.iter().sum();
    let most = counts.iter().max().copied().unwrap_or(0);
    (sum as f64 / counts.len().max(1) as f64, most as f64)
}

// Pairs.

fn pair_figures(folder: &Path) -> Outcome<(Rates, Vec<Figure>)> {
    let pairs: Vec<LabelledPair> =
        serde_json::from_str(&fs::read_to_string(folder.join("pairs.json"))?)?;
    let mut items: BTreeMap<&str, Item> = BTreeMap::new();
    for item in pairs.iter().flat_map(|pair| [&pair.a, &pair.b]) {
        items.insert(&item.path, pair_item(item)?);
    }
    let items: Vec<Item> = items.into_values().collect();
    let stories: HashMap<&str, u32> = items
        .iter()
        .zip(clusters(&items))
        .map(|(item, placement)| (item.path.as_str(), placement.story))
        .collect();
    let (mut right, mut found, mut labelled) = (0.0, 0.0, 0.0);
    for pair in &pairs {
        let is_found = stories[pair.a.path.as_str()] == stories[pair.b.path.as_str()];
        let weight = |is: bool| if is { pair.weight } else { 0.0 };
        right += weight(is_found && pair.same_story);
        found += weight(is_found);
        labelled += weight(pair.same_story);
        if is_found != pair.same_story && std::env::var_os("STORIES_ERRORS").is_some() {
            let what = if is_found { "joined" } else { "missed" };
            println!("{what} ({}): {} | {}", pair.weight, pair.a.title, pair.b.title);
        }
    }
    let rates = Rates { precision: right / found, recall: right / labelled };
    let figure =
        |name, value, must, aim| Figure { name, value, must: AtLeast(must), aim: Some(aim) };
    Ok((
        rates,
        vec![
            figure("pairs: precision", rates.precision, 0.85, 0.95),
            figure("pairs: recall", rates.recall, 0.85, 0.90),
        ],
    ))
}

fn pair_item(item: &PairItem) -> Outcome<Item> {
    Ok(Item {
        path: item.path.clone(),
        title: item.title.clone(),
        excerpt: item.excerpt.clone(),
        provider: item.provider.trim_start_matches("www.").to_owned(),
        published: DateTime::parse_from_rfc3339(&item.published)?.timestamp(),
        identities: [Digest::of(item.url.as_bytes())],
        url: HttpUrl::parse(&item.url).unwrap_or_else(|_| HttpUrl::placeholder()),
        story: String::new(),
    })
}

// Costs.

/// Seconds and memory of clustering. The bounds on seconds are shares of whole builds, which are not
/// measured here: a cold build took 8 s and a warm one 0.3 s when the bounds were set.
fn costs() -> Vec<Figure> {
    let items = synthetic_site(SITE);
    let articles: Vec<StoryArticle> = items.iter().map(article).collect();
    let before = memory("VmRSS");
    let placements = story::cluster(&articles);
    let memory = memory("VmHWM") - before;
    let seconds = fastest(|| story::cluster(&articles));
    let joined = placements.iter().filter(|placement| placement.join.is_some()).count();
    println!("{SITE} synthetic articles, {joined} of them joined another\n");
    let last = SITE - 1;
    let times: Vec<i64> = items.iter().map(|item| item.published).collect();
    let added = fastest(|| {
        let start = story::replay_start(&times, last);
        let mut clusterer = Clusterer::starting_at(start as u32);
        for index in start..last {
            clusterer.replay(&articles[index], placements[index].story);
        }
        let placement = clusterer.add(&articles[last]);
        assert_eq!(placement, placements[last], "replayed");
    });
    let figure = |name, value, must, aim| Figure { name, value, must: AtMost(must), aim };
    vec![
        figure("100,000 articles, seconds", seconds, 1.2, Some(0.64)),
        figure("100,000 articles, MB of memory", memory, 40.0, None),
        figure("one article added to them, seconds", added, 0.06, Some(0.015)),
    ]
}

fn fastest<T>(mut run: impl FnMut() -> T) -> f64 {
    let time = || {
        let start = Instant::now();
        std::hint::black_box(run());
        start.elapsed().as_secs_f64()
    };
    std::iter::repeat_with(time).take(RUNS).fold(f64::INFINITY, f64::min)
}

/// Memory of this process in MB; 0 where it is unknown.
fn memory(key: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kilobytes.unwrap_or(0.0_f64) / 1000.0
}

/// 50 articles a day: events with one to six reports, whose words share a few rare ones. In order of
/// time.
fn synthetic_site(count: usize) -> Vec<Item> {
    let mut random = Random(1);
    let mut items = Vec::with_capacity(count);
    let mut events = 0;
    while items.len() < count {
        events += 1;
        let time = 1_600_000_000 + items.len() as i64 * DAY / 50;
        let event: Vec<String> = (0..8).map(|_| random.word()).collect();
        for report in 0..=(random.below(6) * random.below(6)) / 5 {
            let path = format!("{:08}.md", items.len());
            let mut text = |own: usize, of_event: usize| {
                let mut words: Vec<String> = (0..own).map(|_| random.word()).collect();
                words.extend(event.iter().take(of_event).cloned());
                words.join(" ")
            };
            let (title, excerpt) = (text(5, 4), text(22, 8));
            let slug = title.replace(' ', "-");
            let url = format!("https://p{}.example/{events}/{report}-{slug}", random.below(400));
            items.push(Item {
                path,
                title,
                excerpt,
                provider: format!("p{}.example", random.below(400)),
                published: time + random.below(DAY as usize) as i64,
                identities: [Digest::of(url.as_bytes())],
                url: HttpUrl::parse(&url).unwrap_or_else(|_| HttpUrl::placeholder()),
                story: String::new(),
            });
        }
    }
    items.truncate(count);
    items.sort_by(|a, b| (a.published, &a.path).cmp(&(b.published, &b.path)));
    items
}

/// Repeatable numbers, by a linear congruence.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % end
    }

    /// A word of 50,000, whose frequencies follow Zipf's law.
    fn word(&mut self) -> String {
        let uniform = self.below(1 << 24) as f64 / f64::from(1 << 24);
        let rank = 50_000_f64.powf(uniform) as u64;
        let mut letters = XxHash3_64::oneshot(&rank.to_le_bytes());
        let length = 2 + rank.ilog2() as usize / 2;
        let mut word = String::new();
        for _ in 0..length {
            word.push(char::from(b'a' + (letters % 26) as u8));
            letters /= 26;
        }
        word
    }
}
