### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Chuyển đến nội dung
sections = Chuyên mục
breadcrumb = Đường dẫn điều hướng
site = Trang web
page-navigation = Phân trang
front-page = Trang chủ
topics = Chủ đề
all-topics = Tất cả chủ đề
providers = Nguồn tin
all-providers = Tất cả nguồn tin
pages = Trang
all-pages = Tất cả các trang
all-articles = Tất cả bài viết
feed = Nguồn cấp tin
follow = Theo dõi { $name }
copyright-notice = Tiêu đề, trích đoạn và hình ảnh thuộc về đơn vị xuất bản. Mỗi bài viết đều dẫn đến bản gốc.

## Front page

latest = Mới nhất
in-the-news = Chủ đề nóng
trending = Xu hướng
more-stories = Bài viết khác
no-stories = Chưa có bài viết nào.

## Lists of stories

stories-from = Bài viết từ { $provider }
section-title = Chuyên mục: { $section }
website = Trang web
page-number = Trang { $number }
page-number-of = Trang { $number }/{ $total }
title-with-page = { $title }, trang { $number }
newer-stories = Bài viết mới hơn
older-stories = Bài viết cũ hơn
newest = Mới nhất
previous = Trước
next = Tiếp theo
article-count = { $count ->
    [one] { $count } bài viết
   *[other] { $count } bài viết
}
nothing-here = Chưa có nội dung nào.

## Archive

archive = Lưu trữ
stories-of = Bài viết: { $period }
stories-of-range = Bài viết: { $from } – { $to }

## Stories

video = Video
video-title = Video: { $title }
read-at = Đọc trên { $provider }
watch-at = Xem trên { $provider }
amp-version = Phiên bản AMP của bài viết
related = Bài viết liên quan
elsewhere = Trên trang web khác
more-from = Bài viết khác từ { $provider }
more-on = Bài viết khác về { $topic }
our-note = Lời bình của chúng tôi
previous-story = Bài viết trước
next-story = Bài viết tiếp theo
also-covered-by = Cũng đưa tin này:
name-separator = { ", " }
and-more = và { $count } nguồn khác
this-story = Về sự kiện này
all-reports = Tất cả bài về sự kiện này
story-title = Tất cả bài về: { $title }

## Texts of the site

footnotes = Chú thích cuối trang
footnote = Chú thích { $number }
back-to-reference = Quay lại vị trí tham chiếu { $number }
table = Bảng
task-done = Đã xong
task-open = Chưa xong

## Other pages

not-found = Không tìm thấy trang
not-found-text = Địa chỉ có thể bị gõ sai, hoặc bài viết đã được gỡ.
page-moved = Trang này đã được chuyển sang địa chỉ mới

## Feeds

source = Nguồn:
feed-note = Đây là một nguồn cấp tin. Để theo dõi, hãy sao chép địa chỉ của nó vào một trình đọc nguồn cấp tin.
