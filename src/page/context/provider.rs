//! Providers, as cards show them.

use std::borrow::Cow;

use serde::Serialize;

use super::image::ImageContext;
use super::initials::initials;
use crate::collection::Term;
use crate::config::Config;
use crate::domain;

/// A provider.
#[derive(Debug, Serialize)]
pub(super) struct ProviderContext<'a> {
    pub(super) name: &'a str,
    pub(super) domain: Cow<'a, str>,
    pub(super) url: Option<&'a str>,
    pub(super) initials: String,
    pub(super) logo: Option<ImageContext<'a>>,
}

impl<'a> ProviderContext<'a> {
    /// A provider of the site. `url` is that of its list.
    pub(super) fn of_term(config: &Config, term: &'a Term, url: &'a str) -> Self {
        Self {
            name: &term.name,
            domain: domain::to_unicode(&term.identity),
            url: Some(url),
            initials: initials(&term.name),
            logo: term_logo(config, term),
        }
    }

    /// A provider that is known by a host name only.
    pub(super) fn of_host(host: &'a str) -> Self {
        Self { name: host, domain: host.into(), url: None, initials: initials(host), logo: None }
    }
}

/// The logo in the file of a term.
pub(super) fn term_logo<'a>(config: &Config, term: &'a Term) -> Option<ImageContext<'a>> {
    let logo = term.page.as_ref()?.logo.as_ref()?;
    Some(ImageContext::new(config, logo))
}
