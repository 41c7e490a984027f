//! Images, as templates show them.

use std::borrow::Cow;

use serde::Serialize;

use crate::config::Config;
use crate::document::image::{Image, ImageLocation};

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
