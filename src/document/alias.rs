//! `aliases`: other addresses at which a page was once, and from which readers are sent on.

use super::form;
use crate::node::{Node, Problem, Problems};
use crate::reserved::reserved_part;
use crate::slug::is_file_name;

/// A page was not at more places: each of them is a file, or a line of which hosts take few.
const MOST: usize = 50;

/// No path is longer, in bytes: hosts take lines of 1,000 characters, and a byte becomes three at most.
const LONGEST: usize = 300;

/// The aliases of a page: paths below the site's root, without slashes at their ends, none of them twice.
pub(super) fn read(node: Node<'_>, problems: &mut Problems) -> Vec<Box<str>> {
    let at = node.at;
    let list = form::list(node, "aliases", |text| format!("aliases: {}", form::items(text)));
    let items = problems.keep(list).unwrap_or_default();
    if items.len() > MOST {
        problems
            .add(Problem::new(at, format!("`aliases` has {} paths; a page can have {MOST}", items.len())));
        return Vec::new();
    }
    let mut aliases: Vec<Box<str>> = Vec::with_capacity(items.len());
    for item in items {
        if let Some(alias) = problems.keep(alias(item))
            && !aliases.contains(&alias)
        {
            aliases.push(alias);
        }
    }
    aliases
}

fn alias(node: Node<'_>) -> Result<Box<str>, Problem> {
    let at = node.at;
    let text = node.text("aliases")?;
    let path = text.trim().trim_matches('/');
    if path.len() > LONGEST {
        return Err(Problem::new(at, format!("this alias is longer than {LONGEST} bytes")));
    }
    if !path.split('/').all(is_file_name) || has_code(path) {
        return Err(Problem::new(at, format!("`{}` is no path of this site", text.trim()))
            .label("expected one such as `/2019/old-name/`")
            .help(
                "a path begins at the site's front page, and is written as it is read, without `%`-codes",
            ));
    }
    if let Some((part, reason)) = reserved_part(&file_of(path)) {
        return Err(Problem::new(at, format!("an alias cannot have the name `{part}`: {reason}"))
            .help("take it out; what the site's owner wants at such an address belongs in `static/`"));
    }
    Ok(path.into())
}

/// Whether a path seems to be written as addresses have it, percent-encoded.
fn has_code(path: &str) -> bool {
    let is_code = |(at, _)| {
        path.as_bytes()
            .get(at + 1..at + 3)
            .is_some_and(|digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit))
    };
    path.match_indices('%').any(is_code)
}

/// The file that sends readers on from an alias.
pub fn file_of(alias: &str) -> String {
    let is_ending = |ending: &str| ["html", "htm"].iter().any(|html| ending.eq_ignore_ascii_case(html));
    let is_page = alias.rsplit_once('.').is_some_and(|(_, ending)| is_ending(ending));
    if is_page { alias.to_owned() } else { format!("{alias}/index.html") }
}
