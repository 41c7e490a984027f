### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Siirry sisältöön
sections = Osastot
breadcrumb = Murupolku
site = Sivusto
page-navigation = Sivut
front-page = Etusivu
topics = Aiheet
all-topics = Kaikki aiheet
providers = Lähteet
all-providers = Kaikki lähteet
pages = Sivut
all-pages = Kaikki sivut
all-articles = Kaikki artikkelit
feed = Syöte
follow = Seuraa: { $name }
copyright-notice = Otsikoiden, otteiden ja kuvien oikeudet kuuluvat niiden julkaisijoille. Jokaisesta artikkelista pääsee alkuperäiseen julkaisuun.

## Front page

latest = Tuoreimmat
in-the-news = Puheenaiheet
trending = Nousussa
more-stories = Lisää artikkeleita
no-stories = Täällä ei ole vielä artikkeleita.

## Lists of stories

stories-from = Artikkelit sivustolta { $provider }
section-title = Osasto: { $section }
website = Verkkosivusto
page-number = Sivu { $number }
page-number-of = Sivu { $number }/{ $total }
title-with-page = { $title }, sivu { $number }
newer-stories = Uudemmat artikkelit
older-stories = Vanhemmat artikkelit
newest = Uusimmat
previous = Edellinen
next = Seuraava
article-count = { $count ->
    [one] { $count } artikkeli
   *[other] { $count } artikkelia
}
nothing-here = Täällä ei ole vielä mitään.

## Archive

archive = Arkisto
stories-of = Artikkelit: { $period }
stories-of-range = Artikkelit: { $from } – { $to }

## Stories

video = Video
video-title = Video: { $title }
read-at = Lue sivustolla { $provider }
watch-at = Katso sivustolla { $provider }
amp-version = Artikkelin AMP-versio
related = Lue myös
elsewhere = Muualla verkossa
more-from = Lisää sivustolta { $provider }
more-on = Lisää aiheesta { $topic }
our-note = Huomautuksemme
previous-story = Edellinen artikkeli
next-story = Seuraava artikkeli
also-covered-by = Aiheesta kertovat myös:
name-separator = { ", " }
and-more = { $count ->
    [one] ja { $count } muu
   *[other] ja { $count } muuta
}
this-story = Samasta tapahtumasta
all-reports = Kaikki uutiset aiheesta
story-title = Kaikki uutiset: { $title }

## Texts of the site

footnotes = Alaviitteet
footnote = Alaviite { $number }
back-to-reference = Takaisin viittaukseen { $number }
table = Taulukko
task-done = Valmis
task-open = Kesken

## Other pages

not-found = Sivua ei löytynyt
not-found-text = Osoitteessa voi olla kirjoitusvirhe, tai artikkeli on voitu poistaa.
page-moved = Sivu on siirretty

## Feeds

source = Lähde:
feed-note = Tämä on syöte. Seuraa sitä kopioimalla sen osoite syötteenlukijaan.
