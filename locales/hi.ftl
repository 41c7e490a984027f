### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = मुख्य सामग्री पर जाएं
sections = सेक्शन
breadcrumb = आप यहां हैं
site = साइट
page-navigation = पेज नेविगेशन
front-page = होम पेज
topics = विषय
all-topics = सभी विषय
providers = स्रोत
all-providers = सभी स्रोत
pages = पेज
all-pages = सभी पेज
all-articles = सभी खबरें
feed = फीड
follow = { $name } फॉलो करें
copyright-notice = शीर्षकों, अंशों और तस्वीरों के अधिकार उनके प्रकाशकों के पास हैं। यहां की हर खबर अपने मूल स्रोत से जुड़ी है।

## Front page

latest = ताजा खबरें
in-the-news = चर्चा में
trending = ट्रेंडिंग
more-stories = और खबरें
no-stories = यहां अभी कोई खबर नहीं है।

## Lists of stories

stories-from = { $provider } की खबरें
section-title = सेक्शन: { $section }
website = वेबसाइट
page-number = पेज { $number }
page-number-of = { $total } में से पेज { $number }
title-with-page = { $title }, पेज { $number }
newer-stories = नई खबरें
older-stories = पुरानी खबरें
newest = सबसे नई खबरें
previous = पिछला
next = अगला
article-count = { $count ->
    [one] { $count } खबर
   *[other] { $count } खबरें
}
nothing-here = यहां अभी कुछ नहीं है।

## Archive

archive = आर्काइव
stories-of = { $period } की खबरें
stories-of-range = { $from } से { $to } तक की खबरें

## Stories

video = वीडियो
video-title = वीडियो: { $title }
read-at = { $provider } पर पढ़ें
watch-at = { $provider } पर देखें
amp-version = इस खबर का AMP संस्करण
related = संबंधित खबरें
elsewhere = दूसरी वेबसाइट पर
more-from = { $provider } की और खबरें
more-on = ‘{ $topic }’ पर और खबरें
our-note = संपादक की टिप्पणी
previous-story = पिछली खबर
next-story = अगली खबर
also-covered-by = यह खबर यहां भी:
name-separator = { ", " }
and-more = और { $count } अन्य
this-story = इस खबर पर
all-reports = सभी रिपोर्टें
story-title = सभी रिपोर्टें: { $title }

## Texts of the site

footnotes = पाद टिप्पणियां
footnote = पाद टिप्पणी { $number }
back-to-reference = संदर्भ { $number } पर वापस
table = तालिका
task-done = पूरा
task-open = अधूरा

## Other pages

not-found = पेज नहीं मिला
not-found-text = हो सकता है कि पता गलत टाइप हुआ हो या खबर हटा ली गई हो।
page-moved = इस पेज का पता बदल गया है

## Feeds

source = स्रोत:
feed-note = यह एक फीड है। इसे फॉलो करने के लिए इसका पता किसी फीड रीडर में कॉपी करें।
