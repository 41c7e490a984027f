//! The codes of diagnostics, each with an explanation.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::closest_match::closest_match;
use super::severity::Severity;

/// Defines [`Code`]. The documentation of a code is a title and its explanation, which
/// `newsgen explain` prints.
macro_rules! codes {
    ($($(#[doc = $line:literal])+ $name:ident = $letter:ident $number:literal,)+) => {
        /// The rule that a diagnostic is about. Numbers are never reused, and keep their letter: new
        /// codes come last.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $line])+ $name,)+
        }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The severity of its diagnostics, unless a setting changes it.
            pub fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$letter,)+
                }
            }

            fn number(self) -> u16 {
                match self {
                    $(Self::$name => $number,)+
                }
            }

            /// The title and the explanation. Each line begins with a space.
            fn text(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($line, "\n"),+),)+
                }
            }
        }
    };
}

codes! {
    /// Internal error
    ///
    /// This is a bug in newsgen, and never the fault of your site. Nothing half-finished was
    /// published. Please report it with the output, the command and the version, then run the
    /// command again.
    InternalError = Error 1,

    /// The system gives no more threads
    ///
    /// newsgen could not start a thread, usually since a limit of processes or memory is reached.
    /// Run it with fewer threads (`--jobs 1`), or raise the limit, for example with `ulimit -u`.
    NoThread = Error 2,

    /// A file or folder cannot be read
    ///
    /// The operating system refused to read it, for the reason in the message. A file that cannot
    /// be read is never left out, because its page would disappear from the site. Check that it
    /// exists, and that the user who runs newsgen may read it and the folders above it.
    UnreadableFile = Error 3,

    /// A file or folder cannot be written
    ///
    /// The operating system refused to write, rename or remove it, for the reason in the message.
    /// Check the permissions and the free space of the drive, and that no other program holds the
    /// file open. The next build completes what this one could not.
    UnwritableFile = Error 4,

    /// A file changed while it was being used
    ///
    /// A file was edited or replaced during the build or the deploy. What was read of it may be
    /// half of the old and half of the new text, so nothing of it is published. Run the command
    /// again when the editor or the bot has finished.
    ConcurrentEdit = Error 5,

    /// An argument cannot be used
    ///
    /// An argument of the command line has a form that the command cannot use: an address that is
    /// none, an empty title, a report in the place of a source. The message names it. The option
    /// `--help` of the command shows what it takes.
    InvalidArgument = Error 6,

    /// Nothing has this name
    ///
    /// The command line names something that does not exist: an article, a deploy target or a file
    /// of the theme. Check the spelling; the help below the message says which names there are.
    UnknownName = Error 7,

    /// The article is not published
    ///
    /// The command explains published articles only. This document is hidden by its front matter,
    /// by a minimum of the site, or by its date. Pass `--unpublished` or `--future` to include it.
    UnpublishedArticle = Error 8,

    /// The file already exists
    ///
    /// A command that creates files never overwrites one. Move the file away, or choose another
    /// name, title or folder.
    FileExists = Error 9,

    /// The folder cannot be used
    ///
    /// The folder is a file, overlaps the sources of the site, or holds something else. newsgen
    /// never puts its output among files that it reads, since the next build would publish them
    /// again. Choose another folder.
    UnusableFolder = Error 10,

    /// Files that newsgen did not write are in the way
    ///
    /// newsgen removes and overwrites only what it wrote itself, and the output folder or the
    /// deploy target contains something else. Choose another folder or target, move these files to
    /// `static/` if they belong to the site, or pass `--force` if newsgen may overwrite them.
    ForeignFiles = Error 11,

    /// The editor cannot be opened
    ///
    /// The option `--edit` opens the document in the program that the environment variables
    /// `VISUAL` or `EDITOR` name. Set one of them, such as `EDITOR=nano`, and run the command
    /// again. If the editor failed, the document itself is complete.
    EditorFailed = Error 12,

    /// The site cannot be served here
    ///
    /// The address or port is taken, reserved, or not one of this machine. Choose another port with
    /// `--port`, or leave out `--host`.
    CannotServe = Error 13,

    /// A folder of the site is missing or unusable
    ///
    /// A site keeps its documents in the folder `content`, beside `site.toml`. Create it, put a
    /// real folder in the place of a file or a broken link, or name the site's folder with
    /// `--root`. `newsgen init DIR` creates a complete site.
    MissingFolder = Error 14,

    /// A symbolic link points outside the site
    ///
    /// A site must not publish files of the machine that somebody linked to by mistake or with
    /// intent. Copy or mount the target into the site.
    LinkOutsideSite = Error 15,

    /// The file name cannot be used
    ///
    /// Names become URLs and output files, so they must be UTF-8, without control characters and
    /// backslashes, and must not be names that newsgen keeps for itself. Rename the file.
    InvalidFileName = Error 16,

    /// The file is not UTF-8
    ///
    /// Documents, templates and `site.toml` are UTF-8 text. The label points at the first byte that
    /// is not. Save the file as UTF-8; `iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW` converts an old
    /// one.
    NotUtf8 = Error 17,

    /// The file is too long
    ///
    /// The length of documents is limited, so that one damaged or hostile file cannot take all
    /// memory. Shorten it, or raise `document` in the table `[limits]` of `site.toml`.
    FileTooLong = Error 18,

    /// A file is skipped
    ///
    /// Something in the folders of the site is not published: a symbolic link, a device, a file
    /// without the ending `.md` in `content/`, or the files of Git. Put the real file there, move
    /// files to be copied to `static/`, or list what is not part of the site under `ignore` in
    /// `site.toml`.
    SkippedFile = Warning 19,

    /// An unresolved merge conflict
    ///
    /// The file contains the marks of a merge that Git could not complete (`<<<<<<<`, `=======`,
    /// `>>>>>>>`). Decide for each part which side is right, and remove the marks. In
    /// `addresses.lock`, keep the lines of both sides.
    MergeConflict = Error 20,

    /// Published content has disappeared
    ///
    /// Files that the last build published are missing: a folder is empty, every article is hidden,
    /// or a symbolic link hides files. This is what an incomplete checkout or a drive that is not
    /// mounted looks like, and publishing it would delete pages that readers know. Restore the
    /// files, or pass `--allow-empty` if they are meant to disappear.
    ContentDisappeared = Error 21,

    /// There is nothing to publish
    ///
    /// Every article is unpublished, dated in the future, or below a minimum of the site, so all
    /// lists are empty. Check the dates and `published`, or use `--unpublished` and `--future` to
    /// see the articles in a preview.
    NothingToPublish = Warning 22,

    /// No site is here
    ///
    /// The folder has no `site.toml`, or the file that `--config` names does not exist. Run newsgen
    /// in the site's folder, name it with `--root`, or create a site with `newsgen init DIR`.
    NoSite = Error 23,

    /// `site.toml` is not TOML
    ///
    /// The label points at the place at which the file stops making sense, which is often just
    /// behind the mistake: a missing quotation mark or bracket, or a text without quotation marks.
    ///
    /// ```toml
    /// title = "Harbour News"
    /// ```
    InvalidToml = Error 24,

    /// An unknown setting
    ///
    /// No setting has this name, so a misspelt one would be without effect. The help names the
    /// setting that may be meant. Values of your own for templates belong in the table `[extra]`.
    UnknownSetting = Error 25,

    /// A setting is in the wrong place
    ///
    /// The table `[extra]` passes its values to templates and configures nothing, and this key has
    /// the name of a setting, or nearly. Move it above the first `[table]`, or rename it.
    UnusedSetting = Warning 26,

    /// Two settings exclude each other
    ///
    /// Only one of them can be true, and newsgen does not guess which. Remove one, or split the
    /// entry into two.
    ConflictingSettings = Error 27,

    /// A required key is missing
    ///
    /// Without this key the document or the setting means nothing. An article needs at least these:
    ///
    /// ```yaml
    /// title: Harbour reopens after the storm
    /// publishedDateTime: 2026-11-20T12:30:00Z
    /// originalUrl: https://www.harbourpost.example/2026/11/harbour-reopens
    /// provider:
    ///   domain: harbourpost.example
    /// ```
    MissingKey = Error 28,

    /// A value is empty
    ///
    /// The key is there, but its value shows nothing. Write the value, or remove the key.
    EmptyValue = Error 29,

    /// A value has the wrong kind
    ///
    /// The key takes another kind of value: a number in place of a text, one value in place of a
    /// list, or a number that is too small or too large. The label says what is there now.
    ///
    /// ```yaml
    /// topics: [Harbours, Weather] # a list, not a text
    /// ```
    WrongKind = Error 30,

    /// A value is not among those allowed
    ///
    /// The key takes one of a few words. The label lists them, and the help names the one that may
    /// be meant.
    InvalidChoice = Error 31,

    /// A text contains control characters
    ///
    /// Control characters have no meaning in a text of the site, are invisible in most editors, and
    /// break feeds. Type the text again.
    ControlCharacter = Error 32,

    /// A value or list is too long
    ///
    /// Numbers and lengths are limited, so that one document cannot make pages that no reader wants
    /// to load or files that no server stores. Shorten it. Most limits can be raised in the table
    /// `[limits]` of `site.toml`.
    LimitExceeded = Error 33,

    /// An address is not valid
    ///
    /// The value is not a web address that can be published: it has another scheme than `https` or
    /// `http`, contains several addresses, or is only part of one. Copy the whole address from the
    /// browser.
    InvalidUrl = Error 34,

    /// An address contains a password
    ///
    /// The address has a user name or password, which every reader of the site would see. Remove
    /// them with the `@`, and change the password if the file was shared.
    UrlWithCredentials = Error 35,

    /// A language tag is not valid
    ///
    /// Languages are named by tags of BCP 47, with the subtags of IANA's registry: `en`, `pt-BR`,
    /// `zh-Hant`. Screen readers, hyphenation and search engines depend on them.
    InvalidLanguage = Error 36,

    /// A domain is not valid
    ///
    /// A provider is identified by the domain of its site: `news.example`, without a scheme and a
    /// path.
    InvalidDomain = Error 37,

    /// An unknown time zone
    ///
    /// Time zones have the names of the IANA database, such as `Europe/Dublin`, which know when the
    /// clocks change. An offset such as `+01:00` would be wrong for half of the year.
    InvalidTimeZone = Error 38,

    /// A date format is not valid
    ///
    /// Dates are formatted by `long`, `medium` or `short` in the language of the site, or by a
    /// format of strftime such as `%-d %B %Y`. The message names the part that means nothing.
    InvalidDateFormat = Error 39,

    /// A permalink is not valid
    ///
    /// `permalink` gives articles their addresses. It begins and ends with `/`, contains `{slug}`,
    /// and may contain `{category}`, `{year}`, `{month}` and `{day}`. Decide early: a change moves
    /// every article.
    InvalidPermalink = Error 40,

    /// A pattern is not valid
    ///
    /// Patterns name files: `*` is any part of a name, `**` any folders, `?` one character. In
    /// `ignore` they are relative to `content/`, such as `drafts/**`.
    InvalidPattern = Error 41,

    /// A pattern or path of `ignore` matches nothing
    ///
    /// The file does not exist, or is spelled otherwise, so that a file that should be ignored may
    /// be published. Check upper and lower case too, or remove the pattern.
    UnmatchedPattern = Warning 42,

    /// A menu entry is not complete
    ///
    /// Each entry names one target: `topic`, `category`, `provider`, `page`, or `url` with a
    /// `label`.
    ///
    /// ```toml
    /// [[menu]]
    /// topic = "Harbours"
    /// ```
    InvalidMenuEntry = Error 43,

    /// A menu entry has no target
    ///
    /// No published article has this topic, category or provider, or no page is at this address, so
    /// the entry is not shown or readers come to an error page. Check the spelling, or remove the
    /// entry until there is something to show.
    DeadMenuEntry = Warning 44,

    /// A list of sources is not valid
    ///
    /// The table `[content_security_policy]` says which addresses pages may load what from, in the
    /// language of the HTTP header: `'self' https://images.example`. Keywords such as `'self'` keep
    /// their single quotation marks inside the others.
    InvalidSourceList = Error 45,

    /// The Content-Security-Policy blocks something
    ///
    /// Browsers would not run or load this part of a page, because the policy that protects readers
    /// does not allow it. Put scripts and styles into files of `static/`, or allow the source in
    /// the table `[content_security_policy]` of `site.toml`.
    BlockedContent = Warning 46,

    /// A colour cannot be used
    ///
    /// Colours are written as `#b3261e`. The accent colour is used for text, so it needs enough
    /// contrast with the background to be read by everybody (WCAG AA). The help names the nearest
    /// colour that can be read.
    InvalidColor = Error 47,

    /// A file of the theme's settings cannot be used
    ///
    /// `[theme]` names a logo, icon, picture or stylesheet in `static/`. The file does not exist
    /// there, or is not of the format or size that it needs: icons are square, and the picture for
    /// social networks is no SVG.
    UnusableThemeFile = Error 48,

    /// A setting of the theme has no effect
    ///
    /// Templates or a stylesheet of the site replace those of the theme that would have used the
    /// setting. Remove the setting, remove the replacement, or use the setting in it.
    IneffectiveThemeSetting = Warning 49,

    /// The site has no icon for home screens
    ///
    /// Phones show a PNG image as the icon of a site on their home screens, which cannot be made
    /// from an SVG image. Name a square PNG image beside it:
    ///
    /// ```toml
    /// [theme]
    /// icon = { svg = "icon.svg", png = "icon.png" }
    /// ```
    NoHomeScreenIcon = Warning 50,

    /// A word of the theme is not valid
    ///
    /// The table `[words]` replaces words that pages show. Its keys are those in
    /// `docs/site-toml.md`, and its values are patterns of Fluent, which may use the variables of
    /// the original only.
    InvalidWord = Error 51,

    /// The theme is not translated into the site's language
    ///
    /// Some words of the theme have no translation into this language, so pages show them in
    /// English. Write them in the table `[words]` of `site.toml`; `docs/site-toml.md` lists the
    /// keys.
    UntranslatedTheme = Warning 52,

    /// The site's identity is not valid
    ///
    /// `id` identifies the site and its feeds forever, even if the domain changes. It is an IRI:
    /// `urn:uuid:` with a UUID, or the first address of the site.
    InvalidSiteId = Error 53,

    /// The site has no identity
    ///
    /// Without `id` the feeds are identified by the site's address. If that changes, feed readers
    /// show all articles as new. Write the present address as `id` into `site.toml`, and never
    /// change it.
    NoSiteId = Warning 54,

    /// The site's address does not suit its host
    ///
    /// `base_url` has a path, but this host serves sites only at the root of a domain, so links
    /// would be broken. Correct `base_url` or `[host]`.
    PathOnRootHost = Warning 55,

    /// AMP pages are enabled, but there are none
    ///
    /// The table `[amp]` asks for AMP pages of articles with a body, and no article can have one.
    /// Remove the table, or write bodies.
    NoAmpPages = Warning 56,

    /// A deploy target is not valid
    ///
    /// Each table `[deploy.NAME]` describes a place that the site is uploaded to. It needs a `url`
    /// such as `s3://BUCKET/FOLDER`, and takes credentials from the environment, never from the
    /// file.
    ///
    /// ```toml
    /// [deploy.live]
    /// url = "s3://harbour-news"
    /// ```
    InvalidDeployTarget = Error 57,

    /// The document has no front matter
    ///
    /// A document begins with a line `---`, lines `key: value` in YAML, and another line `---`. If
    /// the file is not a document, move it to `static/` or list it under `ignore` in `site.toml`.
    ///
    /// ```yaml
    /// ---
    /// title: Harbour reopens after the storm
    /// ---
    /// ```
    NoFrontMatter = Error 58,

    /// The front matter is not YAML
    ///
    /// The label points at the place at which it stops making sense. The usual reasons are a colon
    /// in a text without quotation marks, a quotation mark that is not closed, a tab, or different
    /// indentation. A text in quotation marks is always safe.
    ///
    /// ```yaml
    /// title: "Harbour: reopened"
    /// ```
    InvalidYaml = Error 59,

    /// The nesting is too deep
    ///
    /// Brackets, lists or block quotes are nested so deep that reading them would take very long.
    /// No text needs this. Begin the line with fewer `>`, list markers or blanks.
    NestedTooDeeply = Error 60,

    /// A key is there twice
    ///
    /// One of the two values would be lost without notice. Keep one of the two lines.
    DuplicateKey = Error 61,

    /// YAML shares a value of `secured`
    ///
    /// Values below `secured` are confidential and are dropped before anything else is read. An
    /// alias (`*name`) or a merge key would carry one of them out. Write the value out where it is
    /// needed.
    SharedSecret = Error 62,

    /// A key looks like `secured`
    ///
    /// Values below `secured` never reach the site. This key resembles it so much that its value is
    /// dropped, too. Write `secured`, or choose a less similar key.
    SimilarToSecured = Warning 63,

    /// YAML reads a text otherwise than it looks
    ///
    /// A character has a meaning in YAML: ` #` begins a comment, a leading `!` or `&` a tag or an
    /// anchor, and typographic quotation marks quote nothing. The text is cut or changed on the
    /// site. Put the whole text in quotation marks.
    ///
    /// ```yaml
    /// title: "Ship #7 arrives"
    /// ```
    MisreadText = Warning 64,

    /// An unknown key
    ///
    /// newsgen has no such key, so it has no effect; templates can show it. Correct the spelling, or
    /// keep your own keys apart from the known ones.
    UnknownKey = Warning 65,

    /// A document that another program would hide is published
    ///
    /// The name of the file or a key means in another generator that the document is a draft, has
    /// expired, or is hidden from search engines, or the key is a misspelt `published` or `draft`. In
    /// newsgen it has no meaning. Write `published: false` to hide the document.
    PublishedAllTheSame = Warning 66,

    /// `draft` and `published` contradict each other
    ///
    /// One of the two lines says that the document is published and the other that it is not.
    /// Remove one of them.
    ContradictoryDraft = Error 67,

    /// A date is not valid
    ///
    /// Dates are written as `2026-08-09T14:24:00Z`, with the offset of the time zone in place of
    /// `Z`, or as a date alone. The label points at the part that is wrong, such as a day that the
    /// month does not have.
    InvalidDate = Error 68,

    /// A date is implausible
    ///
    /// The article is dated before the web existed, or so far in the future that it stays hidden
    /// for more than a year. That is usually a typing mistake in the year.
    ImplausibleDate = Warning 69,

    /// A pin ends before the article is published
    ///
    /// `pin` keeps an article at the head of the front page until a day, and that day is over when
    /// the article appears. Check the date, or remove the line.
    EarlyPin = Warning 70,

    /// A slug cannot be used
    ///
    /// The slug is the last part of an article's address: letters, digits and hyphens, in at most
    /// 255 bytes. Remove the line to use the file name.
    InvalidSlug = Error 71,

    /// An `index.md` has no folder of its own
    ///
    /// A file `index.md` is named by its folder, and this one is in a folder that names something
    /// else. Rename the file, or put it into a folder with the name of the article or term.
    UnnamedIndex = Error 72,

    /// An excerpt tells readers nothing
    ///
    /// The excerpt repeats the title, is only an address, or has fewer than three words. Such text
    /// is not shown. Write a sentence about the article, or remove the line.
    UninformativeExcerpt = Warning 73,

    /// A video is not shown
    ///
    /// `featuredContent` names a player, which is shown only if it is an `https` address on one of
    /// the video hosts that the site allows. Correct the address, or add the host in the table
    /// `[video]` of `site.toml`.
    UnusedVideo = Warning 74,

    /// An AMP address is not used
    ///
    /// `cdnAmpWebUrl` is the copy of `ampWebUrl` in an AMP cache, and follows from it. It is
    /// ignored without `ampWebUrl`, or if it names another page. Remove the line.
    UnusedAmpAddress = Warning 75,

    /// An address is that of an AMP cache or viewer
    ///
    /// Readers would come to a copy of the article and not to its publisher. Write the address of
    /// the publisher's own page.
    CachedAddress = Warning 76,

    /// A name is too long for an address
    ///
    /// Names of files can have at most 255 bytes, so the address is cut. Choose a shorter name.
    CutName = Warning 77,

    /// An address is reserved
    ///
    /// The site publishes its own lists below this address, such as `/topics/` and `/providers/`.
    /// Choose another category, or rename the file.
    ReservedAddress = Error 78,

    /// The name of a story is not valid
    ///
    /// `story` makes articles with the same name one story. A name has letters or digits and is
    /// short enough for an address. `story: none` keeps an article out of all stories.
    InvalidStoryName = Error 79,

    /// A key of a related item is ignored
    ///
    /// The items of `related` have a few keys only, and none of them hides the item. Remove the
    /// item if it should not be shown.
    IgnoredRelatedKey = Warning 80,

    /// An address contains a space
    ///
    /// The space becomes `%20`. That is right if it belongs to the address, and wrong if a word was
    /// pasted behind it. Check the address.
    SpaceInUrl = Warning 81,

    /// An alias is not valid
    ///
    /// `aliases` are former paths on this site, from which readers are redirected: `/2019/harbour/`,
    /// from the root of the site, without host, query and fragment. They need portable names.
    InvalidAlias = Error 82,

    /// A reference has no target
    ///
    /// The body refers to a link definition, footnote or heading that it does not have, so the
    /// reference is shown as text or does nothing. Add the definition, or correct the spelling. The
    /// id of a heading is its words in lower case, with hyphens between them.
    UndefinedReference = Warning 83,

    /// A definition is not used
    ///
    /// A link definition or footnote is never referred to, or is there twice, and is not published.
    /// Refer to it where it belongs, or remove it.
    UnusedDefinition = Warning 84,

    /// The target of a link or picture is not allowed
    ///
    /// Links lead to the web (`https://...`), to mail (`mailto:...`) or into this site (`/about/`);
    /// pictures come from the web or from this site. Anything else, such as `javascript:`, is
    /// removed and the text is kept.
    DisallowedTarget = Warning 85,

    /// The body contains the marks of a merge conflict
    ///
    /// Readers see both sides of a merge that Git could not complete. Decide which side is right,
    /// and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`.
    ConflictMarks = Warning 86,

    /// A heading or link has no visible text
    ///
    /// Readers do not see it, and screen readers announce nothing. Give it a text, or remove it.
    NoVisibleText = Warning 87,

    /// A link is inside another one, or is shown as text
    ///
    /// HTML does not allow links inside of links, and the text of a Markdown link can contain
    /// neither links nor footnotes. End the outer link first; write `\[` for a bracket in a text.
    BrokenLink = Warning 88,

    /// HTML is removed
    ///
    /// HTML in bodies is cleaned: scripts, styles, forms, frames, event handlers and unknown
    /// elements are removed, so that no document can run anything in the pages of the site. Write
    /// Markdown, or show HTML as code between backticks.
    RemovedHtml = Warning 89,

    /// Elements are nested too deep
    ///
    /// Browsers and feed readers fail on very deep HTML, so deeper elements are removed and their
    /// text is kept. Simplify the markup.
    FlattenedHtml = Warning 90,

    /// A table lacks too many cells
    ///
    /// Each missing cell is published as an empty one, so a short text would become a huge page.
    /// Remove columns from the first two lines of the table, or split it.
    RaggedTable = Error 91,

    /// A row has more cells than its table
    ///
    /// A table has as many columns as its first two lines; further cells are not published. Add
    /// columns there, or write `\|` for a `|` in a text.
    ExcessCells = Warning 92,

    /// There are more errors in this file
    ///
    /// Only the first errors of a file are shown. Correct them and run the command again to see the
    /// others.
    MoreErrors = Error 93,

    /// There are more warnings about this file
    ///
    /// Only the first warnings about a file are shown. Correct them and run the command again to
    /// see the others.
    MoreWarnings = Warning 94,

    /// A slug is the address of another page
    ///
    /// The document asks for an address by `slug` that another document has or had. Readers of that
    /// address must not come to another article. Choose another slug, or remove the line to use the
    /// file name.
    SlugTaken = Error 95,

    /// An article has another address than its file name suggests
    ///
    /// The address that follows from its name belongs or belonged to another article, so a number
    /// was added. That is safe. Set `slug` to choose the address yourself.
    AddressTaken = Warning 96,

    /// Two things need one path
    ///
    /// Two documents, lists, aliases or files of `static/` would be published at the same path, or
    /// one would be a folder of the other. Some systems do not tell upper and lower case apart,
    /// so such names are in conflict too. Rename one of them, or give it another `slug`.
    PathConflict = Error 97,

    /// An output path cannot be used
    ///
    /// The name that follows from a document or file is too long, not portable, reserved by servers
    /// or browsers, or rejected by the site's host. The message gives the reason. Rename the file,
    /// or choose another slug, topic or permalink.
    UnusablePath = Error 98,

    /// An alias cannot be published
    ///
    /// The path of an alias is already in use by a page or by another alias, or does not fit the
    /// host's file of redirects. Remove it from one of the two documents.
    AliasConflict = Error 99,

    /// A file of your own replaces all redirects
    ///
    /// `static/` contains the file that the host reads redirects from, so the redirects of
    /// `aliases` are not published for it. Move its lines to `aliases`, or the aliases into it.
    OverriddenRedirects = Warning 100,

    /// A provider's file can mean two providers
    ///
    /// The name of the file fits two domains, because hyphens and dots look alike in it. Add a line
    /// `domain: ...` to the file, or name it after the domain.
    AmbiguousProvider = Warning 101,

    /// A provider's file is not used
    ///
    /// No published article has this provider, or the name of the file is no domain. Name it after
    /// the provider's domain, such as `news.example.md`.
    UnusedProvider = Warning 102,

    /// The address of a provider belongs to another one
    ///
    /// Two domains would have the same address on the site, so the later one got another. That is
    /// safe; addresses of providers stay as they are once published.
    ProviderAddressTaken = Warning 103,

    /// Two providers have one name
    ///
    /// Readers cannot tell them apart. If they are the same provider, use one domain in all
    /// documents; otherwise give one of them another name.
    ProvidersWithOneName = Warning 104,

    /// The same original twice
    ///
    /// Two articles are about the same page of another site, so readers see it twice. Remove one of
    /// them, or write `story: NAME` in both to keep them as reports of one story. A draft with the
    /// original of a published article would show it twice once it is published.
    DuplicateOriginal = Warning 105,

    /// Two files describe one term
    ///
    /// Two files of `content/topics` or `content/providers` are read as the same topic or provider,
    /// and it has one page only. Keep one of the two files.
    DuplicateTerm = Error 106,

    /// A topic is spelled in two ways
    ///
    /// Topics that differ in case or punctuation only share one page and are shown under the
    /// spelling that most articles have. Use one spelling.
    TopicSpelling = Warning 107,

    /// The parent of a topic cannot be used
    ///
    /// `parent` puts a topic below another. It names no topic, the topic itself or one below it, or
    /// the nesting becomes too deep. The topic is shown at the top level.
    InvalidParent = Warning 108,

    /// Many articles share a picture
    ///
    /// A picture that many articles have is usually the logo of their publisher and says nothing
    /// about any of them, so lists do not show it. Choose other pictures, or change
    /// `shared_picture_limit` in `site.toml`.
    SharedPicture = Warning 109,

    /// Stories have no page
    ///
    /// A file or folder of the site has the path of this story's page, or of the pages of all
    /// stories. Move or rename it, choose another name for the story, or set `stories = false`.
    StoryWithoutPage = Warning 110,

    /// A story is too long for its page
    ///
    /// The page of a story shows the newest reports only. Give the later ones another `story`.
    LongStory = Warning 111,

    /// The address of an article has changed
    ///
    /// Nothing is at the former address any more, so links and bookmarks of readers break. Write
    /// the former address into `aliases` to redirect them, or set `slug` to keep it.
    MovedAddress = Warning 112,

    /// A published address shows something else
    ///
    /// Readers who follow a link to this address come to another article or page than before. Choose
    /// another slug or name for the new one, unless that is what you want.
    ReusedAddress = Warning 113,

    /// `addresses.lock` has changed
    ///
    /// The file records which document has an address that several want, so that the site gets the
    /// same addresses wherever it is built. Commit it with the site.
    ChangedAddresses = Warning 114,

    /// A record of addresses is damaged
    ///
    /// `addresses.lock` or the history of addresses in `.newsgen` cannot be understood. Guessing
    /// would move articles. Correct the line, restore the file from version control, or remove the
    /// history to forget where articles were before.
    DamagedAddresses = Error 115,

    /// The site exceeds a limit of its host
    ///
    /// The host would refuse the site or a file of it, usually in the middle of an upload. The
    /// message names the limit, and the other places what needs most. Shorten or remove something,
    /// or set the limit of your account in the table `[host]`.
    HostLimit = Error 116,

    /// A template is a copy of an older theme
    ///
    /// The file was copied from an older version of the default theme and lacks what the newer
    /// version can do. Remove it if you changed nothing, or compare it with the newer version,
    /// which `newsgen init DIR --theme-only NAME` writes.
    OldThemeCopy = Warning 117,

    /// A template cannot be used
    ///
    /// The template has a mistake in its syntax, uses a variable or filter that does not exist, or
    /// extends a template that is not there. `docs/templates.md` lists what each template receives.
    InvalidTemplate = Error 118,

    /// A template names an asset that is published under another name
    ///
    /// Assets have a digest in their published names, so that browsers can keep them forever. Write
    /// `{{ site.assets["NAME"].url }}` in place of the plain name.
    PlainAssetName = Warning 119,

    /// A template links to an address outside the site
    ///
    /// The site is published below a path, and this link begins at the root of the domain. Write
    /// `{{ site.root }}` before the path.
    LinkOutsideRoot = Warning 120,

    /// A picture cannot be read
    ///
    /// The picture is published as it is, without smaller versions, because it is damaged or has a
    /// format that newsgen does not scale. Save it again as JPEG, PNG or WebP.
    UnreadablePicture = Warning 121,

    /// A document is left out
    ///
    /// The document has errors, and `on_error = "leave-out"` lets the rest of the site be published
    /// without it. `newsgen check` shows the errors.
    LeftOut = Warning 122,

    /// The build is not what would be deployed
    ///
    /// The published folder is damaged, or was built with other settings, another address or an
    /// option for previews. Build the site again, or pass `--allow-stale` to deploy it all the
    /// same.
    StaleBuild = Error 123,

    /// The record of published files is damaged
    ///
    /// newsgen keeps a manifest of the files that it wrote, in the output folder and at deploy
    /// targets, and removes nothing that is not in it. This one cannot be read. Remove it and build
    /// or deploy with `--force`.
    DamagedManifest = Error 124,

    /// Files are deployed that no build wrote
    ///
    /// The published folder contains files that newsgen does not know, and they are uploaded, too.
    /// Remove them, or put them into `static/` if they belong to the site.
    UnknownFilesDeployed = Warning 125,

    /// The deploy target cannot be used
    ///
    /// The target did not respond, refused a request, or lacks what a safe deploy needs. The
    /// message has the target's own words. Nothing is half-published: run the deploy again, and it
    /// resumes where this one stopped.
    TargetFailed = Error 126,

    /// Credentials or another variable cannot be used
    ///
    /// Deploys take credentials and certificates from the environment variables of the providers'
    /// own tools. One of them is empty, has blanks or line breaks, or names a file that cannot be
    /// read. Its value is not shown, since it may be a secret.
    InvalidEnvironment = Error 127,

    /// Another deploy is in the way
    ///
    /// Only one deploy at a time may change a target, and another one is running, has taken over,
    /// or ended without giving up its lease. Wait for it, or take over with `--force` if it is
    /// certainly dead.
    DeployInProgress = Error 128,

    /// The deploy would remove many files
    ///
    /// A wrong folder or an incomplete build would empty the site, so a deploy removes a limited
    /// number of files. If that is intended, pass the number with `--max-deletes`.
    TooManyRemovals = Error 129,

    /// A file cannot be deployed
    ///
    /// The file is not a regular one, or has a name that the target cannot store. Remove or rename
    /// it.
    UndeployableFile = Error 130,

    /// Something at the target is left alone
    ///
    /// The target holds something that newsgen did not write or that somebody changed since, so it
    /// is neither overwritten nor removed. Remove it yourself if it is not needed.
    KeptAtTarget = Warning 131,

    /// The lease of a deploy could not be released
    ///
    /// The site is deployed, but the target still has the note that a deploy is running. Another
    /// deploy has to wait until it expires, a minute later, or takes over with `--force`.
    LeaseKept = Warning 132,

    /// The site already has this article
    ///
    /// A document of the site is about the same page, also if its address differs in `www`, tracking
    /// parameters or a final slash. Edit that document.
    KnownOriginal = Error 133,

    /// A page of another site cannot be used
    ///
    /// The page could not be fetched, is not a web page, or belongs to no publisher. Check the
    /// address in a browser. Pages behind a login and addresses of private networks are not
    /// fetched; `newsgen new URL` creates a document to fill in.
    UnreadablePage = Error 134,

    /// A deploy was stopped
    ///
    /// The deploy was interrupted before it was complete. Run it again: it resumes where this one
    /// stopped. If its lease could not be released, others have to wait for a minute.
    DeployStopped = Error 135,

    /// The language of an article is not valid
    ///
    /// The value of `language` is no tag of BCP 47 with the subtags of IANA's registry, such as `en`
    /// or `pt-BR`, and is ignored: bots often copy values of other programs. The article is
    /// published in the language of the site. Correct the tag, or remove the line.
    IgnoredLanguage = Warning 136,

    /// The network cannot be used
    ///
    /// The certificates of the system or the proxies of the environment variables, such as
    /// `HTTPS_PROXY`, cannot be used, for the reason in the message. Correct them, or unset the
    /// variables.
    UnusableNetwork = Error 137,

    /// A source of articles is not complete
    ///
    /// Each `[[source]]` in `site.toml` has a feed, or an OPML file that lists feeds by their
    /// addresses. Correct it; `docs/site-toml.md` shows its keys.
    InvalidSource = Error 138,

    /// A feed cannot be read
    ///
    /// The address of a source responds with an error, not at all, or with something that is
    /// neither RSS nor Atom nor JSON Feed. The other sources were pulled, and the next
    /// `newsgen pull` tries this one again. Open the address in a browser; if the feed has moved
    /// or is gone, correct or remove the source.
    UnreadableFeed = Error 139,

    /// A line of `pulled.lock` is damaged
    ///
    /// The file records what `newsgen pull` has written, and what a damaged line says would be
    /// pulled again. Correct the line, or restore the file from version control. A line is the
    /// address of an original, and may have identifiers of 16 digits behind it.
    DamagedPulledItem = Error 140,

    /// The original is gone
    ///
    /// The server of the original responds that the page no longer exists, or redirects to its front
    /// page. Remove the article, or write another address as `webUrl`:
    /// `newsgen check --links --archived` offers that of an archived copy.
    OriginalGone = Warning 141,

    /// The original has moved
    ///
    /// The server of the original leads readers to another address, and says that this is for
    /// good. Write the new address as `webUrl`, since redirects end some day.
    OriginalMoved = Warning 142,

    /// A placeholder is published
    ///
    /// `newsgen new` writes a made-up address, provider or topic where none was given, and the
    /// article is published with it. Write the real one, or `published: false` until you know it.
    PlaceholderText = Warning 143,

    /// The date is far from the one in the file's name
    ///
    /// The name of the file begins with a date, and the article is dated more than a week later, or
    /// on the same day of the month before or of an earlier year. One of the two is probably a slip.
    /// Other earlier dates are usual, since articles are added after they were published elsewhere.
    DateFarFromFileName = Warning 144,

    /// A topic, domain or story is probably misspelt
    ///
    /// One or two articles have a topic, or the domain of a provider, that differs by a letter or by
    /// its plural from one that at least five articles have or that has a file. So a reader of the
    /// other one misses these articles. Write it like the others. If it is another topic or
    /// provider, create a file for it in `content/topics/` or `content/providers/`. A `story` that
    /// only one article has is compared with those that at least two have.
    ProbablyMisspelt = Warning 145,

    /// A provider has several names
    ///
    /// One or two articles call a provider by another name than most articles with the same
    /// `provider.domain`, and pages show each as it is written. Use one name in all of them, or write
    /// it into the file of the provider.
    SeveralProviderNames = Warning 146,

    /// No article has the topic of a file
    ///
    /// A file of `content/topics/` describes a topic that neither an article nor a topic below it
    /// has, so its list is empty. The name of the file is probably misspelt.
    UnusedTopicFile = Warning 147,

    /// A link leads to nothing
    ///
    /// A link of a body, of front matter or of a template leads to a path of this site at which there is
    /// no page, no file and no redirect, or to a heading that its page does not have. Readers see the
    /// page for missing addresses. Correct the link, or write the whole URL if another program serves
    /// it.
    DeadLink = Warning 148,

    /// A picture is missing
    ///
    /// Front matter or a body names a picture of this site, and there is no such file in `static/`.
    /// Readers see a gap. Add the file, or correct the path, which begins at `static/`: the picture
    /// `static/images/a.png` is `/images/a.png`.
    MissingPicture = Warning 149,

    /// Many articles have the same excerpt
    ///
    /// An excerpt is about one article. The same text in many of them is probably a slogan of their
    /// provider that a bot took for a description. Write what each is about, or remove the line.
    SharedExcerpt = Warning 150,

    /// A secret would be published
    ///
    /// All files of `static/` are published, and this one has the name of a file with passwords, or
    /// contains a private key or a token. Move it out of `static/`. If it was published before,
    /// replace the password or the key, since others may have it.
    PublishedSecret = Error 151,

    /// Files of other programs are published
    ///
    /// `static/` contains files that editors, merges or archives leave behind, such as `index.html~`
    /// or `.page.swp`. They are published with the rest, and may show what you have removed. Remove
    /// them.
    PublishedLeftovers = Warning 152,

    /// This cannot be imported
    ///
    /// A file that `newsgen import` was given, or a part of it, is not in the format that the command
    /// names, or is damaged. The rest is imported. Correct it, and import it again: what is there
    /// already is not written twice.
    UnreadableImport = Error 153,

    /// Nothing names the original of what is imported
    ///
    /// An article of newsgen is about something that was published elsewhere. This post, item or
    /// bookmark has no web address of such an original. Add one, for a post as `link: URL`, or see
    /// the options `--first-link` and `--base-url` of `newsgen import`.
    ImportWithoutOriginal = Error 154,

    /// Two imported documents have one original
    ///
    /// Only the first is imported, since the site would show the same original twice. Add the words
    /// of this one to the other document, or give it another original.
    RepeatedOriginal = Error 155,

    /// The site has already what is imported
    ///
    /// An article of the site has this original, so that the post, item or bookmark is not imported.
    /// Nothing has to be done, unless its words are to be added to that article.
    ImportedBefore = Warning 156,

    /// A value of an imported post cannot be used
    ///
    /// The key has a meaning, such as a date or an address, but its value does not. The post is imported
    /// without it, and the value is kept in the mapping `imported`. Correct the document.
    UnusedImportValue = Warning 157,

    /// Code of a template is published as text
    ///
    /// A body or an excerpt has code that other generators run, such as `{% include map.html %}`,
    /// `{{< video x >}}` or `{{ site.title }}`, or attributes of Kramdown, such as `{: .big}`. newsgen
    /// runs no code in documents, so readers see it. Write what it stood for, or remove it. Code that
    /// is meant to be read belongs in a code block or between backticks; there it is not reported.
    TemplateCode = Warning 158,

    /// A site does not allow its pages to be fetched
    ///
    /// `newsgen pull --fetch-pages` fetches only the pages that the publisher's `robots.txt` allows
    /// for `newsgen` or for all programs. A `robots.txt` that cannot be read allows none. The new
    /// documents say only what the feed says; complete them by hand.
    DisallowedPages = Warning 159,

    /// Nothing mentions a file of `static/`
    ///
    /// The name of a file of `static/` occurs in no document, template, stylesheet or script of the
    /// site, nor in `site.toml`, so readers cannot find it. Files that browsers, hosts and search
    /// engines find by convention are not reported, nor are HTML pages. Remove it, if no other site
    /// or program uses it. Only `newsgen check` looks for such files.
    UnusedStaticFile = Warning 160,

    /// An alias is the address of its own document
    ///
    /// `aliases` are former addresses, from which readers are redirected. This alias is the
    /// document's current address, so it has no effect. Remove it.
    AliasOfItself = Warning 161,

    /// The host of originals could not be reached
    ///
    /// `newsgen check --links` got no response from a host, a refusal, or too many redirects. The
    /// originals may still be there, or the host may refuse programs. Open one in a browser. The next
    /// check asks again.
    UnreachableHost = Warning 162,

    /// A host has no dot
    ///
    /// The host of a URL is a single word, such as `courier` in `https://courier/story`, which
    /// works only in a local network, or the URL begins with `https://` twice. Readers cannot
    /// follow the link. Write the full host name.
    HostWithoutDot = Warning 163,
}

impl Code {
    /// The code of this spelling, such as `E0012` or `e0012`.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.to_string().eq_ignore_ascii_case(text))
    }

    /// The code whose spelling is closest.
    pub fn closest(text: &str) -> Option<Self> {
        let spelled: Vec<String> = Self::ALL.iter().map(ToString::to_string).collect();
        Self::of(closest_match(text, spelled.iter().map(String::as_str))?)
    }

    /// What it is about, as a phrase.
    pub fn title(self) -> &'static str {
        self.text().lines().next().unwrap_or_default().trim()
    }

    /// What it means, why it matters and how to fix it, in Markdown.
    pub fn explanation(self) -> String {
        let lines = self.text().lines().skip(2).map(|line| line.strip_prefix(' ').unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The explanation with its examples indented.
    pub fn plain_explanation(self) -> String {
        let explanation = self.explanation();
        let mut is_example = false;
        let lines = explanation.lines().filter_map(|line| {
            let is_fence = line.starts_with("```");
            is_example ^= is_fence;
            let indent = if is_example { "    " } else { "" };
            (!is_fence).then(|| format!("{indent}{line}"))
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Formats as `E0012` or `W0031`.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = match self.severity() {
            Severity::Error => 'E',
            Severity::Warning => 'W',
        };
        write!(f, "{letter}{:04}", self.number())
    }
}

/// Serializes as its number.
impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.number())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u16::deserialize(deserializer)?;
        let known = Self::ALL.iter().copied().find(|code| code.number() == number);
        known.ok_or_else(|| de::Error::custom("unknown code"))
    }
}
