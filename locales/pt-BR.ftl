### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Ir para o conteúdo
sections = Seções
breadcrumb = Caminho de navegação
site = Site
page-navigation = Paginação
front-page = Página inicial
topics = Assuntos
all-topics = Todos os assuntos
providers = Fontes
all-providers = Todas as fontes
pages = Páginas
all-pages = Todas as páginas
all-articles = Todas as notícias
feed = Feed
follow = Seguir { $name }
copyright-notice = Os títulos, trechos e imagens pertencem aos veículos que os publicaram. Cada notícia leva à publicação original.

## Front page

latest = Últimas notícias
in-the-news = Em alta
trending = Tendências
more-stories = Mais notícias
no-stories = Ainda não há notícias aqui.

## Lists of stories

stories-from = Notícias publicadas por { $provider }
section-title = Seção: { $section }
website = Site
page-number = Página { $number }
page-number-of = Página { $number } de { $total }
title-with-page = { $title }, página { $number }
newer-stories = Notícias mais recentes
older-stories = Notícias mais antigas
newest = Últimas notícias
previous = Anterior
next = Próxima
article-count = { $count ->
    [one] { $count } notícia
    [many] { $count } de notícias
   *[other] { $count } notícias
}
nothing-here = Ainda não há nada aqui.

## Archive

archive = Arquivo
stories-of = Notícias: { $period }
stories-of-range = Notícias: de { $from } a { $to }

## Stories

video = Vídeo
video-title = Vídeo: { $title }
read-at = Ler no site { $provider }
watch-at = Assistir no site { $provider }
amp-version = Versão AMP desta notícia
related = Leia também
elsewhere = Em outro site
more-from = Da mesma fonte: { $provider }
more-on = Mais sobre { $topic }
our-note = Nosso comentário
previous-story = Notícia anterior
next-story = Próxima notícia
also-covered-by = Também noticiado por:
name-separator = { ", " }
and-more = e mais { $count }
this-story = Sobre este acontecimento
all-reports = Toda a cobertura
story-title = Toda a cobertura: { $title }

## Texts of the site

footnotes = Notas de rodapé
footnote = Nota { $number }
back-to-reference = Voltar à chamada { $number }
table = Tabela
task-done = Concluído
task-open = Não concluído

## Other pages

not-found = Página não encontrada
not-found-text = O endereço pode ter sido digitado incorretamente ou a notícia pode ter sido removida.
page-moved = Esta página mudou de endereço

## Feeds

source = Fonte:
feed-note = Isto é um feed. Para segui-lo, copie o endereço dele para um leitor de feeds.
