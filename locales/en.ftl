### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

# A link before everything else, for readers with a keyboard or a screen reader.
skip-to-content = Skip to the content
# Names of navigation areas, which screen readers announce.
sections = Sections
breadcrumb = Breadcrumb
site = Site
page-navigation = Pages
front-page = Front page
topics = Topics
all-topics = All topics
providers = Providers
all-providers = All providers
pages = Pages
all-pages = All pages
all-articles = All articles
# A link to the feed (Atom, RSS or JSON Feed) of this page or site.
feed = Feed
# A button that leads to the feed of a topic or provider.
follow = Follow { $name }
# The last line of every page.
copyright-notice = Headlines, excerpts and pictures belong to their publishers. Every story here leads to its original.

## Front page

# The newest stories.
latest = Latest
# Topics that many new stories are about.
in-the-news = In the news
# Topics that more stories are about than in the weeks before.
trending = Trending
more-stories = More stories
no-stories = There are no stories here yet.

## Lists of stories

# The title of the page of a provider, such as a newspaper.
stories-from = Stories from { $provider }
# The title of the page of a section, such as "Opinion".
section-title = Section: { $section }
website = Website
page-number = Page { $number }
page-number-of = Page { $number } of { $total }
# The title of a page that is not the first one of its list.
title-with-page = { $title }, page { $number }
newer-stories = Newer stories
older-stories = Older stories
# Leads to the page with the newest stories.
newest = Newest
previous = Previous
next = Next
article-count = { $count ->
    [one] { $count } article
   *[other] { $count } articles
}
nothing-here = There is nothing here yet.

## Archive

# The calendar of all years.
archive = Archive
# $period is a day, a month or a year, such as "November 2026".
stories-of = Stories of { $period }
# $from and $to are days or months, such as "June" and "August 2021".
stories-of-range = Stories of { $from } to { $to }

## Stories

video = Video
video-title = Video: { $title }
# Buttons that lead to the original.
read-at = Read at { $provider }
watch-at = Watch at { $provider }
# The version of the story for phones in the format AMP.
amp-version = AMP version of this story
related = Related
# Marks a headline that leads to another website.
elsewhere = Elsewhere on the web
# Headings above older stories of the same provider, and about the same topic.
more-from = More from { $provider }
more-on = More on { $topic }
# Marks a text that the editors of this site wrote about a story of somebody else.
our-note = Our note
previous-story = Previous story
next-story = Next story
# Stands before the names of other providers of a story, which are links to their reports.
also-covered-by = Also covered by:
# Stands between two of these names.
name-separator = { ", " }
# Follows some of these names: how many more providers there are.
and-more = and { $count } more
# The heading above the reports of one event.
this-story = This story
# Leads to the page with all reports of one event.
all-reports = All reports
# The title of this page.
story-title = All reports: { $title }

## Texts of the site

# Names for screen readers.
footnotes = Footnotes
footnote = Footnote { $number }
back-to-reference = Back to reference { $number }
table = Table
task-done = Done
task-open = Not done

## Other pages

not-found = Page not found
not-found-text = The address may be mistyped, or the story may have been withdrawn.
page-moved = This page has moved

## Feeds

# Stands before the name of the provider, which is a link.
source = Source:
# At the top of a feed that is opened in a browser.
feed-note = This is a feed. To follow it, copy its address into a feed reader.
