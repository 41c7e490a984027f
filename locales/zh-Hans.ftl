### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = 跳至主要内容
sections = 栏目
breadcrumb = 当前位置
site = 本站
page-navigation = 分页
front-page = 首页
topics = 话题
all-topics = 全部话题
providers = 媒体
all-providers = 全部媒体
pages = 页面
all-pages = 全部页面
all-articles = 全部文章
feed = 订阅源
follow = 关注{ $name }
copyright-notice = 标题、摘要和图片的版权归各发布媒体所有。本站每篇文章均链接至原文。

## Front page

latest = 最新文章
in-the-news = 热门话题
trending = 正在升温
more-stories = 更多文章
no-stories = 暂无文章。

## Lists of stories

stories-from = { $provider }的文章
section-title = 栏目：{ $section }
website = 网站
page-number = 第{ $number }页
page-number-of = 第{ $number }页，共{ $total }页
title-with-page = { $title }（第{ $number }页）
newer-stories = 较新的文章
older-stories = 较早的文章
newest = 最新
previous = 上一页
next = 下一页
article-count = { $count ->
   *[other] { $count }篇文章
}
nothing-here = 暂无内容。

## Archive

archive = 往期文章
stories-of = { $period }的文章
stories-of-range = { $from }至{ $to }的文章

## Stories

video = 视频
video-title = 视频：{ $title }
read-at = 前往{ $provider }阅读
watch-at = 前往{ $provider }观看
amp-version = 本文的AMP版本
related = 相关文章
elsewhere = 外部链接
more-from = { $provider }的更多文章
more-on = 更多“{ $topic }”相关文章
our-note = 编者按
previous-story = 上一篇文章
next-story = 下一篇文章
also-covered-by = 其他报道：
name-separator = { "、" }
and-more = 另有{ $count }家
this-story = 关于此事的报道
all-reports = 全部报道
story-title = 全部报道：{ $title }

## Texts of the site

footnotes = 脚注
footnote = 脚注{ $number }
back-to-reference = 返回引用处{ $number }
table = 表格
task-done = 已完成
task-open = 未完成

## Other pages

not-found = 找不到页面
not-found-text = 网址可能有误，或文章已被撤下。
page-moved = 此页面已移至新网址

## Feeds

source = 来源：
feed-note = 这是一个订阅源。要关注它，请将其地址复制到阅读器中。
