### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = 本文へスキップ
sections = カテゴリー
breadcrumb = パンくずリスト
site = サイト
page-navigation = ページ送り
front-page = トップページ
topics = トピック
all-topics = トピック一覧
providers = 配信元
all-providers = 配信元一覧
pages = ページ
all-pages = ページ一覧
all-articles = 記事一覧
feed = フィード
follow = { $name }をフォロー
copyright-notice = 見出し、抜粋、画像の権利は各配信元に帰属します。すべての記事は配信元のページにリンクしています。

## Front page

latest = 最新記事
in-the-news = 注目のトピック
trending = 急上昇のトピック
more-stories = その他の記事
no-stories = まだ記事がありません。

## Lists of stories

stories-from = { $provider }の記事
section-title = カテゴリー：{ $section }
website = ウェブサイト
page-number = { $number }ページ目
page-number-of = { $total }ページ中{ $number }ページ目
title-with-page = { $title }（{ $number }ページ目）
newer-stories = 新しい記事
older-stories = 過去の記事
newest = 最新の記事
previous = 前へ
next = 次へ
article-count = { $count ->
   *[other] 記事{ $count }件
}
nothing-here = まだ何も掲載されていません。

## Archive

archive = アーカイブ
stories-of = { $period }の記事
stories-of-range = { $from }から{ $to }までの記事

## Stories

video = 動画
video-title = 動画：{ $title }
read-at = { $provider }で読む
watch-at = { $provider }で見る
amp-version = この記事のAMP版
related = 関連記事
elsewhere = 外部サイト
more-from = { $provider }のほかの記事
more-on = 「{ $topic }」に関するほかの記事
our-note = 編集部より
previous-story = 前の記事
next-story = 次の記事
also-covered-by = ほかの報道：
name-separator = { "、" }
and-more = ほか{ $count }件
this-story = この出来事の報道
all-reports = すべての報道
story-title = すべての報道：{ $title }

## Texts of the site

footnotes = 脚注
footnote = 脚注{ $number }
back-to-reference = 参照箇所{ $number }に戻る
table = 表
task-done = 完了
task-open = 未完了

## Other pages

not-found = ページが見つかりません
not-found-text = アドレスが間違っているか、記事の掲載が終了した可能性があります。
page-moved = このページは移動しました

## Feeds

source = 配信元：
feed-note = これはフィードです。フォローするには、このアドレスをフィードリーダーにコピーしてください。
