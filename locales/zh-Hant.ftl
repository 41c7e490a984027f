### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = 跳至主要內容
sections = 分類
breadcrumb = 目前位置
site = 本站
page-navigation = 分頁
front-page = 首頁
topics = 話題
all-topics = 所有話題
providers = 媒體
all-providers = 所有媒體
pages = 頁面
all-pages = 所有頁面
all-articles = 所有文章
feed = 訂閱源
follow = 追蹤{ $name }
copyright-notice = 標題、摘要及圖片的版權屬各發布媒體所有。本站每篇文章均連結至原文。

## Front page

latest = 最新文章
in-the-news = 熱門話題
trending = 正在升溫
more-stories = 更多文章
no-stories = 目前沒有文章。

## Lists of stories

stories-from = { $provider }的文章
section-title = 分類：{ $section }
website = 網站
page-number = 第{ $number }頁
page-number-of = 第{ $number }頁，共{ $total }頁
title-with-page = { $title }（第{ $number }頁）
newer-stories = 較新的文章
older-stories = 較舊的文章
newest = 最新
previous = 上一頁
next = 下一頁
article-count = { $count ->
   *[other] { $count }篇文章
}
nothing-here = 目前沒有內容。

## Archive

archive = 過往文章
stories-of = { $period }的文章
stories-of-range = { $from }至{ $to }的文章

## Stories

video = 影片
video-title = 影片：{ $title }
read-at = 前往{ $provider }閱讀
watch-at = 前往{ $provider }觀看
amp-version = 本文的AMP版本
related = 相關文章
elsewhere = 外部連結
more-from = { $provider }的更多文章
more-on = 更多「{ $topic }」相關文章
our-note = 編者按
previous-story = 上一篇文章
next-story = 下一篇文章
also-covered-by = 其他報導：
name-separator = { "、" }
and-more = 另有{ $count }家
this-story = 關於此事的報導
all-reports = 所有報導
story-title = 所有報導：{ $title }

## Texts of the site

footnotes = 註腳
footnote = 註腳{ $number }
back-to-reference = 返回引用處{ $number }
table = 表格
task-done = 已完成
task-open = 未完成

## Other pages

not-found = 找不到頁面
not-found-text = 網址可能有誤，或文章已撤下。
page-moved = 此頁面已移至新網址

## Feeds

source = 來源：
feed-note = 這是一個訂閱源。要追蹤它，請將其網址複製到閱讀器中。
