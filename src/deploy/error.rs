//! Turns errors of stores into diagnostics with advice.

use std::error::Error as _;

use object_store::Error;

use crate::config::TargetUrl;
use crate::diagnostic::{Code, Diagnostic, Location, Origin};

/// Why a deploy is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The target has never been used by newsgen and contains files: how many, and one of them.
    ForeignFiles(usize, String),
    /// A file of the site exists at the target, but newsgen did not upload it.
    InTheWay(String),
    /// A symbolic link is in the way of a path.
    Link(String),
    /// More files would be removed than allowed.
    TooManyDeletes(usize, usize),
}

impl Refusal {
    /// The refusal as an error about the target.
    pub(super) fn into_error(self, url: &TargetUrl) -> Diagnostic {
        let error = |code: Code, message: String| target_error(code, url, message);
        match self {
            Self::ForeignFiles(count, first) => error(Code::ForeignFiles, format!(
                "it contains files that newsgen did not upload: {first}, {count} in total"
            ))
            .help("choose an empty target, or deploy with `--force`, which overwrites conflicting files and removes none"),
            Self::InTheWay(path) => {
                error(Code::ForeignFiles, format!("{path} already exists and was not uploaded by newsgen"))
                    .help("remove it, or deploy with `--force`, which overwrites it")
            }
            Self::Link(path) => {
                error(Code::ForeignFiles, format!("{path} is a symbolic link, which deploys do not follow"))
                    .help("remove the link, or deploy to the folder it points to")
            }
            Self::TooManyDeletes(count, limit) => {
                error(Code::TooManyRemovals, format!("the deploy would remove {count} files (limit {limit})"))
                    .help(format!("if that is intended, deploy with `--max-deletes {count}`"))
            }
        }
    }
}

/// An error about a target itself.
pub(super) fn target_error(code: Code, url: &TargetUrl, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, Location::file(url.as_url().as_str()), message)
}

/// The error of an operation at a target, such as `list its files`.
pub(super) fn store_error(url: &TargetUrl, operation: &str, error: &Error) -> Diagnostic {
    let message = format!("cannot {operation}: {}", one_line_message(error));
    target_error(Code::TargetFailed, url, message).help(help(url, error)).with_origin(Origin::Io)
}

/// Whether access was denied. For some requests the library reports this only in its message.
pub(super) fn is_access_denied(error: &Error) -> bool {
    let message_contains = |words: &str| message_contains(error, words);
    matches!(error, Error::PermissionDenied { .. } | Error::Unauthenticated { .. })
        || message_contains("status code: 403")
        || message_contains("status code: 401")
        // In a response to a bulk request every file has its own error.
        || message_contains("AccessDenied")
        || message_contains("Missing AccessKeyId")
        || message_contains("Missing SecretAccessKey")
        || has_no_credentials(error)
}

/// Whether no credentials are set: the library then asked the metadata service of a cloud machine
/// in vain.
fn has_no_credentials(error: &Error) -> bool {
    message_contains(error, "169.254.169.254")
}

/// Whether an error contains these words before the target's response, which may contain any text.
fn message_contains(error: &Error, words: &str) -> bool {
    error.to_string().split('<').next().is_some_and(|text| text.contains(words))
}

fn help(url: &TargetUrl, error: &Error) -> &'static str {
    let code = xml_element(&error.to_string(), "Code").unwrap_or_default().to_owned();
    let is_of_region = matches!(&*code, "AuthorizationHeaderMalformed" | "PermanentRedirect");
    match url {
        _ if code == "RequestTimeTooSkewed" => "set the clock of this machine",
        TargetUrl::S3(_)
            if is_of_region || message_contains(error, "incorrectly configured region") =>
        {
            "check `region` in site.toml or AWS_REGION: it must be the bucket's region"
        }
        TargetUrl::S3(_) if is_access_denied(error) => {
            "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY and their permissions: list, read, write and delete objects"
        }
        TargetUrl::GoogleCloud(_) if is_access_denied(error) => {
            "check GOOGLE_APPLICATION_CREDENTIALS and the account's permissions"
        }
        TargetUrl::Azure(_) if is_access_denied(error) => {
            "check AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY and their permissions"
        }
        _ if matches!(error, Error::NotFound { .. })
            || message_contains(error, "status code: 404") =>
        {
            "check the URL: the bucket or folder does not exist"
        }
        _ if message_contains(error, "status code: 501") => {
            "the target does not support conditional requests (`If-None-Match` and `If-Match`)"
        }
        _ if message_contains(error, "error sending request") => {
            "check the network and `endpoint` in site.toml, then run the deploy again: it resumes where this one stopped"
        }
        _ => {
            "if this was a temporary failure, run the deploy again: it resumes where this one stopped"
        }
    }
}

/// The maximum length of a store's message, in characters.
const MAX_MESSAGE_LENGTH: usize = 300;

/// A store's message on one line. The response may be a whole page.
fn one_line_message(error: &Error) -> String {
    let text = error.to_string();
    let said = match (xml_element(&text, "Code"), xml_element(&text, "Message")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        _ if has_no_credentials(error) => {
            "no credentials are set, and this machine has none of its own".to_owned()
        }
        _ => match root_cause(error).filter(|cause| !text.contains(cause)) {
            Some(cause) => format!("{text}: {cause}"),
            None => text,
        },
    };
    let words: Vec<&str> = said.split_whitespace().collect();
    let line: String = words.join(" ").chars().filter(|c| !c.is_control()).collect();
    match line.char_indices().nth(MAX_MESSAGE_LENGTH) {
        Some((end, _)) => {
            format!("{}…", line.get(..end).expect("this is where a character begins"))
        }
        None => line,
    }
}

/// The text of an element in an error response
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>; Azure's responses are
/// alike).
fn xml_element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(value, _)| value)
}

/// The root cause of an error: `Connection refused (os error 111)`.
fn root_cause(error: &Error) -> Option<String> {
    let mut cause = error.source()?;
    while let Some(next) = cause.source() {
        cause = next;
    }
    Some(cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> (String, String) {
        let url = url::Url::parse("s3://bucket").map(TargetUrl::S3).expect("address");
        let error = Error::Generic { store: "S3", source: text.into() };
        let found = store_error(&url, "list its files", &error);
        (found.message, found.help.expect("help"))
    }

    #[test]
    fn store_error_shows_root_cause() {
        for (text, message, help) in [
            (
                "Error performing GET http://s3.example/bucket in 3.1ms - Server returned non-2xx status code: 400: \
                 <?xml version=\"1.0\"?>\n<Error><Code>AuthorizationHeaderMalformed</Code>\n<Message>expecting 'eu-west-1'</Message></Error>",
                "cannot list its files: AuthorizationHeaderMalformed: expecting 'eu-west-1'",
                "check `region`",
            ),
            (
                "status code: 403: <Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message></Error>",
                "cannot list its files: RequestTimeTooSkewed: The difference is too large.",
                "set the clock",
            ),
            (
                "Error performing PUT http://169.254.169.254/latest/api/token in 1s",
                "cannot list its files: no credentials are set, and this machine has none of its own",
                "check AWS_ACCESS_KEY_ID",
            ),
            (
                "Missing SecretAccessKey",
                "cannot list its files: Generic S3 error: Missing SecretAccessKey",
                "check AWS_ACCESS_KEY_ID",
            ),
            (
                "HTTP error: error sending request",
                "cannot list its files: Generic S3 error: HTTP error: error sending request",
                "check the network and `endpoint`",
            ),
            (
                "status code: 404: <p>AccessDenied",
                "cannot list its files: Generic S3 error: status code: 404: <p>AccessDenied",
                "check the URL",
            ),
        ] {
            let (said, helps) = shown(text);
            assert_eq!(said, message);
            assert!(helps.starts_with(help), "{helps}");
        }
    }

    #[test]
    fn store_error_message_is_one_bounded_line() {
        let (said, _) = shown(&"a\n\u{1b}b".repeat(500));
        assert!(
            said.ends_with('…') && !said.contains(char::is_control) && said.chars().count() < 350,
            "{said}"
        );
    }
}
