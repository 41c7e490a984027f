### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Hopp til innholdet
sections = Seksjoner
breadcrumb = Brødsmulesti
site = Nettsted
page-navigation = Sider
front-page = Forside
topics = Emner
all-topics = Alle emner
providers = Kilder
all-providers = Alle kilder
pages = Sider
all-pages = Alle sider
all-articles = Alle artikler
feed = Nyhetsstrøm
follow = Følg { $name }
copyright-notice = Rettighetene til overskrifter, utdrag og bilder tilhører de respektive utgiverne. Alle artikler lenker til originalen.

## Front page

latest = Siste nytt
in-the-news = Aktuelle emner
trending = I vinden
more-stories = Flere artikler
no-stories = Det er ingen artikler her ennå.

## Lists of stories

stories-from = Artikler fra { $provider }
section-title = Seksjon: { $section }
website = Nettsted
page-number = Side { $number }
page-number-of = Side { $number } av { $total }
title-with-page = { $title }, side { $number }
newer-stories = Nyere artikler
older-stories = Eldre artikler
newest = Nyeste
previous = Forrige
next = Neste
article-count = { $count ->
    [one] { $count } artikkel
   *[other] { $count } artikler
}
nothing-here = Det er ingenting her ennå.

## Archive

archive = Arkiv
stories-of = Artikler fra { $period }
stories-of-range = Artikler fra { $from } til { $to }

## Stories

video = Video
video-title = Video: { $title }
read-at = Les hos { $provider }
watch-at = Se hos { $provider }
amp-version = AMP-versjon av artikkelen
related = Les også
elsewhere = Andre steder på nettet
more-from = Mer fra { $provider }
more-on = Mer om { $topic }
our-note = Vår kommentar
previous-story = Forrige artikkel
next-story = Neste artikkel
also-covered-by = Også omtalt av:
name-separator = { ", " }
and-more = og { $count } til
this-story = Om denne saken
all-reports = Alle artikler om saken
story-title = Alle artikler: { $title }

## Texts of the site

footnotes = Fotnoter
footnote = Fotnote { $number }
back-to-reference = Tilbake til henvisning { $number }
table = Tabell
task-done = Utført
task-open = Ikke utført

## Other pages

not-found = Fant ikke siden
not-found-text = Adressen kan være skrevet feil, eller artikkelen kan være trukket tilbake.
page-moved = Siden er flyttet

## Feeds

source = Kilde:
feed-note = Dette er en nyhetsstrøm. Kopier adressen til en nyhetsleser for å følge den.
