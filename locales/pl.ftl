### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Przejdź do treści
sections = Działy
breadcrumb = Ścieżka nawigacji
site = Serwis
page-navigation = Strony
front-page = Strona główna
topics = Tematy
all-topics = Wszystkie tematy
providers = Źródła
all-providers = Wszystkie źródła
pages = Strony
all-pages = Wszystkie strony
all-articles = Wszystkie artykuły
feed = Kanał informacyjny
follow = Obserwuj: { $name }
copyright-notice = Prawa do tytułów, fragmentów tekstów i zdjęć należą do ich wydawców. Każdy artykuł odsyła do oryginału.

## Front page

latest = Najnowsze
in-the-news = Na czasie
trending = Zyskują na popularności
more-stories = Więcej artykułów
no-stories = Nie ma tu jeszcze żadnych artykułów.

## Lists of stories

stories-from = Artykuły z serwisu { $provider }
section-title = Dział: { $section }
website = Strona internetowa
page-number = Strona { $number }
page-number-of = Strona { $number } z { $total }
title-with-page = { $title }, strona { $number }
newer-stories = Nowsze artykuły
older-stories = Starsze artykuły
newest = Najnowsze
previous = Poprzednia
next = Następna
article-count = { $count ->
    [one] { $count } artykuł
    [few] { $count } artykuły
    [many] { $count } artykułów
   *[other] { $count } artykułu
}
nothing-here = Na razie nic tu nie ma.

## Archive

archive = Archiwum
stories-of = Artykuły: { $period }
stories-of-range = Artykuły: { $from } – { $to }

## Stories

video = Wideo
video-title = Wideo: { $title }
read-at = Czytaj w serwisie { $provider }
watch-at = Oglądaj w serwisie { $provider }
amp-version = Wersja AMP tego artykułu
related = Czytaj także
elsewhere = W innym serwisie
more-from = Więcej z serwisu { $provider }
more-on = Więcej na temat: { $topic }
our-note = Nasz komentarz
previous-story = Poprzedni artykuł
next-story = Następny artykuł
also-covered-by = Piszą o tym także:
name-separator = { ", " }
and-more = i jeszcze { $count }
this-story = O tym wydarzeniu
all-reports = Wszystkie doniesienia
story-title = Wszystkie doniesienia: { $title }

## Texts of the site

footnotes = Przypisy
footnote = Przypis { $number }
back-to-reference = Powrót do odsyłacza { $number }
table = Tabela
task-done = Zrobione
task-open = Niezrobione

## Other pages

not-found = Nie znaleziono strony
not-found-text = Być może adres zawiera błąd albo artykuł został wycofany.
page-moved = Ta strona została przeniesiona

## Feeds

source = Źródło:
feed-note = To jest kanał informacyjny. Aby go obserwować, skopiuj jego adres do czytnika kanałów.
