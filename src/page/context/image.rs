//! Images, as templates show them.

use std::borrow::Cow;

use serde::Serialize;

use crate::config::{Config, ThemeImage};
use crate::document::image::{Image, ImageLocation};
use crate::page::routes::Routes;

/// An image.
#[derive(Debug, Serialize)]
pub(in crate::page) struct ImageContext<'a> {
    pub(in crate::page) url: Cow<'a, str>,
    width: Option<u32>,
    height: Option<u32>,
    cached: bool,
}

impl<'a> ImageContext<'a> {
    pub(in crate::page) fn new(config: &Config, image: &'a Image) -> Self {
        let url = match &image.location {
            ImageLocation::Remote(url) => url.as_str().into(),
            ImageLocation::Local(path) => {
                [config.root(), path.trim_start_matches('/')].concat().into()
            }
        };
        Self { url, width: image.width, height: image.height, cached: image.cached }
    }

    /// The picture of an article, unless the theme shows none.
    pub(super) fn of_article(config: &Config, image: &'a Image) -> Option<Self> {
        (!config.theme.hides_pictures).then(|| Self::new(config, image))
    }

    /// An image that the theme is configured with.
    pub(super) fn of_theme(routes: Routes<'_>, image: &ThemeImage) -> Self {
        let (width, height) = (Some(image.size.width), Some(image.size.height));
        Self { url: routes.file_url(&image.path).into(), width, height, cached: false }
    }

    /// The picture for social networks of pages without another, with an absolute URL.
    pub(super) fn social(routes: Routes<'_>) -> Option<Self> {
        let config = routes.config;
        let image = Self::of_theme(routes, config.theme_files.social_image.as_ref()?);
        Some(Self { url: config.absolute(&image.url).into(), ..image })
    }

    /// With an absolute URL.
    pub(in crate::page) fn absolute(config: &Config, image: &'a Image) -> Self {
        let context = Self::new(config, image);
        match image.location {
            ImageLocation::Remote(_) => context,
            ImageLocation::Local(_) => {
                Self { url: config.absolute(&context.url).into(), ..context }
            }
        }
    }
}
