### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = الانتقال إلى المحتوى
sections = الأقسام
breadcrumb = مسار التنقل
site = الموقع
page-navigation = التنقل بين الصفحات
front-page = الصفحة الرئيسية
topics = المواضيع
all-topics = جميع المواضيع
providers = المصادر
all-providers = جميع المصادر
pages = الصفحات
all-pages = جميع الصفحات
all-articles = جميع الأخبار
feed = موجز الويب
follow = متابعة { $name }
copyright-notice = حقوق العناوين والمقتطفات والصور محفوظة لناشريها. كل خبر هنا يحيل إلى مصدره الأصلي.

## Front page

latest = آخر الأخبار
in-the-news = مواضيع الساعة
trending = الأكثر رواجًا
more-stories = المزيد من الأخبار
no-stories = لا توجد أخبار هنا بعد.

## Lists of stories

stories-from = أخبار من { $provider }
section-title = القسم: { $section }
website = الموقع الإلكتروني
page-number = الصفحة { $number }
page-number-of = الصفحة { $number } من { $total }
title-with-page = { $title }، الصفحة { $number }
newer-stories = أخبار أحدث
older-stories = أخبار أقدم
newest = الأحدث
previous = السابق
next = التالي
article-count = { $count ->
    [zero] { $count } خبر
    [one] خبر واحد
    [two] خبران
    [few] { $count } أخبار
    [many] { $count } خبرًا
   *[other] { $count } خبر
}
nothing-here = لا يوجد محتوى هنا بعد.

## Archive

archive = الأرشيف
stories-of = أخبار { $period }
stories-of-range = الأخبار من { $from } إلى { $to }

## Stories

video = فيديو
video-title = فيديو: { $title }
read-at = القراءة على موقع { $provider }
watch-at = المشاهدة على موقع { $provider }
amp-version = نسخة AMP من هذا الخبر
related = أخبار ذات صلة
elsewhere = موقع خارجي
more-from = المزيد من { $provider }
more-on = المزيد عن { $topic }
our-note = ملاحظة التحرير
previous-story = الخبر السابق
next-story = الخبر التالي
also-covered-by = أوردته أيضًا:
name-separator = { "، " }
and-more = و{ $count } غيرها
this-story = عن هذا الخبر
all-reports = كل التقارير
story-title = كل التقارير: { $title }

## Texts of the site

footnotes = الحواشي
footnote = الحاشية { $number }
back-to-reference = العودة إلى الموضع { $number }
table = جدول
task-done = مُنجز
task-open = غير مُنجز

## Other pages

not-found = الصفحة غير موجودة
not-found-text = ربما يكون الرابط غير صحيح، أو أن الخبر قد سُحب.
page-moved = نُقلت هذه الصفحة إلى عنوان جديد

## Feeds

source = المصدر:
feed-note = هذا موجز ويب. لمتابعته، انسخ عنوانه إلى قارئ موجزات.
