//! User names and passwords in URLs are errors, and no output shows them.

use crate::fixture::{CONFIG, Site, article, newsgen, text};

/// All output of the command about a site.
fn printed(site: &Site, command: &str) -> String {
    let output = newsgen(site.root(), &[command]);
    let printed = text(&output.stderr) + &text(&output.stdout);
    assert!(!printed.contains("s3cret"), "{printed}");
    printed
}

#[test]
fn credentials_in_documents_are_errors_and_not_shown() {
    for address in [
        "https://user:s3cret@host.example/",
        "https://s3cret@host.example/",
        "https:user:s3cret@host.example/",
        "HTTPS://user:s3cret@host.example/",
        "//user:s3cret@host.example/",
        "ftp://user:s3cret@host.example/",
        "user:s3cret@host.example",
        "https://user:s3cret#x@host.example/",
        "https://user:x/s3cret@host.example/",
        "https://user:s3cret&#64;host.example/",
        "\"https://user:s3cret\\x40host.example/\"",
    ] {
        let site = Site::new("");
        let good = "https://www.provider.example/a";
        site.write("content/a.md", article("A", "2026-01-02", "").replace(good, address));
        for command in ["build", "check"] {
            let printed = printed(&site, command);
            assert!(printed.contains("content/a.md:5:14"), "{printed}");
            let is_explained = printed.contains("URLs must not contain a user name or password");
            assert!(is_explained || address.starts_with("//"), "{address} {printed}");
        }
    }
}

#[test]
fn credentials_anywhere_in_a_document_are_not_shown() {
    let address = "https://user:s3cret@host.example/x";
    for lines in [
        format!("webUrl: {address}"),
        format!("ampWebUrl: {address}"),
        format!("cdnAmpWebUrl: {address}"),
        format!("images: [{{url: \"{address}\", width: wide}}]"),
        format!("images: {address}"),
        format!("related: {address}"),
        format!("related: [{{title: R, webUrl: \"{address}\"}}]"),
        format!("aliases: {address}"),
        format!("slug: {address}"),
        format!("articlePages: {address}"),
        format!("featuredContent: {address}"),
        format!("topics: {address}"),
        format!("quality: {address}"),
        format!("date: {address}"),
        format!("motto: {address} #1"),
        format!("motto: \"{address}"),
        format!("motto: {address}: x"),
        format!("x: {}, y: {address}: x", "x".repeat(600)),
    ] {
        let site = Site::new("");
        site.write("content/a.md", article("A", "2026-01-02", &format!("{lines}\n")));
        assert!(printed(&site, "check").contains("content/a.md:9:"), "{lines}");
    }
    let site = Site::new("");
    let body = format!(
        "[x]({address}) ![x]({address}) <a href='{address}'>x</a>\n\n[x](ftp://u:{}@h)\n",
        "s3cret".repeat(20)
    );
    site.write("content/a.md", article("A", "2026-01-02", "") + &body);
    assert!(printed(&site, "check").contains("URLs must not contain a user name or password"));
    site.write(
        "content/topics/t.md",
        format!("---\nurl: {address}\nfeed: {address}\nlogo: {address}\n---\n"),
    );
    site.write(
        "content/b.md",
        article("B", "2026-01-02", "")
            .replace("domain: provider.example", &format!("domain: {address}")),
    );
    site.write("content/c.md", format!("{address}\n"));
    printed(&site, "check");
}

#[test]
fn credentials_in_site_toml_are_not_shown() {
    let address = "https://user:s3cret@host.example/";
    for config in [
        CONFIG.replace("https://test.example/", address),
        format!("{CONFIG}permalink = \"{address}\"\nlanguage = \"{address}\"\n"),
        format!("{CONFIG}[extra]\nx = \"{address}\" y\n"),
        format!(
            "{CONFIG}[deploy.a]\nurl = \"{address}\"\n[deploy.b]\nurl = \"s3://key:s3cret@bucket/\"\n"
        ),
        format!("{CONFIG}[feeds]\nhub = \"{address}\"\nhubs = [\"{address}\"]\n"),
    ] {
        let site = Site::new("");
        site.write("content/a.md", article("A", "2026-01-02", ""));
        site.write("site.toml", config);
        assert!(printed(&site, "check").contains("site.toml:"));
    }
    let site = Site::new("");
    site.write("content/a.md", article("A", "2026-01-02", ""));
    let output = newsgen(site.root(), &["build", "--base-url", address]);
    assert!(!output.status.success());
    assert!(!(text(&output.stderr) + &text(&output.stdout)).contains("s3cret"));
}
