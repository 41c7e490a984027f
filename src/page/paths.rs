//! What paths the files of a site may have, so that every file system and every host can hold them.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use rayon::prelude::*;

use super::{Page, Plan};
use crate::diagnostic::{Diagnostic, Place};
use crate::slug::{self, folded};

impl Plan<'_> {
    /// Two files with one path, or a file where another one needs a folder, are errors that name both sources. Paths
    /// that differ by case only are one, as they are on many file systems.
    pub(super) fn conflicts(&self) -> Vec<Diagnostic> {
        if self.has_no_conflicts() {
            return Vec::new();
        }
        let mut owners: BTreeMap<Cow<'_, str>, &Page> = BTreeMap::new();
        let mut diagnostics = Vec::new();
        for page in &self.pages {
            if let Some(other) = owners.insert(folded(&page.path), page) {
                diagnostics.push(self.conflict(page, other));
            }
        }
        for (path, page) in &owners {
            let folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
            let in_the_way = folders.filter_map(|folder| owners.get(folder));
            diagnostics.extend(in_the_way.map(|other| self.conflict(page, other)));
        }
        diagnostics
    }

    /// Whether there are clearly none: no two paths are equal, none has an upper-case letter, and no folder has the name
    /// of a file.
    fn has_no_conflicts(&self) -> bool {
        let names: HashSet<&str> =
            self.pages.iter().filter_map(|page| page.path.rsplit('/').next()).collect();
        let is_harmless = |page: &Page| {
            let is_folded = matches!(folded(&page.path), Cow::Borrowed(_));
            is_folded && page.path.rsplit('/').skip(1).all(|folder| !names.contains(folder))
        };
        let mut pairs = self.pages.iter().zip(self.pages.iter().skip(1));
        pairs.all(|(page, next)| page.path != next.path) && self.pages.par_iter().all(is_harmless)
    }

    fn conflict(&self, page: &Page, other: &Page) -> Diagnostic {
        let (source, other_source) = (self.source(page), self.source(other));
        let message = format!("{source} and {other_source} both want the path {} in the output", other.path);
        Diagnostic::error(Place::file(source), message)
            .other(Place::file(other_source), "wants this path, too")
            .help("rename one of the two, or give it another `slug`")
    }

    /// An error for each file whose path has a part that some systems cannot hold, or take for something else.
    pub(super) fn names_that_not_every_system_has(&self) -> Vec<Diagnostic> {
        let diagnostic = |page: &Page| {
            let name = page.path.split('/').find(|name| !slug::is_file_name(name))?;
            let source = self.source(page);
            let message = if name.len() > slug::LONGEST_NAME {
                format!(
                    "{source} needs a name of {} bytes in the output; a name can have {}",
                    name.len(),
                    slug::LONGEST_NAME
                )
            } else {
                format!("{source} needs the name `{name}` in the output, which not every system can hold")
            };
            let help = "rename the file, give it a `slug`, or change `permalink` in site.toml";
            Some(Diagnostic::error(Place::file(source), message).help(help))
        };
        self.pages.par_iter().filter_map(diagnostic).collect()
    }
}
