### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Hoppa till innehållet
sections = Avdelningar
breadcrumb = Länkstig
site = Webbplats
page-navigation = Sidor
front-page = Startsida
topics = Ämnen
all-topics = Alla ämnen
providers = Källor
all-providers = Alla källor
pages = Sidor
all-pages = Alla sidor
all-articles = Alla artiklar
feed = Webbflöde
follow = Följ { $name }
copyright-notice = Rättigheterna till rubriker, utdrag och bilder tillhör respektive utgivare. Varje artikel länkar till originalet.

## Front page

latest = Senaste nytt
in-the-news = Aktuella ämnen
trending = Trendar just nu
more-stories = Fler artiklar
no-stories = Det finns inga artiklar här ännu.

## Lists of stories

stories-from = Artiklar från { $provider }
section-title = Avdelning: { $section }
website = Webbplats
page-number = Sida { $number }
page-number-of = Sida { $number } av { $total }
title-with-page = { $title }, sida { $number }
newer-stories = Nyare artiklar
older-stories = Äldre artiklar
newest = Senaste
previous = Föregående
next = Nästa
article-count = { $count ->
    [one] { $count } artikel
   *[other] { $count } artiklar
}
nothing-here = Det finns inget här ännu.

## Archive

archive = Arkiv
stories-of = Artiklar från { $period }
stories-of-range = Artiklar från { $from } till { $to }

## Stories

video = Video
video-title = Video: { $title }
read-at = Läs hos { $provider }
watch-at = Se hos { $provider }
amp-version = AMP-version av artikeln
related = Läs också
elsewhere = På annan webbplats
more-from = Mer från { $provider }
more-on = Mer om { $topic }
our-note = Vår kommentar
previous-story = Föregående artikel
next-story = Nästa artikel
also-covered-by = Rapporteras även av:
name-separator = { ", " }
and-more = och { $count } till
this-story = Om den här händelsen
all-reports = Alla artiklar om händelsen
story-title = Alla artiklar: { $title }

## Texts of the site

footnotes = Fotnoter
footnote = Fotnot { $number }
back-to-reference = Tillbaka till hänvisning { $number }
table = Tabell
task-done = Klart
task-open = Inte klart

## Other pages

not-found = Sidan hittades inte
not-found-text = Adressen kan vara felskriven, eller så har artikeln dragits tillbaka.
page-moved = Sidan har flyttats

## Feeds

source = Källa:
feed-note = Detta är ett webbflöde. Kopiera adressen till en flödesläsare för att följa det.
