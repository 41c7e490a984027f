### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Vai al contenuto
sections = Sezioni
breadcrumb = Percorso di navigazione
site = Sito
page-navigation = Paginazione
front-page = Home
topics = Argomenti
all-topics = Tutti gli argomenti
providers = Fonti
all-providers = Tutte le fonti
pages = Pagine
all-pages = Tutte le pagine
all-articles = Tutti gli articoli
feed = Feed
follow = Segui { $name }
copyright-notice = Titoli, estratti e immagini appartengono ai rispettivi editori. Ogni articolo rimanda all’originale.

## Front page

latest = Ultime notizie
in-the-news = Argomenti del momento
trending = Tendenze
more-stories = Altri articoli
no-stories = Non ci sono ancora articoli.

## Lists of stories

stories-from = Articoli pubblicati da { $provider }
section-title = Sezione: { $section }
website = Sito web
page-number = Pagina { $number }
page-number-of = Pagina { $number } di { $total }
title-with-page = { $title }, pagina { $number }
newer-stories = Articoli più recenti
older-stories = Articoli meno recenti
newest = I più recenti
previous = Precedente
next = Successivo
article-count = { $count ->
    [one] { $count } articolo
    [many] { $count } di articoli
   *[other] { $count } articoli
}
nothing-here = Qui non c’è ancora nulla.

## Archive

archive = Archivio
stories-of = Articoli: { $period }
stories-of-range = Articoli: { $from } – { $to }

## Stories

video = Video
video-title = Video: { $title }
read-at = Leggi su { $provider }
watch-at = Guarda su { $provider }
amp-version = Versione AMP di questo articolo
related = Leggi anche
elsewhere = Su un altro sito
more-from = Altro da { $provider }
more-on = Altro su { $topic }
our-note = Il nostro commento
previous-story = Articolo precedente
next-story = Articolo successivo
also-covered-by = Ne parlano anche:
name-separator = { ", " }
and-more = { $count ->
    [one] e un’altra
    [many] e altre { $count }
   *[other] e altre { $count }
}
this-story = Su questa notizia
all-reports = Tutti gli articoli sulla notizia
story-title = Tutti gli articoli: { $title }

## Texts of the site

footnotes = Note a piè di pagina
footnote = Nota { $number }
back-to-reference = Torna al richiamo { $number }
table = Tabella
task-done = Fatto
task-open = Da fare

## Other pages

not-found = Pagina non trovata
not-found-text = L’indirizzo potrebbe contenere un errore, oppure l’articolo è stato rimosso.
page-moved = Questa pagina è stata spostata

## Feeds

source = Fonte:
feed-note = Questo è un feed. Per seguirlo, copia il suo indirizzo in un lettore di feed.
