//! Initials, shown in place of a missing image.

/// One or two letters of a name.
pub(super) fn initials(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let words = words.filter(|word| !word.eq_ignore_ascii_case("the"));
    words.take(2).filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_of_names() {
        for (name, letters) in [
            ("The Harbour Post", "HP"),
            ("Meridian", "M"),
            ("東京 新聞", "東新"),
            ("ünit-8", "Ü8"),
            ("—", ""),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }
}
