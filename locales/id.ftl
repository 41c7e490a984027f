### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Langsung ke konten
sections = Rubrik
breadcrumb = Jalur navigasi
site = Situs
page-navigation = Navigasi halaman
front-page = Beranda
topics = Topik
all-topics = Semua topik
providers = Media
all-providers = Semua media
pages = Halaman
all-pages = Semua halaman
all-articles = Semua berita
feed = Feed
follow = Ikuti { $name }
copyright-notice = Hak atas judul, cuplikan, dan gambar dimiliki penerbit masing-masing. Setiap berita di sini mengarah ke sumber aslinya.

## Front page

latest = Berita terbaru
in-the-news = Ramai diberitakan
trending = Sedang tren
more-stories = Berita lainnya
no-stories = Belum ada berita di sini.

## Lists of stories

stories-from = Berita dari { $provider }
section-title = Rubrik: { $section }
website = Situs web
page-number = Halaman { $number }
page-number-of = Halaman { $number } dari { $total }
title-with-page = { $title }, halaman { $number }
newer-stories = Berita lebih baru
older-stories = Berita lebih lama
newest = Terbaru
previous = Sebelumnya
next = Berikutnya
article-count = { $count ->
   *[other] { $count } berita
}
nothing-here = Belum ada konten di sini.

## Archive

archive = Arsip
stories-of = Berita { $period }
stories-of-range = Berita { $from } hingga { $to }

## Stories

video = Video
video-title = Video: { $title }
read-at = Baca di { $provider }
watch-at = Tonton di { $provider }
amp-version = Versi AMP berita ini
related = Berita terkait
elsewhere = Di situs lain
more-from = Berita lain dari { $provider }
more-on = Berita lain tentang { $topic }
our-note = Catatan redaksi
previous-story = Berita sebelumnya
next-story = Berita berikutnya
also-covered-by = Juga diberitakan oleh:
name-separator = { ", " }
and-more = dan { $count } lainnya
this-story = Tentang peristiwa ini
all-reports = Semua laporan
story-title = Semua laporan: { $title }

## Texts of the site

footnotes = Catatan kaki
footnote = Catatan kaki { $number }
back-to-reference = Kembali ke rujukan { $number }
table = Tabel
task-done = Selesai
task-open = Belum selesai

## Other pages

not-found = Halaman tidak ditemukan
not-found-text = Alamatnya mungkin salah ketik, atau beritanya sudah ditarik.
page-moved = Halaman ini telah pindah

## Feeds

source = Sumber:
feed-note = Ini adalah feed. Untuk mengikutinya, salin alamatnya ke pembaca feed.
