//! Files of `static/` that should not be published.

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::source::{self, SiteFile};

/// Names of files with passwords or private keys.
const SECRETS: [&str; 8] =
    [".env", ".git-credentials", ".netrc", ".pgpass", "id_dsa", "id_ecdsa", "id_ed25519", "id_rsa"];

/// Endings of `.env.` files without values.
const ENV_TEMPLATES: [&str; 4] = ["dist", "example", "sample", "template"];

/// Endings of files that may contain a private key.
const KEY_ENDINGS: [&str; 2] = [".key", ".pem"];

/// What a file with a private key contains (RFC 7468).
const PRIVATE_KEY: &[u8] = b"PRIVATE KEY-----";

/// Endings of files that editors and merges leave.
const LEFTOVER_ENDINGS: [&str; 6] = ["~", ".bak", ".orig", ".rej", ".swo", ".swp"];

/// Folders of version control and of archives. Those of Git are not published.
const LEFTOVER_FOLDERS: [&str; 3] = [".hg", ".svn", "__MACOSX"];

/// The number of files that a warning names.
const SHOWN: usize = 3;

/// An error for each secret, and a warning about files that programs have left.
pub(super) fn unwanted_files(static_files: &[SiteFile]) -> Vec<Diagnostic> {
    let secrets = static_files.iter().filter(|file| is_secret(file)).map(|file| {
        let location = Location::file(file.display_path());
        Diagnostic::new(
            Code::PublishedSecret,
            location,
            "this file has secrets and would be published",
        )
        .help("move it out of `static/`; if it was published before, replace what it contains")
    });
    let leftovers: Vec<&SiteFile> =
        static_files.iter().filter(|file| is_leftover(&file.path)).collect();
    secrets.chain(leftovers_warning(&leftovers)).collect()
}

fn leftovers_warning(leftovers: &[&SiteFile]) -> Option<Diagnostic> {
    let first = leftovers.first()?;
    let message = format!("leftovers of other programs are published: {}", listed(leftovers));
    let warning =
        Diagnostic::new(Code::PublishedLeftovers, Location::file(first.display_path()), message);
    Some(warning.help("remove them from `static/`").changes_output())
}

/// The paths of some files, and how many more there are.
pub(super) fn listed(files: &[&SiteFile]) -> String {
    let shown: Vec<String> = files.iter().take(SHOWN).map(|file| file.display_path()).collect();
    let more = files.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &more
}

fn is_secret(file: &SiteFile) -> bool {
    let name = name(&file.path);
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_env = name.starts_with(".env.") && !ENV_TEMPLATES.contains(&ending.as_str());
    let may_be_key = KEY_ENDINGS.iter().any(|ending| name.ends_with(ending));
    SECRETS.contains(&name) || is_env || may_be_key && has_private_key(file)
}

/// Whether a file contains a private key. One that cannot be read is an error where it is copied.
fn has_private_key(file: &SiteFile) -> bool {
    source::read_unmodified(file)
        .is_ok_and(|bytes| bytes.windows(PRIVATE_KEY.len()).any(|part| part == PRIVATE_KEY))
}

/// Whether a program has left the file at this path.
pub(super) fn is_leftover(path: &str) -> bool {
    let name = name(path);
    let is_lock = name.starts_with(".#") || name.starts_with('#') && name.ends_with('#');
    let in_folder = || path.split('/').rev().skip(1).any(|part| LEFTOVER_FOLDERS.contains(&part));
    is_lock || LEFTOVER_ENDINGS.iter().any(|ending| name.ends_with(ending)) || in_folder()
}

/// The name of the file at a path.
pub(super) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_are_known_by_their_names() {
        for (path, expected) in [
            ("index.html~", true),
            ("a/.style.css.swp", true),
            ("a/#x#", true),
            (".svn/entries", true),
            ("a/style.css.orig", true),
            ("a/style.css", false),
            (".well-known/security.txt", false),
            (".htaccess", false),
            ("swp", false),
            ("git/config", false),
        ] {
            assert_eq!(is_leftover(path), expected, "{path}");
        }
    }
}
