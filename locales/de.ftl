### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Zum Inhalt springen
sections = Rubriken
breadcrumb = Navigationspfad
site = Website
page-navigation = Seiten
front-page = Startseite
topics = Themen
all-topics = Alle Themen
providers = Quellen
all-providers = Alle Quellen
pages = Seiten
all-pages = Alle Seiten
all-articles = Alle Artikel
feed = Feed
follow = { $name } folgen
copyright-notice = Die Rechte an Überschriften, Auszügen und Bildern liegen bei den jeweiligen Herausgebern. Jeder Artikel führt zum Original.

## Front page

latest = Neueste Meldungen
in-the-news = Aktuelle Themen
trending = Im Trend
more-stories = Weitere Artikel
no-stories = Hier gibt es noch keine Artikel.

## Lists of stories

stories-from = Artikel von { $provider }
section-title = Rubrik: { $section }
website = Website
page-number = Seite { $number }
page-number-of = Seite { $number } von { $total }
title-with-page = { $title }, Seite { $number }
newer-stories = Neuere Artikel
older-stories = Ältere Artikel
newest = Neueste
previous = Vorherige
next = Nächste
article-count = { $count ->
    [one] { $count } Artikel
   *[other] { $count } Artikel
}
nothing-here = Hier gibt es noch nichts zu lesen.

## Archive

archive = Archiv
stories-of = Artikel: { $period }
stories-of-range = Artikel: { $from } bis { $to }

## Stories

video = Video
video-title = Video: { $title }
read-at = Weiterlesen bei { $provider }
watch-at = Ansehen bei { $provider }
amp-version = AMP-Version dieses Artikels
related = Zum Thema
elsewhere = Anderswo im Netz
more-from = Mehr von { $provider }
more-on = Mehr zum Thema { $topic }
our-note = Unsere Anmerkung
previous-story = Vorheriger Artikel
next-story = Nächster Artikel
also-covered-by = Darüber berichten auch:
name-separator = { ", " }
and-more = und { $count } weitere
this-story = Berichte zu diesem Ereignis
all-reports = Alle Berichte
story-title = Alle Berichte: { $title }

## Texts of the site

footnotes = Fußnoten
footnote = Fußnote { $number }
back-to-reference = Zurück zu Verweis { $number }
table = Tabelle
task-done = Erledigt
task-open = Nicht erledigt

## Other pages

not-found = Seite nicht gefunden
not-found-text = Möglicherweise enthält die Adresse einen Tippfehler, oder der Artikel wurde zurückgezogen.
page-moved = Diese Seite ist umgezogen

## Feeds

source = Quelle:
feed-note = Dies ist ein Feed. Um ihm zu folgen, kopieren Sie seine Adresse in einen Feedreader.
