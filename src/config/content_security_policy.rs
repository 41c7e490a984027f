//! The table `[content_security_policy]`: what a page may load and run
//! (<https://www.w3.org/TR/CSP3/>), declared in a `<meta>` element.

use std::borrow::Cow;

use super::keys::CONTENT_SECURITY_POLICY;
use super::source_list::SourceList;
use super::values::unknown_key;
use super::video::VideoConfig;
use crate::diagnostic::Code;
use crate::node::{MapEntry, Node, Problem, Problems};

/// The configured directives and their sources, in output order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContentSecurityPolicy(Vec<(&'static str, String)>);

/// Directives that are ignored in `<meta>` (CSP 3, section 3.3).
const HEADER_ONLY: [&str; 3] = ["frame-ancestors", "report-uri", "sandbox"];

/// Sources in single quotation marks (CSP 3, section 2.3.1).
const KEYWORDS: [&str; 9] = [
    "self",
    "none",
    "unsafe-inline",
    "unsafe-eval",
    "unsafe-hashes",
    "unsafe-allow-redirects",
    "wasm-unsafe-eval",
    "strict-dynamic",
    "report-sample",
];
const KEYWORD_PREFIXES: [&str; 4] = ["nonce-", "sha256-", "sha384-", "sha512-"];

impl ContentSecurityPolicy {
    pub(super) fn parse(node: Node<'_>, problems: &mut Problems) -> Self {
        let mut policy = Vec::new();
        for entry in problems.keep(node.map("content_security_policy")).unwrap_or_default() {
            policy.extend(problems.keep(directive(entry)));
        }
        Self(policy)
    }

    /// The policy of a page. By default everything comes from the site itself, images from anywhere
    /// by `https`, and frames from the hosts of video players.
    pub fn to_text(&self, video: &VideoConfig) -> String {
        let parts: Vec<String> = CONTENT_SECURITY_POLICY
            .names()
            .filter_map(|name| Some(format!("{name} {}", self.sources(name, video)?)))
            .collect();
        parts.join("; ")
    }

    fn sources(&self, directive: &str, video: &VideoConfig) -> Option<Cow<'_, str>> {
        let own = self.own_sources(directive).map(Cow::Borrowed);
        own.or_else(|| default_sources(directive, video))
    }

    /// The sources of a directive in `site.toml`.
    pub(super) fn own_sources(&self, directive: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == directive).map(|(_, sources)| sources.as_str())
    }

    /// The sources that apply to what a directive is about: its own, or those of another directive.
    /// None if everything is allowed.
    pub fn source_list(&self, directive: &str, video: &VideoConfig) -> Option<SourceList<'_>> {
        fallbacks(directive).iter().find_map(|name| self.sources(name, video)).map(SourceList)
    }
}

/// A directive and those that apply in its place if it is not set (CSP 3, section 6.8.3).
fn fallbacks(directive: &str) -> &'static [&'static str] {
    match directive {
        "script-src" => &["script-src", "default-src"],
        "style-src" => &["style-src", "default-src"],
        "img-src" => &["img-src", "default-src"],
        "media-src" => &["media-src", "default-src"],
        "font-src" => &["font-src", "default-src"],
        "frame-src" => &["frame-src", "child-src", "default-src"],
        "object-src" => &["object-src", "default-src"],
        "manifest-src" => &["manifest-src", "default-src"],
        "base-uri" => &["base-uri"],
        "form-action" => &["form-action"],
        _ => &[],
    }
}

fn default_sources(directive: &str, video: &VideoConfig) -> Option<Cow<'static, str>> {
    match directive {
        "default-src" | "form-action" => Some("'self'".into()),
        "img-src" => Some("'self' https:".into()),
        "object-src" | "base-uri" => Some("'none'".into()),
        "frame-src" if video.hosts.is_empty() => Some("'none'".into()),
        "frame-src" => {
            let hosts: Vec<String> =
                video.hosts.iter().map(|host| format!("https://{host}")).collect();
            Some(hosts.join(" ").into())
        }
        _ => None,
    }
}

fn directive(entry: MapEntry<'_>) -> Result<(&'static str, String), Problem> {
    let at = entry.node.at;
    let Some(name) = CONTENT_SECURITY_POLICY.get(&entry.key).map(|key| key.name) else {
        let is_of_headers = HEADER_ONLY.contains(&&*entry.key);
        let problem = unknown_key(&entry, "content_security_policy", &CONTENT_SECURITY_POLICY);
        return Err(if is_of_headers {
            problem.help("only an HTTP header can set it, not a page")
        } else {
            problem
        });
    };
    let sources = entry.node.text(name)?;
    let is_source = |c: char| c.is_ascii_graphic() && !matches!(c, ';' | ',' | '"' | '<' | '>');
    let is_list = |text: &str| {
        !text.trim().is_empty() && text.split(' ').all(|part| part.chars().all(is_source))
    };
    if !is_list(&sources) {
        return Err(Problem::new(
            Code::InvalidSourceList,
            at,
            format!("`{name}` is not a list of sources"),
        )
        .label("expected one such as `'self' https://images.example`"));
    }
    match sources.split(' ').find_map(unquoted_keyword) {
        Some(keyword) => Err(Problem::new(
            Code::InvalidSourceList,
            at,
            format!("`{name}` has `{keyword}` without its quotation marks"),
        )
        .help(format!("write `'{keyword}'`, with single quotation marks inside the others"))),
        None => Ok((name, sources.trim().to_owned())),
    }
}

/// The keyword of a source that lacks one or both of its single quotation marks, and so would be
/// the name of a host.
fn unquoted_keyword(source: &str) -> Option<&str> {
    if source.len() > 1 && source.starts_with('\'') && source.ends_with('\'') {
        return None;
    }
    let name = source.trim_matches('\'');
    let lower = name.to_ascii_lowercase();
    let is_keyword = KEYWORDS.contains(&&*lower)
        || KEYWORD_PREFIXES.iter().any(|prefix| lower.starts_with(prefix));
    is_keyword.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csp_directives_have_defaults() {
        let video = VideoConfig { hosts: vec!["player.example".to_owned()] };
        let policy = ContentSecurityPolicy::default();
        assert_eq!(
            policy.to_text(&video),
            "default-src 'self'; img-src 'self' https:; frame-src https://player.example; object-src 'none'; \
             base-uri 'none'; form-action 'self'"
        );
        let policy = ContentSecurityPolicy(vec![("img-src", "'self'".to_owned())]);
        let text = policy.to_text(&VideoConfig { hosts: Vec::new() });
        assert!(text.contains("; img-src 'self'; frame-src 'none';"), "{text}");
    }
}
