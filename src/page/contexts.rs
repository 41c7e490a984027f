//! What the output files of a site are rendered from.

use super::context::{ArticleRepr, CardContext, Cards, SiteContext, TemplateContext, TermOrder};
use super::feed::Feed;
use super::json_ld::{self, LinkedData};
use super::output_files::OutputFiles;
use super::route::{FeedPage, Route};
use super::xml_files::{XmlContext, XmlFile};
use crate::asset::Asset;
use crate::collection::ArticleId;
use crate::digest::DigestKey;
use crate::document::ArticleBody;
use crate::picture::{Picture, Pictures};

/// What every output file is rendered from.
#[derive(Debug)]
pub struct Contexts<'a> {
    outputs: &'a OutputFiles<'a>,
    cards: Cards<'a>,
    term_order: TermOrder,
}

impl<'a> Contexts<'a> {
    /// The contexts of `outputs`, or of single pages of a site of which `outputs` has no file.
    /// `digest_key` is for the digests that represent cards.
    pub fn new(outputs: &'a OutputFiles<'a>, digest_key: &DigestKey) -> Self {
        let routes = outputs.routes;
        Self { outputs, cards: Cards::new(routes, digest_key), term_order: TermOrder::new(routes) }
    }

    /// The `site` variable of every template.
    pub fn site(&self) -> SiteContext<'a> {
        SiteContext::new(self.outputs.routes, self.outputs.assets)
    }

    /// The context of one page; an article's body is added by [`Contexts::with_body`].
    pub fn context<'v, C: ArticleRepr<'v>>(&'v self, route: Route) -> TemplateContext<'v, C> {
        TemplateContext::new(&self.cards, &self.term_order, route)
    }

    /// Adds the body to an article's context.
    pub fn with_body<'v>(
        &'v self,
        mut context: TemplateContext<'v, CardContext<'v>>,
        body: &'v ArticleBody,
    ) -> TemplateContext<'v, CardContext<'v>> {
        context.add_body(&self.cards, body);
        context
    }

    /// The JSON-LD of a page; none if there is nothing to describe.
    pub fn linked_data<'v, C: ArticleRepr<'v>>(
        &'v self,
        route: Route,
        context: &TemplateContext<'v, C>,
    ) -> Option<LinkedData<'v>> {
        json_ld::linked_data(&self.cards, route, context.head())
    }

    /// The content of a feed.
    pub fn feed(&self, page: FeedPage) -> Feed<'a> {
        Feed::new(self.outputs.routes, page, self.outputs.assets)
    }

    /// The content of an XML file.
    pub fn xml_context(&self, file: XmlFile) -> XmlContext<'a> {
        XmlContext::new(self.outputs.routes, &self.outputs.sitemap, file)
    }

    /// What is known of the files of the pictures in an article's body.
    pub fn body_pictures(&self, id: ArticleId) -> Vec<Option<&'a Picture>> {
        let routes = self.outputs.routes;
        let images = routes.collection.summary(id).body_images.iter();
        images.map(|path| routes.static_picture(path)).collect()
    }

    /// What is known of the files of pictures.
    pub fn pictures(&self) -> Option<&'a Pictures> {
        self.outputs.routes.pictures()
    }

    /// The theme's assets.
    pub fn assets(&self) -> &'a [Asset] {
        self.outputs.assets
    }
}

#[cfg(test)]
mod tests {
    use tera::Value;

    use super::*;
    use crate::page::fixture::{collection, config};
    use crate::page::{OutputContent, Routes, story_pages};
    use crate::reservations::Reservations;

    const ARTICLE: &str = "---\ntitle: T\npublishedDateTime: 2026-01-01T00:00:00Z\nheat: 1\nquality: 1\n\
        originalUrl: https://a.example/x\nampWebUrl: https://a.example/amp\nprovider:\n  domain: a.example\n  \
        images: [{url: /l.svg}]\ntopics: [A]\nimages: [{url: /i.webp}]\nunknown: 1\nfeaturedContent: \
        '<iframe src=\"https://player.vimeo.com/video/1\">'\nrelated: [{title: R, webUrl: 'https://b.example/'}]\n---\n";
    const TOPIC: &str = "---\nparent: B\nlogo: /t.svg\n---\n";

    /// Collects the names of all values of a context, at any depth.
    fn names(value: &Value, found: &mut Vec<String>) {
        for item in value.as_array().unwrap_or_default() {
            names(item, found);
        }
        for (key, value) in value.as_map().into_iter().flatten() {
            let key = key.as_str().unwrap_or_default();
            found.push(key.to_owned());
            if key != "extra" {
                names(value, found);
            }
        }
    }

    #[test]
    fn template_variables_are_documented() {
        let config = config(
            "nav = [\"A\"]\narchives = true\narticle_pages = \"self\"\n[amp]\npages = true\n",
        );
        let report = |name: &str| {
            ARTICLE
                .replace("a.example", &format!("{name}.example"))
                .replace("unknown:", "story: S\nunknown:")
        };
        let [b, c, d] = ["b", "c", "d"].map(report);
        let documents = [
            ("a.md", ARTICLE),
            ("b.md", &b),
            ("c.md", &c),
            ("d.md", &d),
            ("topics/a.md", TOPIC),
            ("topics/b.md", "---\n---\n"),
            ("pages/p.md", "---\ntitle: P\n---\n"),
        ];
        let (collection, bodies) = collection(&documents, &config);
        let reservations = Reservations::default();
        let (reserved, routes) = (reservations.index(&[]), Routes::new(&collection, &config));
        let stories = story_pages(routes, &reserved, &[]);
        let (outputs, _) = OutputFiles::new(routes.with_stories(&stories), &reserved, &[], &[]);
        let contexts = Contexts::new(&outputs, &DigestKey::random());
        let mut found = Vec::new();
        names(&Value::from_serializable(&contexts.site()), &mut found);
        for file in &outputs.files {
            if let OutputContent::Page(route) = file.content {
                let context = contexts.with_body(contexts.context(route), &bodies[0]);
                names(&Value::from_serializable(&context), &mut found);
            }
        }
        assert!(found.len() > 300, "{}", found.len());
        let table = include_str!("../../docs/templates.md");
        for name in found {
            let is_documented = [
                format!(".{name}`"),
                format!("`{name}`"),
                format!(" {name} "),
                format!(", {name} "),
            ]
            .iter()
            .any(|form| table.contains(form));
            assert!(is_documented, "docs/templates.md lacks {name}");
        }
    }
}
