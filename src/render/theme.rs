//! The default theme, compiled into the binary.

use crate::theme_copy::marked;

macro_rules! files {
    ($read:ident, $folder:literal, $($name:literal),* $(,)?) => {
        &[$(($name, $read!(concat!("../../", $folder, $name)))),*]
    };
}

/// The templates, by name.
pub const TEMPLATES: &[(&str, &str)] = files!(
    include_str,
    "templates/",
    "404.html",
    "amp/article.html",
    "amp/components.html",
    "amp/style.html",
    "article.html",
    "base.html",
    "components.html",
    "head.html",
    "hooks/after-article.html",
    "hooks/before-list.html",
    "hooks/footer.html",
    "hooks/head.html",
    "hooks/header.html",
    "index.html",
    "list.html",
    "logo.html",
    "page.html",
    "redirect.html",
    "story.html",
    "terms.html",
);

/// The assets, by their path in the output.
pub const ASSETS: &[(&str, &[u8])] =
    files!(include_bytes, "static/", "theme/favicon.svg", "theme/style.css");

/// The theme's files as a site can have them, by their paths in the site, each marked with what it
/// is a copy of.
pub fn copies() -> impl Iterator<Item = (String, String)> {
    let templates = TEMPLATES.iter().map(|(name, text)| ("templates", *name, *text));
    let assets = ASSETS.iter().map(|(name, bytes)| {
        ("static", *name, std::str::from_utf8(bytes).expect("the theme's assets are text"))
    });
    let files = templates.chain(assets);
    files.map(|(folder, name, text)| (format!("{folder}/{name}"), marked(name, text)))
}

#[cfg(test)]
#[allow(
    clippy::disallowed_methods,
    reason = "a test looks at the folders that the theme is made from"
)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    fn files_in(folder: &str, prefix: &str) -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let entries = walkdir::WalkDir::new(&folder).into_iter().map(|entry| entry.expect("entry"));
        let files = entries.filter(|entry| entry.file_type().is_file());
        let name =
            |path: &Path| path.strip_prefix(&folder).expect("below it").display().to_string();
        files.map(|entry| format!("{prefix}{}", name(entry.path()))).collect()
    }

    #[test]
    fn embedded_theme_is_complete() {
        let templates: BTreeSet<String> =
            super::TEMPLATES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(templates, files_in("templates", ""));
        let assets: BTreeSet<String> =
            super::ASSETS.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(assets, files_in("static/theme", "theme/"));
    }

    #[test]
    fn asset_names_are_reserved() {
        for (name, _) in super::ASSETS {
            assert!(crate::reserved_names::reserved_part(name).is_some(), "{name}");
        }
    }
}
