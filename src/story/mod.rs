//! Story clusters: articles of several providers about one event.
//!
//! One pass in order of time. Each article joins the story for which the evidence is strongest, or
//! begins a new one, and stays there: later articles change nothing. `docs/stories.md` describes the
//! method and its figures.

mod article;
mod clusterer;
mod explanation;
mod open_story;
mod placement;
mod rarity;
mod terms;
mod vector;
mod window;

pub use article::{StoryArticle, StoryKey};
pub use clusterer::{Clusterer, THRESHOLD};
pub use explanation::{Explanation, JoinRefusal, SharedTerm, StoryMatch};

pub use open_story::{MAX_ARTICLES, MAX_SPAN};
pub use placement::{ArticleNumber, Evidence, Join, Placement, StoryId};

/// Clusters all articles of a site, in any order. Returns a placement for each; the numbers in them
/// are indices of `articles`.
pub fn cluster(articles: &[StoryArticle]) -> Vec<Placement> {
    let mut order: Vec<(ArticleNumber, &StoryArticle)> = (0..).zip(articles).collect();
    order.sort_unstable_by_key(|(_, article)| (article.published, article.path));
    let index_of = |number: ArticleNumber| {
        let (index, _) = order.get(number as usize).expect("only added articles have numbers");
        *index
    };
    let mut placements = vec![Placement { story: 0, join: None }; articles.len()];
    let placed = Clusterer::default().add_all(&order, |(_, article)| *article);
    for (placement, (index, _)) in placed.into_iter().zip(&order) {
        let join = placement.join.map(|join| Join { closest: index_of(join.closest), ..join });
        if let Some(slot) = placements.get_mut(*index as usize) {
            *slot = Placement { story: index_of(placement.story), join };
        }
    }
    placements
}

/// The number of the first article that must be replayed before article `number` can be added, in a
/// site with these times of publication, in order. Stories with names of still older articles must
/// be [remembered](Clusterer::remember).
pub fn replay_start(published: &[i64], number: usize) -> usize {
    let Some(now) = published.get(number) else { return number };
    let first_since = |age: i64| {
        let oldest = now.saturating_sub(age);
        published.partition_point(|published| *published < oldest)
    };
    // Stories are open for twice their longest span, but older articles than one are not compared.
    first_since(2 * MAX_SPAN).min(first_since(MAX_SPAN).saturating_sub(rarity::HORIZON))
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test may do what the program may not")]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    use super::*;
    use crate::digest::Digest;
    use crate::http_url::HttpUrl;

    const HOUR: i64 = 3600;

    #[derive(Clone, Debug)]
    struct Sample {
        path: String,
        title: String,
        excerpt: String,
        provider: String,
        published: i64,
        original: HttpUrl,
        identities: Vec<Digest>,
        related: Vec<Digest>,
        key: Option<&'static str>,
    }

    impl Sample {
        /// An article of a provider of its own.
        fn new(title: &str, hours: i64) -> Self {
            let path = format!("{hours}-{title}.md");
            let original = HttpUrl::parse(&format!("https://a.example/{hours}-{}", title.len()));
            Self {
                provider: path.clone(),
                identities: vec![Digest::of(path.as_bytes())],
                path,
                title: title.to_owned(),
                excerpt: String::new(),
                published: hours * HOUR,
                original: original.expect("a URL"),
                related: Vec::new(),
                key: None,
            }
        }

        fn provider(mut self, provider: &str) -> Self {
            provider.clone_into(&mut self.provider);
            self
        }

        fn key(mut self, name: &'static str) -> Self {
            self.key = Some(name);
            self
        }

        fn related(mut self, other: &Self) -> Self {
            self.related.extend(&other.identities);
            self
        }

        fn article(&self) -> StoryArticle<'_> {
            StoryArticle {
                path: &self.path,
                title: &self.title,
                excerpt: &self.excerpt,
                provider: &self.provider,
                published: self.published,
                original: Some(&self.original),
                identities: self.identities.clone(),
                related: self.related.clone(),
                key: match self.key {
                    None => StoryKey::Unset,
                    Some("none") => StoryKey::Alone,
                    Some(name) => StoryKey::Name(name),
                },
            }
        }
    }

    fn placements(samples: &[Sample]) -> Vec<Placement> {
        let articles: Vec<StoryArticle> = samples.iter().map(Sample::article).collect();
        cluster(&articles)
    }

    fn stories(samples: &[Sample]) -> Vec<StoryId> {
        placements(samples).iter().map(|placement| placement.story).collect()
    }

    /// The evidence by which the last of some articles joined.
    fn evidence(samples: &[Sample]) -> Option<Evidence> {
        placements(samples).last().and_then(|placement| placement.join).map(|join| join.by)
    }

    /// Unrelated news, so that the words that all of them have are not rare.
    fn background(titles: &[&str]) -> Vec<Sample> {
        (0..).zip(titles).map(|(hour, title)| Sample::new(title, hour)).collect()
    }

    /// Whether the second article joins the first after some others, and the third does not.
    fn tells_apart(others: &[&str], first: &str, second: &str, third: &str) -> bool {
        let mut samples = background(others);
        let event = Sample::new(first, 20);
        samples.extend([event, Sample::new(second, 24), Sample::new(third, 26)]);
        let stories = stories(&samples);
        let [.., a, b, c] = stories[..] else { return false };
        a == b && c != a && stories.iter().filter(|story| **story == a).count() == 2
    }

    const NEWS: &[&str] = &[
        "The council votes on the new tram line in the spring",
        "Why the price of bread in the city is on the rise",
        "Farmers in the north hope for rain after the dry summer",
        "The museum of the harbour opens its doors to the public",
    ];

    #[test]
    fn reports_of_one_event_are_one_story() {
        assert!(tells_apart(
            NEWS,
            "Ferry Aurora runs aground in the Kelso strait",
            "Passengers leave the stranded ferry “Aurora” in Kelso",
            "The mayor of the city resigns after the vote in the council",
        ));
    }

    #[test]
    fn reports_in_other_languages_are_one_story() {
        let languages: &[(&str, &[&str], [&str; 3])] = &[
            (
                "Chinese",
                &["市议会将在春天表决新的电车线路", "面包价格上涨的原因", "北方农民盼望下雨"],
                ["渡轮极光号在海峡搁浅", "极光号渡轮搁浅，乘客全部撤离", "市长在表决后宣布辞职"],
            ),
            (
                "Japanese",
                &[
                    "市議会は春に新しい路面電車を採決",
                    "パンの値段が上がっている理由",
                    "北部の農家は雨を待つ",
                ],
                [
                    "フェリー「オーロラ」が海峡で座礁",
                    "座礁したフェリーのオーロラから乗客が避難",
                    "市長が採決のあと辞任を表明",
                ],
            ),
            (
                "Korean",
                &[
                    "시의회는 봄에 새 전차 노선을 표결한다",
                    "빵값이 오르는 이유",
                    "북부 농민들은 비를 기다린다",
                ],
                [
                    "여객선 오로라호가 해협에서 좌초했다",
                    "좌초한 오로라호의 승객들이 여객선을 떠났다",
                    "시장이 표결 뒤에 사임을 발표했다",
                ],
            ),
            (
                "Thai",
                &["สภาเมืองจะลงมติเรื่องรถรางสายใหม่", "ทำไมราคาขนมปังจึงสูงขึ้น", "ชาวนาภาคเหนือหวังว่าฝนจะตก"],
                [
                    "เรือข้ามฟากออโรราเกยตื้นในช่องแคบ",
                    "ผู้โดยสารออกจากเรือออโรราที่เกยตื้น",
                    "นายกเทศมนตรีลาออกหลังการลงมติ",
                ],
            ),
            (
                "Arabic",
                &[
                    "المجلس يصوت على خط الترام الجديد في الربيع",
                    "لماذا يرتفع سعر الخبز في المدينة",
                    "المزارعون في الشمال ينتظرون المطر",
                ],
                [
                    "جنوح العبارة أورورا في مضيق كيلسو",
                    "الركاب يغادرون العبارة أورورا بعد حادث كيلسو",
                    "رئيس البلدية يستقيل بعد التصويت في المجلس",
                ],
            ),
            (
                "Russian",
                &[
                    "Городской совет голосует за новую линию трамвая",
                    "Почему в городе растут цены на хлеб",
                    "Крестьяне на севере ждут дождя",
                ],
                [
                    "Паром «Аврора» сел на мель в проливе",
                    "Пассажиры парома «Аврора», севшего на мель, эвакуированы",
                    "Мэр города ушёл в отставку после голосования",
                ],
            ),
            (
                "Finnish",
                &[
                    "Valtuusto äänestää uudesta raitiolinjasta keväällä",
                    "Miksi leivän hinta nousee kaupungissa",
                    "Viljelijät pohjoisessa toivovat sadetta",
                ],
                [
                    "Aurora-lautta ajoi karille Kelson salmessa",
                    "Karille ajaneen Auroran matkustajat evakuoitiin lautalta",
                    "Pormestari eroaa äänestyksen jälkeen",
                ],
            ),
            (
                "German",
                &[
                    "Der Stadtrat stimmt im Frühjahr über die neue Straßenbahn ab",
                    "Warum der Brotpreis in der Stadt steigt",
                    "Die Bauern im Norden hoffen auf Regen",
                ],
                [
                    "Fähre „Aurora“ läuft in der Meerenge auf Grund",
                    "Passagiere verlassen die auf Grund gelaufene Fähre Aurora",
                    "Der Bürgermeister tritt nach der Abstimmung zurück",
                ],
            ),
        ];
        for (language, others, [first, second, third]) in languages {
            assert!(tells_apart(others, first, second, third), "{language}");
        }
    }

    #[test]
    fn old_stories_are_not_joined() {
        let title = "Ferry Aurora runs aground in the Kelso strait";
        let with_gap = |hours: i64| {
            let mut samples = background(NEWS);
            samples.extend([Sample::new(title, 20), Sample::new(title, 20 + hours)]);
            evidence(&samples)
        };
        assert_eq!(with_gap(71), Some(Evidence::Title));
        assert_eq!(with_gap(73), None);
    }

    #[test]
    fn one_provider_needs_near_identity() {
        let sibling = |product: &str, hours| {
            let title = format!("Backups of Nimbus Database for {product} are now available");
            Sample::new(&title, hours).provider("nimbus.example")
        };
        let mut samples = background(NEWS);
        samples.extend([sibling("Heron", 20), sibling("Kestrel", 21)]);
        assert_eq!(evidence(&samples), None);
        samples.push(sibling("Heron", 22));
        assert_eq!(evidence(&samples), Some(Evidence::Title));
        samples.push(sibling("Kestrel", 23).provider("other.example"));
        assert_eq!(evidence(&samples), Some(Evidence::Title));
    }

    #[test]
    fn story_key_decides() {
        let samples = [
            Sample::new("One thing", 0).key("merger"),
            Sample::new("Ferry Aurora runs aground", 1).key("ferry"),
            Sample::new("Ferry Aurora runs aground", 2).key("none"),
            Sample::new("Ferry Aurora runs aground", 3).key("other"),
            Sample::new("Something else", 24 * 400).key("merger"),
        ];
        assert_eq!(stories(&samples), [0, 1, 2, 3, 0]);
        assert_eq!(evidence(&samples), Some(Evidence::Key));
    }

    #[test]
    fn related_articles_are_one_story_within_bounds() {
        let first = Sample::new("One thing", 0);
        for (hours, expected) in [(24 * 10, Some(Evidence::Related)), (24 * 10 + 1, None)] {
            let second = Sample::new("Something else", hours);
            let linked = second.clone().related(&first);
            assert_eq!(evidence(&[first.clone(), linked]), expected, "{hours}");
            let linked = first.clone().related(&second);
            assert_eq!(evidence(&[linked, second]), expected, "{hours}");
        }
    }

    #[test]
    fn one_original_is_one_story() {
        let first = Sample::new("One thing", 0);
        let mut second = Sample::new("Something else", 24 * 5);
        second.identities.extend(&first.identities);
        assert_eq!(evidence(&[first, second]), Some(Evidence::Original));
    }

    #[test]
    fn stories_are_bounded_without_key() {
        let title = "Ferry Aurora runs aground in the Kelso strait";
        let daily: Vec<Sample> = (0..40).map(|day| Sample::new(title, day * 24)).collect();
        assert_eq!(stories(&daily)[9..13], [0, 0, 11, 11]);
        let many: Vec<Sample> =
            (0..120).map(|n| Sample { path: format!("{n:03}"), ..Sample::new(title, 0) }).collect();
        let stories = stories(&many);
        assert_eq!([0, 50, 100].map(|n| stories[n]), [0, 50, 100]);
        assert_eq!([49, 99, 119].map(|n| stories[n]), [0, 50, 100]);
    }

    #[test]
    fn common_words_are_no_evidence() {
        let titles: Vec<String> = (0..100).map(|n| format!("The news of the day w{n}x")).collect();
        let mut samples: Vec<Sample> =
            (0..).zip(&titles).map(|(hour, title)| Sample::new(title, hour)).collect();
        samples.push(Sample::new("The news of the day as we saw it from here", 100));
        assert_eq!(evidence(&samples), None);
    }

    #[test]
    fn one_shared_name_is_no_evidence_on_a_new_site() {
        for titles in [
            [
                "Nimbus sued by authors over copyright",
                "Nimbus opens office in Kelso",
                "Nimbus hires new chief scientist",
            ],
            ["Nimbus price hits record", "Nimbus miners move north", "Where to buy a nimbus"],
        ] {
            assert_eq!(stories(&background(&titles)), [0, 1, 2], "{titles:?}");
        }
        let with_excerpt = |title, excerpt: &str, hour| Sample {
            excerpt: excerpt.to_owned(),
            ..Sample::new(title, hour)
        };
        let ferries = with_excerpt("Battery ferries cross the fjord", "First trips on Monday.", 0);
        let trains = with_excerpt("Night trains and ferries", "Maps sell well on paper.", 1);
        assert_eq!(stories(&[ferries, trains]), [0, 1]);
    }

    #[test]
    fn explanation_shows_terms_and_near_misses() {
        let mut clusterer = Clusterer::default();
        let mut samples = background(NEWS);
        samples.push(Sample::new("Ferry Aurora runs aground in the Kelso strait", 20));
        samples.push(Sample::new("Nimbus backups for Heron", 20).provider("nimbus.example"));
        for sample in &samples {
            clusterer.add(&sample.article());
        }
        let report = Sample::new("Passengers leave the stranded ferry “Aurora” in Kelso", 24);
        let explanation = clusterer.explain(&report.article());
        let best = &explanation.matches[0];
        let words: Vec<&str> = best.terms.iter().take(3).map(|term| &*term.text).collect();
        assert_eq!((best.story, best.refusal), (4, None));
        assert!(["aurora", "ferry", "kelso"].iter().all(|word| words.contains(word)), "{words:?}");
        let sum: f64 = best.terms.iter().map(|term| term.weight).sum();
        assert!((sum - best.score).abs() < 1e-9, "{sum} {}", best.score);
        assert_eq!(explanation.placement, clusterer.add(&report.article()));

        let sibling = Sample::new("Nimbus backups for Kestrel", 25).provider("nimbus.example");
        let missed = clusterer.explain(&sibling.article());
        assert_eq!((missed.matches[0].story, missed.placement.join), (5, None));
        assert_eq!(missed.matches[0].refusal, Some(JoinRefusal::Provider));
    }

    /// The placement of the last of some articles, in order, after only a window of the others.
    fn replayed(samples: &[Sample]) -> Placement {
        let (last, before) = samples.split_last().expect("an article");
        let known = placements(before);
        let times: Vec<i64> = samples.iter().map(|sample| sample.published).collect();
        let start = replay_start(&times, before.len());
        let mut clusterer = Clusterer::starting_at(u32::try_from(start).expect("an index"));
        let stories = known[start..].iter().map(|placement| placement.story);
        clusterer.replay_all(&before[start..], Sample::article, stories);
        clusterer.add(&last.article())
    }

    #[test]
    fn replayed_stories_are_as_long_as_they_were() {
        let first = Sample::new("One thing", 0);
        let second = Sample::new("Something else", 9 * 24).related(&first);
        let third = Sample::new("Another one", 18 * 24).related(&second);
        let others = (1..20).map(|number| Sample::new(&format!("w{number}x"), 7 * 24));
        let samples: Vec<Sample> =
            [first].into_iter().chain(others).chain([second, third]).collect();
        assert_eq!(placements(&samples)[20].story, 0);
        assert_eq!(replayed(&samples), Placement { story: 21, join: None });
    }

    fn any_sample(days: i64) -> impl Strategy<Value = Sample> {
        let words = select(vec![
            "ferry", "aurora", "kelso", "strait", "council", "votes", "tram", "bread", "price",
            "rain", "museum", "harbour", "mayor", "resigns", "nimbus", "heron", "kestrel", "storm",
        ]);
        let key =
            select(vec![None, None, None, None, None, None, Some("a"), Some("b"), Some("none")]);
        let related = proptest::option::weighted(0.2, 0_u8..40);
        (proptest::collection::vec(words, 1..6), 0..days * 24, 0..8_u8, 0..40_u8, (related, key))
            .prop_map(|(words, hours, provider, identity, (related, key))| {
                let mut sample =
                    Sample::new(&words.join(" "), hours).provider(&provider.to_string());
                sample.identities.push(Digest::of(&[identity, u8::from(identity > 5)]));
                sample.related.extend(related.map(|other| Digest::of(&[other, 1])));
                sample.key = key;
                sample
            })
    }

    /// Articles with different paths, in order.
    fn any_site(days: i64) -> impl Strategy<Value = Vec<Sample>> {
        proptest::collection::vec(any_sample(days), 1..60).prop_map(|mut samples| {
            samples.sort_by_key(|sample| sample.published);
            for (number, sample) in samples.iter_mut().enumerate() {
                sample.path = format!("{number:03}");
            }
            samples
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn newest_article_changes_no_story(samples in any_site(30), length in any::<Index>()) {
            let whole = placements(&samples);
            let length = length.index(samples.len());
            prop_assert_eq!(&placements(&samples[..length])[..], &whole[..length]);
        }

        #[test]
        fn order_of_input_does_not_matter(samples in any_site(30), by in any::<[u8; 8]>()) {
            let mut order: Vec<usize> = (0..samples.len()).collect();
            order.sort_by_key(|index| index.wrapping_mul(usize::from_le_bytes(by) | 1));
            let shuffled: Vec<Sample> = order.iter().map(|index| samples[*index].clone()).collect();
            let whole = placements(&samples);
            let as_before = |index: ArticleNumber| {
                u32::try_from(order[index as usize]).expect("an index")
            };
            for (placement, index) in placements(&shuffled).into_iter().zip(&order) {
                let join = placement.join.map(|join| Join { closest: as_before(join.closest), ..join });
                let placement = Placement { story: as_before(placement.story), join };
                prop_assert_eq!(placement, whole[*index]);
            }
        }

        #[test]
        fn stories_keep_bounds_and_keys(samples in any_site(30)) {
            let stories = stories(&samples);
            for (sample, story) in samples.iter().zip(&stories) {
                let first = &samples[*story as usize];
                let has_name = samples.iter().zip(&stories).any(|(other, of)| {
                    of == story && other.key.is_some_and(|key| key != "none")
                });
                prop_assert!(has_name || sample.published - first.published <= MAX_SPAN);
                let alone = sample.key == Some("none");
                prop_assert!(!alone || stories.iter().filter(|other| *other == story).count() == 1);
                for (other, of) in samples.iter().zip(&stories) {
                    if let (Some(a), Some(b)) = (sample.key, other.key)
                        && a != "none"
                        && b != "none"
                    {
                        prop_assert_eq!(a == b, of == story);
                    }
                }
            }
        }

        #[test]
        fn replayed_articles_suffice(samples in any_site(60), number in any::<Index>()) {
            let whole = placements(&samples);
            let number = number.index(samples.len());
            let times: Vec<i64> = samples.iter().map(|sample| sample.published).collect();
            let start = replay_start(&times, number);
            let mut clusterer = Clusterer::starting_at(u32::try_from(start).expect("an index"));
            for (sample, placement) in samples[..start].iter().zip(&whole) {
                if let Some(name) = sample.key.filter(|key| *key != "none") {
                    clusterer.remember(name, placement.story, sample.published);
                }
            }
            let known = whole[start..number].iter().map(|placement| placement.story);
            clusterer.replay_all(&samples[start..number], Sample::article, known);
            let added = clusterer.add_all(&samples[number..], Sample::article);
            prop_assert_eq!(&added[..], &whole[number..]);
        }

        #[test]
        fn hostile_text_does_not_panic(
            texts in proptest::collection::vec("(\\PC|[a-z ]|\u{e33}|\u{1100}|[\u{0}-\u{20}\u{300}-\u{310}']){0,40}", 6),
            times in any::<[i64; 3]>(),
        ) {
            let mut samples: Vec<Sample> = texts.iter().map(|text| Sample::new(text, 0)).collect();
            for (sample, text) in samples.iter_mut().zip(texts.iter().rev()) {
                sample.excerpt = text.repeat(20);
                let url = HttpUrl::parse(&format!("https://a.example/{}", text.repeat(10)));
                sample.original = url.unwrap_or_else(|_| HttpUrl::placeholder());
            }
            for (sample, time) in samples.iter_mut().zip(times) {
                sample.published = time;
            }
            prop_assert_eq!(placements(&samples).len(), samples.len());
        }
    }
}
