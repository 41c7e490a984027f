//! The URL paths to purge from a cache in front of a target.

use std::collections::BTreeSet;

use crate::page::encode;

/// The URL paths of files, sorted; `/*` if there are more than `limit`. `root` is the URL path of
/// the front page.
pub(super) fn purge_paths<'p>(
    paths: impl IntoIterator<Item = &'p str>,
    root: &str,
    limit: usize,
) -> Vec<String> {
    let address = |path: &'p str| {
        path.strip_suffix("index.html").filter(|folder| folder.is_empty() || folder.ends_with('/'))
    };
    let purge_paths: BTreeSet<String> = paths
        .into_iter()
        .map(|path| format!("{root}{}", encode(address(path).unwrap_or(path))))
        .collect();
    if purge_paths.len() > limit {
        vec![format!("{root}*")]
    } else {
        purge_paths.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::purge_paths;

    #[test]
    fn purge_paths_match_links() {
        let paths =
            ["index.html", "news/é/index.html", "404.html", "news/my-index.html", "atom.xml"];
        let expected =
            ["/n/", "/n/404.html", "/n/atom.xml", "/n/news/%C3%A9/", "/n/news/my-index.html"]
                .map(str::to_owned);
        assert_eq!(purge_paths(paths, "/n/", 5), expected);
        assert_eq!(purge_paths(paths, "/n/", 4), ["/n/*"]);
        assert_eq!(purge_paths([], "/", 0), [""; 0]);
    }
}
