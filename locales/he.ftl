### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = דילוג לתוכן
sections = מדורים
breadcrumb = נתיב ניווט
site = האתר
page-navigation = ניווט בין עמודים
front-page = עמוד הבית
topics = נושאים
all-topics = כל הנושאים
providers = מקורות
all-providers = כל המקורות
pages = עמודים
all-pages = כל העמודים
all-articles = כל הכתבות
feed = פיד
follow = מעקב אחר { $name }
copyright-notice = הזכויות בכותרות, בתקצירים ובתמונות שמורות למקורות שפרסמו אותם. כל כתבה כאן מובילה לפרסום המקורי.

## Front page

latest = הכתבות האחרונות
in-the-news = על סדר היום
trending = נושאים חמים
more-stories = כתבות נוספות
no-stories = אין כאן עדיין כתבות.

## Lists of stories

stories-from = כתבות מאתר { $provider }
section-title = מדור: { $section }
website = אתר האינטרנט
page-number = עמוד { $number }
page-number-of = עמוד { $number } מתוך { $total }
title-with-page = { $title }, עמוד { $number }
newer-stories = כתבות חדשות יותר
older-stories = כתבות ישנות יותר
newest = הכתבות החדשות ביותר
previous = הקודם
next = הבא
article-count = { $count ->
    [one] כתבה אחת
    [two] שתי כתבות
   *[other] { $count } כתבות
}
nothing-here = אין כאן עדיין תוכן.

## Archive

archive = ארכיון
stories-of = כתבות: { $period }
stories-of-range = כתבות: { $from } עד { $to }

## Stories

video = וידאו
video-title = וידאו: { $title }
read-at = לקריאה באתר { $provider }
watch-at = לצפייה באתר { $provider }
amp-version = גרסת AMP של הכתבה
related = כתבות קשורות
elsewhere = באתר חיצוני
more-from = עוד מאתר { $provider }
more-on = עוד בנושא { $topic }
our-note = הערת המערכת
previous-story = הכתבה הקודמת
next-story = הכתבה הבאה
also-covered-by = דיווחו גם:
name-separator = { ", " }
and-more = ועוד { $count }
this-story = על האירוע הזה
all-reports = כל הדיווחים
story-title = כל הדיווחים: { $title }

## Texts of the site

footnotes = הערות שוליים
footnote = הערה { $number }
back-to-reference = חזרה להפניה { $number }
table = טבלה
task-done = בוצע
task-open = לא בוצע

## Other pages

not-found = העמוד לא נמצא
not-found-text = ייתכן שנפלה טעות בכתובת, או שהכתבה הוסרה.
page-moved = העמוד עבר לכתובת חדשה

## Feeds

source = מקור:
feed-note = זהו פיד. כדי לעקוב אחריו, יש להעתיק את כתובתו לקורא פידים.
