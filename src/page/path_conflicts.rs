//! Checks output paths: they must be portable, allowed by the host, free of reserved names, and
//! unique.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use super::claims::{Claimant, Claims, DocumentKey};
use super::new_lists::new_list_of_articles;
use super::output_file::{
    OutputContent, OutputFile, page_served_as, served_as_page, shared_address,
};
use super::redirect::Redirect;
use super::route::list_key;
use super::routes::Routes;
use super::taken_paths::TakenPaths;
use crate::config::Config;
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::preflight::path_rejection;
use crate::reservations::ReservationIndex;
use crate::reserved_names::reserved_part;
use crate::slug::{self, folded};

/// A document or a static file that cannot have its output path.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The error, located at the document or file.
    pub error: Diagnostic,
    /// Whether the path would be refused even without all other refused documents.
    pub is_sure: bool,
}

/// The documents and static files whose output paths are refused, because no file may have the path
/// or because another claimant takes precedence. Every document of a list gets its error. `files`
/// are sorted by path.
pub(super) fn refused(
    routes: Routes<'_>,
    redirects: &[Redirect<'_>],
    files: &[OutputFile],
    reserved: &ReservationIndex<'_>,
) -> Vec<Refused> {
    PathCheck { files, claims: Claims::new(routes, redirects), routes }.refused(reserved)
}

struct PathCheck<'a> {
    files: &'a [OutputFile],
    claims: Claims<'a>,
    routes: Routes<'a>,
}

/// Why a file cannot have its output path.
enum PathError {
    /// A predicate that follows the name of the source.
    Path(String),
    /// The index of the file that has the path or needs it as a folder, and what both need.
    Taken { by: usize, what: String },
}

impl PathError {
    /// The index of the file that has the path.
    fn by(&self) -> Option<usize> {
        match self {
            Self::Path(_) => None,
            Self::Taken { by, .. } => Some(*by),
        }
    }
}

/// How an error names the file that has the path.
struct Holder {
    name: String,
    /// The document to look at.
    document: String,
    /// What the list is of, if the file belongs to a list.
    list_kind: Option<&'static str>,
}

impl<'a> PathCheck<'a> {
    fn refused(&self, reserved: &ReservationIndex<'_>) -> Vec<Refused> {
        let config = self.routes.config;
        let mut path_errors: HashMap<usize, PathError> = self
            .files
            .par_iter()
            .enumerate()
            .filter_map(|(index, file)| {
                let is_of_documents = self.is_of_documents(file);
                Some((index, PathError::Path(path_error(&file.path, is_of_documents, config)?)))
            })
            .collect();
        if path_errors.is_empty() && has_no_conflicts(self.files) {
            return Vec::new();
        }
        let mut claims: BTreeMap<(bool, Claimant<'_>), Vec<usize>> = BTreeMap::new();
        for (index, file) in self.files.iter().enumerate() {
            let claimant = self.claims.claimant(file);
            let gives_way = matches!(claimant, Claimant::Article(..))
                || new_list_of_articles(self.claims, file, reserved).is_some();
            claims.entry((gives_way, claimant)).or_default().push(index);
        }
        let mut taken = TakenPaths::default();
        let mut found = Vec::new();
        for ((_, claimant), indexes) in claims {
            let by_path =
                indexes.iter().find_map(|index| Some((*index, path_errors.remove(index)?)));
            let path_error = by_path.or_else(|| {
                indexes
                    .iter()
                    .find_map(|index| Some((*index, self.conflict(&self.files[*index], &taken)?)))
            });
            if let Some((index, path_error)) = path_error {
                let errors = self.errors(claimant, &self.files[index], &path_error);
                found.extend(errors.into_iter().map(|error| (error, path_error.by())));
                continue;
            }
            for index in indexes {
                taken.add(&self.files[index].path, index);
            }
        }
        self.one_per_document(found)
    }

    /// The sure error of each document, or else the first one. A conflict is not sure if the file
    /// that has the path exists only because of documents that are refused, too.
    fn one_per_document(&self, found: Vec<(Diagnostic, Option<usize>)>) -> Vec<Refused> {
        let documents: HashSet<String> =
            found.iter().map(|(error, _)| error.location.file.clone()).collect();
        let may_go = |by: usize| {
            let causes = self.claims.causes(self.claims.claimant(&self.files[by]));
            !causes.is_empty() && causes.iter().all(|(document, _)| documents.contains(document))
        };
        // Many documents of one list conflict with the same file.
        let mut known: HashMap<usize, bool> = HashMap::new();
        let mut refused: BTreeMap<String, Refused> = BTreeMap::new();
        for (error, by) in found {
            let file = error.location.file.clone();
            let is_sure = !by.is_some_and(|by| *known.entry(by).or_insert_with(|| may_go(by)));
            match refused.get_mut(&file) {
                Some(one) if one.is_sure || !is_sure => {}
                Some(one) => *one = Refused { error, is_sure },
                None => {
                    refused.insert(file, Refused { error, is_sure });
                }
            }
        }
        refused.into_values().collect()
    }

    /// Whether documents cause a file, so that its path must be allowed. Aliases are checked when
    /// they are parsed.
    fn is_of_documents(&self, file: &OutputFile) -> bool {
        !matches!(
            self.claims.claimant(file),
            Claimant::File(_) | Claimant::Asset(_) | Claimant::Site(_)
        )
    }

    /// The error of each document that causes a file.
    fn errors(
        &self,
        claimant: Claimant<'_>,
        file: &OutputFile,
        path_error: &PathError,
    ) -> Vec<Diagnostic> {
        let list = self.list(claimant);
        let holder = path_error.by().map(|index| self.holder(&self.files[index]));
        let causes = self.claims.causes(claimant);
        if causes.is_empty() {
            return vec![self.error_without_document(claimant, file, path_error, holder)];
        }
        let help = match (list, holder.as_ref().map(|holder| holder.list_kind)) {
            (Some((kind, _)), _) => format!("choose another {kind}"),
            (None, Some(Some(kind))) => format!("rename this file, or choose another {kind}"),
            (None, Some(None)) => "rename one of the two, or give it another `slug`".to_owned(),
            (None, None) if matches!(claimant, Claimant::Page(_)) => {
                "rename the file or its folder".to_owned()
            }
            (None, None) => {
                "rename the file, give it a `slug`, or change `permalink` in site.toml".to_owned()
            }
        };
        let error = |(source, key): DocumentKey| {
            let what = match list {
                Some((kind, name)) => format!("the {kind} `{name}` of {source}"),
                None => source.clone(),
            };
            let location = Location::file(source);
            let error = match (path_error, &holder) {
                (PathError::Taken { what: both, .. }, Some(Holder { name, document, .. })) => {
                    let message = format!("{what} and {name} both need {both}");
                    Diagnostic::new(Code::PathConflict, location, message)
                        .other(Location::file(document), "needs the same path")
                }
                (PathError::Taken { what: why, .. } | PathError::Path(why), _) => {
                    Diagnostic::new(Code::UnusablePath, location, format!("{what} {why}"))
                }
            };
            Diagnostic { key, ..error.help(&*help) }
        };
        causes.into_iter().map(error).collect()
    }

    /// The error of a file that no document causes, located at the static file.
    fn error_without_document(
        &self,
        claimant: Claimant<'_>,
        file: &OutputFile,
        path_error: &PathError,
        holder: Option<Holder>,
    ) -> Diagnostic {
        let source = self.claims.source(file);
        let (PathError::Taken { what, .. }, Some(holder)) = (path_error, holder) else {
            let (PathError::Taken { what: why, .. } | PathError::Path(why)) = path_error;
            return Diagnostic::new(
                Code::UnusablePath,
                Location::file(&source),
                format!("{source} {why}"),
            )
            .help("rename the file");
        };
        let (here, there) = match claimant {
            Claimant::File(_) => (source, holder.document),
            _ => (holder.document, source),
        };
        let message = format!("{here} and {there} both need {what}");
        Diagnostic::new(Code::PathConflict, Location::file(here), message)
            .help("move or rename this file")
    }

    /// The conflict of a file with the files that already have their paths.
    fn conflict(&self, file: &OutputFile, taken: &TakenPaths<usize>) -> Option<PathError> {
        if let Some((path, index)) = taken.conflict(&file.path) {
            return Some(PathError::Taken { by: *index, what: format!("the output path {path}") });
        }
        if matches!(file.content, OutputContent::File(_)) {
            return None;
        }
        let (path, index) = taken.file(&served_as_page(&file.path)?)?;
        self.files[*index].is_plain_html().then(|| {
            let what = shared_address(&file.path, path);
            PathError::Taken { by: *index, what }
        })
    }

    /// What a list is of, and the name of its term.
    fn list(&self, claimant: Claimant<'_>) -> Option<(&'static str, &'a str)> {
        let Claimant::List(of) = claimant else { return None };
        Some((list_key(of).0, self.routes.term(of).map_or("", |term| &term.name)))
    }

    fn holder(&self, file: &'a OutputFile) -> Holder {
        let claimant = self.claims.claimant(file);
        let (list, cause) = (self.list(claimant), self.claims.causes(claimant).into_iter().next());
        let list_kind = list.map(|(kind, _)| kind);
        if let (Some((kind, name)), Some((document, _))) = (list, cause) {
            return Holder {
                name: format!("the list of the {kind} `{name}`"),
                document,
                list_kind,
            };
        }
        let source = self.claims.source(file);
        Holder { name: source.clone(), document: source, list_kind }
    }
}

/// Rules out conflicts fast: no two paths are equal, whatever their case, no folder has the name of
/// a file, and no page is at the address of a `NAME.html` of the site. If false, there may still be
/// none.
fn has_no_conflicts(files: &[OutputFile]) -> bool {
    let names: HashSet<Cow<'_, str>> =
        files.iter().filter_map(|file| file.path.rsplit('/').next()).map(folded).collect();
    let is_no_file = |folder: &str| !names.contains(&folded(folder));
    let has_free_folders = |file: &OutputFile| file.path.rsplit('/').skip(1).all(is_no_file);
    let mut other_forms = files.iter().filter_map(|file| match folded(&file.path) {
        Cow::Owned(form) if form != *file.path => Some(form),
        _ => None,
    });
    let plain_html = files.iter().filter(|file| file.is_plain_html());
    let mut seen: HashSet<String> = plain_html
        .filter_map(|file| Some(folded(&page_served_as(&file.path)?).into_owned()))
        .collect();
    let has_path = |path: &str| files.binary_search_by(|file| (*file.path).cmp(path)).is_ok();
    files.windows(2).all(|pair| pair[0].path != pair[1].path)
        && !seen.iter().any(|page| has_path(page))
        && other_forms.all(|form| !has_path(&form) && seen.insert(form))
        && files.par_iter().all(has_free_folders)
}

/// Why a file cannot have its path, whatever other files there are: a predicate that follows the
/// name of its source. The names of a site's own files are not up to newsgen.
pub(super) fn path_error(path: &str, is_of_documents: bool, config: &Config) -> Option<String> {
    if let Some(name) = path.split('/').find(|name| !slug::is_file_name(name)) {
        return Some(if name.len() > slug::MAX_NAME_LENGTH {
            let (length, longest) = (name.len(), slug::MAX_NAME_LENGTH);
            format!("needs an output name of {length} bytes (limit {longest})")
        } else {
            format!("needs the output name `{name}`, which is not portable")
        });
    }
    if !is_of_documents {
        return None;
    }
    if let Some((name, reason)) = reserved_part(path) {
        return Some(format!("needs the output name `{name}`, which is reserved: {reason}"));
    }
    let reason =
        (!config.preview).then(|| path_rejection(config.host, config.prefix_length(), path))??;
    Some(format!("needs a path that its host rejects: {reason}"))
}
