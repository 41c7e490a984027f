//! Turns a page of another site into a new article: what the page says, completed by what this site
//! knows of its originals, providers and topics. Pure: metadata and documents in, article out.

use chrono::{DateTime, Utc};

use crate::collection::Documents;
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::date::ParsedDate;
use crate::document::{text, video};
use crate::domain::Domain;
use crate::fetched_page::FetchedPage;
use crate::http_url::HttpUrl;
use crate::inventory::{KnownOriginals, KnownProviders, KnownTopics};
use crate::invisible_chars::is_blank;
use crate::locale::is_same_language;
use crate::metadata::PagePicture;
use crate::new_document::{NewArticle, title_in_url, written_date};

/// The maximum width and height of a picture in a document.
const MAX_DIMENSION: u32 = 100_000;

/// What a site knows before an article is added.
pub struct SiteKnowledge<'a> {
    config: &'a Config,
    originals: KnownOriginals<'a>,
    providers: KnownProviders<'a>,
    topics: KnownTopics<'a>,
}

/// What the editor decides about a new article.
#[derive(Clone, Debug, Default)]
pub struct EditorChoices {
    /// The topics; none if they are to be suggested.
    pub topics: Vec<String>,
    /// The editor's own words.
    pub note: Option<String>,
    /// Whether the article is published at once.
    pub is_published: bool,
    /// The name or domain of the provider, if it does not follow from the page.
    pub provider: Option<String>,
    /// The language, if it is not what the page says.
    pub language: Option<String>,
}

/// A new article, and what the editor should know about it.
#[derive(Clone, Debug)]
pub struct ArticleProposal {
    /// The article.
    pub article: NewArticle,
    /// A line for each key whose value was not found or needs a look, beginning with the key.
    pub notes: Vec<String>,
}

impl<'a> SiteKnowledge<'a> {
    /// What these documents tell.
    pub fn new(documents: &'a Documents, config: &'a Config) -> Self {
        Self {
            config,
            originals: KnownOriginals::new(documents),
            providers: KnownProviders::new(documents),
            topics: KnownTopics::new(documents, config),
        }
    }

    /// Refuses a URL that is the original of an article already.
    ///
    /// # Errors
    /// Names the document of that article.
    pub fn check_new(&self, url: &HttpUrl) -> Result<(), Diagnostic> {
        self.originals.check_new(url)
    }

    /// Refuses a page about an original that an article of the site has already.
    ///
    /// # Errors
    /// Names the document of that article.
    pub fn check_new_page(&self, page: &FetchedPage) -> Result<(), Diagnostic> {
        let web_url = web_url(page);
        let urls = [Some(&page.given), Some(&page.url), Some(&web_url), page.metadata.amp.as_ref()];
        urls.into_iter().flatten().try_for_each(|url| self.check_new(url))
    }

    /// The new article about a page.
    ///
    /// # Errors
    /// If the site has the article already, or if the publisher has no domain.
    pub fn propose(
        &self,
        page: FetchedPage,
        choices: EditorChoices,
        now: DateTime<Utc>,
    ) -> Result<ArticleProposal, Diagnostic> {
        self.check_new_page(&page)?;
        let web_url = web_url(&page);
        let mut notes = Vec::new();
        let provider = self.provider(&page, &web_url, choices.provider.as_deref())?;
        let FetchedPage { given, mut metadata, .. } = page;
        metadata.language = choices.language.clone().or(metadata.language);
        let title = found(metadata.title, "title: not found, made of the URL", &mut notes)
            .unwrap_or_else(|| text::normalize(&title_in_url(&web_url)));
        let excerpt = found(metadata.excerpt, "excerpt: not found", &mut notes);
        let published =
            found(metadata.published, "publishedDateTime: not found, set to now", &mut notes)
                .unwrap_or(ParsedDate { instant: now, has_time: true });
        let provider_name =
            found(provider.name, "provider: name not found, made of the domain", &mut notes);
        let picture = found(metadata.picture, "images: none found", &mut notes);
        notes.extend(language_note(metadata.language.as_deref(), &provider.language));
        notes.extend(metadata.player.as_ref().and_then(|player| self.player_note(player)));
        let (topics, suggested_topics) = self.topics(&choices, &title, &metadata.keywords);
        notes.extend(topics.iter().filter_map(|name| self.topics.new_topic_note(name)));
        notes.extend(topics.is_empty().then(|| topics_note(&suggested_topics)));
        let is_expected = |language: &String| is_same_language(language, &provider.language);
        let article = NewArticle {
            title,
            excerpt: excerpt.unwrap_or_default(),
            published: written_date(published, self.config.time_zone),
            original_url: text_of(&given),
            amp_url: metadata.amp.filter(|amp| *amp != web_url).as_ref().map(text_of),
            provider_name: provider_name.unwrap_or_else(|| provider.domain.to_string()),
            provider_domain: provider.domain.to_string(),
            topics,
            suggested_topics,
            picture: picture.map(|picture| (text_of(&picture.url), size(&picture))),
            player: metadata.player.as_ref().map(text_of),
            language: metadata.language.filter(|language| !is_expected(language)),
            note: choices.note.filter(|note| !note.trim().is_empty()),
            is_published: choices.is_published,
            web_url: (web_url != given).then(|| text_of(&web_url)),
        };
        Ok(ArticleProposal { article, notes })
    }

    /// The provider of a page: the chosen one, else as the site knows it, else as the page says.
    fn provider(
        &self,
        page: &FetchedPage,
        web_url: &HttpUrl,
        chosen: Option<&str>,
    ) -> Result<ProviderOfPage, Diagnostic> {
        let found = self.providers.identify(chosen, &[web_url, &page.given]).ok_or_else(|| {
            let message = format!("`{}` is not the domain of a publisher", web_url.host());
            Diagnostic::new(Code::UnreadablePage, Location::file(page.given.as_str()), message)
                .help("pass the public URL of the article")
        })?;
        let stated = page.metadata.provider.as_ref();
        let stated = stated.filter(|_| is_of_publisher(&page.url, &found.domain));
        Ok(ProviderOfPage {
            name: found.name.or_else(|| stated.cloned()),
            language: found.language.unwrap_or(&self.config.language).to_owned(),
            domain: found.domain,
        })
    }

    /// The topics that the editor chose, as the site spells them; if none, those that may fit.
    fn topics(
        &self,
        choices: &EditorChoices,
        title: &str,
        keywords: &[String],
    ) -> (Vec<String>, Vec<String>) {
        let chosen = choices.topics.iter().map(|name| self.topics.usual_spelling(name));
        let chosen: Vec<String> = chosen.filter(|name| !is_blank(name)).collect();
        if chosen.is_empty() {
            (chosen, self.topics.suggestions(title, keywords))
        } else {
            (chosen, Vec::new())
        }
    }

    /// A note about a player that the site does not show.
    fn player_note(&self, player: &HttpUrl) -> Option<String> {
        let is_shown = video::player(player.as_str(), &self.config.video.hosts).is_some();
        (!is_shown).then(|| {
            format!(
                "featuredContent: not shown, since `{}` is not among the hosts of `[video]` in site.toml",
                player.host()
            )
        })
    }
}

/// Who published a page.
struct ProviderOfPage {
    domain: Domain,
    name: Option<String>,
    /// The language that its articles are expected to be in.
    language: String,
}

fn language_note(language: Option<&str>, expected: &str) -> Option<String> {
    language.is_none().then(|| format!("language: not found, assumed to be `{expected}`"))
}

/// Where readers find the original: its canonical URL, else where the redirects ended. Many pages
/// that are served by `https` still call their `http` URL the canonical one.
fn web_url(page: &FetchedPage) -> HttpUrl {
    let canonical = page.metadata.canonical.as_ref();
    let is_other = |canonical: &&HttpUrl| HttpUrl::clone(canonical).into_https() != page.url;
    canonical.filter(is_other).unwrap_or(&page.url).clone()
}

/// Whether a page is on the site of the publisher with this domain. Others copy articles, and state
/// their own names beside the canonical URL.
fn is_of_publisher(page: &HttpUrl, publisher: &Domain) -> bool {
    Domain::in_address(page.as_str()).is_none_or(|domain| {
        domain.contains(publisher.as_str()) || publisher.contains(domain.as_str())
    })
}

/// Notes that a value was not found.
fn found<T>(value: Option<T>, note: &str, notes: &mut Vec<String>) -> Option<T> {
    if value.is_none() {
        notes.push(note.to_owned());
    }
    value
}

fn topics_note(suggested: &[String]) -> String {
    if suggested.is_empty() {
        return "topics: none".to_owned();
    }
    format!(
        "topics: none; these may fit, and are comments in the document: {}",
        suggested.join(", ")
    )
}

fn text_of(url: &HttpUrl) -> String {
    url.as_str().to_owned()
}

/// The size of a picture, if it is plausible.
fn size(picture: &PagePicture) -> Option<(u32, u32)> {
    let is_plausible = |pixels: u32| (1..=MAX_DIMENSION).contains(&pixels);
    picture.size.filter(|(width, height)| is_plausible(*width) && is_plausible(*height))
}
