### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Aller au contenu
sections = Rubriques
breadcrumb = Fil d’Ariane
site = Site
page-navigation = Pagination
front-page = Accueil
topics = Thèmes
all-topics = Tous les thèmes
providers = Sources
all-providers = Toutes les sources
pages = Pages
all-pages = Toutes les pages
all-articles = Tous les articles
feed = Flux
follow = Suivre { $name }
copyright-notice = Les titres, extraits et images appartiennent à leurs éditeurs respectifs. Chaque article renvoie à sa publication d’origine.

## Front page

latest = Derniers articles
in-the-news = Dans l’actualité
trending = Tendances
more-stories = Autres articles
no-stories = Aucun article pour le moment.

## Lists of stories

stories-from = Articles publiés par { $provider }
section-title = Rubrique : { $section }
website = Site web
page-number = Page { $number }
page-number-of = Page { $number } sur { $total }
title-with-page = { $title }, page { $number }
newer-stories = Articles plus récents
older-stories = Articles plus anciens
newest = Les plus récents
previous = Précédent
next = Suivant
article-count = { $count ->
    [one] { $count } article
    [many] { $count } d’articles
   *[other] { $count } articles
}
nothing-here = Rien à afficher pour le moment.

## Archive

archive = Archives
stories-of = Articles : { $period }
stories-of-range = Articles : { $from } – { $to }

## Stories

video = Vidéo
video-title = Vidéo : { $title }
read-at = Lire sur { $provider }
watch-at = Regarder sur { $provider }
amp-version = Version AMP de cet article
related = À lire aussi
elsewhere = Ailleurs sur le web
more-from = De la même source : { $provider }
more-on = Sur le même thème : { $topic }
our-note = Notre commentaire
previous-story = Article précédent
next-story = Article suivant
also-covered-by = Également couvert par :
name-separator = { ", " }
and-more = { $count ->
    [one] et { $count } autre
    [many] et { $count } d’autres
   *[other] et { $count } autres
}
this-story = Sur ce sujet
all-reports = Tous les articles sur ce sujet
story-title = Tous les articles : { $title }

## Texts of the site

footnotes = Notes de bas de page
footnote = Note { $number }
back-to-reference = Retour à l’appel de note { $number }
table = Tableau
task-done = Fait
task-open = À faire

## Other pages

not-found = Page introuvable
not-found-text = L’adresse est peut-être erronée, ou l’article a été retiré.
page-moved = Cette page a été déplacée

## Feeds

source = Source :
feed-note = Ceci est un flux. Pour le suivre, copiez son adresse dans un lecteur de flux.
