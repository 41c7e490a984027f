### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = İçeriğe geç
sections = Bölümler
breadcrumb = Gezinti yolu
site = Site
page-navigation = Sayfalama
front-page = Ana sayfa
topics = Konular
all-topics = Tüm konular
providers = Kaynaklar
all-providers = Tüm kaynaklar
pages = Sayfalar
all-pages = Tüm sayfalar
all-articles = Tüm haberler
feed = Akış
follow = Takip et: { $name }
copyright-notice = Başlıklar, alıntılar ve görseller yayıncılarına aittir. Buradaki her haber özgün kaynağına yönlendirir.

## Front page

latest = Son haberler
in-the-news = Gündemdeki konular
trending = Yükselen konular
more-stories = Diğer haberler
no-stories = Burada henüz haber yok.

## Lists of stories

stories-from = { $provider } kaynaklı haberler
section-title = Bölüm: { $section }
website = Web sitesi
page-number = Sayfa { $number }
page-number-of = Sayfa { $number } / { $total }
title-with-page = { $title }, sayfa { $number }
newer-stories = Daha yeni haberler
older-stories = Daha eski haberler
newest = En yeniler
previous = Önceki
next = Sonraki
article-count = { $count ->
    [one] { $count } haber
   *[other] { $count } haber
}
nothing-here = Burada henüz bir şey yok.

## Archive

archive = Arşiv
stories-of = { $period } haberleri
stories-of-range = { $from } – { $to } haberleri

## Stories

video = Video
video-title = Video: { $title }
read-at = { $provider } sitesinde oku
watch-at = { $provider } sitesinde izle
amp-version = Bu haberin AMP sürümü
related = İlgili haberler
elsewhere = Başka bir sitede
more-from = { $provider } kaynaklı diğer haberler
more-on = { $topic } hakkında diğer haberler
our-note = Notumuz
previous-story = Önceki haber
next-story = Sonraki haber
also-covered-by = Bu haberi ayrıca verenler:
name-separator = { ", " }
and-more = ve { $count } kaynak daha
this-story = Bu haber hakkında
all-reports = Bu olayla ilgili tüm haberler
story-title = Tüm haberler: { $title }

## Texts of the site

footnotes = Dipnotlar
footnote = Dipnot { $number }
back-to-reference = { $number } numaralı göndermeye dön
table = Tablo
task-done = Tamamlandı
task-open = Tamamlanmadı

## Other pages

not-found = Sayfa bulunamadı
not-found-text = Adres yanlış yazılmış veya haber yayından kaldırılmış olabilir.
page-moved = Bu sayfa taşındı

## Feeds

source = Kaynak:
feed-note = Bu bir akıştır. Takip etmek için adresini bir akış okuyucuya kopyalayın.
