//! Unknown keys of the mappings in an article: `provider`, `images`, `related`.

use crate::fixture::{Site, article, with_help};

/// What is found in an article whose provider has these keys instead, and that has more lines.
fn found(provider: &str, more: &str) -> Vec<String> {
    let text = article("A", "2026-01-02", more).replace(
        "provider:\n  name: Provider\n  domain: provider.example\n",
        &format!("provider: {provider}\n"),
    );
    let site = Site::new("");
    site.write("content/a.md", text);
    with_help(&site)
}

const PROVIDER: &str = "{domain: a.example}";

/// The keys of a complete related item.
const ITEM: &str = "title: R, webUrl: \"https://r.example/\"";

#[test]
fn misspelled_nested_keys_name_the_known_key() {
    for (key, meant) in [("nmae", "name"), ("Name", "name"), ("image", "images")] {
        let found = found(&format!("{{domain: a.example, {key}: Harbour}}"), "");
        let expected = format!("content/a.md:6:31: unknown key `{key}` in `provider` ");
        assert_eq!(found, [format!("{expected}(did you mean `{meant}`?)")]);
    }
    for (key, meant) in [("hieght", "height"), ("Width", "width"), ("iscached", "isCached")] {
        for (provider, more, location) in [
            (PROVIDER.to_owned(), format!("images: [{{url: /a.png, {key}: 3}}]\n"), "7:24"),
            (
                format!("{{domain: a.example, images: [{{url: /a.png, {key}: 3}}]}}"),
                String::new(),
                "6:54",
            ),
        ] {
            let expected = format!("content/a.md:{location}: unknown key `{key}` in `images` ");
            assert_eq!(found(&provider, &more), [format!("{expected}(did you mean `{meant}`?)")]);
        }
    }
    for (key, meant) in [
        ("exerpt", "excerpt"),
        ("publishedDatetime", "publishedDateTime"),
        ("Provider", "provider"),
    ] {
        let found = found(PROVIDER, &format!("related: [{{{ITEM}, {key}: x}}]\n"));
        let expected = format!("content/a.md:7:52: unknown key `{key}` in `related` ");
        assert_eq!(found, [format!("{expected}(did you mean `{meant}`?)")]);
    }
}

#[test]
fn foreign_nested_keys_name_the_known_key() {
    assert_eq!(
        found(
            "{domain: a.example, logo: /a.png, title: Harbour}",
            &format!("related: [{{{ITEM}, description: About R., date: 2026-01-01}}]\n"),
        ),
        [
            "content/a.md:6:31: unknown key `logo` in `provider` (write `images`)",
            "content/a.md:6:45: unknown key `title` in `provider` (write `name`)",
            "content/a.md:7:52: unknown key `description` in `related` (write `excerpt`)",
            "content/a.md:7:75: unknown key `date` in `related` (write `publishedDateTime`)",
        ]
    );
}

#[test]
fn other_nested_keys_are_ignored() {
    let provider = "{domain: a.example, url: \"https://a.example/\", name: A, title: A., id: 7}";
    let more = format!(
        "images: [{{url: /a.png, source: Somebody, alt: A harbour}}]\n\
         related: [{{{ITEM}, url: \"https://r.example/\", slug: r, heat: 3, published: true, draft: false}}]\n"
    );
    assert_eq!(found(provider, &more), [""; 0]);
}

#[test]
fn draft_related_items_are_printed_by_build() {
    for line in ["draft: true", "published: false", "hidden: true", "status: draft"] {
        let site = Site::new("");
        let more = format!("related: [{{{ITEM}, {line}}}]\n");
        site.write("content/a.md", article("A", "2026-01-02", &more));
        let key = line.split(':').next().expect("key");
        assert_eq!(
            with_help(&site),
            [format!(
                "content/a.md:9:52: `{key}` in `related` is ignored: the item is shown all the same (remove the item)"
            )]
        );
        assert!(site.try_build().diagnostics[0].changes_output);
    }
}

#[test]
fn comma_that_cuts_a_text_in_braces_is_a_warning() {
    let warning = |key: &str| {
        format!(
            "the key `{key}` in `{{...}}` has no value: the comma before it ends the text \
             (put the whole text in quotation marks)"
        )
    };
    for (provider, more, location, key) in [
        ("{domain: a.example, name: Harbour Post, Inc.}", String::new(), "6:51", "Inc."),
        ("{domain: a.example, name}", String::new(), "6:31", "name"),
        (
            "{domain: a.example, images: [{url: /a.png, alt: A harbour, blue}]}",
            String::new(),
            "6:70",
            "blue",
        ),
        (
            PROVIDER,
            format!("related: [{{{ITEM}, excerpt: Two, three ships}}]\n"),
            "7:66",
            "three ships",
        ),
        (PROVIDER, format!("related:\n  - {{{ITEM}, excerpt: Two, 3}}\n"), "8:60", "3"),
        (PROVIDER, "images:\n- {url: /a.png, alt: x, y}\n".to_owned(), "8:25", "y"),
    ] {
        let found = found(provider, &more);
        let [found] = &found[..] else { panic!("{provider} {more}: {found:?}") };
        assert_eq!(*found, format!("content/a.md:{location}: {}", warning(key)));
    }
    let site = Site::new("");
    let more = format!("related: [{{{ITEM}, excerpt: Two, three}}]\n");
    site.write("content/a.md", article("A", "2026-01-02", &more));
    assert!(site.try_build().diagnostics[0].changes_output);
    let secret = found("{domain: a.example, secured: hunter, s3cret}", "").concat();
    assert!(secret.contains("the key in `{...}` has no value"), "{secret}");
    for (provider, more) in [
        ("{domain: a.example, name: \"Harbour Post, Inc.\"}", ""),
        ("{domain: a.example, name: , }", ""),
        ("{domain: a.example, name:\n}", ""),
        (PROVIDER, "topics: [Foo, Inc.]\nsizes: {small, large}\nnote: \"{a, b}\"\n"),
    ] {
        assert_eq!(found(provider, more), [""; 0], "{provider}");
    }
}
