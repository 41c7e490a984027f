//! The table `[video]`.

use super::keys::VIDEO;
use super::values::unknown_key;
use crate::diagnostic::Code;
use crate::http_url::HttpUrl;
use crate::node::{Node, Problem, Problems};

/// Settings of videos.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoConfig {
    /// The hosts whose players are embedded, in lower case.
    pub hosts: Vec<String>,
}

const DEFAULT_HOSTS: [&str; 6] = [
    "www.youtube.com",
    "youtube.com",
    "www.youtube-nocookie.com",
    "player.vimeo.com",
    "www.dailymotion.com",
    "geo.dailymotion.com",
];

impl Default for VideoConfig {
    fn default() -> Self {
        Self { hosts: DEFAULT_HOSTS.map(str::to_owned).into() }
    }
}

impl VideoConfig {
    pub(super) fn parse(node: Node<'_>, problems: &mut Problems) -> Self {
        let mut video = Self::default();
        for entry in problems.keep(node.map("video")).unwrap_or_default() {
            match &*entry.key {
                "hosts" => {
                    let items = problems.keep(entry.node.list("hosts")).unwrap_or_default();
                    video.hosts =
                        items.into_iter().filter_map(|item| problems.keep(host(item))).collect();
                }
                _ => problems.add(unknown_key(&entry, "video", &VIDEO)),
            }
        }
        video
    }
}

/// A bare host name.
fn host(node: Node<'_>) -> Result<String, Problem> {
    let at = node.at;
    let text = node.text("hosts")?.trim().to_ascii_lowercase();
    let is_host = |address: &HttpUrl| address.as_str() == format!("https://{text}/");
    let is_host =
        HttpUrl::parse(&format!("https://{text}/")).is_ok_and(|address| is_host(&address));
    if is_host && !text.contains(['/', ':']) {
        return Ok(text);
    }
    Err(Problem::new(Code::InvalidDomain, at, format!("`{text}` is not the name of a host"))
        .label("expected one such as `player.vimeo.com`"))
}
