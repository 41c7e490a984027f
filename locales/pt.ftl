### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Saltar para o conteúdo
sections = Secções
breadcrumb = Caminho de navegação
site = Site
page-navigation = Paginação
front-page = Página inicial
topics = Temas
all-topics = Todos os temas
providers = Fontes
all-providers = Todas as fontes
pages = Páginas
all-pages = Todas as páginas
all-articles = Todos os artigos
feed = Feed
follow = Seguir { $name }
copyright-notice = Os títulos, os excertos e as imagens pertencem aos respetivos editores. Cada artigo remete para a publicação original.

## Front page

latest = Últimas
in-the-news = Em foco
trending = Tendências
more-stories = Mais artigos
no-stories = Ainda não há artigos.

## Lists of stories

stories-from = Artigos publicados por { $provider }
section-title = Secção: { $section }
website = Site
page-number = Página { $number }
page-number-of = Página { $number } de { $total }
title-with-page = { $title }, página { $number }
newer-stories = Artigos mais recentes
older-stories = Artigos mais antigos
newest = Os mais recentes
previous = Anterior
next = Seguinte
article-count = { $count ->
    [one] { $count } artigo
    [many] { $count } de artigos
   *[other] { $count } artigos
}
nothing-here = Ainda não há nada aqui.

## Archive

archive = Arquivo
stories-of = Artigos: { $period }
stories-of-range = Artigos: de { $from } a { $to }

## Stories

video = Vídeo
video-title = Vídeo: { $title }
read-at = Ler no site { $provider }
watch-at = Ver no site { $provider }
amp-version = Versão AMP deste artigo
related = Artigos relacionados
elsewhere = Noutro site
more-from = Da mesma fonte: { $provider }
more-on = Mais sobre { $topic }
our-note = O nosso comentário
previous-story = Artigo anterior
next-story = Artigo seguinte
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
task-open = Por concluir

## Other pages

not-found = Página não encontrada
not-found-text = O endereço pode estar incorreto ou o artigo pode ter sido retirado.
page-moved = Esta página mudou de endereço

## Feeds

source = Fonte:
feed-note = Isto é um feed. Para o seguir, copie o seu endereço para um leitor de feeds.
