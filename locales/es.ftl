### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Ir al contenido
sections = Secciones
breadcrumb = Ruta de navegación
site = Sitio
page-navigation = Paginación
front-page = Portada
topics = Temas
all-topics = Todos los temas
providers = Fuentes
all-providers = Todas las fuentes
pages = Páginas
all-pages = Todas las páginas
all-articles = Todos los artículos
feed = Feed
follow = Seguir { $name }
copyright-notice = Los titulares, extractos e imágenes pertenecen a sus respectivos editores. Cada artículo enlaza con el original.

## Front page

latest = Lo último
in-the-news = Es noticia
trending = Tendencias
more-stories = Más artículos
no-stories = Todavía no hay artículos.

## Lists of stories

stories-from = Artículos de { $provider }
section-title = Sección: { $section }
website = Sitio web
page-number = Página { $number }
page-number-of = Página { $number } de { $total }
title-with-page = { $title }, página { $number }
newer-stories = Artículos más recientes
older-stories = Artículos más antiguos
newest = Lo más reciente
previous = Anterior
next = Siguiente
article-count = { $count ->
    [one] { $count } artículo
    [many] { $count } de artículos
   *[other] { $count } artículos
}
nothing-here = Todavía no hay nada aquí.

## Archive

archive = Archivo
stories-of = Artículos: { $period }
stories-of-range = Artículos: de { $from } a { $to }

## Stories

video = Vídeo
video-title = Vídeo: { $title }
read-at = Leer en { $provider }
watch-at = Ver en { $provider }
amp-version = Versión AMP de este artículo
related = Artículos relacionados
elsewhere = En otro sitio web
more-from = Más de { $provider }
more-on = Más sobre { $topic }
our-note = Nuestro comentario
previous-story = Artículo anterior
next-story = Artículo siguiente
also-covered-by = También lo cuentan:
name-separator = { ", " }
and-more = y { $count } más
this-story = Sobre esta noticia
all-reports = Toda la cobertura
story-title = Toda la cobertura: { $title }

## Texts of the site

footnotes = Notas al pie
footnote = Nota { $number }
back-to-reference = Volver a la referencia { $number }
table = Tabla
task-done = Hecho
task-open = Pendiente

## Other pages

not-found = Página no encontrada
not-found-text = Puede que la dirección esté mal escrita o que el artículo se haya retirado.
page-moved = Esta página ha cambiado de dirección

## Feeds

source = Fuente:
feed-note = Esto es un feed. Para seguirlo, copie su dirección en un lector de feeds.
