### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Gå til indholdet
sections = Sektioner
breadcrumb = Brødkrummesti
site = Website
page-navigation = Sider
front-page = Forside
topics = Emner
all-topics = Alle emner
providers = Kilder
all-providers = Alle kilder
pages = Sider
all-pages = Alle sider
all-articles = Alle artikler
feed = Feed
follow = Følg { $name }
copyright-notice = Rettighederne til overskrifter, uddrag og billeder tilhører de respektive udgivere. Alle artikler linker til originalen.

## Front page

latest = Seneste nyt
in-the-news = Aktuelle emner
trending = Populært lige nu
more-stories = Flere artikler
no-stories = Der er endnu ingen artikler her.

## Lists of stories

stories-from = Artikler fra { $provider }
section-title = Sektion: { $section }
website = Website
page-number = Side { $number }
page-number-of = Side { $number } af { $total }
title-with-page = { $title }, side { $number }
newer-stories = Nyere artikler
older-stories = Ældre artikler
newest = Nyeste
previous = Forrige
next = Næste
article-count = { $count ->
    [one] { $count } artikel
   *[other] { $count } artikler
}
nothing-here = Der er endnu ikke noget her.

## Archive

archive = Arkiv
stories-of = Artikler fra { $period }
stories-of-range = Artikler fra { $from } til { $to }

## Stories

video = Video
video-title = Video: { $title }
read-at = Læs hos { $provider }
watch-at = Se hos { $provider }
amp-version = AMP-version af artiklen
related = Læs også
elsewhere = Andre steder på nettet
more-from = Mere fra { $provider }
more-on = Mere om { $topic }
our-note = Vores bemærkning
previous-story = Forrige artikel
next-story = Næste artikel
also-covered-by = Også omtalt af:
name-separator = { ", " }
and-more = og { $count } til
this-story = Om denne sag
all-reports = Alle artikler om sagen
story-title = Alle artikler: { $title }

## Texts of the site

footnotes = Fodnoter
footnote = Fodnote { $number }
back-to-reference = Tilbage til henvisning { $number }
table = Tabel
task-done = Udført
task-open = Ikke udført

## Other pages

not-found = Siden blev ikke fundet
not-found-text = Adressen kan være tastet forkert, eller artiklen kan være trukket tilbage.
page-moved = Siden er flyttet

## Feeds

source = Kilde:
feed-note = Dette er et feed. Kopiér adressen til en feedlæser for at følge det.
