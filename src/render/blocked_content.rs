//! What the site's Content-Security-Policy blocks in a template: scripts, styles, frames, forms and
//! other content that the template names itself.

use std::ops::Range;

use url::Url;

use super::html_tags::{Attribute, MaskedText, StartTag, masked, start_tags};
use super::postprocess::strip_blank_lines;
use crate::config::{Config, InlineCode, SourceList, digest_source};
use crate::diagnostic::{Code, Diagnostic, Location};

/// Attributes that load something or send a form, by their elements, and the directives that apply.
const LOADS: [(&str, &str, &str); 16] = [
    ("audio", "src", "media-src"),
    ("base", "href", "base-uri"),
    ("button", "formaction", "form-action"),
    ("embed", "src", "object-src"),
    ("form", "action", "form-action"),
    ("frame", "src", "frame-src"),
    ("iframe", "src", "frame-src"),
    ("img", "src", "img-src"),
    ("img", "srcset", "img-src"),
    ("input", "formaction", "form-action"),
    ("input", "src", "img-src"),
    ("object", "data", "object-src"),
    ("source", "src", "media-src"),
    ("source", "srcset", "img-src"),
    ("video", "poster", "img-src"),
    ("video", "src", "media-src"),
];

/// A warning for each thing in a template that the policy of the site blocks. What the template
/// computes is not checked.
pub(super) fn blocked_content(
    display_path: &str,
    template: &str,
    config: &Config,
) -> Vec<Diagnostic> {
    let Some(page) = config.published_page() else { return Vec::new() };
    let masked = masked(template);
    let check = Check { display_path, template, config, page };
    start_tags(&masked).iter().flat_map(|tag| check.tag(tag)).collect()
}

struct Check<'a> {
    display_path: &'a str,
    template: &'a str,
    config: &'a Config,
    /// The URL of a page.
    page: Url,
}

impl Check<'_> {
    fn tag(&self, tag: &StartTag<'_>) -> Vec<Diagnostic> {
        let loads = LOADS.iter().filter(|(element, ..)| *element == tag.name);
        let loads = loads
            .filter_map(|(_, name, directive)| Some((*name, tag.attribute(name)?, *directive)));
        let mut found: Vec<Diagnostic> = loads
            .flat_map(|(name, value, directive)| {
                self.urls(value, name.ends_with("srcset").then_some(','), directive)
            })
            .collect();
        match tag.name.as_str() {
            "script" => found.extend(self.script(tag)),
            "style" => found.extend(self.inline_element(tag, InlineCode::Style)),
            "link" => found.extend(self.link(tag)),
            _ => {}
        }
        let attributes = tag.attributes.iter();
        found.extend(attributes.filter_map(|attribute| self.inline_attribute(tag, attribute)));
        found
    }

    fn source_list(&self, directive: &str) -> Option<SourceList<'_>> {
        self.config.content_security_policy.source_list(directive, &self.config.video)
    }

    fn script(&self, tag: &StartTag<'_>) -> Option<Diagnostic> {
        let kind = tag.attribute("type").map(|kind| kind.decoded());
        if !kind.is_none_or(|kind| kind.is_some_and(|kind| is_script(&kind))) {
            return None;
        }
        let Some(source) = tag.attribute("src") else {
            return self.inline_element(tag, InlineCode::Script);
        };
        let list = self.source_list("script-src")?;
        let url = self.page.join(&source.decoded()?).ok()?;
        let [nonce, integrity] = ["nonce", "integrity"]
            .map(|name| tag.attribute(name).and_then(|value| value.decoded()));
        let is_allowed =
            list.allows_script(&url, &self.page, nonce.as_deref(), integrity.as_deref());
        (!is_allowed).then(|| self.blocked_url(source.range(), &url, "script-src", &list))
    }

    fn link(&self, tag: &StartTag<'_>) -> Option<Diagnostic> {
        let relations = tag.attribute("rel")?.decoded()?.to_ascii_lowercase();
        let is = |relation: &str| relations.split_ascii_whitespace().any(|word| word == relation);
        let preloaded = || tag.attribute("as").and_then(|kind| kind.decoded());
        let directive = if is("stylesheet") {
            "style-src"
        } else if is("icon") || is("apple-touch-icon") {
            "img-src"
        } else if is("manifest") {
            "manifest-src"
        } else if is("modulepreload") {
            "script-src"
        } else if is("preload") {
            match &*preloaded()? {
                "font" => "font-src",
                "image" => "img-src",
                "script" => "script-src",
                "style" => "style-src",
                _ => return None,
            }
        } else {
            return None;
        };
        let nonce = tag.attribute("nonce").and_then(|nonce| nonce.decoded());
        let has_nonces = matches!(directive, "script-src" | "style-src");
        if has_nonces && self.source_list(directive)?.allows_nonce(nonce.as_deref()) {
            return None;
        }
        self.urls(tag.attribute("href")?, None, directive).into_iter().next()
    }

    /// The URLs of an attribute that are blocked; `separator` divides those of a list.
    fn urls(
        &self,
        value: MaskedText<'_>,
        separator: Option<char>,
        directive: &'static str,
    ) -> Vec<Diagnostic> {
        let Some(list) = self.source_list(directive).filter(|_| value.literal().is_some()) else {
            return Vec::new();
        };
        let blocked = |(at, text): (usize, &str)| {
            let text = html_escape::decode_html_entities(text);
            let url = self.page.join(&text).ok().filter(is_loaded)?;
            let range = at..at + text.len();
            (!list.allows(&url, &self.page))
                .then(|| self.blocked_url(range, &url, directive, &list))
        };
        value.parts(separator).filter_map(blocked).collect()
    }

    fn blocked_url(
        &self,
        range: Range<usize>,
        url: &Url,
        directive: &str,
        list: &SourceList<'_>,
    ) -> Diagnostic {
        let scheme = format!("{}:", url.scheme());
        let (shown, source) = match url.origin() {
            origin if !origin.is_tuple() => (scheme.clone(), scheme),
            origin if origin == self.page.origin() => (url.to_string(), "'self'".to_owned()),
            origin => (url.to_string(), origin.ascii_serialization()),
        };
        let message = format!("the Content-Security-Policy blocks `{shown}`");
        let help = format!("to allow it, {}", setting(directive, list, &source));
        self.warning(range, &message).help(help)
    }

    /// A script or style in the page itself.
    fn inline_element(&self, tag: &StartTag<'_>, kind: InlineCode) -> Option<Diagnostic> {
        let directive = kind.directive();
        let list = self.source_list(directive)?;
        let nonce = tag.attribute("nonce").and_then(|nonce| nonce.decoded());
        let text = tag.content.literal().map(|text| rendered(&tag.name, text));
        let is_empty = tag.content.is_blank();
        if is_empty
            || list.allows_nonce(nonce.as_deref())
            || list.allows_inline(kind, text.as_deref())
        {
            return None;
        }
        let message = format!("the Content-Security-Policy blocks this `<{}>`", tag.name);
        let move_it = "move it into a file of `static/`";
        let help = match text {
            Some(text) => {
                let setting = setting(directive, &list, &digest_source(&text));
                format!("{move_it}, or {setting}")
            }
            None => move_it.to_owned(),
        };
        Some(self.warning(tag.range.clone(), &message).help(help))
    }

    /// An event handler, a style, or a `javascript:` URL in an attribute.
    fn inline_attribute(
        &self,
        tag: &StartTag<'_>,
        Attribute { name, value }: &Attribute<'_>,
    ) -> Option<Diagnostic> {
        let is_handler = is_event_handler(&tag.name, name);
        let is_style = name == "style";
        let text = value.decoded();
        let is_code = ["href", "action", "formaction", "src"].contains(&name.as_str())
            && text.as_ref().is_some_and(|text| is_javascript(text));
        if value.is_blank() || !(is_handler || is_style || is_code) {
            return None;
        }
        let kind = if is_style { InlineCode::StyleAttribute } else { InlineCode::ScriptAttribute };
        let list = self.source_list(kind.directive())?;
        if list.allows_inline(kind, text.as_deref()) {
            return None;
        }
        let message = format!("the Content-Security-Policy blocks this attribute `{name}`");
        let help = if is_style {
            "write a rule in a stylesheet of `static/`"
        } else {
            "write an event listener in a script of `static/`"
        };
        Some(self.warning(value.range(), &message).help(help))
    }

    fn warning(&self, Range { start, end }: Range<usize>, message: &str) -> Diagnostic {
        let location = Location::in_text(self.display_path, self.template, start, end);
        Diagnostic::new(Code::BlockedContent, location, message).changes_output()
    }
}

/// The line of `site.toml` that allows one more source.
fn setting(directive: &str, list: &SourceList<'_>, source: &str) -> String {
    let sources = list.with(source);
    format!("write `{directive} = \"{sources}\"` below `[content_security_policy]` in site.toml")
}

/// Whether a browser runs a script of this type (HTML, section 4.12.1). All others are data.
fn is_script(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    matches!(kind.as_str(), "" | "module" | "importmap")
        || kind.contains("javascript")
        || kind.contains("ecmascript")
}

/// The events of all elements (HTML, section 8.1.8.2, and the specifications of pointers, touch,
/// animations and transitions).
const EVENTS: [&str; 93] = [
    "abort",
    "animationcancel",
    "animationend",
    "animationiteration",
    "animationstart",
    "auxclick",
    "beforeinput",
    "beforematch",
    "beforetoggle",
    "blur",
    "cancel",
    "canplay",
    "canplaythrough",
    "change",
    "click",
    "close",
    "command",
    "contextlost",
    "contextmenu",
    "contextrestored",
    "copy",
    "cuechange",
    "cut",
    "dblclick",
    "drag",
    "dragend",
    "dragenter",
    "dragleave",
    "dragover",
    "dragstart",
    "drop",
    "durationchange",
    "emptied",
    "ended",
    "error",
    "focus",
    "formdata",
    "gotpointercapture",
    "input",
    "invalid",
    "keydown",
    "keypress",
    "keyup",
    "load",
    "loadeddata",
    "loadedmetadata",
    "loadstart",
    "lostpointercapture",
    "mousedown",
    "mouseenter",
    "mouseleave",
    "mousemove",
    "mouseout",
    "mouseover",
    "mouseup",
    "paste",
    "pause",
    "play",
    "playing",
    "pointercancel",
    "pointerdown",
    "pointerenter",
    "pointerleave",
    "pointermove",
    "pointerout",
    "pointerover",
    "pointerup",
    "progress",
    "ratechange",
    "reset",
    "resize",
    "scroll",
    "scrollend",
    "securitypolicyviolation",
    "seeked",
    "seeking",
    "select",
    "selectionchange",
    "selectstart",
    "slotchange",
    "stalled",
    "submit",
    "suspend",
    "timeupdate",
    "toggle",
    "touchcancel",
    "touchend",
    "touchmove",
    "touchstart",
    "transitionend",
    "volumechange",
    "waiting",
    "wheel",
];

/// Whether an attribute is an event handler. Custom elements, whose names have a hyphen, may have
/// any attribute of their own.
fn is_event_handler(element: &str, name: &str) -> bool {
    name.strip_prefix("on").is_some_and(|event| !element.contains('-') || EVENTS.contains(&event))
}

fn is_javascript(url: &str) -> bool {
    url.get(..11).is_some_and(|scheme| scheme.eq_ignore_ascii_case("javascript:"))
}

/// Whether the policy applies to a URL: others, such as those of mail, load nothing.
fn is_loaded(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https" | "data" | "blob")
}

/// The content of an element as browsers read it in the published page.
fn rendered(name: &str, text: &str) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let page = strip_blank_lines([&open, text, &close].concat().as_bytes());
    let page = String::from_utf8_lossy(&page).replace("\r\n", "\n");
    let content = page.strip_prefix(&open).and_then(|page| page.strip_suffix(&close));
    content.unwrap_or(text).to_owned()
}
