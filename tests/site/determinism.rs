//! The same input gives the same bytes, in any order of files and on any number of threads.

use proptest::prelude::*;

use crate::fixture::{Site, Tree, article};

/// Articles that collide, share topics and name each other.
fn documents() -> Vec<(String, String)> {
    let document = |number: usize| {
        let day = format!("2026-0{}-1{}", number % 4 + 1, number % 3);
        let more = format!(
            "topics: [T{}, {}, Common]\nquality: {}\nrelated:\n  - title: R\n    webUrl: https://provider.example/a-{}\n",
            number % 5,
            if number.is_multiple_of(7) { "common" } else { "Common" },
            number % 6,
            (number * 3) % 24
        );
        let domain = format!("p{}.example", number % 4);
        let text = article(&format!("A {number}"), &day, &more)
            .replace("domain: provider.example", &format!("domain: {domain}"));
        (format!("content/{}/{day}-story-{}.md", number / 6, number % 6), text)
    };
    (0..24).map(document).collect()
}

fn build(documents: &[(String, String)], threads: usize) -> Tree {
    let site = Site::new("");
    site.write("site.toml", format!("{}per_page = 3\n", crate::fixture::CONFIG));
    for (path, text) in documents {
        site.write(path, text);
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| site.build());
    site.tree()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn output_is_independent_of_order_and_threads(
        shuffled in Just(documents()).prop_shuffle(),
        threads in 1..5_usize,
    ) {
        let expected = build(&documents(), 1);
        prop_assert!(expected.len() > 40);
        prop_assert_eq!(build(&shuffled, threads), expected);
    }
}
