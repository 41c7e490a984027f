//! Renders pages from their contexts.

mod blocked_content;
mod feed;
mod host_files;
mod html_tags;
mod json;
mod links_outside;
mod postprocess;
pub mod theme;
mod translate;
mod xml_file;
mod xml_text;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use tera::{Context, ErrorKind, Tera};

use crate::asset::{Asset, FEED_STYLESHEET};
use crate::config::{Config, FileSetting, Theme};
use crate::diagnostic::{Code, Diagnostic, Location, closest_match};
use crate::digest::Digest;
use crate::locale::Locale;
use crate::page::{CardContext, SiteContext, TemplateContext};
use crate::theme_copy::ThemeCopy;
pub use feed::feed;
pub use host_files::host_file;
pub use json::json_text;
pub use xml_file::xml_file;

use blocked_content::blocked_content;
use links_outside::{links_outside, own_links};
use postprocess::{escape_amp_urls, strip_blank_lines};

/// `robots.txt` (RFC 9309), which allows everything and lists the sitemaps.
pub fn robots(sitemaps: &[String]) -> Vec<u8> {
    let lines = sitemaps.iter().map(|sitemap| format!("Sitemap: {sitemap}\n"));
    let rules = "User-agent: *\nAllow: /\n\n".to_owned();
    [rules].into_iter().chain(lines).collect::<String>().into_bytes()
}

/// Length in bytes that most pages do not exceed.
const USUAL_LENGTH: usize = 1 << 14;

/// The template that shows the site's logo, for others to include.
const LOGO: &str = "logo.html";

/// The template of what a page says of itself, for others to include.
const HEAD: &str = "head.html";

/// The prefix under which a site's templates name those of the theme that they replace.
const THEME_PREFIX: &str = "theme/";

/// The compiled templates of a site.
pub struct Renderer {
    tera: Tera,
    templates: Templates,
}

/// The source of all templates: the theme's, replaced by the site's of the same name.
#[derive(Clone, Debug, Default)]
pub struct Templates(BTreeMap<String, Template>);

#[derive(Clone, Debug)]
struct Template {
    /// The name in diagnostics.
    display_path: String,
    text: String,
}

impl Template {
    /// A template of the theme.
    fn of_theme(name: &str, text: &str) -> Self {
        let display_path = format!("templates/{name} of the default theme");
        Self { display_path, text: text.to_owned() }
    }

    /// Whether this template may extend or include `other`, or call one of its components. Tera takes
    /// no names from variables, but a name may be spelled with escapes.
    fn may_use(&self, name: &str, other: &Self) -> bool {
        self.text.contains(name) || self.text.contains('\\') || other.defines_components()
    }

    /// Whether the template declares the site's Content-Security-Policy, itself or by extending the
    /// theme's `base.html`.
    fn has_policy(&self) -> bool {
        ["content_security_policy", "theme/base.html"].iter().any(|part| self.text.contains(part))
    }

    fn defines_components(&self) -> bool {
        self.tags().any(|tag| tag.starts_with("component"))
    }

    /// The contents of all tags, each with the text that follows it.
    fn tags(&self) -> impl Iterator<Item = &str> {
        let tags = self.text.split("{%").skip(1);
        tags.map(|tag| tag.trim_start_matches(|c: char| c == '-' || c.is_ascii_whitespace()))
    }

    /// Whether the template may use a key of the variable `page`: by its name, or by a use of all of
    /// `page` or of all variables.
    fn may_use_key_of_page(&self, key: &str) -> bool {
        let parts = self.text.split("{{").flat_map(|part| part.split("{%"));
        // An expression may have braces of its own.
        let mut expressions = parts.filter_map(|part| {
            let end = part.rfind("}}").max(part.rfind("%}"))?;
            part.get(..end)
        });
        self.text.contains(key)
            || self.text.contains("__tera_context")
            || expressions.any(|expression| uses_whole(expression, "page"))
    }
}

/// Whether an expression uses a variable otherwise than by one of its keys after a dot.
fn uses_whole(expression: &str, variable: &str) -> bool {
    let is_part_of_name = |c: char| c == '_' || c == '.' || c.is_alphanumeric();
    let mut uses = expression.match_indices(variable).map(|(at, _)| expression.split_at(at));
    uses.any(|(before, rest)| {
        let rest = rest.strip_prefix(variable).unwrap_or(rest);
        let is_key = rest.trim_start().trim_start_matches('?').starts_with('.');
        !before.ends_with(is_part_of_name) && !rest.starts_with(is_part_of_name) && !is_key
    })
}

impl Templates {
    /// Templates of the theme.
    pub fn default_theme() -> Self {
        let template =
            |(name, text): &(&str, &str)| ((*name).to_owned(), Template::of_theme(name, text));
        Self(theme::TEMPLATES.iter().map(template).collect())
    }

    /// Digest of all templates.
    pub fn digest(&self) -> Digest {
        let parts =
            self.0.iter().flat_map(|(name, template)| [name.as_bytes(), template.text.as_bytes()]);
        Digest::of_parts(parts)
    }

    /// The site's templates, by the name in diagnostics, with digests of their text.
    pub fn site_templates(&self) -> impl Iterator<Item = (&str, Digest)> {
        self.own()
            .map(|template| (template.display_path.as_str(), Digest::of(template.text.as_bytes())))
    }

    /// The site's own templates.
    fn own(&self) -> impl Iterator<Item = &Template> {
        let own = self
            .0
            .iter()
            .filter(|(name, template)| template.display_path == format!("templates/{name}"));
        own.map(|(_, template)| template)
    }

    /// A warning for each template of the site that links an asset by its plain name, under which
    /// it is not published. The stylesheet of feeds is not for templates.
    pub fn unfingerprinted_links(&self, assets: &[Asset]) -> Vec<Diagnostic> {
        let warning = |Template { display_path, text }: &Template, asset: &Asset| {
            let is_link = |at: &usize| {
                !text
                    .get(..*at)
                    .is_some_and(|before| before.ends_with("[\"") || before.ends_with("['"))
            };
            let at = text.match_indices(asset.name).map(|(at, _)| at).find(is_link)?;
            let location = Location::in_text(display_path, text, at, at + asset.name.len());
            let message = format!("{} is published under a fingerprinted name", asset.name);
            let help = format!("write `{{{{ site.assets[\"{}\"].url }}}}`", asset.name);
            Some(
                Diagnostic::new(Code::PlainAssetName, location, message)
                    .help(help)
                    .changes_output(),
            )
        };
        let is_renamed = |asset: &&Asset| asset.path != asset.name && asset.name != FEED_STYLESHEET;
        let renamed: Vec<&Asset> = assets.iter().filter(is_renamed).collect();
        self.own()
            .flat_map(|own| renamed.iter().filter_map(move |asset| warning(own, asset)))
            .collect()
    }

    /// A warning for each file of `[theme]` that no template shows, because the site's own templates
    /// replace those of the theme which do.
    pub fn unshown_settings(&self, theme: &Theme) -> Vec<Diagnostic> {
        let logo = theme.logo.as_ref().map(|logo| (&logo.light, "site.logo", Some(LOGO)));
        let icon = theme.icon.as_ref().and_then(|icon| icon.svg.as_ref().or(icon.png.as_ref()));
        let icon = icon.map(|file| (file, "site.icons", Some(HEAD)));
        let custom_css = theme.custom_css.as_ref().map(|file| (file, "site.custom_css", None));
        let settings = [logo, icon, custom_css].into_iter().flatten();
        let templates = self.clone().with_named_of_theme().0;
        // AMP pages are optional.
        let pages = || templates.iter().filter(|(name, _)| !name.starts_with("amp/"));
        let shows = |variable: &str, partial: Option<&str>| {
            let is_partial = |name: &str| Some(name) == partial;
            let in_partial = partial.and_then(|name| templates.get(name));
            let in_partial = in_partial.is_some_and(|partial| partial.text.contains(variable));
            let includes = |text: &str| {
                text.contains(variable)
                    || in_partial && partial.is_some_and(|name| text.contains(name))
            };
            pages().any(|(name, template)| !is_partial(name) && includes(&template.text))
        };
        let unshown = settings.filter(|(_, variable, partial)| !shows(variable, *partial));
        let warning = |(file, ..): (&FileSetting, _, _)| {
            let message = format!("no template of the site uses `{}`", file.key);
            Diagnostic::new(Code::IneffectiveThemeSetting, file.location.clone(), message)
                .help(
                    "docs/templates.md says how; or remove the templates that replace the theme's",
                )
                .changes_output()
        };
        unshown.map(warning).collect()
    }

    /// A warning for each template of the site that is a copy of an older version of the theme's.
    pub fn outdated_copies(&self) -> Vec<Diagnostic> {
        let warning = |Template { display_path, text }: &Template| {
            let copy = ThemeCopy::of(text)?;
            let (_, current) = theme::TEMPLATES.iter().find(|(name, _)| *name == copy.name)?;
            copy.outdated(display_path, text, current)
        };
        self.own().filter_map(warning).collect()
    }

    /// A warning for each link of the site's own templates that begins with `/`, but not with `root`,
    /// the path of the site.
    pub fn links_outside(&self, root: &str) -> Vec<Diagnostic> {
        let links = |own: &Template| links_outside(&own.display_path, &own.text, root);
        self.own().flat_map(links).collect()
    }

    /// The literal URLs of the site's own templates that begin with `/`, with their locations.
    pub fn own_links(&self) -> Vec<(Location, String)> {
        self.own().flat_map(|own| own_links(&own.display_path, &own.text)).collect()
    }

    /// The ids in the site's own templates. None if they contain expressions.
    pub fn own_ids(&self) -> Option<HashSet<&str>> {
        let ids = self.own().flat_map(|own| {
            own.text.match_indices("id=").filter_map(|(at, mark)| {
                let (before, rest) = own.text.split_at(at);
                rest.strip_prefix(mark).filter(|_| before.ends_with(char::is_whitespace))
            })
        });
        ids.map(literal_value).collect()
    }

    /// A warning for each thing in the site's own templates that its Content-Security-Policy blocks.
    pub fn blocked_content(&self, config: &Config) -> Vec<Diagnostic> {
        let base_has_policy = self.0.get("base.html").is_some_and(Template::has_policy);
        let is_checked = |own: &&Template| {
            let is_page = own.text.contains("<html");
            let has_policy = if is_page { own.has_policy() } else { base_has_policy };
            has_policy && !own.display_path.starts_with("templates/amp/")
        };
        let blocked = |own: &Template| blocked_content(&own.display_path, &own.text, config);
        self.own().filter(is_checked).flat_map(blocked).collect()
    }

    /// The names of the templates that may use a key of the variable `page`, in their own text or in
    /// that of templates which they extend, include or call components of.
    fn that_may_use_key_of_page(&self, key: &str) -> HashSet<String> {
        let mut found: HashSet<&str> = self
            .0
            .iter()
            .filter(|(_, template)| template.may_use_key_of_page(key))
            .map(|(name, _)| name.as_str())
            .collect();
        loop {
            let used = || self.0.iter().filter(|(name, _)| found.contains(name.as_str()));
            let uses_any =
                |template: &Template| used().any(|(name, used)| template.may_use(name, used));
            let more: Vec<&str> = self
                .0
                .iter()
                .filter(|(name, template)| !found.contains(name.as_str()) && uses_any(template))
                .map(|(name, _)| name.as_str())
                .collect();
            if more.is_empty() {
                return found.into_iter().map(str::to_owned).collect();
            }
            found.extend(more);
        }
    }

    /// Adds a template of the site by its name in `templates/`.
    pub fn add(&mut self, name: String, display_path: String, text: String) {
        self.0.insert(name, Template { display_path, text });
    }

    /// Adds the theme's templates that any template names as `theme/NAME`. Those that are not named
    /// may define blocks that the site's `base.html` lacks, an error. Components have unique names,
    /// so a template that defines some can only be replaced.
    fn with_named_of_theme(mut self) -> Self {
        for (name, text) in theme::TEMPLATES {
            let name_in_theme = [THEME_PREFIX, name].concat();
            if self.0.values().any(|template| template.text.contains(&name_in_theme)) {
                let template = Template::of_theme(name, text);
                if !template.defines_components() {
                    self.0.entry(name_in_theme).or_insert(template);
                }
            }
        }
        self
    }

    /// The location of a span of Tera, whose lines count from 1 and columns from 0.
    fn location(&self, name: &str, line: usize, column: usize, length: usize) -> Location {
        match self.0.get(name) {
            Some(template) => {
                let text = template.text.lines().nth(line.saturating_sub(1)).unwrap_or("");
                Location::on_line(&template.display_path, line, column + 1, length, text)
            }
            None => Location::file(format!("templates/{name}")),
        }
    }

    fn display_path(&self, name: &str) -> String {
        self.0
            .get(name)
            .map_or_else(|| format!("templates/{name}"), |template| template.display_path.clone())
    }
}

impl Renderer {
    /// Compiles the templates.
    ///
    /// # Errors
    /// All syntax errors and references to missing templates or blocks.
    pub fn new(
        templates: Templates,
        site: &SiteContext<'_>,
        locale: &Arc<Locale>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let templates = templates.with_named_of_theme();
        let syntax_errors: Vec<Diagnostic> = templates
            .0
            .iter()
            .filter_map(|(name, template)| syntax_error(name, template, &templates))
            .collect();
        let invalid_parents = templates
            .0
            .iter()
            .filter_map(|(name, template)| invalid_parent(name, template, &templates));
        let errors: Vec<Diagnostic> = syntax_errors.into_iter().chain(invalid_parents).collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut tera = Tera::new();
        translate::register(&mut tera, locale);
        let all =
            templates.0.iter().map(|(name, template)| (name.as_str(), template.text.as_str()));
        if let Err(error) = tera.add_raw_templates(all) {
            return Err(match error.kind() {
                ErrorKind::Msg(reports) if reports.contains(" --> ") => {
                    diagnose_reports(reports, &templates)
                }
                _ => vec![diagnose(&error, "", &templates)],
            });
        }
        tera.global_context().insert("site", site);
        Ok(Self { tera, templates })
    }

    /// Whether any template may use a variable of this name.
    fn mentions(&self, name: &str) -> bool {
        self.templates.0.values().any(|template| template.text.contains(name))
    }

    /// The names of the templates that may show `page.json_ld`.
    pub fn json_ld_templates(&self) -> HashSet<String> {
        self.templates.that_may_use_key_of_page("json_ld")
    }

    /// Whether a rendering error may be caused by a missing configuration value. A variable that no
    /// template sets is missing with any configuration.
    pub fn may_lack_a_value(&self, error: &Diagnostic) -> bool {
        let variable = error
            .message
            .strip_prefix("variable `")
            .and_then(|rest| rest.split_once("` is not defined"));
        let is_set = |name: &str| {
            ["set ", "set_global "].iter().any(|set| self.mentions(&[set, name].concat()))
        };
        error.location.file.starts_with("templates/")
            && variable.is_none_or(|(name, _)| is_set(name))
    }

    /// Renders a page and removes blank lines outside `<pre>`.
    ///
    /// # Errors
    /// When the template uses a missing variable, or evaluation fails otherwise.
    pub fn render<'v>(
        &self,
        context: &TemplateContext<'v, CardContext<'v>>,
    ) -> Result<Vec<u8>, Diagnostic> {
        let name = context.template();
        let html = Context::from_serialize(context).and_then(|context| {
            let mut html = Vec::with_capacity(USUAL_LENGTH);
            self.tera.render_to(name, &context, &mut html)?;
            Ok(html)
        });
        let html = html.map_err(|error| diagnose(&error, name, &self.templates))?;
        if !context.is_amp() {
            return Ok(strip_blank_lines(&html));
        }
        let html = String::from_utf8(html).expect("templates and values are UTF-8");
        Ok(strip_blank_lines(escape_amp_urls(&html).as_bytes()))
    }
}

/// The syntax errors of a single template. Its parent is missing here, which is no error.
fn syntax_error(name: &str, template: &Template, templates: &Templates) -> Option<Diagnostic> {
    let error = Tera::new().add_raw_template(name, &template.text).err()?;
    matches!(error.kind(), ErrorKind::SyntaxError(_))
        .then(|| diagnose(&error, name, templates))
        .filter(|diagnostic| !diagnostic.message.starts_with("unknown component"))
}

/// An unknown parent, or a template that extends itself. Tera stops at the first of these, and may
/// blame another template for a circle, so all parents are looked up here.
fn invalid_parent(name: &str, template: &Template, templates: &Templates) -> Option<Diagnostic> {
    let named = template.tags().find_map(|tag| tag.strip_prefix("extends"))?.trim_start();
    let quote = named.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let parent = named.get(1..)?.split(quote).next()?;
    if parent == name {
        let message = format!("`{name}` extends itself");
        let error = Diagnostic::new(
            Code::InvalidTemplate,
            location_of_name(templates, name, parent),
            message,
        );
        let is_of_theme = theme::TEMPLATES.iter().any(|(of_theme, _)| *of_theme == name);
        let help = format!("write `{THEME_PREFIX}{name}` to extend the default theme's template");
        return Some(if is_of_theme { error.help(help) } else { error });
    }
    if templates.0.contains_key(parent) {
        return None;
    }
    let message = format!("unknown parent template `{parent}`");
    let diagnostic =
        Diagnostic::new(Code::InvalidTemplate, location_of_name(templates, name, parent), message);
    Some(match closest_match(parent, templates.0.keys().map(String::as_str)) {
        Some(name) => diagnostic.help(format!("did you mean `{name}`?")),
        None => diagnostic.help("put it into `templates/`"),
    })
}

fn diagnose(error: &tera::Error, name: &str, templates: &Templates) -> Diagnostic {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let span = report.span();
            let length = if span.end_line == span.start_line {
                span.end_col.saturating_sub(span.start_col)
            } else {
                1
            };
            let location =
                templates.location(report.filename(), span.start_line, span.start_col, length);
            Diagnostic::new(Code::InvalidTemplate, location, uncapitalized(report.message()))
                .help("docs/templates.md lists what each template receives")
        }
        ErrorKind::TemplateNotFound(missing) => Diagnostic::new(
            Code::InvalidTemplate,
            Location::file(format!("templates/{missing}")),
            "unknown template",
        )
        .help(format!("put it into `templates/`; {} needs it", templates.display_path(name))),
        other => Diagnostic::new(
            Code::InvalidTemplate,
            Location::file(templates.display_path(name)),
            uncapitalized(&other.to_string()),
        ),
    }
}

/// Tera reports linking errors as text: `error: MESSAGE`, and below it `--> NAME:LINE:COLUMN`, both
/// counted from 1.
fn diagnose_reports(reports: &str, templates: &Templates) -> Vec<Diagnostic> {
    let diagnose_one = |report: &str| {
        let (message, rest) = report.split_once('\n')?;
        let mut location = rest.split_once("--> ")?.1.lines().next()?.rsplitn(3, ':');
        let (column, line, name) = (location.next()?, location.next()?, location.next()?);
        let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
        let length = rest.matches('^').count();
        let diagnostic = Diagnostic::new(
            Code::InvalidTemplate,
            templates.location(name, line, column.saturating_sub(1), length),
            uncapitalized(message),
        );
        let named = message.split('`').nth(1).unwrap_or("");
        Some(match closest_match(named, templates.0.keys().map(String::as_str)) {
            Some(name) => diagnostic.help(format!("did you mean `{name}`?")),
            None => diagnostic.help("see docs/templates.md"),
        })
    };
    let found: Vec<Diagnostic> = reports.split("error: ").filter_map(diagnose_one).collect();
    if found.is_empty() {
        vec![Diagnostic::new(Code::InvalidTemplate, Location::file("templates"), reports)]
    } else {
        found
    }
}

/// The location of a quoted name in a template.
fn location_of_name(templates: &Templates, current: &str, named: &str) -> Location {
    let Some(template) = templates.0.get(current) else {
        return Location::file(format!("templates/{current}"));
    };
    let start =
        ['"', '\''].iter().find_map(|quote| template.text.find(&format!("{quote}{named}{quote}")));
    match start {
        Some(start) => Location::in_text(
            &template.display_path,
            &template.text,
            start,
            start + named.len() + 2,
        ),
        None => Location::file(&template.display_path),
    }
}

fn uncapitalized(message: &str) -> String {
    let mut chars = message.chars();
    let second_is_lower = chars.clone().nth(1).is_some_and(char::is_lowercase);
    match chars.next() {
        Some(first) if second_is_lower => first.to_lowercase().chain(chars).collect(),
        _ => message.to_owned(),
    }
}

/// The value that an attribute begins with. None if it has an expression.
fn literal_value(text: &str) -> Option<&str> {
    let text = text.strip_prefix(['"', '\'']).unwrap_or(text);
    let end = text.find(|c: char| "\"'>".contains(c) || c.is_whitespace())?;
    text.get(..end).filter(|value| !value.contains(['{', '}']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn templates(list: &[(&str, &str)]) -> Templates {
        let mut all = Templates::default();
        for (name, text) in list {
            all.add((*name).to_owned(), (*name).to_owned(), (*text).to_owned());
        }
        all
    }

    #[test]
    fn templates_that_may_use_a_key_in_another_template() {
        let list = [
            ("base.html", "{% include 'head.html' %}{% block main %}{% endblock %}"),
            ("head.html", "{{ page.json_ld }}"),
            ("article.html", "{% extends \"base.html\" %}"),
            ("page.html", "{% include \"parts/foot.html\" %}"),
            ("parts/foot.html", "{{ page.title }}"),
            ("escaped.html", "{% include \"parts\\/head.html\" %}"),
            ("parts/head.html", "{{ page.json_ld }}"),
        ];
        let mut all = templates(&list);
        let mut names: Vec<String> = all.that_may_use_key_of_page("json_ld").into_iter().collect();
        names.sort();
        assert_eq!(
            names,
            ["article.html", "base.html", "escaped.html", "head.html", "parts/head.html"]
        );
        let data = "{%\u{c}component data(page) -%}{{ json_ld }}{%- endcomponent data %}";
        all.add("data.html".to_owned(), "data.html".to_owned(), data.to_owned());
        let count = all.that_may_use_key_of_page("json_ld").len();
        assert_eq!(count, list.len() + 1, "any template may call a component");
    }

    #[test]
    fn templates_that_may_use_all_keys_of_page() {
        for (text, expected) in [
            ("{% for key, value in page %}{{ value }}{% endfor %}", true),
            ("{{ page[\"json\" ~ \"_ld\"] }}", true),
            ("{{ page | get(key=\"json\" ~ \"_ld\") }}", true),
            ("{{ page }}", true),
            ("{% set all = page %}", true),
            ("{{ <data one={1} all={page} /> }}", true),
            ("{{ __tera_context }}", true),
            ("{{ page.title }} {{ page?.image }} {% if page.robots %}page{% endif %}", false),
            ("<p class=\"page\">page {{ my_page }} {{ list.page }} {{ pages }}</p>", false),
        ] {
            let found = templates(&[("a.html", text)]).that_may_use_key_of_page("json_ld");
            assert_eq!(!found.is_empty(), expected, "{text}");
        }
    }
}
