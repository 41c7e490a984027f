### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = 본문 바로가기
sections = 섹션
breadcrumb = 현재 위치
site = 사이트
page-navigation = 페이지 이동
front-page = 홈
topics = 주제
all-topics = 전체 주제
providers = 매체
all-providers = 전체 매체
pages = 페이지
all-pages = 전체 페이지
all-articles = 전체 기사
feed = 피드
follow = { $name } 구독
copyright-notice = 기사 제목, 발췌문, 이미지의 저작권은 각 매체에 있습니다. 이 사이트의 모든 기사는 원문으로 연결됩니다.

## Front page

latest = 최신 기사
in-the-news = 지금 화제
trending = 급상승 주제
more-stories = 더 많은 기사
no-stories = 아직 기사가 없습니다.

## Lists of stories

stories-from = { $provider } 기사
section-title = 섹션: { $section }
website = 웹사이트
page-number = { $number }페이지
page-number-of = 전체 { $total }페이지 중 { $number }페이지
title-with-page = { $title } ({ $number }페이지)
newer-stories = 최근 기사
older-stories = 지난 기사
newest = 최신 기사
previous = 이전
next = 다음
article-count = { $count ->
   *[other] 기사 { $count }건
}
nothing-here = 아직 내용이 없습니다.

## Archive

archive = 아카이브
stories-of = { $period } 기사
stories-of-range = { $from }부터 { $to }까지의 기사

## Stories

video = 동영상
video-title = 동영상: { $title }
read-at = { $provider }에서 읽기
watch-at = { $provider }에서 보기
amp-version = 이 기사의 AMP 버전
related = 관련 기사
elsewhere = 외부 사이트
more-from = { $provider }의 다른 기사
more-on = ‘{ $topic }’에 관한 다른 기사
our-note = 편집자 주
previous-story = 이전 기사
next-story = 다음 기사
also-covered-by = 다른 보도:
name-separator = { ", " }
and-more = 외 { $count }곳
this-story = 이 사안의 보도
all-reports = 전체 보도
story-title = 전체 보도: { $title }

## Texts of the site

footnotes = 각주
footnote = 각주 { $number }
back-to-reference = 참조 위치 { $number }(으)로 돌아가기
table = 표
task-done = 완료
task-open = 미완료

## Other pages

not-found = 페이지를 찾을 수 없습니다
not-found-text = 주소가 잘못되었거나 기사가 삭제되었을 수 있습니다.
page-moved = 페이지 주소가 변경되었습니다

## Feeds

source = 출처:
feed-note = 이것은 피드입니다. 구독하려면 이 주소를 피드 리더에 복사하세요.
