//! What a store says when something fails, in words that help.

use std::error::Error as _;

use object_store::Error;

use crate::config::TargetUrl;
use crate::diagnostic::{Cause, Diagnostic, Place};

/// Of an operation at a target: `list its files`.
pub(super) fn failure(url: &TargetUrl, operation: &str, error: &Error) -> Diagnostic {
    let message = format!("cannot {operation}: {}", words(error));
    Diagnostic::error(Place::file(url.as_url().as_str()), message)
        .help(help(url, error))
        .caused_by(Cause::Machine)
}

/// Whether the target does not know who asks, or does not let them. The library says so of some requests in words alone.
pub(super) fn is_refusal(error: &Error) -> bool {
    let says = |words: &str| says(error, words);
    matches!(error, Error::PermissionDenied { .. } | Error::Unauthenticated { .. })
        || says("status code: 403")
        || says("status code: 401")
        // What is said of each file in an answer to many.
        || says("AccessDenied")
        || says("Missing AccessKeyId")
        || says("Missing SecretAccessKey")
        || has_no_credentials(error)
}

/// Whether it was asked in vain where a machine of Amazon's finds its own credentials, as is done if there are no others.
fn has_no_credentials(error: &Error) -> bool {
    says(error, "169.254.169.254")
}

/// Whether an error has these words in front of what the target answered, which may be any text.
fn says(error: &Error, words: &str) -> bool {
    error.to_string().split('<').next().is_some_and(|text| text.contains(words))
}

fn help(url: &TargetUrl, error: &Error) -> &'static str {
    let code = answer(&error.to_string(), "Code").unwrap_or_default().to_owned();
    let is_of_region = matches!(&*code, "AuthorizationHeaderMalformed" | "PermanentRedirect");
    match url {
        _ if code == "RequestTimeTooSkewed" => "set the clock of this machine",
        TargetUrl::S3(_) if is_of_region || says(error, "incorrectly configured region") => {
            "look at `region` in site.toml, or AWS_REGION: it is the region in which the bucket was made"
        }
        TargetUrl::S3(_) if is_refusal(error) => {
            "look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and at what they may do: list, read, write and \
             remove objects"
        }
        TargetUrl::GoogleCloud(_) if is_refusal(error) => {
            "look at GOOGLE_APPLICATION_CREDENTIALS, and at what the account may do"
        }
        TargetUrl::Azure(_) if is_refusal(error) => {
            "look at AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, and at what they may do"
        }
        _ if matches!(error, Error::NotFound { .. }) || says(error, "status code: 404") => {
            "look at the address: there is no such place"
        }
        _ if says(error, "status code: 501") => {
            "the target does not know the request: a store must know `If-None-Match` and `If-Match`"
        }
        _ if says(error, "error sending request") => {
            "look at the network, and at `endpoint` in site.toml; then run the deploy again: it goes on where this one has stopped"
        }
        _ => {
            "if the network or the target had a bad moment, run the deploy again: it goes on where this one has stopped"
        }
    }
}

/// The longest message of a store that is shown, in characters.
const LONGEST_MESSAGE: usize = 300;

/// A message of a store on one line. What a server answers may be a page.
fn words(error: &Error) -> String {
    let text = error.to_string();
    let said = match (answer(&text, "Code"), answer(&text, "Message")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        _ if has_no_credentials(error) => {
            "no credentials are set, and this machine has none of its own".to_owned()
        }
        _ => match innermost(error).filter(|cause| !text.contains(cause)) {
            Some(cause) => format!("{text}: {cause}"),
            None => text,
        },
    };
    let words: Vec<&str> = said.split_whitespace().collect();
    let line: String = words.join(" ").chars().filter(|c| !c.is_control()).collect();
    match line.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// What an answer says in an element of this name
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>; Azure's answers are alike).
fn answer<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(value, _)| value)
}

/// What lies at the bottom of an error: `Connection refused (os error 111)`.
fn innermost(error: &Error) -> Option<String> {
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
        let found = failure(&url, "list its files", &error);
        (found.message, found.help.expect("help"))
    }

    #[test]
    fn what_is_wrong_is_said_and_not_how_it_was_wrapped() {
        for (text, message, help) in [
            (
                "Error performing GET http://s3.example/bucket in 3.1ms - Server returned non-2xx status code: 400: \
                 <?xml version=\"1.0\"?>\n<Error><Code>AuthorizationHeaderMalformed</Code>\n<Message>expecting 'eu-west-1'</Message></Error>",
                "cannot list its files: AuthorizationHeaderMalformed: expecting 'eu-west-1'",
                "look at `region`",
            ),
            (
                "status code: 403: <Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message></Error>",
                "cannot list its files: RequestTimeTooSkewed: The difference is too large.",
                "set the clock",
            ),
            (
                "Error performing PUT http://169.254.169.254/latest/api/token in 1s",
                "cannot list its files: no credentials are set, and this machine has none of its own",
                "look at AWS_ACCESS_KEY_ID",
            ),
            (
                "Missing SecretAccessKey",
                "cannot list its files: Generic S3 error: Missing SecretAccessKey",
                "look at AWS_ACCESS_KEY_ID",
            ),
            (
                "HTTP error: error sending request",
                "cannot list its files: Generic S3 error: HTTP error: error sending request",
                "look at the network, and at `endpoint`",
            ),
            (
                "status code: 404: <p>AccessDenied",
                "cannot list its files: Generic S3 error: status code: 404: <p>AccessDenied",
                "look at the address",
            ),
        ] {
            let (said, helps) = shown(text);
            assert_eq!(said, message);
            assert!(helps.starts_with(help), "{helps}");
        }
    }

    #[test]
    fn a_message_is_one_line_of_some_length() {
        let (said, _) = shown(&"a\n\u{1b}b".repeat(500));
        assert!(
            said.ends_with('…') && !said.contains(char::is_control) && said.chars().count() < 350,
            "{said}"
        );
    }
}
