### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = پرش به محتوا
sections = بخش‌ها
breadcrumb = مسیر صفحه
site = سایت
page-navigation = پیمایش صفحه‌ها
front-page = صفحهٔ نخست
topics = موضوع‌ها
all-topics = همهٔ موضوع‌ها
providers = رسانه‌ها
all-providers = همهٔ رسانه‌ها
pages = صفحه‌ها
all-pages = همهٔ صفحه‌ها
all-articles = همهٔ مطالب
feed = خوراک
follow = دنبال کردن { $name }
copyright-notice = حقوق تیترها، گزیده‌ها و عکس‌ها متعلق به ناشران آن‌هاست. هر مطلب به نسخهٔ اصلی آن پیوند دارد.

## Front page

latest = تازه‌ترین مطالب
in-the-news = موضوع‌های روز
trending = موضوع‌های داغ
more-stories = مطالب بیشتر
no-stories = هنوز مطلبی در اینجا نیست.

## Lists of stories

stories-from = مطالب { $provider }
section-title = بخش: { $section }
website = وب‌سایت
page-number = صفحهٔ { $number }
page-number-of = صفحهٔ { $number } از { $total }
title-with-page = { $title }، صفحهٔ { $number }
newer-stories = مطالب تازه‌تر
older-stories = مطالب قدیمی‌تر
newest = تازه‌ترین‌ها
previous = قبلی
next = بعدی
article-count = { $count ->
    [one] { $count } مطلب
   *[other] { $count } مطلب
}
nothing-here = هنوز چیزی در اینجا نیست.

## Archive

archive = آرشیو
stories-of = مطالب { $period }
stories-of-range = مطالب { $from } تا { $to }

## Stories

video = ویدئو
video-title = ویدئو: { $title }
read-at = خواندن در { $provider }
watch-at = تماشا در { $provider }
amp-version = نسخهٔ AMP این مطلب
related = مطالب مرتبط
elsewhere = در سایتی دیگر
more-from = مطالب بیشتر از { $provider }
more-on = مطالب بیشتر دربارهٔ { $topic }
our-note = یادداشت تحریریه
previous-story = مطلب قبلی
next-story = مطلب بعدی
also-covered-by = رسانه‌های دیگر دربارهٔ همین خبر:
name-separator = { "، " }
and-more = و { $count } رسانهٔ دیگر
this-story = دربارهٔ این خبر
all-reports = همهٔ گزارش‌ها
story-title = همهٔ گزارش‌ها: { $title }

## Texts of the site

footnotes = پانویس‌ها
footnote = پانویس { $number }
back-to-reference = بازگشت به ارجاع { $number }
table = جدول
task-done = انجام‌شده
task-open = انجام‌نشده

## Other pages

not-found = صفحه پیدا نشد
not-found-text = ممکن است نشانی نادرست باشد یا مطلب حذف شده باشد.
page-moved = نشانی این صفحه تغییر کرده است

## Feeds

source = منبع:
feed-note = این یک خوراک است. برای دنبال کردن آن، نشانی‌اش را در یک خوراک‌خوان کپی کنید.
