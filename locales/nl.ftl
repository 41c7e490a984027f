### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Direct naar de inhoud
sections = Rubrieken
breadcrumb = Kruimelpad
site = Website
page-navigation = Pagina’s
front-page = Voorpagina
topics = Onderwerpen
all-topics = Alle onderwerpen
providers = Bronnen
all-providers = Alle bronnen
pages = Pagina’s
all-pages = Alle pagina’s
all-articles = Alle artikelen
feed = Feed
follow = Volg { $name }
copyright-notice = De rechten op koppen, fragmenten en afbeeldingen berusten bij de betreffende uitgevers. Elk artikel verwijst naar het origineel.

## Front page

latest = Laatste nieuws
in-the-news = In het nieuws
trending = Trending
more-stories = Meer artikelen
no-stories = Er zijn hier nog geen artikelen.

## Lists of stories

stories-from = Artikelen van { $provider }
section-title = Rubriek: { $section }
website = Website
page-number = Pagina { $number }
page-number-of = Pagina { $number } van { $total }
title-with-page = { $title }, pagina { $number }
newer-stories = Nieuwere artikelen
older-stories = Oudere artikelen
newest = Nieuwste
previous = Vorige
next = Volgende
article-count = { $count ->
    [one] { $count } artikel
   *[other] { $count } artikelen
}
nothing-here = Hier is nog niets te vinden.

## Archive

archive = Archief
stories-of = Artikelen van { $period }
stories-of-range = Artikelen van { $from } tot en met { $to }

## Stories

video = Video
video-title = Video: { $title }
read-at = Lees verder bij { $provider }
watch-at = Bekijk bij { $provider }
amp-version = AMP-versie van dit artikel
related = Lees ook
elsewhere = Elders op het web
more-from = Meer van { $provider }
more-on = Meer over { $topic }
our-note = Onze noot
previous-story = Vorig artikel
next-story = Volgend artikel
also-covered-by = Ook te lezen bij:
name-separator = { ", " }
and-more = en nog { $count }
this-story = Over dit nieuws
all-reports = Alle berichten
story-title = Alle berichten: { $title }

## Texts of the site

footnotes = Voetnoten
footnote = Voetnoot { $number }
back-to-reference = Terug naar verwijzing { $number }
table = Tabel
task-done = Gedaan
task-open = Niet gedaan

## Other pages

not-found = Pagina niet gevonden
not-found-text = Mogelijk bevat het adres een typefout of is het artikel ingetrokken.
page-moved = Deze pagina is verplaatst

## Feeds

source = Bron:
feed-note = Dit is een feed. Kopieer het adres naar een feedlezer om de feed te volgen.
