//! `newsgen deploy` to a faulty object store, and to a folder with symbolic links.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::fixture::{CONFIG, Site, article};

/// A server that responds to each request by its first line, and records the requests.
struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listener");
        let (address, asked) = (listener.local_addr().expect("address"), Arc::default());
        let noted: Arc<Mutex<Vec<String>>> = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(&stream);
                let (mut request, mut length) = (String::new(), 0);
                if reader.read_line(&mut request).is_err() {
                    continue;
                }
                for line in reader
                    .by_ref()
                    .lines()
                    .map_while(Result::ok)
                    .take_while(|line| !line.is_empty())
                {
                    let value = line
                        .to_lowercase()
                        .strip_prefix("content-length: ")
                        .and_then(|text| text.parse().ok());
                    length = value.unwrap_or(length);
                }
                let _ = reader.take(length).read_to_end(&mut Vec::new());
                let (status, body) = answer(&request);
                noted.lock().expect("lock").push(request);
                let head = format!(
                    "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _ = (&stream).write_all(&[head, body].concat().into_bytes());
            }
        });
        Self { address, asked }
    }
}

fn site(target: &str) -> Site {
    let site = Site::new("");
    site.write("site.toml", format!("{CONFIG}[deploy.live]\n{target}\n"));
    site.write("content/a.md", article("A", "2026-01-02", "topics: [Sea]\n"));
    site.build();
    site
}

fn deploy(site: &Site, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsgen"));
    command
        .arg("deploy")
        .args(arguments)
        .current_dir(site.root())
        .env_clear()
        .env("HOME", site.root());
    command.envs(environment.iter().copied()).output().expect("newsgen runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&*output.stderr, &output.stdout].concat()).into_owned()
}

const KEYS: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "SECRET")];

#[test]
fn invalid_object_names_are_skipped_and_named() {
    let names = ["a&#x1;b", "..", "x/../index.html", "//", "/index.html", "a\u{202e}&#x9b;/./b"];
    let object = |name: &&str| {
        format!(
            "<Contents><Key>news/{name}</Key><LastModified>2026-01-01T00:00:00Z</LastModified><ETag>\"a\"</ETag><Size>1</Size></Contents>"
        )
    };
    let odd: String = names.iter().map(object).collect();
    let listing = move |more: &str| {
        format!("<ListBucketResult>{odd}{more}<IsTruncated>false</IsTruncated></ListBucketResult>")
    };
    let manifest = "<Contents><Key>news/.newsgen/manifest.json.gz</Key><LastModified>2026-01-01T00:00:00Z</LastModified><ETag>\"a\"</ETag><Size>0</Size></Contents>";
    for is_begun in [true, false] {
        let listing = listing(if is_begun { manifest } else { "" });
        let server = Server::start(move |request| match request {
            _ if request.contains("list-type=2") => (200, listing.clone()),
            _ => (404, String::new()),
        });
        let site = site(&format!(
            "url = \"s3://bucket/news\"\nregion = \"x\"\nendpoint = \"http://{}\"",
            server.address
        ));
        let output = deploy(&site, &["--dry-run"], &KEYS);
        let text = said(&output);
        if !is_begun {
            assert_eq!(output.status.code(), Some(1), "{text}");
            assert!(text.contains("it contains files that newsgen did not upload"), "{text}");
            continue;
        }
        assert_eq!(output.status.code(), Some(0), "{text}");
        assert!(
            text.contains("would send index.html\n") && !text.contains("would remove"),
            "{text}"
        );
        let warning = "warning[W0131]: it contains invalid file names, which are left alone: ";
        assert!(text.contains(warning) && text.contains(" and 1 more"), "{text}");
        assert!(
            text.contains("`/index.html`") && text.contains("`a\\u{1}b`") && text.contains("`..`"),
            "{text}"
        );
        assert!(
            server.asked.lock().expect("lock").iter().all(|request| request.starts_with("GET "))
        );
    }
}

#[test]
fn credentials_are_trimmed_or_refused() {
    let server = Server::start(|_| {
        (200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>".to_owned())
    });
    let target =
        format!("url = \"s3://bucket\"\nregion = \"x\"\nendpoint = \"http://{}\"", server.address);
    let site = site(&target);
    for (key, secret) in [("AKID\n", "SECRET\r\n"), (" AKID", "SECRET ")] {
        let output = deploy(
            &site,
            &["--dry-run"],
            &[("AWS_ACCESS_KEY_ID", key), ("AWS_SECRET_ACCESS_KEY", secret)],
        );
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
    let names =
        ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION"];
    for name in names {
        for value in ["S1\nS2", "\"S1S2\"", "S1 S2", "S1é"] {
            let others = KEYS.iter().copied().filter(|(other, _)| *other != name);
            let environment: Vec<(&str, &str)> = others.chain([(name, value)]).collect();
            let output = deploy(&site, &["--dry-run"], &environment);
            let text = said(&output);
            assert_eq!(output.status.code(), Some(1), "{text}");
            assert!(
                text.starts_with(&format!("error[E0127]: `{name}` holds ")) && !text.contains("S1"),
                "{text}"
            );
        }
    }
    site.write(
        "site.toml",
        format!("{CONFIG}[deploy.live]\n{}\n", target.replace("\"x\"", "\"x\\ny\"")),
    );
    assert!(
        said(&deploy(&site, &["--dry-run"], &KEYS))
            .contains("`region` is not a valid header value")
    );
}

#[test]
fn environment_does_not_choose_the_server() {
    let empty = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
    let server = Server::start(|_| (200, empty.to_owned()));
    let other = Server::start(|_| (200, empty.to_owned()));
    let url = format!("http://{}", other.address);
    let names = ["AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"];
    let target = "url = \"s3://bucket\"\nregion = \"x\"\n";
    let site = site(&format!("{target}endpoint = \"http://{}\"", server.address));
    for name in names {
        let output = deploy(&site, &["--dry-run"], &[&KEYS[..], &[(name, &url)]].concat());
        assert_eq!(output.status.code(), Some(0), "{name}: {}", said(&output));
    }
    assert!(!server.asked.lock().expect("lock").is_empty());
    let targets = [
        (target, &names[..]),
        (
            "url = \"az://container\"",
            &["AZURE_ENDPOINT", "AZURE_STORAGE_ENDPOINT", "AZURE_STORAGE_USE_EMULATOR"],
        ),
        ("url = \"gs://bucket\"", &["GOOGLE_BASE_URL"]),
    ];
    for (target, names) in targets {
        site.write("site.toml", format!("{CONFIG}[deploy.live]\n{target}\n"));
        for name in names {
            let output = deploy(&site, &["--dry-run"], &[&KEYS[..], &[(name, &url)]].concat());
            let text = said(&output);
            assert_eq!(output.status.code(), Some(1), "{text}");
            let message = format!("`{name}` names a server, which only `endpoint` can do");
            assert!(text.contains(&message), "{text}");
        }
    }
    assert_eq!(*other.asked.lock().expect("lock"), [""; 0]);
}

#[test]
fn environment_does_not_change_requests() {
    let empty = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
    let server = Server::start(|_| (200, empty.to_owned()));
    let proxy = Server::start(|_| (200, empty.to_owned()));
    let site = site(&format!(
        "url = \"s3://bucket\"\nregion = \"x\"\nendpoint = \"http://{}\"",
        server.address
    ));
    let proxy_url = format!("http://{}", proxy.address);
    for (name, value) in [
        ("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "true"),
        ("AWS_SKIP_SIGNATURE", "true"),
        ("AWS_S3_EXPRESS", "true"),
        ("AWS_CONDITIONAL_PUT", "disabled"),
        ("AWS_BUCKET", "other"),
        ("AWS_PROXY_URL", &proxy_url),
        ("HTTP_PROXY", &proxy_url),
        ("http_proxy", &proxy_url),
        ("ALL_PROXY", &proxy_url),
    ] {
        let output = deploy(&site, &["--dry-run"], &[&KEYS[..], &[(name, value)]].concat());
        assert_eq!(output.status.code(), Some(0), "{name}: {}", said(&output));
    }
    let requests = server.asked.lock().expect("lock");
    assert!(requests.iter().all(|request| request.starts_with("GET /bucket")), "{requests:#?}");
    assert_eq!(*proxy.asked.lock().expect("lock"), [""; 0]);
}

#[test]
fn panic_is_reported_as_a_diagnostic() {
    // A credential from a server is first seen when the library uses it.
    let server = Server::start(|request| {
        let credentials = "{\"AccessKeyId\":\"AK\\nID\",\"SecretAccessKey\":\"SECRET\",\"Token\":\"TOKEN\",\"Expiration\":\"2999-01-01T00:00:00Z\"}";
        if request.contains("/credentials") {
            (200, credentials.to_owned())
        } else {
            (500, String::new())
        }
    });
    let site = site(&format!(
        "url = \"s3://bucket\"\nregion = \"x\"\nendpoint = \"http://{}\"",
        server.address
    ));
    site.write("token", "TOKEN");
    let url = format!("http://{}/credentials", server.address);
    let token = site.path("token").to_str().expect("path").to_owned();
    let environment = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &*url),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &*token),
    ];
    let output =
        deploy(&site, &["--dry-run"], &[&environment[..], &[("RUST_BACKTRACE", "1")]].concat());
    let text = said(&output);
    assert_eq!(output.status.code(), Some(70), "{text}");
    assert!(text.starts_with("error[E0001]: internal error: "), "{text}");
    assert!(text.contains("please report") && text.contains(env!("CARGO_PKG_VERSION")), "{text}");
    assert!(
        text.contains("--> object_store-")
            && !text.contains("SECRET")
            && !text.contains("panicked"),
        "{text}"
    );
}

#[cfg(unix)]
#[test]
fn deploy_to_folder_follows_no_links() {
    use std::os::unix::fs::symlink;

    let (target, elsewhere) =
        (tempfile::tempdir().expect("folder"), tempfile::tempdir().expect("folder"));
    let url = url::Url::from_file_path(target.path()).expect("address");
    let site = site(&format!("url = \"{url}\""));
    let names = |folder: &Path| crate::fixture::tree(folder).into_keys().collect::<Vec<_>>();
    fs::write(elsewhere.path().join("theirs"), "theirs").expect("written");
    let refused = |link: &str, arguments: &[&str]| {
        let output = deploy(&site, arguments, &[]);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(1), "{link}: {text}");
        assert!(text.contains(&format!("{link} is a symbolic link")), "{link}: {text}");
        assert_eq!(names(elsewhere.path()), ["theirs"], "{link}");
    };

    // Symbolic links in place of folders, at the first deploy and later.
    for link in ["topics", "news/2026", ".newsgen"] {
        let location = target.path().join(link);
        fs::create_dir_all(location.parent().expect("parent")).expect("folder");
        symlink(elsewhere.path(), &location).expect("link");
        refused(link, &["--force"]);
        refused(link, &["--force", "--dry-run"]);
        fs::remove_file(location).expect("removed");
    }
    assert!(deploy(&site, &[], &[]).status.success());
    for link in ["topics", "news/2026"] {
        let location = target.path().join(link);
        fs::rename(&location, target.path().join("moved")).expect("moved");
        symlink(elsewhere.path(), &location).expect("link");
        refused(link, &[]);
        fs::remove_file(&location).expect("removed");
        fs::rename(target.path().join("moved"), &location).expect("moved");
    }
    // Its own files.
    for link in [".newsgen/manifest.json.gz", ".newsgen/journal.json.gz"] {
        let _ = fs::remove_file(target.path().join(link));
        symlink(elsewhere.path().join("theirs"), target.path().join(link)).expect("link");
        refused(link, &[]);
        fs::remove_file(target.path().join(link)).expect("removed");
    }
    assert!(deploy(&site, &["--force"], &[]).status.success());
    // A symbolic link in place of a file is removed; its target is not.
    let page = target.path().join("index.html");
    fs::remove_file(&page).expect("removed");
    symlink(elsewhere.path().join("theirs"), &page).expect("link");
    assert!(deploy(&site, &[], &[]).status.success());
    assert_eq!(fs::read(&page).expect("page"), site.page("index.html").into_bytes());
    // Symbolic links that conflict with nothing are not followed.
    symlink("/", target.path().join("others")).expect("link");
    symlink("nowhere", target.path().join("broken")).expect("link");
    site.write("content/a.md", article("B", "2026-01-02", ""));
    site.build();
    let output = deploy(&site, &[], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(
        !target.path().join("topics/sea").exists() && target.path().join("others").is_symlink()
    );
    assert_eq!(fs::read_to_string(elsewhere.path().join("theirs")).expect("theirs"), "theirs");
}

#[cfg(unix)]
#[test]
fn deploy_to_a_symlinked_folder_works() {
    let (folder, real) =
        (tempfile::tempdir().expect("folder"), tempfile::tempdir().expect("folder"));
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(real.path(), &link).expect("link");
    let site = site(&format!("url = \"{}\"", url::Url::from_file_path(&link).expect("address")));
    for sent in [true, false] {
        let output = deploy(&site, &[], &[]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert_eq!(said(&output).contains(" 0 files sent"), !sent, "{}", said(&output));
    }
    assert!(real.path().join("index.html").exists());
}

#[cfg(unix)]
#[test]
fn invalid_file_names_are_skipped_and_named() {
    let target = tempfile::tempdir().expect("folder");
    let site =
        site(&format!("url = \"{}\"", url::Url::from_file_path(target.path()).expect("address")));
    assert!(deploy(&site, &[], &[]).status.success());
    for name in [&b"a\x01b"[..], b"a\nb", b"\xff"] {
        let name = std::os::unix::ffi::OsStrExt::from_bytes(name);
        fs::write(target.path().join::<&std::ffi::OsStr>(name), "theirs").expect("written");
    }
    site.write("content/a.md", article("B", "2026-01-02", ""));
    site.build();
    let output = deploy(&site, &[], &[]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("left alone: `a\\u{1}b`, `a\\u{a}b`, `\u{fffd}`"), "{text}");
    assert!(target.path().join("a\u{1}b").exists());
}

#[test]
fn files_that_libraries_read_must_be_regular() {
    let server = Server::start(|_| {
        (200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>".to_owned())
    });
    let site = site(&format!(
        "url = \"s3://bucket\"\nregion = \"x\"\nendpoint = \"http://{}\"",
        server.address
    ));
    site.write("certificates/long.pem", "");
    let long = fs::File::options().write(true).open(site.path("certificates/long.pem"));
    long.expect("file").set_len(1 << 32).expect("length");
    site.write("good/a.pem", "");
    let path = |name: &str| site.path(name).to_str().expect("UTF-8").to_owned();
    let list = |names: &[&str]| {
        let folders = std::env::join_paths(names.iter().map(|name| path(name))).expect("paths");
        folders.into_string().expect("UTF-8")
    };
    let mut refused = vec![
        ("SSL_CERT_FILE", path("certificates/long.pem")),
        ("SSL_CERT_FILE", path("certificates")),
        ("SSL_CERT_FILE", path("missing")),
        ("SSL_CERT_DIR", list(&["good", "certificates"])),
        ("SSL_CERT_DIR", path("certificates/long.pem")),
    ];
    if cfg!(unix) {
        refused.push(("SSL_CERT_FILE", "/dev/zero".to_owned()));
        refused.push(("SSL_CERT_DIR", "/dev/zero".to_owned()));
    }
    for (name, value) in refused {
        let environment: Vec<(&str, &str)> = KEYS.into_iter().chain([(name, &*value)]).collect();
        let output = deploy(&site, &["--dry-run"], &environment);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(1), "{value}: {text}");
        assert!(
            text.starts_with("error[E0127]: ") && text.contains(&format!("--> {name}\n")),
            "{text}"
        );
        assert!(server.asked.lock().expect("lock").is_empty(), "{value}");
    }
    for (name, value) in [
        ("SSL_CERT_FILE", path("good/a.pem")),
        ("SSL_CERT_FILE", String::new()),
        ("SSL_CERT_DIR", list(&["good", "missing"])),
    ] {
        let environment: Vec<(&str, &str)> = KEYS.into_iter().chain([(name, &*value)]).collect();
        let text = said(&deploy(&site, &["--dry-run"], &environment));
        assert!(!text.contains(&format!("--> {name}")), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn default_credentials_file_must_be_regular() {
    let site = site("url = \"gs://bucket\"");
    let path = site.path(".config/gcloud/application_default_credentials.json");
    fs::create_dir_all(path.parent().expect("parent")).expect("folder");
    std::os::unix::fs::symlink("/dev/zero", path).expect("link");
    let output = deploy(&site, &["--dry-run"], &[]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("application_default_credentials.json")
            && text.contains("not a regular file"),
        "{text}"
    );
}

#[test]
fn names_from_the_environment_cannot_change_the_host() {
    for (target, name) in [
        ("url = \"az://container\"", "AZURE_STORAGE_ACCOUNT_NAME"),
        ("url = \"s3://bucket\"", "AWS_REGION"),
        ("url = \"s3://bucket\"", "AWS_DEFAULT_REGION"),
    ] {
        let site = site(target);
        for value in ["x.example#", "x.example/", "x.example?", "x\\y", "a@b", "a:1", "a%2f"] {
            let environment: Vec<(&str, &str)> = KEYS
                .into_iter()
                .chain([("AZURE_STORAGE_ACCOUNT_KEY", "S1=="), (name, value)])
                .collect();
            let output = deploy(&site, &["--dry-run"], &environment);
            let text = said(&output);
            assert_eq!(output.status.code(), Some(1), "{text}");
            assert!(text.starts_with(&format!("error[E0127]: `{name}` holds ")), "{text}");
        }
    }
}
