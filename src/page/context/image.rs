//! Images, as templates show them.

use std::borrow::Cow;

use serde::Serialize;

use crate::config::{Config, ThemeImage};
use crate::document::ArticleSummary;
use crate::document::image::{Image, ImageLocation};
use crate::page::routes::Routes;
use crate::picture::{Picture, Variant};

/// The width that an image needs on a card.
const CARD_WIDTH: u32 = 640;

/// The height that a logo needs: twice that of the theme's largest.
const LOGO_HEIGHT: u32 = 200;

/// How much the ratios of two sizes of one picture may differ.
const RATIO_TOLERANCE: f64 = 0.02;

/// An image.
#[derive(Debug, Serialize)]
pub(in crate::page) struct ImageContext<'a> {
    pub(in crate::page) url: Cow<'a, str>,
    width: Option<u32>,
    height: Option<u32>,
    cached: bool,
    /// The smaller variants, and the picture itself unless one of them is wide enough.
    srcset: Option<String>,
}

impl<'a> ImageContext<'a> {
    pub(in crate::page) fn new(config: &Config, image: &'a Image) -> Self {
        let url = match &image.location {
            ImageLocation::Remote(url) => url.as_str().into(),
            ImageLocation::Local(path) => {
                [config.root(), path.trim_start_matches('/')].concat().into()
            }
        };
        Self { url, width: image.width, height: image.height, cached: image.cached, srcset: None }
    }

    /// With what is known of its file: the size, where front matter has none, and the variants.
    pub(in crate::page) fn with_file(routes: Routes<'_>, image: &'a Image) -> Self {
        let context = Self::new(routes.config, image);
        let Some(picture) = routes.picture(image) else { return context };
        let size = image.width.zip(image.height);
        let (width, height) = size.unwrap_or((picture.size.width, picture.size.height));
        Self {
            width: Some(width),
            height: Some(height),
            srcset: srcset(routes, &context.url, picture),
            ..context
        }
    }

    /// The image of an article's card. Of several images that may be one picture in several sizes, it
    /// is the smallest that is wide enough.
    pub(in crate::page) fn of_card(
        routes: Routes<'_>,
        first: &'a Image,
        summary: &'a ArticleSummary,
    ) -> Self {
        let first = Self::with_file(routes, first);
        if first.srcset.is_some() {
            return first;
        }
        let others = summary.more_images.iter().map(|image| Self::with_file(routes, image));
        let wide_enough = others.filter(|other| first.may_be_wider_than(other));
        wide_enough.min_by_key(|other| other.width).unwrap_or(first)
    }

    /// Whether `other` may be the same picture, narrower but wide enough for a card.
    fn may_be_wider_than(&self, other: &Self) -> bool {
        let is_narrower = self
            .width
            .zip(other.width)
            .is_some_and(|(own, other)| (CARD_WIDTH..own).contains(&other));
        let ratio = |image: &Self| Some(f64::from(image.width?) / f64::from(image.height?));
        let has_other_ratio = ratio(self)
            .zip(ratio(other))
            .is_some_and(|(own, other)| (own / other - 1.0).abs() > RATIO_TOLERANCE);
        is_narrower && !has_other_ratio
    }

    /// The image of a related item, unless the theme shows none.
    pub(super) fn of_related(config: &Config, image: &'a Image) -> Option<Self> {
        (!config.theme.hides_pictures).then(|| Self::new(config, image))
    }

    /// An image that the theme is configured with.
    pub(super) fn of_theme(routes: Routes<'_>, image: &ThemeImage) -> Self {
        let (width, height) = (Some(image.size.width), Some(image.size.height));
        Self {
            url: routes.file_url(&image.path).into(),
            width,
            height,
            cached: false,
            srcset: None,
        }
    }

    /// A logo of the site. Where the file is much larger than any theme shows it, `srcset` is a
    /// smaller variant alone.
    pub(super) fn of_logo(routes: Routes<'_>, logo: &ThemeImage) -> Self {
        let picture = routes.static_picture(&logo.path);
        let mut variants = picture.into_iter().flat_map(|picture| &picture.variants);
        let variant = variants.find(|variant| variant.size.height >= LOGO_HEIGHT);
        let srcset = variant.map(|variant| routes.file_url(&variant.path));
        Self { srcset, ..Self::of_theme(routes, logo) }
    }

    /// The picture for social networks of pages without another, with an absolute URL.
    pub(super) fn social(routes: Routes<'_>) -> Option<Self> {
        let config = routes.config;
        let image = Self::of_theme(routes, config.theme_files.social_image.as_ref()?);
        Some(Self { url: config.absolute(&image.url).into(), ..image })
    }

    /// With an absolute URL.
    pub(in crate::page) fn absolute(routes: Routes<'_>, image: &'a Image) -> Self {
        let (config, context) = (routes.config, Self::with_file(routes, image));
        match image.location {
            ImageLocation::Remote(_) => context,
            ImageLocation::Local(_) => {
                let url = config.absolute(&context.url).into();
                Self { url, srcset: None, ..context }
            }
        }
    }
}

/// A variant of this width in pixels makes the picture itself, which may be huge, superfluous.
const WIDE_ENOUGH: u32 = 1280;

/// The value of the attribute `srcset` of a picture at `url`. None if it has no variants.
pub(super) fn srcset(
    routes: Routes<'_>,
    url: &str,
    Picture { size, variants, .. }: &Picture,
) -> Option<String> {
    let is_wide = variants.last().is_some_and(|widest| widest.size.width >= WIDE_ENOUGH);
    let itself = (!is_wide).then(|| format!("{url} {}w", size.width));
    let variant =
        |variant: &Variant| format!("{} {}w", routes.file_url(&variant.path), variant.size.width);
    let candidates: Vec<String> = variants.iter().map(variant).chain(itself).collect();
    (!variants.is_empty()).then(|| candidates.join(", "))
}
