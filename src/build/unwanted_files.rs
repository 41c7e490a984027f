//! Files of `static/` that should not be published.

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::source::{self, SiteFile};

/// Names of files with passwords or private keys.
const SECRETS: [&str; 9] = [
    ".env",
    ".git-credentials",
    ".htpasswd",
    ".netrc",
    ".pgpass",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_rsa",
];

/// Names of files that have a secret if they contain this word.
const SECRETS_BY_WORD: [(&str, &str); 3] = [
    (".npmrc", "_authToken"),
    ("credentials", "aws_secret_access_key"),
    ("credentials.json", "\"client_secret\""),
];

/// Endings of `.env.` files without values.
const ENV_TEMPLATES: [&str; 4] = ["dist", "example", "sample", "template"];

/// Extensions of text files that are searched for private keys, as are files without an extension.
const KEY_ENDINGS: [&str; 14] = [
    "asc", "cer", "cfg", "conf", "crt", "ini", "json", "key", "p8", "pem", "toml", "txt", "yaml",
    "yml",
];

/// The maximum size in bytes of a file that is searched for secrets.
const MAX_KEY_LENGTH: u64 = 64 * 1024;

/// The minimum length of a Base64 line of a key. Placeholders in examples are shorter.
const MIN_KEY_LINE: usize = 32;

/// Endings of files that editors and merges leave.
const LEFTOVER_ENDINGS: [&str; 6] = ["~", ".bak", ".orig", ".rej", ".swo", ".swp"];

/// Folders of version control and of archives. Those of Git are not published.
const LEFTOVER_FOLDERS: [&str; 3] = [".hg", ".svn", "__MACOSX"];

/// The number of files that a warning names.
const SHOWN: usize = 3;

/// An error for each secret, and a warning about files that programs have left.
pub(super) fn unwanted_files(static_files: &[SiteFile]) -> Vec<Diagnostic> {
    // Apache, whose configuration is there, does not serve its own files of passwords.
    let has_apache = static_files.iter().any(|file| name(&file.path) == ".htaccess");
    let is_published = |file: &SiteFile| !has_apache || name(&file.path) != ".htpasswd";
    let secrets: Vec<&SiteFile> =
        static_files.par_iter().filter(|file| is_secret(file) && is_published(file)).collect();
    let secrets = secrets.into_iter().map(|file| {
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
    let may_be_key = !name.contains('.') || KEY_ENDINGS.contains(&ending.as_str());
    let word = SECRETS_BY_WORD.iter().find(|(secret, _)| *secret == name).map(|(_, word)| *word);
    SECRETS.contains(&name)
        || is_env
        || (may_be_key || word.is_some())
            && file.stamp.length <= MAX_KEY_LENGTH
            && text_matches(file, |text| {
                word.is_some_and(|word| text.contains(word)) || has_private_key(text)
            })
}

/// Whether the text of a file matches. An unreadable file is an error where it is copied.
fn text_matches(file: &SiteFile, rule: impl FnOnce(&str) -> bool) -> bool {
    source::read_unmodified(file).is_ok_and(|bytes| rule(&String::from_utf8_lossy(&bytes)))
}

/// Whether a text contains a private key (RFC 7468, or RFC 9580 with `BLOCK`), which may be a string
/// of JSON.
fn has_private_key(text: &str) -> bool {
    text.split("-----BEGIN ").skip(1).any(|block| {
        let mut parts = block.split("-----");
        let label = parts.next().unwrap_or_default().trim_end_matches(" BLOCK");
        let mut lines = parts.next().unwrap_or_default().split(['\n', '\r', '\\']);
        label.ends_with("PRIVATE KEY") && lines.any(|line| is_key_line(line.trim()))
    })
}

fn is_key_line(line: &str) -> bool {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    line.len() >= MIN_KEY_LINE && line.bytes().all(is_base64)
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
