//! The paths that files and folders already have.

use std::collections::HashMap;

use crate::slug::folded;

/// Paths of files, each with an owner, and the folders that they are in. Paths that differ only in
/// case are equal, as they are on many file systems.
pub(super) struct TakenPaths<O> {
    /// The path as it is spelled, and the owner, by the folded path.
    files: HashMap<String, (String, O)>,
    /// The folded path of one file in each folder.
    folders: HashMap<String, String>,
}

impl<O> Default for TakenPaths<O> {
    fn default() -> Self {
        Self { files: HashMap::new(), folders: HashMap::new() }
    }
}

impl<O> TakenPaths<O> {
    pub(super) fn add(&mut self, path: &str, owner: O) {
        let key = folded(path).into_owned();
        for folder in parents(&key) {
            if !self.folders.contains_key(folder) {
                self.folders.insert(folder.to_owned(), key.clone());
            }
        }
        self.files.insert(key, (path.to_owned(), owner));
    }

    /// The file that has a path.
    pub(super) fn file(&self, path: &str) -> Option<(&str, &O)> {
        self.files.get(&*folded(path)).map(|(path, owner)| (path.as_str(), owner))
    }

    /// The file that has a path, has the path of one of its folders, or is in a folder of that
    /// path.
    pub(super) fn conflict(&self, path: &str) -> Option<(&str, &O)> {
        let key = folded(path);
        let below = self.folders.get(&*key).and_then(|file| self.files.get(file));
        let found = parents(&key).chain([&*key]).find_map(|path| self.files.get(path)).or(below);
        found.map(|(path, owner)| (path.as_str(), owner))
    }
}

/// The folders above a path, outermost first.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(end, _)| path.get(..end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_conflict_with_equal_paths_and_with_folders() {
        let mut taken = TakenPaths::default();
        taken.add("News/index.html", 1);
        taken.add("topics", 2);
        for (path, conflict) in [
            ("news/INDEX.html", Some(("News/index.html", &1))),
            ("news", Some(("News/index.html", &1))),
            ("Topics/a/index.html", Some(("topics", &2))),
            ("news/other.html", None),
            ("index.html", None),
        ] {
            assert_eq!(taken.conflict(path), conflict, "{path}");
        }
    }
}
