//! Which addresses a cache in front of a target must forget.

use std::collections::BTreeSet;

use crate::page::encode;

/// The paths of the addresses at which the files `paths` are found, sorted; `/*` where there are more than `limit`. `root`
/// is the path of the site's front page.
pub(super) fn addresses<'p>(
    paths: impl IntoIterator<Item = &'p str>,
    root: &str,
    limit: usize,
) -> Vec<String> {
    let address = |path: &'p str| {
        path.strip_suffix("index.html").filter(|folder| folder.is_empty() || folder.ends_with('/'))
    };
    let addresses: BTreeSet<String> =
        paths.into_iter().map(|path| format!("{root}{}", encode(address(path).unwrap_or(path)))).collect();
    if addresses.len() > limit { vec![format!("{root}*")] } else { addresses.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::addresses;

    #[test]
    fn an_address_is_as_links_have_it() {
        let paths = ["index.html", "news/é/index.html", "404.html", "news/my-index.html", "atom.xml"];
        let expected = ["/n/", "/n/404.html", "/n/atom.xml", "/n/news/%C3%A9/", "/n/news/my-index.html"]
            .map(str::to_owned);
        assert_eq!(addresses(paths, "/n/", 5), expected);
        assert_eq!(addresses(paths, "/n/", 4), ["/n/*"]);
        assert_eq!(addresses([], "/", 0), [""; 0]);
    }
}
