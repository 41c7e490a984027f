//! `featuredContent`: a video as the `<iframe>` of its player, or as its URL alone.

use std::borrow::Cow;
use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer,
};
use serde::Serialize;
use url::{Url, form_urlencoded};

use super::html::flatten::without_long_tags;
use super::text;
use crate::http_url::HttpUrl;

/// The URL of the player: the source of the first `<iframe>`, or the whole text if it has no tag.
/// Nothing else is used, and only players by `https` on one of `hosts` are accepted. For services
/// that newsgen knows, only videos are accepted, also by the URLs of their pages; for other hosts,
/// any URL.
pub fn player(featured_content: &str, hosts: &[String]) -> Option<HttpUrl> {
    let content = if featured_content.contains('<') {
        featured_content.into()
    } else {
        text::decode_url_entities(featured_content)
    };
    let source = if content.contains('<') { source_of_iframe(&content)?.into() } else { content };
    let source = with_scheme(source.trim());
    let url = Url::parse(&source).ok().filter(|url| url.scheme() == "https")?;
    let player = match VideoService::of(url.host_str()?) {
        Some(service) => HttpUrl::parse(&service.player(&url, hosts)?),
        None => HttpUrl::parse(&source),
    };
    player.ok().filter(|player| is_among(player.host(), hosts))
}

/// Whether something would be a player if it were by `https` instead of `http`.
pub fn lacks_only_https(featured_content: &str, hosts: &[String]) -> bool {
    player(&featured_content.replacen("http://", "https://", 1), hosts).is_some()
}

fn is_among(host: &str, hosts: &[String]) -> bool {
    hosts.iter().any(|known| known == host)
}

/// Completes a URL without a scheme, as a page by `https` or a person means it.
fn with_scheme(address: &str) -> Cow<'_, str> {
    let has_scheme = address.split(['/', '?', '#']).next().is_some_and(|start| start.contains(':'));
    match address.strip_prefix("//") {
        Some(rest) => format!("https://{rest}").into(),
        None if has_scheme => address.into(),
        None => format!("https://{address}").into(),
    }
}

/// The attribute `src` of the first `<iframe>`, parsed like a browser.
fn source_of_iframe(html: &str) -> Option<String> {
    let tokenizer =
        Tokenizer::new(FirstIframe::default(), html5ever::tokenizer::TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&without_long_tags(html)));
    // A sink without scripts never asks to stop.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let iframe = tokenizer.sink.0.into_inner()?;
    let source = iframe.attrs.into_iter().find(|attribute| &*attribute.name.local == "src")?;
    Some(source.value.to_string())
}

#[derive(Default)]
struct FirstIframe(RefCell<Option<Tag>>);

impl TokenSink for FirstIframe {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token
            && tag.kind == TagKind::StartTag
            && &*tag.name == "iframe"
        {
            self.0.borrow_mut().get_or_insert(tag);
        }
        TokenSinkResult::Continue
    }
}

/// A video service that newsgen knows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum VideoService {
    Dailymotion,
    Vimeo,
    Youtube,
    /// `YouTube` in its privacy-enhanced mode.
    YoutubeNoCookie,
}

/// A video by its URL.
struct VideoRef {
    id: String,
    /// A parameter that the player also needs.
    parameter: Option<(&'static str, String)>,
}

impl VideoService {
    fn of(host: &str) -> Option<Self> {
        match host.strip_prefix("www.").unwrap_or(host) {
            "dailymotion.com" | "geo.dailymotion.com" | "dai.ly" => Some(Self::Dailymotion),
            "vimeo.com" | "player.vimeo.com" => Some(Self::Vimeo),
            "youtube.com" | "m.youtube.com" | "music.youtube.com" | "youtu.be" => {
                Some(Self::Youtube)
            }
            "youtube-nocookie.com" => Some(Self::YoutubeNoCookie),
            _ => None,
        }
    }

    /// The hosts of its players, the preferred one first.
    fn player_hosts(self) -> &'static [&'static str] {
        match self {
            Self::Dailymotion => &["www.dailymotion.com", "geo.dailymotion.com"],
            Self::Vimeo => &["player.vimeo.com"],
            Self::Youtube => &["www.youtube.com", "youtube.com", "www.youtube-nocookie.com"],
            Self::YoutubeNoCookie => &["www.youtube-nocookie.com"],
        }
    }

    /// The player's URL for the video at `url`. The URL of a player is kept, but does not start by
    /// itself.
    fn player(self, url: &Url, hosts: &[String]) -> Option<String> {
        let host = url.host_str()?;
        let path: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
        let is_of_players = self.player_hosts().contains(&host) && is_among(host, hosts);
        if is_of_players && self.is_player(host, &path) {
            return Some(plain_player(&path, url));
        }
        let host_of_player = self.player_hosts().iter().find(|host| is_among(host, hosts))?;
        let video = match self {
            Self::Dailymotion => dailymotion_video(host, &path),
            Self::Vimeo => vimeo_video(&path, url),
            Self::Youtube | Self::YoutubeNoCookie => youtube_video(host, &path, url),
        };
        Some(self.player_of(&video?, host_of_player, start(url)))
    }

    fn is_player(self, host: &str, path: &[&str]) -> bool {
        match (self, path) {
            (Self::Dailymotion, ["player.html"]) => host == "geo.dailymotion.com",
            (Self::Dailymotion, ["player", file]) => {
                host == "geo.dailymotion.com" && file.strip_suffix(".html").is_some_and(is_id)
            }
            (Self::Dailymotion, ["embed", "video" | "playlist", id])
            | (Self::Youtube | Self::YoutubeNoCookie, ["embed", id]) => is_id(id),
            (Self::Vimeo, ["video", id]) => is_number(id),
            _ => false,
        }
    }

    fn player_of(self, video: &VideoRef, host: &str, start: Option<u32>) -> String {
        let VideoRef { id, parameter } = video;
        let start = start.map(|start| start.to_string());
        let parameter = parameter.as_ref().map(|(name, value)| (*name, value.as_str()));
        let start = |name: &'static str| start.as_deref().map(|start| (name, start));
        let (path, parameters, fragment) = match (self, host) {
            (Self::Dailymotion, "geo.dailymotion.com") => {
                ("player.html".to_owned(), [Some(("video", id.as_str())), start("startTime")], None)
            }
            (Self::Dailymotion, _) => (format!("embed/video/{id}"), [start("start"), None], None),
            (Self::Vimeo, _) => (format!("video/{id}"), [parameter, None], start("t")),
            (Self::Youtube | Self::YoutubeNoCookie, _) => {
                (format!("embed/{id}"), [parameter, start("start")], None)
            }
        };
        let mut address = format!("https://{host}/{path}");
        for (mark, (name, value)) in ["?", "&"].iter().zip(parameters.into_iter().flatten()) {
            address.extend([mark, name, "=", value]);
        }
        if let Some((name, seconds)) = fragment {
            address.extend(["#", name, "=", seconds, "s"]);
        }
        address
    }
}

/// The address of a player without what readers would not expect: a video that begins by itself.
fn plain_player(path: &[&str], url: &Url) -> String {
    let is_kept = |pair: &&str| {
        let name = form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name);
        // Vimeo's parameter for videos behind a page, which begin at once.
        !name.is_some_and(|name| {
            ["autoplay", "background"].iter().any(|known| name.eq_ignore_ascii_case(known))
        })
    };
    let kept = |pairs: Option<&str>| {
        let pairs: Vec<&str> = pairs?.split('&').filter(is_kept).collect();
        Some(pairs.join("&")).filter(|pairs| !pairs.is_empty())
    };
    let mut player = url.clone();
    player.set_path(&path.join("/"));
    player.set_query(kept(url.query()).as_deref());
    player.set_fragment(kept(url.fragment()).as_deref());
    player.into()
}

fn dailymotion_video(host: &str, path: &[&str]) -> Option<VideoRef> {
    let id = match path {
        ["video", id] | ["embed", "video", id] => id,
        [id] if host == "dai.ly" => id,
        _ => return None,
    };
    let id = id.split('_').next().filter(|id| is_id(id))?;
    Some(VideoRef { id: id.to_owned(), parameter: None })
}

fn vimeo_video(path: &[&str], url: &Url) -> Option<VideoRef> {
    let (id, hash) = match path {
        [id]
        | ["video", id]
        | ["channels", _, id]
        | ["groups", _, "videos", id]
        | ["album" | "showcase", _, "video", id] => (id, None),
        [id, hash] => (id, Some((*hash).to_owned())),
        _ => return None,
    };
    let hash = hash.or_else(|| parameter(url, "h")).filter(|hash| is_id(hash));
    is_number(id)
        .then(|| VideoRef { id: (*id).to_owned(), parameter: hash.map(|hash| ("h", hash)) })
}

fn youtube_video(host: &str, path: &[&str], url: &Url) -> Option<VideoRef> {
    let list = || parameter(url, "list").filter(|list| is_id(list)).map(|list| ("list", list));
    let (id, parameter) = match path {
        ["playlist"] | ["embed", "videoseries"] => ("videoseries".to_owned(), Some(list()?)),
        ["watch"] => (parameter(url, "v")?, None),
        ["embed" | "live" | "shorts" | "v" | "e", id] => ((*id).to_owned(), None),
        [id] if host.ends_with("youtu.be") => ((*id).to_owned(), None),
        _ => return None,
    };
    is_id(&id).then_some(VideoRef { id, parameter })
}

/// Whether a text can be a video id, without characters that have a meaning in URLs.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_number(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The start time in seconds.
fn start(url: &Url) -> Option<u32> {
    let in_fragment = || url.fragment()?.strip_prefix("t=").map(str::to_owned);
    let in_query = ["t", "start", "time_continue"].iter().find_map(|name| parameter(url, name));
    seconds(&in_query.or_else(in_fragment)?).filter(|seconds| *seconds > 0)
}

/// Parses `90`, `90s` or `1m30s`.
fn seconds(text: &str) -> Option<u32> {
    let (mut all, mut rest) = (0_u32, text);
    while !rest.is_empty() {
        let (number, unit) =
            rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
        let length = match unit.bytes().next() {
            Some(b'h') => 3600,
            Some(b'm') => 60,
            Some(b's') | None => 1,
            Some(_) => return None,
        };
        all = number.parse::<u32>().ok()?.checked_mul(length)?.checked_add(all)?;
        rest = unit.get(1..).unwrap_or("");
    }
    Some(all)
}

/// A video of `YouTube`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Youtube<'a> {
    pub id: &'a str,
    /// The start time in seconds.
    pub start: u32,
}

/// The video of a `YouTube` player that plays exactly one.
pub fn youtube(player: &HttpUrl) -> Option<Youtube<'_>> {
    let (host, path) = player.as_str().strip_prefix("https://")?.split_once('/')?;
    let path = path.strip_prefix("embed/")?;
    let (id, query) = path.split_once('?').unwrap_or((path, ""));
    let is_youtube = matches!(host, "www.youtube.com" | "youtube.com" | "www.youtube-nocookie.com");
    let is_of_many = matches!(id, "videoseries" | "live_stream");
    let is_id =
        id.len() == 11 && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let start = query.split('&').find_map(|pair| pair.strip_prefix("start=")?.parse().ok());
    (is_youtube && is_id && !is_of_many).then_some(Youtube { id, start: start.unwrap_or(0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn video_player_requires_https_and_known_host() {
        let hosts = ["www.youtube.com".to_owned(), "player.vimeo.com".to_owned()];
        let player = |html: &str| player(html, &hosts).map(|address| address.as_str().to_owned());
        let frame = r#"<iframe width="8" data-src="x" src="https://www.youtube.com/embed/a?b=1&amp;c=2" x></iframe>"#;
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
            r#"<iframe src="https://www.youtube.com:8443/embed/a?autoplay=1">"#,
            r#"<iframe src="https://me:pw@www.youtube.com//embed/a">"#,
            r#"<iframe src="https://www.youtube.com@evil.example/">"#,
            r#"<iframe src="javascript:alert(1)">"#,
            r#"<img src="https://www.youtube.com/embed/a">"#,
        ] {
            assert_eq!(player(refused), None, "{refused}");
        }
    }

    /// The URL of the player, on a site with the default hosts.
    fn player_on_any_site(featured_content: &str) -> Option<String> {
        let hosts = crate::config::VideoConfig::default().hosts;
        player(featured_content, &hosts).map(|address| address.as_str().to_owned())
    }

    #[test]
    fn video_pages_map_to_players() {
        let embed = "https://www.youtube.com/embed/aB-_0123456";
        for (written, player) in [
            ("https://www.youtube.com/watch?v=aB-_0123456", embed.to_owned()),
            ("https://youtube.com/watch?app=desktop&v=aB-_0123456&list=PL1", embed.to_owned()),
            ("https://m.youtube.com/watch?v=aB-_0123456", embed.to_owned()),
            ("https://music.youtube.com/watch?v=aB-_0123456&si=x", embed.to_owned()),
            ("https://www.youtube.com/shorts/aB-_0123456?feature=share", embed.to_owned()),
            ("https://www.youtube.com/live/aB-_0123456", embed.to_owned()),
            ("https://m.youtube.com/embed/aB-_0123456?autoplay=1", embed.to_owned()),
            ("https://www.youtube.com/v/aB-_0123456", embed.to_owned()),
            ("https://www.youtube.com//embed/aB-_0123456", embed.to_owned()),
            ("https://www.youtube.com/embed/aB-_0123456?autoplay=1", embed.to_owned()),
            (
                "https://www.youtube.com/embed/aB-_0123456?autoplay=1&start=5",
                format!("{embed}?start=5"),
            ),
            (
                "https://www.dailymotion.com/embed/video/x1?autoplay=1",
                "https://www.dailymotion.com/embed/video/x1".to_owned(),
            ),
            (
                "https://www.youtube.com/embed/aB-_0123456?%61utoplay=1&AutoPlay=1#autoplay=1",
                embed.to_owned(),
            ),
            (
                "https://player.vimeo.com/video/123?h=a1&background=1#autoplay=1&t=60s",
                "https://player.vimeo.com/video/123?h=a1#t=60s".to_owned(),
            ),
            ("//youtu.be/aB-_0123456", embed.to_owned()),
            (" youtube.com/watch?v=aB-_0123456\n", embed.to_owned()),
            ("https://youtu.be/aB-_0123456?t=30s", format!("{embed}?start=30")),
            ("https://youtu.be/aB-_0123456?si=x&amp;t=1m30s", format!("{embed}?start=90")),
            ("https://www.youtube.com/watch?v=aB-_0123456&t=1h2m3s", format!("{embed}?start=3723")),
            ("https://www.youtube.com/watch?v=aB-_0123456&start=45", format!("{embed}?start=45")),
            ("https://www.youtube.com/watch?v=aB-_0123456#t=75", format!("{embed}?start=75")),
            ("https://www.youtube.com/watch?v=aB-_0123456&t=soon", embed.to_owned()),
            (
                "https://www.youtube.com/playlist?list=PL1",
                "https://www.youtube.com/embed/videoseries?list=PL1".to_owned(),
            ),
            (
                "https://youtube-nocookie.com/embed/aB",
                "https://www.youtube-nocookie.com/embed/aB".to_owned(),
            ),
            ("https://vimeo.com/123", "https://player.vimeo.com/video/123".to_owned()),
            (
                "https://www.vimeo.com/channels/staff/123#t=1m",
                "https://player.vimeo.com/video/123#t=60s".to_owned(),
            ),
            ("https://vimeo.com/123/abc", "https://player.vimeo.com/video/123?h=abc".to_owned()),
            (
                "https://www.dailymotion.com/video/x8abc_a-title?start=9",
                "https://www.dailymotion.com/embed/video/x8abc?start=9".to_owned(),
            ),
            ("https://dai.ly/x8abc", "https://www.dailymotion.com/embed/video/x8abc".to_owned()),
        ] {
            assert_eq!(player_on_any_site(written), Some(player.clone()), "{written}");
            let frame = format!("<iframe src=\"{}\"></iframe>", written.trim());
            assert_eq!(player_on_any_site(&frame), Some(player), "{frame}");
        }
    }

    #[test]
    fn video_player_urls_are_kept() {
        for address in [
            "https://www.youtube.com/embed/aB?rel=0&t=3#x",
            "https://youtube.com/embed/aB",
            "https://www.youtube.com/embed/videoseries?list=PL1",
            "https://www.youtube.com/embed/live_stream?channel=UC1",
            "https://www.youtube-nocookie.com/embed/aB",
            "https://player.vimeo.com/video/1?h=a&dnt=1#t=3s",
            "https://www.dailymotion.com/embed/video/x1?start=9",
            "https://geo.dailymotion.com/player.html?video=x1",
            "https://geo.dailymotion.com/player/xa1.html?video=x1",
        ] {
            assert_eq!(player_on_any_site(address).as_deref(), Some(address));
        }
    }

    #[test]
    fn video_hosts_reject_other_paths() {
        for address in [
            "https://www.youtube.com/redirect?q=https://evil.example/",
            "https://www.youtube.com/logout",
            "https://www.youtube.com/",
            "https://www.youtube.com/watch",
            "https://www.youtube.com/watch?v=",
            "https://www.youtube.com/watch?v=a%2F..%2Fredirect",
            "https://www.youtube.com/embed/../redirect?q=x",
            "https://www.youtube.com/embed/%2e%2e/redirect?q=x",
            "https://www.youtube.com/embed/..%2Fredirect?q=x",
            "https://www.youtube.com/embed/a/b",
            "https://www.youtube.com/attribution_link?u=/watch",
            "https://www.youtube.com/@channel",
            "https://www.youtube.com/aB-_0123456",
            "https://youtu.be/a/b",
            "https://player.vimeo.com/external/1.mp4",
            "https://player.vimeo.com/video/x",
            "https://vimeo.com/log_out",
            "https://vimeo.com/event/1/embed",
            "https://www.dailymotion.com/logout",
            "https://www.dailymotion.com/player.html",
            "https://geo.dailymotion.com/player/../logout",
            "http://www.youtube.com/watch?v=aB",
            "javascript:alert(1)",
            "data:text/html,//www.youtube.com/embed/aB",
            "see youtube.com/watch?v=aB",
            "https://user@www.youtube.com/embed/aB",
            "https://www.youtube.com:8443/embed/aB",
        ] {
            assert_eq!(player_on_any_site(address), None, "{address}");
            assert_eq!(player_on_any_site(&format!("<iframe src='{address}'>")), None, "{address}");
        }
    }

    #[test]
    fn iframe_src_is_parsed_like_browsers() {
        let address = "https://www.youtube.com/embed/aB?a=1&b=2";
        for frame in [
            "<iframe src=https://www.youtube.com/embed/aB?a=1&b=2></iframe>",
            "<IFRAME WIDTH=5 SRC='https://www.youtube.com/embed/aB?a=1&amp;b=2'></IFRAME>",
            "<iframe\nsrc =\n\"\nhttps://www.youtube.com/embed/aB?a=1&#38;b=2 \">",
            "<iframe src=\"https://www.youtube.com/em\nbed/aB?a=1&b=2\">",
            "<iframe title='a > b src=x' data-src=x src=https://www.youtube.com/embed/aB?a=1&b=2 src=x>",
            "<p><!-- <iframe src=x> --><iframe allowfullscreen src=//www.youtube.com/embed/aB?a=1&b=2>",
            "&lt;iframe src=&quot;https://www.youtube.com/embed/aB?a=1&amp;b=2&quot;&gt;",
            "<div class='<iframe src=x>'><iframe src='https://www.youtube.com/embed/aB?a=1&b=2'>",
        ] {
            assert_eq!(player_on_any_site(frame).as_deref(), Some(address), "{frame}");
        }
        for frame in [
            "<iframe data-src='https://www.youtube.com/embed/aB'>",
            "<iframe title=' src=https://www.youtube.com/embed/aB '>",
            "<iframe title=\"src='https://www.youtube.com/embed/aB'\" src=x>",
            "<iframe src=x><iframe src=https://www.youtube.com/embed/aB>",
            "<iframe-x src=https://www.youtube.com/embed/aB>",
            "<iframe><p src=https://www.youtube.com/embed/aB>",
            "<video src=https://www.youtube.com/embed/aB>",
            "<a href=https://youtu.be/aB>https://youtu.be/aB</a>",
            "<iframe src=https://www.youtube.com/embed/aB",
        ] {
            assert_eq!(player_on_any_site(frame), None, "{frame}");
        }
    }

    #[test]
    fn video_players_use_allowed_hosts() {
        let player = |address: &str, hosts: &[&str]| {
            let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
            player(address, &hosts).map(|address| address.as_str().to_owned())
        };
        let without_cookies = Some("https://www.youtube-nocookie.com/embed/aB?start=3".to_owned());
        assert_eq!(
            player("https://youtu.be/aB?t=3", &["www.youtube-nocookie.com"]),
            without_cookies
        );
        assert_eq!(player("https://www.youtube-nocookie.com/embed/aB", &["www.youtube.com"]), None);
        assert_eq!(player("https://youtu.be/aB", &["player.vimeo.com"]), None);
        assert_eq!(player("https://youtu.be/aB", &["youtu.be"]), None);
        let dailymotion =
            Some("https://geo.dailymotion.com/player.html?video=x1&startTime=3".to_owned());
        assert_eq!(player("https://dai.ly/x1?start=3", &["geo.dailymotion.com"]), dailymotion);
        let own = "https://video.example/any/path?x=1&copy=2";
        assert_eq!(player(own, &["video.example"]).as_deref(), Some(own));
        assert_eq!(player("http://video.example/x", &["video.example"]), None);
        assert_eq!(player("https://other.example/x", &["video.example"]), None);
    }

    #[test]
    fn youtube_id_is_read_from_player_url() {
        for (player, video) in [
            ("https://www.youtube.com/embed/aB-_0123456", Some(("aB-_0123456", 0))),
            ("https://youtube.com/embed/aB-_0123456?rel=0&start=30", Some(("aB-_0123456", 30))),
            (
                "https://www.youtube-nocookie.com/embed/aB-_0123456?start=x",
                Some(("aB-_0123456", 0)),
            ),
            ("https://www.youtube.com/embed/videoseries?list=x", None),
            ("https://www.youtube.com/embed/short", None),
            ("https://www.youtube.com/embed/aB-_012345%22", None),
            ("https://www.youtube.com/embed/aB-_0123456/x", None),
            ("https://www.youtube.com/watch?v=aB-_0123456", None),
            ("https://player.vimeo.com/embed/aB-_0123456", None),
        ] {
            let address = HttpUrl::parse(player).expect("address");
            let found = youtube(&address).map(|video| (video.id, video.start));
            assert_eq!(found, video, "{player}");
        }
    }
}
