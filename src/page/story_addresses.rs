//! Assigns pages to stories, each at an address of its own.
//!
//! A story that enough providers report has a page. The address of a story that editors named is
//! made of the name and reserved for it, whatever articles have the name. That of another story is
//! made of the title of its oldest article and reserved for this article, since all others may come
//! and go. A story gives way to everything else but articles that are named by their files.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::address_holder::story_holder;
use super::output_file::served_as_page;
use super::path_conflicts::path_error;
use super::redirect;
use super::route::RedirectTarget;
use super::routes::{MAX_PER_STORY, Routes};
use super::story_pages::{MIN_PROVIDERS, StoryPage, StoryPages, StoryRedirect, story_of_holder};
use super::taken_paths::TakenPaths;
use crate::collection::{ArticleId, Story, StoryIndex};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::document::StoryChoice;
use crate::document::alias::file_of;
use crate::reservations::{AddressHolder, ReservationIndex};
use crate::slug::{self, folded};
use crate::source::SiteFile;

/// The folder of all stories.
const FOLDER: &str = "stories";

/// The maximum length of a story's slug in bytes.
const MAX_SLUG_LENGTH: usize = 80;

/// The pages of all stories of a site. A story keeps the address that is reserved for it; other
/// addresses go first to stories with names, then to the oldest story that wants them.
pub fn story_pages(
    routes: Routes<'_>,
    reserved: &ReservationIndex<'_>,
    static_files: &[SiteFile],
) -> StoryPages {
    let stories = routes.collection.stories();
    let mut with_pages: BTreeMap<StoryIndex, &Story> =
        stories.iter().filter(|(id, _)| stories.providers(*id) >= MIN_PROVIDERS).collect();
    let mut lines: Vec<(&str, &AddressHolder<'_>)> = reserved.stories().collect();
    if with_pages.is_empty() && lines.is_empty() {
        return StoryPages::default();
    }
    lines.sort_unstable_by_key(|(address, _)| (address.len(), *address));
    let taken = taken_paths(routes, static_files);
    if taken.file(FOLDER).is_some() {
        return without_folder(with_pages.len(), static_files);
    }
    let named = stories.named();
    let lines = lines.into_iter().filter_map(|(address, holder)| {
        let (story, article) = story_of_holder(holder, routes.collection, reserved, &named)?;
        Some(ReservedAddress { address, story, article })
    });
    let mut assignment = Assignment {
        routes,
        reserved,
        lines: lines.collect(),
        taken,
        by_address: HashMap::new(),
        last_number: HashMap::new(),
        assigned: StoryPages::default(),
    };
    for (id, page) in assignment.reserved_pages() {
        if with_pages.remove(&id).is_some() {
            assignment.add(id, page);
        }
    }
    let (with_names, others): (Vec<_>, Vec<_>) =
        with_pages.into_iter().partition(|(_, story)| story.key.is_some());
    for (id, story) in with_names.into_iter().chain(others) {
        assignment.assign_free(id, story);
    }
    assignment.add_redirects();
    assignment.assigned
}

/// No pages, because a file has the name of their folder.
fn without_folder(count: usize, static_files: &[SiteFile]) -> StoryPages {
    let file = static_files.iter().find(|file| folded(&file.path) == FOLDER);
    let warning = file.filter(|_| count > 0).map(|file| {
        let message = format!("this file has the path of /{FOLDER}/, so stories have no pages");
        Diagnostic::new(Code::StoryWithoutPage, Location::file(file.display_path()), message)
            .help("move or rename it, or set `stories = false` in site.toml")
    });
    StoryPages { diagnostics: warning.into_iter().collect(), ..StoryPages::default() }
}

/// The paths of pages, redirects and static files in the folder of stories.
fn taken_paths(routes: Routes<'_>, static_files: &[SiteFile]) -> TakenPaths<()> {
    let is_in_folder = |path: &str| folded(path.split('/').next().unwrap_or(path)) == FOLDER;
    let mut taken = TakenPaths::default();
    for page in routes.pages().filter(|page| is_in_folder(&routes.address(*page))) {
        taken.add(&routes.path(page), ());
    }
    for redirect in redirect::all(routes).iter().filter(|redirect| is_in_folder(redirect.from)) {
        taken.add(&file_of(redirect.from), ());
    }
    for file in static_files.iter().filter(|file| is_in_folder(&file.path)) {
        taken.add(&file.path, ());
    }
    taken
}

/// An address that a story of the site holds, folded.
struct ReservedAddress<'r> {
    address: &'r str,
    story: StoryIndex,
    /// The article that holds it. None if the name of the story does.
    article: Option<ArticleId>,
}

/// The state of the assignment.
struct Assignment<'a, 'r> {
    routes: Routes<'a>,
    reserved: &'a ReservationIndex<'r>,
    /// The reserved addresses of stories, the shortest first.
    lines: Vec<ReservedAddress<'a>>,
    taken: TakenPaths<()>,
    /// The stories by their folded addresses.
    by_address: HashMap<String, StoryIndex>,
    /// The highest number appended to an address so far.
    last_number: HashMap<String, usize>,
    assigned: StoryPages,
}

impl Assignment<'_, '_> {
    /// The stories that have a reserved address: with a name, only one that is reserved for the
    /// name. If several are reserved for a story, it has that of its oldest article, or the shortest.
    fn reserved_pages(&self) -> BTreeMap<StoryIndex, StoryPage> {
        let stories = self.routes.collection.stories();
        let mut found: BTreeMap<StoryIndex, _> = BTreeMap::new();
        for (index, ReservedAddress { address, story, article }) in self.lines.iter().enumerate() {
            if article.is_some() == stories.get(*story).key.is_some() || !self.is_allowed(address) {
                continue;
            }
            let wanted = self.wanted(stories.get(*story));
            let is_wanted = folded(&wanted) == *address;
            let page = StoryPage {
                address: if is_wanted { wanted } else { (*address).to_owned() },
                holder: *article,
            };
            let rank = (Reverse(*article), index);
            match found.get_mut(story) {
                Some((best, _)) if *best <= rank => {}
                Some(best) => *best = (rank, page),
                None => {
                    found.insert(*story, (rank, page));
                }
            }
        }
        found.into_iter().map(|(story, (_, page))| (story, page)).collect()
    }

    /// The address that the name of a story gives: the editor's, or the title of its oldest article.
    fn wanted(&self, story: &Story) -> String {
        let slug = if let Some(name) = &story.key {
            Cow::Borrowed(&*name.slug)
        } else {
            let oldest = self.routes.collection.summary(story.oldest());
            let slugs = self.routes.config.slugs.in_language(oldest.language.as_deref());
            slugs.slugify(&oldest.title).into()
        };
        format!("{FOLDER}/{}", slug::shortened(&slug, MAX_SLUG_LENGTH))
    }

    /// Assigns the wanted address, or with a number if it is taken.
    fn assign_free(&mut self, id: StoryIndex, story: &Story) {
        let wanted = self.wanted(story);
        let path = format!("{wanted}/index.html");
        if let Some(reason) = path_error(&path, true, self.routes.config) {
            self.assigned.diagnostics.push(self.refused(story, &reason));
            return;
        }
        let mut address = wanted.clone();
        while !self.is_free(&address) || !self.may_have(id, story, &address) {
            let number = self.last_number.entry(wanted.clone()).or_insert(1);
            *number += 1;
            address = format!("{wanted}-{number}");
        }
        if address != wanted {
            self.reserve_wanted(&wanted);
        }
        let holder = story.key.is_none().then(|| story.oldest());
        self.add(id, StoryPage { address, holder });
    }

    /// A warning if the page of a story does not show all of its reports.
    fn cut_warning(&self, id: StoryIndex) -> Option<Diagnostic> {
        let articles = &self.routes.collection.stories().get(id).articles;
        let (count, file) = (articles.len(), self.routes.collection.summary(*articles.first()?));
        let name = self.routes.story_name(id);
        let message = format!(
            "the page of the story `{name}` shows the newest {MAX_PER_STORY} of its {count} reports"
        );
        let warning =
            Diagnostic::new(Code::LongStory, Location::file(file.display_path()), message);
        (count > MAX_PER_STORY)
            .then(|| warning.at_key("story").help("give the later ones another `story`"))
    }

    /// The warning that a story cannot have its path.
    fn refused(&self, story: &Story, reason: &str) -> Diagnostic {
        let is_cause = |id: &&ArticleId| match &story.key {
            Some(name) => self.is_named(**id, &name.slug),
            None => true,
        };
        let cause = story.articles.iter().find(is_cause).copied().unwrap_or(story.oldest());
        let file = self.routes.collection.summary(cause).display_path();
        let message = format!("the story of {file} {reason}, so it has no page");
        let warning = Diagnostic::new(Code::StoryWithoutPage, Location::file(file), message);
        if story.key.is_some() {
            warning.at_key("story").help("choose another name")
        } else {
            warning.help("give the story a name: `story: NAME`")
        }
    }

    fn is_named(&self, id: ArticleId, slug: &str) -> bool {
        let story = &self.routes.collection.summary(id).story;
        matches!(story, Some(StoryChoice::Named(name)) if &*name.slug == slug)
    }

    /// Whether an address is not reserved, or only for an article of a story that has a name now.
    fn may_have(&self, id: StoryIndex, story: &Story, address: &str) -> bool {
        let key = folded(address);
        let is_of_article = |line: &ReservedAddress<'_>| {
            line.address == key && line.story == id && line.article.is_some()
        };
        self.reserved.get(&key).is_none()
            || story.key.is_some() && self.lines.iter().any(is_of_article)
    }

    /// Whether a story may have a page at a reserved address.
    fn is_allowed(&self, address: &str) -> bool {
        let path = format!("{address}/index.html");
        address.strip_prefix(FOLDER).is_some_and(|rest| rest.starts_with('/'))
            && self.is_free(address)
            && path_error(&path, true, self.routes.config).is_none()
    }

    /// Whether nothing else is at an address.
    fn is_free(&self, address: &str) -> bool {
        let path = format!("{address}/index.html");
        let page = served_as_page(&path);
        self.taken.conflict(&path).is_none()
            && page.is_none_or(|page| self.taken.file(&page).is_none())
    }

    fn add(&mut self, id: StoryIndex, page: StoryPage) {
        let warning = self.cut_warning(id);
        self.assigned.diagnostics.extend(warning);
        self.taken.add(&format!("{}/index.html", page.address), ());
        let key = folded(&page.address).into_owned();
        let holder = story_holder(self.routes.collection, id, &page);
        let line = holder.map(|holder| (key.clone().into(), holder.into_owned()));
        self.assigned.reserved.extend(line);
        self.by_address.insert(key, id);
        self.assigned.pages.insert(id, page);
    }

    /// Records who holds an address that another story wants.
    fn reserve_wanted(&mut self, wanted: &str) {
        let key = folded(wanted).into_owned();
        if self.by_address.contains_key(&key) {
            return;
        }
        let holder = self.reserved.get(&key).cloned();
        let line = holder.map(|holder| (Cow::Owned(key), holder.into_owned()));
        self.assigned.reserved.extend(line);
    }

    /// Redirects from the reserved addresses that have no page: to the page of the story, or else
    /// to the article that held the address or is the first of the story.
    fn add_redirects(&mut self) {
        let stories = self.routes.collection.stories();
        for ReservedAddress { address, story, article } in std::mem::take(&mut self.lines) {
            if self.by_address.contains_key(address) || !self.is_allowed(address) {
                continue;
            }
            let articles = &stories.get(story).articles;
            let mut with_pages = article
                .into_iter()
                .chain(articles.iter().copied())
                .filter(|id| self.routes.has_page(*id));
            let to = if self.assigned.pages.contains_key(&story) {
                RedirectTarget::Story(story)
            } else if let Some(id) = with_pages.next() {
                RedirectTarget::Article(id)
            } else {
                continue;
            };
            let from = address.to_owned();
            self.taken.add(&file_of(address), ());
            let article = article.unwrap_or_else(|| stories.get(story).oldest());
            self.assigned.redirects.push(StoryRedirect { from, to, article });
        }
    }
}
