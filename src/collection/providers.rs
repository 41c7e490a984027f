//! Groups articles by provider. A provider is identified by its domain: addresses, files and names
//! that several providers could claim are decided by domain, never by which came first.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::sync::Arc;

use unicode_security::confusable_detection::skeleton;

use super::ids::ids;
use super::near_spellings::{FREQUENT, RARE, UsedName, are_near_domains, near_spellings};
use super::taxonomy::{
    MAX_HINTS, Mention, Mentions, Taxonomy, Term, display_path, group, misspelt, term, unique_files,
};
use crate::diagnostic::{Code, Diagnostic, Location, closest_match};
use crate::document::{ArticleSummary, TermPage, placeholder};
use crate::domain::{self, Domain};
use crate::reservations::{AddressHolder, ReservationIndex, ReservedAddresses};
use crate::slug::{Slugs, folded};
use crate::source;

/// The providers of the articles.
pub(super) struct Grouped {
    pub(super) providers: Taxonomy,
    /// Contested list addresses, with the providers that have them.
    pub(super) contested: ReservedAddresses<'static>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The domains of all articles, published or not, if a file does not state its domain.
pub(super) fn known_domains<'s>(
    files: &[TermPage],
    summaries: impl Iterator<Item = &'s ArticleSummary>,
) -> BTreeSet<Domain> {
    if files.iter().all(|page| page.domain.is_some()) {
        return BTreeSet::new();
    }
    let domains: BTreeSet<&Domain> = summaries.map(|summary| &summary.provider.domain).collect();
    domains.into_iter().cloned().collect()
}

/// Groups articles by provider. `known` are the domains of all articles, published or not.
pub(super) fn providers(
    summaries: &[Arc<ArticleSummary>],
    known: &BTreeSet<Domain>,
    files: Vec<TermPage>,
    slugs: Slugs,
    reserved: &ReservationIndex<'_>,
) -> Grouped {
    let (mut diagnostics, mut contested) = (Vec::new(), ReservedAddresses::new());
    let mentions = ids(summaries.len()).zip(summaries).map(|(article, summary)| {
        let provider = &summary.provider;
        Mention { identity: &provider.domain, name: &provider.name, article }
    });
    let groups = group(mentions);
    let published = by_slug(groups.keys().copied(), slugs);
    let known = by_slug(known.iter(), slugs);
    let files = files_by_domain(files, &published, &known, slugs, reserved, &mut diagnostics);
    let mut providers = Providers { summaries, slugs, groups, files };
    providers.warn_of_files_without_articles(&mut diagnostics);
    providers.warn_of_names(&mut diagnostics);
    providers.warn_of_several_names(&mut diagnostics);
    providers.warn_of_near_domains(&mut diagnostics);
    let mut instead = providers.fallback_slugs(reserved, &mut contested, &mut diagnostics);
    let terms: Vec<Term> = std::mem::take(&mut providers.groups)
        .into_iter()
        .map(|(domain, mentions)| {
            let slug = instead.remove(domain).unwrap_or_else(|| wanted_slug(domain, slugs));
            term(domain.as_str(), slug, mentions, providers.files.remove(domain))
        })
        .collect();
    Grouped { providers: terms.into(), contested, diagnostics }
}

/// The address of the provider list with this slug.
fn list_address(slug: &str) -> String {
    format!("providers/{slug}")
}

/// The provider for which the list address of a slug is reserved.
fn reserved_for(slug: &str, slugs: Slugs, reserved: &ReservationIndex<'_>) -> Option<Domain> {
    let domain = Domain::parse(reserved.get(&folded(&list_address(slug)))?.provider()?)?;
    (wanted_slug(&domain, slugs) == slug).then_some(domain)
}

/// The slug of a provider unless another one has it.
fn wanted_slug(domain: &Domain, slugs: Slugs) -> String {
    slugs.slugify(&domain.to_unicode())
}

/// The domains that want each slug.
type BySlug<'a> = BTreeMap<String, Vec<&'a Domain>>;

fn by_slug<'a>(domains: impl Iterator<Item = &'a Domain>, slugs: Slugs) -> BySlug<'a> {
    let mut by_slug = BySlug::new();
    for domain in domains {
        by_slug.entry(wanted_slug(domain, slugs)).or_default().push(domain);
    }
    by_slug
}

/// The files by domain. A file name with hyphens for dots gives way to a file that states its
/// domain.
fn files_by_domain(
    files: Vec<TermPage>,
    published: &BySlug<'_>,
    known: &BySlug<'_>,
    slugs: Slugs,
    reserved: &ReservationIndex<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<Domain, TermPage> {
    let (mut exact, mut hyphenated) = (Vec::new(), Vec::new());
    for page in files {
        match page.domain.clone().or_else(|| domain_of_website(&page, slugs)) {
            Some(domain) => exact.push((domain, page)),
            None => hyphenated.push(page),
        }
    }
    let mut exact = unique_files(exact, diagnostics);
    let mut others = Vec::with_capacity(hyphenated.len());
    for page in hyphenated {
        let name = HyphenatedName::of(&page, slugs, reserved, |domain| !exact.contains_key(domain));
        let domain = name.domain(published);
        diagnostics.extend(name.warning(domain.as_ref(), known));
        others.extend(domain.map(|domain| (domain, page)));
    }
    exact.append(&mut unique_files(others, diagnostics));
    exact
}

/// The domain of the file's website, or one above it, if the file has its name with hyphens for
/// dots. No article decides that, so no other domain can get the file.
fn domain_of_website(page: &TermPage, slugs: Slugs) -> Option<Domain> {
    let host = page.website.as_ref()?.host_name();
    let dotted = dotted(page);
    let hosts = iter::successors(Some(host), |host| host.split_once('.').map(|(_, above)| above));
    hosts
        .filter_map(|host| Some((host, Domain::parse(host)?)))
        .find(|(host, domain)| has_name_of(page, host, slugs) || dotted.as_ref() == Some(domain))
        .map(|(_, domain)| domain)
}

/// Whether a file has the name of a host in one of its spellings: with A-labels or U-labels, with
/// or without `www.`.
fn has_name_of(page: &TermPage, host: &str, slugs: Slugs) -> bool {
    let spellings = [Cow::Borrowed(host), domain::u_labels(host)];
    spellings.iter().any(|spelling| {
        let slug = slugs.slugify(spelling);
        page.slug == slug || page.slug.strip_prefix("www-") == Some(&slug)
    })
}

/// The domain that a file name with hyphens for dots spells if no hyphen is literal.
fn dotted(page: &TermPage) -> Option<Domain> {
    Domain::parse(&file_name(page).replace('-', "."))
}

fn file_name(page: &TermPage) -> &str {
    source::name(&page.display_path).unwrap_or_default()
}

/// A file name with hyphens for dots, such as `news-example.md`, of a file that does not state its
/// domain. Hyphens may be literal too, so it can mean several domains.
struct HyphenatedName<'a, F> {
    page: &'a TermPage,
    slugs: Slugs,
    dotted: Option<Domain>,
    /// The domain whose list has the address.
    former: Option<Domain>,
    /// Whether a domain has no file that states it.
    is_free: F,
}

impl<'a, F: Fn(&Domain) -> bool> HyphenatedName<'a, F> {
    fn of(page: &'a TermPage, slugs: Slugs, reserved: &ReservationIndex<'_>, is_free: F) -> Self {
        let dotted = dotted(page).filter(&is_free);
        let former = reserved_for(&page.slug, slugs, reserved).filter(&is_free);
        Self { page, slugs, dotted, former, is_free }
    }

    /// The domains of articles that the name can mean.
    fn meanings<'m>(&'m self, articles: &BySlug<'m>) -> Vec<&'m Domain> {
        // The slug has lost the diacritics that distinguish domains.
        let is_ascii = file_name(self.page).is_ascii();
        let in_same_letters = |domain: &&Domain| domain.to_unicode().is_ascii() == is_ascii;
        let same_slug = articles.get(&self.page.slug).into_iter().flatten().copied();
        let mut meanings: Vec<&Domain> =
            same_slug.filter(in_same_letters).filter(|domain| (self.is_free)(domain)).collect();
        let has_articles = |domain: &&Domain| {
            let domains = articles.get(&wanted_slug(domain, self.slugs));
            domains.is_some_and(|domains| domains.contains(domain))
        };
        for domain in self.dotted.iter().filter(has_articles).chain(&self.former) {
            if !meanings.contains(&domain) {
                meanings.push(domain);
            }
        }
        meanings
    }

    /// The only domain with published articles that the name can mean; of several the one whose
    /// list has the address; if there is none, the one that the name spells.
    fn domain(&self, published: &BySlug<'_>) -> Option<Domain> {
        match *self.meanings(published) {
            [] => self.dotted.clone(),
            [only] => Some(only.clone()),
            _ => self.former.clone(),
        }
    }

    /// A warning if the name means no domain, or can mean another than the `chosen` one. Articles
    /// that are not published count, since they may be soon.
    fn warning(&self, chosen: Option<&Domain>, known: &BySlug<'_>) -> Option<Diagnostic> {
        let meanings = self.meanings(known);
        let others = meanings.into_iter().filter(|domain| Some(*domain) != chosen);
        let mut all = chosen.into_iter().chain(others);
        let (Some(first), Some(second)) = (all.next(), all.next()) else {
            return chosen.is_none().then(|| names_no_provider(self.page));
        };
        let read_as = match chosen {
            Some(domain) => format!("it is read as `{domain}`"),
            None => "it is read as neither".to_owned(),
        };
        let message = format!("the name of this file can mean `{first}` and `{second}`; {read_as}");
        let warning = Diagnostic::new(
            Code::AmbiguousProvider,
            Location::file(&self.page.display_path),
            message,
        )
        .help(format!("add a line `domain: ...`, or name it `{first}.md` or `{second}.md`"));
        Some(warning.changes_output())
    }
}

fn names_no_provider(page: &TermPage) -> Diagnostic {
    Diagnostic::new(Code::UnusedProvider, Location::file(&page.display_path), "no provider matches this file")
        .help("name it after the provider's domain, such as `news.example.md`, or add a line `domain: ...`")
        .changes_output()
}

/// The providers before they become terms.
struct Providers<'a> {
    summaries: &'a [Arc<ArticleSummary>],
    slugs: Slugs,
    groups: BTreeMap<&'a Domain, Mentions<'a>>,
    /// Files, including those about providers without articles.
    files: BTreeMap<Domain, TermPage>,
}

impl Providers<'_> {
    /// Slugs of providers that cannot have the wanted ones: their domains with `_` for dots, so
    /// that only the domain decides. A contested slug goes to a provider with a file, even without
    /// articles; else to the previous holder; else to the domain that the slug spells; else to the
    /// first by domain. Dates do not matter, since a new article can have any date.
    fn fallback_slugs(
        &self,
        reserved: &ReservationIndex<'_>,
        contested: &mut ReservedAddresses<'static>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> BTreeMap<Domain, String> {
        let without_articles = self.files.keys().filter(|domain| !self.groups.contains_key(domain));
        let mut instead = BTreeMap::new();
        let domains = self.groups.keys().copied().chain(without_articles);
        for (slug, mut domains) in by_slug(domains, self.slugs) {
            let former = reserved_for(&slug, self.slugs, reserved);
            domains.extend(former.as_ref().filter(|former| !domains.contains(former)));
            domains.sort_by_key(|domain| {
                let is_legible = slug.replace('-', ".") == domain.as_str();
                (
                    !self.files.contains_key(domain),
                    former.as_ref() != Some(domain),
                    !is_legible,
                    *domain,
                )
            });
            let Some((owner, others)) =
                domains.split_first().filter(|(_, others)| !others.is_empty())
            else {
                continue;
            };
            contested.insert(
                list_address(&slug).into(),
                AddressHolder::of_provider(owner.as_str()).into_owned(),
            );
            let is_here = self.groups.contains_key(owner) || self.files.contains_key(owner);
            let is_or_was = if is_here { "is" } else { "was" };
            for domain in others.iter().filter(|domain| self.groups.contains_key(*domain)) {
                let own_slug = domain.as_str().replace('.', "_");
                let message = format!(
                    "/providers/{slug}/ {is_or_was} the URL of the provider `{owner}`; `{domain}` is at /providers/{own_slug}/"
                );
                let warning = Diagnostic::new(
                    Code::ProviderAddressTaken,
                    Location::file(self.document_path(domain)),
                    message,
                );
                let warning = if is_here {
                    warning.other(
                        Location::file(self.document_path(owner)),
                        format!("is about `{owner}`"),
                    )
                } else {
                    warning
                };
                diagnostics.push(
                    warning
                        .help("a provider with a file in content/providers/ takes precedence")
                        .changes_output(),
                );
                instead.insert(Domain::clone(domain), own_slug);
            }
        }
        instead
    }

    /// A document about a provider: its oldest article, or else its file.
    fn document_path(&self, domain: &Domain) -> String {
        let article = self.groups.get(domain).and_then(Mentions::oldest);
        let file = self.files.get(domain).map(|page| page.display_path.clone());
        article
            .map(|article| display_path(self.summaries, article))
            .or(file)
            .expect("a provider has an article or a file")
    }

    /// Warns of providers with identical or confusable names.
    fn warn_of_names(&self, diagnostics: &mut Vec<Diagnostic>) {
        let mut claims: BTreeMap<String, Vec<Claim<'_>>> = BTreeMap::new();
        for claim in self.claims() {
            claims.entry(confusable_skeleton(&claim.name)).or_default().push(claim);
        }
        for mut claims in claims.into_values() {
            claims.sort_by_key(|claim| (!self.files.contains_key(claim.domain), claim.domain));
            claims.dedup_by_key(|claim| claim.domain);
            let Some((first, others)) = claims.split_first() else { continue };
            for other in others {
                let message = format!(
                    "two providers have the name `{}`: `{}` and `{}`",
                    other.name, first.domain, other.domain
                );
                diagnostics.push(
                    Diagnostic::new(Code::ProvidersWithOneName, Location::file(&other.display_path), message)
                        .other(Location::file(&first.display_path), format!("has the name `{}`", first.name))
                        .help("if they are the same provider, use one `domain`; otherwise readers may confuse them"),
                );
            }
        }
    }

    /// All names of providers: in files, in articles, and their domains.
    fn claims(&self) -> impl Iterator<Item = Claim<'_>> {
        let in_files = self.files.iter().filter_map(|(domain, page)| {
            Some(Claim {
                domain,
                name: page.name.clone()?,
                display_path: page.display_path.clone(),
            })
        });
        let in_articles = self.groups.iter().flat_map(|(domain, mentions)| {
            mentions.names.iter().map(|(name, (_, article))| Claim {
                domain,
                name: (*name).to_owned(),
                display_path: display_path(self.summaries, *article),
            })
        });
        let domains = self.groups.keys();
        let by_domain = domains.map(|domain| Claim {
            domain,
            name: domain.to_string(),
            display_path: self.document_path(domain),
        });
        in_files.chain(in_articles).chain(by_domain)
    }

    /// Warns of rare names of providers whose other articles have the same one, unless a file names
    /// them. A platform has many names, and none that most articles have.
    fn warn_of_several_names(&self, diagnostics: &mut Vec<Diagnostic>) {
        let is_named =
            |domain: &Domain| self.files.get(domain).is_some_and(|page| page.name.is_some());
        let is_skipped = |domain: &Domain| is_named(domain) || placeholder::is_provider(domain);
        let groups = self.groups.iter().filter(|(domain, _)| !is_skipped(domain));
        let found = groups.flat_map(|(domain, mentions)| {
            let (right, all) = (mentions.name(), mentions.articles.len());
            let usual = mentions.names.get(right).map_or(0, |(count, _)| *count);
            let is_dominant = usual >= FREQUENT && usual * 2 > all;
            let is_rare = move |name: &str, count: usize| {
                is_dominant && count <= RARE && name != right
            };
            let rare = mentions.names.iter().filter(move |(name, (count, _))| is_rare(name, *count));
            rare.map(move |(name, (count, article))| {
                let message = format!(
                    "the provider `{domain}` has the name `{name}` in {count} of {all} articles"
                );
                let location = Location::file(display_path(self.summaries, *article));
                Diagnostic::new(Code::SeveralProviderNames, location, message)
                    .at_key("provider")
                    .help(format!("write `{right}` in all of them, or `name: ...` in content/providers/{domain}.md"))
            })
        });
        diagnostics.extend(found.take(MAX_HINTS));
    }

    /// Warns of the domains of few articles that are probably misspelt.
    fn warn_of_near_domains(&self, diagnostics: &mut Vec<Diagnostic>) {
        let domains = self.groups.iter().map(|(domain, mentions)| UsedName {
            text: domain.as_str(),
            articles: mentions.articles.len(),
            is_confirmed: self.files.contains_key(*domain),
        });
        let near = near_spellings(&domains.collect::<Vec<_>>());
        let near = near.into_iter().map(|near| (near.rare, near.meant));
        for (rare, right) in near.filter(|(rare, right)| are_near_domains(rare, right)) {
            let found = self.groups.iter().find(|(domain, _)| domain.as_str() == rare);
            let Some((_, mentions)) = found else { continue };
            let message = format!("the provider `{rare}` is probably `{right}`");
            let help = format!(
                "write `domain: {right}`, or create content/providers/{rare}.md if it is another one"
            );
            diagnostics.extend(misspelt(mentions, self.summaries, "provider", &message, &help));
        }
    }

    fn warn_of_files_without_articles(&self, diagnostics: &mut Vec<Diagnostic>) {
        let unused = self.files.iter().filter(|(domain, _)| !self.groups.contains_key(domain));
        for (index, (domain, page)) in unused.enumerate() {
            // A domain of the same slug may be a stranger's, who wants the file.
            let slug = wanted_slug(domain, self.slugs);
            let is_typo = |known: &&&Domain| wanted_slug(known, self.slugs) != slug;
            let known = self.groups.keys().filter(is_typo).map(|domain| domain.as_str());
            let meant =
                if index < MAX_HINTS { closest_match(domain.as_str(), known) } else { None };
            let help = match meant {
                Some(domain) => format!("did you mean `{domain}.md`?"),
                None => {
                    "name the file after a provider's domain, such as `news.example.md`, or add a line `domain: ...`"
                        .to_owned()
                }
            };
            let message = format!("no article has the provider `{domain}`");
            diagnostics.push(
                Diagnostic::new(Code::UnusedProvider, Location::file(&page.display_path), message)
                    .help(help),
            );
        }
    }
}

/// A name of a provider.
struct Claim<'a> {
    domain: &'a Domain,
    name: String,
    /// The document that uses it.
    display_path: String,
}

/// The key under which confusable names are equal: similar letters (UTS #39) and `I` and `l` are
/// the same; case and spaces are ignored.
fn confusable_skeleton(name: &str) -> String {
    let lower: String = skeleton(name).flat_map(char::to_lowercase).collect();
    let is_read = |c: &char| c.is_alphanumeric() || matches!(c, '.' | '-');
    let letters: String =
        skeleton(&lower).filter(is_read).map(|c| if c == 'i' { 'l' } else { c }).collect();
    let read = letters.trim_matches(['.', '-']);
    if read.is_empty() { name.to_owned() } else { read.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::confusable_skeleton;

    #[test]
    fn confusable_names_have_one_skeleton() {
        for name in [
            "APPLE",
            "AppIe",
            "\u{410}\u{440}\u{440}le",
            " Ap\u{200b}ple!",
            "Ａｐｐｌｅ",
            "Ápple",
            "App1e",
        ] {
            assert_eq!(confusable_skeleton(name), confusable_skeleton("Apple"), "{name}");
        }
        assert_eq!(confusable_skeleton("IBM"), confusable_skeleton("ibm"));
        for (one, other) in
            [("Apple", "Maple"), ("—", "…"), ("a-b.example", "ab.example"), ("朝日", "朝目")]
        {
            assert_ne!(confusable_skeleton(one), confusable_skeleton(other));
        }
    }
}
