//! The output of a site: which files there are, where they are, and what each is rendered from.
//!
//! [`Routes`] knows the URL and path of every page, [`OutputFiles`] lists all files, and
//! [`Contexts`] provides what they are rendered from. Each is made of the one before and never
//! changes.
#![allow(clippy::indexing_slicing, reason = "ids index the lists that they were made for")]

mod address_holder;
mod alias_conflicts;
mod claims;
mod context;
mod contexts;
mod dead_links;
mod feed;
mod front_articles;
mod front_explanation;
#[cfg(test)]
mod fixture;
mod host_files;
mod icons;
mod index_pages;
mod json_ld;
mod menu;
mod new_lists;
mod news_sitemap;
mod opml;
mod output_file;
mod output_files;
mod pagination;
mod path_conflicts;
mod period;
mod provider;
mod published;
mod redirect;
mod route;
mod routes;
mod site_warnings;
mod sitemap;
mod story_addresses;
mod story_pages;
mod taken_paths;
mod text_language;
mod url_encoding;
mod xml_files;

pub use context::{ArticleRepr, CardContext, SiteContext, TemplateContext};
pub use contexts::Contexts;
pub use dead_links::DeadLink;
pub use feed::{Feed, FeedItem, FeedReport, FeedStory};
pub use front_articles::{Demotion, FrontArticles};
pub use front_explanation::FrontExplanation;
pub use host_files::{HeaderRule, HostFile};
pub use icons::{WEB_MANIFEST, WebManifest, web_manifest};
pub use json_ld::LinkedData;
pub use news_sitemap::{NEWS_SPAN, NewsSitemapContext};
pub use opml::{OpmlContext, OpmlEntry};
pub use output_file::{File, OutputContent, OutputFile};
pub use output_files::OutputFiles;
pub use path_conflicts::Refused;
pub use period::Period;
pub use published::Published;
pub use redirect::redirect_line;
pub use route::{FeedPage, IndexKind, IndexPage, ListId, ListPage, RedirectPage, Route};
pub use routes::Routes;
pub use sitemap::SitemapEntry;
pub use story_addresses::story_pages;
pub use story_pages::{StoryPages, story_of_holder};
pub use url_encoding::encode;
pub use xml_files::{XmlContext, XmlFile};
