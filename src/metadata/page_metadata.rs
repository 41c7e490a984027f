//! What a page or a feed says about one article.

use super::oembed::Oembed;
use crate::document::date::ParsedDate;
use crate::http_url::HttpUrl;

/// What a page says about its article. Texts are normalized: plain, without entities or control
/// characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageMetadata {
    /// The headline, without the name of the site.
    pub title: Option<String>,
    /// A description of one or a few sentences.
    pub excerpt: Option<String>,
    /// When the article was published.
    pub published: Option<ParsedDate>,
    /// The canonical URL.
    pub canonical: Option<HttpUrl>,
    /// The URL of the AMP page.
    pub amp: Option<HttpUrl>,
    /// The name of the publisher.
    pub provider: Option<String>,
    /// The picture that represents the article.
    pub picture: Option<PagePicture>,
    /// The player of a page whose subject is a video.
    pub player: Option<HttpUrl>,
    /// The language tag of the page.
    pub language: Option<String>,
    /// Keywords and sections, as the publisher spells them.
    pub keywords: Vec<String>,
    /// Where the page's oEmbed description is (<https://oembed.com/#section4>).
    pub oembed: Option<HttpUrl>,
}

impl PageMetadata {
    /// Adds title, picture and provider from the page's oEmbed description, which was fetched from
    /// `url`, for values that the page lacks.
    #[must_use]
    pub fn with_oembed(self, json: &[u8], url: &HttpUrl) -> Self {
        let Oembed { title, provider, picture, picture_size } = Oembed::parse(json, url);
        let picture = picture.map(|url| PagePicture { url, size: picture_size });
        Self {
            title: self.title.or(title),
            provider: self.provider.or(provider),
            picture: self.picture.or(picture),
            ..self
        }
    }

    /// Adds what another description of the same article says, for values that are missing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            title: self.title.or(other.title),
            excerpt: self.excerpt.or(other.excerpt),
            published: self.published.or(other.published),
            canonical: self.canonical.or(other.canonical),
            amp: self.amp.or(other.amp),
            provider: self.provider.or(other.provider),
            picture: self.picture.or(other.picture),
            player: self.player.or(other.player),
            language: self.language.or(other.language),
            keywords: if self.keywords.is_empty() { other.keywords } else { self.keywords },
            oembed: self.oembed.or(other.oembed),
        }
    }
}

/// A picture, with its size in pixels where the page states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagePicture {
    /// Where the picture is.
    pub url: HttpUrl,
    /// Its width and height.
    pub size: Option<(u32, u32)>,
}
