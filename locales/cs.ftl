### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Přejít k obsahu
sections = Rubriky
breadcrumb = Drobečková navigace
site = Web
page-navigation = Stránky
front-page = Hlavní stránka
topics = Témata
all-topics = Všechna témata
providers = Zdroje
all-providers = Všechny zdroje
pages = Stránky
all-pages = Všechny stránky
all-articles = Všechny články
feed = Informační kanál
follow = Sledovat: { $name }
copyright-notice = Práva k titulkům, úryvkům a obrázkům náležejí příslušným vydavatelům. Každý článek odkazuje na originál.

## Front page

latest = Nejnovější
in-the-news = Aktuální témata
trending = Témata na vzestupu
more-stories = Další články
no-stories = Zatím tu nejsou žádné články.

## Lists of stories

stories-from = Články z webu { $provider }
section-title = Rubrika: { $section }
website = Webové stránky
page-number = Strana { $number }
page-number-of = Strana { $number } z { $total }
title-with-page = { $title }, strana { $number }
newer-stories = Novější články
older-stories = Starší články
newest = Nejnovější
previous = Předchozí
next = Další
article-count = { $count ->
    [one] { $count } článek
    [few] { $count } články
    [many] { $count } článku
   *[other] { $count } článků
}
nothing-here = Zatím tu nic není.

## Archive

archive = Archiv
stories-of = Články: { $period }
stories-of-range = Články: { $from } – { $to }

## Stories

video = Video
video-title = Video: { $title }
read-at = Číst na webu { $provider }
watch-at = Přehrát na webu { $provider }
amp-version = Verze AMP tohoto článku
related = Související
elsewhere = Jinde na internetu
more-from = Více z webu { $provider }
more-on = Více k tématu { $topic }
our-note = Naše poznámka
previous-story = Předchozí článek
next-story = Další článek
also-covered-by = Píšou o tom také:
name-separator = { ", " }
and-more = { $count ->
    [one] a { $count } další
    [few] a { $count } další
    [many] a { $count } dalšího
   *[other] a { $count } dalších
}
this-story = O této události
all-reports = Všechny zprávy
story-title = Všechny zprávy: { $title }

## Texts of the site

footnotes = Poznámky pod čarou
footnote = Poznámka { $number }
back-to-reference = Zpět k odkazu { $number }
table = Tabulka
task-done = Hotovo
task-open = Nehotovo

## Other pages

not-found = Stránka nenalezena
not-found-text = V adrese může být překlep, nebo byl článek stažen.
page-moved = Stránka byla přesunuta

## Feeds

source = Zdroj:
feed-note = Toto je informační kanál. Chcete-li jej sledovat, zkopírujte jeho adresu do čtečky kanálů.
