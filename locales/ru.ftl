### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Перейти к содержимому
sections = Рубрики
breadcrumb = Навигационная цепочка
site = Сайт
page-navigation = Постраничная навигация
front-page = Главная
topics = Темы
all-topics = Все темы
providers = Источники
all-providers = Все источники
pages = Страницы
all-pages = Все страницы
all-articles = Все материалы
feed = Лента
follow = Подписаться: { $name }
copyright-notice = Права на заголовки, отрывки и изображения принадлежат их издателям. Каждый материал ведёт к первоисточнику.

## Front page

latest = Последние новости
in-the-news = Актуальные темы
trending = В тренде
more-stories = Другие материалы
no-stories = Материалов пока нет.

## Lists of stories

stories-from = Материалы сайта «{ $provider }»
section-title = Рубрика: { $section }
website = Сайт
page-number = Страница { $number }
page-number-of = Страница { $number } из { $total }
title-with-page = { $title }, страница { $number }
newer-stories = Более новые материалы
older-stories = Более ранние материалы
newest = Самые новые
previous = Назад
next = Вперёд
article-count = { $count ->
    [one] { $count } материал
    [few] { $count } материала
    [many] { $count } материалов
   *[other] { $count } материала
}
nothing-here = Здесь пока ничего нет.

## Archive

archive = Архив
stories-of = Материалы за { $period }
stories-of-range = Материалы за { $from } – { $to }

## Stories

video = Видео
video-title = Видео: { $title }
read-at = Читать на сайте «{ $provider }»
watch-at = Смотреть на сайте «{ $provider }»
amp-version = AMP-версия материала
related = Читайте также
elsewhere = На другом сайте
more-from = Другие материалы сайта «{ $provider }»
more-on = Другие материалы по теме «{ $topic }»
our-note = Наш комментарий
previous-story = Предыдущий материал
next-story = Следующий материал
also-covered-by = Об этом также пишут:
name-separator = { ", " }
and-more = и ещё { $count }
this-story = Об этом событии
all-reports = Все сообщения
story-title = Все сообщения: { $title }

## Texts of the site

footnotes = Примечания
footnote = Примечание { $number }
back-to-reference = Назад к ссылке { $number }
table = Таблица
task-done = Выполнено
task-open = Не выполнено

## Other pages

not-found = Страница не найдена
not-found-text = Возможно, адрес введён с ошибкой или материал снят с публикации.
page-moved = Страница перемещена

## Feeds

source = Источник:
feed-note = Это лента. Чтобы подписаться на неё, скопируйте её адрес в программу для чтения лент.
