### The words of the theme, for readers of the site. The syntax is Fluent (https://projectfluent.org/fluent/guide/).

## Landmarks and links of every page

skip-to-content = Μετάβαση στο περιεχόμενο
sections = Ενότητες
breadcrumb = Διαδρομή πλοήγησης
site = Ιστότοπος
page-navigation = Σελιδοποίηση
front-page = Αρχική
topics = Θέματα
all-topics = Όλα τα θέματα
providers = Πηγές
all-providers = Όλες οι πηγές
pages = Σελίδες
all-pages = Όλες οι σελίδες
all-articles = Όλα τα άρθρα
feed = Ροή
follow = Ακολουθήστε: { $name }
copyright-notice = Οι τίτλοι, τα αποσπάσματα και οι εικόνες ανήκουν στους εκδότες τους. Κάθε άρθρο οδηγεί στην πρωτότυπη δημοσίευση.

## Front page

latest = Τελευταίες ειδήσεις
in-the-news = Στην επικαιρότητα
trending = Τάσεις
more-stories = Περισσότερα άρθρα
no-stories = Δεν υπάρχουν ακόμη άρθρα.

## Lists of stories

stories-from = Άρθρα από την πηγή: { $provider }
section-title = Ενότητα: { $section }
website = Ιστότοπος
page-number = Σελίδα { $number }
page-number-of = Σελίδα { $number } από { $total }
title-with-page = { $title }, σελίδα { $number }
newer-stories = Νεότερα άρθρα
older-stories = Παλαιότερα άρθρα
newest = Τα πιο πρόσφατα
previous = Προηγούμενη
next = Επόμενη
article-count = { $count ->
    [one] { $count } άρθρο
   *[other] { $count } άρθρα
}
nothing-here = Δεν υπάρχει ακόμη τίποτα εδώ.

## Archive

archive = Αρχείο
stories-of = Άρθρα: { $period }
stories-of-range = Άρθρα: { $from } – { $to }

## Stories

video = Βίντεο
video-title = Βίντεο: { $title }
read-at = Διαβάστε το στην πηγή: { $provider }
watch-at = Δείτε το στην πηγή: { $provider }
amp-version = Έκδοση AMP του άρθρου
related = Σχετικά άρθρα
elsewhere = Σε άλλον ιστότοπο
more-from = Περισσότερα από την πηγή: { $provider }
more-on = Περισσότερα για το θέμα: { $topic }
our-note = Το σχόλιό μας
previous-story = Προηγούμενο άρθρο
next-story = Επόμενο άρθρο
also-covered-by = Το καλύπτουν επίσης:
name-separator = { ", " }
and-more = και { $count } ακόμη
this-story = Για αυτό το γεγονός
all-reports = Όλα τα δημοσιεύματα
story-title = Όλα τα δημοσιεύματα: { $title }

## Texts of the site

footnotes = Υποσημειώσεις
footnote = Υποσημείωση { $number }
back-to-reference = Επιστροφή στην παραπομπή { $number }
table = Πίνακας
task-done = Ολοκληρώθηκε
task-open = Δεν ολοκληρώθηκε

## Other pages

not-found = Η σελίδα δεν βρέθηκε
not-found-text = Η διεύθυνση ενδέχεται να είναι λανθασμένη ή το άρθρο να έχει αποσυρθεί.
page-moved = Η σελίδα έχει μεταφερθεί

## Feeds

source = Πηγή:
feed-note = Αυτή είναι μια ροή. Για να την ακολουθήσετε, αντιγράψτε τη διεύθυνσή της σε ένα πρόγραμμα ανάγνωσης ροών.
