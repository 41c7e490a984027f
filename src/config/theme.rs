//! The table `[theme]`: how the default theme looks.

use std::fmt::Write as _;

use super::keys::{ACCENT, DENSITIES, FONTS, ICON, LOGO, THEME, THEME_PICTURES};
use super::values::{choice, required_text, unknown_key};
use crate::color::{CONTROL_CONTRAST, Color, TEXT_CONTRAST};
use crate::diagnostic::{Code, Location};
use crate::image_size::ImageSize;
use crate::key::Keys;
use crate::node::{MapEntry, Node, Problem, Problems, SourcePos, Value};

/// Settings of the default theme.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    pub logo: Option<ByScheme<FileSetting>>,
    /// The picture of pages that have none of their own, for social networks.
    pub social_image: Option<FileSetting>,
    /// The icon of browsers and home screens.
    pub icon: Option<IconSetting>,
    /// The stylesheet after the theme's own.
    pub custom_css: Option<FileSetting>,
    /// Whether articles are shown without their pictures.
    pub hides_pictures: bool,
    accent: Option<Accent>,
    font: HeadlineFont,
    is_compact: bool,
    /// The keys that change the theme's stylesheet, with their locations.
    pub stylesheet_keys: Vec<(&'static str, Location)>,
}

/// A value for light pages, and one for dark pages if it is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByScheme<T> {
    pub light: T,
    pub dark: Option<T>,
}

/// A setting that names a file of `static/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSetting {
    /// The key, such as `logo.dark`.
    pub key: &'static str,
    /// The path below `static/`.
    pub path: String,
    /// The location in `site.toml`.
    pub location: Location,
}

/// The source files of the site's icons; at least one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IconSetting {
    pub svg: Option<FileSetting>,
    pub png: Option<FileSetting>,
}

/// What pages need to know of the files that `[theme]` names.
#[derive(Clone, Debug, Default)]
pub struct ThemeFiles {
    pub logo: Option<ByScheme<ThemeImage>>,
    pub social_image: Option<ThemeImage>,
    pub icon: Option<ThemeIcon>,
    pub custom_css: Option<Stylesheet>,
}

/// The site's icon. Both images are square.
#[derive(Clone, Debug)]
pub struct ThemeIcon {
    pub svg: Option<ThemeImage>,
    pub png: Option<ThemeImage>,
}

/// An image in `static/`.
#[derive(Clone, Debug)]
pub struct ThemeImage {
    /// The path below `static/`, which is the output path.
    pub path: String,
    pub size: ImageSize,
}

/// A stylesheet in `static/`.
#[derive(Clone, Debug)]
pub struct Stylesheet {
    /// The path below `static/`, which is the output path.
    pub path: String,
    /// Changes with the file, so that caches do not serve an old one; none in previews.
    pub version: Option<String>,
}

/// The accent colours of light and dark pages.
#[derive(Clone, Copy, Debug)]
struct Accent {
    light: Color,
    dark: Color,
    /// The background of buttons on dark pages, below white text.
    dark_fill: Color,
}

/// The font of headlines.
#[derive(Clone, Copy, Debug, Default)]
enum HeadlineFont {
    #[default]
    Serif,
    Sans,
    System,
}

/// The backgrounds of a colour scheme of the theme: `--paper` and `--tint` in its stylesheet.
struct Scheme {
    name: &'static str,
    paper: Color,
    tint: Color,
}

const LIGHT: Scheme =
    Scheme { name: "light", paper: Color::WHITE, tint: Color::new(0xf0, 0xf1, 0xf3) };
const DARK: Scheme = Scheme {
    name: "dark",
    paper: Color::new(0x14, 0x15, 0x17),
    tint: Color::new(0x1e, 0x20, 0x23),
};

/// The keys that change the theme's stylesheet.
const STYLESHEET_KEYS: [&str; 3] = ["accent", "font", "density"];

impl Theme {
    pub(super) fn parse(
        node: Node<'_>,
        locate: &impl Fn(SourcePos) -> Location,
        problems: &mut Problems,
    ) -> Self {
        let mut theme = Self::default();
        for entry in problems.keep(node.map("theme")).unwrap_or_default() {
            let at = entry.at;
            if let Some(key) = STYLESHEET_KEYS.into_iter().find(|key| *key == entry.key) {
                theme.stylesheet_keys.push((key, locate(at)));
            }
            match &*entry.key {
                "logo" => theme.logo = logo(entry.node, locate, problems),
                "icon" => theme.icon = icon(entry.node, locate, problems),
                "accent" => theme.accent = accent(entry.node, problems),
                "font" => {
                    let font = choice(entry.node, "font", &FONTS, HeadlineFont::from_name);
                    theme.font = problems.keep(font).unwrap_or_default();
                }
                "density" => {
                    let is_compact = either(entry.node, "density", DENSITIES);
                    theme.is_compact = problems.keep(is_compact).unwrap_or_default();
                }
                "pictures" => {
                    let hides = either(entry.node, "pictures", THEME_PICTURES);
                    theme.hides_pictures = problems.keep(hides).unwrap_or_default();
                }
                "social_image" => {
                    theme.social_image = problems.keep(file(entry.node, "social_image", locate));
                }
                "custom_css" => {
                    theme.custom_css = problems.keep(file(entry.node, "custom_css", locate));
                }
                _ => problems.add(unknown_key(&entry, "theme", &THEME)),
            }
        }
        theme
    }

    /// Rules that change the custom properties of the theme's stylesheet; empty by default.
    pub fn css(&self) -> String {
        let (mut root, mut dark_root) = (String::new(), String::new());
        if let Some(Accent { light, dark, dark_fill }) = self.accent {
            write!(root, "--accent:{light};--fill:{light};").expect("memory");
            write!(dark_root, "--accent:{dark};--fill:{dark_fill};").expect("memory");
        }
        root.push_str(self.font.declaration());
        if self.is_compact {
            root.push_str(COMPACT);
        }
        let mut css = String::new();
        for (rules, open, close) in
            [(root, "", ""), (dark_root, "@media (prefers-color-scheme:dark){", "}")]
        {
            if !rules.is_empty() {
                css.extend([open, ":root{", rules.trim_end_matches(';'), "}", close, "\n"]);
            }
        }
        css
    }
}

/// Smaller headlines and gaps, and flatter pictures.
const COMPACT: &str = "--scale:.86;--gap:clamp(.9rem,1.7vw,1.4rem);--ratio:16/9;";

impl HeadlineFont {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "serif" => Some(Self::Serif),
            "sans" => Some(Self::Sans),
            "system" => Some(Self::System),
            _ => None,
        }
    }

    fn declaration(self) -> &'static str {
        match self {
            Self::Serif => "",
            Self::Sans => {
                "--headline:\"Helvetica Neue\",Helvetica,\"Nimbus Sans\",\"Liberation Sans\",Arial,sans-serif;"
            }
            Self::System => "--headline:var(--sans);",
        }
    }
}

impl FileSetting {
    /// Whether the file has the name of an SVG image.
    pub fn is_svg(&self) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("svg"))
    }
}

impl Scheme {
    /// Whether text of a colour is readable on all backgrounds.
    fn is_readable(&self, color: Color) -> bool {
        self.contrast(color) >= TEXT_CONTRAST
    }

    /// The contrast of a colour and the background from which it differs less.
    fn contrast(&self, color: Color) -> f64 {
        color.contrast(self.paper).min(color.contrast(self.tint))
    }

    fn nearest_readable(&self, color: Color) -> Color {
        color.nearest(|color| self.is_readable(color))
    }
}

impl Accent {
    /// The accent colours, as near to these as is readable. They are those that are meant for light
    /// and for dark pages.
    fn new(light: Color, dark: Color) -> Self {
        let is_button = |color: Color| {
            color.contrast(Color::WHITE) >= TEXT_CONTRAST
                && color.contrast(DARK.paper) >= CONTROL_CONTRAST
        };
        Self {
            light: LIGHT.nearest_readable(light),
            dark: DARK.nearest_readable(dark),
            dark_fill: dark.nearest(is_button),
        }
    }
}

/// A colour, which is adjusted, or a colour for each scheme, which must be readable.
fn accent(node: Node<'_>, problems: &mut Problems) -> Option<Accent> {
    if !matches!(node.value, Value::Map(_)) {
        let color = problems.keep(color(node, "accent"))?;
        return Some(Accent::new(color, color));
    }
    let (mut light, mut dark) = (None, None);
    for entry in entries(node, "accent", &ACCENT, problems) {
        match &*entry.key {
            "light" => light = problems.keep(readable(entry.node, "accent.light", &LIGHT)),
            "dark" => dark = problems.keep(readable(entry.node, "accent.dark", &DARK)),
            _ => problems.add(unknown_key(&entry, "theme.accent", &ACCENT)),
        }
    }
    Some(Accent::new(light.or(dark)?, dark.or(light)?))
}

fn color(node: Node<'_>, key: &str) -> Result<Color, Problem> {
    let at = node.at;
    let text = node.text(key)?;
    Color::parse(text.trim()).ok_or_else(|| {
        Problem::new(Code::InvalidColor, at, format!("`{key}` is not a colour"))
            .label("expected one such as `#b3261e`")
    })
}

fn readable(node: Node<'_>, key: &str, scheme: &Scheme) -> Result<Color, Problem> {
    let at = node.at;
    let color = color(node, key)?;
    if scheme.is_readable(color) {
        return Ok(color);
    }
    let message = format!(
        "`{key}` is hard to read: its contrast on {} pages is {:.2}:1, and {TEXT_CONTRAST}:1 is needed",
        scheme.name,
        // Not rounded up to what is needed.
        (scheme.contrast(color) * 100.0).floor() / 100.0,
    );
    let help =
        format!("the nearest colour that can be read is `{}`", scheme.nearest_readable(color));
    Err(Problem::new(Code::InvalidColor, at, message).help(help))
}

/// A file, or one for each scheme.
fn logo(
    node: Node<'_>,
    locate: &impl Fn(SourcePos) -> Location,
    problems: &mut Problems,
) -> Option<ByScheme<FileSetting>> {
    if !matches!(node.value, Value::Map(_)) {
        let light = problems.keep(file(node, "logo", locate))?;
        return Some(ByScheme { light, dark: None });
    }
    let at = node.at;
    let (mut light, mut dark) = (None, None);
    let entries: Vec<MapEntry<'_>> = problems.keep(node.map("logo"))?;
    if !entries.iter().any(|entry| entry.key == "light") {
        let problem = Problem::new(Code::MissingKey, at, "`logo` has no `light`");
        problems.add(problem.help("write `logo = { light = \"FILE\", dark = \"FILE\" }`"));
    }
    for entry in entries {
        match &*entry.key {
            "light" => light = problems.keep(file(entry.node, "logo.light", locate)),
            "dark" => dark = problems.keep(file(entry.node, "logo.dark", locate)),
            _ => problems.add(unknown_key(&entry, "theme.logo", &LOGO)),
        }
    }
    Some(ByScheme { light: light?, dark })
}

/// A file, or one of each kind.
fn icon(
    node: Node<'_>,
    locate: &impl Fn(SourcePos) -> Location,
    problems: &mut Problems,
) -> Option<IconSetting> {
    if !matches!(node.value, Value::Map(_)) {
        let file = Some(problems.keep(file(node, "icon", locate))?);
        let is_svg = file.as_ref().is_some_and(FileSetting::is_svg);
        let none = IconSetting::default();
        return Some(if is_svg {
            IconSetting { svg: file, ..none }
        } else {
            IconSetting { png: file, ..none }
        });
    }
    let mut icon = IconSetting::default();
    for entry in entries(node, "icon", &ICON, problems) {
        match &*entry.key {
            "svg" => icon.svg = problems.keep(file(entry.node, "icon.svg", locate)),
            "png" => icon.png = problems.keep(file(entry.node, "icon.png", locate)),
            _ => problems.add(unknown_key(&entry, "theme.icon", &ICON)),
        }
    }
    (icon.svg.is_some() || icon.png.is_some()).then_some(icon)
}

/// The entries of a table that has at least one of two keys.
fn entries<'n>(
    node: Node<'n>,
    key: &str,
    known: &Keys,
    problems: &mut Problems,
) -> Vec<MapEntry<'n>> {
    let at = node.at;
    let entries = problems.keep(node.map(key)).unwrap_or_default();
    if entries.is_empty() {
        let mut names = known.names();
        let (first, second) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
        let message = format!("`{key}` has neither `{first}` nor `{second}`");
        problems.add(
            Problem::new(Code::MissingKey, at, message).help("add one of them, or remove the key"),
        );
    }
    entries
}

/// A file of `static/`. A leading slash is allowed, as in the URL of the published file.
fn file(
    node: Node<'_>,
    key: &'static str,
    locate: &impl Fn(SourcePos) -> Location,
) -> Result<FileSetting, Problem> {
    let at = node.at;
    let path = required_text(node, key)?;
    if path.contains("://") {
        return Err(Problem::new(Code::UnusableThemeFile, at, format!("`{key}` is a URL"))
            .help("put the file into `static/`, and write its path in that folder"));
    }
    let path = path.trim_start_matches('/').to_owned();
    Ok(FileSetting { key, path, location: locate(at) })
}

/// Whether a value is the second of two names.
fn either(node: Node<'_>, key: &str, names: [&str; 2]) -> Result<bool, Problem> {
    choice(node, key, &names, |name| names.iter().position(|known| *known == name))
        .map(|index| index == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backgrounds_are_those_of_the_stylesheet() {
        let css = include_str!("../../static/theme/style.css");
        let (light, dark) = css.split_once("@media (prefers-color-scheme: dark)").expect("schemes");
        let dark = dark.split_once("\n}\n").expect("end").0;
        for (text, scheme) in [(light, LIGHT), (dark, DARK)] {
            let color = |name: &str| {
                let value = text.split_once(&format!("--{name}: ")).expect(name).1;
                Color::parse(value.split(';').next().expect("value")).expect("colour")
            };
            assert_eq!((scheme.paper, scheme.tint), (color("paper"), color("tint")));
            assert!(scheme.is_readable(color("accent")), "{}", scheme.name);
        }
    }

    #[test]
    fn accents_are_readable_in_both_schemes() {
        for red in (0..=255).step_by(51) {
            for green in (0..=255).step_by(51) {
                for blue in (0..=255).step_by(51) {
                    let color = Color::new(red, green, blue);
                    let Accent { light, dark, dark_fill } = Accent::new(color, color);
                    assert!(LIGHT.is_readable(light), "{color}: {light}");
                    assert!(light.contrast(Color::WHITE) >= TEXT_CONTRAST, "{color}: {light}");
                    assert!(DARK.is_readable(dark), "{color}: {dark}");
                    assert!(dark_fill.contrast(Color::WHITE) >= TEXT_CONTRAST, "{color}");
                    assert!(dark_fill.contrast(DARK.paper) >= CONTROL_CONTRAST, "{color}");
                }
            }
        }
    }
}
