//! Heads of pages in the forms that publishers' software writes.

use chrono_tz::Tz;

use newsgen::http_url::HttpUrl;
use newsgen::metadata::{PageMetadata, read};

const URL: &str = "https://www.harbourpost.example/2026/11/quay?utm_source=feed";

/// What is expected of a head, by field; a field that is not named must be missing.
type Expected = &'static [(&'static str, &'static str)];

fn metadata(html: &str) -> PageMetadata {
    let url = HttpUrl::parse(URL).expect("a URL");
    read(html.as_bytes(), Some("text/html; charset=utf-8"), &url, Tz::UTC)
}

/// All known fields as text.
fn fields(metadata: PageMetadata) -> Vec<(&'static str, String)> {
    let url = |url: HttpUrl| url.as_str().to_owned();
    let picture = metadata.picture.map(|picture| match picture.size {
        Some((width, height)) => format!("{} {width}x{height}", picture.url.as_str()),
        None => picture.url.as_str().to_owned(),
    });
    let keywords = (!metadata.keywords.is_empty()).then(|| metadata.keywords.join("|"));
    let all = [
        ("title", metadata.title),
        ("excerpt", metadata.excerpt),
        ("published", metadata.published.map(|date| date.instant.format("%FT%TZ").to_string())),
        ("canonical", metadata.canonical.map(url)),
        ("amp", metadata.amp.map(url)),
        ("provider", metadata.provider),
        ("picture", picture),
        ("player", metadata.player.map(url)),
        ("language", metadata.language),
        ("keywords", keywords),
        ("oembed", metadata.oembed.map(url)),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

#[track_caller]
fn check(cases: &[(&str, Expected)]) {
    for (html, expected) in cases {
        let expected: Vec<(&str, String)> =
            expected.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        assert_eq!(fields(metadata(html)), expected, "{html}");
    }
}

#[test]
fn json_ld_describes_articles() {
    check(&[
        (
            r#"<html lang="en-GB"><script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle",
            "headline":"Quay reopens","description":"Ships return to the old quay.","datePublished":"2026-11-20T12:30:00+01:00",
            "url":"https://www.harbourpost.example/2026/11/quay","image":{"@type":"ImageObject","url":"https://img.example/q.jpg","width":1200,"height":"800px"},
            "publisher":{"@type":"Organization","name":"Harbour Post"},"keywords":["Ports","Trade"],"articleSection":"News","inLanguage":"en"}</script>"#,
            &[
                ("title", "Quay reopens"),
                ("excerpt", "Ships return to the old quay."),
                ("published", "2026-11-20T11:30:00Z"),
                ("canonical", "https://www.harbourpost.example/2026/11/quay"),
                ("provider", "Harbour Post"),
                ("picture", "https://img.example/q.jpg 1200x800"),
                ("language", "en"),
                ("keywords", "Ports|Trade|News"),
            ],
        ),
        (
            r##"<script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"Harbour Post","@id":"#site"},
            {"@type":"Organization","@id":"#org","name":"Harbour Post Ltd"},{"@type":["Article","BlogPosting"],"headline":"Quay reopens",
            "publisher":{"@id":"#org"},"image":{"@id":"#image"},"mainEntityOfPage":{"@id":"https://www.harbourpost.example/2026/11/quay"}},
            {"@type":"ImageObject","@id":"#image","contentUrl":"/q.jpg","width":640,"height":360}]}</script>"##,
            &[
                ("title", "Quay reopens"),
                ("canonical", "https://www.harbourpost.example/2026/11/quay"),
                ("provider", "Harbour Post Ltd"),
                ("picture", "https://www.harbourpost.example/q.jpg 640x360"),
            ],
        ),
        (
            r#"<script type="application/ld+json">[{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","name":"News"}]},
            {"@type":"http://schema.org/ReportageNewsArticle","name":"Quay reopens","image":["https://img.example/1.jpg","https://img.example/2.jpg"],"keywords":"Ports, Trade; ports"}]</script>"#,
            &[
                ("title", "Quay reopens"),
                ("picture", "https://img.example/1.jpg"),
                ("keywords", "Ports|Trade"),
            ],
        ),
        // A raw line break in a string, and a CDATA section around the object.
        (
            "<script type='application/ld+json'>//<![CDATA[\n{\"@type\":\"NewsArticle\",\"headline\":\"Quay\nreopens\"}\n//]]></script>",
            &[("title", "Quay reopens")],
        ),
        // Entities in JSON are not decoded by browsers, but written by many.
        (
            r#"<script type="application/ld+json">{"@type":"NewsArticle","headline":"Quay &amp; pier &#8217;reopen&#8217;"}</script>"#,
            &[("title", "Quay & pier ’reopen’")],
        ),
        // Broken JSON: the rest of the page counts.
        (
            r#"<script type="application/ld+json">{"@type":"NewsArticle","headline":</script><meta property="og:title" content="Quay reopens">"#,
            &[("title", "Quay reopens")],
        ),
        // Several articles: the page's own comes first.
        (
            r#"<script type="application/ld+json">[{"@type":"NewsArticle","headline":"Another","url":"https://www.harbourpost.example/other"},
            {"@type":"NewsArticle","headline":"Quay reopens","url":"https://www.harbourpost.example/2026/11/quay?utm_source=feed"}]</script>"#,
            &[
                ("title", "Quay reopens"),
                ("canonical", "https://www.harbourpost.example/2026/11/quay?utm_source=feed"),
            ],
        ),
        // Articles in lists are others.
        (
            r#"<script type="application/ld+json">{"@type":"ItemList","itemListElement":[{"@type":"NewsArticle","headline":"Another"}]}</script><title>Quay reopens</title>"#,
            &[("title", "Quay reopens")],
        ),
        (
            r#"<script type="application/ld+json">{"@type":"WebPage","mainEntity":{"@type":"NewsArticle","headline":{"@value":"Quay reopens","@language":"en"}}}</script>"#,
            &[("title", "Quay reopens")],
        ),
        (
            r#"<script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"Quay, live","datePublished":"2026-11-20"}</script>"#,
            &[("title", "Quay, live"), ("published", "2026-11-20T00:00:00Z")],
        ),
    ]);
}

#[test]
fn videos_have_a_player() {
    check(&[
        (
            r#"<script type="application/ld+json">{"@type":"VideoObject","name":"The quay from above","uploadDate":"2026-11-20T08:00:00Z",
            "thumbnailUrl":["https://img.example/v.jpg"],"embedUrl":"https://video.example/embed/1","contentUrl":"https://video.example/1.mp4"}</script>"#,
            &[
                ("title", "The quay from above"),
                ("published", "2026-11-20T08:00:00Z"),
                ("picture", "https://img.example/v.jpg"),
                ("player", "https://video.example/embed/1"),
            ],
        ),
        (
            r#"<meta property="og:type" content="video.other"><meta property="og:title" content="The quay">
            <meta property="og:video:url" content="https://video.example/1.mp4"><meta name="twitter:player" content="https://video.example/embed/1">"#,
            &[("title", "The quay"), ("player", "https://video.example/embed/1")],
        ),
        // An article with a video is an article.
        (
            r#"<meta property="og:type" content="article"><meta property="og:title" content="The quay"><meta name="twitter:player" content="https://video.example/embed/1">"#,
            &[("title", "The quay")],
        ),
    ]);
}

#[test]
fn open_graph_and_twitter_cards() {
    check(&[
        (
            r#"<meta property="og:title" content="Quay reopens"><meta property="og:description" content="Ships return to the old quay.">
            <meta property="og:image" content="http://img.example/q.jpg"><meta property="og:image:width" content="1200"><meta property="og:image:height" content="630">
            <meta property="og:site_name" content="Harbour Post"><meta property="og:locale" content="en_GB"><meta property="article:published_time" content="2026-11-20T12:30:00Z">
            <meta property="article:tag" content="Ports"><meta property="article:tag" content="Trade"><meta property="og:url" content="https://www.harbourpost.example/2026/11/quay">"#,
            &[
                ("title", "Quay reopens"),
                ("excerpt", "Ships return to the old quay."),
                ("published", "2026-11-20T12:30:00Z"),
                ("canonical", "https://www.harbourpost.example/2026/11/quay"),
                ("provider", "Harbour Post"),
                ("picture", "http://img.example/q.jpg 1200x630"),
                ("language", "en-GB"),
                ("keywords", "Ports|Trade"),
            ],
        ),
        // `name` in place of `property`, upper case, and single quotes.
        (
            "<META NAME='OG:TITLE' CONTENT='Quay reopens'><META NAME='Twitter:Image' CONTENT='/q.jpg'>",
            &[("title", "Quay reopens"), ("picture", "https://www.harbourpost.example/q.jpg")],
        ),
        // The size belongs to the picture before it.
        (
            r#"<meta property="og:image" content="/a.jpg"><meta property="og:image" content="/b.jpg"><meta property="og:image:width" content="9"><meta property="og:image:height" content="9">"#,
            &[("picture", "https://www.harbourpost.example/a.jpg")],
        ),
        (
            r#"<meta name="twitter:title" content="Quay reopens"><meta name="twitter:description" content="Ships return to the old quay."><meta name="twitter:image:src" content="//img.example/q.jpg">"#,
            &[
                ("title", "Quay reopens"),
                ("excerpt", "Ships return to the old quay."),
                ("picture", "https://img.example/q.jpg"),
            ],
        ),
        // Escaped twice.
        (
            r#"<meta property="og:title" content="Quay &amp;amp; pier">"#,
            &[("title", "Quay & pier")],
        ),
        // Empty values do not count.
        (
            r#"<meta property="og:title" content="  "><meta name="twitter:title" content="Quay reopens">"#,
            &[("title", "Quay reopens")],
        ),
        // An excerpt that repeats the title, and one that is only an address.
        (
            r#"<meta property="og:title" content="Quay reopens"><meta property="og:description" content="Quay reopens"><meta name="twitter:description" content="https://www.harbourpost.example/"><meta name="description" content="Ships return to the old quay.">"#,
            &[("title", "Quay reopens"), ("excerpt", "Ships return to the old quay.")],
        ),
        // What runs stays out.
        (
            r#"<meta property="og:title" content="Quay"><meta property="og:image" content="javascript:alert(1)"><link rel="canonical" href="data:text/html,x">"#,
            &[("title", "Quay")],
        ),
        (
            r#"<meta property="og:title" content="Quay&#x202e;&#0;&#x200b; reopens">"#,
            &[("title", "Quay\u{fffd}\u{200b} reopens")],
        ),
    ]);
}

#[test]
fn scholarly_and_library_names() {
    check(&[
        (
            r#"<meta name="DC.title" content="Quay reopens"><meta name="DC.date.issued" content="2026-11-20"><meta name="DC.publisher" content="Harbour Post"><meta name="DC.language" content="en"><meta name="DC.description" content="Ships return to the old quay.">"#,
            &[
                ("title", "Quay reopens"),
                ("excerpt", "Ships return to the old quay."),
                ("published", "2026-11-20T00:00:00Z"),
                ("provider", "Harbour Post"),
                ("language", "en"),
            ],
        ),
        (
            r#"<meta name="citation_title" content="Tides and quays"><meta name="citation_publication_date" content="2026/11/20"><meta name="citation_journal_title" content="Journal of Tides">"#,
            &[
                ("title", "Tides and quays"),
                ("published", "2026-11-20T00:00:00Z"),
                ("provider", "Journal of Tides"),
            ],
        ),
        (
            r#"<meta name="parsely-title" content="Quay reopens"><meta name="parsely-pub-date" content="2026-11-20T12:30:00Z"><meta name="parsely-tags" content="ports,trade">"#,
            &[
                ("title", "Quay reopens"),
                ("published", "2026-11-20T12:30:00Z"),
                ("keywords", "ports|trade"),
            ],
        ),
        (
            r#"<title>Quay | Harbour Post</title><meta name="sailthru.title" content="Quay reopens"><meta name="sailthru.description" content="Ships return to the old quay.">
            <meta name="sailthru.date" content="2026-11-20 12:30:00"><meta name="sailthru.image.full" content="https://img.example/q.jpg">
            <meta name="sailthru.tags" content="ports, trade"><meta property="article:published" content="2026-11-20T12:30:00Z">"#,
            &[
                ("title", "Quay reopens"),
                ("excerpt", "Ships return to the old quay."),
                ("published", "2026-11-20T12:30:00Z"),
                ("picture", "https://img.example/q.jpg"),
                ("keywords", "ports|trade"),
            ],
        ),
        (
            r#"<title>Quay reopens</title><meta name="pubdate" content="Fri, 20 Nov 2026 12:30:00 +0100"><meta name="news_keywords" content="Ports">"#,
            &[
                ("title", "Quay reopens"),
                ("published", "2026-11-20T11:30:00Z"),
                ("keywords", "Ports"),
            ],
        ),
    ]);
}

#[test]
fn microdata_and_plain_html() {
    check(&[
        (
            r#"<article itemscope itemtype="https://schema.org/NewsArticle"><h2 itemprop="headline">Quay <em>reopens</em></h2>
            <time itemprop="datePublished" datetime="2026-11-20T12:30Z">Friday</time><p itemprop="description">Ships return to the old quay.</p>
            <img itemprop="image" src="/q.jpg"><span itemprop="publisher" itemscope><meta itemprop="name" content="Harbour Post"></span></article>"#,
            &[
                ("title", "Quay reopens"),
                ("excerpt", "Ships return to the old quay."),
                ("published", "2026-11-20T12:30:00Z"),
                ("provider", "Harbour Post"),
                ("picture", "https://www.harbourpost.example/q.jpg"),
            ],
        ),
        // Pictures, authors and publishers that are items of their own.
        (
            r#"<article itemscope itemtype="https://schema.org/BlogPosting"><meta itemprop="mainEntityOfPage" itemid="https://www.harbourpost.example/2026/11/quay">
            <h1 itemprop="headline">Quay reopens</h1><span itemprop="author" itemscope itemtype="https://schema.org/Person"><span itemprop="name">A. Docker</span></span>
            <div itemprop="image" itemscope itemtype="https://schema.org/ImageObject"><meta itemprop="url" content="/q.jpg"><meta itemprop="width" content="1200"></div>
            <div itemprop="publisher" itemscope itemtype="https://schema.org/Organization"><div itemprop="logo" itemscope itemtype="https://schema.org/ImageObject">
            <meta itemprop="url" content="/logo.png"></div><meta itemprop="name" content="Harbour Post"></div><meta itemprop="datePublished" content="2026-11-20T12:30:00+00:00"></article>"#,
            &[
                ("title", "Quay reopens"),
                ("published", "2026-11-20T12:30:00Z"),
                ("provider", "Harbour Post"),
                ("picture", "https://www.harbourpost.example/q.jpg"),
            ],
        ),
        // What is behind or beside an item is not its property.
        (
            r#"<h1 itemprop="headline">Quay</h1><figure itemprop="image" itemscope><p itemscope><img itemprop="thumbnail" src="/t.jpg"></figure>
            <div itemscope itemtype="https://schema.org/Person"><a itemprop="url" href="/people/ann">Ann</a></div>"#,
            &[("title", "Quay")],
        ),
        (
            r#"<article itemscope><h1 itemprop="headline">Quay</h1><div itemprop="image" itemscope><div><meta itemprop="width" content="1"></div></div>
            <a itemprop="url" href="/2026/11/quay">Here</a></article>"#,
            &[("title", "Quay")],
        ),
        (
            r#"<div itemprop="publisher" itemscope></div><div itemscope><h1 itemprop="name">Quay reopens</h1></div>"#,
            &[("title", "Quay reopens")],
        ),
        (
            r#"<title>Quay</title><div itemprop="publisher" itemscope><img itemprop="logo" itemscope src="/l.png"><div itemscope><b itemprop="name">No</b></div>
            <b itemprop="name">Harbour Post</b></div>"#,
            &[("title", "Quay"), ("provider", "Harbour Post")],
        ),
        // A blog without a plugin for search engines.
        (
            r#"<html lang="en-GB"><title>Quay reopens &#8211; Harbour Post</title><link rel="alternate" type="application/rss+xml" title="Harbour Post &raquo; Feed" href="/feed/">
            <link rel="alternate" title="oEmbed (JSON)" type="application/json+oembed" href="/wp-json/oembed/1.0/embed?url=x"><link rel="canonical" href="/2026/11/quay/">
            <link rel="shortlink" href="/?p=7"><body><p class="site-title"><a href="/">Harbour Post</a></p><article><h1 class="entry-title">Quay reopens</h1>
            <time class="entry-date published" datetime="2026-11-20T12:30:00+01:00">20 November</time><time class="updated" datetime="2026-11-21T08:00:00+01:00">21 November</time>"#,
            &[
                ("title", "Quay reopens"),
                ("published", "2026-11-20T11:30:00Z"),
                ("canonical", "https://www.harbourpost.example/2026/11/quay/"),
                ("language", "en-GB"),
                ("oembed", "https://www.harbourpost.example/wp-json/oembed/1.0/embed?url=x"),
            ],
        ),
        (
            r#"<html lang=de><title>Kai wieder offen</title><body><h1>Kai</h1><time datetime="2026-11-20">20. November</time>"#,
            &[
                ("title", "Kai wieder offen"),
                ("published", "2026-11-20T00:00:00Z"),
                ("language", "de"),
            ],
        ),
        ("<body><h1> Quay\n  reopens </h1>", &[("title", "Quay reopens")]),
        (
            r#"<base href="https://cdn.example/a/"><link rel="image_src" href="q.jpg"><link rel="amphtml" href="/amp/quay"><title>Quay</title>"#,
            &[
                ("title", "Quay"),
                ("amp", "https://cdn.example/amp/quay"),
                ("picture", "https://cdn.example/a/q.jpg"),
            ],
        ),
        (
            r#"<link rel="alternate" type="application/json+oembed" href="/oembed?url=x&amp;format=json"><title>Quay</title>"#,
            &[
                ("title", "Quay"),
                ("oembed", "https://www.harbourpost.example/oembed?url=x&format=json"),
            ],
        ),
        // A drawing has a title too.
        ("<title>Quay</title><svg><title>Logo</title></svg>", &[("title", "Quay")]),
        // What is in comments, scripts and styles is not there.
        (
            "<!-- <title>A</title> --><script>'<title>B</title>'</script><style>/*<title>C</title>*/</style><title>Quay</title>",
            &[("title", "Quay")],
        ),
        ("", &[]),
        ("<", &[]),
        ("<title>", &[]),
    ]);
}

#[test]
fn title_has_no_name_of_the_site() {
    for (title, expected) in [
        ("Quay reopens | Harbour Post", "Quay reopens"),
        ("Quay reopens - harbourpost.example", "Quay reopens"),
        ("HarbourPost: Quay reopens", "HarbourPost: Quay reopens"),
        ("Harbour Post | Quay reopens", "Quay reopens"),
        ("Quay - pier – reopen — Harbour Post", "Quay - pier – reopen"),
        ("Quay reopens | Opinion", "Quay reopens | Opinion"),
        ("Harbour Post", ""),
    ] {
        let html =
            format!("<meta property='og:site_name' content='Harbour Post'><title>{title}</title>");
        assert_eq!(metadata(&html).title.unwrap_or_default(), expected);
    }
    let cut = r#"<meta property="og:title" content="Quay reopens after ten…"><title>Quay reopens after ten years | Harbour Post</title><meta property="og:site_name" content="Harbour Post">"#;
    assert_eq!(metadata(cut).title.as_deref(), Some("Quay reopens after ten years"));
}

#[test]
fn canonical_url_is_no_front_page() {
    for (canonical, expected) in [
        ("https://www.harbourpost.example/", None),
        ("/", None),
        ("/2026/11/quay", Some("https://www.harbourpost.example/2026/11/quay")),
        ("https://user:secret@harbourpost.example/quay", None),
    ] {
        let html = format!("<link rel=canonical href='{canonical}'>");
        assert_eq!(
            metadata(&html).canonical.as_ref().map(HttpUrl::as_str),
            expected,
            "{canonical}"
        );
    }
}

#[test]
fn long_excerpts_are_cut_between_words() {
    let html = format!("<meta name=description content='{}'>", "word ".repeat(300));
    let excerpt = metadata(&html).excerpt.expect("an excerpt");
    assert!(excerpt.ends_with("word…") && excerpt.chars().count() <= 501, "{excerpt}");
}
