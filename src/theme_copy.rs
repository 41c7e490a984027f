//! Copies of the theme's files in a site: each names in its first line what it was copied from, so
//! that a newer theme is noticed.

use crate::diagnostic::{Code, Diagnostic, Location};
use crate::digest::Digest;

/// How a comment begins and ends in a template; Tera removes the line end after it.
const TEMPLATE_COMMENT: (&str, &str) = ("{#-", "-#}");
const STYLE_COMMENT: (&str, &str) = ("/*", "*/");
const SVG_COMMENT: (&str, &str) = ("<!--", "-->");

/// The beginning of the comment's text.
const MARK: &str = " theme: ";

/// The number of hexadecimal digits of a digest in a mark.
const DIGEST_DIGITS: usize = 12;

/// The number of names that a warning lists.
const MAX_SHOWN: usize = 6;

/// A copy of a file of the theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThemeCopy<'a> {
    /// The name of the file in the theme.
    pub name: &'a str,
    /// The digest of the file that was copied.
    digest: &'a str,
    /// The text without the mark.
    body: &'a str,
}

/// A copy of a theme's file, with the mark as its first line.
pub fn marked(name: &str, text: &str) -> String {
    let (open, close) = match ending(name) {
        "css" => STYLE_COMMENT,
        "svg" => SVG_COMMENT,
        _ => TEMPLATE_COMMENT,
    };
    format!("{open}{MARK}{name} {} {close}\n{text}", short_digest(text))
}

/// The text of a site's file without its mark.
pub fn without_mark(text: &str) -> &str {
    ThemeCopy::of(text).map_or(text, |copy| copy.body)
}

impl<'a> ThemeCopy<'a> {
    /// The copy in a site's file that has a mark.
    pub fn of(text: &'a str) -> Option<Self> {
        let (line, body) = text.split_once('\n')?;
        let line = line.trim();
        let comments = [TEMPLATE_COMMENT, STYLE_COMMENT, SVG_COMMENT];
        let comment = comments.iter().find_map(|(open, close)| {
            line.strip_prefix(open)?.strip_suffix(close)?.strip_prefix(MARK)
        });
        let (name, digest) = comment?.trim().split_once(' ')?;
        let is_digit = |byte: u8| byte.is_ascii_hexdigit();
        let is_digest = digest.len() == DIGEST_DIGITS && digest.bytes().all(is_digit);
        is_digest.then_some(Self { name, digest, body })
    }

    /// A warning if the theme's file is now another than the one that was copied.
    pub fn outdated(&self, display_path: &str, text: &str, current: &str) -> Option<Diagnostic> {
        let now = short_digest(current);
        if now == self.digest || self.extends_theme() {
            return None;
        }
        let at = text.find(self.digest).expect("the mark is part of the text");
        let location = Location::in_text(display_path, text, at, at + self.digest.len());
        let message = format!("this is a copy of an older version of the theme's `{}`", self.name);
        let help = if short_digest(self.body) == self.digest {
            "nothing in it was changed: remove the file, and the newer version is used".to_owned()
        } else {
            let name = self.name;
            let lacks = match self.lacks(current) {
                Some(names) => format!("it lacks {names} of the newer version"),
                None => "the newer version differs".to_owned(),
            };
            format!(
                "{lacks}; `newsgen init DIR --theme-only {name}` writes the newer version into another folder for comparison; then write `{now}` here"
            )
        };
        Some(Diagnostic::new(Code::OldThemeCopy, location, message).help(help).changes_output())
    }

    /// Whether the file was reduced to what differs from the theme, whose newer version it uses.
    fn extends_theme(&self) -> bool {
        let mut tags = self.body.split("{%").skip(1);
        let named = format!("theme/{}", self.name);
        tags.any(|tag| {
            let name = tag.trim_start_matches('-').trim_start().strip_prefix("extends");
            let name = name.map(|name| name.trim_start().trim_start_matches(['"', '\'', '`']));
            name.is_some_and(|name| name.starts_with(&named))
        })
    }

    /// What the newer version has and this file lacks.
    fn lacks(&self, current: &str) -> Option<String> {
        let own = names(self.name, self.body);
        let mut missing = names(self.name, current);
        missing.retain(|name| !own.contains(name));
        let shown: Vec<String> =
            missing.iter().take(MAX_SHOWN).map(|name| format!("`{name}`")).collect();
        let more = match missing.len().saturating_sub(MAX_SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (!missing.is_empty()).then(|| format!("{}{more}", shown.join(", ")))
    }
}

/// The digest of a text, the same with the line ends of all systems.
fn short_digest(text: &str) -> String {
    let digest = Digest::of(text.replace("\r\n", "\n").as_bytes()).to_string();
    digest.get(..DIGEST_DIGITS).expect("a digest has 32 digits").to_owned()
}

/// The names in a file of the theme by which its versions can be told apart, in their order: the
/// blocks, components, words and variables of a template; the classes and custom properties of a
/// stylesheet.
fn names(name: &str, text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |name: String| {
        if !found.contains(&name) {
            found.push(name);
        }
    };
    match ending(name) {
        "html" => {
            for tag in text.split("{%").flat_map(|part| part.split("{{")).skip(1) {
                let end = [tag.find("%}"), tag.find("}}")].into_iter().flatten().min();
                names_in_tag(tag.get(..end.unwrap_or(0)).unwrap_or_default(), &mut add);
            }
        }
        "css" => {
            let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
            let is_class = |word: &str| {
                word.strip_prefix('.').is_some_and(|name| name.starts_with(char::is_alphabetic))
            };
            text.split(|c| !is_part(c))
                .filter(|word| is_class(word) || word.starts_with("--"))
                .for_each(|word| add(word.to_owned()));
        }
        _ => {}
    }
    found
}

/// The ending of a file name.
fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// The names in a tag or an expression of a template.
fn names_in_tag(tag: &str, add: &mut impl FnMut(String)) {
    let words: Vec<&str> = tag.split_whitespace().collect();
    let words = words.strip_prefix(&["-"]).unwrap_or(&words);
    if let [kind @ ("block" | "component" | "include"), name, ..] = words {
        let name = name.split('(').next().expect("a split has a first part");
        add(format!("{kind} {}", name.trim_matches('"')));
    }
    // Texts in quotation marks are every other part.
    let parts: Vec<&str> = tag.split('"').collect();
    for (index, part) in parts.iter().enumerate() {
        if index % 2 == 1 {
            let next = parts.get(index + 1).copied().unwrap_or_default();
            if next.trim_start().starts_with("| trans") {
                add(format!("\"{part}\" | trans"));
            }
            continue;
        }
        for word in part.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '<'))) {
            let is_name = |name: &str| name.starts_with(char::is_alphabetic);
            if word.strip_prefix('<').is_some_and(is_name) {
                add(format!("{word} />"));
            } else if word.contains('.') && is_name(word) {
                add(word.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "{% extends \"base.html\" %}\n\n{% block main %}\n<h1>{{ page.title }}</h1>\n{% endblock %}\n";
    const NEW: &str = "{% extends \"base.html\" %}\n{%- block after %}{{ <card card rel={site.outbound_rel} /> }}{% endblock %}\n\
                       {% block main %}\n{% include \"hooks/x.html\" %}<h1>{{ page.title }}</h1>{{ \"a.b\" | trans(n=list.name) }}\n{% endblock %}\n";

    fn warning(copy: &str, current: &str) -> Option<Diagnostic> {
        ThemeCopy::of(copy)?.outdated("templates/x.html", copy, current)
    }

    #[test]
    fn copies_name_what_they_were_copied_from() {
        for (name, text) in
            [("x.html", OLD), ("theme/style.css", "a { }\n"), ("theme/favicon.svg", "<svg/>\n")]
        {
            let copy = marked(name, text);
            assert_eq!(ThemeCopy::of(&copy).map(|copy| copy.name), Some(name), "{copy}");
            assert_eq!(without_mark(&copy), text);
            assert_eq!(warning(&copy, text), None);
            let on_windows = copy.replace('\n', "\r\n");
            assert_eq!(warning(&on_windows, text), None);
        }
        for text in [
            "",
            OLD,
            "{#- theme: x.html -#}\n",
            "{#- theme: x.html zzzzzzzzzzzz -#}\na",
            "{# A theme: x #}\n",
        ] {
            assert_eq!(ThemeCopy::of(text), None, "{text}");
            assert_eq!(without_mark(text), text);
        }
    }

    #[test]
    fn unchanged_copy_of_an_older_version_can_be_removed() {
        let found = warning(&marked("x.html", OLD), NEW).expect("a warning");
        assert_eq!(found.message, "this is a copy of an older version of the theme's `x.html`");
        assert_eq!(found.location.to_string(), "templates/x.html:1:19");
        assert!(found.help.expect("help").contains("remove the file"));
    }

    #[test]
    fn changed_copy_of_an_older_version_is_told_what_it_lacks() {
        let copy = marked("x.html", OLD).replace("<h1>", "<h1 class=\"mine\">");
        let help = warning(&copy, NEW).expect("a warning").help.expect("help");
        let expected = "it lacks `block after`, `<card />`, `site.outbound_rel`, `include hooks/x.html`, `\"a.b\" | trans`, `list.name` of the newer version; \
                        `newsgen init DIR --theme-only x.html` writes the newer version into another folder for comparison; then write `";
        assert!(help.starts_with(expected), "{help}");
        let digest = short_digest(NEW);
        assert!(help.ends_with(&format!("`{digest}` here")), "{help}");
        let up_to_date = copy.replace(&short_digest(OLD), &digest);
        assert_eq!(warning(&up_to_date, NEW), None);
        let help = warning(&copy, &OLD.replace("h1", "h2")).expect("a warning").help.expect("help");
        assert!(help.starts_with("the newer version differs; `newsgen init"), "{help}");
    }

    #[test]
    fn names_of_stylesheets_are_classes_and_properties() {
        let css =
            ":root { --ink: #000; }\n.lead > .card-x { margin: .5em 1.5em; color: var(--ink) }\n";
        assert_eq!(names("theme/style.css", css), ["--ink", ".lead", ".card-x"]);
        let many =
            (0..9).map(|index| format!(".class{index} {{ }}\n")).collect::<Vec<_>>().concat();
        let copy = marked("theme/style.css", "a { }\n") + "b { }\n";
        let help = warning(&copy, &many).expect("a warning").help.expect("help");
        assert!(help.contains("`.class5` and 3 more of the newer"), "{help}");
    }

    #[test]
    fn template_that_extends_the_newer_version_is_no_copy() {
        let copy = marked("x.html", OLD);
        let (mark, _) = copy.split_once('\n').expect("lines");
        assert_eq!(warning(&format!("{mark}\n{{% extends \"theme/x.html\" %}}\n"), NEW), None);
    }
}
