//! The providers of a site: those with a file, and those that its articles name.

use std::collections::BTreeMap;

use crate::collection::Documents;
use crate::document::{TermPage, placeholder};
use crate::domain::Domain;
use crate::http_url::HttpUrl;

/// The providers of a site.
pub struct KnownProviders<'a> {
    files: Vec<(&'a Domain, &'a TermPage)>,
    /// How often articles use each name of a provider.
    names: BTreeMap<&'a Domain, BTreeMap<&'a str, usize>>,
}

/// What a site knows of a provider.
#[derive(Clone, Copy, Debug)]
pub struct KnownProvider<'a> {
    pub domain: &'a Domain,
    pub name: Option<&'a str>,
    /// The language of its articles.
    pub language: Option<&'a str>,
}

/// The provider of a new article.
#[derive(Clone, Debug)]
pub struct IdentifiedProvider<'a> {
    /// The domain, as the site spells it if it knows the provider.
    pub domain: Domain,
    /// As the site has it, else as the editor gave it.
    pub name: Option<String>,
    /// The language of its articles, if the site says so.
    pub language: Option<&'a str>,
}

impl<'a> KnownProviders<'a> {
    pub fn new(documents: &'a Documents) -> Self {
        let files = documents.providers.iter();
        let mut names: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        let of_articles = documents.summaries.iter().map(|(_, summary)| &*summary.provider);
        let of_faulty = documents.faulty.iter().filter_map(|article| article.provider.as_ref());
        let of_all = of_articles.chain(of_faulty);
        for provider in of_all.filter(|provider| !placeholder::is_provider(&provider.domain)) {
            // A domain in the place of a name is there because no name was known.
            if *provider.name == *provider.domain.as_str() {
                names.entry(&provider.domain).or_default();
                continue;
            }
            *names.entry(&provider.domain).or_default().entry(&*provider.name).or_default() += 1;
        }
        Self {
            files: files.filter_map(|page| Some((page.domain.as_ref()?, page))).collect(),
            names,
        }
    }

    /// The provider with this domain. A file also speaks for subdomains; articles do not, since
    /// a host of many sites may be among their providers.
    pub fn find(&self, domain: &Domain) -> Option<KnownProvider<'a>> {
        let files = self.files.iter().filter(|(known, _)| known.contains(domain.as_str()));
        if let Some((domain, page)) = files.max_by_key(|(known, _)| known.as_str().len()) {
            let name = page.name.as_deref().or_else(|| self.usual_name(domain));
            return Some(KnownProvider { domain, name, language: page.language.as_deref() });
        }
        let (domain, _) = self.names.get_key_value(domain)?;
        Some(KnownProvider { domain, name: self.usual_name(domain), language: None })
    }

    /// The domain of the provider with this name.
    pub fn domain_of(&self, name: &str) -> Option<&'a Domain> {
        let is_name = |known: &str| known.to_lowercase() == name.to_lowercase();
        let mut files = self.files.iter().copied();
        let of_file = files.find(|(_, page)| page.name.as_deref().is_some_and(is_name));
        let mut named =
            self.names.iter().filter(|(_, names)| names.keys().any(|name| is_name(name)));
        of_file.map(|(domain, _)| domain).or_else(|| Some(*named.next()?.0))
    }

    /// The provider that an editor names, else that of the first of these URLs. There is none if no
    /// domain is known.
    pub fn identify(
        &self,
        chosen: Option<&str>,
        urls: &[&HttpUrl],
    ) -> Option<IdentifiedProvider<'a>> {
        let chosen_domain = chosen
            .and_then(|chosen| self.domain_of(chosen).cloned().or_else(|| Domain::parse(chosen)));
        let in_urls = || urls.iter().find_map(|url| Domain::in_address(url.as_str()));
        let domain = chosen_domain.or_else(in_urls)?;
        let known = self.find(&domain);
        let chosen_name = chosen.filter(|chosen| Domain::parse(chosen).is_none());
        Some(IdentifiedProvider {
            name: known.and_then(|known| known.name).or(chosen_name).map(str::to_owned),
            language: known.and_then(|known| known.language),
            domain: known.map_or(domain, |known| known.domain.clone()),
        })
    }

    fn usual_name(&self, domain: &Domain) -> Option<&'a str> {
        let names = self.names.get(domain)?;
        names.iter().max_by_key(|(_, count)| **count).map(|(name, _)| *name)
    }
}
