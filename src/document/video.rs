//! `featuredContent`: the player of a video, given as an `<iframe>` in a string.

use serde::Serialize;

use crate::address::Address;

/// The address of the player. Nothing else is taken from the string, and nothing at all when the address is not by
/// `https` on one of `hosts`.
pub fn player(featured_content: &str, hosts: &[String]) -> Option<Address> {
    let source = attribute(featured_content, "src")?;
    let decoded = html_escape::decode_html_entities(source);
    let absolute = if decoded.starts_with("//") { format!("https:{decoded}") } else { decoded.into_owned() };
    let address = Address::parse(&absolute).ok()?;
    let host = address.as_str().strip_prefix("https://")?.split('/').next()?;
    hosts.iter().any(|known| known == host).then_some(address)
}

/// A video of `YouTube`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Youtube<'a> {
    /// Which one.
    pub id: &'a str,
    /// Where it begins, in seconds.
    pub start: u32,
}

/// The video that a player plays, where it is one of `YouTube` and plays one only.
pub fn youtube(player: &Address) -> Option<Youtube<'_>> {
    let (host, path) = player.as_str().strip_prefix("https://")?.split_once('/')?;
    let path = path.strip_prefix("embed/")?;
    let (id, query) = path.split_once('?').unwrap_or((path, ""));
    let is_youtube = matches!(host, "www.youtube.com" | "youtube.com" | "www.youtube-nocookie.com");
    let is_of_many = matches!(id, "videoseries" | "live_stream");
    let is_id = id.len() == 11 && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let start = query.split('&').find_map(|pair| pair.strip_prefix("start=")?.parse().ok());
    (is_youtube && is_id && !is_of_many).then_some(Youtube { id, start: start.unwrap_or(0) })
}

/// The value of an attribute of the first `<iframe>`.
fn attribute<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    let tag = html.get(html.find("<iframe")?..)?;
    let tag = tag.get(..tag.find('>')?)?;
    tag.match_indices(name).find_map(|(at, _)| {
        let is_start = tag.get(..at)?.ends_with(char::is_whitespace);
        let value = tag.get(at + name.len()..)?.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|c| is_start && matches!(c, '"' | '\''))?;
        value.get(1..)?.split(quote).next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_player_is_taken_only_from_a_known_host_by_https() {
        let hosts = ["www.youtube.com".to_owned(), "player.vimeo.com".to_owned()];
        let player = |html: &str| player(html, &hosts).map(|address| address.as_str().to_owned());
        let frame =
            r#"<iframe width="8" data-src="x" src="https://www.youtube.com/embed/a?b=1&amp;c=2" x></iframe>"#;
        assert_eq!(player(frame).as_deref(), Some("https://www.youtube.com/embed/a?b=1&c=2"));
        assert_eq!(
            player("<iframe src='//player.vimeo.com/video/1'>").as_deref(),
            Some("https://player.vimeo.com/video/1")
        );
        for refused in [
            "",
            "<iframe>",
            "<iframe src=>",
            r#"<iframe src="http://www.youtube.com/embed/a">"#,
            r#"<iframe src="https://www.youtube.com.evil.example/">"#,
            r#"<iframe src="https://www.youtube.com:8443/">"#,
            r#"<iframe src="https://www.youtube.com@evil.example/">"#,
            r#"<iframe src="javascript:alert(1)">"#,
            r#"<img src="https://www.youtube.com/embed/a">"#,
        ] {
            assert_eq!(player(refused), None, "{refused}");
        }
    }

    #[test]
    fn a_video_of_youtube_is_known_by_its_player() {
        for (player, video) in [
            ("https://www.youtube.com/embed/aB-_0123456", Some(("aB-_0123456", 0))),
            ("https://youtube.com/embed/aB-_0123456?rel=0&start=30", Some(("aB-_0123456", 30))),
            ("https://www.youtube-nocookie.com/embed/aB-_0123456?start=x", Some(("aB-_0123456", 0))),
            ("https://www.youtube.com/embed/videoseries?list=x", None),
            ("https://www.youtube.com/embed/short", None),
            ("https://www.youtube.com/embed/aB-_012345%22", None),
            ("https://www.youtube.com/embed/aB-_0123456/x", None),
            ("https://www.youtube.com/watch?v=aB-_0123456", None),
            ("https://player.vimeo.com/embed/aB-_0123456", None),
        ] {
            let address = Address::parse(player).expect("address");
            let found = youtube(&address).map(|video| (video.id, video.start));
            assert_eq!(found, video, "{player}");
        }
    }
}
