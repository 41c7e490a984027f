### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Перейти до вмісту
sections = Рубрики
breadcrumb = Навігаційний ланцюжок
site = Сайт
page-navigation = Сторінки
front-page = Головна
topics = Теми
all-topics = Усі теми
providers = Джерела
all-providers = Усі джерела
pages = Сторінки
all-pages = Усі сторінки
all-articles = Усі статті
feed = Вебстрічка
follow = Підписатися: { $name }
copyright-notice = Права на заголовки, уривки та зображення належать їхнім видавцям. Кожна стаття веде до оригіналу.

## Front page

latest = Останні новини
in-the-news = Актуальні теми
trending = У тренді
more-stories = Більше статей
no-stories = Тут ще немає статей.

## Lists of stories

stories-from = Статті із сайту «{ $provider }»
section-title = Рубрика: { $section }
website = Вебсайт
page-number = Сторінка { $number }
page-number-of = Сторінка { $number } з { $total }
title-with-page = { $title }, сторінка { $number }
newer-stories = Новіші статті
older-stories = Старіші статті
newest = Найновіші
previous = Попередня
next = Наступна
article-count = { $count ->
    [one] { $count } стаття
    [few] { $count } статті
    [many] { $count } статей
   *[other] { $count } статті
}
nothing-here = Тут ще нічого немає.

## Archive

archive = Архів
stories-of = Статті: { $period }
stories-of-range = Статті: { $from } – { $to }

## Stories

video = Відео
video-title = Відео: { $title }
read-at = Читати на сайті «{ $provider }»
watch-at = Дивитися на сайті «{ $provider }»
amp-version = AMP-версія цієї статті
related = Читайте також
elsewhere = На іншому сайті
more-from = Більше із сайту «{ $provider }»
more-on = Більше на тему «{ $topic }»
our-note = Наш коментар
previous-story = Попередня стаття
next-story = Наступна стаття
also-covered-by = Про це також пишуть:
name-separator = { ", " }
and-more = та ще { $count }
this-story = Про цю подію
all-reports = Усі повідомлення
story-title = Усі повідомлення: { $title }

## Texts of the site

footnotes = Примітки
footnote = Примітка { $number }
back-to-reference = Назад до посилання { $number }
table = Таблиця
task-done = Виконано
task-open = Не виконано

## Other pages

not-found = Сторінку не знайдено
not-found-text = Можливо, в адресі є помилка або статтю вилучено.
page-moved = Сторінку переміщено

## Feeds

source = Джерело:
feed-note = Це вебстрічка. Щоб підписатися на неї, скопіюйте її адресу до програми для читання вебстрічок.
