//! Assigns pages to stories, each at an address of its own.
//!
//! A story that enough providers report has a page. Its address is made of its name, and reserved
//! for the article that determined it. A story gives way to everything else: documents never
//! conflict with its page.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::output_file::served_as_page;
use super::path_conflicts::path_error;
use super::redirect;
use super::routes::Routes;
use super::story_pages::{MIN_PROVIDERS, StoryPage, StoryPages};
use super::taken_paths::TakenPaths;
use crate::collection::{ArticleId, Story, StoryIndex};
use crate::document::alias::file_of;
use crate::reservations::{AddressHolder, ReservationIndex};
use crate::slug::{self, folded};
use crate::source::SiteFile;

/// The folder of all stories.
const FOLDER: &str = "stories";

/// The maximum length of a story's slug in bytes.
const MAX_SLUG_LENGTH: usize = 80;

/// The pages of all stories of a site. A story keeps the address that is reserved for one of its
/// articles; other addresses go to the oldest story that wants them.
pub fn story_pages(
    routes: Routes<'_>,
    reserved: &ReservationIndex<'_>,
    static_files: &[SiteFile],
) -> StoryPages {
    let stories = routes.collection.stories();
    let mut with_pages: BTreeMap<StoryIndex, &Story> =
        stories.iter().filter(|(id, _)| stories.providers(*id) >= MIN_PROVIDERS).collect();
    if with_pages.is_empty() {
        return StoryPages::default();
    }
    let taken = taken_paths(routes, static_files);
    if taken.file(FOLDER).is_some() {
        return StoryPages::default();
    }
    let mut assignment = Assignment {
        routes,
        reserved,
        taken,
        by_address: HashMap::new(),
        last_number: HashMap::new(),
        assigned: StoryPages::default(),
    };
    for (id, page) in assignment.reserved_pages() {
        if let Some(story) = with_pages.remove(&id) {
            assignment.keep(id, story, page);
        }
    }
    for (id, story) in with_pages {
        assignment.assign_free(id, story);
    }
    assignment.assigned
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

/// The state of the assignment.
struct Assignment<'a, 'r> {
    routes: Routes<'a>,
    reserved: &'a ReservationIndex<'r>,
    taken: TakenPaths<()>,
    /// The stories by their folded addresses.
    by_address: HashMap<Cow<'static, str>, StoryIndex>,
    /// The highest number appended to an address so far.
    last_number: HashMap<String, usize>,
    assigned: StoryPages,
}

impl Assignment<'_, '_> {
    /// The stories that have a reserved address. If several are reserved for a story, it has the one
    /// that its name gives, or else that of its oldest article.
    fn reserved_pages(&self) -> BTreeMap<StoryIndex, StoryPage> {
        let collection = self.routes.collection;
        let stories = collection.stories();
        let mut found: BTreeMap<StoryIndex, (bool, Reverse<ArticleId>, &str)> = BTreeMap::new();
        for (address, summary) in self.reserved.stories() {
            let Some(holder) = collection.find(summary) else { continue };
            let story = stories.of(holder);
            let is_wanted = folded(&self.wanted(stories.get(story))) == address;
            let rank = (!is_wanted, Reverse(holder), address);
            if self.is_free(address) {
                let best = found.entry(story).or_insert(rank);
                *best = rank.min(*best);
            }
        }
        let page = |(story, (_, Reverse(holder), address)): (_, (_, _, &str))| {
            (story, StoryPage { address: address.to_owned(), holder })
        };
        found.into_iter().map(page).collect()
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

    fn keep(&mut self, id: StoryIndex, story: &Story, page: StoryPage) {
        let wanted = self.wanted(story);
        if folded(&wanted) == page.address {
            self.add(id, StoryPage { address: wanted, ..page });
        } else {
            self.contest(&page);
            self.add(id, page);
        }
    }

    /// Assigns the wanted address, or with a number if it is taken.
    fn assign_free(&mut self, id: StoryIndex, story: &Story) {
        let wanted = self.wanted(story);
        let path = format!("{wanted}/index.html");
        if path_error(&path, true, self.routes.config).is_some() {
            return;
        }
        let mut page = StoryPage { address: wanted.clone(), holder: story.oldest() };
        while !self.is_free(&page.address) || self.reserved.get(&folded(&page.address)).is_some() {
            let number = self.last_number.entry(wanted.clone()).or_insert(1);
            *number += 1;
            page.address = format!("{wanted}-{number}");
        }
        if page.address != wanted {
            self.contest_wanted(&wanted);
            self.contest(&page);
        }
        self.add(id, page);
    }

    /// Whether nothing else is at an address.
    fn is_free(&self, address: &str) -> bool {
        let path = format!("{address}/index.html");
        let page = served_as_page(&path);
        self.taken.conflict(&path).is_none()
            && page.is_none_or(|page| self.taken.file(&page).is_none())
    }

    fn add(&mut self, id: StoryIndex, page: StoryPage) {
        self.taken.add(&format!("{}/index.html", page.address), ());
        self.by_address.insert(folded(&page.address).into_owned().into(), id);
        self.assigned.pages.insert(id, page);
    }

    /// Records the holder of an address.
    fn contest(&mut self, page: &StoryPage) {
        let holder = AddressHolder::of_story(self.routes.collection.summary(page.holder));
        let key = folded(&page.address).into_owned();
        self.assigned.contested.insert(key.into(), holder.into_owned());
    }

    /// Records the holder of an address that another story wants.
    fn contest_wanted(&mut self, wanted: &str) {
        let key = folded(wanted).into_owned();
        let story = self.by_address.get(&*key).and_then(|id| self.assigned.pages.get(id));
        let of_story =
            story.map(|page| AddressHolder::of_story(self.routes.collection.summary(page.holder)));
        let holder = of_story.or_else(|| self.reserved.get(&key).cloned());
        let line = holder.map(|holder| (Cow::Owned(key), holder.into_owned()));
        self.assigned.contested.extend(line);
    }
}
